/**
 * A text anywhere: in arguments, results, names of functions, and exceptions; newest first.
 *
 *     const { items } = await search(reader, "sk-live-", { since: "2026-11-23" });
 *     items[0].found   // [{ field: "arguments", path: "arguments[0].key", excerpt: '…"key":"sk-live-4…' }]
 *
 * Values are searched as their JSON text, so what is looked for is written as JSON has it (a text is,
 * for the user). First the page's rows are found, then where in them it stands. Limits: a walk over
 * all values, segment by segment from the newest; of several places in a field the first is told.
 */
import { BreadcrumbError } from "../errors";
import { type CallFilter, checkPatterns, selectCalls } from "./call-filter";
import { findCallIds } from "./calls";
import { checkLimit, Conditions, mayStartIn } from "./conditions";
import { addCursor, decodeCursor, encodeCursor } from "./cursor";
import { loadDuckDB, type Parameters } from "./engine";
import { selectExceptions } from "./exceptions";
import { jsonPathAt } from "./json-path-at";
import { compareFound, type Found, newestFirst } from "./newest-first";
import type { Reader } from "./reader";
import type { FoundPlace, Page, SearchField, SearchMatch } from "./results";
import type { Row } from "./rows";
import { holdsRun, mayHoldCalls } from "./segment-choice";
import type { Segment } from "./segment-summary";
import { isoTime, parseTime, timeColumns } from "./timestamps";
import { traceId } from "./trace-id";
import { patternText } from "../options/value-condition";
import { ARGUMENTS_TEXT, RESULT_TEXT } from "./value-conditions";
import { formatValuePath } from "../options/value-path";

/** Where to search; every field narrows. */
export interface SearchFilter extends Pick<
  CallFilter,
  "function" | "file" | "since" | "until" | "run" | "trace" | "thread"
> {
  /** Look only there. Everywhere unless told. */
  readonly in?: readonly SearchField[] | undefined;
  /** @default 100 */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

const QUESTION = "search";
const CALL_FIELDS = {
  function: "function",
  arguments: ARGUMENTS_TEXT,
  result: RESULT_TEXT,
} as const;
const EXCEPTION_FIELDS = { name: "name", message: "message", stack: "stack" } as const;
type CallField = keyof typeof CALL_FIELDS;
type ExceptionField = keyof typeof EXCEPTION_FIELDS;
/** Every field. */
export const SEARCH_FIELDS = [
  ...Object.keys(CALL_FIELDS),
  ...Object.keys(EXCEPTION_FIELDS),
] as SearchField[];
/** Most characters that are looked for. */
const MAX_TEXT = 10_000;
/** Characters of an excerpt before what was found, and in all. */
const EXCERPT_BEFORE = 40;
const EXCERPT = 160;
/** A text that can stand in the JSON of integers, which have columns of their own. */
const IN_INTEGERS = /^[-\d,[\]]+$/;

/** A page of what holds the text. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function search(
  reader: Reader,
  wanted: string | RegExp,
  filter: SearchFilter = {},
): Promise<Page<SearchMatch>> {
  const limit = checkLimit(filter.limit);
  const needle = await prepareNeedle(reader, wanted);
  const fields = checkFields(filter.in);
  const after = filter.cursor === undefined ? null : decodeCursor(QUESTION, filter.cursor);
  const { function: name, file, since, until, run, trace, thread } = filter;
  // Fields of other questions would narrow calls and leave exceptions as they are.
  const common = { function: name, file, since, until, run, trace, thread };
  const asked = { reader, needle, filter: common, after, limit: limit + 1 };
  const callFields = pick(CALL_FIELDS, fields);
  const thrownFields = pick(EXCEPTION_FIELDS, fields);
  const calls = await findCalls(asked, callFields);
  const exceptions = await findExceptions(asked, thrownFields);
  const found = [...calls, ...exceptions].toSorted(compareFound).slice(0, limit + 1);
  const page = found.slice(0, limit);
  const items = [
    ...(await readMatches(asked, "call", page.filter(isCall), callFields)),
    ...(await readMatches(
      asked,
      "exception",
      page.filter((row) => !isCall(row)),
      thrownFields,
    )),
  ].toSorted((a, b) => compareFound(a.key, b.key));
  const last = page.at(-1);
  return {
    items: items.map(({ match }) => match),
    nextCursor: found.length > limit && last ? encodeCursor(QUESTION, last) : null,
  };
}

/** What is looked for, as SQL. */
interface Needle {
  /** Whether a field has it. */
  readonly isIn: (where: Pick<Conditions, "bind">, field: string, column: string) => string;
  /** The text of it that a field has; null where it is what `isIn` looks for. */
  readonly pattern: string | null;
  /** What stands in the field's text. */
  readonly textIn: (field: string) => string;
}

interface Asked {
  readonly reader: Reader;
  readonly needle: Needle;
  readonly filter: SearchFilter;
  readonly after: Found | null;
  readonly limit: number;
}

/** A match and its place in the order. */
interface Located {
  readonly key: Found;
  readonly match: SearchMatch;
}

/** Exceptions stand behind calls of the same time: in the order, their ids are below zero. */
const EXCEPTION_ORDER = "-1 - exception_id";

function isCall({ id }: Found): boolean {
  return id >= 0;
}

async function prepareNeedle(reader: Reader, wanted: string | RegExp): Promise<Needle> {
  const text = wanted instanceof RegExp ? patternText(wanted) : wanted;
  if (typeof text !== "string" || text === "" || text.length > MAX_TEXT) {
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `what to search for is a RegExp or a text of 1 to ${MAX_TEXT} characters: got ${JSON.stringify(text)?.slice(0, 100)}`,
    );
  }
  if (wanted instanceof RegExp) {
    await checkPatterns(reader, [text]);
    return {
      isIn: (where, _field, column) => `regexp_matches(${column}, ${where.bind(text)})`,
      pattern: text,
      textIn: () => text,
    };
  }
  const json = JSON.stringify(text).slice(1, -1);
  const textIn = (field: string) => (isValue(field) ? json : text);
  return {
    isIn: (where, field, column) => {
      const inText = isValue(field) && !IN_INTEGERS.test(json) ? `${field}_json` : column;
      return `contains(${inText}, ${where.bind(textIn(field))})`;
    },
    pattern: null,
    textIn,
  };
}

function isValue(field: string): field is "arguments" | "result" {
  return field === "arguments" || field === "result";
}

function checkFields(fields: SearchFilter["in"]): ReadonlySet<string> {
  const unknown = fields?.find((field) => !SEARCH_FIELDS.includes(field));
  if (unknown === undefined) return new Set(fields ?? SEARCH_FIELDS);
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `in lists some of ${SEARCH_FIELDS.join(", ")}: got ${JSON.stringify(unknown)}`,
  );
}

function pick<Field extends string>(
  columns: Readonly<Record<Field, string>>,
  fields: ReadonlySet<string>,
): [Field, string][] {
  return (Object.entries(columns) as [Field, string][]).filter(([field]) => fields.has(field));
}

function addNeedle(where: Conditions, needle: Needle, fields: [string, string][]): void {
  where.addSql(
    `(${fields.map(([field, column]) => needle.isIn(where, field, column)).join(" OR ")})`,
  );
}

async function findCalls(asked: Asked, fields: [CallField, string][]): Promise<Found[]> {
  if (fields.length === 0) return [];
  const { reader, needle, filter, after, limit } = asked;
  const { where, choose, span } = await selectCalls(reader, filter);
  addNeedle(where, needle, fields);
  if (after) addCursor(where, after, "started_at", "call_id");
  const before = after ? { ...span, untilNs: parseTime(after.startedAt, "cursor") + 1n } : span;
  return newestFirst({
    segments: reader.live().filter((s) => choose(s) && mayStartIn(s, before)),
    limit,
    ask: (chosen, part) => findCallIds(reader, chosen, where, { limit, span: part }),
  });
}

async function findExceptions(asked: Asked, fields: [ExceptionField, string][]): Promise<Found[]> {
  if (fields.length === 0) return [];
  const { reader, needle, filter, after, limit } = asked;
  const { where, choose } = selectExceptions(reader, filter);
  addNeedle(where, needle, fields);
  if (after) addCursor(where, after, "thrown_at", "order_id");
  const rows = await reader.rows({
    sources: { exceptions: { table: "exceptions", choose } },
    sql: (from) => `
      SELECT run_id, order_id::DOUBLE AS id, ${timeColumns("thrown_at")}
      FROM (SELECT *, ${EXCEPTION_ORDER} AS order_id FROM ${from.exceptions})
      WHERE ${where.sql()}
      ORDER BY thrown_at DESC, run_id DESC, order_id DESC LIMIT ${limit}`,
    parameters: where.parameters,
  });
  return rows.map((row) => ({
    startedAt: isoTime(row.number("thrown_at_s"), row.number("thrown_at_n")),
    runId: row.text("run_id"),
    id: row.number("id"),
  }));
}

/** The fields' texts and, of a pattern, what matched it, in columns of their names. */
function fieldColumns(needle: Needle, fields: [string, string][], where: Conditions): string {
  return fields
    .map(([field, column]) => {
      if (needle.pattern === null) return `${column} AS "${field}_text"`;
      const matched = `regexp_extract(${column}, ${where.bind(needle.pattern)})`;
      return `${column} AS "${field}_text",
        CASE WHEN ${needle.isIn(where, field, column)} THEN ${matched} END AS "${field}_match"`;
    })
    .join(", ");
}

/** What tells the rows of the two tables apart. */
const KINDS = {
  call: { table: "calls", id: "call_id", time: "started_at", order: (id: number) => id },
  exception: {
    table: "exceptions",
    id: "exception_id",
    time: "thrown_at",
    order: (id: number) => -1 - id,
  },
} as const;

/** The cursor behind a match. */
export function searchCursor(match: SearchMatch): string {
  const { kind, at: startedAt, runId, callId, exceptionId } = match;
  const id = KINDS[kind].order(Number(kind === "call" ? callId : exceptionId));
  return encodeCursor(QUESTION, { startedAt, runId, id });
}

async function readMatches(
  { reader, needle }: Asked,
  kind: SearchMatch["kind"],
  page: readonly Found[],
  fields: [SearchField, string][],
): Promise<Located[]> {
  if (page.length === 0) return [];
  const { table, id, time, order } = KINDS[kind];
  const values = new Conditions("p");
  const columns = fieldColumns(needle, fields, values);
  const rows = await reader.rows({
    sources: {
      rows: { table, live: true, choose: (s) => page.some((found) => mayHold(s, found)) },
    },
    sql: (from) => `
      SELECT run_id, call_id::DOUBLE AS call_id, exception_id::DOUBLE AS exception_id,
        root_id::DOUBLE AS root_id, thread_id, function, file, line, ${timeColumns(time)}, ${columns}
      FROM ${from.rows} SEMI JOIN
        (SELECT unnest($runs) AS run_id, unnest($ids)::BIGINT AS ${id}) USING (run_id, ${id})`,
    parameters: { ...values.parameters, ...(await keys(page, ({ id: key }) => order(key))) },
  });
  return rows.map((row) => {
    const at = isoTime(row.number(`${time}_s`), row.number(`${time}_n`));
    const match = readMatch(row, kind, at, locate(row, needle, fields));
    return { key: { startedAt: at, runId: match.runId, id: order(row.number(id)) }, match };
  });
}

function mayHold(segment: Segment, found: Found): boolean {
  return isCall(found)
    ? mayHoldCalls(segment, found.runId, found.id)
    : holdsRun(segment, found.runId);
}

async function keys(page: readonly Found[], idOf: (found: Found) => number): Promise<Parameters> {
  const { listValue } = await loadDuckDB();
  return {
    runs: listValue(page.map(({ runId }) => runId)),
    ids: listValue(page.map((found) => String(idOf(found)))),
  };
}

function readMatch(
  row: Row,
  kind: SearchMatch["kind"],
  at: string,
  found: readonly FoundPlace[],
): SearchMatch {
  const runId = row.text("run_id");
  const rootId = row.numberOrNull("root_id");
  return {
    kind,
    runId,
    threadId: row.number("thread_id"),
    traceId: rootId === null ? null : traceId(runId, rootId),
    callId: row.numberOrNull("call_id"),
    exceptionId: kind === "call" ? null : row.numberOrNull("exception_id"),
    function: row.textOrNull("function"),
    file: row.textOrNull("file"),
    line: row.numberOrNull("line"),
    at,
    found,
  };
}

/** Where in its fields a row has it. */
function locate(row: Row, needle: Needle, fields: [SearchField, string][]): FoundPlace[] {
  return fields.flatMap(([field]) => {
    const text = row.textOrNull(`${field}_text`);
    const matched =
      needle.pattern === null ? needle.textIn(field) : row.textOrNull(`${field}_match`);
    const offset = text === null || matched === null ? -1 : text.indexOf(matched);
    if (text === null || matched === null || offset < 0) return [];
    const path = isValue(field)
      ? formatValuePath({ head: field, steps: jsonPathAt(text, offset) })
      : field;
    return [{ field, path, excerpt: excerptOf(text, offset) }];
  });
}

function excerptOf(text: string, offset: number): string {
  const from = Math.max(0, offset - EXCERPT_BEFORE);
  const to = from + EXCERPT;
  return (from > 0 ? "…" : "") + text.slice(from, to) + (to < text.length ? "…" : "");
}
