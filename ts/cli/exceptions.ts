/**
 * `breadcrumb exceptions`: what was thrown, newest first.
 */
import { placeText } from "../query/place-text";
import type { Handled, RecordedException } from "../query/index";
import { text, time, wholeNumber } from "./arguments";
import type { CommandContext } from "./command";
import { localsLines, originLines, whatOf } from "./exception-text";
import type { JsonDocuments } from "./json-documents";
import { nearestFunction } from "./nearest-function";
import { cut, printable, wrap } from "./printable";
import { moment } from "./quantities";
import { ShortIds } from "./short-ids";

const DEFAULT_LIMIT = 20;
/** Of a message, where there is no terminal to say how much fits. */
const MESSAGE_WIDTH = 1000;
const INDENT = "    ";

/** The command `exceptions`. */
export async function exceptions({ store, output, values }: CommandContext): Promise<number> {
  const limit = wholeNumber(values, "limit") ?? DEFAULT_LIMIT;
  const page = await store.exceptions({
    run: text(values, "run"),
    name: text(values, "name"),
    message: text(values, "message"),
    function: text(values, "function"),
    handled: text(values, "handled") as Handled | undefined,
    since: time(values, "since"),
    until: time(values, "until"),
    cursor: text(values, "cursor"),
    limit,
  });
  if (values["json"]) {
    output.json({
      exceptions: page.items,
      nextCursor: page.nextCursor,
    } satisfies JsonDocuments["exceptions"]);
    return 0;
  }
  const runs = await store.runs();
  const ids = new ShortIds([...runs, ...page.items].map(({ runId }) => runId));
  for (const exception of page.items) {
    const lines = exceptionLines(exception, ids, output);
    const stack = values["stack"] ? stackLines(exception) : [];
    const origin = originLines(exception).flatMap((one) => set(one, output.columns));
    const width = output.columns - INDENT.length;
    const locals = values["locals"] ? localsLines(exception, width) : [];
    const more = [...origin, ...locals.map((one) => INDENT + one), ...stack];
    for (const line of [...lines, ...more]) output.line(line);
  }
  if (page.items.length === 0) {
    const hint = await nearestFunction(store, text(values, "function"));
    output.line(hint ?? "No exceptions.");
  }
  if (page.nextCursor !== null) {
    output.notice(`these are the newest ${limit}; --limit shows more, --name, --since, … narrow`);
  }
  return 0;
}

function exceptionLines(
  exception: RecordedException,
  ids: ShortIds,
  { paint, columns }: CommandContext["output"],
): string[] {
  const { handled } = exception;
  const head = `${moment(exception.thrownAt)}  `;
  const state = handled === "uncaught" ? paint.red(handled) : handled;
  const room = Math.min(columns, MESSAGE_WIDTH) - head.length - handled.length - 2;
  const what = cut(printable(whatOf(exception)), Math.max(20, room));
  const where =
    exception.function === null
      ? "outside recorded calls"
      : `${printable(exception.function)} (${printable(placeText(exception))})`;
  const trace =
    exception.traceId === null
      ? `run ${ids.run(exception.runId)}`
      : `trace ${ids.trace(exception.traceId)}`;
  const passed = exception.calls > 1 ? `, ended ${exception.calls} calls` : "";
  return [
    `${paint.dim(head)}${state}  ${paint.bold(what)}`,
    ...set(`in ${where}${passed} · ${trace}`, columns).map(paint.dim),
  ];
}

/** A sentence below its line. */
function set(sentence: string, columns: number): string[] {
  return wrap(sentence, columns, INDENT, `${INDENT}  `);
}

function stackLines({ stack }: RecordedException): string[] {
  if (stack === null) return [`${INDENT}(its stack was not read)`];
  return stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map((line) => `${INDENT}${printable(line.trim())}`);
}
