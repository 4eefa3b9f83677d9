//! Records whose fields stand next to each other without separators, as mainframes write them. In: the first lines. Out:
//! a layout, if the lines are of one length and a form at one place of every line proves it. Refuses equal lines that
//! prove nothing: keys, hashes, encoded bytes, logs.

use super::forms::{FORMS, Form, Is, Proof};
use super::layout::{Column, Fit, Layout};
use crate::detect::named::is_street_suffix;

/// Lines that must hold a value of a form for it to count as found.
const FEWEST: usize = 4;

/// A form that stands at one place of the lines.
struct Found {
    start: usize,
    end: usize,
    proves: bool,
}

/// The layout of lines without separators.
pub(super) fn layout(lines: &[&[u8]]) -> Option<Layout> {
    let filled: Vec<&[u8]> = lines.iter().copied().filter(|line| !line.trim_ascii().is_empty()).collect();
    let width = usual_length(&filled)?;
    let lines: Vec<&[u8]> = filled.into_iter().filter(|line| line.len() == width).collect();
    if lines.len() < FEWEST || !lines.iter().all(|line| line.is_ascii()) {
        return None;
    }
    let mut found: Vec<Found> = Vec::new();
    for form in &FORMS {
        let mut start = 0;
        while start + form.width <= width {
            let end = start + form.width;
            let free = !found.iter().any(|other| other.start < end && start < other.end);
            match free.then(|| stands(form, start, &lines)).flatten() {
                Some(proves) => {
                    found.push(Found { start, end, proves });
                    start = end;
                }
                None => start += 1,
            }
        }
    }
    if !found.iter().any(|found| found.proves) || has_labels(&lines, &found) || is_template(&lines) {
        return None;
    }
    found.sort_by_key(|found| found.start);
    let mut columns = Vec::new();
    let mut from = 0;
    for found in &found {
        between(from, found.start, &lines, &mut columns);
        columns.push(Column { name: None, start: found.start, end: Some(found.end) });
        from = found.end;
    }
    between(from, width, &lines, &mut columns);
    // A line may have lost its blanks at the end, but not what was found.
    let least = found.last().map_or(width, |found| found.end);
    Some(Layout { columns, fit: Fit::Length(least), ..Layout::default() })
}

/// The length of records that nothing ends: what stands at a place is of one kind with what stands a record further on, for three
/// bytes of four. The shortest such length; none where the text looks so at no distance.
pub(super) fn record_length(text: &[u8]) -> Option<usize> {
    const SHORTEST: usize = 20;
    const LONGEST: usize = 4096;
    const SEEN: usize = 2048;
    // In hundredths: that is enough, and so near the best is as good as it.
    const ENOUGH: usize = 75;
    const NEAR: usize = 3;
    let kinds: Vec<u8> = text.iter().take(SEEN + LONGEST).map(|byte| kind(*byte)).collect();
    if kinds.contains(&0) {
        return None;
    }
    let alike = |length: usize| {
        let seen = SEEN.min(kinds.len() - length);
        let same = kinds[..seen].iter().zip(&kinds[length..]).filter(|(one, other)| one == other).count();
        same * 100 / seen
    };
    let longest = LONGEST.min(text.len() / FEWEST);
    let found: Vec<(usize, usize)> = (SHORTEST..=longest).map(|length| (length, alike(length))).collect();
    let best = found.iter().map(|(_, alike)| *alike).max().filter(|best| *best >= ENOUGH)?;
    // What is as like itself at any distance has no records: blanks, or one word again and again.
    if found.iter().filter(|(_, alike)| *alike + NEAR >= best).count() * 4 > found.len() {
        return None;
    }
    found.iter().find(|(_, alike)| *alike + NEAR >= best).map(|(length, _)| *length)
}

/// A blank, a figure, a letter, something else that is printed; 0 for what is none of these.
fn kind(byte: u8) -> u8 {
    match byte {
        b' ' => 1,
        b'0'..=b'9' => 2,
        b'A'..=b'Z' | b'a'..=b'z' | 0x80.. => 3,
        0x21..=0x7E => 4,
        _ => 0,
    }
}

/// The length that nearly all lines have: all but one or two, a head and a trailer, or one in twenty.
fn usual_length(lines: &[&[u8]]) -> Option<usize> {
    let middle = lines.get(lines.len() / 2)?.len();
    let other = lines.iter().filter(|line| line.len() != middle).count();
    let fits = other == 0 || other <= 2 && lines.len() >= 8 || other * 20 <= lines.len();
    (fits && middle >= 10).then_some(middle)
}

/// Whether a form stands at this place in all lines that have anything there; if so, whether that proves a table.
fn stands(form: &Form, start: usize, lines: &[&[u8]]) -> Option<bool> {
    let (mut held, mut years) = (Vec::new(), (u16::MAX, 0));
    for line in lines {
        let bytes = &line[start..start + form.width];
        match (form.check)(bytes) {
            Is::It(year) => {
                // Digits that run on are a longer number; so is a time behind a date.
                held.push(bytes);
                years = (years.0.min(year), years.1.max(year));
            }
            Is::Nothing => {}
            Is::Other => return None,
        }
    }
    if held.len() < FEWEST || held.len() * 20 < lines.len() {
        return None;
    }
    let count = held.len();
    held.sort_unstable();
    held.dedup();
    let differ = held.len() * 2 >= count.min(40);
    let most = count * 2 >= lines.len();
    Some(match form.proof {
        Proof::Differ => differ && most,
        Proof::Decade => differ && most && years.1.saturating_sub(years.0) >= 10,
        Proof::Never => false,
    })
}

/// Whether the lines say themselves what stands in them (`SSN: 123-45-6789`, `call with part number 299-89-1886`): then they are
/// read as the text they are.
fn has_labels(lines: &[&[u8]], found: &[Found]) -> bool {
    found.iter().any(|found| {
        let before = lines[0][..found.start].trim_ascii_end();
        let label = before.last().is_some_and(|b| matches!(b, b':' | b'=' | b'#'));
        // A word as people write it, and a blank.
        let word = &before[before.len() - before.len().min(3)..];
        let written = before.len() < found.start
            && word.len() == 3
            && word.iter().all(u8::is_ascii_alphabetic)
            && word.iter().any(u8::is_ascii_lowercase);
        let said = if written { word } else { &before[before.len().saturating_sub(1)..] };
        (label || written) && lines.iter().all(|line| line[..found.start].trim_ascii_end().ends_with(said))
    })
}

/// Whether lines say the same words around what differs: `P/N 935-96-0536 REV Y S/N 4275235`. A record has a code or two that all
/// have.
fn is_template(lines: &[&[u8]]) -> bool {
    let first = lines[0];
    let alike = |at: usize| lines.iter().all(|line| line[at] == first[at]);
    let mut words = 0;
    let mut at = 0;
    while at < first.len() && words < TEMPLATE {
        let length = first[at..].iter().take_while(|b| b.is_ascii_alphabetic() || **b == b'/').count();
        let apart =
            (at == 0 || first[at - 1] == b' ') && first.get(at + length).is_none_or(|b| matches!(b, b' ' | b':'));
        words += usize::from(length >= 2 && apart && (at..at + length).all(alike));
        at += length.max(1);
    }
    words == TEMPLATE
}

/// So many words that all lines have are a text.
const TEMPLATE: usize = 3;

/// Whether a house number stands here and a street behind it.
fn is_street(text: &[u8]) -> bool {
    let figures = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let mut words = text[figures..].split(|b| *b == b' ').take(6);
    (1..=6).contains(&figures) && words.next() == Some(&[]) && words.skip(1).any(is_street_suffix)
}

/// Whether nearly all lines have one of these there.
fn hold(lines: &[&[u8]], is: impl Fn(&[u8]) -> bool) -> bool {
    lines.iter().filter(|line| is(line)).count() * 50 >= lines.len() * 49
}

/// Whether a letter stands here that says a sex, more than one of them in all.
fn sexes(at: usize, lines: &[&[u8]]) -> bool {
    let has = |letter: u8| lines.iter().any(|line| line[at] == letter);
    hold(lines, |line| matches!(line[at], b'M' | b'F' | b'U' | b'X' | b' ')) && has(b'M') && has(b'F')
}

/// Whether two letters stand here that are a state.
fn states(at: usize, lines: &[&[u8]]) -> bool {
    let is = |line: &[u8]| {
        let code = line.get(at..at + 2).and_then(|code| str::from_utf8(code).ok());
        code.is_some_and(|code| crate::validate::zip::STATES.contains(&code))
    };
    hold(lines, is)
}

/// Whether all nine bytes are digits, and house numbers with their streets begin behind them.
fn nine_before_streets(start: usize, at: usize, to: usize, lines: &[&[u8]]) -> bool {
    let digits = |line: &[u8]| line[start..at].iter().all(u8::is_ascii_digit);
    let streets = lines.iter().filter(|line| is_street(&line[at..to])).count();
    hold(lines, digits) && streets * 2 > lines.len()
}

/// The columns from one place to another: where letters begin behind blanks in most lines, or digits and letters meet in
/// nearly all.
fn between(from: usize, to: usize, lines: &[&[u8]], columns: &mut Vec<Column>) {
    let count = lines.len();
    let share = |at: usize, is: fn(&u8) -> bool| lines.iter().filter(|line| is(&line[at])).count();
    let filled = |at: usize| share(at, |b| *b != b' ');
    let mut start = from;
    for at in from..=to {
        let starts = at > from && at < to && {
            let rises = filled(at) >= filled(at - 1) + count.div_ceil(2);
            let nearly = |n: usize| n * 50 >= count * 49;
            let digits = |at: usize| nearly(share(at, u8::is_ascii_digit));
            let letters = |at: usize| nearly(share(at, u8::is_ascii_alphabetic));
            // A letter or two before digits are part of a number.
            let meet = digits(at - 1) && letters(at) || letters(at - 1) && digits(at) && at - start > 2;
            // `604946085D `: nine digits and a suffix of one to three are Medicare's old number.
            let claim = at - start == 9
                && digits(at - 1)
                && letters(at)
                && (at + 1..to.min(at + 4)).any(|at| filled(at) * 50 <= count);
            // The letter of a sex, and behind it nine digits; a state, and its five: what people's records hold, glued together.
            let at_once = at - start == 1 && sexes(start, lines)
                || at - start == 9 && nine_before_streets(start, at, to, lines)
                || at - start == 2 && digits(at) && states(start, lines)
                || at - start == 5 && digits(at) && start >= from + 2 && states(start - 2, lines);
            if at_once {
                columns.push(Column { name: None, start, end: Some(at) });
                start = at;
                continue;
            }
            // `3530 HIGHLAND AVE` is one.
            let street =
                || at - start <= 7 && lines.iter().filter(|line| is_street(&line[start..to])).count() * 2 > count;
            rises && !street() || meet && at - start > 1 && !claim
        };
        if starts || at == to {
            if at > start && (start..at).any(|at| filled(at) > 0) {
                columns.push(Column { name: None, start, end: Some(at) });
            }
            start = at;
        }
    }
}
