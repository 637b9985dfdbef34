/**
 * The inspector backend: breakpoints in the functions of files that were loaded before the recording.
 *
 *     const inspection = new Inspection(budget, () => true);
 *     inspection.add(script) … inspection.end()
 *
 * Limits: one at a time in a thread, and what `docs/inspector.md` says.
 */
import { clearInterval, setInterval as again, setTimeout as later } from "node:timers";
import { setImmediate as turn } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import {
  CUT_DEADLINE,
  CUT_DEBUGGER,
  CUT_HIDDEN,
  CUT_PAUSES,
  CUT_STACK,
  MODE_OFF,
} from "../native/layout";
import { native } from "../native/load";
import type { InspectorBudget, InspectorCounters } from "../options/inspector";
import { onHit } from "../runtime/probes";
import { onPromise } from "../runtime/resource-marks";
import { count, modes } from "../runtime/writer";
import { Arming, clock, NS_TO_READ } from "./arming";
import { keepBaselineAway } from "./baseline";
import { Budget } from "./budget";
import { CallCounts } from "./call-counts";
import { DebugSession, isWatched } from "./debug-session";
import {
  ExceptionPauses,
  isThrown,
  MAX_PAUSE_DEPTH,
  type PausedAt,
  pauseNs,
} from "./exception-pauses";
import { READERS } from "./frame-variables";
import { HitCost, MEASURED } from "./hit-cost";
import type { LoadedFile } from "./loaded-functions";
import { type Entering, MutedHits } from "./muted-hits";
import {
  begin,
  forgetAll,
  makeWay,
  notePromise,
  type OpenCall,
  returns,
  returnsUnknown,
  revive,
  settle,
  sweepBy,
  takeUnexplained,
  topAt,
  wantsResult,
} from "./open-calls";
import { ENTRY, EXIT, LEAVING, type Point, type Site } from "./points";
import { HANDED, resultOf } from "./result";

/** V8 keeps a script for each hit until it collects garbage, and hits grow dearer: 40 µs become 120 with 24,000. */
const HITS_TO_COLLECT = 4000;
/**
 * A session keeps 150 bytes for each hit and more for each script that the program makes, as long as it is
 * connected; to set 1,600 breakpoints anew takes 30 ms.
 */
const SCRIPTS_TO_RENEW = 20_000;
/** A heap that is collected in a few ms; in a larger one V8 will see to it itself. */
const SMALL_HEAP_BYTES = 64 << 20;
/** How often it is looked which functions are to have breakpoints. */
const LOOK_MS = 100;
const LOOK_NS = LOOK_MS * 1_000_000;
/** Looks from one report to the run's record to the next. */
const LOOKS_TO_TELL = 10;
/** A function for whose result a pause took too long has none for a while. */
const REPRIEVE_NS = 60_000_000_000;

/** See the module. */
export class Inspection {
  readonly debug = new DebugSession();
  readonly #budget: Budget;
  /** Whether it is to go on, asked now and then where JavaScript is busy. */
  readonly #isWanted: () => boolean;
  /** There is no time for pauses. */
  readonly #neverPauses: boolean;
  readonly #arming: Arming;
  readonly #counts: CallCounts | undefined;
  /** Known once the debugger is enabled. */
  #cost: HitCost | undefined;
  readonly #points: Point[] = [];
  readonly #exceptions: ExceptionPauses;
  readonly #muted: MutedHits;
  readonly #counters = {
    hits: 0,
    refused: 0,
    pauses: 0,
    withoutResult: 0,
    exceptions: 0,
    withoutException: 0,
    hitNs: 0,
    pauseNs: 0,
  };
  #giveBack: (() => void) | undefined;
  #looks: NodeJS.Timeout | undefined;
  #looked = clock();
  #untold = 0;
  /** Something of ours runs. */
  #isBusy = false;
  #isOver = false;
  /** The call that the program pauses for, and since when. */
  #pending: OpenCall | undefined;
  #pendingSince = 0;
  /** The program pauses at a hit, so that V8 does not keep back what is thrown there. */
  #asks = false;
  /** What the hit tells, if something else than an exception is the reason. */
  #entering: Entering | undefined;
  #handed: readonly unknown[] = [];
  #unhook: (() => void) | undefined;
  /** Hits that the run's record knows of. */
  #told = 0;
  #sinceCollected = 0;
  #sinceRenewed = 0;
  #renews: NodeJS.Timeout | undefined;

  /** Throws where the inspector is not to be had. */
  constructor(allowed: InspectorBudget, isWanted: () => boolean) {
    this.#isWanted = isWanted;
    this.#neverPauses = allowed.pauseMs === 0;
    this.#budget = new Budget(allowed, this.#looked);
    this.#arming = new Arming(this.debug, this.#budget, this.#points);
    this.#exceptions = new ExceptionPauses(this.debug, this.#budget);
    this.#muted = new MutedHits(this.#exceptions, this.#budget);
    takeUnexplained();
    sweepBy((action) => this.#unhit(action));
    if (allowed.counts) this.#counts = new CallCounts();
    this.#listen();
    onHit((number, values) => this.#hit(number, values));
  }

  get counters(): InspectorCounters {
    this.#counters.withoutException += takeUnexplained();
    const counts = this.#counts?.state;
    return counts === undefined ? { ...this.#counters } : { ...this.#counters, counts };
  }

  /** The functions of a file get breakpoints, with the looks to come. The debugger is enabled. */
  add(file: LoadedFile): void {
    for (const loaded of file.functions) this.#arming.add(loaded);
    this.#exceptions.add(file);
    this.#counts?.add(file);
    this.#giveBack ??= keepBaselineAway();
    this.#cost ??= new HitCost(this.debug);
    // Another process may change modes, too.
    this.#looks ??= again(() => this.#lookAgain(), LOOK_MS).unref();
  }

  /**
   * Sets and clears breakpoints as what is captured and the budget say, for a few milliseconds. Whether there is
   * more to do.
   */
  look(): boolean {
    this.#looked = clock();
    return this.#unhit(() => {
      if (!this.#isWanted()) return this.#letGo();
      const hasMore = this.#arming.look();
      this.#exceptions.look(this.#arming.captured());
      return hasMore;
    });
  }

  /** Does something of ours, in which functions of the program may stand in the place of built-in ones: no calls of its. */
  #unhit<T>(action: () => T): T {
    const wasBusy = this.#isBusy;
    this.#isBusy = true;
    try {
      return action();
    } finally {
      this.#isBusy = wasBusy;
    }
  }

  /** Nothing is hit or paused for any more; whoever began it ends it when the event loop turns. */
  #letGo(): false {
    this.#arming.clearAll();
    this.#exceptions.off();
    return false;
  }

  /** Every function that is captured has its breakpoints, a look after the other while the program runs on. */
  async settled(): Promise<void> {
    while (!this.#isOver && this.look()) await turn();
  }

  #lookAgain(): void {
    this.look();
    this.#untold += 1;
    if (this.#untold < LOOKS_TO_TELL) return;
    this.#untold = 0;
    this.#unhit(() => {
      this.#cost?.measure();
      this.takeCounts();
      this.#tell();
    });
  }

  /** Calls that no breakpoint told of are counted, if they are to be. */
  takeCounts(): void {
    this.#counts?.take();
  }

  /** What was left out is in the run's record, too. */
  #tell(): void {
    if (this.#counters.hits === this.#told) return;
    this.#told = this.#counters.hits;
    native.noteInspector(JSON.stringify(this.counters));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Leaves nothing behind. */
  end(): void {
    this.#isOver = true;
    onHit(() => false);
    this.#isBusy = true;
    this.#unhook?.();
    clearInterval(this.#looks);
    this.#counts?.end();
    this.#tell();
    clearTimeout(this.#renews);
    forgetAll();
    this.#exceptions.off();
    // Its breakpoints go with it.
    this.debug.end();
    this.#giveBack?.();
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

  /** A breakpoint is hit. Whether the program is to pause there. */
  #hit(number: number, values: readonly unknown[]): boolean {
    if (number === HANDED || number === READERS) {
      this.#handed = values;
      return false;
    }
    const point = this.#points[number];
    if (number === MEASURED || this.#isBusy || point === undefined) return false;
    this.#isBusy = true;
    const began = clock();
    try {
      return this.#take(point, values, began);
    } catch {
      // The stack is at its end, most likely.
      return false;
    } finally {
      const ns = clock() - began + this.#aroundNs(point.site);
      this.#counters.hits += 1;
      this.#counters.hitNs += ns;
      this.#budget.spend(ns);
      point.site.arms.ns += ns;
      this.#isBusy = false;
    }
  }

  /** What V8 takes around a hit: it reads the function each time, and its script the first time. */
  #aroundNs(site: Site): number {
    const firstNs = this.#arming.firstHitNs(site);
    site.arms.isParsed = true;
    return (this.#cost?.ns ?? 0) + firstNs + site.function.characters * NS_TO_READ;
  }

  #take(point: Point, values: readonly unknown[], began: number): boolean {
    const { site, tells } = point;
    this.#asks = false;
    this.#entering = undefined;
    if (this.#pending !== undefined) this.#giveUp(this.#pending, CUT_HIDDEN);
    this.#budget.at(began);
    if (began - this.#looked > LOOK_NS) this.look();
    this.#sinceCollected += 1;
    if (this.#sinceCollected >= HITS_TO_COLLECT) this.#collect();
    const depth = settle(point, this.#neverPauses);
    if (depth === 0) {
      if ((tells & ENTRY) !== 0) this.#refuse(site);
      return false;
    }
    if (revive(depth)) this.#hookPromises();
    if (this.#muted.isAgain(point, topAt(depth))) {
      if ((tells & ENTRY) !== 0) this.#entering = { point, depth, values };
      return (this.#asks = true);
    }
    if ((tells & ENTRY) !== 0) this.#enter(site, depth, values);
    const call = topAt(depth);
    if (call?.site !== site) {
      this.#arming.strayed(site);
      return false;
    }
    if ((tells & LEAVING) !== 0) call.isLeaving = true;
    if ((tells & EXIT) === 0) return (this.#asks = this.#muted.pauses(call));
    const pauses = this.#exit(call, began, this.#muted.mayBeThrown(point));
    this.#arming.ended(site);
    return pauses;
  }

  #enter(site: Site, depth: number, values: readonly unknown[]): void {
    if (site.repeats && topAt(depth)?.site === site) return;
    makeWay(depth);
    const { id } = site.function;
    if (modes[id] === MODE_OFF) return;
    this.#counts?.saw(id);
    if (!this.#budget.takesHit(site.arms.used)) {
      count(id);
      this.#refuse(site);
    } else if (begin(site, depth, values)) {
      site.arms.calls += 1;
      if (site.function.isAsync) this.#hookPromises();
    }
  }

  /** The call at the top returns, or throws. Whether the program is to pause for its result. */
  #exit(call: OpenCall, began: number, mayBeThrown: boolean): boolean {
    if (!call.site.function.hasResult || (!wantsResult(call) && !mayBeThrown)) {
      returns(call, undefined);
      return false;
    }
    const why = mayBeThrown ? undefined : this.#noPause(call, began);
    if (why !== undefined) {
      this.#giveUp(call, why);
      return false;
    }
    this.#pending = call;
    this.#pendingSince = began;
    return true;
  }

  /** Why there is to be no pause for a call's result. */
  #noPause({ depth, site }: OpenCall, now: number): number | undefined {
    if (depth > MAX_PAUSE_DEPTH) return CUT_STACK;
    if (isWatched()) return CUT_DEBUGGER;
    if (now < site.arms.noPausesUntil) return CUT_DEADLINE;
    return this.#budget.mayPause() ? undefined : CUT_PAUSES;
  }

  /** The call at the top has returned something that will not be known. */
  #giveUp(call: OpenCall, why: number): void {
    this.#pending = undefined;
    this.#counters.withoutResult += 1;
    returnsUnknown(call, why);
    this.#arming.ended(call.site);
  }

  #paused(at: PausedAt): void {
    const asks = this.#asks;
    this.#asks = false;
    if (isThrown(at)) {
      // Or somebody else has asked for it.
      if (this.#exceptions.isOn) this.#spend(at, () => this.#thrown(at));
    } else if (asks) this.#spend(at, () => this.#goOn());
    else this.#returned(at);
  }

  /** Nothing was thrown: if a call was to begin, it does. */
  #goOn(): void {
    const { point, depth, values } = this.#entering ?? {};
    this.#entering = undefined;
    if (point !== undefined) this.#enter(point.site, depth as number, values as readonly unknown[]);
  }

  /** Something is thrown. */
  #thrown(at: PausedAt): void {
    // What was to return has thrown.
    this.#pending = undefined;
    const told = this.#exceptions.take(at, () => this.#handed);
    this.#handed = [];
    if (told) this.#counters.exceptions += 1;
    this.#hookPromises();
  }

  /** Does something at a pause that is not for a result. */
  #spend(at: PausedAt, action: () => void): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const began = clock();
    this.#budget.at(began);
    if (began - this.#looked > LOOK_NS) this.look();
    try {
      action();
    } catch {
      // The stack is at its end, most likely.
    } finally {
      const ns = clock() - began + pauseNs(at);
      this.#counters.pauseNs += ns;
      this.#budget.paused(ns);
      if (!this.#budget.mayPauseForThrow()) this.#exceptions.off();
      this.#isBusy = false;
    }
  }

  /** The call that is paused for returns. */
  #returned({ callFrames }: PausedAt): void {
    const call = this.#pending;
    const told = callFrames[0]?.returnValue;
    this.#pending = undefined;
    if (call === undefined || told === undefined) return;
    this.#isBusy = true;
    try {
      const { isAsync } = call.site.function;
      const value = resultOf(this.debug, told, isAsync, () => this.#handed[0]);
      this.#handed = [];
      returns(call, value);
      this.#arming.ended(call.site);
    } catch {
      // It is given up at the next hit.
      this.#pending = call;
    } finally {
      const now = clock();
      const ns = now - this.#pendingSince;
      if (ns > this.#budget.longestPause) call.site.arms.noPausesUntil = now + REPRIEVE_NS;
      this.#counters.pauses += 1;
      this.#counters.pauseNs += ns;
      this.#budget.paused(ns);
      this.#isBusy = false;
    }
  }

  /** A call is not recorded, and for a while no other: breakpoints cost, even where nothing comes of them. */
  #refuse(site: Site): void {
    this.#counters.refused += 1;
    this.#arming.rest(site);
  }

  #renew(): void {
    this.#renews = undefined;
    this.#sinceRenewed = 0;
    this.#unhit(() => {
      this.debug.renew();
      this.#exceptions.renew();
      this.#arming.renew();
      this.#cost?.renew();
    });
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
      const began = clock();
      try {
        if (notePromise()) return;
        this.#unhook?.();
        this.#unhook = undefined;
      } finally {
        this.#budget.spend(clock() - began);
        this.#isBusy = false;
      }
    });
  }
}
