import { expect, test } from "vitest";
import type { Segment } from "../../ts/query/segment-summary";
import { TailPosition, type TailRow } from "../../ts/query/tail-position";

const segment = (runId: string, seq: number) =>
  ({
    name: `${runId}-${seq}`,
    runs: [{ runId, seqs: [seq, seq] }],
    replaces: [],
  }) as unknown as Segment;
const row: TailRow = { table: "calls", timeNs: "-12", id: 7 };

test("what is there from the start is done, all else is not", () => {
  const position = TailPosition.now([segment("a", 3), segment("a", 1)]);
  expect([0, 3, 4].map((seq) => position.isDone(segment("a", seq)))).toEqual([true, true, false]);
  expect(position.isDone(segment("b", 0))).toBe(false);
});

test("segments may come out of order, and each is done once", () => {
  const position = TailPosition.now([]);
  for (const seq of [1, 2, 5]) position.finish(segment("a", seq));
  const done = () => [0, 1, 2, 3, 4, 5].filter((seq) => position.isDone(segment("a", seq)));
  expect(done()).toEqual([1, 2, 5]);
  position.finish(segment("a", 0));
  position.finish(segment("a", 4));
  expect(done()).toEqual([0, 1, 2, 4, 5]);
});

test("one that a thousand have overtaken is no longer waited for", () => {
  const position = TailPosition.now([]);
  for (let seq = 1; seq <= 1002; seq++) position.finish(segment("a", seq));
  expect(position.isDone(segment("a", 0))).toBe(true);
  expect(position.toString().length).toBeLessThan(100);
});

test("a cursor holds all of it", () => {
  const position = TailPosition.now([segment("a", 3)]);
  position.finish(segment("b", 1));
  position.pass(segment("a", 4), row);
  const again = TailPosition.parse(position.toString());
  expect(again.toString()).toBe(position.toString());
  expect(again.lastOf(segment("a", 4))).toEqual(row);
  expect(again.lastOf(segment("b", 4))).toBeNull();
  expect(again.isDone(segment("b", 0))).toBe(false);
  expect(again.isDone(segment("b", 1))).toBe(true);
  again.finish(segment("a", 4));
  expect(again.lastOf(segment("a", 4))).toBeNull();
  again.keepOnly(new Set(["b"]));
  expect(again.isDone(segment("a", 0))).toBe(false);
});

test.each([
  "",
  "x",
  ...[
    ["calls", {}],
    ["tail", { a: ["1"] }],
    ["tail", { a: [1] }, { name: "a-2", row: { table: "functions", timeNs: "1", id: 1 } }],
    ["tail", { a: [1] }, { name: "a-2", row: { table: "calls", timeNs: "1; DROP", id: 1 } }],
  ].map((parts) => Buffer.from(JSON.stringify(parts)).toString("base64url")),
])("%j is no cursor", (text) => {
  expect(() => TailPosition.parse(text)).toThrow(
    expect.objectContaining({ code: "BC_ERR_BAD_OPTION" }),
  );
});
