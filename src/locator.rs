//! Where a document is: the exact locator inside a root, the path for people, the series, and the ids made from them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A document's exact place relative to its root: the file first, then one part a nesting level.
///
/// Parts are text; bytes of a file name that are not UTF-8 stand as `\xHH`, a backslash as `\\`, and `/` separates
/// folders inside the first part. A repeated member name carries `#n`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locator {
    parts: Vec<String>,
}

impl Locator {
    /// The locator of a file at `relative` below its root; the empty path stands for a root that is itself a file
    /// and must not be passed: use the file's name instead.
    pub fn file(relative: &Path) -> Locator {
        Locator { parts: vec![path_text(relative)] }
    }

    /// A locator that was written before, as its parts.
    pub fn of_parts(parts: Vec<String>) -> Locator {
        Locator { parts }
    }

    /// The locator of a document with a given name and no file, such as standard input.
    pub fn named(name: &str) -> Locator {
        Locator { parts: vec![name.to_string()] }
    }

    /// The locator of a member inside this document.
    pub fn member(&self, name: &str) -> Locator {
        let mut parts = self.parts.clone();
        parts.push(name.to_string());
        Locator { parts }
    }

    /// The bytes of the file's path below its root: the first part, read back.
    pub fn file_bytes(&self) -> Vec<u8> {
        let text = self.parts.first().map_or("", String::as_str).as_bytes();
        let mut bytes = Vec::with_capacity(text.len());
        let mut at = 0;
        while at < text.len() {
            let (byte, length) = match text[at..] {
                [b'\\', b'\\', ..] => (b'\\', 2),
                [b'\\', b'x', high, low, ..] => {
                    let digit = |d: u8| (d as char).to_digit(16).unwrap_or(0) as u8;
                    (digit(high) << 4 | digit(low), 4)
                }
                [byte, ..] => (byte, 1),
                [] => break,
            };
            bytes.push(byte);
            at += length;
        }
        bytes
    }

    /// The parts, outermost first.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// The same locator with another text for one part: a masked one.
    pub fn with_part(&self, number: usize, text: String) -> Locator {
        let mut parts = self.parts.clone();
        if let Some(part) = parts.get_mut(number) {
            *part = text;
        }
        Locator { parts }
    }

    /// The path for people: root name, then the parts joined by `!`.
    pub fn path(&self, root: &str) -> String {
        join_root(root, &self.parts)
    }

    /// The feed this document belongs to: the path with runs of dates, counters, GUIDs and copy marks as `*`.
    pub fn series(&self, root: &str) -> String {
        let parts: Vec<String> = self.parts.iter().map(|part| series_text(part)).collect();
        join_root(root, &parts)
    }
}

/// Root name and parts as people read them. A root that is a single file is named by that file.
fn join_root(root: &str, parts: &[String]) -> String {
    let inner = parts.join("!");
    match (root, parts.first()) {
        (root, Some(first)) if first == root => inner,
        ("", _) => inner,
        _ => format!("{root}/{inner}"),
    }
}

/// A path as text: UTF-8 as it is, other bytes as `\xHH`, a backslash doubled so that the text can be read back.
pub fn path_text(path: &Path) -> String {
    os_text(path.as_os_str())
}

/// The path that [`path_text`] wrote.
pub fn text_path(text: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(1..3).filter(|_| *first == b'\\' && behind[0] == b'x');
        let byte = digits.and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        rest = match (byte, behind) {
            (Some(byte), [_, _, _, behind @ ..]) => {
                bytes.push(byte);
                behind
            }
            (None, [b'\\', behind @ ..]) if *first == b'\\' => {
                bytes.push(b'\\');
                behind
            }
            _ => {
                bytes.push(*first);
                behind
            }
        };
    }
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

/// A file name as text; see [`path_text`].
pub fn os_text(name: &OsStr) -> String {
    let bytes = name.as_encoded_bytes();
    if let Some(text) = name.to_str().filter(|_| memchr::memchr(b'\\', bytes).is_none()) {
        return text.to_string();
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => text.push_str("\\\\"),
                c => text.push(c),
            }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02X}"));
        }
    }
    text
}

/// Replaces what changes from drop to drop by `*`: GUIDs, runs of two or more digits with the separators between
/// them (dates, times, counters), and copy marks such as ` (2)` or ` - Copy`.
fn series_text(part: &str) -> String {
    let bytes = part.as_bytes();
    let mut out = String::with_capacity(part.len());
    let mut i = 0;
    while i < bytes.len() {
        let rest = &bytes[i..];
        let run = guid_length(rest).or_else(|| copy_mark_length(rest)).or_else(|| digits_length(bytes, i));
        match run {
            Some(length) => {
                if !out.ends_with('*') {
                    out.push('*');
                }
                i += length;
            }
            None => {
                let c = part[i..].chars().next().unwrap_or('\u{fffd}');
                out.push(c);
                i += c.len_utf8();
            }
        }
    }
    out
}

fn guid_length(bytes: &[u8]) -> Option<usize> {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    let mut at = 0;
    for (n, group) in GROUPS.iter().enumerate() {
        if n > 0 {
            if bytes.get(at) != Some(&b'-') {
                return None;
            }
            at += 1;
        }
        if bytes.len() < at + group || !bytes[at..at + group].iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        at += group;
    }
    Some(at)
}

fn copy_mark_length(bytes: &[u8]) -> Option<usize> {
    if let Some(inner) = bytes.strip_prefix(b" (") {
        let digits = inner.iter().take_while(|b| b.is_ascii_digit()).count();
        if (1..=3).contains(&digits) && inner.get(digits) == Some(&b')') {
            return Some(digits + 3);
        }
    }
    [&b" - Copy"[..], b" - copy", b"_copy", b" copy"]
        .iter()
        .find(|mark| bytes.starts_with(mark) && !bytes.get(mark.len()).is_some_and(u8::is_ascii_alphanumeric))
        .map(|mark| mark.len())
}

/// The length of a run of digits, with single `-`, `_`, `.`, `T` or `Z` between or after digits, at `at`.
/// One lone digit is kept unless it ends a stem after a separator (`part_3.csv`): `q1`, `x12`-like words keep theirs
/// only when a letter stands right before a single digit.
fn digits_length(bytes: &[u8], at: usize) -> Option<usize> {
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let first = digits(at);
    if first == 0 {
        return None;
    }
    let after_letter = at > 0 && bytes[at - 1].is_ascii_alphabetic();
    if first == 1 && after_letter {
        return None;
    }
    let mut end = at + first;
    while end + 1 < bytes.len() && matches!(bytes[end], b'-' | b'_' | b'.' | b'T') && bytes[end + 1].is_ascii_digit() {
        end += 1 + digits(end + 1);
    }
    if bytes.get(end) == Some(&b'Z') && !bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric) {
        end += 1;
    }
    Some(end - at)
}

/// A report id: `prefix` and sixteen Crockford base-32 letters of the BLAKE3 hash of the fields.
///
/// The fields are places and names, never values, so the hash needs no key; each is preceded by its length, so that
/// no two different lists give the same bytes.
pub fn id(prefix: &str, fields: &[&str]) -> String {
    const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut hasher = blake3::Hasher::new();
    for field in fields {
        hasher.update(&(field.len() as u64).to_le_bytes());
        hasher.update(field.as_bytes());
    }
    let hash = hasher.finalize();
    let mut text = String::with_capacity(prefix.len() + 16);
    text.push_str(prefix);
    let mut bits = 0u32;
    let mut held = 0;
    for byte in &hash.as_bytes()[..10] {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(CROCKFORD[(bits >> held & 31) as usize] as char);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_replaces_what_changes_between_drops() {
        for (path, series) in [
            ("members_202610.csv", "members_*.csv"),
            ("members_2026-10-31.csv", "members_*.csv"),
            ("in/837_20261031T010203Z.txt", "in/*.txt"),
            ("report (2).csv", "report*.csv"),
            ("report - Copy.csv", "report*.csv"),
            ("a/550e8400-e29b-41d4-a716-446655440000.json", "a/*.json"),
            ("x9.txt", "x9.txt"),
            ("part_3.csv", "part_*.csv"),
            ("plain.csv", "plain.csv"),
        ] {
            assert_eq!(series_text(path), series, "{path}");
        }
    }

    #[test]
    fn paths_name_root_and_members() {
        let file = Locator::file(Path::new("in/a.zip"));
        assert_eq!(file.member("p.csv").path("drop"), "drop/in/a.zip!p.csv");
        assert_eq!(Locator::file(Path::new("a.csv")).path("a.csv"), "a.csv", "a root that is the file itself");
    }

    #[test]
    fn ids_depend_on_every_field_and_on_their_borders() {
        let a = id("F-", &["drop", "a.csv", "ssn"]);
        assert_eq!(a.len(), 18);
        assert_eq!(a, id("F-", &["drop", "a.csv", "ssn"]));
        assert_ne!(a, id("F-", &["drop", "a.css", "vn"]));
        assert_ne!(a, id("F-", &["dro", "pa.csv", "ssn"]));
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf8_can_be_read_back() {
        use std::os::unix::ffi::OsStrExt;
        assert_eq!(os_text(OsStr::from_bytes(b"a\xffb\\c")), "a\\xFFb\\\\c");
        for name in [&b"a\xffb\\c"[..], b"\\xFF/\xc3\xa9", b"\\\\\xfe"] {
            assert_eq!(Locator::file(Path::new(OsStr::from_bytes(name))).file_bytes(), name);
        }
    }
}
