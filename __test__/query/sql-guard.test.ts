/**
 * The attack corpus against a store: each query is refused with its reason, and leaves nothing behind.
 * In `attack-corpus.json`, `{store}` stands for the store's folder, `{out}` for an empty one outside
 * of it, and `says` is a pattern of the group's messages.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadDuckDB } from "../../ts/query/engine";
import { openStore, type Store } from "../../ts/query/index";
import { REFUSED_FUNCTIONS, TABLE_FUNCTIONS } from "../../ts/query/sql-guard";
import attacks from "./attack-corpus.json";
import functions from "./duckdb-functions.json";
import { GOOD_QUERIES } from "./good-queries";
import { DEEP, writtenOut } from "./sql-bombs";
import { sampleStore } from "./support/sample-store";

let store: Store;
let out: string;
let before: string;
beforeAll(async () => {
  const { dir } = await sampleStore();
  store = await openStore(dir);
  out = mkdtempSync(join(tmpdir(), "breadcrumb-attacks-"));
  before = fingerprint();
});
afterAll(async () => {
  await store.close();
  rmSync(out, { recursive: true, force: true });
});

/** What the store, the folder beside it and the working directory hold. */
function fingerprint(): string {
  const hash = createHash("sha256");
  for (const dir of [store.dir, out]) {
    for (const path of readdirSync(dir, { recursive: true, encoding: "utf8" }).toSorted()) {
      hash.update(`${path}\n`);
      if (statSync(join(dir, path)).isFile()) hash.update(readFileSync(join(dir, path)));
    }
  }
  return hash.update(readdirSync(".").join("\n")).digest("hex");
}

function written(sql: string): string {
  return writtenOut(sql).replaceAll("{store}", store.dir).replaceAll("{out}", out);
}

describe.each(attacks)("refuses $name", ({ queries, says }) => {
  test.each(queries)("%s", async (sql) => {
    const error: unknown = await store.sql(written(sql)).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: "BC_ERR_BAD_SQL",
      message: expect.stringMatching(/^bad SQL: [^\n]+$/),
    });
    expect((error as Error).message).toMatch(new RegExp(says, "i"));
  });

  test("and leaves the store as it was, and of use", async () => {
    expect(fingerprint()).toBe(before);
    expect((await store.sql("SELECT count(*) AS n FROM calls")).rows).toEqual([{ n: 9 }]);
  });
});

describe("refuses what is too deep for DuckDB", () => {
  test.each(DEEP)("%s", async (sql) => {
    await expect(store.sql(written(sql), [], { timeoutMs: 3000 })).rejects.toMatchObject({
      code: expect.stringMatching(/^BC_ERR_(?:BAD_SQL|SQL_LIMIT)$/),
      message: expect.stringMatching(/^[^\n]+$/),
    });
    expect((await store.sql("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });
});

test("has at least 200 attacks, none twice", () => {
  const queries = attacks.flatMap((group) => group.queries);
  expect(new Set(queries).size).toBe(queries.length);
  expect(queries.length).toBeGreaterThanOrEqual(200);
  expect(GOOD_QUERIES.length).toBeGreaterThanOrEqual(60);
});

describe("lets pass", () => {
  test.each(GOOD_QUERIES)("%s", async (sql) => {
    expect((await store.sql(sql)).rows.length).toBeGreaterThan(0);
  });
});

/**
 * Every function of DuckDB that anybody has looked at. Where a new version brings others, look whether
 * they read files, run text, wait or change anything: if so they go to `refused` and, those that are
 * no table functions, to the guard.
 */
describe("knows every function of this DuckDB", () => {
  const kinds = ["table", "scalar", "aggregate"] as const;

  test.each(kinds)("of the kind %s", async (kind) => {
    const { DuckDBInstance } = await loadDuckDB();
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const types = { table: ["table", "table_macro"], scalar: ["scalar", "macro"], aggregate: [] };
    const reader = await connection.runAndReadAll(
      `SELECT DISTINCT function_name FROM duckdb_functions()
       WHERE function_type IN (${[kind, ...types[kind]].map((type) => `'${type}'`).join(",")})`,
    );
    connection.closeSync();
    const found = reader.getRows().map(([name]) => String(name));
    const { allowed, refused } = functions[kind];
    const seen = new Set([...allowed, ...refused]);
    expect(found.filter((name) => !seen.has(name))).toEqual([]);
  });

  test("and the guard refuses the same", () => {
    expect([...TABLE_FUNCTIONS].toSorted()).toEqual(functions.table.allowed);
    const refused = [...functions.scalar.refused, ...functions.aggregate.refused];
    expect([...REFUSED_FUNCTIONS]).toEqual(expect.arrayContaining(refused));
    const allowed = [...functions.scalar.allowed, ...functions.aggregate.allowed];
    expect(allowed.filter((name) => REFUSED_FUNCTIONS.has(name))).toEqual([]);
  });
});
