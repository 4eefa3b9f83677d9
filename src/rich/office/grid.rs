//! Cells as the rows of a table. In: cells with where they stand. Out: rows as they stand in the sheet, blank ones too, so that a line
//! is a row. Refuses more than [`CELLS`] cells and [`BLANKS`] blank ones between them: two cells in far corners are not a table.

use super::number::{self, Epoch, Format};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::Parts;
use crate::rich::table::Rows;

/// Cells of one sheet.
const CELLS: u64 = 100_000_000;
/// Blank fields written between the cells of one sheet.
const BLANKS: u64 = 200_000_000;
/// Rows of a sheet: 1,048,576 in Excel (ECMA-376 part 1, 18.3.1.73).
const ROWS: u32 = 1 << 20;
/// Columns of a sheet: 16,384.
pub(super) const COLUMNS: u32 = 1 << 14;
/// Cells after which it is said that a reader is at work.
const UNIT: u64 = 4_096;
/// Columns whose names tell of days.
const DATED: usize = 256;

/// Writes the cells of a sheet.
pub(super) struct Grid<'a> {
    rows: Rows<'a>,
    /// Rows that were ended.
    row: u32,
    /// Fields written of the row.
    column: u32,
    cells: u64,
    blanks: u64,
    /// Columns whose name says that whole numbers in them are days.
    dated: Vec<u32>,
}

impl std::fmt::Debug for Grid<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grid").field("row", &self.row).finish_non_exhaustive()
    }
}

impl<'a> Grid<'a> {
    /// Writes into the part that was begun.
    pub(super) fn new(parts: &'a mut dyn Parts) -> Grid<'a> {
        Grid { rows: Rows::new(parts), row: 0, column: 0, cells: 0, blanks: 0, dated: Vec::new() }
    }

    /// A cell; row and column count from 0. Cells come in order; one that does not starts a new line.
    ///
    /// # Errors
    /// Where the sheet has too many cells, or no more is wanted.
    pub(super) fn cell(&mut self, row: u32, column: u32, text: &str) -> Result<(), Halt> {
        if text.is_empty() || row >= ROWS || column >= COLUMNS {
            return Ok(());
        }
        self.cells += 1;
        if self.cells.is_multiple_of(UNIT) {
            self.rows.parts().work(UNIT)?;
        }
        if self.cells > CELLS {
            return Err(Halt::new(Reason::Limit, "more than 100,000,000 cells"));
        }
        if row > self.row {
            for _ in self.row..row {
                self.rows.end()?;
            }
            self.row = row;
            self.column = 0;
        } else if row < self.row || column < self.column {
            self.rows.end()?;
            self.column = 0;
        }
        self.blanks += u64::from(column - self.column);
        if self.blanks > BLANKS {
            return Err(Halt::new(Reason::Limit, "more than 200,000,000 blank cells between others"));
        }
        for _ in self.column..column {
            self.rows.field("");
        }
        self.rows.field(text);
        self.column = column + 1;
        self.name(column, text);
        Ok(())
    }

    /// A number; in a column of birth dates whole numbers without a format are days.
    ///
    /// # Errors
    /// As of [`cell`](Grid::cell).
    pub(super) fn number(&mut self, at: (u32, u32), value: f64, format: &Format, epoch: Epoch) -> Result<(), Halt> {
        // 1900 to 2100 are years; what is below is nobody's day of birth who lives.
        let day = value.fract() == 0.0 && (2_101.0..=60_000.0).contains(&value);
        if *format == Format::General && day && self.dated.contains(&at.1) {
            let shown = number::date(value, true, false, epoch);
            return self.cell(at.0, at.1, &shown.unwrap_or_default());
        }
        self.cell(at.0, at.1, &number::show(value, format, epoch))
    }

    /// Whether a number without a format could be a day here.
    pub(super) fn is_dated(&self, column: u32) -> bool {
        self.dated.contains(&column)
    }

    /// Notes a column whose name tells of days of people's lives.
    fn name(&mut self, column: u32, text: &str) {
        if text.len() > 40 || self.dated.len() >= DATED || text.bytes().any(|b| b.is_ascii_digit()) {
            return;
        }
        let text = text.to_ascii_lowercase();
        let tells = ["birth", "dob", "born", "death", "deceased", "dod"].iter().any(|word| text.contains(word));
        let other = ["year", "month", "place", "weight", "order", "age", "state", "city", "country", "name", "count"];
        if tells && !other.iter().any(|word| text.contains(word)) {
            self.dated.push(column);
        }
    }

    /// Ends the last row.
    ///
    /// # Errors
    /// Where no more is wanted.
    pub(super) fn finish(mut self) -> Result<(), Halt> {
        if self.column > 0 {
            self.rows.end()?;
        }
        self.rows.flush()
    }
}

/// A reference such as `BC12`, as row and column from 0.
pub(super) fn reference(text: &str) -> Option<(u32, u32)> {
    let (mut column, mut row) = (0u32, 0u32);
    for b in text.bytes() {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' if row == 0 => {
                column = column.checked_mul(26)?.checked_add(u32::from(b.to_ascii_uppercase() - b'A') + 1)?;
            }
            b'0'..=b'9' => row = row.checked_mul(10)?.checked_add(u32::from(b - b'0'))?,
            b'$' => {}
            _ => return None,
        }
    }
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rich::tests::Collected;
    use crate::rich::{Form, Part};

    fn written(cells: &[(u32, u32, &str)]) -> String {
        let mut parts = Collected::default();
        parts.begin(&Part { name: String::new(), form: Form::Table, place: None }).expect("taken");
        let mut grid = Grid::new(&mut parts);
        for (row, column, text) in cells {
            match text.parse() {
                Ok(value) => grid.number((*row, *column), value, &Format::General, Epoch::Of1900),
                Err(_) => grid.cell(*row, *column, text),
            }
            .expect("taken");
        }
        grid.finish().expect("taken");
        String::from_utf8(parts.parts[0].1.clone()).expect("text").replace('\x1f', "|")
    }

    #[test]
    fn a_line_is_a_row() {
        assert_eq!(written(&[(0, 1, "a"), (2, 0, "b"), (2, 3, "c")]), "|a\n\nb|||c\n");
        assert_eq!(written(&[(1, 0, "a"), (0, 0, "b"), (0, 0, "c")]), "\na\nb\nc\n", "out of order");
        assert_eq!(written(&[(9_999_999, 0, "a"), (0, 99_999, "b")]), "", "no such cell");
    }

    #[test]
    fn whole_numbers_below_a_birth_label_are_days() {
        let cells = [(0, 0, "DOB"), (0, 1, "Year of birth"), (1, 0, "22083"), (1, 1, "22083"), (2, 0, "1960")];
        assert_eq!(written(&cells), "DOB|Year of birth\n1960-06-16|22083\n1960\n");
    }

    #[test]
    fn references_are_read() {
        assert_eq!(reference("A1"), Some((0, 0)));
        assert_eq!(reference("$XFD$1048576"), Some((1_048_575, 16_383)));
        assert_eq!(reference("A"), None);
        assert_eq!(reference("ZZZZZZZZZZZZ1"), None);
    }
}
