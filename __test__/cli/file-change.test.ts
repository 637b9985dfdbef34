import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { changedTexts, changeLines, readText, writeChange } from "../../ts/cli/file-change";

const file = join(mkdtempSync(join(tmpdir(), "change-")), "a/b.txt");
const root = join(file, "../..");

test("shows what differs, with some lines around it", () => {
  const change = { file, before: "1\n2\n3\n4\n5\n6\n", after: "1\n2\n3\nx\n5\n6\n" };
  expect(changeLines(change)).toEqual(["  2", "  3", "- 4", "+ x", "  5", "  6"]);
  expect(changedTexts(change)).toEqual({ added: "x", removed: "4" });
  expect(changeLines({ file, before: null, after: "a\n\nb\n" })).toEqual(["+ a", "+", "+ b"]);
  expect(changeLines({ file, before: "a\n", after: null })).toEqual(["- a"]);
  expect(changeLines({ file, before: "a\na\n", after: "a\na\na\n" })).toEqual([
    "  a",
    "  a",
    "+ a",
  ]);
});

test("writes, and takes away with folders that are empty then", () => {
  writeChange({ file, before: null, after: "a" }, root);
  expect(readFileSync(file, "utf8")).toBe("a");
  writeChange({ file, before: "a", after: null }, root);
  expect(readdirSync(root)).toEqual([]);
});

test("a file that has changed meanwhile is left", () => {
  writeFileSync(join(root, "c"), "b");
  const change = { file: join(root, "c"), before: "a", after: "x" };
  expect(() => writeChange(change, root)).toThrow("has changed meanwhile");
  expect(readText(change.file)).toBe("b");
});
