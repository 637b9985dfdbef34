/**
 * What the questions of a store answer: plain data that survives `JSON.stringify`.
 *
 *     const { items } = await store.traces({ limit: 1 });
 *     items[0]  // { traceId: "019a…-1", function: "main", durationNs: 1200000, calls: 17, … }
 *
 * Conventions: times are ISO 8601 in UTC with nine decimals (nanoseconds), which sort as text and
 * which `new Date()` takes; durations end in `Ns` and are nanoseconds as a number, exact up to
 * 2^53 (104 days); ids are numbers below 2^53. Limits: no method but on `Trace` and its calls.
 */

/** A value as JSON has it. What JSON has no word for is `{ "$type": … }`: see docs/query.md. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** How a call ended. */
export type CallStatus = "returned" | "threw" | "open";

/** How a run stands. `crashed`: its process was ended by a signal, and what it left was recovered. */
export type RunStatus = "running" | "finished" | "crashed";

/** Whether an exception was caught by a traced function, ended the process, or left both unknown. */
export type Handled = "caught" | "uncaught" | "unknown";

/** Some of the answers, and where the next ones begin. */
export interface Page<T> {
  /** The answers, in the order that the question documents. */
  readonly items: readonly T[];
  /** For the next question's `cursor`; null where there are no more. */
  readonly nextCursor: string | null;
}

/** What a run recorded, and what not: `recorded + counted + dropped` is what happened. */
export interface RunCounters {
  /** Calls with a row. */
  readonly recorded: number;
  /** Calls counted only. */
  readonly counted: number;
  /** Calls dropped because a ring was full. */
  readonly dropped: number;
  /** Exceptions with a row. */
  readonly exceptions: number;
  /** Bytes of its segments. */
  readonly bytes: number;
  /** Its segments. */
  readonly segments: number;
  /** Processor time of the recorder's thread. */
  readonly recorderCpuNs: number;
  /** Further counters of the writer. */
  readonly [name: string]: JsonValue;
}

/** One process from start to end. */
export interface Run {
  /** Globally unique. */
  readonly runId: string;
  /** The traced run that started this process. */
  readonly parentRunId: string | null;
  /** The `breadcrumb run` that it belongs to, with all other processes of that command. */
  readonly launchId: string | null;
  /** Its command line. */
  readonly command: readonly string[];
  /** Its working directory. */
  readonly cwd: string;
  /** Its process id. */
  readonly pid: number;
  /** Version of Node.js, `v24.1.0`. */
  readonly node: string;
  /** `process.platform`. */
  readonly platform: string;
  /** `process.arch`. */
  readonly arch: string;
  /** Start, ISO 8601 with milliseconds. */
  readonly startedAt: string;
  /** End, likewise; null while it runs. */
  readonly endedAt: string | null;
  /** How it stands. */
  readonly status: RunStatus;
  /** Exit code, where known. */
  readonly exitCode: number | null;
  /** Signal that ended it, where known. */
  readonly signal: string | null;
  /** Whether what it recorded survives a `SIGKILL`. */
  readonly crashProof: boolean;
  /** What happens when a ring is full: `block` or `drop`. */
  readonly overflow: string;
  /** What it recorded. While it runs, as of its last report. */
  readonly counters: RunCounters;
  /** Number of its rows in `calls` that can be read now. */
  readonly storedCalls: number;
  /** Calls in flight, as of its last flush; 0 once it has ended. */
  readonly openCalls: number;
  /** The files that it loaded. */
  readonly files: RunFiles;
}

/** The files that a run loaded. */
export interface RunFiles {
  /** Number of files instrumented. */
  readonly instrumented: number;
  /** Files included but not instrumented, and why. */
  readonly leftAlone: readonly { readonly file: string; readonly why: string }[];
  /** Files included but loaded before the tracer. */
  readonly tooEarly: readonly string[];
}

/** A root call and what it caused, in a line. */
export interface TraceSummary {
  /** `<run>-<root call id in base 36>`. */
  readonly traceId: string;
  /** Its run. */
  readonly runId: string;
  /** Its thread: that of the root. */
  readonly threadId: number;
  /** Function of the root; null where the root has no row (yet): it is open, or was dropped. */
  readonly function: string | null;
  /** Its file. */
  readonly file: string | null;
  /** Its line. */
  readonly line: number | null;
  /** Entry of the root; of the first known call where the root has no row. */
  readonly startedAt: string;
  /** Duration of the root; null while open. */
  readonly durationNs: number | null;
  /** How the root ended; `open` where it has no row. */
  readonly status: CallStatus;
  /** Number of its calls. */
  readonly calls: number;
  /** Number of its calls that threw. */
  readonly errors: number;
}

/** One call of an included function. */
export interface Call {
  /** The run. */
  readonly runId: string;
  /** Thread in its run, 0 for the main thread. */
  readonly threadId: number;
  /** The trace. */
  readonly traceId: string;
  /** Unique in its run. */
  readonly callId: number;
  /** `callId` of the call that caused it; null for a root. */
  readonly parentId: number | null;
  /**
   * `call`: the parent ran when it began. `root`: a callback, registered by its parent, the root of
   * the trace, or by a call that this one caused. null for a root.
   */
  readonly parentKind: "call" | "root" | null;
  /** Name of the function. */
  readonly function: string;
  /** Its file, relative to the project's root where it is under it. */
  readonly file: string;
  /** Line of its first character, from 1. */
  readonly line: number;
  /** Column of its first character, from 1. */
  readonly col: number;
  /** Names of its parameters. */
  readonly parameters: readonly string[];
  /** Entry. */
  readonly startedAt: string;
  /** Entry to return, or to settlement of an async function or generator; null while open. */
  readonly durationNs: number | null;
  /** The running part without recorded callees. */
  readonly selfNs: number;
  /** The suspended part (`await`, `yield`). */
  readonly waitNs: number;
  /** Number of calls above it. */
  readonly depth: number;
  /** How it ended. */
  readonly status: CallStatus;
  /** Its arguments; undefined if not captured. */
  readonly arguments: JsonValue | undefined;
  /** Its result; undefined if not captured or none. */
  readonly result: JsonValue | undefined;
  /** The exception that ended it. */
  readonly exceptionId: number | null;
  /** Which clock its times were read from. */
  readonly clock: "coarse" | "exact";
  /** Calls that this row stands for. */
  readonly weight: number;
  /** What recorded it. */
  readonly backend: "probe" | "inspector";
}

/** A part of a trace, level by level. */
export interface CallLevels {
  readonly runId: string;
  readonly traceId: string;
  /** Calls of the whole trace in the store. */
  readonly callCount: number;
  /** Those at the top first, then the levels below them. */
  readonly calls: readonly {
    readonly call: Call;
    /** 0 for those at the top. */
    readonly level: number;
    /** Calls directly below it, also those that are not among `calls`. */
    readonly children: number;
  }[];
}

/** An exception, however many calls it passed through. */
export interface RecordedException {
  /** The run. */
  readonly runId: string;
  /** Unique in its run. */
  readonly exceptionId: number;
  /** Thread in its run. */
  readonly threadId: number;
  /** The innermost recorded call that it left, if any. */
  readonly callId: number | null;
  /** Its trace, if it left a call. */
  readonly traceId: string | null;
  /** Name of that call's function. */
  readonly function: string | null;
  /** Its file. */
  readonly file: string | null;
  /** Its line. */
  readonly line: number | null;
  /** The error's name; `typeof` of a thrown value that is no error. */
  readonly name: string;
  /** Its message, or the thrown value as JSON; redacted. */
  readonly message: string;
  /** Its stack, redacted; null where it was not read. */
  readonly stack: string | null;
  /** When it was first seen. */
  readonly thrownAt: string;
  /** Who handled it. */
  readonly handled: Handled;
  /** Number of recorded calls that it ended. */
  readonly calls: number;
}

/** Where a text can be found. */
export type SearchField = "function" | "arguments" | "result" | "name" | "message" | "stack";

/** Where in a call or exception a text was found. */
export interface FoundPlace {
  /** What holds it; `name`, `message` and `stack` are an exception's. */
  readonly field: SearchField;
  /** Of arguments and results the way to it, `arguments[0].user.id`; else the field. */
  readonly path: string;
  /** It, and what stands around it: of values their JSON. */
  readonly excerpt: string;
}

/** A call or an exception that holds a text. */
export interface SearchMatch {
  readonly kind: "call" | "exception";
  /** The run. */
  readonly runId: string;
  /** Thread in its run. */
  readonly threadId: number;
  /** Its trace; null of an exception that left no call. */
  readonly traceId: string | null;
  /** The call, or the innermost one that the exception left. */
  readonly callId: number | null;
  /** The exception; null of a call. */
  readonly exceptionId: number | null;
  /** Name of the call's function. */
  readonly function: string | null;
  /** Its file. */
  readonly file: string | null;
  /** Its line. */
  readonly line: number | null;
  /** When the call began, or the exception was first seen. */
  readonly at: string;
  /** Where in it the text stands: one place a field. */
  readonly found: readonly FoundPlace[];
}

/** What a tail hands out. */
export type TailItem =
  | { readonly kind: "call"; readonly call: Call }
  | { readonly kind: "exception"; readonly exception: RecordedException };

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

/** A side of a comparison. */
export interface DiffSide {
  readonly kind: "run" | "trace";
  /** The whole id. */
  readonly id: string;
  /** Recorded calls. */
  readonly calls: number;
  /** Those that threw. */
  readonly errors: number;
  /** Running time of all. */
  readonly selfNs: number;
}

/** A call on the way to another. */
export interface CallPlace {
  readonly callId: number;
  /** Name of its function. */
  readonly function: string;
  /** Its file. */
  readonly file: string;
  /** Its line. */
  readonly line: number;
}

/** Where a side stands at a divergence. */
export interface DivergedCall {
  /** Number of calls before it, in the order of entry. */
  readonly position: number;
  /** The calls from the root to it, itself the last. Of one deeper than 64 levels, the lower ones. */
  readonly path: readonly CallPlace[];
  /** The call. */
  readonly call: Call;
}

/** Where two sides first differ. */
export interface Divergence {
  /** `call`: another function is called, or from another depth. `outcome`: the same call ends otherwise. */
  readonly kind: "call" | "outcome";
  /** null where the side has ended. */
  readonly a: DivergedCall | null;
  /** Likewise. */
  readonly b: DivergedCall | null;
}

/** A function on both sides. */
export interface FunctionChange {
  /** Name. */
  readonly function: string;
  /** Its file. */
  readonly file: string;
  /** Its line in `b`. */
  readonly line: number;
  /** Its sums in `a`. */
  readonly a: FunctionStats;
  /** Its sums in `b`. */
  readonly b: FunctionStats;
  /** Mean duration in `b` over that in `a`; null where no call ended. */
  readonly ratio: number | null;
  /** How much longer its calls in `b` took than as many of `a`'s: below 0 where it is faster. */
  readonly differenceNs: number;
}

/** A place in a value that is not the same on both sides. */
export interface ValueChange {
  /** The way to it, `arguments[0].user.id`. */
  readonly path: string;
  /** The value in `a`; undefined where there is none. */
  readonly a: JsonValue | undefined;
  /** The value in `b`. */
  readonly b: JsonValue | undefined;
}

/** A call of both sides with other arguments or another result. */
export interface ChangedCall {
  /** Name of the function. */
  readonly function: string;
  /** Its file. */
  readonly file: string;
  /** Its line in `b`. */
  readonly line: number;
  /** The call in `a`, and the number of calls before it. */
  readonly a: { readonly position: number; readonly traceId: string; readonly callId: number };
  /** The call in `b`. */
  readonly b: { readonly position: number; readonly traceId: string; readonly callId: number };
  /** Where arguments and result differ: ten places of each at most. */
  readonly changes: readonly ValueChange[];
}

/** Exceptions that are not as many on both sides. */
export interface ExceptionChange {
  /** The error's name. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** The function that it left first. */
  readonly function: string | null;
  /** Its file. */
  readonly file: string | null;
  /** How many in `a`. */
  readonly a: number;
  /** How many in `b`. */
  readonly b: number;
}

/** Two runs or traces, compared. */
export interface Diff {
  readonly a: DiffSide;
  readonly b: DiffSide;
  /** Calls that both have: the same function at the same depth, in the same order. */
  readonly pairs: number;
  /** Calls that only `a` has. */
  readonly onlyInA: number;
  /** Calls that only `b` has. */
  readonly onlyInB: number;
  /** Where they first differ; null where both call the same in the same order, to the same ends. */
  readonly divergence: Divergence | null;
  /** Functions of `b` alone, the longest first. */
  readonly added: readonly FunctionStats[];
  /** Functions of `a` alone. */
  readonly removed: readonly FunctionStats[];
  /** Functions with longer calls in `b`, those that make the most difference first. */
  readonly slower: readonly FunctionChange[];
  /** Functions with shorter calls in `b`. */
  readonly faster: readonly FunctionChange[];
  /** Functions that were not called as often. */
  readonly counts: readonly FunctionChange[];
  /** Pairs with other arguments or another result. */
  readonly changedCount: number;
  /** The first of them. */
  readonly changedValues: readonly ChangedCall[];
  /** Exceptions that are not as many. */
  readonly exceptions: readonly ExceptionChange[];
}

/** Calls of a function that were led to in the same way. */
export interface FlameNode {
  /** Name of the function; `all` at the top. */
  readonly name: string;
  /** Its file; null at the top. */
  readonly file: string | null;
  /** Line of its first character, from 1. */
  readonly line: number | null;
  /** Column of its first character, from 1. */
  readonly col: number | null;
  /** Running time, its own and that of all below. */
  readonly value: number;
  /** Its own running time. */
  readonly selfNs: number;
  /** Sum of durations, waiting included. */
  readonly durationNs: number;
  /** Number of calls. */
  readonly calls: number;
  /** Those that threw. */
  readonly errors: number;
  /** What it called, the longest running first. */
  readonly children: readonly FlameNode[];
}

/** A flame graph. */
export interface Flame {
  /** Above all stacks. */
  readonly root: FlameNode;
  /** Number of calls read. */
  readonly calls: number;
  /** Those that have no node of their own: too deep, or too many. Their time is in the node above. */
  readonly folded: number;
  /** There were more than `maxCalls`. */
  readonly truncated: boolean;
}

/** A bar of a timeline. */
export interface TimelineRow {
  /** The call. */
  readonly callId: number;
  /** The call that caused it. */
  readonly parentId: number | null;
  /** Name of its function. */
  readonly function: string;
  /** Its file. */
  readonly file: string;
  /** Its line. */
  readonly line: number;
  /** Thread in its run. */
  readonly threadId: number;
  /** Number of calls above it. */
  readonly depth: number;
  /** How it ended. */
  readonly status: CallStatus;
  /** Entry, from that of the trace's first call. */
  readonly startNs: number;
  /** End, likewise; null while open. */
  readonly endNs: number | null;
  /** The running part without recorded callees. */
  readonly selfNs: number;
  /** The suspended part. */
  readonly waitNs: number;
  /** The lane that it stands on. */
  readonly lane: number;
}

/** A lane of a timeline: on it, calls nest. */
export interface TimelineLane {
  /** From 0. */
  readonly lane: number;
  /** The thread of its calls. A thread has several where calls overlapped: asynchronous ones. */
  readonly threadId: number;
  /** For people. */
  readonly name: string;
}

/** A trace as bars on lanes. */
export interface Timeline {
  readonly traceId: string;
  readonly runId: string;
  /** Entry of its first call. */
  readonly startedAt: string;
  /** End of the call that ended last. */
  readonly endNs: number;
  /** The trace has more calls. */
  readonly truncated: boolean;
  readonly lanes: readonly TimelineLane[];
  /** In the order of entry. */
  readonly rows: readonly TimelineRow[];
}

/** The answer to a query of one's own. */
export interface SqlResult {
  /** Its columns in order, with DuckDB's types. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Its rows. Integers beyond 2^53, decimals and dates are strings; lists and structs are JSON. */
  readonly rows: readonly Readonly<Record<string, JsonValue>>[];
  /** There were more rows than `maxRows`. */
  readonly truncated: boolean;
}

/** A file format of an export. */
export type ExportFormat = "duckdb" | "parquet" | "csv" | "jsonl";

/** A table of an export. */
export type ExportTable = "runs" | "calls" | "exceptions" | "functions" | "counts";

/** What an export wrote. */
export interface ExportResult {
  /** The file or folder. */
  readonly path: string;
  readonly format: ExportFormat;
  /** Rows of each table. */
  readonly rows: Readonly<Partial<Record<ExportTable, number>>>;
  /** Bytes of all files. */
  readonly bytes: number;
}

/** A file in the store that was skipped. */
export interface Problem {
  /** Its path. */
  readonly file: string;
  /** `corrupt`: damaged or not whole. `foreign`: nothing that Breadcrumb writes. */
  readonly kind: "corrupt" | "foreign";
  /** What is wrong with it. */
  readonly reason: string;
}
