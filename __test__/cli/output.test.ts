import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { beforeAll, expect, test } from "vitest";
import { Output } from "../../ts/cli/output";
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

test("a notice about an answer stands behind it, one before an answer at once", async () => {
  const said: string[] = [];
  const stream = (name: string) =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        said.push(`${name}: ${chunk.toString().trimEnd()}`);
        done();
      },
    });
  const output = new Output({ stdout: stream("out"), stderr: stream("err") }, { quiet: false });
  output.notice("following");
  expect(said).toEqual(["err: breadcrumb: following"]);
  output.line("a row");
  output.notice("there is more");
  await output.flush();
  expect(said.slice(1)).toEqual(["out: a row", "err: breadcrumb: there is more"]);
});
