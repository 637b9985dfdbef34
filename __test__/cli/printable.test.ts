import { expect, test } from "vitest";
import { cut, cutStart, printable, wrap } from "../../ts/cli/printable";

test("nothing that a terminal acts on is left", () => {
  expect(printable("a\u001B[2Jb\nc\t\u009B\u202Ed\u2066")).toBe(
    String.raw`a\x1b[2Jb\nc\t\x9b\u202ed\u2066`,
  );
  expect(printable("plain – ünïcode 漢字 🙂")).toBe("plain – ünïcode 漢字 🙂");
});

test("texts are cut at their end or their start, never inside a character", () => {
  expect(cut("a long text", 6)).toBe("a lon…");
  expect(cut("short", 6)).toBe("short");
  expect(cut("ab🙂cd", 4)).toBe("ab…");
  expect(cut("anything", 0)).toBe("…");
  expect(cutStart("src/main.js", 8)).toBe("…main.js");
  expect(cutStart("ab🙂cd", 4)).toBe("…cd");
});

test("a long text goes on in lines that are set in; a long word stays whole", () => {
  expect(wrap("one two three", 8, "- ")).toEqual(["- one", "  two", "  three"]);
  expect(wrap("one two", 9, "- ", "    ")).toEqual(["- one two"]);
  expect(wrap("a-word-that-is-long b", 6)).toEqual(["a-word-that-is-long", "b"]);
  expect(wrap("", 6)).toEqual([""]);
  expect(wrap("one two three", Number.POSITIVE_INFINITY)).toEqual(["one two three"]);
});
