//! Records that may be added to later. In: the number of the record of each value. Out: the record, as it was left; the tally
//! of those that were not added to for long. It keeps [`OPEN`] of them, or few where a format does not come back to one.

use std::collections::{HashMap, VecDeque};

use crate::judge::people::Keyed;
use crate::judge::record::Record;
use crate::judge::tally::Tally;

/// Records that may be added to later: what refers to a patient may stand behind others.
const OPEN: usize = 8192;

/// The same where the numbers of records only rise, but for those of tables inside a value.
const RISING: usize = 256;

/// The record that is being read, and others.
#[derive(Debug)]
pub(super) struct Open {
    /// The record that is being read, and its number.
    number: u64,
    record: Box<Record>,
    /// Others that may be added to, with when they were last. A record is large: the table holds where it is.
    left: HashMap<u64, (u64, Box<Record>), Keyed>,
    /// When which was left; it may have been taken up again since.
    order: VecDeque<(u64, u64)>,
    /// Room of records that have ended, as the table takes it.
    #[allow(clippy::vec_box)]
    spare: Vec<Box<Record>>,
    /// How often another record was read.
    turns: u64,
    /// How many are kept.
    most: usize,
}

impl Open {
    pub(super) fn new(rising: bool) -> Open {
        Open {
            number: 0,
            record: Box::new(Record::repeating()),
            left: HashMap::default(),
            order: VecDeque::new(),
            spare: Vec::new(),
            turns: 0,
            most: if rising { RISING } else { OPEN },
        }
    }

    /// Goes on with this record.
    #[inline]
    pub(super) fn turn_to(&mut self, number: u64, tally: &mut Tally) -> &mut Record {
        if self.number != number {
            self.turn(number, tally);
        }
        &mut self.record
    }

    fn turn(&mut self, number: u64, tally: &mut Tally) {
        self.turns += 1;
        let next = match self.left.remove(&number) {
            Some((_, record)) => record,
            None => self.spare.pop().unwrap_or_else(|| Box::new(Record::repeating())),
        };
        let last = std::mem::replace(&mut self.number, number);
        let record = std::mem::replace(&mut self.record, next);
        if !record.filled {
            return self.clear(record);
        }
        self.left.insert(last, (self.turns, record));
        self.order.push_back((self.turns, last));
        while self.left.len() > self.most {
            let Some((turn, number)) = self.order.pop_front() else { break };
            if self.left.get(&number).is_some_and(|(last, _)| *last == turn)
                && let Some((_, record)) = self.left.remove(&number)
            {
                record.end(tally);
                self.clear(record);
            }
        }
        // Records that come again and again leave more behind than there are.
        if self.order.len() > 2 * self.most {
            let left = &self.left;
            self.order.retain(|(turn, number)| left.get(number).is_some_and(|(last, _)| last == turn));
        }
    }

    /// Makes room of a record that has ended for another.
    fn clear(&mut self, mut record: Box<Record>) {
        *record = Record::repeating();
        self.spare.push(record);
    }

    /// Ends all records, in the order of their numbers.
    pub(super) fn finish(self) -> Tally {
        let mut tally = Tally::default();
        let mut left: Vec<(u64, Box<Record>)> =
            self.left.into_iter().map(|(number, (_, record))| (number, record)).collect();
        left.push((self.number, self.record));
        left.sort_unstable_by_key(|(number, _)| *number);
        left.iter().for_each(|(_, record)| record.end(&mut tally));
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_is_taken_up_until_too_many_follow() {
        let mut tally = Tally::default();
        let mut open = Open::new(true);
        let mut mark = |open: &mut Open, number: u64| {
            let record = open.turn_to(number, &mut tally);
            record.filled = true;
            record.set += 1;
            (record.set, tally.sets.values().sum::<u64>())
        };
        for number in 1..=RISING as u64 {
            assert_eq!(mark(&mut open, number), (1, 0));
        }
        // The first is taken up, and so no more the oldest.
        assert_eq!(mark(&mut open, 1), (2, 0));
        assert_eq!(mark(&mut open, 1000), (1, 0));
        assert_eq!(mark(&mut open, 1001), (1, 1));
        assert_eq!(mark(&mut open, 2), (1, 2), "ended, and begun anew");
        assert_eq!(mark(&mut open, 1), (3, 2));
        for _ in 0..10 * RISING {
            mark(&mut open, 1001);
            mark(&mut open, 1);
        }
        assert!(open.order.len() <= 2 * RISING + 1);
        let rest: u64 = open.finish().sets.values().sum();
        assert_eq!(rest + tally.sets.values().sum::<u64>(), RISING as u64 + 3);
    }
}
