//! Counting individuals: shared numbers, slips of the pen, parts, any order. In and out: nothing.

use super::*;
use crate::finding::Protection;
use crate::validate::Normal;

fn valid(text: &str, measure: i64) -> Valid {
    Valid { protection: Protection::Plaintext, test: false, normal: Normal::of(text.as_bytes()), measure }
}

fn record(keys: &[(Identifier, u64)]) -> RecordKeys {
    named(keys, "")
}

/// A record; birth dates are days since 1970.
fn named(keys: &[(Identifier, u64)], name: &str) -> RecordKeys {
    let mut record = RecordKeys::default();
    // Spread small numbers as a hash would.
    for (identifier, value) in keys {
        record.add(*identifier, mix(*value, 77 + identifier.index() as u64), &valid("", *value as i64));
    }
    if !name.is_empty() {
        record.add(Identifier::NAME, 0, &valid(name, 0));
    }
    record
}

const SSN: Identifier = Identifier::SSN;
const MRN: Identifier = Identifier::MRN;
const MBI: Identifier = Identifier::MBI;
const MEMBER: Identifier = Identifier::MEMBER_ID;
const BIRTH: Identifier = Identifier::BIRTH_DATE;

#[test]
fn people_do_not_depend_on_the_order_of_records() {
    let records = [
        record(&[(SSN, 1), (MRN, 10)]),
        record(&[(MRN, 10), (MEMBER, 5), (BIRTH, 1950)]),
        record(&[(MEMBER, 5), (BIRTH, 7980)]),
        record(&[(MEMBER, 5)]),
        record(&[(MEMBER, 6)]),
    ];
    for rotation in 0..records.len() {
        let mut people = People::default();
        (0..records.len()).for_each(|i| people.add(&records[(i + rotation) % records.len()]));
        let count = people.count();
        assert_eq!((count.people, count.low, count.high), (3, 3, 4), "rotation {rotation}");
    }
}

#[test]
fn who_shares_a_number_is_told_apart() {
    // Days of birth that no slip of the pen exchanges.
    let (a, b) = (1_000, 9_137);
    for (records, people, because) in [
        (
            vec![named(&[(SSN, 1), (BIRTH, a)], "MARIA DELGADO"), named(&[(SSN, 1), (BIRTH, b)], "LUIS DELGADO")],
            2,
            "a dependant",
        ),
        (
            vec![named(&[(SSN, 1), (BIRTH, a)], "MARIA DELGADO"), named(&[(SSN, 1), (BIRTH, a)], "MARIA MARSH")],
            1,
            "married",
        ),
        (
            vec![
                named(&[(SSN, 1), (BIRTH, a)], "DELGADO MARIA"),
                named(&[(SSN, 1), (BIRTH, a + 1)], "MARIA Q DELGADO"),
            ],
            1,
            "a slip",
        ),
        (vec![named(&[(MBI, 1), (BIRTH, a)], ""), named(&[(MBI, 1), (BIRTH, b)], "")], 1, "an MBI is one person's"),
        (
            vec![named(&[(MRN, 1), (BIRTH, a)], "A NGUYEN"), named(&[(MRN, 1), (BIRTH, b)], "TOM HARRIS")],
            2,
            "two hospitals",
        ),
        (vec![named(&[(MEMBER, 1), (BIRTH, a)], "MEI LEE"), named(&[(MEMBER, 1), (BIRTH, a)], "AMY LEE")], 2, "twins"),
        (vec![named(&[(MEMBER, 1)], "MEI LEE"), named(&[(MEMBER, 1)], "AMY LEE")], 2, "no birth dates"),
        (vec![named(&[(MEMBER, 1), (BIRTH, a)], "MEI LEE"), named(&[(MEMBER, 1)], "")], 1, "who else"),
        (
            vec![named(&[(SSN, 1), (BIRTH, a)], "MEI LEE"), named(&[(MRN, 2), (BIRTH, a)], "LEE MEI")],
            1,
            "name and birthday",
        ),
        (vec![named(&[(SSN, 1)], "MEI LEE"), named(&[(MRN, 2)], "MEI LEE")], 2, "a name is not enough"),
    ] {
        for turned in [false, true] {
            let mut all = People::default();
            let mut records = records.clone();
            if turned {
                records.reverse();
            }
            records.iter().for_each(|record| all.add(record));
            let count = all.count();
            assert_eq!(count.people, people, "{because}");
            assert!(count.low <= people && people <= count.high, "{because}: {count:?}");
        }
    }
}

#[test]
fn ages_states_and_deaths_are_counted() {
    let today = crate::validate::date::today() as u64;
    let mut people = People::default();
    let mut child = record(&[(SSN, 1), (BIRTH, today - 4_000)]);
    child.note(Identifier::ZIP, &valid("36609", 0));
    let mut late = record(&[(SSN, 2), (BIRTH, 3)]);
    late.note(Identifier::DEATH_DATE, &valid("", 0));
    let mut old = RecordKeys::default();
    old.add(SSN, 99, &valid("", 0));
    old.add(BIRTH, 98, &valid("", -20_000));
    [child, late, old].iter().for_each(|keys| people.add(keys));
    let of = people.count().of;
    assert_eq!((of.under_18, of.over_89, of.deceased), (1, 1, 1));
    assert_eq!(of.states, BTreeMap::from([("AL", 1)]));
    assert_eq!(people.sketches.count().of, of);
}

#[test]
fn documents_merge_like_one() {
    let records: Vec<RecordKeys> =
        (0..2000u64).map(|i| record(&[(SSN, i % 700), (MRN, i % 500), (MEMBER, i), (BIRTH, i % 90)])).collect();
    let mut whole = People::default();
    records.iter().for_each(|r| whole.add(r));
    let (mut left, mut right) = (People::default(), People::default());
    records[..900].iter().for_each(|r| left.add(r));
    records[900..].iter().for_each(|r| right.add(r));
    left.merge(&right);
    assert_eq!(left.count(), whole.count());
}

/// Records that join people from the last to the first: the way to the root must not get longer with each.
#[test]
fn an_unlucky_order_of_records_takes_no_quadratic_time() {
    let mut people = People::default();
    let all = 200_000;
    (0..all).for_each(|i| people.add(&record(&[(SSN, i)])));
    let begun = std::time::Instant::now();
    (1..all).rev().for_each(|i| people.add(&record(&[(SSN, i), (SSN, i - 1)])));
    (1..all).rev().for_each(|i| people.add(&record(&[(SSN, all - 1), (SSN, i)])));
    assert_eq!(people.count().people, 1);
    let mut run = People::default();
    run.merge(&people);
    assert_eq!(run.count(), people.count());
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
