/**
 * A block of ours between two marks in a text of others: put in, brought up to date, taken out, the rest
 * left byte by byte.
 *
 *     putBlock("# Rules\n", "Use breadcrumb.", MARKDOWN, "CLAUDE.md")
 *     // "# Rules\n\n<!-- breadcrumb: begin … -->\nUse breadcrumb.\n<!-- breadcrumb: end -->\n"
 *
 * Limits: it stands at the end unless it is moved; a text that had no line break at its end gets the block
 * without one, which tells the two apart when it is taken out.
 */
import { BreadcrumbError } from "../../errors";

/** How a comment begins and ends. */
export interface CommentMarks {
  readonly open: string;
  readonly close: string;
}

/** Of Markdown. */
export const MARKDOWN: CommentMarks = { open: "<!-- ", close: " -->" };
/** Of TOML. */
export const TOML: CommentMarks = { open: "# ", close: "" };

const BEGIN = "breadcrumb: begin (by `breadcrumb init`; what is changed in here is lost)";
const END = "breadcrumb: end";
/** What finds a mark, also one of an older version. */
const BEGINS = "breadcrumb: begin";

/** The text with the block: at its end, or in the place of the one that is there. */
export function putBlock(
  text: string | null,
  body: string,
  marks: CommentMarks,
  file: string,
): string {
  if (text === null) return `${block(body, marks, "\n")}\n`;
  const line = text.includes("\r\n") ? "\r\n" : "\n";
  const own = block(body, marks, line);
  const place = blockIn(text, marks, file);
  if (place) return text.slice(0, place.start) + own + text.slice(place.end);
  return text.endsWith("\n") ? `${text}${line}${own}${line}` : `${text}${line}${line}${own}`;
}

/** The text without the block; null if it has nothing else and so came with it. */
export function takeBlock(text: string, marks: CommentMarks, file: string): string | null {
  const place = blockIn(text, marks, file);
  if (!place) return text;
  const after = text.slice(place.end);
  if (place.start === 0 && /^\r?\n$/.test(after)) return null;
  const lead = after === "" ? /(?:\r?\n){1,2}$/ : /(?<=\n)\r?\n$/;
  return text.slice(0, place.start).replace(lead, "") + after.replace(/^\r?\n/, "");
}

/** Whether there is a block. Throws `BC_ERR_BAD_OPTION` if half of one is. */
export function hasBlock(text: string, marks: CommentMarks, file: string): boolean {
  return blockIn(text, marks, file) !== null;
}

function block(body: string, { open, close }: CommentMarks, line: string): string {
  return [`${open}${BEGIN}${close}`, ...body.split("\n"), `${open}${END}${close}`].join(line);
}

function blockIn(
  text: string,
  { open, close }: CommentMarks,
  file: string,
): { start: number; end: number } | null {
  const start = text.indexOf(`${open}${BEGINS}`);
  const last = `${open}${END}${close}`;
  const end = text.indexOf(last);
  if (start < 0 && end < 0) return null;
  const isWhole = start >= 0 && end > start;
  const isOnly = text.lastIndexOf(`${open}${BEGINS}`) === start && text.lastIndexOf(last) === end;
  if (isWhole && isOnly) return { start, end: end + last.length };
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `${file} has the marks "${BEGINS}" and "${END}" not once each, one behind the other: mend it first; it is left as it is`,
  );
}
