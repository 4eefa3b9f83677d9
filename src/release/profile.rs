//! What the values of one place look like, beside the identifiers in them: what a release asks about and a finding does not say. In:
//! the values of a column, one at a time, kept only under `--for`. Out: counts. Holds no value, but for hashes of them. Refuses nothing.

use crate::finding::Place;
use crate::judge::distinct::Distinct;
use crate::validate::date;
use crate::validate::zip3::is_restricted;

/// Words from which a value is text as people write it rather than a name or an address.
const WORDS: usize = 6;

/// Bytes from which it is, however few its words are.
const LONG: usize = 80;

/// Counts over the values of one column.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Values that are not empty.
    pub filled: u64,
    /// Text as people write it.
    pub prose: u64,
    /// Dates with a day or a month.
    pub dates: u64,
    /// Four-digit years from 1850 to 2099.
    pub years: u64,
    /// The earliest of them.
    pub first_year: u32,
    /// Exactly three digits.
    pub threes: u64,
    /// Three digits that are the beginning of ZIP codes where 20,000 people or fewer live.
    pub restricted: u64,
    /// The same at the beginning of values of five or nine digits.
    pub restricted_long: u64,
    /// Exactly four digits.
    pub fours: u64,
    /// One to four letters, capitals, perhaps with points: as initials are.
    pub initials: u64,
    /// A code: letters and digits without spaces, with a digit, of four characters or more.
    pub codes: u64,
    /// Whole numbers, and the least and greatest.
    pub numbers: u64,
    /// See `numbers`.
    pub least: u64,
    /// See `numbers`.
    pub greatest: u64,
    /// Distinct values.
    pub distinct: Distinct,
}

impl Default for Profile {
    fn default() -> Profile {
        Profile {
            filled: 0,
            prose: 0,
            dates: 0,
            years: 0,
            first_year: u32::MAX,
            threes: 0,
            restricted: 0,
            restricted_long: 0,
            fours: 0,
            initials: 0,
            codes: 0,
            numbers: 0,
            least: u64::MAX,
            greatest: 0,
            distinct: Distinct::default(),
        }
    }
}

/// A place and its profile.
#[derive(Clone, Debug)]
pub struct PlaceProfile {
    /// Where.
    pub place: Place,
    /// What stands there.
    pub profile: Profile,
}

impl Profile {
    /// Adds one value, without the spaces around it.
    pub fn add(&mut self, value: &[u8]) {
        self.filled += 1;
        self.distinct.insert(xxhash_rust::xxh3::xxh3_64(value));
        let words =
            value.split(u8::is_ascii_whitespace).filter(|word| word.iter().any(u8::is_ascii_alphabetic)).count();
        if words >= WORDS || (value.len() >= LONG && words > 1) {
            self.prose += 1;
            return;
        }
        let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
        if digits == value.len() {
            self.number(value);
        } else if digits >= 5 && value.len() == digits + 1 && value.get(5) == Some(&b'-') {
            self.restricted_long += u64::from(three(value).is_some_and(is_restricted));
        }
        let letters = value.iter().filter(|byte| byte.is_ascii_uppercase()).count();
        let points = value.iter().filter(|byte| matches!(byte, b'.' | b' ' | b'-')).count();
        self.initials += u64::from((1..=4).contains(&letters) && letters + points == value.len());
        if date::parse(value).is_some() && !(digits == value.len() && digits != 8) {
            self.dates += 1;
        } else if digits > 0
            && value.len() >= 4
            && value.iter().all(|b| b.is_ascii_alphanumeric() || b"-_/".contains(b))
        {
            self.codes += 1;
        }
    }

    fn number(&mut self, value: &[u8]) {
        let first = three(value);
        match value.len() {
            3 => {
                self.threes += 1;
                self.restricted += u64::from(first.is_some_and(is_restricted));
            }
            5 | 9 => self.restricted_long += u64::from(first.is_some_and(is_restricted)),
            _ => {}
        }
        if value.len() <= 18 {
            let number = value.iter().fold(0, |number, byte| number * 10 + u64::from(byte - b'0'));
            self.numbers += 1;
            self.least = self.least.min(number);
            self.greatest = self.greatest.max(number);
            if value.len() == 4 {
                self.fours += 1;
                if (1850..2100).contains(&number) {
                    self.years += 1;
                    self.first_year = self.first_year.min(number as u32);
                }
            }
        }
    }

    /// Adds the profile of a later part.
    pub fn merge(&mut self, other: &Profile) {
        self.filled += other.filled;
        self.prose += other.prose;
        self.dates += other.dates;
        self.years += other.years;
        self.first_year = self.first_year.min(other.first_year);
        self.threes += other.threes;
        self.restricted += other.restricted;
        self.restricted_long += other.restricted_long;
        self.fours += other.fours;
        self.initials += other.initials;
        self.codes += other.codes;
        self.numbers += other.numbers;
        self.least = self.least.min(other.least);
        self.greatest = self.greatest.max(other.greatest);
        self.distinct.merge(&other.distinct);
    }

    /// Whether nearly all values are so.
    pub fn mostly(&self, count: u64) -> bool {
        count > 0 && u128::from(count) * 10 >= u128::from(self.filled) * 8
    }

    /// Whether no two rows have the same value: exactly, or as far as a sketch tells.
    pub fn is_unique(&self) -> bool {
        match self.distinct.count() {
            (distinct, true) => distinct == self.filled,
            (distinct, false) => distinct * 100 >= self.filled * 97,
        }
    }

    /// Whether the values count the rows: 1, 2, 3 and so on.
    pub fn counts_rows(&self) -> bool {
        self.numbers == self.filled && self.least <= 1 && self.greatest.saturating_sub(self.least) + 1 == self.filled
    }
}

fn three(value: &[u8]) -> Option<u16> {
    let [a, b, c] = value.get(..3)?.try_into().ok()?;
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
    Some(digit(a)? * 100 + digit(b)? * 10 + digit(c)?)
}
