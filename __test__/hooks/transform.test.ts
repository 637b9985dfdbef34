import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const alone: string[] = [];
vi.mock("../../ts/native/load", () => ({
  native: {
    selects: () => true,
    instrument: (source: string) => ({ code: `probed ${source}` }),
    leaveAlone: (path: string, reason: string) => alone.push(`${path}: ${reason}`),
  },
}));

async function transformed(): Promise<string> {
  vi.resetModules();
  const { transform } = await import("../../ts/hooks/transform");
  return transform("x", "/app.js", "commonjs");
}

beforeEach(() => {
  alone.length = 0;
  vi.stubEnv("NODE_V8_COVERAGE", undefined);
  vi.stubEnv("NODE_OPTIONS", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("transform", () => {
  it("gives the text with probes", async () => {
    expect([await transformed(), alone]).toEqual(["probed x", []]);
  });

  it.each([
    ["NODE_V8_COVERAGE", "/tmp/coverage"],
    ["NODE_OPTIONS", "--no-warnings --experimental-test-coverage"],
  ])(
    "leaves files alone, and lists them, where coverage is measured by %s",
    async (name, value) => {
      vi.stubEnv(name, value);
      expect(await transformed()).toBe("x");
      expect(alone).toEqual([expect.stringContaining("/app.js: coverage is measured")]);
    },
  );
});
