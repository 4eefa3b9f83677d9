//! What the bytes of a value say. In: bytes as they stand in the document. Out: UTF-8 with references and code page resolved,
//! or nothing where they are UTF-8 already. Refuses external entities, and entities inside entities: what it cannot resolve stays as
//! it is written.

use std::collections::HashMap;

/// Entities that a document may declare.
const ENTITIES: usize = 64;
/// Bytes of what such an entity stands for.
const ENTITY: usize = 256;
/// Bytes that resolving may add to a value: entities cannot make much of little.
const GROWTH: usize = 4 << 10;

/// How a document writes characters.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// Bytes from 0x80 are those of Windows-1252, of which ISO 8859-1 is a part.
    pub(super) code_page: bool,
    entities: HashMap<Box<[u8]>, Box<[u8]>>,
}

impl Decoder {
    /// Whether the bytes mean something else than they are.
    #[inline]
    pub(super) fn changes(&self, bytes: &[u8]) -> bool {
        memchr::memchr(b'&', bytes).is_some() || (self.code_page && !bytes.is_ascii())
    }

    /// Appends what the bytes mean, as UTF-8.
    pub(super) fn decode(&self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut budget = GROWTH;
        let mut at = 0;
        while at < bytes.len() {
            let run = memchr::memchr(b'&', &bytes[at..]).unwrap_or(bytes.len() - at);
            self.characters(&bytes[at..at + run], out);
            at += run;
            if at == bytes.len() {
                break;
            }
            let before = out.len();
            match self.reference(&bytes[at..], out) {
                Some(length) if out.len() - before <= length + budget => {
                    budget -= (out.len() - before).saturating_sub(length);
                    at += length;
                }
                _ => {
                    out.truncate(before);
                    out.push(b'&');
                    at += 1;
                }
            }
        }
    }

    /// The same; `raw` says that `&` means itself.
    pub(super) fn decode_as(&self, bytes: &[u8], raw: bool, out: &mut Vec<u8>) {
        if raw { self.characters(bytes, out) } else { self.decode(bytes, out) }
    }

    fn characters(&self, bytes: &[u8], out: &mut Vec<u8>) {
        if !self.code_page || bytes.is_ascii() {
            out.extend_from_slice(bytes);
            return;
        }
        for byte in bytes {
            let character = match byte {
                0x80..=0x9f => WINDOWS[*byte as usize - 0x80],
                byte => char::from(*byte),
            };
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    /// Resolves the reference at the start of `bytes`; its length.
    fn reference(&self, bytes: &[u8], out: &mut Vec<u8>) -> Option<usize> {
        let shown = &bytes[..bytes.len().min(64)];
        let end = memchr::memchr(b';', shown)?;
        let name = &bytes[1..end];
        if let Some(number) = name.strip_prefix(b"#") {
            let text = str::from_utf8(number).ok()?;
            let code = match text.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => text.parse().ok()?,
            };
            let character = char::from_u32(code).filter(|c| *c != '\0')?;
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            let text: &[u8] = match name {
                b"amp" => b"&",
                b"lt" => b"<",
                b"gt" => b">",
                b"quot" => b"\"",
                b"apos" => b"'",
                // Not XML's, but written all the same.
                b"nbsp" => b" ",
                name => self.entities.get(name)?,
            };
            out.extend_from_slice(text);
        }
        Some(end + 1)
    }

    /// Takes the entities that a document type declares: `<!ENTITY name "text">`. External ones and parameters are left.
    pub(super) fn declare(&mut self, doctype: &[u8]) {
        for at in memchr::memmem::find_iter(doctype, b"<!ENTITY") {
            let rest = doctype[at + 8..].trim_ascii_start();
            let name = &rest[..super::lex::name_length(rest)];
            let behind = rest[name.len()..].trim_ascii_start();
            let Some((&quote @ (b'"' | b'\''), text)) = behind.split_first() else { continue };
            let Some(length) = memchr::memchr(quote, text) else { continue };
            if name.is_empty() || length > ENTITY || self.entities.len() >= ENTITIES {
                continue;
            }
            let mut meaning = Vec::new();
            Decoder { code_page: self.code_page, entities: HashMap::new() }.decode(&text[..length], &mut meaning);
            // The first declaration binds (XML 1.0, 4.2).
            self.entities.entry(name.into()).or_insert(meaning.into());
        }
    }
}

/// Windows-1252 from 0x80 to 0x9f; what it leaves free is the control character, as WHATWG's encoding standard has it.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Whether a declaration names one of the 8-bit code pages read here.
pub(super) fn is_code_page(declaration: &[u8]) -> bool {
    let lower = declaration[..declaration.len().min(256)].to_ascii_lowercase();
    [&b"iso-8859-1\""[..], b"iso-8859-1'", b"iso-8859-15", b"latin1", b"latin-1", b"windows-1252", b"cp1252"]
        .iter()
        .any(|name| memchr::memmem::find(&lower, name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(decoder: &Decoder, bytes: &[u8]) -> String {
        let mut out = Vec::new();
        decoder.decode(bytes, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn references_are_resolved_and_others_stay() {
        let mut decoder = Decoder::default();
        decoder.declare(b"<!ENTITY who 'A &amp; B'> <!ENTITY ext SYSTEM 'file:///etc/passwd'> <!ENTITY % p 'x'>");
        for (bytes, expected) in [
            ("a &amp; b", "a & b"),
            ("123&#45;45&#x2d;6789", "123-45-6789"),
            ("&who; &ext; &none; & &;", "A & B &ext; &none; & &;"),
            ("&#0;&#xffffffff;", "&#0;&#xffffffff;"),
        ] {
            assert_eq!(decoded(&decoder, bytes.as_bytes()), expected);
        }
    }

    #[test]
    fn bombs_do_not_go_off() {
        let mut decoder = Decoder::default();
        let mut doctype = String::from("<!ENTITY a0 '0123456789'>");
        for n in 1..64 {
            doctype.push_str(&format!("<!ENTITY a{n} '{}'>", format!("&a{};", n - 1).repeat(20)));
        }
        decoder.declare(doctype.as_bytes());
        assert!(decoded(&decoder, b"&a63;").len() < 300);
        assert!(decoded(&decoder, "&a0;&a1;&a2;".repeat(10_000).as_bytes()).len() < 200_000);
    }

    #[test]
    fn code_pages_become_utf8() {
        let decoder = Decoder { code_page: true, ..Decoder::default() };
        assert_eq!(decoded(&decoder, b"Mu\xf1oz \x93x\x94"), "Muñoz “x”");
        assert!(is_code_page(b"<?xml version='1.0' encoding='ISO-8859-1'?>"));
        assert!(!is_code_page(b"<?xml version='1.0' encoding='UTF-8'?>"));
    }
}
