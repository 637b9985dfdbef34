/**
 * DuckDB in memory, locked down: it can read the store's segments and nothing else.
 *
 *     const engine = await Engine.start("/app/.breadcrumb/segments");
 *     const rows = await engine.query("SELECT 1::DOUBLE AS one");   // rows.numbers("one")[0] → 1
 *
 * No external access but to that folder, no extension is loaded from disk or network, nothing is
 * spilled to disk, the configuration is locked, times are UTC. Limits: DuckDB's library is 70 MB,
 * so it is loaded by the first question that needs it (about 0.15 s).
 */
import type * as DuckDBModule from "@duckdb/node-api";
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import { createRequire } from "node:module";
import { join, sep } from "node:path";
import { Rows } from "./rows";

/** Named parameters of a query. */
export type Parameters = Record<string, DuckDBValue>;

/** The library, once loaded. */
export type DuckDB = typeof DuckDBModule;

let library: DuckDB | undefined;

/**
 * Loads DuckDB. Its package is CommonJS: `import()` would first search all its text for names to
 * export, which takes as long again as loading it.
 */
export async function loadDuckDB(): Promise<DuckDB> {
  library ??= createRequire(join(__dirname, "query.js"))("@duckdb/node-api") as DuckDB;
  return library;
}

/** A text as an SQL literal. Only for paths in views and settings, which take no parameters. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Errors after which DuckDB refuses all further queries. */
export const ENDS_ENGINE = /^(?:INTERNAL|FATAL)|database has been invalidated/;

/** The first line of DuckDB's message. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] as string;
}

/** A database in memory. */
export class Engine {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /** Starts one that may read `folder`, and take so much memory; most of the machine's unless told. */
  static async start(folder: string, limits: { maxMemoryBytes?: number } = {}): Promise<Engine> {
    const { DuckDBInstance } = await loadDuckDB();
    const instance = await DuckDBInstance.create(":memory:", {
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      allow_community_extensions: "false",
      // A reader leaves no file behind, not even while it sorts.
      temp_directory: "",
      ...(limits.maxMemoryBytes && { memory_limit: `${limits.maxMemoryBytes}B` }),
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
    const { DuckDBTypeId } = await loadDuckDB();
    const result = await this.#connection.run(sql, parameters);
    const chunks = await result.fetchAllChunks();
    const count = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
    const columns = result.columnNames().map((name, i) => {
      const isNumber = result.columnTypeId(i) === DuckDBTypeId.DOUBLE;
      // Boxed numbers in an array would be most of the garbage of a large trace.
      const values = isNumber ? new Float64Array(count) : Array.from<unknown>({ length: count });
      let at = 0;
      for (const chunk of chunks) {
        const vector = chunk.getColumnVector(i);
        const { itemCount } = vector;
        for (let row = 0; row < itemCount; row++) {
          const value = vector.getItem(row);
          values[at++] = isNumber ? (value ?? Number.NaN) : value;
        }
      }
      return [name, values] as const;
    });
    return new Rows(count, new Map(columns));
  }

  /** Ends it. */
  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}
