/**
 * Asks DuckDB about the files of a store, and carries on without those that turn out damaged.
 *
 *     await reader.rows({
 *       sources: { calls: { table: "calls", choose: (s) => holdsRun(s, run) } },
 *       sql: (from) => `SELECT count(*)::DOUBLE AS n FROM ${from.calls}`,
 *     });
 *
 * A query that fails while it reads is followed by a look at each of its files alone; those that
 * fail are taken out and the query is asked again. One whose files were removed meanwhile is asked
 * again over those that there are then. Limits: that look reads the files whole.
 */
import type { DuckDBValue } from "@duckdb/node-api";
import { existsSync } from "node:fs";
import { BreadcrumbError } from "../errors";
import { Engine, ENDS_ENGINE, firstLine, loadDuckDB, type Parameters } from "./engine";
import { OpenCalls, type OpenRow } from "./open-calls";
import type { Problem } from "./results";
import type { Rows } from "./rows";
import { RunRecords } from "./run-records";
import { runsIn } from "./segment-choice";
import type { Segment, TableName } from "./segment-summary";
import { Segments } from "./segments";
import { tableSource } from "./sources";
import { SqlPool } from "./sql-pool";

/** Attempts at a query, each with fewer files. */
const MAX_ATTEMPTS = 4;
/** Attempts at a query whose files go while it is asked. */
const MAX_REMOVALS = 50;
/** Looks at the segments, while others come in between. */
const MAX_LOOKS = 3;
/** Errors in what a query says, never in what it reads. */
const SAYS_WRONG =
  /^(?:Parser|Binder|Catalog|Conversion|Permission|INTERRUPT|Interrupt|Out of Memory|Not implemented)/i;

/** Files for a query: those of the segments that `choose` takes. */
export interface Source {
  readonly table: TableName;
  readonly choose?: ((segment: Segment) => boolean) | undefined;
  /** The segments to choose from. @default those that count */
  readonly among?: readonly Segment[] | undefined;
  /** Calls in flight too, where none are told to choose from. @default false */
  readonly live?: boolean | undefined;
}

/** A query of ours over some of the store's files. */
export interface Question<Name extends string> {
  readonly sources: Readonly<Record<Name, Source>>;
  /** The query; `from` has an SQL table expression for each source. */
  readonly sql: (from: Readonly<Record<Name, string>>) => string;
  readonly parameters?: Parameters;
}

/** Reads a store. */
export class Reader {
  readonly runs: RunRecords;
  readonly segments: Segments;
  /** Calls in flight. */
  readonly open: OpenCalls;
  /** Runs SQL of others' making. */
  readonly sqlPool: SqlPool;
  #engine: Promise<Engine> | undefined;
  #closed = false;

  constructor(storeFolder: string) {
    this.runs = new RunRecords(storeFolder);
    this.segments = new Segments(storeFolder);
    this.open = new OpenCalls(storeFolder);
    this.sqlPool = new SqlPool(this.segments.folder);
  }

  /** Sees what was written since. Throws `BC_ERR_STORE_VERSION`, `BC_ERR_STOPPED`. */
  refresh(): void {
    if (this.#closed) {
      throw new BreadcrumbError(
        "BC_ERR_STOPPED",
        "the store is closed: openStore() opens it again",
      );
    }
    this.runs.refresh();
    for (let looks = 1; looks <= MAX_LOOKS; looks++) {
      this.segments.refresh(this.runs.removed());
      if (this.open.refresh(this.runs, (runId) => this.segments.published(runId))) break;
    }
  }

  /** The segments that count, and the calls in flight. */
  live(): readonly Segment[] {
    return [...this.segments.all(), ...this.open.segments()];
  }

  /** The calls in flight. */
  openRows(): readonly OpenRow[] {
    return this.open.segments().flatMap(({ openRows }) => openRows ?? []);
  }

  /** The run that `prefix` means: an id, a prefix of one, or `latest`. Throws `BC_ERR_NOT_FOUND`. */
  resolveRun(prefix: string): string {
    return this.runs.resolve(prefix, runsIn(this.segments.all()));
  }

  /** The database, started by the first question. */
  engine(): Promise<Engine> {
    this.#engine ??= Engine.start(this.segments.folder);
    return this.#engine;
  }

  /** The rows of a query. */
  async rows<Name extends string>(question: Question<Name>): Promise<Rows> {
    const names = Object.keys(question.sources) as Name[];
    const { listValue } = await loadDuckDB();
    return this.withSoundFiles(
      () => names.map((name) => this.#files(question.sources[name])),
      async (lists) => {
        const from = {} as Record<Name, string>;
        const parameters: Record<string, DuckDBValue> = { ...question.parameters };
        for (const [i, name] of names.entries()) {
          const files = lists[i] ?? [];
          const { table } = question.sources[name];
          const list = files.length > 0 ? `$files_${name}` : null;
          const open = this.#open(question.sources[name]);
          from[name] = tableSource(
            table,
            list,
            this.segments.traits(table, files),
            open.length > 0 ? `$open_${name}` : null,
          );
          if (files.length > 0) parameters[`files_${name}`] = listValue(files);
          if (open.length > 0) parameters[`open_${name}`] = JSON.stringify(open);
        }
        return this.#query(question.sql(from), parameters);
      },
    );
  }

  /**
   * Runs `ask` over lists of files; where it fails in reading, again without the damaged ones, as long
   * as somebody waits.
   */
  async withSoundFiles<T>(
    files: () => readonly (readonly string[])[],
    ask: (lists: readonly (readonly string[])[]) => Promise<T>,
    isWanted: () => boolean = () => true,
  ): Promise<T> {
    let removals = 0;
    for (let attempt = 1; ; attempt++) {
      const lists = files();
      try {
        return await ask(lists);
      } catch (error) {
        if (error instanceof BreadcrumbError) throw error;
        if (removals < MAX_REMOVALS && isWanted() && this.#seesRemovals(lists.flat())) {
          removals += 1;
          attempt -= 1;
          continue;
        }
        const damaged = await this.#excludeDamaged(lists.flat(), error, isWanted);
        if (damaged && attempt < MAX_ATTEMPTS) continue;
        throw error;
      }
    }
  }

  /** What was skipped so far. */
  problems(): Problem[] {
    return [...this.runs.problems(), ...this.segments.problems(), ...this.open.problems()];
  }

  /** Ends the database. */
  async close(): Promise<void> {
    this.#closed = true;
    const engine = await this.#engine?.catch(() => undefined);
    this.#engine = undefined;
    engine?.close();
    this.sqlPool.close();
  }

  #files(source: Source): string[] {
    return this.segments.files(source.table, source.choose, source.among);
  }

  /** Rows of calls in flight. */
  #open({ table, choose = () => true, among, live = false }: Source): OpenRow[] {
    if (table !== "calls") return [];
    const segments = among ?? (live ? this.open.segments() : []);
    return segments.flatMap((segment) => (choose(segment) ? (segment.openRows ?? []) : []));
  }

  /** Whether some of the files were removed, or written anew, while they were read. */
  #seesRemovals(files: readonly string[]): boolean {
    if (files.every((file) => existsSync(file))) return false;
    this.refresh();
    this.segments.dropMissing(files);
    return true;
  }

  /** Takes out what cannot be read. Whether there was anything. */
  async #excludeDamaged(
    files: readonly string[],
    error: unknown,
    isWanted: () => boolean,
  ): Promise<boolean> {
    const message = firstLine(error);
    if (SAYS_WRONG.test(message)) return false;
    const named = files.filter((file) => message.includes(file));
    let damaged = false;
    for (const file of named.length > 0 ? named : new Set(files)) {
      if (!isWanted()) break;
      const reason = await this.#damage(file);
      if (reason !== null) {
        this.segments.exclude(file, reason);
        damaged = true;
      }
    }
    return damaged;
  }

  /** Rows of the reader's own database, which is started anew after an error that ended it. */
  async #query(sql: string, parameters: Parameters): Promise<Rows> {
    const engine = await this.engine();
    try {
      return await engine.query(sql, parameters);
    } catch (error) {
      if (ENDS_ENGINE.test(firstLine(error)) && engine === (await this.#engine)) {
        this.#engine = undefined;
        engine.close();
      }
      throw error;
    }
  }

  /** What is wrong with a file, read whole. */
  async #damage(file: string): Promise<string | null> {
    const { listValue } = await loadDuckDB();
    try {
      await this.#query("SELECT max(hash(COLUMNS(*))) FROM read_parquet($file)", {
        file: listValue([file]),
      });
      return null;
    } catch (error) {
      return `cannot be read: ${firstLine(error).replaceAll(file, "the file")}`;
    }
  }
}
