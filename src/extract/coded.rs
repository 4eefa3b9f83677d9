//! Files in the values of a document: base64, as JSON, XML and others carry them. In: batches of
//! values, of any format. Out: the files, decoded, each with its place; short text as the value it means. Refuses what does not
//! read as base64 or comes to nothing known: keys, hashes and signatures are left as they stand. `data:` URLs are found
//! in the bytes of a document (`urls.rs`); a value that is one, and no more, is a file of its place too.
//!
//! It is done to values and not in readers, so that every format has it. A long value comes in pieces, which are put together
//! where nothing but blanks stands between them. What was decoded once is a document of its own, and looked at like any.

use std::mem;

use super::named::{Batch, PIECE, Value};
use crate::decode::base64::{decode, is_letter};
use crate::open::{Kind, sniff};

/// Bytes of a file that are given.
pub(crate) const LONGEST: usize = 64 << 20;
/// A shorter value is no text in base64: names and numbers are made of the same letters.
const SHORTEST: usize = 24;
/// Lines of base64 are no shorter, but the last (RFC 2045 6.8: up to 76; RFC 7468: 64). A list of numbers is no base64.
const LINE: usize = 60;
/// Text below this is a value in its place; what is longer may have a structure of its own.
const TEXT: usize = 2048;
/// A known kind of file is told by its first bytes, and a key of a few hundred bytes may begin so by chance.
const FILE: usize = 512;
/// From so many bytes on it is a file even if nobody knows its kind.
const UNKNOWN: usize = 16 << 10;
/// The same where the format itself says that files stand in it: FHIR's `base64Binary`. A SHA-256 is shorter.
pub(super) const ATTACHED: usize = 33;

/// A file that a value holds.
pub(crate) struct File {
    /// Index into [`super::named::Places`].
    pub(crate) place: u32,
    pub(crate) bytes: Vec<u8>,
    /// It was longer than [`LONGEST`].
    pub(crate) cut: bool,
}

/// Finds files in values, a batch at a time.
#[derive(Default)]
pub(crate) struct Coded {
    open: Option<Open>,
    /// Files that ended.
    files: Vec<File>,
    /// The format says that files stand in it.
    pub(crate) attached: bool,
}

/// A long value under way.
struct Open {
    place: u32,
    /// Behind its last piece, in bytes of the document.
    end: u64,
    joined: Joined,
}

/// Base64 that comes in pieces.
#[derive(Default)]
pub(super) struct Joined {
    bytes: Vec<u8>,
    /// Letters that wait for the rest of their four.
    held: Vec<u8>,
    cut: bool,
}

impl Coded {
    /// Takes files out of a batch that starts at `base` of the document, with these bytes; gives those that ended.
    pub(crate) fn take(&mut self, batch: &mut Batch, bytes: &[u8], base: u64) -> Vec<File> {
        let decoded = &mut batch.decoded;
        batch.values.retain_mut(|value| !self.takes(value, decoded, bytes, base));
        // Blanks at the end of the batch belong to no value.
        if let Some(open) = &mut self.open
            && let Some(rest) = open.end.checked_sub(base).and_then(|end| bytes.get(usize::try_from(end).ok()?..))
            && rest.iter().all(u8::is_ascii_whitespace)
        {
            open.end = base + bytes.len() as u64;
        }
        mem::take(&mut self.files)
    }

    /// The last file, at the end of the document.
    pub(crate) fn finish(&mut self) -> Vec<File> {
        self.close();
        mem::take(&mut self.files)
    }

    /// Whether a value is a file, or a piece of one.
    fn takes(&mut self, value: &mut Value, decoded: &mut Vec<u8>, bytes: &[u8], base: u64) -> bool {
        let text = match value.decoded {
            (from, to) if from < to => decoded.get(from as usize..to as usize),
            _ => bytes.get(value.start as usize..value.end as usize),
        };
        let Some(text) = text else { return false };
        if let Some(open) = &mut self.open {
            // The piece before may stand in the batch before, whose end is this one's start.
            let end = open.end.checked_sub(base).and_then(|end| usize::try_from(end).ok());
            let between = end.and_then(|end| bytes.get(end..value.start as usize));
            let near = between.is_some_and(|between| between.iter().all(u8::is_ascii_whitespace));
            if open.place == value.place && near && is_coded(text, false) {
                open.joined.push(text);
                open.end = base + u64::from(value.end);
                return true;
            }
            self.close();
        }
        if text.len() < SHORTEST {
            return false;
        }
        if !is_coded(text, true) || !is_mixed(text) {
            return false;
        }
        if text.len() >= PIECE / 2 - 1024 {
            let end = base + u64::from(value.end);
            let mut open = Open { place: value.place, end, joined: Joined::default() };
            open.joined.push(text);
            self.open = Some(open);
            return true;
        }
        let Some(meant) = decode(text, PIECE) else { return false };
        if says(&meant) {
            value.decoded = (decoded.len() as u32, (decoded.len() + meant.len()) as u32);
            decoded.extend_from_slice(&meant);
            return false;
        }
        self.file(File { place: value.place, bytes: meant, cut: false })
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            let (bytes, cut) = open.joined.finish();
            self.file(File { place: open.place, bytes, cut });
        }
    }

    /// Keeps a file, if it is one.
    fn file(&mut self, file: File) -> bool {
        let known = || !matches!(sniff("", &file.bytes), Kind::Unknown);
        let is_file = match file.bytes.len() {
            0..ATTACHED => false,
            ATTACHED.. if self.attached => true,
            UNKNOWN.. => true,
            FILE.. => known(),
            _ => false,
        };
        if is_file {
            self.files.push(file);
        }
        is_file
    }
}

impl Joined {
    pub(super) fn push(&mut self, piece: &[u8]) {
        self.held.extend(piece.iter().filter(|b| is_letter(**b)));
        let whole = self.held.len() & !3;
        let room = LONGEST - self.bytes.len();
        self.cut |= whole / 4 * 3 > room;
        if let Some(meant) = decode(&self.held[..whole], room) {
            self.bytes.extend_from_slice(&meant);
        }
        self.held.drain(..whole);
    }

    /// The bytes, and whether there were more.
    pub(super) fn finish(mut self) -> (Vec<u8>, bool) {
        let rest = decode(&self.held, LONGEST - self.bytes.len()).unwrap_or_default();
        self.bytes.extend_from_slice(&rest);
        (self.bytes, self.cut)
    }
}

/// Says how much it holds, not what.
impl std::fmt::Debug for Coded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Coded").field("files", &self.files.len()).finish_non_exhaustive()
    }
}

/// Whether a text is base64 in one run or in lines. `first` says that it starts a value, and is not the next piece of one.
fn is_coded(text: &[u8], first: bool) -> bool {
    let letters = |line: &[u8]| {
        let end = line.iter().rposition(|b| *b != b'=').map_or(0, |at| at + 1);
        line.len() - end <= 2 && line[..end].iter().all(|b| is_letter(*b))
    };
    let mut lines = text.split(|b| b.is_ascii_whitespace()).filter(|line| !line.is_empty()).peekable();
    let mut whole = first;
    let mut any = false;
    while let Some(line) = lines.next() {
        if (whole && line.len() < LINE && lines.peek().is_some()) || !letters(line) {
            return false;
        }
        (whole, any) = (true, true);
    }
    any
}

/// Whether it has letters of both cases, as base64 has, and words, numbers and hexadecimal digits have not.
fn is_mixed(text: &[u8]) -> bool {
    let shown = &text[..text.len().min(512)];
    shown.iter().any(u8::is_ascii_uppercase) && shown.iter().any(u8::is_ascii_lowercase)
}

/// Whether bytes are a short text, which is a value in its place.
pub(crate) fn says(bytes: &[u8]) -> bool {
    bytes.len() < TEXT && is_text(bytes)
}

/// Whether bytes are text as people write it, and no format of its own.
fn is_text(bytes: &[u8]) -> bool {
    let control = |b: &u8| *b < 0x20 && !b.is_ascii_whitespace();
    str::from_utf8(bytes).is_ok() && !bytes.iter().any(control) && sniff("", bytes) == Kind::Text("text")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Base64 in lines of a length; 0 for one run.
    pub(crate) fn coded(bytes: &[u8], line: usize) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for three in bytes.chunks(3) {
            let bits = three.iter().fold(0u32, |bits, b| bits << 8 | u32::from(*b)) << (8 * (3 - three.len()));
            for n in 0..4 {
                let letter = LETTERS[(bits >> (18 - 6 * n)) as usize & 63];
                out.push(if n <= three.len() { char::from(letter) } else { '=' });
            }
            if line > 0 && (out.len() + 1).is_multiple_of(line + 1) {
                out.push('\n');
            }
        }
        out
    }

    /// Files of values that come in pieces of a size, blanks trimmed; and how many values are left.
    fn found(value: &str, piece: usize, attached: bool) -> (Vec<Vec<u8>>, usize) {
        let (mut coded, mut files, mut left) = (Coded { attached, ..Coded::default() }, Vec::new(), 0);
        for (n, bytes) in value.as_bytes().chunks(piece).enumerate() {
            let trimmed = bytes.trim_ascii();
            let start = bytes.len() - bytes.trim_ascii_start().len();
            let (start, end) = (start as u32, (start + trimmed.len()) as u32);
            let value = Value { place: 3, record: 1, start, end, decoded: (0, 0) };
            let mut batch = Batch { decoded: Vec::new(), values: vec![value] };
            files.extend(coded.take(&mut batch, bytes, (n * piece) as u64));
            left += batch.values.len();
        }
        files.extend(coded.finish());
        (files.into_iter().map(|file| file.bytes).collect(), left)
    }

    #[test]
    fn files_are_found_in_one_piece_and_in_many() {
        let pdf: Vec<u8> =
            b"%PDF-1.4\n".iter().copied().chain((0..200_000u32).map(|n| (n.wrapping_mul(n) >> 7) as u8)).collect();
        for line in [0, 64, 76] {
            let text = coded(&pdf, line);
            assert_eq!(found(&text, PIECE, false), (vec![pdf.clone()], 0), "{line}");
            assert_eq!(found(&text, PIECE - 777, false), (vec![pdf.clone()], 0), "{line}");
            let short = coded(&pdf[..900], line);
            assert_eq!(found(&short, PIECE, false), (vec![pdf[..900].to_vec()], 0), "{line}");
        }
    }

    #[test]
    fn short_text_is_a_value() {
        let mut batch = Batch::default();
        let text = coded("SSN: 536-22-8145, seen today".as_bytes(), 0);
        batch.values.push(Value { place: 0, record: 1, start: 0, end: text.len() as u32, decoded: (0, 0) });
        assert!(Coded::default().take(&mut batch, text.as_bytes(), 0).is_empty());
        let (from, to) = batch.values[0].decoded;
        assert_eq!(&batch.decoded[from as usize..to as usize], b"SSN: 536-22-8145, seen today");
    }

    #[test]
    fn what_is_no_file_stays_where_it_is() {
        let noise: Vec<u8> = (0..400u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let numbers = "536904398\n".repeat(400);
        let hex: String = noise.iter().map(|b| format!("{b:02x}")).collect();
        for text in [
            "Patient was seen today, all is well with her",
            "536904398536904398536904398536904398",
            &numbers,
            &hex,
            &coded(&noise, 0),
            "PatientDemographicsInquiryResponse",
            "data:text/plain,hello%20you%20there",
            "",
        ] {
            assert_eq!(found(text, PIECE, false), (vec![], usize::from(!text.is_empty())), "{text:.40}");
        }
        assert_eq!(found(&coded(&noise, 0), PIECE, true).0.len(), 1, "where the format says so");
    }

    #[test]
    fn a_long_value_is_cut() {
        let mut open = Joined::default();
        let piece = vec![b'A'; 8 << 20];
        for _ in 0..12 {
            open.push(&piece);
        }
        let (bytes, cut) = open.finish();
        assert_eq!((bytes.len(), cut), (LONGEST, true));
    }
}
