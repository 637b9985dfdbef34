/**
 * The words that are nearest to one: `nearestWords("lst", ["list", "show"], 1)` → `["list"]`.
 */

/** At most `most` of `words`, the nearest first; those in which the word stands, or that are few edits away. */
export function nearestWords(word: string, words: readonly string[], most: number): string[] {
  const wanted = word.toLowerCase();
  const bound = Math.max(2, Math.floor(wanted.length / 2));
  return words
    .map((candidate) => {
      const lower = candidate.toLowerCase();
      // A part of it was given, or more than it.
      const holds = wanted.length > 2 && (lower.includes(wanted) || wanted.includes(lower));
      return [candidate, holds ? 0.5 : editDistance(wanted, lower, bound)] as const;
    })
    .filter(([, distance]) => distance <= bound)
    .toSorted((a, b) => a[1] - b[1] || a[0].length - b[0].length)
    .slice(0, most)
    .map(([candidate]) => candidate);
}

/** Edits between two words (Levenshtein), or more than `bound`. */
function editDistance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) > bound) return bound + 1;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(
        Math.min(
          (row[j] as number) + 1,
          (next[j - 1] as number) + 1,
          (row[j - 1] as number) + cost,
        ),
      );
    }
    if (Math.min(...next) > bound) return bound + 1;
    row = next;
  }
  return row[b.length] as number;
}
