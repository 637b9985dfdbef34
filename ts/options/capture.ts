/**
 * What is to be captured of a running process → what the addon takes.
 *
 *     captureRequest({ include: ["src/cart.js:total"], capture: "values", for: "30s" })
 *     // { mode: 3, include: ["src/cart.js:total"], forMs: 30000 }
 */
import { sep } from "node:path";
import { badOption } from "../errors";
import { checkObject } from "./check-object";
import { parseDuration } from "./duration";
import { forwardSlashes, modeByte } from "./normalize";
import type { Mode } from "./options";
import { overheadShare } from "./overhead";

/** What is to be captured from now on. */
export interface CaptureOptions {
  /**
   * Which of the instrumented functions: patterns as of `start()`, each with a function's name behind
   * a colon where it is not for the whole file (`"src/cart.js:Cart.*"`, `":checkout"`,
   * `"npm:express:handle"`; `*` is any text in a name). The others are off. @default all
   */
  readonly include?: readonly string[];
  /** How much of each call; `"dormant"` is nothing. @default "values" */
  readonly capture?: Mode;
  /** For how long: `"30s"`, `"5m"`, or ms; then what held before holds again. @default until changed */
  readonly for?: string | number;
  /** What recording may cost from now on, as `overhead` of `start()`; it outlasts `for`. @default as before */
  readonly overhead?: number | false;
}

/** What a change of the capture came to. */
export interface CaptureReport {
  /** Functions that are captured now. */
  readonly functions: number;
  /** Functions with probes so far. */
  readonly of: number;
  /** Where none is captured: names like those that were asked for. */
  readonly near: readonly string[];
}

/** The same, as the addon and the control channel take it. */
export interface CaptureRequest {
  readonly mode: number;
  readonly include: readonly string[] | null;
  readonly forMs: number | null;
  /** 0: anything. Without it: as before. */
  readonly overhead?: number;
}

const KNOWN = ["include", "capture", "for", "overhead"];

/** Checks options. `nameOf` says how an option is called where it was given. Throws BC_ERR_BAD_OPTION. */
export function captureRequest(
  options: CaptureOptions,
  nameOf = (option: keyof CaptureOptions): string => `Option "${option}"`,
): CaptureRequest {
  checkObject(options, "What to capture is an object", KNOWN);
  const { include, capture = "values", for: time, overhead } = options;
  return {
    mode: modeByte(capture, nameOf("capture")),
    include: include === undefined ? null : patterns(include, nameOf("include")),
    forMs: time === undefined ? null : milliseconds(time, nameOf("for")),
    ...(overhead !== undefined && { overhead: overheadShare(overhead, nameOf("overhead")) ?? 0 }),
  };
}

function patterns(value: readonly string[], name: string): readonly string[] {
  const isList = Array.isArray(value) && value.length > 0;
  if (!isList || value.some((item) => typeof item !== "string" || item === "")) {
    throw badOption(
      `${name} is a list of patterns, such as "src/cart.js:total"; got ${shown(value)}`,
    );
  }
  return value.map((pattern) => forwardSlashes(pattern, sep));
}

/** A time in ms. `name`: how the option is called. Throws BC_ERR_BAD_OPTION. */
export function milliseconds(value: string | number, name: string): number {
  const ms = Math.round(typeof value === "number" ? value : (parseDuration(String(value)) ?? 0));
  if (Number.isSafeInteger(ms) && ms > 0) return ms;
  throw badOption(`${name} is a time such as 30s or 5m; got ${shown(value)}`);
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
