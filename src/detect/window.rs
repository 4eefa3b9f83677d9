//! The clusters of a window. In: where they begin, the planes, the text. Out: candidates in order, and the few clusters
//! that need a closer look. It refuses clusters longer than any form.
//!
//! Where many clusters are shapes this loop is most of the time, so it has no branch that data make hard to predict and
//! no bounds to check: what it finds is written and then counted or not.

use super::Candidate;
use super::anchors::{Anchors, ahead};
use super::bitmap::{FRESH, Kernel, Planes};
use super::cluster::{LONGEST, TRAITS, Table, key, trait_of};
use super::frequent::Frequent;

/// Clusters a window may have – one cannot follow right behind another – and what flattening may write behind the last.
pub(super) const PLACES: usize = FRESH * 64 / 2 + 64;
/// Bytes of text before the first slot that is searched.
pub(super) const BEFORE: usize = 64;
/// Bytes of text that the clusters of a window may be judged by.
pub(super) const VIEW: usize = BEFORE + FRESH * 64 + 64;

/// A window whose clusters are to be judged.
pub(super) struct Window<'a> {
    pub(super) table: &'a Table,
    /// The forms that clusters mostly have, where that is known.
    pub(super) frequent: Option<&'a Frequent>,
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
    pub(super) fn judge<K: Kernel>(
        &self,
        kernel: K,
        out: &mut [Candidate; PLACES],
        closer: &mut [Closer; PLACES],
    ) -> (usize, usize) {
        let mut written = Written { out, count: 0, closer, closer_count: 0 };
        let Some(frequent) = self.frequent else {
            self.places.iter().for_each(|place| self.one(usize::from(*place), &mut written));
            return (written.count, written.closer_count);
        };
        let numbers = frequent.numbers(self.planes, self.found);
        let mut of_places = [0u8; PLACES];
        kernel.numbers(&self.found.cluster, &numbers, self.places, &mut of_places);
        for (place, number) in self.places.iter().zip(of_places) {
            let at = usize::from(*place) % (FRESH * 64);
            let gives = frequent.gives(usize::from(number));
            let length = u32::from(gives.length);
            if (self.beside(at, length) | gives.unknown) != 0 {
                self.one(at, &mut written);
                continue;
            }
            let start = (self.start.wrapping_add(at)) as u32;
            let end = start.wrapping_add(length);
            written.out[written.count] = Candidate { start, end, shape: gives.shape };
            written.count += usize::from(gives.counts);
        }
        (written.count, written.closer_count)
    }

    /// Judges one cluster.
    #[inline(always)]
    fn one(&self, at: usize, written: &mut Written<'_>) {
        let Some((key, length)) = self.form(at) else { return };
        let at = at % (FRESH * 64);
        let entry = self.table.get(key);
        let known = entry.key == key;
        let look = (self.beside(at, length) | entry.closer) != 0;
        let start = (self.start.wrapping_add(at)) as u32;
        written.out[written.count] = Candidate { start, end: start.wrapping_add(length), shape: entry.shape };
        written.count += usize::from(known & !look);
        written.closer[written.closer_count] = Closer { at: at as u16, list: entry.list };
        written.closer_count += usize::from(known & look);
    }

    /// The key of the cluster at `at`, and its length.
    #[inline(always)]
    fn form(&self, at: usize) -> Option<(u64, u32)> {
        let at = at % (FRESH * 64);
        let length = (!ahead(&self.found.joined, at)).trailing_zeros();
        if length as usize > LONGEST {
            return None;
        }
        let whole = !(u64::MAX << length);
        let digits = ahead(&self.planes.digit, at) & whole;
        let marks = ahead(&self.found.marks, at) & whole;
        // Without a mark both are the first byte, which is a digit and so of no kind.
        let first = self.traits(at + BEFORE + marks.trailing_zeros() as usize % 32);
        let last = self.traits(at + BEFORE + (marks | 1).ilog2() as usize % 32);
        Some((key(digits, marks, length, first, last), length))
    }

    /// The key of the cluster at `at`; none where it is too long.
    pub(super) fn key(&self, at: usize) -> Option<u64> {
        self.form(at).map(|(key, _)| key)
    }

    /// Not zero where the bytes beside a cluster call for a closer look.
    #[inline(always)]
    fn beside(&self, at: usize, length: u32) -> u8 {
        let (left, right) = (self.traits(at + BEFORE - 1), self.traits(at + BEFORE + length as usize % 32));
        (left & trait_of::LEFT) | (right & trait_of::RIGHT)
    }

    #[inline(always)]
    fn traits(&self, at: usize) -> u8 {
        TRAITS[usize::from(self.view[at])]
    }
}

/// What was found so far.
struct Written<'a> {
    out: &'a mut [Candidate; PLACES],
    count: usize,
    closer: &'a mut [Closer; PLACES],
    closer_count: usize,
}
