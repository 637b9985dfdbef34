import { beforeAll, expect, test } from "vitest";
import { newFolder, RUN_A, sampleStore } from "../query/support/sample-store";
import { call, functionSums, NOON_NS, StoreWriter } from "../query/support/store-writer";
import { runCli } from "./support/run-cli";

let dir: string;
beforeAll(async () => {
  ({ dir } = await sampleStore());
});

test("a run's report", async () => {
  const { code, stdout } = await runCli(["stats", "019a", "--store", dir]);
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "run 019aaaaa: node src/main.js

      began         2026-11-23 08:00:00.000
      ended         1.00 s, exit 0
      calls         7 recorded, 5 counted only
      exceptions    1 (1 call threw)
      functions     5 in 5 files
      running time  2.90 ms
      stored        2.05 kB in 2 segments

    Trace 019aaaaa-1
        total      self
      5.00 ms   1.00 ms  main(path: "a.json") → 3  (waited 2.00 ms)  src/main.js:1
       900 µs    400 µs  ├─ load(path: "a.json", options: Options { strict: true })  src/load.js:7
       500 µs    500 µs  │  └─ parse(text: "{") ✗ SyntaxError: Unexpected end of JSON input  src/parse.js:10
       100 ns    100 ns  ├─ add(a: 4, b: -1) → 3  src/add.js:2
       100 ns    100 ns  ├─ add(a: 5, b: -1) → 4  src/add.js:2
       100 ns    100 ns  └─ add(a: 6, b: -1) → 5  src/add.js:2

    Most called
      calls     self    total  threw  function  where
          5     0 ns     0 ns      0  hot       src/hot.js:1
          3   300 ns   300 ns      0  add       src/add.js:2
          2  2.00 ms  6.00 ms      0  main      src/main.js:1
          1   500 µs   500 µs      1  parse     src/parse.js:10
          1   400 µs   900 µs      0  load      src/load.js:7

    Most time of their own
      calls     self    total  threw  function  where
          2  2.00 ms  6.00 ms      0  main      src/main.js:1
          1   500 µs   500 µs      1  parse     src/parse.js:10
          1   400 µs   900 µs      0  load      src/load.js:7
          3   300 ns   300 ns      0  add       src/add.js:2
          5     0 ns     0 ns      0  hot       src/hot.js:1

    What looks wrong
      · 1 exception, none of which ended the process
          breadcrumb exceptions --run 019aaaaa
      · 5 calls counted, without times or values
          breadcrumb top --run 019aaaaa --sort calls
      · main (src/main.js:1) took 69 % of the running time
          breadcrumb top --run 019aaaaa

    Next
      breadcrumb show 019aaaaa-1            that trace, whole
      breadcrumb view 019aaaaa              walk its traces
      breadcrumb top --run 019aaaaa         where the time went
      breadcrumb gaps --run 019aaaaa        what did not run, and what to include next
    "
  `);
});

test("the newest run's; as JSON", async () => {
  expect((await runCli(["stats", "--store", dir])).stdout).toContain("run 019bbbbb: ");
  const json = await runCli(["stats", "019a", "--json", "--store", dir]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    run: { runId: RUN_A, filesInstrumented: expect.any(Number) },
    functions: 5,
    errors: 1,
    trace: { traceId: `${RUN_A}-1` },
    findings: expect.arrayContaining([
      expect.objectContaining({ kind: "counted", severity: "hint" }),
    ]),
  });
});

test("of a run that goes on, what is known now", async () => {
  const { stdout } = await runCli(["stats", "019b", "--store", dir]);
  expect(stdout).toContain("  ended         running\n");
  expect(stdout).toContain("  calls         2 recorded so far\n");
  expect(stdout).toContain("  exceptions    0 calls threw so far\n");
  expect(stdout).not.toContain("  stored");
});

test("in a narrow terminal sentences go on in the next line, and commands stand whole", async () => {
  const { stdout } = await runCli(["stats", "019a", "--store", dir], { columns: 40 });
  expect(stdout).toContain(`
  · main (src/main.js:1) took 69 % of
    the running time
      breadcrumb top --run 019aaaaa
`);
  expect(stdout).toContain(`
  breadcrumb gaps --run 019aaaaa
      what did not run, and what to
      include next
`);
});

test("how often a function throws is a share of all its calls, those only counted too", async () => {
  const folder = newFolder();
  const writer = await StoreWriter.create(folder);
  const counters = {
    recorded: 5,
    counted: 90_000,
    dropped: 0,
    exceptions: 5,
    bytes: 1,
    segments: 1,
  };
  const calls = [2, 3, 4, 5, 6].map((id) => call({ call_id: id, function: "f", status: "threw" }));
  const functions = [{ ...functionSums({ function: "f" }, [1, 1, 1, 1, 1]), errors: 5 }];
  for (const [runId, counted] of [
    ["few", 3],
    ["many", 90_000],
  ] as const) {
    writer.run({ runId, counters });
    const where = { thread_id: 0, function: "f", file: "src/main.js", line: 1, col: 1 };
    const counts = [{ ...where, from: NOON_NS, to: NOON_NS + 1n, counted, dropped: 0 }];
    await writer.segment({ runId, calls, functions, counts });
  }
  writer.close();
  const few = await runCli(["stats", "few", "--store", folder]);
  expect(few.stdout).toContain("f (src/main.js:1) threw in 5 of 8 calls");
  const many = await runCli(["stats", "many", "--store", folder]);
  expect(many.stdout).not.toContain("threw in 5");
  expect(many.stdout).toContain("90,000 calls counted");
  expect(many.stdout).toContain("made 100 % of all calls: 90,005");
});
