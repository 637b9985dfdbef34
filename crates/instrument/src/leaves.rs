//! Leaves: functions that call nothing, repeat nothing and throw nothing, as far as their text says.
//!
//! `get size() { return this.#size }` and `(a, b) => a.at - b.at` are leaves. `() => f()`, `() => () => 1` and
//! whatever has a loop, a `throw`, a `try`, a class or a function in it, or can be suspended, are not.
//!
//! Limits: what the text does not show is not seen: getters, conversions, iterators of patterns.

use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_syntax::scope::ScopeFlags;
use serde::Deserialize;

/// What becomes of leaves; as an option `{ how: "count", longest: 80 }`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase", tag = "how")]
pub enum Leaves {
    /// They are as all functions.
    #[default]
    Record,
    /// They are marked, so that they can be counted only: those of so many characters at most.
    Count {
        /// UTF-16 units.
        longest: u32,
    },
    /// They get no probes: those of so many characters at most.
    Skip {
        /// UTF-16 units.
        longest: u32,
    },
}

impl Leaves {
    /// How long a leaf may be that is not as all functions.
    pub(crate) fn longest(self) -> Option<u32> {
        match self {
            Self::Record => None,
            Self::Count { longest } | Self::Skip { longest } => Some(longest),
        }
    }
}

/// Whether a function that is not asynchronous and no generator is a leaf.
pub(crate) fn is_leaf<'a>(
    parameters: &FormalParameters<'a>,
    body: impl FnOnce(&mut Looking),
) -> bool {
    let mut looking = Looking { is_leaf: true };
    looking.visit_formal_parameters(parameters);
    if looking.is_leaf {
        body(&mut looking);
    }
    looking.is_leaf
}

/// Looks for what a leaf does not have, up to the first of it.
pub(crate) struct Looking {
    is_leaf: bool,
}

impl Looking {
    fn found(&mut self) {
        self.is_leaf = false;
    }
}

impl<'a> Visit<'a> for Looking {
    fn visit_statement(&mut self, it: &Statement<'a>) {
        match it {
            _ if !self.is_leaf => {}
            Statement::ThrowStatement(_)
            | Statement::ForStatement(_)
            | Statement::ForInStatement(_)
            | Statement::ForOfStatement(_)
            | Statement::WhileStatement(_)
            | Statement::DoWhileStatement(_)
            | Statement::TryStatement(_)
            | Statement::WithStatement(_) => self.found(),
            Statement::VariableDeclaration(declaration) if declaration.kind.is_using() => {
                self.found();
            }
            _ => walk::walk_statement(self, it),
        }
    }

    fn visit_expression(&mut self, it: &Expression<'a>) {
        match it {
            _ if !self.is_leaf => {}
            Expression::CallExpression(_)
            | Expression::NewExpression(_)
            | Expression::TaggedTemplateExpression(_)
            | Expression::ImportExpression(_)
            | Expression::AwaitExpression(_)
            | Expression::YieldExpression(_) => self.found(),
            _ => walk::walk_expression(self, it),
        }
    }

    fn visit_call_expression(&mut self, _: &CallExpression<'a>) {
        // Behind `?.`, where it is part of a chain.
        self.found();
    }

    fn visit_spread_element(&mut self, _: &SpreadElement<'a>) {
        // It goes through what it spreads.
        self.found();
    }

    fn visit_function(&mut self, _: &Function<'a>, _: ScopeFlags) {
        self.found();
    }

    fn visit_arrow_function_expression(&mut self, _: &ArrowFunctionExpression<'a>) {
        self.found();
    }

    fn visit_class(&mut self, _: &Class<'a>) {
        self.found();
    }

    // Erased.
    fn visit_ts_type_annotation(&mut self, _: &TSTypeAnnotation<'a>) {}
    fn visit_ts_type_parameter_declaration(&mut self, _: &TSTypeParameterDeclaration<'a>) {}
    fn visit_ts_type_parameter_instantiation(&mut self, _: &TSTypeParameterInstantiation<'a>) {}
    fn visit_ts_interface_declaration(&mut self, _: &TSInterfaceDeclaration<'a>) {}
    fn visit_ts_type_alias_declaration(&mut self, _: &TSTypeAliasDeclaration<'a>) {}
}
