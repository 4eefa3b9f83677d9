//! Findings → rows that a person can decide on. In: documents, one at a time. Out: one group for each feed, set of identifiers and
//! protection, worst first. Refuses nothing: feeds too many to remember are counted by folder, and such a group has no id.
//!
//! Findings of severity `info` (providers, test values) are no work and stand in no group.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Confidence, Document, DocumentClass, Finding, Protection, ReadableBy, Severity};
use crate::identifier::Identifier;
use crate::locator;

/// Groups remembered by feed; a year of re-drops of some thousand feeds has fewer.
const GROUPS: usize = 50_000;

/// Groups remembered by folder above that; what is in others is counted for the root.
const FOLDERS: usize = 10_000;

/// Paths shown as examples, the worst first.
const EXAMPLES: usize = 4;

/// The findings of one document that one row of the worklist stands for.
pub struct Part<'a> {
    /// `W-…`: the same in every run, as long as the feed holds the same kinds of data.
    pub id: String,
    /// The feed.
    pub series: String,
    /// What kinds of data stand there.
    pub identifiers: BTreeSet<Identifier>,
    /// In what form.
    pub protection: Protection,
    /// Listed, and not of severity `info`.
    pub findings: Vec<&'a Finding>,
    /// These are all such findings of the document.
    whole: bool,
}

/// The parts of a document, in the order of [`Protection`].
pub fn parts<'a>(root: &str, document: &'a Document) -> Vec<Part<'a>> {
    let mut by_protection: BTreeMap<Protection, Vec<&Finding>> = BTreeMap::new();
    for finding in document.findings.iter().filter(|f| f.listed && f.severity > Severity::Info) {
        by_protection.entry(finding.protection).or_default().push(finding);
    }
    let whole = by_protection.len() == 1;
    let series = if whole || !by_protection.is_empty() { document.locator.series(root) } else { String::new() };
    let parts = by_protection.into_iter().map(|(protection, findings)| {
        let identifiers: BTreeSet<Identifier> = findings.iter().map(|finding| finding.identifier).collect();
        let names = names(&identifiers);
        let id = locator::id("W-", &[root, &series, &names, protection.name()]);
        Part { id, series: series.clone(), identifiers, protection, findings, whole }
    });
    parts.collect()
}

/// Names of identifiers as a worklist has them: `name+ssn`, in the order of their letters.
pub fn names(identifiers: &BTreeSet<Identifier>) -> String {
    identifiers.iter().map(|identifier| identifier.name()).collect::<Vec<_>>().join("+")
}

/// What one row stands for.
#[derive(Clone, Debug)]
pub struct Group {
    /// `W-…`; empty where feeds were too many, and the row stands for a folder.
    pub id: String,
    /// Name of the root.
    pub root: String,
    /// The feed, or the folder.
    pub series: String,
    /// What kinds of data stand there.
    pub identifiers: BTreeSet<Identifier>,
    /// In what form.
    pub protection: Protection,
    /// The worst.
    pub severity: Severity,
    /// The highest.
    pub confidence: Confidence,
    /// The class of the worst document.
    pub class: DocumentClass,
    /// How many documents.
    pub documents: u64,
    /// How many findings in them.
    pub findings: u64,
    /// How many of these are accepted.
    pub accepted: u64,
    /// How many values.
    pub matches: u64,
    /// People in the document with most of them: so many there are at least.
    pub people_least: u64,
    /// The sum over documents: more there are not.
    pub people_most: u64,
    /// The widest.
    pub readable_by: ReadableBy,
    /// What the worst finding hints at.
    pub action_hint: &'static str,
    /// When the oldest and the newest of these files were modified, seconds since 1970 UTC.
    pub modified: Option<(i64, i64)>,
    /// What was decided about the worst finding that somebody decided about.
    pub decided: Option<(Severity, String)>,
    /// Paths, the worst first.
    pub examples: Vec<String>,
    worst: Vec<(Severity, u64)>,
}

/// Groups being put together.
pub struct Groups {
    groups: BTreeMap<Key, Group>,
    folders: BTreeMap<Key, Group>,
    groups_at_most: usize,
    folders_at_most: usize,
}

type Key = (String, String, Vec<Identifier>, Protection);

impl Default for Groups {
    fn default() -> Groups {
        Groups { groups: BTreeMap::new(), folders: BTreeMap::new(), groups_at_most: GROUPS, folders_at_most: FOLDERS }
    }
}

impl Groups {
    /// Adds the findings of a document, which lies in `root` and has this path in reports.
    pub fn add(&mut self, root: &str, path: &str, document: &Document) {
        for part in parts(root, document) {
            let group = self.group(root, &part, document);
            group.add(path, document, &part);
        }
    }

    fn group(&mut self, root: &str, part: &Part<'_>, document: &Document) -> &mut Group {
        let identifiers: Vec<Identifier> = part.identifiers.iter().copied().collect();
        let key = (root.to_string(), part.series.clone(), identifiers, part.protection);
        if self.groups.contains_key(&key) || self.groups.len() < self.groups_at_most {
            let fresh = || Group::new(part.id.clone(), root, &part.series, part.protection);
            return self.groups.entry(key).or_insert_with(fresh);
        }
        let file = document.locator.parts().first().map_or("", String::as_str);
        let folder = match (file.split_once('/'), root) {
            (Some((folder, _)), "") => format!("{folder}/**"),
            (Some((folder, _)), root) => format!("{root}/{folder}/**"),
            (None, root) => format!("{root}/**"),
        };
        let mut key = (root.to_string(), folder, Vec::new(), part.protection);
        if !self.folders.contains_key(&key) && self.folders.len() >= self.folders_at_most {
            key.1 = format!("{root}/**");
        }
        let series = key.1.clone();
        self.folders.entry(key).or_insert_with(|| Group::new(String::new(), root, &series, part.protection))
    }

    /// All of them: what nobody has accepted first, then by severity and people.
    pub fn take(&mut self) -> Vec<Group> {
        let (groups, folders) = (std::mem::take(&mut self.groups), std::mem::take(&mut self.folders));
        let mut all: Vec<Group> = groups.into_values().chain(folders.into_values()).collect();
        // Stable: what is alike stays in the order of the names.
        all.sort_by_key(|group| (group.is_accepted(), Reverse((group.severity, group.people_least))));
        all
    }
}

impl Group {
    fn new(id: String, root: &str, series: &str, protection: Protection) -> Group {
        Group {
            id,
            root: root.to_string(),
            series: series.to_string(),
            identifiers: BTreeSet::new(),
            protection,
            severity: Severity::Info,
            confidence: Confidence::Possible,
            class: DocumentClass::None,
            documents: 0,
            findings: 0,
            accepted: 0,
            matches: 0,
            people_least: 0,
            people_most: 0,
            readable_by: ReadableBy::Owner,
            action_hint: "",
            modified: None,
            decided: None,
            examples: Vec::new(),
            worst: Vec::new(),
        }
    }

    /// Whether all of it is accepted.
    pub fn is_accepted(&self) -> bool {
        self.accepted == self.findings
    }

    fn add(&mut self, path: &str, document: &Document, part: &Part<'_>) {
        self.documents += 1;
        self.identifiers.extend(&part.identifiers);
        let in_place = part.findings.iter().map(|finding| finding.people).max().unwrap_or(0);
        let people = if part.whole { document.people.max(in_place) } else { in_place };
        self.people_least = self.people_least.max(people);
        self.people_most = self.people_most.saturating_add(people);
        let readable_by = document.access.readable_by;
        if self.documents == 1 || readable_by.width() > self.readable_by.width() {
            self.readable_by = readable_by;
        }
        if let Some(modified) = document.access.modified {
            let (first, last) = self.modified.unwrap_or((modified, modified));
            self.modified = Some((first.min(modified), last.max(modified)));
        }
        let mut worst = Severity::Info;
        for finding in &part.findings {
            self.findings += 1;
            self.matches = self.matches.saturating_add(finding.matches);
            self.accepted += u64::from(finding.decision.accepted);
            self.confidence = self.confidence.max(finding.confidence);
            worst = worst.max(finding.severity);
            if finding.severity > self.severity {
                self.severity = finding.severity;
                self.action_hint = finding.action_hint;
                self.class = document.class;
            }
            let decision = &finding.decision.disposition;
            if !decision.is_empty() && self.decided.as_ref().is_none_or(|(severity, _)| *severity < finding.severity) {
                self.decided = Some((finding.severity, decision.clone()));
            }
        }
        let rank = (worst, people);
        let at = self.worst.partition_point(|there| *there >= rank);
        if at < EXAMPLES {
            self.worst.insert(at, rank);
            self.examples.insert(at, path.to_string());
            self.worst.truncate(EXAMPLES);
            self.examples.truncate(EXAMPLES);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::locator::Locator;
    use crate::report::samples;

    fn document(name: &str, people: u64) -> Document {
        let mut document = samples::document();
        document.locator = Locator::file(Path::new(name));
        document.people = people;
        document.findings.truncate(1);
        document.findings[0].people = people;
        document
    }

    fn grouped(groups: &mut Groups, documents: &[Document]) -> Vec<Group> {
        documents.iter().for_each(|document| groups.add("drop", &document.locator.path("drop"), document));
        groups.take()
    }

    #[test]
    fn re_drops_of_a_feed_are_one_row() {
        let drops = [document("m_202609.csv", 90), document("m_202610.csv", 120), document("m_202611.csv", 100)];
        let rows = grouped(&mut Groups::default(), &drops);
        assert_eq!(rows.len(), 1);
        let row = &rows[0];
        assert_eq!((row.series.as_str(), row.documents, row.findings), ("drop/m_*.csv", 3, 3));
        assert_eq!((row.people_least, row.people_most), (120, 310));
        assert_eq!(row.examples, ["drop/m_202610.csv", "drop/m_202611.csv", "drop/m_202609.csv"]);
        assert!(row.id.starts_with("W-") && row.id.len() == 18);
    }

    /// Three years of monthly drops of 140 feeds with ten columns each.
    #[test]
    fn fifty_thousand_findings_of_re_drops_are_few_rows() {
        let mut groups = Groups::default();
        let mut findings = 0;
        for month in 0..36 {
            for feed in 0..140u8 {
                let feed = [b'a' + feed / 26, b'a' + feed % 26].map(char::from);
                let name = format!("in/{}{}_{}{:02}.csv", feed[0], feed[1], 2023 + month / 12, 1 + month % 12);
                let mut document = document(&name, 100);
                let column = |identifier| Finding { identifier, ..document.findings[0].clone() };
                document.findings = Identifier::all().take(10).map(column).collect();
                findings += document.findings.len();
                groups.add("drop", &document.locator.path("drop"), &document);
            }
        }
        let rows = groups.take();
        assert!(findings >= 50_000 && rows.len() <= 200, "{findings} findings, {} rows", rows.len());
        assert_eq!(rows.iter().map(|row| row.findings).sum::<u64>(), findings as u64);
        let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(ids.len(), rows.len());
    }

    #[test]
    fn what_is_protected_otherwise_is_another_row_and_info_is_none() {
        let mut one = document("a.csv", 5);
        let mut hashed = samples::finding();
        hashed.protection = Protection::Hashed;
        hashed.severity = Severity::Low;
        hashed.people = 4;
        let mut provider = samples::finding();
        provider.severity = Severity::Info;
        provider.identifier = Identifier::NPI;
        one.findings.extend([hashed, provider]);
        let rows = grouped(&mut Groups::default(), &[one]);
        assert_eq!(rows.len(), 2);
        assert_eq!(rows.iter().map(|row| row.protection.name()).collect::<Vec<_>>(), ["plaintext", "hashed"]);
        assert_eq!(rows.iter().map(|row| row.people_most).collect::<Vec<_>>(), [5, 4]);
        assert!(rows.iter().all(|row| names(&row.identifiers) == "ssn"));
    }

    #[test]
    fn what_is_accepted_comes_last() {
        let mut accepted = document("a.csv", 500);
        accepted.findings[0].decision.accepted = true;
        accepted.findings[0].decision.disposition = "false-alarm".to_string();
        let rows = grouped(&mut Groups::default(), &[accepted, document("b.csv", 1)]);
        assert_eq!(rows.iter().map(|row| row.series.as_str()).collect::<Vec<_>>(), ["drop/b.csv", "drop/a.csv"]);
        assert_eq!(rows[1].decided.as_ref().map(|(_, said)| said.as_str()), Some("false-alarm"));
    }

    #[test]
    fn feeds_too_many_to_remember_are_counted_by_folder() {
        let mut groups = Groups { groups_at_most: 1, folders_at_most: 1, ..Groups::default() };
        let names = ["a.csv", "x/b.csv", "x/c.csv", "y/d.csv", "a.csv"];
        let rows = grouped(&mut groups, &names.map(|name| document(name, 1)));
        let mut seen: Vec<(&str, u64, bool)> =
            rows.iter().map(|row| (row.series.as_str(), row.documents, row.id.is_empty())).collect();
        seen.sort_unstable();
        assert_eq!(seen, [("drop/**", 1, true), ("drop/a.csv", 2, false), ("drop/x/**", 2, true)]);
    }
}
