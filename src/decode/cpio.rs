//! cpio archives. In: bytes in order. Out: their members, in order: the old binary form of either byte order, `odc`, `newc`
//! and `crc`. Refuses headers that are none. No kept crate reads more than one of these.
//!
//! Source of the format: cpio(5).

use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

use super::archive::{Names, Visit};
use super::budget::{Budget, Halt, Metered};
use super::{Member, Packed, seek};
use crate::gap::Reason;

/// The longest name that is kept.
const NAME: u64 = 64 << 10;
/// The bits of a mode that say what kind of file it is, and those of a regular one.
const KIND: (u64, u64) = (0o170_000, 0o100_000);

/// What a header says.
struct Header {
    mode: u64,
    /// With the NUL behind it.
    name: u64,
    size: u64,
    /// Name and bytes are padded so that what follows stands at a multiple of this.
    align: u64,
    /// Bytes of the header.
    length: u64,
}

pub(super) fn open(packed: Packed<'_>, budget: &Budget, visit: Visit<'_>) -> Result<(), Halt> {
    let mut reader = seek::in_order(packed);
    let mut names = Names::default();
    loop {
        let mut magic = [0; 6];
        if !seek::whole(&mut reader, &mut magic)? {
            // Without the trailer: cut off between two members.
            return Err(Halt::new(Reason::Malformed, "it ends without its trailer"));
        }
        let header = header(&magic, &mut reader)?;
        let kept = header.name.min(NAME);
        let mut name = seek::some(&mut reader, kept)?;
        seek::skip(&mut reader, header.name - kept + padding(header.length + header.name, header.align))?;
        name.truncate(name.iter().position(|b| *b == 0).unwrap_or(name.len()));
        if name == b"TRAILER!!!" {
            return Ok(());
        }
        let after = padding(header.size, header.align);
        if header.mode & KIND.0 != KIND.1 {
            seek::skip(&mut reader, header.size + after)?;
            continue;
        }
        budget.member()?;
        let mut bytes = seek::Exactly::new(&mut reader, header.size);
        let packed = Rc::new(Cell::new(header.size));
        let content: Box<dyn Read + '_> = Box::new(Metered::new(&mut bytes, budget, packed));
        visit(Member { name: names.of(&name), content: Ok(content), size: Some(header.size) })?;
        bytes.finish()?;
        seek::skip(&mut reader, after)?;
    }
}

fn padding(length: u64, align: u64) -> u64 {
    (align - length % align) % align
}

fn header(magic: &[u8; 6], reader: &mut dyn Read) -> Result<Header, Halt> {
    let malformed = || Halt::new(Reason::Malformed, "a damaged member header");
    match magic {
        b"070701" | b"070702" => {
            let rest = seek::some(reader, 104)?;
            let field = |n: usize| rest.get(n * 8..n * 8 + 8).and_then(|hex| radix(hex, 16)).ok_or_else(malformed);
            Ok(Header { mode: field(1)?, size: field(6)?, name: field(11)?, align: 4, length: 110 })
        }
        b"070707" => {
            let rest = seek::some(reader, 70)?;
            let field = |at: usize, length: usize| {
                rest.get(at - 6..at - 6 + length).and_then(|octal| radix(octal, 8)).ok_or_else(malformed)
            };
            Ok(Header { mode: field(18, 6)?, name: field(59, 6)?, size: field(65, 11)?, align: 1, length: 76 })
        }
        [0xc7, 0x71, ..] | [0x71, 0xc7, ..] => {
            let little = magic[0] == 0xc7;
            let rest = seek::some(reader, 20)?;
            let whole = [&magic[..], &rest].concat();
            let word = |n: usize| match whole.get(n * 2..n * 2 + 2) {
                Some(pair) if little => Ok(u64::from(u16::from_le_bytes([pair[0], pair[1]]))),
                Some(pair) => Ok(u64::from(u16::from_be_bytes([pair[0], pair[1]]))),
                None => Err(malformed()),
            };
            // The high word of a long comes first in either byte order.
            let size = word(11)? << 16 | word(12)?;
            Ok(Header { mode: word(3)?, name: word(10)?, size, align: 2, length: 26 })
        }
        _ => Err(malformed()),
    }
}

fn radix(digits: &[u8], radix: u32) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}
