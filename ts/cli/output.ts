/**
 * Where a command prints: answers to stdout, notices to stderr.
 *
 *     output.line("…"); output.json({ rows }); output.notice("3 more"); await output.flush();
 *
 * Answers are gathered and written at once, and awaited before the process ends, so that a pipe
 * gets all of them; on a terminal, what is longer than it goes through the pager. Limits: an answer
 * stands in memory.
 */
import type { Links } from "./links";
import { createPaint, type Paint } from "./paint";
import { relativeTime } from "./quantities";
import { PATIENCE_MS, Waiting } from "./waiting";
import { printable } from "./printable";

/** Columns of a terminal that does not say. */
const USUAL_COLUMNS = 100;
/** The least that a table is laid out for. */
const LEAST_COLUMNS = 40;

/** The streams of a process, or a test's. */
export interface Streams {
  readonly stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean };
  readonly stdin?: NodeJS.ReadableStream & {
    isTTY?: boolean;
    setRawMode?: (isRaw: boolean) => unknown;
  };
}

/** How to print. */
export interface OutputOptions {
  readonly quiet: boolean;
  /** Long answers on a terminal go through the pager. @default false */
  readonly pager?: boolean;
}

/** A command's output. */
export class Output {
  /** Colours; plain text where stdout is no terminal. */
  readonly paint: Paint;
  /** Width for tables: of the terminal, or COLUMNS; infinite where stdout is a file or pipe. */
  readonly columns: number;
  /** Whether stdout is a terminal. */
  readonly isTerminal: boolean;
  /** Places in sources that a terminal opens by a click. */
  links: Links = (text) => text;
  readonly streams: Streams;
  readonly #options: OutputOptions;
  readonly #waiting: Waiting;
  readonly #since = performance.now();
  #lines: string[] = [];
  /** Notices about these lines. */
  #notices: string[] = [];
  /** A line says what is going on. */
  #isShown = false;

  constructor(streams: Streams, options: OutputOptions) {
    this.streams = streams;
    this.#options = options;
    this.paint = createPaint(streams.stdout);
    this.columns = columnsOf(streams.stdout);
    this.isTerminal = streams.stdout.isTTY === true;
    this.#waiting = new Waiting((text) => this.#progress(text));
  }

  /** A line of the answer. */
  line(text = ""): void {
    this.#lines.push(text);
  }

  /** The answer as one JSON document: laid out for a terminal, in a line for a program. */
  json(value: unknown): void {
    this.#lines.push(JSON.stringify(value, null, this.isTerminal ? 2 : undefined));
  }

  /** One of many answers, as a line of JSON. */
  jsonLine(value: unknown): void {
    this.#lines.push(JSON.stringify(value));
  }

  /** A notice in a line, not part of the answer, behind what there is of that; none with `--quiet`. */
  notice(text: string): void {
    if (this.#options.quiet) return;
    this.#waiting.end();
    const line = `breadcrumb: ${printable(text)}\n`;
    if (this.#lines.length > 0) this.#notices.push(line);
    else this.streams.stderr.write(line);
  }

  /** What is going on, over the line before; empty when it has ended. On a terminal, after a second. */
  progress(text: string): void {
    this.#waiting.end();
    this.#progress(text);
  }

  #progress(text: string): void {
    if (!this.streams.stderr.isTTY || this.#options.quiet) return;
    const isOver = text === "" ? !this.#isShown : performance.now() - this.#since < PATIENCE_MS;
    if (isOver) return;
    this.#isShown = text !== "";
    this.streams.stderr.write(`\r\u001B[K${text}`);
  }

  /** From now on the user waits: what takes more than a second says so, until it is flushed. */
  wait(what: string): void {
    if (this.streams.stderr.isTTY && !this.#options.quiet) this.#waiting.begin(what);
  }

  /** How long ago a time is, for a terminal; empty for a program, whose answers repeat. */
  ago(iso: string): string {
    return this.isTerminal ? relativeTime(iso, Date.now()) : "";
  }

  /** Writes the answer and waits until it has left, then what there is to notice about it. */
  async flush(): Promise<void> {
    this.#waiting.end();
    const [lines, notices] = [this.#lines, this.#notices];
    if (lines.length === 0) return;
    [this.#lines, this.#notices] = [[], []];
    await this.#write(lines);
    for (const notice of notices) this.streams.stderr.write(notice);
  }

  async #write(lines: readonly string[]): Promise<void> {
    const text = `${lines.join("\n")}\n`;
    const { stdout } = this.streams;
    const isLong = lines.length >= (stdout.rows ?? Number.POSITIVE_INFINITY);
    if (isLong && this.#mayPage()) {
      const { readWithPager } = await import("./pager");
      if (await readWithPager(text)) return;
    }
    await new Promise<void>((resolve, reject) => {
      stdout.write(text, (error) => (error ? reject(error) : resolve()));
    });
  }

  #mayPage(): boolean {
    if (this.#options.pager !== true || !this.isTerminal) return false;
    return this.streams.stdin?.isTTY === true;
  }

  /** Ends what would keep a line of the terminal. */
  close(): void {
    this.#waiting.end();
  }
}

/** Columns of a stream: of the terminal, or COLUMNS; infinite of a file or pipe. */
export function columnsOf(stdout: Streams["stdout"]): number {
  const named = Number(process.env["COLUMNS"]);
  if (Number.isInteger(named) && named > 0) return Math.max(LEAST_COLUMNS, named);
  if (!stdout.isTTY) return Number.POSITIVE_INFINITY;
  return Math.max(LEAST_COLUMNS, stdout.columns || USUAL_COLUMNS);
}
