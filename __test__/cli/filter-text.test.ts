import { expect, test } from "vitest";
import { parseFilter } from "../../ts/cli/filter-text";

test.each([
  ["", {}],
  ["function=Cart.*", { function: "Cart.*" }],
  ['function="a and b" and status=threw', { function: "a and b", status: "threw" }],
  [
    "duration>5ms and self<=2s and wait > 1us",
    { minDurationMs: 5, maxSelfMs: 2000, minWaitMs: 0.001 },
  ],
  [
    "args.user.id=7 and result.ok!=true",
    {
      where: [
        { path: "args.user.id", op: "=", value: 7 },
        { path: "result.ok", op: "!=", value: true },
      ],
    },
  ],
  ['arguments[0]="7"', { where: [{ path: "arguments[0]", op: "=", value: "7" }] }],
  ['result["a key"][2]=x', { where: [{ path: 'result["a key"][2]', op: "=", value: "x" }] }],
  ["result.name~milk", { where: [{ path: "result.name", op: "contains", value: "milk" }] }],
  [
    "result.name~/^salt and|\\/x/i",
    { where: [{ path: "result.name", op: "matches", value: "(?i)^salt and|\\/x" }] },
  ],
  ["args.cart", { where: [{ path: "args.cart", op: "exists", value: true }] }],
])("%j", (text, filter) => {
  expect(parseFilter(text)).toEqual(filter);
});

test.each([
  ["duration=5ms", "duration>5ms"],
  ["duration>soon", "duration>5ms"],
  ["functoin=x", "did you mean function…?"],
  ["frobnicate=1", "one of function, file"],
  ["function", "function=<text>"],
  ["function>x", "function=<text>"],
])("%j is no filter", (text, hint) => {
  expect(() => parseFilter(text)).toThrow(hint);
  expect(() => parseFilter(text)).toThrow(JSON.stringify(text));
});
