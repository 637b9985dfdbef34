import { beforeAll, expect, test } from "vitest";
import { newFolder, sampleStore } from "../query/support/sample-store";
import { StoreWriter } from "../query/support/store-writer";
import { runCli } from "./support/run-cli";

let dir: string;
beforeAll(async () => {
  ({ dir } = await sampleStore());
});

test("the hot list", async () => {
  const { code, stdout } = await runCli(["top", "--store", dir, "--run", "019a"]);
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "   self    total   waited  calls  counted  threw     mean      p95      max  function  where
    2.00 ms  6.00 ms  2.00 ms      2        0      0  3.00 ms  4.84 ms  5.00 ms  main      src/main.js:1
     500 µs   500 µs     0 ns      1        0      1   500 µs   491 µs   500 µs  parse     src/parse.js:10
     400 µs   900 µs     0 ns      1        0      0   900 µs   871 µs   900 µs  load      src/load.js:7
     300 ns   300 ns     0 ns      3        0      0   100 ns   100 ns   100 ns  add       src/add.js:2
       0 ns     0 ns     0 ns      0        5      0        –        –        –  hot       src/hot.js:1
    "
  `);
});

test("sorted, narrowed, limited", async () => {
  const first = async (...argv: string[]) =>
    (await runCli(["top", "--store", dir, ...argv])).stdout
      .split("\n")[1]!
      .trim()
      .split(/\s{2,}/)
      .at(-2);
  expect(await first("--sort", "calls")).toBe("hot");
  expect(await first("--sort", "errors")).toBe("parse");
  expect(await first("--file", "src/load.js")).toBe("load");
  const { stderr } = await runCli(["top", "--store", dir, "--limit", "2"]);
  expect(stderr).toContain("the first 2; --limit shows more");
});

test("as JSON", async () => {
  const json = JSON.parse((await runCli(["top", "--store", dir, "--limit", "1", "--json"])).stdout);
  expect(json).toMatchObject({
    functions: [{ function: "main", selfNs: 2_000_000 }],
    truncated: true,
  });
});

test("nothing recorded", async () => {
  const empty = newFolder();
  await StoreWriter.create(empty);
  expect((await runCli(["top", "--store", empty])).stdout).toContain("No calls");
});
