/**
 * The commands over a store.
 *
 *     STORE_COMMANDS.find(({ name }) => name === "list")
 *
 * Limits: help and options only; a command's code is imported when it runs.
 */
import type { CommandSpec } from "./command";
import { QUESTION_COMMANDS } from "./question-commands";
import { CURSOR, RUN, SINCE, STATUSES, UNTIL } from "./shared-options";

const LIST: CommandSpec = {
  name: "list",
  usage: "[options]",
  summary: "what was recorded: traces under their runs, newest first",
  about:
    "A run is one process; a trace is a call that nothing recorded caused, and all that it caused.",
  options: {
    run: RUN,
    runs: { help: "runs only" },
    status: { value: "how", words: STATUSES, help: "traces that returned, threw, or are open" },
    function: { value: "name", help: "traces in which this function was called; * for any text" },
    root: { value: "name", help: "traces that begin with this function, likewise" },
    min: { value: "time", help: "traces that lasted at least so long: 250us, 5ms, 2s" },
    since: SINCE,
    until: UNTIL,
    limit: { value: "n", help: "so many traces, or runs (default: 20)" },
    cursor: CURSOR,
  },
  examples: [
    ["breadcrumb list", "the newest traces"],
    ["breadcrumb list --status threw --since 1h", "what failed in the last hour"],
    ["breadcrumb list --function 'Cart.*' --min 5ms", "slow traces through a class"],
  ],
  positionals: [0, 0],
  json: "`{ runs, traces, nextCursor }`; with `--runs` `{ runs, truncated }`",
  load: async () => (await import("./list")).list,
};

const SHOW: CommandSpec = {
  name: "show",
  usage: "<trace>[#<call>] [options]",
  summary: "one trace as a tree: arguments, results, durations, exceptions; one call's source",
  about:
    "<trace> is an id from `breadcrumb list`, or latest. Each line has the call's duration, its own part\nof it, and the call. Long traces are folded: the slowest calls and those that threw come first.\nWith --source: the source of one call's function, how often each line ran in that call (recorded with\n--lines), and its values beside it (with --variables those of assignments, too). The root's, unless\na call is named.",
  options: {
    source: { help: "the source of one call, with its lines and values" },
    function: {
      value: "name",
      help: "with --source: the newest call of this function in the trace",
    },
    ids: { help: "the number of each call, behind its place" },
    depth: { value: "n", help: "so many levels" },
    width: { value: "n", help: "so many calls below one call (default: 20)" },
    limit: { value: "n", help: "so many lines of calls (default: 100)" },
    full: { help: "everything: all calls, whole values" },
  },
  examples: [
    ["breadcrumb show latest", "the newest trace"],
    ["breadcrumb show 019ab3c4-1 --depth 3", "its upper three levels"],
    ["breadcrumb show latest --json", "all of it, calls in a flat list"],
    ["breadcrumb show 019ab3c4-1#17 --source", "call 17, line by line"],
  ],
  positionals: [1, 1],
  json: "the trace, with `calls` as a flat list, callers before callees, linked by `parentId` ([fields](query.md#what-comes-back)); with `--source` `{ call, source, lines, exception }`",
  load: async () => (await import("./show")).show,
};

const TOP: CommandSpec = {
  name: "top",
  usage: "[options]",
  summary: "the hot list: which functions took the time",
  about:
    "self is the time in a function without the functions it called, total the time from entry to\nreturn, await included. Quantiles are within 5 %.",
  options: {
    run: RUN,
    sort: {
      value: "key",
      words: ["self", "total", "wait", "calls", "errors", "mean", "p50", "p95", "p99", "max"],
      help: "self (default), total, wait, calls, errors, mean, p50, p95, p99 or max",
    },
    function: { value: "name", help: "functions of this name; * for any text" },
    file: { value: "path", help: "functions of this file, likewise" },
    since: SINCE,
    until: UNTIL,
    limit: { value: "n", help: "so many functions (default: 20)" },
  },
  examples: [
    ["breadcrumb top", "by self time, over all runs"],
    ["breadcrumb top --run latest --sort p95", "slow ones of the last run"],
    ["breadcrumb top --file 'src/*' --sort calls", "called most often"],
  ],
  positionals: [0, 0],
  json: "`{ functions, truncated }`",
  load: async () => (await import("./top")).top,
};

const EXCEPTIONS: CommandSpec = {
  name: "exceptions",
  usage: "[options]",
  summary: "what was thrown, newest first",
  about:
    "caught: by a recorded function; uncaught: ended the process; unknown: left the recorded code.",
  options: {
    run: RUN,
    name: { value: "name", help: "errors of this name; * for any text" },
    message: { value: "text", help: "errors whose message has this text" },
    function: { value: "name", help: "errors that left this function first; * for any text" },
    handled: {
      value: "how",
      words: ["caught", "uncaught", "unknown"],
      help: "caught, uncaught or unknown",
    },
    stack: { help: "with stacks" },
    locals: { help: "with the variables of the calls that they left, where those were recorded" },
    since: SINCE,
    until: UNTIL,
    limit: { value: "n", help: "so many (default: 20)" },
    cursor: CURSOR,
  },
  examples: [
    ["breadcrumb exceptions --handled uncaught", "what ended a process"],
    ["breadcrumb exceptions --name TypeError --stack", "with their stacks"],
  ],
  positionals: [0, 0],
  json: "`{ exceptions, nextCursor }`",
  load: async () => (await import("./exceptions")).exceptions,
};

const QUERY: CommandSpec = {
  name: "query",
  usage: '"<sql>" [options]',
  summary: "ask in SQL, read-only",
  about:
    "DuckDB's SQL over the tables calls, exceptions, functions, counts, samples, lines, links and runs:\nDESCRIBE calls shows the columns. One statement; - reads it from standard input.",
  options: {
    limit: { value: "n", help: "so many rows (default: 1000)" },
    timeout: { value: "time", help: "give up after this time (default: 30s)" },
  },
  examples: [
    ['breadcrumb query "DESCRIBE calls"', "the columns"],
    [
      'breadcrumb query "SELECT function, count(*) AS n FROM calls GROUP BY ALL ORDER BY n DESC LIMIT 5"',
      "",
    ],
    ["breadcrumb query - --json < question.sql", "for a program"],
  ],
  positionals: [1, 1],
  json: "`{ rows, truncated }`, integers beyond 2^53 as strings",
  load: async () => (await import("./query")).query,
};

const COMPACT: CommandSpec = {
  name: "compact",
  usage: "[options]",
  summary: "merge small segments into large ones: less room, faster questions",
  about:
    "A program that records for long does it by itself. Others may write and read meanwhile; what was\nmerged goes a minute later, with the next recording or compact.",
  options: {},
  examples: [["breadcrumb compact", "the store of this project"]],
  positionals: [0, 0],
  json: "`{ merged, into, rows, bytesBefore, bytesAfter, removed, unfinished, skipped }`",
  load: async () => (await import("./compact")).compact,
};

const RUNS = "ids";

const PRUNE: CommandSpec = {
  name: "prune",
  usage: "[options]",
  summary: "remove old runs: by age, size, number, or by name",
  about:
    "Without limits, what recordings keep: BREADCRUMB_RETENTION, or 30 days, 90 for runs that failed, and\n10 GB. With limits, those alone. Pinned runs and runs being written always stay.",
  options: {
    "max-age": { value: "time", help: "remove runs that ended longer ago: 12h, 7d" },
    "max-error-age": {
      value: "time",
      help: "the same for runs that crashed or failed (default: as others)",
    },
    "max-bytes": { value: "size", help: "keep so many bytes: 500MB, 5GB" },
    "max-runs": { value: "n", help: "keep so many runs" },
    run: {
      value: RUNS,
      many: true,
      help: "remove these runs: ids or beginnings; repeated, or commas",
    },
    pin: { value: RUNS, many: true, help: "keep these runs for good, likewise" },
    unpin: { value: RUNS, many: true, help: "keep them no more than others" },
    "dry-run": { help: "only tell what would go" },
  },
  examples: [
    ["breadcrumb prune --dry-run", "what would go"],
    ["breadcrumb prune --max-age 7d --max-error-age 30d", "a week, failures a month"],
    ["breadcrumb prune --run 019ab3c4", "one run"],
    ["breadcrumb prune --pin latest", "never remove the newest"],
  ],
  positionals: [0, 0],
  json: "`{ dryRun, runs, bytes, keptRuns, keptBytes, kept, leftovers, removedBytes, writtenBytes, skipped }`; with `--pin`, `--unpin` `{ pinned, unpinned }`",
  load: async () => (await import("./prune")).prune,
};

const DOCTOR: CommandSpec = {
  name: "doctor",
  usage: "[options]",
  summary: "look over every file of the store: damaged, missing, left over, foreign",
  about:
    "Checksums, rows against summaries, calls against the runs' records, permissions. Others may write\nand read meanwhile. Exit code 0: nothing is wrong; 1: there are problems; 2: it could not look.",
  options: {
    quarantine: { help: "move damaged segments to quarantine/ in the store, with the reasons" },
  },
  examples: [
    ["breadcrumb doctor", "the store of this project"],
    ["breadcrumb doctor --quarantine", "out of the way with what is damaged; nothing is deleted"],
  ],
  positionals: [0, 0],
  looksOver: true,
  json: "`{ files, bytes, segments, calls, runs, problems, notes, quarantined }`, findings as `{ file, kind, reason }`",
  load: async () => (await import("./doctor")).doctor,
};

const MIGRATE: CommandSpec = {
  name: "migrate",
  usage: "[options]",
  summary: "write what is of an older version again, as this version does",
  about:
    "Older versions are read as well: nothing needs it. Each segment is compared with what it replaces;\nwhat is cut short goes on with the next migrate. Exit code 1: something could not be migrated.",
  options: {
    backup: { value: "dir", help: "keep what is replaced there: a store of the older version" },
    "dry-run": { help: "only tell what would be done" },
  },
  examples: [
    ["breadcrumb migrate --dry-run", "what there is to do"],
    ["breadcrumb migrate --backup ../old-store", "with the way back"],
  ],
  positionals: [0, 0],
  json: "`{ from, to, segments, records, rows, bytesBefore, bytesAfter, left, unfinished, skipped }`",
  load: async () => (await import("./migrate")).migrate,
};

/** Every command over a store. */
export const STORE_COMMANDS: readonly CommandSpec[] = [
  LIST,
  SHOW,
  TOP,
  EXCEPTIONS,
  QUERY,
  COMPACT,
  PRUNE,
  DOCTOR,
  MIGRATE,
  ...QUESTION_COMMANDS,
];
