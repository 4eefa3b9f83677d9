//! Judges values that stand in text, one by one. In: candidates and the bytes around them. Out: what each is, with its
//! log-odds and the clues that made them. Of candidates that overlap the best explained stays.

use std::mem;
use std::ops::Range;

use crate::detect::Candidate;
use crate::engine::{Engine, Use};
use crate::finding::Subject;
use crate::identifier::Identifier;
use crate::judge::column::only_patients_have;
use crate::judge::company;
use crate::judge::context::{Context, REACH};
use crate::judge::credentials;
use crate::judge::filled;
use crate::judge::firms;
use crate::judge::labels::{self, Labels, Said, Where};
use crate::judge::spoken;
use crate::judge::together;
use crate::validate::{self, Setting, Valid, Verdict};

/// A value that passed its check, with what speaks for and against it.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// Index into the rules.
    pub rule: u16,
    /// Index into the rule's shapes.
    pub shape: u8,
    /// Where it stands.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What the check says.
    pub valid: Valid,
    /// The clues, which add up to the log-odds.
    pub clues: Clues,
    /// Whose it is, as far as the words around it say.
    pub subject: Option<Subject>,
}

/// The pieces of evidence for one value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clues {
    /// Its form alone.
    pub alone: f32,
    /// The words around it.
    pub context: Context,
    /// What the keyword weighs, already scaled by its distance.
    pub keyword: f32,
    /// The name of the field it stands in.
    pub field: f32,
    /// Where the label stands that names it, or something else.
    pub label: Option<Where>,
    /// What speaks for it is a word that labels other things too: a person must be near.
    pub bare: bool,
    /// A word against it.
    pub against: f32,
    /// A label that says it is something else.
    pub other: f32,
    /// A neighbour that belongs to it: street before ZIP code, ZIP code behind street, name above street.
    pub neighbour: f32,
    /// The lists of names know its words.
    pub listed: f32,
    /// It stands inside a web address or a very long token.
    pub token: f32,
    /// Nothing but the mark of a label stands between its keyword and it.
    pub mark: f32,
    /// A telephone number that is free to call.
    pub toll_free: f32,
    /// A row of numbers goes on before or behind it.
    pub row: f32,
    /// A firm's name stands beside it; weighs only where nothing in the document identifies a person.
    pub firm: bool,
    /// An address under `address` alone, which says what it is and not whose. Weighs only there too.
    pub anybodys: bool,
}

impl Clues {
    /// The sum, in natural log-odds.
    pub fn logit(&self) -> f32 {
        self.alone
            + self.keyword
            + self.field
            + self.against
            + self.other
            + self.neighbour
            + self.listed
            + self.token
            + self.mark
            + self.toll_free
            + self.row
            + self.nobody()
    }

    /// What it weighs that nobody is near whose number it could be, where only a word of many meanings speaks for it.
    pub(super) fn nobody(&self) -> f32 {
        if self.bare && self.neighbour == 0.0 { NOBODY } else { 0.0 }
    }
}

/// What the words right before a value weigh when they speak against it.
const AGAINST: f32 = -4.0;
/// What a label of something else weighs against a form that says little.
const OTHER: f32 = -3.0;
/// What it weighs that the lists of names know one or two words of a name.
const LISTED: [f32; 3] = [0.0, 0.5, 2.0];
/// What `(#123)` weighs for a number: code, issues and pull requests are referred to so.
const REFERENCE: f32 = -3.0;
/// What it weighs that nothing but the mark of a label stands between a keyword and a value, `MRN: 4829137`: forms and
/// logs write so, and hardly anything else does.
const MARK: f32 = 4.0;
/// What it weighs that figures in groups are part of a row of such groups: a table, and no card or telephone number.
const ROW: f32 = -4.0;
/// What it weighs that a value stands right behind its keyword, `MRN 4829137`, or that hardly a word is between, `MRN is 4829137`.
/// Fitted on the train half of the made documents: of 250 record and member numbers found so, with 0.92 to 0.96 predicted,
/// all were right (shift +2.1 to +2.6).
const NEXT: f32 = 2.5;
/// What an area code of free calls weighs (800 and its like, NANP): firms have such numbers, persons do not.
const TOLL_FREE: f32 = -4.0;
/// What it weighs that a value without a form of its own is a constant of a program.
const CODE: f32 = -9.0;
/// How far a neighbour may stand.
pub(super) const NEIGHBOUR_REACH: usize = 60;

/// Forms of so little weight could be any number, as in a program.
const WEAK: f32 = -4.0;

/// Labels that must stand this near belong to the first number behind them.
const NEAR: usize = 24;
/// How far they may stand where a word points at the number.
const FAR: usize = 64;
/// Forms of this weight are any number or word.
const NOTHING: f32 = -8.0;
/// How much of its weight a word has that labels other things too, before a form that says nothing: `member U48291357`.
const BARE: f32 = 0.85;
/// What it weighs that a number is called an example.
const EXAMPLE: f32 = -8.0;
/// What it weighs that no person is near a number behind such a word. Set by hand, since of 91 such on the train half of the
/// made documents 0.41 were predicted and 1 was right.
const NOBODY: f32 = -2.5;
/// Labels that say so much of what they name leave no doubt.
const SURE: f32 = 0.8;

/// The column a value stands in, as far as it matters for a value in its text.
#[derive(Clone, Copy, Debug)]
pub struct Label<'a> {
    /// Rules the field's name speaks for, with the weight.
    pub bound: &'a [(u16, f32)],
}

/// Judges one candidate by one rule; `None` where the check refuses it. Neighbours are not looked at.
pub(in crate::judge) fn judge(
    engine: &Engine,
    bytes: &[u8],
    scope: Range<usize>,
    candidate: Candidate,
    by: Use,
    label: Option<Label<'_>>,
    labels: &mut Labels,
) -> Result<Judged, &'static str> {
    let (mut start, mut end) = (candidate.start as usize, candidate.end as usize);
    let rule = &engine.rules().rules[by.rule as usize];
    if rule.identifier == Identifier::NAME {
        // `Patient John Smith`: the title is a label of the name and no part of it.
        start += validate::name::title(&bytes[start..end]);
        // And `John Smith DOB: 3/4/52`: what labels the next value.
        end = start + validate::name::without_label(&bytes[start..end], &bytes[end..scope.end]);
        if is_town(&bytes[start..end], &bytes[end..scope.end]) {
            return Err("a town");
        }
    }
    let mut valid = match (rule.check)(&bytes[start..end], Setting::Free) {
        Verdict::Valid(valid) => valid,
        Verdict::Invalid(because) => return Err(because),
        Verdict::Blank => return Err("a placeholder"),
    };
    valid.test |= rule.is_test_value(valid.normal.as_bytes());
    let reach = match by.reach {
        NEAR => reach(&bytes[scope.start..start]),
        near if near < NEAR => nearest_number(&bytes[scope.start..start], near),
        far => far,
    };
    let context = engine.vocabulary().around(engine.rules(), bytes, scope.clone(), start..end, by.rule, reach);
    let mut clues = Clues { alone: by.alone, context, ..Clues::default() };
    if let Some((_, share)) = context.keyword {
        clues.bare = context.weak && says_nothing(by);
        clues.keyword = rule.evidence.keyword * share * if clues.bare { BARE } else { 1.0 };
    }
    if context.against.is_some() {
        clues.against = AGAINST;
    } else if context.other.is_some() && context.keyword.is_none() && by.alone < 0.0 {
        clues.other = OTHER;
    }
    if says_nothing(by) && is_example(&bytes[start.saturating_sub(20).max(scope.start)..start]) {
        clues.token = EXAMPLE;
    }
    if let Some((_, weight)) = label.and_then(|l| l.bound.iter().find(|(r, _)| *r == by.rule)) {
        clues.field = *weight;
    }
    if rule.identifier != Identifier::EMAIL && rule.identifier != Identifier::URL {
        let scope_end = scope.end;
        clues.token += token(bytes, scope.clone(), start, end);
        if start >= 2 && matches!(&bytes[start - 2..start], b"(#" | b"[#") {
            clues.token += REFERENCE;
        }
        if rule.identifier == Identifier::SSN && goes_on_before(&bytes[scope_start(&scope, start)..start]) {
            clues.token += CODE;
        }
        if by.alone <= WEAK
            && is_code(&bytes[scope_start(&scope, start)..start], &bytes[start..end], &bytes[end..scope_end])
        {
            clues.token += CODE;
        }
    }
    if rule.identifier == Identifier::NAME {
        clues.listed = LISTED[valid.measure.clamp(0, 2) as usize];
    } else if let Some((_, share)) = context.keyword
        && context.marked
        // `?mrn=482913` is an address, whatever it says.
        && clues.token == 0.0
    {
        clues.mark = MARK * share;
    } else if let Some((_, share)) = context.keyword
        && context.next
        && clues.token == 0.0
    {
        clues.mark = NEXT * share;
    }
    if rule.identifier == Identifier::PHONE && is_toll_free(valid.normal.as_bytes()) {
        clues.toll_free = TOLL_FREE;
        // A firm's number is called and labelled as a person's is.
        clues.mark = 0.0;
    }
    let mut subject = context.subject;
    if rule.identifier == Identifier::NAME && credentials::has(&bytes[start..end], &bytes[end..scope.end]) {
        subject = Some(Subject::Provider);
    }
    if let Some(said) = labels.of(engine, bytes, &scope, &(candidate.start as usize..end)) {
        labelled(engine, by, said, &mut clues, &mut subject);
    }
    let of_patients = only_patients_have(rule.identifier)
        || matches!(
            rule.identifier,
            Identifier::SERVICE_DATE
                | Identifier::DEATH_DATE
                | Identifier::ACCOUNT_NUMBER
                | Identifier::CLAIM_NUMBER
                | Identifier::RX_NUMBER
        );
    if of_patients && subject == Some(Subject::Provider) {
        // `Hospital no. 4829137`, `Clinic MRN`, `Dr. Navarro  Adm 4/8/2025`: no provider has such a number, or is admitted.
        subject = Some(Subject::Patient);
    }
    if in_row(&bytes[scope.start..start], &bytes[start..end], &bytes[end..scope.end]) {
        clues.row = ROW;
    }
    Ok(Judged { rule: by.rule, shape: by.shape, start, end, valid, clues, subject })
}

/// Whether letters and a hyphen stand right before it that are no label: `ADM-114-19-2207` is one number, `SSN-114-19-2207` is not.
fn goes_on_before(before: &[u8]) -> bool {
    const LABELS: [&[u8]; 5] = [b"ssn", b"ss", b"tin", b"itin", b"no"];
    let Some(rest) = before.strip_suffix(b"-") else { return false };
    let word = &rest[rest.len() - rest.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count()..];
    word.iter().any(u8::is_ascii_alphabetic) && !LABELS.iter().any(|label| label.eq_ignore_ascii_case(word))
}

/// `Erie, PA` before its ZIP code.
fn is_town(value: &[u8], behind: &[u8]) -> bool {
    let [.., b',', b' ', a, b] = value else { return false };
    let gap = behind.iter().take(4).take_while(|b| **b == b' ').count();
    let code = behind[gap..].iter().take(6).take_while(|b| b.is_ascii_digit()).count();
    a.is_ascii_uppercase() && b.is_ascii_uppercase() && gap > 0 && code == 5
}

/// Whether groups of figures with blanks between them are part of a longer row: `5281 5282 5283 5284 5285 5286`. A group of
/// its own length stands right before or behind such a value.
fn in_row(before: &[u8], value: &[u8], behind: &[u8]) -> bool {
    let figures = |b: &u8| b.is_ascii_digit();
    if !value.contains(&b' ') || !value.iter().all(|b| b.is_ascii_digit() || *b == b' ') {
        return false;
    }
    let first = value.iter().take_while(|b| figures(b)).count();
    let last = value.iter().rev().take_while(|b| figures(b)).count();
    // `527D` beside `5282`: a table of hexadecimal numbers.
    let left = before.strip_suffix(b" ").and_then(|rest| {
        let length = rest.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
        rest[rest.len() - length..].iter().any(figures).then_some(length)
    });
    let right = behind.strip_prefix(b" ").and_then(|rest| {
        let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        rest[..length].iter().any(figures).then_some(length)
    });
    left == Some(first) || right == Some(last)
}

/// Whether a telephone number, as digits, is free to call: area codes 800, 833, 844, 855, 866, 877, 888 (NANP).
fn is_toll_free(number: &[u8]) -> bool {
    let number = if number.len() == 11 { &number[1..] } else { number };
    matches!(number, [b'8', b'0', b'0', ..] | [b'8', b'3', b'3', ..] | [b'8', b'4', b'4', ..])
        || matches!(number, [b'8', b'5', b'5', ..] | [b'8', b'6', b'6', ..] | [b'8', b'7', b'7', ..])
        || matches!(number, [b'8', b'8', b'8', ..])
}

/// From where on a line is looked at for the marks of a program.
fn scope_start(scope: &Range<usize>, at: usize) -> usize {
    at.saturating_sub(160).max(scope.start)
}

/// Whether a value is a constant of a program: it has a type behind its digits, or is set by `=` in a declaration, before a
/// `;`, or under a name in capitals of more than one word.
fn is_code(before: &[u8], value: &[u8], behind: &[u8]) -> bool {
    let digits = value.iter().take_while(|b| b.is_ascii_digit()).count();
    let suffix: &[u8] = &value[digits..];
    const TYPES: [&[u8]; 15] = [
        b"u8", b"u16", b"u32", b"u64", b"i8", b"i16", b"i32", b"i64", b"usize", b"isize", b"L", b"UL", b"ULL", b"U",
        b"f",
    ];
    // `4096L` behind an operator; behind a label or a blank alone letters are part of a number: `Member ID: 7049820L`.
    let said = before.trim_ascii_end().last();
    let set = said
        .is_none_or(|b| matches!(b, b'=' | b'(' | b',' | b'+' | b'-' | b'*' | b'/' | b'<' | b'>' | b'[' | b'{' | b'|'));
    if digits > 0 && TYPES.contains(&suffix) && (suffix.len() > 1 || set) {
        return true;
    }
    let line = memchr::memrchr(b'\n', before).map_or(before, |at| &before[at + 1..]);
    let line = line.trim_ascii_start();
    if line.starts_with(b"#define ") {
        return true;
    }
    let Some(set) = memchr::memrchr(b'=', line) else { return false };
    let target = line[..set].trim_ascii_end();
    let gap = &line[set + 1..];
    // `= 4000 + 51;`: what is set may be a sum.
    if gap.iter().any(|b| !matches!(b, b' ' | b'0'..=b'9' | b'+' | b'-' | b'(' | b'<' | b'|')) {
        return false;
    }
    const OPENS: [&[u8]; 14] = [
        b"pub ",
        b"const ",
        b"static ",
        b"let ",
        b"var ",
        b"int ",
        b"long ",
        b"unsigned ",
        b"final ",
        b"public ",
        b"private ",
        b"export ",
        b"constexpr ",
        b"val ",
    ];
    let spaced = target.len() < set && gap.starts_with(b" ");
    let name = target.rsplit(|b| !(b.is_ascii_alphanumeric() || *b == b'_')).next().unwrap_or_default();
    let capitals = name.contains(&b'_') && name.iter().all(|b| !b.is_ascii_lowercase());
    // `acct: c_long = 4000 + 51;`: what is set may go on.
    let sum = |b: &&u8| !matches!(b, b' ' | b'0'..=b'9' | b'+' | b'-' | b'*' | b'(' | b')' | b'<' | b'|');
    let ends = behind.iter().find(sum) == Some(&b';');
    OPENS.iter().any(|open| line.starts_with(open))
        || (spaced && ends)
        || (spaced && capitals)
        || (spaced && name.contains(&b'_') && matches!(behind.first(), None | Some(b'\n' | b'\r')))
}

/// How far before a number its label may stand: [`NEAR`], or in the same sentence where a word such as `is` points at the
/// number, `the record number for the baby is 4829137`; never beyond another number.
fn reach(before: &[u8]) -> usize {
    const POINTS: [&[u8]; 8] = [b"is", b"was", b"be", b"as", b"to", b"reads", b"are", b"being"];
    let said = before.trim_ascii_end();
    let said = said.strip_suffix(b":").unwrap_or(said);
    let word = said.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    let points = POINTS.iter().any(|point| said[said.len() - word..].eq_ignore_ascii_case(point));
    if !points {
        return nearest_number(before, NEAR);
    }
    let near = &before[before.len().saturating_sub(FAR)..];
    let sentence =
        near.windows(2).rposition(|two| matches!(two, b". " | b"; " | b"? ")).map_or(FAR, |at| near.len() - at);
    nearest_number(before, sentence)
}

/// How far back from the end of `before` a label may stand: `reach`, or up to a number of four figures or more.
fn nearest_number(before: &[u8], reach: usize) -> usize {
    let near = &before[before.len().saturating_sub(reach)..];
    let number = near.windows(4).rposition(|four| four.iter().all(u8::is_ascii_digit));
    number.map_or(reach, |at| near.len() - (at + 4))
}

/// Whether a value is called an example: `your member ID (for example 482-91)`.
fn is_example(before: &[u8]) -> bool {
    const SAYS: [&[u8]; 5] = [b"example", b"e.g.", b"such as", b"sample", b"format"];
    let said = before.trim_ascii_end();
    let said = said.strip_suffix(b":").or_else(|| said.strip_suffix(b",")).unwrap_or(said);
    SAYS.iter().any(|word| said.len() >= word.len() && said[said.len() - word.len()..].eq_ignore_ascii_case(word))
}

/// Whether any number or word has the form.
pub(super) fn says_nothing(by: Use) -> bool {
    by.alone == NOTHING && by.reach == NEAR
}

/// What the label of a value, as it is laid out, says for or against a rule.
pub(super) fn labelled(engine: &Engine, by: Use, said: Said<'_>, clues: &mut Clues, subject: &mut Option<Subject>) {
    let rule = &engine.rules().rules[by.rule as usize];
    match said.share(engine, by.rule) {
        Some(share) => {
            let name = rule.identifier == Identifier::NAME;
            // A word that says little at the head of a column may be all that stands before a name or a date.
            let share = if share == labels::BARE && !says_nothing(by) { 1.0 } else { share };
            // `Policy #` labels members' numbers in texts, whatever it heads in tables: keywords are of texts.
            if says_nothing(by) && clues.keyword == 0.0 && clues.context.other.is_some() {
                return;
            }
            let (weight, mark) = (rule.evidence.keyword * share, if name { 0.0 } else { MARK * share });
            if weight + mark > clues.keyword + clues.mark {
                clues.keyword = weight;
                clues.bare = share < SURE && says_nothing(by);
                // Inside a web address a label is part of it.
                if clues.token == 0.0 {
                    clues.mark = mark;
                }
                clues.label = Some(said.place);
            }
            if share >= SURE {
                (clues.against, clues.other) = (0.0, 0.0);
            }
            *subject = said.meaning.subject.or(*subject);
        }
        // A label for something else; a keyword in the label itself says more than the label.
        None if said.meaning.bound.iter().any(|(_, share)| *share >= SURE)
            && by.alone < 0.0
            && !clues.context.marked
            && !clues.context.next
            && clues.other == 0.0 =>
        {
            clues.other = OTHER;
            clues.label = Some(said.place);
        }
        None => {}
    }
}

/// Judges all candidates that start in `scope` and appends those whose log-odds reach `floor` to `out`, sorted, without
/// overlaps.
#[allow(clippy::too_many_arguments)]
pub fn judge_all(
    engine: &Engine,
    bytes: &[u8],
    scope: Range<usize>,
    candidates: &[Candidate],
    label: Option<Label<'_>>,
    floor: f32,
    labels: &mut Labels,
    out: &mut Vec<Judged>,
) {
    let first = out.len();
    labels.open();
    let mut hints = mem::take(&mut labels.hints);
    hints.forget();
    let vocabulary = engine.vocabulary();
    for candidate in candidates {
        if (candidate.end as usize) > scope.end {
            continue;
        }
        let uses = engine.uses(candidate.shape);
        let span = candidate.start as usize..candidate.end as usize;
        let bare = label.is_none_or(|l| l.bound.is_empty());
        let above = bare && above_street(&bytes[span.end..scope.end]);
        if bare && !above {
            vocabulary.open(bytes, &scope, &span, &mut hints);
            // Most numbers of a program have nothing near.
            let nothing = hints.is_empty() && uses.iter().all(|by| by.needs_keyword);
            if nothing && labels.of(engine, bytes, &scope, &span).is_none() {
                continue;
            }
        }
        for by in uses {
            // What says little by itself needs a keyword: without one no check is worth its time.
            if by.needs_keyword && bare && !above {
                let reach = if by.reach == NEAR { FAR } else { by.reach };
                if !vocabulary.hints(&hints, reach, by.rule)
                    && !labels.of(engine, bytes, &scope, &span).is_some_and(|said| said.names(engine, by.rule))
                {
                    continue;
                }
            }
            if let Ok(judged) = judge(engine, bytes, scope.clone(), *candidate, *by, label, labels) {
                out.push(judged);
            }
        }
    }
    labels.hints = hints;
    company::neighbours(engine, bytes, scope.clone(), &mut out[first..]);
    company::cared_for(engine, bytes, &mut out[first..]);
    together::lines(engine, bytes, &scope, (candidates, label), labels, first, out);
    together::numbered(engine, bytes, &scope, (candidates, label), labels, first, out);
    together::insured(engine, bytes, &scope, (candidates, label), labels, first, out);
    company::beside(engine, bytes, scope.clone(), (candidates, label), labels, first, out);
    if label.is_none_or(|l| l.bound.is_empty()) {
        spoken::quoted(engine, bytes, &scope, first, out);
    }
    company::born(engine, bytes, scope.clone(), (candidates, label), labels, first, out);
    if label.is_none_or(|l| l.bound.is_empty()) {
        spoken::aged(engine, bytes, &scope, (candidates, label), labels, first, out);
        filled::names(engine, bytes, &scope, labels, first, out);
    }
    company::called(engine, bytes, &mut out[first..]);
    let mut kept = first;
    out[first..].sort_by(|a, b| (a.start, b.end, a.rule).cmp(&(b.start, a.end, b.rule)));
    for at in first..out.len() {
        let judged = out[at];
        if judged.clues.logit() < floor {
            continue;
        }
        // The last kept one may overlap; the better explained stays, then the longer, then the first.
        if kept > first && out[kept - 1].end > judged.start {
            let last = &out[kept - 1];
            let better = judged.clues.logit() > last.clues.logit() + 1e-4
                || (judged.clues.logit() >= last.clues.logit() - 1e-4
                    && judged.end - judged.start > last.end - last.start);
            if better {
                out[kept - 1] = judged;
            }
        } else {
            out[kept] = judged;
            kept += 1;
        }
    }
    out.truncate(kept);
    for judged in &mut out[first..] {
        let identifier = engine.rules().rules[judged.rule as usize].identifier;
        if matches!(identifier, Identifier::ZIP | Identifier::AGE_OVER_89) {
            // `NY 10428`, `95 yo`: what bears it out is none of it.
            let figures = |b: &u8| b.is_ascii_digit();
            let value = &bytes[judged.start..judged.end];
            if let (Some(first), Some(last)) = (value.iter().position(figures), value.iter().rposition(figures)) {
                (judged.start, judged.end) = (judged.start + first, judged.start + last + 1);
            }
        }
        if firms::may_be_nobodys(identifier) {
            judged.clues.firm = firms::beside(bytes, &scope, judged.start..judged.end);
            judged.clues.anybodys = identifier == Identifier::ADDRESS
                && firms::under_address_alone(
                    &bytes[judged.start.saturating_sub(REACH).max(scope.start)..judged.start],
                );
        }
    }
}

/// Whether the line ends here and the next one may open with a house number or post-office box: what a name above a
/// street looks like.
fn above_street(rest: &[u8]) -> bool {
    let blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'>');
    let Some(next) = rest.iter().take(NEIGHBOUR_REACH + 1).position(|b| !blank(b)) else { return false };
    (rest[next].is_ascii_digit() || matches!(rest[next], b'P' | b'p')) && rest[..next].contains(&b'\n')
}

/// What the token around a value weighs: part of a web address −4, part of a run of more than sixty bytes without a
/// space −2 (encoded data, minified text), unless quotes or delimiters set the value off.
fn token(bytes: &[u8], scope: Range<usize>, start: usize, end: usize) -> f32 {
    let stops = |b: &u8| {
        b.is_ascii_whitespace()
            || matches!(
                b,
                b'"' | b'\''
                    | b','
                    | b'|'
                    | b';'
                    | b'<'
                    | b'>'
                    | b'('
                    | b')'
                    | b'{'
                    | b'}'
                    | b'['
                    | b']'
                    | b'^'
                    | b'*'
                    | b'~'
            )
    };
    let before = bytes[scope.start..start].iter().rev().take(120).take_while(|b| !stops(b)).count();
    let left = &bytes[start - before..start];
    if before >= 3 && left.windows(3).any(|w| w == b"://") {
        return -4.0;
    }
    let after = bytes[end..scope.end].iter().take(60).take_while(|b| !stops(b)).count();
    if before + after > 60 { -2.0 } else { 0.0 }
}

#[cfg(test)]
mod tests;
