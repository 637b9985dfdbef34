/**
 * `breadcrumb tail`: calls as they happen, of every process that writes into the store.
 *
 * Limits: a call is shown when it has ended and its segment is published, within a second.
 */
import { placeText } from "../query/place-text";
import { setImmediate } from "node:timers/promises";
import type { CallStatus, RecordedException, TailItem } from "../query/index";
import { milliseconds, text, wholeNumber } from "./arguments";
import { callText, resultText } from "./call-text";
import type { CommandContext } from "./command";
import { whatOf } from "./exception-text";
import { parseFilter } from "./filter-text";
import type { JsonDocuments } from "./json-documents";
import { cut, printable } from "./printable";
import { duration, timeOfDay } from "./quantities";

const VALUE_WIDTH = 40;
const TIME_WIDTH = 9;
/** Items that are written at once, however fast they come. */
const BATCH = 500;
/** What ends it: by the user, or by whoever started it. */
const ENDS = ["SIGINT", "SIGTERM"] as const;

/** The command `tail`. */
export async function tail({ store, output, values }: CommandContext): Promise<number> {
  const wanted = parseFilter(text(values, "filter") ?? "");
  let left = wholeNumber(values, "limit") ?? Number.POSITIVE_INFINITY;
  const stop = new AbortController();
  const end = () => stop.abort();
  for (const signal of ENDS) process.on(signal, end);
  const following = store.tail({
    ...wanted,
    ...definedOnly({
      run: text(values, "run"),
      function: text(values, "function"),
      file: text(values, "file"),
      status: text(values, "status") as CallStatus | undefined,
      minDurationMs: milliseconds(values, "min"),
    }),
    exceptions: values["exceptions"] === true,
    signal: stop.signal,
  });
  output.notice(`following ${store.dir}: Ctrl-C ends it`);
  try {
    for (let batch = 1; left > 0; batch++) {
      const next = following.next();
      // Nothing more at hand: what there is must be seen.
      const isSettled = await Promise.race([next.then(() => true), setImmediate(false)]);
      if (!isSettled || batch % BATCH === 0) await output.flush();
      const { value, done } = await next;
      if (done) break;
      if (values["json"]) output.jsonLine(value satisfies JsonDocuments["tail"]);
      else output.line(itemLine(value, output));
      left -= 1;
    }
  } finally {
    for (const signal of ENDS) process.off(signal, end);
    await following.return();
  }
  return 0;
}

/** The options that were given: one left out must not undo the filter's. */
function definedOnly<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

function itemLine(item: TailItem, output: CommandContext["output"]): string {
  if (item.kind === "exception") return exceptionLine(item.exception, output);
  const { call } = item;
  const { paint, columns, links } = output;
  const head = `${timeOfDay(call.startedAt)} ${duration(call.durationNs).padStart(TIME_WIDTH)}  `;
  const where = printable(placeText(call));
  const ending = call.status === "threw" ? " ✗ threw" : resultText(call, VALUE_WIDTH);
  const room = columns - head.length - where.length - 2;
  const words = cut(`${callText(call, VALUE_WIDTH)}${ending}`, Math.max(20, room));
  return `${paint.dim(head)}${call.status === "threw" ? paint.red(words) : words}  ${links(paint.dim(where), call)}`;
}

function exceptionLine(
  exception: RecordedException,
  { paint, columns }: CommandContext["output"],
): string {
  const { thrownAt, handled, function: in_ } = exception;
  const head = `${timeOfDay(thrownAt)} ${handled.padStart(TIME_WIDTH)}  `;
  const words = `✗ ${whatOf(exception)}${in_ === null ? "" : ` in ${in_}`}`;
  return `${paint.dim(head)}${paint.red(cut(printable(words), Math.max(20, columns - head.length)))}`;
}
