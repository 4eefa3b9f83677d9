//! Which rules may have a keyword near a value: the first, cheap look. In: values in the order of a text, and the words they
//! stand among. Out: yes or no for a rule. Never says no where [`Vocabulary::around`](super::context::Vocabulary::around) would
//! find the rule's keyword; may say yes where it finds none, as it does not look at what stands between words.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;

use super::context::{BEHIND, REACH, filled_up_to, window_before};
use super::distinct::Identity;
use super::words::Words;

/// Classes of word hashes: built-in keywords end in some three hundred words, so one word in fourteen is looked up.
const CLASSES: usize = 4096;

/// The words that keywords end in.
#[derive(Debug)]
pub(super) struct Endings {
    /// A bit for each class of hashes that a last word has.
    classes: [u64; CLASSES / 64],
    /// The word of keywords that have one, by hash → their rules.
    single: HashMap<u64, u64, BuildHasherDefault<Identity>>,
    /// The last two words of the others, by [`pair`] → their rules.
    pairs: HashMap<u64, u64, BuildHasherDefault<Identity>>,
}

impl Default for Endings {
    fn default() -> Endings {
        Endings { classes: [0; CLASSES / 64], single: HashMap::default(), pairs: HashMap::default() }
    }
}

impl Endings {
    /// Adds a keyword, as the hashes of its words, that speaks for these rules, a bit each.
    pub(super) fn add(&mut self, words: &[u64], rules: u64) {
        let known = match *words {
            [] => return,
            [word] => self.single.entry(word).or_default(),
            [.., before, last] => self.pairs.entry(pair(before, last)).or_default(),
        };
        *known |= rules;
        let class = class(words[words.len() - 1]);
        self.classes[class / 64] |= 1 << (class % 64);
    }

    /// The rules that a keyword speaks for which ends in `word`, behind `before`.
    #[inline]
    fn of(&self, before: u64, word: u64) -> u64 {
        let class = class(word);
        if self.classes[class / 64] >> (class % 64) & 1 == 0 {
            return 0;
        }
        let of = |rules: Option<&u64>| rules.copied().unwrap_or(0);
        of(self.single.get(&word)) | of(self.pairs.get(&pair(before, word)))
    }
}

/// The class of a word's hash.
fn class(hash: u64) -> usize {
    (hash >> 32) as usize % CLASSES
}

/// One hash of two words.
fn pair(before: u64, last: u64) -> u64 {
    (before.rotate_left(17) ^ last).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The bit of a rule. All from the 64th on share one.
pub(super) fn rule_bit(rule: u16) -> u64 {
    1 << rule.min(63)
}

/// A word that ends a keyword.
#[derive(Clone, Copy, Debug)]
struct Mark {
    start: usize,
    end: usize,
    rules: u64,
}

/// The keywords near one value after the other, each word looked at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Hints {
    /// What was looked at, and where its last word starts: it may go on.
    seen: Range<usize>,
    resume: usize,
    /// The word before that one.
    before: u64,
    marks: Vec<Mark>,
    /// The first of the marks that is not too far back.
    first: usize,
    /// The value that was opened last.
    span: Range<usize>,
    /// Where the stretch before it starts in which words count, and where it ends but for blanks and leaders.
    window: Range<usize>,
}

impl Hints {
    /// Forgets all: another text is opened.
    pub(super) fn forget(&mut self) {
        self.marks.clear();
        (self.seen, self.span, self.resume, self.before, self.first) = (0..0, 0..0, 0, 0, 0);
    }

    /// Opens a value. Only `scope` is looked at.
    pub(super) fn open(&mut self, endings: &Endings, bytes: &[u8], scope: &Range<usize>, span: &Range<usize>) {
        let back = span.start < self.span.start;
        self.span = span.clone();
        let from = span.start.saturating_sub(REACH).max(scope.start);
        // A word behind a value counts in its line only.
        let to = (span.end + BEHIND).min(scope.end);
        let to = memchr::memchr(b'\n', &bytes[span.end..to]).map_or(to, |at| span.end + at);
        if back || from > self.seen.end || self.seen.is_empty() {
            self.marks.clear();
            (self.seen, self.resume, self.before, self.first) = (from..from, from, 0, 0);
        }
        if to > self.seen.end {
            while self.marks.last().is_some_and(|mark| mark.start >= self.resume) {
                self.marks.pop();
            }
            let (mut before, mut last) = (self.before, (self.resume, self.before));
            let mut words = Words { bytes: &bytes[..to], at: self.resume };
            for word in &mut words {
                let rules = endings.of(before, word.hash);
                if rules != 0 {
                    self.marks.push(Mark { start: word.start, end: word.end, rules });
                }
                last = (word.start, before);
                before = word.hash;
            }
            (self.resume, self.before) = last;
            self.seen.end = to;
        }
        self.first = self.first.min(self.marks.len());
        self.first += self.marks[self.first..].iter().take_while(|mark| mark.end <= from).count();
        if !self.is_empty() {
            let window = window_before(bytes, scope.start, span.start);
            self.window = window.start..window.start + filled_up_to(&bytes[window]);
        }
    }

    /// Whether no keyword stands near the value.
    pub(super) fn is_empty(&self) -> bool {
        self.first == self.marks.len()
    }

    /// Whether a keyword of one of these rules ends at most `reach` before the value, or stands behind it.
    pub(super) fn near(&self, rules: u64, reach: usize) -> bool {
        self.marks[self.first..].iter().any(|mark| {
            mark.rules & rules != 0
                && (mark.end > self.span.start
                    || mark.start >= self.window.start && self.window.end.saturating_sub(mark.end) <= reach)
        })
    }

    /// Whether a keyword of one of these rules stands anywhere near the value, in the lines above too.
    pub(super) fn around(&self, rules: u64) -> bool {
        self.marks[self.first..].iter().any(|mark| mark.rules & rules != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "Member no. 4829137 of last no 77 and the patient, SSN 5 behind\nunder the line 961 record\nnumber is 12";

    fn endings() -> Endings {
        let mut endings = Endings::default();
        let hashes = |text: &str| Words::new(text.as_bytes()).map(|word| word.hash).collect::<Vec<_>>();
        for (n, keyword) in ["member no", "ssn", "behind", "record number is"].iter().enumerate() {
            endings.add(&hashes(keyword), 1 << n);
        }
        endings
    }

    /// Which of the four are near the value.
    fn near(hints: &mut Hints, value: &str, reach: usize) -> Vec<usize> {
        let start = TEXT.find(value).expect("it is there");
        hints.open(&endings(), TEXT.as_bytes(), &(0..TEXT.len()), &(start..start + value.len()));
        (0..4).filter(|n| hints.near(1 << n, reach)).collect()
    }

    #[test]
    fn keywords_count_whole_within_reach_and_in_their_line_behind() {
        let mut hints = Hints::default();
        assert_eq!(near(&mut hints, "4829137", 24), [0, 1]);
        // `no` alone is no keyword, and the one before stands too far back.
        assert_eq!(near(&mut hints, "77", 10), [1, 2]);
        assert_eq!(near(&mut hints, "5", 64), [0, 1, 2]);
        assert_eq!(near(&mut hints, "961", 64), [] as [usize; 0]);
        assert!(hints.around(1 << 2), "above it there is one");
        assert_eq!(near(&mut hints, "12", 64), [3]);
        // Back to the start, and with nothing remembered, the same is found.
        assert_eq!(near(&mut hints, "4829137", 24), [0, 1]);
        assert_eq!(near(&mut Hints::default(), "77", 10), [1, 2]);
        assert_eq!(near(&mut Hints::default(), "12", 64), [3]);
    }
}
