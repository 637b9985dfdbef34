/**
 * The way to what Node keeps to itself: variables of one of its own modules, found through a
 * function that closes over them, as a debugger shows them.
 *
 * `closedOver(Error.prepareStackTrace, ["require"])` → `{ require }`, that of Node's own modules.
 * Costs some 50 ms (the debugger is told of every script), so it is asked by those alone that
 * cannot do without.
 * Limits: nothing without an inspector (not built in, or not permitted), nor what a version of Node
 * does not have.
 */
import type * as Inspector from "node:inspector";

type Session = Inspector.Session;

/** A value in the inspector's terms. */
interface Remote {
  readonly objectId?: string;
}

/** A property in the inspector's terms. */
interface RemoteProperty {
  readonly name: string;
  readonly value?: Remote;
}

/** The parts of the inspector's answers that are read. */
interface Answer {
  readonly result?: Remote & RemoteProperty[];
  readonly internalProperties?: readonly RemoteProperty[];
}

/** Where the two sides hand values over: a global of this name, for as long as that takes. */
const HOLDER = "\0breadcrumb";

/** Those of the variables that a function closes over. */
export function closedOver(fn: unknown, names: readonly string[]): Record<string, unknown> {
  let session: Session | undefined;
  const holder = { fn, found: {} };
  try {
    const inspector = require("node:inspector") as typeof Inspector;
    session = new inspector.Session();
    session.connect();
    Object.defineProperty(globalThis, HOLDER, { configurable: true, value: holder });
    fetchVariables(session, names);
  } catch {
    // Left as it is.
  } finally {
    Reflect.deleteProperty(globalThis, HOLDER);
    session?.disconnect();
  }
  return holder.found;
}

/** Puts the variables into the holder. */
function fetchVariables(session: Session, names: readonly string[]): void {
  ask(session, "Debugger.enable", {});
  try {
    const place = `globalThis[${JSON.stringify(HOLDER)}]`;
    const found = ask(session, "Runtime.evaluate", { expression: `${place}.found` }).result;
    const fn = ask(session, "Runtime.evaluate", { expression: `${place}.fn` }).result;
    const { internalProperties } = properties(session, fn);
    const scopes = internalProperties?.find(({ name }) => name === "[[Scopes]]")?.value;
    const innermost = properties(session, scopes).result?.[0]?.value;
    for (const { name, value } of properties(session, innermost).result ?? []) {
      if (!names.includes(name) || value?.objectId === undefined) continue;
      ask(session, "Runtime.callFunctionOn", {
        objectId: found?.objectId,
        functionDeclaration: "function (name, value) { this[name] = value; }",
        arguments: [{ value: name }, { objectId: value.objectId }],
      });
    }
  } finally {
    ask(session, "Debugger.disable", {});
  }
}

function properties(session: Session, object: Remote | undefined): Answer {
  return ask(session, "Runtime.getProperties", {
    objectId: object?.objectId,
    ownProperties: true,
  });
}

/** A question to the inspector, which answers at once to a session of the same thread. */
function ask(session: Session, method: string, params: object): Answer {
  let answer: Answer = {};
  let refusal: Error | null = null;
  session.post(method, params, (error, result) => {
    refusal = error;
    answer = result as Answer;
  });
  if (refusal !== null) throw refusal as Error;
  return answer;
}
