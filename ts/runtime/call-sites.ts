/**
 * Call sites as the program would see them without us: places and offsets in instrumented files
 * mapped back, frames of ours left out.
 *
 *     [{ app.js:3:61 }, { dist/core.js:9:1 }] → [{ app.js:3:9 }]
 *
 * The engine's own call sites stay, and what `CallSite.prototype` offers too, which cannot be
 * changed: each gets another prototype, a copy whose methods ask the engine's and map the answer.
 * Nothing is computed before it is asked for.
 * Limits: `getScriptHash` is that of the text with probes.
 */
import { fileURLToPath } from "node:url";
import { native } from "../native/load";
import { dropContextFrames } from "./context-frames";
import { ANONYMOUS, headingWith } from "./function-names";
import {
  apply,
  create,
  defineProperty,
  endsWith,
  getDescriptor,
  getPrototypeOf,
  hasOwn,
  indexOf,
  lastIndexOf,
  ownKeys,
  setPrototypeOf,
  slice,
  startsWith,
  weakGet,
  weakHas,
  weakSet,
} from "./primordials";
import { standIn } from "./stand-in";

type CallSite = NodeJS.CallSite;
type Method = (this: CallSite) => unknown;

const prototypes = new WeakMap<object, object>();
/** Of the copies, the engine's: a call site that has a copy is done. */
const copies = new WeakMap<object, object>();

/** Folder of this package's code. */
let ownFolder = "\0";

/** Sets the folder whose frames are left out. */
export function setOwnFolder(folder: string): void {
  ownFolder = folder;
}

/** Changes an array of call sites into the one that the program would see. */
export function mapCallSites(sites: CallSite[]): void {
  let kept = 0;
  for (let i = 0; i < sites.length; i++) {
    const site = sites[i] as CallSite;
    if (isOwn(site)) continue;
    dress(site);
    if (kept !== i) sites[kept] = site;
    kept += 1;
  }
  sites.length = kept;
  dropContextFrames(sites);
}

function isOwn(site: CallSite): boolean {
  return isOwnFile(site.getFileName());
}

/** Whether a file is of this package's code. */
export function isOwnFile(file: unknown): boolean {
  return typeof file === "string" && startsWith(file, ownFolder);
}

function dress(site: CallSite): void {
  const engines = getPrototypeOf(site);
  if (engines === null || weakHas(copies, engines)) return;
  let copy = weakGet(prototypes, engines);
  if (copy === undefined) {
    copy = copyOf(engines);
    weakSet(prototypes, engines, copy);
    weakSet(copies, copy, engines);
  }
  setPrototypeOf(site, copy);
}

/** The engine's prototype with methods that map. */
function copyOf(engines: object): object {
  const copy = create(getPrototypeOf(engines)) as object;
  const keys = ownKeys(engines);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string | symbol;
    const property = getDescriptor(engines, key) as PropertyDescriptor;
    // What it does not own must not be found on `Object.prototype`.
    setPrototypeOf(property, null);
    const make = typeof key === "string" && hasOwn(MAPPED, key) ? MAPPED[key] : undefined;
    if (typeof property.value === "function") {
      if (key === "constructor") property.value = constructorOf(copy, property.value);
      else if (make !== undefined) {
        property.value = standIn(make(engines as CallSite), property.value);
      }
    }
    defineProperty(copy, key, property);
  }
  return copy;
}

/** Stands for the engine's `CallSite`, which would lead to the prototype that does not map. */
function constructorOf(copy: object, engines: Method): Method {
  const made = standIn(function (this: CallSite): unknown {
    return apply(engines, this, []);
  }, engines);
  const prototype = { __proto__: null, value: copy, writable: false };
  defineProperty(made, "prototype", prototype as PropertyDescriptor);
  return made;
}

/** Makers of the methods whose answer depends on the text, given the engine's. */
const MAPPED: Record<string, ((engine: CallSite) => Method) | undefined> = {
  getLineNumber: (engine) =>
    ({
      method(this: CallSite): unknown {
        const line = apply(engine.getLineNumber, this, []);
        const column = apply(engine.getColumnNumber, this, []);
        return originalPlaceOf(apply(engine.getFileName, this, []), line, column)[0];
      },
    }).method,
  getColumnNumber: (engine) =>
    ({
      method(this: CallSite): unknown {
        const column = apply(engine.getColumnNumber, this, []);
        const line = apply(engine.getLineNumber, this, []);
        return originalPlaceOf(apply(engine.getFileName, this, []), line, column)[1];
      },
    }).method,
  getEnclosingColumnNumber: (engine) =>
    ({
      method(this: CallSite): unknown {
        const column = apply(engine.getEnclosingColumnNumber, this, []);
        const line = apply(engine.getEnclosingLineNumber, this, []);
        return originalPlaceOf(apply(engine.getFileName, this, []), line, column)[1];
      },
    }).method,
  getPosition: (engine) =>
    ({
      method(this: CallSite): unknown {
        const offset = apply(engine.getPosition, this, []);
        const file = pathOf(apply(engine.getFileName, this, []));
        return file === undefined || !(offset > 0) ? offset : native.originalOffset(file, offset);
      },
    }).method,
  getEvalOrigin: (engine) =>
    ({
      method(this: CallSite): unknown {
        const origin = apply(engine.getEvalOrigin, this, []);
        return typeof origin === "string" ? mapOrigin(origin) : origin;
      },
    }).method,
  getFunctionName: (engine) =>
    ({
      method(this: CallSite): unknown {
        const name = apply(engine.getFunctionName, this, []);
        const original = originalFunctionName(
          apply(engine.getFileName, this, []),
          apply(engine.getLineNumber, this, []),
          apply(engine.getColumnNumber, this, []),
          name,
        );
        return original === undefined ? name : original || null;
      },
    }).method,
  getMethodName: (engine) =>
    ({
      method(this: CallSite): unknown {
        const name = apply(engine.getMethodName, this, []);
        return name === null && isCompile(this, engine) ? COMPILE : name;
      },
    }).method,
  toString: (engine: CallSite) =>
    ({
      method(this: CallSite): string {
        return mapText(this, engine, apply(engine.toString, this, []));
      },
    }).method,
};

/** File of Node's that `Module.prototype._compile` stands in. */
const LOADER = "node:internal/modules/cjs/loader";
const COMPILE = "_compile";
const NAMELESS = "Module.<anonymous> ";

/** Where Node's `_compile` begins; undefined where no stack told it. */
let compileLine: number | null | undefined;
/** Whether what stands on the prototype is still our wrap. */
let hasWrap: () => boolean = () => true;

/** Takes the place of `_compile` from the stack of a file that is being loaded, while it is Node's own. */
export function learnCompile(sites: readonly CallSite[]): void {
  for (let i = 0; i < sites.length; i++) {
    const site = sites[i] as CallSite;
    if (site.getFileName() !== LOADER || site.getMethodName() !== COMPILE) continue;
    compileLine = site.getEnclosingLineNumber();
    return;
  }
}

/** Says that our wrap of `_compile` stands on the prototype, as long as `stands` says so. */
export function standForCompile(stands: () => boolean): void {
  hasWrap = stands;
}

/**
 * V8 finds a method's name by looking for the function on its object, where our wrap stands in for
 * `_compile`, or a hidden property that V8 passes over.
 */
function isCompile(site: CallSite, engine: CallSite): boolean {
  if (apply(engine.getFileName, site, []) !== LOADER || !hasWrap()) return false;
  const whole = apply(engine.toString, site, []);
  if (!startsWith(whole, NAMELESS) && !startsWith(whole, `Module.${COMPILE} `)) return false;
  return compileLine == null || apply(engine.getEnclosingLineNumber, site, []) === compileLine;
}

const ENGINE_VERSION = Number.parseInt(process.versions.v8, 10);

/**
 * What V8 would call the function at a place of the text with probes if that had none; undefined where
 * it is called the same.
 */
export function originalFunctionName(
  file: unknown,
  line: unknown,
  column: unknown,
  name: unknown,
): string | undefined {
  if (typeof line !== "number" || typeof column !== "number") return undefined;
  const path = pathOf(file);
  if (path === undefined) return undefined;
  const known = typeof name === "string" ? name : "";
  return native.originalFunctionName(path, line, column, known, ENGINE_VERSION) ?? undefined;
}

/**
 * Line and column of the original, or what stands for them where there are none. To be read by index: the
 * program may have an iterator of arrays of its own.
 */
export function originalPlaceOf<Line, Column>(
  file: unknown,
  line: Line,
  column: Column,
): readonly [Line | number, Column | number] {
  if (typeof line !== "number" || typeof column !== "number") return [line, column];
  const path = pathOf(file);
  return path === undefined ? [line, column] : placeIn(path, line, column);
}

function placeIn(path: string, line: number, column: number): readonly [number, number] {
  const mapped = native.originalColumn(path, line, column);
  return mapped > 0 ? [line, mapped] : native.originalPlace(path, line, column);
}

/** Text of a call site: `f (/app.js:3:61)`, `eval (eval at f (/app.js:3:61), <anonymous>:1:2)`. */
function mapText(site: CallSite, engine: CallSite, was: string): string {
  if (startsWith(was, NAMELESS) && isCompile(site, engine)) {
    return `Module.${COMPILE} ${slice(was, NAMELESS.length)}`;
  }
  const origin = apply(engine.getEvalOrigin, site, []);
  if (typeof origin === "string") return replaced(was, origin, mapOrigin(origin));
  const path = pathOf(apply(engine.getFileName, site, []));
  const line = apply(engine.getLineNumber, site, []);
  const column = apply(engine.getColumnNumber, site, []);
  if (path === undefined || typeof line !== "number" || typeof column !== "number") return was;
  const place = placeIn(path, line, column);
  const placed = withPlace(was, `:${line}:${column}`, `:${place[0]}:${place[1]}`);
  const name = apply(engine.getFunctionName, site, []) ?? "";
  const original = native.originalFunctionName(path, line, column, name, ENGINE_VERSION);
  return original === null ? placed : headingWith(site, engine, placed, name, original);
}

/** The text of a call site in another place. */
function withPlace(was: string, place: string, mapped: string): string {
  if (mapped === place) return was;
  const end = endsWith(was, ")") ? was.length - 1 : was.length;
  if (!endsWith(slice(was, 0, end), place)) return was;
  return `${slice(was, 0, end - place.length)}${mapped}${slice(was, end)}`;
}

function replaced(whole: string, part: string, by: string): string {
  const at = part === by ? -1 : indexOf(whole, part);
  return at < 0 ? whole : slice(whole, 0, at) + by + slice(whole, at + part.length);
}

/** Text of a call site that was mapped, as a stack has it. */
export function textOf(site: CallSite): string {
  const engine = weakGet(copies, getPrototypeOf(site) as object) as CallSite;
  return mapText(site, engine, apply(engine.toString, site, []));
}

/** Id of the function with probes that a call site that was mapped is in. */
export function functionOf(site: CallSite): number | undefined {
  const engine = weakGet(copies, getPrototypeOf(site) as object) as CallSite;
  const path = pathOf(apply(engine.getFileName, site, []));
  if (path === undefined) return undefined;
  return native.functionAt(path, apply(engine.getPosition, site, [])) ?? undefined;
}

/** Where a text came to `eval`: `eval at f (eval at g (/app.js:3:61))`. */
function mapOrigin(origin: string): string {
  let end = origin.length;
  while (end > 0 && origin[end - 1] === ")") end -= 1;
  const place = slice(origin, 0, end);
  const columnAt = lastIndexOf(place, ":");
  const lineAt = lastIndexOf(slice(place, 0, Math.max(columnAt, 0)), ":");
  const line = Number(slice(place, lineAt + 1, columnAt));
  const column = Number(slice(place, columnAt + 1));
  if (lineAt < 0 || !(line > 0) || !(column > 0)) return origin;
  // Names of functions and files may hold brackets too.
  for (let at = indexOf(place, "("); at >= 0; at = indexOf(place, "(", at + 1)) {
    const file = pathOf(slice(place, at + 1, lineAt));
    if (file === undefined || !native.hasProbes(file)) continue;
    const mapped = placeIn(file, line, column);
    const named = mapOriginName(slice(place, 0, at), file, line, column);
    return `${named}${slice(place, at, lineAt)}:${mapped[0]}:${mapped[1]}${slice(origin, end)}`;
  }
  return origin;
}

const EVAL_AT = "eval at ";

/** `eval at f (eval at g ` with the last function's name as it would be without probes. */
function mapOriginName(before: string, file: string, line: number, column: number): string {
  const nameAt = lastIndexOf(before, EVAL_AT) + EVAL_AT.length;
  const told = slice(before, nameAt, before.length - 1);
  const name = told === ANONYMOUS ? "" : told;
  const original = originalFunctionName(file, line, column, name);
  return original === undefined ? before : `${slice(before, 0, nameAt)}${original || ANONYMOUS} `;
}

/** Path of a file that call sites of ES modules name by its URL; undefined for none, or Node's. */
function pathOf(file: unknown): string | undefined {
  if (typeof file !== "string" || startsWith(file, "node:")) return undefined;
  if (!startsWith(file, "file:")) return file;
  try {
    return fileURLToPath(file);
  } catch {
    return file;
  }
}
