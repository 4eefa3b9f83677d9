//! Zip archives. In: bytes that can be read from any place. Out: the members its directory lists, in that order, repeated
//! names too; then those it does not list. Where there is no directory, all that are found. Refuses members that share bytes, what is encrypted, with the method; methods that have no reader; archives over several disks.

mod layout;

use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

use ::zip::read::{Config, OwnedZipFileEntry};
use ::zip::result::ZipError;
use ::zip::unstable::read::ZipIterable;
use ::zip::{HasZipMetadata, ZipReadOptions};

use self::layout::{Layout, Listed};
use super::Packed;
use super::archive::{Names, Visit};
use super::budget::{Budget, Halt, MEMBERS, Metered};
use super::seek::Holding;
use crate::gap::Reason;
use crate::open::ReadAt;

/// What a password is tried on: what is wrong shows before that, but in one of some 2^32 cases.
const TRIED: u64 = 1 << 20;

/// APPNOTE 4.4.4: bit 6, strong encryption; bit 13, of the directory too.
const STRONG: u16 = 1 << 6;
const MASKED: u16 = 1 << 13;

pub(super) fn open(passwords: &[String], packed: Packed<'_>, budget: &Budget, visit: Visit<'_>) -> Result<(), Halt> {
    let holding = Holding::of(packed, budget)?;
    let (mut layout, mut names) = (Layout::default(), Names::default());
    let listed = listed(passwords, &holding, budget, (&mut layout, &mut names), visit);
    // Behind the directory nothing is a member; where none was found, anything may be one.
    let end = match &listed {
        Ok(directory) => *directory,
        Err(halt) if halt.reason == Reason::Malformed => u64::MAX,
        Err(_) => 0,
    };
    layout.hidden(&holding, end.min(holding.size()), &mut names, budget, visit)?;
    listed?;
    match layout.liars {
        0 => Ok(()),
        count => {
            let detail =
                format!("{count} of its members say otherwise of themselves than the directory, which was followed");
            Err(Halt::new(Reason::Malformed, detail))
        }
    }
}

/// Hands on the members that the directory lists; where that starts.
fn listed(
    passwords: &[String],
    holding: &Holding<'_>,
    budget: &Budget,
    (layout, names): (&mut Layout, &mut Names),
    visit: Visit<'_>,
) -> Result<u64, Halt> {
    let mut directory = ZipIterable::try_new(holding.reader(), Config::default())
        .map_err(|error| if is_masked(holding) { locked_names() } else { halt(&error) })?;
    // The password that opened the last member opens the next.
    let mut known = None;
    let mut start = u64::MAX;
    for entry in directory.files().map_err(|error| halt(&error))? {
        let entry = entry.map_err(|error| halt(&error))?;
        let data = entry.get_metadata();
        start = start.min(data.central_header_start);
        let flags = data.flags.as_u16();
        let method = if flags & 1 == 0 { number(data.compression_method) } else { None };
        let (at, packed) = (data.header_start, data.compressed_size);
        let placed = layout.place(holding, &Listed { at, packed, flags, method, name: entry.name_raw() });
        if entry.is_dir() {
            continue;
        }
        budget.member()?;
        let name = names.of(entry.name_raw());
        if let Err(refused) = placed {
            visit(super::Member { name, content: Err(refused), size: Some(entry.size()) })?;
            continue;
        }
        let packed = Rc::new(Cell::new(entry.compressed_size()));
        let size = Some(entry.size());
        let member = |content| super::Member { name, content, size };
        let entry = OwnedZipFileEntry::from(entry);
        let mut options = ZipReadOptions::new();
        if entry.as_ref().encrypted() {
            let found = match entry.as_ref().get_metadata().flags.as_u16() & STRONG {
                0 => password(&entry, holding, passwords, known),
                _ => None,
            };
            let Some(found) = found else {
                visit(member(Err(lock(&entry))))?;
                continue;
            };
            known = Some(found);
            options = options.password(Some(passwords[found].as_bytes()));
        }
        let mut reader = holding.reader();
        match entry.as_ref().with_reader(&mut reader, options) {
            Ok(file) => {
                visit(member(Ok(Box::new(Metered::new(file, budget, packed)))))?;
            }
            Err(error) => {
                let Halt { reason, detail } = halt(&error);
                visit(member(Err((reason, detail))))?;
            }
        }
    }
    Ok(start)
}

/// A method by its number (4.4.5), of those that nearly all members have.
fn number(method: ::zip::CompressionMethod) -> Option<u16> {
    match method {
        ::zip::CompressionMethod::Stored => Some(0),
        ::zip::CompressionMethod::Deflated => Some(8),
        _ => None,
    }
}

/// How a member is locked.
fn lock(entry: &OwnedZipFileEntry) -> (Reason, String) {
    let entry = entry.as_ref();
    let data = entry.get_metadata();
    match data.aes_settings() {
        _ if data.flags.as_u16() & STRONG != 0 => (Reason::Encrypted, "strong encryption of PKWARE's".to_string()),
        Some((mode, _)) => (Reason::Encrypted, mode.to_string()),
        // It falls to thirteen known bytes: it keeps nothing.
        None => (Reason::WeakEncryption, "ZipCrypto".to_string()),
    }
}

/// Which password opens a member, by its number. The check in a header lets one in 256 pass, or 65,536, so a little is read too.
fn password(
    entry: &OwnedZipFileEntry,
    holding: &Holding<'_>,
    passwords: &[String],
    known: Option<usize>,
) -> Option<usize> {
    known.into_iter().chain((0..passwords.len()).filter(|number| Some(*number) != known)).find(|number| {
        let mut reader = holding.reader();
        let options = ZipReadOptions::new().password(Some(passwords[*number].as_bytes()));
        let opened = entry.as_ref().with_reader(&mut reader, options);
        opened.is_ok_and(|file| std::io::copy(&mut file.take(TRIED), &mut std::io::sink()).is_ok())
    })
}

/// Whether the first member says that the directory is encrypted.
fn is_masked(holding: &Holding<'_>) -> bool {
    let mut header = [0; 8];
    let read = holding.reader().read_exact(&mut header).is_ok();
    read && header.starts_with(b"PK\x03\x04") && u16::from_le_bytes([header[6], header[7]]) & MASKED != 0
}

fn locked_names() -> Halt {
    Halt::new(Reason::Encrypted, "strong encryption of PKWARE's, names too")
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
