/**
 * What stands before the place in the text of a call site, for another name of its function.
 *
 *     at Object.k.z.a (app.js:3:9), whose function has no name → at Object.<anonymous> (app.js:3:9)
 *
 * It is put together as V8 does (`call-site-info.cc`).
 * Limits: that a static method's class stands before its name is known only where V8's text tells it.
 */
import { apply, charCodeAt, endsWith, indexOf, slice, startsWith } from "./primordials";

type CallSite = NodeJS.CallSite & { isAsync?(): boolean };

/** V8's word for no name. */
export const ANONYMOUS = "<anonymous>";
const ASYNC = "async ";

/** The text of a call site whose function is called `name` in it, as if it were called `original`. */
export function headingWith(
  site: CallSite,
  engine: CallSite,
  was: string,
  name: string,
  original: string,
): string {
  const isAsync = engine.isAsync !== undefined && apply(engine.isAsync, site, []);
  const start = isAsync && startsWith(was, ASYNC) ? ASYNC : "";
  const rest = slice(was, start.length);
  if (apply(engine.isConstructor, site, [])) {
    return replaceHeading(rest, `new ${name || ANONYMOUS}`, `new ${original || ANONYMOUS}`, start);
  }
  if (!apply(engine.isToplevel, site, []) && !apply(engine.isNative, site, [])) {
    const method = apply(engine.getMethodName, site, []);
    const type = typeIn(rest, name, method) ?? apply(engine.getTypeName, site, []) ?? "";
    return replaceHeading(
      rest,
      methodCall(type, name, method),
      methodCall(type, original, method),
      start,
    );
  }
  if (name === "") return `${start}${original} (${rest})`;
  if (original !== "") return replaceHeading(rest, name, original, start);
  const place = slice(rest, name.length + " (".length, rest.length - 1);
  return startsWith(rest, `${name} (`) ? start + place : start + rest;
}

function replaceHeading(rest: string, heading: string, by: string, start: string): string {
  return startsWith(rest, `${heading} (`) ? start + by + slice(rest, heading.length) : start + rest;
}

/** What stands before the name, if anything does. */
function typeIn(rest: string, name: string, method: string | null): string | undefined {
  const shown = `.${name || (method ?? ANONYMOUS)} `;
  const at = startsWith(rest, slice(shown, 1)) ? -1 : indexOf(rest, shown);
  return at > 0 ? slice(rest, 0, at) : undefined;
}

function methodCall(type: string, name: string, method: string | null): string {
  const owner = type === "" ? "" : `${type}.`;
  if (name === "") return owner + (method || ANONYMOUS);
  const shown = isIdentifier(name) && name !== type ? owner + name : name;
  return method && !endsWithMethod(name, method) ? `${shown} [as ${method}]` : shown;
}

function endsWithMethod(name: string, method: string): boolean {
  return name === method || endsWith(name, `.${method}`) || endsWith(name, ` ${method}`);
}

/** Whether a name that V8 made of identifiers, keys and dots is a single identifier. */
function isIdentifier(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const unit = charCodeAt(name, i);
    const isLetter = (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;
    const isDigit = i > 0 && unit >= 0x30 && unit <= 0x39;
    if (!isLetter && !isDigit && unit !== 0x24 && unit !== 0x5f && unit < 0x80) return false;
  }
  return true;
}
