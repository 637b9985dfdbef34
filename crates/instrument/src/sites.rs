//! Where in a function its code begins, and which of its returns V8's debugger does not show.
//!
//! `{ var a; while (b) c() }` begins with `b`, which is run again and again; in
//! `{ try { return a } finally { b() } }` the `return` is hidden: V8 runs `b()` first, and then leaves by
//! an instruction that has no place in the text (*tried* on 20, 22, 24, 26; so in `for … of`, which closes
//! its iterator, and where something is disposed of). In `{ if (a) return b}` the place of the function's own
//! end is the same, and one of the two is hidden: so any of its returns may be. In `a => b => c` both functions return at the end, and
//! a breakpoint there is in one of them, or in neither.
//!
//! Limits: offsets in bytes; a function is known by where its body begins.

use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};
use oxc_syntax::scope::ScopeFlags;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::declarations::binding_names;

/// A stretch of text that may hold the first break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub start: u32,
    pub end: u32,
    /// It is run again and again in one call.
    pub repeats: bool,
}

/// What is known of a function's body.
#[derive(Debug, Default)]
pub(crate) struct Body<'a> {
    /// The first that has a break has the first one.
    pub entries: Vec<Range>,
    /// It can return something other than `undefined`.
    pub has_result: bool,
    /// Where the hidden `return` statements start.
    pub hidden: Vec<u32>,
    /// What blocks around the first code declare, which hides parameters of the same name there.
    pub hides: Vec<&'a str>,
    /// It is an expression.
    pub is_expression: bool,
    /// It is that of a constructor that has to call `super()`, or of an arrow function in one.
    pub is_derived: bool,
    /// Where it returns, and another function ends, too: V8 may break in that one, or nowhere.
    pub shared_ends: Vec<u32>,
    /// Where all of them start.
    returns: Vec<u32>,
    /// Where it returns, and where the statement or expression starts that does it.
    pub ends: Vec<(u32, u32)>,
    /// It can wait: `await`, `for await`, `await using`.
    pub waits: bool,
    /// Something is disposed of at an end of a block.
    disposes: bool,
    /// Where the function's own last brace is, at which V8 lets it return that runs out of statements. 0 for
    /// expressions.
    brace: u32,
    /// A `return` has that place, too.
    shares_brace: bool,
    /// Where its last statement starts: behind a `return` there nothing runs out.
    last: u32,
    /// What is around the code being visited and runs something before a `return` leaves.
    around: u32,
}

/// The bodies of a program's functions, by where they begin.
pub(crate) fn find<'a>(program: &Program<'a>) -> FxHashMap<u32, Body<'a>> {
    let mut sites = Sites {
        bodies: FxHashMap::default(),
        open: vec![Body::default()],
        derived: FxHashSet::default(),
        is_derived: false,
    };
    sites.visit_program(program);
    sites.bodies
}

impl Body<'_> {
    /// A function in it ends there. If it returns there, both are hidden.
    fn share_end(&mut self, end: u32, other: &mut Self, start: u32) {
        let Some(&(_, own_start)) = self.ends.iter().find(|&&(at, _)| at == end) else {
            return;
        };
        for (body, start) in [(self, own_start), (other, start)] {
            if !body.shared_ends.contains(&end) {
                body.shared_ends.push(end);
                body.hidden.push(start);
            }
        }
    }
}

struct Sites<'a> {
    bodies: FxHashMap<u32, Body<'a>>,
    /// Of the functions around, and of the program.
    open: Vec<Body<'a>>,
    /// Where constructors of classes start that extend another.
    derived: FxHashSet<u32>,
    /// As [`Body::is_derived`], of the function that is visited.
    is_derived: bool,
}

impl<'a> Sites<'a> {
    fn body(&mut self) -> &mut Body<'a> {
        self.open.last_mut().expect("the program's is never popped")
    }

    /// Visits a function's body that begins there.
    fn within(&mut self, start: u32, body: Body<'a>, visit: impl FnOnce(&mut Self)) {
        self.open.push(body);
        visit(self);
        let mut body = self.open.pop().expect("it was pushed");
        body.is_derived = self.is_derived;
        if body.disposes {
            body.hidden = std::mem::take(&mut body.returns);
        }
        if body.shares_brace {
            // From its first code on it may return unseen.
            body.hidden.extend(body.entries.first().map(|it| it.start));
        }
        self.bodies.insert(start, body);
    }

    fn visit_statements_of(&mut self, body: &FunctionBody<'a>) {
        let mut beginning = Beginning::default();
        beginning.list(&body.statements, false);
        let known = Body {
            entries: beginning.entries,
            hides: beginning.hides,
            brace: body.span.end.saturating_sub(1),
            last: body.statements.last().map_or(0, |it| it.span().start),
            ..Body::default()
        };
        self.within(body.span.start, known, |sites| {
            walk::walk_function_body(sites, body)
        });
    }

    /// What is visited here runs something before a `return` in it leaves.
    fn inside(&mut self, visit: impl FnOnce(&mut Self)) {
        self.body().around += 1;
        visit(self);
        self.body().around -= 1;
    }
}

impl<'a> Visit<'a> for Sites<'a> {
    fn visit_class(&mut self, it: &Class<'a>) {
        if it.heritage.is_some() {
            let constructors = it.body.body.iter().filter_map(|element| match element {
                ClassElement::MethodDefinition(method) if method.kind.is_constructor() => {
                    Some(method.value.span.start)
                }
                _ => None,
            });
            self.derived.extend(constructors);
        }
        walk::walk_class(self, it);
    }

    fn visit_function(&mut self, it: &Function<'a>, _: ScopeFlags) {
        let is_derived = self.derived.contains(&it.span.start);
        let around = std::mem::replace(&mut self.is_derived, is_derived);
        self.visit_formal_parameters(&it.params);
        if let Some(body) = &it.body {
            self.visit_statements_of(body);
        }
        self.is_derived = around;
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        self.visit_formal_parameters(&it.params);
        match &it.body {
            ArrowFunctionBody::FunctionBody(body) => self.visit_statements_of(body),
            body => {
                let Some(expression) = body.as_expression() else {
                    return;
                };
                let Span { start, end, .. } = expression.span();
                let mut own = Body::default();
                for around in &mut self.open {
                    around.share_end(end, &mut own, start);
                }
                let known = Body {
                    entries: vec![range(expression.span(), false)],
                    has_result: true,
                    is_expression: true,
                    ends: vec![(end, start)],
                    ..own
                };
                self.within(start, known, |sites| {
                    sites.visit_expression(expression);
                });
            }
        }
    }

    fn visit_return_statement(&mut self, it: &ReturnStatement<'a>) {
        let body = self.body();
        body.has_result |= it.argument.is_some();
        body.returns.push(it.span.start);
        body.ends.push((it.span.end, it.span.start));
        // `if (a) return b}`: one place for both returns, of which V8 takes one.
        body.shares_brace |= it.span.end == body.brace && it.span.start != body.last;
        if body.around > 0 {
            body.hidden.push(it.span.start);
        }
        walk::walk_return_statement(self, it);
    }

    fn visit_try_statement(&mut self, it: &TryStatement<'a>) {
        let Some(last) = &it.finalizer else {
            walk::walk_try_statement(self, it);
            return;
        };
        self.inside(|sites| {
            sites.visit_block_statement(&it.block);
            if let Some(handler) = &it.handler {
                sites.visit_catch_clause(handler);
            }
        });
        self.visit_block_statement(last);
    }

    fn visit_await_expression(&mut self, it: &AwaitExpression<'a>) {
        self.body().waits = true;
        walk::walk_await_expression(self, it);
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.body().waits |= it.r#await;
        self.inside(|sites| walk::walk_for_of_statement(sites, it));
    }

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        self.body().disposes |= it.kind.is_using();
        self.body().waits |= it.kind == VariableDeclarationKind::AwaitUsing;
        walk::walk_variable_declaration(self, it);
    }
}

fn range(span: Span, repeats: bool) -> Range {
    Range {
        start: span.start,
        end: span.end,
        repeats,
    }
}

/// The search for a body's first code. Its methods say whether it is certain that there is some.
#[derive(Default)]
struct Beginning<'a> {
    entries: Vec<Range>,
    hides: Vec<&'a str>,
}

impl<'a> Beginning<'a> {
    fn list(&mut self, statements: &[Statement<'a>], repeats: bool) -> bool {
        statements
            .iter()
            .any(|statement| self.statement(statement, repeats))
    }

    fn block(&mut self, statements: &[Statement<'a>], repeats: bool) -> bool {
        for statement in statements {
            match statement {
                Statement::VariableDeclaration(it) => self.hide(it),
                Statement::FunctionDeclaration(it) => self.hide_name(it.id.as_ref()),
                Statement::ClassDeclaration(it) => self.hide_name(it.id.as_ref()),
                _ => {}
            }
        }
        self.list(statements, repeats)
    }

    fn hide_name(&mut self, id: Option<&BindingIdentifier<'a>>) {
        self.hides.extend(id.map(|id| id.name.as_str()));
    }

    fn hide(&mut self, declaration: &VariableDeclaration<'a>) {
        if declaration.kind == VariableDeclarationKind::Var {
            return;
        }
        let mut names = Vec::new();
        for declarator in &declaration.declarations {
            binding_names(&declarator.id, false, &mut names);
        }
        self.hides.extend(names.iter().map(|name| name.name));
    }

    fn hide_head(&mut self, head: &ForStatementLeft<'a>) {
        if let ForStatementLeft::VariableDeclaration(declaration) = head {
            self.hide(declaration);
        }
    }

    fn statement(&mut self, statement: &Statement<'a>, repeats: bool) -> bool {
        match statement {
            Statement::FunctionDeclaration(_) | Statement::EmptyStatement(_) => false,
            Statement::VariableDeclaration(it) => self.variables(it, repeats),
            Statement::BlockStatement(it) => self.block(&it.body, repeats),
            Statement::LabeledStatement(it) => self.statement(&it.body, repeats),
            Statement::TryStatement(it) => {
                self.block(&it.block.body, repeats)
                    || it
                        .finalizer
                        .as_ref()
                        .is_some_and(|last| self.block(&last.body, repeats))
            }
            Statement::WhileStatement(it) => {
                self.at(it.test.span(), true);
                // `while (true)` has no code of its own.
                self.statement(&it.body, true)
            }
            Statement::DoWhileStatement(it) => {
                let begins = self.statement(&it.body, true);
                self.at(it.test.span(), true);
                begins
            }
            Statement::ForStatement(it) => self.for_statement(it, repeats),
            Statement::ForInStatement(it) => {
                self.hide_head(&it.left);
                self.at(it.right.span(), repeats)
            }
            Statement::ForOfStatement(it) => {
                self.hide_head(&it.left);
                self.at(it.right.span(), repeats)
            }
            Statement::WithStatement(it) => self.at(it.object.span(), repeats),
            Statement::SwitchStatement(it) => {
                self.at(head(it.span, it.discriminant.span()), repeats)
            }
            Statement::IfStatement(it) => self.at(head(it.span, it.test.span()), repeats),
            Statement::ClassDeclaration(it) => {
                self.at(it.span, repeats);
                false
            }
            other => self.at(other.span(), repeats),
        }
    }

    fn at(&mut self, span: Span, repeats: bool) -> bool {
        self.entries.push(range(span, repeats));
        true
    }

    fn variables(&mut self, declaration: &VariableDeclaration<'a>, repeats: bool) -> bool {
        for declarator in &declaration.declarations {
            if let Some(init) = &declarator.init {
                self.at(init.span(), repeats);
                // A bare name that is taken apart has its first break in the pattern.
                return self.at(declarator.span, repeats);
            }
        }
        false
    }

    fn for_statement(&mut self, it: &ForStatement<'a>, repeats: bool) -> bool {
        match &it.init {
            Some(ForStatementInit::VariableDeclaration(declaration)) => {
                self.hide(declaration);
                if self.variables(declaration, repeats) {
                    return true;
                }
            }
            Some(init) => return self.at(init.span(), repeats),
            None => {}
        }
        if let Some(test) = &it.test {
            self.at(test.span(), true);
        }
        self.statement(&it.body, true)
    }
}

/// From where a statement starts to the end of what it looks at first.
fn head(statement: Span, first: Span) -> Span {
    Span::new(statement.start, first.end)
}
