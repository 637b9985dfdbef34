/**
 * Libraries whose calls are spans, by their files: once one has run, it says what it exports.
 *
 *     libraryOf("/app/node_modules/pg/lib/client.js") // "pg/lib/client.js"
 *     // behind its text, on a line of its own: ;$bc.m("pg/lib/client.js", module.exports)
 *
 * So a library may be loaded late, by `import`, or twice; what stands in its place in a test is let alone.
 * Limits: a library that is bundled into a file of the program is not seen.
 */
import { EDGE_SQL } from "../native/layout";
import { native } from "../native/load";

/** Behind the last `node_modules`. */
const FILES = [
  "better-sqlite3/lib/database.js",
  "mysql2/lib/connection.js",
  "mysql2/lib/pool.js",
  "mysql2/lib/pool_cluster.js",
  "pg/lib/client.js",
  "pg-pool/index.js",
] as const;
/** A file of a library. */
export type LibraryFile = (typeof FILES)[number];
const IN_PACKAGES = /^.*[\\/]node_modules[\\/](.+)$/;

/** Which of the files this is; undefined if it is none, or queries are not recorded. */
export function libraryOf(path: string): LibraryFile | undefined {
  const name = IN_PACKAGES.exec(path)?.[1]?.replaceAll("\\", "/");
  const file = FILES.find((known) => known === name);
  return file !== undefined && recordsSql() ? file : undefined;
}

/** Whether the recording that was configured last has queries. */
export function recordsSql(): boolean {
  return (native.edges() & EDGE_SQL) !== 0;
}

/** Its text, and behind it what tells of its exports. */
export function told(source: string, library: LibraryFile): string {
  return `${source}\n;$bc.m(${JSON.stringify(library)}, module.exports);`;
}
