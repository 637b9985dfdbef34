import * as fc from "fast-check";
import { expect, test } from "vitest";
import { hasBlock, MARKDOWN, putBlock, takeBlock, TOML } from "../../../ts/cli/agents/marked-block";

const put = (text: string | null, body = "Use it.\nOften.") =>
  putBlock(text, body, MARKDOWN, "CLAUDE.md");
const take = (text: string) => takeBlock(text, MARKDOWN, "CLAUDE.md");

test("a block stands at the end, and goes as it came", () => {
  const text = put("# Rules\n");
  expect(text).toMatch(
    /^# Rules\n\n<!-- breadcrumb: begin .* -->\nUse it\.\nOften\.\n<!-- breadcrumb: end -->\n$/,
  );
  expect(put(text)).toBe(text);
  expect(take(text)).toBe("# Rules\n");
  expect(take("# Rules\n")).toBe("# Rules\n");
});

test("whatever a text holds, it is the same again", () => {
  const piece = fc.constantFrom("", "\n", "\r\n", "# a", "\n\n", " ", "<!-- x -->", "é");
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join("");
      expect(take(put(text))).toBe(text);
      expect(take(put(put(text), "another"))).toBe(text);
    }),
  );
});

test("what is written around it stays, and an older one is brought up to date", () => {
  const moved = `${put(null, "old")}\n# Mine\n`;
  expect(put(moved)).toContain("Often.\n<!-- breadcrumb: end -->\n\n# Mine\n");
  expect(take(moved)).toBe("\n# Mine\n");
  const between = `# A\n\n${put(null)}# B\n`;
  expect(take(between)).toBe("# A\n# B\n");
});

test("a file that came with it goes with it", () => {
  expect(take(put(null))).toBeNull();
  expect(take(put(""))).toBe("");
});

test("the end of lines is that of the text", () => {
  expect(put("a\r\n")).not.toMatch(/(?<!\r)\n/);
});

test.each(["<!-- breadcrumb: begin -->\n", "<!-- breadcrumb: end -->", `${put(null)}${put(null)}`])(
  "%j is refused",
  (text) => {
    expect(() => put(text)).toThrow("CLAUDE.md has the marks");
    expect(() => take(text)).toThrow("not once each");
  },
);

test("of TOML", () => {
  const text = putBlock(null, "[a]", TOML, "config.toml");
  expect(text).toMatch(/^# breadcrumb: begin .*\n\[a\]\n# breadcrumb: end\n$/);
  expect(hasBlock(text, TOML, "config.toml")).toBe(true);
});
