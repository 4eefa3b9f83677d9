//! Bytes to bitmaps: which positions hold a digit, a letter, a hyphen and so on. In: text, 512 bytes at a time. Out:
//! [`Planes`], one bit a byte and class. It refuses nothing; it knows no shapes.
//!
//! Each kernel of this folder gives the same planes as [`scalar`]; which one runs is chosen once, in [`Backend::best`].

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod backend;
mod flat;
#[cfg(target_arch = "aarch64")]
mod neon;
mod scalar;

pub use backend::{Backend, backend_name};

use super::Candidate;
use super::anchors;
use super::window::{CLOSER, Closer, PLACES, Window};

/// Words of text a window takes in at a time.
pub(super) const FRESH: usize = 64;
/// Words of a plane: one before the window, one behind it that is looked at but not searched yet, and zeros to the end
/// so that a look ahead needs no case of its own.
pub(super) const SLOTS: usize = FRESH + 8;
/// Words of a window of a text so short, for which most of a window would be zeros.
pub(super) const SHORT: usize = 16;
/// The first slot that a window fills anew; slots 0 and 1 come from the window before.
pub(super) const FIRST_FRESH: usize = 2;
/// Bytes a kernel takes at a time.
pub(super) const GROUP: usize = 512;

/// One bit a byte of text, one plane a class.
pub(super) type Plane = [u64; SLOTS];

/// The planes of a window. Slots 1 to [`FRESH`] are searched; slot 0 and the one behind are context.
#[repr(C, align(64))]
pub(super) struct Planes {
    /// `0-9`
    pub(super) digit: Plane,
    /// `A-Z a-z`
    pub(super) letter: Plane,
    /// `-`
    pub(super) dash: Plane,
    /// `/`
    pub(super) slash: Plane,
    /// `.` `:`
    pub(super) dots: Plane,
    /// A space.
    pub(super) space: Plane,
    /// `,` and every byte that is not ASCII.
    pub(super) comma: Plane,
    /// `@` `^`
    pub(super) rare: Plane,
    /// `*` `#` `X` `x`: what digits are masked with.
    pub(super) mask: Plane,
    /// `A-Z`
    pub(super) upper: Plane,
}

impl Planes {
    pub(super) fn new() -> Planes {
        let zero = [0; SLOTS];
        Planes {
            digit: zero,
            letter: zero,
            dash: zero,
            slash: zero,
            dots: zero,
            space: zero,
            comma: zero,
            rare: zero,
            mask: zero,
            upper: zero,
        }
    }

    /// Forgets the window before: another text begins.
    #[inline(always)]
    pub(super) fn open(&mut self) {
        self.each(true).for_each(|plane| plane[..FIRST_FRESH].fill(0));
    }

    /// All planes; the first six are what a plan of digits needs.
    #[inline(always)]
    pub(super) fn each(&mut self, full: bool) -> impl Iterator<Item = &mut Plane> {
        [
            &mut self.digit,
            &mut self.letter,
            &mut self.dash,
            &mut self.slash,
            &mut self.dots,
            &mut self.space,
            &mut self.comma,
            &mut self.rare,
            &mut self.mask,
            &mut self.upper,
        ]
        .into_iter()
        .take(if full { 10 } else { 6 })
    }
}

/// What a kernel does.
pub(super) trait Kernel: Copy {
    /// Fills slots `slot..slot + 8` of the planes; with `FULL` all of them, else those a plan of digits needs.
    fn classify<const FULL: bool>(self, text: &[u8; GROUP], planes: &mut Planes, slot: usize);

    /// Writes the positions of the set bits of slots 1 to `FRESH`, counted from slot 1, to `places`; how many there are.
    #[inline(always)]
    fn flatten(self, plane: &Plane, places: &mut [u16; PLACES]) -> usize {
        flat::positions(plane, places)
    }

    /// The bits of `plane` from `bit` on, counted from the start of slot 1 and in the slots that are searched: 57
    /// at most, and zeros behind them.
    #[inline(always)]
    fn ahead(self, plane: &Plane, bit: usize) -> u64 {
        anchors::ahead(plane, bit)
    }

    /// Judges the clusters of a window, in a function of its own compiled for the kernel: registers are short there.
    fn judge(self, window: &Window<'_>, out: &mut [Candidate; PLACES], closer: &mut [Closer; CLOSER])
    -> (usize, usize);
}

/// The bit of each class in [`CLASSES`], in the order of the planes.
pub(super) mod class {
    pub(in crate::detect) const DIGIT: u8 = 1 << 0;
    pub(in crate::detect) const LETTER: u8 = 1 << 1;
    pub(in crate::detect) const DASH: u8 = 1 << 2;
    pub(in crate::detect) const SLASH: u8 = 1 << 3;
    pub(in crate::detect) const DOTS: u8 = 1 << 4;
    pub(in crate::detect) const SPACE: u8 = 1 << 5;
    pub(in crate::detect) const COMMA: u8 = 1 << 6;
    pub(in crate::detect) const RARE: u8 = 1 << 7;
}

/// The classes of each byte.
pub(super) const CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'0'..=b'9' => class::DIGIT,
            b'A'..=b'Z' | b'a'..=b'z' => class::LETTER,
            b'-' => class::DASH,
            b'/' => class::SLASH,
            b'.' | b':' => class::DOTS,
            b' ' => class::SPACE,
            b',' | 0x80.. => class::COMMA,
            b'@' | b'^' => class::RARE,
            _ => 0,
        };
        byte += 1;
    }
    table
};

/// The bits of the classes in [`MORE_CLASSES`].
pub(super) mod more_class {
    pub(in crate::detect) const MASK: u8 = 1 << 0;
    pub(in crate::detect) const UPPER: u8 = 1 << 1;
}

/// The classes that do not fit into [`CLASSES`].
pub(super) const MORE_CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'*' | b'#' | b'x' => more_class::MASK,
            b'X' => more_class::MASK | more_class::UPPER,
            b'A'..=b'Z' => more_class::UPPER,
            _ => 0,
        };
        byte += 1;
    }
    table
};
