/**
 * Commands that read their own arguments: what stands behind the command that `run` runs is its own.
 *
 * Limits: help and options only; a command's code is imported when it runs.
 */
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
      words: ["values", "time", "count", "dormant"],
      help: "values, time, count or dormant (default: values)",
    },
    overflow: {
      value: "what",
      words: ["block", "drop"],
      help: "if the recorder does not keep up: block waits (default), drop counts the call",
    },
    timeout: {
      value: "time",
      help: "end the command after this time (500ms, 30s, 5m): exit code 124",
    },
    profile: {
      value: "name",
      help: "a profile of the configuration (default: BREADCRUMB_PROFILE, NODE_ENV)",
    },
    "no-config": { help: "no configuration file" },
    "no-children": { help: "record the first Node.js process only, not those that it starts" },
    quiet: { short: "q", help: "print nothing of our own" },
    strict: { help: "do not run the command if it cannot be recorded (exit code 2)" },
    help: { short: "h", help: "print this help" },
  },
  examples: [
    ["breadcrumb run app.js", "a script, with this Node.js"],
    ["breadcrumb run --all -- node app.js --port 8080", "with its own options"],
    ["breadcrumb run --include 'src/**,npm:express' -- npm test", "chosen files of any command"],
  ],
  positionals: [1, Number.POSITIVE_INFINITY],
  load: async () => (await import("./run")).run,
};

const RECOVER: RawCommandSpec = {
  name: "recover",
  usage: "[options]",
  summary: "store what killed processes left in memory",
  about: "The next recording does it by itself.",
  options: {
    json: { help: "print one JSON document" },
    help: { short: "h", help: "print this help" },
  },
  examples: [["breadcrumb recover", "of this machine"]],
  positionals: [0, 0],
  json: "`{ runs }`",
  load: async () => (await import("./recover")).recover,
};

/** See the file. */
export const RAW_COMMANDS: readonly RawCommandSpec[] = [RUN_COMMAND, RECOVER];
