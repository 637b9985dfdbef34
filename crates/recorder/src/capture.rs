//! Which functions are captured now, and how much of each call: what writes the mode bytes.
//!
//! ```
//! use breadcrumb_recorder::{Capture, Control};
//! let control = Control::get().unwrap();
//! let captured = control.captures().set(Capture::all(3), None);
//! assert_eq!(captured.of, control.functions().len());
//! ```
//! A capture for a time gives way to the one before it when the time is up, by a thread that only then
//! exists. Whatever is captured, the governor's caps hold: a function has the lower of the two modes.
//! Limits: one capture at a time; a mode that changes applies to calls that begin from then on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread::Builder;
use std::time::{Duration, Instant};

use breadcrumb_event::function::{Backend, FunctionEntry};
use breadcrumb_event::layout::{
    MODE_COUNT, MODE_EXACT, MODE_FRESH, MODE_LINES, MODE_MASK, MODE_OFF, MODE_TIME, MODE_VALUES,
    MODE_VARIABLES,
};
use breadcrumb_ring::clock::wall_ns;
use parking_lot::{Condvar, Mutex, MutexGuard};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::capture_history::{CaptureChange, CaptureHistory};
use crate::control::Control;
use crate::exact_clock::Clock;

/// Says of a function whether it is chosen.
pub type Chooser = dyn Fn(&FunctionEntry) -> bool + Send + Sync;

/// How much of which functions' calls is recorded.
#[derive(Clone)]
pub struct Capture {
    /// Mode of the chosen functions, `MODE_…`; the others are off.
    pub mode: u8,
    /// Which; `None`: all.
    pub chosen: Option<Arc<Chooser>>,
    /// What chose them, as it was written.
    pub include: Vec<String>,
}

impl Capture {
    /// Every function in this mode.
    #[must_use]
    pub fn all(mode: u8) -> Self {
        Self {
            mode,
            chosen: None,
            include: Vec::new(),
        }
    }

    /// The mode of a function, whatever caps say. Spans are no file's: they are recorded beside whatever is chosen.
    fn mode_of(&self, entry: &FunctionEntry) -> u8 {
        match &self.chosen {
            Some(chosen) if !is_span(entry) && !chosen(entry) => MODE_OFF as u8,
            None if entry.function.is_leaf => self.mode.min(MODE_COUNT as u8),
            _ => self.mode,
        }
    }
}

impl std::fmt::Debug for Capture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Capture")
            .field("mode", &self.mode)
            .field("include", &self.include)
            .finish_non_exhaustive()
    }
}

/// What a capture came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Captured {
    /// Functions that are captured.
    pub functions: u32,
    /// Functions with probes, so far.
    pub of: u32,
}

/// The capture of a process.
#[derive(Debug)]
pub struct Captures {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    /// Holds where no timed one does.
    lasting: Capture,
    timed: Option<Timed>,
    /// Of the last change.
    number: u64,
    /// Of this session.
    history: CaptureHistory,
    /// The highest mode that functions may have, by id, where that is not any.
    caps: FxHashMap<u32, u8>,
    /// Nothing is captured, whatever is said.
    held: bool,
    /// All functions are timed exactly.
    all_exact: bool,
    /// Those that are.
    exact: FxHashSet<u32>,
}

#[derive(Debug)]
struct Timed {
    capture: Capture,
    until: Instant,
}

impl State {
    fn current(&self) -> &Capture {
        self.timed
            .as_ref()
            .map_or(&self.lasting, |timed| &timed.capture)
    }

    /// What holds goes into the session's history.
    fn note(&mut self, captured: Captured, time: Option<Duration>) {
        let Capture { mode, include, .. } = self.current();
        let change = CaptureChange {
            at_ns: wall_ns(),
            mode: *mode,
            include: include.clone(),
            functions: captured.functions,
            for_ms: time.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
        };
        self.history.push(change);
    }

    /// A function's mode byte with the bits for its clock and its lines, if its calls are recorded.
    fn with_bits(&self, id: u32, entry: &FunctionEntry, mode: u8) -> u8 {
        if u32::from(mode) & MODE_MASK < MODE_TIME {
            return mode;
        }
        let mut bits = 0;
        if self.all_exact || self.exact.contains(&id) {
            bits |= MODE_EXACT as u8;
        }
        if !entry.function.blocks.is_empty() {
            bits |= MODE_LINES as u8;
            if !entry.function.assignments.is_empty() {
                bits |= MODE_VARIABLES as u8;
            }
        }
        mode | bits
    }
}

impl Default for Captures {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                lasting: Capture::all(MODE_OFF as u8),
                timed: None,
                number: 0,
                history: CaptureHistory::default(),
                caps: FxHashMap::default(),
                held: false,
                all_exact: false,
                exact: FxHashSet::default(),
            }),
            changed: Condvar::new(),
        }
    }
}

impl Captures {
    /// Captures like this from now on, or for a time, after which the last one without a time holds
    /// again.
    pub fn set(&'static self, capture: Capture, time: Option<Duration>) -> Captured {
        let mut state = self.state.lock();
        state.number += 1;
        let until = time.and_then(|time| Instant::now().checked_add(time));
        if let Some(until) = until {
            state.timed = Some(Timed { capture, until });
            let number = state.number;
            let timer = Builder::new().name("breadcrumb-timer".into());
            // Without a thread (no memory for one) it lasts until the next change, which readers see.
            let _ = timer.spawn(move || self.end_in_time(number, until));
        } else {
            state.lasting = capture;
            state.timed = None;
        }
        self.changed.notify_all();
        apply(&state);
        let captured = captured();
        state.note(captured, time);
        captured
    }

    /// Captures nothing from now on: a session is over.
    pub fn end(&'static self) {
        let mut state = self.state.lock();
        state.number += 1;
        state.timed = None;
        state.lasting = Capture::all(MODE_OFF as u8);
        self.changed.notify_all();
        apply(&state);
    }

    /// What was captured since the session began, as its run's record has it, and the number of changes;
    /// `None` where there are no more than so many.
    pub(crate) fn history_beyond(&self, changed: u64) -> Option<(u64, serde_json::Value)> {
        let history = &self.state.lock().history;
        (history.changed() > changed).then(|| (history.changed(), history.to_json()))
    }

    /// What holds, with the time that it still does.
    pub fn current(&self) -> (Capture, Captured, Option<Duration>) {
        let state = self.state.lock();
        let left = state.timed.as_ref();
        let left = left.map(|timed| timed.until.saturating_duration_since(Instant::now()));
        (state.current().clone(), captured(), left)
    }

    /// Gives functions that have just been registered, `first` and those of its file, their mode, and says where their
    /// blocks are counted.
    pub fn welcome(&self, first: u32) {
        let Ok(control) = Control::get() else { return };
        let state = self.state.lock();
        let entries = control.functions().file_of(first);
        let mut block = control.functions().first_block_of(first);
        for (id, entry) in (first..).zip(&*entries) {
            control.memory().set_first_block(id, block);
            block += entry.function.blocks.len() as u32;
        }
        set_modes(control, &state, first, &entries);
    }

    /// Functions may have at most these modes from now on, whatever is captured.
    pub(crate) fn cap(&self, caps: &[(u32, u8)]) {
        let Ok(control) = Control::get() else { return };
        let mut state = self.state.lock();
        let snapshot = control.functions().snapshot();
        for (id, cap) in caps {
            if u32::from(*cap) < MODE_VALUES {
                state.caps.insert(*id, *cap);
            } else {
                state.caps.remove(id);
            }
            let capture = state.current();
            if let Some(entry) = snapshot.entry(*id)
                && !state.held
            {
                let mode = capture.mode_of(entry).min(*cap);
                control
                    .memory()
                    .set_mode(*id, state.with_bits(*id, entry, mode));
            }
        }
    }

    /// Times calls like this from now on.
    pub fn time(&self, clock: Clock) {
        let mut state = self.state.lock();
        state.all_exact = clock == Clock::Exact;
        state.exact.clear();
        apply(&state);
    }

    /// Functions whose calls are each timed by the clock itself from now on, and those that are not.
    pub(crate) fn time_exactly(&self, changes: &[(u32, bool)]) {
        let Ok(control) = Control::get() else { return };
        let mut state = self.state.lock();
        for &(id, exact) in changes {
            if exact {
                state.exact.insert(id);
            } else {
                state.exact.remove(&id);
            }
            control.memory().set_exact(id, exact);
        }
    }

    /// Captures nothing while this is said, whatever is to be captured.
    pub(crate) fn hold(&self, held: bool) {
        let mut state = self.state.lock();
        if std::mem::replace(&mut state.held, held) != held {
            apply(&state);
        }
    }

    /// A session begins.
    pub(crate) fn begin(&self, clock: Clock) {
        self.state.lock().history.begin();
        self.release();
        self.time(clock);
    }

    /// Functions may have any mode again, and nothing is held.
    pub(crate) fn release(&self) {
        let mut state = self.state.lock();
        let was_capped = !std::mem::take(&mut state.caps).is_empty();
        if std::mem::take(&mut state.held) || was_capped {
            apply(&state);
        }
    }

    fn end_in_time(&self, number: u64, until: Instant) {
        let mut state = self.state.lock();
        while state.number == number {
            if self.changed.wait_until(&mut state, until).timed_out() {
                self.end_timed(state, number);
                return;
            }
        }
    }

    fn end_timed(&self, mut state: MutexGuard<'_, State>, number: u64) {
        if state.number == number {
            state.timed = None;
            apply(&state);
            state.note(captured(), None);
        }
    }
}

fn is_span(entry: &FunctionEntry) -> bool {
    entry.function.backend == Backend::Span
}

/// What the modes say of functions.
fn captured() -> Captured {
    let mut captured = Captured {
        functions: 0,
        of: 0,
    };
    let Ok(control) = Control::get() else {
        return captured;
    };
    let modes = control.memory().modes();
    for (first, entries) in control.functions().snapshot().files() {
        for (mode, entry) in modes[first as usize..].iter().zip(entries) {
            if !is_span(entry) {
                captured.of += 1;
                captured.functions += u32::from(is_on(mode));
            }
        }
    }
    captured
}

fn is_on(mode: &AtomicU8) -> bool {
    u32::from(mode.load(Ordering::Relaxed)) != MODE_OFF
}

/// Sets the mode of each function by what holds now.
fn apply(state: &State) {
    let Ok(control) = Control::get() else { return };
    for (first, entries) in control.functions().snapshot().files() {
        set_modes(control, state, first, entries);
    }
}

fn set_modes(control: &Control, state: &State, first: u32, entries: &[FunctionEntry]) {
    let capture = state.current();
    for (id, entry) in (first..).zip(entries) {
        let mode = match state.caps.get(&id) {
            _ if state.held => MODE_OFF as u8,
            Some(cap) => capture.mode_of(entry).min(*cap),
            None => capture.mode_of(entry),
        };
        control
            .memory()
            .set_mode(id, state.with_bits(id, entry, with_fresh(mode)));
    }
}

/// What a mode is called.
pub(crate) fn mode_name(mode: u8) -> &'static str {
    match u32::from(mode) {
        MODE_OFF => "dormant",
        MODE_COUNT => "count",
        MODE_TIME => "time",
        _ => "values",
    }
}

/// The mode byte of a function that has not been called in this mode: its first calls show their
/// objects.
fn with_fresh(mode: u8) -> u8 {
    if u32::from(mode) == MODE_VALUES {
        mode | MODE_FRESH as u8
    } else {
        mode
    }
}
