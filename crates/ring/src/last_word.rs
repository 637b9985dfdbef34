//! How a run's process ended, in one word at the head of its file `owner`: what the dead can still
//! say to a recovery.
//!
//! ```text
//! 0                    nothing: it was killed, or lives
//! 1 | signal << 32     a signal ended it
//! 2                    it ended, its code is not known
//! 3 | code << 32       it ended with this code
//! 4                    it became another program
//! ```
//! Limits: Linux on a file system in memory; [`WATCHED`] signals only.

use std::fs::File;
use std::os::unix::fs::FileExt;

/// Bytes of the page that holds the word.
pub(crate) const PAGE_BYTES: usize = 4096;

/// Signals that end a process unless it handles them, and that are noted. Those that a fault raises
/// are left out: V8 handles them itself.
pub(crate) const WATCHED: [(i32, &str); 7] = [
    (libc::SIGHUP, "SIGHUP"),
    (libc::SIGINT, "SIGINT"),
    (libc::SIGQUIT, "SIGQUIT"),
    (libc::SIGABRT, "SIGABRT"),
    (libc::SIGALRM, "SIGALRM"),
    (libc::SIGTERM, "SIGTERM"),
    (libc::SIGUSR2, "SIGUSR2"),
];

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastWord {
    /// A signal ended the process: `SIGTERM`.
    Signal(&'static str),
    /// It ended in an orderly way, with this code where that is known.
    Exit(Option<i32>),
    /// It became another program (`execve`).
    Replaced,
}

const SIGNAL: u32 = 1;
const EXIT: u32 = 2;
const EXIT_CODE: u32 = 3;
const REPLACED: u32 = 4;

/// The word that says that a signal came.
pub(crate) const fn signal_word(signal: i32) -> u64 {
    pack(SIGNAL, signal)
}

const fn pack(kind: u32, value: i32) -> u64 {
    kind as u64 | (value.cast_unsigned() as u64) << 32
}

fn encode(word: Option<LastWord>) -> u64 {
    match word {
        None => 0,
        Some(LastWord::Signal(name)) => WATCHED
            .iter()
            .find(|(_, known)| *known == name)
            .map_or(0, |(signal, _)| signal_word(*signal)),
        Some(LastWord::Exit(None)) => pack(EXIT, 0),
        Some(LastWord::Exit(Some(code))) => pack(EXIT_CODE, code),
        Some(LastWord::Replaced) => pack(REPLACED, 0),
    }
}

fn decode(word: u64) -> Option<LastWord> {
    let value = ((word >> 32) as u32).cast_signed();
    match word as u32 {
        SIGNAL => WATCHED
            .iter()
            .find(|(signal, _)| *signal == value)
            .map(|(_, name)| LastWord::Signal(name)),
        EXIT => Some(LastWord::Exit(None)),
        EXIT_CODE => Some(LastWord::Exit(Some(value))),
        REPLACED => Some(LastWord::Replaced),
        _ => None,
    }
}

/// Writes the word; where there is no room for it, nothing is known.
pub(crate) fn write(owner: &File, word: Option<LastWord>) {
    let _ = owner.write_all_at(&encode(word).to_ne_bytes(), 0);
}

/// The word in a file `owner`.
pub(crate) fn read(owner: &File) -> Option<LastWord> {
    let mut bytes = [0; 8];
    owner.read_exact_at(&mut bytes, 0).ok()?;
    decode(u64::from_ne_bytes(bytes))
}
