import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { sampleStore } from "../query/support/sample-store";
import { cli } from "../support/program";

/** A name that would clear the screen, with a control sequence of each kind. */
const EVIL = "a\u001B[2J\u009B2J\u202Eb";
let dir: string;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "output-"));
  dir = join(folder, EVIL);
  cpSync((await sampleStore()).dir, dir, { recursive: true });
});

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const isPlain = (text: string) => !/[\u001B\u009B\u202E]/.test(text);

test.each([
  ["search", EVIL],
  ["top", "--function", EVIL],
  ["list", "--function", EVIL],
  ["gaps", "--function", EVIL],
  ["show", EVIL],
  ["export", `${EVIL}.csv`],
  ["export", `${EVIL}.folded`],
  ["prune", "--run", EVIL],
  ["tail", "--run", EVIL],
  ["run", EVIL],
  ["run", `--${EVIL}`],
  ["run", "--include", "a\u009B2J\u202Eb", "--", process.execPath, "-e", "1"],
  ["run", "--include", "*", "--", process.execPath, "main.js"],
])("what the user wrote is printed as text: %j", (...argv) => {
  const cwd = mkdtempSync(join(tmpdir(), "output-"));
  writeFileSync(join(cwd, "main.js"), "function f() {} f()");
  const env = { ...process.env, BREADCRUMB_DIR: dir };
  const { stdout, stderr } = spawnSync(process.execPath, [cli, ...argv], {
    cwd,
    env,
    encoding: "utf8",
  });
  expect(stdout + stderr).not.toBe("");
  expect(isPlain(stdout + stderr), JSON.stringify(stdout + stderr)).toBe(true);
});
