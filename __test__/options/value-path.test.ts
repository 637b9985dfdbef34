import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatValuePath, parseValuePath, pointerOf } from "../../ts/options/value-path";

test("heads, names, numbers, quoted names", () => {
  expect(parseValuePath("arguments")).toEqual({ head: "arguments", steps: [] });
  expect(parseValuePath("args.user.id")).toEqual({ head: "arguments", steps: ["user", "id"] });
  expect(parseValuePath('result["a \\"key\\""][2].$class')).toEqual({
    head: "result",
    steps: ['a "key"', 2, "$class"],
  });
});

test("every path reads back from its text", () => {
  const step = fc.oneof(
    fc.nat(1e6),
    fc.string({ unit: "binary" }),
    fc.constantFrom("id", "é", "a/b~c"),
  );
  const path = fc.record({
    head: fc.constantFrom("arguments" as const, "result" as const),
    steps: fc.array(step, { maxLength: 8 }),
  });
  fc.assert(
    fc.property(path, (given) => {
      expect(parseValuePath(formatValuePath(given))).toEqual(given);
    }),
  );
});

test("a pointer escapes what separates", () => {
  expect(pointerOf(["a/b", 0, "x~y"])).toBe("/a~1b/0/x~0y");
});

test.each([
  "",
  "x",
  "argument.a",
  "arguments.",
  "arguments[",
  "arguments[-1]",
  "arguments[0]x",
  "result['a']",
  'result["\\q"]',
  "result.a b",
  "args[0]..b",
  `args${"[0]".repeat(33)}`,
  7 as unknown as string,
])("%j is no path", (text) => {
  expect(() => parseValuePath(text)).toThrow(
    expect.objectContaining({ code: "BC_ERR_BAD_OPTION" }),
  );
});
