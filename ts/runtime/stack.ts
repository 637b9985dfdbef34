/**
 * Stack traces as the program would have without us: columns of instrumented files mapped back,
 * our own frames left out.
 *
 * `at f (app.js:3:61)` → `at f (app.js:3:9)`.
 * `Error.prepareStackTrace`, a function on every version of Node that we support, is replaced by
 * one of the same name, length and descriptor. A program that sets its own gets V8's call sites as
 * they are; with `--enable-source-maps` Node's own is left in place (both are known gaps).
 */
import { fileURLToPath } from "node:url";
import { native } from "../native/load";
import { withoutContextFrames } from "./context-frames";
import { hasPlainHeading } from "./reflect";

type CallSite = NodeJS.CallSite;
type Prepare = (error: Error, sites: CallSite[]) => unknown;

const getDescriptor = Object.getOwnPropertyDescriptor;
const original = getDescriptor(Error, "prepareStackTrace");
/** Folder of this package's code. */
let ownFolder = "\0";
let installed: Prepare | undefined;

/** Methods of a call site that are passed on as they are. */
const PLAIN = [
  "getThis",
  "getTypeName",
  "getFunction",
  "getFunctionName",
  "getMethodName",
  "getFileName",
  "getLineNumber",
  "getEvalOrigin",
  "isToplevel",
  "isEval",
  "isNative",
  "isConstructor",
  "isAsync",
  "isPromiseAll",
  "getPromiseIndex",
  "getScriptNameOrSourceURL",
  "getScriptHash",
  "getEnclosingColumnNumber",
  "getEnclosingLineNumber",
  "getPosition",
] as const;

/** A call site that another one stands behind. */
class WrappedCallSite {
  readonly site: CallSite;

  constructor(site: CallSite) {
    this.site = site;
  }

  static {
    for (const name of PLAIN) {
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        writable: true,
        value(this: WrappedCallSite): unknown {
          return (this.site as unknown as Record<string, () => unknown>)[name]?.();
        },
      });
    }
  }

  getColumnNumber(): number | null {
    return this.site.getColumnNumber();
  }
}

/** A call site whose text is another one. */
class NamedCallSite extends WrappedCallSite {
  readonly #text: string;

  constructor(site: CallSite, text: string) {
    super(site);
    this.#text = text;
  }

  override toString(): string {
    return this.#text;
  }
}

/** A call site whose column is the original one. */
class MappedCallSite extends WrappedCallSite {
  readonly #column: number;

  constructor(site: CallSite, column: number) {
    super(site);
    this.#column = column;
  }

  override getColumnNumber(): number {
    return this.#column;
  }

  override toString(): string {
    const was = `:${this.site.getColumnNumber()}`;
    const text = String(this.site);
    const end = text.endsWith(")") ? text.length - 1 : text.length;
    if (!text.slice(0, end).endsWith(was)) return text;
    return `${text.slice(0, end - was.length)}:${this.#column}${text.slice(end)}`;
  }
}

/** The call sites that the program would see. */
export function mapCallSites(sites: CallSite[]): CallSite[] {
  const mapped: CallSite[] = [];
  for (const site of sites) {
    const file = site.getFileName();
    if (file != null && file.startsWith(ownFolder)) continue;
    mapped.push(mapCallSite(site, file));
  }
  return withoutContextFrames(mapped);
}

/** File of Node's that `Module.prototype._compile` stands in. */
const LOADER = "node:internal/modules/cjs/loader";
const NAMELESS = "Module.<anonymous> ";

function mapCallSite(site: CallSite, file: string | null | undefined): CallSite {
  if (file == null) return site;
  if (file === LOADER) return nameCompile(site);
  if (file.startsWith("node:")) return site;
  const line = site.getLineNumber();
  const column = site.getColumnNumber();
  if (line === null || column === null) return site;
  const real = native.originalColumn(pathOf(file), line, column);
  if (real === column) return site;
  return new MappedCallSite(site, real) as unknown as CallSite;
}

/**
 * V8 finds a method's name by looking for the function on its object, where our wrap stands in for
 * `_compile`, or a hidden property that V8 passes over.
 */
function nameCompile(site: CallSite): CallSite {
  const text = String(site);
  if (!text.startsWith(NAMELESS)) return site;
  return new NamedCallSite(site, `Module._compile ${text.slice(NAMELESS.length)}`) as never;
}

/** Path of a file that call sites of ES modules name by its URL. */
function pathOf(file: string): string {
  if (!file.startsWith("file:")) return file;
  try {
    return fileURLToPath(file);
  } catch {
    return file;
  }
}

/** Replaces `Error.prepareStackTrace`. `folder`: that of this package's code. */
export function installStackMapping(folder: string): void {
  ownFolder = folder;
  const previous: unknown = original?.value;
  if (typeof previous !== "function" || process.sourceMapsEnabled) return;
  const prepare = previous as Prepare;
  // A method has no `prototype` and cannot be constructed, and takes the name and length asked.
  const { ErrorPrepareStackTrace } = {
    ErrorPrepareStackTrace(error: Error, sites: CallSite[]): unknown {
      return Reflect.apply(prepare, Error, [error, mapCallSites(sites)]);
    },
  };
  Object.defineProperty(ErrorPrepareStackTrace, "name", {
    configurable: true,
    value: prepare.name,
  });
  Object.defineProperty(ErrorPrepareStackTrace, "length", {
    configurable: true,
    value: prepare.length,
  });
  Object.defineProperty(Error, "prepareStackTrace", { ...original, value: ErrorPrepareStackTrace });
  installed = ErrorPrepareStackTrace;
}

/** Whether stacks are formatted by us, not by the program. */
function formats(): boolean {
  return installed !== undefined && getDescriptor(Error, "prepareStackTrace")?.value === installed;
}

const { captureStackTrace } = Error;

/**
 * Frames of the code that calls `probe`, each on a line of its own, as a stack has them below its
 * heading.
 *
 * An error's own stack is not for us to read: V8 writes its heading when it is first read, and the
 * program may yet add to the message.
 */
export function framesHere(probe: (...args: never[]) => unknown): string | undefined {
  if (!formats()) return undefined;
  const holder: { stack?: unknown } = {};
  captureStackTrace(holder, probe);
  const { stack } = holder;
  if (typeof stack !== "string") return undefined;
  const end = stack.indexOf("\n");
  return end < 0 ? undefined : stack.slice(end);
}

/**
 * The stack of an error that nobody will change any more, if it can be read without running the
 * program's code: not where the program formats stacks itself, nor where `stack` is a property of
 * its own making.
 */
export function stackOf(error: object): string | undefined {
  if (!formats()) return undefined;
  if (!hasPlainHeading(error)) return undefined;
  const property = getDescriptor(error, "stack");
  if (property === undefined) return undefined;
  if (typeof property.value === "string") return property.value;
  // Newer engines: an own accessor, the engine's if it has no source text of its own.
  const get = property.get;
  if (get === undefined || !nativeGetters.has(get)) return undefined;
  const stack: unknown = Reflect.apply(get, error, []);
  return typeof stack === "string" ? stack : undefined;
}

/** The engine's getter of `stack`, on versions where it is an accessor. */
const nativeGetters = new Set<unknown>();
const probe = getDescriptor(new Error("probe"), "stack");
if (probe?.get !== undefined) nativeGetters.add(probe.get);
