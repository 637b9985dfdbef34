/**
 * Runs a program plain and traced, and tells what differs.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Program } from "./programs.ts";
import { type Observation, runProgram } from "./run-program.ts";

/** Characters shown around the first difference of two texts. */
const CONTEXT = 80;

/** What a comparison found. */
export interface Comparison {
  /** One sentence for each thing that differs; empty if all is equal. */
  readonly differences: readonly string[];
  /** Calls recorded in all processes of the traced run. */
  readonly recorded: number;
  /** Calls dropped; a lossless run has none. */
  readonly dropped: number;
  readonly plainMs: number;
  readonly tracedMs: number;
}

/** Compares a plain run with a traced one on a Node binary. `isSame`: of standard outputs. */
export async function compare(
  program: Program,
  node: string,
  isSame = (plain: string, traced: string): boolean => plain === traced,
): Promise<Comparison> {
  const store = mkdtempSync(join(tmpdir(), "breadcrumb-store-"));
  try {
    const plain = await runProgram(program, { node });
    const traced = await runProgram(program, { node, store });
    const { recorded, dropped, runs } = countCalls(store);
    const differences = [
      ...observed(
        plain,
        isSame(plain.stdout, traced.stdout) ? { ...traced, stdout: plain.stdout } : traced,
      ),
    ];
    if (runs === 0) differences.push("no run was recorded");
    else if (recorded === 0) differences.push("no call was recorded");
    if (dropped > 0) differences.push(`${dropped} calls dropped by a lossless run`);
    return { differences, recorded, dropped, plainMs: plain.wallMs, tracedMs: traced.wallMs };
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

/** What differs between what could be seen of two runs. */
function* observed(plain: Observation, traced: Observation): Generator<string> {
  if (plain.exit !== traced.exit) yield `exit code: ${plain.exit} plain, ${traced.exit} traced`;
  if (plain.stdout !== traced.stdout) yield `stdout: ${difference(plain.stdout, traced.stdout)}`;
  if (plain.stderr !== traced.stderr) yield `stderr: ${difference(plain.stderr, traced.stderr)}`;
  for (const path of new Set([...plain.files.keys(), ...traced.files.keys()])) {
    const [a, b] = [plain.files.get(path), traced.files.get(path)];
    if (a === undefined) yield `${path}: written by the traced run only`;
    else if (b === undefined) yield `${path}: written by the plain run only`;
    else if (a !== b) yield `${path}: ${difference(decode(a), decode(b))}`;
  }
}

function decode(base64: string): string {
  return Buffer.from(base64, "base64").toString();
}

/** Both texts around the place where they part. */
function difference(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const around = (text: string): string =>
    JSON.stringify(text.slice(Math.max(0, at - CONTEXT / 2), at + CONTEXT));
  return `from character ${at} on: ${around(a)} plain, ${around(b)} traced`;
}

/** Sums of the counters in a store's run records. */
function countCalls(store: string): { runs: number; recorded: number; dropped: number } {
  const sum = { runs: 0, recorded: 0, dropped: 0 };
  for (const name of listRuns(store)) {
    const { counters } = JSON.parse(readFileSync(join(store, "runs", name), "utf8")) as {
      counters: { recorded: number; dropped: number };
    };
    sum.runs += 1;
    sum.recorded += counters.recorded;
    sum.dropped += counters.dropped;
  }
  return sum;
}

function listRuns(store: string): string[] {
  try {
    return readdirSync(join(store, "runs")).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}
