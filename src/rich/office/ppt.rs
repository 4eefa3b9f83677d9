//! Presentations of PowerPoint until 2003 ([MS-PPT]). In: the stream of a presentation. Out: all text in it, of slides that were deleted and
//! only not cleared away too; of one that a password opened the text of what it still shows. Refuses what no password opens.

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::biff::{narrow, u32_at, wide};
use super::legacy::Lock;
use super::ole::{Compound, held};
use super::out::{Out, part};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Form, Parts};

/// Bytes of one text.
const LONGEST: u64 = 16 << 20;
/// Bytes of one object of a locked presentation: a slide, or all that is common to the slides.
const OBJECT: u32 = 64 << 20;
/// Objects of a locked presentation, and edits that say where they are.
const OBJECTS: usize = 1 << 20;
const EDITS: usize = 1_000;
/// In the header of the stream `Current User`: the presentation is encrypted (2.3.2).
const ENCRYPTED: u32 = 0xf3d1_c4df;

/// Reads a presentation, as the body of its file or as a part of it.
///
/// # Errors
/// Where it is encrypted or damaged, or no more is wanted.
pub(super) fn read(
    file: &mut Compound<'_>,
    path: &Path,
    body: bool,
    passwords: &[String],
    out: &mut Out<'_>,
) -> Result<(), Halt> {
    let user = held(file, &path.with_file_name("Current User")).unwrap_or_default();
    let locked = u32_at(&user, 12) == Some(ENCRYPTED);
    let mut stream = file.open_stream(path).map_err(|error| Halt::of(&error))?;
    let mut objects = None;
    if locked {
        let scheme = || Halt::new(Reason::WeakEncryption, "RC4 CryptoAPI, legacy PowerPoint");
        let latest = u32_at(&user, 16).ok_or_else(scheme)?;
        let (places, session) = directory(&mut stream, latest, out)?;
        let info = places.get(&session).map(|at| object(&mut stream, *at, None)).transpose()?.unwrap_or_default();
        let lock = Lock::rc4(info.get(8..).unwrap_or_default(), 0, passwords).ok_or_else(scheme)?;
        objects = Some((places, session, lock));
    }
    match body {
        true => out.begin(&part("", Form::Body, None))?,
        false => out.begin(&part("presentation", Form::Text, Some("embedded presentation")))?,
    }
    match objects {
        None => texts(BufReader::with_capacity(64 << 10, stream), out)?,
        Some((places, session, lock)) => {
            for (number, at) in places.into_iter().filter(|(number, _)| *number != session) {
                let bytes = object(&mut stream, at, Some((&lock, number)))?;
                out.work(1 + bytes.len() as u64 / 64)?;
                texts(bytes.as_slice(), out)?;
            }
        }
    }
    out.end()
}

/// Writes all text of the records of a presentation.
fn texts(mut reader: impl Read, out: &mut Out<'_>) -> Result<(), Halt> {
    let mut head = [0; 8];
    let mut records = 0u64;
    loop {
        match reader.read_exact(&mut head) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(Halt::of(&error)),
        }
        records += 1;
        if records.is_multiple_of(4_096) {
            out.work(4_096)?;
        }
        // Version in the low four bits: 15 is a container, whose records follow.
        let (version, kind) = (head[0] & 0xf, u16::from_le_bytes([head[2], head[3]]));
        let length = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        if version == 0xf {
            continue;
        }
        // TextCharsAtom, TextBytesAtom, CString
        if matches!(kind, 0x0fa0 | 0x0fa8 | 0x0fba) && length <= LONGEST {
            let mut bytes = Vec::new();
            reader.by_ref().take(length).read_to_end(&mut bytes).map_err(|error| Halt::of(&error))?;
            let text = if kind == 0x0fa8 { narrow(&bytes) } else { wide(&bytes) };
            let lines: String = text.chars().map(|c| if matches!(c, '\r' | '\u{b}') { '\n' } else { c }).collect();
            out.write(lines.as_bytes())?;
            out.write(b"\n")?;
        } else {
            std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).map_err(|error| Halt::of(&error))?;
        }
    }
}

/// Where the objects of a presentation stand, by number, and the number of what describes its lock (2.3.3 to 2.3.5). `latest` is where
/// its last edit stands: what older ones say holds where newer ones say nothing.
fn directory(
    stream: &mut (impl Read + Seek),
    latest: u32,
    out: &mut Out<'_>,
) -> Result<(BTreeMap<u32, u32>, u32), Halt> {
    let (mut places, mut session, mut at) = (BTreeMap::new(), None, latest);
    for _ in 0..EDITS {
        // UserEditAtom: the edit before, the directory, ..., the description of the lock.
        let edit = object(stream, at, None)?;
        let (Some(before), Some(listed)) = (u32_at(&edit, 16), u32_at(&edit, 20)) else { break };
        session = session.or(u32_at(&edit, 36));
        let list = object(stream, listed, None)?;
        out.work(1 + list.len() as u64 / 64)?;
        let mut words = list.get(8..).unwrap_or_default().chunks_exact(4).filter_map(|word| u32_at(word, 0));
        // Runs: the first number in twenty bits, how many in twelve.
        while let Some(run) = words.next() {
            for (number, place) in (run & 0xf_ffff..).zip(words.by_ref().take((run >> 20) as usize)) {
                if places.len() < OBJECTS {
                    places.entry(number).or_insert(place);
                }
            }
        }
        // The edits before stand before.
        if before == 0 || before >= at {
            break;
        }
        at = before;
    }
    let session = session.ok_or_else(|| Halt::new(Reason::Malformed, "a locked presentation that does not say how"))?;
    Ok((places, session))
}

/// A record with its head, opened where it is locked under a number of its own.
fn object(stream: &mut (impl Read + Seek), at: u32, lock: Option<(&Lock, u32)>) -> Result<Vec<u8>, Halt> {
    stream.seek(SeekFrom::Start(at.into())).map_err(|error| Halt::of(&error))?;
    let open = |bytes: &mut [u8]| {
        if let Some((lock, number)) = lock {
            lock.open_object(number, bytes);
        }
    };
    let mut bytes = Vec::new();
    stream.by_ref().take(8).read_to_end(&mut bytes).map_err(|error| Halt::of(&error))?;
    let mut head = bytes.clone();
    open(&mut head);
    let length = u32_at(&head, 4).unwrap_or(0).min(OBJECT);
    stream.by_ref().take(length.into()).read_to_end(&mut bytes).map_err(|error| Halt::of(&error))?;
    open(&mut bytes);
    Ok(bytes)
}
