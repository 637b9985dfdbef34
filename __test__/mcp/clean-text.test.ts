import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  beginning,
  cleanDeep,
  cleanText,
  jsonBytes,
  oneLine,
  short,
} from "../../ts/mcp/clean-text";

describe("cleanText", () => {
  test.each([
    ["a\u001B[2Jb", "ab"],
    ["a\u001B[38;5;196mred\u001B[0m", "ared"],
    ["a\u001B]0;title\u0007b", "ab"],
    ["a\u001B]8;;http://x\u001B\\link\u001B]8;;\u001B\\b", "alinkb"],
    ["a\u009B31mb", "ab"],
    ["a\u009D0;title\u009Cb", "ab"],
    ["a\u001BPdcs\u001B\\b", "ab"],
    ["a\u001Bcb", "ab"],
    ["a\u001B", "a"],
    ["a\rb\bc\u0000d", "abcd"],
    ["tab\tand\nline", "tab\tand\nline"],
    ["\u202Eevil\u202C \u2066x\u2069", "evil x"],
    ["zero\u200Bwidth\uFEFF\u2060", "zerowidth"],
    ["tags\u{E0041}\u{E0042}", "tags"],
    ["half\uD800pair", "halfpair"],
    ["ü 💥 日本 عربي", "ü 💥 日本 عربي"],
  ])("%j → %j", (text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  test("once is enough", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(cleanText(cleanText(text))).toBe(cleanText(text));
      }),
      { seed: 3 },
    );
  });
});

test("oneLine", () => {
  expect(oneLine("a\nb\tc\u001B[0m")).toBe("a\\nb\\tc");
});

test("short: at most so many bytes of JSON, never half a character", () => {
  expect(short("a text", 6)).toBe("a text");
  expect(short("a longer text", 6)).toBe("a l…");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 3, max: 60 }), (text, most) => {
      const cut = short(text, most);
      expect(jsonBytes(cut)).toBeLessThanOrEqual(most);
      expect(cut).not.toMatch(/\p{Cs}/u);
    }),
    { seed: 3 },
  );
});

test("beginning", () => {
  expect(beginning('a"\n💥b', 9)).toBe('a"\n💥');
  expect(beginning('a"\n💥b', 8)).toBe('a"\n');
});

test("cleanDeep: names too, and __proto__ is a name like others", () => {
  const value = JSON.parse(
    String.raw`{"a\u0007":["\u001b[1mx"],"__proto__":{"y\u200b":1},"n":null}`,
  ) as unknown;
  expect(JSON.stringify(cleanDeep(value))).toBe('{"a":["x"],"__proto__":{"y":1},"n":null}');
  expect(({} as Record<string, unknown>)["y"]).toBeUndefined();
});
