/**
 * `npm run bench`: each workload plain, dormant, counting, timing and recording, interleaved over
 * several rounds; ratios to plain with their spread, as tables in Markdown.
 *
 * Where calls are recorded, full rings drop, as in production; lossless runs beside them tell what it
 * takes to keep every call, and how fast the recorder is.
 *
 * `npm run bench -- values`: see `values.ts`; `npm run bench -- overhead`: see `overhead.ts`; `-- start`: see `start.ts`;
 * `-- lines`: see `lines.ts`; `-- edges`: see `edges.ts`; `-- inspector`: see `inspector.ts`; `-- attach`: see `attach.ts`.
 * Arguments: `--workloads tsc,page`, `--modes values,locals`, `--leaves skip`, `--clock exact`, `--rounds 5`, `--small`, `--json`.
 */
import { parseArgs } from "node:util";
import { benchAttach } from "./attach.ts";
import { benchEdges } from "./edges.ts";
import { benchInspector } from "./inspector.ts";
import { benchLines } from "./lines.ts";
import { benchOverhead } from "./overhead.ts";
import { type Case, formatRatio, formatTable, medianOf, ratio, type Round } from "./statistics.ts";
import { benchStart } from "./start.ts";
import { benchValues } from "./values.ts";
import { type Cost, type Mode, MODES, runWorkload, type Workload, WORKLOADS } from "./workload.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    workloads: { type: "string" },
    modes: { type: "string" },
    rounds: { type: "string", default: "5" },
    leaves: { type: "string" },
    clock: { type: "string" },
    small: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    units: { type: "string" },
    seconds: { type: "string", default: "7" },
    nodes: { type: "string" },
  },
});
if (positionals.includes("attach")) {
  await benchAttach(Number(values.rounds), values.nodes?.split(",").map(Number));
  process.exit(0);
}
if (positionals.includes("inspector")) process.exit(await benchInspector(Number(values.rounds)));
const isOfLines = positionals.includes("lines");
const isOfEdges = positionals.includes("edges");
if (isOfLines || isOfEdges) {
  const rounds = Number(values.rounds);
  const ofLines = isOfLines ? await benchLines(rounds) : 0;
  const ofEdges = isOfEdges ? await benchEdges(rounds, values.nodes?.split(",").map(Number)) : 0;
  process.exit(Math.max(ofLines, ofEdges));
}
if (positionals.includes("values")) process.exit(benchValues(Number(values.rounds)));
if (positionals.includes("overhead")) {
  benchOverhead(Number(values.rounds), Number(values.seconds), values.units?.split(","));
  process.exit(0);
}
if (positionals.includes("start")) {
  console.log(benchStart(Number(values.rounds)));
  process.exit(0);
}
const workloads = choose(WORKLOADS, values.workloads);
const modes = [
  "plain",
  ...choose(MODES, values.modes).filter((mode) => mode !== "plain"),
] as Mode[];
const size = values.small ? "small" : "full";
const { leaves, clock } = values;
const more = { ...(leaves && { leaves }), ...(clock && { clock }) };

if (!values.json)
  console.log(
    `Node ${process.version}, ${values.rounds} rounds, plain = 1.00: median (least–most)\n`,
  );
/** Cells of a line, see `line`. */
const COLUMNS = [
  "mode",
  "thread's CPU",
  "process's CPU",
  "recorder's CPU",
  "wall time",
  "dropped",
  "lossless: wall time",
  "recorded a second of its CPU",
  "bytes a call",
  "ns a call",
  "memory",
];
for (const workload of workloads) {
  const rounds: Round[] = [];
  // Its code is instrumented, and kept.
  run(workload, "dormant", "drop");
  for (let round = 0; round < Number(values.rounds); round++)
    rounds.push(runRound(workload, round));
  if (values.json)
    console.log(JSON.stringify({ workload, rounds: rounds.map(Object.fromEntries) }));
  else report(workload, rounds);
}

/** One run in each mode, in an order that turns from round to round; lossless ones besides where that differs. */
function runRound(workload: Workload, round: number): Round {
  const turned = modes.map((_, at) => modes[(at + round) % modes.length] as Mode);
  const costs = turned.map((mode) => [mode, run(workload, mode, "drop")] as const);
  const lossless = turned
    .filter((mode) => !["plain", "dormant", "count"].includes(mode))
    .map((mode) => [`${mode}, lossless`, run(workload, mode, "block")] as const);
  const all = new Map<Case, Cost>([...costs, ...lossless]);
  const outputs = new Set([...all.values()].map(({ output }) => output));
  if (outputs.size > 1) throw new Error(`${workload} prints different things in different modes`);
  return all;
}

function run(workload: Workload, mode: Mode, overflow: string): Cost {
  return runWorkload(workload, mode, size, process.execPath, { overflow, ...more });
}

function report(workload: Workload, rounds: readonly Round[]): void {
  const plainMs = medianOf(rounds, "plain", ({ threadCpuMs }) => threadCpuMs);
  const lines = modes.filter((mode) => mode !== "plain").map((mode) => line(rounds, mode, plainMs));
  const plainMiB = medianOf(rounds, "plain", ({ peakMiB }) => peakMiB);
  console.log(
    `${workload}: ${(plainMs / 1000).toFixed(2)} s of CPU and ${plainMiB.toFixed(0)} MiB plain\n`,
  );
  console.log(`${formatTable([COLUMNS, ...lines])}\n`);
}

/** A mode's line: ratios to plain, where full rings drop; and what it takes to lose nothing. */
function line(rounds: readonly Round[], mode: Mode, plainMs: number): string[] {
  const middle = (figure: (cost: Cost) => number): number => medianOf(rounds, mode, figure);
  const lossless: Case = rounds[0]?.has(`${mode}, lossless`) ? `${mode}, lossless` : mode;
  const whole = (figure: (cost: Cost) => number): number => medianOf(rounds, lossless, figure);
  const [calls, recorderMs] = [whole((cost) => cost.calls), whole((cost) => cost.recorderCpuMs)];
  const extraNs = (middle((cost) => cost.threadCpuMs) - plainMs) * 1e6;
  const happened = middle((cost) => cost.calls + cost.dropped);
  const isRecorded = lossless !== mode;
  return [
    mode,
    formatRatio(ratio(rounds, mode, (cost) => cost.threadCpuMs)),
    formatRatio(ratio(rounds, mode, (cost) => cost.processCpuMs)),
    `${(middle((cost) => cost.recorderCpuMs) / 1000).toFixed(2)} s`,
    formatRatio(ratio(rounds, mode, (cost) => cost.wallMs)),
    isRecorded ? `${((middle((cost) => cost.dropped) / happened) * 100).toFixed(0)} %` : "",
    isRecorded ? formatRatio(ratio(rounds, lossless, (cost) => cost.wallMs)) : "",
    isRecorded ? `${(calls / recorderMs / 1000).toFixed(1)} million` : "",
    isRecorded ? (whole((cost) => cost.bytes) / calls).toFixed(1) : "",
    happened > 0 ? (extraNs / happened).toFixed(1) : "",
    `${middle((cost) => cost.peakMiB).toFixed(0)} MiB`,
  ];
}

function choose<T extends string>(all: readonly T[], names: string | undefined): readonly T[] {
  if (names === undefined) return all;
  return names.split(",").map((name) => {
    const found = all.find((known) => known === name);
    if (found === undefined) throw new Error(`${name} is none of ${all.join(", ")}`);
    return found;
  });
}
