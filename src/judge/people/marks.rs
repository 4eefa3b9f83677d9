//! People as a ledger may remember them. In: the components of a document. Out: for each person a few marks, hashes by which another
//! document's person is known to be the same one. Refuses more people than are counted one by one.
//!
//! A mark is made of what told the person: a number of their own by itself, a household's number and a name with the birth
//! date. A value that is two people's in this document says with birth date and name whose it is.

use std::collections::HashMap;

use super::components::Components;
use super::{KeyKind, People, mix};

/// Marks that are kept of one person; more of them join nothing that these do not.
pub const MOST: usize = 8;

/// One mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// By what: a number of their own first.
    pub kind: KeyKind,
    /// The hash, with the seed that is in the source: nothing to be written down as it is.
    pub hash: u64,
}

impl People {
    /// Marks of each person, the best first; `None` where they are too many to be known one by one.
    pub fn marks(&self) -> Option<Vec<Vec<Mark>>> {
        self.exact.as_ref().map(marks)
    }
}

fn marks(components: &Components) -> Vec<Vec<Mark>> {
    let owners = components.owners();
    // By value: its owner, or that there are several.
    let mut of_value: HashMap<u64, Option<u32>> = HashMap::new();
    for (node, owner) in &owners {
        of_value
            .entry(node.value)
            .and_modify(|known| *known = known.filter(|one| one == owner))
            .or_insert(Some(*owner));
    }
    let mut people: HashMap<u32, Vec<Mark>> = HashMap::new();
    for (node, owner) in &owners {
        let (kind, about) = (KeyKind::of(node.kind), &node.about);
        let birth = about.birth.map(|birth| birth as u32 as u64 | 1 << 40);
        let mut hash = match kind {
            KeyKind::Weak | KeyKind::Name => birth.map_or(node.value, |birth| mix(node.value, birth)),
            _ => node.value,
        };
        if of_value.get(&node.value).is_some_and(Option::is_none) {
            hash = mix(hash, mix(about.name.hash(), birth.unwrap_or(0)));
        }
        people.entry(*owner).or_default().push(Mark { kind, hash });
    }
    let mut people: Vec<Vec<Mark>> = people.into_values().collect();
    for marks in &mut people {
        marks.sort_unstable();
        marks.dedup();
        marks.truncate(MOST);
    }
    // The order of a map is another one in each process.
    people.sort_unstable();
    people
}
