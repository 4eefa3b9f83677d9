//! The NEON kernel: 64 bytes at a time, compares for the classes, pairwise adds for the masks.
//!
//! Written by the book and checked by eye only: the machines this project is built on so far have no NEON. The
//! property tests of `detect` run it wherever it is compiled.

#![allow(unsafe_code)]

use std::arch::aarch64::*;

use super::{GROUP, Kernel, Planes};
use crate::detect::Candidate;
use crate::detect::search::{Scratch, Search, search};
use crate::detect::window::{CLOSER, Closer, PLACES, Window};

/// Searches with this kernel.
pub(super) fn find(job: Search<'_>, scratch: &mut Scratch, out: &mut Vec<Candidate>) {
    // SAFETY: `Backend::Neon` is only made where the feature was detected.
    unsafe { find_neon(job, scratch, out) }
}

#[target_feature(enable = "neon")]
fn find_neon(job: Search<'_>, scratch: &mut Scratch, out: &mut Vec<Candidate>) {
    search(Neon { _private: () }, job, scratch, out);
}

/// The kernel; made only inside [`find_neon`].
#[derive(Clone, Copy)]
struct Neon {
    _private: (),
}

impl Kernel for Neon {
    #[inline(always)]
    fn classify<const FULL: bool>(self, text: &[u8; GROUP], planes: &mut Planes, slot: usize) {
        // SAFETY: a `Neon` exists only behind the detection of the feature.
        unsafe { classify::<FULL>(text, planes, slot) }
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

#[target_feature(enable = "neon")]
#[inline(never)]
fn judge(window: &Window<'_>, out: &mut [Candidate; PLACES], closer: &mut [Closer; CLOSER]) -> (usize, usize) {
    window.judge(Neon { _private: () }, out, closer)
}

#[target_feature(enable = "neon")]
#[inline]
fn classify<const FULL: bool>(text: &[u8; GROUP], planes: &mut Planes, slot: usize) {
    let (blocks, _) = text.as_chunks::<64>();
    for (block, slot) in blocks.iter().zip(slot..slot + 8) {
        let (quarters, _) = block.as_chunks::<16>();
        let x = [load(&quarters[0]), load(&quarters[1]), load(&quarters[2]), load(&quarters[3])];
        let is = |byte: u8| x.map(|x| vceqq_u8(x, vdupq_n_u8(byte)));
        let within = |x: [uint8x16_t; 4], from: u8, count: u8| {
            x.map(|x| vcltq_u8(vsubq_u8(x, vdupq_n_u8(from)), vdupq_n_u8(count)))
        };
        let either = |a: [uint8x16_t; 4], b: [uint8x16_t; 4]| {
            [vorrq_u8(a[0], b[0]), vorrq_u8(a[1], b[1]), vorrq_u8(a[2], b[2]), vorrq_u8(a[3], b[3])]
        };
        let folded = x.map(|x| vorrq_u8(x, vdupq_n_u8(0x20)));
        planes.digit[slot] = mask(within(x, b'0', 10));
        planes.letter[slot] = mask(within(folded, b'a', 26));
        planes.dash[slot] = mask(is(b'-'));
        planes.slash[slot] = mask(is(b'/'));
        planes.dots[slot] = mask(either(is(b'.'), is(b':')));
        planes.space[slot] = mask(is(b' '));
        if FULL {
            planes.comma[slot] = mask(either(is(b','), within(x, 0x80, 0x80)));
            planes.rare[slot] = mask(either(is(b'@'), is(b'^')));
            let x_mark = folded.map(|x| vceqq_u8(x, vdupq_n_u8(b'x')));
            planes.mask[slot] = mask(either(x_mark, either(is(b'*'), is(b'#'))));
            planes.upper[slot] = mask(within(x, b'A', 26));
        }
    }
}

#[target_feature(enable = "neon")]
#[inline]
fn load(bytes: &[u8; 16]) -> uint8x16_t {
    // SAFETY: the reference is 16 readable bytes; the load asks for no alignment.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}

/// One bit for each of 64 bytes that are all ones or all zeros.
#[target_feature(enable = "neon")]
#[inline]
fn mask(bytes: [uint8x16_t; 4]) -> u64 {
    let bit = vreinterpretq_u8_u64(vdupq_n_u64(0x8040_2010_0804_0201));
    let bits = bytes.map(|b| vandq_u8(b, bit));
    let halves = vpaddq_u8(vpaddq_u8(bits[0], bits[1]), vpaddq_u8(bits[2], bits[3]));
    vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(halves, halves)))
}
