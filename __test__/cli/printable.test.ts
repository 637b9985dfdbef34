import { expect, test } from "vitest";
import { cut, cutStart, printable } from "../../ts/cli/printable";

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
