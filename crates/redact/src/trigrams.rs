//! A quick no: whether a text can hold any of some words, by the hashes of their first three
//! letters. `Trigrams::new(["token"]).may_match("stoke")` is true, of `"stroke"` false.
//!
//! An automaton waits for each byte's state before it can look up the next; these look-ups do not
//! depend on each other, which makes them about twice as fast. Limits: ASCII case is folded, and
//! some other characters with it; a word of less than three bytes makes every text match.

/// 2^16 bits: one text in a hundred of 20 bytes passes by chance.
const WORDS: usize = (1 << 16) / 64;

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
                    let hash = hash(*a, *b, *c);
                    set.bits[hash / 64] |= 1 << (hash % 64);
                }
                _ => set.all_match = true,
            }
        }
        set
    }

    /// `false` if none of the words is in the text.
    pub(crate) fn may_match(&self, text: &str) -> bool {
        // No early end within 64 bytes: a loop without branches is faster than one that stops.
        let bytes = text.as_bytes();
        let mut at = 0;
        while at + 3 <= bytes.len() {
            let end = bytes.len().min(at + 66);
            let mut found = 0;
            for three in bytes[at..end].windows(3) {
                let hash = hash(three[0], three[1], three[2]);
                found |= self.bits[hash / 64] >> (hash % 64);
            }
            if found & 1 == 1 {
                return true;
            }
            at += 64;
        }
        self.all_match
    }
}

fn hash(a: u8, b: u8, c: u8) -> usize {
    let three = u32::from_le_bytes([a, b, c, 0]) | 0x0020_2020;
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
        assert!(!set.may_match("stroke of luck"));
        assert!(!set.may_match("to"));
        assert!(Trigrams::new(["id"]).may_match(""));
    }
}
