//! What a person would call a function, from where it stands.
//!
//! `Cart.prototype.add = function () {}` gives `Cart.add`, `module.exports.sum = () => 0` gives
//! `sum`, `{ onClose() {} }` in `const handlers =` gives `handlers.onClose`.
//!
//! Limits: names say where the text is, not which object is met at run time.

use oxc_ast::ast::{AssignmentTarget, Expression, IdentifierName, PropertyKey};
use oxc_span::{GetSpan, Span};

use crate::original_names::Names;

/// A longer name is cut: names stand in every row of the store.
const MAX_NAME_BYTES: usize = 160;
/// The text of a computed key is cut at this length.
const MAX_KEY_BYTES: usize = 40;

/// The last part of a member's name, and what joins it to the part before.
pub(crate) struct Key {
    pub text: String,
    pub is_private: bool,
}

impl Key {
    /// A public one.
    pub fn of(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            is_private: false,
        }
    }
}

/// The name of a property or member by its key.
pub(crate) fn key_name<'a>(
    source: &str,
    names: Names<'a>,
    key: &PropertyKey<'a>,
    is_computed: bool,
) -> Key {
    let said = |name: &'a str, start| names.of(name, start).to_owned();
    let (text, is_private) = match key {
        PropertyKey::StaticIdentifier(id) => (said(id.name.as_str(), id.span.start), false),
        // A map counts from the `#`.
        PropertyKey::PrivateIdentifier(id) => {
            let name = said(id.name.as_str(), id.span.start);
            (name.trim_start_matches('#').to_owned(), true)
        }
        PropertyKey::StringLiteral(literal) => (literal.value.to_string(), false),
        key if is_computed => {
            let text = cut(text_at(source, key.span()), MAX_KEY_BYTES);
            (format!("[{text}]"), false)
        }
        key => (text_at(source, key.span()).to_owned(), false),
    };
    Key { text, is_private }
}

/// `Cart` and `add` to `Cart.add`, `Cart` and a private `total` to `Cart#total`.
pub(crate) fn member(owner: Option<&str>, key: &Key) -> String {
    let joint = if key.is_private { "#" } else { "." };
    let name = match owner {
        Some(owner) => format!("{owner}{joint}{}", key.text),
        None if key.is_private => format!("#{}", key.text),
        None => key.text.clone(),
    };
    cut(&name, MAX_NAME_BYTES).to_owned()
}

/// The name that an assignment gives to a function: `a.b.c`, without `exports`, `module.exports`,
/// `prototype` and `this`. Empty for the module's own export.
pub(crate) fn of_target<'a>(
    names: Names<'a>,
    target: &AssignmentTarget<'a>,
    class: Option<&'a str>,
) -> Option<String> {
    let mut path = match target {
        AssignmentTarget::AssignmentTargetIdentifier(id) => {
            vec![names.of(id.name.as_str(), id.span.start)]
        }
        AssignmentTarget::StaticMemberExpression(member) => {
            let mut path = path_of(names, &member.object);
            path.push(property_name(names, &member.property));
            path
        }
        AssignmentTarget::PrivateFieldExpression(member) => {
            let key = Key {
                text: member.field.name.to_string(),
                is_private: true,
            };
            let owner = owner(names, &member.object, class.map(str::to_owned));
            return Some(self::member(owner.as_deref(), &key));
        }
        AssignmentTarget::ComputedMemberExpression(member) => match &member.expression {
            Expression::StringLiteral(literal) => {
                let mut path = path_of(names, &member.object);
                path.push(literal.value.as_str());
                path
            }
            _ => return None,
        },
        _ => return None,
    };
    if path.starts_with(&["module", "exports"]) {
        path.drain(..2);
    } else if path.first() == Some(&"exports") {
        path.remove(0);
    } else if path.first() == Some(&"this") {
        path.remove(0);
        if let Some(class) = class {
            path.insert(0, class);
        }
    }
    path.retain(|part| *part != "prototype");
    Some(cut(&path.join("."), MAX_NAME_BYTES).to_owned())
}

/// The name of an object that something belongs to; `this` is the class.
pub(crate) fn owner<'a>(
    names: Names<'a>,
    object: &Expression<'a>,
    class: Option<String>,
) -> Option<String> {
    match path_of(names, object).as_slice() {
        [] | ["this"] => class,
        path => Some(path.join(".")),
    }
}

/// The names of `a.b.c`, as far as they are plain.
fn path_of<'a>(names: Names<'a>, expression: &Expression<'a>) -> Vec<&'a str> {
    match expression.get_inner_expression() {
        Expression::Identifier(id) => vec![names.of(id.name.as_str(), id.span.start)],
        Expression::ThisExpression(_) => vec!["this"],
        Expression::StaticMemberExpression(member) => {
            let mut path = path_of(names, &member.object);
            path.push(property_name(names, &member.property));
            path
        }
        _ => Vec::new(),
    }
}

fn property_name<'a>(names: Names<'a>, property: &IdentifierName<'a>) -> &'a str {
    names.of(property.name.as_str(), property.span.start)
}

fn text_at(source: &str, span: Span) -> &str {
    &source[span.start as usize..span.end as usize]
}

fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
