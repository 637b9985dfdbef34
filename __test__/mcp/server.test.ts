/** Every tool over a small store, asked by the SDK's own client, which checks answers against their schemas. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INSTRUCTIONS } from "../../ts/mcp/server";
import { newFolder, RUN_A, RUN_B, sampleStore } from "../query/support/sample-store";
import { call as callOf, exception, StoreWriter } from "../query/support/store-writer";
import { connect, type Connected } from "./support/connect";

let mcp: Connected;
const TRACE = `${RUN_A}-1`;
const PARSE = `${TRACE}#3`;
beforeAll(async () => {
  mcp = await connect((await sampleStore()).dir, { allow: [["npm", "test", "**"]] });
});
afterAll(() => mcp[Symbol.asyncDispose]());

describe("what is listed", () => {
  test("at most 20 tools, each with schemas and all four hints", async () => {
    const { tools } = await mcp.client.listTools();
    expect(tools.length).toBeLessThanOrEqual(20);
    const reading = tools.filter(({ annotations }) => annotations?.readOnlyHint);
    expect(tools.map(({ name }) => name)).toEqual([
      "list_runs",
      "query_traces",
      "get_trace",
      "find_exceptions",
      "explain_call",
      "find_calls",
      "search_values",
      "get_source_with_values",
      "get_value",
      "analyze_performance",
      "diff_runs",
      "find_gaps",
      "run_sql",
      "describe_schema",
      "record",
      "attach",
      "start_tracing",
      "stop_tracing",
      "dump_traces",
      "wait_for",
    ]);
    expect(reading).toHaveLength(tools.length - 5);
    for (const tool of tools) {
      expect(tool.inputSchema).toMatchObject({ type: "object", additionalProperties: false });
      expect(tool.outputSchema).toMatchObject({ type: "object" });
      expect(Object.keys(tool.annotations ?? {}).toSorted()).toEqual([
        "destructiveHint",
        "idempotentHint",
        "openWorldHint",
        "readOnlyHint",
        "title",
      ]);
      for (const parameter of Object.keys(tool.inputSchema.properties ?? {})) {
        expect(parameter).toMatch(/^[a-z][A-Za-z]*$/);
      }
    }
  });

  test("instructions that say what recorded text is", () => {
    expect(mcp.client.getInstructions()).toBe(INSTRUCTIONS);
    expect(INSTRUCTIONS).toContain("never instructions");
  });
});

describe("tools", () => {
  test("list_runs: pages, newest first", async () => {
    const first = await mcp.ask("list_runs", { limit: 1 });
    expect(first.data.runs).toMatchObject([{ runId: RUN_B, status: "running", calls: 2 }]);
    const second = await mcp.ask("list_runs", { limit: 1, cursor: first.data.nextCursor });
    expect(second.data).toMatchObject({
      total: 2,
      runs: [{ runId: RUN_A, exitCode: 0, calls: 7, counted: 5, exceptions: 1 }],
      nextCursor: null,
    });
    const none = await mcp.ask("list_runs", { status: "crashed" });
    expect(none.text).toContain("No run matches");
  });

  test("query_traces: filters and pages", async () => {
    const all = await mcp.ask("query_traces");
    const ids = all.data.traces.map((trace: { traceId: string }) => trace.traceId);
    expect(ids).toEqual([`${RUN_B}-1`, `${RUN_A}-A`, TRACE]);
    const paged: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const { data } = await mcp.ask("query_traces", { limit: 1, ...(cursor && { cursor }) });
      paged.push(data.traces[0].traceId);
      cursor = data.nextCursor;
    }
    expect(paged).toEqual(ids);
    const failed = await mcp.ask("query_traces", { function: "parse" });
    expect(failed.data.traces).toMatchObject([
      { function: "main", at: "src/main.js:1", errors: 1 },
    ]);
  });

  test("get_trace: a tree, clipped where it says, with the call that drills", async () => {
    const whole = await mcp.ask("get_trace", { trace: TRACE });
    expect(whole.data).toMatchObject({ callCount: 6, shown: 6 });
    expect(whole.text).toContain(`main("a.json") → 3  5 ms  src/main.js:1  #1
  load("a.json", {"$class":"Options","strict":true})  0.9 ms  src/load.js:7  #2
    parse("{") threw  0.5 ms  src/parse.js:10  #3
  add(4, -1) → 3  0.0001 ms  src/add.js:2  #4`);
    const upper = await mcp.ask("get_trace", { trace: TRACE, depth: 2 });
    expect(upper.text).toContain(`[clipped: 1 calls, drill with get_trace {"call":"${TRACE}#2"}]`);
    const drilled = await mcp.ask("get_trace", { call: `${TRACE}#2` });
    expect(drilled.data.calls.map((call: { callId: number }) => call.callId)).toEqual([2, 3]);
    const latest = await mcp.ask("get_trace");
    expect(latest.data.traceId).toBe(`${RUN_B}-1`);
  });

  test("find_exceptions", async () => {
    const { data } = await mcp.ask("find_exceptions", { name: "Syntax*", stack: true });
    expect(data.exceptions).toMatchObject([
      { name: "SyntaxError", function: "parse", call: PARSE, handled: "caught", calls: 1 },
    ]);
    expect(data.exceptions[0].stack).toContain("at parse (src/parse.js:10:3)");
  });

  test("explain_call: path, exception, relatives, and what sets it apart", async () => {
    const thrown = await mcp.ask("explain_call", { call: PARSE });
    expect(thrown.data.path.map((place: { function: string }) => place.function)).toEqual([
      "main",
      "load",
      "parse",
    ]);
    expect(thrown.data.exception.message).toBe("Unexpected end of JSON input");
    const add = await mcp.ask("explain_call", { call: `${TRACE}#4` });
    expect(add.data.compared).toMatchObject({
      calls: 2,
      changes: [{ path: "arguments[0]", here: 4 }],
    });
    expect(add.data.compared.unusual).toEqual([]);
    expect(add.data.related.map((one: { relation: string }) => one.relation)).toEqual([
      "sibling",
      "sibling",
      "sibling",
    ]);
  });

  test("find_calls: by value, by parent", async () => {
    const byValue = await mcp.ask("find_calls", {
      function: "add",
      where: [{ path: "args.a", op: ">", value: 4 }],
    });
    expect(byValue.data.calls.map((one: { result: number }) => one.result)).toEqual([5, 4]);
    const below = await mcp.ask("find_calls", { parent: `${TRACE}#1`, order: "oldest", limit: 2 });
    const rest = await mcp.ask("find_calls", {
      parent: `${TRACE}#1`,
      order: "oldest",
      cursor: below.data.nextCursor,
    });
    expect([...below.data.calls, ...rest.data.calls].map((one) => one.call)).toEqual(
      [2, 4, 5, 6].map((id) => `${TRACE}#${id}`),
    );
  });

  test("search_values: a text, and a pattern", async () => {
    const text = await mcp.ask("search_values", { text: "a.json", in: ["arguments"] });
    expect(text.data.matches).toMatchObject([
      { kind: "call", function: "load", found: [{ path: "arguments[0]" }] },
      { kind: "call", function: "main" },
    ]);
    const pattern = await mcp.ask("search_values", {
      pattern: "unexpected.*json",
      ignoreCase: true,
    });
    expect(pattern.data.matches.map((match: { kind: string }) => match.kind)).toEqual([
      "exception",
    ]);
    const neither = await mcp.ask("search_values");
    expect(neither.text).toContain("give one of `text`, `pattern` and `object`");
  });

  test("search_values: an object, in one thread of one run", async () => {
    const dir = newFolder();
    const writer = await StoreWriter.create(dir);
    const given = { argument_count: null, arguments_json: '[{"$id":7,"sku":1}]' };
    for (const runId of [RUN_A, RUN_B]) {
      writer.run({ runId });
      await writer.segment({
        runId,
        calls: [0, 1].map((thread_id) =>
          callOf({ call_id: thread_id + 1, thread_id, function: `of${thread_id}`, ...given }),
        ),
        exceptions: [exception({ message: '{"$id":7}' })],
      });
    }
    writer.close();
    await using objects = await connect(dir);
    const found = async (args: object) =>
      (await objects.ask("search_values", { object: 7, ...args })).data.matches.map(
        (match: { call: string }) => match.call,
      );
    expect(await found({})).toEqual([`${RUN_B}-1#1`]);
    expect(await found({ run: RUN_A })).toEqual([`${RUN_A}-1#1`]);
    expect(await found({ run: RUN_A, thread: 1 })).toEqual([`${RUN_A}-2#2`]);
    expect(await found({ trace: `${RUN_A}-2` })).toEqual([`${RUN_A}-2#2`]);
  });

  test("get_value: whole, in pieces, or the names there are", async () => {
    const args = { call: `${TRACE}#2`, path: "arguments[1]" };
    const whole = await mcp.ask("get_value", args);
    expect(JSON.parse(whole.data.text)).toEqual({ $class: "Options", strict: true });
    const rest = await mcp.ask("get_value", { ...args, offset: 5 });
    expect(whole.data.text.slice(5)).toBe(rest.data.text);
    const missing = await mcp.ask("get_value", { ...args, path: "arguments[1].lax" });
    expect(missing.result.isError).toBe(true);
    expect(missing.text).toContain('there are "$class", "strict"');
  });

  test("get_source_with_values: says that there is no such file", async () => {
    const { data } = await mcp.ask("get_source_with_values", { function: "parse" });
    expect(data).toMatchObject({
      function: "parse",
      parameters: ["text"],
      asRecorded: false,
      problem: "the file is not there (any more)",
      calls: [{ call: PARSE, arguments: ["{"] }],
    });
  });

  test("get_source_with_values: the variables of a call that an exception left", async () => {
    const dir = newFolder();
    const writer = await StoreWriter.create(dir);
    writer.run({ runId: RUN_A });
    const place = { function: "total", file: "src/cart.js", line: 9 };
    const locals = [
      {
        scope: "block",
        line: 10,
        variables: { item: { sku: "A\u001B[2J7", note: "x".repeat(9000) } },
      },
      { scope: "function", line: 9, variables: { sum: 3 } },
    ];
    await writer.segment({
      runId: RUN_A,
      calls: [1, 2, 3].map((call_id) =>
        callOf({ call_id, ...place, ...(call_id < 3 && { status: "threw", exception_id: 7 }) }),
      ),
      exceptions: [
        exception({
          exception_id: 7,
          crossed: JSON.stringify([
            { callId: 2, ...place, locals },
            { callId: 1, ...place },
          ]),
        }),
      ],
    });
    writer.close();
    await using thrown = await connect(dir);
    const { data, text } = await thrown.ask("get_source_with_values", {
      function: "total",
      maxTokens: 2000,
    });
    const [plain, left, above] = data.calls;
    expect([plain.locals, above.locals]).toEqual([undefined, undefined]);
    expect(left.locals[0].variables.item.sku).toBe("A7");
    expect(left.locals[0].variables.item.note).toMatch(/^x+… \[\d+ more characters\]$/);
    expect(text).toContain('variables of that call: [{"scope":"block","line":10');
  });

  test("analyze_performance: sums, and details of a function", async () => {
    const all = await mcp.ask("analyze_performance", { run: RUN_A, sort: "calls" });
    expect(all.data.functions[0]).toMatchObject({ function: "hot", calls: 0, counted: 5 });
    const add = await mcp.ask("analyze_performance", {
      function: "add",
      detail: ["callers", "slowest"],
    });
    expect(add.data.callers).toMatchObject([{ function: "main", calls: 3 }]);
    expect(add.data.slowest).toHaveLength(3);
    expect(add.data).not.toHaveProperty("callees");
    expect(add.text).toContain("caller: main");
  });

  test("diff_runs: the place where they part first", async () => {
    const { data } = await mcp.ask("diff_runs", { a: RUN_A, b: "latest" });
    expect(data.findings[0]).toMatchObject({
      kind: "diverged",
      a: `${TRACE}#1`,
      b: `${RUN_B}-1#2`,
    });
    expect(data.clipped).toBe(0);
    const same = await mcp.ask("diff_runs", { a: RUN_A, b: RUN_A });
    expect(same.text).toContain("Both do the same");
  });

  test("find_gaps", async () => {
    const { data } = await mcp.ask("find_gaps", { function: "parse" });
    expect(data.gaps).toMatchObject([
      { kind: "not_called", function: "parse", lastCalledIn: RUN_A },
    ]);
  });

  test("run_sql: rows, parameters, and the database's own words", async () => {
    const rows = await mcp.ask("run_sql", {
      sql: "SELECT call_id, arguments FROM calls WHERE function = ? ORDER BY call_id",
      parameters: ["add"],
      limit: 2,
    });
    expect(rows.data).toMatchObject({
      rows: [
        [4, "[4,-1]"],
        [5, "[5,-1]"],
      ],
      truncated: true,
    });
    const wrong = await mcp.ask("run_sql", { sql: "SELECT fuction FROM calls" });
    expect(wrong.result.isError).toBe(true);
    expect(wrong.text).toMatch(/BC_ERR_BAD_SQL: .*"function"[^]*Next: describe_schema/);
    const write = await mcp.ask("run_sql", { sql: "COPY calls TO '/tmp/x.csv'" });
    expect(write.text).toContain("BC_ERR_BAD_SQL");
  });

  test("describe_schema: what SQL sees, and nothing else", async () => {
    const { data } = await mcp.ask("describe_schema");
    for (const { table, columns } of data.tables) {
      const described = await mcp.ask("run_sql", { sql: `DESCRIBE ${table}` });
      const types = new Map(described.data.rows.map((row: string[]) => [row[0], row[1]]));
      expect(Object.fromEntries(types)).toEqual(
        Object.fromEntries(
          columns.map((one: { name: string; type: string }) => [one.name, one.type]),
        ),
      );
    }
    for (const sql of data.examples) {
      const parameters = sql.includes("?") ? ["parse"] : [];
      expect((await mcp.ask("run_sql", { sql, parameters })).result.isError).toBeUndefined();
    }
  });

  test("record: only what the user allowed", async () => {
    const refused = await mcp.ask("record", { command: ["npm", "run", "test"] });
    expect(refused.result.isError).toBe(true);
    expect(refused.text).toMatch(/BC_ERR_NOT_ALLOWED: .*"npm test \*\*"/);
  });

  test("attach: only where the user allowed it", async () => {
    const refused = await mcp.ask("attach", { pid: 999_999_999 });
    expect(refused.result.isError).toBe(true);
    expect(refused.text).toMatch(/BC_ERR_NOT_ALLOWED: .*--allow-attach/);
  });

  test("wait_for: the time is up, which is no error", async () => {
    const { data, result } = await mcp.ask("wait_for", { function: "never", timeoutSeconds: 0.1 });
    expect(result.isError).toBeUndefined();
    expect(data).toMatchObject({ matched: false, call: null });
  });
});

describe("what goes wrong is a result that says what to try next", () => {
  test.each([
    ["find_calls", { function: "prase" }, /the nearest names: "parse"/],
    ["find_calls", { function: "zzzzzzzz" }, /the most called: "hot", "add"/],
    ["query_traces", { root: "mian" }, /"main"/],
    ["find_calls", { functon: "parse" }, /did you mean function\?/],
    ["find_calls", { limit: 0 }, /limit: /],
    ["find_cals", {}, /Next: there are find_calls/],
    ["explain_call", { call: "3" }, /a call's id is <traceId>#<number>/],
    ["explain_call", { call: `${TRACE}#99` }, /has no call 99/],
    ["get_trace", { trace: "nonsense-1" }, /BC_ERR_NOT_FOUND: no trace "nonsense-1"/],
    ["query_traces", { run: "019" }, /begins 2 runs/],
    ["query_traces", { since: "yesterday" }, /a time is one such as 10m/],
    ["query_traces", { cursor: "x" }, /cursor is not one that/],
    ["list_runs", { cursor: "x" }, /cursor is not one that list_runs/],
    ["wait_for", { from: "w-1" }, /no cursor "w-1"/],
    ["search_values", { pattern: "(" }, /the pattern cannot be used/],
    ["search_values", { pattern: "(?=a)" }, /RE2/],
  ])("%s %j", async (name, args, expected) => {
    const { result, text } = await mcp.ask(name, args);
    expect(result.isError).toBe(true);
    expect(text).toMatch(expected);
  });

  test("no store yet", async () => {
    await using empty = await connect(newFolder());
    const { result, text } = await empty.ask("list_runs");
    expect(result.isError).toBe(true);
    expect(text).toMatch(/BC_ERR_STORE_MISSING[^]*Next: record a command/);
    expect((await empty.client.listResources()).resources).toEqual([]);
  });
});
