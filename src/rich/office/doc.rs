//! Documents of Word 6 to 2003 ([MS-DOC]). In: the stream of a document and its table of pieces. Out: text; notes, headers and comments by
//! themselves; what fast saving left behind between the pieces as deleted text. Refuses what is encrypted and no password opens.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::biff::{narrow, u16_at, u32_at, wide};
use super::legacy::{Lock, WORD_BLOCK};
use super::ole::Compound;
use super::out::{Out, part};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Form, Parts};

/// Bytes of the head of a document that say where all else is (2.5.1).
const HEAD: u64 = 2_048;
/// Pieces of one document.
const PIECES: usize = 1_000_000;
/// Bytes read at a time.
const STEP: u64 = 64 << 10;
/// Bytes of a table of pieces.
const TABLE: u64 = 64 << 20;
/// Text of this many characters is left between pieces at most; more is no text.
const LEFT: u64 = 8 << 20;

/// Stretches of the characters of a document, in order: where in the head their length stands, and what they are (2.5.4).
const STRETCHES: [(usize, &str); 7] = [
    (0x4c, ""),
    (0x50, "footnotes"),
    (0x54, "headers and footers"),
    (0x5c, "comments"),
    (0x60, "endnotes"),
    (0x64, "text boxes"),
    (0x68, "text boxes of headers"),
];

/// Bytes of the stream that are text.
#[derive(Clone, Copy)]
struct Piece {
    start: u64,
    /// Characters.
    count: u64,
    is_wide: bool,
}

impl Piece {
    fn bytes(self) -> u64 {
        if self.is_wide { self.count * 2 } else { self.count }
    }
}

/// Reads a document, as the body of its file or as a part of it.
///
/// # Errors
/// Where it is encrypted or damaged, or no more is wanted.
pub(super) fn read(
    file: &mut Compound<'_>,
    path: &Path,
    body: bool,
    passwords: &[String],
    out: &mut Out<'_>,
) -> Result<(), Halt> {
    let damaged = || Halt::new(Reason::Malformed, "a damaged Word document");
    let mut head = Vec::new();
    let mut stream = file.open_stream(path).map_err(|error| Halt::of(&error))?;
    stream.by_ref().take(HEAD).read_to_end(&mut head).map_err(|error| Halt::of(&error))?;
    let size = stream.len();
    drop(stream);
    let (version, flags) = (u16_at(&head, 2).ok_or_else(damaged)?, u16_at(&head, 10).ok_or_else(damaged)?);
    let table = path.with_file_name(if flags & 0x0200 != 0 { "1Table" } else { "0Table" });
    let mut lock = None;
    if flags & 0x0100 != 0 {
        let is_xor = flags & 0x8000 != 0 || version < 0xc1;
        let opened = match is_xor {
            // 2.5.2: `lKey`, the verifier in its upper half.
            true => u16_at(&head, 14).zip(u16_at(&head, 16)).and_then(|(key, check)| Lock::xor(key, check, passwords)),
            false => Lock::rc4(&stretch(file, &table, 0, HEAD)?, WORD_BLOCK, passwords),
        };
        let scheme = if is_xor { "XOR, legacy Word" } else { "RC4, legacy Word" };
        let mut opened = opened.ok_or_else(|| Halt::new(Reason::WeakEncryption, scheme))?;
        // 2.2.6: the first bytes of the head are open, fewer of them in Word 6 and 95.
        let open = if version < 0xc1 { 0x34 } else { 0x44 };
        if let Some(rest) = head.get_mut(open..) {
            opened.open(open as u64, rest);
        }
        lock = Some(opened);
    }
    let (first, last) = (u64::from(u32_at(&head, 0x18).unwrap_or(0)), u64::from(u32_at(&head, 0x1c).unwrap_or(0)));
    let pieces = match version < 0xc1 {
        // Word 6 and 95 keep text of one byte a character in one stretch, unless they saved fast.
        true => vec![Piece { start: first, count: last.saturating_sub(first), is_wide: false }],
        false => {
            let at = u32_at(&head, 0x1a2).ok_or_else(damaged)?;
            let length = u32_at(&head, 0x1a6).ok_or_else(damaged)?;
            let mut bytes = stretch(file, &table, at.into(), u64::from(length).min(TABLE))?;
            if let Some(lock) = &mut lock {
                lock.open(at.into(), &mut bytes);
            }
            pieces(&bytes).ok_or_else(damaged)?
        }
    };
    let mut left = pieces.iter().map(|piece| piece.count).sum::<u64>();
    let mut text = Text { stream: Stream { file, path, lock }, pieces: &pieces, at: 0, done: 0, size };
    for (at, name) in STRETCHES {
        // What the head says of lengths is not believed beyond what there is; the body of Word 6 is all there is.
        let count = if version < 0xc1 { left } else { u64::from(u32_at(&head, at).unwrap_or(0)).min(left) };
        left -= count;
        if count == 0 && !name.is_empty() {
            continue;
        }
        match (name, body) {
            ("", true) => out.begin(&part("", Form::Body, None))?,
            ("", false) => out.begin(&part("document", Form::Text, Some("embedded document")))?,
            (name, _) => out.begin(&part(name, Form::Text, Some(name)))?,
        }
        text.write(count, out)?;
        out.end()?;
    }
    remains(&mut text.stream, &pieces, first, out)
}

/// The pieces of a document (2.9.38, 2.8.35).
fn pieces(clx: &[u8]) -> Option<Vec<Piece>> {
    let mut at = 0;
    // Formats of pieces stand before the pieces.
    while clx.get(at) == Some(&1) {
        at = at.checked_add(3)?.checked_add(usize::from(u16_at(clx, at + 1)?))?;
    }
    if clx.get(at) != Some(&2) {
        return None;
    }
    let length = u32_at(clx, at + 1)? as usize;
    let table = clx.get(at + 5..)?;
    let table = &table[..length.min(table.len())];
    let count = table.len().checked_sub(4)? / 12;
    let mut pieces = Vec::new();
    for piece in 0..count.min(PIECES) {
        let (from, to) = (u32_at(table, piece * 4)?, u32_at(table, piece * 4 + 4)?);
        let place = u32_at(table, (count + 1) * 4 + piece * 8 + 2)?;
        let is_wide = place & 0x4000_0000 == 0;
        let start = u64::from(place & 0x3fff_ffff) / if is_wide { 1 } else { 2 };
        pieces.push(Piece { start, count: u64::from(to.checked_sub(from)?), is_wide });
    }
    Some(pieces)
}

/// The stream of a document, and the lock on it if there was one.
struct Stream<'f, 'd> {
    file: &'f mut Compound<'d>,
    path: &'f Path,
    lock: Option<Lock>,
}

impl Stream<'_, '_> {
    fn stretch(&mut self, start: u64, length: u64) -> Result<Vec<u8>, Halt> {
        let mut bytes = stretch(self.file, self.path, start, length)?;
        if let Some(lock) = &mut self.lock {
            lock.open(start, &mut bytes);
        }
        Ok(bytes)
    }
}

/// The characters of a document in order.
struct Text<'f, 'd> {
    stream: Stream<'f, 'd>,
    pieces: &'f [Piece],
    /// The piece that is read, and how many of its characters were.
    at: usize,
    done: u64,
    size: u64,
}

impl Text<'_, '_> {
    /// Writes the next characters.
    fn write(&mut self, mut count: u64, out: &mut Out<'_>) -> Result<(), Halt> {
        let mut before = ' ';
        while count > 0 {
            let Some(piece) = self.pieces.get(self.at).copied() else { return Ok(()) };
            let step = (piece.count - self.done).min(count).min(STEP);
            if step == 0 {
                self.at += 1;
                self.done = 0;
                continue;
            }
            let width = if piece.is_wide { 2 } else { 1 };
            let start = piece.start.saturating_add(self.done * width);
            if start >= self.size {
                return Err(Halt::new(Reason::Malformed, "text beyond the end"));
            }
            let bytes = self.stream.stretch(start, step * width)?;
            let text = if piece.is_wide { wide(&bytes) } else { narrow(&bytes) };
            out.write(plain(&text, &mut before).as_bytes())?;
            out.work(step)?;
            self.done += step;
            count -= step;
        }
        Ok(())
    }
}

fn stretch(file: &mut Compound<'_>, path: &Path, start: u64, length: u64) -> Result<Vec<u8>, Halt> {
    let mut stream = file.open_stream(path).map_err(|error| Halt::of(&error))?;
    stream.seek(SeekFrom::Start(start.min(stream.len()))).map_err(|error| Halt::of(&error))?;
    let mut bytes = Vec::new();
    stream.take(length).read_to_end(&mut bytes).map_err(|error| Halt::of(&error))?;
    Ok(bytes)
}

/// Text without Word's own signs: cells end with a tab and rows with a line (2.4.1).
fn plain(text: &str, before: &mut char) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{7}' if *before == '\u{7}' => out.push('\n'),
            '\u{7}' => out.push('\t'),
            '\r' | '\u{b}' | '\u{c}' | '\u{e}' => out.push('\n'),
            '\u{1e}' => out.push('-'),
            '\u{1f}' => {}
            '\0'..='\u{8}' | '\u{10}'..='\u{1d}' => out.push(' '),
            c => out.push(c),
        }
        *before = c;
    }
    out
}

/// Text between the pieces, which no piece shows any more.
fn remains(stream: &mut Stream<'_, '_>, pieces: &[Piece], first: u64, out: &mut Out<'_>) -> Result<(), Halt> {
    let mut ranges: Vec<(u64, u64)> = pieces.iter().map(|piece| (piece.start, piece.start + piece.bytes())).collect();
    ranges.sort_unstable();
    let (mut end, mut left, mut text) = (first, LEFT, String::new());
    for (start, stop) in ranges {
        if start > end && end > 0 {
            let length = (start - end).min(left);
            left -= length;
            let bytes = stream.stretch(end, length)?;
            // Pages of formats lie between too: only what reads as text is.
            let zeros = bytes.iter().filter(|b| **b == 0).count();
            let held = if zeros * 3 > bytes.len() { wide(&bytes) } else { narrow(&bytes) };
            let shown = |c: char| c.is_ascii_graphic() || c == ' ' || c.is_alphabetic() && (c as u32) < 0x250;
            for line in held.split(|c: char| !shown(c)).map(str::trim).filter(|line| line.len() >= 6) {
                text.push_str(line);
                text.push('\n');
            }
        }
        end = end.max(stop);
    }
    out.text("deleted text", "deleted text", &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_read_and_what_is_wrong_is_none() {
        let mut clx = vec![1, 2, 0, 9, 9, 2];
        clx.extend(32u32.to_le_bytes());
        for cp in [0u32, 5, 9] {
            clx.extend(cp.to_le_bytes());
        }
        clx.extend([0, 0]);
        clx.extend((0x4000_0000u32 | 0x1000).to_le_bytes());
        clx.extend([0, 0, 0, 0]);
        clx.extend(0x900u32.to_le_bytes());
        clx.extend([0, 0]);
        let read = pieces(&clx).expect("pieces");
        assert_eq!((read[0].start, read[0].count, read[0].is_wide), (0x800, 5, false));
        assert_eq!((read[1].start, read[1].count, read[1].is_wide), (0x900, 4, true));
        assert!(pieces(&clx[..20]).is_none_or(|pieces| pieces.is_empty()));
        assert!(pieces(&[1, 255, 255]).is_none());
    }

    #[test]
    fn cells_and_rows_are_told_apart() {
        let mut before = ' ';
        assert_eq!(plain("a\u{7}b\u{7}\u{7}c\rd\u{1e}e", &mut before), "a\tb\t\nc\nd-e");
    }
}
