import * as fc from "fast-check";
import { expect, test } from "vitest";
import { jsonPathAt } from "../../ts/query/json-path-at";

test("values, names, places between them", () => {
  const json = '[{"id":7,"tags":["a","b"]},"x"]';
  const at = (text: string) => jsonPathAt(json, json.indexOf(text));
  expect(at("7")).toEqual([0, "id"]);
  expect(at('"id"')).toEqual([0, "id"]);
  expect(at("ags")).toEqual([0, "tags"]);
  expect(at('b"')).toEqual([0, "tags", 1]);
  expect(at('x"')).toEqual([1]);
  expect(jsonPathAt('"text"', 2)).toEqual([]);
});

test("the path to every text leads to it", () => {
  // Marked, so that each is found in the JSON at one place only.
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      let count = 0;
      const marked = JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
        typeof part === "object" && part !== null ? part : `«${count++}»`,
      ) as unknown;
      const json = JSON.stringify(marked);
      for (let i = 0; i < count; i++) {
        const path = jsonPathAt(json, json.indexOf(`«${i}»`));
        const found = path.reduce<unknown>(
          (at, step) => (at as Record<string, unknown>)[step],
          marked,
        );
        expect(found).toBe(`«${i}»`);
      }
    }),
  );
});
