import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { request } from "node:http";
import { connect as connectSocket } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HttpServer, serveHttp } from "../../ts/mcp/http";
import { StoreAccess } from "../../ts/mcp/store-access";
import { sampleStore } from "../query/support/sample-store";
import { ask, INITIALIZE } from "./support/connect";

const TOKEN = "a-token-of-the-test";
let http: HttpServer;
let access: StoreAccess;
beforeAll(async () => {
  const { dir } = await sampleStore();
  access = new StoreAccess({ dir, project: dir });
  const settings = { project: dir, allow: [], allowAttach: false, recorder: [], version: "0" };
  http = await serveHttp({ parts: { access, settings }, port: 0, token: TOKEN });
});
afterAll(async () => {
  await http.close();
  await access.close();
});

async function client(token = TOKEN): Promise<Client> {
  const made = new Client({ name: "test", version: "1" });
  await made.connect(
    new StreamableHTTPClientTransport(new URL(http.url), {
      requestInit: { headers: { Authorization: `Bearer ${token}` } },
    }),
  );
  return made;
}

/** A request with any headers, `Host` included. */
function send(
  headers: Record<string, string>,
  body = INITIALIZE,
  { method = "POST", path = "/mcp" } = {},
): Promise<{ status: number; text: string }> {
  return new Promise((done, fail) => {
    const sent = request(
      http.url,
      {
        method,
        path,
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json, text/event-stream",
          Authorization: `Bearer ${TOKEN}`,
          ...headers,
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.on("end", () => done({ status: response.statusCode ?? 0, text }));
      },
    );
    sent.on("error", fail);
    sent.end(body);
  });
}

test("a client asks, and two have sessions of their own", async () => {
  const [one, two] = [await client(), await client()];
  const answers = await Promise.all([ask(one, "list_runs"), ask(two, "query_traces")]);
  expect(answers[0].data.total).toBe(2);
  expect(answers[1].data.traces).toHaveLength(3);
  await Promise.all([one.close(), two.close()]);
});

test("progress comes over the stream, and a cancellation back", async () => {
  const one = await client();
  const stop = new AbortController();
  const waiting = one.callTool(
    { name: "wait_for", arguments: { function: "never", timeoutSeconds: 600 } },
    undefined,
    {
      onprogress: ({ progress, total, message }) => {
        expect(total).toBe(600);
        expect(message).toBe("waiting; 0 rows did not match");
        if (progress >= 2) stop.abort("enough");
      },
      resetTimeoutOnProgress: true,
      signal: stop.signal,
    },
  );
  await expect(waiting).rejects.toThrow("enough");
  expect((await ask(one, "list_runs")).data.total).toBe(2);
  await one.close();
});

describe("who is turned away", () => {
  test("without the token, or with another", async () => {
    await expect(client("another")).rejects.toThrow(/Bearer <token> is needed/);
    expect((await send({ Authorization: "" })).status).toBe(401);
    expect((await send({ Authorization: `Basic ${TOKEN}` })).status).toBe(401);
  });

  test.each([
    [{ Host: "evil.example" }, 403],
    [{ Host: "127.0.0.1.evil.example:80" }, 403],
    [{ Host: "localhost:80@evil.example" }, 403],
    [{ Origin: "https://evil.example" }, 403],
    [{ Origin: "null" }, 403],
    [{ Origin: "http://localhost.evil.example" }, 403],
    [{ Origin: "file://localhost" }, 403],
    [{ Host: "localhost:7007" }, 200],
    [{ Origin: "http://localhost:5173" }, 200],
    [{ Origin: "http://[::1]:5173" }, 200],
  ])("%j → %i", async (headers, status) => {
    expect((await send(headers)).status).toBe(status);
  });

  test("what is no request of the protocol", async () => {
    expect((await send({}, "{")).status).toBe(400);
    expect((await send({}, INITIALIZE, { path: "/" })).status).toBe(404);
    expect((await send({ "mcp-session-id": "no-such-session" })).status).toBe(404);
    expect((await send({}, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}')).status).toBe(400);
    expect((await send({}, "x".repeat(5 << 20)).catch(() => ({ status: 413 }))).status).toBe(413);
  });

  test("who is not on this machine", async () => {
    const { port } = new URL(http.url);
    const addresses = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter(({ internal, family }) => !internal && family === "IPv4"),
    );
    for (const { address } of addresses) {
      const refused = new Promise((done) => {
        connectSocket(Number(port), address)
          .on("error", (error: NodeJS.ErrnoException) => done(error.code))
          .on("connect", () => done("connected"));
      });
      expect(await refused).toBe("ECONNREFUSED");
    }
  });

  test("one client too many", async () => {
    const { dir } = await sampleStore();
    const own = new StoreAccess({ dir, project: dir });
    const settings = { project: dir, allow: [], allowAttach: false, recorder: [], version: "0" };
    const small = await serveHttp({ parts: { access: own, settings }, port: 0, token: TOKEN });
    const headers = {
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      Authorization: `Bearer ${TOKEN}`,
    };
    const statuses: number[] = [];
    for (let i = 0; i < 17; i++) {
      const response = await fetch(small.url, { method: "POST", headers, body: INITIALIZE });
      await response.text();
      statuses.push(response.status);
    }
    expect(statuses).toEqual([...Array.from({ length: 16 }, () => 200), 503]);
    await small.close();
    await own.close();
  });
});
