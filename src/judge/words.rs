//! Words as keywords are compared by. In: bytes. Out: runs of letters, runs of digits and `#`, each with a hash that is the
//! same for capital and small letters. It refuses nothing; signs and blanks are no words.

/// Words of one window that are looked at.
pub(super) const WORDS: usize = 32;

/// A short list of words in small letters, sorted, that nearly every word asked for is not in.
pub(super) struct WordList<const N: usize> {
    words: [&'static str; N],
    /// By the first letter, which lengths there are, as bits: what tells most words that are not listed.
    lengths: [u32; 26],
}

impl<const N: usize> WordList<N> {
    pub(super) const fn of(words: [&'static str; N]) -> WordList<N> {
        let mut lengths = [0; 26];
        let mut at = 0;
        while at < N {
            let word = words[at].as_bytes();
            lengths[(word[0] - b'a') as usize] |= 1 << word.len();
            at += 1;
        }
        WordList { words, lengths }
    }

    /// Whether the word is listed, in capital or small letters.
    pub(super) fn has(&self, word: &[u8]) -> bool {
        let Some(first) = word.first().filter(|b| b.is_ascii_alphabetic()) else { return false };
        let lengths = self.lengths[(first.to_ascii_lowercase() - b'a') as usize];
        word.len() < 32 && lengths >> word.len() & 1 == 1 && {
            let small = || word.iter().map(u8::to_ascii_lowercase);
            self.words.binary_search_by(|listed| listed.bytes().cmp(small())).is_ok()
        }
    }

    #[cfg(test)]
    pub(super) fn is_sorted(&self) -> bool {
        self.words.is_sorted()
    }
}

/// One word: a run of letters (an upper-case letter after a lower-case one starts a new word), a run of digits, or `#`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Word {
    pub(super) hash: u64,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The words of some bytes, one after the other.
pub(super) struct Words<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Words<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Words<'a> {
        Words { bytes, at: 0 }
    }
}

impl Iterator for Words<'_> {
    type Item = Word;

    #[inline]
    fn next(&mut self) -> Option<Word> {
        let bytes = self.bytes;
        let start = self.at + bytes[self.at..].iter().position(|b| KIND[*b as usize] != Kind::Other)?;
        let run = |from: usize, kind: Kind| {
            let rest = bytes[from..].iter();
            from + rest.take_while(|b| KIND[**b as usize] == kind).count()
        };
        let end = match KIND[bytes[start] as usize] {
            Kind::Digit => run(start + 1, Kind::Digit),
            Kind::Lower => small_letters(bytes, start + 1),
            Kind::Upper => small_letters(bytes, run(start + 1, Kind::Upper)),
            Kind::Hash | Kind::Other => start + 1,
        };
        self.at = end;
        Some(Word { hash: word_hash(bytes, start, end), start, end })
    }
}

/// Where a run of small letters that goes on at `at` ends. Most words are shorter than a register.
#[inline]
fn small_letters(bytes: &[u8], mut at: usize) -> usize {
    const ALL: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ALL * 0x80;
    while at < bytes.len() {
        let eight = eight(bytes, at);
        let low = eight & !HIGH;
        let from_a = low + ALL * (0x80 - b'a' as u64);
        let behind_z = low + ALL * (0x7F - b'z' as u64);
        let others = !((from_a & !behind_z) | eight) & HIGH;
        if others != 0 {
            return at + (others.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    // Zeros stand behind the end and are no letters.
    at.min(bytes.len())
}

/// What a byte is to a word. Bytes of other alphabets count as small letters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Other,
    Digit,
    Lower,
    Upper,
    Hash,
}

const KIND: [Kind; 256] = {
    let mut table = [Kind::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'0'..=b'9' => Kind::Digit,
            b'a'..=b'z' | 0x80.. => Kind::Lower,
            b'A'..=b'Z' => Kind::Upper,
            b'#' => Kind::Hash,
            _ => Kind::Other,
        };
        byte += 1;
    }
    table
};

/// A word's hash, the same for capital and small letters: of its first eight bytes, its last eight and its length. What
/// lies between in a longer word does not matter: no keyword is that long.
#[inline]
fn word_hash(bytes: &[u8], start: usize, end: usize) -> u64 {
    // Sets the bit by which capital and small letters differ; digits and `#` have it.
    const FOLD: u64 = 0x2020_2020_2020_2020;
    let length = end - start;
    let (head, tail) = if length >= 8 {
        (eight(bytes, start) | FOLD, eight(bytes, end - 8) | FOLD)
    } else {
        let kept = u64::MAX >> (64 - 8 * length as u32);
        ((eight(bytes, start) | FOLD) & kept, 0)
    };
    let mixed =
        (head ^ (length as u64) << 57).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ tail.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (mixed ^ mixed >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

/// Eight bytes from `at` on, zeros behind the end.
#[inline]
fn eight(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..at + 8) {
        Some(bytes) => u64::from_le_bytes(bytes.try_into().unwrap_or_default()),
        None => {
            let mut filled = [0; 8];
            let rest = &bytes[at..];
            filled[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(filled)
        }
    }
}

/// The last words of `bytes`, in order; how many.
pub(super) fn last_words(bytes: &[u8], words: &mut [Word; WORDS]) -> usize {
    let mut count = 0;
    for word in Words::new(bytes) {
        if count == WORDS {
            words.rotate_left(1);
            count -= 1;
        }
        words[count] = word;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &[u8]) -> Vec<&[u8]> {
        Words::new(text).map(|word| &text[word.start..word.end]).collect()
    }

    #[test]
    fn a_list_knows_its_words() {
        let list = WordList::of(["corp", "inc", "llc"]);
        for (word, listed) in [("Inc", true), ("LLC", true), ("co", false), ("ink", false), ("", false), ("4", false)] {
            assert_eq!(list.has(word.as_bytes()), listed, "{word}");
        }
    }

    #[test]
    fn words_end_where_letters_do_and_capitals_begin() {
        assert_eq!(
            words(b"MemberID #42nd patientNAMEs"),
            [&b"Member"[..], b"ID", b"#", b"42", b"nd", b"patient", b"NAMEs"]
        );
        assert_eq!(words("Año na\u{ef}ve{x}`y".as_bytes()), ["Año".as_bytes(), "na\u{ef}ve".as_bytes(), b"x", b"y"]);
        assert_eq!(words(b""), [] as [&[u8]; 0]);
        // Of any length, up to the end and before anything else.
        for length in 1..40 {
            let word = vec![b'q'; length];
            assert_eq!(words(&word), [word.as_slice()]);
            for end in 0..=255_u8 {
                let text = [word.as_slice(), &[end], b"ab"].concat();
                let joins = KIND[end as usize] == Kind::Lower;
                assert_eq!(words(&text)[0].len(), if joins { length + 3 } else { length }, "{end}");
            }
        }
    }
}
