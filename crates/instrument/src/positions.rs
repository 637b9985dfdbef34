//! UTF-8 offsets as the parser counts them, to UTF-16 offsets, lines and columns as V8 does.
//!
//! In `"é";f` the `f` is at byte 5, UTF-16 offset 4, line 1, column 5.

/// Bytes between two known offsets: a look-up counts at most this many.
const STEP: usize = 64;

/// The positions of one text.
pub(crate) struct Positions<'s> {
    source: &'s str,
    /// UTF-16 offset of each `STEP`th byte; empty if all is ASCII.
    steps: Vec<u32>,
    /// UTF-16 offset of each line's start.
    pub line_starts: Vec<u32>,
}

impl<'s> Positions<'s> {
    pub fn new(source: &'s str) -> Self {
        let mut positions = Self {
            source,
            steps: Vec::new(),
            line_starts: vec![0],
        };
        if source.is_ascii() {
            positions.find_lines_in_ascii();
        } else {
            positions.find_steps_and_lines();
        }
        positions
    }

    fn find_lines_in_ascii(&mut self) {
        let bytes = self.source.as_bytes();
        for (at, &byte) in bytes.iter().enumerate() {
            // The first comparison alone rejects almost every byte.
            if byte <= b'\r'
                && (byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')))
            {
                self.line_starts.push(at as u32 + 1);
            }
        }
    }

    fn find_steps_and_lines(&mut self) {
        let mut units = 0;
        let mut next_step = 0;
        let mut chars = self.source.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            // A step in the middle of a character gets the offset of the next character, and a
            // look-up starts at character boundaries only.
            while next_step < at + c.len_utf8() {
                let inside = next_step > at;
                self.steps
                    .push(units + if inside { c.len_utf16() as u32 } else { 0 });
                next_step += STEP;
            }
            units += c.len_utf16() as u32;
            let ends_line = match c {
                '\n' | '\u{2028}' | '\u{2029}' => true,
                '\r' => chars.peek().is_none_or(|&(_, next)| next != '\n'),
                _ => false,
            };
            if ends_line {
                self.line_starts.push(units);
            }
        }
    }

    /// UTF-16 offset of the character at this byte.
    pub fn utf16(&self, byte: u32) -> u32 {
        if self.steps.is_empty() {
            return byte;
        }
        let byte = byte as usize;
        let step = (byte / STEP).min(self.steps.len() - 1);
        let mut from = step * STEP;
        while !self.source.is_char_boundary(from) {
            from += 1;
        }
        if from > byte {
            // The step is inside of the character that starts at `byte`'s end; count back.
            return self.steps[step] - utf16_length(&self.source[byte..from]);
        }
        self.steps[step] + utf16_length(&self.source[from..byte])
    }

    /// Line and column, both from 1, of a UTF-16 offset.
    pub fn line_and_column(&self, offset: u32) -> (u32, u32) {
        let line = self.line_starts.partition_point(|&start| start <= offset);
        (line as u32, offset - self.line_starts[line - 1] + 1)
    }
}

/// Length in UTF-16 units.
pub(crate) fn utf16_length(text: &str) -> u32 {
    if text.is_ascii() {
        return text.len() as u32;
    }
    text.chars().map(|c| c.len_utf16() as u32).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_boundary_of_a_mixed_text_is_right() {
        let text = "aé𝒳\r\n\u{2028}x\ry€".repeat(40);
        let positions = Positions::new(&text);
        let mut units = 0;
        for (at, c) in text.char_indices() {
            assert_eq!(positions.utf16(at as u32), units, "at byte {at}");
            units += c.len_utf16() as u32;
        }
        assert_eq!(positions.utf16(text.len() as u32), units);
        assert_eq!(positions.line_starts.len(), 1 + 3 * 40);
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        let positions = Positions::new("ab\ncd");
        assert_eq!(positions.line_and_column(0), (1, 1));
        assert_eq!(positions.line_and_column(4), (2, 2));
    }
}
