/**
 * `process.execve` makes another program of this process, without an exit: what was recorded is
 * stored before it.
 *
 * Node says on a diagnostics channel that the system call comes next, when nothing but that call can
 * refuse it. If it does (Node 24 then aborts, Node 26 throws) the run goes on with its next rows.
 * Limits: what listeners of that channel record that the program registered is in the ring only.
 */
import { subscribe } from "node:diagnostics_channel";
import { native } from "../native/load";

/** Begins to listen. */
export function installExecve(): void {
  subscribe("process.execve", () => native.leave());
}
