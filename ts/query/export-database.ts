/**
 * A database that writes an export: it reads the store's segments, writes into one folder, and can do
 * nothing else.
 *
 *     const database = await ExportDatabase.open({ file: null, segments, folder });
 *     await database.run("COPY (…) TO …", parameters);   // rows written
 *
 * Apart from `Engine`, whose files cannot be written. No query of a user comes here. Limits: what it
 * holds in memory it cannot spill.
 */
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { sep } from "node:path";
import { loadDuckDB, type Parameters, quoteLiteral } from "./engine";

/** See the file. */
export class ExportDatabase {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /** Opens one over `file`, in `folder`, or in memory. */
  static async open(at: {
    readonly file: string | null;
    readonly segments: string;
    readonly folder: string;
  }): Promise<ExportDatabase> {
    const { DuckDBInstance } = await loadDuckDB();
    const instance = await DuckDBInstance.create(at.file ?? ":memory:", {
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      allow_community_extensions: "false",
      temp_directory: "",
    });
    const connection = await instance.connect();
    const folders = [at.segments, at.folder].map((folder) => quoteLiteral(folder + sep));
    for (const setting of [
      "SET GLOBAL TimeZone = 'UTC'",
      // A Parquet file written in order takes four times the memory, a DuckDB file half of it.
      `SET GLOBAL preserve_insertion_order = ${at.file !== null}`,
      `SET GLOBAL allowed_directories = [${folders.join(", ")}]`,
      "SET GLOBAL enable_external_access = false",
      "SET GLOBAL lock_configuration = true",
    ]) {
      await connection.run(setting);
    }
    return new ExportDatabase(instance, connection);
  }

  /** Runs a statement of ours. The number of rows it wrote. */
  async run(sql: string, parameters: Parameters = {}): Promise<number> {
    const result = await this.#connection.run(sql, parameters);
    return result.rowsChanged;
  }

  /** Writes a file's last pages. */
  async finish(): Promise<void> {
    await this.#connection.run("CHECKPOINT");
  }

  /** Ends it. */
  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}
