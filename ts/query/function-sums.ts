/**
 * What the questions about functions answer, added up over calls: plain data.
 *
 *     const [first] = await store.stats({ sort: "self", limit: 1 });
 *     first  // { function: "parse", calls: 1200, selfNs: 5400000, p95Ns: 12000, … }
 *
 * Conventions: as `results.ts`. Limits: quantiles come from histograms, within 5 %.
 */
import type { LineCount, RunFiles } from "./results";

/** A function's sums. Quantiles come from a histogram: within 5 % of the true duration. */
export interface FunctionStats {
  /** Name. */
  readonly function: string;
  /** Its file. */
  readonly file: string;
  /** Line of its first character, from 1. */
  readonly line: number;
  /** Column of its first character, from 1. */
  readonly col: number;
  /** Recorded calls. */
  readonly calls: number;
  /** Calls counted only. */
  readonly counted: number;
  /** Calls dropped because a ring was full. */
  readonly dropped: number;
  /** Recorded calls that threw. */
  readonly errors: number;
  /** Recorded calls still open. */
  readonly open: number;
  /** Sum of durations: of recursive calls each counts in full. */
  readonly totalNs: number;
  /** Sum of the running parts without recorded callees. */
  readonly selfNs: number;
  /** Sum of the suspended parts. */
  readonly waitNs: number;
  /** `totalNs` over the calls that ended; null without any. */
  readonly meanNs: number | null;
  /** Median duration. */
  readonly p50Ns: number | null;
  /** 95th percentile. */
  readonly p95Ns: number | null;
  /** 99th percentile. */
  readonly p99Ns: number | null;
  /** Longest duration, exact. */
  readonly maxNs: number | null;
}

/** A function that calls another, or is called by it. */
export interface CallEdge {
  /** Its name; null of callers that have no row, and of none. */
  readonly function: string | null;
  /** Its file. */
  readonly file: string | null;
  /** Line of its first character, from 1. */
  readonly line: number | null;
  /** Column of its first character, from 1. */
  readonly col: number | null;
  /** How: `call`, or `root` of a callback; null where there is no caller: roots. */
  readonly kind: "call" | "root" | null;
  /** Calls made. */
  readonly calls: number;
  /** Those that threw. */
  readonly errors: number;
  /** Sum of their durations. */
  readonly totalNs: number;
  /** Sum of their running parts without recorded callees. */
  readonly selfNs: number;
}

/** What was included and did not run. */
export interface Gaps extends RunFiles {
  /** The runs asked about. */
  readonly runIds: readonly string[];
  /** Functions that were not called in them, by file and line. */
  readonly notCalled: readonly {
    /** Name. */
    readonly function: string;
    /** Its file. */
    readonly file: string;
    /** Line of its first character, as the newest run that knows it has it. */
    readonly line: number;
    /** Column of its first character. */
    readonly col: number;
    /** The newest run in which it was called; null where none is known. */
    readonly lastCalledIn: string | null;
    /** Its calls in all other runs. */
    readonly calls: number;
  }[];
  /** Lines that did not run of functions of which others did, by file and line; null where the runs do not tell of lines. */
  readonly linesNotRun: readonly LineCount[] | null;
}

/** The calls that began in an interval. Quantiles are within 5 %. */
export interface SeriesPoint {
  /** Beginning of the interval. */
  readonly at: string;
  /** Recorded calls. */
  readonly calls: number;
  /** Those that threw. */
  readonly errors: number;
  /** Sum of durations. */
  readonly totalNs: number;
  /** Sum of the running parts without recorded callees. */
  readonly selfNs: number;
  /** Median duration; null where no call ended. */
  readonly p50Ns: number | null;
  /** 95th percentile. */
  readonly p95Ns: number | null;
  /** Longest duration, exact. */
  readonly maxNs: number | null;
}

/** The points of a function, or of all calls, empty intervals included. */
export interface Series {
  /** Name of the function; null for all. */
  readonly function: string | null;
  /** Its file. */
  readonly file: string | null;
  /** Line of its first character, from 1. */
  readonly line: number | null;
  /** Column of its first character, from 1. */
  readonly col: number | null;
  /** One an interval, all series alike. */
  readonly points: readonly SeriesPoint[];
}

/** Calls over time. */
export interface TimeSeries {
  /** Length of an interval. */
  readonly intervalMs: number;
  /** Those with the most calls first. */
  readonly series: readonly Series[];
}
