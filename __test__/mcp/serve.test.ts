/** `breadcrumb mcp` as an agent starts it: a process of its own, on every Node, beside programs that run. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cli, nodes, project, run } from "../support/program";
import { ask } from "./support/connect";

const SHOP = `
function price(item) { if (item.pieces < 0) throw new RangeError("pieces below zero"); return item.pieces * 2; }
function total(items) { let sum = 0; for (const item of items) sum += price(item); return sum; }
console.log(total([{ pieces: 1 }, { pieces: 2 }]));
if (process.argv[2] === "fail") total([{ pieces: 3 }, { pieces: -1 }]);
`;
const TICKER = `
const { writeFileSync } = require("node:fs");
let n = 0;
function tick(count) { return count * 10; }
setInterval(() => { tick(++n); if (n === 3) writeFileSync("pid", String(process.pid)); }, 20);
`;

async function start(node: string, folder: string, ...args: string[]): Promise<Client> {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(
    new StdioClientTransport({ command: node, args: [cli, "mcp", ...args], cwd: folder }),
  );
  await client.listTools();
  return client;
}

describe.each(nodes)("%s", (_, node) => {
  test("records what is allowed, and finds what failed", async () => {
    const folder = project({ "shop.js": SHOP });
    const client = await start(node, folder, "--allow", "node shop.js **");
    const before = await ask(client, "list_runs");
    expect(before.text).toContain("BC_ERR_STORE_MISSING");

    const good = await ask(client, "record", { command: ["node", "shop.js"] });
    expect(good.data).toMatchObject({ exitCode: 0, output: "6\n", runs: [{ exitCode: 0 }] });
    const bad = await ask(client, "record", { command: ["node", "shop.js", "fail"] });
    expect(bad.data).toMatchObject({ exitCode: 1, timedOut: false, runs: [{ exceptions: 1 }] });
    const refused = await ask(client, "record", { command: ["node", "-e", "1"] });
    expect(refused.text).toContain("BC_ERR_NOT_ALLOWED");

    const { data } = await ask(client, "find_exceptions", { run: "latest" });
    const [thrown] = data.exceptions;
    expect(thrown).toMatchObject({ function: "price", handled: "uncaught" });
    const explained = await ask(client, "explain_call", { call: thrown.call });
    expect(explained.data.compared.unusual).toEqual([
      { path: "arguments[0].pieces", here: "-1", usually: expect.stringMatching(/^\d/) },
    ]);
    const source = await ask(client, "get_source_with_values", { call: thrown.call });
    expect(source.data).toMatchObject({ asRecorded: true, problem: null });
    expect(source.data.source[1]).toContain("2: function price(item)");
    const diff = await ask(client, "diff_runs", {
      a: good.data.runs[0].runId,
      b: bad.data.runs[0].runId,
    });
    expect(diff.data.findings.map((one: { kind: string }) => one.kind)).toContain("exception");
    await client.close();
  });
});

test("what a program does while it runs: a wait that begins before it, and one that goes on", async () => {
  const folder = project({ "ticker.js": TICKER });
  const client = await start(process.execPath, folder);
  // Before there is a store.
  const first = ask(client, "wait_for", { function: "tick", timeoutSeconds: 120 });
  const ticker = startTraced(folder, "ticker.js");
  try {
    const { data } = await first;
    expect(data).toMatchObject({ matched: true, call: { function: "tick" } });
    const next = await ask(client, "wait_for", {
      from: data.cursor,
      where: [{ path: "args.count", op: ">", value: data.call.arguments[0] + 20 }],
      timeoutSeconds: 120,
    });
    expect(next.data.call.arguments[0]).toBe(data.call.arguments[0] + 21);
  } finally {
    await end(ticker);
  }
  await client.close();
});

test("a live process is switched on, looked at, and off again", async () => {
  const folder = project({ "ticker.js": TICKER });
  const client = await start(process.execPath, folder);
  const nobody = await ask(client, "start_tracing", {});
  expect(nobody.text).toContain("BC_ERR_NO_PROCESS");
  expect(nobody.text).toContain("breadcrumb run --dormant");
  const ticker = startTraced(folder, "ticker.js", "--dormant");
  try {
    while (!existsSync(join(folder, "pid"))) await new Promise((done) => setTimeout(done, 20));
    const lost = await ask(client, "start_tracing", { include: [":tikc"] });
    expect(lost.data.processes).toMatchObject([{ functions: 0, near: ["ticker.js:tick"] }]);
    const begun = await ask(client, "start_tracing", { include: [":tick"], forSeconds: 600 });
    const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
    expect(begun.data.processes).toMatchObject([{ pid, functions: 1, near: [], error: null }]);
    const { runId } = begun.data.processes[0];
    const seen = await ask(client, "wait_for", { function: "tick", run: runId });
    expect(seen.data.call.arguments[0]).toBeGreaterThan(3);
    const dumped = await ask(client, "dump_traces", { lastSeconds: 10 });
    expect(dumped.data.processes).toMatchObject([{ pid, traces: 0, storesAll: true, error: null }]);
    const ended = await ask(client, "stop_tracing", { run: runId });
    expect(ended.data.processes).toMatchObject([{ pid, functions: 0, error: null }]);
  } finally {
    await end(ticker);
  }
  await client.close();
});

test("a process that knows nothing of us is attached to, for some seconds", async () => {
  const folder = project({ "ticker.js": TICKER });
  const client = await start(process.execPath, folder, "--allow-attach");
  const nobody = await ask(client, "attach", { pid: 999_999_999 });
  expect(nobody.text).toContain("BC_ERR_NO_PROCESS");
  const ticker = spawn(process.execPath, ["--inspect-port=0", "ticker.js"], { cwd: folder });
  try {
    while (!existsSync(join(folder, "pid"))) await new Promise((done) => setTimeout(done, 20));
    const lost = await ask(client, "attach", { pid: ticker.pid, include: ["tikcer.js"] });
    expect(lost.text).toMatch(/BC_ERR_NOT_FOUND.*did you mean ticker\.js/);
    const { data } = await ask(client, "attach", {
      pid: ticker.pid,
      include: [":tick"],
      seconds: 1,
      pauseMs: 100,
    });
    expect(data).toMatchObject({ pid: ticker.pid, through: "inspector", functions: 1 });
    expect(data.recorded).toBeGreaterThan(0);
    const found = await ask(client, "find_calls", { run: data.runId, function: "tick" });
    expect(found.data.calls[0]).toMatchObject({ function: "tick" });
  } finally {
    await end(ticker);
  }
  await client.close();
});

test("cancelling a recording ends the command", async () => {
  const folder = project({ "ticker.js": TICKER });
  const client = await start(process.execPath, folder, "--allow", "node ticker.js");
  const stop = new AbortController();
  const recording = client.callTool(
    { name: "record", arguments: { command: ["node", "ticker.js"] } },
    undefined,
    {
      signal: stop.signal,
      onprogress: () => {
        if (existsSync(join(folder, "pid"))) stop.abort("enough");
      },
    },
  );
  await expect(recording).rejects.toThrow("enough");
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  while (isAlive(pid)) await new Promise((done) => setTimeout(done, 50));
  // What its process left is stored once that is gone.
  await expect
    .poll(
      async () => {
        const { data } = await ask(client, "query_traces", { function: "tick" });
        return (data as { traces: unknown[] } | undefined)?.traces.length ?? 0;
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(0);
  await client.close();
});

test("the store that the project's configuration names", async () => {
  const folder = project({ "shop.js": SHOP, "breadcrumb.config.json": '{ "store": "kept/here" }' });
  const client = await start(process.execPath, folder, "--allow", "node shop.js");
  const { data } = await ask(client, "record", { command: ["node", "shop.js"] });
  expect(data.runs).toHaveLength(1);
  expect(existsSync(join(folder, "kept/here/store.json"))).toBe(true);
  expect((await ask(client, "list_runs")).data.total).toBe(1);
  await client.close();
});

test("a command is recorded with its lines", async () => {
  const folder = project({ "shop.js": SHOP });
  const client = await start(process.execPath, folder, "--allow", "node shop.js");
  const command = ["node", "shop.js"];
  const { data } = await ask(client, "record", { command, lines: true });
  expect(data.exitCode).toBe(0);
  const { calls } = (await ask(client, "get_source_with_values", { function: "total" })).data;
  expect(calls[0].ran).toMatch(/^\d+/);
  await client.close();
});

test("a command is recorded with what assignments come to", async () => {
  const folder = project({
    "main.js":
      "function total(n) {\n  let sum = 0;\n  for (let i = 1; i <= n; i++) sum += i;\n  return sum;\n}\ntotal(5);\n",
  });
  const client = await start(process.execPath, folder, "--allow", "node main.js");
  await ask(client, "record", { command: ["node", "main.js"], variables: true });
  const { calls } = (await ask(client, "get_source_with_values", { function: "total" })).data;
  expect(calls[0]).toMatchObject({
    ran: "2 3 3:32×5 4",
    assigned: "2 sum = 0; 3 i = 1 → 2 → 3 → … → 6; 3 sum = 1 → 3 → 6 → … → 15",
  });
  await client.close();
});

test("a command is recorded with the requests that it makes", async () => {
  const folder = project({
    "main.js": `
      const server = require("node:http").createServer((_, response) => response.end("x"));
      server.listen(0, async () => {
        await fetch("http://127.0.0.1:" + server.address().port + "/cart");
        server.close();
        server.closeAllConnections();
      });`,
  });
  const client = await start(process.execPath, folder, "--allow", "node main.js");
  await ask(client, "record", { command: ["node", "main.js"], edges: true });
  const { data } = await ask(client, "find_calls", { function: "http.server" });
  expect(data.calls[0].at).toBe("node:http");
  await client.close();
});

test("a command that runs out of time", async () => {
  const folder = project({ "ticker.js": TICKER });
  const client = await start(process.execPath, folder, "--allow", "node ticker.js");
  const { data } = await ask(client, "record", {
    command: ["node", "ticker.js"],
    timeoutSeconds: 2,
  });
  expect(data).toMatchObject({ timedOut: true, exitCode: 124 });
  await client.close();
});

test("it ends with its client, and says what is wrong with its arguments", async () => {
  const folder = project({});
  const server = spawn(process.execPath, [cli, "mcp"], { cwd: folder, stdio: "pipe" });
  server.stdin.end();
  expect(await once(server, "exit")).toEqual([0, null]);
  expect(run(process.execPath, [cli, "mcp", "--allwo", "x"], folder)).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringContaining("--allwo"),
  });
  expect(run(process.execPath, [cli, "mcp", "--http", "x"], folder).stderr).toContain(
    '--http is a port: got "x"',
  );
  expect(run(process.execPath, [cli, "mcp", "--help"], folder).stdout).toContain(
    "--allow <command>",
  );
});

test.each([
  ["printed", {}],
  ["given", { BREADCRUMB_MCP_TOKEN: "of-my-own" }],
])("over HTTP, with a token that is %s", async (how, env) => {
  const folder = project({});
  const server = spawn(process.execPath, [cli, "mcp", "--http", "0"], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const isReady = () => said.split("\n").length > (how === "printed" ? 2 : 1);
  while (!isReady()) await once(server.stderr, "data");
  const url = /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec(said)?.[0] ?? "";
  const token = /Bearer (\S+)/.exec(said)?.[1] ?? "of-my-own";
  expect(said.includes("of-my-own")).toBe(false);
  const client = new Client({ name: "test", version: "1" });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { Authorization: `Bearer ${token}` } },
    }),
  );
  expect((await ask(client, "describe_schema")).data.tables).toHaveLength(8);
  await client.close();
  server.kill("SIGTERM");
  expect(await once(server, "exit")).toEqual([0, null]);
});

function startTraced(folder: string, script: string, ...options: string[]): ChildProcess {
  const args = [cli, "run", "--quiet", ...options, "--", "node", script];
  return spawn(process.execPath, args, { cwd: folder, stdio: "ignore" });
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
