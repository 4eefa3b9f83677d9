//! Properties of MAPI ([MS-OXPROPS]) as messages of Outlook hold them. In: tags and bytes. Out: the text of a message, its headers,
//! and its body in other forms. Refuses tags that only machines read.

use super::part;
use crate::decode::budget::Halt;
use crate::rich::{Form, Parts};

/// Types of properties ([MS-OXCDATA] 2.11.1): text in a code page, text in UTF-16, bytes, an object.
pub(super) const STRING8: u16 = 0x001e;
pub(super) const UNICODE: u16 = 0x001f;
pub(super) const BINARY: u16 = 0x0102;
pub(super) const OBJECT: u16 = 0x000d;

/// Tags: attached data, names of an attached file.
pub(super) const ATTACH_DATA: u16 = 0x3701;
pub(super) const ATTACH_LONG_NAME: u16 = 0x3707;
pub(super) const ATTACH_NAME: u16 = 0x3704;
pub(super) const DISPLAY_NAME: u16 = 0x3001;

const BODY: u16 = 0x1000;
const RTF: u16 = 0x1009;
const HTML: u16 = 0x1013;
const SUBJECT: u16 = 0x0037;

/// Tags whose text is for machines: the class of a message, search keys, transport headers, identifiers of messages.
const TECHNICAL: [u16; 12] =
    [0x001a, 0x007d, 0x0e1d, 0x0064, 0x0075, 0x0c1e, 0x1035, 0x3002, 0x3703, 0x370e, 0x3fa3, 0x0070];

/// Tags with the names that headers have for them.
const NAMED: [(u16, &str); 21] = [
    (0x0037, "Subject"),
    (0x0042, "From"),
    (0x0065, "From"),
    (0x5d02, "From"),
    (0x0c1a, "Sender"),
    (0x0c1f, "Sender"),
    (0x5d01, "Sender"),
    (0x0e02, "Bcc"),
    (0x0e03, "Cc"),
    (0x0e04, "To"),
    (0x39fe, "To"),
    (0x3003, "To"),
    (0x3001, "Name"),
    (0x3a06, "First name"),
    (0x3a11, "Last name"),
    (0x3a08, "Phone"),
    (0x3a09, "Home phone"),
    (0x3a1c, "Mobile phone"),
    (0x3a24, "Fax"),
    (0x3a29, "Street"),
    (0x3a2a, "ZIP"),
];

/// What was gathered of one message.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) headers: String,
    pub(super) body: String,
    html: Vec<u8>,
    rtf: Vec<u8>,
}

impl Gathered {
    /// Takes one property.
    pub(super) fn take(&mut self, tag: u16, kind: u16, bytes: &[u8]) {
        match (tag, kind) {
            (BODY, STRING8 | UNICODE) => self.body = text(kind, bytes),
            (HTML, BINARY | STRING8) => self.html = bytes.to_vec(),
            (HTML, UNICODE) => self.html = text(kind, bytes).into_bytes(),
            (RTF, BINARY) => self.rtf = decompressed(bytes).unwrap_or_default(),
            (_, STRING8 | UNICODE) if !TECHNICAL.contains(&tag) => {
                let said = text(kind, bytes);
                let said = said.trim();
                if said.is_empty()
                    || said.starts_with("/o=")
                    || said.starts_with("/O=")
                    || said == "SMTP"
                    || said == "EX"
                {
                    return;
                }
                match NAMED.iter().find(|(known, _)| *known == tag) {
                    Some((_, name)) => self.headers.push_str(&format!("{name}: {said}\n")),
                    None => self.headers.push_str(&format!("{said}\n")),
                }
            }
            _ => {}
        }
    }

    /// Hands out the message by itself.
    pub(super) fn tell(&self, parts: &mut dyn Parts) -> Result<(), Halt> {
        if !self.body.is_empty() {
            part(parts, "body", Form::Body, None, self.body.as_bytes())?;
        }
        if !self.headers.is_empty() {
            part(parts, "headers", Form::Text, Some("headers"), self.headers.as_bytes())?;
        }
        self.other_bodies("", parts)
    }

    /// Hands out the message as one that is attached to another.
    pub(super) fn tell_attached(&self, name: &str, parts: &mut dyn Parts) -> Result<(), Halt> {
        let text = format!("{}\n{}", self.headers, self.body);
        part(parts, name, Form::Text, None, text.as_bytes())?;
        self.other_bodies(&format!("{name}/"), parts)
    }

    /// The body in other forms, where there is none as text.
    fn other_bodies(&self, before: &str, parts: &mut dyn Parts) -> Result<(), Halt> {
        if self.body.trim().is_empty() {
            if !self.html.is_empty() {
                part(parts, &format!("{before}body.html"), Form::File, None, &self.html)?;
            } else if !self.rtf.is_empty() {
                part(parts, &format!("{before}body.rtf"), Form::File, None, &self.rtf)?;
            }
        }
        Ok(())
    }

    /// Whether it holds a message at all.
    pub(super) fn is_empty(&self) -> bool {
        self.headers.is_empty() && self.body.is_empty() && self.html.is_empty() && self.rtf.is_empty()
    }
}

/// Whether a tag is the subject, for names.
pub(super) fn is_subject(tag: u16) -> bool {
    tag == SUBJECT
}

/// The text of a property. A code page is not stated beside it: UTF-8 where it reads so, else that of western Windows.
pub(super) fn text(kind: u16, bytes: &[u8]) -> String {
    let text = if kind == UNICODE {
        encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()
    } else {
        match str::from_utf8(bytes) {
            Ok(text) => text.to_string(),
            Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        }
    };
    text.trim_end_matches('\0').to_string()
}

/// RTF as [MS-OXRTFCP] packs it. Nothing larger than 64 MiB comes out.
fn decompressed(bytes: &[u8]) -> Option<Vec<u8>> {
    const START: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
    let data = bytes.get(16..)?;
    if bytes.get(8..12)? == b"MELA" {
        return Some(data.to_vec());
    }
    if bytes.get(8..12)? != b"LZFu" {
        return None;
    }
    let mut window = [b' '; 4096];
    window[..START.len()].copy_from_slice(START);
    let (mut write, mut out, mut at) = (START.len(), Vec::new(), 0);
    while let Some(control) = data.get(at) {
        at += 1;
        for bit in 0..8 {
            if control >> bit & 1 == 0 {
                let Some(byte) = data.get(at) else { return Some(out) };
                at += 1;
                window[write] = *byte;
                write = (write + 1) % 4096;
                out.push(*byte);
                continue;
            }
            let Some(pair) = data.get(at..at + 2) else { return Some(out) };
            at += 2;
            let pair = usize::from(u16::from_be_bytes([pair[0], pair[1]]));
            let (from, length) = (pair >> 4, (pair & 15) + 2);
            // A reference to where the next byte goes ends it.
            if from == write || out.len() > 64 << 20 {
                return Some(out);
            }
            for n in 0..length {
                let byte = window[(from + n) % 4096];
                window[write] = byte;
                write = (write + 1) % 4096;
                out.push(byte);
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_rtf_comes_out() {
        // The example of [MS-OXRTFCP] 4.1.1.
        let packed = [
            0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0, 0x0a, 0, 0x72, 0x63,
            0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09, 0, 0x20, 0x62, 0x77,
            0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0,
        ];
        let out = decompressed(&packed).expect("RTF");
        assert_eq!(out, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        assert!(decompressed(&packed[..12]).is_none());
    }
}
