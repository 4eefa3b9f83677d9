//! Paragraphs and tables of a document as they are read. In: pieces of text, ends of paragraphs, cells and rows. Out: lines of text;
//! and, of tables whose first row names their columns, rows. A table that only puts labels beside values stays in the text, where words
//! before a value say what it is. Refuses to hold more than [`HELD`] bytes that are not wanted yet.

use super::out::{Out, part};
use crate::decode::budget::Halt;
use crate::rich::table::Rows;
use crate::rich::{Form, Parts};

/// Bytes of tables, or of text that stands aside, that are held until the body ends.
const HELD: usize = 48 << 20;
/// Bytes of text that are held before they are handed on.
const PIECE: usize = 64 << 10;
/// Paragraphs of a cell that is longer than this stay lines of their own.
const LONG_CELL: usize = 400;
/// A table of labels and values is not longer than this.
const FORM: usize = 24;

/// A table that is being read.
#[derive(Default)]
struct Table {
    rows: Vec<Vec<String>>,
    row: Vec<String>,
    cell: String,
    /// The document says that its first row is a header.
    headed: bool,
}

/// The text of a document, or of what stands aside in it.
#[derive(Default)]
pub(super) struct Flow {
    text: String,
    line: String,
    /// Tables around the place that is read.
    depth: usize,
    table: Table,
    /// Tables that are tables.
    tables: Vec<Vec<Vec<String>>>,
    held: usize,
    /// Text that stands aside was left out.
    pub(super) is_full: bool,
}

/// Says nothing of what it holds.
impl std::fmt::Debug for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flow").field("held", &self.held).finish_non_exhaustive()
    }
}

impl Flow {
    /// Text goes on.
    pub(super) fn push(&mut self, text: &str) {
        if self.text.len() > HELD {
            self.is_full = true;
            return;
        }
        match self.depth {
            0 => self.line.push_str(text),
            _ => {
                self.held += text.len();
                self.table.cell.push_str(text);
            }
        }
    }

    /// A paragraph ends.
    pub(super) fn paragraph(&mut self) {
        match self.depth {
            0 => self.end_line(),
            _ if !self.table.cell.is_empty() && !self.table.cell.ends_with('\n') => self.table.cell.push('\n'),
            _ => {}
        }
    }

    fn end_line(&mut self) {
        let line = self.line.trim_end();
        if !line.is_empty() {
            self.text.push_str(line);
            self.text.push('\n');
        }
        self.line.clear();
    }

    /// A table starts; one inside another is text of its cell.
    pub(super) fn table(&mut self) {
        if self.depth == 0 {
            self.end_line();
        }
        self.depth += 1;
    }

    /// The first row of the table is a header, as the document says.
    pub(super) fn headed(&mut self) {
        self.table.headed |= self.depth == 1 && self.table.rows.is_empty();
    }

    /// A cell ends.
    pub(super) fn cell(&mut self) {
        match self.depth {
            0 => {}
            1 => {
                let cell = std::mem::take(&mut self.table.cell);
                self.table.row.push(cell.trim().to_string());
                self.held += size_of::<String>();
            }
            _ => {
                let trimmed = self.table.cell.trim_end_matches('\n').len();
                self.table.cell.truncate(trimmed);
                self.table.cell.push('\t');
            }
        }
    }

    /// A row ends.
    pub(super) fn row(&mut self) {
        match self.depth {
            0 => {}
            1 => {
                let row = std::mem::take(&mut self.table.row);
                if row.iter().any(|cell| !cell.is_empty()) {
                    self.table.rows.push(row);
                }
                if self.held > HELD {
                    // What is too large to be held is text.
                    let rows = std::mem::take(&mut self.table.rows);
                    self.as_text(&rows);
                    self.held = 0;
                }
            }
            _ => self.table.cell.push('\n'),
        }
    }

    /// A table ends.
    pub(super) fn end_table(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth > 0 {
            return;
        }
        let mut table = std::mem::take(&mut self.table);
        if !table.cell.trim().is_empty() {
            table.row.push(table.cell.trim().to_string());
        }
        if table.row.iter().any(|cell| !cell.is_empty()) {
            table.rows.push(table.row);
        }
        if names_columns(&table.rows, table.headed) {
            self.tables.push(table.rows);
        } else {
            self.as_text(&table.rows);
        }
    }

    fn as_text(&mut self, rows: &[Vec<String>]) {
        for row in rows {
            for (at, cell) in row.iter().enumerate() {
                if at > 0 {
                    self.text.push('\t');
                }
                match cell.len() > LONG_CELL || row.len() == 1 {
                    true => self.text.push_str(cell),
                    false => self.text.extend(cell.chars().map(|c| if c == '\n' { ' ' } else { c })),
                }
            }
            self.text.push('\n');
        }
    }

    /// Hands on the text so far into the part that was begun.
    ///
    /// # Errors
    /// Where no more is wanted.
    pub(super) fn drain(&mut self, out: &mut Out<'_>, all: bool) -> Result<(), Halt> {
        if all {
            while self.depth > 0 {
                self.end_table();
            }
            self.end_line();
        }
        if self.text.len() > PIECE || all && !self.text.is_empty() {
            out.write(self.text.as_bytes())?;
            self.text.clear();
        }
        Ok(())
    }

    /// Hands on what is left as parts of their own: text that was not drained, then tables.
    ///
    /// # Errors
    /// Where no more is wanted.
    pub(super) fn finish(mut self, name: &str, place: Option<&str>, out: &mut Out<'_>) -> Result<(), Halt> {
        while self.depth > 0 {
            self.end_table();
        }
        self.end_line();
        out.text(name, place.unwrap_or(name), &self.text)?;
        let before = if place.is_none() { String::new() } else { format!("{name}, ") };
        for (at, table) in self.tables.iter().enumerate() {
            out.begin(&part(&format!("{before}table {}", at + 1), Form::Table, place))?;
            let mut rows = Rows::new(out);
            for row in table {
                row.iter().for_each(|cell| rows.field(cell));
                rows.end()?;
            }
            rows.flush()?;
            out.end()?;
        }
        Ok(())
    }
}

/// Whether the first row of a table names its columns.
fn names_columns(rows: &[Vec<String>], headed: bool) -> bool {
    let [first, second, ..] = rows else { return false };
    let is_name = |cell: &String| {
        !cell.is_empty() && cell.len() <= 60 && !cell.bytes().any(|b| b.is_ascii_digit()) && !cell.ends_with(':')
    };
    let named = first.iter().filter(|cell| is_name(cell)).count();
    if named < 2 || first.len() != second.len() {
        return false;
    }
    if headed {
        return true;
    }
    let apart = first.iter().enumerate().all(|(at, cell)| cell.is_empty() || !first[..at].contains(cell));
    // Labels with values beside them are as short and as different as names.
    let is_form = first.len() == 2 && rows.len() <= FORM && rows.iter().all(|row| row.first().is_some_and(is_name));
    apart && !is_form && named == first.iter().filter(|cell| !cell.is_empty()).count() && named * 2 >= first.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rich::tests::Collected;

    fn table(flow: &mut Flow, rows: &[&[&str]]) {
        flow.table();
        for row in rows {
            for cell in *row {
                flow.push(cell);
                flow.paragraph();
                flow.cell();
            }
            flow.row();
        }
        flow.end_table();
    }

    fn parts(flow: Flow) -> Vec<(Form, String)> {
        let mut parts = Collected::default();
        flow.finish("x", None, &mut Out::new(&mut parts)).expect("taken");
        parts.parts.into_iter().map(|(part, bytes)| (part.form, String::from_utf8(bytes).expect("text"))).collect()
    }

    #[test]
    fn tables_with_names_are_tables_and_forms_are_text() {
        let mut flow = Flow::default();
        flow.push("before");
        table(&mut flow, &[&["Name", "SSN", "Born"], &["A B", "1", "2"]]);
        table(&mut flow, &[&["Name", "A B"], &["SSN", "1"]]);
        flow.push("behind");
        flow.paragraph();
        let parts = parts(flow);
        assert_eq!(parts[0], (Form::Text, "before\nName\tA B\nSSN\t1\nbehind\n".to_string()));
        assert_eq!(parts[1], (Form::Table, "Name\x1fSSN\x1fBorn\nA B\x1f1\x1f2\n".to_string()));
    }

    #[test]
    fn what_is_not_closed_is_not_lost() {
        let mut flow = Flow::default();
        flow.table();
        flow.push("a");
        flow.cell();
        flow.push("b");
        flow.table();
        flow.push("c");
        assert_eq!(parts(flow)[0].1, "a\tbc\n");
        let mut flow = Flow::default();
        flow.end_table();
        flow.row();
        flow.cell();
        flow.push("x");
        assert_eq!(parts(flow)[0].1, "x\n");
    }
}
