import { expect, test } from "vitest";
import { mayCall } from "../../ts/query/segment-choice";
import { nameHash, parseSummary, type Segment } from "../../ts/query/segment-summary";

/** A segment with calls of these functions. */
function segmentOf(names: readonly string[] | null): Segment {
  const functionHashes = names?.map(nameHash).toSorted().join("");
  const text = JSON.stringify({
    schemaVersion: 3,
    name: "r1-0",
    runs: [],
    tables: {},
    functionHashes,
  });
  return parseSummary("/store", "r1-0.json", text);
}

test("a name's hash is the one that the store's writer gives it", () => {
  // The same names and hashes stand in the tests of crates/store/src/summary.rs.
  expect(["main", "Cart.add", "größe"].map(nameHash)).toEqual(["90e2e2", "89a7ff", "38f457"]);
});

test("a segment is left out only if it has no call of the function", () => {
  const names = Array.from({ length: 500 }, (_, n) => `f${n}`);
  for (const count of [0, 1, 2, 3, 500]) {
    const segment = segmentOf(names.slice(0, count));
    const may = names.filter((name) => mayCall(name)(segment));
    expect(may).toEqual(names.slice(0, count));
    expect(mayCall("f*")(segment)).toBe(true);
    expect(mayCall(undefined)(segment)).toBe(true);
  }
  expect(mayCall("f1")(segmentOf(null))).toBe(true);
});
