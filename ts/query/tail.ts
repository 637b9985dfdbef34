/**
 * Calls as they are published.
 *
 *     for await (const item of new Tail(reader, { function: "Cart.*", signal })) {
 *       if (item.kind === "call") console.log(item.call.function, item.call.durationNs);
 *     }
 *
 * Looks for new segments every `pollMs`, and reads on only when the consumer asks for more: memory is
 * that of `PAGE` calls, however slow it is. Every row comes once. Order: of a run, segment by segment
 * as published; in a segment by the time of entry, exceptions behind calls. Limits: a call is published
 * when it has ended; what retention removes before it was read is not seen, nor what a recovery adds to
 * a segment that was handed out (a crash between its publication and its checkpoint). Rows that a
 * version before 4 merged do not say with which segment they came: a tail that goes on from a cursor may
 * repeat some.
 */
import { type CallFilter, type CallSelection, selectCalls } from "./call-filter";
import { readCallsByIds } from "./calls";
import { checkWhole, Conditions } from "./conditions";
import { exceptionsQuery, readExceptions, selectExceptions } from "./exceptions";
import type { Reader } from "./reader";
import type { RecordedException, TailItem } from "./results";
import { runsIn } from "./segment-choice";
import type { Segment } from "./segment-summary";
import { rangesOf, without } from "./seq-ranges";
import { type Portion, TailPosition, type TailRow } from "./tail-position";
import { parseTime } from "./timestamps";

/** What to follow, and how. */
export interface TailFilter extends CallFilter {
  /** Exceptions too: of the function, file, run, trace, thread and time. @default false */
  readonly exceptions?: boolean | undefined;
  /** `cursor` of an earlier tail: goes on behind it. What is published from now on unless told. */
  readonly from?: string | undefined;
  /** How often to look for new segments. @default 250 */
  readonly pollMs?: number | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_POLL_MS = 250;
const MOST_POLL_MS = 3_600_000;
/** Looking takes at most so much of the time: one part in twenty. */
const LOOK_SHARE = 20;
/** Calls read at once: about 10 MB. */
const PAGE = 5000;

/** See the file. */
export class Tail implements AsyncIterableIterator<TailItem> {
  readonly #position: TailPosition;
  readonly #stop = new AbortController();
  readonly #items: AsyncGenerator<TailItem, undefined>;

  /** Throws `BC_ERR_STOPPED`, `BC_ERR_BAD_OPTION`. */
  constructor(reader: Reader, filter: TailFilter = {}) {
    const pollMs = checkWhole("pollMs", filter.pollMs ?? DEFAULT_POLL_MS, 1, MOST_POLL_MS);
    reader.refresh();
    this.#position =
      filter.from === undefined
        ? TailPosition.now(reader.segments.all())
        : TailPosition.parse(filter.from);
    const signals = filter.signal ? [this.#stop.signal, filter.signal] : [this.#stop.signal];
    const signal = AbortSignal.any(signals);
    this.#items = follow(reader, { filter, pollMs, signal, position: this.#position });
  }

  /** Behind the last item: for a later tail's `from`. */
  get cursor(): string {
    return this.#position.toString();
  }

  /** The next item. Throws `BC_ERR_NOT_FOUND`, `BC_ERR_BAD_OPTION`, and `BC_ERR_STOPPED` once the store is closed. */
  next(): Promise<IteratorResult<TailItem, undefined>> {
    return this.#items.next();
  }

  /** Ends it, also while `next()` waits. */
  return(): Promise<IteratorResult<TailItem, undefined>> {
    this.#stop.abort();
    return this.#items.return(undefined);
  }

  /** Itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** `return()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

interface Following {
  readonly filter: TailFilter;
  readonly pollMs: number;
  readonly signal: AbortSignal;
  readonly position: TailPosition;
}

async function* follow(
  reader: Reader,
  { filter, pollMs, signal, position }: Following,
): AsyncGenerator<TailItem, undefined> {
  const selection = await selectCalls(reader, filter);
  while (!signal.aborted) {
    const begunMs = performance.now();
    reader.refresh();
    // Also those that were merged since: they come in the order of their publication.
    const segments = reader.segments.written();
    const fresh = segments.filter((segment) => !position.isDone(segment));
    const tookMs = performance.now() - begunMs;
    const begun = new Set(fresh.filter((segment) => position.isBegun(segment)));
    const rest = fresh.filter((segment) => !begun.has(segment));
    for (const segment of [...begun, ...rest.toSorted(inOrder)]) {
      for (const { portion, behind } of position.portionsOf(segment)) {
        const chosen = { segment, among: portionOf(segment, portion) };
        for await (const { item, row } of itemsOf(reader, chosen, selection, filter, behind)) {
          if (signal.aborted) return undefined;
          position.pass(portion, row);
          yield item;
        }
        position.finish(portion);
      }
    }
    if (fresh.length > 0) continue;
    position.keepOnly(knownRuns(reader, segments));
    await sleep(Math.max(pollMs, tookMs * LOOK_SHARE), signal);
  }
  return undefined;
}

/** As a run's process wrote them, merged ones last. */
function inOrder(a: Segment, b: Segment): number {
  const isMerged = ({ replaces }: Segment) => Number(replaces.length > 0);
  const [first, second] = [a.runs[0], b.runs[0]];
  if (isMerged(a) !== isMerged(b) || !first || !second) return isMerged(a) - isMerged(b);
  if (first.runId !== second.runId) return first.runId < second.runId ? -1 : 1;
  return (first.seqs[0] ?? 0) - (second.seqs[0] ?? 0);
}

export function knownRuns(reader: Reader, segments: readonly Segment[]): Set<string> {
  const runIds = new Set(runsIn(segments));
  for (const { runId } of reader.runs.all()) runIds.add(runId);
  return runIds;
}

/** Waits; ends early, and without an error, when the signal says so. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}

/** A segment, and which of its rows. */
interface Chosen {
  readonly segment: Segment;
  readonly among: Conditions;
}

/** Which rows of a segment a portion of it is. */
function portionOf({ runs }: Segment, portion: Portion): Conditions {
  const among = new Conditions("among");
  const isWhole = runs.map(
    ({ runId, seqs }) => without(seqs, portion.get(runId) ?? []).length === 0,
  );
  if (isWhole.every(Boolean)) return among;
  const parts = runs.flatMap(({ runId }, i) => {
    const seqs = portion.get(runId);
    if (!seqs) return [];
    const run = `run_id = ${among.bind(runId)}`;
    if (isWhole[i]) return [run];
    const ranges = [...rangesOf(seqs)].map(([first, last]) => `seq BETWEEN ${first} AND ${last}`);
    return [`(${run} AND (seq IS NULL OR ${ranges.join(" OR ")}))`];
  });
  among.addSql(`(${parts.join(" OR ")})`);
  return among;
}

interface Positioned {
  readonly item: TailItem;
  readonly row: TailRow;
}

/** The rows behind one, page by page. */
async function* itemsOf(
  reader: Reader,
  chosen: Chosen,
  selection: CallSelection,
  filter: TailFilter,
  behind: TailRow | null,
): AsyncGenerator<Positioned> {
  const { segment } = chosen;
  let last = behind;
  if (last?.table !== "exceptions" && segment.tables.calls && selection.mayHold(segment)) {
    for (;;) {
      const page = await readCalls(reader, chosen, selection, last);
      yield* page;
      last = page.at(-1)?.row ?? last;
      if (page.length < PAGE) break;
    }
  }
  if (filter.exceptions !== true || !segment.tables.exceptions) return;
  for (last = last?.table === "exceptions" ? last : null; ;) {
    const page = await readThrown(
      reader,
      chosen,
      { ...filter, run: selection.runId ?? undefined },
      last,
    );
    yield* page;
    last = page.at(-1)?.row ?? last;
    if (page.length < PAGE) break;
  }
}

async function readCalls(
  reader: Reader,
  { segment, among }: Chosen,
  { where }: CallSelection,
  last: TailRow | null,
): Promise<Positioned[]> {
  const behind = behindRow(last, "started_at", "call_id");
  const source = { table: "calls", among: [segment] } as const;
  const rows = await reader.rows({
    sources: { calls: source },
    sql: (from) => `
      SELECT run_id, call_id::DOUBLE AS call_id FROM ${from.calls}
      WHERE ${where.sql()} AND ${among.sql()} AND ${behind.sql()}
      ORDER BY started_at, run_id, call_id LIMIT ${PAGE}`,
    parameters: { ...where.parameters, ...among.parameters, ...behind.parameters },
  });
  const ids = [...rows.numbers("call_id")];
  const runIds = rows.map((row) => row.text("run_id"));
  const calls = await readCallsByIds(reader, runIds, ids, {
    source,
    where,
  });
  return calls.toReversed().map((call) => ({
    item: { kind: "call", call },
    row: {
      table: "calls",
      timeNs: String(parseTime(call.startedAt, "time")),
      runId: call.runId,
      id: call.callId,
    },
  }));
}

async function readThrown(
  reader: Reader,
  { segment, among }: Chosen,
  filter: TailFilter,
  last: TailRow | null,
): Promise<Positioned[]> {
  const { function: name, file, since, until, run, trace, thread } = filter;
  const common = { function: name, file, since, until, run, trace, thread };
  const { where, choose } = selectExceptions(reader, common);
  const behind = behindRow(last, "thrown_at", "exception_id");
  const rows = await reader.rows({
    sources: { exceptions: { table: "exceptions", choose, among: [segment] } },
    sql: (from) => `
      ${exceptionsQuery(`FROM ${from.exceptions} WHERE ${where.sql()} AND ${among.sql()} AND ${behind.sql()}`)}
      ORDER BY thrown_at, run_id, exception_id LIMIT ${PAGE}`,
    parameters: { ...where.parameters, ...among.parameters, ...behind.parameters },
  });
  return readExceptions(rows).map((exception: RecordedException) => ({
    item: { kind: "exception", exception },
    row: {
      table: "exceptions",
      timeNs: String(parseTime(exception.thrownAt, "time")),
      runId: exception.runId,
      id: exception.exceptionId,
    },
  }));
}

function behindRow(last: TailRow | null, time: string, id: string): Conditions {
  const behind = new Conditions("behind");
  if (!last) return behind;
  const timeNs = BigInt(last.timeNs);
  behind.add(
    `(${time} > make_timestamp_ns(?) OR (${time} = make_timestamp_ns(?)
      AND (run_id > ? OR (run_id = ? AND ${id} > ?))))`,
    timeNs,
    timeNs,
    last.runId,
    last.runId,
    last.id,
  );
  return behind;
}
