//! The AVX-512 kernel: classes by one 128-entry byte permutation, then the bits of eight blocks are transposed in
//! registers, so that all planes of 512 bytes cost less than one compare and one mask move a class would.

#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::{CLASSES, FRESH, GROUP, Kernel, MORE_CLASSES, Plane, Planes, class, more_class};
use crate::detect::Candidate;
use crate::detect::search::{Scratch, Search, search};
use crate::detect::window::{CLOSER, Closer, PLACES, Window};
use crate::extract::marks::{Classes, Marks};

/// Searches with this kernel; every loop of the search is compiled for AVX-512 with it.
pub(super) fn find(job: Search<'_>, scratch: &mut Scratch, out: &mut Vec<Candidate>) {
    // SAFETY: `Backend::Avx512` is only made where these features were detected.
    unsafe { find_avx512(job, scratch, out) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,gfni,avx2,bmi1,bmi2,lzcnt,popcnt")]
fn find_avx512(job: Search<'_>, scratch: &mut Scratch, out: &mut Vec<Candidate>) {
    search(Avx512 { _private: () }, job, scratch, out);
}

/// Reads the marks of a table; the loop is compiled for AVX-512 with it.
pub(super) fn marks(marks: &mut Marks, bytes: &[u8], reach: (usize, usize), ends: (u8, u8)) {
    // SAFETY: as above.
    unsafe { marks_avx512(marks, bytes, reach, ends) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,gfni,avx2,bmi1,bmi2,lzcnt,popcnt")]
fn marks_avx512(marks: &mut Marks, bytes: &[u8], reach: (usize, usize), (delimiter, line_end): (u8, u8)) {
    let splat = |byte: u8| _mm512_set1_epi8(byte as i8);
    let (delimiter, line_end, blank) = (splat(delimiter), splat(line_end), splat(b' '));
    marks.read_by(bytes, reach, |block| {
        let block = load(block);
        let line_ends = _mm512_cmpeq_epi8_mask(block, line_end);
        let marks = _mm512_cmpeq_epi8_mask(block, delimiter) | line_ends;
        Classes { marks, line_ends, blanks: _mm512_cmple_epu8_mask(block, blank) }
    });
}

/// The kernel; made only inside [`find_avx512`].
#[derive(Clone, Copy)]
struct Avx512 {
    _private: (),
}

impl Kernel for Avx512 {
    #[inline(always)]
    fn classify<const FULL: bool>(self, text: &[u8; GROUP], planes: &mut Planes, slot: usize) {
        // SAFETY: an `Avx512` exists only behind the detection of the features.
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
    fn flatten(self, plane: &Plane, places: &mut [u16; PLACES]) -> usize {
        // SAFETY: as above.
        unsafe { flatten(plane, places) }
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

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,gfni,avx2,bmi1,bmi2,lzcnt,popcnt")]
#[inline(never)]
fn judge(window: &Window<'_>, out: &mut [Candidate; PLACES], closer: &mut [Closer; CLOSER]) -> (usize, usize) {
    window.judge(Avx512 { _private: () }, out, closer)
}

/// For each of eight positions, the order that undoes the bit reversal of `vgf2p8affineqb`, eight times.
const REVERSED: [u8; 64] = {
    let mut order = [0; 64];
    let mut i = 0;
    while i < 64 {
        order[i] = (i as u8 & 0x38) | (7 - (i as u8 & 7));
        i += 1;
    }
    order
};

/// Byte `c` of quadword `j` goes to byte `j` of quadword `c`.
const GATHERED: [u8; 64] = {
    let mut order = [0; 64];
    let mut i = 0;
    while i < 64 {
        order[i] = ((i as u8 & 7) << 3) | (i as u8 >> 3);
        i += 1;
    }
    order
};

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,gfni,avx2,bmi1,bmi2,lzcnt,popcnt")]
#[inline]
fn load(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: the reference is 64 readable bytes; the load asks for no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,gfni,avx2,bmi1,bmi2,lzcnt,popcnt")]
#[inline]
fn store(plane: &mut [u64], slot: usize, words: __m512i) {
    let eight = &mut plane[slot..slot + 8];
    // SAFETY: the slice is 64 writable bytes; the store asks for no alignment.
    unsafe { _mm512_storeu_si512(eight.as_mut_ptr().cast(), words) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,gfni,avx2,bmi1,bmi2,lzcnt,popcnt")]
#[inline]
fn classify<const FULL: bool>(text: &[u8; GROUP], planes: &mut Planes, slot: usize) {
    let (tables, _) = CLASSES.as_chunks::<64>();
    let (first, second) = (load(&tables[0]), load(&tables[1]));
    let (tables, _) = MORE_CLASSES.as_chunks::<64>();
    let (more_first, more_second) = (load(&tables[0]), load(&tables[1]));
    let (reversed, gathered) = (load(&REVERSED), load(&GATHERED));
    let diagonal = _mm512_set1_epi64(0x8040_2010_0804_0201_u64 as i64);
    let beyond = _mm512_set1_epi8(class::COMMA as i8);
    let (blocks, _) = text.as_chunks::<64>();
    let mut rows = [_mm512_setzero_si512(); 8];
    let (mut mask, mut upper) = ([0u64; 8], [0u64; 8]);
    for i in 0..8 {
        let x = load(&blocks[i]);
        let not_ascii = _mm512_movepi8_mask(x);
        let classes = _mm512_permutex2var_epi8(first, x, second);
        let classes = _mm512_mask_mov_epi8(classes, not_ascii, beyond);
        // Bit c of byte i of each quadword to bit i of byte c, then the bytes of a class side by side: quadword c of
        // the row is the bitmap of class c.
        let classes = _mm512_shuffle_epi8(classes, reversed);
        let columns = _mm512_gf2p8affine_epi64_epi8::<0>(diagonal, classes);
        rows[i] = _mm512_permutexvar_epi8(gathered, columns);
        if FULL {
            let more = _mm512_mask_mov_epi8(
                _mm512_permutex2var_epi8(more_first, x, more_second),
                not_ascii,
                _mm512_setzero_si512(),
            );
            mask[i] = _mm512_test_epi8_mask(more, _mm512_set1_epi8(more_class::MASK as i8));
            upper[i] = _mm512_test_epi8_mask(more, _mm512_set1_epi8(more_class::UPPER as i8));
        }
    }
    // Eight rows of eight words: block by class becomes class by block.
    let mut pairs = [_mm512_setzero_si512(); 8];
    for i in 0..4 {
        pairs[i] = _mm512_unpacklo_epi64(rows[2 * i], rows[2 * i + 1]);
        pairs[i + 4] = _mm512_unpackhi_epi64(rows[2 * i], rows[2 * i + 1]);
    }
    // `pairs[h * 4 + i]`, lane l: class 2l + h of blocks 2i and 2i + 1.
    let mut planes_of = [_mm512_setzero_si512(); 8];
    for h in 0..2 {
        let p = &pairs[h * 4..h * 4 + 4];
        let a = _mm512_shuffle_i64x2::<0x88>(p[0], p[1]);
        let b = _mm512_shuffle_i64x2::<0xdd>(p[0], p[1]);
        let c = _mm512_shuffle_i64x2::<0x88>(p[2], p[3]);
        let d = _mm512_shuffle_i64x2::<0xdd>(p[2], p[3]);
        // a: lanes 0, 2 of p0, then of p1; b: lanes 1, 3.
        planes_of[h] = _mm512_shuffle_i64x2::<0x88>(a, c);
        planes_of[2 + h] = _mm512_shuffle_i64x2::<0x88>(b, d);
        planes_of[4 + h] = _mm512_shuffle_i64x2::<0xdd>(a, c);
        planes_of[6 + h] = _mm512_shuffle_i64x2::<0xdd>(b, d);
    }
    store(&mut planes.digit, slot, planes_of[0]);
    store(&mut planes.letter, slot, planes_of[1]);
    store(&mut planes.dash, slot, planes_of[2]);
    store(&mut planes.slash, slot, planes_of[3]);
    store(&mut planes.dots, slot, planes_of[4]);
    store(&mut planes.space, slot, planes_of[5]);
    if FULL {
        store(&mut planes.comma, slot, planes_of[6]);
        store(&mut planes.rare, slot, planes_of[7]);
        planes.mask[slot..slot + 8].copy_from_slice(&mask);
        planes.upper[slot..slot + 8].copy_from_slice(&upper);
    }
}

/// 0, 1, 2 and so on.
const COUNTING: [u8; 64] = {
    let mut numbers = [0; 64];
    let mut i = 0;
    while i < 64 {
        numbers[i] = i as u8;
        i += 1;
    }
    numbers
};

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,gfni,avx2,bmi1,bmi2,lzcnt,popcnt")]
#[inline]
fn flatten(plane: &Plane, places: &mut [u16; PLACES]) -> usize {
    let counting = load(&COUNTING);
    let mut count = 0;
    let (eights, _) = plane[1..].as_chunks::<8>();
    for (eight, base) in eights.iter().take(FRESH / 8).zip((0..).step_by(512)) {
        if eight.iter().fold(0, |all, word| all | word) == 0 {
            continue;
        }
        for (word, base) in eight.iter().zip((base..).step_by(64)) {
            // At most 32 bits of a word are set, as no cluster begins right behind another, and rarely more than 16:
            // short stores, as each overlaps the one before.
            let at = _mm512_castsi512_si256(_mm512_maskz_compress_epi8(*word, counting));
            let at = _mm512_add_epi16(_mm512_cvtepu8_epi16(at), _mm512_set1_epi16(base));
            let ones = word.count_ones() as usize;
            let out = &mut places[count..count + 32];
            // SAFETY: the slice is 64 writable bytes; the stores ask for no alignment.
            unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), _mm512_castsi512_si256(at)) }
            if ones > 16 {
                // SAFETY: as above.
                unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), at) }
            }
            count += ones;
        }
    }
    count
}
