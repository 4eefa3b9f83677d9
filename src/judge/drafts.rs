//! Findings in the making. In: the cases of columns and the values judged in text. Out: one `Draft` for each place,
//! identifier and protection; the stronger leads where several rules speak for one.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::engine::Engine;
use crate::finding::{Protection, Subject};
use crate::identifier::Identifier;
use crate::judge::column::Case;
use crate::judge::firms::lower;
use crate::judge::plan::DocumentPlan;
use crate::judge::tally::{Form, LIKELY, POSSIBLE, Tally};
use crate::judge::text::Clues;

/// Column (`None` for text), identifier, protection: what one finding is about.
pub(super) type Key = (Option<u32>, Identifier, Protection);

/// One finding in the making.
pub(super) struct Draft {
    pub(super) column: Option<u32>,
    pub(super) identifier: Identifier,
    pub(super) protection: Protection,
    pub(super) subject: Subject,
    pub(super) logit: f32,
    pub(super) form: Form,
    /// Matches below the band that is counted.
    pub(super) fainter: u64,
    /// A provider's values in the same place, not counted.
    pub(super) providers: u64,
    pub(super) rules: Vec<String>,
    pub(super) evidence: Vec<(String, f32)>,
    /// A keyword stands before the best match.
    pub(super) labelled: bool,
    /// Its values stand in text and were judged one by one.
    pub(super) in_text: bool,
    /// A firm's name stands beside the best match.
    pub(super) firm: bool,
}

impl Draft {
    /// Whether there are nothing but test values.
    pub(super) fn is_test(&self) -> bool {
        self.form.tests == self.form.matches
    }
}

pub(super) fn from_columns(
    engine: &Engine,
    plan: &DocumentPlan,
    tally: &Tally,
    cases: &[Vec<Case>],
    drafts: &mut BTreeMap<Key, Draft>,
) {
    for (column, cases) in cases.iter().enumerate() {
        for case in cases.iter().filter(|case| !case.outdone && case.logit() >= POSSIBLE) {
            let rule = &engine.rules().rules[case.rule as usize];
            let slot = tally.columns[column].slots.iter().find(|s| (s.rule, s.shape) == (case.rule, case.shape));
            for (number, form) in slot.map_or(&[][..], |s| &s.forms).iter().enumerate() {
                let Some(form) = form else { continue };
                let draft = Draft {
                    column: Some(plan.reported(column as u32)),
                    identifier: rule.identifier,
                    protection: PROTECTIONS[number],
                    subject: plan.columns.get(column).and_then(|c| c.subject).unwrap_or(Subject::Unknown),
                    logit: case.logit(),
                    form: (**form).clone(),
                    fainter: 0,
                    providers: 0,
                    rules: vec![rule.id.clone()],
                    evidence: case.evidence.clone(),
                    labelled: false,
                    in_text: false,
                    firm: false,
                };
                add(drafts, draft);
            }
        }
    }
}

const PROTECTIONS: [Protection; 4] =
    [Protection::Plaintext, Protection::Masked, Protection::Hashed, Protection::Tokenized];

pub(super) fn from_text(engine: &Engine, plan: &DocumentPlan, tally: &Tally, drafts: &mut BTreeMap<Key, Draft>) {
    // Provider's values apart: they count only where nobody else's stand in the same place.
    let mut places: BTreeMap<Key, [Option<Draft>; 2]> = BTreeMap::new();
    for text in &tally.text {
        let rule = &engine.rules().rules[text.rule as usize];
        let [possible, likely, certain] = &text.bands;
        let (forms, fainter) = match (likely, certain) {
            (None, None) => ([possible.as_deref(), None], 0),
            _ => ([likely.as_deref(), certain.as_deref()], possible.as_ref().map_or(0, |f| f.matches)),
        };
        let mut forms = forms.into_iter().flatten();
        let Some(first) = forms.next() else { continue };
        let mut form = first.clone();
        forms.for_each(|other| form.merge(other));
        let named = text.column.and_then(|c| plan.columns.get(c as usize)).and_then(|c| c.subject);
        let subject = match rule.identifier {
            Identifier::NPI => Subject::Provider,
            _ => text.subject.or(named).unwrap_or(Subject::Unknown),
        };
        let draft = Draft {
            column: text.column.map(|column| plan.reported(column)),
            identifier: rule.identifier,
            protection: text.protection,
            subject,
            logit: text.best.logit(),
            form,
            fainter,
            providers: 0,
            rules: vec![rule.id.clone()],
            evidence: clues(engine, text.rule, &text.best),
            labelled: (text.best.context.keyword.is_some() || text.best.keyword > 0.0) && !text.best.anybodys,
            in_text: true,
            firm: text.best.firm,
        };
        let slot = &mut places.entry((draft.column, rule.identifier, text.protection)).or_default()
            [usize::from(subject == Subject::Provider)];
        match slot {
            Some(known) => join(known, draft),
            None => *slot = Some(draft),
        }
    }
    for [theirs, providers] in places.into_values() {
        match (theirs, providers) {
            (Some(mut draft), Some(providers)) => {
                draft.providers = providers.form.matches;
                add(drafts, draft);
            }
            (Some(draft), None) | (None, Some(draft)) => add(drafts, draft),
            (None, None) => {}
        }
    }
}

fn add(drafts: &mut BTreeMap<Key, Draft>, draft: Draft) {
    match drafts.entry((draft.column, draft.identifier, draft.protection)) {
        Entry::Vacant(entry) => {
            entry.insert(draft);
        }
        Entry::Occupied(mut entry) => join(entry.get_mut(), draft),
    }
}

/// Two drafts of one finding: the stronger leads; what is only possible is not counted with what is likely.
fn join(known: &mut Draft, mut other: Draft) {
    if other.logit > known.logit {
        std::mem::swap(known, &mut other);
    }
    for rule in other.rules {
        if !known.rules.contains(&rule) {
            known.rules.push(rule);
            known.rules.sort();
        }
    }
    if known.subject == Subject::Unknown {
        known.subject = other.subject;
    }
    known.fainter += other.fainter;
    if other.logit < LIKELY && known.logit >= LIKELY {
        known.fainter += other.form.matches;
    } else {
        known.form.merge(&other.form);
    }
}

/// The clues of a value in text as evidence, strongest first.
pub fn clues(engine: &Engine, rule: u16, clues: &Clues) -> Vec<(String, f32)> {
    let vocabulary = engine.vocabulary();
    let rule = &engine.rules().rules[rule as usize];
    let mut evidence = vec![(format!("form of {}", rule.identifier), clues.alone)];
    if let Some(place) = clues.label.filter(|_| clues.other == 0.0) {
        evidence.push((place.says(rule.identifier), clues.keyword));
    } else if let Some((phrase, _)) = clues.context.keyword {
        evidence.push((format!("keyword {}", vocabulary.text(phrase)), clues.keyword));
    }
    if clues.field != 0.0 {
        evidence.push(("field name".to_string(), clues.field));
    }
    if let Some(phrase) = clues.context.against.filter(|_| clues.against != 0.0) {
        evidence.push((format!("behind {}", vocabulary.text(phrase)), clues.against));
    }
    if let Some(phrase) = clues.context.other.filter(|_| clues.other != 0.0) {
        evidence.push((format!("labelled {}", vocabulary.text(phrase)), clues.other));
    } else if clues.other != 0.0 {
        evidence.push(("labelled as something else".to_string(), clues.other));
    }
    if clues.neighbour != 0.0 {
        let what = match rule.identifier {
            Identifier::NAME => "beside an identifier, or above a street",
            Identifier::ADDRESS | Identifier::ZIP => "street and ZIP code together",
            _ => "near what identifies a person",
        };
        evidence.push((what.to_string(), clues.neighbour));
    }
    if clues.nobody() != 0.0 {
        evidence.push(("nobody near whose it could be".to_string(), clues.nobody()));
    }
    if clues.listed != 0.0 {
        evidence.push(("on the name lists".to_string(), clues.listed));
    }
    if clues.mark != 0.0 {
        evidence.push(("right behind its label".to_string(), clues.mark));
    }
    if clues.toll_free != 0.0 {
        evidence.push(("a number that is free to call".to_string(), clues.toll_free));
    }
    if clues.row != 0.0 {
        evidence.push(("in a row of numbers".to_string(), clues.row));
    }
    if clues.token != 0.0 {
        evidence.push(("inside a web address, a long token or a reference".to_string(), clues.token));
    }
    evidence
}

/// Whether a draft is likely to be a person's who is no provider.
pub(super) fn is_somebody(draft: &Draft) -> bool {
    draft.logit >= LIKELY
        && draft.subject != Subject::Provider
        && !draft.is_test()
        && matches!(
            draft.identifier,
            Identifier::NAME
                | Identifier::SSN
                | Identifier::ITIN
                | Identifier::BIRTH_DATE
                | Identifier::MBI
                | Identifier::HICN
                | Identifier::MRN
                | Identifier::MEMBER_ID
                | Identifier::MEDICAID_ID
        )
}

/// What of the text of a document is lowered because nothing in it identifies a person: what, its log-odds then, and why.
pub fn lowered(
    engine: &Engine,
    plan: &DocumentPlan,
    tally: &Tally,
    cases: &[Vec<Case>],
) -> Vec<(Identifier, f32, String, f32)> {
    let mut drafts = BTreeMap::new();
    from_columns(engine, plan, tally, cases, &mut drafts);
    from_text(engine, plan, tally, &mut drafts);
    let mut drafts: Vec<Draft> = drafts.into_values().collect();
    drafts.iter_mut().for_each(|draft| draft.evidence.clear());
    lower(&mut drafts, tally.bytes);
    let said = |draft: Draft| {
        let (identifier, logit) = (draft.identifier, draft.logit);
        draft.evidence.into_iter().map(move |(why, weight)| (identifier, logit, why, weight))
    };
    drafts.into_iter().flat_map(said).collect()
}
