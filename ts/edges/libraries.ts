/**
 * What is done with libraries whose calls are spans: functions of what they export are replaced, once a file of theirs has run
 * (`library-files.ts`). `node:sqlite` has no file: it is seen to when the `load` hook is told of it, or the program gets it.
 */
import Module from "node:module";
import { apply } from "../runtime/primordials";
import { wrapBetterSqlite } from "./better-sqlite3";
import { type LibraryFile, libraryOf, recordsSql } from "./library-files";
import { wrapMysqlCluster, wrapMysqlConnection, wrapMysqlPool } from "./mysql2";
import { wrapPgClient, wrapPgPool } from "./pg";
import { replaceOnce } from "./replaced";
import { wrapSqlite } from "./sqlite";

const SQLITE = "node:sqlite";
/** What is to be done with the exports of a file. */
type Wrap = (exports: unknown) => void;

const WRAPS: Readonly<Record<LibraryFile | typeof SQLITE, Wrap>> = {
  "better-sqlite3/lib/database.js": wrapBetterSqlite,
  "mysql2/lib/connection.js": wrapMysqlConnection,
  "mysql2/lib/pool.js": wrapMysqlPool,
  "mysql2/lib/pool_cluster.js": wrapMysqlCluster,
  [SQLITE]: wrapSqlite,
  "pg/lib/client.js": wrapPgClient,
  "pg-pool/index.js": wrapPgPool,
};

/** Files that have been seen to, by what they export. */
const done = new WeakSet<object>();

/** A file has run. */
export function wrapLibrary(library: keyof typeof WRAPS, exports: unknown): void {
  if ((typeof exports !== "object" && typeof exports !== "function") || exports === null) return;
  if (done.has(exports)) return;
  done.add(exports);
  WRAPS[library](exports);
}

const { getBuiltinModule } = process as { getBuiltinModule?: (name: string) => unknown };

/** A module of Node's own is loaded right now, or has been. Before that it is not for us to load: it may print a warning. */
export function wrapBuiltIn(url: string): void {
  if (url !== SQLITE || !recordsSql()) return;
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

/** Files and modules that ran before there was a recording, if it has queries. */
export function wrapLoaded(): void {
  if (!recordsSql()) return;
  const { moduleLoadList } = process as unknown as { readonly moduleLoadList?: readonly string[] };
  if (moduleLoadList?.includes("NativeModule sqlite") === true) wrapBuiltIn(SQLITE);
  heedBuiltIns();
  const { _cache: cache } = Module as unknown as {
    readonly _cache: Readonly<Record<string, { readonly exports: unknown } | undefined>>;
  };
  for (const path of Object.keys(cache)) {
    const library = libraryOf(path);
    if (library !== undefined) wrapLibrary(library, cache[path]?.exports);
  }
}
