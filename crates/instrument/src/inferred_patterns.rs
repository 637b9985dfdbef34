//! What V8's parser does with names at assignments, declarations, patterns and properties.
//!
//! `const { a = () => {} } = b` pushes `a` twice and infers at the property's end.

use std::borrow::Cow;

use oxc_ast::ast::*;
use oxc_ast_visit::Visit;
use oxc_span::GetSpan;
use oxc_syntax::operator::AssignmentOperator;

use crate::inferred_names::Reader;

impl<'a> Reader<'a> {
    pub fn read_assignment(&mut self, it: &AssignmentExpression<'a>) {
        // Brackets around the target are not in the tree.
        let is_bracketed = it.span.start != it.left.span().start;
        if is_bracketed {
            self.in_state(|reader| reader.read_target(&it.left));
        } else {
            self.read_target(&it.left);
        }
        let gives = it.operator == AssignmentOperator::Assign || it.operator.is_logical();
        let name = name_of_target(&it.left).filter(|_| gives && !is_bracketed);
        self.read_given(&it.right, name);
        if gives {
            self.infer_unless_call(&it.right);
        } else {
            self.inference.remove_last();
        }
    }

    pub fn read_declarator(&mut self, it: &VariableDeclarator<'a>) {
        self.read_pattern(&it.id);
        let Some(init) = &it.init else { return };
        let BindingPattern::BindingIdentifier(id) = &it.id else {
            return self.visit_expression(init);
        };
        self.read_given(init, Some(Cow::Borrowed(id.name.as_str())));
        self.infer_unless_call(init);
    }

    pub fn read_pattern(&mut self, it: &BindingPattern<'a>) {
        match it {
            BindingPattern::BindingIdentifier(id) => {
                self.inference.push_variable(id.name.as_str());
            }
            BindingPattern::ObjectPattern(object) => {
                for property in &object.properties {
                    self.in_state(|reader| reader.read_binding_property(property));
                }
                if let Some(rest) = &object.rest {
                    self.in_state(|reader| {
                        reader.in_state(|reader| reader.read_pattern(&rest.argument));
                        reader.infer();
                    });
                }
            }
            BindingPattern::ArrayPattern(array) => {
                for element in array.elements.iter().flatten() {
                    self.in_state(|reader| reader.read_pattern(element));
                }
                if let Some(rest) = &array.rest {
                    self.in_state(|reader| reader.read_pattern(&rest.argument));
                }
            }
            BindingPattern::AssignmentPattern(it) => {
                self.read_pattern(&it.left);
                self.read_given(&it.right, name_of_binding(&it.left));
                self.infer_unless_call(&it.right);
            }
        }
    }

    fn read_binding_property(&mut self, property: &BindingProperty<'a>) {
        self.read_key(&property.key, property.computed);
        match &property.value {
            // `{ a = 1 }`: V8 reads the value as a property's.
            BindingPattern::AssignmentPattern(it) if property.shorthand => {
                self.read_pattern(&it.left);
                self.read_given(&it.right, name_of_binding(&it.left));
            }
            value if property.shorthand => self.read_pattern(value),
            value => self.in_state(|reader| reader.read_pattern(value)),
        }
        self.infer();
    }

    pub fn read_target(&mut self, it: &AssignmentTarget<'a>) {
        match it {
            AssignmentTarget::ArrayAssignmentTarget(array) => {
                for element in array.elements.iter().flatten() {
                    self.in_state(|reader| reader.read_element(element));
                }
                if let Some(rest) = &array.rest {
                    self.in_state(|reader| reader.read_target(&rest.target));
                }
            }
            AssignmentTarget::ObjectAssignmentTarget(object) => {
                for property in &object.properties {
                    self.in_state(|reader| reader.read_target_property(property));
                }
                if let Some(rest) = &object.rest {
                    self.in_state(|reader| {
                        reader.in_state(|reader| reader.read_target(&rest.target));
                        reader.infer();
                    });
                }
            }
            target => {
                if let Some(simple) = target.as_simple_assignment_target() {
                    self.visit_simple_assignment_target(simple);
                }
            }
        }
    }

    fn read_element(&mut self, element: &AssignmentTargetMaybeDefault<'a>) {
        match element {
            AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(it) => {
                self.read_target(&it.binding);
                self.read_given(&it.init, name_of_target(&it.binding));
                self.infer_unless_call(&it.init);
            }
            element => {
                if let Some(target) = element.as_assignment_target() {
                    self.read_target(target);
                }
            }
        }
    }

    fn read_target_property(&mut self, property: &AssignmentTargetProperty<'a>) {
        match property {
            AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(it) => {
                let name = it.binding.name.as_str();
                self.inference.push_literal(Cow::Borrowed(name));
                self.inference.push_variable(name);
                if let Some(init) = &it.init {
                    self.read_given(init, Some(Cow::Borrowed(name)));
                }
            }
            AssignmentTargetProperty::AssignmentTargetPropertyProperty(it) => {
                self.read_key(&it.name, it.computed);
                self.in_state(|reader| reader.read_element(&it.binding));
            }
        }
        self.infer();
    }

    /// A property of an object, up to its end.
    pub fn read_property(&mut self, property: &ObjectProperty<'a>) {
        self.read_key(&property.key, property.computed);
        let name = key_name(&property.key, property.computed);
        if let (Expression::FunctionExpression(function), true) = (
            &property.value,
            property.method || property.kind != PropertyKind::Init,
        ) {
            let prefix = match property.kind {
                PropertyKind::Get => "get ",
                PropertyKind::Set => "set ",
                PropertyKind::Init => "",
            };
            let name = name.map(|name| Cow::Owned(format!("{prefix}{name}")));
            self.read_method(function, property.span.start, name);
        } else if property.shorthand {
            self.operand(&property.value);
        } else if property.computed {
            self.read_computed(&property.value);
        } else {
            self.read_given(&property.value, name);
        }
    }

    /// A key in braces, pushed as a name where it is one.
    pub fn read_key(&mut self, key: &PropertyKey<'a>, is_computed: bool) {
        match key_name(key, is_computed) {
            Some(name) => self.inference.push_literal(name),
            None => {
                if let Some(key) = key.as_expression() {
                    self.visit_expression(key);
                }
            }
        }
    }
}

pub(crate) fn name_of_binding<'a>(pattern: &BindingPattern<'a>) -> Option<Cow<'a, str>> {
    match pattern {
        BindingPattern::BindingIdentifier(id) => Some(Cow::Borrowed(id.name.as_str())),
        _ => None,
    }
}

fn name_of_target<'a>(target: &AssignmentTarget<'a>) -> Option<Cow<'a, str>> {
    match target {
        AssignmentTarget::AssignmentTargetIdentifier(id) => Some(Cow::Borrowed(id.name.as_str())),
        _ => None,
    }
}

/// The name that a key is.
pub(crate) fn key_name<'a>(key: &PropertyKey<'a>, is_computed: bool) -> Option<Cow<'a, str>> {
    if is_computed {
        return None;
    }
    match key {
        PropertyKey::PrivateIdentifier(id) => Some(Cow::Owned(format!("#{}", id.name))),
        key => key.static_name(),
    }
}
