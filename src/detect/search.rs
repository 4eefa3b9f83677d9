//! The search: windows of text through a kernel, anchors out of the planes, candidates out of the anchors. In: a plan's
//! parts and bytes. Out: candidates, sorted. It refuses nothing.
//!
//! Clusters are the common case and give their candidates in order and without a branch that data could make hard to
//! predict. All else goes aside, a window at a time, and is merged in.

use super::Candidate;
use super::anchors::{self, Anchors, Letters, Wanted};
use super::bitmap::{FIRST_FRESH, FRESH, GROUP, Kernel, Planes, SHORT, SLOTS};
use super::cluster::{BESIDE, List, Table};
use super::lookup::{Anchored, Lookups, Reach};
use super::matcher::Matcher;
use super::merge::{merge, sort};
use super::named::Walk;
use super::shape::Class;
use super::window::{BEFORE, CLOSER, Closer, ODD, PLACES, VIEW, Window};

/// What a plan compiles its shapes into.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) matchers: Vec<Matcher>,
    pub(super) clusters: Table,
    pub(super) lookups: Lookups,
    pub(super) wanted: Wanted,
    /// Needs all planes, not only those of digits.
    pub(super) full: bool,
    pub(super) named: Vec<(super::named::Named, u16)>,
}

/// A search to be done.
#[derive(Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) parts: &'a Parts,
    pub(super) bytes: &'a [u8],
}

/// Room that a search works in. Made once a thread: to empty it would cost more than the search of a short text.
pub(super) struct Scratch {
    planes: Planes,
    found: Anchors,
    places: [u16; PLACES],
    closer: [Closer; CLOSER],
    written: [Candidate; PLACES],
    padded: [u8; VIEW],
}

impl Scratch {
    pub(super) fn new() -> Scratch {
        Scratch {
            planes: Planes::new(),
            found: Anchors::new(),
            places: [0; PLACES],
            closer: [Closer::default(); CLOSER],
            written: [Candidate { start: 0, end: 0, shape: 0 }; PLACES],
            padded: [0; VIEW],
        }
    }
}

/// Appends what there is in `job.bytes`, sorted, to `out`.
#[inline(always)]
pub(super) fn search(kernel: impl Kernel, job: Search<'_>, scratch: &mut Scratch, out: &mut Vec<Candidate>) {
    if job.parts.full {
        windows::<true, _>(kernel, job, scratch, out);
    } else {
        windows::<false, _>(kernel, job, scratch, out);
    }
}

#[inline(always)]
fn windows<const FULL: bool, K: Kernel>(kernel: K, job: Search<'_>, scratch: &mut Scratch, out: &mut Vec<Candidate>) {
    let first = out.len();
    scratch.planes.open();
    scratch.found.open();
    let mut aside = Aside { job, walk: Walk::new(&job.parts.named), found: Vec::new() };
    let mut rest = job.bytes;
    // The offset in the text of the first byte of slot 0, which is before it at first.
    let mut base = 0usize.wrapping_sub(FIRST_FRESH * 64);
    loop {
        let fresh = take_in::<FULL>(kernel, &mut rest, &mut scratch.planes);
        match fresh + FIRST_FRESH <= SHORT {
            true => anchors_of::<SHORT, FULL>(job, scratch),
            false => anchors_of::<FRESH, FULL>(job, scratch),
        }
        let Scratch { planes, found, places, closer, written, padded } = scratch;
        let places_count = kernel.flatten(&found.cluster, places);
        if places_count > 0 {
            let start = base.wrapping_add(BEFORE);
            let view = match job.bytes.get(base..).and_then(|rest| rest.first_chunk()) {
                Some(view) => view,
                None => {
                    pad(job.bytes, base, padded);
                    &*padded
                }
            };
            let table = &job.parts.clusters;
            let window = Window { table, found, view, start, places: &places[..places_count] };
            let (count, closer_count) = kernel.judge(&window, written, closer);
            out.extend_from_slice(&written[..count]);
            for one in &closer[..closer_count] {
                aside.closer(*one, start.wrapping_add(usize::from(one.at)));
            }
            aside.merge_into(out, first, start);
        }
        aside.window::<FULL>(planes, found, base);
        if FULL {
            match fresh + FIRST_FRESH <= SHORT {
                true => aside.searched::<SHORT>(planes, base),
                false => aside.searched::<FRESH>(planes, base),
            }
        }
        aside.merge_into(out, first, base.wrapping_add(BEFORE));
        if fresh < FRESH {
            return;
        }
        base = base.wrapping_add(FRESH * 64);
        for plane in planes.each(FULL) {
            plane[0] = plane[FRESH];
            plane[1] = plane[FRESH + 1];
        }
    }
}

/// Fills the anchors of slots 1 to `N`.
#[inline(always)]
fn anchors_of<const N: usize, const FULL: bool>(job: Search<'_>, scratch: &mut Scratch) {
    let Scratch { planes, found, .. } = scratch;
    anchors::join::<N>(planes, found);
    anchors::digits::<N>(planes, found, job.parts.wanted);
    if job.parts.wanted.opens_with_letters() {
        anchors::letters::<N>(planes, found, job.parts.wanted);
    }
    if FULL {
        anchors::others::<N>(planes, found, job.parts.wanted);
    }
    anchors::codes::<N>(planes, found);
}

/// Copies the text from `base` on to `view`, which is zeros where there is none: before the start and behind the end.
#[cold]
fn pad(bytes: &[u8], base: usize, view: &mut [u8; VIEW]) {
    view.fill(0);
    let before = (base as isize).min(0).unsigned_abs();
    let from = bytes.get(base.wrapping_add(before)..).unwrap_or_default();
    let length = from.len().min(VIEW - before);
    view[before..before + length].copy_from_slice(&from[..length]);
}

/// Classifies the next bytes of `rest` into the planes; the number of slots that were filled. Those behind are zero.
#[inline(always)]
fn take_in<const FULL: bool>(kernel: impl Kernel, rest: &mut &[u8], planes: &mut Planes) -> usize {
    let mut slot = FIRST_FRESH;
    while slot < FIRST_FRESH + FRESH {
        let Some((group, behind)) = rest.split_first_chunk::<GROUP>() else { break };
        kernel.classify::<FULL>(group, planes, slot);
        *rest = behind;
        slot += GROUP / 64;
    }
    if slot < FIRST_FRESH + FRESH {
        if !rest.is_empty() {
            let mut padded = [0; GROUP];
            padded[..rest.len()].copy_from_slice(rest);
            kernel.classify::<FULL>(&padded, planes, slot);
            *rest = &[];
            slot += GROUP / 64;
        }
        for plane in planes.each(FULL) {
            plane[slot..SLOTS].fill(0);
        }
    }
    // A full window leaves its last slot to the next one, which may have nothing but that.
    slot - FIRST_FRESH
}

/// What is not found in order, and how it is found.
struct Aside<'a> {
    job: Search<'a>,
    walk: Walk,
    found: Vec<Candidate>,
}

impl Aside<'_> {
    /// Looks at all anchors of a window that are no clusters.
    #[inline(always)]
    fn window<const FULL: bool>(&mut self, planes: &Planes, found: &Anchors, base: usize) {
        let letters = Letters { plane: &planes.letter, start: base.wrapping_add(BEFORE) };
        let (eights, _) = found.aside[1..].as_chunks::<8>();
        for (eight, first) in eights.iter().take(FRESH / 8).zip((1..).step_by(8)) {
            if eight.iter().fold(0, |all, word| all | word) == 0 {
                continue;
            }
            for (_, slot) in eight.iter().zip(first..).filter(|(word, _)| **word != 0) {
                self.slot::<FULL>(found, slot, base.wrapping_add(slot * 64), letters);
            }
        }
    }

    /// Looks for the shapes that have bits of their own, in slots 1 to `N`.
    #[inline(always)]
    fn searched<const N: usize>(&mut self, planes: &Planes, base: usize) {
        let in_order = self.found.len();
        for searched in &self.job.parts.lookups.searched {
            let anchors = searched.anchors::<N>(planes);
            for (word, slot) in anchors.into_iter().zip(1..) {
                each_bit(word, |bit| self.attempt(searched.reach, base.wrapping_add(slot * 64 + bit)));
            }
        }
        if self.found.len() > in_order {
            self.found.sort_unstable();
        }
    }

    /// Merges what was found aside in the window that begins at `window`.
    #[inline(always)]
    fn merge_into(&mut self, out: &mut Vec<Candidate>, first: usize, window: usize) {
        if !self.found.is_empty() {
            sort(&mut self.found);
            merge(out, first, window, &mut self.found);
        }
    }

    /// Looks at the anchors of a slot, which begins at `origin`.
    #[inline(always)]
    fn slot<const FULL: bool>(&mut self, found: &Anchors, slot: usize, origin: usize, letters: Letters<'_>) {
        let lookups = &self.job.parts.lookups;
        if FULL {
            each_bit(found.masked[slot], |bit| self.anchored(&lookups.masked, origin.wrapping_add(bit)));
            each_bit(found.rare[slot], |bit| {
                let at = origin.wrapping_add(bit);
                match self.job.bytes[at] {
                    b'^' => self.anchored(&lookups.caret, at),
                    b':' => self.walk.url(self.job.bytes, at, &mut self.found),
                    b'@' => self.walk.email(self.job.bytes, at, &mut self.found),
                    _ => {}
                }
            });
            let (bytes, walk, out) = (self.job.bytes, &mut self.walk, &mut self.found);
            each_bit(found.code[slot], |bit| walk.code(bytes, origin.wrapping_add(bit), out));
            each_bit(found.street[slot], |bit| walk.street(bytes, origin.wrapping_add(bit), out));
            each_bit(found.po_box[slot], |bit| walk.po_box(bytes, origin.wrapping_add(bit), out));
            each_bit(found.name[slot], |bit| walk.name(bytes, origin.wrapping_add(bit), letters, out));
        }
    }

    #[inline(always)]
    fn anchored(&mut self, shapes: &[Anchored], at: usize) {
        let before = at.checked_sub(1).map(|i| self.job.bytes[i]);
        for shape in shapes {
            if shape.before.is_none_or(|class| before.is_some_and(|b| class.has(b))) {
                self.attempt(shape.reach, at);
            }
        }
    }

    /// Looks closer at the cluster at `at`.
    #[inline(never)]
    fn closer(&mut self, one: Closer, at: usize) {
        let table = &self.job.parts.clusters;
        let List { exact, others } = table.list(one.list & !ODD);
        if let (Some(exact), true) = (exact, one.list & ODD != 0) {
            self.attempt(exact.reach, at);
        }
        let before = |back: usize| at.checked_sub(back).map(|i| self.job.bytes[i]);
        let (left, second) = (before(1).map_or(u8::MAX, |b| BESIDE[usize::from(b)]), before(2));
        for other in others {
            let fits = other.before.is_none_or(|class| second.is_some_and(|b| class.has(b)));
            if left & other.left != 0 && fits {
                self.attempt(other.reach, at);
            }
        }
    }

    /// Tries a shape at every start from which it can reach the anchor.
    #[inline(never)]
    fn attempt(&mut self, reach: Reach, at: usize) {
        let bytes = self.job.bytes;
        let matcher = &self.job.parts.matchers[usize::from(reach.shape)];
        if at >= bytes.len() {
            return;
        }
        let Some(latest) = at.checked_sub(usize::from(reach.least)) else { return };
        for start in at.saturating_sub(usize::from(reach.most))..=latest {
            if start > 0 && Class::Alnum.has(bytes[start - 1]) {
                continue;
            }
            if let Some(end) = matcher.at(bytes, start) {
                self.found.push(Candidate { start: start as u32, end: end as u32, shape: reach.shape });
            }
        }
    }
}

#[inline(always)]
fn each_bit(mut word: u64, mut visit: impl FnMut(usize)) {
    while word != 0 {
        visit(word.trailing_zeros() as usize);
        word &= word - 1;
    }
}
