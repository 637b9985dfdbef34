import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { Lease } from "../../ts/attach/lease";

/** No process has it. */
const PID = 999_999_901;

test("a lease is taken once, by a socket that is this user's alone", async () => {
  const lease = await Lease.take(PID);
  expect(statSync(dirname(lease.path)).mode & 0o077).toBe(0);
  await expect(Lease.take(PID)).rejects.toMatchObject({ code: "BC_ERR_CANNOT_ATTACH" });
  await lease.end();
  expect(existsSync(lease.path)).toBe(false);
  await (await Lease.take(PID)).end();
});

test("it asks, is answered, and hears when there is nobody any more", async () => {
  const lease = await Lease.take(PID);
  expect(await lease.hello(10)).toBeUndefined();
  const socket = connect(lease.path);
  socket.write('{"hello":{"pid":1}}\n');
  expect(await lease.hello(5000)).toEqual({ pid: 1 });
  const asked = lease.ask({ do: "stop" }, 5000);
  const [line] = (await once(socket, "data")) as [Buffer];
  expect(JSON.parse(line.toString())).toEqual({ do: "stop" });
  socket.write('{"ok":');
  socket.write('{"n":1}}\n');
  expect(await asked).toEqual({ n: 1 });
  const wrong = lease.ask({ do: "stop" }, 5000);
  socket.write('{"error":{"code":"BC_ERR_BAD_GLOB","message":"no"}}\nnone\n');
  await expect(wrong).rejects.toMatchObject({ code: "BC_ERR_BAD_GLOB", message: "no" });
  await expect(lease.ask({ do: "stop" }, 5000)).rejects.toMatchObject({ code: "BC_ERR_INTERNAL" });
  await expect(lease.ask({ do: "stop" }, 10)).rejects.toMatchObject({
    code: "BC_ERR_CANNOT_ATTACH",
  });
  socket.destroy();
  await lease.gone;
  await expect(lease.ask({ do: "stop" }, 10)).rejects.toMatchObject({ code: "BC_ERR_NO_PROCESS" });
  await lease.end();
});
