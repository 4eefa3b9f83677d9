//! ZIP codes. In: bytes of one candidate. Out: whether the post office has such a code. Refuses first three digits that
//! are not in use, and a state they do not lie in.

use super::blank::{is_blank, is_trivial, loose};
use super::digits::{number, without_point_zero};
use super::{Normal, Setting, Verdict, zip3};

/// States, the federal district and territories, as the Postal Service writes them (USPS Publication 28, appendix B).
pub const STATES: [&str; 59] = [
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA",
    "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR",
    "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "PR", "VI", "GU", "AS", "MP", "FM",
    "MH", "PW",
];

/// A ZIP code: five digits or nine, in text behind its state.
pub fn check(bytes: &[u8], setting: Setting) -> Verdict {
    let mut value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    let mut state = None;
    if value.len() > 3 && value[..2].iter().all(u8::is_ascii_alphabetic) && value[2] == b' ' {
        state = Some([value[0], value[1]]);
        value = value[3..].trim_ascii_start();
    }
    if setting == Setting::Free && state.is_none() {
        return Verdict::Invalid("only a state before it or a field's name tells a ZIP code");
    }
    value = without_point_zero(value);
    let mut zip = [b'0'; 9];
    let length = match value.iter().position(|b| matches!(b, b'-' | b' ')) {
        Some(5) if value.len() == 10 => {
            zip[..5].copy_from_slice(&value[..5]);
            zip[5..].copy_from_slice(&value[6..]);
            9
        }
        None if matches!(value.len(), 5 | 9) => {
            zip[..value.len()].copy_from_slice(value);
            value.len()
        }
        // A spreadsheet took the zero of New England.
        None if setting == Setting::Field && value.len() == 4 => {
            zip[1..5].copy_from_slice(value);
            5
        }
        None if setting == Setting::Field && value.len() == 3 && value.iter().all(u8::is_ascii_digit) => {
            return Verdict::Invalid("the first three digits only");
        }
        _ => return Verdict::Invalid("not five or nine digits"),
    };
    let zip = &zip[..length];
    if !zip.iter().all(u8::is_ascii_digit) {
        return Verdict::Invalid("not five or nine digits");
    }
    let Some(states) = zip3::states(number(&zip[..3]) as u16) else {
        return Verdict::Invalid("no ZIP code starts so");
    };
    if let Some(state) = state
        && !states.as_bytes().split(|b| *b == b' ').any(|s| s == state)
    {
        return Verdict::Invalid("the ZIP code lies in another state");
    }
    // People who have none write 12345 or 11111.
    Verdict::plain(Normal::of(zip), number(&zip[..5]), is_trivial(&zip[..5]))
}

/// The state in which a ZIP code lies, where its first three digits lie in one.
pub fn state(zip: &[u8]) -> Option<&'static str> {
    let first_three = zip.get(..3).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    zip3::states(number(first_three) as u16).filter(|states| states.len() == 2)
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn zip_codes_are_in_use() {
        run(
            check,
            &[
                ("AL 36609", Yes, Yes, "behind its state"),
                ("MA 01730-1420", Yes, Yes, "nine digits"),
                ("AL 01730", No, No, "Massachusetts"),
                ("al 36609", No, No, "states are written in capitals"),
                ("36609", No, Yes, "bare: a field must say so"),
                ("36609-1234", No, Yes, "bare: a field must say so"),
                ("366091234", No, Yes, "X12"),
                ("1730", No, Yes, "lost its zero"),
                ("017", No, No, "three digits may be given"),
                ("NY 12345", Test, Test, "made up"),
                ("00000", Empty, Empty, "not filled in"),
                ("00412", No, No, "not in use"),
            ],
        );
    }
}
