import { expect, test } from "vitest";
import { suggest } from "../../ts/options/suggest";

const WORDS = ["list", "show", "top", "exceptions", "query"];

test.each([
  ["lst", "list"],
  ["lits", "list"],
  ["SHOW", "show"],
  ["exc", "exceptions"],
  ["excpetions", "exceptions"],
  ["tpo", "top"],
  ["frobnicate", undefined],
  ["", undefined],
  ["x", undefined],
])("%s", (word, meant) => {
  expect(suggest(word, WORDS)).toBe(meant);
});
