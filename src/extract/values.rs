//! How readers of segments hand out values. In: stretches of the document, by bytes behind the start of the batch. Out: a
//! [`Batch`] of values and pieces of text. Refuses what is empty or only says that nothing stands there (`""`).

use crate::extract::named::{Batch, PIECE, Places, Value};

/// Where values go, and on which record they stand.
pub(super) struct Values<'a> {
    pub(super) places: &'a mut Places,
    pub(super) batch: &'a mut Batch,
    pub(super) record: u64,
}

impl Values<'_> {
    /// A value as it stands in the document, without the blanks around it.
    #[inline]
    pub(super) fn plain(&mut self, place: u32, bytes: &[u8], base: u32) {
        let (start, bytes) = trimmed(bytes);
        if bytes.is_empty() || bytes == b"\"\"" {
            return;
        }
        let start = base + start as u32;
        let end = start + bytes.len() as u32;
        self.batch.values.push(Value { place, record: self.record, start, end, decoded: (0, 0) });
    }

    /// A value that means something else than what stands there; `resolve` appends what it means.
    pub(super) fn decoded(&mut self, place: u32, bytes: &[u8], base: u32, resolve: impl FnOnce(&mut Vec<u8>)) {
        let from = self.batch.decoded.len();
        resolve(&mut self.batch.decoded);
        let (skipped, meant) = trimmed(&self.batch.decoded[from..]);
        if meant.is_empty() || meant == b"\"\"" {
            self.batch.decoded.truncate(from);
            return;
        }
        let decoded = ((from + skipped) as u32, (from + skipped + meant.len()) as u32);
        let (start, end) = (base, base + bytes.len() as u32);
        self.batch.values.push(Value { place, record: self.record, start, end, decoded });
    }

    /// All that stands between two places, a [`PIECE`] at most.
    pub(super) fn span(&mut self, place: u32, start: u32, end: u32) {
        self.batch.values.push(Value { place, record: self.record, start, end, decoded: (0, 0) });
    }

    /// Something that means `text`, which stands between two places.
    pub(super) fn meaning(&mut self, place: u32, text: &[u8], start: u32, end: u32) {
        let text = text.trim_ascii();
        if text.is_empty() {
            return;
        }
        let from = self.batch.decoded.len() as u32;
        self.batch.decoded.extend_from_slice(text);
        let decoded = (from, self.batch.decoded.len() as u32);
        self.batch.values.push(Value { place, record: self.record, start, end, decoded });
    }

    /// Text as it stands there, in pieces where it is long. What follows on a text of the same place, with nothing but a
    /// line end between, is one with it: words speak about what stands on the next line.
    pub(super) fn text(&mut self, place: u32, bytes: &[u8], base: u32) {
        let (skipped, bytes) = trimmed(bytes);
        let mut start = base + skipped as u32;
        if let Some(last) = self.batch.values.last_mut() {
            let joins = last.place == place
                && last.decoded == (0, 0)
                && last.record == self.record
                && start.saturating_sub(last.end) <= 2
                && start >= last.end
                && (start - last.start) as usize + bytes.len() <= PIECE;
            if joins && !bytes.is_empty() {
                last.end = start + bytes.len() as u32;
                return;
            }
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            let length = if rest.len() > PIECE { whole_characters(&rest[..PIECE]) } else { rest.len() };
            let end = start + length as u32;
            self.batch.values.push(Value { place, record: self.record, start, end, decoded: (0, 0) });
            start = end;
            rest = &rest[length..];
        }
    }
}

/// The bytes without blanks at both ends, and how many were before them.
fn trimmed(bytes: &[u8]) -> (usize, &[u8]) {
    let behind = bytes.trim_ascii_start();
    (bytes.len() - behind.len(), behind.trim_ascii_end())
}

/// How many of these bytes are whole characters of UTF-8; all of them where they are something else.
pub(super) fn whole_characters(bytes: &[u8]) -> usize {
    let last = bytes.iter().rev().take(4).position(|b| b & 0xC0 != 0x80).map(|back| bytes.len() - 1 - back);
    match last {
        Some(at) if at > 0 && str::from_utf8(&bytes[at..]).is_err_and(|error| error.error_len().is_none()) => at,
        _ => bytes.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_not_cut() {
        assert_eq!(whole_characters("abé".as_bytes()), 4);
        assert_eq!(whole_characters(&"abé".as_bytes()[..3]), 2);
        assert_eq!(whole_characters(b"ab\xff"), 3, "another character set");
        assert_eq!(whole_characters(&[0x80; 9]), 9);
        assert_eq!(whole_characters(b""), 0);
        assert_eq!(whole_characters(b"\xc3"), 1, "something is always taken");
    }

    #[test]
    fn long_text_is_given_in_pieces_and_lines_are_joined() {
        let (mut places, mut batch) = (Places::default(), Batch::default());
        let mut out = Values { places: &mut places, batch: &mut batch, record: 1 };
        out.text(0, b"born on", 0);
        out.text(0, b"1970-01-02", 9);
        out.text(0, &vec![b'x'; PIECE * 2 + 1], 40);
        out.plain(0, b"  \"\" ", 7);
        let spans: Vec<(u32, u32)> = batch.values.iter().map(|v| (v.start, v.end)).collect();
        let piece = PIECE as u32;
        assert_eq!(spans, [(0, 19), (40, 40 + piece), (40 + piece, 40 + 2 * piece), (40 + 2 * piece, 41 + 2 * piece)]);
    }
}
