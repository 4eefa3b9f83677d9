//! Rows as the parts of a document carry them. In: fields. Out: bytes that [`DELIMITER`], quotes and line ends delimit, which
//! `extract` reads like any table whose dialect is known.

use super::Parts;
use crate::decode::budget::Halt;

/// Between fields: the ASCII unit separator, which hardly any text holds, so that fields seldom need quotes.
pub const DELIMITER: u8 = 0x1f;

/// Bytes that are held before they are handed on, and lost where the reader dies.
const HELD: usize = 8 << 10;

/// Writes rows into a part that was begun.
pub struct Rows<'a> {
    parts: &'a mut dyn Parts,
    bytes: Vec<u8>,
    /// Fields written of the row.
    fields: usize,
}

/// Says nothing of what it holds.
impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("fields", &self.fields).finish_non_exhaustive()
    }
}

impl<'a> Rows<'a> {
    /// Rows of the part that `parts` was told of.
    pub fn new(parts: &'a mut dyn Parts) -> Rows<'a> {
        Rows { parts, bytes: Vec::new(), fields: 0 }
    }

    /// What the rows go to, to tell it of work.
    pub fn parts(&mut self) -> &mut dyn Parts {
        self.parts
    }

    /// One field more of the row.
    pub fn field(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// One field more, of text that is known to be UTF-8.
    pub(super) fn bytes(&mut self, text: &[u8]) {
        if self.fields > 0 {
            self.bytes.push(DELIMITER);
        }
        self.fields += 1;
        if text.iter().any(|b| matches!(*b, DELIMITER | b'"' | b'\n' | b'\r')) {
            self.bytes.push(b'"');
            for b in text {
                if *b == b'"' {
                    self.bytes.push(b'"');
                }
                self.bytes.push(*b);
            }
            self.bytes.push(b'"');
        } else {
            self.bytes.extend_from_slice(text);
        }
    }

    /// Ends the row. A row without fields is a blank line, which counts as a line and not as a record.
    ///
    /// # Errors
    /// Where no more is wanted.
    pub fn end(&mut self) -> Result<(), Halt> {
        self.bytes.push(b'\n');
        self.fields = 0;
        if self.bytes.len() >= HELD { self.flush() } else { Ok(()) }
    }

    /// Hands on what is held; to be called behind the last row.
    ///
    /// # Errors
    /// Where no more is wanted.
    pub fn flush(&mut self) -> Result<(), Halt> {
        let done = self.parts.write(&self.bytes);
        self.bytes.clear();
        done
    }
}
