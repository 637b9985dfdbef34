/**
 * What a reading command is made of: its help and options as data, its code loaded when it runs.
 *
 * Limits: `run` and `recover` take their arguments unparsed and are no commands in this sense.
 */
import type { Store } from "../query/index";
import type { Output } from "./output";

/** An option of a command. */
export interface OptionSpec {
  /** Its value's name in the help; none for a flag. */
  readonly value?: string;
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

/** What a command is given. */
export interface CommandContext extends CommandArguments {
  readonly store: Store;
  readonly output: Output;
  /** The command's name, for messages. */
  readonly name: string;
}

/** A command's code. Resolves to the exit code. */
export type CommandCode = (context: CommandContext) => Promise<number>;

/** A command that reads a store. */
export interface CommandSpec {
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
  /** It wants the store even if its `store.json` is damaged. */
  readonly looksOver?: true;
  readonly load: () => Promise<CommandCode>;
}

/** Exit code for a command line, store, id or query that is wrong. */
export const EXIT_WRONG = 2;
/** Exit code for a fault of our own. */
export const EXIT_FAULT = 1;
