/**
 * Rows of `calls` as objects.
 *
 *     const rows = await reader.rows({ …, sql: (from) => callsQuery(`FROM ${from.calls} LIMIT 9`, "call_id") });
 *     readCalls(rows)   // [{ callId: 1, function: "main", arguments: [1, 2], result: 3, … }]
 *
 * Texts are the cost of a row (0.25 µs each), so a function's name and place come once, on its
 * first row, and integers never pass through JSON. Limits: values are parsed at once.
 */
import type { Rows } from "./engine";
import type { Call, CallStatus, JsonValue } from "./results";
import { isoTime, timeColumns } from "./timestamps";
import { traceId } from "./trace-id";

const STATUSES: readonly CallStatus[] = ["returned", "threw", "open"];

/** The query for the rows of `selection`, a SELECT over physical columns that begins at FROM. */
export function callsQuery(selection: string, orderBy: string): string {
  return `
    WITH chosen AS MATERIALIZED (SELECT * ${selection}),
    places AS (
      SELECT run_id, function, file, line, col, parameters, min(call_id) AS first_id,
        row_number() OVER () AS place
      FROM chosen GROUP BY run_id, function, file, line, col, parameters)
    SELECT root_id::DOUBLE AS root_id, call_id::DOUBLE AS call_id, parent_id::DOUBLE AS parent_id,
      thread_id, place::DOUBLE AS place,
      CASE WHEN call_id = first_id THEN run_id END AS run_id,
      CASE WHEN call_id = first_id THEN function END AS function,
      CASE WHEN call_id = first_id THEN file END AS file,
      CASE WHEN call_id = first_id THEN parameters END AS parameters,
      line, col, ${timeColumns("started_at")}, duration_ns::DOUBLE AS duration_ns,
      self_ns::DOUBLE AS self_ns, wait_ns::DOUBLE AS wait_ns, depth,
      CASE status WHEN 'returned' THEN 0 WHEN 'threw' THEN 1 ELSE 2 END AS status,
      argument_count, argument_0::DOUBLE AS argument_0, argument_1::DOUBLE AS argument_1,
      arguments_json, result_integer::DOUBLE AS result_integer, result_json,
      exception_id::DOUBLE AS exception_id, clock = 'exact' AS is_exact, weight,
      backend = 'inspector' AS is_inspector
    FROM chosen JOIN places USING (run_id, function, file, line, col, parameters)
    ORDER BY ${orderBy}`;
}

interface Place {
  readonly runId: string;
  readonly function: string;
  readonly file: string;
  readonly parameters: readonly string[];
}

/** The calls of `callsQuery`'s rows, in their order. */
export function readCalls(rows: Rows): Call[] {
  const numbers = (name: string) => rows.column<number>(name);
  const optional = (name: string) => rows.column<number | null>(name);
  const places = readPlaces(rows);
  const place = numbers("place");
  const root = numbers("root_id");
  const call = numbers("call_id");
  const parent = optional("parent_id");
  const thread = numbers("thread_id");
  const line = numbers("line");
  const col = numbers("col");
  const seconds = numbers("started_at_s");
  const nanoseconds = numbers("started_at_n");
  const duration = optional("duration_ns");
  const self = numbers("self_ns");
  const wait = numbers("wait_ns");
  const depth = numbers("depth");
  const status = numbers("status");
  const exception = optional("exception_id");
  const isExact = rows.column<boolean>("is_exact");
  const weight = numbers("weight");
  const isInspector = rows.column<boolean>("is_inspector");
  const values = valueReader(rows);
  const calls: Call[] = [];
  for (let i = 0; i < rows.count; i++) {
    const at = places.get(place[i] as number) as Place;
    calls.push({
      runId: at.runId,
      threadId: thread[i] as number,
      traceId: traceId(at.runId, root[i] as number),
      callId: call[i] as number,
      parentId: parent[i] as number | null,
      function: at.function,
      file: at.file,
      line: line[i] as number,
      col: col[i] as number,
      parameters: at.parameters,
      startedAt: isoTime(seconds[i] as number, nanoseconds[i] as number),
      durationNs: duration[i] as number | null,
      selfNs: self[i] as number,
      waitNs: wait[i] as number,
      depth: depth[i] as number,
      status: STATUSES[status[i] as number] as CallStatus,
      arguments: values.arguments(i),
      result: values.result(i),
      exceptionId: exception[i] as number | null,
      clock: isExact[i] ? "exact" : "coarse",
      weight: weight[i] as number,
      backend: isInspector[i] ? "inspector" : "probe",
    });
  }
  return calls;
}

function readPlaces(rows: Rows): ReadonlyMap<number, Place> {
  const numbers = rows.column<number>("place");
  const runs = rows.column<string | null>("run_id");
  const functions = rows.column<string>("function");
  const files = rows.column<string>("file");
  const parameters = rows.column<string>("parameters");
  const places = new Map<number, Place>();
  for (const [i, runId] of runs.entries()) {
    if (runId === null) continue;
    const names = parseJson(parameters[i] as string);
    places.set(numbers[i] as number, {
      runId,
      function: functions[i] as string,
      file: files[i] as string,
      parameters: Array.isArray(names) ? names.map(String) : [],
    });
  }
  return places;
}

function valueReader(rows: Rows) {
  const count = rows.column<number | null>("argument_count");
  const first = rows.column<number>("argument_0");
  const second = rows.column<number>("argument_1");
  const json = rows.column<string | null>("arguments_json");
  const resultInteger = rows.column<number | null>("result_integer");
  const resultJson = rows.column<string | null>("result_json");
  return {
    arguments(i: number): JsonValue | undefined {
      const text = json[i] as string | null;
      if (text !== null) return parseJson(text);
      switch (count[i]) {
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
