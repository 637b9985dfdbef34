import { beforeAll, expect, test } from "vitest";
import { linkedStore } from "../query/support/linked-store";
import { newFolder, RUN_A, sampleStore } from "../query/support/sample-store";
import { call, NOON_NS, StoreWriter } from "../query/support/store-writer";
import { runCli } from "./support/run-cli";

let dir: string;
beforeAll(async () => {
  ({ dir } = await sampleStore());
});

test("a trace as a tree", async () => {
  const { code, stdout } = await runCli(["show", "019a-1", "--store", dir]);
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "trace 019aaaaa-1 of run 019aaaaa: node src/main.js
    2026-11-23 08:00:00.000 · 5.00 ms · 6 calls · 1 threw

        total      self
      5.00 ms   1.00 ms  main(path: "a.json") → 3  (waited 2.00 ms)  src/main.js:1
       900 µs    400 µs  ├─ load(path: "a.json", options: Options { strict: true })  src/load.js:7
       500 µs    500 µs  │  └─ parse(text: "{") ✗ SyntaxError: Unexpected end of JSON input  src/parse.js:10
       100 ns    100 ns  ├─ add(a: 4, b: -1) → 3  src/add.js:2
       100 ns    100 ns  ├─ add(a: 5, b: -1) → 4  src/add.js:2
       100 ns    100 ns  └─ add(a: 6, b: -1) → 5  src/add.js:2

    1 exception
      SyntaxError: Unexpected end of JSON input – caught, from parse (src/parse.js:10)
    "
  `);
});

test("what a request led to in another process stands below the call that made it", async () => {
  const linked = await linkedStore();
  const asking = await runCli(["show", "019c-1", "--store", linked]);
  expect(asking.stdout).toMatchInlineSnapshot(`
    "trace 019ccccc-1 of run 019ccccc: node app.js
    2026-11-23 08:00:00.000 · 5.00 ms · 2 calls

        total      self
      5.00 ms   1.00 µs  checkout()  src/main.js:1
      1.00 µs   1.00 µs  └─ price()  src/main.js:9
      2.00 ms               ⇢ lookup in trace 019ddddd-7 of node prices.js (pid 4711)
      2.00 ms               ⇢ lookup in trace 019ddddd-9 of node prices.js (pid 4711)
            –               ⇢ a call without a row in trace 019ddddd-B of node prices.js (pid 4711)
    "
  `);
  const serving = await runCli(["show", "019d-9", "--store", linked]);
  expect(serving.stdout).toContain(
    "\nasked for by price in trace 019ccccc-1 of node app.js (pid 42)\n",
  );
  const hidden = await runCli(["show", "019c-1", "--depth", "1", "--store", linked]);
  expect(hidden.stdout).toContain(
    "… and 3 requests of calls that are not shown led to other traces",
  );
});

test("limits say what they hide", async () => {
  const { stdout } = await runCli([
    "show",
    "019a-1",
    "--depth",
    "2",
    "--width",
    "2",
    "--store",
    dir,
  ]);
  expect(stdout).toContain(
    'load(path: "a.json", options: Options { strict: true })  … 1 call below',
  );
  expect(stdout).toContain("└─ … 3 more calls of add");
  expect(stdout).toContain(
    "2 of 6 calls shown: --depth, --width and --limit choose, --full shows all",
  );
  const one = await runCli(["show", "019a-1", "--limit", "1", "--store", dir]);
  expect(one.stdout).toContain("… 5 calls below");
});

test("lines fit the terminal; without colours, unless it has them", async () => {
  const narrow = await runCli(["show", "019a-1", "--store", dir], { columns: 60 });
  for (const line of narrow.stdout.split("\n").slice(3))
    expect(line.length).toBeLessThanOrEqual(60);
  const colored = await runCli(["show", "019a-1", "--store", dir], { columns: 100, colors: true });
  expect(colored.stdout).toContain("\u001B[31mparse(");
  expect(narrow.stdout).not.toContain("\u001B");
});

test("with the number of each call, which only a source needs", async () => {
  const { stdout } = await runCli(["show", "019a-1", "--ids", "--store", dir]);
  expect(stdout).toContain("src/load.js:7 #2\n");
  const wrong = [["019a-1#2"], ["019a-1", "--function", "load"]];
  for (const words of wrong) {
    const { code, stderr } = await runCli(["show", ...words, "--store", dir]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/<trace>#<call> and --function choose a call for --source/);
  }
});

test("as JSON, calls in a flat list", async () => {
  const { stdout } = await runCli(["show", "019a-1", "--json", "--store", dir]);
  const trace = JSON.parse(stdout);
  expect(trace).toMatchObject({ traceId: `${RUN_A}-1`, callCount: 6, truncated: false });
  expect(trace["calls"].map((c: { callId: number }) => c.callId)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(trace["exceptions"]).toHaveLength(1);
});

test("a root that has not ended, and exceptions that pass", async () => {
  const { stdout } = await runCli(["show", "latest", "--store", dir]);
  expect(stdout).toContain("its root has no row: it is open still, or was dropped");
  expect(stdout).toContain("tick()  ×2");
});

test("what breakpoints told of says that more may have run", async () => {
  const folder = newFolder();
  const writer = await StoreWriter.create(folder);
  const none = { recorded: 1, counted: 0, dropped: 0, exceptions: 0, bytes: 0, segments: 0 };
  writer.run({ runId: "r1", counters: { ...none, inspector: { hits: 9, refused: 3 } } });
  writer.run({ runId: "r2", counters: none });
  await writer.segment({ runId: "r1", calls: [call({ backend: "inspector" })] });
  await writer.segment({ runId: "r2", calls: [call({ run_id: "r2" })] });
  const by = async (trace: string) => (await runCli(["show", trace, "--store", folder])).stdout;
  expect(await by("r1-1")).toContain(
    "\n… recorded by breakpoints within a budget (3 calls of this run over it): callers and callees",
  );
  expect(await by("r2-1")).not.toContain("breakpoints");
});

test("what repeats is folded; --full shows all of it", async () => {
  const folder = newFolder();
  const writer = await StoreWriter.create(folder);
  writer.run({ runId: "r1" });
  const children = Array.from({ length: 1000 }, (_, i) =>
    call({
      call_id: i + 2,
      root_id: 1,
      parent_id: 1,
      depth: 1,
      function: i % 500 === 0 ? "flush" : "write",
      line: i % 500 === 0 ? 9 : 5,
      argument_count: 1,
      argument_0: i < 400 ? 7 : i,
      status: i === 777 ? "threw" : "returned",
      started_at: NOON_NS + BigInt(i + 1),
    }),
  );
  await writer.segment({ runId: "r1", calls: [call({}), ...children] });
  const { stdout } = await runCli(["show", "latest", "--store", folder]);
  const lines = stdout
    .split("\n")
    .filter((line) => /[├└]/.test(line))
    .map((line) => line.slice(21));
  expect(lines).toEqual([
    "├─ flush(7)  src/main.js:9",
    "├─ write(7)  ×399  src/main.js:5",
    "├─ write(400)  src/main.js:5",
    "├─ write(401)  src/main.js:5",
    "├─ … 98 more calls of write",
    "├─ flush(500)  src/main.js:9",
    "├─ write(501)  src/main.js:5",
    "├─ write(502)  src/main.js:5",
    "├─ write(503)  src/main.js:5",
    "├─ write(777) ✗ threw  src/main.js:5",
    "└─ … 495 more calls of write",
  ]);
  expect(stdout).toContain("408 of 1,001 calls shown");
  const full = await runCli(["show", "latest", "--full", "--store", folder]);
  expect(full.stdout.split("\n").filter((line) => /[├└]/.test(line))).toHaveLength(1000);
  expect(full.stdout).not.toContain("shown:");
});

test("a narrow terminal has what takes the most time, and how much is hidden", async () => {
  const { stdout } = await runCli(["show", "019a-1", "--depth", "1", "--store", dir], {
    columns: 40,
  });
  expect(stdout.split("\n").slice(3, 5)).toEqual([
    "    total",
    '  5.00 ms  main(path: "a.jso…  … 5 below',
  ]);
});

test("a recursion ten thousand deep prints in bounded lines", async () => {
  const folder = newFolder();
  const writer = await StoreWriter.create(folder);
  writer.run({ runId: "r1" });
  const calls = Array.from({ length: 10_000 }, (_, i) =>
    call({
      call_id: i + 1,
      root_id: 1,
      parent_id: i === 0 ? null : i,
      depth: i,
      started_at: NOON_NS + BigInt(i),
    }),
  );
  await writer.segment({ runId: "r1", calls });
  const { code, stdout } = await runCli(["show", "latest", "--full", "--store", folder]);
  expect(code).toBe(0);
  expect(stdout.length).toBeLessThan(4_000_000);
  expect(stdout).toContain("[9999] main()");
  expect((await runCli(["show", "latest", "--json", "--store", folder])).code).toBe(0);
});
