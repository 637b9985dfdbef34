import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openStore } from "../../ts/query/index";
import { newFolder, sampleStore } from "./support/sample-store";
import { functionSums, StoreWriter } from "./support/store-writer";

test("timestamps that another writer gave a zone are read as UTC", async () => {
  const { dir, base } = await sampleStore();
  const path = `${base}-calls.parquet`;
  const bytes = readFileSync(path);
  // TIMESTAMP(isAdjustedToUTC = false, NANOS) in the footer; the flag set makes it one with a zone.
  const at = bytes.indexOf(Buffer.from([0x8c, 0x12, 0x1c, 0x3c]));
  expect(at).toBeGreaterThan(0);
  bytes[at + 1] = 0x11;
  writeFileSync(path, bytes);
  await using store = await openStore(dir);
  const { items } = await store.calls({ function: "load" });
  expect(items[0]!.startedAt).toBe("2026-11-23T08:00:00.000001000Z");
  const { rows } = await store.sql("SELECT min(started_at) AS t FROM calls");
  expect(rows[0]!["t"]).toMatch(/^2026-11-23T08:00:00\.000000/);
});

test("segments of a version without the generated places are read, alone and among newer ones", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  const place = { generated_file: "dist/main.js", generated_line: 9, generated_col: 3 };
  const newer = { runId: "r1", seq: 1, functions: [functionSums(place, [5])] };
  const query =
    "SELECT seq, generated_file, generated_line FROM (SELECT calls AS seq, * FROM functions)";
  await writer.connection.run(
    "CREATE TABLE old AS SELECT 'r1' AS run_id, 'main' AS \"function\", " +
      "'src/main.js' AS file, 1 AS line, 1 AS col, 'function' AS kind, '[]' AS parameters, " +
      "2::BIGINT AS calls, 0::BIGINT AS errors, 0::BIGINT AS open, 7::BIGINT AS total_ns, " +
      "7::BIGINT AS self_ns, 0::BIGINT AS wait_ns, 5::BIGINT AS max_ns, '{\"17\":2}' AS histogram",
  );
  await writer.segmentFromSql({ runId: "r1", schemaVersion: 1 }, { functions: "FROM old" });
  await using store = await openStore(dir);
  const old = { seq: 2, generated_file: null, generated_line: null };
  expect((await store.sql(query)).rows).toEqual([old]);
  expect(await store.stats()).toMatchObject([{ function: "main", calls: 2 }]);
  await writer.segment(newer);
  const { rows } = await store.sql(`${query} ORDER BY seq`);
  expect(rows).toEqual([{ seq: 1, generated_file: "dist/main.js", generated_line: 9 }, old]);
  expect(await store.stats()).toMatchObject([{ function: "main", calls: 3 }]);
  writer.close();
});
