/**
 * Records a process that runs, which need not know of us, and leaves it as it was.
 *
 *     const attached = await attach({ pid: 4711, include: ["src/**"], … }, signal);
 *     … attached.started …
 *     await attached.stop();
 *
 * A process that records already, or is dormant, is asked through its control channel; any other through its inspector,
 * which only carries our code there (`target.ts`) and is shut before anything is recorded. From then on a connection
 * between the two is what holds the recording: when it ends, in whatever way, so does that.
 * Limits: Linux and macOS, processes of this user.
 */
import { join } from "node:path";
import { runningProcesses } from "../control/running-processes";
import { BreadcrumbError } from "../errors";
import type { InspectorBudget } from "../options/inspector";
import type { Mode, StartOptions } from "../options/options";
import { loadConfig } from "../options/resolve-config";
import { version } from "../version";
import { cannotAttach, noProcess } from "./cannot-attach";
import { DebuggerClient, NoAnswer } from "./debugger-client";
import { injection } from "./inject";
import {
  inspectorAt,
  isShut,
  listensAt,
  type OpenInspector,
  openInspector,
} from "./inspector-port";
import { isThere } from "./is-there";
import { Lease } from "./lease";
import { captureLive } from "./live-capture";
import { processSeen } from "./linux-process";
import type { Ended, Hello, Started } from "./messages";
import { checkProcess } from "./target-process";

/** What is to be recorded. */
export interface AttachRequest {
  /** Which process: by its id, or the port of its inspector (`9229`, `host:9229`). */
  readonly target: { readonly pid: number } | { readonly port: string };
  /** Functions, as of `breadcrumb start`; undefined: all of the project's own files. */
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[] | undefined;
  readonly capture: Mode;
  readonly budget: InspectorBudget;
  /** Absolute folder. */
  readonly store: string;
  /** When it ends by itself, ms; undefined: when it is told to. */
  readonly forMs: number | undefined;
}

/** A recording that goes on. */
export interface Attached {
  readonly process: Pick<Hello, "pid" | "node" | "cwd" | "command">;
  /** `control`: it had probes, and its control channel was asked. */
  readonly through: "inspector" | "control";
  readonly store: string;
  readonly started: Started;
  /** What the user has to know. */
  readonly notices: readonly string[];
  /** The process has ended. */
  readonly gone: Promise<void>;
  /** Ends it. Null where the process has ended. */
  readonly stop: () => Promise<Ended | null>;
}

/** How long a process may take to come to us: its JavaScript may be at something. */
const PATIENCE_MS = 10_000;
/** How long it may take to begin, or to end: a store is written. */
const WORK_MS = 60_000;
/** What ends it in the process, where we do not. */
const GRACE_MS = 5000;
const ENTRY = join(__dirname, "attach-target.js");

/** Attaches. Throws BC_ERR_NO_PROCESS, BC_ERR_CANNOT_ATTACH, BC_ERR_BAD_OPTION, BC_ERR_BAD_GLOB, BC_ERR_STORE_UNWRITABLE. */
export async function attach(request: AttachRequest, signal: AbortSignal): Promise<Attached> {
  const { target } = request;
  if ("pid" in target)
    return attachTo(target.pid, () => openInspector(target.pid), request, signal);
  const inspector = await inspectorAt(target.port);
  const pid = await pidAt(inspector);
  return attachTo(pid, async () => inspector, request, signal);
}

/** The process behind an inspector, which has to be one of ours. */
async function pidAt(inspector: OpenInspector): Promise<number> {
  const client = await DebuggerClient.connect(inspector.url);
  try {
    const pid = await client.evaluate<number>("process.pid", PATIENCE_MS);
    let isHere = false;
    try {
      isHere = listensAt(pid, inspector);
    } catch {
      // There is none with this id.
    }
    if (isHere) return pid;
    throw cannotAttach(
      `the process behind port ${inspector.port} says it is ${pid}, which is none of yours here: it runs in a container, as another user, or elsewhere: run breadcrumb attach there`,
    );
  } catch (error) {
    if (error instanceof NoAnswer) throw busy(`the process at port ${inspector.port}`);
    throw error;
  } finally {
    await client.close();
  }
}

async function attachTo(
  pid: number,
  inspectorOf: () => Promise<OpenInspector>,
  request: AttachRequest,
  signal: AbortSignal,
): Promise<Attached> {
  checkProcess(pid);
  signal.throwIfAborted();
  const lease = await Lease.take(pid);
  try {
    const running = (await runningProcesses()).processes.find(({ status }) => status.pid === pid);
    if (running !== undefined) {
      const live = await captureLive(running, request);
      await demandFunctions(live, request);
      return { ...live, stop: () => live.stop().finally(() => lease.end()) };
    }
    const inspector = await inspectorOf();
    const hello = await enter(pid, inspector, lease, signal);
    const attached = await record(hello, inspector, lease, request);
    await demandFunctions(attached, request);
    return attached;
  } catch (error) {
    // Whoever has come lets go; who comes later finds nobody.
    await lease.end();
    throw isRunning(pid) ? error : noProcess(`The process ${pid} has ended meanwhile`);
  }
}

function isRunning(pid: number): boolean {
  if (!isThere(pid)) return false;
  return process.platform !== "linux" || processSeen(pid)?.state !== "Z";
}

/** Carries our code into the process, and shuts its inspector if we had opened it. */
async function enter(
  pid: number,
  inspector: OpenInspector,
  lease: Lease,
  signal: AbortSignal,
): Promise<Hello> {
  const client = await DebuggerClient.connect(inspector.url);
  try {
    const expression =
      "({ pid: process.pid ?? null, version: process.version, has: process.getBuiltinModule !== undefined })";
    const seen = await client.evaluate<{ pid: number | null; version: string; has: boolean }>(
      expression,
      PATIENCE_MS,
    );
    if (seen.pid === null) {
      throw cannotAttach(`${pid} has not begun: it waits for a debugger (--inspect-brk)`);
    }
    if (seen.pid !== pid) {
      throw cannotAttach(
        `port ${inspector.port} is of another process (it says it is ${seen.pid}): ${pid} could not open its inspector, whose port is taken`,
      );
    }
    if (!seen.has || isTooOld(seen.version)) {
      throw cannotAttach(`${pid} is Node.js ${seen.version}; it takes 20.19, 22.12, 24 or later`);
    }
    const { path, opened } = { path: lease.path, opened: inspector.opened };
    await client.evaluate(injection({ entry: ENTRY, lease: path, opened }), PATIENCE_MS);
  } catch (error) {
    // Done when its JavaScript is free, wherever we are then.
    if (inspector.opened) await client.evaluate(SHUT, SHUT_MS).catch(() => {});
    if (error instanceof NoAnswer) throw busy(String(pid));
    throw error;
  } finally {
    await client.close();
  }
  const hello = await Promise.race([lease.hello(PATIENCE_MS), aborted(signal)]);
  signal.throwIfAborted();
  if (hello === undefined) throw busy(String(pid));
  if (inspector.opened) await lease.ask({ do: "closeInspector" }, PATIENCE_MS);
  return hello;
}

const SHUT_MS = 1000;
/** Shuts an inspector that is of no use, when nothing else goes on. */
const SHUT =
  '(typeof require === "function" ? require : process.mainModule.require)("timers").setImmediate(() => process._debugEnd()), 0';

async function record(
  hello: Hello,
  inspector: OpenInspector,
  lease: Lease,
  request: AttachRequest,
): Promise<Attached> {
  const notices: string[] = [];
  const { pid, node, cwd, command } = hello;
  if (inspector.opened) {
    if (!(await isShut(pid, inspector))) {
      notices.push(`its inspector is still open, at port ${inspector.port}`);
    }
  } else {
    notices.push(
      `its inspector was open before, at port ${inspector.port}, and stays so: results are left out, since somebody may debug it`,
    );
  }
  if (hello.refusal !== null) throw cannotAttach(`${pid} cannot be recorded: ${hello.refusal}`);
  if (hello.version !== version()) {
    throw cannotAttach(
      `${pid} has Breadcrumb ${hello.version} loaded, by an attach before; this is ${version()}: it has to be restarted, or attached to with that version`,
    );
  }
  const { include, exclude, capture, budget, store, forMs } = request;
  const { values, folder } = loadConfig({ cwd, env: process.env });
  const options: StartOptions = { ...(exclude !== undefined && { exclude }), store };
  const started = await lease.ask<Started>(
    {
      do: "start",
      include: include ?? null,
      capture,
      options,
      budget,
      config: { values, folder },
      env: ownEnvironment(),
      by: process.pid,
      forMs: forMs === undefined ? null : forMs + GRACE_MS,
    },
    WORK_MS,
  );
  return {
    process: { pid, node, cwd, command },
    through: "inspector",
    store,
    started,
    notices,
    gone: lease.gone,
    stop: async () => {
      lease.letGo();
      try {
        return await lease.ask<Ended | null>({ do: "stop" }, WORK_MS);
      } catch (error) {
        const { code } = error as BreadcrumbError;
        if (code === "BC_ERR_NO_PROCESS" || !isRunning(pid)) return null;
        throw error;
      } finally {
        await lease.end();
      }
    },
  };
}

/** Throws BC_ERR_NOT_FOUND where nothing is recorded: the process is let go of. */
async function demandFunctions(
  { process: { pid }, started, stop }: Attached,
  { include }: AttachRequest,
): Promise<void> {
  if (started.functions > 0) return;
  await stop();
  const wanted = include === undefined ? "its project" : include.join(", ");
  const early = started.files.find(({ status }) => status === "too-early");
  const why =
    early !== undefined
      ? `${early.file} is left out (${early.reason})`
      : started.near.length > 0
        ? `did you mean ${started.near.join(", ")}?`
        : "patterns are files as in .gitignore or npm:express, and names behind a colon (src/cart.js:total)";
  throw new BreadcrumbError(
    "BC_ERR_NOT_FOUND",
    `no function that ${pid} has loaded is of ${wanted}: ${why}`,
  );
}

/** What is set for us, here: the process has an environment that is for its program. */
function ownEnvironment(): Record<string, string> {
  const own = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[0].startsWith("BREADCRUMB_") && entry[1] !== undefined,
  );
  return Object.fromEntries(own);
}

function isTooOld(node: string): boolean {
  const [major = 0, minor = 0] = node.slice(1).split(".").map(Number);
  return major < 20 || (major === 20 && minor < 19) || (major === 22 && minor < 12);
}

function busy(who: string) {
  return cannotAttach(
    `${who} did not come within ${PATIENCE_MS / 1000} s: its JavaScript is busy, or it waits for a debugger (--inspect-brk). Nothing is recorded, nor will be`,
  );
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
