//! What stands near a value in a text and belongs to it or to the same person. In: values that were judged by the words around
//! them. Out: the same with what their neighbours weigh, and names and birth dates that only their company tells. Looks only near
//! what identifies a person; a text without persons costs nothing here.

use std::collections::HashSet;
use std::ops::Range;

use crate::detect::Candidate;
use crate::detect::named::has_town;
use crate::engine::Engine;
use crate::finding::Subject;
use crate::identifier::Identifier;
use crate::judge::context::TELLS;
use crate::judge::labels::Labels;
use crate::judge::taken::Standing;
use crate::judge::tally::LIKELY;
use crate::judge::text::{Judged, Label, NEIGHBOUR_REACH, judge};
use crate::validate::date::today;

/// What a street weighs for the ZIP code behind it, and the other way round.
const NEIGHBOUR: f32 = 3.0;
/// What a street in the next line weighs for a name that fills its line, as letters are addressed: where the lists know
/// given name and surname, and where they know one of them.
const ADDRESSEE: [f32; 2] = [4.0, 2.5];
/// What a person's birth date or number near by weighs for a date of service behind a word that says little, `seen 3/4/2021`.
const CARED_FOR: f32 = 6.0;
/// How far such a value may stand.
const CARED_FOR_REACH: usize = 400;
/// What an identifier in the same line weighs for a name of which the lists know given name and surname.
const BESIDE: f32 = 3.0;
/// How far such an identifier may stand.
const BESIDE_REACH: usize = 40;
/// What a birth date or a number of a person close behind it in its line weighs for a name, where the lists know none, one or
/// two of its words.
const WHOSE: [f32; 3] = [0.0, 2.5, 4.0];
/// How far before the number a name may stand.
const WHOSE_REACH: usize = 40;
/// What a person's birth date or number near by weighs for such a number. Set by hand.
const NEAR_A_PERSON: f32 = 4.0;
/// What a person's number or birth date within [`WIDE`] weighs for a name of which the lists know given name and surname: in a
/// record of patients such a name is somebody's.
const IN_RECORD: f32 = 3.0;
/// And of which they know one, behind a word that stands before names or at the beginning of a line.
const CALLED: f32 = 4.5;
/// How far such a number may stand from a name, bytes.
const WIDE: usize = 250;
/// What a name right before it weighs for a date, near what identifies a person: `Maria Lopez / 3/4/1952 /`.
const BORN: f32 = 5.5;
/// And where such a number follows it in the line: `Maria Lopez  3-4-52  MRN 4829137`.
const BORN_IN_ROW: f32 = 7.0;
/// Dates of the last days, so many, are those of visits and letters.
const RECENT: i64 = 600;

/// A date behind `seen` or `admitted` is one of care, and a number behind `member` or `chart` one of a person, where it stands
/// near what identifies a person.
pub(super) fn cared_for(engine: &Engine, bytes: &[u8], judged: &mut [Judged]) {
    let identifier = |j: &Judged| engine.rules().rules[j.rule as usize].identifier;
    let cared = |j: &Judged| (identifier(j) == Identifier::SERVICE_DATE && j.clues.keyword > 0.0) || j.clues.bare;
    if !judged.iter().any(cared) {
        return;
    }
    let sure = |j: &&Judged| is_persons(identifier(j)) && !j.valid.test && j.clues.logit() >= LIKELY;
    let mut near: Vec<usize> = judged.iter().filter(sure).map(|j| j.start).collect();
    near.sort_unstable();
    // `member 284…, name Robert Perry`.
    let named = |j: &&Judged| {
        identifier(j) == Identifier::NAME && !j.valid.test && j.valid.measure >= 2 && j.clues.logit() >= LIKELY
    };
    let whose: Vec<Range<usize>> = judged.iter().filter(named).map(|j| j.start..j.end).collect();
    for date in judged.iter_mut().filter(|j| cared(j) && j.clues.logit() < LIKELY) {
        if identifier(date) == Identifier::SERVICE_DATE && is_of_papers(bytes, date.start) {
            continue;
        }
        let at = near.partition_point(|start| start + CARED_FOR_REACH < date.start);
        // Not a birth date that is the same value.
        let near = near[at..].iter().take(4).any(|start| *start != date.start && *start < date.end + CARED_FOR_REACH);
        if near || date.clues.bare && whose.iter().any(|name| is_in_line(bytes, name, &(date.start..date.end))) {
            date.clues.neighbour = if date.clues.bare { NEAR_A_PERSON } else { CARED_FOR };
        }
    }
}

/// Whether two values stand close to each other in a line and a sentence.
fn is_in_line(bytes: &[u8], one: &Range<usize>, other: &Range<usize>) -> bool {
    let between = one.end.min(other.end)..one.start.max(other.start);
    between.start <= between.end
        && between.len() <= BESIDE_REACH
        && memchr::memchr2(b'\n', b'.', &bytes[between]).is_none()
}

/// Whether a date is none of the last visits and letters.
pub(super) fn is_of_years_ago(date: &Judged) -> bool {
    date.valid.measure < today() - RECENT
}

/// Whether an identifier is one that a person has one of.
fn is_persons(identifier: Identifier) -> bool {
    matches!(
        identifier,
        Identifier::SSN
            | Identifier::BIRTH_DATE
            | Identifier::MBI
            | Identifier::HICN
            | Identifier::MRN
            | Identifier::MEMBER_ID
            | Identifier::MEDICAID_ID
    )
}

/// Names near what identifies a person: in its line, in its record, or as people are called there.
pub(super) fn beside(
    engine: &Engine,
    bytes: &[u8],
    scope: Range<usize>,
    (candidates, label): (&[Candidate], Option<Label<'_>>),
    labels: &mut Labels,
    first: usize,
    out: &mut Vec<Judged>,
) {
    let identifier = |rule: u16| engine.rules().rules[rule as usize].identifier;
    let sure = |j: &Judged| is_persons(identifier(j.rule)) && !j.valid.test && j.clues.logit() >= LIKELY;
    let mut near: Vec<Range<usize>> = out[first..].iter().filter(|j| sure(j)).map(|j| j.start..j.end).collect();
    if near.is_empty() {
        return;
    }
    near.sort_by_key(|span| span.start);
    let standing = Standing::by(out, first, |j| j.end);
    for candidate in candidates.iter().filter(|c| (c.end as usize) <= scope.end) {
        let names = engine.uses(candidate.shape).iter().filter(|by| identifier(by.rule) == Identifier::NAME);
        for by in names {
            let span = candidate.start as usize..candidate.end as usize;
            let at = near.partition_point(|other| other.end + WIDE < span.start);
            if near.get(at).is_none_or(|other| other.start > span.end + WIDE) {
                continue;
            }
            let beside = near[at..].iter().take(12).any(|other| is_in_line(bytes, &span, other));
            let add = |judged: &mut Judged| {
                // A word that says whose it is outweighs where it stands.
                if judged.clues.against != 0.0 {
                    return;
                }
                let weight = match judged.valid.measure {
                    2.. if beside => BESIDE,
                    2.. => IN_RECORD,
                    1 if opens_name(bytes, &scope, judged.start) => CALLED,
                    _ => 0.0,
                };
                if judged.clues.keyword < weight {
                    judged.clues.keyword = 0.0;
                    judged.clues.neighbour = judged.clues.neighbour.max(weight);
                    // The label before it is that of the identifier.
                    judged.clues.other = 0.0;
                }
            };
            match standing.at(span.end, by.rule) {
                Some(index) => add(&mut out[index]),
                None => {
                    if let Ok(mut judged) = judge(engine, bytes, scope.clone(), *candidate, *by, label, labels) {
                        add(&mut judged);
                        out.push(judged);
                    }
                }
            }
        }
    }
}

/// A telephone number right behind a name, as people write whom to call, `(son, Elmer Haddad, 208-750-3655)`; a street behind
/// or below one near what identifies a person; and an IP address in the line of it.
pub(super) fn called(engine: &Engine, bytes: &[u8], judged: &mut [Judged]) {
    /// What the name weighs; and the person for the address.
    const WHOSE: f32 = 3.0;
    const CLOSE: usize = 40;
    const LINE: usize = 400;
    /// Longer than any of those values.
    const LONGEST: usize = 400;
    let identifier = |j: &Judged| engine.rules().rules[j.rule as usize].identifier;
    let numbers =
        |j: &Judged| matches!(identifier(j), Identifier::PHONE | Identifier::IP_ADDRESS | Identifier::ADDRESS);
    if !judged.iter().any(|j| numbers(j) && j.clues.logit() < LIKELY && j.clues.neighbour == 0.0) {
        return;
    }
    let likely = |j: &&Judged| !j.valid.test && j.clues.logit() >= LIKELY;
    let mut names: Vec<usize> =
        judged.iter().filter(likely).filter(|j| identifier(j) == Identifier::NAME).map(|j| j.end).collect();
    names.sort_unstable();
    let mut persons: Vec<Range<usize>> = judged
        .iter()
        .filter(likely)
        .filter(|j| is_persons(identifier(j)) || identifier(j) == Identifier::EMAIL)
        .map(|j| j.start..j.end)
        .collect();
    persons.sort_unstable_by_key(|other| other.start);
    let patients = |j: &&Judged| identifier(j) == Identifier::NAME && j.subject != Some(Subject::Provider);
    let mut lived: Vec<usize> = judged.iter().filter(likely).filter(patients).map(|j| j.end).collect();
    lived.sort_unstable();
    for number in judged.iter_mut().filter(|j| numbers(j) && j.clues.logit() < LIKELY && j.clues.neighbour == 0.0) {
        let span = number.start..number.end;
        let near = match identifier(number) {
            // The nearest: if a line or a sentence ends behind it, so it does behind those before.
            Identifier::PHONE => {
                let name = names.partition_point(|end| *end <= span.start).checked_sub(1).map(|at| names[at]);
                name.is_some_and(|end| {
                    span.start - end <= CLOSE && memchr::memchr2(b'\n', b'.', &bytes[end..span.start]).is_none()
                })
            }
            Identifier::ADDRESS => {
                let name = lived.partition_point(|end| *end <= span.start).checked_sub(1).map(|at| lived[at]);
                let at = persons.partition_point(|other| other.end + WIDE < span.start);
                let person = persons.get(at).is_some_and(|other| other.start <= span.end + WIDE);
                person && name.is_some_and(|end| dwells(&bytes[end..span.start]))
            }
            _ => {
                let from = persons.partition_point(|other| other.start + LINE + LONGEST < span.start);
                persons[from..].iter().take_while(|other| other.start <= span.end + LINE).any(|other| {
                    let between = other.end.min(span.end)..other.start.max(span.start);
                    between.start <= between.end
                        && between.len() <= LINE
                        && memchr::memchr(b'\n', &bytes[between]).is_none()
                })
            }
        };
        if near {
            number.clues.neighbour = WHOSE;
            number.clues.other = 0.0;
        }
    }
}

/// Whether what stands between a name and a street says that the one lives in the other, or nothing: `Ann Poe is seen at` does
/// not.
fn dwells(between: &[u8]) -> bool {
    const FAR: usize = 80;
    let lines = memchr::memchr_iter(b'\n', between).count();
    let last = between.trim_ascii_end();
    let word = &last[last.iter().rposition(|b| !b.is_ascii_alphabetic()).map_or(0, |at| at + 1)..];
    let firm = [&b"at"[..], b"clinic", b"office", b"hospital", b"center", b"pharmacy", b"from", b"near"];
    between.len() <= FAR
        && lines <= 1
        && !firm.iter().any(|other| other.eq_ignore_ascii_case(word))
        && !last.ends_with(b".")
}

/// A street with a ZIP code close behind it: each speaks for the other. A name in the line above a street is whose it is.
pub(super) fn neighbours(engine: &Engine, bytes: &[u8], scope: Range<usize>, judged: &mut [Judged]) {
    let identifier = |j: &Judged| engine.rules().rules[j.rule as usize].identifier;
    for at in 0..judged.len() {
        if TELLS.contains(&identifier(&judged[at])) && judged[at].clues.logit() >= LIKELY {
            let start = judged[at].start;
            let before = judged[..at].iter_mut().rev().take(24).filter(|j| identifier(j) == Identifier::NAME);
            for name in before.filter(|j| j.end <= start && start - j.end <= WHOSE_REACH) {
                if memchr::memchr2(b'\n', b'.', &bytes[name.end..start]).is_none() {
                    name.clues.neighbour = WHOSE[name.valid.measure.clamp(0, 2) as usize];
                }
            }
            continue;
        }
        if identifier(&judged[at]) != Identifier::ADDRESS {
            continue;
        }
        let (start, end) = (judged[at].start, judged[at].end);
        let near = |j: &Judged| identifier(j) == Identifier::ZIP && j.start >= end && j.start <= end + NEIGHBOUR_REACH;
        let mut found = false;
        // What stands behind a firm's street is a firm's.
        let firm = judged[at].clues.against;
        for zip in judged[at..].iter_mut().take(24).filter(|j| near(j)) {
            (zip.clues.neighbour, zip.clues.against) = (NEIGHBOUR, zip.clues.against.min(firm));
            found = true;
        }
        // A town with its state and a ZIP code that nobody has is an address that was made up, and an address.
        if found || has_town(&bytes[..scope.end], end) {
            judged[at].clues.neighbour = NEIGHBOUR;
        }
        let above = judged[..at].iter_mut().rev().take(24).filter(|j| identifier(j) == Identifier::NAME);
        for name in above.filter(|j| addresses(bytes, &scope, j.start..j.end, start)) {
            let listed = name.valid.measure.clamp(0, 2) as usize;
            name.clues.neighbour = match listed {
                0 => 0.0,
                listed => ADDRESSEE[2 - listed],
            };
        }
    }
}

/// Whether `name` is all its line holds and the value at `next` begins the line after it.
fn addresses(bytes: &[u8], scope: &Range<usize>, name: Range<usize>, next: usize) -> bool {
    if name.end > next || next - name.end > NEIGHBOUR_REACH {
        return false;
    }
    let between = &bytes[name.end..next];
    let blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'>');
    if !between.iter().all(blank) || memchr::memchr_iter(b'\n', between).count() != 1 {
        return false;
    }
    let line = memchr::memrchr(b'\n', &bytes[scope.start..name.start]).map_or(scope.start, |at| scope.start + at + 1);
    name.start - line <= NEIGHBOUR_REACH && bytes[line..name.start].iter().all(blank)
}

/// Whether what stands before a name is a word that does, the beginning of a line or the mark of a list.
fn opens_name(bytes: &[u8], scope: &Range<usize>, at: usize) -> bool {
    const WORDS: [&str; 23] = [
        "about",
        "am",
        "and",
        "attn",
        "behalf",
        "by",
        "caller",
        "for",
        "from",
        "hello",
        "hi",
        "is",
        "its",
        "name",
        "named",
        "of",
        "on",
        "regarding",
        "spoke",
        "that",
        "to",
        "with",
        "thanks",
    ];
    let before = &bytes[at.saturating_sub(24).max(scope.start)..at];
    let marks = |b: &u8| matches!(b, b' ' | b'*' | b':' | b'-' | b'"' | b'(' | b'>' | b'#' | b'|' | b',');
    let length = before.iter().rposition(|b| !marks(b)).map_or(0, |last| last + 1);
    if length == 0 || matches!(before[length - 1], b'\n' | b'\r' | b'\t') {
        return true;
    }
    let word = before[..length].iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    let word = &before[length - word..length];
    before[length..].contains(&b':') || WORDS.iter().any(|other| other.as_bytes().eq_ignore_ascii_case(word))
}

/// Whether the sentence before a date speaks of papers and money, which come and go on days of no care: `the claim was received
/// on`.
fn is_of_papers(bytes: &[u8], at: usize) -> bool {
    const PAPERS: [&str; 20] = [
        "appeal",
        "application",
        "card",
        "check",
        "claim",
        "claims",
        "complaint",
        "document",
        "email",
        "fax",
        "file",
        "form",
        "invoice",
        "letter",
        "mail",
        "message",
        "payment",
        "refund",
        "request",
        "statement",
    ];
    let before = &bytes[at.saturating_sub(60)..at];
    let sentence =
        before.windows(2).rposition(|two| matches!(two, b". " | b"; ") || two[0] == b'\n').map_or(0, |at| at + 1);
    let words = before[sentence..].split(|b| !b.is_ascii_alphabetic());
    // `claim for services on`: of care all the same.
    let (mut papers, mut care) = (false, false);
    for word in words {
        papers |= PAPERS.iter().any(|other| other.as_bytes().eq_ignore_ascii_case(word));
        care |= [&b"service"[..], b"services", b"visit", b"seen"].iter().any(|other| other.eq_ignore_ascii_case(word));
    }
    papers && !care
}

/// Adds birth dates that no word speaks for, right behind a name near what identifies a person: `Maria Lopez / 3/4/1952 / …`.
pub(super) fn born(
    engine: &Engine,
    bytes: &[u8],
    scope: Range<usize>,
    (candidates, label): (&[Candidate], Option<Label<'_>>),
    labels: &mut Labels,
    first: usize,
    out: &mut Vec<Judged>,
) {
    let identifier = |rule: u16| engine.rules().rules[rule as usize].identifier;
    let sure = |j: &&Judged| is_persons(identifier(j.rule)) && !j.valid.test && j.clues.logit() >= LIKELY;
    let mut near: Vec<usize> = out[first..].iter().filter(sure).map(|j| j.start).collect();
    if near.is_empty() {
        return;
    }
    near.sort_unstable();
    let named =
        |j: &&Judged| identifier(j.rule) == Identifier::NAME && j.clues.logit() >= LIKELY && j.valid.measure >= 1;
    let mut names: Vec<usize> = out[first..].iter().filter(named).map(|j| j.end).collect();
    names.sort_unstable();
    let likely = out[first..].iter().filter(|j| j.clues.logit() >= LIKELY);
    let mut likely: HashSet<usize> = likely.map(|j| j.start).collect();
    let mut found: Vec<Judged> = Vec::new();
    for candidate in candidates.iter().filter(|c| (c.end as usize) <= scope.end) {
        let start = candidate.start as usize;
        let Some(name) = names.partition_point(|end| *end <= start).checked_sub(1).map(|at| names[at]) else {
            continue;
        };
        let parted = |between: &[u8]| {
            (1..=5).contains(&between.len())
                && between
                    .iter()
                    .all(|b| matches!(b, b' ' | b'/' | b',' | b'(' | b'-' | b'|' | b';' | b'*' | b'\'' | b'"'))
        };
        if !parted(&bytes[name..start]) {
            continue;
        }
        let at = near.partition_point(|other| other + CARED_FOR_REACH < start);
        if near.get(at).is_none_or(|other| *other > start + CARED_FOR_REACH) {
            continue;
        }
        for by in engine.uses(candidate.shape).iter().filter(|by| identifier(by.rule) == Identifier::BIRTH_DATE) {
            if by.alone < -5.5 || likely.contains(&start) {
                continue;
            }
            if let Ok(mut judged) = judge(engine, bytes, scope.clone(), *candidate, *by, label, labels)
                && is_of_years_ago(&judged)
                && judged.clues.against == 0.0
            {
                judged.clues.other = 0.0;
                let next = near.partition_point(|other| *other < judged.end);
                let in_row = near.get(next).is_some_and(|at| is_in_line(bytes, &(start..judged.end), &(*at..*at)));
                judged.clues.neighbour = if in_row { BORN_IN_ROW } else { BORN };
                if judged.clues.logit() >= LIKELY {
                    likely.insert(judged.start);
                }
                found.push(judged);
            }
        }
    }
    // In the place of what was said of them before.
    let places: HashSet<(usize, u16)> = found.iter().map(|j| (j.start, j.rule)).collect();
    let mut at = 0;
    out.retain(|j| {
        at += 1;
        at <= first || !places.contains(&(j.start, j.rule))
    });
    out.append(&mut found);
}
