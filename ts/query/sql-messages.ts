/**
 * What a store and the process that runs its SQL say to each other.
 *
 *     store → process   { kind: "check", text }      which tables does it read?
 *     process → store   { tables: ["calls"] }
 *     store → process   { kind: "run", text, … }
 *     process → store   { answer: '{"columns":[…],"rows":[…],"truncated":false}' }
 *
 * `spent` says that it keeps too much memory to be of use for another query. Limits: one request at a
 * time.
 */
import type { BreadcrumbErrorCode } from "../errors";
import type { TableName } from "./segment-summary";
import type { FileTraits } from "./segments";

/** A parameter of a query. */
export type SqlParameter = null | boolean | number | bigint | string | Date;
/** Parameters for `?` and `$1` by position, or for `$name` by name. */
export type SqlParameters = readonly SqlParameter[] | Readonly<Record<string, SqlParameter>>;

/** Files of a table that a query reads. */
export interface SqlTable {
  readonly name: TableName;
  readonly files: readonly string[];
  /** What a query over them must know. */
  readonly traits: FileTraits;
  /** Its calls in flight, as JSON. */
  readonly open: string | null;
}

/** Asks whether a query may be run, and what it reads. */
export interface SqlCheck {
  readonly kind: "check";
  readonly text: string;
}

/** Asks for the rows of a query. */
export interface SqlRun {
  readonly kind: "run";
  readonly text: string;
  readonly parameters: SqlParameters;
  readonly tables: readonly SqlTable[];
  /** The run records, as JSON. */
  readonly runs: string;
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** What the process is asked. */
export type SqlRequest = SqlCheck | SqlRun;

/** What it answers. */
export type SqlReply =
  /** It has started. */
  | { readonly kind: "ready" }
  | { readonly kind: "checked"; readonly tables: readonly string[] }
  /** An `SqlResult` as JSON. */
  | { readonly kind: "answer"; readonly answer: string; readonly spent: boolean }
  /** An error; of DuckDB's where there is no code. */
  | {
      readonly kind: "error";
      readonly code?: BreadcrumbErrorCode;
      readonly message: string;
      readonly spent: boolean;
    }
  /** It ends, because it holds more memory than it may. */
  | { readonly kind: "memory" };
