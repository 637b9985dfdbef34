//! What the visitor does at statements that a `break` can leave.
//!
//! `for (const a of b) c()` has a scope and a block of its own for `c()`; what follows is another block.

use oxc_ast::ast::*;
use oxc_ast_visit::Visit;

use crate::frame::{Around, Breakable};
use crate::visitor::Visitor;

impl<'a> Visitor<'a> {
    /// The end of what [`Self::enter`] began.
    pub fn leave_loop(&mut self) {
        self.frame().around.pop();
        self.end_block();
    }

    /// A statement that `break` can leave starts, and has the labels before it.
    pub fn enter(&mut self, kind: Breakable) {
        let labels = std::mem::take(&mut self.labels);
        let level = self.frame().level;
        self.frame().around.push(Around {
            labels,
            kind,
            level,
        });
    }

    pub fn visit_for_in(&mut self, it: &ForInStatement<'a>) {
        self.enter(Breakable::Loop);
        self.visit_for_statement_left(&it.left);
        self.visit_placed(&it.right);
        let told = self.told_of_head(&it.left, &it.body);
        self.visit_loop_body(it.scope_id.get(), &told, &it.body);
        self.leave_loop();
    }

    pub fn visit_for(&mut self, it: &ForStatement<'a>) {
        self.enter(Breakable::Loop);
        if let Some(init) = &it.init {
            self.visit_for_statement_init(init);
        }
        for tested in [&it.test, &it.update].into_iter().flatten() {
            self.visit_placed(tested);
        }
        // V8 disposes twice of what such a head declares and a function refers to (*tried* on 24, 26).
        let disposes = matches!(&it.init, Some(ForStatementInit::VariableDeclaration(head)) if head.kind.is_using());
        let head = it.scope_id.get().filter(|_| !disposes);
        self.visit_loop_body(head, &[], &it.body);
        self.leave_loop();
    }

    pub fn visit_while(&mut self, it: &WhileStatement<'a>) {
        self.enter(Breakable::Loop);
        self.visit_placed(&it.test);
        self.visit_branch(&it.body, |visitor| visitor.visit_statement(&it.body));
        self.leave_loop();
    }

    pub fn visit_do_while(&mut self, it: &DoWhileStatement<'a>) {
        self.enter(Breakable::Loop);
        self.visit_branch(&it.body, |visitor| visitor.visit_statement(&it.body));
        self.visit_placed(&it.test);
        self.leave_loop();
    }

    pub fn visit_switch(&mut self, it: &SwitchStatement<'a>) {
        self.visit_expression(&it.discriminant);
        self.enter(Breakable::Switch);
        self.visit_switch_cases(&it.cases);
        self.leave_loop();
    }
}
