//! How bad a finding is. In: identifier, what stands on the same records, people, protection, who can read it. Out: a
//! severity and its reason in one clause. The table is published as `docs/severity.md`, version [`TABLE_VERSION`]; a test
//! keeps the two alike.

use crate::finding::{Protection, ReadableBy, Severity, Subject};
use crate::identifier::Identifier;

mod table;

pub use table::Table;

/// Version of the table; changes when a severity can change.
pub const TABLE_VERSION: u32 = 1;
/// From so many people a finding that others can read is one step worse: the size from which 45 CFR 164.408(b) asks for
/// notice without delay.
pub const MANY_PEOPLE: u64 = 500;

/// What severity goes by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// What kind of datum.
    pub identifier: Identifier,
    /// Whose.
    pub subject: Subject,
    /// In what form.
    pub protection: Protection,
    /// Names of identifiers on the same records.
    pub linked: &'a [&'static str],
    /// Records it stands on.
    pub records: u64,
    /// Individuals with it in this place.
    pub people: u64,
    /// Whether all matches are test values.
    pub all_tests: bool,
    /// Who can read it.
    pub readable_by: ReadableBy,
}

/// What an identifier is worth to someone who should not have it: alone, and with a name or a birth date beside it.
pub fn base(identifier: Identifier) -> (Severity, Severity) {
    match identifier {
        Identifier::SSN
        | Identifier::ITIN
        | Identifier::HICN
        | Identifier::MBI
        | Identifier::PAYMENT_CARD
        | Identifier::BANK_ACCOUNT
        | Identifier::DRIVER_LICENSE
        | Identifier::PASSPORT => (Severity::High, Severity::High),
        Identifier::MEMBER_ID | Identifier::MEDICAID_ID | Identifier::MRN | Identifier::MILITARY_ID => {
            (Severity::Medium, Severity::High)
        }
        Identifier::BIRTH_DATE => (Severity::Low, Severity::High),
        Identifier::NAME | Identifier::ADDRESS | Identifier::PHONE | Identifier::EMAIL => {
            (Severity::Low, Severity::Medium)
        }
        Identifier::ACCOUNT_NUMBER
        | Identifier::CLAIM_NUMBER
        | Identifier::RX_NUMBER
        | Identifier::DEVICE_ID
        | Identifier::VIN => (Severity::Low, Severity::Medium),
        Identifier::DEATH_DATE
        | Identifier::SERVICE_DATE
        | Identifier::AGE_OVER_89
        | Identifier::FAX
        | Identifier::URL => (Severity::Low, Severity::Medium),
        Identifier::ZIP | Identifier::GROUP_NUMBER | Identifier::IP_ADDRESS | Identifier::NPI | Identifier::DEA => {
            (Severity::Info, Severity::Low)
        }
        _ => (Severity::Low, Severity::Medium),
    }
}

/// Whether `other` beside an identifier makes it a person's: contact data need an identifier or birth date beside them,
/// all others a name or birth date.
fn tells_person(identifier: Identifier, other: &str) -> bool {
    match identifier {
        Identifier::NAME | Identifier::ADDRESS | Identifier::PHONE | Identifier::EMAIL | Identifier::FAX => {
            matches!(other, "birth-date" | "ssn" | "itin" | "mbi" | "hicn" | "mrn" | "member-id" | "medicaid-id")
        }
        Identifier::BIRTH_DATE => {
            matches!(other, "name" | "ssn" | "itin" | "mbi" | "hicn" | "mrn" | "member-id" | "medicaid-id")
        }
        _ => matches!(other, "name" | "birth-date"),
    }
}

/// The severity of a finding and why.
pub fn judge(facts: &Facts<'_>, table: &Table) -> (Severity, String) {
    if facts.subject == Subject::Provider {
        return (Severity::Info, "a provider's, not a patient's".to_string());
    }
    if facts.all_tests {
        return (Severity::Info, "test values only".to_string());
    }
    let (alone, together) = table.row(facts.identifier);
    let beside: Vec<&str> = facts.linked.iter().copied().filter(|o| tells_person(facts.identifier, o)).collect();
    let mut severity = if beside.is_empty() { alone } else { together };
    let mut words = vec![facts.identifier.name()];
    words.extend(&beside);
    let mut reason = format!(
        "{} on {} record{}",
        words.join("+"),
        thousands(facts.records),
        if facts.records == 1 { "" } else { "s" }
    );
    reason.push_str(", ");
    reason.push_str(facts.protection.name());
    match facts.protection {
        // Four visible digits, or a hash that can be tried out: half the harm.
        Protection::Masked | Protection::Hashed => severity = severity.min(Severity::Low),
        Protection::Tokenized => severity = Severity::Info,
        Protection::Plaintext => {
            let open = facts.readable_by == ReadableBy::World;
            let many = facts.people >= MANY_PEOPLE;
            if severity == Severity::High && (open && !beside.is_empty() || many) {
                severity = Severity::Critical;
            } else if severity == Severity::Medium && open && many {
                severity = Severity::High;
            }
            if many {
                reason.push_str(&format!(", {} people", thousands(facts.people)));
            }
        }
    }
    match facts.readable_by {
        ReadableBy::World => reason.push_str(", world-readable"),
        ReadableBy::Group => reason.push_str(", group-readable"),
        _ => {}
    }
    if let Some(site) = table.site() {
        reason.push_str(&format!(", table {site}"));
    }
    (severity, reason)
}

/// What would help most: one of the contract's closed list.
pub fn action_hint(facts: &Facts<'_>, severity: Severity, likely: bool, column: bool) -> &'static str {
    if severity == Severity::Info {
        return "";
    }
    if !likely {
        return "verify-by-hand";
    }
    if facts.readable_by == ReadableBy::World && severity >= Severity::High {
        return "restrict-access";
    }
    match facts.identifier {
        Identifier::ZIP => "truncate-zip",
        Identifier::BIRTH_DATE | Identifier::DEATH_DATE | Identifier::SERVICE_DATE if column => "year-only",
        _ if column => "drop-column",
        _ => "encrypt",
    }
}

/// A number with commas.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(identifier: Identifier) -> Facts<'static> {
        Facts {
            identifier,
            subject: Subject::Patient,
            protection: Protection::Plaintext,
            linked: &[],
            records: 10,
            people: 10,
            all_tests: false,
            readable_by: ReadableBy::Owner,
        }
    }

    #[test]
    fn severity_goes_by_identifier_linkage_people_protection_and_access() {
        let ssn = facts(Identifier::SSN);
        let linked = ["birth-date", "name"];
        for (facts, expected, because) in [
            (ssn, Severity::High, "an SSN alone"),
            (Facts { linked: &linked, readable_by: ReadableBy::World, ..ssn }, Severity::Critical, "with name, open"),
            (Facts { people: 500, ..ssn }, Severity::Critical, "five hundred people"),
            (Facts { protection: Protection::Masked, people: 900, ..ssn }, Severity::Low, "masked"),
            (Facts { subject: Subject::Provider, ..ssn }, Severity::Info, "a provider's"),
            (Facts { all_tests: true, ..ssn }, Severity::Info, "test values"),
            (facts(Identifier::NAME), Severity::Low, "a name alone"),
            (Facts { linked: &["ssn"], ..facts(Identifier::NAME) }, Severity::Medium, "a name beside an SSN"),
            (facts(Identifier::ZIP), Severity::Info, "ZIP codes alone"),
            (Facts { linked: &["name"], ..facts(Identifier::BIRTH_DATE) }, Severity::High, "name and birth date"),
        ] {
            assert_eq!(judge(&facts, &Table::default()).0, expected, "{because}");
        }
        let mut table = Table::of_site("LHP 3");
        table.set(Identifier::SSN, Severity::Critical, Severity::Critical);
        let (severity, reason) = judge(&ssn, &table);
        assert_eq!((severity, reason.ends_with(", table LHP 3")), (Severity::Critical, true), "{reason}");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
