import { expect, test } from "vitest";
import type { Segment } from "../../ts/query/segment-summary";
import { TailPosition, type TailRow } from "../../ts/query/tail-position";

const merged = (runs: Readonly<Record<string, readonly number[]>>) =>
  ({ runs: Object.entries(runs).map(([runId, seqs]) => ({ runId, seqs })) }) as unknown as Segment;
const segment = (runId: string, seq: number) => merged({ [runId]: [seq, seq] });
const row: TailRow = { table: "calls", timeNs: "-12", runId: "a", id: 7 };

/** What is to be handed out of a segment, and how much of that is behind a row. */
const portions = (position: TailPosition, of: Segment) =>
  position
    .portionsOf(of)
    .map(({ portion, behind }) => [Object.fromEntries(portion), behind?.id ?? null]);
const finish = (position: TailPosition, of: Segment) => {
  for (const { portion } of position.portionsOf(of)) position.finish(portion);
};

test("what is there from the start is done, all else is not", () => {
  const position = TailPosition.now([segment("a", 3), segment("a", 1)]);
  expect([0, 3, 4].map((seq) => position.isDone(segment("a", seq)))).toEqual([true, true, false]);
  expect(position.isDone(segment("b", 0))).toBe(false);
});

test("segments may come out of order, and each is done once", () => {
  const position = TailPosition.now([]);
  for (const seq of [1, 2, 5]) finish(position, segment("a", seq));
  const done = () => [0, 1, 2, 3, 4, 5].filter((seq) => position.isDone(segment("a", seq)));
  expect(done()).toEqual([1, 2, 5]);
  finish(position, segment("a", 0));
  finish(position, segment("a", 4));
  expect(done()).toEqual([0, 1, 2, 4, 5]);
});

test("one that a thousand have overtaken is waited for, in no more text", () => {
  const position = TailPosition.now([]);
  for (let seq = 1; seq <= 1002; seq++) finish(position, segment("a", seq));
  expect(position.isDone(segment("a", 0))).toBe(false);
  expect(position.toString().length).toBeLessThan(100);
});

test("of a merged segment what is done is left out, and what is begun comes first", () => {
  const position = TailPosition.now([segment("a", 1)]);
  finish(position, segment("a", 5));
  const both = merged({ a: [0, 7, 12, 12], b: [0, 3] });
  expect(portions(position, both)).toEqual([[{ a: [2, 4, 6, 7, 12, 12], b: [0, 3] }, null]]);
  const [{ portion } = { portion: new Map() }] = position.portionsOf(segment("a", 3));
  position.pass(portion, row);
  expect(position.isBegun(both)).toBe(true);
  expect(position.isBegun(segment("a", 4))).toBe(false);
  expect(portions(position, both)).toEqual([
    [{ a: [3, 3] }, 7],
    [{ a: [2, 2, 4, 4, 6, 7, 12, 12], b: [0, 3] }, null],
  ]);
  finish(position, both);
  expect(portions(position, both)).toEqual([]);
  // Between them, in another segment.
  expect(position.isDone(merged({ a: [8, 11] }))).toBe(false);
  expect(position.isBegun(merged({ a: [8, 11] }))).toBe(false);
});

test("a cursor holds all of it", () => {
  const position = TailPosition.now([segment("a", 3)]);
  finish(position, segment("b", 1));
  const [{ portion } = { portion: new Map() }] = position.portionsOf(segment("a", 4));
  position.pass(portion, row);
  const again = TailPosition.parse(position.toString());
  expect(again.toString()).toBe(position.toString());
  expect(portions(again, segment("a", 4))).toEqual([[{ a: [4, 4] }, 7]]);
  expect(portions(again, segment("b", 4))).toEqual([[{ b: [4, 4] }, null]]);
  expect(again.isDone(segment("b", 0))).toBe(false);
  expect(again.isDone(segment("b", 1))).toBe(true);
  finish(again, segment("a", 4));
  expect(again.isBegun(segment("a", 4))).toBe(false);
  again.keepOnly(new Set(["b"]));
  expect(again.isDone(segment("a", 0))).toBe(false);
});

const begun = (portion: unknown, of: object) => ["tail 2", {}, { portion, row: { ...row, ...of } }];

test.each([
  "",
  "x",
  ...[
    ["calls", {}],
    ["tail", { a: [1] }],
    ["tail 2", { a: ["1", 2] }],
    ["tail 2", { a: [1] }],
    begun({ a: [1, 1] }, { table: "functions" }),
    begun({ a: [1, 1] }, { timeNs: "1; DROP" }),
    begun({ a: ["1; DROP", 1] }, {}),
  ].map((parts) => Buffer.from(JSON.stringify(parts)).toString("base64url")),
])("%j is no cursor", (text) => {
  expect(() => TailPosition.parse(text)).toThrow(
    expect.objectContaining({ code: "BC_ERR_BAD_OPTION" }),
  );
});
