/**
 * The lines of a trace's tree.
 *
 *         total      self
 *       1.23 s   12.0 ms  main(path: "a.json") → 3                  src/main.js:1
 *       1.20 s    1.20 s  ├─ parse(text: "…") ✗ SyntaxError: …      src/parse.js:10
 *       3.00 ms           │  ⇢ handle in trace 019b-1 of node b.js
 *         3 µs      3 µs  └─ … 412 more calls of add
 *
 * Limits: beyond `MAX_INDENT` levels the level stands as a number, so that a deep recursion does
 * not print megabytes of lines.
 */
import { placeText } from "../query/place-text";
import type { RemoteCall, Trace, TraceCall } from "../query/index";
import { callText, resultText } from "./call-text";
import { isUnseen } from "./exception-text";
import { type Links, noLinks } from "./links";
import type { Paint } from "./paint";
import { cut, printable } from "./printable";
import { count, duration, plural } from "./quantities";
import {
  isCall,
  type Outline,
  type OutlineCall,
  type OutlineItem,
  type OutlineMore,
} from "./tree-outline";

const TIME_WIDTH = 9;
/** Columns from which on there is room for the running time of each call, for its waiting, for words. */
const WIDE = 60;
const MAX_INDENT = 40;
/** Least room for a call before its place goes. */
const LEAST_CALL = 40;
/** What is left of it however deep it stands. */
const LEAST_TEXT = 12;
/** Functions named among those hidden. */
const NAMED_FUNCTIONS = 3;

/** How to print. */
export interface TreeStyle {
  readonly paint: Paint;
  readonly columns: number;
  /** Characters of a value. */
  readonly valueWidth: number;
  /** Places to click. @default none */
  readonly links?: Links;
  /** Whether each call has its id beside its place. */
  readonly hasIds?: boolean;
  /** Says a call at the other end of a request. @default they are not told */
  readonly remote?: (call: RemoteCall) => string;
}

interface Pending {
  readonly item: OutlineItem;
  /** What stands before the lines below it. */
  readonly indent: string;
  readonly level: number;
  readonly isLast: boolean;
}

/** The lines, titles first. */
export function treeLines(trace: Trace, outline: Outline, style: TreeStyle): string[] {
  const lines = [style.paint.dim(timeColumns("total", "self", style).trimEnd())];
  const pending: Pending[] = [];
  const add = (items: readonly OutlineItem[], indent: string, level: number) => {
    for (let i = items.length - 1; i >= 0; i--) {
      pending.push({
        item: items[i] as OutlineItem,
        indent,
        level,
        isLast: i === items.length - 1,
      });
    }
  };
  add(outline.top, "", 0);
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { item, level, indent, isLast } = next;
    const branch = level === 0 ? "" : isLast ? "└─ " : "├─ ";
    const prefix = level > MAX_INDENT ? `${indent}[${level}] ` : indent + branch;
    lines.push(
      isCall(item) ? callLine(trace, item, prefix, style) : moreLine(trace, item, prefix, style),
    );
    if (!isCall(item)) continue;
    const inner = level === 0 || level > MAX_INDENT ? indent : `${indent}${isLast ? "   " : "│  "}`;
    for (const remote of trace.remoteChildren) {
      if (remote.callId === item.call.callId) lines.push(...remoteLine(remote, inner, style));
    }
    add(item.items, inner, level + 1);
  }
  return lines;
}

function callLine(trace: Trace, item: OutlineCall, prefix: string, style: TreeStyle): string {
  const { paint, columns, valueWidth, links = noLinks } = style;
  const { call } = item;
  const isWide = columns >= WIDE;
  const below = plural(item.hiddenBelow, "call");
  const times = timeColumns(duration(item.totalNs), duration(item.selfNs), style);
  const notes = [
    item.times > 1 ? `×${count(item.times)}` : "",
    isWide && call.waitNs > 0 ? `(waited ${duration(call.waitNs)})` : "",
    item.hiddenBelow > 0
      ? `… ${isWide ? atLeast(trace, below) : count(item.hiddenBelow)} below`
      : "",
  ].filter((note) => note !== "");
  const tail = notes.length > 0 ? `  ${notes.join("  ")}` : "";
  const where = printable(`${placeText(call)}${style.hasIds ? ` #${call.callId}` : ""}`);
  const room = columns - times.length - prefix.length - tail.length;
  const hasPlace = room - where.length - 2 >= Math.min(LEAST_CALL, columns / 2);
  const ending = endText(trace, call, valueWidth);
  const text = cut(
    `${callText(call, valueWidth)}${ending}`,
    Math.max(LEAST_TEXT, hasPlace ? room - where.length - 2 : room),
  );
  const colored =
    call.status === "threw" ? paint.red(text) : call.status === "open" ? paint.yellow(text) : text;
  return `${paint.dim(times + prefix)}${colored}${paint.dim(tail)}${hasPlace ? `  ${links(paint.dim(where), call)}` : ""}`;
}

/** The call that a request led to. */
function remoteLine(call: RemoteCall, indent: string, style: TreeStyle): string[] {
  const { paint, columns, remote } = style;
  if (remote === undefined) return [];
  const times = timeColumns(duration(call.remote.durationNs), "", style);
  const room = Math.max(LEAST_TEXT, columns - times.length - indent.length);
  const text = cut(`⇢ ${remote(call)}`, room);
  return [paint.dim(times + indent) + text];
}

/** The columns of times; on a narrow terminal the first. */
function timeColumns(total: string, self: string, { columns }: TreeStyle): string {
  const shown = columns >= WIDE ? [total, self] : [total];
  return `${shown.map((time) => time.padStart(TIME_WIDTH)).join(" ")}  `;
}

/** How the call ended. */
export function endText(trace: Trace, call: TraceCall, width: number): string {
  if (call.status === "open") return " (open)";
  if (call.status === "threw") {
    const exception = trace.exception(call.exceptionId);
    if (!exception || isUnseen(exception)) return " ✗ threw";
    // The message stands where it came from; further up its name will do.
    const isOrigin = exception.callId === null || exception.callId === call.callId;
    const name = printable(exception.name);
    return isOrigin ? ` ✗ ${name}: ${cut(printable(exception.message), width * 2)}` : ` ✗ ${name}`;
  }
  return resultText(call, width);
}

/** A number of hidden calls: of a trace that was not read whole there are more. */
function atLeast(trace: Trace, calls: string): string {
  return trace.truncated ? `at least ${calls}` : calls;
}

function moreLine(trace: Trace, more: OutlineMore, prefix: string, style: TreeStyle): string {
  const { paint, columns } = style;
  const times = timeColumns(duration(more.totalNs), "", style);
  const named = more.functions
    .slice(0, NAMED_FUNCTIONS)
    .map(([name, calls]) =>
      calls === more.calls || calls === 1
        ? printable(name)
        : `${printable(name)} (${count(calls)})`,
    );
  const others = more.functions.length > NAMED_FUNCTIONS ? ", …" : "";
  const below = more.below > 0 ? `, ${atLeast(trace, plural(more.below, "call"))} below` : "";
  const threw = more.threw > 0 ? `, ${count(more.threw)} with exceptions` : "";
  const text = `… ${count(more.calls)} more call${more.calls === 1 ? "" : "s"} of ${named.join(", ")}${others}${below}${threw}`;
  return paint.dim(
    times + prefix + cut(text, Math.max(LEAST_TEXT, columns - times.length - prefix.length)),
  );
}
