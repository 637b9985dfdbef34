//! The ring of a dead process, read from its file.
//!
//! `CrashedRing::open(path)` reads all of it into private memory: a file that somebody cuts short
//! meanwhile, or that never was a ring, is an error, not a signal. Limits: its owner must be dead
//! (its lock is free).

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use breadcrumb_event::layout::{
    BLOCKS_OFFSET, CHUNK_ABSENT, CHUNK_BYTES, CHUNK_FREE, CHUNK_WORDS, CHUNKS_OFFSET,
    COUNTED_OFFSET, DROPPED_OFFSET, HEADER_MAGIC, HEADER_THREAD, HEADER_VERSION, LAYOUT_VERSION,
    MAGIC, MAX_BLOCKS, MAX_CHUNKS, MAX_FUNCTIONS, RING_BYTES, STATES_OFFSET, STRETCH_BYTES,
    STRETCH_OFFSET,
};

use crate::error::RingError;
use crate::primitive::{AtomicI32, AtomicU64};
use crate::reader::Cells;
use crate::run_folder::try_lock;
use crate::stretch::{self, Stretch};

/// What a ring held when its process died.
#[derive(Debug)]
pub struct CrashedRing {
    thread: u32,
    states: Vec<AtomicI32>,
    words: Vec<AtomicU64>,
    counters: Vec<(u32, u32)>,
    blocks: Vec<u32>,
    stretches: Vec<Stretch>,
    _lock: File,
}

impl CrashedRing {
    /// Reads the ring in `path`, with the counters of the functions below `functions` and of the blocks below `blocks`.
    ///
    /// # Errors
    /// [`RingError::Owned`] while its process lives, [`RingError::Foreign`], [`RingError::Io`].
    pub fn open(path: &Path, functions: u32, blocks: u32) -> Result<Self, RingError> {
        let file = File::open(path).map_err(|e| RingError::io(path, e))?;
        try_lock(&file, path)?;
        let foreign = |reason: String| RingError::Foreign {
            path: path.to_owned(),
            reason,
        };
        let length = file.metadata().map_err(|e| RingError::io(path, e))?.len();
        if length != u64::from(RING_BYTES) {
            return Err(foreign(format!("it has {length} bytes")));
        }
        let read = |offset: u32, bytes: u32| {
            let mut buffer = vec![0; bytes as usize];
            file.read_exact_at(&mut buffer, offset.into())
                .map_err(|e| RingError::io(path, e))?;
            Ok(buffer)
        };
        let head = words_of(&read(0, 64)?);
        let (magic, version) = (head[HEADER_MAGIC as usize], head[HEADER_VERSION as usize]);
        if magic != MAGIC || version != LAYOUT_VERSION {
            return Err(foreign(format!(
                "its magic is {magic:#x}, its version {version}"
            )));
        }
        let mut states = Vec::new();
        let mut words = Vec::new();
        for (index, state) in (0..).zip(words_of(&read(STATES_OFFSET, 4 * MAX_CHUNKS)?)) {
            if state == CHUNK_ABSENT || state == CHUNK_FREE {
                continue;
            }
            let bytes = read(CHUNKS_OFFSET + index * CHUNK_BYTES, CHUNK_BYTES)?;
            states.push(AtomicI32::new(state.cast_signed()));
            words.extend(bytes.chunks_exact(8).map(|word| {
                AtomicU64::new(u64::from_le_bytes(word.try_into().unwrap_or_default()))
            }));
        }
        debug_assert_eq!(words.len(), states.len() * CHUNK_WORDS as usize);
        let functions = functions.min(MAX_FUNCTIONS);
        let counted = words_of(&read(COUNTED_OFFSET, 4 * functions)?);
        let dropped = words_of(&read(DROPPED_OFFSET, 4 * functions)?);
        Ok(Self {
            thread: head[HEADER_THREAD as usize],
            states,
            words,
            counters: counted.into_iter().zip(dropped).collect(),
            stretches: {
                let words = words_of(&read(STRETCH_OFFSET, STRETCH_BYTES)?);
                stretch::read(|at| words[at as usize])
            },
            blocks: words_of(&read(BLOCKS_OFFSET, 4 * blocks.min(MAX_BLOCKS))?),
            _lock: file,
        })
    }

    /// The thread's index in its run.
    #[must_use]
    pub fn thread(&self) -> u32 {
        self.thread
    }

    /// Its chunks that were in use, for a [`crate::Reader`] with [`crate::Take::All`].
    #[must_use]
    pub fn cells(&self) -> Cells<'_> {
        Cells::new(&self.states, &self.words)
    }

    /// Calls counted and dropped, by function.
    #[must_use]
    pub fn counters(&self) -> &[(u32, u32)] {
        &self.counters
    }

    /// What ran of calls and had not come into a record.
    #[must_use]
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// How often blocks ran in calls that are not recorded.
    #[must_use]
    pub fn blocks(&self) -> &[u32] {
        &self.blocks
    }
}

fn words_of(bytes: &[u8]) -> Vec<u32> {
    bytes
        .chunks_exact(4)
        .map(|word| u32::from_le_bytes(word.try_into().unwrap_or_default()))
        .collect()
}
