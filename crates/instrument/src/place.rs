//! Where V8 says an expression to be, for the places in our text that stand for another one: the
//! `return` of an arrow function without braces, the call behind the operand of an `await`, `yield` or
//! `for await`.
//!
//! `yield* this.parse()` → at `parse`; `yield* items` → at `yield`; `() => a + b` → at `+`.
//!
//! Limits: an optional chain is said to be at its start; V8 says that it is at the file's start.

use oxc_ast::ast::*;
use oxc_span::GetSpan;
use oxc_syntax::keyword::is_reserved_keyword;

use crate::trivia::first_token;

/// Whether V8 gives a statement no place of its own, so that what fails first in it is where the
/// statement before is, be it a directive.
pub(crate) fn may_have_none(statement: &Statement) -> bool {
    match statement {
        Statement::SwitchStatement(_) | Statement::ClassDeclaration(_) => true,
        Statement::BlockStatement(block) => block.body.first().is_some_and(may_have_none),
        Statement::LabeledStatement(labeled) => may_have_none(&labeled.body),
        _ => false,
    }
}

/// Whether nothing of a statement is evaluated before what stands here.
pub(crate) fn is_first(source: &str, statement: u32, here: u32) -> bool {
    const HEADS: [&str; 9] = [
        "", "return", "throw", "if", "switch", "await", "yield", "void", "delete",
    ];
    let Some(text) = source.get(statement as usize..here as usize) else {
        return false;
    };
    // What is copied into a new object is there before that is.
    let copied = text.trim_end().strip_suffix("...");
    let text = copied
        .and_then(|text| text.trim_end().strip_suffix('{'))
        .unwrap_or(text);
    let is_between = |c: char| c.is_whitespace() || "(!*".contains(c);
    text.split(is_between).all(|word| HEADS.contains(&word))
}

/// Byte offset of an expression.
pub(crate) fn of_expression(source: &str, expression: &Expression) -> u32 {
    let expression = expression.get_inner_expression();
    let operator_behind = |operand: u32| first_token(source, operand);
    match expression {
        Expression::CallExpression(call) => of_call(source, call),
        Expression::TaggedTemplateExpression(tagged) => tagged.quasi.span.start,
        Expression::AssignmentExpression(it) => operator_behind(it.left.span().end),
        Expression::UpdateExpression(it) if it.prefix => last_token(&it.argument),
        Expression::UpdateExpression(it) => operator_behind(it.argument.span().end),
        Expression::PrivateInExpression(it) => operator_behind(it.left.span.end),
        Expression::BinaryExpression(it) => match first_of_many(expression) {
            Some(first) => of_expression(source, first),
            None => operator_behind(it.left.span().end),
        },
        Expression::LogicalExpression(it) => match first_of_many(expression) {
            Some(first) => of_expression(source, first),
            None => operator_behind(it.left.span().end),
        },
        Expression::SequenceExpression(it) => {
            let meant = if it.expressions.len() == 2 { 1 } else { 0 };
            of_expression(source, &it.expressions[meant])
        }
        other => other
            .as_member_expression()
            .map_or(other.span().start, |member| of_member(source, member)),
    }
}

/// Where the last token of what `++` and `--` stand before starts.
fn last_token(target: &SimpleAssignmentTarget) -> u32 {
    match target {
        SimpleAssignmentTarget::StaticMemberExpression(member) => member.property.span.start,
        SimpleAssignmentTarget::PrivateFieldExpression(member) => member.field.span.start,
        SimpleAssignmentTarget::ComputedMemberExpression(member) => member.span.end - 1,
        target => target.span().start,
    }
}

/// V8 keeps `a + b + c` as one sum, whose place is that of `a`; `a + b` is at its operator.
fn first_of_many<'e, 'a>(expression: &'e Expression<'a>) -> Option<&'e Expression<'a>> {
    let mut first = None;
    let mut left = left_of_same(expression);
    while let Some(inner) = left {
        first = left_operand(inner);
        left = left_of_same(inner);
    }
    first
}

/// The left operand of an operator that can be repeated, where it is by the same one.
fn left_of_same<'e, 'a>(expression: &'e Expression<'a>) -> Option<&'e Expression<'a>> {
    let left = left_operand(expression)?.get_inner_expression();
    let is_same = match (expression, left) {
        (Expression::BinaryExpression(it), Expression::BinaryExpression(left)) => {
            left.operator == it.operator
                && !it.operator.is_compare()
                && !it.operator.is_relational()
                && it.operator != BinaryOperator::Exponential
        }
        (Expression::LogicalExpression(it), Expression::LogicalExpression(left)) => {
            left.operator == it.operator
        }
        _ => false,
    };
    is_same.then_some(left)
}

fn left_operand<'e, 'a>(expression: &'e Expression<'a>) -> Option<&'e Expression<'a>> {
    match expression {
        Expression::BinaryExpression(it) => Some(&it.left),
        Expression::LogicalExpression(it) => Some(&it.left),
        _ => None,
    }
}

/// The callee's last name, or the bracket where there is none right before it.
pub(crate) fn of_call(source: &str, call: &CallExpression) -> u32 {
    let bracket = |from: u32| {
        let at = first_token(source, from);
        match source[at as usize..].starts_with("?.") {
            true => first_token(source, at + 2),
            false => at,
        }
    };
    let behind = call
        .type_arguments
        .as_ref()
        .map_or(call.callee.span().end, |types| types.span.end);
    if call.optional {
        return bracket(behind);
    }
    match &call.callee {
        Expression::Identifier(name) => name.span.start,
        Expression::Super(callee) => callee.span.start,
        Expression::StaticMemberExpression(member)
            if !is_reserved_keyword(&member.property.name) =>
        {
            member.property.span.start
        }
        _ => bracket(behind),
    }
}

/// The name or the bracket; the dot before the name behind a call.
pub(crate) fn of_member(source: &str, member: &MemberExpression) -> u32 {
    let behind = first_token(source, member.object().span().end);
    let is_optional = member.optional();
    match member {
        MemberExpression::ComputedMemberExpression(_) if is_optional => {
            first_token(source, behind + 2)
        }
        MemberExpression::ComputedMemberExpression(_) => behind,
        _ if is_optional || is_behind_call(member.object()) => behind,
        MemberExpression::StaticMemberExpression(member) => member.property.span.start,
        MemberExpression::PrivateFieldExpression(member) => member.field.span.start,
    }
}

/// Whether an expression has a call, or a `?.`, outside of brackets.
fn is_behind_call(expression: &Expression) -> bool {
    match expression {
        Expression::CallExpression(_) => true,
        Expression::TaggedTemplateExpression(it) => is_behind_call(&it.tag),
        Expression::TSNonNullExpression(it) => is_behind_call(&it.expression),
        other => other
            .as_member_expression()
            .is_some_and(|member| member.optional() || is_behind_call(member.object())),
    }
}
