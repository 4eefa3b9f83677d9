//! Counts individuals, not strings. In: the keys of each record. Out: how many people, the range, and of them: by state, under
//! 18, over 89, deceased.
//!
//! People are the connected components over *person keys*. A key is an identifier's value with the birth date and the
//! name that stand on its record: the same value with another birth date and another name is another person's (a
//! dependant with the subscriber's SSN, a second hospital that numbers alike, a twin on the family's number). What
//! decides is in `components`, at the end: so the order of reading cannot change the count. Telephone, e-mail,
//! address, group and account never join.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{LazyLock, OnceLock};

use crate::identifier::Identifier;
use crate::judge::distinct::Sketch;
use crate::validate::zip::STATES;
use crate::validate::{Valid, zip};

mod components;
#[cfg(feature = "ledger")]
pub mod marks;

use components::Components;

/// Up to so many people the count is exact.
pub const EXACT: usize = 250_000;

pub(super) type Map<V> = HashMap<u64, V, Keyed>;

/// Spreads keys by a number that nobody knows beforehand. Keys are hashes already, but with a seed that can be read in the
/// source: values that all fall into one place of a table could be made, and a map of a quarter of a million slow.
/// The order of a map is never seen in a result, so the number may be another one in each process.
#[derive(Clone, Debug)]
pub(super) struct Keyed {
    key: u64,
}

impl Default for Keyed {
    fn default() -> Keyed {
        static KEY: OnceLock<u64> = OnceLock::new();
        Keyed { key: *KEY.get_or_init(|| RandomState::new().hash_one(0u8)) }
    }
}

impl BuildHasher for Keyed {
    type Hasher = Spread;

    fn build_hasher(&self) -> Spread {
        Spread(self.key)
    }
}

/// See [`Keyed`].
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = mix(hash, self.0);
    }
}

/// How an identifier tells people apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyKind {
    /// By itself, and never given to two.
    Own,
    /// By itself, but others' records carry it too.
    Strong,
    /// As [`KeyKind::Strong`], but each hospital gives out its own, and two may give out the same.
    Record,
    /// With a birth date: a household's.
    Weak,
    /// A name: with a birth date, and last.
    Name,
}

#[cfg(feature = "ledger")]
impl KeyKind {
    /// The one of this number.
    pub(super) fn of(number: u8) -> KeyKind {
        let all = [KeyKind::Own, KeyKind::Strong, KeyKind::Record, KeyKind::Weak];
        all.into_iter().find(|kind| *kind as u8 == number).unwrap_or(KeyKind::Name)
    }
}

/// What kind of person key an identifier is, if any.
pub fn key_kind(identifier: Identifier) -> Option<KeyKind> {
    match identifier {
        Identifier::MBI => Some(KeyKind::Own),
        Identifier::SSN | Identifier::ITIN => Some(KeyKind::Strong),
        Identifier::MRN => Some(KeyKind::Record),
        Identifier::HICN | Identifier::MEMBER_ID | Identifier::MEDICAID_ID => Some(KeyKind::Weak),
        Identifier::NAME => Some(KeyKind::Name),
        _ => None,
    }
}

/// The words of a name, hashed, sorted, initials and suffixes left out: so `Delgado, Maria` is `MARIA Q DELGADO JR`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Words([u32; 4]);

impl Words {
    /// The words of a name that was found.
    pub(super) fn of(name: &Valid) -> Words {
        let mut words = Words::default();
        words.add(name.normal.as_bytes());
        words
    }

    fn add(&mut self, normal: &[u8]) {
        const SUFFIXES: [&[u8]; 6] = [b"JR", b"SR", b"II", b"III", b"IV", b"MD"];
        for word in normal.split(|b| *b == b' ').filter(|w| w.len() > 1 && !SUFFIXES.contains(w)) {
            let hash = xxhash_rust::xxh3::xxh3_64(word) as u32 | 1;
            if self.0.contains(&hash) {
                continue;
            }
            // Of more words those with the largest hashes are left out: the same ones in any order.
            match self.0.iter().position(|known| *known == 0) {
                Some(free) => self.0[free] = hash,
                None if hash < self.0[3] => self.0[3] = hash,
                None => continue,
            }
            self.0.sort_unstable_by_key(|known| known.wrapping_sub(1));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0[0] == 0
    }

    fn len(&self) -> usize {
        self.0.iter().filter(|word| **word != 0).count()
    }

    /// Whether both can be one name: one holds all words of the other.
    pub(super) fn fits(&self, other: &Words) -> bool {
        let within = |a: &Words, b: &Words| a.0.iter().all(|word| *word == 0 || b.0.contains(word));
        within(self, other) || within(other, self)
    }

    fn hash(&self) -> u64 {
        self.0.iter().fold(0, |hash, word| if *word == 0 { hash } else { mix(hash, u64::from(*word)) })
    }
}

/// What else is known of a person from one record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct About {
    /// Days since 1970-01-01.
    pub(super) birth: Option<i32>,
    pub(super) name: Words,
    /// See [`STATES`], from 1; 0 where nothing says.
    pub(super) state: u8,
    pub(super) died: bool,
}

/// The state of each first three digits of a ZIP code, as a place in [`STATES`] from 1; 0 where there is none, or more.
static STATE_OF: LazyLock<[u8; 1000]> = LazyLock::new(|| {
    std::array::from_fn(|three| {
        let state = zip::state(format!("{three:03}").as_bytes());
        state.and_then(|state| STATES.iter().position(|s| *s == state)).map_or(0, |at| at as u8 + 1)
    })
});

/// The person keys of one record, as they are met.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecordKeys {
    keys: [(u64, u8); 6],
    count: u8,
    about: About,
}

impl RecordKeys {
    /// Adds a value and its hash, which must depend on the identifier too.
    pub fn add(&mut self, identifier: Identifier, hash: u64, valid: &Valid) {
        match (identifier, key_kind(identifier)) {
            (Identifier::BIRTH_DATE, _) => self.about.birth = i32::try_from(valid.measure).ok(),
            // Last and first name stand in fields of their own: together they are the name.
            (_, Some(KeyKind::Name)) => self.about.name.add(valid.normal.as_bytes()),
            (_, Some(kind)) => self.key(kind, hash),
            _ => self.note(identifier, valid),
        }
    }

    /// Notes what a value that is no key says of the person.
    pub fn note(&mut self, identifier: Identifier, valid: &Valid) {
        match identifier {
            Identifier::DEATH_DATE => self.about.died = true,
            Identifier::ZIP if self.about.state == 0 => {
                let three =
                    valid.normal.as_bytes().first_chunk::<3>().filter(|three| three.iter().all(u8::is_ascii_digit));
                let number = three.map(|three| three.iter().fold(0, |n, digit| n * 10 + usize::from(digit - b'0')));
                self.about.state = number.map_or(0, |number| STATE_OF[number]);
            }
            // A whole address in one field: its measure tells its ZIP code.
            Identifier::ADDRESS if self.about.state == 0 => {
                let three = usize::try_from(valid.measure).ok().and_then(|measure| measure.checked_sub(1));
                self.about.state = three.and_then(|three| STATE_OF.get(three)).copied().unwrap_or(0);
            }
            _ => {}
        }
    }

    fn key(&mut self, kind: KeyKind, hash: u64) {
        if (self.count as usize) < self.keys.len() && !self.holds(hash) {
            self.keys[self.count as usize] = (hash, kind as u8);
            self.count += 1;
        }
    }

    /// Whether nothing was added that could tell a person.
    pub fn is_empty(&self) -> bool {
        self.count == 0 && self.about.name.is_empty()
    }

    /// Whether it holds a birth date.
    pub fn has_birth(&self) -> bool {
        self.about.birth.is_some()
    }

    /// Whether it holds a key of this hash already.
    pub fn holds(&self, hash: u64) -> bool {
        self.keys[..self.count as usize].iter().any(|(h, _)| *h == hash)
    }

    /// The keys that count, with their kinds. A name is one beside a birth date, or where there is nothing else.
    fn each(&self, mut tell: impl FnMut(u64, u8)) {
        self.keys[..self.count as usize].iter().for_each(|(hash, kind)| tell(*hash, *kind));
        let name = &self.about.name;
        if (self.about.birth.is_some() && name.len() > 1) || (self.count == 0 && !name.is_empty()) {
            tell(mix(name.hash(), 0x6E61_6D65), KeyKind::Name as u8);
        }
    }

    /// The one key a sketch counts by: the first that stands by itself, else with the birth date.
    pub fn primary(&self) -> u64 {
        let strong = self.keys[..self.count as usize].iter().find(|(_, kind)| *kind <= KeyKind::Record as u8);
        if let Some((hash, _)) = strong {
            return *hash;
        }
        let mut first = 0;
        self.each(|hash, _| first = if first == 0 { hash } else { first });
        self.about.birth.map_or(first, |birth| mix(first, birth as u64 | 1 << 40))
    }
}

/// Two hashes as one; not symmetric.
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x9E37_79B9_7F4A_7C15) * u128::from(b ^ 0xD1B5_4A32_D192_ED03);
    (product >> 64) as u64 ^ product as u64
}

/// How many people: the best count, its range, and whether it was counted exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Best count.
    pub people: u64,
    /// All that could be one person merged.
    pub low: u64,
    /// Only what must be one person merged.
    pub high: u64,
    /// Counted, not estimated.
    pub exact: bool,
    /// Of them.
    pub of: Of,
}

/// Parts of the people counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Of {
    /// By state, where an address or ZIP code says it; sorted. The rest's state is unknown.
    pub states: BTreeMap<&'static str, u64>,
    /// Younger than 18 today.
    pub under_18: u64,
    /// 90 and older today: 45 CFR 164.514(b)(2)(i)(C) speaks of ages over 89.
    pub over_89: u64,
    /// With a date of death.
    pub deceased: u64,
}

impl Of {
    /// Adds those of others, whom no person is taken to be in both.
    pub fn add(&mut self, other: &Of) {
        other.states.iter().for_each(|(state, people)| *self.states.entry(state).or_default() += people);
        self.under_18 += other.under_18;
        self.over_89 += other.over_89;
        self.deceased += other.deceased;
    }

    /// Of so many people, those whose state nothing says.
    pub fn state_unknown(&self, people: u64) -> u64 {
        people.saturating_sub(self.states.values().sum())
    }
}

/// Marks of [`Sketches::marks`] behind the states.
const UNDER_18: u8 = 101;
const OVER_89: u8 = 102;
const DECEASED: u8 = 103;

/// Sketches of people, for those who are too many to be kept.
#[derive(Clone, Debug, Default)]
pub struct Sketches {
    /// 2^14 registers: standard error 0.8 %.
    all: Sketch<14>,
    /// Parts of them, by state or mark. 2^10 registers: standard error 3.3 %.
    marks: BTreeMap<u8, Sketch<10>>,
}

impl Sketches {
    /// Adds one record.
    pub fn add(&mut self, keys: &RecordKeys) {
        let hash = keys.primary();
        self.all.insert(hash);
        let about = &keys.about;
        let age = about.birth.map(|birth| (components::today() - i64::from(birth)) * 400 / 146_097);
        let marks = [
            (about.state, about.state != 0),
            (UNDER_18, age.is_some_and(|age| age < 18) && !about.died),
            (OVER_89, age.is_some_and(|age| age >= 90) && !about.died),
            (DECEASED, about.died),
        ];
        for (mark, _) in marks.into_iter().filter(|(_, set)| *set) {
            self.marks.entry(mark).or_default().insert(hash);
        }
    }

    /// Adds all of others.
    pub fn merge(&mut self, other: &Sketches) {
        self.all.merge(&other.all);
        for (mark, sketch) in &other.marks {
            self.marks.entry(*mark).or_default().merge(sketch);
        }
    }

    fn count(&self) -> Count {
        let people = self.all.estimate();
        // Two standard errors of the sketch.
        let error = (people as f64 * 0.0163).ceil() as u64;
        let mark = |mark: u8| self.marks.get(&mark).map_or(0, Sketch::estimate);
        let states =
            (1..=STATES.len() as u8).filter(|state| mark(*state) > 0).map(|s| (STATES[s as usize - 1], mark(s)));
        let of =
            Of { states: states.collect(), under_18: mark(UNDER_18), over_89: mark(OVER_89), deceased: mark(DECEASED) };
        Count { people, low: people.saturating_sub(error), high: people + error, exact: false, of }
    }
}

/// The people of a document or of a run.
#[derive(Clone, Debug)]
pub struct People {
    exact: Option<Components>,
    sketches: Sketches,
    /// How many, once that was asked: a document alone in its series, its root and its run is counted once.
    counted: OnceLock<Count>,
}

impl Default for People {
    fn default() -> People {
        People { exact: Some(Components::default()), sketches: Sketches::default(), counted: OnceLock::new() }
    }
}

impl People {
    /// People of whom only sketches are kept: for a part of people who are known to be more than [`EXACT`].
    pub fn sketched(sketches: Sketches) -> People {
        People { exact: None, sketches, counted: OnceLock::new() }
    }

    /// Whether they are still counted one by one.
    pub fn is_exact(&self) -> bool {
        self.exact.is_some()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sketches.all.estimate() == 0
    }

    /// Adds one record.
    pub fn add(&mut self, keys: &RecordKeys) {
        if keys.is_empty() {
            return;
        }
        self.counted.take();
        self.sketches.add(keys);
        if let Some(components) = &mut self.exact {
            components.add(keys);
            self.keep_bounded();
        }
    }

    /// Adds all people of another document.
    pub fn merge(&mut self, other: &People) {
        if self.exact.is_some() && self.is_empty() {
            *self = other.clone();
            return;
        }
        self.counted.take();
        self.sketches.merge(&other.sketches);
        match (&mut self.exact, &other.exact) {
            (Some(ours), Some(theirs)) => ours.merge(theirs),
            _ => self.exact = None,
        }
        self.keep_bounded();
    }

    fn keep_bounded(&mut self) {
        if self.exact.as_ref().is_some_and(|components| components.keys() > EXACT) {
            self.exact = None;
        }
    }

    /// How many.
    pub fn count(&self) -> Count {
        let counted = self.counted.get_or_init(|| match &self.exact {
            Some(components) => components.count(),
            None => self.sketches.count(),
        });
        counted.clone()
    }
}

#[cfg(test)]
mod tests;
