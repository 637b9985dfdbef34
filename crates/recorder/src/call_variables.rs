//! What a call's assignments came to, in the order in which they were made.
//!
//! ```text
//! assignment 0 (`sum`, line 2): 0, then 1 (`sum`, line 4): 5 → [[2,"sum",0],[4,"sum",5]]
//! ```
//! An item has its line (0 where it is not known), what got the value, the value, and, if values of it before this one were
//! left out, how many. Limits: [`MAX_BYTES`] of JSON a call; how many assignments there were beyond stands as a number at
//! the end.

use breadcrumb_event::function::Assignment;
use breadcrumb_event::json::write_json_string;

use crate::codec::{Decoder, Encoder};

/// Bytes of JSON of a call.
const MAX_BYTES: usize = 64 << 10;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CallVariables {
    /// The items, with commas between them.
    items: String,
    left_out: u64,
}

impl CallVariables {
    /// An assignment was made, behind `between` of it that are not known. `value`: JSON.
    pub(crate) fn add(&mut self, assignment: &Assignment, between: u32, value: &str) {
        if self.left_out > 0 || self.items.len() + value.len() > MAX_BYTES {
            self.left_out += 1 + u64::from(between);
            return;
        }
        let mut digits = itoa::Buffer::new();
        let out = &mut self.items;
        out.push_str(if out.is_empty() { "[" } else { ",[" });
        out.push_str(digits.format(assignment.line));
        out.push(',');
        write_json_string(&assignment.name, out);
        out.push(',');
        out.push_str(value);
        if between > 0 {
            out.push(',');
            out.push_str(digits.format(between));
        }
        out.push(']');
    }

    /// As the store has them; nothing where there are none. `scratch`: is overwritten.
    pub(crate) fn json<'a>(&self, scratch: &'a mut String) -> Option<&'a str> {
        if self.items.is_empty() && self.left_out == 0 {
            return None;
        }
        scratch.clear();
        scratch.push('[');
        scratch.push_str(&self.items);
        if self.left_out > 0 {
            scratch.push_str(if self.items.is_empty() { "" } else { "," });
            scratch.push_str(itoa::Buffer::new().format(self.left_out));
        }
        scratch.push(']');
        Some(scratch)
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.text(&self.items).u64(self.left_out);
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        Some(Self {
            items: from.text()?,
            left_out: from.u64()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assignment(name: &str, line: u32) -> Assignment {
        Assignment {
            name: name.into(),
            line,
            column: 3,
        }
    }

    #[test]
    fn values_stand_in_the_order_in_which_they_came() {
        let mut variables = CallVariables::default();
        let mut scratch = String::new();
        assert_eq!(variables.json(&mut scratch), None);
        variables.add(&assignment("sum", 2), 0, "0");
        variables.add(&assignment("this.a[\"b\"]", 4), 12, "{\"n\":1}");
        assert_eq!(
            variables.json(&mut scratch),
            Some(r#"[[2,"sum",0],[4,"this.a[\"b\"]",{"n":1},12]]"#)
        );
        let mut out = Encoder::default();
        variables.encode(&mut out);
        let read = CallVariables::decode(&mut Decoder::new(&out.bytes));
        assert_eq!(read, Some(variables));
    }

    #[test]
    fn beyond_the_limit_they_are_counted() {
        let mut variables = CallVariables::default();
        let long = format!("\"{}\"", "x".repeat(MAX_BYTES / 2));
        for _ in 0..3 {
            variables.add(&assignment("a", 1), 2, &long);
        }
        variables.add(&assignment("a", 1), 0, "1");
        let mut scratch = String::new();
        let json = variables.json(&mut scratch).unwrap_or_default();
        assert!(json.ends_with(",2],7]"), "{}", &json[json.len() - 20..]);
    }
}
