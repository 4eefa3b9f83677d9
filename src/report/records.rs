//! The shapes of the JSON records, as the contract fixes them, for writing and for reading back. In: the nouns of a run,
//! or a line. Out: what serde writes, keys in the contract's order; or a record, in which what a line does not say is
//! empty. Refuses nothing; fields may be added at the end, never renamed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::finding::{Document, Finding, Linked, Match, Place, Position, Root, Severity, Size, StatusCounts, Summary};
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
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RunRecord<'a> {
    pub(super) r#type: Cow<'a, str>,
    pub(super) schema: u32,
    pub(super) run_id: Cow<'a, str>,
    pub(super) version: Cow<'a, str>,
    pub(super) ruleset: Cow<'a, str>,
    pub(super) started: Cow<'a, str>,
    pub(super) host: Cow<'a, str>,
    pub(super) roots: Vec<RootRecord<'a>>,
    pub(super) options: Cow<'a, serde_json::Map<String, serde_json::Value>>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RootRecord<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) path: String,
    pub(super) filesystem: Cow<'a, str>,
    #[serde(skip_serializing_if = "no_text")]
    pub(super) vendor: Cow<'a, str>,
    #[serde(skip_serializing_if = "no_text")]
    pub(super) responsible: Cow<'a, str>,
}

impl RootRecord<'_> {
    fn of(root: &Root) -> RootRecord<'_> {
        RootRecord {
            name: text(&root.name),
            path: path_text(&root.path),
            filesystem: text(&root.filesystem),
            vendor: text(&root.vendor),
            responsible: text(&root.responsible),
        }
    }
}

impl RunRecord<'_> {
    pub(super) fn of(run: &Run) -> RunRecord<'_> {
        let roots = run.roots.iter();
        RunRecord {
            r#type: "run".into(),
            schema: 1,
            run_id: text(&run.run_id),
            version: text(run.version),
            ruleset: text(&run.ruleset),
            started: text(&run.started),
            host: text(&run.host),
            roots: roots.map(RootRecord::of).collect(),
            options: Cow::Borrowed(&run.options),
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct PlaceRecord<'a> {
    pub(super) kind: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<u32>,
    /// Of a cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sheet: Option<Cow<'a, str>>,
    /// Of a cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) column: Option<Cow<'a, str>>,
}

fn place_record(place: &Place) -> PlaceRecord<'_> {
    let mut record = PlaceRecord { kind: place.kind().into(), ..PlaceRecord::default() };
    match place {
        Place::Column { name, index } => {
            record.name = name.as_deref().map(text);
            record.index = Some(*index);
        }
        Place::Text | Place::Name => {}
        Place::Path(name) | Place::Segment(name) | Place::Tag(name) | Place::Metadata(name) => {
            record.name = Some(text(name));
        }
        Place::Cell { sheet, column } => {
            record.column = Some(text(column));
            record.sheet = Some(text(sheet));
        }
    }
    record
}

/// A borrowed text.
fn text(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct MatchRecord<'a> {
    pub(super) r#type: Cow<'a, str>,
    pub(super) finding_id: Cow<'a, str>,
    pub(super) identifier: Cow<'a, str>,
    pub(super) rule: Cow<'a, str>,
    pub(super) path: Cow<'a, str>,
    pub(super) place: PlaceRecord<'a>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) record: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) line: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) column: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) byte_start: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) byte_end: Option<u64>,
    pub(super) confidence: Cow<'a, str>,
    pub(super) probability: f64,
    pub(super) protection: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
    pub(super) fingerprint: Cow<'a, str>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) test_value: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) path_holds_values: bool,
}

pub(super) fn match_record<'a>(at: &Where<'a>, one: &'a Match) -> MatchRecord<'a> {
    MatchRecord {
        r#type: "match".into(),
        finding_id: text(&one.finding_id),
        identifier: one.identifier.name().into(),
        rule: text(&one.rule),
        path: text(at.path),
        place: place_record(&one.place),
        record: one.position.record,
        line: one.position.line,
        column: one.position.column,
        byte_start: (!one.bytes.is_empty()).then_some(one.bytes.start),
        byte_end: (!one.bytes.is_empty()).then_some(one.bytes.end),
        confidence: one.confidence.name().into(),
        probability: probability(one.probability),
        protection: one.protection.name().into(),
        value: text(&one.value),
        fingerprint: text(&one.fingerprint),
        test_value: one.test_value,
        path_holds_values: at.document.path_holds_values,
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct FindingRecord<'a> {
    pub(super) r#type: Cow<'a, str>,
    pub(super) id: Cow<'a, str>,
    pub(super) series_id: Cow<'a, str>,
    pub(super) identifier: Cow<'a, str>,
    pub(super) hipaa: Cow<'a, str>,
    pub(super) rules: Cow<'a, [String]>,
    pub(super) root: Cow<'a, str>,
    pub(super) locator: Cow<'a, [String]>,
    pub(super) path: Cow<'a, str>,
    pub(super) series: Cow<'a, str>,
    pub(super) place: PlaceRecord<'a>,
    pub(super) subject: Cow<'a, str>,
    pub(super) matches: u64,
    pub(super) test_values: u64,
    pub(super) distinct: u64,
    pub(super) distinct_exact: bool,
    pub(super) records: u64,
    pub(super) people: u64,
    pub(super) confidence: Cow<'a, str>,
    pub(super) probability: f64,
    pub(super) severity: Cow<'a, str>,
    pub(super) severity_reason: Cow<'a, str>,
    pub(super) protection: Cow<'a, str>,
    pub(super) readable_by: Cow<'a, str>,
    pub(super) evidence: Cow<'a, [String]>,
    pub(super) first: First,
    #[serde(skip_serializing_if = "no_text")]
    pub(super) picture: Cow<'a, str>,
    pub(super) linked_with: Vec<Cow<'a, str>>,
    pub(super) action_hint: Cow<'a, str>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) path_holds_values: bool,
    #[serde(skip_serializing_if = "no_text")]
    pub(super) expected: Cow<'a, str>,
    #[serde(skip_serializing_if = "no_text")]
    pub(super) disposition: Cow<'a, str>,
    #[serde(skip_serializing_if = "no_text")]
    pub(super) ticket: Cow<'a, str>,
    #[serde(skip_serializing_if = "no_text")]
    pub(super) until: Cow<'a, str>,
    /// It does not count any more: see `disposition`.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) accepted: bool,
    #[serde(skip_serializing_if = "no_text")]
    pub(super) state: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first_seen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) days_open: Option<u64>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct First {
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) record: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) line: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) column: u64,
}

pub(super) fn finding_record<'a>(at: &Where<'a>, finding: &'a Finding) -> FindingRecord<'a> {
    let Position { record, line, column } = finding.first;
    FindingRecord {
        r#type: "finding".into(),
        id: text(&finding.id),
        series_id: text(&finding.series_id),
        identifier: finding.identifier.name().into(),
        hipaa: finding.hipaa().into(),
        rules: Cow::Borrowed(&finding.rules),
        root: text(at.root),
        locator: Cow::Borrowed(at.document.locator.parts()),
        path: text(at.path),
        series: text(at.series),
        place: place_record(&finding.place),
        subject: finding.subject.name().into(),
        matches: finding.matches,
        test_values: finding.test_values,
        distinct: finding.distinct,
        distinct_exact: finding.distinct_exact,
        records: finding.records,
        people: finding.people,
        confidence: finding.confidence.name().into(),
        probability: probability(finding.probability),
        severity: finding.severity.name().into(),
        severity_reason: text(&finding.severity_reason),
        protection: finding.protection.name().into(),
        readable_by: at.document.access.readable_by.name().into(),
        evidence: Cow::Borrowed(&finding.evidence),
        first: First { record, line, column },
        picture: text(&finding.picture),
        linked_with: finding.linked_with.iter().copied().map(text).collect(),
        action_hint: text(finding.action_hint),
        path_holds_values: at.document.path_holds_values,
        expected: text(finding.decision.expected),
        disposition: text(&finding.decision.disposition),
        ticket: text(&finding.decision.ticket),
        until: text(&finding.decision.until),
        accepted: finding.decision.accepted,
        state: text(finding.history.state),
        first_seen: finding.history.first_seen.and_then(utc),
        days_open: finding.history.days_open,
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct DocumentRecord<'a> {
    pub(super) r#type: Cow<'a, str>,
    pub(super) root: Cow<'a, str>,
    pub(super) locator: Cow<'a, [String]>,
    pub(super) path: Cow<'a, str>,
    pub(super) series: Cow<'a, str>,
    pub(super) format: Cow<'a, str>,
    pub(super) bytes: u64,
    pub(super) status: Cow<'a, str>,
    pub(super) class: Cow<'a, str>,
    pub(super) records: u64,
    pub(super) people: u64,
    pub(super) people_low: u64,
    pub(super) people_high: u64,
    pub(super) people_exact: bool,
    pub(super) linked: Vec<LinkedRecord<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) sensitive: BTreeMap<Cow<'a, str>, u64>,
    pub(super) severity: Cow<'a, str>,
    pub(super) access: AccessRecord<'a>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) path_holds_values: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) people_of: Option<OfRecord<'a>>,
    /// Findings below `--min-confidence`.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) not_listed: u64,
}

/// Parts of the people.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct OfRecord<'a> {
    pub(super) states: BTreeMap<Cow<'a, str>, u64>,
    pub(super) state_unknown: u64,
    pub(super) under_18: u64,
    pub(super) over_89: u64,
    pub(super) deceased: u64,
}

impl<'a> OfRecord<'a> {
    fn of(people: u64, of: &'a Of) -> Option<OfRecord<'a>> {
        (people > 0).then(|| OfRecord {
            states: of.states.iter().map(|(state, people)| (text(state), *people)).collect(),
            state_unknown: of.state_unknown(people),
            under_18: of.under_18,
            over_89: of.over_89,
            deceased: of.deceased,
        })
    }
}

/// The size of a root or a series.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct SizeRecord<'a> {
    pub(super) root: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) series: Option<Cow<'a, str>>,
    pub(super) people: u64,
    pub(super) people_low: u64,
    pub(super) people_high: u64,
    pub(super) marks: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) state_over_500: Option<Cow<'a, str>>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct LinkedRecord<'a> {
    pub(super) identifiers: Vec<Cow<'a, str>>,
    pub(super) records: u64,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct AccessRecord<'a> {
    pub(super) readable_by: Cow<'a, str>,
    pub(super) basis: Cow<'a, str>,
    #[serde(skip_serializing_if = "no_text")]
    pub(super) mode: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uid: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gid: Option<u32>,
    #[serde(skip_serializing_if = "no_text")]
    pub(super) file_owner: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) modified: Option<String>,
}

pub(super) fn document_record<'a>(at: &Where<'a>) -> DocumentRecord<'a> {
    let document = at.document;
    let access = &document.access;
    DocumentRecord {
        r#type: "document".into(),
        root: text(at.root),
        locator: Cow::Borrowed(document.locator.parts()),
        path: text(at.path),
        series: text(at.series),
        format: text(document.format),
        bytes: document.bytes,
        status: document.status.name().into(),
        class: document.class.name().into(),
        records: document.records,
        people: document.people,
        people_low: document.people_low,
        people_high: document.people_high,
        people_exact: document.people_exact,
        linked: document
            .linked
            .iter()
            .map(|Linked { identifiers, records }| LinkedRecord {
                identifiers: identifiers.iter().copied().map(text).collect(),
                records: *records,
            })
            .collect(),
        sensitive: document.sensitive.iter().map(|(what, n)| (text(what), *n)).collect(),
        severity: document.severity.name().into(),
        access: AccessRecord {
            readable_by: access.readable_by.name().into(),
            basis: text(&access.basis),
            mode: text(&access.mode),
            uid: access.uid,
            gid: access.gid,
            file_owner: text(&access.file_owner),
            modified: access.modified.and_then(utc),
        },
        path_holds_values: document.path_holds_values,
        people_of: OfRecord::of(document.people, &document.people_of),
        not_listed: document.not_listed(),
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct GapRecord<'a> {
    pub(super) r#type: Cow<'a, str>,
    pub(super) root: Cow<'a, str>,
    pub(super) locator: Cow<'a, [String]>,
    pub(super) path: Cow<'a, str>,
    pub(super) reason: Cow<'a, str>,
    pub(super) class: Cow<'a, str>,
    pub(super) detail: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bytes: Option<u64>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) path_holds_values: bool,
}

impl<'a> GapRecord<'a> {
    pub(super) fn of(root: &'a str, path: &'a str, gap: &'a Gap) -> GapRecord<'a> {
        GapRecord {
            r#type: "gap".into(),
            root: text(root),
            locator: Cow::Borrowed(gap.locator.parts()),
            path: text(path),
            reason: gap.reason.name().into(),
            class: gap.class.name().into(),
            detail: text(&gap.detail),
            bytes: gap.bytes,
            path_holds_values: gap.path_holds_values,
        }
    }
}

/// The end. Also the heart of `summary.json`.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct SummaryRecord<'a> {
    pub(super) r#type: Cow<'a, str>,
    pub(super) complete: bool,
    pub(super) documents: Statuses,
    pub(super) document_bytes: Statuses,
    pub(super) bytes: u64,
    pub(super) people: u64,
    pub(super) people_low: u64,
    pub(super) people_high: u64,
    pub(super) findings: Counts,
    pub(super) unlisted: u64,
    pub(super) gaps: Counts,
    pub(super) expected: Expected,
    pub(super) seconds: f64,
    pub(super) exit: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) people_of: Option<OfRecord<'a>>,
    pub(super) sizes: Vec<SizeRecord<'a>>,
    #[serde(skip_serializing_if = "Counts::is_empty")]
    pub(super) accepted: Counts,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Statuses {
    pub(super) complete: u64,
    pub(super) partial: u64,
    pub(super) skipped: u64,
    pub(super) inert: u64,
    pub(super) excluded: u64,
}

impl Statuses {
    fn of(counts: StatusCounts) -> Statuses {
        let StatusCounts { complete, partial, skipped, inert, excluded } = counts;
        Statuses { complete, partial, skipped, inert, excluded }
    }

    /// The counts that were written.
    pub(super) fn counts(&self) -> StatusCounts {
        let Statuses { complete, partial, skipped, inert, excluded } = *self;
        StatusCounts { complete, partial, skipped, inert, excluded }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Expected {
    pub(super) listed_false: f64,
    pub(super) unlisted_true: f64,
}

/// Counts by name, in this order; those that are zero are left out.
#[derive(Default)]
pub(super) struct Counts(pub(super) Vec<(Cow<'static, str>, u64)>);

impl Counts {
    fn of<const N: usize>(counts: [(&'static str, u64); N]) -> Counts {
        Counts(counts.into_iter().filter(|(_, count)| *count > 0).map(|(name, count)| (name.into(), count)).collect())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The count called `name`.
    pub(super) fn get(&self, name: &str) -> u64 {
        self.0.iter().find(|(known, _)| known == name).map_or(0, |(_, count)| *count)
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, count) in &self.0 {
            map.serialize_entry(name, count)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Counts, D::Error> {
        let counts: BTreeMap<String, u64> = Deserialize::deserialize(deserializer)?;
        Ok(Counts(counts.into_iter().map(|(name, count)| (name.into(), count)).collect()))
    }
}

impl<'a> SummaryRecord<'a> {
    pub(super) fn of(summary: &'a Summary, roots: &'a [Root]) -> SummaryRecord<'a> {
        let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];
        let classes = [Class::Blind, Class::Protected, Class::Inert, Class::Excluded];
        SummaryRecord {
            r#type: "summary".into(),
            complete: summary.complete,
            documents: Statuses::of(summary.documents),
            document_bytes: Statuses::of(summary.sizes_by_status),
            bytes: summary.bytes,
            people: summary.people,
            people_low: summary.people_low,
            people_high: summary.people_high,
            findings: Counts::of(severities.map(|severity| (severity.name(), summary.findings[severity as usize]))),
            unlisted: summary.unlisted,
            gaps: Counts::of(classes.map(|class| (class.name(), summary.gaps[class as usize]))),
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
                    root: text(root_name(roots, size.root)),
                    series: size.series.as_deref().map(text),
                    people: size.people,
                    people_low: size.people_low,
                    people_high: size.people_high,
                    marks: size.marks().into_iter().map(text).collect(),
                    state_over_500: size.state_over_500.map(text),
                    note: (!size.marks().is_empty()).then_some(Size::SENTENCE).map(text),
                })
                .collect(),
            accepted: Counts::of(severities.map(|severity| (severity.name(), summary.accepted[severity as usize]))),
        }
    }
}

/// Rounded to so many parts of one; never NaN, which JSON cannot write.
pub(super) fn decimals(x: f64, parts: f64) -> f64 {
    if x.is_finite() { (x * parts).round() / parts } else { 0.0 }
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn no_text(text: &str) -> bool {
    text.is_empty()
}
