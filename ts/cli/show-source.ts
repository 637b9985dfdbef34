/**
 * `breadcrumb show <call> --source`: the source of the function that was called, with how often each line ran in that
 * call and its values beside it.
 *
 *       ran
 *         1   6 │ function total(items) {                         items = [{ price: 5 }]
 *         1   7 │   let sum = 0;
 *         3   8 │   for (const item of items) sum += item.price;
 *         1   9 │   return sum;                                   → 26
 *
 * Limits: lines where the run has them (`lines: true`); of a file outside of the project nothing is read.
 */
import { placeText } from "../query/place-text";
import { dirname } from "node:path";
import { projectRoot } from "../options/normalize";
import {
  type AssignedValues,
  assignedText,
  assignedValues,
  assignmentsBeyond,
} from "../query/assigned-values";
import type { Call, LineCount, LineRun, RecordedException } from "../query/index";
import { readSource, type Source } from "../query/read-source";
import { callText, resultText } from "./call-text";
import type { CommandContext } from "./command";
import { whatOf } from "./exception-text";
import type { CallSource, JsonDocuments } from "./json-documents";
import { cut, printable } from "./printable";
import { count, duration } from "./quantities";
import { shortIdsOf } from "./short-ids";
import { valueText } from "./value-text";

const VALUE_WIDTH = 60;
/** Lines of source where it is not known where the function ends. */
const UNKNOWN_LENGTH = 20;
/** The most that are read. */
const MOST_LINES = 5000;
/** Columns of counts. */
const COUNT_WIDTH = 9;
/** Columns that notes have beside a line of source that is longer than the terminal. */
const LEAST_NOTE = 10;
/** Values of one target that are shown. */
const MOST_VALUES = 4;
/** What ends a function, behind its last statement. */
const CLOSES = /^[\s})\];,]*$/;

/** Prints it. */
export async function showSource(context: CommandContext, call: Call): Promise<void> {
  const { store, output, values } = context;
  const [known, source, exception, ids] = await Promise.all([
    linesOf(context, call),
    sourceOf(context, call),
    exceptionOf(context, call),
    shortIdsOf(store),
  ]);
  const shown: CallSource = {
    call,
    source: { ...source, lines: withoutRest(source, known, call) },
    lines: known,
    exception,
  };
  if (values["json"]) {
    output.json(shown satisfies JsonDocuments["show"]);
    return;
  }
  const { paint } = output;
  const times = call.durationNs === null ? "open" : duration(call.durationNs);
  const head = `${callText(call, VALUE_WIDTH)}${resultText(call, VALUE_WIDTH)}`;
  output.line(paint.bold(cut(head, output.columns)));
  const place = output.links(printable(placeText(call)), call);
  output.line(`${place} · call ${call.callId} of trace ${ids.trace(call.traceId)} · ${times}`);
  if (exception !== null) {
    output.line(paint.red(cut(`✗ ${printable(whatOf(exception, call.backend))}`, output.columns)));
  }
  output.line();
  for (const line of sourceLines(shown, context)) output.line(line);
  if (source.problem !== null) output.notice(source.problem);
  const beyond = assignmentsBeyond(call);
  if (beyond > 0) output.notice(`${count(beyond)} more assignments behind these: a call has 64 KB`);
  if (call.lines === null && call.backend !== "span")
    output.notice(`its lines are not known${whyNoLines(call, known)}`);
}

function whyNoLines({ status }: Call, known: readonly LineCount[]): string {
  if (known.length === 0) return ": record with --lines";
  return status === "open"
    ? " as long as it has not ended"
    : ": it was recorded in a mode without them";
}

/** What the run has of the function's lines. */
async function linesOf({ store }: CommandContext, call: Call): Promise<LineCount[]> {
  const { runId: run, function: name, file } = call;
  const found = await store.lines({ run, function: name, file });
  // A name with a `*` is that of others, too.
  return found.filter(
    (line) => line.functionLine === call.line && line.function === name && line.file === file,
  );
}

async function exceptionOf(
  { store }: CommandContext,
  call: Call,
): Promise<RecordedException | null> {
  if (call.exceptionId === null) return null;
  const { items } = await store.exceptions({
    run: call.runId,
    exception: call.exceptionId,
    limit: 1,
  });
  return items[0] ?? null;
}

async function sourceOf({ store }: CommandContext, call: Call): Promise<Source> {
  const run = await store.run(call.runId);
  const project = projectRoot(process.cwd());
  return readSource({
    file: call.file,
    line: call.line,
    count: MOST_LINES,
    before: 0,
    project,
    // Files are named from the root of what was recorded.
    bases: [project, run.cwd]
      .flatMap((folder) => [projectRoot(folder), folder])
      .concat(dirname(store.dir)),
    ranAtMs: Date.parse(run.startedAt),
  });
}

/** The lines of source up to the function's end. */
function withoutRest(
  { first, lines }: Source,
  known: readonly LineCount[],
  call: Call,
): readonly string[] {
  const last = Math.max(call.line, ...known.map(({ line }) => line));
  if (known.length === 0) return lines.slice(0, UNKNOWN_LENGTH);
  const end = last - first + 1;
  const indented = indentOf(lines[0] ?? "");
  for (const [at, line] of lines.entries()) {
    if (at < end || line.trim() === "" || indentOf(line) > indented) continue;
    // What closes it is as far from the left as what it begins with; less is what it is in.
    const isIts = indentOf(line) === indented && CLOSES.test(line);
    return lines.slice(0, isIts ? at + 1 : end);
  }
  return lines.slice(0, end);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The lines with their counts and values. */
function sourceLines(
  { call, source, lines: known, exception }: CallSource,
  { output }: CommandContext,
): string[] {
  const { paint, columns } = output;
  const ran = new Map<number, number>();
  for (const { line, count: times, col } of call.lines ?? []) {
    if (col === undefined) ran.set(line, times + (ran.get(line) ?? 0));
  }
  const isKnown = new Set(known.filter(({ isBranch }) => !isBranch).map(({ line }) => line));
  // Where there is no source, what is known of its lines.
  const numbers = source.lines.map((_, at) => source.first + at);
  const shownLines = numbers.length > 0 ? numbers : [...isKnown];
  const numberWidth = String(shownLines.at(-1) ?? "").length;
  const assigned = assignedValues(call, MOST_VALUES);
  const lines = shownLines.map((line) => {
    const text = source.lines[line - source.first] ?? "";
    const times = ran.get(line) ?? (isKnown.has(line) && call.lines !== null ? 0 : undefined);
    const counted = (times === undefined ? "" : count(times)).padStart(COUNT_WIDTH);
    const number = String(line).padStart(numberWidth);
    const notes = [
      ...(line === call.line ? argumentTexts(call) : []),
      ...assignedTexts(assigned, line),
      ...branchTexts(call, known, line),
      ...endTexts(call, exception, line),
    ].join(" · ");
    const left = `${counted}  ${number} │ `;
    const room = columns - left.length;
    const code = printable(text);
    const note = cut(notes, Math.max(LEAST_NOTE, room - code.length - 2));
    const shown = cut(code, note === "" ? room : room - note.length - 2);
    const body = times === 0 ? paint.dim(shown) : shown;
    return `${times === 0 ? paint.red(counted) : paint.dim(counted)}  ${paint.dim(`${number} │`)} ${body}${note === "" ? "" : `  ${paint.green(note)}`}`;
  });
  return call.lines === null || lines.length === 0
    ? lines
    : [paint.dim("ran".padStart(COUNT_WIDTH)), ...lines];
}

function argumentTexts({ parameters, arguments: values }: Call): string[] {
  if (!Array.isArray(values)) return [];
  return (values as readonly Parameters<typeof valueText>[0][]).map((value, at) => {
    const name = parameters[at] ?? "";
    const text = valueText(value, VALUE_WIDTH);
    return name === "" ? text : `${printable(name)} = ${text}`;
  });
}

/** What the assignments of a line came to, one after the other: `sum = 0 → 15 → … → 36`. */
function assignedTexts(assigned: readonly AssignedValues[], at: number): string[] {
  return assigned
    .filter(({ line }) => line === at)
    .map((each) => printable(assignedText(each, (value) => valueText(value, VALUE_WIDTH))));
}

/** Branches within a line that ran otherwise than the line. */
function branchTexts(call: Call, known: readonly LineCount[], line: number): string[] {
  if (call.lines === null) return [];
  const own = call.lines.find((each) => each.line === line && each.col === undefined);
  if (own === undefined) return [];
  const branches = known.filter((each) => each.isBranch && each.line === line);
  return branches.flatMap(({ col }) => {
    const times = timesOf(call.lines ?? [], line, col);
    return times === own.count ? [] : [`col ${col}: ${times === 0 ? "never" : `×${count(times)}`}`];
  });
}

function timesOf(lines: readonly LineRun[], line: number, col: number): number {
  return lines.find((each) => each.line === line && each.col === col)?.count ?? 0;
}

/** How the call ended, where it did. */
function endTexts(call: Call, exception: RecordedException | null, line: number): string[] {
  if (call.status === "threw") {
    const isHere = exception?.thrownFrom?.file === call.file && exception.thrownFrom.line === line;
    return isHere ? [`✗ ${printable(exception.name)}: ${printable(exception.message)}`] : [];
  }
  const last = (call.lines ?? []).findLast(({ col }) => col === undefined);
  const result = resultText(call, VALUE_WIDTH).trim();
  return call.status === "returned" && last?.line === line && result !== "" ? [result] : [];
}
