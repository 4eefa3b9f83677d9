//! Columns without a name that what stands beside them names: ZIP codes behind streets, and in tables of persons the numbers before
//! their names and the days they were seen on. In: the cases of a document's columns, as its first chunk made them, and the rows of
//! that chunk. Out: columns bound to a rule, as a name would bind them. Refuses columns that a name or their values already explain.

use std::collections::{BTreeSet, HashSet};

use crate::engine::Engine;
use crate::extract::{Chunk, Layout, dialect};
use crate::identifier::Identifier;
use crate::judge::column::Case;
use crate::judge::plan::DocumentPlan;
use crate::judge::tally::{LIKELY, POSSIBLE};
use crate::validate::date;

/// What it weighs where a column stands. Set by hand: with all values valid, what is likely and no more.
const WEIGHT: f32 = 4.0;
/// How far behind a street its ZIP code may stand, in columns.
const AWAY: usize = 4;
/// Fewer rows prove nothing.
const FEW: usize = 8;
/// A visit of longer ago is no news, a planned one not much further ahead; days.
const AGO: i64 = 12 * 365;
const AHEAD: i64 = 400;
/// Days of fewer kinds are those of a file, or of a year's beginning.
const DAYS: usize = 5;

/// How reports call what bound a column to an identifier.
pub(super) fn said(identifier: Identifier) -> &'static str {
    match identifier {
        Identifier::ZIP => "behind a street",
        Identifier::MRN => "before the names of persons",
        _ => "in records of persons",
    }
}

/// Binds such columns. Whether any was bound.
pub(super) fn bind(engine: &Engine, plan: &mut DocumentPlan, cases: &[Vec<Case>], chunk: Option<&Chunk>) -> bool {
    let streets = behind_streets(engine, plan, cases);
    let people = match (&plan.layout, chunk) {
        (Layout::Rows(dialect), Some(chunk)) if dialect.header.is_none() => {
            let rows = || dialect::rows(&chunk.bytes[chunk.core.clone()], dialect);
            of_persons(engine, plan, cases, rows)
        }
        _ => Vec::new(),
    };
    let any = !people.is_empty();
    for (column, rule) in people {
        plan.bind(column, rule, WEIGHT);
    }
    streets || any
}

fn identifier(engine: &Engine, rule: u16) -> Identifier {
    engine.rules().rules[rule as usize].identifier
}

/// The rule that speaks for fields of an identifier.
fn rule_of(engine: &Engine, wanted: Identifier) -> Option<u16> {
    let rules = &engine.rules().rules;
    (0..rules.len() as u16)
        .find(|at| rules[*at as usize].identifier == wanted && !rules[*at as usize].fields.is_empty())
}

fn has(engine: &Engine, cases: &[Case], least: f32, is: impl Fn(Identifier) -> bool) -> bool {
    cases.iter().any(|c| !c.outdone && c.logit() >= least && is(identifier(engine, c.rule)))
}

/// Columns that stand a little behind one of streets hold ZIP codes: five figures say nothing by themselves. What else stands there
/// does not pass.
fn behind_streets(engine: &Engine, plan: &mut DocumentPlan, cases: &[Vec<Case>]) -> bool {
    let Some(rule) = rule_of(engine, Identifier::ZIP) else { return false };
    let mut bound = false;
    for street in (0..cases.len()).filter(|at| has(engine, &cases[*at], LIKELY, |i| i == Identifier::ADDRESS)) {
        for (at, own) in cases.iter().enumerate().skip(street + 1).take(AWAY) {
            let is_named = plan.columns.get(at).is_some_and(|column| column.headed || !column.bound.is_empty());
            if is_named || has(engine, own, LIKELY, |_| true) {
                break;
            }
            bound |= plan.bind(at, rule, WEIGHT);
        }
    }
    bound
}

/// In a table of names and births or numbers of persons: the column before the names, if each name has one number and each number
/// one name; and those of days of the last years.
fn of_persons(
    engine: &Engine,
    plan: &DocumentPlan,
    cases: &[Vec<Case>],
    rows: impl FnOnce() -> Vec<Vec<String>>,
) -> Vec<(usize, u16)> {
    let persons = |i: Identifier| matches!(i, Identifier::BIRTH_DATE | Identifier::SSN | Identifier::MBI);
    let name = cases.iter().position(|own| has(engine, own, LIKELY, |i| i == Identifier::NAME));
    let (Some(name), true) = (name, cases.iter().any(|own| has(engine, own, LIKELY, persons))) else {
        return Vec::new();
    };
    let rows = rows();
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let free = |at: usize| {
        let named = plan.columns.get(at).is_some_and(|column| column.headed || !column.bound.is_empty());
        !named && !cases.get(at).is_some_and(|own| has(engine, own, POSSIBLE, |_| true))
    };
    let mut bound = Vec::new();
    if let Some(before) = name.checked_sub(1).filter(|at| free(*at))
        && let Some(rule) = rule_of(engine, Identifier::MRN)
        && !cases.iter().any(|own| has(engine, own, LIKELY, |i| i == Identifier::MRN))
        && are_numbers_of(&rows, before, name)
    {
        bound.push((before, rule));
    }
    if let Some(rule) = rule_of(engine, Identifier::SERVICE_DATE) {
        bound.extend((0..width).filter(|at| free(*at) && are_days(&rows, *at)).map(|at| (at, rule)));
    }
    bound
}

/// The filled fields of a column.
fn filled(rows: &[Vec<String>], column: usize) -> impl Iterator<Item = &str> {
    rows.iter().filter_map(move |row| row.get(column)).map(|field| field.trim()).filter(|field| !field.is_empty())
}

/// Whether a column holds the numbers of whom the column at `name` and the one behind it name: of one form, each name its own, and
/// not counted up.
fn are_numbers_of(rows: &[Vec<String>], column: usize, name: usize) -> bool {
    let number = |field: &str| {
        let digits = field.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let letters = field.len() - digits.len();
        let digits = digits.strip_prefix('-').filter(|_| letters > 0).unwrap_or(digits);
        let least = if letters > 0 { 5 } else { 6 };
        letters <= 3 && (least..=8).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let (mut numbers, mut names, mut both) = (HashSet::new(), HashSet::new(), HashSet::new());
    let (mut count, mut whole, mut steps, mut last) = (0, 0, 0, 0_i64);
    for row in rows {
        let (Some(own), Some(one)) = (row.get(column), row.get(name)) else { continue };
        let person = (one.trim(), row.get(name + 1).map_or("", |other| other.trim()));
        let own = own.trim();
        if own.is_empty() {
            continue;
        }
        count += 1;
        whole += usize::from(number(own));
        numbers.insert(own);
        names.insert(person);
        both.insert((own, person));
        let figures: String = own.chars().filter(char::is_ascii_digit).collect();
        let value = figures.parse().unwrap_or(0_i64);
        steps += usize::from((1..=20).contains(&(value - last)));
        last = value;
    }
    // A few people bear one name, and a few numbers were mistyped.
    let pairs = numbers.len() * 10 >= both.len() * 9 && names.len() * 10 >= both.len() * 9;
    count >= FEW && whole * 50 >= count * 49 && pairs && numbers.len() * 4 >= count && steps * 2 < count
}

/// Whether a column holds days of the last years, of several kinds.
fn are_days(rows: &[Vec<String>], column: usize) -> bool {
    let today = date::today();
    let day = |field: &str| {
        let day = date::parse(field.as_bytes()).map(|date| date.days);
        day.filter(|day| (today - AGO..=today + AHEAD).contains(day))
    };
    let days: Vec<Option<i64>> = filled(rows, column).map(day).collect();
    // One or the other was mistyped.
    let valid = days.iter().flatten().count();
    let distinct: BTreeSet<i64> = days.iter().flatten().copied().collect();
    let firsts = distinct.iter().filter(|day| date::civil(**day).2 == 1).count();
    days.len() >= FEW && valid * 50 >= days.len() * 49 && distinct.len() >= DAYS && firsts * 2 < distinct.len()
}
