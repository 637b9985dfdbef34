import { existsSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readConfigFile } from "../../ts/options/config-file";
import { runCli } from "./support/run-cli";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "init-")));
  writeFileSync(join(folder, "package.json"), "{}");
  vi.spyOn(process, "cwd").mockReturnValue(folder);
});
afterEach(() => void vi.restoreAllMocks());
const read = (name: string) => readFileSync(join(folder, name), "utf8");

test("shows what it adds, adds it, and does nothing again", async () => {
  writeFileSync(join(folder, ".gitignore"), "node_modules");
  const dry = await runCli(["init", "--dry-run"]);
  expect(dry.stdout).toContain("breadcrumb.config.json (new)\n+ {\n");
  expect(existsSync(join(folder, "breadcrumb.config.json"))).toBe(false);
  const { stdout } = await runCli(["init"]);
  expect(stdout).toContain("+ .breadcrumb/\nWritten.");
  expect(read(".gitignore")).toBe("node_modules\n.breadcrumb/\n");
  expect(readConfigFile(folder, {})?.file).toBe(join(folder, "breadcrumb.config.json"));
  const again = await runCli(["init"]);
  expect(again.stdout).toMatch(/^Nothing to do/);
  expect(read(".gitignore")).toBe("node_modules\n.breadcrumb/\n");
});

test.each(["mjs", "cjs", "json"])("--format %s can be read", async (format) => {
  const { stdout } = await runCli(["init", "--format", format, "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ written: true, changes: [{ isNew: true }, {}] });
  expect(readConfigFile(folder, {})?.config).toMatchObject({ exclude: [] });
});

test("--format ts imports what the package has", async () => {
  await runCli(["init", "--format", "ts"]);
  expect(read("breadcrumb.config.ts")).toContain(
    'import { defineConfig } from "breadcrumb-tracer";',
  );
  expect((await runCli(["init", "--format", "xml"])).stderr).toContain("--format is one of json");
});

test("a configuration that is there is left as it is", async () => {
  writeFileSync(join(folder, "package.json"), '{ "breadcrumb": {} }');
  writeFileSync(join(folder, ".gitignore"), "/.breadcrumb\n");
  expect((await runCli(["init"])).stdout).toMatch(/^Nothing to do/);
  expect(read("package.json")).toBe('{ "breadcrumb": {} }');
});
