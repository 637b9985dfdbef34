/**
 * The signal that stores what is held of traces that `keep` does not store.
 *
 *     dumpSignal("SIGUSR2")      // "SIGUSR2"
 *     dumpSignal("off")          // null
 *     dumpSignal("SIGUSR1")      // throws BC_ERR_BAD_OPTION: it is Node's own
 *
 * Limits: signals that would end the process, which neither Node nor a debugger uses; not on Windows.
 */
import { badOption } from "../errors";
import { suggest } from "./suggest";

/** What the option can say. */
export const DUMP_SIGNALS = ["off", "SIGUSR2", "SIGHUP", "SIGQUIT", "SIGALRM"] as const;
/** The signal that dumps; `off`: none does. */
export type DumpSignal = (typeof DUMP_SIGNALS)[number];

/** Why others cannot be had. */
const TAKEN: Readonly<Record<string, string>> = {
  SIGUSR1: "SIGUSR1 is Node's own: it starts the inspector",
  SIGKILL: "SIGKILL cannot be handled",
  SIGSTOP: "SIGSTOP cannot be handled",
  SIGTERM: "SIGTERM is how the process is ended",
  SIGINT: "SIGINT is how the process is ended",
  SIGPROF: "SIGPROF is V8's own: it profiles",
};

/** The signal's name; null: none. `name`: how the option is called. Throws BC_ERR_BAD_OPTION. */
export function dumpSignal(
  given: DumpSignal | undefined,
  name = 'Option "dumpSignal"',
  platform: NodeJS.Platform = process.platform,
): string | null {
  if (given === undefined || given === "off") return null;
  if (!DUMP_SIGNALS.includes(given)) throw badOption(`${name} ${reason(String(given))}`);
  if (platform === "win32") throw badOption(`${name}: there are no signals on Windows; use dump()`);
  return given;
}

/** What a text says. Throws BC_ERR_BAD_OPTION. */
export function dumpSignalOf(text: string, name: string): DumpSignal {
  return (dumpSignal(text as DumpSignal, name) ?? "off") as DumpSignal;
}

function reason(given: string): string {
  const taken = TAKEN[given];
  const words = DUMP_SIGNALS.join(", ");
  if (taken !== undefined) return `must be one of ${words}; ${taken}`;
  const wanted = given.toUpperCase();
  const meant = suggest(
    (wanted.startsWith("SIG") ? wanted : `SIG${wanted}`).toLowerCase(),
    DUMP_SIGNALS.map((signal) => signal.toLowerCase()),
  );
  const hint = meant === undefined ? "" : `: did you mean ${meant.toUpperCase()}?`;
  return `must be one of ${words}; got ${given}${hint}`;
}
