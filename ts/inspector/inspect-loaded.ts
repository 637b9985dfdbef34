/**
 * Begins and ends the inspector backend in this thread: which of the loaded files it takes.
 *
 *     inspectLoaded(budget) → { inspected: ["/app/a.js"], early: [] }
 */
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
/** Functions with breakpoints: a thousand take 0.2 s to find and set, in one piece. */
const MAX_FUNCTIONS = 1000;

/** What was read of scripts, in this recording or one before: a function has one id for good. */
const known = new Map<string, LoadedFile>();
let running: Inspection | undefined;
let last: InspectorCounters | undefined;

/** Takes what was loaded so far. `allowed`: null for nothing. Files that cannot be taken are listed. */
export function inspectLoaded(allowed: InspectorBudget | null): LoadedReport {
  last = undefined;
  const told = { inspected: new Set<string>(), early: new Set<string>() };
  let inspection: Inspection | undefined;
  let no = allowed === null ? OFF : refusal();
  if (no === undefined && native.stackFrame(0, new Int32Array(3)) === 0) {
    no = "the stack of this Node cannot be read";
  }
  let debug: DebugSession;
  try {
    if (allowed !== null && no === undefined) inspection = new Inspection(allowed);
    debug = inspection?.debug ?? new DebugSession();
  } catch {
    // No inspector, or one that is kept from us: nothing is known of what was loaded.
    return { inspected: [], early: [] };
  }
  let functions = 0;
  for (const script of loadedScripts(debug)) {
    if (!isChosen(debug, script)) continue;
    const file = no ?? script.refusal ?? read(debug, script);
    if (file === GONE) continue;
    const reason = typeof file === "string" ? file : tooMany(functions + file.functions.length);
    if (reason !== undefined || typeof file === "string") {
      if (!told.early.has(script.path)) native.tooEarly(script.path, reason);
      told.early.add(script.path);
      continue;
    }
    functions += file.functions.length;
    try {
      inspection?.add(file);
      told.inspected.add(script.path);
    } catch {
      native.tooEarly(script.path, "V8 takes no breakpoints in it");
      told.early.add(script.path);
    }
  }
  if (inspection === undefined || told.inspected.size === 0) {
    inspection?.end();
    if (inspection === undefined) debug.end();
  } else {
    running = inspection;
  }
  return { inspected: [...told.inspected], early: [...told.early] };
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
function read(debug: DebugSession, { id, path, isModule }: LoadedScript): LoadedFile | string {
  const before = known.get(id);
  if (before !== undefined) return before;
  const source = textOf(debug, id);
  if (source === undefined) return GONE;
  const file = readFile(Number(id), path, source, isModule);
  if (typeof file !== "string") known.set(id, file);
  return file;
}

/** What is captured has changed. */
export function heedModes(): void {
  running?.heedModes();
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
