/**
 * Where a command prints: answers to stdout, notices to stderr.
 *
 *     output.line("…"); output.json({ rows }); output.notice("3 more"); await output.flush();
 *
 * Answers are gathered and written at once, and awaited before the process ends, so that a pipe
 * gets all of them. Limits: an answer stands in memory.
 */
import { createPaint, type Paint } from "./paint";

/** Columns of a terminal that does not say. */
const USUAL_COLUMNS = 100;
/** The least that a table is laid out for. */
const LEAST_COLUMNS = 40;

/** The streams of a process, or a test's. */
export interface Streams {
  readonly stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean };
}

/** A command's output. */
export class Output {
  /** Colours; plain text where stdout is no terminal. */
  readonly paint: Paint;
  /** Width for tables: of the terminal, or COLUMNS; infinite where stdout is a file or pipe. */
  readonly columns: number;
  readonly #streams: Streams;
  readonly #quiet: boolean;
  #lines: string[] = [];

  constructor(streams: Streams, options: { readonly quiet: boolean }) {
    this.#streams = streams;
    this.#quiet = options.quiet;
    this.paint = createPaint(streams.stdout);
    this.columns = columnsOf(streams.stdout);
  }

  /** A line of the answer. */
  line(text = ""): void {
    this.#lines.push(text);
  }

  /** The answer as one JSON document: laid out for a terminal, in a line for a program. */
  json(value: unknown): void {
    this.#lines.push(JSON.stringify(value, null, this.#streams.stdout.isTTY ? 2 : undefined));
  }

  /** A notice, not part of the answer; none with `--quiet`. */
  notice(text: string): void {
    if (!this.#quiet) this.#streams.stderr.write(`breadcrumb: ${text}\n`);
  }

  /** What is going on, over the line before; empty when it has ended. On a terminal only. */
  progress(text: string): void {
    if (this.#streams.stderr.isTTY && !this.#quiet) this.#streams.stderr.write(`\r\x1b[K${text}`);
  }

  /** Writes the answer and waits until it has left. */
  async flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join("\n")}\n`;
    this.#lines = [];
    await new Promise<void>((resolve, reject) => {
      this.#streams.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    });
  }
}

function columnsOf(stdout: Streams["stdout"]): number {
  const named = Number(process.env["COLUMNS"]);
  if (Number.isInteger(named) && named > 0) return Math.max(LEAST_COLUMNS, named);
  if (!stdout.isTTY) return Number.POSITIVE_INFINITY;
  return Math.max(LEAST_COLUMNS, stdout.columns ?? USUAL_COLUMNS);
}
