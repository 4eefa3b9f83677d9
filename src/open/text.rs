//! In: the first bytes of a document. Out: whether they are text, and which kind of text.
//! Refuses bytes that only look like text by accident: too many control characters, too few of ASCII.

use super::health;
use crate::extract::sql::is_dump;

/// What a head of bytes looks like as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Valid UTF-8 without control characters but those that text has.
    Plain,
    /// Text with blemishes: NULs as padding, a few control characters, bytes of an 8-bit code page.
    Blemished,
    /// Every other byte is NUL: UTF-16 without its mark.
    Utf16,
    /// The codes of a mainframe's letters, digits and blanks.
    Ebcdic,
    /// None of these.
    Other,
}

/// Control characters that formats made of text use: tab, line and page ends, MLLP and X12 separators, DOS's end of
/// file, escape.
fn is_text_control(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0b | 0x0c | b'\r' | 0x1a..=0x1f)
}

/// Looks at the first bytes of a document; `head` may end inside a character.
pub(super) fn look(head: &[u8]) -> Look {
    // What nearly every text is, told in one pass: printable ASCII and what text has besides.
    if !head.iter().fold(false, |any, b| any | !matches!(b, 0x20..=0x7e | b'\t'..=b'\r' | 0x1a..=0x1f)) {
        return Look::Plain;
    }
    let nul = count(head, |b| b == 0);
    // Hive writes 0x01 between fields; where NULs are, it is a number.
    let delimits = |b: u8| b == 1 && nul == 0;
    let control = count(head, |b| (b < 0x20 && b != 0 && !is_text_control(b) && !delimits(b)) || b == 0x7f);
    let high = count(head, |b| b >= 0x80);
    let utf8 = is_utf8(head);
    if nul == 0 && control == 0 && utf8 {
        return Look::Plain;
    }
    if is_utf16(head) {
        return Look::Utf16;
    }
    // Before any tolerance: a record full of blanks has few high bytes.
    if !utf8 && is_ebcdic(head) {
        return Look::Ebcdic;
    }
    let length = head.len();
    let seen = length - nul;
    // Fixed records are padded with NULs, but then half of each at most. A code page's letters are few in English.
    let few = control * 20 <= seen && nul * 2 <= length && (utf8 || high * 5 <= seen * 2);
    if few && seen > 0 { Look::Blemished } else { Look::Other }
}

fn count(head: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    head.iter().filter(|b| wanted(**b)).count()
}

fn is_utf8(head: &[u8]) -> bool {
    match str::from_utf8(head) {
        Ok(_) => true,
        // `None`: it breaks off inside a character at the very end.
        Err(error) => error.error_len().is_none(),
    }
}

/// NULs in most even or most odd places, hardly any in the others.
fn is_utf16(head: &[u8]) -> bool {
    let pairs = head.len() / 2;
    if pairs < 4 {
        return false;
    }
    let nul = |from: usize| head[from..].iter().step_by(2).take(pairs).filter(|b| **b == 0).count();
    let (even, odd) = (nul(0), nul(1));
    let (most, few) = (even.max(odd), even.min(odd));
    most * 10 >= pairs * 7 && few * 20 <= pairs
}

/// Three of four bytes are EBCDIC letters, digits, blanks or usual signs, and its blank or digits are among them.
pub fn is_ebcdic(head: &[u8]) -> bool {
    let is_letter = |b: u8| matches!(b, 0x81..=0x89 | 0x91..=0x99 | 0xa2..=0xa9 | 0xc1..=0xc9 | 0xd1..=0xd9 | 0xe2..=0xe9 | 0xf0..=0xf9);
    let is_sign =
        |b: u8| matches!(b, 0x40 | 0x4b | 0x4d | 0x50 | 0x5c | 0x5d | 0x60 | 0x61 | 0x6b | 0x6f | 0x7a | 0x7d);
    let known = count(head, |b| is_letter(b) || is_sign(b));
    let usual = count(head, |b| b == 0x40 || (0xf0..=0xf9).contains(&b));
    head.len() >= 16 && known * 4 >= head.len() * 3 && usual * 5 >= head.len()
}

/// Endings that name a kind of text which its content does not show.
const ENDINGS: &[(&str, &[&str])] = &[
    ("markdown", &["md", "markdown", "rst", "adoc"]),
    ("log", &["log"]),
    ("sql", &["sql", "ddl"]),
    ("yaml", &["yaml", "yml"]),
    ("toml", &["toml"]),
    ("ini", &["ini", "cfg", "conf", "properties", "env"]),
    ("vcard", &["vcf", "vcard"]),
    ("icalendar", &["ics"]),
    ("ldif", &["ldif"]),
    ("ndjson", &["ndjson", "jsonl"]),
    (
        "source",
        &[
            "rs", "c", "h", "cc", "cpp", "cxx", "hpp", "cs", "go", "java", "kt", "scala", "js", "mjs", "ts", "tsx",
            "jsx", "py", "rb", "php", "pl", "pm", "sh", "bash", "ps1", "bat", "cmd", "swift", "m", "r", "jl", "lua",
            "vb", "vbs", "bas", "pas", "f90", "cob", "cbl", "cpy", "sas", "do", "asm", "s", "el", "clj", "hs", "ml",
            "ex", "erl", "css", "scss", "less", "proto", "cmake", "mk", "gradle", "tf",
        ],
    ),
];

/// The kind of a text: by its beginning, else by the ending of its name, else `text`.
pub(super) fn format(name: &str, head: &[u8]) -> &'static str {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start = head.trim_ascii_start();
    let upper: Vec<u8> = start.iter().take(64).map(u8::to_ascii_uppercase).collect();
    if health::is_ncpdp(head) {
        "ncpdp"
    } else if health::is_hl7(head) {
        "hl7"
    } else if health::is_x12(head) {
        "x12"
    } else if start.starts_with(b"UNA:+") || start.starts_with(b"UNB+UNO") {
        "edifact"
    } else if is_page(name, start, &upper) {
        "html"
    } else if upper.starts_with(b"<?XML") {
        let shown = &start[..start.len().min(2048)];
        if memchr::memmem::find(shown, b"<html").is_some() { "html" } else { "xml" }
    } else if is_element(start) {
        "xml"
    } else if start.starts_with(b"{\\rtf") {
        "rtf"
    } else if upper.starts_with(b"BEGIN:VCARD") {
        "vcard"
    } else if upper.starts_with(b"BEGIN:VCALENDAR") {
        "icalendar"
    } else if is_directory(start) {
        "ldif"
    } else if is_mail(start) || is_saved_mail(start, ending(name).as_str()) {
        "mail"
    } else if let Some(json) = json(start, ending(name).as_str()) {
        json
    } else if is_dump(start) {
        "sql"
    } else {
        let ending = ending(name);
        ENDINGS.iter().find(|(_, endings)| endings.contains(&ending.as_str())).map_or("text", |(format, _)| format)
    }
}

/// The part after the name's last dot, in small letters.
pub(super) fn ending(name: &str) -> String {
    let name = name.rsplit(['/', '!']).next().unwrap_or(name);
    name.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_ascii_lowercase())
}

/// Marks that only pages have: a document type, the outermost element, or a table with cells and no XML declaration.
fn is_page(name: &str, start: &[u8], upper: &[u8]) -> bool {
    if upper.starts_with(b"<!DOCTYPE HTML") || upper.starts_with(b"<HTML") {
        return true;
    }
    if !start.starts_with(b"<") || upper.starts_with(b"<?XML") {
        return false;
    }
    if matches!(ending(name).as_str(), "html" | "htm" | "xhtml") {
        return true;
    }
    let shown = start[..start.len().min(4096)].to_ascii_lowercase();
    let holds = |mark: &[u8]| memchr::memmem::find(&shown, mark).is_some();
    const FIRST: [&[u8]; 10] =
        [b"<TABLE", b"<DIV", b"<BODY", b"<HEAD>", b"<META ", b"<STYLE", b"<CENTER", b"<FONT", b"<P>", b"<!--"];
    FIRST.iter().any(|mark| upper.starts_with(mark))
        && (holds(b"<td") || holds(b"<html") || holds(b"<body") || holds(b"<br>"))
}

/// An LDIF: its version, or the name of an entry and an attribute behind it.
fn is_directory(start: &[u8]) -> bool {
    let mut lines = start.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_end);
    let mut lines =
        lines.by_ref().filter(|line| !line.is_empty() && !line.starts_with(b"#") && !line.starts_with(b" "));
    let first = lines.next().unwrap_or_default();
    let entry = |line: &[u8]| has_prefix(line, b"dn: ") || has_prefix(line, b"dn:: ");
    let second = lines.next().unwrap_or_default();
    has_prefix(first, b"version: 1") && entry(second)
        || entry(first) && memchr::memchr(b'=', first).is_some() && memchr::memchr(b':', second).is_some()
}

/// `<name` and later a `>`: an element, a comment or a declaration.
fn is_element(start: &[u8]) -> bool {
    let Some((b'<', rest)) = start.split_first() else { return false };
    let opens = rest.starts_with(b"!--")
        || rest.starts_with(b"!DOCTYPE")
        || rest.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    opens && memchr::memchr(b'>', rest).is_some()
}

/// Header lines as a mail starts with, two at least; or the first line of an mbox.
fn is_mail(start: &[u8]) -> bool {
    const FIRST: [&str; 9] =
        ["received", "return-path", "from", "to", "date", "message-id", "delivered-to", "mime-version", "subject"];
    let mut lines = start.split(|b| *b == b'\n').filter(|line| !line.starts_with(b" ") && !line.starts_with(b"\t"));
    let is_header = |line: &[u8]| {
        let name = line.split(|b| *b == b':').next().filter(|name| name.len() < line.len()).unwrap_or_default();
        FIRST.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
            || name.len() > 2 && name[..2].eq_ignore_ascii_case(b"x-")
    };
    match lines.next() {
        Some(first) if first.starts_with(b"From ") && memchr::memchr(b'@', first).is_some() => {
            lines.next().is_some_and(is_header)
        }
        Some(first) => {
            is_header(first)
                && lines.next().is_some_and(is_header)
                && [&b"message-id:"[..], b"mime-version:", b"received:", b"return-path:"]
                    .iter()
                    .any(|name| start.split(|b| *b == b'\n').take(60).any(|line| has_prefix(line, name)))
        }
        None => false,
    }
}

/// A mail by its name too: behind a length on a line of its own, as Apple Mail saves it, or without the headers that only servers
/// write.
fn is_saved_mail(start: &[u8], ending: &str) -> bool {
    let (first, rest) = start.split_at(start.iter().position(|b| *b == b'\n').map_or(start.len(), |at| at + 1));
    let counted = !first.trim_ascii().is_empty() && first.trim_ascii().iter().all(u8::is_ascii_digit);
    match ending {
        "emlx" => counted && is_mail(rest),
        "eml" => {
            let name = first.split(|b| *b == b':').next().filter(|name| name.len() < first.len());
            name.is_some_and(|name| !name.is_empty() && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-'))
        }
        "mbox" | "mbx" => first.starts_with(b"From "),
        _ => false,
    }
}

fn has_prefix(line: &[u8], prefix: &[u8]) -> bool {
    line.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// `json` or `ndjson`: an object or array whose first tokens may follow each other. `[section]`, `[2026-01-31]` and code that
/// starts with a block may not. What is named so is read so, and told where it breaks.
fn json(start: &[u8], ending: &str) -> Option<&'static str> {
    let (first, rest) = start.split_first()?;
    let second = rest.trim_ascii_start().first().copied();
    let opens = match first {
        b'{' => matches!(second, Some(b'"' | b'}')),
        b'[' => matches!(second, Some(b'{' | b'[' | b'"' | b']')) || ending == "json",
        _ => false,
    };
    let named = matches!(ending, "json" | "ndjson" | "jsonl" | "geojson");
    if !opens || !named && !goes_on(start) {
        return None;
    }
    let mut lines = start.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let whole = |line: &[u8]| line.starts_with(b"{") && line.ends_with(b"}");
    let many = lines.next().is_some_and(whole) && lines.next().is_some_and(|line| line.starts_with(b"{"));
    Some(if many || matches!(ending, "ndjson" | "jsonl") { "ndjson" } else { "json" })
}

/// Whether the first tokens are those of JSON, as far as they are here.
fn goes_on(start: &[u8]) -> bool {
    /// What may come next.
    #[derive(Clone, Copy, PartialEq)]
    enum Next {
        Value,
        ValueOrEnd,
        Key,
        KeyOrEnd,
        Colon,
        Comma,
    }
    /// Tokens looked at: prose and code are told from JSON by the first few.
    const TOKENS: usize = 32;
    let (mut next, mut open, mut rest) = (Next::Value, Vec::with_capacity(TOKENS), start);
    for _ in 0..TOKENS {
        rest = rest.trim_ascii_start();
        let Some((first, behind)) = rest.split_first() else { return true };
        rest = behind;
        let after = match (first, next) {
            (b'{' | b'[', Next::Value | Next::ValueOrEnd) => {
                open.push(*first);
                if *first == b'{' { Next::KeyOrEnd } else { Next::ValueOrEnd }
            }
            (b'}', Next::KeyOrEnd | Next::Comma) if open.pop() == Some(b'{') => Next::Comma,
            (b']', Next::ValueOrEnd | Next::Comma) if open.pop() == Some(b'[') => Next::Comma,
            (b'"', Next::Value | Next::ValueOrEnd | Next::Key | Next::KeyOrEnd) => {
                let mut escaped = false;
                let ends = |b: &u8| {
                    let ends = *b == b'"' && !escaped;
                    escaped = *b == b'\\' && !escaped;
                    ends
                };
                let Some(end) = behind.iter().position(ends) else { return true };
                rest = &behind[end + 1..];
                if matches!(next, Next::Key | Next::KeyOrEnd) { Next::Colon } else { Next::Comma }
            }
            (b':', Next::Colon) => Next::Value,
            (b',', Next::Comma) if open.last() == Some(&b'{') => Next::Key,
            (b',', Next::Comma) => Next::Value,
            // A record a line.
            (b'{' | b'[', Next::Comma) if open.is_empty() => {
                rest = &start[start.len() - behind.len() - 1..];
                Next::Value
            }
            (b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z', Next::Value | Next::ValueOrEnd) if !open.is_empty() => {
                let of_word = |b: &u8| matches!(b, b'+' | b'-' | b'.') || b.is_ascii_alphanumeric();
                let word = rest.iter().position(|b| !of_word(b)).unwrap_or(rest.len());
                rest = &rest[word..];
                let word = &start[start.len() - rest.len() - word - 1..start.len() - rest.len()];
                let is_word = [&b"true"[..], b"false", b"null", b"NaN", b"Infinity", b"-Infinity"].contains(&word);
                if !rest.is_empty() && !is_word && !matches!(first, b'-' | b'0'..=b'9') {
                    return false;
                }
                Next::Comma
            }
            _ => return false,
        };
        next = after;
    }
    true
}
