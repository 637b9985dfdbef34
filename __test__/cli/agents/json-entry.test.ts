import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addEntry,
  entryValue,
  type EntryPath,
  newFile,
  removeEntry,
} from "../../../ts/cli/agents/json-entry";

const PATH: EntryPath = ["mcpServers", "breadcrumb"];
const VALUE = { command: "npx", args: ["breadcrumb", "mcp"] };
const STRICT = { name: ".mcp.json", comments: false };
const LOOSE = { name: "mcp.json", comments: true };
const put = (text: string, file = STRICT): string => addEntry(text, PATH, VALUE, file);

describe("an entry stands as others do", () => {
  test.each([
    ["{}", `{"mcpServers": { "breadcrumb": `],
    ['{ "mcpServers": {} }', `{ "mcpServers": {"breadcrumb": `],
    ['{\n  "mcpServers": {\n  }\n}\n', `{\n  "mcpServers": {\n    "breadcrumb": `],
    ['{"mcpServers": {"a": {}}}', `{"mcpServers": {"a": {}, "breadcrumb": `],
    ['{\n\t"mcpServers": {\n\t\t"a": {}\n\t}\n}', `\n\t\t"a": {},\n\t\t"breadcrumb": `],
    ['{\r\n  "x": 1\r\n}', `"x": 1,\r\n  "mcpServers": { "breadcrumb": `],
  ])("%j", (text, expected) => {
    const added = put(text);
    expect(added).toContain(expected);
    expect(JSON.parse(added)).toMatchObject({ mcpServers: { breadcrumb: VALUE } });
    expect(entryValue(added, PATH, STRICT)).toEqual(VALUE);
    expect(removeEntry(added, PATH, STRICT)).toBe(text);
  });
});

test("whatever a file holds, it is the same again when the entry is gone", () => {
  const file = fc.record(
    { mcpServers: fc.dictionary(fc.string(), fc.jsonValue()), inputs: fc.jsonValue() },
    { requiredKeys: [] },
  );
  const layout = fc.constantFrom(undefined, 2, 4, "\t");
  fc.assert(
    fc.property(file, layout, fc.boolean(), (made, space, isCrlf) => {
      // What a text can hold: no -0.
      const value = JSON.parse(JSON.stringify(made)) as typeof made;
      fc.pre(!Object.hasOwn(value.mcpServers ?? {}, "breadcrumb"));
      const text = JSON.stringify(value, null, space).replaceAll("\n", isCrlf ? "\r\n" : "\n");
      const added = put(text);
      expect(JSON.parse(added).mcpServers).toEqual({ ...value.mcpServers, breadcrumb: VALUE });
      expect(removeEntry(added, PATH, STRICT)).toBe(text);
    }),
  );
});

describe("comments and commas at the end stay", () => {
  test.each([
    '{\n  // mine\n  "mcpServers": {\n    "a": {}, // why\n  },\n}\n',
    '{ "mcpServers": { /* none, yet */ } }',
    '\uFEFF{\n  "mcpServers": {\n    // one\n  }\n}\n',
    '{ "mcpServers": { "a": [1, 2,], }, }',
  ])("%j", (text) => {
    const added = put(text, LOOSE);
    expect(entryValue(added, PATH, LOOSE)).toEqual(VALUE);
    expect(removeEntry(added, PATH, LOOSE)).toBe(text);
  });

  test.each([
    ['{"mcpServers": {"breadcrumb": {}, // ours\n "a": 1}}', '{"mcpServers": {// ours\n "a": 1}}'],
    [
      '{"mcpServers": {"a": 1, // a, b\n "breadcrumb": {}}}',
      '{"mcpServers": {"a": 1, // a, b\n }}',
    ],
    [
      '{"mcpServers": {"a": 1 /* , */, /**/ "breadcrumb": {}, }}',
      '{"mcpServers": {"a": 1 /* , */, /**/  }}',
    ],
    ['{"mcpServers": {\n  "breadcrumb": {},\n}}', '{"mcpServers": {\n}}'],
    ['{"mcpServers": {\n  "breadcrumb": {},\n  "a": 1\n}}', '{"mcpServers": {\n  "a": 1\n}}'],
  ])("in %j, written by hand", (text, expected) => {
    const removed = removeEntry(text, PATH, LOOSE);
    expect(removed).toBe(expected);
    expect(entryValue(removed, PATH, LOOSE)).toBeUndefined();
  });
});

test.each([
  ["", "is no valid JSON (ValueExpected, line 1)"],
  ['{\n  "a": 1\n  "b": 2 }', "line 3)"],
  ["[]", "is no JSON object"],
  ['{ "mcpServers": [] }', 'has a "mcpServers" that is no object'],
  ['{ "mcpServers": {}, "mcpServers": {} }', 'has "mcpServers" 2 times'],
  ["{} // mine", "is no valid JSON"],
  ['{ "a": 1, }', "is no valid JSON"],
])("%j is refused", (text, message) => {
  expect(() => put(text)).toThrow(expect.objectContaining({ code: "BC_ERR_BAD_OPTION" }));
  expect(() => put(text)).toThrow(message);
});

test("a new file", () => {
  expect(JSON.parse(newFile(PATH, VALUE))).toEqual({ mcpServers: { breadcrumb: VALUE } });
});
