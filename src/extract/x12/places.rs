//! What places of X12 are called and known by. In: a loop, a segment, an element, its qualifier. Out: [`Named`]. Keys are
//! systematic:
//!
//! | key | what |
//! | --- | --- |
//! | `x12:NM103`, `x12:NM1/name` | a name of a person: NM103 to NM105, PER02 |
//! | `x12:NM109/MI`, `x12:NM109` | the identifier of an entity by its qualifier NM108 (N103, ENT03), or without one |
//! | `x12:REF02/SY` | a reference by its qualifier REF01, N901 |
//! | `x12:PER04/TE`, `/FX`, `/EM` | telephone (TE, CP, HP, WP), fax, e-mail, in PER04, 06, 08 |
//! | `x12:N301`, `x12:N302`, `x12:N403` | street, second line, ZIP code |
//! | `x12:DMG02`, `x12:PAT06`, `x12:INS12` | birth date, dates of death |
//! | `x12:DTP03/472`, `x12:DTP/service`, `x12:DTP/other` | a date by its qualifier; dates of care; dates of coverage and paper |
//! | `x12:CLM01`, `x12:CLP01`, `x12:CLP07`, `x12:TRN02`, `x12:SBR03`, `x12:BPR09` | single elements |
//! | `x12:CTX/NM109` | what a 999 repeats of the transaction it refuses |

use crate::extract::named::{Holds, Named};
use crate::finding::Place;

use super::loops::Whose;

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A word of a person's name.
    Name,
    /// An identifier with a qualifier.
    Id,
    /// A reference with a qualifier.
    Reference,
    /// A line of communication with a qualifier.
    Contact,
    /// A date with a qualifier.
    Date,
    /// What the element is called says what it is.
    Single,
    /// What a 999 repeats.
    Context,
    /// Words of people.
    Text,
    /// Nothing is known of it.
    Value,
}

/// Qualifiers of elements 66, 128, 365 and 103, and what people would call the number behind them; sorted. A qualifier is
/// printed as part of a place, so what is not here is not shown.
#[rustfmt::skip]
const QUALIFIERS: &[(&str, &str)] = &[
    ("0B", "license number"), ("0F", "subscriber number"), ("0K", "policy form number"), ("11", "account number"),
    ("14", "master account number"), ("17", "client reporting category"), ("18", "plan number"),
    ("1A", "provider number"), ("1B", "provider number"), ("1C", "provider number"), ("1D", "provider number"),
    ("1E", "provider number"), ("1G", "provider number"), ("1H", "provider number"), ("1J", "facility number"),
    ("1K", "payer claim number"), ("1L", "group number"), ("1S", "ambulatory patient group"), ("1W", "member id"),
    ("23", "client number"), ("24", "tax id"), ("28", "employee number"), ("2F", "consolidated invoice number"),
    ("2U", "payer id"), ("34", ""), ("38", "master policy number"), ("3H", "case number"), ("46", "transmitter number"),
    ("49", "family unit number"), ("4A", "pin"), ("4N", "special payment number"), ("60", "account number"),
    ("6O", "cross reference number"), ("6P", "group number"), ("6R", "line item control number"),
    ("9A", "repriced claim number"), ("9B", "repriced line number"), ("9C", "repriced claim number"),
    ("9D", "repriced line number"), ("9F", "referral number"), ("9K", "servicer number"), ("A6", "employee number"),
    ("ABB", "personal id number"), ("ALS", "alternative list number"), ("AP", ""), ("APC", "payment classification"),
    ("BB", "authorization number"), ("BD", "provider number"), ("BLT", "billing type"), ("BT", "batch number"),
    ("C", "insured changed id"), ("CE", "contract class"), ("CP", ""), ("CPT", "procedure code"), ("CT", "contract number"),
    ("D3", "pharmacy number"), ("D7", "coverage number"), ("D8", "loss number"), ("D9", "clearinghouse claim number"),
    ("DX", "department number"), ("E9", "attachment code"), ("EA", ""), ("ED", ""), ("EI", "tax id"),
    ("EJ", "patient account number"), ("EM", ""), ("EO", "submitter number"), ("EV", "receiver number"),
    ("EW", "certification number"), ("EX", "extension"), ("F2", "version code"), ("F4", "certification number"),
    ("F5", "version code"), ("F6", ""), ("F8", "claim number"), ("FI", "tax id"), ("FJ", "line item control number"),
    ("FT", ""), ("FX", ""), ("FY", "claim office number"), ("G1", "prior authorization number"), ("G2", "provider number"),
    ("G3", "predetermination number"), ("G4", "claim number"), ("GH", "card serial number"),
    ("HJ", "identity card number"), ("HN", ""), ("HP", ""), ("HPI", ""), ("IF", "issue number"), ("IG", "policy number"),
    ("II", ""), ("LD", "loan number"), ("LU", "location number"), ("LX", "device number"), ("M7", "assistance category"),
    ("MC", ""), ("MI", ""), ("MR", ""), ("MRC", "eligibility category"), ("N", "member id"), ("N5", "provider number"),
    ("N6", "network number"), ("N7", "facility number"), ("NF", "company code"), ("NH", "rate card number"), ("NI", "payer id"),
    ("NQ", ""), ("P4", "project code"), ("P5", "position code"), ("PI", "payer id"), ("POL", "policy number"), ("PP", "provider number"),
    ("PQ", "payee number"), ("PXC", "taxonomy code"), ("Q4", "prior id number"), ("QQ", "unit number"),
    ("RB", "rate code"), ("SV", "provider number"), ("SY", ""), ("T4", "signal code"), ("TE", ""), ("TJ", "tax id"),
    ("U3", "unique supplier number"), ("UR", "web address"), ("VP", "vendor product number"), ("VY", "linkage number"),
    ("WP", ""), ("X4", "clia number"), ("X5", "state provider number"), ("XM", "issuer number"), ("XV", "payer id"), ("XX", ""),
    ("XX1", "special program code"), ("XX2", "service area code"), ("XZ", "prescription number"), ("Y4", "claim number"),
    ("ZH", "carrier number"), ("ZX", "county code"), ("ZZ", ""),
];

/// Qualifiers of dates (element 374) that are dates of care rather than of coverage or paper.
const CARE: [u16; 29] = [
    90, 91, 96, 150, 151, 232, 233, 296, 297, 304, 314, 360, 361, 374, 431, 434, 435, 438, 439, 441, 444, 452, 453,
    454, 455, 461, 471, 472, 484,
];

/// A qualifier as a number: 0 where there is none that is known, from 1 one of the list, from 1000 a date's.
pub(super) type Qualifier = u16;

/// The number of a qualifier.
#[inline]
pub(super) fn qualifier(code: &[u8]) -> Qualifier {
    let code = code.trim_ascii();
    if code.len() > 3 || code.is_empty() {
        return 0;
    }
    PACKED.binary_search(&packed(code)).map_or(0, |at| at as u16 + 1)
}

/// The codes of [`QUALIFIERS`] as numbers, in the same order: nearly every segment asks.
const PACKED: [u32; QUALIFIERS.len()] = {
    let mut all = [0; QUALIFIERS.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = packed(QUALIFIERS[at].0.as_bytes());
        at += 1;
    }
    all
};

/// Up to four bytes as a number that sorts as they do.
const fn packed(code: &[u8]) -> u32 {
    let mut number = 0;
    let mut at = 0;
    while at < 4 {
        number = number << 8 | if at < code.len() { code[at] as u32 } else { 0 };
        at += 1;
    }
    number
}

/// The number of a date's qualifier: three figures.
#[inline]
pub(super) fn date_qualifier(code: &[u8]) -> Qualifier {
    match code.trim_ascii() {
        digits @ [_, _, _] if digits.iter().all(u8::is_ascii_digit) => {
            1000 + digits.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'))
        }
        _ => 0,
    }
}

/// The code of a qualifier.
fn code(qualifier: Qualifier) -> Option<String> {
    match qualifier {
        0 => None,
        1..1000 => QUALIFIERS.get(qualifier as usize - 1).map(|(code, _)| code.to_string()),
        _ => Some(format!("{:03}", qualifier - 1000)),
    }
}

/// Elements that say what they are by themselves, and what people would call them.
const SINGLES: &[(&str, &str)] = &[
    ("BPR07", "bank routing number"),
    ("BPR09", "bank account number"),
    ("BPR13", "bank routing number"),
    ("BPR15", "bank account number"),
    ("CLM01", "patient account number"),
    ("CLP01", "patient account number"),
    ("CLP07", "payer claim number"),
    ("DMG02", "patient birth date"),
    ("INS12", "patient death date"),
    ("N302", "address line 2"),
    ("PAT06", "patient death date"),
    ("PWK06", "attachment number"),
    ("RMR02", "reference number"),
    ("SBR03", "group number"),
    ("TRN02", "trace number"),
];

/// What is known of an element.
pub(super) fn describe(
    in_loop: &str,
    (whose, of_another): (Whose, bool),
    segment: &str,
    element: u8,
    role: Role,
    qualifier: Qualifier,
) -> Named {
    let code = code(qualifier);
    let word = QUALIFIERS.get((qualifier as usize).wrapping_sub(1)).map_or("", |(_, word)| *word);
    let by = |path: &str| code.as_ref().map_or_else(|| format!("x12:{path}"), |code| format!("x12:{path}/{code}"));
    let path = if element == 0 { segment.to_string() } else { format!("{segment}{element:02}") };
    let (keys, name) = match role {
        Role::Name => (vec![format!("x12:{path}"), "x12:NM1/name".to_string()], ""),
        Role::Id => (vec![by("NM109")], word),
        Role::Reference => (vec![by("REF02")], if code.is_none() { "reference number" } else { word }),
        Role::Contact => {
            let kind = match code.as_deref() {
                Some("CP" | "HP" | "WP" | "TE") => "TE",
                Some("ED" | "UR" | "EX" | "FT" | "AP") | None => "other",
                Some(code) => code,
            };
            (vec![format!("x12:PER04/{kind}")], if kind == "other" { "contact number" } else { "" })
        }
        Role::Date => {
            let (kind, name) = if CARE.contains(&qualifier.wrapping_sub(1000)) {
                ("service", "service date")
            } else {
                ("other", "effective date")
            };
            (vec![by("DTP03"), format!("x12:DTP/{kind}")], name)
        }
        // Of a claim's status it is what the provider calls the claim: the patient's account.
        Role::Single if segment == "TRN" && matches!(in_loop, "2200D" | "2200E") => {
            (vec!["x12:TRN02/claim".to_string()], "patient control number")
        }
        Role::Single => {
            let name = SINGLES.iter().find(|(known, _)| *known == path).map_or("", |(_, name)| *name);
            (vec![format!("x12:{path}")], name)
        }
        Role::Context => {
            let (_, at) = CONTEXTS[qualifier as usize % CONTEXTS.len()];
            (vec![format!("x12:CTX/{at}")], "")
        }
        Role::Text => (Vec::new(), ""),
        Role::Value => (vec![format!("x12:{path}")], ""),
    };
    let mut place = String::with_capacity(24);
    if !in_loop.is_empty() {
        place.push_str(in_loop);
        place.push('/');
    }
    place.push_str(&path);
    if let Some(code) = code.filter(|_| role != Role::Context) {
        place.push(' ');
        place.push_str(&code);
    }
    let names = if name.is_empty() { Vec::new() } else { vec![name.to_string()] };
    let holds = if role == Role::Text { Holds::Text } else { Holds::Value };
    let subject = if role == Role::Text { None } else { whose.subject() };
    Named { place: Place::Segment(place), keys, names, holds, subject, of_another }
}

/// What a 999 calls the elements it repeats, in CTX01 (X231 2.2), and the element.
pub(super) const CONTEXTS: [(&[u8], &str); 8] = [
    (b"", "other"),
    (b"CLM01", "CLM01"),
    (b"CLP01", "CLP01"),
    (b"NM109", "NM109"),
    (b"SUBSCRIBER NUMBER REF02", "REF02/0F"),
    (b"PATIENT NAME NM109", "NM109"),
    (b"TRN02", "TRN02"),
    (b"ENT01", "ENT01"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualifiers_are_known_or_not_shown() {
        assert!(QUALIFIERS.is_sorted());
        let reference = |code: &str| {
            describe("2300", (Whose::Patient, false), "REF", 2, Role::Reference, qualifier(code.as_bytes()))
        };
        assert_eq!(reference("EA").keys, ["x12:REF02/EA"]);
        assert_eq!(reference("EA").place.to_string(), "segment: 2300/REF02 EA");
        let other = reference("418627715");
        assert_eq!(
            (other.place.to_string().as_str(), &other.keys[..]),
            ("segment: 2300/REF02", &["x12:REF02".to_string()][..])
        );
        let date = describe("2400", (Whose::Patient, false), "DTP", 3, Role::Date, date_qualifier(b"472"));
        assert_eq!(date.keys, ["x12:DTP03/472", "x12:DTP/service"]);
        assert_eq!(date.names, ["service date"]);
        assert_eq!(date_qualifier(b"4x2"), 0);
        let phone = describe("1000A", (Whose::Organisation, false), "PER", 6, Role::Contact, qualifier(b"HP"));
        assert_eq!((&phone.keys[0][..], phone.place.to_string().as_str()), ("x12:PER04/TE", "segment: 1000A/PER06 HP"));
    }
}
