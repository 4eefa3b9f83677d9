//! The forms that most clusters of a text have. In: the clusters of a window now and then. Out: up to fifteen forms, and
//! for each window a number a cluster: which of them it has. It refuses forms that bitmaps cannot tell for certain.
//!
//! An export has the same few columns from its first row to its last. Where a form is frequent, ANDs over a whole window
//! judge all clusters that have it for less than a look at each. What is found does not depend on what was learned.

use super::anchors::{Anchors, shifted};
use super::bitmap::{FRESH, Plane, Planes, SLOTS};
use super::cluster::Table;
use super::window::Window;

/// Clusters in a window from which on it is worth it.
pub(super) const DENSE: usize = FRESH / 2;
/// Windows from one look to the next.
const PATIENCE: u32 = 64;
/// What things cost, in tenths of a nanosecond on one machine; only their proportions matter, and those only to speed.
/// A look at a cluster, more than at one with a number.
///
/// In tests it costs so much that all is learned that can be: what is found must not depend on it.
const LOOK: u32 = if cfg!(test) { 50_000 } else { 50 };
/// An AND to a window of as many words as lanes.
const AND: u32 = 1200;
/// What it costs to number the clusters of a window at all.
const NUMBERING: u32 = 3500;
/// Forms and one for all others.
const NUMBERS: usize = 16;

/// Which of the forms a cluster has, in binary: bit `i` of the number is in plane `i`.
pub(super) type Numbers = [Plane; 4];

/// What a cluster of a frequent form gives.
#[derive(Clone, Copy, Default)]
pub(super) struct Gives {
    pub(super) shape: u16,
    pub(super) length: u8,
    /// 1 where it is a shape, 0 where it is none.
    pub(super) counts: u8,
    /// Not zero where nothing is known.
    pub(super) unknown: u8,
}

/// Of which bitmap a bit must be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bit {
    Digit,
    TwoDigits,
    FourDigits,
    Letter,
    Alnum,
    Dash,
    Slash,
    End,
}

/// A form with what there is to AND.
struct Form {
    bits: Vec<(Bit, u32)>,
}

/// What is known of a text so far.
pub(super) struct Frequent {
    forms: Vec<Form>,
    gives: [Gives; NUMBERS],
    due: u32,
}

impl Frequent {
    pub(super) fn new() -> Frequent {
        Frequent { forms: Vec::new(), gives: [UNKNOWN; NUMBERS], due: 0 }
    }

    /// Whether there is anything to know.
    pub(super) fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// What a cluster with this number gives.
    #[inline(always)]
    pub(super) fn gives(&self, number: usize) -> Gives {
        self.gives[number % NUMBERS]
    }

    /// Learns from a window with many clusters, now and then. `lanes` is how many words a kernel works on at once.
    pub(super) fn learn(&mut self, window: &Window<'_>, lanes: u32) {
        if self.due > 0 {
            self.due -= 1;
            return;
        }
        self.due = PATIENCE;
        let mut tally: Vec<(u64, u32)> = Vec::new();
        for place in window.places {
            let Some(key) = window.key(usize::from(*place)) else { continue };
            match tally.iter_mut().find(|(known, _)| *known == key) {
                Some((_, count)) => *count += 1,
                None => tally.push((key, 1)),
            }
        }
        let mut forms: Vec<(Pattern, u32)> = Vec::new();
        for (key, count) in tally {
            let Some(pattern) = Pattern::of(key, window.table) else { continue };
            match forms.iter_mut().find_map(|(known, sum)| Some((known.with(&pattern, window.table)?, known, sum))) {
                Some((both, known, sum)) => {
                    *known = both;
                    *sum += count;
                }
                None => forms.push((pattern, count)),
            }
        }
        forms.sort_by_key(|(_, count)| u32::MAX - count);
        self.forms.clear();
        self.gives = [UNKNOWN; NUMBERS];
        let mut gain = 0;
        for (pattern, count) in forms {
            let bits = pattern.bits();
            let cost = bits.len() as u32 * AND / lanes;
            if count * LOOK > cost && self.forms.len() + 1 < NUMBERS {
                gain += count * LOOK - cost;
                self.forms.push(Form { bits });
                self.gives[self.forms.len()] = pattern.gives;
            }
        }
        if gain < NUMBERING {
            self.forms.clear();
        }
    }

    /// The numbers of the clusters of a window.
    #[inline(always)]
    pub(super) fn numbers(&self, planes: &Planes, found: &Anchors) -> Numbers {
        let (mut two, mut four) = ([0; SLOTS], [0; SLOTS]);
        // By index: the compiler makes this wide, and an iterator with its ends cut off not.
        #[allow(clippy::needless_range_loop)]
        for slot in 1..FRESH + 2 {
            two[slot] = planes.digit[slot] & shifted(&planes.digit, slot, 1);
        }
        #[allow(clippy::needless_range_loop)]
        for slot in 1..FRESH + 2 {
            four[slot] = two[slot] & shifted(&two, slot, 2);
        }
        let mut numbers = [[0; SLOTS]; 4];
        for (form, number) in self.forms.iter().zip(1usize..) {
            let mut all = [0; FRESH];
            all.copy_from_slice(&found.cluster[1..FRESH + 1]);
            for (bit, distance) in &form.bits {
                let (plane, more, not) = match bit {
                    Bit::Digit => (&planes.digit, &planes.digit, 0),
                    Bit::TwoDigits => (&two, &two, 0),
                    Bit::FourDigits => (&four, &four, 0),
                    Bit::Letter => (&planes.letter, &planes.letter, 0),
                    Bit::Alnum => (&planes.digit, &planes.letter, 0),
                    Bit::Dash => (&planes.dash, &planes.dash, 0),
                    Bit::Slash => (&planes.slash, &planes.slash, 0),
                    Bit::End => (&found.joined, &found.joined, u64::MAX),
                };
                if *bit == Bit::Alnum {
                    for (i, all) in all.iter_mut().enumerate() {
                        *all &= shifted(plane, i + 1, *distance) | shifted(more, i + 1, *distance);
                    }
                } else {
                    for (i, all) in all.iter_mut().enumerate() {
                        *all &= shifted(plane, i + 1, *distance) ^ not;
                    }
                }
            }
            for (bit, plane) in numbers.iter_mut().enumerate() {
                if number >> bit & 1 != 0 {
                    for (plane, all) in plane[1..].iter_mut().zip(&all) {
                        *plane |= all;
                    }
                }
            }
        }
        numbers
    }
}

const UNKNOWN: Gives = Gives { shape: 0, length: 0, counts: 0, unknown: 1 };

/// Forms of one length with the same marks that give the same: each byte a digit, a letter, a mark or either of the first.
struct Pattern {
    digits: u64,
    letters: u64,
    marks: u64,
    first: u64,
    last: u64,
    gives: Gives,
    key: u64,
}

impl Pattern {
    /// Of one form, if bitmaps can tell it and it is a shape or none.
    fn of(key: u64, table: &Table) -> Option<Pattern> {
        const BITS: u64 = (1 << 25) - 1;
        let length = (key & BITS).ilog2();
        let whole = (1 << length) - 1;
        let (digits, marks) = (key & whole, key >> 25 & BITS);
        let (first, last) = (key >> 50 & 7, key >> 53 & 7);
        let told = |kind: u64| matches!(kind, 1 | 3);
        if marks.count_ones() > 2 || (marks != 0 && !(told(first) && told(last))) {
            return None;
        }
        Some(Pattern {
            digits,
            letters: whole & !digits & !marks,
            marks,
            first,
            last,
            gives: gives(key, length, table)?,
            key,
        })
    }

    /// Both together, if every form that is either byte by byte gives the same shape.
    fn with(&self, other: &Pattern, table: &Table) -> Option<Pattern> {
        let same = (self.marks, self.first, self.last, self.gives.length, self.gives.shape, self.gives.counts)
            == (other.marks, other.first, other.last, other.gives.length, other.gives.shape, other.gives.counts);
        if !same || self.gives.counts == 0 {
            return None;
        }
        let (digits, letters) = (self.digits | other.digits, self.letters | other.letters);
        let either = digits & letters;
        if either.count_ones() > 4 {
            return None;
        }
        let length = u32::from(self.gives.length);
        // All choices of letters for the bytes that may be either, by counting in those bits.
        let mut chosen = 0u64;
        loop {
            let key = (self.key & !((1 << length) - 1)) | (digits & !chosen);
            let gives = gives(key, length, table)?;
            if (gives.counts, gives.shape) != (1, self.gives.shape) {
                return None;
            }
            chosen = chosen.wrapping_sub(either) & either;
            if chosen == 0 {
                break;
            }
        }
        Some(Pattern { digits, letters, ..*self })
    }

    /// What there is to AND to the clusters to find those of these forms.
    fn bits(&self) -> Vec<(Bit, u32)> {
        let length = u32::from(self.gives.length);
        let mut bits = vec![(Bit::End, length)];
        let only = |plane: u64, at: u32| plane >> at & 1 != 0;
        let digits = self.digits & !self.letters;
        let mut at = 0;
        while at < length {
            let run = (digits >> at).trailing_ones();
            match run {
                0 if only(self.marks, at) => {
                    let kind = if self.marks & ((1 << at) - 1) == 0 { self.first } else { self.last };
                    bits.push((if kind == 1 { Bit::Dash } else { Bit::Slash }, at));
                }
                0 if only(self.digits, at) => bits.push((Bit::Alnum, at)),
                0 => bits.push((Bit::Letter, at)),
                // A cluster begins with a digit.
                1 if at == 0 => {}
                1 => bits.push((Bit::Digit, at)),
                2 | 3 => {
                    bits.push((Bit::TwoDigits, at));
                    if run == 3 {
                        bits.push((Bit::TwoDigits, at + 1));
                    }
                }
                _ => {
                    (0..run / 4).for_each(|i| bits.push((Bit::FourDigits, at + 4 * i)));
                    if !run.is_multiple_of(4) {
                        bits.push((Bit::FourDigits, at + run - 4));
                    }
                }
            }
            at += run.max(1);
        }
        bits
    }
}

/// What clusters of a form give; `None` where only a closer look can tell.
fn gives(key: u64, length: u32, table: &Table) -> Option<Gives> {
    let entry = table.get(key);
    let known = entry.key == key;
    (!known || entry.closer == 0).then_some(Gives {
        shape: if known { entry.shape } else { 0 },
        length: length as u8,
        counts: u8::from(known),
        unknown: 0,
    })
}
