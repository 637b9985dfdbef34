//! Rows of what is not recorded one by one, from the files of a segment: counts, lines, samples.
//!
//! `read_counts(&path, &mut functions, &mut |run, row| builder.push_count(row))?`. Limits: those of `rows.rs`.

use std::borrow::Cow;
use std::path::Path;

use breadcrumb_event::function::Backend;
use breadcrumb_event::row::{CountRow, LineRow, SampleRow, SampledFunction};
use breadcrumb_event::schema::{COUNTS, LINES, SAMPLES};

use super::functions::{MergedFunctions, Named};
use super::rows::{lossy, number, owned, places, to_u32};
use crate::StoreError;
use crate::table_reader::{Batch, TableReader};

type TakeCount<'a> = &'a mut dyn FnMut(&str, &CountRow);
type TakeLine<'a> = &'a mut dyn FnMut(&str, &LineRow);
type TakeSample<'a> = &'a mut dyn FnMut(&str, SampleRow);

/// The id of the function with these name, file, line and column.
fn function_of(
    batch: &mut Batch,
    [name, file, line, column]: [usize; 4],
    functions: &mut MergedFunctions,
) -> u32 {
    let (line, column) = (number(batch, line), number(batch, column));
    let [name, file] = batch.texts([name, file]);
    functions.id(&Named {
        name: name.unwrap_or_default(),
        file: file.unwrap_or_default(),
        line,
        column,
        parameters: b"[]",
        backend: Backend::Probe,
    })
}

/// Reads the counts of a segment.
pub(super) fn read_counts(
    path: &Path,
    functions: &mut MergedFunctions,
    take: TakeCount<'_>,
) -> Result<(), StoreError> {
    let run = places(&COUNTS, ["run_id"])[0];
    let named = places(&COUNTS, ["function", "file", "line", "col"]);
    let numbers = places(&COUNTS, ["thread_id", "from", "to", "counted", "dropped"]);
    let mut table = TableReader::open(path, &COUNTS)?;
    while let Some(mut batch) = table.next()? {
        functions.forget_addresses();
        for _ in 0..batch.rows() {
            let [thread_id, from, to, counted, dropped] = numbers.map(|at| batch.integer(at));
            let function = function_of(&mut batch, named, functions);
            let row = CountRow {
                function,
                thread_id: to_u32(thread_id),
                from_ns: from.unwrap_or_default(),
                to_ns: to.unwrap_or_default(),
                counted: counted.unwrap_or_default().max(0).cast_unsigned(),
                dropped: dropped.unwrap_or_default().max(0).cast_unsigned(),
            };
            take(&owned(&mut batch, run), &row);
            batch.advance();
        }
    }
    Ok(())
}

/// Reads the lines of a segment.
pub(super) fn read_lines(
    path: &Path,
    functions: &mut MergedFunctions,
    take: TakeLine<'_>,
) -> Result<(), StoreError> {
    let run = places(&LINES, ["run_id"])[0];
    let named = places(
        &LINES,
        ["function", "file", "function_line", "function_col"],
    );
    let names = [
        "thread_id",
        "line",
        "col",
        "is_branch",
        "from",
        "to",
        "count",
    ];
    let numbers = places(&LINES, names);
    let mut table = TableReader::open(path, &LINES)?;
    while let Some(mut batch) = table.next()? {
        functions.forget_addresses();
        for _ in 0..batch.rows() {
            let [thread_id, line, column, is_branch, from, to, count] =
                numbers.map(|at| batch.integer(at));
            let function = function_of(&mut batch, named, functions);
            let row = LineRow {
                function,
                thread_id: to_u32(thread_id),
                line: to_u32(line),
                column: to_u32(column),
                is_branch: is_branch == Some(1),
                from_ns: from.unwrap_or_default(),
                to_ns: to.unwrap_or_default(),
                count: count.unwrap_or_default().max(0).cast_unsigned(),
            };
            take(&owned(&mut batch, run), &row);
            batch.advance();
        }
    }
    Ok(())
}

/// Reads the samples of a segment.
pub(super) fn read_samples(path: &Path, take: TakeSample<'_>) -> Result<(), StoreError> {
    let [run, kind, function, file, stack] =
        places(&SAMPLES, ["run_id", "kind", "function", "file", "stack"]);
    let numbers = places(
        &SAMPLES,
        [
            "thread_id",
            "from",
            "to",
            "line",
            "col",
            "samples",
            "weight",
        ],
    );
    let mut table = TableReader::open(path, &SAMPLES)?;
    while let Some(mut batch) = table.next()? {
        for _ in 0..batch.rows() {
            let [thread_id, from, to, line, column, samples, weight] =
                numbers.map(|at| batch.integer(at));
            let name = batch.text(function).map(lossy).map(Cow::into_owned);
            let file = owned(&mut batch, file);
            let row = SampleRow {
                thread_id: to_u32(thread_id),
                kind: owned(&mut batch, kind),
                from_ns: from.unwrap_or_default(),
                to_ns: to.unwrap_or_default(),
                function: name.map(|name| SampledFunction {
                    name,
                    file,
                    line: to_u32(line),
                    column: to_u32(column),
                }),
                samples: samples.unwrap_or_default(),
                weight: weight.unwrap_or_default(),
                stack: owned(&mut batch, stack),
            };
            take(&owned(&mut batch, run), row);
            batch.advance();
        }
    }
    Ok(())
}
