//! Words of a record → values. Bounded by the record: malformed words decode to something,
//! never to a panic or a read outside the slice.

use crate::layout::{
    BOX, CUT_BUDGET, CUT_BYTES, CUT_DEADLINE, CUT_DEBUGGER, CUT_HIDDEN, CUT_PAUSES, CUT_STACK,
    PROMISE_FULFILLED, PROMISE_PENDING, PROMISE_REJECTED, STORED_MASK, STORED_SHIFT, TAG_ACCESSOR,
    TAG_ARRAY, TAG_BIGINT, TAG_BIGINT64, TAG_BOXED, TAG_BYTES, TAG_CIRCULAR, TAG_CUT, TAG_DATE,
    TAG_ERROR, TAG_EXTENDED, TAG_FALSE, TAG_FUNCTION, TAG_HOLE, TAG_IDENTIFIED, TAG_MAP, TAG_MASK,
    TAG_NAN, TAG_NULL, TAG_OBJECT, TAG_OPAQUE, TAG_PROMISE, TAG_PROXY, TAG_REGEXP, TAG_SET,
    TAG_STRING_AT, TAG_STRING8, TAG_STRING16, TAG_SYMBOL, TAG_TRUE, TAG_TYPED,
};
use crate::paths::{Paths, Step};
use crate::value::{Class, Cut, Value};

/// Deepest nesting that is decoded; the writer stays far below it.
const MAX_DEPTH: u32 = 64;

/// What follows a record's header, and what it may point back into.
#[derive(Clone, Copy, Debug, Default)]
pub struct Payload<'a> {
    /// The values' words.
    pub words: &'a [u64],
    /// The chunk, from its header on.
    pub chunk: &'a [u64],
}

/// Reads values from the words of one record, front to back.
pub struct Decoder<'a> {
    words: &'a [u64],
    chunk: &'a [u64],
    /// The words that there were at first.
    all: &'a [u64],
    /// Values read so far.
    read: u32,
    paths: Paths,
    /// The next value is an object with marks: an array is written out as one.
    unfolded: bool,
}

/// The words of the string that `words` begin with, if they begin with one and hold it all.
#[must_use]
pub fn string(words: &[u64]) -> Option<&[u64]> {
    let high = (*words.first()? >> 32) as u32;
    let units = (high >> STORED_SHIFT & STORED_MASK) as usize;
    let stored = match high & (BOX | TAG_MASK) {
        tag if tag == BOX | TAG_STRING8 => units.div_ceil(8),
        tag if tag == BOX | TAG_STRING16 => units.div_ceil(4),
        _ => return None,
    };
    words.get(..=stored)
}

/// The words of the string in `chunk` that `word` points to, if it is a TAG_STRING_AT.
#[must_use]
pub fn string_at(word: u64, chunk: &[u64]) -> Option<&[u64]> {
    if (word >> 32) as u32 & (BOX | TAG_MASK) != BOX | TAG_STRING_AT {
        return None;
    }
    string(chunk.get(word as u32 as usize..)?)
}

/// The integer in `word`, if it holds a number that is one (and not -0): the fast path for
/// arguments that need no `Value`.
#[must_use]
pub fn integer(word: u64) -> Option<i64> {
    if (word >> 32) as u32 & BOX == BOX {
        return None;
    }
    Value::Number(f64::from_bits(word)).as_integer()
}

impl<'a> Decoder<'a> {
    /// A decoder over the words behind a record's header, which point to nothing outside.
    #[must_use]
    pub fn new(words: &'a [u64]) -> Self {
        Self::within(Payload { words, chunk: &[] })
    }

    /// A decoder over what is behind a record's header.
    #[must_use]
    pub fn within(payload: Payload<'a>) -> Self {
        let Payload { words, chunk } = payload;
        Self {
            words,
            chunk,
            all: words,
            read: 0,
            paths: Paths::new(),
            unfolded: false,
        }
    }

    /// The record's one value is the result of a call: paths begin so.
    #[must_use]
    pub fn of_result(mut self) -> Self {
        self.paths.of_result();
        self
    }

    /// The next value, `None` at the end.
    pub fn value(&mut self) -> Option<Value> {
        let step = Step::Item(self.read);
        self.read += 1;
        self.child(step, 0)
    }

    /// The value that stands at `step` of the one that is being read.
    fn child(&mut self, step: Step, depth: u32) -> Option<Value> {
        if !self.words.first().is_some_and(|&word| may_hold(word)) {
            return self.nested(depth);
        }
        let outer = self.paths.enter(self.at(), step);
        let value = self.nested(depth);
        self.paths.leave(outer);
        value
    }

    /// The next word, counted from the record's header.
    fn at(&self) -> u32 {
        (self.all.len() - self.words.len() + 1) as u32
    }

    /// Where the object at `word` of this record stands.
    fn path(&self, word: u32) -> Value {
        let key = |at: u32| {
            let words = self.all.get(at as usize - 1..).unwrap_or_default();
            let key = Self::new(words).value();
            key.map_or_else(String::new, key_text)
        };
        Value::text(&self.paths.path(word, key))
    }

    fn word(&mut self) -> Option<u64> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(*first)
    }

    fn nested(&mut self, depth: u32) -> Option<Value> {
        let word = self.word()?;
        let unfolded = std::mem::take(&mut self.unfolded);
        let high = (word >> 32) as u32;
        if high & BOX != BOX {
            return Some(Value::Number(f64::from_bits(word)));
        }
        let payload = word as u32;
        let stored = high >> STORED_SHIFT & STORED_MASK;
        let tag = high & TAG_MASK;
        if depth > MAX_DEPTH {
            return Some(Value::Cut {
                kind: kind_of(tag),
                why: Cut::Depth,
            });
        }
        Some(match tag {
            TAG_NULL => Value::Null,
            TAG_FALSE => Value::Bool(false),
            TAG_TRUE => Value::Bool(true),
            TAG_NAN => Value::Number(f64::NAN),
            TAG_STRING8 => self.latin1(stored as usize, payload)?,
            TAG_STRING16 => self.utf16(stored as usize, payload)?,
            TAG_STRING_AT => match string_at(word, self.chunk) {
                Some(words) => Self::new(words).value()?,
                None => Value::Cut {
                    kind: "string",
                    why: Cut::Bytes,
                },
            },
            TAG_BIGINT64 => Value::BigInt(self.word()?.cast_signed()),
            TAG_BIGINT => Value::BigIntHex {
                negative: payload == 1,
                digits: self.boxed(depth)?,
            },
            TAG_SYMBOL => Value::Symbol(self.boxed(depth)?),
            TAG_FUNCTION => Value::Function(self.boxed(depth)?),
            TAG_REGEXP => Value::RegExp(self.boxed(depth)?),
            TAG_BOXED => Value::Boxed(self.boxed(depth)?),
            TAG_OPAQUE => Value::Opaque(self.boxed(depth)?),
            TAG_DATE => Value::Date(f64::from_bits(self.word()?)),
            TAG_PROXY => Value::Proxy,
            TAG_ACCESSOR => Value::Accessor,
            TAG_HOLE => Value::Hole,
            TAG_CIRCULAR => Value::Circular(Box::new(self.path(payload))),
            TAG_CUT => Value::Cut {
                kind: kind_of(stored),
                why: match payload {
                    CUT_BUDGET => Cut::Budget,
                    CUT_BYTES => Cut::Bytes,
                    CUT_PAUSES => Cut::Pauses,
                    CUT_STACK => Cut::Stack,
                    CUT_DEBUGGER => Cut::Debugger,
                    CUT_HIDDEN => Cut::Hidden,
                    CUT_DEADLINE => Cut::Deadline,
                    _ => Cut::Depth,
                },
            },
            TAG_ARRAY if stored == payload && !unfolded => Value::Array {
                items: self.items(stored, depth, Step::Item),
                length: payload,
            },
            TAG_ARRAY => Value::Array {
                items: self.items(stored, depth, Step::ItemOf),
                length: payload,
            },
            TAG_SET => Value::Set {
                items: self.items(stored, depth, Step::ItemOf),
                length: payload,
            },
            TAG_MAP => self.map(stored, payload, depth),
            TAG_OBJECT => self.object(stored, payload, depth)?,
            TAG_ERROR => self.error(stored, payload, depth)?,
            TAG_BYTES => Value::Bytes {
                class: self.boxed(depth)?,
                length: payload,
                head: Some(self.bytes(stored as usize)?),
            },
            TAG_TYPED => Value::Typed {
                elements: self.boxed(depth)?,
                items: self.items(stored, depth, Step::ItemOf),
                length: payload,
            },
            TAG_PROMISE => self.promise(stored, payload, depth)?,
            TAG_IDENTIFIED => {
                self.unfolded = true;
                Value::Identified {
                    id: payload,
                    value: self.boxed(depth)?,
                }
            }
            TAG_EXTENDED => self.extended(stored, payload, depth)?,
            _ => Value::Undefined,
        })
    }

    fn boxed(&mut self, depth: u32) -> Option<Box<Value>> {
        self.child(Step::Itself, depth + 1).map(Box::new)
    }

    fn items(&mut self, count: u32, depth: u32, step: fn(u32) -> Step) -> Vec<Value> {
        let mut items = Vec::with_capacity(self.words.len().min(count as usize));
        while items.len() < count as usize {
            let Some(item) = self.child(step(items.len() as u32), depth + 1) else {
                break;
            };
            items.push(item);
        }
        items
    }

    fn map(&mut self, count: u32, length: u32, depth: u32) -> Value {
        let mut pairs = self.items(count * 2, depth, Step::OfEntry).into_iter();
        let mut entries = Vec::new();
        while let (Some(key), Some(value)) = (pairs.next(), pairs.next()) {
            entries.push((key, value));
        }
        Value::Map { entries, length }
    }

    fn object(&mut self, count: u32, length: u32, depth: u32) -> Option<Value> {
        let class = match self.child(Step::Itself, depth + 1)? {
            Value::String { text, .. } => Class::Named(text),
            Value::Null => Class::Null,
            _ => Class::Plain,
        };
        Some(Value::Object {
            class,
            entries: self.entries(count, depth, false),
            length,
        })
    }

    fn error(&mut self, count: u32, length: u32, depth: u32) -> Option<Value> {
        Some(Value::Error {
            name: self.boxed(depth)?,
            message: self.boxed(depth)?,
            stack: self.boxed(depth)?,
            entries: self.entries(count, depth, false),
            length,
        })
    }

    fn promise(&mut self, stored: u32, state: u32, depth: u32) -> Option<Value> {
        let state = match state {
            PROMISE_PENDING => Some("pending"),
            PROMISE_FULFILLED => Some("fulfilled"),
            PROMISE_REJECTED => Some("rejected"),
            _ => None,
        };
        let value = match stored {
            0 => None,
            _ => Some(Box::new(self.child(Step::Value, depth + 1)?)),
        };
        Some(Value::Promise { state, value })
    }

    fn extended(&mut self, count: u32, length: u32, depth: u32) -> Option<Value> {
        let class = match self.child(Step::Itself, depth + 1)? {
            Value::String { text, .. } => Some(text),
            _ => None,
        };
        self.unfolded = true;
        Some(Value::Extended {
            class,
            value: self.boxed(depth)?,
            entries: self.entries(count, depth, true),
            length,
        })
    }

    /// Keys and values. `beside`: they stand below `properties` in JSON.
    fn entries(&mut self, count: u32, depth: u32, beside: bool) -> Vec<(String, Value)> {
        let mut entries: Vec<(String, Value)> =
            Vec::with_capacity(self.words.len().min(count as usize));
        while entries.len() < count as usize {
            let at = self.at();
            let Some(key) = self.nested(depth + 1) else {
                break;
            };
            let step = if beside { Step::KeyBeside } else { Step::Key };
            let Some(value) = self.child(step(at), depth + 1) else {
                break;
            };
            entries.push((unlike(key_text(key), &entries), value));
        }
        entries
    }

    fn bytes(&mut self, count: usize) -> Option<Vec<u8>> {
        let words = count.div_ceil(8);
        if words > self.words.len() {
            return None;
        }
        let (head, rest) = self.words.split_at(words);
        self.words = rest;
        let mut bytes: Vec<u8> = head.iter().flat_map(|word| word.to_le_bytes()).collect();
        bytes.truncate(count);
        Some(bytes)
    }

    fn latin1(&mut self, stored: usize, length: u32) -> Option<Value> {
        let bytes = self.bytes(stored)?;
        let text = match String::from_utf8(bytes) {
            Ok(text) if text.is_ascii() => text,
            Ok(text) => text.bytes().map(char::from).collect(),
            Err(error) => error.into_bytes().into_iter().map(char::from).collect(),
        };
        Some(Value::String { text, length })
    }

    fn utf16(&mut self, stored: usize, length: u32) -> Option<Value> {
        let bytes = self.bytes(stored * 2)?;
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        Some(Value::String {
            text: String::from_utf16_lossy(&units),
            length,
        })
    }
}

/// A key as JSON has it: one that begins with `$` gets one more, so that a symbol is told apart.
fn key_text(key: Value) -> String {
    match key {
        Value::String { text, .. } if text.starts_with('$') => format!("${text}"),
        Value::String { text, .. } => text,
        Value::Symbol(name) => format!("$symbol({})", name.as_text().unwrap_or_default()),
        _ => String::new(),
    }
}

/// Two symbols may have one description: the second is `$symbol(…)#2`.
fn unlike(key: String, before: &[(String, Value)]) -> String {
    if !key.starts_with("$symbol(") {
        return key;
    }
    let same = |other: &str| {
        other
            .strip_prefix(&key)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
    };
    match before.iter().filter(|(other, _)| same(other)).count() {
        0 => key,
        others => format!("{key}#{}", others + 1),
    }
}

/// Whether a value is an object, which may be met again.
fn may_hold(word: u64) -> bool {
    let high = (word >> 32) as u32;
    high & BOX == BOX && high & TAG_MASK >= TAG_ARRAY
}

fn kind_of(tag: u32) -> &'static str {
    match tag {
        TAG_ARRAY => "array",
        TAG_FUNCTION => "function",
        TAG_STRING8 | TAG_STRING16 => "string",
        TAG_MAP => "map",
        TAG_TYPED => "typedarray",
        TAG_BYTES => "bytes",
        TAG_PROMISE => "promise",
        TAG_SET => "set",
        TAG_ERROR => "error",
        TAG_BIGINT | TAG_BIGINT64 => "bigint",
        TAG_CUT => "unknown",
        _ => "object",
    }
}
