//! Health insurance claim numbers, Medicare's identifier before the MBI. In: bytes of one candidate. Out: whether it can
//! have been issued. Refuses numbers no SSN has and suffixes or prefixes that do not exist.
//!
//! Two forms (CMS, "How to understand HIC/HICN"): an SSN and a beneficiary identification code of one to three
//! characters, or a Railroad Retirement Board prefix of one to three letters and six digits, later an SSN.

use super::blank::{is_blank, loose};
use super::{Normal, Setting, Verdict, digits, ssn};

/// Railroad Retirement Board prefixes.
const RAILROAD: [&[u8]; 13] =
    [b"A", b"CA", b"H", b"JA", b"MA", b"MH", b"PA", b"PD", b"PH", b"WA", b"WCA", b"WCD", b"WD"];

/// More of them: widows' and widowers' claims.
const RAILROAD_WIDOWS: [&[u8]; 2] = [b"WCH", b"WH"];

/// Sandbox numbers of CMS's Blue Button.
const SANDBOX: [&[u8]; 3] = [b"1000044680", b"1000067585", b"1000079035"];

/// A HICN.
pub fn check(bytes: &[u8], setting: Setting) -> Verdict {
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    // The longest is a three-letter prefix and nine digits, or nine digits and a three-character suffix.
    let mut hicn = [0_u8; 12];
    let mut length = 0;
    let mut hidden = 0;
    for byte in value {
        match byte {
            b'-' | b' ' => {}
            b'*' | b'#' => hidden += 1,
            _ if byte.is_ascii_alphanumeric() && length < 12 => {
                hicn[length] = byte.to_ascii_uppercase();
                length += 1;
            }
            _ => return Verdict::Invalid("longer than a claim number, or other marks in it"),
        }
    }
    let hicn = &hicn[..length];
    let normal = Normal::alnum(hicn);
    if hidden > 0 {
        return match (hidden, length) {
            (_, 0) => Verdict::Blank,
            (5, 5..=6) => Verdict::masked(normal),
            _ => Verdict::Invalid("masked, but not as a claim number is"),
        };
    }
    // CMS's synthetic claim numbers: `T01001001A`.
    if length == 10 && hicn[0] == b'T' && hicn[1..9].iter().all(u8::is_ascii_digit) && hicn[9].is_ascii_uppercase() {
        return Verdict::plain(normal, 0, true);
    }
    if setting == Setting::Field && SANDBOX.contains(&hicn) {
        return Verdict::plain(normal, 0, true);
    }
    let letters = hicn.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    if letters > 0 {
        return railroad(hicn, letters, normal);
    }
    let figures = hicn.iter().take_while(|b| b.is_ascii_digit()).count().min(9);
    if figures < 9 {
        return Verdict::Invalid("not nine digits before the suffix");
    }
    let (number, suffix) = hicn.split_at(9);
    if let Err(reason) = ssn::issued(number) {
        return Verdict::Invalid(reason);
    }
    // The claim account number alone, its suffix in a column of its own.
    let bare = suffix.is_empty() && setting == Setting::Field;
    if !bare && !is_suffix(suffix) {
        return Verdict::Invalid("no such suffix");
    }
    Verdict::plain(normal, digits::number(number), ssn::published(number))
}

fn railroad(hicn: &[u8], letters: usize, normal: Normal) -> Verdict {
    let (prefix, number) = hicn.split_at(letters);
    if !RAILROAD.contains(&prefix) && !RAILROAD_WIDOWS.contains(&prefix) {
        return Verdict::Invalid("no such railroad prefix");
    }
    if !number.iter().all(u8::is_ascii_digit) {
        return Verdict::Invalid("more than digits behind the prefix");
    }
    match number.len() {
        6 => Verdict::plain(normal, digits::number(number), super::blank::is_trivial(number)),
        9 => match ssn::issued(number) {
            Ok(()) => Verdict::plain(normal, digits::number(number), ssn::published(number)),
            Err(reason) => Verdict::Invalid(reason),
        },
        _ => Verdict::Invalid("not six or nine digits behind the prefix"),
    }
}

/// Whether a beneficiary identification code exists (appendix A of the identifier notes; CMS data specification, edit
/// −3878, and the handbooks of Washington and Texas).
fn is_suffix(suffix: &[u8]) -> bool {
    let within = |letters: &[u8], byte: u8| letters.contains(&byte);
    match *suffix {
        [b'A' | b'B' | b'C' | b'D' | b'E' | b'F' | b'M' | b'T' | b'W'] => true,
        [b'B', c] => within(b"123456789ADGHJKLNPQRTWY", c),
        [b'C', c] => within(b"123456789", c) || c.is_ascii_uppercase(),
        [b'D', c] => within(b"123456789ACDGHJKLMNPQRSTVWXYZ", c),
        [b'E', c] => within(b"123456789ABCDFGHJKM", c),
        [b'F', c] => within(b"12345678", c),
        [b'H', c] | [b'H', c, b'0'..=b'9' | b'A'..=b'Z'] => within(b"ABC", c),
        [b'J', c] => within(b"1234", c),
        [b'K', c] => within(b"123456789ABCDEFGHJLM", c),
        [b'M', c] => c == b'1',
        [b'T', c] => within(b"23456789", c) || c.is_ascii_uppercase(),
        [b'W', c] => within(b"123456789BCFGJRT", c),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn claim_numbers_are_told_from_other_codes() {
        run(
            check,
            &[
                ("536904398A", Yes, Yes, "wage earner"),
                ("536-90-4398-B6", Yes, Yes, "spouse"),
                ("536-90-4398 HC1", Yes, Yes, "disabled child's"),
                ("WD536904398", Yes, Yes, "railroad"),
                ("WA-536-90-4398", Yes, Yes, "railroad"),
                ("A482913", Yes, Yes, "railroad before 1964"),
                ("666123456A", No, No, "area 666"),
                ("536904398Z", No, No, "no such suffix"),
                ("536904398", No, Yes, "the suffix in a column of its own"),
                ("ZA482913", No, No, "no such prefix"),
                ("T01001001A", Test, Test, "CMS's synthetic numbers"),
                ("1000044680", No, Test, "a sandbox number"),
                ("078051120A", Test, Test, "a published SSN"),
                ("***-**-4398A", Mask, Mask, "the rest is hidden"),
                ("0", Empty, Empty, "not filled in"),
            ],
        );
    }
}
