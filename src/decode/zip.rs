//! Zip archives. In: bytes that can be read from any place. Out: the members its directory lists, in that order, repeated
//! names too. Refuses what is encrypted, with the method; methods that have no reader; archives over several disks.

use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

use ::zip::read::Config;
use ::zip::result::ZipError;
use ::zip::unstable::read::ZipIterable;
use ::zip::{HasZipMetadata, ZipReadOptions};

use super::Packed;
use super::archive::{Names, Visit};
use super::budget::{Budget, Halt, MEMBERS, Metered};
use super::seek::Holding;
use crate::gap::Reason;
use crate::open::ReadAt;

pub(super) fn open(packed: Packed<'_>, budget: &Budget, visit: Visit<'_>) -> Result<(), Halt> {
    let holding = Holding::of(packed)?;
    let mut directory = ZipIterable::try_new(holding.reader(), Config::default()).map_err(|error| halt(&error))?;
    let mut names = Names::default();
    for entry in directory.files().map_err(|error| halt(&error))? {
        let entry = entry.map_err(|error| halt(&error))?;
        if entry.is_dir() {
            continue;
        }
        budget.member()?;
        let name = names.of(entry.name_raw());
        let packed = Rc::new(Cell::new(entry.compressed_size()));
        let size = Some(entry.size());
        let member = |content| super::Member { name, content, size };
        if entry.encrypted() {
            // ZipCrypto falls to thirteen known bytes: it keeps nothing.
            let refusal = match entry.get_metadata().aes_settings() {
                Some((mode, _)) => (Reason::Encrypted, mode.to_string()),
                None => (Reason::WeakEncryption, "ZipCrypto".to_string()),
            };
            visit(member(Err(refusal)))?;
            continue;
        }
        let mut reader = holding.reader();
        match entry.with_reader(&mut reader, ZipReadOptions::new()) {
            Ok(file) => {
                visit(member(Ok(Box::new(Metered::new(file, budget, packed)))))?;
            }
            Err(error) => {
                let Halt { reason, detail } = halt(&error);
                visit(member(Err((reason, detail))))?;
            }
        }
    }
    Ok(())
}

/// The first `limit` bytes of a member that is not encrypted; `None` where there is none of that name, or no zip.
pub fn member(bytes: &dyn ReadAt, name: &str, limit: usize) -> Option<Vec<u8>> {
    let holding = Holding::Lent(bytes);
    let mut directory = ZipIterable::try_new(holding.reader(), Config::default()).ok()?;
    let mut entries = directory.files().ok()?.take(usize::try_from(MEMBERS).unwrap_or(usize::MAX)).flatten();
    let entry = entries.find(|entry| entry.name_raw() == name.as_bytes() && !entry.encrypted())?;
    let mut reader = holding.reader();
    let file = entry.with_reader(&mut reader, ZipReadOptions::new()).ok()?;
    let mut out = Vec::new();
    // What is damaged at its end may say enough before.
    let _ = file.take(limit as u64).read_to_end(&mut out);
    Some(out)
}

fn halt(error: &ZipError) -> Halt {
    match error {
        ZipError::Io(error) => Halt::of(error),
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            Halt::new(Reason::Unsupported, "a zip method that is not read")
        }
        _ => Halt::new(Reason::Malformed, "a damaged zip archive"),
    }
}
