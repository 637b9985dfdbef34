/**
 * Test runners that compile modules by themselves: `vitest` evaluates what Vite has translated,
 * `jest` compiles into a context of its own, and neither asks Node's loader. Their own text is
 * changed where they hand a module's text to `node:vm`, so that it passes the instrumenter there.
 *
 *     `${codeDefinition}${code}\n}}` → `${codeDefinition}${$bcText(code, module.id, "module")}\n}}`
 *
 * No line is added, and none of those changed makes a call that a stack could show.
 * Limits: the texts of vitest 3 to 5 and jest 29 and 30 are known; another one stays as it is, and
 * the files that such a runner loads are not recorded: it is listed, where it evaluates by `node:vm`. So it
 * is where V8's own coverage is being
 * taken, whose offsets would be those of the text with probes.
 */
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { declareConstant, type Realm } from "../runtime/script-constant";
import type { SourceKind } from "./transform";

/** A place in a runner's text. */
interface Place {
  /** Files that it may stand in. */
  readonly file: RegExp;
  readonly find: string;
  readonly put: string;
}

const VITEST = /[\\/]node_modules[\\/]vitest[\\/]dist[\\/]/;
const VITE_NODE = /[\\/]node_modules[\\/]vite-node[\\/]dist[\\/]client\.[cm]?js$/;
const JEST = /[\\/]node_modules[\\/]jest-runtime[\\/]build[\\/]/;
const COVERAGE = 'require.cache[require.resolve("collect-v8-coverage")]';
const JEST_CONTEXT = "(this._environment??this.environment).getVmContext?.()??null";

/** The call that gives a text its probes: where `context` is given, for that context of `node:vm`. */
function call(code: string, path: string, kind: SourceKind, context?: string): string {
  const place = context === undefined ? "" : `,${context}`;
  return `$bcText(${code},${path},"${kind}"${place})`;
}

/** The same in `jest`, which knows by itself whether V8's coverage is taken. */
function jestCall(code: string, path: string, kind: SourceKind, context = JEST_CONTEXT): string {
  return `$bcText(${code},${path},"${kind}",${context},()=>${COVERAGE})`;
}

const PLACES: readonly Place[] = [
  {
    file: VITEST,
    find: "const wrappedCode = `${codeDefinition}${code}\\n}}`;",
    put: `const wrappedCode = \`\${codeDefinition}\${${call("code", "module.id", "module", "this.vm?.context")}}\\n}}\`;`,
  },
  ...([VITE_NODE, VITEST] as const).map((file) => ({
    file,
    find: "const code = `${codeDefinition}${transformed}\\n}}`;",
    put: `const code = \`\${codeDefinition}\${${call("transformed", "context.__filename", "module", "this.options.context")}}\\n}}\`;`,
  })),
  {
    file: VITEST,
    find: "const cjsModule = Module$1.wrap(code);",
    put: `const cjsModule = Module$1.wrap(${call("code", "filename", "commonjs", "executor.context")});`,
  },
  {
    file: VITEST,
    find: "createSourceTextModule(fileURL, code) {",
    put: `createSourceTextModule(fileURL, code) {code=${call("code", "fileURL", "module", "this.context")};`,
  },
  {
    file: VITEST,
    find: "const m = new SourceTextModule(code, {",
    put: `const m = new SourceTextModule(${call("code", "fileURL", "module", "this.context")}, {`,
  },
  ...["compile", "createScriptFromCode"].map((name) => ({
    file: JEST,
    find: `  ${name}(scriptSource, filename) {\n`,
    put: `  ${name}(scriptSource, filename) {scriptSource=${jestCall("scriptSource", "filename", "commonjs")};\n`,
  })),
  {
    file: JEST,
    find: ".SourceTextModule)(transformedCode, {",
    put: `.SourceTextModule)(${jestCall("transformedCode", "modulePath", "module", "context")}, {`,
  },
  {
    file: JEST,
    find: ".SourceTextModule)(code, {\n      context,\n      identifier,\n",
    put: `.SourceTextModule)(${jestCall("code", "identifier", "module", "context")}, {\n      context,\n      identifier,\n`,
  },
];
const RUNNER = /[\\/]node_modules[\\/](?:vitest|vite-node|jest-runtime)[\\/]/;

/** A call that evaluates the text in a variable. */
const EVALUATES =
  /(?:\b(?:Script|SourceTextModule)\)?|\brunIn(?:This)?Context|\bcompileFunction\)?)\(\s*[\w$.]+,/;
/** Why the files that such a runner loads are not recorded. */
export const UNKNOWN_RUNNER =
  "a version that is not known: the files that it loads are not recorded";

type Transform = (source: string, path: string, kind: SourceKind) => string;

/** The text of a runner's file that hands its modules' texts to us; any other as it is. */
export function editRunner(source: string, path: string): string {
  if (!RUNNER.test(path)) return source;
  return PLACES.filter(({ file }) => file.test(path)).reduce(
    (text, { find, put }) => text.replace(find, () => put),
    source,
  );
}

/** Whether a text that `editRunner` leaves as it is evaluates modules: a version that is not known. */
export function isUnknownRunner(source: string, path: string): boolean {
  return RUNNER.test(path) && EVALUATES.test(source) && editRunner(source, path) === source;
}

/** A realm of `node:vm` with code of ours in it. */
export interface ForeignRealm extends Realm {
  readonly global: { readonly Function: FunctionConstructor };
}

/** Declares `$bcText`, which an edited runner calls. `prepare` readies a realm for probes. */
export function installRunners(transform: Transform, prepare: (realm: ForeignRealm) => void): void {
  const prepared = new WeakSet<object>();
  const globalOf = new Script("globalThis");
  /** `context`: undefined for this realm, null for one that is torn down. */
  const isReady = (context: object | null | undefined): boolean => {
    if (context === null) return false;
    if (context === undefined || prepared.has(context)) return true;
    prepare({ global: globalOf.runInContext(context) as ForeignRealm["global"], context });
    prepared.add(context);
    return true;
  };
  const text = (
    source: unknown,
    place: unknown,
    kind: SourceKind,
    context?: object | null,
    isCovered: () => unknown = () => isCoveredByVitest(context ?? globalThis),
  ): unknown => {
    try {
      const isFile =
        typeof source === "string" && typeof place === "string" && !place.includes("?");
      if (!isFile || isCovered() || !isReady(context)) return source;
      return transform(source, place.startsWith("file:") ? fileURLToPath(place) : place, kind);
    } catch {
      return source;
    }
  };
  declareConstant("$bcText", text);
}

/** Whether `vitest` takes V8's coverage in this worker, which one of its global objects says. */
function isCoveredByVitest(global: object): boolean {
  interface Worker {
    readonly config?: { readonly coverage?: { enabled?: boolean; provider?: string } };
  }
  const { __vitest_worker__: worker } = global as { __vitest_worker__?: Worker };
  const coverage = worker?.config?.coverage;
  return coverage?.enabled === true && coverage.provider !== "istanbul";
}
