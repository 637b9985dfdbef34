/**
 * The command line: finds the command, and turns what goes wrong into one line and an exit code.
 *
 *     await runCommandLine(["list", "--json"])   // 0
 *
 * Limits: DuckDB, the tracer and the commands' code are loaded by the command that needs them, so
 * `--help` is as fast as Node.js starts. Arguments behind `run` are passed on unread.
 */
import { dirname } from "node:path";
import { badOption, BreadcrumbError } from "../errors";
import { allCommands } from "./all-commands";
import { parseArguments, text } from "./arguments";
import {
  type CommandDescription,
  type CommandSpec,
  EXIT_FAULT,
  EXIT_WRONG,
  type ProjectCommandSpec,
} from "./command";
import { STORE_COMMANDS } from "./commands";
import { configuredStore } from "./configured-store";
import { commandHelp, fitHelp, mainHelp } from "./help";
import type { JsonDocuments } from "./json-documents";
import { Output, type Streams } from "./output";
import { printable } from "./printable";
import { PROJECT_COMMANDS } from "./project-commands";
import { RAW_COMMANDS } from "./raw-commands";
import { COMMON_OPTIONS, optionsOf } from "./shared-options";
import { version } from "../version";
import { suggest } from "../options/suggest";

/** Runs a command line. Resolves to the exit code. */
export async function runCommandLine(
  argv: readonly string[],
  streams: Streams = process,
): Promise<number> {
  try {
    return await dispatch(argv, streams);
  } catch (error) {
    return report(error, streams, argv);
  }
}

async function dispatch(argv: readonly string[], streams: Streams): Promise<number> {
  const [before, name, rest] = splitCommand(argv);
  if (before.some((word) => word === "--version" || word === "-v")) {
    return answer(streams, version());
  }
  if (name === undefined || before.some((word) => word === "--help" || word === "-h")) {
    if (name !== undefined) return help(name, streams);
    checkOptionsAlone(before);
    return answer(streams, mainHelp(version()).trimEnd());
  }
  if (name === "help") return help(rest[0], streams);
  const given = [...before, ...rest];
  const raw = RAW_COMMANDS.find((command) => command.name === name);
  if (raw) {
    // What stands behind the command that `run` runs is not read here: it may ask for its own help.
    const asksHelp = given[0] === "--help" || given[0] === "-h";
    return asksHelp ? help(name, streams) : (await raw.load())(given);
  }
  const project = PROJECT_COMMANDS.find((command) => command.name === name);
  if (project) return arrange(project, given, streams);
  return read(find(name, STORE_COMMANDS), given, streams);
}

/** The words before the command (options that it shares), the command, and the words behind it. */
function splitCommand(argv: readonly string[]): [string[], string | undefined, string[]] {
  let at = 0;
  while (at < argv.length && (argv[at] as string).startsWith("-")) {
    const option = COMMON_OPTIONS[(argv[at] as string).replace(/^-+/, "")];
    at += option?.value === undefined ? 1 : 2;
  }
  return [argv.slice(0, at), argv[at], argv.slice(at + 1)];
}

function checkOptionsAlone(words: readonly string[]): void {
  const known = [
    ...Object.keys(COMMON_OPTIONS).map((name) => `--${name}`),
    "-h",
    "-q",
    "--version",
    "-v",
  ];
  const unknown = words.find(
    (word) => word.startsWith("-") && !known.includes(word.replace(/=.*/s, "")),
  );
  if (unknown === undefined) return;
  const meant = suggest(unknown, known);
  throw badOption(
    `unknown option ${unknown}${meant === undefined ? "" : `: did you mean ${meant}?`} (breadcrumb --help)`,
  );
}

function find<T extends CommandDescription>(name: string, commands: readonly T[]): T {
  const spec = commands.find((candidate) => candidate.name === name);
  if (spec) return spec;
  const isScript = /\.[cm]?[jt]s$/.test(name);
  const names = [...allCommands().map((command) => command.name), "help"];
  const meant = isScript ? `run ${name}` : suggest(name, names);
  const hint = meant === undefined ? "" : `: did you mean "breadcrumb ${meant}"?`;
  throw badOption(`unknown command ${JSON.stringify(name)}${hint} (breadcrumb --help lists them)`);
}

async function help(name: string | undefined, streams: Streams): Promise<number> {
  if (name === undefined || name === "help") return answer(streams, mainHelp(version()).trimEnd());
  return answer(streams, commandHelp(find(name, allCommands())).trimEnd());
}

async function answer(streams: Streams, words: string): Promise<number> {
  const output = new Output(streams, { quiet: false });
  output.line(fitHelp(words, output.columns));
  await output.flush();
  return 0;
}

/** Runs a command that needs no store. */
async function arrange(
  spec: ProjectCommandSpec,
  argv: readonly string[],
  streams: Streams,
): Promise<number> {
  const args = parseArguments(spec, argv);
  if (args.values["help"]) return help(spec.name, streams);
  const output = new Output(streams, { quiet: args.values["quiet"] === true });
  const code = await (await spec.load())({ ...args, output, name: spec.name });
  await output.flush();
  return code;
}

/** Runs a command over its store. */
async function read(spec: CommandSpec, argv: readonly string[], streams: Streams): Promise<number> {
  const args = parseArguments(spec, argv);
  if (args.values["help"]) return help(spec.name, streams);
  const isLive = spec.isLive === true;
  const output = new Output(streams, {
    quiet: args.values["quiet"] === true,
    pager: !isLive && args.values["no-pager"] !== true,
  });
  const [{ Store }, { findStore, locateStore }, run] = await Promise.all([
    import("../query/store"),
    import("../query/locate-store"),
    spec.load(),
  ]);
  const named = text(args.values, "store") ?? (await configuredStore(process.cwd()));
  const store = new Store(spec.looksOver ? findStore(named) : locateStore(named));
  const { createLinks } = await import("./links");
  output.links = createLinks(streams.stdout, process.env, dirname(store.dir));
  if (!isLive) output.wait("reading the store");
  try {
    const code = await asWritten(spec, run({ ...args, store, output, name: spec.name }));
    const problems = store.problems();
    if (problems[0]) {
      const { file, reason } = problems[0];
      const more = problems.length > 1 ? ", …" : "";
      const files = problems.length === 1 ? "a file" : `${problems.length} files`;
      output.notice(
        `skipped ${files} of the store (${file} ${reason}${more}); the rest is answered`,
      );
    }
    await output.flush();
    return code;
  } finally {
    output.close();
    await store.close();
  }
}

/** An error of the query names an option as code does; on the command line it has its dashes. */
async function asWritten(spec: CommandSpec, code: Promise<number>): Promise<number> {
  try {
    return await code;
  } catch (error) {
    if (!(error instanceof BreadcrumbError) || error.code !== "BC_ERR_BAD_OPTION") throw error;
    const [name = ""] = error.message.split(" ", 1);
    if (!Object.hasOwn(optionsOf(spec), name)) throw error;
    throw badOption(`--${error.message}`, { cause: error });
  }
}

function report(error: unknown, streams: Streams, argv: readonly string[]): number {
  // The reader has gone, as `head` does: nothing is wrong.
  if ((error as NodeJS.ErrnoException).code === "EPIPE") return 0;
  const isOurs = error instanceof BreadcrumbError;
  const message = isOurs
    ? error.message.replaceAll(/\s*\n\s*/g, " ")
    : `a fault of its own: ${(error as Error).stack ?? String(error)}`;
  if (isOurs && argv.includes("--json")) {
    const line = {
      error: error.code,
      ...splitSuggestion(message),
    } satisfies JsonDocuments["error"];
    streams.stderr.write(`${JSON.stringify(line)}\n`);
  } else {
    const lines = message.split("\n").map(printable);
    streams.stderr.write(`breadcrumb: ${lines.join("\n")}\n`);
  }
  return isOurs && error.code !== "BC_ERR_INTERNAL" ? EXIT_WRONG : EXIT_FAULT;
}

/** A message of ours says what is wrong, and behind a colon what to do. */
function splitSuggestion(message: string): { message: string; suggestion: string | null } {
  const at = message.search(
    /: (?:did you mean|record one|install a newer|it is a run|"breadcrumb )/,
  );
  if (at < 0) return { message, suggestion: null };
  return { message: message.slice(0, at), suggestion: message.slice(at + 2) };
}
