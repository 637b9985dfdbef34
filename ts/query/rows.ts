/**
 * Rows of a query of ours, by column.
 *
 *     rows.numbers("duration_ns")[0]     // NaN where it is null
 *     rows.row(0).text("function")
 *
 * Limits: columns are DOUBLE, VARCHAR or INTEGER; the query casts to these.
 */

/** A column: of type DOUBLE as numbers, of others as values. */
export type ColumnValues = Float64Array | readonly unknown[];

/** Rows by column. */
export class Rows {
  readonly count: number;
  readonly #columns: ReadonlyMap<string, ColumnValues>;

  constructor(count: number, columns: ReadonlyMap<string, ColumnValues>) {
    this.count = count;
    this.#columns = columns;
  }

  /** A column of type DOUBLE: null is NaN. */
  numbers(name: string): Float64Array {
    const values = this.values(name);
    if (values instanceof Float64Array) return values;
    throw new RangeError(`column ${name} is not of type DOUBLE`);
  }

  /** A column of texts. */
  texts(name: string): readonly (string | null)[] {
    return this.values(name) as readonly (string | null)[];
  }

  /** One row. */
  row(index: number): Row {
    return new Row(this, index);
  }

  /** What `read` makes of each row. */
  map<T>(read: (row: Row) => T): T[] {
    return Array.from({ length: this.count }, (_, index) => read(new Row(this, index)));
  }

  /** A column as it came. */
  values(name: string): ColumnValues {
    const values = this.#columns.get(name);
    if (!values) throw new RangeError(`the query has no column ${name}`);
    return values;
  }
}

/** A row. */
export class Row {
  readonly #rows: Rows;
  readonly #index: number;

  constructor(rows: Rows, index: number) {
    this.#rows = rows;
    this.#index = index;
  }

  /** A number that is never null. */
  number(name: string): number {
    return this.#rows.values(name)[this.#index] as number;
  }

  /** A number or null. */
  numberOrNull(name: string): number | null {
    const value = this.number(name);
    return Number.isNaN(value) ? null : value;
  }

  /** A text that is never null. */
  text(name: string): string {
    return this.#rows.values(name)[this.#index] as string;
  }

  /** A text or null. */
  textOrNull(name: string): string | null {
    return this.#rows.values(name)[this.#index] as string | null;
  }
}
