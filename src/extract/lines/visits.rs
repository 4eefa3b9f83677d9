//! Events of a calendar that are visits of patients. In: the lines of an event, its summary. Out: whether it is one; where the
//! summary has the patient's name. Refuses meetings: an event is a visit where it states a number or a birth date of the patient.

use super::unfolded;

/// Words behind which a number makes an event a patient's, in small letters.
const SAID: [&[u8]; 12] = [
    b"mrn",
    b"dob",
    b"d.o.b",
    b"date of birth",
    b"birth date",
    b"birthdate",
    b"ssn",
    b"medical record",
    b"member id",
    b"patient id",
    b"pt id",
    b"bday",
];
/// So near behind the word its number stands.
const NEAR: usize = 24;
/// Between a name and what else a summary says.
const BETWEEN: [&[u8]; 8] = [b" - ", " – ".as_bytes(), " — ".as_bytes(), b": ", b" | ", b" / ", b"(", b")"];
/// Behind the comma of a name these are no first name.
const TITLES: [&[u8]; 12] = [b"MD", b"DO", b"RN", b"NP", b"PA", b"PhD", b"DDS", b"DPM", b"OD", b"LCSW", b"Jr", b"Inc"];

/// What repeats in a calendar; an alarm stands in one.
const EVENTS: [&[u8]; 3] = [b"VEVENT", b"VTODO", b"VJOURNAL"];

/// Whether an event begins here.
pub(super) fn begins(look: &[u8]) -> bool {
    is_mark(look, b"BEGIN:")
}

fn is_mark(line: &[u8], mark: &[u8]) -> bool {
    let begins = |text: &[u8], with: &[u8]| text.len() >= with.len() && text[..with.len()].eq_ignore_ascii_case(with);
    begins(line, mark) && EVENTS.iter().any(|event| begins(&line[mark.len()..], event))
}

/// Whether the event that begins here states whose visit it is; `look` goes as far as can be seen.
pub(super) fn is_visit(look: &[u8]) -> bool {
    let ends = memchr::memchr2_iter(b'\n', b'\r', look).map(|at| at + 1);
    let end = ends.into_iter().find(|at| is_mark(&look[*at..], b"END:") || is_mark(&look[*at..], b"BEGIN:"));
    let event = unfolded(&look[..end.unwrap_or(look.len())].to_ascii_lowercase());
    SAID.iter().any(|word| {
        memchr::memmem::find_iter(&event, word).any(|at| {
            let behind = &event[at + word.len()..];
            let begins = at == 0
                || !event[at - 1].is_ascii_alphanumeric()
                // A line end as text says it: `\nDOB`.
                || event[at - 1] == b'n' && at > 1 && event[at - 2] == b'\\';
            begins
                && behind.first().is_some_and(|b| !b.is_ascii_alphanumeric())
                && behind.iter().take(NEAR).take_while(|b| **b != b'\n').any(u8::is_ascii_digit)
        })
    })
}

/// Where a summary has a name that is written `Last, First`.
pub(super) fn name(summary: &[u8]) -> Option<(usize, usize)> {
    let mut start = 0;
    loop {
        let rest = &summary[start..];
        let next = BETWEEN.iter().filter_map(|mark| Some((memchr::memmem::find(rest, mark)?, mark.len()))).min();
        let end = start + next.map_or(rest.len(), |(at, _)| at);
        let piece = &summary[start..end];
        let from = start + piece.len() - piece.trim_ascii_start().len();
        let piece = piece.trim_ascii();
        if is_name(piece) {
            return Some((from, from + piece.len()));
        }
        start = end + next?.1;
    }
}

/// One or two words, a comma, one to three words, all of them with a capital.
fn is_name(text: &[u8]) -> bool {
    let Some(comma) = memchr::memchr(b',', text) else { return false };
    let words = |part: &[u8]| {
        let words: Vec<&[u8]> = part.split(|b| *b == b' ').filter(|word| !word.is_empty()).collect();
        let is_word = |word: &&[u8]| {
            word[0].is_ascii_uppercase()
                && word.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'\'' | b'-' | b'.') || *b >= 0x80)
        };
        if words.iter().all(is_word) { words.len() } else { 0 }
    };
    let (last, first) = (&text[..comma], text[comma + 1..].trim_ascii());
    let bare = first.strip_suffix(b".").unwrap_or(first);
    (1..=2).contains(&words(last))
        && (1..=3).contains(&words(first))
        && last.len() > 1
        && !TITLES.iter().any(|title| title.eq_ignore_ascii_case(bare))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_state_a_number_of_the_patient() {
        let cases: [(&str, bool); 8] = [
            ("BEGIN:VEVENT\r\nDESCRIPTION:DOB: 03/04/1952\r\nEND:VEVENT", true),
            ("BEGIN:VEVENT\nDESCRIPTION:x\\nMRN 400\nEND:VEVENT", true),
            ("BEGIN:VEVENT\nX-PATIENT-MRN:400\nEND:VEVENT", true),
            ("BEGIN:VEVENT\nDESCRIPTION:date of b\n irth 1952\nEND:VEVENT", true),
            ("BEGIN:VEVENT\nDESCRIPTION:bring the MRN list\nDTSTART:2026\nEND:VEVENT", false),
            ("BEGIN:VEVENT\nDESCRIPTION:HDOB1 12\nEND:VEVENT", false),
            ("BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\nBEGIN:VEVENT\nDESCRIPTION:DOB 1952\nEND:VEVENT", false),
            ("", false),
        ];
        for (event, expected) in cases {
            assert_eq!(is_visit(event.as_bytes()), expected, "{event}");
        }
    }

    #[test]
    fn names_are_told_from_what_else_a_summary_says() {
        let cases: [(&str, Option<&str>); 10] = [
            ("Appt - Delgado, Maria", Some("Delgado, Maria")),
            ("DELGADO, MARIA A. (echo)", Some("DELGADO, MARIA A.")),
            ("New patient: De La, Ann-Marie", Some("De La, Ann-Marie")),
            ("Müller, Jörg | Room 4", Some("Müller, Jörg")),
            ("Meeting - Smith, MD", None),
            ("labs, imaging", None),
            ("Visit - Room 4, East", None),
            ("Delgado Maria", None),
            (", Maria", None),
            ("", None),
        ];
        for (summary, expected) in cases {
            let found = name(summary.as_bytes()).map(|(from, to)| &summary[from..to]);
            assert_eq!(found, expected, "{summary}");
        }
    }
}
