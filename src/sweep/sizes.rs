//! How many people stand in a root and in each of its feeds, for the marks of their sizes. In: documents as the ledger keeps
//! them, and the sealed marks of their people, root by root. Out: sizes as a scan tells them. Refuses nothing; feeds behind the
//! first 1,024 of a root are not counted across their documents.
//!
//! Persons of several documents are joined by their marks. Marks carry no state: of the people of a state, as large a part is
//! taken to be new as of all people.

use std::collections::{BTreeMap, HashSet};

use crate::finding::{Document, Size};
use crate::judge::people::{Count, Of};
use crate::sweep::people::Everybody;

/// More feeds than this are not counted across their documents.
const FEEDS: usize = 1024;

/// Documents with fewer people do not open a feed: thirty of them would still be small.
const OPENS: u64 = 16;

/// Marks that all feeds of a root may hold: some 32 MiB.
const HELD: usize = 1_000_000;

/// The people of a root or of a feed.
#[derive(Default)]
struct Group {
    everybody: Everybody,
    /// Of one document, the most.
    most: u64,
    low: u64,
    /// Of contents that differ, together.
    high: u64,
    counted: u64,
    /// What is known of those.
    known: Known,
}

/// Of people that were counted apart, those of a state or an age: together, and the most of one document.
#[derive(Default)]
struct Known {
    states: BTreeMap<&'static str, Part>,
    under_18: Part,
    over_89: Part,
    deceased: Part,
}

#[derive(Clone, Copy, Default)]
struct Part {
    all: u64,
    most: u64,
}

impl Part {
    fn add(&mut self, people: u64) {
        self.all += people;
        self.most = self.most.max(people);
    }

    /// Its part of all people, who were counted apart as `counted`.
    fn of(self, people: u64, counted: u64) -> u64 {
        let share = people as f64 / counted.max(1) as f64;
        let part = (self.all as f64 * share.min(1.0)).round() as u64;
        part.max(self.most)
    }
}

impl Group {
    /// Adds the people of a document; `again`: what it holds was counted under another name.
    fn document(&mut self, document: &Document, again: bool) {
        self.most = self.most.max(document.people);
        self.low = self.low.max(document.people_low);
        if again {
            return;
        }
        self.high += document.people_high;
        self.counted += document.people;
        let Of { states, under_18, over_89, deceased } = &document.people_of;
        states.iter().for_each(|(state, people)| self.known.states.entry(state).or_default().add(*people));
        self.known.under_18.add(*under_18);
        self.known.over_89.add(*over_89);
        self.known.deceased.add(*deceased);
    }

    fn count(&self) -> Count {
        let people = self.everybody.count().max(self.most);
        let part = |part: &Part| part.of(people, self.counted);
        let of = Of {
            states: self.known.states.iter().map(|(state, people)| (*state, part(people))).collect(),
            under_18: part(&self.known.under_18),
            over_89: part(&self.known.over_89),
            deceased: part(&self.known.deceased),
        };
        Count { people, low: self.low.min(people), high: self.high.max(people), exact: false, of }
    }
}

/// The sizes of one root, while its documents are told.
#[derive(Default)]
pub(super) struct Sizes {
    root: Group,
    feeds: BTreeMap<String, Group>,
    /// Contents that were counted already.
    contents: HashSet<[u8; 16]>,
    /// Marks that the feeds hold.
    held: usize,
}

impl Sizes {
    /// Adds a document with people, of this feed and content; `body`: marks of the people of its file, made in this space, where
    /// they were not added yet.
    pub(super) fn add(&mut self, document: &Document, feed: &str, content: [u8; 16], body: Option<(&[u8], u64)>) {
        let again = !self.contents.insert(content);
        if !self.feeds.contains_key(feed) && self.feeds.len() < FEEDS && document.people >= OPENS {
            self.feeds.insert(feed.to_string(), Group::default());
        }
        self.root.document(document, again);
        if let Some((body, space)) = body {
            self.root.everybody.add(body, space);
        }
        let Some(group) = self.feeds.get_mut(feed) else { return };
        group.document(document, again);
        if let Some((body, space)) = body {
            let held = group.everybody.held();
            group.everybody.add_up_to(body, space, held + (HELD - self.held));
            self.held = self.held + group.everybody.held() - held;
        }
    }

    /// The size of the root, where there is anybody, and of the feeds with a mark; and what is known of those in the root.
    pub(super) fn told(self, root: usize) -> (Vec<Size>, Of) {
        let all = self.root.count();
        let size = (all.people > 0).then(|| Size::of(root, None, &all));
        let feeds = self.feeds.into_iter().map(|(name, group)| Size::of(root, Some(name), &group.count()));
        (size.into_iter().chain(feeds.filter(|size| !size.marks().is_empty())).collect(), all.of)
    }
}
