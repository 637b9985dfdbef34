/**
 * Options that several commands share.
 *
 *     options: { run: RUN, since: SINCE, until: UNTIL }
 */
import type { CommandDescription, OptionSpec } from "./command";

/** Options of every reading command. */
export const COMMON_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  store: {
    value: "dir",
    help: "the store (default: BREADCRUMB_DIR, or the nearest .breadcrumb upwards)",
  },
  json: { help: "print JSON instead: one document, of a stream a line for each" },
  "no-pager": { help: "print at once, not through PAGER" },
  quiet: { short: "q", help: "print no notices, only answers" },
  help: { short: "h", help: "print this help" },
};

/** One run. */
export const RUN: OptionSpec = {
  value: "id",
  help: "one run: its id, the beginning of it, or latest",
};
/** The beginning of a time. */
export const SINCE: OptionSpec = {
  value: "time",
  help: "from this time: 10m, 2h, 3d (ago), or 2026-11-23T08:00 (UTC)",
};
/** Its end. */
export const UNTIL: OptionSpec = { value: "time", help: "before this time, likewise" };
/** A page. */
export const CURSOR: OptionSpec = {
  value: "text",
  help: "go on where a page ended (its nextCursor)",
};
/** How a call or trace can have ended. */
export const STATUSES = ["returned", "threw", "open"] as const;

/** A command's options, with those that others of its kind take; a raw command lists them itself. */
export function optionsOf(command: CommandDescription): Readonly<Record<string, OptionSpec>> {
  if ("help" in command.options) return command.options;
  const { store, "no-pager": noPager, ...others } = COMMON_OPTIONS;
  const common = command.isStoreless === true ? others : { store, ...others, "no-pager": noPager };
  return { ...command.options, ...(common as Readonly<Record<string, OptionSpec>>) };
}
