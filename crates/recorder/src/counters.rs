//! What a session has done so far, in numbers.
//!
//! `recorded + counted + dropped` is what happened. Limits: counted and dropped calls are as of the
//! last publication, or the last question.

use breadcrumb_store::RunCounters;

use crate::assembler::Assembler;
use crate::keep::KeepTally;
use crate::redactions::Redactions;
use crate::translator::Translator;

/// What a session has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counters {
    /// Calls with a row.
    pub recorded: u64,
    /// Calls counted only.
    pub counted: u64,
    /// Calls dropped because a ring was full.
    pub dropped: u64,
    /// Exceptions with a row.
    pub exceptions: u64,
    /// Bytes of published segments.
    pub bytes: u64,
    /// Published segments.
    pub segments: u64,
    /// Bytes reserved for chunks, over all rings.
    pub ring_bytes: u64,
    /// Those of them that are not free.
    pub ring_used_bytes: u64,
    /// Processor time of the recorder's thread.
    pub recorder_cpu_ns: u64,
    /// Values or parts of values that were redacted.
    pub redacted: u64,
    /// Those by the name of the rule.
    pub redactions: Redactions,
    /// Traces that were stored, where that is decided by trace.
    pub traces_kept: u64,
    /// Those that were not; their calls are counted.
    pub traces_left_out: u64,
    /// Traces that were decided before their end, because too much was held.
    pub traces_decided_early: u64,
    /// Bytes of rows that are held until it is decided.
    pub held_bytes: u64,
    /// Calls stored as `open` because too many were suspended, or for too long.
    pub evicted_open: u64,
    /// Records about calls that are not known.
    pub unknown: u64,
    /// Records or chunks that made no sense.
    pub malformed: u64,
    /// What the governor sees and did, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub governor: Option<serde_json::Value>,
}

impl Counters {
    /// Adds what an assembler has done of a ring in which so much made no sense.
    pub(crate) fn add(&mut self, assembler: &Assembler, malformed: u64) {
        let tally = assembler.tally;
        self.recorded += tally.calls;
        self.exceptions += assembler.exceptions_written();
        self.evicted_open += tally.evicted;
        self.unknown += tally.unknown;
        self.malformed += tally.malformed + malformed;
    }

    /// Adds what a translator redacted.
    pub(crate) fn add_redactions(&mut self, translator: &Translator) {
        translator.add_redactions(&mut self.redactions);
        self.redacted = self.redactions.values().sum();
    }

    /// What was recorded of traces that are not stored is counted only.
    pub(crate) fn leave_out(&mut self, tally: KeepTally) {
        self.recorded = self.recorded.saturating_sub(tally.calls_out);
        self.counted += tally.calls_out;
        self.exceptions = self.exceptions.saturating_sub(tally.exceptions_out);
        self.traces_kept += tally.kept;
        self.traces_left_out += tally.out;
        self.traces_decided_early += tally.early;
    }

    /// Those that a checkpoint keeps beside the redactions, in its order.
    pub(crate) fn kept(&self) -> [u64; 9] {
        [
            self.recorded,
            self.counted,
            self.dropped,
            self.exceptions,
            self.bytes,
            self.segments,
            self.evicted_open,
            self.unknown,
            self.malformed,
        ]
    }

    pub(crate) fn of_kept(kept: [u64; 9]) -> Self {
        let [
            recorded,
            counted,
            dropped,
            exceptions,
            bytes,
            segments,
            rest @ ..,
        ] = kept;
        let [evicted_open, unknown, malformed] = rest;
        Self {
            recorded,
            counted,
            dropped,
            exceptions,
            bytes,
            segments,
            evicted_open,
            unknown,
            malformed,
            ..Self::default()
        }
    }

    /// Into a run's record.
    pub(crate) fn write_to(&self, run: &mut RunCounters) {
        run.recorded = self.recorded;
        run.counted = self.counted;
        run.dropped = self.dropped;
        run.exceptions = self.exceptions;
        run.redacted = self.redacted;
        run.redactions.clone_from(&self.redactions);
        run.bytes = self.bytes;
        run.segments = self.segments;
        run.recorder_cpu_ns = self.recorder_cpu_ns;
        for (name, value) in [
            ("evictedOpen", self.evicted_open),
            ("unknownRecords", self.unknown),
            ("malformedRecords", self.malformed),
        ] {
            run.more.insert(name.to_owned(), value.into());
        }
        for (name, value) in [
            ("tracesKept", self.traces_kept),
            ("tracesLeftOut", self.traces_left_out),
            ("tracesDecidedEarly", self.traces_decided_early),
        ] {
            if self.traces_kept + self.traces_left_out > 0 {
                run.more.insert(name.to_owned(), value.into());
            }
        }
        if let Some(governor) = &self.governor {
            run.more.insert("governor".to_owned(), governor.clone());
        }
    }
}
