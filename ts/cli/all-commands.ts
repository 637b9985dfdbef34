/**
 * Every command, in the order of the help, by what it is for.
 *
 *     COMMAND_GROUPS[0].title; allCommands().map(({ name }) => name)
 */
import type { CommandDescription } from "./command";
import { STORE_COMMANDS } from "./commands";
import { PROJECT_COMMANDS } from "./project-commands";
import { RAW_COMMANDS } from "./raw-commands";

/** Names by group; a command in none stands in the last. */
const GROUPS: readonly (readonly [title: string, names: readonly string[]])[] = [
  ["Record", ["run"]],
  ["Live", ["attach", "status", "start", "stop", "dump"]],
  ["Look", ["list", "show", "view", "stats", "top", "exceptions", "tail"]],
  ["Ask", ["search", "follow", "query", "gaps", "diff", "export", "mcp"]],
  ["Keep", ["prune", "compact", "recover", "doctor", "migrate"]],
  ["Set up", ["init", "config", "completion"]],
];

/** A group of commands. */
export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly CommandDescription[];
}

/** The commands by group. */
export function commandGroups(): CommandGroup[] {
  const all: readonly CommandDescription[] = [
    ...RAW_COMMANDS,
    ...STORE_COMMANDS,
    ...PROJECT_COMMANDS,
  ];
  const grouped = new Set(GROUPS.flatMap(([, names]) => names));
  const groups = GROUPS.map(([title, names]) => ({
    title,
    commands: names.flatMap((name) => all.find((command) => command.name === name) ?? []),
  }));
  const last = groups.at(-1) as CommandGroup & { commands: CommandDescription[] };
  last.commands.push(...all.filter(({ name }) => !grouped.has(name)));
  return groups;
}

/** The commands. */
export function allCommands(): CommandDescription[] {
  return commandGroups().flatMap(({ commands }) => commands);
}
