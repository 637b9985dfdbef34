/**
 * `breadcrumb follow`: the calls that met an object.
 */
import { BreadcrumbError } from "../errors";
import { text, wholeNumber } from "./arguments";
import { callText, resultText } from "./call-text";
import type { CommandContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import { moment } from "./quantities";
import { printable } from "./printable";
import { ShortIds } from "./short-ids";

const DEFAULT_LIMIT = 50;
/** Of a value, where it is only to be recognised. */
const VALUE_WIDTH = 100;

/** The command `follow`. */
export async function follow({
  store,
  output,
  values,
  positionals,
}: CommandContext): Promise<number> {
  const limit = wholeNumber(values, "limit") ?? DEFAULT_LIMIT;
  const page = await store.follow(objectIdOf(positionals[0] ?? ""), {
    run: text(values, "run"),
    trace: text(values, "trace"),
    thread: wholeNumber(values, "thread"),
    function: text(values, "function"),
    file: text(values, "file"),
    cursor: text(values, "cursor"),
    limit,
  });
  if (values["json"]) {
    output.json({
      calls: page.items,
      nextCursor: page.nextCursor,
    } satisfies JsonDocuments["follow"]);
    return 0;
  }
  const runs = await store.runs();
  const ids = new ShortIds([...runs, ...page.items.map(({ call }) => call)].map((r) => r.runId));
  const { paint } = output;
  for (const { call, paths } of page.items) {
    const shown = `${callText(call, VALUE_WIDTH)}${resultText(call, VALUE_WIDTH)}`;
    output.line(`${paint.dim(moment(call.startedAt))}  ${ids.trace(call.traceId)}  ${shown}`);
    output.line(`    ${paint.dim(paths.map(printable).join(", "))}`);
  }
  if (page.items.length === 0) {
    output.line(
      `No recorded value holds #${positionals[0]}. Numbers are recorded with --values identity, and are of one thread of one run.`,
    );
  }
  if (page.nextCursor !== null) {
    output.notice(`these are the first ${limit}; --limit shows more, --function, --trace narrow`);
  }
  return 0;
}

/** `12` or `#12`. Throws BC_ERR_BAD_OPTION. */
function objectIdOf(written: string): number {
  const [, digits] = /^#?(\d{1,10})$/.exec(written) ?? [];
  if (digits !== undefined) return Number(digits);
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `<object> is the number behind # in a value, such as 12; got ${JSON.stringify(written)}`,
  );
}
