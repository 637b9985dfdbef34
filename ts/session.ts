/**
 * What `Breadcrumb.start()` returns, and the types of its answers.
 */
import type * as Core from "./core";
import { BreadcrumbError, type BreadcrumbErrorCode } from "./errors";
import { type DumpOptions, type DumpReport, dumpRequest } from "./options/keep";
import { type CaptureOptions, type CaptureReport, captureRequest } from "./options/capture";
import type { GovernorReport } from "./options/governor-report";
import type { InspectorCounters } from "./options/inspector";

/** Counters of a session. recorded + counted + dropped = the calls that happened. */
export interface SessionCounters {
  /** Calls recorded one by one. */
  readonly recorded: number;
  /** Calls counted only. */
  readonly counted: number;
  /** Calls dropped because the ring was full. */
  readonly dropped: number;
  /** Exceptions recorded. */
  readonly exceptions: number;
  /** Values, or parts of texts, that were redacted. */
  readonly redacted: number;
  /** How often each rule redacted, by its name. */
  readonly redactions: Readonly<Record<string, number>>;
  /** Traces that were stored, where `keep` decides it. */
  readonly tracesKept: number;
  /** Those that were not. Their calls are counted. */
  readonly tracesLeftOut: number;
  /** Those that were decided early, for want of `keep.memory`. */
  readonly tracesDecidedEarly: number;
  /** Bytes that are held until it is decided. */
  readonly heldBytes: number;
  /** Bytes of the segments written. */
  readonly bytes: number;
  /** Segments written. */
  readonly segments: number;
  /** Memory reserved for rings, bytes. */
  readonly ringBytes: number;
  /** The part of it that waits to be stored, bytes. */
  readonly ringUsedBytes: number;
  /** CPU time of the recorder's thread, ns. */
  readonly recorderCpuNs: number;
  /** Where breakpoints record files that were loaded before: what they did, and what it cost. */
  readonly inspector?: InspectorCounters;
  /** With `overhead`: what recording is estimated to cost, and what was done about it. */
  readonly governor?: GovernorReport;
}

/** A file in `session.coverage()`. */
export interface CoveredFile {
  /** Path, relative to the project's root where it is under it. */
  readonly file: string;
  /** What became of it. */
  readonly status: "instrumented" | "inspected" | "left-alone" | "too-early";
  /** What tells of its calls: probes in its text, or breakpoints. */
  readonly backend?: "probe" | "inspector";
  /** Functions whose calls are recorded. */
  readonly functions: number;
  /** Why the file was left alone, or is not recorded though it was loaded too early for probes. */
  readonly reason?: string;
  /** The original files of its functions, by its source map. */
  readonly originals?: readonly string[];
  /** Why its source map cannot be used: its functions are told where Node has them. */
  readonly sourceMap?: string;
  /** Functions left alone in an instrumented file. */
  readonly leftAlone: readonly {
    readonly name: string;
    readonly line: number;
    readonly why: string;
  }[];
}

/** Answer of `session.coverage()`. */
export interface Coverage {
  readonly files: readonly CoveredFile[];
}

/** Sums over the calls of a function. Times in ns. */
export interface FunctionStats {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly calls: number;
  readonly errors: number;
  readonly totalNs: number;
  readonly selfNs: number;
  readonly waitNs: number;
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
}

/** A call kept by a memory store. */
export interface MemoryCall {
  readonly callId: number;
  readonly parentId: number | null;
  /** `call`: the parent ran when it began. `root`: a callback of the trace. null for a root. */
  readonly parentKind: "call" | "root" | null;
  readonly rootId: number;
  readonly threadId: number;
  readonly function: string;
  readonly file: string;
  readonly line: number;
  /** ns since 1970, as text: it is beyond 2^53. */
  readonly startedAtNs: string;
  readonly durationNs: number | null;
  readonly selfNs: number;
  readonly waitNs: number;
  readonly depth: number;
  readonly status: "returned" | "threw" | "open";
  /** JSON values, see docs/values.md; null if not captured. */
  readonly arguments: readonly unknown[] | null;
  readonly result: unknown;
  readonly exceptionId: number | null;
  /** The lines that ran, in the order in which they first did; null without the option `lines`. */
  readonly lines: readonly { line: number; count: number; col?: number }[] | null;
  /** What its assignments came to, in the order in which they were made; null without the option `variables`. */
  readonly variables:
    | readonly { line: number; name: string; value?: unknown; leftOut?: number }[]
    | null;
}

/** A trace kept by a memory store: a root call and the number of calls kept of it. */
export interface MemoryTrace {
  readonly root: MemoryCall;
  readonly calls: number;
}

/** Answer of `Breadcrumb.measure()`. */
export interface MeasureResult<T> {
  /** What the function returned. */
  readonly result: T;
  /** Per function, the most self time first. */
  readonly functions: readonly FunctionStats[];
  readonly counters: SessionCounters;
}

/** A recording. */
export class Session implements AsyncDisposable {
  readonly #core: typeof Core;
  readonly #owner: boolean;
  #ended: SessionCounters | undefined;

  /** @param owner false where the process was recording already: `stop()` then only flushes. */
  constructor(core: typeof Core, owner: boolean) {
    this.#core = core;
    this.#owner = owner;
  }

  /** Ends the recording; everything up to now is in the store. Twice is once. */
  async stop(): Promise<SessionCounters> {
    if (this.#ended !== undefined) return this.#ended;
    this.#ended = this.#end();
    return this.#ended;
  }

  #end(): SessionCounters {
    const { native } = this.#core;
    if (!this.#owner) {
      native.flush();
      return this.counters();
    }
    const counters = parse<SessionCounters>(() => this.#core.stop());
    sessionEnded();
    return this.#withInspector(counters);
  }

  /**
   * Changes what is captured of the functions that have probes: which, how much of each call, for how
   * long. Calls that have begun go on as they began.
   *
   * Throws BC_ERR_BAD_OPTION, BC_ERR_BAD_GLOB, BC_ERR_STOPPED.
   */
  set(options: CaptureOptions): CaptureReport {
    const request = JSON.stringify(captureRequest(options));
    this.#core.takeCounts();
    const report = parse<CaptureReport>(() => this.#core.native.capture(request));
    this.#core.heedModes();
    return report;
  }

  /**
   * Stores what is held of traces that `keep` does not store: those of the last time, and those that are
   * not decided.
   *
   * Throws BC_ERR_BAD_OPTION, BC_ERR_STOPPED, BC_ERR_STORE_UNWRITABLE.
   */
  dump(options: DumpOptions = {}): DumpReport {
    const request = JSON.stringify(dumpRequest(options));
    return parse(() => this.#core.native.dump(request));
  }

  /** How many calls were recorded, counted, dropped, and what it cost. */
  counters(): SessionCounters {
    return this.#ended ?? this.#withInspector(parse(() => this.#core.native.counters()));
  }

  #withInspector(counters: SessionCounters): SessionCounters {
    const inspector = this.#core.inspectorCounters();
    return inspector === undefined ? counters : { ...counters, inspector };
  }

  /** Each file that matched: instrumented, inspected, left alone and why, loaded too early. */
  coverage(): Coverage {
    return parse(() => this.#core.coverage());
  }

  /** The newest calls of a memory store, newest first. Throws BC_ERR_NO_MEMORY_STORE on another. */
  calls(filter: { function?: string; limit?: number } = {}): readonly MemoryCall[] {
    return this.#ask("calls", filter);
  }

  /** The newest traces of a memory store, newest first. Throws BC_ERR_NO_MEMORY_STORE on another. */
  traces(filter: { limit?: number } = {}): readonly MemoryTrace[] {
    return this.#ask("traces", filter);
  }

  /** Per function, over all calls, the most self time first. Throws BC_ERR_NO_MEMORY_STORE on another. */
  stats(): readonly FunctionStats[] {
    return this.#ask("stats", {});
  }

  /** `await using session = …` stops by itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #ask<T>(question: string, options: object): T {
    return parse(() => this.#core.native.ask(question, JSON.stringify(options)));
  }
}

/** What to do when the owner's session has ended. */
let sessionEnded: () => void = () => {};

/** Sets what to do when the owner's session has ended. */
export function onSessionEnd(action: () => void): void {
  sessionEnded = action;
}

/** Parses an answer of the addon; its errors, `code\nmessage`, become coded ones. */
export function parse<T>(ask: () => string): T {
  return JSON.parse(coded(ask)) as T;
}

/** Calls the addon; its errors, `code\nmessage`, become coded ones. */
export function coded<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw toCoded(error);
  }
}

function toCoded(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.startsWith("BC_ERR_")) return error;
  const end = error.message.indexOf("\n");
  return new BreadcrumbError(
    error.message.slice(0, end) as BreadcrumbErrorCode,
    error.message.slice(end + 1),
    { cause: error },
  );
}
