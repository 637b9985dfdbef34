/**
 * A store, open for questions.
 *
 *     await using store = await openStore();
 *     const { items } = await store.traces({ status: "threw", limit: 10 });
 *     const trace = await store.trace(items[0].traceId);
 *
 * Every question sees what was published when it was asked, also of programs that still run.
 * Limits: read-only; DuckDB is loaded by the first question but `runs()`.
 */
import { callFamily, type CallFamily, type CallFamilyOptions } from "./call-family";
import { callLevels, type CallLevelsOptions } from "./call-levels";
import { readCallPath } from "./call-path";
import { callees, callers, type CallEdgeFilter } from "./call-edges";
import { type CallPageFilter, calls } from "./calls";
import { diff, type DiffOptions } from "./diff";
import { type ExceptionFilter, exceptions } from "./exceptions";
import { exportStore, type ExportOptions } from "./export";
import { type FlameFilter, readFlame } from "./flame";
import { gaps, type GapsFilter } from "./gaps";
import { lines, type LinesFilter } from "./lines";
import { links, type LinksFilter } from "./links";
import { locateStore } from "./locate-store";
import { Reader } from "./reader";
import { readRemoteCalls, type RemoteCalls } from "./remote-calls";
import type { CallPlace, Diff } from "./diff-result";
import type { CallEdge, FunctionStats, Gaps, TimeSeries } from "./function-sums";
import type { Flame, Timeline } from "./pictures";
import type {
  Call,
  CallLevels,
  LineCount,
  Link,
  ExportResult,
  Page,
  Problem,
  RecordedException,
  Run,
  FollowedCall,
  SearchMatch,
  SqlResult,
  TraceSummary,
} from "./results";
import { follow, type FollowFilter } from "./follow";
import { search, type SearchFilter } from "./search";
import { series, type SeriesFilter } from "./series";
import { runSql, type SqlOptions } from "./sql";
import type { SqlParameters } from "./sql-messages";
import { stats, type StatsFilter } from "./stats";
import { type ChangesOptions, type StoreChange, storeChanges } from "./store-changes";
import { Tail, type TailFilter } from "./tail";
import { timelineOf } from "./timeline";
import { readTrace, resolveTrace, type TraceOptions } from "./trace";
import type { Trace } from "./trace-tree";
import { type TraceFilter, traces } from "./traces";

/**
 * Opens the store in `dir`; without it, the one that `BREADCRUMB_DIR` names, or the nearest
 * `.breadcrumb` from the working directory upwards.
 *
 * Throws `BC_ERR_STORE_MISSING`, `BC_ERR_STORE_CORRUPT`, `BC_ERR_STORE_VERSION`.
 */
export async function openStore(dir?: string): Promise<Store> {
  return new Store(locateStore(dir));
}

/** A store, open. Every method throws `BC_ERR_STOPPED` once it is closed. */
export class Store {
  /** Its folder. */
  readonly dir: string;
  readonly #reader: Reader;

  /** Use `openStore`. @internal */
  constructor(dir: string) {
    this.dir = dir;
    this.#reader = new Reader(dir);
  }

  /** Its runs, newest first. */
  async runs(): Promise<Run[]> {
    this.#reader.refresh();
    const rows = new Map<string, number>();
    for (const part of this.#reader.segments.all().flatMap((segment) => segment.runs)) {
      rows.set(part.runId, (rows.get(part.runId) ?? 0) + part.calls);
    }
    return this.#reader.runs.all().map((run): Run =>
      Object.assign(
        {
          storedCalls: rows.get(run.runId) ?? 0,
          openCalls: this.#reader.open.count(run.runId),
        },
        run,
      ),
    );
  }

  /** The run that `id` means: an id, a prefix of one, or `latest`. Throws `BC_ERR_NOT_FOUND`. */
  async run(id: string): Promise<Run> {
    const runs = await this.runs();
    const { runId } = this.#reader.runs.get(this.#reader.resolveRun(id));
    return runs.find((run) => run.runId === runId) as Run;
  }

  /** Traces, newest first. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
  traces(filter?: TraceFilter): Promise<Page<TraceSummary>> {
    return traces(this.#reader, filter);
  }

  /**
   * A trace as a tree. Its run may be shortened to a prefix that names one run; `latest` is the
   * newest trace. Throws `BC_ERR_NOT_FOUND`, `BC_ERR_BAD_OPTION`.
   */
  trace(id: string, options?: TraceOptions): Promise<Trace> {
    return readTrace(this.#reader, id, options);
  }

  /** A part of a trace (`latest`: of the newest), level by level. Throws `BC_ERR_NOT_FOUND`, `BC_ERR_BAD_OPTION`. */
  callLevels(trace: string, options?: CallLevelsOptions): Promise<CallLevels> {
    return callLevels(this.#reader, trace, options);
  }

  /** The calls from the root to one of a run: its 64 nearest levels, itself the last. */
  async callPath(run: string, call: number): Promise<CallPlace[]> {
    this.#reader.refresh();
    return readCallPath(this.#reader, this.#reader.resolveRun(run), call);
  }

  /** A call, its path from the root, its siblings and callees. Throws `BC_ERR_NOT_FOUND`, `BC_ERR_BAD_OPTION`. */
  callFamily(trace: string, call: number, options?: CallFamilyOptions): Promise<CallFamily> {
    return callFamily(this.#reader, trace, call, options);
  }

  /** What comes into the store from now on; ends by its `signal`, or by leaving the loop. */
  changes(options?: ChangesOptions): AsyncGenerator<StoreChange, undefined> {
    return storeChanges(this.#reader, options);
  }

  /** Calls, newest first unless told. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
  calls(filter?: CallPageFilter): Promise<Page<Call>> {
    return calls(this.#reader, filter);
  }

  /** Exceptions, newest first. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
  exceptions(filter?: ExceptionFilter): Promise<Page<RecordedException>> {
    return exceptions(this.#reader, filter);
  }

  /**
   * Calls and exceptions that hold a text, or what a regular expression matches, newest first.
   * Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`.
   */
  search(wanted: string | RegExp, filter?: SearchFilter): Promise<Page<SearchMatch>> {
    return search(this.#reader, wanted, filter);
  }

  /**
   * Calls that met the object with this number, oldest first: where `identity` was recorded. Throws
   * `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`.
   */
  follow(objectId: number, filter?: FollowFilter): Promise<Page<FollowedCall>> {
    return follow(this.#reader, objectId, filter);
  }

  /**
   * Calls as they are published, from now or from an earlier tail's `cursor`; ends by its `signal`, or
   * by leaving the loop. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`.
   */
  tail(filter?: TailFilter): Tail {
    return new Tail(this.#reader, filter);
  }

  /** Sums for each function. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
  stats(filter?: StatsFilter): Promise<FunctionStats[]> {
    return stats(this.#reader, filter);
  }

  /** Who called a function (`*` in its name stands for any characters). Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
  callers(name: string, filter?: CallEdgeFilter): Promise<CallEdge[]> {
    return callers(this.#reader, name, filter);
  }

  /** What a function called; likewise. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
  callees(name: string, filter?: CallEdgeFilter): Promise<CallEdge[]> {
    return callees(this.#reader, name, filter);
  }

  /** What was included and did not run. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
  gaps(filter?: GapsFilter): Promise<Gaps> {
    return gaps(this.#reader, filter);
  }

  /** How often the lines of functions ran, in all their calls. Runs with the option `lines` alone tell it. */
  lines(filter?: LinesFilter): Promise<LineCount[]> {
    return lines(this.#reader, filter);
  }

  /** What joins calls to spans of other processes and tracers, newest first. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
  links(filter?: LinksFilter): Promise<Link[]> {
    return links(this.#reader, filter);
  }

  /** The calls at the other ends of a trace's requests. Throws `BC_ERR_NOT_FOUND`. */
  async remoteCalls(trace: string): Promise<RemoteCalls> {
    this.#reader.refresh();
    const { runId, rootId } = await resolveTrace(this.#reader, trace);
    return readRemoteCalls(this.#reader, runId, rootId);
  }

  /** Two runs, or two traces, compared. Throws `BC_ERR_NOT_FOUND`, `BC_ERR_BAD_OPTION`. */
  diff(a: string, b: string, options?: DiffOptions): Promise<Diff> {
    return diff(this.#reader, a, b, options);
  }

  /** Where time went, by the way that leads there. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
  flame(filter?: FlameFilter): Promise<Flame> {
    return readFlame(this.#reader, filter);
  }

  /** A trace as bars on lanes. Throws `BC_ERR_NOT_FOUND`, `BC_ERR_BAD_OPTION`. */
  async timeline(id: string, options?: TraceOptions): Promise<Timeline> {
    return timelineOf(await readTrace(this.#reader, id, options));
  }

  /** Calls over time, by interval. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
  series(filter: SeriesFilter): Promise<TimeSeries> {
    return series(this.#reader, filter);
  }

  /**
   * A query of one's own over `calls`, `exceptions`, `functions`, `counts`, `samples`, `lines`, `links` and `runs`, read-only.
   * Throws `BC_ERR_BAD_SQL`, `BC_ERR_SQL_LIMIT`, `BC_ERR_BAD_OPTION`.
   */
  sql(text: string, parameters?: SqlParameters, options?: SqlOptions): Promise<SqlResult> {
    return runSql(this.#reader, text, parameters, options);
  }

  /**
   * Writes the store, or a part of it, as a DuckDB file, Parquet, CSV or JSON lines.
   * Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`.
   */
  export(options: ExportOptions): Promise<ExportResult> {
    return exportStore(this.#reader, options);
  }

  /** The files that questions so far had to skip. */
  problems(): Problem[] {
    return this.#reader.problems();
  }

  /** Ends the database. */
  close(): Promise<void> {
    return this.#reader.close();
  }

  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
