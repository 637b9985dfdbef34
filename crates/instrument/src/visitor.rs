//! One pass over the tree, which finds functions and the places for probes.
//!
//! For `f = () => 1` it finds an arrow function named `f` with a `ConciseOpen` before and a
//! `ConciseClose` behind the `1`.
//!
//! Limits: types are not visited. `functions.rs` and `classes.rs` have what happens at
//! those, `statements.rs` what happens in them, `naming.rs` how names reach them.

use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};
use oxc_syntax::scope::ScopeFlags;

use crate::edit::{Edit, HERE, NO_FUNCTION, Piece};
use crate::found::Found;
use crate::frame::Frame;
use crate::leaves::Leaves;
use crate::locals::Locals;
use crate::original_names::Names;
use crate::written::Written;
use crate::{Diagnostic, Input, Reason, parse};

/// Nested expressions and statements that the visitor follows. Only sums and the like can be that
/// deep, in generated code; see `stack.rs` for the room.
const MAX_DEPTH: u32 = 20_000;

/// Functions and edits of a program.
pub(crate) fn visit<'a>(
    input: &Input<'a>,
    names: Names<'a>,
    program: &Program<'a>,
    locals: Option<Locals<'a>>,
) -> Result<Visited<'a>, Diagnostic> {
    let mut visitor = Visitor {
        source: input.source,
        file_stem: input.file_stem,
        names,
        locals,
        found: Vec::new(),
        edits: Vec::new(),
        frames: vec![Frame::of_program()],
        current: NO_FUNCTION,
        leaves: input.wanted.leaves,
        lines: input.wanted.lines,
        variables: input.wanted.variables,
        open_assignments: 0,
        written: Written::default(),
        is_strict: program.source_type.is_strict() || program.has_use_strict_directive(),
        with_depth: 0,
        literals: 0,
        literals_before: 0,
        statement: (0, 0),
        is_whole: false,
        unplaced: Vec::new(),
        hints: Vec::new(),
        classes: Vec::new(),
        labels: Vec::new(),
        listed: u32::MAX,
        placed: u32::MAX,
        erased: Vec::new(),
        depth: 0,
        is_typescript: program.source_type.is_typescript(),
        refused: None,
    };
    visitor.visit_statements(&program.body);
    if let Some((at, reason, message)) = visitor.refused {
        return Err(parse::at_byte(input.source, at, reason, message));
    }
    let mut edits = visitor.edits;
    if !edits.is_sorted_by_key(|edit| edit.offset) {
        edits.sort_by_key(|edit| edit.offset);
    }
    Ok(Visited {
        found: visitor.found,
        edits,
    })
}

/// What a pass over the tree gives.
pub(crate) struct Visited<'a> {
    pub found: Vec<Found<'a>>,
    pub edits: Vec<Edit<'a>>,
}

pub(crate) struct Visitor<'a> {
    pub source: &'a str,
    pub file_stem: &'a str,
    pub names: Names<'a>,
    /// Where their values are wanted.
    pub locals: Option<Locals<'a>>,
    pub found: Vec<Found<'a>>,
    pub edits: Vec<Edit<'a>>,
    pub frames: Vec<Frame<'a>>,
    /// The function that edits are for: the innermost one whose body is being visited, or
    /// `NO_FUNCTION` in parameters, in fields and at the top level.
    pub current: u32,
    pub leaves: Leaves,
    /// Whether blocks are told.
    pub lines: bool,
    /// Whether assignments are told.
    pub variables: bool,
    /// Probes that tell of assignments around the code being visited, and braces for them.
    pub open_assignments: u32,
    /// Expressions around that V8 writes out in messages.
    pub written: Written,
    pub is_strict: bool,
    pub with_depth: u32,
    /// Functions and classes so far.
    pub literals: u32,
    /// Those before the statement that is being visited.
    pub literals_before: u32,
    /// Where that statement starts, and where V8 says it to be.
    pub statement: (u32, u32),
    /// Whether the expression that is about to be visited is all of that statement.
    pub is_whole: bool,
    /// Suspensions in it whose place is that of what is told before them: their edits, and where they
    /// start.
    pub unplaced: Vec<([usize; 2], u32)>,
    /// Names for functions, classes and objects that are about to be visited.
    pub hints: Vec<(Span, String)>,
    /// Names of the classes around.
    pub classes: Vec<Option<String>>,
    /// Labels before the statement that is about to be visited, and where the first one starts.
    pub labels: Vec<&'a str>,
    /// Start of the last statement of a list that was begun.
    pub listed: u32,
    /// Where a suspension begins that V8 gives the place of a statement.
    pub placed: u32,
    /// What erasing types takes away behind an expression: start and end.
    pub erased: Vec<(u32, u32)>,
    depth: u32,
    is_typescript: bool,
    /// Why the whole file must be left alone, and where that shows first.
    refused: Option<(u32, Reason, &'static str)>,
}

impl<'a> Visitor<'a> {
    pub fn frame(&mut self) -> &mut Frame<'a> {
        self.frames
            .last_mut()
            .expect("the program's frame is never popped")
    }

    /// Adds an edit for the current function.
    pub fn push(&mut self, offset: u32, piece: Piece, flags: u8) -> usize {
        self.push_named(offset, piece, flags, "")
    }

    pub fn push_named(&mut self, offset: u32, piece: Piece, flags: u8, name: &'a str) -> usize {
        self.edits.push(Edit {
            offset,
            function: self.current,
            piece,
            flags,
            place: HERE,
            name,
        });
        self.edits.len() - 1
    }

    /// Adds an edit whose code V8 would have said to be elsewhere.
    pub fn push_placed(&mut self, offset: u32, piece: Piece, flags: u8, place: u32) -> usize {
        let index = self.push(offset, piece, flags);
        self.edits[index].place = place;
        index
    }

    /// Goes one level down; `false` if that is too deep.
    fn descend(&mut self, at: u32) -> bool {
        if self.depth >= MAX_DEPTH {
            let message = "the code is nested too deeply";
            self.refused.get_or_insert((at, Reason::TooDeep, message));
            return false;
        }
        self.depth += 1;
        true
    }

    /// What V8 does not know yet: it reports the error best on the original text.
    fn refuse_proposal(&mut self, at: u32, message: &'static str) {
        if !self.is_typescript {
            self.refused.get_or_insert((at, Reason::Syntax, message));
        }
    }

    /// What is visited here is a statement to V8, or has a place like one: where it starts, and that
    /// place.
    pub fn in_statement(&mut self, statement: (u32, u32), visit: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.literals_before, self.literals);
        let outer = std::mem::replace(&mut self.statement, statement);
        let unplaced = self.unplaced.len();
        self.is_whole = true;
        visit(self);
        self.unplaced.truncate(unplaced);
        self.literals_before = before;
        self.statement = outer;
    }

    fn visit_erased(&mut self, expression: &Expression<'a>, end: u32) {
        self.visit_expression(expression);
        self.erased.push((expression.span().end, end));
    }
}

impl<'a> Visit<'a> for Visitor<'a> {
    fn visit_expression(&mut self, it: &Expression<'a>) {
        if self.descend(it.span().start) {
            let is_whole = std::mem::take(&mut self.is_whole);
            let unplaced = self.unplaced.len();
            walk::walk_expression(self, it);
            if is_whole && self.unplaced.len() > unplaced {
                self.place_suspensions(unplaced, it);
            }
            self.depth -= 1;
        }
    }

    fn visit_statements(&mut self, it: &oxc_allocator::Vec<'a, Statement<'a>>) {
        for statement in it {
            self.listed = statement.span().start;
            self.visit_statement(statement);
        }
    }

    fn visit_statement(&mut self, it: &Statement<'a>) {
        if !self.descend(it.span().start) {
            return;
        }
        let start = it.span().start;
        self.begin_statement(it);
        let declared = self.begin_declaration(it);
        self.in_statement((start, start), |visitor| walk::walk_statement(visitor, it));
        if matches!(
            it,
            Statement::ExpressionStatement(_) | Statement::VariableDeclaration(_)
        ) {
            self.end_statement(it.span().end);
        }
        self.end_declaration(it.span(), declared);
        self.depth -= 1;
    }

    fn visit_block_statement(&mut self, it: &BlockStatement<'a>) {
        self.visit_block(it, None);
    }

    fn visit_this_expression(&mut self, _: &ThisExpression) {
        self.use_this();
    }

    fn visit_function(&mut self, it: &Function<'a>, _: ScopeFlags) {
        self.visit_plain_function(it);
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        self.visit_arrow(it);
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        self.visit_class_parts(it);
    }

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        self.visit_method(it);
    }

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        self.visit_decorators(&it.decorators);
        self.visit_field(&it.key, it.computed, it.r#static, it.value.as_ref());
    }

    fn visit_accessor_property(&mut self, it: &AccessorProperty<'a>) {
        self.refuse_proposal(it.span.start, "`accessor` is not JavaScript yet");
        self.visit_decorators(&it.decorators);
        self.visit_field(&it.key, it.computed, it.r#static, it.value.as_ref());
    }

    fn visit_decorator(&mut self, it: &Decorator<'a>) {
        self.refuse_proposal(it.span.start, "decorators are not JavaScript yet");
        self.visit_expression(&it.expression);
    }

    fn visit_static_block(&mut self, it: &StaticBlock<'a>) {
        self.visit_static_statements(it);
    }

    fn visit_object_expression(&mut self, it: &ObjectExpression<'a>) {
        self.visit_object_members(it);
    }

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        if it.declare {
            return;
        }
        if it.kind == VariableDeclarationKind::Var {
            for declarator in &it.declarations {
                self.declare_var(&declarator.id);
            }
        }
        walk::walk_variable_declaration(self, it);
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        self.visit_binding_pattern(&it.id);
        if let Some(init) = &it.init {
            let start = init.span().start;
            self.in_statement((start, start), |visitor| {
                visitor.visit_initializer(&it.id, init);
            });
        }
    }

    fn visit_assignment_expression(&mut self, it: &AssignmentExpression<'a>) {
        self.visit_assignment(it);
    }

    fn visit_update_expression(&mut self, it: &UpdateExpression<'a>) {
        self.visit_update(it);
    }

    fn visit_assignment_pattern(&mut self, it: &AssignmentPattern<'a>) {
        self.visit_binding_pattern(&it.left);
        self.visit_default(&it.left, &it.right);
    }

    fn visit_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        self.visit_decorators(&it.decorators);
        self.visit_binding_pattern(&it.pattern);
        if let Some(default) = &it.initializer {
            self.visit_default(&it.pattern, default);
        }
    }

    fn visit_export_default_declaration(&mut self, it: &ExportDefaultDeclaration<'a>) {
        let before = self.hints.len();
        let name = self.file_stem.to_owned();
        match &it.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                self.hints.push((function.span, name));
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                self.hints.push((class.span, name));
            }
            declaration => {
                if let Some(value) = declaration.as_expression() {
                    self.hint(value, || Some(String::new()));
                }
            }
        }
        walk::walk_export_default_declaration(self, it);
        self.hints.truncate(before);
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        if it.name == "arguments" {
            self.use_arguments();
        }
    }

    fn visit_binding_identifier(&mut self, it: &BindingIdentifier<'a>) {
        if it.name == "arguments" {
            self.use_arguments();
        }
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if let Expression::Identifier(callee) = it.callee.get_inner_expression()
            && callee.name == "eval"
        {
            self.call_eval();
        }
        let before = self.hints.len();
        self.hint_kept(it);
        self.keep_text(&it.callee, |visitor| {
            walk::walk_call_expression(visitor, it);
        });
        self.hints.truncate(before);
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        self.keep_text(&it.callee, |visitor| {
            walk::walk_new_expression(visitor, it);
        });
    }

    fn visit_tagged_template_expression(&mut self, it: &TaggedTemplateExpression<'a>) {
        self.keep_text(&it.tag, |visitor| {
            walk::walk_tagged_template_expression(visitor, it);
        });
    }

    fn visit_spread_element(&mut self, it: &SpreadElement<'a>) {
        self.keep_text(&it.argument, |visitor| {
            visitor.visit_expression(&it.argument);
        });
    }

    fn visit_await_expression(&mut self, it: &AwaitExpression<'a>) {
        self.suspend(it.span, Some(&it.argument), false);
    }

    fn visit_yield_expression(&mut self, it: &YieldExpression<'a>) {
        self.suspend(it.span, it.argument.as_ref(), it.delegate);
    }

    fn visit_sequence_expression(&mut self, it: &SequenceExpression<'a>) {
        for (index, expression) in it.expressions.iter().enumerate() {
            match index {
                0 => self.visit_expression(expression),
                _ => self.visit_placed(expression),
            }
        }
    }

    fn visit_return_statement(&mut self, it: &ReturnStatement<'a>) {
        self.visit_return(it);
    }

    fn visit_throw_statement(&mut self, it: &ThrowStatement<'a>) {
        self.visit_throw(it);
    }

    fn visit_try_statement(&mut self, it: &TryStatement<'a>) {
        self.visit_try(it);
    }

    fn visit_labeled_statement(&mut self, it: &LabeledStatement<'a>) {
        self.visit_labeled(it);
    }

    fn visit_continue_statement(&mut self, it: &ContinueStatement<'a>) {
        self.visit_continue(it);
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.visit_for_of(it);
    }

    fn visit_for_in_statement(&mut self, it: &ForInStatement<'a>) {
        self.visit_for_in(it);
    }

    fn visit_for_statement(&mut self, it: &ForStatement<'a>) {
        self.visit_for(it);
    }

    fn visit_while_statement(&mut self, it: &WhileStatement<'a>) {
        self.visit_while(it);
    }

    fn visit_do_while_statement(&mut self, it: &DoWhileStatement<'a>) {
        self.visit_do_while(it);
    }

    fn visit_switch_statement(&mut self, it: &SwitchStatement<'a>) {
        self.visit_switch(it);
    }

    fn visit_switch_case(&mut self, it: &SwitchCase<'a>) {
        self.visit_case(it);
    }

    fn visit_if_statement(&mut self, it: &IfStatement<'a>) {
        self.visit_if(it);
    }

    fn visit_conditional_expression(&mut self, it: &ConditionalExpression<'a>) {
        self.visit_expression(&it.test);
        self.visit_operand(&it.consequent);
        self.visit_operand(&it.alternate);
    }

    fn visit_logical_expression(&mut self, it: &LogicalExpression<'a>) {
        self.visit_logical(it);
    }

    fn visit_break_statement(&mut self, it: &BreakStatement<'a>) {
        self.visit_break(it);
    }

    fn visit_with_statement(&mut self, it: &WithStatement<'a>) {
        self.visit_expression(&it.object);
        if let Some(function) = self.found.get_mut(self.current as usize) {
            function.left_alone = Some("it has a `with` statement");
        }
        self.with_depth += 1;
        self.visit_statement(&it.body);
        self.with_depth -= 1;
    }

    fn visit_ts_as_expression(&mut self, it: &TSAsExpression<'a>) {
        self.visit_erased(&it.expression, it.span.end);
    }

    fn visit_ts_satisfies_expression(&mut self, it: &TSSatisfiesExpression<'a>) {
        self.visit_erased(&it.expression, it.span.end);
    }

    fn visit_ts_non_null_expression(&mut self, it: &TSNonNullExpression<'a>) {
        self.visit_erased(&it.expression, it.span.end);
    }

    fn visit_ts_instantiation_expression(&mut self, it: &TSInstantiationExpression<'a>) {
        self.visit_erased(&it.expression, it.span.end);
    }

    fn visit_ts_type_assertion(&mut self, it: &TSTypeAssertion<'a>) {
        self.visit_expression(&it.expression);
    }

    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        if !it.declare {
            walk::walk_ts_namespace_declaration(self, it);
        }
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
