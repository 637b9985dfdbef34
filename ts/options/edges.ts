/**
 * Which edges of the program are recorded: where it meets others.
 *
 *     edgeBits(edgesOf("http,sql", "--edges")) // EDGE_HTTP | EDGE_SQL
 *     edgeBits(true)                           // all of them
 *     edgeBits(false)                          // 0
 */
import { badOption } from "../errors";
import { EDGE_HTTP, EDGE_SQL } from "../native/layout";

const BITS = { http: EDGE_HTTP, sql: EDGE_SQL } as const;
/** What there is: requests that come and go, queries of databases. */
export const EDGE_KINDS = ["http", "sql"] as const;
/** An edge. */
export type EdgeKind = (typeof EDGE_KINDS)[number];
/** All of them, none, or some. */
export type Edges = boolean | readonly EdgeKind[];

const ALL: readonly string[] = ["all", "on", "true", "1"];
const NONE: readonly string[] = ["none", "off", "false", "0"];

/** Checks the option. Gives EDGE_* of what is recorded. Throws BC_ERR_BAD_OPTION. */
export function edgeBits(given: Edges | undefined, name = 'Option "edges"'): number {
  if (given === undefined || given === false) return 0;
  if (given === true) return EDGE_HTTP | EDGE_SQL;
  if (!Array.isArray(given)) throw unknown(name, JSON.stringify(given));
  let bits = 0;
  for (const kind of given as readonly EdgeKind[]) {
    if (!EDGE_KINDS.includes(kind)) throw unknown(name, JSON.stringify(kind));
    bits |= BITS[kind];
  }
  return bits;
}

/** What a text says: `all`, `none`, `http,sql`. Throws BC_ERR_BAD_OPTION. */
export function edgesOf(text: string, name: string): Edges {
  if (ALL.includes(text)) return true;
  if (NONE.includes(text)) return false;
  const kinds = text.split(",").map((word) => word.trim()) as EdgeKind[];
  edgeBits(kinds, name);
  return kinds;
}

function unknown(name: string, got: string): Error {
  return badOption(`${name} is all, none or some of ${EDGE_KINDS.join(", ")}; got ${got}`);
}
