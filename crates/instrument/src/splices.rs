//! Where text was inserted, to map positions of the instrumented text back to the original and to
//! take the probes out of a function's text again.
//!
//! For `x=>x` instrumented to `x=>{…return ($bcv)=(x)…}` the second `x` maps back to offset 3, and
//! so does everything inside the two insertions around it.
//!
//! Limits: all offsets are UTF-16 units. About 8 bytes an insertion and 4 a line are kept.

use serde::{Deserialize, Serialize};

use crate::positions::{Positions, utf16_length};

/// The tables of a file's insertions, for a reader in another language.
#[derive(Clone, Copy, Debug)]
pub struct SpliceTables<'s> {
    /// Original offset of each line's start.
    pub line_starts: &'s [u32],
    /// Original offset of each insertion, ascending, none twice.
    pub offsets: &'s [u32],
    /// Units inserted by all insertions up to and with this one.
    pub inserted: &'s [u32],
    /// For each function, where its enter probe starts in the instrumented text.
    pub probes: &'s [u32],
    /// For code of ours that stands for code elsewhere: its offset in the instrumented text, and in
    /// the original that of what it stands for.
    pub places: &'s [(u32, u32)],
}

/// The insertions of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Splices {
    /// Original offset of each line's start. Lines are the same in both texts.
    line_starts: Box<[u32]>,
    /// Original offset of each insertion, ascending, none twice.
    offsets: Box<[u32]>,
    /// Units inserted by all insertions up to and with this one.
    inserted: Box<[u32]>,
    first_id: u32,
    /// For each function, where its enter probe (`$bc.e2(12`) starts in the instrumented text.
    probes: Box<[u32]>,
    /// For code of ours that stands for code elsewhere, ascending: its offset in the instrumented
    /// text, and the one that V8 would have said in the original.
    places: Box<[(u32, u32)]>,
}

impl Splices {
    pub(crate) fn new(
        line_starts: Vec<u32>,
        insertions: &[(u32, u32)],
        first_id: u32,
        probes: Vec<u32>,
    ) -> Self {
        let mut offsets: Vec<u32> = Vec::with_capacity(insertions.len());
        let mut inserted: Vec<u32> = Vec::with_capacity(insertions.len());
        let mut total = 0;
        for &(offset, length) in insertions {
            total += length;
            if offsets.last() == Some(&offset) {
                inserted.pop();
            } else {
                offsets.push(offset);
            }
            inserted.push(total);
        }
        Self {
            line_starts: line_starts.into(),
            offsets: offsets.into(),
            inserted: inserted.into(),
            first_id,
            probes: probes.into(),
            places: Box::default(),
        }
    }

    pub(crate) fn with_places(mut self, places: Vec<(u32, u32)>) -> Self {
        self.places = places.into();
        self
    }

    /// Those of the text that has another one before it.
    #[must_use]
    pub fn behind(mut self, head: &str) -> Self {
        if head.is_empty() {
            return self;
        }
        let Positions { line_starts, .. } = Positions::new(head);
        let length = utf16_length(head);
        let behind = |offset: &u32| offset + length;
        // The text's first line goes on where the other's last one ends.
        self.line_starts = line_starts
            .into_iter()
            .chain(self.line_starts.iter().skip(1).map(behind))
            .collect();
        self.offsets = self.offsets.iter().map(behind).collect();
        self.probes = self.probes.iter().map(behind).collect();
        self.places = self
            .places
            .iter()
            .map(|(at, place)| (behind(at), behind(place)))
            .collect();
        self
    }

    /// The tables themselves.
    #[must_use]
    pub fn tables(&self) -> SpliceTables<'_> {
        SpliceTables {
            line_starts: &self.line_starts,
            offsets: &self.offsets,
            inserted: &self.inserted,
            probes: &self.probes,
            places: &self.places,
        }
    }

    /// Line and column in the original (from 1) of a place that V8 says code to be at. A line that the
    /// file does not have is given back as it is.
    #[must_use]
    pub fn original_place(&self, line: u32, column: u32) -> (u32, u32) {
        let Some(offset) = self.offset_at(line, column) else {
            return (line, column);
        };
        let original = self.original_position(offset);
        let line = self.line_starts.partition_point(|&start| start <= original);
        let start = self.line_starts[line.saturating_sub(1)];
        (line as u32, original - start + 1)
    }

    /// Its column alone, told of the same line.
    #[must_use]
    pub fn original_column(&self, line: u32, column: u32) -> u32 {
        self.column_by(line, column, |offset| self.original_position(offset))
    }

    /// The same of a character of the instrumented text: columns never go back.
    #[must_use]
    pub fn original_text_column(&self, line: u32, column: u32) -> u32 {
        self.column_by(line, column, |offset| self.original_offset(offset))
    }

    fn column_by(&self, line: u32, column: u32, map: impl Fn(u32) -> u32) -> u32 {
        match (self.line_start(line), self.offset_at(line, column)) {
            (Some(start), Some(offset)) => map(offset).saturating_sub(start) + 1,
            _ => column,
        }
    }

    fn line_start(&self, line: u32) -> Option<u32> {
        let index = (line as usize).checked_sub(1)?;
        self.line_starts.get(index).copied()
    }

    /// Offset in the instrumented text of a line and column of it; `None` for a line that the file
    /// does not have.
    #[must_use]
    pub fn offset_at(&self, line: u32, column: u32) -> Option<u32> {
        let start = self.line_start(line)?;
        // What is inserted at a line's very start belongs to this line, not to the one above.
        let above = self.offsets.partition_point(|&offset| offset < start);
        Some(start + self.inserted_before(above) + column.saturating_sub(1))
    }

    /// Offset in the original of a place that V8 says code to be at.
    #[must_use]
    pub fn original_position(&self, instrumented_offset: u32) -> u32 {
        let places = &self.places;
        match places.binary_search_by_key(&instrumented_offset, |&(at, _)| at) {
            Ok(index) => places[index].1,
            Err(_) => self.original_offset(instrumented_offset),
        }
    }

    /// Offset in the original of an offset in the instrumented text; within an insertion, the
    /// offset that it was made at.
    #[must_use]
    pub fn original_offset(&self, instrumented_offset: u32) -> u32 {
        let index = self.insertion_at_or_before(instrumented_offset);
        let Some(index) = index else {
            return instrumented_offset;
        };
        let behind = self.offsets[index] + self.inserted[index];
        if instrumented_offset <= behind {
            return self.offsets[index];
        }
        instrumented_offset - self.inserted[index]
    }

    /// Offset in the instrumented text of the character at this offset of the original.
    #[must_use]
    pub fn instrumented_offset(&self, original_offset: u32) -> u32 {
        let count = self
            .offsets
            .partition_point(|&offset| offset <= original_offset);
        original_offset + self.inserted_before(count)
    }

    /// Where the enter probe of the function with this id starts in the instrumented text;
    /// `None` if it is not a function of this file.
    #[must_use]
    pub fn function_probe_offset(&self, id: u32) -> Option<u32> {
        let index = id.checked_sub(self.first_id)?;
        self.probes.get(index as usize).copied()
    }

    /// The original of a text that `Function.prototype.toString` gave for a function or class of
    /// this file: the same text without what was inserted. `None` if no probe in it is of this
    /// file or the text is not the one that was instrumented.
    #[must_use]
    pub fn unsplice(&self, text: &str) -> Option<String> {
        let (probe_in_text, id) = first_probe(text)?;
        let probe_in_text = utf16_length(&text[..probe_in_text]);
        let start = self.function_probe_offset(id)?.checked_sub(probe_in_text)?;
        let first = match self.insertion_at_or_before(start) {
            // One that ends at or before the start is no part of the text.
            Some(index) if self.offsets[index] + self.inserted[index] <= start => index + 1,
            Some(index) => index,
            None => 0,
        };
        let mut original = String::with_capacity(text.len());
        let mut rest = text;
        let mut at = start;
        for index in first..self.offsets.len() {
            let insertion_start = self.offsets[index] + self.inserted_before(index);
            let insertion_end = self.offsets[index] + self.inserted[index];
            let Some((kept, behind)) = split_utf16(rest, insertion_start.saturating_sub(at)) else {
                break;
            };
            original.push_str(kept);
            at = at.max(insertion_start);
            match split_utf16(behind, insertion_end - at) {
                Some((_, behind)) => rest = behind,
                None => rest = "",
            }
            at = insertion_end;
            if rest.is_empty() {
                break;
            }
        }
        original.push_str(rest);
        // Probes are the only text with `$bc`: if one is left the text was not ours to take apart.
        (!original.contains(crate::MARK)).then_some(original)
    }

    fn insertion_at_or_before(&self, instrumented_offset: u32) -> Option<usize> {
        let (mut low, mut high) = (0, self.offsets.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.offsets[middle] + self.inserted_before(middle) <= instrumented_offset {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.checked_sub(1)
    }

    fn inserted_before(&self, index: usize) -> u32 {
        index.checked_sub(1).map_or(0, |last| self.inserted[last])
    }
}

/// Byte offset and function id of the first enter probe in a text.
#[must_use]
pub fn first_probe(text: &str) -> Option<(usize, u32)> {
    let mut from = 0;
    while let Some(found) = text[from..].find(crate::MARK) {
        let at = from + found;
        let rest = &text.as_bytes()[at + crate::MARK.len()..];
        if let [b'.', b'e' | b'g', b'0'..=b'8', b'(', digits @ ..] = rest {
            let end = digits.iter().position(|b| !b.is_ascii_digit())?;
            let digits = std::str::from_utf8(&digits[..end]).ok()?;
            return Some((at, digits.parse().ok()?));
        }
        from = at + crate::MARK.len();
    }
    None
}

/// Splits behind so many UTF-16 units; `None` if the text is shorter.
fn split_utf16(text: &str, units: u32) -> Option<(&str, &str)> {
    if units == 0 {
        return Some(("", text));
    }
    let mut left = units;
    for (at, c) in text.char_indices() {
        if left == 0 {
            return Some(text.split_at(at));
        }
        left = left.checked_sub(c.len_utf16() as u32)?;
    }
    (left == 0).then_some((text, ""))
}
