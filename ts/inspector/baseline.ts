/**
 * V8's baseline code, which breakpoints cannot be in: V8 walks the whole heap for each function that has
 * it (0.5 ms a MB), when a breakpoint is set there.
 *
 *     const restore = keepBaselineAway();   // from now on V8 makes none
 *     discardBaseline(debug);               // all that there is goes, in one walk
 *
 * Limits: where Node was told how to compile, V8's flags are left alone.
 */
import { setFlagsFromString } from "node:v8";
import type { DebugSession } from "./debug-session";

/** Who chooses V8's compilers knows why, and `--jitless` has none. */
const CHOSEN = /sparkplug|jitless|lite[-_]mode|baseline|freeze/u;

/** Until the answer is called, V8 compiles as if it had no baseline compiler. */
export function keepBaselineAway(): () => void {
  const told = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
  if (CHOSEN.test(told) || "electron" in process.versions || "bun" in process.versions) {
    return () => {};
  }
  setFlagsFromString("--no-sparkplug");
  return () => setFlagsFromString("--sparkplug");
}

/**
 * Baseline code and optimised code of all functions goes: V8 does so for a breakpoint in a function of its own,
 * which is gone before anything runs.
 */
export function discardBaseline(debug: DebugSession): void {
  const { result } = debug.post<{ readonly result: { readonly objectId?: string } }>(
    "Runtime.evaluate",
    { expression: "Math.cbrt", silent: true },
  );
  const { objectId } = result;
  if (objectId === undefined) return;
  try {
    const { breakpointId } = debug.post<{ readonly breakpointId: string }>(
      "Debugger.setBreakpointOnFunctionCall",
      { objectId, condition: "false" },
    );
    debug.post("Debugger.removeBreakpoint", { breakpointId });
  } catch {
    // Then each function takes its walk.
  } finally {
    debug.post("Runtime.releaseObject", { objectId });
  }
}
