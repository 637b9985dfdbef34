/**
 * Exact numbers of calls of the functions that have breakpoints, by V8's own counters: what no breakpoint told of is
 * counted.
 *
 *     const counts = new CallCounts();
 *     counts.add(file);
 *     counts.saw(id);    // at each call that a breakpoint told of
 *     counts.take();     // counted += V8's number − those seen
 *
 * V8 has one set of counters: who else takes them takes ours. Calls of a function of our own, and their number when it
 * is taken, say whether somebody did.
 * Limits: V8 optimises nothing meanwhile. An asynchronous function that waits it counts anew each time that it goes on:
 * of such a one only that it ran is known.
 */
import { Script } from "node:vm";
import { MODE_OFF } from "../native/layout";
import { EXACT_COUNTS } from "../options/inspector";
import { countMany, modes, noteRan } from "../runtime/writer";
import { DebugSession } from "./debug-session";
import type { LoadedFile, LoadedFunction } from "./loaded-functions";

/** A script's functions as V8 tells them: the first range of each is the function itself. */
interface ScriptCoverage {
  readonly scriptId: string;
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly [{ readonly startOffset: number; readonly count: number }];
  }[];
}

const MEASURED = "NODE_V8_COVERAGE measures the program's coverage";
const TAKEN = "somebody else measures coverage, or did: V8 has one set of counters";

/** Our own function, and how often it is called from one taking to the next. */
const CANARY = "breadcrumb:counts";
const CANARY_CALLS = 3;

/** See the module. */
export class CallCounts {
  readonly #session: DebugSession | undefined;
  /** By V8's id of the script, by where they start. */
  readonly #files = new Map<string, Map<number, LoadedFunction>>();
  /** Calls that breakpoints told of since V8's numbers were taken last, by id. */
  readonly #seen = new Map<number, number>();
  readonly #canary = new Script("(function(){})", {
    filename: CANARY,
  }).runInThisContext() as () => void;
  #state = EXACT_COUNTS;

  /** V8 counts from now on. Throws where the inspector is not to be had. */
  constructor() {
    if (process.env["NODE_V8_COVERAGE"]) {
      this.#state = MEASURED;
      return;
    }
    this.#session = new DebugSession();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
    this.#callCanary();
  }

  /** `exact`, or why numbers are not. */
  get state(): string {
    return this.#state;
  }

  add({ scriptId, functions }: LoadedFile): void {
    this.#files.set(String(scriptId), new Map(functions.map((each) => [each.start, each])));
  }

  /** A breakpoint told of a call, which is recorded, counted or dropped. */
  saw(id: number): void {
    this.#seen.set(id, (this.#seen.get(id) ?? 0) + 1);
  }

  /** Counts what was called since the last time and not seen, of the functions that are captured now. */
  take(): void {
    if (this.#session === undefined || this.#state !== EXACT_COUNTS) return;
    const { result } = this.#session.post<{ result: readonly ScriptCoverage[] }>(
      "Profiler.takePreciseCoverage",
    );
    if (isOurs(result)) this.#count(result);
    else this.#state = TAKEN;
    this.#seen.clear();
    this.#callCanary();
  }

  /** V8 counts no more, and what it counted is taken. */
  end(): void {
    this.take();
    // With the session V8's counting ends, for whoever else counts on it, too: that one's is left to go on.
    if (this.#state === EXACT_COUNTS) this.#session?.end();
  }

  #count(result: readonly ScriptCoverage[]): void {
    const ran: number[] = [];
    for (const { scriptId, functions } of result) {
      const known = this.#files.get(scriptId);
      if (known === undefined) continue;
      for (const { ranges } of functions) {
        const [{ startOffset, count }] = ranges;
        const loaded = known.get(startOffset);
        if (loaded === undefined || count === 0 || modes[loaded.id] === MODE_OFF) continue;
        const unseen = count - (this.#seen.get(loaded.id) ?? 0);
        if (unseen <= 0) continue;
        if (loaded.waits) ran.push(loaded.id);
        else countMany(loaded.id, unseen);
      }
    }
    if (ran.length > 0) noteRan(ran);
  }

  #callCanary(): void {
    for (let calls = 0; calls < CANARY_CALLS; calls++) this.#canary();
  }
}

/** Whether nobody else has taken V8's numbers, or ended its counting, since the last time. */
function isOurs(result: readonly ScriptCoverage[]): boolean {
  const own = result.find(({ url }) => url === CANARY)?.functions;
  return own?.some(({ ranges: [{ count }] }) => count === CANARY_CALLS) === true;
}
