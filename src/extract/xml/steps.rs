//! Goes through a document mark by mark. In: the window, the state between two marks. Out: elements opened and closed, text given.
//! Asks for more bytes where a mark is not whole; breaks where one is never closed.

use std::ops::Range;

use super::lex::{self, InTag, Mark};
use super::vocabulary::LOOK;
use super::{Out, State, Xml, decode};
use crate::extract::named::{Broken, PIECE, Window};
use crate::gap::Reason;

/// Declarations whose end is looked for in vain; each costs a window, and a document has one. Later ones are text.
const FUTILE: u8 = 16;

impl Xml {
    /// Reads one mark or run of text, or less where it is long. `Ok(false)`: more bytes are needed.
    pub(super) fn step(&mut self, window: &mut Window<'_>, ended: bool, out: &mut Out<'_>) -> Result<bool, Broken> {
        let base = window.at();
        let bytes = window.rest();
        let consumed = match self.state {
            State::Content if bytes[0] == b'<' => match lex::mark(bytes, ended) {
                Mark::More => return Ok(false),
                Mark::Open(name) => match self.start_tag(bytes, base, name, ended, out)? {
                    Some(length) => length,
                    None => return Ok(false),
                },
                Mark::Close(length, name) => {
                    self.close(&bytes[2..name], out);
                    length
                }
                Mark::Comment => self.enter(State::Comment, 4),
                Mark::Cdata => self.enter(State::Cdata, 9),
                Mark::Instruction => {
                    if bytes.len() < 256 && !ended && memchr::memchr(b'>', bytes).is_none() {
                        return Ok(false);
                    }
                    let declared = &bytes[..memchr::memchr(b'>', bytes).unwrap_or(bytes.len()).min(256)];
                    // The declaration is the document's, not a text.
                    if declared.starts_with(b"<?xml") && declared.len() < bytes.len().min(256) {
                        if !self.started {
                            self.decoder.code_page = decode::is_code_page(declared);
                        }
                        declared.len() + 1
                    } else {
                        self.enter(State::Instruction, 2)
                    }
                }
                Mark::Declaration if self.futile == FUTILE => {
                    self.text(bytes, base, 0..1, true, out);
                    1
                }
                Mark::Declaration => match declaration_end(bytes) {
                    Some(length) => {
                        self.decoder.declare(&bytes[..length]);
                        self.pieces(bytes, base, 0..length, out);
                        length
                    }
                    None if !ended && bytes.len() < lex::TAG => return Ok(false),
                    // It is never closed, or never ends: what stands in it is text.
                    None => {
                        self.futile += 1;
                        self.text(bytes, base, 0..1, true, out);
                        1
                    }
                },
                Mark::Text => match self.run(bytes, base, 1, ended, out) {
                    Some(length) => length,
                    None => return Ok(false),
                },
            },
            State::Content => match self.run(bytes, base, 0, ended, out) {
                Some(length) => length,
                None => return Ok(false),
            },
            State::Comment => return self.until(window, b"-->", ended, "a comment is never closed", out),
            State::Cdata => return self.until(window, b"]]>", ended, "a CDATA section is never closed", out),
            State::Instruction => return self.until(window, b"?>", ended, "an instruction is never closed", out),
            State::Tag => match lex::in_tag(bytes, 0, ended) {
                InTag::Attribute(attribute, length) => {
                    self.attribute(bytes, base, &attribute, out);
                    length
                }
                InTag::End(length, empty) => {
                    self.state = State::Content;
                    if empty {
                        self.end_empty(out);
                    }
                    length
                }
                _ if !ended && bytes.len() < lex::TAG => return Ok(false),
                InTag::Unclosed(name, start, quote) => {
                    let path = self.path();
                    let path = self.paths.attribute(path, lex::local(&bytes[name]));
                    self.state = State::InValue(path, quote);
                    start
                }
                // A name that is longer than any tag.
                InTag::More => {
                    self.pieces(bytes, base, 0..bytes.len(), out);
                    bytes.len()
                }
            },
            State::InValue(path, quote) => {
                let shown = &bytes[..bytes.len().min(PIECE)];
                match memchr::memchr(quote, shown) {
                    Some(length) => {
                        self.emit(bytes, base, 0..length, path, false, out);
                        self.state = State::Tag;
                        length + 1
                    }
                    None if bytes.len() < PIECE && !ended => return Ok(false),
                    None if bytes.len() <= PIECE && ended => {
                        return Err(Broken { reason: Reason::Malformed, detail: "a tag is never closed" });
                    }
                    None => {
                        let length = cut(shown);
                        self.emit(bytes, base, 0..length, path, false, out);
                        length
                    }
                }
            }
        };
        self.started = true;
        window.consume(consumed);
        Ok(true)
    }

    fn enter(&mut self, state: State, length: usize) -> usize {
        self.state = state;
        length
    }

    /// A run of text that starts with `skip` bytes that are no mark; how long it is.
    fn run(&mut self, bytes: &[u8], base: usize, skip: usize, ended: bool, out: &mut Out<'_>) -> Option<usize> {
        let shown = &bytes[..bytes.len().min(PIECE)];
        let length = match memchr::memchr(b'<', &shown[skip..]) {
            Some(length) => length + skip,
            None if bytes.len() < PIECE && !ended => return None,
            None if bytes.len() <= PIECE && ended => bytes.len(),
            None => cut(shown),
        };
        self.text(bytes, base, 0..length, false, out);
        Some(length)
    }

    /// Text that belongs to no element, in pieces.
    fn pieces(&mut self, bytes: &[u8], base: usize, range: Range<usize>, out: &mut Out<'_>) {
        let mut start = range.start;
        while start < range.end {
            let end = start + cut(&bytes[start..range.end]);
            self.emit(bytes, base, start..end, 0, true, out);
            start = end;
        }
    }

    /// Reads what stands before `end` as text.
    fn until(
        &mut self,
        window: &mut Window<'_>,
        end: &[u8],
        ended: bool,
        detail: &'static str,
        out: &mut Out<'_>,
    ) -> Result<bool, Broken> {
        let (base, bytes) = (window.at(), window.rest());
        let shown = &bytes[..bytes.len().min(PIECE)];
        let (length, closed) = match memchr::memmem::find(shown, end) {
            Some(length) => (length, true),
            None if bytes.len() < PIECE && !ended => return Ok(false),
            None if bytes.len() <= PIECE && ended => {
                return Err(Broken { reason: Reason::Malformed, detail });
            }
            // What ends it may be cut.
            None => (cut(&shown[..shown.len() - end.len()]), false),
        };
        match self.state {
            State::Cdata => self.text(bytes, base, 0..length, true, out),
            _ => self.emit(bytes, base, 0..length, 0, true, out),
        }
        self.started = true;
        if closed {
            self.state = State::Content;
        }
        window.consume(length + if closed { end.len() } else { 0 });
        Ok(true)
    }

    /// A tag that starts an element, whose name ends at `name`; how much of it was read.
    fn start_tag(
        &mut self,
        bytes: &[u8],
        base: usize,
        name: usize,
        ended: bool,
        out: &mut Out<'_>,
    ) -> Result<Option<usize>, Broken> {
        self.attributes.clear();
        let mut at = name;
        loop {
            match lex::in_tag(bytes, at, ended) {
                InTag::Attribute(attribute, end) => {
                    self.attributes.push(attribute);
                    at = end;
                    if self.attributes.len() >= lex::ATTRIBUTES {
                        self.open(bytes, base, 1..name, out);
                        self.state = State::Tag;
                        return Ok(Some(at));
                    }
                }
                InTag::End(end, empty) => {
                    if ended && end == bytes.len() && bytes.last() != Some(&b'>') {
                        return Err(Broken { reason: Reason::Malformed, detail: "a tag is never closed" });
                    }
                    let more = !ended && bytes.len() < LOOK;
                    if more && !empty && self.vocabulary.looks_into(lex::local(&bytes[1..name])) {
                        let closes = |at: usize| bytes[at + 2..].starts_with(&bytes[1..name]);
                        if !memchr::memmem::find_iter(&bytes[end..], b"</").any(|at| closes(end + at)) {
                            return Ok(None);
                        }
                    }
                    self.open(bytes, base, 1..name, out);
                    if empty {
                        self.end_empty(out);
                    }
                    return Ok(Some(end));
                }
                InTag::More | InTag::Unclosed(..) if !ended && bytes.len() < lex::TAG => return Ok(None),
                InTag::More | InTag::Unclosed(..) if ended => {
                    return Err(Broken { reason: Reason::Malformed, detail: "a tag is never closed" });
                }
                InTag::More | InTag::Unclosed(..) => {
                    self.open(bytes, base, 1..name, out);
                    self.state = State::Tag;
                    return Ok(Some(at));
                }
            }
        }
    }

    /// The element that was opened last ends with its tag.
    fn end_empty(&mut self, out: &mut Out<'_>) {
        match self.deeper {
            0 => self.pop(out),
            _ => self.deeper -= 1,
        }
    }
}

/// How much of a text too long for one piece is given first: up to a blank, never into a character or a reference.
pub(super) fn cut(text: &[u8]) -> usize {
    if text.len() < PIECE {
        return text.len();
    }
    let text = &text[..PIECE];
    let blank = text.iter().rposition(u8::is_ascii_whitespace).filter(|at| *at >= PIECE / 2);
    let reference = || text.iter().rposition(|b| *b == b'&').filter(|at| *at >= PIECE - 64);
    let character = || (0..4).map(|n| PIECE - n).find(|at| *at < PIECE && (text[*at] as i8) >= -0x40);
    blank.map(|at| at + 1).or_else(reference).or_else(character).unwrap_or(PIECE)
}

/// Where a declaration ends, with its `>`: behind its subset and outside of quotes.
fn declaration_end(bytes: &[u8]) -> Option<usize> {
    let mut subset = 0u32;
    let mut at = 0;
    let mut depth = 0u32;
    while at < bytes.len() {
        match bytes[at] {
            b'[' => subset += 1,
            b']' => subset = subset.saturating_sub(1),
            b'<' if bytes[at..].starts_with(b"<!--") => {
                at += memchr::memmem::find(&bytes[at..], b"-->")? + 2;
            }
            b'<' => depth += 1,
            b'>' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && subset == 0 {
                    return Some(at + 1);
                }
            }
            quote @ (b'"' | b'\'') => at += 1 + memchr::memchr(quote, &bytes[at + 1..])?,
            _ => {}
        }
        at += 1;
    }
    None
}
