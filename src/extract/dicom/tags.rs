//! What the elements of DICOM hold. In: a tag. Out: its keyword and what stands there, for the elements of the Basic
//! Application Level Confidentiality Profile (DICOM PS3.15 2026c, table E.1-1) and a few beside them. Refuses what the
//! profile does not list: such elements are known by their value representation alone.

use std::sync::LazyLock;

use crate::extract::named::{Holds, Named};
use crate::finding::{Place, Subject};

/// A line for each element: tag, what it holds, keyword. Left out are unique ids, times of day, codes and settings of
/// machines, which say nothing about a person that the other elements do not.
const PROFILE: &str = include_str!("profile.txt");

/// What an element holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name of a person (PS3.5 6.2.1), whose it is where the element says.
    Name(Option<Subject>),
    /// A number, date, address or telephone number, whose it is where the element says.
    Value(Option<Subject>),
    /// Text as people write it.
    Text,
    /// A sequence; within it stand providers.
    Providers,
    /// A sequence.
    Sequence,
}

/// An element of the profile.
#[derive(Debug)]
pub(super) struct Known {
    tag: u32,
    /// As PS3.6 writes it: `PatientName`.
    pub(super) keyword: &'static str,
    /// What stands there.
    pub(super) kind: Kind,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| PROFILE.lines().filter_map(line).collect());

fn line(line: &'static str) -> Option<Known> {
    let mut parts = line.split(' ');
    let tag = u32::from_str_radix(parts.next()?, 16).ok()?;
    let kind = match parts.next()? {
        "patient-name" => Kind::Name(Some(Subject::Patient)),
        "provider-name" => Kind::Name(Some(Subject::Provider)),
        "name" => Kind::Name(None),
        "patient" => Kind::Value(Some(Subject::Patient)),
        "provider" => Kind::Value(Some(Subject::Provider)),
        "value" => Kind::Value(None),
        "text" => Kind::Text,
        "providers" => Kind::Providers,
        "sequence" => Kind::Sequence,
        _ => return None,
    };
    Some(Known { tag, keyword: parts.next()?, kind })
}

/// The element of the profile with this tag, group first.
pub(super) fn known(tag: u32) -> Option<&'static Known> {
    let at = KNOWN.binary_search_by_key(&tag, |known| known.tag).ok()?;
    Some(&KNOWN[at])
}

/// How reports and pattern files know an element, within `sequence` where it stands in one of the profile.
/// `provider` says that a sequence around it is about providers.
pub(super) fn describe(tag: u32, kind: Kind, sequence: Option<&str>, provider: bool) -> Named {
    let known = known(tag);
    let name = match known {
        Some(known) => known.keyword.to_string(),
        None => format!("({:04X},{:04X})", tag >> 16, tag & 0xFFFF),
    };
    let mut keys = vec![format!("dicom:{name}")];
    if matches!(kind, Kind::Name(_)) {
        keys.push("dicom:PN".to_string());
    }
    let (holds, subject) = match kind {
        Kind::Name(subject) | Kind::Value(subject) => (Holds::Value, subject),
        Kind::Text | Kind::Providers | Kind::Sequence => (Holds::Text, None),
    };
    let names = known.filter(|_| holds == Holds::Value).map(|known| spoken(known.keyword));
    let place = match sequence {
        Some(sequence) => format!("{sequence}.{name}"),
        None => name,
    };
    Named {
        place: Place::Tag(place),
        keys,
        names: names.into_iter().collect(),
        holds,
        subject: if provider { Some(Subject::Provider) } else { subject },
        of_another: false,
    }
}

/// `PatientBirthDate` as people would call a column: `patient birth date`.
fn spoken(keyword: &str) -> String {
    let mut words = String::with_capacity(keyword.len() + 8);
    let bytes = keyword.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let lower = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
        if at > 0 && byte.is_ascii_uppercase() && (lower(at - 1) || lower(at + 1)) && !keyword[at..].eq("s") {
            words.push(' ');
        }
        words.push(byte.to_ascii_lowercase() as char);
    }
    words.replace("i ds", "ids")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_read_whole_and_in_order() {
        assert_eq!(KNOWN.len(), PROFILE.lines().count());
        assert!(KNOWN.windows(2).all(|pair| pair[0].tag < pair[1].tag));
    }

    #[test]
    fn elements_are_named_for_people() {
        for (tag, place, name) in [
            (0x0010_0010, "PatientName", "patient name"),
            (0x0010_0030, "PatientBirthDate", "patient birth date"),
            (0x0010_0020, "PatientID", "patient id"),
            (0x0010_1000, "OtherPatientIDs", "other patient ids"),
        ] {
            let kind = known(tag).expect("a tag of the profile").kind;
            let named = describe(tag, kind, None, false);
            assert_eq!((named.place, named.names), (Place::Tag(place.to_string()), vec![name.to_string()]));
            assert_eq!(named.keys[0], format!("dicom:{place}"));
            assert_eq!(named.subject, Some(Subject::Patient));
        }
        let named = describe(0x0040_A123, Kind::Name(None), Some("VerifyingObserverSequence"), true);
        assert_eq!(named.place, Place::Tag("VerifyingObserverSequence.PersonName".to_string()));
        assert_eq!(named.subject, Some(Subject::Provider));
        let named = describe(0x0009_1010, Kind::Text, None, false);
        assert_eq!((named.place, named.holds), (Place::Tag("(0009,1010)".to_string()), Holds::Text));
    }
}
