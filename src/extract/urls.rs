//! `data:` URLs (RFC 2397) in text of any format: in attributes of HTML and XML, style sheets, Markdown, strings of JSON, cells. In:
//! the bytes of a document, in order, in pieces of any size; or where one starts. Out: what they hold, in base64 or with percent
//! signs. Refuses what names no media type, and payloads too short to hold a record.
//!
//! It is done to bytes and not in readers, so that every format has it and places are those of the document. Escapes
//! of JSON (`\/`, `\n`, `\u002b`), references of XML (`&#43;`) and percent signs are resolved in a payload.

use memchr::memmem;

use super::coded::{ATTACHED, Joined, LONGEST};
use crate::open::{Kind, sniff};

const SCHEME: &[u8] = b"data:";
/// Bytes between scheme and payload. Parameters are short: a name, a character set.
const HEADER: usize = 256;
/// Letters of the shortest payload that is read.
const SHORTEST: usize = ATTACHED / 3 * 4;
/// RFC 6838 4.2: top-level types; `data:` is a word of many languages too.
const TYPES: [&str; 10] =
    ["text", "application", "image", "audio", "video", "font", "message", "multipart", "model", "chemical"];
/// Bytes of a media type that are shown.
const SHOWN: usize = 60;
/// The longest escape: `\u002b`, `&#x0002b;`.
const ESCAPE: usize = 9;

/// What a URL held.
pub(crate) struct Url {
    /// Where it starts in the document.
    pub(crate) start: u64,
    /// Behind its last byte.
    pub(crate) end: u64,
    /// `data:` and its media type.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// It was longer than [`LONGEST`].
    pub(crate) cut: bool,
}

/// Finds URLs in bytes that come in order.
#[derive(Default)]
pub(crate) struct Urls {
    open: Option<Open>,
    /// What may be the beginning of one, or of an escape in one, and needs what comes next.
    held: Vec<u8>,
    /// Where the held bytes, and else the next ones, stand in the document.
    base: u64,
    /// The byte before them.
    before: Option<u8>,
}

/// A URL whose payload is being read.
struct Open {
    start: u64,
    name: String,
    /// The quote it stands in.
    quote: Option<u8>,
    payload: Payload,
}

enum Payload {
    /// Letters that were read; whether padding was.
    Base64(Joined, bool),
    /// As it stands, with its escapes resolved; and whether it is too long.
    Plain(Vec<u8>, bool),
}

/// Says that there is one, not what it holds.
impl std::fmt::Debug for Urls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Urls").field("open", &self.open.is_some()).finish_non_exhaustive()
    }
}

impl Urls {
    /// For bytes that begin at `base` of a document, where a URL does.
    pub(crate) fn at(base: u64, before: Option<u8>) -> Urls {
        Urls { base, before, ..Urls::default() }
    }

    /// Where the URL starts that has not ended yet.
    pub(crate) fn open(&self) -> Option<u64> {
        self.open.as_ref().map(|open| open.start)
    }

    /// Takes the next bytes; `found` is told of each URL that ends in them.
    pub(crate) fn push(&mut self, bytes: &[u8], found: &mut dyn FnMut(Url)) {
        let mut joined = std::mem::take(&mut self.held);
        let data = match joined.is_empty() {
            true => bytes,
            false => {
                joined.extend_from_slice(bytes);
                &joined
            }
        };
        let mut at = 0;
        while at < data.len() {
            if let Some(open) = &mut self.open {
                let (used, ended) = open.take(&data[at..]);
                at += used;
                if !ended {
                    break;
                }
                self.close(self.base + at as u64, found);
                continue;
            }
            let before = at.checked_sub(1).map_or(self.before, |at| Some(data[at]));
            match next(&data[at..], before) {
                Next::Url(start, payload, head) => {
                    let quote = (at + start).checked_sub(1).map_or(self.before, |at| Some(data[at]));
                    self.open = Some(Open::new(self.base + (at + start) as u64, quote, head));
                    at += payload;
                }
                Next::Perhaps(start) => {
                    at += start;
                    break;
                }
                Next::None => at = data.len(),
            }
        }
        self.held = data[at..].to_vec();
        self.before = at.checked_sub(1).map_or(self.before, |at| Some(data[at]));
        self.base += at as u64;
    }

    /// The document has ended.
    pub(crate) fn finish(&mut self, found: &mut dyn FnMut(Url)) {
        self.close(self.base, found);
    }

    fn close(&mut self, end: u64, found: &mut dyn FnMut(Url)) {
        if let Some(url) = self.open.take().and_then(|open| open.finish(end)) {
            found(url);
        }
    }
}

/// Where URLs start in `bytes[from..to]`; what stands behind shows that they are.
pub(crate) fn starts(bytes: &[u8], core: std::ops::Range<usize>) -> Vec<u64> {
    let mut starts = Vec::new();
    let shown = &bytes[..bytes.len().min(core.end + SCHEME.len() - 1)];
    for at in memmem::find_iter(&shown[core.start..], SCHEME) {
        let start = core.start + at;
        let before = start.checked_sub(1).map(|at| bytes[at]);
        if is_word(before) {
            continue;
        }
        if let Head::Is(length, _) = head(&bytes[start..])
            && bytes[start + length..].iter().take(SHORTEST).filter(|b| !b.is_ascii_whitespace()).count() > SHORTEST / 2
        {
            starts.push(start as u64);
        }
    }
    starts
}

/// What stands before a URL is no part of a word: `metadata:`.
fn is_word(before: Option<u8>) -> bool {
    before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

enum Next {
    /// Where it starts, where its payload does, and what its head says.
    Url(usize, usize, (String, bool)),
    /// One may start here.
    Perhaps(usize),
    None,
}

fn next(data: &[u8], before: Option<u8>) -> Next {
    for start in memmem::find_iter(data, SCHEME) {
        if is_word(start.checked_sub(1).map_or(before, |at| Some(data[at]))) {
            continue;
        }
        match head(&data[start..]) {
            Head::Is(length, said) => return Next::Url(start, start + length, said),
            Head::Perhaps => return Next::Perhaps(start),
            Head::None => {}
        }
    }
    let tail = (1..SCHEME.len()).rev().find(|length| data.ends_with(&SCHEME[..*length]));
    tail.map_or(Next::None, |length| Next::Perhaps(data.len() - length))
}

enum Head {
    /// Its length, the name of what it holds, and whether that is in base64.
    Is(usize, (String, bool)),
    /// It does not end in these bytes.
    Perhaps,
    None,
}

/// Reads what stands between `data:` and the payload.
fn head(bytes: &[u8]) -> Head {
    let shown = &bytes[SCHEME.len()..bytes.len().min(SCHEME.len() + HEADER)];
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"/;=+-._!#$^%\\".contains(b);
    let Some(comma) = shown.iter().position(|b| !is_part(b)) else {
        return if shown.len() < HEADER { Head::Perhaps } else { Head::None };
    };
    if shown[comma] != b',' {
        return Head::None;
    }
    let said: String =
        shown[..comma].iter().filter(|b| **b != b'\\').map(|b| char::from(b.to_ascii_lowercase())).collect();
    let media = said.split(';').next().unwrap_or_default();
    let is_known = media.split_once('/').is_some_and(|(kind, sub)| TYPES.contains(&kind) && !sub.is_empty());
    let is_base64 = said.ends_with(";base64");
    if !(is_known || media.is_empty() && (is_base64 || said.starts_with(";charset="))) {
        return Head::None;
    }
    let media: String = media.chars().take(SHOWN).collect();
    Head::Is(SCHEME.len() + comma + 1, (format!("data:{media}"), is_base64))
}

impl Open {
    fn new(start: u64, before: Option<u8>, (name, is_base64): (String, bool)) -> Open {
        let quote = before.filter(|b| matches!(b, b'"' | b'\''));
        let payload = match is_base64 {
            true => Payload::Base64(Joined::default(), false),
            false => Payload::Plain(Vec::new(), false),
        };
        Open { start, name, quote, payload }
    }

    /// Takes what belongs to the payload: how many bytes, and whether it ends there. What needs more to be told is left.
    fn take(&mut self, data: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while at < data.len() {
            let run = self.run(&data[at..]);
            at += run;
            let Some(byte) = data.get(at) else { break };
            let (length, means) = match byte {
                b'\\' | b'&' | b'%' => match escape(&data[at..]) {
                    Escape::Perhaps => return (at, false),
                    Escape::None => (1, Some(*byte)),
                    Escape::Is(length, means) => (length, means),
                },
                _ => (1, Some(*byte)),
            };
            if !self.goes_on(means, length > 1) {
                return (at, true);
            }
            at += length;
        }
        (at, false)
    }

    /// Takes a run of bytes that mean themselves.
    fn run(&mut self, data: &[u8]) -> usize {
        match &mut self.payload {
            Payload::Base64(_, true) => 0,
            Payload::Base64(joined, false) => {
                let length = data.iter().take_while(|b| crate::decode::base64::is_letter(**b)).count();
                joined.push(&data[..length]);
                length
            }
            Payload::Plain(bytes, cut) => {
                let quote = self.quote;
                let ends = |b: &u8| matches!(b, b'\\' | b'&' | b'%') || is_end(*b, quote);
                let length = data.iter().position(ends).unwrap_or(data.len());
                let kept = length.min(LONGEST - bytes.len());
                *cut |= kept < length;
                bytes.extend_from_slice(&data[..kept]);
                length
            }
        }
    }

    /// Takes one byte, as it stands or as an escape means it; `None` is a blank that means nothing.
    fn goes_on(&mut self, means: Option<u8>, escaped: bool) -> bool {
        let quote = self.quote;
        let Some(byte) = means else { return true };
        match &mut self.payload {
            Payload::Base64(joined, padded) => match byte {
                b'=' => *padded = true,
                b if b.is_ascii_whitespace() => return quote.is_some() || escaped,
                b if crate::decode::base64::is_letter(b) && !*padded => joined.push(&[b]),
                _ => return false,
            },
            Payload::Plain(bytes, cut) => {
                if !escaped && is_end(byte, quote) {
                    return false;
                }
                if bytes.len() < LONGEST { bytes.push(byte) } else { *cut = true }
            }
        }
        true
    }

    fn finish(self, end: u64) -> Option<Url> {
        let (bytes, cut, plain) = match self.payload {
            Payload::Base64(joined, _) => {
                let (bytes, cut) = joined.finish();
                (bytes, cut, false)
            }
            Payload::Plain(mut bytes, cut) => {
                // Of the `\"` that closes it.
                if self.quote.is_some() && bytes.last() == Some(&b'\\') {
                    bytes.pop();
                }
                (bytes, cut, true)
            }
        };
        // Words in one line are read where they stand, percent signs and all.
        let is_line = plain && !bytes.contains(&b'\n') && sniff("", &bytes) == Kind::Text("text");
        (bytes.len() >= ATTACHED && !is_line).then_some(Url { start: self.start, end, name: self.name, bytes, cut })
    }
}

/// Whether a payload that is written out ends before a byte.
fn is_end(byte: u8, quote: Option<u8>) -> bool {
    match quote {
        Some(quote) => byte == quote,
        None => byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b')' | b'<' | b'>' | b'`'),
    }
}

enum Escape {
    /// Its length, and the byte it means.
    Is(usize, Option<u8>),
    Perhaps,
    None,
}

/// Reads `\/`, `\n`, `\u002b`, `&#43;`, `&#x2b;` and `%2b`.
fn escape(data: &[u8]) -> Escape {
    let hex = |digits: &[u8]| str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
    let short = || if data.len() < ESCAPE { Escape::Perhaps } else { Escape::None };
    match data {
        [b'\\', b'n' | b'r' | b't', ..] => Escape::Is(2, Some(b'\n')),
        [b'\\', b'u', b'0', b'0', a, b, ..] => hex(&[*a, *b]).map_or(Escape::None, |byte| Escape::Is(6, Some(byte))),
        [b'\\', b'u', ..] => short(),
        // A quote that is escaped closes what it opened, for `\"data:` was escaped too.
        [b'\\', b'"' | b'\'', ..] => Escape::None,
        [b'\\', other, ..] => Escape::Is(2, Some(*other)),
        [b'%', a, b, ..] => hex(&[*a, *b]).map_or(Escape::None, |byte| Escape::Is(3, Some(byte))),
        [b'&', b'#', digits @ ..] => {
            let Some(length) = digits.iter().take(ESCAPE - 2).position(|b| *b == b';') else { return short() };
            let byte = match digits[..length].split_first() {
                Some((b'x' | b'X', rest)) => {
                    str::from_utf8(rest).ok().and_then(|text| u8::from_str_radix(text, 16).ok())
                }
                _ => str::from_utf8(&digits[..length]).ok().and_then(|text| text.parse().ok()),
            };
            byte.map_or(Escape::None, |byte| Escape::Is(length + 3, Some(byte)))
        }
        [b'&', _, ..] => Escape::None,
        _ => Escape::Perhaps,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "mrn,ssn\n4471902,536-90-4398\n4471955,418-62-7715\n";
    const CODED: &str = "bXJuLHNzbgo0NDcxOTAyLDUzNi05MC00Mzk4CjQ0NzE5NTUsNDE4LTYyLTc3MTUK";

    /// Name, start, end and bytes of URLs, given so many bytes at a time.
    fn found(text: &str, step: usize) -> Vec<(String, u64, u64, String)> {
        let (mut urls, mut all) = (Urls::default(), Vec::new());
        let mut found =
            |url: Url| all.push((url.name, url.start, url.end, String::from_utf8_lossy(&url.bytes).into_owned()));
        text.as_bytes().chunks(step).for_each(|piece| urls.push(piece, &mut found));
        urls.finish(&mut found);
        all
    }

    #[test]
    fn urls_are_found_in_pieces_of_any_size() {
        let percent = TABLE.replace(',', "%2C").replace('\n', "%0A");
        let slashes = CODED.replace('0', "%30").replace('L', "\\u004c").replace('N', "&#78;").replace('M', "&#x4d;");
        let lines = |end: &str| format!("{}{end}{}", &CODED[..40], &CODED[40..]);
        for (text, before) in [
            (format!("<a href=\"data:text/csv;base64,{CODED}\">x</a>"), 9),
            (format!("data:text/csv;name=a.csv;base64,{CODED}"), 0),
            (format!("url(data:text/csv;charset=utf-8;BASE64,{CODED}) data:"), 4),
            (format!("![x](data:text\\/csv;base64,{CODED})"), 5),
            (format!("x data:text/csv;base64,{slashes} and"), 2),
            (format!("'data:text/csv;base64,{}'", lines("\r\n  ")), 1),
            (format!("\\\"data:text/csv;base64,{}\\\"", lines("\\r\\n")), 2),
            (format!("<a href='data:text/csv,{percent}'>"), 9),
            (format!("\\\"data:text/csv,{}\\\"", TABLE.replace('\n', "\\n")), 2),
            (format!("(data:text/csv,{percent}) data:image"), 1),
            (format!("data: data:text/html; data:text/csv;base64,{CODED}"), 22),
        ] {
            let whole = found(&text, text.len());
            assert_eq!(whole.len(), 1, "{text}");
            let (name, start, end, bytes) = &whole[0];
            assert_eq!((name.as_str(), *start, bytes.as_str()), ("data:text/csv", before, TABLE), "{text}");
            assert!(text.as_bytes().get(*end as usize).is_none_or(|b| !b.is_ascii_alphanumeric()), "{text}");
            for step in [1, 2, 3, 7, 50] {
                assert_eq!(found(&text, step), whole, "{step}: {text}");
            }
            assert_eq!(starts(text.as_bytes(), 0..text.len()), [*start], "{text}");
        }
    }

    #[test]
    fn what_is_no_url_is_none() {
        for text in [
            format!("metadata:text/csv;base64,{CODED}"),
            format!("data:csv;base64,{CODED}"),
            format!("data: text/csv;base64,{CODED}"),
            "\"data:image/png;base64,\" + picture".to_string(),
            "the data:text/plain,hello%20you%20there%20and%20all%20of%20us is short".to_string(),
            "data:,nothing of interest stands here for anybody at all".to_string(),
            format!("data:text/csv{};base64,{CODED}", ";a=b".repeat(100)),
            "data:data:data:data:text/".to_string(),
        ] {
            for step in [1, 5, 1000] {
                assert_eq!(found(&text, step), [], "{text}");
            }
        }
    }

    #[test]
    fn a_long_one_is_cut() {
        let (mut urls, mut found) = (Urls::default(), None);
        urls.push(b"data:text/csv;base64,", &mut |_| {});
        let piece = vec![b'A'; 8 << 20];
        (0..12).for_each(|_| urls.push(&piece, &mut |url| found = Some(url)));
        urls.finish(&mut |url| found = Some(url));
        let url = found.expect("a URL");
        assert_eq!((url.bytes.len(), url.cut, url.end), (LONGEST, true, 21 + (96 << 20)));
    }
}
