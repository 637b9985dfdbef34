/**
 * What came into a store, as it comes.
 *
 *     for await (const change of storeChanges(reader, { signal })) {
 *       if (change.hasNewRuns || change.touchesRun(runId)) refreshList();
 *     }
 *
 * Looks at summaries alone, so it costs no database however much is written. Limits: of traces and
 * functions it says that they may have new calls: a summary has ranges and hashes.
 */
import { checkWhole } from "./conditions";
import type { Reader } from "./reader";
import { resolveTraceId } from "./resolve-trace";
import { holdsRun, mayCall, mayHoldTrace } from "./segment-choice";
import type { Segment } from "./segment-summary";
import { knownRuns, sleep } from "./tail";

/** How to look. */
export interface ChangesOptions {
  /** How often to look. @default 250 */
  readonly pollMs?: number | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_POLL_MS = 250;
const MOST_POLL_MS = 3_600_000;

/** What came since the last look. */
export class StoreChange {
  /** Runs that were not there before. */
  readonly hasNewRuns: boolean;
  readonly #reader: Reader;
  readonly #segments: readonly Segment[];
  readonly #runIds: ReadonlySet<string>;

  constructor(
    reader: Reader,
    segments: readonly Segment[],
    runIds: ReadonlySet<string>,
    hasNewRuns: boolean,
  ) {
    this.#reader = reader;
    this.#segments = segments;
    this.#runIds = runIds;
    this.hasNewRuns = hasNewRuns;
  }

  /** Whether a run (an id, a prefix, `latest`) has new rows or another record. */
  touchesRun(run: string): boolean {
    return this.#known(() => {
      const runId = this.#reader.resolveRun(run);
      return this.#runIds.has(runId) || this.#segments.some((s) => holdsRun(s, runId));
    });
  }

  /** Whether a trace may have new calls; `latest` has with any. */
  mayTouchTrace(trace: string): boolean {
    if (trace === "latest") return this.#segments.length > 0;
    return this.#known(() => {
      const { runId, rootId } = resolveTraceId(this.#reader, trace);
      return this.#segments.some((segment) => mayHoldTrace(segment, runId, rootId));
    });
  }

  /** Whether a function (`*` in its name stands for any characters) may have new calls. */
  mayTouchFunction(name: string): boolean {
    return this.#segments.some(mayCall(name));
  }

  /** What is not in the store has no news. */
  #known(ask: () => boolean): boolean {
    try {
      return ask();
    } catch {
      return false;
    }
  }
}

/** The changes from now on. Throws `BC_ERR_BAD_OPTION`, and `BC_ERR_STOPPED` once the store is closed. */
export async function* storeChanges(
  reader: Reader,
  options: ChangesOptions = {},
): AsyncGenerator<StoreChange, undefined> {
  const pollMs = checkWhole("pollMs", options.pollMs ?? DEFAULT_POLL_MS, 1, MOST_POLL_MS);
  const signal = options.signal ?? new AbortController().signal;
  reader.refresh();
  let segments = new Set(reader.segments.all());
  let records = new Set(reader.runs.all());
  let runIds = knownRuns(reader, reader.segments.all());
  while (!signal.aborted) {
    await sleep(pollMs, signal);
    if (signal.aborted) return undefined;
    reader.refresh();
    const fresh = reader.segments.all().filter((segment) => !segments.has(segment));
    const changed = reader.runs.all().filter((record) => !records.has(record));
    segments = new Set(reader.segments.all());
    records = new Set(reader.runs.all());
    if (fresh.length === 0 && changed.length === 0) continue;
    const now = knownRuns(reader, reader.segments.all());
    const hasNewRuns = [...now].some((runId) => !runIds.has(runId));
    runIds = now;
    yield new StoreChange(reader, fresh, new Set(changed.map(({ runId }) => runId)), hasNewRuns);
  }
  return undefined;
}
