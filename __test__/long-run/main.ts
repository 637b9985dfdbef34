/**
 * `npm run test:long-run`: resident memory of a program under load for ten minutes, plain, with `keep` and
 * with `overhead`. Fails where it grows, where recording takes more than it may, or where a call is lost.
 *
 * Arguments: `--minutes 10`, `--kinds plain,keep,overhead`.
 */
import { parseArgs } from "node:util";
import { faultsOf } from "./faults-of.ts";
import { KINDS, type Outcome, runLoad } from "./run-load.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    kinds: { type: "string", default: KINDS.join(",") },
  },
});
const kinds = values.kinds.split(",").map((name) => {
  const found = KINDS.find((kind) => kind === name);
  if (found === undefined) throw new Error(`${name} is none of ${KINDS.join(", ")}`);
  return found;
});

let plain: Outcome | undefined;
for (const kind of kinds) {
  const outcome = runLoad(kind, Number(values.minutes) * 60, process.execPath);
  if (kind === "plain") plain = outcome;
  console.log(line(outcome));
  for (const fault of faultsOf(outcome, { plain, isWarm: true })) {
    console.error(`${kind}: ${fault}`);
    process.exitCode = 1;
  }
}

function line(outcome: Outcome): string {
  const { kind, middleMiB, grewMiB, peakMiB, requests, happened, counters, storedMiB } = outcome;
  const memory = `${middleMiB.toFixed(1)} MiB, in the last quarter ${grewMiB.toFixed(1)} more, at most ${peakMiB.toFixed(1)}`;
  const work = `${requests} requests, ${happened} calls`;
  if (counters === null) return `${kind.padEnd(9)}${memory}; ${work}`;
  const { recorded, counted, dropped } = counters;
  return `${kind.padEnd(9)}${memory}; ${work}: ${recorded} recorded, ${counted} counted, ${dropped} dropped; ${storedMiB.toFixed(1)} MiB stored`;
}
