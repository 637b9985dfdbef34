import { describe, expect, it, vi } from "vitest";

vi.mock("../../ts/native/load", () => ({ native: {} }));
const { loadsTests } = await import("../../ts/runtime/caller-location");

describe("loadsTests", () => {
  it.each([
    'import test from "node:test";',
    "import { it } from'node:test'",
    'import"node:test"',
    'export { it } from "node:test";',
    'const { it } = await import("node:test");',
    "const { it } = await import( `node:test` )",
    'const { it } = require("node:test");',
    'var import_test = __require("node:test");',
    'createRequire(import.meta.url)("node:test")',
    'process.getBuiltinModule("node:test").it("a", f)',
  ])("sees %s", (text) => {
    expect(loadsTests(text)).toBe(true);
  });

  it.each([
    'const builtins = ["node:sea", "node:test", "node:test/reporters"];',
    'new Set(["node:test"])',
    'const names = { "node:test": true };',
    'if (id === "node:test") return;',
    'isBuiltin("node:test")',
    'import spec from "node:test/reporters";',
    "// run it with node:test",
  ])("passes over %s", (text) => {
    expect(loadsTests(text)).toBe(false);
  });
});
