//! Names bytes. In: a document's head and windows of its bytes. Out: a [`Layout`] fixed from the head, and chunks whose
//! every record, line and column is known exactly, wherever the document was cut. Refuses nothing: what is no table
//! is text.
//!
//! A large document is cut at fixed offsets. Each [`Chunk`] owns the bytes of its `core`; it is summarised without
//! knowing what came before ([`Fold`]), the summaries are chained ([`Entry::after`]), and so each chunk learns its exact
//! entry state. A chunk owns its bytes and borrows nothing: it could be sent over a pipe.

pub(crate) mod coded;
pub mod dialect;
pub mod dicom;
mod fhir;
pub mod fixed;
mod grid;
pub mod hl7;
mod html;
mod json;
mod lines;
mod logs;
pub mod marks;
mod messages;
pub mod named;
pub mod ncpdp;
pub(crate) mod nested;
pub mod rows;
mod rtf;
pub mod sql;
mod stride;
pub mod systems;
pub(crate) mod urls;
mod values;
pub mod x12;
pub mod xml;
mod yaml;

use crate::extract::dialect::Dialect;

/// Bytes of a chunk's core.
pub const CORE: usize = 1 << 20;
/// Bytes before the core that a chunk carries, for words that speak about a value.
pub const BEFORE: usize = 512;
/// Bytes behind the core up to which a chunk reads a record that starts in it; what lies further belongs to the chunks
/// behind it.
pub const AFTER: usize = 64 << 10;
/// Bytes behind these that a chunk carries: a value that starts before the border may end behind it, and the words after
/// a value count.
pub const SLACK: usize = 512;

/// How documents are cut. [`Cut::default`] outside of tests, which compare it with others: what is found must not depend
/// on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// See [`CORE`].
    pub core: usize,
    /// See [`AFTER`].
    pub after: usize,
}

impl Default for Cut {
    fn default() -> Cut {
        Cut { core: CORE, after: AFTER }
    }
}

impl Cut {
    /// Bytes of a chunk from its core on.
    pub fn window(self) -> usize {
        self.core + self.after + SLACK
    }
}

/// How a document's bytes are arranged; fixed from its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Lines of any length.
    Text,
    /// Delimited rows.
    Rows(Dialect),
    /// Values that the format names, read in order by a [`named::Reader`].
    Values {
        /// The byte that ends lines.
        line_end: u8,
    },
}

/// A window of a document.
#[derive(Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Offset of `bytes[0]` in the document.
    pub base: u64,
    /// The window: a little before the core, the core, a little behind it.
    pub bytes: Vec<u8>,
    /// The part this chunk owns.
    pub core: std::ops::Range<usize>,
    /// The state at the start of the core.
    pub entry: Entry,
    /// Whether the document ends where the window ends: then what stands there is whole, and not cut.
    pub ends: bool,
}

/// Says how long it is, not what it holds.
impl std::fmt::Debug for Chunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chunk").field("base", &self.base).field("core", &self.core).field("entry", &self.entry).finish()
    }
}

/// Where a byte stands: everything that must be known to go on reading from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Lines ended before it.
    pub lines: u64,
    /// Characters before it in its line.
    pub chars: u64,
    /// Rows ended before it.
    pub rows: u64,
    /// Fields ended before it in its row.
    pub fields: u64,
    /// Whether it stands inside quotes.
    pub quote: Quote,
    /// Bytes of the document before it, where the text that is read was decoded from them; else not kept.
    pub origin: u64,
}

/// The state of the quotes at a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// Outside.
    Outside,
    /// Inside.
    Inside,
    /// A quote inside quotes came right before: this byte says whether it was doubled or closed them.
    Pending,
}

impl Entry {
    /// At the start of a document.
    pub const START: Entry = Entry { lines: 0, chars: 0, rows: 0, fields: 0, quote: Quote::Outside, origin: 0 };

    /// The state behind a stretch of bytes that starts in this state.
    pub fn after(self, fold: &Fold) -> Entry {
        let rows = match self.quote {
            Quote::Outside => fold.outside,
            Quote::Inside => fold.inside,
            Quote::Pending => fold.pending,
        };
        Entry {
            lines: self.lines + fold.lines,
            chars: if fold.lines > 0 { fold.tail_chars } else { self.chars + fold.tail_chars },
            rows: self.rows + rows.rows,
            fields: if rows.rows > 0 { rows.tail_fields } else { self.fields + rows.tail_fields },
            quote: rows.exit,
            origin: self.origin,
        }
    }
}

/// What a stretch of bytes does to any [`Entry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Lines ended in it.
    pub lines: u64,
    /// Characters behind the last line end, or in all of it where no line ends.
    pub tail_chars: u64,
    /// What it does to the rows, entered outside quotes.
    pub outside: RowFold,
    /// Entered inside quotes.
    pub inside: RowFold,
    /// Entered right behind a quote inside quotes.
    pub pending: RowFold,
}

/// What a stretch of bytes does to the rows, for one entry state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowFold {
    /// Rows ended in it.
    pub rows: u64,
    /// Fields ended behind the last row end, or in all of it where no row ends.
    pub tail_fields: u64,
    /// The state of the quotes behind it.
    pub exit: Quote,
}

impl Layout {
    /// The layout of a document, from its name, the format `open` recognised and its head. `complete` says that the
    /// head is the whole document.
    /// `known` says whether a field name is in the vocabulary.
    pub fn of(name: &str, format: &str, head: &[u8], complete: bool, known: &dyn Fn(&str) -> bool) -> Layout {
        match format {
            "text" => dialect::detect(name, head, complete, known).map_or(Layout::Text, Layout::Rows),
            _ => Layout::Text,
        }
    }

    /// The byte that ends lines.
    pub fn line_end(&self) -> u8 {
        match self {
            Layout::Text => b'\n',
            Layout::Rows(dialect) => dialect.line_end,
            Layout::Values { line_end } => *line_end,
        }
    }

    /// What `core` does to any entry state; `before` is the byte before it, `None` at the start of the document.
    pub fn fold(&self, before: Option<u8>, core: &[u8]) -> Fold {
        let line_end = self.line_end();
        let lines = memchr::memchr_iter(line_end, core).count() as u64;
        let tail = match memchr::memrchr(line_end, core) {
            Some(at) => &core[at + 1..],
            None => core,
        };
        let plain = RowFold { rows: 0, tail_fields: 0, exit: Quote::Outside };
        let (outside, inside, pending) = match self {
            Layout::Text | Layout::Values { .. } => (plain, plain, plain),
            // Without a quote every line is a row outside quotes, and none is inside.
            Layout::Rows(dialect) if memchr::memchr(b'"', core).is_none() => {
                let tail_fields = memchr::memchr_iter(dialect.delimiter, tail).count() as u64;
                let outside = RowFold { rows: lines, tail_fields, exit: Quote::Outside };
                let inside = RowFold { exit: Quote::Inside, ..plain };
                (outside, inside, if core.is_empty() { RowFold { exit: Quote::Pending, ..plain } } else { outside })
            }
            Layout::Rows(dialect) => (
                rows::fold(dialect, before, core, Quote::Outside),
                rows::fold(dialect, before, core, Quote::Inside),
                rows::fold(dialect, before, core, Quote::Pending),
            ),
        };
        Fold { lines, tail_chars: chars(tail), outside, inside, pending }
    }
}

/// The byte that ends the lines of a document: `\n`, unless its head has only `\r`.
pub fn line_end(head: &[u8]) -> u8 {
    match (memchr::memchr(b'\n', head), memchr::memchr(b'\r', head)) {
        (None, Some(_)) => b'\r',
        _ => b'\n',
    }
}

/// The reader of a format that names its values; `None` where there is none, or the head does not bear it out. `format` is
/// what `open` recognised.
pub fn reader(format: &str, name: &str, head: &[u8]) -> Option<Box<dyn named::Reader>> {
    let _ = name;
    #[cfg(test)]
    if name.ends_with(".marked") {
        return Some(Box::new(named::tests::Marked));
    }
    match format {
        "json" | "ndjson" => Some(Box::new(json::Json::new(head))),
        "hl7" => Some(Box::new(hl7::Hl7::default())),
        "ncpdp" => Some(Box::new(ncpdp::Ncpdp::default())),
        "x12" => Some(Box::new(x12::X12::default())),
        "xml" => xml::reader(head),
        "dicom" => Some(Box::new(dicom::Dicom::new())),
        "sql" => sql::reader(head),
        "html" => Some(Box::new(html::Html::default())),
        "rtf" => Some(Box::new(rtf::Rtf::default())),
        "vcard" => Some(Box::new(lines::Lines::new(lines::Form::Card))),
        "icalendar" => Some(Box::new(lines::Lines::new(lines::Form::Calendar))),
        "ldif" => Some(Box::new(lines::Lines::new(lines::Form::Ldif))),
        "yaml" => yaml::reader(head),
        "ini" => lines::settings(head),
        "log" => messages::reader(head).or_else(|| logs::reader(head, true)),
        "text" => messages::reader(head).or_else(|| logs::reader(head, false)),
        _ => messages::reader(head),
    }
}

/// How a document is read that nobody says anything of: by a reader, or as its layout says. A fixed-width table is the last that
/// text may be. `complete` says that the head is the whole document; `known` whether a field name is in the vocabulary.
pub fn arrange(
    (name, format): (&str, &str),
    (head, complete): (&[u8], bool),
    known: &dyn Fn(&str) -> bool,
) -> (Option<Box<dyn named::Reader>>, Layout) {
    let table = if format == "text" { nested::table_reader(head) } else { None };
    if let Some(reader) = table.or_else(|| reader(format, name, head)) {
        return (Some(reader), Layout::Text);
    }
    // Commas in values make no columns where a line of dashes shows them.
    let ruled = if format == "text" { fixed::ruled(name, head, complete) } else { None };
    if let Some(layout) = ruled {
        return (Some(fixed::reader(layout)), Layout::Text);
    }
    match Layout::of(name, format, head, complete, known) {
        Layout::Text if format == "text" => {
            (fixed::infer(name, head, complete, known).map(fixed::reader), Layout::Text)
        }
        layout => (None, layout),
    }
}

/// Characters of UTF-8 text: the bytes that do not continue one.
pub fn chars(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| (**b as i8) >= -0x40).count() as u64
}
