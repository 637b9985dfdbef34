/**
 * The recorded calls that run, by what breakpoints and V8's stack tell: nothing tells of a call that leaves
 * by an exception, or that waits.
 *
 *     f() → g() throws, f catches it and calls h()
 *     // at h's entry the stack has no g any more: it threw, what a pause has told, if there was one
 *
 * Before anything is made of a hit, calls that are not on the stack any more are closed. A call is still there
 * if the frame at its depth is in its function.
 */
import { native } from "../native/load";
import { CUT_HIDDEN, TOKEN_NO_VALUES } from "../native/layout";
import { type AsyncCall, callHere, type Entered, enterCall, leaveCall } from "../runtime/context";
import { type Held, putHeld } from "../runtime/locals";
import { enterSlowly, exitUnknown, probes } from "../runtime/probes";
import { type At, innermost, order } from "./loaded-functions";
import { ENTRY, type Point, type Site } from "./points";

/** What was thrown while a call ran, and may leave it. */
export interface Thrown {
  readonly error: unknown;
  /** The call's variables then. */
  readonly locals: Held;
  /** If the call is gone, it left it: nothing else can have caught it. */
  isSure: boolean;
}

/** A recorded call that has not ended. */
export interface OpenCall extends AsyncCall {
  readonly site: Site;
  readonly token: number;
  /** Frames of the stack up to its own one, while it runs; or UNREAD. */
  depth: number;
  /** Of the stack at the hit that it began with; NaN once it has waited. */
  address: number;
  /** The site's when it began. */
  readonly watch: number;
  /** It is about to return, and V8 will not show how. */
  isLeaving: boolean;
  /** A promise has come into being while it ran: it may wait for it. */
  mayWait: boolean;
  thrown: Thrown | undefined;
  /** A clause of it that catches what was thrown, once the calls above have ended. */
  catching: { readonly error: unknown; readonly clause: number } | undefined;
  hasEnded: boolean;
  /** Its context, until it first waits. */
  entered: Entered | undefined;
}

/** Frames above the program's at a breakpoint: the condition, `$bc.b`, and ours. */
const FRAMES_ABOVE = 8;
/** The stack was not read: see `depthOf`. */
const UNREAD = -1;
/** Frames at the bottom of the stack among which one that goes on after an `await` is: Node's are below. */
const FRAMES_BELOW = 6;

/** Script, line and column of a frame. */
const place = new Int32Array(3);
const running: OpenCall[] = [];
/** Of the stack at the last hit. */
let address = Number.NaN;
const settled = Promise.resolve();
let willSweep = false;
let unexplained = 0;

/** Calls that threw, of which it is not known what, since it was asked last. */
export function takeUnexplained(): number {
  const count = unexplained;
  unexplained = 0;
  return count;
}

/** How deep the stack is at a breakpoint; 0 if it is too deep. Calls that have left it are closed. */
export function settle(point: Point, neverPauses: boolean): number {
  const depth = depthOf(point, neverPauses);
  // Their code goes on: it was caught, or a `finally` runs.
  for (const { thrown } of running) if (thrown !== undefined) thrown.isSure = false;
  return depth;
}

/**
 * To read the stack takes a sixth of a hit. A call that returns where it began needs it not, nor does one that
 * begins while none runs: if another hit comes before it has ended its frame is looked for, and from then on its function's
 * calls are told with their depth.
 */
function depthOf(point: Point, neverPauses: boolean): number {
  const { site, tells } = point;
  const isEntry = (tells & ENTRY) !== 0;
  address = native.stackAddress();
  const top = running[running.length - 1];
  if (top === undefined) {
    const isEasy = isEntry && neverPauses && !site.nests && !site.repeats;
    if (!isEasy || callHere() !== undefined) return closeGone(FRAMES_ABOVE);
    return UNREAD;
  }
  const below = top.address - address;
  if (!isEntry && top.site === site && below === point.below) {
    tellCaught(top);
    return top.depth;
  }
  const wasUnread = top.depth === UNREAD;
  const depth = closeGone(FRAMES_ABOVE, isEntry ? 1 : 0);
  const isItsOwn = !isEntry && topAt(depth) === top;
  if (isItsOwn) point.below = below;
  else if (wasUnread && top.depth <= depth) top.site.nests = true;
  return depth;
}

/** The recorded calls that are on the stack at a pause, the innermost last. */
export function onStack(): readonly OpenCall[] {
  const depth = closeGone(0);
  if (running.length === 0) revive(depth);
  return running;
}

/**
 * The same where so many frames are ours; at least as many, where the depth is not needed. `fresh`: so many below them
 * belong to calls that begin.
 */
function closeGone(above: number, fresh = 0): number {
  for (;;) {
    const top = running[running.length - 1];
    if (top?.depth === UNREAD) find(top, above + fresh);
    const below = top === undefined || top.depth === Number.POSITIVE_INFINITY ? 0 : top.depth - 1;
    const frames = native.stackFrame(below, place);
    if (frames === 0) return 0;
    const depth = frames - above;
    if (top === undefined) return depth;
    if (top.depth <= depth && isIn(top.site)) {
      tellCaught(top);
      return depth;
    }
    running.pop();
    gone(top);
  }
}

/** Looks for the innermost frame of a call's function below those at the top: further away than any if there is none. */
function find(call: OpenCall, above: number): void {
  call.depth = Number.POSITIVE_INFINITY;
  const frames = native.stackFrame(0, place) - 1;
  for (let below = frames - above - 1; below >= 0; below--) {
    native.stackFrame(below, place);
    if (!isIn(call.site)) continue;
    call.depth = below + 1;
    return;
  }
}

/** Whether the frame that was asked for is in a function. */
function isIn({ function: { file }, function: wanted }: Site): boolean {
  if (place[0] !== file.scriptId) return false;
  const at: At = [place[1] as number, place[2] as number];
  // An arrow function without braces returns behind its last character.
  return order(at) === order(wanted.range[1]) || innermost(file, at) === wanted;
}

/** The call that runs at the top, if it is at that depth. */
export function topAt(depth: number): OpenCall | undefined {
  const top = running[running.length - 1];
  return top?.depth === depth ? top : undefined;
}

/** A call runs no more, and nobody said so. */
function gone(call: OpenCall): void {
  leaveContext(call);
  tellCaught(call);
  if (call.thrown?.isSure === true) threw(call);
  else if (call.isLeaving || call.watch !== call.site.watch) finishUnknown(call, CUT_HIDDEN);
  else if (call.site.function.isAsync && call.mayWait) waits(call);
  else threw(call);
}

/** A call goes on after it caught what was thrown. */
function tellCaught(call: OpenCall): void {
  const { catching } = call;
  if (catching === undefined) return;
  call.catching = undefined;
  call.thrown = undefined;
  probes.c(call.token, catching.error, catching.clause);
}

function waits(call: OpenCall): void {
  call.thrown = undefined;
  probes.s(call.token, undefined);
}

/** A call was left by an exception. */
function threw(call: OpenCall): void {
  const { site, token, thrown } = call;
  end(call);
  if (thrown === undefined) {
    unexplained += 1;
    site.arms.throwsUnseen = true;
    return probes.x(token, undefined, undefined);
  }
  putHeld(thrown.locals);
  if (site.function.isAsync) probes.u(token, thrown.error);
  else probes.x(token, undefined, undefined);
}

/** A call begins at that depth, recorded or not: what is there still is gone, one of the same function most likely. */
export function makeWay(depth: number): void {
  const before = topAt(depth);
  if (before === undefined) return;
  running.pop();
  gone(before);
}

/** A call has begun at that depth. False if it is not recorded. */
export function begin(site: Site, depth: number, values: readonly unknown[]): boolean {
  const { id, isAsync } = site.function;
  const token = enterSlowly(id, 0, values);
  if (token === 0) return false;
  const call: OpenCall = {
    site,
    watch: site.watch,
    token,
    depth,
    address,
    isLeaving: site.isBlind,
    mayWait: false,
    thrown: undefined,
    catching: undefined,
    hasEnded: false,
    entered: undefined,
    outer: isAsync ? callHere() : undefined,
  };
  if (isAsync) call.entered = enterCall(call);
  site.open += 1;
  run(call);
  return true;
}

/** A call runs, until the stack is empty at the latest. */
function run(call: OpenCall): void {
  running.push(call);
  if (willSweep) return;
  willSweep = true;
  void sweepSoon();
}

/**
 * Once the stack is empty what ran has left it, by an exception, or to wait. Not by `queueMicrotask`, in which Node calls
 * functions of the program's that stand in the place of built-in ones: a hit would lead to the next, for ever.
 */
async function sweepSoon(): Promise<void> {
  await settled;
  willSweep = false;
  unhit(() => closeGone(0));
}

/** Nothing that `action` calls is a call of the program's. */
let unhit: (action: () => void) => void = (action) => action();

/** Says how what happens here by itself is done. */
export function sweepBy(quietly: typeof unhit): void {
  unhit = quietly;
}

/** Whether a call's result is wanted. */
export function wantsResult({ token }: OpenCall): boolean {
  return (token & TOKEN_NO_VALUES) === 0;
}

/** The call at the top returns. */
export function returns(call: OpenCall, value: unknown): void {
  running.pop();
  leaveContext(call);
  end(call);
  probes.x(call.token, 1, value);
}

/** The call at the top returns something that is not known. `why`: `CUT_PAUSES` and those below it. */
export function returnsUnknown(call: OpenCall, why: number): void {
  running.pop();
  leaveContext(call);
  finishUnknown(call, why);
}

function finishUnknown(call: OpenCall, why: number): void {
  end(call);
  exitUnknown(call.token, why);
}

function end(call: OpenCall): void {
  call.hasEnded = true;
  if (call.watch === call.site.watch) call.site.open -= 1;
}

/** The ends of a function's open calls are not watched any more: they return, for all that is known. */
export function forgetEnds(site: Site): void {
  site.watch += 1;
  site.open = 0;
}

function leaveContext(call: OpenCall): void {
  if (call.entered === undefined) return;
  leaveCall(call.entered);
  call.entered = undefined;
}

/** A promise comes into being. Whether an asynchronous call runs. */
export function notePromise(): boolean {
  closeGone(0);
  const top = running[running.length - 1];
  if (top !== undefined) top.mayWait = true;
  return running.some(({ site }) => site.function.isAsync);
}

/** If what runs is an asynchronous call that goes on after it waited, it runs again. Whether there is one. */
export function revive(depth: number): boolean {
  if (running.length > 0) return false;
  let call = callHere() as OpenCall | undefined;
  if (call === undefined) return false;
  const frames = depth < FRAMES_BELOW ? depth : FRAMES_BELOW;
  for (; call !== undefined; call = call.outer as OpenCall | undefined) {
    if (call.hasEnded) continue;
    for (let below = 0; below < frames; below++) {
      native.stackFrame(below, place);
      if (!isIn(call.site)) continue;
      call.depth = below + 1;
      call.address = Number.NaN;
      call.mayWait = false;
      run(call);
      probes.r(call.token, undefined);
      return true;
    }
  }
  return false;
}

/** Nothing is known of calls any more: the recording ends. */
export function forgetAll(): void {
  closeGone(0);
  for (const call of running) leaveContext(call);
  running.length = 0;
}
