/**
 * V8's baseline code, in which there can be no breakpoints.
 *
 *     const restore = keepBaselineAway();   // there is none, nor will be
 *     … breakpoints …
 *     restore();
 *
 * Where a function has some, V8 walks the whole heap when a breakpoint is set there, 0.5 ms a MB, and on Node 24 and later
 * does not find that of a function of which no closure is alive: its next one runs on, past all breakpoints. A garbage
 * collection that drops baseline code finds all of it.
 * Limits: where Node was told how to compile, V8's flags are left alone.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Who chooses V8's compilers knows why, and `--jitless` has no baseline. */
const CHOSEN = /sparkplug|jitless|lite[-_]mode|baseline|freeze|flush/u;
const GC = /expose[-_]gc/u;
/** For one collection: it drops baseline code, of functions that were just called too, and nothing else. */
const DROP = ["--flush-baseline-code", "--no-flush-bytecode", "--stress-flush-code"];
const KEEP = ["--no-stress-flush-code", "--no-flush-baseline-code", "--flush-bytecode"];

/** Until the answer is called, V8 compiles as if it had no baseline compiler. */
export function keepBaselineAway(): () => void {
  const told = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
  if (CHOSEN.test(told) || "electron" in process.versions || "bun" in process.versions) {
    return () => {};
  }
  setFlags(["--no-sparkplug", ...DROP, "--expose-gc"]);
  try {
    (runInNewContext("gc") as () => void)();
  } finally {
    setFlags(KEEP);
    if (!GC.test(told)) setFlags(["--no-expose-gc"]);
  }
  return () => setFlags(["--sparkplug"]);
}

function setFlags(flags: readonly string[]): void {
  for (const flag of flags) setFlagsFromString(flag);
}
