import { expect, test } from "vitest";
import { loadDuckDB } from "../../ts/query/engine";
import { withoutObjectIds, withoutObjectIdsSql } from "../../ts/query/object-ids";
import type { JsonValue } from "../../ts/query/index";

const CASES: readonly (readonly [identified: JsonValue, without: JsonValue])[] = [
  [[{ $id: 12, sku: 1 }], [{ sku: 1 }]],
  [{ $id: 12 }, {}],
  [
    { $id: 3, $class: "Cart", items: { $id: 4, $type: "array", $length: 1, items: [{ $id: 5 }] } },
    { $class: "Cart", items: { $type: "array", $length: 1, items: [{}] } },
  ],
  [
    { $$id: 1, text: '{"$id":12,"a":1}' },
    { $$id: 1, text: '{"$id":12,"a":1}' },
  ],
  [7, 7],
  [null, null],
];

test.each(CASES)("%j is compared as %j", async (value, without) => {
  expect(withoutObjectIds(value)).toEqual(without);
  const { DuckDBInstance } = await loadDuckDB();
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const read = await connection.runAndReadAll(
    `SELECT ${withoutObjectIdsSql("json")} FROM (SELECT $json AS json)`,
    { json: JSON.stringify(value) },
  );
  expect(JSON.parse(String(read.getRows()[0]?.[0]))).toEqual(without);
  connection.closeSync();
});
