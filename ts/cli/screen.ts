/**
 * The whole terminal, for a program of keys: raw input, a screen of its own, and the old one back.
 *
 *     const screen = new Screen(streams);
 *     screen.draw(lines); for await (const key of screen.keys()) …
 *     screen.close();
 *
 * Limits: keys are what usual terminals send; a mouse is not read.
 */
import type { Streams } from "./output";

const ENTER = "\u001B[?1049h\u001B[?25l";
const LEAVE = "\u001B[?25h\u001B[?1049l";
/** A sequence, or a character. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const KEY = /\u001B\[[0-9;]*[A-Za-z~]|\u001BO[A-Za-z]|[\s\S]/gu;
const USUAL = { columns: 80, rows: 24 };
/** Signals that end the program: the terminal must be left as it was. */
const ENDS = ["SIGTERM", "SIGHUP", "SIGINT"] as const;

/** Streams with a terminal at both ends. */
export interface TerminalStreams {
  readonly stdin: NonNullable<Streams["stdin"]>;
  readonly stdout: Streams["stdout"];
}

/** See the file. */
export class Screen {
  readonly #streams: TerminalStreams;
  readonly #waiting: string[] = [];
  #wake: (() => void) | null = null;
  #isClosed = false;

  constructor(streams: TerminalStreams) {
    this.#streams = streams;
    const { stdin, stdout } = streams;
    stdin.setRawMode?.(true);
    stdin.setEncoding("utf8");
    stdin.on("data", this.#read);
    stdin.on("end", this.#end);
    stdin.resume();
    stdout.on("resize", this.#resized);
    for (const signal of ENDS) process.on(signal, this.#end);
    stdout.write(ENTER);
  }

  /** Columns and rows. */
  get size(): { readonly columns: number; readonly rows: number } {
    const { columns, rows } = this.#streams.stdout;
    return { columns: columns || USUAL.columns, rows: rows || USUAL.rows };
  }

  /** Shows lines, from the top. */
  draw(lines: readonly string[]): void {
    const { rows } = this.size;
    const text = lines.slice(0, rows).map((line) => `${line}\u001B[K`);
    this.#streams.stdout.write(`\u001B[H${text.join("\r\n")}\u001B[J`);
  }

  /** The next key; "resize" where the terminal's size changed, null at the end. */
  async key(): Promise<string | null> {
    while (this.#waiting.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#waiting.shift() ?? null;
  }

  /** Whether a key waits: for what takes long and can be interrupted. */
  get hasKey(): boolean {
    return this.#waiting.length > 0 || this.#isClosed;
  }

  /** Gives the terminal back. */
  close(): void {
    const { stdin, stdout } = this.#streams;
    this.#isClosed = true;
    stdin.off("data", this.#read);
    stdin.off("end", this.#end);
    stdout.off("resize", this.#resized);
    for (const signal of ENDS) process.off(signal, this.#end);
    stdin.setRawMode?.(false);
    stdin.pause();
    stdout.write(LEAVE);
  }

  readonly #read = (text: string | Buffer) => {
    this.#waiting.push(...(String(text).match(KEY) ?? []));
    this.#wake?.();
  };

  readonly #resized = () => {
    this.#waiting.push("resize");
    this.#wake?.();
  };

  readonly #end = () => {
    this.#isClosed = true;
    this.#wake?.();
  };
}
