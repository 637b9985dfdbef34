/**
 * DuckDB in memory, locked down: it can read the store's segments and nothing else.
 *
 *     const engine = await Engine.start("/app/.breadcrumb/segments");
 *     const rows = await engine.query("SELECT 1 AS one");   // rows.column("one") → [1]
 *
 * No external access but to that folder, no extension is loaded from disk or network, nothing is
 * spilled to disk, the configuration is locked, times are UTC. Limits: DuckDB's library is 70 MB,
 * so it is loaded by the first question that needs it (about 0.15 s).
 */
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import { sep } from "node:path";

/** Named parameters of a query. */
export type Parameters = Record<string, DuckDBValue>;

/** The library, once loaded. */
export type DuckDB = typeof import("@duckdb/node-api");

let library: Promise<DuckDB> | undefined;

/** Loads DuckDB. */
export function loadDuckDB(): Promise<DuckDB> {
  library ??= import("@duckdb/node-api");
  return library;
}

/** A text as an SQL literal. Only for paths in views and settings, which take no parameters. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The first line of DuckDB's message. */
export function firstLine(error: unknown): string {
  return String((error as Error)?.message ?? error).split("\n", 1)[0] as string;
}

/** Rows by column. */
export class Rows {
  readonly count: number;
  readonly #columns: ReadonlyMap<string, readonly unknown[]>;

  constructor(count: number, columns: ReadonlyMap<string, readonly unknown[]>) {
    this.count = count;
    this.#columns = columns;
  }

  /** A column's values; the query says of which type they are. */
  column<T>(name: string): readonly T[] {
    const values = this.#columns.get(name);
    if (!values) throw new RangeError(`the query has no column ${name}`);
    return values as readonly T[];
  }
}

/** A database in memory. */
export class Engine {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /** Starts one that may read `folder`. */
  static async start(folder: string): Promise<Engine> {
    const { DuckDBInstance } = await loadDuckDB();
    const instance = await DuckDBInstance.create(":memory:", {
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      allow_community_extensions: "false",
      // A reader leaves no file behind, not even while it sorts.
      temp_directory: "",
    });
    const connection = await instance.connect();
    for (const setting of [
      "SET GLOBAL TimeZone = 'UTC'",
      "SET GLOBAL parquet_metadata_cache = true",
      `SET GLOBAL allowed_directories = [${quoteLiteral(folder + sep)}]`,
      "SET GLOBAL enable_external_access = false",
      "SET GLOBAL lock_configuration = true",
    ]) {
      await connection.run(setting);
    }
    return new Engine(instance, connection);
  }

  /** A connection of its own, to be closed by the caller. */
  connect(): Promise<DuckDBConnection> {
    return this.#instance.connect();
  }

  /** The rows of one of our own queries. */
  async query(sql: string, parameters: Parameters = {}): Promise<Rows> {
    const result = await this.#connection.run(sql, parameters);
    const names = result.columnNames();
    const columns = names.map((): unknown[] => []);
    let count = 0;
    for (const chunk of await result.fetchAllChunks()) {
      // Both are calls into the addon: once a chunk, not once a cell.
      const { rowCount } = chunk;
      count += rowCount;
      for (const [i, values] of columns.entries()) {
        const vector = chunk.getColumnVector(i);
        for (let row = 0; row < rowCount; row++) values.push(vector.getItem(row));
      }
    }
    return new Rows(count, new Map(names.map((name, i) => [name, columns[i] as unknown[]])));
  }

  /** Ends it. */
  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}
