//! What of a chunk must be searched for forms. In: stretches of its bytes. Out: the candidates in them, placed in the chunk.
//! One search does for many stretches, which is why they are put together.

use crate::detect::Candidate;
use crate::engine::Engine;

/// The stretches of a chunk in which forms must be looked for: all but the fields whose name says what they hold, put
/// together so that one search does for many of them.
#[derive(Debug, Default)]
pub(super) struct Rest {
    bytes: Vec<u8>,
    /// Where each stretch starts here and in the chunk.
    stretches: Vec<(u32, u32)>,
    /// Where the last stretch ends in the chunk.
    end: usize,
}

impl Rest {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.stretches.clear();
    }

    /// Adds a field, with the delimiter before it where it follows the last one.
    #[inline]
    pub(super) fn add(&mut self, chunk: &[u8], open: usize, end: usize) {
        if !self.stretches.is_empty() && open >= self.end && open - self.end <= 2 {
            self.bytes.extend_from_slice(&chunk[self.end..end]);
        } else {
            // A line end is a boundary to every form, as the delimiters are.
            self.bytes.push(b'\n');
            self.stretches.push((self.bytes.len() as u32, open as u32));
            self.bytes.extend_from_slice(&chunk[open..end]);
        }
        self.end = end;
    }

    /// The candidates in it, placed in the chunk.
    pub(super) fn search(&self, engine: &Engine, candidates: &mut Vec<Candidate>) {
        candidates.clear();
        engine.plan().find(&self.bytes, candidates);
        let mut stretches = self.stretches.iter();
        let Some(&(mut here, mut there)) = stretches.next() else { return };
        let mut next = stretches.next();
        for candidate in candidates {
            while let Some(&(start, open)) = next.filter(|(start, _)| *start <= candidate.start) {
                (here, there) = (start, open);
                next = stretches.next();
            }
            candidate.start = candidate.start.wrapping_sub(here).wrapping_add(there);
            candidate.end = candidate.end.wrapping_sub(here).wrapping_add(there);
        }
    }
}
