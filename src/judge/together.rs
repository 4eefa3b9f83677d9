//! Lines that hold what a record of a person holds, without a word that says so: nine bare figures, a name that the lists know,
//! a date generations old (`418627715 Maria Lopez 03/04/1952`). In: candidates of a text. Out: the numbers and dates of such
//! lines as Social Security numbers and birth dates: possible where one line is so, likely where several are and nearly all
//! their numbers could have been issued. Refuses lines that label one of them, and those with more than one such number.

use std::ops::Range;

use crate::detect::Candidate;
use crate::engine::{Engine, Use};
use crate::identifier::Identifier;
use crate::judge::company::is_of_years_ago;
use crate::judge::labels::Labels;
use crate::judge::taken::{Standing, Taken};
use crate::judge::tally::LIKELY;
use crate::judge::text::{Clues, Judged, Label, judge};
use crate::validate::{Setting, Verdict};

/// The form of the number.
const BARE: &str = "9{9}";
/// How far to either side of the number its line is looked at, bytes.
const REACH: usize = 160;
/// How many candidates to either side.
const MOST: usize = 24;
/// So many such lines are no chance.
const SEVERAL: usize = 3;
/// What a name and a birth date in its line weigh for a bare number; and where several lines are so. Nine bare figures start at
/// −6. Set by hand: one line comes to 0.38, several to 0.82.
const ONE: f32 = 5.5;
const MANY: f32 = 7.5;
/// What they weigh for the date.
const BORN: f32 = 5.5;
/// What a labelled birth date in its line weighs for a number behind a bare `ID:`. A number that a label must tell starts at −8.
const NUMBERED: f32 = 9.5;
/// Of all bare nine-digit numbers 0.889 could be an SSN; of a list of them nearly all are. One in so many may not be.
const WRONG: usize = 20;

/// What stands together in one line.
struct Line {
    number: Judged,
    date: Judged,
    /// The lists know given name and surname.
    known: bool,
}

/// Adds the numbers and dates of such lines.
pub(super) fn lines(
    engine: &Engine,
    bytes: &[u8],
    scope: &Range<usize>,
    (candidates, label): (&[Candidate], Option<Label<'_>>),
    labels: &mut Labels,
    first: usize,
    out: &mut Vec<Judged>,
) {
    let mut found = Vec::new();
    let mut wrong = 0;
    for (at, candidate) in candidates.iter().enumerate() {
        if candidate.end - candidate.start != 9 || candidate.end as usize > scope.end {
            continue;
        }
        let shape = |by: &Use| &engine.rules().rules[by.rule as usize].shapes[by.shape as usize].shape;
        let Some(by) = uses(engine, candidate, Identifier::SSN).find(|by| shape(by).source == BARE) else { continue };
        let span = candidate.start as usize..candidate.end as usize;
        let line = line_of(bytes, scope, &span);
        let beside = beside(candidates, at, &line);
        // Another number of nine figures may be meant as well.
        let bare = |c: &&Candidate| c.end - c.start == 9 && c.start != candidate.start && digits(bytes, c);
        let labelled = is_abbreviated(&bytes[line.start..span.start]);
        if labelled || !digits(bytes, candidate) || beside.iter().any(|c| bare(&c)) || !has_name(engine, beside) {
            continue;
        }
        let mut judged = |candidate: &Candidate, by: Use| {
            let judged = judge(engine, bytes, scope.clone(), *candidate, by, label, labels)?;
            let said = judged.clues.against != 0.0 || judged.clues.other != 0.0 || judged.clues.token != 0.0;
            if said { Err("a word says something else") } else { Ok(judged) }
        };
        let names = beside.iter().flat_map(|c| uses(engine, c, Identifier::NAME).map(move |by| (c, by)));
        let named = names.filter_map(|(c, by)| judged(c, by).ok()).map(|judged| judged.valid.measure).max();
        let date = named.map(|_| {
            beside.iter().find_map(|c| {
                let mut dates = uses(engine, c, Identifier::BIRTH_DATE).filter(|by| by.alone >= -5.5);
                dates.find_map(|by| judged(c, by).ok().filter(is_of_years_ago))
            })
        });
        let Some(Some(date)) = date else { continue };
        match judged(candidate, by) {
            Ok(number) if !number.valid.test => found.push(Line { number, date, known: named >= Some(2) }),
            _ => wrong += 1,
        }
    }
    if found.is_empty() || wrong * WRONG > found.len() + wrong {
        return;
    }
    // Where several lines name somebody whom the lists know, so do those between them.
    let several = found.iter().filter(|line| line.known).count() >= SEVERAL;
    let weight = if several { MANY } else { ONE };
    let mut standing = Standing::by(out, first, |j| j.start);
    for Line { mut number, mut date, .. } in found.into_iter().filter(|line| line.known || several) {
        (number.clues.neighbour, date.clues.neighbour) = (weight, BORN);
        put(number, &mut standing, out);
        if weight == MANY {
            put(date, &mut standing, out);
        }
    }
}

/// Adds numbers behind a bare `ID:` in the line of a birth date that a word says to be one: `NAME: … ID: 7895578 DOB: 01/03/49`.
pub(super) fn numbered(
    engine: &Engine,
    bytes: &[u8],
    scope: &Range<usize>,
    (candidates, label): (&[Candidate], Option<Label<'_>>),
    labels: &mut Labels,
    first: usize,
    out: &mut Vec<Judged>,
) {
    let identifier = |j: &Judged| engine.rules().rules[j.rule as usize].identifier;
    let born = |j: &&Judged| {
        identifier(j) == Identifier::BIRTH_DATE && j.clues.keyword > 0.0 && j.clues.logit() >= LIKELY && !j.valid.test
    };
    let births: Vec<Range<usize>> = out[first..].iter().filter(born).map(|j| j.start..j.end).collect();
    if births.is_empty() {
        return;
    }
    let mut standing = Standing::by(out, first, |j| j.start);
    for birth in births {
        let line = line_of(bytes, scope, &birth);
        let Some(at) = behind_id(&bytes[line.clone()]).map(|at| line.start + at) else { continue };
        let from = candidates.partition_point(|c| (c.start as usize) < at);
        let mut here = candidates[from..].iter().take_while(|c| c.start as usize == at && c.end as usize <= line.end);
        let number = here.find_map(|c| uses(engine, c, Identifier::MRN).next().map(|by| (c, by)));
        let Some((candidate, by)) = number else { continue };
        if let Ok(mut judged) = judge(engine, bytes, scope.clone(), *candidate, by, label, labels)
            && judged.clues.against == 0.0
        {
            (judged.clues.neighbour, judged.clues.other) = (NUMBERED, 0.0);
            put(judged, &mut standing, out);
        }
    }
}

/// Adds numbers behind a bare `ID:` in a line that begins with what insures somebody, near somebody's birth date or number:
/// `INS   Humana Gold Plus  ID# H67022638`.
pub(super) fn insured(
    engine: &Engine,
    bytes: &[u8],
    scope: &Range<usize>,
    (candidates, label): (&[Candidate], Option<Label<'_>>),
    labels: &mut Labels,
    first: usize,
    out: &mut Vec<Judged>,
) {
    const REACH: usize = 600;
    let identifier = |j: &Judged| engine.rules().rules[j.rule as usize].identifier;
    let tells = |j: &&Judged| {
        let persons =
            matches!(identifier(j), Identifier::BIRTH_DATE | Identifier::SSN | Identifier::MRN | Identifier::MBI);
        persons && j.clues.logit() >= LIKELY && !j.valid.test
    };
    let mut near: Vec<usize> = out[first..].iter().filter(tells).map(|j| j.start).collect();
    if near.is_empty() {
        return;
    }
    near.sort_unstable();
    let mut standing = Standing::by(out, first, |j| j.start);
    let mut taken: Option<Taken> = None;
    let shapes = 0..engine.plan().shapes().len() as u16;
    let of_members = |by: &&Use| engine.rules().rules[by.rule as usize].identifier == Identifier::MEMBER_ID;
    let member = shapes.flat_map(|shape| engine.uses(shape)).find(of_members).copied();
    let mut seen = scope.start;
    for anchor in near {
        let from = anchor.saturating_sub(REACH).max(seen);
        let to = (anchor + REACH).min(scope.end);
        if from >= to {
            continue;
        }
        seen = to;
        let lines = memchr::memchr_iter(b'\n', &bytes[from..to]).map(|at| from + at + 1);
        let sentences = memchr::memmem::find_iter(&bytes[from..to], b". ").map(|at| from + at + 2);
        // `Ann Poe / dob 3/4/52 / BCBS XYP460069267`.
        let marks = memchr::memchr3_iter(b'/', b',', b';', &bytes[from..to]).map(|at| from + at + 1);
        let parts = marks.filter(|at| bytes.get(*at) == Some(&b' ')).map(|at| at + 1);
        for start in std::iter::once(from).chain(lines).chain(sentences).chain(parts).collect::<Vec<usize>>() {
            let line = line_of(bytes, scope, &(start..start));
            if !line.contains(&start) || !says_insured(&bytes[start..line.end]) {
                continue;
            }
            let said = start.max(line.start)..line.end;
            if let Some(at) = behind_id(&bytes[line.clone()]).map(|at| line.start + at) {
                let here = candidates.partition_point(|c| (c.start as usize) < at);
                let mut here =
                    candidates[here..].iter().take_while(|c| c.start as usize == at && c.end as usize <= line.end);
                let number = here.find_map(|c| uses(engine, c, Identifier::MEMBER_ID).next().map(|by| (c, by)));
                if let Some((candidate, by)) = number
                    && let Ok(mut judged) = judge(engine, bytes, scope.clone(), *candidate, by, label, labels)
                    && judged.clues.against == 0.0
                {
                    (judged.clues.neighbour, judged.clues.other) = (NUMBERED, 0.0);
                    if let Some(taken) = &mut taken {
                        taken.add(&judged);
                    }
                    put(judged, &mut standing, out);
                }
            } else if let Some(by) = member
                && let Some(code) = behind_plan(&bytes[said.clone()])
            {
                let span = said.start + code.start..said.start + code.end;
                let rule = &engine.rules().rules[by.rule as usize];
                let taken = taken.get_or_insert_with(|| Taken::by(&out[first..]));
                if let Verdict::Valid(valid) = (rule.check)(&bytes[span.clone()], Setting::Free)
                    && !taken.meets(&span)
                {
                    let clues = Clues { alone: by.alone, neighbour: NUMBERED, ..Clues::default() };
                    let Range { start, end } = span;
                    let judged = Judged { rule: by.rule, shape: by.shape, start, end, valid, clues, subject: None };
                    taken.add(&judged);
                    put(judged, &mut standing, out);
                }
            }
        }
    }
}

/// Whether a line begins with a word for insurance, or with a payer's name.
fn says_insured(line: &[u8]) -> bool {
    const WORDS: [&[u8]; 17] = [
        b"ins",
        b"insurance",
        b"insurer",
        b"payer",
        b"payor",
        b"primary",
        b"secondary",
        b"carrier",
        b"coverage",
        b"plan",
        b"aetna",
        b"anthem",
        b"bcbs",
        b"cigna",
        b"humana",
        b"tricare",
        b"uhc",
    ];
    let line = line.trim_ascii_start();
    let length = line.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(&line[..length]))
}

/// Where a value begins behind `ID:` or `ID#` that stands by itself, at the beginning of a line, behind a mark or a gap; or behind
/// a bare `#` with many figures: `(DOB 5/8/1968, #161485307)`, `(DOB 5/8/1968, #WV-0043097)`.
fn behind_id(line: &[u8]) -> Option<usize> {
    const FIGURES: usize = 6;
    /// Fewer are the number of a room or a house, but for those that letters tell apart.
    const LETTERED: usize = 5;
    let numbered = |rest: &[u8]| {
        let letters = rest.iter().take(3).take_while(|b| b.is_ascii_uppercase()).count();
        let mark = usize::from(letters > 0 && rest.get(letters) == Some(&b'-'));
        let figures = rest[letters + mark..].iter().take_while(|b| b.is_ascii_digit()).count();
        figures >= if letters > 0 { LETTERED } else { FIGURES }
    };
    let apart = |before: &[u8]| match before {
        [] | [.., b'\t' | b'|' | b',' | b';' | b'('] | [.., b' ' | b',' | b'|' | b';', b' '] => true,
        before => before.iter().all(|b| matches!(b, b' ' | b'*' | b'-' | b'>')),
    };
    memchr::memchr3_iter(b'I', b'i', b'#', line).find_map(|at| {
        let behind = match &line[at..] {
            [b'#', rest @ ..] => numbered(rest).then_some(1),
            [_, b'D' | b'd', b':' | b'#', rest @ ..] => {
                Some(3 + rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'#')).count())
            }
            // `Buckeye Health Plan, ID 942516448233`.
            [_, b'D', b' ', rest @ ..] if line[..at].ends_with(b", ") || line[..at].ends_with(b"  ") => {
                let word = rest.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
                (rest[..word].iter().filter(|b| b.is_ascii_digit()).count() >= FIGURES).then_some(3)
            }
            _ => None,
        };
        behind.filter(|_| apart(&line[..at])).map(|length| at + length)
    })
}

/// The number behind what insures somebody and a plan of one to three words: `Ins: BCBS W484331624`, `Ins Guardian id U1744448901`.
fn behind_plan(said: &[u8]) -> Option<Range<usize>> {
    const FIGURES: usize = 6;
    let word = said.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let mut at = word + said[word..].iter().take(3).take_while(|b| matches!(b, b':' | b' ' | b'|')).count();
    for _ in 0..4 {
        let token = said[at..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
        let figures = said[at..at + token].iter().filter(|b| b.is_ascii_digit()).count();
        // `Aetna 877-842-3210` is called.
        let is_phone = token == 12 && figures == 10 && said[at + 3] == b'-' && said[at + 7] == b'-';
        if figures >= FIGURES && token <= 15 && !is_phone {
            return Some(at..at + token);
        }
        let is_word = token >= 2 && figures == 0 && said.get(at + token) == Some(&b' ');
        if !is_word {
            return None;
        }
        at += token + 1;
    }
    None
}

/// Puts a value in the place of what was said of it before, if that was less.
fn put(judged: Judged, standing: &mut Standing, out: &mut Vec<Judged>) {
    match standing.at(judged.start, judged.rule) {
        Some(index) if out[index].clues.logit() < judged.clues.logit() => out[index] = judged,
        Some(_) => {}
        None => {
            standing.add(judged.start, judged.rule, out.len());
            out.push(judged);
        }
    }
}

/// The uses of a candidate's shape for an identifier.
fn uses<'e>(engine: &'e Engine, candidate: &Candidate, identifier: Identifier) -> impl Iterator<Item = Use> + 'e {
    let rules = &engine.rules().rules;
    engine.uses(candidate.shape).iter().copied().filter(move |by| rules[by.rule as usize].identifier == identifier)
}

/// Whether two to five capitals stand right before a number, which label it: `FIN 380047762`; `SSN` and `SS` are no such.
fn is_abbreviated(before: &[u8]) -> bool {
    let Some(rest) = before.strip_suffix(b" ") else { return false };
    let word = &rest[rest.len() - rest.iter().rev().take_while(|b| b.is_ascii_uppercase()).count()..];
    let apart = rest.len() == word.len() || matches!(rest[rest.len() - word.len() - 1], b' ' | b'(' | b',');
    let gap = rest[..rest.len() - word.len()].ends_with(b"  ");
    // A name in capitals has a name before it, a label a gap.
    apart && gap && (2..=5).contains(&word.len()) && !matches!(word, b"SSN" | b"SS" | b"SOC")
}

fn digits(bytes: &[u8], candidate: &Candidate) -> bool {
    bytes[candidate.start as usize..candidate.end as usize].iter().all(u8::is_ascii_digit)
}

/// The line around a value, as far as it is looked at.
fn line_of(bytes: &[u8], scope: &Range<usize>, span: &Range<usize>) -> Range<usize> {
    let from = span.start.saturating_sub(REACH).max(scope.start);
    let to = (span.end + REACH).min(scope.end);
    let start = memchr::memrchr(b'\n', &bytes[from..span.start]).map_or(from, |at| from + at + 1);
    let end = memchr::memchr(b'\n', &bytes[span.end..to]).map_or(to, |at| span.end + at);
    start..end
}

/// The candidates around one that stand in its line.
fn beside<'c>(candidates: &'c [Candidate], at: usize, line: &Range<usize>) -> &'c [Candidate] {
    let inside = |c: &&Candidate| c.start as usize >= line.start && c.end as usize <= line.end;
    let before = candidates[..at].iter().rev().take(MOST).take_while(inside).count();
    let behind = candidates[at + 1..].iter().take(MOST).take_while(inside).count();
    &candidates[at - before..=at + behind]
}

fn has_name(engine: &Engine, candidates: &[Candidate]) -> bool {
    candidates.iter().any(|c| uses(engine, c, Identifier::NAME).next().is_some())
}

#[cfg(test)]
mod tests {
    use crate::engine::Engine;
    use crate::finding::Confidence;
    use crate::options::{Options, Reveal};

    fn found(text: &str) -> Vec<(&'static str, Confidence)> {
        let engine = Engine::built_in().unwrap();
        let options = Options { matches: true, reveal: Reveal::Full, ..Options::default() };
        let document = crate::scan::scan_bytes(&engine, &options, "list.txt", text.as_bytes());
        let telling = document.matches.iter().filter(|m| matches!(m.identifier.name(), "ssn" | "birth-date"));
        telling.map(|m| (m.identifier.name(), m.confidence)).collect()
    }

    #[test]
    fn lines_of_persons_without_a_word() {
        let one = "418627715 Maria Lopez 03/04/1952 active\n";
        assert!(found(one).iter().all(|(_, confidence)| *confidence < Confidence::Likely), "one line");
        let three =
            format!("{one}536904398 James Wilson 11/30/1947 active\n221346178 Linda Carter 07/19/1981 termed\n");
        let likely: Vec<&str> = found(&three).iter().filter(|f| f.1 >= Confidence::Likely).map(|f| f.0).collect();
        assert_eq!(likely.iter().filter(|name| **name == "ssn").count(), 3, "{likely:?}");
        assert_eq!(likely.iter().filter(|name| **name == "birth-date").count(), 3, "{likely:?}");
        for (text, because) in [
            (three.replace("418627715", "invoice 418627715").replace("536904398", "po 536904398"), "labelled"),
            (three.replace("418627715", "941862771").replace("536904398", "936904398"), "never issued"),
            (three.replace(" active", " 418627718"), "two such numbers in a line"),
            (three.replace("Maria Lopez", "Steel bracket").replace("James Wilson", "Brass hinge"), "names of nobody"),
        ] {
            let likely = found(&text).iter().filter(|f| f.0 == "ssn" && f.1 >= Confidence::Likely).count();
            assert_eq!(likely, 0, "{because}");
        }
    }
}
