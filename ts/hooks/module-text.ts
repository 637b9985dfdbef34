/**
 * CommonJS on Node 20, which has no hook for it: the text with probes is put where Node's loader
 * looks for a module's text before it reads the file, so that no frame of ours is on the stack while
 * the file runs.
 *
 *     load("a.js") → module[kFormat] → we: module[source] = "…probes…" → module._compile("…probes…")
 *
 * The loader asks for the module's format first, by a symbol that each module owns or lacks: an
 * accessor of that name on `Module.prototype` is told when a module lacks it, or gets it.
 * Limits: nothing where the loader has no such symbol (20.19.0), nor where the program put a handler
 * of its own for the file's extension; the wrap of `commonjs.ts` sees those files.
 */
import fs from "node:fs";
import Module from "node:module";
import { native } from "../native/load";
import {
  type Handler,
  handlerOf,
  isCompiledByProgram,
  leaveToCompile,
  required,
  skipCompile,
} from "./commonjs";
import { expectCompile } from "./foreign-compile";

/** A module as the loader has it. */
type Loading = Record<symbol, unknown> & {
  readonly filename: unknown;
  readonly loaded: unknown;
};

const { _cache: cache, _extensions: handlers } = Module as unknown as {
  readonly _cache: Readonly<Record<string, object | undefined>>;
  readonly _extensions: Readonly<Record<string, Handler | undefined>>;
};
/** Node's handler of files that no other one is for. */
const byDefault = handlers[".js"] as Handler;
/** Modules that were given their text: what is compiled as such a one later is another text. */
const given = new WeakSet<object>();

/** Puts texts there. */
export function installModuleText(): void {
  if (!process.versions.node.startsWith("20.")) return;
  const text = native.privateSymbols()?.["module_source_private_symbol"];
  const format = formatSymbol();
  if (text === undefined || format === undefined) return;
  Object.defineProperty(Module.prototype, format, {
    configurable: true,
    enumerable: false,
    get(this: Loading): undefined {
      giveText(this, text, undefined);
    },
    set(this: Loading, value: unknown) {
      const property = { configurable: true, enumerable: true, writable: true, value };
      Object.defineProperty(this, format, property);
      giveText(this, text, value);
    },
  });
}

/** Gives a module that is about to be compiled its text, in the property where it is looked for. */
function giveText(module: Loading, key: symbol, format: unknown): void {
  const { filename, loaded } = module;
  if (given.has(module)) return leaveToCompile(module);
  if (loaded !== false || typeof filename !== "string") return;
  if (cache[filename] !== module || handlerOf(filename) !== byDefault) return;
  given.add(module);
  if (isCompiledByProgram(filename)) return expectCompile(filename);
  try {
    // An ES module that imports this file has read it.
    const read = module[key] ?? fs.readFileSync(filename, "utf8");
    if (typeof read !== "string") return;
    module[key] = required(read, filename, format);
    skipCompile(filename);
  } catch {
    // It cannot be read: Node says so.
  }
}

/** The symbol by which the loader asks for a module's format. */
function formatSymbol(): symbol | undefined {
  // A handler of the program's own is not for us to call.
  if (!Function.prototype.toString.call(byDefault).includes("loadSource(module, "))
    return undefined;
  let found: unknown;
  const stop = (_target: object, key: unknown): never => {
    found = key;
    throw new Error("It is known now");
  };
  try {
    // No file has such a name; one that ends so has a format.
    byDefault(new Proxy({}, { set: stop }), "\0.cjs");
  } catch {
    // As it was to be.
  }
  return typeof found === "symbol" && found.description === "kFormat" ? found : undefined;
}
