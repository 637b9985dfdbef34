/**
 * A store of pseudo-random calls, and what a naive reader of it knows.
 *
 *     const { dir } = await randomStore({ seed: 1, calls: 300 });
 *
 * Two runs; each of two threads has traces that are trees; functions, values, ends and times vary,
 * and the rows are spread over segments in the order in which calls end.
 */
import * as fc from "fast-check";
import { newFolder, RUN_A, RUN_B } from "./sample-store";
import { call, exception, functionSums, NOON_NS, type Row, StoreWriter } from "./store-writer";

/** Names that the functions of a random store have. */
export const FUNCTIONS = ["main", "Cart.add", "Cart.total", "load", "parse_50%"] as const;

const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 7, -1, 1.5, "7", "", "Ann", 'say "hi"\n', "a\\b"),
  fc.integer({ min: -3, max: 30 }),
);
const value = fc.oneof(
  leaf,
  fc.dictionary(fc.constantFrom("id", "user", "a/b", "a.b", "x~y", "0"), leaf, { maxKeys: 3 }),
  fc.array(leaf, { maxLength: 3 }),
  fc.record({ user: fc.record({ id: fc.integer({ min: 0, max: 5 }), tags: fc.array(leaf) }) }),
);
const oneCall = fc.record({
  parent: fc.nat(),
  root: fc.integer({ min: 0, max: 9 }),
  name: fc.constantFrom(...FUNCTIONS),
  status: fc.constantFrom("returned", "returned", "returned", "threw", "open"),
  stepNs: fc.integer({ min: 0, max: 3_000_000 }),
  durationNs: fc.integer({ min: 0, max: 40_000_000 }),
  selfNs: fc.integer({ min: 0, max: 9_000_000 }),
  arguments: fc.oneof(
    fc.constant(undefined),
    fc.array(fc.integer(), { maxLength: 2 }),
    fc.array(value, { maxLength: 3 }),
  ),
  result: fc.oneof(fc.constant(undefined), fc.integer(), value),
  callback: fc.boolean(),
  coarse: fc.boolean(),
});

/** How large a random store is, and which one. */
export interface RandomStoreSize {
  readonly seed: number;
  /** Calls of each thread; there are four. */
  readonly calls: number;
}

/** Writes the store; returns its folder and its rows. */
export async function randomStore(
  size: RandomStoreSize,
): Promise<{ dir: string; rows: readonly Row[] }> {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  const all: Row[] = [];
  for (const [r, runId] of [RUN_A, RUN_B].entries()) {
    writer.run({ runId, startedAt: `2026-11-23T08:00:0${r}.000Z` });
    const rows = [0, 1].flatMap((thread) => randomThread(size, r, thread));
    rows.sort((a, b) => endOf(a) - endOf(b));
    const perSegment = Math.ceil(rows.length / 3);
    for (let seq = 0; seq * perSegment < rows.length; seq++) {
      const calls = rows.slice(seq * perSegment, (seq + 1) * perSegment);
      await writer.segment({
        runId,
        seq,
        calls,
        exceptions: calls.filter((row) => row["status"] === "threw").map(thrown),
        functions: sumsOf(calls),
      });
    }
    all.push(...rows.map((row) => Object.assign(row, { run_id: runId })));
  }
  writer.close();
  return { dir, rows: all };
}

function randomThread({ seed, calls }: RandomStoreSize, run: number, thread: number): Row[] {
  const drawn = fc.sample(oneCall, { numRuns: calls, seed: seed * 10 + run * 2 + thread });
  const rows: Row[] = [];
  let startedAt = NOON_NS + BigInt(run) * 1_000_000_000n;
  for (const [i, draw] of drawn.entries()) {
    startedAt += BigInt(draw.stepNs);
    const id = thread * 1_000_000 + i + 1;
    // Of the newest ten only, so that traces are deep as well as many.
    const parent = draw.root === 0 ? undefined : rows.at(-1 - (draw.parent % 10));
    const callback = parent !== undefined && draw.callback && draw.parent % 5 === 0;
    const line = FUNCTIONS.indexOf(draw.name) + 1;
    rows.push(
      call({
        thread_id: thread,
        call_id: id,
        root_id: parent?.["root_id"] ?? id,
        parent_id: parent?.["call_id"] ?? null,
        parent_kind: parent === undefined ? "none" : callback ? "root" : "call",
        depth: parent === undefined ? 0 : Number(parent["depth"]) + 1,
        function: draw.name,
        file: `src/${draw.name.split(".")[0]!.toLowerCase()}.js`,
        line,
        parameters: draw.name === "load" ? '["options"]' : '["user","id","rest"]',
        started_at: startedAt,
        duration_ns: draw.status === "open" ? null : draw.durationNs,
        self_ns: draw.selfNs,
        wait_ns: draw.selfNs % 1000,
        status: draw.status,
        exception_id: draw.status === "threw" ? id : null,
        clock: draw.coarse ? "coarse" : "exact",
        ...storedArguments(draw.arguments),
        ...storedResult(draw.result),
      }),
    );
  }
  return rows;
}

/** Values where the recorder puts them: small integers in columns of their own. */
function storedArguments(given: readonly unknown[] | undefined): Row {
  if (given === undefined) return { argument_count: null };
  if (given.length <= 2 && given.every((item) => Number.isInteger(item))) {
    const [first = null, second = null] = given as readonly number[];
    return { argument_count: given.length, argument_0: first, argument_1: second };
  }
  return { argument_count: null, arguments_json: JSON.stringify(given) };
}

function storedResult(given: unknown): Row {
  if (given === undefined) return {};
  if (Number.isInteger(given)) return { result_integer: given as number };
  return { result_json: JSON.stringify(given) };
}

function endOf(row: Row): number {
  return Number(row["started_at"]) + Number(row["duration_ns"] ?? 0);
}

function thrown(row: Row): Row {
  return exception({
    exception_id: row["exception_id"] ?? null,
    thread_id: row["thread_id"] ?? null,
    call_id: row["call_id"] ?? null,
    root_id: row["root_id"] ?? null,
    function: row["function"] ?? null,
    file: row["file"] ?? null,
    line: row["line"] ?? null,
    message: `no ${row["call_id"]} "quoted"`,
    stack: `Error: no ${row["call_id"]}\n    at ${row["function"]}`,
    thrown_at: row["started_at"] ?? null,
  });
}

function sumsOf(calls: readonly Row[]): Row[] {
  return FUNCTIONS.flatMap((name): Row[] => {
    const own = calls.filter((row) => row["function"] === name);
    if (own.length === 0) return [];
    const ended = own.flatMap((row) =>
      row["duration_ns"] === null ? [] : Number(row["duration_ns"]),
    );
    const sum = (column: string) => own.reduce((total, row) => total + Number(row[column]), 0);
    const { file, line, parameters } = own[0] as { file: string; line: number; parameters: string };
    return [
      functionSums(
        {
          function: name,
          file,
          line,
          parameters,
          calls: own.length,
          errors: own.filter((row) => row["status"] === "threw").length,
          open: own.length - ended.length,
          self_ns: sum("self_ns"),
          wait_ns: sum("wait_ns"),
        },
        ended,
      ),
    ];
  });
}
