//! A document as a ledger keeps it. In: a document or a gap as a scan told it. Out: text, and from it the same document. Refuses
//! text that is none of ours. What a scan keeps in the process is left out: matches, which may show values, profiles
//! and the hashes of people.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::finding::{
    Access, Confidence, Document, DocumentClass, Finding, Linked, Place, Position, Protection, ReadableBy, Severity,
    Status, Subject,
};
use crate::gap::{Class, Gap, Reason};
use crate::identifier::Identifier;
use crate::judge::people::{Of, People};
use crate::locator::Locator;
use crate::scan::Event;

#[derive(Serialize, Deserialize)]
struct StoredDocument {
    l: Vec<String>,
    format: String,
    bytes: u64,
    status: String,
    class: String,
    records: u64,
    people: [u64; 3],
    exact: bool,
    of: (BTreeMap<String, u64>, u64, u64, u64),
    linked: Vec<(Vec<String>, u64)>,
    sensitive: Vec<(String, u64)>,
    access: StoredAccess,
    holds: bool,
    findings: Vec<StoredFinding>,
    gaps: Vec<StoredGap>,
}

#[derive(Serialize, Deserialize)]
struct StoredAccess {
    by: String,
    basis: String,
    mode: String,
    uid: Option<u32>,
    gid: Option<u32>,
    owner: String,
    modified: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct StoredFinding {
    id: String,
    series_id: String,
    identifier: String,
    rules: Vec<String>,
    place: StoredPlace,
    subject: String,
    counts: [u64; 5],
    exact: bool,
    probability: f64,
    confidence: String,
    severity: String,
    reason: String,
    protection: String,
    evidence: Vec<String>,
    first: [u64; 3],
    picture: String,
    linked: Vec<String>,
    action: String,
    listed: bool,
}

#[derive(Serialize, Deserialize)]
enum StoredPlace {
    Text,
    Column(Option<String>, u32),
    Name,
    Path(String),
    Segment(String),
    Cell(String, String),
    Tag(String),
    Metadata(String),
}

#[derive(Serialize, Deserialize)]
struct StoredGap {
    l: Vec<String>,
    reason: String,
    class: String,
    detail: String,
    bytes: Option<u64>,
    holds: bool,
}

#[derive(Serialize, Deserialize)]
enum Stored {
    D(Box<StoredDocument>),
    G(StoredGap),
}

/// What an event of a scan is kept as.
pub fn to_text(event: &Event) -> String {
    let stored = match event {
        Event::Document(document) => Stored::D(Box::new(document_to(document))),
        Event::Gap(gap) => Stored::G(gap_to(gap)),
    };
    // Strings and numbers: nothing that JSON could not write.
    serde_json::to_string(&stored).unwrap_or_default()
}

/// The event that was kept as `text`, in root number `root`; `None` for what is none of ours.
pub fn from_text(text: &str, root: usize) -> Option<Event> {
    match serde_json::from_str(text).ok()? {
        Stored::D(document) => document_from(*document, root).map(|document| Event::Document(Box::new(document))),
        Stored::G(gap) => gap_from(gap, root).map(Event::Gap),
    }
}

fn texts(names: &[&'static str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn document_to(document: &Document) -> StoredDocument {
    let Of { states, under_18, over_89, deceased } = &document.people_of;
    let access = &document.access;
    StoredDocument {
        l: document.locator.parts().to_vec(),
        format: document.format.to_string(),
        bytes: document.bytes,
        status: document.status.name().to_string(),
        class: document.class.name().to_string(),
        records: document.records,
        people: [document.people, document.people_low, document.people_high],
        exact: document.people_exact,
        of: (states.iter().map(|(state, n)| (state.to_string(), *n)).collect(), *under_18, *over_89, *deceased),
        linked: document.linked.iter().map(|linked| (texts(&linked.identifiers), linked.records)).collect(),
        sensitive: document.sensitive.iter().map(|(name, n)| (name.to_string(), *n)).collect(),
        access: StoredAccess {
            by: access.readable_by.name().to_string(),
            basis: access.basis.clone(),
            mode: access.mode.clone(),
            uid: access.uid,
            gid: access.gid,
            owner: access.file_owner.clone(),
            modified: access.modified,
        },
        holds: document.path_holds_values,
        findings: document.findings.iter().map(finding_to).collect(),
        gaps: document.gaps.iter().map(gap_to).collect(),
    }
}

fn document_from(stored: StoredDocument, root: usize) -> Option<Document> {
    let findings: Vec<Finding> = stored.findings.into_iter().map(finding_from).collect::<Option<_>>()?;
    let (states, under_18, over_89, deceased) = stored.of;
    let [people, people_low, people_high] = stored.people;
    Some(Document {
        root,
        locator: Some(stored.l).filter(|parts| !parts.is_empty()).map(Locator::of_parts)?,
        not_listed_before: 0,
        format: known(stored.format)?,
        bytes: stored.bytes,
        status: Status::by_name(&stored.status)?,
        class: DocumentClass::by_name(&stored.class)?,
        records: stored.records,
        people,
        people_low,
        people_high,
        people_exact: stored.exact,
        people_of: Of {
            states: states.into_iter().map(|(state, n)| Some((known(state)?, n))).collect::<Option<_>>()?,
            under_18,
            over_89,
            deceased,
        },
        linked: stored.linked.into_iter().map(linked_from).collect::<Option<_>>()?,
        sensitive: stored.sensitive.into_iter().map(|(name, n)| Some((known(name)?, n))).collect::<Option<_>>()?,
        severity: findings.iter().filter(|finding| finding.listed).map(|f| f.severity).max().unwrap_or(Severity::Info),
        access: Access {
            readable_by: ReadableBy::by_name(&stored.access.by)?,
            basis: stored.access.basis,
            mode: stored.access.mode,
            uid: stored.access.uid,
            gid: stored.access.gid,
            file_owner: stored.access.owner,
            modified: stored.access.modified,
        },
        path_holds_values: stored.holds,
        findings,
        matches: Vec::new(),
        gaps: stored.gaps.into_iter().map(|gap| gap_from(gap, root)).collect::<Option<_>>()?,
        profiles: Vec::new(),
        individuals: People::default(),
        version: None,
        met: None,
    })
}

fn linked_from((names, records): (Vec<String>, u64)) -> Option<Linked> {
    Some(Linked { identifiers: names.into_iter().map(known).collect::<Option<_>>()?, records })
}

fn finding_to(finding: &Finding) -> StoredFinding {
    StoredFinding {
        id: finding.id.clone(),
        series_id: finding.series_id.clone(),
        identifier: finding.identifier.name().to_string(),
        rules: finding.rules.clone(),
        place: place_to(&finding.place),
        subject: finding.subject.name().to_string(),
        counts: [finding.matches, finding.test_values, finding.distinct, finding.records, finding.people],
        exact: finding.distinct_exact,
        probability: finding.probability,
        confidence: finding.confidence.name().to_string(),
        severity: finding.severity.name().to_string(),
        reason: finding.severity_reason.clone(),
        protection: finding.protection.name().to_string(),
        evidence: finding.evidence.clone(),
        first: [finding.first.record, finding.first.line, finding.first.column],
        picture: finding.picture.clone(),
        linked: texts(&finding.linked_with),
        action: finding.action_hint.to_string(),
        listed: finding.listed,
    }
}

fn finding_from(stored: StoredFinding) -> Option<Finding> {
    let [matches, test_values, distinct, records, people] = stored.counts;
    let [record, line, column] = stored.first;
    Some(Finding {
        id: stored.id,
        series_id: stored.series_id,
        identifier: Identifier::by_name(&stored.identifier)?,
        rules: stored.rules,
        place: place_from(stored.place),
        subject: Subject::by_name(&stored.subject)?,
        matches,
        test_values,
        distinct,
        distinct_exact: stored.exact,
        records,
        people,
        confidence: Confidence::by_name(&stored.confidence)?,
        probability: stored.probability,
        severity: Severity::by_name(&stored.severity)?,
        severity_reason: stored.reason,
        protection: Protection::by_name(&stored.protection)?,
        evidence: stored.evidence,
        first: Position { record, line, column },
        picture: stored.picture,
        linked_with: stored.linked.into_iter().map(known).collect::<Option<_>>()?,
        action_hint: known(stored.action)?,
        listed: stored.listed,
        decision: Default::default(),
        history: Default::default(),
    })
}

fn place_to(place: &Place) -> StoredPlace {
    match place.clone() {
        Place::Text => StoredPlace::Text,
        Place::Column { name, index } => StoredPlace::Column(name, index),
        Place::Name => StoredPlace::Name,
        Place::Path(name) => StoredPlace::Path(name),
        Place::Segment(name) => StoredPlace::Segment(name),
        Place::Cell { sheet, column } => StoredPlace::Cell(sheet, column),
        Place::Tag(name) => StoredPlace::Tag(name),
        Place::Metadata(name) => StoredPlace::Metadata(name),
    }
}

fn place_from(stored: StoredPlace) -> Place {
    match stored {
        StoredPlace::Text => Place::Text,
        StoredPlace::Column(name, index) => Place::Column { name, index },
        StoredPlace::Name => Place::Name,
        StoredPlace::Path(name) => Place::Path(name),
        StoredPlace::Segment(name) => Place::Segment(name),
        StoredPlace::Cell(sheet, column) => Place::Cell { sheet, column },
        StoredPlace::Tag(name) => Place::Tag(name),
        StoredPlace::Metadata(name) => Place::Metadata(name),
    }
}

fn gap_to(gap: &Gap) -> StoredGap {
    StoredGap {
        l: gap.locator.parts().to_vec(),
        reason: gap.reason.name().to_string(),
        class: gap.class.name().to_string(),
        detail: gap.detail.clone(),
        bytes: gap.bytes,
        holds: gap.path_holds_values,
    }
}

fn gap_from(stored: StoredGap, root: usize) -> Option<Gap> {
    let classes = [Class::Blind, Class::Protected, Class::Inert, Class::Excluded];
    Some(Gap {
        root,
        locator: Some(stored.l).filter(|parts| !parts.is_empty()).map(Locator::of_parts)?,
        reason: Reason::by_name(&stored.reason)?,
        class: classes.into_iter().find(|class| class.name() == stored.class)?,
        detail: stored.detail,
        bytes: stored.bytes,
        path_holds_values: stored.holds,
    })
}

/// Names that the program has as constants come back as such. There are some hundreds; a ledger that has more than this of
/// them was not written by us.
const NAMES: usize = 10_000;

fn known(name: String) -> Option<&'static str> {
    static KNOWN: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let known = known.get_or_insert_default();
    if let Some(name) = known.get(name.as_str()) {
        return Some(name);
    }
    if known.len() >= NAMES {
        return None;
    }
    let name: &'static str = Box::leak(name.into_boxed_str());
    known.insert(name);
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn what_is_kept_comes_back() {
        let mut document = samples::document();
        document.gaps.push(samples::gap("a.zip", Reason::Malformed));
        document.findings[1].place = Place::Cell { sheet: "Sheet1".to_string(), column: "B".to_string() };
        let places = [Place::Text, Place::Name, Place::Path("a.b".to_string()), Place::Tag("(0010,0010)".to_string())];
        for place in places {
            document.findings.push(Finding { place, ..samples::finding() });
        }
        document.root = 3;
        document.gaps.iter_mut().for_each(|gap| gap.root = 3);
        let text = to_text(&Event::Document(Box::new(document.clone())));
        assert!(!text.contains(&document.matches[0].value), "no match, shown or not, is kept");
        let Some(Event::Document(back)) = from_text(&text, 3) else { panic!("no document") };
        document.matches.clear();
        assert_eq!(format!("{back:?}"), format!("{document:?}"));
        let gap = samples::gap("b.zip", Reason::Encrypted);
        let Some(Event::Gap(back)) = from_text(&to_text(&Event::Gap(gap.clone())), 0) else { panic!("no gap") };
        assert_eq!(back, gap);
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "{}",
            "{\"G\":{}}",
            "[1]",
            &to_text(&Event::Gap(samples::gap("x", Reason::Image))).replace("image", "imago"),
        ] {
            assert!(from_text(text, 0).is_none(), "{text}");
        }
    }
}
