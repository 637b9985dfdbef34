/**
 * `npm run test:conformance`: every program on every Node, plain against traced, then its calls
 * against V8's counts; one line each.
 *
 *     program      node      result     recorded   plain    traced
 *     typescript   v24.1.0   equal       4123456    1.0 s     5.2 s
 *
 * Arguments: `--nodes 20,24`, `--turns` (each program on the pinned Node and on one of the others, in turn), `--programs babel,eslint`, `--small`, `--no-output`, `--no-counts`, `--locals`,
 * `--lines` (and how often each ran against V8's counts), `--variables`, `--edges`, `--leaves skip`, `--jobs 1` (programs at once; a program's own runs come one after the other).
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { MATRIX, nodeBinary, PINNED } from "../../scripts/node-versions.mjs";
import { compare } from "./compare.ts";
import { compareCounts } from "./compare-counts.ts";
import { judge } from "./known-gaps.ts";
import { findPrograms, type Program } from "./programs.ts";

const { values } = parseArgs({
  options: {
    nodes: { type: "string" },
    turns: { type: "boolean", default: false },
    programs: { type: "string" },
    small: { type: "boolean", default: false },
    output: { type: "boolean", default: true },
    counts: { type: "boolean", default: true },
    locals: { type: "boolean", default: false },
    lines: { type: "boolean", default: false },
    variables: { type: "boolean", default: false },
    edges: { type: "boolean", default: false },
    leaves: { type: "string" },
    jobs: { type: "string", default: String(availableParallelism()) },
  },
  allowNegative: true,
});
if (values.locals) process.env["BREADCRUMB_LOCALS"] = "1";
if (values.lines) process.env["BREADCRUMB_LINES"] = "1";
if (values.variables) process.env["BREADCRUMB_VARIABLES"] = "1";
if (values.edges) process.env["BREADCRUMB_EDGES"] = "1";
if (values.leaves) process.env["BREADCRUMB_LEAVES"] = values.leaves;
const majors = values.nodes?.split(",").map(Number) ?? MATRIX;
const others = majors.filter((major) => major !== PINNED);
const names = values.programs?.split(",");
const programs = findPrograms()
  .filter(({ small }) => small || !values.small)
  .filter(({ name }) => names?.includes(name) ?? true);
let failures = 0;

if (values.output) {
  console.log(row("program", "node", "result", "recorded", "plain", "traced"));
  await eachProgram(compareOn);
}
if (values.counts) {
  console.log(`\n${countRow("program", "node", "result", "functions", "calls", "set aside")}`);
  await eachProgram(countOn);
}
console.log(failures === 0 ? "\nall as expected" : `\n${failures} not as expected`);
process.exitCode = failures === 0 ? 0 : 1;

/** Does something with each program on each Node, several programs at once; prints the lines in their order. */
async function eachProgram(act: (program: Program, major: number) => Promise<string[]>) {
  const left = [...programs];
  const done = new Map<Program, string[]>();
  let printed = 0;
  const work = async (): Promise<void> => {
    for (let program = left.shift(); program !== undefined; program = left.shift()) {
      const lines: string[] = [];
      for (const major of majorsOf(program)) lines.push(...(await act(program, major)));
      done.set(program, lines);
      for (; done.has(programs[printed] as Program); printed++) {
        for (const line of done.get(programs[printed] as Program) ?? []) console.log(line);
      }
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
}

/** The Nodes that a program runs on. */
function majorsOf(program: Program): readonly number[] {
  if (!values.turns) return majors;
  const turn = others[programs.indexOf(program) % others.length];
  return majors.filter((major) => major === PINNED || major === turn);
}

async function compareOn(program: Program, major: number): Promise<string[]> {
  const result = await compare(program, nodeBinary(major));
  const verdict = judge(program, major, result.differences.length === 0);
  const { recorded, plainMs, tracedMs } = result;
  const times = [seconds(plainMs), seconds(tracedMs)] as const;
  if (!verdict.ok) failures += 1;
  return [
    row(program.name, `v${major}`, verdict.word, String(recorded), ...times),
    ...result.differences.map((difference) => `    ${difference}`),
  ];
}

async function countOn(program: Program, major: number): Promise<string[]> {
  if (program.uncounted !== undefined) {
    return [countRow(program.name, `v${major}`, "not counted", "", "", program.uncounted)];
  }
  const result = await compareCounts(program, nodeBinary(major));
  const { length } = result.differences;
  const verdict = judge(program, major, length === 0, "counts");
  const word = verdict.word === "differs" ? `${length} differ` : verdict.word;
  const figures = [String(result.functions), String(result.calls)] as const;
  if (!verdict.ok) failures += 1;
  return [
    countRow(program.name, `v${major}`, word, ...figures, result.aside),
    ...result.differences.slice(0, 10).map((difference) => `    ${difference}`),
  ];
}

function row(...cells: [string, string, string, string, string, string]): string {
  const [program, node, result, ...figures] = cells;
  const left = program.padEnd(12) + node.padEnd(6) + result.padEnd(12);
  return left + figures.map((figure) => figure.padStart(11)).join("");
}

function countRow(...cells: [string, string, string, string, string, string]): string {
  const [program, node, result, functions, calls, aside] = cells;
  const left = program.padEnd(12) + node.padEnd(6) + result.padEnd(12);
  return `${left}${functions.padStart(11)}${calls.padStart(12)}   ${aside}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
