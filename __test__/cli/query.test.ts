import { beforeAll, expect, test } from "vitest";
import { sampleStore } from "../query/support/sample-store";
import { runCli } from "./support/run-cli";

let dir: string;
beforeAll(async () => {
  ({ dir } = await sampleStore());
});

test("rows as a table", async () => {
  const { code, stdout } = await runCli([
    "query",
    "SELECT call_id, function, result FROM calls WHERE function IN ('add', 'load') ORDER BY call_id",
    "--store",
    dir,
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "call_id  function  result
          2  load      {"$type":"undefined"}
          4  add       3
          5  add       4
          6  add       5
    "
  `);
});

test("as one JSON document; integers beyond 2^53 as strings", async () => {
  const sql = "SELECT 9007199254740993 AS large, 1 AS small, NULL AS nothing";
  const { stdout } = await runCli(["query", sql, "--json", "--store", dir]);
  expect(JSON.parse(stdout)).toEqual({
    rows: [{ large: "9007199254740993", small: 1, nothing: null }],
    truncated: false,
  });
});

test("more rows than the limit are said to be there", async () => {
  const table = await runCli(["query", "FROM calls", "--limit", "2", "--store", dir]);
  expect(table.stdout.trim().split("\n")).toHaveLength(3);
  expect(table.stderr).toContain("the first 2 rows");
  const json = await runCli([
    "query",
    "FROM calls",
    "--limit",
    "2",
    "--json",
    "--quiet",
    "--store",
    dir,
  ]);
  expect(JSON.parse(json.stdout)).toMatchObject({ rows: { length: 2 }, truncated: true });
  expect(json.stderr).toBe("");
});

test("many columns in a narrow terminal stand below one another", async () => {
  const { stdout } = await runCli(["query", "FROM calls LIMIT 1", "--store", dir], { columns: 60 });
  expect(stdout).toMatch(/^row 1\n {2}run_id +019/);
});

test("no rows, and a query that takes too long", async () => {
  expect((await runCli(["query", "FROM calls WHERE false", "--store", dir])).stdout).toBe(
    "No rows.\n",
  );
  const slow = await runCli([
    "query",
    "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b",
    "--timeout",
    "100ms",
    "--store",
    dir,
  ]);
  expect(slow).toMatchObject({ code: 2, stderr: expect.stringContaining("longer than 100 ms") });
});
