/**
 * Public options → what the native part takes: defaults, environment, checks.
 *
 * Precedence: options given in code or on the command line, then the environment
 * (`BREADCRUMB_DIR`, `BREADCRUMB_MODE`, `BREADCRUMB_INCLUDE`, `BREADCRUMB_EXCLUDE`,
 * `BREADCRUMB_LOCALS`, `BREADCRUMB_CLOCK`, `BREADCRUMB_LEAVES`, `BREADCRUMB_LEAF_SIZE`, `BREADCRUMB_OVERHEAD`, `BREADCRUMB_KEEP`, `BREADCRUMB_DUMP_SIGNAL`, `BREADCRUMB_RETENTION`, `BREADCRUMB_REDACT`, `BREADCRUMB_SAMPLES`, `BREADCRUMB_VALUES`), then the project's
 * configuration, then defaults.
 */
import { existsSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { badOption } from "../errors";
import { MODE_COUNT, MODE_OFF, MODE_TIME, MODE_VALUES } from "../native/layout";
import { checkObject } from "./check-object";
import type { ConfigValues } from "./config-options";
import type { LoadedConfig } from "./resolve-config";
import { type DumpSignal, dumpSignal } from "./dump-signal";
import { type Keep, type KeepRules, keepRules } from "./keep";
import { leafRule, leafSizeOf } from "./leaves";
import {
  type Clock,
  CLOCKS,
  type LeafRule,
  type Leaves,
  type Mode,
  MODES,
  OVERFLOWS,
  type RunInfo,
  type SessionOptions,
  type StartOptions,
} from "./options";
import { overheadOf, overheadShare } from "./overhead";
import { type RedactOptions, redactRules, type RedactRules } from "./redact";
import { redactOf } from "./redact-text";
import {
  DEFAULT_RETENTION,
  retentionLimits,
  type RetentionLimits,
  retentionOf,
  type RetentionOptions,
} from "./retention";
import { edgeBits, type Edges, edgesOf } from "./edges";
import { samplesOf, type SamplesOptions, type Sampling, samplingOf } from "./samples";
import { type ValueLimits, valueLimits, type ValuesOptions, valuesOf } from "./values";

const MODE_BYTES: Readonly<Record<Mode, number>> = {
  dormant: MODE_OFF,
  count: MODE_COUNT,
  time: MODE_TIME,
  values: MODE_VALUES,
};
const KNOWN = [
  "include",
  "exclude",
  "store",
  "overflow",
  "mode",
  "overhead",
  "clock",
  "leaves",
  "leafSize",
  "maxCalls",
  "retention",
  "keep",
  "dumpSignal",
  "samples",
  "values",
  "redact",
  "locals",
  "lines",
  "variables",
  "propagate",
  "edges",
  "inspector",
];
const DEFAULT_MAX_CALLS = 100_000;

/** What the caller knows besides the options. */
export interface Circumstances {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of the main script, if there is one. */
  readonly main: string | undefined;
  readonly ownFolder: string;
  readonly argv: readonly string[];
  /** Every file, dependencies included. */
  readonly all: boolean;
  /** What the project's configuration says. @default nothing */
  readonly config?: Pick<LoadedConfig, "values" | "folder"> | undefined;
}

/** The store that is none on disk. */
const MEMORY = ":memory:";

/** Checks options and fills in defaults. Throws BC_ERR_BAD_OPTION. */
export function normalize(options: StartOptions, at: Circumstances): SessionOptions {
  checkObject(options, "Options must be an object", KNOWN);
  const { env } = at;
  const { values: config, folder } = at.config ?? { values: {}, folder: null };
  const root = folder ?? projectRoot(at.cwd);
  const store = storeFolder(options.store, at.cwd, env["BREADCRUMB_DIR"] || config.store, folder);
  return {
    root,
    mainRoot: mainRoot(at.main),
    include:
      patterns("include", options.include ?? split(env["BREADCRUMB_INCLUDE"]) ?? config.include) ??
      null,
    exclude:
      patterns("exclude", options.exclude ?? split(env["BREADCRUMB_EXCLUDE"]) ?? config.exclude) ??
      [],
    all: at.all || config.all === true,
    ownFolder: at.ownFolder,
    store,
    overflow: oneOf('Option "overflow"', options.overflow ?? config.overflow ?? "drop", OVERFLOWS),
    mode: chosenMode(options.mode, env["BREADCRUMB_MODE"], config.mode),
    overhead: overhead(options.overhead, env["BREADCRUMB_OVERHEAD"], config.overhead),
    clock: clock(options.clock, env["BREADCRUMB_CLOCK"], config.clock),
    leaves: leaves(options, env, config),
    maxCalls: positive("maxCalls", options.maxCalls ?? config.maxCalls ?? DEFAULT_MAX_CALLS),
    retention: retention(options.retention, env["BREADCRUMB_RETENTION"], config.retention),
    keep: keptTraces(options.keep, env["BREADCRUMB_KEEP"], config.keep),
    dumpSignal: signal(options.dumpSignal, env["BREADCRUMB_DUMP_SIGNAL"], config.dumpSignal),
    samples:
      store === MEMORY
        ? noSamples(options.samples)
        : sampling(options.samples, env["BREADCRUMB_SAMPLES"], config.samples),
    values: limitsOfValues(options.values, env["BREADCRUMB_VALUES"], config.values),
    redact: redaction(options.redact, env["BREADCRUMB_REDACT"], config.redact),
    locals: flag("locals", options.locals ?? onOrOff("BREADCRUMB_LOCALS", env) ?? config.locals),
    lines: flag("lines", options.lines ?? onOrOff("BREADCRUMB_LINES", env) ?? config.lines),
    variables: flag(
      "variables",
      options.variables ?? onOrOff("BREADCRUMB_VARIABLES", env) ?? config.variables,
    ),
    propagate: flag(
      "propagate",
      options.propagate ?? onOrOff("BREADCRUMB_PROPAGATE", env) ?? config.propagate ?? true,
    ),
    edges: edges(options.edges, env["BREADCRUMB_EDGES"], config.edges),
    run: runInfo(at),
  };
}

function chosenMode(
  given: Mode | undefined,
  env: string | undefined,
  config: Mode | undefined,
): number {
  if (given === undefined && env) return modeByte(env as Mode, "BREADCRUMB_MODE");
  return modeByte(given ?? config ?? "values");
}

function keptTraces(
  given: Keep | undefined,
  env: string | undefined,
  config: Keep | undefined,
): KeepRules | null {
  if (given === undefined && env) return keepRules(env, "BREADCRUMB_KEEP");
  return keepRules(given ?? config);
}

function clock(
  given: Clock | undefined,
  env: string | undefined,
  config: Clock | undefined,
): Clock {
  if (given === undefined && env) return oneOf("BREADCRUMB_CLOCK", env as Clock, CLOCKS);
  return oneOf('Option "clock"', given ?? config ?? "auto", CLOCKS);
}

function signal(
  given: DumpSignal | undefined,
  env: string | undefined,
  config: DumpSignal | undefined,
): string | null {
  if (given === undefined && env) return dumpSignal(env as DumpSignal, "BREADCRUMB_DUMP_SIGNAL");
  return dumpSignal(given ?? config);
}

function leaves(given: StartOptions, env: Circumstances["env"], config: ConfigValues): LeafRule {
  const { BREADCRUMB_LEAVES: how, BREADCRUMB_LEAF_SIZE: size } = env;
  const longest =
    given.leafSize ?? (size ? leafSizeOf(size, "BREADCRUMB_LEAF_SIZE") : config.leafSize);
  if (given.leaves === undefined && how)
    return leafRule(how as Leaves, longest, "BREADCRUMB_LEAVES");
  return leafRule(given.leaves ?? config.leaves, longest);
}

function overhead(
  given: number | false | undefined,
  env: string | undefined,
  config: number | false | undefined,
): number | null {
  return overheadShare(given ?? (env ? overheadOf(env, "BREADCRUMB_OVERHEAD") : config));
}

function retention(
  given: RetentionOptions | false | undefined,
  env: string | undefined,
  config: RetentionOptions | false | undefined,
): RetentionLimits | null {
  const chosen = given ?? (env ? retentionOf(env) : (config ?? DEFAULT_RETENTION));
  return chosen === false ? null : retentionLimits(chosen);
}

/** What is redacted: given, from the environment, or from the configuration. Throws BC_ERR_BAD_OPTION. */
export function redaction(
  given: RedactOptions | false | undefined,
  env: string | undefined,
  config: RedactOptions | false | undefined,
): RedactRules | null {
  return redactRules(given ?? (env ? redactOf(env, "BREADCRUMB_REDACT") : config));
}

/** A memory store keeps calls alone. */
function noSamples(given: SamplesOptions | boolean | undefined): null {
  if (samplingOf(given) === null) return null;
  throw badOption('Option "samples" needs a store in a folder: :memory: keeps none');
}

function sampling(
  given: SamplesOptions | boolean | undefined,
  env: string | undefined,
  config: SamplesOptions | boolean | undefined,
): Sampling | null {
  return samplingOf(given ?? (env ? samplesOf(env, "BREADCRUMB_SAMPLES") : config));
}

function edges(
  given: Edges | undefined,
  env: string | undefined,
  config: Edges | undefined,
): number {
  return edgeBits(given ?? (env ? edgesOf(env, "BREADCRUMB_EDGES") : config));
}

function limitsOfValues(
  given: ValuesOptions | undefined,
  env: string | undefined,
  config: ValuesOptions | undefined,
): ValueLimits {
  return valueLimits(given ?? (env ? valuesOf(env) : config));
}

/** The main script's project; none where a dependency is run, as the worker of a test runner is. */
function mainRoot(main: string | undefined): string | null {
  if (main === undefined || /[\\/]node_modules[\\/]/.test(main)) return null;
  return projectRoot(dirname(main));
}

function runInfo(at: Circumstances): RunInfo {
  return {
    command: at.argv,
    cwd: at.cwd,
    pid: process.pid,
    node: process.version,
    platform: process.platform,
    arch: process.arch,
    parentRunId: at.env["BREADCRUMB_PARENT_RUN"] ?? null,
    launchId: at.env["BREADCRUMB_LAUNCH"] ?? null,
  };
}

function split(text: string | undefined): string[] | undefined {
  const parts = text?.split(",").map((part) => part.trim());
  return parts?.filter((part) => part !== "");
}

function patterns(
  name: string,
  value: readonly string[] | undefined,
): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.some((item) => typeof item !== "string" || item === "")) {
    throw badOption(`Option "${name}" must be an array of patterns, such as ["src/**"]`);
  }
  const named = value.find(isOfFunction);
  if (named !== undefined) {
    throw badOption(
      `Option "${name}" takes files, and ${JSON.stringify(named)} names a function: name its file, and choose functions while it runs, with breadcrumb start --include or session.set({ include })`,
    );
  }
  return value.map((pattern) => forwardSlashes(pattern, sep));
}

/** Whether a pattern is one of functions (`:total`, `src/cart.js:total`), which `set()` takes. */
function isOfFunction(pattern: string): boolean {
  return pattern.replace(/^!?(?:npm:|[A-Za-z]:(?=[\\/]))?/, "").includes(":");
}

/**
 * A pattern as it is meant where paths are written with `separator`: `src\gen\**` means `src/gen/**`
 * on Windows. Elsewhere a backslash quotes what stands behind it.
 */
export function forwardSlashes(pattern: string, separator: string): string {
  return separator === "\\" ? pattern.replaceAll("\\", "/") : pattern;
}

function oneOf<T extends string>(name: string, value: T, values: readonly T[]): T {
  if (values.includes(value)) return value;
  throw badOption(`${name} must be one of ${values.join(", ")}; got ${String(value)}`);
}

/** A mode as the addon takes it. `name`: how the option is called. Throws BC_ERR_BAD_OPTION. */
export function modeByte(mode: Mode, name = 'Option "mode"'): number {
  if (Object.hasOwn(MODE_BYTES, mode)) return MODE_BYTES[mode];
  throw badOption(
    `${name} must be one of ${Object.keys(MODE_BYTES).join(", ")}; got ${String(mode)}`,
  );
}

/** The mode with this byte. */
export function modeOf(byte: number): Mode {
  return MODES.find((mode) => MODE_BYTES[mode] === byte) ?? "dormant";
}

function flag(name: string, value: boolean | undefined): boolean {
  if (value === undefined || typeof value === "boolean") return value === true;
  throw badOption(`Option "${name}" must be true or false; got ${String(value)}`);
}

/** What a variable of the environment says; undefined where it is not set. */
function onOrOff(name: string, env: Circumstances["env"]): boolean | undefined {
  const text = env[name];
  if (text === undefined || text === "") return undefined;
  if (text === "1" || text === "true") return true;
  if (text === "0" || text === "false") return false;
  throw badOption(`${name} must be 1 or 0; got "${text}"`);
}

function positive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw badOption(`Option "${name}" must be a positive integer; got ${String(value)}`);
}

/** The nearest folder upwards that holds a package.json or a .git; the folder itself if none does. */
export function projectRoot(folder: string): string {
  const isRoot = (at: string): boolean =>
    existsSync(join(at, "package.json")) || existsSync(join(at, ".git"));
  return upwards(folder, isRoot) ?? resolve(folder);
}

function upwards(folder: string, test: (at: string) => boolean): string | undefined {
  let at = resolve(folder);
  for (;;) {
    if (test(at)) return at;
    const up = dirname(at);
    if (up === at) return undefined;
    at = up;
  }
}

/** The folder of the store: given, from the environment, the nearest upwards, or a new one in the root. */
export function storeFolder(
  given: string | undefined,
  cwd: string,
  env: string | undefined,
  root?: string | null,
): string {
  if (given !== undefined && (typeof given !== "string" || given === "")) {
    throw badOption(`Option "store" must be a folder or ":memory:"; got ${String(given)}`);
  }
  const named = given ?? (env === "" ? undefined : env);
  if (named === MEMORY) return named;
  if (named !== undefined) return resolve(cwd, named);
  const found = upwards(cwd, (at) => existsSync(join(at, ".breadcrumb", "store.json")));
  return join(found ?? root ?? projectRoot(cwd), ".breadcrumb");
}
