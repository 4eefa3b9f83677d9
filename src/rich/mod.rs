//! Documents that libraries read: Office, PDF, databases, columnar files, mail. In: a file that can be read from any place.
//! Out: its *parts*, one after the other, each a stream of plain bytes: text, the rows of a table, or an embedded file.
//! Refuses nothing by itself: what a library does not survive ends its process, and is a gap.
//!
//! A reader here runs in a worker process and never in the scanner. What it gives goes over a pipe, so it borrows
//! nothing from the document. It does not look for anything: parts are scanned like any other document, by the process that
//! asked for them. So a format is one function from a file to [`Parts`], and knows nothing of rules.

use std::io::{Read, Seek};
use std::sync::Arc;

use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::open::ReadAt;

#[cfg(feature = "columnar")]
mod columnar;
#[cfg(feature = "mail")]
mod mail;
#[cfg(feature = "office")]
mod office;
#[cfg(feature = "pdf")]
mod pdf;
#[cfg(feature = "sevenz")]
mod sevenz;
#[cfg(feature = "sqlite")]
mod sqlite;
pub mod table;
pub mod trial;

/// A document as a library wants it.
pub trait Document: Read + Seek {}

impl<T: Read + Seek> Document for T {}

/// What a part holds, and so how it is scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The text of the document itself: it is scanned under the document's own name. One at most, and the first part.
    Body,
    /// Text in UTF-8 that stands elsewhere in the document: comments, properties, deleted revisions.
    Text,
    /// Rows written by [`table::Rows`]: a sheet, a table of a database.
    Table,
    /// A file in the document, of a kind of its own: an attachment. It is looked at like any member of an archive.
    File,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name, the last part of its locator: `Sheet1`, `patients`, `scan.pdf`. Not used for a [`Form::Body`].
    pub name: String,
    /// What it holds.
    pub form: Form,
    /// What reports call the place, where it is more than text or a column: the sheet with what hides it (`Data (very
    /// hidden)`), `deleted text`, `pivot cache`. Words of ours and names of sheets; never other content.
    pub place: Option<String>,
}

/// Who takes the parts of a document.
pub trait Parts {
    /// Begins a part. The one before it has ended.
    ///
    /// # Errors
    /// Where no more parts are wanted: the reader ends with the same halt.
    fn begin(&mut self, part: &Part) -> Result<(), Halt>;

    /// Bytes of the part that was begun.
    ///
    /// # Errors
    /// As of [`begin`](Parts::begin).
    fn write(&mut self, bytes: &[u8]) -> Result<(), Halt>;

    /// The part has ended.
    ///
    /// # Errors
    /// As of [`begin`](Parts::begin).
    fn end(&mut self) -> Result<(), Halt>;

    /// Something of the document was not read, and reading goes on: a page that is a picture, a sheet that is damaged.
    /// `part` names what, `detail` says why; neither holds content.
    ///
    /// # Errors
    /// As of [`begin`](Parts::begin).
    fn gap(&mut self, part: Option<&str>, reason: Reason, detail: &str) -> Result<(), Halt>;

    /// Work was done that gave no bytes: cells stepped over, nodes visited. Says that the reader is alive, and spends its budget.
    ///
    /// # Errors
    /// Where the budget is spent.
    fn work(&mut self, units: u64) -> Result<(), Halt>;
}

/// What a reader is asked.
#[derive(Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The format as `open` calls it.
    pub format: &'a str,
    /// The document's own name, for formats that only a name tells apart.
    pub name: &'a str,
    /// Passwords to try on a protected document, in this order.
    pub passwords: &'a [String],
    /// Opens a file beside the document that belongs to it: `-wal` is the write-ahead log of a database, whose name is the
    /// database's with this appended; the empty name is the database of a log; `memo` is what holds a table's texts. `None` where there is none, as for a member of
    /// an archive.
    pub beside: Option<&'a Beside<'a>>,
    /// The document itself, for libraries that must own it; `None` where it is only lent.
    pub own: Option<&'a Arc<dyn ReadAt + Send>>,
}

/// Opens a file beside a document.
pub type Beside<'a> = dyn Fn(&str) -> Option<Box<dyn Document>> + 'a;

/// Names the format only: names of documents may hold values.
impl std::fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asked").field("format", &self.format).finish_non_exhaustive()
    }
}

/// Reads a document and hands out its parts. Runs in a worker: it may die of what it reads.
pub type Reader = fn(Asked<'_>, &mut dyn Document, &mut dyn Parts) -> Result<(), Halt>;

/// Formats, as `open` calls them, and their readers.
const READERS: &[(&str, Reader)] = &[
    #[cfg(feature = "sevenz")]
    ("7z", sevenz::read),
    #[cfg(feature = "pdf")]
    ("pdf", pdf::read),
    #[cfg(feature = "sqlite")]
    ("sqlite", sqlite::read),
    #[cfg(feature = "columnar")]
    ("parquet", columnar::parquet::read),
    #[cfg(feature = "columnar")]
    ("avro", columnar::avro::read),
    #[cfg(feature = "columnar")]
    ("arrow", columnar::arrow::read),
    #[cfg(feature = "columnar")]
    ("dbf", columnar::dbase::read),
    #[cfg(feature = "columnar")]
    ("memo", columnar::memo::read),
    #[cfg(feature = "mail")]
    ("mail", mail::read),
    #[cfg(feature = "mail")]
    ("msg", mail::read_msg),
    #[cfg(feature = "mail")]
    ("tnef", mail::read_tnef),
    #[cfg(feature = "office")]
    ("xlsx", office::read),
    #[cfg(feature = "office")]
    ("xlsb", office::read),
    #[cfg(feature = "office")]
    ("docx", office::read),
    #[cfg(feature = "office")]
    ("pptx", office::read),
    #[cfg(feature = "office")]
    ("odt", office::read),
    #[cfg(feature = "office")]
    ("ods", office::read),
    #[cfg(feature = "office")]
    ("odp", office::read),
    #[cfg(feature = "office")]
    ("odg", office::read),
    #[cfg(feature = "office")]
    ("vsdx", office::read),
    #[cfg(feature = "office")]
    ("xls", office::read),
    #[cfg(feature = "office")]
    ("doc", office::read),
    #[cfg(feature = "office")]
    ("ppt", office::read),
    #[cfg(feature = "office")]
    ("ole", office::read),
];

/// Formats of the features that can be left out of the program.
const FEATURES: &[(&str, bool, &[&str])] = &[
    (
        "office",
        cfg!(feature = "office"),
        &["docx", "xlsx", "xlsb", "pptx", "odt", "ods", "odp", "odg", "vsdx", "doc", "xls", "ppt", "ole"],
    ),
    ("pdf", cfg!(feature = "pdf"), &["pdf"]),
    ("sqlite", cfg!(feature = "sqlite"), &["sqlite"]),
    ("columnar", cfg!(feature = "columnar"), &["parquet", "avro", "arrow", "dbf", "memo"]),
    // A mail is text too, and read as such where nobody takes it apart.
    ("mail", cfg!(feature = "mail"), &["msg", "tnef"]),
    ("sevenz", cfg!(feature = "sevenz"), &["7z"]),
];

/// The reader of a format, where it is built in.
pub fn reader(format: &str) -> Option<Reader> {
    if format == trial::FORMAT && trial::is_on() {
        return Some(trial::read);
    }
    READERS.iter().find(|(name, _)| *name == format).map(|(_, reader)| *reader)
}

/// The format of a document that a library reads, as this module calls it: `open` calls it `format`, and it starts with `head`.
pub fn format(format: &'static str, head: &[u8]) -> Option<&'static str> {
    if head.starts_with(trial::MARK) && trial::is_on() {
        return Some(trial::FORMAT);
    }
    (reader(format).is_some() || feature_off(format).is_some()).then_some(format)
}

/// The feature that reads a format, where the program was built without it.
pub fn feature_off(format: &str) -> Option<&'static str> {
    FEATURES.iter().find(|(_, on, formats)| !on && formats.contains(&format)).map(|(name, _, _)| *name)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Parts as they come, for tests of readers.
    #[derive(Default)]
    pub(crate) struct Collected {
        pub(crate) parts: Vec<(Part, Vec<u8>)>,
        pub(crate) gaps: Vec<(Option<String>, Reason, String)>,
    }

    impl Parts for Collected {
        fn begin(&mut self, part: &Part) -> Result<(), Halt> {
            self.parts.push((part.clone(), Vec::new()));
            Ok(())
        }

        fn write(&mut self, bytes: &[u8]) -> Result<(), Halt> {
            self.parts.last_mut().expect("a part was begun").1.extend_from_slice(bytes);
            Ok(())
        }

        fn end(&mut self) -> Result<(), Halt> {
            Ok(())
        }

        fn gap(&mut self, part: Option<&str>, reason: Reason, detail: &str) -> Result<(), Halt> {
            self.gaps.push((part.map(str::to_string), reason, detail.to_string()));
            Ok(())
        }

        fn work(&mut self, _: u64) -> Result<(), Halt> {
            Ok(())
        }
    }

    /// Whatever was built in: a format is read, or it is known whose part of the program is missing.
    #[test]
    fn a_format_has_its_reader_or_the_feature_that_is_off() {
        for (feature, on, formats) in FEATURES {
            for name in *formats {
                assert_eq!(reader(name).is_some(), *on, "{name}");
                assert_eq!(feature_off(name), (!on).then_some(*feature), "{name}");
                assert_eq!(format(name, b""), Some(*name));
            }
        }
        assert_eq!((format("orc", b"ORC"), feature_off("orc")), (None, None));
    }

    #[test]
    fn rows_are_quoted_where_they_must_be() {
        let mut parts = Collected::default();
        parts.begin(&Part { name: "Sheet1".to_string(), form: Form::Table, place: None }).expect("taken");
        let mut rows = table::Rows::new(&mut parts);
        for row in [["a", "b \"c\""], ["d\ne", ""]] {
            row.iter().for_each(|field| rows.field(field));
            rows.end().expect("taken");
        }
        rows.flush().expect("taken");
        assert_eq!(parts.parts[0].1, b"a\x1f\"b \"\"c\"\"\"\n\"d\ne\"\x1f\n");
    }
}
