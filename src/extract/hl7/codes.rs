//! What kind of identifier a CX or XCN holds. In: its type code (table 0203) and its assigning authority. Out: a code of
//! that table. Refuses what is not in it: a code is printed as part of a place, and a value must never be.

/// Table 0203 of HL7 v2.8.2, and `ICN`, which Veterans Affairs sends as `NI`; sorted.
#[rustfmt::skip]
pub(super) const CODES: &[&str] = &[
    "ACSN", "AM", "AMA", "AN", "ANC", "AND", "ANON", "ANT", "APRN", "ASID", "BA", "BC", "BCT", "BR", "BRN", "BSNR", "CC",
    "CONM", "CY", "CZ", "DDS", "DEA", "DFN", "DI", "DL", "DN", "DO", "DP", "DPM", "DR", "DS", "EI", "EN", "ESN", "FI",
    "GI", "GL", "GN", "HC", "ICN", "IND", "JHN", "LACSN", "LANR", "LI", "LN", "LR", "MA", "MB", "MC", "MCD", "MCN", "MCR", "MCT",
    "MD", "MI", "MR", "MRT", "MS", "NBSNR", "NCT", "NE", "NH", "NI", "NII", "NIIP", "NP", "NPI", "OD", "PA", "PC", "PCN",
    "PE", "PEN", "PI", "PN", "PNT", "PPIN", "PPN", "PRC", "PRN", "PT", "QA", "RI", "RN", "RPH", "RR", "RRI", "RRP", "SID",
    "SL", "SN", "SP", "SR", "SS", "TAX", "TN", "TPR", "U", "UPIN", "USID", "VN", "VP", "VS", "WC", "WCN", "WP", "XX",
];

/// What people write instead, and what is meant.
const ALIASES: &[(&str, &str)] = &[
    ("ACCT", "AN"),
    ("ACCOUNT", "AN"),
    ("CSN", "VN"),
    ("DLN", "DL"),
    ("EMPI", "PE"),
    ("EPI", "PI"),
    ("FIN", "AN"),
    ("HAR", "AN"),
    ("HIC", "MC"),
    ("HICN", "MC"),
    ("MBI", "MC"),
    ("MED REC", "MR"),
    ("MEDICAID", "MA"),
    ("MEDICARE", "MC"),
    ("MEMBER", "MB"),
    ("MRN", "MR"),
    ("SSN", "SS"),
    ("SOCIAL", "SS"),
    ("SUBSCRIBER", "SN"),
    ("VISIT", "VN"),
];

/// Registries that issue one kind of identifier only, by object identifier or by name (HL7 v2.5.1 table 0363 and
/// <https://hl7.org/oid>).
const AUTHORITIES: &[(&str, &str)] = &[
    ("2.16.840.1.113883.4.1", "SS"),
    ("2.16.840.1.113883.4.6", "NPI"),
    ("2.16.840.1.113883.4.572", "MC"),
    ("2.16.840.1.113883.4.927", "MC"),
    ("2.16.840.1.113883.4.814", "DEA"),
    ("USSSA", "SS"),
    ("SSA", "SS"),
    ("USDEA", "DEA"),
    ("DEA", "DEA"),
    ("NPI", "NPI"),
    ("NPIID", "NPI"),
    ("NPPES", "NPI"),
    ("USVHA", "ICN"),
    ("2.16.840.1.113883.4.349", "ICN"),
    ("USDOD", "MI"),
    ("2.16.840.1.113883.3.42.10001.100001.12", "MI"),
];

/// A code, as its number in [`CODES`] and one more; 0 where there is none.
pub(super) type Code = u8;

/// The number of a code of the table.
fn number(code: &str) -> Option<Code> {
    CODES.binary_search(&code).ok().map(|at| at as Code + 1)
}

/// The code of that number.
pub(super) fn text(code: Code) -> Option<&'static str> {
    CODES.get((code as usize).wrapping_sub(1)).copied()
}

/// The code an identifier has: by its type, else by who issued it. `authority` is a HD, its parts divided by `sub`.
pub(super) fn code(kind: &[u8], authority: &[u8], sub: u8) -> Code {
    let mut folded = [0; 10];
    let kind = kind.trim_ascii();
    if !kind.is_empty() && kind.len() <= folded.len() {
        folded[..kind.len()].copy_from_slice(kind);
        folded.make_ascii_uppercase();
        let kind = str::from_utf8(&folded[..kind.len()]).unwrap_or_default();
        let alias = || ALIASES.iter().find(|(said, _)| *said == kind).and_then(|(_, meant)| number(meant));
        if let Some(code) = number(kind).or_else(alias) {
            // A national number is one of those that the authority issues.
            return if kind == "NI" { issued(authority, sub).unwrap_or(code) } else { code };
        }
    }
    issued(authority, sub).unwrap_or(0)
}

/// The code of what an authority issues.
fn issued(authority: &[u8], sub: u8) -> Option<Code> {
    if authority.is_empty() {
        return None;
    }
    let mut parts = authority.split(|b| *b == sub);
    let known = |part: &[u8]| {
        AUTHORITIES.iter().find(|(name, _)| part.trim_ascii().eq_ignore_ascii_case(name.as_bytes())).map(|(_, c)| *c)
    };
    parts.find_map(known).and_then(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_by_type_alias_and_authority() {
        assert!(CODES.is_sorted());
        let code = |kind: &str, authority: &str| text(code(kind.as_bytes(), authority.as_bytes(), b'&'));
        assert_eq!(code("MR", ""), Some("MR"));
        assert_eq!(code(" ss ", ""), Some("SS"));
        assert_eq!(code("SSN", ""), Some("SS"));
        assert_eq!(code("", "USSSA"), Some("SS"));
        assert_eq!(code("PI", "X&2.16.840.1.113883.4.1&ISO"), Some("PI"), "the type is nearer");
        assert_eq!(code("", "X&2.16.840.1.113883.4.6&ISO"), Some("NPI"));
        assert_eq!(code("NI", "USVHA&&0363"), Some("ICN"));
        assert_eq!(code("NI", "X&1.2.3&ISO"), Some("NI"));
        assert_eq!(code("536904398", ""), None, "no value becomes part of a place");
        for (_, meant) in ALIASES.iter().chain(AUTHORITIES) {
            assert!(number(meant).is_some(), "{meant}");
        }
    }
}
