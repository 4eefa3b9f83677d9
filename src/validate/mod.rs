//! Checks that need arithmetic, one file an identifier. In: the bytes of one candidate and where it stands. Out: a
//! [`Verdict`]. Works on bytes and allocates nothing: it runs for every candidate of every file.

use crate::finding::Protection;

pub mod address;
pub mod age;
pub mod bank;
pub mod blank;
pub mod card;
pub mod code;
pub mod date;
pub mod day;
pub mod dea;
pub mod device;
pub mod digest;
pub mod digits;
pub mod email;
pub mod hicn;
pub mod icn;
pub mod ip;
pub mod license;
pub mod mbi;
pub mod medicaid;
pub mod name;
pub mod names;
pub mod npi;
pub mod passport;
pub mod phone;
pub mod ssn;
pub mod url;
pub mod vin;
pub mod zip;
mod zip3;

/// Where the bytes come from: it decides how much form is asked of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A shape found in text or in a field that says nothing about it. The form itself must carry it.
    Free,
    /// The whole value of a field whose name says it is of this identifier. Loose forms are accepted: an SSN that
    /// lost its leading zeros to a spreadsheet, a member id of any payer.
    Field,
}

/// What a check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is one.
    Valid(Valid),
    /// It is none; the reason is a clause for `explain`, without the value.
    Invalid(&'static str),
    /// Nothing was filled in: empty, `N/A`, `UNKNOWN`, `000-00-0000`, an all-masked `***-**-****`. Counts as no value.
    Blank,
}

/// A value that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Valid {
    /// In what form it stands there.
    pub protection: Protection,
    /// A published sample, or a value only synthetic data carries.
    pub test: bool,
    /// The value without its form: what equality, distinct counts and fingerprints go by.
    pub normal: Normal,
    /// A number for statistics over a column: the number itself for digits, days since 1970-01-01 for dates, for names
    /// how much the words themselves support it (see [`name`]), 0 where none of these is meant.
    pub measure: i64,
}

/// A normalised value of at most 47 bytes (a longer one is cut: good enough to tell people apart). Has no `Debug`
/// that shows it: it is a person's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Normal {
    length: u8,
    bytes: [u8; 47],
}

impl Normal {
    /// The empty value, to push onto.
    pub const EMPTY: Normal = Normal { length: 0, bytes: [0; 47] };

    /// Of these bytes, upper-cased, without anything but ASCII letters, digits and bytes above 0x7F.
    pub fn alnum(bytes: &[u8]) -> Normal {
        let mut normal = Normal::EMPTY;
        for byte in bytes {
            if byte.is_ascii_alphanumeric() || *byte >= 0x80 {
                normal.push(byte.to_ascii_uppercase());
            }
        }
        normal
    }

    /// The digits among these bytes.
    pub fn digits(bytes: &[u8]) -> Normal {
        let mut normal = Normal::EMPTY;
        bytes.iter().filter(|b| b.is_ascii_digit()).for_each(|b| normal.push(*b));
        normal
    }

    /// These bytes, upper-cased, as they are; cut at 47.
    pub fn upper(bytes: &[u8]) -> Normal {
        let mut normal = Normal::of(bytes);
        normal.bytes.make_ascii_uppercase();
        normal
    }

    /// These bytes, lower-cased, as they are; cut at 47.
    pub fn lower(bytes: &[u8]) -> Normal {
        let mut normal = Normal::of(bytes);
        normal.bytes.make_ascii_lowercase();
        normal
    }

    /// These bytes as they are; cut at 47.
    pub fn of(bytes: &[u8]) -> Normal {
        let mut normal = Normal::EMPTY;
        let length = bytes.len().min(normal.bytes.len());
        normal.bytes[..length].copy_from_slice(&bytes[..length]);
        normal.length = length as u8;
        normal
    }

    /// Appends a byte; past 47 it is dropped.
    pub fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.length as usize) {
            *slot = byte;
            self.length += 1;
        }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length as usize]
    }
}

impl std::fmt::Debug for Normal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Normal(…)")
    }
}

/// A check by name, as pattern files list them under `validate`.
pub type Check = fn(&[u8], Setting) -> Verdict;

/// The names of all checks, as pattern files write them.
pub const NAMES: &[&str] = &[
    "account",
    "address",
    "age-over-89",
    "bank-account",
    "bank-routing",
    "birth-date",
    "birth-figures",
    "card",
    "claim",
    "dea",
    "death-date",
    "device",
    "driver-license",
    "email",
    "group",
    "hicn",
    "icn",
    "ip",
    "itin",
    "mbi",
    "medicaid",
    "member",
    "military",
    "mrn",
    "name",
    "npi",
    "passport",
    "patient-id",
    "phone",
    "prescription",
    "service-date",
    "ssn",
    "ssn-digest",
    "ssn-halves",
    "ssn-last4",
    "url",
    "vin",
    "zip",
];

/// The check called `name`.
pub fn by_name(name: &str) -> Option<Check> {
    Some(match name {
        "account" => code::account,
        "address" => address::check,
        "age-over-89" => age::over_89,
        "bank-account" => bank::account,
        "bank-routing" => bank::routing,
        "birth-date" => date::birth_date,
        "birth-figures" => date::birth_figures,
        "card" => card::check,
        "claim" => code::claim,
        "dea" => dea::check,
        "death-date" => day::death_date,
        "device" => device::check,
        "driver-license" => license::check,
        "email" => email::check,
        "group" => code::group,
        "hicn" => hicn::check,
        "icn" => icn::check,
        "ip" => ip::check,
        "itin" => ssn::itin,
        "mbi" => mbi::check,
        "medicaid" => medicaid::check,
        "member" => code::member,
        "military" => passport::military,
        "mrn" => code::mrn,
        "name" => name::check,
        "npi" => npi::check,
        "passport" => passport::passport,
        "patient-id" => code::patient_id,
        "phone" => phone::check,
        "prescription" => code::prescription,
        "service-date" => day::service_date,
        "ssn" => ssn::ssn,
        "ssn-digest" => digest::ssn,
        "ssn-halves" => ssn::halves,
        "ssn-last4" => ssn::last4,
        "url" => url::check,
        "vin" => vin::check,
        "zip" => zip::check,
        _ => return None,
    })
}

impl Verdict {
    /// A value in plain text.
    fn plain(normal: Normal, measure: i64, test: bool) -> Verdict {
        Verdict::Valid(Valid { protection: Protection::Plaintext, test, normal, measure })
    }

    /// A value of which only a part can be seen.
    fn masked(normal: Normal) -> Verdict {
        Verdict::Valid(Valid { protection: Protection::Masked, test: false, normal, measure: 0 })
    }
}

#[cfg(test)]
mod table {
    //! What the tables of the checks are made of: a value, a setting, what is said.

    use super::*;

    /// What a check should say.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) enum Say {
        /// Valid, plain, no test value.
        Yes,
        /// Valid, but a test value.
        Test,
        /// Valid, masked.
        Mask,
        /// Invalid.
        No,
        /// Nothing filled in.
        Empty,
    }

    /// Runs a table: value, what is said in text, what is said in a field of that name, why.
    pub(super) fn run(check: Check, rows: &[(&str, Say, Say, &str)]) {
        for (value, free, field, because) in rows {
            for (setting, expected) in [(Setting::Free, free), (Setting::Field, field)] {
                let verdict = check(value.as_bytes(), setting);
                let said = match verdict {
                    Verdict::Valid(valid) if valid.protection == Protection::Masked => Say::Mask,
                    Verdict::Valid(valid) if valid.test => Say::Test,
                    Verdict::Valid(_) => Say::Yes,
                    Verdict::Invalid(_) => Say::No,
                    Verdict::Blank => Say::Empty,
                };
                assert_eq!(said, *expected, "{value} in {setting:?}: {because}; {verdict:?}");
            }
        }
    }
}
#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn checks_are_found_by_their_name() {
        assert!(NAMES.is_sorted());
        assert!(NAMES.iter().all(|name| by_name(name).is_some()));
        assert!(by_name("nonsense").is_none());
    }

    proptest! {
        /// Whatever stands in a file, no check panics, and a valid value has a normal form.
        #[test]
        fn checks_bear_anything(
            value in prop_oneof![
                "[0-9A-Za-z*#xX ./:,'^@=\"+-]{0,40}",
                "[0-9]{1,4}[-/. ][0-9A-Za-z]{1,9}[-/., ]{1,2}[0-9]{1,9}.{0,9}",
                "[0-9]{1,6}[-./ ][-./0-9]{2,12}",
                ".{0,20}",
            ],
        ) {
            for name in NAMES {
                let check = by_name(name).expect("all names have a check");
                for setting in [Setting::Free, Setting::Field] {
                    if let Verdict::Valid(valid) = check(value.as_bytes(), setting) {
                        prop_assert!(!valid.normal.as_bytes().is_empty(), "{name}");
                    }
                }
            }
        }

        /// A day written in any form is the same day.
        #[test]
        fn forms_of_a_day_agree(year in 1930..2020_i32, month in 1..=12_u8, day in 1..=28_u8) {
            const MONTHS: [&str; 12] =
                ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
            let name = MONTHS[usize::from(month) - 1];
            let iso = date::parse(format!("{year}-{month:02}-{day:02}").as_bytes()).map(|d| d.days);
            prop_assert!(iso.is_some());
            for form in [
                format!("{month}/{day}/{year}"),
                format!("{day:02}-{name}-{year}"),
                format!("{day:02}{name}{year}"),
                format!("{name} {day}, {year}"),
                format!("{year}{month:02}{day:02}"),
                format!("{year}-{month:02}-{day:02}T00:00:00Z"),
            ] {
                prop_assert_eq!(date::parse(form.as_bytes()).map(|d| d.days), iso);
            }
        }
    }
}

#[cfg(test)]
mod short_ways {
    use proptest::prelude::*;

    use super::*;

    /// What only forms of the usual kind skip: a space before them makes every check take the long way.
    fn both_ways(value: &str) -> Result<(), TestCaseError> {
        let spaced = format!(" {value}");
        for name in NAMES {
            let check = by_name(name).expect("a check of the list");
            let (short, long) = (check(value.as_bytes(), Setting::Field), check(spaced.as_bytes(), Setting::Field));
            let same = match (short, long) {
                // What the lists say of a name is for text only.
                (Verdict::Valid(a), Verdict::Valid(b)) if *name == "name" => {
                    a.normal == b.normal && a.test == b.test && a.protection == b.protection
                }
                (a, b) => a == b,
            };
            prop_assert!(same, "{} by {}: {:?}, {:?}", value, name, short, long);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn short_ways_say_what_long_ways_say(
            ssn in "[0-9]{3}-[0-9]{2}-[0-9]{4}",
            date in "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]",
            phone in "(\\([0-9]{3}\\) |[0-9]{3}-)[0-9]{3}-[0-9]{4}",
            word in "[A-Za-z]{1,16}",
            code in "[A-Z]{0,3}[0-9]{3,12}",
        ) {
            for value in [ssn, date, phone, word, code] {
                both_ways(&value)?;
            }
        }
    }
}
