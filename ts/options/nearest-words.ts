/**
 * The words that are nearest to one: `nearestWords("lst", ["list", "show"], 1)` → `["list"]`.
 */
import { distance } from "./suggest";

/** At most `most` of `words`, the nearest first; those in which the word stands, or that are few edits away. */
export function nearestWords(word: string, words: readonly string[], most: number): string[] {
  const wanted = word.toLowerCase();
  const bound = Math.max(2, Math.floor(wanted.length / 2));
  return words
    .map((candidate) => {
      const lower = candidate.toLowerCase();
      // A part of it was given, or more than it.
      const holds = wanted.length > 2 && (lower.includes(wanted) || wanted.includes(lower));
      return [candidate, holds ? 0.5 : distance(wanted, lower)] as const;
    })
    .filter(([, edits]) => edits <= bound)
    .toSorted((a, b) => a[1] - b[1] || a[0].length - b[0].length)
    .slice(0, most)
    .map(([candidate]) => candidate);
}
