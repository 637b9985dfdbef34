/**
 * `util.getCallSites()` (and `getCallSite()`, its name in Node 22.9) as the program would have it
 * without us: Node asks the engine for positions, which are those of the text with probes.
 *
 *     [{ scriptName: "/app.js", lineNumber: 3, columnNumber: 61, … }] → [{ …, columnNumber: 9 }]
 *
 * Limits: of 200 frames, the most that can be asked for, the last two are missing; an ES module that had
 * imported the function by name before us keeps Node's.
 */
import nodeModule from "node:module";
import util from "node:util";
import { isOwnFile, originalPlaceOf, originalFunctionName } from "./call-sites";
import { apply } from "./primordials";
import { standIn } from "./stand-in";

/** What Node tells of a frame. */
interface Site {
  functionName: string;
  scriptName: string;
  lineNumber: number;
  columnNumber?: number;
  column?: number;
}

type GetCallSites = (...args: unknown[]) => Site[];

const DEFAULT_COUNT = 10;
/** `ask` and `callSites`. */
const OWN_FRAMES = 2;
/** Node refuses more. */
const MAX_COUNT = 200;
const { findSourceMap } = nodeModule;

/** Replaces the function. `isFirst`: the program has not run yet, so its imports are brought up to date. */
export function installUtilCallSites(isFirst: boolean): void {
  const holder = util as unknown as Record<string, GetCallSites | undefined>;
  let changed = false;
  for (const name of ["getCallSites", "getCallSite"]) {
    const property = Object.getOwnPropertyDescriptor(holder, name);
    const original: unknown = property?.value;
    if (typeof original !== "function") continue;
    const { ask } = {
      ask(this: unknown, ...args: unknown[]): Site[] {
        return callSites(original as GetCallSites, this, args);
      },
    };
    Object.defineProperty(holder, name, {
      ...property,
      value: standIn(ask, original as GetCallSites),
    });
    changed = true;
  }
  if (changed && isFirst) nodeModule.syncBuiltinESMExports();
}

const options = `${process.env["NODE_OPTIONS"] ?? ""} ${process.execArgv.join(" ")}`;
const mapsByDefault = /(?:^|\s)--enable-source-maps(?:\s|$)/.test(options);

/** Asks for more frames, since the first are ours. */
function callSites(original: GetCallSites, receiver: unknown, args: unknown[]): Site[] {
  const count = typeof args[0] === "number" ? args[0] : DEFAULT_COUNT;
  const chosen = args[1] === undefined && typeof args[0] === "object" ? args[0] : args[1];
  if (!isValid(args[0], count, chosen)) return apply(original, receiver, args);
  const sites = apply(original, receiver, [
    Math.min(count + OWN_FRAMES, MAX_COUNT),
    { sourceMap: false },
  ]);
  const kept = sites.filter(({ scriptName }) => !isOwnFile(scriptName)).slice(0, count);
  for (const site of kept) {
    const { scriptName, lineNumber, functionName } = site;
    const told = site.columnNumber ?? site.column;
    const { 0: line, 1: column } = originalPlaceOf(scriptName, lineNumber, told);
    const name = originalFunctionName(scriptName, lineNumber, told, functionName);
    site.functionName = name ?? functionName;
    site.lineNumber = line;
    if (site.columnNumber !== undefined) site.columnNumber = column!;
    if (site.column !== undefined) site.column = column!;
  }
  const mapped = (chosen as { sourceMap?: boolean } | undefined)?.sourceMap ?? mapsByDefault;
  return mapped ? kept.map((site) => fromSourceMap(site) ?? site) : kept;
}

/** Whether Node takes these arguments; whatever it says to others is its own. */
function isValid(first: unknown, count: number, chosen: unknown): boolean {
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT) return false;
  if (first !== undefined && typeof first !== "number" && first !== chosen) return false;
  if (chosen === undefined) return true;
  if (typeof chosen !== "object" || chosen === null || Array.isArray(chosen)) return false;
  const { sourceMap } = chosen as { sourceMap?: unknown };
  return sourceMap === undefined || typeof sourceMap === "boolean";
}

/** As Node does it. */
function fromSourceMap(site: Site): Site | undefined {
  const column = site.columnNumber ?? site.column;
  const entry = findSourceMap(site.scriptName)?.findEntry(site.lineNumber - 1, (column ?? 1) - 1);
  if (entry === undefined || !("originalSource" in entry) || !entry.originalSource)
    return undefined;
  return {
    // @ts-expect-error Node's objects have no prototype here.
    __proto__: null,
    functionName: (entry as { name?: string }).name || site.functionName,
    scriptName: entry.originalSource,
    lineNumber: entry.originalLine + 1,
    column: entry.originalColumn + 1,
    columnNumber: entry.originalColumn + 1,
  };
}
