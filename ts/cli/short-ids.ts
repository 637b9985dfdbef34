/**
 * Run ids cut to what tells them apart: `019ab3c4-…` → `019ab3c4`.
 *
 *     const ids = new ShortIds(runs);
 *     ids.trace("019ab3c4-…-2N9C")   // "019ab3c4-2N9C"
 *
 * Limits: short for the runs there are now; a later run may begin alike.
 */

import type { Store } from "../query/index";

/** The least of an id that is shown. */
const LEAST = 8;

/** Short ids for some runs. */
export class ShortIds {
  readonly #short = new Map<string, string>();

  constructor(runIds: Iterable<string>) {
    const sorted = [...new Set(runIds)].toSorted();
    for (const [i, id] of sorted.entries()) {
      const shared = Math.max(sharedLength(id, sorted[i - 1]), sharedLength(id, sorted[i + 1]));
      let length = Math.max(LEAST, shared + 1);
      // A dash at the end would be taken for the one before the trace's number.
      if (id[length - 1] === "-") length += 1;
      this.#short.set(id, id.slice(0, length));
    }
  }

  /** A run's. */
  run(runId: string): string {
    return this.#short.get(runId) ?? runId;
  }

  /** The whole ids in a text, cut as well. */
  shorten(text: string): string {
    let shortened = text;
    for (const [id, short] of this.#short) shortened = shortened.replaceAll(id, short);
    return shortened;
  }

  /** A trace's. */
  trace(traceId: string): string {
    const dash = traceId.lastIndexOf("-");
    return `${this.run(traceId.slice(0, dash))}${traceId.slice(dash)}`;
  }
}

/** Those of a store's runs. */
export async function shortIdsOf(store: Store): Promise<ShortIds> {
  return new ShortIds((await store.runs()).map(({ runId }) => runId));
}

function sharedLength(a: string, b: string | undefined): number {
  if (b === undefined) return 0;
  let length = 0;
  while (length < a.length && a[length]?.toLowerCase() === b[length]?.toLowerCase()) length += 1;
  return length;
}
