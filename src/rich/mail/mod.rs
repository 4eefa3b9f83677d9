//! Mail. In: a message, a mailbox of many, or what Outlook makes of one. Out: the text of a message, its headers, and its
//! attachments as files. Refuses nothing that has headers; what is encrypted is a gap by its scheme.

mod letter;
mod mbox;
mod outlook;
mod properties;
mod tnef;

use std::io::{Read, SeekFrom};

use super::{Asked, Document, Form, Part, Parts};
use crate::decode::budget::Halt;
use crate::gap::Reason;

/// Bytes of a message that are held in memory.
const MESSAGE: u64 = 96 << 20;

/// Reads a message, or a mailbox of messages behind lines that start with `From `.
pub(super) fn read(_: Asked<'_>, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    let mut start = [0; 5];
    let got = document.read(&mut start).map_err(|error| Halt::of(&error))?;
    document.seek(SeekFrom::Start(0)).map_err(|error| Halt::of(&error))?;
    if start[..got] == *b"From " {
        return mbox::read(document, parts);
    }
    let bytes = all(document, parts)?;
    parts.work(bytes.len() as u64 / 1024 + 1)?;
    letter::read(of_emlx(&bytes), parts)
}

/// Reads a message that Outlook saved.
pub(super) fn read_msg(_: Asked<'_>, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    outlook::read(document, parts)
}

/// Reads a `winmail.dat`.
pub(super) fn read_tnef(_: Asked<'_>, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    let bytes = all(document, parts)?;
    tnef::read(&bytes, parts)
}

/// The whole document, as far as memory goes.
fn all(document: &mut dyn Document, parts: &mut dyn Parts) -> Result<Vec<u8>, Halt> {
    let mut bytes = Vec::new();
    document.take(MESSAGE + 1).read_to_end(&mut bytes).map_err(|error| Halt::of(&error))?;
    if bytes.len() as u64 > MESSAGE {
        bytes.truncate(MESSAGE as usize);
        parts.gap(None, Reason::Limit, "a message larger than 96 MiB")?;
    }
    Ok(bytes)
}

/// The message in a file of Apple Mail: its length stands on a line before it, and a property list behind it.
fn of_emlx(bytes: &[u8]) -> &[u8] {
    let Some(end) = bytes.iter().take(32).position(|b| *b == b'\n') else { return bytes };
    let length = str::from_utf8(&bytes[..end]).ok().and_then(|line| line.trim().parse::<usize>().ok());
    match length {
        Some(length) => &bytes[end + 1..(end + 1).saturating_add(length).min(bytes.len())],
        None => bytes,
    }
}

/// Hands out a part that is there in one piece.
fn part(parts: &mut dyn Parts, name: &str, form: Form, place: Option<&str>, bytes: &[u8]) -> Result<(), Halt> {
    parts.begin(&Part { name: name.to_string(), form, place: place.map(str::to_string) })?;
    parts.write(bytes)?;
    parts.end()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
