//! What the visitor does at a class: its members' names, and which code of it runs where.
//!
//! `class Cart { static async add(a) {} }` gives a method `Cart.add` that starts at `async`, where
//! V8 lets it start.

use oxc_ast::ast::*;
use oxc_ast_visit::Visit;
use oxc_span::GetSpan;

use breadcrumb_event::function::FunctionKind;

use crate::edit::NO_FUNCTION;
use crate::name::{self, Key};
use crate::trivia;
use crate::visitor::Visitor;

impl<'a> Visitor<'a> {
    pub fn visit_class_parts(&mut self, class: &Class<'a>) {
        if class.declare {
            return;
        }
        self.literals += 1;
        let hint = self.take_hint(class.span);
        let own = class.id.as_ref().map(|id| {
            let name = self.names.of(id.name.as_str(), id.span.start);
            name.to_owned()
        });
        let was_strict = std::mem::replace(&mut self.is_strict, true);
        self.visit_decorators(&class.decorators);
        if let Some(heritage) = &class.heritage {
            // What is no constructor has the place of what came before.
            self.keep_text(&heritage.expression, |visitor| {
                visitor.visit_expression(&heritage.expression);
            });
        }
        self.classes.push(own.or(hint));
        for element in &class.body.body {
            self.visit_class_element(element);
        }
        self.classes.pop();
        self.is_strict = was_strict;
    }

    pub fn visit_method(&mut self, method: &MethodDefinition<'a>) {
        self.visit_decorators(&method.decorators);
        self.visit_property_key(&method.key);
        let from = method
            .decorators
            .last()
            .map_or(method.span.start, |decorator| decorator.span.end);
        let start = trivia::member_start(self.source, from, method.key.span().start);
        let kind = match method.kind {
            MethodDefinitionKind::Constructor => FunctionKind::Constructor,
            MethodDefinitionKind::Method => FunctionKind::Method,
            MethodDefinitionKind::Get => FunctionKind::Getter,
            MethodDefinitionKind::Set => FunctionKind::Setter,
        };
        let name = if kind == FunctionKind::Constructor {
            let class = self.classes.last().cloned().flatten();
            class.unwrap_or_else(|| "<anonymous>".to_owned())
        } else {
            self.member_name(&method.key, method.computed)
        };
        self.visit_member_function(&method.value, start, kind, &name);
    }

    /// A field's initialiser runs in a function of its own, which is not recorded.
    pub fn visit_field(
        &mut self,
        key: &PropertyKey<'a>,
        is_computed: bool,
        is_static: bool,
        value: Option<&Expression<'a>>,
    ) {
        self.visit_property_key(key);
        let Some(value) = value else { return };
        let current = self.current;
        if !is_static {
            self.current = NO_FUNCTION;
        }
        let name = self.member_name(key, is_computed);
        self.visit_named(value, || Some(name.clone()));
        self.current = current;
    }

    /// Runs in the code around the class, but no loop or label there can be meant in it.
    pub fn visit_static_statements(&mut self, block: &StaticBlock<'a>) {
        let around = std::mem::take(&mut self.frame().around);
        self.visit_statements(&block.body);
        self.frame().around = around;
    }

    fn member_name(&self, key: &PropertyKey<'a>, is_computed: bool) -> String {
        let key: Key = name::key_name(self.source, self.names, key, is_computed);
        name::member(self.classes.last().and_then(Option::as_deref), &key)
    }
}
