//! Values of calls → JSON, redacted, without a tree of values in between: what most arguments and
//! results are made of.
//!
//! ```text
//! 7 · true · "src/a.ts" · ƒ noop · object not looked into → 7,true,"src/a.ts",{"$type":"function",…
//! ```
//! Numbers and what is one word are written as they stand. A text is redacted and written once, and
//! kept by its words: programs hand the same ones around. Anything else is for the caller's long
//! way, and so is a call whose names make a secret of something.
//! Limits: [`SLOTS`] texts, the newer taking the place of the elder (3 MB where all are long).

use std::hash::Hasher as _;

use breadcrumb_event::decode::{Decoder, Payload, string, string_at};
use breadcrumb_event::layout::{
    BOX, CUT_BUDGET, STORED_SHIFT, TAG_ARRAY, TAG_CUT, TAG_FALSE, TAG_FUNCTION, TAG_MASK, TAG_NULL,
    TAG_OBJECT, TAG_TRUE, TAG_UNDEFINED,
};
use breadcrumb_event::value::Value;
use breadcrumb_redact::{Hits, Rule};
use rustc_hash::FxHasher;

use crate::redact::Redact;
use crate::translator::SMALL;

/// Texts kept.
const SLOTS: usize = 4096;
/// Numbers with a fraction are written as they stand below this: no card has one.
const NO_CARD: f64 = 1e12;

/// A text as JSON.
struct Text {
    words: Box<[u64]>,
    json: Box<str>,
    /// Parts of it that were redacted.
    hits: Box<[Rule]>,
    /// It is the name of a secret, which the value behind it may be.
    names_secret: bool,
}

/// See the module.
pub(crate) struct QuickJson {
    texts: Vec<Option<Text>>,
}

impl QuickJson {
    pub(crate) fn new() -> Self {
        Self {
            texts: std::iter::repeat_with(|| None).take(SLOTS).collect(),
        }
    }

    /// Appends all values of a call, parted by commas, and the redactions. `None` if the long way
    /// must be gone: what was appended is worth nothing then.
    pub(crate) fn write(
        &mut self,
        payload: Payload<'_>,
        values: usize,
        redact: &dyn Redact,
        out: &mut String,
        hits: &mut Hits,
    ) -> Option<()> {
        let mut rest = payload.words;
        for index in 0..values {
            if index > 0 {
                out.push(',');
            }
            let first = *rest.first()?;
            if write_word(first, out) {
                rest = &rest[1..];
                continue;
            }
            let words = match string_at(first, payload.chunk) {
                Some(words) => {
                    rest = &rest[1..];
                    words
                }
                None => {
                    let (words, behind) = rest.split_at_checked(text_span(rest)?)?;
                    rest = behind;
                    words
                }
            };
            let text = self.text(words, redact)?;
            if text.names_secret && index == 0 && values > 1 {
                return None;
            }
            hits.extend(&text.hits);
            out.push_str(&text.json);
        }
        Some(())
    }

    fn text(&mut self, words: &[u64], redact: &dyn Redact) -> Option<&Text> {
        let mut hasher = FxHasher::default();
        words.iter().for_each(|&word| hasher.write_u64(word));
        let slot = self.texts.get_mut(hasher.finish() as usize % SLOTS)?;
        if !matches!(slot, Some(text) if *text.words == *words) {
            *slot = Some(make_text(words, redact)?);
        }
        slot.as_ref()
    }
}

fn make_text(words: &[u64], redact: &dyn Redact) -> Option<Text> {
    let mut value = Decoder::new(words).value()?;
    let names_secret = value
        .as_text()
        .is_some_and(|text| redact.is_secret_name(text));
    let mut hits = Hits::new();
    redact.redact_value(&mut value, &mut hits);
    Some(Text {
        words: words.into(),
        json: value.to_json().into(),
        hits: hits.into(),
        names_secret,
    })
}

/// Appends a value that is one word and cannot be a secret; false if it is another.
fn write_word(word: u64, out: &mut String) -> bool {
    let high = (word >> 32) as u32;
    if high & BOX != BOX {
        return write_number(f64::from_bits(word), out);
    }
    let cut = |tag| BOX | TAG_CUT | tag << STORED_SHIFT;
    out.push_str(match high & (BOX | TAG_MASK) {
        tag if tag == BOX | TAG_NULL => "null",
        tag if tag == BOX | TAG_TRUE => "true",
        tag if tag == BOX | TAG_FALSE => "false",
        tag if tag == BOX | TAG_UNDEFINED => r#"{"$type":"undefined"}"#,
        _ if word as u32 != CUT_BUDGET => return false,
        _ if high == cut(TAG_OBJECT) => r#"{"$type":"object","$cut":"budget"}"#,
        _ if high == cut(TAG_ARRAY) => r#"{"$type":"array","$cut":"budget"}"#,
        _ if high == cut(TAG_FUNCTION) => r#"{"$type":"function","$cut":"budget"}"#,
        _ => return false,
    });
    true
}

fn write_number(number: f64, out: &mut String) -> bool {
    let value = Value::Number(number);
    match value.as_integer() {
        Some(integer) if integer.abs() < SMALL => {
            out.push_str(itoa::Buffer::new().format(integer));
        }
        None if number.abs() < NO_CARD => value.write_json(out),
        _ => return false,
    }
    true
}

/// Number of words of the text, or of the function's name, that `words` begin with.
fn text_span(words: &[u64]) -> Option<usize> {
    if let Some(text) = string(words) {
        return Some(text.len());
    }
    let (first, name) = words.split_first()?;
    let is_function = (first >> 32) as u32 & (BOX | TAG_MASK) == BOX | TAG_FUNCTION;
    is_function
        .then(|| string(name))?
        .map(|name| 1 + name.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use breadcrumb_event::layout::{CUT_DEPTH, TAG_NAN, TAG_STRING_AT, TAG_STRING8};
    use breadcrumb_redact::Redactor;
    use proptest::prelude::*;

    fn boxed(tag: u32, stored: u32, payload: u32) -> u64 {
        u64::from(BOX | tag | stored << STORED_SHIFT) << 32 | u64::from(payload)
    }

    fn text(text: &str) -> Vec<u64> {
        let length = text.len() as u32;
        let bytes = text.as_bytes().chunks(8).map(|chunk| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            u64::from_le_bytes(word)
        });
        std::iter::once(boxed(TAG_STRING8, length, length))
            .chain(bytes)
            .collect()
    }

    /// A chunk with one string, at word 1.
    fn chunk() -> Vec<u64> {
        [vec![0], text("said before")].concat()
    }

    fn quickly(
        quick: &mut QuickJson,
        words: &[u64],
        values: usize,
        out: &mut String,
    ) -> Option<usize> {
        let redactor = Redactor::default();
        let chunk = &chunk();
        let mut hits = Hits::new();
        quick.write(Payload { words, chunk }, values, &redactor, out, &mut hits)?;
        Some(hits.len())
    }

    fn long_way(words: &[u64], redactor: &Redactor) -> String {
        let chunk = &chunk();
        let mut decoder = Decoder::within(Payload { words, chunk });
        let mut values: Vec<Value> = std::iter::from_fn(|| decoder.value()).collect();
        redactor.redact_arguments(&[], &mut values, &mut Hits::new());
        let texts: Vec<String> = values.iter().map(Value::to_json).collect();
        texts.join(",")
    }

    fn value() -> impl Strategy<Value = Vec<u64>> {
        prop_oneof![
            any::<f64>()
                .prop_filter("a number", |n| !n.is_nan())
                .prop_map(|n| vec![n.to_bits()]),
            (-2_000_000_000_000_000i64..2_000_000_000_000_000)
                .prop_map(|n| vec![(n as f64).to_bits()]),
            (1u32..6).prop_map(|tag| vec![boxed(tag, 0, 77)]),
            (0u32..4).prop_map(|at| vec![boxed(TAG_STRING_AT, 0, at)]),
            Just(vec![boxed(TAG_NAN, 0, 0)]),
            (
                1u32..4,
                prop_oneof![Just(TAG_OBJECT), Just(TAG_ARRAY), Just(TAG_FUNCTION)]
            )
                .prop_map(|(why, tag)| vec![boxed(TAG_CUT, tag, why)]),
            "[a-z4 .:=/]{0,30}".prop_map(|t| text(&t)),
            prop_oneof![
                Just("password"),
                Just("authorization"),
                Just("Bearer abcdefghijklmnopqrstuvwxyz0123456789"),
                Just("4111111111111111"),
            ]
            .prop_map(text),
            "[a-z]{0,12}".prop_map(|name| [vec![boxed(TAG_FUNCTION, 0, 0)], text(&name)].concat()),
            Just([vec![boxed(TAG_ARRAY, 1, 1)], text("in an array")].concat()),
        ]
    }

    proptest! {
        /// Whatever the quick way writes, the long one writes too.
        #[test]
        fn is_the_long_way_made_quick(calls in prop::collection::vec(prop::collection::vec(value(), 0..5), 1..20)) {
            let redactor = Redactor::default();
            let mut quick = QuickJson::new();
            for call in calls {
                let words = call.concat();
                let mut out = String::new();
                if quickly(&mut quick, &words, call.len(), &mut out).is_some() {
                    prop_assert_eq!(out, long_way(&words, &redactor));
                }
            }
        }

        /// Words that no writer writes are no reason to panic.
        #[test]
        fn any_words_do(words in prop::collection::vec(any::<u64>(), 0..9), values in 0usize..9) {
            quickly(&mut QuickJson::new(), &words, values, &mut String::new());
        }
    }

    #[test]
    fn what_calls_are_made_of_goes_the_quick_way() {
        let mut quick = QuickJson::new();
        let call = [
            vec![7f64.to_bits(), 0.5f64.to_bits()],
            text("src/a.ts"),
            vec![
                boxed(TAG_CUT, TAG_OBJECT, CUT_BUDGET),
                boxed(TAG_TRUE, 0, 0),
            ],
            vec![boxed(TAG_STRING_AT, 0, 1)],
        ];
        let mut out = String::new();
        assert_eq!(quickly(&mut quick, &call.concat(), 6, &mut out), Some(0));
        assert_eq!(
            out,
            r#"7,0.5,"src/a.ts",{"$type":"object","$cut":"budget"},true,"said before""#
        );
        let deep = [boxed(TAG_CUT, TAG_OBJECT, CUT_DEPTH)];
        assert_eq!(quickly(&mut quick, &deep, 1, &mut out), None);
    }

    #[test]
    fn a_secret_and_what_a_secret_name_stands_before_are_redacted() {
        let mut quick = QuickJson::new();
        let mut out = String::new();
        let header = [text("authorization"), text("swordfish")].concat();
        assert_eq!(quickly(&mut quick, &header, 2, &mut out), None);
        for _ in 0..2 {
            out.clear();
            let card = text("4111111111111111");
            // Kept as it was made, and counted each time.
            assert_eq!(quickly(&mut quick, &card, 1, &mut out), Some(1));
            assert!(!out.contains("4111"), "{out}");
        }
    }
}
