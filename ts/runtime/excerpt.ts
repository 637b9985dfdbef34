/**
 * The excerpt of the source that Node keeps on an error to be put above its stack, as it would be
 * without us.
 *
 *     app.js:7                                             app.js:7
 *     if (n < 0) throw $bc.t($bcf,(new RangeError("n")));  if (n < 0) throw new RangeError("n");
 *                ^                                      →             ^
 * Node takes it from the text that V8 compiled where an error leaves a script of `node:vm`, and then
 * reads the error's stack: when that is formatted, the excerpt is mended.
 * Limits: a stack that was read before is not formatted again, so that excerpt stays.
 */
import { native } from "../native/load";
import { isOwnFile, textOf } from "./call-sites";

type Keeper = Record<symbol, unknown>;

/** Node's symbol for the excerpt; undefined where it cannot be had. */
let arrow: symbol | undefined;
let isHeld = false;

/** From here on excerpts are mended. */
export function installExcerpts(): void {
  arrow = native.privateSymbols()?.["arrow_message_private_symbol"];
}

/** Mends the excerpt of an error whose stack is being formatted. `sites`: those of the program. */
export function mendExcerpt(error: object, sites: NodeJS.CallSite[]): void {
  if (arrow === undefined || isHeld) return;
  const excerpt = (error as Keeper)[arrow];
  if (typeof excerpt !== "string") return;
  // The stack was at its end in code of ours.
  const site = isOwnFile(excerpt) ? sites[0] : undefined;
  const frame = site && textOf(site);
  (error as Keeper)[arrow] = native.mendExcerpt(excerpt, frame);
}

/**
 * The process ends of this error: what Node prints from here on is held back, and the excerpt mended
 * in it, if the error has none that is mended already.
 */
export function holdExcerpt(error: unknown): void {
  if (arrow !== undefined && typeof error === "object" && error !== null) {
    if (typeof (error as Keeper)[arrow] === "string") return;
  }
  isHeld = true;
  native.holdStderr();
}
