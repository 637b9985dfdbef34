/**
 * The options of a configuration: the one definition that its check, its JSON schema, `breadcrumb config`
 * and docs/configuration.md are made of.
 *
 *     CONFIG_OPTIONS.mode   // { kind: "word", words: ["values", …], env: "BREADCRUMB_MODE", … }
 */
import { DUMP_SIGNALS, type DumpSignal } from "./dump-signal";
import type { Keep } from "./keep";
import {
  type Clock,
  CLOCKS,
  LEAVES,
  type Leaves,
  type Mode,
  MODES,
  type Overflow,
  OVERFLOWS,
} from "./options";
import type { RedactOptions } from "./redact";
import type { RetentionOptions } from "./retention";
import { EDGE_KINDS, type Edges } from "./edges";
import type { SamplesOptions } from "./samples";
import { VALUE_COUNTS, type ValuesOptions } from "./values";

/** What a configuration, or a profile of it, can say. */
export interface ConfigValues {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly all?: boolean;
  readonly store?: string;
  readonly mode?: Mode;
  readonly overflow?: Overflow;
  readonly overhead?: number | false;
  readonly clock?: Clock;
  readonly leaves?: Leaves;
  readonly leafSize?: number;
  readonly retention?: RetentionOptions | false;
  readonly keep?: Keep;
  readonly dumpSignal?: DumpSignal;
  readonly redact?: RedactOptions | false;
  readonly samples?: SamplesOptions | boolean;
  readonly values?: ValuesOptions;
  readonly maxCalls?: number;
  readonly locals?: boolean;
  readonly lines?: boolean;
  readonly variables?: boolean;
  readonly propagate?: boolean;
  readonly edges?: Edges;
  readonly children?: boolean;
  readonly timeout?: string;
  readonly quiet?: boolean;
  readonly strict?: boolean;
}

/** What a configuration file holds. */
export interface Config extends ConfigValues {
  /** For editors. */
  readonly $schema?: string;
  /** Values by the profile that is chosen: they come before the others. */
  readonly profiles?: Readonly<Record<string, ConfigValues>>;
}

/** A name of an option. */
export type ConfigName = keyof ConfigValues;

/** What there is to say about an option. */
export interface ConfigOption {
  readonly kind:
    | "patterns"
    | "flag"
    | "word"
    | "text"
    | "integer"
    | "time"
    | "share"
    | "retention"
    | "keep"
    | "signal"
    | "redact"
    | "samples"
    | "edges"
    | "values";
  readonly words?: readonly string[];
  /** The variable that says it as well. */
  readonly env?: string;
  /** The flag of `breadcrumb run` that says it as well. */
  readonly flag?: string;
  /** What holds where nobody says. */
  readonly standard: string;
  readonly help: string;
}

/** Every option. */
export const CONFIG_OPTIONS: Readonly<Record<ConfigName, ConfigOption>> = {
  include: {
    kind: "patterns",
    env: "BREADCRUMB_INCLUDE",
    flag: "--include",
    standard: "the project's own files",
    help: "Files whose functions are recorded: patterns as in .gitignore, relative to this file's folder, or packages as npm:express, npm:*.",
  },
  exclude: {
    kind: "patterns",
    env: "BREADCRUMB_EXCLUDE",
    flag: "--exclude",
    standard: "none",
    help: "Files that are left out, in the same style.",
  },
  all: {
    kind: "flag",
    flag: "--all",
    standard: "false",
    help: "Record every file, dependencies included.",
  },
  store: {
    kind: "text",
    env: "BREADCRUMB_DIR",
    flag: "--store",
    standard: "the nearest .breadcrumb upwards, else one in the project's root",
    help: "Folder of the store, relative to this file's folder, or :memory: (for the API).",
  },
  mode: {
    kind: "word",
    words: MODES,
    env: "BREADCRUMB_MODE",
    flag: "--mode",
    standard: "values",
    help: "How much is recorded of each call: values, time (no arguments or results), count, or dormant (nothing).",
  },
  overflow: {
    kind: "word",
    words: OVERFLOWS,
    flag: "--overflow",
    standard: "block under breadcrumb run, else drop",
    help: "What happens when the recorder does not keep up: block waits and loses nothing, drop counts the call and goes on.",
  },
  overhead: {
    kind: "share",
    env: "BREADCRUMB_OVERHEAD",
    flag: "--overhead",
    standard: "false",
    help: "What recording may cost, as a share of the processor time that the process takes for itself (0.01 to 1): the functions that cost the most are then recorded without values, or counted only; false for anything.",
  },
  clock: {
    kind: "word",
    words: CLOCKS,
    env: "BREADCRUMB_CLOCK",
    flag: "--clock",
    standard: "auto",
    help: "The clock that calls are timed with: exact (read at each entry and exit), coarse (where much happens one reading serves several), or auto (coarse, but exact for functions that take long enough for it).",
  },
  leaves: {
    kind: "word",
    words: LEAVES,
    env: "BREADCRUMB_LEAVES",
    flag: "--leaves",
    standard: "record",
    help: "What becomes of functions that call nothing, repeat nothing and throw nothing: record, count (their calls are only counted, unless they are chosen while the program runs), or skip (no probes; coverage() lists them).",
  },
  leafSize: {
    kind: "integer",
    env: "BREADCRUMB_LEAF_SIZE",
    flag: "--leaf-size",
    standard: "any",
    help: "Such functions whose text is longer than so many characters are recorded as all others.",
  },
  retention: {
    kind: "retention",
    env: "BREADCRUMB_RETENTION",
    standard: "30 days, 90 for runs that failed, 10 GB",
    help: "What the store keeps: limits (those left out are none), or false for everything.",
  },
  keep: {
    kind: "keep",
    env: "BREADCRUMB_KEEP",
    flag: "--keep",
    standard: "all",
    help: "Which traces are stored, decided when they have ended: all, none, or errors, slow>200ms, 1%, 10/s, slowest=5/min, root=src/pay.js:charge, when function=handle* and duration>50ms, with commas between them; last=30s holds the others for a dump. Their calls are counted.",
  },
  dumpSignal: {
    kind: "signal",
    words: DUMP_SIGNALS,
    env: "BREADCRUMB_DUMP_SIGNAL",
    flag: "--dump-signal",
    standard: "off",
    help: "The signal that stores what is held of the other traces, as breadcrumb dump does; where the program handles that signal itself, it has it.",
  },
  redact: {
    kind: "redact",
    env: "BREADCRUMB_REDACT",
    flag: "--redact",
    standard: "every rule but email, phone, ip",
    help: "Which secrets are taken out of values before they are stored, and what stands in their place; false keeps them all.",
  },
  samples: {
    kind: "samples",
    env: "BREADCRUMB_SAMPLES",
    flag: "--samples",
    standard: "false",
    help: "V8's sampling profilers run alongside: cpu (where the main thread's time goes), heap (what allocates memory that stays alive), microseconds between samples; true for cpu each 1000, false for none (docs/samples.md).",
  },
  values: {
    kind: "values",
    env: "BREADCRUMB_VALUES",
    flag: "--values",
    standard: Object.entries(VALUE_COUNTS)
      .map(([name, [, , usual]]) => `${name}=${usual}`)
      .join(","),
    help: "How much of arguments and results is kept: levels, keys of an object, items of a list, characters of a string, bytes of a call, properties looked into in a millisecond (0: any number); identity follows objects, this records what methods are called on.",
  },
  maxCalls: {
    kind: "integer",
    standard: "100000",
    help: "Calls that :memory: keeps, the newest.",
  },
  locals: {
    kind: "flag",
    env: "BREADCRUMB_LOCALS",
    flag: "--locals",
    standard: "false",
    help: "Record the variables of the calls that an exception leaves, with the exception.",
  },
  lines: {
    kind: "flag",
    env: "BREADCRUMB_LINES",
    flag: "--lines",
    standard: "false",
    help: "Record which lines of each call run, and how often: of all functions, also those that are only counted.",
  },
  variables: {
    kind: "flag",
    env: "BREADCRUMB_VARIABLES",
    flag: "--variables",
    standard: "false",
    help: "Record the value of each assignment of each recorded call, and which lines run.",
  },
  propagate: {
    kind: "flag",
    env: "BREADCRUMB_PROPAGATE",
    flag: "--no-propagate",
    standard: "true",
    help: "Requests that recorded code makes go out with a header traceparent, so that what they lead to in other processes belongs to them.",
  },
  edges: {
    kind: "edges",
    words: EDGE_KINDS,
    env: "BREADCRUMB_EDGES",
    flag: "--edges",
    standard: "none",
    help: "Where the program meets others, as rows of their own: http (requests that it serves and makes), sql (queries of databases); true for all, false for none (docs/edges.md).",
  },
  children: {
    kind: "flag",
    flag: "--no-children",
    standard: "true",
    help: "Record the Node.js processes that the first one starts as well (breadcrumb run).",
  },
  timeout: {
    kind: "time",
    flag: "--timeout",
    standard: "none",
    help: "End the command after this time, such as 30s, with exit code 124 (breadcrumb run).",
  },
  quiet: {
    kind: "flag",
    flag: "--quiet",
    standard: "false",
    help: "Print nothing of Breadcrumb's own (breadcrumb run).",
  },
  strict: {
    kind: "flag",
    flag: "--strict",
    standard: "false",
    help: "Do not run the command if it cannot be recorded (breadcrumb run; exit code 2).",
  },
};

/** Names of the options. */
export const CONFIG_NAMES = Object.keys(CONFIG_OPTIONS) as ConfigName[];

/** Profiles that every project has; a configuration's own of that name comes before. */
export const STANDARD_PROFILES: Readonly<Record<string, ConfigValues>> = {
  development: {},
  test: {},
  // The program is never held up, and no values are kept.
  production: { overflow: "drop", mode: "time" },
};

/** The same configuration, typed: `export default defineConfig({ include: ["src/**"] })`. */
export function defineConfig(config: Config): Config {
  return config;
}
