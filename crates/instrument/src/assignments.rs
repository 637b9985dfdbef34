//! The assignments of a function: each is told with the value that its target has behind it.
//!
//! `function f(a) { let b = a; b += 1; [b, c] = a }` has four: `b`, `b`, `b`, `c`.
//!
//! Limits: what stands where the function's token is out of sight (parameters, fields, static blocks, `with`)
//! is not told, nor is what a pattern or the head of a `for … of` gives to a property (to read it back could run
//! code), a pattern or a function in the head of a `for (;;)`, a variable of a `for … of` that its body hides, and
//! what V8 would write out in a message. The shapes are on the design page.

use std::fmt::Write as _;

use breadcrumb_event::layout::MAX_FUNCTION_ASSIGNMENTS;
use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};

use crate::blocks::MAX_NESTED;
use crate::declarations::binding_names;
use crate::edit::{Edit, Piece, SEMICOLON};
use crate::found::{Assignment, Found};
use crate::name;
use crate::render::Text;
use crate::visitor::Visitor;

/// A variable that gets a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound<'a> {
    name: &'a str,
    /// Where it begins, in bytes.
    start: u32,
}

/// What is told behind a declaration.
#[derive(Debug)]
pub(crate) struct Declared<'a> {
    bound: Vec<Bound<'a>>,
    /// It gets braces, so that the statements which tell that stand where it does.
    braces: bool,
}

impl Found<'_> {
    /// There are assignments to tell.
    pub fn tells_assignments(&self) -> bool {
        !self.assignments.is_empty()
            && self.assignments.len() <= MAX_FUNCTION_ASSIGNMENTS as usize
            && self.nested_assignments <= MAX_NESTED
    }
}

impl<'a> Visitor<'a> {
    fn tells_assignments(&mut self) -> bool {
        self.variables && self.is_told()
    }

    fn number_assignment(&mut self, assignment: Assignment<'a>) -> u32 {
        let assignments = &mut self.found[self.current as usize].assignments;
        assignments.push(assignment);
        assignments.len() as u32 - 1
    }

    fn number_bound(&mut self, bound: Bound<'a>) -> u32 {
        self.number_assignment(Assignment {
            target: bound.name,
            start: bound.start,
            is_variable: true,
        })
    }

    /// `a`, `a.b`; without its types.
    fn number_target(&mut self, target: &SimpleAssignmentTarget<'a>) -> u32 {
        let inner = target.get_expression();
        let Span { start, end, .. } =
            inner.map_or(target.span(), |it| it.get_inner_expression().span());
        self.number_assignment(Assignment {
            target: &self.source[start as usize..end as usize],
            start,
            is_variable: matches!(
                target,
                SimpleAssignmentTarget::AssignmentTargetIdentifier(_)
            ),
        })
    }

    /// What is visited next is in a probe, or in braces of ours; to be undone behind it.
    fn nest(&mut self) {
        self.open_assignments += 1;
        let depth = self.open_assignments + self.frame().block.depth();
        let deepest = &mut self.found[self.current as usize].nested_assignments;
        *deepest = depth.max(*deepest);
    }

    /// Visits an expression whose value goes through a probe; the probe of a pattern is given `names`, too.
    fn in_assignment(
        &mut self,
        span: Span,
        (probe, number): (char, u32),
        names: &[Bound<'a>],
        visit: impl FnOnce(&mut Self),
    ) {
        self.push(span.start, Piece::AssignmentOpen(probe, number), 0);
        self.nest();
        visit(self);
        self.open_assignments -= 1;
        for bound in names {
            self.push_named(span.end, Piece::AssignmentName, 0, bound.name);
        }
        let closing = self.push(span.end, Piece::AssignmentClose, 0);
        // Our `)` lets the next line continue it.
        self.frame().last_suspension = Some((span.end, closing));
    }

    /// `a = b`, `a += b`, `[a, b] = c`.
    pub fn visit_assignment(&mut self, it: &AssignmentExpression<'a>) {
        if !self.tells_assignments() || self.written.assignments.contains(&it.span) {
            self.visit_assigned(it);
            return;
        }
        if let Some(target) = it.left.as_simple_assignment_target() {
            let number = self.number_target(target);
            self.in_assignment(it.span, ('a', number), &[], |visitor| {
                visitor.visit_assigned(it);
            });
            return;
        }
        let mut names = Vec::new();
        target_names(&it.left, &mut names);
        let mut numbers = names.iter().map(|&bound| self.number_bound(bound));
        let first = numbers.next();
        numbers.for_each(drop);
        match first {
            None => self.visit_assigned(it),
            Some(first) => self.in_assignment(it.span, ('g', first), &names, |visitor| {
                visitor.visit_assigned(it);
            }),
        }
    }

    fn visit_assigned(&mut self, it: &AssignmentExpression<'a>) {
        self.visit_assignment_target(&it.left);
        let class = self.classes.last().cloned().flatten();
        let names = self.names;
        let name = || name::of_target(names, &it.left, class.as_deref());
        if it.left.is_assignment_target_pattern() {
            self.keep_text(&it.right, |visitor| visitor.visit_named(&it.right, name));
        } else {
            self.visit_named(&it.right, name);
        }
    }

    /// `++a`, `a--`.
    pub fn visit_update(&mut self, it: &UpdateExpression<'a>) {
        if !self.tells_assignments() || self.written.assignments.contains(&it.span) {
            walk::walk_update_expression(self, it);
            return;
        }
        let number = self.number_target(&it.argument);
        let probe = match it.operator {
            _ if it.prefix => 'a',
            UpdateOperator::Increment => 'i',
            UpdateOperator::Decrement => 'd',
        };
        self.in_assignment(it.span, (probe, number), &[], |visitor| {
            walk::walk_update_expression(visitor, it);
        });
    }

    /// The value that a declaration gives.
    pub fn visit_initializer(&mut self, pattern: &BindingPattern<'a>, init: &Expression<'a>) {
        match pattern {
            BindingPattern::BindingIdentifier(id)
                if !is_named_by_binding(init) && self.tells_assignments() =>
            {
                let number = self.number_bound(Bound {
                    name: id.name.as_str(),
                    start: id.span.start,
                });
                self.in_assignment(init.span(), ('a', number), &[], |visitor| {
                    visitor.visit_default(pattern, init);
                });
            }
            _ => self.visit_default(pattern, init),
        }
    }

    /// A statement starts that may be a declaration, to be ended by [`Self::end_declaration`].
    pub fn begin_declaration(&mut self, statement: &Statement<'a>) -> Option<Declared<'a>> {
        let Statement::VariableDeclaration(it) = statement else {
            return None;
        };
        if it.declare || !self.tells_assignments() {
            return None;
        }
        let mut bound = Vec::new();
        for declarator in &it.declarations {
            let Some(init) = &declarator.init else {
                continue;
            };
            let is_plain = matches!(declarator.id, BindingPattern::BindingIdentifier(_));
            if !is_plain || is_named_by_binding(init) {
                pattern_names(&declarator.id, &mut bound);
            }
        }
        // `if (a) var b = () => 1`
        let braces = it.span.start != self.listed && !bound.is_empty();
        if braces {
            self.push(it.span.start, Piece::TellOpen, 0);
        }
        Some(Declared { bound, braces })
    }

    pub fn end_declaration(&mut self, span: Span, declared: Option<Declared<'a>>) {
        let Some(Declared { bound, braces }) = declared else {
            return;
        };
        let is_ended = self.source.as_bytes()[span.end as usize - 1] == b';';
        let first = if is_ended { 0 } else { SEMICOLON };
        self.tell(span.end, &bound, first);
        if braces {
            self.push(span.end, Piece::TellClose, 0);
        }
    }

    fn tell(&mut self, offset: u32, bound: &[Bound<'a>], first: u8) {
        for (index, &bound) in bound.iter().enumerate() {
            let number = self.number_bound(bound);
            let flags = if index == 0 { first } else { 0 };
            self.push_named(offset, Piece::Tell(number), flags, bound.name);
        }
    }

    /// What the head of a `for … of` or `for … in` gives a value that its body can see.
    pub fn told_of_head(
        &mut self,
        head: &ForStatementLeft<'a>,
        body: &Statement<'a>,
    ) -> Vec<Bound<'a>> {
        let mut bound = Vec::new();
        if !self.tells_assignments() {
            return bound;
        }
        match head {
            ForStatementLeft::VariableDeclaration(it) => {
                for declarator in &it.declarations {
                    pattern_names(&declarator.id, &mut bound);
                }
            }
            head => target_names(head.to_assignment_target(), &mut bound),
        }
        if let Statement::BlockStatement(block) = body {
            let hidden = declared_names(&block.body);
            bound.retain(|it| hidden.iter().all(|hidden| hidden.name != it.name));
        }
        bound
    }

    /// The head of a loop's body, to be ended by [`Self::end_head`].
    pub fn tell_head(&mut self, told: &[Bound<'a>], body: &Statement<'a>) {
        if told.is_empty() {
            return;
        }
        let mut offset = body.span().start;
        if let Statement::BlockStatement(_) = body {
            offset += 1;
        } else {
            self.push(offset, Piece::TellOpen, 0);
        }
        self.tell(offset, told, 0);
        self.nest();
    }

    pub fn end_head(&mut self, told: &[Bound<'a>], body: &Statement<'a>) {
        if told.is_empty() {
            return;
        }
        self.open_assignments -= 1;
        if !matches!(body, Statement::BlockStatement(_)) {
            self.push(body.span().end, Piece::TellClose, 0);
        }
    }
}

/// Whether this is a function or class that is called what it is first given to.
fn is_named_by_binding(value: &Expression) -> bool {
    match value.get_inner_expression() {
        Expression::ArrowFunctionExpression(_) => true,
        Expression::FunctionExpression(it) => it.id.is_none(),
        Expression::ClassExpression(it) => it.id.is_none(),
        _ => false,
    }
}

fn pattern_names<'a>(pattern: &BindingPattern<'a>, names: &mut Vec<Bound<'a>>) {
    let mut found = Vec::new();
    binding_names(pattern, false, &mut found);
    names.extend(found.iter().map(|it| Bound {
        name: it.name,
        start: it.start,
    }));
}

/// The variables that a target gives values to, in order.
fn target_names<'a>(target: &AssignmentTarget<'a>, names: &mut Vec<Bound<'a>>) {
    let of_id = |id: &IdentifierReference<'a>| Bound {
        name: id.name.as_str(),
        start: id.span.start,
    };
    match target {
        AssignmentTarget::AssignmentTargetIdentifier(id) => names.push(of_id(id)),
        AssignmentTarget::ArrayAssignmentTarget(array) => {
            for element in array.elements.iter().flatten() {
                element_names(element, names);
            }
            if let Some(rest) = &array.rest {
                target_names(&rest.target, names);
            }
        }
        AssignmentTarget::ObjectAssignmentTarget(object) => {
            for property in &object.properties {
                match property {
                    AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(it) => {
                        names.push(of_id(&it.binding));
                    }
                    AssignmentTargetProperty::AssignmentTargetPropertyProperty(it) => {
                        element_names(&it.binding, names);
                    }
                }
            }
            if let Some(rest) = &object.rest {
                target_names(&rest.target, names);
            }
        }
        _ => {}
    }
}

fn element_names<'a>(element: &AssignmentTargetMaybeDefault<'a>, names: &mut Vec<Bound<'a>>) {
    match element {
        AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(it) => {
            target_names(&it.binding, names);
        }
        element => {
            if let Some(target) = element.as_assignment_target() {
                target_names(target, names);
            }
        }
    }
}

/// What a block declares itself.
fn declared_names<'a>(statements: &[Statement<'a>]) -> Vec<Bound<'a>> {
    let mut names = Vec::new();
    let mut push = |id: Option<&BindingIdentifier<'a>>| {
        names.extend(id.map(|id| Bound {
            name: id.name.as_str(),
            start: id.span.start,
        }));
    };
    for statement in statements {
        match statement {
            Statement::FunctionDeclaration(it) => push(it.id.as_ref()),
            Statement::ClassDeclaration(it) => push(it.id.as_ref()),
            Statement::TSEnumDeclaration(it) => push(Some(&it.id)),
            _ => {}
        }
    }
    for statement in statements {
        if let Statement::VariableDeclaration(it) = statement
            && it.kind != VariableDeclarationKind::Var
        {
            for declarator in &it.declarations {
                pattern_names(&declarator.id, &mut names);
            }
        }
    }
    names
}

impl Text<'_> {
    /// `$bc.a($bcf,12,3,`.
    fn open_assignment(&mut self, probe: char, id: u32, number: u32) {
        let _ = write!(self.code, "$bc.{probe}($bcf,{id},{number},");
    }

    /// A piece that tells of an assignment.
    pub(crate) fn insert_assignment(&mut self, function: &Found, id: u32, edit: &Edit) {
        let is_told = function.tells_assignments();
        match edit.piece {
            Piece::AssignmentOpen(probe, number) if is_told => {
                self.open_assignment(probe, id, number);
            }
            Piece::AssignmentName if is_told => {
                self.push(",");
                self.push(edit.name);
            }
            Piece::AssignmentClose => {
                self.push(if is_told { ")" } else { "" });
                // The piece before it may have left that to this one.
                self.semicolon(edit);
            }
            Piece::TellOpen if is_told => self.push("{"),
            Piece::Tell(number) if is_told => {
                self.semicolon(edit);
                self.open_assignment('a', id, number);
                self.push(edit.name);
                self.push(");");
            }
            Piece::TellClose if is_told => self.push("}"),
            _ => {}
        }
    }
}
