/**
 * The options of a recording, for the API, the CLI and the environment alike.
 */
import type { DumpSignal } from "./dump-signal";
import type { Edges } from "./edges";
import type { InspectorOptions } from "./inspector";
import type { Keep, KeepRules } from "./keep";
import type { RedactOptions, RedactRules } from "./redact";
import type { RetentionLimits, RetentionOptions } from "./retention";
import type { SamplesOptions, Sampling } from "./samples";
import type { ValueLimits, ValuesOptions } from "./values";

/** What can happen to a call when the ring is full. */
export const OVERFLOWS = ["block", "drop"] as const;
/** What happens to a call when the ring is full. */
export type Overflow = (typeof OVERFLOWS)[number];

/** How much can be recorded of a call, the most first. */
export const MODES = ["values", "time", "count", "dormant"] as const;
/** How much is recorded of a call. */
export type Mode = (typeof MODES)[number];

/** The clocks that calls can be timed with. */
export const CLOCKS = ["auto", "coarse", "exact"] as const;
/** The clock that calls are timed with. */
export type Clock = (typeof CLOCKS)[number];

/** What can become of leaves. */
export const LEAVES = ["record", "count", "skip"] as const;
/** What becomes of leaves: functions without calls, loops, `throw`, `try`, functions or classes in them. */
export type Leaves = (typeof LEAVES)[number];

/** What becomes of leaves, as the native part takes it. */
export interface LeafRule {
  readonly how: Leaves;
  /** Longer ones, in characters, are as all functions. */
  readonly longest: number;
}

/** Options of `Breadcrumb.start()`. */
export interface StartOptions {
  /**
   * Files whose functions are recorded: patterns in gitignore's style over paths relative to the
   * project's root (`src/**`, `!src/generated/**`), and packages as `npm:express`, `npm:*`.
   * @default the project's own files, without `node_modules`
   */
  readonly include?: readonly string[];
  /** Files that are left out, in the same style. @default none */
  readonly exclude?: readonly string[];
  /** Folder of the store, or `:memory:`. @default the nearest `.breadcrumb` upwards, else one in the project's root; `BREADCRUMB_DIR` */
  readonly store?: string;
  /** What happens when the recorder does not keep up: `drop` counts the call and goes on, `block` waits. @default "drop" */
  readonly overflow?: Overflow;
  /** How much is recorded of each call. @default "values" */
  readonly mode?: Mode;
  /**
   * What recording may cost, as a share of the processor time that the process takes for itself, 0.01 to
   * 1: the functions that cost the most are then recorded without values, or counted only. False: anything.
   * @default false; `BREADCRUMB_OVERHEAD`
   */
  readonly overhead?: number | false;
  /**
   * The clock that calls are timed with. `exact`: each entry and exit reads it, some 45 ns each. `coarse`:
   * where a thread has more than 256 events a millisecond, one reading serves several. `auto`: the same, but
   * the slowest functions have readings of their own, as far as these take a hundredth of the time; not with
   * `overhead`.
   * @default "auto"; `BREADCRUMB_CLOCK`
   */
  readonly clock?: Clock;
  /**
   * What becomes of leaves, functions that call nothing, repeat nothing and throw nothing by their text:
   * `count` only counts their calls, unless `set` or `breadcrumb start` chooses them; `skip` gives them no
   * probes, and lists them as left alone (`coverage()`). Their time is then their callers' own.
   * @default "record"; `BREADCRUMB_LEAVES`
   */
  readonly leaves?: Leaves;
  /** Leaves whose text is longer, in characters, are as all functions. @default any; `BREADCRUMB_LEAF_SIZE` */
  readonly leafSize?: number;
  /** Calls that `:memory:` keeps, the newest. @default 100000 */
  readonly maxCalls?: number;
  /**
   * What the store keeps: older runs are removed while this one records; false keeps everything.
   * @default 30 days, 90 for runs that failed, 10 GB; `BREADCRUMB_RETENTION`
   */
  readonly retention?: RetentionOptions | false;
  /**
   * Which traces are stored, decided when they have ended; the calls of the others are counted.
   * `"errors"`, `"slow>200ms"`, `"1%"`, or options.
   * @default "all"; `BREADCRUMB_KEEP`
   */
  readonly keep?: Keep;
  /**
   * The signal that stores what is held of the other traces, as `dump()` does: `"SIGUSR2"`, `"SIGHUP"`,
   * `"SIGQUIT"` or `"SIGALRM"`. A listener of the program's own takes its place.
   * @default "off"; `BREADCRUMB_DUMP_SIGNAL`
   */
  readonly dumpSignal?: DumpSignal;
  /**
   * The variables of each recorded call that an exception leaves are recorded with the exception, of
   * its blocks, of the function and of those around it. Functions are slower for it whether they throw
   * or not.
   * @default false
   */
  readonly locals?: boolean;
  /**
   * Which lines of each call run, in the order in which they first do, and how often; and of each line of an included
   * function how often it ran in all (docs/lines.md). Files that were loaded before the recording tell no lines.
   * @default false; `BREADCRUMB_LINES`
   */
  readonly lines?: boolean;
  /**
   * What each assignment of a recorded call comes to, in the order in which they are made: variables that are declared or assigned
   * to, and properties (docs/variables.md). Lines are recorded, too. As `lines`, nothing of files that were loaded before.
   * @default false; `BREADCRUMB_VARIABLES`
   */
  readonly variables?: boolean;
  /**
   * Requests that recorded code makes by `node:http`, `node:https` and `fetch` go out with a header `traceparent`, unless they have one, so
   * that what they lead to in other processes belongs to them (docs/context.md).
   * @default true; `BREADCRUMB_PROPAGATE`
   */
  readonly propagate?: boolean;
  /**
   * Where the program meets others, as rows of their own: `"http"`, requests that it serves and makes; `"sql"`, queries of databases
   * (docs/edges.md). true: all of them.
   * @default false; `BREADCRUMB_EDGES`
   */
  readonly edges?: Edges;
  /**
   * V8's sampling profilers run alongside, and what they find is in the table `samples`: where the main thread's time
   * goes, with `heap` where memory comes from (docs/samples.md). true: `{ cpu: true, heap: false, intervalUs: 1000 }`.
   * @default false; `BREADCRUMB_SAMPLES`
   */
  readonly samples?: SamplesOptions | boolean;
  /** How much of arguments and results is kept. @default `{ depth: 3, keys: 12, items: 10, string: 200, bytes: 8192, budget: 50 }`; `BREADCRUMB_VALUES` */
  readonly values?: ValuesOptions;
  /**
   * Which secrets are taken out before anything is stored, and what stands in their place; false keeps them all.
   * @default every rule but `email`, `phone`, `ip`; `BREADCRUMB_REDACT`
   */
  readonly redact?: RedactOptions | false;
  /**
   * Breakpoints record a few calls a second of files that were loaded before `Breadcrumb.start()`; an object says
   * what that may cost (docs/inspector.md). true: `{ hits: 20, totalHits: 100, cpuMs: 30, pauseMs: 30 }`.
   * @default false
   */
  readonly inspector?: InspectorOptions | boolean;
}

/** Options after defaults and checks, as the native part takes them (JSON). */
export interface SessionOptions {
  /** Project's root: paths are shown and matched relative to it. */
  readonly root: string;
  /** Folder of the main script's project, whose files count as the project's own too. */
  readonly mainRoot: string | null;
  /** Patterns; null for the project's own files. */
  readonly include: readonly string[] | null;
  /** Patterns left out. */
  readonly exclude: readonly string[];
  /** Every file, dependencies included. */
  readonly all: boolean;
  /** Folder of this package, never recorded. */
  readonly ownFolder: string;
  /** Absolute folder of the store, or `:memory:`. */
  readonly store: string;
  /** What happens when the ring is full. */
  readonly overflow: Overflow;
  /** Mode byte of functions to come. */
  readonly mode: number;
  /** What recording may cost, as a share of the process's own processor time; null: anything. */
  readonly overhead: number | null;
  /** The clock that calls are timed with. */
  readonly clock: Clock;
  /** What becomes of leaves. */
  readonly leaves: LeafRule;
  /** Calls that a memory store keeps. */
  readonly maxCalls: number;
  /** What the store keeps; null: everything. */
  readonly retention: RetentionLimits | null;
  /** Which traces are stored; null: all. */
  readonly keep: KeepRules | null;
  /** Name of the signal that stores what is held; null: none does. */
  readonly dumpSignal: string | null;
  /** What is sampled; null: nothing. */
  readonly samples: Sampling | null;
  /** How much of values is kept. */
  readonly values: ValueLimits;
  /** Variables that exceptions leave behind are recorded. */
  readonly locals: boolean;
  /** Which lines run is recorded. */
  readonly lines: boolean;
  /** What assignments come to is recorded. */
  readonly variables: boolean;
  /** Requests go out with the ids of their trace. */
  readonly propagate: boolean;
  /** Edges that are recorded, by EDGE_*. */
  readonly edges: number;
  /** What is redacted; null: nothing. */
  readonly redact: RedactRules | null;
  /** What is known of this process. */
  readonly run: RunInfo;
}

/** A process, for its run's record. */
export interface RunInfo {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly pid: number;
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  /** Run that spawned this process, if it is known. */
  readonly parentRunId: string | null;
  /** The `breadcrumb run` that this process belongs to. */
  readonly launchId: string | null;
}
