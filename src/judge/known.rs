//! Names of fields and places that were met before. In: a name or a place of a document. Out: what the rules say of it, found
//! out once for all documents of a run: in a drop of many small files it costs more than all they hold. Remembers only so many,
//! and none that is long. Knows nothing that a name does not say by itself.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use super::met::Met;
use super::plan::ColumnPlan;
use crate::engine::Engine;
use crate::extract::named::Named;
use crate::rules::FieldName;

/// How many are remembered of each kind: more than the tables of one site have.
const MOST: usize = 8192;
/// Longer names are no names of fields, bytes.
const LONGEST: usize = 128;

/// What was met.
#[derive(Default)]
pub(crate) struct Known {
    headers: Memory<String, Arc<ColumnPlan>>,
    places: Memory<Named, Arc<ColumnPlan>>,
    fields: Memory<String, (bool, Met)>,
}

/// Says nothing of what is in it: a first row that was taken for names may hold anything.
impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").finish_non_exhaustive()
    }
}

impl Known {
    /// The plan of a column of this name.
    pub(super) fn header(&self, engine: &Engine, name: &str) -> Arc<ColumnPlan> {
        let found = || Arc::new(ColumnPlan::named(engine, name));
        if name.len() > LONGEST { found() } else { self.headers.of(name, found) }
    }

    /// The plan of what stands in a place.
    pub(super) fn place(&self, engine: &Engine, named: &Named) -> Arc<ColumnPlan> {
        let found = || Arc::new(ColumnPlan::of_place(engine, named));
        let long = named.keys.iter().chain(&named.names).any(|name| name.len() > LONGEST);
        if long { found() } else { self.places.of(named, found) }
    }

    /// Whether a name is one that rules know, as `ask` says, and what is met by asking.
    pub(crate) fn field(&self, name: &str, ask: impl FnOnce(&FieldName) -> bool) -> (bool, Met) {
        let found = || {
            let name = FieldName::parse(name);
            let mut met = Met::default();
            met.name(&name);
            (ask(&name), met)
        };
        if name.len() > LONGEST { found() } else { self.fields.of(name, found) }
    }
}

/// What was found out of each key.
struct Memory<K, V>(Mutex<HashMap<K, V>>);

impl<K, V> Default for Memory<K, V> {
    fn default() -> Memory<K, V> {
        Memory(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Memory<K, V> {
    /// What is known of `key`; else what `find` says, which is not waited for by others.
    fn of<Q>(&self, key: &Q, find: impl FnOnce() -> V) -> V
    where
        K: std::borrow::Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(key) {
            return found.clone();
        }
        let found = find();
        let mut known = known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key.to_owned(), found.clone());
        found
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_is_known_is_asked_once_and_only_so_much_is_kept() {
        let (memory, asked) = (Memory::<String, usize>::default(), Cell::new(0));
        let ask = |name: &str| {
            memory.of(name, || {
                asked.set(asked.get() + 1);
                name.len()
            })
        };
        assert_eq!((ask("ssn"), ask("dob"), ask("ssn"), asked.get()), (3, 3, 3, 2));
        (0..2 * MOST).for_each(|n| {
            ask(&n.to_string());
        });
        assert!(memory.0.lock().expect("no panic").len() <= MOST);
        assert_eq!((ask("ssn"), asked.get()), (3, 2 * MOST + 3), "it was forgotten, and asked again");
    }

    #[test]
    fn a_remembered_column_is_the_one_that_is_found() {
        let engine = Engine::built_in().expect("rules");
        for name in ["Patient SSN", "dob", "", "invoice no", "x".repeat(LONGEST + 1).as_str()] {
            let (first, again) = (engine.known().header(&engine, name), engine.known().header(&engine, name));
            assert_eq!(format!("{first:?}"), format!("{:?}", ColumnPlan::named(&engine, name)));
            assert_eq!(Arc::ptr_eq(&first, &again), name.len() <= LONGEST);
        }
        assert!(!format!("{:?}", engine.known()).contains("SSN"));
    }
}
