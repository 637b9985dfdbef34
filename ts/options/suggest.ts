/**
 * The word that was meant: `suggest("lst", ["list", "show"])` → `"list"`.
 */

/** The nearest of `words`, if it is near; undefined otherwise. */
export function suggest(word: string, words: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const starts = words.filter((candidate) => candidate.startsWith(wanted));
  if (wanted.length > 1 && starts.length === 1) return starts[0];
  const near = words
    .map((candidate) => [candidate, distance(wanted, candidate)] as const)
    .toSorted((a, b) => a[1] - b[1])[0];
  // A third of the letters may differ: beyond that a guess confuses.
  return near && near[1] <= Math.max(1, Math.floor(wanted.length / 3)) ? near[0] : undefined;
}

/** Edits between two words (Levenshtein; a swap of neighbours counts one). */
export function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const above = rows[i - 1] as number[];
      let best = Math.min((above[j] as number) + 1, (row[j - 1] as number) + 1);
      best = Math.min(best, (above[j - 1] as number) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, ((rows[i - 2] as number[])[j - 2] as number) + 1);
      }
      row.push(best);
    }
    rows.push(row);
  }
  return (rows[a.length] as number[])[b.length] as number;
}
