//! What a chunk or a whole document holds, counted. In: the counts of chunks ([`super::count`]). Out: a [`Tally`]; tallies
//! of consecutive chunks merge into that of the document. Decides nothing: a column is judged when all of it was counted.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::extract::{Chunk, urls};
use crate::finding::{Confidence, Protection, Subject};
use crate::judge::distinct::Distinct;
use crate::judge::health::Signals;
use crate::judge::matches::{First, MatchRow};
use crate::judge::met::Met;
use crate::judge::people::{People, RecordKeys, Sketches};
use crate::judge::text::Clues;
use crate::limits::MEMBERS;
use crate::release::profile::Profile;
use crate::validate::Valid;

/// The shape number of values that a field's name speaks for.
pub const BY_FIELD: u8 = u8::MAX;

/// The shape number of single capitalised words in a column without a name.
pub const WORD: u8 = u8::MAX - 1;

/// Log-odds of [`Confidence::Possible`]'s floor, 0.20.
pub const POSSIBLE: f32 = -1.386_294_4;

/// Log-odds of [`Confidence::Likely`]'s floor, 0.70.
pub const LIKELY: f32 = 0.847_297_9;

/// Log-odds of [`Confidence::Certain`]'s floor, 0.95.
pub const CERTAIN: f32 = 2.944_439;

/// More different sets of identifiers on one record than this are not told apart.
const SETS: usize = 4096;

/// What a chunk, or a whole document, holds.
#[derive(Debug, Default)]
pub struct Tally {
    /// By column, from 0.
    pub columns: Vec<ColumnTally>,
    /// Values that stand in text, by place and rule.
    pub text: Vec<TextTally>,
    /// Where in `text` what stands: a table may have very many columns with text.
    pub(super) text_at: HashMap<TextKey, usize>,
    /// Sets of identifiers on one record (a bit each, by [`Identifier::index`](crate::identifier::Identifier::index)), with the number of records.
    pub sets: BTreeMap<u64, u64>,
    /// The people: of a whole document.
    pub people: People,
    /// Of a chunk, the keys of its records, to be added in order; or, where the document has too many people to count
    /// them one by one, the sketch alone.
    pub(super) keys: ChunkKeys,
    /// Records: rows that hold something; in text, groups of values near each other.
    pub records: u64,
    /// How much text that is, bytes.
    pub bytes: u64,
    /// One for each value, under `--matches`.
    pub matches: Vec<MatchRow>,
    /// What of health care stands beside.
    pub health: Signals,
    /// What was met, whatever came of it.
    pub(crate) met: Met,
    /// Where `data:` URLs start, in the order of the document; more than may be read are not kept.
    pub(crate) urls: Vec<u64>,
}

/// The person keys of a chunk.
#[derive(Debug)]
pub(super) enum ChunkKeys {
    Records(Vec<RecordKeys>),
    Sketch(Box<Sketches>),
}

impl Default for ChunkKeys {
    fn default() -> ChunkKeys {
        ChunkKeys::Records(Vec::new())
    }
}

impl ChunkKeys {
    pub(super) fn add(&mut self, keys: &RecordKeys) {
        match self {
            _ if keys.is_empty() => {}
            ChunkKeys::Records(records) => records.push(*keys),
            ChunkKeys::Sketch(sketches) => sketches.add(keys),
        }
    }
}

/// What is known already of the document a chunk belongs to, so that work is not done that must be thrown away: counts
/// that have left the exact range do not come back. Never changes a result.
#[derive(Debug, Default)]
pub struct Known {
    pub(super) people_sketched: AtomicBool,
    pub(super) distinct_sketched: Mutex<Vec<(u32, u16, u8)>>,
}

/// What a column holds.
#[derive(Debug, Default)]
pub struct ColumnTally {
    /// Fields that are not blank.
    pub filled: u64,
    /// By rule and shape.
    pub slots: Vec<Slot>,
    /// What its values look like; kept only under [`Options::profile`](crate::options::Options::profile).
    pub profile: Option<Box<Profile>>,
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
    /// Nine digits that pass the check of bank routing numbers.
    pub routing: u64,
    first: i64,
    previous: i64,
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
            routing: 0,
            first: i64::MIN,
            previous: i64::MIN,
        }
    }
}

impl Spread {
    pub(super) fn add(&mut self, valid: &Valid, dates: Option<i64>) {
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
            self.routing += u64::from(is_routing_number(valid.normal.as_bytes()));
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
        self.routing += other.routing;
        self.previous = other.previous;
    }

    /// How many different three-digit beginnings.
    pub fn beginnings(&self) -> u32 {
        self.areas.iter().map(|word| word.count_ones()).sum()
    }
}

/// Whether nine digits pass the check of the American Bankers Association: weights 3, 7, 1, the sum a multiple of ten.
fn is_routing_number(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 9] = [3, 7, 1, 3, 7, 1, 3, 7, 1];
    digits.len() == 9
        && digits.iter().all(u8::is_ascii_digit)
        && digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum::<u32>() % 10 == 0
}

impl Form {
    pub(super) fn new(first: First) -> Form {
        Form { matches: 0, tests: 0, records: 0, distinct: Distinct::default(), first, last_record: u64::MAX }
    }

    pub(super) fn add(&mut self, test: bool, hash: u64, record: u64) {
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
    /// Looks for health care in the bytes of a chunk, if anything was found in it that may be somebody's.
    pub(super) fn look_for_health(&mut self, bytes: &[u8]) {
        let columns = self.columns.iter().flat_map(|c| &c.slots);
        if !self.text.is_empty() || columns.into_iter().any(|slot| slot.valid > 0) {
            self.health.look(bytes);
        }
    }

    /// Adds the tally of the chunk that comes next in the document.
    pub fn merge(&mut self, mut other: Tally) {
        self.health.merge(&other.health);
        if self.columns.len() < other.columns.len() {
            self.columns.resize_with(other.columns.len(), ColumnTally::default);
        }
        for (ours, theirs) in self.columns.iter_mut().zip(std::mem::take(&mut other.columns)) {
            ours.filled += theirs.filled;
            if let Some(profile) = theirs.profile {
                ours.profile.get_or_insert_default().merge(&profile);
            }
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
        self.join(other, shift);
    }

    /// Adds the tally of a text that begins `offset` bytes into the document, behind what was counted here. Of a document that
    /// was `decoded` matches stand at its own bytes already ([`Entry::origin`](crate::extract::Entry::origin)).
    pub fn merge_text(&mut self, mut text: Tally, offset: u64, decoded: bool) {
        text.text.iter_mut().flat_map(|t| &mut t.bands).flatten().for_each(|form| form.first.offset += offset);
        let shift = if decoded { 0 } else { offset };
        text.matches.iter_mut().for_each(|m| m.bytes = m.bytes.start + shift..m.bytes.end + shift);
        self.people.merge(&std::mem::take(&mut text.people));
        self.join(text, self.records);
    }

    /// Adds another tally, its records numbered behind `shift` others.
    fn join(&mut self, mut other: Tally, shift: u64) {
        self.met.add(&other.met);
        if self.urls.len() as u64 <= MEMBERS {
            self.urls.append(&mut other.urls);
        }
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
        self.bytes += other.bytes;
    }
}

impl Tally {
    fn add_people(&mut self, keys: ChunkKeys) {
        match keys {
            ChunkKeys::Records(records) => records.iter().for_each(|keys| self.people.add(keys)),
            ChunkKeys::Sketch(sketches) => self.people.merge(&People::sketched(*sketches)),
        }
    }

    /// With the `data:` URLs that start in the core of its chunk.
    pub(crate) fn with_urls(mut self, chunk: &Chunk) -> Tally {
        let starts = urls::starts(&chunk.bytes, chunk.core.clone());
        self.urls = starts.into_iter().map(|start| chunk.base + start).collect();
        self
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

pub(super) fn add_set(sets: &mut BTreeMap<u64, u64>, set: u64, records: u64) {
    if set != 0 && (sets.len() < SETS || sets.contains_key(&set)) {
        *sets.entry(set).or_default() += records;
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
