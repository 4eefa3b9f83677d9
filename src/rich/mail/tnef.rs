//! `winmail.dat` ([MS-OXTNEF]). In: its bytes. Out: the message in it, and its attachments. Refuses what does not start as one; what
//! breaks off is a gap.

use super::part;
use super::properties::{ATTACH_DATA, ATTACH_LONG_NAME, BINARY, Gathered, OBJECT, STRING8, UNICODE, is_subject, text};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Form, Parts};

/// Attributes (2.1.3.1).
const SUBJECT: u32 = 0x0001_8004;
const BODY: u32 = 0x0002_800c;
const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
const ATTACH_BEGIN: u32 = 0x0006_9002;
const ATTACH_TITLE: u32 = 0x0001_8010;
const ATTACH_BYTES: u32 = 0x0006_800f;
const ATTACH_PROPERTIES: u32 = 0x0006_9005;

/// An attachment as it is gathered.
#[derive(Default)]
struct Attached {
    name: String,
    bytes: Vec<u8>,
}

/// Reads the message.
pub(super) fn read(bytes: &[u8], parts: &mut dyn Parts) -> Result<(), Halt> {
    if bytes.get(..4) != Some(&[0x78, 0x9f, 0x3e, 0x22]) {
        return Err(Halt::new(Reason::Malformed, "no signature of TNEF"));
    }
    let (mut gathered, mut files) = (Gathered::default(), Vec::<Attached>::new());
    let mut rest = bytes.get(6..).unwrap_or_default();
    let mut whole = true;
    while rest.len() >= 9 {
        parts.work(1)?;
        let (id, length) = (le32(rest, 1), le32(rest, 5) as usize);
        let Some(data) = rest.get(9..9usize.saturating_add(length)) else {
            whole = false;
            break;
        };
        match id {
            SUBJECT => gathered.take(0x0037, STRING8, data),
            BODY => gathered.take(0x1000, STRING8, data),
            MESSAGE_PROPERTIES => properties(data, &mut |tag, kind, value| {
                // The subject stands as an attribute too.
                if !is_subject(tag) {
                    gathered.take(tag, kind, value);
                }
            }),
            ATTACH_BEGIN => files.push(Attached::default()),
            ATTACH_TITLE | ATTACH_BYTES | ATTACH_PROPERTIES => {
                if files.is_empty() {
                    files.push(Attached::default());
                }
                if let Some(file) = files.last_mut() {
                    match id {
                        ATTACH_TITLE if file.name.is_empty() => file.name = text(STRING8, data),
                        ATTACH_BYTES => file.bytes = data.to_vec(),
                        ATTACH_PROPERTIES => properties(data, &mut |tag, kind, value| match (tag, kind) {
                            (ATTACH_LONG_NAME, STRING8 | UNICODE) => file.name = text(kind, value),
                            // Behind the identifier of an interface.
                            (ATTACH_DATA, OBJECT) => file.bytes = value.get(16..).unwrap_or_default().to_vec(),
                            (ATTACH_DATA, BINARY) if file.bytes.is_empty() => file.bytes = value.to_vec(),
                            _ => {}
                        }),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        rest = rest.get(9 + length + 2..).unwrap_or_default();
    }
    gathered.tell(parts)?;
    for (n, file) in files.iter().enumerate().filter(|(_, file)| !file.bytes.is_empty()) {
        let name = if file.name.is_empty() { format!("attachment {}", n + 1) } else { file.name.clone() };
        part(parts, &name, Form::File, None, &file.bytes)?;
    }
    if whole { Ok(()) } else { Err(Halt::new(Reason::Malformed, "it ends too early")) }
}

/// Tells the properties of a list (2.1.3.4); ends where the list makes no sense.
fn properties(list: &[u8], tell: &mut dyn FnMut(u16, u16, &[u8])) {
    let mut at = 4;
    for _ in 0..le32(list, 0) {
        if list.len() < at + 4 {
            return;
        }
        let (kind, tag) = (le32(list, at) as u16, (le32(list, at) >> 16) as u16);
        at += 4;
        if tag >= 0x8000 {
            // A name: whose it is, and a number or a text.
            let by_text = le32(list, at + 16) == 1;
            let length = le32(list, at + 20) as usize;
            at += if by_text { 24usize.saturating_add(length.next_multiple_of(4)) } else { 24 };
        }
        let many = kind & 0x1000 != 0;
        let plain = kind & !0x1000;
        let sized = matches!(plain, STRING8 | UNICODE | BINARY | OBJECT);
        let count = if many || sized {
            at = at.saturating_add(4);
            le32(list, at - 4)
        } else {
            1
        };
        for _ in 0..count {
            let length = if sized {
                at = at.saturating_add(4);
                le32(list, at - 4) as usize
            } else {
                match plain {
                    0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => 4,
                    0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => 8,
                    0x0048 => 16,
                    _ => return,
                }
            };
            let Some(value) = list.get(at..at.saturating_add(length)) else { return };
            tell(tag, plain, value);
            at = at.saturating_add(length.next_multiple_of(4));
        }
    }
}

/// Four bytes at `at`; 0 beyond the end.
fn le32(bytes: &[u8], at: usize) -> u32 {
    at.checked_add(4).and_then(|end| bytes.get(at..end)).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}
