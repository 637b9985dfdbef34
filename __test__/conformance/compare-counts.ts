/**
 * Checks that recorded + counted + dropped = happened, function by function, against V8's counts:
 * one run plain with `coverage-preload.cjs`, one traced. Only the main thread of the main process.
 *
 * V8 counts by places in the text that it runs, the store tells original ones: the table
 * `functions` leads from one to the other. Of lines there is no such table, so with them the maps of CommonJS files
 * are hidden from both runs.
 *
 * Set aside, with their number: what V8 counts that is no function of the source (module wrappers,
 * class initialisers, implicit constructors), and calls of functions and files left alone.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type * as Query from "../../ts/query/index.ts";
import type { Coverage } from "../../ts/session.ts";
import { compareLines, type StoredLine } from "./compare-lines.ts";
import { type Program, ROOT } from "./programs.ts";
import { runProgram } from "./run-program.ts";
import { type CountedFunction, readV8Counts, type V8Counts } from "./v8-counts.ts";

const MAX_ROWS = 1_000_000;
/** What `breadcrumb run` adds to the environment: programs that walk through it see as much plain. */
const SAME_ENVIRONMENT = {
  NODE_OPTIONS: "",
  BREADCRUMB_OPTIONS: "",
  BREADCRUMB_LAUNCH: "",
  BREADCRUMB_LAUNCH_LOG: "",
  BREADCRUMB_PARENT_RUN: "",
};
/** One thread for files, so that reads end in the order in which they began. */
const SAME_ORDER = { UV_THREADPOOL_SIZE: "1" };
/** A row of the answer to `SQL`. */
interface StoredFunction {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly name: string;
  readonly calls: number;
}
/** Calls by function of the main thread of the run whose process was started by no other. */
const SQL = `
  WITH main AS (SELECT run_id FROM runs WHERE parent_run_id IS NULL)
  SELECT file, line, col, any_value(function) AS name, CAST(sum(n) AS BIGINT) AS calls FROM (
    SELECT file, line, col, function, count(*) AS n FROM calls
      WHERE thread_id = 0 AND run_id IN (FROM main) GROUP BY ALL
    UNION ALL
    SELECT file, line, col, function, sum(counted + dropped) AS n FROM counts
      WHERE thread_id = 0 AND run_id IN (FROM main) GROUP BY ALL
  ) GROUP BY file, line, col`;

/** Original places by those in the text that V8 ran. */
const MOVED_SQL = `
  SELECT DISTINCT file, line, col, generated_file, generated_line, generated_col FROM functions
  WHERE generated_file IS NOT NULL AND run_id IN (SELECT run_id FROM runs WHERE parent_run_id IS NULL)`;
/** A row of the answer to it. */
interface MovedFunction {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly generated_file: string;
  readonly generated_line: number;
  readonly generated_col: number;
}

/** Calls in the store by place, and original places by generated ones. */
interface Stored {
  readonly lines: readonly StoredLine[];
  readonly calls: Map<string, { name: string; calls: number }>;
  readonly moved: ReadonlyMap<string, string>;
}

/** How often each line ran in the main thread of that run. */
const LINES_SQL = `
  SELECT file, line, col, any_value(function) AS name, CAST(sum("count") AS BIGINT) AS calls FROM lines
  WHERE thread_id = 0 AND run_id IN (SELECT run_id FROM runs WHERE parent_run_id IS NULL)
    AND NOT starts_with(file, '__test__/conformance/')
  GROUP BY file, line, col`;

/** What a comparison found. */
export interface CountComparison {
  /** One sentence for each function whose numbers differ, the largest difference first. */
  readonly differences: readonly string[];
  /** Functions compared. */
  readonly functions: number;
  /** Their calls. */
  readonly calls: number;
  /** What was set aside: kind and number of calls. */
  readonly aside: string;
}

/** Compares the counts of a program on a Node binary. */
export async function compareCounts(program: Program, node: string): Promise<CountComparison> {
  const folder = mkdtempSync(join(tmpdir(), "breadcrumb-counts-"));
  try {
    const [countsFile, coverageFile] = [join(folder, "counts.json"), join(folder, "coverage.json")];
    const store = join(folder, "store");
    const maps = process.env["BREADCRUMB_LINES"]
      ? [join(import.meta.dirname, "hide-maps.cjs")]
      : [];
    let counted: V8Counts | undefined;
    await runProgram(program, {
      node,
      preload: [...maps, join(import.meta.dirname, "coverage-preload.cjs")],
      env: { ...SAME_ENVIRONMENT, ...SAME_ORDER, BREADCRUMB_TEST_COUNTS: countsFile },
      inspect: () => (counted = readV8Counts(countsFile)),
    });
    await runProgram(program, {
      node,
      store,
      preload: [...maps, join(import.meta.dirname, "coverage-dump.cjs")],
      env: { ...SAME_ORDER, BREADCRUMB_TEST_COVERAGE: coverageFile },
    });
    const coverage = JSON.parse(readFileSync(coverageFile, "utf8")) as Coverage;
    if (counted === undefined) throw new Error("the plain run has left no counts");
    const stored = await storedCalls(store);
    const found = reconcile(counted.functions, stored, coverage);
    const lines = compareLines(counted, stored.lines, {
      moved: movedFiles(stored),
      clock: program.clock ?? [],
    });
    return {
      ...found,
      differences: [...found.differences, ...lines.differences],
      aside: lines.compared === 0 ? found.aside : `${found.aside}; ${lines.text}`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function storedCalls(dir: string): Promise<Stored> {
  const require = createRequire(import.meta.url);
  const { openStore } = require(join(ROOT, "dist/query.js")) as typeof Query;
  const store = await openStore(dir);
  try {
    const limits = { maxRows: MAX_ROWS, timeoutMs: 600_000 };
    const { rows } = await store.sql(SQL, [], limits);
    const moved = await store.sql(MOVED_SQL, [], limits);
    const lines = await store.sql(LINES_SQL, [], limits);
    const byPlace = new Map(
      (rows as unknown as StoredFunction[])
        .filter(({ file }) => !file.startsWith("__test__/conformance/"))
        .map(({ file, line, col, name, calls }) => [
          placeKey(resolve(ROOT, file), line, col),
          { name, calls },
        ]),
    );
    const places = (moved.rows as unknown as MovedFunction[]).map(
      (row) =>
        [
          placeKey(resolve(ROOT, row.generated_file), row.generated_line, row.generated_col),
          placeKey(resolve(ROOT, row.file), row.line, row.col),
        ] as const,
    );
    return {
      calls: byPlace,
      moved: new Map(places),
      lines: lines.rows as unknown as StoredLine[],
    };
  } finally {
    await store.close();
  }
}

/** Files whose places a source map told. */
function movedFiles({ moved }: Stored): ReadonlySet<string> {
  return new Set([...moved.values()].map((key) => key.replace(/:\d+:\d+$/, "")));
}

function placeKey(path: string, line: number, col: number): string {
  return `${path}:${line}:${col}`;
}

/** Sets V8's counts and the stored ones against each other. */
function reconcile(
  counted: readonly CountedFunction[],
  { calls: stored, moved }: Pick<Stored, "calls" | "moved">,
  coverage: Coverage,
): CountComparison {
  const aside = new Map<string, number>();
  const leftAlone = leftAlonePlaces(coverage);
  const expected = new Map<string, CountedFunction>();
  for (const found of counted) {
    const place = placeKey(found.path, found.line, found.col);
    const key = moved.get(place) ?? place;
    const kind = found.synthetic ?? (stored.has(key) ? undefined : leftAlone(found));
    if (kind !== undefined) aside.set(kind, (aside.get(kind) ?? 0) + found.count);
    else expected.set(key, { ...found, count: found.count + (expected.get(key)?.count ?? 0) });
  }
  const differing: { by: number; text: string }[] = [];
  let calls = 0;
  for (const key of new Set([...expected.keys(), ...stored.keys()])) {
    const [v8, ours] = [expected.get(key), stored.get(key)];
    const [happened, kept] = [v8?.count ?? 0, ours?.calls ?? 0];
    calls += happened;
    if (happened === kept) continue;
    const name = ours?.name ?? v8?.name ?? "";
    differing.push({
      by: Math.abs(happened - kept),
      text: `${name || "(anonymous)"} ${key}: ${happened} happened, ${kept} in the store`,
    });
  }
  return {
    differences: differing.toSorted((a, b) => b.by - a.by).map(({ text }) => text),
    functions: new Set([...expected.keys(), ...stored.keys()]).size,
    calls,
    aside: [...aside].map(([kind, number]) => `${number} × ${kind}`).join(", ") || "nothing",
  };
}

/** Tells whether a function was left alone: alone, or with its whole file. */
function leftAlonePlaces(coverage: Coverage): (found: CountedFunction) => string | undefined {
  const files = new Map(coverage.files.map((file) => [resolve(ROOT, file.file), file]));
  return ({ path, line }) => {
    const file = files.get(path);
    if (file === undefined) return undefined;
    if (file.status !== "instrumented") return `call in a file ${file.status}`;
    const alone = file.leftAlone.some((entry) => entry.line === line);
    return alone ? "call of a function left alone" : undefined;
  };
}
