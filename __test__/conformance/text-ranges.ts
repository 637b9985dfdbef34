/**
 * Ranges of a text that lie in each other, each with a value.
 *
 *     valueAt([{ start: 0, end: 9, value: "a" }, { start: 2, end: 4, value: "b" }])(3) // "b"
 */

/** Offsets, and what is between them. */
export interface TextRange<T> {
  readonly start: number;
  readonly end: number;
  readonly value: T;
}

/** Tells the value of the innermost range at an offset. Of two with the same text the latter is the inner one. */
export function valueAt<T>(ranges: readonly TextRange<T>[]): (offset: number) => T | undefined {
  const sorted = ranges
    .map((range, order) => ({ range, order }))
    .toSorted(
      (a, b) => a.range.start - b.range.start || b.range.end - a.range.end || a.order - b.order,
    );
  const starts: number[] = [-1];
  const values: (T | undefined)[] = [undefined];
  const push = (start: number, value: T | undefined): void => {
    starts.push(start);
    values.push(value);
  };
  const open: TextRange<T>[] = [];
  const closeUpTo = (offset: number): void => {
    for (let top = open.at(-1); top !== undefined && top.end <= offset; top = open.at(-1)) {
      open.pop();
      push(top.end, open.at(-1)?.value);
    }
  };
  for (const { range } of sorted) {
    closeUpTo(range.start);
    open.push(range);
    push(range.start, range.value);
  }
  closeUpTo(Infinity);
  return (offset) => values[lastUpTo(starts, offset)];
}

/** Index of the last start at or before an offset: binary search. */
export function lastUpTo(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low;
}
