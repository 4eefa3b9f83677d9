//! Fields that were not filled in, and numbers nobody has. In: a value. Out: yes or no. Knows no identifiers.

/// The value without what spreadsheets and exports put around it: spaces, quotes, `="…"`, a leading apostrophe.
pub fn loose(mut bytes: &[u8]) -> &[u8] {
    // Nearly every value: nothing around it.
    if let ([first, .., last], true) = (bytes, bytes.len() > 1)
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return bytes;
    }
    bytes = bytes.trim_ascii();
    if let Some(inner) =
        bytes.strip_prefix(b"=").and_then(|b| b.strip_prefix(b"\"")).and_then(|b| b.strip_suffix(b"\""))
    {
        bytes = inner.trim_ascii();
    }
    if let Some(inner) = bytes.strip_prefix(b"\"").and_then(|b| b.strip_suffix(b"\"")) {
        bytes = inner.trim_ascii();
    }
    if let Some(inner) = bytes.strip_prefix(b"'") {
        bytes = inner.strip_suffix(b"'").unwrap_or(inner).trim_ascii();
    }
    bytes
}

/// Words that stand where nothing is known. Upper case.
const PLACEHOLDERS: &[&str] = &[
    "#N/A",
    "BLANK",
    "DECLINED",
    "DEFAULT",
    "EMPTY",
    "MISSING",
    "N A",
    "N.A.",
    "N/A",
    "NA",
    "NAN",
    "NIL",
    "NOT APPLICABLE",
    "NOT AVAILABLE",
    "NOT GIVEN",
    "NOT ON FILE",
    "NOT PROVIDED",
    "NONE",
    "NULL",
    "NOVALUE",
    "REDACTED",
    "REFUSED",
    "REMOVED",
    "TBD",
    "UNASSIGNED",
    "UNAVAILABLE",
    "UNDEFINED",
    "UNK",
    "UNKNOWN",
    "UNSPECIFIED",
];

/// For each length the first letters that placeholders of the length have, a bit each: most values are told by it.
const FIRST_LETTERS: [u32; 15] = {
    let mut letters = [0; 15];
    let mut at = 0;
    while at < PLACEHOLDERS.len() {
        let word = PLACEHOLDERS[at].as_bytes();
        letters[word.len()] |= letter_bit(word[0]);
        at += 1;
    }
    letters
};

const fn letter_bit(byte: u8) -> u32 {
    1 << (byte & 0x1F)
}

/// Whether nothing was filled in: empty, one character, `N/A` and its kin, dashes, zeros or nines only, stars only.
pub fn is_blank(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    if value.len() <= 1 {
        return true;
    }
    // Nearly every value is told by its first byte.
    match value[0] {
        b'1'..=b'8' => return false,
        b'x' | b'X' => {}
        letter if letter.is_ascii_alphabetic() => {
            let maybe = value.len() < FIRST_LETTERS.len() && FIRST_LETTERS[value.len()] & letter_bit(letter) != 0;
            if !maybe {
                return false;
            }
        }
        _ => {}
    }
    let marks = |b: &u8| b"-_.*#?~/ \\xX".contains(b);
    if let Some(first) = value.iter().find(|b| b.is_ascii_digit()) {
        // `000-00-0000`, `9999999999`; two or three nines may be an ordinary number.
        return matches!(first, b'0' | b'9')
            && value.iter().all(|b| b == first || b"-. /()".contains(b))
            && (*first == b'0' || value.iter().filter(|b| *b == first).count() >= 4);
    }
    // The longest placeholder has fourteen bytes.
    value.iter().all(marks)
        || value.len() <= 14 && PLACEHOLDERS.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(value))
}

/// Whether digits are of the kind people make up (section 11.3 of the identifier notes): all equal, ascending or
/// descending by one, alternating.
pub fn is_trivial(digits: &[u8]) -> bool {
    if digits.len() < 4 || !digits[..4].iter().all(u8::is_ascii_digit) {
        return false;
    }
    // Nearly all numbers are told by their first four digits.
    let step = |a: u8, b: u8| (10 + b - a) % 10;
    let first = step(digits[0], digits[1]);
    let may_run = matches!(first, 0 | 1 | 9) && step(digits[1], digits[2]) == first;
    let may_alternate = digits.len() >= 6 && digits[0] == digits[2] && digits[1] == digits[3];
    if !(may_run || may_alternate) || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let runs = may_run && digits.windows(2).all(|pair| step(pair[0], pair[1]) == first);
    runs || may_alternate && digits.iter().zip(&digits[2..]).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_told_from_values() {
        assert!(PLACEHOLDERS.iter().all(|word| word.len() <= 14));
        for (value, blank) in [
            ("", true),
            ("  ", true),
            ("-", true),
            ("n/a", true),
            ("Unknown", true),
            ("000-00-0000", true),
            ("999999999", true),
            ("***-**-****", true),
            ("XXX-XX-XXXX", true),
            ("S", true),
            ("Nat", false),
            ("99", false),
            ("536-90-4398", false),
            ("***-**-1234", false),
        ] {
            assert_eq!(is_blank(value.as_bytes()), blank, "{value}");
        }
    }

    #[test]
    fn trivial_numbers_are_told_from_others() {
        for (value, trivial) in [
            ("123456789", true),
            ("987654321", true),
            ("0123456789", true),
            ("890123", true),
            ("777777777", true),
            ("121212121", true),
            ("536904398", false),
            ("112233", false),
            ("12", false),
            ("1HGCM82633A004352", false),
        ] {
            assert_eq!(is_trivial(value.as_bytes()), trivial, "{value}");
        }
    }

    #[test]
    fn spreadsheet_marks_are_taken_off() {
        for (value, inner) in
            [("=\"001234567\"", "001234567"), ("'001234567", "001234567"), (" a ", "a"), ("\"x y\"", "x y")]
        {
            assert_eq!(loose(value.as_bytes()), inner.as_bytes(), "{value}");
        }
    }
}
