import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  openStore,
  type Store,
  type Tail,
  type TailFilter,
  type TailItem,
} from "../../ts/query/index";
import { cli, run } from "../support/program";
import { newFolder, sampleStore } from "./support/sample-store";
import { call, exception, NOON_NS, StoreWriter } from "./support/store-writer";

const POLL: TailFilter = { pollMs: 1 };

/** A store of a run `r1` to which segments are added. */
async function emptyStore(): Promise<{ store: Store; publish: Publish }> {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  const publish: Publish = async (ids, { seq = 0, runId = "r1", thrown = [], date } = {}) => {
    await writer.segment({
      runId,
      seq,
      ...(date === undefined ? {} : { date }),
      calls: ids.map((id) =>
        call({
          call_id: id,
          function: id % 2 === 0 ? "even" : "odd",
          // Three at each time: ids decide.
          started_at: NOON_NS + BigInt(Math.floor(id / 3)),
        }),
      ),
      exceptions: thrown.map((id) => exception({ exception_id: id, call_id: id })),
    });
  };
  return { store: await openStore(dir), publish };
}

type Publish = (
  ids: readonly number[],
  at?: { seq?: number; runId?: string; thrown?: readonly number[]; date?: string },
) => Promise<void>;

const idOf = (item: TailItem) =>
  item.kind === "call" ? item.call.callId : -item.exception.exceptionId;

async function take(tail: Tail, count: number): Promise<number[]> {
  const ids: number[] = [];
  while (ids.length < count) {
    const { value, done } = await tail.next();
    if (done) break;
    ids.push(idOf(value));
  }
  return ids;
}

test("from now on every call comes once, in the order of entry in its segment", async () => {
  const { store, publish } = await emptyStore();
  await publish([1, 2, 3]);
  const tail = store.tail(POLL);
  await publish([9, 4, 8, 5], { seq: 1 });
  expect(await take(tail, 4)).toEqual([4, 5, 8, 9]);
  const waiting = take(tail, 3);
  await publish([7], { seq: 2 });
  await publish([6, 10], { seq: 3 });
  expect(await waiting).toEqual([7, 6, 10]);
  const later = tail.next();
  await publish([1], { runId: "r2" });
  expect((await later).value).toMatchObject({ kind: "call", call: { runId: "r2", callId: 1 } });
  await tail.return();
  await store.close();
});

test("a segment that shows before an earlier one hides none", async () => {
  const { store, publish } = await emptyStore();
  const tail = store.tail(POLL);
  await publish([5], { seq: 1, date: "2026-11-24" });
  expect(await take(tail, 1)).toEqual([5]);
  await publish([2], { seq: 0 });
  expect(await take(tail, 1)).toEqual([2]);
  await tail.return();
  await store.close();
});

test("filters, and exceptions by option", async () => {
  const { store, publish } = await emptyStore();
  const even = store.tail({ ...POLL, function: "even" });
  const thrown = store.tail({ ...POLL, function: "even", exceptions: true, run: "latest" });
  await publish([1, 2, 3, 4], { thrown: [3, 1] });
  await publish([6], { seq: 1 });
  expect(await take(even, 3)).toEqual([2, 4, 6]);
  // The exceptions left `main`.
  expect(await take(thrown, 3)).toEqual([2, 4, 6]);
  const all = store.tail({ ...POLL, exceptions: true });
  await publish([8], { seq: 2, thrown: [9] });
  expect(await take(all, 2)).toEqual([8, -9]);
  for (const tail of [even, thrown, all]) await tail.return();
  await store.close();
});

test("a cursor goes on behind any item, in another process as well", async () => {
  const { store, publish } = await emptyStore();
  const first = store.tail({ ...POLL, exceptions: true });
  await publish([3, 1, 2], { thrown: [2, 1] });
  await publish([4], { seq: 1 });
  const expected = [1, 2, 3, -1, -2, 4];
  const cursors = [first.cursor];
  for (const id of expected) {
    expect(await take(first, 1)).toEqual([id]);
    cursors.push(first.cursor);
  }
  await first.return();
  for (const [i, from] of cursors.entries()) {
    await using other = await openStore(store.dir);
    const rest = other.tail({ ...POLL, exceptions: true, from });
    expect(await take(rest, expected.length - i)).toEqual(expected.slice(i));
    await rest.return();
  }
  await store.close();
});

/** Merges all segments of a store, and removes those that were merged. */
function mergeAll({ dir }: Store): void {
  const compact = () => run(process.execPath, [cli, "compact", "--json", "--store", dir], dir);
  expect(JSON.parse(compact().stdout)).toMatchObject({ into: 1, skipped: [] });
  for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
    if (/merged-[^/]*\.json$/.test(name)) utimesSync(join(dir, name), 0, 0);
  }
  compact();
}

const sorted = (ids: readonly number[]) => ids.toSorted((a, b) => a - b);

/** What a tail gives that goes on in another process. */
async function readOn({ dir }: Store, from: string, count: number): Promise<number[]> {
  await using other = await openStore(dir);
  await using rest = other.tail({ ...POLL, exceptions: true, from });
  const ids = await take(rest, count);
  const stop = AbortSignal.timeout(50);
  await using more = other.tail({ ...POLL, exceptions: true, from: rest.cursor, signal: stop });
  expect(await more.next()).toMatchObject({ done: true });
  return ids;
}

test("what is merged meanwhile comes once, wherever a cursor stands", async () => {
  const { store, publish } = await emptyStore();
  const first = store.tail({ ...POLL, exceptions: true });
  await publish([3, 30, 1], { thrown: [30, 1] });
  await publish([20, 2], { seq: 1 });
  const begun = [1, 3, 30, -1, -30, 2, 20];
  const cursors = [first.cursor];
  for (const id of begun) {
    expect(await take(first, 1)).toEqual([id]);
    cursors.push(first.cursor);
  }
  await first.return();
  // Some are before all of those, some between them.
  await publish([0, 4, 25], { seq: 2, thrown: [4] });
  await publish([5], { seq: 4 });
  mergeAll(store);
  const all = [...begun, 0, 4, 25, -4, 5];
  const inMerged: string[] = [];
  for (const [i, from] of cursors.entries()) {
    const ids = await readOn(store, from, all.length - i);
    expect(sorted(ids)).toEqual(sorted(all.slice(i)));
    // What was begun is finished first.
    if (i === 2) expect(ids.slice(0, 3)).toEqual([30, -1, -30]);
  }
  // And in the midst of what is merged again.
  await using other = await openStore(store.dir);
  const later = other.tail({ ...POLL, exceptions: true, from: cursors[4]! });
  const rest = all.length - 4;
  const seen: number[] = [];
  while (seen.length < rest) {
    seen.push(...(await take(later, 1)));
    inMerged.push(later.cursor);
  }
  await later.return();
  await publish([-7, 17], { seq: 3 });
  await publish([18], { runId: "r0" });
  mergeAll(store);
  for (const [i, from] of inMerged.entries()) {
    const ids = await readOn(store, from, rest - i - 1 + 3);
    expect(sorted(ids)).toEqual(sorted([...seen.slice(i + 1), -7, 17, 18]));
  }
  await store.close();
});

test("segments of many pages come whole, and only as fast as they are asked for", async () => {
  const { store, publish } = await emptyStore();
  const tail = store.tail(POLL);
  const ids = Array.from({ length: 10_050 }, (_, i) => i + 1);
  await publish(ids);
  expect(await take(tail, 10)).toEqual(ids.slice(0, 10));
  // Read further while another is waiting: nothing is lost to either.
  const from = tail.cursor;
  const other = store.tail({ ...POLL, from });
  expect(await take(other, 10_040)).toEqual(ids.slice(10));
  expect(await take(tail, 10_040)).toEqual(ids.slice(10));
  await tail.return();
  await other.return();
  await store.close();
});

test("it ends by its signal, by return(), by leaving the loop, and with the store", async () => {
  const { store, publish } = await emptyStore();
  const stop = new AbortController();
  const bySignal = store.tail({ signal: stop.signal });
  const waiting = bySignal.next();
  stop.abort();
  expect(await waiting).toEqual({ value: undefined, done: true });

  const byReturn = store.tail();
  const alsoWaiting = byReturn.next();
  await byReturn.return();
  expect(await alsoWaiting).toEqual({ value: undefined, done: true });
  expect(await byReturn.next()).toEqual({ value: undefined, done: true });

  const byLoop = store.tail(POLL);
  await publish([1, 2]);
  for await (const item of byLoop) {
    expect(idOf(item)).toBe(1);
    break;
  }
  expect(await byLoop.next()).toEqual({ value: undefined, done: true });

  expect(await store.tail({ signal: AbortSignal.abort() }).next()).toMatchObject({ done: true });

  const withStore = store.tail(POLL);
  const last = withStore.next();
  await store.close();
  await expect(last).rejects.toMatchObject({ code: "BC_ERR_STOPPED" });
  expect(() => store.tail()).toThrow(expect.objectContaining({ code: "BC_ERR_STOPPED" }));
});

test("bad options are refused", async () => {
  await using store = await openStore((await sampleStore()).dir);
  const bad = (name: string) =>
    expect.objectContaining({
      code: "BC_ERR_BAD_OPTION",
      message: expect.stringContaining(name),
    });
  expect(() => store.tail({ pollMs: 0 })).toThrow(bad("pollMs"));
  expect(() => store.tail({ from: "x" })).toThrow(bad("from"));
  await expect(store.tail({ status: "x" as "open" }).next()).rejects.toEqual(bad("status"));
  await expect(store.tail({ run: "none" }).next()).rejects.toMatchObject({
    code: "BC_ERR_NOT_FOUND",
  });
});
