//! The names that V8 gives, in stack traces only, to functions that have none.
//!
//! `list.each = wrap(function () {}, () => {})` calls the first function `list.each`, the second has
//! no name. A text with probes gives V8 other things to read between the two, so what it says there is
//! compared with what it would have said of the original.
//!
//! V8 finds these names while it parses, so this reads a program in the order in which V8's parser does
//! (`parser-base.h`), and knows which functions that parser skips: a function's name is found when the
//! one around it is compiled. Limits: names that a program gives at run time (`defineProperty`) are not
//! known here; `inferred_functions.rs` has what happens at functions and classes, `inferred_patterns.rs`
//! what happens at patterns.

use std::borrow::Cow;

use oxc_allocator::Allocator;
use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::UnaryOperator;
use oxc_syntax::scope::ScopeFlags;

use crate::inference::Inference;
use crate::positions::Positions;
use crate::trivia::bracket_depth;
use crate::{Input, parse, stack};

/// What versions of V8 differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Engine {
    /// `a ? b : c ? d : e` is read as one chain: what stands before the second `?` is forgotten then.
    pub reads_chains: bool,
    /// `(() => {})` is taken for a function that is called at once.
    pub expects_calls_of_arrows: bool,
}

impl Engine {
    /// The V8 of this major version (*tried* with 11.3, 12.4, 13.6 and 14.6).
    #[must_use]
    pub fn of_version(major: u32) -> Self {
        Self {
            reads_chains: major >= 12,
            expects_calls_of_arrows: major >= 13,
        }
    }
}

/// Where a function's name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// The text gives it one.
    ByText,
    /// The program gives it one when the function is made: `{ [key]() {} }`.
    WhenMade,
    /// It has none.
    Not,
}

/// A function of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFunction {
    /// Offset of its first character, in UTF-16 units; V8's for methods is that of the key.
    pub start: u32,
    /// Offset behind its last character.
    pub end: u32,
    /// Where its own name comes from.
    pub named: Named,
    /// What V8 calls it in stack traces where it has no name; empty for nothing.
    pub inferred: String,
}

/// The functions of a text, by their start; `None` if it does not parse.
#[must_use]
pub fn inferred_names(input: &Input, engine: Engine) -> Option<Vec<NamedFunction>> {
    let run = || {
        let allocator = Allocator::default();
        let program = parse::parse(&allocator, input).ok()?;
        let mut reader = Reader::new(input.source, engine);
        reader.visit_statements(&program.body);
        let positions = Positions::new(input.source);
        let mut functions = reader.functions;
        for function in &mut functions {
            function.start = positions.utf16(function.start);
            function.end = positions.utf16(function.end);
        }
        functions.sort_by_key(|function| function.start);
        Some(functions)
    };
    stack::with_enough(input.source.len(), bracket_depth(input.source), run)
}

/// What V8's parser keeps of the function that it is in.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Around {
    /// The next function is taken for one that is called at once; so was the last one.
    pub expects_call: bool,
    pub expected_call: bool,
}

/// Reads a program as V8's parser does.
pub(crate) struct Reader<'a> {
    pub source: &'a str,
    pub engine: Engine,
    pub functions: Vec<NamedFunction>,
    pub inference: Inference<'a>,
    pub around: Around,
    /// What is read here is compiled with what is being parsed: names found now are the ones.
    pub is_compiled: bool,
    /// Functions without a sign of being called are skipped.
    pub skips: bool,
    /// Names that what stands around a function or class gives it: its span and the name.
    pub given: Vec<(Span, Cow<'a, str>)>,
    /// The function that is called right where it stands.
    pub called: Option<Span>,
    /// Where an arrow function is taken for one that is called at once.
    pub arrow_expected: Option<u32>,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str, engine: Engine) -> Self {
        Self {
            source,
            engine,
            functions: Vec::new(),
            inference: Inference::default(),
            around: Around::default(),
            is_compiled: true,
            skips: true,
            given: Vec::new(),
            called: None,
            arrow_expected: None,
        }
    }

    /// An expression whose names end with it.
    pub fn in_state(&mut self, read: impl FnOnce(&mut Self)) {
        let state = self.inference.open();
        read(self);
        self.inference.close(&state);
    }

    /// An expression whose names stay.
    pub fn operand(&mut self, it: &Expression<'a>) {
        walk::walk_expression(self, it);
    }

    pub fn infer(&mut self) {
        if let Some((functions, name)) = self.inference.infer() {
            for index in functions.into_iter().flatten() {
                name.clone_into(&mut self.functions[index].inferred);
            }
        }
    }

    /// The end of an assignment by `=`: a call's result is not what the name is for.
    pub fn infer_unless_call(&mut self, value: &Expression<'a>) {
        if matches!(
            value.get_inner_expression(),
            Expression::CallExpression(_)
                | Expression::NewExpression(_)
                | Expression::TaggedTemplateExpression(_)
        ) {
            self.inference.remove_last();
        } else {
            self.infer();
        }
    }

    /// Reads a value that gets a name if it is a function or class without one.
    pub fn read_given(&mut self, value: &Expression<'a>, name: Option<Cow<'a, str>>) {
        let before = self.given.len();
        if let Some(name) = name {
            self.given.push((value.get_inner_expression().span(), name));
        }
        self.visit_expression(value);
        self.given.truncate(before);
    }

    pub fn take_given(&mut self, span: Span) -> Option<Cow<'a, str>> {
        let at = self.given.iter().rposition(|given| given.0 == span)?;
        Some(self.given.swap_remove(at).1)
    }

    pub fn starts_function(&self, at: u32) -> bool {
        let text = self.source.get(at as usize..).unwrap_or_default();
        let word = text.strip_prefix("function");
        word.is_some_and(|rest| {
            !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$')
        })
    }

    fn starts_async_function(&self, at: u32) -> bool {
        let text = self.source.get(at as usize..).unwrap_or_default();
        text.strip_prefix("async").is_some_and(|rest| {
            let behind = self.source.len() - rest.trim_start().len();
            rest.starts_with(char::is_whitespace) && self.starts_function(behind as u32)
        })
    }

    fn mark_called(&mut self, callee: &Expression<'a>) {
        let callee = callee.get_inner_expression();
        if matches!(
            callee,
            Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_)
        ) {
            self.called = Some(callee.span());
        }
    }

    /// `b` of `a ? … : b`, which may be a chain.
    fn read_alternate(&mut self, alternate: &Expression<'a>) {
        let Expression::ConditionalExpression(next) = alternate else {
            return self.visit_expression(alternate);
        };
        if !self.engine.reads_chains {
            return self.visit_expression(alternate);
        }
        self.in_state(|reader| reader.operand(&next.test));
        self.visit_expression(&next.consequent);
        self.read_alternate(&next.alternate);
    }
}

/// The name by which V8 calls what is in `[…]`.
fn computed_name<'a>(index: &Expression<'a>) -> Cow<'a, str> {
    let text = match index.get_inner_expression() {
        Expression::StringLiteral(text) => Some(text.value.as_str()),
        Expression::TemplateLiteral(text) => text
            .quasis
            .first()
            .filter(|_| text.expressions.is_empty())
            .and_then(|quasi| quasi.value.cooked.as_ref())
            .map(|cooked| cooked.as_str()),
        _ => None,
    };
    let text = text.filter(|text| !is_index(text));
    Cow::Borrowed(text.unwrap_or("<computed>"))
}

/// Whether a string is an array's index.
fn is_index(text: &str) -> bool {
    let is_canonical = text == "0" || !text.starts_with(['0', '+']);
    is_canonical && text.parse::<u32>().is_ok_and(|index| index != u32::MAX)
}

/// Whether V8 reads `…[x]` behind this as a part of the callee: not behind a call or `?.`.
fn is_plain_object(object: &Expression) -> bool {
    match object {
        Expression::CallExpression(_) | Expression::ChainExpression(_) => false,
        Expression::TaggedTemplateExpression(tagged) => is_plain_object(&tagged.tag),
        Expression::TSNonNullExpression(it) => is_plain_object(&it.expression),
        Expression::StaticMemberExpression(it) => !it.optional && is_plain_object(&it.object),
        Expression::ComputedMemberExpression(it) => !it.optional && is_plain_object(&it.object),
        Expression::PrivateFieldExpression(it) => !it.optional && is_plain_object(&it.object),
        _ => true,
    }
}

impl<'a> Visit<'a> for Reader<'a> {
    fn visit_expression(&mut self, it: &Expression<'a>) {
        self.in_state(|reader| reader.operand(it));
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        self.inference.push_variable(it.name.as_str());
    }

    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        self.operand(&it.object);
        self.inference
            .push_literal(Cow::Borrowed(it.property.name.as_str()));
    }

    fn visit_private_field_expression(&mut self, it: &PrivateFieldExpression<'a>) {
        self.operand(&it.object);
        self.inference
            .push_literal(Cow::Owned(format!("#{}", it.field.name)));
    }

    fn visit_computed_member_expression(&mut self, it: &ComputedMemberExpression<'a>) {
        self.operand(&it.object);
        self.visit_expression(&it.expression);
        if !it.optional && is_plain_object(&it.object) {
            self.inference.push_literal(computed_name(&it.expression));
        }
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        self.mark_called(&it.callee);
        self.operand(&it.callee);
        self.visit_arguments(&it.arguments);
        self.inference.remove_last();
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        self.operand(&it.callee);
        self.visit_arguments(&it.arguments);
    }

    fn visit_tagged_template_expression(&mut self, it: &TaggedTemplateExpression<'a>) {
        if is_plain_object(&it.tag) {
            self.mark_called(&it.tag);
        }
        self.operand(&it.tag);
        self.visit_template_literal(&it.quasi);
    }

    fn visit_parenthesized_expression(&mut self, it: &ParenthesizedExpression<'a>) {
        let inner = it.expression.span().start;
        self.arrow_expected = Some(inner);
        self.around.expects_call |=
            self.starts_function(inner) || self.starts_async_function(inner);
        self.visit_expression(&it.expression);
    }

    fn visit_sequence_expression(&mut self, it: &SequenceExpression<'a>) {
        for (index, expression) in it.expressions.iter().enumerate() {
            self.around.expects_call |= index > 0
                && self.around.expected_call
                && self.starts_function(expression.span().start);
            self.visit_expression(expression);
        }
    }

    fn visit_unary_expression(&mut self, it: &UnaryExpression<'a>) {
        self.around.expects_call |= it.operator == UnaryOperator::LogicalNot
            && self.starts_function(it.argument.span().start);
        self.operand(&it.argument);
    }

    fn visit_await_expression(&mut self, it: &AwaitExpression<'a>) {
        self.operand(&it.argument);
    }

    fn visit_binary_expression(&mut self, it: &BinaryExpression<'a>) {
        self.operand(&it.left);
        self.operand(&it.right);
    }

    fn visit_private_in_expression(&mut self, it: &PrivateInExpression<'a>) {
        self.inference
            .push_literal(Cow::Owned(format!("#{}", it.left.name)));
        self.operand(&it.right);
    }

    fn visit_logical_expression(&mut self, it: &LogicalExpression<'a>) {
        self.operand(&it.left);
        self.operand(&it.right);
    }

    fn visit_conditional_expression(&mut self, it: &ConditionalExpression<'a>) {
        self.operand(&it.test);
        self.visit_expression(&it.consequent);
        self.read_alternate(&it.alternate);
    }

    fn visit_assignment_expression(&mut self, it: &AssignmentExpression<'a>) {
        self.read_assignment(it);
    }

    fn visit_object_expression(&mut self, it: &ObjectExpression<'a>) {
        for property in &it.properties {
            self.in_state(|reader| {
                match property {
                    ObjectPropertyKind::SpreadProperty(spread) => {
                        reader.visit_expression(&spread.argument);
                    }
                    ObjectPropertyKind::ObjectProperty(property) => reader.read_property(property),
                }
                reader.infer();
            });
        }
    }

    fn visit_function(&mut self, it: &Function<'a>, _: ScopeFlags) {
        self.read_plain_function(it);
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        self.read_arrow(it);
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        self.read_class(it);
    }

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        if !it.declare {
            for declarator in &it.declarations {
                self.in_state(|reader| reader.read_declarator(declarator));
            }
        }
    }

    fn visit_binding_pattern(&mut self, it: &BindingPattern<'a>) {
        self.read_pattern(it);
    }

    fn visit_assignment_target(&mut self, it: &AssignmentTarget<'a>) {
        self.read_target(it);
    }

    fn visit_catch_parameter(&mut self, it: &CatchParameter<'a>) {
        if !matches!(it.pattern, BindingPattern::BindingIdentifier(_)) {
            self.read_pattern(&it.pattern);
        }
    }

    fn visit_export_default_declaration(&mut self, it: &ExportDefaultDeclaration<'a>) {
        let before = self.given.len();
        let name = Cow::Borrowed("default");
        match &it.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                self.given.push((function.span, name));
                self.read_plain_function(function);
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                self.given.push((class.span, name));
                self.read_class(class);
            }
            declaration => {
                if let Some(value) = declaration.as_expression() {
                    self.read_given(value, Some(name));
                }
            }
        }
        self.given.truncate(before);
    }

    // What erasing takes away altogether.
    fn visit_ts_type_annotation(&mut self, _: &TSTypeAnnotation<'a>) {}
    fn visit_ts_type_parameter_declaration(&mut self, _: &TSTypeParameterDeclaration<'a>) {}
    fn visit_ts_type_parameter_instantiation(&mut self, _: &TSTypeParameterInstantiation<'a>) {}
    fn visit_ts_interface_declaration(&mut self, _: &TSInterfaceDeclaration<'a>) {}
    fn visit_ts_type_alias_declaration(&mut self, _: &TSTypeAliasDeclaration<'a>) {}
    fn visit_ts_external_module_declaration(&mut self, _: &TSExternalModuleDeclaration<'a>) {}
    fn visit_ts_global_declaration(&mut self, _: &TSGlobalDeclaration<'a>) {}
    fn visit_ts_index_signature(&mut self, _: &TSIndexSignature<'a>) {}
}
