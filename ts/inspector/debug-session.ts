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

/** An event's listener, as the session takes it. */
type Heard = (message: { params: never }) => void;

/** See the module. */
export class DebugSession {
  readonly #heard: (readonly [event: string, heard: Heard])[] = [];
  #session: Inspector.Session;

  /** Throws where the inspector is not to be had. */
  constructor() {
    this.#session = connected();
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

  /** Whether this thread is paused, by V8's answer to a question that it takes only then. */
  isPaused(): boolean {
    try {
      this.post("Debugger.evaluateOnCallFrame", { callFrameId: "", expression: "" });
      return true;
    } catch (error) {
      return !(error as Error).message.includes("while paused");
    }
  }

  /** Whether V8 pauses for what is thrown and caught: it has one setting for all sessions. */
  pausesForThrown(): boolean {
    let isTold = false;
    const note = (): void => {
      isTold = true;
    };
    this.during("Debugger.paused", note, () => {
      try {
        throw undefined;
      } catch {
        // Nobody else may hear of it.
      }
    });
    return isTold;
  }

  /** Begins to tell of scripts and to take breakpoints, and keeps no texts of scripts that are gone. */
  enable(): void {
    this.post("Debugger.enable", { maxScriptsCacheSize: 0 });
  }

  /** Hears an event for good. */
  on<T>(event: string, listener: (parameters: T) => void): void {
    const heard: Heard = ({ params }) => listener(params);
    this.#heard.push([event, heard]);
    this.#session.on(event, heard);
  }

  /** Hears an event while something is done. */
  during<T>(event: string, listener: (parameters: T) => void, action: () => void): void {
    const heard: Heard = ({ params }) => listener(params);
    this.#session.on(event, heard);
    try {
      action();
    } finally {
      this.#session.off(event, heard);
    }
  }

  /** What a session keeps, and its breakpoints, go; who hears it goes on to. */
  renew(): void {
    this.#session.disconnect();
    this.#session = connected();
    this.enable();
    for (const [event, heard] of this.#heard) this.#session.on(event, heard);
  }

  end(): void {
    this.#session.disconnect();
  }
}

function connected(): Inspector.Session {
  if (inspector === undefined) throw new Error(refusal());
  const session = new inspector.Session();
  session.connect();
  return session;
}
