/**
 * Where a function is, as people write it: `src/cart.js:12`; of a span, which is in no file, what it is of: `node:http`.
 */

/** A function's place. */
export interface Place {
  /** null where it is not known. */
  readonly file: string | null;
  /** From 1; 0 of a span. */
  readonly line: number | null;
}

/** A place as a text; an empty one where it is not known. */
export function placeText({ file, line }: Place): string {
  return line === 0 || line === null || file === null ? (file ?? "") : `${file}:${line}`;
}
