//! The cells of a sheet. In: its part, styles and strings. Out: cells in the order of the part, each with where it stands; and what
//! stands beside the cells: headers and footers, lists of allowed values, filters, notes of links, texts in formulas.

use std::io::Read;

use super::super::grid::{Grid, reference};
use super::super::number::Format;
use super::super::package::Package;
use super::super::strings::unescaped;
use super::super::xml::{Node, Tag};
use super::Context;
use crate::decode::budget::Halt;

/// Bytes of what stands beside the cells.
const BESIDE: usize = 4 << 20;
/// Bytes that are looked through at a time, and how many of them once more with the next.
const PIECE: usize = 64 << 10;
const OVERLAP: usize = 1 << 10;

/// What of a sheet is hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    pub(super) rows: bool,
    pub(super) columns: bool,
}

/// Looks through a sheet for rows and columns that are hidden, without reading it: its place is said before its first row.
pub(super) fn hidden(package: &mut Package<'_>, name: &str) -> Hidden {
    let mut hidden = Hidden::default();
    let Ok(mut member) = package.member(name) else { return hidden };
    let mut bytes = Vec::with_capacity(PIECE + OVERLAP);
    let finder = memchr::memmem::Finder::new(b"idden=");
    let zero = memchr::memmem::Finder::new(b" zeroHeight=");
    loop {
        let kept = bytes.len().min(OVERLAP);
        bytes.drain(..bytes.len() - kept);
        // What is damaged is found when the sheet is read.
        if !matches!(member.by_ref().take(PIECE as u64).read_to_end(&mut bytes), Ok(got) if got > 0) {
            return hidden;
        }
        for at in finder.find_iter(&bytes) {
            if !matches!(bytes.get(at + 7..).unwrap_or(&[]), [b'1' | b't', ..]) {
                continue;
            }
            let Some(tag) = memchr::memrchr(b'<', &bytes[..at]) else { continue };
            let name = bytes[tag + 1..at].split(|b| b.is_ascii_whitespace()).next().unwrap_or(&[]);
            match name.rsplit(|b| *b == b':').next() {
                Some(b"row") => hidden.rows = true,
                Some(b"col") => hidden.columns = true,
                _ => {}
            }
        }
        let all = |at: usize| matches!(bytes.get(at + 13..).unwrap_or(&[]), [b'1' | b't', ..]);
        hidden.rows |= zero.find_iter(&bytes).any(all);
        if hidden.rows && hidden.columns {
            return hidden;
        }
    }
}

/// A cell that is being read.
#[derive(Default)]
struct Cell {
    row: u32,
    column: u32,
    style: usize,
    kind: Kind,
    value: String,
}

/// The type of a cell (18.18.11).
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Number,
    Shared,
    Text,
    Boolean,
    Date,
}

pub(super) fn read(
    package: &mut Package<'_>,
    name: &str,
    context: &mut Context,
    grid: &mut Grid<'_>,
    beside: &mut String,
) -> Result<(), Halt> {
    let formats = context.styles.formats();
    let mut xml = package.xml(name)?;
    let mut cell = Cell::default();
    let (mut next_row, mut next_column) = (0, 0);
    let (mut in_cell, mut in_value, mut in_reading, mut in_note) = (false, false, false, false);
    let mut in_formula = false;
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(tag) => match tag.name() {
                "row" => {
                    let row: Option<u32> = tag.number("r");
                    cell.row = row.map_or(next_row, |row| row.saturating_sub(1));
                    next_row = cell.row.saturating_add(1);
                    next_column = 0;
                }
                "c" => {
                    in_cell = true;
                    start(&tag, &mut cell, next_column);
                    next_column = cell.column.saturating_add(1);
                }
                "v" if in_cell => in_value = true,
                "t" if in_cell => in_value = !in_reading,
                "rPh" => in_reading = true,
                "f" if in_cell => in_formula = true,
                "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" | "firstHeader" | "firstFooter"
                | "formula1" | "formula2" | "f"
                    if !in_cell =>
                {
                    in_note = true;
                }
                "filter" | "customFilter" | "hyperlink" | "dataValidation" | "inputCells" | "scenario" => {
                    note(&tag, beside);
                }
                _ => {}
            },
            Node::Text(text) if in_value => cell.value.push_str(&text),
            Node::Text(text) if in_note && beside.len() < BESIDE => beside.push_str(&text),
            // What a formula compares with or shows stands in it, whatever its result is.
            Node::Text(text) if in_formula && text.contains('"') && beside.len() < BESIDE => {
                beside.push_str(&text);
                beside.push('\n');
            }
            Node::Text(_) => {}
            Node::Close(end) => match end.name() {
                "c" => {
                    in_cell = false;
                    put(&mut cell, &formats, context, grid)?;
                }
                "v" | "t" => in_value = false,
                "rPh" => in_reading = false,
                "f" => {
                    in_formula = false;
                    if std::mem::take(&mut in_note) {
                        beside.push('\n');
                    }
                }
                _ if in_note => {
                    in_note = false;
                    beside.push('\n');
                }
                _ => {}
            },
        }
    }
    Ok(())
}

fn start(tag: &Tag<'_>, cell: &mut Cell, column: u32) {
    cell.value.clear();
    (cell.column, cell.style, cell.kind) = (column, 0, Kind::Number);
    for (key, value) in tag.attrs() {
        match key {
            "r" => {
                if let Some((row, column)) = reference(&value) {
                    (cell.row, cell.column) = (row, column);
                }
            }
            "s" => cell.style = value.parse().unwrap_or(0),
            "t" => {
                cell.kind = match &*value {
                    "s" => Kind::Shared,
                    "str" | "inlineStr" | "e" => Kind::Text,
                    "b" => Kind::Boolean,
                    "d" => Kind::Date,
                    _ => Kind::Number,
                }
            }
            _ => {}
        }
    }
}

/// Text that stands in attributes.
fn note(tag: &Tag<'_>, beside: &mut String) {
    const HELD: [&str; 9] =
        ["val", "display", "tooltip", "prompt", "promptTitle", "error", "errorTitle", "comment", "name"];
    for (_, value) in tag.attrs().filter(|(key, value)| HELD.contains(key) && !value.is_empty()) {
        if beside.len() < BESIDE {
            beside.push_str(&value);
            beside.push('\n');
        }
    }
}

fn put(cell: &mut Cell, formats: &[Format], context: &mut Context, grid: &mut Grid<'_>) -> Result<(), Halt> {
    let at = (cell.row, cell.column);
    let value = &mut cell.value;
    match cell.kind {
        Kind::Shared => {
            let string = value.trim().parse().ok().and_then(|at| context.strings.take(at));
            grid.cell(at.0, at.1, string.unwrap_or_default())
        }
        Kind::Text => {
            unescaped(value);
            grid.cell(at.0, at.1, value)
        }
        Kind::Boolean => grid.cell(at.0, at.1, if value.trim() == "1" { "TRUE" } else { "FALSE" }),
        Kind::Date => grid.cell(at.0, at.1, value.trim().trim_end_matches('Z').trim_end_matches("T00:00:00")),
        Kind::Number => {
            let text = value.trim();
            let format = formats.get(cell.style).unwrap_or(&Format::General);
            let simple = text.len() <= 15 && text.bytes().all(|b| b.is_ascii_digit());
            if simple && (*format == Format::Plain || *format == Format::General && !grid.is_dated(at.1)) {
                return grid.cell(at.0, at.1, text);
            }
            match text.parse::<f64>() {
                Ok(number) => grid.number(at, number, format, context.epoch),
                Err(_) => grid.cell(at.0, at.1, text),
            }
        }
    }
}
