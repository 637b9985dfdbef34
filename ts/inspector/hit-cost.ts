/**
 * What V8 takes around a hit, which a hit cannot see: measured on a function of our own, now and then.
 *
 * Limits: an estimate; it grows with the scripts that V8 has not collected yet, as that of all hits does.
 */
import { Script } from "node:vm";
import { clock } from "./arming";
import type { DebugSession } from "./debug-session";
import { type Breakpoint, setBreakpoint } from "./points";

/** The number of no breakpoint of the program's. */
export const MEASURED = -2;

const TEXT = "(function(){return 0})";
/** Its `return`. */
const COLUMN = 12;
/** Hits to begin with, of which the quickest counts. */
const FIRST = 4;
/** The share of a new measurement. */
const NEW = 0.3;

/** See the module. */
export class HitCost {
  readonly #debug: DebugSession;
  readonly #run: () => number;
  readonly #breakpoint: Breakpoint;
  #ns: number;

  /** The debugger is enabled. */
  constructor(debug: DebugSession) {
    this.#debug = debug;
    let scriptId = "";
    let run: (() => number) | undefined;
    const note = (script: { readonly scriptId: string }): void => {
      ({ scriptId } = script);
    };
    debug.during("Debugger.scriptParsed", note, () => {
      run = new Script(TEXT).runInThisContext() as () => number;
    });
    this.#run = run as () => number;
    const condition = `$bc.b(${MEASURED})`;
    this.#breakpoint = { scriptId, at: [0, COLUMN], isBehind: false, condition, set: undefined };
    setBreakpoint(debug, this.#breakpoint);
    this.#ns = Math.min(...Array.from({ length: FIRST }, () => this.#once()));
  }

  /** Nanoseconds. */
  get ns(): number {
    return this.#ns;
  }

  /** Measures again. */
  measure(): void {
    this.#ns += (this.#once() - this.#ns) * NEW;
  }

  /** After the session was renewed. */
  renew(): void {
    this.#breakpoint.set = undefined;
    setBreakpoint(this.#debug, this.#breakpoint);
  }

  #once(): number {
    const began = clock();
    this.#run();
    return clock() - began;
  }
}
