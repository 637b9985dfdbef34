/**
 * Lets a query through only if it reads.
 *
 *     await guardSql(connection, "SELECT * FROM calls")   // { tables: Set { "calls" } }
 *     await guardSql(connection, "DROP VIEW calls")       // throws BC_ERR_BAD_SQL
 *
 * DuckDB parses the text to a tree, which it does for SELECT and its kin alone; in the tree only
 * table functions known to be harmless are let pass: others open files, run text as SQL, or change
 * the database (`FROM enable_logging(…)` does). Nothing is looked for in the text itself, so names
 * like `created_at` are no matter. Limits: PIVOT needs its values listed (`IN (…)`).
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import { BreadcrumbError } from "../errors";

/** Table functions that read nothing but their arguments and the catalogue. */
const TABLE_FUNCTIONS = new Set([
  "duckdb_columns",
  "duckdb_functions",
  "duckdb_keywords",
  "duckdb_tables",
  "duckdb_types",
  "duckdb_views",
  "generate_series",
  "histogram",
  "histogram_values",
  "json_each",
  "json_tree",
  "range",
  "repeat",
  "repeat_row",
  "summary",
  "unnest",
]);
/** Functions of an expression that do more than compute. */
const REFUSED_FUNCTIONS = new Set(["write_log", "getenv"]);
/** EXPLAIN and comments before it: the rest of the text must be a SELECT by itself. */
const EXPLAIN =
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*explain\s+(?:analyze\s+)?(?:\(\s*(?:format\s+\w+|analyze)(?:\s*,\s*(?:format\s+\w+|analyze))*\s*\)\s*)?/i;
/** Deepest tree that is walked: DuckDB's own limit for expressions is 1000. */
const MAX_DEPTH = 10_000;

/** What a query is about. */
export interface GuardedSql {
  /** Names, in lower case, of the tables that it reads (and of its own WITH). */
  readonly tables: ReadonlySet<string>;
}

/** Checks a query. Throws `BC_ERR_BAD_SQL`. */
export async function guardSql(connection: DuckDBConnection, text: string): Promise<GuardedSql> {
  const reader = await connection.runAndReadAll("SELECT json_serialize_sql($text::VARCHAR)", {
    text: text.replace(EXPLAIN, ""),
  });
  const tree = JSON.parse(String(reader.getRows()[0]?.[0])) as {
    error: boolean;
    error_type?: string;
    error_message?: string;
    statements?: unknown[];
  };
  if (tree.error && tree.error_type === "parser")
    throw badSql(tree.error_message ?? "cannot be parsed");
  if (tree.error) {
    throw badSql(
      /only select/i.test(tree.error_message ?? "")
        ? "only SELECT and its kin (WITH, VALUES, DESCRIBE, SUMMARIZE, SHOW, EXPLAIN): the store is read-only"
        : (tree.error_message ?? "cannot be read"),
    );
  }
  if (tree.statements?.length !== 1) {
    throw badSql(`one statement at a time: got ${tree.statements?.length ?? 0}`);
  }
  return { tables: walk(tree.statements[0]) };
}

function walk(tree: unknown): ReadonlySet<string> {
  const tables = new Set<string>();
  const stack: [node: unknown, depth: number][] = [[tree, 0]];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [node, depth] = next;
    if (typeof node !== "object" || node === null) continue;
    if (depth > MAX_DEPTH) throw badSql("it is nested too deeply");
    check(node as Record<string, unknown>, tables);
    for (const child of Object.values(node)) stack.push([child, depth + 1]);
  }
  return tables;
}

function check(node: Record<string, unknown>, tables: Set<string>): void {
  if (node["type"] === "TABLE_FUNCTION") {
    const call = node["function"] as Record<string, unknown> | undefined;
    const name = String(call?.["function_name"]).toLowerCase();
    if (!TABLE_FUNCTIONS.has(name)) {
      throw badSql(
        `the table function ${name}() is not allowed: only the store's own tables can be read`,
      );
    }
  } else if (node["class"] === "FUNCTION" || node["class"] === "WINDOW") {
    const name = String(node["function_name"]).toLowerCase();
    if (REFUSED_FUNCTIONS.has(name)) throw badSql(`the function ${name}() is not allowed`);
  } else if (node["type"] === "BASE_TABLE") {
    tables.add(String(node["table_name"]).toLowerCase());
  } else if (node["type"] === "SHOW_REF" && typeof node["table_name"] === "string") {
    tables.add(node["table_name"].replaceAll('"', "").toLowerCase());
  }
}

/** The error for a query. */
export function badSql(message: string, cause?: unknown): BreadcrumbError {
  return new BreadcrumbError("BC_ERR_BAD_SQL", `bad SQL: ${message}`, { cause });
}
