//! What places of HL7 are called and known by. In: a segment, a field, a part of it. Out: [`Named`]. Keys are systematic:
//!
//! | key | what |
//! | --- | --- |
//! | `hl7:PID-3/MR`, `hl7:CX/MR` | an identifier by its code of table 0203, in that field and in any |
//! | `hl7:PID-3` | the same without a code or with one that says little, or any other field |
//! | `hl7:PID-5`, `hl7:XPN` | a name of a person, family, given or second |
//! | `hl7:PV1-7/name`, `hl7:XCN/name`; `hl7:PV1-7/NPI`, `hl7:XCN/NPI`, `hl7:XCN` | name and number of a clinician |
//! | `hl7:PID-11.1`, `hl7:XAD.1`; `.2`; `.5` | street; second line; ZIP code |
//! | `hl7:PID-13`, `hl7:XTN`; `…/FX`; `…/Internet` | telephone; fax; e-mail |
//! | `hl7:PID-7`, `hl7:DTM/birth`, `/death`, `/service`, `/other` | dates |
//! | `hl7:PID-20`, `hl7:DLN` | driver licence |
//! | `hl7:OBR-2`, `hl7:EI` | number of an order, document, appointment |
//! | `hl7:OBX-5/21112-8` | an observation of that LOINC code |

use crate::extract::named::{Holds, Named};
use crate::finding::{Place, Subject};

use super::codes::{self, Code};
use super::segments::{self, Field, Kind};

/// Codes and names of observations that are identifiers (LOINC 2.77, names as sites write them), and what people would
/// call them.
pub(super) const OBSERVED: &[(&str, &str, &str)] = &[
    ("21112-8", "date of birth", "birth date"),
    ("21112-8", "dob", "birth date"),
    ("21112-8", "birth date", "birth date"),
    ("45396-9", "social security number", "ssn"),
    ("45396-9", "ssn", "ssn"),
    ("45392-8", "first name", "patient first name"),
    ("45394-4", "last name", "patient last name"),
    ("45393-6", "middle initial", "patient middle name"),
    ("45397-7", "medicare number", "medicare number"),
    ("45400-9", "medicaid number", "medicaid number"),
    ("45404-1", "medical record number", "mrn"),
    ("45404-1", "mrn", "mrn"),
    ("81954-0", "date of death", "death date"),
    ("42077-8", "phone number", "patient phone"),
    ("56799-0", "address", "patient address"),
];

/// What a part of a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The field or component as a whole.
    Whole,
    /// An identifier; see [`Code`].
    Id,
    /// A word of a name.
    Name,
    /// First line of an address.
    Street,
    /// Second line.
    Line,
    /// ZIP code.
    Zip,
    /// Telephone.
    Phone,
    /// Fax.
    Fax,
    /// E-mail.
    Email,
    /// Words of people.
    Text,
}

/// Which part of a field a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub(super) kind: Kind,
    pub(super) part: Part,
    /// From 1; 0 where the field has none.
    pub(super) component: u8,
    /// From 1; 0 where the component has none.
    pub(super) sub: u8,
    /// Of table 0203; in an observation, one more than an index into [`OBSERVED`].
    pub(super) code: Code,
}

impl At {
    /// As a number, for a cache.
    pub(super) fn number(self) -> u64 {
        u64::from(self.kind as u8) << 32
            | u64::from(self.part as u8) << 24
            | u64::from(self.component) << 16
            | u64::from(self.sub) << 8
            | u64::from(self.code)
    }
}

/// Codes that say that it is a person's, and not what for: there the field says more.
const GENERIC: [&str; 11] = ["IND", "JHN", "NI", "PE", "PI", "PN", "PNT", "PT", "RI", "U", "XX"];

/// What is known of a part of a field.
pub(super) fn describe(segment: &str, number: usize, field: &Field, at: At) -> Named {
    let place = place(segment, number, at);
    let path = format!("hl7:{segment}-{number}");
    let of = |kind: &str| vec![path.clone(), format!("hl7:{kind}")];
    let ending = |kind: &str, end: &str| vec![format!("{path}{end}"), format!("hl7:{kind}{end}")];
    let observed =
        (field.kind == Kind::Observation).then(|| OBSERVED.get((at.code as usize).wrapping_sub(1))).flatten();
    let (keys, name) = match (at.part, at.kind) {
        _ if observed.is_some() => {
            let (code, _, name) = observed.copied().unwrap_or_default();
            (vec![format!("{path}/{code}")], name)
        }
        (Part::Text, _) => (vec![path], ""),
        (Part::Id, Kind::Person | Kind::Agent) if field.subject == Some(Subject::Provider) => {
            match codes::text(at.code) {
                Some(code) => (ending("XCN", &format!("/{code}")), ""),
                None => (of("XCN"), ""),
            }
        }
        (Part::Id, _) => match codes::text(at.code) {
            Some(code) if GENERIC.contains(&code) => {
                (vec![format!("{path}/{code}"), path, format!("hl7:CX/{code}")], field.name)
            }
            Some(code) => (ending("CX", &format!("/{code}")), words(code)),
            None => (vec![path], if field.name.is_empty() { "identifier" } else { field.name }),
        },
        (Part::Name, Kind::Person | Kind::Agent) if field.subject == Some(Subject::Provider) => {
            (ending("XCN", "/name"), "")
        }
        (Part::Name, _) => (of("XPN"), ""),
        (Part::Street, _) => (ending("XAD", ".1"), ""),
        (Part::Line, _) => (ending("XAD", ".2"), "address line 2"),
        (Part::Zip, _) => (ending("XAD", ".5"), ""),
        (Part::Phone, _) => (of("XTN"), ""),
        (Part::Fax, _) => (ending("XTN", "/FX"), "fax"),
        (Part::Email, _) => (ending("XTN", "/Internet"), ""),
        (Part::Whole, Kind::Birth) => (vec![path, "hl7:DTM/birth".to_string()], ""),
        (Part::Whole, Kind::Death) => (vec![path, "hl7:DTM/death".to_string()], "death date"),
        (Part::Whole, Kind::Service) => (vec![path, "hl7:DTM/service".to_string()], "service date"),
        (Part::Whole, Kind::Date) => (vec![path, "hl7:DTM/other".to_string()], "effective date"),
        (Part::Whole, Kind::License) => (of("DLN"), "driver license"),
        (Part::Whole, Kind::Entity) => (of("EI"), "order number"),
        (Part::Whole, _) => (vec![path], field.name),
    };
    let holds = if at.part == Part::Text { Holds::Text } else { Holds::Value };
    let names = if name.is_empty() { Vec::new() } else { vec![name.to_string()] };
    Named { place, keys, names, holds, subject: field.subject, of_another: segments::is_of_another(segment, number) }
}

/// `PID-19`, `PID-5.1`, `PID-3.1 MR`, `ZPD-4.2.1`.
fn place(segment: &str, number: usize, at: At) -> Place {
    let mut place = format!("{segment}-{number}");
    for part in [at.component, at.sub].into_iter().take_while(|part| *part > 0) {
        place.push('.');
        place.push_str(&part.to_string());
    }
    if let Some(code) = codes::text(at.code).filter(|_| at.part == Part::Id) {
        place.push(' ');
        place.push_str(code);
    }
    Place::Segment(place)
}

/// What people call identifiers of a code; for those that are no person's key, so that no form is taken for one.
fn words(code: &str) -> &'static str {
    match code {
        "AN" | "ANC" | "AND" | "ANT" | "GI" | "GN" => "account number",
        "VN" => "visit number",
        "BA" => "bank account number",
        "AM" | "BC" | "DI" | "DS" | "MS" | "VS" => "card number",
        "DL" => "driver license",
        "PPN" | "DP" => "passport number",
        "MI" => "military id",
        "ACSN" | "ASID" | "LACSN" | "SID" | "USID" => "accession number",
        "EI" | "ESN" => "employee number",
        "EN" | "TAX" => "tax id",
        "LN" | "MD" | "SL" | "RN" | "RPH" | "DO" | "DDS" | "PA" | "NP" => "license number",
        _ => "",
    }
}
