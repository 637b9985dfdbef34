/**
 * Marks of traces on asynchronous resources (timers, ticks, handles, requests), for the Nodes whose
 * `AsyncLocalStorage` would show: before 24 it gives every promise two properties.
 *
 *     setTimeout(f)     // in a recorded root: our hook gives the Timeout the root's mark
 *     … f()             // the Timeout runs, its mark names the root
 *
 * A hook of `async_hooks` that leaves promises out, with a weak table: no resource shows a mark. For
 * promises V8 itself keeps one with each reaction (`crates/binding/src/continuation.rs`). The hook is
 * on once there is a mark, and turns itself off after the session.
 * Limits: what a promise leads to is known where a recorded call ran as its handler was registered.
 */
import { createHook, executionAsyncId, executionAsyncResource } from "node:async_hooks";
import { promiseHooks } from "node:v8";
import { native } from "../native/load";
import type { Context } from "./context";
import { apply, ownKeys, symbolText, weakGet, weakSet } from "./primordials";
import { records } from "./writer";

// Taken now: a program may put others in their place.
const askResource = executionAsyncResource;
const idHere = executionAsyncId;

/** What a server accepts is not of the trace that called `listen()`. */
const SERVERS: Readonly<Record<string, boolean>> = {
  __proto__: null as never,
  TCPSERVERWRAP: true,
  PIPESERVERWRAP: true,
};

/** What of Node's own binding is of use. */
interface AsyncWrap {
  readonly constants?: { readonly kUsesExecutionAsyncResource?: number };
  readonly async_hook_fields?: Uint32Array;
  readonly setPromiseHooks?: (...hooks: unknown[]) => void;
  readonly getPromiseHooks?: () => unknown[];
}

/** Node's note that somebody asks for resources: from then on each callback has one more frame. */
let fields: Uint32Array | undefined;
let usesAt = 0;

const marks = new WeakMap<object, Context | undefined>();
let enabled = false;
/** Enables the hook without what that does to promises. */
let enableSparing: (() => void) | undefined;
let disableHook: (() => void) | undefined;

/** Node 20: its hooks of promises, to be set without what it does with them. */
let sparely: { get(): unknown[]; set(hooks: readonly unknown[]): void } | undefined;

/** What promises were told when `markHere()` was last asked: each question is a native call. */
let before: Context | undefined;
/** What `mark()` has told them. */
let told: Context | undefined;

/**
 * The traces of calls that were suspended: an `await` of the call at the bottom comes after its mark
 * is taken back. Of two whose tokens share a slot only the last one is known.
 */
const SLOTS = 1 << 14;
let tokens: Int32Array | undefined;
const traces: (Context | undefined)[] = [];

/** Prepares the hook. False where promises would show it, or can have no mark. */
export function installMarks(): boolean {
  if (!native.hasContinuation()) return false;
  const made = createHook({ init });
  const wrap = asyncWrap();
  const at = wrap?.constants?.kUsesExecutionAsyncResource;
  if (at !== undefined && wrap?.async_hook_fields !== undefined) {
    fields = wrap.async_hook_fields;
    usesAt = at;
  }
  // Node 22 has a hook that leaves promises out, which is not documented there.
  const option = ownKeys(made).find(
    (name) => typeof name === "symbol" && symbolText(name) === "kNoPromiseHook",
  );
  const enableHook = made.enable.bind(made);
  disableHook = made.disable.bind(made);
  if (option === undefined) {
    enableSparing = sparing(enableHook, wrap);
  } else {
    Object.defineProperty(made, option, { value: true });
    enableSparing = enableHook;
  }
  if (enableSparing === undefined) return false;
  tokens = new Int32Array(SLOTS);
  for (let i = 0; i < SLOTS; i++) traces[i] = undefined;
  return true;
}

/** Node's binding, without the warning that is for the program's own calls. With permissions none. */
function asyncWrap(): AsyncWrap | undefined {
  const own = Object.getOwnPropertyDescriptor(process, "noDeprecation");
  try {
    Object.defineProperty(process, "noDeprecation", { configurable: true, value: true });
    const { binding } = process as unknown as { binding(name: string): AsyncWrap };
    return binding("async_wrap");
  } catch {
    return undefined;
  } finally {
    if (own === undefined) Reflect.deleteProperty(process, "noDeprecation");
    else Object.defineProperty(process, "noDeprecation", own);
  }
}

/** Node 20: the hooks of promises are put back as they were. */
function sparing(enableHook: () => void, wrap: AsyncWrap | undefined): (() => void) | undefined {
  const { setPromiseHooks, getPromiseHooks } = wrap ?? {};
  if (setPromiseHooks === undefined || getPromiseHooks === undefined) return undefined;
  const set = (hooks: readonly unknown[]): unknown => apply(setPromiseHooks, undefined, [...hooks]);
  sparely = { get: getPromiseHooks, set };
  return () => {
    const theirs = getPromiseHooks();
    enableHook();
    set(theirs);
  };
}

/** Calls `action` for each promise that comes into being, until what it gives is called. */
export function onPromise(action: () => void): () => void {
  if (sparely === undefined) return promiseHooks.onInit(action) as () => void;
  const { get, set } = sparely;
  const theirs = get();
  const [theirInit, ...rest] = theirs as ((...about: unknown[]) => void)[];
  const ownInit = (...about: unknown[]): void => {
    action();
    theirInit?.(...about);
  };
  set([ownInit, ...rest]);
  return () => {
    if (get()[0] === ownInit) set(theirs);
  };
}

/** The resource that runs; Node does not note that it was asked. */
function resourceHere(): object {
  if (fields === undefined) return askResource();
  const uses = fields[usesAt] as number;
  const resource = askResource();
  fields[usesAt] = uses;
  return resource;
}

function init(_id: number, type: string, _trigger: number, resource: object): void {
  if (!records()) {
    enabled = false;
    disableHook?.();
    return;
  }
  const context = weakGet(marks, resourceHere()) ?? (native.continuation() as Context | undefined);
  if (context !== undefined && SERVERS[type] === undefined) weakSet(marks, resource, context);
}

/** The mark of what runs. */
export function markHere(): Context | undefined {
  if (enableSparing === undefined) return undefined;
  before = native.continuation() as Context | undefined;
  return weakGet(marks, resourceHere()) ?? before;
}

/** The same while a recorded call runs, or where none does; `markHere()` may be asked before that only. */
export function markNow(runs: boolean): Context | undefined {
  if (enableSparing === undefined) return undefined;
  const own = runs ? undefined : weakGet(marks, resourceHere());
  return own ?? (native.continuation() as Context | undefined);
}

/** Marks the resource that runs, for good. False where what runs has none of its own. */
export function markResource(context: Context): boolean {
  if (enableSparing === undefined || idHere() === 0) return false;
  enable();
  weakSet(marks, resourceHere(), context);
  return true;
}

/** Calls `action` while the resource that runs has this mark, or none. */
export function withMark<T>(context: Context | undefined, action: () => T): T {
  if (enableSparing === undefined || idHere() === 0) return action();
  if (context !== undefined) enable();
  const resource = resourceHere();
  const last = weakGet(marks, resource);
  weakSet(marks, resource, context);
  try {
    return action();
  } finally {
    weakSet(marks, resource, last);
  }
}

/** Marks what runs until `unmark()`. `markHere()` has just been asked. */
export function mark(context: Context): void {
  if (enableSparing === undefined) return;
  enable();
  if (before === context) return;
  native.setContinuation(context);
  told = context;
}

/** Takes back what `mark()` has done, for a call that may be suspended. */
export function unmark(token: number): void {
  if (told === undefined || tokens === undefined) return;
  const slot = token & (SLOTS - 1);
  tokens[slot] = token;
  traces[slot] = told;
  native.setContinuation(before);
  told = undefined;
  before = undefined;
}

/** The mark of what runs, or that of a call that was suspended. */
export function markOf(token: number): Context | undefined {
  const slot = token & (SLOTS - 1);
  return markHere() ?? (tokens?.[slot] === token ? traces[slot] : undefined);
}

function enable(): void {
  if (enabled) return;
  enabled = true;
  enableSparing?.();
}
