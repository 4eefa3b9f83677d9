//! Random numbers that are the same on every machine: SplitMix64 (Steele, Lea, Flood 2014).

/// A stream of numbers.
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `low` up to but not including `high`.
    pub(crate) fn range(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low).max(1) as u64) as i64
    }

    pub(crate) fn below(&mut self, high: usize) -> usize {
        (self.next() % high.max(1) as u64) as usize
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, share: u32) -> bool {
        self.below(100) < share as usize
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// So many digits.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }

    /// Of a picture: `9` a digit, `A` a capital letter, `h` a hexadecimal figure, anything else itself.
    pub(crate) fn picture(&mut self, picture: &str) -> String {
        picture
            .chars()
            .map(|c| match c {
                '9' => char::from(b'0' + self.below(10) as u8),
                'A' => char::from(b'A' + self.below(26) as u8),
                'h' => char::from(b"0123456789abcdef"[self.below(16)]),
                other => other,
            })
            .collect()
    }
}
