"""Reads a store with ClickHouse, in this process: python read_with_chdb.py .breadcrumb"""
import json
import sys

import chdb


def table(name):
    return f"file('{sys.argv[1]}/segments/*/*-{name}.parquet', Parquet)"


def rows(query):
    # Files of an older version of the schema lack columns.
    settings = " SETTINGS schema_inference_mode = 'union', output_format_json_quote_64bit_integers = 0"
    return json.loads(str(chdb.query(query + settings, "JSONCompact")))["data"]


CALL_VALUES = f"""(
    SELECT *, coalesce(result_json, toString(result_integer)) AS result,
      coalesce(arguments_json, CASE argument_count
        WHEN 0 THEN '[]' WHEN 1 THEN concat('[', argument_0, ']')
        WHEN 2 THEN concat('[', argument_0, ',', argument_1, ']') END) AS arguments
    FROM {table("calls")})"""
QUERIES = {
    "totals": f"""
        SELECT count(), uniqExact(function), uniqExact(run_id), sum(duration_ns),
          sum(self_ns), sum(wait_ns), max(depth)
        FROM {table("calls")}""",
    "nulls": f"""
        SELECT countIf(parent_id IS NULL), countIf(duration_ns IS NULL),
          countIf(exception_id IS NULL), countIf(arguments IS NULL), countIf(result IS NULL)
        FROM {CALL_VALUES}""",
    "values": f"""
        SELECT uniqExact(arguments), sum(length(arguments)), uniqExact(result), sum(length(result))
        FROM {CALL_VALUES}""",
    "times": f"""
        SELECT toUnixTimestamp64Nano(min(started_at)), toUnixTimestamp64Nano(max(started_at)),
          sum(toUnixTimestamp64Nano(started_at) % 1000000) FROM {table("calls")}""",
    "by_function": f"""
        SELECT function, file, line, status, count(), sum(self_ns), max(duration_ns)
        FROM {table("calls")} GROUP BY ALL ORDER BY function, file, line, status""",
    "first_argument": f"""
        SELECT JSONExtractString(assumeNotNull(arguments), 1) AS first, count()
        FROM {CALL_VALUES} WHERE startsWith(arguments, '["') GROUP BY first ORDER BY first""",
    "exceptions": f"""
        SELECT name, message, handled, count(), sum(calls), toUnixTimestamp64Nano(min(thrown_at))
        FROM {table("exceptions")} GROUP BY ALL ORDER BY name, message, handled""",
    "sums": f"""
        SELECT sum(calls), sum(errors), sum(open), sum(total_ns), max(max_ns)
        FROM {table("functions")}""",
}
print(json.dumps({name: rows(query) for name, query in QUERIES.items()}))
