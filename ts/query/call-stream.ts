/**
 * The calls of a run or trace in the order of entry, as numbers, with a view ahead.
 *
 *     const stream = new CallStream(reader, side);
 *     while (await stream.ready()) { stream.get("place", 0); stream.skip(1); }
 *
 * In a run the calls of a thread stand together. What is compared stands as hashes of 52 bits, values
 * without the numbers of their objects. Limits: memory for a batch and `AHEAD` calls.
 */
import { conditionsOf, type Side, sourceOf } from "./diff-side";
import { type IdRange, type IdRanges, idRanges, mayHoldRange } from "./id-ranges";
import { withoutObjectIdsSql } from "./object-ids";
import type { Reader } from "./reader";
import type { Rows } from "./rows";
import { ARGUMENTS_TEXT, RESULT_TEXT } from "./value-conditions";

/** Calls that can be looked at ahead. */
export const AHEAD = 256;
/** Calls that are read at once: 12 MB. */
const BATCH = 250_000;

const COLUMNS = ["call", "place", "depth", "status", "arguments", "result"] as const;
/** `place`: the function by name and file, since lines move from version to version. */
type Column = (typeof COLUMNS)[number];
const SELECT = `
  call_id::DOUBLE AS call, (hash(function, file) >> 12)::DOUBLE AS place, depth::DOUBLE AS depth,
  CASE status WHEN 'returned' THEN 0 WHEN 'threw' THEN 1 ELSE 2 END::DOUBLE AS status,
  (hash(${withoutObjectIdsSql(ARGUMENTS_TEXT)}) >> 12)::DOUBLE AS arguments,
  (hash(${withoutObjectIdsSql(RESULT_TEXT)}) >> 12)::DOUBLE AS result`;

/** See the file. */
export class CallStream {
  /** Calls before the first that `get` sees. */
  position = 0;
  readonly #reader: Reader;
  readonly #side: Side;
  readonly #ids: IdRanges;
  readonly #ranges: AsyncGenerator<IdRange>;
  #columns: Readonly<Record<Column, Float64Array>> = emptyColumns();
  #at = 0;
  #ended = false;

  constructor(reader: Reader, side: Side) {
    this.#reader = reader;
    this.#side = side;
    this.#ids = {
      runId: side.runId,
      column: "call_id",
      width: BATCH,
      rootId: side.rootId ?? undefined,
    };
    this.#ranges = idRanges(reader, this.#ids);
  }

  /** Reads on until `AHEAD` calls can be seen, or all that are left. Whether there are any. */
  async ready(): Promise<boolean> {
    while (this.ahead < AHEAD && !this.#ended) {
      const next = await this.#ranges.next();
      if (next.done) this.#ended = true;
      else this.#append(await this.#read(next.value));
    }
    return this.ahead > 0;
  }

  /** Calls that can be seen. */
  get ahead(): number {
    return this.#columns.call.length - this.#at;
  }

  /** A column of the call `i` places ahead. */
  get(column: Column, i: number): number {
    return this.#columns[column][this.#at + i] as number;
  }

  /** Goes on by some calls. */
  skip(calls: number): void {
    this.#at += calls;
    this.position += calls;
  }

  #append(rows: Rows): void {
    const at = this.#at;
    this.#at = 0;
    this.#columns = columnsOf((column) => {
      const rest = this.#columns[column].subarray(at);
      const more = rows.numbers(column);
      if (rest.length === 0) return more;
      const both = new Float64Array(rest.length + more.length);
      both.set(rest);
      both.set(more, rest.length);
      return both;
    });
  }

  #read(range: IdRange): Promise<Rows> {
    const where = conditionsOf(this.#side, "side");
    where.add("call_id BETWEEN ? AND ?", range.first, range.last);
    const { table, choose } = sourceOf(this.#side, "calls");
    return this.#reader.rows({
      sources: {
        calls: { table, choose: (s) => choose?.(s) === true && mayHoldRange(s, this.#ids, range) },
      },
      sql: (from) => `SELECT ${SELECT} FROM ${from.calls} WHERE ${where.sql()} ORDER BY call_id`,
      parameters: where.parameters,
    });
  }
}

function columnsOf(make: (column: Column) => Float64Array): Record<Column, Float64Array> {
  const made = COLUMNS.map((column) => [column, make(column)] as const);
  return Object.fromEntries(made) as Record<Column, Float64Array>;
}

function emptyColumns(): Record<Column, Float64Array> {
  return columnsOf(() => new Float64Array(0));
}
