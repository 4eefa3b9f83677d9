//! Where values stand and what of them may be seen. In: values as they are counted. Out: places of the first of each
//! kind, and a row for each under `--matches`. Shows a value only as far as `--reveal` allows.

use std::ops::Range;

use crate::decode::text::Encoding;
use crate::extract::{Chunk, Entry};
use crate::finding::{Position, Protection, Subject};
use crate::identifier::Identifier;
use crate::judge::count::Job;
use crate::judge::plan::DocumentPlan;
use crate::judge::tally::Tally;
use crate::options::Reveal;
use crate::validate::Valid;

/// The first value of a kind.
#[derive(Clone, Copy, Debug)]
pub struct First {
    /// Where.
    pub position: Position,
    /// Its form, digits as `9` and letters as `A`.
    pub picture: [u8; 24],
    /// Offset in the chunk until the chunk is done, then in the document.
    pub(super) offset: u64,
    /// How long it is, bytes.
    pub(super) length: u32,
}

/// A value under `--matches`, until it is known whether its place is accepted.
#[derive(Clone)]
pub struct MatchRow {
    /// Column, from 0; `None` for the document's text.
    pub column: Option<u32>,
    /// Index into the rules.
    pub rule: u16,
    /// See [`Slot::shape`](super::tally::Slot::shape); `None` for values judged one by one.
    pub shape: Option<u8>,
    /// Log-odds, for values judged one by one.
    pub logit: f32,
    /// In what form.
    pub protection: Protection,
    /// Whether it is a test value.
    pub test: bool,
    /// Whose, for values judged one by one.
    pub subject: Option<Subject>,
    /// Where.
    pub position: Position,
    /// Offsets in the document.
    pub bytes: Range<u64>,
    /// Keyed hash.
    pub fingerprint: [u8; 10],
    /// As the user may see it.
    pub value: String,
}

/// Leaves the value out.
impl std::fmt::Debug for MatchRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MatchRow").field("rule", &self.rule).field("position", &self.position).finish_non_exhaustive()
    }
}

impl First {
    pub(super) fn at(offset: usize, record: u64, identifier: Identifier, value: &[u8]) -> First {
        let position = Position { record, line: 0, column: 0 };
        First { position, picture: picture(identifier, value), offset: offset as u64, length: value.len() as u32 }
    }

    /// Its form as text.
    pub fn picture_text(&self) -> String {
        self.picture.iter().take_while(|b| **b != 0).map(|b| *b as char).collect()
    }
}

/// Digits as `9`, letters as `A`, marks as they are. Empty for names, addresses and the like, whose form would tell too
/// much.
fn picture(identifier: Identifier, value: &[u8]) -> [u8; 24] {
    let mut picture = [0; 24];
    let tells = [Identifier::NAME, Identifier::ADDRESS, Identifier::EMAIL, Identifier::URL];
    if tells.contains(&identifier) || value.len() > picture.len() {
        return picture;
    }
    for (slot, byte) in picture.iter_mut().zip(value) {
        *slot = match byte {
            b'0'..=b'9' => b'9',
            b'A'..=b'Z' | b'a'..=b'z' => b'A',
            b' '..=b'~' => *byte,
            _ => b'?',
        };
    }
    picture
}

pub(super) struct Found<'a> {
    pub(super) valid: &'a Valid,
    pub(super) test: bool,
    pub(super) span: Range<usize>,
    pub(super) number: u64,
}

/// Keyed hash of a value; only those who hold the key can try values against it.
pub(super) fn fingerprint(key: &[u8; 32], identifier: Identifier, valid: &Valid) -> [u8; 10] {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(identifier.name().as_bytes()).update(&[0]).update(valid.normal.as_bytes());
    let mut fingerprint = [0; 10];
    fingerprint.copy_from_slice(&hasher.finalize().as_bytes()[..10]);
    fingerprint
}

#[allow(clippy::too_many_arguments)]
pub(super) fn match_row(
    job: Job<'_>,
    chunk: &Chunk,
    column: Option<u32>,
    rule: u16,
    shape: Option<u8>,
    logit: f32,
    subject: Option<Subject>,
    found: Found<'_>,
) -> MatchRow {
    let identifier = job.engine.rules().rules[rule as usize].identifier;
    let fingerprint = fingerprint(job.key, identifier, found.valid);
    MatchRow {
        column,
        rule,
        shape,
        logit,
        protection: found.valid.protection,
        test: found.test,
        subject,
        position: Position { record: found.number, line: 0, column: 0 },
        bytes: found.span.start as u64..found.span.end as u64,
        fingerprint,
        value: revealed(job.options.reveal, identifier, &chunk.bytes[found.span], found.valid),
    }
}

/// A value as the user may see it.
fn revealed(reveal: Reveal, identifier: Identifier, value: &[u8], valid: &Valid) -> String {
    let info = identifier.info();
    let normal = valid.normal.as_bytes();
    // `last4` of a short member id or MRN would be most of it.
    let long = !matches!(identifier, Identifier::MEMBER_ID | Identifier::MRN) || normal.len() >= 8;
    match reveal {
        Reveal::Full => String::from_utf8_lossy(value).into_owned(),
        Reveal::Last4 if info.last4 && long && normal.len() >= 4 => {
            let tail = String::from_utf8_lossy(&normal[normal.len() - 4..]).into_owned();
            let kept = info.mask.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
            format!("{}{tail}", &info.mask[..kept])
        }
        _ => info.mask.to_string(),
    }
}

/// Fills in lines and columns, in one sweep over the chunk, and turns offsets into the document's.
pub(super) fn places(plan: &DocumentPlan, chunk: &Chunk, tally: &mut Tally) {
    let Tally { columns, text, matches, .. } = tally;
    let forms = columns.iter_mut().flat_map(|c| &mut c.slots).flat_map(|s| &mut s.forms);
    let mut firsts: Vec<&mut First> =
        forms.chain(text.iter_mut().flat_map(|t| &mut t.bands)).flatten().map(|form| &mut form.first).collect();
    firsts.sort_by_key(|first| first.offset);
    let cursor = || Cursor::new(plan, &chunk.bytes, chunk.core.start, chunk.entry);
    let mut at = cursor();
    for first in firsts {
        (first.position.line, first.position.column) = at.to(first.offset as usize);
        first.offset += chunk.base;
    }
    matches.sort_by_key(|m| (m.bytes.start, m.bytes.end));
    let mut at = cursor();
    for found in matches {
        (found.position.line, found.position.column) = at.to(found.bytes.start as usize);
        found.bytes = at.origin(chunk.base, found.bytes.clone());
    }
}

/// Line and character of increasing offsets.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    line_end: u8,
    at: usize,
    line: u64,
    chars: u64,
    encoding: Option<Encoding>,
    origin: u64,
}

impl<'a> Cursor<'a> {
    /// At `at` in `bytes`, which is entered in the state `entry`.
    pub(super) fn new(plan: &DocumentPlan, bytes: &'a [u8], at: usize, entry: Entry) -> Cursor<'a> {
        let (line_end, encoding) = (plan.layout.line_end(), plan.encoding);
        Cursor { bytes, line_end, at, line: entry.lines + 1, chars: entry.chars, encoding, origin: entry.origin }
    }

    /// Where a stretch that starts where it stands lies in the document; `base` is where its bytes start there, if they are
    /// the document's own.
    pub(super) fn origin(&self, base: u64, stretch: Range<u64>) -> Range<u64> {
        match self.encoding {
            None => stretch.start + base..stretch.end + base,
            Some(encoding) => {
                let text = &self.bytes[stretch.start as usize..stretch.end as usize];
                self.origin..self.origin + encoding.width(text)
            }
        }
    }

    pub(super) fn to(&mut self, offset: usize) -> (u64, u64) {
        let stretch = &self.bytes[self.at.min(offset)..offset];
        match memchr::memrchr(self.line_end, stretch) {
            Some(last) => {
                self.line += memchr::memchr_iter(self.line_end, stretch).count() as u64;
                self.chars = crate::extract::chars(&stretch[last + 1..]);
            }
            None => self.chars += crate::extract::chars(stretch),
        }
        self.origin += self.encoding.map_or(0, |encoding| encoding.width(stretch));
        self.at = offset;
        (self.line, self.chars + 1)
    }
}
