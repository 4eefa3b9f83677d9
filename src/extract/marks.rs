//! Finds the ends of all fields of a stretch without quotes at once. In: bytes, a delimiter, a line end. Out: where the
//! marks stand, which of them end rows, and which fields may be blank. Knows nothing of quotes: where one stands,
//! [`super::rows`] reads field by field.

/// Bytes that are looked at together: a bit each in a word.
pub const BLOCK: usize = 64;

/// The fields of a stretch, by the marks that end them. Kept from stretch to stretch, so that memory is asked for once.
#[derive(Debug, Default)]
pub struct Marks {
    /// Offsets of delimiters and line ends; behind `count` stands what is left of earlier stretches.
    at: Vec<u32>,
    count: usize,
    /// For each row that ended: how many marks there are up to and with its line end.
    rows: Vec<u32>,
    /// Numbers of the fields that are empty or begin with a blank or control character.
    thin: Vec<u32>,
}

impl Marks {
    /// Reads `bytes[from..to]`; a field starts at `from`. `to` is below 4 GiB. Any processor can do this; the kernels of `detect`
    /// do the same with [`read_by`](Self::read_by), faster.
    pub fn read(&mut self, bytes: &[u8], (from, to): (usize, usize), (delimiter, line_end): (u8, u8)) {
        self.read_by(bytes, (from, to), |block| classes(block, delimiter, line_end));
    }

    /// Reads `bytes[from..to]`, of which `classify` tells what 64 bytes are.
    #[inline(always)]
    pub fn read_by(&mut self, bytes: &[u8], (from, to): (usize, usize), classify: impl Fn(&[u8; BLOCK]) -> Classes) {
        self.count = 0;
        self.rows.clear();
        self.thin.clear();
        let mut starts_here = 1;
        let (blocks, rest) = bytes[from..to].as_chunks::<BLOCK>();
        let mut base = from as u32;
        for block in blocks {
            starts_here = self.block(classify(block), base, starts_here);
            base += BLOCK as u32;
        }
        if !rest.is_empty() {
            let mut padded = [0; BLOCK];
            padded[..rest.len()].copy_from_slice(rest);
            let kept = (1 << rest.len()) - 1;
            let Classes { marks, line_ends, blanks } = classify(&padded);
            let classes = Classes { marks: marks & kept, line_ends: line_ends & kept, blanks: blanks & kept };
            self.block(classes, base, starts_here);
        }
    }

    /// Takes in one block. `starts_here` is 1 where a field starts with it; gives the same for the next block.
    #[inline(always)]
    fn block(&mut self, classes: Classes, base: u32, starts_here: u64) -> u64 {
        let Classes { marks, mut line_ends, blanks } = classes;
        if self.at.len() < self.count + BLOCK {
            self.at.resize((self.count + BLOCK).next_power_of_two(), 0);
        }
        let count = marks.count_ones() as usize;
        if let Some(places) = self.at.get_mut(self.count..).and_then(|free| free.first_chunk_mut::<BLOCK>()) {
            // Eight without asking, since nearly every block has some: a branch for each would be guessed wrong often.
            let mut left = marks;
            for eight in places.as_chunks_mut::<8>().0.iter_mut().take(count.div_ceil(8)) {
                for place in eight {
                    *place = base + left.trailing_zeros();
                    left &= left.wrapping_sub(1);
                }
            }
        }
        let before = |bit: u32| (marks & ((1u64 << bit) - 1)).count_ones();
        while line_ends != 0 {
            let bit = line_ends.trailing_zeros();
            self.rows.push(self.count as u32 + before(bit) + 1);
            line_ends &= line_ends - 1;
        }
        let mut thin = (marks << 1 | starts_here) & (marks | blanks);
        while thin != 0 {
            self.thin.push(self.count as u32 + before(thin.trailing_zeros()));
            thin &= thin - 1;
        }
        self.count += count;
        marks >> 63
    }

    /// Offsets of the marks, in order: field `n` ends at the `n`th, and starts behind the one before.
    pub fn ends(&self) -> &[u32] {
        &self.at[..self.count]
    }

    /// For each row that ended, how many marks there are up to and with its line end.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Numbers of the fields that may be blank, in order: those that are empty, or begin with a byte that is no visible
    /// character. The last may be one that does not end here.
    pub fn thin(&self) -> &[u32] {
        &self.thin
    }
}

/// What the bytes of a block are, a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classes {
    /// Delimiters and line ends.
    pub marks: u64,
    /// Line ends.
    pub line_ends: u64,
    /// 0x20 and below.
    pub blanks: u64,
}

/// A loop for each: it becomes comparisons of whole vectors, which iterators that were not inlined would not.
#[inline(always)]
fn classes(block: &[u8; BLOCK], delimiter: u8, line_end: u8) -> Classes {
    let (mut delimiters, mut line_ends, mut blanks) = ([0; BLOCK], [0; BLOCK], [0; BLOCK]);
    for n in 0..BLOCK {
        delimiters[n] = u8::from(block[n] == delimiter);
    }
    for n in 0..BLOCK {
        line_ends[n] = u8::from(block[n] == line_end);
    }
    for n in 0..BLOCK {
        blanks[n] = u8::from(block[n] <= 0x20);
    }
    let line_ends = bits(&line_ends);
    Classes { marks: bits(&delimiters) | line_ends, line_ends, blanks: bits(&blanks) }
}

/// The lowest bits of 64 bytes that are 0 or 1 each.
#[inline(always)]
fn bits(flags: &[u8; BLOCK]) -> u64 {
    // Moves bit 8 n of a word to bit 56 + n; no two products meet below in a way that carries.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut bits = 0;
    for n in 0..BLOCK / 8 {
        let mut eight = [0; 8];
        eight.copy_from_slice(&flags[8 * n..8 * n + 8]);
        bits |= u64::from_le_bytes(eight).wrapping_mul(GATHER) >> 56 << (8 * n);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What [`classes`] must give.
    fn one_by_one(block: &[u8; BLOCK], delimiter: u8, line_end: u8) -> Classes {
        let bits = |wanted: &dyn Fn(u8) -> bool| {
            block.iter().enumerate().fold(0u64, |bits, (at, byte)| bits | u64::from(wanted(*byte)) << at)
        };
        let line_ends = bits(&|byte| byte == line_end);
        Classes { marks: bits(&|byte| byte == delimiter) | line_ends, line_ends, blanks: bits(&|byte| byte <= 0x20) }
    }

    /// Bytes of which many are marks and blanks, and some are like them but for one bit.
    fn dense(length: usize, mut seed: u32) -> Vec<u8> {
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed >> 16
        };
        (0..length).map(|_| b",\n,;|a9 \r\t\0\x20\xAC\x8A,-.\xFF"[next() as usize % 18]).collect()
    }

    #[test]
    fn blocks_are_classified_as_byte_by_byte() {
        for seed in 0..200 {
            let bytes = dense(BLOCK, seed);
            let block = bytes.first_chunk().expect("a block");
            for (delimiter, line_end) in [(b',', b'\n'), (b'\t', b'\r'), (b'|', b'\n'), (0xFF, 0)] {
                assert_eq!(classes(block, delimiter, line_end), one_by_one(block, delimiter, line_end));
            }
        }
    }

    #[test]
    fn every_mark_row_and_blank_is_told_from_any_start() {
        let mut marks = Marks::default();
        for seed in 0..60 {
            let bytes = dense(40 + seed as usize * 7, seed);
            for (from, to) in [(0, bytes.len()), (1, bytes.len()), (7, bytes.len() - 3), (20, 20), (20, 21)] {
                marks.read(&bytes, (from, to), (b',', b'\n'));
                let stretch = || bytes[from..to].iter().zip(from as u32..);
                let ends: Vec<u32> = stretch().filter(|(b, _)| matches!(b, b',' | b'\n')).map(|(_, at)| at).collect();
                assert_eq!(marks.ends(), ends, "{from}..{to}");
                let rows = (1..).zip(&ends).filter(|(_, at)| bytes[**at as usize] == b'\n').map(|(n, _)| n);
                assert_eq!(marks.rows(), rows.collect::<Vec<u32>>(), "{from}..{to}");
                let starts = std::iter::once(from as u32).chain(ends.iter().map(|at| at + 1));
                let blank = |at: u32| {
                    (at as usize) < to && (bytes[at as usize] <= 0x20 || matches!(bytes[at as usize], b',' | b'\n'))
                };
                let thin = (0..).zip(starts).filter(|(_, at)| blank(*at)).map(|(n, _)| n);
                assert_eq!(marks.thin(), thin.collect::<Vec<u32>>(), "{from}..{to}");
            }
        }
    }
}
