/**
 * CommonJS: a wrap of `Module.prototype._compile`, which every file comes through, those of
 * loaders such as `tsx`, `ts-node` and `pirates` included.
 *
 * The wrap's frame is taken out of stacks (`ts/runtime/stack.ts`), but a stack as long as
 * `Error.stackTraceLimit` is then one frame shorter for each `require` in it. So where the text has its
 * probes before (`modules.ts`, `module-text.ts`), the module gets the original `_compile` as its own,
 * hidden property, and the wrap is not called. Not so where the program has put a `_compile` of its own
 * before ours, on the module (`pirates`, `@swc-node/register`, `ts-node`) or on the prototype: it may
 * translate the text, so the text is left to it, and what it passes on gets the probes.
 *
 * A program may change `Module.wrapper`: from then on Node puts it around each text, and V8 counts
 * columns and offsets from its start.
 * Limits: a `_compile` of the program that never calls the one before it leaves its files without
 * probes (`foreign-compile.ts` lists them). What a `Module.wrap` of its own puts before a text is not known.
 */
import Module from "node:module";
import { basename } from "node:path";
import { standIn } from "../runtime/stand-in";
import { sawCompile } from "./foreign-compile";
import { printTypes } from "./printed-types";
import { expectImports } from "./required-imports";
import { type SourceKind, transform } from "./transform";

type Compile = (content: string, filename: string, ...rest: unknown[]) => unknown;
/** What loads the files of an extension. */
export type Handler = (module: object, filename: string) => void;

/** The parts of `node:module` that its types leave out. */
const loader = Module as unknown as {
  /** Modules by path, as far as they are being loaded or are loaded. */
  readonly _cache: Readonly<Record<string, object | undefined>>;
  readonly _extensions: Readonly<Record<string, Handler | undefined>>;
  readonly wrapper: readonly [unknown, unknown];
  readonly wrap: unknown;
};
const { _cache: cache, _extensions: handlers, wrap: wrapText } = loader;
const [textHead, textTail] = loader.wrapper;
const ownHandlers = new Set(Object.values(handlers));
const { prototype } = Module as unknown as { prototype: { _compile: Compile } };
const original = prototype._compile;
/** Files whose text has its probes when the wrap sees it. */
const done = new Set<string>();
const { hasOwn } = Object;
/** Our wrap, once it is installed. */
let wrap: Compile = original;

/** Whether a file is loaded by `require`, or has been. */
export function isRequired(filename: string): boolean {
  return cache[filename] !== undefined;
}

/** Whether a `_compile` of the program will see the text of this file before ours does. */
export function isCompiledByProgram(filename: string): boolean {
  if (!hasWrap()) return true;
  const module = cache[filename];
  // A module that the program made is not in the cache (`rewire`): its handler may have changed it.
  return module === undefined ? !ownHandlers.has(handlerOf(filename)) : hasOwn(module, "_compile");
}

/** Whether what stands on the prototype is our wrap. */
export function hasWrap(): boolean {
  return prototype._compile === wrap;
}

/** The handler that loads a file. */
export function handlerOf(filename: string): Handler | undefined {
  const name = basename(filename);
  for (let at = name.indexOf(".", 1); at >= 0; at = name.indexOf(".", at + 1)) {
    const handler = handlers[name.slice(at)];
    if (handler !== undefined) return handler;
  }
  return handlers[".js"];
}

/** Says that the text of this file, which is about to be compiled, has its probes. */
export function skipCompile(filename: string): void {
  const module = cache[filename];
  if (module === undefined) {
    done.add(filename);
    return;
  }
  giveOriginal(module);
}

function giveOriginal(module: object): void {
  Object.defineProperty(module, "_compile", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: original,
  });
}

/**
 * The same of a text whose types are gone: the loader takes it for one of `format`, and has its module's
 * own again once it reads `_compile`. False where that cannot be.
 */
export function skipCompileAs(filename: string, format: string | undefined): boolean {
  const module = cache[filename] as Record<symbol, unknown> | undefined;
  if (module === undefined) return false;
  const symbols = Object.getOwnPropertySymbols(module);
  const key = symbols.find(({ description }) => description === "kFormat");
  if (key === undefined) return false;
  const own = module[key];
  module[key] = format;
  Object.defineProperty(module, "_compile", {
    configurable: true,
    enumerable: false,
    get: () => {
      module[key] = own;
      giveOriginal(module);
      return original;
    },
  });
  return true;
}

/** Says that whatever this module compiles from now on is for the wrap to see. */
export function leaveToCompile(module: object): void {
  const own = Object.getOwnPropertyDescriptor(module, "_compile");
  if (own?.value === original && own.enumerable === false)
    Reflect.deleteProperty(module, "_compile");
}

/** Wraps `Module.prototype._compile`. */
export function installCommonJs(): void {
  const { apply } = Reflect;
  // A method has no `prototype`, as the original has none that anybody uses.
  const { _compile } = {
    _compile(this: unknown, content: string, filename: string, ...rest: unknown[]): unknown {
      const isText = typeof content === "string" && typeof filename === "string";
      if (isText) sawCompile(filename);
      if (!isText || done.delete(filename))
        return apply(original, this, [content, filename, ...rest]);
      const printed = printTypes(content, filename, filename, rest[0]);
      if (printed === undefined) {
        return apply(original, this, [required(content, filename, rest[0]), filename, ...rest]);
      }
      const { text, kind, format } = printed;
      const code = transform(text, filename, kind, headOf(kind));
      return apply(original, this, [code, filename, format, ...rest.slice(1)]);
    },
  };
  wrap = standIn(_compile, original);
  prototype._compile = wrap;
}

/** The text of a required file with probes in it. */
export function required(text: string, filename: string, format: unknown): string {
  const kind = kindOf(filename, format);
  expectImports(text, kind);
  return transform(text, filename, kind, headOf(kind));
}

/** Whether the program has changed what Node puts around a text; Node never forgets that. */
let isWrapped = false;

/** What Node puts before a text of this kind when it compiles it. */
export function headOf(kind: SourceKind): string {
  const { wrap: wrapNow, wrapper } = loader;
  const isOwn = wrapNow === wrapText;
  isWrapped ||= !isOwn || wrapper[0] !== textHead || wrapper[1] !== textTail;
  return isWrapped && isOwn && kind.startsWith("commonjs") ? String(wrapper[0]) : "";
}

/** What the text is, by the format that newer versions of Node pass along, and by its name. */
export function kindOf(filename: string, format: unknown): SourceKind {
  if (format === "module" || format === "module-typescript" || format === "commonjs-typescript") {
    return format;
  }
  if (format === "typescript") return "commonjs-typescript";
  return /\.c?ts$/.test(filename) && format == null ? "commonjs-typescript" : "commonjs";
}
