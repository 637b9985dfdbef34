/**
 * The MCP inspector's CLI mode, a client of another making, over the built server: every tool, every
 * resource, every prompt, and what goes wrong with them. Its answers are held against the schemas here.
 *
 * Limits: it asks one thing a process, so it cannot subscribe; the SDK's client does, in
 * `__test__/mcp/resources.test.ts`.
 */
import { Ajv } from "ajv";
import { type ChildProcess, spawn } from "node:child_process";
import { realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TOOLS } from "../../ts/mcp/tools";
import { cli, type Ended, packageRoot, project, run } from "../support/program";

const INSPECTOR = join(packageRoot, "node_modules/.bin/mcp-inspector");
const SHOP = `
function price(item) { if (item.pieces < 0) throw new RangeError("pieces below zero"); return item.pieces * 2; }
function total(items) { let sum = 0; for (const item of items) sum += price(item); return sum; }
console.log(total([{ pieces: 1 }, { pieces: 2 }]));
if (process.argv[2] === "fail") total([{ pieces: 3 }, { pieces: -1 }]);
`;
const TICKS = `
let n = 0;
function tick(count) { return count * 10; }
setInterval(() => { tick(++n); }, 20);
`;

interface Listed {
  readonly name: string;
  readonly outputSchema: object;
}

let folder: string;
let ticking: ChildProcess;
/** The same, without us. */
let plain: ChildProcess;
let listed: readonly Listed[];
/** Ids of what was recorded: a run that went well, one that failed, the call that failed. */
let ids: {
  readonly good: string;
  readonly bad: string;
  readonly trace: string;
  readonly call: string;
};

/** What the inspector says of one question to a server with its arguments. */
function ask(words: readonly string[], ...server: readonly string[]): Ended {
  const command = [
    process.execPath,
    cli,
    "mcp",
    ...server,
    "--allow",
    "node shop.js",
    "--allow-attach",
  ];
  const args = [INSPECTOR, "--cli", ...command, "--quiet", ...words];
  return run(process.execPath, args, folder, { HOME: folder });
}

function answer(...words: readonly string[]) {
  const { status, stdout, stderr } = ask(words);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

function tool(name: string, args: object): string[] {
  const given = ["--tool-name", name, "--tool-args-json", JSON.stringify(args)];
  return ["--method", "tools/call", ...given];
}

const told = (name: string, args: object) => answer(...tool(name, args)).structuredContent;

beforeAll(async () => {
  folder = realpathSync(project({ "shop.js": SHOP, "ticks.js": TICKS }));
  for (const words of [[], ["fail"]]) {
    run(process.execPath, [cli, "run", "--quiet", "shop.js", ...words], folder);
  }
  ({ tools: listed } = answer("--method", "tools/list"));
  const [bad, good] = told("list_runs", {}).runs as { runId: string }[];
  const [failed] = told("find_exceptions", {}).exceptions as { call: string }[];
  const call = failed?.call ?? "";
  ids = { good: good?.runId ?? "", bad: bad?.runId ?? "", trace: call.split("#")[0] ?? "", call };
  const held = ["--quiet", "--keep", "last=1m"];
  ticking = spawn(process.execPath, [cli, "run", ...held, "ticks.js"], { cwd: folder });
  plain = spawn(process.execPath, ["--inspect-port=0", "ticks.js"], { cwd: folder });
  while (told("list_runs", {}).total < 3);
});
afterAll(async () => {
  for (const child of [ticking, plain]) {
    child.kill("SIGTERM");
    await new Promise((resolve) => void child.once("close", resolve));
  }
  rmSync(folder, { recursive: true, force: true });
});

describe("every tool", () => {
  const questions: Readonly<Record<string, () => readonly [args: object, part: object]>> = {
    list_runs: () => [{ status: "finished" }, { total: 2 }],
    query_traces: () => [{ run: ids.bad, status: "threw" }, { traces: [{ traceId: ids.trace }] }],
    get_trace: () => [
      { trace: ids.trace, depth: 2 },
      { traceId: ids.trace, callCount: 3 },
    ],
    find_exceptions: () => [{ handled: "uncaught" }, { exceptions: [{ call: ids.call }] }],
    explain_call: () => [{ call: ids.call }, { path: [{ function: "total" }, {}] }],
    find_calls: () => [
      { where: [{ path: "result", op: ">", value: 5 }], run: ids.good },
      { calls: [{ function: "total" }] },
    ],
    search_values: () => [{ text: "pieces below" }, { matches: [{ function: "price" }] }],
    get_value: () => [{ call: ids.call, path: "arguments[0]" }, { text: '{"pieces":-1}' }],
    get_source_with_values: () => [{ call: ids.call }, { function: "price", asRecorded: true }],
    analyze_performance: () => [
      { function: "price", run: ids.good, detail: ["callers"] },
      { callers: [{ function: "total" }] },
    ],
    diff_runs: () => [{ a: ids.good, b: ids.bad }, { pairs: 3 }],
    find_gaps: () => [{ run: ids.good }, { runIds: [ids.good], instrumented: 1 }],
    run_sql: () => [{ sql: "SELECT ? + 1 AS n", parameters: [41] }, { rows: [[42]] }],
    describe_schema: () => [{ table: "calls" }, { tables: [{ table: "calls" }] }],
    record: () => [{ command: ["node", "shop.js"] }, { exitCode: 0, output: "6\n" }],
    attach: () => [
      { pid: plain.pid, include: [":tick"], seconds: 0.5 },
      { pid: plain.pid, through: "inspector", functions: 1 },
    ],
    wait_for: () => [{ function: "never", timeoutSeconds: 0.1 }, { matched: false }],
    dump_traces: () => [{ pid: held() }, { processes: [{ storesAll: false, error: null }] }],
    start_tracing: () => [
      { pid: held(), include: [":tick"], forSeconds: 60 },
      { processes: [{ functions: 1, error: null }] },
    ],
    stop_tracing: () => [{ pid: held() }, { processes: [{ functions: 0, error: null }] }],
  };
  const held = (): number => {
    const { processes } = JSON.parse(
      run(process.execPath, [cli, "status", "--json"], folder).stdout,
    ) as { processes: { pid: number; cwd: string }[] };
    return processes.find(({ cwd }) => cwd === folder)?.pid ?? 0;
  };

  test("is asked here", () => {
    expect(Object.keys(questions).toSorted()).toEqual(TOOLS.map(({ name }) => name).toSorted());
    expect(listed.map(({ name }) => name).toSorted()).toEqual(Object.keys(questions).toSorted());
  });

  test.each(Object.entries(questions))("%s", (name, question) => {
    const [args, part] = question();
    const data = told(name, args);
    expect(data).toMatchObject(part);
    const schema = listed.find((each) => each.name === name)?.outputSchema ?? false;
    const validate = new Ajv({ allowUnionTypes: true }).compile(schema);
    expect(validate(data) ? [] : validate.errors).toEqual([]);
  });
});

describe("every resource and prompt", () => {
  test("of those that are listed, by their addresses", () => {
    const { resources } = answer("--method", "resources/list") as { resources: { uri: string }[] };
    const kinds = new Map(resources.map(({ uri }) => [uri.split("/")[2] ?? "", uri]));
    expect([...kinds.keys()].toSorted()).toEqual(["function", "run", "trace"]);
    for (const uri of kinds.values()) {
      const { contents } = answer("--method", "resources/read", "--uri", uri);
      expect(JSON.parse(contents[0].text)).toHaveProperty("notice");
    }
    const { resourceTemplates } = answer("--method", "resources/templates/list");
    expect(resourceTemplates).toHaveLength(kinds.size);
  });

  test("of those that templates make", () => {
    const read = (uri: string) =>
      JSON.parse(answer("--method", "resources/read", "--uri", uri).contents[0].text);
    expect(read(`breadcrumb://run/${ids.bad}`)).toMatchObject({ run: { runId: ids.bad } });
    expect(read(`breadcrumb://trace/${ids.trace}`)).toMatchObject({ callCount: 3 });
    expect(read("breadcrumb://function/price").functions).toMatchObject([{ function: "price" }]);
  });

  test("prompts, with arguments and without", () => {
    const { prompts } = answer("--method", "prompts/list") as {
      prompts: { name: string; arguments: { name: string; required?: boolean }[] }[];
    };
    expect(prompts).toHaveLength(3);
    for (const { name, arguments: takes } of prompts) {
      const needed = takes.find(({ required }) => required);
      const given = needed === undefined ? [] : ["--prompt-args", `${needed.name}=${ids.good}`];
      const { messages } = answer("--method", "prompts/get", "--prompt-name", name, ...given);
      expect(messages[0].content.text).toContain(needed === undefined ? "latest" : ids.good);
    }
  });
});

describe("what goes wrong", () => {
  test.each<[name: string, args: object, says: RegExp]>([
    ["get_trace", { trace: "none" }, /BC_ERR_NOT_FOUND: no trace \\"none\\"/],
    ["find_calls", { functon: "x" }, /did you mean function\?/],
    ["find_calls", { limit: 0 }, /limit: /],
    ["list_runs", { cursor: "x" }, /BC_ERR_BAD_OPTION: cursor is not one/],
    ["run_sql", { sql: "DROP TABLE calls" }, /BC_ERR_BAD_SQL.*Next: describe_schema/],
    [
      "run_sql",
      {
        sql: "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b",
        timeoutMs: 100,
      },
      /BC_ERR_SQL_LIMIT/,
    ],
    ["record", { command: ["rm", "-r", "."] }, /BC_ERR_NOT_ALLOWED/],
    ["start_tracing", { pid: 1 }, /BC_ERR_NO_PROCESS/],
    ["dump_traces", { pid: 1 }, /BC_ERR_NO_PROCESS/],
    ["attach", { pid: 999_999_999 }, /BC_ERR_NO_PROCESS/],
    ["find_exceptions", { maxTokens: 1 }, /maxTokens/],
  ])("%s %j is a result that says why", (name, args, says) => {
    const { status, stdout } = ask(tool(name, args));
    expect(status).toBe(5); // The inspector's word for a result that is an error.
    expect(JSON.parse(stdout)).toMatchObject({ isError: true });
    expect(stdout).toMatch(says);
  });

  test.each<[words: readonly string[], says: RegExp]>([
    [["--method", "resources/read", "--uri", "breadcrumb://run/none"], /-32002.*NOT_FOUND/],
    [["--method", "resources/read", "--uri", "breadcrumb://what/ever"], /-32602/],
    [["--method", "prompts/get", "--prompt-name", "none"], /-32002.*there are why_did_it_fail/],
    [["--method", "prompts/get", "--prompt-name", "what_changed"], /-32602.*good/],
    [["--method", "tools/call", "--tool-name", "none"], /not found/],
  ])("%j is an error of the protocol", (words, says) => {
    const { status, stderr } = ask(words);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(says);
  });

  test("no store yet", () => {
    const { status, stdout } = ask(tool("list_runs", {}), "--store", join(folder, "none"));
    expect(status).toBe(5);
    expect(stdout).toMatch(/BC_ERR_STORE_MISSING/);
  });
});
