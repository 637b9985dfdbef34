/**
 * Call sites that Node adds only because there is an asynchronous context, taken out where ours is
 * the only one: without us there would be none.
 *
 *     at micro (a.js:1:9)
 *     at node:internal/process/task_queues:151:7                                  // out
 *     at AsyncResource.runInAsyncScope (node:async_hooks:227:14)                  // out
 *     at AsyncResource.runMicrotask (node:internal/process/task_queues:148:8)     // out
 *
 * Limits: a stack that is cut at `Error.stackTraceLimit` ends as many frames early.
 */
import { isOnlyContext } from "./context";

type CallSite = NodeJS.CallSite;

/** File and function of a call site. */
interface Frame {
  readonly file: string;
  readonly name: string | null;
}

const TASKS = "node:internal/process/task_queues";
const HOOKS = "node:async_hooks";
const END_OF_STREAM = "node:internal/streams/end-of-stream";

/** How a callback of `queueMicrotask` is called, from the inside out. */
const MICROTASK: readonly Frame[] = [
  { file: TASKS, name: null },
  { file: HOOKS, name: "runInAsyncScope" },
  { file: TASKS, name: "runMicrotask" },
];

/** Earlier versions bind the callbacks of `finished` whether there is a context or not. */
const BINDS_ONLY_IN_CONTEXT = Number(process.versions.node.split(".")[0]) >= 26;

/** Takes the call sites out of an array that would not be there without our context. */
export function dropContextFrames(sites: CallSite[]): void {
  if (!mayHoldThem(sites) || !isOnlyContext()) return;
  let kept = 0;
  for (let i = 0; i < sites.length;) {
    const added = microtaskAt(sites, i) || boundAt(sites, i);
    i += added;
    if (added > 0) continue;
    sites[kept] = sites[i] as CallSite;
    kept += 1;
    i += 1;
  }
  sites.length = kept;
}

function mayHoldThem(sites: CallSite[]): boolean {
  for (let i = 0; i < sites.length; i++) {
    const file = sites[i]?.getFileName();
    if (file === HOOKS || file === TASKS) return true;
  }
  return false;
}

/** Number of frames below a microtask that stand here, or of those that the stack was not cut at. */
function microtaskAt(sites: CallSite[], at: number): number {
  let length = 0;
  for (; length < MICROTASK.length && at + length < sites.length; length++) {
    if (!is(sites[at + length], MICROTASK[length])) return 0;
  }
  return length;
}

/** Number of frames of a callback's binding to its context that stand here. */
function boundAt(sites: CallSite[], at: number): number {
  const binds =
    BINDS_ONLY_IN_CONTEXT &&
    is(sites[at], MICROTASK[1]) &&
    sites[at + 1]?.getFileName() === END_OF_STREAM;
  return binds ? 2 : 0;
}

function is(site: CallSite | undefined, frame: Frame | undefined): boolean {
  return site?.getFileName() === frame?.file && (site?.getFunctionName() || null) === frame?.name;
}
