//! Who is who among the keys of records. In: keys with what their records say beside them. Out: the connected components,
//! and how many people they are at best, at least and at most.
//!
//! A node is a value with the birth date and the name of its record. A record joins its nodes at once. Nodes of one value
//! are compared at the end, best known first: those with birth date and name make clusters, those who say less attach
//! where exactly one cluster can be meant and else stand for nobody new.

use std::collections::BTreeMap;

use super::{About, Count, KeyKind, Map, Of, RecordKeys, STATES, mix};
use crate::validate::date;

/// A value with more different owners than this is no key but something that was filled in.
const OWNERS: usize = 200;

/// Up to so many keys a birth date that two files share is taken for one person's: people were born on some 30,000 days.
const BIRTHDAYS: usize = 3_000;

/// Today, days since 1970-01-01.
pub(super) fn today() -> i64 {
    date::today()
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) value: u64,
    pub(super) kind: u8,
    pub(super) about: About,
}

/// What comparing two nodes of one value says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// One person, beyond doubt.
    One,
    /// One person, most likely.
    Likely,
    /// Nothing.
    Nothing,
    /// Two, most likely.
    Unlikely,
    /// Two people.
    Two,
}

/// How two birth dates stand to each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Births {
    Same,
    /// They differ as a slip of the pen does.
    Near,
    Apart,
    Unknown,
}

impl Node {
    fn births(&self, other: &Node) -> Births {
        match (self.about.birth, other.about.birth) {
            (Some(a), Some(b)) if a == b => Births::Same,
            (Some(a), Some(b)) if is_slip(a, b) => Births::Near,
            (Some(_), Some(_)) => Births::Apart,
            _ => Births::Unknown,
        }
    }

    /// Whether twelve years or more lie between the births.
    fn a_generation(&self, other: &Node) -> bool {
        matches!((self.about.birth, other.about.birth), (Some(a), Some(b)) if (a - b).unsigned_abs() >= 12 * 365)
    }

    fn compare(&self, other: &Node) -> Says {
        let (ours, theirs) = (&self.about.name, &other.about.name);
        let name = match ours.is_empty() || theirs.is_empty() {
            true => None,
            false => Some(ours.fits(theirs)),
        };
        let births = self.births(other);
        let own = self.kind == KeyKind::Own as u8;
        if self.kind <= KeyKind::Record as u8 {
            match (births, name) {
                (Births::Same, Some(true) | None) | (Births::Unknown, Some(true)) => Says::One,
                (Births::Same, Some(false)) | (Births::Near, Some(true) | None) => Says::Likely,
                // Father and son, or a birth date that was filled in.
                (Births::Apart, Some(true)) if self.a_generation(other) => Says::Unlikely,
                (Births::Apart, Some(true)) => Says::Likely,
                (Births::Apart, None) | (Births::Unknown, Some(false)) if own => Says::Likely,
                (Births::Apart, None) | (Births::Unknown | Births::Near, Some(false)) => Says::Unlikely,
                (Births::Apart, Some(false)) => Says::Two,
                (Births::Unknown, None) => Says::Nothing,
            }
        } else if self.kind == KeyKind::Weak as u8 {
            match (births, name) {
                (Births::Same, Some(true) | None) => Says::One,
                (Births::Near, Some(true)) | (Births::Unknown, Some(true)) => Says::Likely,
                (Births::Same, Some(false)) | (Births::Near, None) | (Births::Apart, Some(true)) => Says::Unlikely,
                (Births::Apart | Births::Near | Births::Unknown, Some(false)) | (Births::Apart, None) => Says::Two,
                (Births::Unknown, None) => Says::Nothing,
            }
        } else {
            match births {
                Births::Same => Says::One,
                Births::Near => Says::Unlikely,
                Births::Apart => Says::Two,
                Births::Unknown => Says::Nothing,
            }
        }
    }

    /// How much is known: the most first.
    fn level(&self) -> usize {
        match (self.about.birth.is_some(), !self.about.name.is_empty()) {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (false, false) => 3,
        }
    }
}

/// Whether two days differ as a slip of the pen makes them: in the year, the month or the day alone, or the last two
/// exchanged.
fn is_slip(a: i32, b: i32) -> bool {
    let ((y, m, d), (v, n, e)) = (date::civil(i64::from(a)), date::civil(i64::from(b)));
    [y != v, m != n, d != e].iter().filter(|differs| **differs).count() == 1 || (y == v && m == e && d == n)
}

/// Union-find over nodes. A parent has a smaller number than its children.
#[derive(Clone, Debug, Default)]
struct Unions(Vec<u32>);

impl Unions {
    /// Halves the way on the way, or records in an unlucky order would make it longer and longer.
    fn root(&mut self, mut node: u32) -> u32 {
        while self.0[node as usize] != node {
            let parent = self.0[node as usize];
            self.0[node as usize] = self.0[parent as usize];
            node = self.0[node as usize];
        }
        node
    }

    fn union(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = (a.min(b), a.max(b));
        self.0[high as usize] = low;
    }
}

/// The people of a document or of a run, one by one.
#[derive(Clone, Debug, Default)]
pub(super) struct Components {
    /// Value, birth date and name → node.
    known: Map<u32>,
    nodes: Vec<Node>,
    /// What stands on one record.
    joined: Unions,
    /// The same, names left out: two of one name and birthday need not be one.
    strict: Unions,
}

/// What comparing has come to.
struct Settled {
    best: Unions,
    low: Unions,
    high: Unions,
    /// Nodes that stand for nobody who is not counted already.
    nobody_new: Vec<bool>,
}

impl Components {
    /// How many keys are kept.
    pub(super) fn keys(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn add(&mut self, keys: &RecordKeys) {
        let (mut first, mut first_strict) = (None, None);
        keys.each(|value, kind| {
            let node = self.node(Node { value, kind, about: keys.about });
            self.joined.union(*first.get_or_insert(node), node);
            if kind != KeyKind::Name as u8 {
                self.strict.union(*first_strict.get_or_insert(node), node);
            }
        });
    }

    fn node(&mut self, node: Node) -> u32 {
        let birth = node.about.birth.map_or(0, |birth| birth as u32 as u64 | 1 << 32);
        let key = mix(mix(node.value, birth), node.about.name.hash());
        let next = self.nodes.len() as u32;
        let at = *self.known.entry(key).or_insert(next);
        if at == next {
            self.nodes.push(node);
            self.joined.0.push(next);
            self.strict.0.push(next);
        } else {
            // Of two states the first of the list stays, so that the order of records does not matter.
            let about = &mut self.nodes[at as usize].about;
            about.died |= node.about.died;
            about.state = first_state(about.state, node.about.state);
        }
        at
    }

    pub(super) fn merge(&mut self, other: &Components) {
        let ours: Vec<u32> = other.nodes.iter().map(|node| self.node(*node)).collect();
        for (at, node) in ours.iter().enumerate() {
            self.joined.union(*node, ours[other.joined.0[at] as usize]);
            self.strict.union(*node, ours[other.strict.0[at] as usize]);
        }
    }

    /// Each node that stands for somebody, with the number of the person, as the best count has them.
    #[cfg(feature = "ledger")]
    pub(super) fn owners(&self) -> Vec<(Node, u32)> {
        let Settled { mut best, nobody_new, .. } = self.settled();
        let nodes = (0u32..).zip(&self.nodes).filter(|(at, _)| !nobody_new[*at as usize]);
        nodes.map(|(at, node)| (*node, best.root(at))).collect()
    }

    pub(super) fn count(&self) -> Count {
        let Settled { mut best, mut low, mut high, nobody_new } = self.settled();
        let people = self.roots(&mut best, |node| !nobody_new[node]);
        let of = self.parts(&mut best, &nobody_new);
        let fewest = self.roots(&mut low, |node| !nobody_new[node]);
        // Somebody of whom more than a name is known is counted by that.
        let mut named_only = vec![true; self.nodes.len()];
        let mut joined = self.joined.clone();
        for (at, node) in self.nodes.iter().enumerate() {
            if node.kind != KeyKind::Name as u8 {
                named_only[joined.root(at as u32) as usize] = false;
            }
        }
        let counts: Vec<bool> = (0..self.nodes.len())
            .map(|at| self.nodes[at].kind != KeyKind::Name as u8 || named_only[joined.root(at as u32) as usize])
            .collect();
        let most = self.roots(&mut high, |node| counts[node]);
        Count { people, low: fewest.min(people), high: most.max(people), exact: true, of }
    }

    /// Compares the nodes of each value.
    fn settled(&self) -> Settled {
        let mut best = self.joined.clone();
        let mut low = self.joined.clone();
        let mut high = self.strict.clone();
        let mut nobody_new = vec![false; self.nodes.len()];
        // By value first, the rest only where there is something to compare: most values have one node.
        let mut order: Vec<(u64, u32)> = (0..).zip(&self.nodes).map(|(at, node)| (node.value, at)).collect();
        order.sort_unstable();
        for same in order.chunk_by(|a, b| a.0 == b.0).filter(|same| (2..=OWNERS).contains(&same.len())) {
            let mut group: Vec<u32> = same.iter().map(|(_, at)| *at).collect();
            group.sort_unstable_by_key(|at| {
                let node = &self.nodes[*at as usize];
                (node.level(), node.about.birth, node.about.name)
            });
            self.settle(&group, &mut best, &mut low, &mut high, &mut nobody_new);
        }
        let other_half = self.other_halves(&mut best, &nobody_new);
        for (weak, strong) in &other_half {
            low.union(*weak, strong[0]);
            if let ([one], true) = (&strong[..], self.nodes.len() <= BIRTHDAYS) {
                best.union(*weak, *one);
            }
        }
        Settled { best, low, high, nobody_new }
    }

    /// Compares the nodes of one value.
    fn settle(&self, group: &[u32], best: &mut Unions, low: &mut Unions, high: &mut Unions, nobody_new: &mut [bool]) {
        let node = |at: u32| &self.nodes[at as usize];
        let mut clusters: Vec<Vec<u32>> = Vec::new();
        for level in group.chunk_by(|a, b| node(*a).level() == node(*b).level()) {
            let (mut fresh, mut joins): (Vec<Vec<u32>>, Vec<(usize, u32)>) = (Vec::new(), Vec::new());
            for &at in level {
                let says = |other: &u32| node(at).compare(node(*other));
                let same = |cluster: &Vec<u32>| cluster.iter().any(|o| matches!(says(o), Says::One | Says::Likely));
                let open = |cluster: &Vec<u32>| cluster.iter().all(|other| says(other) == Says::Nothing);
                let fits: Vec<usize> = (0..clusters.len()).filter(|c| same(&clusters[*c])).collect();
                let may: Vec<usize> = (0..clusters.len()).filter(|c| open(&clusters[*c])).collect();
                match (&fits[..], &may[..]) {
                    ([one], _) | ([], [one]) => joins.push((*one, at)),
                    ([], []) => {
                        let own: Vec<usize> = (0..fresh.len()).filter(|c| same(&fresh[*c])).collect();
                        let mut members = vec![at];
                        own.iter().rev().for_each(|c| members.extend(fresh.remove(*c)));
                        fresh.push(members);
                    }
                    // More than one can be meant.
                    _ => {
                        nobody_new[at as usize] = true;
                        low.union(at, clusters[*fits.first().or(may.first()).unwrap_or(&0)][0]);
                    }
                }
            }
            joins.into_iter().for_each(|(cluster, at)| clusters[cluster].push(at));
            clusters.extend(fresh);
        }
        for (number, cluster) in clusters.iter().enumerate() {
            for (at, one) in cluster.iter().enumerate() {
                best.union(cluster[0], *one);
                low.union(cluster[0], *one);
                for other in &cluster[..at] {
                    // What says nothing is no further person.
                    if matches!(node(*one).compare(node(*other)), Says::One | Says::Nothing) {
                        high.union(*one, *other);
                    }
                }
                for other in &clusters[..number] {
                    if other.iter().any(|o| node(*one).compare(node(*o)) == Says::Unlikely) {
                        low.union(*one, other[0]);
                    }
                }
            }
        }
    }

    /// Components of which nothing is known but a household's number and a birth date, and those with the same birth date
    /// that have no such number: the same people, it may be, in another kind of file.
    fn other_halves(&self, best: &mut Unions, nobody_new: &[bool]) -> Vec<(u32, Vec<u32>)> {
        // By root: has a weak key, has another, birth date.
        let mut halves: Vec<(bool, bool, Option<i32>)> = vec![(false, false, None); self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate().filter(|(at, _)| !nobody_new[*at]) {
            let half = &mut halves[best.root(at as u32) as usize];
            let weak = node.kind == KeyKind::Weak as u8;
            half.0 |= weak;
            half.1 |= !weak || !node.about.name.is_empty();
            half.2 = half.2.max(node.about.birth);
        }
        let mut by_day: BTreeMap<i32, (Vec<u32>, Vec<u32>)> = BTreeMap::new();
        for (root, half) in halves.into_iter().enumerate() {
            match half {
                (true, false, Some(day)) => by_day.entry(day).or_default().0.push(root as u32),
                (false, true, Some(day)) => by_day.entry(day).or_default().1.push(root as u32),
                _ => {}
            }
        }
        let both = by_day.into_values().filter(|(weak, strong)| !weak.is_empty() && !strong.is_empty());
        both.flat_map(|(weak, strong)| {
            // As many as can be pairs; of one and one it is known which.
            let alone = weak.len() == 1 && strong.len() == 1;
            weak.into_iter()
                .zip(strong.clone())
                .map(move |(w, s)| if alone { (w, vec![s]) } else { (w, vec![s, s]) })
                .collect::<Vec<_>>()
        })
        .collect()
    }

    /// How many roots have a node that counts.
    fn roots(&self, unions: &mut Unions, counts: impl Fn(usize) -> bool) -> u64 {
        let mut seen = vec![false; self.nodes.len()];
        for at in (0..self.nodes.len()).filter(|at| counts(*at)) {
            seen[unions.root(at as u32) as usize] = true;
        }
        seen.into_iter().filter(|seen| *seen).count() as u64
    }

    /// States, ages and deaths of the people.
    fn parts(&self, best: &mut Unions, nobody_new: &[bool]) -> Of {
        let mut people: Vec<Option<(u8, bool, Option<i32>)>> = vec![None; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate().filter(|(at, _)| !nobody_new[*at]) {
            let (state, died, birth) = people[best.root(at as u32) as usize].get_or_insert((0, false, None));
            *state = first_state(*state, node.about.state);
            *died |= node.about.died;
            *birth = (*birth).max(node.about.birth);
        }
        let today = today();
        let mut of = Of::default();
        let mut states = [0; STATES.len() + 1];
        for (state, died, birth) in people.into_iter().flatten() {
            states[usize::from(state)] += 1;
            of.deceased += u64::from(died);
            // 400 years of the calendar have 146,097 days.
            let age = birth.filter(|_| !died).map(|birth| (today - i64::from(birth)) * 400 / 146_097);
            of.under_18 += u64::from(age.is_some_and(|age| age < 18));
            of.over_89 += u64::from(age.is_some_and(|age| age >= 90));
        }
        of.states =
            STATES.iter().zip(&states[1..]).filter(|(_, n)| **n > 0).map(|(s, n)| (*s, *n)).collect::<BTreeMap<_, _>>();
        of
    }
}

fn first_state(a: u8, b: u8) -> u8 {
    match (a, b) {
        (0, state) | (state, 0) => state,
        (a, b) => a.min(b),
    }
}
