//! What recording costs, ns: of a call in the program, and of the recorder's own thread.
//!
//! ```text
//! a call counted                count_ns
//! a call with times             events × (event_ns + clock readings × clock_ns + recorder_event_ns)
//! a call with values            the same + values × value_ns + further words × word_ns
//! an exception                  exception_ns
//! the recorder while awake      polls × poll_ns + publications × publish_ns
//! ```
//! The constants are those of `docs/internal/probe/design.md` and of the benchmarks, for a machine where
//! [`CostModel::measure`] gives the reference's figures, and are scaled by what it gives; what the
//! recorder's thread costs is then learnt from its processor time. Limits: a program's cold code pays
//! more than these, which stand for code that is optimised; so they are rounded up.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};

use breadcrumb_ring::clock::monotonic_ns;
use serde::Serialize;

/// Reading the clock from Rust on the reference machine, ns.
const REFERENCE_CLOCK_NS: f64 = 28.0;
/// A step of [`store_ns`] there.
const REFERENCE_STORE_NS: f64 = 1.3;
/// How much dearer or cheaper than the reference a machine can be.
const SCALES: (f64, f64) = (0.5, 8.0);
/// What JavaScript pays for a reading beside the clock itself.
const CLOCK_CALL_NS: f64 = 5.0;
/// Clock readings a second that are had for every event: see `ts/runtime/writer.ts`.
const EXACT_READINGS: f64 = 256_000.0;
/// Beyond these, as many again for every 16 events in the middle; then for every 64.
const NEAR_READINGS: f64 = 256_000.0;
const NEAR_EVENTS: f64 = 16.0;
const WIDE_EVENTS: f64 = 64.0;
/// A recorder awake looks this often, each second.
pub(crate) const POLLS: f64 = 1000.0;
/// It stays awake for this part of a second after a record.
const AWAKE: f64 = 0.06;
/// The weight of the newest interval in what is learnt.
const LEARN: f64 = 0.2;
/// Events for each poll from which on a thread's time is that of events, and up to which that of polls.
const BUSY: f64 = 200.0;
const QUIET: f64 = 20.0;

/// See the module. All in ns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CostModel {
    /// A call that is counted only.
    pub count_ns: f64,
    /// A record of a call, without its values.
    pub event_ns: f64,
    /// A reading of the clock.
    pub clock_ns: f64,
    /// A value that is one word: a number, a string that stands in the chunk already.
    pub value_ns: f64,
    /// A further word: of a string, an object's property.
    pub word_ns: f64,
    /// An exception: its stack.
    pub exception_ns: f64,
    /// The recorder's thread, for a record.
    pub recorder_event_ns: f64,
    /// The recorder's thread, for a look at the rings.
    pub poll_ns: f64,
    /// The recorder's thread, for a publication.
    pub publish_ns: f64,
}

/// What the recorder's thread did in an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// Its processor time, ns, without that of the governor.
    pub cpu_ns: f64,
    /// That of the governor.
    pub governor_ns: f64,
    /// The part of it in publications.
    pub publish_ns: f64,
    /// Publications.
    pub publications: f64,
    /// Looks at the rings.
    pub polls: f64,
    /// Records read.
    pub events: f64,
}

impl Default for CostModel {
    fn default() -> Self {
        Self::scaled(REFERENCE_CLOCK_NS, REFERENCE_STORE_NS)
    }
}

impl CostModel {
    /// Of this machine: half a millisecond of measuring.
    #[must_use]
    pub fn measure() -> Self {
        Self::scaled(clock_ns(), store_ns())
    }

    /// Of a machine with these figures.
    #[must_use]
    pub fn scaled(clock_ns: f64, store_ns: f64) -> Self {
        let scale = (store_ns / REFERENCE_STORE_NS).clamp(SCALES.0, SCALES.1);
        Self {
            count_ns: 3.0 * scale,
            event_ns: 8.0 * scale,
            clock_ns: clock_ns.clamp(1.0, 10_000.0) + CLOCK_CALL_NS * scale,
            value_ns: 5.0 * scale,
            word_ns: 50.0 * scale,
            exception_ns: 4000.0 * scale,
            recorder_event_ns: 100.0 * scale,
            poll_ns: 10_000.0 * scale,
            publish_ns: 3_000_000.0 * scale,
        }
    }

    /// Clock readings for each of so many events a second.
    #[must_use]
    pub fn readings(events: f64) -> f64 {
        if events <= EXACT_READINGS {
            return 1.0;
        }
        let near = ((events - EXACT_READINGS) / NEAR_EVENTS).min(NEAR_READINGS);
        let wide = (events - EXACT_READINGS - near * NEAR_EVENTS) / WIDE_EVENTS;
        (EXACT_READINGS + near + wide) / events
    }

    /// The recorder's thread while `calls` a second are recorded, ns a second, beside what each record
    /// costs. `stretch`: its looks and publications are so many times rarer than usual.
    #[must_use]
    pub fn awake_ns(&self, calls: f64, publications: f64, stretch: Stretch) -> f64 {
        let awake = (calls * AWAKE).min(1.0);
        let published = calls.min(publications / f64::from(stretch.publish));
        awake * POLLS / f64::from(stretch.poll) * self.poll_ns + published * self.publish_ns
    }

    /// Learns from what the recorder's thread did.
    pub fn learn(&mut self, work: &Work) {
        if work.polls < 1.0 {
            return;
        }
        let events = work.events / work.polls;
        if events >= BUSY {
            learn(&mut self.recorder_event_ns, work.cpu_ns / work.events);
        } else if events <= QUIET {
            let of_events = work.events * self.recorder_event_ns;
            let looks = (work.cpu_ns - work.publish_ns - of_events).max(0.0);
            learn(&mut self.poll_ns, looks / work.polls);
            if work.publications >= 1.0 {
                learn(&mut self.publish_ns, work.publish_ns / work.publications);
            }
        }
    }
}

/// How many times rarer than usual the recorder looks and publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// Its looks at the rings.
    pub poll: u32,
    /// Its publications.
    pub publish: u32,
}

impl Stretch {
    /// As usual.
    pub const NONE: Self = Self {
        poll: 1,
        publish: 1,
    };
}

/// Not more than four times as much or a quarter at once: a thread that was not let run pays for it in
/// caches, once.
fn learn(known: &mut f64, seen: f64) {
    let seen = seen.clamp(*known / 4.0, *known * 4.0);
    *known += LEARN * (seen - *known);
}

fn clock_ns() -> f64 {
    least_of(|| {
        for _ in 0..200 {
            black_box(monotonic_ns());
        }
        200.0
    })
}

/// A step of a loop that stores what it has just worked out, as a probe does.
fn store_ns() -> f64 {
    let words: Vec<AtomicU64> = (0..4096).map(|_| AtomicU64::new(0)).collect();
    least_of(|| {
        let mut value = 1_u64;
        for word in &words {
            value = black_box(
                value
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1),
            );
            word.store(value, Ordering::Relaxed);
        }
        words.len() as f64
    })
}

/// The least of several times that `steps` takes, ns a step.
fn least_of(mut steps: impl FnMut() -> f64) -> f64 {
    let measured = (0..9).map(|_| {
        let began = monotonic_ns();
        let done = steps();
        (monotonic_ns() - began) as f64 / done
    });
    measured.fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_of_a_quiet_thread_reads_the_clock_and_few_of_a_hot_one() {
        assert!((CostModel::readings(1000.0) - 1.0).abs() < 1e-9);
        let hot = CostModel::readings(20e6);
        assert!(hot < 0.1, "{hot}");
        let rates = [1e3, 3e5, 1e6, 1e7, 1e8];
        assert!(rates.is_sorted_by(|a, b| CostModel::readings(*a) >= CostModel::readings(*b)));
    }

    #[test]
    fn a_machine_is_measured_and_has_sound_figures() {
        let model = CostModel::measure();
        assert!(model.clock_ns >= 1.0 && model.count_ns >= 1.0, "{model:?}");
        assert!(model.clock_ns.is_finite() && model.count_ns < model.event_ns * 2.0);
    }

    #[test]
    fn what_the_recorder_costs_is_learnt() {
        let mut model = CostModel::default();
        for _ in 0..50 {
            model.learn(&Work {
                cpu_ns: 250.0 * 1e6,
                events: 1e6,
                polls: 200.0,
                ..Work::default()
            });
        }
        assert!((model.recorder_event_ns - 250.0).abs() < 1.0, "{model:?}");
        for _ in 0..80 {
            model.learn(&Work {
                cpu_ns: 200.0 * 4000.0 + 6e6,
                governor_ns: 1e9,
                publish_ns: 6e6,
                publications: 1.0,
                polls: 200.0,
                events: 0.0,
            });
        }
        assert!((model.poll_ns - 4000.0).abs() < 50.0, "{model:?}");
        assert!((model.publish_ns - 6e6).abs() < 6e4, "{model:?}");
    }
}
