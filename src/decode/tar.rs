//! Tar archives. In: bytes in order. Out: their members, in order. Refuses nothing: links, folders and devices hold no
//! bytes and are passed over; sparse members are read with their holes as zeros.

use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

use super::archive::{Names, Visit};
use super::budget::{Budget, Halt, Metered};
use super::{Member, Packed, seek};

pub(super) fn open(packed: Packed<'_>, budget: &Budget, visit: Visit<'_>) -> Result<(), Halt> {
    let mut archive = ::tar::Archive::new(seek::in_order(packed));
    // Several archives one behind the other are one drop to who made them.
    archive.set_ignore_zeros(true);
    let mut names = Names::default();
    for entry in archive.entries().map_err(|error| Halt::of(&error))? {
        let entry = entry.map_err(|error| Halt::of(&error))?;
        let kind = entry.header().entry_type();
        if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) {
            continue;
        }
        budget.member()?;
        let name = names.of(&entry.path_bytes());
        let size = entry.size();
        // A hole costs nothing in the archive and as much as its length behind it.
        let packed = entry.header().entry_size().unwrap_or(size);
        let content: Box<dyn Read + '_> = Box::new(Metered::new(entry, budget, Rc::new(Cell::new(packed))));
        visit(Member { name, content: Ok(content), size: Some(size) })?;
    }
    Ok(())
}
