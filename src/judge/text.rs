//! Judges values that stand in text, one by one. In: candidates and the bytes around them. Out: what each is, with its
//! log-odds and the clues that made them. Of candidates that overlap the best explained stays.

use std::ops::Range;

use crate::detect::Candidate;
use crate::engine::{Engine, Use};
use crate::finding::Subject;
use crate::identifier::Identifier;
use crate::judge::context::Context;
use crate::validate::{Setting, Valid, Verdict};

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
}

impl Clues {
    /// The sum, in natural log-odds.
    pub fn logit(&self) -> f32 {
        self.alone + self.keyword + self.field + self.against + self.other + self.neighbour + self.listed + self.token
    }
}

/// What the words right before a value weigh when they speak against it.
const AGAINST: f32 = -4.0;
/// What a label of something else weighs against a form that says little.
const OTHER: f32 = -3.0;
/// What a street weighs for the ZIP code behind it, and the other way round.
const NEIGHBOUR: f32 = 3.0;
/// What a street in the next line weighs for a name that fills its line, as letters are addressed: where the lists know
/// given name and surname, and where they know one of them.
const ADDRESSEE: [f32; 2] = [4.0, 2.5];
/// What it weighs that the lists of names know one or two words of a name.
const LISTED: [f32; 3] = [0.0, 0.5, 2.0];
/// What `(#123)` weighs for a number: code, issues and pull requests are referred to so.
const REFERENCE: f32 = -3.0;
/// How far a neighbour may stand.
const NEIGHBOUR_REACH: usize = 60;

/// The column a value stands in, as far as it matters for a value in its text.
#[derive(Clone, Copy, Debug)]
pub struct Label<'a> {
    /// Rules the field's name speaks for, with the weight.
    pub bound: &'a [(u16, f32)],
}

/// Judges one candidate by one rule; `None` where the check refuses it. Neighbours are not looked at.
pub fn judge(
    engine: &Engine,
    bytes: &[u8],
    scope: Range<usize>,
    candidate: Candidate,
    by: Use,
    label: Option<Label<'_>>,
) -> Result<Judged, &'static str> {
    let (start, end) = (candidate.start as usize, candidate.end as usize);
    let rule = &engine.rules().rules[by.rule as usize];
    let mut valid = match (rule.check)(&bytes[start..end], Setting::Free) {
        Verdict::Valid(valid) => valid,
        Verdict::Invalid(because) => return Err(because),
        Verdict::Blank => return Err("a placeholder"),
    };
    valid.test |= rule.test_values.iter().any(|t| t == valid.normal.as_bytes());
    let context = engine.vocabulary().around(engine.rules(), bytes, scope.clone(), start..end, by.rule, by.reach);
    let mut clues = Clues { alone: by.alone, context, ..Clues::default() };
    if let Some((_, share)) = context.keyword {
        clues.keyword = rule.evidence.keyword * share;
    }
    if context.against.is_some() {
        clues.against = AGAINST;
    } else if context.other.is_some() && context.keyword.is_none() && by.alone < 0.0 {
        clues.other = OTHER;
    }
    if let Some((_, weight)) = label.and_then(|l| l.bound.iter().find(|(r, _)| *r == by.rule)) {
        clues.field = *weight;
    }
    if rule.identifier != Identifier::EMAIL && rule.identifier != Identifier::URL {
        clues.token = token(bytes, scope, start, end);
        if start >= 2 && matches!(&bytes[start - 2..start], b"(#" | b"[#") {
            clues.token += REFERENCE;
        }
    }
    if rule.identifier == Identifier::NAME {
        clues.listed = LISTED[valid.measure.clamp(0, 2) as usize];
    }
    Ok(Judged { rule: by.rule, shape: by.shape, start, end, valid, clues, subject: context.subject })
}

/// Judges all candidates that start in `scope` and appends those whose log-odds reach `floor` to `out`, sorted, without
/// overlaps. `active` says which rules are asked for; `skip` leaves rules out that are judged elsewhere.
#[allow(clippy::too_many_arguments)]
pub fn judge_all(
    engine: &Engine,
    active: &[bool],
    bytes: &[u8],
    scope: Range<usize>,
    candidates: &[Candidate],
    label: Option<Label<'_>>,
    floor: f32,
    out: &mut Vec<Judged>,
) {
    let first = out.len();
    for candidate in candidates {
        if (candidate.end as usize) > scope.end {
            continue;
        }
        for by in engine.uses(candidate.shape) {
            if active[by.rule as usize]
                && let Ok(judged) = judge(engine, bytes, scope.clone(), *candidate, *by, label)
            {
                out.push(judged);
            }
        }
    }
    neighbours(engine, bytes, scope, &mut out[first..]);
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
}

/// A street with a ZIP code close behind it: each speaks for the other. A name in the line above a street is whose it is.
fn neighbours(engine: &Engine, bytes: &[u8], scope: Range<usize>, judged: &mut [Judged]) {
    let identifier = |j: &Judged| engine.rules().rules[j.rule as usize].identifier;
    for at in 0..judged.len() {
        if identifier(&judged[at]) != Identifier::ADDRESS {
            continue;
        }
        let (start, end) = (judged[at].start, judged[at].end);
        let near = |j: &Judged| identifier(j) == Identifier::ZIP && j.start >= end && j.start <= end + NEIGHBOUR_REACH;
        let mut found = false;
        for zip in judged[at..].iter_mut().take(24).filter(|j| near(j)) {
            zip.clues.neighbour = NEIGHBOUR;
            found = true;
        }
        if found {
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
