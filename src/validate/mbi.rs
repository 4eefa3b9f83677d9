//! Medicare Beneficiary Identifiers. In: bytes of one candidate. Out: whether CMS can have issued it. Refuses letters
//! at the wrong place and those never issued.
//!
//! Eleven characters, `C A AN N A AN N A A N N` (CMS, "Understanding the MBI format"): C is 1–9, N a digit, A a letter
//! but S L O I B Z, AN either. No check digit. Cards show it as 4-3-4 with dashes.

use super::blank::{is_blank, loose};
use super::{Normal, Setting, Verdict};

/// What stands at each place: `C` 1–9, `N` digit, `A` letter, `X` either.
const FORM: &[u8; 11] = b"CAXNAXNAANN";

/// The specimen cards of CMS.
const SPECIMENS: [&[u8; 11]; 2] = [b"1EG4TE5MK72", b"1EG4TE5MK73"];

/// An MBI.
pub fn check(bytes: &[u8], setting: Setting) -> Verdict {
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    let mut mbi = [0_u8; 11];
    let mut length = 0;
    for (at, byte) in value.iter().enumerate() {
        match byte {
            b'-' | b' ' => {
                if setting == Setting::Free && !matches!(at, 4 | 8) {
                    return Verdict::Invalid("separators not as on the card");
                }
            }
            b'*' | b'#' => return masked(value),
            _ => {
                if length == 11 {
                    return Verdict::Invalid("longer than eleven characters");
                }
                mbi[length] = byte.to_ascii_uppercase();
                length += 1;
            }
        }
    }
    if length < 11 {
        return Verdict::Invalid("shorter than eleven characters");
    }
    // Bare and in small letters it is far more often part of a hash or a licence key than an MBI.
    if setting == Setting::Free && value.len() == 11 && value.iter().any(u8::is_ascii_lowercase) {
        return Verdict::Invalid("small letters without dashes");
    }
    for (byte, form) in mbi.iter().zip(FORM) {
        let fits = match form {
            b'C' => (b'1'..=b'9').contains(byte),
            b'N' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_uppercase(),
            _ => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        };
        if !fits {
            return Verdict::Invalid(match form {
                b'C' => "starts with 1 to 9",
                b'A' => "a digit where a letter stands",
                b'N' => "a letter where a digit stands",
                _ => "neither letter nor digit",
            });
        }
    }
    let normal = Normal::of(&mbi);
    // CMS and Synthea put an S second in synthetic MBIs, so that they never meet a real one; other never-issued
    // letters there are seen in test files of the same kind.
    if mbi[1] == b'S' || (setting == Setting::Field && never_issued(mbi[1])) {
        return Verdict::plain(normal, 0, true);
    }
    if mbi.iter().any(|b| never_issued(*b)) {
        return Verdict::Invalid("S, L, O, I, B and Z are never issued");
    }
    Verdict::plain(normal, 0, SPECIMENS.contains(&&mbi))
}

fn never_issued(letter: u8) -> bool {
    matches!(letter, b'S' | b'L' | b'O' | b'I' | b'B' | b'Z')
}

/// `*******NN22`: the last four are left.
fn masked(value: &[u8]) -> Verdict {
    let seen = value.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    let hidden = value.iter().filter(|b| matches!(b, b'*' | b'#')).count();
    match seen {
        0 => Verdict::Blank,
        1..=5 if seen + hidden == 11 => Verdict::masked(Normal::alnum(value)),
        _ => Verdict::Invalid("masked, but not as an MBI is"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn mbis_are_told_from_other_codes() {
        run(
            check,
            &[
                ("2AG9XC4NN22", Yes, Yes, "as in files"),
                ("3CD5-FG7-HJ89", Yes, Yes, "as on the card"),
                ("3CD5 FG7 HJ89", Yes, Yes, "with spaces"),
                ("3cd5-fg7-hj89", Yes, Yes, "small letters"),
                ("3cd5fg7hj89", No, Yes, "small letters, bare"),
                ("3C-D5FG-7HJ89", No, Yes, "dashes at odd places"),
                ("1EG4-TE5-MK73", Test, Test, "the specimen card"),
                ("1S00E00AA06", Test, Test, "synthetic: S second"),
                ("2SW4N00AA00", Test, Test, "synthetic: S second"),
                ("3O70AK7EV90", No, Test, "O second: synthetic under the field's name"),
                ("0EG4TE5MK73", No, No, "starts with 0"),
                ("1EG4LE5MK73", No, No, "L"),
                ("2BC3DF4GH56", No, Test, "B second"),
                ("1EG4TE5MK7", No, No, "ten characters"),
                ("1EG4TE5MKA3", No, No, "a letter where a digit stands"),
                ("*******MK73", Mask, Mask, "last four"),
                ("", Empty, Empty, "not filled in"),
            ],
        );
    }
}
