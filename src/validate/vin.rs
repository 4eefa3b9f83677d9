//! Vehicle identification numbers. In: bytes of one candidate. Out: whether the check digit fits (49 CFR 565.15). Refuses
//! I, O and Q, and model years that do not exist.

use super::blank::{is_blank, is_trivial, loose};
use super::{Normal, Setting, Verdict};

/// What positions weigh, 49 CFR 565.15(c)(2); the check digit stands at the ninth.
const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
/// What letters from A on are worth, 49 CFR 565.15(c)(1); 0 for those never used.
const LETTERS: [u8; 26] = [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9];
/// The regulation's specimen.
const SPECIMEN: &[u8] = b"1M8GDM9AXKP042788";

/// A VIN of North America.
pub fn check(bytes: &[u8], _setting: Setting) -> Verdict {
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    let normal = Normal::alnum(value);
    let vin = normal.as_bytes();
    let marks = value.iter().any(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'-' | b' '));
    if vin.len() != 17 || marks {
        return Verdict::Invalid("not seventeen letters and digits");
    }
    let mut sum = 0;
    for (byte, weight) in vin.iter().zip(WEIGHTS) {
        let worth = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => LETTERS[usize::from(byte - b'A')],
            _ => 0,
        };
        if worth == 0 && *byte != b'0' {
            return Verdict::Invalid("I, O and Q are never used");
        }
        sum += u32::from(worth) * weight;
    }
    if matches!(vin[9], b'U' | b'Z' | b'0') || !vin[13..].iter().all(u8::is_ascii_digit) {
        return Verdict::Invalid("no such model year or serial");
    }
    let wanted = match sum % 11 {
        10 => b'X',
        digit => b'0' + digit as u8,
    };
    if vin[8] != wanted {
        return Verdict::Invalid("the check digit does not fit");
    }
    Verdict::plain(normal, 0, is_trivial(vin) || vin == SPECIMEN)
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn vins_have_a_check_digit() {
        run(
            check,
            &[
                ("5GZCZ43D13S812715", Yes, Yes, "a car"),
                ("1HGCM82633A004352", Yes, Yes, "a car"),
                ("1hgcm82633a004352", Yes, Yes, "small letters"),
                ("5GZCZ43D23S812715", No, No, "the check digit"),
                ("1M8GDM9AXKP042788", Test, Test, "the specimen"),
                ("11111111111111111", Test, Test, "made up"),
                ("1HGCM82633A00435Q", No, No, "Q is never used"),
                ("1HGCM82633A0043", No, No, "too short"),
                ("00000000000000000", Empty, Empty, "not filled in"),
            ],
        );
    }
}
