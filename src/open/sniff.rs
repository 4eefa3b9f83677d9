//! In: the first bytes of a document and its name. Out: what kind of document it is.
//! Refuses to trust a name over content: a name only decides where the bytes leave it open.

use super::text::{self, Look};
use super::{image, magic};
use crate::decode::text::Encoding;
use crate::extract::dicom::starts_as_data_set;
use crate::gap::Reason;
use crate::protected;

/// How many of a document's first bytes are worth looking at.
pub const HEAD: usize = 64 * 1024;

/// What kind of document it is. The names are those of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No bytes at all.
    Empty,
    /// Text, with its kind: `text`, `json`, `ndjson`, `xml`, `html`, `hl7`, `x12`, `source`, …
    Text(&'static str),
    /// A recognised kind that holds no records: `program`, `font`, `sound`, `film`, `picture`, …
    Inert(&'static str),
    /// A picture of pages: `tiff`, `fax`, `page image`, …
    Image(&'static str),
    /// A recognised kind that could hold records and has no reader.
    Unsupported(&'static str),
    /// A report of phisweep's.
    OwnReport,
    /// Neither text nor anything known.
    Unknown,
}

impl Kind {
    /// The name of the format in reports.
    pub fn format(self) -> &'static str {
        match self {
            Kind::Empty => "empty",
            Kind::Text(format) | Kind::Inert(format) | Kind::Image(format) | Kind::Unsupported(format) => format,
            Kind::OwnReport => "phisweep",
            Kind::Unknown => "unknown",
        }
    }

    /// The encoding of a text that is not in UTF-8. `complete` says that the head is all of it.
    pub fn encoding(self, head: &[u8], complete: bool) -> Option<Encoding> {
        let (head, complete) = (&head[..head.len().min(HEAD)], complete && head.len() <= HEAD);
        match self {
            Kind::Unsupported("utf-16" | "utf-32" | "ebcdic") | Kind::Text(_) | Kind::Unknown => {
                Encoding::of(head, complete)
            }
            _ => None,
        }
    }

    /// Reason and detail of the gap that such a document is; `None` for what can be read.
    pub fn gap(self) -> Option<(Reason, &'static str)> {
        match self {
            Kind::Empty | Kind::Text(_) => None,
            Kind::Inert(what) => Some((Reason::NoRecords, what)),
            Kind::Image(what) => Some((Reason::Image, what)),
            Kind::Unsupported(format) => Some((Reason::Unsupported, format)),
            Kind::OwnReport => Some((Reason::Excluded, "own report")),
            Kind::Unknown => Some((Reason::Unsupported, "unknown format")),
        }
    }
}

/// The kind of the document called `name` that starts with `head`: [`HEAD`] bytes, or all of it where it is shorter.
pub fn sniff(name: &str, head: &[u8]) -> Kind {
    let head = &head[..head.len().min(HEAD)];
    if head.is_empty() {
        return Kind::Empty;
    }
    let look = text::look(head);
    if look == Look::Plain && is_own_report(head) {
        return Kind::OwnReport;
    }
    match magic::by_mark(head, look) {
        Some(Kind::Inert("picture")) if image::is_page(head) => return Kind::Image("page image"),
        Some(Kind::Inert("font")) if head[0] == 0 && !names_tables(head) => return Kind::Unknown,
        Some(Kind::Unsupported("zip")) => return Kind::Unsupported(zip(name, head)),
        Some(Kind::Unsupported("ole")) => return Kind::Unsupported(ole(name)),
        Some(kind) => return kind,
        None => {}
    }
    if look != Look::Plain && starts_as_data_set(head) {
        return Kind::Unsupported("dicom");
    }
    if let Some(format) = protected::format(name, head) {
        return Kind::Unsupported(format);
    }
    if is_old_tar(head) {
        return Kind::Unsupported("tar");
    }
    match look {
        Look::Plain => Kind::Text(text::format(name, head)),
        Look::Utf16 => Kind::Unsupported("utf-16"),
        // A name that promises a binary format is believed before blemished text is.
        Look::Blemished => by_name(name, head).unwrap_or_else(|| Kind::Text(text::format(name, head))),
        Look::Ebcdic => by_name(name, head).unwrap_or(Kind::Unsupported("ebcdic")),
        Look::Other => by_name(name, head).unwrap_or(Kind::Unknown),
    }
}

/// Whether a TrueType font's table directory starts with a name: its mark alone is a small number, as others start.
fn names_tables(head: &[u8]) -> bool {
    head.get(12..16).is_some_and(|tag| tag.iter().all(|b| b.is_ascii_graphic() || *b == b' '))
}

/// How our reports begin: the first record of JSON Lines, the head of summary and manifest, the first columns of each
/// table. A test of the reports keeps them alike.
const OWN: [&[u8]; 8] = [
    br#"{"type":"run","schema":1"#,
    b"{\n  \"run\": {\n    \"type\": \"run\",\n    \"schema\": 1,",
    b"finding_id,series_id,",
    b"finding_id,identifier,rule,path,place,record,",
    b"root,path,series,format,bytes,status,class,",
    b"root,path,reason,class,detail,bytes,",
    b"worklist_id,severity,confidence,class,root,",
    b"sample_id,kind,identifier,",
];

fn is_own_report(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    OWN.iter().any(|beginning| head.starts_with(beginning))
}

/// Formats without a mark of their own, by the ending of the name and, where there is one, a weak sign.
fn by_name(name: &str, head: &[u8]) -> Option<Kind> {
    let starts = |bytes: &[u8]| head.starts_with(bytes);
    Some(match text::ending(name).as_str() {
        "dbf" if is_dbf(head) => Kind::Unsupported("dbf"),
        "dta" if matches!(head, [0x69..=0x75, 1 | 2, 1, 0, ..]) => Kind::Unsupported("stata"),
        "dcm" | "dicom" => Kind::Unsupported("dicom"),
        "pgp" | "gpg" => Kind::Unsupported("pgp"),
        "p7m" | "p7e" if starts(b"\x30") => Kind::Unsupported("pkcs7"),
        "pkl" | "pickle" => Kind::Unsupported("pickle"),
        "br" => Kind::Unsupported("brotli"),
        "zz" | "zlib" => Kind::Unsupported("zlib"),
        "ibd" => Kind::Unsupported("innodb"),
        "bson" => Kind::Unsupported("bson"),
        "mdf" | "ldf" => Kind::Unsupported("mssql"),
        "pyc" | "pyo" if head.get(2..4) == Some(b"\r\n") => Kind::Inert("program"),
        "obj" | "o" if starts(b"\x64\x86") || starts(b"\x4c\x01") => Kind::Inert("program"),
        "cer" | "crt" | "der" | "p12" | "pfx" if starts(b"\x30\x82") => Kind::Inert("certificate"),
        "g3" | "g4" | "fax" | "mmr" => Kind::Image("fax"),
        "pcx" if starts(b"\x0a\x05") => Kind::Image("fax"),
        _ if is_git_object(name, head) => Kind::Unsupported("git object"),
        _ if is_zlib(head) => Kind::Unsupported("zlib"),
        _ => return None,
    })
}

/// dBASE: a version, a date that can be one, and a header length that fits 32 bytes a field.
fn is_dbf(head: &[u8]) -> bool {
    matches!(head, [0x02 | 0x03 | 0x30..=0x32 | 0x43 | 0x63 | 0x83 | 0x8b | 0xcb | 0xf5 | 0xfb, _, 0..=12, 0..=31, ..])
        && head.get(8..10).is_some_and(|length| u16::from_le_bytes([length[0], length[1]]) >= 33)
}

/// A loose object: 38 hexadecimal digits for a name, and a zlib stream.
fn is_git_object(name: &str, head: &[u8]) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.len() == 38 && name.bytes().all(|b| b.is_ascii_hexdigit()) && is_zlib(head)
}

/// A window of 32 KiB, and header bytes whose sum says so.
fn is_zlib(head: &[u8]) -> bool {
    matches!(head, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..])
}

/// What is in a zip, by the names of its first members; else by its own name.
fn zip(name: &str, head: &[u8]) -> &'static str {
    let holds = |text: &[u8]| memchr::memmem::find(head, text).is_some();
    // OpenDocument and EPUB store their kind uncompressed as the first member.
    let stored = head.get(30..).and_then(|rest| rest.strip_prefix(b"mimetype"));
    if let Some(kind) = stored {
        const KINDS: [(&[u8], &str); 4] = [
            (b"application/vnd.oasis.opendocument.text", "odt"),
            (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
            (b"application/vnd.oasis.opendocument.presentation", "odp"),
            (b"application/epub+zip", "epub"),
        ];
        if let Some((_, format)) = KINDS.iter().find(|(text, _)| kind.starts_with(text)) {
            return format;
        }
    }
    if holds(b"[Content_Types].xml") || holds(b"_rels/.rels") {
        let parts: [(&[u8], &str); 4] =
            [(b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx"), (b"FixedDocSeq.fdseq", "xps")];
        if let Some((_, format)) = parts.iter().find(|(text, _)| holds(text)) {
            return format;
        }
    }
    const BY_NAME: [(&str, &str); 12] = [
        ("docx", "docx"),
        ("docm", "docx"),
        ("xlsx", "xlsx"),
        ("xlsm", "xlsx"),
        ("xlsb", "xlsb"),
        ("pptx", "pptx"),
        ("odt", "odt"),
        ("ods", "ods"),
        ("epub", "epub"),
        ("jar", "jar"),
        ("apk", "apk"),
        ("whl", "wheel"),
    ];
    let ending = text::ending(name);
    BY_NAME.iter().find(|(known, _)| *known == ending).map_or("zip", |(_, format)| format)
}

/// What a compound file is, by its name: its directory need not stand in the head.
fn ole(name: &str) -> &'static str {
    const BY_NAME: [(&str, &str); 10] = [
        ("doc", "doc"),
        ("dot", "doc"),
        ("xls", "xls"),
        ("xlt", "xls"),
        ("ppt", "ppt"),
        ("msg", "msg"),
        ("mpp", "mpp"),
        ("vsd", "vsd"),
        ("pub", "pub"),
        ("msi", "msi"),
    ];
    let ending = text::ending(name);
    BY_NAME.iter().find(|(known, _)| *known == ending).map_or("ole", |(_, format)| format)
}

/// A tar from before `ustar`: the header's bytes add up to the octal number in it, its own field taken as blanks.
fn is_old_tar(head: &[u8]) -> bool {
    let Some(header) = head.get(..512) else { return false };
    let stated = header[148..156].iter().skip_while(|b| **b == b' ').take_while(|b| (b'0'..=b'7').contains(b));
    let (digits, stated) =
        stated.fold((0, 0u32), |(digits, sum), b| (digits + 1, sum.wrapping_mul(8).wrapping_add(u32::from(b - b'0'))));
    let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
    let own: u32 = header[148..156].iter().map(|b| u32::from(*b)).sum();
    digits >= 3 && header[0] != 0 && sum - own + 8 * u32::from(b' ') == stated
}

#[cfg(test)]
#[path = "sniff_tests.rs"]
mod tests;
