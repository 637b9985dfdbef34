//! What a recovery must know beside the rings: all that was read from them and is not yet a row.
//!
//! Two files in the run's folder are written in turn, `checkpoint-0` and `checkpoint-1`; the newest
//! whole one counts (length and checksum). It says: rows before these positions are in segments
//! below `next_seq`; from here on, go on with these assemblers. It is written when a segment has
//! been published, before the chunks that went into it are freed.
//! Limits: read by the same version of the program only.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use breadcrumb_event::layout::LAYOUT_VERSION;
use breadcrumb_redact::RedactorOptions;
use breadcrumb_ring::Position;
use breadcrumb_store::RunRecord;

use crate::assembler::Assembler;
use crate::codec::{Decoder, Encoder};
use crate::counters::Counters;
use crate::keep::Held;
use crate::redactions::Redactions;

const MAGIC: u32 = 0x5043_4342;
/// Version of the checkpoint's own format, and of the lines of the functions beside it.
const VERSION: u32 = 11;

/// A thread at a checkpoint.
#[derive(Debug)]
pub(crate) struct ThreadPoint {
    pub(crate) thread: u32,
    pub(crate) position: Position,
    /// Counters that are in rows: function, counted, dropped.
    pub(crate) counted: Vec<(u32, u32, u32)>,
    /// Counts of blocks that are in rows.
    pub(crate) blocks: Vec<u32>,
    pub(crate) assembler: Assembler,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Checkpoint {
    pub(crate) wall_offset_ns: i64,
    pub(crate) next_seq: u64,
    /// End of the interval that the last rows of counts cover, ns since 1970.
    pub(crate) counted_to_ns: i64,
    pub(crate) store: PathBuf,
    pub(crate) run: RunRecord,
    pub(crate) redaction: RedactorOptions,
    /// Of threads that ended, and of all for what is counted at publication.
    pub(crate) counters: Counters,
    pub(crate) threads: Vec<ThreadPoint>,
    /// Traces that were not decided, where that is decided by trace.
    pub(crate) keep: Option<Held>,
}

/// A checkpoint's parts, borrowed, to be encoded.
pub(crate) struct CheckpointParts<'a> {
    pub(crate) wall_offset_ns: i64,
    pub(crate) next_seq: u64,
    pub(crate) counted_to_ns: i64,
    pub(crate) store: &'a Path,
    pub(crate) run: &'a RunRecord,
    pub(crate) redaction: &'a RedactorOptions,
    pub(crate) counters: &'a Counters,
    pub(crate) threads: usize,
}

impl CheckpointParts<'_> {
    /// The bytes up to the threads, each of which [`put_thread`] appends.
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.i64(self.wall_offset_ns).u64(self.next_seq);
        out.i64(self.counted_to_ns);
        out.text(&self.store.to_string_lossy());
        out.text(&serde_json::to_string(self.run).unwrap_or_default());
        out.text(&serde_json::to_string(self.redaction).unwrap_or_default());
        out.u64(self.counters.redactions.len() as u64);
        for (rule, count) in &self.counters.redactions {
            out.text(rule).u64(*count);
        }
        for counter in self.counters.kept() {
            out.u64(counter);
        }
        out.u64(self.threads as u64);
    }
}

/// Appends a thread.
pub(crate) fn put_thread(
    out: &mut Encoder,
    thread: u32,
    position: Position,
    counted: &[(u32, u32)],
    blocks: &[u32],
    assembler: &Assembler,
) {
    out.u32(thread).u32(position.order).u32(position.offset);
    let some = || {
        let ids = (0u32..).zip(counted);
        ids.filter(|(_, (counted, dropped))| counted | dropped != 0)
    };
    out.u64(some().count() as u64);
    for (id, (counted, dropped)) in some() {
        out.u32(id).u32(*counted).u32(*dropped);
    }
    out.u64(blocks.len() as u64);
    for count in blocks {
        out.number((*count).into());
    }
    assembler.encode(out);
}

impl Checkpoint {
    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let wall_offset_ns = from.i64()?;
        let next_seq = from.u64()?;
        let counted_to_ns = from.i64()?;
        let store = PathBuf::from(from.text()?);
        let run = serde_json::from_str(&from.text()?).ok()?;
        let redaction = serde_json::from_str(&from.text()?).ok()?;
        let mut redactions = Redactions::new();
        for _ in 0..from.count()? {
            redactions.insert(from.text()?, from.u64()?);
        }
        let mut kept = Counters::default().kept();
        for counter in &mut kept {
            *counter = from.u64()?;
        }
        let mut threads = Vec::new();
        for _ in 0..from.count()? {
            let thread = from.u32()?;
            let position = Position {
                order: from.u32()?,
                offset: from.u32()?,
            };
            let mut counted = Vec::new();
            for _ in 0..from.count()? {
                counted.push((from.u32()?, from.u32()?, from.u32()?));
            }
            let mut blocks = Vec::new();
            for _ in 0..from.count()? {
                blocks.push(from.small()?);
            }
            threads.push(ThreadPoint {
                thread,
                position,
                counted,
                blocks,
                assembler: Assembler::decode(thread, wall_offset_ns, from)?,
            });
        }
        let keep = from.option(|from| Held::decode(wall_offset_ns, from))?;
        Some(Self {
            wall_offset_ns,
            next_seq,
            counted_to_ns,
            store,
            run,
            redaction,
            counters: Counters {
                redacted: redactions.values().sum(),
                redactions,
                ..Counters::of_kept(kept)
            },
            threads,
            keep,
        })
    }

    /// The newest whole one in `folder`.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        let mut found: Vec<(u64, Vec<u8>)> = (0..2)
            .filter_map(|turn| fs::read(path(folder, turn)).ok())
            .filter_map(|bytes| check(&bytes))
            .collect();
        found.sort_by_key(|(generation, _)| std::cmp::Reverse(*generation));
        found
            .iter()
            .find_map(|(_, payload)| Self::decode(&mut Decoder::new(payload)))
    }
}

fn path(folder: &Path, turn: u64) -> PathBuf {
    folder.join(format!("checkpoint-{turn}"))
}

/// Writes checkpoints.
#[derive(Debug)]
pub(crate) struct CheckpointWriter {
    folder: PathBuf,
    generation: u64,
    /// The bytes of the last one: with what is held of traces they are many MB, twice a second.
    buffer: Vec<u8>,
}

impl CheckpointWriter {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            generation: 0,
            buffer: Vec::new(),
        }
    }

    /// Where to encode the next one, for [`Self::write`].
    pub(crate) fn payload(&mut self) -> Encoder {
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.clear();
        Encoder { bytes }
    }

    /// Writes the next one.
    pub(crate) fn write(&mut self, payload: Encoder) -> io::Result<()> {
        self.buffer = payload.bytes;
        self.generation += 1;
        let mut head = Encoder::default();
        head.u32(MAGIC).u32(VERSION + (LAYOUT_VERSION << 16));
        head.u64(self.generation).u64(self.buffer.len() as u64);
        head.u64(checksum(self.generation, &self.buffer));
        let mut file = File::create(path(&self.folder, self.generation % 2))?;
        file.write_all(&head.bytes)?;
        file.write_all(&self.buffer)
    }
}

/// Generation and payload of a whole file.
fn check(bytes: &[u8]) -> Option<(u64, Vec<u8>)> {
    let mut head = Decoder::new(bytes);
    if head.u32()? != MAGIC || head.u32()? != VERSION + (LAYOUT_VERSION << 16) {
        return None;
    }
    let (generation, length, sum) = (head.u64()?, head.u64()?, head.u64()?);
    let payload = bytes.get(32..)?;
    let whole = payload.len() as u64 == length && checksum(generation, payload) == sum;
    whole.then(|| (generation, payload.to_vec()))
}

/// FNV-1a over words of eight bytes.
fn checksum(seed: u64, bytes: &[u8]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325 ^ seed;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        sum = (sum ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01b3);
        sum ^= sum >> 29;
    }
    sum
}
