//! Counts values that a format names. In: a [`Batch`] and the bytes it was read from. Out: its [`Tally`], as of a table in
//! which each place is a column and each record a row. Decides nothing.
//!
//! Values are put together, a line end between them, so that one search does for all of them; where they stand in the
//! document is found out only for those of which it is told.

use std::ops::Range;

use memchr::memmem;

use super::open::Open;
use super::{Counter, Job};
use crate::engine::Engine;
use crate::extract::named::{Batch, Holds, Value};
use crate::extract::rows::Field;
use crate::extract::{Chunk, Entry};
use crate::judge::matches::{Cursor, First};
use crate::judge::plain::{is_plain, plain};
use crate::judge::plan::ColumnPlan;
use crate::judge::tally::Tally;
use crate::validate::{Setting, Verdict};

/// What must be known between two batches of a document.
#[derive(Debug)]
pub struct Values {
    /// Where the next batch starts.
    entry: Entry,
    /// The record that is being read, and those that may be added to.
    open: Open,
    /// The highest number of a record.
    records: u64,
}

impl Values {
    /// Values of a document that starts in this state; the numbers of its records only rise, or come again.
    pub fn at(entry: Entry, rising: bool) -> Values {
        Values { entry, open: Open::new(rising), records: 0 }
    }

    /// Where the document goes on behind all that was counted.
    pub fn entry(&self) -> Entry {
        self.entry
    }

    /// Ends all records.
    pub fn finish(self) -> Tally {
        self.open.finish()
    }
}

/// Where a value stands among those put together, and its number in the batch.
#[derive(Clone, Copy, Debug)]
struct Joined {
    start: u32,
    end: u32,
    number: u32,
}

/// Scratch space for the values of a batch.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    bytes: Vec<u8>,
    values: Vec<Joined>,
}

impl Counter {
    /// Counts the values of a batch, read from `bytes`, which stand `base` bytes behind the start of the document.
    pub fn values(&mut self, job: Job<'_>, batch: &Batch, bytes: &[u8], base: u64, state: &mut Values) -> Tally {
        let mut tally = self.begin(job);
        let Gathered { bytes: mut joined, mut values } = std::mem::take(&mut self.gathered);
        joined.clear();
        values.clear();
        self.table.rest.clear();
        // Most batches have nothing to be written plainly: asked once, not for each value.
        let as_is = is_plain(bytes) && is_plain(&batch.decoded);
        for (number, value) in (0..).zip(&batch.values) {
            let column = job.plan.column(value.place as usize);
            let text = text_of(batch, bytes, value);
            if text.is_empty() || column.holds == Some(Holds::Structure) {
                continue;
            }
            let start = joined.len();
            if as_is {
                joined.extend_from_slice(text);
            } else {
                joined.extend_from_slice(&plain(text));
            }
            let end = joined.len();
            joined.push(b'\n');
            if column.bound.is_empty() || column.holds == Some(Holds::Text) {
                self.table.rest.add(&joined, start, end);
            }
            values.push(Joined { start: start as u32, end: end as u32, number });
        }
        self.table.rest.search(job.engine, &mut self.candidates);
        self.saw(job.engine, 0, &mut tally);
        let core = 0..joined.len();
        tally.bytes += joined.len() as u64;
        let chunk = Chunk { base: 0, bytes: joined, core, entry: Entry::START, ends: true };
        let records = state.records;
        let mut next = 0;
        for joined in &values {
            let value = &batch.values[joined.number as usize];
            let (start, end, column) = (joined.start as usize, joined.end as usize, value.place as usize);
            if tally.columns.len() <= column {
                tally.columns.resize_with(column + 1, Default::default);
            }
            let record = state.open.turn_to(value.record, &mut tally);
            state.records = state.records.max(value.record);
            let whole = job.plan.column(column).holds != Some(Holds::Text);
            next = self.skip_to(next, start);
            let field = Field { open: start, start, end, column, last: false, cut: false };
            next = self.in_field(job, &chunk, &field, end, next, whole, value.record, &mut tally, record);
        }
        tally.records = state.records - records;
        tally.look_for_health(&chunk.bytes);
        let original = |span: Range<usize>| original(bytes, &chunk.bytes, (batch, &values), span);
        place(&mut tally, base, original, || Cursor::new(job.plan, bytes, 0, state.entry));
        state.entry = job.plan.after(state.entry, None, bytes);
        self.gathered = Gathered { bytes: chunk.bytes, values };
        tally
    }
}

/// The text of a value.
pub fn text_of<'a>(batch: &'a Batch, bytes: &'a [u8], value: &Value) -> &'a [u8] {
    let (start, end) = value.decoded;
    let text = if start < end {
        batch.decoded.get(start as usize..end as usize)
    } else {
        bytes.get(value.start as usize..value.end as usize)
    };
    text.unwrap_or_default()
}

/// The rules that are asked about a value. Where a format has a place for several, the first that the value passes
/// takes it; where none does, all are told.
pub(in crate::judge) fn asked<'a>(engine: &Engine, column: &'a ColumnPlan, value: &[u8]) -> &'a [(u16, f32)] {
    if !column.placed || column.bound.len() < 2 {
        return &column.bound;
    }
    let passes =
        |rule: u16| matches!((engine.rules().rules[rule as usize].check)(value, Setting::Field), Verdict::Valid(_));
    match column.bound.iter().position(|(rule, _)| passes(*rule)) {
        Some(at) => &column.bound[at..=at],
        None => &column.bound,
    }
}

/// Where in the bytes of the batch stands what stands in `span` of the values put together.
fn original(bytes: &[u8], joined: &[u8], (batch, all): (&Batch, &[Joined]), span: Range<usize>) -> Range<usize> {
    let at = all.partition_point(|value| value.start as usize <= span.start).checked_sub(1);
    let Some((start, value)) = at.map(|at| (all[at].start as usize, &batch.values[all[at].number as usize])) else {
        return 0..0;
    };
    let (from, to) = (value.start as usize, (value.end as usize).min(bytes.len()));
    let before = span.start - start;
    let same = from + before..(from + before + span.len()).min(to);
    if value.decoded.0 >= value.decoded.1 && bytes.get(same.clone()) == joined.get(span.clone()) {
        return same;
    }
    // Decoding mostly shortens: what is not written with escapes itself stands there as it is, at or behind its place.
    let found = |from: usize| {
        let at = memmem::find(bytes.get(from..to)?, &joined[span.clone()])?;
        Some(from + at..from + at + span.len())
    };
    found(from + before).or_else(|| found(from)).unwrap_or(from.min(to)..to)
}

/// Fills in lines and columns, and turns offsets into the document's.
fn place<'a>(
    tally: &mut Tally,
    base: u64,
    original: impl Fn(Range<usize>) -> Range<usize>,
    cursor: impl Fn() -> Cursor<'a>,
) {
    let Tally { columns, text, matches, .. } = tally;
    let forms = columns.iter_mut().flat_map(|c| &mut c.slots).flat_map(|s| &mut s.forms);
    let mut firsts: Vec<&mut First> =
        forms.chain(text.iter_mut().flat_map(|t| &mut t.bands)).flatten().map(|form| &mut form.first).collect();
    for first in &mut firsts {
        let at = first.offset as usize;
        first.offset = original(at..at + first.length as usize).start as u64;
    }
    firsts.sort_by_key(|first| first.offset);
    let mut at = cursor();
    for first in firsts {
        (first.position.line, first.position.column) = at.to(first.offset as usize);
        first.offset += base;
    }
    for found in matches.iter_mut() {
        let span = original(found.bytes.start as usize..found.bytes.end as usize);
        found.bytes = span.start as u64..span.end as u64;
    }
    matches.sort_by_key(|m| (m.bytes.start, m.bytes.end));
    let mut at = cursor();
    for found in matches {
        (found.position.line, found.position.column) = at.to(found.bytes.start as usize);
        found.bytes = at.origin(base, found.bytes.clone());
    }
}
