/**
 * Test runners that compile modules by themselves: `vitest` evaluates what Vite has translated,
 * `jest` compiles into a context of its own, and neither asks Node's loader. Their own text is
 * changed where they hand a module's text to `node:vm`, so that it passes the instrumenter there.
 *
 *     `${codeDefinition}${code}\n}}` → `${codeDefinition}${$bcText(code, module.id, "module")}\n}}`
 *
 * No line is added, and none of those changed makes a call that a stack could show.
 * Limits: the texts of vitest 3 to 5 and jest 29 and 30 are known; another one stays as it is, and
 * the files that such a runner loads are not recorded. So it is with ES modules in `jest`
 * (`--experimental-vm-modules`), `vitest`'s pools `vmThreads` and `vmForks`, and where V8's own
 * coverage is being taken, whose offsets would be those of the text with probes.
 */
import { declareConstant } from "../runtime/script-constant";
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
const SOURCE = `scriptSource=$bcText(scriptSource,filename,"commonjs",this._environment??this.environment,()=>${COVERAGE});`;

const PLACES: readonly Place[] = [
  {
    file: VITEST,
    find: "const wrappedCode = `${codeDefinition}${code}\\n}}`;",
    put: 'const wrappedCode = `${codeDefinition}${this.vm?code:$bcText(code,module.id,"module")}\\n}}`;',
  },
  {
    file: VITE_NODE,
    find: "const code = `${codeDefinition}${transformed}\\n}}`;",
    put: 'const code = `${codeDefinition}${$bcText(transformed,context.__filename,"module")}\\n}}`;',
  },
  ...["compile", "createScriptFromCode"].map((name) => ({
    file: JEST,
    find: `  ${name}(scriptSource, filename) {\n`,
    put: `  ${name}(scriptSource, filename) {${SOURCE}\n`,
  })),
];
const RUNNER = /[\\/]node_modules[\\/](?:vitest|vite-node|jest-runtime)[\\/]/;

type Transform = (source: string, path: string, kind: SourceKind) => string;

/** The text of a runner's file that hands its modules' texts to us; any other as it is. */
export function editRunner(source: string, path: string): string {
  if (!RUNNER.test(path)) return source;
  return PLACES.filter(({ file }) => file.test(path)).reduce(
    (text, { find, put }) => text.replace(find, () => put),
    source,
  );
}

/** A realm of `node:vm` with code of ours in it. */
export interface ForeignRealm {
  readonly global: { readonly Function: FunctionConstructor };
  readonly context: object;
}

/** Declares `$bcText`, which an edited runner calls. `prepare` readies a realm for probes. */
export function installRunners(transform: Transform, prepare: (realm: ForeignRealm) => void): void {
  const prepared = new WeakSet<object>();
  const isReady = (environment: Environment | undefined): boolean => {
    if (environment === undefined) return true;
    const { global } = environment;
    const context = environment.getVmContext?.();
    if (global == null || context == null) return false;
    if (!prepared.has(global)) prepare({ global, context });
    prepared.add(global);
    return true;
  };
  const text = (
    source: unknown,
    path: unknown,
    kind: SourceKind,
    environment?: Environment,
    isCovered: () => unknown = isCoveredByVitest,
  ): unknown => {
    try {
      const isFile = typeof source === "string" && typeof path === "string" && !path.includes("?");
      if (!isFile || isCovered() || !isReady(environment)) return source;
      return transform(source, path, kind);
    } catch {
      return source;
    }
  };
  declareConstant("$bcText", text);
}

/** What `jest` calls the environment of a test file: it has a global object of its own. */
interface Environment {
  readonly global?: ForeignRealm["global"] | null;
  getVmContext?(): object | null;
}

/** Whether `vitest` takes V8's coverage in this worker. */
function isCoveredByVitest(): boolean {
  interface Worker {
    readonly config?: { readonly coverage?: { enabled?: boolean; provider?: string } };
  }
  const { __vitest_worker__: worker } = globalThis as unknown as { __vitest_worker__?: Worker };
  const coverage = worker?.config?.coverage;
  return coverage?.enabled === true && coverage.provider !== "istanbul";
}
