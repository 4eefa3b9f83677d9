//! Street addresses. In: bytes of one candidate. Out: whether it can be where a person lives. Refuses streets without a
//! name, and in fields what holds no words.

use super::blank::{is_blank, loose};
use super::digits::number;
use super::{Normal, Setting, Verdict};

/// First words behind a number that are doses, rooms and counts rather than streets: `10 Units Per Ct`, `2 ST
/// Elevations`.
const NO_STREETS: &[&str] = &[
    "am", "bed", "beds", "bpm", "cc", "cm", "day", "days", "ft", "hours", "kg", "lb", "lbs", "mcg", "mg", "ml", "mm",
    "pm", "st", "tablets", "tabs", "units", "weeks", "years", "yo",
];

/// Streets of everybody's first example: number any, then these words.
const EXAMPLES: &[&str] =
    &["any st", "any street", "anystreet", "main st", "main street", "test ave", "test st", "test street"];

/// Addresses of films, books and landmarks: nobody's home.
const FAMOUS: &[&str] = &[
    "1 infinite loop",
    "10 downing st",
    "10 downing street",
    "1313 mockingbird lane",
    "1600 amphitheatre parkway",
    "1600 amphitheatre pkwy",
    "1600 pennsylvania ave",
    "1600 pennsylvania avenue",
    "1600 pennsylvania avenue nw",
    "221b baker st",
    "221b baker street",
    "4 privet drive",
    "742 evergreen terrace",
];

/// No famous address has more bytes than this, a point behind it included.
const LONGEST_FAMOUS: usize = {
    let (mut longest, mut at) = (0, 0);
    while at < FAMOUS.len() {
        if FAMOUS[at].len() + 1 > longest {
            longest = FAMOUS[at].len() + 1;
        }
        at += 1;
    }
    longest
};

/// A street address or a post-office box. Its measure tells the ZIP code behind it: the first three digits plus one, or 0.
pub fn check(bytes: &[u8], setting: Setting) -> Verdict {
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    let figures = value.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = value[figures..].trim_ascii();
    // 123 Main St, 1 Main Street: nobody's address; 4817 Main St may be somebody's.
    let made_up = matches!(&value[..figures], b"1" | b"12" | b"123" | b"1234" | b"12345" | b"111" | b"100");
    let test = (made_up
        && EXAMPLES.iter().any(|e| e.as_bytes().eq_ignore_ascii_case(rest.strip_suffix(b".").unwrap_or(rest))))
        || value.len() <= LONGEST_FAMOUS
            && FAMOUS.iter().any(|e| e.as_bytes().eq_ignore_ascii_case(value.strip_suffix(b".").unwrap_or(value)));
    let mut normal = Normal::EMPTY;
    let mut space = false;
    for byte in value {
        if byte.is_ascii_alphanumeric() || *byte >= 0x80 {
            if space && !normal.as_bytes().is_empty() {
                normal.push(b' ');
            }
            normal.push(byte.to_ascii_uppercase());
        }
        space = matches!(byte, b' ' | b',');
    }
    let place = behind(value);
    if setting == Setting::Field {
        let (mut letters, mut words, mut other) = (false, figures > 0, false);
        for byte in value {
            letters |= byte.is_ascii_alphabetic() || *byte >= 0x80;
            words |= *byte == b' ';
            other |= matches!(byte, b'@' | b'=' | b'{' | b'}' | b'<' | b'>' | b'|' | b'\\' | b':');
        }
        return match (letters, words, other) {
            // `Tremont Ter` is where a hydrant stands.
            (true, true, false) if !value.iter().any(u8::is_ascii_digit) => Verdict::Invalid("no number in it"),
            (true, true, false) if value.len() >= 4 => Verdict::plain(normal, place, test),
            _ => Verdict::Invalid("no words of an address"),
        };
    }
    if figures == 0 {
        // A post-office box, `P.O. Box 12` or `POB 12`: its form says enough.
        let is_box = value.iter().any(u8::is_ascii_digit) && value.iter().any(|b| matches!(b, b'b' | b'B'));
        return match is_box && value[0].eq_ignore_ascii_case(&b'p') {
            true => Verdict::plain(normal, 0, false),
            false => Verdict::Invalid("no house number"),
        };
    }
    if value[..figures].iter().all(|b| *b == b'0') {
        return Verdict::Invalid("no house has number 0");
    }
    let first = rest.split(|b| *b == b' ').next().unwrap_or(b"");
    let first = first.strip_suffix(b".").unwrap_or(first);
    if NO_STREETS.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(first)) {
        return Verdict::Invalid("a dose or a count, not a street");
    }
    if !rest.first().is_some_and(|b| b.is_ascii_alphanumeric()) {
        return Verdict::Invalid("a street without a name");
    }
    Verdict::plain(normal, 0, test)
}

/// The first three digits of the ZIP code that ends a whole address, plus one; 0 where none does.
fn behind(value: &[u8]) -> i64 {
    let last = value.rsplit(|b| b.is_ascii_whitespace() || *b == b',').next().unwrap_or(b"");
    let zip = match last.len() {
        5 => last,
        10 if last[5] == b'-' && last[6..].iter().all(u8::is_ascii_digit) => &last[..5],
        _ => return 0,
    };
    // A house number is no ZIP code.
    let whole = zip.len() < value.len() && zip.iter().all(u8::is_ascii_digit);
    if whole { number(&zip[..3]) + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn addresses_are_where_people_live() {
        run(
            check,
            &[
                ("1970 S University Blvd", Yes, Yes, "a street"),
                ("4817 Main St", Yes, Yes, "many towns have one"),
                ("123 Main St", Test, Test, "made up"),
                ("742 Evergreen Terrace", Test, Test, "out of a film"),
                ("P.O. Box 1234", Yes, Yes, "a box"),
                ("10 Units Per Ct", No, Yes, "a dose"),
                ("0 Oak St", No, Yes, "no such house"),
                ("12 Park Row", Yes, Yes, "a street that is called like a suffix"),
                ("1400 Broadway", Yes, Yes, "a town stands behind it, or it were no candidate"),
                ("8908 Stacy Dam Suite 94, Elm, SC 29301", Yes, Yes, "with its town"),
                ("Apt 4B", No, Yes, "an address line"),
                ("10.1.2.3", No, No, "another kind of address"),
                ("0x7fff:12ab", No, No, "another kind of address"),
                ("N/A", Empty, Empty, "not filled in"),
            ],
        );
    }
}
