//! What a run is when it starts: its record, and its folder in memory.
//!
//! `record_of(&options, &sink, times, crash_files.is_some())`. Limits: nothing is written to the store here.

use std::sync::Arc;

use breadcrumb_ring::RunFolder;
use breadcrumb_store::{ClockOffset, RunRecord, RunStatus, Store, iso_timestamp};

use crate::checkpoint::CheckpointWriter;
use crate::drain::CrashFiles;
use crate::options::{RecorderOptions, SinkOptions};
use crate::sink::Sink;

/// The run's record, as of its start by the monotonic and the wall clock.
pub(crate) fn record_of(
    options: &RecorderOptions,
    sink: &Sink,
    (mono_ns, wall_ns): (i64, i64),
    crash_proof: bool,
) -> RunRecord {
    let mut run = options.run.clone();
    run.run_id.clone_from(&options.run_id);
    run.status = RunStatus::Running;
    options.overflow.name().clone_into(&mut run.overflow);
    run.crash_proof = crash_proof;
    if run.started_at.is_empty() {
        run.started_at = iso_timestamp(wall_ns);
    }
    run.clocks = vec![ClockOffset { mono_ns, wall_ns }];
    let more = &mut run.counters.more;
    if let Some(kind) = sink.store().and_then(Store::network_kind) {
        more.insert("networkStore".into(), kind.into());
    }
    if let Some(keep) = &options.keep {
        let keep = serde_json::to_value(keep).unwrap_or_default();
        more.insert("keep".into(), keep);
    }
    run
}

/// The run's folder in memory; `None` where there can be none, or nothing to recover into.
pub(crate) fn crash_files(options: &RecorderOptions) -> Option<CrashFiles> {
    let SinkOptions::Store(store) = &options.sink else {
        return None;
    };
    let root = options.shm_root.as_ref()?;
    let folder = RunFolder::create(root, &options.run_id).ok()?;
    Some(CrashFiles {
        checkpoints: CheckpointWriter::new(folder.path()),
        folder: Arc::new(folder),
        store: std::path::absolute(store).unwrap_or_else(|_| store.clone()),
        redaction: options.redactor_options.clone(),
    })
}
