/**
 * Rows of `calls` as objects.
 *
 *     const rows = await reader.rows({ …, sql: (from) => callsQuery(`FROM ${from.calls} LIMIT 9`, "call_id") });
 *     readCalls(rows)   // [{ callId: 1, function: "main", arguments: [1, 2], result: 3, … }]
 *
 * A cell costs 0.05 µs, a text 0.25 µs: so what calls of a function share comes once, on its first
 * row, small numbers come packed into one, and integers never pass through JSON. Limits: values
 * are parsed at once.
 */
import type { Rows } from "./engine";
import type { Call, CallStatus, JsonValue } from "./results";
import { isoTime, timeColumns } from "./timestamps";
import { traceId } from "./trace-id";

const CHILDREN = Symbol("children");
const NO_CALLS: readonly TraceCall[] = [];
const STATUSES: readonly CallStatus[] = ["returned", "threw", "open"];
/** In `packed`: bits 0–1 status, 2 exact, 3 inspector, 4–5 argument count (3: none), then thread. */
const EXACT = 4;
const INSPECTOR = 8;
const COUNT_SHIFT = 4;
const NO_COUNT = 3;
const THREAD_UNIT = 64;

/** The query for the rows of `selection`, a SELECT over physical columns that begins at FROM. */
export function callsQuery(selection: string, orderBy: string): string {
  const shared = "run_id, root_id, function, file, line, col, parameters";
  return `
    WITH chosen AS MATERIALIZED (SELECT * ${selection}),
    places AS (
      SELECT ${shared}, min(call_id) AS first_id, row_number() OVER () AS place
      FROM chosen GROUP BY ${shared})
    SELECT place::DOUBLE AS place,
      CASE WHEN call_id = first_id
        THEN json_array(run_id, root_id, function, file, line, col, parameters)::VARCHAR END AS shared,
      call_id::DOUBLE AS call_id, parent_id::DOUBLE AS parent_id,
      ${timeColumns("started_at")}, duration_ns::DOUBLE AS duration_ns,
      self_ns::DOUBLE AS self_ns, wait_ns::DOUBLE AS wait_ns, depth,
      (CASE status WHEN 'returned' THEN 0 WHEN 'threw' THEN 1 ELSE 2 END
        + CASE clock WHEN 'exact' THEN ${EXACT} ELSE 0 END
        + CASE backend WHEN 'inspector' THEN ${INSPECTOR} ELSE 0 END
        + ${1 << COUNT_SHIFT} * coalesce(argument_count, ${NO_COUNT})
        + ${THREAD_UNIT}::BIGINT * thread_id)::DOUBLE AS packed,
      argument_0::DOUBLE AS argument_0, argument_1::DOUBLE AS argument_1, arguments_json,
      result_integer::DOUBLE AS result_integer, result_json,
      exception_id::DOUBLE AS exception_id, weight
    FROM chosen JOIN places USING (${shared})
    ORDER BY ${orderBy}`;
}

/** What the calls of a function in a trace share. */
interface Place {
  readonly runId: string;
  readonly traceId: string;
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly parameters: readonly string[];
}

/** The columns of `callsQuery`. */
class CallColumns {
  readonly places: ReadonlyMap<number, Place>;
  readonly place: readonly number[];
  readonly call: readonly number[];
  readonly parent: readonly (number | null)[];
  readonly seconds: readonly number[];
  readonly nanoseconds: readonly number[];
  readonly duration: readonly (number | null)[];
  readonly self: readonly number[];
  readonly wait: readonly number[];
  readonly depth: readonly number[];
  readonly packed: readonly number[];
  readonly exception: readonly (number | null)[];
  readonly weight: readonly number[];
  readonly values: ReturnType<typeof valueReader>;

  constructor(rows: Rows) {
    this.places = readPlaces(rows);
    this.place = rows.column("place");
    this.call = rows.column("call_id");
    this.parent = rows.column("parent_id");
    this.seconds = rows.column("started_at_s");
    this.nanoseconds = rows.column("started_at_n");
    this.duration = rows.column("duration_ns");
    this.self = rows.column("self_ns");
    this.wait = rows.column("wait_ns");
    this.depth = rows.column("depth");
    this.packed = rows.column("packed");
    this.exception = rows.column("exception_id");
    this.weight = rows.column("weight");
    this.values = valueReader(rows);
  }
}

/** A call made from a row: plain fields, without an object in between. */
export class CallRow implements Call {
  readonly runId: string;
  readonly threadId: number;
  readonly traceId: string;
  readonly callId: number;
  readonly parentId: number | null;
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly parameters: readonly string[];
  readonly startedAt: string;
  readonly durationNs: number | null;
  readonly selfNs: number;
  readonly waitNs: number;
  readonly depth: number;
  readonly status: CallStatus;
  readonly arguments: JsonValue | undefined;
  readonly result: JsonValue | undefined;
  readonly exceptionId: number | null;
  readonly clock: Call["clock"];
  readonly weight: number;
  readonly backend: Call["backend"];

  constructor(columns: CallColumns, i: number) {
    const place = columns.places.get(columns.place[i] as number) as Place;
    const packed = columns.packed[i] as number;
    const bits = packed % THREAD_UNIT;
    this.runId = place.runId;
    this.threadId = Math.floor(packed / THREAD_UNIT);
    this.traceId = place.traceId;
    this.callId = columns.call[i] as number;
    this.parentId = columns.parent[i] as number | null;
    this.function = place.function;
    this.file = place.file;
    this.line = place.line;
    this.col = place.col;
    this.parameters = place.parameters;
    this.startedAt = isoTime(columns.seconds[i] as number, columns.nanoseconds[i] as number);
    this.durationNs = columns.duration[i] as number | null;
    this.selfNs = columns.self[i] as number;
    this.waitNs = columns.wait[i] as number;
    this.depth = columns.depth[i] as number;
    this.status = STATUSES[bits & 3] as CallStatus;
    this.arguments = columns.values.arguments(i, bits >> COUNT_SHIFT);
    this.result = columns.values.result(i);
    this.exceptionId = columns.exception[i] as number | null;
    this.clock = bits & EXACT ? "exact" : "coarse";
    this.weight = columns.weight[i] as number;
    this.backend = bits & INSPECTOR ? "inspector" : "probe";
  }
}

/** The calls of `callsQuery`'s rows, in their order. */
export function readCalls(rows: Rows): CallRow[] {
  const columns = new CallColumns(rows);
  return Array.from({ length: rows.count }, (_, i) => new CallRow(columns, i));
}

/** A call in its tree. */
export class TraceCall extends CallRow {
  /** Entry, in ns from that of the trace's first call. */
  readonly startNs: number;
  // Under a symbol, so that JSON sees the call alone. Most calls cause none: they share one list.
  [CHILDREN]: TraceCall[] | null = null;

  constructor(columns: CallColumns, i: number) {
    super(columns, i);
    this.startNs =
      ((columns.seconds[i] as number) - (columns.seconds[0] as number)) * 1e9 +
      ((columns.nanoseconds[i] as number) - (columns.nanoseconds[0] as number));
  }

  /** The calls that it caused, in the order of entry. */
  get children(): readonly TraceCall[] {
    return this[CHILDREN] ?? NO_CALLS;
  }
}

/** The same for a tree; the first row begins first. */
export function readTraceCalls(rows: Rows): TraceCall[] {
  const columns = new CallColumns(rows);
  return Array.from({ length: rows.count }, (_, i) => new TraceCall(columns, i));
}

/** Puts a call below the one that caused it. */
export function adopt(parent: TraceCall, child: TraceCall): void {
  (parent[CHILDREN] ??= []).push(child);
}

function readPlaces(rows: Rows): ReadonlyMap<number, Place> {
  const numbers = rows.column<number>("place");
  const places = new Map<number, Place>();
  for (const [i, shared] of rows.column<string | null>("shared").entries()) {
    if (shared === null) continue;
    const [runId, rootId, name, file, line, col, parameters] = JSON.parse(shared) as (string | number)[];
    const names = parseJson(String(parameters));
    places.set(numbers[i] as number, {
      runId: runId as string,
      traceId: traceId(runId as string, Number(rootId)),
      function: name as string,
      file: file as string,
      line: Number(line),
      col: Number(col),
      parameters: Array.isArray(names) ? names.map(String) : [],
    });
  }
  return places;
}

function valueReader(rows: Rows) {
  const first = rows.column<number>("argument_0");
  const second = rows.column<number>("argument_1");
  const json = rows.column<string | null>("arguments_json");
  const resultInteger = rows.column<number | null>("result_integer");
  const resultJson = rows.column<string | null>("result_json");
  return {
    arguments(i: number, count: number): JsonValue | undefined {
      const text = json[i] as string | null;
      if (text !== null) return parseJson(text);
      switch (count) {
        case 0:
          return [];
        case 1:
          return [first[i] as number];
        case 2:
          return [first[i] as number, second[i] as number];
        default:
          return undefined;
      }
    },
    result(i: number): JsonValue | undefined {
      const text = resultJson[i] as string | null;
      return text === null ? (resultInteger[i] ?? undefined) : parseJson(text);
    },
  };
}

/** A stored value. One that is no JSON is shown as it is, not lost. */
function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return { $type: "unreadable", text };
  }
}
