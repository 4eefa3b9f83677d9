//! RAR archives, 1.5 to 7. In: bytes that can be read from any place. Out: the members its headers list; the bytes of those that are
//! stored as they are. Refuses members that are packed: the only code for that is not free. Refuses what is encrypted, with the method,
//! and members that go over several volumes.
//!
//! After the technical note that comes with RAR 4 and `rarlab.com/technote.htm` for RAR 5. Our own, since what is needed is the list:
//! lengths are checked against what is there, and every step goes forward.

use std::cell::Cell;
use std::io::{Seek, SeekFrom};
use std::rc::Rc;

use super::archive::{Names, Visit};
use super::budget::{Budget, Halt, Metered};
use super::seek::{At, Exactly, Holding, skip, some, whole};
use super::{Member, Packed};
use crate::gap::Reason;

const OLD: &[u8] = b"Rar!\x1a\x07\0";
const NEW: &[u8] = b"Rar!\x1a\x07\x01\0";
/// The most bytes of a header: 2 MiB, the note of RAR 5.
const HEADER: u64 = 2 << 20;
/// Headers that are no members.
const OTHERS: u32 = 1 << 20;

pub(super) fn open(packed: Packed<'_>, budget: &Budget, visit: Visit<'_>) -> Result<(), Halt> {
    let holding = Holding::of(packed, budget)?;
    let mut mark = [0; 8];
    let mut reader = holding.reader();
    if !whole(&mut reader, &mut mark)? {
        return Err(damaged());
    }
    let mut list = List { holding: &holding, reader, budget, visit, names: Names::default(), others: 0 };
    if mark == NEW {
        list.new_headers()
    } else if mark.starts_with(OLD) {
        list.reader.seek(SeekFrom::Start(OLD.len() as u64)).map_err(|error| Halt::of(&error))?;
        list.old_headers()
    } else {
        Err(Halt::new(Reason::Unsupported, "a RAR archive of before 1.5, or of a form to come"))
    }
}

fn damaged() -> Halt {
    Halt::new(Reason::Malformed, "a damaged RAR archive")
}

/// A member as its header tells of it.
struct Told {
    name: Vec<u8>,
    size: Option<u64>,
    packed: u64,
    /// How it is locked.
    lock: Option<(Reason, &'static str)>,
    stored: bool,
    /// Part of it is in another volume.
    split: bool,
    /// A folder or a link: nothing is in it.
    empty: bool,
}

struct List<'a, 'b> {
    holding: &'a Holding<'b>,
    reader: At<'a>,
    budget: &'a Budget,
    visit: Visit<'a>,
    names: Names,
    others: u32,
}

impl List<'_, '_> {
    /// RAR 1.5 to 4: a checksum, a type, flags, the length of the header; of members and some others the length of what follows it.
    fn old_headers(&mut self) -> Result<(), Halt> {
        const MAIN: u8 = 0x73;
        const FILE: u8 = 0x74;
        const END: u8 = 0x7b;
        let mut head = [0; 7];
        while whole(&mut self.reader, &mut head)? {
            let (kind, flags) = (head[2], u16::from_le_bytes([head[3], head[4]]));
            let length = u64::from(u16::from_le_bytes([head[5], head[6]]));
            let rest = some(&mut self.reader, length.checked_sub(7).ok_or_else(damaged)?)?;
            match kind {
                MAIN if flags & 0x80 != 0 => {
                    return Err(Halt::new(Reason::Encrypted, "AES-128, RAR 4, names too"));
                }
                END => return Ok(()),
                FILE => {
                    let told = old_member(flags, &rest).ok_or_else(damaged)?;
                    self.tell(told)?;
                }
                _ => {
                    self.other()?;
                    if flags & 0x8000 != 0 {
                        let more = rest.get(..4).and_then(|more| more.try_into().ok()).map(u32::from_le_bytes);
                        skip(&mut self.reader, u64::from(more.ok_or_else(damaged)?))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// RAR 5 to 7: a checksum, the length of the header, a type, flags, the length of more fields, and of what follows it.
    fn new_headers(&mut self) -> Result<(), Halt> {
        const FILE: u64 = 2;
        const LOCK: u64 = 4;
        const END: u64 = 5;
        let mut sum = [0; 4];
        while whole(&mut self.reader, &mut sum)? {
            let length = self.length()?;
            if !(2..=HEADER).contains(&length) {
                return Err(damaged());
            }
            let header = some(&mut self.reader, length)?;
            let mut fields = Fields(&header);
            let (kind, flags) = fields.number().zip(fields.number()).ok_or_else(damaged)?;
            let extra = if flags & 1 != 0 { fields.number() } else { Some(0) };
            let data = if flags & 2 != 0 { fields.number() } else { Some(0) };
            let (extra, data) = extra.zip(data).ok_or_else(damaged)?;
            match kind {
                LOCK => return Err(Halt::new(Reason::Encrypted, "AES-256, RAR 5, names too")),
                END => return Ok(()),
                FILE => {
                    let told = new_member(flags, extra, data, &mut fields).ok_or_else(damaged)?;
                    self.tell(told)?;
                }
                _ => {
                    self.other()?;
                    skip(&mut self.reader, data)?;
                }
            }
        }
        Ok(())
    }

    /// A number of seven bits a byte, of three bytes at most.
    fn length(&mut self) -> Result<u64, Halt> {
        let mut length = 0;
        for shift in [0, 7, 14] {
            let byte = some(&mut self.reader, 1)?[0];
            length |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(length);
            }
        }
        Err(damaged())
    }

    fn other(&mut self) -> Result<(), Halt> {
        self.others += 1;
        if self.others > OTHERS { Err(damaged()) } else { Ok(()) }
    }

    /// Hands a member on, and passes over its bytes.
    fn tell(&mut self, told: Told) -> Result<(), Halt> {
        let at = self.reader.stream_position().map_err(|error| Halt::of(&error))?;
        if !told.empty {
            self.budget.member()?;
            let name = self.names.of(&told.name);
            let mut bytes = self.holding.reader();
            bytes.seek(SeekFrom::Start(at)).map_err(|error| Halt::of(&error))?;
            let refusal = match (told.lock, told.split, told.stored) {
                (Some((reason, method)), _, _) => Some((reason, method)),
                (None, true, _) => Some((Reason::Unsupported, "RAR, in several volumes")),
                (None, false, false) => Some((Reason::Unsupported, "RAR, packed")),
                (None, false, true) => None,
            };
            let size = told.size;
            match refusal {
                Some((reason, detail)) => {
                    (self.visit)(Member { name, content: Err((reason, detail.to_string())), size })?;
                }
                None => {
                    let exact = Exactly::new(&mut bytes, told.packed);
                    let stored = Metered::new(exact, self.budget, Rc::new(Cell::new(told.packed)));
                    (self.visit)(Member { name, content: Ok(Box::new(stored)), size })?;
                }
            }
        }
        let next = at.checked_add(told.packed).ok_or_else(damaged)?;
        self.reader.seek(SeekFrom::Start(next)).map_err(|error| Halt::of(&error))?;
        Ok(())
    }
}

/// Flags and fields of a member in RAR 1.5 to 4.
fn old_member(flags: u16, rest: &[u8]) -> Option<Told> {
    let mut fields = Fields(rest);
    let (mut packed, mut size) = (fields.fixed(4)?, fields.fixed(4)?);
    // System, checksum, time.
    fields.fixed(1)?;
    fields.fixed(4)?;
    fields.fixed(4)?;
    let (version, method) = (fields.fixed(1)?, fields.fixed(1)?);
    let length = fields.fixed(2)?;
    let attributes = fields.fixed(4)?;
    if flags & 0x100 != 0 {
        packed |= fields.fixed(4)? << 32;
        size |= fields.fixed(4)? << 32;
    }
    let name = fields.bytes(length)?;
    let lock = match (flags & 4 != 0, version) {
        (false, _) => None,
        (true, 29..) => Some((Reason::Encrypted, "AES-128, RAR 4")),
        // The ciphers of RAR 1.5 and 2.0 are its own, and broken.
        (true, _) => Some((Reason::WeakEncryption, "RAR 2")),
    };
    Some(Told {
        name: if flags & 0x200 != 0 { unicode(name) } else { name.to_vec() },
        size: (size != u64::from(u32::MAX)).then_some(size),
        packed,
        lock,
        stored: method == 0x30,
        split: flags & 3 != 0,
        // A folder; on Unix a symbolic link.
        empty: flags & 0xe0 == 0xe0 || attributes >> 12 == 0xa,
    })
}

/// Flags and fields of a member in RAR 5 to 7.
fn new_member(flags: u64, extra: u64, data: u64, fields: &mut Fields<'_>) -> Option<Told> {
    let kinds = fields.number()?;
    let size = fields.number()?;
    fields.number()?;
    if kinds & 2 != 0 {
        fields.fixed(4)?;
    }
    if kinds & 4 != 0 {
        fields.fixed(4)?;
    }
    let packing = fields.number()?;
    fields.number()?;
    let length = fields.number()?;
    let name = fields.bytes(length)?.to_vec();
    let mut more = Fields(fields.bytes(extra)?);
    let (mut lock, mut link) = (None, false);
    while let Some(length) = more.number() {
        let mut record = Fields(more.bytes(length)?);
        match record.number()? {
            1 => lock = Some((Reason::Encrypted, "AES-256, RAR 5")),
            // Links, of which a copy of a file within the archive is one.
            5 => link = true,
            _ => {}
        }
    }
    Some(Told {
        name,
        size: (kinds & 8 == 0).then_some(size),
        packed: data,
        lock,
        stored: packing >> 7 & 7 == 0,
        split: flags & 0x18 != 0,
        empty: kinds & 1 != 0 || link,
    })
}

/// Fields of a header, one after the other; `None` where they end.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn bytes(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    /// Little endian.
    fn fixed(&mut self, length: u64) -> Option<u64> {
        Some(self.bytes(length)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Seven bits a byte, the lowest first.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.bytes(1)?[0];
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

/// A name of RAR 3 and 4: in an 8-bit code page, a NUL, and what makes it UTF-16: a high byte, then two bits for each character: its
/// low byte, that with the high byte, both bytes, or a run taken from the first name. Without a NUL it is UTF-8.
fn unicode(name: &[u8]) -> Vec<u8> {
    let Some((plain, coded)) = memchr::memchr(0, name).map(|at| (&name[..at], &name[at + 1..])) else {
        return name.to_vec();
    };
    decoded(plain, coded).unwrap_or_else(|| plain.to_vec())
}

fn decoded(plain: &[u8], coded: &[u8]) -> Option<Vec<u8>> {
    let mut coded = coded.iter().copied();
    let high = u16::from(coded.next()?) << 8;
    let mut units: Vec<u16> = Vec::new();
    let (mut flags, mut left) = (0u8, 0);
    loop {
        if left == 0 {
            match coded.next() {
                Some(next) => (flags, left) = (next, 4),
                None => break,
            }
        }
        let Some(byte) = coded.next() else { break };
        match flags >> 6 {
            0 => units.push(u16::from(byte)),
            1 => units.push(high | u16::from(byte)),
            2 => units.push(u16::from(byte) | u16::from(coded.next()?) << 8),
            _ => {
                let (add, high) = if byte & 0x80 != 0 { (coded.next()?, high) } else { (0, 0) };
                for _ in 0..usize::from(byte & 0x7f) + 2 {
                    let from = *plain.get(units.len())?;
                    units.push(high | u16::from(from.wrapping_add(add)));
                }
            }
        }
        (flags, left) = (flags << 2, left - 1);
    }
    Some(String::from_utf16_lossy(&units).into_bytes())
}
