//! Where the store learns what a function id means, when it publishes.

use std::collections::HashMap;
use std::hash::BuildHasher;

use breadcrumb_event::function::FunctionEntry;

/// A table of functions by id. Asked once per segment for each function in it.
pub trait FunctionSource {
    /// The function with this id; `None` is stored as `<unknown function 7>`.
    fn get(&self, id: u32) -> Option<FunctionEntry>;
}

impl FunctionSource for [FunctionEntry] {
    fn get(&self, id: u32) -> Option<FunctionEntry> {
        <[FunctionEntry]>::get(self, id as usize).cloned()
    }
}

impl FunctionSource for Vec<FunctionEntry> {
    fn get(&self, id: u32) -> Option<FunctionEntry> {
        self.as_slice().get(id as usize).cloned()
    }
}

impl<S: BuildHasher> FunctionSource for HashMap<u32, FunctionEntry, S> {
    fn get(&self, id: u32) -> Option<FunctionEntry> {
        HashMap::get(self, &id).cloned()
    }
}
