/**
 * The help, from the commands' own descriptions.
 *
 *     mainHelp("0.1.0"); commandHelp(spec)
 */
import type { CommandSpec, OptionSpec } from "./command";
import { COMMON_OPTIONS, STORE_COMMANDS } from "./commands";

/** Width of the column of options and commands. */
const NAME_WIDTH = 20;

/** What `breadcrumb --help` prints. */
export function mainHelp(version: string): string {
  const commands: (readonly [string, string])[] = [
    ["run <command…>", "run a command and record every Node.js process in it"],
    ...STORE_COMMANDS.map(({ name, usage, summary }) => {
      const argument = usage.replace(/ ?\[options\]/, "");
      return [argument ? `${name} ${argument}` : name, summary] as const;
    }),
    ["recover", "store what killed processes left in memory"],
    ["help <command>", "more about a command, with examples"],
  ];
  return `breadcrumb ${version}: records what a Node.js program did, and answers questions about it.

Usage
  breadcrumb <command> [options]

Commands
${columns(commands)}

Options of every reading command
${optionLines(COMMON_OPTIONS)}
  ${"-v, --version".padEnd(NAME_WIDTH)}print the version

Begin with
  breadcrumb run app.js          record a program (any command: breadcrumb run -- npm test)
  breadcrumb list                see its traces
  breadcrumb show latest         see the newest one as a tree
  breadcrumb top                 see where the time went

Exit codes: 0, or 2 if the command line, the store, an id or a query is wrong; of run, the command's own.
`;
}

/** What `breadcrumb <command> --help` prints. */
export function commandHelp(spec: CommandSpec): string {
  const examples = spec.examples.flatMap(([line, what]) =>
    what === "" ? [`  ${line}`] : [`  ${line.padEnd(48)}  ${what}`],
  );
  return `breadcrumb ${spec.name}: ${spec.summary}

Usage
  breadcrumb ${spec.name} ${spec.usage}

${spec.about}

Options
${optionLines(spec.options)}
${optionLines(COMMON_OPTIONS)}

Examples
${examples.join("\n")}
`;
}

function optionLines(options: Readonly<Record<string, OptionSpec>>): string {
  return columns(
    Object.entries(options).map(([name, { value, short, help }]) => {
      const dashes = short === undefined ? `--${name}` : `-${short}, --${name}`;
      return [value === undefined ? dashes : `${dashes} <${value}>`, help];
    }),
  );
}

function columns(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([name, text]) => `  ${name.padEnd(NAME_WIDTH)}${text}`).join("\n");
}
