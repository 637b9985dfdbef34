/**
 * A session with this thread's own debugger: its answers and events come while `post()` or the code that
 * breaks runs.
 *
 *     debug.post("Debugger.setBreakpoint", { location, condition }) → { breakpointId }
 *
 * Limits: none where Node has no inspector, or keeps it from the program (`--permission`).
 */
import type * as Inspector from "node:inspector";
import { createRequire } from "node:module";

/** Undefined where this build of Node has none. */
const inspector = load();

function load(): typeof Inspector | undefined {
  try {
    return createRequire(__filename)("node:inspector") as typeof Inspector;
  } catch {
    return undefined;
  }
}

/** Why this thread may have no breakpoints. */
export function refusal(): string | undefined {
  return inspector === undefined ? "this Node has no inspector" : undefined;
}

/** Whether somebody else may debug this process: a pause of ours would be one of theirs. */
export function isWatched(): boolean {
  return inspector?.url() !== undefined;
}

/** See the module. */
export class DebugSession {
  readonly #session: Inspector.Session;

  /** Throws where the inspector is not to be had. */
  constructor() {
    if (inspector === undefined) throw new Error(refusal());
    this.#session = new inspector.Session();
    this.#session.connect();
  }

  /** Throws what the debugger refuses. */
  post<T>(method: string, parameters?: object): T {
    let answer: unknown;
    let fault: Error | null = null;
    this.#session.post(method, parameters, (error: Error | null, result?: object) => {
      fault = error;
      answer = result;
    });
    if (fault !== null) throw fault as Error;
    return answer as T;
  }

  /** Begins to tell of scripts and to take breakpoints, and keeps no texts of scripts that are gone. */
  enable(): void {
    this.post("Debugger.enable", { maxScriptsCacheSize: 0 });
  }

  on<T>(event: string, listener: (parameters: T) => void): () => void {
    const heard = (message: { params: T }): void => listener(message.params);
    this.#session.on(event, heard as never);
    return () => this.#session.off(event, heard as never);
  }

  end(): void {
    this.#session.disconnect();
  }
}
