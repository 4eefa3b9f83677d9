//! Tables with documents in their cells. In: bytes of a table with a header, through a window. Out: the value of each cell, its
//! quotes resolved, at its column. Refuses tables without such cells: those are read as rows, which is faster.

use super::super::Quote;
use super::super::dialect::Dialect;
use super::super::json::may_hold_value;
use super::super::named::{Batch, Broken, Holds, Named, Places, Progress, Reader, Value, Window};
use super::super::rows::{Field, Fields};
use super::format;
use crate::finding::Place;
use crate::gap::Reason;

/// Bytes of the head that are looked at, and records of it.
const HEAD: usize = 256 << 10;
const SAMPLE: usize = 20;
/// A longer record is none.
const LONGEST: usize = 4 << 20;
/// How such cells begin, quotes doubled or not.
const BEGINNINGS: [&[u8]; 8] = [b"\"{\"\"", b"{\"", b"\"[{\"\"", b"MSH|^", b"ISA*", b"\"<", b"\t<", b",<"];

/// A reader, if the head shows a table with documents in one of its columns.
pub(in crate::extract) fn reader(head: &[u8]) -> Option<Box<dyn Reader>> {
    let head = &head[..head.len().min(HEAD)];
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let first = &head[..memchr::memchr(b'\n', head)?];
    if !BEGINNINGS.iter().any(|begins| memchr::memmem::find(&head[first.len()..], begins).is_some()) {
        return None;
    }
    let dialects = [b',', b'\t', b';', b'|'].into_iter().filter(|mark| first.contains(mark));
    dialects
        .filter_map(|mark| told(head, mark))
        .next()
        .map(|dialect| Box::new(Table { dialect, rows: 0, begun: false }) as Box<dyn Reader>)
}

/// The dialect with this delimiter, if all records of the head have the fields of the first, and half of one column's cells
/// hold documents.
fn told(head: &[u8], delimiter: u8) -> Option<Dialect> {
    let mut dialect = Dialect { delimiter, quotes: true, line_end: b'\n', width: 0, header: None, body_rows: 1 };
    let (mut header, mut documents, mut filled) = (Vec::new(), Vec::new(), Vec::new());
    let mut records = 0;
    for field in Fields::new(&dialect, head, 0, 0, Quote::Outside) {
        let text = &head[field.start..field.end];
        if records == 0 {
            let name = String::from_utf8(text.to_vec()).ok()?;
            if name.trim().is_empty() || name.len() > 64 || name.contains(['{', '<', '|']) {
                return None;
            }
            header.push(name.trim().to_string());
        } else if field.cut {
            break;
        } else {
            let column = field.column;
            if column >= header.len() {
                return None;
            }
            filled[column] += usize::from(!text.is_empty());
            let quoted = head[field.open] == b'"';
            let meant = if quoted { unquoted(text) } else { text.to_vec() };
            documents[column] += usize::from(format(meant.trim_ascii(), &|_| false).is_some());
        }
        if field.last {
            // A line end behind the last record begins none.
            let blank = field.column == 0 && text.is_empty();
            if header.len() < 2 || field.column + 1 != header.len() && !blank {
                return None;
            }
            documents.resize(header.len(), 0);
            filled.resize(header.len(), 0);
            records += 1;
            if records > SAMPLE {
                break;
            }
        }
    }
    let some = documents.iter().zip(&filled).any(|(documents, filled)| *documents > 0 && documents * 2 >= *filled);
    dialect.width = header.len();
    dialect.header = Some(header);
    some.then_some(dialect)
}

/// Reads such a table.
struct Table {
    dialect: Dialect,
    rows: u64,
    begun: bool,
}

impl Reader for Table {
    fn format(&self) -> Option<&'static str> {
        Some(match self.dialect.delimiter {
            b'\t' => "tsv",
            b'|' => "psv",
            _ => "csv",
        })
    }

    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        while !window.is_full() {
            let length = loop {
                if let Some(length) = record(window.rest()) {
                    break length;
                }
                if window.rest().len() > LONGEST {
                    return Err(Broken { reason: Reason::Malformed, detail: "a quote is never closed" });
                }
                if !window.more() {
                    break window.rest().len();
                }
            };
            if length == 0 {
                return Ok(Progress::End);
            }
            if std::mem::replace(&mut self.begun, true) {
                self.rows += 1;
                self.row(&window.rest()[..length], window.at(), places, batch);
            }
            window.consume(length);
        }
        Ok(Progress::More)
    }
}

impl Table {
    fn row(&self, row: &[u8], at: usize, places: &mut Places, batch: &mut Batch) {
        for field in Fields::new(&self.dialect, row, 0, 0, Quote::Outside) {
            if field.start < field.end {
                let name = self.dialect.header.as_ref().and_then(|header| header.get(field.column));
                let place = places.number(&(field.column as u32).to_be_bytes(), || column(name, field.column));
                give(batch, place, self.rows, row, at, &field);
            }
        }
    }
}

/// The length of the first record, its line end included, if it ends in these bytes.
fn record(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut quoted) = (0, false);
    loop {
        let found = match quoted {
            true => memchr::memchr(b'"', &bytes[at..]),
            false => memchr::memchr2(b'"', b'\n', &bytes[at..]),
        }?;
        if bytes[at + found] == b'\n' {
            return Some(at + found + 1);
        }
        // A quote in the midst of a field quotes nothing.
        let opens =
            at + found == 0 || quoted || !matches!(bytes[at + found - 1], b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9');
        quoted = if opens { !quoted } else { quoted };
        at += found + 1;
    }
}

/// Without the doubling of quotes inside of quotes.
fn unquoted(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = memchr::memchr(b'"', rest) {
        out.extend_from_slice(&rest[..=found]);
        rest = &rest[found + 1..];
        rest = rest.strip_prefix(b"\"").unwrap_or(rest);
    }
    out.extend_from_slice(rest);
    out
}

/// The place of a column.
pub(super) fn column(name: Option<&String>, column: usize) -> Named {
    // A header may be somebody's number.
    let name = name.filter(|name| !may_hold_value(name.as_bytes())).cloned();
    let names = name.iter().cloned().collect();
    let place = Place::Column { name, index: column as u32 + 1 };
    Named { names, ..Named::of(place, Holds::Value) }
}

/// Gives the value of a field of a record that starts `at` bytes behind the start of the batch.
pub(super) fn give(batch: &mut Batch, place: u32, record: u64, row: &[u8], at: usize, field: &Field) {
    let raw = &row[field.start..field.end];
    let text = raw.trim_ascii();
    let start = at + field.start + (raw.len() - raw.trim_ascii_start().len());
    let from = batch.decoded.len() as u32;
    if row[field.open] == b'"' && memchr::memchr(b'"', text).is_some() {
        batch.decoded.extend_from_slice(&unquoted(text));
    }
    let decoded = (from, batch.decoded.len() as u32);
    if !text.is_empty() {
        batch.values.push(Value { place, record, start: start as u32, end: (start + text.len()) as u32, decoded });
    }
}
