//! Which variables a scope has for probes to read, and where its reader stands.
//!
//! `function f(a) { for (const b of a) { g(b) } }` has two scopes: `a` in the function's, `b` in the
//! block's, which is read where an exception leaves the function from that block.
//!
//! Limits: what a `switch` declares between its cases is not read, nor are functions; a module's own
//! variables belong to no function. The shapes are on the design page.

use oxc_ast::ast::*;
use oxc_ast_visit::Visit;
use oxc_semantic::Scoping;
use oxc_span::{GetSpan, Span};
use oxc_syntax::scope::ScopeId;
use oxc_syntax::symbol::{SymbolFlags, SymbolId};
use rustc_hash::FxHashMap;

use crate::assignments::Bound;
use crate::edit::{BRACES, NO_FUNCTION, Piece};
use crate::found::{Found, Scope, Variable};
use crate::visitor::Visitor;

/// Variables of a scope that are read.
const MAX_VARIABLES: usize = 100;

/// The scopes of a program.
pub(crate) struct Locals<'s> {
    scoping: &'s Scoping,
    /// By function: variables of functions around it that it, or a function in it, refers to.
    free: FxHashMap<ScopeId, Vec<SymbolId>>,
}

impl<'s> Locals<'s> {
    pub fn new(scoping: &'s Scoping) -> Self {
        let mut free: FxHashMap<ScopeId, Vec<SymbolId>> = FxHashMap::default();
        for symbol in scoping.symbol_ids() {
            let home = scoping.symbol_scope_id(symbol);
            let is_program = scoping.scope_parent_id(home).is_none();
            if is_program || !is_variable(scoping.symbol_flags(symbol)) {
                continue;
            }
            for reference in scoping.get_resolved_references(symbol) {
                if !reference.is_value() {
                    continue;
                }
                let around = scoping.scope_ancestors(reference.scope_id());
                for scope in around.take_while(|scope| *scope != home) {
                    if !scoping.scope_flags(scope).is_function() {
                        continue;
                    }
                    let known = free.entry(scope).or_default();
                    if known.last() != Some(&symbol) {
                        known.push(symbol);
                    }
                }
            }
        }
        Self { scoping, free }
    }

    /// The variables that a scope declares: those that are always readable first, then the others in
    /// the order in which they become so.
    fn own(&self, scope: ScopeId) -> Vec<SymbolId> {
        let scoping = self.scoping;
        let bindings = scoping.get_bindings(scope).values().copied();
        let mut symbols: Vec<SymbolId> = bindings
            .filter(|symbol| is_variable(scoping.symbol_flags(*symbol)) || self.is_class(*symbol))
            .collect();
        symbols
            .sort_by_key(|symbol| (self.is_lexical(*symbol), scoping.symbol_span(*symbol).start));
        symbols
    }

    fn variable(&self, symbol: SymbolId, is_closure: bool) -> Variable<'s> {
        Variable {
            name: self.scoping.symbol_name(symbol),
            start: self.scoping.symbol_span(symbol).start,
            is_closure,
        }
    }

    fn is_class(&self, symbol: SymbolId) -> bool {
        let flags = self.scoping.symbol_flags(symbol);
        flags.contains(SymbolFlags::Class) && !flags.intersects(UNREAL)
    }

    /// Not readable before its declaration is reached.
    fn is_lexical(&self, symbol: SymbolId) -> bool {
        let flags = self.scoping.symbol_flags(symbol);
        flags.intersects(SymbolFlags::BlockScopedVariable | SymbolFlags::Class)
            && !flags.contains(SymbolFlags::CatchVariable)
    }
}

const UNREAL: SymbolFlags = SymbolFlags::Ambient.union(SymbolFlags::Function);

fn is_variable(flags: SymbolFlags) -> bool {
    flags.intersects(SymbolFlags::Variable.union(SymbolFlags::CatchVariable))
        && !flags.intersects(UNREAL)
}

/// A block whose variables are read.
#[derive(Clone, Copy)]
pub(crate) struct OpenScope {
    braces: u8,
    level: u16,
}

impl<'a> Visitor<'a> {
    /// Whether variables are read in the code that is being visited.
    fn reads_locals(&mut self) -> bool {
        self.locals.is_some() && self.current != NO_FUNCTION && !self.is_untold()
    }

    /// The scope of the function that is being entered.
    pub fn find_function_scope(&mut self, index: usize, scope: Option<ScopeId>) {
        let (Some(locals), Some(scope)) = (&self.locals, scope) else {
            return;
        };
        let own = locals.own(scope);
        let free = locals.free.get(&scope).map_or(&[][..], Vec::as_slice);
        let lexical = own.iter().position(|symbol| locals.is_lexical(*symbol));
        let (always, later) = own.split_at(lexical.unwrap_or(own.len()));
        let parts = [(always, false), (free, true), (later, false)];
        let variables = parts.into_iter().flat_map(|(symbols, is_closure)| {
            symbols
                .iter()
                .map(move |symbol| locals.variable(*symbol, is_closure))
        });
        let variables = variables.take(MAX_VARIABLES).collect();
        let Found { start, end, .. } = self.found[index];
        let scope = Scope {
            start,
            end,
            variables,
        };
        self.found[index].scopes.push(scope);
    }

    /// A block's head, behind which these scopes hold, to `end`. `braces`: BRACES for a statement that is no
    /// block.
    fn open_scope(
        &mut self,
        offset: u32,
        end: u32,
        scopes: [Option<ScopeId>; 2],
        braces: u8,
    ) -> Option<OpenScope> {
        if !self.reads_locals() {
            return None;
        }
        let locals = self.locals.as_ref()?;
        let mut variables = Vec::new();
        for scope in scopes.into_iter().flatten() {
            let own = locals.own(scope).into_iter();
            variables.extend(own.map(|symbol| locals.variable(symbol, false)));
        }
        variables.truncate(MAX_VARIABLES);
        if variables.is_empty() {
            return None;
        }
        let level = self.frame().level;
        self.frame().level += 1;
        let scopes = &mut self.found[self.current as usize].scopes;
        let index = scopes.len() as u32;
        let start = variables[0].start.min(offset);
        scopes.push(Scope {
            start,
            end,
            variables,
        });
        self.push(
            offset,
            Piece::ScopeOpen {
                index,
                level: level + 1,
            },
            braces,
        );
        Some(OpenScope { braces, level })
    }

    /// The end of what was opened.
    fn close_scope(&mut self, offset: u32, scope: Option<OpenScope>) {
        if let Some(OpenScope { braces, level }) = scope {
            self.frame().level = level;
            self.push(offset, Piece::ScopeClose(level), braces);
        }
    }

    /// A block. `head`: what the head of its loop declares.
    pub fn visit_block(&mut self, block: &BlockStatement<'a>, head: Option<ScopeId>) {
        let scopes = [head, block.scope_id.get()];
        let scope = match block.body.is_empty() {
            true => None,
            false => self.open_scope(block.span.start + 1, block.span.end, scopes, 0),
        };
        self.visit_statements(&block.body);
        self.close_scope(block.span.end - 1, scope);
        if !block.body.is_empty() {
            self.end_block();
        }
    }

    /// What a loop does, whose head may declare variables and have some to tell.
    pub fn visit_loop_body(
        &mut self,
        head: Option<ScopeId>,
        told: &[Bound<'a>],
        body: &Statement<'a>,
    ) {
        self.visit_branch(body, |visitor| {
            visitor.tell_head(told, body);
            match body {
                Statement::BlockStatement(block) => visitor.visit_block(block, head),
                Statement::EmptyStatement(_) => {}
                _ => {
                    let Span { start, end, .. } = body.span();
                    let scope = visitor.open_scope(start, end, [head, None], BRACES);
                    visitor.visit_statement(body);
                    visitor.close_scope(end, scope);
                }
            }
            visitor.end_head(told, body);
        });
    }

    /// Where an exception arrives, the variables of the block that it left are none of the function's
    /// any more.
    pub fn leave_scopes(&mut self, offset: u32) {
        if self.reads_locals() {
            let level = self.frame().level;
            self.push(offset, Piece::ScopeBack(level), 0);
        }
    }

    /// The head of a `finally`: an exception that passes through goes on with the variables of the
    /// block that it came from. To be ended by [`Self::go_on_with_scopes`].
    pub fn hold_scopes(&mut self, offset: u32) {
        if self.reads_locals() {
            let level = self.frame().level;
            self.push(offset, Piece::ScopeHold(level), 0);
        }
    }

    pub fn go_on_with_scopes(&mut self, offset: u32) {
        if self.reads_locals() {
            self.push(offset, Piece::ScopeResume, 0);
        }
    }

    /// A `break` or `continue` to a statement leads out of blocks. True if it needs a closing brace.
    pub fn jump_out_of_scopes(&mut self, target: u16, offset: u32) -> bool {
        let leaves = self.frame().level > target && self.reads_locals();
        if leaves {
            self.push(offset, Piece::ScopeJump(target), 0);
        }
        leaves
    }

    /// `this` was met.
    pub fn use_this(&mut self) {
        if self.reads_locals() {
            self.found[self.current as usize].uses_this = true;
        }
    }
}
