import { afterEach, expect, test, vi } from "vitest";
import { createPaint } from "../../ts/cli/paint";

const terminal = { isTTY: true, hasColors: () => true };
const RED = "\u001B[31mx\u001B[39m";
afterEach(() => vi.unstubAllEnvs());

test.each([
  [terminal, {}, RED],
  [{ isTTY: true, hasColors: () => false }, {}, "x"],
  [{}, {}, "x"],
  [{}, { FORCE_COLOR: "1" }, RED],
  [{}, { FORCE_COLOR: "" }, RED],
  [terminal, { FORCE_COLOR: "0" }, "x"],
  [terminal, { NO_COLOR: "1", FORCE_COLOR: "1" }, "x"],
  [terminal, { NO_COLOR: "" }, RED],
])("%j %j", (stream, env: Record<string, string>, expected) => {
  for (const name of ["NO_COLOR", "FORCE_COLOR"]) vi.stubEnv(name, env[name]);
  expect(createPaint(stream).red("x")).toBe(expected);
  expect(createPaint(stream).red("")).toBe("");
});
