/**
 * Writes a store for a test, with DuckDB in the place of `crates/store`.
 *
 *     const writer = await StoreWriter.create(dir);
 *     writer.run({ runId: "r1" });
 *     await writer.segment({ runId: "r1", calls: [call({ call_id: 1 })] });
 *
 * Limits: small segments only; for large ones `segmentFromSql` takes the rows from a query.
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";
import { closeSync, mkdirSync, openSync, readSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HISTOGRAM_BASE, SCHEMA_VERSION, TABLES } from "../../../ts/query/schema";

/** A row by physical column; what is left out is null. Times are nanoseconds as a bigint. */
export type Row = Record<string, string | number | bigint | null>;

/** Rows of a segment. */
export interface SegmentRows {
  readonly runId: string;
  readonly seq?: number;
  readonly date?: string;
  readonly calls?: readonly Row[];
  readonly exceptions?: readonly Row[];
  readonly functions?: readonly Row[];
  readonly counts?: readonly Row[];
  readonly samples?: readonly Row[];
  readonly lines?: readonly Row[];
  readonly links?: readonly Row[];
  readonly schemaVersion?: number;
}

/** The version in which a column came, where that is not the first. */
const SINCE: Readonly<Record<string, number>> = {
  parent_kind: 2,
  seq: 4,
  thrown_file: 4,
  thrown_line: 4,
  thrown_col: 4,
  caught_id: 4,
  caught_function: 4,
  caught_file: 4,
  caught_line: 4,
  cause_id: 4,
  causes: 4,
  errors: 4,
  crossed: 4,
  lines: 5,
  variables: 6,
};

/** 2026-11-23T08:00:00Z. */
export const NOON_NS = 1_795_420_800_000_000_000n;

/** A call with plausible columns. */
export function call(row: Row): Row {
  return {
    run_id: "r1",
    thread_id: 0,
    root_id: row["call_id"] ?? 1,
    call_id: 1,
    parent_id: null,
    parent_kind: row["parent_id"] == null ? "none" : "call",
    function: "main",
    file: "src/main.js",
    line: 1,
    col: 1,
    parameters: "[]",
    started_at: NOON_NS,
    duration_ns: 1000,
    self_ns: 1000,
    wait_ns: 0,
    depth: 0,
    status: "returned",
    argument_count: 0,
    clock: "exact",
    weight: 1,
    backend: "probe",
    ...row,
  };
}

/** A row of `lines` with plausible columns. */
export function lineCount(row: Row): Row {
  return {
    run_id: "r1",
    thread_id: 0,
    function: "main",
    file: "src/main.js",
    function_line: 1,
    function_col: 1,
    line: 1,
    col: 1,
    is_branch: 0,
    from: NOON_NS,
    to: NOON_NS + 1_000_000_000n,
    count: 1,
    ...row,
  };
}

/** A row of `links` with plausible columns. */
export function link(row: Row): Row {
  return {
    run_id: "r1",
    thread_id: 0,
    root_id: row["call_id"] ?? 1,
    call_id: 1,
    linked_at: NOON_NS,
    direction: "out",
    w3c_trace_id: "0af7651916cd43dd8448eb211c80319c",
    span_id: "b7ad6b7169203331",
    ...row,
  };
}

/** An exception with plausible columns. */
export function exception(row: Row): Row {
  return {
    run_id: "r1",
    exception_id: 1,
    thread_id: 0,
    call_id: 1,
    root_id: 1,
    function: "main",
    file: "src/main.js",
    line: 1,
    name: "Error",
    message: "broken",
    stack: null,
    thrown_at: NOON_NS,
    handled: "caught",
    calls: 1,
    ...row,
  };
}

/** The bucket of a duration, as `histogram_bucket` of crates/event has it. */
export function histogramBucket(durationNs: number): number {
  return durationNs <= 0 ? 0 : Math.trunc(Math.log(durationNs) / Math.log(HISTOGRAM_BASE)) + 1;
}

/** A row of `functions` for durations in ns. */
export function functionSums(row: Row, durationsNs: readonly number[]): Row {
  const histogram: Record<string, number> = {};
  for (const duration of durationsNs) {
    const bucket = histogramBucket(duration);
    histogram[bucket] = (histogram[bucket] ?? 0) + 1;
  }
  const total = durationsNs.reduce((sum, duration) => sum + duration, 0);
  return {
    run_id: "r1",
    function: "main",
    file: "src/main.js",
    line: 1,
    col: 1,
    kind: "function",
    parameters: "[]",
    calls: durationsNs.length,
    errors: 0,
    open: 0,
    total_ns: total,
    self_ns: total,
    wait_ns: 0,
    max_ns: Math.max(0, ...durationsNs),
    histogram: JSON.stringify(histogram),
    ...row,
  };
}

/** A store being made. */
export class StoreWriter {
  readonly dir: string;
  readonly connection: DuckDBConnection;

  private constructor(dir: string, connection: DuckDBConnection) {
    this.dir = dir;
    this.connection = connection;
  }

  /** Makes an empty store in `dir`. */
  static async create(dir: string): Promise<StoreWriter> {
    mkdirSync(join(dir, "segments"), { recursive: true });
    mkdirSync(join(dir, "runs"), { recursive: true });
    writeFileSync(
      join(dir, "store.json"),
      JSON.stringify({ schemaVersion: SCHEMA_VERSION, id: "test-store" }),
    );
    const instance = await DuckDBInstance.create(":memory:");
    return new StoreWriter(dir, await instance.connect());
  }

  /** Writes a run's record. */
  run(record: { runId: string } & Record<string, unknown>): void {
    const whole = {
      schemaVersion: SCHEMA_VERSION,
      parentRunId: null,
      command: ["node", "src/main.js"],
      cwd: "/app",
      pid: 42,
      node: "v24.1.0",
      platform: "linux",
      arch: "x64",
      startedAt: "2026-11-23T08:00:00.000Z",
      endedAt: "2026-11-23T08:00:01.000Z",
      status: "finished",
      exitCode: 0,
      signal: null,
      crashProof: true,
      overflow: "block",
      counters: { recorded: 0, counted: 0, dropped: 0, exceptions: 0, bytes: 0, segments: 0 },
      files: { instrumented: 1, leftAlone: [], tooEarly: [] },
      ...record,
    };
    writeFileSync(join(this.dir, "runs", `${record.runId}.json`), JSON.stringify(whole, null, 2));
  }

  /** Writes a segment and its summary; returns the path of the summary without `.json`. */
  async segment(rows: SegmentRows): Promise<string> {
    const sources: Record<string, string> = {};
    for (const table of TABLES) {
      const tableRows = rows[table.name as "calls"];
      if (!tableRows?.length) continue;
      const columns = table.columns.filter(([name]) => {
        return (SINCE[name] ?? 1) <= (rows.schemaVersion ?? SCHEMA_VERSION);
      });
      const types = columns.map(([n, t]) => [n, t.startsWith("TIMESTAMP") ? "BIGINT" : t]);
      await this.connection.run(
        `CREATE OR REPLACE TABLE "new_${table.name}" AS SELECT unnest(from_json($1, $2), max_depth := 2)`,
        [
          stringify(
            tableRows.map((row) =>
              Object.assign({ seq: rows.seq ?? 0 }, row, { run_id: rows.runId }),
            ),
          ),
          JSON.stringify([Object.fromEntries(types)]),
        ],
      );
      const list = columns.map(([name, type]) =>
        type.startsWith("TIMESTAMP") ? `make_timestamp_ns("${name}") AS "${name}"` : `"${name}"`,
      );
      sources[table.name] = `SELECT ${list.join(", ")} FROM "new_${table.name}"`;
    }
    return this.segmentFromSql(rows, sources);
  }

  /** Writes a segment from a query for each table, over the physical columns. */
  async segmentFromSql(
    at: Pick<SegmentRows, "runId" | "seq" | "date" | "schemaVersion">,
    sources: Readonly<Record<string, string>>,
  ): Promise<string> {
    const seq = at.seq ?? 0;
    const folder = join(this.dir, "segments", `date=${at.date ?? "2026-11-23"}`);
    mkdirSync(folder, { recursive: true });
    const tables: Record<string, unknown> = {};
    let ranges: Record<string, unknown> = {};
    for (const [name, sql] of Object.entries(sources)) {
      const file = `${at.runId}-${seq}-${name}.parquet`;
      const path = join(folder, file);
      const quoted = path.replaceAll("'", "''");
      await this.connection.run(`COPY (${sql}) TO '${quoted}' (FORMAT parquet, COMPRESSION zstd)`);
      tables[name] = { file, rows: parquetRows(path), bytes: statSync(path).size };
      if (name !== "calls") continue;
      const reader = await this.connection.runAndReadAll(
        `SELECT epoch_ns(min(started_at)), epoch_ns(max(started_at)), min(root_id), max(root_id),
          min(call_id), max(call_id), count(*) FROM (${sql})`,
      );
      const [first, last, minRoot, maxRoot, minCall, maxCall, rows] = reader.getRows()[0]!;
      tables[name] = { file, rows: Number(rows), bytes: statSync(path).size };
      ranges = {
        minStartedAtNs: first,
        maxStartedAtNs: last,
        minRootId: minRoot,
        maxRootId: maxRoot,
        minCallId: minCall,
        maxCallId: maxCall,
      };
    }
    const base = join(folder, `${at.runId}-${seq}`);
    const schemaVersion = at.schemaVersion ?? SCHEMA_VERSION;
    const { runId } = at;
    const calls = (tables["calls"] as { rows: number } | undefined)?.rows ?? 0;
    const summary =
      schemaVersion < 3
        ? { schemaVersion, runId, seq, tables, ...ranges }
        : {
            schemaVersion,
            name: `${runId}-${seq}`,
            runs: [{ runId, seqs: [seq, seq], calls, ...ranges }],
            tables,
          };
    writeFileSync(`${base}.json`, stringify(summary));
    return base;
  }

  /** Ends the writer's database. */
  close(): void {
    this.connection.closeSync();
  }
}

/** JSON in which a bigint is a plain number, as Rust writes an `i64`. */
function stringify(value: unknown): string {
  const marked = JSON.stringify(value, (_key, v: unknown) =>
    typeof v === "bigint" ? `\u0001${v}\u0001` : v,
  );
  return marked.replaceAll(/"\\u0001(-?\d+)\\u0001"/g, "$1");
}

/** A file that begins as Parquet; the number of rows is only told for `calls`. */
function parquetRows(path: string): number {
  const head = Buffer.alloc(4);
  const fd = openSync(path, "r");
  readSync(fd, head, 0, 4, 0);
  closeSync(fd);
  return head.toString() === "PAR1" ? 1 : 0;
}
