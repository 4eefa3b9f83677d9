//! Streets with their house number. In: bytes. Out: spans from the number to the suffix or the direction behind it, or to
//! the last word before a unit, or before a town with its state and ZIP code. Refuses other words behind a number.

use super::kinds::{DASH, DIGIT, LETTER, POINT, QUOTE, run, run_back};
use super::suffix::is_street_suffix;
use crate::detect::boundary::is_word;

/// Calls `push` for every street, in order.
pub(super) fn streets(bytes: &[u8], push: &mut dyn FnMut(usize, usize)) {
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() || !opens(bytes, at) {
            at += 1;
            continue;
        }
        let digits = run(bytes, at, DIGIT, usize::MAX);
        if digits <= 6
            && let Some(end) = street_end(bytes, at + digits)
        {
            push(at, end);
            at = end;
        } else {
            at += digits;
        }
    }
}

/// Whether a number at `at` may be a house number by what stands before it.
fn opens(bytes: &[u8], at: usize) -> bool {
    at == 0 || !(is_word(bytes[at - 1]) || matches!(bytes[at - 1], b'.' | b'-' | b'/' | b':' | b'$' | b'#'))
}

/// The street whose house number ends before the space at `gap`, if it begins at `free` or behind it, which then moves.
pub(super) fn street_at(bytes: &[u8], gap: usize, free: &mut usize) -> Option<(usize, usize)> {
    let letter = usize::from(bytes[..gap].last().is_some_and(u8::is_ascii_alphabetic));
    let number = gap - letter;
    let digits = run_back(bytes, number, DIGIT, 7);
    let start = number - digits;
    if !(1..=6).contains(&digits) || start < *free || !opens(bytes, start) {
        return None;
    }
    let end = street_end(bytes, number)?;
    *free = end;
    Some((start, end))
}

/// The end of a street behind a house number that ends at `at`: a letter may follow the number, then one space, then
/// one to five words of which the last is a suffix, a direction may follow it.
fn street_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) && bytes.get(at + 1) == Some(&b' ') {
        at += 1;
    }
    let mut words = 0;
    let mut end = None;
    while words < 6 && bytes.get(at) == Some(&b' ') {
        let word = word_at(bytes, at + 1);
        if word.is_empty() {
            break;
        }
        let opens = word[0].is_ascii_uppercase() || is_ordinal(word);
        if words == 0 && !opens {
            return None;
        }
        if words > 0 && end.is_none() && is_unit(word) && has_number(bytes, at + 1 + word.len()) {
            return Some(at);
        }
        if !opens && !is_street_suffix(word) && !word.iter().all(u8::is_ascii_digit) {
            return end;
        }
        at += 1 + word.len();
        words += 1;
        if is_way(word)
            && let Some(number) = route(bytes, at)
        {
            return Some(unit(bytes, directed(bytes, number)));
        }
        if words <= 2
            && let Some(reached) = named_without_suffix(bytes, word, at)
        {
            return Some(unit(bytes, directed(bytes, reached)));
        }
        if words >= 2 && is_street_suffix(word) {
            end = Some(unit(bytes, at));
            if end != Some(at) {
                return end;
            }
        } else if !opens {
            break;
        } else if let Some(reached) = end {
            // One word behind the suffix may be a direction; anything else is not part of the street.
            return Some(if is_direction(word) { at } else { reached });
        }
    }
    end.or_else(|| (words > 0 && opens_town(bytes, at)).then_some(at))
}

/// Whether a word says that a number of a door follows. `Unit` and `#` say it of much else.
fn is_unit(word: &[u8]) -> bool {
    let word = word.strip_suffix(b".").unwrap_or(word);
    ["apt", "apartment", "suite", "ste"].iter().any(|unit| unit.as_bytes().eq_ignore_ascii_case(word))
}

/// Whether a town with its state and ZIP code stands behind a street that ends at `at`, or behind the door named there.
pub(crate) fn has_town(bytes: &[u8], mut at: usize) -> bool {
    let gap = |at: usize| bytes[at.min(bytes.len())..].iter().take(2).take_while(|b| matches!(b, b',' | b' ')).count();
    let unit = word_at(bytes, at + gap(at));
    let door = at + gap(at) + unit.len();
    if (is_unit(unit) || unit.eq_ignore_ascii_case(b"unit")) && has_number(bytes, door) {
        let from = door + 1 + usize::from(bytes.get(door + 1) == Some(&b'#'));
        at = from + run(bytes, from, LETTER | DIGIT, 7);
    } else if bytes.get(at + gap(at)) == Some(&b'#') {
        at += gap(at) + 1 + run(bytes, at + gap(at) + 1, LETTER | DIGIT, 7);
    }
    opens_town(bytes, at)
}

/// Whether a number or a letter of a door stands at `at`, behind a space: `4`, `12B`, `#7`, `C`.
fn has_number(bytes: &[u8], at: usize) -> bool {
    let from = at + 1 + usize::from(bytes.get(at + 1) == Some(&b'#'));
    let door = run(bytes, from, LETTER | DIGIT, 7);
    let door = if door > 6 { &[][..] } else { bytes.get(from..from + door).unwrap_or_default() };
    bytes.get(at) == Some(&b' ') && (door.len() == 1 || door.iter().any(u8::is_ascii_digit))
}

/// Whether a town with its state and ZIP code stands behind a street that ends at `at`: a comma or a line end, one to
/// four words in capitals, `ST 12345`. So are streets known that have no suffix, or one that is rare.
fn opens_town(bytes: &[u8], at: usize) -> bool {
    let gap =
        bytes[at.min(bytes.len())..].iter().take(6).take_while(|b| matches!(b, b',' | b' ' | b'\r' | b'\n')).count();
    let mut at = match &bytes[at..at + gap] {
        between if gap < 6 && between.iter().any(|b| matches!(b, b',' | b'\n')) => at + gap,
        _ => return false,
    };
    let comma = bytes[..at].ends_with(b", ");
    for words in 0..6 {
        let word = word_at(bytes, at);
        // `403 Pinecrest Ave, Erie 16501`.
        if comma && words > 0 && word.len() == 5 && word.iter().all(u8::is_ascii_digit) {
            return true;
        }
        let last = bytes.get(at..at + word.len() + 6).unwrap_or_default();
        let is_state = words > 0 && word.len() == 2 && word.iter().all(u8::is_ascii_uppercase);
        if is_state && last.len() == 8 && last[2] == b' ' && last[3..].iter().all(u8::is_ascii_digit) {
            return !bytes.get(at + 8).is_some_and(u8::is_ascii_alphanumeric);
        }
        if !word.first().is_some_and(u8::is_ascii_uppercase) {
            return false;
        }
        at += word.len();
        at += usize::from(bytes.get(at) == Some(&b','));
        if bytes.get(at) != Some(&b' ') {
            return false;
        }
        at += 1;
    }
    false
}

/// Whether a road is numbered behind this word: `State Route 9`, `County Road 12`, `Hwy 61`.
fn is_way(word: &[u8]) -> bool {
    const WAYS: [&str; 8] = ["route", "rte", "road", "rd", "highway", "hwy", "fm", "rr"];
    WAYS.iter().any(|way| way.as_bytes().eq_ignore_ascii_case(word))
}

/// Where a street ends that has no suffix: `Broadway`; or its kind before its name, as in Spanish: `Camino del Sol`. `at` is behind
/// `word`.
fn named_without_suffix(bytes: &[u8], word: &[u8], mut at: usize) -> Option<usize> {
    const ALONE: [&str; 2] = ["broadway", "bowery"];
    const KINDS: [&str; 8] = ["camino", "calle", "avenida", "via", "paseo", "vista", "caminito", "rue"];
    const SMALL: [&str; 9] = ["de", "del", "la", "las", "los", "el", "y", "du", "des"];
    let is = |list: &[&str], word: &[u8]| list.iter().any(|other| other.as_bytes().eq_ignore_ascii_case(word));
    if is(&ALONE, word) {
        return Some(at);
    }
    if !is(&KINDS, word) {
        return None;
    }
    let mut named = None;
    for _ in 0..4 {
        let next = if bytes.get(at) == Some(&b' ') { word_at(bytes, at + 1) } else { b"" };
        let small = is(&SMALL, next);
        if !small && (named.is_some() || !next.first().is_some_and(u8::is_ascii_uppercase) || next.len() < 3) {
            break;
        }
        at += 1 + next.len();
        if !small {
            named = Some(at);
        }
    }
    named
}

/// Where a direction ends that stands behind the space at `at`; `at` where none does.
fn directed(bytes: &[u8], at: usize) -> usize {
    let word = if bytes.get(at) == Some(&b' ') { word_at(bytes, at + 1) } else { b"" };
    if word.first().is_some_and(u8::is_ascii_uppercase) && is_direction(word) { at + 1 + word.len() } else { at }
}

/// Where the number of a road ends that stands behind the space at `at`.
fn route(bytes: &[u8], at: usize) -> Option<usize> {
    let digits = run(bytes, at + 1, DIGIT, 5);
    let end = at + 1 + digits;
    let stands = bytes.get(at) == Some(&b' ') && (1..=4).contains(&digits);
    (stands && !bytes.get(end).is_some_and(|b| is_word(*b) || matches!(b, b'-' | b'/' | b'.' | b':'))).then_some(end)
}

/// Where the unit in a house ends that stands behind `at`, `Apt 4B`, `, Unit 7`, `#12`; `at` where none does.
fn unit(bytes: &[u8], at: usize) -> usize {
    const UNITS: [&str; 11] = ["apt", "apt.", "unit", "ste", "ste.", "suite", "lot", "trlr", "bldg", "apartment", "rm"];
    let comma = usize::from(bytes.get(at) == Some(&b','));
    if bytes.get(at + comma) != Some(&b' ') {
        return at;
    }
    let start = at + comma + 1;
    let mark = usize::from(bytes.get(start) == Some(&b'#'));
    let word = word_at(bytes, start);
    let known = UNITS.iter().any(|unit| unit.as_bytes().eq_ignore_ascii_case(word));
    let name = match (mark, known) {
        (1, _) => start + 1 + usize::from(bytes.get(start + 1) == Some(&b' ')),
        (_, true) => start + word.len() + 1,
        _ => return at,
    };
    if mark == 0 && bytes.get(name - 1) != Some(&b' ') {
        return at;
    }
    let name = name + usize::from(mark == 0 && bytes.get(name) == Some(&b'#'));
    let length = run(bytes, name, LETTER | DIGIT | DASH, 7);
    // `4B`, `12`, `C`: a word of letters is none.
    let named = (1..=6).contains(&length) && (length == 1 || bytes[name..name + length].iter().any(u8::is_ascii_digit));
    if named { name + length } else { at }
}

/// `5th`, `42nd`, `125th`: up to three digits, then letters.
fn is_ordinal(word: &[u8]) -> bool {
    let digits = word.iter().take_while(|b| b.is_ascii_digit()).count();
    (1..=3).contains(&digits) && word.len() >= digits + 2 && word[digits..].iter().all(u8::is_ascii_alphabetic)
}

/// The word at `at`: letters, digits, `.` `'` `-`, at most 20 bytes.
fn word_at(bytes: &[u8], at: usize) -> &[u8] {
    let length = run(bytes, at, LETTER | DIGIT | POINT | QUOTE | DASH, 21);
    if length > 20 { b"" } else { &bytes[at.min(bytes.len())..][..length] }
}

fn is_direction(word: &[u8]) -> bool {
    const DIRECTIONS: [&str; 12] = ["n", "s", "e", "w", "ne", "nw", "se", "sw", "north", "south", "east", "west"];
    let word = word.strip_suffix(b".").unwrap_or(word);
    DIRECTIONS.iter().any(|d| d.as_bytes().eq_ignore_ascii_case(word))
}
