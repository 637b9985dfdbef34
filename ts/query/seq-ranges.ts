/**
 * Numbers of a run's segments, as ranges: `[3, 5, 9, 9]` is 3, 4, 5 and 9.
 *
 *     union([3, 3], [4, 5]);         // [3, 5]
 *     without([3, 9], [4, 5]);       // [3, 3, 6, 9]
 */

/** The first and the last of each range, ascending. */
export type SeqRanges = readonly number[];

/** The ranges one by one. */
export function* rangesOf(seqs: SeqRanges): Generator<readonly [first: number, last: number]> {
  for (let i = 0; i < seqs.length; i += 2) yield [seqs[i] as number, seqs[i + 1] as number];
}

/** What is in either. */
export function union(a: SeqRanges, b: SeqRanges): SeqRanges {
  const ranges = [...rangesOf(a), ...rangesOf(b)].toSorted(([x], [y]) => x - y);
  const found: number[] = [];
  for (const [first, last] of ranges) {
    const end = found.length - 1;
    if (end > 0 && first <= (found[end] as number) + 1) {
      found[end] = Math.max(found[end] as number, last);
    } else found.push(first, last);
  }
  return found;
}

/** What is in `a` and not in `b`. */
export function without(a: SeqRanges, b: SeqRanges): SeqRanges {
  let rest = [...rangesOf(a)];
  for (const [first, last] of rangesOf(b)) {
    rest = rest.flatMap(([from, to]): (readonly [number, number])[] => {
      if (last < from || first > to) return [[from, to]];
      const pieces = [[from, first - 1] as const, [last + 1, to] as const];
      return pieces.filter(([start, end]) => start <= end);
    });
  }
  return rest.flat();
}

/** What is in both. */
export function common(a: SeqRanges, b: SeqRanges): SeqRanges {
  return without(a, without(a, b));
}
