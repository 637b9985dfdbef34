/**
 * Queries of `node:sqlite` as spans: `exec()` of a database; `run()`, `get()`, `all()` and `iterate()` of its statements, and of its tags.
 *
 *     sqlite.query(sql: "SELECT … WHERE id = ?", parameters: 1) → { command: "SELECT", rows: 1 }
 *
 * Limits: SQL that cannot be prepared is no query. What SQL calls of the program is not of the span. Where Node has no sound
 * `registerHooks` (before 22.22.3, 24.11.1), the module is seen only if it was loaded before the recording, or by
 * `process.getBuiltinModule()`.
 */
import { apply, getDescriptor, isArray } from "../runtime/primordials";
import { ownData } from "../runtime/reflect";
import { replace, type Method } from "./replaced";
import { prototypeOf, queryKind } from "./sql";
import { type Asked, countAll, wrapQuery, wrapStatements } from "./statements";

const QUERY = queryKind("sqlite.query", "node:sqlite");

/** `node:sqlite`. */
export function wrapSqlite(exports: unknown): void {
  const database = prototypeOf(ownData(exports as object, "DatabaseSync"));
  wrapQuery(database, "exec", QUERY, (_, [sql]) => [sql, 0]);
  replace(database, "createTagStore", (original) => ({
    createTagStore(this: unknown, ...args: unknown[]): unknown {
      const tags: unknown = apply(original, this, args as never[]);
      if (typeof tags === "object" && tags !== null) wrapStatements(tags, QUERY, ofTag);
      return tags;
    },
  }));
  const statement = prototypeOf(ownData(exports as object, "StatementSync"));
  wrapStatements(statement, QUERY, (self, args) => [sourceOf(self), countAll(args)]);
}

/** The SQL of a statement, which a property of each says. */
function sourceOf(statement: object): unknown {
  const property = getDescriptor(statement, "sourceSQL");
  const get = property === undefined ? undefined : ownData(property, "get");
  try {
    return typeof get === "function" ? apply(get as Method, statement as never, []) : undefined;
  } catch {
    // Its database is closed.
    return undefined;
  }
}

/** sql.get`SELECT ${1}` asks "SELECT ?". */
function ofTag(_: object, [texts]: readonly unknown[]): Asked {
  if (!isArray(texts)) return [undefined, 0];
  let sql = "";
  for (let i = 0; i < texts.length; i++) sql += i === 0 ? String(texts[i]) : `?${String(texts[i])}`;
  return [sql, texts.length - 1];
}
