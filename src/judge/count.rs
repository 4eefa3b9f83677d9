//! Counts what a chunk holds. In: a [`Chunk`], the document's plan. Out: its [`Tally`]. Decides nothing about columns;
//! values in text are judged one by one ([`super::text`]) as they are met.

use std::ops::Range;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use crate::detect::Candidate;
use crate::engine::Engine;
use crate::extract::rows::Field;
use crate::extract::{Chunk, Layout};
use crate::finding::{Protection, Subject};
use crate::identifier::Identifier;
use crate::judge::distinct::Distinct;
use crate::judge::labels::Labels;
use crate::judge::matches::{First, Found, fingerprint, match_row, places};
use crate::judge::plain::{self, Plain};
use crate::judge::plan::DocumentPlan;
use crate::judge::record::Record;
use crate::judge::rows::Table;
use crate::judge::tally::{
    BY_FIELD, ChunkKeys, Form, Known, LIKELY, POSSIBLE, Slot, Spread, Tally, TextTally, WORD, band,
};
use crate::judge::text::{self, Judged, Label};
use crate::options::{Options, TestValues};
use crate::rules::Rule;
use crate::validate::{Setting, Valid, Verdict, names};

/// Surnames of a lower rank are frequent: some 40 % of people bear them, few things are called so.
const FREQUENT: u32 = 1000;

mod open;
mod values;

use values::Gathered;
pub(super) use values::asked;
pub use values::{Values, text_of};

/// Counts chunks: scratch space of one thread.
#[derive(Debug, Default)]
pub struct Counter {
    pub(super) candidates: Vec<Candidate>,
    judged: Vec<Judged>,
    labels: Labels,
    /// Slots whose distinct values are only sketched.
    sketched: Vec<(u32, u16, u8)>,
    pub(super) table: Table,
    gathered: Gathered,
}

/// What a chunk is counted by.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The rules.
    pub engine: &'a Engine,
    /// What was asked.
    pub options: &'a Options,
    /// What is known of the document.
    pub plan: &'a DocumentPlan,
    /// Key of fingerprints.
    pub key: &'a [u8; 32],
    /// Today, days since 1970-01-01.
    pub today: i64,
    /// Whether a row is made for each value.
    pub matches: bool,
    /// What is known of the document already, if anything.
    pub known: Option<&'a Known>,
}

impl Counter {
    /// Counts one chunk.
    pub fn count(&mut self, job: Job<'_>, chunk: &Chunk) -> Tally {
        let mut tally = self.begin(job);
        // What delimits fields must not be made where it was not.
        let delimits = matches!(&job.plan.layout, Layout::Rows(dialect) if b" -'*./:".contains(&dialect.delimiter));
        // Lines of a text only: elsewhere a line end ends a value.
        let lines =
            matches!(job.plan.layout, Layout::Text) && (chunk.bytes.len() <= BROKEN || plain::has_forms(&chunk.bytes));
        let broken = if lines { Plain::of_lines(&chunk.bytes) } else { None };
        match broken.or_else(|| Plain::of(&chunk.bytes)).filter(|_| !delimits) {
            None => self.arranged(job, chunk, &mut tally),
            Some(plain) => self.plainly(job, chunk, plain, &mut tally),
        }
        if matches!(job.plan.layout, Layout::Text)
            && !lines
            && !tally.text.is_empty()
            && let Some(plain) = Plain::of_lines(&chunk.bytes)
        {
            tally = self.begin(job);
            self.plainly(job, chunk, plain, &mut tally);
        }
        places(job.plan, chunk, &mut tally);
        tally
    }

    /// Counts a chunk as `plain` writes it.
    fn plainly(&mut self, job: Job<'_>, chunk: &Chunk, mut plain: Plain, tally: &mut Tally) {
        let core = plain.here(chunk.core.start)..plain.here(chunk.core.end);
        let (base, entry, ends) = (chunk.base, chunk.entry, chunk.ends);
        let mut written = Chunk { base, bytes: std::mem::take(&mut plain.bytes), core, entry, ends };
        self.arranged(job, &written, tally);
        plain.bytes = std::mem::take(&mut written.bytes);
        back(&plain, tally);
    }

    fn arranged(&mut self, job: Job<'_>, chunk: &Chunk, tally: &mut Tally) {
        match &job.plan.layout {
            Layout::Text | Layout::Values { .. } => self.text(job, chunk, tally),
            Layout::Rows(dialect) => self.rows(job, dialect, chunk, tally),
        }
        tally.bytes += chunk.core.len() as u64;
        tally.look_for_health(&chunk.bytes[chunk.core.clone()]);
    }

    /// An empty tally, in which is only sketched what is known to be too much to count one by one.
    fn begin(&mut self, job: Job<'_>) -> Tally {
        let mut tally = Tally::default();
        self.sketched.clear();
        if let Some(known) = job.known {
            if known.people_sketched.load(Ordering::Relaxed) {
                tally.keys = ChunkKeys::Sketch(Box::default());
            }
            self.sketched.extend_from_slice(&known.distinct_sketched.lock().unwrap_or_else(PoisonError::into_inner));
        }
        tally
    }

    /// Candidates from the one at `from` on were found: their rules were met, whatever their checks say.
    pub(super) fn saw(&self, engine: &Engine, from: usize, tally: &mut Tally) {
        let found = self.candidates[from..].iter();
        tally.met.rules |= found.fold(0, |bits, candidate| bits | engine.users(candidate.shape));
    }

    fn text(&mut self, job: Job<'_>, chunk: &Chunk, tally: &mut Tally) {
        // A value that starts in the core may end behind it.
        let from = chunk.core.start.saturating_sub(BEFORE_CORE);
        let to = (chunk.core.end + BEHIND_CORE).min(chunk.bytes.len());
        self.candidates.clear();
        search(job.engine, &chunk.bytes, from..to, &mut self.candidates);
        self.saw(job.engine, 0, tally);
        self.candidates.retain(|c| chunk.core.contains(&(c.start as usize)));
        tally.met.in_text |= !self.candidates.is_empty();
        self.judged.clear();
        let (labels, judged) = (&mut self.labels, &mut self.judged);
        text::judge_all(job.engine, &chunk.bytes, 0..to, &self.candidates, None, POSSIBLE, labels, judged);
        // What has no form is looked for around what has one; beyond the core it is another chunk's.
        let candidates = &self.candidates;
        judged.retain(|judged| {
            // What bears a value out may stand before it, and over the border: `NY 10428`.
            let begins_here = || candidates.iter().rev().any(|c| c.end as usize > judged.start);
            chunk.core.contains(&judged.start) || judged.start >= chunk.core.end && begins_here()
        });
        let mut record = Record::default();
        let mut lines = 0;
        let mut at = chunk.core.start;
        for judged in &self.judged {
            lines += memchr::memchr_iter(b'\n', &chunk.bytes[at..judged.start]).count() as u64;
            at = judged.start;
            let identifier = job.engine.rules().rules[judged.rule as usize].identifier;
            let hash = hash(identifier, &judged.valid);
            let counts = judged.clues.logit() >= LIKELY;
            let another = identifier == Identifier::NAME && record.names_another(job, judged);
            if counts && (another || record.breaks(identifier, hash, lines)) {
                record.end(tally);
                record = Record::default();
            }
            if record.set == 0 && counts {
                tally.records += 1;
            }
            if counts {
                record.last_line = lines;
                record.add_text(job, false, identifier, hash, judged);
            }
            let number = tally.records.max(1);
            add_text(job, tally, chunk, None, judged, hash, number);
        }
        record.end(tally);
    }

    /// Counts the candidates in a field: forms that fill it are its column's to judge, forms inside its text are judged
    /// one by one.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn forms(
        &mut self,
        job: Job<'_>,
        chunk: &Chunk,
        field: &Field,
        candidates: Range<usize>,
        whole: bool,
        number: u64,
        tally: &mut Tally,
        record: &mut Record,
    ) {
        let bytes = &chunk.bytes;
        let scope = field.start..field.end;
        let span = trim(bytes, scope.clone());
        let column = job.plan.column(field.column);
        let (first, next) = (candidates.start, candidates.end);
        // Forms that fill the field are the column's to judge; forms inside its text are judged one by one.
        let mut inside = 0..0;
        for at in first..next {
            let candidate = self.candidates[at];
            let (start, end) = (candidate.start as usize, candidate.end as usize);
            let fills =
                start == span.start && (end == span.end || end < span.end && at_midnight(&bytes[end..span.end]));
            if whole && fills {
                if column.dead.get(candidate.shape as usize).is_some_and(|dead| *dead) {
                    continue;
                }
                for by in job.engine.uses(candidate.shape) {
                    // What any number is says nothing of a column without a name.
                    if !column.is_settled(by) && !text::says_nothing(*by) {
                        let rule = &job.engine.rules().rules[by.rule as usize];
                        let verdict = (rule.check)(&bytes[span.clone()], Setting::Free);
                        self.whole(
                            job,
                            chunk,
                            field.column,
                            by.rule,
                            by.shape,
                            verdict,
                            span.clone(),
                            number,
                            tally,
                            record,
                        );
                    }
                }
            } else if inside.is_empty() {
                inside = at..next;
            }
        }
        if !inside.is_empty() {
            self.judged.clear();
            tally.met.in_text = true;
            let label = Label { bound: &column.bound };
            let rest = &self.candidates[inside];
            let (labels, judged) = (&mut self.labels, &mut self.judged);
            text::judge_all(job.engine, bytes, scope, rest, Some(label), POSSIBLE, labels, judged);
            for at in 0..self.judged.len() {
                let judged = self.judged[at];
                if whole && (judged.start, judged.end) == (span.start, span.end) {
                    continue;
                }
                let identifier = job.engine.rules().rules[judged.rule as usize].identifier;
                let hash = hash(identifier, &judged.valid);
                if judged.clues.logit() >= LIKELY {
                    record.add_text(job, column.of_another, identifier, hash, &judged);
                }
                add_text(job, tally, chunk, Some(field.column as u32), &judged, hash, number);
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn whole(
        &mut self,
        job: Job<'_>,
        chunk: &Chunk,
        column: usize,
        rule: u16,
        shape: u8,
        verdict: Verdict,
        span: Range<usize>,
        number: u64,
        tally: &mut Tally,
        record: &mut Record,
    ) {
        let slots = &mut tally.columns[column].slots;
        let at = match slots.iter().position(|s| (s.rule, s.shape) == (rule, shape)) {
            Some(at) => at,
            None => {
                slots.push(Slot {
                    rule,
                    shape,
                    valid: 0,
                    invalid: 0,
                    blank: 0,
                    forms: [None, None, None, None],
                    spread: Spread::default(),
                });
                slots.len() - 1
            }
        };
        let slot = &mut slots[at];
        let valid = match verdict {
            Verdict::Blank => {
                slot.blank += 1;
                return;
            }
            Verdict::Invalid(_) => {
                slot.invalid += 1;
                return;
            }
            Verdict::Valid(valid) => valid,
        };
        let definition = &job.engine.rules().rules[rule as usize];
        let test = is_test(job, definition, &valid);
        if test && job.options.test_values == TestValues::Drop {
            return;
        }
        let identifier = definition.identifier;
        let hash = hash(identifier, &valid);
        slot.valid += 1;
        slot.spread.add(&valid, (identifier == Identifier::BIRTH_DATE).then_some(job.today));
        if shape == WORD {
            let word = &chunk.bytes[span.clone()];
            slot.spread.listed += u64::from(names::is_name(word));
            slot.spread.early += u64::from(names::given_rank(word).is_some());
            slot.spread.recent += u64::from(names::surname_rank(word).is_some_and(|rank| rank < FREQUENT));
        } else if identifier == Identifier::NAME && (shape != BY_FIELD || job.plan.column(column).weak.contains(&rule))
        {
            slot.spread.early += u64::from(valid.measure >= 2);
        }
        let form = match &mut slot.forms[valid.protection as usize] {
            Some(form) => form,
            empty => {
                let first = First::at(span.start, number, identifier, &chunk.bytes[span.clone()]);
                let mut form = Box::new(Form::new(first));
                let sketched = self.sketched.contains(&(column as u32, rule, shape));
                if sketched && valid.protection == Protection::Plaintext {
                    form.distinct = Distinct::sketch();
                }
                empty.insert(form)
            }
        };
        form.add(test, hash, number);
        let provider = job.plan.column(column).subject == Some(Subject::Provider) || identifier == Identifier::NPI;
        if !test && !provider {
            let key = match shape {
                BY_FIELD => job.plan.no_keys.binary_search(&(column as u32, rule)).is_err(),
                _ => job.plan.keys.binary_search(&(column as u32, rule, shape)).is_ok(),
            };
            // Sets take every form that fills a field; what is not accepted in the end is taken out again.
            record.set |= 1 << identifier.index();
            if key && valid.protection == Protection::Plaintext {
                record.add_whole(column as u32, job.plan.column(column).of_another, identifier, hash, &valid);
            }
        }
        if job.matches {
            let found = Found { valid: &valid, test, span, number };
            tally.matches.push(match_row(job, chunk, Some(column as u32), rule, Some(shape), 0.0, None, found));
        }
    }
}

/// Turns offsets in the plain text of a chunk into the chunk's own.
fn back(plain: &Plain, tally: &mut Tally) {
    let Tally { columns, text, matches, .. } = tally;
    let forms = columns.iter_mut().flat_map(|c| &mut c.slots).flat_map(|s| &mut s.forms);
    for form in forms.chain(text.iter_mut().flat_map(|t| &mut t.bands)).flatten() {
        form.first.offset = plain.original(form.first.offset as usize) as u64;
    }
    for found in matches {
        let span = plain.original_span(found.bytes.start as usize..found.bytes.end as usize);
        found.bytes = span.start as u64..span.end as u64;
    }
}

/// Appends the candidates in a stretch of `bytes`, placed in all of them.
pub(super) fn search(engine: &Engine, bytes: &[u8], stretch: Range<usize>, candidates: &mut Vec<Candidate>) {
    let first = candidates.len();
    engine.plan().find(&bytes[stretch.clone()], candidates);
    for candidate in &mut candidates[first..] {
        candidate.start += stretch.start as u32;
        candidate.end += stretch.start as u32;
    }
}

/// Texts up to this many bytes are searched for values that go over a line end before anything else; of longer ones only
/// the pieces in which something was found, or that hold printed forms.
const BROKEN: usize = 64 << 10;

/// How far before the core the search starts, so that what stands before its first byte is known.
const BEFORE_CORE: usize = 64;

/// How far behind the core of a text the search goes on: the longest value, and the words behind it.
const BEHIND_CORE: usize = 400;

pub(super) fn is_test(job: Job<'_>, rule: &Rule, valid: &Valid) -> bool {
    if !job.options.known_values.is_empty()
        && job.options.known_values.contains(&fingerprint(job.key, rule.identifier, valid))
    {
        return true;
    }
    job.options.test_values != TestValues::Live && (valid.test || rule.is_test_value(valid.normal.as_bytes()))
}

/// The hash of a value that counts go by: XXH3 with a seed of the identifier. It never leaves the process.
fn hash(identifier: Identifier, valid: &Valid) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(valid.normal.as_bytes(), 0x7068_6973_7765_6570 ^ identifier.index() as u64)
}

/// A capitalised word, as a name is in a column of its own.
pub(super) fn is_word(bytes: &[u8]) -> bool {
    (3..=20).contains(&bytes.len())
        && bytes[0].is_ascii_uppercase()
        && bytes.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'\'' | b'-'))
}

/// Whether this is what programs write behind a day without a time: ` 0:00`, ` 00:00:00`, `T00:00:00.000`, ` 12:00:00 AM`.
fn at_midnight(rest: &[u8]) -> bool {
    let [b' ' | b'T', time @ ..] = rest else { return false };
    let (time, twelve) = match time.strip_suffix(b" AM").or(time.strip_suffix(b"AM")) {
        Some(time) => (time.strip_prefix(b"12").unwrap_or(b"-"), true),
        None => (time, false),
    };
    let zeros = time.iter().all(|b| matches!(b, b'0' | b':' | b'.'));
    zeros && (3..=12).contains(&time.len()) && (twelve || time[0] == b'0') && time.contains(&b':')
}

pub(super) fn trim(bytes: &[u8], scope: Range<usize>) -> Range<usize> {
    let text = &bytes[scope.clone()];
    let left = text.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let right = text[left..].iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
    scope.start + left..scope.end - right
}

fn add_text(
    job: Job<'_>,
    tally: &mut Tally,
    chunk: &Chunk,
    column: Option<u32>,
    judged: &Judged,
    hash: u64,
    number: u64,
) {
    let definition = &job.engine.rules().rules[judged.rule as usize];
    let test = is_test(job, definition, &judged.valid);
    if test && job.options.test_values == TestValues::Drop {
        return;
    }
    let logit = judged.clues.logit();
    let Some(band) = band(logit) else { return };
    let protection = judged.valid.protection;
    let at = *tally.text_at.entry((column, judged.rule, protection, judged.subject)).or_insert(tally.text.len());
    if at == tally.text.len() {
        tally.text.push(TextTally {
            column,
            rule: judged.rule,
            protection,
            subject: judged.subject,
            bands: [None, None, None],
            best: judged.clues,
        });
    }
    let text = &mut tally.text[at];
    if logit > text.best.logit() {
        text.best = judged.clues;
    }
    let value = &chunk.bytes[judged.start..judged.end];
    let form = text.bands[band as usize]
        .get_or_insert_with(|| Box::new(Form::new(First::at(judged.start, number, definition.identifier, value))));
    form.add(test, hash, number);
    if job.matches {
        let found = Found { valid: &judged.valid, test, span: judged.start..judged.end, number };
        tally.matches.push(match_row(job, chunk, column, judged.rule, None, logit, judged.subject, found));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn midnight_stands_behind_days() {
        for rest in [" 0:00", " 00:00", " 00:00:00", "T00:00:00", " 00:00:00.000", " 12:00:00 AM", " 12:00 AM"] {
            assert!(super::at_midnight(rest.as_bytes()), "{rest}");
        }
        for rest in ["", " ", " 0", " 000", " 10:00", " 12:00:00", " 12:00 PM", "-00:00", " 0:00 x", " AM"] {
            assert!(!super::at_midnight(rest.as_bytes()), "{rest}");
        }
    }
}
