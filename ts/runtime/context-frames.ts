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

const TASKS = "node:internal/process/task_queues";
const HOOKS = "node:async_hooks";
const END_OF_STREAM = "node:internal/streams/end-of-stream";

/** How a callback of `queueMicrotask` is called, from the inside out. */
const MICROTASK: readonly (readonly [file: string, name: string | null])[] = [
  [TASKS, null],
  [HOOKS, "runInAsyncScope"],
  [TASKS, "runMicrotask"],
];

/** The call sites that there would be without our context. */
export function withoutContextFrames(sites: CallSite[]): CallSite[] {
  if (!sites.some((site) => site.getFileName() === HOOKS || site.getFileName() === TASKS)) {
    return sites;
  }
  if (!isOnlyContext()) return sites;
  return withoutBound(withoutMicrotask(sites));
}

/** Without the frames below a microtask, or those of them that the stack was not cut at. */
function withoutMicrotask(sites: CallSite[]): CallSite[] {
  const at = sites.findIndex((_, i) => {
    const here = sites.slice(i, i + MICROTASK.length);
    return here.every((site, j) => is(site, MICROTASK[j]));
  });
  return at < 0 ? sites : sites.toSpliced(at, MICROTASK.length);
}

/** Earlier versions bind the callbacks of `finished` whether there is a context or not. */
const BINDS_ONLY_IN_CONTEXT = Number(process.versions.node.split(".")[0]) >= 26;

/** Without a callback's binding to its context. */
function withoutBound(sites: CallSite[]): CallSite[] {
  if (!BINDS_ONLY_IN_CONTEXT) return sites;
  const binds = (i: number) =>
    is(sites[i], MICROTASK[1]) && sites[i + 1]?.getFileName() === END_OF_STREAM;
  return sites.filter((_, i) => !binds(i) && !(i > 0 && binds(i - 1)));
}

function is(
  site: CallSite | undefined,
  [file, name]: readonly [file: string, name: string | null] = ["", null],
): boolean {
  return site?.getFileName() === file && (site.getFunctionName() || null) === name;
}
