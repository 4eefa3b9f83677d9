//! The kinds of datum phisweep reports. In: a name such as `ssn`. Out: its row in the table below.
//! Refuses names that are not in the table: the list is the outside contract and a name once used is kept.

use std::fmt;

/// One kind of identifier, a row of [`TABLE`]. Small and `Copy`, so that it can live in every candidate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier(u8);

/// What is fixed about an identifier.
#[derive(Debug)]
pub struct Info {
    /// The name in reports, options and pattern files.
    pub name: &'static str,
    /// The letter of 45 CFR 164.514(b)(2)(i).
    pub letter: &'static str,
    /// Whether a limited data set (45 CFR 164.514(e)(2)) must drop it.
    pub limited_data_set_drops: bool,
    /// Core identifiers are listed at `possible` in a document that has a `likely` finding.
    pub core: bool,
    /// What a masked value looks like: one fixed text per identifier, so that a mask tells no length.
    pub mask: &'static str,
    /// Whether `--reveal last4` means anything for it; for `mrn` and `member-id` only from eight characters on.
    pub last4: bool,
    /// Plain words for people who do not know the name.
    pub words: &'static str,
}

macro_rules! table {
    ($($constant:ident $name:literal $letter:literal $drop:literal $core:literal $mask:literal $last4:literal $words:literal;)*) => {
        /// Every identifier, in the order of the HIPAA letters; reports sort by this order where they group.
        pub const TABLE: &[Info] = &[$(Info {
            name: $name, letter: $letter, limited_data_set_drops: $drop, core: $core,
            mask: $mask, last4: $last4, words: $words,
        },)*];
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Row { $($constant,)* }
        impl Identifier {
            $(#[doc = $words] pub const $constant: Identifier = Identifier(Row::$constant as u8);)*
        }
    };
}

table! {
    NAME           "name"           "A" true  false "[name]"          false "names of persons";
    ADDRESS        "address"        "B" true  false "[address]"       false "street addresses";
    ZIP            "zip"            "B" false false "*****"           false "ZIP codes";
    BIRTH_DATE     "birth-date"     "C" false true  "****-**-**"      false "birth dates";
    DEATH_DATE     "death-date"     "C" false false "****-**-**"      false "dates of death";
    SERVICE_DATE   "service-date"   "C" false false "****-**-**"      false "dates of service";
    AGE_OVER_89    "age-over-89"    "C" false false "**"              false "ages over 89";
    PHONE          "phone"          "D" true  false "***-***-****"    false "telephone numbers";
    FAX            "fax"            "E" true  false "***-***-****"    false "fax numbers";
    EMAIL          "email"          "F" true  false "***@***"         false "e-mail addresses";
    SSN            "ssn"            "G" true  true  "***-**-****"     true  "Social Security numbers";
    ITIN           "itin"           "G" true  true  "***-**-****"     true  "individual taxpayer numbers";
    MRN            "mrn"            "H" true  true  "********"        true  "medical record numbers";
    MBI            "mbi"            "I" true  true  "***********"     false "Medicare beneficiary identifiers";
    HICN           "hicn"           "I" true  true  "***-**-*****"    false "legacy Medicare claim numbers (they hold an SSN)";
    MEDICAID_ID    "medicaid-id"    "I" true  true  "*********"       false "Medicaid identifiers";
    MEMBER_ID      "member-id"      "I" true  true  "*********"       true  "health plan member identifiers";
    GROUP_NUMBER   "group-number"   "I" true  false "******"          false "health plan group numbers";
    ACCOUNT_NUMBER "account-number" "J" true  false "********"        true  "patient account numbers";
    PAYMENT_CARD   "payment-card"   "J" true  false "****************" true "payment card numbers";
    BANK_ACCOUNT   "bank-account"   "J" true  false "********"        true  "bank account numbers";
    DRIVER_LICENSE "driver-license" "K" true  false "********"        false "driver licence numbers";
    DEA            "dea"            "K" true  false "*********"       false "DEA registration numbers";
    NPI            "npi"            "K" true  false "**********"      false "national provider identifiers";
    VIN            "vin"            "L" true  false "*****************" false "vehicle identification numbers";
    DEVICE_ID      "device-id"      "M" true  false "********"        false "device identifiers and serial numbers";
    URL            "url"            "N" true  false "[url]"           false "web addresses that point at a person";
    IP_ADDRESS     "ip-address"     "O" true  false "*.*.*.*"         false "IP addresses";
    CLAIM_NUMBER   "claim-number"   "R" false false "********"        false "claim numbers";
    RX_NUMBER      "rx-number"      "R" false false "********"        false "prescription numbers";
    PASSPORT       "passport"       "R" false false "*********"       false "passport numbers";
    MILITARY_ID    "military-id"    "R" false false "**********"      false "military identifiers (EDIPI)";
}

impl Identifier {
    /// The identifier called `name`, if there is one.
    pub fn by_name(name: &str) -> Option<Identifier> {
        TABLE.iter().position(|row| row.name == name).map(|i| Identifier(i as u8))
    }

    /// All identifiers in table order.
    pub fn all() -> impl Iterator<Item = Identifier> {
        (0..TABLE.len() as u8).map(Identifier)
    }

    /// Its row in the table.
    pub fn info(self) -> &'static Info {
        &TABLE[self.0 as usize]
    }

    /// Its name in reports, options and pattern files.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// Position in the table, for arrays indexed by identifier.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The known name nearest to a misspelt one, where one is near enough to be worth suggesting.
    pub fn suggestion(misspelt: &str) -> Option<&'static str> {
        crate::spelling::nearest(misspelt, TABLE.iter().map(|row| row.name))
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for identifier in Identifier::all() {
            assert_eq!(Identifier::by_name(identifier.name()), Some(identifier));
        }
        assert_eq!(Identifier::SSN.info().letter, "G");
        assert_eq!(Identifier::by_name("snn"), None);
    }

    #[test]
    fn misspelt_names_get_a_suggestion() {
        for (misspelt, expected) in
            [("snn", Some("ssn")), ("birthdate", Some("birth-date")), ("memberid", Some("member-id")), ("quux", None)]
        {
            assert_eq!(Identifier::suggestion(misspelt), expected, "{misspelt}");
        }
    }
}
