//! Counts what a chunk holds. In: a [`Chunk`], the document's plan. Out: a [`Tally`]; tallies of consecutive chunks merge
//! into that of the document. Decides nothing about columns: a column is judged when all of it was counted.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::detect::Candidate;
use crate::engine::Engine;
use crate::extract::dialect::Dialect;
use crate::extract::rows::{Field, Fields};
use crate::extract::{Chunk, Layout, Quote};
use crate::finding::{Confidence, Position, Protection, Subject};
use crate::identifier::Identifier;
use crate::judge::distinct::{Distinct, Sketch};
use crate::judge::people::{KeyKind, People, RecordKeys, key_kind};
use crate::judge::plan::DocumentPlan;
use crate::judge::text::{self, Clues, Judged, Label};
use crate::options::{Options, Reveal, TestValues};
use crate::validate::{Setting, Valid, Verdict, names};

/// The shape number of values that a field's name speaks for.
pub const BY_FIELD: u8 = u8::MAX;
/// The shape number of single capitalised words in a column without a name.
pub const WORD: u8 = u8::MAX - 1;
/// Surnames of a lower rank are frequent: some 40 % of people bear them, few things are called so.
const FREQUENT: u32 = 1000;
/// Log-odds of [`Confidence::Possible`]'s floor, 0.20.
pub const POSSIBLE: f32 = -1.386_294_4;
/// Log-odds of [`Confidence::Likely`]'s floor, 0.70.
pub const LIKELY: f32 = 0.847_297_9;
/// Log-odds of [`Confidence::Certain`]'s floor, 0.95.
pub const CERTAIN: f32 = 2.944_439;
/// More different sets of identifiers on one record than this are not told apart.
const SETS: usize = 4096;
/// In text, values that stand further apart than this many lines belong to different records.
const RECORD_LINES: u64 = 12;

/// What a chunk, or a whole document, holds.
#[derive(Debug, Default)]
pub struct Tally {
    /// By column, from 0.
    pub columns: Vec<ColumnTally>,
    /// Values that stand in text, by place and rule.
    pub text: Vec<TextTally>,
    /// Where in `text` what stands: a table may have very many columns with text.
    text_at: HashMap<TextKey, usize>,
    /// Sets of identifiers on one record (a bit each, by [`Identifier::index`]), with the number of records.
    pub sets: BTreeMap<u64, u64>,
    /// The people: of a whole document.
    pub people: People,
    /// Of a chunk, the keys of its records, to be added in order; or, where the document has too many people to count
    /// them one by one, the sketch alone.
    keys: ChunkKeys,
    /// Records: rows that hold something; in text, groups of values near each other.
    pub records: u64,
    /// One for each value, under `--matches`.
    pub matches: Vec<MatchRow>,
}

/// The person keys of a chunk.
#[derive(Debug)]
enum ChunkKeys {
    Records(Vec<RecordKeys>),
    Sketch(Sketch<14>),
}

impl Default for ChunkKeys {
    fn default() -> ChunkKeys {
        ChunkKeys::Records(Vec::new())
    }
}

impl ChunkKeys {
    fn add(&mut self, keys: &RecordKeys) {
        match self {
            _ if keys.is_empty() => {}
            ChunkKeys::Records(records) => records.push(*keys),
            ChunkKeys::Sketch(sketch) => sketch.insert(keys.primary()),
        }
    }
}

/// What is known already of the document a chunk belongs to, so that work is not done that must be thrown away: counts
/// that have left the exact range do not come back. Never changes a result.
#[derive(Debug, Default)]
pub struct Known {
    people_sketched: AtomicBool,
    distinct_sketched: Mutex<Vec<(u32, u16, u8)>>,
}

/// What a column holds.
#[derive(Debug, Default)]
pub struct ColumnTally {
    /// Fields that are not blank.
    pub filled: u64,
    /// By rule and shape.
    pub slots: Vec<Slot>,
}

/// The values of one rule and one form that fill their fields.
#[derive(Debug)]
pub struct Slot {
    /// Index into the rules.
    pub rule: u16,
    /// Index into the rule's shapes, [`BY_FIELD`] or [`WORD`].
    pub shape: u8,
    /// Values that passed the check.
    pub valid: u64,
    /// Values that did not.
    pub invalid: u64,
    /// Placeholders.
    pub blank: u64,
    /// The values that passed, by protection.
    pub forms: [Option<Box<Form>>; 4],
    /// How they spread.
    pub spread: Spread,
}

/// Values of one kind in one form.
#[derive(Clone, Debug)]
pub struct Form {
    /// How many.
    pub matches: u64,
    /// How many of them are test values.
    pub tests: u64,
    /// On how many records.
    pub records: u64,
    /// Distinct ones, test values left out.
    pub distinct: Distinct,
    /// Where the first stands.
    pub first: First,
    last_record: u64,
}

/// The first value of a kind.
#[derive(Clone, Copy, Debug)]
pub struct First {
    /// Where.
    pub position: Position,
    /// Its form, digits as `9` and letters as `A`.
    pub picture: [u8; 24],
    /// Offset in the chunk until the chunk is done, then in the document.
    offset: u64,
}

/// Values of one rule in the text of one place.
#[derive(Debug)]
pub struct TextTally {
    /// Column, from 0; `None` for the document's text.
    pub column: Option<u32>,
    /// Index into the rules.
    pub rule: u16,
    /// In what form.
    pub protection: Protection,
    /// Whose, as the words around say.
    pub subject: Option<Subject>,
    /// By confidence.
    pub bands: [Option<Box<Form>>; 3],
    /// The clues of the best one.
    pub best: Clues,
}

type TextKey = (Option<u32>, u16, Protection, Option<Subject>);

impl TextTally {
    fn key(&self) -> TextKey {
        (self.column, self.rule, self.protection, self.subject)
    }
}

/// How numbers or dates of a column spread.
#[derive(Clone, Debug)]
pub struct Spread {
    /// Values counted.
    pub count: u64,
    /// First characters `0`–`9`.
    pub leads: [u64; 10],
    /// Which of the 1000 three-digit beginnings occur.
    pub areas: [u64; 16],
    /// Steps of 1 to 1000 from one value to the next.
    pub steps: u64,
    /// Smallest measure.
    pub min: i64,
    /// Largest measure.
    pub max: i64,
    /// Dates before 1 January 1975; names that the lists know; given names among words of [`WORD`].
    pub early: u64,
    /// Dates less than two years ago; frequent surnames among words of [`WORD`].
    pub recent: u64,
    /// Words of [`WORD`] that the lists of names know.
    pub listed: u64,
    first: i64,
    previous: i64,
}

/// A value under `--matches`, until it is known whether its place is accepted.
#[derive(Clone)]
pub struct MatchRow {
    /// Column, from 0; `None` for the document's text.
    pub column: Option<u32>,
    /// Index into the rules.
    pub rule: u16,
    /// See [`Slot::shape`]; `None` for values judged one by one.
    pub shape: Option<u8>,
    /// Log-odds, for values judged one by one.
    pub logit: f32,
    /// In what form.
    pub protection: Protection,
    /// Whether it is a test value.
    pub test: bool,
    /// Whose, for values judged one by one.
    pub subject: Option<Subject>,
    /// Where.
    pub position: Position,
    /// Offsets in the document.
    pub bytes: Range<u64>,
    /// Keyed hash.
    pub fingerprint: [u8; 10],
    /// As the user may see it.
    pub value: String,
}

/// Leaves the value out.
impl std::fmt::Debug for MatchRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MatchRow").field("rule", &self.rule).field("position", &self.position).finish_non_exhaustive()
    }
}

impl Default for Spread {
    fn default() -> Spread {
        Spread {
            count: 0,
            leads: [0; 10],
            areas: [0; 16],
            steps: 0,
            min: i64::MAX,
            max: i64::MIN,
            early: 0,
            recent: 0,
            listed: 0,
            first: i64::MIN,
            previous: i64::MIN,
        }
    }
}

impl Spread {
    fn add(&mut self, valid: &Valid, dates: Option<i64>) {
        self.count += 1;
        self.min = self.min.min(valid.measure);
        self.max = self.max.max(valid.measure);
        match self.count {
            1 => self.first = valid.measure,
            _ => self.step(valid.measure),
        }
        self.previous = valid.measure;
        if let Some(today) = dates {
            // Days from 1970-01-01 to 1975-01-01.
            self.early += u64::from(valid.measure < 1826);
            self.recent += u64::from(valid.measure > today - 730);
        } else if let [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', ..] = valid.normal.as_bytes() {
            self.leads[(a - b'0') as usize] += 1;
            let area = (a - b'0') as usize * 100 + (b - b'0') as usize * 10 + (c - b'0') as usize;
            self.areas[area / 64] |= 1 << (area % 64);
        }
    }

    /// Counts the step from the value before to this one.
    fn step(&mut self, to: i64) {
        self.steps += u64::from((1..=1000).contains(&to.wrapping_sub(self.previous)));
    }

    fn merge(&mut self, other: &Spread) {
        match (self.count, other.count) {
            (_, 0) => return,
            (0, _) => self.first = other.first,
            _ => self.step(other.first),
        }
        self.count += other.count;
        self.leads.iter_mut().zip(&other.leads).for_each(|(a, b)| *a += b);
        self.areas.iter_mut().zip(&other.areas).for_each(|(a, b)| *a |= b);
        self.steps += other.steps;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.early += other.early;
        self.recent += other.recent;
        self.listed += other.listed;
        self.previous = other.previous;
    }

    /// How many different three-digit beginnings.
    pub fn beginnings(&self) -> u32 {
        self.areas.iter().map(|word| word.count_ones()).sum()
    }
}

impl Form {
    fn new(first: First) -> Form {
        Form { matches: 0, tests: 0, records: 0, distinct: Distinct::default(), first, last_record: u64::MAX }
    }

    fn add(&mut self, valid: &Valid, test: bool, hash: u64, record: u64) {
        let _ = valid;
        self.matches += 1;
        self.tests += u64::from(test);
        if !test {
            self.distinct.insert(hash);
        }
        self.records += u64::from(record != self.last_record);
        self.last_record = record;
    }

    /// Adds the values of a later chunk.
    pub fn merge(&mut self, other: &Form) {
        let shared = other.first.position.record == self.last_record;
        self.matches += other.matches;
        self.tests += other.tests;
        self.records += other.records - u64::from(shared);
        self.last_record = other.last_record;
        self.distinct.merge(&other.distinct);
        self.first = if other.first.offset < self.first.offset { other.first } else { self.first };
    }
}

fn merge_forms<const N: usize>(ours: &mut [Option<Box<Form>>; N], theirs: [Option<Box<Form>>; N]) {
    for (ours, theirs) in ours.iter_mut().zip(theirs) {
        match (ours.as_mut(), theirs) {
            (Some(ours), Some(theirs)) => ours.merge(&theirs),
            (None, Some(theirs)) => *ours = Some(theirs),
            _ => {}
        }
    }
}

impl Tally {
    /// Adds the tally of the chunk that comes next in the document.
    pub fn merge(&mut self, other: Tally) {
        if self.columns.len() < other.columns.len() {
            self.columns.resize_with(other.columns.len(), ColumnTally::default);
        }
        for (ours, theirs) in self.columns.iter_mut().zip(other.columns) {
            ours.filled += theirs.filled;
            for slot in theirs.slots {
                match ours.slots.iter_mut().find(|s| (s.rule, s.shape) == (slot.rule, slot.shape)) {
                    Some(known) => {
                        known.valid += slot.valid;
                        known.invalid += slot.invalid;
                        known.blank += slot.blank;
                        known.spread.merge(&slot.spread);
                        merge_forms(&mut known.forms, slot.forms);
                    }
                    None => ours.slots.push(slot),
                }
            }
        }
        let shift = if self.columns.is_empty() { self.records } else { 0 };
        for mut text in other.text {
            for form in text.bands.iter_mut().flatten() {
                form.first.position.record += shift;
                form.last_record += shift;
            }
            match self.text_at.entry(text.key()) {
                Entry::Occupied(at) => {
                    let known = &mut self.text[*at.get()];
                    if text.best.logit() > known.best.logit() {
                        known.best = text.best;
                    }
                    merge_forms(&mut known.bands, text.bands);
                }
                Entry::Vacant(at) => {
                    at.insert(self.text.len());
                    self.text.push(text);
                }
            }
        }
        for (set, records) in other.sets {
            add_set(&mut self.sets, set, records);
        }
        self.add_people(other.keys);
        self.matches.extend(other.matches.into_iter().map(|mut m| {
            m.position.record += shift;
            m
        }));
        self.records += other.records;
    }
}

impl Tally {
    fn add_people(&mut self, keys: ChunkKeys) {
        match keys {
            ChunkKeys::Records(records) => records.iter().for_each(|keys| self.people.add(keys)),
            ChunkKeys::Sketch(sketch) => self.people.merge(&People::sketched(sketch)),
        }
    }

    /// The tally of the first chunk, as that of the document so far.
    pub fn opened(mut self) -> Tally {
        let keys = std::mem::take(&mut self.keys);
        self.add_people(keys);
        self
    }

    /// Notes what later chunks need not count one by one.
    pub fn tell(&self, known: &Known) {
        if !self.people.is_exact() {
            known.people_sketched.store(true, Ordering::Relaxed);
        }
        let mut sketched = known.distinct_sketched.lock().unwrap_or_else(PoisonError::into_inner);
        for (column, tally) in self.columns.iter().enumerate() {
            for slot in &tally.slots {
                let all = |form: &Form| matches!(form.distinct, Distinct::Sketch(_));
                let key = (column as u32, slot.rule, slot.shape);
                if slot.forms[0].as_deref().is_some_and(all) && !sketched.contains(&key) {
                    sketched.push(key);
                }
            }
        }
    }
}

fn add_set(sets: &mut BTreeMap<u64, u64>, set: u64, records: u64) {
    if set != 0 && (sets.len() < SETS || sets.contains_key(&set)) {
        *sets.entry(set).or_default() += records;
    }
}

/// Counts chunks: scratch space of one thread.
#[derive(Debug, Default)]
pub struct Counter {
    candidates: Vec<Candidate>,
    judged: Vec<Judged>,
    /// Slots whose distinct values are only sketched.
    sketched: Vec<(u32, u16, u8)>,
    fields: Vec<Field>,
    rest: Rest,
}

/// Fields that are read before they are counted.
const BATCH: usize = 1024;

/// Where the reading of rows stands.
struct InRows {
    row: u64,
    foreign: bool,
    record: Record,
}

/// The stretches of a chunk in which forms must be looked for: all but the fields whose name says what they hold, put
/// together so that one search does for many of them.
#[derive(Debug, Default)]
struct Rest {
    bytes: Vec<u8>,
    /// Where each stretch starts here and in the chunk.
    stretches: Vec<(u32, u32)>,
    /// Where the last stretch ends in the chunk.
    end: usize,
}

impl Rest {
    fn clear(&mut self) {
        self.bytes.clear();
        self.stretches.clear();
    }

    /// Adds a field, with the delimiter before it where it follows the last one.
    fn add(&mut self, chunk: &[u8], open: usize, end: usize) {
        if !self.stretches.is_empty() && open >= self.end && open - self.end <= 2 {
            self.bytes.extend_from_slice(&chunk[self.end..end]);
        } else {
            // A line end is a boundary to every form, as the delimiters are.
            self.bytes.push(b'\n');
            self.stretches.push((self.bytes.len() as u32, open as u32));
            self.bytes.extend_from_slice(&chunk[open..end]);
        }
        self.end = end;
    }

    /// The candidates in it, placed in the chunk.
    fn search(&self, engine: &Engine, candidates: &mut Vec<Candidate>) {
        candidates.clear();
        engine.plan().find(&self.bytes, candidates);
        let mut at = 0;
        for candidate in candidates {
            while self.stretches.get(at + 1).is_some_and(|(start, _)| *start <= candidate.start) {
                at += 1;
            }
            if let Some((here, there)) = self.stretches.get(at) {
                candidate.start = candidate.start - here + there;
                candidate.end = candidate.end - here + there;
            }
        }
    }
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
    /// What is known of the document already, if anything.
    pub known: Option<&'a Known>,
}

impl Counter {
    /// Counts one chunk.
    pub fn count(&mut self, job: Job<'_>, chunk: &Chunk) -> Tally {
        let mut tally = Tally::default();
        self.sketched.clear();
        if let Some(known) = job.known {
            if known.people_sketched.load(Ordering::Relaxed) {
                tally.keys = ChunkKeys::Sketch(Sketch::default());
            }
            self.sketched.extend_from_slice(&known.distinct_sketched.lock().unwrap_or_else(PoisonError::into_inner));
        }
        match &job.plan.layout {
            Layout::Text => self.text(job, chunk, &mut tally),
            Layout::Rows(dialect) => self.rows(job, dialect, chunk, &mut tally),
        }
        places(job.plan.layout.line_end(), chunk, &mut tally);
        tally
    }

    fn text(&mut self, job: Job<'_>, chunk: &Chunk, tally: &mut Tally) {
        // A value that starts in the core may end behind it.
        let from = chunk.core.start.saturating_sub(BEFORE_CORE);
        let to = (chunk.core.end + BEHIND_CORE).min(chunk.bytes.len());
        self.candidates.clear();
        job.engine.plan().find(&chunk.bytes[from..to], &mut self.candidates);
        for candidate in &mut self.candidates {
            candidate.start += from as u32;
            candidate.end += from as u32;
        }
        self.candidates.retain(|c| chunk.core.contains(&(c.start as usize)));
        self.judged.clear();
        text::judge_all(
            job.engine,
            &job.plan.active,
            &chunk.bytes,
            0..to,
            &self.candidates,
            None,
            POSSIBLE,
            &mut self.judged,
        );
        let mut record = Record::default();
        let mut lines = 0;
        let mut at = chunk.core.start;
        for judged in &self.judged {
            lines += memchr::memchr_iter(b'\n', &chunk.bytes[at..judged.start]).count() as u64;
            at = judged.start;
            let identifier = job.engine.rules().rules[judged.rule as usize].identifier;
            let hash = hash(identifier, &judged.valid);
            let counts = judged.clues.logit() >= LIKELY;
            if counts && record.breaks(identifier, hash, lines) {
                record.end(tally);
                record = Record::default();
            }
            if record.set == 0 && counts {
                tally.records += 1;
            }
            if counts {
                record.last_line = lines;
                record.add_text(job, identifier, hash, judged);
            }
            let number = tally.records.max(1);
            add_text(job, tally, chunk, None, judged, hash, number);
        }
        record.end(tally);
    }

    fn rows(&mut self, job: Job<'_>, dialect: &Dialect, chunk: &Chunk, tally: &mut Tally) {
        let entry = chunk.entry;
        let core = chunk.core.clone();
        let after = job.options.cut.after;
        // Up to here records that start in the core are this chunk's.
        let reach = core.end + after;
        let mut at = InRows {
            row: entry.rows,
            // The record that the core starts in belongs to the chunk before, as far as that carries it.
            foreign: entry.fields > 0 || entry.quote != Quote::Outside || entry.chars > 0,
            record: Record::default(),
        };
        let mut fields = Fields::new(dialect, &chunk.bytes, core.start, entry.fields as usize, entry.quote);
        let mut batch = std::mem::take(&mut self.fields);
        let mut ended = false;
        while !ended {
            batch.clear();
            // Whose row each field is in is known when it is reached; the search needs to know it before.
            let (mut row, mut foreign) = (at.row, at.foreign);
            self.rest.clear();
            while batch.len() < BATCH {
                let Some(field) = fields.next() else {
                    ended = true;
                    break;
                };
                if field.open >= reach || (!foreign && field.column == 0 && field.open >= core.end) {
                    ended = true;
                    break;
                }
                let bound = !job.plan.column(field.column).bound.is_empty();
                if foreign || field.cut || !bound || row < dialect.body_rows {
                    self.rest.add(&chunk.bytes, field.open, field.end);
                }
                if field.last {
                    row += 1;
                    foreign = false;
                }
                batch.push(field);
            }
            self.rest.search(job.engine, &mut self.candidates);
            let mut next = 0;
            for field in &batch {
                next = self.row_field(job, dialect, chunk, field, next, &mut at, tally);
            }
        }
        self.fields = batch;
        // The document's last row, without a line end; or one that goes on behind the reach.
        tally.records += u64::from(!at.foreign && at.record.filled && at.row >= dialect.body_rows);
        at.record.end(tally);
    }

    /// Counts one field where it stands in its row. Gives the first candidate behind it.
    #[allow(clippy::too_many_arguments)]
    fn row_field(
        &mut self,
        job: Job<'_>,
        dialect: &Dialect,
        chunk: &Chunk,
        field: &Field,
        mut next: usize,
        at: &mut InRows,
        tally: &mut Tally,
    ) -> usize {
        let core = &chunk.core;
        let after = job.options.cut.after;
        let reach = core.end + after;
        // Of a field that goes on behind the reach, the values that start there are the next chunk's.
        let until = field.end.min(reach);
        if at.foreign {
            let border = core.start + after;
            if field.end > border {
                next = self.skip_to(next, field.start.max(border));
                next = self.in_field(job, chunk, field, until, next, false, at.row, tally, &mut at.record);
            }
            if field.last {
                at.foreign = false;
                at.row += 1;
                at.record.end(tally);
                at.record = Record::default();
            }
            return next;
        }
        next = self.skip_to(next, field.start);
        let body = at.row >= dialect.body_rows;
        if body && tally.columns.len() <= field.column {
            tally.columns.resize_with(field.column + 1, ColumnTally::default);
        }
        let whole = body && field.end <= reach && (!field.cut || chunk.ends);
        next = self.in_field(job, chunk, field, until, next, whole, at.row, tally, &mut at.record);
        if field.last || field.cut || field.end == chunk.bytes.len() {
            tally.records += u64::from(body && at.record.filled);
            at.record.end(tally);
            at.record = Record::default();
            at.row += 1;
        }
        next
    }

    fn skip_to(&self, mut next: usize, at: usize) -> usize {
        while self.candidates.get(next).is_some_and(|c| (c.start as usize) < at) {
            next += 1;
        }
        next
    }

    /// Counts one field: as a whole by its column's rules and by the forms that fill it, and what stands in its text.
    /// Values that start at `until` or behind it are not asked for. Gives the first candidate behind the field.
    #[allow(clippy::too_many_arguments)]
    fn in_field(
        &mut self,
        job: Job<'_>,
        chunk: &Chunk,
        field: &Field,
        until: usize,
        first: usize,
        whole: bool,
        row: u64,
        tally: &mut Tally,
        record: &mut Record,
    ) -> usize {
        let bytes = &chunk.bytes;
        let scope = field.start..field.end;
        let mut next = first;
        while self.candidates.get(next).is_some_and(|c| (c.start as usize) < until) {
            next += 1;
        }
        let span = trim(bytes, scope.clone());
        if span.is_empty() {
            return next;
        }
        let column = job.plan.column(field.column);
        let number = match &job.plan.layout {
            Layout::Rows(dialect) if row >= dialect.body_rows => row - dialect.body_rows + 1,
            _ => 0,
        };
        record.filled = true;
        let mut taken = false;
        if whole {
            tally.columns[field.column].filled += 1;
            for (rule, _) in &column.bound {
                let verdict = (job.engine.rules().rules[*rule as usize].check)(&bytes[span.clone()], Setting::Field);
                taken |= !matches!(verdict, Verdict::Invalid(_));
                self.whole(job, chunk, field.column, *rule, BY_FIELD, verdict, span.clone(), number, tally, record);
            }
            if let Some(rule) = job.plan.names.filter(|_| !column.headed && is_word(&bytes[span.clone()])) {
                let verdict = (job.engine.rules().rules[rule as usize].check)(&bytes[span.clone()], Setting::Field);
                self.whole(job, chunk, field.column, rule, WORD, verdict, span.clone(), number, tally, record);
            }
        }
        if taken {
            return next;
        }
        // Fields of columns with a telling name are not searched beforehand: nearly all are what the name says.
        let own = whole && !column.bound.is_empty();
        if own {
            let from = self.candidates.len();
            job.engine.plan().find(&bytes[field.open..field.end], &mut self.candidates);
            for candidate in &mut self.candidates[from..] {
                candidate.start += field.open as u32;
                candidate.end += field.open as u32;
            }
            let to = from + self.candidates[from..].iter().filter(|c| (c.start as usize) < until).count();
            self.forms(job, chunk, field, from..to, whole, number, tally, record);
            self.candidates.truncate(from);
        } else if first < next {
            self.forms(job, chunk, field, first..next, whole, number, tally, record);
        }
        next
    }

    /// Counts the candidates in a field: forms that fill it are its column's to judge, forms inside its text are judged
    /// one by one.
    #[allow(clippy::too_many_arguments)]
    fn forms(
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
            let fills = (candidate.start as usize, candidate.end as usize) == (span.start, span.end);
            if whole && fills {
                if column.dead.get(candidate.shape as usize).is_some_and(|dead| *dead) {
                    continue;
                }
                for by in job.engine.uses(candidate.shape) {
                    let bound = column.bound.iter().any(|(rule, _)| *rule == by.rule);
                    let hopeless = column.hopeless.contains(&(by.rule, by.shape));
                    if job.plan.active[by.rule as usize] && !bound && !hopeless {
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
            let label = Label { bound: &column.bound };
            let rest = &self.candidates[inside];
            text::judge_all(job.engine, &job.plan.active, bytes, scope, rest, Some(label), POSSIBLE, &mut self.judged);
            for at in 0..self.judged.len() {
                let judged = self.judged[at];
                if whole && (judged.start, judged.end) == (span.start, span.end) {
                    continue;
                }
                let identifier = job.engine.rules().rules[judged.rule as usize].identifier;
                let hash = hash(identifier, &judged.valid);
                if judged.clues.logit() >= LIKELY {
                    record.add_text(job, identifier, hash, &judged);
                }
                add_text(job, tally, chunk, Some(field.column as u32), &judged, hash, number);
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn whole(
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
        let test = is_test(job, &definition.test_values, &valid);
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
        } else if identifier == Identifier::NAME && shape != BY_FIELD {
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
        form.add(&valid, test, hash, number);
        let plan = job.plan.columns.get(column);
        let provider = plan.is_some_and(|p| p.subject == Some(Subject::Provider)) || identifier == Identifier::NPI;
        if !test && !provider {
            let key = match shape {
                BY_FIELD => job.plan.no_keys.binary_search(&(column as u32, rule)).is_err(),
                _ => job.plan.keys.binary_search(&(column as u32, rule, shape)).is_ok(),
            };
            // Sets take every form that fills a field; what is not accepted in the end is taken out again.
            record.set |= 1 << identifier.index();
            if key && valid.protection == Protection::Plaintext {
                record.keys.add(identifier, hash);
            }
        }
        if job.options.matches {
            let found = Found { valid: &valid, test, span, number };
            tally.matches.push(match_row(job, chunk, Some(column as u32), rule, Some(shape), 0.0, None, found));
        }
    }
}

/// How far before the core the search starts, so that what stands before its first byte is known.
const BEFORE_CORE: usize = 64;
/// How far behind the core of a text the search goes on: the longest value, and the words behind it.
const BEHIND_CORE: usize = 400;

/// What is known of the record being read.
#[derive(Debug, Default)]
struct Record {
    set: u64,
    keys: RecordKeys,
    filled: bool,
    last_line: u64,
    /// In text: the strong values seen, to notice when another person's record begins.
    seen: [(u8, u64); 8],
    seen_count: usize,
}

impl Record {
    /// Whether a value must belong to another record of a text: far away, or a second value of a kind of which a person
    /// has one.
    fn breaks(&self, identifier: Identifier, hash: u64, line: u64) -> bool {
        if self.set != 0 && line > self.last_line + RECORD_LINES {
            return true;
        }
        one_each(identifier)
            && self.seen[..self.seen_count].iter().any(|(i, h)| *i as usize == identifier.index() && *h != hash)
    }

    fn add_text(&mut self, job: Job<'_>, identifier: Identifier, hash: u64, judged: &Judged) {
        let rule = &job.engine.rules().rules[judged.rule as usize];
        let provider = judged.subject == Some(Subject::Provider) || identifier == Identifier::NPI;
        if provider || is_test(job, &rule.test_values, &judged.valid) {
            return;
        }
        self.set |= 1 << identifier.index();
        if judged.valid.protection != Protection::Plaintext || self.keys.holds(hash) {
            return;
        }
        let new = !self.seen[..self.seen_count].iter().any(|(i, _)| *i as usize == identifier.index());
        if one_each(identifier) && new && self.seen_count < self.seen.len() {
            self.seen[self.seen_count] = (identifier.index() as u8, hash);
            self.seen_count += 1;
        }
        // Of the names in a text only the first near the other values is taken for the person's.
        if key_kind(identifier) != Some(KeyKind::Name) || new {
            self.keys.add(identifier, hash);
        }
        if key_kind(identifier) == Some(KeyKind::Name) && new && self.seen_count < self.seen.len() {
            self.seen[self.seen_count] = (identifier.index() as u8, hash);
            self.seen_count += 1;
        }
    }

    fn end(&self, tally: &mut Tally) {
        if self.set != 0 {
            add_set(&mut tally.sets, self.set, 1);
        }
        tally.keys.add(&self.keys);
    }
}

/// A person has one of these, so that a second value is a second person.
fn one_each(identifier: Identifier) -> bool {
    matches!(
        identifier,
        Identifier::SSN
            | Identifier::ITIN
            | Identifier::MBI
            | Identifier::HICN
            | Identifier::MRN
            | Identifier::BIRTH_DATE
            | Identifier::MEMBER_ID
            | Identifier::MEDICAID_ID
    )
}

fn is_test(job: Job<'_>, samples: &[Vec<u8>], valid: &Valid) -> bool {
    job.options.test_values != TestValues::Live && (valid.test || samples.iter().any(|t| t == valid.normal.as_bytes()))
}

/// The hash of a value that counts go by: XXH3 with a seed of the identifier. It never leaves the process.
fn hash(identifier: Identifier, valid: &Valid) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(valid.normal.as_bytes(), 0x7068_6973_7765_6570 ^ identifier.index() as u64)
}

impl First {
    fn at(offset: usize, record: u64, identifier: Identifier, value: &[u8]) -> First {
        let position = Position { record, line: 0, column: 0 };
        First { position, picture: picture(identifier, value), offset: offset as u64 }
    }

    /// Its form as text.
    pub fn picture_text(&self) -> String {
        self.picture.iter().take_while(|b| **b != 0).map(|b| *b as char).collect()
    }
}

/// Digits as `9`, letters as `A`, marks as they are. Empty for names, addresses and the like, whose form would tell too
/// much.
fn picture(identifier: Identifier, value: &[u8]) -> [u8; 24] {
    let mut picture = [0; 24];
    let tells = [Identifier::NAME, Identifier::ADDRESS, Identifier::EMAIL, Identifier::URL];
    if tells.contains(&identifier) || value.len() > picture.len() {
        return picture;
    }
    for (slot, byte) in picture.iter_mut().zip(value) {
        *slot = match byte {
            b'0'..=b'9' => b'9',
            b'A'..=b'Z' | b'a'..=b'z' => b'A',
            b' '..=b'~' => *byte,
            _ => b'?',
        };
    }
    picture
}

/// A capitalised word, as a name is in a column of its own.
fn is_word(bytes: &[u8]) -> bool {
    (3..=20).contains(&bytes.len())
        && bytes[0].is_ascii_uppercase()
        && bytes.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'\'' | b'-'))
}

fn trim(bytes: &[u8], scope: Range<usize>) -> Range<usize> {
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
    let test = is_test(job, &definition.test_values, &judged.valid);
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
    form.add(&judged.valid, test, hash, number);
    if job.options.matches {
        let found = Found { valid: &judged.valid, test, span: judged.start..judged.end, number };
        tally.matches.push(match_row(job, chunk, column, judged.rule, None, logit, judged.subject, found));
    }
}

/// The band of a log-odds.
pub fn band(logit: f32) -> Option<Confidence> {
    match logit {
        l if l >= CERTAIN => Some(Confidence::Certain),
        l if l >= LIKELY => Some(Confidence::Likely),
        l if l >= POSSIBLE => Some(Confidence::Possible),
        _ => None,
    }
}

struct Found<'a> {
    valid: &'a Valid,
    test: bool,
    span: Range<usize>,
    number: u64,
}

#[allow(clippy::too_many_arguments)]
fn match_row(
    job: Job<'_>,
    chunk: &Chunk,
    column: Option<u32>,
    rule: u16,
    shape: Option<u8>,
    logit: f32,
    subject: Option<Subject>,
    found: Found<'_>,
) -> MatchRow {
    let identifier = job.engine.rules().rules[rule as usize].identifier;
    let mut hasher = blake3::Hasher::new_keyed(job.key);
    hasher.update(identifier.name().as_bytes()).update(&[0]).update(found.valid.normal.as_bytes());
    let mut fingerprint = [0; 10];
    fingerprint.copy_from_slice(&hasher.finalize().as_bytes()[..10]);
    MatchRow {
        column,
        rule,
        shape,
        logit,
        protection: found.valid.protection,
        test: found.test,
        subject,
        position: Position { record: found.number, line: 0, column: 0 },
        bytes: found.span.start as u64..found.span.end as u64,
        fingerprint,
        value: revealed(job.options.reveal, identifier, &chunk.bytes[found.span], found.valid),
    }
}

/// A value as the user may see it.
fn revealed(reveal: Reveal, identifier: Identifier, value: &[u8], valid: &Valid) -> String {
    let info = identifier.info();
    let normal = valid.normal.as_bytes();
    // `last4` of a short member id or MRN would be most of it.
    let long = !matches!(identifier, Identifier::MEMBER_ID | Identifier::MRN) || normal.len() >= 8;
    match reveal {
        Reveal::Full => String::from_utf8_lossy(value).into_owned(),
        Reveal::Last4 if info.last4 && long && normal.len() >= 4 => {
            let tail = String::from_utf8_lossy(&normal[normal.len() - 4..]).into_owned();
            let kept = info.mask.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
            format!("{}{tail}", &info.mask[..kept])
        }
        _ => info.mask.to_string(),
    }
}

/// Fills in lines and columns, in one sweep over the chunk, and turns offsets into the document's.
fn places(line_end: u8, chunk: &Chunk, tally: &mut Tally) {
    let Tally { columns, text, matches, .. } = tally;
    let forms = columns.iter_mut().flat_map(|c| &mut c.slots).flat_map(|s| &mut s.forms);
    let mut firsts: Vec<&mut First> =
        forms.chain(text.iter_mut().flat_map(|t| &mut t.bands)).flatten().map(|form| &mut form.first).collect();
    firsts.sort_by_key(|first| first.offset);
    let mut cursor = Cursor::new(line_end, chunk);
    for first in firsts {
        (first.position.line, first.position.column) = cursor.to(first.offset as usize);
        first.offset += chunk.base;
    }
    matches.sort_by_key(|m| (m.bytes.start, m.bytes.end));
    let mut cursor = Cursor::new(line_end, chunk);
    for found in matches {
        (found.position.line, found.position.column) = cursor.to(found.bytes.start as usize);
        found.bytes = found.bytes.start + chunk.base..found.bytes.end + chunk.base;
    }
}

/// Line and character of increasing offsets.
struct Cursor<'a> {
    chunk: &'a Chunk,
    line_end: u8,
    at: usize,
    line: u64,
    chars: u64,
}

impl<'a> Cursor<'a> {
    fn new(line_end: u8, chunk: &'a Chunk) -> Cursor<'a> {
        Cursor { chunk, line_end, at: chunk.core.start, line: chunk.entry.lines + 1, chars: chunk.entry.chars }
    }

    fn to(&mut self, offset: usize) -> (u64, u64) {
        let stretch = &self.chunk.bytes[self.at.min(offset)..offset];
        match memchr::memrchr(self.line_end, stretch) {
            Some(last) => {
                self.line += memchr::memchr_iter(self.line_end, stretch).count() as u64;
                self.chars = crate::extract::chars(&stretch[last + 1..]);
            }
            None => self.chars += crate::extract::chars(stretch),
        }
        self.at = offset;
        (self.line, self.chars + 1)
    }
}
