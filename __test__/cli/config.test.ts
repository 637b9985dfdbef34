import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runCli } from "./support/run-cli";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "config-")));
  writeFileSync(join(folder, "package.json"), "{}");
  vi.spyOn(process, "cwd").mockReturnValue(folder);
  vi.stubEnv("NODE_ENV", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
const file = () => join(folder, "breadcrumb.config.json");
const written = () => JSON.parse(readFileSync(file(), "utf8")) as unknown;

test("each value with its origin", async () => {
  writeFileSync(
    file(),
    JSON.stringify({ include: ["src/**"], profiles: { test: { mode: "time" } } }),
  );
  vi.stubEnv("BREADCRUMB_EXCLUDE", "a, b");
  const { stdout } = await runCli(["config", "--profile", "test"]);
  expect(stdout).toContain("profile: test (there are test, development, production)");
  expect(stdout).toMatch(/^include +\["src\/\*\*"\] +breadcrumb\.config\.json$/m);
  expect(stdout).toMatch(/^exclude +\["a","b"\] +BREADCRUMB_EXCLUDE$/m);
  expect(stdout).toMatch(/^mode +time +profile test in breadcrumb\.config\.json$/m);
  expect(stdout).toMatch(/^all +false +default$/m);
  const json = await runCli(["config", "--json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    file: file(),
    profile: null,
    values: { mode: { value: "values", origin: "default" }, exclude: { value: ["a", "b"] } },
  });
});

test("without a file", async () => {
  const { code, stdout } = await runCli(["config"]);
  expect(code).toBe(0);
  expect(stdout).toContain("No configuration file: breadcrumb init writes one.");
  expect(stdout).toContain(join(folder, ".breadcrumb"));
});

test("set and unset, in the file and in profiles", async () => {
  const set = await runCli(["config", "set", "exclude", "gen/**", "dist/**"]);
  expect(set.stdout).toBe('exclude: (not set) → ["gen/**","dist/**"] in breadcrumb.config.json\n');
  await runCli(["config", "set", "mode", "time", "--profile", "staging"]);
  await runCli(["config", "set", "all", "true"]);
  await runCli(["config", "set", "retention", "age=7d,runs=5"]);
  expect(written()).toEqual({
    exclude: ["gen/**", "dist/**"],
    profiles: { staging: { mode: "time" } },
    all: true,
    retention: { maxAge: "7d", maxRuns: "5" },
  });
  const unset = await runCli(["config", "unset", "all", "--json"]);
  expect(JSON.parse(unset.stdout)).toMatchObject({ name: "all", before: true, after: null });
  expect(written()).not.toHaveProperty("all");
});

test("in package.json, where it stands there, with its indentation", async () => {
  const path = join(folder, "package.json");
  writeFileSync(path, '{\n\t"name": "x",\n\t"breadcrumb": {}\n}\n');
  await runCli(["config", "set", "mode", "count"]);
  expect(readFileSync(path, "utf8")).toBe(
    '{\n\t"name": "x",\n\t"breadcrumb": {\n\t\t"mode": "count"\n\t}\n}\n',
  );
});

test.each([
  [["set", "mdoe", "time"], "did you mean mode?"],
  [["set", "mode", "tiem"], '"mode" is one of values'],
  [["set", "mode"], "needs a value"],
  [["set", "maxCalls", "many"], "positive integer"],
  [["unset"], "which option"],
  [["sett"], "did you mean set?"],
  [["--profile", "zzz"], 'no profile "zzz"'],
])("%j is wrong", async (args, message) => {
  const { code, stdout, stderr } = await runCli(["config", ...args]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(message);
});

test("a configuration that is code is changed by hand", async () => {
  writeFileSync(join(folder, "breadcrumb.config.cjs"), "module.exports = {}");
  expect((await runCli(["config", "set", "mode", "time"])).stderr).toContain("changed by hand");
});

test("the store that it names is the one that is read", async () => {
  writeFileSync(file(), '{ "store": "elsewhere" }');
  expect((await runCli(["list"])).stderr).toContain(`no store in ${join(folder, "elsewhere")}`);
  mkdirSync(join(folder, "elsewhere"));
  vi.stubEnv("BREADCRUMB_DIR", join(folder, "named"));
  expect((await runCli(["list"])).stderr).toContain(`no store in ${join(folder, "named")}`);
});
