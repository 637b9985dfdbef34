/**
 * What a tail has handed out: which segments of each run, and how far into the next ones.
 *
 *     const position = TailPosition.now(segments);
 *     for (const { portion, behind } of position.portionsOf(segment)) {
 *       position.pass(portion, row);      // each row of the portion
 *       position.finish(portion);
 *     }
 *     TailPosition.parse(position.toString())   // the same
 *
 * Segments are known by their numbers in their runs, whatever they are merged into. What is begun is
 * finished before the rest, so that one row tells how far it came. Limits: as a text it has about 50
 * bytes for each run of the store.
 */
import { BreadcrumbError } from "../errors";
import type { Segment } from "./segment-summary";
import { common, type SeqRanges, union, without } from "./seq-ranges";

/** A row, by its sort key. */
export interface TailRow {
  readonly table: "calls" | "exceptions";
  /** Nanoseconds since 1970, as digits. */
  readonly timeNs: string;
  readonly runId: string;
  readonly id: number;
}

/** Rows of a segment: those of some runs that were published with segments of these numbers. */
export type Portion = ReadonlyMap<string, SeqRanges>;

/** What is to be handed out of a segment, without what stands up to a row. */
export interface PortionToRead {
  readonly portion: Portion;
  readonly behind: TailRow | null;
}

/** See the file. */
export class TailPosition {
  readonly #done = new Map<string, SeqRanges>();
  #begun: { readonly portion: Portion; readonly row: TailRow } | null = null;

  /** All that these segments hold is handed out, and what was published before. */
  static now(segments: readonly Segment[]): TailPosition {
    const position = new TailPosition();
    for (const { runId, seqs } of segments.flatMap(({ runs }) => runs)) {
      const last = seqs.at(-1);
      if (last !== undefined) position.#add(new Map([[runId, [0, last]]]));
    }
    return position;
  }

  /** Reads a text. Throws `BC_ERR_BAD_OPTION`. */
  static parse(text: string): TailPosition {
    try {
      const [kind, done, begun] = JSON.parse(Buffer.from(text, "base64url").toString()) as [
        unknown,
        unknown,
        { portion: unknown; row: TailRow } | null,
      ];
      if (kind === KIND) {
        const position = new TailPosition();
        position.#add(checkPortion(done));
        if (begun) {
          position.#begun = { portion: checkPortion(begun.portion), row: checkRow(begun.row) };
        }
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
  isDone(segment: Segment): boolean {
    return this.#restOf(segment).size === 0;
  }

  /** Whether a segment has more of what is begun. */
  isBegun(segment: Segment): boolean {
    return this.portionsOf(segment).some(({ behind }) => behind !== null);
  }

  /** What is to be handed out of a segment, in this order. */
  portionsOf(segment: Segment): readonly PortionToRead[] {
    const rest = this.#restOf(segment);
    if (!this.#begun) return rest.size === 0 ? [] : [{ portion: rest, behind: null }];
    const { portion, row } = this.#begun;
    const begun = combine(rest, portion, common);
    const portions = [
      { portion: begun, behind: row },
      { portion: combine(rest, begun, without), behind: null },
    ];
    return portions.filter((part) => part.portion.size > 0);
  }

  /** A row of a portion is handed out. */
  pass(portion: Portion, row: TailRow): void {
    this.#begun = { portion, row };
  }

  /** All of a portion is handed out. */
  finish(portion: Portion): void {
    this.#add(portion);
    if (!this.#begun) return;
    const left = combine(this.#begun.portion, portion, without);
    this.#begun = left.size === 0 ? null : { ...this.#begun, portion: left };
  }

  /** Forgets runs that are no longer there. */
  keepOnly(runIds: ReadonlySet<string>): void {
    for (const runId of this.#done.keys()) if (!runIds.has(runId)) this.#done.delete(runId);
  }

  /** As a cursor. */
  toString(): string {
    const begun = this.#begun && {
      portion: Object.fromEntries(this.#begun.portion),
      row: this.#begun.row,
    };
    const parts = [KIND, Object.fromEntries(this.#done), begun];
    return Buffer.from(JSON.stringify(parts)).toString("base64url");
  }

  #restOf({ runs }: Segment): Portion {
    const parts = new Map(runs.map(({ runId, seqs }) => [runId, seqs]));
    return combine(parts, this.#done, without);
  }

  #add(portion: Portion): void {
    for (const [runId, seqs] of portion) {
      this.#done.set(runId, union(this.#done.get(runId) ?? [], seqs));
    }
  }
}

/** What the first part of a cursor says. */
const KIND = "tail 2";

/** The runs of `a`, each with what it has there and in `b` combined; none that has nothing then. */
function combine(a: Portion, b: Portion, how: (a: SeqRanges, b: SeqRanges) => SeqRanges): Portion {
  const combined = new Map<string, SeqRanges>();
  for (const [runId, seqs] of a) {
    const found = how(seqs, b.get(runId) ?? []);
    if (found.length > 0) combined.set(runId, found);
  }
  return combined;
}

function checkPortion(value: unknown): Portion {
  const runs = Object.entries(value as Record<string, unknown>);
  return new Map(
    runs.map(([runId, seqs]) => {
      if (!Array.isArray(seqs) || seqs.length % 2 !== 0) throw new RangeError("no ranges");
      return [runId, seqs.map(whole)];
    }),
  );
}

function checkRow(row: TailRow): TailRow {
  const isTable = row.table === "calls" || row.table === "exceptions";
  if (!isTable || !/^-?\d{1,19}$/.test(row.timeNs)) throw new RangeError("no row");
  return {
    table: row.table,
    timeNs: row.timeNs,
    runId: String(row.runId),
    id: whole(row.id),
  };
}

function whole(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new RangeError("no whole number");
  return value as number;
}
