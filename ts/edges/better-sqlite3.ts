/**
 * Queries of `better-sqlite3` as spans: `exec()` of a database; `run()`, `get()`, `all()` and `iterate()` of its statements.
 *
 *     better-sqlite3.query(sql: "SELECT … WHERE id = ?", parameters: 1) → { command: "SELECT", rows: 1 }
 *
 * Limits: SQL that cannot be prepared is no query, nor are values that are bound before (`bind()`) parameters. What the library asks by
 * itself (`pragma()`, `transaction()`) is seen once the program has prepared a statement: before that, nothing leads to their class.
 */
import { apply } from "../runtime/primordials";
import { ownData } from "../runtime/reflect";
import { deepen, putLimit } from "./own-frame";
import { replace } from "./replaced";
import { prototypeOf, queryKind } from "./sql";
import { countAll, wrapQuery, wrapStatements } from "./statements";

const QUERY = queryKind("better-sqlite3.query", "npm:better-sqlite3");

/** `better-sqlite3/lib/database.js`: the class `Database`. */
export function wrapBetterSqlite(exports: unknown): void {
  const database = prototypeOf(exports);
  wrapQuery(database, "exec", QUERY, (_, [sql]) => [sql, 0]);
  replace(database, "prepare", (original) => ({
    prepare(this: unknown, ...args: unknown[]): unknown {
      const limit = deepen();
      let statement: unknown;
      try {
        statement = apply(original, this, args as never[]);
      } finally {
        putLimit(limit);
      }
      if (typeof statement === "object" && statement !== null) {
        wrapStatements(statement, QUERY, (self, values) => [
          ownData(self, "source"),
          countAll(values),
        ]);
      }
      return statement;
    },
  }));
}
