/**
 * Everything that runs inside a traced program, in one instance for `register` and the API alike:
 * the addon, the probes, the hooks. Loaded lazily, since loading it needs the addon.
 */
import { dirname } from "node:path";
import { isMainThread } from "node:worker_threads";
import { hasWrap, installCommonJs } from "./hooks/commonjs";
import { installModuleText } from "./hooks/module-text";
import { installModules, onBuiltIn } from "./hooks/modules";
import { installRunners } from "./hooks/runners";
import { onFirstFile, onText, transform } from "./hooks/transform";
import { endInspection } from "./inspector/inspect-loaded";
import { Sampler } from "./inspector/sampler";
import { MODE_OFF } from "./native/layout";
import { native } from "./native/load";
import type { SessionOptions } from "./options/options";
import { standForCompile } from "./runtime/call-sites";
import { followClient, leaveClient } from "./edges/client-requests";
import { heedTests } from "./runtime/caller-location";
import { installContexts } from "./runtime/context";
import { holdExcerpt } from "./runtime/excerpt";
import { installExecve } from "./runtime/execve";
import { installProbes, onLibrary } from "./runtime/probes";
import { uncaught } from "./runtime/raise";
import { leaveSpans } from "./edges/http-spans";
import { wrapBuiltIn, wrapLibrary, wrapLoaded } from "./edges/libraries";
import type { LibraryFile } from "./edges/library-files";
import { followRequests, leaveRequests } from "./edges/server-requests";
import { installStackMapping, prepareExcerpt } from "./runtime/stack";
import { raiseStackLimit } from "./runtime/stack-limit";
import { installTestLocations } from "./runtime/test-locations";
import { installToString } from "./runtime/to-string";
import { installUtilCallSites } from "./runtime/util-call-sites";

export {
  heedModes,
  inspectLoaded,
  inspectorCounters,
  takeCounts,
} from "./inspector/inspect-loaded";
export { native } from "./native/load";

/** Folder of the package's built files. */
export const ownFolder = dirname(__filename);

let installed = false;
/** Traces are told apart by the context that they run in. */
let hasContexts = false;
let preloaded = false;

/** Prepares this thread to be traced: probes, hooks, what reflection sees. They stay; nobody sees or pays for them. */
export function install(): void {
  if (!installed) installOnce();
  if (hasContexts) followRequests();
  followClient();
  wrapLoaded();
}

function installOnce(): void {
  installed = true;
  raiseStackLimit();
  installProbes();
  hasContexts = installContexts();
  installStackMapping(ownFolder);
  installToString();
  installUtilCallSites(preloaded);
  installExecve();
  installTestLocations();
  onText(heedTests);
  installCommonJs();
  standForCompile(hasWrap);
  installModuleText();
  installModules(ownFolder);
  installRunners(transform, (realm) => {
    installProbes(realm);
    installToString(realm.global);
  });
  onLibrary((library, exports) => wrapLibrary(library as LibraryFile, exports));
  onBuiltIn(wrapBuiltIn);
  watchUncaught();
}

/** Whether `register` has prepared this process to be recorded. */
export function isPreloaded(): boolean {
  return preloaded;
}

/** Sets what is done before the first file is instrumented; false leaves every file alone. */
export function whenFirstFile(action: () => boolean): void {
  preloaded = true;
  onFirstFile(action);
}

/** Node's own. */
const emit: unknown = Reflect.get(process, "emit");

/** Records what the process dies of, and lets it look as it would without us. */
function watchUncaught(): void {
  process.on("uncaughtExceptionMonitor", (error) => {
    const survives =
      process.listenerCount("uncaughtException") > 0 ||
      process.hasUncaughtExceptionCaptureCallback();
    if (!survives) uncaught(error, process.emit !== emit);
    // Node prints the error behind the last `exit` listener; in a worker its parent gets it.
    if (!isMainThread || survives) return;
    prepareExcerpt();
    process.on("exit", () => holdExcerpt(error));
  });
}

/** JSON of what is known of each file. */
export function coverage(): string {
  return native.coverage();
}

/** Ends the recording. Gives JSON of its counters. */
export function stop(): string {
  endInspection();
  leaveRequests();
  leaveClient();
  leaveSpans();
  sampler?.end();
  sampler = undefined;
  return native.stop();
}

/** Chooses files and what records them. Gives the run's id. Throws the addon's errors. */
export function configure(session: SessionOptions): string {
  const { runId } = JSON.parse(native.configure(JSON.stringify(session))) as { runId: string };
  // Processes that this one starts under `breadcrumb run` are runs of their own, linked to it.
  if (session.run.launchId !== null) process.env["BREADCRUMB_PARENT_RUN"] = runId;
  if (session.overhead !== null && isMainThread) native.watchLoop();
  if (isMainThread) sample(session);
  return runId;
}

let sampler: Sampler | undefined;

/** A profile is taken alongside, where it is asked for and something is captured. */
function sample({ samples, mode }: SessionOptions): void {
  if (samples === null || mode === MODE_OFF) return;
  try {
    sampler = new Sampler(samples, ownFolder);
  } catch (error) {
    const { message } = error as Error;
    process.stderr.write(`breadcrumb: no samples: ${message}\n`);
  }
}
