//! Judges a column as one decision. In: what was counted in it, what its name says, what stands beside it. Out: for each
//! rule and form the log-odds that the values are what they look like, piece by piece.
//!
//! If nine-digit values were random, 11 % would fail the SSN rules: so the pass rate of a column is a likelihood ratio,
//! exact and strong, with or without a header. How the values spread tells births from visits and numbers given out
//! at random from counters.

use crate::engine::Engine;
use crate::identifier::Identifier;
use crate::judge::nameless;
use crate::judge::plan::ColumnPlan;
use crate::judge::tally::{BY_FIELD, ColumnTally, LIKELY, POSSIBLE, Slot, Tally, WORD};

/// Where log-odds start for values whose field's name speaks for them.
const FIELD_START: f32 = -3.0;
/// Where they start for single words that nothing speaks for.
const WORD_START: f32 = -4.0;
/// The pass rate of a column says at most this much for it: after that a systematic cause is likelier than chance.
const PASS_RATE_CAP: f32 = 7.0;
/// Forms below say too little to be anything without a column or a word that speaks for them.
const WEAK: f32 = -3.0;
/// What it weighs that dates spread over generations.
const SPREAD: f32 = 5.5;
/// What the same weighs of fewer than twenty.
const SPREAD_OF_FEW: f32 = 5.0;
/// What it weighs that bare digits of a column are all days of the calendar: a few in a thousand random ones are.
const ALL_DAYS: f32 = 3.0;
/// Forms of dates below may be numbers as well.
const DATE: f32 = -6.0;
/// What the lists of names weigh in a field that is called a name, of whom or what it does not say.
const WEAK_NAME: f32 = 2.5;
/// What it weighs for serial numbers that nothing in their table identifies a person: inventories hold as many. Fitted on
/// the train half of the made documents: of 25 columns called `Serial`, 0.993 predicted, none was a patient's.
const NOBODYS_DEVICE: f32 = -6.5;
/// What a name that says nothing of births weighs for dates that spread like them, where nothing beside identifies a
/// person. Fitted likewise: 0.60 predicted, 0 of 61 were births (years of publication, of installation).
const NO_BIRTHS: f32 = -3.5;
/// What a column called by a name of ordinary numbers weighs against forms that say much. Fitted likewise: 0.45 predicted, 0
/// of 14 were what they looked like (part numbers).
const ORDINARY: f32 = -5.0;
/// The shares of typing errors that a column may have, with what each weighs beforehand: the more, the rarer. Fitted likewise:
/// of columns of random dashed numbers, of which 0.9 pass by chance, three in thirty-seven had been likely.
const ERRORS: [(f32, f32); 3] = [(0.005, 0.0), (0.02, -1.0), (0.05, -2.5)];
/// Forms of this weight are any number or word.
const NOTHING: f32 = -8.0;
/// What it weighs for such values under one word that labels many things (`chart=`, `group=`, `claim=` count and name parts of
/// programs) that nothing in the document identifies a person. Set by hand: more than an exact name weighs with all values
/// valid, 8 − 3 + 1.5.
const NOBODY_BESIDE: f32 = -7.0;
/// Fewer values than this have no pass rate.
const FEW: u64 = 8;
/// So many dates may be births where something beside them identifies persons.
const VERY_FEW: u64 = 4;

/// One rule's case for a column.
#[derive(Clone, Debug)]
pub struct Case {
    /// Index into the rules.
    pub rule: u16,
    /// Index into the rule's shapes, [`BY_FIELD`] or [`WORD`].
    pub shape: u8,
    /// Values that passed the check.
    pub valid: u64,
    /// The pieces of evidence and their log-odds.
    pub evidence: Vec<(String, f32)>,
    /// Whether another case explains the column better.
    pub outdone: bool,
}

impl Case {
    /// The sum of the evidence, in natural log-odds.
    pub fn logit(&self) -> f32 {
        self.evidence.iter().map(|(_, weight)| weight).sum()
    }
}

/// The cases for a column, best first. `company` says that the document has other columns
/// that identify people.
pub fn judge(engine: &Engine, plan: &ColumnPlan, tally: &ColumnTally, company: bool) -> Vec<Case> {
    let mut cases: Vec<Case> = tally
        .slots
        .iter()
        .filter(|slot| slot.valid > 0)
        .map(|slot| {
            let evidence = match slot.shape {
                BY_FIELD => by_field(engine, plan, slot, company),
                WORD => words(tally, slot, company),
                _ => by_form(engine, plan, tally, slot, company),
            };
            Case { rule: slot.rule, shape: slot.shape, valid: slot.valid, evidence, outdone: false }
        })
        .collect();
    cases.sort_by(|a, b| b.logit().total_cmp(&a.logit()).then((a.rule, a.shape).cmp(&(b.rule, b.shape))));
    // One value, one identifier: what is accepted first takes its values; a case that needs more fields than are left
    // would claim values twice.
    let mut left = tally.filled;
    let identifier = |case: &Case| engine.rules().rules[case.rule as usize].identifier;
    for at in 0..cases.len() {
        let taken_for_same = cases[..at].iter().any(|c| !c.outdone && identifier(c) == identifier(&cases[at]));
        if cases[at].valid <= left || taken_for_same {
            left = left.saturating_sub(cases[at].valid);
        } else {
            cases[at].outdone = true;
        }
    }
    cases
}

/// The field's name says what it holds; the values must not speak against it.
fn by_field(engine: &Engine, plan: &ColumnPlan, slot: &Slot, company: bool) -> Vec<(String, f32)> {
    let rule = &engine.rules().rules[slot.rule as usize];
    let weight = plan.bound.iter().find(|(r, _)| *r == slot.rule).map_or(0.0, |(_, weight)| *weight);
    let said = match plan.name.as_deref() {
        Some(name) => format!("field {name}"),
        // Where it stands binds it: see `DocumentPlan::bind`.
        None if !plan.headed => nameless::said(rule.identifier).to_string(),
        None => "field name".to_string(),
    };
    let mut evidence = vec![("start".to_string(), FIELD_START), (said, weight)];
    let values = slot.valid + slot.invalid;
    let share = slot.valid as f32 / values as f32;
    // A form that says it all by itself is not drowned by what else stands in the column.
    let telling = rule.shapes.iter().any(|shape| shape.alone >= LIKELY);
    let penalty = match share {
        s if s < 0.1 && !telling => -5.0,
        s if s < 0.5 => -2.0,
        // A column that holds nothing else does what its name says.
        s if s >= 0.95 && slot.valid >= FEW => 1.5,
        _ => 0.0,
    };
    evidence.push((format!("column {}/{} valid", slot.valid, values), penalty));
    // A flag under the name of an identifier: two or three values over and over.
    let distinct: u64 = slot.forms.iter().flatten().map(|f| f.distinct.count().0 + f.tests.min(1)).sum();
    // A format's own place is no flag: all messages of one patient say the same.
    let repeats = !plan.placed
        && !matches!(
            rule.identifier,
            Identifier::ZIP | Identifier::GROUP_NUMBER | Identifier::NPI | Identifier::PHONE | Identifier::FAX
        );
    if repeats && slot.valid >= 50 && distinct < 3 && slot.forms.iter().flatten().all(|f| f.tests == 0) {
        evidence.push((format!("only {distinct} distinct"), -6.5));
    }
    if rule.identifier == Identifier::DEVICE_ID && !company && !plan.placed {
        evidence.push(("nothing beside identifies a person".to_string(), NOBODYS_DEVICE));
    }
    let of_many = plan.bare.contains(&slot.rule) || plan.weak.contains(&slot.rule);
    // A group's number is nobody's by itself.
    let of_many = of_many || rule.identifier == Identifier::GROUP_NUMBER;
    if of_many && !company && !plan.placed && rule.shapes.iter().all(|shape| shape.alone <= NOTHING) {
        evidence.push(("a word of many meanings, and nothing beside identifies a person".to_string(), NOBODY_BESIDE));
    }
    if rule.identifier == Identifier::NAME && plan.weak.contains(&slot.rule) {
        // `name` may be anything's: what the lists know decides.
        let listed = slot.spread.early as f32 / slot.spread.count.max(1) as f32;
        let weight = match listed {
            l if l >= 0.6 => WEAK_NAME,
            l if l < 0.1 && slot.spread.count >= FEW => -WEAK_NAME,
            _ => 0.0,
        };
        evidence.push((format!("{:.0} % on the name lists", listed * 100.0), weight));
    }
    if rule.identifier == Identifier::BIRTH_DATE
        && slot.spread.count >= 20
        && slot.spread.recent * 10 > slot.spread.count * 9
    {
        evidence.push(("nearly all in the last two years".to_string(), -1.5));
    }
    evidence
}

/// Nothing but the form, and what the column as a whole says.
fn by_form(engine: &Engine, plan: &ColumnPlan, tally: &ColumnTally, slot: &Slot, company: bool) -> Vec<(String, f32)> {
    let rule = &engine.rules().rules[slot.rule as usize];
    let shape = &rule.shapes[slot.shape as usize];
    let alone = shape.alone;
    let weak = alone < WEAK;
    let mut evidence = vec![(format!("form {}", shape.shape.source), alone)];
    let values = slot.valid + slot.invalid;
    let coverage = values as f32 / tally.filled.max(1) as f32;
    let fills = coverage >= 0.5;
    let dates = matches!(rule.identifier, Identifier::BIRTH_DATE);
    if values >= FEW && fills && !passes_anyway(rule.evidence.chance, alone) && !dates {
        let ratio = pass_rate(slot.valid, slot.invalid, rule.evidence.chance);
        evidence.push((format!("column {}/{} valid", slot.valid, values), ratio));
    } else if values >= FEW && coverage >= 0.8 && !weak {
        evidence.push((format!("fills {values} of {} fields", tally.filled), 1.5));
    }
    if weak && !fills {
        evidence.push((format!("fills only {values} of {} fields", tally.filled), -3.0));
    }
    if dates {
        let enough = if company { VERY_FEW } else { FEW };
        if alone < DATE && values >= enough && fills && slot.valid * 50 >= values * 49 {
            evidence.push(("all are days of the calendar".to_string(), ALL_DAYS));
        }
        births(slot, company, &mut evidence);
    } else if rule.identifier == Identifier::NAME {
        names(slot, &mut evidence);
    } else if weak {
        // The same few providers stand on all records; their check digit says enough.
        numbers(slot, rule.identifier != Identifier::NPI, &mut evidence);
    }
    evidence.extend(name_says(engine, plan, slot.rule, weak));
    if dates && !company && plan.headed && plan.bound.is_empty() {
        evidence.push(("a name, and nothing beside identifies a person".to_string(), NO_BIRTHS));
    }
    if company && (weak || rule.identifier == Identifier::ADDRESS) {
        evidence.push(("beside other identifiers".to_string(), 1.5));
    }
    evidence
}

/// What a column's name says to values of a form that it does not speak for.
fn name_says(engine: &Engine, plan: &ColumnPlan, rule: u16, weak: bool) -> Option<(String, f32)> {
    let identifier = |rule: u16| engine.rules().rules[rule as usize].identifier;
    let dates = identifier(rule) == Identifier::BIRTH_DATE;
    if plan.not.contains(&rule) {
        Some(("field says something else".to_string(), -9.0))
    } else if dates && plan.other_date {
        Some(("field says something else".to_string(), -6.0))
    } else if let Some((other, _)) = plan.bound.iter().find(|(r, _)| identifier(*r) != identifier(rule)) {
        Some((format!("field says {}", identifier(*other)), if weak { -5.0 } else { -1.0 }))
    } else if plan.cancel {
        Some(("field is about it, not it".to_string(), -4.0))
    } else if plan.ordinary {
        Some(("field says ordinary numbers".to_string(), if weak { -6.0 } else { ORDINARY }))
    } else if plan.headed && weak {
        Some(("field says nothing of it".to_string(), -1.0))
    } else {
        None
    }
}

/// Whether it says nothing that all values of a form pass their check: nothing is checked, or any number has the form and more
/// than one in four of them pass.
fn passes_anyway(chance: f32, alone: f32) -> bool {
    chance >= 1.0 || alone <= NOTHING && chance > 0.25
}

/// Rules and forms that cannot become possible in a column of this name, whatever its values are.
pub fn hopeless(engine: &Engine, plan: &ColumnPlan) -> Vec<(u16, u8)> {
    // The most that all other evidence of `by_form` can add: pass rate or spread, kept zeros, company.
    const MOST: f32 = PASS_RATE_CAP + 1.5 + 1.5;
    const MOST_OF_DATES: f32 = SPREAD + ALL_DAYS + 1.5;
    let mut hopeless = Vec::new();
    for (rule, definition) in (0..).zip(&engine.rules().rules) {
        for (number, shape) in (0..).zip(&definition.shapes) {
            let weak = shape.alone < WEAK;
            let said = name_says(engine, plan, rule, weak).map_or(0.0, |(_, weight)| weight);
            let most = match definition.identifier {
                Identifier::BIRTH_DATE => MOST_OF_DATES,
                // `Candidate`: the lists tell names.
                Identifier::NAME => ON_LISTS + 1.5,
                _ if passes_anyway(definition.evidence.chance, shape.alone) => MOST - PASS_RATE_CAP,
                _ => MOST,
            };
            if weak && shape.alone + said + most < POSSIBLE {
                hopeless.push((rule, number));
            }
        }
    }
    hopeless
}

/// Single words in a column without a name. The lists of names know words of every kind, places above all: so most must
/// be on them, given names or frequent surnames among them, and other columns must identify people.
fn words(tally: &ColumnTally, slot: &Slot, company: bool) -> Vec<(String, f32)> {
    let mut evidence = vec![("start".to_string(), WORD_START)];
    let values = slot.valid + slot.invalid;
    let share = |part: u64| part as f32 / slot.spread.count.max(1) as f32;
    let distinct: u64 = slot.forms.iter().flatten().map(|f| f.distinct.count().0).sum();
    let listed = share(slot.spread.listed);
    let names = listed >= 0.7 && (share(slot.spread.early) >= 0.6 || share(slot.spread.recent) >= 0.25);
    if names && distinct >= 10 && values * 5 >= tally.filled * 4 {
        evidence.push((format!("{:.0} % of the words on the name lists", listed * 100.0), 2.0));
        if company {
            evidence.push(("beside other identifiers".to_string(), 4.0));
        }
    }
    evidence
}

/// A column of single words beside one of given names, an initial between at most, holds the surnames: of those the lists know
/// fewer.
pub fn surnames(engine: &Engine, tally: &Tally, cases: &mut [Vec<Case>]) {
    const LISTED: f32 = 0.3;
    const BESIDE: f32 = 6.0;
    const AWAY: usize = 2;
    let is_name = |case: &Case| engine.rules().rules[case.rule as usize].identifier == Identifier::NAME;
    let is_likely =
        |cases: &[Case]| cases.iter().any(|c| c.shape == WORD && is_name(c) && !c.outdone && c.logit() >= LIKELY);
    let given: Vec<bool> = cases.iter().map(|cases| is_likely(cases)).collect();
    // What stands behind a street is a town.
    let is_street = |case: &Case| engine.rules().rules[case.rule as usize].identifier == Identifier::ADDRESS;
    let street: Vec<bool> =
        cases.iter().map(|cases| cases.iter().any(|c| is_street(c) && !c.outdone && c.logit() >= LIKELY)).collect();
    for at in 0..cases.len() {
        let beside = (at.saturating_sub(AWAY)..=at + AWAY).any(|other| other != at && given.get(other) == Some(&true));
        let town = (at.saturating_sub(AWAY)..at).any(|other| street[other]);
        if given[at] || !beside || town || cases[at].first().is_some_and(|case| case.logit() >= LIKELY) {
            continue;
        }
        let column = &tally.columns[at];
        let listed = column.slots.iter().find(|slot| slot.shape == WORD).filter(|slot| {
            let distinct: u64 = slot.forms.iter().flatten().map(|f| f.distinct.count().0).sum();
            distinct * 2 >= slot.valid.min(40) && slot.valid >= FEW && slot.valid * 5 >= column.filled * 4
        });
        let Some(share) = listed.map(|slot| slot.spread.listed as f32 / slot.spread.count.max(1) as f32) else {
            continue;
        };
        if share >= LISTED
            && let Some(case) = cases[at].iter_mut().find(|case| case.shape == WORD && is_name(case))
        {
            case.evidence.push(("a column of given names beside it".to_string(), BESIDE));
            case.outdone = false;
            cases[at].sort_by(|a, b| b.logit().total_cmp(&a.logit()).then((a.rule, a.shape).cmp(&(b.rule, b.shape))));
        }
    }
}

/// Nine bare figures in a column without a name, nearly all of which could have been issued, beside a name and a birth date: what else of
/// nine figures is kept of persons fails one time in nine.
pub fn issued(engine: &Engine, tally: &Tally, cases: &mut [Vec<Case>]) {
    const BESIDE: f32 = 1.5;
    const MANY: u64 = 20;
    let identifier = |case: &Case| engine.rules().rules[case.rule as usize].identifier;
    let likely = |wanted: Identifier| {
        cases.iter().flatten().any(|case| identifier(case) == wanted && !case.outdone && case.logit() >= LIKELY)
    };
    if !likely(Identifier::NAME) || !likely(Identifier::BIRTH_DATE) {
        return;
    }
    let candidate = |column: &ColumnTally, cases: &[Case]| {
        let likely = cases.iter().any(|case| !case.outdone && case.logit() >= LIKELY);
        let passes = |case: &&Case| {
            let slot = column.slots.iter().find(|slot| (slot.rule, slot.shape) == (case.rule, case.shape));
            slot.is_some_and(|slot| slot.valid >= MANY && slot.invalid * 20 <= slot.valid)
        };
        let is_it = |case: &&Case| {
            identifier(case) == Identifier::SSN && !matches!(case.shape, BY_FIELD | WORD) && !case.outdone
        };
        let found = cases.iter().filter(is_it).find(passes).filter(|_| !likely);
        found.map(|case| (case.rule, case.shape))
    };
    let found: Vec<_> = (tally.columns.iter().zip(&*cases).enumerate())
        .filter_map(|(at, (column, cases))| candidate(column, cases).map(|case| (at, case)))
        .collect();
    // Of several nothing tells which.
    if let [(at, (rule, shape))] = found[..]
        && !likely(Identifier::SSN)
        && let Some(case) = cases[at].iter_mut().find(|case| (case.rule, case.shape) == (rule, shape))
    {
        case.evidence.push(("beside a name and a birth date".to_string(), BESIDE));
    }
}

/// The likelihood ratio of a pass rate: real values with half a per cent, two or five per cent of typing errors, against
/// random values of the form that pass with probability `chance`.
fn pass_rate(valid: u64, invalid: u64, chance: f32) -> f32 {
    let chance = chance.clamp(1e-4, 0.999);
    let ratio = |(errors, rare): (f32, f32)| {
        rare + valid as f32 * ((1.0 - errors) / chance).ln() + invalid as f32 * (errors / (1.0 - chance)).ln()
    };
    ERRORS.into_iter().map(ratio).fold(f32::MIN, f32::max).clamp(-8.0, PASS_RATE_CAP)
}

/// Births spread over generations, visits over a year or two (`identifiers`: span of forty years and more, few in the last
/// two). Those of one generation, as of Medicare, lie before what programs keep.
fn births(slot: &Slot, company: bool, evidence: &mut Vec<(String, f32)>) {
    let spread = &slot.spread;
    let years = (spread.max - spread.min) / 365;
    let early = spread.early as f32 / spread.count.max(1) as f32;
    let recent = spread.recent as f32 / spread.count.max(1) as f32;
    // Of one generation, as the old of Medicare are: what else that is kept beside people's numbers is so long ago?
    if company && spread.count >= VERY_FEW && spread.early == spread.count && years < 20 && spread.max > spread.min {
        evidence.push(("all before 1975 beside numbers of persons".to_string(), SPREAD_OF_FEW));
        return;
    }
    if spread.count < FEW {
        // A handful of records with numbers of persons: visits do not lie a generation apart.
        if company && spread.count >= VERY_FEW && spread.recent == 0 && years >= 20 && early >= 0.3 {
            evidence.push((format!("dates span {years} years beside numbers of persons"), SPREAD_OF_FEW));
        }
        return;
    }
    if years < 15 {
        evidence.push((format!("dates span {years} years"), -4.0));
    } else if recent <= 0.15 && (years >= 30 && early >= 0.1 || years >= 20 && early >= 0.9) {
        let weight = if spread.count >= 20 { SPREAD } else { SPREAD_OF_FEW };
        evidence.push((format!("dates span {years} years"), weight));
    }
    // Steps of a day to some three years: the days of a series, of one price or measurement after the other.
    if spread.count >= 20 && spread.steps * 10 > spread.count * 8 {
        evidence.push(("dates follow each other".to_string(), -3.0));
    }
    let distinct: u64 = slot.forms.iter().flatten().map(|f| f.distinct.count().0).sum();
    if spread.count >= 50 && distinct * 5 < spread.count {
        evidence.push(("dates repeat".to_string(), -2.0));
    }
}

/// What it weighs that the lists know most of a column's names.
const ON_LISTS: f32 = 6.0;

/// Names that the census lists know. The check counts them as `early`: it has no dates to count.
fn names(slot: &Slot, evidence: &mut Vec<(String, f32)>) {
    let spread = &slot.spread;
    let listed = spread.early as f32 / spread.count.max(1) as f32;
    if spread.count >= FEW && listed >= 0.6 {
        evidence.push((format!("{:.0} % on the name lists", listed * 100.0), ON_LISTS));
    }
}

/// Numbers without a form of their own: counters, narrow ranges and repeats are no identifiers of persons.
fn numbers(slot: &Slot, one_each: bool, evidence: &mut Vec<(String, f32)>) {
    let spread = &slot.spread;
    if spread.count < 20 {
        return;
    }
    let count = spread.count as f32;
    if spread.steps as f32 > count * 0.3 {
        evidence.push(("values count up".to_string(), -6.0));
    }
    let beginnings = spread.beginnings();
    if one_each && u64::from(beginnings) <= (spread.count / 50).max(2) {
        evidence.push((format!("{beginnings} different beginnings"), -4.0));
    }
    let distinct: u64 = slot.forms.iter().flatten().map(|f| f.distinct.count().0).sum();
    if one_each && (distinct as f32) < count * 0.3 {
        evidence.push(("values repeat".to_string(), -3.0));
    }
    if spread.routing as f32 >= count * 0.9 {
        // One number in ten passes by chance.
        evidence.push(("the check of bank routing numbers fits".to_string(), -8.0));
    }
    let zeros = spread.leads[0] as f32 / count;
    if zeros >= 0.03 {
        evidence.push(("leading zeros kept".to_string(), 1.5));
    } else if spread.leads[0] == 0 && spread.count >= 60 && spread.leads[1..=8].iter().all(|n| *n > 0) {
        // Areas 001–099 are a tenth of all SSNs (SSA): numbers from all over the country without one are no SSNs.
        evidence.push(("never a leading zero".to_string(), -4.0));
    }
}

/// Whether nobody but a patient or member has such a number.
pub(super) fn only_patients_have(identifier: Identifier) -> bool {
    matches!(
        identifier,
        Identifier::MBI | Identifier::HICN | Identifier::MRN | Identifier::MEMBER_ID | Identifier::MEDICAID_ID
    )
}

/// Whether the best case of a column makes it one that identifies people: company for columns that say less.
pub fn identifies(engine: &Engine, cases: &[Case]) -> bool {
    cases.iter().any(|case| {
        let identifier = engine.rules().rules[case.rule as usize].identifier;
        !case.outdone
            && case.logit() >= LIKELY
            && matches!(
                identifier,
                Identifier::NAME
                    | Identifier::BIRTH_DATE
                    | Identifier::SSN
                    | Identifier::MBI
                    | Identifier::MRN
                    | Identifier::MEMBER_ID
                    | Identifier::MEDICAID_ID
                    | Identifier::HICN
                    | Identifier::ADDRESS
            )
    })
}
