/**
 * The API: `Breadcrumb.start()`, `Breadcrumb.measure()`.
 */
import { BreadcrumbError } from "./errors";
import type { LoadedReport } from "./inspector/inspect-loaded";
import { loadCore } from "./load-core";
import { type DumpOptions, type DumpReport, dumpRequest } from "./options/keep";
import { inspectorBudget } from "./options/inspector";
import { type Circumstances, normalize } from "./options/normalize";
import type { StartOptions } from "./options/options";
import { loadConfig } from "./options/resolve-config";
import { type Coverage, coded, type MeasureResult, onSessionEnd, parse, Session } from "./session";

let running = false;
onSessionEnd(() => {
  running = false;
});

/**
 * Begins to record: every file that matches `include` and is loaded from now on. Those that were loaded before
 * are named on stderr, once, and in `session.coverage()`; with `inspector` breakpoints record a limited number of
 * their calls a second (docs/inspector.md).
 * In a process that `breadcrumb run` or `register` records already, the
 * session is that recording, and stopping it only flushes.
 *
 * Throws BC_ERR_ALREADY_STARTED, BC_ERR_BAD_OPTION, BC_ERR_BAD_GLOB, BC_ERR_NO_ADDON,
 * BC_ERR_STORE_UNWRITABLE.
 */
async function start(options: StartOptions = {}): Promise<Session> {
  demandNone();
  const core = loadCore();
  if (core.isPreloaded()) return new Session(core, false);
  const { session, loaded } = begin(options, {
    env: process.env,
    config: loadConfig({ cwd: process.cwd(), env: process.env }),
  });
  reportLoaded(await loaded);
  return session;
}

/** A recording that has begun. */
export interface Begun {
  readonly session: Session;
  readonly runId: string;
  /** What became of the files that were loaded before, once they have their breakpoints. */
  readonly loaded: Promise<LoadedReport>;
}

/**
 * Begins to record, and says nothing. `isWanted`: whether breakpoints are to go on, asked where the event loop does not
 * turn. Throws as `start()` does, but for BC_ERR_ALREADY_STARTED: see `demandNone()`.
 */
export function begin(
  options: StartOptions,
  { env, config }: Pick<Circumstances, "env" | "config">,
  isWanted?: () => boolean,
): Begun {
  const core = loadCore();
  const budget = inspectorBudget(options.inspector);
  const normal = normalize(options, {
    cwd: process.cwd(),
    env,
    main: process.argv[1],
    ownFolder: core.ownFolder,
    argv: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    all: false,
    config,
  });
  const runId = coded(() => {
    const id = core.configure(normal);
    core.native.start();
    return id;
  });
  running = true;
  core.install();
  return { session: new Session(core, true), runId, loaded: core.inspectLoaded(budget, isWanted) };
}

/** Throws BC_ERR_ALREADY_STARTED where a session runs. */
export function demandNone(): void {
  if (!running) return;
  throw new BreadcrumbError(
    "BC_ERR_ALREADY_STARTED",
    "This process is recording already: stop() that session first",
  );
}

let reported = false;

/** Says once which matching files were loaded before `start()`, and what is recorded of them. */
function reportLoaded({ inspected, early }: LoadedReport): void {
  if (reported || inspected.length + early.length === 0) return;
  reported = true;
  const remedy =
    "Load them after it with await import(), or start with: node --require breadcrumb-tracer/register";
  if (inspected.length > 0) {
    warn(
      `${loadedBefore(inspected)} and will be recorded by breakpoints, a limited number of calls a second. For every call: ${remedy.charAt(0).toLowerCase()}${remedy.slice(1)}`,
    );
  }
  if (early.length > 0) {
    warn(`${loadedBefore(early)} and will not be recorded. ${remedy}. session.coverage() says why`);
  }
}

function loadedBefore(files: readonly string[]): string {
  const names = files.slice(0, 3).join(", ");
  const more = files.length > 3 ? ` and ${files.length - 3} more` : "";
  const were = files.length === 1 ? "file was" : "files were";
  return `${files.length} matching ${were} loaded before start() (${names}${more})`;
}

function warn(message: string): void {
  process.stderr.write(`breadcrumb: ${message}\n`);
}

/**
 * Runs a function and tells what the included functions did meanwhile, without a store.
 *
 * ```js
 * const { functions } = await Breadcrumb.measure(async () => (await import("./work.js")).run());
 * ```
 * Files that are loaded already are not measured: import them inside the function.
 */
async function measure<T>(
  work: () => T | Promise<T>,
  options: Omit<StartOptions, "store"> = {},
): Promise<MeasureResult<T>> {
  const session = await start({ overflow: "block", ...options, store: ":memory:" });
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await session.stop();
    throw error;
  }
  const counters = await session.stop();
  return { result, functions: session.stats(), counters };
}

/** What is known of the recording of this process, whoever began it; undefined where there is none. */
function coverage(): Coverage | undefined {
  const core = loadCore();
  return running || core.isPreloaded() ? parse(() => core.coverage()) : undefined;
}

/**
 * Stores what is held of traces that `keep` does not store, whoever began the recording: before the
 * process goes down, say, or where something looks wrong. `session.dump()` does the same.
 *
 * Throws BC_ERR_BAD_OPTION, BC_ERR_STOPPED, BC_ERR_STORE_UNWRITABLE.
 */
function dump(options: DumpOptions = {}): DumpReport {
  const request = JSON.stringify(dumpRequest(options));
  return parse(() => loadCore().native.dump(request));
}

/** The API. */
export const Breadcrumb = Object.freeze({ start, measure, coverage, dump });
