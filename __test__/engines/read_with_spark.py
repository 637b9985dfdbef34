"""Reads a store with Spark: python read_with_spark.py .breadcrumb"""
import json
import sys

from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.master("local[1]")
    # Spark's timestamps have microseconds: without this it refuses the files.
    .config("spark.sql.legacy.parquet.nanosAsLong", "true")
    # Files of an older version of the schema lack columns.
    .config("spark.sql.parquet.mergeSchema", "true")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "1")
    .getOrCreate()
)
for table in ["calls", "exceptions", "functions"]:
    files = f"{sys.argv[1]}/segments/*/*-{table}.parquet"
    spark.read.parquet(files).createOrReplaceTempView(table)
spark.sql(
    """
    CREATE TEMP VIEW call_values AS SELECT *, coalesce(result_json, string(result_integer)) AS result,
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
        SELECT count(DISTINCT arguments), sum(octet_length(arguments)),
          count(DISTINCT result), sum(octet_length(result)) FROM call_values""",
    # started_at is a number of nanoseconds here; timestamp_micros(started_at DIV 1000) is a timestamp.
    "times": "SELECT min(started_at), max(started_at), sum(started_at % 1000000) FROM calls",
    "by_function": """
        SELECT function, file, line, status, count(*), sum(self_ns), max(duration_ns)
        FROM calls GROUP BY ALL ORDER BY function, file, line, status""",
    "first_argument": """
        SELECT get_json_object(arguments, '$[0]') AS first, count(*)
        FROM call_values WHERE startswith(arguments, '["') GROUP BY first ORDER BY first""",
    "exceptions": """
        SELECT name, message, handled, count(*), sum(calls), min(thrown_at)
        FROM exceptions GROUP BY ALL ORDER BY name, message, handled""",
    "sums": "SELECT sum(calls), sum(errors), sum(open), sum(total_ns), max(max_ns) FROM functions",
}
print(json.dumps({name: spark.sql(query).collect() for name, query in QUERIES.items()}))
