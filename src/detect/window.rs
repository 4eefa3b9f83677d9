//! The clusters of a window. In: where they begin, the planes, the text. Out: candidates in order, and the few clusters
//! that need a closer look. It refuses clusters longer than any form.
//!
//! Where many clusters are shapes this loop is most of the time, so it has no branch that data make hard to predict and
//! no bounds to check: what it finds is written and then counted or not.

use super::Candidate;
use super::anchors::{Anchors, ahead};
use super::bitmap::{FRESH, Planes};
use super::cluster::{LONGEST, TRAITS, Table, key, trait_of};

/// Clusters a window may have, and three more that flattening may write: one cannot follow right behind another.
pub(super) const PLACES: usize = FRESH * 64 / 2 + 4;
/// Bytes of text before the first slot that is searched.
pub(super) const BEFORE: usize = 64;
/// Bytes of text that the clusters of a window may be judged by.
pub(super) const VIEW: usize = BEFORE + FRESH * 64 + 64;

/// A window whose clusters are to be judged.
pub(super) struct Window<'a> {
    pub(super) table: &'a Table,
    pub(super) planes: &'a Planes,
    pub(super) found: &'a Anchors,
    /// The text, from [`BEFORE`] bytes before slot 1 on; zeros where there is none.
    pub(super) view: &'a [u8; VIEW],
    /// Where slot 1 begins in all the text.
    pub(super) start: usize,
    /// Where clusters begin, counted from slot 1.
    pub(super) places: &'a [u16],
}

/// A cluster for a closer look: where it begins, counted from slot 1, and which list of shapes to try.
#[derive(Clone, Copy, Default)]
pub(super) struct Closer {
    pub(super) at: u16,
    pub(super) list: u16,
}

impl Window<'_> {
    /// Writes candidates to `out` and clusters for a closer look to `closer`, which both have room for all; how many of
    /// each.
    #[inline(always)]
    pub(super) fn judge(&self, out: &mut [Candidate], closer: &mut [Closer; PLACES]) -> (usize, usize) {
        let (mut count, mut closer_count) = (0, 0);
        for place in self.places {
            let at = usize::from(*place) % (FRESH * 64);
            let length = (!ahead(&self.found.joined, at)).trailing_zeros();
            if length as usize > LONGEST {
                continue;
            }
            let whole = !(u64::MAX << length);
            let digits = ahead(&self.planes.digit, at) & whole;
            let marks = ahead(&self.found.marks, at) & whole;
            let trait_at = |from: usize| TRAITS[usize::from(self.view[at + from])];
            // Without a mark both are the first byte, which is a digit and so of no kind.
            let first = trait_at(BEFORE + marks.trailing_zeros() as usize % 32);
            let last = trait_at(BEFORE + (marks | 1).ilog2() as usize % 32);
            let key = key(digits, marks, length, first, last);
            let entry = self.table.get(key);
            let beside =
                (trait_at(BEFORE - 1) & trait_of::LEFT) | (trait_at(BEFORE + length as usize % 32) & trait_of::RIGHT);
            let known = entry.key == key;
            let look = (beside | entry.closer) != 0;
            let start = (self.start.wrapping_add(at)) as u32;
            out[count] = Candidate { start, end: start.wrapping_add(length), shape: entry.shape };
            count += usize::from(known & !look);
            closer[closer_count] = Closer { at: at as u16, list: entry.list };
            closer_count += usize::from(known & look);
        }
        (count, closer_count)
    }
}
