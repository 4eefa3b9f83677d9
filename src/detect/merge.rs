//! Candidates of a window that were not found in order, put in order. In: them and what was found before. Out: all,
//! sorted, each once. It refuses nothing.

use super::Candidate;

/// Whether `a` sorts behind `b`; starts are rarely equal.
#[inline(always)]
fn behind(a: &Candidate, b: &Candidate) -> bool {
    a.start > b.start || (a.start == b.start && a > b)
}

/// Sorts what is nearly or wholly sorted: anchors come in order but for their kinds, which differ within 64 bytes.
pub(super) fn sort(found: &mut [Candidate]) {
    for i in 1..found.len() {
        let one = found[i];
        let mut to = i;
        while to > 0 && behind(&found[to - 1], &one) {
            found[to] = found[to - 1];
            to -= 1;
        }
        found[to] = one;
    }
}

/// Merges `found`, which is sorted, into `out[first..]`, which is, and empties it. The window begins at `window`.
pub(super) fn merge(out: &mut Vec<Candidate>, first: usize, window: usize, found: &mut Vec<Candidate>) {
    found.dedup();
    // A shape may be reached from anchors in two windows; it then begins before the second.
    let early = found.partition_point(|c| (c.start as isize) < window as isize);
    if early > 0 {
        let later = found.split_off(early);
        found.retain(|c| out[first..].binary_search(c).is_err());
        found.extend(later);
    }
    let mut left = out.len();
    out.extend_from_slice(found);
    // From the back: each candidate goes behind all that are not greater.
    let mut to = out.len();
    while let Some(next) = found.pop() {
        while left > first && behind(&out[left - 1], &next) {
            to -= 1;
            left -= 1;
            out[to] = out[left];
        }
        to -= 1;
        out[to] = next;
    }
}
