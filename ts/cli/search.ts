/**
 * `breadcrumb search`: a text anywhere in what was recorded.
 */
import { placeText } from "../query/place-text";
import { BreadcrumbError } from "../errors";
import type { FoundPlace, SearchField, SearchMatch } from "../query/index";
import { text, texts, time, wholeNumber } from "./arguments";
import type { CommandContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import { nearestFunction } from "./nearest-function";
import { cut, printable } from "./printable";
import { moment } from "./quantities";
import { ShortIds } from "./short-ids";

const DEFAULT_LIMIT = 20;
/** Of an excerpt, where there is no terminal to say how much fits. */
const EXCERPT_WIDTH = 200;
const INDENT = "    ";

/** The command `search`. */
export async function search(context: CommandContext): Promise<number> {
  const { store, output, values, positionals } = context;
  const limit = wholeNumber(values, "limit") ?? DEFAULT_LIMIT;
  const page = await store.search(wanted(context), {
    run: text(values, "run"),
    trace: text(values, "trace"),
    function: text(values, "function"),
    file: text(values, "file"),
    since: time(values, "since"),
    until: time(values, "until"),
    in: texts(values, "in") as SearchField[] | undefined,
    cursor: text(values, "cursor"),
    limit,
  });
  if (values["json"]) {
    output.json({
      matches: page.items,
      nextCursor: page.nextCursor,
    } satisfies JsonDocuments["search"]);
    return 0;
  }
  const runs = await store.runs();
  const ids = new ShortIds([...runs, ...page.items].map(({ runId }) => runId));
  for (const match of page.items) {
    for (const line of matchLines(match, ids, output)) output.line(line);
  }
  if (page.items.length === 0) {
    const hint = await nearestFunction(store, text(values, "function"));
    output.line(
      hint ?? printable(`${JSON.stringify(positionals[0])} is nowhere in what was asked.`),
    );
  }
  if (page.nextCursor !== null) {
    output.notice(`these are the newest ${limit}; --limit shows more, --run, --in, … narrow`);
  }
  return 0;
}

/** The text, or the regular expression that it is written as. */
function wanted({ positionals, values }: CommandContext): string | RegExp {
  const [given = ""] = positionals;
  const [, source, flags = ""] = /^\/(.+)\/([a-z]*)$/s.exec(given) ?? [];
  const ignoreCase = values["ignore-case"] === true;
  if (source === undefined && !ignoreCase) return given;
  const pattern = source ?? given.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  try {
    return new RegExp(pattern, ignoreCase && !flags.includes("i") ? `${flags}i` : flags);
  } catch (cause) {
    throw new BreadcrumbError("BC_ERR_BAD_OPTION", (cause as Error).message, { cause });
  }
}

function matchLines(match: SearchMatch, ids: ShortIds, output: CommandContext["output"]): string[] {
  const { paint, links } = output;
  const where =
    match.file === null || match.line === null
      ? ""
      : `  ${links(paint.dim(printable(placeText(match))), { file: match.file, line: match.line })}`;
  const what = match.kind === "exception" ? paint.red("exception") : "call";
  const in_ = match.function === null ? "outside recorded calls" : printable(match.function);
  const trace = match.traceId === null ? ids.run(match.runId) : ids.trace(match.traceId);
  return [
    `${paint.dim(moment(match.at))}  ${trace}  ${what} ${paint.bold(in_)}${where}`,
    ...match.found.map((place) => `${INDENT}${foundText(place, output)}`),
  ];
}

function foundText(
  { path, excerpt }: FoundPlace,
  { paint, columns }: CommandContext["output"],
): string {
  const name = printable(path);
  const room = Math.min(columns - INDENT.length - name.length - 2, EXCERPT_WIDTH);
  return `${paint.dim(name)}  ${cut(printable(excerpt), Math.max(20, room))}`;
}
