//! Which SQL a document is in. In: its head. Out: whether it is a dump at all, and whether a backslash in a string escapes. Refuses
//! documents that only speak of SQL.

use memchr::memmem::find;

/// Bytes of the head that are looked at.
const SEEN: usize = 64 << 10;

/// Whether a text without a name is SQL: its first words behind comments open a statement as dumps begin with.
pub fn is_dump(start: &[u8]) -> bool {
    let start = &start[..start.len().min(SEEN)];
    let mut rest = start.trim_ascii_start();
    let mut comments = 0;
    loop {
        if rest.starts_with(b"/*!") {
            return true;
        }
        let skipped = if rest.starts_with(b"--") && !rest.starts_with(b"---") {
            memchr::memchr(b'\n', rest)
        } else if rest.starts_with(b"/*") {
            find(rest, b"*/").map(|at| at + 1)
        } else {
            None
        };
        let Some(skipped) = skipped else { break };
        comments += 1;
        // `--` stands alone above and below what pg_dump says.
        if comments <= 3 && find(&rest[..skipped], b" dump").is_some() {
            return true;
        }
        rest = rest[skipped + 1..].trim_ascii_start();
        if rest.starts_with(b"--") && rest.get(2).is_some_and(|b| *b == b'\n') {
            rest = rest[2..].trim_ascii_start();
        }
    }
    let words: Vec<Vec<u8>> = rest[..rest.len().min(400)]
        .split(|b| b.is_ascii_whitespace())
        .filter(|word| !word.is_empty())
        .take(6)
        .map(<[u8]>::to_ascii_uppercase)
        .collect();
    let word = |n: usize| words.get(n).map_or(&b""[..], Vec::as_slice);
    let ends = memchr::memchr(b';', rest).is_some();
    match (word(0), word(1)) {
        (b"INSERT" | b"REPLACE", b"INTO") => has_word(rest, b"VALUES") || has_word(rest, b"SELECT"),
        (b"CREATE", b"TABLE" | b"TEMPORARY" | b"UNLOGGED" | b"GLOBAL" | b"DATABASE" | b"SCHEMA") => ends,
        (b"DROP", b"TABLE" | b"DATABASE") | (b"LOCK", b"TABLES") | (b"TRUNCATE", b"TABLE") => ends,
        (b"COPY", _) => find(&rest[..rest.len().min(4096)].to_ascii_lowercase(), b"from stdin").is_some(),
        (b"PRAGMA", pragma) => pragma.starts_with(b"FOREIGN_KEYS"),
        (b"BEGIN", b"TRANSACTION;") | (b"BEGIN;", _) | (b"START", b"TRANSACTION;") => true,
        (b"SET", b"NAMES" | b"FOREIGN_KEY_CHECKS" | b"SQL_MODE" | b"ANSI_NULLS" | b"IDENTITY_INSERT" | b"DEFINE") => {
            true
        }
        // Of pg_dump and its kin.
        (
            b"SET",
            b"CLIENT_ENCODING" | b"LOCK_TIMEOUT" | b"STANDARD_CONFORMING_STRINGS" | b"SEARCH_PATH" | b"ROW_SECURITY",
        ) => ends,
        (b"\\RESTRICT" | b"\\CONNECT", _) => true,
        (b"SET", setting) => setting.starts_with(b"STATEMENT_TIMEOUT") || setting.starts_with(b"FOREIGN_KEY_CHECKS"),
        (b"USE", name) => name.starts_with(b"[") && word(2) == b"GO" || name.starts_with(b"`"),
        _ => false,
    }
}

fn has_word(text: &[u8], word: &[u8]) -> bool {
    find(&text[..text.len().min(SEEN)].to_ascii_uppercase(), word).is_some()
}

/// Whether a backslash in a string escapes what stands behind it, as in MySQL. PostgreSQL since 9.1, SQL Server, Oracle and
/// SQLite take it as it is.
pub(super) fn backslash(head: &[u8]) -> bool {
    let head = &head[..head.len().min(1 << 20)];
    let first = &head[..head.len().min(SEEN)];
    let has = |text: &[u8]| find(first, text).is_some();
    if let Some(on) = last_setting(first) {
        return on;
    }
    if has(b"PostgreSQL database")
        || has(b"PRAGMA ")
        || has(b"SET ANSI_NULLS")
        || has(b"[dbo]")
        || has(b"\nGO\r")
        || has(b"\nGO\n")
    {
        return false;
    }
    if has(b"MySQL dump")
        || has(b"MariaDB dump")
        || has(b"phpMyAdmin")
        || has(b"/*!40")
        || has(b"ENGINE=")
        || has(b"mysql")
    {
        return true;
    }
    if has(b" FROM stdin") || has(b"standard_conforming") {
        return false;
    }
    // A quote behind a backslash: an apostrophe stands before a letter, the end of `C:\` before a comma or a bracket.
    let (mut escapes, mut ends) = (0, 0);
    for at in memchr::memmem::find_iter(head, b"\\'") {
        match head.get(at + 2) {
            Some(b',' | b')' | b';' | b'\'') => ends += 1,
            Some(b) if b.is_ascii_alphabetic() || *b == b' ' => escapes += 1,
            _ => {}
        }
    }
    escapes > ends
}

/// What the last setting in these bytes says.
fn last_setting(bytes: &[u8]) -> Option<bool> {
    let at = memchr::memmem::rfind(bytes, b"standard_conforming_strings")?;
    setting_value(&bytes[at..])
}

/// What a statement says of backslashes, if it is a setting.
pub(super) fn setting(look: &[u8]) -> Option<bool> {
    let line = &look[..look.len().min(200)];
    if !line.get(..3).is_some_and(|word| word.eq_ignore_ascii_case(b"set")) {
        return None;
    }
    let line = &line[..memchr::memchr(b';', line).unwrap_or(line.len())];
    if find(line, b"NO_BACKSLASH_ESCAPES").is_some() {
        return Some(false);
    }
    setting_value(&line[find(line, b"standard_conforming_strings")?..])
}

fn setting_value(from: &[u8]) -> Option<bool> {
    let value = &from[b"standard_conforming_strings".len()..];
    let value = value[..value.len().min(12)].to_ascii_lowercase();
    let off = find(&value, b"off").is_some();
    (off || find(&value, b"on").is_some()).then_some(off)
}
