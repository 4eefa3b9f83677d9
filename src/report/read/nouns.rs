//! Records → the nouns of a run. In: records in the order of a report. Out: documents with their matches, findings and
//! gaps put together again. Refuses nothing: what is not known is empty, or counted as unknown.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::finding::{
    Access, Confidence, Decision, Document, DocumentClass, Finding, History, Linked, Match, Place, Position,
    Protection, ReadableBy, Root, Severity, Size, Status, Subject, Summary,
};
use crate::gap::{Class, Gap, Reason};
use crate::identifier::Identifier;
use crate::judge::people::{Of, People};
use crate::locator::{Locator, text_path};
use crate::report::records::{
    Counts, DocumentRecord, FindingRecord, GapRecord, MatchRecord, OfRecord, PlaceRecord, RunRecord, SummaryRecord,
};
use crate::scan::{Event, Run};

/// Different names of formats, hints and the like that are kept, and how long each may be. They are kept until the
/// process ends, hence the limits; a report has some tens of them.
const NAMES: usize = 4096;
const NAME_LENGTH: usize = 64;

/// What is held between lines: the records of one document.
#[derive(Default)]
pub(super) struct Nouns {
    roots: Vec<Root>,
    names: BTreeSet<&'static str>,
    matches: Vec<Match>,
    findings: Vec<Finding>,
    /// Of the findings that wait: their root, locator and who can read it.
    at: Option<(usize, Locator, Access, bool)>,
    /// A document whose gaps may follow.
    document: Option<Box<Document>>,
    pub(super) unknown: u64,
}

impl Nouns {
    pub(super) fn run(&mut self, record: RunRecord<'_>) -> Run {
        let roots = record.roots.into_iter().map(|root| Root {
            name: root.name.into_owned(),
            path: text_path(&root.path),
            filesystem: root.filesystem.into_owned(),
            vendor: root.vendor.into_owned(),
            responsible: root.responsible.into_owned(),
        });
        self.roots = roots.collect();
        Run {
            run_id: record.run_id.into_owned(),
            version: self.name(&record.version),
            ruleset: record.ruleset.into_owned(),
            started: record.started.into_owned(),
            host: record.host.into_owned(),
            roots: self.roots.clone(),
            options: record.options.into_owned(),
        }
    }

    pub(super) fn push_match(&mut self, record: MatchRecord<'_>) {
        let Some(identifier) = Identifier::by_name(&record.identifier) else {
            self.unknown += 1;
            return;
        };
        self.matches.push(Match {
            finding_id: record.finding_id.into_owned(),
            identifier,
            rule: record.rule.into_owned(),
            place: place(record.place),
            position: Position { record: record.record, line: record.line, column: record.column },
            bytes: record.byte_start.unwrap_or(0)..record.byte_end.unwrap_or(0),
            confidence: Confidence::by_name(&record.confidence).unwrap_or(Confidence::Possible),
            probability: record.probability,
            protection: Protection::by_name(&record.protection).unwrap_or(Protection::Plaintext),
            value: record.value.into_owned(),
            fingerprint: record.fingerprint.into_owned(),
            test_value: record.test_value,
        });
    }

    /// Takes a finding; tells what stood before it, if that is another document's.
    pub(super) fn finding(&mut self, record: FindingRecord<'_>) -> Vec<Event> {
        let mut events = Vec::new();
        let root = self.root(&record.root);
        let locator = Locator::of_parts(record.locator.into_owned());
        // A match stands before its finding: those that wait are of this document.
        let other = self.at.as_ref().is_some_and(|at| (at.0, &at.1) != (root, &locator));
        events.extend(self.document.take().map(Event::Document));
        if other {
            let ids: BTreeSet<&str> = self.findings.iter().map(|finding| finding.id.as_str()).collect();
            let (before, after) =
                std::mem::take(&mut self.matches).into_iter().partition(|one| ids.contains(one.finding_id.as_str()));
            self.matches = before;
            events.extend(self.loose().map(Event::Document));
            self.matches = after;
        }
        let readable_by = ReadableBy::by_name(&record.readable_by).unwrap_or(ReadableBy::Unknown);
        let access = Access { readable_by, basis: String::new(), ..Access::stream() };
        self.at = Some((root, locator, access, record.path_holds_values));
        let Some(identifier) = Identifier::by_name(&record.identifier) else {
            self.unknown += 1;
            return events;
        };
        let linked_with = record.linked_with.iter().map(|name| self.name(name)).collect();
        let (action_hint, expected) = (self.name(&record.action_hint), self.name(&record.expected));
        let history = History {
            state: self.name(&record.state),
            first_seen: record.first_seen.and_then(|time| Some(time.parse::<jiff::Timestamp>().ok()?.as_second())),
            days_open: record.days_open,
        };
        self.findings.push(Finding {
            history,
            id: record.id.into_owned(),
            series_id: record.series_id.into_owned(),
            identifier,
            rules: record.rules.into_owned(),
            place: place(record.place),
            subject: Subject::by_name(&record.subject).unwrap_or(Subject::Unknown),
            matches: record.matches,
            test_values: record.test_values,
            distinct: record.distinct,
            distinct_exact: record.distinct_exact,
            records: record.records,
            people: record.people,
            confidence: Confidence::by_name(&record.confidence).unwrap_or(Confidence::Possible),
            probability: record.probability,
            severity: Severity::by_name(&record.severity).unwrap_or(Severity::Info),
            severity_reason: record.severity_reason.into_owned(),
            protection: Protection::by_name(&record.protection).unwrap_or(Protection::Plaintext),
            evidence: record.evidence.into_owned(),
            first: Position { record: record.first.record, line: record.first.line, column: record.first.column },
            picture: record.picture.into_owned(),
            linked_with,
            action_hint,
            listed: true,
            decision: Decision {
                expected,
                accepted: record.accepted,
                disposition: record.disposition.into_owned(),
                ticket: record.ticket.into_owned(),
                until: record.until.into_owned(),
            },
        });
        events
    }

    /// Takes a document, to which the matches and findings before it belong if they stand at the same place.
    pub(super) fn document(&mut self, record: DocumentRecord<'_>) -> Vec<Event> {
        let mut events: Vec<Event> = self.document.take().map(Event::Document).into_iter().collect();
        let root = self.root(&record.root);
        let locator = Locator::of_parts(record.locator.into_owned());
        if self.at.as_ref().is_some_and(|at| (at.0, &at.1) != (root, &locator)) {
            events.extend(self.loose().map(Event::Document));
        }
        self.at = None;
        let access = record.access;
        let linked = record.linked.into_iter().map(|linked| Linked {
            identifiers: linked.identifiers.iter().map(|name| self.name(name)).collect(),
            records: linked.records,
        });
        let linked = linked.collect();
        let sensitive = record.sensitive.iter().map(|(what, n)| (self.name(what), *n)).collect();
        let people_of = self.of(record.people_of);
        self.document = Some(Box::new(Document {
            root,
            locator,
            format: self.name(&record.format),
            bytes: record.bytes,
            status: Status::by_name(&record.status).unwrap_or(Status::Partial),
            class: DocumentClass::by_name(&record.class).unwrap_or(DocumentClass::None),
            records: record.records,
            people: record.people,
            people_low: record.people_low,
            people_high: record.people_high,
            people_exact: record.people_exact,
            people_of,
            linked,
            sensitive,
            severity: Severity::by_name(&record.severity).unwrap_or(Severity::Info),
            access: Access {
                readable_by: ReadableBy::by_name(&access.readable_by).unwrap_or(ReadableBy::Unknown),
                basis: access.basis.into_owned(),
                mode: access.mode.into_owned(),
                uid: access.uid,
                gid: access.gid,
                file_owner: access.file_owner.into_owned(),
                modified: access.modified.and_then(|time| Some(time.parse::<jiff::Timestamp>().ok()?.as_second())),
            },
            path_holds_values: record.path_holds_values,
            findings: std::mem::take(&mut self.findings),
            not_listed_before: record.not_listed,
            matches: std::mem::take(&mut self.matches),
            gaps: Vec::new(),
            profiles: Vec::new(),
            individuals: People::default(),
            version: None,
            met: None,
        }));
        events
    }

    /// Takes a gap: of the document before it, or of its own.
    pub(super) fn gap(&mut self, record: GapRecord<'_>) -> Vec<Event> {
        let reason = Reason::by_name(&record.reason).unwrap_or(Reason::Unsupported);
        let gap = Gap {
            root: self.root(&record.root),
            locator: Locator::of_parts(record.locator.into_owned()),
            reason,
            class: Class::by_name(&record.class).unwrap_or(Class::Blind),
            detail: record.detail.into_owned(),
            bytes: record.bytes,
            path_holds_values: record.path_holds_values,
        };
        match &mut self.document {
            Some(document) if (document.root, &document.locator) == (gap.root, &gap.locator) => {
                document.gaps.push(gap);
                Vec::new()
            }
            _ => self.rest().chain([Event::Gap(gap)]).collect(),
        }
    }

    /// What still waits.
    pub(super) fn rest(&mut self) -> impl Iterator<Item = Event> + use<> {
        let document = self.document.take();
        document.into_iter().chain(self.loose()).map(Event::Document)
    }

    pub(super) fn summary(&mut self, record: SummaryRecord<'_>) -> Summary {
        let sizes = record.sizes.into_iter().map(|size| Size {
            root: self.root(&size.root),
            series: size.series.map(Cow::into_owned),
            people: size.people,
            people_low: size.people_low,
            people_high: size.people_high,
            is_500_or_more: size.marks.iter().any(|mark| mark == Size::MARKS[0]),
            state_over_500: size
                .marks
                .iter()
                .any(|mark| mark == Size::MARKS[1])
                .then(|| self.name(size.state_over_500.as_deref().unwrap_or(""))),
        });
        let sizes = sizes.collect();
        Summary {
            complete: record.complete,
            documents: record.documents.counts(),
            sizes_by_status: record.document_bytes.counts(),
            bytes: record.bytes,
            people: record.people,
            people_low: record.people_low,
            people_high: record.people_high,
            people_of: self.of(record.people_of),
            sizes,
            findings: by_severity(&record.findings),
            accepted: by_severity(&record.accepted),
            unlisted: record.unlisted,
            gaps: Class::ALL.map(|class| record.gaps.get(class.name())),
            listed_false: record.expected.listed_false,
            unlisted_true: record.expected.unlisted_true,
            seconds: record.seconds,
            exit: record.exit,
        }
    }

    /// A document for findings that stand without one: somebody has picked lines.
    fn loose(&mut self) -> Option<Box<Document>> {
        let (root, locator, access, path_holds_values) = self.at.take()?;
        let findings = std::mem::take(&mut self.findings);
        Some(Box::new(Document {
            root,
            locator,
            format: "",
            bytes: 0,
            status: Status::Complete,
            class: DocumentClass::None,
            records: 0,
            people: findings.iter().map(|finding| finding.people).max().unwrap_or(0),
            people_low: findings.iter().map(|finding| finding.people).max().unwrap_or(0),
            people_high: findings.iter().map(|finding| finding.people).sum(),
            people_exact: false,
            people_of: Of::default(),
            linked: Vec::new(),
            sensitive: Vec::new(),
            severity: findings.iter().map(|finding| finding.severity).max().unwrap_or(Severity::Info),
            access,
            path_holds_values,
            findings,
            not_listed_before: 0,
            matches: std::mem::take(&mut self.matches),
            gaps: Vec::new(),
            profiles: Vec::new(),
            individuals: People::default(),
            version: None,
            met: None,
        }))
    }

    /// The number of the root called `name`; one that the head does not name has no number.
    fn root(&self, name: &str) -> usize {
        self.roots.iter().position(|root| root.name == name).unwrap_or(usize::MAX)
    }

    fn of(&mut self, record: Option<OfRecord<'_>>) -> Of {
        let Some(record) = record else { return Of::default() };
        Of {
            states: record.states.iter().map(|(state, people)| (self.name(state), *people)).collect(),
            under_18: record.under_18,
            over_89: record.over_89,
            deceased: record.deceased,
        }
    }

    /// A name that lives as long as the process.
    fn name(&mut self, name: &str) -> &'static str {
        match self.names.get(name) {
            Some(known) => known,
            None if name.is_empty() => "",
            None if name.len() > NAME_LENGTH || self.names.len() >= NAMES => "other",
            None => {
                let kept: &'static str = Box::leak(name.into());
                self.names.insert(kept);
                kept
            }
        }
    }
}

fn by_severity(counts: &Counts) -> [u64; 5] {
    [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical]
        .map(|severity| counts.get(severity.name()))
}

fn place(record: PlaceRecord<'_>) -> Place {
    let name = record.name.map(Cow::into_owned);
    let text = || name.clone().unwrap_or_default();
    match &*record.kind {
        "column" => Place::Column { index: record.index.unwrap_or(0), name },
        "name" => Place::Name,
        "path" => Place::Path(text()),
        "segment" => Place::Segment(text()),
        "cell" => Place::Cell {
            sheet: record.sheet.unwrap_or_default().into_owned(),
            column: record.column.unwrap_or_default().into_owned(),
        },
        "tag" => Place::Tag(text()),
        "metadata" => Place::Metadata(text()),
        _ => Place::Text,
    }
}
