//! Where two bytes at a distance look like something. In: bytes, the distance, what the two must be. Out: the places, in
//! order. Asked block by block with a plain loop, which the compiler turns into vector code: where nearly every line or every
//! point is a near miss, that costs less than a search for one byte and a look at each place. It refuses nothing.

/// Places asked at once, and then, where one of them fits: what takes few vector instructions on any machine.
const BLOCK: usize = 64;
const PART: usize = 16;

/// Calls `found` with all `at` for which `fits(bytes[at - distance], bytes[at])`. That should be comparisons joined by `&` and
/// `|` alone.
#[inline]
pub(super) fn pairs(bytes: &[u8], distance: usize, fits: impl Fn(u8, u8) -> bool + Copy, mut found: impl FnMut(usize)) {
    let Some(second) = bytes.get(distance..) else { return };
    let first = &bytes[..second.len()];
    let mut each = |from: usize, first: &[u8], second: &[u8]| {
        for (at, (a, b)) in first.iter().zip(second).enumerate() {
            if fits(*a, *b) {
                found(from + at + distance);
            }
        }
    };
    let ((firsts, first_rest), (seconds, second_rest)) = (first.as_chunks::<BLOCK>(), second.as_chunks::<BLOCK>());
    for (block, (first, second)) in firsts.iter().zip(seconds).enumerate() {
        if !any(first, second, fits) {
            continue;
        }
        let (firsts, seconds) = (first.as_chunks::<PART>().0, second.as_chunks::<PART>().0);
        for (part, (first, second)) in firsts.iter().zip(seconds).enumerate() {
            if any(first, second, fits) {
                each(block * BLOCK + part * PART, first, second);
            }
        }
    }
    each(firsts.len() * BLOCK, first_rest, second_rest);
}

#[inline(always)]
fn any<const N: usize>(first: &[u8; N], second: &[u8; N], fits: impl Fn(u8, u8) -> bool) -> bool {
    first.iter().zip(second).fold(0, |any, (a, b)| any | u8::from(fits(*a, *b))) != 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_pair_is_found(bytes in proptest::collection::vec(b'a'..=b'd', 0..200), distance in 1..5usize) {
            let fits = |a: u8, b: u8| (a == b'a') & (b == b'b');
            let mut found = Vec::new();
            pairs(&bytes, distance, fits, |at| found.push(at));
            let plainly: Vec<usize> =
                (distance..bytes.len()).filter(|at| fits(bytes[at - distance], bytes[*at])).collect();
            prop_assert_eq!(found, plainly);
        }
    }
}
