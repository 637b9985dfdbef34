import { expect, test } from "vitest";
import { createLinks } from "../../ts/cli/links";

const ROOT = import.meta.dirname;
const place = { file: "links.test.ts", line: 3, col: 2 };
const tty = { isTTY: true };

test.each([
  [tty, { VTE_VERSION: "7600" }, `file://${ROOT}/links.test.ts#3`],
  [tty, { TERM_PROGRAM: "vscode" }, `vscode://file${ROOT}/links.test.ts:3:2`],
  [tty, { WT_SESSION: "x" }, `file://${ROOT}/links.test.ts#3`],
  [{}, { FORCE_HYPERLINK: "1" }, `file://${ROOT}/links.test.ts#3`],
])("%j %j", (stream, env, url) => {
  const text = createLinks(stream, env, ROOT)("here", place);
  expect(text).toBe(`\u001B]8;;${url}\u001B\\here\u001B]8;;\u001B\\`);
});

test.each([
  [{}, { VTE_VERSION: "7600" }],
  [tty, {}],
  [tty, { VTE_VERSION: "4000" }],
  [tty, { VTE_VERSION: "7600", TERM: "dumb" }],
  [tty, { VTE_VERSION: "7600", CI: "true" }],
  [tty, { VTE_VERSION: "7600", FORCE_HYPERLINK: "0" }],
])("none: %j %j", (stream, env) => {
  expect(createLinks(stream, env, ROOT)("here", place)).toBe("here");
});

test("a file that is not there has none", () => {
  const links = createLinks(tty, { VTE_VERSION: "7600" }, ROOT);
  expect(links("here", { file: "gone.js", line: 1 })).toBe("here");
});
