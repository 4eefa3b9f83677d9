//! Text with marks in it: the narrative of a clinical document, XHTML. In: its elements and runs of text. Out: one text for each
//! paragraph, item or table row, so that a label and what it labels stay together. Refuses nothing: elements it does not know
//! are inline.
//!
//! In a table each cell is given behind the head of its column: `DOB: 1957-03-14; Phone: 251-432-8841`.

use std::ops::Range;

/// Columns of a table whose heads are kept.
const HEADS: usize = 64;
/// Bytes of a head that are kept.
const HEAD: usize = 96;

/// A text that is being put together.
#[derive(Debug, Default)]
pub(super) struct Prose {
    /// What was put together so far, white space folded.
    text: Vec<u8>,
    /// Where its runs stand, in bytes of the batch.
    span: Range<usize>,
    /// The text is one run, as it stands in the document.
    whole: bool,
    heads: Vec<Vec<u8>>,
    in_head: bool,
    row: Option<Row>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    cell: usize,
    /// Where the cell that is open starts in the text, and whether it is a head.
    open: Option<(usize, bool)>,
}

/// What to do with the text that was put together when an element starts or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Break {
    /// It goes on.
    None,
    /// It is complete: to be [taken](Prose::take) before going on.
    Here,
}

/// Elements that stand for themselves, in XHTML and in CDA's narrative block.
fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"p" | b"paragraph"
            | b"para"
            | b"div"
            | b"li"
            | b"item"
            | b"list"
            | b"ul"
            | b"ol"
            | b"dl"
            | b"table"
            | b"thead"
            | b"tbody"
            | b"tfoot"
            | b"tr"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"title"
            | b"text"
            | b"section"
            | b"pre"
    )
}

/// Elements that mark a part of a word.
fn is_glued(name: &[u8]) -> bool {
    matches!(name, b"b" | b"i" | b"u" | b"em" | b"strong" | b"sub" | b"sup" | b"font" | b"a" | b"span")
}

impl Prose {
    /// Whether nothing was put together.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Bytes put together.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Forgets the table it was in.
    pub(super) fn begin(&mut self) {
        self.heads.clear();
        self.in_head = false;
        self.row = None;
    }

    /// Whether the text that was put together ends before this element.
    pub(super) fn before_open(&self, name: &[u8]) -> Break {
        if self.row.is_none_or(|row| row.open.is_none()) && is_block(name) { Break::Here } else { Break::None }
    }

    /// An element starts.
    pub(super) fn open(&mut self, name: &[u8]) {
        match name {
            b"table" => self.begin(),
            b"thead" => self.in_head = true,
            b"tr" => self.row = Some(Row { cell: 0, open: None }),
            b"td" | b"th" => {
                let is_head = name == b"th";
                let Some(mut row) = self.row else { return self.space() };
                if !is_head && !self.in_head && self.heads.get(row.cell).is_some_and(|head| !head.is_empty()) {
                    let head = std::mem::take(&mut self.heads[row.cell]);
                    self.add(&head);
                    self.add(b": ");
                    self.heads[row.cell] = head;
                }
                row.open = Some((self.text.len(), is_head));
                self.row = Some(row);
            }
            b"br" => self.add(b"\n"),
            name if is_glued(name) => {}
            _ => self.space(),
        }
    }

    /// An element ends; whether the text ends with it.
    pub(super) fn close(&mut self, name: &[u8]) -> Break {
        match name {
            b"td" | b"th" => {
                if let Some(row) = &mut self.row
                    && let Some((start, is_head)) = row.open.take()
                {
                    let cell = self.text[start.min(self.text.len())..].trim_ascii();
                    let labels = !cell.is_empty()
                        && cell.len() <= 40
                        && !cell.ends_with(b":")
                        && !cell.iter().any(u8::is_ascii_digit)
                        && (is_head || row.cell == 0 && self.heads.is_empty());
                    let empty = cell.is_empty();
                    let heads_column = self.in_head || (is_head && self.heads.len() == row.cell);
                    if heads_column && self.heads.len() < HEADS {
                        self.heads.push(cell[..cell.len().min(HEAD)].trim_ascii_end().to_vec());
                    }
                    row.cell += 1;
                    if labels {
                        self.add(b": ");
                    } else if !empty {
                        self.add(b"; ");
                    }
                }
                Break::None
            }
            b"thead" => {
                self.in_head = false;
                Break::Here
            }
            b"tr" => {
                // Heads beside their cells name a row, not a column.
                if let Some(row) = self.row.take()
                    && !self.in_head
                    && self.heads.len() < row.cell
                {
                    self.heads.clear();
                }
                Break::Here
            }
            b"dt" | b"caption" | b"label" => {
                self.add(b": ");
                Break::None
            }
            name if self.row.is_none() && is_block(name) => Break::Here,
            name => {
                if !is_glued(name) {
                    self.space();
                }
                Break::None
            }
        }
    }

    /// A run of text: where it stands, what it says, and whether that is what stands there.
    pub(super) fn run(&mut self, span: Range<usize>, text: &[u8], same: bool) {
        if self.text.is_empty() {
            self.whole = same;
            self.span = span;
        } else {
            if !text.trim_ascii().is_empty() {
                self.whole = false;
            }
            self.span.end = span.end;
        }
        let mut blank = false;
        for byte in text {
            if byte.is_ascii_whitespace() {
                blank = true;
                continue;
            }
            if std::mem::take(&mut blank) {
                self.space();
            }
            self.text.push(*byte);
        }
        if blank {
            self.space();
        }
    }

    /// The text, where it stands, and whether it is what stands there; then it is empty.
    pub(super) fn take(&mut self) -> Option<(Range<usize>, bool)> {
        let blank = self.text.trim_ascii().is_empty();
        (!blank).then_some((self.span.clone(), self.whole))
    }

    /// The text.
    pub(super) fn text(&self) -> &[u8] {
        self.text.trim_ascii()
    }

    /// Starts another text.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        if let Some((start, _)) = self.row.as_mut().and_then(|row| row.open.as_mut()) {
            *start = 0;
        }
    }

    fn space(&mut self) {
        if self.text.last().is_some_and(|b| !b.is_ascii_whitespace()) {
            self.text.push(b' ');
        }
    }

    /// Words of ours or of another place.
    fn add(&mut self, words: &[u8]) {
        if self.text.last() == Some(&b' ') && !words.starts_with(b"\n") && matches!(words.first(), Some(b':' | b';')) {
            self.text.pop();
        }
        self.whole = false;
        self.text.extend_from_slice(words);
    }
}
