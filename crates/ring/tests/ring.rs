//! A ring from attach to crash: records in, records out, whatever happens in between.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use breadcrumb_event::layout::{
    CHUNK_ABSENT, CHUNK_BYTES, CHUNK_CLOSED, CHUNK_FREE, CHUNK_OPEN, CHUNKS_OFFSET, ENTER, RETURN,
};
use breadcrumb_ring::{
    ChunkBudget, CrashedRing, FIRST_CHUNKS, LEAST_CHUNKS, Position, Reader, Ring, RingError,
    RingOptions, RunFolder, Space, SystemSpace, Take, ThreadMemory, Writer,
};
use proptest::prelude::*;

/// First words of all records that can be read now.
fn read(reader: &mut Reader, ring: &Ring, take: Take) -> Vec<u64> {
    let mut firsts = Vec::new();
    while let Some(batch) = reader.next(&ring.cells(), take) {
        let mut at = 0;
        let words = batch.records();
        while at < words.len() {
            firsts.push(words[at] >> 32);
            at += breadcrumb_ring::chunk::record_words(words[at]);
        }
    }
    firsts
}

fn private_root() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    std::fs::set_permissions(root.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    root
}

#[test]
fn records_are_read_in_order_when_settled_or_closed() {
    let memory = ThreadMemory::reserve().unwrap();
    let budget = ChunkBudget::new(48 << 20);
    let ring = Ring::attach(&memory, RingOptions::anonymous(0, &budget)).unwrap();
    assert_eq!(ring.chunks(), FIRST_CHUNKS);
    let (mut writer, mut reader) = (Writer::new(), Reader::new(1));
    let cells = ring.cells();
    assert_eq!(writer.enter(&cells, 7, &[1, 2]), Some(1));
    assert!(read(&mut reader, &ring, Take::Settled).is_empty());
    reader.look(&cells);
    assert!(read(&mut reader, &ring, Take::Settled).is_empty());
    reader.look(&cells);
    assert!(writer.record(&cells, RETURN, 0, 9, &[], 0));
    assert_eq!(read(&mut reader, &ring, Take::Settled), [7], "seen before");
    assert_eq!(read(&mut reader, &ring, Take::All), [9]);
    for id in 100..40_000 {
        writer.enter(&cells, id, &[0, 0]).unwrap();
    }
    writer.close(&cells);
    let rest = read(&mut reader, &ring, Take::Settled);
    assert!(rest.iter().copied().eq(100..40_000));
    assert_eq!(reader.consumed(), ring.used());
    assert!(reader.consumed() > 3);
    reader.free_consumed(&cells);
    assert_eq!(ring.used(), 0);
    assert_eq!(reader.malformed(), 0);
}

#[test]
fn a_full_ring_grows_up_to_the_budget() {
    let memory = ThreadMemory::reserve().unwrap();
    let budget = ChunkBudget::new(20 * u64::from(CHUNK_BYTES));
    let ring = Ring::attach(&memory, RingOptions::anonymous(0, &budget)).unwrap();
    let mut writer = Writer::new();
    while writer.enter(&ring.cells(), 1, &[0; 900]).is_some() {}
    assert!(!ring.has_free());
    assert_eq!(ring.grow(16), 4);
    assert_eq!(ring.grow(16), 0);
    assert!(writer.enter(&ring.cells(), 1, &[]).is_some());

    let other = ThreadMemory::reserve().unwrap();
    let second = Ring::attach(&other, RingOptions::anonymous(1, &budget)).unwrap();
    assert_eq!(second.chunks(), LEAST_CHUNKS, "no thread is left without");
    drop((ring, second));
    assert_eq!(budget.taken_bytes(), 0);
}

#[test]
fn late_stores_meet_harmless_memory() {
    let memory = ThreadMemory::reserve().unwrap();
    let budget = ChunkBudget::new(48 << 20);
    let ring = Ring::attach(&memory, RingOptions::anonymous(0, &budget)).unwrap();
    let again = Ring::attach(&memory, RingOptions::anonymous(1, &budget));
    assert!(matches!(again, Err(RingError::Memory(_))));
    let mut writer = Writer::new();
    writer.enter(&ring.cells(), 1, &[]).unwrap();
    drop(ring);
    assert!(writer.enter(&memory.cells(), 2, &[]).is_some());
    assert_eq!(memory.cells().state(0), CHUNK_ABSENT);
    let ring = Ring::attach(&memory, RingOptions::anonymous(1, &budget)).unwrap();
    assert_eq!(read(&mut Reader::new(1), &ring, Take::All), [0u64; 0]);
}

#[test]
fn a_dead_process_leaves_all_whole_records() {
    let root = private_root();
    let folder = RunFolder::create(root.path(), "run").unwrap();
    let budget = ChunkBudget::new(48 << 20);
    let memory = ThreadMemory::reserve().unwrap();
    let options = RingOptions {
        thread: 3,
        budget: &budget,
        folder: Some((&folder, Arc::new(SystemSpace))),
        functions: 10,
        blocks: 7,
    };
    let ring = Ring::attach(&memory, options).unwrap();
    assert!(ring.crash_proof());
    let mut writer = Writer::new();
    for id in 0..20_000 {
        writer.enter(&ring.cells(), id, &[5]).unwrap();
    }
    let path = folder.rings().remove(0);
    assert!(matches!(
        CrashedRing::open(&path, 10, 0),
        Err(RingError::Owned { .. })
    ));
    let claimed = RunFolder::claim(root.path(), "run");
    assert!(matches!(claimed, Err(RingError::Owned { .. })));

    // A copy has no owner, like the file of a dead process.
    let copy = root.path().join("copy");
    std::fs::copy(&path, &copy).unwrap();
    let crashed = CrashedRing::open(&copy, 10, 7).unwrap();
    assert_eq!((crashed.thread(), crashed.counters().len()), (3, 10));
    assert_eq!(crashed.blocks().len(), 7);
    let mut reader = Reader::new(1);
    let mut records = 0;
    let mut middle = None;
    while let Some(batch) = reader.next(&crashed.cells(), Take::All) {
        records += batch.records().len() / 2;
        middle.get_or_insert(reader.position());
    }
    assert_eq!(records, 20_000);
    // A reader that takes over in the middle reads the rest.
    let mut second = Reader::at(middle.unwrap());
    let mut rest = 0;
    while let Some(batch) = second.next(&crashed.cells(), Take::All) {
        rest += batch.records().len() / 2;
    }
    assert!(rest > 0 && rest < records);
    drop(ring);
    assert!(folder.rings().is_empty(), "a detached ring has no file");
    folder.remove().unwrap();
}

#[test]
fn foreign_files_are_refused_by_name() {
    let root = private_root();
    let path = root.path().join("ring-0");
    std::fs::write(&path, b"hello").unwrap();
    let error = CrashedRing::open(&path, 0, 0).unwrap_err();
    assert!(error.to_string().contains("it has 5 bytes"), "{error}");
    let file = File::create(&path).unwrap();
    file.set_len(breadcrumb_event::layout::RING_BYTES.into())
        .unwrap();
    drop(file);
    let error = CrashedRing::open(&path, 0, 0).unwrap_err();
    assert!(error.to_string().contains("magic"), "{error}");
    let error = RunFolder::claim(root.path(), "nothing").unwrap_err();
    assert!(matches!(error, RingError::Foreign { .. }), "{error}");
}

#[test]
fn a_root_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    std::fs::set_permissions(root.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let refused = RunFolder::create(root.path(), "run");
    assert!(matches!(refused, Err(RingError::Unsafe { .. })));
}

/// A file system in memory with so many bytes left.
#[derive(Debug)]
struct Left(AtomicU64);

impl Space for Left {
    fn reserve(&self, _: &File, _: u64, bytes: u64) -> io::Result<()> {
        let take = |left: u64| left.checked_sub(bytes);
        match self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
        {
            Ok(_) => Ok(()),
            Err(_) => Err(io::ErrorKind::StorageFull.into()),
        }
    }
}

#[test]
fn a_full_file_system_means_a_smaller_ring_then_none() {
    let root = private_root();
    let folder = RunFolder::create(root.path(), "run").unwrap();
    let budget = ChunkBudget::new(48 << 20);
    let attach = |thread, left| {
        let memory = ThreadMemory::reserve().unwrap();
        let options = RingOptions {
            thread,
            budget: &budget,
            folder: Some((&folder, Arc::new(Left(AtomicU64::new(left))))),
            functions: 0,
            blocks: 0,
        };
        Ring::attach(&memory, options).unwrap()
    };
    let chunk = u64::from(CHUNK_BYTES);
    let small = attach(0, 8192 + 9 * chunk);
    assert_eq!((small.chunks(), small.crash_proof()), (8, true));
    // What is left is given to growth, then nothing.
    assert_eq!((small.grow(16), small.grow(16)), (1, 0));
    // No room for more counters: these lose their file, not the process its life.
    small.ensure_functions(10);
    assert_eq!(small.counters(10), vec![(0, 0); 10]);
    let none = attach(1, 8192 + 3 * chunk);
    assert_eq!((none.chunks(), none.crash_proof()), (FIRST_CHUNKS, false));
    assert_eq!(folder.rings().len(), 1);
    assert_eq!(budget.taken_bytes(), (9 + u64::from(FIRST_CHUNKS)) * chunk);
}

#[test]
fn a_lost_chunk_is_skipped_and_counted() {
    let memory = ThreadMemory::reserve().unwrap();
    let budget = ChunkBudget::new(48 << 20);
    let ring = Ring::attach(&memory, RingOptions::anonymous(0, &budget)).unwrap();
    let mut writer = Writer::new();
    let cells = ring.cells();
    for id in 1..=3 {
        writer.enter(&cells, id, &[]).unwrap();
        writer.close(&cells);
    }
    // The second chunk's order becomes garbage.
    cells.chunk(1)[0].store(77 << 20, Ordering::Relaxed);
    let mut reader = Reader::new(1);
    assert_eq!(read(&mut reader, &ring, Take::All)[..2], [1, 3]);
    assert!(reader.malformed() > 0);
}

/// Stores garbage over the states and the first chunks.
fn spoil(memory: &ThreadMemory, garbage: &[(u8, u16, u64)]) {
    let cells = memory.cells();
    for &(chunk, at, word) in garbage {
        let chunk = usize::from(chunk) % 6;
        if at % 5 == 0 {
            let states = [
                CHUNK_ABSENT,
                CHUNK_FREE,
                CHUNK_OPEN,
                CHUNK_CLOSED,
                word as u32,
            ];
            let state = states[usize::from(at) % 25 / 5];
            cells
                .state_cell(chunk)
                .store(state.cast_signed(), Ordering::Relaxed);
        } else {
            let at = if at % 5 == 1 { at % 3 } else { at % 0x7fff };
            cells.chunk(chunk)[usize::from(at)].store(word, Ordering::Relaxed);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn garbage_is_read_without_harm(
        garbage in prop::collection::vec((any::<u8>(), any::<u16>(), prop_oneof![
            any::<u64>(),
            (0u64..16, 0u64..5, 0u64..200).prop_map(|(kind, words, high)| kind | words << 8 | high << 32),
            0u64..5,
        ]), 0..200),
        between in 0usize..200,
    ) {
        let memory = ThreadMemory::reserve().unwrap();
        let budget = ChunkBudget::new(48 << 20);
        let ring = Ring::attach(&memory, RingOptions::anonymous(0, &budget)).unwrap();
        let mut writer = Writer::new();
        for id in 0..3000 {
            writer.record(&ring.cells(), ENTER, 0, id, &[0; 20], 20);
        }
        let mut reader = Reader::new(1);
        let (first, second) = garbage.split_at(between.min(garbage.len()));
        for part in [first, second] {
            spoil(&memory, part);
            for take in [Take::Settled, Take::Settled, Take::Settled, Take::All] {
                reader.look(&ring.cells());
                for _ in 0..300 {
                    let Some(batch) = reader.next(&ring.cells(), take) else { break };
                    prop_assert!(batch.records().len() <= (CHUNK_BYTES / 8) as usize);
                }
            }
            reader.free_consumed(&ring.cells());
            let _ = reader.position() == Position { order: 0, offset: 0 };
        }
        prop_assert!(CHUNKS_OFFSET > 0);
    }
}
