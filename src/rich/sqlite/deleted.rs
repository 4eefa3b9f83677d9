//! What SQLite left behind of deleted rows. In: pages that are free, and the bytes between the rows of pages in use. Out: lines of
//! text, each value behind the name of its column where the table is known. Refuses nothing: what is no record any more is
//! given as the runs of text in it.

use super::pages::{Pages, be16};
use super::record::{self, Value};
use super::schema::Table;
use super::tree::{Node, TABLE_LEAF};

/// A run of text shorter than this says nothing.
const RUN: usize = 4;
/// Columns of the records that are searched for.
const COLUMNS: usize = 200;

/// Whether bytes that no row uses hold anything.
pub(super) fn leaves_something(node: &Node, usable: usize) -> bool {
    unused(node, usable).iter().any(|(from, to)| node.bytes()[*from..*to].iter().any(|b| *b >= b' '))
}

/// The stretches of a leaf that no row uses: between its pointers and its rows, and the blocks that were freed (1.6).
fn unused(node: &Node, usable: usize) -> Vec<(usize, usize)> {
    let bytes = node.bytes();
    let usable = usable.min(bytes.len());
    let content = match be16(bytes, node.at + 5) {
        0 => 65_536,
        at => at,
    };
    let wide = if node.kind == TABLE_LEAF || node.kind == 0x0a { 8 } else { 12 };
    let mut stretches = Vec::new();
    let from = node.at + wide + 2 * node.cells;
    if from < content.min(usable) {
        stretches.push((from, content.min(usable)));
    }
    let mut block = be16(bytes, node.at + 1);
    // Blocks stand in order, each of four bytes at least.
    while block != 0 && block + 4 <= usable {
        let end = (block + be16(bytes, block + 2).max(4)).min(usable);
        stretches.push((block + 4, end));
        let next = be16(bytes, block);
        if next <= block {
            break;
        }
        block = next;
    }
    stretches
}

/// Lines of what the unused bytes of a leaf hold.
pub(super) fn between_rows(node: &Node, pages: &Pages<'_>, table: Option<&Table>, to: &mut String) {
    for (from, end) in unused(node, pages.usable) {
        carve(&node.bytes()[from..end], pages, table, to);
    }
}

/// Lines of what a page holds that is free, or of which it is not known whose it is.
pub(super) fn whole_page(page: &[u8], pages: &Pages<'_>, tables: &[Table], to: &mut String) {
    // All but the few bytes that a page starts with: rows stand at its end.
    let mut table = None;
    if page.first() == Some(&TABLE_LEAF) {
        let width = first_width(page);
        let mut fitting = tables.iter().filter(|table| Some(table.stored.len()) == width);
        table = fitting.next().filter(|_| fitting.next().is_none());
    }
    carve(page.get(8..).unwrap_or_default(), pages, table, to);
}

/// Fields of the first record of a leaf.
fn first_width(page: &[u8]) -> Option<usize> {
    let cell = page.get(be16(page, 8)..)?;
    let (_, used) = record::varint(cell)?;
    let (_, more) = record::varint(&cell[used..])?;
    let (mut fields, record) = (0, &cell[used + more..]);
    let (length, mut at) = record::varint(record)?;
    let length = usize::try_from(length).ok().filter(|length| *length <= record.len())?;
    while at < length {
        at += record::varint(&record[at..length])?.1;
        fields += 1;
    }
    Some(fields)
}

/// Records, wherever they start; and the text between them.
fn carve(bytes: &[u8], pages: &Pages<'_>, table: Option<&Table>, to: &mut String) {
    let (mut at, mut loose) = (0, 0);
    while at < bytes.len() {
        match record_at(&bytes[at..], table) {
            Some(length) => {
                runs(&bytes[loose..at], to);
                line(&bytes[at..at + length], pages, table, to);
                at += length;
                loose = at;
            }
            None => at += 1,
        }
    }
    runs(&bytes[loose..], to);
}

/// Length of the record that starts here, if it reads as one: of the table's width, and with texts that are texts.
fn record_at(bytes: &[u8], table: Option<&Table>) -> Option<usize> {
    let header = usize::from(*bytes.first()?);
    if !(3..=127).contains(&header) || header > bytes.len() {
        return None;
    }
    let (mut at, mut body, mut fields, mut letters) = (1, header, 0, 0);
    while at < header {
        let (serial, used) = record::varint(&bytes[at..header])?;
        at += used;
        fields += 1;
        let value = bytes.get(body..body.checked_add(record::size(serial)?)?)?;
        if let Value::Text(text) = record::value(serial, value) {
            let text = str::from_utf8(text).ok()?;
            if text.bytes().any(|b| b < b' ' && !b.is_ascii_whitespace()) {
                return None;
            }
            letters += text.len();
        }
        body += value.len();
    }
    let fits = table.is_none_or(|table| fields == table.stored.len());
    (fits && (2..=COLUMNS).contains(&fields) && letters >= RUN).then_some(body)
}

/// A record as a line: `ssn: …, name: …`.
fn line(record: &[u8], pages: &Pages<'_>, table: Option<&Table>, to: &mut String) {
    let (mut n, mut first) = (0, true);
    record::values(record, |value| {
        let column = table.and_then(|table| table.columns.get(*table.stored.get(n)?));
        n += 1;
        let mut text = String::new();
        if !record::text(value, pages.encoding, &mut text) || text.is_empty() {
            return;
        }
        if !first {
            to.push_str(", ");
        }
        first = false;
        if let Some(column) = column {
            to.push_str(&column.name);
            to.push_str(": ");
        }
        to.push_str(&text);
    });
    to.push('\n');
}

/// Runs of text, a line each.
fn runs(bytes: &[u8], to: &mut String) {
    let lossy = String::from_utf8_lossy(bytes);
    for run in lossy.split(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
        if run.len() >= RUN && run.bytes().any(|b| b.is_ascii_alphanumeric()) {
            to.push_str(run);
            to.push('\n');
        }
    }
}
