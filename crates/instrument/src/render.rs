//! Edits to text: the shapes of the design page, and the tables of what was inserted.
//!
//! The edits of `function f(a){}` give `let $bcf=$bc.e1(0,a),$bcv,$bcd;try{` and its end.

use std::fmt::Write as _;

use crate::edit::{
    AFTER_FUNCTION, BRACES, COMMA, Edit, HERE, JUMP, NO_FUNCTION, PLACED, Piece, RETURN, SEMICOLON,
    STARTS_STATEMENT, SUSPENSION, UNREACHABLE,
};
use crate::found::Found;
use crate::original_names::Names;
use crate::positions::{Positions, utf16_length};
use crate::splices::Splices;
use crate::table::{NO_ID, number};
use crate::visitor::Visited;
use crate::{Input, Instrumented};

/// Room for probes in the output, for each edit.
const BYTES_AN_EDIT: usize = 36;

/// Makes the instrumented text and its tables.
pub(crate) fn render<'a>(
    input: &Input<'a>,
    names: Names<'a>,
    visited: Visited<'a>,
) -> Instrumented {
    let Visited { found, edits } = visited;
    let source = input.source;
    let positions = Positions::new(source);
    let (ids, functions, left_alone) = number(input.first_id, found.as_slice(), names, &positions);
    let mut text = Text {
        code: String::with_capacity(source.len() + edits.len() * BYTES_AN_EDIT),
        found: &found,
        ids: &ids,
    };
    let mut insertions = Vec::with_capacity(edits.len());
    let mut places = Vec::new();
    let mut probes = vec![0; functions.len()];
    let mut inserted = 0;
    let mut copied = 0;
    for edit in &edits {
        if edit.function != NO_FUNCTION && ids[edit.function as usize] == NO_ID {
            continue;
        }
        text.code.push_str(&source[copied..edit.offset as usize]);
        copied = edit.offset as usize;
        let start = text.code.len();
        let probe = text.insert(edit);
        let length = utf16_length(&text.code[start..]);
        if length == 0 {
            continue;
        }
        let offset = positions.utf16(edit.offset);
        if let Some(probe) = probe {
            let index = ids[edit.function as usize] - input.first_id;
            let before = utf16_length(&text.code[start..probe]);
            probes[index as usize] = offset + inserted + before;
        }
        if edit.place != HERE {
            let place = positions.utf16(edit.place);
            let piece = &text.code[start..];
            places.extend(placed_code(piece).map(|at| (offset + inserted + at as u32, place)));
        }
        insertions.push((offset, length));
        inserted += length;
    }
    text.code.push_str(&source[copied..]);
    let code = text.code;
    Instrumented {
        code,
        functions,
        splices: Splices::new(positions.line_starts, &insertions, input.first_id, probes)
            .with_places(places),
        left_alone,
        kind: input.kind,
    }
}

/// Where in a piece of text V8 says code to be: statements and commas at their token, calls at the
/// callee's name, or at the bracket where that is itself in brackets.
fn placed_code(piece: &str) -> impl Iterator<Item = usize> {
    let comma = piece.starts_with("),").then_some(1);
    let named = piece.find("$bc.s(").or_else(|| piece.find("$bc.t("));
    let named = named.map(|at| at + "$bc.".len());
    let bracketed = piece.find("($bc.s)(").map(|at| at + "($bc.s)".len());
    let statement = piece.find("return ");
    let empty = piece.ends_with(EMPTY_STATEMENT);
    let empty = empty.then(|| piece.len() - EMPTY_STATEMENT.len());
    comma
        .into_iter()
        .chain(named)
        .chain(bracketed)
        .chain(statement)
        .chain(empty)
}

/// A statement without code: V8 gives its place to what follows.
const EMPTY_STATEMENT: &str = "0;";

/// What is caught where the program does not name it.
pub(crate) const CAUGHT: &str = "$bcx";

/// A text that is being put together.
pub(crate) struct Text<'t> {
    pub(crate) code: String,
    found: &'t [Found<'t>],
    ids: &'t [u32],
}

impl Text<'_> {
    /// Appends an edit's text. Gives where the enter probe in it starts, if one does.
    fn insert(&mut self, edit: &Edit) -> Option<usize> {
        let Some(function) = self.found.get(edit.function as usize) else {
            self.insert_outside(edit);
            return None;
        };
        let id = self.ids[edit.function as usize];
        match edit.piece {
            Piece::BodyOpen => {
                self.semicolon(edit);
                let probe = self.enter(function, id);
                self.push(if edit.place == HERE {
                    ""
                } else {
                    EMPTY_STATEMENT
                });
                return probe;
            }
            Piece::ConciseOpen => {
                self.push("{");
                let probe = self.enter(function, id);
                self.push("return ");
                self.open_result(function);
                return probe;
            }
            Piece::CreateGenerator if !function.enters_when_created => {}
            Piece::CreateGenerator => {
                self.push(if edit.flags & COMMA == 0 { "" } else { "," });
                self.push("...{\"$bc\":$bcg=");
                let probe = self.code.len();
                self.call('g', function, id);
                self.push("}");
                return Some(probe);
            }
            Piece::ScopeOpen { .. }
            | Piece::ScopeClose(_)
            | Piece::ScopeBack(_)
            | Piece::ScopeHold(_)
            | Piece::ScopeResume
            | Piece::ScopeJump(_) => self.insert_scope(function, id, edit),
            Piece::Block(_)
            | Piece::BlockClose
            | Piece::OperandBlock(_)
            | Piece::OperandBlockClose => self.insert_block(function, id, edit),
            Piece::AssignmentOpen(..)
            | Piece::AssignmentName
            | Piece::AssignmentClose
            | Piece::TellOpen
            | Piece::Tell(_)
            | Piece::TellClose => self.insert_assignment(function, id, edit),
            _ => self.insert_inside(function, edit),
        }
        None
    }

    /// A piece in the code of a function that is no enter.
    fn insert_inside(&mut self, function: &Found, edit: &Edit) {
        match edit.piece {
            Piece::BodyClose => self.close_body(function, edit),
            Piece::ConciseClose => {
                self.close_result(function, edit);
                self.close_try(function);
                self.push("}");
            }
            Piece::ReturnOpen => self.open_result(function),
            Piece::ReturnClose => {
                self.close_result(function, edit);
                self.semicolon(edit);
            }
            Piece::ReturnNothing => {
                self.push(if edit.flags & SUSPENSION != 0 {
                    " $bc.s($bcf),"
                } else {
                    " "
                });
                if edit.flags & JUMP != 0 {
                    self.jump(function, "($bcj)=1,");
                }
                self.push(if function.without_try {
                    "$bc.q($bcf)"
                } else {
                    "($bcd)=1,($bcv)=void 0"
                });
                self.semicolon(edit);
            }
            Piece::ReturnBare => {
                self.push("{");
                self.jump(
                    function,
                    if edit.flags & JUMP == 0 {
                        ""
                    } else {
                        "($bcj)=1;"
                    },
                );
                self.push(if edit.flags & SUSPENSION == 0 {
                    ""
                } else {
                    "$bc.s($bcf);"
                });
                self.push(if function.without_try {
                    "$bc.q($bcf);"
                } else {
                    "($bcd)=1;($bcv)=void 0;"
                });
            }
            Piece::FinallyOpen => self.open_finally(function, edit),
            Piece::FinallyClose => self.close_finally(function, edit),
            Piece::Catch(clause) => {
                let _ = write!(self.code, "$bc.c($bcf,{},{clause});", edit.name);
                self.jump(function, "($bcj)=0;");
            }
            Piece::CatchBinding => self.say(&["(", CAUGHT, ")"]),
            Piece::CatchUnnamed(clause) => {
                let _ = write!(self.code, "$bc.k($bcf,{clause});");
                self.jump(function, "($bcj)=0;");
            }
            Piece::ThrowOpen => self.push("($bco)=("),
            Piece::ThrowClose => {
                self.push("),$bc.t($bcf,$bco)");
                self.semicolon(edit);
            }
            _ => self.insert_suspension(function, edit),
        }
    }

    fn insert_suspension(&mut self, function: &Found, edit: &Edit) {
        match edit.piece {
            Piece::SuspendOpen => {
                if edit.flags & STARTS_STATEMENT != 0 {
                    self.push(";");
                }
                if edit.flags & PLACED != 0 {
                    // V8 says that an optional chain is at 0.
                    self.push("($bco)=");
                }
                self.push(if edit.flags & AFTER_FUNCTION == 0 {
                    "(($bco)="
                } else {
                    "($bc.r)?.($bcf,"
                });
            }
            Piece::OperandOpen if edit.flags & AFTER_FUNCTION != 0 => self.push("($bc.s)($bcf,("),
            Piece::OperandOpen | Piece::IterableOpen => self.push("(($bco)=("),
            Piece::SuspendClose => {
                self.push(if edit.flags & AFTER_FUNCTION == 0 {
                    "),$bc.s($bcf,$bco)),$bc)?.r($bcf,$bco)"
                } else {
                    ")))"
                });
                self.semicolon(edit);
            }
            Piece::YieldNothing => {
                self.push(if edit.flags & AFTER_FUNCTION == 0 {
                    " $bc.s($bcf),$bc)?.r($bcf,$bco)"
                } else {
                    " $bc.s($bcf))"
                });
                self.semicolon(edit);
            }
            Piece::LoopOpen if edit.flags & SUSPENSION != 0 => self.push("{$bc.s($bcf);"),
            Piece::LoopOpen => self.push("{"),
            Piece::IterableClose => self.push("),$bc.s($bcf,$bco))"),
            Piece::LoopBodyOpen => {
                self.push(if edit.flags & BRACES == 0 { "" } else { "{" });
                self.push("$bc.r($bcf);");
                self.jump(function, "($bcj)=0;");
            }
            Piece::LoopBodyClose => {
                self.push(";$bc.s($bcf)");
                self.push(if edit.flags & BRACES == 0 { "" } else { "}" });
            }
            Piece::LoopClose => {
                self.push("$bc.r($bcf);");
                self.jump(function, "($bcj)=0;");
                self.push("}");
            }
            Piece::JumpOpen => {
                self.push("{");
                self.jump(function, "($bcj)=1;");
                self.push("$bc.s($bcf);");
            }
            Piece::JumpClose => self.push("}"),
            _ => {}
        }
    }

    /// A piece in code that belongs to no function: only what is thrown and caught is told.
    fn insert_outside(&mut self, edit: &Edit) {
        match edit.piece {
            Piece::Catch(clause) => {
                let _ = write!(self.code, "$bc.c(-1,{},{clause});", edit.name);
            }
            Piece::CatchBinding => self.say(&["(", CAUGHT, ")"]),
            Piece::CatchUnnamed(clause) => {
                let _ = write!(self.code, "$bc.k(-1,{clause});");
            }
            Piece::ThrowBlockOpen => self.push("{let $bco;"),
            Piece::ThrowOpen => self.push("($bco)=("),
            Piece::ThrowClose => {
                self.push("),$bc.t(-1,$bco)");
                self.semicolon(edit);
            }
            Piece::JumpClose => self.push("}"),
            _ => {}
        }
    }

    fn enter(&mut self, function: &Found, id: u32) -> Option<usize> {
        self.push("let $bcf");
        let probe = (!function.enters_when_created).then(|| {
            self.push("=");
            let probe = self.code.len();
            self.call('e', function, id);
            probe
        });
        if !function.without_try {
            self.push(",$bcv,$bcd");
        }
        if function.keeps_operand {
            self.push(",$bco");
        }
        self.jump(function, ",$bcj");
        self.push(if function.reads_locals() {
            ",$bcl,$bcl0;"
        } else {
            ";"
        });
        if function.enters_when_created {
            self.push("($bcf)=$bcg;$bc.r($bcf);");
        }
        if !function.without_try {
            self.push("try{");
        }
        if function.reads_locals()
            && (function.uses_this || !function.scopes[0].variables.is_empty())
        {
            self.reader(function, id, 0, 0);
        }
        if function.tells_blocks() {
            self.block(id, 0);
            self.push(";");
        }
        probe
    }

    /// `$bc.e2(12,a,b)`.
    fn call(&mut self, probe: char, function: &Found, id: u32) {
        let captured = function.captured();
        let _ = write!(self.code, "$bc.{probe}{}({id}", captured.len());
        for parameter in captured {
            self.push(",");
            self.push(parameter.name);
        }
        self.push(")");
    }

    fn close_body(&mut self, function: &Found, edit: &Edit) {
        if edit.flags & UNREACHABLE == 0 {
            self.push(if function.without_try {
                ";$bc.q($bcf)"
            } else if function.result_may_be_stale {
                ";($bcd)=1;($bcv)=void 0"
            } else {
                ";($bcd)=1"
            });
        }
        self.close_try(function);
    }

    fn close_try(&mut self, function: &Found) {
        if function.without_try {
            return;
        }
        self.push("}");
        let reads = function.reads_locals();
        if function.is_async {
            self.push(if reads {
                "catch($bcx){$bc.p($bcf,$bcx,$bcl);($bcf)=0;throw $bcx}"
            } else {
                "catch($bcx){$bc.u($bcf,$bcx);($bcf)=0;throw $bcx}"
            });
        }
        self.push(if reads {
            "finally{if($bcf!==0)$bc.y($bcf,$bcd,$bcv,$bcl)}"
        } else {
            "finally{if($bcf!==0)$bc.x($bcf,$bcd,$bcv)}"
        });
    }

    fn open_result(&mut self, function: &Found) {
        self.push(if function.without_try {
            "($bco)=("
        } else {
            "($bcv)=("
        });
    }

    fn close_result(&mut self, function: &Found, edit: &Edit) {
        self.push(")");
        if edit.flags & SUSPENSION != 0 {
            self.push(",$bc.s($bcf)");
        }
        if function.without_try {
            self.push(",$bc.q($bcf,$bco)");
            return;
        }
        if edit.flags & JUMP != 0 {
            self.jump(function, ",($bcj)=1");
        }
        self.push(",($bcd)=1,$bcv");
    }

    fn open_finally(&mut self, function: &Found, edit: &Edit) {
        if edit.flags & JUMP != 0 {
            self.jump(function, "let $bcw;($bcw)=$bcj;($bcj)=0;");
        }
        if edit.flags & SUSPENSION != 0 {
            self.push("$bc.h($bcf);");
        }
        if edit.flags & RETURN != 0 && !function.without_try {
            self.push("let $bcs;($bcs)=$bcd;($bcd)=0;");
        }
    }

    fn close_finally(&mut self, function: &Found, edit: &Edit) {
        if edit.flags & RETURN != 0 && !function.without_try {
            self.push(";($bcd)=$bcs");
        }
        if edit.flags & JUMP != 0 {
            self.jump(function, ";if($bcw){($bcj)=1;$bc.s($bcf)}");
        }
    }

    /// Text that only a function has whose `finally` may stand in a jump's way.
    fn jump(&mut self, function: &Found, text: &str) {
        if function.tracks_jumps {
            self.push(text);
        }
    }

    pub(crate) fn semicolon(&mut self, edit: &Edit) {
        if edit.flags & SEMICOLON != 0 {
            self.push(";");
        }
    }

    fn say(&mut self, parts: &[&str]) {
        for part in parts {
            self.push(part);
        }
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.code.push_str(text);
    }
}
