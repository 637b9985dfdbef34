import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo, connect } from "node:net";
import { expect, test } from "vitest";
import {
  connectionsTo,
  isNode,
  isTaken,
  listeningPorts,
  otherNamespaces,
  processSeen,
} from "../../ts/attach/linux-process";
import { nodes } from "../support/program";

test("a process is seen, with whose it is and what it does with SIGUSR1", async () => {
  expect(processSeen(process.pid)).toMatchObject({
    pid: process.pid,
    leader: process.pid,
    user: process.geteuid?.(),
  });
  expect(otherNamespaces(process.pid)).toEqual([]);
  expect(processSeen(999_999_999)).toBeUndefined();
  const sleeping = spawn("sleep", ["9"]);
  await once(sleeping, "spawn");
  const pid = sleeping.pid ?? 0;
  expect(processSeen(pid)).toMatchObject({ pid, catchesUsr1: false });
  expect(isNode(pid)).toBe(false);
  sleeping.kill();
});

test.each(nodes)("%s is known by what is in its program", async (_name, node) => {
  const child = spawn(node, ["-e", "console.log(1); setTimeout(() => {}, 9000)"]);
  await once(child.stdout, "data");
  const pid = child.pid ?? 0;
  expect(isNode(pid)).toBe(true);
  expect(processSeen(pid)).toMatchObject({ catchesUsr1: true });
  child.kill();
});

test.each([
  ["127.0.0.1", "127.0.0.1", true],
  ["0.0.0.0", "127.0.0.1", false],
  ["::1", "::1", true],
  ["::", "127.0.0.1", false],
])("a port at %s is seen, and who is connected to it", async (address, host, isLoopback) => {
  const server = createServer();
  server.listen(0, address);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const found = listeningPorts(process.pid).find((each) => each.port === port);
  expect(found).toEqual({ port, host, isLoopback });
  expect(isTaken(port)).toBe(true);
  expect(connectionsTo(port)).toBe(0);
  const socket = connect(port, host);
  await once(server, "connection");
  expect(connectionsTo(port)).toBe(1);
  socket.destroy();
  server.close();
});
