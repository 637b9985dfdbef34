/**
 * `npm run fuzz`: generated programs, plain against traced; exit code 1 if one differs.
 *
 *     npm run fuzz -- --runs 10000 --seed 7 --nodes 24
 *
 * `--locals`: with probes that read variables, `--leaves skip`: without those of leaves. Without `--seed` one is taken from the clock, and said. The same seed on the same version gives the
 * same programs.
 */
import { parseArgs } from "node:util";
import { nodeBinary, PINNED } from "../../scripts/node-versions.mjs";
import { type FoundDifference, fuzz, USING_SINCE } from "./fuzz.ts";
import { fuzzWholeProcesses } from "./whole-processes.ts";

const EVERY = 500;
/** Of how many programs one runs as a process of its own as well. */
const WHOLE_SHARE = 200;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "10000" },
    seed: { type: "string" },
    nodes: { type: "string", default: String(PINNED) },
    locals: { type: "boolean", default: false },
    leaves: { type: "string" },
  },
});
if (values.locals) process.env["BREADCRUMB_LOCALS"] = "1";
if (values.leaves) process.env["BREADCRUMB_LEAVES"] = values.leaves;
const runs = Number(values.runs);
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);

for (const major of values.nodes.split(",").map(Number)) {
  console.log(`Node ${major}: ${runs} programs from seed ${seed}`);
  const began = performance.now();
  const seconds = (): string => ((performance.now() - began) / 1000).toFixed(0);
  const report = await fuzz({
    node: nodeBinary(major),
    major,
    seed,
    runs,
    onRun: (count) => {
      if (count % EVERY === 0) console.log(`  ${count} runs, ${seconds()} s`);
    },
  });
  const { recorded, dropped } = report.recorded;
  console.log(
    `  ${report.runs} runs (${report.refused} refused by the parser, ${report.setAside} set aside at` +
      ` the stack's end), ${report.logged} lines compared,` +
      ` ${recorded} calls recorded, ${dropped} dropped, ${seconds()} s`,
  );
  if (dropped > 0) process.exitCode = 1;
  if (tell(report.found)) continue;
  const whole = { node: nodeBinary(major), major, seed, runs: Math.ceil(runs / WHOLE_SHARE) };
  if (tell(await fuzzWholeProcesses(whole, major >= USING_SINCE))) continue;
  console.log(`  no difference, nor in ${whole.runs} processes of their own (${seconds()} s)`);
}

/** Says what was found, if anything was. */
function tell(found: FoundDifference | undefined): boolean {
  if (found === undefined) return false;
  const { program, difference, shrinks } = found;
  console.log(`\nA difference, after ${shrinks} steps of shrinking (seed ${seed}):\n`);
  console.log(`--- program.${program.extension}\n${program.text}--- ${difference}\n`);
  process.exitCode = 1;
  return true;
}
