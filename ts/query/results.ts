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
  /** Values, or parts of texts, that were redacted. */
  readonly redacted: number;
  /** How often each rule redacted, by its name. */
  readonly redactions: Readonly<Record<string, number>>;
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
  /** What told of it: probes, breakpoints, or of a span Node, a library or the program. */
  readonly backend: "probe" | "inspector" | "span";
  /** The lines of its function that ran, in the order in which they first did; null without the option `lines`. */
  readonly lines: readonly LineRun[] | null;
  /** What its assignments came to, in the order in which they were made; null without the option `variables`. */
  readonly variables: readonly Assigned[] | null;
}

/** What an assignment came to. */
export interface Assigned {
  /** Its line, from 1; 0 where it is not known. */
  readonly line: number;
  /** What got the value, as it is written: `sum`, `this.total`; empty in the item that says how many more there were. */
  readonly name: string;
  /** The value, see docs/values.md; undefined in that item. */
  readonly value: JsonValue | undefined;
  /** So many values of this assignment before this one were left out; in an item without a name: assignments behind. */
  readonly leftOut?: number;
}

/** A line that ran in a call. */
export interface LineRun {
  /** The line, from 1. */
  readonly line: number;
  /** How often it ran. */
  readonly count: number;
  /** Of a branch that begins within the line: its column, from 1. Undefined of the line itself. */
  readonly col?: number;
}

/** How often a line of a function ran, in recorded calls and others. */
export interface LineCount {
  readonly function: string;
  readonly file: string;
  /** Line of the function's first character. */
  readonly functionLine: number;
  /** The line, from 1. */
  readonly line: number;
  /** Column of the statement or branch that begins there. */
  readonly col: number;
  /** Whether it is a branch that begins within the line, and not the line itself. */
  readonly isBranch: boolean;
  /** How often it ran; 0: never. */
  readonly count: number;
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
  /** Calls that were only counted, on its thread, while the trace went on: at least these. */
  readonly countedMeanwhile: readonly CountedFunction[];
}

/** A function, and how often it was called without its calls being recorded. */
export interface CountedFunction {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly calls: number;
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
  /** Where it was thrown, from 1; null where its stack was not read. */
  readonly thrownFrom: {
    readonly file: string;
    readonly line: number;
    readonly column: number;
  } | null;
  /** The call that caught it, the last one where it was thrown again; null for none. */
  readonly caughtBy: CaughtBy | null;
  /** `exceptionId` of its `cause`, where that was thrown in recorded code too. */
  readonly causeId: number | null;
  /** Its `cause`, the cause of that, and so on; up to 5. */
  readonly causes: readonly RelatedError[];
  /** The `errors` of an AggregateError; up to 10. */
  readonly errors: readonly RelatedError[];
  /** The calls that it left, the innermost first; up to 64. */
  readonly crossed: readonly CrossedCall[];
}

/** A call that caught an exception. */
export interface CaughtBy {
  /** Its id in its run. */
  readonly callId: number;
  /** Name of its function. */
  readonly function: string;
  /** Its file. */
  readonly file: string;
  /** Line of the `catch` clause. */
  readonly line: number;
}

/** An error that another one names. */
export interface RelatedError {
  /** Its name; `typeof` of a value that is no error. */
  readonly name: string;
  /** Its message, or the value as JSON; redacted. */
  readonly message: string;
  /** Its id, where it was thrown in recorded code. */
  readonly exceptionId: number | null;
}

/** A call that an exception left. */
export interface CrossedCall {
  /** Its id in its run. */
  readonly callId: number;
  /** Name of its function. */
  readonly function: string;
  /** Its file. */
  readonly file: string;
  /** Line of the function. */
  readonly line: number;
  /** Its variables by scope, the innermost first; absent where they were not recorded. */
  readonly locals?: readonly LocalScope[];
}

/** The variables of a scope when an exception left it, as values.md has them. */
export interface LocalScope {
  /** A block in the function, or the function itself. */
  readonly scope: "block" | "function";
  /** Its line, from 1. */
  readonly line: number;
  /** Its own variables by name, `this` among them; `{ "$type": "uninitialized" }` before its declaration. */
  readonly variables: Readonly<Record<string, JsonValue>>;
  /** Those of functions around that the function refers to. */
  readonly closure?: Readonly<Record<string, JsonValue>>;
  /** Some are missing: `rate` (the function had 10 such calls in that second), `bytes` (no room). */
  readonly $cut?: "rate" | "bytes";
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

/** A call that met an object. */
export interface FollowedCall {
  readonly call: Call;
  /** Where the object stands in its arguments and result. */
  readonly paths: readonly string[];
}

/** What a tail hands out. */
export type TailItem =
  | { readonly kind: "call"; readonly call: Call }
  | { readonly kind: "exception"; readonly exception: RecordedException };

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

/**
 * Which way a call is joined to a span: `in`: the request that it serves came with the span's ids; `out`: it made a request with them;
 * `otel`: the span of OpenTelemetry was active when it began, or made a request.
 */
export type LinkDirection = "in" | "out" | "otel";

/** What joins a call to a span of another process or tracer: see docs/context.md. */
export interface Link {
  /** The run. */
  readonly runId: string;
  /** Thread in its run. */
  readonly threadId: number;
  /** The call's trace. */
  readonly traceId: string;
  /** The call; where none ran, the root of the trace. */
  readonly callId: number;
  /** When. */
  readonly linkedAt: string;
  /** Which way. */
  readonly direction: LinkDirection;
  /** Id of the trace in `traceparent`, 32 hexadecimal digits. */
  readonly w3cTraceId: string;
  /** Id of the span, 16 hexadecimal digits. */
  readonly spanId: string;
}

/** A request from a recorded call to another. */
export interface RemoteCall {
  /** The call of this trace: that made the request, or that it led to. */
  readonly callId: number;
  /** When it was made, or came. */
  readonly linkedAt: string;
  /** Its ids in `traceparent`. */
  readonly w3cTraceId: string;
  readonly spanId: string;
  /** The call at the other end, in another trace. */
  readonly remote: {
    readonly runId: string;
    readonly traceId: string;
    readonly callId: number;
    /** Name of its function; null where it has no row (yet). */
    readonly function: string | null;
    /** Its file. */
    readonly file: string | null;
    /** Its line. */
    readonly line: number | null;
    /** Entry. */
    readonly startedAt: string;
    /** Duration; null while open. */
    readonly durationNs: number | null;
    /** How it ended; `open` where it has no row. */
    readonly status: CallStatus;
  };
}

/** What V8's profilers sample. */
export type SampleKind = "cpu" | "heap";

/** A table of an export. */
export type ExportTable =
  | "runs"
  | "calls"
  | "exceptions"
  | "functions"
  | "counts"
  | "samples"
  | "lines"
  | "links";

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
