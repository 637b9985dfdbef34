/**
 * Sums for each function, over runs and segments.
 *
 *     await stats(reader, { run: "latest", sort: "total", limit: 20 });
 *
 * Read from the sums that segments carry, not from calls; only segments that `since` or `until`
 * cut in two are counted call by call. Limits: `counts` are by interval, so a cut includes the
 * intervals that it touches whole.
 */
import { BreadcrumbError } from "../errors";
import {
  checkLimit,
  Conditions,
  mayStartIn,
  MAX_LIMIT,
  parseSpan,
  surelyStartsIn,
} from "./conditions";
import { bucketSql, Histogram } from "./histogram";
import type { Question, Reader, Source } from "./reader";
import type { FunctionStats } from "./function-sums";
import type { Row } from "./rows";
import { mayCall } from "./segment-choice";
import type { Segment } from "./segment-summary";
import type { TimeLike } from "./timestamps";

/** What functions are sorted by, the largest first. */
export type StatsSort =
  | "self"
  | "total"
  | "wait"
  | "calls"
  | "errors"
  | "mean"
  | "p50"
  | "p95"
  | "p99"
  | "max";

/** Which calls to add up, and how to list them. */
export interface StatsFilter {
  /** Run, or several: an id, a prefix of one, or `latest`. All runs unless told. */
  readonly run?: string | readonly string[] | undefined;
  /** Calls begun at or after. */
  readonly since?: TimeLike | undefined;
  /** Calls begun before. */
  readonly until?: TimeLike | undefined;
  /** Name of the function; `*` stands for any characters. */
  readonly function?: string | undefined;
  /** Its file; likewise. */
  readonly file?: string | undefined;
  /** @default "self" */
  readonly sort?: StatsSort | undefined;
  /** @default 100_000 */
  readonly limit?: number | undefined;
}

/** Sorts that SQL can do, so that only the functions of the page are read. */
const SQL_SORTS: Partial<Record<StatsSort, string>> = {
  self: "self_ns",
  total: "total_ns",
  wait: "wait_ns",
  calls: "calls + counted + dropped",
  errors: "errors",
  mean: "total_ns / nullif(calls - open, 0)",
  max: "max_ns",
};
const QUANTILE_SORTS: Partial<Record<StatsSort, (of: FunctionStats) => number | null>> = {
  p50: ({ p50Ns }) => p50Ns,
  p95: ({ p95Ns }) => p95Ns,
  p99: ({ p99Ns }) => p99Ns,
};
/** Every sort. */
export const STATS_SORTS = [
  ...Object.keys(SQL_SORTS),
  ...Object.keys(QUANTILE_SORTS),
] as StatsSort[];

/** The functions. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function stats(reader: Reader, filter: StatsFilter = {}): Promise<FunctionStats[]> {
  const sort = filter.sort ?? "self";
  const limit = checkLimit(filter.limit, MAX_LIMIT);
  if (!STATS_SORTS.includes(sort)) {
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `sort is one of ${STATS_SORTS.join(", ")}: got ${JSON.stringify(sort)}`,
    );
  }
  reader.refresh();
  const rows = await reader.rows(question(reader, filter, SQL_SORTS[sort], limit));
  const functions = rows.map(readStats);
  const quantile = QUANTILE_SORTS[sort];
  if (quantile) functions.sort((a, b) => (quantile(b) ?? -1) - (quantile(a) ?? -1));
  return functions.slice(0, limit);
}

/** The sums over some calls. */
export async function statsOfCalls(
  reader: Reader,
  source: Source,
  where: Conditions,
): Promise<FunctionStats[]> {
  const rows = await reader.rows({
    sources: { calls: source },
    sql: (from) =>
      sumsSql(partsOfCalls(`${from.calls} WHERE ${where.sql()}`), "self_ns", MAX_LIMIT),
    parameters: where.parameters,
  });
  return rows.map(readStats);
}

function question(
  reader: Reader,
  filter: StatsFilter,
  order: string | undefined,
  limit: number,
): Question<"functions" | "calls" | "counts"> {
  const named = typeof filter.run === "string" ? [filter.run] : filter.run;
  const runs = named && new Set(named.map((run) => reader.resolveRun(run)));
  const span = parseSpan(filter);
  const started = new Conditions("started");
  started.span("started_at", span);
  const counted = new Conditions("counted");
  if (span.sinceNs !== undefined) counted.add(`"to" >= make_timestamp_ns(?)`, span.sinceNs);
  if (span.untilNs !== undefined) counted.add(`"from" < make_timestamp_ns(?)`, span.untilNs);
  const where = new Conditions("p");
  where.text("function", filter.function);
  where.text("file", filter.file);
  if (runs) where.oneOf("run_id", [...runs]);
  const calls = mayCall(filter.function);
  const ofRun = (segment: Segment) =>
    calls(segment) && (!runs || segment.runs.some(({ runId }) => runs.has(runId)));
  return {
    sources: {
      functions: { table: "functions", choose: (s) => ofRun(s) && surelyStartsIn(s, span) },
      calls: {
        table: "calls",
        choose: (s) => ofRun(s) && !surelyStartsIn(s, span) && mayStartIn(s, span),
      },
      counts: {
        table: "counts",
        // A function may only have been counted.
        choose: (s) => !runs || s.runs.some(({ runId }) => runs.has(runId)),
      },
    },
    sql: (from) =>
      sumsSql(
        `${SEGMENT_PARTS} FROM ${from.functions} WHERE ${where.sql()}
        UNION ALL ${partsOfCalls(`${from.calls} WHERE ${where.sql()} AND ${started.sql()}`)}
        UNION ALL
        SELECT function, file, line, col, 0, 0, 0, 0, 0, 0, NULL, '', counted, dropped
        FROM ${from.counts} WHERE ${where.sql()} AND ${counted.sql()}`,
        order,
        limit,
      ),
    parameters: { ...where.parameters, ...started.parameters, ...counted.parameters },
  };
}

const SEGMENT_PARTS = `
  SELECT function, file, line, col, calls, errors, open, total_ns, self_ns, wait_ns, max_ns,
    histogram, 0 AS counted, 0 AS dropped`;

/** Adds parts up by function; without an order of SQL's, all of them. */
function sumsSql(parts: string, order: string | undefined, limit: number): string {
  return `
    WITH parts AS (${parts}),
    sums AS (
      SELECT function, file, line, col, sum(calls)::DOUBLE AS calls,
        sum(errors)::DOUBLE AS errors, sum(open)::DOUBLE AS open,
        sum(total_ns)::DOUBLE AS total_ns, sum(self_ns)::DOUBLE AS self_ns,
        sum(wait_ns)::DOUBLE AS wait_ns, max(max_ns)::DOUBLE AS max_ns,
        string_agg(histogram, '') AS histogram, sum(counted)::DOUBLE AS counted,
        sum(dropped)::DOUBLE AS dropped
      FROM parts GROUP BY function, file, line, col HAVING sum(calls + counted + dropped) > 0)
    SELECT * FROM sums
    ORDER BY ${order === undefined ? "" : `${order} DESC NULLS LAST, `} function, file, line, col
    ${order === undefined ? "" : `LIMIT ${limit}`}`;
}

/** What a segment's `functions` would say of these calls, in parts by bucket. */
function partsOfCalls(selection: string): string {
  return `
    SELECT function, file, line, col, count(*) AS calls,
      count(*) FILTER (status = 'threw') AS errors, count(*) FILTER (status = 'open') AS open,
      coalesce(sum(duration_ns), 0) AS total_ns, sum(self_ns) AS self_ns, sum(wait_ns) AS wait_ns,
      max(duration_ns) AS max_ns,
      coalesce('{"' || bucket || '":' || count(duration_ns) || '}', '') AS histogram,
      0 AS counted, 0 AS dropped
    FROM (SELECT *, CASE WHEN duration_ns IS NOT NULL THEN ${bucketSql("duration_ns")} END AS bucket
      FROM ${selection})
    GROUP BY function, file, line, col, bucket`;
}

function readStats(row: Row): FunctionStats {
  const histogram = new Histogram();
  histogram.add(row.textOrNull("histogram") ?? "");
  const calls = row.number("calls");
  const ended = calls - row.number("open");
  const totalNs = row.number("total_ns");
  const maxNs = ended > 0 ? row.numberOrNull("max_ns") : null;
  const quantile = (q: number) => {
    const ns = histogram.quantile(q);
    return ns === null || maxNs === null ? null : Math.min(ns, maxNs);
  };
  return {
    function: row.text("function"),
    file: row.text("file"),
    line: row.number("line"),
    col: row.number("col"),
    calls,
    counted: row.number("counted"),
    dropped: row.number("dropped"),
    errors: row.number("errors"),
    open: row.number("open"),
    totalNs,
    selfNs: row.number("self_ns"),
    waitNs: row.number("wait_ns"),
    meanNs: ended > 0 ? Math.round(totalNs / ended) : null,
    p50Ns: quantile(0.5),
    p95Ns: quantile(0.95),
    p99Ns: quantile(0.99),
    maxNs,
  };
}
