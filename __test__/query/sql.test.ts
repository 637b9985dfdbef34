import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore, type Store } from "../../ts/query/index";
import { RUN_A, RUN_B, sampleStore } from "./support/sample-store";

let store: Store;
let dir: string;
beforeAll(async () => {
  ({ dir } = await sampleStore());
  store = await openStore(dir);
});
afterAll(() => store.close());

async function count(where: string, parameters: Parameters<Store["sql"]>[1]): Promise<unknown> {
  return (await store.sql(`SELECT count(*) AS n FROM calls WHERE ${where}`, parameters)).rows[0]![
    "n"
  ];
}

describe("answers", () => {
  test("rows with named columns and their types", async () => {
    expect(
      await store.sql(
        "SELECT function, count(*) AS n FROM calls GROUP BY ALL ORDER BY n DESC, function LIMIT 2",
      ),
    ).toEqual({
      columns: [
        { name: "function", type: "VARCHAR" },
        { name: "n", type: "BIGINT" },
      ],
      rows: [
        { function: "add", n: 3 },
        { function: "main", n: 2 },
      ],
      truncated: false,
    });
  });

  test("the views as documented", async () => {
    const { rows } = await store.sql(
      "SELECT trace_id, arguments, result, started_at FROM calls WHERE call_id IN (1, 4) AND run_id = $run ORDER BY call_id",
      { run: RUN_A },
    );
    expect(rows).toEqual([
      {
        trace_id: `${RUN_A}-1`,
        arguments: '["a.json"]',
        result: "3",
        started_at: "2026-11-23T08:00:00.000000123Z",
      },
      {
        trace_id: `${RUN_A}-1`,
        arguments: "[4,-1]",
        result: "3",
        started_at: "2026-11-23T08:00:00.004000000Z",
      },
    ]);
    const tables = [
      "calls",
      "exceptions",
      "functions",
      "counts",
      "samples",
      "lines",
      "links",
      "runs",
    ];
    const counts = await Promise.all(
      tables.map(
        async (table) => (await store.sql(`SELECT count(*) AS n FROM ${table}`)).rows[0]!["n"],
      ),
    );
    expect(counts).toEqual([9, 1, 6, 1, 0, 0, 0, 2]);
    expect(
      (await store.sql("SELECT run_id, status, recorded, started_at FROM runs ORDER BY 1")).rows,
    ).toEqual([
      {
        run_id: RUN_A,
        status: "finished",
        recorded: 7,
        started_at: "2026-11-23T08:00:00.000000000Z",
      },
      {
        run_id: RUN_B,
        status: "running",
        recorded: 2,
        started_at: "2026-11-23T08:00:02.000000000Z",
      },
    ]);
  });

  test("values that JSON lacks", async () => {
    const { rows } = await store.sql(`SELECT 9007199254740991 AS safe, 9007199254740992 AS large,
      (-170141183460469231731687303715884105727)::HUGEINT AS huge, 1.5 AS decimal,
      'NaN'::DOUBLE AS nan, [1, 9007199254740993] AS list, {'a': TIMESTAMP '2026-11-23 08:00:00'} AS struct,
      NULL AS nothing, true AS yes, DATE '2026-11-23' AS day, INTERVAL 1 DAY AS span, 'x'::BLOB AS blob,
      MAP {'k': 1} AS map, TIMESTAMPTZ '2026-11-23 08:00:00+02' AS zoned`);
    expect(rows).toEqual([
      {
        safe: 9007199254740991,
        large: "9007199254740992",
        huge: "-170141183460469231731687303715884105727",
        decimal: 1.5,
        nan: "NaN",
        list: [1, "9007199254740993"],
        struct: { a: "2026-11-23T08:00:00Z" },
        nothing: null,
        yes: true,
        day: "2026-11-23",
        span: "1 day",
        blob: "x",
        map: [{ key: "k", value: 1 }],
        zoned: "2026-11-23T06:00:00Z",
      },
    ]);
  });

  test("parameters are bound, by position and by name", async () => {
    expect(await count("function = ?", ["add"])).toBe(3);
    expect(await count("function = $name AND call_id > $id", { name: "add", id: 4 })).toBe(2);
    expect(await count("function = ?", ["x' OR 1=1 --"])).toBe(0);
    expect(await count("duration_ns >= ?", [1_000_000n])).toBe(2);
    expect(await count("started_at >= ?", [new Date("2026-11-23T08:00:01Z")])).toBe(3);
    expect(await count("started_at >= ?", ["2026-11-23T08:00:02.000000003Z"])).toBe(1);
    expect(await count("parent_id IS NOT DISTINCT FROM ?", [null])).toBe(2);
    expect(await count("?", [true])).toBe(9);
  });

  test.each([
    'WITH created_at AS (SELECT 1 AS update_me) SELECT update_me AS "drop" FROM created_at',
    "EXPLAIN SELECT * FROM calls",
    "EXPLAIN ANALYZE SELECT count(*) FROM calls",
    "/* why */ explain (format json) SELECT 1",
    "DESCRIBE calls",
    "DESCRIBE SELECT 1",
    "SUMMARIZE calls",
    "SHOW TABLES",
    "FROM calls LIMIT 1",
    "TABLE runs",
    "VALUES (1), (2)",
    "SELECT 'INSERT INTO x; DROP TABLE calls' AS text; ",
    "SELECT * FROM range(3)",
    "SELECT unnest([1, 2])",
    "PIVOT (SELECT status FROM calls) ON status IN ('threw', 'returned') USING count(*)",
    "SELECT quantile_cont(duration_ns, 0.5) FROM calls",
    "SELECT arguments->>'$[0]' FROM calls",
    'SELECT "from", "to" FROM counts',
    "SELECT * FROM calls c JOIN exceptions e USING (run_id, exception_id) -- comment; DROP",
  ])("%s", async (sql) => {
    expect((await store.sql(sql)).rows.length).toBeGreaterThan(0);
  });
});

describe("refusals", () => {
  test.each([
    "INSERT INTO calls VALUES (1)",
    "UPDATE runs SET status = 'x'",
    "DELETE FROM runs",
    "DROP VIEW calls",
    "CREATE TABLE x (a INT)",
    "CREATE OR REPLACE TEMP VIEW calls AS SELECT 1",
    "CREATE MACRO f() AS 1",
    "ALTER TABLE runs ADD COLUMN x INT",
    "COPY calls TO '/tmp/breadcrumb-stolen.csv'",
    "COPY (SELECT 1) TO 'x.parquet'",
    "EXPORT DATABASE '/tmp/breadcrumb-stolen'",
    "IMPORT DATABASE '/tmp'",
    "ATTACH '/tmp/breadcrumb.db'",
    "ATTACH ':memory:' AS m",
    "DETACH memory",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET threads = 1",
    "SET VARIABLE x = 1",
    "RESET threads",
    "PRAGMA version",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "CALL enable_logging()",
    "CHECKPOINT",
    "VACUUM",
    "BEGIN",
    "PREPARE p AS SELECT 1",
    "USE memory",
    "CREATE SECRET s (TYPE s3)",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP VIEW calls",
    "EXPLAIN DROP VIEW calls",
    "EXPLAIN COPY calls TO '/tmp/x.csv'",
    "EXPLAIN ANALYZE COPY calls TO '/tmp/x.csv'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_parquet('/etc/passwd')",
    "SELECT * FROM parquet_metadata('/etc/passwd')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM 'x.csv'",
    'SELECT * FROM "/etc/passwd.csv"',
    "SELECT (SELECT count(*) FROM read_csv('/etc/passwd'))",
    "WITH x AS (SELECT * FROM read_csv('/etc/passwd')) SELECT 1",
    "DESCRIBE SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM calls WHERE EXISTS (FROM read_text('/etc/passwd'))",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('calls')",
    "SELECT * FROM enable_logging(storage = 'file', storage_path = '/tmp/breadcrumb-log')",
    "SELECT * FROM json_execute_serialized_sql('{}')",
    "SELECT * FROM checkpoint()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT getenv('HOME')",
    "SELECT write_log('x')",
  ])("%s", async (sql) => {
    await expect(store.sql(sql)).rejects.toMatchObject({
      code: "BC_ERR_BAD_SQL",
      message: expect.stringMatching(/^bad SQL: [^\n]+$/),
    });
  });

  test("a read of other files would be refused by the database itself too", async () => {
    for (const file of ["/etc/passwd", `${dir}/store.json`, `${dir}/segments/../store.json`]) {
      await expect(store.sql(`SELECT * FROM '${file}'`)).rejects.toMatchObject({
        code: "BC_ERR_BAD_SQL",
      });
    }
  });

  test("and the store is as it was", async () => {
    expect((await store.sql("SELECT count(*) AS n FROM calls")).rows).toEqual([{ n: 9 }]);
    expect(
      readdirSync(join(dir, "segments", "date=2026-11-23")).some((name) => name.endsWith(".csv")),
    ).toBe(false);
    for (const path of [
      "/tmp/breadcrumb-stolen.csv",
      "/tmp/breadcrumb-stolen",
      "/tmp/breadcrumb-log",
      ".tmp",
    ]) {
      expect(existsSync(path)).toBe(false);
    }
  });

  test.each([
    ["SELEC 1", "syntax error"],
    ["", "empty"],
    ["  ", "empty"],
    ["-- nothing", "got 0"],
    ["SELECT * FROM call", "there are calls"],
    ["SELECT durations_ns FROM calls", "duration_ns"],
    ["SELECT 'a'::INT", "Could not convert"],
    ["SELECT ?", "1 parameters: got 0"],
    ["SELECT 1 AS x\0", "NUL"],
  ])("%j says what is wrong in a line", async (sql, hint) => {
    const error = (await store.sql(sql).catch((e: unknown) => e)) as Error;
    expect(error).toMatchObject({ code: "BC_ERR_BAD_SQL" });
    expect(error.message).toContain(hint);
    expect(error.message).not.toContain("\n");
  });

  test("parameters of other types", async () => {
    await expect(store.sql("SELECT ?", [{} as unknown as string])).rejects.toMatchObject({
      code: "BC_ERR_BAD_OPTION",
    });
  });
});

describe("limits", () => {
  test("rows", async () => {
    const result = await store.sql("SELECT * FROM range(5000)", [], { maxRows: 3 });
    expect(result.rows).toEqual([{ range: 0 }, { range: 1 }, { range: 2 }]);
    expect(result.truncated).toBe(true);
    expect((await store.sql("SELECT * FROM range(3)", [], { maxRows: 3 })).truncated).toBe(false);
    await expect(store.sql("SELECT 1", [], { maxRows: 0 })).rejects.toMatchObject({
      code: "BC_ERR_BAD_OPTION",
    });
  });

  test("time, after which the store still answers", async () => {
    const began = performance.now();
    await expect(
      store.sql("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b", [], {
        timeoutMs: 200,
      }),
    ).rejects.toMatchObject({
      code: "BC_ERR_SQL_LIMIT",
      message: expect.stringContaining("200 ms"),
    });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect((await store.sql("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });

  test("several at a time do not disturb one another", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => store.sql("SELECT count(*) + ? AS n FROM calls", [i])),
    );
    expect(answers.map(({ rows }) => rows[0]!["n"])).toEqual([9, 10, 11, 12, 13, 14, 15, 16]);
  });
});
