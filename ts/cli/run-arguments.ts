/**
 * The arguments of `breadcrumb run`: ours up to the command, everything from there on the
 * command's own.
 *
 * `["--all", "node", "app.js", "--all"]` → all, command `node app.js --all`.
 */
import { badOption } from "../errors";
import {
  type Clock,
  CLOCKS,
  LEAVES,
  type Leaves,
  type Mode,
  MODES,
  type Overflow,
  OVERFLOWS,
} from "../options/options";
import { type DumpSignal, dumpSignalOf } from "../options/dump-signal";
import { keepRules } from "../options/keep";
import { leafSizeOf } from "../options/leaves";
import { overheadOf } from "../options/overhead";
import type { RedactOptions } from "../options/redact";
import { redactOf } from "../options/redact-text";
import { suggest } from "../options/suggest";
import { type Edges, edgesOf } from "../options/edges";
import { samplesOf, type SamplesOptions, samplingOf } from "../options/samples";
import { type ValuesOptions, valuesOf } from "../options/values";
import { parseDuration } from "../options/duration";
import { splitList } from "./arguments";

/** Arguments of `run`. */
export interface RunArguments {
  include: string[];
  exclude: string[];
  all: boolean;
  locals: boolean;
  lines: boolean;
  variables: boolean;
  store: string | undefined;
  overflow: Overflow | undefined;
  keep: string | undefined;
  dumpSignal: DumpSignal | undefined;
  overhead: number | false | undefined;
  clock: Clock | undefined;
  leaves: Leaves | undefined;
  leafSize: number | undefined;
  redact: RedactOptions | false | undefined;
  samples: SamplesOptions | boolean | undefined;
  edges: Edges | undefined;
  profile: string | undefined;
  mode: Mode | undefined;
  values: ValuesOptions | undefined;
  timeoutMs: number | undefined;
  /** Name of the launch, for its runs' records. */
  launch: string | undefined;
  quiet: boolean;
  strict: boolean;
  dormant: boolean;
  "no-propagate": boolean;
  "no-children": boolean;
  "no-config": boolean;
  help: boolean;
  command: string[];
}

const FLAGS = [
  "all",
  "locals",
  "lines",
  "variables",
  "quiet",
  "strict",
  "dormant",
  "no-propagate",
  "no-children",
  "no-config",
  "help",
] as const;
const VALUES = [
  "include",
  "exclude",
  "store",
  "mode",
  "overflow",
  "keep",
  "dump-signal",
  "overhead",
  "clock",
  "leaves",
  "leaf-size",
  "redact",
  "samples",
  "edges",
  "values",
  "timeout",
  "profile",
  "launch",
] as const;

/** Parses them. Throws BC_ERR_BAD_OPTION. */
export function parseRunArguments(argv: readonly string[]): RunArguments {
  const args = defaults();
  let at = 0;
  for (; at < argv.length; at++) {
    const word = argv[at] as string;
    if (word === "--") {
      at += 1;
      break;
    }
    if (!word.startsWith("-") || word === "-") break;
    at = parseOption(args, argv, at, word);
  }
  args.command = argv.slice(at);
  if (args.dormant) {
    const { mode = "dormant" } = args;
    if (mode !== "dormant") throw badOption(`--dormant is --mode dormant; got --mode ${mode}, too`);
    args.mode = mode;
  }
  if (args.command.length === 0 && !args.help) {
    throw badOption("no command was given. Try: breadcrumb run node app.js (or --help)");
  }
  return args;
}

function parseOption(
  args: RunArguments,
  argv: readonly string[],
  at: number,
  word: string,
): number {
  const [name = "", inline] = split(word);
  const flag = FLAGS.find((known) => known === name);
  if (flag !== undefined) {
    if (inline !== undefined) throw badOption(`--${name} takes no value`);
    args[flag] = true;
    return at;
  }
  const key = VALUES.find((known) => known === name);
  if (key === undefined) {
    const meant = suggest(
      `--${name}`,
      [...FLAGS, ...VALUES].map((each) => `--${each}`),
    );
    const hint = meant === undefined ? "" : `: did you mean ${meant}?`;
    throw badOption(
      `unknown option ${word}${hint || "."} The command's own options stand behind it, or behind --`,
    );
  }
  const value = inline ?? argv[at + 1];
  if (value === undefined) throw badOption(`--${name} needs a value`);
  assign(args, key, value);
  return inline === undefined ? at + 1 : at;
}

function split(word: string): [string, string | undefined] {
  if (word === "-h") return ["help", undefined];
  if (word === "-q") return ["quiet", undefined];
  const at = word.indexOf("=");
  const name = word.replace(/^--?/, "");
  return at < 0 ? [name, undefined] : [word.slice(2, at), word.slice(at + 1)];
}

function assign(args: RunArguments, key: (typeof VALUES)[number], value: string): void {
  switch (key) {
    case "include":
    case "exclude":
      args[key].push(...splitList(value));
      return;
    case "store":
    case "profile":
      args[key] = value;
      return;
    case "mode":
      args.mode = oneOf(key, value, MODES);
      return;
    case "overflow":
      args.overflow = oneOf(key, value, OVERFLOWS);
      return;
    case "keep":
      keepRules(value, "--keep");
      args.keep = value;
      return;
    case "dump-signal":
      args.dumpSignal = dumpSignalOf(value, "--dump-signal");
      return;
    case "overhead":
      args.overhead = overheadOf(value, "--overhead");
      return;
    case "clock":
      args.clock = oneOf(key, value, CLOCKS);
      return;
    case "leaves":
      args.leaves = oneOf(key, value, LEAVES);
      return;
    case "leaf-size":
      args.leafSize = leafSizeOf(value, "--leaf-size");
      return;
    case "redact":
      args.redact = redactOf(value, "--redact");
      return;
    case "samples":
      args.samples = samplesOf(value, "--samples");
      samplingOf(args.samples, "--samples");
      return;
    case "edges":
      args.edges = edgesOf(value, "--edges");
      return;
    case "values":
      args.values = valuesOf(value, "--values");
      return;
    case "timeout":
      args.timeoutMs = parseTime(value);
      return;
    case "launch":
      if (!/^[\w-]{1,64}$/.test(value)) {
        throw badOption(`--launch has up to 64 letters, digits, - and _; got ${value}`);
      }
      args.launch = value;
  }
}

function oneOf<T extends string>(name: string, value: string, values: readonly T[]): T {
  const found = values.find((known) => known === value);
  if (found === undefined)
    throw badOption(`--${name} must be one of ${values.join(", ")}; got ${value}`);
  return found;
}

/** A time in ms, of seconds where it has no unit. Throws BC_ERR_BAD_OPTION. */
export function parseTime(text: string): number {
  const ms = parseDuration(text, "s");
  if (ms === null) throw badOption(`--timeout must be a time such as 500ms, 30s, 5m; got ${text}`);
  return ms;
}

function defaults(): RunArguments {
  return {
    include: [],
    exclude: [],
    all: false,
    locals: false,
    lines: false,
    variables: false,
    store: undefined,
    overflow: undefined,
    keep: undefined,
    dumpSignal: undefined,
    overhead: undefined,
    clock: undefined,
    leaves: undefined,
    leafSize: undefined,
    redact: undefined,
    samples: undefined,
    edges: undefined,
    profile: undefined,
    mode: undefined,
    values: undefined,
    timeoutMs: undefined,
    launch: undefined,
    quiet: false,
    strict: false,
    dormant: false,
    "no-propagate": false,
    "no-children": false,
    "no-config": false,
    help: false,
    command: [],
  };
}
