//! Who gives out a number. In: the OID or URI that stands beside an identifier in C-CDA, HL7 v3 and FHIR. Out: what kind of number it
//! is. Refuses what anybody may have made: an unknown system says only that somebody numbered somebody.

/// Kinds of number that a system fixes, as they stand in the keys of places: `ccda:patient.id/ssn`.
pub const SSN: &str = "ssn";
/// Medicare beneficiary identifier.
pub const MBI: &str = "mbi";
/// Medicare number of before 2018; newer systems give the MBI under the same name.
pub const MEDICARE: &str = "medicare";
/// National provider identifier.
pub const NPI: &str = "npi";
/// Drug Enforcement Administration.
pub const DEA: &str = "dea";
/// Driver licence of a state.
pub const LICENSE: &str = "license";
/// Department of Veterans Affairs: the ICN.
pub const VA: &str = "va-icn";
/// Department of Defense: the EDIPI.
pub const EDIPI: &str = "edipi";
/// Numbers of organisations: employer, laboratory, insurer.
pub const ORGANIZATION: &str = "organization";
/// Vocabularies, templates and examples of messages: no numbers of anything.
pub const VOCABULARY: &str = "vocabulary";

/// OIDs of systems. HL7 OID registry; CMS and VA assignments as cited in C-CDA R2.1 and US Core.
const OIDS: &[(&str, &str)] = &[
    ("2.16.840.1.113883.4.1", SSN),
    ("2.16.840.1.113883.4.927", MBI),
    ("2.16.840.1.113883.4.572", MEDICARE),
    ("2.16.840.1.113883.4.6", NPI),
    ("2.16.840.1.113883.4.814", DEA),
    ("2.16.840.1.113883.4.349", VA),
    ("2.16.840.1.113883.3.42.10001.100001.12", EDIPI),
    // Employer, CLIA, NAIC, NCPDP.
    ("2.16.840.1.113883.4.4", ORGANIZATION),
    ("2.16.840.1.113883.4.7", ORGANIZATION),
    ("2.16.840.1.113883.6.300", ORGANIZATION),
    ("2.16.840.1.113883.3.88.3.1", ORGANIZATION),
];

/// What the numbers of an OID are; `None` where anybody may have made them. Spaces around it are left out.
pub fn by_oid(oid: &[u8]) -> Option<&'static str> {
    let oid = str::from_utf8(oid.trim_ascii()).ok()?;
    if let Some((_, kind)) = OIDS.iter().find(|(known, _)| *known == oid) {
        return Some(kind);
    }
    // One for each state.
    if oid.strip_prefix("2.16.840.1.113883.4.3.").is_some_and(|state| state.bytes().all(|b| b.is_ascii_digit())) {
        return Some(LICENSE);
    }
    // HL7's code systems, value sets and templates.
    let vocabulary = ["2.16.840.1.113883.6.", "2.16.840.1.113883.5.", "2.16.840.1.113883.10.", "2.16.840.1.113883.12."];
    vocabulary.iter().any(|prefix| oid.starts_with(prefix)).then_some(VOCABULARY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oids_are_known_whole() {
        for (oid, kind) in [
            (&b" 2.16.840.1.113883.4.1 "[..], Some(SSN)),
            (b"2.16.840.1.113883.4.3.42", Some(LICENSE)),
            (b"2.16.840.1.113883.4.1.7", None),
            (b"2.16.840.1.113883.19.5.99999.2", None),
            (b"2.16.840.1.113883.6.96", Some(VOCABULARY)),
            (b"1.2.3", None),
            (b"", None),
        ] {
            assert_eq!(by_oid(oid), kind);
        }
    }
}
