/**
 * Everything that runs inside a traced program, in one instance for `register` and the API alike:
 * the addon, the probes, the hooks. Loaded lazily, since loading it needs the addon.
 */
import { dirname } from "node:path";
import { installCommonJs } from "./hooks/commonjs";
import { installModules } from "./hooks/modules";
import { onFirstFile } from "./hooks/transform";
import { native } from "./native/load";
import { installProbes, uncaught } from "./runtime/probes";
import { installStackMapping } from "./runtime/stack";
import { installToString } from "./runtime/to-string";

export { native } from "./native/load";

/** Folder of the package's built files. */
export const ownFolder = dirname(__filename);

let installed = false;

/** Prepares this thread to be traced: probes, hooks, what reflection sees. Once. */
export function install(): void {
  if (installed) return;
  installed = true;
  installProbes();
  installStackMapping(ownFolder);
  installToString();
  installCommonJs();
  installModules(ownFolder);
}

let preloaded = false;

/** Whether `register` has prepared this process to be recorded. */
export function isPreloaded(): boolean {
  return preloaded;
}

/** Sets what is done before the first file is instrumented; false leaves every file alone. */
export function whenFirstFile(action: () => boolean): void {
  preloaded = true;
  onFirstFile(action);
}

let watching = false;

/** Begins to record, whatever is loaded later. */
export function startRecording(): string {
  const info = native.start();
  if (!watching) process.on("uncaughtExceptionMonitor", uncaught);
  watching = true;
  // Processes that this one starts under `breadcrumb run` are runs of their own, linked to it.
  if (process.env["BREADCRUMB_LAUNCH"] !== undefined) {
    process.env["BREADCRUMB_PARENT_RUN"] = (JSON.parse(info) as { runId: string }).runId;
  }
  return info;
}
