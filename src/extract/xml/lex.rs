//! The marks of XML. In: bytes from a mark on. Out: which mark it is, how far it goes, and where its names and attributes
//! stand. Refuses nothing: what is no mark is text.
//!
//! XML 1.0 (fifth edition), read leniently: attributes without quotes or values, as HTML has them, are taken; `<` that starts no
//! mark is a character.

use std::ops::Range;

/// A tag may be so long that its attributes are seen together; those of a longer one are read one by one.
pub(super) const TAG: usize = 256 << 10;
/// Attributes of a tag that are seen together.
pub(super) const ATTRIBUTES: usize = 256;

/// What stands at a `<`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// `<name`, up to where its attributes start.
    Open(usize),
    /// `</name>`, with its `>`; the name ends at the second number.
    Close(usize, usize),
    /// `<!--`.
    Comment,
    /// `<![CDATA[`.
    Cdata,
    /// `<?`.
    Instruction,
    /// `<!` and a letter or bracket: a declaration.
    Declaration,
    /// A character of the text.
    Text,
    /// More bytes are needed to say.
    More,
}

/// One attribute: where its name and its value stand, without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: Range<usize>,
    pub(super) value: Range<usize>,
}

/// What comes next in a tag, behind its name or an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum InTag {
    /// An attribute, and where it ends.
    Attribute(Attribute, usize),
    /// An attribute whose value starts here and is not closed yet; the byte closes it.
    Unclosed(Range<usize>, usize, u8),
    /// The tag ends here; whether the element ends with it.
    End(usize, bool),
    /// More bytes are needed to say.
    More,
}

/// Whether a byte can start a name. Bytes of other alphabets can.
pub(super) fn starts_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b':' || byte >= 0x80
}

fn in_name(byte: u8) -> bool {
    NAME[byte as usize]
}

const NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0usize;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'-' | b'.') || b >= 0x80;
        byte += 1;
    }
    table
};

/// The length of the name at the start of some bytes.
pub(super) fn name_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|b| !in_name(*b)).unwrap_or(bytes.len())
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// What stands at the start of `bytes`, which is a `<`. `ended` says that no bytes follow.
pub(super) fn mark(bytes: &[u8], ended: bool) -> Mark {
    let Some(&second) = bytes.get(1) else { return if ended { Mark::Text } else { Mark::More } };
    if starts_name(second) {
        let length = name_length(&bytes[1..]);
        return match bytes.get(1 + length) {
            Some(b) if is_space(*b) || matches!(b, b'>' | b'/') => Mark::Open(1 + length),
            None if !ended && length < TAG => Mark::More,
            _ => Mark::Text,
        };
    }
    match second {
        b'/' => {
            let length = name_length(&bytes[2..]);
            let spaces = bytes[2 + length..].iter().take_while(|b| is_space(**b)).count();
            match bytes.get(2 + length + spaces) {
                Some(b'>') => Mark::Close(3 + length + spaces, 2 + length),
                None if !ended && length + spaces < TAG => Mark::More,
                _ => Mark::Text,
            }
        }
        b'?' => Mark::Instruction,
        b'!' => {
            let rest = &bytes[2..];
            for (opener, mark) in [(&b"--"[..], Mark::Comment), (b"[CDATA[", Mark::Cdata)] {
                if rest.starts_with(opener) {
                    return mark;
                }
                if !ended && rest.len() < opener.len() && opener.starts_with(rest) {
                    return Mark::More;
                }
            }
            match rest.first() {
                Some(b) if b.is_ascii_alphabetic() || *b == b'[' => Mark::Declaration,
                _ => Mark::Text,
            }
        }
        _ => Mark::Text,
    }
}

/// What comes next in a tag at `from`, behind its name or an attribute.
#[inline]
pub(super) fn in_tag(bytes: &[u8], from: usize, ended: bool) -> InTag {
    let mut at = from;
    loop {
        match bytes.get(at) {
            None => return if ended { InTag::End(at, false) } else { InTag::More },
            Some(b'>') => return InTag::End(at + 1, false),
            Some(b'/') if bytes.get(at + 1) == Some(&b'>') => return InTag::End(at + 2, true),
            Some(b'/') if bytes.len() == at + 1 && !ended => return InTag::More,
            // A tag that is never closed: the next one starts.
            Some(b'<') => return InTag::End(at, false),
            Some(b) if in_name(*b) => break,
            Some(_) => at += 1,
        }
    }
    let start = at;
    at += name_length(&bytes[at..]);
    let name = start..at;
    let mut next = at + spaces(&bytes[at..]);
    match bytes.get(next) {
        Some(b'=') => {}
        None if !ended => return InTag::More,
        _ => return InTag::Attribute(Attribute { name, value: at..at }, at),
    }
    next += 1 + spaces(&bytes[next + 1..]);
    match bytes.get(next) {
        Some(&quote @ (b'"' | b'\'')) => match memchr::memchr(quote, &bytes[next + 1..]) {
            Some(length) => {
                let value = next + 1..next + 1 + length;
                InTag::Attribute(Attribute { name, value }, next + length + 2)
            }
            None => InTag::Unclosed(name, next + 1, quote),
        },
        None if !ended => InTag::More,
        _ => {
            let length = bytes[next..].iter().position(|b| is_space(*b) || matches!(b, b'>' | b'<'));
            match length {
                None if !ended => InTag::More,
                _ => {
                    let end = next + length.unwrap_or(bytes.len() - next);
                    InTag::Attribute(Attribute { name, value: next..end }, end)
                }
            }
        }
    }
}

fn spaces(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| is_space(**b)).count()
}

/// The name without its prefix: what stands behind its last colon.
pub(super) fn local(name: &[u8]) -> &[u8] {
    match name.iter().rposition(|b| *b == b':') {
        Some(colon) if colon + 1 < name.len() => &name[colon + 1..],
        _ => name,
    }
}

/// A range without the white space at its ends.
#[inline]
pub(super) fn trim(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (range.start, range.end);
    while start < end && is_space(bytes[start]) {
        start += 1;
    }
    while end > start && is_space(bytes[end - 1]) {
        end -= 1;
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_told_apart() {
        for (bytes, ended, expected) in [
            (&b"<a b"[..], false, Mark::Open(2)),
            (b"<a/>", false, Mark::Open(2)),
            (b"<abc", false, Mark::More),
            (b"<abc", true, Mark::Text),
            (b"</a >", false, Mark::Close(5, 3)),
            (b"</a", false, Mark::More),
            (b"<!--", false, Mark::Comment),
            (b"<!-", false, Mark::More),
            (b"<![CDATA[x", false, Mark::Cdata),
            (b"<!DOCTYPE", false, Mark::Declaration),
            (b"<?xml", false, Mark::Instruction),
            (b"< 5", false, Mark::Text),
            (b"<5", false, Mark::Text),
            (b"<me@here.org>", false, Mark::Text),
        ] {
            assert_eq!(mark(bytes, ended), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn attributes_are_read_leniently() {
        let tag = b" a = \"1 2\" b='>' c=3 d>";
        let mut at = 0;
        let mut found = Vec::new();
        loop {
            match in_tag(tag, at, false) {
                InTag::Attribute(attribute, end) => {
                    found.push((tag[attribute.name].to_vec(), tag[attribute.value].to_vec()));
                    at = end;
                }
                InTag::End(end, empty) => {
                    assert_eq!((end, empty), (tag.len(), false));
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
        let expected = [("a", "1 2"), ("b", ">"), ("c", "3"), ("d", "")];
        let expected: Vec<_> = expected.iter().map(|(n, v)| (n.as_bytes().to_vec(), v.as_bytes().to_vec())).collect();
        assert_eq!(found, expected);
        assert_eq!(in_tag(b" a=\"1", 0, false), InTag::Unclosed(1..2, 4, b'"'));
        assert_eq!(local(b"sdtc:raceCode"), b"raceCode");
    }
}
