//! A table of ours as it comes back from a spreadsheet. In: the bytes of a file, in any encoding and with any separator and order
//! of columns a spreadsheet saves. Out: rows, cells by the name of their column, and lines. Refuses a file without a
//! header.

use std::collections::HashMap;

/// A table that was read.
pub(crate) struct Saved {
    columns: HashMap<String, usize>,
    rows: Vec<(u64, csv::StringRecord)>,
}

/// One row of it.
#[derive(Clone, Copy)]
pub(crate) struct SavedRow<'a> {
    columns: &'a HashMap<String, usize>,
    record: &'a csv::StringRecord,
    /// From 1.
    pub(crate) line: u64,
}

impl Saved {
    /// Reads a table.
    pub(crate) fn read(bytes: &[u8]) -> Result<Saved, String> {
        let text = text(bytes);
        // A first line that tells a spreadsheet the separator; lines are counted with it.
        let (skipped, text) = match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
            Some((_, rest)) => (1, rest),
            None => (0, text.as_str()),
        };
        let mut builder = csv::ReaderBuilder::new();
        let mut reader =
            builder.delimiter(separator(text)).flexible(true).has_headers(false).from_reader(text.as_bytes());
        let mut records = reader.records().map_while(Result::ok);
        let header = records.next().ok_or("the file is empty")?;
        let columns = header.iter().enumerate().map(|(at, name)| (cell(name).to_lowercase(), at)).collect();
        let rows = records.map(|record| (record.position().map_or(0, |at| at.line()) + skipped, record)).collect();
        Ok(Saved { columns, rows })
    }

    /// Which of these columns are not there.
    pub(crate) fn missing<'a>(&self, names: &[&'a str]) -> Vec<&'a str> {
        names.iter().copied().filter(|name| !self.columns.contains_key(*name)).collect()
    }

    /// The rows that hold anything.
    pub(crate) fn rows(&self) -> impl Iterator<Item = SavedRow<'_>> {
        let rows = self.rows.iter().map(|(line, record)| SavedRow { columns: &self.columns, record, line: *line });
        rows.filter(|row| row.record.iter().any(|text| !cell(text).is_empty()))
    }
}

impl SavedRow<'_> {
    /// The cell of this column; empty where there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.columns.get(name).and_then(|at| self.record.get(*at)).map_or("", cell)
    }

    /// The number in the cell of this column, with a point or a comma.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.get(name).replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
    }
}

/// A cell without what spreadsheets and we put around a text: blanks, the `'` that makes a text of it.
fn cell(text: &str) -> &str {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    text.strip_prefix('\'').unwrap_or(text).trim()
}

/// The file as text, whatever a spreadsheet saved it as: with a mark, as UTF-8, or in the code page of Windows.
fn text(bytes: &[u8]) -> String {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_string(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
    }
}

/// What stands between the names of the header: the separator that occurs most in the first line.
fn separator(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |mark: u8| first.bytes().filter(|byte| *byte == mark).count();
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|mark| count(*mark)).unwrap_or(b',')
}
