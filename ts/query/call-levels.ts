/**
 * The calls of a trace level by level: its upper part, or the part below one call, however large it is.
 *
 *     const { calls } = await callLevels(reader, "019a-2N9C", { call: 17, maxCalls: 200 });
 *     calls[0]   // { call: { callId: 17, … }, level: 0, children: 412 }
 *
 * Breadth-first over ids alone, in a query a level, or one for all of a small trace; whole rows are
 * read of the calls that are taken. Below a call those that threw come first, then the longest.
 * Limits: `width` calls below one call, and `levels` levels; `children` says how many there are.
 */
import { BreadcrumbError } from "../errors";
import { readCallsByIds } from "./calls";
import { checkWhole, Conditions } from "./conditions";
import { countedMeanwhile } from "./counted-meanwhile";
import { loadDuckDB } from "./engine";
import type { Reader, Source } from "./reader";
import { lastRows } from "./last-rows";
import { traceNotFound } from "./resolve-trace";
import type { CallLevels } from "./results";
import { resolveTrace } from "./trace";
import { traceId } from "./trace-id";
import { traceSource } from "./trace-source";

/** Which part of a trace. */
export interface CallLevelsOptions {
  /** The call to begin at: its id. The root unless told. */
  readonly call?: number | undefined;
  /** Calls at most. @default 200 */
  readonly maxCalls?: number | undefined;
  /** Calls below one call at most. @default 20 */
  readonly width?: number | undefined;
  /** Levels at most, the first included. @default 50 */
  readonly levels?: number | undefined;
}

const DEFAULT_CALLS = 200;
const MOST_CALLS = 10_000;
const DEFAULT_WIDTH = 20;
const DEFAULT_LEVELS = 50;
const MOST_LEVELS = 10_000;
/** Calls of a trace that are all looked at together: they cost little more than a level of them. */
const AT_ONCE = 2000;

/** How many calls are below a call, and the first of them. */
type Edges = ReadonlyMap<number, { readonly count: number; readonly ids: readonly number[] }>;

/** How much of it; `edges` where those of the whole trace are known. */
interface Depth {
  readonly maxCalls: number;
  readonly width: number;
  readonly levels: number;
  readonly edges: Edges | null;
}

/** A call that was found, and the number of calls directly below it. */
interface Spot {
  readonly callId: number;
  readonly level: number;
  children: number;
}

/** The calls. Throws `BC_ERR_NOT_FOUND`, `BC_ERR_BAD_OPTION`. */
export async function callLevels(
  reader: Reader,
  trace: string,
  options: CallLevelsOptions = {},
): Promise<CallLevels> {
  const { call } = options;
  if (call !== undefined) checkWhole("call", call, 0, Number.MAX_SAFE_INTEGER);
  const maxCalls = checkWhole("maxCalls", options.maxCalls ?? DEFAULT_CALLS, 1, MOST_CALLS);
  const width = checkWhole("width", options.width ?? DEFAULT_WIDTH, 1, MOST_CALLS);
  const levels = checkWhole("levels", options.levels ?? DEFAULT_LEVELS, 1, MOST_LEVELS);
  reader.refresh();
  const { runId, rootId } = await resolveTrace(reader, trace);
  const walk = new Walk(reader, runId, rootId);
  const { callCount, top } = await walk.top(call, width);
  const id = traceId(runId, rootId);
  if (callCount === 0) throw traceNotFound(id);
  if (top.length === 0) {
    throw new BreadcrumbError("BC_ERR_NOT_FOUND", `trace ${id} has no call ${call}`);
  }
  const edges = callCount <= AT_ONCE ? await walk.childrenOf(null, width) : null;
  const spots = await walk.down(top, { maxCalls, width, levels, edges });
  const calls = await walk.read(spots);
  const counted = await countedMeanwhile(reader, runId, rootId);
  return { runId, traceId: id, callCount, calls, countedMeanwhile: counted };
}

/** Reads one trace. */
class Walk {
  readonly #reader: Reader;
  readonly #runId: string;
  readonly #source: Source;
  readonly #parameters: { readonly run: string; readonly root: number };
  readonly #where = new Conditions("p");

  constructor(reader: Reader, runId: string, rootId: number) {
    this.#reader = reader;
    this.#runId = runId;
    this.#source = traceSource(runId, rootId);
    this.#parameters = { run: runId, root: rootId };
    this.#where.add("run_id = ? AND root_id = ?", runId, rootId);
  }

  /** The calls to begin at: one, the root, or where that has no row the highest ones. */
  async top(call: number | undefined, width: number): Promise<{ callCount: number; top: Spot[] }> {
    const first =
      call === undefined ? "depth = (SELECT min(depth) FROM t)" : "call_id = $call::BIGINT";
    const rows = await this.#reader.rows({
      sources: { calls: this.#source },
      sql: (from) => `
        WITH t AS (SELECT call_id, depth FROM ${from.calls}
          WHERE run_id = $run AND root_id = $root::BIGINT)
        SELECT (SELECT count(DISTINCT call_id) FROM t)::DOUBLE AS n,
          (SELECT list(DISTINCT call_id ORDER BY call_id)[:${width}] FROM t WHERE ${first})::VARCHAR AS ids`,
      parameters: call === undefined ? this.#parameters : { ...this.#parameters, call },
    });
    const row = rows.row(0);
    const ids = JSON.parse(row.textOrNull("ids") ?? "[]") as number[];
    return {
      callCount: row.number("n"),
      top: ids.map((callId) => ({ callId, level: 0, children: 0 })),
    };
  }

  /** The calls below, level by level. */
  async down(top: readonly Spot[], { maxCalls, width, levels, edges }: Depth): Promise<Spot[]> {
    const all = top.slice(0, maxCalls);
    for (let from = 0; from < all.length;) {
      const level = all.slice(from);
      from = all.length;
      const below = edges ?? (await this.childrenOf(level, width));
      for (const spot of level) {
        const found = below.get(spot.callId);
        if (!found) continue;
        spot.children = found.count;
        if (spot.level + 1 >= levels) continue;
        const room = maxCalls - all.length;
        for (const callId of found.ids.slice(0, room)) {
          all.push({ callId, level: spot.level + 1, children: 0 });
        }
      }
    }
    return all;
  }

  /** The first calls below some, or below each of the trace. */
  async childrenOf(parents: readonly Spot[] | null, width: number): Promise<Edges> {
    const { listValue } = await loadDuckDB();
    const some = parents ? "IN (SELECT unnest($parents)::BIGINT)" : "IS NOT NULL";
    const weight = `CASE status WHEN 'threw' THEN ${Number.MAX_SAFE_INTEGER} ELSE coalesce(duration_ns, ${Number.MAX_SAFE_INTEGER}) END`;
    const rows = await this.#reader.rows({
      sources: { calls: this.#source },
      sql: (from) => `
        WITH below AS (SELECT parent_id, call_id, max(${weight}) AS weight FROM ${from.calls}
          WHERE run_id = $run AND root_id = $root::BIGINT AND parent_id ${some}
          GROUP BY parent_id, call_id)
        SELECT parent_id::DOUBLE AS parent_id, count(*)::DOUBLE AS n,
          arg_max(call_id, weight, ${width})::VARCHAR AS ids
        FROM below GROUP BY parent_id`,
      parameters: {
        ...this.#parameters,
        ...(parents && { parents: listValue(parents.map(({ callId }) => String(callId))) }),
      },
    });
    return new Map(
      rows.map((row) => [
        row.number("parent_id"),
        {
          count: row.number("n"),
          ids: (JSON.parse(row.text("ids")) as number[]).toSorted((a, b) => a - b),
        },
      ]),
    );
  }

  /** Whole rows, in the order of `spots`. */
  async read(spots: readonly Spot[]): Promise<CallLevels["calls"]> {
    const runIds = spots.map(() => this.#runId);
    const rows = await readCallsByIds(
      this.#reader,
      runIds,
      spots.map(({ callId }) => callId),
      { source: this.#source, where: this.#where },
    );
    const byId = lastRows(rows);
    return spots.flatMap(({ callId, level, children }) => {
      const call = byId.get(callId);
      return call ? [{ call, level, children }] : [];
    });
  }
}
