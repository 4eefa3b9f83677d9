//! Presentations of PowerPoint until 2003 ([MS-PPT]). In: the stream of a presentation. Out: all text in it, of slides that were deleted and
//! only not cleared away too. Refuses what is encrypted.

use std::io::{BufReader, Read};
use std::path::Path;

use super::biff::{narrow, u32_at, wide};
use super::ole::{Compound, held};
use super::out::{Out, part};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Form, Parts};

/// Bytes of one text.
const LONGEST: u64 = 16 << 20;
/// In the header of the stream `Current User`: the presentation is encrypted (2.3.2).
const ENCRYPTED: u32 = 0xf3d1_c4df;

/// Reads a presentation, as the body of its file or as a part of it.
///
/// # Errors
/// Where it is encrypted or damaged, or no more is wanted.
pub(super) fn read(file: &mut Compound<'_>, path: &Path, body: bool, out: &mut Out<'_>) -> Result<(), Halt> {
    let user = held(file, &path.with_file_name("Current User")).unwrap_or_default();
    if u32_at(&user, 12) == Some(ENCRYPTED) {
        return Err(Halt::new(Reason::WeakEncryption, "RC4 CryptoAPI, legacy PowerPoint"));
    }
    let stream = file.open_stream(path).map_err(|error| Halt::of(&error))?;
    let mut reader = BufReader::with_capacity(64 << 10, stream);
    match body {
        true => out.begin(&part("", Form::Body, None))?,
        false => out.begin(&part("presentation", Form::Text, Some("embedded presentation")))?,
    }
    let mut head = [0; 8];
    let mut records = 0u64;
    loop {
        match reader.read_exact(&mut head) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return out.end(),
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
