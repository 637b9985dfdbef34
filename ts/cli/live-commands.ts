/**
 * Commands about processes that run: what is captured of them, and how to change it.
 *
 * Limits: help and options only; a command's code is imported when it runs.
 */
import type { OptionSpec, ProjectCommandSpec } from "./command";

const WHICH: Readonly<Record<string, OptionSpec>> = {
  pid: { value: "n", help: "the process with this id" },
  run: { value: "id", help: "the process of this run: an id or its beginning" },
  all: { help: "every one of yours that is recorded" },
};
const WHICH_HELP =
  "Without --pid, --run or --all it is the one process that there is. Processes of this user only.";

const STATUS: ProjectCommandSpec = {
  name: "status",
  usage: "[options]",
  summary: "which processes are recorded now, and what is captured of them",
  about:
    "Processes of this user, in any store, that were started by breadcrumb run or with\nbreadcrumb-tracer/register. They answer even while their JavaScript is busy.",
  options: { pid: WHICH["pid"] as OptionSpec, run: WHICH["run"] as OptionSpec },
  examples: [
    ["breadcrumb status", "all of them"],
    ["breadcrumb status --pid 4711 --json", "one, with its counters"],
  ],
  positionals: [0, 0],
  isStoreless: true,
  json: "`{ processes: [{ pid, runId, command, cwd, node, store, overflow, capture: { mode, include, functions, of, leftMs }, counters }], problems }`",
  load: async () => (await import("./status")).status,
};

const START: ProjectCommandSpec = {
  name: "start",
  usage: "[options]",
  summary: "capture functions of a process that runs",
  about: `The functions that --include chooses are captured from now on, the others are not. They need probes:
the process was started with its files included, dormant or not. ${WHICH_HELP}`,
  options: {
    ...WHICH,
    include: {
      value: "patterns",
      many: true,
      help: "which functions: files as in .gitignore or npm:express, and names behind a colon: src/cart.js:total,:checkout; repeated, or commas (default: all)",
    },
    capture: {
      value: "how",
      words: ["values", "time", "count"],
      help: "values (default), time (no arguments or results) or count",
    },
    overhead: {
      value: "share",
      help: "what recording may cost from now on (0.05), or off for anything (default: as before)",
    },
    for: { value: "time", help: "for so long (30s, 5m); then what held before holds again" },
  },
  examples: [
    [
      "breadcrumb start --pid 4711 --include 'src/cart.js:*' --for 30s",
      "one file's functions, half a minute",
    ],
    ["breadcrumb start --include :checkout --capture time", "times of one function"],
    ["breadcrumb start --all --capture count", "counts of everything, everywhere"],
  ],
  positionals: [0, 0],
  isStoreless: true,
  json: "`{ processes: [{ pid, runId, store, functions, of, near, error }] }`",
  load: async () => (await import("./change-capture")).start,
};

const STOP: ProjectCommandSpec = {
  name: "stop",
  usage: "[options]",
  summary: "capture nothing of a process that runs",
  about: `Its probes stay, dormant: breadcrumb start captures again. ${WHICH_HELP}`,
  options: WHICH,
  examples: [
    ["breadcrumb stop --pid 4711", "one process"],
    ["breadcrumb stop --all", "every one"],
  ],
  positionals: [0, 0],
  isStoreless: true,
  json: "`{ processes: [{ pid, runId, store, functions, of, near, error }] }`",
  load: async () => (await import("./change-capture")).stop,
};

const DUMP: ProjectCommandSpec = {
  name: "dump",
  usage: "[options]",
  summary: "store the traces that a process that runs only holds",
  about: `Of a process with --keep: what it holds of traces that it does not store, those of the last time
(last=30s) and those that are not decided. ${WHICH_HELP}`,
  options: {
    ...WHICH,
    last: {
      value: "time",
      help: "those in which something happened in this time, such as 30s (default: all)",
    },
  },
  examples: [
    ["breadcrumb dump --pid 4711 --last 10s", "what one process did just now"],
    ["breadcrumb dump --all", "all that is held, everywhere"],
  ],
  positionals: [0, 0],
  isStoreless: true,
  json: "`{ processes: [{ pid, runId, store, traces, storesAll, error }] }`",
  load: async () => (await import("./dump")).dump,
};

const ATTACH: ProjectCommandSpec = {
  name: "attach",
  usage: "[pid] [options]",
  summary: "record a process that runs and knows nothing of Breadcrumb",
  about: `For a while, or until Ctrl-C; then it is left as it was. Files that it has loaded are recorded by breakpoints, a
limited number of calls a second, those that it loads meanwhile by probes. A process that was started with
Breadcrumb is recorded at full speed. Processes of this user only.`,
  options: {
    port: {
      value: "port",
      help: "instead of a pid: the port, or host:port, of an inspector that is open (--inspect)",
    },
    include: {
      value: "patterns",
      many: true,
      help: "which functions: files as in .gitignore or npm:express, and names behind a colon: src/cart.js:total,:checkout; repeated, or commas (default: the project's own files)",
    },
    exclude: { value: "globs", many: true, help: "files to leave out" },
    for: { value: "time", help: "for so long (5s, 1m; default: until Ctrl-C)" },
    capture: {
      value: "how",
      words: ["values", "time", "count"],
      help: "values (default), time (no arguments or results) or count",
    },
    store: {
      value: "dir",
      help: "where to record (default: BREADCRUMB_DIR, or the nearest .breadcrumb upwards from here)",
    },
    hits: {
      value: "n",
      help: "calls of one function that breakpoints record in a second (default: 20)",
    },
    "total-hits": { value: "n", help: "calls of all of them together (default: 100)" },
    "cpu-ms": {
      value: "n",
      help: "milliseconds of a second that breakpoints may take (default: 30)",
    },
    "pause-ms": {
      value: "n",
      help: "milliseconds of a second that it may be paused for results and exceptions (default: 30; 0: none)",
    },
    counts: {
      help: "count the calls that breakpoints do not record; the process is several times slower meanwhile",
    },
  },
  examples: [
    ["breadcrumb attach 4711 --include 'src/cart.js' --for 5s", "one file, five seconds"],
    ["breadcrumb attach 4711 --include npm:express:handle", "one function, until Ctrl-C"],
    [
      "breadcrumb attach --port 9229 --include 'src/**' --for 5s",
      "a process started with --inspect",
    ],
  ],
  positionals: [0, 1],
  isStoreless: true,
  json: "`{ pid, runId, store, through, functions, files, seconds, ended, counters, notices }`",
  load: async () => (await import("./attach")).attach,
};

/** See the file. */
export const LIVE_COMMANDS: readonly ProjectCommandSpec[] = [ATTACH, STATUS, START, STOP, DUMP];
