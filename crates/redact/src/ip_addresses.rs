//! IP addresses: `203.0.113.77`, `2001:db8::7`, `[fe80::1%eth0]:80`, `::ffff:203.0.113.77`.
//!
//! Of what reads as an IPv6 address only those count that are given out: so `10::2`, `a::b` and eight
//! bytes of a dump are none. Limits: `::`, `::1` and multicast groups, which are nobody's, stay; a label
//! of hexadecimal letters and a colon hide the address behind them.

use std::net::Ipv6Addr;

use crate::personal::run;
use crate::rules::Rule;
use crate::shapes::is_token;
use crate::text::Span;

/// `0000:0000:0000:0000:0000:ffff:255.255.255.255`
const MAX_V6: usize = 45;
/// Of the name of an interface.
const MAX_ZONE: usize = 32;

/// Adds the addresses in `bytes`.
pub(crate) fn find_ips(bytes: &[u8], spans: &mut Vec<Span>) {
    let is_v4 = |b: u8| is_token(b) || b == b'.';
    each_run(bytes, is_v4, |at, end| v4(bytes, at, end), spans);
    let is_v6 = |b: u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
    each_run(bytes, is_v6, |at, end| v6(bytes, at, end), spans);
}

fn each_run(
    bytes: &[u8],
    of: impl Fn(u8) -> bool,
    rule: impl Fn(usize, usize) -> Option<Span>,
    spans: &mut Vec<Span>,
) {
    let mut at = 0;
    while at < bytes.len() {
        let end = at + run(bytes, at, bytes.len(), &of);
        spans.extend(rule(at, end));
        at = end + 1;
    }
}

/// Four numbers of a byte.
fn v4(bytes: &[u8], at: usize, end: usize) -> Option<Span> {
    let end = without_dots(bytes, at, end);
    let mut parts = bytes[at..end].split(|b| *b == b'.');
    let is_byte = |part: &[u8]| {
        let text = std::str::from_utf8(part).unwrap_or_default();
        text.len() <= 3 && text.parse::<u8>().is_ok()
    };
    let is_four = (0..4).all(|_| parts.next().is_some_and(is_byte)) && parts.next().is_none();
    is_four.then(|| Span::new(at, end, Rule::IP))
}

fn v6(bytes: &[u8], mut at: usize, end: usize) -> Option<Span> {
    let mut end = without_dots(bytes, at, end);
    let text = &bytes[at..end];
    // `from:2001:db8::1:`
    at += usize::from(text.starts_with(b":") && !text.starts_with(b"::"));
    end -= usize::from(text.len() > 1 && text.ends_with(b":") && !text.ends_with(b"::"));
    if end - at > MAX_V6 {
        return None;
    }
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let begins = at == 0 || !is_word(&bytes[at - 1]);
    let ends = !bytes.get(end).is_some_and(is_word);
    let text = std::str::from_utf8(&bytes[at..end]).ok()?;
    let address: Ipv6Addr = text.parse().ok()?;
    if !begins || !ends || !is_given(address) {
        return None;
    }
    if address.segments()[0] & 0xff00 == 0xfe00 && bytes.get(end) == Some(&b'%') {
        end = zone_end(bytes, end);
    }
    Some(Span::new(at, end, Rule::IP))
}

/// Addresses of a link, a site and the internet, and those of version 4 in version 6.
fn is_given(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2000..=0x3fff | 0xfc00..=0xfdff | 0xfe80..=0xfeff, ..] | [0x64, 0xff9b, ..] => true,
        _ => address.to_ipv4_mapped().is_some(),
    }
}

/// End of `%eth0`, in a URL `%25eth0`, behind an address that ends at `at`.
fn zone_end(bytes: &[u8], at: usize) -> usize {
    let is_name = |b: u8| is_token(b) || matches!(b, b'.' | b'~');
    let end = without_dots(bytes, at, at + 1 + run(bytes, at + 1, MAX_ZONE, is_name));
    if end > at + 1 { end } else { at }
}

/// `end` before dots that end a sentence.
fn without_dots(bytes: &[u8], at: usize, end: usize) -> usize {
    let dots = bytes[at..end].iter().rev().take_while(|b| **b == b'.');
    end - dots.count()
}
