//! What is secret goes, what is not stays, and nothing planted survives.

mod support;

use breadcrumb_event::value::{Class, Cut, Redaction, Value};
use breadcrumb_redact::RedactorOptions;
use proptest::prelude::*;

use support::{Counting, redactor_of};

fn redactor() -> Counting {
    redactor_of(&RedactorOptions::default())
}

fn redacted(rule: &str) -> Value {
    Value::Redacted(Box::new(Redaction {
        rule: rule.into(),
        ..Redaction::default()
    }))
}

const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N";
const PEM: &str = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow==\n-----END RSA PRIVATE KEY-----";

#[test]
fn secrets_leave_texts_and_the_rest_stays() {
    let redactor = redactor();
    let pem_in_text = format!("key is {PEM}\nbye");
    let jwt_in_text = format!("got {JWT}, thanks");
    let github = format!("git clone with ghp_{}.", "a1B2c3D4e5".repeat(4));
    for (text, safe) in [
        (jwt_in_text.as_str(), "got [redacted:jwt], thanks"),
        (pem_in_text.as_str(), "key is [redacted:pem]\nbye"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE", "[redacted:pem]"),
        ("eyJhbGciOiJIUzI1NiIsInR5", "[redacted:jwt]"),
        ("Bearer abc123def456", "Bearer [redacted:bearer]"),
        ("Basic dXNlcjpwYXNz", "Basic [redacted:basic]"),
        (
            "use basic dXNlcjpwYXNz here",
            "use basic [redacted:basic] here",
        ),
        (
            "postgres://app:hunter2@db:5432/shop",
            "postgres://app:[redacted:url]@db:5432/shop",
        ),
        ("redis://:pass/w@host:1", "redis://:[redacted:url]@host:1"),
        ("mongodb://u:cut-off-here", "mongodb://u:[redacted:url]"),
        (
            "https://0123456789abcdef0123@github.com/a",
            "https://[redacted:url]@github.com/a",
        ),
        ("id AKIAIOSFODNN7EXAMPLE!", "id [redacted:aws]!"),
        (github.as_str(), "git clone with [redacted:github]."),
        ("glpat-abcdefghij0123456789", "[redacted:gitlab]"),
        ("xoxb-123456789012-abcdefABCDEF", "[redacted:slack]"),
        ("sk_live_abcdefghijklmnop", "[redacted:stripe]"),
        (
            "sk-ant-api03-abcdefghijklmnopqrstuvwxyz",
            "[redacted:api-key]",
        ),
        ("sk-proj-abcdefghijkl0123456789", "[redacted:api-key]"),
        ("npm_abcdefghijklmnopqrstuvwxyz0123456789", "[redacted:npm]"),
        (
            "AIzaSyA1234567890abcdefghijklmnopqrstuv",
            "[redacted:google]",
        ),
        (
            "https://hooks.slack.com/services/T0/B0/xyz",
            "https://hooks.slack.com/services/[redacted:webhook]",
        ),
        ("card 4111 1111 1111 1111 ok", "card [redacted:card] ok"),
        (
            "password=hunter2 user=ann",
            "password=[redacted:password] user=ann",
        ),
        (
            "?access_token=abc&page=2",
            "?access_token=[redacted:token]&page=2",
        ),
        ("Invalid token: abc.", "Invalid token: [redacted:token]"),
        (
            "DB_PASSWORD: 'hunter 2'",
            "DB_PASSWORD: '[redacted:password]'",
        ),
        ("api key: abcd", "api key: [redacted:key]"),
        (
            "Authorization: Digest a b c\nHost: x",
            "Authorization: [redacted:authorization]\nHost: x",
        ),
        (
            "Cookie: a=b; c=d\r\nHost: x",
            "Cookie: [redacted:cookie]\r\nHost: x",
        ),
        (
            r#"{"password":"hunter2","n":1}"#,
            r#"{"password":"[redacted:password]","n":1}"#,
        ),
        (
            r#"{"token": 12345, "n":1}"#,
            r#"{"token": [redacted:token], "n":1}"#,
        ),
        (
            r#"{"tokens":["a]","b"],"n":1}"#,
            r#"{"tokens":[redacted:token],"n":1}"#,
        ),
        (
            r#"{"a":"{\"secret\":\"x\\\"y\",\"n\":1}"}"#,
            r#"{"a":"{\"secret\":\"[redacted:secret]\",\"n\":1}"}"#,
        ),
        (
            r#"{"password":"a\"b","n":1}"#,
            r#"{"password":"[redacted:password]","n":1}"#,
        ),
        (r#"{"password":"cut"#, r#"{"password":"[redacted:password]"#),
        (
            "{ password: 'x', n: 1 }",
            "{ password: '[redacted:password]', n: 1 }",
        ),
        (
            "headers['authorization'] = 'abc'",
            "headers['authorization'] = '[redacted:authorization]'",
        ),
    ] {
        assert_eq!(redactor.redact_text(text), safe, "{text}");
        assert_eq!(redactor.redact_text(safe), safe, "again: {text}");
    }
}

#[test]
fn pwd_is_a_password_unless_it_is_a_folder() {
    let redactor = redactor();
    let odbc = redactor.redact_text("UID=sa;PWD=hunter2").into_owned();
    assert_eq!(odbc, "UID=sa;PWD=[redacted:password]");
    for (value, hits) in [("hunter2", 1), ("/home/ann", 0)] {
        let mut variables = object(vec![("PWD", Value::text(value))]);
        assert_eq!(redactor.redact_value(&mut variables), hits, "{value}");
    }
}

#[test]
fn ordinary_texts_stay() {
    let redactor = redactor();
    for text in [
        "",
        "hello",
        "Unexpected token < in JSON at position 4",
        "tokenCount: 5",
        "author: Ann",
        "passenger=3",
        "bearer of bad news",
        "Basic functionality",
        "Basic plan",
        "http://localhost:3000/a?b=c",
        "http://[::1]:8080/",
        "see https://example.com/@ann/x",
        "file:///home/ann/x.js:10:5",
        "at parseToken (/a/token.js:10:5)",
        "550e8400-e29b-41d4-a716-446655440000",
        "order 1763856000123",
        "2025-11-23T10:00:00.000Z",
        "risk-averse-people-like-long-names-a-lot",
        "task sk-short",
        "eyJ",
        "eyJub3QiOiJhIGp3dCJ9 and more",
        "password: null",
        "token: undefined",
        "key: value",
        "primary key: 3",
        "spinning: true",
        "error code: 42",
        "mailto:ann@example.com",
        "npm_config_cache=/tmp",
        "the secret of life is a good token",
        "AKIA is a prefix",
        "unexpected token: %}",
        "PWD=/home/ann",
        "Do_you_need_types_for_node_Try_npm_i_save_dev_types_Slashnode_2580_and_then_add_node",
        "compass=north authorName=Ann v1.2.3-beta.4+exp.sha.5114f85",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "function(e,t){return e.tokens[t]||(e.token=t,n.key)}",
        "commit 4fc54dcab980b3c4a70e5a42f7ad81f6b52c5771",
    ] {
        assert_eq!(redactor.redact_text(text), text);
    }
}

fn object(entries: Vec<(&str, Value)>) -> Value {
    let length = u32::try_from(entries.len()).unwrap();
    Value::Object {
        class: Class::Plain,
        entries: entries.into_iter().map(|(k, v)| (k.into(), v)).collect(),
        length,
    }
}

fn array(items: Vec<Value>) -> Value {
    let length = u32::try_from(items.len()).unwrap();
    Value::Array { items, length }
}

#[test]
fn names_take_all_that_is_below_them() {
    let redactor = redactor();
    let secret = || array(vec![object(vec![("x", Value::text("hunter2"))])]);
    for mut value in [
        object(vec![("a", object(vec![("userPassword", secret())]))]),
        object(vec![("headers", object(vec![("Set-Cookie", secret())]))]),
        object(vec![
            ("name", Value::text("token")),
            ("value", Value::text("hunter2")),
        ]),
        array(vec![Value::text("cookie"), Value::text("hunter2")]),
        array(vec![
            Value::text("Host"),
            Value::text("x"),
            Value::text("Authorization"),
            Value::text("hunter2"),
        ]),
        Value::Map {
            entries: vec![(Value::text("api_key"), secret())],
            length: 1,
        },
        Value::Error {
            name: Box::new(Value::text("Error")),
            message: Box::new(Value::text("bad password=hunter2")),
            stack: Box::new(Value::text("Error: bad password=hunter2\n  at x")),
            entries: vec![],
            length: 0,
        },
        Value::Error {
            name: Box::new(Value::text("Error")),
            message: Box::new(Value::text("bad")),
            stack: Box::new(Value::Undefined),
            entries: vec![("password".into(), secret())],
            length: 1,
        },
        Value::Bytes {
            class: Box::new(Value::text("Buffer")),
            length: 20,
            head: Some(b"password=hunter2&a=1".to_vec()),
        },
        Value::Circular(Box::new(Value::text("arguments[0][\"password=hunter2\"]"))),
        Value::Boxed(Box::new(Value::text("password=hunter2"))),
        Value::Promise {
            state: Some("fulfilled"),
            value: Some(Box::new(Value::text("password=hunter2"))),
        },
        Value::Identified {
            id: 1,
            value: Box::new(Value::Extended {
                class: Some("Stack".into()),
                value: Box::new(Value::Array {
                    items: vec![],
                    length: 0,
                }),
                entries: vec![("token".into(), secret())],
                length: 1,
            }),
        },
    ] {
        let hits = redactor.redact_value(&mut value);
        assert!(hits > 0);
        assert!(!value.to_json().contains("hunter2"), "{}", value.to_json());
    }
    let mut values = vec![Value::Number(1234.0), Value::Bool(true), Value::Null];
    let names = ["pin", "password", "token"].map(str::to_owned);
    assert_eq!(redactor.redact_arguments(&names, &mut values), 1);
    assert_eq!(values, [redacted("pin"), Value::Bool(true), Value::Null]);

    let mut values = vec![Value::text("authorization"), Value::text("hunter2")];
    assert_eq!(redactor.redact_arguments(&[], &mut values), 1);
    assert_eq!(values[0], Value::text("authorization"));

    let mut card = Value::Number(4_111_111_111_111_111.0);
    assert_eq!(redactor.redact_value(&mut card), 1);
}

/// As options of the user's have it: with its number, with a class of its own.
fn wrapped(value: Value) -> [Value; 3] {
    let identified = |value: &Value| Value::Identified {
        id: 7,
        value: Box::new(value.clone()),
    };
    let extended = Value::Extended {
        class: Some("Own".into()),
        value: Box::new(value.clone()),
        entries: vec![],
        length: 0,
    };
    [identified(&value), identified(&extended), extended]
}

#[test]
fn what_a_value_is_counts_in_any_wrapper() {
    let redactor = redactor();
    for list in wrapped(array(vec![Value::text("zq hunter2")])) {
        let mut pair = array(vec![Value::text("set-cookie"), list.clone()]);
        assert_eq!(redactor.redact_value(&mut pair), 1, "{}", list.to_json());
        assert!(!pair.to_json().contains("hunter2"));
    }
    let token = object(vec![
        ("type", Value::text("Name")),
        ("start", Value::Number(7e5)),
    ]);
    for value in [token, array(vec![])].map(wrapped).into_iter().flatten() {
        let mut holder = object(vec![("token", value.clone())]);
        assert_eq!(redactor.redact_value(&mut holder), 0, "{}", value.to_json());
    }
    for value in wrapped(array(vec![])) {
        let mut holder = object(vec![("password", value.clone())]);
        assert_eq!(redactor.redact_value(&mut holder), 0, "{}", value.to_json());
    }
    let cut = Value::Cut {
        kind: "object",
        why: Cut::Depth,
    };
    let mut holder = object(vec![("password", wrapped(cut)[0].clone())]);
    assert_eq!(redactor.redact_value(&mut holder), 0);
}

#[test]
fn an_empty_list_with_properties_is_not_empty() {
    let mut holder = object(vec![(
        "password",
        Value::Extended {
            class: None,
            value: Box::new(array(vec![])),
            entries: vec![("x".into(), Value::text("hunter2"))],
            length: 1,
        },
    )]);
    assert_eq!(redactor().redact_value(&mut holder), 1);
}

#[test]
fn results_go_by_the_functions_name() {
    let redactor = redactor();
    let mut value = Value::text("hunter2");
    assert_eq!(redactor.redact_result("Cart.add", &mut value), 0);
    assert_eq!(redactor.redact_result("Session.getToken", &mut value), 1);
    assert_eq!(value, redacted("token"));
}

#[test]
fn a_whole_text_stays_whole_and_a_cut_one_cut() {
    let redactor = redactor();
    let mut whole = Value::text("password=hunter2");
    redactor.redact_value(&mut whole);
    assert_eq!(whole.to_json(), r#""password=[redacted:password]""#);
    let mut cut = Value::String {
        text: "password=hunter2".into(),
        length: 900,
    };
    redactor.redact_value(&mut cut);
    assert!(cut.to_json().contains(r#""$length":900"#));
}

#[test]
fn off_is_off() {
    let redactor = redactor_of(&RedactorOptions {
        off: true,
        ..RedactorOptions::default()
    });
    let mut value = object(vec![("password", Value::text(JWT))]);
    assert_eq!(redactor.redact_value(&mut value), 0);
    assert_eq!(redactor.redact_text(PEM), PEM);
    assert_eq!(redactor.redact_result("getToken", &mut value), 0);
    assert!(value.to_json().contains(JWT));
}

/// Secrets that are known wherever they stand, with the part that must not survive.
const PLANTED: &[(&str, &str)] = &[
    (JWT, "dozjgNryP4J3jVmNHl0w5N"),
    (PEM, "MIIEow"),
    ("postgres://app:hunter2@db/shop", "hunter2"),
    ("AKIAIOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE"),
    ("ghp_a1B2c3D4e5a1B2c3D4e5a1B2c3D4e5a1B2c3", "a1B2c3D4e5"),
    ("4111 1111 1111 1111", "1111 1111"),
    ("password=hunter2", "hunter2"),
    (r#"{"clientSecret":"hunter2"}"#, "hunter2"),
    ("Authorization: Bearer hunter2abc", "hunter2"),
    ("xoxb-123456789012-abcdefABCDEF", "abcdefABCDEF"),
];

fn values(secret: &'static str) -> impl Strategy<Value = Value> {
    let planted = (" ?[a-zé:/=\"{}\\[ ]{0,12}", "[ ,;\n][a-z0-9 :=\"]{0,12}")
        .prop_map(move |(before, after)| Value::text(&format!("{before} {secret}{after}")));
    let plain = prop_oneof![
        any::<f64>().prop_map(Value::Number),
        ".{0,20}".prop_map(|text: String| Value::text(&text)),
        Just(Value::Undefined),
    ];
    let leaf = prop_oneof![planted.clone(), plain];
    let nested = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(array),
            prop::collection::vec(("[a-z]{1,6}", inner.clone()), 0..4).prop_map(|entries| {
                let length = u32::try_from(entries.len()).unwrap();
                Value::Object {
                    class: Class::Plain,
                    entries,
                    length,
                }
            }),
            (inner.clone(), inner.clone()).prop_map(|(key, value)| Value::Map {
                entries: vec![(key, value)],
                length: 1,
            }),
            inner.clone().prop_map(|v| Value::Error {
                name: Box::new(v.clone()),
                message: Box::new(v.clone()),
                stack: Box::new(v.clone()),
                entries: vec![("cause".into(), v)],
                length: 1,
            }),
            inner.prop_map(|v| match v {
                Value::String { .. } => Value::Symbol(Box::new(v)),
                other => other,
            }),
        ]
    });
    (planted, nested).prop_map(|(planted, nested)| {
        let key = planted.as_text().unwrap_or_default().to_owned();
        let both = array(vec![nested, planted]);
        let entries = vec![("x".to_owned(), both), (key, Value::Null)];
        Value::Object {
            class: Class::Plain,
            entries,
            length: 2,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_planted_survives(
        (secret, mut value) in (0..PLANTED.len())
            .prop_flat_map(|i| (Just(PLANTED[i].1), values(PLANTED[i].0)))
    ) {
        redactor().redact_value(&mut value);
        let json = value.to_json();
        prop_assert!(!json.contains(secret), "{} in {}", secret, json);
    }

    #[test]
    fn any_text_is_taken(text in r#"(\PC|eyJ|password|token|[:="'\\{}\[\]/@ \n]|://|-----BEGIN|-----END|4111 1111|basic |sk-){0,60}"#) {
        let redactor = redactor();
        let safe = redactor.redact_text(&text).into_owned();
        prop_assert!(safe.len() <= text.len() * 8 + 32, "{} → {}", text, safe);
    }
}
