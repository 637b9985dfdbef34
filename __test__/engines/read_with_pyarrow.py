"""Reads a store with pyarrow: python read_with_pyarrow.py .breadcrumb"""
import json
import sys
from glob import glob

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def table(name):
    files = sorted(glob(f"{sys.argv[1]}/segments/*/*-{name}.parquet"))
    # Files of an older version of the schema lack columns.
    return pa.concat_tables(map(pq.read_table, files), promote_options="default")


def nanoseconds(column):
    return column.cast(pa.int64())


def grouped(rows, keys, aggregates):
    groups = rows.group_by(keys).aggregate(aggregates).sort_by([(key, "ascending") for key in keys])
    columns = keys + [f"{name}_{how}" if isinstance(name, str) else how for name, how in aggregates]
    return [list(row.values()) for row in groups.select(columns).to_pylist()]


def texts(column):
    return column.cast(pa.string())


def sums(rows, *names):
    return [pc.sum(rows[name]) for name in names]


calls, exceptions, functions = map(table, ["calls", "exceptions", "functions"])
started = nanoseconds(calls["started_at"])
exceptions = exceptions.append_column("at", nanoseconds(exceptions["thrown_at"]))
one, two = texts(calls["argument_0"]), texts(calls["argument_1"])
integers = pc.case_when(
    pc.make_struct(*(pc.equal(calls["argument_count"], count) for count in range(3))),
    "[]",
    pc.binary_join_element_wise("[", one, "]", ""),
    pc.binary_join_element_wise("[", one, ",", two, "]", ""),
)
arguments = pc.coalesce(calls["arguments_json"], integers)
result = pc.coalesce(calls["result_json"], texts(calls["result_integer"]))
with_text = arguments.filter(pc.starts_with(arguments, '["')).to_pylist()
first = pa.table({"first": pa.array((json.loads(text)[0] for text in with_text), pa.string())})
answers = {
    "totals": [
        [calls.num_rows, pc.count_distinct(calls["function"]), pc.count_distinct(calls["run_id"])]
        + sums(calls, "duration_ns", "self_ns", "wait_ns")
        + [pc.max(calls["depth"])]
    ],
    "nulls": [
        [calls[name].null_count for name in ["parent_id", "duration_ns", "exception_id"]]
        + [arguments.null_count, result.null_count]
    ],
    "values": [
        [pc.count_distinct(arguments), pc.sum(pc.binary_length(arguments))]
        + [pc.count_distinct(result), pc.sum(pc.binary_length(result))]
    ],
    "times": [
        [pc.min(started), pc.max(started), sum(ns % 1_000_000 for ns in started.to_pylist())]
    ],
    "by_function": grouped(
        calls,
        ["function", "file", "line", "status"],
        [([], "count_all"), ("self_ns", "sum"), ("duration_ns", "max")],
    ),
    "first_argument": grouped(first, ["first"], [([], "count_all")]),
    "exceptions": grouped(
        exceptions, ["name", "message", "handled"], [([], "count_all"), ("calls", "sum"), ("at", "min")]
    ),
    "sums": [
        sums(functions, "calls", "errors", "open", "total_ns") + [pc.max(functions["max_ns"])]
    ],
}
print(json.dumps(answers, default=lambda scalar: scalar.as_py()))
