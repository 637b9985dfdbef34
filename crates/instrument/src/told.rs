//! The place that V8 tells of an error in what follows an expression: the last one that it wrote down
//! while it made the code of that expression.
//!
//! V8 goes through an expression in the order of its code, and notes a place before most of what may
//! throw. Code without a note, such as that which asks an operand for its iterator, has the note before
//! it, whatever branch was taken.
//!
//! `yield* [a, f(1), 2]` → at `f`; `yield* (a ? b : 2)` → at `b`; `yield* [1, 2]` → nothing.

use oxc_ast::ast::*;
use oxc_span::GetSpan;
use oxc_syntax::operator::UnaryOperator;

use crate::place::{of_expression, of_member};
use crate::trivia::first_token;

/// A place that V8 has written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// Byte offset.
    pub at: u32,
    /// Whether it is that of a name that is read: that may be the first code of its statement, and then
    /// has the statement's place.
    pub is_name: bool,
}

/// The last place that an expression tells, of those before what starts at `until` in it.
pub(crate) fn last_told(source: &str, until: u32, expression: &Expression) -> Option<Told> {
    let expression = expression.get_inner_expression();
    if expression.span().start >= until {
        return None;
    }
    let mut steps = steps_of(source, expression);
    let is_open = |step: &Step| match step {
        Step::Part(part) => part.span().end > until,
        _ => false,
    };
    if let Some(open) = steps.iter().position(is_open) {
        steps.truncate(open + 1);
    }
    steps.iter().rev().find_map(|step| match *step {
        Step::Part(part) => last_told(source, until, part),
        Step::Place(at) => Some(Told { at, is_name: false }),
        Step::Name(at) => Some(Told { at, is_name: true }),
    })
}

/// What V8 does for an expression.
enum Step<'e, 'a> {
    /// Makes the code of a part of it.
    Part(&'e Expression<'a>),
    /// Notes a place.
    Place(u32),
    /// Notes that of a name that it reads, unless that is the first code of the statement.
    Name(u32),
}
use Step::{Name, Part, Place};

/// In the order of the code.
fn steps_of<'e, 'a>(source: &str, expression: &'e Expression<'a>) -> Vec<Step<'e, 'a>> {
    let own = || Place(of_expression(source, expression));
    match expression {
        Expression::Identifier(name) => vec![Name(name.span.start)],
        Expression::NewTarget(it) => vec![Name(it.span.start)],
        Expression::AwaitExpression(it) => {
            let start = it.span.start;
            vec![Place(start), Part(&it.argument), Place(start)]
        }
        Expression::YieldExpression(it) => {
            let own = || Place(it.span.start);
            let before = (!it.delegate).then(own);
            let operand = it.argument.as_ref().map(Part);
            before.into_iter().chain(operand).chain([own()]).collect()
        }
        Expression::ConditionalExpression(it) => {
            vec![Part(&it.test), Part(&it.consequent), Part(&it.alternate)]
        }
        Expression::LogicalExpression(it) => vec![Part(&it.left), Part(&it.right)],
        Expression::PrivateInExpression(it) => vec![Part(&it.right), own()],
        Expression::BinaryExpression(_) if is_number(expression) => vec![],
        Expression::BinaryExpression(it) => {
            let operator = first_token(source, it.left.span().end);
            vec![Part(&it.left), Part(&it.right), Place(operator)]
        }
        Expression::UnaryExpression(it) => of_unary(it, expression),
        Expression::TemplateLiteral(it) if it.expressions.is_empty() => vec![],
        Expression::TemplateLiteral(it) => {
            let parts = it.expressions.iter().map(Part);
            [Name(it.span.start)].into_iter().chain(parts).collect()
        }
        Expression::SequenceExpression(it) => {
            let placed = |(index, one)| {
                [
                    (index > 0).then(|| Place(of_expression(source, one))),
                    Some(Part(one)),
                ]
            };
            it.expressions
                .iter()
                .enumerate()
                .flat_map(placed)
                .flatten()
                .collect()
        }
        Expression::CallExpression(it) => of_call(&it.callee, &it.arguments, own()),
        Expression::NewExpression(it) => of_call(&it.callee, &it.arguments, own()),
        Expression::TaggedTemplateExpression(it) => {
            let parts = it.quasi.expressions.iter().map(Part);
            [Part(&it.tag)]
                .into_iter()
                .chain(parts)
                .chain([own()])
                .collect()
        }
        Expression::ArrayExpression(it) => it
            .elements
            .iter()
            .flat_map(|one| match one {
                ArrayExpressionElement::SpreadElement(spread) => placed(source, &spread.argument),
                one => one.as_expression().map(Part).into_iter().collect(),
            })
            .collect(),
        Expression::ObjectExpression(it) => of_object(source, it),
        Expression::ClassExpression(it) => of_class(it),
        Expression::AssignmentExpression(it) => of_assignment(it, own()),
        Expression::UpdateExpression(it) => {
            of_target(it.argument.as_member_expression(), None, own())
        }
        Expression::ChainExpression(it) => match &it.expression {
            ChainElement::CallExpression(call) => {
                let at = crate::place::of_call(source, call);
                of_call(&call.callee, &call.arguments, Place(at))
            }
            element => of_read(source, element.as_member_expression()),
        },
        other => of_read(source, other.as_member_expression()),
    }
}

/// What V8 gives the place of a statement, or that of its value.
fn placed<'e, 'a>(source: &str, expression: &'e Expression<'a>) -> Vec<Step<'e, 'a>> {
    match expression.get_inner_expression() {
        Expression::Identifier(_) => vec![Part(expression)],
        _ => vec![Place(of_expression(source, expression)), Part(expression)],
    }
}

fn of_unary<'e, 'a>(it: &'e UnaryExpression<'a>, whole: &Expression) -> Vec<Step<'e, 'a>> {
    match (it.operator, it.argument.get_inner_expression()) {
        (UnaryOperator::Typeof, Expression::Identifier(_)) => vec![],
        (UnaryOperator::Typeof | UnaryOperator::LogicalNot | UnaryOperator::Void, _) => {
            vec![Part(&it.argument)]
        }
        (UnaryOperator::Delete, target) => match target.as_member_expression() {
            Some(member) => parts_of(member),
            None => vec![],
        },
        _ if is_number(whole) => vec![],
        _ => vec![Part(&it.argument), Place(it.span.start)],
    }
}

fn of_call<'e, 'a>(
    callee: &'e Expression<'a>,
    arguments: &'e [Argument<'a>],
    own: Step<'e, 'a>,
) -> Vec<Step<'e, 'a>> {
    let arguments = arguments.iter().filter_map(|argument| match argument {
        Argument::SpreadElement(spread) => Some(Part(&spread.argument)),
        argument => argument.as_expression().map(Part),
    });
    [Part(callee)]
        .into_iter()
        .chain(arguments)
        .chain([own])
        .collect()
}

fn of_read<'e, 'a>(source: &str, member: Option<&'e MemberExpression<'a>>) -> Vec<Step<'e, 'a>> {
    let Some(member) = member else { return vec![] };
    of_target(Some(member), None, Place(of_member(source, member)))
}

/// What is evaluated of a target, the value that it gets, and where that happens.
fn of_target<'e, 'a>(
    target: Option<&'e MemberExpression<'a>>,
    value: Option<&'e Expression<'a>>,
    own: Step<'e, 'a>,
) -> Vec<Step<'e, 'a>> {
    let mut steps = target.map(parts_of).unwrap_or_default();
    steps.extend(value.map(Part));
    steps.push(own);
    steps
}

/// The object and, if it is computed, the key.
fn parts_of<'e, 'a>(member: &'e MemberExpression<'a>) -> Vec<Step<'e, 'a>> {
    match member {
        MemberExpression::ComputedMemberExpression(it) => {
            vec![Part(&it.object), Part(&it.expression)]
        }
        member => vec![Part(member.object())],
    }
}

fn of_assignment<'e, 'a>(it: &'e AssignmentExpression<'a>, own: Step<'e, 'a>) -> Vec<Step<'e, 'a>> {
    match it.left.as_assignment_target_pattern() {
        None => of_target(it.left.as_member_expression(), Some(&it.right), own),
        Some(pattern) => [Part(&it.right)]
            .into_iter()
            .chain(of_pattern(pattern))
            .collect(),
    }
}

/// The last target of a pattern, and its default.
fn of_pattern<'e, 'a>(pattern: &'e AssignmentTargetPattern<'a>) -> Vec<Step<'e, 'a>> {
    let (rest, last) = match pattern {
        AssignmentTargetPattern::ArrayAssignmentTarget(it) => {
            (&it.rest, it.elements.iter().flatten().last())
        }
        AssignmentTargetPattern::ObjectAssignmentTarget(it) => {
            let last = it.properties.last();
            if let (None, Some(AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(it))) =
                (&it.rest, last)
            {
                let place = Place(it.binding.span.start);
                return [place]
                    .into_iter()
                    .chain(it.init.as_ref().map(Part))
                    .collect();
            }
            let last = last.and_then(|last| match last {
                AssignmentTargetProperty::AssignmentTargetPropertyProperty(it) => Some(&it.binding),
                AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(_) => None,
            });
            (&it.rest, last)
        }
    };
    if let Some(rest) = rest {
        return of_bound(&rest.target);
    }
    match last {
        Some(AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(it)) => {
            of_bound(&it.binding)
                .into_iter()
                .chain([Part(&it.init)])
                .collect()
        }
        Some(target) => target
            .as_assignment_target()
            .map(of_bound)
            .unwrap_or_default(),
        None => vec![],
    }
}

fn of_bound<'e, 'a>(target: &'e AssignmentTarget<'a>) -> Vec<Step<'e, 'a>> {
    match target.as_assignment_target_pattern() {
        Some(pattern) => of_pattern(pattern),
        None => vec![Place(target.span().start)],
    }
}

/// Up to the first computed key or spread V8 copies what is constant, and notes nothing for it.
fn of_object<'e, 'a>(source: &str, it: &'e ObjectExpression<'a>) -> Vec<Step<'e, 'a>> {
    let mut steps = Vec::new();
    let mut copies = true;
    for property in &it.properties {
        let property = match property {
            ObjectPropertyKind::SpreadProperty(spread) => {
                copies = false;
                steps.extend(placed(source, &spread.argument));
                continue;
            }
            ObjectPropertyKind::ObjectProperty(property) => property,
        };
        copies &= !property.computed;
        if copies && (property.kind != PropertyKind::Init || is_constant(&property.value)) {
            continue;
        }
        if let (true, Some(key)) = (property.computed, property.key.as_expression()) {
            steps.push(Part(key));
        }
        if property.method || property.kind != PropertyKind::Init {
            steps.push(Place(property.span.start));
        } else {
            steps.extend(placed(source, &property.value));
        }
    }
    steps
}

/// The heritage and the computed keys.
fn of_class<'e, 'a>(it: &'e Class<'a>) -> Vec<Step<'e, 'a>> {
    let keys = it
        .body
        .body
        .iter()
        .filter_map(|member| match member.computed() {
            true => member.property_key()?.as_expression().map(Part),
            false => None,
        });
    let heritage = it
        .heritage
        .iter()
        .map(|heritage| Part(&heritage.expression));
    heritage.chain(keys).collect()
}

/// Whether V8 knows the value when it parses, as it does `-1 + 2`.
fn is_number(expression: &Expression) -> bool {
    match expression.get_inner_expression() {
        Expression::NumericLiteral(_) => true,
        Expression::UnaryExpression(it) => {
            (it.operator.is_arithmetic() || it.operator.is_bitwise()) && is_number(&it.argument)
        }
        Expression::BinaryExpression(it) => {
            (it.operator.is_arithmetic() || it.operator.is_bitwise())
                && is_number(&it.left)
                && is_number(&it.right)
        }
        _ => false,
    }
}

/// Whether V8 copies it from a template.
fn is_constant(expression: &Expression) -> bool {
    match expression.get_inner_expression() {
        Expression::RegExpLiteral(_) => false,
        Expression::TemplateLiteral(it) => it.expressions.is_empty(),
        Expression::ArrayExpression(it) => it.elements.iter().all(|one| match one {
            ArrayExpressionElement::SpreadElement(_) => false,
            ArrayExpressionElement::Elision(_) => true,
            one => one.as_expression().is_some_and(is_constant),
        }),
        Expression::ObjectExpression(it) => it.properties.iter().all(|property| match property {
            ObjectPropertyKind::SpreadProperty(_) => false,
            ObjectPropertyKind::ObjectProperty(property) => {
                !property.computed
                    && property.kind == PropertyKind::Init
                    && is_constant(&property.value)
            }
        }),
        expression => expression.is_literal() || is_number(expression),
    }
}
