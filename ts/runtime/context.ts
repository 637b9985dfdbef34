/**
 * Which trace a callback belongs to: one mark for each trace in Node's asynchronous context, put
 * there when the trace's root begins and looked for only where no recorded call runs.
 *
 *     handle(request)            // a root: the mark is set until it suspends or ends
 *       setTimeout(() => log())  // Node keeps the mark with the timer
 *     … log()                    // nothing runs, the mark names the root: a record CONTEXT
 *
 * A recorded call costs a comparison at its entry and one at its end. The mark is a number, so
 * nothing of the program is kept alive by it.
 * Limits: where Node keeps no contexts in frames (before 24, or with `--no-async-context-frame`)
 * marks are on resources and promises (`resource-marks.ts`), and what code that is not recorded hangs
 * on a promise is not followed; on Windows a callback is a root of its own there.
 */
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { inspect, type InspectOptionsStylized, types } from "node:util";
import { CONTEXT, TOKEN_MASK, VALUES_SHIFT, WORDS_SHIFT } from "../native/layout";
import { native } from "../native/load";
import { IN, link, linkActive } from "./links";
import {
  installMarks,
  mark,
  markHere,
  markNow,
  markOf,
  markResource,
  unmark,
  withMark,
} from "./resource-marks";
import { BOTTOM, POS, state, TOKEN } from "./state";
import type { Span } from "./trace-parent";
import { attached, f64, i32, isAttached, records } from "./writer";

/** A trace, as its callbacks know it. */
export interface Context {
  /** Ordinal of its root's ENTER in this thread; 0 until there is one. */
  root: number;
  /** The session that the root was recorded in. */
  session: number;
  /** The span that made the request which began it. */
  readonly from?: Span | undefined;
  /** Of calls that breakpoints tell of: the asynchronous one whose own this context is. */
  readonly call?: AsyncCall;
}

/** An asynchronous call, as what it leads to knows it. */
export interface AsyncCall {
  /** The one around it. */
  readonly outer: AsyncCall | undefined;
}

/** A context that was entered, and the one before it. */
export interface Entered {
  readonly last: unknown;
  readonly here: unknown;
  readonly context: Context;
}

/** What Node keeps with everything asynchronous: the stores of each `AsyncLocalStorage`. */
interface Frame {
  get(key: object): unknown;
  readonly size: number;
  /** Takes a store out. */
  disable(key: object): void;
}

/** Node's internal class of frames. */
interface FrameClass {
  /** A copy of the current frame with one store more. */
  new (key: object, store: unknown): Frame;
  current(): Frame | undefined;
  set(frame: Frame | undefined): void;
  readonly prototype: Frame;
}

/** Our key in frames. */
const key = new AsyncLocalStorage<Context>();
const frames = findFrames();

/** The frame that was set for the call at the bottom of the stack, and the one before it. */
let ours: Frame | undefined;
let before: Frame | undefined;

/** Whether a request's mark stays with the resource that it runs on. */
export const onResources: boolean = frames === undefined;

/** Frames kept for the next time that a root runs again: a new one takes 70 ns. */
const KEPT = 64;
const kept: (Frame | undefined)[] = Array.from({ length: KEPT });

/** Node's class of frames, taken from a resource that keeps one; undefined where there is none. */
function findFrames(): FrameClass | undefined {
  // The older kind of storage: to use one would turn on what a program can see.
  if ("_enable" in key) return undefined;
  const resource = key.run({ root: 0, session: 0 }, () => {
    return new AsyncResource("Breadcrumb", { requireManualDestroy: true });
  });
  for (const name of Object.getOwnPropertySymbols(resource)) {
    const frame = (resource as unknown as Record<symbol, unknown>)[name];
    // No `instanceof`: the class descends from one that Node keeps to itself.
    if (!types.isMap(frame) || !("disable" in frame)) continue;
    const found = frame.constructor as unknown as FrameClass;
    if (typeof found.current !== "function" || typeof found.set !== "function") continue;
    leaveTrial(found);
    return found;
  }
  return undefined;
}

/** `run` leaves a frame behind that holds our key, and with it no code runs as without contexts. */
function leaveTrial(classOfFrames: FrameClass): void {
  const left = classOfFrames.current();
  if (left === undefined) return;
  const theirs = new classOfFrames(key, undefined);
  theirs.disable(key);
  classOfFrames.set(theirs.size === 0 ? undefined : theirs);
}

/** The mark in the frame of what runs. */
function markIn(classOfFrames: FrameClass): Context | undefined {
  return classOfFrames.current()?.get(key) as Context | undefined;
}

/** How often the tokens have begun anew. */
let laps = 0;

/** The tokens begin anew. Gives the first. */
export function nextLap(): number {
  laps += 1;
  return 1;
}

function ordinalOf(token: number): number {
  return laps * TOKEN_MASK + token;
}

/**
 * A call has begun where none ran; its ENTER is the last record.
 *
 * @param token its token, without bits
 * @param runs false for a generator, which was only created
 */
export function begins(token: number, runs: boolean): void {
  if (runs) state[BOTTOM] = token;
  const context = frames === undefined ? markHere() : markIn(frames);
  if (context === undefined) {
    if (!runs) return;
    beginsTrace(token);
    linkActive(0);
    return;
  }
  if (runs && frames === undefined) mark(context);
  if (context.root !== 0 && context.session === attached) {
    tell(ordinalOf(token) - context.root);
    return;
  }
  context.root = ordinalOf(token);
  context.session = attached;
  const distance = runs ? 0 : 1;
  if (context.from !== undefined) link(IN, context.from, distance);
  linkActive(distance);
}

/** A root has begun. */
function beginsTrace(token: number): void {
  if (frames === undefined) mark({ root: ordinalOf(token), session: attached });
  else resumes(token);
}

/** A call that was suspended runs again, where none ran. */
export function resumes(f: number): void {
  const token = f & TOKEN_MASK;
  state[BOTTOM] = token;
  if (frames === undefined) {
    const context = markOf(token);
    if (context?.session === attached) mark(context);
    return;
  }
  // What a root sets for itself is taken back before its `await` can keep it: where there is no
  // context, this is the root of its trace.
  const frame = frames.current();
  if (frame === undefined) enterAlone(token);
  else if (frame.get(key) === undefined) enter(frames, frame, token);
}

/** The call at the bottom is suspended or ends. */
export function leaves(): void {
  const token = state[BOTTOM] as number;
  state[BOTTOM] = 0;
  if (frames === undefined) return unmark(token);
  if (ours === undefined) return;
  const frame = frames.current();
  if (frame === ours) {
    frames.set(before);
  } else if (frame?.get(key) === ours.get(key)) {
    // The program has entered a context of its own meanwhile, which stays.
    const theirs = new frames(key, undefined);
    theirs.disable(key);
    frames.set(theirs);
  }
  ours = undefined;
  before = undefined;
}

/** Sets a mark for the trace whose root is the call that runs. */
function enter(classOfFrames: FrameClass, frame: Frame | undefined, token: number): Frame {
  before = frame;
  ours = new classOfFrames(key, { root: ordinalOf(token), session: attached });
  classOfFrames.set(ours);
  return ours;
}

/** The same where the program has no contexts: the frame may be had from last time. */
function enterAlone(token: number): void {
  if (frames === undefined) return;
  const slot = token & (KEPT - 1);
  const known = kept[slot];
  const context = known?.get(key) as Context | undefined;
  if (known === undefined || context?.root !== ordinalOf(token) || context.session !== attached) {
    kept[slot] = enter(frames, undefined, token);
    return;
  }
  before = undefined;
  ours = known;
  frames.set(known);
}

/** The context of what runs, as far as promises carry it. */
function contextHere(): Context | undefined {
  if (frames !== undefined) return markIn(frames);
  return (native.continuation() as Context | null) ?? undefined;
}

/** The asynchronous call in whose context this runs. */
export function callHere(): AsyncCall | undefined {
  return contextHere()?.call;
}

/** What comes is of an asynchronous call, whose ENTER has been written, until `leaveCall()`. */
export function enterCall(call: AsyncCall): Entered {
  const { root, session, from } = contextHere() ?? { root: 0, session: 0 };
  const context: Context = { root, session, from, call };
  if (frames === undefined) {
    const last: unknown = native.continuation();
    native.setContinuation(context);
    return { last, here: context, context };
  }
  const last = frames.current();
  const here = new frames(key, context);
  frames.set(here);
  return { last, here, context };
}

/** It does not run any more: its context is taken back from whoever called it. */
export function leaveCall({ last, here, context }: Entered): void {
  if (frames === undefined) {
    if (native.continuation() === here) native.setContinuation(last ?? undefined);
    return;
  }
  leaveFrame(frames, here, last as Frame | undefined, context);
}

/** Takes a frame back, and with it the context that it was set for. */
function leaveFrame(
  classOfFrames: FrameClass,
  here: unknown,
  last: Frame | undefined,
  context: Context | undefined,
): void {
  const frame = classOfFrames.current();
  if (frame === here) {
    classOfFrames.set(last);
  } else if (frame?.get(key) === context) {
    // The program has entered a context of its own meanwhile, which stays.
    const outer = last?.get(key);
    const theirs = new classOfFrames(key, outer);
    if (outer === undefined) theirs.disable(key);
    classOfFrames.set(theirs);
  }
}

/** Says of the last ENTER how many before it the root of its trace began. */
function tell(distance: number): void {
  const p = state[POS] as number;
  f64[p + 1] = distance;
  i32[2 * p + 1] = 0;
  i32[2 * p] = CONTEXT | (2 << WORDS_SHIFT) | (1 << VALUES_SHIFT);
  state[POS] = p + 2;
}

/**
 * The recorded trace that what runs is of, and how many calls before the next one its root began; 0 where a call
 * runs. Undefined where nothing of it is recorded.
 */
export function traceHere(): (Context & { readonly distance: number }) | undefined {
  if (!isAttached()) return undefined;
  const bottom = state[BOTTOM] as number;
  const here = frames === undefined ? markNow(bottom !== 0) : markIn(frames);
  const context = here?.session === attached && here.root !== 0 ? here : undefined;
  const session = attached;
  if (bottom !== 0) {
    const { root = ordinalOf(bottom), from } = context ?? {};
    return { root, session, from, distance: 0 };
  }
  if (context === undefined) return undefined;
  const { root, from } = context;
  return { root, session, from, distance: ordinalOf(state[TOKEN] as number) + 1 - root };
}

/** The trace of a span that nothing recorded caused: it is the root. */
export function traceOf(span: number): Context & { readonly distance: number } {
  return { root: ordinalOf(span & TOKEN_MASK), session: attached, distance: 0 };
}

/**
 * A server has a request: what it causes is a trace, whatever called `listen()`. Node calls this
 * from native code, which takes the context back. `from`: the span that made it.
 */
export function beginRequest(from?: Span): Context | undefined {
  const context = { root: 0, session: attached, from };
  return enterRequest(context) ? context : undefined;
}

/** More of a request has come. False where there are no contexts. */
export function enterRequest(context: Context): boolean {
  if (state[BOTTOM] !== 0 || !records()) return false;
  if (frames === undefined) return markResource(context);
  if (markIn(frames) !== context) frames.set(new frames(key, context));
  return true;
}

/** Whether what runs was called in a context that only holds our mark. */
export function isOnlyContext(): boolean {
  const frame = frames?.current();
  return frame !== ours && frame?.size === 1 && frame.get(key) !== undefined;
}

/** The context of what runs, to go on in by `within()`. */
export function contextNow(): Context | undefined {
  return frames === undefined ? markNow(state[BOTTOM] !== 0) : markIn(frames);
}

/**
 * Calls what belongs to another context than what runs: a callback that comes on a connection which many share. The program's own
 * contexts are as they are.
 */
export function within<T>(context: Context | undefined, action: () => T): T {
  if (state[BOTTOM] !== 0 || !records()) return action();
  if (frames === undefined) return withMark(context, action);
  const last = frames.current();
  if (last?.get(key) === context) return action();
  const here = new frames(key, context);
  if (context === undefined) here.disable(key);
  frames.set(here);
  try {
    return action();
  } finally {
    leaveFrame(frames, here, last, context);
  }
}

/** What `util.inspect` shows of a frame, which timers and resources hold: what it would without us. */
function inspectFrame(this: Frame, _depth: number, options: InspectOptionsStylized): unknown {
  if (frames === undefined || this.get(key) === undefined) return this;
  if (this.size === 1) return options.stylize("undefined", "undefined");
  const current = frames.current();
  frames.set(this);
  const theirs = new frames(key, undefined);
  frames.set(current);
  theirs.disable(key);
  return theirs;
}

/** Hides the frames that we make, or prepares the marks. False where neither can be had. */
export function installContexts(): boolean {
  if (frames === undefined) return installMarks();
  Object.defineProperty(frames.prototype, inspect.custom, { value: inspectFrame });
  return true;
}
