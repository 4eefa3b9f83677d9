//! Checks that need arithmetic, one file an identifier. In: the bytes of one candidate and where it stands. Out: a
//! [`Verdict`]. Works on bytes and allocates nothing: it runs for every candidate of every file.

use crate::finding::Protection;

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
    /// A number for statistics over a column: the number itself for digits, days since 1970-01-01 for dates, 0 where
    /// neither is meant.
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
