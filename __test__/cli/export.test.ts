import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { sampleStore } from "../query/support/sample-store";
import { runCli } from "./support/run-cli";

let dir: string;
let folder: string;
beforeAll(async () => {
  ({ dir } = await sampleStore());
  folder = mkdtempSync(join(tmpdir(), "breadcrumb-export-test-"));
});
const exportTo = (name: string, ...args: string[]) =>
  runCli(["export", join(folder, name), ...args, "--store", dir]);

test("a file by its name holds the calls that were asked for", async () => {
  const { code, stdout } = await exportTo(
    "slow.jsonl",
    "--filter",
    "duration>=900us and function=load",
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/slow\.jsonl \(.*\)\s+calls: 1 row$/m);
  expect(readFileSync(join(folder, "slow.jsonl"), "utf8")).toContain('"function":"load"');
  const again = await exportTo("slow.jsonl");
  expect(again).toMatchObject({ code: 2, stdout: "" });
  expect((await exportTo("slow.jsonl", "--overwrite", "--table", "runs")).stdout).toContain(
    "runs: 2 rows",
  );
});

test("a folder holds every table", async () => {
  const { stdout } = await exportTo("all", "--format", "parquet", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ format: "parquet", rows: { calls: 9, runs: 2 } });
  expect(readdirSync(join(folder, "all"))).toHaveLength(8);
});

test("pictures of stacks", async () => {
  await exportTo("run.folded", "--run", "019a");
  expect(readFileSync(join(folder, "run.folded"), "utf8")).toContain("load (src/load.js:7);parse");
  const { stdout } = await exportTo("run.speedscope.json", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ format: "speedscope" });
  expect((await exportTo("run.folded")).stderr).toContain("--overwrite replaces it");
  expect((await exportTo("x.folded", "--status", "threw")).stderr).toContain("narrowed by status");
});

test("what is wrong", async () => {
  expect((await exportTo("what.bin")).stderr).toContain("--format is duckdb, parquet");
  expect((await exportTo("a", "--format", "xml")).stderr).toContain("format is one of");
  expect((await exportTo("no/such/run.folded")).stderr).toContain("no such file");
});
