//! Rows → a file a spreadsheet opens right. In: a header and rows of cells. Out: UTF-8 with BOM, RFC 4180, CRLF; above
//! a million rows the next file, `findings-2.csv`, said in both. Refuses rows that are not as wide as the header.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::report::csv::cell;
use crate::report::output::{Output, Written};
use crate::report::{probability, sibling, utc};

/// Rows a file holds before the next one is begun: spreadsheets end at 1,048,576.
const ROWS_A_FILE: u64 = 1_000_000;

/// One table being written.
pub(crate) struct Sheet {
    writer: Option<csv::Writer<Output>>,
    header: &'static [&'static str],
    /// The column that says where a table goes on.
    note_column: &'static str,
    rows_a_file: u64,
    rows: u64,
    part: u32,
    /// The first file, from which the names of the others are made.
    first: PathBuf,
    written: Vec<Written>,
}

/// One row being made, cell by cell, in the order of the header.
#[derive(Default)]
pub(crate) struct Row(Vec<String>);

impl Row {
    pub(crate) fn text(mut self, text: &str) -> Row {
        self.0.push(cell::text(text).into_owned());
        self
    }

    pub(crate) fn number(mut self, n: u64) -> Row {
        self.0.push(n.to_string());
        self
    }

    /// A number from 1 on; 0 stands for none.
    pub(crate) fn ordinal(self, n: u64) -> Row {
        if n == 0 { self.empty(1) } else { self.number(n) }
    }

    pub(crate) fn optional(self, n: Option<u64>) -> Row {
        match n {
            Some(n) => self.number(n),
            None => self.empty(1),
        }
    }

    pub(crate) fn probability(mut self, p: f64) -> Row {
        self.0.push(format!("{:.4}", probability(p)));
        self
    }

    /// A number with so many decimals.
    pub(crate) fn decimal(mut self, x: f64, decimals: usize) -> Row {
        self.0.push(format!("{x:.decimals$}"));
        self
    }

    pub(crate) fn flag(self, flag: bool) -> Row {
        self.text(if flag { "yes" } else { "no" })
    }

    /// A time: what a spreadsheet makes of it is what it is.
    pub(crate) fn time(mut self, seconds: Option<i64>) -> Row {
        self.0.push(seconds.and_then(utc).unwrap_or_default());
        self
    }

    /// A time that is written already.
    pub(crate) fn time_text(mut self, time: &str) -> Row {
        self.0.push(time.to_string());
        self
    }

    /// A day, `YYYY-MM-DD`, or nothing; what is none is text.
    pub(crate) fn day(mut self, day: &str) -> Row {
        let digits = |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
        match day.len() == 10 && day.bytes().enumerate().all(digits) {
            true => {
                self.0.push(day.to_string());
                self
            }
            false => self.text(day),
        }
    }

    pub(crate) fn empty(mut self, cells: usize) -> Row {
        self.0.extend(std::iter::repeat_n(String::new(), cells));
        self
    }
}

impl Sheet {
    /// A table that begins in `output`; `note_column` is where it says that it goes on elsewhere.
    pub(crate) fn new(output: Output, header: &'static [&'static str], note_column: &'static str) -> Result<Sheet> {
        let first = output.path().to_path_buf();
        // A stream has no second file, and no spreadsheet at its end.
        let rows_a_file = if output.is_file() { ROWS_A_FILE } else { u64::MAX };
        let (writer, written) = (Some(writer(output)?), Vec::new());
        Ok(Sheet { writer, header, note_column, rows_a_file, rows: 0, part: 1, first, written })
    }

    /// Writes the header.
    pub(crate) fn begin(&mut self) -> Result<()> {
        let header = self.header;
        self.put(|writer| writer.write_record(header).map_err(io_error))
    }

    /// Writes one row.
    pub(crate) fn row(&mut self, row: Row) -> Result<()> {
        if self.rows == self.rows_a_file {
            self.next_file()?;
        }
        self.rows += 1;
        self.put(|writer| writer.write_record(&row.0).map_err(io_error))
    }

    /// Closes the last file and tells of all.
    pub(crate) fn finish(&mut self) -> Result<Vec<Written>> {
        self.close()?;
        Ok(std::mem::take(&mut self.written))
    }

    fn next_file(&mut self) -> Result<()> {
        let name = |part| part_name(&self.first, part);
        let (old, new) = (name(self.part), name(self.part + 1));
        let path = sibling(&self.first, &new);
        self.note(&format!("goes on in {new}"))?;
        self.close()?;
        // This file grows while the scan runs; by then the scan knows its name as one of ours.
        self.writer = Some(writer(Output::create(&path)?)?);
        self.part += 1;
        self.rows = 0;
        self.begin()?;
        self.note(&format!("goes on from {old}"))
    }

    /// A row that holds nothing but a remark.
    fn note(&mut self, remark: &str) -> Result<()> {
        let (header, column) = (self.header, self.note_column);
        let cells = header.iter().map(|name| match *name {
            name if name == column => cell::text(remark).into_owned(),
            "severity" => "note".to_string(),
            _ => String::new(),
        });
        let cells: Vec<String> = cells.collect();
        self.put(|writer| writer.write_record(&cells).map_err(io_error))
    }

    fn close(&mut self) -> Result<()> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let output = writer.into_inner().map_err(|e| {
            let source = io::Error::new(e.error().kind(), e.error().to_string());
            crate::error::Error::write(&self.first, source)
        })?;
        self.written.push(output.finish()?);
        Ok(())
    }

    fn put(&mut self, write: impl FnOnce(&mut csv::Writer<Output>) -> io::Result<()>) -> Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let done = write(writer);
        done.map_err(|e| writer.get_ref().failed(e))
    }
}

/// A writer that has said that it writes UTF-8.
fn writer(mut output: Output) -> Result<csv::Writer<Output>> {
    output.write_all("\u{feff}".as_bytes()).map_err(|e| output.failed(e))?;
    Ok(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(output))
}

fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::Error::other("a row of another width than the header"),
    }
}

/// The name of part `part` of a table: `findings.csv`, `findings-2.csv`.
pub(super) fn part_name(first: &Path, part: u32) -> String {
    let name = first.file_name().unwrap_or_default().to_string_lossy();
    match (part, name.rsplit_once('.')) {
        (1, _) => name.into_owned(),
        (_, Some((stem, ending))) => format!("{stem}-{part}.{ending}"),
        (_, None) => format!("{name}-{part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::Shared;

    #[test]
    fn rows_are_rfc_4180_with_bom_and_crlf() {
        let shared = Shared::default();
        let output = Output::stream("memory", Box::new(shared.clone()));
        let mut sheet = Sheet::new(output, &["a", "b"], "b").unwrap();
        sheet.begin().unwrap();
        sheet.row(Row::default().text("x,\"y\"\r\nz").number(7)).unwrap();
        sheet.row(Row::default().text("=1").ordinal(0)).unwrap();
        sheet.row(Row::default().day("2026-12-31").day("=2026-12-31")).unwrap();
        sheet.finish().unwrap();
        let rows = "\"x,\"\"y\"\"\r\nz\",7\r\n'=1,\r\n2026-12-31,'=2026-12-31\r\n";
        assert_eq!(shared.text(), format!("\u{feff}a,b\r\n{rows}"));
    }

    #[test]
    fn a_long_table_goes_on_in_a_second_file_and_both_say_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("findings.csv");
        let mut sheet =
            Sheet::new(Output::create(&path).unwrap(), &["id", "severity", "evidence"], "evidence").unwrap();
        sheet.rows_a_file = 2;
        sheet.begin().unwrap();
        for n in 0..3 {
            sheet.row(Row::default().number(n).empty(2)).unwrap();
        }
        let names: Vec<String> = sheet.finish().unwrap().into_iter().map(|file| file.name).collect();
        assert_eq!(names, ["findings.csv", "findings-2.csv"]);
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let head = "\u{feff}id,severity,evidence\r\n";
        assert_eq!(read("findings.csv"), format!("{head}0,,\r\n1,,\r\n,note,goes on in findings-2.csv\r\n"));
        assert_eq!(read("findings-2.csv"), format!("{head},note,goes on from findings.csv\r\n2,,\r\n"));
    }
}
