//! Devices of patients. In: bytes of one candidate. Out: whether it names one device rather than a model. Refuses catalogue
//! numbers (a bare GTIN is a model's) and addresses of no single network card.
//!
//! Forms of unique device identifiers are those of the issuing agencies that the FDA accredits ("UDI formats by issuing
//! agency", version 1.3).

use super::blank::{is_blank, is_trivial, loose};
use super::{Normal, Setting, Verdict, date};

/// A unique device identifier with a serial number, a serial number, or the address of a network card.
pub fn check(bytes: &[u8], setting: Setting) -> Verdict {
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    if let Some(verdict) = mac(value) {
        return verdict;
    }
    match value {
        [b'(', b'0', b'1', b')', ..] | [b'0', b'1', ..] if value.len() >= 18 => gs1(value),
        [b'+', ..] => hibcc(&value[1..]),
        // ICCBBA: `=` and `&` open each part; `=,` is a serial number, `=` and a letter a donation.
        [b'=', b',' | b'/' | b'A'..=b'Z', ..] if value.len() >= 8 => {
            let named = value.windows(2).any(|two| two == b"=,") || value[1].is_ascii_uppercase();
            if named { Verdict::plain(Normal::alnum(value), 0, false) } else { Verdict::Invalid("a model's number") }
        }
        _ => serial(value, setting),
    }
}

/// GS1: `(01)`, a GTIN of fourteen digits with its check digit, then other parts; the serial number is `(21)`.
fn gs1(value: &[u8]) -> Verdict {
    let (open, start) = if value[0] == b'(' { (true, 4) } else { (false, 2) };
    let Some((gtin, rest)) = value[start..].split_at_checked(14) else { return Verdict::Invalid("too short") };
    if !gtin.iter().all(u8::is_ascii_digit) || !gtin_fits(gtin) {
        return Verdict::Invalid("the check digit does not fit");
    }
    let serial = if open { rest.windows(4).any(|w| w == b"(21)") } else { rest.windows(2).any(|w| w == b"21") };
    match serial {
        true => Verdict::plain(Normal::alnum(value), 0, is_trivial(gtin)),
        false => Verdict::Invalid("a model's number"),
    }
}

/// The check digit of a GTIN: weights 3 and 1 from the left of fourteen, sum a multiple of ten (GS1 General Specifications,
/// 7.9).
fn gtin_fits(gtin: &[u8]) -> bool {
    let sum: u32 = gtin.iter().zip([3, 1].into_iter().cycle()).map(|(b, w)| u32::from(b - b'0') * w).sum();
    sum.is_multiple_of(10)
}

/// HIBCC behind its `+`: a labeler of a letter and three more, the product, a digit for the unit, and a check character by
/// which the sum of all, the `+` among them, is a multiple of 43 (ANSI/HIBC 2.6).
fn hibcc(code: &[u8]) -> Verdict {
    let worth = |byte: u8| b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%".iter().position(|b| *b == byte);
    let Some((last, body)) = code.split_last() else { return Verdict::Invalid("too short") };
    if body.len() < 6 || !body[0].is_ascii_uppercase() {
        return Verdict::Invalid("no labeler");
    }
    let Some(sum) = body.iter().map(|b| worth(*b)).sum::<Option<usize>>() else {
        return Verdict::Invalid("marks in it that no such code has");
    };
    // `+` is worth 41.
    if worth(*last) != Some((sum + 41) % 43) {
        return Verdict::Invalid("the check character does not fit");
    }
    // `/$` opens the lot or the serial number.
    match body.windows(2).any(|two| two == b"/$") {
        true => Verdict::plain(Normal::alnum(code), 0, false),
        false => Verdict::Invalid("a model's number"),
    }
}

/// The address of a network card, six pairs with `:` or `-`, or Cisco's three groups; nobody's where all are 0 or F, or the
/// first pair has the bit for groups.
fn mac(value: &[u8]) -> Option<Verdict> {
    let marks: &[usize] = match value.len() {
        17 => &[2, 5, 8, 11, 14],
        14 => &[4, 9],
        _ => return None,
    };
    let mark = value[marks[0]];
    let wanted = |b: u8| if marks.len() == 2 { b == b'.' } else { matches!(b, b':' | b'-') };
    let fits = value.iter().enumerate().all(|(at, b)| match marks.contains(&at) {
        true => *b == mark && wanted(*b),
        false => b.is_ascii_hexdigit(),
    });
    if !fits {
        return None;
    }
    let normal = Normal::alnum(value);
    let digits = normal.as_bytes();
    let group = matches!(digits[1], b'1' | b'3' | b'5' | b'7' | b'9' | b'B' | b'D' | b'F');
    let same = digits.iter().all(|b| *b == digits[0]);
    if same || group {
        return Some(Verdict::Invalid("no single network card"));
    }
    // IEEE 802: such an address is given out by software, to machines that are none or anew to each network.
    let local = matches!(digits[1], b'2' | b'6' | b'A' | b'E');
    let counts = digits.windows(4).all(|w| w[2] == w[0] && w[3] == w[1]) || digits == b"001122334455";
    if local && !counts && digits != b"AABBCCDDEEFF" {
        return Some(Verdict::Invalid("an address that software made up"));
    }
    let made_up = memchr::memmem::find(digits, b"DEADBEEF").is_some();
    Some(Verdict::plain(normal, 0, counts || made_up || digits == b"0123456789AB" || digits == b"AABBCCDDEEFF"))
}

/// A serial number: every maker's own, so letters and digits, four figures or more.
fn serial(value: &[u8], setting: Setting) -> Verdict {
    let seen = value.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    let figures = value.iter().filter(|b| b.is_ascii_digit()).count();
    if !value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b' ' | b'.' | b'/' | b'_'))
        || !(5..=24).contains(&seen)
        || figures < 3
        || (setting == Setting::Free && value.contains(&b' '))
    {
        return Verdict::Invalid("no serial number");
    }
    if seen < value.len() && date::parse(value).is_some() {
        return Verdict::Invalid("a date");
    }
    if matches!(value, [b'0', b'x' | b'X', rest @ ..] if rest.iter().all(u8::is_ascii_hexdigit)) {
        return Verdict::Invalid("a hexadecimal number");
    }
    let normal = Normal::alnum(value);
    let made_up = figures == seen && is_trivial(normal.as_bytes());
    Verdict::plain(normal, 0, made_up)
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn devices_are_told_from_models() {
        run(
            check,
            &[
                ("(01)51022222233336(11)141231(17)150707(10)A213B1(21)4829", Yes, Yes, "a serial number in it"),
                ("(01)51022222233336(17)150707", No, No, "a model"),
                ("(01)51022222233335(21)4829", No, No, "the check digit"),
                ("+A123BJC5D6E71G", No, No, "a model"),
                ("+A123BJC5D6E71H", No, No, "the check character"),
                ("=/A9999XYZ100T0944=,000025=A99971312345600", Yes, Yes, "blood and tissue"),
                ("PJN482913H", Yes, Yes, "a serial number"),
                ("3c:22:fb:48:29:13", Yes, Yes, "a network card"),
                ("3C-22-FB-48-29-13", Yes, Yes, "a network card"),
                ("3c22.fb48.2913", Yes, Yes, "a network card"),
                ("ff:ff:ff:ff:ff:ff", No, No, "everybody"),
                ("01:00:5e:00:00:fb", No, No, "a group"),
                ("00:11:22:33:44:55", Test, Test, "made up"),
                ("2021-03-14", No, No, "a date"),
                ("stent", No, No, "a word"),
            ],
        );
        assert!(gtin_fits(b"00312345678906") && !gtin_fits(b"00312345678905"));
    }

    #[test]
    fn check_characters_of_labelers_fit() {
        // The examples of HIBCC: right but models, or the last character changed.
        for (code, because) in [
            ("A123BJC5D6E71G", "a model's number"),
            ("A123ABCDEFGHI1234567891E", "a model's number"),
            ("A123BJC5D6E71H", "the check character does not fit"),
        ] {
            assert_eq!(hibcc(code.as_bytes()), Verdict::Invalid(because), "{code}");
        }
    }
}
