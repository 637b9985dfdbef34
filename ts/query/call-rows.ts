/**
 * Rows of `calls` as objects.
 *
 *     await readCallRows(reader, source, (from) => `FROM ${from} WHERE …`, parameters)
 *     // CallColumns → calls: { callId: 1, function: "main", arguments: [1, 2], result: 3, … }
 *
 * A cell costs 0.05 µs, a text 0.25 µs: so what calls of a function share comes once, in rows before
 * the calls', which name it by its hash; small numbers come packed into one, and integers never pass
 * through JSON. Limits: a call of a tree holds on to the columns of its whole trace.
 */
import type { Parameters } from "./engine";
import type { Reader, Source } from "./reader";
import type { Assigned, Call, CallStatus, JsonValue, LineRun } from "./results";
import type { Rows } from "./rows";
import { isoTime, timeColumns } from "./timestamps";
import { traceId } from "./trace-id";

const NO_CALLS: readonly TraceCall[] = [];
const STATUSES: readonly CallStatus[] = ["returned", "threw", "open"];
/**
 * In `packed`: bits 0–1 status, 2 exact, 3 inspector, 4–5 argument count (3: none), 6 callback, 7 span, then
 * thread.
 */
const STATUS = 3;
const EXACT = 4;
const INSPECTOR = 8;
const COUNT_SHIFT = 4;
const NO_COUNT = 3;
const CALLBACK = 64;
const SPAN = 128;
const THREAD_UNIT = 256;

/** What calls of a function in a trace share. */
const SHARED = "run_id, root_id, function, file, line, col, parameters";
/**
 * Its key in a row: 52 bits, which a number holds. Two of n places get the same one with a
 * probability of n² / 2^53, for a thousand places one in ten thousand million.
 */
const PLACE = `(hash(${SHARED}) >> 12)::DOUBLE AS place`;

/** The columns of `selection`, a query over physical columns that begins at FROM. */
export async function readCallColumns(
  reader: Reader,
  source: Source,
  selection: (calls: string) => string,
  parameters: Parameters,
): Promise<CallColumns> {
  const rows = await reader.rows({
    sources: { calls: source },
    // One statement: a second one would read the files again.
    sql: (from) => `
      WITH found AS MATERIALIZED (SELECT *, ${PLACE} ${selection(from.calls)})
      SELECT DISTINCT place, root_id::DOUBLE AS root_id, run_id, function, file, line, col,
        parameters FROM found
      UNION ALL BY NAME SELECT ${ROW} FROM found`,
    parameters,
  });
  return new CallColumns(rows);
}

const ROW = `
  place, call_id::DOUBLE AS call_id, parent_id::DOUBLE AS parent_id,
    ${timeColumns("started_at")}, duration_ns::DOUBLE AS duration_ns, self_ns::DOUBLE AS self_ns,
    wait_ns::DOUBLE AS wait_ns, depth::DOUBLE AS depth,
    (CASE status WHEN 'returned' THEN 0 WHEN 'threw' THEN 1 ELSE 2 END
      + CASE clock WHEN 'exact' THEN ${EXACT} ELSE 0 END
      + CASE backend WHEN 'inspector' THEN ${INSPECTOR} WHEN 'span' THEN ${SPAN} ELSE 0 END
      + CASE parent_kind WHEN 'root' THEN ${CALLBACK} ELSE 0 END
      + ${1 << COUNT_SHIFT} * coalesce(argument_count, ${NO_COUNT})
      + ${THREAD_UNIT}::BIGINT * thread_id)::DOUBLE AS packed,
    argument_0::DOUBLE AS argument_0, argument_1::DOUBLE AS argument_1, arguments_json,
    result_integer::DOUBLE AS result_integer, result_json, exception_id::DOUBLE AS exception_id,
    weight::DOUBLE AS weight, lines, variables`;

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

/** Calls by column. */
export class CallColumns {
  readonly count: number;
  /** Rows in the order of entry. */
  readonly order: Uint32Array;
  readonly places: ReadonlyMap<number, Place>;
  readonly place: Float64Array;
  readonly call: Float64Array;
  readonly parent: Float64Array;
  readonly seconds: Float64Array;
  readonly nanoseconds: Float64Array;
  readonly duration: Float64Array;
  readonly self: Float64Array;
  readonly wait: Float64Array;
  readonly depth: Float64Array;
  readonly packed: Float64Array;
  readonly exception: Float64Array;
  readonly weight: Float64Array;
  readonly values: ReturnType<typeof valueReader>;
  readonly lines: readonly (string | null)[];
  readonly variables: readonly (string | null)[];

  constructor(rows: Rows) {
    this.places = readPlaces(rows);
    this.count = rows.count - this.places.size;
    this.place = rows.numbers("place");
    this.call = rows.numbers("call_id");
    this.parent = rows.numbers("parent_id");
    this.seconds = rows.numbers("started_at_s");
    this.nanoseconds = rows.numbers("started_at_n");
    this.duration = rows.numbers("duration_ns");
    this.self = rows.numbers("self_ns");
    this.wait = rows.numbers("wait_ns");
    this.depth = rows.numbers("depth");
    this.packed = rows.numbers("packed");
    this.exception = rows.numbers("exception_id");
    this.weight = rows.numbers("weight");
    this.values = valueReader(rows);
    this.lines = rows.texts("lines");
    this.variables = rows.texts("variables");
    this.order = callsAmong(rows, this.count);
    const compare = (a: number, b: number) =>
      at(this.seconds, a) - at(this.seconds, b) ||
      at(this.nanoseconds, a) - at(this.nanoseconds, b) ||
      at(this.call, a) - at(this.call, b);
    // Mostly they come so: segments are written in that order.
    if (this.order.some((row) => row > 0 && compare(row - 1, row) > 0)) this.order.sort(compare);
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** The calls, in the order of entry. */
export function callsOf(columns: CallColumns): TraceCall[] {
  return Array.from(columns.order, (row) => new TraceCall(columns, row));
}

/**
 * A call in its tree. Its fields are read from the trace's columns when they are asked for: a
 * trace of 100,000 calls is there at once. `toJSON()` has them as a plain object.
 */
export class TraceCall implements Call {
  readonly #columns: CallColumns;
  readonly #row: number;
  /** Most calls cause none: they share one list. */
  #children: TraceCall[] | null = null;

  /** Made by `callsOf`. @internal */
  constructor(columns: CallColumns, row: number) {
    this.#columns = columns;
    this.#row = row;
  }

  /** Puts a call below the one that caused it. @internal */
  static adopt(parent: TraceCall, child: TraceCall): void {
    (parent.#children ??= []).push(child);
  }

  /** The calls that it caused, in the order of entry. */
  get children(): readonly TraceCall[] {
    return this.#children ?? NO_CALLS;
  }

  /** Entry, in ns from that of the trace's first call. */
  get startNs(): number {
    const { seconds, nanoseconds, order } = this.#columns;
    const first = order[0] as number;
    return (
      (at(seconds, this.#row) - at(seconds, first)) * 1e9 +
      (at(nanoseconds, this.#row) - at(nanoseconds, first))
    );
  }

  get runId(): string {
    return this.#place.runId;
  }

  get threadId(): number {
    return Math.floor(at(this.#columns.packed, this.#row) / THREAD_UNIT);
  }

  get traceId(): string {
    return this.#place.traceId;
  }

  get callId(): number {
    return at(this.#columns.call, this.#row);
  }

  get parentId(): number | null {
    return orNull(at(this.#columns.parent, this.#row));
  }

  get parentKind(): Call["parentKind"] {
    if (this.parentId === null) return null;
    return this.#bits & CALLBACK ? "root" : "call";
  }

  get function(): string {
    return this.#place.function;
  }

  get file(): string {
    return this.#place.file;
  }

  get line(): number {
    return this.#place.line;
  }

  get col(): number {
    return this.#place.col;
  }

  get parameters(): readonly string[] {
    return this.#place.parameters;
  }

  get startedAt(): string {
    const { seconds, nanoseconds } = this.#columns;
    return isoTime(at(seconds, this.#row), at(nanoseconds, this.#row));
  }

  get durationNs(): number | null {
    return orNull(at(this.#columns.duration, this.#row));
  }

  get selfNs(): number {
    return at(this.#columns.self, this.#row);
  }

  get waitNs(): number {
    return at(this.#columns.wait, this.#row);
  }

  get depth(): number {
    return at(this.#columns.depth, this.#row);
  }

  get status(): CallStatus {
    return STATUSES[this.#bits & STATUS] as CallStatus;
  }

  get arguments(): JsonValue | undefined {
    return this.#columns.values.arguments(this.#row, (this.#bits >> COUNT_SHIFT) & NO_COUNT);
  }

  get result(): JsonValue | undefined {
    return this.#columns.values.result(this.#row);
  }

  get exceptionId(): number | null {
    return orNull(at(this.#columns.exception, this.#row));
  }

  get clock(): Call["clock"] {
    return this.#bits & EXACT ? "exact" : "coarse";
  }

  get weight(): number {
    return at(this.#columns.weight, this.#row);
  }

  get backend(): Call["backend"] {
    if (this.#bits & SPAN) return "span";
    return this.#bits & INSPECTOR ? "inspector" : "probe";
  }

  get lines(): readonly LineRun[] | null {
    return readLines(this.#columns.lines[this.#row] ?? null);
  }

  get variables(): readonly Assigned[] | null {
    return readVariables(this.#columns.variables[this.#row] ?? null);
  }

  /** The call as a plain object, without its children. */
  toJSON(): Call {
    return {
      runId: this.runId,
      threadId: this.threadId,
      traceId: this.traceId,
      callId: this.callId,
      parentId: this.parentId,
      parentKind: this.parentKind,
      function: this.function,
      file: this.file,
      line: this.line,
      col: this.col,
      parameters: this.parameters,
      startedAt: this.startedAt,
      durationNs: this.durationNs,
      selfNs: this.selfNs,
      waitNs: this.waitNs,
      depth: this.depth,
      status: this.status,
      arguments: this.arguments,
      result: this.result,
      exceptionId: this.exceptionId,
      clock: this.clock,
      weight: this.weight,
      backend: this.backend,
      lines: this.lines,
      variables: this.variables,
    };
  }

  /** What `console.log` shows. */
  [Symbol.for("nodejs.util.inspect.custom")](): Call & { children: readonly TraceCall[] } {
    return { ...this.toJSON(), children: this.children };
  }

  get #place(): Place {
    return this.#columns.places.get(at(this.#columns.place, this.#row)) as Place;
  }

  get #bits(): number {
    return at(this.#columns.packed, this.#row) % THREAD_UNIT;
  }
}

function at(column: Float64Array, row: number): number {
  return column[row] as number;
}

/** The rows that are no place. */
function callsAmong(rows: Rows, count: number): Uint32Array {
  const parameters = rows.texts("parameters");
  const calls = new Uint32Array(count);
  for (let row = 0, next = 0; row < rows.count; row++) {
    if (parameters[row] === null) calls[next++] = row;
  }
  return calls;
}

function readPlaces(rows: Rows): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>();
  const key = rows.numbers("place");
  for (const [index, parameters] of rows.texts("parameters").entries()) {
    if (parameters === null) continue;
    const row = rows.row(index);
    const names = parseJson(parameters);
    places.set(key[index] as number, {
      runId: row.text("run_id"),
      traceId: traceId(row.text("run_id"), row.number("root_id")),
      function: row.text("function"),
      file: row.text("file"),
      line: row.number("line"),
      col: row.number("col"),
      parameters: Array.isArray(names) ? names.map(String) : [],
    });
  }
  return places;
}

function valueReader(rows: Rows) {
  const first = rows.numbers("argument_0");
  const second = rows.numbers("argument_1");
  const json = rows.texts("arguments_json");
  const resultInteger = rows.numbers("result_integer");
  const resultJson = rows.texts("result_json");
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
      if (text !== null) return parseJson(text);
      const integer = resultInteger[i] as number;
      return Number.isNaN(integer) ? undefined : integer;
    },
  };
}

/** `[[12,"sum",0],[13,"sum",5,2],7]`. */
function readVariables(text: string | null): Assigned[] | null {
  if (text === null) return null;
  const read = parseJson(text);
  if (!Array.isArray(read)) return null;
  type Item = number | readonly [line: number, name: string, value: JsonValue, leftOut?: number];
  return (read as readonly Item[]).map((item) => {
    if (typeof item === "number") return { line: 0, name: "", value: undefined, leftOut: item };
    const [line, name, value, leftOut] = item;
    return leftOut === undefined ? { line, name, value } : { line, name, value, leftOut };
  });
}

/** `[[12,1],[13,40],[13,2,17]]`. */
function readLines(text: string | null): LineRun[] | null {
  if (text === null) return null;
  const read = parseJson(text);
  if (!Array.isArray(read)) return null;
  return (read as readonly [number, number, number?][]).map(([line, count, col]) =>
    col === undefined ? { line, count } : { line, count, col },
  );
}

/** A stored value. One that is no JSON is shown as it is, not lost. */
function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return { $type: "unreadable", text };
  }
}
