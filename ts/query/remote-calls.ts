/**
 * The calls at the other ends of a trace's requests: what one led to in another process, or the same one, and what asked for it.
 *
 *     await readRemoteCalls(reader, runId, rootId)
 *     // { parent: null, children: [{ callId: 12, remote: { traceId: "019b…-1", function: "handle", … }, … }] }
 *
 * An `out` and an `in` with the same ids of W3C Trace Context are the two ends. Limits: of traces in this store. A request
 * that passed a process which gave it a span of its own, and is not recorded, has no other end here.
 */
import { loadDuckDB } from "./engine";
import { LINK_COLUMNS, readLinks } from "./links";
import type { Reader } from "./reader";
import type { CallStatus, Link, RemoteCall } from "./results";
import { holdsRun, mayHoldCalls } from "./segment-choice";
import { isoTime, timeColumns } from "./timestamps";

/** See the file. */
export interface RemoteCalls {
  /** The call that made the request which the trace serves. */
  readonly parent: RemoteCall | null;
  /** The calls that serve its own requests, in their order. */
  readonly children: readonly RemoteCall[];
}

/** The other ends of a trace's requests. */
export async function readRemoteCalls(
  reader: Reader,
  runId: string,
  rootId: number,
): Promise<RemoteCalls> {
  const own = await reader.rows({
    sources: { links: { table: "links", choose: (s) => holdsRun(s, runId) } },
    sql: (from) => `
      SELECT ${LINK_COLUMNS} FROM ${from.links}
      WHERE run_id = $run AND root_id = $root::BIGINT AND direction <> 'otel' ORDER BY linked_at, call_id`,
    parameters: { run: runId, root: rootId },
  });
  const ours = readLinks(own);
  if (ours.length === 0) return { parent: null, children: [] };
  const theirs = await otherEnds(reader, ours);
  const calls = await readCalls(reader, theirs);
  const found = ours.flatMap((link) =>
    (theirs.get(keyOf(link)) ?? [])
      .filter(({ direction }) => direction !== link.direction)
      .map((end) => ({ link, remote: remoteOf(link, end, calls) })),
  );
  return {
    parent: found.find(({ link }) => link.direction === "in")?.remote ?? null,
    children: found.filter(({ link }) => link.direction === "out").map(({ remote }) => remote),
  };
}

function keyOf({ w3cTraceId, spanId }: Link): string {
  return `${w3cTraceId}-${spanId}`;
}

function callKey(runId: string, callId: number): string {
  return `${runId}-${callId}`;
}

/** Every link with the ids of some, by these. */
async function otherEnds(
  reader: Reader,
  ours: readonly Link[],
): Promise<ReadonlyMap<string, Link[]>> {
  const { listValue } = await loadDuckDB();
  const rows = await reader.rows({
    sources: { links: { table: "links" } },
    sql: (from) => `
      SELECT ${LINK_COLUMNS} FROM ${from.links}
      SEMI JOIN (SELECT unnest($traces) AS w3c_trace_id, unnest($spans) AS span_id)
        USING (w3c_trace_id, span_id)
      WHERE direction <> 'otel' ORDER BY linked_at, call_id`,
    parameters: {
      traces: listValue(ours.map(({ w3cTraceId }) => w3cTraceId)),
      spans: listValue(ours.map(({ spanId }) => spanId)),
    },
  });
  const ends = new Map<string, Link[]>();
  for (const link of readLinks(rows)) {
    const key = keyOf(link);
    ends.set(key, [...(ends.get(key) ?? []), link]);
  }
  return ends;
}

/** What is told of a call at the other end. */
type Told = Pick<
  RemoteCall["remote"],
  "function" | "file" | "line" | "startedAt" | "durationNs" | "status"
>;

/** The calls of links, by run and id. */
async function readCalls(
  reader: Reader,
  ends: ReadonlyMap<string, readonly Link[]>,
): Promise<ReadonlyMap<string, Told>> {
  const { listValue } = await loadDuckDB();
  const wanted = [...ends.values()].flat();
  const rows = await reader.rows({
    sources: {
      calls: {
        table: "calls",
        live: true,
        choose: (s) => wanted.some(({ runId, callId }) => mayHoldCalls(s, runId, callId)),
      },
    },
    // What is stored twice, open and ended: the latter comes last.
    sql: (from) => `
      SELECT run_id, call_id::DOUBLE AS call_id, function, file, line, ${timeColumns("started_at")},
        duration_ns::DOUBLE AS duration_ns, status
      FROM ${from.calls}
      SEMI JOIN (SELECT unnest($runs) AS run_id, unnest($calls)::BIGINT AS call_id)
        USING (run_id, call_id)
      ORDER BY duration_ns NULLS FIRST`,
    parameters: {
      runs: listValue(wanted.map(({ runId }) => runId)),
      calls: listValue(wanted.map(({ callId }) => String(callId))),
    },
  });
  return new Map(
    rows.map((row) => [
      callKey(row.text("run_id"), row.number("call_id")),
      {
        function: row.text("function"),
        file: row.text("file"),
        line: row.number("line"),
        startedAt: isoTime(row.number("started_at_s"), row.number("started_at_n")),
        durationNs: row.numberOrNull("duration_ns"),
        status: row.text("status") as CallStatus,
      },
    ]),
  );
}

/** A call that has begun, and has no row yet. */
const UNKNOWN = {
  function: null,
  file: null,
  line: null,
  durationNs: null,
  status: "open",
} as const;

function remoteOf(
  { callId, linkedAt, w3cTraceId, spanId }: Link,
  end: Link,
  calls: ReadonlyMap<string, Told>,
): RemoteCall {
  const { runId, traceId } = end;
  const told = calls.get(callKey(runId, end.callId)) ?? { ...UNKNOWN, startedAt: end.linkedAt };
  return {
    callId,
    linkedAt,
    w3cTraceId,
    spanId,
    remote: { runId, traceId, callId: end.callId, ...told },
  };
}
