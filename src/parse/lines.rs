//! Bytes of a text → lines and columns. Made once for a text, so that the place of a complaint costs the same wherever it
//! is: a text may have a hundred thousand complaints, or be one line of eight megabytes.

use std::ops::Range;

/// So many bytes are counted anew for a column; the characters before them are known.
const STRIDE: usize = 1024;

/// Where the lines of a text begin, and how many characters stand before a place.
#[derive(Debug)]
pub(super) struct Lines {
    starts: Vec<usize>,
    /// The characters before every [`STRIDE`] bytes; `None` when the text is ASCII, and bytes are characters.
    characters: Option<Vec<usize>>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(newlines.map(|(position, _)| position + 1)).collect();
        let characters = (!text.is_ascii()).then(|| {
            let mut before = vec![0];
            for stride in text.as_bytes().chunks(STRIDE) {
                before.push(before.last().copied().unwrap_or_default() + count(stride));
            }
            before
        });
        Self { starts, characters }
    }

    /// Line and column of a byte, both from 1; the column counts characters.
    pub(super) fn line_and_column(&self, text: &str, byte: usize) -> (usize, usize) {
        let byte = byte.min(text.len());
        let line = self.starts.partition_point(|start| *start <= byte);
        let column = self.characters_before(text, byte) - self.characters_before(text, self.starts[line - 1]);
        (line, 1 + column)
    }

    /// The bytes of the line that a byte stands in, without what ends it.
    pub(super) fn line_around(&self, text: &str, byte: usize) -> Range<usize> {
        let line = self.starts.partition_point(|start| *start <= byte.min(text.len()));
        let start = self.starts[line - 1];
        let end = self.starts.get(line).map_or(text.len(), |next| next - 1);
        let line = &text[start..end];
        start..start + line.strip_suffix('\r').unwrap_or(line).len()
    }

    fn characters_before(&self, text: &str, byte: usize) -> usize {
        let Some(characters) = &self.characters else { return byte };
        let stride = byte / STRIDE;
        characters[stride] + count(&text.as_bytes()[stride * STRIDE..byte])
    }
}

/// The characters that begin in these bytes.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_that_counting_from_the_beginning_finds() {
        let texts = [
            "",
            "a",
            "a\nb\r\n",
            "é: ü\n\n😀x\n",
            &"é".repeat(STRIDE),
            &"x\ny é\n".repeat(STRIDE),
            &"z".repeat(STRIDE),
        ];
        for text in texts {
            let lines = Lines::of(text);
            for byte in (0..=text.len()).filter(|byte| text.is_char_boundary(*byte)) {
                let before = &text[..byte];
                let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
                let expected = (1 + before.matches('\n').count(), 1 + before[line_start..].chars().count());
                assert_eq!(lines.line_and_column(text, byte), expected);
                let around = lines.line_around(text, byte);
                assert_eq!(around.start, line_start);
                assert_eq!(&text[around], text[line_start..].lines().next().unwrap_or_default());
            }
        }
    }
}
