//! Cabinets. In: bytes that can be read from any place. Out: their members, folder by folder. Refuses compression that has no
//! reader (Quantum), and cabinets that go on in another file.

use std::cell::Cell;
use std::rc::Rc;

use super::archive::{Names, Visit};
use super::budget::{Budget, Halt, Metered};
use super::seek::Holding;
use super::{Member, Packed};

pub(super) fn open(packed: Packed<'_>, budget: &Budget, visit: Visit<'_>) -> Result<(), Halt> {
    let holding = Holding::of(packed, budget)?;
    let failed = |error: std::io::Error| Halt::of(&error);
    let mut cabinet = ::cab::Cabinet::new(holding.reader()).map_err(failed)?;
    let files: Vec<(String, u64)> = cabinet
        .folder_entries()
        .flat_map(|folder| folder.file_entries())
        .map(|file| (file.name().to_string(), u64::from(file.uncompressed_size())))
        .collect();
    let mut names = Names::default();
    for (name, size) in files {
        budget.member()?;
        let shown = names.of(name.replace('\\', "/").as_bytes());
        match cabinet.read_file(&name) {
            Ok(file) => {
                let packed = Rc::new(Cell::new(size));
                let content = Box::new(Metered::new(file, budget, packed));
                visit(Member { name: shown, content: Ok(content), size: Some(size) })?;
            }
            Err(error) => {
                let Halt { reason, detail } = Halt::of(&error);
                visit(Member { name: shown, content: Err((reason, detail)), size: Some(size) })?;
            }
        }
    }
    Ok(())
}
