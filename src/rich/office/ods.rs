//! Sheets of OpenDocument (ODF 1.3 part 3, 9). In: a package. Out: a table for each sheet, its comments, and what cells held before. Rows and cells that are said to be
//! there many times are written [`REPEATED`] times at most.

use std::collections::HashSet;
use std::io::Read;

use super::grid::Grid;
use super::out::{Out, part};
use super::package::Package;
use super::xml::{Node, Tag, Xml};
use crate::decode::budget::Halt;
use crate::rich::{Form, Parts};

/// How often one cell or one row is written.
const REPEATED: u32 = 256;
/// Bytes of the cells of one row, and of the comments of one sheet.
const HELD: usize = 16 << 20;
/// Bytes looked through at a time, and how many of them once more with the next.
const PIECE: usize = 64 << 10;
const OVERLAP: usize = 1 << 10;

/// Reads all sheets.
///
/// # Errors
/// Where the XML is damaged, or no more is wanted.
pub(super) fn read(package: &mut Package<'_>, out: &mut Out<'_>) -> Result<(), Halt> {
    let hidden = hidden(package);
    let mut number = 0;
    let done = sheets(package, &hidden, &mut number, out);
    out.settle(Some("content.xml"), done)
}

fn sheets(
    package: &mut Package<'_>,
    hidden: &[(bool, bool)],
    number: &mut usize,
    out: &mut Out<'_>,
) -> Result<(), Halt> {
    let mut xml = package.xml("content.xml")?;
    // Styles that hide sheets, and the style that is being read.
    let (mut hiding, mut style) = (HashSet::new(), String::new());
    let mut beside = String::new();
    loop {
        let Some(node) = xml.next()? else {
            return out.text("names and conditions", "names and conditions", &beside);
        };
        let Node::Open(tag) = node else { continue };
        match tag.name() {
            "style" => style = tag.attr("name").unwrap_or_default().into_owned(),
            "table-properties" if tag.attr("display").as_deref() == Some("false") => {
                hiding.insert(style.clone());
            }
            "tracked-changes" => {
                let mut text = String::new();
                let done = changes(&mut xml, &mut text);
                out.text("tracked changes", "tracked changes", &text)?;
                done?;
            }
            // What a list of allowed values asks for, and names of expressions.
            "content-validation" | "named-expression" | "filter-condition" => {
                for name in ["condition", "expression", "value"] {
                    if let Some(text) = tag.attr(name).filter(|_| beside.len() < HELD) {
                        beside.push_str(&text);
                        beside.push('\n');
                    }
                }
            }
            "table" => {
                let name = tag.attr("name").unwrap_or_default().into_owned();
                let is_hidden = tag.attr("style-name").is_some_and(|style| hiding.contains(&*style));
                let why = match hidden.get(*number) {
                    Some((true, true)) => " (hidden rows and columns)",
                    Some((true, false)) => " (hidden rows)",
                    Some((false, true)) => " (hidden columns)",
                    _ => "",
                };
                let place = format!("{name}{}{why}", if is_hidden { " (hidden)" } else { "" });
                *number += 1;
                out.begin(&part(&name, Form::Table, Some(&place)))?;
                let mut comments = String::new();
                let mut grid = Grid::new(out);
                let done = sheet(&mut xml, &mut grid, &mut comments);
                let done = grid.finish().and(done);
                out.settle(Some(&name), done)?;
                out.text(&format!("{name}: comments"), "comments", &comments)?;
            }
            _ => {}
        }
    }
}

/// What stood in cells before they were changed or deleted (9.9), a line for each.
fn changes(xml: &mut Xml<'_>, text: &mut String) -> Result<(), Halt> {
    let (mut cell, mut in_text) = (Cell::default(), false);
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(tag) => match tag.name() {
                "change-track-table-cell" => cell.start(&tag),
                // Who changed it, and when, is no content of a cell.
                "p" | "h" => {
                    in_text = true;
                    if !cell.text.is_empty() {
                        cell.text.push(' ');
                    }
                }
                _ => {}
            },
            Node::Text(said) if in_text && cell.text.len() < HELD => cell.text.push_str(&said),
            Node::Text(_) => {}
            Node::Close(end) => match end.name() {
                "p" | "h" => in_text = false,
                "change-track-table-cell" => {
                    if text.len() < HELD && !cell.shown().is_empty() {
                        text.push_str(cell.shown());
                        text.push('\n');
                    }
                    cell = Cell::default();
                }
                "tracked-changes" => return Ok(()),
                _ => {}
            },
        }
    }
    Ok(())
}

/// A cell that is being read.
#[derive(Default)]
struct Cell {
    kind: String,
    value: String,
    text: String,
    repeated: u32,
}

impl Cell {
    fn start(&mut self, tag: &Tag<'_>) {
        self.text.clear();
        self.kind = tag.attr("value-type").unwrap_or_default().into_owned();
        let named = ["date-value", "time-value", "boolean-value", "string-value", "value"];
        self.value = named.iter().find_map(|name| tag.attr(name)).unwrap_or_default().into_owned();
        self.repeated = tag.number("number-columns-repeated").unwrap_or(1).max(1);
    }

    /// What is written: dates as they are kept; numbers as they are kept, or as they are shown where that only adds zeros and signs.
    fn shown(&self) -> &str {
        let shown = self.text.trim();
        match self.kind.as_str() {
            "date" => self.value.trim_end_matches("T00:00:00"),
            "float" => {
                let digits = || shown.bytes().filter(u8::is_ascii_digit);
                let zeros = digits().take_while(|b| *b == b'0').count();
                let is_same = digits().skip(zeros).eq(self.value.bytes()) && !shown.contains([',', '.']);
                if is_same && shown.len() <= 40 { shown } else { &self.value }
            }
            "percentage" | "currency" | "boolean" | "time" => &self.value,
            _ if shown.is_empty() => &self.value,
            _ => shown,
        }
    }
}

/// Reads a sheet to its end.
fn sheet(xml: &mut Xml<'_>, grid: &mut Grid<'_>, comments: &mut String) -> Result<(), Halt> {
    let (mut row, mut column, mut repeated) = (0u32, 0u32, 1u32);
    let mut cells: Vec<(u32, u32, String)> = Vec::new();
    let mut held = 0;
    let mut cell = Cell::default();
    let (mut in_text, mut in_comment, mut tables) = (false, false, 1);
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(tag) => match tag.name() {
                "table" => tables += 1,
                "table-row" => {
                    column = 0;
                    repeated = tag.number("number-rows-repeated").unwrap_or(1).max(1);
                }
                "table-cell" | "covered-table-cell" => cell.start(&tag),
                "annotation" => in_comment = true,
                "p" | "h" => {
                    in_text = true;
                    if !in_comment && !cell.text.is_empty() {
                        cell.text.push(' ');
                    }
                }
                "s" if in_text => cell.text.push(' '),
                _ => {}
            },
            Node::Text(text) => match (in_text, in_comment) {
                (true, true) if comments.len() < HELD => comments.push_str(&text),
                (true, false) => cell.text.push_str(&text),
                _ => {}
            },
            Node::Close(end) => match end.name() {
                "annotation" => in_comment = false,
                "p" | "h" => {
                    in_text = false;
                    if in_comment {
                        comments.push('\n');
                    }
                }
                "table-cell" | "covered-table-cell" => {
                    let shown = cell.shown();
                    if !shown.is_empty() && held < HELD {
                        held += shown.len() + size_of::<(u32, u32, String)>();
                        cells.push((column, cell.repeated.min(REPEATED), shown.to_string()));
                    }
                    column = column.saturating_add(cell.repeated);
                }
                "table-row" => {
                    if !cells.is_empty() {
                        for again in 0..repeated.min(REPEATED) {
                            write(&cells, row.saturating_add(again), grid)?;
                        }
                    }
                    row = row.saturating_add(repeated);
                    cells.clear();
                    held = 0;
                }
                "table" => {
                    tables -= 1;
                    if tables == 0 {
                        return Ok(());
                    }
                }
                _ => {}
            },
        }
    }
    Ok(())
}

fn write(cells: &[(u32, u32, String)], row: u32, grid: &mut Grid<'_>) -> Result<(), Halt> {
    for (column, repeated, text) in cells {
        for again in 0..*repeated {
            grid.cell(row, column.saturating_add(again), text)?;
        }
    }
    Ok(())
}

/// Whether each sheet has hidden rows and hidden columns, by looking through the bytes: a place is said before the first row.
fn hidden(package: &mut Package<'_>) -> Vec<(bool, bool)> {
    let mut sheets = Vec::new();
    let Ok(mut member) = package.member("content.xml") else { return sheets };
    let marks = [&b"<table:table "[..], b"visibility=\"collapse\"", b"visibility=\"filter\""];
    let finders = marks.map(|mark| (mark.len(), memchr::memmem::Finder::new(mark)));
    let mut bytes = Vec::with_capacity(PIECE + OVERLAP);
    loop {
        let kept = bytes.len().min(OVERLAP);
        bytes.drain(..bytes.len() - kept);
        if !matches!(member.by_ref().take(PIECE as u64).read_to_end(&mut bytes), Ok(got) if got > 0) {
            return sheets;
        }
        let mut found: Vec<(usize, bool)> = Vec::new();
        for (at, (length, finder)) in finders.iter().enumerate() {
            let new = finder.find_iter(&bytes).filter(|start| start + length > kept);
            found.extend(new.map(|start| (start, at == 0)));
        }
        found.sort_unstable();
        for (start, is_sheet) in found {
            if is_sheet {
                sheets.push((false, false));
                continue;
            }
            let Some(sheet) = sheets.last_mut() else { continue };
            let tag = memchr::memrchr(b'<', &bytes[..start]).map_or(&[][..], |at| &bytes[at..start]);
            match tag {
                tag if tag.starts_with(b"<table:table-row") => sheet.0 = true,
                tag if tag.starts_with(b"<table:table-column") => sheet.1 = true,
                _ => {}
            }
        }
    }
}
