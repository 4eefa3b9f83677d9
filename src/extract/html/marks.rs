//! Marks of HTML. In: bytes at a `<`, or text between marks. Out: the mark's name and attributes; what text says, with its
//! character references resolved. Refuses a mark that does not end within a piece: that `<` is text.

use super::super::named::PIECE;

/// Attributes of a mark that are read.
const ATTRIBUTES: usize = 64;

/// An opening or closing mark.
#[derive(Debug)]
pub(super) struct Mark<'a> {
    /// In small letters; without that of a namespace. Blank for `<!…>` and `<?…>`.
    pub(super) name: String,
    pub(super) closes: bool,
    pub(super) self_closed: bool,
    pub(super) attributes: Vec<Attribute<'a>>,
}

/// An attribute.
#[derive(Debug)]
pub(super) struct Attribute<'a> {
    pub(super) name: String,
    pub(super) value: &'a [u8],
    /// Where its value stands behind the `<`.
    pub(super) start: usize,
}

impl<'a> Mark<'a> {
    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a [u8]> {
        self.attributes.iter().find(|attribute| attribute.name == name).map(|attribute| attribute.value)
    }
}

/// Reads the mark that starts here, and how many bytes it has.
pub(super) fn read(look: &[u8]) -> Option<(Mark<'_>, usize)> {
    let seen = &look[..look.len().min(PIECE)];
    let closes = seen.get(1) == Some(&b'/');
    let start = 1 + usize::from(closes);
    let first = *seen.get(start)?;
    if matches!(first, b'!' | b'?') && !closes {
        let length = memchr::memchr(b'>', seen)? + 1;
        let none = Mark { name: String::new(), closes, self_closed: false, attributes: Vec::new() };
        return Some((none, length));
    }
    if !first.is_ascii_alphabetic() {
        return None;
    }
    let length = seen[start..].iter().take_while(|b| !b.is_ascii_whitespace() && !matches!(b, b'>' | b'/')).count();
    let name = String::from_utf8_lossy(&seen[start..start + length.min(64)]).to_ascii_lowercase();
    let name = name.rsplit(':').next().unwrap_or_default().to_string();
    let mut mark = Mark { name, closes, self_closed: false, attributes: Vec::new() };
    let behind = attributes(seen, start + length, &mut mark).or_else(|| {
        // A quote that is never closed: the mark ends at the first `>`.
        mark.attributes.clear();
        memchr::memchr(b'>', seen).map(|at| at + 1)
    })?;
    mark.self_closed = seen[behind - 2] == b'/';
    Some((mark, behind))
}

/// Reads attributes from `at` on; gives where the mark ends.
fn attributes<'a>(seen: &'a [u8], mut at: usize, mark: &mut Mark<'a>) -> Option<usize> {
    loop {
        at += seen[at..].iter().take_while(|b| b.is_ascii_whitespace() || **b == b'/').count();
        if *seen.get(at)? == b'>' {
            return Some(at + 1);
        }
        let name = 1 + seen[at + 1..]
            .iter()
            .take_while(|b| !b.is_ascii_whitespace() && !matches!(b, b'=' | b'>' | b'/'))
            .count();
        let key = &seen[at..at + name];
        at += name;
        let blanks = seen[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        if seen.get(at + blanks) != Some(&b'=') {
            continue;
        }
        at += blanks + 1;
        at += seen[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        let (start, length, behind) = match seen.get(at)? {
            quote @ (b'"' | b'\'') => {
                let length = memchr::memchr(*quote, &seen[at + 1..])?;
                (at + 1, length, at + length + 2)
            }
            _ => {
                let length = seen[at..].iter().take_while(|b| !b.is_ascii_whitespace() && **b != b'>').count();
                (at, length, at + length)
            }
        };
        if mark.attributes.len() < ATTRIBUTES && key.len() <= 64 {
            let name = String::from_utf8_lossy(key).to_ascii_lowercase();
            mark.attributes.push(Attribute { name, value: &seen[start..start + length], start });
        }
        at = behind;
    }
}

/// Where `word`, in small letters, stands first, in letters of any size.
pub(super) fn find_folded(bytes: &[u8], word: &[u8]) -> Option<usize> {
    let starts = memchr::memchr_iter(word[0], bytes);
    starts.into_iter().find(|at| bytes.get(*at..*at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word)))
}

/// Appends what text says: its references resolved and, if `folded`, a blank for any run of white space.
pub(super) fn append_decoded(raw: &[u8], folded: bool, out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        at += 1;
        match byte {
            b'&' => match reference(&raw[at - 1..]) {
                Some((character, length)) => {
                    // A blank that does not break is one, and a hyphen that is not shown is none.
                    match character {
                        '\u{a0}' => out.push(b' '),
                        '\u{ad}' => {}
                        other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
                    }
                    at += length - 1;
                }
                None => out.push(b'&'),
            },
            byte if folded && byte.is_ascii_whitespace() => {
                if out.last().is_some_and(|b| !b.is_ascii_whitespace()) {
                    out.push(b' ');
                }
            }
            byte => out.push(*byte),
        }
    }
}

/// The character that a reference stands for, and its length.
fn reference(bytes: &[u8]) -> Option<(char, usize)> {
    let rest = &bytes[1..bytes.len().min(12)];
    if let Some(number) = rest.strip_prefix(b"#") {
        let (digits, radix, skipped) = match number.first()? {
            b'x' | b'X' => (&number[1..], 16, 3),
            _ => (number, 10, 2),
        };
        let length = digits.iter().take(8).take_while(|b| (**b as char).is_digit(radix)).count();
        let code = u32::from_str_radix(str::from_utf8(&digits[..length]).ok()?, radix).ok()?;
        let closed = usize::from(digits.get(length) == Some(&b';'));
        return Some((char::from_u32(code).filter(|c| *c != '\0')?, skipped + length + closed));
    }
    let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    if rest.get(length) != Some(&b';') {
        return None;
    }
    let name = str::from_utf8(&rest[..length]).ok()?;
    let known = NAMED.iter().find(|(known, _)| *known == name).map(|(_, character)| *character);
    let latin = || {
        LATIN.split_ascii_whitespace().position(|known| known == name).and_then(|at| char::from_u32(0xa0 + at as u32))
    };
    Some((known.or_else(latin)?, length + 2))
}

/// References that are met in text, <https://html.spec.whatwg.org/multipage/named-characters.html>.
const NAMED: [(&str, char); 22] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hyphen", '-'),
    ("dash", '-'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bull", '•'),
    ("hellip", '…'),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("sol", '/'),
    ("commat", '@'),
    ("num", '#'),
    ("colon", ':'),
];

/// Those of Latin 1, from U+00A0 on.
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute \
    micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave \
    Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml \
    Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth \
    ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

/// An address with its `%hh` resolved, and `+` and `&` as blanks.
pub(super) fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let digits = text.get(at + 1..at + 3).and_then(|digits| str::from_utf8(digits).ok());
        let code = digits.filter(|_| *byte == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(match (byte, code) {
            (_, Some(code)) => code,
            (b'+' | b'&', None) => b' ',
            (byte, None) => *byte,
        });
        at += if code.is_some() { 3 } else { 1 };
    }
    out
}
