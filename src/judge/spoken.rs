//! Names as people say them, which nothing in their form tells. In: a text and what was judged in it. Out: more that is judged: a name
//! before an age and a sex (`Charley Rickie 18M  MR 6503685`), the first name of a relative near what identifies a person
//! (`lives w/ wife Elizabeth`), a ZIP code behind its label in such a form, and the first name of whom a message about an appointment greets (`Hi Frankie, reminder of your appt`).
//! Refuses first names that the lists do not know, but in such a greeting.

use std::collections::HashSet;
use std::ops::Range;

use crate::detect::Candidate;
use crate::engine::{Engine, Use};
use crate::identifier::Identifier;
use crate::judge::labels::Labels;
use crate::judge::taken::{Standing, Taken};
use crate::judge::tally::LIKELY;
use crate::judge::text::{Clues, Judged, Label, judge};
use crate::judge::words::WordList;
use crate::validate::{self, Setting, Verdict};

/// What an age and a sex behind it weigh for a name, where the lists know none, one or two of its words.
const AGED: [f32; 3] = [1.0, 5.0, 5.5];
/// What they weigh for the number behind `MR` in that line.
const NUMBERED: f32 = 9.5;
/// What the word of kinship, or the greeting, weighs for a first name.
const CALLED: f32 = 6.0;
/// How far from what identifies a person a relative is named, and a greeting from the appointment, bytes.
const REACH: usize = 1200;
const GREETED: usize = 160;
/// How far from what identifies a person such a list is looked at, bytes.
const LISTED: usize = 400;
/// How long a first name may be.
const LONGEST: usize = 20;

/// What the label of a form weighs for a ZIP code; and how far it may stand, bytes.
const IN_FORM: f32 = 3.0;
const GAP: usize = 20;

/// Words of kinship before a name. Sorted.
const KIN: WordList<25> = WordList::of([
    "aunt",
    "boyfriend",
    "brother",
    "caregiver",
    "child",
    "dad",
    "daughter",
    "father",
    "fiance",
    "fiancee",
    "girlfriend",
    "grandfather",
    "grandmother",
    "grandson",
    "guardian",
    "husband",
    "mom",
    "mother",
    "nephew",
    "niece",
    "sister",
    "son",
    "spouse",
    "uncle",
    "wife",
]);

/// Words that greet.
const GREETINGS: [&[u8]; 5] = [b"hi", b"hello", b"dear", b"hey", b"hola"];

/// What a message to a patient is about, behind the greeting.
const YOURS: [&[u8]; 12] = [
    b"your appointment",
    b"your appt",
    b"your visit",
    b"your prescription",
    b"your refill",
    b"your rx",
    b"your results",
    b"your test",
    b"your lab",
    b"your copay",
    b"your cita",
    b"su cita",
];

/// The use of a rule of this identifier among those of a candidate.
fn use_of(engine: &Engine, candidate: &Candidate, identifier: Identifier) -> Option<Use> {
    let of = |by: &&Use| engine.rules().rules[by.rule as usize].identifier == identifier;
    engine.uses(candidate.shape).iter().find(of).copied()
}

/// The first use of a rule of this identifier.
fn any_use_of(engine: &Engine, identifier: Identifier) -> Option<Use> {
    let mut shapes = 0..engine.plan().shapes().len() as u16;
    let of = |by: &&Use| engine.rules().rules[by.rule as usize].identifier == identifier;
    shapes.find_map(|shape| engine.uses(shape).iter().find(of).copied())
}

/// Where likely values begin.
fn likely_starts(judged: &[Judged]) -> HashSet<usize> {
    judged.iter().filter(|j| j.clues.logit() >= LIKELY).map(|j| j.start).collect()
}

/// Adds names with an age and a sex behind them, and the numbers of such persons.
pub(super) fn aged(
    engine: &Engine,
    bytes: &[u8],
    scope: &Range<usize>,
    (candidates, label): (&[Candidate], Option<Label<'_>>),
    labels: &mut Labels,
    first: usize,
    out: &mut Vec<Judged>,
) {
    let mut standing = None;
    for (at, candidate) in candidates.iter().enumerate() {
        let span = candidate.start as usize..candidate.end as usize;
        if span.end > scope.end || !bytes[span.start].is_ascii_uppercase() || !is_aged(&bytes[span.end..scope.end]) {
            continue;
        }
        let Some(by) = use_of(engine, candidate, Identifier::NAME) else { continue };
        let (ends, likely) =
            standing.get_or_insert_with(|| (Standing::by(out, first, |j| j.end), likely_starts(&out[first..])));
        let add = |judged: &mut Judged| {
            if judged.clues.against == 0.0 {
                let weight = AGED[judged.valid.measure.clamp(0, 2) as usize];
                judged.clues.neighbour = judged.clues.neighbour.max(weight);
                judged.clues.other = 0.0;
            }
        };
        match ends.at(span.end, by.rule) {
            Some(index) => add(&mut out[index]),
            None => {
                let Ok(mut judged) = judge(engine, bytes, scope.clone(), *candidate, by, label, labels) else {
                    continue;
                };
                add(&mut judged);
                ends.add(judged.end, judged.rule, out.len());
                out.push(judged);
            }
        }
        let end = memchr::memchr(b'\n', &bytes[span.end..scope.end]).map_or(scope.end, |end| span.end + end);
        let behind_mr = |c: &&Candidate| {
            let start = c.start as usize;
            bytes[span.end..start].ends_with(b" MR ") || bytes[span.end..start].ends_with(b" MR# ")
        };
        let mut here = candidates[at + 1..].iter().take_while(|c| c.end as usize <= end);
        let number = here.find(|c| c.start as usize >= span.end && behind_mr(c));
        let number = number.and_then(|c| use_of(engine, c, Identifier::MRN).map(|by| (c, by)));
        if let Some((c, by)) = number
            && let Ok(mut judged) = judge(engine, bytes, scope.clone(), *c, by, label, labels)
            && likely.insert(judged.start)
        {
            (judged.clues.neighbour, judged.clues.other) = (NUMBERED, 0.0);
            ends.add(judged.end, judged.rule, out.len());
            out.push(judged);
        }
    }
}

/// Whether an age follows, and a sex or that it is years: ` 18M`, `, 75 y F`, ` (40 yo)`.
fn is_aged(behind: &[u8]) -> bool {
    let open = behind.iter().take(3).take_while(|b| matches!(b, b' ' | b',' | b'(' | b'/')).count();
    let rest = &behind[open..];
    let figures = rest.iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    if open == 0 || !(1..=3).contains(&figures) {
        return false;
    }
    let rest = &rest[figures..];
    let gap = rest.iter().take(1).take_while(|b| matches!(b, b' ' | b'-')).count();
    let rest = &rest[gap..];
    let unit = rest.iter().take(8).take_while(|b| b.is_ascii_alphabetic() || **b == b'/').count();
    let ends = rest.get(unit).is_none_or(|b| !b.is_ascii_digit());
    let years = [&b"yo"[..], b"y/o", b"yr", b"yrs", b"year", b"years", b"y"];
    let sexes = [&b"M"[..], b"F", b"yoM", b"yoF", b"yM", b"yF"];
    // A sex stands right behind the figures: `12 M` is twelve million.
    ends && (sexes.contains(&&rest[..unit]) && gap == 0 || years.iter().any(|y| y.eq_ignore_ascii_case(&rest[..unit])))
}

/// Adds names that stand apart in a list of quoted values in the line of what identifies a person, surname and given name side by
/// side: `rejected: ['536-90-4398', 'Lopez', 'Maria', '1952-03-04']`.
pub(super) fn quoted(engine: &Engine, bytes: &[u8], scope: &Range<usize>, first: usize, out: &mut Vec<Judged>) {
    let identifier = |j: &Judged| engine.rules().rules[j.rule as usize].identifier;
    let tells = |j: &&Judged| {
        let own = matches!(identifier(j), Identifier::SSN | Identifier::MBI | Identifier::BIRTH_DATE | Identifier::MRN);
        own && !j.valid.test && j.clues.logit() >= LIKELY && j.start > 0 && matches!(bytes[j.start - 1], b'\'' | b'"')
    };
    let mut near: Vec<usize> = out[first..].iter().filter(tells).map(|j| j.start).collect();
    near.sort_unstable();
    let Some(by) = any_use_of(engine, Identifier::NAME).filter(|_| !near.is_empty()) else { return };
    let rule = &engine.rules().rules[by.rule as usize];
    let mut taken = Taken::by(&out[first..]);
    let mut from = scope.start;
    for anchor in near {
        let open = anchor.saturating_sub(LISTED).max(from);
        let open = memchr::memrchr(b'\n', &bytes[open..anchor.max(open)]).map_or(open, |at| open + at + 1);
        let close = (anchor + LISTED).min(scope.end);
        let close = memchr::memchr(b'\n', &bytes[anchor..close]).map_or(close, |at| anchor + at);
        if open >= close {
            continue;
        }
        from = close;
        for [one, other] in quoted_pairs(bytes, open..close) {
            let (a, b) = (&bytes[one.clone()], &bytes[other.clone()]);
            let known = |given: &[u8], family: &[u8]| {
                validate::names::given_rank(given).is_some() && validate::names::surname_rank(family).is_some()
            };
            if !known(a, b) && !known(b, a) {
                continue;
            }
            for Range { start, end } in [one, other] {
                if let Verdict::Valid(valid) = (rule.check)(&bytes[start..end], Setting::Field)
                    && !taken.meets(&(start..end))
                {
                    let clues = Clues { alone: by.alone, neighbour: CALLED, ..Clues::default() };
                    let judged = Judged { rule: by.rule, shape: by.shape, start, end, valid, clues, subject: None };
                    taken.add(&judged);
                    out.push(judged);
                }
            }
        }
    }
}

/// Two words side by side in quotes, `'Lopez', 'Maria'`.
fn quoted_pairs(bytes: &[u8], within: Range<usize>) -> Vec<[Range<usize>; 2]> {
    let word = |at: usize| {
        let quote = *bytes.get(at).filter(|b| matches!(b, b'\'' | b'"'))?;
        let length = first_name(&bytes[at + 1..within.end])?;
        let length = if bytes[at + length] == quote { length - 1 } else { length };
        let whole = bytes[at + 1].is_ascii_uppercase() && bytes.get(at + 1 + length) == Some(&quote);
        (whole && length >= 2).then(|| at + 1..at + 1 + length)
    };
    let marks = memchr::memchr2_iter(b'\'', b'"', &bytes[within.clone()]).map(|at| within.start + at);
    let pair = |at: usize| {
        let one = word(at)?;
        let gap = bytes[one.end + 1..within.end].iter().take(3).take_while(|b| matches!(b, b',' | b' ')).count();
        let other = word(one.end + 1 + gap).filter(|_| gap > 0)?;
        Some([one, other])
    };
    marks.filter_map(pair).collect()
}

/// Adds first names: of relatives, and of whom a message greets.
pub(super) fn first_names(
    engine: &Engine,
    bytes: &[u8],
    scope: &Range<usize>,
    by: Use,
    first: usize,
    out: &mut Vec<Judged>,
) {
    let identifier = |j: &Judged| engine.rules().rules[j.rule as usize].identifier;
    let likely = |j: &&Judged| !j.valid.test && j.clues.logit() >= LIKELY;
    let tells = |j: &&Judged| {
        matches!(
            identifier(j),
            Identifier::SSN
                | Identifier::BIRTH_DATE
                | Identifier::MRN
                | Identifier::MBI
                | Identifier::HICN
                | Identifier::MEMBER_ID
                | Identifier::MEDICAID_ID
        )
    };
    let dated = |j: &&Judged| matches!(identifier(j), Identifier::SERVICE_DATE | Identifier::RX_NUMBER);
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut near: Vec<usize> = out[first..].iter().filter(likely).filter(tells).map(|j| j.start).collect();
    near.sort_unstable();
    let mut labelled: Vec<Range<usize>> = Vec::new();
    let mut from = scope.start;
    for anchor in near {
        let start = anchor.saturating_sub(REACH).max(from);
        let end = (anchor + REACH).min(scope.end);
        if start < end {
            relatives(bytes, start..end, &mut found);
            labelled.extend(zips(bytes, start..end));
            from = end;
        }
    }
    let mut dates: Vec<usize> = out[first..].iter().filter(likely).filter(dated).map(|j| j.start).collect();
    dates.sort_unstable();
    found.extend(dates.into_iter().filter_map(|at| greeted(bytes, at.saturating_sub(GREETED).max(scope.start)..at)));
    let mut taken = Taken::by(&out[first..]);
    let mut put = |by: Use, span: Range<usize>, weight: f32| {
        let rule = &engine.rules().rules[by.rule as usize];
        if let Verdict::Valid(valid) = (rule.check)(&bytes[span.clone()], Setting::Field)
            && !taken.meets(&span)
        {
            let clues = Clues { alone: by.alone, neighbour: weight, ..Clues::default() };
            let Range { start, end } = span;
            let judged = Judged { rule: by.rule, shape: by.shape, start, end, valid, clues, subject: None };
            taken.add(&judged);
            out.push(judged);
        }
    };
    if let Some(by) = any_use_of(engine, Identifier::ZIP) {
        labelled.into_iter().for_each(|span| put(by, span, IN_FORM));
    }
    found.into_iter().for_each(|span| put(by, span, CALLED));
}

/// ZIP codes behind their label in a form near what identifies a person: `Zip 46858`, `ZIP CODE: 79979`.
fn zips(bytes: &[u8], within: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let marks = memchr::memchr2_iter(b'Z', b'z', &bytes[within.clone()]).map(move |at| within.start + at..within.end);
    marks.filter_map(|rest| labelled_zip(bytes, rest))
}

/// The five figures, four more behind a hyphen, that a `Zip` or `Zip code` labels.
fn labelled_zip(bytes: &[u8], within: Range<usize>) -> Option<Range<usize>> {
    let at = within.start;
    let rest = &bytes[within];
    let is = |rest: &[u8], word: &[u8]| rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    if !is(rest, b"zip") || at > 0 && bytes[at - 1].is_ascii_alphanumeric() {
        return None;
    }
    let code = if is(&rest[3..], b" code") { 8 } else { 3 };
    let gap =
        rest[code..].iter().take(GAP).take_while(|b| matches!(b, b' ' | b'\t' | b':' | b'.' | b'_' | b'#')).count();
    let figures = rest[code + gap..].iter().take(6).take_while(|b| b.is_ascii_digit()).count();
    let start = at + code + gap;
    if gap == 0 || figures != 5 {
        return None;
    }
    let more = match bytes.get(start + 5..) {
        Some([b'-', rest @ ..]) if rest.iter().take(5).take_while(|b| b.is_ascii_digit()).count() == 4 => 5,
        _ => 0,
    };
    Some(start..start + 5 + more)
}

/// First names behind words of kinship.
fn relatives(bytes: &[u8], within: Range<usize>, found: &mut Vec<Range<usize>>) {
    for at in memchr::memchr_iter(b' ', &bytes[within.clone()]).map(|at| within.start + at) {
        if !bytes.get(at + 1).is_some_and(u8::is_ascii_uppercase) {
            continue;
        }
        let before = &bytes[within.start..at];
        let before = before.strip_suffix(b",").or_else(|| before.strip_suffix(b":")).unwrap_or(before);
        let length = before.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
        let kin = KIN.has(&before[before.len() - length..]);
        let Some(name) = kin.then(|| first_name(&bytes[at + 1..within.end])).flatten() else { continue };
        // A second capital word: a whole name, which has a form.
        let whole = &bytes[at + 1..at + 1 + name];
        let listed = validate::names::given_rank(whole).is_some() && !validate::name::is_of_headings(whole);
        let shout = whole.iter().all(u8::is_ascii_uppercase);
        let more = bytes[at + 1 + name..within.end].strip_prefix(b" ").and_then(|rest| rest.first());
        if listed && (shout || !more.is_some_and(u8::is_ascii_uppercase)) {
            found.push(at + 1..at + 1 + name);
        }
    }
}

/// Whom a message greets that says what of theirs it is about.
fn greeted(bytes: &[u8], within: Range<usize>) -> Option<Range<usize>> {
    let said = &bytes[within.clone()];
    let line = memchr::memrchr(b'\n', said).map_or(0, |at| at + 1);
    let lower = said.to_ascii_lowercase();
    let about = YOURS.iter().filter_map(|words| memchr::memmem::rfind(&lower, words)).max()?;
    (line..about).filter(|at| said[*at].is_ascii_uppercase() || said[*at] >= 0xC0).find_map(|at| {
        let before = &lower[..at];
        let before = before.strip_suffix(b" ")?;
        let length = before.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
        let greets = GREETINGS.contains(&&before[before.len() - length..]);
        let name = greets.then(|| first_name(&said[at..about])).flatten()?;
        let ends = matches!(said[at + name], b',' | b'!' | b':' | b'-') || said[at + name..].starts_with(b" -");
        let person = ends && !validate::name::is_of_headings(&said[at..at + name]);
        person.then(|| within.start + at..within.start + at + name)
    })
}

/// The length of a word that a first name may be: a capital and small letters, or capitals.
fn first_name(rest: &[u8]) -> Option<usize> {
    let inner = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'\'' | b'-') || *b >= 0x80;
    let length = rest.iter().take(LONGEST + 1).take_while(|b| inner(b)).count();
    ((2..=LONGEST).contains(&length) && length < rest.len()).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_from_other_figures() {
        for behind in [" 18M  MR 1", ", 75 y F", " (40 yo)", " 7 y/o", " 86F\n", ", 56 year old", " 40yoM "] {
            assert!(is_aged(behind.as_bytes()), "{behind}");
        }
        for behind in ["18M", " 18MB", " 1200M", " 12 M", " 18 MR", " 40mg", " 5 F3", "", " 18"] {
            assert!(!is_aged(behind.as_bytes()), "{behind}");
        }
    }

    #[test]
    fn relatives_and_whom_a_message_greets_are_found() {
        let kin = |text: &str| {
            let mut found = Vec::new();
            relatives(text.as_bytes(), 0..text.len(), &mut found);
            found.into_iter().map(|span| text[span].to_string()).collect::<Vec<_>>()
        };
        assert_eq!(kin("Lives w/ wife Elizabeth at home. Daughter Maureen ((440)"), ["Elizabeth", "Maureen"]);
        assert_eq!(kin("PT LIVES ALONE, DAUGHTER MAUREEN CAN BE REACHED"), ["MAUREEN"]);
        assert_eq!(kin("her son Walter Haddad called; mother Denies pain; wife Unknown, son "), Vec::<String>::new());
        let hi = |text: &str| greeted(text.as_bytes(), 0..text.len()).map(|span| text[span].to_string());
        assert_eq!(hi("LRH: Hi Frankie, reminder of your appt on ").as_deref(), Some("Frankie"));
        assert_eq!(hi("Hola Zoë! Recordatorio: su cita es ").as_deref(), Some("Zoë"));
        assert_eq!(hi("Hi Brian, checking on 412"), None);
        assert_eq!(hi("Hi There your appt "), None);
        let quoted = |text: &str| {
            let pairs = quoted_pairs(text.as_bytes(), 0..text.len());
            pairs.into_iter().map(|[a, b]| format!("{} {}", &text[a], &text[b])).collect::<Vec<_>>()
        };
        assert_eq!(quoted("['536', 'Lopez', 'Maria', 'F']"), ["Lopez Maria"]);
        assert_eq!(quoted(r#"("O'Neil","Ann",1)"#), ["O'Neil Ann"]);
        assert_eq!(quoted("'Lopez' 12 'Maria', 'lopez', 'x"), Vec::<String>::new());
        assert!(KIN.is_sorted());
        let zip = |text: &str| labelled_zip(text.as_bytes(), 0..text.len()).map(|span| text[span].to_string());
        assert_eq!(zip("Zip 46858").as_deref(), Some("46858"));
        assert_eq!(zip("ZIP CODE:  79979-1234 x").as_deref(), Some("79979-1234"));
        for other in ["zip46858", "zip 468581", "zip file 46858", "zipper 46858", "zip 4685"] {
            assert_eq!(zip(other), None, "{other}");
        }
    }
}
