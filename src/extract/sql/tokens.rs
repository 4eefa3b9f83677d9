//! Tokens of SQL where values stand. In: bytes. Out: strings with what they mean, numbers, words, comments. Refuses nothing:
//! a character that means nothing here is a mark.

use super::super::named::PIECE;
use super::super::stride::{is_last, piece};
use super::super::values::{Values, whole_characters};

/// What stands here.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// So many bytes of a comment.
    Comment(usize),
    /// A string that is in sight: what is in it, and how many bytes it has with its quotes.
    Text { start: usize, end: usize, length: usize, how: How },
    /// A string of which the end is not in sight, and where what is in it starts.
    Long { start: usize, opened: Opened },
    /// A number of so many bytes.
    Number(usize),
    /// A word of so many bytes.
    Word(usize),
    /// Something else.
    Mark,
}

/// What the bytes of a string mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Themselves.
    Plain,
    /// Quotes are doubled, and a backslash escapes if said so.
    Escaped { quote: u8, backslash: bool },
    /// Two digits a byte.
    Hex,
}

/// A string that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opened {
    close: Close,
    hex: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Close {
    Quote {
        quote: u8,
        backslash: bool,
    },
    /// `$tag$`: PostgreSQL.
    Dollar {
        tag: [u8; TAG],
        length: usize,
    },
    /// `q'[…]'`: Oracle.
    Bracket(u8),
}

/// Bytes of a tag with its dollars.
const TAG: usize = 32;

impl How {
    /// Gives out a string.
    pub(super) fn give(self, bytes: &[u8], base: u32, place: u32, out: &mut Values<'_>) {
        match self {
            How::Plain => out.plain(place, bytes, base),
            How::Escaped { quote, backslash } => {
                out.decoded(place, bytes, base, |into| unescape(bytes, quote, backslash, into));
            }
            How::Hex => out.decoded(place, bytes, base, |into| {
                let from = into.len();
                if !append_hex(bytes, into) || !is_text(&into[from..]) {
                    into.truncate(from);
                }
            }),
        }
    }
}

impl Opened {
    /// How much of the string stands here, and how many bytes close it where that is in sight.
    pub(super) fn part(self, look: &[u8]) -> (usize, Option<usize>) {
        let seen = &look[..look.len().min(PIECE)];
        let (length, closed, _) = self.find(look);
        if closed.is_some() || is_last(look) && seen.len() == look.len() {
            return (length, closed);
        }
        // Behind a blank, so that no value is cut.
        let back = length.saturating_sub(1024);
        let blank = look[back..length].iter().rposition(u8::is_ascii_whitespace).map(|at| back + at + 1);
        (blank.unwrap_or(whole_characters(&look[..length])).max(1), None)
    }

    /// Gives out a part of it.
    pub(super) fn give(self, bytes: &[u8], base: u32, place: u32, out: &mut Values<'_>) {
        match self.close {
            // What is binary is no text.
            _ if self.hex => {}
            Close::Quote { quote, backslash } if has_escapes(bytes, quote, backslash) => {
                How::Escaped { quote, backslash }.give(bytes, base, place, out);
            }
            _ => How::Plain.give(bytes, base, place, out),
        }
    }

    /// How much of it stands in the first [`PIECE`] bytes, how many bytes close it, and whether something in it is escaped.
    fn find(self, look: &[u8]) -> (usize, Option<usize>, bool) {
        let seen = &look[..look.len().min(PIECE)];
        match self.close {
            Close::Quote { quote, backslash } => quoted(look, seen.len(), quote, backslash),
            Close::Dollar { tag, length } => match memchr::memmem::find(look, &tag[..length]) {
                Some(at) if at <= seen.len() => (at, Some(length), false),
                _ if is_last(look) && seen.len() == look.len() => (seen.len(), None, false),
                _ => (piece(look) - TAG, None, false),
            },
            Close::Bracket(close) => match memchr::memmem::find(look, &[close, b'\'']) {
                Some(at) if at <= seen.len() => (at, Some(2), false),
                _ if is_last(look) && seen.len() == look.len() => (seen.len(), None, false),
                _ => (piece(look) - TAG, None, false),
            },
        }
    }
}

/// How far a quoted string goes in `look`, `limit` bytes at most and a little more; see [`Opened::find`].
fn quoted(look: &[u8], limit: usize, quote: u8, backslash: bool) -> (usize, Option<usize>, bool) {
    let mut at = 0;
    let mut escaped = false;
    while at < limit {
        let rest = &look[at..limit];
        let found = if backslash { memchr::memchr2(quote, b'\\', rest) } else { memchr::memchr(quote, rest) };
        let Some(found) = found else { return (limit, None, escaped) };
        at += found;
        if look[at] == quote && look.get(at + 1) != Some(&quote) {
            return (at, Some(1), escaped);
        }
        escaped = true;
        at += 2;
    }
    (at.min(look.len()), None, escaped)
}

fn has_escapes(bytes: &[u8], quote: u8, backslash: bool) -> bool {
    memchr::memchr(quote, bytes).is_some() || backslash && memchr::memchr(b'\\', bytes).is_some()
}

/// What stands at the start of `look`, which is not empty and starts with no blank.
pub(super) fn token(look: &[u8], backslash: bool) -> Token {
    if let Some(length) = comment(look) {
        return Token::Comment(length);
    }
    let quote = |start: usize, quote: u8, backslash: bool, hex: bool| {
        string(look, start, Opened { close: Close::Quote { quote, backslash }, hex })
    };
    match look {
        [b'\'', ..] => quote(1, b'\'', backslash, false),
        [b'"', ..] => quote(1, b'"', backslash, false),
        [b'N' | b'n', b'\'', ..] => quote(2, b'\'', backslash, false),
        [b'E' | b'e', b'\'', ..] => quote(2, b'\'', true, false),
        [b'X' | b'x', b'\'', ..] => quote(2, b'\'', false, true),
        [b'q' | b'Q', b'\'', open, ..] if !open.is_ascii_alphanumeric() => {
            let close = match open {
                b'[' => b']',
                b'(' => b')',
                b'{' => b'}',
                b'<' => b'>',
                other => *other,
            };
            string(look, 3, Opened { close: Close::Bracket(close), hex: false })
        }
        [b'$', rest @ ..] => {
            let name = rest.iter().take(TAG - 2).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
            if rest.get(name) != Some(&b'$') {
                return Token::Mark;
            }
            let mut tag = [0; TAG];
            tag[..name + 2].copy_from_slice(&look[..name + 2]);
            string(look, name + 2, Opened { close: Close::Dollar { tag, length: name + 2 }, hex: false })
        }
        [b'0', b'x' | b'X', rest @ ..] => {
            let digits = rest.iter().take(PIECE).take_while(|b| b.is_ascii_hexdigit()).count();
            Token::Text { start: 2, end: 2 + digits, length: 2 + digits, how: How::Hex }
        }
        [b'0'..=b'9', ..] | [b'+' | b'-' | b'.', b'0'..=b'9' | b'.', ..] => {
            let part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'.');
            Token::Number(1 + look[1..].iter().take(PIECE).take_while(part).count())
        }
        [first, ..] if first.is_ascii_alphabetic() || matches!(first, b'_' | b'@') || *first >= 0x80 => {
            let part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'.') || **b >= 0x80;
            Token::Word(1 + look[1..].iter().take(PIECE).take_while(part).count())
        }
        _ => Token::Mark,
    }
}

/// The string of which what is in it starts at `start`.
fn string(look: &[u8], start: usize, opened: Opened) -> Token {
    let (length, closed, escaped) = opened.find(&look[start..]);
    let Some(close) = closed else { return Token::Long { start, opened } };
    let how = match opened.close {
        _ if opened.hex => How::Hex,
        Close::Quote { quote, backslash } if escaped => How::Escaped { quote, backslash },
        _ => How::Plain,
    };
    Token::Text { start, end: start + length, length: start + length + close, how }
}

/// How many bytes a comment has that starts here and of which the end is in sight.
pub(super) fn comment(look: &[u8]) -> Option<usize> {
    if look.starts_with(b"--") || look.starts_with(b"#") && look.get(1).is_none_or(|b| matches!(b, b' ' | b'-' | b'\n'))
    {
        let seen = &look[..look.len().min(PIECE)];
        return Some(memchr::memchr(b'\n', seen).map_or(seen.len(), |at| at + 1));
    }
    if look.starts_with(b"/*") && look.get(2) != Some(&b'!') {
        let seen = &look[..look.len().min(PIECE)];
        return memchr::memmem::find(&seen[2..], b"*/").map(|at| at + 4);
    }
    None
}

/// Appends what a string means.
fn unescape(bytes: &[u8], quote: u8, backslash: bool, out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let next = bytes.get(at + 1);
        match (byte, next) {
            (b'\\', Some(next)) if backslash => {
                match next {
                    b'n' => out.push(b'\n'),
                    b'r' => out.push(b'\r'),
                    b't' => out.push(b'\t'),
                    b'b' | b'f' | b'0' | b'Z' => out.push(b' '),
                    other => out.push(*other),
                }
                at += 2;
            }
            (byte, Some(next)) if *byte == quote && *next == quote => {
                out.push(quote);
                at += 2;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
}

/// Appends the bytes that hexadecimal digits say; whether they are none but these.
pub(super) fn append_hex(digits: &[u8], out: &mut Vec<u8>) -> bool {
    let digit = |b: u8| (b as char).to_digit(16).map(|digit| digit as u8);
    let (pairs, rest) = digits.as_chunks::<2>();
    for [high, low] in pairs {
        let (Some(high), Some(low)) = (digit(*high), digit(*low)) else { return false };
        out.push(high << 4 | low);
    }
    rest.is_empty()
}

/// Whether bytes are what people write.
fn is_text(bytes: &[u8]) -> bool {
    str::from_utf8(bytes).is_ok_and(|text| text.chars().all(|c| !c.is_control() || c.is_whitespace()))
}
