//! Social Security numbers and ITINs. In: bytes of one candidate. Out: whether the number can have been issued. Refuses
//! areas, groups and serials that never were.
//!
//! Rules from the SSA randomization FAQ: no area 000, 666 or 900–999, no group 00, no serial 0000. Highest groups and
//! areas of before June 2011 are not applied: they would drop everyone numbered since.

use super::blank::{is_blank, is_trivial, loose};
use super::digits::{Digits, number, without_point_zero};
use super::{Normal, Setting, Verdict, digest};

/// Numbers printed in advertisements and samples, so not a person's secret: the blacklist of python-stdnum, the list of
/// two public validators, SSA's lowest number, Microsoft's documentation sample, and numbers people make up. Sorted.
#[rustfmt::skip]
const PUBLISHED: &[u32] = &[
    1_010_001, 2_281_852, 42_103_580, 62_360_749, 78_051_120, 95_073_645, 111_223_333, 123_121_234, 123_456_789,
    128_036_045, 135_016_629, 141_186_941, 165_167_999, 165_187_999, 165_207_999, 165_227_999, 165_247_999,
    189_092_294, 212_097_694, 212_099_999, 219_099_999, 222_334_444, 306_302_348, 308_125_070, 333_445_555,
    444_556_666, 457_555_462, 468_288_779, 489_368_350, 549_241_889, 555_667_777,
];

/// Whether nine digits can be an SSN; the reason where not.
pub(super) fn issued(digits: &[u8]) -> Result<(), &'static str> {
    match number(&digits[..3]) {
        0 => return Err("area 000 was never issued"),
        666 => return Err("area 666 was never issued"),
        900.. => return Err("areas from 900 were never issued"),
        _ => {}
    }
    if &digits[3..5] == b"00" {
        return Err("group 00 was never issued");
    }
    if &digits[5..9] == b"0000" {
        return Err("serial 0000 was never issued");
    }
    Ok(())
}

/// Whether nine digits are published or of the kind people make up.
pub(super) fn published(digits: &[u8]) -> bool {
    // Nearly all numbers that begin so are made up: one in ninety thousand is not.
    digits.starts_with(b"12345") || is_trivial(digits) || PUBLISHED.binary_search(&(number(digits) as u32)).is_ok()
}

/// An SSN, plain or masked.
pub fn ssn(bytes: &[u8], setting: Setting) -> Verdict {
    if let Some(nine) = dashed(bytes) {
        return match issued(&nine) {
            Ok(()) => Verdict::plain(Normal::of(&nine), number(&nine), published(&nine)),
            Err(reason) => Verdict::Invalid(reason),
        };
    }
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    if let Some(verdict) = masked(value, setting) {
        return verdict;
    }
    if let Some(verdict) = digest::verdict(value).filter(|_| setting == Setting::Field) {
        return verdict;
    }
    let digits = match nine(value, setting) {
        Ok(digits) => digits,
        Err(verdict) => return verdict,
    };
    let nine = digits.as_bytes();
    // Synthea gives everyone area 999; 987-65-4320 to -4329 are kept for advertisements. Only a field's name makes
    // these synthetic SSNs rather than numbers of another kind.
    if setting == Setting::Field
        && ((&nine[..3] == b"999" && &nine[3..5] != b"00" && &nine[5..] != b"0000") || &nine[..8] == b"98765432")
    {
        return Verdict::plain(Normal::digits(nine), digits.number(), true);
    }
    match issued(nine) {
        Ok(()) => Verdict::plain(Normal::digits(nine), digits.number(), published(nine)),
        Err(reason) => Verdict::Invalid(reason),
    }
}

/// The last four behind a label that says so: `SSN ending 1234`.
pub fn last4(bytes: &[u8], _setting: Setting) -> Verdict {
    let value = loose(bytes);
    match value.len() == 4 && value.iter().all(u8::is_ascii_digit) {
        true if value == b"0000" => Verdict::Blank,
        true => Verdict::masked(Normal::of(value)),
        false if is_blank(value) => Verdict::Blank,
        false => Verdict::Invalid("not four digits"),
    }
}

/// One mark only, behind a label that says so: `536-904398`, `53690-4398`. The latter is a ZIP+4 without its label.
pub fn halves(bytes: &[u8], _setting: Setting) -> Verdict {
    let mark = bytes.iter().position(|b| *b == b'-');
    let halves = |digits: &Digits| digits.as_bytes().len() == 9 && bytes.len() == 10 && matches!(mark, Some(3 | 5));
    let Some(digits) = Digits::gather(bytes, b"-").filter(halves) else {
        return if is_blank(loose(bytes)) {
            Verdict::Blank
        } else {
            Verdict::Invalid("not one mark behind area or group")
        };
    };
    match issued(digits.as_bytes()) {
        Ok(()) => Verdict::plain(Normal::digits(bytes), digits.number(), published(digits.as_bytes())),
        Err(reason) => Verdict::Invalid(reason),
    }
}

/// The digits of the form that nearly all have, 3-2-4 with dashes; not those that start with 0 or 9, which may be
/// blank or synthetic.
#[inline]
fn dashed(bytes: &[u8]) -> Option<[u8; 9]> {
    let &[a, b, c, b'-', d, e, b'-', f, g, h, i] = bytes else { return None };
    let nine = [a, b, c, d, e, f, g, h, i];
    (nine.iter().all(u8::is_ascii_digit) && (b'1'..=b'8').contains(&a)).then_some(nine)
}

/// An individual taxpayer identification number (IRS): 9DD, then a group of 50–65, 70–88, 90–92 or 94–99.
pub fn itin(bytes: &[u8], setting: Setting) -> Verdict {
    if dashed(bytes).is_some() {
        return Verdict::Invalid("an ITIN starts with 9");
    }
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    if let Some(verdict) = masked(value, setting) {
        // A masked number shows nothing by which the two kinds could be told: in text it is called an SSN.
        return if setting == Setting::Field { verdict } else { Verdict::Invalid("masked numbers count as SSN") };
    }
    let digits = match nine(value, setting) {
        Ok(digits) => digits,
        Err(verdict) => return verdict,
    };
    let nine = digits.as_bytes();
    if nine[0] != b'9' {
        return Verdict::Invalid("an ITIN starts with 9");
    }
    match number(&nine[3..5]) {
        50..=65 | 70..=88 | 90..=92 | 94..=99 => {
            let test = is_trivial(nine) || &nine[..3] == b"999" || &nine[..8] == b"98765432";
            Verdict::plain(Normal::digits(nine), digits.number(), test)
        }
        93 => Verdict::Invalid("group 93 is an adoption number (ATIN)"),
        _ => Verdict::Invalid("no ITIN has this group"),
    }
}

/// Nine digits; in a field of that name also seven or eight that lost their zeros.
fn nine(value: &[u8], setting: Setting) -> Result<Digits, Verdict> {
    let plain = if setting == Setting::Field { without_point_zero(value) } else { value };
    let digits = Digits::gather(plain, b"- ./").ok_or(Verdict::Invalid("holds more than digits"))?;
    let bare = plain.iter().all(u8::is_ascii_digit);
    match digits.as_bytes().len() {
        9 if bare || grouped(plain) => Ok(digits),
        9 if setting == Setting::Field => Ok(digits),
        7 | 8 if setting == Setting::Field && bare => Ok(digits.padded(9)),
        // The last four of a column that calls itself SSN: protected, but still a part of one.
        4 if setting == Setting::Field && bare => Err(Verdict::masked(Normal::digits(plain))),
        9 => Err(Verdict::Invalid("the separators differ")),
        _ => Err(Verdict::Invalid("not nine digits")),
    }
}

/// 3-2-4 with the same separator twice; ` - ` is one.
fn grouped(value: &[u8]) -> bool {
    if let [_, _, _, b' ', b'-', b' ', _, _, b' ', b'-', b' ', ..] = value {
        return value.len() == 15;
    }
    value.len() == 11 && value[3] == value[6] && !value[3].is_ascii_digit() && !value[6].is_ascii_digit()
}

/// A number of which only four or five digits are left, or none.
fn masked(value: &[u8], setting: Setting) -> Option<Verdict> {
    // What is hidden is one end of it.
    if value[0].is_ascii_digit() && value[value.len() - 1].is_ascii_digit() {
        return None;
    }
    let mut stars = 0;
    let mut digits = 0;
    let mut rest = value;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match byte {
            b'*' | b'x' | b'X' | b'#' => stars += 1,
            // U+2022, the bullet.
            0xE2 if tail.starts_with(&[0x80, 0xA2]) => {
                stars += 1;
                rest = &tail[2..];
            }
            b'0'..=b'9' => digits += 1,
            b'-' | b' ' | b'.' | b'/' => {}
            _ => return None,
        }
    }
    match (stars, digits) {
        (0, _) => None,
        (_, 0) => Some(Verdict::Blank),
        // `XXX-XX-9999` is what forms and settings say.
        (5, 4) if matches!(Normal::digits(value).as_bytes(), b"0000" | b"9999") => Some(Verdict::Blank),
        (5, 4) | (4, 5) => Some(Verdict::masked(Normal::digits(value))),
        (_, 4) if setting == Setting::Field => Some(Verdict::masked(Normal::digits(value))),
        _ => Some(Verdict::Invalid("masked, but not as an SSN is")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn halves_have_one_mark() {
        let valid = |text: &str| matches!(halves(text.as_bytes(), Setting::Free), Verdict::Valid(_));
        assert!(valid("536-904398") && valid("53690-4398"));
        for text in ["123-45-678", "123-45678-", "536-9-4398", "536-90439-", "----------"] {
            assert!(!valid(text), "{text}");
        }
    }

    #[test]
    fn ssns_are_told_from_other_numbers() {
        assert!(PUBLISHED.is_sorted());
        run(
            ssn,
            &[
                ("536-90-4398", Yes, Yes, "a number that can have been issued"),
                ("899-99-9999", Yes, Yes, "the highest"),
                ("536904398", Yes, Yes, "bare"),
                ("536 90 4398", Yes, Yes, "spaced"),
                ("536-90 4398", No, Yes, "mixed separators"),
                ("000-12-3456", No, No, "area 000 was never issued"),
                ("666-12-3456", No, No, "area 666 was never issued"),
                ("912-34-5678", No, No, "areas from 900 were never issued"),
                ("523-00-6789", No, No, "group 00 was never issued"),
                ("523-45-0000", No, No, "serial 0000 was never issued"),
                ("078-05-1120", Test, Test, "Woolworth's wallet"),
                ("219-09-9999", Test, Test, "SSA's pamphlet"),
                ("123-45-6789", Test, Test, "made up"),
                ("123-45-9999", Test, Test, "made up"),
                ("777-77-7777", Test, Test, "all equal"),
                ("987-65-4321", No, Test, "kept for advertisements"),
                ("999-32-1456", No, Test, "Synthea"),
                ("000-00-0000", Empty, Empty, "not filled in"),
                ("999-99-9999", Empty, Empty, "not filled in"),
                ("***-**-4398", Mask, Mask, "last four"),
                ("XXX-XX-4398", Mask, Mask, "last four"),
                ("xxxxx4398", Mask, Mask, "last four"),
                ("536-90-XXXX", Mask, Mask, "first five"),
                ("***-**-****", Empty, Empty, "nothing left"),
                ("x-4398", No, Mask, "only a field's name tells"),
                ("4398", No, Mask, "the last four of an SSN column"),
                ("=\"001234567\"", Yes, Yes, "a spreadsheet's text"),
                ("'001234567", Yes, Yes, "a spreadsheet's text"),
                ("523456789.0", No, Yes, "a spreadsheet's number"),
                ("1234567", No, Yes, "lost its zeros"),
                ("01234567", No, Yes, "lost a zero"),
                ("12345", No, No, "too short"),
                ("N/A", Empty, Empty, "not filled in"),
                ("4182-67715", No, Yes, "the dash at the wrong place"),
                ("536/90/4398", Yes, Yes, "slashed"),
                ("536-904398", No, Yes, "half dashed"),
                ("53690-4398", No, Yes, "half dashed, or a ZIP+4"),
                ("•••-••-4398", Mask, Mask, "bullets"),
            ],
        );
    }

    #[test]
    fn itins_are_told_from_ssns() {
        run(
            itin,
            &[
                ("912-70-1234", Yes, Yes, "group 70"),
                ("900-50-0001", Yes, Yes, "group 50"),
                ("912-89-1234", No, No, "group 89"),
                ("912-93-4567", No, No, "an ATIN"),
                ("523-70-1234", No, No, "an SSN's area"),
                ("999-70-1234", Test, Test, "Synthea's area"),
            ],
        );
    }
}
