/**
 * The inspector backend: breakpoints in the functions of files that were loaded before the recording.
 *
 *     const inspection = new Inspection(budget);
 *     inspection.add(script) … inspection.end()
 *
 * Limits: one at a time in a thread, and what `docs/inspector.md` says.
 */
import { clearInterval, setInterval as again, setTimeout as later } from "node:timers";
import { getHeapStatistics } from "node:v8";
import { MODE_OFF } from "../native/layout";
import { native } from "../native/load";
import type { InspectorBudget, InspectorCounters } from "../options/inspector";
import { now } from "../runtime/primordials";
import { onHit } from "../runtime/probes";
import { onPromise } from "../runtime/resource-marks";
import { modes } from "../runtime/writer";
import { Budget } from "./budget";
import { DebugSession, isWatched } from "./debug-session";
import type { LoadedFile } from "./loaded-functions";
import {
  begin,
  forgetAll,
  notePromise,
  type OpenCall,
  returns,
  revive,
  settle,
  topAt,
  wantsResult,
} from "./open-calls";
import {
  clearPoint,
  ENTRY,
  EXIT,
  findSite,
  LEAVING,
  type Point,
  setPoint,
  type Site,
} from "./points";
import { HANDED, type RemoteObject, resultOf } from "./result";

/** What `Debugger.paused` says. */
interface PausedAt {
  readonly callFrames: readonly { readonly returnValue?: RemoteObject }[];
}

/** V8 keeps a script for each hit until it collects garbage, and hits grow dearer: 40 µs become 120 with 24,000. */
const HITS_TO_COLLECT = 4000;
/**
 * A session keeps 150 bytes for each hit and more for each script that the program makes, as long as it is
 * connected; to set 1,600 breakpoints anew takes 30 ms.
 */
const SCRIPTS_TO_RENEW = 20_000;
/** A heap that is collected in a few ms; in a larger one V8 will see to it itself. */
const SMALL_HEAP_BYTES = 64 << 20;
const SECOND_MS = 1000;
/** V8 tells of every frame at a pause: 0.9 ms with 10 of them, 8 ms with 300. */
const MAX_PAUSE_DEPTH = 300;

const clock = (): number => Number(now());

/** See the module. */
export class Inspection {
  debug = new DebugSession();
  readonly #budget: Budget;
  readonly #points: Point[] = [];
  readonly #sites: Site[] = [];
  readonly #counters = { hits: 0, refused: 0, pauses: 0, withoutResult: 0, hitNs: 0, pauseNs: 0 };
  readonly #looks: NodeJS.Timeout;
  /** Something of ours runs. */
  #isBusy = false;
  /** The call that the program pauses for, and since when. */
  #pending: OpenCall | undefined;
  #pendingSince = 0;
  #handed: unknown;
  #unhook: (() => void) | undefined;
  /** Hits that the run's record knows of. */
  #told = 0;
  #sinceCollected = 0;
  #sinceRenewed = 0;
  #renews: NodeJS.Timeout | undefined;

  /** Throws where the inspector is not to be had. */
  constructor(allowed: InspectorBudget) {
    this.#budget = new Budget(allowed);
    this.#listen();
    onHit((number, values) => this.#hit(number, values));
    this.#looks = again(() => {
      this.heedModes();
      this.#tell();
    }, SECOND_MS).unref();
  }

  get counters(): InspectorCounters {
    return { ...this.#counters };
  }

  /** Sets the breakpoints of a file. */
  add(file: LoadedFile): void {
    for (const loaded of file.functions) {
      const site = findSite(this.debug, loaded, this.#points);
      if (site === undefined) continue;
      this.#sites.push(site);
      if (modes[loaded.id] !== MODE_OFF) this.#set(site);
    }
  }

  /**
   * Functions that are on get the breakpoints that they lack, for want of budget or because they were off.
   * Asked each second, since another process may change modes, too.
   */
  heedModes(): void {
    for (const site of this.#sites) {
      if (modes[site.function.id] !== MODE_OFF) {
        site.isResting = false;
        this.#set(site);
      } else if (site.open === 0) this.#clear(site);
    }
  }

  /** What was left out is in the run's record, too. */
  #tell(): void {
    if (this.#counters.hits === this.#told) return;
    this.#told = this.#counters.hits;
    native.noteInspector(JSON.stringify(this.#counters));
  }

  /** Leaves nothing behind. */
  end(): void {
    onHit(() => false);
    this.#isBusy = true;
    this.#unhook?.();
    clearInterval(this.#looks);
    this.#tell();
    clearTimeout(this.#renews);
    forgetAll();
    // Its breakpoints go with it.
    this.debug.end();
  }

  #listen(): void {
    this.debug.on<PausedAt>("Debugger.paused", (at) => this.#paused(at));
    // Each hit is a script, too.
    this.debug.on("Debugger.scriptParsed", () => {
      this.#sinceRenewed += 1;
      if (this.#sinceRenewed >= SCRIPTS_TO_RENEW) {
        this.#renews ??= later(() => this.#renew(), 0).unref();
      }
    });
  }

  #set(site: Site): void {
    for (const point of site.points) setPoint(this.debug, point);
  }

  #clear(site: Site): void {
    for (const point of site.points) {
      // What is still open is to end.
      if ((point.tells & ENTRY) !== 0 || site.open === 0) clearPoint(this.debug, point);
    }
  }

  /** A breakpoint is hit. Whether the program is to pause there. */
  #hit(number: number, values: readonly unknown[]): boolean {
    if (number === HANDED) {
      this.#handed = values[0];
      return false;
    }
    const point = this.#points[number];
    if (this.#isBusy || point === undefined) return false;
    this.#isBusy = true;
    const began = clock();
    try {
      return this.#take(point, values, began);
    } catch {
      // The stack is at its end, most likely.
      return false;
    } finally {
      this.#counters.hits += 1;
      this.#counters.hitNs += clock() - began;
      this.#isBusy = false;
    }
  }

  #take({ site, tells }: Point, values: readonly unknown[], began: number): boolean {
    if (this.#pending !== undefined) this.#giveUp(this.#pending);
    if (this.#budget.begins(began)) this.heedModes();
    this.#sinceCollected += 1;
    if (this.#sinceCollected >= HITS_TO_COLLECT) this.#collect();
    const depth = settle();
    if (depth === 0) {
      if ((tells & ENTRY) !== 0) this.#refuse(site);
      return false;
    }
    if (revive(depth)) this.#hookPromises();
    if ((tells & ENTRY) !== 0) this.#enter(site, depth, values);
    const call = topAt(depth);
    if (call?.site !== site) return false;
    if ((tells & LEAVING) !== 0) call.isLeaving = true;
    if ((tells & EXIT) === 0) return false;
    const pauses = this.#exit(call, began);
    if (site.isResting && site.open === 0) this.#clear(site);
    return pauses;
  }

  #enter(site: Site, depth: number, values: readonly unknown[]): void {
    if (site.repeats && topAt(depth)?.site === site) return;
    if (modes[site.function.id] === MODE_OFF) return;
    if (!this.#budget.takesHit(site.used)) this.#refuse(site);
    else if (begin(site, depth, values) && site.function.isAsync) this.#hookPromises();
  }

  /** The call at the top returns. Whether the program is to pause for its result. */
  #exit(call: OpenCall, began: number): boolean {
    const { hasResult } = call.site.function;
    if (!hasResult || !wantsResult(call)) {
      returns(call, !hasResult, undefined);
      return false;
    }
    if (call.depth > MAX_PAUSE_DEPTH || !this.#budget.mayPause() || isWatched()) {
      this.#giveUp(call);
      return false;
    }
    this.#pending = call;
    this.#pendingSince = began;
    return true;
  }

  /** The call at the top has returned something that will not be known. */
  #giveUp(call: OpenCall): void {
    this.#pending = undefined;
    this.#counters.withoutResult += 1;
    returns(call, false, undefined);
  }

  #paused({ callFrames }: PausedAt): void {
    const call = this.#pending;
    const told = callFrames[0]?.returnValue;
    if (call === undefined || told === undefined) return;
    this.#isBusy = true;
    try {
      const { isAsync } = call.site.function;
      const value = resultOf(this.debug, told, isAsync, () => this.#handed);
      this.#pending = undefined;
      this.#handed = undefined;
      returns(call, true, value);
    } catch {
      // It is given up at the next hit.
    } finally {
      const ns = clock() - this.#pendingSince;
      this.#counters.pauses += 1;
      this.#counters.pauseNs += ns;
      this.#budget.paused(ns);
      this.#isBusy = false;
    }
  }

  /** A call is not recorded, and for a while no other: breakpoints cost, even where nothing comes of them. */
  #refuse(site: Site): void {
    this.#counters.refused += 1;
    site.isResting = true;
    this.#clear(site);
  }

  #renew(): void {
    this.#renews = undefined;
    this.#sinceRenewed = 0;
    const set = this.#points.filter((point) => point.set !== undefined);
    this.debug.end();
    this.debug = new DebugSession();
    this.#listen();
    this.debug.enable();
    for (const point of set) {
      point.set = undefined;
      setPoint(this.debug, point);
    }
  }

  #collect(): void {
    this.#sinceCollected = 0;
    if (getHeapStatistics().used_heap_size > SMALL_HEAP_BYTES) return;
    this.debug.post("HeapProfiler.collectGarbage");
  }

  /**
   * An asynchronous call waits, unseen, and its caller goes on in its context: the first promise that comes
   * into being then tells us, before it takes that context for its own. A call that ends without any has
   * thrown.
   */
  #hookPromises(): void {
    this.#unhook ??= onPromise(() => {
      if (this.#isBusy) return;
      this.#isBusy = true;
      try {
        if (notePromise()) return;
        this.#unhook?.();
        this.#unhook = undefined;
      } finally {
        this.#isBusy = false;
      }
    });
  }
}
