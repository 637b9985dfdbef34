//! The text of the files that are generated from this crate: constants of the ring for
//! `ts/runtime`, the schema for `ts/query`, its columns explained, and `docs/schema.md`.

use std::fmt::Write as _;

use crate::layout::CONSTANTS;
use crate::schema::{COLUMNS_VERSION, SCHEMA_VERSION, TABLES, Table};

const NOTICE: &str = "Generated from crates/event by `npm run gen`. Do not edit.";

/// Every generated file: its path from the repository's root, and its text.
#[must_use]
pub fn files() -> Vec<(&'static str, String)> {
    vec![
        ("ts/native/layout.ts", layout()),
        ("ts/query/schema.ts", schema()),
        ("ts/query/columns.ts", columns()),
        ("docs/schema.md", schema_page()),
    ]
}

fn layout() -> String {
    let mut out = format!(
        "// {NOTICE}\n/** Layout of the ring's memory and records: see crates/event/src/layout.rs. */\n"
    );
    for (name, value, docs) in CONSTANTS {
        let doc: Vec<&str> = docs.iter().map(|line| line.trim()).collect();
        let _ = writeln!(
            out,
            "/** {} */\nexport const {name} = {value};",
            doc.join(" ")
        );
    }
    out
}

/// The view's select list.
fn select_list(table: &Table) -> String {
    let columns: Vec<String> = table
        .view
        .iter()
        .map(|column| match column.sql {
            "" => format!("\"{}\"", column.name),
            sql => format!("{sql} AS \"{}\"", column.name),
        })
        .collect();
    columns.join(", ")
}

fn schema() -> String {
    let mut out = format!(
        "// {NOTICE}\n/** Tables of the store: see crates/event/src/schema.rs and docs/schema.md. */\n\
         export const SCHEMA_VERSION = {SCHEMA_VERSION};\n\
         /** The version in which a column came last: files of an earlier one lack some. */\n\
         export const COLUMNS_VERSION = {COLUMNS_VERSION};\n\
         /** Base of the duration histogram's buckets. */\n\
         export const HISTOGRAM_BASE = {};\n\
         /** A table of the store. */\n\
         export interface TableSchema {{\n\
         \x20 /** Name; its files end in `-<name>.parquet`. */\n  readonly name: string;\n\
         \x20 /** Columns of the files with their DuckDB types, to stand in when there is no file. */\n  readonly columns: readonly (readonly [name: string, type: string])[];\n\
         \x20 /** Select list of the view over the files' columns. */\n  readonly select: string;\n}}\n\
         /** Every table that is kept in segments. */\n\
         export const TABLES: readonly TableSchema[] = [\n",
        crate::schema::HISTOGRAM_BASE
    );
    for table in TABLES {
        let _ = writeln!(out, "  {{\n    name: \"{}\",\n    columns: [", table.name);
        for column in table.columns {
            let kind = match column.kind {
                crate::schema::ColumnType::Int32 => "INTEGER",
                crate::schema::ColumnType::Int64 => "BIGINT",
                crate::schema::ColumnType::TimestampNs => "TIMESTAMP_NS",
                crate::schema::ColumnType::Text => "VARCHAR",
            };
            let _ = writeln!(out, "      [\"{}\", \"{kind}\"],", column.name);
        }
        let select = select_list(table).replace('\\', "\\\\").replace('`', "\\`");
        let _ = writeln!(out, "    ],\n    select: `{select}`,\n  }},");
    }
    out.push_str("];\n");
    out
}

fn columns() -> String {
    let mut out = format!(
        "// {NOTICE}\n/** What the columns of the tables mean that SQL sees. */\n\
         export const TABLE_COLUMNS: readonly {{\n\
         \x20 readonly table: string;\n  readonly meaning: string;\n\
         \x20 readonly columns: readonly (readonly [name: string, type: string, meaning: string])[];\n\
         }}[] = [\n"
    );
    for table in TABLES {
        let _ = writeln!(
            out,
            "  {{\n    table: {:?},\n    meaning: {:?},\n    columns: [",
            table.name, table.doc
        );
        for column in table.view {
            let _ = writeln!(
                out,
                "      [{:?}, {:?}, {:?}],",
                column.name, column.kind, column.doc
            );
        }
        out.push_str("    ],\n  },\n");
    }
    out.push_str("];\n");
    out
}

fn schema_page() -> String {
    let mut out = format!(
        "<!-- {NOTICE} -->\n# The store's tables\n\nSchema version {SCHEMA_VERSION}. What \
         `breadcrumb query` and `store.sql()` see. Times end in `_ns` and are nanoseconds; \
         timestamps are UTC.\n"
    );
    for table in TABLES {
        let _ = write!(
            out,
            "\n## {}\n{}\n\n| column | type | meaning |\n|---|---|---|\n",
            table.name, table.doc
        );
        for column in table.view {
            let _ = writeln!(
                out,
                "| `{}` | {} | {} |",
                column.name, column.kind, column.doc
            );
        }
    }
    out.push_str(
        "\n## In the files\nSegments are Parquet files, `segments/date=YYYY-MM-DD/<segment>-<table>.parquet`. A \
         segment is `<run>-<seq>`, or `merged-<id>`; it counts once `<segment>.json` is there, and no longer when \
         another summary of that folder names it in `replaces`. \
         Where a file's columns differ from the table above:\n",
    );
    for table in TABLES {
        for column in table.columns {
            if table.view.iter().all(|c| c.name != column.name) {
                let _ = writeln!(out, "- `{}.{}`: {}", table.name, column.name, column.doc);
            }
        }
    }
    for table in TABLES {
        for column in table
            .view
            .iter()
            .filter(|c| !c.sql.is_empty() && !c.sql.starts_with('"'))
        {
            let _ = writeln!(
                out,
                "- `{}.{}` is `{}`",
                table.name, column.name, column.sql
            );
        }
    }
    out
}
