import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { openStore, type Store } from "../../ts/query/index";
import { SCHEMA_VERSION } from "../../ts/query/schema";
import { Segments } from "../../ts/query/segments";
import type { Trace } from "../../ts/query/trace-tree";
import { newFolder, RUN_A, sampleStore } from "./support/sample-store";
import { call, NOON_NS, StoreWriter } from "./support/store-writer";

/** Ids of run A's calls: those of its second segment, then those of its first. */
async function callIds(store: Store): Promise<number[]> {
  const { items } = await store.calls({ run: RUN_A });
  return items.map(({ callId }) => callId);
}

function problemsOf(store: Store): string[] {
  return store.problems().map(({ file, kind, reason }) => `${kind} ${basename(file)}: ${reason}`);
}

test("a segment without its summary does not count, and is no problem", async () => {
  const { dir, base } = await sampleStore();
  rmSync(`${base}.json`);
  await using store = await openStore(dir);
  expect(await callIds(store)).toEqual([10]);
  expect(store.problems()).toEqual([]);
});

test("files that are being written are no problem", async () => {
  const { dir, base } = await sampleStore();
  writeFileSync(`${base}.json.123-abc-0.tmp`, "");
  writeFileSync(join(dir, "runs", "x.json.123-abc-0.tmp"), "");
  await using store = await openStore(dir);
  expect(await callIds(store)).toHaveLength(7);
  expect(store.problems()).toEqual([]);
});

const DAMAGES: readonly (readonly [
  what: string,
  damage: (path: string) => void,
  reason: RegExp,
])[] = [
  [
    "truncated",
    (path) => truncateSync(path, statSync(path).size - 10),
    /bytes where its summary says/,
  ],
  ["emptied", (path) => truncateSync(path, 0), /has 0 bytes/],
  ["too long", (path) => appendFileSync(path, "x"), /bytes where its summary says/],
  ["missing", (path) => rmSync(path), /is missing/],
  [
    "garbage of the same size",
    (path) => writeFileSync(path, Buffer.alloc(statSync(path).size, 7)),
    /is no Parquet file/,
  ],
  [
    "a footer longer than the file",
    (path) => {
      const bytes = readFileSync(path);
      bytes.writeUInt32LE(0x7fffffff, bytes.length - 8);
      writeFileSync(path, bytes);
    },
    /damaged footer/,
  ],
  [
    "garbage inside the footer",
    (path) => {
      const bytes = readFileSync(path);
      bytes.fill(0xff, bytes.length - 100, bytes.length - 8);
      writeFileSync(path, bytes);
    },
    /cannot be read/,
  ],
  [
    "garbage inside the pages",
    (path) => {
      const bytes = readFileSync(path);
      const footer = bytes.readUInt32LE(bytes.length - 8);
      bytes.fill(0xa5, 4, bytes.length - footer - 8);
      writeFileSync(path, bytes);
    },
    /cannot be read/,
  ],
];

test.each(DAMAGES)(
  "a table that is %s is named, skipped and counted",
  async (_what, damage, reason) => {
    const { dir, base } = await sampleStore();
    damage(`${base}-calls.parquet`);
    await using store = await openStore(dir);
    expect(await callIds(store)).toEqual([10]);
    expect((await store.traces({ run: RUN_A })).items).toHaveLength(1);
    expect((await store.trace("019a-A")).callCount).toBe(1);
    expect((await store.sql("SELECT count(*) AS n FROM calls")).rows).toEqual([{ n: 3 }]);
    // Other tables of the segment are answered.
    expect((await store.exceptions()).items).toHaveLength(1);
    expect(await store.stats({ run: RUN_A })).toHaveLength(5);
    expect(store.problems()).toEqual([
      { file: `${base}-calls.parquet`, kind: "corrupt", reason: expect.stringMatching(reason) },
    ]);
  },
);

test("damage that SQL meets first is skipped as well", async () => {
  const { dir, base } = await sampleStore();
  DAMAGES.at(-1)![1](`${base}-calls.parquet`);
  await using store = await openStore(dir);
  const { rows } = await store.sql("SELECT call_id FROM calls ORDER BY call_id, run_id");
  expect(rows).toEqual([{ call_id: 2 }, { call_id: 3 }, { call_id: 10 }]);
  expect(store.problems()).toHaveLength(1);
});

test("damaged summaries are named and skipped", async () => {
  const { dir, base } = await sampleStore();
  writeFileSync(`${base}.json`, '{"schemaVersion": 1, "runId":');
  await using store = await openStore(dir);
  expect(await callIds(store)).toEqual([10]);
  expect(problemsOf(store)).toEqual([expect.stringContaining(`corrupt ${basename(base)}.json`)]);
});

test("a summary that leads elsewhere is refused", async () => {
  const { dir, base } = await sampleStore();
  const summary = JSON.parse(readFileSync(`${base}.json`, "utf8")) as {
    tables: { calls: Record<string, unknown> };
  };
  for (const change of [
    { tables: { calls: { ...summary.tables.calls, file: "../../../etc/passwd.parquet" } } },
    { tables: { calls: { ...summary.tables.calls, rows: "many" } } },
    { tables: null },
    { name: "another" },
    { runs: null },
    { runs: [{ seqs: [0, 0] }] },
  ]) {
    writeFileSync(`${base}.json`, JSON.stringify({ ...summary, ...change }));
    await using store = await openStore(dir);
    expect(await callIds(store)).toEqual([10]);
    expect(store.problems()).toHaveLength(1);
  }
});

test("foreign files are named and skipped", async () => {
  const { dir, base } = await sampleStore();
  const date = join(base, "..");
  writeFileSync(join(date, "notes.txt"), "hello");
  writeFileSync(join(date, "holiday.parquet"), "hello");
  writeFileSync(join(date, "settings.json"), "{}");
  mkdirSync(join(dir, "segments", "old"));
  writeFileSync(join(dir, "segments", "x.csv"), "");
  writeFileSync(join(dir, "runs", "readme.md"), "");
  writeFileSync(join(date, ".DS_Store"), "");
  await using store = await openStore(dir);
  expect(await callIds(store)).toHaveLength(7);
  expect(problemsOf(store).map((problem) => problem.replace(/:.*/, ""))).toEqual([
    "foreign readme.md",
    "foreign old",
    "foreign x.csv",
    "foreign holiday.parquet",
    "foreign notes.txt",
    "foreign settings.json",
  ]);
});

test("a newer segment is refused, naming both versions", async () => {
  const { dir, writer } = await sampleStore();
  await writer.segment({ runId: RUN_A, seq: 9, calls: [call({ call_id: 90 })], schemaVersion: 99 });
  await using store = await openStore(dir);
  const error = await store.calls().catch((e: unknown) => e);
  expect(error).toMatchObject({ code: "BC_ERR_STORE_VERSION" });
  expect((error as Error).message).toContain("99");
  expect((error as Error).message).toContain(`version ${SCHEMA_VERSION}`);
});

test("segments of an older version are read beside newer ones, and alone", async () => {
  const { dir, writer } = await sampleStore();
  const older = [
    call({ call_id: 90 }),
    call({ call_id: 91, parent_id: 90, root_id: 90, depth: 1 }),
  ];
  await writer.segment({ runId: RUN_A, seq: 9, calls: older, schemaVersion: 1 });
  await using store = await openStore(dir);
  const kinds = (trace: Trace) => trace.calls.map(({ parentKind }) => parentKind);
  expect(kinds(await store.trace(`${RUN_A}-2I`))).toEqual([null, "call"]);
  expect((await store.calls({ limit: 500 })).items).toHaveLength(11);
  const { rows } = await store.sql(
    "SELECT parent_kind FROM calls WHERE call_id >= 90 ORDER BY call_id",
  );
  expect(rows).toEqual([{ parent_kind: null }, { parent_kind: "call" }]);
});

test("what is published while the store is open is seen; what is removed is gone", async () => {
  const { dir, writer } = await sampleStore();
  await using store = await openStore(dir);
  expect(await callIds(store)).toHaveLength(7);
  const added = await writer.segment({
    runId: RUN_A,
    seq: 2,
    date: "2026-11-24",
    calls: [call({ call_id: 50, started_at: NOON_NS + 86_400_000_000_000n })],
  });
  expect((await callIds(store))[0]).toBe(50);
  rmSync(`${added}.json`);
  rmSync(`${added}-calls.parquet`);
  expect((await callIds(store))[0]).toBe(10);
  // A run that is being removed disappears at once.
  renameSync(join(dir, "runs", `${RUN_A}.json`), join(dir, "runs", `${RUN_A}.json.removing`));
  expect((await store.calls()).items.map(({ callId }) => callId)).toEqual([3, 2]);
  expect(await store.runs()).toHaveLength(1);
});

test("an empty store answers with nothing", async () => {
  const dir = newFolder();
  await StoreWriter.create(dir);
  await using store = await openStore(dir);
  expect(await store.runs()).toEqual([]);
  expect((await store.traces()).items).toEqual([]);
  expect((await store.calls()).items).toEqual([]);
  expect((await store.exceptions()).items).toEqual([]);
  expect(await store.stats()).toEqual([]);
  expect((await store.sql("SELECT count(*) AS n FROM calls")).rows).toEqual([{ n: 0 }]);
  await expect(store.trace("latest")).rejects.toMatchObject({ code: "BC_ERR_NOT_FOUND" });
});

test("a store in a folder with a name like a pattern, a quote or a space", async () => {
  const dir = join(newFolder(), "[a]*? it's {x}", ".breadcrumb");
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  await writer.segment({ runId: "r1", calls: [call({})] });
  await using store = await openStore(dir);
  expect((await store.traces()).items).toHaveLength(1);
  expect((await store.sql("SELECT count(*) AS n FROM calls")).rows).toEqual([{ n: 1 }]);
});

/** The last segment of a run, twice: as its process published it, and as its recovery wrote it again. */
async function writtenAgain(dir: string, calls: number): Promise<string> {
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1", status: "running", endedAt: null });
  const rows = Array.from({ length: calls }, (_, i) =>
    call({ call_id: i + 1, root_id: i + 1, function: `f${i}` }),
  );
  const base = await writer.segment({ runId: "r1", calls: rows });
  writer.close();
  return base;
}

test("a segment that a recovery wrote again is seen with the rows that it has then", async () => {
  const dir = newFolder();
  await writtenAgain(dir, 2);
  await using store = await openStore(dir);
  expect((await store.runs())[0]?.storedCalls).toBe(2);
  expect((await store.calls()).items).toHaveLength(2);
  await writtenAgain(dir, 50);
  expect((await store.runs())[0]?.storedCalls).toBe(50);
  expect((await store.calls()).items).toHaveLength(50);
  expect(problemsOf(store)).toEqual([]);
});

test("a segment that a recovery is writing again is no problem", async () => {
  const dir = newFolder();
  const segments = new Segments(dir);
  const base = await writtenAgain(dir, 2);
  segments.refresh(new Set());
  await writtenAgain(dir, 50);
  const summary = readFileSync(`${base}.json`);
  rmSync(`${base}.json`);
  expect(segments.files("calls")).toEqual([`${base}-calls.parquet`]);
  writeFileSync(`${base}.json`, summary);
  expect(segments.files("calls")).toEqual([`${base}-calls.parquet`]);
  expect(segments.problems()).toEqual([]);
});

test("a file that went, and is there again, is read", async () => {
  const dir = newFolder();
  const base = await writtenAgain(dir, 2);
  const segments = new Segments(dir);
  segments.refresh(new Set());
  rmSync(`${base}.json`);
  rmSync(`${base}-calls.parquet`);
  segments.dropMissing([`${base}-calls.parquet`]);
  segments.refresh(new Set());
  expect(segments.files("calls")).toEqual([]);
  await writtenAgain(dir, 3);
  segments.refresh(new Set());
  expect(segments.files("calls")).toEqual([`${base}-calls.parquet`]);
  expect(segments.all()[0]?.runs[0]?.calls).toBe(3);
});
