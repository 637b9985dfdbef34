//! What all threads of a process share, whether a session records or not: control memory, the table
//! of functions, what is captured of them. `Control::get()?.captures().set(Capture::all(mode), None)`.
//! Limits: one for the life of the process, also where the addon is loaded twice (the hooks thread).

use std::sync::OnceLock;

use breadcrumb_ring::ControlMemory;
use parking_lot::Mutex;

use crate::capture::Captures;
use crate::error::RecorderError;
use crate::function_table::FunctionTable;

static CONTROL: OnceLock<Control> = OnceLock::new();
/// Held while the one is made.
static MAKING: Mutex<()> = Mutex::new(());

/// See the module.
#[derive(Debug)]
pub struct Control {
    memory: ControlMemory,
    functions: FunctionTable,
    captures: Captures,
}

impl Control {
    /// The process's.
    ///
    /// # Errors
    /// [`RecorderError::Ring`]: no memory.
    pub fn get() -> Result<&'static Self, RecorderError> {
        let _making = MAKING.lock();
        if let Some(control) = CONTROL.get() {
            return Ok(control);
        }
        let memory = ControlMemory::leak()?;
        Ok(CONTROL.get_or_init(|| Self {
            memory,
            functions: FunctionTable::default(),
            captures: Captures::default(),
        }))
    }

    /// Tick, epoch, and modes.
    #[must_use]
    pub fn memory(&self) -> &ControlMemory {
        &self.memory
    }

    /// The functions.
    #[must_use]
    pub fn functions(&self) -> &FunctionTable {
        &self.functions
    }

    /// What is captured of them.
    #[must_use]
    pub fn captures(&self) -> &Captures {
        &self.captures
    }
}
