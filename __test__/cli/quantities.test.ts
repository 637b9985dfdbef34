import { expect, test } from "vitest";
import {
  bytes,
  count,
  duration,
  moment,
  plural,
  relativeTime,
  timeOfDay,
} from "../../ts/cli/quantities";

test.each([
  [null, "–"],
  [0, "0 ns"],
  [999, "999 ns"],
  [999.6, "1.00 µs"],
  [1234, "1.23 µs"],
  [12_345, "12.3 µs"],
  [123_456, "123 µs"],
  [999_600, "1.00 ms"],
  [1_500_000_000, "1.50 s"],
  [59_940_000_000, "59.9 s"],
  [125_000_000_000, "2 m 05 s"],
  [3_600_000_000_000 * 20, "1,200 m 00 s"],
])("%s ns is %s", (ns, text) => {
  expect(duration(ns)).toBe(text);
});

test("counts, bytes and times", () => {
  expect(count(1_234_567)).toBe("1,234,567");
  expect(plural(1, "call")).toBe("1 call");
  expect(plural(0, "call")).toBe("0 calls");
  expect(bytes(999)).toBe("999 B");
  expect(bytes(12_345)).toBe("12.3 kB");
  expect(bytes(1_200_000_000)).toBe("1.20 GB");
  expect(moment("2026-11-23T08:00:00.123456789Z")).toBe("2026-11-23 08:00:00.123");
  expect(timeOfDay("2026-11-23T08:00:00.123Z")).toBe("08:00:00.123");
});

test.each([
  [0, "just now"],
  [999, "just now"],
  [-5000, "just now"],
  [1000, "1 s ago"],
  [59_999, "59 s ago"],
  [60_000, "1 min ago"],
  [7_200_000, "2 h ago"],
  [86_400_000 * 1234, "1,234 d ago"],
])("%d ms before is %s", (ms, text) => {
  const now = Date.parse("2026-11-23T08:00:00Z");
  expect(relativeTime(new Date(now - ms).toISOString(), now)).toBe(text);
});

test("what is no time was at no time", () => {
  expect(relativeTime("", 0)).toBe("");
});
