/**
 * What `breadcrumb attach` and the process that it attaches to say to one another, a line of JSON each: the process
 * says what it is, is asked, and answers.
 *
 *     → { "hello": { "pid": 4711, … } }
 *     ← { "do": "start", … }      → { "ok": { "runId": "019a…", … } }
 *
 * Limits: types and bounds only. Both sides are of one version of the package, which `hello` says.
 */
import type { BreadcrumbErrorCode } from "../errors";
import type { InspectorBudget } from "../options/inspector";
import type { Mode, StartOptions } from "../options/options";
import type { LoadedConfig } from "../options/resolve-config";
import type { CoveredFile, SessionCounters } from "../session";

/** Characters of a line, at most. */
export const MAX_LINE = 1 << 22;

/** The file that says that it is over, where JavaScript is too busy to be told. `path`: of the socket. */
export function overPath(path: string): string {
  return `${path}.over`;
}

/** What the process is. */
export interface Hello {
  readonly pid: number;
  /** Version of this package there. */
  readonly version: string;
  /** Version of Node.js. */
  readonly node: string;
  readonly cwd: string;
  /** The command that it is, with Node's path. */
  readonly command: readonly string[];
  /** Why it cannot be recorded; null where it can. */
  readonly refusal: string | null;
}

/** What to record. */
export interface StartRequest {
  /** Functions, as of `breadcrumb start`; null: all of the files. */
  readonly include: readonly string[] | null;
  readonly capture: Mode;
  /** Files, the store, and what else `Breadcrumb.start()` takes. */
  readonly options: StartOptions;
  readonly budget: InspectorBudget;
  /** The configuration of its project, and our environment: of its own it may have none that is meant for us. */
  readonly config: Pick<LoadedConfig, "values" | "folder">;
  readonly env: Readonly<Record<string, string>>;
  /** Id of the process that asks: with its end the recording ends. */
  readonly by: number;
  /** After this time it ends by itself, whoever is there; null: when the connection does. */
  readonly forMs: number | null;
}

/** A file as `session.coverage()` has it. */
export type CoveredFileInBrief = Omit<CoveredFile, "leftAlone">;

/** What is recorded. */
export interface Started {
  readonly runId: string;
  /** Functions that are captured. */
  readonly functions: number;
  /** Where none is: names like those that were asked for. */
  readonly near: readonly string[];
  readonly files: readonly CoveredFileInBrief[];
}

/** What was done. */
export type AttachCounters = Pick<
  SessionCounters,
  "recorded" | "counted" | "dropped" | "exceptions" | "inspector"
>;

/** What came of it. */
export interface Ended {
  readonly counters: AttachCounters;
  readonly files: readonly CoveredFileInBrief[];
}

/** What it is asked. */
export type Request =
  | { readonly do: "closeInspector" }
  | ({ readonly do: "start" } & StartRequest)
  | { readonly do: "stop" };

/** What it says. */
export interface Answer {
  readonly hello?: Hello;
  readonly ok?: unknown;
  readonly error?: { readonly code: BreadcrumbErrorCode; readonly message: string };
}
