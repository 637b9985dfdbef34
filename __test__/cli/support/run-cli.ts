/**
 * The command line in this process, with its output caught.
 *
 *     const { code, stdout, stderr } = await runCli(["list"], { columns: 80 });
 *
 * Limits: `run` and `recover` would act on this process's own streams.
 */
import { Writable } from "node:stream";
import { runCommandLine } from "../../../ts/cli/command-line";

/** How it ended. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A terminal of so many columns; without, a pipe. */
export interface Terminal {
  readonly columns?: number;
  readonly colors?: boolean;
}

class Sink extends Writable {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly #colors: boolean;
  text = "";

  constructor({ columns, colors }: Terminal) {
    super();
    this.isTTY = columns !== undefined;
    this.columns = columns;
    this.#colors = colors ?? false;
  }

  hasColors(): boolean {
    return this.#colors;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Runs a command line. */
export async function runCli(argv: readonly string[], terminal: Terminal = {}): Promise<CliResult> {
  const stdout = new Sink(terminal);
  const stderr = new Sink({});
  const code = await runCommandLine(argv, { stdout: stdout as never, stderr });
  return { code, stdout: stdout.text, stderr: stderr.text };
}
