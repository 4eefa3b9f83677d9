//! DEA registration numbers. In: bytes of one candidate. Out: whether the check digit fits (Diversion Control Division,
//! DEA). Refuses letters no registrant has.

use super::blank::{is_blank, is_trivial, loose};
use super::{Normal, Setting, Verdict};

/// Samples of textbooks and of other scanners' tests.
const PUBLISHED: [&[u8]; 5] = [b"AB1234563", b"AP5836727", b"BB1388568", b"CW1234563", b"F91234563"];

/// A DEA number: the kind of registrant, the surname's initial or a 9, seven digits of which the last is
/// (d1+d3+d5) + 2·(d2+d4+d6) mod 10; behind it a `-` and the hospital's own code.
pub fn check(bytes: &[u8], _setting: Setting) -> Verdict {
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    let (own, hospital) = match value.iter().position(|b| *b == b'-') {
        Some(at) if at == 9 => value.split_at(at),
        _ => (value, &b""[..]),
    };
    if !hospital.iter().skip(1).all(u8::is_ascii_alphanumeric) || hospital.len() > 8 {
        return Verdict::Invalid("no hospital's code");
    }
    let normal = Normal::upper(own);
    let &[kind, initial, ref figures @ ..] = normal.as_bytes() else { return Verdict::Invalid("too short") };
    if figures.len() != 7 || !figures.iter().all(u8::is_ascii_digit) {
        return Verdict::Invalid("not seven digits");
    }
    if !b"ABCDEFGHJKLMPRSTUX".contains(&kind) || !(initial.is_ascii_uppercase() || initial == b'9') {
        return Verdict::Invalid("no such registrant");
    }
    let digit = |at: usize| u32::from(figures[at] - b'0');
    let sum = digit(0) + digit(2) + digit(4) + 2 * (digit(1) + digit(3) + digit(5));
    if sum % 10 != digit(6) {
        return Verdict::Invalid("the check digit does not fit");
    }
    Verdict::plain(normal, 0, is_trivial(figures) || PUBLISHED.contains(&normal.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn dea_numbers_have_a_check_digit() {
        run(
            check,
            &[
                ("BD4829136", No, No, "the check digit"),
                ("BD4829137", Yes, Yes, "4+2+1 + 2·(8+9+3) = 47"),
                ("bd4829137-h12", Yes, Yes, "a hospital's own code"),
                ("M94829137", Yes, Yes, "a 9 in place of the initial"),
                ("AB1234563", Test, Test, "a sample"),
                ("ZB1234563", No, No, "no such registrant"),
                ("N/A", Empty, Empty, "not filled in"),
            ],
        );
    }
}
