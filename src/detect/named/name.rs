//! Words that may be a name. In: bytes. Out: spans of two to four capitalised words, or `Last, First`. Refuses words in
//! capitals where neither a comma nor a colon speaks for a name, nor a field that holds nothing else.

use super::kinds::{INNER, LETTER, is, run, run_back};
use crate::detect::anchors::Letters;
use crate::detect::boundary::is_word;

/// Calls `push` for every name, in order.
pub(super) fn names(bytes: &[u8], push: &mut dyn FnMut(usize, usize)) {
    let mut at = 0;
    while at < bytes.len() {
        match opens(bytes, at).then(|| words(bytes, at, None)).flatten() {
            None => at += 1,
            Some((end, name)) => {
                if name {
                    push(at, end);
                }
                at = end;
            }
        }
    }
}

/// Whether a word begins at `at`.
fn opens(bytes: &[u8], at: usize) -> bool {
    bytes[at].is_ascii_uppercase() && (at == 0 || !(is_word(bytes[at - 1]) || bytes[at - 1] >= 0x80))
}

/// The words from `start` on: where they end, and whether they may be a name. `None` where no word is.
#[inline(always)]
fn words(bytes: &[u8], start: usize, letters: Option<Letters<'_>>) -> Option<(usize, bool)> {
    let mut end = start + word(bytes, start, letters);
    if end == start {
        return None;
    }
    // A comma stands behind a last name, which is no single letter.
    let last_name = bytes.get(start + 1) != Some(&b'.') && end - start > 1;
    let first = end;
    let mut words = 1;
    let mut comma = false;
    while words < 4 {
        let gap = match (bytes.get(end), bytes.get(end + 1)) {
            (Some(b' '), _) => 1,
            (Some(b','), Some(b' ')) if last_name && (words == 1 || words == 2 && particle(&bytes[start..])) => 2,
            (Some(b','), Some(b'A'..=b'Z')) if last_name && (words == 1 || words == 2 && particle(&bytes[start..])) => {
                1
            }
            // `NAME ROWLAND,KAYLA`: the label is a word of its own.
            (Some(b','), Some(b' ' | b'A'..=b'Z')) if words == 2 && is_label(&bytes[start..first]) => {
                return Some((first, false));
            }
            _ => break,
        };
        let length = word(bytes, end + gap, letters);
        if length == 0 {
            break;
        }
        comma |= bytes[end] == b',';
        end += gap + length;
        words += 1;
    }
    let colon = || bytes[..start].iter().rev().find(|b| **b != b' ').is_some_and(|b| *b == b':');
    let capitals = || !colon() && !in_cell(bytes, start, end);
    Some((end, words >= 2 && (comma || !all_capitals(&bytes[start..end]) || !capitals())))
}

/// Whether a word stands before names and is none.
fn is_label(word: &[u8]) -> bool {
    const LABELS: [&[u8]; 12] = [
        b"NAME",
        b"PATIENT",
        b"PT",
        b"PAT",
        b"MEMBER",
        b"INSURED",
        b"SUBSCRIBER",
        b"GUARANTOR",
        b"CLIENT",
        b"RESIDENT",
        b"ENROLLEE",
        b"CALLER",
    ];
    LABELS.iter().any(|label| label.eq_ignore_ascii_case(word))
}

/// Whether these bytes fill a field between delimiters: a line of its own is a heading, and `, SO` or `NOT; foo` prose or code.
fn in_cell(bytes: &[u8], start: usize, end: usize) -> bool {
    const DELIMITERS: &[u8] = b",;|\t~^";
    let quoted = start > 0 && bytes[start - 1] == b'"' && bytes.get(end) == Some(&b'"');
    let (from, to) = if quoted { (start - 1, end + 1) } else { (start, end) };
    let before = from.checked_sub(1).map_or(b'\n', |at| bytes[at]);
    let behind = bytes.get(to).copied().unwrap_or(b'\n');
    let opens = DELIMITERS.contains(&before);
    let ends = DELIMITERS.contains(&behind)
        && bytes.get(to + 1).is_some_and(|b| !b.is_ascii_whitespace() || behind == b'|' || behind == b'\t');
    if (opens || before == b'\n') && (ends || matches!(behind, b'\n' | b'\r')) && (opens || ends) {
        return true;
    }
    // A column of a printed report.
    let gap = |pair: Option<&[u8]>| pair == Some(b"  ");
    if gap(bytes.get(end..end + 2)) && start >= 2 && gap(bytes.get(start - 2..start)) {
        return true;
    }
    heads_street(bytes, start, end)
}

/// Whether these bytes are a line of their own and the next one begins with a house number, as letters are addressed.
fn heads_street(bytes: &[u8], start: usize, end: usize) -> bool {
    let blank = |b: &&u8| matches!(**b, b' ' | b'\t');
    let before = bytes[..start].iter().rev().take(MARGIN).find(|b| !blank(b));
    if before.is_some_and(|b| *b != b'\n') {
        return false;
    }
    let mut rest = bytes[end..].iter().take(2 * MARGIN).skip_while(blank).skip_while(|b| **b == b'\r');
    rest.next() == Some(&b'\n') && rest.find(|b| !blank(b)).is_some_and(u8::is_ascii_digit)
}

/// Blanks before a line at most.
const MARGIN: usize = 60;

/// Whether a surname of two words opens with such a word: `De Leon, Maria`, `St. Clair, James`.
fn particle(bytes: &[u8]) -> bool {
    const PARTICLES: [&[u8]; 16] = [
        b"De ", b"Del ", b"La ", b"Le ", b"Van ", b"Von ", b"St ", b"St. ", b"Di ", b"Da ", b"Du ", b"Dos ", b"El ",
        b"Al ", b"San ", b"Santa ",
    ];
    PARTICLES.iter().any(|particle| bytes.get(..particle.len()).is_some_and(|head| head.eq_ignore_ascii_case(particle)))
}

/// Calls `push` for the names that begin in the word before the gap at `gap`, at `free` or behind it; `free` moves.
///
/// Words that `free` has passed belong to a name before. A word may have more than one start: `x-Roe`, `O'Neil`.
pub(super) fn names_at(
    bytes: &[u8],
    gap: usize,
    letters: Letters<'_>,
    free: &mut usize,
    mut push: impl FnMut(usize, usize),
) {
    let mut end = gap;
    if bytes[gap] >= 0x80 || end < *free {
        return;
    }
    end -= usize::from(bytes[gap] == b' ' && bytes[..end].last() == Some(&b','));
    end -= usize::from(bytes[..end].last() == Some(&b'.'));
    let mut at = end - letters.before(end).unwrap_or_else(|| run_back(bytes, end, LETTER, usize::MAX));
    if at > 0 && is(bytes[at - 1], INNER) {
        at -= run_back(bytes, at, LETTER | INNER, usize::MAX);
    } else if at < end && !bytes[at].is_ascii_uppercase() {
        return;
    }
    at = at.max(*free);
    while at < end {
        match opens(bytes, at).then(|| words(bytes, at, Some(letters))).flatten() {
            None => at += 1,
            Some((behind, name)) => {
                if name {
                    push(at, behind);
                }
                at = behind;
                *free = behind;
            }
        }
    }
}

/// The length of the name word at `at`, as [`name_word`] has it, from the bitmap of letters where that says it.
#[inline(always)]
fn word(bytes: &[u8], at: usize, letters: Option<Letters<'_>>) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    if !rest.first().is_some_and(u8::is_ascii_uppercase) {
        return 0;
    }
    match letters.and_then(|l| l.from(at)) {
        Some(length) if length <= 25 => match rest.get(length) {
            Some(b'0'..=b'9' | b'_' | b'(') => 0,
            Some(b'\'' | b'-' | 0x80..) => name_word(rest),
            Some(b'.') if length == 1 || is_saint(&rest[..length]) => length + 1,
            _ => length,
        },
        _ => name_word(rest),
    }
}

/// The length of a capitalised word or an initial at the start of `bytes`: `Smith`, `O'Neil`, `SMITH`, `J.`, `J`; 0 where
/// there is none or it runs on into something else.
fn name_word(bytes: &[u8]) -> usize {
    if !bytes.first().is_some_and(u8::is_ascii_uppercase) {
        return 0;
    }
    let mut length = run(bytes, 1, LETTER | INNER, 25) + 1;
    while matches!(bytes[length - 1], b'\'' | b'-') {
        length -= 1;
    }
    if length > 25 || bytes.get(length).is_some_and(|b| b.is_ascii_digit() || *b == b'_' || *b == b'(') {
        return 0;
    }
    let pointed = bytes.get(length) == Some(&b'.') && (length == 1 || is_saint(&bytes[..length]));
    length + usize::from(pointed)
}

fn is_saint(word: &[u8]) -> bool {
    matches!(word, b"St" | b"ST")
}

fn all_capitals(word: &[u8]) -> bool {
    word.iter().all(|b| !b.is_ascii_lowercase())
}
