/**
 * What a comparison answers: plain data.
 *
 *     const { divergence, slower, changedValues } = await store.diff(a, b);
 *
 * Conventions: as `results.ts`. Limits: what differs is listed up to the comparison's bounds.
 */
import type { FunctionStats } from "./function-sums";
import type { Call, JsonValue } from "./results";

/** A side of a comparison. */
export interface DiffSide {
  readonly kind: "run" | "trace";
  /** The whole id. */
  readonly id: string;
  /** Recorded calls. */
  readonly calls: number;
  /** Those that threw. */
  readonly errors: number;
  /** Running time of all. */
  readonly selfNs: number;
}

/** A call on the way to another. */
export interface CallPlace {
  readonly callId: number;
  /** Name of its function. */
  readonly function: string;
  /** Its file. */
  readonly file: string;
  /** Its line. */
  readonly line: number;
}

/** Where a side stands at a divergence. */
export interface DivergedCall {
  /** Number of calls before it, in the order of entry. */
  readonly position: number;
  /** The calls from the root to it, itself the last. Of one deeper than 64 levels, the lower ones. */
  readonly path: readonly CallPlace[];
  /** The call. */
  readonly call: Call;
}

/** Where two sides first differ. */
export interface Divergence {
  /** `call`: another function is called, or from another depth. `outcome`: the same call ends otherwise. */
  readonly kind: "call" | "outcome";
  /** null where the side has ended. */
  readonly a: DivergedCall | null;
  /** Likewise. */
  readonly b: DivergedCall | null;
}

/** A function on both sides. */
export interface FunctionChange {
  /** Name. */
  readonly function: string;
  /** Its file. */
  readonly file: string;
  /** Its line in `b`. */
  readonly line: number;
  /** Its sums in `a`. */
  readonly a: FunctionStats;
  /** Its sums in `b`. */
  readonly b: FunctionStats;
  /** Mean duration in `b` over that in `a`; null where no call ended. */
  readonly ratio: number | null;
  /** How much longer its calls in `b` took than as many of `a`'s: below 0 where it is faster. */
  readonly differenceNs: number;
}

/** A place in a value that is not the same on both sides. */
export interface ValueChange {
  /** The way to it, `arguments[0].user.id`. */
  readonly path: string;
  /** The value in `a`; undefined where there is none. */
  readonly a: JsonValue | undefined;
  /** The value in `b`. */
  readonly b: JsonValue | undefined;
}

/** A call of both sides with other arguments or another result. */
export interface ChangedCall {
  /** Name of the function. */
  readonly function: string;
  /** Its file. */
  readonly file: string;
  /** Its line in `b`. */
  readonly line: number;
  /** The call in `a`, and the number of calls before it. */
  readonly a: { readonly position: number; readonly traceId: string; readonly callId: number };
  /** The call in `b`. */
  readonly b: { readonly position: number; readonly traceId: string; readonly callId: number };
  /** Where arguments and result differ: ten places of each at most. */
  readonly changes: readonly ValueChange[];
}

/** Exceptions that are not as many on both sides. */
export interface ExceptionChange {
  /** The error's name. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** The function that it left first. */
  readonly function: string | null;
  /** Its file. */
  readonly file: string | null;
  /** How many in `a`. */
  readonly a: number;
  /** How many in `b`. */
  readonly b: number;
}

/** Two runs or traces, compared. */
export interface Diff {
  readonly a: DiffSide;
  readonly b: DiffSide;
  /** Calls that both have: the same function at the same depth, in the same order. */
  readonly pairs: number;
  /** Calls that only `a` has. */
  readonly onlyInA: number;
  /** Calls that only `b` has. */
  readonly onlyInB: number;
  /** Where they first differ; null where both call the same in the same order, to the same ends. */
  readonly divergence: Divergence | null;
  /** Functions of `b` alone, the longest first. */
  readonly added: readonly FunctionStats[];
  /** Functions of `a` alone. */
  readonly removed: readonly FunctionStats[];
  /** Functions with longer calls in `b`, those that make the most difference first. */
  readonly slower: readonly FunctionChange[];
  /** Functions with shorter calls in `b`. */
  readonly faster: readonly FunctionChange[];
  /** Functions that were not called as often. */
  readonly counts: readonly FunctionChange[];
  /** Pairs with other arguments or another result. */
  readonly changedCount: number;
  /** The first of them. */
  readonly changedValues: readonly ChangedCall[];
  /** Exceptions that are not as many. */
  readonly exceptions: readonly ExceptionChange[];
}
