import { describe, expect, it } from "vitest";
import { overheadOf, overheadShare } from "../../ts/options/overhead";

describe("overhead", () => {
  it("is a share, a percentage, or off", () => {
    expect(overheadOf("0.05", "--overhead")).toBe(0.05);
    expect(overheadOf("5%", "--overhead")).toBe(0.05);
    expect(overheadOf("1", "--overhead")).toBe(1);
    expect(overheadOf("off", "--overhead")).toBe(false);
    expect(overheadShare(false)).toBe(null);
    expect(overheadShare(undefined)).toBe(null);
    expect(overheadShare(0.01)).toBe(0.01);
  });

  it.each(["", "five", "0.001", "2", "5", "-1", "NaN"])(
    "refuses %j and says what it is",
    (text) => {
      const message = /^--overhead is a share of 0\.01 to 1, such as 0\.05, or off; got /;
      expect(() => overheadOf(text, "--overhead")).toThrow(message);
    },
  );

  it.each([0, 2, Number.NaN, "0.05"])("refuses the option %s", (given) => {
    expect(() => overheadShare(given as number)).toThrow(/Option "overhead" is a share/);
  });

  it("is told as it was written", () => {
    expect(() => overheadOf("200%", "--overhead")).toThrow(/or off; got 200%$/);
  });
});
