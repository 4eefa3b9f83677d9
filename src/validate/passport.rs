//! Passports and the numbers of soldiers. In: bytes of one candidate. Out: whether such numbers are given out. Refuses
//! other forms; where a machine-readable line carries check digits, they must fit.

use super::blank::{is_blank, is_trivial, loose};
use super::digits::{number, without_point_zero};
use super::{Normal, Setting, Verdict};

/// The specimen of ICAO 9303 and Synthea's form are told from numbers of persons.
const SPECIMEN: &[u8] = b"L898902C3";
/// Numbers of fixtures that public code shows as EDIPIs.
const FIXTURES: [&[u8]; 3] = [b"1005127153", b"1005490754", b"1234567890"];

/// A passport: of the United States nine digits, or one letter and eight (the card has `C`); of other states six to nine
/// letters and digits where a field says so; or the second line of the machine-readable zone.
pub fn passport(bytes: &[u8], setting: Setting) -> Verdict {
    let mut value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    if value.len() == 44 {
        return zone(value);
    }
    if setting == Setting::Field {
        value = without_point_zero(value);
    }
    let normal = Normal::upper(value);
    let id = normal.as_bytes();
    let figures = id.iter().filter(|b| b.is_ascii_digit()).count();
    if !id.iter().all(u8::is_ascii_alphanumeric) {
        return Verdict::Invalid("marks in it that no passport has");
    }
    // Synthea: `X`, eight digits, `X`.
    if id.len() == 10 && id[0] == b'X' && id[9] == b'X' && figures == 8 {
        return Verdict::plain(normal, 0, true);
    }
    let bare = figures == id.len();
    let measure = if bare { number(id) } else { 0 };
    let test = id == SPECIMEN || is_trivial(&id[id.len() - figures.min(id.len())..]);
    match (id.len(), figures) {
        (9, 9) => Verdict::plain(normal, measure, test),
        (9, 8) if id[0].is_ascii_uppercase() => Verdict::plain(normal, measure, test),
        (6..=9, 5..) if setting == Setting::Field || id[0].is_ascii_uppercase() => {
            Verdict::plain(normal, measure, test)
        }
        _ => Verdict::Invalid("no passport is numbered so"),
    }
}

/// The second line of a passport's machine-readable zone (ICAO 9303-4): number, birth and expiry, each with its check digit.
fn zone(line: &[u8]) -> Verdict {
    let fields = [(0..9, 9), (13..19, 19), (21..27, 27)];
    if fields.iter().all(|(field, at)| check_digit(&line[field.clone()]) == Some(line[*at])) {
        let normal = Normal::alnum(&line[..9]);
        return Verdict::plain(normal, 0, normal.as_bytes() == SPECIMEN);
    }
    Verdict::Invalid("the check digits do not fit")
}

/// The check digit of ICAO 9303-3, 4.9: 0–9, A=10 to Z=35, `<`=0, weights 7, 3, 1, sum mod 10.
fn check_digit(field: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (byte, weight) in field.iter().zip([7, 3, 1].into_iter().cycle()) {
        let worth = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'<' => 0,
            _ => return None,
        };
        sum += u32::from(worth) * weight;
    }
    Some(b'0' + (sum % 10) as u8)
}

/// A DoD identifier (EDIPI, ten digits) or the DoD benefits number of TRICARE (nine digits and two for the person).
pub fn military(bytes: &[u8], setting: Setting) -> Verdict {
    let mut value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    if setting == Setting::Field {
        value = without_point_zero(value);
    }
    if !value.iter().all(|b| b.is_ascii_digit() || *b == b'-') {
        return Verdict::Invalid("more than digits");
    }
    let normal = Normal::digits(value);
    let id = normal.as_bytes();
    let dash = value.iter().position(|b| *b == b'-');
    match (id.len(), dash) {
        (10, None) if id[0] != b'0' => {}
        (11, None | Some(9)) => {}
        _ => return Verdict::Invalid("not ten digits, nor nine and two"),
    }
    Verdict::plain(normal, number(id), is_trivial(id) || FIXTURES.contains(&id))
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn passports_are_told_from_other_codes() {
        run(
            passport,
            &[
                ("548291357", Yes, Yes, "a book"),
                ("A48291357", Yes, Yes, "a book of the next generation"),
                ("48291357", No, Yes, "eight digits: a field must say so"),
                ("X48291357X", Test, Test, "Synthea"),
                ("L898902C3", Test, Test, "the specimen"),
                ("123456789", Test, Test, "made up"),
                ("USA", No, No, "a country"),
                ("AB4829135USA7408122F2804159<<<<<<<<<<<<<<<06", No, No, "check digits"),
                ("D231458907USA7408122F1204159<<<<<<<<<<<<<<<6", Yes, Yes, "a machine-readable line"),
            ],
        );
        assert_eq!(check_digit(b"L898902C3"), Some(b'6'));
        assert_eq!(check_digit(b"740812"), Some(b'2'));
    }

    #[test]
    fn soldiers_have_ten_digits_or_nine_and_two() {
        run(
            military,
            &[
                ("1482913570", Yes, Yes, "an EDIPI"),
                ("482913570-01", Yes, Yes, "a benefits number"),
                ("48291357001", Yes, Yes, "a benefits number"),
                ("1005127153", Test, Test, "a fixture"),
                ("0482913570", No, No, "none starts with 0"),
                ("482913570", No, No, "nine digits"),
            ],
        );
    }
}
