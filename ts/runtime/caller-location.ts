/**
 * Where `node:test` says that tests stand in a process that reports them itself (`node a.test.js`):
 * it asks the engine who called it, which tells the place in the text with probes.
 *
 *     [3, 61, "/a.test.js"] → [3, 9, "/a.test.js"]
 *
 * Only a program with a file that imports `node:test` has anything replaced, before Node loads that.
 * Limits: where hooks run on a thread of their own (Node 20), ES modules are not seen here; nothing
 * is replaced where Node's own modules cannot be reached (`node-internals.ts`).
 */
import { closedOver } from "./node-internals";
import {
  defineProperty,
  getDescriptor,
  indexOf,
  isArray,
  matches,
  slice,
  weakSet,
} from "./primordials";
import { standIn } from "./stand-in";

type CallSite = NodeJS.CallSite;
type Format = (error: object, sites: CallSite[]) => unknown;

/** What is used of Node's own modules. */
interface Internals {
  require?(name: "internal/errors"): { readonly overrideStackTrace: WeakMap<object, Format> };
  internalBinding?(name: "util"): { getCallerLocation?: () => unknown };
}

/** Frames among which the caller is looked for: the engine's own may stand between. */
const FRAMES = 10;
const prepare: unknown = getDescriptor(Error, "prepareStackTrace")?.value;
const { captureStackTrace } = Error;
const { deleteProperty } = Reflect;
// In a process of `node --test` the runner's own are mapped: see `test-locations.ts`.
let done = process.env["NODE_TEST_CONTEXT"] !== undefined;

const NAME = "node:test";
/** What is looked at before the name: white space may be long, but nobody writes it so. */
const BEFORE = 100;
/** An import of it, of whatever form: bundlers and linters name it in lists of built-in modules. */
const LOADS =
  /(?:\b(?:from|import)|(?:\b\w*require|\bimport|\bgetBuiltinModule|\))\s*\()\s*["'`]node:test["'`]$/;

/** Whether a text loads `node:test`. */
export function loadsTests(text: string): boolean {
  // From name to name: the expression alone takes 40 ms for a text of 6 MB.
  for (let at = indexOf(text, NAME); at >= 0; at = indexOf(text, NAME, at + 1)) {
    const start = at > BEFORE ? at - BEFORE : 0;
    if (matches(LOADS, slice(text, start, at + NAME.length + 1))) return true;
  }
  return false;
}

/** Is told each text before it is compiled. */
export function heedTests(text: string): void {
  if (done || !loadsTests(text)) return;
  done = true;
  try {
    const internals = closedOver(prepare, ["require", "internalBinding"]) as Internals;
    const util = internals.internalBinding?.("util");
    const overrides = internals.require?.("internal/errors").overrideStackTrace;
    if (util?.getCallerLocation === undefined || overrides === undefined) return;
    const { locate } = {
      locate(): unknown {
        return callerOf(locate, overrides);
      },
    };
    util.getCallerLocation = standIn(locate, util.getCallerLocation);
  } catch {
    // Another Node than those that we know.
  }
}

/** Line, column and file of who called the function that calls `asked`. */
function callerOf(asked: () => unknown, overrides: WeakMap<object, Format>): unknown {
  const holder: { stack?: unknown } = {};
  const limit = getDescriptor(Error, "stackTraceLimit");
  try {
    Error.stackTraceLimit = FRAMES;
    weakSet(overrides, holder, (_: object, sites: CallSite[]) => sites);
    captureStackTrace(holder, asked);
    const sites = holder.stack;
    if (!isArray(sites)) return undefined;
    for (let i = 1; i < sites.length; i++) {
      const site = sites[i] as CallSite;
      const file = site.getScriptNameOrSourceURL();
      // The engine's own functions have no script.
      if (file != null) return [site.getLineNumber(), site.getColumnNumber(), file];
    }
    return undefined;
  } catch {
    return undefined;
  } finally {
    if (limit === undefined) deleteProperty(Error, "stackTraceLimit");
    else defineProperty(Error, "stackTraceLimit", limit);
  }
}
