/**
 * Commands that ask about a whole run, or about all of them: report, search, comparison, following,
 * files for other tools.
 *
 * Limits: help and options only; a command's code is imported when it runs.
 */
import type { CommandSpec, OptionSpec } from "./command";
import { CURSOR, RUN, SINCE, STATUSES, UNTIL } from "./shared-options";

const FUNCTION: OptionSpec = { value: "name", help: "calls of this function; * for any text" };
const FILE: OptionSpec = { value: "path", help: "calls of functions of this file, likewise" };
const STATUS: OptionSpec = {
  value: "how",
  words: STATUSES,
  help: "calls that returned, threw, or are open",
};
const FILTER: OptionSpec = {
  value: "conditions",
  help: "calls by name, time and values: 'function=Cart.* and duration>5ms and args.id=7'",
};

const STATS: CommandSpec = {
  name: "stats",
  usage: "[run] [options]",
  summary: "a run's report: key figures, call tree, what looks wrong, what next",
  about:
    "[run] is an id from `breadcrumb list --runs`, or latest. The tree is of the newest trace that threw, or\nelse of the longest.",
  options: {
    limit: { value: "n", help: "so many functions in each list (default: 5, at most 10)" },
  },
  examples: [
    ["breadcrumb stats", "the newest run"],
    ["breadcrumb stats 019ab3c4 --json", "for a program"],
  ],
  positionals: [0, 1],
  json: "`{ run, functions, files, errors, open, selfNs, mostCalled, hottest, trace, findings }`; a finding is `{ kind, severity, message, next }`",
  load: async () => (await import("./stats")).stats,
};

const VIEW: CommandSpec = {
  name: "view",
  usage: "[run or trace] [options]",
  summary: "walk a run's traces in the terminal: fold, search, jump to exceptions",
  about:
    "Of a run all traces, of a trace that one (default: the newest run). ? lists the keys. Where there is no\nterminal, it prints what show prints.",
  options: {},
  examples: [
    ["breadcrumb view", "the newest run"],
    ["breadcrumb view 019ab3c4-1", "one trace"],
  ],
  positionals: [0, 1],
  isLive: true,
  json: "as `show`",
  load: async () => (await import("./view")).view,
};

const SEARCH: CommandSpec = {
  name: "search",
  usage: "<text> [options]",
  summary: "find a text in arguments, results, names, exceptions",
  about:
    "<text> is found as it is; /…/ is a regular expression (RE2's), /…/i in any case. The newest come first.",
  options: {
    in: {
      value: "fields",
      words: ["function", "arguments", "result", "name", "message", "stack"],
      many: true,
      help: "only there: function, arguments, result, name, message, stack; repeated, or commas",
    },
    "ignore-case": { short: "i", help: "in any case" },
    run: RUN,
    trace: { value: "id", help: "one trace" },
    function: FUNCTION,
    file: FILE,
    since: SINCE,
    until: UNTIL,
    limit: { value: "n", help: "so many (default: 20)" },
    cursor: CURSOR,
  },
  examples: [
    ["breadcrumb search a.json", "who had this value"],
    ["breadcrumb search '/unexpected .* of/i' --in message", "in messages of exceptions"],
    ["breadcrumb search a.json --run latest --json", "for a program"],
  ],
  positionals: [1, 1],
  json: "`{ matches, nextCursor }`; a match is `{ kind, traceId, callId, function, file, line, at, found: [{ field, path, excerpt }] }`",
  load: async () => (await import("./search")).search,
};

const FOLLOW: CommandSpec = {
  name: "follow",
  usage: "<object> [options]",
  summary: "follow an object: the calls that got it or gave it back",
  about:
    "<object> is the number behind # in a value (Cart #12). Numbers are recorded with\n`breadcrumb run --values identity`, and are of one thread of one run. The oldest call comes first.",
  options: {
    run: { ...RUN, help: "a run: its id or latest (default: latest)" },
    trace: { value: "id", help: "one trace" },
    thread: { value: "n", help: "a thread of the run (default: 0, the main one)" },
    function: FUNCTION,
    file: FILE,
    limit: { value: "n", help: "so many (default: 50)" },
    cursor: CURSOR,
  },
  examples: [
    ["breadcrumb follow 12", "where object #12 of the newest run came by"],
    ["breadcrumb follow 12 --json", "for a program"],
  ],
  positionals: [1, 1],
  json: "`{ calls, nextCursor }`; a call is `{ call, paths }`, `paths` where in its values the object stands",
  load: async () => (await import("./follow")).follow,
};

const GAPS: CommandSpec = {
  name: "gaps",
  usage: "[options]",
  summary: "what a run did not reach: functions not called, files not recorded, and why",
  about:
    "Functions that this run did not call, in files that it or another run loaded; lines of called functions that\ndid not run (recorded with --lines); files that were included and loaded too early, or left as they are.\nStart narrow with --include and widen by what is missing here.",
  options: {
    run: { value: "id", help: "the run: its id, the beginning of it (default: latest)" },
    function: { value: "name", help: "functions of this name; * for any text" },
    file: { value: "path", help: "functions of this file, likewise" },
    limit: { value: "n", help: "so many functions, and so many lines (default: 50)" },
  },
  examples: [
    ["breadcrumb gaps", "of the newest run"],
    ["breadcrumb gaps --file 'src/*'", "of some files"],
  ],
  positionals: [0, 0],
  json: "`{ runIds, instrumented, tooEarly, leftAlone, notCalled, linesNotRun, truncated }`",
  load: async () => (await import("./gaps")).gaps,
};

const DIFF: CommandSpec = {
  name: "diff",
  usage: "<a> <b> [options]",
  summary: "two runs, or two traces: where they part, what got slower, other values",
  about:
    "Ids as everywhere; latest is the newest run. A function is the same by name and file. Where the order of\ncalls differs from run to run (concurrent requests), compare traces.",
  options: {
    ratio: { value: "n", help: "slower is from this ratio of mean durations (default: 1.5)" },
    min: { value: "time", help: "… and if it makes so much over all calls (default: 1ms)" },
    limit: { value: "n", help: "so many of each list (default: 10)" },
  },
  examples: [
    ["breadcrumb diff 019aaaaa latest", "a run and the newest"],
    ["breadcrumb diff 019aaaaa-1 019aaaaa-A", "two traces"],
  ],
  positionals: [2, 2],
  json: "`{ a, b, pairs, onlyInA, onlyInB, divergence, added, removed, slower, faster, counts, changedCount, changedValues, exceptions }` ([what they are](query.md#comparing))",
  load: async () => (await import("./diff")).diff,
};

const TAIL: CommandSpec = {
  name: "tail",
  usage: "[options]",
  summary: "follow calls as they happen, of every process that records here",
  about:
    "A call comes when it has ended, within a second. Ctrl-C ends it, with exit code 0. Programs are never\nheld up by it: what it has not read yet waits on the disk.",
  options: {
    filter: FILTER,
    exceptions: { help: "exceptions too" },
    run: RUN,
    function: FUNCTION,
    file: FILE,
    status: STATUS,
    min: { value: "time", help: "calls that lasted at least so long: 250us, 5ms, 2s" },
    limit: { value: "n", help: "end after so many" },
  },
  examples: [
    ["breadcrumb tail", "everything"],
    ["breadcrumb tail --status threw --exceptions", "what goes wrong"],
    ["breadcrumb tail --filter 'args.user.id=7 and duration>5ms'", "by values and time"],
    ["breadcrumb tail --json | jq .call.function", "JSON lines, for a program"],
  ],
  positionals: [0, 0],
  isLive: true,
  json: 'a line for each: `{ "kind": "call", "call": {…} }` or `{ "kind": "exception", "exception": {…} }`',
  load: async () => (await import("./tail")).tail,
};

const EXPORT: CommandSpec = {
  name: "export",
  usage: "<path> [options]",
  summary: "write it for other tools: DuckDB, Parquet, CSV, JSON lines, flame graphs",
  about:
    "Of a file, its name says the format: .duckdb, .parquet, .csv, .jsonl (one table), .speedscope.json, .folded,\n.trace.json (Perfetto; of one trace). A folder has a file for each table. Whole or not at all.",
  options: {
    format: {
      value: "format",
      words: ["duckdb", "parquet", "csv", "jsonl", "speedscope", "folded", "chrome"],
      help: "duckdb, parquet, csv, jsonl, speedscope, folded or chrome",
    },
    table: {
      value: "table",
      words: ["runs", "calls", "exceptions", "functions", "counts", "samples", "lines", "links"],
      help: "one table: runs, calls (default of a file), exceptions, functions, counts, samples, lines, links",
    },
    filter: FILTER,
    run: RUN,
    trace: { value: "id", help: "one trace" },
    status: STATUS,
    since: SINCE,
    until: UNTIL,
    samples: {
      value: "kind",
      words: ["cpu", "heap"],
      help: "speedscope and folded: of the samples of V8's profilers instead of calls (run --samples)",
    },
    overwrite: { help: "replace what is there" },
  },
  examples: [
    ["breadcrumb export last.duckdb --run latest", "the newest run, for DuckDB"],
    ["breadcrumb export failed.jsonl --status threw", "calls that threw"],
    ["breadcrumb export run.speedscope.json --run latest", "for speedscope.app"],
    ["breadcrumb export all --format parquet", "every table, in a folder"],
  ],
  positionals: [1, 1],
  json: "`{ path, format, rows, bytes }`",
  load: async () => (await import("./export")).exportFiles,
};

/** See the file. */
export const QUESTION_COMMANDS: readonly CommandSpec[] = [
  STATS,
  VIEW,
  SEARCH,
  FOLLOW,
  GAPS,
  DIFF,
  TAIL,
  EXPORT,
];
