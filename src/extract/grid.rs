//! Tables as documents show them: HTML, RTF. In: the cells of each row, as they are met. Out: values in columns that the first
//! row or head cells name; forms, where a label stands in the cell before a value; text, where cells say neither. Holds one
//! row.

use super::json::column_names;
use super::named::{Holds, Named, Places};
use super::values::Values;
use crate::finding::Place;
use crate::rules::fields::reads_as_header;

/// Columns that are told apart.
const COLUMNS: usize = 512;
/// A longer label is none.
const LABEL: usize = 64;

/// A cell of the row that is being read.
#[derive(Clone, Debug)]
struct Cell {
    text: Vec<u8>,
    start: u32,
    end: u32,
    head: bool,
}

impl Cell {
    /// What it says, if it may be the name of a field.
    fn label(&self) -> Option<String> {
        if self.text.len() > LABEL {
            return None;
        }
        let text = String::from_utf8_lossy(&self.text);
        let text = text.trim().trim_end_matches([':', '?', '*', '#', '=']).trim();
        reads_as_header(text).then(|| text.to_string())
    }

    /// Whether it is a sign alone, as `#` above the numbers of lines: neither a name nor against one.
    fn is_sign(&self) -> bool {
        let text = self.text.trim_ascii();
        text.len() <= 2 && text.iter().all(u8::is_ascii_punctuation)
    }

    /// Whether it may be one among others that are: short, of letters, with hardly a figure.
    fn may_name(&self) -> bool {
        let figures = self.text.iter().filter(|b| b.is_ascii_digit()).count();
        self.text.len() <= LABEL && figures < 2 && self.text.trim_ascii().first().is_some_and(u8::is_ascii_alphabetic)
    }
}

/// How a table is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Unknown,
    Columns,
    Form,
}

/// A table that is being read.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    number: u32,
    shape: Shape,
    /// The names of its columns, as they may be printed.
    names: Vec<Option<String>>,
    /// And as they are written, where the cell above a column may name it and does not read so.
    says: Vec<Option<String>>,
    cells: Vec<Cell>,
}

impl Grid {
    /// The table of this number in its document, from 1.
    pub(super) fn new(number: u32) -> Grid {
        Grid { number, shape: Shape::Unknown, names: Vec::new(), says: Vec::new(), cells: Vec::new() }
    }

    /// The next cell of the row, which takes `columns` columns; `head` says that the document calls it a head.
    pub(super) fn cell(&mut self, text: Vec<u8>, (start, end): (u32, u32), head: bool, columns: usize) {
        let room = COLUMNS.saturating_sub(self.cells.len());
        if room > 0 {
            self.cells.push(Cell { text, start, end, head });
            let blank = Cell { text: Vec::new(), start: end, end, head };
            self.cells.extend(std::iter::repeat_n(blank, columns.saturating_sub(1).min(room - 1)));
        } else if let Some(last) = self.cells.last_mut() {
            // What stands beyond is text of the last.
            last.text.push(b' ');
            last.text.extend(text);
            last.end = end;
        }
    }

    /// Gives out the row. A row of columns is a record, and a form is one.
    pub(super) fn end_row(&mut self, records: &mut u64, out: &mut Values<'_>) {
        let cells = std::mem::take(&mut self.cells);
        let filled: Vec<&Cell> = cells.iter().filter(|cell| !cell.text.trim_ascii().is_empty()).collect();
        if filled.is_empty() {
            return;
        }
        let labels = filled.iter().filter(|cell| cell.label().is_some()).count();
        let asked = filled.iter().filter(|cell| !cell.is_sign()).count();
        let all_heads = filled.iter().all(|cell| cell.head);
        let all_labels = labels == asked && asked > 1;
        // `Born` and `ZIP+4` do not read as names of columns; among those that do they are some.
        let nearly = labels < asked && labels >= 3 && labels * 4 >= asked * 3;
        let named = |cell: &Cell| cell.label().is_some() || cell.may_name() || cell.is_sign();
        let names = all_labels || nearly && filled.iter().all(|cell| named(cell));
        if all_heads && filled.len() > 1 || names && self.shape == Shape::Unknown {
            self.shape = Shape::Columns;
            self.names = cells.iter().map(Cell::label).collect();
            let written = |cell: &Cell| {
                let plain = nearly && cell.label().is_none() && cell.may_name();
                plain.then(|| String::from_utf8_lossy(cell.text.trim_ascii()).into_owned())
            };
            self.says = cells.iter().map(written).collect();
            out.record = (*records).max(1);
            let place = out.places.number(b"text", Named::text);
            for cell in filled.iter().filter(|cell| cell.label().is_none()) {
                out.meaning(place, &cell.text, cell.start, cell.end);
            }
            return;
        }
        if cells.len() == 1 && self.shape != Shape::Columns {
            // A title, or what stands in a table only to stand there.
            *records += 1;
            out.record = *records;
            let place = out.places.number(b"text", Named::text);
            return out.meaning(place, &cells[0].text, cells[0].start, cells[0].end);
        }
        if self.shape == Shape::Unknown {
            let form = filled[0].head || filled[0].label().is_some() && filled.len() > 1;
            self.shape = if form { Shape::Form } else { Shape::Columns };
            *records += u64::from(form);
        }
        if self.shape == Shape::Form {
            out.record = (*records).max(1);
            return self.form(&cells, out);
        }
        // The header again, as reports print it on each page.
        let again = |(n, cell): (usize, &Cell)| cell.label().is_some() && self.names.get(n) == Some(&cell.label());
        if cells.iter().enumerate().filter(|(_, cell)| !cell.text.trim_ascii().is_empty()).all(again) {
            return;
        }
        *records += 1;
        out.record = *records;
        for (column, cell) in cells.iter().enumerate() {
            let name = self.names.get(column).and_then(Option::as_deref);
            let says = self.says.get(column).and_then(Option::as_deref);
            let place = self.column(column, name, says, out.places);
            out.meaning(place, &cell.text, cell.start, cell.end);
        }
    }

    /// Gives out a row in which labels stand before values.
    fn form(&self, cells: &[Cell], out: &mut Values<'_>) {
        let mut label: Option<String> = None;
        for cell in cells.iter().filter(|cell| !cell.text.trim_ascii().is_empty()) {
            match (label.take(), cell.label()) {
                (Some(name), said) if said.is_none() || !cell.head => {
                    let place = self.column(usize::MAX, Some(&name), None, out.places);
                    out.meaning(place, &cell.text, cell.start, cell.end);
                }
                (_, Some(said)) => label = Some(said),
                _ => {
                    let place = out.places.number(b"text", Named::text);
                    out.meaning(place, &cell.text, cell.start, cell.end);
                }
            }
        }
    }

    /// The place of a column: under `name`, or else under a number, and known by what its first cell `says`.
    fn column(&self, column: usize, name: Option<&str>, says: Option<&str>, places: &mut Places) -> u32 {
        let table = if self.number > 1 { format!("table {}", self.number) } else { "table".to_string() };
        let shown = match name {
            Some(name) => name.replace('.', " "),
            None => format!("column {}", column + 1),
        };
        let path = format!("{table}.{shown}");
        places.number(path.as_bytes(), || Named {
            names: name.or(says).map(|name| column_names(&[name])).unwrap_or_default(),
            ..Named::of(Place::Path(path.clone()), Holds::Value)
        })
    }
}
