//! How a name reaches the function that it is given to.
//!
//! At `handlers = { onClose: cond ? () => 1 : null }` the object is remembered as `handlers`, then
//! the arrow function as `handlers.onClose`, until they are visited.
//!
//! Limits: only what stands right there gets the name, not what a call returns.

use oxc_ast::ast::*;
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan, Span};

use breadcrumb_event::function::FunctionKind;

use crate::kept_names::{self, Kept};
use crate::name;
use crate::visitor::Visitor;

impl<'a> Visitor<'a> {
    /// Remembers a name for the functions, classes and objects that an expression may evaluate to.
    pub fn hint(&mut self, value: &Expression<'a>, name: impl Fn() -> Option<String> + Copy) {
        match value.get_inner_expression() {
            Expression::FunctionExpression(_)
            | Expression::ArrowFunctionExpression(_)
            | Expression::ClassExpression(_)
            | Expression::ObjectExpression(_) => {
                let value = value.get_inner_expression();
                let is_object = matches!(value, Expression::ObjectExpression(_));
                match name() {
                    // The module's own export: what is in it needs no owner in its name.
                    Some(name) if name.is_empty() && is_object => {}
                    Some(name) if name.is_empty() => {
                        self.hints.push((value.span(), self.file_stem.to_owned()));
                    }
                    Some(name) => self.hints.push((value.span(), name)),
                    None => {}
                }
            }
            Expression::LogicalExpression(either) => self.hint(&either.right, name),
            Expression::ConditionalExpression(either) => {
                self.hint(&either.consequent, name);
                self.hint(&either.alternate, name);
            }
            Expression::CallExpression(call) => {
                if let Some(Kept::Name(value, _)) = kept_names::of_call(call) {
                    self.hint(value, name);
                }
            }
            _ => {}
        }
    }

    /// Remembers the name that a tool's helper gives, unless what stands around it knows a better one.
    pub fn hint_kept(&mut self, call: &CallExpression<'a>) {
        match kept_names::of_call(call) {
            Some(Kept::Name(value, name)) => {
                let span = value.get_inner_expression().span();
                if !self.hints.iter().any(|hint| hint.0 == span) {
                    self.hint(value, || Some(name.to_owned()));
                }
            }
            Some(Kept::Field(object, value, key)) => {
                let class = self.classes.last().cloned().flatten();
                let owner = name::owner(self.names, object, class);
                let key = name::Key::of(key);
                self.hint(value, || Some(name::member(owner.as_deref(), &key)));
            }
            None => {}
        }
    }

    /// Visits a value that a name is given to.
    pub fn visit_named(
        &mut self,
        value: &Expression<'a>,
        name: impl Fn() -> Option<String> + Copy,
    ) {
        let before = self.hints.len();
        self.hint(value, name);
        self.visit_expression(value);
        self.hints.truncate(before);
    }

    /// The name remembered for what stands here.
    pub fn take_hint(&mut self, span: Span) -> Option<String> {
        let at = self.hints.iter().rposition(|hint| hint.0 == span)?;
        Some(self.hints.swap_remove(at).1)
    }

    /// A binding pattern's default gives its name to a function.
    pub fn visit_default(&mut self, pattern: &BindingPattern<'a>, value: &Expression<'a>) {
        match pattern {
            BindingPattern::BindingIdentifier(id) => {
                let name = self.names.of(id.name.as_str(), id.span.start);
                self.visit_named(value, || Some(name.to_owned()));
            }
            _ => self.keep_text(value, |visitor| visitor.visit_expression(value)),
        }
    }

    pub fn visit_object_members(&mut self, object: &ObjectExpression<'a>) {
        let owner = self.take_hint(object.span);
        let owner = owner.as_deref();
        for property in &object.properties {
            let property = match property {
                ObjectPropertyKind::SpreadProperty(spread) => {
                    self.visit_spread_element(spread);
                    continue;
                }
                ObjectPropertyKind::ObjectProperty(property) => property,
            };
            self.visit_property_key(&property.key);
            let (source, names) = (self.source, self.names);
            let name = || {
                let key = name::key_name(source, names, &property.key, property.computed);
                Some(name::member(owner, &key))
            };
            let kind = match property.kind {
                PropertyKind::Get => FunctionKind::Getter,
                PropertyKind::Set => FunctionKind::Setter,
                PropertyKind::Init if property.method => FunctionKind::Method,
                PropertyKind::Init => {
                    self.visit_named(&property.value, name);
                    continue;
                }
            };
            if let Expression::FunctionExpression(function) = &property.value {
                let name = name().unwrap_or_default();
                self.visit_member_function(function, property.span.start, kind, &name);
            }
        }
    }
}
