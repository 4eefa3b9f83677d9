//! What an MRN or member id looks like in text. In: bytes. Out: spans of letters, digits and inner `-` behind a label
//! or at the beginning of a cell or line over which one may stand.
//! Refuses tokens with fewer than three digits, and words with a number somewhere in them.

use super::kinds::{DASH, DIGIT, LETTER, is, run, run_back};

/// Letters, digits and `-`.
const CODE: u8 = LETTER | DIGIT | DASH;

/// Calls `push` for every code, in order.
pub(super) fn codes(bytes: &[u8], push: &mut dyn FnMut(usize, usize)) {
    let mut at = 0;
    while at < bytes.len() {
        if !is(bytes[at], CODE) {
            at += 1;
            continue;
        }
        if let Some(end) = code(bytes, at) {
            push(at, end);
        }
        at += run(bytes, at, CODE, usize::MAX);
    }
}

/// The end of the code that is the run of letters, digits and `-` from `start` on; nothing stands before the run.
fn code(bytes: &[u8], start: usize) -> Option<usize> {
    if bytes[start] == b'-' || !(behind_label(bytes, start) || opens_cell(bytes, start)) {
        return None;
    }
    let run_end = start + run(bytes, start, CODE, usize::MAX);
    let dashes = run_back(bytes, run_end, DASH, run_end - start);
    let token = &bytes[start..run_end - dashes];
    let digits = token.iter().filter(|b| b.is_ascii_digit()).count();
    let joined = bytes.get(run_end).is_some_and(|b| matches!(b, b'_' | b'@'))
        || (bytes.get(run_end).is_some_and(|b| matches!(b, b'.' | b'/' | b':'))
            && bytes.get(run_end + 1).is_some_and(u8::is_ascii_alphanumeric));
    ((4..=24).contains(&token.len()) && digits >= 3 && opens_well(token) && !joined).then_some(start + token.len())
}

/// A code that opens with a letter has three digits in a row right behind its letters, a `-` between them or not.
fn opens_well(token: &[u8]) -> bool {
    let Some(first) = token.iter().position(u8::is_ascii_digit) else { return false };
    first == 0
        || (token[..first].ends_with(b"-") && first >= 2 && token[first - 2] != b'-' || token[first - 1] != b'-')
            && token[first..].iter().take(3).filter(|b| b.is_ascii_digit()).count() == 3
}

/// The code around the digit at `at`, which is the first digit of its run, if it is not the one from `seen`.
pub(super) fn code_at(bytes: &[u8], at: usize, seen: &mut usize) -> Option<(usize, usize)> {
    let back = run_back(bytes, at, CODE, 25);
    let start = at - back;
    if back > 24 || start < *seen {
        return None;
    }
    let end = code(bytes, start)?;
    *seen = end;
    Some((start, end))
}

/// Whether a cell of a table or a form begins at `at`: behind `|`, a tab or two blanks; or a line does, and the line above it does
/// not end in a figure: there its label may stand.
fn opens_cell(bytes: &[u8], at: usize) -> bool {
    let blank = |b: &u8| matches!(b, b' ' | b'\t' | b'*' | b'`');
    let before = &bytes[at.saturating_sub(MARKS)..at];
    let gap = before.iter().rev().take_while(|b| blank(b)).count();
    let rest = &before[..before.len() - gap];
    match rest {
        [.., b'|'] => true,
        [.., b'\n'] | [.., b'\n', b'-' | b'>'] => {
            let line = memchr::memrchr(b'\n', rest).unwrap_or(0);
            let above = rest[..line].trim_ascii_end();
            // `Insurance member no.`
            let number = above.len() > 3 && above[above.len() - 3..].eq_ignore_ascii_case(b"no.");
            number
                || above.last().is_some_and(|b| {
                    b.is_ascii_alphabetic()
                        || matches!(b, b':' | b'?' | b')' | b'#' | b'-' | b'=' | b'+' | b'_' | b'*' | b'|')
                })
        }
        _ => gap >= 2 || before.ends_with(b"\t"),
    }
}

/// Marks between a label and its value at most: forms and printed pages set values in one line under the other.
const MARKS: usize = 40;

/// Whether one to [`MARKS`] of `space : # = > " ' ( ]` and behind them a letter, `.`, `)`, `?` or `#` stand before `at`.
pub(super) fn behind_label(bytes: &[u8], at: usize) -> bool {
    let mark = |b: u8| matches!(b, b' ' | b'\t' | b':' | b'#' | b'=' | b'>' | b'"' | b'\'' | b'(' | b']');
    let mut marks = 0;
    while marks < at.min(MARKS + 1) && mark(bytes[at - marks - 1]) {
        marks += 1;
    }
    if !(1..=MARKS).contains(&marks) {
        return false;
    }
    let has_hash = bytes[at - marks..at].contains(&b'#');
    let before = at.checked_sub(marks + 1).map(|i| bytes[i]);
    has_hash || before.is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b')' | b'?'))
}
