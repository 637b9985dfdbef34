/**
 * The inspector of a process: one that is open, or one that a signal opens.
 *
 *     await openInspector(4711)         // { url: "ws://127.0.0.1:9229/…", port: 9229, opened: true }
 *     await inspectorAt("localhost:9229")
 *
 * Limits: on macOS only port 9229 is looked at, and connections of others are not seen.
 */
import { lookup } from "node:dns/promises";
import { badOption } from "../errors";
import { cannotAttach, noProcess } from "./cannot-attach";
import { debuggerUrl } from "./debugger-client";
import {
  connectionsTo,
  isInspected,
  isTaken,
  type ListeningPort,
  listeningPorts,
} from "./linux-process";
import { checkSignal } from "./target-process";
import { until } from "./waiting";

/** An inspector that listens. */
export interface OpenInspector {
  /** Where a session begins. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** By us. */
  readonly opened: boolean;
}

/** Node's port where nothing else is said. */
const USUAL_PORT = 9229;
/** Node opens it in some milliseconds, if its JavaScript lets it. */
const OPEN_MS = 5000;
const SOON_MS = 1000;
const CLOSE_MS = 3000;
const LOOPBACK = "127.0.0.1";

/** Opens it, if it is not open. Throws BC_ERR_CANNOT_ATTACH, BC_ERR_NO_PROCESS. */
export async function openInspector(pid: number): Promise<OpenInspector> {
  if (process.platform !== "linux") return openUsual(pid);
  const before = listeningPorts(pid).filter(({ isLoopback }) => isLoopback);
  // Ports of the program itself are not to be asked for what they do not know.
  const likely = isInspected(pid) ? before : before.filter(({ port }) => port === USUAL_PORT);
  const open = await firstInspector(pid, likely);
  if (open !== undefined) return open;
  signal(pid);
  const known = new Set(before.map(({ port }) => port));
  const newPort = () => {
    return listeningPorts(pid).find(({ port, isLoopback }) => isLoopback && !known.has(port));
  };
  let found = await until(newPort, SOON_MS);
  if (found === undefined) {
    // The signal opens none where one is open already.
    const there = await firstInspector(pid, before);
    if (there !== undefined) return there;
    found = await until(newPort, OPEN_MS - SOON_MS);
  }
  if (found !== undefined) {
    return { ...found, url: await debuggerUrl(found.host, found.port), opened: true };
  }
  throw notOpened(pid);
}

/** One that its port names, and the process that listens there, where that can be seen. Throws BC_ERR_CANNOT_ATTACH, BC_ERR_BAD_OPTION. */
export async function inspectorAt(place: string): Promise<OpenInspector> {
  const [, name = LOOPBACK, digits = ""] = /^(?:\[?([^\]]+?)\]?:)?(\d+)$/.exec(place) ?? [];
  const port = Number(digits);
  if (!(port >= 1 && port <= 65_535)) {
    throw badOption(
      `--port is a port, or host:port, of an inspector: got ${JSON.stringify(place)}`,
    );
  }
  let host: string;
  try {
    // Node's inspector wants to be asked by its address.
    host = (await lookup(name, { family: name === "localhost" ? 4 : 0 })).address;
  } catch (cause) {
    throw cannotAttach(`there is no host ${JSON.stringify(name)}`, { cause });
  }
  if (isInUse(port)) throw inUse("the process", port);
  return { url: await debuggerUrl(host, port), host, port, opened: false };
}

/** Whether this process listens there; true where that cannot be seen. */
export function listensAt(pid: number, { port }: Pick<OpenInspector, "port">): boolean {
  if (process.platform !== "linux") return true;
  return listeningPorts(pid).some((each) => each.port === port);
}

/** Waits until it no longer listens. Whether that was so. */
export async function isShut(pid: number, inspector: OpenInspector): Promise<boolean> {
  const shut = await until(async () => {
    try {
      if (process.platform === "linux") return listensAt(pid, inspector) ? undefined : true;
      await debuggerUrl(inspector.host, inspector.port);
      return undefined;
    } catch {
      return true; // It has ended, or does not answer.
    }
  }, CLOSE_MS);
  return shut === true;
}

/** The first of some ports of a process that is its inspector, open before. */
async function firstInspector(
  pid: number,
  ports: readonly ListeningPort[],
): Promise<OpenInspector | undefined> {
  for (const at of ports) {
    const isUsed = isInUse(at.port);
    let url: string;
    try {
      url = await debuggerUrl(at.host, at.port);
    } catch {
      continue; // It is something else.
    }
    if (isUsed) throw inUse(String(pid), at.port);
    return { url, ...at, opened: false };
  }
  return undefined;
}

async function openUsual(pid: number): Promise<OpenInspector> {
  const at = { host: LOOPBACK, port: USUAL_PORT };
  const ask = async (): Promise<string | undefined> => {
    try {
      return await debuggerUrl(at.host, at.port);
    } catch {
      return undefined;
    }
  };
  // Whose it is shows when it is asked.
  const before = await ask();
  if (before !== undefined) return { ...at, url: before, opened: false };
  signal(pid);
  const url = await until(ask, OPEN_MS);
  if (url === undefined) throw notOpened(pid);
  return { ...at, url, opened: true };
}

function signal(pid: number): void {
  checkSignal(pid);
  try {
    process.kill(pid, "SIGUSR1");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ESRCH") {
      throw noProcess(`The process ${pid} has ended`);
    }
    throw cannotAttach(`${pid} takes no signal of yours: ${(cause as Error).message}`, { cause });
  }
}

/** Whether another debugger has a session there: ours would disturb it, and it ours. Ask before anything is asked there. */
function isInUse(port: number): boolean {
  return process.platform === "linux" && connectionsTo(port) > 0;
}

function inUse(who: string, port: number) {
  return cannotAttach(
    `a debugger is using ${who} (a connection to its inspector, port ${port}): end its session first`,
  );
}

function notOpened(pid: number) {
  const taken = "its port is another process's, of which its stderr then tells";
  const why =
    process.platform === "linux" && isTaken(USUAL_PORT)
      ? `${taken} (${USUAL_PORT} is)`
      : `${taken}, it has a listener for SIGUSR1 of its own, or it waits for something without its event loop: it may open one later then, which stays open`;
  return cannotAttach(`${pid} opened no inspector within ${OPEN_MS / 1000} s: ${why}`);
}
