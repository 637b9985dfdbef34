//! Payment card numbers: 13 to 19 digits of a known issuer with a right check digit.
//!
//! `4111 1111 1111 1111` is one; an order number, a time in ms or ns, a UUID is not.
//! Limits: one number in ten of the right length and beginning passes the check by chance.

use crate::rules::Rule;
use crate::shapes::is_token;
use crate::steps::looked_at;
use crate::text::Span;

/// A text with fewer digits has no card number.
pub(crate) const MIN_DIGITS: usize = 13;
const MAX_DIGITS: usize = 19;

/// Adds the card numbers in `text`.
pub(crate) fn find_cards(text: &str, spans: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let run_end = digits_end(bytes, at);
        match card_end(bytes, at, run_end) {
            Some(end) => {
                spans.push(Span::new(at, end, Rule::CARD));
                at = end;
            }
            // The next group of digits may begin one: `2 4111 1111 1111 1111`.
            None => at = run_end,
        }
    }
}

/// End of the card number that begins at `at`, the longest if several end there. `first_end` is
/// the end of its first group.
fn card_end(bytes: &[u8], at: usize, first_end: usize) -> Option<usize> {
    let mut found = None;
    let mut end = first_end;
    // A number of five groups and then an expiry date is the most that people write.
    for _ in 0..6 {
        if is_free(bytes, at, end) && is_card(&bytes[at..end]) {
            found = Some(end);
        }
        let separated = matches!(bytes.get(end), Some(b' ' | b'-'))
            && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if !separated {
            break;
        }
        end = digits_end(bytes, end + 1);
    }
    found
}

/// End of the digits that begin at `at`.
fn digits_end(bytes: &[u8], at: usize) -> usize {
    let length = bytes[at..]
        .iter()
        .take_while(|b| b.is_ascii_digit())
        .count();
    looked_at(length + 1);
    at + length
}

/// The number is a card's.
pub(crate) fn is_card_number(n: u64) -> bool {
    // Times in ms, µs and ns of this century begin with 1 and so does no card.
    n >= 2_000_000_000_000 && is_card(n.to_string().as_bytes())
}

/// Nothing around it says that it is part of something longer, such as a UUID or a decimal.
fn is_free(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).map(|i| bytes[i]);
    let decimal_before = before == Some(b'.') && start >= 2 && bytes[start - 2].is_ascii_digit();
    let decimal_after =
        bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
    !before.is_some_and(is_token)
        && !bytes.get(end).copied().is_some_and(is_token)
        && !decimal_before
        && !decimal_after
}

fn is_card(text: &[u8]) -> bool {
    let mut digits = [0_u8; MAX_DIGITS];
    let mut length = 0;
    let mut group = 0;
    for &byte in text {
        if !byte.is_ascii_digit() {
            // People write groups of four to six; dates and phone numbers have shorter ones.
            if !(4..=6).contains(&group) {
                return false;
            }
            group = 0;
            continue;
        }
        if length == MAX_DIGITS {
            return false;
        }
        digits[length] = byte - b'0';
        length += 1;
        group += 1;
    }
    length >= MIN_DIGITS && has_issuer(&digits[..length]) && passes_luhn(&digits[..length])
}

/// Begins as the numbers of a card network of this length do.
fn has_issuer(digits: &[u8]) -> bool {
    let prefix = digits[..4]
        .iter()
        .fold(0_u32, |n, d| n * 10 + u32::from(*d));
    match digits.len() {
        13 | 18 if (4000..=4999).contains(&prefix) => true,
        15 => matches!(prefix, 3400..=3499 | 3700..=3799 | 3000..=3059 | 3600..=3699),
        16 => matches!(
            prefix,
            2221..=2720 | 3000..=3059 | 3528..=3699 | 3800..=6999
        ),
        19 => matches!(prefix, 3528..=3699 | 4000..=4999 | 5000..=5099 | 5600..=6999),
        14 => matches!(prefix, 3000..=3059 | 3600..=3699 | 3800..=3999),
        _ => matches!(prefix, 5000..=5099 | 5600..=5899 | 6000..=6999),
    }
}

fn passes_luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &digit)| {
            let doubled = u32::from(digit) * if i % 2 == 1 { 2 } else { 1 };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(text: &str) -> bool {
        let mut spans = Vec::new();
        find_cards(text, &mut spans);
        !spans.is_empty()
    }

    #[test]
    fn cards_are_found() {
        for text in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "paid with 5555555555554444.",
            "(378282246310005)",
            "3782 822463 10005",
            "6011111111111117",
            "30569309025904",
            "3530111333300000",
            "2223003122003222",
            "card=4242424242424242&x=1",
            "2 x 4111 1111 1111 1111 12/27",
            "7 4111111111111111 123",
        ] {
            assert!(finds(text), "{text}");
        }
        assert!(is_card_number(4_111_111_111_111_111));
    }

    #[test]
    fn other_numbers_are_not() {
        for text in [
            "4111111111111112",
            "1763856000123",
            "1763856000123456",
            "1763856000123456789",
            "550e8400-e29b-41d4-a716-446655440000",
            "41111111-1111-1111-1111-111111111111",
            "a4111111111111111",
            "4111111111111111b",
            "0.4111111111111111",
            "2025-11-23 10:00:00",
            "+49 30 1234 5678 9012",
            "41111111111111114111111111111111",
            "",
            "12",
        ] {
            assert!(!finds(text), "{text}");
        }
        assert!(!is_card_number(1_763_856_000_123));
        assert!(!is_card_number(4111));
    }
}
