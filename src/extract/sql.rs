//! Dumps of databases as SQL. In: bytes, through a window. Out: the values that `INSERT`, `REPLACE`, `UPDATE … SET` and
//! `COPY … FROM stdin` put into columns, each at `table.column`, a row a record; all else as text. Refuses nothing: what is no
//! such statement is text, and one that never ends is said so.
//!
//! Dialects differ in what a backslash means; the head tells (`dialect`), and settings that are met on the way. A table whose
//! statements name no columns has those of its `CREATE TABLE`, if that was seen before; else they are called by number.
//! A statement may be of any length: it is read value by value.

mod copy;
mod dialect;
mod statements;
mod tokens;

pub use self::dialect::is_dump;

use std::collections::HashMap;

use self::statements::{Head, Kind};
use self::tokens::Opened;
use super::json::column_names;
use super::named::{Batch, Broken, Holds, Named, Places, Progress, Reader, Window};
use super::stride::{Run, Steps, line, piece, stride};
use super::values::Values;
use crate::finding::Place;
use crate::gap::Reason;

/// Tables whose columns are remembered, and bytes of their names.
const TABLES: usize = 4096;
const NAMES: usize = 4 << 20;
/// Different columns of a table that are told apart.
const COLUMNS: usize = 4096;

/// Reads SQL.
#[derive(Debug)]
pub(super) struct Sql {
    /// A backslash in a string escapes what stands behind it.
    backslash: bool,
    /// Columns by the last part of a table's name, in small letters.
    tables: HashMap<String, Vec<String>>,
    names: usize,
    records: u64,
    state: State,
    /// Places of the columns of the statement, from 0.
    columns: Vec<Option<u32>>,
    table: String,
    listed: Vec<String>,
    text: Run,
    begun: bool,
    /// Bytes that were read, and looked at in vain.
    read: u64,
    wasted: u64,
}

/// Where in a document the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before a statement.
    Top,
    /// In one that is text, behind its start.
    Text,
    /// Between the rows of a statement.
    Rows,
    /// In a row.
    Row(Row),
    /// In the rows that follow `COPY`, with what stands between fields.
    Copy(copy::Lines),
}

/// In a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    kind: Kind,
    column: usize,
    /// Brackets of functions that are open.
    depth: u32,
    /// The value of the column was met.
    filled: bool,
    /// A string that is longer than a piece.
    inside: Option<Opened>,
}

impl Row {
    fn new(kind: Kind) -> Row {
        Row { kind, column: 0, depth: 0, filled: false, inside: None }
    }
}

impl Sql {
    /// A reader of a document that begins with `head`.
    pub(super) fn new(head: &[u8]) -> Sql {
        Sql {
            backslash: dialect::backslash(head),
            tables: HashMap::new(),
            names: 0,
            records: 0,
            state: State::Top,
            columns: Vec::new(),
            table: String::new(),
            listed: Vec::new(),
            text: Run::default(),
            begun: false,
            read: 0,
            wasted: 0,
        }
    }

    fn text(&mut self, bytes: &[u8], base: u32, out: &mut Values<'_>) {
        out.record = self.records.max(1);
        let place = out.places.number(b"text", Named::text);
        self.text.add(bytes, base, place, out);
    }

    fn give_text(&mut self, out: &mut Values<'_>) {
        let place = out.places.number(b"text", Named::text);
        self.text.give(place, out);
    }

    /// What statement starts here. Heads that lead nowhere may cost no more than so many times what was read.
    fn head(&mut self, look: &[u8]) -> Option<Head> {
        if self.wasted > self.read.saturating_mul(16).saturating_add(4 << 20) {
            return None;
        }
        let (head, looked) = statements::head(look);
        if !matches!(head, Some(Head::Rows { .. } | Head::Copy { .. })) {
            self.wasted += looked as u64;
        }
        head
    }

    /// Begins to read rows of a table.
    fn begin(&mut self, table: &str, columns: Option<Vec<String>>) {
        self.table = table.to_string();
        let key = table.rsplit('.').next().unwrap_or(table).to_ascii_lowercase();
        self.listed = columns.or_else(|| self.tables.get(&key).cloned()).unwrap_or_default();
        self.columns.clear();
    }

    fn begin_row(&mut self, kind: Kind) -> State {
        self.records += 1;
        State::Row(Row::new(kind))
    }

    fn remember(&mut self, table: &str, columns: Vec<String>) {
        let key = table.rsplit('.').next().unwrap_or(table).to_ascii_lowercase();
        let bytes = columns.iter().map(|name| name.len() + 24).sum::<usize>() + key.len();
        if !columns.is_empty() && self.tables.len() < TABLES && self.names + bytes <= NAMES {
            self.names += bytes;
            self.tables.insert(key, columns);
        }
    }

    /// The place of a column, from 0.
    fn column(&mut self, column: usize, out: &mut Values<'_>) -> u32 {
        let column = column.min(COLUMNS);
        if let Some(Some(place)) = self.columns.get(column) {
            return *place;
        }
        let name = self.listed.get(column).map(String::as_str);
        let place = place_of(&self.table, name, column, out.places);
        if self.columns.len() <= column {
            self.columns.resize(column + 1, None);
        }
        self.columns[column] = Some(place);
        place
    }

    /// Reads the start of a statement, or what stands between two.
    fn top(&mut self, look: &[u8], base: u32, out: &mut Values<'_>) -> usize {
        let blanks = look.iter().take_while(|b| b.is_ascii_whitespace() || matches!(b, b';' | 0)).count();
        if blanks > 0 {
            self.text(&look[..blanks], base, out);
            return blanks;
        }
        if look.starts_with(b"/*") {
            let executed = statements::executed(look);
            if executed > 0 {
                self.text(&look[..executed], base, out);
                return executed;
            }
            let end = memchr::memmem::find(&look[2..], b"*/").map_or_else(|| piece(look), |at| at + 4);
            let end = end.min(piece(look));
            self.text(&look[..end], base, out);
            return end;
        }
        if let Some(on) = dialect::setting(look) {
            self.backslash = on;
        }
        match self.head(look) {
            Some(Head::Rows { table, columns, kind, length }) => {
                self.text(&look[..length], base, out);
                self.give_text(out);
                self.begin(&table, columns);
                self.state = match kind {
                    Kind::Values => State::Rows,
                    _ => self.begin_row(kind),
                };
                length
            }
            Some(Head::Copy { table, columns, lines, length }) => {
                self.text(&look[..length], base, out);
                self.give_text(out);
                self.begin(&table, columns);
                self.state = State::Copy(lines);
                length
            }
            Some(Head::Table { table, columns }) => {
                self.remember(&table, columns);
                self.plain(look, base, out)
            }
            None => self.plain(look, base, out),
        }
    }

    /// Reads text up to the end of its statement or line.
    fn plain(&mut self, look: &[u8], base: u32, out: &mut Values<'_>) -> usize {
        let length = line(look);
        let seen = length.unwrap_or_else(|| piece(look));
        // What a comment says ends no statement.
        let comment = self.state == State::Top && (look.starts_with(b"--") || look[0] == b'#');
        let ends = if comment { None } else { statements::end(&look[..seen]) };
        let taken = ends.unwrap_or(seen);
        self.state = if ends.is_some() || length.is_some() { State::Top } else { State::Text };
        self.text(&look[..taken], base, out);
        taken
    }

    /// Reads on between two rows.
    fn between(&mut self, look: &[u8], base: u32, out: &mut Values<'_>) -> usize {
        let blanks = look.iter().take_while(|b| b.is_ascii_whitespace() || **b == b',').count();
        if blanks > 0 {
            return blanks;
        }
        if look[0] == b'(' {
            self.state = self.begin_row(Kind::Values);
            return 1;
        }
        if look.len() > 3 && look[..3].eq_ignore_ascii_case(b"row") && look[3] == b'(' {
            // `VALUES ROW(1, 2), ROW(3, 4)`
            return 3;
        }
        if let Some(length) = tokens::comment(look) {
            self.text(&look[..length], base, out);
            self.give_text(out);
            return length;
        }
        self.state = State::Top;
        self.top(look, base, out)
    }

    /// Reads on in a row.
    fn row(&mut self, mut row: Row, look: &[u8], base: u32, out: &mut Values<'_>) -> usize {
        out.record = self.records;
        if let Some(opened) = row.inside {
            let (length, closed) = opened.part(look);
            let place = self.long(&row, out);
            if length > 0 {
                opened.give(&look[..length], base, place, out);
            }
            if let Some(close) = closed {
                row.inside = None;
                self.state = State::Row(row);
                return length + close;
            }
            self.state = State::Row(row);
            return length;
        }
        let done = match look[0] {
            b if b.is_ascii_whitespace() => look.iter().take_while(|b| b.is_ascii_whitespace()).count(),
            b';' => {
                self.state = State::Top;
                return 1;
            }
            b'(' => {
                row.depth = row.depth.saturating_add(1);
                1
            }
            b')' if row.depth > 0 => {
                row.depth -= 1;
                1
            }
            b')' => {
                self.state = if row.kind == Kind::Values { State::Rows } else { State::Top };
                return 1;
            }
            b',' if row.depth == 0 && row.kind == Kind::Set => {
                row.filled = false;
                match statements::assignment(&look[1..]) {
                    Some((name, length)) => {
                        row.column += 1;
                        self.name_column(row.column, name);
                        1 + length
                    }
                    None => 1,
                }
            }
            b',' if row.depth == 0 => {
                row.column += 1;
                row.filled = false;
                1
            }
            _ => match tokens::token(look, self.backslash) {
                tokens::Token::Comment(length) => {
                    self.text(&look[..length], base, out);
                    self.give_text(out);
                    length
                }
                tokens::Token::Text { start, end, length, how } => {
                    // A function may have several; the first is the value, and the others say how it is written.
                    let place = if row.filled { self.other(out) } else { self.column(row.column, out) };
                    row.filled = true;
                    how.give(&look[start..end], base + start as u32, place, out);
                    length
                }
                tokens::Token::Long { start, opened } => {
                    row.inside = Some(opened);
                    start
                }
                tokens::Token::Number(length) => {
                    if !row.filled {
                        let place = self.column(row.column, out);
                        row.filled = true;
                        out.plain(place, &look[..length], base);
                    }
                    length
                }
                tokens::Token::Word(length) => {
                    if row.depth == 0
                        && row.kind != Kind::Values
                        && let Some(next) = statements::row_again(&look[..length], row.kind, &look[length..])
                    {
                        match next {
                            Some(again) => {
                                self.state = self.begin_row(row.kind);
                                return length + again;
                            }
                            None => {
                                self.state = State::Text;
                                return length;
                            }
                        }
                    }
                    length
                }
                tokens::Token::Mark => 1,
            },
        };
        self.state = State::Row(row);
        done
    }

    /// The columns of `SET` are named one by one.
    fn name_column(&mut self, column: usize, name: String) {
        if column <= COLUMNS {
            self.listed.resize(column, String::new());
            self.listed.push(name);
        }
    }

    fn long(&mut self, row: &Row, out: &mut Values<'_>) -> u32 {
        let name = self.listed.get(row.column).map(String::as_str);
        let named = named(&self.table, name, row.column);
        let token = format!("t{}", named.place.short());
        out.places.number(token.as_bytes(), || Named { holds: Holds::Text, ..named })
    }

    fn other(&mut self, out: &mut Values<'_>) -> u32 {
        out.places.number(b"text", Named::text)
    }
}

/// The place of a column of a table.
fn place_of(table: &str, name: Option<&str>, column: usize, places: &mut Places) -> u32 {
    let named = named(table, name, column);
    let token = format!("c{}", named.place.short());
    places.number(token.as_bytes(), || named)
}

fn named(table: &str, name: Option<&str>, column: usize) -> Named {
    let short = table.rsplit('.').next().unwrap_or(table);
    let plain = |text: &str| text.replace('.', " ");
    let (place, names) = match name.filter(|name| !name.is_empty()) {
        Some(name) => (format!("{}.{}", plain(short), plain(name)), column_names(&[short, name])),
        None => (format!("{}.column {}", plain(short), column + 1), Vec::new()),
    };
    Named { place: Place::Path(place), keys: Vec::new(), names, holds: Holds::Value, subject: None, of_another: false }
}

impl Steps for Sql {
    fn step(&mut self, look: &[u8], base: u32, out: &mut Values<'_>) -> Result<usize, Broken> {
        if !std::mem::replace(&mut self.begun, true) && look.starts_with(b"\xEF\xBB\xBF") {
            return Ok(3);
        }
        let done = match self.state {
            State::Top => self.top(look, base, out),
            State::Text => self.plain(look, base, out),
            State::Rows => self.between(look, base, out),
            State::Row(row) => self.row(row, look, base, out),
            State::Copy(lines) => self.copy(lines, look, base, out),
        };
        self.read += done as u64;
        Ok(done)
    }

    fn pause(&mut self, out: &mut Values<'_>) {
        out.record = self.records.max(1);
        self.give_text(out);
    }

    fn end(&mut self) -> Result<(), Broken> {
        let detail = match self.state {
            State::Row(Row { inside: Some(_), .. }) => "a string is never closed",
            State::Row(Row { kind: Kind::Values, .. }) => "it ends inside a row",
            State::Copy(_) => "rows of COPY never end",
            _ => return Ok(()),
        };
        Err(Broken { reason: Reason::Malformed, detail })
    }
}

impl Reader for Sql {
    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        stride(self, window, places, batch)
    }
}

/// A reader of a document that begins with `head`; `None` where all of it is seen, and nothing in it puts values into columns.
pub(super) fn reader(head: &[u8]) -> Option<Box<dyn Reader>> {
    (head.len() >= super::CORE || statements::has_rows(head)).then(|| Box::new(Sql::new(head)) as Box<dyn Reader>)
}

#[cfg(test)]
mod tests;
