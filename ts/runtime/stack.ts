/**
 * Stack traces as the program would have without us: places in instrumented files mapped back,
 * our own frames left out.
 *
 * `at f (app.js:3:61)` → `at f (app.js:3:9)`.
 * The addon lets `mapCallSites` at the call sites of each stack before anyone formats it: Node,
 * with source maps or without, and the program's own `Error.prepareStackTrace`.
 * Limits: where it cannot (Windows, versions not tried), `Error.prepareStackTrace` is replaced by a
 * function of the same looks, and a program that sets its own gets V8's call sites as they are.
 */
import { native } from "../native/load";
import {
  isOwnFile,
  learnCompile,
  mapCallSites,
  originalPlaceOf,
  setOwnFolder,
  textOf,
} from "./call-sites";
import { mapErrorSource } from "./error-source";
import { installExcerpts, mendExcerpt } from "./excerpt";
import {
  apply,
  defineProperty,
  deleteProperty,
  getDescriptor,
  indexOf,
  isNativeError,
  slice,
} from "./primordials";
import { hasPlainHeading } from "./reflect";
import { standIn } from "./stand-in";

type CallSite = NodeJS.CallSite;
type Prepare = (error: Error, sites: CallSite[]) => unknown;

const { captureStackTrace } = Error;
const { toString: functionText } = Function.prototype;
const original = getDescriptor(Error, "prepareStackTrace");
/** What stands there while stacks are formatted by Node. */
let installed: unknown;
/** What a frame stands behind in a stack. */
const FRAME = "\n    at ";
/** Frames of ours and Node's above the program's at a pause, at most. */
const FRAMES_OF_PAUSE = 16;
/** What the last of them are in. */
const TOLD_BY = "node:inspector:";
/** Versions of Node whose inner interface was looked at. */
const OLDEST = 20;
const NEWEST = 26;

/** Lets stacks be mapped. `folder`: that of this package's code. */
export function installStackMapping(folder: string): void {
  setOwnFolder(folder);
  const previous: unknown = original?.value;
  if (typeof previous !== "function") return;
  if (isNodes(previous as Prepare)) installed = previous;
  const major = Number.parseInt(process.versions.node, 10);
  if (major >= OLDEST && major <= NEWEST && native.mapCallSites(beforeFormatted)) {
    installExcerpts();
    learn();
    return;
  }
  if (process.sourceMapsEnabled) return;
  const { prepare } = {
    prepare(error: Error, sites: CallSite[]): unknown {
      mapCallSites(sites);
      return apply(previous as Prepare, Error, [error, sites]);
    },
  };
  installed = standIn(prepare, previous as Prepare);
  Object.defineProperty(Error, "prepareStackTrace", {
    ...original,
    value: installed,
  });
}

let isLookedAt: (() => boolean) | undefined;

/**
 * Where `looks` says that a debugger looks at an error, its stack is not formatted: V8 writes its heading then,
 * and the program may yet change the message.
 */
export function keepUnformatted(looks: typeof isLookedAt): void {
  isLookedAt = looks;
}

/** Lets the formatting that is about to begin fail. */
function failOnce(): void {
  const known = getDescriptor(Error, "prepareStackTrace");
  const { fail } = {
    fail(): never {
      if (known === undefined) deleteProperty(Error, "prepareStackTrace");
      else defineProperty(Error, "prepareStackTrace", known);
      // Who looks catches it.
      throw undefined;
    },
  };
  defineProperty(Error, "prepareStackTrace", { configurable: true, value: fail });
}

/** Whether it is Node's own: where we come later it may be the program's, whose code is not ours to call. */
function isNodes(prepare: Prepare): boolean {
  const text = apply(functionText, prepare, []);
  return (
    prepare.name === "ErrorPrepareStackTrace" && indexOf(text, "internalPrepareStackTrace") > 0
  );
}

let isLearning = false;
let hear: ((error: object, sites: readonly CallSite[]) => void) | undefined;

/** Lets `listener` know of each stack that is about to be formatted, with what the program will see. */
export function onFormat(listener: typeof hear): void {
  hear = listener;
}

/** Looks at the stack by which this package is loaded, if one does. */
function learn(): void {
  const holder: { stack?: unknown } = {};
  captureStackTrace(holder);
  isLearning = true;
  void holder.stack;
  isLearning = false;
}

function beforeFormatted(sites: CallSite[], error: object): void {
  if (isLookedAt !== undefined && isNativeError(error) && isLookedAt()) return failOnce();
  if (isLearning) learnCompile(sites);
  mapCallSites(sites);
  mendExcerpt(error, sites);
  hear?.(error, sites);
}

/** The process ends of an error: Node may yet print an excerpt from the original of its file. */
export function prepareExcerpt(): void {
  mapErrorSource(original?.value);
}

/** Whether stacks are formatted by Node, not by the program. */
function formats(): boolean {
  return installed !== undefined && getDescriptor(Error, "prepareStackTrace")?.value === installed;
}

/**
 * Frames of the code that calls `probe`, each on a line of its own, as a stack has them below its
 * heading.
 *
 * An error's own stack is not for us to read: V8 writes its heading when it is first read, and the
 * program may yet add to the message.
 */
export function framesHere(probe: (...args: never[]) => unknown): string | undefined {
  if (!formats()) return undefined;
  const holder: { stack?: unknown } = {};
  captureStackTrace(holder, probe);
  const { stack } = holder;
  if (typeof stack !== "string") return undefined;
  const end = indexOf(stack, "\n");
  return end < 0 ? undefined : slice(stack, end);
}

/** The same of code that a debugger has stopped, below what Node tells its sessions by. */
export function framesAtPause(): string | undefined {
  const limit = getDescriptor(Error, "stackTraceLimit");
  if (!formats() || typeof limit?.value !== "number" || limit.writable !== true) return undefined;
  const holder: { stack?: unknown } = {};
  Error.stackTraceLimit = limit.value + FRAMES_OF_PAUSE;
  captureStackTrace(holder);
  Error.stackTraceLimit = limit.value;
  const { stack } = holder;
  if (typeof stack !== "string") return undefined;
  let from = -1;
  for (let told = indexOf(stack, TOLD_BY); told >= 0;) {
    from = indexOf(stack, "\n", told);
    const next = indexOf(stack, TOLD_BY, from);
    told = next < indexOf(stack, "\n", from + 1) ? next : -1;
  }
  if (from < 0) return undefined;
  let end = from;
  for (let i = 0; i < limit.value && end >= 0; i++) end = indexOf(stack, "\n", end + 1);
  return end < 0 ? slice(stack, from) : slice(stack, from, end);
}

/** Frames of a stack that is being formatted, likewise. */
export function framesOf(sites: readonly CallSite[]): string {
  let frames = "";
  for (let i = 0; i < sites.length; i++) frames += `${FRAME}${textOf(sites[i] as CallSite)}`;
  return frames;
}

/**
 * The first frame of an error whose stack nobody has read, likewise: that of what threw it, if that was
 * no statement.
 */
export function frameOf(error: object): string | undefined {
  const place = native.errorPlace(error);
  if (place === null || isOwnFile(place.file)) return undefined;
  const { file, line, column } = place;
  const mapped = originalPlaceOf(file, line, column);
  return `${FRAME}${file}:${mapped[0]}:${mapped[1]}`;
}

/**
 * The stack of an error that nobody will change any more, if it can be read without running the
 * program's code: not where the program formats stacks itself, nor where `stack` is a property of
 * its own making.
 */
export function stackOf(error: object): string | undefined {
  if (!formats()) return undefined;
  if (!hasPlainHeading(error)) return undefined;
  const property = getDescriptor(error, "stack");
  if (property === undefined) return undefined;
  if (typeof property.value === "string") return property.value;
  // Newer engines: an own accessor, the engine's if it has no source text of its own.
  const get = property.get;
  if (get === undefined || get !== nativeGetter) return undefined;
  const stack: unknown = apply(get, error, []);
  return typeof stack === "string" ? stack : undefined;
}

/** The engine's getter of `stack`, on versions where it is an accessor. */
const nativeGetter = getDescriptor(new Error("probe"), "stack")?.get;
