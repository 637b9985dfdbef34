//! Whether recording does the process any harm: green, yellow, or red, with the reason.
//!
//! ```text
//! green    all is well
//! yellow   counting alone is over the budget; memory gets short; the store fails; calls are dropped
//! red      memory is all but used up, or the event loop is late while recording is over its budget:
//!          nothing is recorded for a cool-down, which is twice as long each time
//! ```
//! Pure: no clocks, no I/O. Limits: memory is told against the limit that the system sets the process, the
//! event loop's lateness only where somebody measures it.

use serde::Serialize;

/// Part of the memory limit from which on health is yellow, red.
const SHORT: f64 = 0.9;
const USED_UP: f64 = 0.95;
/// An event loop that is so late is late, ns.
const LATE_NS: i64 = 1_000_000_000;
/// So many times over its budget, recording may be why.
const FAR_OVER: f64 = 2.0;
/// Looks in a row that find the loop late.
const PATIENCE: u32 = 5;
/// Nothing is recorded for so long after red, at first and at most, ns.
const COOL_DOWN_NS: i64 = 30_000_000_000;
const LONGEST_NS: i64 = 960_000_000_000;

/// How a process fares under the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// All is well.
    Green,
    /// Something is amiss, and recording goes on.
    Yellow,
    /// Nothing is recorded for a while.
    Red,
}

/// What is seen of the process.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vitals {
    /// Monotonic clock, ns.
    pub now_ns: i64,
    /// Its memory, bytes; 0 where that is not known.
    pub memory_bytes: u64,
    /// What it may have of it, where there is a limit.
    pub memory_limit: Option<u64>,
    /// How late its event loop is, ns, where that is known.
    pub late_ns: Option<i64>,
    /// What recording costs, in parts of its budget.
    pub of_budget: f64,
    /// Counting alone is over the budget.
    pub at_floor: bool,
    /// The store has failed for so long, ns.
    pub failing_ns: i64,
    /// Calls were dropped since the last look.
    pub drops: bool,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Health {
    state: State,
    why: Option<String>,
    /// While red: until when.
    red_until_ns: i64,
    cool_down_ns: i64,
    late_looks: u32,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            state: State::Green,
            why: None,
            red_until_ns: 0,
            cool_down_ns: COOL_DOWN_NS,
            late_looks: 0,
        }
    }
}

impl Health {
    /// How it stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Why it is not green.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }

    /// Takes in what is seen. Returns the state before, if it is another now.
    pub fn look(&mut self, vitals: &Vitals) -> Option<State> {
        let before = self.state;
        if before == State::Red && vitals.now_ns < self.red_until_ns {
            return None;
        }
        let is_late = vitals.late_ns.is_some_and(|late| late >= LATE_NS);
        self.late_looks = if is_late { self.late_looks + 1 } else { 0 };
        let (state, why) = match self.red(vitals) {
            Some(why) => (State::Red, Some(why)),
            None => match yellow(vitals) {
                Some(why) => (State::Yellow, Some(why)),
                None => (State::Green, None),
            },
        };
        if state == State::Red {
            // It comes back after the last cool-down: no sooner than twice as long after this one.
            let since = vitals.now_ns - self.red_until_ns;
            let again = self.red_until_ns > 0 && since < 10 * self.cool_down_ns;
            self.cool_down_ns = if again {
                (2 * self.cool_down_ns).min(LONGEST_NS)
            } else {
                COOL_DOWN_NS
            };
            self.red_until_ns = vitals.now_ns + self.cool_down_ns;
            self.late_looks = 0;
        }
        (self.state, self.why) = (state, why);
        (state != before).then_some(before)
    }

    fn red(&self, vitals: &Vitals) -> Option<String> {
        if self.late_looks >= PATIENCE && vitals.of_budget >= FAR_OVER {
            let late_ms = vitals.late_ns.unwrap_or(0) / 1_000_000;
            return Some(format!(
                "the event loop is {late_ms} ms late, and recording costs {:.1} times its budget",
                vitals.of_budget
            ));
        }
        memory(vitals, USED_UP)
    }
}

fn yellow(vitals: &Vitals) -> Option<String> {
    if let Some(why) = memory(vitals, SHORT) {
        return Some(why);
    }
    if vitals.failing_ns > 0 {
        let seconds = vitals.failing_ns / 1_000_000_000;
        return Some(format!("the store has failed for {seconds} s"));
    }
    if vitals.drops {
        return Some("rings are full: calls are dropped, and counted".to_owned());
    }
    vitals
        .at_floor
        .then(|| "counting alone costs more than the budget".to_owned())
}

fn memory(vitals: &Vitals, part: f64) -> Option<String> {
    const MIB: u64 = 1 << 20;
    let limit = vitals.memory_limit?;
    let has = vitals.memory_bytes;
    (has as f64 >= part * limit as f64).then(|| {
        format!(
            "the process has {} MiB of memory, of {} MiB that it may have",
            has / MIB,
            limit / MIB
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn used(part: f64, now_ns: i64) -> Vitals {
        Vitals {
            now_ns,
            memory_bytes: (part * (1 << 30) as f64) as u64,
            memory_limit: Some(1 << 30),
            ..Vitals::default()
        }
    }

    #[test]
    fn memory_that_is_all_but_used_up_is_red_until_the_cool_down_is_over() {
        let mut health = Health::default();
        assert_eq!(health.look(&used(0.5, SECOND)), None);
        assert_eq!(health.look(&used(0.92, 2 * SECOND)), Some(State::Green));
        assert_eq!(health.state(), State::Yellow);
        assert_eq!(health.look(&used(0.97, 3 * SECOND)), Some(State::Yellow));
        assert_eq!(
            health.why(),
            Some("the process has 993 MiB of memory, of 1024 MiB that it may have")
        );
        assert_eq!(health.look(&used(0.2, 32 * SECOND)), None);
        assert_eq!(health.state(), State::Red);
        assert_eq!(health.look(&used(0.2, 34 * SECOND)), Some(State::Red));
        assert_eq!((health.state(), health.why()), (State::Green, None));
    }

    #[test]
    fn a_cool_down_that_did_not_help_is_followed_by_longer_ones() {
        let mut health = Health::default();
        let mut changes = 0;
        for second in 1..3600 {
            changes += i32::from(health.look(&used(0.97, second * SECOND)).is_some());
        }
        // Red all the while: it never came back to a memory that was still used up.
        assert_eq!((changes, health.state()), (1, State::Red));
        let mut flapping = Health::default();
        let mut reds = 0;
        for second in 1..3600 {
            let part = if flapping.state() == State::Red {
                0.2
            } else {
                0.97
            };
            flapping.look(&used(part, second * SECOND));
            reds += i32::from(flapping.state() == State::Red && part > 0.9);
        }
        assert!(reds <= 10, "{reds}");
    }

    #[test]
    fn a_late_loop_is_red_only_where_recording_may_be_why() {
        let late = |of_budget, second| Vitals {
            now_ns: second * SECOND,
            late_ns: Some(3 * SECOND),
            of_budget,
            ..Vitals::default()
        };
        let mut health = Health::default();
        for second in 1..20 {
            health.look(&late(0.9, second));
        }
        assert_eq!(health.state(), State::Green);
        for second in 20..26 {
            health.look(&late(2.5, second));
        }
        assert_eq!(health.state(), State::Red);
        assert!(
            health
                .why()
                .unwrap()
                .starts_with("the event loop is 3000 ms late")
        );
    }

    #[test]
    fn what_is_amiss_is_said_in_yellow() {
        let mut health = Health::default();
        let now_ns = SECOND;
        health.look(&Vitals {
            now_ns,
            at_floor: true,
            ..Vitals::default()
        });
        assert_eq!(
            health.why(),
            Some("counting alone costs more than the budget")
        );
        health.look(&Vitals {
            now_ns,
            failing_ns: 3 * SECOND,
            ..Vitals::default()
        });
        assert_eq!(health.why(), Some("the store has failed for 3 s"));
        health.look(&Vitals {
            now_ns,
            drops: true,
            ..Vitals::default()
        });
        assert_eq!(health.state(), State::Yellow);
        health.look(&Vitals {
            now_ns,
            ..Vitals::default()
        });
        assert_eq!((health.state(), health.why()), (State::Green, None));
    }
}
