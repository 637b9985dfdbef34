import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { newFolder } from "../query/support/sample-store";
import {
  call,
  exception,
  lineCount,
  NOON_NS,
  type Row,
  StoreWriter,
} from "../query/support/store-writer";
import { runCli, type Terminal } from "./support/run-cli";

const CART = `
function total(items, sale) {
  let sum = 0;
  for (const item of items) {
    if (item.gone) continue;
    sum += sale ? item.price / 2 : item.price;
  }
  if (sum < 0) {
    throw new RangeError("below zero");
  }
  return sum;
}

function after() {}
`;
/** Line, column, whether it is a branch, and how often it ran in all calls. */
const PLACES = [
  [3, 3, 0, 3],
  [4, 3, 0, 3],
  [5, 5, 0, 6],
  [5, 20, 1, 0],
  [6, 5, 0, 6],
  [6, 19, 1, 1],
  [6, 36, 1, 5],
  [8, 3, 0, 3],
  [9, 5, 0, 1],
  [11, 3, 0, 2],
] as const;
const RETURNED = "[[3,1],[4,1],[5,3],[6,3],[6,1,19],[6,2,36],[8,1],[11,1]]";
const THREW = "[[3,1],[4,1],[5,1],[6,1],[6,1,36],[8,1],[9,1]]";
/** Written before the run: files are as they were recorded. */
const LATER = "2100-01-01T00:00:00.000Z";

let project: string;
let writer: StoreWriter;
beforeEach(async () => {
  const dir = newFolder();
  project = dirname(dir);
  mkdirSync(join(project, "src"));
  writeFileSync(join(project, "package.json"), "{}");
  writeFileSync(join(project, "src/cart.js"), CART);
  vi.spyOn(process, "cwd").mockReturnValue(project);
  writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1", startedAt: LATER, cwd: project });
});
afterEach(() => void vi.restoreAllMocks());

const total = (row: Row): Row =>
  call({
    function: "total",
    file: "src/cart.js",
    line: 2,
    parameters: '["items","sale"]',
    argument_count: null,
    arguments_json: '[[{"price":5}],false]',
    result_integer: 26,
    duration_ns: 4200,
    lines: RETURNED,
    ...row,
  });

/** What the run has of the function's lines. */
const known = (): Row[] =>
  PLACES.map(([line, col, branch, count]) =>
    lineCount({
      function: "total",
      file: "src/cart.js",
      function_line: 2,
      line,
      col,
      is_branch: branch,
      count,
    }),
  );

async function source(words: readonly string[] = [], terminal: Terminal = {}): Promise<string> {
  const args = ["show", ...(words.length > 0 ? words : ["latest"]), "--source"];
  const { code, stdout, stderr } = await runCli([...args, "--store", writer.dir], terminal);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

test("how often each line ran, values at the first, branches that ran otherwise, the result", async () => {
  await writer.segment({ runId: "r1", calls: [total({})], lines: known() });
  expect(await source()).toMatchInlineSnapshot(`
    "total(items: [{ price: 5 }], sale: false) → 26
    src/cart.js:2 · call 1 of trace r1-1 · 4.20 µs

          ran
                2 │ function total(items, sale) {  items = [{ price: 5 }] · sale = false
            1   3 │   let sum = 0;
            1   4 │   for (const item of items) {
            3   5 │     if (item.gone) continue;  col 20: never
            3   6 │     sum += sale ? item.price / 2 : item.price;  col 19: ×1 · col 36: ×2
                7 │   }
            1   8 │   if (sum < 0) {
            0   9 │     throw new RangeError("below zero");
               10 │   }
            1  11 │   return sum;  → 26
               12 │ }
    "
  `);
});

test("what assignments came to stands beside their lines; what there was no room for is counted", async () => {
  const sums = [5, 14, 26].map((sum) => `[6,"sum",${sum}]`).join(",");
  const variables = `[[3,"sum",0],[4,"item",{"price":5}],${sums},[6,"sum",40,7],[9,"a.b","x"],3]`;
  await writer.segment({ runId: "r1", calls: [total({ variables })], lines: known() });
  const { stdout, stderr } = await runCli(["show", "latest", "--source", "--store", writer.dir]);
  expect(stderr).toBe("breadcrumb: 3 more assignments behind these: a call has 64 KB\n");
  const lines = stdout.split("\n").map((line) => line.trim());
  expect(lines).toContain("1   3 │   let sum = 0;  sum = 0");
  expect(lines).toContain("1   4 │   for (const item of items) {  item = { price: 5 }");
  expect(lines.find((line) => line.startsWith("3   6 │"))).toContain(
    "  sum = 5 → 14 → 26 → … → 40 · col 19: ×1",
  );
});

test("what was thrown stands where it was", async () => {
  const threw = { status: "threw", exception_id: 1, result_integer: null, lines: THREW };
  await writer.segment({
    runId: "r1",
    calls: [total(threw)],
    exceptions: [
      exception({
        function: "total",
        file: "src/cart.js",
        line: 2,
        name: "RangeError",
        message: "below\nzero",
        thrown_file: "src/cart.js",
        thrown_line: 9,
        thrown_col: 11,
      }),
    ],
    lines: known(),
  });
  expect(await source()).toMatchInlineSnapshot(`
    "total(items: [{ price: 5 }], sale: false)
    src/cart.js:2 · call 1 of trace r1-1 · 4.20 µs
    ✗ RangeError: below\\nzero

          ran
                2 │ function total(items, sale) {  items = [{ price: 5 }] · sale = false
            1   3 │   let sum = 0;
            1   4 │   for (const item of items) {
            1   5 │     if (item.gone) continue;  col 20: never
            1   6 │     sum += sale ? item.price / 2 : item.price;  col 19: never
                7 │   }
            1   8 │   if (sum < 0) {
            1   9 │     throw new RangeError("below zero");  ✗ RangeError: below\\nzero
               10 │   }
            0  11 │   return sum;
               12 │ }
    "
  `);
});

test("lines that the run does not tell: the source without counts, and what to do", async () => {
  await writer.segment({ runId: "r1", calls: [total({ lines: null })] });
  const { code, stdout, stderr } = await runCli([
    "show",
    "latest",
    "--source",
    "--store",
    writer.dir,
  ]);
  expect(code).toBe(0);
  expect(stdout).not.toContain("ran");
  expect(stdout).toMatch(/^ +2 │ function total\(items, sale\) \{ {2}items = /m);
  expect(stderr).toBe("breadcrumb: its lines are not known: record with --lines\n");
});

test("a call in a mode without lines, or in flight, in a run that has some", async () => {
  const open = { call_id: 2, status: "open", duration_ns: null, started_at: NOON_NS + 2n };
  const without = [{}, open].map((row) => total({ lines: null, ...row }));
  await writer.segment({ runId: "r1", calls: without, lines: known() });
  const told = (trace: string) => runCli(["show", trace, "--source", "--store", writer.dir]);
  const { stdout, stderr } = await told("r1-1");
  expect(stdout).toMatch(/^ +11 │ {3}return sum;$/m);
  expect(stdout).not.toContain("after()");
  expect(stderr).toContain("recorded in a mode without them");
  expect((await told("r1-2")).stderr).toContain("not known as long as it has not ended");
});

test("without its source: the numbers of its lines", async () => {
  rmSync(join(project, "src/cart.js"));
  await writer.segment({ runId: "r1", calls: [total({})], lines: known() });
  const { stdout, stderr } = await runCli(["show", "latest", "--source", "--store", writer.dir]);
  expect(stdout.split("\n").slice(3)).toEqual([
    "      ran",
    "        1   3 │ ",
    "        1   4 │ ",
    "        3   5 │   col 20: never",
    "        3   6 │   col 19: ×1 · col 36: ×2",
    "        1   8 │ ",
    "        0   9 │ ",
    "        1  11 │   → 26",
    "",
  ]);
  expect(stderr).toBe("breadcrumb: the file is not there (any more)\n");
});

test("a file that was written since says so", async () => {
  writer.run({ runId: "r1", cwd: project });
  await writer.segment({ runId: "r1", calls: [total({})], lines: known() });
  const { stdout, stderr } = await runCli(["show", "latest", "--source", "--store", writer.dir]);
  expect(stdout).toContain("return sum;");
  expect(stderr).toContain("the file was written after the run began");
});

test("lines fit the terminal", async () => {
  await writer.segment({ runId: "r1", calls: [total({})], lines: known() });
  const text = await source([], { columns: 50 });
  for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(50);
  expect(text).toContain("items = [");
  const colored = await source([], { columns: 100, colors: true });
  expect(colored).toContain("\u001B[31m        0\u001B[39m");
});

test("as JSON: the call, its source to the function's end, the lines of all calls, what ended it", async () => {
  await writer.segment({ runId: "r1", calls: [total({})], lines: known() });
  const shown = JSON.parse(await source(["latest", "--json"])) as Record<string, unknown>;
  expect(shown).toMatchObject({
    call: { callId: 1 },
    source: { first: 2, lines: CART.split("\n").slice(1, 12), problem: null },
    exception: null,
  });
  const { lines } = shown["call"] as { lines: unknown[] };
  expect(lines.slice(3, 5)).toEqual([
    { line: 6, count: 3 },
    { line: 6, count: 1, col: 19 },
  ]);
  expect(shown["lines"]).toHaveLength(PLACES.length);
  expect((shown["lines"] as unknown[])[0]).toEqual({
    function: "total",
    file: "src/cart.js",
    functionLine: 2,
    line: 3,
    col: 3,
    isBranch: false,
    count: 3,
  });
});

test("a method ends where its brace is, not its class", async () => {
  const cart = [
    "class Cart {",
    "  size() {",
    "    return one();",
    "",
    "    function one() { return 1; }",
    "  }",

    "  half() { return 0.5; }",
    "}",
    "",
  ];
  writeFileSync(join(project, "src/cart.js"), cart.join("\n"));
  const place = { function: "size", file: "src/cart.js", line: 2 };
  const half = { function: "half", file: "src/cart.js", line: 7 };
  const counted = (of: typeof place, line: number) =>
    lineCount({ function: of.function, file: of.file, function_line: of.line, line });
  await writer.segment({
    runId: "r1",
    calls: [
      call({ ...place, lines: "[[3,1]]" }),
      call({ ...half, call_id: 2, started_at: NOON_NS + 2n, lines: "[[7,1]]" }),
    ],
    lines: [counted(place, 3), counted(half, 7)],
  });
  const numbers = async (trace: string) =>
    (await source([trace])).split("\n").flatMap((line) => / (\d+) │/.exec(line)?.[1] ?? []);
  expect(await numbers("r1-1")).toEqual(["2", "3", "4", "5", "6"]);
  expect(await numbers("r1-2")).toEqual(["7"]);
});

test("which call: the root, one by its number, the newest of a function", async () => {
  const at = (id: number) => NOON_NS + BigInt(id);
  const inner = { root_id: 1, parent_id: 1, depth: 1 };
  await writer.segment({
    runId: "r1",
    calls: [
      call({ function: "main" }),
      total({ ...inner, call_id: 2, started_at: at(2), result_integer: 2 }),
      total({ ...inner, call_id: 3, started_at: at(3), result_integer: 3 }),
      call({ call_id: 4, function: "apart", started_at: at(4) }),
    ],
    lines: known(),
  });
  const head = async (...words: string[]) => {
    const { code, stdout, stderr } = await runCli([
      "show",
      ...words,
      "--source",
      "--store",
      writer.dir,
    ]);
    return code === 0 ? stdout.split("\n", 1)[0] : stderr.trimEnd();
  };
  expect(await head("r1-1")).toBe("main()");
  expect(await head("r1-1#2")).toMatch(/^total\(.* → 2$/);
  expect(await head("r1-1", "--function", "total")).toMatch(/ → 3$/);
  expect(await head("r1-1#9")).toBe(
    "breadcrumb: trace r1-1 has no call 9; show r1-1 --ids lists its calls",
  );
  expect(await head("r1-1#x")).toMatch(/a call is <trace>#<number>.*got "x"/);
  expect(await head("r1-1", "--function", "apart")).toBe(
    'breadcrumb: trace r1-1 has no call of apart; the newest there is: show "r1-4#4" --source',
  );
  expect(await head("r1-1", "--function", "none")).toMatch(/no call of none; show r1-1 --ids/);
});
