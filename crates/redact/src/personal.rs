//! Numbers and addresses of people: IBANs and US social security numbers always; e-mail addresses,
//! phone numbers and IP addresses where the user asks for them.
//!
//! `pay to DE89 3704 0044 0532 0130 00` holds an IBAN, `+49 30 12345678` a phone number.
//! Limits: phone numbers with their country's `+` only; one long number in 97 that begins with two
//! letters has an IBAN's check digits by chance.

use crate::ip_addresses::find_ips;
use crate::rules::{Rule, Rules};
use crate::shapes::is_token;
use crate::steps::looked_at;
use crate::text::Span;

const SSN_BYTES: usize = 11;
const MIN_IBAN: usize = 15;
const MAX_IBAN: usize = 34;
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// Of the part before the `@`, and of the whole behind it.
const MAX_LOCAL: usize = 64;
const MAX_DOMAIN: usize = 253;

/// Rules that are off unless they are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OptionalRules {
    email: bool,
    phone: bool,
    ip: bool,
}

impl OptionalRules {
    pub(crate) fn new(rules: &Rules) -> Self {
        Self {
            email: rules.applies(Rule::EMAIL),
            phone: rules.applies(Rule::PHONE),
            ip: rules.applies(Rule::IP),
        }
    }

    /// Adds what these rules find in `text`.
    pub(crate) fn find(self, text: &str, spans: &mut Vec<Span>) {
        let bytes = text.as_bytes();
        if self.email {
            each(bytes, b'@', |at| email(bytes, at), spans);
        }
        if self.phone {
            each(bytes, b'+', |at| phone(bytes, at), spans);
        }
        if self.ip {
            find_ips(bytes, spans);
        }
    }
}

fn each(bytes: &[u8], byte: u8, rule: impl Fn(usize) -> Option<Span>, spans: &mut Vec<Span>) {
    let places = bytes.iter().enumerate().filter(|(_, b)| **b == byte);
    spans.extend(places.filter_map(|(at, _)| rule(at)));
}

/// Adds the IBANs and social security numbers in `text`.
pub(crate) fn find_numbers(text: &str, spans: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    // Nearly no text has the form of a beginning anywhere, which one loop without branches tells.
    let may_begin = |four: &[u8]| {
        let is_iban = four[0].is_ascii_uppercase()
            & four[1].is_ascii_uppercase()
            & four[2].is_ascii_digit()
            & four[3].is_ascii_digit();
        is_iban | (four[0].is_ascii_digit() & four[2].is_ascii_digit() & (four[3] == b'-'))
    };
    if !bytes
        .windows(4)
        .fold(false, |any, four| any | may_begin(four))
    {
        return;
    }
    for (at, four) in bytes.windows(4).enumerate() {
        if may_begin(four) && (at == 0 || !is_token(bytes[at - 1])) {
            let is_number = four[0].is_ascii_digit();
            spans.extend(if is_number {
                ssn(bytes, at)
            } else {
                iban(bytes, at)
            });
        }
    }
}

pub(crate) fn run(bytes: &[u8], from: usize, most: usize, of: impl Fn(u8) -> bool) -> usize {
    let rest = &bytes[from..bytes.len().min(from + most)];
    let length = rest.iter().take_while(|b| of(**b)).count();
    looked_at(length + 1);
    length
}

/// `123-45-6789`, of the numbers that are given out.
fn ssn(bytes: &[u8], at: usize) -> Option<Span> {
    let text = bytes.get(at..at + SSN_BYTES)?;
    let is_form = text.iter().enumerate().all(|(i, b)| match i {
        3 | 6 => *b == b'-',
        _ => b.is_ascii_digit(),
    });
    let is_given = !matches!(&text[..3], b"000" | b"666")
        && text[0] != b'9'
        && &text[4..6] != b"00"
        && &text[7..] != b"0000";
    let ends = !bytes.get(at + SSN_BYTES).is_some_and(|b| is_token(*b));
    (is_form && is_given && ends).then(|| Span::new(at, at + SSN_BYTES, Rule::SSN))
}

/// Two letters, two check digits, and groups that pass the check of ISO 7064.
fn iban(bytes: &[u8], at: usize) -> Option<Span> {
    let head = bytes.get(at..at + 4)?;
    let is_head = head[1].is_ascii_uppercase() && head[2..].iter().all(u8::is_ascii_digit);
    if !is_head {
        return None;
    }
    let mut code = [0_u8; MAX_IBAN];
    let (mut length, mut end, mut found) = (0, at, None);
    loop {
        let group = run(bytes, end, MAX_IBAN + 1, |b| {
            b.is_ascii_uppercase() || b.is_ascii_digit()
        });
        if length + group > MAX_IBAN {
            return found;
        }
        code[length..length + group].copy_from_slice(&bytes[end..end + group]);
        length += group;
        end += group;
        let ends = !bytes.get(end).is_some_and(|b| is_token(*b));
        if ends && length >= MIN_IBAN && passes_mod_97(&code[..length]) {
            found = Some(Span::new(at, end, Rule::IBAN));
        }
        // People write groups of four.
        let next = bytes.get(end + 1).copied().unwrap_or(b' ');
        let goes_on = group == 4 && bytes.get(end) == Some(&b' ') && next.is_ascii_alphanumeric();
        if !goes_on || next.is_ascii_lowercase() {
            return found;
        }
        end += 1;
    }
}

fn passes_mod_97(code: &[u8]) -> bool {
    let rotated = code[4..].iter().chain(&code[..4]);
    let rest = rotated.fold(0_u32, |rest, &b| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        _ => (rest * 100 + u32::from(b - b'A') + 10) % 97,
    });
    rest == 1
}

fn email(bytes: &[u8], at: usize) -> Option<Span> {
    let is_local =
        |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-');
    let before = &bytes[at.saturating_sub(MAX_LOCAL)..at];
    let local = before.iter().rev().take_while(|b| is_local(b)).count();
    let is_domain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    let mut end = at + 1 + run(bytes, at + 1, MAX_DOMAIN, is_domain);
    while matches!(bytes[end - 1], b'.' | b'-') {
        end -= 1;
    }
    let domain = &bytes[at + 1..end.max(at + 1)];
    let top = domain.rsplit(|b| *b == b'.').next().unwrap_or_default();
    let is_host =
        top.len() >= 2 && top.len() < domain.len() && top.iter().all(u8::is_ascii_alphabetic);
    (local > 0 && is_host).then(|| Span::new(at - local, end, Rule::EMAIL))
}

fn phone(bytes: &[u8], at: usize) -> Option<Span> {
    let is_part =
        |b: u8| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'.' | b'(' | b')' | b'/');
    let mut end = at + 1 + run(bytes, at + 1, 2 * PHONE_DIGITS.end(), is_part);
    while !bytes[end - 1].is_ascii_digit() && end > at + 1 {
        end -= 1;
    }
    let digits = bytes[at..end].iter().filter(|b| b.is_ascii_digit()).count();
    let begins = at == 0 || !is_token(bytes[at - 1]);
    let is_country = matches!(bytes.get(at + 1), Some(b'1'..=b'9'));
    (begins && is_country && PHONE_DIGITS.contains(&digits))
        .then(|| Span::new(at, end, Rule::PHONE))
}
