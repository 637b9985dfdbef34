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
 * Limits: a `_compile` of the program that never calls the one before it leaves its files without
 * probes.
 */
import Module from "node:module";
import { standIn } from "../runtime/stand-in";
import { expectImports } from "./required-imports";
import { type SourceKind, transform } from "./transform";

type Compile = (content: string, filename: string, ...rest: unknown[]) => unknown;

/** Modules by path, as far as they are being loaded or are loaded. */
const { _cache: cache } = Module as unknown as { _cache: Record<string, object | undefined> };
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
  const module = cache[filename];
  return prototype._compile !== wrap || (module !== undefined && hasOwn(module, "_compile"));
}

/** Says that the text of this file, which is about to be compiled, has its probes. */
export function skipCompile(filename: string): void {
  const module = cache[filename];
  if (module === undefined) {
    done.add(filename);
    return;
  }
  Object.defineProperty(module, "_compile", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: original,
  });
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
      const text =
        isText && !done.delete(filename) ? required(content, filename, rest[0]) : content;
      return apply(original, this, [text, filename, ...rest]);
    },
  };
  wrap = standIn(_compile, original);
  prototype._compile = wrap;
}

/** The text of a required file with probes in it. */
export function required(text: string, filename: string, format: unknown): string {
  const kind = kindOf(filename, format);
  expectImports(text, kind);
  return transform(text, filename, kind);
}

/** What the text is, by the format that newer versions of Node pass along, and by its name. */
export function kindOf(filename: string, format: unknown): SourceKind {
  if (format === "module" || format === "module-typescript" || format === "commonjs-typescript") {
    return format;
  }
  if (format === "typescript") return "commonjs-typescript";
  return /\.c?ts$/.test(filename) && format == null ? "commonjs-typescript" : "commonjs";
}
