//! Text in other encodings. In: the head of a document, or its bytes. Out: which encoding it is in, its text as UTF-8, and how many of
//! its own bytes a stretch of that text stands for. Refuses to guess where a head is valid UTF-8, or no text at all.

use std::io::{self, ErrorKind, Read};

/// How text is written in bytes, where it is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// UTF-32, the low byte first.
    Utf32Le,
    /// UTF-32, the high byte first.
    Utf32Be,
    /// EBCDIC, code page 037: mainframes in the USA.
    Ebcdic037,
    /// EBCDIC, code page 1047: Unix on mainframes.
    Ebcdic1047,
    /// One that the Encoding Standard knows, of one byte a character or several.
    Named(&'static encoding_rs::Encoding),
}

/// Code page 037 as Latin-1. Both line ends (15 NEL, 25 LF) are line ends. Source: IBM CDRA, coded character set 00037.
#[rustfmt::skip]
const CP037: [u8; 256] = [
    0x00, 0x01, 0x02, 0x03, 0x9c, 0x09, 0x86, 0x7f, 0x97, 0x8d, 0x8e, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
    0x10, 0x11, 0x12, 0x13, 0x9d, 0x0a, 0x08, 0x87, 0x18, 0x19, 0x92, 0x8f, 0x1c, 0x1d, 0x1e, 0x1f,
    0x80, 0x81, 0x82, 0x83, 0x84, 0x0a, 0x17, 0x1b, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x05, 0x06, 0x07,
    0x90, 0x91, 0x16, 0x93, 0x94, 0x95, 0x96, 0x04, 0x98, 0x99, 0x9a, 0x9b, 0x14, 0x15, 0x9e, 0x1a,
    0x20, 0xa0, 0xe2, 0xe4, 0xe0, 0xe1, 0xe3, 0xe5, 0xe7, 0xf1, 0xa2, 0x2e, 0x3c, 0x28, 0x2b, 0x7c,
    0x26, 0xe9, 0xea, 0xeb, 0xe8, 0xed, 0xee, 0xef, 0xec, 0xdf, 0x21, 0x24, 0x2a, 0x29, 0x3b, 0xac,
    0x2d, 0x2f, 0xc2, 0xc4, 0xc0, 0xc1, 0xc3, 0xc5, 0xc7, 0xd1, 0xa6, 0x2c, 0x25, 0x5f, 0x3e, 0x3f,
    0xf8, 0xc9, 0xca, 0xcb, 0xc8, 0xcd, 0xce, 0xcf, 0xcc, 0x60, 0x3a, 0x23, 0x40, 0x27, 0x3d, 0x22,
    0xd8, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0xab, 0xbb, 0xf0, 0xfd, 0xfe, 0xb1,
    0xb0, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0xaa, 0xba, 0xe6, 0xb8, 0xc6, 0xa4,
    0xb5, 0x7e, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0xa1, 0xbf, 0xd0, 0xdd, 0xde, 0xae,
    0x5e, 0xa3, 0xa5, 0xb7, 0xa9, 0xa7, 0xb6, 0xbc, 0xbd, 0xbe, 0x5b, 0x5d, 0xaf, 0xa8, 0xb4, 0xd7,
    0x7b, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0xad, 0xf4, 0xf6, 0xf2, 0xf3, 0xf5,
    0x7d, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52, 0xb9, 0xfb, 0xfc, 0xf9, 0xfa, 0xff,
    0x5c, 0xf7, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0xb2, 0xd4, 0xd6, 0xd2, 0xd3, 0xd5,
    0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0xb3, 0xdb, 0xdc, 0xd9, 0xda, 0x9f,
];

/// Where code page 1047 differs from 037: brackets, circumflex and what stands in their places. Source: IBM CDRA, 01047.
const CP1047: [(u8, u8); 6] = [(0x5f, b'^'), (0xad, b'['), (0xb0, 0xac), (0xba, 0xdd), (0xbb, 0xa8), (0xbd, b']')];

impl Encoding {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf16Le => "UTF-16LE",
            Encoding::Utf16Be => "UTF-16BE",
            Encoding::Utf32Le => "UTF-32LE",
            Encoding::Utf32Be => "UTF-32BE",
            Encoding::Ebcdic037 => "IBM037",
            Encoding::Ebcdic1047 => "IBM1047",
            Encoding::Named(encoding) => encoding.name(),
        }
    }

    /// The mark that may stand before text in it.
    pub fn mark(self) -> &'static [u8] {
        match self {
            Encoding::Utf16Le => b"\xff\xfe",
            Encoding::Utf16Be => b"\xfe\xff",
            Encoding::Utf32Le => b"\xff\xfe\0\0",
            Encoding::Utf32Be => b"\0\0\xfe\xff",
            Encoding::Ebcdic037 | Encoding::Ebcdic1047 | Encoding::Named(_) => b"",
        }
    }

    /// How many bytes of the document a stretch of its text stands for. A character that stands for damage counts as the
    /// least that can be damaged.
    pub fn width(self, text: &[u8]) -> u64 {
        let chars = || crate::extract::chars(text);
        // Four bytes of UTF-8 are two units of UTF-16.
        let pairs = || text.iter().filter(|b| **b >= 0xf0).count() as u64;
        match self {
            Encoding::Utf16Le | Encoding::Utf16Be => 2 * (chars() + pairs()),
            Encoding::Utf32Le | Encoding::Utf32Be => 4 * chars(),
            Encoding::Ebcdic037 | Encoding::Ebcdic1047 => chars(),
            Encoding::Named(encoding) if encoding.is_single_byte() => chars(),
            Encoding::Named(encoding) => encoded(encoding, text),
        }
    }

    /// The encoding that a head shows; `None` for UTF-8 and for what is no text. `complete`: the head is all there is.
    pub fn of(head: &[u8], complete: bool) -> Option<Encoding> {
        // UTF-32 first: its mark starts with UTF-16's.
        let marked = [Encoding::Utf32Le, Encoding::Utf32Be, Encoding::Utf16Le, Encoding::Utf16Be];
        if let Some(encoding) = marked.into_iter().find(|encoding| head.starts_with(encoding.mark())) {
            return Some(encoding);
        }
        if head.contains(&0) {
            return wide(head).filter(|encoding| reads(*encoding, head));
        }
        match std::str::from_utf8(head) {
            Ok(_) if complete || !head.is_ascii() => None,
            Ok(_) => declared(head).map(Encoding::Named),
            Err(error) if error.error_len().is_none() => None,
            Err(_) => eight_bit(head, complete),
        }
    }
}

/// What [`Encoding::width`] says of encodings of several bytes a character.
fn encoded(encoding: &'static encoding_rs::Encoding, text: &[u8]) -> u64 {
    use encoding_rs::EncoderResult::{InputEmpty, OutputFull, Unmappable};
    let text = String::from_utf8_lossy(text);
    let mut encoder = encoding.new_encoder();
    let mut scratch = [0; 4096];
    let (mut rest, mut width) = (&*text, 0);
    loop {
        let (result, read, written) = encoder.encode_from_utf8_without_replacement(rest, &mut scratch, true);
        width += written as u64;
        rest = &rest[read..];
        match result {
            InputEmpty => return width,
            OutputFull => {}
            Unmappable(_) => width += 1,
        }
    }
}

/// UTF-16 or UTF-32 without a mark: of letters of one script the high bytes hardly change, and line ends, blanks and digits
/// have none.
fn wide(head: &[u8]) -> Option<Encoding> {
    let nul = |from: usize, step: usize| {
        let count = head.len() / step;
        let zeros = head[from..].iter().step_by(step).take(count).filter(|b| **b == 0).count();
        (zeros, count)
    };
    let all = |(zeros, count): (usize, usize)| count >= 4 && zeros * 10 >= count * 9;
    let none = |(zeros, count): (usize, usize)| zeros * 20 <= count;
    if head.len() >= 16 {
        if all(nul(3, 4)) && all(nul(2, 4)) && none(nul(0, 4)) {
            return Some(Encoding::Utf32Le);
        }
        if all(nul(0, 4)) && all(nul(1, 4)) && none(nul(3, 4)) {
            return Some(Encoding::Utf32Be);
        }
    }
    let kinds = |from: usize| {
        let mut seen = [false; 256];
        head[from..].iter().step_by(2).for_each(|b| seen[usize::from(*b)] = true);
        seen.iter().filter(|seen| **seen).count()
    };
    let script = |high: usize, low: usize| {
        let (zeros, count) = nul(high, 2);
        none(nul(low, 2)) && (zeros * 10 >= count * 7 || (zeros * 20 >= count && kinds(high) <= 4 && kinds(low) >= 12))
    };
    match head.len() {
        0..8 => None,
        _ if script(1, 0) => Some(Encoding::Utf16Le),
        _ if script(0, 1) => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// Whether a head is text once it is decoded: nothing damaged, and no control characters but those of text.
fn reads(encoding: Encoding, head: &[u8]) -> bool {
    let mut text = String::new();
    let whole = &head[..head.len() / 4 * 4];
    Transcoder::new(encoding, whole).read_to_string(&mut text).is_ok()
        && !text
            .chars()
            .any(|c| c == '\u{fffd}' || (c.is_control() && !c.is_whitespace() && !('\u{1c}'..='\u{1f}').contains(&c)))
}

/// EBCDIC, or text of an 8-bit or several-byte code page. Not UTF-8 with a few bad bytes: that stays what it is.
fn eight_bit(head: &[u8], complete: bool) -> Option<Encoding> {
    if crate::open::is_ebcdic(head) {
        let count = |bytes: [u8; 2]| head.iter().filter(|b| bytes.contains(b)).count();
        let unix = count([0xad, 0xbd]) > count([0xba, 0xbb]);
        return Some(if unix { Encoding::Ebcdic1047 } else { Encoding::Ebcdic037 });
    }
    let control =
        head.iter().filter(|b| (**b < 0x20 && !b.is_ascii_whitespace() && **b != 0x1b) || **b == 0x7f).count();
    // Separators of HL7, X12 and NCPDP stand at the end of each field at most.
    if control * 5 > head.len() {
        return None;
    }
    let (mut good, mut bad) = (0, 0);
    for chunk in head.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += chunk.invalid().len();
    }
    if good > bad || control > 0 && bad * 5 > head.len() {
        return None;
    }
    if let Some(encoding) = declared(head) {
        return Some(Encoding::Named(encoding));
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(head, complete);
    let encoding = detector.guess(None, chardetng::Utf8Detection::Deny);
    (encoding != encoding_rs::UTF_8).then_some(Encoding::Named(encoding))
}

/// What XML, HTML or a mail says of its own encoding, where that is one of bytes and not UTF-8.
fn declared(head: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = &head[..head.len().min(1024)];
    let markup = head.trim_ascii_start().starts_with(b"<");
    let at = |name: &[u8]| memchr::memmem::find(head, name).map(|at| at + name.len());
    let at = if markup { at(b"encoding=").or_else(|| at(b"charset=")) } else { None }?;
    let label = head[at..].trim_ascii_start();
    let label = label.strip_prefix(b"\"").or_else(|| label.strip_prefix(b"'")).unwrap_or(label);
    let end = label.iter().position(|b| !b.is_ascii_alphanumeric() && !b"-_:.".contains(b))?;
    let encoding = encoding_rs::Encoding::for_label(&label[..end])?;
    let bytes = encoding != encoding_rs::UTF_8 && encoding.is_ascii_compatible();
    bytes.then_some(encoding)
}

/// Bytes read at once.
const PIECE: usize = 64 << 10;

/// Reads text in an encoding as UTF-8, without a mark. Damage becomes U+FFFD, so that it is never read as something else.
pub struct Transcoder<R> {
    encoding: Encoding,
    decoder: Option<encoding_rs::Decoder>,
    input: R,
    /// Bytes that are not decoded yet.
    raw: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    begun: bool,
    ended: bool,
}

impl<R> std::fmt::Debug for Transcoder<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transcoder").field("encoding", &self.encoding).finish_non_exhaustive()
    }
}

impl<R: Read> Transcoder<R> {
    /// Reads `input`, which is in `encoding`.
    pub fn new(encoding: Encoding, input: R) -> Transcoder<R> {
        let decoder = match encoding {
            Encoding::Named(encoding) => Some(encoding.new_decoder_without_bom_handling()),
            _ => None,
        };
        Transcoder { encoding, decoder, input, raw: Vec::new(), text: Vec::new(), at: 0, begun: false, ended: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        let kept = self.raw.len();
        self.raw.resize(kept + PIECE, 0);
        let got = loop {
            match self.input.read(&mut self.raw[kept..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                got => break got,
            }
        };
        self.raw.truncate(kept + *got.as_ref().unwrap_or(&0));
        self.ended = got? == 0;
        self.text.clear();
        self.at = 0;
        let used = match self.encoding {
            Encoding::Utf16Le => self.utf16(u16::from_le_bytes),
            Encoding::Utf16Be => self.utf16(u16::from_be_bytes),
            Encoding::Utf32Le => self.utf32(u32::from_le_bytes),
            Encoding::Utf32Be => self.utf32(u32::from_be_bytes),
            Encoding::Ebcdic037 => self.ebcdic(&CP037),
            Encoding::Ebcdic1047 => {
                let mut table = CP037;
                CP1047.iter().for_each(|(code, latin)| table[usize::from(*code)] = *latin);
                self.ebcdic(&table)
            }
            Encoding::Named(_) => self.named(),
        };
        self.raw.drain(..used);
        if self.ended && !self.raw.is_empty() {
            self.raw.clear();
            self.push('\u{fffd}');
        }
        if !self.begun && !self.text.is_empty() {
            self.begun = true;
            // The mark says how to read and is no text.
            if self.text.starts_with("\u{feff}".as_bytes()) {
                self.at = 3;
            }
        }
        Ok(())
    }

    fn push(&mut self, c: char) {
        self.text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn utf16(&mut self, unit: fn([u8; 2]) -> u16) -> usize {
        let raw = std::mem::take(&mut self.raw);
        let at = |i: usize| raw.get(i..i + 2).map(|pair| unit([pair[0], pair[1]]));
        let mut i = 0;
        while let Some(first) = at(i) {
            i += 2;
            if !(0xd800..0xdc00).contains(&first) {
                self.push(char::from_u32(u32::from(first)).unwrap_or('\u{fffd}'));
                continue;
            }
            match at(i) {
                Some(second @ 0xdc00..0xe000) => {
                    i += 2;
                    let code = 0x10000 + ((u32::from(first) - 0xd800) << 10) + (u32::from(second) - 0xdc00);
                    self.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                }
                None if !self.ended => {
                    i -= 2;
                    break;
                }
                _ => self.push('\u{fffd}'),
            }
        }
        self.raw = raw;
        i
    }

    fn utf32(&mut self, unit: fn([u8; 4]) -> u32) -> usize {
        let raw = std::mem::take(&mut self.raw);
        for four in raw.chunks_exact(4) {
            self.push(char::from_u32(unit([four[0], four[1], four[2], four[3]])).unwrap_or('\u{fffd}'));
        }
        self.raw = raw;
        self.raw.len() / 4 * 4
    }

    fn ebcdic(&mut self, table: &[u8; 256]) -> usize {
        let raw = std::mem::take(&mut self.raw);
        raw.iter().for_each(|byte| self.push(char::from(table[usize::from(*byte)])));
        self.raw = raw;
        self.raw.len()
    }

    fn named(&mut self) -> usize {
        let Some(decoder) = &mut self.decoder else { return self.raw.len() };
        self.text.resize(decoder.max_utf8_buffer_length(self.raw.len()).unwrap_or(4 * PIECE), 0);
        let (_, used, written, _) = decoder.decode_to_utf8(&self.raw, &mut self.text, self.ended);
        self.text.truncate(written);
        used
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() && !self.ended {
            self.fill()?;
        }
        let count = buffer.len().min(self.text.len() - self.at);
        buffer[..count].copy_from_slice(&self.text[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes a call.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn text_of(encoding: Encoding, bytes: &[u8], step: usize) -> String {
        let mut text = String::new();
        Transcoder::new(encoding, Slow(bytes, step)).read_to_string(&mut text).expect("UTF-8");
        text
    }

    const TEXT: &str = "Name;SSN\nJörg Ærø 😀;536-90-4398\n";

    #[test]
    fn wide_text_is_read_and_counted() {
        let units: Vec<u16> = TEXT.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|u| u.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|u| u.to_be_bytes()).collect();
        let long: Vec<u8> = TEXT.chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
        let longer: Vec<u8> = TEXT.chars().flat_map(|c| (c as u32).to_be_bytes()).collect();
        for (bytes, encoding) in [
            (little, Encoding::Utf16Le),
            (big, Encoding::Utf16Be),
            (long, Encoding::Utf32Le),
            (longer, Encoding::Utf32Be),
        ] {
            assert_eq!(Encoding::of(&bytes, true), Some(encoding));
            assert_eq!(encoding.width(TEXT.as_bytes()), bytes.len() as u64);
            for step in [1, 3, 1000] {
                assert_eq!(text_of(encoding, &bytes, step), TEXT);
            }
        }
    }

    #[test]
    fn a_mark_says_how_to_read_and_is_no_text() {
        assert_eq!(Encoding::of(b"\xff\xfea\0", true), Some(Encoding::Utf16Le));
        assert_eq!(text_of(Encoding::Utf16Le, b"\xff\xfea\0", 1), "a");
        assert_eq!(text_of(Encoding::Utf32Be, b"\0\0\xfe\xff\0\0\0a", 3), "a");
    }

    #[test]
    fn damage_is_shown_as_damage() {
        assert_eq!(text_of(Encoding::Utf16Le, b"\x00\xd8a\0b", 2), "\u{fffd}a\u{fffd}");
        assert_eq!(text_of(Encoding::Utf32Le, b"\xff\xff\xff\xffa\0\0\0b", 9), "\u{fffd}a\u{fffd}");
    }

    #[test]
    fn mainframe_text_is_told_and_read() {
        let code = |text: &str| -> Vec<u8> {
            text.bytes().map(|b| CP037.iter().position(|latin| *latin == b).unwrap_or(0) as u8).collect()
        };
        let text = "000017 NOWAK     MARIA     536904398 19520304\n000018 ORTIZ     LUIS      418627715 19610912\n";
        let bytes = code(text);
        assert_eq!(Encoding::of(&bytes, true), Some(Encoding::Ebcdic037));
        assert_eq!(text_of(Encoding::Ebcdic037, &bytes, 7), text);
        assert_eq!(Encoding::Ebcdic037.width(text.as_bytes()), bytes.len() as u64);
        assert_eq!(text_of(Encoding::Ebcdic1047, &[0xad, 0xf1, 0xbd], 1), "[1]");
    }

    #[test]
    fn code_pages_are_guessed_and_utf8_is_left_alone() {
        let latin = b"name;city\nJ\xf6rg M\xfcller;K\xf6ln\nRen\xe9e Lef\xe8vre;N\xeemes\n";
        let encoding = Encoding::of(latin, true).expect("a code page");
        assert!(text_of(encoding, latin, 5).contains("Jörg Müller;Köln"));
        assert_eq!(Encoding::of(TEXT.as_bytes(), true), None);
        assert_eq!(Encoding::of(b"plain", true), None);
        let blemished = [TEXT.as_bytes(), b"\xf6"].concat();
        assert_eq!(Encoding::of(&blemished, true), None, "UTF-8 with a bad byte");
    }

    #[test]
    fn what_markup_declares_is_believed_where_its_bytes_allow() {
        let xml = b"<?xml version='1.0' encoding='ISO-8859-2'?><a>\xb1</a>";
        let encoding = Encoding::of(xml, true).expect("declared");
        assert_eq!(encoding.name(), "ISO-8859-2");
        assert!(text_of(encoding, xml, 4).contains('ą'));
        let lie = "<?xml version='1.0' encoding='ISO-8859-1'?><a>ö</a>";
        assert_eq!(Encoding::of(lie.as_bytes(), true), None, "its bytes are UTF-8");
    }

    #[test]
    fn several_bytes_a_character_are_counted() {
        let sjis = Encoding::Named(encoding_rs::SHIFT_JIS);
        let bytes = b"\x93\xfa\x96\x7b ab";
        let text = text_of(sjis, bytes, 1);
        assert_eq!(text, "日本 ab");
        assert_eq!(sjis.width(text.as_bytes()), bytes.len() as u64);
    }
}
