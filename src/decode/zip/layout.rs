//! Where the members of a zip stand (APPNOTE 4.3). In: the archive, what its directory says of each member. Out: whether a member's own
//! header says the same; whether two members share bytes; members that the directory does not list. Refuses to believe a
//! header whose fields make no sense: four bytes alone are no member.
//!
//! A reader that goes by the directory, and one that goes from header to header, see two archives where these disagree.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use flate2::read::DeflateDecoder;

use super::super::Member;
use super::super::archive::{Names, Visit};
use super::super::budget::{Budget, Halt, Metered};
use super::super::seek::Holding;
use super::MASKED;
use crate::gap::Reason;

/// A local header without name and extra field (4.3.7).
const HEADER: usize = 30;
const MARK: &[u8] = b"PK\x03\x04";
/// Names of members that the directory does not list are no longer.
const NAME: usize = 1024;
/// Bytes that are searched at once for headers.
const STEP: usize = 64 << 10;
/// Methods (4.4.5), and 99 for AES. Of others nobody would know.
const METHODS: [u16; 15] = [0, 1, 6, 8, 9, 10, 12, 14, 18, 19, 93, 95, 96, 98, 99];

/// What a member's own header says.
pub(super) struct Header {
    flags: u16,
    method: u16,
    /// As far as it says: 0 or all ones where that stands elsewhere.
    packed: u32,
    name: Vec<u8>,
    /// Where its bytes start.
    data: u64,
}

impl Header {
    /// The header at `at`; `None` where there is none.
    fn read(holding: &Holding<'_>, at: u64) -> io::Result<Option<Header>> {
        // Most names are all there at once.
        let mut fixed = vec![0; 4 * HEADER];
        let got = holding.read_at(at, &mut fixed)?;
        if got < HEADER || !fixed.starts_with(MARK) {
            return Ok(None);
        }
        let two = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
        let length = usize::from(two(26));
        let mut name = fixed[HEADER..got.min(HEADER + length)].to_vec();
        if name.len() < length {
            let before = name.len();
            name.resize(length, 0);
            if holding.read_at(at + got as u64, &mut name[before..])? < length - before {
                return Ok(None);
            }
        }
        let packed = u32::from_le_bytes([fixed[18], fixed[19], fixed[20], fixed[21]]);
        let data = at + HEADER as u64 + u64::from(two(26)) + u64::from(two(28));
        Ok(Some(Header { flags: two(6), method: two(8), packed, name, data }))
    }

    /// Whether it can be one that nobody planned to be found by chance.
    fn makes_sense(&self) -> bool {
        METHODS.contains(&self.method)
            && (1..=NAME).contains(&self.name.len())
            && self.name.iter().all(|b| *b >= b' ')
            && self.name.last() != Some(&b'/')
    }

    /// How many bytes it has packed, if it says so itself: bit 3 says that they stand behind the data (4.4.4).
    fn says(&self) -> Option<u64> {
        let known = self.flags & 1 << 3 == 0 && self.packed != u32::MAX;
        known.then_some(u64::from(self.packed))
    }
}

/// What the directory says of a member.
pub(super) struct Listed<'a> {
    pub(super) at: u64,
    pub(super) packed: u64,
    pub(super) flags: u16,
    /// `None` where encryption hides it, or it is none of the two that nearly all members have.
    pub(super) method: Option<u16>,
    pub(super) name: &'a [u8],
}

/// What was met of an archive.
#[derive(Default)]
pub(super) struct Layout {
    /// Bytes that belong to members: start and end.
    taken: BTreeMap<u64, u64>,
    /// Members whose own header says something else.
    pub(super) liars: u64,
}

impl Layout {
    /// Notes a member; why it is not read, where its bytes are another's already.
    pub(super) fn place(&mut self, holding: &Holding<'_>, listed: &Listed<'_>) -> Result<(), (Reason, String)> {
        // What cannot be read says so when it is.
        let header = Header::read(holding, listed.at).ok().flatten();
        let data = header.as_ref().map_or(listed.at + HEADER as u64, |header| header.data);
        let end = data.saturating_add(listed.packed);
        if let Some(header) = header
            && header.flags & MASKED == 0
        {
            let size = header.says().is_some_and(|packed| packed != 0 && packed != listed.packed);
            let method = listed.method.is_some_and(|method| method != header.method);
            let encrypted = (header.flags ^ listed.flags) & 1 != 0;
            self.liars += u64::from(size || method || encrypted || header.name != listed.name);
        }
        let before = self.taken.range(..end).next_back();
        if before.is_some_and(|(_, other)| *other > listed.at) {
            return Err((Reason::Malformed, "its bytes are those of another member, too".to_string()));
        }
        self.taken.insert(listed.at, end);
        Ok(())
    }

    /// Hands on members that stand before `end` and that the directory does not list.
    pub(super) fn hidden(
        &self,
        holding: &Holding<'_>,
        end: u64,
        names: &mut Names,
        budget: &Budget,
        visit: Visit<'_>,
    ) -> Result<(), Halt> {
        let mut from = 0;
        for (start, stop) in self.taken.iter().map(|(start, stop)| (*start, *stop)).chain([(end, end)]) {
            search(holding, from..start.min(end), names, budget, &mut *visit)?;
            from = from.max(stop);
        }
        Ok(())
    }
}

/// Looks for members in a stretch of bytes.
fn search(
    holding: &Holding<'_>,
    stretch: std::ops::Range<u64>,
    names: &mut Names,
    budget: &Budget,
    visit: Visit<'_>,
) -> Result<(), Halt> {
    let mut at = stretch.start;
    let mut window = vec![0; STEP];
    while at + (HEADER as u64) < stretch.end {
        let wanted = window.len().min(usize::try_from(stretch.end - at).unwrap_or(STEP));
        let got = holding.read_at(at, &mut window[..wanted]).map_err(|error| Halt::of(&error))?;
        let Some(found) = memchr::memmem::find(&window[..got], MARK) else {
            if got < wanted || at + got as u64 >= stretch.end {
                return Ok(());
            }
            // A mark may stand across the end.
            at += (got - (MARK.len() - 1)) as u64;
            continue;
        };
        at += found as u64;
        let header = Header::read(holding, at).map_err(|error| Halt::of(&error))?;
        let header = header.filter(|header| header.makes_sense() && header.data <= stretch.end);
        let Some(header) = header else {
            at += MARK.len() as u64;
            continue;
        };
        budget.member()?;
        at = header.data + member(holding, &header, stretch.end, names, budget, &mut *visit)?;
    }
    Ok(())
}

/// Hands on a member by its own header; how many bytes of the archive are its.
fn member(
    holding: &Holding<'_>,
    header: &Header,
    end: u64,
    names: &mut Names,
    budget: &Budget,
    visit: Visit<'_>,
) -> Result<u64, Halt> {
    let room = end - header.data;
    let packed = header.says().map_or(room, |packed| packed.min(room));
    let name = names.of(&header.name);
    let refused =
        |reason, detail: &str| Member { name: name.clone(), content: Err((reason, detail.to_string())), size: None };
    if header.flags & 1 != 0 {
        visit(match header.method {
            99 => refused(Reason::Encrypted, "AES, a member that the directory does not list"),
            _ => refused(Reason::WeakEncryption, "ZipCrypto, a member that the directory does not list"),
        })?;
        return Ok(header.says().map_or(0, |_| packed));
    }
    let mut reader = holding.reader();
    reader.seek(SeekFrom::Start(header.data)).map_err(|error| Halt::of(&error))?;
    let count = Rc::new(Cell::new(0));
    let mut inner = Counting { inner: reader.take(packed), count: count.clone() };
    let size = Rc::new(Cell::new(packed));
    let content: Box<dyn Read + '_> = match header.method {
        0 => Box::new(Metered::new(&mut inner, budget, size)),
        8 => Box::new(Metered::new(DeflateDecoder::new(&mut inner), budget, size)),
        _ => {
            visit(refused(
                Reason::Unsupported,
                "a member that the directory does not list, and a method that is not read",
            ))?;
            return Ok(header.says().map_or(0, |_| packed));
        }
    };
    visit(Member { name: name.clone(), content: Ok(content), size: None })?;
    // Of one that does not say how long it is, what was read; its reader reads ahead, so a little less is certain.
    Ok(header.says().map_or_else(|| count.get().saturating_sub(STEP as u64), |_| packed))
}

struct Counting<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        self.count.set(self.count.get() + got as u64);
        Ok(got)
    }
}
