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
        Some(Kind::Unsupported("ole")) => return Kind::Unsupported(ole(name, head)),
        Some(kind) => return kind,
        None => {}
    }
    if is_dbf_table(head) {
        return Kind::Unsupported("dbf");
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
const OWN: [&[u8]; 11] = [
    br#"{"type":"run","schema":1"#,
    b"{\n  \"run\": {\n    \"type\": \"run\",\n    \"schema\": 1,",
    b"finding_id,series_id,",
    b"finding_id,identifier,rule,path,place,record,",
    b"root,path,series,format,bytes,status,class,",
    b"root,path,reason,class,detail,bytes,",
    b"worklist_id,severity,confidence,class,root,",
    b"sample_id,kind,identifier,",
    b"<!DOCTYPE html><!-- phisweep report -->",
    br#"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":{"name":"phisweep""#,
    br#"{"class_uid":2006,"metadata":{"product":{"name":"phisweep""#,
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
        "dbt" | "fpt" if is_memos(name, head) => Kind::Unsupported("memo"),
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

/// Memos of dBASE or FoxPro: a size of blocks that can be one, and the number of the next free one.
fn is_memos(name: &str, head: &[u8]) -> bool {
    let [a, b, c, d, _, _, e, f, ..] = head else { return false };
    match text::ending(name).as_str() {
        "fpt" => (1..=16_384).contains(&u16::from_be_bytes([*e, *f])) && u32::from_be_bytes([*a, *b, *c, *d]) > 0,
        _ => u32::from_le_bytes([*a, *b, *c, *d]) > 0 && head.len() >= 512,
    }
}

/// The same without a name: fields whose lengths add up to that of a row, and the byte that ends them.
fn is_dbf_table(head: &[u8]) -> bool {
    if !is_dbf(head) || head.len() < 65 {
        return false;
    }
    let fields = head[32..].chunks_exact(32).take_while(|field| field[0] != 0x0d);
    let (mut count, mut length) = (0, 1);
    for field in fields {
        let named = field[0].is_ascii_alphanumeric() || field[0] == b'_';
        if !named || !b"CNDLMFIBTYGPQVW@O+0".contains(&field[11]) {
            return false;
        }
        count += 1;
        length += usize::from(field[16]) + if field[11] == b'C' { usize::from(field[17]) << 8 } else { 0 };
    }
    let stated = usize::from(u16::from_le_bytes([head[10], head[11]]));
    count > 0 && length == stated && head.get(32 + 32 * count) == Some(&0x0d)
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
    // OpenDocument and EPUB store their kind uncompressed as the first member.
    let stored = head.get(30..).and_then(|rest| rest.strip_prefix(b"mimetype"));
    if let Some(kind) = stored {
        const KINDS: [(&[u8], &str); 5] = [
            (b"application/vnd.oasis.opendocument.text", "odt"),
            (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
            (b"application/vnd.oasis.opendocument.presentation", "odp"),
            (b"application/vnd.oasis.opendocument.graphics", "odg"),
            (b"application/epub+zip", "epub"),
        ];
        if let Some((_, format)) = KINDS.iter().find(|(text, _)| kind.starts_with(text)) {
            return format;
        }
    }
    let members = members(head);
    let has = |start: &[u8]| {
        members.iter().any(|name| name.len() >= start.len() && name[..start.len()].eq_ignore_ascii_case(start))
    };
    if [&b"[Content_Types].xml"[..], b"_rels/.rels", b"docProps/"].iter().any(|name| has(name)) {
        const PARTS: [(&[u8], &str); 6] = [
            (b"xl/workbook.bin", "xlsb"),
            (b"word/", "docx"),
            (b"xl/", "xlsx"),
            (b"ppt/", "pptx"),
            (b"visio/", "vsdx"),
            (b"FixedDocSeq.fdseq", "xps"),
        ];
        if let Some((_, format)) = PARTS.iter().find(|(start, _)| has(start)) {
            return format;
        }
    }
    const BY_NAME: [(&str, &str); 19] = [
        ("docx", "docx"),
        ("docm", "docx"),
        ("dotx", "docx"),
        ("xlsx", "xlsx"),
        ("xlsm", "xlsx"),
        ("xltx", "xlsx"),
        ("xlsb", "xlsb"),
        ("pptx", "pptx"),
        ("pptm", "pptx"),
        ("ppsx", "pptx"),
        ("vsdx", "vsdx"),
        ("odt", "odt"),
        ("ods", "ods"),
        ("odp", "odp"),
        ("odg", "odg"),
        ("epub", "epub"),
        ("jar", "jar"),
        ("apk", "apk"),
        ("whl", "wheel"),
    ];
    let ending = text::ending(name);
    BY_NAME.iter().find(|(known, _)| *known == ending).map_or("zip", |(_, format)| format)
}

/// Names of the members whose local headers stand in the head (APPNOTE 4.3.7). What a member holds is stepped over, so that an
/// Office file stored in an archive does not make the archive one.
fn members(head: &[u8]) -> Vec<&[u8]> {
    const MARK: &[u8] = b"PK\x03\x04";
    let (mut names, mut at) = (Vec::new(), 0);
    while let Some(from) = head.get(at..).and_then(|rest| memchr::memmem::find(rest, MARK)).map(|start| at + start) {
        let Some(header) = head.get(from..from + 30) else { break };
        let word = |n: usize| usize::from(u16::from_le_bytes([header[n], header[n + 1]]));
        let Some(name) = head.get(from + 30..from + 30 + word(26)) else { break };
        names.push(name);
        // Where the size stands behind the member, what comes next is searched for.
        let size = if word(6) & 8 == 0 { word(18) | word(20) << 16 } else { 0 };
        at = (from + 30 + word(26) + word(28)).saturating_add(size);
    }
    names
}

/// What a compound file is, by the names of its streams where its directory stands in the head ([MS-CFB] 2.6.1); else by its own name.
fn ole(name: &str, head: &[u8]) -> &'static str {
    const STREAMS: [(&str, &str); 6] = [
        ("WordDocument", "doc"),
        ("Workbook", "xls"),
        ("Book", "xls"),
        ("PowerPoint Document", "ppt"),
        ("__properties_version1.0", "msg"),
        ("VisioDocument", "vsd"),
    ];
    let number = |at: usize| Some(u32::from_le_bytes(head.get(at..at + 4)?.try_into().ok()?));
    let sector = head.get(30).copied().filter(|shift| (9..=12).contains(shift));
    let start =
        sector.zip(number(48)).and_then(|(shift, first)| (first as usize).checked_add(1)?.checked_shl(shift.into()));
    // Its sectors mostly follow each other; the root comes first, and what is in it soon.
    for entry in head.get(start.unwrap_or(usize::MAX)..).unwrap_or(&[]).chunks_exact(128).take(64) {
        let units: Vec<u16> = entry[..64].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        let shown: String = char::decode_utf16(units).map_while(Result::ok).take_while(|c| *c != '\0').collect();
        if let Some((_, format)) = STREAMS.iter().find(|(stream, _)| *stream == shown) {
            return format;
        }
    }
    // `__substg1.0_`: properties of a message, each a stream.
    if memchr::memmem::find(head, b"_\0_\0s\0u\0b\0s\0t\0g\x001\0.\x000\0_\0").is_some() {
        return "msg";
    }
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
    if digits < 3 || header[0] == 0 {
        return false;
    }
    let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
    let own: u32 = header[148..156].iter().map(|b| u32::from(*b)).sum();
    sum - own + 8 * u32::from(b' ') == stated
}

#[cfg(test)]
#[path = "sniff_tests.rs"]
mod tests;
