import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../../ts/options/resolve-config";

const cwd = mkdtempSync(join(tmpdir(), "resolve-config-"));
const file = join(cwd, "breadcrumb.config.json");
writeFileSync(
  file,
  JSON.stringify({
    mode: "values",
    store: "traces",
    exclude: ["x"],
    profiles: { staging: { mode: "count" }, production: { overflow: "block" } },
  }),
);
const load = (env = {}, profile?: string) => loadConfig({ cwd, env, profile });

test("the file, its profiles, the standard ones", () => {
  expect(load()).toMatchObject({
    values: { mode: "values", store: join(cwd, "traces"), exclude: ["x"] },
    origins: { mode: file },
    folder: cwd,
    profile: null,
    profiles: ["staging", "production", "development", "test"],
  });
  expect(load({}, "staging")).toMatchObject({
    values: { mode: "count", exclude: ["x"] },
    origins: { mode: `profile staging in ${file}`, exclude: file },
  });
  expect(load({}, "production").values).toMatchObject({ overflow: "block", mode: "values" });
});

test("who chooses the profile", () => {
  expect(load({ BREADCRUMB_PROFILE: "staging", NODE_ENV: "production" }).profile).toBe("staging");
  expect(load({ BREADCRUMB_PROFILE: "staging" }, "test").profile).toBe("test");
  expect(load({ NODE_ENV: "production" }).profile).toBe("production");
  expect(load({ NODE_ENV: "test" }).profile).toBeNull();
  expect(() => load({}, "stagign")).toThrow('no profile "stagign": did you mean staging?');
  expect(() => load({ BREADCRUMB_PROFILE: "zzz" })).toThrow("there are staging, production");
});

test("without a file: a standard profile alone", () => {
  const bare = { cwd: mkdtempSync(join(tmpdir(), "bare-")), env: { NODE_ENV: "production" } };
  expect(loadConfig(bare)).toMatchObject({ values: {}, folder: null, file: null, profile: null });
  expect(loadConfig({ ...bare, profile: "production" })).toMatchObject({
    values: { mode: "time", overflow: "drop" },
    origins: { mode: "standard profile production" },
  });
});
