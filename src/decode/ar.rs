//! Unix archives, and Debian packages, which are such. In: bytes in order. Out: their members, in order. Refuses headers
//! that are none. No kept crate bounds what a table of long names makes it allocate.
//!
//! Source of the format: ar(5). A header of sixty bytes: name 16, time 12, owner 6, group 6, mode 8, size 10, `` `\n ``; bytes
//! are padded to an even number. Long names: BSD `#1/<length>` before the bytes, System V `/<offset>` into the member `//`.

use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

use super::archive::{Names, Visit};
use super::budget::{Budget, Halt, Metered};
use super::{Member, Packed, seek};
use crate::gap::Reason;

/// The longest table of names that is kept, and the longest name.
const TABLE: u64 = 1 << 20;

pub(super) fn open(packed: Packed<'_>, budget: &Budget, visit: Visit<'_>) -> Result<(), Halt> {
    let mut reader = seek::in_order(packed);
    let mut magic = [0; 8];
    seek::exactly(&mut reader, &mut magic)?;
    let mut names = Names::default();
    let mut table = Vec::new();
    let mut header = [0; 60];
    while seek::whole(&mut reader, &mut header)? {
        let malformed = || Halt::new(Reason::Malformed, "a damaged member header");
        if &header[58..] != b"`\n" {
            return Err(malformed());
        }
        let mut size = number(&header[48..58]).ok_or_else(malformed)?;
        let padding = size % 2;
        let short = header[..16].trim_ascii_end();
        if short == b"//" {
            table = seek::some(&mut reader, size.min(TABLE))?;
            seek::skip(&mut reader, size.saturating_sub(TABLE) + padding)?;
            continue;
        }
        if matches!(short, b"/" | b"/SYM64/" | b"__.SYMDEF" | b"__.SYMDEF SORTED") {
            // A table of symbols.
            seek::skip(&mut reader, size + padding)?;
            continue;
        }
        let name = if let Some(length) = short.strip_prefix(b"#1/").and_then(number) {
            let kept = length.min(TABLE).min(size);
            let mut name = seek::some(&mut reader, kept)?;
            seek::skip(&mut reader, length.min(size) - kept)?;
            size -= length.min(size);
            name.truncate(name.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1));
            name
        } else if let Some(offset) = short.strip_prefix(b"/").and_then(number) {
            let rest = table.get(usize::try_from(offset).unwrap_or(usize::MAX)..).unwrap_or_default();
            let line = rest.split(|b| *b == b'\n').next().unwrap_or_default();
            line.strip_suffix(b"/").unwrap_or(line).to_vec()
        } else {
            short.strip_suffix(b"/").unwrap_or(short).to_vec()
        };
        budget.member()?;
        let mut bytes = seek::Exactly::new(&mut reader, size);
        let content: Box<dyn Read + '_> = Box::new(Metered::new(&mut bytes, budget, Rc::new(Cell::new(size))));
        visit(Member { name: names.of(&name), content: Ok(content), size: Some(size) })?;
        bytes.finish()?;
        seek::skip(&mut reader, padding)?;
    }
    Ok(())
}

/// Decimal digits, then blanks.
fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits.trim_ascii()).ok()?.parse().ok()
}
