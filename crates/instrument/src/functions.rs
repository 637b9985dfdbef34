//! What the visitor does at a function: makes it known under a name and with V8's range, and puts
//! the enter and the exit around its body.
//!
//! `const f = async (a) => {}` gives an arrow function `f` that starts at `async`.
//!
//! Limits: a call that fails in its parameters has not entered.

use oxc_ast::ast::*;
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan, Span};

use breadcrumb_event::function::FunctionKind;

use crate::declarations::{binding_names, has_repeated, is_simple};
use crate::edit::{COMMA, HERE, NO_FUNCTION, Piece, SEMICOLON, UNREACHABLE};
use crate::found::Found;
use crate::frame::Frame;
use crate::leaves::{Leaves, Looking, is_leaf};
use crate::positions::utf16_length;
use crate::visitor::Visitor;
use crate::{place, trivia};

/// Why leaves have no probes where that is wanted.
const LEAF: &str = "it is a leaf";

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
        let own = function
            .id
            .as_ref()
            .map(|id| self.names.of(id.name.as_str(), id.span.start));
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
        self.find_function_scope(index, function.scope_id.get());
        if kind == FunctionKind::Constructor && has_parameter_properties(&function.params) {
            // Whoever compiles them puts assignments at the body's start or behind `super()`.
            self.found[index].left_alone = Some("its constructor has parameter properties");
        }
        self.visit_parameters(&function.params);
        if function.generator {
            // A `this` parameter is erased with its comma, so another one is needed behind it.
            let this = function.this_param.as_ref().map(|this| this.span.end);
            let last = function.params.items.last().map(|item| item.span.end);
            self.current = index as u32;
            self.create_generator(last.or(this), function.params.span.end - 1);
        }
        self.visit_body(index, &function.params, body);
        self.set_leaf_apart(index, &function.params, |looking| {
            looking.visit_function_body(body);
        });
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
        self.find_function_scope(index, arrow.scope_id.get());
        self.visit_parameters(&arrow.params);
        match &arrow.body {
            ArrowFunctionBody::FunctionBody(body) => self.visit_body(index, &arrow.params, body),
            body => {
                if let Some(expression) = body.as_expression() {
                    self.visit_concise_body(index, expression);
                }
            }
        }
        self.set_leaf_apart(index, &arrow.params, |looking| {
            looking.visit_arrow_function_body(&arrow.body);
        });
    }

    /// A leaf, if that makes a difference, is marked or left alone.
    fn set_leaf_apart(
        &mut self,
        index: usize,
        parameters: &FormalParameters<'a>,
        look: impl FnOnce(&mut Looking),
    ) {
        let function = &mut self.found[index];
        let Some(longest) = self.leaves.longest() else {
            return;
        };
        if function.is_async || function.is_generator || !is_leaf(parameters, look) {
            return;
        }
        let text = &self.source[function.start as usize..function.end as usize];
        if utf16_length(text) > longest {
            return;
        }
        match self.leaves {
            Leaves::Skip { .. } => {
                function.left_alone.get_or_insert(LEAF);
            }
            _ => function.is_leaf = true,
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
            body: entry.span.end,
            parameters: names,
            left_alone,
            without_try: false,
            enters_when_created: false,
            result_may_be_stale: false,
            keeps_operand: false,
            tracks_jumps: false,
            scopes: Vec::new(),
            catches: Vec::new(),
            blocks: Vec::new(),
            nested_blocks: 0,
            assignments: Vec::new(),
            nested_assignments: 0,
            lines: Vec::new(),
            uses_this: false,
            is_leaf: false,
        });
        let named = if is_named { index as u32 } else { around };
        let mut frame = Frame::new(index as u32, named);
        frame.is_arrow = entry.is_arrow;
        frame.is_async = entry.is_async;
        frame.is_generator = entry.is_generator;
        frame.outer_classes = self.classes.len();
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
        self.found[index].body = body.span.start;
        self.begin_blocks(index, body.span);
        // Before a function of the same name takes a parameter's place.
        let repeats = has_repeated(&self.found[index].parameters);
        self.find_declared(index, body);
        let (offset, flags) = match body.directives.last() {
            Some(last) if self.source.as_bytes()[last.span.end as usize - 1] == b';' => {
                (last.span.end, 0)
            }
            Some(last) => (last.span.end, SEMICOLON),
            None => (body.span.start + 1, 0),
        };
        let place = if let (Some(directive), Some(first)) =
            (body.directives.last(), body.statements.first())
            && place::may_have_none(first)
        {
            directive.span.start
        } else {
            HERE
        };
        self.push_placed(offset, Piece::BodyOpen, flags, place);
        self.visit_statements(&body.statements);
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
        function.keeps_operand = frame.keeps_operand || (function.without_try && frame.returns > 0);
        function.tracks_jumps = frame.jumps_through_finally && !function.without_try;
        let may_alias = !is_strict && is_simple(parameters) && (frame.uses_arguments || repeats);
        function.enters_when_created = function.is_generator
            && parameters.rest.is_none()
            && !body.has_use_strict_directive()
            && !may_alias;
    }

    fn visit_concise_body(&mut self, index: usize, expression: &Expression<'a>) {
        self.current = index as u32;
        let span = expression.span();
        self.found[index].body = span.start;
        self.begin_blocks(index, span);
        self.begin_expression(span.start);
        let place = place::of_expression(self.source, expression);
        self.push_placed(span.start, Piece::ConciseOpen, 0, place);
        self.in_statement((span.start, place), |visitor| {
            visitor.visit_expression(expression);
        });
        self.push(span.end, Piece::ConciseClose, 0);
        self.found[index].end = self.erased_end(span);
        let frame = self.leave_function();
        self.found[index].keeps_operand = frame.keeps_operand;
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

    /// The enter behind the last parameter, before `)`.
    fn create_generator(&mut self, last_end: Option<u32>, closing: u32) {
        let needs_comma = last_end.is_some_and(|end| {
            let behind = trivia::first_token(self.source, end);
            self.source.as_bytes().get(behind as usize) != Some(&b',')
        });
        let flags = if needs_comma { COMMA } else { 0 };
        self.push(closing, Piece::CreateGenerator, flags);
    }

    fn leave_function(&mut self) -> Frame<'a> {
        let frame = self.frames.pop().expect("the function pushed it");
        self.is_strict = frame.outer_strict;
        self.current = frame.outer_current;
        frame
    }
}

fn has_parameter_properties(parameters: &FormalParameters) -> bool {
    parameters
        .items
        .iter()
        .any(|item| item.accessibility.is_some() || item.readonly || item.r#override)
}
