//! X12: claims, remittances, enrolments, eligibility, and whatever else comes in interchanges. In: bytes. Out: the values of
//! the elements that can hold something of a person, each under its loop (`2010BA/NM109 MI`) and with its patient. Refuses
//! nothing: what stands before the first interchange or between two is text.
//!
//! Delimiters are those of the last ISA (X12.5, 3.1), whose width is taken as it is where somebody lost the blanks; lines
//! may be ended or broken anywhere. A segment is read as a whole where its end is in sight, else as pieces of text.

mod elements;
mod loops;
mod places;
#[cfg(test)]
mod tests;

use crate::extract::named::{BATCH, Batch, Broken, Holds, Named, PIECE, Places, Progress, Reader, Window};
use crate::extract::values::{Values, whole_characters};
use crate::finding::Place;

use loops::{Spot, Whose};
use places::{Qualifier, Role};

/// A segment whose end is not within so many bytes is text.
const LONGEST: usize = PIECE;
/// Bytes within which an interchange header must have said what its delimiters are; 106 by the standard.
const HEADER: usize = 512;
/// Elements of a segment that are told apart; the last holds all that is left.
const ELEMENTS: usize = 40;
/// More different loops than this share one place.
const LOOPS: usize = 4096;
/// Numbers of places that are kept at hand.
const AT_HAND: usize = 1024;

/// What separates what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Delimiters {
    element: u8,
    component: Option<u8>,
    terminator: u8,
}

impl Delimiters {
    /// Those of an interchange that starts here.
    fn of(bytes: &[u8]) -> Option<Delimiters> {
        let bytes = &bytes[..bytes.len().min(HEADER)];
        let element = bytes.get(3).copied().filter(|b| can_delimit(*b))?;
        if !bytes[..3].eq_ignore_ascii_case(b"ISA") {
            return None;
        }
        let made = |at: usize| -> Option<(Delimiters, bool)> {
            let (last, behind) = (*bytes.get(at)?, bytes.get(at + 1).copied());
            let usable = |b: u8| can_delimit(b) && b != element;
            let follows = |at: usize| goes_on(&bytes[at.min(bytes.len())..], element);
            match behind {
                // ISA16 is there and a terminator behind it, unless it is a line end and the last byte ends the next segment too.
                Some(end) if usable(last) && (usable(end) || matches!(end, b'\r' | b'\n')) => {
                    let next = &bytes[at + 1..];
                    let ends = |found: usize| goes_on(&next[found + 1..], element);
                    if !usable(end) && memchr::memchr(last, next).is_some_and(ends) {
                        let one = Delimiters { element, component: None, terminator: last };
                        return Some((one, follows(at + 1)));
                    }
                    Some((Delimiters { element, component: Some(last), terminator: end }, follows(at + 2)))
                }
                // ISA16 is missing.
                _ if usable(last) || matches!(last, b'\r' | b'\n') => {
                    Some((Delimiters { element, component: None, terminator: last }, follows(at + 1)))
                }
                // ISA16 is what nobody separates by.
                Some(end) if usable(end) || matches!(end, b'\r' | b'\n') => {
                    Some((Delimiters { element, component: None, terminator: end }, follows(at + 2)))
                }
                _ => None,
            }
        };
        let counted = memchr::memchr_iter(element, bytes).nth(15).and_then(|at| made(at + 1));
        let fixed = bytes.get(103).filter(|b| **b == element).and_then(|_| made(104));
        // Elements were lost: the group that comes next shows what ended the header.
        let group = || {
            let start = memchr::memmem::find_iter(bytes, b"GS").find(|at| bytes.get(at + 2) == Some(&element))?;
            let before = bytes[..start].trim_ascii_end();
            made(before.len().checked_sub(2)?)
        };
        let good = |found: &(Delimiters, bool)| found.1;
        let found = counted.filter(good).or(fixed.filter(good)).or_else(group).or(counted).or(fixed);
        found.map(|(delimiters, _)| delimiters)
    }
}

/// Whether what stands behind a header is a segment.
fn goes_on(bytes: &[u8], element: u8) -> bool {
    let bytes = bytes.trim_ascii_start();
    let id = bytes.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    (2..=3).contains(&id) && bytes.get(id) == Some(&element)
}

/// Anything but what values are made of.
fn can_delimit(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b' ' | b'\0' | b'\r' | b'\n' | b'\t')
}

/// A segment, taken apart.
struct Segment<'a> {
    /// As it stands in the document.
    raw: &'a [u8],
    /// Where it starts behind the start of the batch.
    base: u32,
    /// Without the line ends that somebody broke it by, and where each of its bytes stands; empty where there are none.
    joined: Vec<u8>,
    from: Vec<u32>,
    /// Where each element ends, the identifier first.
    ends: Vec<u32>,
    id: [u8; 3],
    id_length: usize,
}

impl<'a> Segment<'a> {
    /// `None` where it does not start with an identifier: two or three letters and figures, then an element.
    /// `ends` is room for those of its elements.
    fn of(raw: &'a [u8], base: u32, delimiters: &Delimiters, ends: &mut Vec<u32>) -> Option<Segment<'a>> {
        let raw = raw.trim_ascii_end();
        let (mut joined, mut from) = (Vec::new(), Vec::new());
        if memchr::memchr2(b'\r', b'\n', raw).is_some() {
            for (at, byte) in raw.iter().enumerate().filter(|(_, b)| !matches!(b, b'\r' | b'\n')) {
                joined.push(*byte);
                from.push(at as u32);
            }
        }
        let bytes = if joined.is_empty() { raw } else { &joined };
        let length = bytes.iter().take(4).take_while(|b| b.is_ascii_alphanumeric()).count();
        let separated = bytes.get(length).is_none_or(|b| *b == delimiters.element);
        if !(2..=3).contains(&length) || !bytes[0].is_ascii_alphabetic() || !separated {
            return None;
        }
        let mut id = [0; 3];
        id[..length].copy_from_slice(&bytes[..length]);
        id.make_ascii_uppercase();
        let mut ends = std::mem::take(ends);
        ends.clear();
        each_of(bytes, delimiters.element, &mut ends);
        ends.truncate(ELEMENTS - 1);
        ends.push(bytes.len() as u32);
        Some(Segment { raw, base, joined, from, ends, id, id_length: length })
    }

    fn bytes(&self) -> &[u8] {
        if self.joined.is_empty() { self.raw } else { &self.joined }
    }

    fn id(&self) -> &[u8] {
        &self.id[..self.id_length]
    }

    /// Its elements, the identifier among them.
    fn count(&self) -> usize {
        self.ends.len()
    }

    /// Whether the last element may hold more than one.
    fn is_cut(&self) -> bool {
        self.ends.len() == ELEMENTS
    }

    /// Where an element stands in [`Segment::bytes`].
    fn range(&self, number: usize) -> (usize, usize) {
        let Some(end) = self.ends.get(number) else { return (0, 0) };
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize + 1 };
        (start, *end as usize)
    }

    fn element(&self, number: usize) -> &[u8] {
        let (start, end) = self.range(number);
        self.bytes()[start..end].trim_ascii()
    }

    /// Hands out a part of it.
    fn give(&self, place: u32, start: usize, end: usize, out: &mut Values<'_>) {
        if start >= end {
            return;
        }
        if self.joined.is_empty() {
            return out.plain(place, &self.raw[start..end], self.base + start as u32);
        }
        let (first, last) = (self.from[start] as usize, self.from[end - 1] as usize + 1);
        let raw = &self.raw[first..last];
        if raw.len() == end - start {
            out.plain(place, raw, self.base + first as u32);
        } else {
            out.decoded(place, raw, self.base + first as u32, |meant| {
                meant.extend_from_slice(&self.joined[start..end])
            });
        }
    }
}

/// Appends where a byte stands. Elements are of few bytes: eight are looked at at once, and no search is begun for each.
fn each_of(bytes: &[u8], byte: u8, out: &mut Vec<u32>) {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    let same = u64::from_le_bytes([byte; 8]);
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut at = 0;
    for eight in eights {
        let other = u64::from_le_bytes(*eight) ^ same;
        // The highest bit of each byte that is 0.
        let mut found = !(((other & LOW) + LOW) | other | LOW);
        while found != 0 {
            out.push(at + found.trailing_zeros() / 8);
            found &= found - 1;
        }
        at += 8;
    }
    out.extend((at..).zip(rest).filter(|(_, b)| **b == byte).map(|(at, _)| at));
}

/// Where the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before an interchange.
    Outside,
    /// At a segment.
    Segments,
    /// Inside a segment that is read as text.
    Long(u32),
    /// Inside binary data of so many bytes (BIN, BDS).
    Data(u64),
}

/// A loop that was met.
struct Loop {
    spot: Spot,
    /// Whose data it holds, and whether it is somebody else than the patient of the record.
    whose: (Whose, bool),
    name: String,
}

/// Reads X12.
pub struct X12 {
    delimiters: Delimiters,
    state: State,
    spot: Spot,
    /// Which of the loops this is.
    at: u32,
    whose: Whose,
    /// Those met so far.
    loops: Vec<Loop>,
    /// GS08.
    guide: Vec<u8>,
    /// Who answers for coverage, or pays, is Medicaid by its name: then a member's number is Medicaid's.
    medicaid: bool,
    record: u64,
    at_hand: Vec<(u64, u32)>,
    /// Room for where the elements of a segment end.
    ends: Vec<u32>,
}

impl Default for X12 {
    fn default() -> X12 {
        let mut reader = X12 {
            delimiters: Delimiters { element: b'*', component: Some(b':'), terminator: b'~' },
            state: State::Outside,
            spot: Spot::default(),
            at: 0,
            whose: Whose::Nobody,
            loops: Vec::new(),
            guide: Vec::new(),
            medicaid: false,
            record: 0,
            at_hand: vec![(u64::MAX, 0); AT_HAND],
            ends: Vec::with_capacity(ELEMENTS),
        };
        reader.spot.level = [b' '; 2];
        reader.stand(Spot { level: *b"  ", entity: *b"   ", ..Spot::default() });
        reader
    }
}

impl Reader for X12 {
    fn rises(&self) -> bool {
        true
    }

    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        let mut out = Values { places, batch, record: self.record.max(1) };
        loop {
            if window.is_full() {
                return Ok(Progress::More);
            }
            // Where text is cut must not depend on how much a source gives at once.
            let needed = if self.state == State::Segments { HEADER } else { PIECE + HEADER };
            if window.rest().len() < needed && window.more() {
                continue;
            }
            let rest = window.rest();
            if rest.is_empty() {
                return Ok(Progress::End);
            }
            let (length, ended) = (rest.len(), rest.len() < needed);
            let base = window.at() as u32;
            let taken = match self.state {
                State::Outside => self.outside(rest, base, ended, &mut out),
                State::Data(left) => {
                    let piece = rest.len().min(PIECE).min(usize::try_from(left).unwrap_or(usize::MAX));
                    let place = self.loose(b"BIN", &mut out);
                    out.text(place, &rest[..piece], base);
                    self.state = if left > piece as u64 { State::Data(left - piece as u64) } else { State::Segments };
                    piece
                }
                State::Long(place) => {
                    let shown = &rest[..rest.len().min(PIECE)];
                    let end = memchr::memchr(self.delimiters.terminator, shown);
                    let piece = end.unwrap_or_else(|| {
                        if ended && shown.len() == rest.len() { shown.len() } else { whole_characters(shown) }
                    });
                    out.text(place, &shown[..piece], base);
                    if end.is_some() {
                        self.state = State::Segments;
                    }
                    piece + usize::from(end.is_some())
                }
                State::Segments => self.segments(rest, base, ended, &mut out),
            };
            if taken > 0 {
                window.consume(taken);
            } else if !window.more() {
                // What is left has no end.
                let left = window.rest();
                let (left_length, left_base) = (left.len(), window.at() as u32);
                if left_length == length {
                    self.last(left, left_base, &mut out);
                    window.consume(left_length);
                }
            }
        }
    }
}

impl X12 {
    /// Looks for an interchange; what stands before it is text. 0 where more must be seen.
    fn outside(&mut self, rest: &[u8], base: u32, ended: bool, out: &mut Values<'_>) -> usize {
        let shown = &rest[..rest.len().min(PIECE)];
        let mut from = 0;
        while let Some(at) = find_header(&shown[from..]) {
            let at = from + at;
            if at > 0 && rest.len() - at < HEADER && !ended {
                // Read on with the header in front.
                return self.text(&rest[..at], base, out);
            }
            if let Some(delimiters) = Delimiters::of(&rest[at..]) {
                self.text(&rest[..at], base, out);
                self.delimiters = delimiters;
                self.state = State::Segments;
                // Nothing was taken where it starts here: the segments are read next.
                return if at > 0 { at } else { self.segments(rest, base, ended, out) };
            }
            from = at + 3;
        }
        // `IS` at the end may be the start of one.
        let keep = if ended && shown.len() == rest.len() { 0 } else { 2 };
        let length = shown.len() - keep;
        let length = whole_characters(&shown[..length]);
        self.text(&shown[..length], base, out)
    }

    fn text(&mut self, bytes: &[u8], base: u32, out: &mut Values<'_>) -> usize {
        let place = self.loose(b"", out);
        out.text(place, bytes, base);
        bytes.len()
    }

    /// Reads all segments that are whole, up to where the batch is full; how many bytes. 0 where none is.
    fn segments(&mut self, rest: &[u8], base: u32, ended: bool, out: &mut Values<'_>) -> usize {
        let mut at = 0;
        while (base as usize) + at < BATCH && self.state == State::Segments {
            at += self.blank_before(&rest[at..]);
            let here = &rest[at..];
            if here.is_empty() {
                break;
            }
            let header = here.len() >= 4 && here[..3].eq_ignore_ascii_case(b"ISA") && can_delimit(here[3]);
            if header {
                if here.len() < HEADER && !ended && at > 0 {
                    break;
                }
                if let Some(delimiters) = Delimiters::of(here) {
                    self.delimiters = delimiters;
                }
            }
            if let Some((start, length)) = self.data_before(here) {
                at += start;
                self.state = State::Data(length);
                break;
            }
            let shown = &here[..here.len().min(LONGEST)];
            let end = memchr::memchr(self.delimiters.terminator, shown);
            if !goes_on(here, self.delimiters.element) {
                // Something between two interchanges, of which the next may be divided by other bytes.
                let junk = &here[..end.unwrap_or(shown.len())];
                if let Some(header) = find_header(junk.get(1..).unwrap_or_default()) {
                    at += self.text(&here[..header + 1], base + at as u32, out);
                    continue;
                }
            }
            let Some(length) = end else {
                if here.len() >= LONGEST {
                    self.state = State::Long(self.loose(id_of(here), out));
                }
                break;
            };
            at += self.one(&here[..length], base + at as u32, out);
        }
        at
    }

    /// Reads one segment, without its terminator; how many bytes were taken.
    fn one(&mut self, raw: &[u8], base: u32, out: &mut Values<'_>) -> usize {
        match Segment::of(raw, base, &self.delimiters, &mut self.ends) {
            Some(segment) => {
                self.follow(&segment);
                out.record = self.record.max(1);
                self.segment(&segment, out);
                self.ends = segment.ends;
                raw.len() + 1
            }
            // Something else than a segment; an interchange may start in it.
            None => {
                let interchange = find_header(&raw[1..]).map(|at| at + 1);
                let length = interchange.unwrap_or(raw.len());
                self.text(&raw[..length], base, out);
                length + usize::from(interchange.is_none())
            }
        }
    }

    /// Reads what stands at the end of the document without a terminator.
    fn last(&mut self, rest: &[u8], base: u32, out: &mut Values<'_>) {
        if self.state == State::Segments {
            let skipped = self.blank_before(rest);
            let mut at = skipped;
            while at < rest.len() {
                let taken = self.one(&rest[at..], base + at as u32, out);
                at += taken.min(rest.len() - at);
            }
        } else {
            self.text(rest, base, out);
        }
    }

    /// Bytes before a segment that say nothing: line ends, blanks, padding, terminators of nothing.
    fn blank_before(&self, bytes: &[u8]) -> usize {
        let blank = |b: &&u8| b.is_ascii_whitespace() || matches!(**b, 0 | 0x1a) || **b == self.delimiters.terminator;
        bytes.iter().take_while(blank).count()
    }

    /// Where binary data start in a segment that says how long they are (BIN02, BDS03), and how long.
    fn data_before(&self, bytes: &[u8]) -> Option<(usize, u64)> {
        let id = bytes.get(..3).filter(|id| id[0] | 0x20 == b'b')?;
        let before = match () {
            () if id.eq_ignore_ascii_case(b"BIN") => 1,
            () if id.eq_ignore_ascii_case(b"BDS") => 2,
            () => return None,
        };
        let shown = &bytes[..bytes.len().min(64)];
        let mut elements = shown.split(|b| *b == self.delimiters.element);
        let length: u64 = str::from_utf8(elements.nth(before)?).ok()?.trim().parse().ok()?;
        elements.next()?;
        let start = memchr::memchr_iter(self.delimiters.element, shown).nth(before)? + 1;
        (length > 0).then_some((start, length))
    }

    fn spot(&self) -> Spot {
        self.spot
    }

    fn whose(&self) -> Whose {
        self.whose
    }

    fn component(&self) -> Option<u8> {
        self.delimiters.component
    }

    fn guide(&mut self, guide: &[u8]) {
        self.guide = guide[..guide.len().min(32)].to_vec();
    }

    fn last_guide(&self) -> &[u8] {
        &self.guide
    }

    fn next_record(&mut self) {
        self.record += 1;
    }

    /// Goes to a loop.
    fn stand(&mut self, spot: Spot) {
        if spot == self.spot && !self.loops.is_empty() {
            return;
        }
        self.spot = spot;
        self.whose = spot.whose();
        self.at = match self.loops.iter().position(|known| known.spot == spot) {
            Some(at) => at as u32,
            None if self.loops.len() < LOOPS => {
                self.loops.push(Loop { spot, whose: (self.whose, spot.is_of_another()), name: spot.name() });
                self.loops.len() as u32 - 1
            }
            None => 0,
        };
    }

    /// Hands out an element.
    #[inline]
    fn give(&mut self, segment: &Segment<'_>, number: usize, role: Role, qualifier: Qualifier, out: &mut Values<'_>) {
        let (start, end) = segment.range(number);
        if start >= end {
            return;
        }
        let place = self.place(segment, number as u8, role, qualifier, out);
        if role == Role::Text && segment.joined.is_empty() {
            return out.text(place, &segment.raw[start..end], segment.base + start as u32);
        }
        segment.give(place, start, end, out);
    }

    /// The number of a place.
    #[inline]
    fn place(
        &mut self,
        segment: &Segment<'_>,
        element: u8,
        role: Role,
        qualifier: Qualifier,
        out: &mut Values<'_>,
    ) -> u32 {
        let mut token = [0; 12];
        token[..3].copy_from_slice(&segment.id);
        token[3] = element;
        token[4] = role as u8;
        token[5] = 1;
        token[6..8].copy_from_slice(&qualifier.to_be_bytes());
        token[8..].copy_from_slice(&self.at.to_be_bytes());
        let [a, b, c, d, e, _, f, g, ..] = token;
        // Three bytes of the segment, one of the element; role, qualifier and loop share the rest.
        let key = u64::from_be_bytes([a, b, c, d, e << 4 | f, g, (self.at >> 8) as u8, self.at as u8]);
        let slot = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize % AT_HAND;
        if self.at_hand[slot].0 == key {
            return self.at_hand[slot].1;
        }
        let Loop { whose, name, .. } = &self.loops[self.at as usize];
        let id = str::from_utf8(segment.id()).unwrap_or_default();
        let place = out.places.number(&token, || places::describe(name, *whose, id, element, role, qualifier));
        self.at_hand[slot] = (key, place);
        place
    }

    /// The place of text that is no element: of a segment that is too long, or of none.
    fn loose(&self, segment: &[u8], out: &mut Values<'_>) -> u32 {
        out.places.number(segment, || Named {
            place: match str::from_utf8(segment) {
                Ok(id) if !id.is_empty() => Place::Segment(id.to_string()),
                _ => Place::Text,
            },
            keys: Vec::new(),
            names: Vec::new(),
            holds: Holds::Text,
            subject: None,
            of_another: false,
        })
    }
}

/// Where an interchange may start: `ISA` and a separator, in capitals or not.
fn find_header(bytes: &[u8]) -> Option<usize> {
    memchr::memchr2_iter(b'I', b'i', bytes).find(|at| {
        let here = &bytes[*at..];
        here.len() >= 4
            && here[..3].eq_ignore_ascii_case(b"ISA")
            && can_delimit(here[3])
            && (*at == 0 || !bytes[at - 1].is_ascii_alphanumeric())
    })
}

/// The identifier a segment starts with, where it does.
fn id_of(bytes: &[u8]) -> &[u8] {
    let length = bytes.iter().take(4).take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).count();
    if (2..=3).contains(&length) { &bytes[..length] } else { b"" }
}
