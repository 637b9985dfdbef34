/**
 * `node --require breadcrumb-tracer/register app.js`: records the whole program, from its first
 * file on. Also what `breadcrumb run` puts into `NODE_OPTIONS`.
 *
 * Options come from the environment: `BREADCRUMB_OPTIONS` (JSON of `StartOptions`, with `all`,
 * `quiet` and `strict`), then `BREADCRUMB_DIR`, `BREADCRUMB_MODE`, `BREADCRUMB_INCLUDE`,
 * `BREADCRUMB_EXCLUDE`.
 * Limits: with `--import` Node sends a CommonJS main program through the loader for ES modules,
 * which runs microtasks before `nextTick`s; `--require` changes nothing.
 */
import { appendFileSync, writeSync } from "node:fs";
import { sep } from "node:path";
import { isMainThread } from "node:worker_threads";
import { BreadcrumbError } from "./errors";
import { loadCore } from "./load-core";
import { normalize } from "./options/normalize";
import type { StartOptions } from "./options/options";

/** What `run` passes on. */
interface RegisterOptions extends StartOptions {
  readonly all?: boolean;
  readonly quiet?: boolean;
  readonly strict?: boolean;
  /** False: the processes that this one starts are left alone. */
  readonly children?: boolean;
  /** `NODE_OPTIONS` as it was before `run`, for those processes. */
  readonly nodeOptions?: string | null;
}

/** What `run` puts into the environment. */
const VARIABLES = ["BREADCRUMB_OPTIONS", "BREADCRUMB_LAUNCH", "BREADCRUMB_LAUNCH_LOG"];

const STRICT_EXIT = 2;

register();
// What the program finds in `require.cache` is its own.
for (const file of Object.keys(require.cache)) {
  if (file.startsWith(`${__dirname}${sep}`)) delete require.cache[file];
}

function register(): void {
  let options: RegisterOptions = {};
  try {
    options = JSON.parse(process.env["BREADCRUMB_OPTIONS"] ?? "{}") as RegisterOptions;
    begin(options);
  } catch (error) {
    refuse(error, options);
  }
}

function begin(given: RegisterOptions): void {
  const {
    all = false,
    quiet: _quiet,
    strict: _strict,
    children = true,
    nodeOptions,
    ...rest
  } = given;
  const core = loadCore();
  if (isMainThread) {
    tellLaunch();
    const session = normalize(rest, {
      cwd: process.cwd(),
      env: process.env,
      main: process.argv[1],
      ownFolder: core.ownFolder,
      argv: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
      all,
    });
    core.configure(session);
    if (!children) leaveChildrenAlone(nodeOptions ?? null);
  }
  core.whenFirstFile(() => {
    try {
      core.native.start();
      return true;
    } catch (error) {
      refuse(error, { all, quiet: _quiet ?? false, strict: _strict ?? false });
      return false;
    }
  });
  core.install();
}

/** Gives the environment back, as the command was to have it. Threads of this process have been told. */
function leaveChildrenAlone(nodeOptions: string | null): void {
  if (nodeOptions === null) delete process.env["NODE_OPTIONS"];
  else process.env["NODE_OPTIONS"] = nodeOptions;
  for (const name of [...VARIABLES, "BREADCRUMB_PARENT_RUN"]) delete process.env[name];
}

/** Lets `breadcrumb run` know that this process was there, recorded or not. */
function tellLaunch(): void {
  const log = process.env["BREADCRUMB_LAUNCH_LOG"];
  if (log === undefined) return;
  try {
    appendFileSync(log, `${process.argv[1] ?? "(no script)"}\n`);
  } catch {
    // It outlived its `breadcrumb run`.
  }
}

/** Recording cannot begin: the program runs untouched, or under `strict` not at all. */
function refuse(error: unknown, options: RegisterOptions): void {
  const reason = error instanceof BreadcrumbError ? error.message : reasonOf(error);
  if (options.quiet !== true || options.strict === true) {
    writeSync(2, `breadcrumb: not recording: ${reason}\n`);
  }
  if (options.strict === true) process.exit(STRICT_EXIT);
}

/** The addon's errors are `code\nmessage`. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.slice(message.indexOf("\n") + 1);
}
