/**
 * Libraries whose calls are spans: their files are told apart by their paths, and once one has run, functions of what it exports are
 * replaced.
 *
 *     libraryOf("/app/node_modules/pg/lib/client.js") // "pg/lib/client.js"
 *     // behind its text, on a line of its own: ;$bc.m("pg/lib/client.js", module.exports)
 *
 * So a library may be loaded late, by `import`, or twice; what stands in its place in a test is let alone. `node:sqlite` has no file: it is
 * seen to when the `load` hook is told of it, or the program gets it.
 * Limits: a library that is bundled into a file of the program is not seen.
 */
import Module from "node:module";
import { EDGE_SQL } from "../native/layout";
import { native } from "../native/load";
import { apply } from "../runtime/primordials";
import { wrapBetterSqlite } from "./better-sqlite3";
import { wrapMysqlCluster, wrapMysqlConnection, wrapMysqlPool } from "./mysql2";
import { wrapPgClient, wrapPgPool } from "./pg";
import { replaceOnce } from "./replaced";
import { wrapSqlite } from "./sqlite";

/** What is to be done with the exports of a file. */
type Wrap = (exports: unknown) => void;

const LIBRARIES: Readonly<Record<string, Wrap>> = {
  "better-sqlite3/lib/database.js": wrapBetterSqlite,
  "mysql2/lib/connection.js": wrapMysqlConnection,
  "mysql2/lib/pool.js": wrapMysqlPool,
  "mysql2/lib/pool_cluster.js": wrapMysqlCluster,
  "node:sqlite": wrapSqlite,
  "pg/lib/client.js": wrapPgClient,
  "pg-pool/index.js": wrapPgPool,
};
const IN_PACKAGES = /^.*[\\/]node_modules[\\/](.+)$/;

/** Which of the files this is; undefined if it is none, or no such edge is recorded. */
export function libraryOf(path: string): string | undefined {
  const name = IN_PACKAGES.exec(path)?.[1]?.replaceAll("\\", "/");
  if (name === undefined || !Object.hasOwn(LIBRARIES, name)) return undefined;
  return (native.edges() & EDGE_SQL) === 0 ? undefined : name;
}

/** Its text, and behind it what tells of its exports. */
export function told(source: string, library: string): string {
  return `${source}\n;$bc.m(${JSON.stringify(library)}, module.exports);`;
}

/** Files that have been seen to, by what they export. */
const done = new WeakSet<object>();

/** A file has run. */
export function wrapLibrary(library: string, exports: unknown): void {
  if ((typeof exports !== "object" && typeof exports !== "function") || exports === null) return;
  if (done.has(exports)) return;
  done.add(exports);
  LIBRARIES[library]?.(exports);
}

const SQLITE = "node:sqlite";
const { getBuiltinModule } = process as { getBuiltinModule?: (name: string) => unknown };

/** A module of Node's own is loaded right now, or has been. Before that it is not for us to load: it may print a warning. */
export function wrapBuiltIn(url: string): void {
  if (url !== SQLITE || (native.edges() & EDGE_SQL) === 0) return;
  wrapLibrary(SQLITE, getBuiltinModule?.(SQLITE));
}

/** The same of what the program gets without any loader. */
function heedBuiltIns(): void {
  replaceOnce(process, "getBuiltinModule", (original) => ({
    getBuiltinModule(this: unknown, ...args: unknown[]): unknown {
      const exports: unknown = apply(original, this, args as never[]);
      if (args[0] === SQLITE) wrapBuiltIn(SQLITE);
      return exports;
    },
  }));
}

/** Files and modules that ran before there was a recording. */
export function wrapLoaded(): void {
  const { moduleLoadList } = process as unknown as { readonly moduleLoadList?: readonly string[] };
  if (moduleLoadList?.includes("NativeModule sqlite") === true) wrapBuiltIn(SQLITE);
  if ((native.edges() & EDGE_SQL) !== 0) heedBuiltIns();
  const { _cache: cache } = Module as unknown as {
    readonly _cache: Readonly<Record<string, { readonly exports: unknown } | undefined>>;
  };
  for (const path of Object.keys(cache)) {
    const library = libraryOf(path);
    if (library !== undefined) wrapLibrary(library, cache[path]?.exports);
  }
}
