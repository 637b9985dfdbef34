//! The text of readers: closures over the variables that an exception would leave behind.
//!
//! `let $bcl1;($bcl)=($bcl1)=()=>{$bc.l(12,1,$bcl0);$bc.v(a)};` at the head of a block that declares `a`.

use std::fmt::Write as _;

use crate::edit::{BRACES, Edit, Piece};
use crate::found::Found;
use crate::render::Text;

/// How a reader of variables begins.
pub(crate) const READER: &str = "()=>{$bc.l(";

impl Text<'_> {
    /// A piece that has to do with the variables that probes read. `$bcl` reads those that an
    /// exception would leave behind now, `$bcl0` those of the function, `$bcl1` those of a block in it.
    pub(crate) fn insert_scope(&mut self, function: &Found, id: u32, edit: &Edit) {
        let reads = function.reads_locals();
        let braces = edit.flags & BRACES != 0;
        match edit.piece {
            Piece::ScopeOpen { index, level } => {
                self.push(if braces { "{" } else { "" });
                if reads {
                    let _ = write!(self.code, "let $bcl{level};");
                    self.reader(function, id, index, level);
                }
            }
            Piece::ScopeClose(level) => {
                if reads {
                    let _ = write!(self.code, ";($bcl)=$bcl{level}");
                }
                self.push(if braces { "}" } else { "" });
            }
            Piece::ScopeBack(level) if reads => {
                let _ = write!(self.code, "($bcl)=$bcl{level};");
            }
            Piece::ScopeHold(level) if reads => {
                let _ = write!(self.code, "let $bck;($bck)=$bcl;($bcl)=$bcl{level};");
            }
            Piece::ScopeResume if reads => self.push(";($bcl)=$bck"),
            Piece::ScopeJump(level) => {
                self.push("{");
                if reads {
                    let _ = write!(self.code, "($bcl)=$bcl{level};");
                }
            }
            _ => {}
        }
    }

    /// `($bcl)=($bcl1)=()=>{$bc.l(12,1,$bcl0);$bc.v(a);$bc.w(()=>b)};` where `a` is the scope's own and
    /// `b` of a function around.
    pub(crate) fn reader(&mut self, function: &Found, id: u32, index: u32, level: u16) {
        let scope = &function.scopes[index as usize];
        let _ = write!(self.code, "($bcl)=($bcl{level})={READER}{id},{index}");
        if level > 0 {
            let _ = write!(self.code, ",$bcl{}", level - 1);
        }
        self.push(");");
        if index == 0 && function.uses_this {
            self.push("$bc.w(()=>this);");
        }
        for variable in &scope.variables {
            self.push(if variable.is_closure {
                "$bc.w(()=>"
            } else {
                "$bc.v("
            });
            self.push(variable.name);
            self.push(");");
        }
        self.push("};");
    }
}
