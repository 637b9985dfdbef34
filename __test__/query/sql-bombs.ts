/**
 * Queries that go beyond a limit: of time, memory, bytes, columns, text or depth.
 *
 * `{what n}` in them stands for something long, which `writtenOut` writes out.
 */

/** What a query that goes beyond a limit is asked with. */
export interface Bomb {
  readonly sql: string;
  readonly maxBytes?: number;
  readonly maxRows?: number;
  /** What the message says; without it, time or memory, whichever ends first. */
  readonly says?: RegExp;
}

/** What takes too long says. */
export const TIME = /longer than \d+ ms \(timeoutMs\)/;
const BYTES = /the answer is larger than \d+ bytes \(maxBytes\)/;
const COLUMNS = /the query has \d+ columns, and at most 1000 are answered: name fewer/;
const TEXT = /the query's text has \d+ characters, and at most 1000000 are read/;

/** Beyond a limit: `BC_ERR_SQL_LIMIT`. */
export const BOMBS: readonly Bomb[] = [
  // Without end.
  { sql: "SELECT count(*) FROM range(10000000000000) r WHERE range % 7 = 3", says: TIME },
  { sql: "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b", says: TIME },
  { sql: "SELECT count(*) FROM range(1e18::BIGINT) a, range(1e18::BIGINT) b" },
  {
    sql: "WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t",
    says: TIME,
  },
  { sql: "WITH RECURSIVE t AS (SELECT 1 AS x UNION SELECT x + 1 FROM t) SELECT max(x) FROM t" },
  {
    sql: "WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t, range(1000)) SELECT count(*) FROM t",
  },
  {
    sql: "SELECT count(*) FROM range(1000000000000) r WHERE regexp_matches(r.range::VARCHAR, '(a+)+$')",
    says: TIME,
  },
  { sql: "SELECT max(md5(range::VARCHAR)) FROM range(1000000000000)", says: TIME },
  { sql: "EXPLAIN ANALYZE SELECT count(*) FROM range(10000000) a, range(10000000) b", says: TIME },
  { sql: "SELECT count(*) FROM calls a, calls b, range(1000000000000)", says: TIME },
  { sql: "SUMMARIZE FROM range(100000000000)" },
  { sql: "SELECT * FROM range(1000000000000) WHERE hash(range) = 0", says: TIME },
  // One long call of a function, which looks at no interruption.
  { sql: "SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))", says: TIME },
  { sql: "SELECT damerau_levenshtein(repeat('a', 5000), repeat('b', 500000))" },
  { sql: "SELECT jaro_winkler_similarity(repeat('ab', 500000), repeat('ba', 500000))", says: TIME },
  { sql: "SELECT list_reduce(range(10000000), lambda x, y: x + y)" },
  // One large value.
  { sql: "SELECT repeat('x', 3000000000)" },
  { sql: "SELECT length(repeat('x', 100000000)) FROM range(100000)" },
  { sql: "SELECT rpad('x', 2000000000, 'y')" },
  { sql: "SELECT lpad('x', 2000000000, 'y')" },
  { sql: "SELECT printf('%1000000000d', 1)" },
  { sql: "SELECT format('{:1000000000}', 1)" },
  { sql: "SELECT bitstring('1', 2000000000)" },
  { sql: "SELECT replace(repeat('a', 10000000), 'a', repeat('b', 1000))" },
  { sql: "SELECT hex(repeat('?', 1000000000))" },
  { sql: "SELECT url_encode(repeat('?', 1000000000))" },
  { sql: "SELECT nfc_normalize(repeat('é', 200000000))" },
  { sql: "SELECT md5(repeat('x', 2000000000))" },
  { sql: "SELECT len(range(1000000000))" },
  { sql: "SELECT len(generate_series(1, 1000000000))" },
  { sql: "SELECT list_resize([1], 2000000000)" },
  { sql: "SELECT len(list_sort(list_reverse(range(50000000))))" },
  { sql: "SELECT len(list_distinct(range(50000000)))" },
  { sql: "SELECT len(list_concat(range(50000000), range(50000000)))" },
  { sql: "SELECT list_sum(list_transform(range(100000000), lambda x: x * x))" },
  { sql: "SELECT list_sum(list_filter(range(100000000), lambda x: x % 2 = 0))" },
  { sql: "SELECT len([[y FOR y IN range(100000)] FOR x IN range(100000)])" },
  { sql: "SELECT len(flatten([range(10000000) FOR x IN range(100)]))" },
  { sql: "SELECT array_to_string(range(100000000), ',')" },
  { sql: "SELECT len(string_split(repeat('a,', 100000000), ','))" },
  { sql: "SELECT len(regexp_extract_all(repeat('ab', 50000000), '.'))" },
  { sql: "SELECT to_json({'a': range(100000000)})" },
  { sql: "SELECT string_agg(repeat('x', 1000000)) FROM range(100000)" },
  { sql: "SELECT len(list(range)) FROM range(10000000000)" },
  { sql: "SELECT len(json_group_array(range)) FROM range(1000000000)" },
  // More than memory holds.
  { sql: "SELECT range, repeat('x', 1000) AS t FROM range(100000000) ORDER BY hash(range)" },
  { sql: "SELECT count(DISTINCT range) FROM range(1000000000)" },
  { sql: "SELECT range, count(*) FROM range(1000000000) GROUP BY range" },
  { sql: "SELECT quantile_cont(range, 0.5) FROM range(1000000000)" },
  { sql: "SELECT cardinality(histogram(range)) FROM range(1000000000)" },
  { sql: "SELECT mode(range) FROM range(1000000000)" },
  {
    sql: "SELECT max(n) FROM (SELECT sum(range) OVER (ORDER BY hash(range)) AS n FROM range(1000000000))",
  },
  {
    sql: "SELECT count(*) FROM range(100000000) a JOIN range(100000000) b ON hash(a.range) = hash(b.range)",
  },
  { sql: "WITH x AS MATERIALIZED (SELECT * FROM range(1000000000)) SELECT count(*) FROM x a, x b" },
  // Large answers.
  {
    sql: "SELECT range, repeat('x', 100) AS t FROM range(1000000)",
    maxRows: 1_000_000,
    says: BYTES,
  },
  { sql: "SELECT repeat('x', 2000000)", says: BYTES },
  { sql: "SELECT range(1000000)", says: BYTES },
  { sql: "SELECT repeat('\u0001', 500000)", says: BYTES },
  { sql: "SELECT repeat('é', 900000)", says: BYTES },
  { sql: "SELECT 1 AS {letters 1000}", maxBytes: 20, says: BYTES },
  { sql: "FROM calls", maxBytes: 100, says: BYTES },
  { sql: "SELECT {columns 1001}", says: COLUMNS },
  { sql: "SELECT {columns 20000}", says: COLUMNS },
  { sql: "SELECT '{letters 1000000}'", says: TEXT },
  { sql: "SELECT 1 WHERE 1 IN ({numbers 300000})", says: TEXT },
];

/** Beyond what DuckDB's parser or planner takes: refused with either code. */
export const DEEP: readonly string[] = [
  "SELECT {open 100000}1{close 100000}",
  "SELECT 1{plus 200000}",
  "SELECT 1{plus 2000}",
  "SELECT {not 100000}true",
  "SELECT {lists 50000}",
  "SELECT {selects 5000}",
  "{parens 50000}",
  "SELECT 1{union 20000}",
  "SELECT {cases 20000}",
  "SELECT regexp_matches('a', '((((a{1,100}){1,100}){1,100}){1,100}){1,100}')",
  "SELECT regexp_matches('a', repeat('(a|b){1,1000}', 1000))",
];

const REPEATED: Readonly<Record<string, (n: number) => string>> = {
  open: (n) => "(".repeat(n),
  close: (n) => ")".repeat(n),
  plus: (n) => "+1".repeat(n),
  not: (n) => "NOT ".repeat(n),
  lists: (n) => "[".repeat(n) + "]".repeat(n),
  selects: (n) => `${"(SELECT ".repeat(n)}1${")".repeat(n)}`,
  parens: (n) => `${"(".repeat(n)}SELECT 1${")".repeat(n)}`,
  union: (n) => " UNION ALL SELECT 1".repeat(n),
  cases: (n) => `${"CASE WHEN true THEN ".repeat(n)}1${" END".repeat(n)}`,
  columns: (n) => Array.from({ length: n }, (_, i) => `${i} AS c${i}`).join(", "),
  letters: (n) => "x".repeat(n),
  numbers: (n) => Array.from({ length: n }, (_, i) => i).join(","),
};

/** A query with its `{what n}` written out. */
export function writtenOut(sql: string): string {
  return sql.replaceAll(/\{(\w+) (\d+)\}/g, (whole, what: string, n: string) => {
    return REPEATED[what]?.(Number(n)) ?? whole;
  });
}
