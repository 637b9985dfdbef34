//! Instrumented texts of earlier starts, so that a large program starts as fast as it does without probes.
//!
//! ```text
//! through(&Question { source, kind, first_id: 0, … }, instrument)   the first start: instruments, keeps
//! through(&Question { … the same … }, instrument)                   the next: reads what was kept
//! ```
//! A file of the cache is named by the digest of all that its text depends on: the original, the ids of its
//! functions, the options, this build. It is read whole and only if its checksum is right, and written by a
//! thread of its own, under another name first: processes share the folder, and any file may be deleted at
//! any time. Limits: texts of at least [`LEAST_BYTES`] without a source map; those of the folder (`folder.rs`).

mod folder;

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Builder;
use std::time::{Duration, SystemTime};

use breadcrumb_instrument::{Instrumented, Leaves, Outcome, Wanted};
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

/// Smaller texts are instrumented in the time that a file takes to be opened.
const LEAST_BYTES: usize = 8 << 10;
/// Bytes that wait to be written at most; what is beyond is not kept.
const MOST_WAITING: usize = 64 << 20;
/// When a file was read is known to so much.
const READ_AGAIN: Duration = Duration::from_secs(24 * 60 * 60);
/// The thread that writes ends when nothing has come for so long.
const IDLE: Duration = Duration::from_millis(500);
const MAGIC: &[u8; 4] = b"BCC1";
/// Changes with the instrumenter (`build.rs`).
const BUILD: &str = env!("BREADCRUMB_INSTRUMENTER");
const EXTENSION: &str = "code";

/// All that an instrumented text depends on, but for this build.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    pub source: &'a str,
    /// As what Node says that it reads it.
    pub kind: &'a str,
    pub first_id: u32,
    pub file_stem: &'a str,
    pub wanted: Wanted,
}

impl Question<'_> {
    fn name(&self) -> String {
        let mut digest = Sha256::new();
        for part in [BUILD, self.kind, self.file_stem, self.source] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        digest.update(self.first_id.to_le_bytes());
        let Wanted {
            this,
            locals,
            lines,
            variables,
            leaves,
        } = self.wanted;
        let (how, longest) = match leaves {
            Leaves::Record => (0, 0),
            Leaves::Count { longest } => (1, longest),
            Leaves::Skip { longest } => (2, longest),
        };
        let flags = [this, locals, lines, variables].map(u8::from);
        digest.update(flags);
        digest.update([how]);
        digest.update(longest.to_le_bytes());
        let digest = digest.finalize();
        let hex: String = digest[..20]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{hex}.{EXTENSION}")
    }
}

/// What was kept for this question, or what is made now, which is kept.
pub fn through(question: &Question<'_>, make: impl FnOnce() -> Outcome) -> Outcome {
    match folder::folder().filter(|_| question.source.len() >= LEAST_BYTES) {
        Some(folder) => within(folder, question, make),
        None => make(),
    }
}

fn within(folder: &Path, question: &Question<'_>, make: impl FnOnce() -> Outcome) -> Outcome {
    let path = folder.join(question.name());
    if let Some(kept) = read(&path) {
        return Outcome::Instrumented(kept);
    }
    let outcome = make();
    if let Outcome::Instrumented(made) = &outcome {
        write_later(path, made);
    }
    outcome
}

fn read(path: &Path) -> Option<Instrumented> {
    let mut file = File::open(path).ok()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    let (sum, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<4>()?;
    if crc32fast::hash(rest) != u32::from_le_bytes(*sum) {
        return None;
    }
    let kept = Instrumented::from_bytes(rest)?;
    let read_at = file.metadata().and_then(|about| about.modified());
    if read_at.is_ok_and(|at| at.elapsed().is_ok_and(|since| since > READ_AGAIN)) {
        let _ = file.set_modified(SystemTime::now());
    }
    Some(kept)
}

/// What waits to be written: a path and bytes.
type Waiting = (PathBuf, Vec<u8>);

static WRITER: Mutex<Option<Sender<Waiting>>> = Mutex::new(None);
static WAITING: AtomicUsize = AtomicUsize::new(0);

fn write_later(path: PathBuf, made: &Instrumented) {
    let bytes = made.to_bytes();
    let length = bytes.len();
    if WAITING.fetch_add(length, Ordering::AcqRel) + length > MOST_WAITING {
        WAITING.fetch_sub(length, Ordering::AcqRel);
        return;
    }
    let mut writer = WRITER.lock();
    let unsent = match &*writer {
        Some(sender) => sender.send((path, bytes)).err().map(|error| error.0),
        None => Some((path, bytes)),
    };
    let Some(first) = unsent else { return };
    let (sender, receiver) = channel();
    let _ = sender.send(first);
    let thread = Builder::new().name("breadcrumb-cache".into());
    match thread.spawn(move || write_all(&receiver)) {
        Ok(_) => *writer = Some(sender),
        // Without a thread nothing is kept.
        Err(_) => WAITING.store(0, Ordering::Release),
    }
}

/// Writes what comes, until nothing does.
fn write_all(receiver: &Receiver<Waiting>) {
    let mut is_tidied = false;
    while let Some((path, bytes)) = next(receiver) {
        // What fails is not kept.
        let _ = write(&path, &bytes);
        WAITING.fetch_sub(bytes.len(), Ordering::AcqRel);
        if !std::mem::replace(&mut is_tidied, true)
            && let Some(folder) = path.parent()
        {
            folder::tidy(folder);
        }
    }
}

/// What comes next; `None` if nothing does for a while, when nothing more is sent here.
fn next(receiver: &Receiver<Waiting>) -> Option<Waiting> {
    if let Ok(waiting) = receiver.recv_timeout(IDLE) {
        return Some(waiting);
    }
    // Whoever sends holds the lock.
    let mut writer = WRITER.lock();
    let waiting = receiver.try_recv().ok();
    if waiting.is_none() {
        *writer = None;
    }
    waiting
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let temporary = path.with_extension(format!("{}-{number}.tmp", std::process::id()));
    let written = (|| {
        let mut file = File::create_new(&temporary)?;
        file.write_all(MAGIC)?;
        file.write_all(&crc32fast::hash(bytes).to_le_bytes())?;
        file.write_all(bytes)?;
        fs::rename(&temporary, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

#[cfg(test)]
mod tests {
    use breadcrumb_instrument::{Input, SourceKind, Wanted, instrument};

    use super::*;

    fn question(source: &str) -> Question<'_> {
        Question {
            source,
            kind: "commonjs",
            first_id: 7,
            file_stem: "cart",
            wanted: Wanted::default(),
        }
    }

    fn make(source: &str) -> Outcome {
        instrument(&Input {
            source,
            kind: SourceKind::CommonJs,
            first_id: 7,
            file_stem: "cart",
            names: None,
            wanted: Wanted::default(),
        })
    }

    fn code(outcome: Outcome) -> String {
        match outcome {
            Outcome::Instrumented(made) => made.code,
            Outcome::LeftAlone(why) => panic!("{why:?}"),
        }
    }

    /// Waits for the thread that writes.
    fn await_written() {
        while WAITING.load(Ordering::Acquire) > 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn what_was_made_is_not_made_again_and_what_is_damaged_is() {
        let folder = tempfile::tempdir().unwrap();
        let source = "function f(a) { return a }";
        let question = question(source);
        let first = code(within(folder.path(), &question, || make(source)));
        await_written();
        let unasked = || -> Outcome { panic!("made again") };
        assert_eq!(code(within(folder.path(), &question, unasked)), first);

        let path = folder.path().join(question.name());
        let whole = fs::read(&path).unwrap();
        for at in [0, 4, 8, whole.len() / 2, whole.len() - 1] {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            fs::write(&path, &flipped).unwrap();
            assert!(read(&path).is_none(), "byte {at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert!(read(&path).is_none(), "cut at {at}");
        }
        assert_eq!(
            code(within(folder.path(), &question, || make(source))),
            first
        );
        await_written();
        assert_eq!(fs::read(&path).unwrap(), whole);
    }

    #[test]
    fn each_part_of_a_question_has_another_file() {
        let asked = question("f");
        let others = [
            Question {
                source: "g",
                ..asked
            },
            Question {
                kind: "module",
                ..asked
            },
            Question {
                first_id: 8,
                ..asked
            },
            Question {
                file_stem: "",
                ..asked
            },
        ];
        let usual = Wanted::default();
        let wanted = [
            Wanted {
                this: true,
                ..usual
            },
            Wanted {
                locals: true,
                ..usual
            },
            Wanted {
                lines: true,
                ..usual
            },
            Wanted {
                variables: true,
                ..usual
            },
            Wanted {
                leaves: Leaves::Count { longest: 9 },
                ..usual
            },
            Wanted {
                leaves: Leaves::Skip { longest: 9 },
                ..usual
            },
            Wanted {
                leaves: Leaves::Skip { longest: 8 },
                ..usual
            },
        ];
        let wanted = wanted.map(|wanted| Question { wanted, ..asked });
        for other in others.into_iter().chain(wanted) {
            assert_ne!(other.name(), asked.name(), "{other:?}");
        }
    }
}
