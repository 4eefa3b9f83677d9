//! Bitmaps to lists. In: a plane. Out: the positions of its bits. This is the way of all kernels that have no better one.

use super::{FRESH, Plane};
use crate::detect::window::PLACES;

/// Writes the positions of the set bits, counted from slot 1, to `places`; how many there are.
#[inline(always)]
pub(super) fn positions(plane: &Plane, places: &mut [u16; PLACES]) -> usize {
    let mut count = 0;
    let (eights, _) = plane[1..].as_chunks::<8>();
    for (eight, base) in eights.iter().take(FRESH / 8).zip((0..).step_by(512)) {
        if eight.iter().fold(0, |all, word| all | word) == 0 {
            continue;
        }
        for (word, base) in eight.iter().zip((base..).step_by(64)) {
            let mut word = *word;
            if word == 0 {
                continue;
            }
            let next = count + word.count_ones() as usize;
            // Four at once without looking: the end of a loop over so few bits is hard to predict.
            for place in &mut places[count..count + 4] {
                *place = base + word.trailing_zeros() as u16;
                word &= word.wrapping_sub(1);
            }
            count += 4;
            while count < next {
                places[count] = base + word.trailing_zeros() as u16;
                word &= word.wrapping_sub(1);
                count += 1;
            }
            count = next;
        }
    }
    count
}
