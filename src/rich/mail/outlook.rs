//! Messages that Outlook saved ([MS-OXMSG]). In: a compound file. Out: the message, its recipients, its attachments; messages in
//! messages. Refuses messages that hold each other deeper than 16.

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use cfb::CompoundFile;

use super::part;
use super::properties::{
    ATTACH_DATA, ATTACH_LONG_NAME, ATTACH_NAME, BINARY, DISPLAY_NAME, Gathered, OBJECT, STRING8, UNICODE, text,
};
use crate::decode::budget::{DEPTH, Halt};
use crate::gap::Reason;
use crate::rich::{Document, Form, Parts};

/// Bytes of one property.
const PROPERTY: u64 = 64 << 20;

/// A document, and nothing else of it.
struct Bytes<'a>(&'a mut dyn Document);

impl Read for Bytes<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(to)
    }
}

impl Seek for Bytes<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

type File<'a> = CompoundFile<Bytes<'a>>;

/// Reads a message.
pub(super) fn read(document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    let mut file = CompoundFile::open(Bytes(document)).map_err(|error| Halt::of(&error))?;
    message(&mut file, Path::new("/"), "", 0, parts)
}

/// The message in a storage: the file's own, or one that is attached under `name`.
fn message(file: &mut File<'_>, at: &Path, name: &str, depth: u32, parts: &mut dyn Parts) -> Result<(), Halt> {
    if depth > DEPTH {
        return parts.gap(Some(name), Reason::Limit, "more than 16 messages inside each other");
    }
    let mut gathered = Gathered::default();
    let (streams, storages) = entries(file, at)?;
    properties(file, &streams, parts, &mut |tag, kind, bytes| gathered.take(tag, kind, bytes))?;
    for recipient in storages.iter().filter(|path| begins(path, "__recip_version1.0_")) {
        let (streams, _) = entries(file, recipient)?;
        properties(file, &streams, parts, &mut |tag, kind, bytes| gathered.take(tag, kind, bytes))?;
    }
    if gathered.is_empty() {
        return Err(Halt::new(Reason::Malformed, "a compound file without a message"));
    }
    let before = if name.is_empty() { String::new() } else { format!("{name}/") };
    if name.is_empty() {
        gathered.tell(parts)?
    } else {
        gathered.tell_attached(name, parts)?
    }
    for (n, attached) in storages.iter().filter(|path| begins(path, "__attach_version1.0_")).enumerate() {
        let (streams, storages) = entries(file, attached)?;
        let (mut names, mut data) = ([String::new(), String::new(), String::new()], None);
        properties(file, &streams, parts, &mut |tag, kind, bytes| match (tag, kind) {
            (ATTACH_LONG_NAME, STRING8 | UNICODE) => names[0] = text(kind, bytes),
            (ATTACH_NAME, STRING8 | UNICODE) => names[1] = text(kind, bytes),
            (DISPLAY_NAME, STRING8 | UNICODE) => names[2] = text(kind, bytes),
            (ATTACH_DATA, BINARY) => data = Some(bytes.to_vec()),
            _ => {}
        })?;
        let own = names.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| format!("attachment {}", n + 1));
        let own = format!("{before}{own}");
        match (data, storages.iter().find(|path| begins(path, "__substg1.0_3701"))) {
            (Some(bytes), _) if is_enveloped(&own, &bytes) => parts.gap(Some(&own), Reason::Encrypted, "S/MIME")?,
            (Some(bytes), _) => part(parts, &own, Form::File, None, &bytes)?,
            (None, Some(inner)) if file.exists(inner.join("__properties_version1.0")) => {
                message(file, inner, &own, depth + 1, parts)?;
            }
            (None, _) => parts.gap(Some(&own), Reason::Unsupported, "an attachment that is a link or an object")?,
        }
    }
    Ok(())
}

/// A message that S/MIME encrypts is one attachment. Its kind stands near the start: 1.2.840.113549.1.7.3.
fn is_enveloped(name: &str, bytes: &[u8]) -> bool {
    const ENVELOPED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";
    name.to_ascii_lowercase().ends_with(".p7m")
        && memchr::memmem::find(&bytes[..bytes.len().min(64)], ENVELOPED).is_some()
}

/// The streams and the storages of a storage, in order of names.
fn entries(file: &File<'_>, at: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Halt> {
    let (mut streams, mut storages) = (Vec::new(), Vec::new());
    for entry in file.read_storage(at).map_err(|error| Halt::of(&error))? {
        let path = entry.path().to_path_buf();
        if entry.is_stream() { streams.push(path) } else { storages.push(path) }
    }
    Ok((streams, storages))
}

fn begins(path: &Path, with: &str) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(with))
}

/// Tells each property that is a stream of its own: `__substg1.0_` and eight hexadecimal digits, tag and type.
fn properties(
    file: &mut File<'_>,
    streams: &[PathBuf],
    parts: &mut dyn Parts,
    tell: &mut dyn FnMut(u16, u16, &[u8]),
) -> Result<(), Halt> {
    for path in streams {
        parts.work(1)?;
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(tag) = name.strip_prefix("__substg1.0_").and_then(|tag| tag.get(..8)) else { continue };
        let Ok(tag) = u32::from_str_radix(tag, 16) else { continue };
        let kind = tag as u16;
        if kind == OBJECT {
            continue;
        }
        let mut bytes = Vec::new();
        let stream = file.open_stream(path).map_err(|error| Halt::of(&error))?;
        let read = stream.take(PROPERTY + 1).read_to_end(&mut bytes);
        if read.is_err() || bytes.len() as u64 > PROPERTY {
            let reason = if read.is_err() { Reason::Malformed } else { Reason::Limit };
            parts.gap(Some(name), reason, "a property that is damaged, or larger than 64 MiB")?;
        }
        tell((tag >> 16) as u16, kind, &bytes);
    }
    Ok(())
}
