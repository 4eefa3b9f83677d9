//! Documents whose format names each value by itself: HL7, X12, JSON, XML, DICOM. In: bytes, through a [`Window`]. Out:
//! [`Batch`]es of values, each with its place, its record and where it stands. What a place is said to hold stands in
//! [`Places`], once for each place.
//!
//! A format is a [`Reader`]. It goes through the document once, from its start to its end, keeps what it must know between
//! two batches (delimiters, the path it is at, whose record this is) and nothing that grows with the document. Where
//! the structure breaks it says so, and the rest is read as text.
//!
//! A batch owns its bytes and borrows nothing: it could be sent over a pipe.

use std::collections::HashMap;

use crate::finding::{Place, Subject};
use crate::gap::Reason;

/// Bytes of a document after which a batch is full.
pub const BATCH: usize = 1 << 20;
/// A longer text is given in pieces of this size at most.
pub const PIECE: usize = 64 << 10;
/// More different places than this are not told apart: later ones share the last.
pub const PLACES: usize = 16 << 10;

/// A format that names its values.
pub trait Reader: Send {
    /// Reads on from where it stopped, until the batch [is full](Window::is_full) or the document ends.
    ///
    /// # Errors
    /// Where the structure breaks: what stands behind [`Window::offset`] was not read.
    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken>;

    /// What the document turned out to be, where the reader knows better than what recognised it.
    fn format(&self) -> Option<&'static str> {
        None
    }

    /// Whether the numbers of its records only rise: what comes later does not add to an earlier one.
    fn rises(&self) -> bool {
        false
    }

    /// What of it was passed over although the structure was read to its end, for a gap.
    fn unread(&self) -> Option<(Reason, &'static str)> {
        None
    }
}

/// Whether there is more to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The batch is full.
    More,
    /// The document has ended.
    End,
}

/// Why a document could not be read on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// For the gap.
    pub reason: Reason,
    /// For the gap, without any value: `a string is never closed`.
    pub detail: &'static str,
}

/// Values of a document, in its order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Values whose text is not as it stands in the document: escapes and entities are resolved here.
    pub decoded: Vec<u8>,
    /// The values.
    pub values: Vec<Value>,
}

/// Says how much it holds, not what.
impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").field("values", &self.values.len()).finish_non_exhaustive()
    }
}

/// One value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    /// Index into [`Places`].
    pub place: u32,
    /// Which record it stands on, from 1. Numbers may come again: what refers to a patient may stand behind others.
    pub record: u64,
    /// Where it starts, in bytes behind the start of the batch.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// Where its text stands in [`Batch::decoded`]; empty where it is as it stands in the document.
    pub decoded: (u32, u32),
}

/// What stands in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holds {
    /// A value: judged with all others of its place, by what the names say and by its form.
    Value,
    /// Text as people write it: judged by the words in it.
    Text,
    /// What the format needs and people do not: codes, counts, sequence numbers. Not looked at.
    Structure,
}

/// What is known of a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Named {
    /// As reports say it.
    pub place: Place,
    /// Keys that pattern files know places by, the most special first: `hl7:PID-3/MR`, `hl7:PID-3`.
    pub keys: Vec<String>,
    /// Names as people would give a column, judged like headers: `ssn`, `patient birth date`. Empty where keys say all.
    pub names: Vec<String>,
    /// What stands there.
    pub holds: Holds,
    /// Whose values they are, where the format says.
    pub subject: Option<Subject>,
    /// They are not of the person whom the record is about: of a guarantor, a parent, another insured. Such values are found
    /// as any, and do not tell whose record this is: siblings would be one person by the number of their mother.
    pub of_another: bool,
}

impl Named {
    /// A place of which no more is known.
    pub(super) fn of(place: Place, holds: Holds) -> Named {
        Named { place, keys: Vec::new(), names: Vec::new(), holds, subject: None, of_another: false }
    }

    /// The document's text.
    pub(super) fn text() -> Named {
        Named::of(Place::Text, Holds::Text)
    }
}

/// The places of a document, numbered as they are met.
#[derive(Debug, Default)]
pub struct Places {
    known: HashMap<Box<[u8]>, u32>,
    /// By number.
    pub named: Vec<Named>,
}

impl Places {
    /// The number of the place that the reader knows by `token`, however it likes to; `describe` is asked once for each.
    pub fn number(&mut self, token: &[u8], describe: impl FnOnce() -> Named) -> u32 {
        if let Some(number) = self.known.get(token) {
            return *number;
        }
        if self.named.len() >= PLACES {
            return PLACES as u32 - 1;
        }
        let number = self.named.len() as u32;
        self.named.push(describe());
        self.known.insert(token.into(), number);
        number
    }
}

/// What a document gives: bytes, until there are none. Its errors are what a gap says.
pub trait Bytes {
    /// Appends up to `wanted` bytes; nothing at the end.
    ///
    /// # Errors
    /// What could not be read, for the gap.
    fn append(&mut self, out: &mut Vec<u8>, wanted: usize) -> Result<usize, (Reason, String)>;
}

/// Nothing behind what was read already.
pub(crate) struct Nothing;

impl Bytes for Nothing {
    fn append(&mut self, _: &mut Vec<u8>, _: usize) -> Result<usize, (Reason, String)> {
        Ok(0)
    }
}

/// A stretch of a document that is being read. What was consumed since the batch began stays, so that places in it can be
/// counted out; the rest is what a reader sees.
pub struct Window<'a> {
    source: &'a mut dyn Bytes,
    bytes: Vec<u8>,
    at: usize,
    base: u64,
    ended: bool,
    failed: Option<(Reason, String)>,
}

impl std::fmt::Debug for Window<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Window").field("base", &self.base).field("at", &self.at).finish_non_exhaustive()
    }
}

impl<'a> Window<'a> {
    /// A window at the start of a document of which `head` was read already.
    pub fn new(head: Vec<u8>, source: &'a mut dyn Bytes) -> Window<'a> {
        Window { source, bytes: head, at: 0, base: 0, ended: false, failed: None }
    }

    /// What was read and not yet consumed. A reader asks for [more](Self::more) where it needs to see further.
    pub fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    /// Where the rest starts, in bytes behind the start of the batch: what [`Value::start`] is counted by.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Where the rest starts in the document.
    pub fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// Steps over the first `count` bytes of the rest.
    pub fn consume(&mut self, count: usize) {
        debug_assert!(count <= self.bytes.len() - self.at);
        self.at += count;
    }

    /// Reads on behind the rest. `false` where the document has ended, or cannot be read further.
    pub fn more(&mut self) -> bool {
        if self.ended {
            return false;
        }
        match self.source.append(&mut self.bytes, BATCH / 4) {
            Ok(0) => self.ended = true,
            Ok(_) => {}
            Err(failed) => {
                self.failed = Some(failed);
                self.ended = true;
            }
        }
        !self.ended
    }

    /// Whether so much was consumed that the batch should end at the next value.
    pub fn is_full(&self) -> bool {
        self.at >= BATCH
    }

    /// The bytes of the batch: all that was consumed since it began.
    pub fn consumed(&self) -> &[u8] {
        &self.bytes[..self.at]
    }

    /// Begins a new batch behind what was consumed.
    pub fn next_batch(&mut self) {
        self.bytes.drain(..self.at);
        self.base += self.at as u64;
        self.at = 0;
    }

    /// Nothing more is to be read than was.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// What was read and not consumed, for whoever reads on.
    pub fn into_rest(mut self) -> Vec<u8> {
        self.bytes.split_off(self.at)
    }

    /// Why the document could not be read to its end, if it could not.
    pub fn failed(&mut self) -> Option<(Reason, String)> {
        self.failed.take()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Gives its bytes a few at a time.
    pub(crate) struct Slow<'a>(pub(crate) &'a [u8], pub(crate) usize);

    impl Bytes for Slow<'_> {
        fn append(&mut self, out: &mut Vec<u8>, wanted: usize) -> Result<usize, (Reason, String)> {
            let (now, later) = self.0.split_at(wanted.min(self.1).min(self.0.len()));
            out.extend_from_slice(now);
            self.0 = later;
            Ok(now.len())
        }
    }

    /// A format to test with: `record|key|name|value` on each line; a key that begins with `~` holds text, one with `=`
    /// structure, `\\` before a character is taken away, and a line `!` breaks it.
    pub(crate) struct Marked;

    impl Reader for Marked {
        fn read(
            &mut self,
            window: &mut Window<'_>,
            places: &mut Places,
            batch: &mut Batch,
        ) -> Result<Progress, Broken> {
            while !window.is_full() {
                let Some(end) = memchr::memchr(b'\n', window.rest()) else {
                    if window.more() {
                        continue;
                    }
                    return Ok(Progress::End);
                };
                let line = window.rest()[..end].to_vec();
                let parts: Vec<&str> = std::str::from_utf8(&line).unwrap().split('|').collect();
                let [record, key, name, value] = parts[..] else {
                    return Err(Broken { reason: Reason::Malformed, detail: "a line says nothing" });
                };
                let holds = match key.as_bytes().first() {
                    Some(b'~') => Holds::Text,
                    Some(b'=') => Holds::Structure,
                    _ => Holds::Value,
                };
                let place = places.number(format!("{key}|{name}").as_bytes(), || Named {
                    place: Place::Segment(key.to_string()),
                    keys: vec![key.to_string()],
                    names: vec![name.to_string()],
                    holds,
                    subject: None,
                    of_another: false,
                });
                let from = batch.decoded.len() as u32;
                if value.contains('\\') {
                    batch.decoded.extend(value.replace('\\', "").bytes());
                }
                let end = (window.at() + line.len()) as u32;
                batch.values.push(Value {
                    place,
                    record: record.parse().unwrap(),
                    start: end - value.len() as u32,
                    end,
                    decoded: (from, batch.decoded.len() as u32),
                });
                window.consume(line.len() + 1);
            }
            Ok(Progress::More)
        }
    }

    /// A value as it was read: place, record, offset in the document, text.
    pub(crate) type Seen = (String, u64, u64, String);

    /// Values with their places, records, offsets and text, and where the structure broke.
    pub(crate) type Listed = (Vec<(String, u64, u64, String)>, Option<&'static str>);

    /// What a reader makes of a document given `step` bytes at a time: place, record, offset and text of each value, and
    /// where it broke.
    pub(crate) fn read_all(
        mut reader: Box<dyn Reader>,
        document: &[u8],
        step: usize,
    ) -> (Vec<Seen>, Option<(u64, Broken)>, Places) {
        let mut source = Slow(document, step);
        let mut window = Window::new(Vec::new(), &mut source);
        let mut places = Places::default();
        let mut out = Vec::new();
        loop {
            let mut batch = Batch::default();
            let progress = reader.read(&mut window, &mut places, &mut batch);
            let base = window.offset() - window.at() as u64;
            for value in &batch.values {
                let raw = &window.consumed()[value.start as usize..value.end as usize];
                let text = match value.decoded {
                    (start, end) if start < end => &batch.decoded[start as usize..end as usize],
                    _ => raw,
                };
                let place = places.named[value.place as usize].place.to_string();
                let text = String::from_utf8_lossy(text).into_owned();
                out.push((place, value.record, base + u64::from(value.start), text));
            }
            match progress {
                Ok(Progress::More) => window.next_batch(),
                Ok(Progress::End) => return (out, None, places),
                Err(broken) => return (out, Some((window.offset(), broken)), places),
            }
        }
    }
}
