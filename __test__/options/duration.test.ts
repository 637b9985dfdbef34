import { expect, test } from "vitest";
import { parseDuration } from "../../ts/options/duration";

test.each<[string, number]>([
  ["5ns", 5e-6],
  ["250us", 0.25],
  ["250µs", 0.25],
  ["5ms", 5],
  ["1.5s", 1500],
  ["2 m", 120_000],
  ["2min", 120_000],
  ["1h", 3_600_000],
  ["30D", 2_592_000_000],
  ["2w", 1_209_600_000],
  ["0s", 0],
])("%s is %d ms", (text, ms) => {
  expect(parseDuration(text)).toBeCloseTo(ms, 9);
});

test("a number alone has the unit that is understood, if one is", () => {
  expect(parseDuration("30", "s")).toBe(30_000);
  expect(parseDuration("30ms", "s")).toBe(30);
  expect(parseDuration("30")).toBeNull();
});

test.each(["", "s", "soon", "-1s", "1e3s", "1.s", "5constructor", "5__proto__", "5s5s", " 5s"])(
  "%j is none",
  (text) => {
    expect(parseDuration(text)).toBeNull();
    expect(parseDuration(text, "s")).toBeNull();
  },
);
