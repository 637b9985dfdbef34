import { beforeAll, expect, test } from "vitest";
import { call, functionSums, lineCount, StoreWriter } from "../query/support/store-writer";
import { newFolder, RUN_A, sampleStore } from "../query/support/sample-store";
import { runCli } from "./support/run-cli";

const RUN_C = "019ccccc-0000-7000-8000-00000000000c";
let dir: string;
beforeAll(async () => {
  const sample = await sampleStore();
  ({ dir } = sample);
  sample.writer.run({
    runId: RUN_C,
    startedAt: "2026-11-23T09:00:00.000Z",
    files: {
      instrumented: 4,
      leftAlone: [{ file: "src/odd.js", why: "unexpected token\u001B[2J" }],
      tooEarly: ["src/early.js"],
    },
  });
  await sample.writer.segment({
    runId: RUN_C,
    calls: [call({ function: "main" })],
    functions: [
      functionSums({ function: "main" }, [1000]),
      functionSums({ function: "never", file: "src/add.js", line: 9 }, []),
    ],
  });
});

test("what the newest run did not reach, and why", async () => {
  const { code, stdout } = await runCli(["gaps", "--store", dir]);
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "run 019ccccc: 4 files recorded

    1 file loaded before the recording began (breadcrumb run begins first)
      src/early.js

    1 file included, and left as they are
      src/odd.js: unexpected token\\x1b[2J

    functions that did not run
      calls in other runs  last in   function  where
                        3  019aaaaa  add       src/add.js:2
                        0  –         never     src/add.js:9
                        5  019aaaaa  hot       src/hot.js:1
                        1  019aaaaa  load      src/load.js:7
                        2  019bbbbb  tick      src/main.js:1
                        1  019aaaaa  parse     src/parse.js:10
    "
  `);
});

test("of breakpoints says that more may have run, unless every call was counted", async () => {
  const folder = newFolder();
  const writer = await StoreWriter.create(folder);
  const none = { recorded: 1, counted: 0, dropped: 0, exceptions: 0, bytes: 0, segments: 0 };
  const inspector = { hits: 2, refused: 0, withoutResult: 0 };
  const functions = [functionSums({ function: "never" }, [])];
  writer.run({ runId: "r1", counters: { ...none, inspector } });
  await writer.segment({ runId: "r1", calls: [call({})], functions });
  const told = async () => (await runCli(["gaps", "--store", folder])).stdout;
  expect(await told()).toContain(
    "\n… or ran while they had no breakpoints: breadcrumb attach --count",
  );
  writer.run({ runId: "r1", counters: { ...none, inspector: { ...inspector, counts: "exact" } } });
  expect(await told()).not.toContain("breakpoints");
});

test("of another run, of some files; as JSON", async () => {
  const some = await runCli(["gaps", "--run", "019a", "--file", "src/m*", "--store", dir]);
  expect(some.stdout).toContain("tick");
  const json = await runCli(["gaps", "--json", "--limit", "2", "--store", dir]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    runIds: [RUN_C],
    instrumented: 4,
    tooEarly: ["src/early.js"],
    notCalled: [{ function: "add", lastCalledIn: RUN_A }, {}],
    truncated: true,
  });
  const all = await runCli(["gaps", "--function", "main", "--store", dir]);
  expect(all.stdout).toContain("Every function that the store knows of was called.");
  const typo = await runCli(["gaps", "--function", "mian", "--store", dir]);
  expect(typo.stdout).toContain("did you mean main?");
});

test("lines that did not run, those of a function together", async () => {
  const folder = newFolder();
  const writer = await StoreWriter.create(folder);
  writer.run({ runId: "r1" });
  const rows = [
    [7, 0, 4],
    [8, 0, 0],
    [9, 0, 0],
    [9, 1, 0],
    [11, 0, 0],
    [12, 1, 0],
    [12, 0, 4],
    [20, 0, 0],
    [22, 0, 0],
  ] as const;
  await writer.segment({
    runId: "r1",
    functions: [functionSums({}, [1000])],
    lines: rows.map(([line, isBranch, count]) =>
      lineCount({ function_line: 6, line, col: isBranch ? 31 : 5, is_branch: isBranch, count }),
    ),
  });
  const { stdout } = await runCli(["gaps", "--store", folder]);
  expect(stdout).toMatchInlineSnapshot(`
    "run r1: 1 file recorded

    lines that did not run
      src/main.js:6  main: 8–9, 11, 20, 22, 12:31

    Every function that the store knows of was called.
    "
  `);
  const narrow = await runCli(["gaps", "--store", folder], { columns: 40 });
  expect(narrow.stdout).toContain("  src/main.js:6  main: 8–9, 11, 20, 22,…\n");
  const one = await runCli(["gaps", "--limit", "1", "--store", folder]);
  expect(one.stdout).toContain("main: 8\n");
  expect(one.stderr).toContain("these are the first 1; --limit shows more");
  const json = await runCli(["gaps", "--json", "--store", folder]);
  const { linesNotRun, truncated } = JSON.parse(json.stdout);
  expect([linesNotRun.length, truncated]).toEqual([7, false]);
});

test("that every line ran is said of runs that tell of lines", async () => {
  const folder = newFolder();
  const writer = await StoreWriter.create(folder);
  writer.run({ runId: "r1" });
  const functions = [functionSums({}, [1000])];
  await writer.segment({ runId: "r1", functions, lines: [lineCount({})] });
  const told = async (run: string) =>
    (await runCli(["gaps", "--run", run, "--store", folder])).stdout;
  expect(await told("r1")).toContain(
    "Every function that the store knows of was called, and every line of them ran.",
  );
  writer.run({ runId: "r2" });
  await writer.segment({ runId: "r2", functions });
  expect(await told("r2")).toContain("Every function that the store knows of was called.\n");
});
