//! How many bytes the rules look at, counted in tests: what takes a time that grows with more than the
//! text's length shows on any machine.
//!
//! `looked_at(end - at)` in each loop that may go far. Limits: nothing is counted outside of tests.

/// A rule has looked at so many bytes.
#[inline]
pub(crate) fn looked_at(bytes: usize) {
    #[cfg(test)]
    tests::STEPS.with(|steps| steps.set(steps.get() + bytes as u64));
    let _ = bytes;
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use crate::shapes::TRIGGERS;
    use crate::{Redactor, RedactorOptions};

    thread_local! {
        pub(super) static STEPS: Cell<u64> = const { Cell::new(0) };
    }

    /// Beginnings, of secrets and of values, that a text may be full of.
    const UNITS: &[&str] = &[
        "token",
        "token:\"",
        "token=",
        "token=;",
        "4 ",
        "4111 ",
        "password={[",
        "a:",
        "\\\"secret\\\":",
        "secret:\\",
        "PWD=/",
        "?sig=",
        "-sk-",
        "1abc8Q~",
        "DE12 3456 ",
        "a@",
        "+49",
        "1.",
        "1:",
        "::",
        "[::",
        "fe80::1%",
        "://[",
    ];

    /// Rules that look a bounded distance look less far near the end of a text.
    const BOUNDED: u64 = 1 << 20;

    fn steps(redactor: &Redactor, text: &str) -> u64 {
        STEPS.set(0);
        let _ = redactor.redact_text(text, &mut Vec::new());
        STEPS.get()
    }

    /// Twice the text takes twice the steps, whatever it is full of and whatever follows that.
    #[test]
    fn steps_are_linear() {
        let redactor = Redactor::new(
            &RedactorOptions {
                also: vec!["email".into(), "phone".into(), "ip".into()],
                ..RedactorOptions::default()
            },
            None,
        )
        .expect("the options are good");
        let mut worse = Vec::new();
        let triggers = TRIGGERS.iter().map(|(text, _)| *text);
        for unit in triggers.chain(UNITS.iter().copied()) {
            for end in ["", " ", ".", "a", "\\", "\"", "/", "1", ":"] {
                let text = |bytes: usize| unit.repeat(bytes / unit.len()) + &end.repeat(bytes);
                let (short, long) = (text(8 << 10), text(16 << 10));
                let (once, twice) = (steps(&redactor, &short), steps(&redactor, &long));
                // What stands open at the end may be looked through once more.
                if twice > 2 * once + 2 * long.len() as u64 + BOUNDED {
                    worse.push((unit, end, once, twice));
                }
            }
        }
        assert!(worse.is_empty(), "{worse:?}");
    }
}
