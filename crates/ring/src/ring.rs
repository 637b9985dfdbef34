//! A ring of one session: its file or anonymous memory, and the space reserved in it.
//!
//! `Ring::attach(&memory, options)` maps it over a thread's address space; dropping it puts
//! harmless memory in its place, gives its chunks back to the budget and removes its file, unless it
//! was told to keep it.
//! Limits: a ring whose file is refused is anonymous memory (`crash_proof()` is false); counters
//! for which there is no space are anonymous too, and then lost with the process.

use std::fs::{self, File};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use breadcrumb_event::layout::{
    BLOCKS_OFFSET, CHUNK_ABSENT, CHUNK_BYTES, CHUNK_FREE, CHUNKS_OFFSET, COUNTED_OFFSET,
    DROPPED_OFFSET, HEADER_CHUNKS, HEADER_MAGIC, HEADER_THREAD, HEADER_VERSION, LAYOUT_VERSION,
    MAGIC, MAX_BLOCKS, MAX_CHUNKS, MAX_FUNCTIONS, STRETCH_BYTES, STRETCH_OFFSET,
};
use parking_lot::Mutex;

use crate::budget::{ChunkBudget, FIRST_CHUNKS, LEAST_CHUNKS};
use crate::error::RingError;
use crate::reader::Cells;
use crate::run_folder::RunFolder;
use crate::space::Space;
use crate::stretch::Stretch;
use crate::thread_memory::ThreadMemory;

/// Functions whose counters are reserved at a time: 64 KiB for each of the two, so that loading a
/// program of many files makes few system calls. Blocks likewise.
const STEP: u32 = 1 << 14;

/// What a ring is made of.
#[derive(Debug)]
pub struct RingOptions<'a> {
    /// Its thread's index in the run.
    pub thread: u32,
    /// Where chunks are counted.
    pub budget: &'a Arc<ChunkBudget>,
    /// Where its file goes, and who reserves space in it; `None` for anonymous memory.
    pub folder: Option<(&'a RunFolder, Arc<dyn Space>)>,
    /// Functions registered so far.
    pub functions: u32,
    /// Their blocks.
    pub blocks: u32,
}

impl<'a> RingOptions<'a> {
    /// A ring in anonymous memory.
    #[must_use]
    pub fn anonymous(thread: u32, budget: &'a Arc<ChunkBudget>) -> Self {
        Self {
            thread,
            budget,
            folder: None,
            functions: 0,
            blocks: 0,
        }
    }
}

#[derive(Debug)]
struct RingFile {
    file: File,
    path: PathBuf,
    space: Arc<dyn Space>,
    kept: AtomicBool,
}

#[derive(Debug, Default)]
struct Reserved {
    chunks: u32,
    functions: u32,
    blocks: u32,
    /// The file refused space for counters: from here on they are anonymous memory.
    counters_refused: bool,
}

/// A ring that is attached. See the module.
#[derive(Debug)]
pub struct Ring {
    memory: Arc<ThreadMemory>,
    budget: Arc<ChunkBudget>,
    file: Option<RingFile>,
    thread: u32,
    reserved: Mutex<Reserved>,
}

impl Ring {
    /// Maps a ring over `memory` and reserves its first chunks.
    ///
    /// # Errors
    /// [`RingError::Memory`]: there is no memory for a mapping, or another ring is mapped there.
    pub fn attach(memory: &Arc<ThreadMemory>, options: RingOptions<'_>) -> Result<Self, RingError> {
        if !memory.claim() {
            return Err(RingError::Memory(std::io::Error::other(
                "a ring is attached to this thread already",
            )));
        }
        let wanted = options.budget.take_first(FIRST_CHUNKS);
        let mut ring = Self {
            memory: Arc::clone(memory),
            budget: Arc::clone(options.budget),
            file: None,
            thread: options.thread,
            reserved: Mutex::default(),
        };
        let file = options
            .folder
            .and_then(|(folder, space)| ring.make_file(folder, space, wanted));
        let chunks = if let Some((file, chunks)) = file {
            ring.file = Some(file);
            chunks
        } else {
            memory
                .map_zeroes()
                .inspect_err(|_| options.budget.give(wanted))?;
            wanted
        };
        options.budget.give(wanted - chunks);
        ring.reserved.lock().chunks = chunks;
        ring.write_header(chunks);
        ring.ensure_functions(options.functions);
        ring.ensure_blocks(options.blocks);
        Ok(ring)
    }

    /// Makes the file, reserves as much of it as there is room for, and maps it.
    fn make_file(
        &self,
        folder: &RunFolder,
        space: Arc<dyn Space>,
        wanted: u32,
    ) -> Option<(RingFile, u32)> {
        let (file, path) = folder.make_ring_file(self.thread).ok()?;
        let reserved = space
            .reserve(&file, 0, COUNTED_OFFSET.into())
            .ok()
            .and_then(|()| {
                let mut chunks = wanted;
                loop {
                    let bytes = u64::from(chunks) * u64::from(CHUNK_BYTES);
                    match space.reserve(&file, CHUNKS_OFFSET.into(), bytes) {
                        Ok(()) => break Some(chunks),
                        Err(_) if chunks > LEAST_CHUNKS => chunks = (chunks / 2).max(LEAST_CHUNKS),
                        Err(_) => break None,
                    }
                }
            })
            .filter(|_| self.memory.map_file(&file).is_ok());
        let Some(chunks) = reserved else {
            let _ = fs::remove_file(&path);
            return None;
        };
        let kept = AtomicBool::new(false);
        Some((
            RingFile {
                file,
                path,
                space,
                kept,
            },
            chunks,
        ))
    }

    fn write_header(&self, chunks: u32) {
        let header = self.memory.header();
        header[HEADER_THREAD as usize].store(self.thread, Ordering::Relaxed);
        header[HEADER_CHUNKS as usize].store(chunks, Ordering::Relaxed);
        header[HEADER_VERSION as usize].store(LAYOUT_VERSION, Ordering::Relaxed);
        header[HEADER_MAGIC as usize].store(MAGIC, Ordering::Release);
        let cells = self.memory.cells();
        for index in 0..chunks as usize {
            cells
                .state_cell(index)
                .store(CHUNK_FREE.cast_signed(), Ordering::Release);
        }
    }

    /// The thread's index in the run.
    #[must_use]
    pub fn thread(&self) -> u32 {
        self.thread
    }

    /// What is in the ring survives the process.
    #[must_use]
    pub fn crash_proof(&self) -> bool {
        self.file.is_some()
    }

    /// Leaves the file when the ring is dropped: what it holds is not stored yet.
    pub fn keep_file(&self) {
        if let Some(file) = &self.file {
            file.kept.store(true, Ordering::Release);
        }
    }

    /// States and chunks, for a [`crate::Reader`].
    #[must_use]
    pub fn cells(&self) -> Cells<'_> {
        self.memory.cells()
    }

    /// Number of chunks reserved.
    #[must_use]
    pub fn chunks(&self) -> u32 {
        self.reserved.lock().chunks
    }

    /// A chunk is free.
    #[must_use]
    pub fn has_free(&self) -> bool {
        self.count(CHUNK_FREE) > 0
    }

    /// Number of chunks that are reserved and not free.
    #[must_use]
    pub fn used(&self) -> u32 {
        let absent = self.count(CHUNK_ABSENT);
        MAX_CHUNKS - absent.min(MAX_CHUNKS) - self.count(CHUNK_FREE)
    }

    fn count(&self, state: u32) -> u32 {
        let cells = self.cells();
        (0..cells.chunks())
            .map(|index| u32::from(cells.state(index) == state))
            .sum()
    }

    /// Reserves up to `chunks` more, as far as the budget and the file system allow, and frees
    /// them for the writer. Returns how many.
    pub fn grow(&self, chunks: u32) -> u32 {
        let mut reserved = self.reserved.lock();
        let wanted = chunks.min(MAX_CHUNKS - reserved.chunks);
        let mut got = self.budget.take(wanted);
        let taken = got;
        if let Some(file) = &self.file {
            let from = CHUNKS_OFFSET + reserved.chunks * CHUNK_BYTES;
            while got > 0 {
                let bytes = u64::from(got) * u64::from(CHUNK_BYTES);
                if file.space.reserve(&file.file, from.into(), bytes).is_ok() {
                    break;
                }
                got /= 2;
            }
        }
        self.budget.give(taken - got);
        let first = reserved.chunks;
        reserved.chunks += got;
        self.memory.header()[HEADER_CHUNKS as usize].store(reserved.chunks, Ordering::Relaxed);
        let cells = self.cells();
        for index in first..reserved.chunks {
            cells
                .state_cell(index as usize)
                .store(CHUNK_FREE.cast_signed(), Ordering::Release);
        }
        got
    }

    /// Makes the counters of the functions below `functions` safe to touch. To be called before
    /// code with their probes runs.
    pub fn ensure_functions(&self, functions: u32) {
        let mut reserved = self.reserved.lock();
        let functions = functions.min(MAX_FUNCTIONS).next_multiple_of(STEP);
        if functions > reserved.functions {
            let words = reserved.functions..functions;
            self.reserve_counters(&mut reserved, &[COUNTED_OFFSET, DROPPED_OFFSET], words);
            reserved.functions = functions;
        }
    }

    /// The same for the counters of the blocks below `blocks`.
    pub fn ensure_blocks(&self, blocks: u32) {
        let mut reserved = self.reserved.lock();
        let blocks = blocks.min(MAX_BLOCKS).next_multiple_of(STEP);
        if blocks > reserved.blocks {
            if reserved.blocks == 0 {
                let words = 0..STRETCH_BYTES / 4;
                self.reserve_counters(&mut reserved, &[STRETCH_OFFSET], words);
            }
            let words = reserved.blocks..blocks;
            self.reserve_counters(&mut reserved, &[BLOCKS_OFFSET], words);
            reserved.blocks = blocks;
        }
    }

    fn reserve_counters(&self, reserved: &mut Reserved, regions: &[u32], words: Range<u32>) {
        let Some(file) = &self.file else { return };
        let (from, bytes) = (4 * words.start, 4 * (words.end - words.start));
        for region in regions {
            let offset = region + from;
            let refused = reserved.counters_refused
                || file
                    .space
                    .reserve(&file.file, offset.into(), bytes.into())
                    .is_err();
            if refused {
                reserved.counters_refused = true;
                // Not even this: the sparse page stays, which is an error only on a full tmpfs.
                let _ = self.memory.map_zeroes_at(offset as usize, bytes as usize);
            }
        }
    }

    /// What ran of calls and is in no record yet, once blocks are ensured.
    #[must_use]
    pub fn stretches(&self) -> Vec<Stretch> {
        let has_blocks = self.reserved.lock().blocks > 0;
        if has_blocks {
            self.memory.stretches()
        } else {
            Vec::new()
        }
    }

    /// How often each block whose counter is ensured ran so far, in calls that are not recorded.
    #[must_use]
    pub fn blocks(&self, blocks: u32) -> Vec<u32> {
        let ensured = self.reserved.lock().blocks;
        let counts = self.memory.blocks(blocks.min(ensured)).iter();
        counts.map(|count| count.load(Ordering::Relaxed)).collect()
    }

    /// Calls counted and dropped so far of a function whose counters are ensured.
    #[must_use]
    pub fn counters(&self, functions: u32) -> Vec<(u32, u32)> {
        let ensured = self.reserved.lock().functions;
        let (counted, dropped) = self.memory.counters(functions.min(ensured));
        counted
            .iter()
            .zip(dropped)
            .map(|(a, b)| (a.load(Ordering::Relaxed), b.load(Ordering::Relaxed)))
            .collect()
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        self.memory.release();
        self.budget.give(self.reserved.lock().chunks);
        if let Some(file) = self
            .file
            .as_ref()
            .filter(|f| !f.kept.load(Ordering::Acquire))
        {
            let _ = fs::remove_file(&file.path);
        }
    }
}
