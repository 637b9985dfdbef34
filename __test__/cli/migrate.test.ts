import { join } from "node:path";
import { expect, test } from "vitest";
import { SCHEMA_VERSION } from "../../ts/query/schema";
import { openStore, type Store } from "../../ts/query/index";
import { newFolder } from "../query/support/sample-store";
import { OLDER, olderStore } from "../query/support/older-store";
import { runBuilt as runCli } from "./support/run-built";

/** Answers to every kind of question. */
async function answers(store: Store): Promise<unknown> {
  const { items: traces } = await store.traces({});
  return {
    runs: (await store.runs()).map(({ runId, storedCalls }) => [runId, storedCalls]),
    traces,
    trace: await store.trace(traces[0]!.traceId),
    calls: await store.calls({}),
    exceptions: await store.exceptions({}),
    stats: await store.stats({}),
    callers: await store.callers("parse", {}),
    callees: await store.callees("main", {}),
    search: await store.search("item 3", {}),
    flame: await store.flame({}),
    timeline: await store.timeline(traces[0]!.traceId),
    series: await store.series({ interval: "1s" }),
    sql: await store.sql("SELECT * FROM calls ORDER BY call_id"),
    problems: store.problems(),
  };
}

test("a store of any older version gives the same answers, before and after it is migrated", async () => {
  const seen: unknown[] = [];
  for (const version of OLDER) {
    const dir = olderStore(version);
    const before = await openStore(dir);
    const said = await answers(before);
    seen.push(said);
    await before.close();
    const { code, stdout, stderr } = await runCli(["migrate", "--store", dir]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Migrated 1 segment \(\d+ rows\) and 1 record: /);
    expect(stdout).toContain(`The store is of version ${SCHEMA_VERSION}, was ${version.slice(1)}.`);
    const after = await openStore(dir);
    expect(await answers(after)).toEqual(said);
    await after.close();
  }
  // One recording.
  expect(seen[1]).toEqual(seen[0]);
});

test("a backup is a store of the older version, and has a folder of its own", async () => {
  const dir = olderStore("v1");
  const backup = newFolder();
  expect((await runCli(["migrate", "--dry-run", "--store", dir])).stdout).toMatch(
    /^Would migrate 1 segment \(28 rows\) and 1 record, 12\.1 kB of tables\.$/m,
  );
  const inside = await runCli(["migrate", "--backup", join(dir, "runs"), "--store", dir]);
  expect(inside).toMatchObject({ code: 2, stdout: "" });
  expect(inside.stderr).toContain("it is in the store itself");
  expect((await runCli(["migrate", "--backup", backup, "--store", dir])).code).toBe(0);
  await using old = await openStore(backup);
  expect((await old.calls({ limit: 100 })).items).toHaveLength(19);
  expect((await runCli(["migrate", "--store", dir])).stdout).toBe("Nothing to migrate.\n");
});
