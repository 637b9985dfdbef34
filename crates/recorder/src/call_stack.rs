//! The calls of one thread that have not ended: those that run, one above the other, and those
//! that are suspended.
//!
//! ```text
//! push(frame) · find(token) → Top | Running(index) | Suspended | Unknown · suspend(frame) · resume(token)
//! ```
//! Limits: at most [`MAX_RUNNING`] and [`MAX_SUSPENDED`], and none suspended for longer than
//! [`MAX_SUSPENDED_NS`]; the eldest are handed out to be stored as `open`.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::codec::{Decoder, Encoder};
use crate::frame::Frame;

/// Calls that run. Deeper than any stack that V8 allows by default (11,000); more are dangling
/// ones. A record about a call that is not known costs a walk over them.
pub(crate) const MAX_RUNNING: usize = 50_000;
/// Calls that are suspended: about 10 MB.
pub(crate) const MAX_SUSPENDED: usize = 100_000;
/// The longest wait that is believed to end.
pub(crate) const MAX_SUSPENDED_NS: i64 = 3_600_000_000_000;

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Top,
    Running(usize),
    Suspended,
    Unknown,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct CallStack {
    running: Vec<Frame>,
    /// Their tokens, close together: looked through for each record that is not about the top.
    tokens: Vec<u32>,
    suspended: FxHashMap<u32, Frame>,
    /// Suspensions, the eldest first; those that are over stay until they are many.
    order: VecDeque<(u32, i64)>,
}

impl CallStack {
    pub(crate) fn depth(&self) -> usize {
        self.running.len()
    }

    pub(crate) fn top(&self) -> Option<&Frame> {
        self.running.last()
    }

    pub(crate) fn top_mut(&mut self) -> Option<&mut Frame> {
        self.running.last_mut()
    }

    /// The call with this token, wherever it is.
    pub(crate) fn get_mut(&mut self, token: u32) -> Option<&mut Frame> {
        match self.find(token) {
            Place::Top => self.running.last_mut(),
            Place::Running(index) => self.running.get_mut(index),
            Place::Suspended => self.suspended.get_mut(&token),
            Place::Unknown => None,
        }
    }

    /// The call with this number, if it has just begun and nothing ran then.
    pub(crate) fn rootless_mut(&mut self, call_id: i64) -> Option<&mut Frame> {
        let newest = match self.running.last() {
            Some(top) if top.call_id == call_id => self.running.last_mut(),
            _ => {
                let (token, _) = self.order.back()?;
                self.suspended.get_mut(token)
            }
        };
        newest.filter(|frame| frame.call_id == call_id && frame.parent_id == 0)
    }

    pub(crate) fn push(&mut self, frame: Frame) {
        self.tokens.push(frame.token);
        self.running.push(frame);
    }

    pub(crate) fn pop(&mut self) -> Option<Frame> {
        self.tokens.pop();
        self.running.pop()
    }

    /// A call of the function runs.
    pub(crate) fn runs(&self, function: u32) -> bool {
        self.running.iter().any(|frame| frame.function == function)
    }

    #[inline]
    pub(crate) fn find(&self, token: u32) -> Place {
        match self.tokens.last() {
            Some(top) if *top == token => Place::Top,
            _ => self.find_below(token),
        }
    }

    #[cold]
    fn find_below(&self, token: u32) -> Place {
        if self.suspended.contains_key(&token) {
            return Place::Suspended;
        }
        let found = self.tokens.iter().rposition(|running| *running == token);
        found.map_or(Place::Unknown, Place::Running)
    }

    /// Sets a frame aside. Hands out the one that had its token, 2^27 calls ago.
    pub(crate) fn suspend(&mut self, mut frame: Frame, now_ns: i64) -> Option<Frame> {
        frame.since_ns = now_ns;
        if self.order.len() > 2 * self.suspended.len() + 1024 {
            let suspended = &self.suspended;
            self.order.retain(|entry| is_current(suspended, entry));
        }
        self.order.push_back((frame.token, now_ns));
        self.suspended.insert(frame.token, frame)
    }

    pub(crate) fn suspended(&self, token: u32) -> Option<&Frame> {
        self.suspended.get(&token)
    }

    pub(crate) fn take_suspended(&mut self, token: u32) -> Option<Frame> {
        self.suspended.remove(&token)
    }

    /// A frame that must go: the eldest suspended, if there are too many or it is too old.
    pub(crate) fn evict_suspended(&mut self, now_ns: i64) -> Option<Frame> {
        loop {
            let entry = *self.order.front()?;
            let current = is_current(&self.suspended, &entry);
            let too_many = self.suspended.len() > MAX_SUSPENDED;
            if current && !too_many && now_ns - entry.1 <= MAX_SUSPENDED_NS {
                return None;
            }
            self.order.pop_front();
            if current {
                return self.suspended.remove(&entry.0);
            }
        }
    }

    /// The lower half of the running calls, if they are too many.
    pub(crate) fn evict_running(&mut self) -> Vec<Frame> {
        if self.running.len() <= MAX_RUNNING {
            return Vec::new();
        }
        self.take_lowest(MAX_RUNNING / 2)
    }

    /// Hands out the lowest running calls, so many at most.
    pub(crate) fn take_lowest(&mut self, count: usize) -> Vec<Frame> {
        let count = count.min(self.running.len());
        self.tokens.drain(..count);
        self.running.drain(..count).collect()
    }

    /// Records were lost: sets aside all that run, in doubt.
    pub(crate) fn doubt_running(&mut self, now_ns: i64) -> Vec<Frame> {
        self.tokens.clear();
        let frames = std::mem::take(&mut self.running);
        let collided = frames.into_iter().filter_map(|mut frame| {
            frame.doubtful = true;
            self.suspend(frame, now_ns)
        });
        collided.collect()
    }

    /// All, in no certain order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Frame> {
        self.running.iter().chain(self.suspended.values())
    }

    /// Hands out all, in the order of their calls.
    pub(crate) fn take_all(&mut self) -> Vec<Frame> {
        self.tokens.clear();
        let mut frames = std::mem::take(&mut self.running);
        frames.extend(std::mem::take(&mut self.suspended).into_values());
        self.order.clear();
        frames.sort_by_key(|frame| frame.call_id);
        frames
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.u64(self.running.len() as u64);
        self.running.iter().for_each(|frame| frame.encode(out));
        out.u64(self.suspended.len() as u64);
        let mut suspended: Vec<&Frame> = self.suspended.values().collect();
        suspended.sort_by_key(|frame| (frame.since_ns, frame.call_id));
        suspended.iter().for_each(|frame| frame.encode(out));
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let mut stack = Self::default();
        for _ in 0..from.count()? {
            stack.push(Frame::decode(from)?);
        }
        for _ in 0..from.count()? {
            let frame = Frame::decode(from)?;
            let since_ns = frame.since_ns;
            stack.suspend(frame, since_ns);
        }
        Some(stack)
    }
}

/// The suspension has not ended. Two of one call at one reading of the clock are alike: then both
/// entries are current, which only makes the order a little coarser.
fn is_current(suspended: &FxHashMap<u32, Frame>, entry: &(u32, i64)) -> bool {
    suspended
        .get(&entry.0)
        .is_some_and(|frame| frame.since_ns == entry.1)
}
