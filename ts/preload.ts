/**
 * Prepares a process that `register` is loaded into: options, hooks, and the recording that begins
 * with the first file. Loaded by `register`, once it is known that Node permits it.
 */
import { appendFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { loadCore } from "./load-core";
import { normalize } from "./options/normalize";
import type { StartOptions } from "./options/options";
import { type LoadedConfig, loadConfig } from "./options/resolve-config";

/** What `run` passes on. */
export interface RegisterOptions extends StartOptions {
  readonly all?: boolean;
  /** The project's configuration, where `run` has read it. */
  readonly config?: Pick<LoadedConfig, "values" | "folder">;
  readonly quiet?: boolean;
  readonly strict?: boolean;
  /** False: the processes that this one starts are left alone. */
  readonly children?: boolean;
  /** `NODE_OPTIONS` as it was before `run`, for those processes. */
  readonly nodeOptions?: string | null;
}

/** What `run` puts into the environment. */
const VARIABLES = ["BREADCRUMB_OPTIONS", "BREADCRUMB_LAUNCH", "BREADCRUMB_LAUNCH_LOG"];

/** `refuse` is called where recording cannot begin later. Throws what keeps it from beginning now. */
export function preload(given: RegisterOptions, refuse: (error: unknown) => void): void {
  const {
    all = false,
    config,
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
      config: config ?? loadConfig({ cwd: process.cwd(), env: process.env }),
    });
    core.configure(session);
    if (!children) leaveChildrenAlone(nodeOptions ?? null);
  }
  core.whenFirstFile(() => {
    try {
      core.native.start();
      return true;
    } catch (error) {
      refuse(error);
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
