/**
 * `npm run bench -- values`: what it costs a program to record a call with objects, and with strings:
 * plain, dormant and with values in one go, the least of several rounds, in ns of CPU a call.
 *
 * Every object is looked into (`budget: 0`), which a recording does not do by itself. What must hold:
 * three small objects 2 µs, a string of 40 characters 250 ns.
 */
import { type Cost, type Mode, runWorkload, type Workload } from "./workload.ts";

/** A row of the table. */
interface Case {
  readonly name: string;
  readonly workload: Workload;
  readonly mode: Mode;
  readonly values?: Readonly<Record<string, unknown>>;
  /** ns a call that it may cost. */
  readonly most?: number;
}

const ALL = { budget: 0 };
/** What is measured. */
export const VALUE_CASES: readonly Case[] = [
  { name: "plain", workload: "objects", mode: "plain" },
  { name: "dormant", workload: "objects", mode: "dormant" },
  { name: "times alone", workload: "objects", mode: "time" },
  { name: "three small objects", workload: "objects", mode: "values", values: ALL, most: 2000 },
  {
    name: "the same, numbered",
    workload: "objects",
    mode: "values",
    values: { ...ALL, identity: true },
  },
  { name: "the same, by the budget", workload: "objects", mode: "values" },
  { name: "plain", workload: "strings", mode: "plain" },
  { name: "dormant", workload: "strings", mode: "dormant" },
  { name: "times alone", workload: "strings", mode: "time" },
  { name: "a string of 40", workload: "strings", mode: "values", most: 250 },
];
/** Calls of a workload. */
const CALLS: Partial<Record<Workload, number>> = { objects: 300_000, strings: 2_000_000 };

/** Measures and prints. Gives 1 where something costs more than it may. */
export function benchValues(rounds: number): number {
  const least = new Map<Case, number>();
  for (let round = 0; round < rounds; round++) {
    for (const each of VALUE_CASES) {
      const { workload, mode, values } = each;
      const cost: Cost = runWorkload(workload, mode, "full", process.execPath, { values });
      least.set(each, Math.min(least.get(each) ?? Number.POSITIVE_INFINITY, cost.threadCpuMs));
    }
  }
  let code = 0;
  for (const each of VALUE_CASES) {
    const plain = VALUE_CASES.find((c) => c.mode === "plain" && c.workload === each.workload);
    const ms = (least.get(each) ?? 0) - (least.get(plain as Case) ?? 0);
    const ns = (ms * 1e6) / (CALLS[each.workload] as number);
    if (each.most !== undefined && ns > each.most) code = 1;
    const limit = each.most === undefined ? "" : `  (at most ${each.most})`;
    console.log(
      `${each.workload.padEnd(9)}${each.name.padEnd(26)}${ns.toFixed(0).padStart(6)} ns${limit}`,
    );
  }
  return code;
}
