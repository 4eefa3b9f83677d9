//! HTML as text, with its tables. In: bytes, through a window. Out: what a reader sees, block by block; the cells of tables in
//! their columns; what nobody sees: comments, values of fields that are hidden or not, attributes with words in them, scripts as
//! text. Styles are passed over. Refuses nothing: what is no mark is text.
//!
//! What stands in marks inside a line is one line; blocks end lines. A record is a row of a table, else a block that says
//! more than a label: labels stand in blocks of their own before what they speak of.

mod marks;

use self::marks::{Mark, append_decoded};
use super::grid::Grid;
use super::json::{column_names, may_hold_value};
use super::named::{Batch, Broken, Holds, Named, Places, Progress, Reader, Window};
use super::stride::{Steps, is_last, piece, stride};
use super::values::{Values, whole_characters};
use crate::finding::Place;
use crate::gap::Reason;

/// Tables may stand in each other so deep; deeper ones are text of the cell.
const DEPTH: usize = 16;
/// A run of text is given out at a block's end behind so many bytes, and anywhere behind [`MOST`].
const RUN: usize = 160;
const MOST: usize = 32 << 10;
/// Bytes of a document that are held back for one row.
const HELD: u32 = 256 << 10;

/// Reads HTML.
#[derive(Debug, Default)]
pub(super) struct Html {
    /// The text that was read and not given out.
    text: Vec<u8>,
    span: Option<(u32, u32)>,
    records: u64,
    /// The next text is of another record.
    next: bool,
    tables: Vec<Grid>,
    seen_tables: u32,
    /// Tables that are too deep.
    deeper: u32,
    begun: bool,
    /// In a cell: whether it is a head, and how many columns it takes.
    cell: Option<(bool, usize)>,
    /// Where the row began that is held back.
    row: Option<u32>,
    /// Where the step began.
    at: u32,
    inside: Inside,
    /// The name of the text area that is open.
    area: Option<String>,
}

/// In what the next byte stands that holds no marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Nothing,
    Comment,
    Script,
    Style,
}

impl Html {
    /// Adds text between marks.
    fn words(&mut self, raw: &[u8], base: u32) {
        let end = base + raw.len() as u32;
        self.span = Some((self.span.map_or(base, |(start, _)| start), end));
        append_decoded(raw, true, &mut self.text);
    }

    /// A line ends.
    fn line(&mut self) {
        while self.text.last() == Some(&b' ') {
            self.text.pop();
        }
        if self.text.last().is_some_and(|b| *b != b'\n') {
            self.text.push(b'\n');
        }
    }

    /// Gives out the text.
    fn flush(&mut self, out: &mut Values<'_>) {
        let text = std::mem::take(&mut self.text);
        let Some((start, end)) = self.span.take() else { return };
        if let (Some((head, columns)), Some(grid)) = (self.cell, self.tables.last_mut()) {
            let text = text.trim_ascii().to_vec();
            return grid.cell(text, (start, end), head, columns);
        }
        if text.trim_ascii().is_empty() {
            return;
        }
        self.records = (self.records + u64::from(std::mem::take(&mut self.next))).max(1);
        out.record = self.records;
        let place = match &self.area {
            Some(name) => field_place("textarea", name, out.places),
            None => out.places.number(b"text", Named::text),
        };
        out.meaning(place, &text, start, end);
    }

    /// A block ends here; `strong` says that people would call it a paragraph.
    fn block(&mut self, strong: bool, out: &mut Values<'_>) {
        self.line();
        if self.cell.is_some() {
            return;
        }
        let says = self.text.len() >= 60 || self.text.iter().any(u8::is_ascii_digit);
        if self.text.len() >= RUN || strong && says {
            self.flush(out);
            self.next = self.records > 0;
        }
    }

    fn end_cell(&mut self, out: &mut Values<'_>) {
        if let Some((head, columns)) = self.cell {
            if self.span.is_none() {
                // A blank one counts too.
                if let Some(grid) = self.tables.last_mut() {
                    grid.cell(Vec::new(), (self.at, self.at), head, columns);
                }
            }
            self.flush(out);
        }
        self.cell = None;
    }

    fn end_row(&mut self, out: &mut Values<'_>) {
        self.end_cell(out);
        self.row = None;
        if let Some(grid) = self.tables.last_mut() {
            let before = self.records;
            grid.end_row(&mut self.records, out);
            self.next |= self.records > before;
        }
    }

    fn opens(&mut self, mark: &Mark<'_>, base: u32, out: &mut Values<'_>) {
        let name = mark.name.as_str();
        match name {
            "table" if self.tables.len() < DEPTH => {
                self.end_row(out);
                self.flush(out);
                self.seen_tables += 1;
                self.tables.push(Grid::new(self.seen_tables));
            }
            "table" => self.deeper += 1,
            "tr" if self.deeper == 0 && !self.tables.is_empty() => {
                self.end_row(out);
                self.flush(out);
                self.row = Some(base);
            }
            "td" | "th" if self.deeper == 0 && !self.tables.is_empty() => {
                self.end_cell(out);
                self.flush(out);
                self.row.get_or_insert(base);
                let columns = mark.attribute("colspan").and_then(|text| str::from_utf8(text).ok()?.trim().parse().ok());
                self.cell = Some((name == "th", columns.unwrap_or(1usize).clamp(1, 64)));
            }
            "br" => self.text.push(b'\n'),
            "script" => self.inside = Inside::Script,
            "style" => self.inside = Inside::Style,
            "textarea" => {
                self.line();
                if self.cell.is_none() {
                    self.flush(out);
                    let name = mark.attribute("name").or(mark.attribute("id")).unwrap_or_default();
                    self.area = Some(String::from_utf8_lossy(name).into_owned());
                }
            }
            _ => self.around(name, out),
        }
        if mark.self_closed && matches!(name, "script" | "style") {
            self.inside = Inside::Nothing;
        }
        self.attributes(mark, base, out);
    }

    fn closes(&mut self, name: &str, out: &mut Values<'_>) {
        match name {
            "table" if self.deeper > 0 => self.deeper -= 1,
            "table" => {
                self.end_row(out);
                self.tables.pop();
            }
            "tr" if self.deeper == 0 => self.end_row(out),
            "td" | "th" if self.deeper == 0 => self.end_cell(out),
            "textarea" => {
                if self.cell.is_none() {
                    self.flush(out);
                }
                self.area = None;
            }
            _ => self.around(name, out),
        }
    }

    /// What a mark does to the lines.
    fn around(&mut self, name: &str, out: &mut Values<'_>) {
        match name {
            "p" | "li" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hr" | "article" | "section" | "form" | "dl"
            | "blockquote" | "fieldset" | "tr" => self.block(true, out),
            "div" | "dd" | "ul" | "ol" | "pre" | "header" | "footer" | "main" | "nav" | "aside" | "address"
            | "figure" | "title" | "body" | "head" | "html" | "option" | "legend" | "caption" => {
                self.block(false, out);
            }
            "dt" => self.line(),
            "label" | "td" | "th" if self.text.last().is_some_and(|b| !b.is_ascii_whitespace()) => self.text.push(b' '),
            _ => {}
        }
    }

    /// What stands in attributes.
    fn attributes(&mut self, mark: &Mark<'_>, base: u32, out: &mut Values<'_>) {
        const SILENT: [&str; 26] = [
            "class",
            "style",
            "type",
            "width",
            "height",
            "colspan",
            "rowspan",
            "align",
            "valign",
            "lang",
            "charset",
            "rel",
            "border",
            "cellpadding",
            "cellspacing",
            "bgcolor",
            "color",
            "face",
            "size",
            "role",
            "method",
            "target",
            "media",
            "tabindex",
            "xml:lang",
            "http-equiv",
        ];
        out.record = self.records.max(1);
        for attribute in &mark.attributes {
            let key = attribute.name.as_str();
            if attribute.value.trim_ascii().is_empty() || SILENT.contains(&key) || key.starts_with("xmlns") {
                continue;
            }
            // What fields are called by programs; it may be somebody's number all the same.
            if matches!(key, "name" | "id" | "for" | "property") && !may_hold_value(attribute.value) {
                continue;
            }
            let start = base + attribute.start as u32;
            let end = start + attribute.value.len() as u32;
            let mut value = Vec::new();
            append_decoded(attribute.value, false, &mut value);
            let place = match key {
                "value" => {
                    let name = mark.attribute("name").or(mark.attribute("id")).unwrap_or_default();
                    field_place(&mark.name, &String::from_utf8_lossy(name), out.places)
                }
                "content" => {
                    let name = mark.attribute("name").or(mark.attribute("property")).unwrap_or_default();
                    field_place(&mark.name, &String::from_utf8_lossy(name), out.places)
                }
                _ if key.len() > 5 && key.starts_with("data-") => field_place(&mark.name, &key[5..], out.places),
                // What it holds is read by itself.
                "href" | "src" | "action" | "data" if value.starts_with(b"data:") => continue,
                "href" | "src" | "action" => {
                    let address = memchr::memchr2(b'?', b'@', &value).is_some() || value.starts_with(b"tel:");
                    if !address {
                        continue;
                    }
                    value = marks::percent_decoded(&value);
                    attribute_place(&mark.name, key, out.places)
                }
                _ => attribute_place(&mark.name, key, out.places),
            };
            out.meaning(place, &value, start, end);
        }
    }

    /// Reads on in what holds no marks.
    fn on_inside(&mut self, look: &[u8], base: u32, out: &mut Values<'_>) -> usize {
        let end: &[u8] = match self.inside {
            Inside::Comment => b"-->",
            Inside::Script => b"</script",
            _ => b"</style",
        };
        let seen = piece(look);
        let found = marks::find_folded(&look[..(seen + end.len()).min(look.len())], end);
        let whole = is_last(look) && seen == look.len();
        let length = found.unwrap_or(if whole { seen } else { seen - end.len() });
        if self.inside != Inside::Style {
            out.record = self.records.max(1);
            let token: &[u8] = if self.inside == Inside::Comment { b"comment" } else { b"script" };
            let shown = String::from_utf8_lossy(token).into_owned();
            let place = out.places.number(token, || Named::of(Place::Path(shown), Holds::Text));
            out.plain(place, &look[..length], base);
        }
        match (found, self.inside) {
            (Some(_), Inside::Comment) => {
                self.inside = Inside::Nothing;
                length + end.len()
            }
            (Some(_), _) => {
                self.inside = Inside::Nothing;
                let behind = memchr::memchr(b'>', &look[length..]).map_or(end.len(), |at| at + 1);
                length + behind
            }
            _ => length.max(1),
        }
    }
}

fn attribute_place(element: &str, key: &str, places: &mut Places) -> u32 {
    let path = format!("{element}.{key}");
    places.number(format!("a{path}").as_bytes(), || Named::of(Place::Path(path.clone()), Holds::Text))
}

fn field_place(element: &str, name: &str, places: &mut Places) -> u32 {
    // `patient[ssn]`, `form:ssn`
    let parts: Vec<&str> = name.split(['[', ']', '.', ':', '$']).filter(|part| !part.is_empty()).collect();
    let last = parts.last().copied().unwrap_or("value");
    let path = format!("{element}.{last}");
    places.number(format!("f{element}.{name}").as_bytes(), || Named {
        names: column_names(&parts),
        ..Named::of(Place::Path(path.clone()), Holds::Value)
    })
}

impl Steps for Html {
    fn step(&mut self, look: &[u8], base: u32, out: &mut Values<'_>) -> Result<usize, Broken> {
        self.at = base;
        if !std::mem::replace(&mut self.begun, true) && look.starts_with(b"\xEF\xBB\xBF") {
            return Ok(3);
        }
        if self.inside != Inside::Nothing {
            return Ok(self.on_inside(look, base, out));
        }
        if self.row.is_some_and(|row| base.saturating_sub(row) > HELD) {
            self.end_row(out);
        }
        if self.text.len() >= MOST {
            self.flush(out);
        }
        if look[0] != b'<' {
            let seen = piece(look);
            let length = memchr::memchr(b'<', &look[..seen]).unwrap_or(seen);
            self.words(&look[..length], base);
            return Ok(length);
        }
        if look.starts_with(b"<!--") {
            self.inside = Inside::Comment;
            return Ok(4);
        }
        match marks::read(look) {
            Some((mark, length)) => {
                if mark.closes {
                    self.closes(&mark.name, out);
                } else {
                    self.opens(&mark, base, out);
                }
                Ok(length)
            }
            None => {
                // Where no mark ends, none begins: what is read twice is half of it at most.
                let ahead = &look[..piece(look)];
                let length = if memchr::memchr(b'>', ahead).is_none() { (ahead.len() / 2).max(1) } else { 1 };
                let length = if is_last(look) { length } else { whole_characters(&look[..length]) };
                self.words(&look[..length], base);
                Ok(length)
            }
        }
    }

    fn pause(&mut self, out: &mut Values<'_>) {
        self.end_row(out);
        self.flush(out);
        self.row = None;
    }

    fn holds_on(&self) -> bool {
        self.row.is_some_and(|row| self.at.saturating_sub(row) <= HELD)
    }

    fn end(&mut self) -> Result<(), Broken> {
        let detail = match self.inside {
            Inside::Nothing => return Ok(()),
            Inside::Comment => "a comment is never closed",
            Inside::Script | Inside::Style => "a script or style is never closed",
        };
        Err(Broken { reason: Reason::Malformed, detail })
    }
}

impl Reader for Html {
    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        stride(self, window, places, batch)
    }
}

#[cfg(test)]
mod tests;
