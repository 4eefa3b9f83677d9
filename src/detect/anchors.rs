//! Bitmaps to anchors: the few positions of a window where a shape can be. In: [`Planes`]. Out: [`Anchors`], one bitmap
//! a kind of anchor. An anchor may turn out to be nothing; a shape without its anchor may not exist.
//!
//! What fills anchors does so in slots 1 to `N`: all of a window, or the few that a short text has.
//!
//! Everything here is plain code over words: shifts and ANDs of whole planes, which the compiler makes wide inside the
//! function of each kernel.

use super::bitmap::{FRESH, Plane, Planes, SLOTS};

/// Which anchors a plan needs, as masks: all ones or zero.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    /// Clusters that open with a digit: those of four bytes count, of six, of eight.
    pub(super) digit: [u64; 3],
    /// Clusters that open with up to four letters and have a digit.
    pub(super) letter: [u64; 3],
    /// Clusters of sixteen bytes and more that open with a letter.
    pub(super) long: u64,
    /// Four digits behind a space; before that a digit, a letter, any other byte.
    pub(super) spaced: [u64; 3],
    pub(super) masked: u64,
    pub(super) rare: u64,
    pub(super) name: u64,
    pub(super) street: u64,
    pub(super) po_box: u64,
    pub(super) code: u64,
    pub(super) url: u64,
}

impl Wanted {
    /// Whether clusters that open with a letter matter.
    pub(super) fn opens_with_letters(&self) -> bool {
        self.long != 0 || self.letter != [0; 3]
    }
}

/// The anchors of a window, by slot.
#[repr(C, align(64))]
pub(super) struct Anchors {
    /// The bytes of clusters, see [`super::form::Code`].
    pub(super) ones: Plane,
    pub(super) twos: Plane,
    /// Marks inside a cluster.
    pub(super) fours: Plane,
    /// Bytes that belong to a cluster: letters, digits, and the marks that join them to what follows.
    pub(super) joined: Plane,
    /// Bytes that no cluster begins behind: letters, digits, and marks behind a digit.
    pub(super) tied: Plane,
    /// The first byte of a cluster that opens well and is long enough.
    pub(super) cluster: Plane,
    /// The kinds below, together.
    pub(super) aside: Plane,
    /// The first of four digits behind a masking mark.
    pub(super) masked: Plane,
    /// `@`, `^`, and `.` or `:` before two slashes.
    pub(super) rare: Plane,
    /// A space or comma before a capital, behind what may be a word.
    pub(super) name: Plane,
    /// The space behind what may be a house number.
    pub(super) street: Plane,
    /// The space between a letter and a digit.
    pub(super) po_box: Plane,
    /// A digit that may stand in a code behind a label.
    pub(super) code: Plane,
}

impl Anchors {
    /// Forgets the window before: another text begins.
    #[inline(always)]
    pub(super) fn open(&mut self) {
        self.tied[FRESH] = 0;
    }

    pub(super) fn new() -> Anchors {
        let zero = [0; SLOTS];
        Anchors {
            ones: zero,
            twos: zero,
            fours: zero,
            joined: zero,
            tied: zero,
            cluster: zero,
            aside: zero,
            masked: zero,
            rare: zero,
            name: zero,
            street: zero,
            po_box: zero,
            code: zero,
        }
    }
}

/// The word before, the word and the word behind: what one word's bits can see.
#[derive(Clone, Copy)]
struct Sight {
    before: u64,
    here: u64,
    behind: u64,
}

impl Sight {
    #[inline(always)]
    fn at(plane: &Plane, slot: usize) -> Sight {
        Sight { before: plane[slot - 1], here: plane[slot], behind: plane[slot + 1] }
    }

    /// Bit `i` is the class of byte `i + k`.
    #[inline(always)]
    fn next<const K: u32>(self) -> u64 {
        self.here >> K | self.behind << (64 - K)
    }

    /// Bit `i` is the class of byte `i - k`.
    #[inline(always)]
    fn last<const K: u32>(self) -> u64 {
        self.here << K | self.before >> (64 - K)
    }

    /// Of runs of some length, those that go on into the next `K` bytes; the last bits of the word behind are lost.
    #[inline(always)]
    fn run<const K: u32>(self) -> Sight {
        Sight { before: 0, here: self.here & self.next::<K>(), behind: self.behind & self.behind >> K }
    }

    #[inline(always)]
    fn or(self, other: Sight) -> Sight {
        Sight { before: self.before | other.before, here: self.here | other.here, behind: self.behind | other.behind }
    }
}

/// Fills what tells clusters, in slots 1 to `N + 1`; slot 0 of `tied` comes from the window before.
///
/// A mark joins what is before it to what is behind where a span that ended before the mark would not stand alone:
/// `-` `.` `/` `:` before a digit, `-` before a letter.
#[inline(always)]
pub(super) fn join<const N: usize>(planes: &Planes, out: &mut Anchors) {
    out.tied[0] = out.tied[FRESH];
    for slot in 1..N + 2 {
        let digit = Sight::at(&planes.digit, slot);
        let letter = Sight::at(&planes.letter, slot);
        let alnum = digit.or(letter);
        let dash = planes.dash[slot];
        let dots = planes.slash[slot] | planes.dots[slot];
        let marks = ((dash & alnum.next::<1>()) | (dots & digit.next::<1>())) & alnum.last::<1>();
        out.fours[slot] = marks;
        out.joined[slot] = alnum.here | marks;
        out.tied[slot] = alnum.here | ((dash | dots) & digit.last::<1>());
    }
}

/// Fills `ones` and `twos` where clusters are; behind what fills `cluster`.
#[inline(always)]
pub(super) fn codes<const N: usize>(planes: &Planes, out: &mut Anchors) {
    let Anchors { ones, twos, fours, cluster, .. } = out;
    let mut fill = |from: usize, to: usize| {
        for slot in from..to {
            let marks = fours[slot];
            ones[slot] = planes.digit[slot] | (planes.slash[slot] & marks);
            twos[slot] = planes.letter[slot] | (planes.dots[slot] & marks);
        }
    };
    let mut before = 0;
    for first in (1..N + 1).step_by(8) {
        let here = cluster[first..first + 8].iter().fold(0, |all, word| all | word);
        // The last cluster of eight words may end in the next.
        if here | before != 0 {
            fill(first, first + 8);
        }
        before = here;
    }
    fill(N + 1, N + 2);
}

/// Of runs, those that are long enough.
#[inline(always)]
fn long_enough(joined: Sight, least: [u64; 3]) -> u64 {
    // Runs by doubling; of the word behind only its first bits matter, and those are right.
    let two = joined.run::<1>();
    let four = two.run::<2>();
    let six = four.here & two.next::<4>();
    let eight = four.here & four.next::<4>();
    (four.here & least[0]) | (six & least[1]) | (eight & least[2])
}

/// Fills `cluster` with those that open with a digit, and empties `aside`; both are empty behind slot `N`.
#[inline(always)]
pub(super) fn digits<const N: usize>(planes: &Planes, out: &mut Anchors, wanted: Wanted) {
    for slot in 1..N + 1 {
        let clean = planes.digit[slot] & !Sight::at(&out.tied, slot).last::<1>();
        let digit = Sight::at(&planes.digit, slot);
        let four = digit.here & digit.next::<1>() & digit.next::<2>() & digit.next::<3>();
        let letter = Sight::at(&planes.letter, slot).last::<2>();
        let before = digit.last::<2>();
        let before =
            (before & wanted.spaced[0]) | (letter & wanted.spaced[1]) | (!(before | letter) & wanted.spaced[2]);
        let spaced = Sight::at(&planes.space, slot).last::<1>() & four & before;
        out.cluster[slot] = (clean & long_enough(Sight::at(&out.joined, slot), wanted.digit)) | spaced;
        out.aside[slot] = 0;
    }
    out.cluster[N + 1..].fill(0);
    out.aside[N + 1..].fill(0);
}

/// Adds to `cluster` those that open with a letter; behind [`digits`].
#[inline(always)]
pub(super) fn letters<const N: usize>(planes: &Planes, out: &mut Anchors, wanted: Wanted) {
    for slot in 1..N + 1 {
        let clean = planes.letter[slot] & !Sight::at(&out.tied, slot).last::<1>();
        let digit = Sight::at(&planes.digit, slot);
        let soon = digit.next::<1>() | digit.next::<2>() | digit.next::<3>() | digit.next::<4>();
        let joined = Sight::at(&out.joined, slot);
        let eight = joined.run::<1>().run::<2>().run::<4>();
        let long = eight.here & eight.next::<8>() & wanted.long;
        out.cluster[slot] |= clean & ((long_enough(joined, wanted.letter) & soon) | long);
    }
}

/// Fills the other anchors; behind [`digits`].
#[inline(always)]
pub(super) fn others<const N: usize>(planes: &Planes, out: &mut Anchors, wanted: Wanted) {
    for slot in 1..N + 1 {
        let digit = Sight::at(&planes.digit, slot);
        let letter = Sight::at(&planes.letter, slot);
        let alnum = digit.or(letter);
        let dash = Sight::at(&planes.dash, slot);
        let comma = Sight::at(&planes.comma, slot);
        let masks = Sight::at(&planes.mask, slot);
        let three = digit.here & digit.next::<1>() & digit.next::<2>();

        let masked = three
            & digit.next::<3>()
            & !digit.last::<1>()
            & (masks.last::<1>() | (dash.last::<1>() & masks.last::<2>()))
            & wanted.masked;
        let inner = alnum.or(dash);
        let opens = digit.here
            & !(alnum.or(comma).or(dash)).last::<1>()
            & inner.next::<1>()
            & inner.next::<2>()
            & inner.next::<3>();
        let follows = three & (letter.last::<1>() | (dash.last::<1>() & letter.last::<2>()));
        let code = (opens | follows) & wanted.code;
        out.masked[slot] = masked;
        out.code[slot] = code;
        out.aside[slot] |= masked | code;
    }
    for slot in 1..N + 1 {
        let digit = Sight::at(&planes.digit, slot);
        let letter = Sight::at(&planes.letter, slot);
        let comma = Sight::at(&planes.comma, slot);
        let space = Sight::at(&planes.space, slot);
        let dots = Sight::at(&planes.dots, slot);
        let upper = Sight::at(&planes.upper, slot);
        let capital = upper.next::<1>();
        let digit_next = digit.next::<1>();

        // Behind each word that opens with a capital, by the carry of an addition; a word that comes from the slot
        // before, or that something other than a space or a point is before, may open with one too.
        let inside = letter.last::<1>();
        let first = letter.here & !inside & (upper.here | !(space.or(dots).last::<1>()));
        let behind = letter.here.wrapping_add(first | (letter.here & inside & 1)) & !letter.here | (inside & 1);
        let word = (inside & behind) | comma.last::<1>() | (dots.last::<1>() & upper.last::<2>());
        let name = (space.here | comma.here) & capital & word & wanted.name;
        let house = digit.last::<1>() | (letter.last::<1>() & digit.last::<2>());
        let ordinal = digit_next & (letter.next::<2>() | letter.next::<3>() | letter.next::<4>());
        let street = space.here & house & (capital | ordinal) & wanted.street;
        let po_box = space.here & letter.last::<1>() & digit_next & wanted.po_box;
        let slash = Sight::at(&planes.slash, slot);
        let url = planes.dots[slot] & slash.next::<1>() & slash.next::<2>() & wanted.url;
        let rare = planes.rare[slot] & wanted.rare | url;
        out.name[slot] = name;
        out.street[slot] = street;
        out.po_box[slot] = po_box;
        out.rare[slot] = rare;
        out.aside[slot] |= name | street | po_box | rare;
    }
}

/// 57 bits of `plane` from `bit` on, counted from the start of slot 1 and in the slots that are searched.
#[inline(always)]
pub(super) fn ahead(plane: &Plane, bit: usize) -> u64 {
    let (slot, shift) = ((bit >> 6) % FRESH, bit & 63);
    (plane[slot + 1] >> shift | (plane[slot + 2] << 1) << (63 - shift)) & (u64::MAX >> 7)
}

/// Where letters are, for code that goes from word to word.
#[derive(Clone, Copy)]
pub(super) struct Letters<'a> {
    pub(super) plane: &'a Plane,
    /// The offset in the text of slot 1.
    pub(super) start: usize,
}

impl Letters<'_> {
    /// How many letters stand from `at` on, 57 at most; `None` where the window does not say.
    #[inline(always)]
    pub(super) fn from(&self, at: usize) -> Option<usize> {
        let bit = at.wrapping_sub(self.start);
        (bit < FRESH * 64).then(|| (!ahead(self.plane, bit)).trailing_zeros() as usize)
    }

    /// How many letters stand right before `at`; `None` where there are more than the window says.
    #[inline(always)]
    pub(super) fn before(&self, at: usize) -> Option<usize> {
        let bit = at.wrapping_sub(self.start);
        let (slot, shift) = ((bit >> 6) % FRESH + 1, bit & 63);
        let here = if shift == 0 { 0 } else { self.plane[slot] << (64 - shift) };
        let bits = here | self.plane[slot - 1] >> shift;
        let length = bits.leading_ones() as usize;
        (bit < FRESH * 64 && length < 64).then_some(length)
    }
}
