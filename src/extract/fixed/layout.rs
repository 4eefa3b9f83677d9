//! Where the columns of a fixed-width table stand. In: what somebody wrote down as TOML, or what the head showed. Out: a
//! [`Layout`]. Refuses unknown keys, columns that overlap, and positions that are none.

use serde::Deserialize;

use crate::extract::named::{Holds, Named};
use crate::finding::Place;

/// Most columns a layout may have.
const MOST_COLUMNS: usize = 4096;
/// The longest record, bytes.
const LONGEST: usize = 64 << 10;

/// Where the columns stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// In order, none overlapping another.
    pub columns: Vec<Column>,
    /// Lines before the first record that are text: titles. The header may stand among the records again.
    pub skip: u64,
    /// The line that names the columns, as it stands there.
    pub header: Option<Vec<u8>>,
    /// Bytes of a record where no line end ends it.
    pub length: Option<usize>,
    /// What a line must be like to be a record.
    pub fit: Fit,
}

/// What a line must be like to be a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// Somebody said so.
    #[default]
    Any,
    /// Blank between the columns.
    Blank,
    /// At least this long, in characters.
    Length(usize),
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// As the header or the layout names it.
    pub name: Option<String>,
    /// The first character, from 0.
    pub start: usize,
    /// Behind the last; `None` for the end of the line.
    pub end: Option<usize>,
}

impl Column {
    /// The column as reports say it: its name, or where it stands (`columns 1-11`, from 1 as in the layouts that CMS
    /// publishes).
    pub(super) fn named(&self, index: usize) -> Named {
        let position = match self.end {
            Some(end) if end > self.start + 1 => format!("columns {}-{end}", self.start + 1),
            _ => format!("column {}", self.start + 1),
        };
        let name = self.name.clone().filter(|name| crate::rules::fields::reads_as_header(name)).unwrap_or(position);
        Named {
            place: Place::Column { name: Some(name), index: index as u32 + 1 },
            keys: Vec::new(),
            names: self.name.iter().cloned().collect(),
            holds: Holds::Value,
            subject: None,
            of_another: false,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    skip: u64,
    length: Option<usize>,
    column: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    start: usize,
    end: Option<usize>,
    width: Option<usize>,
}

impl Layout {
    /// Reads a layout: `skip`, the lines before the first record; `length`, bytes of a record where no line ends it; and
    /// for each `[[column]]` its `name`, its first position `start`, from 1, and the last, `end`, or its `width`.
    ///
    /// # Errors
    /// What is wrong with it, in words for whoever wrote it.
    pub fn read(text: &str) -> Result<Layout, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_string())?;
        if file.column.is_empty() || file.column.len() > MOST_COLUMNS {
            return Err(format!("a layout has 1 to {MOST_COLUMNS} columns"));
        }
        if file.length.is_some_and(|length| length == 0 || length > LONGEST) {
            return Err(format!("length is 1 to {LONGEST} bytes"));
        }
        let mut columns = Vec::with_capacity(file.column.len());
        for Line { name, start, end, width } in file.column {
            let end = match (end, width) {
                (Some(_), Some(_)) => return Err(format!("column {name:?} has both end and width")),
                (Some(end), None) => Some(end),
                (None, Some(width)) => Some(start.saturating_add(width).saturating_sub(1)),
                (None, None) => None,
            };
            if start == 0 || end.is_some_and(|end| end < start || end > LONGEST) || start > LONGEST {
                return Err(format!("column {name:?}: positions count from 1, and end is not before start"));
            }
            columns.push(Column { name: Some(name), start: start - 1, end });
        }
        columns.sort_by_key(|column| column.start);
        if let Some(pair) = columns.windows(2).find(|pair| pair[0].end.is_none_or(|end| end > pair[1].start)) {
            let name = |column: &Column| column.name.clone().unwrap_or_default();
            return Err(format!("columns {:?} and {:?} overlap", name(&pair[0]), name(&pair[1])));
        }
        Ok(Layout { columns, skip: file.skip, header: None, length: file.length, fit: Fit::Any })
    }

    /// Where a column stands in a line, in bytes. Positions are characters where the line is UTF-8, else bytes. In a
    /// table with gaps a value may reach into them.
    pub(super) fn span(&self, column: &Column, line: &[u8]) -> (usize, usize) {
        let text = std::str::from_utf8(line).ok().filter(|_| !line.is_ascii() && self.length.is_none());
        let byte = |at: usize| match text {
            Some(text) => text.char_indices().nth(at).map_or(line.len(), |(byte, _)| byte),
            None => at.min(line.len()),
        };
        let (mut start, mut end) = (byte(column.start), column.end.map_or(line.len(), byte));
        if self.fit == Fit::Blank {
            if line.get(start).is_some_and(|b| *b != b' ') {
                start -= line[..start].iter().rev().take_while(|b| **b != b' ').count();
            }
            if end > start && line[end - 1] != b' ' {
                end += line[end..].iter().take_while(|b| **b != b' ').count();
            }
        }
        (start, end)
    }

    /// Whether a line is a record.
    pub(super) fn fits(&self, line: &[u8]) -> bool {
        match self.fit {
            Fit::Any => true,
            Fit::Length(least) => super::super::chars(line) as usize >= least,
            Fit::Blank => {
                let (mut from, mut filled) = (0, 0);
                for column in &self.columns {
                    let (start, end) = self.span(column, line);
                    // A value of the column before reaches into this one, or something stands between them.
                    if start < from || line[from..start].iter().any(|b| *b != b' ') {
                        return false;
                    }
                    filled += usize::from(line[start..end].iter().any(|b| *b != b' '));
                    from = end;
                }
                filled * 2 >= self.columns.len()
            }
        }
    }

    /// Whether a line is the header, which reports print again on each page.
    pub(super) fn is_header(&self, line: &[u8]) -> bool {
        self.header.as_deref().is_some_and(|header| header.trim_ascii() == line.trim_ascii())
    }
}
