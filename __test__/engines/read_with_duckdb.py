"""Reads a store with DuckDB: python read_with_duckdb.py .breadcrumb"""
import json
import sys

import duckdb

for table in ["calls", "exceptions", "functions"]:
    files = f"{sys.argv[1]}/segments/*/*-{table}.parquet"
    # Files of an older version of the schema lack columns.
    duckdb.sql(f"CREATE VIEW {table} AS FROM read_parquet('{files}', union_by_name = true)")
duckdb.sql(
    """
    CREATE VIEW call_values AS SELECT *, coalesce(result_json, result_integer::VARCHAR) AS result,
      coalesce(arguments_json, CASE argument_count
        WHEN 0 THEN '[]' WHEN 1 THEN '[' || argument_0 || ']'
        WHEN 2 THEN '[' || argument_0 || ',' || argument_1 || ']' END) AS arguments
    FROM calls"""
)

QUERIES = {
    "totals": """
        SELECT count(*), count(DISTINCT function), count(DISTINCT run_id), sum(duration_ns),
          sum(self_ns), sum(wait_ns), max(depth)
        FROM calls""",
    "nulls": """
        SELECT count(*) - count(parent_id), count(*) - count(duration_ns),
          count(*) - count(exception_id), count(*) - count(arguments), count(*) - count(result)
        FROM call_values""",
    "values": """
        SELECT count(DISTINCT arguments), sum(strlen(arguments)),
          count(DISTINCT result), sum(strlen(result)) FROM call_values""",
    "times": """
        SELECT min(epoch_ns(started_at)), max(epoch_ns(started_at)),
          sum(epoch_ns(started_at) % 1000000) FROM calls""",
    "by_function": """
        SELECT function, file, line, status, count(*), sum(self_ns), max(duration_ns)
        FROM calls GROUP BY ALL ORDER BY ALL""",
    "first_argument": """
        SELECT json_extract_string(arguments, '$[0]') AS first, count(*)
        FROM call_values WHERE starts_with(arguments, '["') GROUP BY first ORDER BY first""",
    "exceptions": """
        SELECT name, message, handled, count(*), sum(calls), min(epoch_ns(thrown_at))
        FROM exceptions GROUP BY ALL ORDER BY ALL""",
    "sums": "SELECT sum(calls), sum(errors), sum(open), sum(total_ns), max(max_ns) FROM functions",
}
print(json.dumps({name: duckdb.sql(query).fetchall() for name, query in QUERIES.items()}))
