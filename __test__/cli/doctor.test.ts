import { appendFileSync, chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SCHEMA_VERSION } from "../../ts/query/schema";
import type { CheckReport } from "../../ts/upkeep";
import { olderStore } from "../query/support/older-store";
import { runBuilt as runCli } from "./support/run-built";

const CALLS = "segments/date=2026-11-25/01a21436c4d776f994fcf7045d2db8c5-0-calls.parquet";

test("a sound store", async () => {
  const { code, stdout, stderr } = await runCli(["doctor", "--store", olderStore("v2")]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^1 run, 1 segment, 19 calls; 6 files, 11\.6 kB of tables read\n/);
  expect(stdout).toMatch(/^ {2}older .*: has format version 2$/m);
  expect(stdout).toMatch(/^Nothing is wrong\.$/m);
});

test("what is wrong is named, with exit code 1; questions are answered all the same", async () => {
  const dir = olderStore("v2");
  appendFileSync(join(dir, CALLS), "x");
  writeFileSync(join(dir, "runs", "notes\u001B.txt"), "");
  const { code, stdout } = await runCli(["doctor", "--store", dir]);
  expect(code).toBe(1);
  expect(stdout).toContain(`damaged      ${CALLS}: has 4366 bytes of 4365`);
  expect(stdout).toContain("foreign      runs/notes\\x1b.txt: is none of a store's files");
  expect(stdout).toContain("0 calls are stored, fewer than the 19 recorded");
  expect(stdout).toMatch(/^3 problems; --quarantine moves what is damaged\.$/m);
  const list = await runCli(["exceptions", "--store", dir]);
  expect(list.code).toBe(0);
  expect(list.stdout).toContain("in parse (app.js:8)");
});

test("--quarantine moves whole segments, and deletes nothing", async () => {
  const dir = olderStore("v2");
  appendFileSync(join(dir, CALLS), "x");
  const { code, stdout } = await runCli(["doctor", "--quarantine", "--json", "--store", dir]);
  const report = JSON.parse(stdout) as CheckReport;
  // What is lost is still wrong; what was moved, and the lock of who moved it, is not.
  expect(code).toBe(1);
  expect(report.problems.map(({ kind }) => kind)).toEqual(["miscounted"]);
  expect(report.notes.map(({ kind }) => kind)).not.toContain("inUse");
  expect(report.notes).toContainEqual({
    file: CALLS,
    kind: "quarantined",
    reason: "has 4366 bytes of 4365",
  });
  const name = "01a21436c4d776f994fcf7045d2db8c5-0";
  expect(report.quarantined).toEqual([`segments/date=2026-11-25/${name}`]);
  expect(readdirSync(join(dir, "quarantine", name))).toHaveLength(5);
  expect(existsSync(join(dir, CALLS))).toBe(false);
  const again = await runCli(["doctor", "--store", dir]);
  expect(again.stdout).toMatch(/quarantined .*1 found damaged earlier/);
});

test("nothing is wrong once all that was is in quarantine", async () => {
  const dir = olderStore("v2");
  const name = "01a21436c4d776f994fcf7045d2db8c5-9";
  writeFileSync(join(dir, `segments/date=2026-11-25/${name}.json`), "{", { mode: 0o600 });
  const sound = await runCli(["doctor", "--quarantine", "--store", dir]);
  expect(sound.stdout).toContain(`moved to quarantine: segments/date=2026-11-25/${name}`);
  expect(sound.stdout).not.toContain("in use");
  expect(sound.stdout).toMatch(/^Nothing is wrong\.$/m);
  expect(sound.code).toBe(0);
});

test("a damaged store.json is a problem, a newer one is refused with both versions", async () => {
  const dir = olderStore("v2");
  const manifest = join(dir, "store.json");
  writeFileSync(manifest, "{");
  chmodSync(manifest, 0o600);
  const damaged = await runCli(["doctor", "--store", dir]);
  expect(damaged.code).toBe(1);
  expect(damaged.stdout).toMatch(/damaged .*store\.json/);
  writeFileSync(manifest, '{"schemaVersion":99,"id":"x"}');
  const newer = await runCli(["doctor", "--store", dir]);
  expect(newer.code).toBe(2);
  expect(newer.stderr).toMatch(new RegExp(String.raw`version 99.*\b${SCHEMA_VERSION}\b`));
  rmSync(manifest);
  expect((await runCli(["doctor", "--store", dir])).code).toBe(2);
});
