//! A process that is about to become another program (`execve`), and may fail to.
//!
//! `recorder.leave(Some(thread))` → all is in the store, the run's record is that of an ended one.
//! The rings stay, for a recovery that comes to the same rows. If the process goes on, the next rows
//! that are published say so.
//! Limits: another thread that records in between makes the run one that goes on: a recovery then
//! calls it crashed.

use breadcrumb_ring::LastWord;
use breadcrumb_ring::clock::{monotonic_ns, wall_ns};
use breadcrumb_store::iso_timestamp;

use crate::counters::Counters;
use crate::drain::Drain;
use crate::drain::counting::push_left_out;
use crate::error::RecorderError;
use crate::keep::Through;
use crate::recorder::{Recorder, await_silence};
use crate::recovery::end_run;

impl Recorder {
    /// Everything written is in the store, calls that run as `open`, and the run's record says that
    /// its process became another program. `thread`: the one that calls this, if it is attached.
    pub fn leave(&self, thread: Option<u32>) {
        if self.session.ended() {
            return;
        }
        let mut drain = self.session.drain.lock();
        if drain.dormant {
            return;
        }
        await_silence(&mut drain);
        if let Some(thread) = thread {
            drain.read_all(thread, monotonic_ns());
            drain.settle_thread(thread, monotonic_ns());
        }
        let published = drain.publish(monotonic_ns());
        drain.say(Some(LastWord::Replaced));
        drain.left = true;
        if !published {
            return;
        }
        // The rows that follow are of calls that were listed as open.
        drain.forget_open();
        // What fails here is in the rings, for a recovery.
        if let Ok(counters) = publish_open(&drain) {
            let mut run = drain.run.clone();
            end_run(&mut run, Some(LastWord::Replaced));
            run.ended_at = Some(iso_timestamp(drain.end_ns(wall_ns(), monotonic_ns())));
            let counters = self.with_rings(counters, &drain);
            counters.write_to(&mut run.counters);
            let _ = drain.sink.write_run(&run);
        }
    }
}

/// Rows of the calls that run, into the segment that the next publication or a recovery writes anew:
/// these calls have rows in it too. Returns the counters with those rows.
fn publish_open(drain: &Drain) -> Result<Counters, RecorderError> {
    let mut counters = drain.counters();
    let Some(mut sink) = drain.sink.beside(&drain.run.run_id) else {
        return Ok(counters);
    };
    let mut keep = drain.keep.clone();
    for state in &drain.threads {
        let before = &state.assembler;
        let mut assembler = before.clone();
        assembler.finish(&mut Through::new(keep.as_deref_mut(), &mut sink));
        counters.recorded += assembler.tally.calls - before.tally.calls;
        counters.exceptions += assembler.exceptions_written() - before.exceptions_written();
    }
    if let (Some(keep), Some(before)) = (&mut keep, &drain.keep) {
        keep.finish(false, &mut sink);
        let now_ns = drain.end_ns(wall_ns(), monotonic_ns());
        push_left_out(keep, (now_ns, now_ns), &mut sink);
        counters.leave_out(keep.tally.since(before.tally));
    }
    let published = sink.publish(drain.seq, drain.translator.functions())?;
    counters.segments += u64::from(published.bytes > 0);
    counters.bytes += published.bytes;
    Ok(counters)
}
