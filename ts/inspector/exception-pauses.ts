/**
 * Exceptions that are thrown while recorded calls run, by V8's pauses for them.
 *
 * ```text
 * captured functions, time for pauses, nobody else who debugs ─► V8 pauses for what is thrown on their stack
 *    used up ─► none, until a quarter of the time is there again: calls that throw meanwhile say so, and not what
 * ```
 * V8 does not pause for what is thrown and caught by code of other functions alone, nor for stack overflows.
 * Limits: a throw costs a pause whoever catches it; of one place a share of `hits` a second is paused for.
 */
import { framesAtPause, keepUnformatted } from "../runtime/stack";
import { thrownAtPause } from "../runtime/raise";
import type { Budget, Hits } from "./budget";
import { type DebugSession, isWatched } from "./debug-session";
import { variablesOf } from "./frame-variables";
import { type At, type LoadedFile, type LoadedFunction, order } from "./loaded-functions";
import { onStack } from "./open-calls";
import { type RemoteObject, resultOf } from "./result";
import { pathOf, type PausedFrame } from "./throw-path";

/** What `Debugger.paused` says. */
export interface PausedAt {
  readonly reason: string;
  readonly data?: RemoteObject;
  readonly callFrames: readonly PausedFrame[];
}

/** Why the program pauses where something is thrown. */
const THROWN = ["exception", "promiseRejection"];
/** V8 tells of every frame at a pause: 0.9 ms with 10 of them, 8 ms with 300. */
export const MAX_PAUSE_DEPTH = 300;
/** What V8 takes before it tells of a pause: this, and for each frame. */
const PAUSE_NS = 600_000;
const FRAME_NS = 25_000;
/** `reject(error)` and `Promise.reject(error)` throw nothing. */
const REJECTS = /^\n    at (?:<anonymous>|(?:Promise|Function)\.reject \(<anonymous>\))(?:\n|$)/u;
/** A prime below 2^40: times 31 and a little it is an exact number. */
const MIXED = 1_099_511_627_689;
const SPECIAL = /[\\^$.*+?()[\]{}|/]/gu;

/** Of a pause that V8 has just told of, how long it took so far, ns. */
export function pauseNs({ callFrames }: PausedAt): number {
  return PAUSE_NS + callFrames.length * FRAME_NS;
}

/** Whether the program pauses because something is thrown. */
export function isThrown({ reason }: PausedAt): boolean {
  return THROWN.includes(reason);
}

/** See the module. */
export class ExceptionPauses {
  readonly #debug: DebugSession;
  readonly #budget: Budget;
  /** By V8's ids of their scripts. */
  readonly #files = new Map<string, LoadedFile>();
  #isOn = false;
  /** Somebody else has V8 pause for exceptions: it has one setting for all sessions. */
  #isTheirs = false;
  /** Which functions V8 pauses for: their number, and a number made of their ids. */
  #shown = "";
  /** Scripts of which it pauses for some functions only. */
  #partly: readonly string[] = [];
  /** By place: pauses of the budget's second. */
  readonly #places = new Map<string, Hits>();

  constructor(debug: DebugSession, budget: Budget) {
    this.#debug = debug;
    this.#budget = budget;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  add(file: LoadedFile): void {
    this.#files.set(String(file.scriptId), file);
  }

  /** Pauses begin and end, as the budget says. `captured`: whose exceptions are wanted. */
  look(captured: readonly LoadedFunction[]): void {
    const mayPause = this.#isOn ? this.#budget.mayPauseForThrow() : this.#budget.mayPause();
    if (captured.length === 0 || !mayPause || this.#isTheirs || isWatched()) return this.off();
    if (!this.#isOn && this.#debug.pausesForThrown()) {
      this.#isTheirs = true;
      return;
    }
    this.#show(captured);
    if (this.#isOn) return;
    this.#isOn = true;
    keepUnformatted(() => this.#debug.isPaused());
    this.#debug.post("Debugger.setPauseOnExceptions", { state: "all" });
  }

  off(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    keepUnformatted(undefined);
    this.#debug.post("Debugger.setPauseOnExceptions", { state: "none" });
  }

  /** The session has forgotten all. */
  renew(): void {
    this.#isOn = false;
    keepUnformatted(undefined);
    this.#shown = "";
    this.#partly = [];
  }

  /** Something is thrown. Whether it was recorded. `handed`: what `$bc.b` was given last. */
  take(at: PausedAt, handed: () => readonly unknown[]): boolean {
    const { callFrames, data, reason } = at;
    if (isWatched()) return this.#refuse();
    if (data === undefined || callFrames.length > MAX_PAUSE_DEPTH || !this.#hasPlace(at)) {
      return this.#refuse();
    }
    const calls = onStack();
    const innermost = calls.at(-1);
    if (innermost === undefined) return false;
    const { left, catcher } = pathOf(callFrames, calls, this.#files);
    if (left[0]?.call !== innermost && catcher?.call !== innermost) return false;
    if (reason !== "exception" && REJECTS.test(framesAtPause() ?? "")) return false;
    const error = resultOf(this.#debug, data, false, () => handed()[0]);
    thrownAtPause(innermost.token, error);
    for (const { call, frame, isSure } of left) {
      const locals = variablesOf(this.#debug, { call, frame }, handed);
      call.thrown = { error, locals, isSure };
    }
    if (catcher !== undefined) catcher.call.catching = { error, clause: catcher.clause };
    return true;
  }

  /** There is no time for such pauses now. */
  #refuse(): false {
    this.off();
    return false;
  }

  /** Whether one more is taken that is thrown there. */
  #hasPlace({ callFrames }: PausedAt): boolean {
    const at = callFrames[0]?.location;
    const key = `${at?.scriptId}:${at?.lineNumber}:${at?.columnNumber}`;
    let used = this.#places.get(key);
    if (used === undefined) {
      // Those of the seconds before.
      if (this.#places.size > MAX_PLACES) this.#places.clear();
      used = { second: 0, hits: 0 };
      this.#places.set(key, used);
    }
    return this.#budget.takesThrow(used);
  }

  /** V8 is to pause for what is thrown on the stack of these functions. */
  #show(captured: readonly LoadedFunction[]): void {
    // Of thousands, ten times a second: no text of all of them.
    const mixed = captured.reduce((mix, { id }) => (mix * 31 + id) % MIXED, 7);
    const shown = `${captured.length} ${mixed}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const byFile = new Map<LoadedFile, LoadedFunction[]>();
    for (const loaded of captured) {
      const known = byFile.get(loaded.file);
      if (known === undefined) byFile.set(loaded.file, [loaded]);
      else known.push(loaded);
    }
    const names = [...byFile.keys()].map(({ url }) => url.replace(SPECIAL, "\\$&"));
    this.#debug.post("Debugger.setBlackboxPatterns", {
      patterns: [`^(?!(?:${names.join("|")})$)`],
      // Before Node 24 V8 does not know it.
      skipAnonymous: true,
    });
    for (const scriptId of this.#partly) this.#hide(scriptId, []);
    const partly = [...byFile].filter(([file, chosen]) => chosen.length < file.functions.length);
    this.#partly = partly.map(([{ scriptId }]) => String(scriptId));
    for (const [{ scriptId }, chosen] of partly) this.#hide(String(scriptId), between(chosen));
  }

  /** Where V8 does not pause: from the first place to the second, from the third to the fourth, and so on. */
  #hide(scriptId: string, places: readonly At[]): void {
    const positions = places.map(([lineNumber, columnNumber]) => ({ lineNumber, columnNumber }));
    try {
      this.#debug.post("Debugger.setBlackboxedRanges", { scriptId, positions });
    } catch {
      // The script is gone: nothing of it is thrown any more.
    }
  }
}

/** Places whose pauses are counted. */
const MAX_PLACES = 1000;

/** What is around some functions of a file, as V8 takes it. */
function between(chosen: readonly LoadedFunction[]): At[] {
  const places: At[] = [[0, 0]];
  for (const { range } of chosen) {
    const last = places.at(-1) as At;
    // In a function that was chosen, too.
    if (places.length > 1 && order(range[0]) < order(last)) continue;
    if (order(range[0]) === order(last)) places.pop();
    else places.push(range[0]);
    places.push(range[1]);
  }
  return places;
}
