//! Medicaid identifiers. In: bytes of one candidate. Out: whether some state writes its numbers so. Refuses forms no
//! state uses.
//!
//! There is no national form. Shapes by state are those of appendix B of the identifier notes (state and plan documents
//! where they could be read, else a public table that nobody vouches for), in picture letters.

use super::blank::{is_blank, is_trivial, loose};
use super::digits::{number, without_point_zero};
use super::{Normal, Setting, Verdict};

/// Forms with letters and their states; seven to fourteen figures are the form of all others.
const FORMS: &[(&str, &[u8])] = &[
    ("AZ", b"A99999999"),
    ("CA", b"99999999A"),
    ("CA", b"99999999A9"),
    ("CA", b"99999999A99999"),
    ("CO", b"A999999"),
    ("IA", b"A9999999"),
    ("IA", b"9999999A"),
    ("ME", b"99999999A"),
    ("NC", b"999999999A"),
    ("ND", b"AA9999999"),
    ("NY", b"AA99999A"),
    ("OK", b"A99999999"),
    ("OR", b"AA999A9A"),
    ("TN", b"AA999999999"),
    ("WA", b"999999999AA"),
];

/// New York's sample.
const SAMPLES: [&[u8]; 1] = [b"AA11111A"];

/// A Medicaid identifier.
pub fn check(bytes: &[u8], setting: Setting) -> Verdict {
    let mut value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    if setting == Setting::Field {
        value = without_point_zero(value);
    }
    if !value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b' ')) {
        return Verdict::Invalid("marks in it that no such number has");
    }
    if setting == Setting::Free && value.contains(&b' ') {
        return Verdict::Invalid("more than one word");
    }
    let normal = Normal::alnum(value);
    let id = normal.as_bytes();
    if id.iter().all(u8::is_ascii_digit) {
        return match id.len() {
            7..=14 => Verdict::plain(normal, number(id), is_trivial(id)),
            _ => Verdict::Invalid("not seven to fourteen figures"),
        };
    }
    let fits = |form: &[u8]| {
        form.len() == id.len()
            && form.iter().zip(id).all(|(form, byte)| match form {
                b'9' => byte.is_ascii_digit(),
                b'A' => byte.is_ascii_uppercase(),
                _ => true,
            })
    };
    let known = FORMS.iter().any(|(state, form)| fits(form) && detail(state, id));
    if !known {
        return Verdict::Invalid("no state writes its numbers so");
    }
    Verdict::plain(normal, 0, SAMPLES.contains(&id))
}

/// What a state asks for beyond the picture.
fn detail(state: &str, id: &[u8]) -> bool {
    match state {
        "AZ" => id[0] == b'A',
        // The client index number starts with 9; its letter is none of B I J K L O P Q R S (Los Angeles County DMH).
        "CA" => id[0] == b'9' && !b"BIJKLOPQRS".contains(&id[8]),
        "ND" => id.starts_with(b"ND"),
        "TN" => id.starts_with(b"TD"),
        "WA" => id.ends_with(b"WA"),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn medicaid_numbers_have_the_form_of_a_state() {
        run(
            check,
            &[
                ("BX48213Q", Yes, Yes, "New York"),
                ("AA11111A", Test, Test, "New York's sample"),
                ("91482357A", Yes, Yes, "California"),
                ("91482357A29180", Yes, Yes, "California, with the day of issue"),
                ("91482357B", Yes, Yes, "no Californian has a B, but Maine does"),
                ("482913570WA", Yes, Yes, "Washington"),
                ("482913570OR", No, No, "nobody"),
                ("TD482913570", Yes, Yes, "Tennessee"),
                ("4829135702", Yes, Yes, "ten figures"),
                ("482913", No, No, "too short"),
                ("A111111A", No, No, "nobody"),
                ("0000000000", Empty, Empty, "not filled in"),
            ],
        );
    }
}
