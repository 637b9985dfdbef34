import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";

const seen: string[] = [];
vi.mock("../../ts/native/load", () => ({
  native: {
    selects: (path: string) => path.includes("chosen"),
    instrument: (source: string, path: string, kind: string) => {
      seen.push(`${kind} ${path}`);
      if (source === "broken") throw new Error("inside");
      return source === "alone" ? { reason: "why" } : { code: `probed ${source}` };
    },
  },
}));
const { hasSoundHooks, pathOf, withProbes } = await import("../../ts/hooks/modules");

describe("hasSoundHooks", () => {
  it("knows the first version of each line whose registerHooks can be relied on", () => {
    const sound = ["22.22.3", "22.23.0", "24.11.1", "25.1.0", "26.0.0", "27.0.0"];
    const unsound = ["20.20.2", "22.22.2", "23.11.0", "24.11.0", "24.1.1", "25.0.0"];
    expect(sound.filter(hasSoundHooks)).toEqual(sound);
    expect(unsound.filter(hasSoundHooks)).toEqual([]);
  });
});

describe("pathOf", () => {
  it.each([
    "file:///app/src/a.mjs",
    "file:///node_modules/.pnpm/@scope+a@1.2.3/a-b.js",
    "file:///a%20b/c.js",
    "file:///a b/ü.js",
    "file:///a/../b/./c.js",
    "file:///a/..b/c.js",
    "file:///a//b.js?query#hash",
    "file:///a/b.js?v=1",
    "file:///a\tb.js",
    "file:///",
    "file:////a.js",
  ])("is that of Node for %s", (url) => {
    expect(pathOf(url)).toBe(fileURLToPath(url));
  });

  it("is none of what is no file", () => {
    expect(["node:fs", "file://host/a.js", "data:text/javascript,1"].map(pathOf)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("withProbes", () => {
  const url = "file:///chosen/a%20b.mjs";

  it("instruments ES modules, text or bytes, and keeps the rest of the answer", () => {
    const bytes = new TextEncoder().encode("x");
    expect(withProbes(url, { format: "module", source: "x", shortCircuit: true })).toEqual({
      format: "module",
      source: "probed x",
      shortCircuit: true,
    });
    expect(withProbes(url, { format: "module-typescript", source: bytes }).source).toBe("probed x");
    expect(seen.slice(-2)).toEqual(["module /chosen/a b.mjs", "module-typescript /chosen/a b.mjs"]);
  });

  it("leaves everything else as it is", () => {
    const loads = [
      [url, { format: "commonjs", source: "x" }],
      [url, { format: "json", source: "{}" }],
      [url, { format: "module", source: null }],
      [url, { format: "module", source: "alone" }],
      [url, { format: "module", source: "broken" }],
      ["file:///other/a.mjs", { format: "module", source: "x" }],
      ["data:text/javascript,x", { format: "module", source: "x" }],
      ["file://host%00/x", { format: "module", source: "x" }],
    ] as const;
    for (const [from, loaded] of loads) expect(withProbes(from, loaded)).toBe(loaded);
  });
});
