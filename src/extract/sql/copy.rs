//! The rows behind `COPY … FROM stdin`. In: bytes. Out: their fields: tabs between them and backslashes, or CSV. A line `\.`
//! ends them. Refuses nothing.

use super::super::named::PIECE;
use super::super::stride::{is_last, piece};
use super::super::values::Values;
use super::statements::Kind;
use super::{Row, Sql, State};

/// What stands between fields, and where in a line the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lines {
    delimiter: u8,
    /// Quotes quote, and a backslash is itself.
    csv: bool,
    column: usize,
    /// In a field that is longer than a piece.
    inside: bool,
    start: bool,
}

impl Lines {
    /// What the options of a statement say: `WITH CSV DELIMITER '|'`.
    pub(super) fn of(options: &[u8]) -> Lines {
        let folded = options.to_ascii_lowercase();
        let csv = memchr::memmem::find(&folded, b"csv").is_some();
        let delimiter = memchr::memmem::find(&folded, b"delimiter").and_then(|at| {
            let quote = at + memchr::memchr(b'\'', &folded[at..])?;
            match folded.get(quote + 1)? {
                b'\\' => Some(b'\t'),
                other => Some(*other),
            }
        });
        let usual = if csv { b',' } else { b'\t' };
        Lines { delimiter: delimiter.unwrap_or(usual), csv, column: 0, inside: false, start: true }
    }
}

impl Sql {
    /// Reads one field.
    pub(super) fn copy(&mut self, mut lines: Lines, look: &[u8], base: u32, out: &mut Values<'_>) -> usize {
        if lines.start {
            if let Some(rest) = look.strip_prefix(b"\\.")
                && matches!(rest.first(), None | Some(b'\r' | b'\n'))
            {
                self.state = State::Top;
                return 2;
            }
            // Lines without fields are none.
            if look[0] == b'\n' || look[0] == b'\r' {
                return 1;
            }
            self.records += 1;
        }
        out.record = self.records;
        lines.start = false;
        let seen = &look[..look.len().min(PIECE)];
        let (length, quoted) = if lines.csv && look[0] == b'"' && !lines.inside {
            let mut at = 1;
            loop {
                match memchr::memchr(b'"', &seen[at..]) {
                    Some(found) if seen.get(at + found + 1) == Some(&b'"') => at += found + 2,
                    Some(found) => break (Some(at + found + 1), true),
                    None => break (None, true),
                }
                if at >= seen.len() {
                    break (None, true);
                }
            }
        } else {
            (memchr::memchr2(lines.delimiter, b'\n', seen), false)
        };
        let whole = length.is_some() || is_last(look) && seen.len() == look.len();
        let length = length.unwrap_or_else(|| piece(look));
        let field = &look[..length];
        if !whole || lines.inside {
            let place = self.long(&Row { column: lines.column, ..Row::new(Kind::Values) }, out);
            out.plain(place, field, base);
        } else if field != b"\\N" && field != b"\\N\r" {
            let place = self.column(lines.column, out);
            if quoted && length >= 2 && field.ends_with(b"\"") {
                let inner = &field[1..length - 1];
                match memchr::memchr(b'"', inner) {
                    Some(_) => out.decoded(place, inner, base + 1, |into| {
                        into.extend_from_slice(&String::from_utf8_lossy(inner).replace("\"\"", "\"").into_bytes());
                    }),
                    None => out.plain(place, inner, base + 1),
                }
            } else if !lines.csv && memchr::memchr(b'\\', field).is_some() {
                out.decoded(place, field, base, |into| unescape(field, into));
            } else {
                out.plain(place, field, base);
            }
        }
        if !whole {
            lines.inside = true;
            self.state = State::Copy(lines);
            return length;
        }
        lines.inside = false;
        let behind = look.get(length);
        match behind {
            Some(b'\n') => {
                lines.column = 0;
                lines.start = true;
            }
            Some(b) if *b == lines.delimiter => lines.column = lines.column.saturating_add(1),
            // A return behind quotes, or what stands there by mistake.
            _ => {}
        }
        self.state = State::Copy(lines);
        let steps = matches!(behind, Some(b) if *b == b'\n' || *b == lines.delimiter);
        (length + usize::from(steps)).max(1)
    }
}

/// Appends what a field means: <https://www.postgresql.org/docs/current/sql-copy.html>.
fn unescape(field: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(byte) = field.get(at) {
        at += 1;
        let (b'\\', Some(escape)) = (byte, field.get(at)) else {
            out.push(*byte);
            continue;
        };
        at += 1;
        match escape {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' | b'f' | b'v' => out.push(b' '),
            b'x' => {
                let digits = field[at..].iter().take(2).take_while(|b| b.is_ascii_hexdigit()).count();
                let text = str::from_utf8(&field[at..at + digits]).unwrap_or_default();
                out.push(u8::from_str_radix(text, 16).unwrap_or(b'x'));
                at += digits;
            }
            other => out.push(*other),
        }
    }
}
