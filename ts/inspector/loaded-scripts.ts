/**
 * The scripts that this thread has loaded so far, CommonJS and ES modules alike: V8 tells every one to a
 * debugger that asks.
 */
import { fileURLToPath } from "node:url";
import type { DebugSession } from "./debug-session";

/** A file as V8 has compiled it. */
export interface LoadedScript {
  /** V8's id of it. */
  readonly id: string;
  /** V8's name of it: its path or URL. */
  readonly url: string;
  /** Absolute path. */
  readonly path: string;
  readonly isModule: boolean;
  /** Whether it names a source map. */
  readonly hasMap: boolean;
  /** Why there can be no breakpoints in it. */
  readonly refusal: string | undefined;
}

/** What `Debugger.scriptParsed` says. */
interface ScriptParsed {
  readonly scriptId: string;
  readonly url: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly isModule?: boolean;
  readonly sourceMapURL?: string;
  readonly executionContextAuxData?: { readonly isDefault?: boolean };
}

/** All loaded files. Leaves the debugger enabled. */
export function loadedScripts(debug: DebugSession): LoadedScript[] {
  const scripts: LoadedScript[] = [];
  const note = (script: ScriptParsed): void => {
    const path = pathOf(script.url);
    if (path === undefined) return;
    scripts.push({
      id: script.scriptId,
      url: script.url,
      path,
      isModule: script.isModule === true,
      hasMap: Boolean(script.sourceMapURL),
      refusal: refusalOf(script),
    });
  };
  debug.during("Debugger.scriptParsed", note, () => debug.enable());
  return scripts;
}

function pathOf(url: string): string | undefined {
  if (url.startsWith("/")) return url;
  return url.startsWith("file:") ? fileURLToPath(url) : undefined;
}

function refusalOf(script: ScriptParsed): string | undefined {
  if (script.executionContextAuxData?.isDefault !== true) {
    return "it runs in a context of node:vm";
  }
  const isWhole = script.startLine === 0 && script.startColumn === 0;
  return isWhole ? undefined : "it is part of another text";
}
