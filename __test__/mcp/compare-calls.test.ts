import { expect, test } from "vitest";
import { compareWithOthers } from "../../ts/mcp/compare-calls";
import type { Call, JsonValue } from "../../ts/query/index";

const call = (callId: number, ...values: JsonValue[]) =>
  ({ callId, arguments: values }) as unknown as Call;
const NAN = { $type: "number", value: "NaN" };

test("another kind of value, and one that is not there", () => {
  const { unusual, nearest, changes } = compareWithOthers(call(1, { total: NAN, id: 9 }), [
    call(2, { total: 1, id: 2, vat: 1 }),
    call(3, { total: 2, id: 3, vat: 2 }),
  ]);
  expect(unusual).toEqual([
    { path: "arguments[0].total", here: JSON.stringify(NAN), usually: "1, 2" },
    { path: "arguments[0].vat", here: "absent", usually: "1, 2" },
  ]);
  expect(nearest?.callId).toBe(2);
  expect(changes.map(({ path }) => path)).toContain("arguments[0].total");
});

test("a value that is none of few that repeat; ids are no habit", () => {
  const others = Array.from({ length: 9 }, (_, i) => call(i + 2, i % 2 ? "eur" : "usd", i));
  expect(compareWithOthers(call(1, "gbp", 100), others).unusual).toEqual([
    { path: "arguments[0]", here: '"gbp"', usually: '"usd", "eur"' },
  ]);
  expect(compareWithOthers(call(1, "eur", 100), others).unusual).toEqual([]);
});

test("a number below zero among others", () => {
  const { unusual } = compareWithOthers(call(1, -1), [call(2, 1), call(3, 2)]);
  expect(unusual).toMatchObject([{ here: "-1" }]);
});

test("the numbers of objects are no difference", () => {
  const order = ($id: number, total: number) =>
    call($id, { $id, total: { $id: $id + 1, $type: "opaque" } }, total);
  const others = Array.from({ length: 9 }, (_, i) => order(10 * i + 10, 1));
  expect(compareWithOthers(order(1, 1), others)).toMatchObject({ changes: [], unusual: [] });
  const { changes, unusual } = compareWithOthers(order(1, 2), others);
  expect(changes).toEqual([{ path: "arguments[1]", a: 1, b: 2 }]);
  expect(unusual.map(({ path }) => path)).toEqual(["arguments[1]"]);
});

test("nothing to compare with", () => {
  expect(compareWithOthers(call(1, 1), [])).toEqual({
    compared: 0,
    nearest: null,
    changes: [],
    unusual: [],
  });
});
