/**
 * The variables of a frame of the stack at a pause, by the runtime's own readers: `$bc.b(READERS,()=>a,()=>b)` is
 * evaluated in the frame, and hands over what reads them.
 *
 * Limits: the scopes are those that the addon found in the text; a variable that V8 does not have any more is not
 * initialized.
 */
import { beginScope, type Held, holdLocals, readLocal, type Reader } from "../runtime/locals";
import type { DebugSession } from "./debug-session";
import { isWithin } from "./loaded-functions";
import { HAND_OVER } from "./result";
import { type OnPath, type PausedFrame, placeIn } from "./throw-path";

/** The number of no breakpoint: `$bc.b(READERS, …)` hands over readers. */
export const READERS = -3;

/** V8's scopes that hold variables of functions. */
const SCOPES = ["local", "block", "catch", "closure"];

type Read = () => unknown;

/** What reads the variables of a call, held. `handed`: what `$bc.b` was given last. */
export function variablesOf(
  debug: DebugSession,
  { call, frame }: OnPath,
  handed: () => readonly unknown[],
): Held {
  const { function: loaded } = call.site;
  const place = placeIn(frame);
  // The function's own first, the innermost last.
  const active = [...loaded.scopes.entries()].filter(([, { range }]) => isWithin(place, range));
  if (active.length === 0) return [];
  let reads: Read[] | undefined;
  let around: Reader | undefined;
  let first = 0;
  for (const [at, [index, { names }]] of active.entries()) {
    const outer = around;
    const from = first;
    first += names.length;
    const inner = active.slice(at + 1).map(([, scope]) => scope.names);
    around = () => {
      if (!beginScope(loaded.id, index, outer)) return;
      reads ??= readers(
        debug,
        frame,
        active.flatMap(([, scope]) => scope.names),
        handed,
      );
      for (const [i, name] of names.entries()) {
        const hiding = inner.filter((others) => others.includes(name)).length;
        readLocal(
          hiding > 0 ? () => hidden(debug, frame, name, hiding, handed) : (reads[from + i] as Read),
        );
      }
    };
  }
  return around === undefined ? [] : holdLocals(call.token, around);
}

function readers(
  debug: DebugSession,
  { callFrameId }: PausedFrame,
  names: readonly string[],
  handed: () => readonly unknown[],
): Read[] {
  const expression = `$bc.b(${READERS}${names.map((name) => `,()=>${name}`).join("")})`;
  debug.post("Debugger.evaluateOnCallFrame", { callFrameId, expression, silent: true });
  return handed() as Read[];
}

/** A variable that as many scopes hide as declare one of its name within its own. */
function hidden(
  debug: DebugSession,
  { scopeChain }: PausedFrame,
  name: string,
  hiding: number,
  handed: () => readonly unknown[],
): unknown {
  let left = hiding;
  for (const { type, object } of scopeChain) {
    if (!SCOPES.includes(type)) continue;
    debug.post("Runtime.callFunctionOn", {
      objectId: object.objectId,
      functionDeclaration: HAND_OVER,
      silent: true,
    });
    const own = Object.getOwnPropertyDescriptor(handed()[0], name);
    if (own === undefined) continue;
    if (left === 0) return own.value;
    left -= 1;
  }
  throw new ReferenceError(name);
}
