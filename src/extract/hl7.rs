//! HL7 version 2: messages, batches, MLLP streams. In: bytes. Out: the values of every field that can hold something of a
//! person, as components, each under its field (`PID-5.1`, `PID-3.1 MR`) and in its message. Refuses nothing: what stands
//! before the first message is text, as is what a broken line leaves over.
//!
//! Encoding characters are those of the last MSH, FHS or BHS (v2.5.1 2.5.4), whatever they are; segments end with CR, LF
//! or both. A segment is read as a whole where its end is in sight, else field by field, and a field that is longer still
//! as pieces of text.

mod codes;
mod escape;
mod parts;
mod places;
mod segments;
#[cfg(test)]
mod tests;

use crate::extract::named::{BATCH, Batch, Broken, Named, PIECE, Places, Progress, Reader, Window};
use crate::extract::values::{Values, whole_characters};

use places::{At, Part};
use segments::{FIELDS, Field, Kind};

/// A segment whose end is not within so many bytes is read in parts.
const LONGEST: usize = PIECE;
/// More different segments than this share one name.
const SEGMENTS: usize = 256;
/// The name they share.
const OTHERS: [u8; 3] = *b"???";
/// Line ends, and the byte that ends an MLLP frame.
const ENDS: [u8; 3] = [b'\r', b'\n', 0x1c];
/// The byte that starts an MLLP frame.
const FRAME: u8 = 0x0b;

/// The encoding characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Delimiters {
    field: u8,
    component: Option<u8>,
    repetition: Option<u8>,
    escape: Option<u8>,
    sub: Option<u8>,
}

impl Delimiters {
    /// Those nearly everybody uses.
    const USUAL: Delimiters =
        Delimiters { field: b'|', component: Some(b'^'), repetition: Some(b'~'), escape: Some(b'\\'), sub: Some(b'&') };

    /// Those a header segment names; `None` where it names none that can be some.
    fn of(header: &[u8]) -> Option<Delimiters> {
        let field = header.get(3).copied().filter(|b| can_delimit(*b))?;
        let named = header[4..].split(|b| *b == field).next().unwrap_or_default();
        if named.is_empty() {
            return (field == b'|').then_some(Delimiters::USUAL);
        }
        let named = &named[..named.len().min(4)];
        if !named.iter().all(|b| can_delimit(*b)) {
            return None;
        }
        // One that stands for two things stands for the first.
        let one = |at: usize| named.get(at).copied().filter(|b| *b != field && !named[..at].contains(b));
        Some(Delimiters { field, component: one(0), repetition: one(1), escape: one(2), sub: one(3) })
    }
}

/// Anything but what values are made of and what ends a line.
fn can_delimit(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b' ' | b'\0' | FRAME) && !ENDS.contains(&byte)
}

/// Whether a line is a header of a message, file or batch by its name.
fn is_header(line: &[u8]) -> bool {
    [&b"MSH"[..], b"FHS", b"BHS"].iter().any(|name| line.starts_with(name))
}

/// A capital letter, then two capitals or figures (v2.5.1 2.5.2).
fn can_name(name: &[u8]) -> bool {
    name[0].is_ascii_uppercase() && name[1..].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// The bytes at the start of a line that say nothing: blanks, the start of a frame, a byte order mark.
fn blank_before(line: &[u8]) -> usize {
    let mark = if line.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    mark + line[mark..].iter().take_while(|b| matches!(**b, b' ' | b'\t' | FRAME)).count()
}

/// A segment that was met, with the numbers of its places.
struct Segment {
    name: [u8; 3],
    fields: Vec<Field>,
    places: Vec<Vec<(u64, u32)>>,
}

/// What an OBX says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Observed {
    kind: Kind,
    /// 0, or one more than an index into [`places::OBSERVED`].
    code: u8,
}

/// Reads HL7 version 2.
pub struct Hl7 {
    delimiters: Delimiters,
    /// Those met so far.
    segments: Vec<Segment>,
    /// The segment that is being read, or was last.
    current: Option<usize>,
    /// The field of it that is read next.
    field: usize,
    /// Whether a line was begun and not ended.
    open: bool,
    /// Whether that field was begun: what follows is the rest of it.
    inside: bool,
    record: u64,
    /// Whether this record has its patient.
    has_patient: bool,
    /// What OBX-2 and OBX-3 said of OBX-5.
    observed: Observed,
}

impl Default for Hl7 {
    fn default() -> Hl7 {
        Hl7 {
            delimiters: Delimiters::USUAL,
            segments: Vec::new(),
            current: None,
            field: 0,
            open: false,
            inside: false,
            record: 0,
            has_patient: false,
            observed: Observed { kind: Kind::Text, code: 0 },
        }
    }
}

impl Reader for Hl7 {
    fn rises(&self) -> bool {
        true
    }

    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        let mut out = Values { places, batch, record: self.record.max(1) };
        loop {
            if window.is_full() {
                return Ok(Progress::More);
            }
            let (rest, base) = (window.rest(), window.at());
            let mut at = 0;
            let end = |at: usize| memchr::memchr3(ENDS[0], ENDS[1], ENDS[2], &rest[at..rest.len().min(at + LONGEST)]);
            // All lines that are whole, up to where the batch is full.
            while base + at < BATCH
                && let Some(length) = end(at)
            {
                self.line(&rest[at..at + length], (base + at) as u32, true, &mut out);
                at += length + 1;
            }
            if at > 0 {
                window.consume(at);
                continue;
            }
            if rest.len() < LONGEST && window.more() {
                continue;
            }
            let rest = window.rest();
            if rest.len() < LONGEST {
                let length = rest.len();
                self.line(rest, base as u32, true, &mut out);
                window.consume(length);
                return Ok(Progress::End);
            }
            let length = self.readable(rest);
            self.line(&rest[..length], base as u32, false, &mut out);
            window.consume(length);
        }
    }
}

impl Hl7 {
    /// How much of a segment without an end in sight can be read: whole fields, else a piece of text.
    fn readable(&self, rest: &[u8]) -> usize {
        let shown = &rest[..rest.len().min(LONGEST)];
        match memchr::memrchr(self.delimiters.field, shown) {
            Some(at) if self.current.is_some() || at > 3 => at + 1,
            _ => whole_characters(shown),
        }
    }

    /// Reads a line, or a part of one that does not end yet.
    fn line(&mut self, line: &[u8], base: u32, ends: bool, out: &mut Values<'_>) {
        let (mut bytes, mut base) = (line, base);
        if !self.open {
            let mut skipped = blank_before(bytes);
            if skipped == bytes.len() {
                return;
            }
            match self.begin(&bytes[skipped..]) {
                Some(head) => skipped += head,
                // The rest of a segment that somebody broke into lines, or no segment at all.
                None => self.inside = true,
            }
            bytes = &bytes[skipped.min(bytes.len())..];
            base += skipped as u32;
            out.record = self.record.max(1);
        }
        self.open = !ends;
        match self.current {
            Some(segment) => self.fields(segment, bytes, base, ends, out),
            None => {
                let place = text_place(out);
                out.text(place, bytes, base);
            }
        }
    }

    /// If a line begins a segment, makes it the current one and says where its first field starts.
    fn begin(&mut self, line: &[u8]) -> Option<usize> {
        let name: [u8; 3] = line.get(..3)?.try_into().ok()?;
        let header = if is_header(line) { Delimiters::of(line) } else { None };
        let mut first = 1;
        if let Some(delimiters) = header {
            self.delimiters = delimiters;
            first = 2;
        }
        let separated = match line.get(3) {
            Some(behind) => *behind == self.delimiters.field,
            None => segments::is_known(&name),
        };
        if !separated || !can_name(&name) {
            return None;
        }
        match &name {
            b"MSH" => {
                self.record += 1;
                self.has_patient = false;
            }
            b"PID" => {
                self.record += u64::from(self.has_patient || self.record == 0);
                self.has_patient = true;
            }
            b"OBX" => self.observed = Observed { kind: Kind::Text, code: 0 },
            _ => {}
        }
        self.current = Some(self.segment(name));
        self.field = first;
        self.inside = false;
        Some(4)
    }

    fn segment(&mut self, name: [u8; 3]) -> usize {
        if let Some(at) = self.segments.iter().position(|segment| segment.name == name) {
            return at;
        }
        let name = if self.segments.len() >= SEGMENTS { OTHERS } else { name };
        if let Some(at) = self.segments.iter().position(|segment| segment.name == name) {
            return at;
        }
        let places = vec![Vec::new(); FIELDS];
        self.segments.push(Segment { name, fields: segments::fields(&name), places });
        self.segments.len() - 1
    }

    /// Reads fields on from where the last line or part of it stopped.
    fn fields(&mut self, segment: usize, bytes: &[u8], base: u32, ends: bool, out: &mut Values<'_>) {
        let separator = self.delimiters.field;
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            let end = find(separator, rest);
            let field = &rest[..end.unwrap_or(rest.len())];
            if end.is_none() && !ends && !field.is_empty() {
                self.inside = true;
            }
            if !field.is_empty() {
                let number = self.field.min(FIELDS - 1);
                if self.inside {
                    let kind = self.segments[segment].fields[number].kind;
                    let at_text = At { kind, part: Part::Text, component: 0, sub: 0, code: 0 };
                    let place = self.place(segment, number, at_text, out);
                    out.text(place, field, base + at as u32);
                } else {
                    self.value(segment, number, field, base + at as u32, out);
                }
            }
            let Some(end) = end else { return };
            self.inside = false;
            self.field += 1;
            at += end + 1;
        }
    }

    /// The number of a place.
    #[inline]
    fn place(&mut self, segment: usize, number: usize, at: At, out: &mut Values<'_>) -> u32 {
        let segment = &mut self.segments[segment];
        let key = at.number();
        if let Some((_, place)) = segment.places[number].iter().find(|(known, _)| *known == key) {
            return *place;
        }
        let name = str::from_utf8(&segment.name).unwrap_or("???");
        let mut token = [0; 13];
        token[..3].copy_from_slice(&segment.name);
        token[3..5].copy_from_slice(&(number as u16).to_be_bytes());
        token[5..].copy_from_slice(&key.to_be_bytes());
        let field = &segment.fields[number];
        let place = out.places.number(&token, || places::describe(name, number, field, at));
        segment.places[number].push((key, place));
        place
    }
}

/// The place of what stands in no segment.
fn text_place(out: &mut Values<'_>) -> u32 {
    out.places.number(b"text", Named::text)
}

/// Where a byte stands. Most fields are short, so the first bytes are looked at one by one.
#[inline]
fn find(byte: u8, bytes: &[u8]) -> Option<usize> {
    let near = bytes.len().min(16);
    match bytes[..near].iter().position(|b| *b == byte) {
        Some(at) => Some(at),
        None => memchr::memchr(byte, &bytes[near..]).map(|at| near + at),
    }
}
