/**
 * Begins and ends the inspector backend in this thread: which of the loaded files it takes.
 *
 *     await inspectLoaded(budget) → { inspected: ["/app/a.js"], early: [] }
 */
import { setImmediate as turn } from "node:timers/promises";
import { native } from "../native/load";
import type { InspectorBudget, InspectorCounters } from "../options/inspector";
import { DebugSession, refusal } from "./debug-session";
import { Inspection } from "./inspection";
import { type LoadedFile, readFile } from "./loaded-functions";
import { type LoadedScript, loadedScripts } from "./loaded-scripts";

/** What became of the chosen files that were loaded before. */
export interface LoadedReport {
  /** Those whose calls breakpoints tell of. */
  readonly inspected: readonly string[];
  /** Those that are not recorded. */
  readonly early: readonly string[];
}

/** A script that V8 has collected: it runs no more. */
const GONE = "its script is gone";
const OFF = "breakpoints were not asked for (inspector: true)";
/** Functions with breakpoints: a thousand take 0.3 s to find and set, a few milliseconds at a time. */
const MAX_FUNCTIONS = 10_000;
/** Slices of a few milliseconds. */
const SLICES_AT_ONCE = 10;

/** What was read of scripts, in this recording or one before: a function has one id for good. */
const known = new Map<string, LoadedFile>();
let running: Inspection | undefined;
let last: InspectorCounters | undefined;

/**
 * Takes what was loaded so far; the program runs on meanwhile. `allowed`: null for nothing. Files that cannot be
 * taken are listed. `isWanted`: whether it is to go on, asked ten times a second, also where the event loop does not turn.
 */
export async function inspectLoaded(
  allowed: InspectorBudget | null,
  isWanted: () => boolean = () => true,
): Promise<LoadedReport> {
  last = undefined;
  let inspection: Inspection | undefined;
  let no = allowed === null ? OFF : refusal();
  if (no === undefined && native.stackFrame(0, new Int32Array(3)) === 0) {
    no = "the stack of this Node cannot be read";
  }
  let debug: DebugSession;
  try {
    if (allowed !== null && no === undefined) inspection = new Inspection(allowed, isWanted);
    debug = inspection?.debug ?? new DebugSession();
  } catch {
    // No inspector, or one that is kept from us: nothing is known of what was loaded.
    return { inspected: [], early: [] };
  }
  running = inspection;
  const told = await takeFiles(debug, inspection, no);
  if (inspection === undefined) debug.end();
  else if (told.inspected.length > 0) await inspection.settled();
  else if (running === inspection) {
    running = undefined;
    inspection.end();
  }
  return told;
}

/** Chosen files go to the inspection; `no`: why none of them can. */
async function takeFiles(
  debug: DebugSession,
  inspection: Inspection | undefined,
  no: string | undefined,
): Promise<LoadedReport> {
  const inspected = new Set<string>();
  const early = new Set<string>();
  let functions = 0;
  for (const script of loadedScripts(debug)) {
    if (inspection?.isOver === true) break;
    if (!isChosen(debug, script)) continue;
    const file = no ?? script.refusal ?? read(debug, script);
    if (file === GONE) continue;
    const reason = typeof file === "string" ? file : tooMany(functions + file.functions.length);
    if (reason !== undefined || typeof file === "string") {
      if (!early.has(script.path)) native.tooEarly(script.path, reason);
      early.add(script.path);
      continue;
    }
    functions += file.functions.length;
    inspection?.add(file);
    inspected.add(script.path);
    await turn();
  }
  return { inspected: [...inspected], early: [...early] };
}

function tooMany(functions: number): string | undefined {
  return functions > MAX_FUNCTIONS ? `there are more than ${MAX_FUNCTIONS} functions` : undefined;
}

/** Whether a script is to be recorded and has no probes. */
function isChosen(debug: DebugSession, { id, path, hasMap }: LoadedScript): boolean {
  if (!known.has(id) && native.hasProbes(path)) return false;
  if (native.selects(path)) return true;
  const source = hasMap ? textOf(debug, id) : undefined;
  return source !== undefined && native.selectsByMap(source, path);
}

/** V8's text of a script; undefined if it is gone: V8 collects unused ones. */
function textOf(debug: DebugSession, scriptId: string): string | undefined {
  try {
    return debug.post<{ scriptSource: string }>("Debugger.getScriptSource", { scriptId })
      .scriptSource;
  } catch {
    return undefined;
  }
}

/** A script's functions, or why there are none. */
function read(debug: DebugSession, { id, url, path, isModule }: LoadedScript): LoadedFile | string {
  const before = known.get(id);
  if (before !== undefined) return before;
  const source = textOf(debug, id);
  if (source === undefined) return GONE;
  const file = readFile(Number(id), path, url, source, isModule);
  if (typeof file !== "string") known.set(id, file);
  return file;
}

/** What is captured is about to change: what was called so far is counted. */
export function takeCounts(): void {
  running?.takeCounts();
}

/** What is captured has changed: breakpoints follow at once, those of many functions with the looks to come. */
export function heedModes(): void {
  for (let slices = 0; slices < SLICES_AT_ONCE && running?.look(); slices++);
}

/** What breakpoints did so far, or in the recording that ended last; undefined if there were none. */
export function inspectorCounters(): InspectorCounters | undefined {
  return running?.counters ?? last;
}

/** The recording ends: nothing is left behind. */
export function endInspection(): void {
  if (running === undefined) return;
  running.end();
  last = running.counters;
  running = undefined;
}
