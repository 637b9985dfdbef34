//! Records from scripts: `1 enter f 5; 2 return f 7`.

use super::*;

pub(crate) fn record(kind: u32, flags: u32, high: u32, values: u32, words: &[u64]) -> Vec<u64> {
    let low = kind
        | flags << FLAGS_SHIFT
        | (words.len() as u32 + 1) << WORDS_SHIFT
        | values << VALUES_SHIFT;
    let mut record = vec![u64::from(low) | u64::from(high) << 32];
    record.extend(words);
    record
}

fn boxed(tag: u32, stored: u32, payload: u32) -> u64 {
    u64::from(BOX | tag | stored << STORED_SHIFT) << 32 | u64::from(payload)
}

pub(crate) fn text(text: &str, out: &mut Vec<u64>) {
    let length = text.len() as u32;
    out.push(boxed(TAG_STRING8, length, length));
    for chunk in text.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        out.push(u64::from_le_bytes(word));
    }
}

/// Words of `5`, `"text"` or `Error:message`.
fn value(word: &str, out: &mut Vec<u64>) {
    if let Ok(number) = word.parse::<f64>() {
        out.push(number.to_bits());
    } else if let Some((name, message)) = word.split_once(':') {
        out.push(boxed(TAG_ERROR, 0, 0));
        text(name, out);
        text(message, out);
        out.push(boxed(TAG_UNDEFINED, 0, 0));
    } else {
        text(word.trim_matches('"'), out);
    }
}

/// The records of a script. A name means its newest call; `name.2` an older one, by its number.
#[derive(Default)]
pub(super) struct Script {
    tokens: Vec<String>,
    pub(super) words: Vec<u64>,
}

impl Script {
    fn token(&self, name: &str) -> u32 {
        let (name, number) = name.split_once('.').unwrap_or((name, ""));
        if let Ok(number) = number.parse() {
            return number;
        }
        let newest = self.tokens.iter().rposition(|token| token == name);
        newest.map_or(0, |index| index as u32 + 1)
    }

    pub(super) fn line(&mut self, line: &str) {
        let mut words = line.split_whitespace().peekable();
        while let Some(clock) = words.peek().and_then(|word| {
            let exact = word.ends_with('!');
            word.trim_end_matches('!')
                .parse::<u64>()
                .ok()
                .map(|ns| (ns, exact))
        }) {
            words.next();
            let flags = if clock.1 { FLAG_EXACT } else { 0 };
            self.words.extend(record(CLOCK, flags, 0, 0, &[clock.0]));
        }
        let Some(kind) = words.next() else { return };
        let name = words.next().unwrap_or_default();
        if kind == "lines" {
            let ran = words.filter_map(|word| {
                let (block, times) = word.split_once('x')?;
                Some((block.parse::<u64>().ok()?, times.parse::<u64>().ok()?))
            });
            let ran: Vec<(u64, u64)> = ran.collect();
            let id = u64::from(function(name.split('.').next().unwrap_or_default()));
            let is_wide = ran.iter().any(|(_, times)| times >> (32 - BLOCK_BITS) > 0);
            let (flags, values): (u32, Vec<u64>) = if is_wide {
                let ran = ran.iter().map(|(block, times)| block | times << 32);
                (FLAG_LINES_WIDE, std::iter::once(id).chain(ran).collect())
            } else {
                let ran = ran.iter().map(|(block, times)| block | times << BLOCK_BITS);
                let halves: Vec<u64> = std::iter::once(id).chain(ran).collect();
                let words = halves.chunks(2);
                let word = |half: &[u64]| half[0] | half.get(1).unwrap_or(&0) << 32;
                (0, words.map(word).collect())
            };
            let token = self.token(name);
            self.words.extend(record(LINES, flags, token, 0, &values));
            return;
        }
        if kind == "assigned" {
            let mut number = || words.next().and_then(|word| word.parse::<u64>().ok());
            let (assignment, between) = (number().unwrap_or(0), number().unwrap_or(0));
            let mut values = vec![assignment | between << 32];
            value(words.next().unwrap_or_default(), &mut values);
            let token = self.token(name);
            self.words.extend(record(ASSIGNED, 0, token, 1, &values));
            return;
        }
        if kind == "link" {
            let of = words.next().unwrap_or_default();
            let distance: u32 = of.parse().unwrap_or(0);
            let flags = match name {
                "out" => FLAG_LINK_OUT,
                "otel" => FLAG_LINK_OTEL,
                _ => 0,
            };
            // As the writer has them: halves in their order.
            let half = |n: u64| n << 32 | (n - 1);
            let values = [f64::from(distance).to_bits(), half(2), half(4), half(6)];
            let token = if distance == 0 { self.token(of) } else { 0 };
            self.words.extend(record(LINK, flags, token, 0, &values));
            return;
        }
        let rest: Vec<&str> = words.collect();
        let mut values = Vec::new();
        let same = rest == ["same"];
        if !same {
            rest.iter().for_each(|word| value(word, &mut values));
        }
        let count = if same { 0 } else { rest.len() as u32 };
        let mut flags = if same { FLAG_SAME } else { 0 };
        let mut high = self.token(name);
        let kind = match kind {
            "enter" | "generator" => {
                flags = if kind == "enter" { 0 } else { FLAG_GENERATOR };
                self.tokens.push(name.to_owned());
                high = function(name);
                ENTER
            }
            "stack" => {
                high = function(name) + 1;
                STACK
            }
            "return" => RETURN,
            "unwind" => UNWIND,
            "suspend" => SUSPEND,
            "resume" => RESUME,
            "throw" => THROW,
            "catch" | "catch1" => {
                values.push(f64::from(u8::from(kind == "catch1")).to_bits());
                CATCH
            }
            "uncaught" => UNCAUGHT,
            "emitted" => {
                flags |= FLAG_EMITTED;
                UNCAUGHT
            }
            "lost" => LOST,
            "context" => CONTEXT,
            other => panic!("{other}"),
        };
        self.words.extend(record(kind, flags, high, count, &values));
    }
}
