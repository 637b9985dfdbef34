/**
 * The value that a call returns, out of what V8 tells of a pause.
 *
 * Primitives are in the message; an object is handed to us by a call of `$bc.b` in its own realm.
 * Limits: of an asynchronous call V8 tells the promise, which holds the result once it is settled.
 */
import { native } from "../native/load";
import { PROMISE_FULFILLED } from "../native/layout";
import { isPromise } from "../runtime/primordials";
import type { DebugSession } from "./debug-session";

/** A value as the debugger tells it. */
export interface RemoteObject {
  readonly type: string;
  readonly value?: unknown;
  readonly unserializableValue?: string;
  readonly objectId?: string;
}

/** The number of no breakpoint: `$bc.b(HANDED, value)` hands a value to us. */
export const HANDED = -1;

/** A function that hands what it is called on to us. */
export const HAND_OVER = `function(){"use strict";$bc.b(${HANDED},this)}`;

/** The value itself. `handed`: what came with HANDED last. */
export function resultOf(
  debug: DebugSession,
  told: RemoteObject,
  isAsync: boolean,
  handed: () => unknown,
): unknown {
  const { objectId, unserializableValue } = told;
  if (unserializableValue !== undefined) {
    return told.type === "bigint"
      ? BigInt(unserializableValue.slice(0, -1))
      : Number(unserializableValue);
  }
  if (objectId === undefined) return told.value;
  debug.post("Runtime.callFunctionOn", {
    objectId,
    functionDeclaration: HAND_OVER,
    silent: true,
  });
  const value = handed();
  if (!isAsync || !isPromise(value)) return value;
  const isSettled = native.promiseState(value) === PROMISE_FULFILLED;
  return isSettled ? native.promiseResult(value) : value;
}
