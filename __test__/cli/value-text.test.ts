import { expect, test } from "vitest";
import type { JsonValue } from "../../ts/query/index";
import { valueText } from "../../ts/cli/value-text";

test.each<[JsonValue, string]>([
  [null, "null"],
  [1.5, "1.5"],
  ['a\n"b"\u001b', String.raw`"a\n\"b\"\u001b"`],
  [[1, [2]], "[1, [2]]"],
  [{ id: 7, "a-b": true }, '{ id: 7, "a-b": true }'],
  [{}, "{}"],
  [{ $class: "Cart", $length: 3, $$id: 1 }, "Cart { $id: 1, … }"],
  [{ $class: null }, "[null] {}"],
  [{ $type: "undefined" }, "undefined"],
  [{ $type: "number", value: "-0" }, "-0"],
  [{ $type: "bigint", value: "12" }, "12n"],
  [{ $type: "bigint", hex: "-0xff" }, "-0xffn"],
  [{ $type: "string", value: "ab", $length: 9 }, '"ab"…'],
  [{ $type: "symbol", description: "s" }, "Symbol(s)"],
  [{ $type: "function", name: "pay" }, "ƒ pay"],
  [{ $type: "function", name: "" }, "ƒ anonymous"],
  [{ $type: "regexp", source: "/a/g" }, "/a/g"],
  [{ $type: "date", value: "2026-11-23T00:00:00.000Z" }, "2026-11-23T00:00:00.000Z"],
  [{ $type: "date", value: null }, "Invalid Date"],
  [
    { $type: "error", name: "TypeError", message: { $type: "string", value: "x", $length: 5 } },
    "TypeError: x…",
  ],
  [{ $type: "array", $length: 9, items: [1, 2] }, "[1, 2, …] (9)"],
  [{ $type: "set", $length: 1, items: ["a"] }, 'Set(1) {"a"}'],
  [{ $type: "map", $length: 1, entries: [["k", 1]] }, 'Map(1) {"k" => 1}'],
  [{ $type: "bytes", $class: "Buffer", $length: 4 }, "Buffer(4)"],
  [{ $type: "object", $cut: "depth" }, "[object]"],
  [{ $type: "redacted", rule: "password" }, "[redacted]"],
  [{ $type: "redacted", rule: "password", hash: "a1b2c3d4e5f6" }, "[redacted#a1b2c3d4e5f6]"],
  [{ $type: "redacted", rule: "password", text: "***" }, "***"],
  [{ $type: "circular" }, "[circular]"],
  [{ $type: "proxy" }, "[proxy]"],
  [{ $type: "circular", to: "arguments[0].user" }, "[same as arguments[0].user]"],
  [{ $id: 12, $class: "Cart", id: 1 }, "Cart #12 { id: 1 }"],
  [{ $id: 12, id: 1 }, "#12 { id: 1 }"],
  [{ $id: 12, $type: "array", $length: 1, items: [1] }, "#12 [1]"],
  [
    { $class: "Stack", $type: "array", $length: 1, items: [1], properties: { top: 0 } },
    "Stack [1] { top: 0 }",
  ],
  [
    { $type: "error", name: "E", message: "m", cause: { $type: "error", name: "F", message: "n" } },
    "E: m { cause: F: n }",
  ],
  [{ $type: "bytes", $class: "Buffer", $length: 3, hex: "0102" }, "Buffer(3) <01 02 …>"],
  [
    { $type: "typedarray", elements: "Float64Array", $length: 2, items: [1, 2] },
    "Float64Array(2) [1, 2]",
  ],
  [{ $type: "promise", state: "pending" }, "Promise <pending>"],
  [{ $type: "promise", state: "rejected", value: 7 }, "Promise <rejected: 7>"],
  [{ $type: "boxed", value: 5 }, "[boxed 5]"],
  [{ $type: "opaque", $class: "WeakMap" }, "[WeakMap]"],
  [
    { "$symbol(s)": 1, "$symbol(s)#2": 2, $$symbol: 3 },
    "{ [Symbol(s)]: 1, [Symbol(s)]: 2, $symbol: 3 }",
  ],
  [{ $type: "something-new" }, "[something-new]"],
])("%j", (value, text) => {
  expect(valueText(value)).toBe(text);
});

test("long values are cut to the width", () => {
  expect(valueText("x".repeat(100), 10)).toHaveLength(10);
  expect(valueText({ a: "x".repeat(100), b: 1 }, 20)).toMatch(/^\{ a: "x+.{0,3}$/);
  expect(
    valueText(
      Array.from({ length: 100_000 }, (_, i) => i),
      30,
    ),
  ).toHaveLength(30);
});

test("values nested deeper than any stack", () => {
  let deep: JsonValue = 1;
  for (let i = 0; i < 50_000; i++) deep = [deep];
  expect(valueText(deep)).toContain("…");
});
