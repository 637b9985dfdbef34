/**
 * `npm run bench`: each workload plain, dormant, counting, timing and recording, interleaved over
 * several rounds; ratios to plain with their spread.
 *
 * `npm run bench -- values`: see `values.ts`; `npm run bench -- overhead`: see `overhead.ts`.
 * Arguments: `--workloads tsc,page`, `--modes values,locals`, `--leaves skip`, `--clock exact`, `--rounds 5`, `--small`, `--json`.
 */
import { parseArgs } from "node:util";
import { benchOverhead } from "./overhead.ts";
import { formatRatio, medianOf, ratio } from "./statistics.ts";
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
  },
});
if (positionals.includes("values")) process.exit(benchValues(Number(values.rounds)));
if (positionals.includes("overhead")) {
  benchOverhead(Number(values.rounds), Number(values.seconds), values.units?.split(","));
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

if (!values.json) console.log(`Node ${process.version}, ${values.rounds} rounds, plain = 1.00\n`);
for (const workload of workloads) {
  const rounds: Map<Mode, Cost>[] = [];
  for (let round = 0; round < Number(values.rounds); round++)
    rounds.push(runRound(workload, round));
  if (values.json)
    console.log(JSON.stringify({ workload, rounds: rounds.map(Object.fromEntries) }));
  else report(workload, rounds);
}

/** One run in each mode, in an order that turns from round to round. */
function runRound(workload: Workload, round: number): Map<Mode, Cost> {
  const turned = modes.map((_, at) => modes[(at + round) % modes.length] as Mode);
  const costs = new Map(
    turned.map((mode) => [mode, runWorkload(workload, mode, size, process.execPath, more)]),
  );
  const outputs = new Set([...costs.values()].map(({ output }) => output));
  if (outputs.size > 1) throw new Error(`${workload} prints different things in different modes`);
  return costs;
}

function report(workload: Workload, rounds: readonly Map<Mode, Cost>[]): void {
  const plain = medianOf(rounds, "plain", ({ threadCpuMs }) => threadCpuMs);
  console.log(`${workload}: ${(plain / 1000).toFixed(2)} s of CPU plain`);
  console.log(
    `  ${"".padEnd(9)}${"CPU of the thread".padEnd(20)}${"CPU of the process".padEnd(20)}${"wall time".padEnd(20)}` +
      `${"recorder".padStart(10)}${"calls".padStart(12)}${"ns/call".padStart(9)}${"calls/s".padStart(11)}${"B/call".padStart(8)}${"peak".padStart(10)}`,
  );
  for (const mode of modes) console.log(`  ${mode.padEnd(9)}${line(rounds, mode, plain)}`);
  console.log();
}

/** A mode's line: ratios, the recorder's CPU, and what a recorded call costs and weighs. */
function line(rounds: readonly Map<Mode, Cost>[], mode: Mode, plainMs: number): string {
  const middle = (figure: (cost: Cost) => number): number => medianOf(rounds, mode, figure);
  const calls = middle((cost) => cost.calls);
  const threadMs = middle((cost) => cost.threadCpuMs);
  const recorderMs = middle((cost) => cost.recorderCpuMs);
  const bytes = middle((cost) => cost.bytes);
  const ratios = [
    ratio(rounds, mode, (cost) => cost.threadCpuMs),
    ratio(rounds, mode, (cost) => cost.processCpuMs),
    ratio(rounds, mode, (cost) => cost.wallMs),
  ].map((each) => formatRatio(each).padEnd(20));
  const figures = [
    `${(recorderMs / 1000).toFixed(2)} s`.padStart(10),
    String(calls).padStart(12),
    (calls > 0 ? (((threadMs - plainMs) * 1e6) / calls).toFixed(0) : "").padStart(9),
    (recorderMs > 0 ? ((calls / recorderMs) * 1000).toExponential(1) : "").padStart(11),
    (bytes > 0 && calls > 0 ? (bytes / calls).toFixed(1) : "").padStart(8),
    `${middle((cost) => cost.peakMiB).toFixed(0)} MiB`.padStart(10),
  ];
  return [...ratios, ...figures].join("");
}

function choose<T extends string>(all: readonly T[], names: string | undefined): readonly T[] {
  if (names === undefined) return all;
  return names.split(",").map((name) => {
    const found = all.find((known) => known === name);
    if (found === undefined) throw new Error(`${name} is none of ${all.join(", ")}`);
    return found;
  });
}
