//! A quick no: whether a text can hold any of some words, by the hashes of their first three
//! letters. `Trigrams::new(["token"]).may_match("stoke")` is true, of `"stroke"` false.
//!
//! An automaton waits for each byte's state before it can look up the next; these look-ups do not
//! depend on each other, which makes them about twice as fast. Limits: ASCII case is folded, and
//! some other characters with it; a word of less than three bytes makes every text match.

/// 2^16 bits: one text in a hundred of 20 bytes passes by chance.
const WORDS: usize = (1 << 16) / 64;

/// Bytes that are looked at before it is asked whether one of them was it.
const BLOCK: usize = 64;

/// The set of hashes.
#[derive(Clone, Debug)]
pub(crate) struct Trigrams {
    bits: Box<[u64; WORDS]>,
    all_match: bool,
}

impl Trigrams {
    pub(crate) fn new<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> Self {
        let mut set = Self {
            bits: Box::new([0; WORDS]),
            all_match: false,
        };
        for word in words {
            match word.as_ref().as_bytes() {
                [a, b, c, ..] => {
                    let hash = hash(*a, *b, *c, 0);
                    set.bits[hash / 64] |= 1 << (hash % 64);
                }
                _ => set.all_match = true,
            }
        }
        set
    }

    /// `false` if none of the words is in the text.
    pub(crate) fn may_match(&self, text: &str) -> bool {
        self.first(text).is_some()
    }

    /// Where the first of the words may begin, or before it; `None` if none of them is in the text.
    pub(crate) fn first(&self, text: &str) -> Option<usize> {
        if self.all_match {
            return Some(0);
        }
        // No early end within a block: a loop without branches is faster than one that stops.
        let bytes = text.as_bytes();
        let mut at = 0;
        while at + 3 <= bytes.len() {
            let end = bytes.len().min(at + BLOCK + 3);
            let mut found = 0;
            // Four bytes are read at once, of which the last does not count.
            for four in bytes[at..end].windows(4) {
                found |= self.bit(hash(four[0], four[1], four[2], four[3]));
            }
            if end == bytes.len() {
                found |= self.bit(hash(bytes[end - 3], bytes[end - 2], bytes[end - 1], 0));
            }
            if found & 1 == 1 {
                return Some(at);
            }
            at += BLOCK;
        }
        None
    }

    fn bit(&self, hash: usize) -> u64 {
        self.bits[hash / 64] >> (hash % 64)
    }
}

fn hash(a: u8, b: u8, c: u8, other: u8) -> usize {
    let three = (u32::from_le_bytes([a, b, c, other]) & 0x00ff_ffff) | 0x0020_2020;
    (three.wrapping_mul(0x9e37_79b1) >> 16) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_missed() {
        let set = Trigrams::new(["token", "://"]);
        for text in [
            "token",
            "aToKen",
            "http://x",
            &format!("{}tok", "x".repeat(63)),
        ] {
            assert!(set.may_match(text), "{text}");
        }
        let long = format!("{}token", "-".repeat(200));
        assert!((0..200).all(|i| set.may_match(&long[i..])));
        assert_eq!(set.first(&long[3..]), Some(192));
        for before in 0..200 {
            let text = format!("{}token{}", "-".repeat(before), "+".repeat(before % 7));
            let first = set.first(&text).unwrap();
            assert!(first <= before && before < first + 64, "{before}: {first}");
        }
        assert!(!set.may_match("stroke of luck"));
        assert!(!set.may_match("to"));
        assert!(Trigrams::new(["id"]).may_match(""));
    }
}
