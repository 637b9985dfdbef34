//! This JavaScript thread's ring: its memory for the life of the thread, and its place in the
//! session that records.

use std::cell::RefCell;
use std::sync::Arc;

use breadcrumb_event::row::SampleRow;
use breadcrumb_recorder::{Acquired, Recorder, ThreadRole};
use breadcrumb_ring::{RingError, ThreadMemory};

use crate::process;

/// A thread's ring.
#[derive(Default)]
struct Thread {
    memory: Option<Arc<ThreadMemory>>,
    place: Option<(Arc<Recorder>, u32)>,
}

thread_local! {
    static THREAD: RefCell<Thread> = RefCell::default();
}

/// Address space of this thread's ring; the same at each call.
pub fn memory() -> Result<Arc<ThreadMemory>, RingError> {
    THREAD.with_borrow_mut(|thread| {
        if let Some(memory) = &thread.memory {
            return Ok(Arc::clone(memory));
        }
        let memory = ThreadMemory::reserve()?;
        thread.memory = Some(Arc::clone(&memory));
        Ok(memory)
    })
}

/// Maps a ring of the running session into this thread's memory. False: nothing records.
pub fn attach(role: ThreadRole) -> bool {
    let Some(recorder) = process::recorder().filter(|recorder| !recorder.is_stopped()) else {
        return false;
    };
    THREAD.with_borrow_mut(|thread| {
        let Some(memory) = &thread.memory else {
            return false;
        };
        let Ok(index) = recorder.attach(memory, role) else {
            return false;
        };
        thread.place = Some((recorder, index));
        true
    })
}

/// Does something with this thread's place in the session, if it has one.
fn with_place<T>(action: impl FnOnce(&Recorder, u32) -> T) -> Option<T> {
    let place = THREAD.with_borrow(|thread| thread.place.clone());
    place.map(|(recorder, index)| action(&recorder, index))
}

/// Asks for a free chunk. False: the ring is full.
pub fn acquire() -> bool {
    with_place(|recorder, index| recorder.acquire(index) == Acquired::Again).unwrap_or(false)
}

/// Wakes the recorder.
pub fn wake() {
    if let Some(recorder) = process::recorder() {
        recorder.wake();
    }
}

/// Everything this thread has written is in the store when this returns.
pub fn flush() {
    with_place(Recorder::flush);
}

/// The process is about to be another program: everything is in the store when this returns.
pub fn leave() {
    if let Some(recorder) = process::recorder() {
        recorder.leave(index());
    }
}

/// Functions ran on this thread, and nobody knows how often.
pub fn ran(functions: &[u32]) {
    with_place(|recorder, index| recorder.note_ran(index, functions));
}

/// Stacks of this thread's profile, for the store.
pub fn push_samples(rows: impl FnOnce(u32) -> Vec<SampleRow>) {
    with_place(|recorder, index| recorder.push_samples(rows(index)));
}

/// This thread's index in the run, if it writes.
pub fn index() -> Option<u32> {
    with_place(|_, index| index)
}

/// This thread writes no more.
pub fn detach() {
    with_place(Recorder::detach);
    THREAD.with_borrow_mut(|thread| thread.place = None);
}
