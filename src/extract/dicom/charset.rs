//! Text of DICOM in any of its character sets. In: the Specific Character Set (0008,0005) and the bytes of a value. Out:
//! UTF-8. Refuses nothing: what no character stands for becomes U+FFFD, a set nobody knows is guessed.
//!
//! Values of sets with code extensions switch by escape sequences (DICOM PS3.3 C.12.1.1.2, PS3.5 6.1.2.5): G0 is what
//! bytes below 0x80 mean, G1 what those above do. At a delimiter both go back to what the first value of the element names.

use std::borrow::Cow;

use encoding_rs as enc;
use encoding_rs::Encoding;

const ESC: u8 = 0x1B;

/// What the bytes of a value mean before any escape sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    /// None was named: UTF-8 where it is that, else Windows's Latin 1.
    Guess,
    /// One encoding for all of a value, without escape sequences: UTF-8, GB18030, GBK.
    Whole(&'static Encoding),
    /// Code extensions may be used; this is G1 at first.
    Switched(High),
}

/// What bytes above 0x7F mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum High {
    /// Nothing.
    Nothing,
    /// A byte a character.
    Single(&'static Encoding),
    /// Half-width Katakana of JIS X 0201.
    Katakana,
    /// Two bytes a character: KS X 1001, GB 2312.
    Double(&'static Encoding),
}

/// What bytes below 0x80 mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Low {
    Ascii,
    /// Two bytes a character.
    Jis0208,
    Jis0212,
}

impl Charset {
    /// By the value of (0008,0005): several values are separated by backslashes, and the first holds where no escape
    /// sequence stands.
    pub(super) fn named(value: &[u8]) -> Charset {
        let mut terms = value.split(|b| *b == b'\\').map(<[u8]>::trim_ascii);
        let first = terms.next().unwrap_or_default();
        let extended = terms.next().is_some();
        let number = first.rsplit(|b| !b.is_ascii_digit()).next().unwrap_or_default();
        let is_registered =
            first.starts_with(b"ISO_IR") || first.starts_with(b"ISO 2022") || first.starts_with(b"ISO-IR");
        let single = |encoding| Charset::Switched(High::Single(encoding));
        match number {
            _ if first.is_empty() && extended => Charset::Switched(High::Nothing),
            _ if first.is_empty() => Charset::Guess,
            _ if !is_registered => {
                // GB18030 and GBK stand under these names; others were written by programs that did not know better.
                Encoding::for_label(first).map_or(Charset::Guess, Charset::Whole)
            }
            b"100" => single(enc::WINDOWS_1252),
            b"101" => single(enc::ISO_8859_2),
            b"109" => single(enc::ISO_8859_3),
            b"110" => single(enc::ISO_8859_4),
            b"144" => single(enc::ISO_8859_5),
            b"127" => single(enc::ISO_8859_6),
            b"126" => single(enc::ISO_8859_7),
            b"138" => single(enc::ISO_8859_8),
            b"148" => single(enc::WINDOWS_1254),
            b"166" => single(enc::WINDOWS_874),
            b"203" => single(enc::ISO_8859_15),
            b"13" => Charset::Switched(High::Katakana),
            b"149" => Charset::Switched(High::Double(enc::EUC_KR)),
            b"58" => Charset::Switched(High::Double(enc::GBK)),
            b"192" => Charset::Whole(enc::UTF_8),
            b"6" if !extended => Charset::Guess,
            _ => Charset::Switched(High::Nothing),
        }
    }

    /// A value as UTF-8: as it stands where it is ASCII.
    pub(super) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        if let (true, false, Ok(text)) = (bytes.is_ascii(), bytes.contains(&ESC), std::str::from_utf8(bytes)) {
            return Cow::Borrowed(text);
        }
        match self {
            Charset::Whole(encoding) => encoding.decode_without_bom_handling(bytes).0,
            Charset::Guess if bytes.contains(&ESC) => Cow::Owned(switched(bytes, High::Nothing)),
            Charset::Guess => match std::str::from_utf8(bytes) {
                Ok(text) => Cow::Borrowed(text),
                Err(_) => enc::WINDOWS_1252.decode_without_bom_handling(bytes).0,
            },
            Charset::Switched(high) => Cow::Owned(switched(bytes, high)),
        }
    }
}

/// Reads a value that switches between sets.
fn switched(bytes: &[u8], initial: High) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    let (mut low, mut high) = (Low::Ascii, initial);
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        let rest = &bytes[at..];
        if byte == ESC {
            at += escape(rest, &mut low, &mut high);
            continue;
        }
        // Control characters end a line and with it a switch, whatever G0 is.
        if matches!(byte, b'\n' | b'\r' | b'\t' | 0x0C) || low == Low::Ascii && matches!(byte, b'\\' | b'^' | b'=') {
            (low, high) = (Low::Ascii, initial);
            out.push(byte as char);
            at += 1;
            continue;
        }
        let run = |two: bool| rest.len().min(if two { 2 } else { 1 });
        let taken = if byte >= 0x80 {
            match high {
                // A set that was never named: half of the programs that do so write UTF-8.
                High::Nothing => {
                    let run = rest.iter().take_while(|b| **b >= 0x80).count();
                    match std::str::from_utf8(&rest[..run]) {
                        Ok(text) => out.push_str(text),
                        Err(_) => push(&mut out, enc::WINDOWS_1252, &rest[..run]),
                    }
                    run
                }
                High::Single(encoding) => {
                    let run = rest.iter().take_while(|b| **b >= 0x80).count();
                    push(&mut out, encoding, &rest[..run]);
                    run
                }
                High::Katakana => {
                    // JIS X 0201: 0xA1 to 0xDF, in the order of U+FF61.
                    let code = u32::from(byte).wrapping_sub(0xA1);
                    out.push(if code < 0x3F {
                        char::from_u32(0xFF61 + code).unwrap_or('\u{FFFD}')
                    } else {
                        '\u{FFFD}'
                    });
                    1
                }
                High::Double(encoding) => {
                    let pair = run(true);
                    push(&mut out, encoding, &rest[..pair]);
                    pair
                }
            }
        } else {
            match low {
                // A blank is no character of a double-byte set.
                Low::Jis0208 | Low::Jis0212 if byte > b' ' => {
                    let pair = run(true);
                    let mut euc = [0x8F, 0, 0];
                    euc[1..=pair].copy_from_slice(&rest[..pair]);
                    euc[1..=pair].iter_mut().for_each(|b| *b |= 0x80);
                    let from = usize::from(low == Low::Jis0208);
                    push(&mut out, enc::EUC_JP, &euc[from..=pair]);
                    pair
                }
                _ => {
                    out.push(byte as char);
                    1
                }
            }
        };
        at += taken;
    }
    out
}

fn push(out: &mut String, encoding: &'static Encoding, bytes: &[u8]) {
    out.push_str(&encoding.decode_without_bom_handling(bytes).0);
}

/// An escape sequence (DICOM PS3.3, tables C.12-3 and C.12-4): what it switches to; how long it is.
fn escape(rest: &[u8], low: &mut Low, high: &mut High) -> usize {
    let single = |last: u8| {
        Some(match last {
            b'A' => enc::WINDOWS_1252,
            b'B' => enc::ISO_8859_2,
            b'C' => enc::ISO_8859_3,
            b'D' => enc::ISO_8859_4,
            b'L' => enc::ISO_8859_5,
            b'G' => enc::ISO_8859_6,
            b'F' => enc::ISO_8859_7,
            b'H' => enc::ISO_8859_8,
            b'M' => enc::WINDOWS_1254,
            b'T' => enc::WINDOWS_874,
            b'b' => enc::ISO_8859_15,
            _ => return None,
        })
    };
    match rest.get(1..) {
        Some([b'(', b'B' | b'J', ..]) => *low = Low::Ascii,
        Some([b')', b'I', ..]) => *high = High::Katakana,
        Some([b'-', last, ..]) if single(*last).is_some() => *high = single(*last).map_or(*high, High::Single),
        Some([b'$', b'B' | b'@', ..]) => *low = Low::Jis0208,
        Some([b'$', b'(', b'D', ..]) => {
            *low = Low::Jis0212;
            return 4;
        }
        Some([b'$', b')', b'C', ..]) => {
            *high = High::Double(enc::EUC_KR);
            return 4;
        }
        Some([b'$', b')', b'A', ..]) => {
            *high = High::Double(enc::GBK);
            return 4;
        }
        _ => return 1,
    }
    3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_are_read() {
        // DICOM PS3.5, annexes H, I, J and K.
        let cases: &[(&[u8], &[u8], &str)] = &[
            (b"ISO_IR 100", b"Buc^J\xe9r\xf4me", "Buc^Jérôme"),
            (b"ISO_IR 192", "Wang^XiaoDong=王^小東".as_bytes(), "Wang^XiaoDong=王^小東"),
            (
                b"\\ISO 2022 IR 87",
                b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
                "Yamada^Tarou=山田^太郎=やまだ^たろう",
            ),
            (
                b"ISO 2022 IR 13\\ISO 2022 IR 87",
                b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
                "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎",
            ),
            (
                b"\\ISO 2022 IR 149",
                b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
                "Hong^Gildong=洪^吉洞=홍^길동",
            ),
            (b"GB18030", b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab", "Wang^XiaoDong=王^小东"),
            (b"\\ISO 2022 IR 58", b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab", "Zhang^XiaoDong=张^小东"),
        ];
        for (named, bytes, expected) in cases {
            assert_eq!(Charset::named(named).decode(bytes), *expected, "{}", String::from_utf8_lossy(named));
        }
    }

    #[test]
    fn what_was_not_named_is_guessed() {
        assert_eq!(Charset::named(b"").decode("Jérôme".as_bytes()), "Jérôme");
        assert_eq!(Charset::named(b"").decode(b"J\xe9r\xf4me"), "Jérôme");
        assert_eq!(Charset::named(b"UTF-8").decode("Jérôme".as_bytes()), "Jérôme");
        assert_eq!(Charset::named(b"nonsense").decode(b"plain"), "plain");
    }

    #[test]
    fn a_backslash_within_a_character_separates_nothing() {
        // 0x5C is the second byte of a character of GBK and of JIS X 0208.
        assert!(!Charset::named(b"GBK").decode(b"\x81\x5c").contains('\\'));
        assert!(!Charset::named(b"\\ISO 2022 IR 87").decode(b"\x1b$B!\\\x1b(B").contains('\\'));
    }

    #[test]
    fn broken_text_still_ends() {
        for bytes in [&b"\x1b"[..], b"\x1b$", b"\x1b$B!", b"\x1b$)C\xb0", b"\xff\xfe", b"\x1b-", b"\x1bzz"] {
            for named in [&b""[..], b"ISO_IR 13", b"\\ISO 2022 IR 149", b"GB18030"] {
                let _ = Charset::named(named).decode(bytes);
            }
        }
    }
}
