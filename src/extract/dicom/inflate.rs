//! The deflated transfer syntax (DICOM PS3.5 A.5). In: a window at the start of a raw deflate stream. Out: what it holds, a
//! little at a time. Refuses broken streams, and to go on for ever.

use std::fmt;

use flate2::{Decompress, FlushDecompress, Status};

use crate::extract::named::{Broken, Window};
use crate::gap::Reason;

/// Bytes that are inflated at a time.
const STEP: usize = 64 << 10;
/// A stream that holds more is not read further.
const MOST: u64 = 4 << 30;

/// A stream being inflated.
pub(super) struct Inflate {
    stream: Decompress,
    bytes: Vec<u8>,
    at: usize,
    base: u64,
    ended: bool,
    /// Where in the batch its values are said to stand: where the stream starts, or the batch.
    pub(super) anchor: usize,
}

impl fmt::Debug for Inflate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflate").field("base", &self.base).field("at", &self.at).finish_non_exhaustive()
    }
}

impl Inflate {
    /// At the start of a stream, `anchor` bytes behind the start of the batch.
    pub(super) fn new(anchor: usize) -> Inflate {
        Inflate { stream: Decompress::new(false), bytes: Vec::new(), at: 0, base: 0, ended: false, anchor }
    }

    /// What was inflated and not yet consumed.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    /// Where the rest starts in what is inflated.
    pub(super) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// Whether nothing follows the rest.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.at += count;
    }

    /// Inflates on behind the rest, from the bytes of the document.
    pub(super) fn more(&mut self, window: &mut Window<'_>) -> Result<(), Broken> {
        self.base += self.at as u64;
        self.bytes.drain(..self.at);
        self.at = 0;
        if self.stream.total_out() > MOST {
            return Err(Broken { reason: Reason::Limit, detail: "inflates to more than 4 GiB" });
        }
        if window.rest().is_empty() && !window.more() {
            self.ended = true;
            return Err(Broken { reason: Reason::Malformed, detail: "the deflated data set breaks off" });
        }
        let (before, start) = (self.stream.total_in(), self.bytes.len());
        self.bytes.reserve(STEP);
        let status = self.stream.decompress_vec(window.rest(), &mut self.bytes, FlushDecompress::None);
        let taken = (self.stream.total_in() - before) as usize;
        window.consume(taken);
        match status {
            Ok(Status::StreamEnd) => self.ended = true,
            Ok(_) if taken > 0 || self.bytes.len() > start => {}
            Ok(_) | Err(_) => {
                return Err(Broken { reason: Reason::Malformed, detail: "the deflated data set is broken" });
            }
        }
        Ok(())
    }
}
