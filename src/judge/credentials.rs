//! What clinicians write behind their names: `Joan Marsh, MD`, `Paula Whitt LCSW`. In: a name and the bytes behind it. Out: whether it
//! is a clinician's. Refuses what may be a state (`Salem, MA 01970`) or a word for the patient (`Ann Poe PT`).

/// Degrees and licences, as they are written: by themselves or behind a comma. Sources: NPPES credential field; boards of nursing,
/// pharmacy, social work, therapy and dentistry.
const BEHIND_NAMES: [&str; 57] = [
    "APRN", "ARNP", "AUD", "BCBA", "BSN", "CADC", "CCC-A", "CCC-SLP", "CDE", "CMA", "CNA", "CNM", "CNP", "COTA",
    "CPHT", "CRNA", "CRNP", "DDS", "DMD", "DNP", "DO", "DPM", "DPT", "DVM", "EMT", "EMT-B", "EMT-P", "FAAFP", "FACC",
    "FACOG", "FACS", "FNP", "FNP-BC", "FNP-C", "LCDC", "LCSW", "LICSW", "LMFT", "LMHC", "LMSW", "LPC", "LPN", "LVN",
    "MD", "MSN", "MSW", "NP", "OTR", "PA-C", "PHARMD", "PMHNP", "PSYD", "RDN", "RN", "RPH", "RPSGT", "RRT",
];

/// Whether one of them ends a name or stands right behind it.
pub(super) fn has(name: &[u8], behind: &[u8]) -> bool {
    let last = name.iter().rposition(|b| matches!(b, b' ' | b',')).map_or(&b""[..], |at| &name[at + 1..]);
    if is_one(last) {
        return !is_state(last, behind);
    }
    let gap = behind.iter().take(2).take_while(|b| matches!(b, b',' | b' ')).count();
    let rest = &behind[gap..];
    let length = rest.iter().take(8).take_while(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b'-')).count();
    let ends = !rest.get(length).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b':');
    gap > 0 && ends && is_one(&rest[..length]) && !is_state(&rest[..length], &rest[length..])
}

fn is_one(word: &[u8]) -> bool {
    let letters: Vec<u8> = word.iter().copied().filter(|b| *b != b'.').collect();
    let written = letters.first().is_some_and(u8::is_ascii_uppercase)
        && letters.last().is_some_and(u8::is_ascii_uppercase)
        || [&b"Psy"[..], b"Pharm"].iter().any(|start| letters.starts_with(start))
        || letters == b"RPh"
        || letters == b"AuD";
    let upper = letters.to_ascii_uppercase();
    written && BEHIND_NAMES.binary_search_by(|one| one.as_bytes().cmp(&upper)).is_ok()
}

/// Whether it is Maryland, with a ZIP code behind it.
fn is_state(word: &[u8], behind: &[u8]) -> bool {
    word == b"MD" && behind.trim_ascii_start().first().is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clinicians_sign_with_what_they_are() {
        assert!(BEHIND_NAMES.is_sorted());
        for (name, behind) in [
            ("Joan Marsh", ", MD\n"),
            ("Joan Marsh", ", M.D., FACC"),
            ("Joan Marsh MD", ""),
            ("DESAI,ANITA MD", "   MCR"),
            ("Paula Whitt", " LCSW"),
            ("Ann Poe", ", FNP-C."),
            ("Ann Poe", ", PharmD"),
            ("Ann Poe", " RPh)"),
        ] {
            assert!(has(name.as_bytes(), behind.as_bytes()), "{name}{behind}");
        }
        for (name, behind) in [
            ("Joan Marsh", ", MD 20783"),
            ("Joan Marsh", ", mother"),
            ("Joan Marsh", " DOB: 1/2/1950"),
            ("Joan Marsh", "RN"),
            ("Joan Marsh", " do not call"),
            ("Joan Marsh", " RN: 48291"),
            ("Joan Marsh", ""),
            ("Joan", "   MD"),
        ] {
            assert!(!has(name.as_bytes(), behind.as_bytes()), "{name}{behind}");
        }
    }
}
