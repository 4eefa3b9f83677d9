//! Texts → cells a spreadsheet shows as they are. In: any text. Out: the same text, with a leading `'` where a
//! spreadsheet would run it as a formula or turn it into a number or a date. Refuses nothing.

use std::borrow::Cow;

/// The text as a cell.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if is_formula(text) || is_converted(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Whether a spreadsheet may read it as a formula, or hides a control character in front of one.
fn is_formula(text: &str) -> bool {
    text.chars().next().is_some_and(|c| matches!(c, '=' | '+' | '-' | '@') || c.is_control())
}

/// Whether a spreadsheet may turn it into a number, a date or a time: `3-4`, `2026`, `1E5`, `5 Jan`, `SEPT2`, `1:30 pm`.
/// A digit, nothing but the punctuation of numbers and dates, and no words but those of dates.
fn is_converted(text: &str) -> bool {
    /// Longer texts are no numbers and no dates.
    const LONGEST: usize = 40;
    text.len() <= LONGEST
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " \u{a0}-/.,:%$()'+€£".contains(c))
        && text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).all(is_word_of_dates)
        && !is_no_date(text)
}

/// Groups of digits with `-` or `/` between them, none of which can be a month: `999-99-9999`.
fn is_no_date(text: &str) -> bool {
    let groups = || text.split(['-', '/']);
    groups().count() > 1
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'/')
        && !groups().any(|group| group.parse().is_ok_and(|n: u64| (1..=12).contains(&n)))
}

fn is_word_of_dates(word: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let word = word.to_ascii_lowercase();
    // `e` and `d` are exponents; `t` and `z` stand in ISO times.
    matches!(word.as_str(), "e" | "d" | "t" | "z" | "a" | "p" | "am" | "pm" | "st" | "nd" | "rd" | "th")
        || (word.len() >= 3 && MONTHS.iter().chain(&DAYS).any(|name| name.starts_with(&word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_and_what_would_be_converted_are_guarded() {
        for guarded in [
            "=1+1",
            "+1",
            "-1",
            "@sum",
            "\t=1",
            "\r",
            "3-4",
            "3/4",
            "2026",
            "2026-10-31",
            "1E5",
            "12e45",
            "0042",
            "5 Jan",
            "Jan-26",
            "SEPT2",
            "MARCH1",
            "1:30 pm",
            "10%",
            "$5",
            "1,171",
            "(5)",
            "2026-10-31T01:02:03Z",
            "999.5",
        ] {
            assert_eq!(text(guarded), format!("'{guarded}"), "{guarded}");
        }
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for plain in [
            "",
            "ssn",
            "column 5",
            "drop/a.zip!in/p.csv",
            "F-0000000000000001",
            "999_99",
            "rw-r--r--",
            "'quoted",
            "column 1171/1171 valid",
            "may",
            "***-**-****",
            "10.0.0.1 x",
            "999-99-9999",
            "R-20261122T010203Z-00000000",
            "a=b",
            "x-1",
        ] {
            assert_eq!(text(plain), plain);
        }
    }
}
