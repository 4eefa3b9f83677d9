//! Fixed-width tables. In: a document's name and head, or a layout that somebody wrote down. Out: the values of each
//! record, each in its column. Refuses texts whose lines merely happen to be alike: what is no table for certain stays text.
//!
//! Without a layout the columns are told from the head: by a ruled line under the names (`aligned`), by blanks that
//! stand above each other (`aligned`), or, where fields are glued to each other, by places at which every line holds a
//! valid date or number (`glued`). Lines that do not fit the layout (titles, page heads, totals) are read as text.

mod aligned;
mod forms;
mod glued;
mod layout;

pub use self::layout::{Column, Layout};
use super::named::{Batch, Broken, Named, PIECE, Places, Progress, Reader, Value, Window};

/// Lines of the head that are looked at.
const SAMPLE: usize = 400;
/// Bytes of the head that are looked at.
const HEAD: usize = 64 << 10;
/// A line longer than this belongs to no table that is told from its head.
const LONGEST: usize = 8 << 10;
/// Fewer lines than this prove nothing.
const FEWEST: usize = 4;

/// The layout of a document without one, if its head shows a fixed-width table. `complete` says that the head is the whole
/// document; `known` says whether a field name is in the vocabulary.
pub fn infer(name: &str, head: &[u8], complete: bool, known: &dyn Fn(&str) -> bool) -> Option<Layout> {
    if memchr::memchr2(b'\n', b'\t', head).is_none() {
        return without_ends(name, head);
    }
    // Names say more than a form that stands alike in every line.
    of_lines(name, head, complete, |lines| {
        aligned::layout(lines, known).or_else(|| {
            let glued = glued::layout(lines)?;
            // Names that nobody knows say what the columns are not: `PART NO`.
            aligned::layout(lines, &|_| true).or_else(|| Some(aligned::called(glued, lines)))
        })
    })
}

/// The layout of a table whose names stand above a line of dashes, one for each column: that is no chance, whatever else stands in
/// the values.
pub fn ruled(name: &str, head: &[u8], complete: bool) -> Option<Layout> {
    of_lines(name, head, complete, aligned::ruled)
}

/// The layout of records of one length that nothing ends, as mainframes write them (`RECFM=FB`).
fn without_ends(name: &str, head: &[u8]) -> Option<Layout> {
    let head = &head[..head.len().min(HEAD)];
    if super::dialect::is_program(super::dialect::ending(name)) {
        return None;
    }
    let length = glued::record_length(head)?;
    let records: Vec<&[u8]> = head.chunks_exact(length).take(SAMPLE).collect();
    glued::layout(&records).map(|layout| Layout { length: Some(length), ..layout })
}

fn of_lines(name: &str, head: &[u8], complete: bool, layout: impl Fn(&[&[u8]]) -> Option<Layout>) -> Option<Layout> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let whole = complete && head.len() <= HEAD;
    let head = &head[..head.len().min(HEAD)];
    let head = if whole { head } else { &head[..memchr::memrchr(b'\n', head)?] };
    if super::dialect::is_program(super::dialect::ending(name)) || memchr::memchr(b'\t', head).is_some() {
        return None;
    }
    let lines = lines(head);
    let filled = lines.iter().filter(|line| !line.trim_ascii().is_empty()).count();
    if filled < FEWEST || lines.iter().any(|line| line.len() > LONGEST) {
        return None;
    }
    layout(&lines)
}

/// A reader of documents of this layout.
pub fn reader(layout: Layout) -> Box<dyn Reader> {
    Box::new(Fixed::new(layout))
}

/// The first lines, without their ends; what stands behind the last end is one more.
fn lines(head: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::with_capacity(SAMPLE.min(64));
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', head).chain([head.len()]).take(SAMPLE) {
        lines.push(without_return(&head[start..end]));
        start = end + 1;
    }
    lines
}

/// Without the carriage return of a DOS line end.
fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Reads the records of a fixed-width table.
#[derive(Debug)]
pub struct Fixed {
    layout: Layout,
    lines: u64,
    records: u64,
    /// In a line that is longer than a piece: the rest of it is text.
    inside: bool,
}

/// What a line is.
enum Line {
    Record,
    Text,
    /// The names of the columns, or a line drawn.
    Ornament,
}

impl Fixed {
    /// A reader of documents of this layout.
    pub fn new(layout: Layout) -> Fixed {
        Fixed { layout, lines: 0, records: 0, inside: false }
    }

    fn what(&self, line: &[u8]) -> Line {
        if line.trim_ascii().is_empty() || aligned::is_rule(line) || self.layout.is_header(line) {
            Line::Ornament
        } else if self.lines < self.layout.skip || !self.layout.fits(line) {
            Line::Text
        } else {
            Line::Record
        }
    }

    /// The values of a record that starts `at` bytes behind the start of the batch.
    fn record(&mut self, line: &[u8], at: usize, places: &mut Places, batch: &mut Batch) {
        self.records += 1;
        for (index, column) in self.layout.columns.iter().enumerate() {
            let (start, end) = self.layout.span(column, line);
            let value = &line[start..end];
            let trimmed = value.trim_ascii();
            if trimmed.is_empty() {
                continue;
            }
            let start = at + start + (value.len() - value.trim_ascii_start().len());
            let place = places.number(&(index as u32).to_be_bytes(), || column.named(index));
            batch.values.push(Value {
                place,
                record: self.records,
                start: start as u32,
                end: (start + trimmed.len()) as u32,
                decoded: (0, 0),
            });
        }
    }
}

impl Reader for Fixed {
    fn format(&self) -> Option<&'static str> {
        Some("fixed")
    }

    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        // Lines of text that follow each other are one text.
        let mut text: Option<(usize, usize)> = None;
        let mut searched = 0;
        let mut ended = false;
        if window.offset() == 0 {
            while window.rest().len() < 3 && window.more() {}
            let mark = if window.rest().starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
            window.consume(mark);
        }
        loop {
            let at = window.at();
            let full = window.is_full() || ended && window.rest().is_empty();
            if full || text.is_some_and(|(start, _)| at - start >= PIECE) {
                if let Some((start, end)) = text.take() {
                    let place = places.number(b"text", Named::text);
                    let (start, end) = (start as u32, end as u32);
                    batch.values.push(Value { place, record: self.records.max(1), start, end, decoded: (0, 0) });
                }
                if full {
                    let more = window.is_full() && !(ended && window.rest().is_empty());
                    return Ok(if more { Progress::More } else { Progress::End });
                }
            }
            let rest = window.rest();
            let most = self.layout.length.unwrap_or(PIECE);
            let found = match self.layout.length {
                Some(length) if rest.len() >= length => Some((length, length)),
                Some(_) => None,
                None => memchr::memchr(b'\n', &rest[searched..]).map(|end| (searched + end, searched + end + 1)),
            };
            let (end, next) = match found {
                Some(found) => found,
                None if ended || rest.len() >= most => (rest.len().min(most), rest.len().min(most)),
                None => {
                    searched = rest.len();
                    ended = !window.more();
                    continue;
                }
            };
            searched = 0;
            let is_cut = self.layout.length.is_none() && found.is_none() && !ended;
            let line = without_return(&rest[..end]);
            let what = if self.inside || is_cut { Line::Text } else { self.what(line) };
            match what {
                Line::Record => {
                    if let Some((start, end)) = text.take() {
                        let place = places.number(b"text", Named::text);
                        let (start, end) = (start as u32, end as u32);
                        let record = self.records.max(1);
                        batch.values.push(Value { place, record, start, end, decoded: (0, 0) });
                    }
                    self.record(line, at, places, batch);
                }
                Line::Text => text = Some((text.map_or(at, |(start, _)| start), at + end)),
                Line::Ornament => {}
            }
            self.inside = is_cut;
            self.lines += u64::from(!is_cut);
            window.consume(next);
        }
    }
}

#[cfg(test)]
#[path = "fixed/fixed_tests.rs"]
mod tests;
