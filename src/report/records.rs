//! The shapes of the JSON records, as the contract fixes them. In: the nouns of a run. Out: what serde writes, keys in
//! the contract's order. Refuses nothing; fields may be added at the end, never renamed.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::finding::{Document, Finding, Linked, Match, Place, Position, Root, Severity, Size, Summary};
use crate::gap::{Class, Gap};
use crate::judge::people::Of;
use crate::locator::path_text;
use crate::report::{probability, root_name, utc};
use crate::scan::Run;

/// A document and what is computed from its locator once for all its records.
pub(super) struct Where<'a> {
    pub(super) root: &'a str,
    pub(super) path: &'a str,
    pub(super) series: &'a str,
    pub(super) document: &'a Document,
}

/// The head.
#[derive(Serialize)]
pub(super) struct RunRecord<'a> {
    r#type: &'static str,
    schema: u32,
    run_id: &'a str,
    version: &'a str,
    ruleset: &'a str,
    started: &'a str,
    host: &'a str,
    roots: Vec<RootRecord<'a>>,
    options: &'a serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize)]
struct RootRecord<'a> {
    name: &'a str,
    path: String,
    filesystem: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    vendor: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    responsible: &'a str,
}

impl RunRecord<'_> {
    pub(super) fn of(run: &Run) -> RunRecord<'_> {
        let roots = run.roots.iter();
        RunRecord {
            r#type: "run",
            schema: 1,
            run_id: &run.run_id,
            version: run.version,
            ruleset: &run.ruleset,
            started: &run.started,
            host: &run.host,
            roots: roots
                .map(|root| RootRecord {
                    name: &root.name,
                    path: path_text(&root.path),
                    filesystem: &root.filesystem,
                    vendor: &root.vendor,
                    responsible: &root.responsible,
                })
                .collect(),
            options: &run.options,
        }
    }
}

#[derive(Serialize)]
struct PlaceRecord<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<&'a str>,
}

fn place_record(place: &Place) -> PlaceRecord<'_> {
    let (name, index) = match place {
        Place::Column { name, index } => (name.as_deref(), Some(*index)),
        Place::Text | Place::Name => (None, None),
        Place::Path(name) | Place::Segment(name) | Place::Tag(name) | Place::Metadata(name) => {
            (Some(name.as_str()), None)
        }
        Place::Cell { .. } => (None, None),
    };
    let (sheet, column) = match place {
        Place::Cell { sheet, column } => (Some(sheet.as_str()), Some(column.as_str())),
        _ => (None, None),
    };
    PlaceRecord { kind: place.kind(), name, index, sheet, column }
}

#[derive(Serialize)]
pub(super) struct MatchRecord<'a> {
    r#type: &'static str,
    finding_id: &'a str,
    identifier: &'static str,
    rule: &'a str,
    path: &'a str,
    place: PlaceRecord<'a>,
    #[serde(skip_serializing_if = "is_zero")]
    record: u64,
    #[serde(skip_serializing_if = "is_zero")]
    line: u64,
    #[serde(skip_serializing_if = "is_zero")]
    column: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_start: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_end: Option<u64>,
    confidence: &'static str,
    probability: f64,
    protection: &'static str,
    value: &'a str,
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "is_false")]
    test_value: bool,
    #[serde(skip_serializing_if = "is_false")]
    path_holds_values: bool,
}

pub(super) fn match_record<'a>(at: &Where<'a>, one: &'a Match) -> MatchRecord<'a> {
    MatchRecord {
        r#type: "match",
        finding_id: &one.finding_id,
        identifier: one.identifier.name(),
        rule: &one.rule,
        path: at.path,
        place: place_record(&one.place),
        record: one.position.record,
        line: one.position.line,
        column: one.position.column,
        byte_start: (!one.bytes.is_empty()).then_some(one.bytes.start),
        byte_end: (!one.bytes.is_empty()).then_some(one.bytes.end),
        confidence: one.confidence.name(),
        probability: probability(one.probability),
        protection: one.protection.name(),
        value: &one.value,
        fingerprint: &one.fingerprint,
        test_value: one.test_value,
        path_holds_values: at.document.path_holds_values,
    }
}

#[derive(Serialize)]
pub(super) struct FindingRecord<'a> {
    r#type: &'static str,
    id: &'a str,
    series_id: &'a str,
    identifier: &'static str,
    hipaa: &'static str,
    rules: &'a [String],
    root: &'a str,
    locator: &'a [String],
    path: &'a str,
    series: &'a str,
    place: PlaceRecord<'a>,
    subject: &'static str,
    matches: u64,
    test_values: u64,
    distinct: u64,
    distinct_exact: bool,
    records: u64,
    people: u64,
    confidence: &'static str,
    probability: f64,
    severity: &'static str,
    severity_reason: &'a str,
    protection: &'static str,
    readable_by: &'static str,
    evidence: &'a [String],
    first: First,
    #[serde(skip_serializing_if = "str::is_empty")]
    picture: &'a str,
    linked_with: &'a [&'static str],
    action_hint: &'static str,
    #[serde(skip_serializing_if = "is_false")]
    path_holds_values: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    expected: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    disposition: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    ticket: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    until: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_seen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days_open: Option<u64>,
}

#[derive(Serialize)]
struct First {
    #[serde(skip_serializing_if = "is_zero")]
    record: u64,
    #[serde(skip_serializing_if = "is_zero")]
    line: u64,
    #[serde(skip_serializing_if = "is_zero")]
    column: u64,
}

pub(super) fn finding_record<'a>(at: &Where<'a>, finding: &'a Finding) -> FindingRecord<'a> {
    let Position { record, line, column } = finding.first;
    FindingRecord {
        r#type: "finding",
        id: &finding.id,
        series_id: &finding.series_id,
        identifier: finding.identifier.name(),
        hipaa: finding.hipaa(),
        rules: &finding.rules,
        root: at.root,
        locator: at.document.locator.parts(),
        path: at.path,
        series: at.series,
        place: place_record(&finding.place),
        subject: finding.subject.name(),
        matches: finding.matches,
        test_values: finding.test_values,
        distinct: finding.distinct,
        distinct_exact: finding.distinct_exact,
        records: finding.records,
        people: finding.people,
        confidence: finding.confidence.name(),
        probability: probability(finding.probability),
        severity: finding.severity.name(),
        severity_reason: &finding.severity_reason,
        protection: finding.protection.name(),
        readable_by: at.document.access.readable_by.name(),
        evidence: &finding.evidence,
        first: First { record, line, column },
        picture: &finding.picture,
        linked_with: &finding.linked_with,
        action_hint: finding.action_hint,
        path_holds_values: at.document.path_holds_values,
        expected: finding.decision.expected,
        disposition: &finding.decision.disposition,
        ticket: &finding.decision.ticket,
        until: &finding.decision.until,
        state: finding.history.state,
        first_seen: finding.history.first_seen.and_then(utc),
        days_open: finding.history.days_open,
    }
}

#[derive(Serialize)]
pub(super) struct DocumentRecord<'a> {
    r#type: &'static str,
    root: &'a str,
    locator: &'a [String],
    path: &'a str,
    series: &'a str,
    format: &'static str,
    bytes: u64,
    status: &'static str,
    class: &'static str,
    records: u64,
    people: u64,
    people_low: u64,
    people_high: u64,
    people_exact: bool,
    linked: Vec<LinkedRecord<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    sensitive: BTreeMap<&'static str, u64>,
    severity: &'static str,
    access: AccessRecord<'a>,
    #[serde(skip_serializing_if = "is_false")]
    path_holds_values: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    people_of: Option<OfRecord<'a>>,
}

/// Parts of the people.
#[derive(Serialize)]
struct OfRecord<'a> {
    states: &'a BTreeMap<&'static str, u64>,
    state_unknown: u64,
    under_18: u64,
    over_89: u64,
    deceased: u64,
}

impl<'a> OfRecord<'a> {
    fn of(people: u64, of: &'a Of) -> Option<OfRecord<'a>> {
        (people > 0).then(|| OfRecord {
            states: &of.states,
            state_unknown: of.state_unknown(people),
            under_18: of.under_18,
            over_89: of.over_89,
            deceased: of.deceased,
        })
    }
}

/// The size of a root or a series.
#[derive(Serialize)]
struct SizeRecord<'a> {
    root: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<&'a str>,
    people: u64,
    people_low: u64,
    people_high: u64,
    marks: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
}

#[derive(Serialize)]
struct LinkedRecord<'a> {
    identifiers: &'a [&'static str],
    records: u64,
}

#[derive(Serialize)]
struct AccessRecord<'a> {
    readable_by: &'static str,
    basis: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    mode: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gid: Option<u32>,
    #[serde(skip_serializing_if = "str::is_empty")]
    file_owner: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
}

pub(super) fn document_record<'a>(at: &Where<'a>) -> DocumentRecord<'a> {
    let document = at.document;
    let access = &document.access;
    DocumentRecord {
        r#type: "document",
        root: at.root,
        locator: document.locator.parts(),
        path: at.path,
        series: at.series,
        format: document.format,
        bytes: document.bytes,
        status: document.status.name(),
        class: document.class.name(),
        records: document.records,
        people: document.people,
        people_low: document.people_low,
        people_high: document.people_high,
        people_exact: document.people_exact,
        linked: document
            .linked
            .iter()
            .map(|Linked { identifiers, records }| LinkedRecord { identifiers, records: *records })
            .collect(),
        sensitive: document.sensitive.iter().copied().collect(),
        severity: document.severity.name(),
        access: AccessRecord {
            readable_by: access.readable_by.name(),
            basis: &access.basis,
            mode: &access.mode,
            uid: access.uid,
            gid: access.gid,
            file_owner: &access.file_owner,
            modified: access.modified.and_then(utc),
        },
        path_holds_values: document.path_holds_values,
        people_of: OfRecord::of(document.people, &document.people_of),
    }
}

#[derive(Serialize)]
pub(super) struct GapRecord<'a> {
    r#type: &'static str,
    root: &'a str,
    locator: &'a [String],
    path: &'a str,
    reason: &'static str,
    class: &'static str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "is_false")]
    path_holds_values: bool,
}

impl<'a> GapRecord<'a> {
    pub(super) fn of(root: &'a str, path: &'a str, gap: &'a Gap) -> GapRecord<'a> {
        GapRecord {
            r#type: "gap",
            root,
            locator: gap.locator.parts(),
            path,
            reason: gap.reason.name(),
            class: gap.class.name(),
            detail: &gap.detail,
            bytes: gap.bytes,
            path_holds_values: gap.path_holds_values,
        }
    }
}

/// The end. Also the heart of `summary.json`.
#[derive(Serialize)]
pub(super) struct SummaryRecord<'a> {
    r#type: &'static str,
    complete: bool,
    documents: Statuses,
    bytes: u64,
    people: u64,
    people_low: u64,
    people_high: u64,
    findings: Counts<5>,
    unlisted: u64,
    gaps: Counts<4>,
    expected: Expected,
    seconds: f64,
    exit: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    people_of: Option<OfRecord<'a>>,
    sizes: Vec<SizeRecord<'a>>,
    #[serde(skip_serializing_if = "Counts::is_empty")]
    accepted: Counts<5>,
}

#[derive(Serialize)]
struct Statuses {
    complete: u64,
    partial: u64,
    skipped: u64,
    inert: u64,
    excluded: u64,
}

#[derive(Serialize)]
struct Expected {
    listed_false: f64,
    unlisted_true: f64,
}

/// Counts by name; those that are zero are left out.
struct Counts<const N: usize>([(&'static str, u64); N]);

impl<const N: usize> Counts<N> {
    fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, count)| *count == 0)
    }
}

impl<const N: usize> Serialize for Counts<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, count) in self.0.iter().filter(|(_, count)| *count > 0) {
            map.serialize_entry(name, count)?;
        }
        map.end()
    }
}

impl<'a> SummaryRecord<'a> {
    pub(super) fn of(summary: &'a Summary, roots: &'a [Root]) -> SummaryRecord<'a> {
        let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];
        let classes = [Class::Blind, Class::Protected, Class::Inert, Class::Excluded];
        let documents = summary.documents;
        SummaryRecord {
            r#type: "summary",
            complete: summary.complete,
            documents: Statuses {
                complete: documents.complete,
                partial: documents.partial,
                skipped: documents.skipped,
                inert: documents.inert,
                excluded: documents.excluded,
            },
            bytes: summary.bytes,
            people: summary.people,
            people_low: summary.people_low,
            people_high: summary.people_high,
            findings: Counts(severities.map(|severity| (severity.name(), summary.findings[severity as usize]))),
            unlisted: summary.unlisted,
            gaps: Counts(classes.map(|class| (class.name(), summary.gaps[class as usize]))),
            expected: Expected {
                listed_false: decimals(summary.listed_false, 100.0),
                unlisted_true: decimals(summary.unlisted_true, 100.0),
            },
            seconds: decimals(summary.seconds, 1000.0),
            exit: summary.exit,
            people_of: OfRecord::of(summary.people, &summary.people_of),
            sizes: summary
                .sizes
                .iter()
                .map(|size| SizeRecord {
                    root: root_name(roots, size.root),
                    series: size.series.as_deref(),
                    people: size.people,
                    people_low: size.people_low,
                    people_high: size.people_high,
                    marks: size.marks(),
                    note: (!size.marks().is_empty()).then_some(Size::SENTENCE),
                })
                .collect(),
            accepted: Counts(severities.map(|severity| (severity.name(), summary.accepted[severity as usize]))),
        }
    }
}

/// Rounded to so many parts of one; never NaN, which JSON cannot write.
fn decimals(x: f64, parts: f64) -> f64 {
    if x.is_finite() { (x * parts).round() / parts } else { 0.0 }
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

fn is_false(flag: &bool) -> bool {
    !flag
}
