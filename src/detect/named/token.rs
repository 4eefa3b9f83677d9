//! Long tokens behind a label: digests, vehicle numbers, international accounts. In: bytes. Out: spans of 12 to 130 letters and
//! digits behind a label. Refuses tokens without an anchor: a digit that opens them, or three digits in a row behind a
//! letter.

use super::code::behind_label;
use super::kinds::{DIGIT, LETTER, is, run, run_back};

const TOKEN: u8 = LETTER | DIGIT;
/// The shortest and the longest.
const LENGTHS: (usize, usize) = (12, 130);

/// Calls `push` for every token, in order.
pub(super) fn tokens(bytes: &[u8], push: &mut dyn FnMut(usize, usize)) {
    let mut at = 0;
    while at < bytes.len() {
        if !is(bytes[at], TOKEN) {
            at += 1;
            continue;
        }
        let length = run(bytes, at, TOKEN, usize::MAX);
        if let Some(end) = token(bytes, at, length).filter(|_| has_anchor(bytes, at, length)) {
            push(at, end);
        }
        at += length;
    }
}

/// The end of the token that is the run of this length from `start` on; nothing stands before the run.
fn token(bytes: &[u8], start: usize, length: usize) -> Option<usize> {
    let end = start + length;
    let joined = match bytes.get(end) {
        Some(b'_' | b'@' | b'-') => true,
        Some(b'.' | b'/' | b':' | b'+') => bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric),
        _ => false,
    };
    let fits = (LENGTHS.0..=LENGTHS.1).contains(&length) && !joined;
    (fits && (behind_label(bytes, start) || behind_figures(bytes, start))).then_some(end)
}

/// Whether a label that ends in figures stands before `at`: `sha256=`, `md5: `.
fn behind_figures(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].trim_ascii_end();
    match before {
        [.., figure, b':' | b'='] => figure.is_ascii_digit() && at - before.len() <= 2,
        _ => false,
    }
}

/// Whether the search for codes stops in it.
fn has_anchor(bytes: &[u8], start: usize, length: usize) -> bool {
    let run = &bytes[start..start + length];
    let digits = |from: usize| run[from..].iter().take(3).filter(|b| b.is_ascii_digit()).count() == 3;
    (run[0].is_ascii_digit() && !(start > 0 && matches!(bytes[start - 1], b',' | b'-')))
        || (1..length.saturating_sub(2)).any(|at| run[at - 1].is_ascii_alphabetic() && digits(at))
}

/// The token around the anchor at `at`, if it is not the one from `seen`.
pub(super) fn token_at(bytes: &[u8], at: usize, seen: &mut usize) -> Option<(usize, usize)> {
    let back = run_back(bytes, at, TOKEN, LENGTHS.1 + 1);
    let start = at - back;
    if back > LENGTHS.1 || start < *seen {
        return None;
    }
    let length = back + run(bytes, at, TOKEN, LENGTHS.1 + 1);
    *seen = at + 1;
    let end = token(bytes, start, length)?;
    *seen = end;
    Some((start, end))
}
