/**
 * What a tail has handed out: which segments of each run, and how far into the next one.
 *
 *     const position = TailPosition.now(segments);
 *     position.isDone(segment); position.finish(segment);
 *     TailPosition.parse(position.toString())   // the same
 *
 * A run's segments have numbers in the order of their publication, but a listing may show one before
 * an earlier one (on another day's folder): so numbers are kept, not only the highest. Limits: as a
 * text it has about 50 bytes for each run of the store.
 */
import { BreadcrumbError } from "../errors";
import type { Segment } from "./segment-summary";

/** A segment that this many later ones have overtaken is no longer waited for. */
const MAX_OVERTAKEN = 1000;

/** A row of a segment, by its sort key. */
export interface TailRow {
  readonly table: "calls" | "exceptions";
  /** Nanoseconds since 1970, as digits. */
  readonly timeNs: string;
  readonly id: number;
}

/** The segment that is being handed out, and its last row that was. */
interface BegunSegment {
  readonly name: string;
  readonly row: TailRow;
}

/** The segments of a run: all below a number, and some above. */
interface Done {
  below: number;
  above: Set<number>;
}

/** See the file. */
export class TailPosition {
  readonly #runs = new Map<string, Done>();
  #begun: BegunSegment | null = null;

  /** All that these segments hold is handed out. */
  static now(segments: readonly Segment[]): TailPosition {
    const position = new TailPosition();
    for (const { runId, seqs } of segments.flatMap(({ runs }) => runs)) {
      const done = position.#done(runId);
      done.below = Math.max(done.below, (seqs.at(-1) ?? -1) + 1);
    }
    return position;
  }

  /** Reads a text. Throws `BC_ERR_BAD_OPTION`. */
  static parse(text: string): TailPosition {
    try {
      const [kind, runs, begun] = JSON.parse(Buffer.from(text, "base64url").toString()) as [
        unknown,
        Record<string, unknown[]>,
        BegunSegment | null,
      ];
      if (kind === "tail") {
        const position = new TailPosition();
        for (const [runId, [below, ...above]] of Object.entries(runs)) {
          position.#runs.set(runId, { below: whole(below), above: new Set(above.map(whole)) });
        }
        if (begun) position.#begun = { name: String(begun.name), row: checkRow(begun.row) };
        return position;
      }
    } catch {
      // Told below, together with cursors of other questions.
    }
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `from is not the cursor of a tail: got ${JSON.stringify(text)}`,
    );
  }

  /** Whether all of a segment is handed out. */
  isDone({ runs }: Segment): boolean {
    return runs.every(({ runId, seqs }) => {
      const done = this.#runs.get(runId);
      return done !== undefined && numbers(seqs, done.below).every((seq) => done.above.has(seq));
    });
  }

  /** The last row of a segment that was handed out; null for none of it. */
  lastOf(segment: Segment): TailRow | null {
    return this.#begun?.name === segment.name ? this.#begun.row : null;
  }

  /** A row of a segment is handed out. */
  pass(segment: Segment, row: TailRow): void {
    this.#begun = { name: segment.name, row };
  }

  /** All of a segment is handed out. */
  finish(segment: Segment): void {
    for (const { runId, seqs } of segment.runs) {
      const done = this.#done(runId);
      const last = seqs.at(-1) ?? -1;
      if (last - done.below > MAX_OVERTAKEN) done.below = last - MAX_OVERTAKEN;
      for (const seq of numbers(seqs, done.below)) done.above.add(seq);
      for (const seq of done.above) if (seq < done.below) done.above.delete(seq);
      while (done.above.delete(done.below)) done.below++;
    }
    if (this.#begun?.name === segment.name) this.#begun = null;
  }

  /** Forgets runs that are no longer there. */
  keepOnly(runIds: ReadonlySet<string>): void {
    for (const runId of this.#runs.keys()) if (!runIds.has(runId)) this.#runs.delete(runId);
  }

  /** As a cursor. */
  toString(): string {
    const runs = [...this.#runs].map(([runId, { below, above }]) => [runId, [below, ...above]]);
    const parts = ["tail", Object.fromEntries(runs), this.#begun];
    return Buffer.from(JSON.stringify(parts)).toString("base64url");
  }

  #done(runId: string): Done {
    const known = this.#runs.get(runId) ?? { below: 0, above: new Set() };
    this.#runs.set(runId, known);
    return known;
  }
}

/** The whole numbers of ranges that are not below another one. */
function numbers(seqs: readonly number[], least: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < seqs.length; i += 2) {
    const last = seqs[i + 1] as number;
    for (let seq = Math.max(seqs[i] as number, least); seq <= last; seq++) found.push(seq);
  }
  return found;
}

function checkRow(row: TailRow): TailRow {
  const isTable = row.table === "calls" || row.table === "exceptions";
  if (!isTable || !/^-?\d{1,19}$/.test(row.timeNs)) throw new RangeError("no row");
  return { table: row.table, timeNs: row.timeNs, id: whole(row.id) };
}

function whole(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new RangeError("no whole number");
  return value as number;
}
