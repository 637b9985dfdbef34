import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cutValue } from "../../ts/mcp/cut-value";
import type { JsonValue } from "../../ts/query/index";

test("what fits stays as it is", () => {
  const value = [{ id: 7, tags: ["a", "b"], none: null }];
  expect(cutValue(value, 200, "arguments")).toEqual({ value, cut: [] });
});

test("what does not is cut, and named by a path that get_value takes", () => {
  expect(cutValue(["a".repeat(1000), 1], 40, "arguments")).toEqual({
    value: [`${"a".repeat(36)}… [964 more characters]`, { $cut: "1 more items" }],
    cut: ["arguments[0]", "arguments"],
  });
  const wide = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`key ${i}`, i]));
  expect(cutValue({ wide }, 50, "result")).toEqual({
    value: { wide: { "key 0": 0, "key 1": 1, "key 2": 2, "key 3": 3, $cut: "46 more properties" } },
    cut: ["result.wide"],
  });
});

test("a value of any shape comes near its size", () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 8 }),
      fc.integer({ min: 48, max: 2000 }),
      (value, most) => {
        const { value: cut } = cutValue(value as JsonValue, most, "result");
        expect(Buffer.byteLength(JSON.stringify(cut))).toBeLessThan(most * 2 + 300);
      },
    ),
    { seed: 5 },
  );
});
