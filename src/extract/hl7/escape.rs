//! Escape sequences in HL7 v2 text (v2.5.1 2.7). In: a field as it stands. Out: what was meant. Refuses no sequence: what is
//! not known, as a Windows path, is kept as it stands.

use super::Delimiters;

/// Longer than any sequence of the standard, but for hexadecimal data.
const LONGEST: usize = 64;

/// Appends what `raw` means to `out`. With `text`, repetitions are lines, as in FT and TX.
pub(super) fn decode(raw: &[u8], delimiters: &Delimiters, text: bool, out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some((first, behind)) = rest.split_first() {
        if text && Some(*first) == delimiters.repetition {
            out.push(b'\n');
            rest = behind;
        } else if Some(*first) == delimiters.escape {
            let shown = &behind[..behind.len().min(LONGEST)];
            let end = shown.iter().position(|b| Some(*b) == delimiters.escape);
            match end {
                Some(end) if resolve(&shown[..end], delimiters, out) => rest = &behind[end + 1..],
                _ => {
                    out.push(*first);
                    rest = behind;
                }
            }
        } else {
            out.push(*first);
            rest = behind;
        }
    }
}

/// Whether `sequence`, without its escape characters, is one of the standard's; then what it means is appended.
fn resolve(sequence: &[u8], delimiters: &Delimiters, out: &mut Vec<u8>) -> bool {
    let meant = match sequence {
        b"F" => Some(delimiters.field),
        b"S" => delimiters.component,
        b"T" => delimiters.sub,
        b"R" => delimiters.repetition,
        b"E" => delimiters.escape,
        b"P" => Some(b'#'),
        // Highlighting.
        b"H" | b"N" => return true,
        // Line breaks, blank lines, indents: all of them end a word.
        [b'.', a, b, ..] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => Some(b'\n'),
        // Changes of character set.
        [b'C' | b'M', digits @ ..] if matches!(digits.len(), 4 | 6) && is_hex(digits) => return true,
        [b'X', digits @ ..] if !digits.is_empty() && digits.len() % 2 == 0 && is_hex(digits) => {
            let value = |b: u8| (b as char).to_digit(16).unwrap_or(0) as u8;
            out.extend(digits.chunks_exact(2).map(|pair| value(pair[0]) << 4 | value(pair[1])));
            return true;
        }
        // What a site defined.
        [b'Z', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_alphanumeric) => return true,
        _ => return false,
    };
    out.extend(meant);
    true
}

fn is_hex(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_mean_what_the_standard_says() {
        let decode = |raw: &str, text: bool| {
            let mut out = Vec::new();
            decode(raw.as_bytes(), &Delimiters::USUAL, text, &mut out);
            String::from_utf8(out).expect("text")
        };
        assert_eq!(decode(r"A\T\E \F\ \S\ \R\ \E\", false), r"A&E | ^ ~ \");
        assert_eq!(decode(r"one\.br\two\.sp+2\three", false), "one\ntwo\nthree");
        assert_eq!(decode(r"\H\bold\N\ \X4A4b\ \C2842\", false), "bold JK ");
        assert_eq!(decode("a~b", true), "a\nb");
        assert_eq!(decode("a~b", false), "a~b");
        assert_eq!(decode(r"\\server\share", false), r"\\server\share");
        assert_eq!(decode(r"ends in \", false), r"ends in \");
    }
}
