//! People over many documents and nights. In: the people of a document; the name of a space of medical record numbers. Out: keyed
//! marks for the ledger, and how many people all of these are. Refuses what it did not write itself, and documents with more people
//! than are counted one by one: those are counted by their feed.
//!
//! A mark is a hash of a hash with the key of the ledger, and no value can be made of it. Persons who share a mark are one. A
//! medical record number is one person's within its space: the same number in two spaces is two people's.

use std::collections::HashMap;

use crate::finding::{Document, Subject};
use crate::judge::distinct::Sketch;
use crate::judge::people::marks::{MOST, Mark};
use crate::judge::people::{KeyKind, People};
use crate::open::content::ContentKey;

/// People of a document whose marks are kept, some 17 bytes each; of more a sketch is.
const KEPT: usize = 4096;

/// Marks up to which a run joins people one by one: some 32 MiB.
const JOINED: usize = 1_000_000;

/// How a body begins: marks of each person.
const PERSONS: u8 = 1;

/// A sketch of their first marks, with the space they were made in.
const SKETCHED: u8 = 2;

/// The sketch that is kept: standard error 0.8 %.
type Many = Sketch<14>;

/// A space of medical record numbers, by its name.
pub(super) fn space(name: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(name.as_bytes())
}

/// Whether its people count: those of whom providers' numbers stand there do not.
pub(super) fn counts(document: &Document) -> bool {
    document.people > 0 && document.findings.iter().any(|finding| finding.subject != Subject::Provider)
}

/// A mark with what its space adds.
fn in_space(mark: u64, record: bool, space: u64) -> u64 {
    if record { xxhash_rust::xxh3::xxh3_64_with_seed(&mark.to_le_bytes(), space) } else { mark }
}

/// What a ledger keeps of the people of a document; `None` where there is nobody, or more than can be known one by one.
pub(super) fn sealed(people: &People, space: u64, key: &ContentKey) -> Option<Vec<u8>> {
    if people.is_empty() {
        return None;
    }
    let persons = people.marks().filter(|persons| !persons.is_empty())?;
    let seal = |mark: &Mark| key.hash(&mark.hash.to_le_bytes()) as u64;
    if persons.len() > KEPT {
        let firsts = persons.iter().filter_map(|marks| marks.first());
        let firsts = firsts.map(|mark| in_space(seal(mark), mark.kind == KeyKind::Record, space));
        let mut body = vec![SKETCHED];
        body.extend(space.to_le_bytes());
        body.extend(Many::of(firsts).registers());
        return Some(body);
    }
    let mut body = vec![PERSONS];
    for marks in &persons {
        let records = (0..).zip(marks).filter(|(_, mark)| mark.kind == KeyKind::Record);
        body.push(marks.len() as u8);
        body.push(records.fold(0, |bits, (at, _)| bits | 1 << at));
        marks.iter().for_each(|mark| body.extend(seal(mark).to_le_bytes()));
    }
    Some(body)
}

/// All people who were met.
#[derive(Default)]
pub(super) struct Everybody {
    /// By mark: a number, whose person [`Everybody::joined`] tells.
    known: HashMap<u64, u32>,
    /// A parent has a smaller number than its children.
    joined: Vec<u32>,
    /// Their first marks.
    sketch: Many,
    /// They are too many to be joined, or were already where they came from.
    sketched: bool,
}

impl Everybody {
    /// Adds the people of a document of this space; false where nobody can be known by that.
    pub(super) fn add(&mut self, body: &[u8], space: u64) -> bool {
        self.add_up_to(body, space, JOINED)
    }

    /// The same, where no more than `most` marks may be held: behind that people are sketched.
    pub(super) fn add_up_to(&mut self, body: &[u8], space: u64, most: usize) -> bool {
        match body.split_first() {
            Some((&PERSONS, rest)) => self.persons(rest, space, most).is_some(),
            Some((&SKETCHED, rest)) => self.sketch(rest, space).is_some(),
            _ => false,
        }
    }

    fn persons(&mut self, mut rest: &[u8], space: u64, most: usize) -> Option<()> {
        let mut persons = Vec::new();
        while let Some((head, marks)) = rest.split_first_chunk::<2>() {
            let [count, records] = *head;
            let (marks, more) = marks.split_at_checked(usize::from(count) * 8)?;
            if !(1..=MOST).contains(&usize::from(count)) {
                return None;
            }
            let mark = |(at, bytes): (u32, &[u8])| {
                let mark = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
                in_space(mark, records & 1 << at != 0, space)
            };
            persons.push((0..).zip(marks.chunks_exact(8)).map(mark).collect::<Vec<u64>>());
            rest = more;
        }
        if !rest.is_empty() {
            return None;
        }
        persons.iter().for_each(|marks| self.person(marks, most));
        Some(())
    }

    fn person(&mut self, marks: &[u64], most: usize) {
        let Some(first) = marks.first() else { return };
        self.sketch.insert(*first);
        if self.sketched || self.known.len() + marks.len() > most {
            self.sketched = true;
            self.known = HashMap::new();
            self.joined = Vec::new();
            return;
        }
        let mut person = None;
        for mark in marks {
            let next = self.joined.len() as u32;
            let at = *self.known.entry(*mark).or_insert(next);
            if at == next {
                self.joined.push(next);
            }
            let root = self.root(at);
            let other = self.root(*person.get_or_insert(root));
            self.joined[root.max(other) as usize] = root.min(other);
            person = Some(root.min(other));
        }
    }

    fn root(&mut self, mut at: u32) -> u32 {
        while self.joined[at as usize] != at {
            let parent = self.joined[at as usize];
            self.joined[at as usize] = self.joined[parent as usize];
            at = self.joined[at as usize];
        }
        at
    }

    fn sketch(&mut self, rest: &[u8], space: u64) -> Option<()> {
        let (of, registers) = rest.split_first_chunk::<8>()?;
        if u64::from_le_bytes(*of) != space {
            return None;
        }
        self.sketch.merge(&Many::of_registers(registers)?);
        self.sketched = true;
        Some(())
    }

    /// Marks it holds.
    pub(super) fn held(&self) -> usize {
        self.known.len()
    }

    /// How many: one by one, or by the sketch.
    pub(super) fn count(&self) -> u64 {
        match self.sketched {
            true => self.sketch.estimate(),
            false => (0..).zip(&self.joined).filter(|(at, parent): &(u32, &u32)| at == *parent).count() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Protection;
    use crate::identifier::Identifier;
    use crate::judge::people::RecordKeys;
    use crate::validate::{Normal, Valid};

    fn hash(n: u64, identifier: Identifier) -> u64 {
        xxhash_rust::xxh3::xxh3_64(format!("{n} {identifier}").as_bytes())
    }

    fn of(records: &[&[(Identifier, u64)]]) -> People {
        let normal = Normal::of(b"");
        let valid = Valid { protection: Protection::Plaintext, test: false, normal, measure: 0 };
        let mut people = People::default();
        for record in records {
            let mut keys = RecordKeys::default();
            for (identifier, n) in *record {
                keys.add(*identifier, hash(*n, *identifier), &valid);
            }
            people.add(&keys);
        }
        people
    }

    fn body(people: &People, name: &str) -> Vec<u8> {
        sealed(people, space(name), &ContentKey::new(&[7; 32])).unwrap()
    }

    #[test]
    fn record_numbers_are_one_persons_within_their_space() {
        use Identifier as I;
        let north = body(&of(&[&[(I::MRN, 1)], &[(I::MRN, 2)]]), "north");
        for (name, expected) in [("north", 2), ("south", 4)] {
            let mut all = Everybody::default();
            assert!(all.add(&north, space("north")) && all.add(&north, space(name)));
            assert_eq!(all.count(), expected, "{name}");
        }
        // What is nobody's own numbers stays one person's over spaces, and joins two record numbers.
        let mut all = Everybody::default();
        all.add(&body(&of(&[&[(I::MRN, 1), (I::SSN, 9)]]), "north"), space("north"));
        all.add(&body(&of(&[&[(I::MRN, 5), (I::SSN, 9)]]), "south"), space("south"));
        assert_eq!(all.count(), 1);
        all.add(&body(&of(&[&[(I::MRN, 1)], &[(I::MRN, 5)]]), "south"), space("south"));
        assert_eq!(all.count(), 2, "5 is known there, 1 is not");
    }

    #[test]
    fn very_many_are_sketched_within_their_space() {
        let records: Vec<Vec<(Identifier, u64)>> = (0..6000).map(|n| vec![(Identifier::MRN, n)]).collect();
        let many = of(&records.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let body = body(&many, "north");
        assert_eq!(body.len(), 9 + (1 << 14));
        let mut all = Everybody::default();
        assert!(all.add(&body, space("north")) && all.add(&body, space("north")));
        assert!((5_800..6_200).contains(&all.count()), "{}", all.count());
        assert!(!all.add(&body, space("south")), "made in another space");
    }

    #[test]
    fn what_is_none_of_ours_is_refused() {
        for body in [
            &b""[..],
            b"\x00",
            b"\x03abc",
            b"\x01\x01",
            b"\x01\x01\x00abc",
            b"\x01\x00\x00",
            b"\x02",
            b"\x02abcdefgh\x00",
        ] {
            let mut all = Everybody::default();
            assert!(!all.add(body, space("north")), "{body:?}");
            assert_eq!(all.count(), 0);
        }
    }

    #[test]
    fn marks_are_keyed() {
        let people = of(&[&[(Identifier::SSN, 1)]]);
        let other = sealed(&people, 0, &ContentKey::new(&[8; 32])).unwrap();
        assert_ne!(body(&people, "north"), other);
        assert!(!other.windows(8).any(|bytes| bytes == hash(1, Identifier::SSN).to_le_bytes()));
    }
}
