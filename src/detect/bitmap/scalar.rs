//! The portable kernel and the reference for the others: a table look-up a byte, then an 8 × 8 bit transposition.

use super::{CLASSES, GROUP, Kernel, MORE_CLASSES, Planes};
use crate::detect::Candidate;
use crate::detect::window::{CLOSER, Closer, PLACES, Window};

#[derive(Clone, Copy)]
pub(super) struct Scalar;

impl Kernel for Scalar {
    #[inline(always)]
    fn classify<const FULL: bool>(self, text: &[u8; GROUP], planes: &mut Planes, slot: usize) {
        let (blocks, _) = text.as_chunks::<64>();
        let mut words = [[0u64; 8]; 10];
        for (i, block) in blocks.iter().enumerate() {
            let (eights, _) = block.as_chunks::<8>();
            for (eight, at) in eights.iter().zip((0..).step_by(8)) {
                let columns = transpose(u64::from_le_bytes(eight.map(|b| CLASSES[b as usize])));
                for (plane, bits) in columns.to_le_bytes().into_iter().enumerate() {
                    words[plane][i] |= u64::from(bits) << at;
                }
                if FULL {
                    let more = transpose(u64::from_le_bytes(eight.map(|b| MORE_CLASSES[b as usize])));
                    words[8][i] |= (more & 0xff) << at;
                    words[9][i] |= (more >> 8 & 0xff) << at;
                }
            }
        }
        for (plane, words) in planes.each(FULL).zip(words) {
            plane[slot..slot + 8].copy_from_slice(&words);
        }
    }

    #[inline(never)]
    fn judge(
        self,
        window: &Window<'_>,
        out: &mut [Candidate; PLACES],
        closer: &mut [Closer; CLOSER],
    ) -> (usize, usize) {
        window.judge(self, out, closer)
    }
}

/// Byte `i`, bit `j` becomes byte `j`, bit `i`.
fn transpose(mut x: u64) -> u64 {
    let mut swap = |shift: u32, mask: u64| {
        let t = (x ^ (x >> shift)) & mask;
        x ^= t ^ (t << shift);
    };
    swap(7, 0x00aa_00aa_00aa_00aa);
    swap(14, 0x0000_cccc_0000_cccc);
    swap(28, 0x0000_0000_f0f0_f0f0);
    x
}
