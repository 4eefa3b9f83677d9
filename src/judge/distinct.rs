//! Counts distinct values: exactly up to [`EXACT`], then with a sketch. In: 64-bit hashes. Out: a count. The result
//! depends on the set of hashes only, not on their order or on how they were split and merged.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// Up to so many distinct values the count is exact.
pub const EXACT: usize = 4096;

/// A set of distinct hashes, or a sketch of one.
#[derive(Clone, Debug)]
pub enum Distinct {
    /// All of them.
    Exact(HashSet<u64, BuildHasherDefault<Identity>>),
    /// A sketch.
    Sketch(Sketch),
}

impl Default for Distinct {
    fn default() -> Distinct {
        Distinct::Exact(HashSet::default())
    }
}

impl Distinct {
    /// An empty set that is only sketched: for a part of a set that is known to be larger than [`EXACT`].
    pub fn sketch() -> Distinct {
        Distinct::Sketch(Sketch::default())
    }

    /// Adds one hash.
    #[inline]
    pub fn insert(&mut self, hash: u64) {
        match self {
            Distinct::Sketch(sketch) => sketch.insert(hash),
            Distinct::Exact(set) => {
                set.insert(hash);
                if set.len() > EXACT {
                    *self = Distinct::Sketch(Sketch::of(set.iter().copied()));
                }
            }
        }
    }

    /// Adds all of another set.
    pub fn merge(&mut self, other: &Distinct) {
        match other {
            Distinct::Exact(set) => set.iter().for_each(|hash| self.insert(*hash)),
            Distinct::Sketch(theirs) => match self {
                Distinct::Sketch(ours) => ours.merge(theirs),
                Distinct::Exact(set) => {
                    let mut sketch = Sketch::of(set.iter().copied());
                    sketch.merge(theirs);
                    *self = Distinct::Sketch(sketch);
                }
            },
        }
    }

    /// How many, and whether that is exact.
    pub fn count(&self) -> (u64, bool) {
        match self {
            Distinct::Exact(set) => (set.len() as u64, true),
            Distinct::Sketch(sketch) => (sketch.estimate(), false),
        }
    }
}

/// A HyperLogLog sketch of 2^B registers: standard error 1.04 / 2^(B/2) (Flajolet et al. 2007), with Ertl's estimator
/// (2017), which needs no table of corrections. Takes no memory before the first hash.
#[derive(Clone, Debug, Default)]
pub struct Sketch<const B: u32 = 12> {
    registers: Vec<u8>,
}

impl<const B: u32> Sketch<B> {
    const RANK_BITS: u32 = 64 - B;

    /// The sketch of these hashes.
    pub fn of(hashes: impl Iterator<Item = u64>) -> Sketch<B> {
        let mut sketch = Sketch { registers: Vec::new() };
        hashes.for_each(|hash| sketch.insert(hash));
        sketch
    }

    /// Adds one hash.
    #[inline]
    pub fn insert(&mut self, hash: u64) {
        if self.registers.is_empty() {
            self.registers.resize(1 << B, 0);
        }
        let index = (hash >> Self::RANK_BITS) as usize;
        let rank = ((hash << B).leading_zeros().min(Self::RANK_BITS) + 1) as u8;
        self.registers[index] = self.registers[index].max(rank);
    }

    /// Adds all of another sketch.
    pub fn merge(&mut self, other: &Sketch<B>) {
        if self.registers.is_empty() {
            self.registers.clone_from(&other.registers);
            return;
        }
        for (ours, theirs) in self.registers.iter_mut().zip(&other.registers) {
            *ours = (*ours).max(*theirs);
        }
    }

    /// Its registers, none before the first hash.
    pub fn registers(&self) -> &[u8] {
        &self.registers
    }

    /// The sketch with these registers; `None` if there are not as many as it has.
    pub fn of_registers(registers: &[u8]) -> Option<Sketch<B>> {
        let fits = registers.len() == 1 << B && registers.iter().all(|rank| u32::from(*rank) <= Self::RANK_BITS + 1);
        fits.then(|| Sketch { registers: registers.to_vec() })
    }

    /// How many distinct hashes were added, about.
    pub fn estimate(&self) -> u64 {
        if self.registers.is_empty() {
            return 0;
        }
        let last = Self::RANK_BITS as usize + 1;
        let mut histogram = [0u32; 66];
        for register in &self.registers {
            histogram[*register as usize] += 1;
        }
        let m = self.registers.len() as f64;
        let mut z = m * tau(1.0 - f64::from(histogram[last]) / m);
        for count in histogram[1..last].iter().rev() {
            z = 0.5 * (z + f64::from(*count));
        }
        z += m * sigma(f64::from(histogram[0]) / m);
        (m * m / (2.0 * std::f64::consts::LN_2 * z)).round() as u64
    }
}

/// Ertl 2017, algorithm 6.
fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z == before {
            return z;
        }
    }
}

/// Ertl 2017, algorithm 6.
fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if z == before {
            return z / 3.0;
        }
    }
}

/// The hashes are hashes already. Their seed can be read in the source, so values could be made that all fall into one
/// place of a set; with [`EXACT`] of them at most, that costs little.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(range: std::ops::Range<u64>) -> impl Iterator<Item = u64> {
        range.map(|n| u64::from_le_bytes(blake3::hash(&n.to_le_bytes()).as_bytes()[..8].try_into().unwrap()))
    }

    #[test]
    fn counts_do_not_depend_on_how_the_set_was_split() {
        let mut whole = Distinct::default();
        let (mut left, mut right) = (Distinct::default(), Distinct::default());
        for (i, hash) in hashes(0..20_000).enumerate() {
            whole.insert(hash);
            if i % 3 == 0 { left.insert(hash) } else { right.insert(hash) }
        }
        left.merge(&right);
        assert_eq!(left.count(), whole.count());
        let (count, exact) = whole.count();
        assert!(!exact && (19_000..21_000).contains(&count), "{count}");
    }

    #[test]
    fn small_sets_are_exact() {
        let mut set = Distinct::default();
        hashes(0..EXACT as u64).chain(hashes(0..100)).for_each(|h| set.insert(h));
        assert_eq!(set.count(), (EXACT as u64, true));
    }
}
