//! Addresses of the internet go as a whole and alone, and what only looks like one stays.

mod support;

use breadcrumb_redact::RedactorOptions;

use support::{Counting, redactor_of};

fn redactor() -> Counting {
    redactor_of(&RedactorOptions {
        also: vec!["ip".into()],
        ..RedactorOptions::default()
    })
}

#[test]
fn what_stands_around_an_address_stays() {
    let redactor = redactor();
    for (text, safe) in [
        ("[2001:db8::1]:443.", "[[redacted:ip]]:443."),
        ("from 2001:db8::1: no", "from [redacted:ip]: no"),
        ("client:2001:db8::1.", "client:[redacted:ip]."),
        ("2001:db8::/32", "[redacted:ip]/32"),
        ("fe80::1%eth0.", "[redacted:ip]."),
        ("fe80::1% of", "[redacted:ip]% of"),
        ("2001:db8::1%20and", "[redacted:ip]%20and"),
        (
            "fe80::1,fe80::2-fe80::3",
            "[redacted:ip],[redacted:ip]-[redacted:ip]",
        ),
        ("::ffff:203.0.113.77", "[redacted:ip]"),
        ("203.0.113.77:80", "[redacted:ip]:80"),
    ] {
        assert_eq!(redactor.redact_text(text), safe);
    }
}

#[test]
fn times_scopes_and_dumps_stay() {
    let redactor = redactor();
    for text in [
        "12:30:45",
        "12:30:45.678 and 2025:11:23 12:30:45",
        "2025-11-23T12:30:45.678Z",
        "00:1b:44:11:3a:b7",
        "02:00:5e:10:00:00:00:01",
        "2001:db8:1",
        "1:2:3:4:5:6:7:8",
        "std::vector<int>::size",
        "a::b, dead::beef, cafe::f00d() and ab::cd::ef",
        "a::before { } b::after { } ::marker",
        "x[10::2], x[::2], x[1::], ::",
        "[::1]:3000 and ::1",
        "namespace fd::open",
        "de:ad:be:ef:de:ad:be:ef:de:ad:be:ef:de:ad:be:ef",
        "dead:beef:0011:2233:4455:6677:8899:aabb",
        "2001:0db8 0011:2233 4455:6677",
        "SHA1 2d:8f:20:01:0d:b8:3c:aa:11:bc:2d:8f:20:01:0d:b8:3c:aa:11:bc",
        "at f (/a/2001.js:10:20)",
        "node:fs:1:2",
    ] {
        assert_eq!(redactor.redact_text(text), text);
    }
}
