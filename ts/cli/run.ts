/**
 * `breadcrumb run [options] [--] <command…>`: runs any command with every Node.js process in it
 * recorded, and behaves as the command would: its streams, exit code, signals.
 *
 * `breadcrumb run --include 'src/**' -- npm test`
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { BreadcrumbError } from "../errors";
import { normalize, storeFolder } from "../options/normalize";
import type { StartOptions } from "../options/options";
import { type LoadedConfig, loadConfig } from "../options/resolve-config";
import { checkPatterns } from "../patterns";
import { recoverRuns } from "../recovery";
import { descendants } from "./descendants";
import { commandHelp, fitHelp } from "./help";
import { columnsOf } from "./output";
import { RUN_COMMAND } from "./raw-commands";
import { parseRunArguments, parseTime, type RunArguments } from "./run-arguments";
import { reportLaunch } from "./run-report";
import { printable } from "./printable";

/** Exit codes of our own, as `env` and `timeout` have them. */
const EXIT_USAGE = 2;
const EXIT_TIMEOUT = 124;
const EXIT_CANNOT_RUN = 126;
const EXIT_NOT_FOUND = 127;
/** Between SIGTERM and SIGKILL of a command that ran out of time, ms. */
const GRACE_MS = 2000;
const SCRIPTS = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"];
/** Signals that are passed on; those of a terminal reach the command by themselves. */
const FORWARDED = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
const FROM_TERMINAL = ["SIGINT", "SIGQUIT"] as const;

/** How the command ended. */
interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly pid: number;
  readonly timedOut: boolean;
  readonly error?: NodeJS.ErrnoException;
}

/** The command `run`. `argv`: what stands behind the word. Returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  let args: RunArguments;
  let config: LoadedConfig | null = null;
  try {
    const given = parseRunArguments(argv);
    config = given.help || given["no-config"] ? null : configOf(given);
    args = withConfig(given, config);
    if (!args.help) check(args, config);
  } catch (error) {
    if (!(error instanceof BreadcrumbError)) throw error;
    process.stderr.write(`breadcrumb run: ${printable(error.message)}\n`);
    return EXIT_USAGE;
  }
  if (args.help) {
    process.stdout.write(fitHelp(commandHelp(RUN_COMMAND), columnsOf(process.stdout)));
    return 0;
  }
  const launch = args.launch ?? randomUUID();
  const folder = mkdtempSync(join(tmpdir(), "breadcrumb-"));
  const log = join(folder, "processes");
  const cwd = process.cwd();
  const named = process.env["BREADCRUMB_DIR"] || config?.values.store;
  const store = storeFolder(args.store, cwd, named, config?.folder);
  const ending = await runCommand(args, environment(args, config, { store, launch, log }));
  if (ending.error !== undefined) {
    rmSync(folder, { recursive: true, force: true });
    return cannotRun(args, ending.error);
  }
  const { code, signal, pid } = ending;
  recoverRuns({ code, signal, pid, launch, store }, args.quiet);
  if (!args.quiet) {
    const processes = existsSync(log) ? readFileSync(log, "utf8").split("\n").filter(Boolean) : [];
    await reportLaunch({ store, launch, processes, timedOut: ending.timedOut, args });
  }
  rmSync(folder, { recursive: true, force: true });
  return exitAs(ending);
}

function configOf({ profile }: RunArguments): LoadedConfig {
  return loadConfig({ cwd: process.cwd(), env: process.env, profile });
}

/** What the configuration says of the command as a whole, where no flag does. */
function withConfig(args: RunArguments, config: LoadedConfig | null): RunArguments {
  const { all, children, overflow, quiet, strict, timeout } = config?.values ?? {};
  return {
    ...args,
    all: args.all || all === true,
    quiet: args.quiet || quiet === true,
    strict: args.strict || strict === true,
    "no-children": args["no-children"] || children === false,
    overflow: args.overflow ?? overflow,
    timeoutMs: args.timeoutMs ?? (timeout === undefined ? undefined : parseTime(timeout)),
  };
}

/** Throws what each process would refuse: also what the environment says. */
function check(args: RunArguments, config: LoadedConfig | null): void {
  const options = normalize(startOptions(args), {
    cwd: process.cwd(),
    env: process.env,
    main: undefined,
    ownFolder: __dirname,
    argv: args.command,
    all: args.all,
    config: config ?? undefined,
  });
  checkPatterns(options);
}

/** What was given, as the API has it. */
function startOptions(args: RunArguments): StartOptions {
  const { include, exclude, store, mode, keep, overhead, redact, values, overflow } = args;
  const { clock, leaves, leafSize, dumpSignal, samples, edges } = args;
  return {
    ...(include.length > 0 && { include }),
    ...(exclude.length > 0 && { exclude }),
    ...(store !== undefined && { store }),
    ...(mode !== undefined && { mode }),
    ...(keep !== undefined && { keep }),
    ...(dumpSignal !== undefined && { dumpSignal }),
    ...(overhead !== undefined && { overhead }),
    ...(clock !== undefined && { clock }),
    ...(leaves !== undefined && { leaves }),
    ...(leafSize !== undefined && { leafSize }),
    ...(redact !== undefined && { redact }),
    ...(samples !== undefined && { samples }),
    ...(edges !== undefined && { edges }),
    ...(values !== undefined && { values }),
    ...(args.locals && { locals: true }),
    ...(args.lines && { lines: true }),
    ...(args.variables && { variables: true }),
    ...(args["no-propagate"] && { propagate: false }),
    // A process that is to live with it never waits for the recorder.
    overflow: overflow ?? (args.dormant ? "drop" : "block"),
  };
}

/** The environment of the command: the preload in front of what `NODE_OPTIONS` holds already. */
function environment(
  args: RunArguments,
  config: LoadedConfig | null,
  { store, launch, log }: { readonly store: string; readonly launch: string; readonly log: string },
): NodeJS.ProcessEnv {
  const register = join(__dirname, "register.js");
  const quoted = `"${register.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const previous = process.env["NODE_OPTIONS"];
  const options = {
    ...startOptions(args),
    store,
    // What the environment says comes between what was given and what the project says.
    config: { values: config?.values ?? {}, folder: config?.folder ?? null },
    all: args.all,
    quiet: args.quiet,
    strict: args.strict,
    ...(args["no-children"] && { children: false, nodeOptions: previous ?? null }),
  };
  return {
    ...process.env,
    NODE_OPTIONS: previous ? `--require ${quoted} ${previous}` : `--require ${quoted}`,
    BREADCRUMB_OPTIONS: JSON.stringify(options),
    BREADCRUMB_LAUNCH: launch,
    BREADCRUMB_LAUNCH_LOG: log,
  };
}

/** A script is run with this Node; anything else is a command. */
function commandLine([command = "", ...rest]: readonly string[]): [string, string[]] {
  const isScript = SCRIPTS.includes(extname(command)) && existsSync(resolve(command));
  return isScript ? [process.execPath, [command, ...rest]] : [command, rest];
}

function runCommand(args: RunArguments, env: NodeJS.ProcessEnv): Promise<Ending> {
  const [command, rest] = commandLine(args.command);
  return new Promise((done) => {
    const child = spawn(command, rest, { stdio: "inherit", env });
    let timedOut = false;
    const timer =
      args.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            endTree(child.pid);
          }, args.timeoutMs);
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    const wait = (): void => {};
    for (const signal of FORWARDED) process.on(signal, forward);
    for (const signal of FROM_TERMINAL) process.on(signal, wait);
    const end = (ending: Ending): void => {
      clearTimeout(timer);
      for (const signal of FORWARDED) process.off(signal, forward);
      for (const signal of FROM_TERMINAL) process.off(signal, wait);
      done(ending);
    };
    child.on("error", (error) => end({ code: null, signal: null, pid: 0, timedOut, error }));
    child.on("exit", (code, signal) => end({ code, signal, pid: child.pid ?? 0, timedOut }));
  });
}

/** Ends a process and all below it: SIGTERM, then SIGKILL for what is left. */
function endTree(pid: number | undefined): void {
  if (pid === undefined) return;
  const all = [pid, ...descendants(pid)];
  for (const one of all) kill(one, "SIGTERM");
  setTimeout(() => {
    for (const one of all) kill(one, "SIGKILL");
  }, GRACE_MS).unref();
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

function cannotRun(args: RunArguments, error: NodeJS.ErrnoException): number {
  const command = args.command[0] ?? "";
  if (error.code === "ENOENT") {
    process.stderr.write(`breadcrumb run: command not found: ${printable(command)}\n`);
    return EXIT_NOT_FOUND;
  }
  process.stderr.write(`breadcrumb run: ${printable(`cannot run ${command}: ${error.message}`)}\n`);
  return EXIT_CANNOT_RUN;
}

/** Ends as the command did; by its signal, if that is how it ended. */
function exitAs(ending: Ending): number {
  if (ending.timedOut) return EXIT_TIMEOUT;
  if (ending.signal === null) return ending.code ?? 0;
  process.kill(process.pid, ending.signal);
  // Reached where the signal does not end this process.
  return 128 + (constants.signals[ending.signal] ?? 0);
}
