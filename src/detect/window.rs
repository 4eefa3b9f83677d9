//! The clusters of a window. In: where they begin, their bitmaps, the text. Out: candidates in order, and the few clusters
//! that need a closer look. It refuses clusters longer than any form.
//!
//! Where many clusters are shapes this loop is most of the time, so it has no branch that data make hard to predict and
//! no bounds to check: what it finds is written and then counted or not.

use super::Candidate;
use super::anchors::Anchors;
use super::bitmap::{FRESH, Kernel};
use super::cluster::{BESIDE, Table, beside as trait_of};
use super::form::Code;

/// Clusters a window may have – one cannot follow right behind another – and what flattening may write behind the last.
pub(super) const PLACES: usize = FRESH * 64 / 2 + 64;
/// Closer looks of a window: a cluster may call for three.
pub(super) const CLOSER: usize = 3 * PLACES;
/// Bytes of text before the first slot that is searched.
pub(super) const BEFORE: usize = 64;
/// Bytes of text that the clusters of a window may be judged by.
pub(super) const VIEW: usize = BEFORE + FRESH * 64 + 64;

/// A window whose clusters are to be judged.
pub(super) struct Window<'a> {
    pub(super) table: &'a Table,
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

/// Added to a list where what stands beside the cluster is odd.
pub(super) const ODD: u16 = 1 << 15;

/// The list of the shapes that may end inside of their cluster.
pub(super) const OPEN: u16 = 0;

impl Window<'_> {
    /// Writes candidates to `out` and clusters for a closer look to `closer`, which both have room for all; how many of
    /// each.
    #[inline(always)]
    pub(super) fn judge<K: Kernel>(
        &self,
        kernel: K,
        out: &mut [Candidate; PLACES],
        closer: &mut [Closer; CLOSER],
    ) -> (usize, usize) {
        let Window { table, found, view, start: window, .. } = *self;
        let beside = |at: usize| BESIDE[usize::from(view[at])];
        let mut count = 0;
        let mut closer = Closers { closer, count: 0 };
        for place in self.places {
            let at = usize::from(*place) % (FRESH * 64);
            let ones = kernel.ahead(&found.ones, at);
            let twos = kernel.ahead(&found.twos, at);
            let fours = kernel.ahead(&found.fours, at);
            // No form is as long as these words: of longer clusters it does not matter how long they are.
            let length = (!(ones | twos | fours)).trailing_zeros() & 63;
            let whole = (1u64 << length) - 1;
            let code = Code { ones: (ones & whole) as u32, twos: (twos & whole) as u32, fours: (fours & whole) as u32 };
            let (slot, entry, known) = table.get(code);
            let (left, right) = (beside(at + BEFORE - 1), beside(at + BEFORE + length as usize));
            let odd = (left & trait_of::ODD_LEFT) | (right & trait_of::ODD_RIGHT);
            let start = (window as u32).wrapping_add(at as u32);
            out[count] = Candidate { start, end: start.wrapping_add(length), shape: entry.shape() };
            count += usize::from(known & (odd == 0)) & entry.exact();
            if known & ((odd != 0) | entry.looks()) {
                let look = table.look(slot);
                let worth = (left & look.left != 0) & (right & look.right != 0);
                let list = look.list | if odd != 0 { ODD } else { 0 };
                closer.push(at, list, worth | (odd != 0));
            }
            // Dots, or a length at which letters and digits may not matter.
            if table.loose(code, length) {
                self.loosely(at, code, length, &mut closer);
            }
        }
        (count, closer.count)
    }

    /// Looks for shapes that are not told by the form of the cluster they begin.
    #[inline(never)]
    fn loosely(&self, at: usize, code: Code, length: u32, closer: &mut Closers<'_>) {
        let table = self.table;
        let blurred = code.blurred();
        let opens = |begins: &Code| {
            let length = begins.length() as u32;
            code.first(length) == *begins || blurred.first(length) == *begins
        };
        closer.push(at, OPEN, code.has_dots() && table.open.iter().any(opens));
        if table.blurs(length) {
            let (slot, _, known) = table.get(blurred);
            closer.push(at, table.look(slot).list, known);
        }
    }
}

/// What calls for a closer look so far.
struct Closers<'a> {
    closer: &'a mut [Closer; CLOSER],
    count: usize,
}

impl Closers<'_> {
    #[inline(always)]
    fn push(&mut self, at: usize, list: u16, counts: bool) {
        self.closer[self.count] = Closer { at: at as u16, list };
        self.count += usize::from(counts);
    }
}
