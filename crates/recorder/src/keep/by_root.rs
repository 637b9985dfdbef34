//! Maps by the id of a trace's root.
//!
//! `ByRoot<Trace>` is a `HashMap<i64, Trace>`. Ids of a thread are numbers in their order, and traces come
//! and go nearly in that order: neighbours stand beside each other in the table, which then is walked
//! through, not jumped about in. Limits: ids as the assembler makes them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::assembler::CALL_BITS;

/// See the module.
pub(super) type ByRoot<T> = HashMap<i64, T, BuildHasherDefault<RootHasher>>;

/// Bits by which a table tells entries of a group apart; the lower ones are the place.
const TAG: u64 = 0x7f << 57;
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hashes an id.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RootHasher(u64);

impl Hasher for RootHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_i64(i64::from(*byte) ^ self.0.cast_signed());
        }
    }

    fn write_i64(&mut self, id: i64) {
        let id = id.cast_unsigned();
        let thread = id >> CALL_BITS;
        let place = id.wrapping_add(thread.wrapping_mul(MIX >> 20));
        self.0 = (place & !TAG) | (id.wrapping_mul(MIX) & TAG);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
