//! The reading end of a ring: chunks in their order, records up to the frontier.
//!
//! ```text
//! reader.look(&ring.cells())                            once a poll, a millisecond apart or more
//! reader.next(&ring.cells(), Take::Settled) → Batch { header, chunk, from } | None: nothing new
//! reader.free_consumed(&ring.cells())                   → chunks read to their end are FREE again
//! ```
//! A live thread publishes nothing record by record. A record of an open chunk is taken when its
//! first word was there at the look before the last one ([`Take::Settled`]), at least a
//! millisecond ago: by then all stores that the writer issued before it have long left its
//! store buffer, on any machine that runs Node. What is not proven yet waits; a closed chunk
//! needs no proof.
//! Limits: what makes no sense is counted and skipped to the chunk's end, never believed.

use breadcrumb_event::layout::{
    CHUNK_CLOSED, CHUNK_HEADER_WORDS, CHUNK_OPEN, CHUNK_WORDS, MAX_CHUNKS,
};

use crate::chunk::{self, ChunkHeader};
use crate::primitive::{AtomicI32, AtomicU64};

/// Words of a chunk's header.
const HEADER_WORDS: usize = CHUNK_HEADER_WORDS as usize;

/// The states and the words of a ring's chunks.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'a> {
    states: &'a [AtomicI32],
    words: &'a [AtomicU64],
}

impl<'a> Cells<'a> {
    /// `words` holds `CHUNK_WORDS` for each of `states`; what is more on either side is ignored.
    #[must_use]
    pub fn new(states: &'a [AtomicI32], words: &'a [AtomicU64]) -> Self {
        let chunks = states.len().min(words.len() / CHUNK_WORDS as usize);
        let chunks = chunks.min(MAX_CHUNKS as usize);
        Self {
            states: &states[..chunks],
            words,
        }
    }

    /// Number of chunks, absent ones too.
    #[must_use]
    pub fn chunks(&self) -> usize {
        self.states.len()
    }

    /// The state cell of a chunk.
    #[must_use]
    pub fn state_cell(&self, index: usize) -> &'a AtomicI32 {
        &self.states[index]
    }

    /// The state of a chunk.
    #[must_use]
    pub fn state(&self, index: usize) -> u32 {
        chunk::state(&self.states[index])
    }

    /// The words of a chunk; they may be read if it is not absent.
    #[must_use]
    pub fn chunk(&self, index: usize) -> &'a [AtomicU64] {
        let size = CHUNK_WORDS as usize;
        &self.words[index * size..(index + 1) * size]
    }
}

/// How much of an open chunk is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// What was there at the look before the last one, at least a millisecond ago.
    Settled,
    /// All of it: the writer is the calling thread, or dead, or has been silent.
    All,
}

/// A place in a ring: all before it has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Order of the chunk.
    pub order: u32,
    /// Word in it; 0 if it has not been looked into.
    pub offset: u32,
}

/// New records.
#[derive(Debug)]
pub struct Batch<'a> {
    /// The chunk's header, if these are its first records.
    pub header: Option<ChunkHeader>,
    /// The chunk as far as it was read: records may point back into it.
    pub chunk: &'a [u64],
    /// The word of it where the new records begin.
    pub from: usize,
}

impl<'a> Batch<'a> {
    /// The new records, whole ones, one after the other.
    #[must_use]
    pub fn records(&self) -> &'a [u64] {
        &self.chunk[self.from..]
    }
}

/// Reads one ring. See the module.
#[derive(Debug)]
pub struct Reader {
    order: u32,
    chunk: Option<usize>,
    offset: usize,
    /// End of the records that were walked over.
    frontier: usize,
    /// The frontier at the last look.
    seen: usize,
    /// The frontier at the look before: proven.
    settled: usize,
    broken: bool,
    /// Where a reader that takes over begins in its first chunk.
    resume_at: usize,
    /// The header of the chunk, until it is handed out.
    header: Option<ChunkHeader>,
    /// Chunks read to their end and not yet freed, a bit each.
    consumed: u128,
    /// Records or chunks that made no sense.
    malformed: u64,
    /// The words of the chunk that were read.
    words: Vec<u64>,
}

impl Reader {
    /// A reader whose first chunk has this order (1 for a ring that was just attached).
    #[must_use]
    pub fn new(order: u32) -> Self {
        Self::at(Position { order, offset: 0 })
    }

    /// A reader that goes on where another one stopped.
    #[must_use]
    pub fn at(position: Position) -> Self {
        Self {
            order: position.order,
            chunk: None,
            offset: 0,
            frontier: 0,
            seen: 0,
            settled: 0,
            broken: false,
            resume_at: position.offset as usize,
            header: None,
            consumed: 0,
            malformed: 0,
            words: Vec::new(),
        }
    }

    /// Where the next record will be read.
    #[must_use]
    pub fn position(&self) -> Position {
        let offset = match self.chunk {
            // Its header has not been handed out.
            Some(_) if self.header.is_some() => 0,
            Some(_) => self.offset,
            None => self.resume_at,
        };
        Position {
            order: self.order,
            offset: u32::try_from(offset).unwrap_or(0),
        }
    }

    /// Records and chunks that made no sense so far.
    #[must_use]
    pub fn malformed(&self) -> u64 {
        self.malformed
    }

    /// Number of chunks read to their end and not yet freed.
    #[must_use]
    pub fn consumed(&self) -> u32 {
        self.consumed.count_ones()
    }

    /// Sees how far the writer has come in its open chunk. At least a millisecond must lie between
    /// two calls.
    pub fn look(&mut self, cells: &Cells<'_>) {
        self.settled = self.seen;
        if let Some(index) = self.chunk {
            self.walk(cells.chunk(index));
            self.seen = self.frontier;
        }
    }

    fn walk(&mut self, words: &[AtomicU64]) {
        if self.broken {
            return;
        }
        let frontier = chunk::frontier(words, self.frontier);
        self.frontier = frontier.end;
        self.broken = frontier.broken;
        self.malformed += u64::from(frontier.broken);
    }

    /// The next records; `None` if there are none yet.
    pub fn next(&mut self, cells: &Cells<'_>, take: Take) -> Option<Batch<'_>> {
        loop {
            let index = match self.chunk {
                Some(index) => index,
                None => self.begin(cells)?,
            };
            // The state first: if it says closed, every record of the chunk is visible below.
            let closed = cells.state(index) == CHUNK_CLOSED;
            let words = cells.chunk(index);
            let end = if closed || take == Take::All {
                self.walk(words);
                self.frontier
            } else {
                self.settled
            };
            let from = self.offset;
            self.offset = end.max(from);
            if closed {
                self.end_chunk(index);
            }
            let header = self.header.take();
            if end > from || header.is_some() {
                chunk::copy(words, end.max(from), &mut self.words);
                return Some(Batch {
                    header,
                    chunk: &self.words,
                    from,
                });
            }
            if !closed {
                return None;
            }
        }
    }

    /// Zeroes and frees the chunks that were read to their end. Returns how many.
    pub fn free_consumed(&mut self, cells: &Cells<'_>) -> u32 {
        let freed = self.consumed();
        for index in 0..cells.chunks() {
            if self.consumed >> index & 1 == 1 {
                chunk::free(cells.state_cell(index), cells.chunk(index));
            }
        }
        self.consumed = 0;
        freed
    }

    fn begin(&mut self, cells: &Cells<'_>) -> Option<usize> {
        let index = self.find(cells)?;
        // A reader that takes over in the middle has had the header, in its assembler's state.
        self.header = (self.resume_at == 0).then(|| chunk::header(cells.chunk(index)));
        self.chunk = Some(index);
        self.words.clear();
        self.offset = self.resume_at.clamp(HEADER_WORDS, CHUNK_WORDS as usize);
        (self.frontier, self.seen, self.settled) = (self.offset, self.offset, self.offset);
        self.resume_at = 0;
        self.broken = false;
        Some(index)
    }

    fn end_chunk(&mut self, index: usize) {
        self.consumed |= 1 << index;
        self.chunk = None;
        self.order = self.order.wrapping_add(1);
    }

    /// The chunk that is next. If it is nowhere but a later one is, it was lost to garbage, and
    /// the later one is next: the writer closes a chunk before it opens another, so a second look
    /// after the later one was seen cannot miss it.
    fn find(&mut self, cells: &Cells<'_>) -> Option<usize> {
        for last_look in [false, true] {
            let mut later: Option<(u32, usize)> = None;
            for index in 0..cells.chunks() {
                if self.consumed >> index & 1 == 1 {
                    continue;
                }
                let state = cells.state(index);
                if state != CHUNK_OPEN && state != CHUNK_CLOSED {
                    continue;
                }
                let ahead = chunk::header(cells.chunk(index))
                    .order
                    .wrapping_sub(self.order);
                if ahead == 0 {
                    return Some(index);
                }
                if ahead < 1 << 31 && later.is_none_or(|(least, _)| ahead < least) {
                    later = Some((ahead, index));
                }
            }
            let (ahead, index) = later?;
            if last_look {
                self.malformed += 1;
                self.order = self.order.wrapping_add(ahead);
                self.resume_at = 0;
                return Some(index);
            }
        }
        None
    }
}
