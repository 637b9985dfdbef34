/**
 * What of a trace is shown: folds what repeats, and spends a number of lines on what matters.
 *
 *     const outline = outlineTrace(trace, { depth: 9, width: 20, lines: 200 });
 *     outline.top[0].items   // calls below it, and what stands for those that are hidden
 *
 * Calls are opened from the top: those that an exception passed through first, then the slowest,
 * until the lines are used up. Whatever is hidden is counted where it is hidden. Limits: with
 * `depth`, `width` and `lines` infinite nothing is folded.
 */
import type { Trace, TraceCall } from "../query/index";

/** Calls of one function in a row that are shown before the rest is folded. */
const SHOWN_OF_A_ROW = 3;
/** Further ones of them that are shown because they threw. */
const SHOWN_THREW = 3;

/** Limits of an outline. */
export interface OutlineLimits {
  /** Levels. */
  readonly depth: number;
  /** Lines below one call. */
  readonly width: number;
  /** Lines of calls. */
  readonly lines: number;
}

/** A call, or several alike in a row. */
export interface OutlineCall {
  readonly call: TraceCall;
  /** How many calls alike it stands for. */
  readonly times: number;
  readonly totalNs: number | null;
  readonly selfNs: number;
  /** What is below it; empty where that is hidden. */
  items: readonly OutlineItem[];
  /** Calls below it that are hidden. */
  hiddenBelow: number;
}

/** Calls that are not shown. */
export interface OutlineMore {
  /** How many, without the calls below them. */
  readonly calls: number;
  /** The calls below them. */
  readonly below: number;
  /** Their functions, the most frequent first. */
  readonly functions: readonly (readonly [name: string, calls: number])[];
  readonly totalNs: number;
  readonly threw: number;
}

/** A line of the outline. */
export type OutlineItem = OutlineCall | OutlineMore;

/** What is shown of a trace. */
export interface Outline {
  readonly top: readonly OutlineItem[];
  /** Calls that lines stand for one by one. */
  readonly shownCalls: number;
}

interface Subtree {
  readonly size: number;
  readonly threw: boolean;
}

/** Chooses what to show. */
export function outlineTrace(trace: Trace, limits: OutlineLimits): Outline {
  const subtrees = measure(trace.calls);
  const isWhole = Object.values(limits).every((limit) => limit === Number.POSITIVE_INFINITY);
  const below = (calls: readonly TraceCall[]) =>
    isWhole ? calls.map((call) => single(call)) : fold(calls, limits.width, subtrees);
  const top = below(trace.top);
  let lines = top.length;
  let shownCalls = countShown(top);
  const queue = new Queue(subtrees);
  for (const item of top) if (isCall(item)) queue.push(item, 1);
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { item, level } = next;
    const { children } = item.call;
    if (children.length === 0) continue;
    const items = level < limits.depth ? below(children) : [];
    if (items.length === 0 || lines + items.length > limits.lines) {
      item.hiddenBelow = ((subtrees.get(item.call) as Subtree).size - 1) * item.times;
      continue;
    }
    item.items = items;
    lines += items.length;
    shownCalls += countShown(items);
    for (const child of items) if (isCall(child)) queue.push(child, level + 1);
  }
  return { top, shownCalls };
}

/** Ids of the calls that lines of it stand for; of several alike the first one's. */
export function shownIds(outline: Outline): ReadonlySet<number> {
  const ids = new Set<number>();
  const pending = [...outline.top];
  for (let item = pending.pop(); item; item = pending.pop()) {
    if (!isCall(item)) continue;
    ids.add(item.call.callId);
    pending.push(...item.items);
  }
  return ids;
}

/** Whether an item is a call. */
export function isCall(item: OutlineItem): item is OutlineCall {
  return "call" in item;
}

function countShown(items: readonly OutlineItem[]): number {
  return items.reduce((sum, item) => sum + (isCall(item) ? item.times : 0), 0);
}

/** Size of each call's subtree, and whether anything in it threw. */
function measure(calls: readonly TraceCall[]): ReadonlyMap<TraceCall, Subtree> {
  const subtrees = new Map<TraceCall, Subtree>();
  for (let i = calls.length - 1; i >= 0; i--) {
    const call = calls[i] as TraceCall;
    let size = 1;
    let threw = call.status === "threw";
    for (const child of call.children) {
      const subtree = subtrees.get(child) as Subtree;
      size += subtree.size;
      threw ||= subtree.threw;
    }
    subtrees.set(call, { size, threw });
  }
  return subtrees;
}

function single(call: TraceCall): OutlineCall {
  const { durationNs: totalNs, selfNs } = call;
  return { call, times: 1, totalNs, selfNs, items: [], hiddenBelow: 0 };
}

/** The lines below a call. */
function fold(
  calls: readonly TraceCall[],
  width: number,
  subtrees: ReadonlyMap<TraceCall, Subtree>,
): OutlineItem[] {
  const items: OutlineItem[] = [];
  for (let from = 0; from < calls.length;) {
    let to = from + 1;
    while (to < calls.length && isSameFunction(calls[from] as TraceCall, calls[to] as TraceCall))
      to += 1;
    items.push(...foldRow(calls.slice(from, to), subtrees));
    from = to;
  }
  return items.length <= width ? items : narrow(items, Math.max(1, width - 1), subtrees);
}

/** Calls of one function in a row: equal ones as one line, the first few, those that threw, the rest. */
function foldRow(
  calls: readonly TraceCall[],
  subtrees: ReadonlyMap<TraceCall, Subtree>,
): OutlineItem[] {
  const items: OutlineCall[] = [];
  const rest: TraceCall[] = [];
  let threw = 0;
  for (const call of calls) {
    const last = items.at(-1);
    if (last && rest.length === 0 && isAlike(last.call, call)) {
      items[items.length - 1] = {
        ...last,
        times: last.times + 1,
        totalNs: last.totalNs === null ? null : last.totalNs + (call.durationNs ?? 0),
        selfNs: last.selfNs + call.selfNs,
      };
    } else if (items.length < SHOWN_OF_A_ROW) {
      items.push(single(call));
    } else if (subtrees.get(call)?.threw && threw < SHOWN_THREW) {
      threw += 1;
      items.push(single(call));
    } else {
      rest.push(call);
    }
  }
  // A line that says "1 more" is no shorter than the call.
  if (rest.length === 1) return [...items, single(rest[0] as TraceCall)];
  return rest.length === 0 ? items : [...items, more(rest, subtrees)];
}

/** Of too many lines, those that threw and the slowest, in their order, and one for the others. */
function narrow(
  items: readonly OutlineItem[],
  width: number,
  subtrees: ReadonlyMap<TraceCall, Subtree>,
): OutlineItem[] {
  const weight = (item: OutlineItem) => {
    if (!isCall(item)) return item.totalNs;
    return subtrees.get(item.call)?.threw
      ? Number.POSITIVE_INFINITY
      : (item.totalNs ?? Number.MAX_VALUE);
  };
  const kept = new Set(items.toSorted((a, b) => weight(b) - weight(a)).slice(0, width));
  const hidden = items.filter((item) => !kept.has(item));
  const merged = hidden.map((item) => (isCall(item) ? moreOf(item, subtrees) : item));
  return [...items.filter((item) => kept.has(item)), addUp(merged)];
}

function more(calls: readonly TraceCall[], subtrees: ReadonlyMap<TraceCall, Subtree>): OutlineMore {
  return addUp(calls.map((call) => moreOf(single(call), subtrees)));
}

function moreOf(item: OutlineCall, subtrees: ReadonlyMap<TraceCall, Subtree>): OutlineMore {
  const { size, threw } = subtrees.get(item.call) as Subtree;
  return {
    calls: item.times,
    below: (size - 1) * item.times,
    functions: [[item.call.function, item.times]],
    totalNs: item.totalNs ?? 0,
    threw: threw ? item.times : 0,
  };
}

function addUp(parts: readonly OutlineMore[]): OutlineMore {
  const functions = new Map<string, number>();
  const sum = { calls: 0, below: 0, totalNs: 0, threw: 0 };
  for (const part of parts) {
    sum.calls += part.calls;
    sum.below += part.below;
    sum.totalNs += part.totalNs;
    sum.threw += part.threw;
    for (const [name, calls] of part.functions)
      functions.set(name, (functions.get(name) ?? 0) + calls);
  }
  return { ...sum, functions: [...functions].toSorted((a, b) => b[1] - a[1]) };
}

function isSameFunction(a: TraceCall, b: TraceCall): boolean {
  return a.function === b.function && a.line === b.line && a.col === b.col && a.file === b.file;
}

/** Whether two calls of a function look the same in the tree. */
function isAlike(a: TraceCall, b: TraceCall): boolean {
  if (a.children.length > 0 || b.children.length > 0) return false;
  return (
    a.status === b.status &&
    a.status === "returned" &&
    JSON.stringify(a.result) === JSON.stringify(b.result) &&
    JSON.stringify(a.arguments) === JSON.stringify(b.arguments)
  );
}

interface Queued {
  readonly item: OutlineCall;
  readonly level: number;
}

/** Calls to be opened, the most telling first: a binary heap. */
class Queue {
  readonly #heap: (Queued & { readonly weight: number })[] = [];
  readonly #subtrees: ReadonlyMap<TraceCall, Subtree>;

  constructor(subtrees: ReadonlyMap<TraceCall, Subtree>) {
    this.#subtrees = subtrees;
  }

  push(item: OutlineCall, level: number): void {
    const time = item.totalNs ?? Number.MAX_SAFE_INTEGER;
    const weight = this.#subtrees.get(item.call)?.threw ? time + Number.MAX_SAFE_INTEGER : time;
    const heap = this.#heap;
    let at = heap.length;
    heap.push({ item, level, weight });
    for (let up = (at - 1) >> 1; at > 0 && this.#weight(up) < weight; up = (at - 1) >> 1) {
      this.#swap(at, up);
      at = up;
    }
  }

  pop(): Queued | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const child = this.#weight(left + 1) > this.#weight(left) ? left + 1 : left;
      if (this.#weight(child) <= this.#weight(at)) return first;
      this.#swap(at, child);
      at = child;
    }
  }

  #weight(at: number): number {
    return this.#heap[at]?.weight ?? -1;
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    [heap[a], heap[b]] = [heap[b] as (typeof heap)[0], heap[a] as (typeof heap)[0]];
  }
}
