//! A captured value, decoded: what a probe saw, cut to its limits.
//!
//! `{ id: 7 }` → `Value::Object { entries: [("id", Number(7.0))], … }`. Its JSON: `json.rs`.

/// Why a value was not looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Deeper than the limit.
    Depth,
    /// The record was full.
    Bytes,
    /// The thread's budget for looking into objects was used up.
    Budget,
    /// A result for which the program would have paused, and did not: no time was left for it.
    Pauses,
    /// As above: the stack was too deep.
    Stack,
    /// As above: a debugger may be attached.
    Debugger,
    /// A result that V8 does not show.
    Hidden,
    /// A result for which the program did not pause, since that took too long before.
    Deadline,
}

impl Cut {
    /// The reason's name in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Depth => "depth",
            Self::Bytes => "bytes",
            Self::Budget => "budget",
            Self::Pauses => "pauses",
            Self::Stack => "stack",
            Self::Debugger => "debugger",
            Self::Hidden => "hidden",
            Self::Deadline => "deadline",
        }
    }
}

/// The class of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Class {
    /// A plain object.
    Plain,
    /// No prototype.
    Null,
    /// An instance of the class with this name.
    Named(String),
}

/// A captured value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, NaN and -0 included.
    Number(f64),
    /// A string, perhaps cut; `length` is its true one in UTF-16 units.
    String {
        /// What is kept of it.
        text: String,
        /// Its true length in UTF-16 units.
        length: u32,
    },
    /// A BigInt of at most 64 bits.
    BigInt(i64),
    /// A larger one: sign and hexadecimal digits, perhaps cut.
    BigIntHex {
        /// Below zero.
        negative: bool,
        /// Hexadecimal digits, the highest first.
        digits: Box<Value>,
    },
    /// A symbol by its description.
    Symbol(Box<Value>),
    /// A function by its name.
    Function(Box<Value>),
    /// An array; `length` is its true one.
    Array {
        /// The items kept.
        items: Vec<Value>,
        /// Its true length.
        length: u32,
    },
    /// An object; `length` is its true number of own enumerable keys. A symbol is a key as
    /// `$symbol(description)`.
    Object {
        /// Its class.
        class: Class,
        /// The entries kept.
        entries: Vec<(String, Value)>,
        /// The true number of keys.
        length: u32,
    },
    /// A map.
    Map {
        /// The entries kept.
        entries: Vec<(Value, Value)>,
        /// Its true size.
        length: u32,
    },
    /// A set.
    Set {
        /// The items kept.
        items: Vec<Value>,
        /// Its true size.
        length: u32,
    },
    /// A date: ms since 1970, NaN if invalid.
    Date(f64),
    /// A regular expression, between its slashes and with its flags.
    RegExp(Box<Value>),
    /// An error.
    Error {
        /// Its name.
        name: Box<Value>,
        /// Its message.
        message: Box<Value>,
        /// Its stack, `Undefined` where it was not read; behind a line break its first frame alone.
        stack: Box<Value>,
        /// What else it has: `cause`, `errors`, enumerable properties; the entries kept.
        entries: Vec<(String, Value)>,
        /// The true number of these.
        length: u32,
    },
    /// A buffer or a view of bytes.
    Bytes {
        /// The class's name.
        class: Box<Value>,
        /// Length in bytes.
        length: u32,
        /// The first bytes; `None` where they were redacted.
        head: Option<Vec<u8>>,
    },
    /// A typed array of more than single bytes.
    Typed {
        /// Name of the built-in class, such as `Float64Array`.
        elements: Box<Value>,
        /// The elements kept.
        items: Vec<Value>,
        /// Its true length in elements.
        length: u32,
    },
    /// A promise.
    Promise {
        /// `pending`, `fulfilled` or `rejected`; `None` where it cannot be told.
        state: Option<&'static str>,
        /// What it was settled with.
        value: Option<Box<Value>>,
    },
    /// A boxed primitive.
    Boxed(Box<Value>),
    /// An object that cannot be looked into, by its class.
    Opaque(Box<Value>),
    /// A built-in object with more than its kind.
    Extended {
        /// Name of its class, where it is not the kind's own.
        class: Option<String>,
        /// The object as its kind.
        value: Box<Value>,
        /// Its own enumerable properties; those kept.
        entries: Vec<(String, Value)>,
        /// The true number of these.
        length: u32,
    },
    /// A value with the number that tells it apart from all others of its thread.
    Identified {
        /// The number, from 1.
        id: u32,
        /// The value.
        value: Box<Value>,
    },
    /// A proxy.
    Proxy,
    /// A getter, not called.
    Accessor,
    /// An object that this value holds already: the path where.
    Circular(Box<Value>),
    /// An absent item.
    Hole,
    /// Not looked into.
    Cut {
        /// What it is: `object`, `array`, `function`, `string`, `unknown` ….
        kind: &'static str,
        /// Why.
        why: Cut,
    },
    /// Taken out because it is secret.
    Redacted(Box<Redaction>),
}

/// What stands in the place of a secret value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redaction {
    /// Name of the rule.
    pub rule: Box<str>,
    /// A keyed hash of the secret, if the user wants to compare secrets.
    pub hash: Option<Box<str>>,
    /// What the user wants to stand there.
    pub text: Option<Box<str>>,
}

impl Value {
    /// A whole string.
    #[must_use]
    pub fn text(text: &str) -> Self {
        let length = u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
        Self::String {
            text: text.to_owned(),
            length,
        }
    }

    /// The text kept, of a string.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::String { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The value as its kind, without its number, its class and its properties.
    #[must_use]
    pub fn bare(&self) -> &Self {
        match self {
            Self::Identified { value, .. } | Self::Extended { value, .. } => value.bare(),
            _ => self,
        }
    }

    /// The integer that this is, if it is one that an `f64` holds exactly (and not -0).
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Number(n) if n.fract() == 0.0 && n.abs() <= 9_007_199_254_740_991.0 => {
                (*n != 0.0 || n.is_sign_positive()).then_some(*n as i64)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_recognised() {
        assert_eq!(Value::Number(3.0).as_integer(), Some(3));
        assert_eq!(Value::Number(0.0).as_integer(), Some(0));
        assert_eq!(Value::Number(-0.0).as_integer(), None);
        assert_eq!(Value::Number(0.5).as_integer(), None);
        assert_eq!(Value::Number(1e300).as_integer(), None);
    }
}
