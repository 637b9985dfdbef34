/**
 * CommonJS: a wrap of `Module.prototype._compile`, which every file comes through, those of
 * loaders such as `tsx`, `ts-node` and `pirates` included.
 *
 * Limits: the wrap's frame is taken out of stacks (`ts/runtime/stack.ts`); where a stack is as
 * long as `Error.stackTraceLimit`, that leaves one frame fewer for each `require` in it.
 */
import Module from "node:module";
import { type SourceKind, transform } from "./transform";

type Compile = (content: string, filename: string, ...rest: unknown[]) => unknown;

/** Wraps `Module.prototype._compile`. */
export function installCommonJs(): void {
  const { prototype } = Module as unknown as { prototype: { _compile: Compile } };
  const original = prototype._compile;
  const { apply } = Reflect;
  // A method has no `prototype`, as the original has none that anybody uses.
  const { _compile } = {
    _compile(this: unknown, content: string, filename: string, ...rest: unknown[]): unknown {
      const text =
        typeof content === "string" && typeof filename === "string"
          ? transform(content, filename, kindOf(filename, rest[0]))
          : content;
      return apply(original, this, [text, filename, ...rest]);
    },
  };
  Object.defineProperty(_compile, "length", { configurable: true, value: original.length });
  prototype._compile = _compile;
}

/** What the text is, by the format that newer versions of Node pass along. */
function kindOf(filename: string, format: unknown): SourceKind {
  if (format === "module" || format === "module-typescript" || format === "commonjs-typescript") {
    return format;
  }
  if (format === "typescript") return "commonjs-typescript";
  return filename.endsWith(".cts") && format !== "commonjs" ? "commonjs-typescript" : "commonjs";
}
