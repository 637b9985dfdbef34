import { beforeAll, expect, test } from "vitest";
import { RUN_A, sampleStore } from "../query/support/sample-store";
import { runCli } from "./support/run-cli";

let dir: string;
beforeAll(async () => {
  ({ dir } = await sampleStore());
});
const diff = (...args: string[]) => runCli(["diff", ...args, "--store", dir]);

test("two traces", async () => {
  const { code, stdout } = await diff("019a-1", "019a-A");
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "a  trace 019aaaaa-1  6 calls, 1 threw, 1.90 ms
    b  trace 019aaaaa-A  1 call, 0 threw, 1.00 ms
    1 call in both, 5 only in a, 0 only in b

    First difference: another call
      a  main > load(path: "a.json", options: Options { strict: true })
         src/load.js:7, behind 1 call
      b  has ended

    faster in b
      mean in a  mean in b  times    in all  calls  function  where
        5.00 ms    1.00 ms  ×0.20  -4.00 ms      1  main      src/main.js:1

    only in a
       total  calls  function  where
      900 µs      1  load      src/load.js:7
      500 µs      1  parse     src/parse.js:10
      300 ns      3  add       src/add.js:2

    exceptions
      1 → 0  SyntaxError: Unexpected end of JSON input in parse

    1 call with other values
      main  src/main.js:1
          arguments: ["a.json"] → (none)
          result: 3 → undefined
    "
  `);
});

test("two runs", async () => {
  const { stdout } = await diff("019aaaaa", "latest");
  expect(stdout).toContain("a  run 019aaaaa  7 calls");
  expect(stdout).toContain("b  run 019bbbbb  2 calls");
  expect(stdout).toContain("only in b");
  expect(stdout).toContain("tick");
});

test("a trace and itself", async () => {
  const { stdout } = await diff("019a-1", "019a-1");
  expect(stdout).toContain("Both call the same in the same order, to the same ends.");
  expect(stdout).not.toContain("only in a\n");
});

test("as JSON, and what is wrong", async () => {
  expect(JSON.parse((await diff("019a-1", "019a-A", "--json")).stdout)).toMatchObject({
    a: { kind: "trace", id: `${RUN_A}-1`, calls: 6 },
    pairs: 1,
    onlyInA: 5,
  });
  expect(await diff("019a-1", "latest")).toMatchObject({ code: 2, stdout: "" });
  expect((await diff("019a-1")).stderr).toContain("it needs <a> <b>");
  expect((await diff("019a-1", "019a-A", "--ratio", "much")).stderr).toContain(
    "--ratio is a number",
  );
});
