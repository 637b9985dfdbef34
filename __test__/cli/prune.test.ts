import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newFolder } from "../query/support/sample-store";
import { call, StoreWriter } from "../query/support/store-writer";

/** The built command: it loads the addon by its path. */
async function runCli(args: readonly string[]) {
  const cli = join(import.meta.dirname, "../../dist/cli.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

/** Three runs that ended long ago. */
async function threeRuns(): Promise<string> {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  for (const runId of ["run-a", "run-b", "run-c"]) {
    writer.run({
      runId,
      status: "finished",
      exitCode: 0,
      endedAt: `2020-01-01T00:00:0${"abc".indexOf(runId.slice(4))}.000Z`,
    });
    await writer.segment({ runId, calls: [call({ run_id: runId, call_id: 1 })] });
  }
  return dir;
}

test("tells what would go, removes it, and never what is pinned", async () => {
  const dir = await threeRuns();
  const prune = (...args: string[]) => runCli(["prune", "--store", dir, ...args]);
  expect((await prune("--pin", "run-a")).stdout).toContain("run-a is pinned");
  const told = await prune("--max-runs", "1", "--dry-run");
  expect(told).toMatchObject({ code: 0, stderr: "" });
  expect(told.stdout).toContain("too many runs");
  expect(told.stdout).toMatch(/2 runs would go: .*; 1 run stays: .* \(1 pinned\)/);
  expect(existsSync(join(dir, "runs", "run-b.json"))).toBe(true);
  expect((await prune("--max-runs", "1")).stdout).toContain("2 runs went");
  expect(readdirSync(join(dir, "runs")).toSorted()).toEqual(["run-a.json", "run-a.pin"]);
  const kept = await prune("--run", "run-a");
  expect(kept).toMatchObject({ code: 2, stdout: "" });
  expect(kept.stderr).toContain("it is pinned");
  await prune("--unpin", "run-a");
  const gone = JSON.parse((await prune("--run", "run-a", "--json")).stdout);
  expect(gone).toMatchObject({ dryRun: false, keptRuns: 0, runs: [{ reason: "named" }] });
  expect(readdirSync(join(dir, "segments"))).toEqual([]);
});

test.each([
  [["--max-age", "1x"], "--max-age is a time"],
  [["--max-bytes", "much"], "--max-bytes is a size"],
  [["--run", "run-a", "--max-runs", "1"], "one or the other"],
  [["--pin", "run-a", "--max-runs", "1"], "remove nothing"],
])("refuses %j", async (args, message) => {
  const dir = await threeRuns();
  const { code, stderr } = await runCli(["prune", "--store", dir, ...args]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
});
