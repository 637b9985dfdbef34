//! What the visitor does inside of functions: results, exceptions, suspensions.
//!
//! `await x` gets `SuspendOpen` before, `OperandOpen` before and `SuspendClose` behind `x`.

use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};

use crate::edit::{
    AFTER_FUNCTION, BRACES, JUMP, NO_FUNCTION, PLACED, Piece, RETURN, SEMICOLON, STARTS_STATEMENT,
    SUSPENSION,
};
use crate::found::Clause;
use crate::frame::{Around, Breakable};
use crate::place::{self, is_first};
use crate::render;
use crate::told::{Told, last_told};
use crate::visitor::Visitor;

/// `catch`.
const CATCH_BYTES: u32 = 5;

impl<'a> Visitor<'a> {
    /// `await`, `yield` or `yield*`.
    pub fn suspend(&mut self, span: Span, operand: Option<&Expression<'a>>, is_delegating: bool) {
        if self.current == NO_FUNCTION {
            // Top-level `await`.
            if let Some(operand) = operand {
                self.visit_expression(operand);
            }
            return;
        }
        self.frame().suspensions += 1;
        self.frame().keeps_operand = true;
        let form = if self.literals > self.literals_before {
            AFTER_FUNCTION
        } else {
            0
        };
        let place = match span.start {
            start if start == self.listed => STARTS_STATEMENT,
            // A function before it could get the name of what is assigned to.
            start if start == self.placed && form == 0 => PLACED,
            _ => 0,
        };
        self.push(span.start, Piece::SuspendOpen, form | place);
        let closing = match operand {
            Some(operand) => {
                let (start, end) = (operand.span().start, operand.span().end);
                // The code that suspends has no place of its own, so it would have our call's.
                let place = self.place_behind(operand);
                let own = place.unwrap_or(span.start);
                let opening = self.push_placed(start, Piece::OperandOpen, form, own);
                self.visit_expression(operand);
                let closing = self.push_placed(end, Piece::SuspendClose, form, own);
                if is_delegating && place.is_none() {
                    self.unplaced.push(([opening, closing], span.start));
                }
                closing
            }
            None => self.push(span.end, Piece::YieldNothing, form),
        };
        let end = operand.map_or(span.end, |operand| operand.span().end);
        self.frame().last_suspension = Some((end, closing));
        self.end_block();
    }

    /// The place of code without one behind this expression, if that tells any or is the first of its
    /// statement.
    pub fn place_behind(&self, expression: &Expression<'a>) -> Option<u32> {
        let start = expression.span().start;
        let (statement, place) = self.statement;
        match last_told(self.source, u32::MAX, expression) {
            None if is_first(self.source, statement, start) => Some(place),
            told => Some(self.place_of(told?)),
        }
    }

    /// Where V8 says that to be which has the place of what was told before it.
    fn place_of(&self, told: Told) -> u32 {
        let (statement, place) = self.statement;
        if told.is_name && is_first(self.source, statement, told.at) {
            place
        } else {
            told.at
        }
    }

    /// An expression was visited that is all of a statement: gives their places to the suspensions in
    /// it which have that of what is told before them.
    pub fn place_suspensions(&mut self, since: usize, whole: &Expression<'a>) {
        for (edits, start) in self.unplaced.split_off(since) {
            let place = match last_told(self.source, start, whole) {
                Some(told) => self.place_of(told),
                None => self.statement.1,
            };
            for edit in edits {
                self.edits[edit].place = place;
            }
        }
    }

    /// An expression that V8 gives the place of a statement.
    pub fn visit_placed(&mut self, expression: &Expression<'a>) {
        let inner = expression.get_inner_expression();
        if let Expression::AwaitExpression(_) | Expression::YieldExpression(_) = inner {
            self.placed = inner.span().start;
        }
        let place = place::of_expression(self.source, expression);
        let outer = std::mem::replace(&mut self.statement, (expression.span().start, place));
        self.is_whole = true;
        self.visit_expression(expression);
        self.statement = outer;
    }

    /// A statement without `;` that ends with our `)`: the next line could continue it, where it
    /// could not continue `yield () => {}` or `await a++`.
    pub fn end_statement(&mut self, end: u32) {
        if let Some((suspension_end, closing)) = self.frame().last_suspension
            && suspension_end == end
        {
            self.edits[closing].flags |= SEMICOLON;
        }
    }

    pub fn visit_return(&mut self, statement: &ReturnStatement<'a>) {
        self.visit_result(statement);
        self.end_block();
    }

    fn visit_result(&mut self, statement: &ReturnStatement<'a>) {
        const RETURN_BYTES: u32 = 6;
        if self.current == NO_FUNCTION {
            walk::walk_return_statement(self, statement);
            return;
        }
        let frame = self.frame();
        frame.returns += 1;
        frame.returns_in_try |= frame.open_tries > 0;
        // In an async generator `return` waits for its operand, in a `for await` for the iterator's
        // end.
        let is_jump = frame
            .around
            .iter()
            .any(|around| around.kind == Breakable::ForAwait);
        let may_wait = frame.is_async && frame.is_generator;
        let waits = is_jump || may_wait && statement.argument.is_some();
        frame.suspensions += u32::from(waits);
        frame.jumps += u32::from(is_jump);
        let suspends = if waits { SUSPENSION } else { 0 } | if is_jump { JUMP } else { 0 };
        let flag = |end: u32| {
            if end == statement.span.end {
                SEMICOLON
            } else {
                0
            }
        };
        if let Some(argument) = &statement.argument {
            let span = argument.span();
            self.push(span.start, Piece::ReturnOpen, suspends);
            self.visit_expression(argument);
            self.push(span.end, Piece::ReturnClose, flag(span.end) | suspends);
        } else if may_wait {
            // With an operand it would wait.
            self.push(statement.span.start, Piece::ReturnBare, suspends);
            self.push(statement.span.end, Piece::JumpClose, 0);
        } else {
            let end = statement.span.start + RETURN_BYTES;
            self.push(end, Piece::ReturnNothing, flag(end) | suspends);
        }
    }

    /// Whether what is thrown and caught here is not told: in a `with`, whose object could have our
    /// names, and in the static block of a class, whose text may hold no id to find the original by.
    pub fn is_untold(&mut self) -> bool {
        self.with_depth > 0 || self.classes.len() > self.frame().outer_classes
    }

    pub fn visit_throw(&mut self, statement: &ThrowStatement<'a>) {
        if self.is_untold() {
            walk::walk_throw_statement(self, statement);
            return;
        }
        self.frame().keeps_operand = true;
        let span = statement.argument.span();
        if self.current == NO_FUNCTION {
            self.push(statement.span.start, Piece::ThrowBlockOpen, 0);
        }
        self.push(span.start, Piece::ThrowOpen, 0);
        self.visit_expression(&statement.argument);
        let flags = if span.end == statement.span.end {
            SEMICOLON
        } else {
            0
        };
        // Where it is thrown is where the thrown value is.
        self.push_placed(span.end, Piece::ThrowClose, flags, span.start);
        if self.current == NO_FUNCTION {
            self.push(statement.span.end, Piece::JumpClose, 0);
        }
        self.end_block();
    }

    pub fn visit_try(&mut self, statement: &TryStatement<'a>) {
        let (suspensions, returns) = (self.frame().suspensions, self.frame().returns);
        let jumps = self.frame().jumps;
        self.frame().open_tries += 1;
        self.visit_block_statement(&statement.block);
        if let Some(handler) = &statement.handler {
            self.visit_handler(handler, statement.block.span);
        }
        self.frame().open_tries -= 1;
        self.end_block();
        let Some(finalizer) = &statement.finalizer else {
            return;
        };
        let mut flags = 0;
        if self.frame().suspensions > suspensions {
            flags |= SUSPENSION;
        }
        if self.frame().returns > returns {
            flags |= RETURN;
        }
        if self.frame().jumps > jumps {
            flags |= JUMP;
            self.frame().jumps_through_finally = true;
        }
        if self.current == NO_FUNCTION {
            flags = 0;
        }
        if flags != 0 {
            self.push(finalizer.span.start + 1, Piece::FinallyOpen, flags);
        }
        self.hold_scopes(finalizer.span.start + 1);
        self.visit_clause(finalizer.span, finalizer);
        self.go_on_with_scopes(finalizer.span.end - 1);
        if flags & (RETURN | JUMP) != 0 {
            self.push(finalizer.span.end - 1, Piece::FinallyClose, flags);
        }
    }

    fn visit_handler(&mut self, handler: &CatchClause<'a>, guarded: Span) {
        let pattern = handler.param.as_ref().map(|parameter| &parameter.pattern);
        if let Some(pattern) = pattern {
            self.visit_binding_pattern(pattern);
        }
        if !self.is_untold() {
            let head = handler.body.span.start + 1;
            let clause = self.number_catch(handler, guarded);
            match pattern {
                None => {
                    let keyword = handler.span.start + CATCH_BYTES;
                    self.push(keyword, Piece::CatchBinding, 0);
                    self.push_named(head, Piece::Catch(clause), 0, render::CAUGHT);
                }
                Some(BindingPattern::BindingIdentifier(id)) => {
                    self.push_named(head, Piece::Catch(clause), 0, id.name.as_str());
                }
                _ => {
                    self.push(head, Piece::CatchUnnamed(clause), 0);
                }
            }
        }
        self.leave_scopes(handler.body.span.start + 1);
        self.visit_clause(handler.span, &handler.body);
    }

    /// The number of a clause in its function; 0 in code that belongs to none.
    fn number_catch(&mut self, handler: &CatchClause<'a>, guarded: Span) -> u32 {
        let Some(function) = self.found.get_mut(self.current as usize) else {
            return 0;
        };
        let parameter = handler.param.as_ref();
        let inner = parameter.map_or(handler.body.span, |parameter| parameter.span);
        function.catches.push(Clause {
            start: handler.span.start,
            inner: inner.start,
            guards: [guarded.start, guarded.end],
        });
        function.catches.len() as u32 - 1
    }

    /// Labels of a loop go to the loop; a `for await` is put into a block with its labels.
    pub fn visit_labeled(&mut self, statement: &LabeledStatement<'a>) {
        let is_first = self.labels.is_empty();
        self.labels.push(statement.label.name.as_str());
        let mut innermost = &statement.body;
        while let Statement::LabeledStatement(labeled) = innermost {
            innermost = &labeled.body;
        }
        match innermost {
            Statement::ForOfStatement(of) if of.r#await && self.current != NO_FUNCTION => {
                if is_first {
                    self.push(statement.span.start, Piece::LoopOpen, loop_flags(of));
                }
            }
            Statement::ForOfStatement(_)
            | Statement::ForInStatement(_)
            | Statement::ForStatement(_)
            | Statement::WhileStatement(_)
            | Statement::DoWhileStatement(_) => {}
            // Only a loop can be meant by `continue`.
            _ => {
                self.enter(Breakable::Labeled);
                self.visit_statement(&statement.body);
                self.frame().around.pop();
                if !matches!(innermost, Statement::ExpressionStatement(_)) {
                    self.end_block();
                }
                return;
            }
        }
        self.visit_statement(&statement.body);
    }

    pub fn visit_for_of(&mut self, statement: &ForOfStatement<'a>) {
        if statement.r#await && self.current != NO_FUNCTION {
            if self.labels.is_empty() {
                self.push(statement.span.start, Piece::LoopOpen, loop_flags(statement));
            }
            self.enter(Breakable::ForAwait);
            self.visit_for_await(statement);
        } else {
            self.enter(Breakable::Loop);
            self.visit_for_statement_left(&statement.left);
            self.keep_text(&statement.right, |visitor| {
                visitor.visit_placed(&statement.right);
            });
            let told = self.told_of_head(&statement.left, &statement.body);
            self.visit_loop_body(statement.scope_id.get(), &told, &statement.body);
        }
        self.leave_loop();
    }

    fn visit_for_await(&mut self, statement: &ForOfStatement<'a>) {
        self.frame().suspensions += 1;
        self.visit_for_statement_left(&statement.left);
        if is_mere_name(&statement.right) {
            self.visit_expression(&statement.right);
        } else {
            self.frame().keeps_operand = true;
            let iterable = statement.right.span();
            let right = &statement.right;
            let place = place::of_expression(self.source, right);
            let outer = std::mem::replace(&mut self.statement, (iterable.start, place));
            let place = self.place_behind(right).unwrap_or(place);
            self.statement = outer;
            self.push(iterable.start, Piece::IterableOpen, 0);
            self.visit_expression(&statement.right);
            self.push_placed(iterable.end, Piece::IterableClose, 0, place);
        }
        let body = statement.body.span();
        let told = self.told_of_head(&statement.left, &statement.body);
        if let Statement::BlockStatement(_) = &statement.body {
            self.push(body.start + 1, Piece::LoopBodyOpen, 0);
            self.visit_loop_body(statement.scope_id.get(), &told, &statement.body);
            self.push(body.end - 1, Piece::LoopBodyClose, 0);
        } else {
            self.push(body.start, Piece::LoopBodyOpen, BRACES);
            self.visit_loop_body(statement.scope_id.get(), &told, &statement.body);
            self.push(body.end, Piece::LoopBodyClose, BRACES);
        }
        self.push(statement.span.end, Piece::LoopClose, 0);
    }

    pub fn visit_continue(&mut self, statement: &ContinueStatement<'a>) {
        let label = statement.label.as_ref();
        let target = self.target(label, |around| {
            !matches!(around.kind, Breakable::Switch | Breakable::Labeled)
        });
        self.jump(target, statement.span);
    }

    pub fn visit_break(&mut self, statement: &BreakStatement<'a>) {
        let label = statement.label.as_ref();
        let target = self.target(label, |around| {
            label.is_some() || around.kind != Breakable::Labeled
        });
        self.jump(target, statement.span);
    }

    fn target(
        &mut self,
        label: Option<&LabelIdentifier<'a>>,
        can_be_meant: impl Fn(&Around<'a>) -> bool,
    ) -> Option<(Breakable, u16)> {
        let around = self.frame().around.iter().rev();
        around
            .filter(|around| can_be_meant(around))
            .find(|around| label.is_none_or(|label| around.labels.contains(&label.name.as_str())))
            .map(|around| (around.kind, around.level))
    }

    /// To the head or the end of a `for await`, both of which wait for the iterator.
    fn jump(&mut self, target: Option<(Breakable, u16)>, span: Span) {
        self.end_block();
        let Some((kind, level)) = target else { return };
        let leaves_scopes = self.jump_out_of_scopes(level, span.start);
        if kind == Breakable::ForAwait {
            self.frame().suspensions += 1;
            self.frame().jumps += 1;
            self.push(span.start, Piece::JumpOpen, 0);
            self.push(span.end, Piece::JumpClose, 0);
        }
        if leaves_scopes {
            self.push(span.end, Piece::JumpClose, 0);
        }
    }
}

/// A `for await` over a mere name suspends before that is had: V8 calls a value that cannot be
/// iterated what stands there.
fn loop_flags(statement: &ForOfStatement) -> u8 {
    if is_mere_name(&statement.right) {
        SUSPENSION
    } else {
        0
    }
}

/// Whether an expression calls nothing but, maybe, getters: `rows`, `this.#rows`, `db?.rows`, `7`.
fn is_mere_name(expression: &Expression) -> bool {
    match expression.without_parentheses() {
        Expression::Identifier(_) | Expression::ThisExpression(_) | Expression::Super(_) => true,
        Expression::StaticMemberExpression(member) => is_mere_name(&member.object),
        Expression::PrivateFieldExpression(member) => is_mere_name(&member.object),
        Expression::ChainExpression(chain) => match &chain.expression {
            ChainElement::StaticMemberExpression(member) => is_mere_name(&member.object),
            ChainElement::PrivateFieldExpression(member) => is_mere_name(&member.object),
            _ => false,
        },
        expression => expression.is_literal(),
    }
}
