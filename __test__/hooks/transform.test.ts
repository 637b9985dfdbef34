import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const alone: string[] = [];
vi.mock("../../ts/native/load", () => ({
  native: {
    selects: () => true,
    instrument: (source: string) => ({ code: `probed ${source}` }),
    leaveAlone: (path: string, reason: string) => alone.push(`${path}: ${reason}`),
  },
}));

async function transformed(source = "x", path = "/app.js"): Promise<string> {
  vi.resetModules();
  const { transform } = await import("../../ts/hooks/transform");
  return transform(source, path, "commonjs");
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

  it("lists a runner whose version is not known, since it loads files that have no probes", async () => {
    const path = "/app/node_modules/jest-runtime/build/index.js";
    await transformed("new (_vm().Script)(this.wrap(text), { filename })", path);
    await transformed("new (_vm().Script)(text, { filename })", "/app/src/index.js");
    expect(alone).toEqual([]);
    await transformed("new (_vm().Script)(text, { filename })", path);
    expect(alone).toEqual([expect.stringContaining(`${path}: a version that is not known`)]);
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
