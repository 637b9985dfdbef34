//! The blocks of a function: code that is run as a whole, as V8's block coverage counts it.
//!
//! `function f(a) { if (a) return b; c() }` has three: its own, the `return`, and what follows the `if`.
//!
//! Limits: what stands where the function's token is out of sight (parameters, fields, static blocks,
//! `with`) is in none. A block without code (`;`) has no probe. The shapes are on the design page.

use std::fmt::Write as _;

use oxc_ast::ast::*;
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan, Span};

use crate::edit::{BRACES, Edit, NO_FUNCTION, Piece, SEMICOLON};
use crate::found::{Block, Found};
use crate::render::Text;
use crate::visitor::Visitor;

/// Blocks of a function that has probes in them: as many as a number of 16 bits tells apart.
const MAX_BLOCKS: usize = u16::MAX as usize;

/// Blocks in one another: each takes some of the stack that V8 parses with, which does for 400 to 600 of them.
pub(crate) const MAX_NESTED: u32 = 250;

/// The block that the code being visited is in.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OpenBlock {
    number: u32,
    /// Behind the last character of what it, or what it continues, belongs to.
    end: u32,
    /// Blocks around it, but for those that it follows.
    depth: u32,
    /// It follows another one.
    continues: bool,
    /// The next statement is in a block of its own.
    is_over: bool,
}

impl OpenBlock {
    pub fn depth(self) -> u32 {
        self.depth
    }
}

impl Found<'_> {
    /// There are blocks to tell.
    pub fn tells_blocks(&self) -> bool {
        !self.blocks.is_empty()
            && self.blocks.len() <= MAX_BLOCKS
            && self.nested_blocks <= MAX_NESTED
    }
}

impl<'a> Visitor<'a> {
    /// The function's token can be had.
    pub fn is_told(&mut self) -> bool {
        self.current != NO_FUNCTION && !self.is_untold()
    }

    fn tells_blocks(&mut self) -> bool {
        self.lines && self.is_told()
    }

    /// The function's own block, of which the enter tells.
    pub fn begin_blocks(&mut self, index: usize, body: Span) {
        if self.lines {
            self.found[index].blocks.push(Block {
                start: body.start,
                end: body.end,
            });
            self.frame().block.end = body.end;
        }
    }

    /// A line of the current block, if it is the first there.
    fn add_line(&mut self, start: u32) {
        let block = self.frame().block.number;
        self.found[self.current as usize].lines.push((start, block));
    }

    fn number_block(&mut self, start: u32, end: u32) -> u32 {
        let blocks = &mut self.found[self.current as usize].blocks;
        blocks.push(Block { start, end });
        blocks.len() as u32 - 1
    }

    /// Gives the block around, which is to be the current one again behind this one.
    fn open_block(&mut self, number: u32, end: u32) -> OpenBlock {
        let depth = self.frame().block.depth + 1;
        let deepest = &mut self.found[self.current as usize].nested_blocks;
        *deepest = depth.max(*deepest);
        let block = OpenBlock {
            number,
            end,
            depth,
            ..OpenBlock::default()
        };
        std::mem::replace(&mut self.frame().block, block)
    }

    /// Visits a block of this range, whose probe stands at `head`.
    fn in_block(&mut self, range: Span, head: u32, flags: u8, visit: impl FnOnce(&mut Self)) {
        let number = self.number_block(range.start, range.end);
        self.push(head, Piece::Block(number), flags);
        let outer = self.open_block(number, range.end);
        visit(self);
        self.frame().block = outer;
    }

    pub fn visit_if(&mut self, it: &IfStatement<'a>) {
        self.visit_expression(&it.test);
        for branch in [Some(&it.consequent), it.alternate.as_ref()]
            .into_iter()
            .flatten()
        {
            self.visit_branch(branch, |visitor| visitor.visit_statement(branch));
        }
        self.end_block();
    }

    /// What a condition or a loop runs: a statement that may have no braces.
    pub fn visit_branch(&mut self, body: &Statement<'a>, visit: impl FnOnce(&mut Self)) {
        let span = body.span();
        match body {
            // In braces the function would be another one; an empty statement runs nothing.
            Statement::FunctionDeclaration(_) | Statement::EmptyStatement(_) => visit(self),
            _ if !self.tells_blocks() => visit(self),
            Statement::BlockStatement(_) => self.in_block(span, span.start + 1, 0, visit),
            _ => {
                self.in_block(span, span.start, BRACES, visit);
                self.push(span.end, Piece::BlockClose, 0);
            }
        }
    }

    /// A `catch` or `finally`: behind the probes at its head.
    pub fn visit_clause(&mut self, range: Span, block: &BlockStatement<'a>) {
        if self.tells_blocks() {
            self.in_block(range, block.span.start + 1, 0, |visitor| {
                visitor.visit_block_statement(block);
            });
        } else {
            self.visit_block_statement(block);
        }
    }

    /// What V8 would write out in a message if it could not be called, iterated or taken apart: visits that or
    /// something around it, without probes in the text of the former.
    pub fn keep_text(&mut self, named: &Expression<'a>, visit: impl FnOnce(&mut Self)) {
        let before = self.written.len();
        if (self.lines || self.variables) && self.is_told() {
            self.written.find(named);
        }
        visit(self);
        self.written.truncate(before);
    }

    /// `a && b`, `a || b`, `a ?? b`.
    pub fn visit_logical(&mut self, it: &LogicalExpression<'a>) {
        self.visit_expression(&it.left);
        if self.written.operators.contains(&it.span) {
            self.visit_expression(&it.right);
        } else {
            self.visit_operand(&it.right);
        }
    }

    /// A branch of an expression.
    pub fn visit_operand(&mut self, operand: &Expression<'a>) {
        if !self.tells_blocks() {
            self.visit_expression(operand);
            return;
        }
        let span = operand.span();
        let number = self.number_block(span.start, span.end);
        self.push(span.start, Piece::OperandBlock(number), 0);
        let outer = self.open_block(number, span.end);
        self.add_line(span.start);
        self.visit_expression(operand);
        self.frame().block = outer;
        let closing = self.push(span.end, Piece::OperandBlockClose, 0);
        // Our `)` lets the next line continue it.
        self.frame().last_suspension = Some((span.end, closing));
    }

    /// A case and what it runs, to the next one.
    pub fn visit_case(&mut self, case: &SwitchCase<'a>) {
        if let Some(test) = &case.test {
            self.visit_expression(test);
        }
        if self.tells_blocks() {
            let first = case.consequent.first();
            let head = first.map_or(case.span.end, |first| first.span().start);
            self.in_block(case.span, head, 0, |visitor| {
                visitor.add_line(case.span.start);
                visitor.visit_statements(&case.consequent);
            });
        } else {
            self.visit_statements(&case.consequent);
        }
    }

    /// What comes next in the list of statements is run if this was left at its end.
    pub fn end_block(&mut self) {
        if self.tells_blocks() {
            self.frame().block.is_over = true;
        }
    }

    /// A statement starts.
    pub fn begin_statement(&mut self, statement: &Statement<'a>) {
        if !has_code(statement) || !self.tells_blocks() {
            return;
        }
        let start = statement.span().start;
        let OpenBlock {
            number: last,
            end,
            depth,
            continues,
            is_over,
        } = self.frame().block;
        if is_over {
            let number = self.number_block(start, end);
            if continues {
                self.found[self.current as usize].blocks[last as usize].end = start;
            }
            self.frame().block = OpenBlock {
                number,
                end,
                depth,
                continues: true,
                is_over: false,
            };
            self.push(start, Piece::Block(number), 0);
        }
        if !matches!(statement, Statement::LabeledStatement(_)) {
            self.add_line(start);
        }
    }

    /// The expression that a function without braces is.
    pub fn begin_expression(&mut self, start: u32) {
        if self.lines {
            self.add_line(start);
        }
    }
}

/// Whether a statement runs code that is not in statements of its own.
fn has_code(statement: &Statement) -> bool {
    match statement {
        Statement::FunctionDeclaration(_)
        | Statement::EmptyStatement(_)
        | Statement::BlockStatement(_)
        | Statement::TSTypeAliasDeclaration(_)
        | Statement::TSInterfaceDeclaration(_) => false,
        Statement::VariableDeclaration(it) => {
            !it.declare && it.declarations.iter().any(|one| one.init.is_some())
        }
        Statement::ClassDeclaration(it) => !it.declare,
        Statement::TSEnumDeclaration(it) => !it.declare,
        _ => true,
    }
}

impl Text<'_> {
    /// `$bc.n($bcf,12,3)`.
    pub(crate) fn block(&mut self, id: u32, number: u32) {
        let _ = write!(self.code, "$bc.n($bcf,{id},{number})");
    }

    /// A piece that tells of a block.
    pub(crate) fn insert_block(&mut self, function: &Found, id: u32, edit: &Edit) {
        if function.tells_blocks() {
            match edit.piece {
                Piece::Block(number) => {
                    self.push(if edit.flags & BRACES == 0 { "" } else { "{" });
                    self.block(id, number);
                    self.push(";");
                }
                Piece::BlockClose => self.push("}"),
                Piece::OperandBlock(number) => {
                    self.push("(");
                    self.block(id, number);
                    self.push(",(");
                }
                Piece::OperandBlockClose => self.push("))"),
                _ => {}
            }
        }
        // The piece before it may have left that to this one.
        if edit.flags & SEMICOLON != 0 {
            self.push(";");
        }
    }
}
