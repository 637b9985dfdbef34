//! Secrets that show by their shape: tokens with a known beginning, PEM blocks, credentials in
//! URLs and in header values.
//!
//! Each rule begins at a trigger that the automaton found and says which bytes are secret. What
//! reaches the end of the text may have been cut there, so a beginning is enough at the end.
//! Limits: ASCII; a JWT without a usual header is known by its second part only.

use std::ops::Range;

use crate::rules::Rule;
use crate::steps::looked_at;
use crate::text::Span;

/// What a trigger begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// A token that its first characters give away.
    Prefix,
    /// A JSON web token.
    Jwt,
    /// A header's value with a token.
    Bearer,
    /// A header's value with a name and password in base64.
    Basic,
    /// Anything between `-----BEGIN` and its end.
    Pem,
    /// A URL's authority.
    Url,
    /// A webhook's URL, whose path is its password.
    Webhook,
    /// A client secret of Azure, by the mark in its middle.
    AzureSecret,
    /// The signature of a URL that Azure shares.
    Signature,
}

use Trigger::{AzureSecret, Basic, Bearer, Jwt, Pem, Prefix, Signature, Url, Webhook};

/// Where a rule begins, in any case of letters (a [`Trigger::Prefix`] is compared exactly).
pub(crate) const TRIGGERS: &[(&str, Trigger)] = &[
    ("eyJ", Jwt),
    ("bearer ", Bearer),
    ("basic ", Basic),
    ("-----BEGIN", Pem),
    ("://", Url),
    ("hooks.slack.com/services/", Webhook),
    ("/api/webhooks/", Webhook),
    ("AKIA", Prefix),
    ("ASIA", Prefix),
    ("ghp_", Prefix),
    ("gho_", Prefix),
    ("ghu_", Prefix),
    ("ghs_", Prefix),
    ("ghr_", Prefix),
    ("github_pat_", Prefix),
    ("glpat-", Prefix),
    ("glrt-", Prefix),
    ("gldt-", Prefix),
    ("glptt-", Prefix),
    ("glcbt-", Prefix),
    ("glsoat-", Prefix),
    ("Q~", AzureSecret),
    ("sig=", Signature),
    ("xoxa-", Prefix),
    ("xoxb-", Prefix),
    ("xoxc-", Prefix),
    ("xoxd-", Prefix),
    ("xoxp-", Prefix),
    ("xoxr-", Prefix),
    ("xoxs-", Prefix),
    ("xoxe.", Prefix),
    ("xapp-", Prefix),
    ("sk_live_", Prefix),
    ("sk_test_", Prefix),
    ("rk_live_", Prefix),
    ("rk_test_", Prefix),
    ("whsec_", Prefix),
    ("sk-", Prefix),
    ("npm_", Prefix),
    ("AIza", Prefix),
    ("ya29.", Prefix),
    ("GOCSPX-", Prefix),
    ("SG.", Prefix),
    ("hf_", Prefix),
    ("shpat_", Prefix),
    ("dop_v1_", Prefix),
    ("pypi-AgE", Prefix),
    ("AGE-SECRET-KEY-", Prefix),
];

/// Rule of a prefix, and how many characters must follow it, in the text and at its end.
fn prefix_rule(prefix: &str) -> (Rule, usize, usize) {
    match prefix {
        "AKIA" | "ASIA" => (Rule::AWS, 16, 6),
        "AIza" => (Rule::GOOGLE, 30, 8),
        "ya29." | "GOCSPX-" => (Rule::GOOGLE, 16, 6),
        p if p.starts_with("gl") => (Rule::GITLAB, 16, 4),
        "sk_live_" | "sk_test_" | "rk_live_" | "rk_test_" | "whsec_" => (Rule::STRIPE, 10, 4),
        "npm_" => (Rule::NPM, 30, 10),
        // Short prefixes, that other text has too: a long run must follow.
        "sk-" => (Rule::API_KEY, 20, 12),
        "SG." => (Rule::SENDGRID, 30, 16),
        "hf_" => (Rule::HUGGINGFACE, 30, 16),
        "shpat_" | "dop_v1_" | "pypi-AgE" | "AGE-SECRET-KEY-" => (Rule::API_KEY, 16, 6),
        p if p.starts_with('x') => (Rule::SLACK, 10, 4),
        _ => (Rule::GITHUB, 20, 4),
    }
}

/// Headers of JWTs in base64 begin so: `{"alg"`, `{"typ"`, `{"kid"` and the rarer ones.
const JWT_HEADERS: &[&str] = &[
    "eyJhbGci", "eyJ0eXAi", "eyJraWQi", "eyJlbmMi", "eyJ4NXQi", "eyJjdHki", "eyJ6aXAi", "eyJqa3Ui",
    "eyJqd2si", "eyJ4NWMi", "eyJiNjQi", "eyJjcml0",
];

/// A `scheme://user:password@` longer than this is no URL.
const MAX_AUTHORITY_BYTES: usize = 1024;

/// A look through one text.
pub(crate) struct Scan<'a> {
    text: &'a str,
    /// The last run found of base64url, and of that with dots: many triggers may stand in one.
    token_run: Range<usize>,
    dotted_run: Range<usize>,
    /// Where the latter ends without the dots that end a sentence.
    dotted_end: usize,
}

/// Length of a key that is a text of its own.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 32..=128;

/// So much of a token shows whether it is random.
const RANDOM_BYTES: usize = 64;

impl<'a> Scan<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            token_run: 0..0,
            dotted_run: 0..0,
            dotted_end: 0,
        }
    }

    /// What is secret at a trigger that begins at `at`.
    pub(crate) fn look(&mut self, trigger: Trigger, literal: &str, at: usize) -> Option<Span> {
        let behind = at + literal.len();
        match trigger {
            Prefix => self.prefix(literal, at),
            Jwt => self.jwt(at),
            AzureSecret => self.azure_secret(at, behind),
            Signature => self.signature(at, behind),
            Bearer => self.bearer(at, behind),
            Basic => self.basic(at, behind),
            Pem => self.pem(at),
            Url => self.url(behind),
            Webhook => {
                let end = self.run_end(behind, |b| is_token(b) || b == b'/');
                (end > behind + 4).then(|| Span::new(behind, end, Rule::WEBHOOK))
            }
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn byte_before(&self, at: usize) -> Option<u8> {
        at.checked_sub(1).and_then(|i| self.byte(i))
    }

    /// End of the bytes from `at` that are `of` a kind.
    fn run_end(&self, at: usize, of: impl Fn(u8) -> bool) -> usize {
        let rest = &self.text.as_bytes()[at..];
        let length = rest.iter().position(|&b| !of(b)).unwrap_or(rest.len());
        looked_at(length + 1);
        at + length
    }

    /// End of the base64url at `at`.
    fn token_end(&mut self, at: usize) -> usize {
        if !self.token_run.contains(&at) {
            self.token_run = at..self.run_end(at, is_token);
        }
        self.token_run.end.max(at)
    }

    /// End of the base64url with dots at `at`, but for dots that end a sentence.
    fn dotted_end(&mut self, at: usize) -> usize {
        if !self.dotted_run.contains(&at) {
            self.dotted_run = at..self.run_end(at, |b| is_token(b) || b == b'.');
            self.dotted_end = self.without_dots(self.dotted_run.end);
        }
        self.dotted_end.max(at)
    }

    fn prefix(&mut self, prefix: &str, at: usize) -> Option<Span> {
        if self
            .byte_before(at)
            .is_some_and(|b| b.is_ascii_alphanumeric())
        {
            return None;
        }
        let (rule, least, least_at_end) = prefix_rule(prefix);
        let behind = at + prefix.len();
        let is_aws = rule == Rule::AWS;
        let end = match is_aws {
            true => self.run_end(behind, |b| b.is_ascii_uppercase() || b.is_ascii_digit()),
            false if rule == Rule::NPM => self.run_end(behind, |b| b.is_ascii_alphanumeric()),
            false => self.dotted_end(behind),
        };
        let length = end - behind;
        let at_end = end == self.text.len();
        // Keys are random: a long run of lower-case words and hyphens is somebody's file name.
        let run = &self.text.as_bytes()[behind..end.min(behind + RANDOM_BYTES)];
        let is_random = prefix.len() > 4
            || is_aws
            || run
                .iter()
                .any(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        (is_random && (length >= least || (at_end && length >= least_at_end)))
            .then(|| Span::new(at, end, rule))
    }

    /// `abc8Q~` and 31 more.
    fn azure_secret(&self, at: usize, behind: usize) -> Option<Span> {
        let is_part = |b: u8| is_token(b) || matches!(b, b'.' | b'~');
        let from = at.checked_sub(4)?;
        let head = &self.text.as_bytes()[from..at];
        let is_head = head[..3].iter().all(|b| is_part(*b)) && head[3].is_ascii_digit();
        let begins = from == 0 || !is_part(self.text.as_bytes()[from - 1]);
        if !is_head || !begins {
            return None;
        }
        let end = self.without_dots(self.run_end(behind, is_part));
        let least = if end == self.text.len() { 8 } else { 31 };
        (end - behind >= least).then(|| Span::new(from, end, Rule::AZURE))
    }

    fn signature(&self, at: usize, behind: usize) -> Option<Span> {
        if !matches!(self.byte_before(at), Some(b'?' | b'&')) {
            return None;
        }
        let end = self.run_end(behind, |b| is_header_token(b) || b == b'%');
        let least = if end == self.text.len() { 8 } else { 20 };
        (end - behind >= least).then(|| Span::new(behind, end, Rule::AZURE))
    }

    /// `end` before dots that end a sentence.
    fn without_dots(&self, mut end: usize) -> usize {
        while self.byte_before(end) == Some(b'.') {
            looked_at(1);
            end -= 1;
        }
        end
    }

    fn jwt(&mut self, at: usize) -> Option<Span> {
        let text = &self.text[at..];
        if !text.starts_with("eyJ") {
            return None;
        }
        let header_end = self.token_end(at);
        let end = self.dotted_end(at);
        let has_header = JWT_HEADERS.iter().any(|h| text.starts_with(h));
        let has_payload = self.text[header_end..].starts_with(".eyJ");
        let is_cut = end == self.text.len() && header_end == end && has_header;
        let is_whole = (has_header && header_end < end) || has_payload;
        (is_whole || is_cut).then(|| Span::new(at, end, Rule::JWT))
    }

    fn bearer(&self, at: usize, behind: usize) -> Option<Span> {
        let end = self.without_dots(self.run_end(behind, is_header_token));
        let token = self.text.get(behind..end)?;
        let whole = at == 0 && end == self.text.len();
        // What follows in prose is a word: `bearer of bad news`.
        let random = token.len() >= 20 || (token.len() >= 6 && looks_random(token));
        (random || (whole && token.len() >= 8)).then(|| Span::new(behind, end, Rule::BEARER))
    }

    fn basic(&self, at: usize, behind: usize) -> Option<Span> {
        let end = self.run_end(behind, |b| is_token(b) || matches!(b, b'+' | b'/' | b'='));
        let decoded =
            decode_base64(&self.text.as_bytes()[behind..end.min(behind + 4 * RANDOM_BYTES)]);
        let is_text = decoded.iter().all(|b| (0x20..0x7f).contains(b));
        let has_colon = decoded.contains(&b':');
        let whole = at == 0 && end == self.text.len();
        let random = looks_random(&self.text[behind..end]) && decoded.len() >= 6;
        let secret = (has_colon && decoded.len() >= 3)
            || (is_text && decoded.len() >= 3)
            || (whole && random);
        secret.then(|| Span::new(behind, end, Rule::BASIC))
    }

    fn pem(&self, at: usize) -> Option<Span> {
        if !self.text[at..].starts_with("-----BEGIN") {
            return None;
        }
        let rest = &self.text[at..];
        let end = rest.find("-----END").map_or(self.text.len(), |i| {
            let behind = at + i + "-----END".len();
            self.text[behind..]
                .find("-----")
                .map_or(self.text.len(), |j| behind + j + 5)
        });
        looked_at(end - at);
        Some(Span::new(at, end, Rule::PEM))
    }

    /// The password of `scheme://user:password@host`, or a token in the user's place.
    fn url(&self, behind: usize) -> Option<Span> {
        let rest = &self.text.as_bytes()[behind..];
        let rest = &rest[..rest.len().min(MAX_AUTHORITY_BYTES)];
        looked_at(rest.len());
        let stop =
            |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'<' | b'>' | b'`');
        let line = &rest[..rest.iter().position(stop).unwrap_or(rest.len())];
        let slash = line.iter().position(|b| matches!(b, b'/' | b'?' | b'#'));
        let authority = &line[..slash.unwrap_or(line.len())];
        if authority.first() == Some(&b'[') {
            return None;
        }
        let colon = authority.iter().position(|&b| b == b':');
        let Some(colon) = colon else {
            let at = authority.iter().rposition(|&b| b == b'@')?;
            // Without a password, the user of a URL is a token if it is as long as one.
            return (at >= 16).then(|| Span::new(behind, behind + at, Rule::URL));
        };
        let after_colon = &authority[colon + 1..];
        let is_port = after_colon.len() <= 5 && after_colon.iter().all(u8::is_ascii_digit);
        let mut end = authority
            .iter()
            .rposition(|&b| b == b'@')
            .filter(|&i| i > colon);
        if end.is_none() && !is_port {
            // A password with an unescaped `/`, `?` or `#`; or the text was cut before the `@`.
            let cut = line.len() == rest.len();
            end = line
                .iter()
                .rposition(|&b| b == b'@')
                .filter(|&i| i > colon)
                .or_else(|| cut.then_some(line.len()));
        }
        let end = end.filter(|&end| end > colon + 1)?;
        let from = behind + colon + 1;
        // Templates and what was redacted before hold no secret.
        if self.text[from..].starts_with("[redacted:") {
            return None;
        }
        // The stretch may be cut at a byte limit: not within a character.
        let to = (behind + end..=self.text.len()).find(|&i| self.text.is_char_boundary(i))?;
        Some(Span::new(from, to, Rule::URL))
    }
}

/// A text that is nothing but a random key: long, with capitals, small letters and digits in
/// turns. Hashes and UUIDs in hexadecimal have letters of one case.
pub(crate) fn whole_key(text: &str) -> Option<Span> {
    let bytes = text.as_bytes();
    if !KEY_BYTES.contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    let count = |of: fn(&u8) -> bool| bytes.iter().filter(|b| of(b)).count();
    let kinds = [
        count(u8::is_ascii_uppercase),
        count(u8::is_ascii_lowercase),
        count(u8::is_ascii_digit),
    ];
    // Names of things have few digits and those together.
    let turns = bytes
        .windows(2)
        .filter(|two| two[0].is_ascii_digit() != two[1].is_ascii_digit())
        .count();
    (kinds.iter().all(|n| *n >= 3) && turns >= 6).then(|| Span::new(0, bytes.len(), Rule::API_KEY))
}

/// A byte of base64url, and of what makes one word with what stands beside it.
pub(crate) fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
}

fn is_header_token(b: u8) -> bool {
    is_token(b) || matches!(b, b'.' | b'~' | b'+' | b'/' | b'=')
}

/// No word of a language: it has a digit, a symbol, or a capital within.
fn looks_random(token: &str) -> bool {
    let bytes = &token.as_bytes()[..token.len().min(RANDOM_BYTES)];
    let inner = bytes.get(1..).unwrap_or_default();
    bytes
        .iter()
        .any(|b| b.is_ascii_digit() || matches!(b, b'+' | b'~' | b'=' | b'_'))
        || (inner.iter().any(u8::is_ascii_uppercase) && bytes.iter().any(u8::is_ascii_lowercase))
}

/// The bytes that base64 stands for, as far as it is whole.
fn decode_base64(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for &byte in text {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        bits = (bits << 6 | u32::from(six)) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xff) as u8);
        }
    }
    out
}
