import { DuckDBInstance } from "@duckdb/node-api";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ExportFormat, type ExportOptions, openStore, type Store } from "../../ts/query/index";
import { randomStore } from "./support/random-store";
import { newFolder, RUN_A, sampleStore } from "./support/sample-store";

let store: Store;
beforeAll(async () => {
  store = await openStore((await randomStore({ seed: 11, calls: 80 })).dir);
});
afterAll(() => store.close());

/** A folder that an export may be written into. */
function outside(): string {
  const folder = dirname(newFolder());
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Rows as a DuckDB that knows nothing of Breadcrumb gives them. */
async function plain(file: string | null, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(
    file ?? ":memory:",
    file === null ? {} : { access_mode: "READ_ONLY" },
  );
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(sql);
  const rows = reader.getRowsJson() as unknown[][];
  connection.closeSync();
  instance.closeSync();
  return rows;
}

const TABLES = [
  "runs",
  "calls",
  "exceptions",
  "functions",
  "counts",
  "samples",
  "lines",
  "links",
] as const;
const checksum = (table: string) =>
  `SELECT count(*)::INTEGER, (sum(hash(t::VARCHAR)) % 1000000007)::INTEGER FROM ${table} AS t`;

async function ofStore(of: Store, table: string): Promise<unknown[]> {
  return Object.values((await of.sql(checksum(table))).rows[0]!);
}

test("a DuckDB file has every table as users see them, and opens without us", async () => {
  const to = join(outside(), "it's all.duckdb");
  const result = await store.export({ to, format: "duckdb" });
  expect(result).toMatchObject({ path: to, format: "duckdb", bytes: readFileSync(to).length });
  for (const table of TABLES) {
    const expected = await ofStore(store, table);
    expect([result.rows[table], expected[0]]).toEqual([expected[0], result.rows[table]]);
    expect(await plain(to, checksum(table))).toEqual([expected]);
    const columns = await plain(to, `SELECT column_name, column_type FROM (DESCRIBE ${table})`);
    const { rows } = await store.sql(`DESCRIBE ${table}`);
    expect(columns).toEqual(rows.map((row) => [row["column_name"], row["column_type"]]));
  }
  expect(readdirSync(dirname(to))).toEqual(["it's all.duckdb"]);
});

test("Parquet files have the same rows and types", async () => {
  const to = join(outside(), "parquet");
  await store.export({ to, format: "parquet" });
  expect(readdirSync(to).toSorted()).toEqual(TABLES.map((name) => `${name}.parquet`).toSorted());
  for (const table of TABLES) {
    const file = `read_parquet('${join(to, `${table}.parquet`)}')`;
    expect(await plain(null, checksum(file))).toEqual([await ofStore(store, table)]);
  }
});

test("JSON lines hold values as JSON and times as ISO 8601", async () => {
  const to = join(outside(), "calls.jsonl");
  await store.export({ to, format: "jsonl", table: "calls" });
  const read = readFileSync(to, "utf8").trim().split("\n");
  const rows = read.map((line) => JSON.parse(line) as Record<string, unknown>);
  const { items } = await store.calls({ limit: 100_000 });
  const key = (row: Record<string, unknown>) =>
    `${String(row["run_id"])} ${String(row["call_id"])}`;
  const byKey = new Map(rows.map((row) => [key(row), row]));
  expect(byKey.size).toBe(items.length);
  for (const call of items) {
    expect(byKey.get(`${call.runId} ${call.callId}`)).toMatchObject({
      trace_id: call.traceId,
      function: call.function,
      parameters: call.parameters,
      started_at: call.startedAt,
      duration_ns: call.durationNs,
      arguments: call.arguments ?? null,
      result: call.result ?? null,
      status: call.status,
    });
  }
});

test("CSV reads back", async () => {
  const to = join(outside(), "csv");
  const { rows } = await store.export({ to, format: "csv" });
  const calls = `read_csv('${join(to, "calls.csv")}', all_varchar = true)`;
  const sql = (from: string) =>
    `SELECT count(*)::INTEGER, sum(call_id::INTEGER)::INTEGER, max(arguments) FROM ${from}`;
  expect(await plain(null, sql(calls))).toEqual([
    Object.values((await store.sql(sql("calls"))).rows[0]!),
  ]);
  expect(readFileSync(join(to, "runs.csv"), "utf8")).toMatch(/,2026-11-23T08:00:01\.000000000Z,/);
  expect(rows).toMatchObject({ runs: 2 });
});

test("filters narrow every table as far as they can", async () => {
  const to = join(outside(), "some.duckdb");
  const filter = { run: RUN_A, function: "load", where: [{ path: "result" }] };
  await store.export({ to, format: "duckdb", filter });
  const calls = await store.calls({ ...filter, limit: 100_000 });
  expect(await plain(to, "SELECT count(*)::INTEGER FROM calls")).toEqual([[calls.items.length]]);
  const exceptions = await store.exceptions({ run: RUN_A, function: "load", limit: 100_000 });
  expect(exceptions.items.length).toBeGreaterThan(0);
  expect(await plain(to, "SELECT count(*)::INTEGER FROM exceptions")).toEqual([
    [exceptions.items.length],
  ]);
  expect(await plain(to, "SELECT DISTINCT run_id, function FROM functions")).toEqual([
    [RUN_A, "load"],
  ]);
  expect(await plain(to, "SELECT run_id FROM runs")).toEqual([[RUN_A]]);
});

test("an empty selection is a file with empty tables", async () => {
  const to = join(outside(), "none.parquet");
  const none = { run: RUN_A, since: "2030-01-01" };
  await store.export({ to, format: "parquet", table: "calls", filter: none });
  expect(await plain(null, `SELECT count(*)::INTEGER FROM read_parquet('${to}')`)).toEqual([[0]]);
});

test("nothing is replaced unless told, and a folder of others' never", async () => {
  const folder = outside();
  const to = join(folder, "out");
  const refused = (message: string) => ({
    code: "BC_ERR_BAD_OPTION",
    message: expect.stringContaining(message),
  });
  const csv = (overwrite: boolean) => store.export({ to, format: "csv", overwrite });
  await csv(false);
  await expect(csv(false)).rejects.toMatchObject(refused("overwrite: true"));
  writeFileSync(join(to, "calls.csv"), "old");
  await csv(true);
  expect(readFileSync(join(to, "calls.csv"), "utf8")).toMatch(/^run_id,/);
  writeFileSync(join(to, "precious.txt"), "mine");
  await expect(csv(true)).rejects.toMatchObject(refused("precious.txt"));
  await expect(store.export({ to, format: "duckdb", overwrite: true })).rejects.toMatchObject(
    refused("a folder, and a file"),
  );
  const file = join(folder, "one.csv");
  writeFileSync(file, "old");
  const one: ExportOptions = { to: file, format: "csv", table: "runs" };
  await expect(store.export(one)).rejects.toMatchObject(refused("overwrite: true"));
  await store.export({ ...one, overwrite: true });
  expect(readFileSync(file, "utf8")).toMatch(/^run_id,/);
  expect(readdirSync(folder).toSorted()).toEqual(["one.csv", "out"]);
});

test("what fails leaves nothing behind", async () => {
  const folder = outside();
  const bad: [string, Partial<ExportOptions>][] = [
    ["to is in a folder", { to: join(folder, "missing/out.duckdb") }],
    ["to is inside the store", { to: join(store.dir, "out.duckdb") }],
    ["to is inside the store", { to: join(store.dir, "segments", "out.duckdb") }],
    ["to is the path", { to: "" }],
    ["format is", { format: "xlsx" as ExportFormat }],
    ["table is", { table: "calls" }],
    ["table is", { format: "csv", table: "users" as "calls" }],
    ["status is", { filter: { status: "x" as "open" } }],
  ];
  for (const [message, options] of bad) {
    const to = join(folder, "out.duckdb");
    await expect(store.export({ to, format: "duckdb", ...options })).rejects.toMatchObject({
      code: "BC_ERR_BAD_OPTION",
      message: expect.stringContaining(message),
    });
  }
  expect(readdirSync(folder)).toEqual([]);
  expect(existsSync(join(store.dir, "out.duckdb"))).toBe(false);
});

test("a damaged segment is left out, and told of", async () => {
  const { dir, base } = await sampleStore();
  await using damaged = await openStore(dir);
  const bytes = readFileSync(`${base}-calls.parquet`);
  // The ends are sound: it shows only once it is read.
  bytes.fill(0, 8, bytes.length - 600);
  writeFileSync(`${base}-calls.parquet`, bytes);
  const to = join(outside(), "rest.duckdb");
  const { rows } = await damaged.export({ to, format: "duckdb" });
  expect(rows).toMatchObject({ calls: 3, exceptions: 1 });
  expect(damaged.problems()).toMatchObject([{ file: `${base}-calls.parquet`, kind: "corrupt" }]);
});
