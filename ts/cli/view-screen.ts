/**
 * The screen of `breadcrumb view`, as lines.
 *
 *     drawTree(tree, { columns: 80, rows: 24, top: 0, paint, status: "" })
 *     drawCall(row, { columns: 80, paint })
 *
 * Limits: recorded text is made printable and cut; widths count UTF-16 units.
 */
import { placeText } from "../query/place-text";
import type { Call, RecordedException } from "../query/index";
import { callText } from "./call-text";
import { localsLines, originLines } from "./exception-text";
import type { Paint } from "./paint";
import { cut, printable } from "./printable";
import { duration, moment, plural, timeOfDay } from "./quantities";
import { endText } from "./tree-lines";
import { valueText } from "./value-text";
import type { ViewRow, ViewTree } from "./view-tree";

const TIME_WIDTH = 9;
/** Before the line that keys act on, in the blank that times leave. */
const CURSOR = ">";
const VALUE_WIDTH = 60;
/** Levels that are indented; of deeper ones the number stands there. */
const MAX_INDENT = 30;
const STEP = "  ";

/** How to draw. */
export interface ScreenStyle {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
}

/** The keys, for the help screen. */
export const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ["↑ ↓  k j", "up, down"],
  ["PgUp PgDn", "a screen up, down"],
  ["Home End  g G", "the first, the last line"],
  ["→  l", "unfold; of what is unfolded, to the first call"],
  ["←  h", "fold; of what is folded, to the caller"],
  ["space", "fold or unfold"],
  ["*", "unfold everything below"],
  ["p", "to the caller"],
  ["e E", "to the next, the previous call that threw"],
  ["/", "search names, arguments and results; n N: the next, the previous"],
  ["Enter", "the call with its whole values; again: back"],
  ["?", "these keys"],
  ["q  Ctrl-C", "end"],
];

/** The tree from line `top` on, and the status line. */
export function drawTree(
  tree: ViewTree,
  style: ScreenStyle & { readonly top: number; readonly title: string; readonly status: string },
): string[] {
  const { columns, rows, paint, top, title, status } = style;
  const room = Math.max(1, rows - 2);
  const lines = [paint.bold(cut(printable(title), columns))];
  for (const [i, row] of tree.rows.slice(top, top + room).entries()) {
    const isCurrent = top + i === tree.cursor;
    const text = cut(rowText(row, tree), columns);
    // The mark is all that shows it where there are no colours.
    const marked = CURSOR + text.slice(CURSOR.length);
    lines.push(isCurrent ? paint.inverse(marked.padEnd(columns)) : colored(row, text, paint));
  }
  while (lines.length < rows - 1) lines.push("");
  lines.push(paint.dim(cut(printable(status), columns)));
  return lines;
}

function colored({ node, call }: ViewRow, text: string, paint: Paint): string {
  const status = call === null ? node.summary.status : call.status;
  return status === "threw" ? paint.red(text) : status === "open" ? paint.yellow(text) : text;
}

function rowText(row: ViewRow, tree: ViewTree): string {
  const { node, call, level } = row;
  if (call === null) return traceText(row, tree.isOpen(row));
  const mark = call.children.length === 0 ? "·" : tree.isOpen(row) ? "▾" : "▸";
  const indent = level > MAX_INDENT ? `${STEP.repeat(MAX_INDENT)}[${level}] ` : STEP.repeat(level);
  const ending = node.trace ? endText(node.trace, call, VALUE_WIDTH) : "";
  const time = duration(call.durationNs).padStart(TIME_WIDTH);
  const below = mark === "▸" ? `  (${plural(call.children.length, "call")})` : "";
  return `${time} ${indent}${mark} ${callText(call, VALUE_WIDTH)}${ending}${below}  ${printable(placeText(call))}`;
}

function traceText({ node }: ViewRow, isOpen: boolean): string {
  const { summary } = node;
  const time = duration(summary.durationNs).padStart(TIME_WIDTH);
  const threw = summary.errors > 0 ? `, ${plural(summary.errors, "call")} threw` : "";
  const name = printable(summary.function ?? "(not ended yet)");
  const number = summary.traceId.slice(summary.traceId.lastIndexOf("-") + 1);
  return `${time} ${isOpen ? "▾" : "▸"} trace ${number}  ${timeOfDay(summary.startedAt)}  ${name}, ${plural(summary.calls, "call")}${threw}`;
}

/** A line with everything that is known of it, in as many lines as it takes. */
export function drawDetails({ node, call }: ViewRow, columns: number): string[] {
  if (call === null) {
    const { summary } = node;
    return fields(columns, [
      ["trace", summary.traceId],
      ["began", moment(summary.startedAt)],
      ["time", duration(summary.durationNs)],
      ["ended", summary.status],
      ["calls", plural(summary.calls, "call")],
    ]);
  }
  const exception = node.trace?.exception(call.exceptionId) ?? null;
  return fields(columns, [
    ["function", call.function],
    ["where", `${call.file}:${call.line}:${call.col}`],
    ["call", `${call.callId} of ${call.traceId}`],
    ["began", moment(call.startedAt)],
    ["time", timesOf(call)],
    ["ended", call.status],
    ...argumentsOf(call),
    ...(call.result === undefined ? [] : [["result", valueText(call.result, Infinity)] as const]),
    ...(exception === null ? [] : exceptionFields(exception)),
  ]);
}

/** The exception that ended a call: where it was thrown, its stack, the variables of the calls it left. */
function exceptionFields(exception: RecordedException): (readonly [string, string])[] {
  const { name, message, handled, stack } = exception;
  const frames = (stack ?? "").split("\n").slice(1);
  const below = [...originLines(exception), ...frames.map((line) => line.trim())];
  const variables = localsLines(exception, Infinity, Infinity);
  return [
    ["exception", `${name}: ${message} (${handled})`],
    ...below.map((line) => ["", line] as const),
    ...variables.map((line, i) => [i === 0 ? "variables" : "", line] as const),
  ];
}

function timesOf({ durationNs, selfNs, waitNs }: Call): string {
  const waited = waitNs > 0 ? `, waited ${duration(waitNs)}` : "";
  return `${duration(durationNs)}, ${duration(selfNs)} its own${waited}`;
}

function argumentsOf(call: Call): (readonly [string, string])[] {
  if (!Array.isArray(call.arguments)) return [];
  return call.arguments.map((value, i) => [
    call.parameters[i] ?? `argument ${i}`,
    valueText(value, Infinity),
  ]);
}

const NAME_WIDTH = 14;

/** Names and texts, each text broken where the screen ends. */
function fields(columns: number, all: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(10, columns - NAME_WIDTH);
  return all.flatMap(([name, text]) => {
    const safe = printable(text);
    const pieces = safe.match(new RegExp(`.{1,${width}}`, "gsu")) ?? [""];
    const title = cut(printable(name), NAME_WIDTH - 1);
    return pieces.map((piece, i) => `${(i === 0 ? title : "").padEnd(NAME_WIDTH)}${piece}`);
  });
}
