//! Numbers that every hospital and payer makes up by itself: of medical records, members, groups, accounts, claims and
//! prescriptions. In: bytes of one
//! candidate. Out: whether it can be one. Refuses words, dates, UUIDs where they are not used, and blanks: the field's
//! name or a label has to say the rest.

use super::blank::{is_blank, is_trivial, loose};
use super::digits::{number, without_point_zero};
use super::{Normal, Setting, Verdict, date};

/// What a kind of number asks for.
struct Kind {
    /// Fewest and most characters without separators.
    length: (usize, usize),
    /// Fewest digits.
    digits: usize,
    /// Published samples.
    samples: &'static [&'static [u8]],
    /// Whether FHIR servers use UUIDs for it.
    uuid: bool,
    /// Whether hospitals write it as three pairs of figures, `48-29-13`, in text too.
    terminal: bool,
}

/// A medical record number: section 5.7, `[A-Z]{0,4}` and four to twelve digits, a short tail.
pub fn mrn(bytes: &[u8], setting: Setting) -> Verdict {
    check(bytes, setting, &Kind { length: (4, 20), digits: 3, samples: &[], uuid: true, terminal: true })
}

/// What stands where a format has the patient's number in that place: any number or word that a hospital or a trial calls
/// somebody by (DICOM PS3.5 6.2, LO: up to 64 characters). Never asked of what only may be one.
pub fn patient_id(bytes: &[u8], setting: Setting) -> Verdict {
    let said = mrn(bytes, setting);
    let value = loose(bytes);
    let may = |b: &u8| b.is_ascii_alphanumeric() || *b >= 0x80 || b"-._/ ^:#+@".contains(b);
    let is_id = value.len() <= 64 && value.iter().all(may) && value.iter().any(u8::is_ascii_alphanumeric);
    match said {
        Verdict::Invalid(_) if setting == Setting::Field && is_id => Verdict::plain(Normal::upper(value), 0, false),
        said => said,
    }
}

/// A member or subscriber number: section 5.5; `[A-Z0-9 -]` up to twenty, four digits or more. Where a field says so, small
/// payers' numbers of three digits and a letter too.
pub fn member(bytes: &[u8], setting: Setting) -> Verdict {
    const SAMPLES: &[&[u8]] = &[b"ABC123456789", b"MEMBER123", b"U12345678", b"W123456789", b"XYZ123456789"];
    let (shortest, digits) = if setting == Setting::Field { (4, 3) } else { (5, 4) };
    check(bytes, setting, &Kind { length: (shortest, 20), digits, samples: SAMPLES, uuid: true, terminal: false })
}

/// A group or policy number: it names a contract, so it is shorter.
pub fn group(bytes: &[u8], setting: Setting) -> Verdict {
    check(bytes, setting, &Kind { length: (3, 20), digits: 2, samples: &[], uuid: false, terminal: false })
}

/// The number of a patient's account, visit, admission or order: section 5.7.
pub fn account(bytes: &[u8], setting: Setting) -> Verdict {
    // `visit 20260117`.
    if setting == Setting::Free && bytes.len() == 8 && is_recent_day(bytes) {
        return Verdict::Invalid("a day in eight figures");
    }
    check(bytes, setting, &Kind { length: (4, 20), digits: 4, samples: &[], uuid: true, terminal: false })
}

/// `609-316-9963`.
fn is_telephone(value: &[u8]) -> bool {
    let parts: [usize; 3] = [3, 3, 4];
    let mut groups = value.split(|b| *b == b'-');
    let fits = parts.iter().all(|length| {
        groups.next().is_some_and(|group| group.len() == *length && group.iter().all(u8::is_ascii_digit))
    });
    fits && groups.next().is_none() && value[0] >= b'2' && value[4] >= b'2'
}

/// Whether these eight figures are a day from 1990 to two years ahead.
fn is_recent_day(bytes: &[u8]) -> bool {
    const FIRST: i32 = 1990;
    let figures = matches!(bytes, [b'1' | b'2', b'0' | b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit));
    let day = figures.then(|| date::parse(bytes)).flatten();
    day.is_some_and(|day| day.year >= FIRST && day.days <= date::today() + 2 * 366)
}

/// The number of a claim or an authorization: section 5.19; payers' control numbers have up to fifty characters.
pub fn claim(bytes: &[u8], setting: Setting) -> Verdict {
    check(bytes, setting, &Kind { length: (5, 38), digits: 4, samples: &[], uuid: true, terminal: false })
}

/// The number of a prescription: section 5.18, six to twelve digits, letters before them and a short tail.
pub fn prescription(bytes: &[u8], setting: Setting) -> Verdict {
    check(bytes, setting, &Kind { length: (6, 15), digits: 6, samples: &[], uuid: true, terminal: false })
}

fn check(bytes: &[u8], setting: Setting, kind: &Kind) -> Verdict {
    let mut value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    let mut figures = 0;
    if value.iter().all(|b| {
        figures += usize::from(b.is_ascii_digit());
        b.is_ascii_alphanumeric()
    }) {
        return unmarked(value, figures, kind);
    }
    if setting == Setting::Field {
        value = without_point_zero(value);
    } else if is_telephone(value) {
        return Verdict::Invalid("a telephone number");
    }
    let seen = value.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    let hidden = value.iter().filter(|b| matches!(b, b'*' | b'#')).count();
    let figures = value.iter().filter(|b| b.is_ascii_digit()).count();
    let normal = Normal::alnum(value);
    if hidden > 0 {
        return match figures {
            0 => Verdict::Blank,
            1..=5 if hidden >= 3 => Verdict::masked(normal),
            _ => Verdict::Invalid("marks in it that no such number has"),
        };
    }
    if let [b'0', b'x' | b'X', figures @ ..] = value
        && figures.iter().all(u8::is_ascii_hexdigit)
    {
        return Verdict::Invalid("a hexadecimal number");
    }
    // `5.412345`; a number of seven figures and more before its point may be one that a spreadsheet kept.
    if let Some(point) = value.iter().position(|b| *b == b'.')
        && point < 4
        && value.iter().enumerate().all(|(at, b)| at == point || b.is_ascii_digit())
    {
        return Verdict::Invalid("a decimal number");
    }
    if is_uuid(value) {
        return match kind.uuid && setting == Setting::Field {
            true => Verdict::plain(normal, 0, false),
            false => Verdict::Invalid("a UUID"),
        };
    }
    if !value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b' ' | b'.' | b'/' | b'_')) {
        return Verdict::Invalid("marks in it that no such number has");
    }
    if !(kind.length.0..=kind.length.1).contains(&seen) {
        return Verdict::Invalid("too short or too long");
    }
    if figures < kind.digits {
        return Verdict::Invalid("too few digits");
    }
    // Dates with marks are dates; eight bare figures may be a record number that reads as one.
    // `01-12-87` in a field of record numbers is one, filed by its last figures.
    let terminal = seen == 6 && (setting == Setting::Field || (kind.terminal && is_terminal(value)));
    if seen < value.len() && !terminal && date::parse(value).is_some() {
        return Verdict::Invalid("a date");
    }
    if setting == Setting::Free && is_years(value) {
        return Verdict::Invalid("a span of years");
    }
    if setting == Setting::Free && value.contains(&b' ') {
        return Verdict::Invalid("more than one word");
    }
    let bare = figures == value.len();
    let measure = if bare { number(value) } else { 0 };
    // CMS numbers its synthetic beneficiaries below zero.
    let negative = setting == Setting::Field && value[0] == b'-' && value[1..].iter().all(u8::is_ascii_digit);
    let made_up = bare && seen >= 6 && is_trivial(value);
    Verdict::plain(normal, measure, negative || made_up || kind.samples.contains(&normal.as_bytes()))
}

/// What nearly all are: letters and digits only.
fn unmarked(value: &[u8], figures: usize, kind: &Kind) -> Verdict {
    if matches!(value, [b'0', b'x' | b'X', figures @ ..] if figures.iter().all(u8::is_ascii_hexdigit)) {
        return Verdict::Invalid("a hexadecimal number");
    }
    if !(kind.length.0..=kind.length.1).contains(&value.len()) {
        return Verdict::Invalid("too short or too long");
    }
    if figures < kind.digits {
        return Verdict::Invalid("too few digits");
    }
    let normal = Normal::upper(value);
    let bare = figures == value.len();
    let made_up = bare && value.len() >= 6 && is_trivial(value);
    let measure = if bare { number(value) } else { 0 };
    Verdict::plain(normal, measure, made_up || kind.samples.contains(&normal.as_bytes()))
}

/// `48-29-13`: three pairs of figures.
fn is_terminal(value: &[u8]) -> bool {
    let pairs = value.iter().enumerate().all(|(at, b)| if at % 3 == 2 { *b == b'-' } else { b.is_ascii_digit() });
    value.len() == 8 && pairs
}

/// `2021-2022`: years of this and the last century, the earlier first.
fn is_years(value: &[u8]) -> bool {
    let year =
        |four: &[u8]| four.iter().all(u8::is_ascii_digit) && (four.starts_with(b"19") || four.starts_with(b"20"));
    value.len() == 9 && value[4] == b'-' && year(&value[..4]) && year(&value[5..]) && value[..4] < value[5..]
}

/// 8-4-4-4-12 hexadecimal digits.
fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn record_numbers_are_told_from_words_and_dates() {
        run(
            mrn,
            &[
                ("00482913", Yes, Yes, "figures"),
                ("MR-482913", Yes, Yes, "a prefix"),
                ("48-29-13", Yes, Yes, "terminal digits"),
                ("2c4e8f10-3b5d-4a7c-9e21-8d6f0b2a4c3e", No, Yes, "a UUID: FHIR servers use them"),
                ("0x40000000", No, No, "hexadecimal"),
                ("2021-2022", No, Yes, "years"),
                ("2023-01-15", No, No, "a date"),
                ("ABCDEFGH", No, No, "letters only"),
                ("123456", Test, Test, "made up"),
                ("000000", Empty, Empty, "not filled in"),
                ("****2913", Mask, Mask, "the end is left"),
                ("17", No, No, "too short"),
            ],
        );
    }

    #[test]
    fn in_the_place_of_a_patients_number_stands_one() {
        run(
            patient_id,
            &[
                ("00482913", Yes, Yes, "a record number"),
                ("4MR1", No, Yes, "short"),
                ("SCSARAB", No, Yes, "a word"),
                ("123456", Test, Test, "made up"),
                ("", Empty, Empty, "nothing"),
                ("N/A", Empty, Empty, "not filled in"),
                ("<b>", No, No, "marks"),
            ],
        );
    }

    #[test]
    fn member_numbers_are_told_from_words_and_dates() {
        run(
            member,
            &[
                ("XQZ804512345", Yes, Yes, "Blue Cross"),
                ("R48291357", Yes, Yes, "federal employees"),
                ("482913570-01", Yes, Yes, "TRICARE"),
                ("804 512 345", No, Yes, "groups: a field must say so"),
                ("XYZ123456789", Test, Test, "a sample"),
                ("-1000018", Yes, Test, "CMS's synthetic beneficiaries"),
                ("PN-145", No, Yes, "a small payer's: a field must say so"),
                ("8291", No, Yes, "likewise"),
                ("145", No, No, "three figures are no number of a person's"),
                ("MEMBER", No, No, "a word"),
                ("2023-01-15", No, No, "a date"),
                ("999999999", Empty, Empty, "not filled in"),
            ],
        );
        run(group, &[("70482", Yes, Yes, "figures"), ("GRP-0482", Yes, Yes, "a prefix"), ("GOLD", No, No, "a word")]);
    }
}
