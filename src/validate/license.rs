//! Driver licences, state by state. In: bytes of one candidate. Out: whether a state numbers licences so. Refuses all other
//! forms. Nearly all are bare digits: a field or a label must say what they are.
//!
//! Forms are those of appendix C of the identifier notes (the National Transportation Safety Institute's list, as public
//! code carries it). States are kept in the table for whoever wants to know; a value is accepted if any state has its form.

use super::blank::{is_blank, is_trivial, loose};
use super::digits::{number, without_point_zero};
use super::{Normal, Setting, Verdict, date};

/// `A` a letter, `9` a digit, `X` either, `n` to `m` of them; a literal letter stands behind `'`.
#[rustfmt::skip]
const FORMS: &[(&str, &[Run])] = &[
    ("AZ", &[L(1), D(8, 9)]), ("AZ", &[L(2), D(2, 5)]), ("CA", &[L(1), D(7, 7)]), ("CO", &[L(1), D(3, 6)]),
    ("FL MD MI MN", &[L(1), D(12, 12)]), ("IA", &[D(3, 3), L(2), D(4, 4)]), ("ID", &[L(2), D(6, 6), L(1)]),
    ("IL", &[L(1), D(11, 12)]), ("KS", &[L(1), D(1, 1), L(1), D(1, 1), L(1)]), ("KY", &[L(1), D(8, 9)]),
    ("MA", &[L(2), D(7, 7)]), ("ME", &[D(7, 7), L(1)]), ("MI", &[L(1), D(10, 10)]), ("MO", &[L(1), D(5, 9)]),
    ("MO", &[L(1), D(6, 6), L(1)]), ("MO", &[D(8, 8), L(2)]), ("MO", &[D(9, 9), L(1)]), ("ND", &[L(3), D(6, 6)]),
    ("NH", &[D(2, 2), L(3), D(5, 5)]), ("NJ", &[L(1), D(14, 14)]), ("NY", &[L(1), D(18, 18)]),
    ("OH", &[L(1), D(4, 8)]), ("OH", &[L(2), D(3, 7)]), ("RI", &[L(1), D(6, 6)]), ("VA", &[L(1), D(8, 11)]),
    ("VT", &[D(7, 7), L(1)]), ("WA", &[L(3), X(9)]), ("WA", &[L(5), X(7)]), ("WI", &[L(1), D(13, 13)]),
    ("WV", &[L(2), D(5, 6)]),
    // All others: AL AK AR CT DC DE GA HI LA MS MT NC NE NM NV OK OR PA SC SD TN TX UT WY have one of these.
    ("any", &[D(4, 14)]), ("NY", &[D(16, 16)]),
];

use Run::{D, L, X};

/// A run of a form.
#[derive(Clone, Copy)]
enum Run {
    /// So many letters.
    L(usize),
    /// So many digits, from and to.
    D(usize, usize),
    /// So many letters, digits or `*`.
    X(usize),
}

/// A driver licence or state identity card.
pub fn check(bytes: &[u8], setting: Setting) -> Verdict {
    let mut value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    if setting == Setting::Field {
        value = without_point_zero(value);
    }
    if !value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b' ' | b'*')) {
        return Verdict::Invalid("marks in it that no licence has");
    }
    if value.iter().any(|b| matches!(b, b'-' | b' ')) && date::parse(value).is_some() {
        return Verdict::Invalid("a date");
    }
    let mut kept = [0_u8; 24];
    let mut length = 0;
    for byte in value.iter().filter(|b| !matches!(b, b'-' | b' ')) {
        let Some(slot) = kept.get_mut(length) else { return Verdict::Invalid("too long") };
        *slot = byte.to_ascii_uppercase();
        length += 1;
    }
    let kept = &kept[..length];
    let figures = kept.iter().filter(|b| b.is_ascii_digit()).count();
    if kept.iter().filter(|b| **b == b'*').count() > 3 {
        return match figures {
            0 => Verdict::Blank,
            1..=5 => Verdict::masked(Normal::of(kept)),
            _ => Verdict::Invalid("masked, but not as a licence is"),
        };
    }
    if figures < 2 || !FORMS.iter().any(|(_, form)| fits(form, kept)) {
        return Verdict::Invalid("no state writes its numbers so");
    }
    let bare = figures == length;
    let measure = if bare { number(kept) } else { 0 };
    // Synthea's licences: `S999` and five digits.
    let synthea = length == 9 && kept.starts_with(b"S999");
    Verdict::plain(Normal::of(kept), measure, synthea || (bare && length >= 6 && is_trivial(kept)))
}

/// Whether a value is these runs, one after the other. No form has two runs of digits that could share theirs.
fn fits(form: &[Run], mut value: &[u8]) -> bool {
    for run in form {
        let taken = match run {
            L(most) => value.iter().take(*most).take_while(|b| b.is_ascii_alphabetic()).count(),
            D(_, most) => value.iter().take(*most).take_while(|b| b.is_ascii_digit()).count(),
            X(most) => value.len().min(*most),
        };
        let least = match run {
            L(exact) | X(exact) => *exact,
            D(least, _) => *least,
        };
        if taken < least {
            return false;
        }
        value = &value[taken..];
    }
    value.is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn licences_have_the_form_of_a_state() {
        run(
            check,
            &[
                ("D4829137", Yes, Yes, "California"),
                ("S482-913-57-026-0", Yes, Yes, "Florida, in groups"),
                ("48291357", Yes, Yes, "Texas and others"),
                ("482AB9135", Yes, Yes, "Iowa"),
                ("WDLABC48291D", Yes, Yes, "Washington"),
                ("S99948291", Test, Test, "Synthea"),
                ("12345678", Test, Test, "made up"),
                ("ABCDEFGH", No, No, "letters only"),
                ("2021-03-14", No, No, "a date"),
                ("A", Empty, Empty, "a flag"),
                ("CDL", No, No, "a class"),
            ],
        );
    }
}
