//! What dead processes left in memory, into their stores.
//!
//! `recover(&shm_root, breadcrumb_ring::clock::wall_ns())` → one [`Recovered`] for each dead run.
//! The recorder's own assemblers, from the last checkpoint, over the chunks that were not freed;
//! segments get the numbers that the dead process would have given them, so that a recovery that
//! dies itself is simply done again. Limits: what cannot be read is named and left where it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use breadcrumb_event::function::FunctionEntry;
use breadcrumb_event::row::CountRow;
use breadcrumb_ring::{CrashedRing, LastWord, Position, Reader, RingError, RunFolder, Take};
use breadcrumb_store::{RunRecord, RunStatus, Store, WriterLock, iso_timestamp};

use crate::assembler::Assembler;
use crate::checkpoint::{Checkpoint, ThreadPoint};
use crate::control_channel::remove_socket;
use crate::counters::Counters;
use crate::drain::MAX_ROWS;
use crate::drain::counting::{count_row, push_left_out};
use crate::drain::lines::{Interval, Ran, note_functions, push_gains};
use crate::error::RecorderError;
use crate::function_table::FunctionSnapshot;
use crate::keep::{Held, KeepTally, Through};
use crate::options::SinkOptions;
use crate::recorder::FUNCTIONS_FILE;
use crate::redact::redactor_for;
use crate::sink::Sink;
use crate::translator::Translator;

/// Name of the note in a run's record that says that its process became another program.
pub const REPLACED: &str = "replaced";
/// Name of a counter of a run whose rows a recovery has stored, all of them.
const RECOVERED: &str = "recovered";

/// A dead run.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recovered {
    /// The run.
    pub run_id: String,
    /// Its store.
    pub store: PathBuf,
    /// Calls that were stored now.
    pub calls: u64,
    /// Exceptions likewise.
    pub exceptions: u64,
    /// Files that could not be read, and why.
    pub skipped: Vec<String>,
    /// Why nothing was stored; the folder is still there.
    pub error: Option<String>,
}

/// What to do about a run that another process is recovering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// Leave it to that one.
    Leave,
    /// Wait for that one to have done it.
    Await,
}

/// Recovers all dead runs in `shm_root`. `now_ns`: the wall clock.
#[must_use]
pub fn recover(shm_root: &Path, others: Others, now_ns: i64) -> Vec<Recovered> {
    RunFolder::list(shm_root)
        .iter()
        .filter_map(|run_id| recover_run(shm_root, run_id, others, now_ns))
        .collect()
}

/// Runs whose process is dead and whose calls nobody has recovered, with their stores.
#[must_use]
pub fn waiting(shm_root: &Path) -> Vec<(String, PathBuf)> {
    RunFolder::list(shm_root)
        .into_iter()
        .filter_map(|run_id| {
            let folder = RunFolder::claim(shm_root, &run_id).ok()?;
            let checkpoint = Checkpoint::read(folder.path())?;
            (!already_recovered(&checkpoint)).then_some((run_id, checkpoint.store))
        })
        .collect()
}

/// Recovers one run. `None` if there is nothing of it, its process lives, or another process
/// recovers it.
#[must_use]
pub fn recover_run(
    shm_root: &Path,
    run_id: &str,
    others: Others,
    now_ns: i64,
) -> Option<Recovered> {
    let mut recovered = Recovered {
        run_id: run_id.to_owned(),
        ..Recovered::default()
    };
    if !shm_root.join(run_id).is_dir() {
        return None;
    }
    let folder = match RunFolder::claim(shm_root, run_id) {
        Ok(folder) => folder,
        Err(RingError::Recovering { .. }) if others == Others::Await => {
            RunFolder::wait_for_recovery(shm_root, run_id);
            return recover_run(shm_root, run_id, others, now_ns);
        }
        Err(RingError::Owned { .. } | RingError::Recovering { .. }) => return None,
        Err(error) => {
            recovered.error = Some(error.to_string());
            return Some(recovered);
        }
    };
    // Nobody listens there any more.
    remove_socket(shm_root, run_id);
    let checkpoint = Checkpoint::read(folder.path());
    if folder.rings().is_empty() && checkpoint.is_none() {
        // Its process died before it had begun.
        let _ = folder.remove();
        return None;
    }
    if checkpoint.as_ref().is_some_and(already_recovered) {
        // It died, or was told to end, before it had removed the folder.
        let _ = folder.remove();
        return None;
    }
    let stored = Recovery::begin(&folder, checkpoint)
        .and_then(|mut recovery| recovery.run(&folder, now_ns, &mut recovered));
    match stored {
        Ok(()) => {
            if let Err(error) = folder.remove() {
                recovered.skipped.push(error.to_string());
            }
        }
        Err(error) => recovered.error = Some(error.to_string()),
    }
    Some(recovered)
}

/// The run's record says that a recovery has stored all its rows. They may be in merged segments by
/// now, which a further one would not write over.
fn already_recovered(checkpoint: &Checkpoint) -> bool {
    let store = Store::open(&checkpoint.store);
    let record = store.and_then(|store| store.read_run(&checkpoint.run.run_id));
    matches!(record, Ok(Some(run)) if run.counters.more.contains_key(RECOVERED))
}

/// One run's recovery.
struct Recovery {
    checkpoint: Checkpoint,
    functions: u32,
    blocks: u32,
    are_functions_noted: bool,
    translator: Translator,
    sink: Sink,
    counters: Counters,
    keep: Option<Held>,
    last_ns: i64,
    /// Nobody removes the run from its store meanwhile; the dead process's own goes with it.
    _writes: Option<WriterLock>,
}

impl Recovery {
    fn begin(folder: &RunFolder, checkpoint: Option<Checkpoint>) -> Result<Self, RecorderError> {
        let path = folder.path();
        let checkpoint = checkpoint.ok_or_else(|| RecorderError::Unrecoverable {
            path: path.display().to_string(),
            reason: "it has no whole checkpoint of this version".into(),
        })?;
        let store = SinkOptions::Store(checkpoint.store.clone());
        let sink = Sink::new(&store, &checkpoint.run.run_id)?;
        let writes = sink
            .store()
            .and_then(|store| store.lock_run(&checkpoint.run.run_id).ok());
        // Its calls get rows now.
        sink.remove_open_calls()?;
        let functions = read_functions(&path.join(FUNCTIONS_FILE));
        let (count, blocks) = (functions.len(), functions.blocks());
        let redactor = Arc::new(redactor_for(&checkpoint.redaction, &store)?);
        let mut keep = checkpoint.keep.clone();
        if let Some(keep) = &mut keep {
            let functions = functions.clone();
            keep.know(Arc::new(move |id| functions.entry(id).cloned()));
        }
        let mut translator = Translator::new(redactor, Box::new(move || functions.clone()));
        translator.refresh();
        Ok(Self {
            counters: checkpoint.counters.clone(),
            keep,
            checkpoint,
            functions: count,
            blocks,
            are_functions_noted: false,
            translator,
            sink,
            last_ns: 0,
            _writes: writes,
        })
    }

    fn run(
        &mut self,
        folder: &RunFolder,
        now_ns: i64,
        recovered: &mut Recovered,
    ) -> Result<(), RecorderError> {
        recovered.store.clone_from(&self.checkpoint.store);
        let (calls, exceptions) = self.rows_before();
        let mut points = std::mem::take(&mut self.checkpoint.threads);
        for path in folder.rings() {
            match CrashedRing::open(&path, self.functions, self.blocks) {
                Ok(ring) => {
                    let known = points.iter().position(|p| p.thread == ring.thread());
                    let point = known.map(|index| points.swap_remove(index));
                    self.thread(&ring, point, now_ns)?;
                }
                Err(error) => recovered.skipped.push(error.to_string()),
            }
        }
        // Threads whose ring is gone or unreadable: their open calls are known all the same.
        for mut point in points {
            point
                .assembler
                .finish(&mut Through::new(self.keep.as_mut(), &mut self.sink));
            self.counters.add(&point.assembler, 0);
        }
        self.decide_traces(folder.last_word(), now_ns);
        self.publish()?;
        self.counters.add_redactions(&self.translator);
        recovered.calls = self.counters.recorded - calls;
        recovered.exceptions = self.counters.exceptions - exceptions;
        self.write_run(folder.last_word(), now_ns, recovered)
    }

    /// What was held is stored if it is like what a policy keeps, or was going on at a crash.
    fn decide_traces(&mut self, last_word: Option<LastWord>, now_ns: i64) {
        let counted_ns = self.counted_ns(now_ns);
        let Some(keep) = &mut self.keep else { return };
        keep.set_now(self.last_ns - self.checkpoint.wall_offset_ns);
        let crashed = matches!(last_word, Some(LastWord::Signal(_)) | None);
        keep.finish(crashed, &mut self.sink);
        push_left_out(keep, counted_ns, &mut self.sink);
        self.counters.leave_out(keep.tally);
    }

    /// Rows of calls and exceptions that the dead process has published.
    fn rows_before(&self) -> (u64, u64) {
        let keep = self.checkpoint.keep.as_ref();
        let (held, tally) = keep.map_or(((0, 0), KeepTally::default()), |keep| {
            (keep.rows(), keep.tally)
        });
        let threads = &self.checkpoint.threads;
        let calls = threads.iter().map(|t| t.assembler.tally.calls);
        let exceptions = threads.iter().map(|t| t.assembler.exceptions_written());
        (
            self.counters.recorded + calls.sum::<u64>() - held.0 - tally.calls_out,
            self.counters.exceptions + exceptions.sum::<u64>() - held.1 - tally.exceptions_out,
        )
    }

    fn thread(
        &mut self,
        ring: &CrashedRing,
        point: Option<ThreadPoint>,
        now_ns: i64,
    ) -> Result<(), RecorderError> {
        let offset_ns = self.checkpoint.wall_offset_ns;
        let point = point.unwrap_or_else(|| ThreadPoint {
            thread: ring.thread(),
            position: Position {
                order: 1,
                offset: 0,
            },
            counted: Vec::new(),
            blocks: Vec::new(),
            assembler: Assembler::new(ring.thread(), offset_ns),
        });
        let mut assembler = point.assembler;
        // Nothing was written later than now, as far as the wall clock was not set back.
        assembler.set_horizon(now_ns.saturating_sub(offset_ns));
        let mut reader = Reader::at(point.position);
        while let Some(batch) = reader.next(&ring.cells(), Take::All) {
            let mut rows = Through::new(self.keep.as_mut(), &mut self.sink);
            assembler.feed(&batch, &mut self.translator, &mut rows);
            if self.sink.rows() >= MAX_ROWS {
                self.publish()?;
            }
        }
        for stretch in ring.stretches() {
            assembler.add_stretch(stretch, &mut self.translator);
        }
        assembler.finish(&mut Through::new(self.keep.as_mut(), &mut self.sink));
        self.last_ns = self.last_ns.max(assembler.last_wall_ns());
        self.counters.add(&assembler, reader.malformed());
        self.count(ring, &point.counted, now_ns);
        let (from_ns, to_ns) = self.counted_ns(now_ns);
        let interval = Interval {
            thread_id: ring.thread(),
            from_ns,
            to_ns,
        };
        let ran = Ran {
            counted: ring.blocks(),
            base: &mut { point.blocks },
            recorded: assembler.ways.take_sums(),
        };
        let functions = self.translator.functions();
        push_gains(functions, interval, ran, &mut self.sink);
        Ok(())
    }

    /// What is counted of the dead process has happened since its checkpoint, up to its last record.
    fn counted_ns(&self, now_ns: i64) -> (i64, i64) {
        let from_ns = self.checkpoint.counted_to_ns;
        (from_ns, self.last_ns.clamp(from_ns, now_ns.max(from_ns)))
    }

    fn count(&mut self, ring: &CrashedRing, counted: &[(u32, u32, u32)], now_ns: i64) {
        let mut bases = vec![(0, 0); ring.counters().len()];
        for &(id, counted, dropped) in counted {
            if let Some(base) = bases.get_mut(id as usize) {
                *base = (counted, dropped);
            }
        }
        let (from_ns, to_ns) = self.counted_ns(now_ns);
        for ((id, base), new) in (0u32..).zip(bases).zip(ring.counters()) {
            if base == *new {
                continue;
            }
            let row = count_row(id, ring.thread(), base, *new);
            self.counters.counted += row.counted;
            self.counters.dropped += row.dropped;
            self.sink.push_count(&CountRow {
                from_ns,
                to_ns,
                ..row
            });
        }
    }

    fn publish(&mut self) -> Result<(), RecorderError> {
        let seq = self.checkpoint.next_seq;
        // Those that have a row already get another, which adds nothing.
        if !std::mem::replace(&mut self.are_functions_noted, true) {
            let at_ns = self.checkpoint.counted_to_ns;
            let interval = Interval {
                thread_id: 0,
                from_ns: at_ns,
                to_ns: at_ns,
            };
            let functions = self.translator.functions();
            note_functions(functions, 0, interval, &mut self.sink);
        }
        let published = self.sink.publish(seq, self.translator.functions())?;
        if published.bytes > 0 {
            self.checkpoint.next_seq += 1;
            self.counters.segments += 1;
            self.counters.bytes += published.bytes;
        }
        Ok(())
    }

    fn write_run(
        &mut self,
        last_word: Option<LastWord>,
        now_ns: i64,
        recovered: &Recovered,
    ) -> Result<(), RecorderError> {
        let run = &mut self.checkpoint.run;
        end_run(run, last_word);
        let ended_ns = if self.last_ns > 0 {
            self.last_ns
        } else {
            now_ns
        };
        run.ended_at = Some(iso_timestamp(ended_ns));
        self.counters.write_to(&mut run.counters);
        run.counters.more.insert(RECOVERED.to_owned(), true.into());
        if !recovered.skipped.is_empty() {
            let skipped = recovered.skipped.join("; ");
            let more = &mut run.counters.more;
            more.insert("unreadable".to_owned(), skipped.into());
        }
        self.sink.write_run(run)
    }
}

/// Says in a run's record how its process ended.
pub(crate) fn end_run(run: &mut RunRecord, last_word: Option<LastWord>) {
    run.status = match last_word {
        Some(LastWord::Exit(_) | LastWord::Replaced) => RunStatus::Finished,
        Some(LastWord::Signal(_)) | None => RunStatus::Crashed,
    };
    match last_word {
        Some(LastWord::Signal(name)) => run.signal = Some(name.to_owned()),
        Some(LastWord::Exit(code)) => run.exit_code = code,
        Some(LastWord::Replaced) => {
            let more = &mut run.counters.more;
            more.insert(REPLACED.to_owned(), "by process.execve".into());
        }
        None => {}
    }
}

/// The table of functions up to the first line that makes no sense.
fn read_functions(path: &Path) -> FunctionSnapshot {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut entries = Vec::new();
    for line in text.lines() {
        match FunctionEntry::from_line(line) {
            Some((id, entry)) if id as usize == entries.len() => entries.push(entry),
            _ => break,
        }
    }
    FunctionSnapshot::from_entries(entries)
}
