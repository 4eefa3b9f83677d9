//! The AVX2 kernel: 32 bytes at a time, nibble look-ups for the classes, one `vpmovmskb` a class.

#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::{FRESH, GROUP, Kernel, Plane, Planes};
use crate::detect::Candidate;
use crate::detect::search::{Scratch, Search, search};
use crate::detect::window::{CLOSER, Closer, PLACES, Window};
use crate::extract::marks::{Classes, Marks};

/// Searches with this kernel; every loop of the search is compiled for AVX2 with it.
pub(super) fn find(job: Search<'_>, scratch: &mut Scratch, out: &mut Vec<Candidate>) {
    // SAFETY: `Backend::Avx2` is only made where these features were detected.
    unsafe { find_avx2(job, scratch, out) }
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn find_avx2(job: Search<'_>, scratch: &mut Scratch, out: &mut Vec<Candidate>) {
    search(Avx2 { _private: () }, job, scratch, out);
}

/// Reads the marks of a table; the loop is compiled for AVX2 with it.
pub(super) fn marks(marks: &mut Marks, bytes: &[u8], reach: (usize, usize), ends: (u8, u8)) {
    // SAFETY: as above.
    unsafe { marks_avx2(marks, bytes, reach, ends) }
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn marks_avx2(marks: &mut Marks, bytes: &[u8], reach: (usize, usize), (delimiter, line_end): (u8, u8)) {
    let splat = |byte: u8| _mm256_set1_epi8(byte as i8);
    let (delimiter, line_end, blank) = (splat(delimiter), splat(line_end), splat(b' '));
    marks.read_by(bytes, reach, |block| {
        let (halves, _) = block.as_chunks::<32>();
        // SAFETY: the references are 32 readable bytes; the loads ask for no alignment.
        let load = |half: &[u8; 32]| unsafe { _mm256_loadu_si256(half.as_ptr().cast()) };
        let (low, high) = (load(&halves[0]), load(&halves[1]));
        let word = |low: __m256i, high: __m256i| {
            u64::from(_mm256_movemask_epi8(low) as u32) | u64::from(_mm256_movemask_epi8(high) as u32) << 32
        };
        let equal = |byte: __m256i| word(_mm256_cmpeq_epi8(low, byte), _mm256_cmpeq_epi8(high, byte));
        let at_most = |half: __m256i| _mm256_cmpeq_epi8(_mm256_min_epu8(half, blank), half);
        let line_ends = equal(line_end);
        Classes { marks: equal(delimiter) | line_ends, line_ends, blanks: word(at_most(low), at_most(high)) }
    });
}

/// The kernel; made only inside [`find_avx2`].
#[derive(Clone, Copy)]
struct Avx2 {
    _private: (),
}

impl Kernel for Avx2 {
    #[inline(always)]
    fn classify<const FULL: bool>(self, text: &[u8; GROUP], planes: &mut Planes, slot: usize) {
        // SAFETY: an `Avx2` exists only behind the detection of the feature.
        unsafe { classify::<FULL>(text, planes, slot) }
    }

    #[inline(always)]
    fn ahead(self, plane: &Plane, bit: usize) -> u64 {
        let (byte, shift) = (8 + bit % (FRESH * 64) / 8, bit % 8);
        // SAFETY: eight bytes from `byte` on end before slot `FRESH + 2` does, and a plane has more slots than that.
        let word = unsafe { plane.as_ptr().cast::<u8>().add(byte).cast::<u64>().read_unaligned() };
        word >> shift
    }

    #[inline(always)]
    fn judge(
        self,
        window: &Window<'_>,
        out: &mut [Candidate; PLACES],
        closer: &mut [Closer; CLOSER],
    ) -> (usize, usize) {
        // SAFETY: as above.
        unsafe { judge(window, out, closer) }
    }
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
#[inline(never)]
fn judge(window: &Window<'_>, out: &mut [Candidate; PLACES], closer: &mut [Closer; CLOSER]) -> (usize, usize) {
    window.judge(Avx2 { _private: () }, out, closer)
}

/// The bits of the nibble tables. Each stands for one rectangle of high × low nibbles.
mod bit {
    pub(super) const DIGIT: i8 = -128;
    pub(super) const LETTER_1: i8 = 1 << 6;
    pub(super) const LETTER_2: i8 = 1 << 5;
    pub(super) const DASH: i8 = 1 << 4;
    pub(super) const POINT: i8 = 1 << 3;
    pub(super) const COLON: i8 = 1 << 2;
    pub(super) const SPACE: i8 = 1 << 1;
    pub(super) const COMMA: i8 = 1;
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
#[inline]
fn classify<const FULL: bool>(text: &[u8; GROUP], planes: &mut Planes, slot: usize) {
    let (blocks, _) = text.as_chunks::<64>();
    // One bounds check a plane, not one a word.
    let Planes { digit, letter, dash, slash, dots, space, comma, rare, mask, upper } = planes;
    let (digit, letter) = (&mut digit[slot..slot + 8], &mut letter[slot..slot + 8]);
    let (dash, slash) = (&mut dash[slot..slot + 8], &mut slash[slot..slot + 8]);
    let (dots, space) = (&mut dots[slot..slot + 8], &mut space[slot..slot + 8]);
    let (comma, rare) = (&mut comma[slot..slot + 8], &mut rare[slot..slot + 8]);
    let (mask, upper) = (&mut mask[slot..slot + 8], &mut upper[slot..slot + 8]);
    for i in 0..8 {
        let (halves, _) = blocks[i].as_chunks::<32>();
        let (low, high) = (half::<FULL>(&halves[0]), half::<FULL>(&halves[1]));
        let word = |plane: usize| u64::from(low[plane]) | u64::from(high[plane]) << 32;
        digit[i] = word(0);
        letter[i] = word(1);
        dash[i] = word(2);
        slash[i] = word(3);
        dots[i] = word(4);
        space[i] = word(5);
        if FULL {
            comma[i] = word(6);
            rare[i] = word(7);
            mask[i] = word(8);
            upper[i] = word(9);
        }
    }
}

/// The masks of 32 bytes, in the order of the planes.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
#[inline]
fn half<const FULL: bool>(text: &[u8; 32]) -> [u32; 10] {
    use bit::{COLON, COMMA, DASH, DIGIT, LETTER_1, LETTER_2, POINT, SPACE};
    const A: i8 = LETTER_1 | LETTER_2;
    let twice = |row: __m128i| _mm256_broadcastsi128_si256(row);
    #[rustfmt::skip]
    let low_table = twice(_mm_setr_epi8(
        DIGIT | SPACE | LETTER_2,
        DIGIT | A, DIGIT | A, DIGIT | A, DIGIT | A, DIGIT | A, DIGIT | A, DIGIT | A, DIGIT | A, DIGIT | A,
        A | COLON,
        LETTER_1, LETTER_1 | COMMA, LETTER_1 | DASH, LETTER_1 | POINT, LETTER_1,
    ));
    #[rustfmt::skip]
    let high_table = twice(_mm_setr_epi8(
        0, 0, SPACE | COMMA | DASH | POINT, DIGIT | COLON,
        LETTER_1, LETTER_2, LETTER_1, LETTER_2,
        0, 0, 0, 0, 0, 0, 0, 0,
    ));
    // SAFETY: the reference is 32 readable bytes; the load asks for no alignment.
    let x = unsafe { _mm256_loadu_si256(text.as_ptr().cast()) };
    let nibble = _mm256_set1_epi8(0x0f);
    let low = _mm256_shuffle_epi8(low_table, x);
    let high = _mm256_shuffle_epi8(high_table, _mm256_and_si256(_mm256_srli_epi16::<4>(x), nibble));
    let classes = _mm256_and_si256(low, high);
    let mask = |v: __m256i| _mm256_movemask_epi8(v) as u32;
    let is = |byte: u8| _mm256_cmpeq_epi8(x, _mm256_set1_epi8(byte as i8));
    let letter = mask(_mm256_or_si256(_mm256_slli_epi16::<1>(classes), _mm256_slli_epi16::<2>(classes)));
    let dots = mask(_mm256_or_si256(_mm256_slli_epi16::<4>(classes), _mm256_slli_epi16::<5>(classes)));
    let slash = mask(is(b'/'));
    let (dash, space) = (mask(_mm256_slli_epi16::<3>(classes)), mask(_mm256_slli_epi16::<6>(classes)));
    let mut out = [mask(classes), letter, dash, slash, dots, space, 0, 0, 0, 0];
    if FULL {
        out[6] = mask(_mm256_or_si256(x, _mm256_slli_epi16::<7>(classes)));
        out[7] = mask(_mm256_or_si256(is(b'@'), is(b'^')));
        let folded = _mm256_or_si256(x, _mm256_set1_epi8(0x20));
        let x_mark = _mm256_cmpeq_epi8(folded, _mm256_set1_epi8(b'x' as i8));
        out[8] = mask(_mm256_or_si256(x_mark, _mm256_or_si256(is(b'*'), is(b'#'))));
        out[9] = letter & !mask(_mm256_slli_epi16::<2>(x));
    }
    out
}
