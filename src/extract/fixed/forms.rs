//! Forms that show where a field starts in a line without separators. In: as many bytes as the form has. Out: whether
//! it is that, nothing filled in, or something else. Refuses what is right by chance too often to be evidence of a place.

/// What bytes at a place are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Is {
    /// It; for dates with the year.
    It(u16),
    /// Blanks, zeros, or a day that stands for none.
    Nothing,
    /// Something else.
    Other,
}

/// A form.
pub(super) struct Form {
    pub(super) width: usize,
    pub(super) check: fn(&[u8]) -> Is,
    /// What lines must show for it to prove a table.
    pub(super) proof: Proof,
}

/// What makes a form at the same place of every line a proof.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// That most lines differ.
    Differ,
    /// That the years go over a decade: births do, what is written down day by day does not.
    Decade,
    /// None: it is cut out where something else proves the table.
    Never,
}

/// The more special first: where two overlap, the first stays. Dates with marks before Social Security numbers, since
/// `1922-01-01` with figures behind it reads as one from its second character on.
pub(super) const FORMS: [Form; 7] = [
    Form { width: 11, check: mbi, proof: Proof::Differ },
    Form { width: 10, check: iso_date, proof: Proof::Decade },
    Form { width: 10, check: slashed_date, proof: Proof::Decade },
    Form { width: 11, check: ssn, proof: Proof::Differ },
    Form { width: 8, check: compact_date, proof: Proof::Decade },
    Form { width: 8, check: month_first, proof: Proof::Decade },
    Form { width: 10, check: npi, proof: Proof::Never },
];

fn is_nothing(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| *b == b' ') || bytes.iter().all(|b| *b == b'0')
}

/// A Medicare Beneficiary Identifier: `C A AN N A AN N A A N N` (CMS, "Understanding the MBI format"). Which letters are
/// issued does not matter for where it stands: synthetic files use others on purpose.
fn mbi(bytes: &[u8]) -> Is {
    let fits = |(byte, form): (&u8, &u8)| match form {
        b'C' => (b'1'..=b'9').contains(byte),
        b'N' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_uppercase(),
        _ => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
    };
    match bytes.iter().zip(b"CAXNAXNAANN").all(fits) {
        true => Is::It(0),
        false if is_nothing(bytes) => Is::Nothing,
        false => Is::Other,
    }
}

/// A Social Security number with its dashes. Without them it is nine digits like any others.
fn ssn(bytes: &[u8]) -> Is {
    let dashed =
        bytes.iter().enumerate().all(|(at, b)| if matches!(at, 3 | 6) { *b == b'-' } else { b.is_ascii_digit() });
    match dashed {
        true if bytes[..3] == *b"000" => Is::Nothing,
        true => Is::It(0),
        false if is_nothing(bytes) => Is::Nothing,
        false => Is::Other,
    }
}

/// A national provider identifier: 1 or 2, and a Luhn digit over `80840` and the rest, which adds 24 (CMS, "Requirements
/// for NPI check digit").
fn npi(bytes: &[u8]) -> Is {
    if is_nothing(bytes) {
        return Is::Nothing;
    }
    let digit = |(at, b): (usize, &u8)| match (at % 2, u32::from(b - b'0')) {
        (0, digit) => digit * 2 / 10 + digit * 2 % 10,
        (_, digit) => digit,
    };
    let fits = matches!(bytes[0], b'1' | b'2') && bytes.iter().all(u8::is_ascii_digit);
    if fits && (24 + bytes.iter().enumerate().map(digit).sum::<u32>()) % 10 == 0 { Is::It(0) } else { Is::Other }
}

fn iso_date(bytes: &[u8]) -> Is {
    match bytes {
        [y @ .., b'-', m0, m1, b'-', d0, d1] if y.len() == 4 => date(bytes, y, &[*m0, *m1], &[*d0, *d1]),
        _ if is_nothing(bytes) => Is::Nothing,
        _ => Is::Other,
    }
}

fn slashed_date(bytes: &[u8]) -> Is {
    match bytes {
        [m0, m1, b'/' | b'-', d0, d1, b'/' | b'-', y @ ..] => date(bytes, y, &[*m0, *m1], &[*d0, *d1]),
        _ if is_nothing(bytes) => Is::Nothing,
        _ => Is::Other,
    }
}

fn compact_date(bytes: &[u8]) -> Is {
    date(bytes, &bytes[..4], &bytes[4..6], &bytes[6..])
}

fn month_first(bytes: &[u8]) -> Is {
    date(bytes, &bytes[4..], &bytes[..2], &bytes[2..4])
}

/// A day from 1880 to 2099. Years that stand for no day at all: 1000 and 9999 in CMS's claim files, 0001 in databases.
fn date(whole: &[u8], year: &[u8], month: &[u8], day: &[u8]) -> Is {
    if is_nothing(whole) {
        return Is::Nothing;
    }
    let number = |digits: &[u8]| {
        let all = digits.iter().all(u8::is_ascii_digit);
        all.then(|| digits.iter().fold(0_u16, |n, b| n * 10 + u16::from(b - b'0')))
    };
    let (Some(year), Some(month), Some(day)) = (number(year), number(month), number(day)) else { return Is::Other };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return Is::Other,
    };
    match year {
        _ if day == 0 || day > days => Is::Other,
        1 | 1000 | 9999 => Is::Nothing,
        1880..=2099 => Is::It(year),
        _ => Is::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_what_they_say() {
        for (check, bytes, expected) in [
            (mbi as fn(&[u8]) -> Is, "1SG0A00AA00", Is::It(0)),
            (mbi, "1SG0A00AA0A", Is::Other),
            (ssn, "123-45-6789", Is::It(0)),
            (ssn, "123-456-789", Is::Other),
            (iso_date, "1961-04-02", Is::It(1961)),
            (iso_date, "9999-12-31", Is::Nothing),
            (iso_date, "          ", Is::Nothing),
            (slashed_date, "04/02/1961", Is::It(1961)),
            (compact_date, "19610402", Is::It(1961)),
            (compact_date, "19610231", Is::Other),
            (compact_date, "00000000", Is::Nothing),
            (month_first, "04021961", Is::It(1961)),
            (npi, "1245319599", Is::It(0)),
            (npi, "1245319598", Is::Other),
        ] {
            assert_eq!(check(bytes.as_bytes()), expected, "{bytes}");
        }
    }
}
