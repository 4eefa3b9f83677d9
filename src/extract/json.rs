//! JSON of any application: one value, one on each line (NDJSON), or one after the other. In: bytes, through a window. Out:
//! every string and number with the path it stands at. Refuses what is no JSON, from there on.
//!
//! A tokenizer of its own: it goes through a document of any size once, keeps one frame for each level of nesting, and looks a
//! key up by what followed its neighbour last time. Strings that are longer than [`PIECE`] are given in pieces.
//! Trailing commas, `NaN`, record separators and raw control characters in strings do no harm and are let pass.
//!
//! A record is an element of the list that repeats: the outermost list of objects that does not stand in an object that
//! is a person's own ([`paths::is_own`]). Without such a list it is the whole value.

mod paths;
mod skim;
mod strings;

use self::paths::{Kind, NONE, Paths};
pub(super) use self::paths::{Peek, column_names, is_own};
pub(super) use self::skim::skim;
pub(super) use self::strings::{append_base64_text, append_unescaped, may_hold_value};
use self::strings::{blank, string_end};
use super::fhir::{self, References};
use super::named::{BATCH, Batch, Broken, Holds, PIECE, Places, Progress, Reader, Value, Window};
use crate::gap::Reason;

/// Values may stand in each other so deep: nothing that people write comes near.
const DEPTH: usize = 1024;
/// How far is looked ahead for what says what an object is: bytes.
const AHEAD: usize = 512 << 10;
/// An encoded note longer than this may have a structure of its own, and is read like a file.
const ENCODED: usize = 2 << 10;
/// A text that says how a value beside it is called is no longer than this.
const LABEL: usize = 64;

/// Reads JSON.
#[derive(Debug)]
pub(super) struct Json {
    paths: Paths,
    frames: Vec<Frame>,
    expect: Expect,
    /// The node of the key that was read last.
    key: u32,
    /// Records so far.
    count: u64,
    /// The last record is an element of a list, and not what stands around the list.
    owned: bool,
    /// The rest of a long string: where it stands.
    inside: Option<Long>,
    /// The document has resources of FHIR.
    fhir: Option<References>,
    fhir_seen: bool,
    /// What the columns of rows are called.
    columns: Vec<Box<[u8]>>,
    start: bool,
}

/// An object or list that is open.
#[derive(Debug)]
struct Frame {
    /// Where its members hang; of a list, its elements.
    node: u32,
    /// The member read last, by which the next is guessed.
    last: u32,
    /// The record its values belong to.
    record: u64,
    /// The node of the record's object.
    unit: u32,
    list: bool,
    /// Elements of a list in a list are told apart by number.
    index: Option<u32>,
    /// What its values are called, as a member says: `{"name": "ssn", "value": …}`.
    label: u32,
    /// It names the columns of the rows of the document, or one of them.
    heads: bool,
}

/// Lists that name columns, as query tools and data frames write tables, `{"columns": ["mbr_id", "ssn"], "data": [["7", "…"]]}`; lists
/// of rows; and where such a list holds objects, what in them is the name.
const HEADS: [&[u8]; 7] = [b"columns", b"fields", b"headers", b"header", b"cols", b"column_names", b"columnNames"];
const ROWS: [&[u8]; 7] = [b"data", b"rows", b"values", b"records", b"results", b"row", b"tuples"];
const NAMES: [&[u8]; 4] = [b"name", b"columnName", b"column_name", b"fieldName"];
/// A table has no more columns.
const COLUMNS: usize = 512;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    /// A value, or the end of a list.
    Value,
    /// A key, or the end of an object.
    Key,
    Colon,
    /// A comma or an end.
    After,
}

/// A string that is given in pieces.
#[derive(Clone, Copy, Debug)]
struct Long {
    node: u32,
    record: u64,
    skip: bool,
}

/// Why scanning stopped.
enum Stop {
    /// The batch is full.
    Full,
    /// What comes next is not all there.
    More,
    Broken(&'static str),
    Deep,
}

impl Json {
    /// A reader of a document that begins with `head`.
    pub(super) fn new(head: &[u8]) -> Json {
        let fhir = memchr::memmem::find(head, b"\"resourceType\"").map(|_| References::default());
        Json {
            paths: Paths::default(),
            frames: Vec::new(),
            expect: Expect::Value,
            key: 0,
            count: 0,
            owned: false,
            inside: None,
            fhir,
            fhir_seen: false,
            columns: Vec::new(),
            start: true,
        }
    }

    /// Reads what stands in `rest`, which starts `at` bytes into the batch; gives how far it came.
    fn scan(&mut self, rest: &[u8], at: usize, ended: bool, places: &mut Places, batch: &mut Batch) -> (usize, Stop) {
        let mut i = 0;
        if self.start {
            let mark = b"\xEF\xBB\xBF";
            if rest.len() < mark.len() && mark.starts_with(rest) && !ended {
                return (0, Stop::More);
            }
            self.start = false;
            i = if rest.starts_with(mark) { mark.len() } else { 0 };
        }
        if let Some(long) = self.inside {
            match self.piece(rest, at, long, places, batch) {
                Ok(read) => i = read,
                Err(read) => return (read, if at + read >= BATCH { Stop::Full } else { Stop::More }),
            }
        }
        loop {
            if at + i >= BATCH {
                return (i, Stop::Full);
            }
            let Some(byte) = rest.get(i) else { return (i, Stop::More) };
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | 0x1e => i += 1,
                b'"' if self.expect == Expect::Key => match self.read_key(rest, i, at, places, batch) {
                    Some(next) => i = next,
                    None => return (i, Stop::More),
                },
                b'"' if self.expect == Expect::Value => match string_end(&rest[i + 1..]) {
                    Some((length, escaped)) if length <= PIECE => {
                        self.string(&rest[i + 1..i + 1 + length], at + i + 1, escaped, places, batch);
                        i += length + 2;
                    }
                    None if rest.len() - i <= PIECE => return (i, Stop::More),
                    _ => {
                        let (node, record, _) = self.value_at();
                        let skip = self.paths.holds(node) == Some(Holds::Structure);
                        let long = Long { node, record, skip };
                        self.inside = Some(long);
                        match self.piece(&rest[i + 1..], at + i + 1, long, places, batch) {
                            Ok(read) => i += 1 + read,
                            Err(read) => {
                                return (
                                    i + 1 + read,
                                    if at + i + 1 + read >= BATCH { Stop::Full } else { Stop::More },
                                );
                            }
                        }
                    }
                },
                b'{' | b'[' if self.expect == Expect::Value => {
                    if self.frames.len() >= DEPTH {
                        return (i, Stop::Deep);
                    }
                    if !self.open(&rest[i..], *byte == b'[', ended) {
                        return (i, Stop::More);
                    }
                    i += 1;
                }
                b'}' | b']' => {
                    let list = *byte == b']';
                    let fits = self.frames.last().is_some_and(|frame| frame.list == list);
                    let inside = if list { Expect::Value } else { Expect::Key };
                    if !fits || (self.expect != inside && self.expect != Expect::After) {
                        return (i, Stop::Broken("something ends that is not open"));
                    }
                    self.frames.pop();
                    self.done();
                    i += 1;
                }
                b',' if self.expect == Expect::After => {
                    self.expect = match self.frames.last() {
                        Some(frame) if !frame.list => Expect::Key,
                        _ => Expect::Value,
                    };
                    i += 1;
                }
                b',' if self.frames.is_empty() => i += 1,
                b':' if self.expect == Expect::Colon => {
                    self.expect = Expect::Value;
                    i += 1;
                }
                b'0'..=b'9' | b'-' | b'+' | b'.' | b'a'..=b'z' | b'A'..=b'Z' if self.expect == Expect::Value => {
                    let literal = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.');
                    let length = rest[i..].iter().take(PIECE).take_while(|b| literal(b)).count();
                    if i + length == rest.len() && !ended && length < PIECE {
                        return (i, Stop::More);
                    }
                    if !self.literal(&rest[i..i + length], at + i, places, batch) {
                        return (i, Stop::Broken("a word that is no value"));
                    }
                    i += length;
                }
                _ => return (i, Stop::Broken("a character where none like it can stand")),
            }
            if self.expect == Expect::After && self.frames.is_empty() {
                self.expect = Expect::Value;
            }
        }
    }

    /// Reads the key at `i`. Gives where its value is awaited; `None` where it is not all there.
    fn read_key(&mut self, rest: &[u8], i: usize, at: usize, places: &mut Places, batch: &mut Batch) -> Option<usize> {
        let frame = self.frames.last_mut()?;
        let from = &rest[i + 1..];
        // Objects of one kind have their keys in one order.
        let guess = self.paths.after(frame.node, frame.last);
        let known = guess.filter(|guess| {
            let key = self.paths.key(*guess);
            from.len() > key.len() && from[key.len()] == b'"' && from.starts_with(key)
        });
        let (node, length) = match known {
            Some(node) => (node, self.paths.key(node).len()),
            None => {
                let (length, _) = match string_end(from) {
                    Some(found) => found,
                    // A key without end is text.
                    None if from.len() > PIECE => (PIECE, false),
                    None => return None,
                };
                let key = &from[..length];
                let (node, new) = self.paths.child(frame.node, key, Kind::Key);
                self.paths.follows(frame.node, frame.last, node);
                if new && may_hold_value(key) {
                    let place = places.number(b"keys", paths::key_names);
                    let start = (at + i + 1) as u32;
                    let end = start + length as u32;
                    batch.values.push(Value { place, record: frame.record, start, end, decoded: (0, 0) });
                }
                (node, length)
            }
        };
        frame.last = node;
        self.key = node;
        self.expect = Expect::Colon;
        let mut next = i + length + 2;
        while rest.get(next).is_some_and(|b| blank(*b)) {
            next += 1;
        }
        if rest.get(next) == Some(&b':') {
            self.expect = Expect::Value;
            next += 1;
        }
        Some(next)
    }

    /// The node and record of the value that is read next, and the node of the record's object.
    fn value_at(&mut self) -> (u32, u64, u32) {
        let Some(frame) = self.frames.last_mut() else {
            self.count += 1;
            return (0, self.count, 0);
        };
        let mut node = if frame.list { frame.node } else { self.key };
        if let Some(index) = &mut frame.index {
            let name = self.columns.get(*index as usize).filter(|_| self.paths.is_row(frame.node, &ROWS));
            let number = index.to_string();
            *index = index.saturating_add(1);
            node = match name {
                Some(name) => self.paths.child(frame.node, name, Kind::Key).0,
                None => self.paths.child(frame.node, number.as_bytes(), Kind::Index).0,
            };
        } else if frame.label != NONE && self.paths.is_labelled(node) {
            let key = self.paths.key(node).to_vec();
            node = self.paths.child(frame.label, &key, Kind::Key).0;
        }
        (node, frame.record, frame.unit)
    }

    /// Opens an object or list; `false` where more must be seen to know what it is.
    fn open(&mut self, rest: &[u8], list: bool, ended: bool) -> bool {
        let outer = self.frames.last();
        let in_list = outer.is_some_and(|frame| frame.list);
        let mut node = match outer {
            Some(frame) if frame.list => frame.node,
            Some(_) => self.key,
            None => 0,
        };
        let (mut record, mut unit) = outer.map_or((self.count, 0), |frame| (frame.record, frame.unit));
        let mut resource = None;
        if !list && self.fhir.is_some() && (outer.is_none() || self.paths.may_be_resource(node)) {
            let facts = fhir::resource(|depth, each| skim(rest, depth, each));
            if !facts.complete && !ended && rest.len() < AHEAD {
                return false;
            }
            resource = facts.kind.is_some().then_some(facts);
        }
        let mut label = NONE;
        if resource.is_none() && !list {
            let peek = self.paths.peek(node);
            if peek != Peek::None {
                let (name, complete) = fhir::label(peek, |depth, each| skim(rest, depth, each));
                if !complete && !ended && rest.len() < AHEAD {
                    return false;
                }
                if !name.is_empty() {
                    node = self.paths.child(node, name.as_bytes(), Kind::Label).0;
                }
            }
        }
        if let (Some(facts), Some(references)) = (&resource, &mut self.fhir) {
            self.fhir_seen = true;
            let kind = facts.kind.unwrap_or_default();
            node = self.paths.child(0, kind, Kind::Resource).0;
            unit = node;
            record = references.record(facts, &mut self.count);
        } else if self.fhir_seen && outer.is_some() {
            // Whose record it is, the resource says.
        } else if outer.is_none() && !list {
            self.count += 1;
            self.owned = false;
            (record, unit) = (self.count, node);
        } else if in_list && !self.paths.is_personal(unit) {
            if self.owned || self.count == 0 {
                self.count += 1;
            }
            self.owned = true;
            (record, unit) = (self.count, node);
        }
        let mut heads = outer.is_some_and(|frame| frame.heads && frame.list && !list);
        if list && !in_list && HEADS.contains(&self.paths.key(node)) {
            (heads, self.columns) = (true, Vec::new());
        }
        let mut index = None;
        if list {
            node = self.paths.child(node, b"", Kind::Element).0;
            index = in_list.then_some(0);
            label = NONE;
        }
        self.frames.push(Frame { node, last: NONE, record, unit, list, index, label, heads });
        self.expect = if list { Expect::Value } else { Expect::Key };
        true
    }

    /// A value is read.
    fn done(&mut self) {
        self.expect = Expect::After;
    }

    /// Whether a value is encoded, as attachments are.
    fn is_encoded(&self, node: u32) -> bool {
        self.fhir_seen && self.paths.key(node) == b"data" && self.paths.in_resource(node)
    }

    fn string(&mut self, raw: &[u8], start: usize, escaped: bool, places: &mut Places, batch: &mut Batch) {
        let (node, record, unit) = self.value_at();
        if let Some(frame) = self.frames.last()
            && frame.heads
            && self.columns.len() < COLUMNS
            && (frame.list || NAMES.contains(&self.paths.key(node)))
        {
            // A name that is too long is none, but has its place.
            self.columns.push(if raw.len() <= LABEL { raw.into() } else { Box::default() });
        }
        if !self.frames.is_empty() && self.frames.last().is_some_and(|frame| !frame.list && frame.index.is_none()) {
            self.label(node, raw);
            if let Some(references) = &mut self.fhir
                && self.paths.key(node) == b"fullUrl"
            {
                references.full_url(raw);
            }
        }
        self.done();
        if raw.is_empty() {
            return;
        }
        let from = batch.decoded.len();
        // What is no text is a file, as in any format.
        let encoded = self.is_encoded(node) && (16..ENCODED).contains(&raw.len());
        if !(encoded && append_base64_text(raw, &mut batch.decoded)) && escaped {
            append_unescaped(raw, &mut batch.decoded);
        }
        if self.paths.is_markup(node) {
            if batch.decoded.len() == from {
                batch.decoded.extend_from_slice(raw);
            }
            strings::strip_tags(&mut batch.decoded, from);
        }
        let decoded = (from as u32, batch.decoded.len() as u32);
        self.give(
            node,
            unit,
            Value { place: 0, record, start: start as u32, end: (start + raw.len()) as u32, decoded },
            places,
            batch,
        );
    }

    /// Remembers what a member says of how its neighbours are called.
    fn label(&mut self, node: u32, raw: &[u8]) {
        let Some(frame) = self.frames.last_mut() else { return };
        if self.paths.is_labelling(node) && raw.len() <= LABEL && !raw.is_empty() {
            let name =
                if self.paths.in_resource(node) { raw.rsplit(|b| *b == b'/').next().unwrap_or(raw) } else { raw };
            frame.label = self.paths.child(frame.node, name, Kind::Label).0;
        }
    }

    fn literal(&mut self, raw: &[u8], start: usize, places: &mut Places, batch: &mut Batch) -> bool {
        if raw[0].is_ascii_alphabetic() {
            self.value_at();
            self.done();
            return matches!(raw, b"true" | b"false" | b"null" | b"NaN" | b"Infinity" | b"None" | b"undefined");
        }
        let (node, record, unit) = self.value_at();
        self.done();
        let value = Value { place: 0, record, start: start as u32, end: (start + raw.len()) as u32, decoded: (0, 0) };
        self.give(node, unit, value, places, batch);
        true
    }

    fn give(&mut self, node: u32, unit: u32, value: Value, places: &mut Places, batch: &mut Batch) {
        if self.paths.holds(node) == Some(Holds::Structure) {
            return;
        }
        if self.paths.is_own(node) {
            self.paths.set_personal(unit);
        }
        let place = self.paths.place(node, places);
        if self.paths.holds(node) != Some(Holds::Structure) {
            batch.values.push(Value { place, ..value });
        }
    }

    /// Reads on in a long string. `Ok` is behind its end, `Err` where it must be read on.
    fn piece(
        &mut self,
        rest: &[u8],
        at: usize,
        long: Long,
        places: &mut Places,
        batch: &mut Batch,
    ) -> Result<usize, usize> {
        let mut i = 0;
        loop {
            let ahead = &rest[i..rest.len().min(i + PIECE)];
            let (length, closed) = match string_end(ahead) {
                Some((length, _)) => (length, true),
                None if ahead.len() < PIECE => return Err(i),
                None => (strings::cut(ahead), false),
            };
            let raw = &ahead[..length];
            if !long.skip && !raw.is_empty() {
                let from = batch.decoded.len() as u32;
                if raw.contains(&b'\\') {
                    append_unescaped(raw, &mut batch.decoded);
                }
                let place = self.paths.text_place(long.node, places);
                let start = (at + i) as u32;
                let decoded = (from, batch.decoded.len() as u32);
                batch.values.push(Value { place, record: long.record, start, end: start + length as u32, decoded });
            }
            i += length;
            if closed {
                self.inside = None;
                self.done();
                return Ok(i + 1);
            }
            if at + i >= BATCH {
                return Err(i);
            }
        }
    }

    /// What is wrong with a document that ends here.
    fn at_end(&self) -> Option<&'static str> {
        match self.frames.last() {
            _ if self.inside.is_some() => Some("a string is never closed"),
            Some(frame) if frame.list => Some("it ends inside a list"),
            Some(_) => Some("it ends inside an object"),
            None => None,
        }
    }
}

impl Reader for Json {
    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        let malformed = |detail| Err(Broken { reason: Reason::Malformed, detail });
        let mut ended = false;
        loop {
            let (read, stop) = self.scan(window.rest(), window.at(), ended, places, batch);
            window.consume(read);
            match stop {
                Stop::Full => return Ok(Progress::More),
                Stop::Broken(detail) => return malformed(detail),
                Stop::Deep => {
                    return Err(Broken { reason: Reason::Limit, detail: "more than 1,024 values in each other" });
                }
                Stop::More if ended => {
                    if let Some(detail) = self.at_end() {
                        return malformed(detail);
                    }
                    if !window.rest().is_empty() {
                        return malformed("a string is never closed");
                    }
                    return Ok(Progress::End);
                }
                Stop::More => ended = !window.more(),
            }
        }
    }

    fn format(&self) -> Option<&'static str> {
        self.fhir_seen.then_some("fhir")
    }
}

#[cfg(test)]
mod tests;
