/**
 * `npm run bench:store`: a store of many calls, recorded by a real program, and what it costs to ask
 * it, before and after it is merged, beside the same rows in a native DuckDB file.
 *
 * Arguments: `--calls 100000000`, `--dir folder` (kept, and used again), `--waiting 10000` (small
 * segments, for opening a store), `--json`.
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type * as Query from "../../../ts/query/index.ts";
import { appText, CALLS_PER_REQUEST } from "./app-text.ts";
import { manyWaiting, passGrace } from "./many-waiting.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "10000000" },
    dir: { type: "string" },
    waiting: { type: "string", default: "10000" },
    json: { type: "boolean", default: false },
  },
});
const packageRoot = resolve(import.meta.dirname, "../../..");
const require = createRequire(import.meta.url);
const { openStore } = require(join(packageRoot, "dist/query.js")) as typeof Query;
const cli = join(packageRoot, "dist/cli.js");
const calls = Number(values.calls);
const dir = values.dir ? resolve(values.dir) : mkdtempSync(join(tmpdir(), "breadcrumb-store-"));
const store = join(dir, "store");

/** What segments' sums tell, from the rows. */
const RECOMPUTED = `
  SELECT function, file, line, col, count(*) AS calls, sum(duration_ns)::DOUBLE AS total_ns,
    sum(self_ns)::DOUBLE AS self_ns, max(duration_ns)::DOUBLE AS max_ns,
    count(*) FILTER (status = 'threw') AS errors
  FROM calls GROUP BY ALL ORDER BY self_ns DESC`;

interface Measure {
  readonly question: string;
  readonly ms: number;
  readonly cpuMs: number;
  /** The same to DuckDB. */
  readonly sql?: readonly string[] | undefined;
}

try {
  record();
  const waiting = await ask("waiting to be merged");
  const compacted = timed(() => breadcrumb("compact", "--store", store, "--json"));
  console.log(`\ncompact: ${(compacted.ms / 1000).toFixed(1)} s, ${compacted.answer.trim()}`);
  const merged = await ask("merged");
  passGrace(store);
  breadcrumb("compact", "--store", store);
  const left = sizeOf(join(store, "segments"));
  const rest = filesIn(join(store, "segments"), ".json");
  console.log(
    `\nwithout what was replaced: ${(left / calls).toFixed(1)} bytes a call in ${rest} segments`,
  );
  const scan = scanned();
  const opening = await openMany();
  if (values.json) console.log(JSON.stringify({ calls, waiting, merged, scan, opening }));
} finally {
  if (!values.dir) rmSync(dir, { recursive: true, force: true });
}

/** Records the program, unless the folder has a store already. */
function record(): void {
  if (existsSync(join(store, "store.json"))) return;
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "app.cjs"), appText());
  writeFileSync(
    join(dir, "requests.cjs"),
    require("node:fs").readFileSync(join(import.meta.dirname, "requests.cjs"), "utf8"),
  );
  const { ms } = timed(() => recordInto(store, calls));
  const rate = Math.round(calls / ms);
  console.log(
    `recorded ${calls.toLocaleString("en")} calls in ${(ms / 1000).toFixed(1)} s, ${rate} thousand a second`,
  );
}

function recordInto(to: string, count: number): void {
  const program = [process.execPath, "requests.cjs", String(count)];
  breadcrumb("run", "--include", "*.cjs", "--store", to, "--quiet", "--", ...program);
}

/** What it takes to open a store with many small segments, waiting and merged. */
async function openMany(): Promise<Measure[]> {
  const count = Number(values.waiting);
  const [small, many] = [join(dir, "small"), join(dir, "many")];
  rmSync(small, { recursive: true, force: true });
  // Ten requests, the last of them with the text to be found.
  recordInto(small, 10 * CALLS_PER_REQUEST);
  manyWaiting(small, many, count);
  const open = async () => {
    await using fresh = await openStore(many);
    return (await fresh.runs()).length;
  };
  const waiting = await measured(`open with ${count} segments waiting`, open);
  breadcrumb("compact", "--store", many);
  passGrace(many);
  breadcrumb("compact", "--store", many);
  const segments = filesIn(join(many, "segments"), ".json");
  const merged = await measured(`the same, merged into ${segments}`, open);
  console.log("");
  for (const measure of [waiting, merged]) print(measure);
  rmSync(many, { recursive: true });
  return [waiting, merged];
}

function breadcrumb(...args: string[]): string {
  const ended = spawnSync(process.execPath, [cli, ...args], { cwd: dir, encoding: "utf8" });
  if (ended.status !== 0) throw new Error(`breadcrumb ${args.join(" ")}: ${ended.stderr}`);
  return ended.stdout;
}

function timed<T>(work: () => T): { readonly answer: T; readonly ms: number } {
  const begun = performance.now();
  const answer = work();
  return { answer, ms: performance.now() - begun };
}

/** Asks every question of the store as it is, and of a DuckDB file with the same rows. */
async function ask(state: string): Promise<Measure[]> {
  const size = sizeOf(join(store, "segments"));
  const segments = filesIn(join(store, "segments"), ".json");
  await using warm = await openStore(store);
  const opened = await measured("open, and list the runs", async () => {
    await using fresh = await openStore(store);
    return (await fresh.runs()).length;
  });
  const { rows } = await warm.sql(
    "SELECT count(*) AS n, min(started_at)::VARCHAR AS first, max(started_at)::VARCHAR AS last FROM calls",
  );
  const { n, first, last } = rows[0] as { n: number; first: string; last: string };
  const stored = Number(n);
  console.log(
    `\n${state}: ${stored.toLocaleString("en")} calls in ${segments} segments, ${(size / stored).toFixed(1)} bytes a call`,
  );
  const { items } = await warm.calls({ function: "refund", limit: 1 });
  const trace = items[0]!.traceId;
  const middle = new Date((Date.parse(`${first}Z`) + Date.parse(`${last}Z`)) / 2);
  const since = middle.toISOString().slice(0, -1);
  const needle = String((items[0]!.arguments as number[])[0]);
  const measures = [
    opened,
    await measured("trace(id)", () => warm.trace(trace), [
      "SELECT * FROM calls WHERE trace_id = $1",
      trace,
    ]),
    await measured(
      "calls of a function from a time on, 100",
      () => warm.calls({ function: "leaf17", since: middle, limit: 100, order: "oldest" }),
      [
        `SELECT * FROM calls WHERE function = 'leaf17' AND started_at >= '${since}'::TIMESTAMP_NS ORDER BY started_at LIMIT 100`,
      ],
    ),
    await measured(
      "last 100 calls of a rare function",
      () => warm.calls({ function: "refund", limit: 100 }),
      ["SELECT * FROM calls WHERE function = 'refund' ORDER BY started_at DESC LIMIT 100"],
    ),
    await measured("stats of everything", () => warm.stats()),
    await measured("the same from the rows", () => warm.sql(RECOMPUTED), [RECOMPUTED]),
    await measured("search for a rare text", () => warm.search(`needle-${needle}`, { limit: 10 }), [
      `SELECT * FROM calls WHERE contains(arguments, 'needle-${needle}') OR contains(result, 'needle-${needle}') LIMIT 10`,
    ]),
    await measured("newest 50 exceptions", () => warm.exceptions({ limit: 50 }), [
      "SELECT * FROM exceptions ORDER BY thrown_at DESC LIMIT 50",
    ]),
  ];
  await checkSums(warm, stored);
  const peak = process.resourceUsage().maxRSS / 1024;
  const native = duckdbTimes(measures.flatMap(({ sql }) => (sql ? [sql] : [])));
  for (const measure of measures) print(measure, measure.sql ? native.shift() : undefined);
  console.log(`  peak memory of the reader: ${peak.toFixed(0)} MB`);
  return measures;
}

function print({ question, ms, cpuMs }: Measure, duckdb?: number): void {
  const ratio =
    duckdb === undefined ? "" : `   DuckDB ${duckdb.toFixed(0)} ms, ×${(ms / duckdb).toFixed(2)}`;
  console.log(
    `  ${question.padEnd(42)}${ms.toFixed(1).padStart(9)} ms  CPU ${cpuMs.toFixed(0).padStart(6)} ms${ratio}`,
  );
}

/** What segments' sums tell is what their rows tell. */
async function checkSums(warm: Query.Store, stored: number): Promise<void> {
  const sums = await warm.stats();
  const { rows } = await warm.sql(RECOMPUTED);
  const byPlace = new Map(
    (rows as { function: string; line: number; col: number; [name: string]: unknown }[]).map(
      (row) => [`${row.function} ${row.line}:${row.col}`, row],
    ),
  );
  const total = sums.reduce((n, f) => n + f.calls, 0);
  if (total !== stored || byPlace.size !== sums.length)
    throw new Error("sums and rows differ in number");
  for (const f of sums) {
    const row = byPlace.get(`${f.function} ${f.line}:${f.col}`);
    const same =
      Number(row?.["calls"]) === f.calls &&
      Number(row?.["total_ns"]) === f.totalNs &&
      Number(row?.["self_ns"]) === f.selfNs &&
      Number(row?.["errors"]) === f.errors;
    if (!same) throw new Error(`sums and rows of ${f.function} differ`);
  }
  if (calls >= CALLS_PER_REQUEST && stored < calls) throw new Error("calls are missing");
}

/** The fewest ms of five, warm; CPU of the process in that run. */
async function measured(
  question: string,
  work: () => Promise<unknown>,
  sql?: readonly string[],
): Promise<Measure> {
  const runs: { ms: number; cpuMs: number }[] = [];
  for (let i = 0; i < 5; i++) {
    const cpu = process.cpuUsage();
    const begun = performance.now();
    await work();
    const ms = performance.now() - begun;
    const { user, system } = process.cpuUsage(cpu);
    runs.push({ ms, cpuMs: (user + system) / 1000 });
    if (ms > 10_000) break;
  }
  runs.sort((a, b) => a.ms - b.ms);
  return { question, ...runs[0]!, sql };
}

/** What a native DuckDB file with the same rows takes for these. */
function duckdbTimes(questions: readonly (readonly string[])[]): number[] {
  return beside("native.ts", JSON.stringify(questions)) as number[];
}

/** Processor time of sums over all rows, by one thread. */
function scanned(): unknown {
  const times = beside("scan.ts", RECOMPUTED) as { store: number[]; native: number[] };
  const [ours, theirs] = [times.store, times.native].map((all) => {
    const text = `${Math.round(all[0]!)}–${Math.round(all.at(-1)!)}`;
    return { median: all[all.length >> 1]!, text };
  });
  const ratio = (ours!.median / theirs!.median).toFixed(2);
  console.log(
    `  sums from the rows, one thread: CPU ${ours!.text} ms, DuckDB ${theirs!.text} ms; of the medians ×${ratio}`,
  );
  return times;
}

/** What a script beside this one says of the store and the DuckDB file. */
function beside(name: string, argument: string): unknown {
  const script = join(import.meta.dirname, name);
  const args = [script, store, join(dir, "calls.duckdb"), argument];
  const ended = spawnSync(process.execPath, args, { cwd: packageRoot, encoding: "utf8" });
  if (ended.status !== 0) throw new Error(ended.stderr);
  return JSON.parse(ended.stdout);
}

function filesIn(folder: string, end: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(end),
  ).length;
}

function sizeOf(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names
    .map((name) => statSync(join(folder, name)))
    .reduce((n, s) => n + (s.isFile() ? s.size : 0), 0);
}
