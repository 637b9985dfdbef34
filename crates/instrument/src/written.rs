//! What V8 writes out of an expression in a message, and what of it would show probes.
//!
//! Of `(a || b).c` in `(a || b).c()` the operator; of `[a = 1, b || c]` in `[a = 1, b || c].d()` the assignment.
//!
//! Limits: arguments, functions, conditions and what is assigned are not written out. Operators in lists and
//! templates are, but have their probes: as in `[a && b].filter(Boolean)`, which seldom fails.

use oxc_ast::ast::*;
use oxc_span::Span;

/// Expressions that have no probes.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// `&&`, `||`, `??`.
    pub operators: Vec<Span>,
    /// Those that assign.
    pub assignments: Vec<Span>,
}

impl Written {
    pub fn len(&self) -> [usize; 2] {
        [self.operators.len(), self.assignments.len()]
    }

    /// Back to what there was.
    pub fn truncate(&mut self, [operators, assignments]: [usize; 2]) {
        self.operators.truncate(operators);
        self.assignments.truncate(assignments);
    }

    /// Adds those in what V8 writes out of this one.
    pub fn find(&mut self, expression: &Expression) {
        match expression.get_inner_expression() {
            Expression::LogicalExpression(it) => {
                self.operators.push(it.span);
                self.find(&it.left);
                self.find(&it.right);
            }
            Expression::BinaryExpression(it) => {
                self.find(&it.left);
                self.find(&it.right);
            }
            Expression::UnaryExpression(it) => self.find(&it.argument),
            Expression::SequenceExpression(it) => {
                for one in &it.expressions {
                    self.find(one);
                }
            }
            Expression::AssignmentExpression(it) => {
                self.assignments.push(it.span);
                self.find_in_member(it.left.as_member_expression());
            }
            Expression::UpdateExpression(it) => {
                self.assignments.push(it.span);
                self.find_in_member(it.argument.as_member_expression());
            }
            Expression::ChainExpression(it) => {
                self.find_in_member(it.expression.as_member_expression());
            }
            other => self.find_in_member(other.as_member_expression()),
        }
    }

    fn find_in_member(&mut self, member: Option<&MemberExpression>) {
        let Some(member) = member else { return };
        match member.object().get_inner_expression() {
            Expression::ArrayExpression(it) => {
                let elements = it.elements.iter();
                self.find_assignments(elements.filter_map(|element| element.as_expression()));
            }
            Expression::TemplateLiteral(it) => self.find_assignments(&it.expressions),
            object => self.find(object),
        }
        if let MemberExpression::ComputedMemberExpression(it) = member {
            self.find(&it.expression);
        }
    }

    fn find_assignments<'e, 'a: 'e>(
        &mut self,
        listed: impl IntoIterator<Item = &'e Expression<'a>>,
    ) {
        let operators = self.operators.len();
        for one in listed {
            self.find(one);
        }
        self.operators.truncate(operators);
    }
}
