//! What of a document rules could have had to do with, whatever came of it. In: candidates before any check, names of
//! fields, keys of places, as they are met. Out: a few bytes that a ledger keeps, so that a changed rule can be held against
//! documents without reading them ([`crate::rules::prints`]). Refuses nothing; it errs on the side of having met.
//!
//! No word of a document can be had from it: of each word of a name one bit of 512 is kept, words with digits leave none.

use crate::rules::FieldName;

/// Bits in which words of names leave their trace. A table of forty columns sets about one in eight.
const NAMES: usize = 512;

/// What was met. Of several parts of a document: all of it together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Met {
    /// Rules of which a form was found, a bit each by their order; the last bit stands for all from the 128th on.
    pub(crate) rules: u128,
    /// A form was judged by the words around it.
    pub(crate) in_text: bool,
    /// Formats whose places have keys, a bit each by [`format_bit`].
    pub(crate) formats: u16,
    /// Words of names, a bit each by [`word_bit`].
    pub(crate) words: [u64; NAMES / 64],
}

/// The bit of the rule at this place in its set.
pub(crate) fn rule_bit(rule: usize) -> u128 {
    1 << rule.min(127)
}

/// The bit of the format of a place's key: what stands before its colon.
pub(crate) fn format_bit(key: &str) -> u16 {
    let format = key.split(':').next().unwrap_or_default();
    1 << (xxhash_rust::xxh3::xxh3_64(format.as_bytes()) % 16)
}

/// The number of the bit of a word; `None` for one with a digit in it, which may be part of a value.
pub(crate) fn word_bit(word: &str) -> Option<u16> {
    let digits = word.bytes().any(|byte| byte.is_ascii_digit());
    (!digits).then(|| (xxhash_rust::xxh3::xxh3_64(word.as_bytes()) % NAMES as u64) as u16)
}

impl Met {
    /// A name was asked for.
    pub(crate) fn name(&mut self, name: &FieldName) {
        for bit in name.tokens.iter().filter_map(|word| word_bit(word)) {
            self.words[usize::from(bit) / 64] |= 1 << (bit % 64);
        }
    }

    /// A place with this key was met.
    pub(crate) fn key(&mut self, key: &str) {
        self.formats |= format_bit(key);
    }

    /// Whether all these words may stand in names of the document.
    #[cfg(feature = "ledger")]
    pub(crate) fn may_have(&self, words: &[u16]) -> bool {
        let has = |bit: &u16| self.words[usize::from(*bit) / 64 % (NAMES / 64)] & 1 << (bit % 64) != 0;
        self.words.iter().any(|word| *word != 0) && words.iter().all(has)
    }

    /// And what was met in another part.
    pub(crate) fn add(&mut self, other: &Met) {
        self.rules |= other.rules;
        self.in_text |= other.in_text;
        self.formats |= other.formats;
        self.words.iter_mut().zip(other.words).for_each(|(ours, theirs)| *ours |= theirs);
    }

    /// As a ledger keeps it.
    #[cfg(feature = "ledger")]
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let head = self.rules.to_le_bytes().into_iter().chain([u8::from(self.in_text)]);
        let words = self.words.into_iter().flat_map(u64::to_le_bytes);
        head.chain(self.formats.to_le_bytes()).chain(words).collect()
    }

    /// And back; `None` for what is none of ours.
    #[cfg(feature = "ledger")]
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Met> {
        let (rules, rest) = bytes.split_first_chunk::<16>()?;
        let (&[in_text, low, high], rest) = rest.split_first_chunk::<3>()?;
        let mut words = [0; NAMES / 64];
        if rest.len() != words.len() * 8 || in_text > 1 {
            return None;
        }
        for (word, bytes) in words.iter_mut().zip(rest.chunks_exact(8)) {
            *word = u64::from_le_bytes(bytes.try_into().ok()?);
        }
        let rules = u128::from_le_bytes(*rules);
        Some(Met { rules, in_text: in_text == 1, formats: u16::from_le_bytes([low, high]), words })
    }
}

#[cfg(all(test, feature = "ledger"))]
mod tests {
    use super::*;

    #[test]
    fn what_was_met_comes_back_and_adds_up() {
        let mut met = Met { rules: rule_bit(3) | rule_bit(500), in_text: true, ..Met::default() };
        met.name(&FieldName::parse("PT_SSN"));
        met.key("hl7:PID-19");
        assert_eq!(Met::from_bytes(&met.to_bytes()), Some(met));
        assert_eq!(Met::from_bytes(&met.to_bytes()[1..]), None);
        assert_eq!(met.rules, 1 << 3 | 1 << 127);
        let words = |text: &str| FieldName::parse(text).tokens.iter().filter_map(|w| word_bit(w)).collect::<Vec<_>>();
        assert!(met.may_have(&words("ssn")) && met.may_have(&words("patient ssn")) && !met.may_have(&words("routing")));
        assert!(!Met::default().may_have(&[]), "no name, no field");
        let mut both = Met::default();
        both.name(&FieldName::parse("routing"));
        both.add(&met);
        assert!(both.may_have(&words("routing ssn")) && both.in_text);
        assert_eq!(word_bit("4711"), None, "figures of a value leave nothing");
    }
}
