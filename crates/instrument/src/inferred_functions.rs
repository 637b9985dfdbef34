//! What V8's parser does with names at functions and classes, and which of them it skips.
//!
//! In `(function () { a.b = () => {} })()` the outer function is compiled at once, with what is around
//! it, so the arrow function's name is found in the same pass; in `c = function () { … }` it is found
//! in a pass of its own, with an empty stack of names.

use std::borrow::Cow;

use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};

use crate::inferred_names::{Named, NamedFunction, Reader};
use crate::inferred_patterns::{key_name, name_of_binding};
use crate::trivia;

/// A function that is being read.
struct Entry<'a> {
    span: Span,
    named: Named,
    /// Its name, where the text gives it one.
    name: Option<Cow<'a, str>>,
    /// V8 takes it for one that is called at once.
    is_eager: bool,
    is_arrow: bool,
    /// Its body is skipped until it is called.
    is_skipped: bool,
}

/// `{ "": function () {} }` gives it no name that V8 would show.
fn named_by_text(name: Option<&str>) -> Named {
    match name {
        None | Some("") => Named::Not,
        Some(_) => Named::ByText,
    }
}

impl<'a> Reader<'a> {
    pub fn read_plain_function(&mut self, it: &Function<'a>) {
        let given = self.take_given(it.span);
        let own = it.id.as_ref().map(|id| Cow::Borrowed(id.name.as_str()));
        let is_declaration = it.r#type == FunctionType::FunctionDeclaration;
        // A declaration has a name, if only `default`.
        let is_waiting = own.is_none() && !is_declaration;
        let name = own.or(given);
        let named = named_by_text(name.as_deref());
        if is_declaration {
            self.in_state(|reader| {
                reader
                    .inference
                    .push_enclosing(name.as_deref().unwrap_or_default());
                reader.read_function(it, it.span.start, named, name.clone());
            });
            return;
        }
        let index = self.read_function(it, it.span.start, named, name);
        if is_waiting {
            self.inference.add(index);
        }
    }

    /// A method or accessor; without a name where the key is computed.
    pub fn read_method(&mut self, it: &Function<'a>, start: u32, name: Option<Cow<'a, str>>) {
        let is_waiting = name.is_none();
        let named = if is_waiting {
            Named::WhenMade
        } else {
            Named::ByText
        };
        let index = self.read_function(it, start, named, name);
        if is_waiting {
            self.inference.add(index);
        }
    }

    /// The value of a computed key, which gets its name when it is made.
    pub fn read_computed(&mut self, value: &Expression<'a>) {
        let span = value.get_inner_expression().span();
        let before = self.functions.len();
        self.visit_expression(value);
        for function in &mut self.functions[before..] {
            if (function.start, function.end) == (span.start, span.end)
                && function.named == Named::Not
            {
                function.named = Named::WhenMade;
            }
        }
    }

    fn read_function(
        &mut self,
        it: &Function<'a>,
        start: u32,
        named: Named,
        name: Option<Cow<'a, str>>,
    ) -> Option<usize> {
        let body = it.body.as_ref()?;
        let is_eager = std::mem::take(&mut self.around.expects_call);
        self.around.expected_call = is_eager;
        let entry = Entry {
            span: Span::new(start, body.span.end),
            named,
            name,
            is_eager: is_eager || (!self.skips && self.called == Some(it.span)),
            is_arrow: false,
            is_skipped: self.skips && !is_eager,
        };
        self.read_entry(&entry, &|reader, _| {
            reader.read_parameters(&it.params);
            walk::walk_function_body(reader, body);
        })
    }

    pub fn read_arrow(&mut self, it: &ArrowFunctionExpression<'a>) {
        let name = self.take_given(it.span);
        let expects_call = self.engine.expects_calls_of_arrows
            && !it.r#async
            && self.arrow_expected == Some(it.span.start);
        let is_called = self.called == Some(it.span);
        let is_eager = expects_call || is_called;
        self.read_arrow_head(it, is_eager);
        self.around.expected_call = std::mem::take(&mut self.around.expects_call);
        let entry = Entry {
            span: it.span,
            named: named_by_text(name.as_deref()),
            name,
            is_eager,
            is_arrow: true,
            is_skipped: false,
        };
        let index = self.read_entry(&entry, &|reader, in_own_pass| {
            if in_own_pass {
                reader.read_parameters(&it.params);
            }
            match &it.body {
                ArrowFunctionBody::FunctionBody(body) => walk::walk_function_body(reader, body),
                body => {
                    if let Some(expression) = body.as_expression() {
                        reader.visit_expression(expression);
                    }
                }
            }
        });
        self.inference.add(index);
    }

    /// Parameters of an arrow function, which V8 has read as an expression when it comes to the `=>`.
    fn read_arrow_head(&mut self, it: &ArrowFunctionExpression<'a>, is_eager: bool) {
        let parameters = &it.params;
        if self.source.as_bytes().get(parameters.span.start as usize) != Some(&b'(') {
            return;
        }
        let was_compiled = self.is_compiled;
        self.is_compiled &= is_eager;
        for item in &parameters.items {
            self.in_state(|reader| {
                reader.read_parameter(item);
                if let Some(default) = &item.initializer {
                    reader.infer_unless_call(default);
                }
            });
        }
        if let Some(rest) = &parameters.rest {
            if it.r#async {
                self.in_state(|reader| reader.read_pattern(&rest.rest.argument));
            } else {
                self.read_pattern(&rest.rest.argument);
            }
        }
        self.is_compiled = was_compiled;
    }

    fn read_parameters(&mut self, parameters: &FormalParameters<'a>) {
        for item in &parameters.items {
            self.in_state(|reader| reader.read_parameter(item));
        }
        if let Some(rest) = &parameters.rest {
            self.in_state(|reader| reader.read_pattern(&rest.rest.argument));
        }
    }

    fn read_parameter(&mut self, parameter: &FormalParameter<'a>) {
        self.read_pattern(&parameter.pattern);
        if let Some(default) = &parameter.initializer {
            self.read_given(default, name_of_binding(&parameter.pattern));
        }
    }

    /// Makes the function known, and reads it here, in a pass of its own, or both.
    fn read_entry(&mut self, entry: &Entry<'a>, read: &dyn Fn(&mut Self, bool)) -> Option<usize> {
        self.called = None;
        let index = self.is_compiled.then(|| {
            self.functions.push(NamedFunction {
                start: entry.span.start,
                end: entry.span.end,
                named: entry.named,
                inferred: String::new(),
            });
            self.functions.len() - 1
        });
        if !entry.is_skipped {
            let was_compiled = self.is_compiled;
            let skipped = self.skips;
            self.is_compiled = was_compiled && entry.is_eager;
            self.skips = skipped || !entry.is_arrow;
            self.read_inside(&|reader| read(reader, false));
            self.is_compiled = was_compiled;
            self.skips = skipped;
        }
        if self.is_compiled && !entry.is_eager {
            let outer = std::mem::take(&mut self.inference);
            let skipped = std::mem::replace(&mut self.skips, !entry.is_arrow);
            self.inference
                .push_enclosing(entry.name.as_deref().unwrap_or_default());
            self.read_inside(&|reader| read(reader, true));
            self.inference = outer;
            self.skips = skipped;
        }
        // V8 keeps no such name for what it compiles at once.
        if entry.is_eager { None } else { index }
    }

    fn read_inside(&mut self, read: &dyn Fn(&mut Self)) {
        let around = std::mem::take(&mut self.around);
        let given = std::mem::take(&mut self.given);
        read(self);
        self.given = given;
        self.around = around;
    }

    pub fn read_class(&mut self, it: &Class<'a>) {
        if it.declare {
            return;
        }
        let given = self.take_given(it.span);
        let own = it.id.as_ref().map(|id| Cow::Borrowed(id.name.as_str()));
        let name = own.or(given);
        if let Some(heritage) = &it.heritage {
            self.visit_expression(&heritage.expression);
        }
        let mut constructor = None;
        for element in &it.body.body {
            let index = self.read_element_of_class(element, name.as_ref());
            constructor = constructor.or(index);
        }
        self.inference.add(constructor);
    }

    /// Gives the constructor.
    fn read_element_of_class(
        &mut self,
        element: &ClassElement<'a>,
        class: Option<&Cow<'a, str>>,
    ) -> Option<usize> {
        let mut constructor = None;
        match element {
            ClassElement::StaticBlock(block) => {
                self.read_inside(&|reader| walk::walk_static_block(reader, block));
            }
            ClassElement::MethodDefinition(method) if method.value.body.is_some() => {
                self.in_state(|reader| {
                    reader.read_key(&method.key, method.computed);
                    constructor = reader.read_method_of_class(method, class);
                    reader.infer();
                });
            }
            ClassElement::PropertyDefinition(field) => {
                self.read_field(&field.key, field.computed, field.value.as_ref());
            }
            ClassElement::AccessorProperty(field) => {
                self.read_field(&field.key, field.computed, field.value.as_ref());
            }
            _ => {}
        }
        constructor
    }

    fn read_method_of_class(
        &mut self,
        method: &MethodDefinition<'a>,
        class: Option<&Cow<'a, str>>,
    ) -> Option<usize> {
        let start = trivia::member_start(self.source, method.span.start, method.key.span().start);
        let prefix = match method.kind {
            MethodDefinitionKind::Constructor => {
                let named = if class.is_some() {
                    Named::ByText
                } else {
                    Named::Not
                };
                return self.read_function(&method.value, start, named, class.cloned());
            }
            MethodDefinitionKind::Get => "get ",
            MethodDefinitionKind::Set => "set ",
            MethodDefinitionKind::Method => "",
        };
        let name = key_name(&method.key, method.computed);
        let name = name.map(|name| Cow::Owned(format!("{prefix}{name}")));
        self.read_method(&method.value, start, name);
        None
    }

    fn read_field(
        &mut self,
        key: &PropertyKey<'a>,
        is_computed: bool,
        value: Option<&Expression<'a>>,
    ) {
        self.in_state(|reader| {
            reader.read_key(key, is_computed);
            if let Some(value) = value {
                let name = key_name(key, is_computed);
                reader.read_inside(&|reader| match &name {
                    Some(name) => reader.read_given(value, Some(name.clone())),
                    None => reader.read_computed(value),
                });
            }
            reader.infer();
        });
    }
}
