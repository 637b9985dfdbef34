//! Traces told as scripts, one line a record, printed as trees.
//!
//! ```text
//! 10 enter f 1 2      the clock says 10, f is called with (1, 2)
//! 20 return f 3
//! → #1 f(1, 2) → 3   0: 10…20 self 10
//! ```

mod lines;
mod links;
mod script;
mod variables;

use std::fmt::Write as _;
use std::sync::Arc;

use breadcrumb_event::function::{
    Assignment, Backend, Block, CatchClause, Function, FunctionEntry, FunctionKind,
};
use breadcrumb_event::layout::{
    ASSIGNED, BLOCK_BITS, BOX, CATCH, CLOCK, CONTEXT, ENTER, FLAG_EMITTED, FLAG_EXACT,
    FLAG_GENERATOR, FLAG_LINES_WIDE, FLAG_LINK_OTEL, FLAG_LINK_OUT, FLAG_SAME, FLAGS_SHIFT, LINES,
    LINK, LOST, RESUME, RETURN, STACK, STORED_SHIFT, SUSPEND, TAG_ERROR, TAG_STRING8,
    TAG_UNDEFINED, THROW, UNCAUGHT, UNWIND, VALUES_SHIFT, WORDS_SHIFT,
};
use breadcrumb_event::row::{Arguments, CallResult, CallRow, ExceptionRow, LinkRow, ParentKind};
use breadcrumb_redact::Redactor;
use breadcrumb_ring::Batch;
use breadcrumb_ring::chunk::ChunkHeader;

use crate::assembler::Assembler;
use crate::codec::{Decoder, Encoder};
use crate::function_table::FunctionSnapshot;
use crate::row_sink::RowSink;
use crate::translator::Translator;

use script::Script;
pub(crate) use script::{record, text};

const THREAD: u32 = 0;

/// The functions of all scripts: those with `*` are generators.
const FUNCTIONS: [&str; 8] = ["main", "f", "g", "h", "gen*", "login", "getToken", "none"];

pub(crate) fn translator() -> Translator {
    let entries = FUNCTIONS.map(|name| FunctionEntry {
        file: "a.js".into(),
        function: Function {
            name: name.trim_end_matches('*').into(),
            kind: FunctionKind::Function,
            is_async: false,
            is_generator: name.ends_with('*'),
            is_leaf: false,
            backend: Backend::Probe,
            line: 1,
            column: 1,
            start: 0,
            end: 1,
            scopes: Vec::new(),
            blocks: blocks(),
            assignments: [("sum", 2), ("this.password", 3)]
                .map(|(name, line)| Assignment {
                    name: name.into(),
                    line,
                    column: 1,
                })
                .to_vec(),
            catches: [10, 20]
                .map(|line| CatchClause {
                    line,
                    column: 1,
                    inner: (line, 7),
                })
                .to_vec(),
            parameters: match name {
                "login" => vec!["user".into(), "password".into()],
                "none" => vec![],
                _ => vec!["a".into(), "b".into()],
            },
        },
        generated: None,
    });
    let functions = FunctionSnapshot::from_entries(entries.to_vec());
    let redactor = Arc::new(Redactor::default());
    Translator::new(redactor, Box::new(move || functions.clone()))
}

/// Two lines, and a branch in the second.
fn blocks() -> Vec<Block> {
    [(2, vec![(2, 3)]), (3, vec![(3, 5)]), (3, Vec::new())]
        .map(|(line, lines)| Block {
            line,
            column: 9,
            end_line: line,
            end_column: 20,
            lines,
        })
        .to_vec()
}

fn function(name: &str) -> u32 {
    let is = |f: &&str| f.trim_end_matches('*') == name;
    FUNCTIONS.iter().position(is).unwrap() as u32
}

/// Rows as text.
#[derive(Default)]
struct Rows {
    calls: Vec<(i64, u32, Option<i64>, String)>,
    exceptions: String,
    links: String,
}

impl RowSink for Rows {
    fn call(&mut self, row: &CallRow<'_>) {
        let name = FUNCTIONS[row.function as usize].trim_end_matches('*');
        let arguments = match row.arguments {
            Arguments::None => "?".to_owned(),
            Arguments::Integers(values) => format!("{values:?}"),
            Arguments::Json(text) => text.to_owned(),
        };
        let mut line = format!("#{} {name}{arguments}", row.call_id);
        let _ = match row.result {
            CallResult::None => Ok(()),
            CallResult::Integer(value) => write!(line, " → {value}"),
            CallResult::Json(text) => write!(line, " → {text}"),
        };
        let _ = write!(line, " {} at {}", row.status.name(), row.started_at_ns);
        if let Some(duration) = row.duration_ns {
            let _ = write!(line, " for {duration}");
        }
        let _ = write!(line, ", self {}", row.self_ns);
        if row.wait_ns > 0 {
            let _ = write!(line, ", wait {}", row.wait_ns);
        }
        if let Some(id) = row.exception_id {
            let _ = write!(line, ", by !{id}");
        }
        if row.depth > 0 {
            let _ = write!(line, ", trace #{}", row.root_id);
        }
        if row.clock.name() == "exact" {
            line.push_str(", exact");
        }
        if row.parent_kind == ParentKind::Root {
            line.push_str(", callback");
        }
        if let Some(lines) = row.lines {
            let _ = write!(line, ", lines {lines}");
        }
        if let Some(variables) = row.variables {
            let _ = write!(line, ", variables {variables}");
        }
        self.calls
            .push((row.call_id, row.depth, row.parent_id, line));
    }

    fn link(&mut self, row: &LinkRow) {
        let _ = writeln!(
            self.links,
            "#{} of #{} {} {:032x} {:016x} at {}",
            row.call_id,
            row.root_id,
            row.direction.name(),
            row.w3c_trace,
            row.span,
            row.at_ns
        );
    }

    fn exception(&mut self, row: &ExceptionRow<'_>) {
        let call = row
            .call_id
            .map_or("no call".to_owned(), |id| format!("#{id}"));
        let caught = row.caught.map_or(String::new(), |caught| {
            format!(", by #{} on line {}", caught.call_id, caught.line)
        });
        let _ = writeln!(
            self.exceptions,
            "!{} {}: {} {} at {}, in {call}, ended {}{caught}",
            row.exception_id, row.name, row.message, row.handled, row.thrown_at_ns, row.calls
        );
    }
}

impl Rows {
    fn tree(mut self) -> String {
        self.calls.sort();
        let mut out = String::new();
        for (id, depth, parent, line) in &self.calls {
            let above = parent.and_then(|parent| self.calls.iter().find(|call| call.0 == parent));
            assert!(
                parent.is_none() || above.is_some(),
                "the parent of #{id} has no row"
            );
            assert_eq!(
                above.map_or(0, |above| above.1 + 1),
                *depth,
                "depth of #{id}"
            );
            let _ = writeln!(out, "{}{line}", "  ".repeat(*depth as usize));
        }
        out + &self.exceptions
    }
}

/// The trace of a script, the same whether it is fed at once or record by record through
/// checkpoints.
fn trace(script: &str) -> String {
    let mut told = Script::default();
    script.split(['\n', ';']).for_each(|line| told.line(line));
    let header = ChunkHeader {
        order: 1,
        first_token: 1,
        clock_ns: 0,
    };
    let mut at_once = (Assembler::new(THREAD, 0), Rows::default(), translator());
    let batch = batch(Some(header), &told.words);
    at_once.0.feed(&batch, &mut at_once.2, &mut at_once.1);
    let tally = at_once.0.tally;
    at_once.0.finish(&mut at_once.1);
    let mut tree = at_once.1.tree();
    if tally.unknown + tally.evicted + tally.malformed > 0 {
        let (unknown, evicted) = (tally.unknown, tally.evicted);
        let _ = writeln!(
            tree,
            "unknown {unknown}, evicted {evicted}, malformed {}",
            tally.malformed
        );
    }
    assert_eq!(
        tree,
        stepwise(&told.words, header, tally),
        "through checkpoints"
    );
    tree
}

/// An assembler that was given all of a script at once.
fn fed(told: &Script) -> Assembler {
    let mut assembler = Assembler::new(THREAD, 0);
    let header = ChunkHeader {
        order: 1,
        first_token: 1,
        clock_ns: 0,
    };
    let batch = batch(Some(header), &told.words);
    assembler.feed(&batch, &mut translator(), &mut Rows::default());
    assembler
}

fn batch(header: Option<ChunkHeader>, chunk: &[u64]) -> Batch<'_> {
    let from = 0;
    Batch {
        header,
        chunk,
        from,
    }
}

fn stepwise(words: &[u64], header: ChunkHeader, tally: crate::assembler::Tally) -> String {
    let (mut assembler, mut rows, mut translator) =
        (Assembler::new(THREAD, 0), Rows::default(), translator());
    assembler.feed(&batch(Some(header), &[]), &mut translator, &mut rows);
    let mut rest = words;
    while !rest.is_empty() {
        let (one, behind) = rest.split_at(breadcrumb_ring::chunk::record_words(rest[0]));
        rest = behind;
        assembler.feed(&batch(None, one), &mut translator, &mut rows);
        let mut out = Encoder::default();
        assembler.encode(&mut out);
        assembler = Assembler::decode(THREAD, 0, &mut Decoder::new(&out.bytes)).unwrap();
    }
    assembler.finish(&mut rows);
    let mut tree = rows.tree();
    if tally.unknown + tally.evicted + tally.malformed > 0 {
        let (unknown, evicted) = (tally.unknown, tally.evicted);
        let _ = writeln!(
            tree,
            "unknown {unknown}, evicted {evicted}, malformed {}",
            tally.malformed
        );
    }
    tree
}

#[test]
fn calls_nest_and_times_go_to_the_call_on_top() {
    insta::assert_snapshot!(trace(
        "10 enter main 1 2; 20 enter f 3; 30 enter g; 45 return g 7; 50 return f text; 60 enter none; 70! return none; 80! enter h; 81! return h; 99 return main; 100 enter f; return f"
    ));
}

#[test]
fn suspended_calls_wait_and_keep_their_trace() {
    insta::assert_snapshot!(trace(
        "0 enter main; 10 suspend main; 15 enter f; 20 suspend f; 30 resume main; 32 enter g; 35 return g; 40 suspend main; 50 return f 1; 60 resume main; resume main; 70 return main"
    ));
}

#[test]
fn generators_begin_suspended_and_may_be_closed() {
    insta::assert_snapshot!(trace(
        "0 enter main; 5 generator gen 1; 10 resume gen; 20 suspend gen; 30 resume gen; 33 return gen; 40 generator gen 2; 41 resume gen; 43 suspend gen; 50 unwind gen; 60 generator gen 3; 61 return main"
    ));
}

#[test]
fn an_exception_is_one_however_many_calls_it_passes() {
    insta::assert_snapshot!(trace(
        "0 enter main; 1 enter f; 2 enter g; 3 throw g Error:boom; unwind g; unwind f; 5 catch main same; 6 enter h; 7 throw h same; unwind h; 8 catch1 main same; 9 throw main 5; unwind main; 10 uncaught main same"
    ));
}

#[test]
fn what_is_called_with_an_uncaught_exception_goes_on() {
    insta::assert_snapshot!(trace(
        "0 enter main; 1 throw main Error:end; unwind main; 2 enter f; 3 uncaught none same; 4 enter g; return g; 5 return f; 10 enter main; 11 enter g; 12 throw g Error:other; 13 enter f; 14 uncaught none same; 15 return f"
    ));
}

#[test]
fn what_is_called_with_an_exception_that_nothing_is_known_of_goes_on() {
    insta::assert_snapshot!(trace(
        "0 enter main; return main; 1 enter f; 2 emitted none SyntaxError:end; 3 enter g; return g; 4 return f; 5 enter main; 6 uncaught none SyntaxError:other"
    ));
}

#[test]
fn native_errors_are_known_at_the_catch() {
    insta::assert_snapshot!(trace(
        "0 enter main; 1 enter f; 2 enter g; 3 unwind g; unwind f; 5 catch main TypeError:no; 6 enter f; 7 unwind f; 8 catch main; 9 catch main SyntaxError:x; 10 return main"
    ));
}

#[test]
fn what_left_a_call_is_known_from_a_stack_that_is_formatted_before_the_next_call() {
    insta::assert_snapshot!(trace(
        "0 enter main; 1 enter f; enter g; 2 unwind g; unwind f; 3 enter h; stack g TypeError:no; return h; 4 enter g; unwind g; 5 enter g; return g; stack g Error:other; 6 enter f; enter f; unwind f; stack f Error:outer; return f.7; 7 return main"
    ));
}

#[test]
fn calls_without_try_are_closed_by_what_happens_next() {
    insta::assert_snapshot!(trace(
        "0 enter main; 1 enter f; 2 enter g; 5 catch main Error:boom; 6 enter f; 7 enter h; 8 return main; 10 enter main; 11 enter f; 12 throw f Error:b; 13 unwind main; 20 enter main; enter f; enter g; unwind f; 23 catch main RangeError:c; return main"
    ));
}

#[test]
fn rejections_are_one_exception_across_await() {
    insta::assert_snapshot!(trace(
        "0 enter main; 1 enter f; 2 suspend f; suspend main; 5 resume f; throw f Error:late; unwind f same; 6 unwind main same; 10 enter g; suspend g; 11 enter h; throw h Error:h; unwind h same; enter f; throw f Error:other; catch f same; return f; 12 catch g Error:h; return g; 20 uncaught none Error:nobody"
    ));
}

#[test]
fn swallowed_exceptions_are_not_mixed_with_later_ones() {
    insta::assert_snapshot!(trace(
        "0 enter main; 1 enter f; throw f Error:swallowed; unwind f; 2 return main; 3 enter main; enter g; unwind g; unwind main; 5 uncaught main TypeError:late"
    ));
}

#[test]
fn a_finally_block_calls_while_an_exception_is_in_flight() {
    insta::assert_snapshot!(trace(
        "0 enter main; enter f; throw f Error:first; 1 enter g; throw g Error:inner; catch g same; return g; 2 unwind f; 3 catch main Error:first; return main"
    ));
}

#[test]
fn an_exception_waits_in_a_finally_block_that_awaits() {
    insta::assert_snapshot!(trace(
        "0 enter main; 1 enter f; 2 unwind f; 3 suspend main; 4 enter g; 5 unwind g; 6 resume main; 7 unwind main TypeError:waited; 8 uncaught none TypeError:waited"
    ));
}

#[test]
fn lost_records_leave_calls_in_doubt() {
    insta::assert_snapshot!(trace(
        "0 enter main; 1 enter f; 2 enter g; 3 lost; 4 enter h; 5 return h; 6 return f 1; 7 resume main; 8 enter none; 9 return none; 10 return main; 11 return g.77"
    ));
}

#[test]
fn a_callback_belongs_to_the_trace_that_its_context_names() {
    insta::assert_snapshot!(trace(
        "0 enter main; 1 enter f; return f; 2 return main; 5 enter g; context - 2; 6 enter h; return h; 7 return g; 10 enter main; return main; 20 generator gen; context - 5; 21 resume gen; 22 enter f; return f; suspend gen; 30 enter h; throw h Error:late; unwind h; 31 return gen"
    ));
}

#[test]
fn a_context_may_name_a_call_that_is_no_root_itself() {
    insta::assert_snapshot!(trace(
        "0 enter main; 1 enter f; 2 generator gen; return f; 3 return main; 4 resume gen; suspend gen; 5 enter g; context - 1; return g; 6 unwind gen"
    ));
}

#[test]
fn a_context_of_an_earlier_recording_says_nothing() {
    insta::assert_snapshot!(trace(
        "0 enter main; context - 1; return main; 1 enter f; context - 7; return f; enter g; context - 0; return g; enter h; context - -1; return h"
    ));
}

#[test]
fn secrets_go_and_small_integers_stay() {
    insta::assert_snapshot!(trace(
        "0 enter login ann hunter2; return login 1; enter login 1 2; return login; enter getToken 1; return getToken 54321; enter f 4111111111111111; return f 1.5; enter f; return f 4111111111111111; enter g; throw g Error:postgres://app:hunter2@db/shop; unwind g"
    ));
}
