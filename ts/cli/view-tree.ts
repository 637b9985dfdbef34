/**
 * The traces of a run as one tree that is folded and unfolded, with a cursor.
 *
 *     const tree = new ViewTree(source); await tree.more(); await tree.unfold();
 *     tree.rows[tree.cursor]   // { node, call, level }
 *
 * A trace's calls are read when it is unfolded, or when something is looked for in it. Limits: of a trace
 * the upper levels, as many calls as `source.trace` reads.
 */
import type { Trace, TraceCall, TraceSummary } from "../query/index";

/** Where traces come from. */
export interface TraceSource {
  /** The next ones, newest first; none at the end. */
  readonly next: () => Promise<readonly TraceSummary[]>;
  /** One of them, with its calls. */
  readonly trace: (traceId: string) => Promise<Trace>;
}

/** A trace in the tree. */
export interface TraceNode {
  readonly summary: TraceSummary;
  /** Its calls, once they were read. */
  trace: Trace | null;
  isOpen: boolean;
}

/** A line of the tree: a trace, or a call of it. */
export interface ViewRow {
  readonly node: TraceNode;
  readonly call: TraceCall | null;
  readonly level: number;
}

/** What is looked for. */
export interface Wanted {
  readonly isIt: (call: TraceCall, trace: Trace) => boolean;
  /** Whether a trace is worth reading for it. */
  readonly mayBeIn: (summary: TraceSummary) => boolean;
  /** Asked between traces: whether to go on. */
  readonly goOn: (traces: number) => boolean;
}

/** See the file. */
export class ViewTree {
  cursor = 0;
  readonly #source: TraceSource;
  readonly #nodes: TraceNode[] = [];
  readonly #open = new Set<TraceCall>();
  readonly #callsById = new WeakMap<Trace, ReadonlyMap<number, TraceCall>>();
  #rows: readonly ViewRow[] | null = null;
  #isComplete = false;

  constructor(source: TraceSource) {
    this.#source = source;
  }

  /** The lines. */
  get rows(): readonly ViewRow[] {
    this.#rows ??= this.#nodes.flatMap((node) => this.#rowsOf(node));
    return this.#rows;
  }

  /** The line under the cursor; undefined in an empty tree. */
  get current(): ViewRow | undefined {
    return this.rows[this.cursor];
  }

  /** Whether a line's calls are shown. */
  isOpen({ node, call }: ViewRow): boolean {
    return call === null ? node.isOpen : this.#open.has(call);
  }

  /** Reads on; false where there are no more traces. */
  async more(): Promise<boolean> {
    if (this.#isComplete) return false;
    const summaries = await this.#source.next();
    this.#isComplete = summaries.length === 0;
    this.#nodes.push(...summaries.map((summary) => ({ summary, trace: null, isOpen: false })));
    this.#rows = null;
    return summaries.length > 0;
  }

  /** Moves the cursor; at the end it reads on. */
  async move(by: number): Promise<void> {
    const wanted = this.cursor + by;
    while (wanted >= this.rows.length && (await this.more())) {
      // There were more traces.
    }
    this.cursor = Math.max(0, Math.min(this.rows.length - 1, wanted));
  }

  /** Shows what is below the cursor. */
  async unfold(): Promise<void> {
    const row = this.current;
    if (!row) return;
    const { node, call } = row;
    if (call !== null) {
      this.#open.add(call);
    } else {
      const trace = await this.#read(node);
      node.isOpen = true;
      // A root alone says no more than its trace's line.
      if (trace.top.length === 1) this.#open.add(trace.top[0] as TraceCall);
    }
    this.#rows = null;
  }

  /** Hides what is below the cursor; where nothing is shown, goes to the parent. */
  fold(): void {
    const row = this.current;
    if (!row) return;
    if (!this.isOpen(row)) return this.toParent();
    if (row.call === null) row.node.isOpen = false;
    else this.#open.delete(row.call);
    this.#rows = null;
  }

  /** Shows everything below the cursor. */
  async unfoldAll(): Promise<void> {
    await this.unfold();
    const row = this.current;
    if (!row?.node.trace) return;
    const pending = row.call === null ? [...row.node.trace.top] : [row.call];
    for (let call = pending.pop(); call; call = pending.pop()) {
      this.#open.add(call);
      for (const child of call.children) pending.push(child);
    }
    this.#rows = null;
  }

  /** Goes to the caller, or to the trace. */
  toParent(): void {
    const row = this.current;
    if (!row?.call) return;
    for (let at = this.cursor - 1; at >= 0; at--) {
      if ((this.rows[at] as ViewRow).level < row.level) {
        this.cursor = at;
        return;
      }
    }
  }

  /** Goes to the next call, or the previous one, that is wanted; around the end, once. False: none. */
  async find(wanted: Wanted, direction: 1 | -1): Promise<boolean> {
    const row = this.current;
    if (!row) return false;
    const from = this.#nodes.indexOf(row.node);
    for (let step = 0; ; step++) {
      const at = from + step * direction;
      if (at >= this.#nodes.length && (await this.more())) {
        step -= 1;
        continue;
      }
      const count = this.#nodes.length;
      if (step > count || !wanted.goOn(step)) return false;
      const node = this.#nodes[((at % count) + count) % count] as TraceNode;
      if (!wanted.mayBeIn(node.summary)) continue;
      const trace = node.trace ?? (await this.#source.trace(node.summary.traceId));
      const end = direction > 0 ? 0 : trace.calls.length - 1;
      const start = step === 0 ? startOf(trace, row.call, direction) : end;
      const found = findCall(trace, wanted, start, direction);
      if (!found) continue;
      node.trace = trace;
      this.#reveal(node, trace, found);
      return true;
    }
  }

  async #read(node: TraceNode): Promise<Trace> {
    node.trace ??= await this.#source.trace(node.summary.traceId);
    return node.trace;
  }

  /** Unfolds the way to a call and puts the cursor on it. */
  #reveal(node: TraceNode, trace: Trace, call: TraceCall): void {
    node.isOpen = true;
    const byId = this.#byId(trace);
    for (let at = parentOf(call, byId); at; at = parentOf(at, byId)) this.#open.add(at);
    this.#rows = null;
    this.cursor = this.rows.findIndex((row) => row.call === call);
  }

  #byId(trace: Trace): ReadonlyMap<number, TraceCall> {
    let byId = this.#callsById.get(trace);
    if (!byId) {
      byId = new Map(trace.calls.map((call) => [call.callId, call]));
      this.#callsById.set(trace, byId);
    }
    return byId;
  }

  #rowsOf(node: TraceNode): ViewRow[] {
    const rows: ViewRow[] = [{ node, call: null, level: 0 }];
    if (!node.isOpen || !node.trace) return rows;
    const pending = node.trace.top.map((call) => ({ call, level: 1 })).toReversed();
    for (let next = pending.pop(); next; next = pending.pop()) {
      rows.push({ node, ...next });
      if (!this.#open.has(next.call)) continue;
      for (const call of next.call.children.toReversed()) {
        pending.push({ call, level: next.level + 1 });
      }
    }
    return rows;
  }
}

function parentOf(call: TraceCall, byId: ReadonlyMap<number, TraceCall>): TraceCall | undefined {
  return call.parentId === null ? undefined : byId.get(call.parentId);
}

/** Where a search in the cursor's own trace begins: behind it, or before. */
function startOf(trace: Trace, call: TraceCall | null, direction: 1 | -1): number {
  if (call === null) return direction > 0 ? 0 : -1;
  return trace.calls.indexOf(call) + direction;
}

function findCall(
  trace: Trace,
  { isIt }: Wanted,
  start: number,
  direction: 1 | -1,
): TraceCall | null {
  for (let at = start; at >= 0 && at < trace.calls.length; at += direction) {
    const call = trace.calls[at] as TraceCall;
    if (isIt(call, trace)) return call;
  }
  return null;
}
