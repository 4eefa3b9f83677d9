//! Columns and rows of the tables. In: a document with its findings, a gap, a match. Out: one row, its cells in the
//! order of the columns. Refuses nothing; what only a sweep knows is empty.

use crate::finding::{Document, Finding, Match, Root};
use crate::gap::Class;
use crate::report::csv::sheet::Row;

/// Columns of `findings.csv`, as the contract fixes them.
pub(super) const FINDINGS: &[&str] = &[
    "finding_id",
    "series_id",
    "state",
    "severity",
    "severity_reason",
    "confidence",
    "probability",
    "class",
    "subject",
    "identifier",
    "hipaa_category",
    "root",
    "vendor",
    "responsible",
    "path",
    "format",
    "bytes",
    "place",
    "first_record",
    "first_line",
    "matches",
    "distinct",
    "records",
    "people",
    "linked_with",
    "expected",
    "protection",
    "readable_by",
    "access_basis",
    "mode",
    "file_owner",
    "modified_utc",
    "first_seen_utc",
    "days_open",
    "action_hint",
    "evidence",
    "picture",
    "rules",
    "ruleset",
    "run_id",
    "scanned_utc",
    "disposition",
    "ticket",
    "until",
];

/// Columns of `documents.csv`.
pub(super) const DOCUMENTS: &[&str] = &[
    "root",
    "path",
    "series",
    "format",
    "bytes",
    "status",
    "class",
    "severity",
    "records",
    "people",
    "people_low",
    "people_high",
    "people_exact",
    "findings",
    "findings_not_listed",
    "linked",
    "gaps",
    "readable_by",
    "access_basis",
    "mode",
    "uid",
    "gid",
    "file_owner",
    "modified_utc",
    "path_holds_values",
    "run_id",
    "scanned_utc",
];

/// Columns of `gaps.csv`.
pub(super) const GAPS: &[&str] =
    &["root", "path", "reason", "class", "detail", "bytes", "format", "run_id", "scanned_utc"];

/// Columns of `matches.csv`.
pub(super) const MATCHES: &[&str] = &[
    "finding_id",
    "identifier",
    "rule",
    "path",
    "place",
    "record",
    "line",
    "column",
    "byte_start",
    "byte_end",
    "confidence",
    "probability",
    "protection",
    "value",
    "fingerprint",
    "test_value",
];

/// What of the run stands in every row.
#[derive(Default)]
pub(super) struct About {
    pub(super) roots: Vec<Root>,
    pub(super) run_id: String,
    pub(super) ruleset: String,
    pub(super) started: String,
}

/// A finding that is open no more: what a ledger still has of it.
#[cfg(feature = "ledger")]
pub(crate) struct Closed<'a> {
    /// The name of its root, which need not be swept any more.
    pub(crate) root: &'a str,
    pub(crate) id: &'a str,
    pub(crate) series_id: &'a str,
    pub(crate) severity: &'a str,
    pub(crate) identifier: &'a str,
    pub(crate) path: &'a str,
    pub(crate) place: &'a str,
    pub(crate) people: u64,
    pub(crate) protection: &'a str,
    pub(crate) readable_by: &'a str,
    /// UTC.
    pub(crate) first_seen: &'a str,
    pub(crate) days_open: u64,
    /// By what.
    pub(crate) why: &'a str,
}

/// A document and what is computed from its locator once for all its rows.
pub(super) struct Where<'a> {
    pub(super) root: &'a str,
    pub(super) path: &'a str,
    pub(super) document: &'a Document,
}

impl About {
    fn vendor(&self, root: usize) -> &str {
        self.roots.get(root).map_or("", |root| root.vendor.as_str())
    }

    fn responsible(&self, root: usize) -> &str {
        self.roots.get(root).map_or("", |root| root.responsible.as_str())
    }

    pub(super) fn finding(&self, at: &Where<'_>, finding: &Finding) -> Row {
        let Where { root, path, document } = *at;
        let access = &document.access;
        Row::default()
            .text(&finding.id)
            .text(&finding.series_id)
            .text(finding.history.state)
            .text(finding.severity.name())
            .text(&finding.severity_reason)
            .text(finding.confidence.name())
            .probability(finding.probability)
            .text(document.class.name())
            .text(finding.subject.name())
            .text(finding.identifier.name())
            .text(finding.hipaa())
            .text(root)
            .text(self.vendor(document.root))
            .text(self.responsible(document.root))
            .text(path)
            .text(document.format)
            .number(document.bytes)
            .text(&finding.place.to_string())
            .ordinal(finding.first.record)
            .ordinal(finding.first.line)
            .number(finding.matches)
            .number(finding.distinct)
            .number(finding.records)
            .number(finding.people)
            .text(&finding.linked_with.join("+"))
            .text(finding.decision.expected)
            .text(finding.protection.name())
            .text(access.readable_by.name())
            .text(&access.basis)
            .text(&access.mode)
            .text(&access.file_owner)
            .time(access.modified)
            .time(finding.history.first_seen)
            .optional(finding.history.days_open)
            .text(finding.action_hint)
            .text(&finding.evidence.join("; "))
            .text(&finding.picture)
            .text(&finding.rules.join("; "))
            .text(&self.ruleset)
            .text(&self.run_id)
            .time_text(&self.started)
            .text(&finding.decision.disposition)
            .text(&finding.decision.ticket)
            .day(&finding.decision.until)
    }

    /// A finding that was resolved, or closed, since the last run.
    #[cfg(feature = "ledger")]
    pub(super) fn closed(&self, closed: &Closed<'_>) -> Row {
        let Closed { root, id, series_id, severity, identifier, path, place, protection, readable_by, .. } = *closed;
        let number = self.roots.iter().position(|known| known.name == root).unwrap_or(usize::MAX);
        let row = Row::default().text(id).text(series_id).text("resolved").text(severity).empty(5).text(identifier);
        let row = row.empty(1).text(root).text(self.vendor(number)).text(self.responsible(number));
        let row = row.text(path).empty(2).text(place).empty(5).number(closed.people).empty(2);
        let row = row.text(protection).text(readable_by).empty(4).time_text(closed.first_seen);
        let row = row.number(closed.days_open).empty(1).text(&format!("resolved: {}", closed.why)).empty(2);
        row.text(&self.ruleset).text(&self.run_id).time_text(&self.started).empty(3)
    }

    /// A gap among the findings, so that one who reads only this table knows what was not read.
    #[allow(clippy::too_many_arguments, reason = "the cells of one row, from a gap or from a count of them")]
    pub(super) fn gap(
        &self,
        root: &str,
        path: &str,
        format: &str,
        bytes: Option<u64>,
        class: Class,
        evidence: &str,
        document: Option<&Document>,
    ) -> Row {
        let row = Row::default().empty(3).text("gap").empty(7).text(root).empty(2).text(path).text(format);
        let row = row.optional(bytes).empty(10);
        let row = match document.map(|document| &document.access) {
            Some(access) => row
                .text(access.readable_by.name())
                .text(&access.basis)
                .text(&access.mode)
                .text(&access.file_owner)
                .time(access.modified),
            None => row.empty(5),
        };
        // What could hold data is to be looked at; what is encrypted is as it should be.
        let row = row.empty(2).text(if class == Class::Blind { "verify-by-hand" } else { "" });
        let row = row.text(evidence).empty(2).text(&self.ruleset).text(&self.run_id);
        row.time_text(&self.started).empty(3)
    }

    pub(super) fn document(&self, at: &Where<'_>) -> Row {
        let Where { root, path, document } = *at;
        let access = &document.access;
        let listed = document.findings.iter().filter(|finding| finding.listed).count();
        let linked: Vec<String> = document
            .linked
            .iter()
            .map(|linked| format!("{} on {}", linked.identifiers.join("+"), linked.records))
            .collect();
        Row::default()
            .text(root)
            .text(path)
            .text(&document.locator.series(root))
            .text(document.format)
            .number(document.bytes)
            .text(document.status.name())
            .text(document.class.name())
            .text(document.severity.name())
            .number(document.records)
            .number(document.people)
            .number(document.people_low)
            .number(document.people_high)
            .flag(document.people_exact)
            .number(listed as u64)
            .number(document.not_listed())
            .text(&linked.join("; "))
            .number(document.gaps.len() as u64)
            .text(access.readable_by.name())
            .text(&access.basis)
            .text(&access.mode)
            .optional(access.uid.map(u64::from))
            .optional(access.gid.map(u64::from))
            .text(&access.file_owner)
            .time(access.modified)
            .flag(document.path_holds_values)
            .text(&self.run_id)
            .time_text(&self.started)
    }
}

pub(super) fn match_row(path: &str, one: &Match) -> Row {
    Row::default()
        .text(&one.finding_id)
        .text(one.identifier.name())
        .text(&one.rule)
        .text(path)
        .text(&one.place.to_string())
        .ordinal(one.position.record)
        .ordinal(one.position.line)
        .ordinal(one.position.column)
        .optional((!one.bytes.is_empty()).then_some(one.bytes.start))
        .optional((!one.bytes.is_empty()).then_some(one.bytes.end))
        .text(one.confidence.name())
        .probability(one.probability)
        .text(one.protection.name())
        .text(&one.value)
        .text(&one.fingerprint)
        .flag(one.test_value)
}
