/**
 * Recorded text without anything that acts on a terminal or hides from a reader.
 *
 *     cleanText("a\u001B[2Jb\u202Ec")   // "abc"
 *     cleanDeep({ "k\u0007": ["\u001B]0;title\u0007x"] })   // { k: ["x"] }
 *     oneLine("a\nb")                   // "a\\nb"
 *
 * Escape sequences go whole, then control characters, marks that turn the direction of text, and
 * characters without width: in these, instructions can be hidden from the person who looks on.
 * Limits: what a text says is left as it is; answers mark it as data.
 */

/** CSI, OSC and other strings with their ends, and two-character escapes; in 7 and in 8 bits. */
const SEQUENCES =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]?|(?:\u001B[\]PX^_]|[\u009D\u0090\u0098\u009E\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?|\u001B[ -/]*[0-~]?/g;
/**
 * Controls but tab and line feed, what turns the direction, has no width, selects a variant or is a tag,
 * and halves of a pair.
 */
const UNSEEN =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]|\p{Default_Ignorable_Code_Point}|\p{Bidi_Control}|[\u2028\u2029\uFFF9-\uFFFB]|\p{Cs}/gu;

/** Characters that are looked at of a text that is cut, by the bytes that are kept. */
export const LOOK_AHEAD = 8;
/** Bytes of `…`. */
const ELLIPSIS_BYTES = 3;

/** The text, cleaned. */
export function cleanText(text: string): string {
  return text.replaceAll(SEQUENCES, "").replaceAll(UNSEEN, "");
}

/** The text, cleaned, in one line. */
export function oneLine(text: string): string {
  return cleanText(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

/** Bytes of a text in JSON, without its quotes. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

/** The text in one line, or its beginning and `…`: in at most so many bytes of JSON. */
export function short(text: string, mostBytes: number): string {
  // What is much further back than the cut is not even cleaned.
  const near = text.slice(0, mostBytes * LOOK_AHEAD);
  const line = oneLine(near);
  if (near.length === text.length && jsonBytes(line) <= mostBytes) return line;
  return `${beginning(line, mostBytes - ELLIPSIS_BYTES)}…`;
}

/** The beginning of a text that has at most so many bytes in JSON. */
export function beginning(text: string, mostBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += characterBytes(character.codePointAt(0) as number);
    if (bytes > mostBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Bytes of a character in JSON, half a pair apart, which cleaning takes out. */
function characterBytes(code: number): number {
  if (code < 0x20) return code === 9 || code === 10 || code === 13 ? 2 : 6;
  if (code === 0x22 || code === 0x5c) return 2;
  if (code < 0x80) return 1;
  return code < 0x8_00 ? 2 : code < 0x1_00_00 ? 3 : 4;
}

/** A plain value with every text in it cleaned, names included. */
export function cleanDeep<T>(value: T): T {
  if (typeof value === "string") return cleanText(value) as T;
  if (Array.isArray(value)) return value.map((item) => cleanDeep(item as unknown)) as T;
  if (typeof value !== "object" || value === null) return value;
  const clean: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const key = cleanText(name);
    // "__proto__" as a name is a value like others.
    Object.defineProperty(clean, key, {
      value: cleanDeep(item),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return clean as T;
}
