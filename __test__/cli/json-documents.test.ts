import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { allCommands } from "../../ts/cli/all-commands";
import { newFolder, RUN_A, RUN_B, sampleStore } from "../query/support/sample-store";
import { DEFINITIONS, unlikeSchema } from "./support/json-schema";
import { runBuilt } from "./support/run-built";
import { type CliResult, runCli } from "./support/run-cli";

let store: string;
beforeAll(async () => {
  ({ dir: store } = await sampleStore());
});
const document = ({ stdout, stderr }: CliResult): unknown => {
  expect(stderr).toBe("");
  return JSON.parse(stdout);
};
const inFolder = (name: string) => join(newFolder(), "..", name);

test("every command that prints JSON has a schema", () => {
  const names = allCommands().flatMap(({ name, json }) => (json === undefined ? [] : [name]));
  expect(DEFINITIONS).toEqual(expect.arrayContaining([...names, "error"]));
});

describe("what is printed is as its schema says", () => {
  test.each([
    ["list"],
    ["list", "--limit", "1"],
    ["list", "--runs"],
    ["show", `${RUN_A}-1`],
    ["show", `${RUN_B}-1`],
    ["show", `${RUN_A}-1#6`, "--source", "--quiet"],
    ["view"],
    ["stats", RUN_A],
    ["stats", RUN_B],
    ["top"],
    ["exceptions"],
    ["search", "a.json"],
    ["search", "JSON", "--in", "message"],
    ["query", "SELECT * FROM calls"],
    ["gaps", "--run", RUN_B],
    ["diff", RUN_A, RUN_B],
    ["diff", `${RUN_A}-1`, `${RUN_A}-A`],
    ["init", "--dry-run"],
    ["init", "--agent", "claude,codex", "--dry-run"],
    ["config"],
  ])("%s %s", async (...words) => {
    const hasStore = !["init", "config"].includes(words[0] ?? "");
    const result = await runCli([...words, "--json", ...(hasStore ? ["--store", store] : [])]);
    expect(unlikeSchema(words[0] ?? "", document(result))).toEqual([]);
  });

  test.each([
    ["export", "calls.jsonl"],
    ["export", "all.duckdb"],
    ["export", "flame.folded"],
  ])("%s %s", async (command, name) => {
    const words = [command, inFolder(name), "--json", "--store", store, "--run", RUN_A];
    expect(unlikeSchema(command, document(await runCli(words)))).toEqual([]);
  });

  test.each<string[]>([
    ["compact"],
    ["doctor"],
    ["migrate", "--dry-run"],
    ["prune", "--dry-run", "--max-runs", "1"],
    ["prune", "--pin", RUN_A],
  ])("%s %s", async (...words) => {
    const { dir } = await sampleStore();
    const { stdout } = await runBuilt([...words, "--json", "--store", dir]);
    expect(unlikeSchema(words[0] ?? "", JSON.parse(stdout))).toEqual([]);
  });

  test.each([
    ["list", "--lmit"],
    ["show", "nothing"],
    ["list", "--store", "/nowhere/at/all"],
  ])("the error of %s %s", async (...words) => {
    const { code, stderr } = await runCli([...words, "--json"]);
    expect(code).toBe(2);
    expect(unlikeSchema("error", JSON.parse(stderr))).toEqual([]);
  });
});

test("the schema refuses what is not as it says", () => {
  expect(unlikeSchema("top", { functions: [] })).toEqual([
    expect.stringContaining("must have required property 'truncated'"),
  ]);
  expect(unlikeSchema("top", { functions: [], truncated: false, more: 1 })).toHaveLength(1);
});
