//! Payment cards. In: bytes of one candidate. Out: whether a scheme issues such numbers and the check digit fits (Luhn,
//! ISO/IEC 7812-1, annex B). Refuses other ranges and epochs in milliseconds; the schemes' published numbers are test values.

use super::blank::{is_blank, is_trivial, loose};
use super::digits::{luhn, number, without_point_zero};
use super::{Normal, Setting, Verdict};

/// Numbers the schemes and their processors publish for tests. Sorted as text.
#[rustfmt::skip]
const PUBLISHED: &[&[u8]] = &[
    b"2223000048400011", b"2223003122003222", b"30569309025904", b"3056930902590401", b"3528000700000000",
    b"3530111333300000", b"3566002020360505", b"36227206271667", b"371449635398431", b"378282246310005",
    b"378734493671000", b"38520000023237", b"4000056655665556", b"4012888888881881", b"4111111111111111",
    b"4222222222222", b"4242424242424242", b"4484070000000000", b"4917300800000000", b"5019717010103742",
    b"5105105105105100", b"5200828282828210", b"5555555555554444", b"6011000400000000", b"6011000990139424",
    b"6011111111111117", b"6200000000000005", b"6759649826438453",
];

/// A payment card number.
pub fn check(bytes: &[u8], setting: Setting) -> Verdict {
    let mut value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    if setting == Setting::Field {
        value = without_point_zero(value);
    }
    let mut figures = [0_u8; 19];
    let (mut length, mut hidden) = (0, 0);
    for byte in value {
        match byte {
            b'0'..=b'9' if length < 19 => {
                figures[length] = *byte;
                length += 1;
            }
            b'-' | b' ' => {}
            b'*' | b'x' | b'X' | b'#' => hidden += 1,
            _ => return Verdict::Invalid("more than digits"),
        }
    }
    let card = &figures[..length];
    let normal = Normal::of(card);
    if hidden > 0 {
        return match length {
            0 => Verdict::Blank,
            4..=10 if (12..=19).contains(&(hidden + length)) => Verdict::masked(normal),
            _ => Verdict::Invalid("masked, but not as a card is"),
        };
    }
    if !is_issued(card) {
        return Verdict::Invalid("no scheme has such numbers");
    }
    if !luhn(card, 0) {
        return Verdict::Invalid("the check digit does not fit");
    }
    let zeros = card.iter().rev().take_while(|b| **b == b'0').count();
    let repeats = card.windows(2).filter(|pair| pair[0] == pair[1]).count() + 3 >= length;
    let test = PUBLISHED.binary_search(&card).is_ok() || is_trivial(card) || repeats || zeros >= 7;
    Verdict::plain(normal, number(card), test)
}

/// Whether a scheme issues numbers of this beginning and length (section 5.11 of the identifier notes).
fn is_issued(card: &[u8]) -> bool {
    if !(13..=19).contains(&card.len()) {
        return false;
    }
    let six = number(&card[..6]);
    let (two, three, four) = (six / 10_000, six / 1000, six / 100);
    match (card.len(), six) {
        // Visa
        (13 | 16 | 19, 400_000..=499_999) => true,
        // Mastercard
        (16, _) if (51..=55).contains(&two) || (2221..=2720).contains(&four) => true,
        // American Express
        (15, _) if two == 34 || two == 37 => true,
        // Discover
        (16..=19, _) if four == 6011 || (644..=649).contains(&three) || two == 65 => true,
        // Diners Club
        (14..=19, _) if (300..=305).contains(&three) || four == 3095 || matches!(two, 36 | 38 | 39) => true,
        // JCB; of old with fifteen digits
        (15, _) if matches!(four, 2131 | 1800) => true,
        (16..=19, _) if (3528..=3589).contains(&four) => true,
        // UnionPay
        (16..=19, _) if two == 62 => true,
        // Maestro
        (16..=19, _) if matches!(four, 5018 | 5019 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn cards_are_told_from_other_long_numbers() {
        assert!(PUBLISHED.is_sorted());
        run(
            check,
            &[
                ("4539578763621486", Yes, Yes, "Visa"),
                ("4539-5787-6362-1486", Yes, Yes, "in groups"),
                ("4539578763621487", No, No, "the check digit"),
                ("371449635398431", Test, Test, "American Express's sample"),
                ("4111 1111 1111 1111", Test, Test, "everybody's sample"),
                ("2223003122003222", Test, Test, "Mastercard's second range"),
                ("1748503543012", No, No, "milliseconds"),
                ("9999999999999995", No, No, "no scheme"),
                ("****-****-****-1486", Mask, Mask, "the last four"),
                ("0000000000000000", Empty, Empty, "not filled in"),
            ],
        );
    }
}
