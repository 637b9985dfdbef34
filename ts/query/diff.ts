/**
 * Two runs, or two traces, compared.
 *
 *     const { divergence, slower, changedValues } = await diff(reader, "019a-1", "019b-1");
 *
 * The calls of both are walked side by side in the order of entry (`align-calls.ts`), in batches; sums
 * of functions and exceptions are compared by themselves. Limits: where the order of calls differs from
 * run to run (concurrent requests), so do the pairs.
 */
import { BreadcrumbError } from "../errors";
import { alignCalls, type Alignment, type Pair, type Spot } from "./align-calls";
import { readCallPath } from "./call-path";
import { CallStream } from "./call-stream";
import { readCallsByIds } from "./calls";
import { checkLimit } from "./conditions";
import { compareFunctions } from "./diff-functions";
import { conditionsOf, resolveSide, type Side, sourceOf } from "./diff-side";
import { lastRows } from "./last-rows";
import type { Reader } from "./reader";
import type { ChangedCall, Diff, DiffSide, Divergence, ExceptionChange } from "./diff-result";
import type { FunctionStats } from "./function-sums";
import type { Call } from "./results";
import { stats, statsOfCalls } from "./stats";
import { valueChanges } from "./value-changes";

/** From when on something differs, and how much of it to tell. */
export interface DiffOptions {
  /** A function is slower from this ratio of its mean durations, faster from its inverse. @default 1.5 */
  readonly ratio?: number | undefined;
  /** … and if that makes at least so many ms over its calls. @default 1 */
  readonly minMs?: number | undefined;
  /** So many of each list at most. @default 50 */
  readonly limit?: number | undefined;
}

const DEFAULT_RATIO = 1.5;
const DEFAULT_MIN_MS = 1;
const DEFAULT_LIMIT = 50;

/** Compares `a` with `b`. Throws `BC_ERR_NOT_FOUND`, `BC_ERR_BAD_OPTION`. */
export async function diff(
  reader: Reader,
  idA: string,
  idB: string,
  options: DiffOptions = {},
): Promise<Diff> {
  const limit = checkLimit(options.limit, DEFAULT_LIMIT);
  const ratio = atLeast("ratio", options.ratio ?? DEFAULT_RATIO, 1);
  const minMs = atLeast("minMs", options.minMs ?? DEFAULT_MIN_MS, 0);
  reader.refresh();
  const a = resolveSide(reader, idA);
  const b = resolveSide(reader, idB);
  if (a.kind !== b.kind) {
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `two runs or two traces can be compared: got the ${a.kind} ${a.id} and the ${b.kind} ${b.id}`,
    );
  }
  const [sumsA, sumsB] = [await sumsOf(reader, a), await sumsOf(reader, b)];
  const functions = compareFunctions(sumsA, sumsB, { ratio, minMs });
  const aligned = await alignCalls(new CallStream(reader, a), new CallStream(reader, b), {
    maxChanged: limit,
  });
  const calls = [
    await readSpots(reader, a, aligned, "a"),
    await readSpots(reader, b, aligned, "b"),
  ] as const;
  return {
    a: describe(a, sumsA),
    b: describe(b, sumsB),
    pairs: aligned.pairs,
    onlyInA: aligned.onlyInA,
    onlyInB: aligned.onlyInB,
    divergence: aligned.first && (await readDivergence(reader, aligned.first, calls)),
    added: functions.added.slice(0, limit),
    removed: functions.removed.slice(0, limit),
    slower: functions.slower.slice(0, limit),
    faster: functions.faster.slice(0, limit),
    counts: functions.counts.slice(0, limit),
    changedCount: aligned.changedCount,
    changedValues: aligned.changed.flatMap((pair) => changedCall(pair, calls)),
    exceptions: await changedExceptions(reader, [a, b], limit),
  };
}

function atLeast(name: string, value: number, least: number): number {
  if (typeof value === "number" && value >= least && value < Number.MAX_SAFE_INTEGER) return value;
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `${name} is a number from ${least}: got ${JSON.stringify(value)}`,
  );
}

/** The sums of a side's functions: of a run from its segments, those counted only included. */
function sumsOf(reader: Reader, side: Side): Promise<FunctionStats[]> {
  if (side.kind === "run") return stats(reader, { run: side.runId });
  return statsOfCalls(reader, sourceOf(side, "calls"), conditionsOf(side, "side"));
}

function describe({ kind, id }: Side, sums: readonly FunctionStats[]): DiffSide {
  const sum = (of: (f: FunctionStats) => number) => sums.reduce((total, f) => total + of(f), 0);
  return {
    kind,
    id,
    calls: sum(({ calls }) => calls),
    errors: sum(({ errors }) => errors),
    selfNs: sum(({ selfNs }) => selfNs),
  };
}

type Calls = ReadonlyMap<number, Call>;

/** The calls of a side that are told whole, by their ids. */
async function readSpots(
  reader: Reader,
  side: Side,
  { first, changed }: Alignment,
  name: "a" | "b",
): Promise<Calls> {
  const spots = [first, ...changed].map((pair) => pair?.[name]);
  const ids = [...new Set(spots.flatMap((spot) => spot?.callId ?? []))];
  const runIds = ids.map(() => side.runId);
  return lastRows(await readCallsByIds(reader, runIds, ids, { where: conditionsOf(side, "side") }));
}

async function readDivergence(
  reader: Reader,
  { kind, a, b }: Pair & Pick<Divergence, "kind">,
  [callsA, callsB]: readonly [Calls, Calls],
): Promise<Divergence> {
  const read = async (spot: Spot | null, calls: Calls) => {
    const call = calls.get(spot?.callId ?? -1);
    if (!spot || !call) return null;
    const path = await readCallPath(reader, call.runId, call.callId);
    return { position: spot.position, path, call };
  };
  return { kind, a: await read(a, callsA), b: await read(b, callsB) };
}

/** A pair of calls whose values differ; none if one of them has gone meanwhile. */
function changedCall(pair: Pair, [callsA, callsB]: readonly [Calls, Calls]): ChangedCall[] {
  const a = callsA.get(pair.a?.callId ?? -1);
  const b = callsB.get(pair.b?.callId ?? -1);
  if (!a || !b) return [];
  return [
    {
      function: b.function,
      file: b.file,
      line: b.line,
      a: { position: pair.a?.position ?? 0, traceId: a.traceId, callId: a.callId },
      b: { position: pair.b?.position ?? 0, traceId: b.traceId, callId: b.callId },
      changes: [
        ...valueChanges("arguments", a.arguments, b.arguments),
        ...valueChanges("result", a.result, b.result),
      ],
    },
  ];
}

/** Exceptions that are not the same number on both sides. */
async function changedExceptions(
  reader: Reader,
  [a, b]: readonly [Side, Side],
  limit: number,
): Promise<ExceptionChange[]> {
  const [inA, inB] = [conditionsOf(a, "a"), conditionsOf(b, "b")];
  const rows = await reader.rows({
    sources: { a: sourceOf(a, "exceptions"), b: sourceOf(b, "exceptions") },
    sql: (from) => `
      SELECT name, message, function, file, sum(a)::DOUBLE AS a, sum(b)::DOUBLE AS b
      FROM (SELECT name, message, function, file, 1 AS a, 0 AS b
          FROM ${from.a} WHERE ${inA.sql()}
        UNION ALL SELECT name, message, function, file, 0, 1 FROM ${from.b} WHERE ${inB.sql()})
      GROUP BY name, message, function, file HAVING sum(a) <> sum(b)
      ORDER BY abs(sum(b) - sum(a)) DESC, name, message, function, file LIMIT ${limit}`,
    parameters: { ...inA.parameters, ...inB.parameters },
  });
  return rows.map((row) => ({
    name: row.text("name"),
    message: row.text("message"),
    function: row.textOrNull("function"),
    file: row.textOrNull("file"),
    a: row.number("a"),
    b: row.number("b"),
  }));
}
