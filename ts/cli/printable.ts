/**
 * Recorded text made safe for a terminal, and cut to a width.
 *
 *     printable("a\u001B[2Jb")   // "a\\x1b[2Jb"
 *     cut("a long text", 6)      // "a lon…"
 *     cutStart("src/main.js", 8) // "…main.js"
 *     wrap("one two three", 8, "- ")   // ["- one", "  two", "  three"]
 *
 * A traced program's strings are not ours: control characters in them could move the cursor or
 * rewrite what stands above. Limits: widths count UTF-16 units, not columns.
 */

// Controls of both ranges, line and paragraph separators, and marks that turn the direction.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNSAFE = /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;
const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The text in one line, without anything that a terminal acts on. */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, (character) => {
    const code = character.charCodeAt(0);
    const hex = code.toString(16);
    return NAMED[character] ?? (code < 256 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex}`);
  });
}

/** The text, or its beginning and `…`. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  // Not in the middle of a surrogate pair.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(width - 2)) ? width - 2 : width - 1;
  return `${text.slice(0, Math.max(0, end))}…`;
}

/** The text, or `…` and its end: for paths. */
export function cutStart(text: string, width: number): string {
  if (text.length <= width) return text;
  const start = text.length - width + 1;
  return `…${text.slice(/[\uDC00-\uDFFF]/.test(text.charAt(start)) ? start + 1 : start)}`;
}

/**
 * The text behind `first`, in lines of at most `width`, those that go on set in by `indent`. A word that
 * is longer stays whole.
 */
export function wrap(
  text: string,
  width: number,
  first = "",
  indent = " ".repeat(first.length),
): string[] {
  const lines: string[] = [];
  let at = first;
  for (const [i, word] of text.split(" ").entries()) {
    if (i > 0 && at.length + word.length > width) {
      lines.push(at.trimEnd());
      at = indent;
    }
    at += `${word} `;
  }
  return [...lines, at.trimEnd()];
}
