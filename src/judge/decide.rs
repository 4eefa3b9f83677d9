//! Turns what was counted into findings. In: the tally of a whole document and the facts about its file. Out: findings,
//! the document's class, its people, and which identifiers stand on the same records.

use std::collections::{BTreeMap, HashMap};

use crate::engine::Engine;
use crate::extract::Chunk;
use crate::finding::{
    Confidence, Decision, DocumentClass, Finding, Linked, Match, Place, Protection, ReadableBy, Severity, Subject,
};
use crate::identifier::Identifier;
use crate::judge::class::class;
use crate::judge::column::{self, Case};
use crate::judge::drafts::{Draft, from_columns, from_text};
use crate::judge::firms::{nobody_near, of_firms};
use crate::judge::health::SENSITIVE;
use crate::judge::nameless;
use crate::judge::people::{Count, key_kind};
use crate::judge::plan::DocumentPlan;
use crate::judge::severity;
use crate::judge::subjects::subjects;
use crate::judge::tally::{BY_FIELD, LIKELY, POSSIBLE, Tally};
use crate::locator;
use crate::options::Options;

/// What is known of a document's file.
#[derive(Clone, Copy, Debug)]
pub struct FileFacts<'a> {
    /// The root's name.
    pub root: &'a str,
    /// The locator's parts.
    pub locator: &'a [String],
    /// The series.
    pub series: &'a str,
    /// Who can read it.
    pub readable_by: ReadableBy,
}

/// What a document comes to.
#[derive(Debug, Default)]
pub struct Judgement {
    /// In report order.
    pub findings: Vec<Finding>,
    /// In document order.
    pub matches: Vec<Match>,
    /// What it holds.
    pub class: Option<DocumentClass>,
    /// The people.
    pub people: Count,
    /// Which identifiers stand on the same records.
    pub linked: Vec<Linked>,
    /// The worst severity of a listed finding.
    pub severity: Option<Severity>,
    /// Codes and drugs of categories that other rules treat apart, where somebody's data stand beside them.
    pub sensitive: Vec<(&'static str, u64)>,
}

impl Judgement {
    /// Leaves out what was not asked for. What is left says what it would say among all others; where nothing likely is
    /// left, the document is as one in which nothing was found.
    pub fn leave_out(&mut self, options: &Options) {
        if options.only.is_empty() && options.skip.is_empty() {
            return;
        }
        self.findings.retain(|finding| options.wants(finding.identifier));
        self.matches.retain(|found| options.wants(found.identifier));
        self.severity = self.findings.iter().filter(|f| f.listed).map(|f| f.severity).max();
        let likely = self.findings.iter().filter(|f| f.confidence >= Confidence::Likely && f.matches > f.test_values);
        let subjects: Vec<Subject> = likely.map(|f| f.subject).collect();
        if subjects.iter().all(|subject| *subject == Subject::Provider) {
            self.class = Some(if subjects.is_empty() { DocumentClass::None } else { DocumentClass::Provider });
            self.people = Count { exact: true, ..Count::default() };
            self.linked.clear();
            self.sensitive.clear();
        }
    }
}

/// The cases of every column of a document, by column.
pub fn column_cases(engine: &Engine, plan: &DocumentPlan, tally: &Tally) -> Vec<Vec<Case>> {
    let nothing = Default::default();
    let judged = |column: usize, company: bool| {
        let columns = plan.columns.get(column).unwrap_or(&nothing);
        column::judge(engine, columns, &tally.columns[column], company)
    };
    let mut cases: Vec<Vec<Case>> = (0..tally.columns.len()).map(|column| judged(column, false)).collect();
    let identify: Vec<bool> = cases.iter().map(|cases| column::identifies(engine, cases)).collect();
    let number = identify.iter().filter(|identifies| **identifies).count();
    for (column, own) in identify.into_iter().enumerate() {
        // No column is its own company.
        if number > usize::from(own) {
            cases[column] = judged(column, true);
        }
    }
    column::surnames(engine, tally, &mut cases);
    column::issued(engine, tally, &mut cases);
    cases
}

/// Judges a whole document.
pub fn judge(engine: &Engine, options: &Options, plan: &DocumentPlan, tally: &Tally, file: FileFacts<'_>) -> Judgement {
    let cases = column_cases(engine, plan, tally);
    let mut drafts: BTreeMap<(Option<u32>, Identifier, Protection), Draft> = BTreeMap::new();
    from_columns(engine, plan, tally, &cases, &mut drafts);
    from_text(engine, plan, tally, &mut drafts);
    let mut drafts: Vec<Draft> = drafts.into_values().collect();
    nobody_near(&mut drafts, tally.bytes);
    of_firms(plan, &mut drafts);
    subjects(plan, &mut drafts);
    // Neither a provider's data nor test values say that persons' data lie here.
    let accepted = || drafts.iter().filter(|d| d.subject != Subject::Provider && !d.is_test());
    let best = accepted().map(|d| d.logit).fold(f32::MIN, f32::max);
    let mask = accepted().filter(|d| d.logit >= LIKELY).fold(0u64, |mask, d| mask | 1 << d.identifier.index());
    let linked = linked(tally, mask);
    let has_key = Identifier::all().any(|i| mask & 1 << i.index() != 0 && key_kind(i).is_some());
    let people = if has_key { tally.people.count() } else { Count { exact: true, ..Count::default() } };

    let mut findings: Vec<Finding> =
        drafts.iter().map(|draft| finding(options, plan, draft, &linked, people.people, best, file)).collect();
    findings.sort_by(|a, b| {
        (b.listed, b.severity, a.identifier, &a.place).cmp(&(a.listed, a.severity, b.identifier, &b.place))
    });
    let matches = matches(engine, tally, &cases, &drafts, &findings, plan);
    let class = class(&drafts, plan, &tally.health);
    let severity = findings.iter().filter(|f| f.listed).map(|f| f.severity).max();
    let somebody = accepted().any(|d| d.logit >= LIKELY);
    let sensitive = SENSITIVE.into_iter().zip(tally.health.sensitive).filter(|(_, count)| somebody && *count > 0);
    let sensitive = sensitive.collect();
    Judgement { findings, matches, class: Some(class), people, linked, severity, sensitive }
}

/// The sets of accepted identifiers that stand on one record, most records first.
fn linked(tally: &Tally, mask: u64) -> Vec<Linked> {
    let mut sets: BTreeMap<u64, u64> = BTreeMap::new();
    for (set, records) in &tally.sets {
        if (set & mask).count_ones() >= 2 {
            *sets.entry(set & mask).or_default() += records;
        }
    }
    let mut linked: Vec<Linked> = sets
        .into_iter()
        .map(|(set, records)| {
            let mut identifiers: Vec<&str> =
                Identifier::all().filter(|i| set & 1 << i.index() != 0).map(Identifier::name).collect();
            identifiers.sort_unstable();
            Linked { identifiers, records }
        })
        .collect();
    linked.sort_by(|a, b| b.records.cmp(&a.records).then(a.identifiers.cmp(&b.identifiers)));
    linked
}

fn finding(
    options: &Options,
    plan: &DocumentPlan,
    draft: &Draft,
    linked: &[Linked],
    people: u64,
    best: f32,
    file: FileFacts<'_>,
) -> Finding {
    let place = plan.place(draft.column);
    let probability = sigmoid(draft.logit);
    let confidence = Confidence::of(probability).unwrap_or(Confidence::Possible);
    let mut linked_with: Vec<&'static str> = Vec::new();
    for set in linked.iter().filter(|s| s.identifiers.contains(&draft.identifier.name())) {
        linked_with.extend(set.identifiers.iter().filter(|i| **i != draft.identifier.name()));
    }
    linked_with.sort_unstable();
    linked_with.dedup();
    let form = &draft.form;
    let (distinct, distinct_exact) = form.distinct.count();
    let own =
        form.matches > form.tests && draft.subject != Subject::Provider && draft.protection == Protection::Plaintext;
    let in_place = match key_kind(draft.identifier) {
        _ if !own => 0,
        Some(_) => distinct,
        None => form.records - form.tests.min(form.records),
    };
    let mut place_people = in_place.min(people);
    if own && draft.protection == Protection::Plaintext && draft.logit < LIKELY {
        place_people = in_place.min(people.max(distinct));
    }
    let facts = severity::Facts {
        identifier: draft.identifier,
        subject: draft.subject,
        protection: draft.protection,
        linked: &linked_with,
        records: form.records,
        people: place_people,
        all_tests: draft.is_test(),
        readable_by: file.readable_by,
    };
    let (severity, severity_reason) = severity::judge(&facts, &options.severities);
    let column = draft.column.is_some();
    let action_hint = severity::action_hint(&facts, severity, confidence >= Confidence::Likely, column);
    // Company lowers the bar for core identifiers, but not for who asks for `certain`: there, a `likely` finding would be
    // company for itself.
    let in_company = options.min_confidence <= Confidence::Likely && best >= LIKELY;
    let listed = confidence >= options.min_confidence || (in_company && draft.identifier.info().core);
    let mut evidence = draft.evidence.clone();
    evidence.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let mut evidence: Vec<String> = evidence
        .into_iter()
        .filter(|(what, weight)| what != "start" && (*weight != 0.0 || what.contains('/')))
        .map(|(what, _)| what)
        .collect();
    if draft.protection == Protection::Hashed && matches!(draft.identifier, Identifier::SSN | Identifier::ITIN) {
        evidence.push("nine digits: without a key or salt a hash is found by trial".to_string());
    }
    if form.tests > 0 {
        evidence.push(format!("{} test {}", form.tests, if form.tests == 1 { "value" } else { "values" }));
    }
    if draft.fainter > 0 {
        evidence.push(format!("{} fainter not counted", draft.fainter));
    }
    if draft.providers > 0 {
        evidence.push(format!("{} of providers not counted", draft.providers));
    }
    let key = match &place {
        // Two columns of one name are two places.
        Place::Column { name: Some(name), index } if plan.is_repeated(name) => format!("column:{name}:{index}"),
        Place::Column { name: Some(name), .. } => format!("column:{name}"),
        Place::Column { name: None, index } => format!("column:{index}"),
        other => other.to_string(),
    };
    Finding {
        id: finding_id(file, &key, draft.identifier, draft.protection),
        series_id: locator::id("S-", &[file.series, &key, draft.identifier.name(), draft.protection.name()]),
        identifier: draft.identifier,
        rules: draft.rules.clone(),
        place,
        subject: draft.subject,
        matches: form.matches,
        test_values: form.tests,
        distinct,
        distinct_exact,
        records: form.records,
        people: place_people,
        confidence,
        probability,
        severity,
        severity_reason,
        protection: draft.protection,
        evidence,
        first: form.first.position,
        picture: form.first.picture_text(),
        linked_with,
        action_hint,
        listed,
        decision: Decision::default(),
        history: Default::default(),
    }
}

fn finding_id(file: FileFacts<'_>, place: &str, identifier: Identifier, protection: Protection) -> String {
    let mut fields = vec![file.root];
    fields.extend(file.locator.iter().map(String::as_str));
    fields.extend([place, identifier.name(), protection.name()]);
    locator::id("F-", &fields)
}

/// The probability of natural log-odds.
pub fn sigmoid(logit: f32) -> f64 {
    1.0 / (1.0 + f64::from(-logit).exp())
}

fn matches(
    engine: &Engine,
    tally: &Tally,
    cases: &[Vec<Case>],
    drafts: &[Draft],
    findings: &[Finding],
    plan: &DocumentPlan,
) -> Vec<Match> {
    if tally.matches.is_empty() {
        return Vec::new();
    }
    // A table may have very many columns, and a document very many matches.
    let drafts: HashMap<(Option<u32>, Identifier, Protection), &Draft> =
        drafts.iter().map(|d| ((d.column, d.identifier, d.protection), d)).collect();
    let findings: HashMap<(&Place, Identifier, Protection), &Finding> =
        findings.iter().map(|f| ((&f.place, f.identifier, f.protection), f)).collect();
    let mut out = Vec::with_capacity(tally.matches.len());
    for row in &tally.matches {
        let rule = &engine.rules().rules[row.rule as usize];
        let logit = match row.shape {
            Some(shape) => {
                let case = row.column.and_then(|c| cases.get(c as usize)).into_iter().flatten();
                let case = case.filter(|c| !c.outdone).find(|c| (c.rule, c.shape) == (row.rule, shape));
                match case {
                    Some(case) => case.logit(),
                    None => continue,
                }
            }
            None => row.logit,
        };
        let Some(draft) = drafts.get(&(row.column.map(|c| plan.reported(c)), rule.identifier, row.protection)) else {
            continue;
        };
        let logit = if row.shape.is_none() { logit.min(draft.logit) } else { logit };
        // Only what its finding counts.
        let counted = logit >= LIKELY || draft.logit < LIKELY;
        let providers = row.subject == Some(Subject::Provider) && draft.subject != Subject::Provider;
        let place = plan.place(row.column);
        let finding = findings.get(&(&place, rule.identifier, row.protection));
        let (Some(finding), Some(confidence), true) = (finding, Confidence::of(sigmoid(logit)), counted && !providers)
        else {
            continue;
        };
        if !finding.listed {
            continue;
        }
        out.push(Match {
            finding_id: finding.id.clone(),
            identifier: rule.identifier,
            rule: rule.id.clone(),
            place,
            position: row.position,
            bytes: row.bytes.clone(),
            confidence,
            probability: sigmoid(logit),
            protection: row.protection,
            value: row.value.clone(),
            fingerprint: fingerprint_text(&row.fingerprint),
            test_value: row.test,
        });
    }
    out
}

fn fingerprint_text(bytes: &[u8; 10]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Which columns hold person keys, as the first chunk shows: values of columns without a telling name join records if
/// they look like keys, and those of a column whose name says so do not if the column is not even likely to hold them.
/// Whether anything changed in the plan, so that the chunk must be counted again. `chunk` is what was counted, of a table of rows.
pub fn key_columns(engine: &Engine, plan: &mut DocumentPlan, tally: &Tally, chunk: Option<&Chunk>) -> bool {
    let cases = column_cases(engine, plan, tally);
    let bound = nameless::bind(engine, plan, &cases, chunk);
    for (column, cases) in cases.iter().enumerate() {
        let column = column as u32;
        for case in cases {
            let identifier = engine.rules().rules[case.rule as usize].identifier;
            let key = key_kind(identifier).is_some();
            let birth = identifier == Identifier::BIRTH_DATE;
            match case.shape {
                BY_FIELD if key && (case.outdone || case.logit() < LIKELY) => plan.no_keys.push((column, case.rule)),
                BY_FIELD => {}
                _ if (key || birth) && !case.outdone && case.logit() >= POSSIBLE => {
                    plan.keys.push((column, case.rule, case.shape));
                }
                _ => {}
            }
        }
    }
    plan.keys.sort_unstable();
    plan.no_keys.sort_unstable();
    bound || !plan.keys.is_empty() || !plan.no_keys.is_empty()
}
