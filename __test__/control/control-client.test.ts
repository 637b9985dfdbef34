import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { askProcess, NobodyListens } from "../../ts/control/control-client";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A socket that answers like this. */
async function listening(answer: (socket: Socket, line: string) => void): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), "control-")), "run.sock");
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (data) => answer(socket, String(data)));
  }).listen(path);
  await once(server, "listening");
  closing.push(() => server.close());
  return path;
}

describe("a question to a process", () => {
  test("is a line of JSON with the version, and so is its answer", async () => {
    let asked = "";
    const path = await listening((socket, line) => {
      asked = line;
      socket.write('{"version":1,"ok":{"pi');
      setTimeout(() => socket.write('d":7}}\n'), 5);
    });
    expect(await askProcess(path, { do: "status" })).toEqual({ pid: 7 });
    expect(asked).toBe('{"version":1,"do":"status"}\n');
  });

  test("fails as the process says", async () => {
    const error = { code: "BC_ERR_CONTROL_VERSION", message: "This process speaks version 2" };
    const path = await listening((socket) =>
      socket.write(`${JSON.stringify({ version: 2, error })}\n`),
    );
    await expect(askProcess(path, { do: "status" })).rejects.toMatchObject(error);
  });

  test.each<[string, (socket: Socket) => void, string]>([
    ["garbage", (socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\n"), "is not JSON"],
    ["nothing in it", (socket) => socket.write("{}\n"), "its answer holds nothing"],
    ["no end", (socket) => socket.write("x".repeat(3 << 20)), "its answer has no end"],
    ["a hang-up", (socket) => socket.end('{"version":1'), "it hung up"],
  ])("fails where the answer is %s", async (_, answer, message) => {
    const path = await listening(answer);
    await expect(askProcess(path, { do: "status" })).rejects.toMatchObject({
      code: "BC_ERR_NO_PROCESS",
      message: expect.stringContaining(message),
    });
  });

  test("finds that nobody listens any more", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "control-")), "run.sock");
    await expect(askProcess(path, { do: "status" })).rejects.toBeInstanceOf(NobodyListens);
  });
});
