import { expect, test } from "vitest";
import { openStore } from "../../ts/query/index";
import { runCli } from "../cli/support/run-cli";
import { newFolder } from "./support/sample-store";
import { call, NOON_NS, type Row, StoreWriter } from "./support/store-writer";

const MS = 1_000_000n;

/** Calls that were counted between two times, ms from noon. */
function counted(name: string, from: bigint, to: bigint, calls: number, more: Row = {}): Row {
  return {
    thread_id: 0,
    function: name,
    file: "src/hash.js",
    line: 3,
    col: 1,
    from: NOON_NS + from * MS,
    to: NOON_NS + to * MS,
    counted: calls,
    dropped: 0,
    ...more,
  };
}

/** A trace from 100 ms on, whose callback ends at 2000 ms, and what was counted then, before, after. */
async function storeOf(counts: readonly Row[]): Promise<string> {
  const folder = newFolder();
  const writer = await StoreWriter.create(folder);
  writer.run({ runId: "r1" });
  await writer.segment({
    runId: "r1",
    seq: 0,
    calls: [call({ started_at: NOON_NS + 100n * MS, duration_ns: 400_000_000n })],
    counts: counts.slice(0, 2),
  });
  await writer.segment({
    runId: "r1",
    seq: 1,
    calls: [
      call({
        call_id: 2,
        root_id: 1,
        parent_id: 1,
        parent_kind: "root",
        started_at: NOON_NS + 1500n * MS,
        duration_ns: 500_000_000n,
      }),
    ],
    counts: counts.slice(2),
  });
  writer.close();
  return folder;
}

const COUNTS = [
  counted("before", 0n, 100n, 7),
  counted("hash", 100n, 600n, 1000),
  counted("hash", 600n, 1100n, 2000),
  counted("mix", 1100n, 1600n, 5000),
  counted("dropped", 1100n, 1600n, 0, { dropped: 3 }),
  counted("elsewhere", 1100n, 1600n, 7, { thread_id: 1 }),
  counted("across", 1600n, 2100n, 7),
  // Of a process that was killed: up to its last record, which ended the callback.
  counted("killed", 1600n, 2000n, 7),
];

test("calls that were counted from its first entry to its last end, and no others", async () => {
  const store = await openStore(await storeOf(COUNTS));
  const place = { file: "src/hash.js", line: 3, col: 1 };
  const expected = [
    { function: "mix", ...place, calls: 5000 },
    { function: "hash", ...place, calls: 3000 },
  ];
  const trace = await store.trace("latest");
  expect(trace.countedMeanwhile).toEqual(expected);
  expect(JSON.parse(JSON.stringify(trace))).toMatchObject({ countedMeanwhile: expected });
  expect((await store.callLevels("latest")).countedMeanwhile).toEqual(expected);
  await store.close();
});

test("show says so below the tree", async () => {
  const dir = await storeOf(COUNTS);
  const { stdout } = await runCli(["show", "latest", "--store", dir], { columns: 200 });
  expect(stdout).toContain(
    "\n… and at least 8,000 more calls on its thread meanwhile, only counted: mix (5,000), hash (3,000)\n",
  );
});

test("without counts nothing is asked or said", async () => {
  const dir = await storeOf([]);
  const store = await openStore(dir);
  expect((await store.trace("latest")).countedMeanwhile).toEqual([]);
  await store.close();
  const { stdout } = await runCli(["show", "latest", "--store", dir]);
  expect(stdout).not.toContain("only counted");
});
