//! Counts the rows of a chunk. In: a chunk of delimited rows, the document's plan. Out: what its fields hold, in its tally.
//! Where no quote stands in a chunk the ends of all fields are found first, and only fields are looked at in which a
//! form stands or of which the header says what they hold; else field by field. Both count the same.

use std::ops::Range;

use super::count::{Counter, Job, asked, is_word, search, trim};
use super::record::Record;
use super::rest::Rest;
use super::tally::{BY_FIELD, ColumnTally, Tally, WORD, add_set};
use crate::detect::Backend;
use crate::detect::Candidate;
use crate::extract::dialect::Dialect;
use crate::extract::marks::Marks;
use crate::extract::rows::{Field, Fields};
use crate::extract::{Chunk, Layout, Quote};
use crate::validate::{Setting, Verdict};

/// Fields that are read before they are counted, where they are read one by one.
const BATCH: usize = 1024;

/// Bytes of which the marks are found at once: small enough that they are still near when they are counted.
const STRETCH: usize = 32 << 10;

/// Scratch space for rows.
#[derive(Debug, Default)]
pub(super) struct Table {
    fields: Vec<Field>,
    pub(super) rest: Rest,
    marks: Marks,
    /// By number of fields: how many rows.
    widths: Vec<u64>,
    /// By column: how many blank fields.
    blank: Vec<u64>,
}

/// Where the reading of rows stands.
struct InRows {
    row: u64,
    foreign: bool,
    record: Record,
}

/// Which columns must be looked at field by field, and which are only searched.
struct Columns {
    /// Those that are looked at, among the columns of the plan: bound, or without a name.
    visited: Vec<usize>,
    /// From this one on all are looked at.
    visited_from: usize,
    /// Runs of those that are searched.
    searched: Vec<Range<usize>>,
}

impl Columns {
    fn new(job: Job<'_>) -> Columns {
        let columns = &job.plan.columns;
        let words = job.plan.names.is_some();
        let visited = |n: &usize| {
            let column = &columns[*n];
            !column.bound.is_empty() || column.diagnoses || words && !column.headed
        };
        let mut searched: Vec<Range<usize>> = Vec::new();
        for n in (0..columns.len()).filter(|n| columns[*n].bound.is_empty()) {
            match searched.last_mut().filter(|run| run.end == n) {
                Some(run) => run.end += 1,
                None => searched.push(n..n + 1),
            }
        }
        // A row may have more fields than the header has names.
        match searched.last_mut().filter(|run| run.end == columns.len()) {
            Some(run) => run.end = usize::MAX,
            None => searched.push(columns.len()..usize::MAX),
        }
        Columns {
            visited: (0..columns.len()).filter(visited).collect(),
            visited_from: if words { columns.len() } else { usize::MAX },
            searched,
        }
    }

    /// The `n`th column to look at, if a row of `width` fields has it.
    #[inline]
    fn nth(&self, n: usize, width: usize) -> Option<usize> {
        let column = match self.visited.get(n) {
            Some(column) => *column,
            None => self.visited_from.saturating_add(n - self.visited.len()),
        };
        (column < width).then_some(column)
    }
}

/// A whole row, by the marks that end its fields.
#[derive(Clone, Copy)]
struct Row<'a> {
    bytes: &'a [u8],
    start: usize,
    ends: &'a [u32],
    /// What may stand before a line end without being part of the last field.
    carriage_return: bool,
}

impl Row<'_> {
    #[inline]
    fn open(&self, column: usize) -> usize {
        if column == 0 { self.start } else { self.ends[column - 1] as usize + 1 }
    }

    #[inline]
    fn end(&self, column: usize) -> usize {
        let end = self.ends[column] as usize;
        let returns = self.carriage_return && column + 1 == self.ends.len();
        end - usize::from(returns && end > self.open(column) && self.bytes[end - 1] == b'\r')
    }

    #[inline]
    fn field(&self, column: usize) -> Field {
        let (open, last) = (self.open(column), column + 1 == self.ends.len());
        Field { open, start: open, end: self.end(column), column, last, cut: false }
    }
}

impl Counter {
    pub(super) fn rows(&mut self, job: Job<'_>, dialect: &Dialect, chunk: &Chunk, tally: &mut Tally) {
        let entry = chunk.entry;
        let mut at = InRows {
            row: entry.rows,
            // The record that the core starts in belongs to the chunk before, as far as that carries it.
            foreign: entry.fields > 0 || entry.quote != Quote::Outside || entry.chars > 0,
            record: Record::default(),
        };
        let mut from = chunk.core.start;
        let text = chunk.bytes.get(from..).unwrap_or_default();
        let plain = entry.quote == Quote::Outside && !job.options.profile;
        if plain && (!dialect.quotes || memchr::memchr(b'"', text).is_none()) {
            from = self.whole_rows(job, dialect, chunk, &mut at, tally);
        }
        if from < chunk.core.end {
            self.one_by_one(job, dialect, chunk, from, u64::MAX, &mut at, tally);
        }
        // The document's last row, without a line end; or one that goes on behind the reach.
        tally.records += u64::from(!at.foreign && at.record.filled && at.row >= dialect.body_rows);
        at.record.end(tally);
    }

    /// Counts the rows of a chunk without quotes, as far as they are whole. Gives where the first starts that is not.
    fn whole_rows(
        &mut self,
        job: Job<'_>,
        dialect: &Dialect,
        chunk: &Chunk,
        at: &mut InRows,
        tally: &mut Tally,
    ) -> usize {
        let (core, bytes) = (&chunk.core, &chunk.bytes);
        let after = job.options.cut.after;
        let reach = (core.end + after).min(bytes.len());
        let mut from = core.start;
        if at.foreign {
            // None of it is this chunk's where it ends before the border.
            let border = (core.start + after).min(reach);
            let Some(end) = memchr::memchr(dialect.line_end, &bytes[from..border]) else { return from };
            from += end + 1;
            at.foreign = false;
            at.row += 1;
        }
        if at.row < dialect.body_rows {
            from = self.one_by_one(job, dialect, chunk, from, dialect.body_rows, at, tally);
            if at.row < dialect.body_rows {
                return from;
            }
        }
        let columns = Columns::new(job);
        let mut table = std::mem::take(&mut self.table);
        table.widths.clear();
        table.blank.clear();
        let backend = Backend::chosen();
        let mut stretch = STRETCH;
        while from < core.end {
            let to = (from + stretch).min(reach);
            backend.marks(&mut table.marks, bytes, (from, to), (dialect.delimiter, dialect.line_end));
            if !table.marks.rows().is_empty() {
                from = self.stretch(job, dialect, chunk, from, &columns, &mut table, at, tally);
            } else if to < reach {
                stretch *= 2;
            } else {
                break;
            }
        }
        if tally.columns.len() + 1 < table.widths.len() {
            tally.columns.resize_with(table.widths.len() - 1, ColumnTally::default);
        }
        let mut rows: u64 = table.widths.iter().sum();
        for (n, column) in tally.columns.iter_mut().enumerate().take(table.widths.len().saturating_sub(1)) {
            rows -= table.widths[n];
            column.filled += rows - table.blank.get(n).copied().unwrap_or(0);
        }
        self.table = table;
        from
    }

    /// Counts the whole rows of the stretch of which `table` holds the marks; its fields are not blank or are noted as blank.
    /// Gives where the first row starts that was not counted.
    #[allow(clippy::too_many_arguments)]
    fn stretch(
        &mut self,
        job: Job<'_>,
        dialect: &Dialect,
        chunk: &Chunk,
        from: usize,
        columns: &Columns,
        table: &mut Table,
        at: &mut InRows,
        tally: &mut Tally,
    ) -> usize {
        let (core, bytes) = (&chunk.core, &chunk.bytes);
        let Table { rest, marks, widths, blank, .. } = table;
        let ends = marks.ends();
        let carriage_return = dialect.line_end == b'\n';
        let row_of = |first: usize, last: u32, start: usize| Row {
            bytes,
            start,
            ends: &ends[first..last as usize],
            carriage_return,
        };
        let whole = matches!(columns.searched.as_slice(), [Range { start: 0, end: usize::MAX }]);
        rest.clear();
        let (mut first, mut start, mut rows) = (0, from, 0);
        for last in marks.rows() {
            if start >= core.end {
                break;
            }
            let row = row_of(first, *last, start);
            if !whole {
                let width = row.ends.len();
                for run in columns.searched.iter().take_while(|run| run.start < width) {
                    rest.add(bytes, row.open(run.start), row.end(run.end.min(width) - 1));
                }
            }
            (first, start, rows) = (*last as usize, ends[*last as usize - 1] as usize + 1, rows + 1);
        }
        let end = start;
        if whole {
            self.candidates.clear();
            search(job.engine, bytes, from..end, &mut self.candidates);
        } else {
            rest.search(job.engine, &mut self.candidates);
        }
        self.saw(job.engine, 0, tally);
        let mut thin = marks.thin().iter().peekable();
        let mut next = 0;
        let mut sets = (0, 0);
        (first, start) = (0, from);
        for last in &marks.rows()[..rows] {
            let row = row_of(first, *last, start);
            let width = row.ends.len();
            if widths.len() <= width {
                widths.resize(width + 1, 0);
                blank.resize(width, 0);
            }
            widths[width] += 1;
            let mut filled = width;
            while let Some(field) = thin.next_if(|field| **field < *last) {
                let column = *field as usize - first;
                let empty = trim(bytes, row.open(column)..row.end(column)).is_empty();
                blank[column] += u64::from(empty);
                filled -= usize::from(empty);
            }
            let stop = ends[*last as usize - 1];
            let searched = self.candidates.get(next).is_some_and(|c| c.start < stop);
            if searched || columns.nth(0, width).is_some() {
                if tally.columns.len() < width {
                    tally.columns.resize_with(width, ColumnTally::default);
                }
                let number = at.row - dialect.body_rows + 1;
                next = self.row(job, chunk, row, columns, next, number, tally, &mut at.record);
                let record = &mut at.record;
                if record.set != 0 {
                    if sets.0 != record.set {
                        add_set(&mut tally.sets, sets.0, sets.1);
                        sets = (record.set, 0);
                    }
                    sets.1 += 1;
                }
                if record.set != 0 || !record.keys.is_empty() {
                    tally.keys.add(&record.keys);
                    *record = Record::default();
                }
            }
            tally.records += u64::from(filled > 0);
            at.row += 1;
            (first, start) = (*last as usize, stop as usize + 1);
        }
        add_set(&mut tally.sets, sets.0, sets.1);
        at.record = Record::default();
        end
    }

    /// Counts one row: the fields that are looked at and those in which a candidate stands, in their order. Gives the
    /// first candidate behind it.
    #[allow(clippy::too_many_arguments)]
    #[inline]
    fn row(
        &mut self,
        job: Job<'_>,
        chunk: &Chunk,
        row: Row<'_>,
        columns: &Columns,
        mut next: usize,
        number: u64,
        tally: &mut Tally,
        record: &mut Record,
    ) -> usize {
        let width = row.ends.len();
        let stop = row.ends[width - 1];
        let mut visited = 0;
        let mut column = 0;
        while let Some(candidate) = self.candidates.get(next).copied().filter(|c| c.start < stop) {
            while row.ends[column] <= candidate.start {
                column += 1;
            }
            while let Some(before) = columns.nth(visited, width).filter(|before| *before < column) {
                self.visit(job, chunk, &row.field(before), next..next, number, tally, record);
                visited += 1;
            }
            let field = row.field(column);
            let inside = |c: &Candidate| (c.start as usize) < field.end;
            if (candidate.start as usize) < field.start || !inside(&candidate) {
                next += 1;
                continue;
            }
            let mut to = next + 1;
            while self.candidates.get(to).is_some_and(inside) {
                to += 1;
            }
            if columns.nth(visited, width) == Some(column) {
                self.visit(job, chunk, &field, next..to, number, tally, record);
                visited += 1;
            } else {
                let dead = &job.plan.column(column).dead;
                let fills = |c: &Candidate| (c.start as usize, c.end as usize) == (field.start, field.end);
                let is_dead = |c: &Candidate| dead.get(c.shape as usize).is_some_and(|dead| *dead) && fills(c);
                if !self.candidates[next..to].iter().all(is_dead) {
                    self.forms(job, chunk, &field, next..to, true, number, tally, record);
                }
            }
            next = to;
        }
        while let Some(column) = columns.nth(visited, width) {
            self.visit(job, chunk, &row.field(column), next..next, number, tally, record);
            visited += 1;
        }
        next
    }

    #[allow(clippy::too_many_arguments)]
    #[inline]
    fn visit(
        &mut self,
        job: Job<'_>,
        chunk: &Chunk,
        field: &Field,
        candidates: Range<usize>,
        number: u64,
        tally: &mut Tally,
        record: &mut Record,
    ) {
        let span = trim(&chunk.bytes, field.start..field.end);
        if !span.is_empty() {
            self.cell(job, chunk, field, span, field.end, candidates, true, number, tally, record);
        }
    }

    /// Counts the rows from `from` on, as far as they are this chunk's and their number is less than `until`, field by field.
    /// Gives where the first row starts that was not counted.
    #[allow(clippy::too_many_arguments)]
    fn one_by_one(
        &mut self,
        job: Job<'_>,
        dialect: &Dialect,
        chunk: &Chunk,
        from: usize,
        until: u64,
        at: &mut InRows,
        tally: &mut Tally,
    ) -> usize {
        let core = chunk.core.clone();
        // Up to here records that start in the core are this chunk's.
        let reach = core.end + job.options.cut.after;
        let (column, quote) = match from == core.start {
            true => (chunk.entry.fields as usize, chunk.entry.quote),
            false => (0, Quote::Outside),
        };
        let mut fields = Fields::new(dialect, &chunk.bytes, from, column, quote);
        let mut batch = std::mem::take(&mut self.table.fields);
        let mut rest = std::mem::take(&mut self.table.rest);
        let mut end = chunk.bytes.len();
        let mut ended = false;
        while !ended {
            batch.clear();
            // Whose row each field is in is known when it is reached; the search needs to know it before.
            let (mut row, mut foreign) = (at.row, at.foreign);
            rest.clear();
            while batch.len() < BATCH {
                let Some(field) = fields.next() else {
                    ended = true;
                    break;
                };
                let begins = !foreign && field.column == 0;
                if field.open >= reach || begins && (field.open >= core.end || row >= until) {
                    ended = true;
                    end = field.open;
                    break;
                }
                let bound = !job.plan.column(field.column).bound.is_empty();
                if foreign || field.cut || !bound || row < dialect.body_rows {
                    rest.add(&chunk.bytes, field.open, field.end);
                }
                if field.last {
                    row += 1;
                    foreign = false;
                }
                batch.push(field);
            }
            rest.search(job.engine, &mut self.candidates);
            self.saw(job.engine, 0, tally);
            let mut next = 0;
            for field in &batch {
                next = self.row_field(job, dialect, chunk, field, next, at, tally);
            }
        }
        (self.table.fields, self.table.rest) = (batch, rest);
        end
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

    pub(super) fn skip_to(&self, mut next: usize, at: usize) -> usize {
        while self.candidates.get(next).is_some_and(|c| (c.start as usize) < at) {
            next += 1;
        }
        next
    }

    /// Counts one field, if it is not blank. Values that start at `until` or behind it are not asked for. Gives the first
    /// candidate behind the field.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn in_field(
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
        let next = self.skip_to(first, until);
        let span = trim(&chunk.bytes, field.start..field.end);
        if span.is_empty() {
            return next;
        }
        let number = match &job.plan.layout {
            Layout::Rows(dialect) if row >= dialect.body_rows => row - dialect.body_rows + 1,
            Layout::Values { .. } => row,
            _ => 0,
        };
        record.filled = true;
        if job.options.profile && (whole || matches!(job.plan.layout, Layout::Values { .. })) {
            tally.columns[field.column].profile.get_or_insert_default().add(&chunk.bytes[span.clone()]);
        }
        if whole {
            tally.columns[field.column].filled += 1;
        }
        self.cell(job, chunk, field, span, until, first..next, whole, number, tally, record);
        next
    }

    /// Counts what a field holds: as a whole by its column's rules and by the forms that fill it, and what stands in its
    /// text.
    #[allow(clippy::too_many_arguments)]
    fn cell(
        &mut self,
        job: Job<'_>,
        chunk: &Chunk,
        field: &Field,
        span: Range<usize>,
        until: usize,
        candidates: Range<usize>,
        whole: bool,
        number: u64,
        tally: &mut Tally,
        record: &mut Record,
    ) {
        let bytes = &chunk.bytes;
        let column = job.plan.column(field.column);
        if column.diagnoses && whole {
            tally.health.field(&bytes[span.clone()]);
        }
        let mut taken = false;
        if whole {
            for (rule, _) in asked(job.engine, column, &bytes[span.clone()]) {
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
            return;
        }
        // Fields of columns with a telling name are not searched beforehand: nearly all are what the name says.
        let own = whole && !column.bound.is_empty();
        if own {
            let from = self.candidates.len();
            search(job.engine, bytes, field.open..field.end, &mut self.candidates);
            self.saw(job.engine, from, tally);
            let to = from + self.candidates[from..].iter().filter(|c| (c.start as usize) < until).count();
            self.forms(job, chunk, field, from..to, whole, number, tally, record);
            self.candidates.truncate(from);
        } else if !candidates.is_empty() {
            self.forms(job, chunk, field, candidates, whole, number, tally, record);
        }
    }
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
