//! A planted secret of every family in every position where a program has one: none is left.
//!
//! `SECRETS` stand anywhere by their shape, `NAMED` under a name. Each made-up secret comes with
//! the part of it that must not survive.

mod support;

use breadcrumb_event::value::{Class, Value};
use breadcrumb_redact::RedactorOptions;

use support::{Counting, redactor_of};

/// Family, text, and what must be gone.
const SECRETS: &[(&str, &str, &str)] = &[
    (
        "jwt",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
        "dozjgNryP4J3jVm",
    ),
    (
        "jwt without a usual header",
        "eyJub25jZSI6IjEi.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN",
        "dozjgNryP4J3",
    ),
    ("aws key id", "AKIAIOSFODNN7EXAMPLE", "IOSFODNN7"),
    ("aws session key id", "ASIAIOSFODNN7EXAMPLE", "IOSFODNN7"),
    (
        "gcp api key",
        "AIzaSyA1234567890abcdefghijklmnopqrstuv",
        "1234567890abc",
    ),
    (
        "gcp oauth token",
        "ya29.a0AfH6SMBxyz1234567890abcdef",
        "a0AfH6SMB",
    ),
    (
        "gcp client secret",
        "GOCSPX-abcDEF1234567890abcdef",
        "abcDEF123",
    ),
    (
        "azure client secret",
        "abc8Q~dEfGhIjKlMnOpQrStUvWxYz0123456789ab",
        "dEfGhIjKl",
    ),
    (
        "azure shared url",
        "https://x.blob.core.windows.net/c?sv=2022&sig=AbC1dEf2GhI3jKl4MnO5pQr6%3D",
        "AbC1dEf2",
    ),
    (
        "azure connection string",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=AbC1dEf2GhI3==",
        "AbC1dEf2",
    ),
    (
        "azure service bus",
        "Endpoint=sb://a.net/;SharedAccessKey=AbC1dEf2GhI3=",
        "AbC1dEf2",
    ),
    (
        "github",
        "ghp_a1B2c3D4e5a1B2c3D4e5a1B2c3D4e5a1B2c3",
        "a1B2c3D4e5",
    ),
    (
        "github oauth",
        "gho_a1B2c3D4e5a1B2c3D4e5a1B2c3D4e5a1B2c3",
        "a1B2c3D4e5",
    ),
    (
        "github user",
        "ghu_a1B2c3D4e5a1B2c3D4e5a1B2c3D4e5a1B2c3",
        "a1B2c3D4e5",
    ),
    (
        "github server",
        "ghs_a1B2c3D4e5a1B2c3D4e5a1B2c3D4e5a1B2c3",
        "a1B2c3D4e5",
    ),
    (
        "github refresh",
        "ghr_a1B2c3D4e5a1B2c3D4e5a1B2c3D4e5a1B2c3",
        "a1B2c3D4e5",
    ),
    (
        "github fine",
        "github_pat_11ABCDEFG0a1B2c3D4e5f6_a1B2c3D4e5f6",
        "a1B2c3D4e5",
    ),
    ("gitlab", "glpat-abcdefghij0123456789", "abcdefghij"),
    ("gitlab deploy", "gldt-abcdefghij0123456789", "abcdefghij"),
    ("gitlab trigger", "glptt-abcdefghij0123456789", "abcdefghij"),
    (
        "slack bot",
        "xoxb-123456789012-abcdefABCDEF",
        "abcdefABCDEF",
    ),
    (
        "slack user",
        "xoxp-123456789012-abcdefABCDEF",
        "abcdefABCDEF",
    ),
    (
        "slack client",
        "xoxc-123456789012-abcdefABCDEF",
        "abcdefABCDEF",
    ),
    (
        "slack app",
        "xapp-1-A0123456789-abcdefABCDEF",
        "abcdefABCDEF",
    ),
    (
        "slack webhook",
        "https://hooks.slack.com/services/T000/B000/XXXXabcd",
        "XXXXabcd",
    ),
    ("stripe", "sk_live_abcdefghijklmnop", "abcdefghij"),
    (
        "stripe restricted",
        "rk_test_abcdefghijklmnop",
        "abcdefghij",
    ),
    ("stripe webhook", "whsec_abcdefghijklmnop", "abcdefghij"),
    ("openai", "sk-a1B2c3D4e5a1B2c3D4e5a1B2c3D4e5", "a1B2c3D4e5"),
    (
        "openai project",
        "sk-proj-abcdefghijkl0123456789",
        "abcdefghijkl",
    ),
    (
        "anthropic",
        "sk-ant-api03-abcdefghijklmnopqrstuvwxyz",
        "abcdefghijklm",
    ),
    (
        "npm",
        "npm_abcdefghijklmnopqrstuvwxyz0123456789",
        "abcdefghij",
    ),
    (
        "sendgrid",
        "SG.abcdefghij0123456789ab.abcdefghij0123456789",
        "abcdefghij",
    ),
    (
        "connection string",
        "postgres://app:hunter2@db:5432/shop",
        "hunter2",
    ),
    (
        "connection string of mongodb",
        "mongodb+srv://app:hunter2@db.example.com/shop",
        "hunter2",
    ),
    (
        "basic auth in a url",
        "https://ann:hunter2@example.com/",
        "hunter2",
    ),
    ("bearer", "Authorization: Bearer hunter2abc", "hunter2"),
    (
        "basic",
        "Authorization: Basic YW5uOmh1bnRlcjI=",
        "YW5uOmh1bnRlcjI",
    ),
    ("card", "4111 1111 1111 1111", "1111 1111"),
    ("card of amex", "378282246310005", "8282246310"),
    ("iban", "DE89 3704 0044 0532 0130 00", "3704 0044"),
    ("iban in one", "GB29NWBK60161331926819", "60161331926819"),
    ("ssn", "123-45-6789", "45-6789"),
    ("e-mail", "ann.example+x@mail.example.com", "ann.example"),
    ("phone", "+49 (30) 1234-5678", "1234-5678"),
    ("ip", "203.0.113.77", "203.0.113"),
    (
        "ip version 6",
        "2001:db8:85a3:0:0:8a2e:370:7334",
        "8a2e:370",
    ),
    ("ip version 6, short", "2a00:1450:4001::200e", "4001::200e"),
    ("ip version 6, its network", "2001:DB8:7::", "DB8:7"),
    ("ip version 6, private", "fd12:3456:789a:1::1", "789a:1"),
    (
        "ip version 6, of a link",
        "fe80::1ff:fe23:4567%eth0",
        "4567",
    ),
    (
        "ip version 6, in a URL",
        "http://[2001:db8::8a2e]:80/",
        "8a2e",
    ),
    (
        "ip version 6, in a URL of a link",
        "http://[fe80::8a2e%25en0]/",
        "8a2e",
    ),
    ("ip version 4 in 6", "::ffff:203.0.113.77", "203.0.113"),
    ("ip version 4 in 6, hexadecimal", "::ffff:cb00:714d", "714d"),
    ("ip version 4 by 6", "64:ff9b::203.0.113.77", "203.0.113"),
    ("pair", "password=hunter2", "hunter2"),
];

/// Names as the ancestor and the issue have them; their values have no shape.
const NAMED: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "pass",
    "secret",
    "password_hash",
    "password_digest",
    "api_key",
    "apikey",
    "api-key",
    "token",
    "auth_token",
    "auth-token",
    "access_token",
    "access-token",
    "refresh_token",
    "refresh-token",
    "secret_key",
    "secret-key",
    "private_key",
    "private-key",
    "bearer",
    "authorization",
    "auth",
    "credentials",
    "credential",
    "client_secret",
    "client-secret",
    "session_key",
    "session-key",
    "session_token",
    "session-token",
    "security_token",
    "security-token",
    "csrf_token",
    "csrf-token",
    "xsrf_token",
    "xsrf-token",
    "aws_secret",
    "aws_secret_access_key",
    "azure_secret",
    "gcp_secret",
    "cookie",
    "Set-Cookie",
    "card",
    "ssn",
    "apiKey",
    "PGPASSWORD",
];

const PEM: &str = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow==\n-----END RSA PRIVATE KEY-----";

fn redactor() -> Counting {
    redactor_of(&RedactorOptions {
        also: ["email", "phone", "ip"].map(str::to_owned).to_vec(),
        ..RedactorOptions::default()
    })
}

fn array(items: Vec<Value>) -> Value {
    let length = u32::try_from(items.len()).unwrap();
    Value::Array { items, length }
}

fn object(key: &str, value: Value) -> Value {
    Value::Object {
        class: Class::Plain,
        entries: vec![(key.to_owned(), value)],
        length: 1,
    }
}

/// A text in every position that a text can have, with the position's name.
fn positions(text: &str) -> Vec<(&'static str, Value)> {
    let value = || Value::text(text);
    let json = serde_json::json!({ "order": { "note": text } }).to_string();
    let twice = serde_json::json!({ "body": json }).to_string();
    let error = |message: Value, stack: Value| Value::Error {
        name: Box::new(Value::text("Error")),
        message: Box::new(message),
        stack: Box::new(stack),
        entries: vec![],
        length: 0,
    };
    let plain = || Value::text("x");
    let stack = format!("Error: got {text}\n    at f (/a/b.js:1:2)");
    vec![
        ("argument", value()),
        (
            "in a sentence",
            Value::text(&format!("we got {text}, and went on")),
        ),
        ("in quotes", Value::text(&format!("we got '{text}'"))),
        ("on a line", Value::text(&format!("first\n{text}\nlast"))),
        (
            "nested",
            object("a", object("b", array(vec![plain(), value()]))),
        ),
        ("key", object(text, plain())),
        ("JSON in a string", Value::text(&json)),
        ("JSON in JSON in a string", Value::text(&twice)),
        (
            "URL",
            Value::text(&format!("https://example.com/a?q={text}&page=2")),
        ),
        (
            "message",
            error(Value::text(&format!("got {text}")), Value::Undefined),
        ),
        ("stack", error(plain(), Value::text(&stack))),
        (
            "map",
            Value::Map {
                entries: vec![(plain(), value())],
                length: 1,
            },
        ),
        (
            "key of a map",
            Value::Map {
                entries: vec![(value(), plain())],
                length: 1,
            },
        ),
        (
            "set",
            Value::Set {
                items: vec![value()],
                length: 1,
            },
        ),
        ("symbol", Value::Symbol(Box::new(value()))),
        ("name of a function", Value::Function(Box::new(value()))),
        ("regular expression", Value::RegExp(Box::new(value()))),
    ]
}

fn survivors(redactor: &Counting, text: &str, gone: &str) -> Vec<&'static str> {
    let survives = |(position, mut value): (&'static str, Value)| {
        redactor.redact_value(&mut value);
        value.to_json().contains(gone).then_some(position)
    };
    positions(text).into_iter().filter_map(survives).collect()
}

#[test]
fn every_family_goes_from_every_position() {
    let redactor = redactor();
    let mut left: Vec<String> = Vec::new();
    for (family, text, gone) in SECRETS.iter().chain(&[("pem", PEM, "MIIEow")]) {
        let positions = survivors(&redactor, text, gone);
        if !positions.is_empty() {
            left.push(format!("{family}: {}", positions.join(", ")));
        }
        let texts = [
            text.to_string(),
            format!("Error: {text}\n    at f (/a.js:1:2)"),
        ];
        for text in texts {
            let safe = redactor.redact_text(&text);
            assert!(!safe.contains(gone), "{family} in a message: {safe}");
        }
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
}

#[test]
fn what_stands_under_a_secret_name_goes_whatever_it_is() {
    let redactor = redactor();
    let values = || {
        [
            Value::text("zq7"),
            Value::Number(777_777.0),
            array(vec![Value::text("zq7"), Value::Number(777_777.0)]),
            object("x", object("y", Value::text("zq7"))),
            Value::BigInt(777_777),
        ]
    };
    let is_gone = |value: &Value| {
        let json = value.to_json();
        !json.contains("zq7") && !json.contains("777777")
    };
    for name in NAMED {
        for value in values() {
            let mut under = object("a", object(name, value.clone()));
            redactor.redact_value(&mut under);
            assert!(is_gone(&under), "key {name}: {}", under.to_json());

            let mut map = Value::Map {
                entries: vec![(Value::text(name), value.clone())],
                length: 1,
            };
            redactor.redact_value(&mut map);
            assert!(is_gone(&map), "map {name}: {}", map.to_json());

            let mut arguments = [Value::text("ann"), value];
            let names = ["user".to_owned(), (*name).to_owned()];
            redactor.redact_arguments(&names, &mut arguments);
            assert!(is_gone(&arguments[1]), "parameter {name}");
        }
        for text in [
            format!("{{\"{name}\":\"zq7\"}}"),
            format!("{{\"a\":\"{{\\\"{name}\\\":\\\"zq7\\\"}}\"}}"),
            format!("https://example.com/?{name}=zq7&page=2"),
            format!("failed: {name}=zq7"),
        ] {
            let safe = redactor.redact_text(&text);
            assert!(!safe.contains("zq7"), "{safe}");
        }
    }
}

#[test]
fn a_whole_text_that_is_a_random_key_goes() {
    let redactor = redactor();
    let key = "a8Kd03Lq9ZxP27mVb4Tn61Rw5YcE0uHs";
    assert_eq!(redactor.redact_text(key), "[redacted:api-key]");
    for text in [
        "550e8400-e29b-41d4-a716-446655440000",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "AbstractSingletonProxyFactoryBean2Implementation",
        "sha512-bTl3VNPy7Cn8gVw3eEPkHjBPTWCLzGiRWkyJXnJQ0pAdt4dmd5a2RSTx9rzfyx",
    ] {
        assert_eq!(redactor.redact_text(text), text);
    }
}

#[test]
fn addresses_of_people_stay_unless_they_are_asked_for() {
    let redactor = redactor_of(&RedactorOptions::default());
    for text in [
        "ann@example.com",
        "+49 30 12345678",
        "203.0.113.77",
        "2001:db8::1",
    ] {
        assert_eq!(redactor.redact_text(text), text);
    }
}

#[test]
fn a_rule_that_was_taken_out_does_not_fire() {
    let redactor = redactor_of(&RedactorOptions {
        except: ["card", "password", "iban"].map(str::to_owned).to_vec(),
        ..RedactorOptions::default()
    });
    for text in [
        "4111111111111111",
        "password=hunter2",
        "GB29NWBK60161331926819",
    ] {
        assert_eq!(redactor.redact_text(text), text);
    }
    let mut value = object("password", Value::Number(4_111_111_111_111_111.0));
    assert_eq!(redactor.redact_value(&mut value), 0);
    assert_eq!(redactor.redact_text("token=abc"), "token=[redacted:token]");
}

#[test]
fn numbers_and_addresses_that_are_none_stay() {
    let redactor = redactor();
    for text in [
        "order 000-12-3456",
        "1123-45-6789",
        "123-45-67890",
        "2025-11-23",
        "version 10.2.300.4",
        "1.2.3",
        "1.2.3.4.5",
        "DE89370400440532013001",
        "AB12 is a seat, CD34 another one 123456789",
        "user@localhost",
        "@scope/package@1.2.3",
        "1 + 20250101",
        "+12",
    ] {
        assert_eq!(redactor.redact_text(text), text);
    }
}
