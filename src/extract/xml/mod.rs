//! XML of any vocabulary. In: a document. Out: the text of its elements and attributes, each with the path it stands at;
//! narrative as text by paragraph and table row; comments as text. Refuses little: fragments, several roots, elements that
//! are never closed are read as they come. What is never closed and hides what follows (a tag, a comment) breaks the document.
//!
//! Nothing outside the document is read: no external entities, no schemas. Memory is bounded whatever the document does:
//! elements below [`DEPTH`] share a path, long text comes in pieces, entities do not nest.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::named::{BATCH, Batch, Broken, Holds, Named, PIECE, Places, Progress, Reader, Value, Window};
use crate::finding::Place;
use crate::gap::Reason;

mod cda;
mod decode;
mod general;
mod lex;
mod paths;
mod prose;
mod records;
#[cfg(test)]
mod tests;

use decode::Decoder;
use lex::{Attribute, InTag, Mark};
use paths::Paths;
use prose::{Break, Prose};

/// Elements inside each other that are told apart.
const DEPTH: usize = 256;
/// A batch may grow by so much beyond [`BATCH`] until a text that was begun is complete.
const OVER: usize = 512 << 10;

/// What the elements of a vocabulary mean.
trait Vocabulary: Send {
    /// The path of an element, which attributes may tell apart from others of its name; and what its text is.
    fn open(&mut self, paths: &mut Paths, parent: u32, tag: &Tag<'_>) -> Element;
    /// Whether an attribute is read: `None` where it is structure, else the part of its value that counts.
    fn attribute(&self, paths: &Paths, element: u32, name: &[u8], value: &[u8]) -> Option<Range<usize>>;
    /// The part of an element's text that counts; `None` where it is structure.
    fn text(&self, paths: &Paths, element: u32, text: &[u8]) -> Option<Range<usize>>;
    /// What is known of a path.
    fn describe(&self, paths: &Paths, path: u32) -> Named;
    /// The depth of its records, where the vocabulary fixes it.
    fn record_depth(&self) -> Option<usize> {
        None
    }
    /// What reports call a document of it.
    fn format(&self) -> &'static str {
        "xml"
    }
}

/// A tag that starts an element.
struct Tag<'a> {
    /// Its local name.
    name: &'a [u8],
    /// The bytes that its attributes stand in.
    bytes: &'a [u8],
    attributes: &'a [Attribute],
}

impl<'a> Tag<'a> {
    /// The value of an attribute, by its local name.
    fn get(&self, name: &[u8]) -> Option<&'a [u8]> {
        let found = self.attributes.iter().find(|a| lex::local(&self.bytes[a.name.clone()]) == name)?;
        Some(&self.bytes[found.value.clone()])
    }
}

/// What an element is.
struct Element {
    path: u32,
    /// Another path for the element it stands in, which this one tells more about.
    parent: Option<u32>,
    /// What stands in it is text with marks.
    prose: bool,
}

impl Element {
    fn plain(path: u32) -> Element {
        Element { path, parent: None, prose: false }
    }
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    path: u32,
    /// Of the name in its tag.
    name: u64,
    /// Child elements that hold more than one value, of the same path as the last; and that one.
    same: u32,
    last: u32,
    /// Child elements that hold one value.
    leaves: u32,
    /// It has child elements or more than one attribute.
    rich: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Content,
    /// In a tag too long to be seen at once.
    Tag,
    /// In a value of such a tag; the byte closes it.
    InValue(u32, u8),
    Comment,
    Cdata,
    Instruction,
}

/// The reader.
pub struct Xml {
    vocabulary: Box<dyn Vocabulary>,
    paths: Paths,
    /// Place of each path, once known.
    places: Vec<Option<u32>>,
    decoder: Decoder,
    state: State,
    stack: Vec<Frame>,
    /// Elements below [`DEPTH`] that are open.
    deeper: u64,
    /// Depth of the elements that are records.
    level: Option<usize>,
    /// Records that started; values before the first stand on it, those behind one on that.
    records: u64,
    /// The path that the record stands in.
    list: u32,
    prose: Prose,
    /// Depth of the element that the prose stands in.
    prose_depth: Option<usize>,
    attributes: Vec<Attribute>,
    started: bool,
}

impl std::fmt::Debug for Xml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Xml").field("state", &self.state).field("depth", &self.stack.len()).finish_non_exhaustive()
    }
}

/// Where values go.
struct Out<'a> {
    places: &'a mut Places,
    batch: &'a mut Batch,
}

/// Whether a head that looks like XML is: its first tag is one, and is not alone.
fn is_xml(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if head.starts_with(b"<?xml") || head.starts_with(b"<!DOCTYPE") {
        return true;
    }
    let mut at = 0;
    let mut tags = 0;
    while let Some(found) = memchr::memchr(b'<', &head[at..]) {
        at += found + 1;
        match lex::mark(&head[at - 1..], true) {
            Mark::Open(_) | Mark::Close(..) | Mark::Comment | Mark::Cdata => tags += 1,
            Mark::Instruction | Mark::Declaration => {}
            Mark::Text | Mark::More => return tags > 8,
        }
        if tags > 32 {
            return true;
        }
    }
    tags > 1 || memchr::memmem::find(head, b"/>").is_some()
}

/// The reader of a document that starts so; `None` where it is no XML.
pub fn reader(head: &[u8]) -> Option<Box<dyn Reader>> {
    if !is_xml(head) {
        return None;
    }
    let vocabulary: Box<dyn Vocabulary> =
        if cda::is_clinical(head) { Box::new(cda::Cda::default()) } else { Box::new(General) };
    Some(Box::new(Xml::new(head, vocabulary)))
}

impl Xml {
    fn new(head: &[u8], vocabulary: Box<dyn Vocabulary>) -> Xml {
        let mut paths = Paths::default();
        // A clinical document is one record, however its sections repeat.
        let level = match vocabulary.record_depth() {
            Some(depth) => Some(depth),
            None => records::survey(head, &mut paths),
        };
        Xml {
            vocabulary,
            paths,
            places: Vec::new(),
            decoder: Decoder::default(),
            state: State::Content,
            stack: Vec::new(),
            deeper: 0,
            level,
            records: 0,
            list: 0,
            prose: Prose::default(),
            prose_depth: None,
            attributes: Vec::new(),
            started: false,
        }
    }

    fn path(&self) -> u32 {
        self.stack.last().map_or(0, |frame| frame.path)
    }

    fn place(&mut self, path: u32, out: &mut Out<'_>) -> u32 {
        let at = path as usize;
        if self.places.len() <= at {
            self.places.resize(at + 1, None);
        }
        if let Some(place) = self.places[at] {
            return place;
        }
        let place = out.places.number(&path.to_le_bytes(), || match path {
            0 => Named { place: Place::Text, keys: Vec::new(), names: Vec::new(), holds: Holds::Text, subject: None },
            path => self.vocabulary.describe(&self.paths, path),
        });
        self.places[at] = Some(place);
        place
    }

    /// Gives a value: `range` of `bytes`, which start at `base` of the batch. `raw`: `&` means nothing in it.
    fn emit(&mut self, bytes: &[u8], base: usize, range: Range<usize>, path: u32, raw: bool, out: &mut Out<'_>) {
        let range = lex::trim(bytes, range);
        if range.is_empty() {
            return;
        }
        let place = self.place(path, out);
        if out.places.named[place as usize].holds == Holds::Structure {
            return;
        }
        let text = &bytes[range.clone()];
        let from = out.batch.decoded.len();
        if if raw { self.decoder.code_page && !text.is_ascii() } else { self.decoder.changes(text) } {
            self.decoder.decode_as(text, raw, &mut out.batch.decoded);
        }
        let decoded = (from as u32, out.batch.decoded.len() as u32);
        out.batch.values.push(Value {
            place,
            record: self.records.max(1),
            start: (base + range.start) as u32,
            end: (base + range.end) as u32,
            decoded,
        });
    }

    /// Text of the element that is open.
    fn text(&mut self, bytes: &[u8], base: usize, range: Range<usize>, raw: bool, out: &mut Out<'_>) {
        if self.prose_depth.is_some() {
            let text = &bytes[range.clone()];
            let span = lex::trim(bytes, range);
            let span = base + span.start..base + span.end;
            if (raw && !self.decoder.code_page) || !self.decoder.changes(text) {
                self.prose.run(span, text, true);
            } else {
                let mut decoded = Vec::with_capacity(text.len());
                self.decoder.decode_as(text, raw, &mut decoded);
                self.prose.run(span, &decoded, false);
            }
            if self.prose.len() >= PIECE {
                self.flush(out);
            }
            return;
        }
        let range = lex::trim(bytes, range);
        if range.is_empty() {
            return;
        }
        let path = self.path();
        if path == 0 {
            return self.emit(bytes, base, range, path, raw, out);
        }
        if let Some(part) = self.vocabulary.text(&self.paths, path, &bytes[range.clone()]) {
            self.emit(bytes, base, range.start + part.start..range.start + part.end, path, raw, out);
        }
    }

    /// Gives the prose that was put together.
    fn flush(&mut self, out: &mut Out<'_>) {
        if let Some((span, whole)) = self.prose.take() {
            let path = self.path();
            let place = self.place(path, out);
            if out.places.named[place as usize].holds != Holds::Structure {
                let from = out.batch.decoded.len();
                if !whole {
                    out.batch.decoded.extend_from_slice(self.prose.text());
                }
                let decoded = (from as u32, out.batch.decoded.len() as u32);
                let (start, end) = (span.start as u32, span.end as u32);
                out.batch.values.push(Value { place, record: self.records.max(1), start, end, decoded });
            }
        }
        self.prose.clear();
    }

    /// An element starts, with the attributes in `self.attributes`.
    fn open(&mut self, bytes: &[u8], base: usize, name: Range<usize>, out: &mut Out<'_>) {
        let tag_name = &bytes[name];
        let local = lex::local(tag_name);
        if self.prose_depth.is_some() {
            if self.prose.before_open(local) == Break::Here {
                self.flush(out);
            }
            self.prose.open(local);
        }
        if self.deeper > 0 || self.stack.len() >= DEPTH {
            self.deeper += 1;
        }
        let attributes = std::mem::take(&mut self.attributes);
        if self.deeper == 0 {
            let parent = self.path();
            let mut element = Element::plain(parent);
            if self.prose_depth.is_none() {
                let tag = Tag { name: local, bytes, attributes: &attributes };
                element = self.vocabulary.open(&mut self.paths, parent, &tag);
                if let (Some(path), Some(frame)) = (element.parent, self.stack.last_mut()) {
                    frame.path = path;
                }
                self.begin_record(element.path);
            }
            let rich = attributes.len() > 1;
            let name = xxh3_64(tag_name);
            self.stack.push(Frame { path: element.path, name, same: 0, last: 0, leaves: 0, rich });
            if element.prose {
                self.prose_depth = Some(self.stack.len());
                self.prose.begin();
                self.prose.open(local);
            }
        }
        for attribute in &attributes {
            self.attribute(bytes, base, attribute, out);
        }
        self.attributes = attributes;
        self.attributes.clear();
    }

    /// Counts the element that starts now, a child of the one on top, if it is a record.
    fn begin_record(&mut self, path: u32) {
        let depth = self.stack.len() + 1;
        let fixed = self.vocabulary.record_depth().is_some();
        let list = self.path();
        // What repeats here, or further up than what was taken for records, is a record.
        if let (Some(parent), false) = (self.stack.last(), fixed)
            && parent.last == path
            && parent.same > parent.leaves
            && depth <= 4
            && self.level.is_none_or(|level| depth <= level)
        {
            if self.level != Some(depth) {
                self.records = 1;
            }
            self.level = Some(depth);
            self.paths.nodes[path as usize].record = true;
        }
        // Behind records of one kind those of another start, though nothing says so until the second.
        let other = self.records > 0 && list != self.list;
        if self.level == Some(depth) && (fixed || other || self.paths.nodes[path as usize].record) {
            self.records += 1;
            self.list = list;
        }
    }

    fn attribute(&mut self, bytes: &[u8], base: usize, attribute: &Attribute, out: &mut Out<'_>) {
        let name = &bytes[attribute.name.clone()];
        let value = lex::trim(bytes, attribute.value.clone());
        if value.is_empty() || name.starts_with(b"xmlns") || name.starts_with(b"xsi:") || name == b"xml:lang" {
            return;
        }
        let element = self.path();
        let name = lex::local(name);
        let part = match self.prose_depth {
            // Where a link goes, what a picture shows.
            Some(_) if matches!(name, b"href" | b"alt" | b"title") => Some(0..value.len()),
            Some(_) => None,
            None if self.deeper > 0 => Some(0..value.len()),
            None => self.vocabulary.attribute(&self.paths, element, name, &bytes[value.clone()]),
        };
        let Some(part) = part else { return };
        let path = self.paths.attribute(element, name);
        let range = value.start + part.start..value.start + part.end;
        if range.len() <= PIECE {
            return self.emit(bytes, base, range, path, false, out);
        }
        let mut start = range.start;
        while start < range.end {
            let end = start + cut(&bytes[start..range.end]);
            self.emit(bytes, base, start..end, path, false, out);
            start = end;
        }
    }

    /// The element on top ends.
    fn pop(&mut self, out: &mut Out<'_>) {
        if self.prose_depth == Some(self.stack.len()) {
            self.flush(out);
            self.prose_depth = None;
        }
        let Some(done) = self.stack.pop() else { return };
        if let Some(parent) = self.stack.last_mut() {
            parent.rich = true;
            if !done.rich {
                parent.leaves += 1;
            } else if parent.last == done.path {
                parent.same += 1;
            } else {
                parent.last = done.path;
                parent.same = 1;
            }
        }
    }

    /// `</name>`: closes what was opened so, and what was left open in it. A stray one closes nothing.
    fn close(&mut self, name: &[u8], out: &mut Out<'_>) {
        if self.prose_depth.is_some() && self.prose.close(lex::local(name)) == Break::Here {
            self.flush(out);
        }
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        let name = xxh3_64(name);
        if let Some(at) = self.stack.iter().rposition(|frame| frame.name == name) {
            while self.stack.len() > at {
                self.pop(out);
            }
        }
    }

    /// Reads one mark or run of text, or less where it is long. `Ok(false)`: more bytes are needed.
    fn step(&mut self, window: &mut Window<'_>, ended: bool, out: &mut Out<'_>) -> Result<bool, Broken> {
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
                Mark::Declaration => match declaration_end(bytes) {
                    Some(length) => {
                        self.decoder.declare(&bytes[..length]);
                        self.pieces(bytes, base, 0..length, out);
                        length
                    }
                    None if !ended && bytes.len() < lex::TAG => return Ok(false),
                    // It is never closed, or never ends: what stands in it is text.
                    None => {
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

impl Reader for Xml {
    fn format(&self) -> Option<&'static str> {
        Some(self.vocabulary.format())
    }

    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        let mut out = Out { places, batch };
        let mut ended = false;
        if !self.started {
            while window.rest().len() < 3 && window.more() {}
            if window.rest().starts_with(b"\xef\xbb\xbf") {
                window.consume(3);
            }
        }
        loop {
            if window.is_full() && (self.prose.is_empty() || window.at() >= BATCH + OVER) {
                self.flush(&mut out);
                return Ok(Progress::More);
            }
            if window.rest().is_empty() && !window.more() {
                self.flush(&mut out);
                return match self.state {
                    State::Content => Ok(Progress::End),
                    _ => Err(Broken { reason: Reason::Malformed, detail: "it ends inside a tag or comment" }),
                };
            }
            match self.step(window, ended, &mut out) {
                Ok(true) => {}
                Ok(false) => ended = !window.more(),
                Err(broken) => {
                    self.flush(&mut out);
                    return Err(broken);
                }
            }
        }
    }
}

/// How much of a text too long for one piece is given first: up to a blank, never into a character or a reference.
fn cut(text: &[u8]) -> usize {
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

/// XML of no known vocabulary.
struct General;

impl Vocabulary for General {
    fn open(&mut self, paths: &mut Paths, parent: u32, tag: &Tag<'_>) -> Element {
        let prose = general::is_prose(tag.name, tag.get(b"name").is_some());
        match general::given_name(tag.name, tag.bytes, tag.attributes) {
            Some(given) => {
                let mut name = tag.name.to_vec();
                name.push(b'[');
                name.extend_from_slice(given);
                name.push(b']');
                Element::plain(paths.child(parent, &name))
            }
            None => Element { path: paths.child(parent, tag.name), parent: None, prose },
        }
    }

    fn attribute(&self, paths: &Paths, element: u32, name: &[u8], value: &[u8]) -> Option<Range<usize>> {
        let named = paths.nodes[element as usize].name.ends_with(']');
        (!(named && general::names(name))).then_some(0..value.len())
    }

    fn text(&self, _: &Paths, _: u32, text: &[u8]) -> Option<Range<usize>> {
        Some(0..text.len())
    }

    fn describe(&self, paths: &Paths, path: u32) -> Named {
        general::describe(paths, path)
    }
}
