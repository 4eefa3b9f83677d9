//! Known given names and surnames. In: a word. Out: its rank in the lists of the US Census Bureau's 1990 name files
//! (`surnames.txt`, `given.txt`), 0 for the most frequent. The lists miss newer and many Hispanic and Asian names: being
//! on a list supports a name, not being on one says nothing.

mod hash;

/// One list, made at build time.
struct Table {
    names: &'static [u8],
    ends: &'static [u8],
    slots: &'static [u8],
}

macro_rules! table {
    ($list:literal) => {
        Table {
            names: include_bytes!(concat!(env!("OUT_DIR"), "/", $list, ".names")),
            ends: include_bytes!(concat!(env!("OUT_DIR"), "/", $list, ".ends")),
            slots: include_bytes!(concat!(env!("OUT_DIR"), "/", $list, ".slots")),
        }
    };
}

static SURNAMES: Table = table!("surnames");
static GIVEN: Table = table!("given");

impl Table {
    /// The rank of a word; case and marks (`O'Neil`, `Smith-`) do not matter.
    fn rank(&self, word: &[u8]) -> Option<u32> {
        if word.len() > 24 || word.iter().any(|b| *b >= 0x80 || b.is_ascii_digit()) {
            return None;
        }
        let letters = || word.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase);
        let mut slot = hash::slot(letters());
        loop {
            let rank = u16::from_le_bytes([self.slots[2 * slot], self.slots[2 * slot + 1]]).checked_sub(1)?;
            if self.name(rank).iter().copied().eq(letters()) {
                return Some(u32::from(rank));
            }
            slot = (slot + 1) % hash::SLOTS;
        }
    }

    fn name(&self, rank: u16) -> &'static [u8] {
        let start = if rank == 0 { 0 } else { self.end(rank - 1) };
        &self.names[start..self.end(rank)]
    }

    fn end(&self, rank: u16) -> usize {
        let at = 4 * usize::from(rank);
        u32::from_le_bytes([self.ends[at], self.ends[at + 1], self.ends[at + 2], self.ends[at + 3]]) as usize
    }
}

/// The rank of a surname, 0 for the most frequent.
pub fn surname_rank(word: &[u8]) -> Option<u32> {
    SURNAMES.rank(word)
}

/// The rank of a given name, 0 for the most frequent.
pub fn given_rank(word: &[u8]) -> Option<u32> {
    GIVEN.rank(word)
}

/// Whether the word is on either list.
pub fn is_name(word: &[u8]) -> bool {
    surname_rank(word).is_some() || given_rank(word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_with_their_rank() {
        for (word, surname, given) in [
            ("Smith", Some(0), None),
            ("SMITH", Some(0), None),
            ("james", Some(57), Some(0)),
            ("O'Neal", Some(628), None),
            ("Xzqwv", None, None),
            ("", None, None),
            ("Smith7", None, None),
            ("José", None, None),
        ] {
            assert_eq!(surname_rank(word.as_bytes()).is_some(), surname.is_some(), "{word}");
            assert_eq!(given_rank(word.as_bytes()).is_some(), given.is_some(), "{word}");
            if surname == Some(0) {
                assert_eq!(surname_rank(word.as_bytes()), surname, "{word}");
            }
        }
    }

    #[test]
    fn every_name_of_the_lists_is_in_its_table() {
        for (list, rank) in [
            (include_str!("surnames.txt"), surname_rank as fn(&[u8]) -> Option<u32>),
            (include_str!("given.txt"), given_rank),
        ] {
            for (number, name) in list.lines().filter(|l| !l.starts_with('#')).enumerate() {
                assert_eq!(rank(name.as_bytes()), Some(number as u32), "{name}");
            }
        }
    }
}
