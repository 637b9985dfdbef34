//! Small indices for ids in the order of their first appearance: `index_of(9)` → 0,
//! `index_of(4)` → 1, `index_of(9)` → 0.
//!
//! A look-up is one load for ids below [`DENSE_IDS`], which function ids are, being numbered from
//! 0. Limits: clearing takes time with the number of distinct ids, memory with the largest dense one.

use rustc_hash::FxHashMap;

/// Ids from here on are hashed: an id out of a damaged ring must not cost memory.
const DENSE_IDS: u32 = 1 << 20;

/// Indices by id.
#[derive(Debug, Default)]
pub(crate) struct IdIndex {
    /// Index + 1 by id, 0 where there is none.
    slots: Vec<u32>,
    far: FxHashMap<u32, u32>,
    ids: Vec<u32>,
}

impl IdIndex {
    /// The id's index; the next free one if it is new.
    pub(crate) fn index_of(&mut self, id: u32) -> u32 {
        match self.slots.get(id as usize) {
            Some(&slot) if slot > 0 => slot - 1,
            _ => self.add(id),
        }
    }

    #[cold]
    fn add(&mut self, id: u32) -> u32 {
        let next = self.ids.len() as u32;
        if id >= DENSE_IDS {
            let index = *self.far.entry(id).or_insert(next);
            if index == next {
                self.ids.push(id);
            }
            return index;
        }
        if self.slots.len() <= id as usize {
            self.slots.resize((id as usize + 1).next_power_of_two(), 0);
        }
        self.slots[id as usize] = next + 1;
        self.ids.push(id);
        next
    }

    /// Forgets all; the ids by index.
    pub(crate) fn take(&mut self) -> Vec<u32> {
        self.far.clear();
        for &id in &self.ids {
            if let Some(slot) = self.slots.get_mut(id as usize) {
                *slot = 0;
            }
        }
        std::mem::take(&mut self.ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_count_up_and_begin_anew() {
        let mut index = IdIndex::default();
        let ids = [9, 4, 9, u32::MAX, 4, u32::MAX, 0];
        assert_eq!(ids.map(|id| index.index_of(id)), [0, 1, 0, 2, 1, 2, 3]);
        assert_eq!(index.take(), [9, 4, u32::MAX, 0]);
        assert_eq!([4, u32::MAX].map(|id| index.index_of(id)), [0, 1]);
        assert_eq!(index.take(), [4, u32::MAX]);
        assert_eq!(index.take(), [0; 0]);
    }
}
