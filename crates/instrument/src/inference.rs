//! V8's names for functions that have none: what it has read before them in the statement, joined.
//!
//! At `a.b = c.d = function () {}` the names `a`, `b` and `d` are on the stack when the function,
//! which waits, gets them: `a.b.c.d`.
//!
//! The rules are those of V8's `FuncNameInferrer`. Limits: it knows nothing of syntax; who reads the
//! program in V8's order is `inferred_names.rs`.

use std::borrow::Cow;

/// What a name was found as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Enclosing,
    Literal,
    Variable,
}

/// A place in the stack of names to go back to.
#[derive(Debug)]
pub(crate) struct State(usize);

/// Names read so far and functions that wait for one.
#[derive(Debug, Default)]
pub(crate) struct Inference<'a> {
    names: Vec<(Kind, Cow<'a, str>)>,
    /// Functions that wait, by the reader's number; `None` for one whose name is found elsewhere.
    waiting: Vec<Option<usize>>,
    depth: u32,
}

impl<'a> Inference<'a> {
    /// An expression begins whose names end with it.
    pub fn open(&mut self) -> State {
        self.depth += 1;
        State(self.names.len())
    }

    pub fn close(&mut self, state: &State) {
        self.names.truncate(state.0);
        self.depth -= 1;
    }

    /// The name of the function around, where it looks like a constructor's.
    pub fn push_enclosing(&mut self, name: &str) {
        if name.starts_with(char::is_uppercase) {
            self.names
                .push((Kind::Enclosing, Cow::Owned(name.to_owned())));
        }
    }

    /// A property's name.
    pub fn push_literal(&mut self, name: Cow<'a, str>) {
        if self.depth > 0 && name != "prototype" {
            self.names.push((Kind::Literal, name));
        }
    }

    pub fn push_variable(&mut self, name: &'a str) {
        if self.depth > 0 {
            self.names.push((Kind::Variable, Cow::Borrowed(name)));
        }
    }

    pub fn add(&mut self, function: Option<usize>) {
        if self.depth > 0 {
            self.waiting.push(function);
        }
    }

    /// What a call's arguments end with is not named by what follows the call.
    pub fn remove_last(&mut self) {
        if self.depth > 0 {
            self.waiting.pop();
        }
    }

    /// All that wait, and the name for them.
    pub fn infer(&mut self) -> Option<(Vec<Option<usize>>, String)> {
        if self.waiting.is_empty() {
            return None;
        }
        let mut whole = String::new();
        for (index, (kind, name)) in self.names.iter().enumerate() {
            let next = self.names.get(index + 1).map(|next| next.0);
            // Of variables in a row the last one counts.
            if *kind == Kind::Variable && next == Some(Kind::Variable) {
                continue;
            }
            if !whole.is_empty() {
                whole.push('.');
            }
            whole.push_str(name);
        }
        Some((std::mem::take(&mut self.waiting), whole))
    }
}
