//! The elements of a data set. In: bytes, a stretch at a time. Out: values in their places, and how far to go on. Refuses
//! what is no element; believes a length only as far as the document reaches.

use super::charset::Charset;
use super::element::{self, Head, ITEM, ITEM_END, Parsed, SEQUENCE_END, Syntax, UNDEFINED};
use super::malformed;
use super::tags::{self, Kind};
use crate::extract::named::{Batch, Broken, PIECE, Places, Progress, Value};
use crate::gap::Reason;

/// Levels of nesting that are told apart. Deeper ones are read like the last.
const LEVELS: usize = 64;
/// A stated length above this is no text's: PS3.5 6.2 allows more in theory.
const LONGEST_TEXT: u32 = 64 << 20;

pub(super) const CHARSET: u32 = 0x0008_0005;
pub(super) const TRANSFER_SYNTAX: u32 = 0x0002_0010;
pub(super) const DIRECTORY_RECORD_TYPE: u32 = 0x0004_1430;
pub(super) const DIRECTORY_RECORDS: u32 = 0x0004_1220;
pub(super) const BURNED_IN: u32 = 0x0028_0301;
const ENCAPSULATED: u32 = 0x0042_0011;
/// Values shorter than this are read for what they say to us.
const LONGEST_SETTING: u32 = 1024;

/// What is known at a point of a data set.
#[derive(Debug)]
pub(super) struct DataSet {
    pub(super) syntax: Syntax,
    /// In the file meta information (group 0002), which is explicit little endian whatever follows.
    pub(super) meta: bool,
    stated: Transfer,
    charset: Charset,
    levels: Vec<Level>,
    /// Levels of undefined length above those on the stack.
    above: u64,
    /// Among the fragments of compressed pixel data.
    fragments: bool,
    /// A long text: what is left of it, and its place.
    text: Option<(u64, u32)>,
    record: u64,
    /// The last value reaches to the end of the document and should reach further.
    pub(super) cut: bool,
    pixels: bool,
    burned_in: bool,
    encapsulated: bool,
}

/// The transfer syntax as the file states it (PS3.5 annex A).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transfer {
    Unknown,
    Little,
    Big,
    Deflated,
}

/// A sequence or an item of one.
#[derive(Debug)]
struct Level {
    /// Where it ends; `None` where a delimiter does.
    end: Option<u64>,
    tag: u32,
    /// It is about providers.
    providers: bool,
    /// What holds again behind it.
    syntax: Syntax,
    charset: Charset,
}

/// What comes next.
#[derive(Debug)]
pub(super) enum Step {
    /// More bytes are needed.
    Need,
    /// This many bytes were read.
    Took(usize),
    /// The head was read; this many bytes behind it need not be.
    Skip(usize, u64),
    /// The meta information ends here, and what follows is compressed.
    Inflate,
    End,
    Broken(&'static str),
}

/// Where values go.
pub(super) struct Sink<'a> {
    pub(super) places: &'a mut Places,
    pub(super) batch: &'a mut Batch,
    /// Where the bytes that are read start in the batch; `None` where they do not stand in the document as they are.
    pub(super) at: Option<usize>,
    /// Where values that do not stand in the document are said to stand.
    pub(super) anchor: usize,
}

impl Sink<'_> {
    /// A value at `start` to `end` of the bytes being read, whose text is `text` where that differs from them.
    fn value(&mut self, place: u32, record: u64, raw: (usize, usize), bytes: &[u8], text: Option<&str>) {
        let mut decoded = (0, 0);
        if self.at.is_none() || text.is_some() {
            let start = self.batch.decoded.len() as u32;
            self.batch.decoded.extend_from_slice(text.map_or(&bytes[raw.0..raw.1], str::as_bytes));
            decoded = (start, self.batch.decoded.len() as u32);
        }
        let (start, end) = match self.at {
            Some(at) => (at + raw.0, at + raw.1),
            None => (self.anchor, self.anchor),
        };
        self.batch.values.push(Value { place, record, start: start as u32, end: end as u32, decoded });
    }
}

impl DataSet {
    /// At the start of a document.
    pub(super) fn new() -> DataSet {
        DataSet {
            syntax: Syntax::EXPLICIT,
            meta: false,
            stated: Transfer::Unknown,
            charset: Charset::Guess,
            levels: Vec::new(),
            above: 0,
            fragments: false,
            text: None,
            record: 1,
            cut: false,
            pixels: false,
            burned_in: true,
            encapsulated: false,
        }
    }

    /// Reads one element, or the head of what holds others. `rest` starts at `offset`; `ended` says that nothing
    /// follows it.
    pub(super) fn step(&mut self, rest: &[u8], ended: bool, offset: u64, sink: &mut Sink<'_>) -> Step {
        if let Some((left, place)) = self.text {
            return self.piece(rest, ended, left, place, sink);
        }
        while let Some(level) = self.levels.last().filter(|level| level.end.is_some_and(|end| end <= offset)) {
            (self.syntax, self.charset) = (level.syntax, level.charset);
            self.levels.pop();
        }
        if rest.is_empty() {
            return if ended { Step::End } else { Step::Need };
        }
        if self.meta {
            match Syntax::EXPLICIT.tag(rest) {
                Some(tag) if tag >> 16 != 0x0002 => return self.leave_meta(rest, ended),
                Some(_) => {}
                None if ended => return Step::Broken("ends inside an element"),
                None => return Step::Need,
            }
        }
        let head = match self.syntax.head(rest) {
            Parsed::Head(head) => head,
            Parsed::Short if !ended => return Step::Need,
            // Some files are filled up.
            Parsed::Short if rest.iter().all(|b| *b == 0) => return Step::Took(rest.len()),
            Parsed::Short => return Step::Broken("ends inside an element"),
            Parsed::Wrong => return Step::Broken("no element stands here"),
        };
        // Where a sequence starts, its first item says more about it than its head.
        let peek = head.size + 14;
        if rest.len() < peek && !ended && (head.length as usize) >= 14 {
            return Step::Need;
        }
        let end = offset + head.size as u64 + u64::from(head.length);
        match head.tag {
            ITEM if self.fragments => return Step::Skip(head.size, u64::from(head.length)),
            SEQUENCE_END if self.fragments => {
                self.fragments = false;
                return Step::Took(head.size);
            }
            _ if self.fragments => return Step::Broken("a fragment without its head"),
            ITEM => {
                self.push(head.tag, (head.length != UNDEFINED).then_some(end), None);
                return Step::Took(head.size);
            }
            ITEM_END | SEQUENCE_END => {
                self.delimited();
                return Step::Took(head.size);
            }
            _ => {}
        }
        let content = &rest[head.size..];
        let is_binary = head.vr.is_some_and(|vr| vr[0] == b'O') || is_pixels(head.tag);
        self.pixels |= is_pixels(head.tag) && self.levels.is_empty() && head.length != 0;
        if head.length == UNDEFINED {
            if is_binary {
                self.fragments = true;
            } else {
                self.push(head.tag, None, self.items(content, head));
            }
            return Step::Took(head.size);
        }
        let is_sequence = match head.vr {
            Some(vr) => &vr == b"SQ" || &vr == b"UN" && self.starts_an_item(content),
            None => !is_binary && self.starts_an_item(content),
        };
        if is_sequence {
            self.push(head.tag, Some(end), self.items(content, head));
            return Step::Took(head.size);
        }
        self.value(head, rest, ended, sink)
    }

    /// Behind the file meta information. What the bytes look like decides before what the file states, but deflated
    /// bytes look like nothing.
    fn leave_meta(&mut self, rest: &[u8], ended: bool) -> Step {
        if self.stated == Transfer::Deflated {
            self.meta = false;
            // The data set in it is explicit little endian (PS3.5 A.5).
            self.syntax = Syntax::EXPLICIT;
            return Step::Inflate;
        }
        if rest.len() < 6 && !ended {
            return Step::Need;
        }
        self.meta = false;
        let stated = self.stated == Transfer::Big;
        self.syntax = Syntax {
            explicit: rest.get(4..6).is_some_and(|vr| element::is_vr([vr[0], vr[1]])),
            // The order of bytes shows in small groups only.
            big: Syntax::guess(rest).filter(|_| rest[0] != rest[1]).map_or(stated, |guess| guess.big),
        };
        Step::Took(0)
    }

    /// Enters a sequence or an item.
    fn push(&mut self, tag: u32, end: Option<u64>, within: Option<Syntax>) {
        if self.levels.len() >= LEVELS {
            self.above += u64::from(end.is_none());
            return;
        }
        let outer = self.levels.last().is_some_and(|level| level.providers);
        let providers = outer || tags::known(tag).is_some_and(|known| known.kind == Kind::Providers);
        self.levels.push(Level { end, tag, providers, syntax: self.syntax, charset: self.charset });
        self.syntax = within.unwrap_or(self.syntax);
    }

    /// A delimiter: the innermost level of undefined length ends.
    fn delimited(&mut self) {
        if self.above > 0 {
            self.above -= 1;
            return;
        }
        let Some(innermost) = self.levels.iter().rposition(|level| level.end.is_none()) else { return };
        let level = &self.levels[innermost];
        (self.syntax, self.charset) = (level.syntax, level.charset);
        self.levels.truncate(innermost);
    }

    fn starts_an_item(&self, content: &[u8]) -> bool {
        self.syntax.tag(content) == Some(ITEM) || Syntax::IMPLICIT.tag(content) == Some(ITEM)
    }

    /// How the items of a sequence are written. One of unknown representation was copied from a file whose
    /// syntax nobody wrote down (PS3.5 6.2.2, note 4): its first element tells.
    fn items(&self, content: &[u8], head: Head) -> Option<Syntax> {
        if head.vr.as_ref() == Some(b"SQ") || !self.starts_an_item(content) {
            return None;
        }
        let first = content.get(8..14)?;
        let big = self.syntax.big && self.syntax.tag(content) == Some(ITEM);
        Some(Syntax { explicit: element::is_vr([first[4], first[5]]), big })
    }

    /// The value of an element that holds no others.
    fn value(&mut self, head: Head, rest: &[u8], ended: bool, sink: &mut Sink<'_>) -> Step {
        let length = head.length as usize;
        let skip = Step::Skip(head.size, u64::from(head.length));
        let is_setting = matches!(head.tag, CHARSET | TRANSFER_SYNTAX | DIRECTORY_RECORD_TYPE | BURNED_IN);
        self.encapsulated |= head.tag == ENCAPSULATED && length > 0;
        let kind = match self.kind(head) {
            _ if is_setting && head.length <= LONGEST_SETTING => None,
            Some(kind) => Some(kind),
            None => return skip,
        };
        if length == 0 {
            return skip;
        }
        if length > PIECE {
            let long = matches!(head.vr.as_ref(), Some(b"UT" | b"UC" | b"LT" | b"ST")) || head.vr.is_none();
            return match kind {
                Some(Kind::Text) if head.length > LONGEST_TEXT && long => Step::Broken("a text longer than any"),
                Some(Kind::Text) if long => {
                    let place = self.place(head.tag, Kind::Text, sink);
                    self.text = Some((u64::from(head.length), place));
                    Step::Took(head.size)
                }
                _ => skip,
            };
        }
        let whole = head.size + length;
        if rest.len() < whole && !ended {
            return Step::Need;
        }
        self.cut |= rest.len() < whole;
        let end = whole.min(rest.len());
        let bytes = &rest[head.size..end];
        match kind {
            None => self.setting(head.tag, bytes),
            Some(Kind::Text) if tags::known(head.tag).is_none() && !is_printable(bytes, self.charset) => {}
            Some(kind) => {
                let place = self.place(head.tag, kind, sink);
                self.values(kind, place, (head.size, end), rest, sink);
            }
        }
        Step::Took(end)
    }

    /// What an element holds: as the profile says, else by its representation; `None` where nobody needs to look.
    fn kind(&self, head: Head) -> Option<Kind> {
        if let Some(known) = tags::known(head.tag) {
            return Some(match known.kind {
                // A sequence by its tag that is none: what stands there is looked at as text.
                Kind::Providers | Kind::Sequence => Kind::Text,
                kind => kind,
            });
        }
        // Groups of meta information and of lengths, and what nobody may read: pixels, overlays, curves.
        let group = head.tag >> 16;
        if self.meta || head.tag & 0xFFFF == 0 || matches!(group, 0x5000..=0x50FF | 0x6000..=0x60FF | 0x7FE0) {
            return None;
        }
        match head.vr.as_ref() {
            Some(b"PN") => Some(Kind::Name(None)),
            Some(b"LO" | b"SH" | b"LT" | b"ST" | b"UT" | b"UC" | b"UR") => Some(Kind::Text),
            // Anything may stand here. What is not printable is left out when it is seen.
            Some(b"UN" | b"OB" | b"??") | None if head.length as usize <= PIECE => Some(Kind::Text),
            _ => None,
        }
    }

    fn place(&self, tag: u32, kind: Kind, sink: &mut Sink<'_>) -> u32 {
        let sequence = self.levels.iter().rev().find(|level| level.tag != ITEM).map(|level| level.tag);
        let sequence = sequence.filter(|tag| *tag != DIRECTORY_RECORDS);
        let providers = self.levels.last().is_some_and(|level| level.providers);
        let mut token = [0; 9];
        token[..4].copy_from_slice(&tag.to_be_bytes());
        let within = sequence.and_then(tags::known);
        token[4..8].copy_from_slice(&within.and(sequence).unwrap_or(0).to_be_bytes());
        token[8] = u8::from(providers) + 2 * u8::from(matches!(kind, Kind::Name(_)));
        sink.places.number(&token, || tags::describe(tag, kind, within.map(|known| known.keyword), providers))
    }

    /// What an element says to us.
    fn setting(&mut self, tag: u32, bytes: &[u8]) {
        let value = bytes.trim_ascii_end();
        let value = &value[..value.iter().rposition(|b| !matches!(b, 0 | b' ')).map_or(0, |at| at + 1)];
        match tag {
            CHARSET => self.charset = Charset::named(value),
            TRANSFER_SYNTAX => {
                self.stated = match value {
                    b"1.2.840.10008.1.2.2" => Transfer::Big,
                    b"1.2.840.10008.1.2.1.99" | b"1.2.840.10008.1.2.4.95" => Transfer::Deflated,
                    _ => Transfer::Little,
                }
            }
            BURNED_IN => self.burned_in = !value.eq_ignore_ascii_case(b"NO"),
            DIRECTORY_RECORD_TYPE if value == b"PATIENT" => self.record += 1,
            _ => {}
        }
    }

    /// The values of one element: separated by backslashes, and the forms of a name by `=` (PS3.5 6.2.1, 6.4).
    fn values(&mut self, kind: Kind, place: u32, raw: (usize, usize), rest: &[u8], sink: &mut Sink<'_>) {
        let text = self.charset.decode(&rest[raw.0..raw.1]);
        let separators: &[char] = match kind {
            Kind::Name(_) => &['\\', '='],
            Kind::Value(_) => &['\\'],
            _ => &[],
        };
        let is_name = matches!(kind, Kind::Name(_));
        let padding = |c: char| c.is_whitespace() || c == '\0' || is_name && c == '^';
        let as_it_stands = matches!(text, std::borrow::Cow::Borrowed(_));
        let record = self.record;
        for part in text.split(|c| separators.contains(&c)) {
            let part = part.trim_matches(padding);
            if part.is_empty() {
                continue;
            }
            if as_it_stands {
                // Both are slices of the same bytes.
                let start = raw.0 + (part.as_ptr() as usize - text.as_ptr() as usize);
                sink.value(place, record, (start, start + part.len()), rest, None);
            } else {
                sink.value(place, record, raw, rest, Some(part));
            }
        }
    }

    /// A piece of a text that is longer than one.
    fn piece(&mut self, rest: &[u8], ended: bool, left: u64, place: u32, sink: &mut Sink<'_>) -> Step {
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(PIECE);
        if rest.len() < wanted && !ended {
            return Step::Need;
        }
        if rest.is_empty() {
            (self.text, self.cut) = (None, true);
            return Step::Took(0);
        }
        let mut end = wanted.min(rest.len());
        if (end as u64) < left
            && let Some(blank) = rest[..end].iter().rposition(|b| matches!(b, b' ' | b'\n' | b'\r'))
        {
            end = blank + 1;
        }
        self.values(Kind::Text, place, (0, end), rest, sink);
        self.text = Some((left - end as u64, place)).filter(|(left, _)| *left > 0);
        Step::Took(end)
    }

    /// At the end of the document: what of it was not read.
    pub(super) fn finish(&self) -> Result<Progress, Broken> {
        if self.cut || self.fragments {
            return Err(malformed("ends before a value does"));
        }
        if self.pixels && self.burned_in {
            let detail = "pixels that may hold writing: burned-in annotation is not said to be absent";
            return Err(Broken { reason: Reason::Image, detail });
        }
        if self.encapsulated {
            return Err(Broken { reason: Reason::Unsupported, detail: "an encapsulated document" });
        }
        Ok(Progress::End)
    }
}

/// Pixel data: whole numbers, floating point, double.
fn is_pixels(tag: u32) -> bool {
    matches!(tag, 0x7FE0_0008..=0x7FE0_0010)
}

/// Whether bytes of an unknown element read as text, and not as a number, an id or a code alone.
fn is_printable(bytes: &[u8], charset: Charset) -> bool {
    let text = &bytes[..bytes.iter().rposition(|b| !matches!(b, 0 | b' ')).map_or(0, |at| at + 1)];
    let control = text.iter().any(|b| (*b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B)) || *b == 0x7F);
    let is_number = text.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'\\' | b'-' | b' '));
    let is_id = is_number && (text.contains(&b'.') || text.len() < 6);
    let high = text.iter().filter(|b| **b >= 0x80).count();
    let readable = high == 0 || charset != Charset::Guess || std::str::from_utf8(text).is_ok();
    text.len() >= 4 && !control && !is_id && readable && high * 2 <= text.len() + high / 2
}
