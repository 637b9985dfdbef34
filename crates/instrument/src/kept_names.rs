//! Names that a tool hands to a helper of its own, beside the function that loses them.
//!
//! `const cost = __name((p) => p * 2, "cost")` names the arrow function `cost`,
//! `__publicField(this, "fill", () => 2)` in a constructor of `Shelf` names it `Shelf.fill`.
//!
//! Limits: the helpers of esbuild (`keepNames`, as `tsx` has it), Babel and swc whose names are left
//! in the text, with a literal for the name.

use oxc_ast::ast::*;

/// A function, and what the helper that it is handed to knows of its name.
pub(crate) enum Kept<'b, 'a> {
    /// The name that the function has.
    Name(&'b Expression<'a>, &'b str),
    /// The object that gets it, and under which key.
    Field(&'b Expression<'a>, &'b Expression<'a>, &'b str),
}

/// What a call tells, if it is one of such a helper.
pub(crate) fn of_call<'b, 'a>(call: &'b CallExpression<'a>) -> Option<Kept<'b, 'a>> {
    let Expression::Identifier(callee) = &call.callee else {
        return None;
    };
    // Where two files have one, esbuild numbers them: `__name2`.
    let helper = callee.name.trim_end_matches(|c: char| c.is_ascii_digit());
    match (helper, call.arguments.as_slice()) {
        ("__name", [value, Argument::StringLiteral(name)]) => {
            Some(Kept::Name(value.as_expression()?, name.value.as_str()))
        }
        (
            "__publicField" | "_defineProperty" | "_define_property",
            [object, Argument::StringLiteral(key), value],
        ) => Some(Kept::Field(
            object.as_expression()?,
            value.as_expression()?,
            key.value.as_str(),
        )),
        _ => None,
    }
}
