/**
 * Lets the main thread recurse as deep as without probes, whose calls take more stack.
 *
 * A recursion of 12,000 calls that gets to its end plain, and that would end in a `RangeError` after
 * 7,000 calls with probes, gets to its end.
 * Limits: a recursion without end gets deeper than plain in functions without probes; workers keep
 * the limit that they have (4 MiB of stack each); on Windows and where the system gives the main
 * thread less than twice of what V8 uses, nothing or less is gained (ARCHITECTURE.md).
 */
import { isMainThread } from "node:worker_threads";
import { native } from "../native/load";
import { slice } from "./primordials";

/** V8's own limit on 64-bit processors. KiB */
const DEFAULT_KIB = 984;
const FLAGS = ["--stack-size=", "--stack_size="] as const;

/** Raises the limit of this thread, if it is the main one. */
export function raiseStackLimit(): void {
  if (!isMainThread) return;
  const { execArgv } = process;
  const { length } = FLAGS[0];
  let kib = DEFAULT_KIB;
  for (let i = 0; i < execArgv.length; i++) {
    const argument = execArgv[i] as string;
    const flag = slice(argument, 0, length);
    if (flag === FLAGS[0] || flag === FLAGS[1]) kib = +slice(argument, length);
  }
  native.raiseStackLimit(kib);
}
