import { describe, expect, test } from "vitest";
import { captureLines } from "../../ts/cli/capture-text";
import type { CaptureChange } from "../../ts/options/capture-history";

const CHANGE: CaptureChange = {
  at: "2026-11-27T12:00:00.250Z",
  mode: "dormant",
  include: [],
  functions: 0,
  forMs: null,
};

describe("captureLines", () => {
  test("says what was captured from when on", () => {
    const changes: CaptureChange[] = [
      CHANGE,
      { ...CHANGE, mode: "values", include: ["src/cart.js:Cart.*"], functions: 6, forMs: 30_000 },
      { ...CHANGE, mode: "count", functions: 1204 },
    ];
    expect(captureLines({ changed: 3, changes }, 10)).toEqual([
      "12:00:00 nothing",
      "12:00:00 values of 6 functions (src/cart.js:Cart.*) for 30.0 s",
      "12:00:00 count of 1,204 functions",
    ]);
    expect(captureLines({ changed: 9, changes }, 1)).toEqual([
      "8 before",
      "12:00:00 count of 1,204 functions",
    ]);
  });
});
