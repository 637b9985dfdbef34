/**
 * Lets a query through only if it reads the store.
 *
 *     await guardSql(connection, "SELECT * FROM calls")   // { explains: false, tables: Set { "calls" } }
 *     await guardSql(connection, "DROP VIEW calls")       // throws BC_ERR_BAD_SQL
 *
 * DuckDB parses the text to a tree, which it does for SELECT and its kin alone. In the tree only the
 * store's tables, names of its own WITH, and table functions known to be harmless pass: others open
 * files, run text as SQL, or change the database (`FROM enable_logging(…)` does). Nothing is looked
 * for in the text itself, so names like `created_at` are no matter. Limits: PIVOT needs its values
 * listed (`IN (…)`); EXPLAIN has no tree, so it is taken off first, and whoever runs the query checks
 * that DuckDB too takes it for one (`explains`).
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import { BreadcrumbError } from "../errors";

/** What a query can read. */
export const SQL_TABLES: ReadonlySet<string> = new Set([
  "calls",
  "exceptions",
  "functions",
  "counts",
  "samples",
  "lines",
  "links",
  "runs",
]);
/** Views of the standard that tell tables and columns, and nothing of where they are kept. */
const INFORMATION_SCHEMA = new Set(["columns", "tables"]);
/** Table functions that read nothing but their arguments and what DuckDB itself can do. */
export const TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  "duckdb_functions",
  "duckdb_keywords",
  "duckdb_types",
  "generate_series",
  "json_each",
  "json_tree",
  "range",
  "repeat",
  "repeat_row",
  "summary",
  "unnest",
]);
/** Functions of an expression that do more than compute. */
export const REFUSED_FUNCTIONS: ReadonlySet<string> = new Set([
  "current_setting",
  "getenv",
  "getvariable",
  // It binds the text that it is given, files included.
  "json_serialize_plan",
  "pg_sleep",
  "sleep_ms",
  "write_log",
]);
/** What SHOW and DESCRIBE can list, as the tree has it. */
const SHOWN = new Set(["tables", "databases", "__show_tables_expanded", ""]);
/** EXPLAIN with its options. */
const EXPLAIN =
  /^explain[ \t\r\n]+(?:analyze[ \t\r\n]+)?(?:\([ \t\r\n]*(?:format[ \t\r\n]+\w+|analyze)(?:[ \t\r\n]*,[ \t\r\n]*(?:format[ \t\r\n]+\w+|analyze))*[ \t\r\n]*\)[ \t\r\n]*)?/i;
/** Deepest tree that is walked: DuckDB's own limit for expressions is 1000. */
const MAX_DEPTH = 10_000;

/** What a query is about. */
export interface GuardedSql {
  /** It is an EXPLAIN of a query. */
  readonly explains: boolean;
  /** Names, in lower case, of the tables that it reads (and of its own WITH). */
  readonly tables: ReadonlySet<string>;
}

/** Checks a query. Throws `BC_ERR_BAD_SQL`. */
export async function guardSql(connection: DuckDBConnection, text: string): Promise<GuardedSql> {
  // Where DuckDB takes the text as C does, it would end there.
  if (text.includes("\0"))
    throw badSql("the query holds a NUL character: leave it out, or bind it");
  const bare = text.slice(blankLength(text));
  const query = bare.replace(EXPLAIN, "");
  const reader = await connection.runAndReadAll("SELECT json_serialize_sql($text::VARCHAR)", {
    text: query,
  });
  const tree = JSON.parse(String(reader.getRows()[0]?.[0])) as {
    error: boolean;
    error_type?: string;
    error_message?: string;
    statements?: unknown[];
  };
  if (tree.error) {
    const message = tree.error_message ?? "cannot be parsed";
    throw badSql(
      /only select/i.test(message) && tree.error_type !== "parser"
        ? "only SELECT and its kin (WITH, VALUES, DESCRIBE, SUMMARIZE, SHOW, EXPLAIN, PIVOT … IN): the store is read-only"
        : message,
    );
  }
  if (tree.statements?.length !== 1) {
    throw badSql(`one statement at a time: got ${tree.statements?.length ?? 0}`);
  }
  return { explains: query !== bare, tables: walk(tree.statements[0]) };
}

/** Length of the blanks and comments that a text begins with. DuckDB's comments nest. */
function blankLength(text: string): number {
  let at = 0;
  for (;;) {
    const start = at;
    while (/[ \t\r\n\f\v]/.test(text[at] ?? "")) at++;
    if (text.startsWith("--", at)) {
      while (at < text.length && !/[\r\n]/.test(text[at] as string)) at++;
    } else if (text.startsWith("/*", at)) {
      at = commentEnd(text, at);
    }
    if (at === start) return at;
  }
}

function commentEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const two = text.slice(at, at + 2);
    if (two !== "/*" && two !== "*/") continue;
    depth += two === "/*" ? 1 : -1;
    at++;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** What the nodes of a tree say. */
class Findings {
  readonly tables = new Set<string>();
  /** Names of its WITH. */
  readonly own = new Set<string>();
}

function walk(tree: unknown): ReadonlySet<string> {
  const found = new Findings();
  const stack: [node: unknown, depth: number][] = [[tree, 0]];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [node, depth] = next;
    if (typeof node !== "object" || node === null) continue;
    if (depth > MAX_DEPTH) throw badSql("it is nested too deeply");
    check(node as Record<string, unknown>, found);
    for (const child of Object.values(node)) stack.push([child, depth + 1]);
  }
  for (const name of found.tables) {
    // A name of its WITH can be out of reach where it is read, and then means what DuckDB finds.
    if (!SQL_TABLES.has(name) && (!found.own.has(name) || IN_CATALOGUE.test(name))) {
      throw badSql(noTable(name));
    }
  }
  return found.tables;
}

/** Names of DuckDB's own views, and of files. */
const IN_CATALOGUE = /^(?:duckdb_|pragma_|sqlite_|pg_)|[./\\:*]/;

function check(node: Record<string, unknown>, found: Findings): void {
  if (node["type"] === "TABLE_FUNCTION") {
    const call = node["function"] as Record<string, unknown> | undefined;
    const name = lower(call?.["function_name"]);
    if (!TABLE_FUNCTIONS.has(name)) {
      throw badSql(
        `the table function ${name}() is not allowed: only the store's own tables can be read`,
      );
    }
  } else if (node["class"] === "FUNCTION" || node["class"] === "WINDOW") {
    const name = lower(node["function_name"]);
    if (REFUSED_FUNCTIONS.has(name)) {
      throw badSql(`the function ${name}() is not allowed: a query only reads the store's tables`);
    }
  } else if (node["type"] === "BASE_TABLE") {
    addTable(node, found);
  } else if (node["type"] === "SHOW_REF") {
    const name = lower(node["table_name"] ?? "").replaceAll('"', "");
    if (!SHOWN.has(name))
      throw badSql(`SHOW ${name} is not allowed: SHOW TABLES or DESCRIBE calls`);
  } else if (typeof node["cte_map"] === "object" && node["cte_map"] !== null) {
    addOwnNames(node["cte_map"] as Record<string, unknown>, found);
  }
}

function addTable(node: Record<string, unknown>, found: Findings): void {
  const [catalog, schema, name] = ["catalog_name", "schema_name", "table_name"].map((key) =>
    lower(node[key] ?? ""),
  ) as [string, string, string];
  if (schema === "information_schema" && catalog === "" && INFORMATION_SCHEMA.has(name)) return;
  if (catalog === "" && schema === "") {
    found.tables.add(name);
  } else {
    throw badSql(noTable([catalog, schema, name].filter((part) => part !== "").join(".")));
  }
}

function addOwnNames(map: Record<string, unknown>, found: Findings): void {
  for (const { key } of (map["map"] ?? []) as { key: unknown }[]) found.own.add(lower(key));
}

function noTable(name: string): string {
  const tables = [...SQL_TABLES].join(", ");
  return `there is no table ${JSON.stringify(name)} to read: there are ${tables}`;
}

function lower(name: unknown): string {
  return String(name).toLowerCase();
}

/** The error for a query. */
export function badSql(message: string, cause?: unknown): BreadcrumbError {
  return new BreadcrumbError("BC_ERR_BAD_SQL", `bad SQL: ${message}`, { cause });
}
