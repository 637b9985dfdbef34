//! What the visitor does at a function or class: gives it a name and V8's range, looks at what
//! its body may clash with, and puts the enter and the exit around the body.
//!
//! `class Cart { static async add(a) {} }` gives a method `Cart.add` that starts at `async`.

use oxc_ast::ast::*;
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan, Span};

use breadcrumb_event::function::FunctionKind;

use crate::edit::{COMMA, HOLDS_FUNCTION, NO_FUNCTION, Piece, SEMICOLON, UNREACHABLE};
use crate::found::{Found, Parameter};
use crate::frame::Frame;
use crate::name::{self, Key};
use crate::trivia;
use crate::visitor::Visitor;

/// A function that is being entered.
struct Entry {
    name: Option<String>,
    kind: FunctionKind,
    span: Span,
    is_async: bool,
    is_generator: bool,
    is_arrow: bool,
}

impl<'a> Visitor<'a> {
    /// A declaration or a function expression.
    pub fn visit_plain_function(&mut self, function: &Function<'a>) {
        let hint = self.take_hint(function.span);
        let own = function.id.as_ref().map(|id| id.name.as_str());
        if function.r#type == FunctionType::FunctionDeclaration
            && let Some(id) = &function.id
        {
            self.declare_function(id.name.as_str(), function.span.start);
        }
        let name = match (own, hint) {
            // `Cart.prototype.add = function add() {}`: the owner says more.
            (Some(own), Some(hint)) if hint.strip_suffix(own).is_some_and(|o| o.ends_with('.')) => {
                Some(hint)
            }
            (Some(own), _) => Some(own.to_owned()),
            (None, hint) => hint,
        };
        self.visit_function_with(function, function.span.start, FunctionKind::Function, name);
    }

    /// A method, accessor or constructor, which V8 lets start where the member does.
    pub fn visit_member_function(
        &mut self,
        function: &Function<'a>,
        start: u32,
        kind: FunctionKind,
        name: &str,
    ) {
        let name = match kind {
            FunctionKind::Getter => format!("get {name}"),
            FunctionKind::Setter => format!("set {name}"),
            FunctionKind::Constructor => format!("new {name}"),
            _ => name.to_owned(),
        };
        self.visit_function_with(function, start, kind, Some(name));
    }

    fn visit_function_with(
        &mut self,
        function: &Function<'a>,
        start: u32,
        kind: FunctionKind,
        name: Option<String>,
    ) {
        // Overloads, `declare` and `abstract` have no body, and are erased.
        let Some(body) = &function.body else { return };
        let entry = Entry {
            name,
            kind,
            span: Span::new(start, body.span.end),
            is_async: function.r#async,
            is_generator: function.generator,
            is_arrow: false,
        };
        let index = self.enter_function(entry, &function.params, Some(body));
        if kind == FunctionKind::Constructor && has_parameter_properties(&function.params) {
            // Whoever compiles them puts assignments at the body's start or behind `super()`.
            self.found[index].left_alone = Some("its constructor has parameter properties");
        }
        self.visit_parameters(&function.params);
        self.visit_body(index, &function.params, body);
    }

    pub fn visit_arrow(&mut self, arrow: &ArrowFunctionExpression<'a>) {
        let mut start = arrow.span.start;
        if let Some(types) = &arrow.type_parameters
            && types.span.start == start
        {
            start = trivia::first_token(self.source, types.span.end);
        }
        let entry = Entry {
            name: self.take_hint(arrow.span),
            kind: FunctionKind::Arrow,
            span: Span::new(start, arrow.span.end),
            is_async: arrow.r#async,
            is_generator: false,
            is_arrow: true,
        };
        let index = self.enter_function(entry, &arrow.params, arrow.get_function_body());
        self.visit_parameters(&arrow.params);
        match &arrow.body {
            ArrowFunctionBody::FunctionBody(body) => self.visit_body(index, &arrow.params, body),
            body => {
                if let Some(expression) = body.as_expression() {
                    self.visit_concise_body(index, expression);
                }
            }
        }
    }

    /// Makes the function known and its frame the current one.
    fn enter_function(
        &mut self,
        entry: Entry,
        parameters: &FormalParameters<'a>,
        body: Option<&FunctionBody<'a>>,
    ) -> usize {
        self.literals += 1;
        let index = self.found.len();
        let (parent, around) = (self.frame().function, self.frame().named);
        let is_named = entry.name.is_some();
        let name = entry.name.unwrap_or_else(|| self.anonymous_in(around));
        let uses_asm = body.is_some_and(|body| {
            body.directives
                .iter()
                .any(|directive| directive.directive == "use asm")
        });
        let left_alone = if uses_asm {
            Some("it has \"use asm\"")
        } else if self.with_depth > 0 {
            Some("it stands in a `with` statement")
        } else {
            None
        };
        let mut names = Vec::new();
        for item in &parameters.items {
            binding_names(&item.pattern, false, &mut names);
        }
        if let Some(rest) = &parameters.rest {
            binding_names(&rest.rest.argument, true, &mut names);
        }
        self.found.push(Found {
            parent,
            name,
            kind: entry.kind,
            is_async: entry.is_async,
            is_generator: entry.is_generator,
            start: entry.span.start,
            end: entry.span.end,
            parameters: names,
            left_alone,
            without_try: false,
            enters_when_created: false,
            result_may_be_stale: false,
        });
        let named = if is_named { index as u32 } else { around };
        let mut frame = Frame::new(index as u32, named);
        frame.is_arrow = entry.is_arrow;
        frame.is_async = entry.is_async;
        frame.is_generator = entry.is_generator;
        frame.outer_strict = self.is_strict;
        frame.outer_current = self.current;
        self.frames.push(frame);
        if body.is_some_and(FunctionBody::has_use_strict_directive) {
            self.is_strict = true;
        }
        self.current = NO_FUNCTION;
        index
    }

    fn anonymous_in(&self, around: u32) -> String {
        let owner = match self.found.get(around as usize) {
            Some(function) => Some(function.name.as_str()),
            None => self.classes.last().and_then(Option::as_deref),
        };
        owner.map_or_else(
            || "<anonymous>".to_owned(),
            |owner| format!("<anonymous in {owner}>"),
        )
    }

    fn visit_parameters(&mut self, parameters: &FormalParameters<'a>) {
        for item in &parameters.items {
            self.visit_formal_parameter(item);
        }
        if let Some(rest) = &parameters.rest {
            self.visit_binding_pattern(&rest.rest.argument);
        }
    }

    /// The body of anything but a concise arrow function, and the end of the function.
    fn visit_body(
        &mut self,
        index: usize,
        parameters: &FormalParameters<'a>,
        body: &FunctionBody<'a>,
    ) {
        self.current = index as u32;
        self.find_declared(index, body);
        let is_generator = self.found[index].is_generator;
        if is_generator {
            let has_parameters = !parameters.items.is_empty();
            let flags = if has_parameters && !self.has_trailing_comma(parameters) {
                COMMA
            } else {
                0
            };
            self.push(parameters.span.end - 1, Piece::CreateGenerator, flags);
        }
        let (offset, flags) = match body.directives.last() {
            Some(last) if self.source.as_bytes()[last.span.end as usize - 1] == b';' => {
                (last.span.end, 0)
            }
            Some(last) => (last.span.end, SEMICOLON),
            None => (body.span.start + 1, 0),
        };
        self.push(offset, Piece::BodyOpen, flags);
        for statement in &body.statements {
            self.visit_statement(statement);
        }
        let leaves = matches!(
            body.statements.last(),
            Some(Statement::ReturnStatement(_) | Statement::ThrowStatement(_))
        );
        let flags = if leaves { UNREACHABLE } else { 0 };
        self.push(body.span.end - 1, Piece::BodyClose, flags);
        let is_strict = self.is_strict;
        let frame = self.leave_function();
        let function = &mut self.found[index];
        // A sloppy `eval("var f")` must not meet an `f` that we moved into a block.
        function.without_try =
            frame.clashes || (frame.calls_eval && !frame.declared.is_empty() && !is_strict);
        function.result_may_be_stale = frame.returns_in_try;
        let may_alias =
            !is_strict && is_simple(parameters) && (frame.uses_arguments || has_repeated(function));
        function.enters_when_created = is_generator
            && parameters.rest.is_none()
            && !body.has_use_strict_directive()
            && !may_alias;
    }

    fn visit_concise_body(&mut self, index: usize, expression: &Expression<'a>) {
        self.current = index as u32;
        let span = expression.span();
        let opening = self.push(span.start, Piece::ConciseOpen, 0);
        let literals = self.literals;
        self.visit_expression(expression);
        if self.literals > literals {
            self.edits[opening].flags |= HOLDS_FUNCTION;
        }
        self.push(span.end, Piece::ConciseClose, 0);
        self.found[index].end = self.erased_end(span);
        self.leave_function();
    }

    /// Where an expression that was just visited ends once types are erased.
    fn erased_end(&self, expression: Span) -> u32 {
        let inside = self.erased.iter().rev();
        inside
            .take_while(|erased| erased.0 >= expression.start)
            .fold(
                expression.end,
                |end, erased| {
                    if erased.1 == end { erased.0 } else { end }
                },
            )
    }

    fn leave_function(&mut self) -> Frame<'a> {
        let frame = self.frames.pop().expect("the function pushed it");
        self.is_strict = frame.outer_strict;
        self.current = frame.outer_current;
        frame
    }
}

impl<'a> Visitor<'a> {
    /// The functions at the body's top level, which would stand in a block.
    fn find_declared(&mut self, index: usize, body: &FunctionBody<'a>) {
        let mut clashes = false;
        for statement in &body.statements {
            let mut statement = statement;
            while let Statement::LabeledStatement(labeled) = statement {
                statement = &labeled.body;
            }
            let Statement::FunctionDeclaration(function) = statement else {
                continue;
            };
            let Some(id) = &function.id else { continue };
            if function.body.is_none() {
                continue;
            }
            let name = id.name.as_str();
            let parameters = &mut self.found[index].parameters;
            let before = parameters.len();
            parameters.retain(|parameter| parameter.name != name);
            clashes |= parameters.len() < before || name == "arguments";
            let earlier = self.frame().declared.insert(name, function.span.start);
            clashes |= earlier.is_some();
        }
        self.frame().clashes |= clashes;
    }

    /// A function declaration was met: in sloppy code one in a block is a `var` as well.
    fn declare_function(&mut self, name: &'a str, start: u32) {
        if self.is_strict {
            return;
        }
        let frame = self.frame();
        if frame.declared.get(name).is_some_and(|&at| at != start) {
            frame.clashes = true;
        }
    }

    /// A `var` was met, which belongs to the function however deep it stands.
    pub fn declare_var(&mut self, pattern: &BindingPattern<'a>) {
        if self.frame().declared.is_empty() {
            return;
        }
        let mut names = Vec::new();
        binding_names(pattern, false, &mut names);
        let frame = self.frame();
        frame.clashes |= names
            .iter()
            .any(|parameter| frame.declared.contains_key(parameter.name));
    }

    pub fn use_arguments(&mut self) {
        for frame in self.frames.iter_mut().rev() {
            frame.uses_arguments = true;
            if !frame.is_arrow {
                break;
            }
        }
    }

    pub fn call_eval(&mut self) {
        self.frame().calls_eval = true;
        self.use_arguments();
    }

    fn has_trailing_comma(&self, parameters: &FormalParameters<'a>) -> bool {
        parameters.items.last().is_some_and(|last| {
            let behind = trivia::first_token(self.source, last.span.end);
            self.source.as_bytes().get(behind as usize) == Some(&b',')
        })
    }
}

impl<'a> Visitor<'a> {
    pub fn visit_class_parts(&mut self, class: &Class<'a>) {
        if class.declare {
            return;
        }
        self.literals += 1;
        let hint = self.take_hint(class.span);
        let own = class.id.as_ref().map(|id| id.name.to_string());
        let was_strict = std::mem::replace(&mut self.is_strict, true);
        self.visit_decorators(&class.decorators);
        if let Some(heritage) = &class.heritage {
            self.visit_expression(&heritage.expression);
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
        let loops = std::mem::take(&mut self.frame().loops);
        for statement in &block.body {
            self.visit_statement(statement);
        }
        self.frame().loops = loops;
    }

    fn member_name(&self, key: &PropertyKey<'a>, is_computed: bool) -> String {
        let key: Key = name::key_name(self.source, key, is_computed);
        name::member(self.classes.last().and_then(Option::as_deref), &key)
    }
}

fn binding_names<'a>(pattern: &BindingPattern<'a>, is_rest: bool, names: &mut Vec<Parameter<'a>>) {
    match pattern {
        BindingPattern::BindingIdentifier(id) => names.push(Parameter {
            name: id.name.as_str(),
            is_rest,
        }),
        BindingPattern::ObjectPattern(object) => {
            for property in &object.properties {
                binding_names(&property.value, false, names);
            }
            if let Some(rest) = &object.rest {
                binding_names(&rest.argument, true, names);
            }
        }
        BindingPattern::ArrayPattern(array) => {
            for element in array.elements.iter().flatten() {
                binding_names(element, false, names);
            }
            if let Some(rest) = &array.rest {
                binding_names(&rest.argument, true, names);
            }
        }
        BindingPattern::AssignmentPattern(assignment) => {
            binding_names(&assignment.left, is_rest, names);
        }
    }
}

fn is_simple(parameters: &FormalParameters) -> bool {
    parameters.rest.is_none()
        && parameters.items.iter().all(|item| {
            item.initializer.is_none()
                && matches!(item.pattern, BindingPattern::BindingIdentifier(_))
        })
}

fn has_repeated(function: &Found) -> bool {
    let names = &function.parameters;
    (1..names.len()).any(|at| {
        names[..at]
            .iter()
            .any(|earlier| earlier.name == names[at].name)
    })
}

fn has_parameter_properties(parameters: &FormalParameters) -> bool {
    parameters
        .items
        .iter()
        .any(|item| item.accessibility.is_some() || item.readonly || item.r#override)
}
