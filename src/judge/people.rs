//! Counts individuals, not strings. In: the keys of each record. Out: how many people, and the range.
//!
//! People are the connected components over *person keys*. A key is (identifier, value, birth date where the record has
//! one). SSN, ITIN, MBI and MRN join records by themselves; member, Medicaid and HIC numbers, which families share, and
//! names only together with a birth date. A weak key without a birth date attaches only where exactly one birth date
//! shares its value: so the order of reading cannot change the count. Telephone, e-mail, address, group and account
//! never join.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::OnceLock;

use crate::identifier::Identifier;
use crate::judge::distinct::Sketch;

/// Up to so many people the count is exact.
pub const EXACT: usize = 250_000;

type Map<V> = HashMap<u64, V, Keyed>;

/// Spreads keys by a number that nobody knows beforehand. Keys are hashes already, but with a seed that can be read in the
/// source: values that all fall into one place of a table could be made, and a map of a quarter of a million slow.
/// The order of a map is never seen in a result, so the number may be another one in each process.
#[derive(Clone, Debug)]
struct Keyed {
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
struct Spread(u64);

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
    /// By itself.
    Strong,
    /// With a birth date.
    Weak,
    /// A name: with a birth date, and last.
    Name,
}

/// What kind of person key an identifier is, if any.
pub fn key_kind(identifier: Identifier) -> Option<KeyKind> {
    match identifier {
        Identifier::SSN | Identifier::ITIN | Identifier::MBI | Identifier::MRN => Some(KeyKind::Strong),
        Identifier::HICN | Identifier::MEMBER_ID | Identifier::MEDICAID_ID => Some(KeyKind::Weak),
        Identifier::NAME => Some(KeyKind::Name),
        _ => None,
    }
}

/// The person keys of one record, as they are met.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecordKeys {
    keys: [(u64, u8); 6],
    count: u8,
    birth: u64,
    name: u64,
}

impl RecordKeys {
    /// Adds a value, by its hash (which must depend on the identifier too).
    pub fn add(&mut self, identifier: Identifier, hash: u64) {
        match (identifier, key_kind(identifier)) {
            (Identifier::BIRTH_DATE, _) => self.birth = hash | 1,
            // Last and first name stand in fields of their own: together they are the name.
            (_, Some(KeyKind::Name)) => self.name = mix(self.name, hash) | 1,
            (_, Some(kind)) if (self.count as usize) < self.keys.len() => {
                self.keys[self.count as usize] = (hash, kind as u8);
                self.count += 1;
            }
            _ => {}
        }
    }

    /// Whether nothing was added that could tell a person.
    pub fn is_empty(&self) -> bool {
        self.count == 0 && self.name == 0
    }

    /// Whether it holds a birth date.
    pub fn has_birth(&self) -> bool {
        self.birth != 0
    }

    /// Whether it holds a key of this hash already.
    pub fn holds(&self, hash: u64) -> bool {
        self.keys[..self.count as usize].iter().any(|(h, _)| *h == hash)
    }

    /// The keys that stand by themselves, then those made whole by the birth date; `loose` gets the values of the rest.
    fn resolve(&self, mut whole: impl FnMut(u64, Option<u64>), mut loose: impl FnMut(u64)) {
        for (hash, kind) in &self.keys[..self.count as usize] {
            if *kind == KeyKind::Strong as u8 {
                whole(*hash, None);
            } else if self.birth != 0 {
                whole(mix(*hash, self.birth), Some(*hash));
            } else {
                loose(*hash);
            }
        }
        if self.name != 0 {
            match self.birth {
                0 => loose(self.name),
                birth => whole(mix(self.name, birth), Some(self.name)),
            }
        }
    }

    /// The one key a sketch counts by: the first strong one, else with birth date, else the value alone.
    pub fn primary(&self) -> u64 {
        let mut first = 0;
        let mut spare = 0;
        self.resolve(
            |key, _| {
                if first == 0 {
                    first = key
                }
            },
            |value| {
                if spare == 0 {
                    spare = value
                }
            },
        );
        if first != 0 { first } else { spare }
    }
}

/// Two hashes as one; not symmetric.
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x9E37_79B9_7F4A_7C15) * u128::from(b ^ 0xD1B5_4A32_D192_ED03);
    (product >> 64) as u64 ^ product as u64
}

/// How many people: the best count, its range, and whether it was counted exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Best count.
    pub people: u64,
    /// All that could be one person merged.
    pub low: u64,
    /// Only what must be one person merged.
    pub high: u64,
    /// Counted, not estimated.
    pub exact: bool,
}

/// The people of a document or of a run.
#[derive(Clone, Debug)]
pub struct People {
    exact: Option<Components>,
    /// 2^14 registers: standard error 0.8 %.
    sketch: Sketch<14>,
}

impl Default for People {
    fn default() -> People {
        People { exact: Some(Components::default()), sketch: Sketch::default() }
    }
}

impl People {
    /// People of whom only the sketch is kept: for a part of people who are known to be more than [`EXACT`].
    pub fn sketched(sketch: Sketch<14>) -> People {
        People { exact: None, sketch }
    }

    /// Whether they are still counted one by one.
    pub fn is_exact(&self) -> bool {
        self.exact.is_some()
    }

    /// Adds one record.
    pub fn add(&mut self, keys: &RecordKeys) {
        if keys.is_empty() {
            return;
        }
        self.sketch.insert(keys.primary());
        if let Some(components) = &mut self.exact {
            components.add(keys);
            if components.parents.len() > EXACT {
                self.exact = None;
            }
        }
    }

    /// Adds all people of another document.
    pub fn merge(&mut self, other: &People) {
        self.sketch.merge(&other.sketch);
        match (&mut self.exact, &other.exact) {
            (Some(ours), Some(theirs)) => {
                ours.merge(theirs);
                if ours.parents.len() > EXACT {
                    self.exact = None;
                }
            }
            _ => self.exact = None,
        }
    }

    /// How many.
    pub fn count(&self) -> Count {
        match &self.exact {
            Some(components) => components.count(),
            None => {
                let people = self.sketch.estimate();
                // Two standard errors of the sketch.
                let error = (people as f64 * 0.0163).ceil() as u64;
                Count { people, low: people.saturating_sub(error), high: people + error, exact: false }
            }
        }
    }
}

/// Union-find over keys.
#[derive(Clone, Debug, Default)]
struct Components {
    /// Key → node.
    nodes: Map<u32>,
    parents: Vec<u32>,
    /// Value of a weak key → its one node, or [`MANY`].
    values: Map<u32>,
    /// Values of weak keys that came without a birth date.
    loose: Map<()>,
}

const MANY: u32 = u32::MAX;

impl Components {
    fn add(&mut self, keys: &RecordKeys) {
        let mut found: [(u64, Option<u64>); 8] = [(0, None); 8];
        let mut count = 0;
        let mut loose: [u64; 8] = [0; 8];
        let mut loose_count = 0;
        keys.resolve(
            |key, value| {
                found[count] = (key, value);
                count += 1;
            },
            |value| {
                loose[loose_count] = value;
                loose_count += 1;
            },
        );
        let mut first = None;
        for (key, value) in &found[..count] {
            let node = self.node(*key);
            if let Some(value) = value {
                self.values
                    .entry(*value)
                    .and_modify(|n| {
                        if *n != node {
                            *n = MANY
                        }
                    })
                    .or_insert(node);
            }
            match first {
                None => first = Some(node),
                Some(first) => self.union(first, node),
            }
        }
        // A record that is somebody already does not need its loose values.
        if first.is_none() {
            // One value speaks for the record: the first, which is the member id before the name.
            self.loose.insert(loose[0], ());
        }
    }

    fn node(&mut self, key: u64) -> u32 {
        let next = self.parents.len() as u32;
        let node = *self.nodes.entry(key).or_insert(next);
        if node == next {
            self.parents.push(next);
        }
        node
    }

    /// Halves the way on the way, or records in an unlucky order would make it longer and longer.
    fn root(&mut self, mut node: u32) -> u32 {
        while self.parents[node as usize] != node {
            let parent = self.parents[node as usize];
            self.parents[node as usize] = self.parents[parent as usize];
            node = self.parents[node as usize];
        }
        node
    }

    /// The root of every node. A parent has a smaller number than its children.
    fn roots(&self) -> Vec<u32> {
        let mut roots: Vec<u32> = Vec::with_capacity(self.parents.len());
        for (node, parent) in self.parents.iter().enumerate() {
            roots.push(if *parent as usize == node { *parent } else { roots[*parent as usize] });
        }
        roots
    }

    fn union(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        // The smaller number wins, see `roots`.
        let (low, high) = (a.min(b), a.max(b));
        self.parents[high as usize] = low;
    }

    fn merge(&mut self, other: &Components) {
        let mut ours_of: Vec<Option<u32>> = vec![None; other.parents.len()];
        let mut keys: Vec<(u64, u32)> = other.nodes.iter().map(|(k, n)| (*k, *n)).collect();
        // In the order they were made, so that the merged structure does not depend on the map's order.
        keys.sort_unstable_by_key(|(_, node)| *node);
        let mut mapped = vec![0u32; other.parents.len()];
        let roots = other.roots();
        for (key, theirs) in keys {
            let node = self.node(key);
            mapped[theirs as usize] = node;
            let root = roots[theirs as usize] as usize;
            match ours_of[root] {
                None => ours_of[root] = Some(node),
                Some(first) => self.union(first, node),
            }
        }
        for (value, theirs) in &other.values {
            let node = if *theirs == MANY { MANY } else { mapped[*theirs as usize] };
            self.values
                .entry(*value)
                .and_modify(|n| {
                    if *n != node {
                        *n = MANY
                    }
                })
                .or_insert(node);
        }
        self.loose.extend(other.loose.iter());
    }

    fn count(&self) -> Count {
        let components = (0..self.parents.len() as u32).filter(|n| self.parents[*n as usize] == *n).count() as u64;
        let (mut alone, mut ambiguous) = (0, 0);
        for value in self.loose.keys() {
            match self.values.get(value) {
                None => alone += 1,
                Some(&MANY) => ambiguous += 1,
                Some(_) => {}
            }
        }
        // Low: the same weak value with two birth dates may be one person with a mistyped date.
        let split = self.values.values().filter(|n| **n == MANY).count() as u64;
        let people = components + alone;
        Count {
            people,
            low: people.saturating_sub(split).max(u64::from(people > 0)),
            high: people + ambiguous,
            exact: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(keys: &[(Identifier, u64)]) -> RecordKeys {
        let mut record = RecordKeys::default();
        // Spread small numbers as a hash would.
        keys.iter()
            .for_each(|(identifier, value)| record.add(*identifier, mix(*value, 77 + identifier.index() as u64)));
        record
    }

    const SSN: Identifier = Identifier::SSN;
    const MRN: Identifier = Identifier::MRN;
    const MEMBER: Identifier = Identifier::MEMBER_ID;
    const BIRTH: Identifier = Identifier::BIRTH_DATE;

    #[test]
    fn people_do_not_depend_on_the_order_of_records() {
        let records = [
            record(&[(SSN, 1), (MRN, 10)]),
            record(&[(MRN, 10), (MEMBER, 5), (BIRTH, 1950)]),
            record(&[(MEMBER, 5), (BIRTH, 1980)]),
            record(&[(MEMBER, 5)]),
            record(&[(MEMBER, 6)]),
        ];
        for rotation in 0..records.len() {
            let mut people = People::default();
            (0..records.len()).for_each(|i| people.add(&records[(i + rotation) % records.len()]));
            let count = people.count();
            assert_eq!((count.people, count.low, count.high), (3, 2, 4), "rotation {rotation}");
        }
    }

    #[test]
    fn documents_merge_like_one() {
        let records: Vec<RecordKeys> =
            (0..2000u64).map(|i| record(&[(SSN, i % 700), (MRN, i % 500), (MEMBER, i), (BIRTH, i % 90)])).collect();
        let mut whole = People::default();
        records.iter().for_each(|r| whole.add(r));
        let (mut left, mut right) = (People::default(), People::default());
        records[..900].iter().for_each(|r| left.add(r));
        records[900..].iter().for_each(|r| right.add(r));
        left.merge(&right);
        assert_eq!(left.count(), whole.count());
    }

    /// Records that join people from the last to the first: the way to the root must not get longer with each.
    #[test]
    fn an_unlucky_order_of_records_takes_no_quadratic_time() {
        let mut people = People::default();
        let all = 200_000;
        (0..all).for_each(|i| people.add(&record(&[(SSN, i)])));
        let begun = std::time::Instant::now();
        (1..all).rev().for_each(|i| people.add(&record(&[(SSN, i), (SSN, i - 1)])));
        (1..all).rev().for_each(|i| people.add(&record(&[(SSN, all - 1), (SSN, i)])));
        assert_eq!(people.count().people, 1);
        let mut run = People::default();
        run.merge(&people);
        assert_eq!(run.count(), people.count());
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }
}
