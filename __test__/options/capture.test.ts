import { describe, expect, test } from "vitest";
import { captureRequest, type CaptureOptions } from "../../ts/options/capture";

describe("what to capture", () => {
  test("is all functions with their values, until it is changed, where nothing is said", () => {
    expect(captureRequest({})).toEqual({ mode: 3, include: null, forMs: null });
  });

  test("is chosen functions in a mode for a time", () => {
    const request = captureRequest({ include: ["src/**", ":f"], capture: "time", for: "1.5m" });
    expect(request).toEqual({ mode: 2, include: ["src/**", ":f"], forMs: 90_000 });
    expect(captureRequest({ overhead: 0.05 })).toMatchObject({ overhead: 0.05 });
    expect(captureRequest({ overhead: false })).toMatchObject({ overhead: 0 });
    expect(captureRequest({ capture: "dormant", for: 250 })).toMatchObject({ mode: 0, forMs: 250 });
  });

  test.each<[unknown, string]>([
    [null, "What to capture is an object; got null"],
    [{ includes: [] }, 'Unknown option "includes"; the options are include, capture, for'],
    [
      { include: [] },
      'Option "include" is a list of patterns, such as "src/cart.js:total"; got []',
    ],
    [{ include: "src/**" }, 'Option "include" is a list of patterns'],
    [{ capture: "all" }, 'Option "capture" must be one of dormant, count, time, values; got all'],
    [{ capture: "toString" }, 'Option "capture" must be one of'],
    [{ for: "soon" }, 'Option "for" is a time such as 30s or 5m; got "soon"'],
    [{ for: 0 }, 'Option "for" is a time'],
    [{ for: "3toString" }, 'Option "for" is a time'],
  ])("%j is refused", (options, message) => {
    expect(() => captureRequest(options as CaptureOptions)).toThrow(message);
  });

  test("calls options as they were given", () => {
    const named = (): unknown => captureRequest({ for: "x" }, (option) => `--${option}`);
    expect(named).toThrow("--for is a time such as 30s or 5m");
  });
});
