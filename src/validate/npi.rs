//! National provider identifiers. In: bytes of one candidate. Out: whether the check digit fits. Refuses numbers that do
//! not start with 1 or 2.
//!
//! Ten digits of which the last is the Luhn check digit over `80840` and the first nine (CMS, "Requirements for NPI
//! check digit"); the prefix adds 24 to the sum.

use super::blank::{is_blank, is_trivial, loose};
use super::digits::{Digits, luhn, without_point_zero};
use super::{Normal, Setting, Verdict};

/// The example of CMS, and the number of ones that passes by chance.
const PUBLISHED: [&[u8]; 2] = [b"1234567893", b"1111111112"];

/// What the prefix `80840` adds to the Luhn sum.
const PREFIX_SUM: u32 = 24;

/// An NPI.
pub fn check(bytes: &[u8], setting: Setting) -> Verdict {
    if let Ok(npi @ [b'1' | b'2', ..]) = <&[u8; 10]>::try_from(bytes)
        && npi.iter().all(u8::is_ascii_digit)
    {
        return ten(npi);
    }
    let mut value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    if setting == Setting::Field {
        value = without_point_zero(value);
    }
    let Some(digits) = Digits::gather(value, b" -") else {
        return Verdict::Invalid("holds more than digits");
    };
    let npi = match digits.as_bytes() {
        // As on cards, with the prefix of its issuer.
        [b'8', b'0', b'8', b'4', b'0', npi @ ..] if npi.len() == 10 => npi,
        npi if npi.len() == 10 => npi,
        _ => return Verdict::Invalid("not ten digits"),
    };
    if matches!(npi[0], b'1' | b'2') {
        return ten(npi);
    }
    if setting == Setting::Free {
        return Verdict::Invalid("an NPI starts with 1 or 2");
    }
    // CMS's synthetic claims use providers 9999…; only the field's name tells what they are.
    Verdict::plain(Normal::of(npi), super::digits::number(npi), true)
}

/// Ten digits that start as an NPI does.
fn ten(npi: &[u8]) -> Verdict {
    if !luhn(npi, PREFIX_SUM) {
        return Verdict::Invalid("the check digit does not fit");
    }
    let test = PUBLISHED.contains(&npi) || is_trivial(&npi[..9]);
    Verdict::plain(Normal::of(npi), super::digits::number(npi), test)
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn npis_have_their_check_digit() {
        run(
            check,
            &[
                ("1245319599", Yes, Yes, "fits"),
                ("1679576722", Yes, Yes, "fits"),
                ("2123456784", Yes, Yes, "fits, starts with 2"),
                ("808401245319599", Yes, Yes, "as on cards"),
                ("1234567893", Test, Test, "the example of CMS"),
                ("1111111112", Test, Test, "ones"),
                ("1245319598", No, No, "the check digit does not fit"),
                ("3245319599", No, Test, "starts with 3"),
                ("9999310391", No, Test, "CMS's synthetic providers"),
                ("1245319599.0", No, Yes, "a spreadsheet's number"),
                ("124531959", No, No, "nine digits"),
                ("0000000000", Empty, Empty, "not filled in"),
            ],
        );
    }
}
