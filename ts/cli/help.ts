/**
 * The help, from the commands' own descriptions.
 *
 *     fitHelp(mainHelp("0.1.0"), 80); fitHelp(commandHelp(spec), 40)
 */
import { commandGroups } from "./all-commands";
import type { CommandDescription, OptionSpec } from "./command";
import { wrap } from "./printable";
import { COMMON_OPTIONS, optionsOf } from "./shared-options";

/** Width of the column of options and commands. */
const NAME_WIDTH = 22;

/** What `breadcrumb --help` prints. */
export function mainHelp(version: string): string {
  const groups = commandGroups().map(({ title, commands }) => {
    const rows = commands.map(
      ({ name, usage, summary }) => [usageOf(name, usage), summary] as const,
    );
    return `${title}\n${columns(rows)}`;
  });
  return `breadcrumb ${version}: records what a Node.js program did, and answers questions about it.

Usage
  breadcrumb <command> [options]

${groups.join("\n\n")}

Options of every reading command
${optionLines(COMMON_OPTIONS)}
  ${"-v, --version".padEnd(NAME_WIDTH)}print the version

Begin with
  breadcrumb run app.js           record a program (any command: breadcrumb run -- npm test)
  breadcrumb stats                its report: what it did, what looks wrong
  breadcrumb show latest          the newest trace as a tree
  breadcrumb help <command>       more about a command, with examples

Exit codes: 0, or 2 if the command line, the store, an id or a query is wrong; of run, the command's own.
`;
}

/** A command and what it cannot do without. */
function usageOf(name: string, usage: string): string {
  return `${name} ${usage.replaceAll(/\[[^\]]*\]/g, "")}`.replaceAll(/\s+/g, " ").trim();
}

/** What `breadcrumb <command> --help` prints. */
export function commandHelp(spec: CommandDescription): string {
  const examples = spec.examples.flatMap(([line, what]) =>
    what === "" ? [`  ${line}`] : [`  ${line.padEnd(48)}  ${what}`],
  );
  return `breadcrumb ${spec.name}: ${spec.summary}

Usage
  breadcrumb ${spec.name} ${spec.usage}

${spec.about}

Options
${optionLines(optionsOf(spec))}

Examples
${examples.join("\n")}
`;
}

/** Of a line that ends in a column of its own: what stands before that. */
const BEFORE_COLUMN = /^ *\S(?:.*?\S)? {2,}(?=\S)/;
/** What a line that goes on is set in by, where it has no column or that leaves no room. */
const HANGING = 4;

/** A help whose lines end where the terminal does; what goes on stands in the column that it belongs to. */
export function fitHelp(text: string, width: number): string {
  const lines = text.split("\n");
  return lines.flatMap((line) => (line.length <= width ? [line] : broken(line, width))).join("\n");
}

function broken(line: string, width: number): string[] {
  const before = BEFORE_COLUMN.exec(line)?.[0] ?? /^ */.exec(line)?.[0] ?? "";
  const isTight = before.length > width / 2;
  const indent = " ".repeat(isTight ? 2 + HANGING : before.length);
  const lines = isTight && before.trim() !== "" ? [before.trimEnd()] : [];
  const rest = line.slice(before.length);
  return [...lines, ...wrap(rest, width, isTight ? indent : before, indent)];
}

/** An option as it is written: `-q, --quiet`, `--limit <n>`. */
export function optionText(name: string, { value, short }: OptionSpec): string {
  const dashes = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return value === undefined ? dashes : `${dashes} <${value}>`;
}

function optionLines(options: Readonly<Record<string, OptionSpec>>): string {
  return columns(
    Object.entries(options).map(([name, option]) => [optionText(name, option), option.help]),
  );
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(([name, text]) => {
    const isLong = name.length > NAME_WIDTH - 2;
    return `  ${isLong ? `${name}\n${" ".repeat(NAME_WIDTH + 2)}` : name.padEnd(NAME_WIDTH)}${text}`;
  });
  return lines.join("\n");
}
