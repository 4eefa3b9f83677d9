//! Clinicians whose names a clinical document states where it says who wrote, did or answered for something: narrative tells of them
//! too, and they are not the patient there. In: the bytes of a document, then texts of it. Out: where a text names one. Refuses
//! names that the patient has too, and names of one word.

use std::ops::Range;

/// Names that are kept.
const MOST: usize = 64;
/// A person is described in no more bytes.
const PERSON: usize = 4 << 10;
/// A part of a name is no longer.
const LONGEST: usize = 48;

/// The names.
#[derive(Debug, Default)]
pub(super) struct Clinicians {
    /// As a text may write them: `Ada Lee`, `Lee, Ada`.
    forms: Vec<Vec<u8>>,
}

impl Clinicians {
    /// Those that these bytes state: CDA R2, `assignedPerson` of authors, performers, authenticators and all other assigned roles.
    pub(super) fn of(bytes: &[u8]) -> Clinicians {
        let patients: Vec<Name> = stated(bytes, b"patientRole", 16 * PERSON).collect();
        let mut forms: Vec<Vec<u8>> = Vec::new();
        for name in stated(bytes, b"assignedPerson", PERSON).filter(|name| !patients.contains(name)).take(MOST) {
            for form in name.forms() {
                if !forms.contains(&form) {
                    forms.push(form);
                }
            }
        }
        Clinicians { forms }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// Where the first of them stands in a text; of those that start there the longest.
    pub(super) fn find(&self, text: &[u8]) -> Option<Range<usize>> {
        let stands = |form: &Vec<u8>| {
            let alone = |at: Option<&u8>| at.is_none_or(|b| !b.is_ascii_alphanumeric() && *b < 0x80);
            let found = memchr::memmem::find_iter(text, form).find(|at| {
                let before = at.checked_sub(1).map(|before| &text[before]);
                alone(before) && alone(text.get(at + form.len()))
            })?;
            Some(found..found + form.len())
        };
        self.forms.iter().filter_map(stands).min_by_key(|range| (range.start, std::cmp::Reverse(range.end)))
    }
}

/// A name by its parts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Name {
    given: Vec<Vec<u8>>,
    family: Vec<u8>,
}

impl Name {
    fn forms(&self) -> Vec<Vec<u8>> {
        let Some(first) = self.given.first().filter(|_| !self.family.is_empty()) else { return Vec::new() };
        let mut forms = vec![[first, &b" "[..], &self.family].concat(), [&self.family, &b", "[..], first].concat()];
        if self.given.len() > 1 {
            forms.push([&self.given.join(&b' '), &b" "[..], &self.family].concat());
        }
        let upper: Vec<Vec<u8>> = forms.iter().map(|form| form.to_ascii_uppercase()).collect();
        forms.extend(upper);
        forms
    }
}

/// The names in elements of this name, each looked into for so many bytes.
fn stated<'a>(bytes: &'a [u8], element: &'a [u8], most: usize) -> impl Iterator<Item = Name> + 'a {
    let mut marks = memchr::memmem::find_iter(bytes, element);
    std::iter::from_fn(move || {
        loop {
            let at = marks.next()?;
            // Behind `<`, or `<` and a prefix.
            let before = &bytes[at.saturating_sub(12)..at];
            let tag = before.iter().rposition(|b| *b == b'<').map(|open| &before[open + 1..]);
            if !tag.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with(b":") && !prefix.contains(&b'/')) {
                continue;
            }
            let inner = &bytes[at + element.len()..];
            let inner = &inner[..inner.len().min(most)];
            let end = memchr::memmem::find(inner, element).unwrap_or(inner.len());
            return Some(name_in(&inner[..end]));
        }
    })
}

/// The first name in these bytes, by its parts or in one.
fn name_in(bytes: &[u8]) -> Name {
    let mut name = Name::default();
    let mut whole: &[u8] = b"";
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'<', &bytes[at..]).map(|found| at + found + 1) {
        let Some(close) = memchr::memchr(b'>', &bytes[open..]).map(|found| open + found) else { break };
        at = close + 1;
        let text = &bytes[at..];
        let text = text[..memchr::memchr(b'<', text).unwrap_or(text.len())].trim_ascii();
        let tag = bytes[open..close].split(|b| b.is_ascii_whitespace()).next().unwrap_or_default();
        let local = tag.rsplit(|b| *b == b':').next().unwrap_or_default();
        let usable = !text.is_empty() && text.len() <= LONGEST && !text.contains(&b'&');
        match local {
            // A second name is another form of the first.
            b"name" | b"/name" if tag.starts_with(b"/") => break,
            _ if tag.starts_with(b"/") || !usable => {}
            b"given" => name.given.push(text.to_vec()),
            b"family" => name.family = text.to_vec(),
            b"name" => whole = text,
            _ => {}
        }
    }
    if name.family.is_empty() && name.given.is_empty() {
        let words: Vec<&[u8]> = whole.split(|b| b.is_ascii_whitespace()).filter(|word| !word.ends_with(b".")).collect();
        if let [given @ .., family] = &words[..] {
            name.given = given.iter().map(|word| word.to_vec()).collect();
            name.family = family.to_vec();
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clinicians_are_known_by_their_names() {
        let document = b"<recordTarget><patientRole><patient><name><given>Ada</given><family>Lee</family></name></patient></patientRole></recordTarget>\
            <author><assignedPerson><name><prefix>Dr.</prefix><given>Ruth</given><given qualifier=\"CL\">M</given><family>Okoye</family></name></assignedPerson></author>\
            <n1:assignedPerson><n1:name>Dr. Carl Osgood</n1:name></n1:assignedPerson><assignedPerson><name><given>Ada</given><family>Lee</family></name></assignedPerson><assignedPerson/>";
        let clinicians = Clinicians::of(document);
        let cases: [(&str, Option<&str>); 7] = [
            ("seen by Ruth Okoye, MD", Some("Ruth Okoye")),
            ("by OKOYE, RUTH.", Some("OKOYE, RUTH")),
            ("Ruth M Okoye", Some("Ruth M Okoye")),
            ("Carl Osgood wrote", Some("Carl Osgood")),
            ("Ada Lee was seen", None),
            ("Ruth Okoyer", None),
            ("Okoye", None),
        ];
        for (text, found) in cases {
            assert_eq!(clinicians.find(text.as_bytes()).map(|range| &text[range]), found, "{text}");
        }
        assert!(Clinicians::of(b"<assignedPerson><name><given>A").is_empty());
        assert!(Clinicians::of(b"assignedPerson <").is_empty());
    }
}
