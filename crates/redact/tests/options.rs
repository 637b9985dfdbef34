//! What a user chooses is what happens: own rules and names, replacements, hashes.

mod support;

use breadcrumb_event::value::{Class, Value};
use breadcrumb_redact::{HashKey, Mark, OwnRule, RedactError, Redactor, RedactorOptions};
use proptest::prelude::*;

use support::{Counting, redactor_of};

fn rule(name: &str, pattern: &str) -> OwnRule {
    OwnRule {
        name: name.into(),
        pattern: pattern.into(),
    }
}

fn with_rules(rules: &[(&str, &str)]) -> RedactorOptions {
    RedactorOptions {
        rules: rules.iter().map(|(n, p)| rule(n, p)).collect(),
        ..RedactorOptions::default()
    }
}

fn marked(mark: Mark) -> RedactorOptions {
    RedactorOptions {
        mark,
        ..RedactorOptions::default()
    }
}

fn under(key: &str, value: Value) -> Value {
    Value::Object {
        class: Class::Plain,
        entries: vec![(key.to_owned(), value)],
        length: 1,
    }
}

fn json(redactor: &Counting, mut value: Value) -> String {
    redactor.redact_value(&mut value);
    value.to_json()
}

#[test]
fn own_rules_take_out_their_first_group_or_all() {
    let redactor = redactor_of(&with_rules(&[
        ("order", "ORD-([0-9]{6})"),
        ("crew", r"(?i)\bcrew-\w+"),
    ]));
    for (text, safe) in [
        (
            "see ORD-123456, ORD-654321",
            "see ORD-[redacted:order], ORD-[redacted:order]",
        ),
        ("ORD-12345", "ORD-12345"),
        (
            "Crew-Seven and password=x",
            "[redacted:crew] and password=[redacted:password]",
        ),
        ("größe crew-ä", "größe [redacted:crew]"),
        ("abc", "abc"),
    ] {
        assert_eq!(redactor.redact_text(text), safe);
    }
    assert_eq!(redactor.rules_of("ORD-123456 crew-a"), ["order", "crew"]);
}

#[test]
fn own_rules_fire_for_the_shortest_texts_and_can_be_taken_out() {
    let mut options = with_rules(&[("x", "^x$")]);
    assert_eq!(redactor_of(&options).redact_text("x"), "[redacted:x]");
    options.except = vec!["x".into()];
    assert_eq!(redactor_of(&options).redact_text("x"), "x");
}

#[test]
fn a_pattern_that_cannot_be_used_says_why() {
    let error = |pattern: &str| {
        let options = with_rules(&[("mine", pattern)]);
        Redactor::new(&options, None).unwrap_err().to_string()
    };
    for (pattern, reason) in [
        (
            "(?=x)",
            "look-around, including look-ahead and look-behind, is not supported",
        ),
        (r"(a)\1", "backreferences are not supported"),
        ("(", "unclosed group"),
        ("a*", "it matches the empty text, so every text"),
        (
            r"\w{5000}",
            "Compiled regex exceeds size limit of 1048576 bytes.",
        ),
    ] {
        assert_eq!(
            error(pattern),
            format!("the pattern of rule \"mine\" cannot be used: {reason}"),
        );
    }
    assert!(error(&"a".repeat(1001)).contains("longer than 1000 bytes"));
    let many = RedactorOptions {
        rules: vec![rule("a", "a"); 65],
        ..RedactorOptions::default()
    };
    let error = Redactor::new(&many, None).unwrap_err();
    assert_eq!(
        error,
        RedactError::TooManyRules {
            count: 65,
            most: 64
        }
    );
}

/// A pattern whose every match looks through the rest of the text, at each of its characters.
#[test]
fn a_text_with_too_many_matches_goes_from_there_on() {
    let redactor = redactor_of(&with_rules(&[("x", "x")]));
    let safe = redactor.redact_text(&"x ".repeat(100_000)).into_owned();
    assert!(!safe.contains('x') || safe.matches("[redacted:x]").count() <= 257);
    assert!(safe.ends_with("[redacted:x]"));
}

#[test]
fn matches_whose_group_is_empty_count_as_well() {
    let redactor = redactor_of(&with_rules(&[("word", "a([0-9]*)")]));
    let text = "a".repeat(300) + " a123";
    let redacted = redactor.redact_text(&text);
    assert!(!redacted.contains("123"), "{redacted}");
}

#[test]
fn a_replacement_stands_in_every_place() {
    let redactor = redactor_of(&marked(Mark::Text("<{rule}>".into())));
    assert_eq!(
        redactor.redact_text("password=hunter2"),
        "password=<password>"
    );
    assert_eq!(
        json(&redactor, under("password", Value::text("hunter2"))),
        r#"{"password":{"$type":"redacted","rule":"password","text":"<password>"}}"#,
    );
}

#[test]
fn equal_secrets_have_equal_hashes_wherever_they_stand() {
    let redactor = redactor_of(&marked(Mark::Hash));
    let text = redactor.redact_text("password=hunter2").into_owned();
    let hash = text.strip_prefix("password=[redacted:password#").unwrap();
    let hash = hash.strip_suffix(']').unwrap();
    assert_eq!(hash.len(), 12);
    assert!(hash.bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(
        json(&redactor, under("password", Value::text("hunter2"))),
        format!(r#"{{"password":{{"$type":"redacted","rule":"password","hash":"{hash}"}}}}"#),
    );
    let pair = Value::Array {
        items: vec![Value::text("password"), Value::text("hunter2")],
        length: 2,
    };
    assert!(json(&redactor, pair).contains(hash));
    assert!(!json(&redactor, under("password", Value::text("hunter3"))).contains(hash));
    assert!(!json(&redactor, under("password", Value::Number(7.0))).contains(hash));
    // What was redacted is not redacted again.
    assert_eq!(redactor.redact_text(&text), text);
}

#[test]
fn equal_objects_have_equal_hashes_whichever_they_are_and_wherever_they_were_met() {
    let redactor = redactor_of(&marked(Mark::Hash));
    let secret = |ids: [u32; 2], at: &str, pin: f64| {
        let identified = |id, value| Value::Identified {
            id,
            value: Box::new(value),
        };
        let list = Value::Array {
            items: vec![
                Value::Number(pin),
                Value::Circular(Box::new(Value::text(at))),
            ],
            length: 2,
        };
        under(
            "password",
            identified(ids[0], under("list", identified(ids[1], list))),
        )
    };
    let one = json(&redactor, secret([1, 2], "arguments[0]", 7.0));
    assert!(one.contains("\"hash\":"), "{one}");
    assert_eq!(json(&redactor, secret([3, 9], "result.user", 7.0)), one);
    assert_ne!(json(&redactor, secret([1, 2], "arguments[0]", 8.0)), one);
}

#[test]
fn another_key_gives_another_hash_and_none_is_an_error() {
    let options = marked(Mark::Hash);
    let hashed = |key: u8| {
        let key = HashKey::from([key; 32]);
        let redactor = Redactor::new(&options, Some(&key)).unwrap();
        redactor
            .redact_text("token=abcdef", &mut Vec::new())
            .into_owned()
    };
    assert_eq!(hashed(1), hashed(1));
    assert_ne!(hashed(1), hashed(2));
    assert_eq!(
        Redactor::new(&options, None).unwrap_err(),
        RedactError::NoKey
    );
    assert_eq!(format!("{:?}", HashKey::from([7; 32])), "HashKey");
}

proptest! {
    /// Whatever a rule matches, the rest of the text stays, and nothing panics.
    #[test]
    fn own_rules_only_take_out_what_they_match(text in "[xyä ]{0,40}") {
        let redactor = redactor_of(&with_rules(&[("x", "x+")]));
        let safe = redactor.redact_text(&text).into_owned();
        prop_assert_eq!(safe.replace("[redacted:x]", "x"), squeezed(&text));
    }
}

/// Runs of `x` as one.
fn squeezed(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c != 'x' || !out.ends_with('x') {
            out.push(c);
        }
    }
    out
}
