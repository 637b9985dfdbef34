//! Where V8 says that a generator stands while it waits in a `yield*`: at the last position that
//! evaluating the operand told, which with probes is our call around it.
//!
//! `yield* this.parse()` → at `parse`; `yield* items` → at `yield`.
//!
//! Limits: calls, members, tagged templates and plain names. Others, and what does not stand on the
//! operand's first line, are said to be at the operand's start.

use oxc_ast::ast::*;
use oxc_span::GetSpan;
use oxc_syntax::keyword::is_reserved_keyword;

use crate::trivia::first_token;

/// Byte offset of that place, `None` for the operand's start.
pub(crate) fn position(source: &str, yield_start: u32, operand: &Expression) -> Option<u32> {
    let start = operand.span().start;
    let at = match operand.get_inner_expression() {
        Expression::Identifier(_) | Expression::ThisExpression(_) => yield_start,
        Expression::CallExpression(call) => of_call(source, call),
        Expression::TaggedTemplateExpression(tagged) => tagged.quasi.span.start,
        Expression::ChainExpression(chain) => match &chain.expression {
            ChainElement::CallExpression(call) => of_call(source, call),
            element => of_member(source, element.as_member_expression()?),
        },
        other => of_member(source, other.as_member_expression()?),
    };
    let between = &source[at.min(start) as usize..at.max(start) as usize];
    let is_one_line = !between.contains(['\n', '\r', '\u{2028}', '\u{2029}']);
    (is_one_line && at != start).then_some(at)
}

/// The callee's last name, or the bracket where there is none right before it.
fn of_call(source: &str, call: &CallExpression) -> u32 {
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
        Expression::StaticMemberExpression(member)
            if !is_reserved_keyword(&member.property.name) =>
        {
            member.property.span.start
        }
        _ => bracket(behind),
    }
}

fn of_member(source: &str, member: &MemberExpression) -> u32 {
    match member {
        MemberExpression::StaticMemberExpression(member) => member.property.span.start,
        MemberExpression::PrivateFieldExpression(member) => member.field.span.start,
        MemberExpression::ComputedMemberExpression(member) => {
            let at = first_token(source, member.object.span().end);
            match source[at as usize..].starts_with("?.") {
                true => first_token(source, at + 2),
                false => at,
            }
        }
    }
}
