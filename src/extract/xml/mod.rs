//! XML of any vocabulary. In: a document. Out: the text of its elements and attributes, each with the path it stands at;
//! narrative as text by paragraph and table row; comments as text. Refuses little: fragments, several roots, elements that
//! are never closed are read as they come. What is never closed and hides what follows (a tag, a comment) breaks the document.
//!
//! Nothing outside the document is read: no external entities, no schemas. Memory is bounded whatever the document does:
//! elements below `DEPTH` share a path, long text comes in pieces, entities do not nest.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::named::{BATCH, Batch, Broken, Holds, Named, PIECE, Places, Progress, Reader, Value, Window};
use crate::finding::{Place, Subject};
use crate::gap::Reason;

mod cda;
mod clinicians;
mod decode;
mod fhir;
mod general;
mod lex;
mod paths;
mod prose;
mod records;
mod steps;
#[cfg(test)]
mod tests;
mod vocabulary;

use clinicians::Clinicians;
use decode::Decoder;
use lex::{Attribute, Mark};
use paths::Paths;
use prose::{Break, Prose};
use steps::cut;
use vocabulary::{Element, Tag, Vocabulary};

/// Elements inside each other that are told apart.
const DEPTH: usize = 256;
/// A batch may grow by so much beyond [`BATCH`] until a text that was begun is complete.
const OVER: usize = 512 << 10;

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
    /// The record that what stands behind it belongs to, if it is another.
    outer: Option<u64>,
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
    /// The record that values belong to.
    record: u64,
    prose: Prose,
    /// Depth of the element that the prose stands in.
    prose_depth: Option<usize>,
    attributes: Vec<Attribute>,
    started: bool,
    /// Whose names in texts are no patient's.
    clinicians: Clinicians,
    /// Declarations whose end was looked for in vain; a few at most.
    futile: u8,
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
    Some(Box::new(Xml::new(head, vocabulary(head))))
}

/// The vocabulary of a document, by its head.
fn vocabulary(head: &[u8]) -> Box<dyn Vocabulary> {
    if fhir::is_fhir(head) {
        Box::new(fhir::Fhir::default())
    } else if cda::is_clinical(head) {
        Box::new(cda::Cda::default())
    } else {
        Box::new(general::General)
    }
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
            record: 1,
            prose: Prose::default(),
            prose_depth: None,
            attributes: Vec::new(),
            started: false,
            clinicians: Clinicians::default(),
            futile: 0,
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
            0 => Named {
                place: Place::Text,
                keys: Vec::new(),
                names: Vec::new(),
                holds: Holds::Text,
                subject: None,
                of_another: false,
            },
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
            record: self.record,
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
                match self.clinicians.is_empty() {
                    true => self.give_prose(place, 0..self.prose.text().len(), &span, whole, out),
                    false => self.tell_apart(place, path, &span, whole, out),
                }
            }
        }
        self.prose.clear();
    }

    /// Gives a part of the prose; a part of a text that does not stand so in the document is where all of it is.
    fn give_prose(&self, place: u32, part: Range<usize>, span: &Range<usize>, whole: bool, out: &mut Out<'_>) {
        let text = self.prose.text();
        let all = part.len() == text.len();
        let same = whole && (all || span.len() == text.len());
        let from = out.batch.decoded.len() as u32;
        if !same {
            out.batch.decoded.extend_from_slice(&text[part.clone()]);
        }
        let decoded = (from, out.batch.decoded.len() as u32);
        let here = if same && !all { span.start + part.start..span.start + part.end } else { span.clone() };
        let (start, end) = (here.start as u32, here.end as u32);
        out.batch.values.push(Value { place, record: self.record, start, end, decoded });
    }

    /// Gives the prose, and the clinicians that it names at a place of theirs.
    fn tell_apart(&self, place: u32, path: u32, span: &Range<usize>, whole: bool, out: &mut Out<'_>) {
        let text = self.prose.text();
        let mut from = 0;
        let says = |part: &Range<usize>| text[part.clone()].iter().any(|b| b.is_ascii_alphanumeric());
        while let Some(found) = self.clinicians.find(&text[from..]) {
            let name = from + found.start..from + found.end;
            let before = from..name.start;
            if says(&before) {
                self.give_prose(place, before, span, whole, out);
            }
            let mut token = path.to_le_bytes().to_vec();
            token.push(b'c');
            let theirs = out.places.number(&token, || Named {
                place: Place::Path(format!("{}[clinician]", self.paths.text(path))),
                keys: vec!["ccda:provider.name".to_string(), "ccda:name".to_string()],
                names: Vec::new(),
                holds: Holds::Value,
                subject: Some(Subject::Provider),
                of_another: true,
            });
            self.give_prose(theirs, name.clone(), span, whole, out);
            from = name.end;
        }
        if says(&(from..text.len())) {
            self.give_prose(place, from..text.len(), span, whole, out);
        }
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
            let outer = element.record.map(|record| std::mem::replace(&mut self.record, record));
            let rich = attributes.len() > 1;
            let name = xxh3_64(tag_name);
            self.stack.push(Frame { path: element.path, name, same: 0, last: 0, leaves: 0, rich, outer });
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
            self.record = self.records;
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
        if let Some(outer) = done.outer {
            self.record = outer;
        }
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
            if self.vocabulary.has_clinicians() {
                // Those who did something may stand behind the text that tells of it.
                while window.rest().len() < BATCH && window.more() {}
                let shown = window.rest();
                self.clinicians = Clinicians::of(&shown[..shown.len().min(BATCH)]);
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
