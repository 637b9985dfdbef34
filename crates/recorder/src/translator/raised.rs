//! What is told of an exception: what was thrown, and the variables of the calls that it leaves.
//!
//! `THROW 12 Error "no such order" "Error: …\n    at total (src/cart.js:3:9)"` → its name, message, stack
//! and place, with the errors that it names. Limits: those of what the probe wrote; a scope that the
//! table does not know has no variables.

use std::fmt::Write as _;

use breadcrumb_event::decode::{Decoder, Payload};
use breadcrumb_event::function::LocalScope;
use breadcrumb_event::json::write_json_string;
use breadcrumb_event::layout::{
    FLAG_LOCALS_CUT, FLAG_LOCALS_SKIPPED, FLAG_LOCALS_UNINITIALIZED, FLAG_SAME,
};
use breadcrumb_event::value::Value;

use super::Translator;
use crate::exception::{Related, Thrown};
use crate::exceptions::Said;

impl Translator {
    /// The value in a record about an exception.
    pub(crate) fn said(&mut self, flags: u32, payload: Payload<'_>, values: usize) -> Said {
        if flags & FLAG_SAME != 0 {
            return Said::Same;
        }
        if values == 0 {
            return Said::Nothing;
        }
        let mut decoder = Decoder::within(payload);
        let Some(value) = decoder.value() else {
            return Said::Nothing;
        };
        let mut thrown = self.thrown(value);
        let mut left = values - 1;
        if left > 0 {
            thrown.number = number(&mut decoder);
            left -= 1;
        }
        if left > 0 {
            let causes = number(&mut decoder) as usize;
            let related = (left - 1) / 2;
            for index in 0..related {
                let Some(value) = decoder.value() else { break };
                let one = self.thrown(value);
                let one = Related {
                    name: one.name,
                    message: one.message,
                    number: number(&mut decoder),
                    exception_id: None,
                };
                match index < causes {
                    true => thrown.causes.push(one),
                    false => thrown.errors.push(one),
                }
            }
        }
        Said::Value(thrown)
    }

    /// The line of a `catch` clause by its number in its function. That of the function where the table does
    /// not know the clause, 0 where it does not know the function.
    pub(crate) fn line_of_catch(&mut self, function: u32, clause: Option<i64>) -> u32 {
        if self.functions.entry(function).is_none() {
            self.refresh();
        }
        let Some(entry) = self.functions.entry(function) else {
            return 0;
        };
        let clause = clause.and_then(|clause| usize::try_from(clause).ok());
        let clause = clause.and_then(|clause| entry.function.catches.get(clause));
        clause.map_or(entry.function.line, |clause| clause.line)
    }

    fn thrown(&mut self, value: Value) -> Thrown {
        let (name, message, stack) = match value {
            Value::Error {
                name,
                message,
                stack,
                ..
            } => (name, message, stack),
            mut value => {
                let name = type_of(&value).to_owned();
                self.redact.redact_value(&mut value, &mut self.hits);
                self.fired.take(&mut self.hits);
                return Thrown {
                    name,
                    message: value.to_json(),
                    ..Thrown::default()
                };
            }
        };
        let stack = stack
            .as_text()
            .map(|stack| self.stacks.original_stack(stack));
        let place = stack.as_deref().and_then(|stack| self.stacks.place(stack));
        // Behind a line break there is only the place.
        let whole = stack.as_deref().filter(|stack| !stack.starts_with('\n'));
        let (redact, hits) = (&*self.redact, &mut self.hits);
        let mut redacted = |text: &str| redact.redact_text(text, hits).into_owned();
        let thrown = Thrown {
            name: redacted(name.as_text().unwrap_or_default()),
            message: redacted(message.as_text().unwrap_or_default()),
            place: place.map(|(file, line, column)| (redacted(&file), line, column)),
            stack: whole.map(&mut redacted),
            ..Thrown::default()
        };
        self.fired.take(&mut self.hits);
        thrown
    }

    /// The variables of a scope, as JSON.
    pub(crate) fn locals(&mut self, flags: u32, payload: Payload<'_>, values: usize) -> String {
        let mut decoder = Decoder::within(payload);
        let (function, scope) = (number(&mut decoder), number(&mut decoder));
        if self.functions.entry(function).is_none() {
            self.refresh();
        }
        let scopes = self
            .functions
            .entry(function)
            .map(|entry| &entry.function.scopes);
        let known = scopes.and_then(|scopes| scopes.get(scope as usize));
        let known = known.cloned().unwrap_or_else(|| LocalScope {
            line: 0,
            column: 0,
            variables: Vec::new(),
        });
        let names: Vec<String> = known.variables.iter().map(|one| one.name.clone()).collect();
        let mut decoded = Vec::new();
        while decoded.len() < values.saturating_sub(2).min(names.len())
            && let Some(value) = decoder.value()
        {
            decoded.push(value);
        }
        let uninitialized = flags & FLAG_LOCALS_UNINITIALIZED != 0;
        let holes: Vec<bool> = (0..names.len())
            .map(|at| {
                decoded
                    .get(at)
                    .map_or(uninitialized, |value| *value == Value::Hole)
            })
            .collect();
        self.redact
            .redact_arguments(&names, &mut decoded, &mut self.hits);
        self.fired.take(&mut self.hits);
        let mut out = String::new();
        let kind = if scope == 0 { "function" } else { "block" };
        let _ = write!(out, "{{\"scope\":\"{kind}\",\"line\":{}", known.line);
        for (key, closure) in [("variables", false), ("closure", true)] {
            let of = |at: &usize| known.variables[*at].is_closure == closure;
            let mut all = (0..names.len())
                .filter(of)
                .filter(|at| holes[*at] || *at < decoded.len())
                .peekable();
            if closure && all.peek().is_none() {
                continue;
            }
            let _ = write!(out, ",\"{key}\":{{");
            for (index, at) in all.enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write_json_string(&names[at], &mut out);
                out.push(':');
                match decoded.get(at) {
                    Some(value) if !holes[at] => value.write_json(&mut out),
                    _ => out.push_str("{\"$type\":\"uninitialized\"}"),
                }
            }
            out.push('}');
        }
        let skipped = flags & FLAG_LOCALS_SKIPPED != 0;
        let cut = flags & FLAG_LOCALS_CUT != 0;
        if skipped || cut {
            let why = if skipped { "rate" } else { "bytes" };
            let _ = write!(out, ",\"$cut\":\"{why}\"");
        }
        out.push('}');
        out
    }
}

/// The next value, which is a whole number.
fn number(decoder: &mut Decoder<'_>) -> u32 {
    let value = decoder.value().and_then(|value| value.as_integer());
    value
        .and_then(|value| u32::try_from(value).ok())
        .unwrap_or(0)
}

/// JavaScript's `typeof`.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Undefined | Value::Hole => "undefined",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String { .. } => "string",
        Value::BigInt(_) | Value::BigIntHex { .. } => "bigint",
        Value::Symbol(_) => "symbol",
        Value::Function(_) => "function",
        _ => "object",
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::Arc;

    use super::*;
    use crate::assembler_tests::translator;
    use crate::original_stacks::OriginalStacks;

    /// Whose every stack begins here.
    struct At(&'static str);

    impl OriginalStacks for At {
        fn original_stack<'a>(&self, stack: &'a str) -> Cow<'a, str> {
            Cow::Borrowed(stack)
        }

        fn place(&self, _: &str) -> Option<(String, u32, u32)> {
            Some((self.0.into(), 3, 9))
        }
    }

    fn file_of(place: &'static str) -> Option<(String, u32, u32)> {
        let mut translator = translator();
        translator.stacks = Arc::new(At(place));
        let text = |text: &str| Box::new(Value::text(text));
        let error = Value::Error {
            name: text("Error"),
            message: text("no"),
            stack: text("Error: no"),
            entries: Vec::new(),
            length: 0,
        };
        translator.thrown(error).place
    }

    #[test]
    fn secrets_leave_the_place_of_a_throw() {
        assert_eq!(
            file_of("https://cdn/app.js?token=hunter2"),
            Some(("https://cdn/app.js?token=[redacted:token]".into(), 3, 9))
        );
        assert_eq!(file_of("src/cart.js"), Some(("src/cart.js".into(), 3, 9)));
    }
}
