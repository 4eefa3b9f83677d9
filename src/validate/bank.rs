//! Bank routing and account numbers. In: bytes of one candidate. Out: whether the check digits fit. Refuses what no
//! Federal Reserve district routes and what no bank numbers accounts by.

use super::blank::{is_blank, is_trivial, loose};
use super::digits::{Digits, number, without_point_zero};
use super::{Normal, Setting, Verdict};

/// Numbers of documentation and samples.
const PUBLISHED: [i64; 2] = [111_000_025, 123_456_780];
/// The samples of the IBAN registry and of encyclopedias.
const PUBLISHED_IBANS: [&[u8]; 3] = [b"DE89370400440532013000", b"GB29NWBK60161331926819", b"GB82WEST12345698765432"];

/// An ABA routing number: a district of 00–12, 21–32, 61–72 or 80, and 3·(d1+d4+d7) + 7·(d2+d5+d8) + (d3+d6+d9) ≡ 0 mod 10
/// (ABA, Routing Number Policy).
pub fn routing(bytes: &[u8], setting: Setting) -> Verdict {
    let mut value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    if setting == Setting::Field {
        value = without_point_zero(value);
    }
    let Some(mut figures) = Digits::gather(value, b"- ") else { return Verdict::Invalid("more than digits") };
    if setting == Setting::Field && figures.as_bytes().len() == 8 {
        figures = figures.padded(9);
    }
    let nine = figures.as_bytes();
    if nine.len() != 9 {
        return Verdict::Invalid("not nine digits");
    }
    if !matches!(number(&nine[..2]), 0..=12 | 21..=32 | 61..=72 | 80) {
        return Verdict::Invalid("no such district");
    }
    let sum: u32 = nine.iter().zip([3, 7, 1].into_iter().cycle()).map(|(b, w)| u32::from(b - b'0') * w).sum();
    if !sum.is_multiple_of(10) {
        return Verdict::Invalid("the check digit does not fit");
    }
    let whole = figures.number();
    Verdict::plain(Normal::of(nine), whole, is_trivial(nine) || PUBLISHED.contains(&whole))
}

/// An account number: four to seventeen figures, as NACHA's entry detail record holds them; or an IBAN.
pub fn account(bytes: &[u8], setting: Setting) -> Verdict {
    let mut value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    if value[0].is_ascii_alphabetic() && value.get(1).is_some_and(u8::is_ascii_alphabetic) {
        return iban(value);
    }
    if setting == Setting::Field {
        value = without_point_zero(value);
    }
    let hidden = value.iter().filter(|b| matches!(b, b'*' | b'x' | b'X' | b'#')).count();
    let figures = value.iter().filter(|b| b.is_ascii_digit()).count();
    if !value.iter().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b' ' | b'*' | b'x' | b'X' | b'#')) {
        return Verdict::Invalid("more than digits");
    }
    let normal = Normal::digits(value);
    match (hidden, figures) {
        (1.., 0) => Verdict::Blank,
        (3.., 3..=6) => Verdict::masked(normal),
        (0, 5..=17) if super::date::parse(value).is_some() && value.len() > figures => Verdict::Invalid("a date"),
        (0, 5..=17) => Verdict::plain(normal, number(normal.as_bytes()), is_trivial(normal.as_bytes())),
        (0, 4) if setting == Setting::Field => Verdict::plain(normal, number(normal.as_bytes()), false),
        _ => Verdict::Invalid("too short or too long"),
    }
}

/// An IBAN: two letters, two check digits, up to thirty more; read as a number with its first four behind, it leaves 1
/// when divided by 97 (ISO 13616).
fn iban(value: &[u8]) -> Verdict {
    let mut code = [0_u8; 34];
    let mut length = 0;
    for byte in value.iter().filter(|b| **b != b' ') {
        if length == 34 || !byte.is_ascii_alphanumeric() {
            return Verdict::Invalid("no account number");
        }
        code[length] = byte.to_ascii_uppercase();
        length += 1;
    }
    let code = &code[..length];
    if length < 15 || !code[2..4].iter().all(u8::is_ascii_digit) {
        return Verdict::Invalid("no account number");
    }
    let rest = code[4..].iter().chain(&code[..4]).fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    match rest {
        1 => Verdict::plain(Normal::of(code), 0, PUBLISHED_IBANS.contains(&code)),
        _ => Verdict::Invalid("the check digits do not fit"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn routing_numbers_have_a_district_and_a_check_digit() {
        run(
            routing,
            &[
                ("021000021", Yes, Yes, "New York"),
                ("122105155", Yes, Yes, "San Francisco"),
                ("11401533", No, Yes, "lost its zero"),
                ("111000025", Test, Test, "a sample"),
                ("112000025", No, No, "the check digit"),
                ("987654321", No, No, "no such district"),
                ("000000000", Empty, Empty, "not filled in"),
            ],
        );
    }

    #[test]
    fn accounts_are_figures_or_ibans() {
        run(
            account,
            &[
                ("4829135702", Yes, Yes, "figures"),
                ("4829", No, Yes, "short: a field must say so"),
                ("****5702", Mask, Mask, "the end is left"),
                ("2021-03-14", No, No, "a date"),
                ("FR1420041010050500013M02606", Yes, Yes, "an IBAN"),
                ("FR1520041010050500013M02606", No, No, "its check digits"),
                ("DE89 3704 0044 0532 0130 00", Test, Test, "a sample"),
                ("savings", No, No, "a word"),
            ],
        );
    }
}
