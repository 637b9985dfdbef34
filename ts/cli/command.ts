/**
 * What a command is made of: its help and options as data, its code loaded when it runs.
 *
 * The help, docs/cli.md, shell completion and suggestions all read these. Limits: what stands behind
 * the word of a raw command (`run`) is passed on unparsed.
 */
import type { Store } from "../query/index";
import type { Output } from "./output";

/** An option of a command. */
export interface OptionSpec {
  /** Its value's name in the help; none for a flag. */
  readonly value?: string;
  /** The words that its value can be, for shell completion. */
  readonly words?: readonly string[];
  /** It may be given more than once, or with commas: its text has them all, commas between. */
  readonly many?: true;
  /** A letter for short. */
  readonly short?: string;
  /** What it does. */
  readonly help: string;
}

/** A command's arguments, parsed. */
export interface CommandArguments {
  readonly positionals: readonly string[];
  /** By option: text, or true for a flag. */
  readonly values: Readonly<Record<string, string | true | undefined>>;
}

/** What a command of the project is given. */
export interface ProjectContext extends CommandArguments {
  readonly output: Output;
  /** The command's name, for messages. */
  readonly name: string;
}

/** What a command over a store is given. */
export interface CommandContext extends ProjectContext {
  readonly store: Store;
}

/** A command's code. Resolves to the exit code. */
export type CommandCode = (context: CommandContext) => Promise<number>;

/** What there is to say about a command. */
export interface CommandDescription {
  readonly name: string;
  /** What stands behind the name in its usage. */
  readonly usage: string;
  /** A line for the list of commands. */
  readonly summary: string;
  /** A paragraph for its own help. */
  readonly about: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Command lines with what they do. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** How many positionals it takes. */
  readonly positionals: readonly [min: number, max: number];
  /** What `--json` prints. */
  readonly json?: string;
  /** It needs no store. */
  readonly isStoreless?: true;
}

/** A command over a store. */
export interface CommandSpec extends CommandDescription {
  /** It wants the store even if its `store.json` is damaged. */
  readonly looksOver?: true;
  /** It prints as it goes, or has the screen for itself: no pager, and nobody waits for it. */
  readonly isLive?: true;
  readonly load: () => Promise<CommandCode>;
}

/** A command that needs no store. */
export interface ProjectCommandSpec extends CommandDescription {
  readonly isStoreless: true;
  readonly load: () => Promise<(context: ProjectContext) => Promise<number>>;
}

/** A command that reads its own arguments. */
export interface RawCommandSpec extends CommandDescription {
  readonly load: () => Promise<(argv: string[]) => Promise<number>>;
}

/** Exit code for a command line, store, id or query that is wrong. */
export const EXIT_WRONG = 2;
/** Exit code for a fault of our own. */
export const EXIT_FAULT = 1;
