//! Goes through a document thing by thing. In: a [`Window`]. Out: a view of the same size before each step, however the
//! source gives its bytes, so that what a reader makes of a document cannot depend on how it is cut.
//!
//! A step sees [`LOOK`] bytes, or all that are left where these are fewer. What it cannot see the end of, it gives in parts.

use super::named::{Batch, Broken, PIECE, Places, Progress, Window};
use super::values::{Values, whole_characters};

/// Bytes that a step sees.
pub(super) const LOOK: usize = PIECE + 4096;

/// What reads a document so.
pub(super) trait Steps {
    /// Reads one thing at the start of `look`, which stands `base` bytes behind the start of the batch: how many bytes of it
    /// are done with, one at least.
    ///
    /// # Errors
    /// Where the structure breaks.
    fn step(&mut self, look: &[u8], base: u32, out: &mut Values<'_>) -> Result<usize, Broken>;

    /// What was held back is given out: the batch ends here, or the document.
    fn pause(&mut self, _out: &mut Values<'_>) {}

    /// Whether what is held back should not be torn from what comes next. Must not hold for long.
    fn holds_on(&self) -> bool {
        false
    }

    /// The document has ended.
    ///
    /// # Errors
    /// Something in it was not.
    fn end(&mut self) -> Result<(), Broken> {
        Ok(())
    }
}

/// Whether a step sees to the end of the document.
pub(super) fn is_last(look: &[u8]) -> bool {
    look.len() < LOOK
}

/// Reads a batch.
pub(super) fn stride(
    reader: &mut impl Steps,
    window: &mut Window<'_>,
    places: &mut Places,
    batch: &mut Batch,
) -> Result<Progress, Broken> {
    let mut out = Values { places, batch, record: 1 };
    loop {
        while window.rest().len() < LOOK && window.more() {}
        if window.rest().is_empty() {
            reader.pause(&mut out);
            return reader.end().map(|()| Progress::End);
        }
        if window.is_full() && !reader.holds_on() {
            reader.pause(&mut out);
            return Ok(Progress::More);
        }
        let look = &window.rest()[..window.rest().len().min(LOOK)];
        match reader.step(look, window.at() as u32, &mut out) {
            Ok(done) => {
                debug_assert!(done > 0 && done <= look.len());
                let done = done.clamp(1, look.len());
                window.consume(done);
            }
            Err(broken) => {
                reader.pause(&mut out);
                return Err(broken);
            }
        }
    }
}

/// How many bytes a line has that starts here, with its end; `None` where it is longer than a piece.
pub(super) fn line(look: &[u8]) -> Option<usize> {
    let seen = &look[..look.len().min(PIECE)];
    match memchr::memchr2(b'\n', b'\r', seen) {
        Some(at) if seen[at] == b'\r' && look.get(at + 1) == Some(&b'\n') => Some(at + 2),
        Some(at) => Some(at + 1),
        None if is_last(look) && look.len() <= PIECE => Some(look.len()),
        None => None,
    }
}

/// The bytes of the next line, or of a part of it, and whether it is a line that is seen whole. `long` remembers that a line goes
/// on that is longer than a piece.
pub(super) fn next_line(look: &[u8], long: &mut bool) -> (usize, bool) {
    match line(look) {
        Some(length) => (length, !std::mem::take(long)),
        None => {
            *long = true;
            (piece(look), false)
        }
    }
}

/// How many bytes of something without an end in sight are taken together: a piece, and whole characters.
pub(super) fn piece(look: &[u8]) -> usize {
    if look.len() > PIECE { whole_characters(&look[..PIECE]) } else { look.len() }
}

/// Text that is given together: lines that follow each other speak about each other.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Run(Option<(u32, u32)>);

impl Run {
    /// Adds bytes that stand behind those before.
    pub(super) fn add(&mut self, bytes: &[u8], base: u32, place: u32, out: &mut Values<'_>) {
        if bytes.is_empty() {
            return;
        }
        let end = base + bytes.len() as u32;
        match self.0 {
            Some((start, last)) if last == base && (end - start) as usize <= PIECE => self.0 = Some((start, end)),
            _ => {
                self.give(place, out);
                self.0 = Some((base, end));
            }
        }
    }

    /// Gives out what was added.
    pub(super) fn give(&mut self, place: u32, out: &mut Values<'_>) {
        if let Some((start, end)) = self.0.take() {
            out.span(place, start, end);
        }
    }
}
