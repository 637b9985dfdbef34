import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openStore } from "../../ts/query/index";
import { sampleStore } from "./support/sample-store";

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
