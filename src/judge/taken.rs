//! Where values of a text stand, to be asked for many times. In: what was judged. Out: whether a span is taken by something likely,
//! and which value stands where. Searching the values for each question would take the square of their number.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::judge::tally::LIKELY;
use crate::judge::text::Judged;

/// The stretches that likely values take.
pub(super) struct Taken {
    /// Those taken at first: sorted, none reaches into the next.
    first: Vec<(usize, usize)>,
    /// Those added since, by their beginnings.
    since: BTreeMap<usize, usize>,
}

impl Taken {
    pub(super) fn by(judged: &[Judged]) -> Taken {
        let likely = judged.iter().filter(|j| j.clues.logit() >= LIKELY);
        let mut first: Vec<(usize, usize)> = likely.map(|j| (j.start, j.end)).collect();
        first.sort_unstable();
        first.dedup_by(|next, last| {
            let meets = next.0 < last.1;
            if meets {
                last.1 = last.1.max(next.1);
            }
            meets
        });
        Taken { first, since: BTreeMap::new() }
    }

    /// Whether a likely value shares a byte with `span`.
    pub(super) fn meets(&self, span: &Range<usize>) -> bool {
        let last = self.first.partition_point(|(start, _)| *start < span.end).checked_sub(1);
        let since = self.since.range(..span.end).next_back();
        last.is_some_and(|at| self.first[at].1 > span.start) || since.is_some_and(|(_, end)| *end > span.start)
    }

    /// Takes what `judged` stands in, if it is likely and the stretch is free.
    pub(super) fn add(&mut self, judged: &Judged) {
        if judged.clues.logit() >= LIKELY && !self.meets(&(judged.start..judged.end)) {
            self.since.insert(judged.start, judged.end);
        }
    }
}

/// Which value stands at a place: the index of the first by place and rule.
pub(super) struct Standing(HashMap<(usize, u16), usize>);

impl Standing {
    /// Those from `first` on, by what `place` says of each.
    pub(super) fn by(judged: &[Judged], first: usize, place: impl Fn(&Judged) -> usize) -> Standing {
        let mut at = HashMap::with_capacity(judged.len() - first);
        for (index, judged) in judged.iter().enumerate().skip(first) {
            at.entry((place(judged), judged.rule)).or_insert(index);
        }
        Standing(at)
    }

    pub(super) fn at(&self, place: usize, rule: u16) -> Option<usize> {
        self.0.get(&(place, rule)).copied()
    }

    /// Notes that `index` stands at `place`, unless another does.
    pub(super) fn add(&mut self, place: usize, rule: u16, index: usize) {
        self.0.entry((place, rule)).or_insert(index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::text::Clues;
    use crate::validate::name;
    use crate::validate::{Setting, Verdict};

    fn judged(start: usize, end: usize, logit: f32) -> Judged {
        let clues = Clues { alone: logit, ..Clues::default() };
        let Verdict::Valid(valid) = name::check(b"Maria Lopez", Setting::Free) else { panic!("a name") };
        Judged { rule: 1, shape: 0, start, end, valid, clues, subject: None }
    }

    #[test]
    fn what_is_likely_takes_its_place() {
        let mut taken = Taken::by(&[judged(30, 40, 3.0), judged(0, 9, 3.0), judged(5, 20, 3.0), judged(50, 60, -3.0)]);
        for (span, is) in
            [(0..1, true), (19..25, true), (20..30, false), (29..31, true), (40..70, false), (10..10, true)]
        {
            assert_eq!(taken.meets(&span), is, "{span:?}");
        }
        taken.add(&judged(55, 58, -3.0));
        assert!(!taken.meets(&(40..70)));
        taken.add(&judged(55, 58, 3.0));
        assert!(taken.meets(&(40..70)) && !taken.meets(&(58..70)) && !taken.meets(&(40..55)));
    }

    #[test]
    fn the_first_at_a_place_is_known() {
        let all = [judged(0, 4, 0.0), judged(5, 9, 0.0), judged(5, 8, 0.0)];
        let mut standing = Standing::by(&all, 1, |j| j.start);
        assert_eq!((standing.at(5, 1), standing.at(0, 1), standing.at(5, 2)), (Some(1), None, None));
        standing.add(5, 1, 9);
        standing.add(0, 1, 9);
        assert_eq!((standing.at(5, 1), standing.at(0, 1)), (Some(1), Some(9)));
    }
}
