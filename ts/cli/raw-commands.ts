/**
 * Commands that read their own arguments: what stands behind the command that `run` runs is its own.
 *
 * Limits: help and options only; a command's code is imported when it runs.
 */
import { DUMP_SIGNALS } from "../options/dump-signal";
import { MODES, OVERFLOWS } from "../options/options";
import type { RawCommandSpec } from "./command";

/** The command `run`. */
export const RUN_COMMAND: RawCommandSpec = {
  name: "run",
  usage: "[options] [--] <command…>",
  summary: "run a command and record every Node.js process in it",
  about:
    "A script, or any command. It behaves as it would without: its streams, signals and exit code. What was\nrecorded is said on stderr at its end. What --include names is relative to the project's root.",
  options: {
    include: {
      value: "globs",
      help: "files to record: patterns as in .gitignore, or npm:express, npm:*; repeated, or commas",
    },
    exclude: { value: "globs", help: "files to leave out, likewise" },
    all: { help: "every file, dependencies included" },
    store: {
      value: "dir",
      help: "where to record (default: the nearest .breadcrumb upwards, BREADCRUMB_DIR)",
    },
    mode: {
      value: "mode",
      words: MODES,
      help: "values, time, count or dormant (default: values)",
    },
    dormant: {
      help: "record nothing until breadcrumb start says so: --mode dormant, and --overflow drop",
    },
    overflow: {
      value: "what",
      words: OVERFLOWS,
      help: "if the recorder does not keep up: block waits (default), drop counts the call",
    },
    keep: {
      value: "which",
      help: "traces to store: errors,slow>200ms,1%,10/s,slowest=5/min,'when function=handle* and duration>50ms' (docs/keep.md); others are counted",
    },
    "dump-signal": {
      value: "signal",
      words: DUMP_SIGNALS,
      help: "a signal that stores what is held of the other traces, as breadcrumb dump does (default: off)",
    },
    overhead: {
      value: "share",
      help: "what recording may cost, 0.01 to 1 of the program's own CPU: hot functions are counted only",
    },
    clock: {
      value: "which",
      help: "auto (default), exact (read for every call), coarse (shared where much happens)",
    },
    leaves: {
      value: "how",
      help: "functions that call nothing: record (default), count their calls only, skip them",
    },
    "leaf-size": {
      value: "characters",
      help: "such functions with a longer text are recorded as all others (default: any)",
    },
    redact: {
      value: "what",
      help: "secrets: off keeps them, hash tells equal ones, also=email, except=card, name=shoeSize",
    },
    samples: {
      value: "which",
      help: "V8's sampling profilers alongside: cpu, heap, or cpu,heap,interval=500 in microseconds (docs/samples.md)",
    },
    edges: {
      value: "which",
      help: "where the program meets others: http (requests), sql (queries), all (docs/edges.md)",
    },
    values: {
      value: "limits",
      help: "how much of values is kept: depth=5,keys=50,string=1000,identity,this (docs/values.md)",
    },
    timeout: {
      value: "time",
      help: "end the command after this time (500ms, 30s, 5m): exit code 124",
    },
    profile: {
      value: "name",
      help: "a profile of the configuration (default: BREADCRUMB_PROFILE, NODE_ENV)",
    },
    launch: {
      value: "name",
      help: "a name for this launch, by which to find its runs (launchId); any unless told",
    },
    "no-config": { help: "no configuration file" },
    locals: { help: "record the variables of the calls that an exception leaves" },
    lines: { help: "record which lines of each call run, and how often" },
    variables: { help: "record the value of each assignment, and which lines run" },
    "no-propagate": {
      help: "requests go out without traceparent, by which other processes join the trace",
    },
    "no-children": { help: "record the first Node.js process only, not those that it starts" },
    quiet: { short: "q", help: "print nothing of our own" },
    strict: { help: "do not run the command if it cannot be recorded (exit code 2)" },
    help: { short: "h", help: "print this help" },
  },
  examples: [
    ["breadcrumb run app.js", "a script, with this Node.js"],
    ["breadcrumb run --all -- node app.js --port 8080", "with its own options"],
    ["breadcrumb run --include 'src/**,npm:express' -- npm test", "chosen files of any command"],
    ["breadcrumb run --dormant server.js", "to be switched on while it runs: breadcrumb start"],
  ],
  positionals: [1, Number.POSITIVE_INFINITY],
  load: async () => (await import("./run")).run,
};

/** The command `mcp`. */
export const MCP_COMMAND: RawCommandSpec = {
  name: "mcp",
  usage: "[options]",
  summary: "serve the store to agents (Claude Code, Cursor, …), by the Model Context Protocol",
  about:
    "An agent starts it and talks to it by pipes. In --allow words stand for themselves, * in a word for\nany characters but /, ** at the end for any further words. docs/mcp.md lists the tools.",
  options: {
    store: {
      value: "dir",
      help: "the store (default: BREADCRUMB_DIR, or the nearest .breadcrumb upwards)",
    },
    project: {
      value: "dir",
      help: "sources are read below it, commands run in it (default: this package)",
    },
    allow: { value: "command", help: "a command that the tool record may run; repeated" },
    "allow-attach": { help: "the tool attach may record any Node.js process of yours that runs" },
    http: {
      value: "port",
      help: "over HTTP on 127.0.0.1 instead (0: any port); the token is printed, or BREADCRUMB_MCP_TOKEN",
    },
    help: { short: "h", help: "print this help" },
  },
  examples: [
    ["breadcrumb mcp", "what an agent starts"],
    ['breadcrumb mcp --allow "npm test **"', "it may also record the project's tests"],
    ["breadcrumb mcp --http 7007", "for several clients of this machine"],
  ],
  positionals: [0, 0],
  load: async () => (await import("./mcp")).mcp,
};

/** See the file. */
export const RAW_COMMANDS: readonly RawCommandSpec[] = [RUN_COMMAND, MCP_COMMAND];
