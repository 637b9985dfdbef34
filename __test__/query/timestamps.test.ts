import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isoTime, parseTime } from "../../ts/query/timestamps";

const EIGHT_NS = 1_795_420_800_000_000_000n;

test.each([
  ["2026-11-23T08:00:00Z", 0n],
  ["2026-11-23 08:00", 0n],
  ["2026-11-23T08:00:00.000000123Z", 123n],
  ["2026-11-23T08:00:00,5Z", 500_000_000n],
  ["2026-11-23T09:00:00+01:00", 0n],
  ["2026-11-23T07:30-0030", 0n],
  ["2026-11-23", -8n * 3_600_000_000_000n],
])("%s", (text, offset) => {
  expect(parseTime(text, "since")).toBe(EIGHT_NS + offset);
});

test("dates and ms", () => {
  expect(parseTime(new Date(1_795_420_800_001), "since")).toBe(EIGHT_NS + 1_000_000n);
  expect(parseTime(1_795_420_800_000.25, "since")).toBe(EIGHT_NS + 250_000n);
});

test.each(["", "now", "08:00", "2026-13-01", "2026-11-23T25:00", Number.NaN, 1e300, new Date("x")])(
  "%s is refused by the option's name",
  (time) => {
    expect(() => parseTime(time, "until")).toThrow(
      expect.objectContaining({
        code: "BC_ERR_BAD_OPTION",
        message: expect.stringContaining("until"),
      }),
    );
  },
);

test("a time comes back as it was, and sorts as text", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_000_000_000 }),
      fc.integer({ min: 0, max: 999_999_999 }),
      fc.integer({ min: 0, max: 999_999_999 }),
      (seconds, a, b) => {
        const [first, second] = [isoTime(seconds, a), isoTime(seconds, b)];
        expect(parseTime(first, "since")).toBe(BigInt(seconds) * 1_000_000_000n + BigInt(a));
        expect(first < second).toBe(a < b);
        expect(new Date(first).getTime()).toBe(seconds * 1000 + Math.floor(a / 1e6));
      },
    ),
  );
});
