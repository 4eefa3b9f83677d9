//! Compound files ([MS-CFB]): what Office wrote until 2003, and what holds encrypted packages and macros since. In: a file that can be read
//! from any place. Out: parts of every document in it, wherever in its folders it stands. Refuses what is encrypted and no password opens, by scheme.

use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use cfb::CompoundFile;

use super::biff::{narrow, u32_at, wide};
use super::out::{Out, part};
use super::{doc, locked, ppt, vba, xls};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Document, Form, Parts};

/// Streams of one file.
const STREAMS: usize = 20_000;
/// Bytes of a stream that is held: properties, macros.
const HELD: u64 = 16 << 20;

/// An open compound file.
pub(super) type Compound<'d> = CompoundFile<&'d mut dyn Document>;

/// Reads a compound file.
///
/// # Errors
/// Where it is damaged, encrypted, of a kind that is not read, or no more is wanted.
pub(super) fn read(document: &mut dyn Document, passwords: &[String], out: &mut Out<'_>) -> Result<(), Halt> {
    let mut file = CompoundFile::open(document).map_err(|error| Halt::of(&error))?;
    let streams: Vec<PathBuf> =
        file.walk().filter(cfb::Entry::is_stream).take(STREAMS).map(|entry| entry.path().to_path_buf()).collect();
    if is_locked(&streams)? {
        let mut package = locked::open(&mut file, passwords, out)?;
        return super::packaged(&mut package, out);
    }
    let (mut read, mut body) = (false, true);
    for path in &streams {
        let inner = path.parent().filter(|folder| *folder != Path::new("/")).map(shown).unwrap_or_default();
        let done = match named(path) {
            "Workbook" | "Book" => xls::read(&mut file, path, passwords, out),
            "WordDocument" => doc::read(&mut file, path, std::mem::take(&mut body), passwords, out),
            "PowerPoint Document" => ppt::read(&mut file, path, std::mem::take(&mut body), passwords, out),
            _ => continue,
        };
        read = true;
        // A document that is alone in its file says itself why it was not read.
        if inner.is_empty()
            && let Err(halt @ Halt { reason: Reason::Encrypted | Reason::WeakEncryption, .. }) = done
        {
            return Err(halt);
        }
        out.settle(if inner.is_empty() { None } else { Some(&inner) }, done)?;
    }
    for path in &streams {
        let done = match named(path) {
            "\u{5}SummaryInformation" | "\u{5}DocumentSummaryInformation" => properties(&mut file, path, out),
            "\u{1}Ole10Native" => native(&mut file, path, out),
            "Package" | "CONTENTS" => copy(&mut file, path, &shown(path), 0, out),
            name if path.parent().is_some_and(|folder| folder.ends_with("VBA")) && !name.starts_with("__SRP") => {
                macros(&mut file, path, out)
            }
            _ => continue,
        };
        read = true;
        out.settle(Some(&shown(path)), done)?;
    }
    if !read {
        return Err(Halt::new(Reason::Unsupported, "a compound file of a kind that is not read"));
    }
    Ok(())
}

/// Whether the streams are those of a package with a password ([MS-OFFCRYPTO] 2.3.4).
///
/// # Errors
/// Where rights are managed: nobody here has any.
fn is_locked(streams: &[PathBuf]) -> Result<bool, Halt> {
    let has = |name: &str| streams.iter().any(|path| path.parent() == Some(Path::new("/")) && named(path) == name);
    if streams.iter().any(|path| named(path) == "\u{9}DRMContent") {
        return Err(Halt::new(Reason::Encrypted, "rights management"));
    }
    Ok(has("EncryptionInfo") && has("EncryptedPackage"))
}

fn named(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or("")
}

/// A path inside the file as names of parts are shown: without control characters.
fn shown(path: &Path) -> String {
    path.to_string_lossy().trim_start_matches('/').chars().filter(|c| !c.is_control()).collect()
}

/// The bytes of a stream.
pub(super) fn held(file: &mut Compound<'_>, path: &Path) -> Result<Vec<u8>, Halt> {
    let stream = file.open_stream(path).map_err(|error| Halt::of(&error))?;
    let mut bytes = Vec::new();
    stream.take(HELD).read_to_end(&mut bytes).map_err(|error| Halt::of(&error))?;
    Ok(bytes)
}

/// Strings of a set of properties ([MS-OLEPS] 2.20), a line each.
fn properties(file: &mut Compound<'_>, path: &Path, out: &mut Out<'_>) -> Result<(), Halt> {
    let bytes = held(file, path)?;
    let mut text = String::new();
    let sections = u32_at(&bytes, 24).unwrap_or(0).min(2) as usize;
    for section in 0..sections {
        let Some(start) = u32_at(&bytes, 44 + 20 * section) else { continue };
        let start = start as usize;
        let count = u32_at(&bytes, start.saturating_add(4)).unwrap_or(0).min(4_096) as usize;
        for property in 0..count {
            let Some(offset) = u32_at(&bytes, start.saturating_add(12 + 8 * property)) else { break };
            let at = start.saturating_add(offset as usize);
            let length = u32_at(&bytes, at.saturating_add(4)).unwrap_or(0) as usize;
            // VT_LPSTR, VT_LPWSTR
            let held = match u32_at(&bytes, at) {
                Some(0x1e) => bytes.get(at + 8..at.saturating_add(8).saturating_add(length)).map(narrow),
                Some(0x1f) => {
                    bytes.get(at + 8..at.saturating_add(8).saturating_add(length.saturating_mul(2))).map(wide)
                }
                _ => None,
            };
            let held = held.unwrap_or_default();
            let held = held.trim_end_matches('\0').trim();
            if !held.is_empty() {
                text.push_str(held);
                text.push('\n');
            }
        }
    }
    out.text(&shown(path), "properties", &text)
}

/// A file that was put into a document as an icon.
fn native(file: &mut Compound<'_>, path: &Path, out: &mut Out<'_>) -> Result<(), Halt> {
    let head = {
        let stream = file.open_stream(path).map_err(|error| Halt::of(&error))?;
        let mut head = Vec::new();
        stream.take(4_096).read_to_end(&mut head).map_err(|error| Halt::of(&error))?;
        head
    };
    // The size of all, two bytes, the label, where the file came from, eight bytes, a path with its length, the size of the file.
    let text = |at: usize| -> Option<(String, usize)> {
        let rest = head.get(at..)?;
        let end = rest.iter().position(|b| *b == 0)?;
        Some((narrow(&rest[..end]), at + end + 1))
    };
    let found = text(6).and_then(|(label, at)| Some((label, text(at)?.1))).and_then(|(label, at)| {
        let length = u32_at(&head, at + 4)? as usize;
        Some((label, at.checked_add(8)?.checked_add(length)?.checked_add(4)?))
    });
    let (label, start) = found.unwrap_or_else(|| (shown(path), 4));
    copy(file, path, &label, start as u64, out)
}

/// Hands out a stream as a file.
fn copy(file: &mut Compound<'_>, path: &Path, name: &str, start: u64, out: &mut Out<'_>) -> Result<(), Halt> {
    let mut stream = file.open_stream(path).map_err(|error| Halt::of(&error))?;
    let start = start.min(stream.len());
    stream.seek(std::io::SeekFrom::Start(start)).map_err(|error| Halt::of(&error))?;
    out.begin(&part(name, Form::File, None))?;
    let mut piece = vec![0; 64 << 10];
    loop {
        match stream.read(&mut piece).map_err(|error| Halt::of(&error))? {
            0 => return out.end(),
            got => out.write(&piece[..got])?,
        }
    }
}

/// The text of a module of macros.
fn macros(file: &mut Compound<'_>, path: &Path, out: &mut Out<'_>) -> Result<(), Halt> {
    let bytes = held(file, path)?;
    match vba::module(&bytes) {
        Some(text) => out.text(&shown(path), "macros", &narrow(&text)),
        None => Ok(()),
    }
}
