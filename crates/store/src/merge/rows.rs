//! From the files of a segment back to the rows that they were made of.
//!
//! ```ignore
//! read_functions(&path, &mut functions, &mut |run, id| uncalled.push((run, id)))?;
//! read_calls(&path, &mut functions, |run, seq, row| window.push(run, seq, row), &mut pause)?;
//! ```
//! Limits: what this version does not write (weights, other backends) is refused, not lost.

use std::borrow::Cow;
use std::path::Path;

use breadcrumb_event::function::{Backend, FunctionKind, Generated};
use breadcrumb_event::row::{
    Arguments, CallResult, CallRow, CaughtIn, Crossed, ExceptionRow, LinkDirection, LinkRow,
    ParentKind, ThrownAt,
};
use breadcrumb_event::schema::{CALLS, EXCEPTIONS, FUNCTIONS, LINKS, Table};

use super::functions::{MergedFunctions, Named};
use crate::StoreError;
use crate::call_page::{CLOCKS, PARENT_KINDS, STATUSES};
use crate::table_reader::{Batch, TableReader};

/// Takes a row's run, and the number of its segment where it says that.
type TakeCall<'a> = &'a mut dyn FnMut(&str, Option<u32>, &CallRow<'_>);
type TakeLink<'a> = &'a mut dyn FnMut(&str, &LinkRow);
type TakeException<'a> = &'a mut dyn FnMut(&str, Option<u32>, &ExceptionRow<'_>);

/// Reads what `functions` says; `idle` takes the run and id of those that were not called.
pub(super) fn read_functions(
    path: &Path,
    functions: &mut MergedFunctions,
    idle: &mut dyn FnMut(&str, u32),
) -> Result<(), StoreError> {
    let [run, calls] = places(&FUNCTIONS, ["run_id", "calls"]);
    let [name, file, line, col, kind, parameters] = places(
        &FUNCTIONS,
        ["function", "file", "line", "col", "kind", "parameters"],
    );
    let generated = places(
        &FUNCTIONS,
        ["generated_file", "generated_line", "generated_col"],
    );
    let mut table = TableReader::open(path, &FUNCTIONS)?;
    while let Some(mut batch) = table.next()? {
        for _ in 0..batch.rows() {
            let (line, column) = (number(&mut batch, line), number(&mut batch, col));
            let name = owned(&mut batch, name);
            let file = owned(&mut batch, file);
            let parameters = owned(&mut batch, parameters);
            let kind = FunctionKind::from_name(&owned(&mut batch, kind));
            let place = batch.text(generated[0]).map(lossy).map(Cow::into_owned);
            let (at_line, at_column) = (batch.integer(generated[1]), batch.integer(generated[2]));
            let named = Named {
                name: name.as_bytes(),
                file: file.as_bytes(),
                line,
                column,
                parameters: parameters.as_bytes(),
                backend: Backend::Probe,
            };
            let generated = place.map(|file| Generated {
                file: file.into(),
                line: to_u32(at_line),
                column: to_u32(at_column),
            });
            functions.learn(&named, kind.unwrap_or(FunctionKind::Function), generated);
            let run = owned(&mut batch, run);
            if number(&mut batch, calls) == 0 {
                idle(&run, functions.enter(&named));
            }
            batch.advance();
        }
    }
    Ok(())
}

/// The columns of `calls` by place.
struct CallPlaces {
    run: usize,
    thread: usize,
    ids: [usize; 3],
    named: [usize; 5],
    times: [usize; 4],
    depth: usize,
    words: [usize; 3],
    argument_count: usize,
    arguments: [usize; 2],
    arguments_json: usize,
    results: [usize; 2],
    exception: usize,
    weight: usize,
    backend: usize,
    seq: usize,
    lines: usize,
    variables: usize,
}

impl CallPlaces {
    fn new() -> Self {
        let place = |name: &str| places(&CALLS, [name])[0];
        Self {
            run: place("run_id"),
            thread: place("thread_id"),
            ids: places(&CALLS, ["root_id", "call_id", "parent_id"]),
            named: places(&CALLS, ["function", "file", "line", "col", "parameters"]),
            times: places(&CALLS, ["started_at", "duration_ns", "self_ns", "wait_ns"]),
            depth: place("depth"),
            words: places(&CALLS, ["status", "parent_kind", "clock"]),
            argument_count: place("argument_count"),
            arguments: places(&CALLS, ["argument_0", "argument_1"]),
            arguments_json: place("arguments_json"),
            results: places(&CALLS, ["result_integer", "result_json"]),
            exception: place("exception_id"),
            weight: place("weight"),
            backend: place("backend"),
            seq: place("seq"),
            lines: place("lines"),
            variables: place("variables"),
        }
    }
}

/// Reads the calls of a segment. `pause` is asked between batches whether to go on; `false` if it
/// said no.
pub(super) fn read_calls(
    path: &Path,
    functions: &mut MergedFunctions,
    take: TakeCall<'_>,
    pause: &mut dyn FnMut() -> bool,
) -> Result<bool, StoreError> {
    let places = CallPlaces::new();
    let mut table = TableReader::open(path, &CALLS)?;
    while let Some(mut batch) = table.next()? {
        functions.forget_addresses();
        for _ in 0..batch.rows() {
            read_call(&mut batch, &places, functions, take).ok_or_else(|| StoreError::Corrupt {
                path: path.to_owned(),
                reason: "it has a call that this version does not know how to write".into(),
            })?;
            batch.advance();
        }
        if !pause() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Reads a call; `None` for what [`CallRow`] has no word for.
fn read_call(
    batch: &mut Batch,
    places: &CallPlaces,
    functions: &mut MergedFunctions,
    take: TakeCall<'_>,
) -> Option<()> {
    if batch.integer(places.weight)? != 1 {
        return None;
    }
    let backend = std::str::from_utf8(batch.text(places.backend)?).ok()?;
    let backend = Backend::from_name(backend)?;
    let [status, parent_kind, clock] = batch.texts(places.words);
    let status = STATUSES.into_iter().find(|s| is(status, s.name()))?;
    let clock = CLOCKS.into_iter().find(|c| is(clock, c.name()))?;
    let parent_kind = match parent_kind {
        Some(_) => Some(
            PARENT_KINDS
                .into_iter()
                .find(|k| is(parent_kind, k.name()))?,
        ),
        None => None,
    };
    let [root_id, call_id, parent_id] = places.ids.map(|at| batch.integer(at));
    // Version 1 did not tell of what kind a parent is.
    let kind_of_old = [ParentKind::None, ParentKind::Call][usize::from(parent_id.is_some())];
    let parent_kind = parent_kind.unwrap_or(kind_of_old);
    let [started_at, duration_ns, self_ns, wait_ns] = places.times.map(|at| batch.integer(at));
    let thread_id = to_u32(batch.integer(places.thread));
    let depth = to_u32(batch.integer(places.depth));
    let exception_id = batch.integer(places.exception);
    let seq = batch.integer(places.seq).map(|seq| to_u32(Some(seq)));
    let count = batch.integer(places.argument_count);
    let [first, second] = places.arguments.map(|at| batch.integer(at));
    let integers = [first.unwrap_or_default(), second.unwrap_or_default()];
    let result_integer = batch.integer(places.results[0]);
    let function = function_id(batch, places, functions, backend)?;
    let [run, arguments_json, result_json, lines, variables] = batch.texts([
        places.run,
        places.arguments_json,
        places.results[1],
        places.lines,
        places.variables,
    ]);
    let lines = lines.map(lossy);
    let variables = variables.map(lossy);
    let arguments_json = arguments_json.map(lossy);
    let result_json = result_json.map(lossy);
    let row = CallRow {
        thread_id,
        root_id: root_id?,
        call_id: call_id?,
        parent_id,
        parent_kind,
        function,
        started_at_ns: started_at?,
        duration_ns,
        self_ns: self_ns?,
        wait_ns: wait_ns?,
        depth,
        status,
        arguments: match (&arguments_json, count) {
            (Some(text), _) => Arguments::Json(text),
            (None, Some(count)) => {
                Arguments::Integers(integers.get(..usize::try_from(count).ok()?)?)
            }
            (None, None) => Arguments::None,
        },
        result: match (&result_json, result_integer) {
            (Some(text), _) => CallResult::Json(text),
            (None, Some(value)) => CallResult::Integer(value),
            (None, None) => CallResult::None,
        },
        exception_id,
        clock,
        lines: lines.as_deref(),
        variables: variables.as_deref(),
    };
    take(&lossy(run?), seq, &row);
    Some(())
}

fn function_id(
    batch: &mut Batch,
    places: &CallPlaces,
    functions: &mut MergedFunctions,
    backend: Backend,
) -> Option<u32> {
    let [name, file, line, col, parameters] = places.named;
    let (line, column) = (batch.integer(line)?, batch.integer(col)?);
    let [name, file, parameters] = batch.texts([name, file, parameters]);
    Some(functions.id(&Named {
        name: name?,
        file: file?,
        line,
        column,
        parameters: parameters?,
        backend,
    }))
}

/// The id of a function that exceptions name. What their table does not say of it is not written again
/// either.
fn id_of(
    functions: &mut MergedFunctions,
    name: &[u8],
    file: Option<&[u8]>,
    line: Option<i64>,
) -> u32 {
    functions.id(&Named {
        name,
        file: file.unwrap_or_default(),
        line: line.unwrap_or_default(),
        column: 0,
        parameters: b"[]",
        backend: Backend::Probe,
    })
}

/// Reads the exceptions of a segment.
pub(super) fn read_exceptions(
    path: &Path,
    functions: &mut MergedFunctions,
    take: TakeException<'_>,
) -> Result<(), StoreError> {
    let ids = places(
        &EXCEPTIONS,
        ["exception_id", "thread_id", "call_id", "root_id"],
    );
    let named = places(&EXCEPTIONS, ["function", "file", "line"]);
    let texts = places(
        &EXCEPTIONS,
        [
            "name",
            "message",
            "stack",
            "handled",
            "run_id",
            "causes",
            "errors",
            "crossed",
            "thrown_file",
        ],
    );
    let caught = places(
        &EXCEPTIONS,
        ["caught_function", "caught_file", "caught_line", "caught_id"],
    );
    let more = places(&EXCEPTIONS, ["thrown_line", "thrown_col", "cause_id"]);
    let [thrown_at, calls, seq] = places(&EXCEPTIONS, ["thrown_at", "calls", "seq"]);
    let mut table = TableReader::open(path, &EXCEPTIONS)?;
    while let Some(mut batch) = table.next()? {
        functions.forget_addresses();
        for _ in 0..batch.rows() {
            let [exception_id, thread_id, call_id, root_id] = ids.map(|at| batch.integer(at));
            let line = batch.integer(named[2]);
            let thrown_at_ns = number(&mut batch, thrown_at);
            let calls = to_u32(batch.integer(calls));
            let seq = batch.integer(seq).map(|seq| to_u32(Some(seq)));
            let [function, file] = batch.texts([named[0], named[1]]);
            let function = function.map(|name| id_of(functions, name, file, line));
            let (caught_line, caught_id) = (batch.integer(caught[2]), batch.integer(caught[3]));
            let [caught_name, caught_file] = batch.texts([caught[0], caught[1]]);
            let caught_by = caught_name.map(|name| id_of(functions, name, caught_file, None));
            let [thrown_line, thrown_column, cause_id] = more.map(|at| batch.integer(at));
            let [
                name,
                message,
                stack,
                handled,
                run,
                causes,
                errors,
                crossed,
                thrown_file,
            ] = batch.texts(texts).map(|text| text.map(lossy));
            take(
                &run.unwrap_or_default(),
                seq,
                &ExceptionRow {
                    exception_id: exception_id.unwrap_or_default(),
                    thread_id: to_u32(thread_id),
                    call_id,
                    root_id,
                    function,
                    name: &name.unwrap_or_default(),
                    message: &message.unwrap_or_default(),
                    stack: stack.as_deref(),
                    thrown_at_ns,
                    handled: match handled.as_deref() {
                        Some("caught") => "caught",
                        Some("uncaught") => "uncaught",
                        _ => "unknown",
                    },
                    calls,
                    thrown_at: thrown_file.as_deref().map(|file| ThrownAt {
                        file,
                        line: to_u32(thrown_line),
                        column: to_u32(thrown_column),
                    }),
                    caught: caught_id
                        .zip(caught_by)
                        .map(|(call_id, function)| CaughtIn {
                            call_id,
                            function,
                            line: to_u32(caught_line),
                        }),
                    cause_id,
                    causes: causes.as_deref(),
                    errors: errors.as_deref(),
                    crossed: Crossed::Json(crossed.as_deref()),
                },
            );
            batch.advance();
        }
    }
    Ok(())
}

/// Reads the links of a segment.
pub(super) fn read_links(path: &Path, take: TakeLink<'_>) -> Result<(), StoreError> {
    let numbers = places(&LINKS, ["thread_id", "root_id", "call_id", "linked_at"]);
    let texts = places(&LINKS, ["direction", "w3c_trace_id", "span_id", "run_id"]);
    let mut table = TableReader::open(path, &LINKS)?;
    while let Some(mut batch) = table.next()? {
        for _ in 0..batch.rows() {
            let [thread_id, root_id, call_id, at] = numbers.map(|at| batch.integer(at));
            let [direction, w3c_trace, span, run] = batch.texts(texts);
            let unknown = || StoreError::Corrupt {
                path: path.to_owned(),
                reason: "it has a link that this version does not know how to write".into(),
            };
            let mut known = LinkDirection::ALL.into_iter();
            let row = LinkRow {
                thread_id: to_u32(thread_id),
                root_id: root_id.unwrap_or_default(),
                call_id: call_id.unwrap_or_default(),
                at_ns: at.unwrap_or_default(),
                direction: known
                    .find(|one| is(direction, one.name()))
                    .ok_or_else(unknown)?,
                w3c_trace: u128::from_str_radix(&lossy(w3c_trace.unwrap_or_default()), 16)
                    .map_err(|_| unknown())?,
                span: u64::from_str_radix(&lossy(span.unwrap_or_default()), 16)
                    .map_err(|_| unknown())?,
            };
            take(&lossy(run.unwrap_or_default()), &row);
            batch.advance();
        }
    }
    Ok(())
}

/// Places of columns in a table.
pub(super) fn places<const N: usize>(table: &Table, names: [&str; N]) -> [usize; N] {
    names.map(|name| {
        let place = table.columns.iter().position(|column| column.name == name);
        place.expect("a column of the schema")
    })
}

fn is(cell: Option<&[u8]>, word: &str) -> bool {
    cell == Some(word.as_bytes())
}

pub(super) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

pub(super) fn number(batch: &mut Batch, column: usize) -> i64 {
    batch.integer(column).unwrap_or_default()
}

pub(super) fn owned(batch: &mut Batch, column: usize) -> String {
    batch
        .text(column)
        .map(lossy)
        .unwrap_or_default()
        .into_owned()
}

pub(super) fn to_u32(value: Option<i64>) -> u32 {
    value
        .and_then(|v| u32::try_from(v).ok())
        .unwrap_or_default()
}
