//! Edits to text: the shapes of the design page, and the tables of what was inserted.
//!
//! The edits of `function f(a){}` give `let $bcf=$bc.e1(0,a),$bcv,$bcd=0;try{` and its end.

use std::fmt::Write as _;

use crate::edit::{
    BRACES, COMMA, Edit, HOLDS_FUNCTION, JUMP, NO_FUNCTION, Piece, RETURN, SEMICOLON,
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
    let Visited {
        found,
        edits,
        delegates,
    } = visited;
    let source = input.source;
    let positions = Positions::new(source);
    let (ids, functions, left_alone) = number(input.first_id, found.as_slice(), names, &positions);
    let mut text = Text {
        code: String::with_capacity(source.len() + edits.len() * BYTES_AN_EDIT),
        found: &found,
        ids: &ids,
    };
    let mut insertions = Vec::with_capacity(edits.len());
    let mut delegated = Vec::with_capacity(delegates.len());
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
        if edit.piece == Piece::OperandOpen
            && let Ok(index) = delegates.binary_search_by_key(&edit.offset, |&(at, _)| at)
        {
            // Calls are at the name, or at the bracket where there are brackets around it.
            let piece = &text.code[start..];
            let name = piece.find(")(").map(|at| at + 1);
            let name = name.or_else(|| piece.find("$bc.").map(|at| at + "$bc.".len()));
            let before = name.unwrap_or_default() as u32;
            delegated.push((
                offset + inserted + before,
                positions.utf16(delegates[index].1),
            ));
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
            .with_delegates(delegated),
        left_alone,
    }
}

struct Text<'t> {
    code: String,
    found: &'t [Found<'t>],
    ids: &'t [u32],
}

impl Text<'_> {
    /// Appends an edit's text. Gives where the enter probe in it starts, if one does.
    fn insert(&mut self, edit: &Edit) -> Option<usize> {
        if matches!(
            edit.piece,
            Piece::ReturnOpen | Piece::ThrowOpen | Piece::OperandOpen | Piece::IterableOpen
        ) && self.code.ends_with(|c: char| c.is_alphanumeric())
        {
            // `return{}` and `await[x]` have no blank that would part the keyword from a name.
            self.push(" ");
        }
        let Some(function) = self.found.get(edit.function as usize) else {
            self.insert_outside(edit);
            return None;
        };
        let id = self.ids[edit.function as usize];
        match edit.piece {
            Piece::BodyOpen => {
                self.semicolon(edit);
                return self.enter(function, id);
            }
            Piece::ConciseOpen => {
                self.push("{");
                let probe = self.enter(function, id);
                self.push("return ");
                self.open_result(function, edit);
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
            Piece::ReturnOpen => self.open_result(function, edit),
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
                    self.jump(function, "$bcj=1,");
                }
                self.push(if function.without_try {
                    "$bc.q($bcf)"
                } else {
                    "$bcd=1,$bcv=void 0"
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
                        "$bcj=1;"
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
                    "$bcd=1;$bcv=void 0;"
                });
            }
            Piece::FinallyOpen => self.open_finally(function, edit),
            Piece::FinallyClose => self.close_finally(function, edit),
            Piece::Catch => {
                self.say(&["$bc.c($bcf,", edit.name, ");"]);
                self.jump(function, "$bcj=0;");
            }
            Piece::CatchUnnamed => {
                self.push("$bc.k($bcf);");
                self.jump(function, "$bcj=0;");
            }
            Piece::ThrowOpen => {
                self.probe('t', edit);
                self.push("($bcf,(");
            }
            Piece::ThrowClose => {
                self.push("))");
                self.semicolon(edit);
            }
            _ => self.insert_suspension(function, edit),
        }
    }

    fn insert_suspension(&mut self, function: &Found, edit: &Edit) {
        match edit.piece {
            Piece::SuspendOpen => {
                if edit.flags & STARTS_STATEMENT != 0 && edit.flags & HOLDS_FUNCTION != 0 {
                    self.push(";");
                }
                // Of an optional call V8 says `(intermediate value)`, as of an `await` or `yield`.
                self.push(if edit.flags & HOLDS_FUNCTION == 0 {
                    "$bc?.r"
                } else {
                    "($bc.r)"
                });
                self.push("($bcf,");
            }
            Piece::OperandOpen | Piece::IterableOpen => {
                self.probe('s', edit);
                self.push("($bcf,(");
            }
            Piece::SuspendClose => {
                self.push(")))");
                self.semicolon(edit);
            }
            Piece::YieldNothing => {
                self.push(" $bc.s($bcf))");
                self.semicolon(edit);
            }
            Piece::LoopOpen if edit.flags & SUSPENSION != 0 => self.push("{$bc.s($bcf);"),
            Piece::LoopOpen => self.push("{"),
            Piece::IterableClose => self.push("))"),
            Piece::LoopBodyOpen => {
                self.push(if edit.flags & BRACES == 0 { "" } else { "{" });
                self.push("$bc.r($bcf);");
                self.jump(function, "$bcj=0;");
            }
            Piece::LoopBodyClose => {
                self.push(";$bc.s($bcf)");
                self.push(if edit.flags & BRACES == 0 { "" } else { "}" });
            }
            Piece::LoopClose => {
                self.push("$bc.r($bcf);");
                self.jump(function, "$bcj=0;");
                self.push("}");
            }
            Piece::JumpOpen => {
                self.push("{");
                self.jump(function, "$bcj=1;");
                self.push("$bc.s($bcf);");
            }
            Piece::JumpClose => self.push("}"),
            _ => {}
        }
    }

    /// A piece in code that belongs to no function: only what is thrown and caught is told.
    fn insert_outside(&mut self, edit: &Edit) {
        match edit.piece {
            Piece::Catch => self.say(&["$bc.c(-1,", edit.name, ");"]),
            Piece::CatchUnnamed => self.push("$bc.k(-1);"),
            Piece::ThrowOpen => {
                self.probe('t', edit);
                self.push("(-1,(");
            }
            Piece::ThrowClose => {
                self.push("))");
                self.semicolon(edit);
            }
            _ => {}
        }
    }

    fn enter(&mut self, function: &Found, id: u32) -> Option<usize> {
        self.push("let $bcf=");
        let probe = if function.enters_when_created {
            self.push("$bcg");
            None
        } else {
            let probe = self.code.len();
            self.call('e', function, id);
            Some(probe)
        };
        if !function.without_try {
            self.push(",$bcv,$bcd=0");
        }
        self.jump(function, ",$bcj=0");
        self.push(";");
        if function.enters_when_created {
            self.push("$bc.r($bcf);");
        }
        if !function.without_try {
            self.push("try{");
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
                ";$bcd=1;$bcv=void 0"
            } else {
                ";$bcd=1"
            });
        }
        self.close_try(function);
    }

    fn close_try(&mut self, function: &Found) {
        if function.without_try {
            return;
        }
        self.push("}");
        if function.is_async {
            self.push("catch($bcx){$bc.u($bcf,$bcx);$bcf=0;throw $bcx}");
        }
        self.push("finally{if($bcf!==0)$bc.x($bcf,$bcd,$bcv)}");
    }

    fn open_result(&mut self, function: &Found, edit: &Edit) {
        if function.without_try {
            self.probe('q', edit);
            self.push("($bcf,(");
        } else if edit.flags & HOLDS_FUNCTION != 0 {
            self.push("($bcv)=(");
        } else {
            self.push("$bcv=(");
        }
        if edit.flags & SUSPENSION != 0 {
            self.probe('s', edit);
            self.push("($bcf,(");
        }
    }

    fn close_result(&mut self, function: &Found, edit: &Edit) {
        if edit.flags & SUSPENSION != 0 {
            self.push("))");
        }
        if function.without_try {
            self.push("))");
            return;
        }
        self.push(")");
        if edit.flags & JUMP != 0 {
            self.jump(function, ",$bcj=1");
        }
        self.push(",$bcd=1,$bcv");
    }

    fn open_finally(&mut self, function: &Found, edit: &Edit) {
        if edit.flags & JUMP != 0 {
            self.jump(function, "let $bcw=$bcj;$bcj=0;");
        }
        if edit.flags & SUSPENSION != 0 {
            self.push("$bc.h($bcf);");
        }
        if edit.flags & RETURN != 0 && !function.without_try {
            self.push("let $bcs=$bcd;$bcd=0;");
        }
    }

    fn close_finally(&mut self, function: &Found, edit: &Edit) {
        if edit.flags & RETURN != 0 && !function.without_try {
            self.push(";$bcd=$bcs");
        }
        if edit.flags & JUMP != 0 {
            self.jump(function, ";if($bcw){$bcj=1;$bc.s($bcf)}");
        }
    }

    /// Text that only a function has whose `finally` may stand in a jump's way.
    fn jump(&mut self, function: &Found, text: &str) {
        if function.tracks_jumps {
            self.push(text);
        }
    }

    /// `$bc.r`, or `($bc.r)` where V8 must not name a function in the operand after it.
    fn probe(&mut self, probe: char, edit: &Edit) {
        let _ = if edit.flags & HOLDS_FUNCTION == 0 {
            write!(self.code, "$bc.{probe}")
        } else {
            write!(self.code, "($bc.{probe})")
        };
    }

    fn semicolon(&mut self, edit: &Edit) {
        if edit.flags & SEMICOLON != 0 {
            self.push(";");
        }
    }

    fn say(&mut self, parts: &[&str]) {
        for part in parts {
            self.push(part);
        }
    }

    fn push(&mut self, text: &str) {
        self.code.push_str(text);
    }
}
