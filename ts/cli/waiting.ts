/**
 * A line that says what the user waits for, once it has taken a second.
 *
 *     const waiting = new Waiting((text) => process.stderr.write(`\r\x1b[K${text}`));
 *     waiting.begin("reading the store"); … waiting.end();
 *
 * Limits: work that keeps the thread busy shows it only where it pauses.
 */

/** What takes less says nothing of itself. */
export const PATIENCE_MS = 1000;
const EVERY_MS = 200;
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** See the file. */
export class Waiting {
  readonly #show: (text: string) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(show: (text: string) => void) {
    this.#show = show;
  }

  /** The user waits for this from now on. */
  begin(what: string): void {
    this.end();
    const since = performance.now();
    let frame = 0;
    const tick = () => {
      const seconds = Math.floor((performance.now() - since) / 1000);
      this.#show(`${FRAMES[frame++ % FRAMES.length]} ${what} (${seconds} s)`);
      this.#timer = setTimeout(tick, EVERY_MS).unref();
    };
    this.#timer = setTimeout(tick, PATIENCE_MS).unref();
  }

  /** No more: its line goes. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#show("");
  }
}
