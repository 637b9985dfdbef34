import { expect, test } from "vitest";
import { retentionLimits, retentionOf } from "../../ts/options/retention";

test("the environment's text and options are the same limits", () => {
  const text = retentionOf("age=30d, error-age=2w,bytes=1.5GB,runs=10");
  expect(text && retentionLimits(text)).toEqual({
    maxAgeMs: 2_592_000_000,
    maxErrorAgeMs: 1_209_600_000,
    maxBytes: 1_500_000_000,
    maxRuns: 10,
  });
  expect(retentionOf("off")).toBe(false);
});

test("what makes no sense is refused", () => {
  const wrong = { code: "BC_ERR_BAD_OPTION" };
  for (const text of ["", "age", "toString=1"]) {
    expect(() => retentionOf(text)).toThrow(expect.objectContaining(wrong));
  }
  for (const options of [{ maxAge: "30" }, { maxRuns: 1.5 }, { maxBytes: "-1GB" }, { age: "1d" }]) {
    expect(() => retentionLimits(options as object)).toThrow(expect.objectContaining(wrong));
  }
  for (const options of [null, [], "30d"]) {
    expect(() => retentionLimits(options as object)).toThrow('"retention" is an object of limits');
  }
});
