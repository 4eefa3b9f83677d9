//! Heads of SQL statements. In: bytes where a statement starts. Out: which table and columns it fills, and where its rows
//! begin; the columns of a `CREATE TABLE`. Refuses a head of which the end is not in sight.

use super::copy::Lines;

/// How values stand in a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// In brackets, a row each.
    Values,
    /// `SET column = value`.
    Set,
    /// `SELECT value, value`, `UNION ALL` between rows.
    Select,
}

/// What a statement begins with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// It fills columns; behind `length` bytes rows begin.
    Rows { table: String, columns: Option<Vec<String>>, kind: Kind, length: usize },
    /// Lines with rows follow behind `length` bytes.
    Copy { table: String, columns: Option<Vec<String>>, lines: Lines, length: usize },
    /// A table and its columns.
    Table { table: String, columns: Vec<String> },
}

/// A longer name is none.
const NAME: usize = 128;
/// Columns of a table that are read.
const COLUMNS: usize = 4096;

/// A position in a head.
struct Words<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Words<'a> {
    fn skip(&mut self) {
        loop {
            let rest = &self.bytes[self.at..];
            let blanks = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
            self.at += blanks;
            match super::tokens::comment(&self.bytes[self.at..]) {
                Some(length) => self.at += length,
                None => return,
            }
        }
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// The next word, without stepping over it.
    fn peek(&mut self) -> &'a [u8] {
        self.skip();
        let rest = self.rest();
        &rest[..rest.iter().take(NAME).take_while(|b| is_word(**b)).count()]
    }

    /// Steps over a word if it is this one.
    fn take(&mut self, word: &str) -> bool {
        let is = self.peek().eq_ignore_ascii_case(word.as_bytes());
        self.at += if is { word.len() } else { 0 };
        is
    }

    /// Steps over some of these words: a statement has few.
    fn skip_words(&mut self, known: &[&str]) {
        let mut left = 8;
        while left > 0 && known.iter().any(|word| self.take(word)) {
            left -= 1;
        }
    }

    fn byte(&mut self, byte: u8) -> bool {
        self.skip();
        let is = self.rest().first() == Some(&byte);
        self.at += usize::from(is);
        is
    }

    /// A name, bare or quoted.
    fn name(&mut self) -> Option<String> {
        self.skip();
        let rest = self.rest();
        let close = match rest.first()? {
            b'`' => b'`',
            b'"' => b'"',
            b'[' => b']',
            b'\'' => b'\'',
            b if is_word(*b) => {
                let length = rest.iter().take(NAME).take_while(|b| is_word(**b)).count();
                self.at += length;
                return Some(String::from_utf8_lossy(&rest[..length]).into_owned());
            }
            _ => return None,
        };
        let length = memchr::memchr(close, &rest[1..rest.len().min(NAME)])?;
        self.at += length + 2;
        Some(String::from_utf8_lossy(&rest[1..1 + length]).into_owned())
    }

    /// A name with those of its schema and database before it.
    fn path(&mut self) -> Option<String> {
        let mut path = self.name()?;
        for _ in 0..4 {
            if self.rest().first() != Some(&b'.') {
                break;
            }
            self.at += 1;
            // `db..table`
            if self.rest().first() == Some(&b'.') {
                self.at += 1;
            }
            path.push('.');
            path.push_str(&self.name()?);
        }
        Some(path)
    }

    /// Names in brackets.
    fn names(&mut self) -> Option<Vec<String>> {
        let before = self.at;
        let read = self.names_or_back();
        if read.is_none() {
            self.at = before;
        }
        read
    }

    fn names_or_back(&mut self) -> Option<Vec<String>> {
        if !self.byte(b'(') {
            return None;
        }
        let mut names = Vec::new();
        loop {
            let path = self.path()?;
            names.push(path.rsplit('.').next().unwrap_or_default().to_string());
            if self.byte(b')') {
                return Some(names);
            }
            if !self.byte(b',') || names.len() >= COLUMNS {
                return None;
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#' | b'@') || byte >= 0x80
}

/// What statement starts here, if it is one that names values, and how many bytes were looked at for that.
pub(super) fn head(look: &[u8]) -> (Option<Head>, usize) {
    let mut words = Words { bytes: look, at: 0 };
    let first = look.iter().take(10).take_while(|b| b.is_ascii_alphabetic()).count();
    let head = match look[..first].to_ascii_uppercase().as_slice() {
        b"INSERT" | b"REPLACE" | b"INTO" | b"MERGE" => insert(&mut words),
        b"UPDATE" => update(&mut words),
        b"COPY" => copy(&mut words),
        b"CREATE" => create(&mut words),
        _ => None,
    };
    (head, words.at)
}

fn insert(words: &mut Words<'_>) -> Option<Head> {
    const BEFORE: [&str; 15] = [
        "insert",
        "replace",
        "low_priority",
        "delayed",
        "high_priority",
        "ignore",
        "or",
        "abort",
        "fail",
        "rollback",
        "all",
        "overwrite",
        "into",
        "table",
        "only",
    ];
    words.skip_words(&BEFORE);
    let table = words.path()?;
    if words.take("partition") {
        words.names()?;
    }
    if words.take("as") {
        words.name()?;
    }
    let columns = words.names();
    if words.take("overriding") {
        words.name()?;
        words.take("value");
    }
    let kind = if words.take("values") || words.take("value") {
        Kind::Values
    } else if words.take("set") {
        return set(table, words);
    } else if words.take("select") {
        Kind::Select
    } else {
        return None;
    };
    Some(Head::Rows { table, columns, kind, length: words.at })
}

fn set(table: String, words: &mut Words<'_>) -> Option<Head> {
    let (name, length) = assignment(words.rest())?;
    Some(Head::Rows { table, columns: Some(vec![name]), kind: Kind::Set, length: words.at + length })
}

fn update(words: &mut Words<'_>) -> Option<Head> {
    const BEFORE: [&str; 4] = ["update", "low_priority", "ignore", "only"];
    words.skip_words(&BEFORE);
    let table = words.path()?;
    if !words.take("set") {
        // An alias.
        words.take("as");
        words.name()?;
        if !words.take("set") {
            return None;
        }
    }
    set(table, words)
}

/// `column =`: the column, and where its value begins.
pub(super) fn assignment(look: &[u8]) -> Option<(String, usize)> {
    let mut words = Words { bytes: look, at: 0 };
    let path = words.path()?;
    if !words.byte(b'=') {
        return None;
    }
    Some((path.rsplit('.').next().unwrap_or_default().to_string(), words.at))
}

/// What a word outside of brackets does to a row of `SELECT` or `SET`: nothing, or it ends it; and another begins behind so
/// many bytes.
pub(super) fn row_again(word: &[u8], kind: Kind, behind: &[u8]) -> Option<Option<usize>> {
    let is = |other: &str| word.eq_ignore_ascii_case(other.as_bytes());
    if kind == Kind::Select && is("union") {
        let mut words = Words { bytes: behind, at: 0 };
        words.take("all");
        return Some(words.take("select").then_some(words.at));
    }
    (is("from") || is("where") || is("on") || is("go") || is("insert") || is("order") || is("limit") || is("returning"))
        .then_some(None)
}

fn copy(words: &mut Words<'_>) -> Option<Head> {
    words.take("copy");
    let table = words.path()?;
    let columns = words.names();
    if !words.take("from") || !words.take("stdin") {
        return None;
    }
    let rest = words.rest();
    let semicolon = memchr::memchr(b';', &rest[..rest.len().min(2048)])?;
    let options = &rest[..semicolon];
    let behind = &rest[semicolon + 1..];
    let line = memchr::memchr(b'\n', &behind[..behind.len().min(2048)])?;
    Some(Head::Copy { table, columns, lines: Lines::of(options), length: words.at + semicolon + line + 2 })
}

fn create(words: &mut Words<'_>) -> Option<Head> {
    const BEFORE: [&str; 10] =
        ["create", "or", "replace", "global", "local", "temporary", "temp", "unlogged", "external", "foreign"];
    words.skip_words(&BEFORE);
    if !words.take("table") {
        return None;
    }
    words.skip_words(&["if", "not", "exists"]);
    let table = words.path()?;
    if !words.byte(b'(') {
        return None;
    }
    const NO_COLUMNS: [&str; 14] = [
        "primary",
        "unique",
        "key",
        "index",
        "constraint",
        "foreign",
        "fulltext",
        "spatial",
        "check",
        "exclude",
        "like",
        "period",
        "partition",
        "references",
    ];
    let mut columns = Vec::new();
    loop {
        words.skip();
        let bare = words.peek();
        let constraint = NO_COLUMNS.iter().any(|word| bare.eq_ignore_ascii_case(word.as_bytes()));
        if constraint {
            words.at += bare.len();
        } else {
            columns.push(words.name()?);
        }
        let mut depth = 0u32;
        loop {
            words.skip();
            match words.rest().first()? {
                b'(' => depth += 1,
                b')' if depth == 0 => return Some(Head::Table { table, columns }),
                b')' => depth -= 1,
                b',' if depth == 0 => break,
                quote @ (b'\'' | b'"' | b'`') => {
                    words.at += 1 + memchr::memchr(*quote, &words.rest()[1..])?;
                }
                _ => {}
            }
            words.at += 1;
        }
        words.at += 1;
        if columns.len() >= COLUMNS {
            return None;
        }
    }
}

/// How many bytes open a comment of MySQL that is executed: `/*!40101 `. 0 where none starts here.
pub(super) fn executed(look: &[u8]) -> usize {
    let Some(rest) = look.strip_prefix(b"/*!").or_else(|| look.strip_prefix(b"/*M!")) else { return 0 };
    let opened = look.len() - rest.len();
    opened + rest.iter().take(6).take_while(|b| b.is_ascii_digit()).count()
}

/// Where in a line a statement ends: behind the first `;` that stands in no quotes.
pub(super) fn end(line: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b';', b'\'', b'"', &line[at..]) {
        at += found;
        match line[at] {
            b';' => return Some(at + 1),
            // An apostrophe without another is one.
            quote => at += 1 + memchr::memchr(quote, &line[at + 1..]).map_or(0, |close| close + 1),
        }
    }
    None
}

/// Whether anything here puts values into columns.
pub(super) fn has_rows(head: &[u8]) -> bool {
    const WORDS: [&[u8]; 5] = [b"insert", b"replace", b"update", b"copy", b"into"];
    head.split(|b| !is_word(*b))
        .any(|word| word.len() <= 7 && WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
}
