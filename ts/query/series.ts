/**
 * Calls over time: for each interval how many, how many threw, how long they took.
 *
 *     await series(reader, { interval: "1s", by: "function", run: "latest", limit: 5 });
 *
 * A call belongs to the interval in which it began. Intervals begin at multiples of their length since
 * 1970, so that series of different questions lie side by side; empty ones are there too. Limits:
 * recorded calls, not those that were counted only; quantiles as in `histogram.ts`.
 */
import { BreadcrumbError } from "../errors";
import { type CallFilter, type CallSelection, selectCalls } from "./call-filter";
import { checkWhole } from "./conditions";
import { bucketDuration, bucketSql } from "./histogram";
import type { Reader } from "./reader";
import type { Series, SeriesPoint, TimeSeries } from "./function-sums";
import type { Row, Rows } from "./rows";
import { isoTime, timeColumns } from "./timestamps";

/** Which calls, and how to gather them. */
export interface SeriesFilter extends CallFilter {
  /** Length of an interval: ms, or a number with `ms`, `s`, `m`, `h` or `d`, such as "5m". */
  readonly interval: number | string;
  /** A series for each function, those with the most calls first. One for all unless told. */
  readonly by?: "function" | undefined;
  /** With `by`: so many functions at most. @default 10 */
  readonly limit?: number | undefined;
}

const DEFAULT_FUNCTIONS = 10;
const MOST_FUNCTIONS = 1000;
/** Intervals of a series, at most. */
const MAX_INTERVALS = 10_000;
/** Points of an answer, at most: about 100 MB. */
const MAX_POINTS = 1_000_000;
const UNITS_NS: Readonly<Record<string, number>> = {
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
};
/** A year. */
const LONGEST_NS = 366 * 86_400e9;
const SECOND_NS = 1_000_000_000n;

/** The series. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function series(reader: Reader, filter: SeriesFilter): Promise<TimeSeries> {
  const intervalNs = parseInterval(filter?.interval);
  const functions = checkBy(filter);
  const selection = await selectCalls(reader, filter);
  const intervalMs = Number(intervalNs) / 1e6;
  const bounds = await findBounds(reader, selection);
  if (!bounds) return { intervalMs, series: [] };
  const firstNs = bounds.firstNs - modulo(bounds.firstNs, intervalNs);
  const count = Number((bounds.lastNs - firstNs) / intervalNs) + 1;
  checkSize(count, functions ?? 1);
  const rows = await reader.rows({
    sources: { calls: { table: "calls", choose: selection.choose } },
    sql: (from) => seriesSql(from.calls, selection.where.sql(), functions),
    parameters: {
      ...selection.where.parameters,
      first: String(firstNs),
      interval: String(intervalNs),
    },
  });
  const times = Array.from({ length: count }, (_, i) => timeOf(firstNs + BigInt(i) * intervalNs));
  return { intervalMs, series: readSeries(rows, times, functions === null) };
}

function parseInterval(interval: number | string | undefined): bigint {
  const match = typeof interval === "string" ? /^(\d+(?:\.\d+)?)(ms|[smhd])$/.exec(interval) : null;
  const ns = Math.round(
    typeof interval === "number"
      ? interval * 1e6
      : Number(match?.[1]) * (UNITS_NS[match?.[2] ?? ""] ?? Number.NaN),
  );
  if (ns >= 1000 && ns <= LONGEST_NS) return BigInt(ns);
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `interval is a number of ms, or one with a unit such as "500ms", "10s", "5m", "1h", "1d", from 0.001 ms to a year: got ${JSON.stringify(interval)}`,
  );
}

/** Number of functions, or null for all in one. */
function checkBy({ by, limit }: SeriesFilter): number | null {
  if (by === undefined) return null;
  if (by === "function") {
    return checkWhole("limit", limit ?? DEFAULT_FUNCTIONS, 1, MOST_FUNCTIONS);
  }
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `by is "function" or left out: got ${JSON.stringify(by)}`,
  );
}

function checkSize(intervals: number, functions: number): void {
  if (intervals <= MAX_INTERVALS && intervals * functions <= MAX_POINTS) return;
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `${intervals} intervals of ${functions} series are too many (at most ${MAX_INTERVALS}, and ${MAX_POINTS} points): give a longer interval, or since and until`,
  );
}

/** The first and last moment of the series; null without calls where none are given. */
async function findBounds(
  reader: Reader,
  { where, choose, span }: CallSelection,
): Promise<{ firstNs: bigint; lastNs: bigint } | null> {
  const { sinceNs, untilNs } = span;
  if (sinceNs !== undefined && untilNs !== undefined) {
    return untilNs > sinceNs ? { firstNs: sinceNs, lastNs: untilNs - 1n } : null;
  }
  const rows = await reader.rows({
    sources: { calls: { table: "calls", choose } },
    sql: (from) => `
      SELECT ${timeColumns("first")}, ${timeColumns("last")}
      FROM (SELECT min(started_at) AS first, max(started_at) AS last
        FROM ${from.calls} WHERE ${where.sql()})`,
    parameters: where.parameters,
  });
  const row = rows.row(0);
  if (row.numberOrNull("first_s") === null) return null;
  return {
    firstNs: sinceNs ?? nanoseconds(row, "first"),
    lastNs: untilNs === undefined ? nanoseconds(row, "last") : untilNs - 1n,
  };
}

function nanoseconds(row: Row, name: string): bigint {
  return BigInt(row.number(`${name}_s`)) * SECOND_NS + BigInt(row.number(`${name}_n`));
}

function modulo(ns: bigint, by: bigint): bigint {
  return ((ns % by) + by) % by;
}

function timeOf(ns: bigint): string {
  const rest = modulo(ns, SECOND_NS);
  return isoTime(Number((ns - rest) / SECOND_NS), Number(rest));
}

/** Counted by bucket first, so that quantiles need no list of all durations. */
function seriesSql(calls: string, where: string, functions: number | null): string {
  const place = functions === null ? "" : "function, file, line, col,";
  const top = `
    SEMI JOIN (SELECT function, file, line, col FROM ${calls} WHERE ${where} GROUP BY ALL
      ORDER BY count(*) DESC, function, file, line, col LIMIT ${functions})
      USING (function, file, line, col)`;
  const quantile = (q: number) =>
    `min(bucket) FILTER (ended > 0 AND upto >= ceil(${q} * all_ended))::DOUBLE`;
  return `
    WITH parts AS (
      SELECT ${place} (epoch_ns(started_at) - $first::BIGINT) // $interval::BIGINT AS i,
        CASE WHEN duration_ns IS NOT NULL THEN ${bucketSql("duration_ns")} END AS bucket,
        count(*) AS calls, count(*) FILTER (status = 'threw') AS errors,
        count(duration_ns) AS ended, coalesce(sum(duration_ns), 0) AS total_ns,
        sum(self_ns) AS self_ns, max(duration_ns) AS max_ns
      FROM (SELECT * FROM ${calls} WHERE ${where}) ${functions === null ? "" : top}
      GROUP BY ${place} i, bucket),
    sums AS (
      SELECT *, sum(ended) OVER (PARTITION BY ${place} i) AS all_ended,
        sum(ended) OVER (PARTITION BY ${place} i ORDER BY bucket NULLS LAST
          ROWS UNBOUNDED PRECEDING) AS upto
      FROM parts)
    SELECT ${place} i::DOUBLE AS i, sum(calls)::DOUBLE AS calls, sum(errors)::DOUBLE AS errors,
      sum(total_ns)::DOUBLE AS total_ns, sum(self_ns)::DOUBLE AS self_ns,
      max(max_ns)::DOUBLE AS max_ns, ${quantile(0.5)} AS p50, ${quantile(0.95)} AS p95
    FROM sums GROUP BY ${place} i ORDER BY ${place} i`;
}

const EMPTY = { calls: 0, errors: 0, totalNs: 0, selfNs: 0, p50Ns: null, p95Ns: null, maxNs: null };

function readSeries(rows: Rows, times: readonly string[], ofAll: boolean): Series[] {
  const found = new Map<string, { series: Series; points: SeriesPoint[]; calls: number }>();
  const begin = (names: Omit<Series, "points">) => {
    const points = times.map((at): SeriesPoint => ({ at, ...EMPTY }));
    return { series: { ...names, points }, points, calls: 0 };
  };
  if (ofAll) found.set("", begin({ function: null, file: null, line: null, col: null }));
  for (let r = 0; r < rows.count; r++) {
    const row = rows.row(r);
    const names = ofAll ? null : placeOf(row);
    const key = names ? JSON.stringify(names) : "";
    const known = found.get(key) ?? begin(names as Omit<Series, "points">);
    found.set(key, known);
    const i = row.number("i");
    known.points[i] = readPoint(row, times[i] as string);
    known.calls += row.number("calls");
  }
  return [...found.values()].toSorted((a, b) => b.calls - a.calls).map((known) => known.series);
}

function placeOf(row: Row): Omit<Series, "points"> {
  return {
    function: row.text("function"),
    file: row.text("file"),
    line: row.number("line"),
    col: row.number("col"),
  };
}

function readPoint(row: Row, at: string): SeriesPoint {
  const maxNs = row.numberOrNull("max_ns");
  const quantile = (name: string) => {
    const bucket = row.numberOrNull(name);
    return bucket === null || maxNs === null ? null : Math.min(bucketDuration(bucket), maxNs);
  };
  return {
    at,
    calls: row.number("calls"),
    errors: row.number("errors"),
    totalNs: row.number("total_ns"),
    selfNs: row.number("self_ns"),
    p50Ns: quantile("p50"),
    p95Ns: quantile("p95"),
    maxNs,
  };
}
