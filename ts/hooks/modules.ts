/**
 * ES modules, and what is required: a `load` hook, on the same thread where Node has
 * `module.registerHooks` and it is sound (22.22.3, 24.11.1, 26 and later), through
 * `module.register` before that.
 *
 * Limits: CommonJS that is imported gets no source here: with one, Node compiles it in another way
 * (`require.cache` is missing in it); `commonjs.ts` sees it.
 */
import * as nodeModule from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as threads from "node:worker_threads";
import {
  headOf,
  isCompiledByProgram,
  isRequired,
  kindOf,
  skipCompile,
  skipCompileAs,
} from "./commonjs";
import { expectCompile } from "./foreign-compile";
import { keepOutermost } from "./keep-outermost";
import { isPrinted, printTypes } from "./printed-types";
import { matches, slice } from "../runtime/primordials";
import { type SourceKind, transform } from "./transform";
import { startUnseen } from "./unseen-worker";

/** What a `load` hook returns. */
interface Loaded {
  format?: string | null | undefined;
  source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
  shortCircuit?: boolean | undefined;
}

/** What a `load` hook is told. */
interface LoadContext {
  readonly conditions?: readonly string[];
}

type NextLoad = (url: string, context: LoadContext) => Loaded;

/** The parts of `node:module` that only some versions have. */
interface Hooks {
  registerHooks?: (hooks: { load: typeof load }) => { deregister(): void };
  register?: (specifier: string | URL) => void;
}

/** Whether `registerHooks` of this version does what it says (nodejs/node#59929). */
export function hasSoundHooks(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (major === 22) return minor > 22 || (minor === 22 && patch >= 3);
  if (major === 24) return minor > 11 || (minor === 11 && patch >= 1);
  return major >= 26 || (major === 25 && minor >= 1);
}

/** Installs the hook. `folder`: that of this package's built files. */
export function installModules(folder: string): void {
  // Node's own thread for the hooks of `module.register` loads them without probes: Node 22 cannot
  // load anything there once `registerHooks` was called in it (`loadSync is not a function`).
  if ((threads as { isInternalThread?: boolean }).isInternalThread === true) return;
  const { registerHooks, register } = nodeModule as unknown as Hooks;
  if (registerHooks !== undefined && hasSoundHooks(process.versions.node)) {
    let hook = registerHooks({ load });
    keepOutermost("registerHooks", () => {
      hook.deregister();
      hook = registerHooks({ load });
    });
  } else if (register !== undefined) {
    const url = pathToFileURL(join(folder, "hooks-thread.js"));
    const tellOfWorker = startUnseen(() => register(url));
    keepOutermost("register", () => register(url), tellOfWorker);
  }
}

/** Is told of modules of Node's own. */
let heedBuiltIn: (url: string) => void = () => {};

/** Sets what is told of each module of Node's own as it is loaded, where there is a hook of `registerHooks`. */
export function onBuiltIn(action: (url: string) => void): void {
  heedBuiltIn = action;
}

/** The hook of `registerHooks`. */
function load(url: string, context: LoadContext, next: NextLoad): Loaded {
  const loaded = next(url, context);
  if (loaded.format === "builtin") heedBuiltIn(url);
  return context.conditions?.includes("require") === true
    ? requiredWithProbes(url, loaded)
    : withProbes(url, loaded);
}

/** A loaded ES module with probes in it. */
export function withProbes(url: string, loaded: Loaded): Loaded {
  const { format, source } = loaded;
  if (format !== "module" && format !== "module-typescript") return loaded;
  if (source == null || !url.startsWith("file:")) return loaded;
  const text = typeof source === "string" ? source : new TextDecoder().decode(source);
  const path = pathOf(url);
  if (path === undefined) return loaded;
  const printed = printTypes(text, path, url, format);
  if (printed !== undefined) {
    return { ...loaded, format: "module", source: transform(printed.text, path, printed.kind) };
  }
  const code = transform(text, path, format satisfies SourceKind);
  return code === text ? loaded : { ...loaded, source: code };
}

/** A required file with probes in it. */
export function requiredWithProbes(url: string, loaded: Loaded): Loaded {
  const { format, source } = loaded;
  if (!url.startsWith("file:")) return loaded;
  const path = pathOf(url);
  if (path === undefined || path.endsWith(".json")) return loaded;
  if (isCompiledByProgram(path)) {
    expectCompile(path);
    return loaded;
  }
  if (isPrinted(path, format)) return requiredAndPrinted(path, loaded);
  if (format === "module" || format === "module-typescript") {
    if (isRequired(path)) skipCompile(path);
    return withProbes(url, loaded);
  }
  if (typeof source !== "string" || !CODE.has(format)) return loaded;
  const kind = kindOf(path, format);
  const code = transform(source, path, kind, headOf(kind));
  skipCompile(path);
  return code === source ? loaded : { ...loaded, source: code };
}

/** A required file that Node prints, with probes in what that gives. */
function requiredAndPrinted(path: string, loaded: Loaded): Loaded {
  const { format, source } = loaded;
  if (typeof source !== "string") return loaded;
  const printed = printTypes(source, path, path, format);
  if (printed === undefined) {
    skipCompile(path);
    return loaded;
  }
  // Where it is not known as what the loader takes it, the wrap of `_compile` prints it.
  if (!skipCompileAs(path, printed.format)) return loaded;
  const { text, kind } = printed;
  return { ...loaded, format: printed.format, source: transform(text, path, kind, headOf(kind)) };
}

/** Formats of required files that hold code; undefined: Node has yet to find out. */
const CODE = new Set<unknown>(["commonjs", "commonjs-typescript", "typescript", undefined, null]);

/** A URL that is its path, for all but Windows: nothing encoded, no `.` or `..` in it. */
const PLAIN = /^file:\/\/(?:\/\.?[\w@+~=,-][\w@+~=,.-]*)+$/;
const isPosix = process.platform !== "win32";

/** The path of a file's URL; undefined if it has none. One that is plain takes a quarter of the time. */
export function pathOf(url: string): string | undefined {
  try {
    if (isPosix && matches(PLAIN, url)) return slice(url, "file://".length);
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
