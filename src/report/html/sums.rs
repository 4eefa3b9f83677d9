//! A run's events → what the page says in figures and charts. In: documents and gaps, one at a time. Out: sums by
//! severity, identifier, folder, root, reader, age and reason. Refuses nothing; folders are the only thing that grows with the
//! data, and above a number those of a root are one.

use std::collections::BTreeMap;

use crate::finding::{Document, Finding, ReadableBy, Root, Severity};
use crate::gap::{Class, Gap, Reason};
use crate::identifier::Identifier;
use crate::report::root_name;
use crate::report::words::plain;

/// Folders remembered; what is in others is counted for the root as a whole.
const FOLDERS: usize = 20_000;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// How long ago a document was changed: the last day of each group, and its name.
pub(super) const AGES: [(i64, &str); 7] = [
    (30, "up to 30 days"),
    (90, "1 to 3 months"),
    (365, "3 to 12 months"),
    (3 * 365, "1 to 3 years"),
    (7 * 365, "3 to 7 years"),
    (i64::MAX, "over 7 years"),
    (i64::MAX, "not known"),
];

/// Readers, the most of them first.
pub(super) const READERS: [ReadableBy; 6] = [
    ReadableBy::World,
    ReadableBy::Group,
    ReadableBy::Acl,
    ReadableBy::Owner,
    ReadableBy::Declared,
    ReadableBy::Unknown,
];

/// Counts of findings by severity, indexed by [`Severity`] as a number.
pub(super) type BySeverity = [u64; 5];

/// What is counted of a folder or a root.
#[derive(Clone, Default)]
pub(super) struct Part {
    pub(super) findings: BySeverity,
    /// Documents with listed findings.
    pub(super) documents: u64,
    /// Places that could hold data and were not read.
    pub(super) blind: u64,
}

/// What is counted of an identifier.
#[derive(Clone, Default)]
pub(super) struct OfIdentifier {
    pub(super) findings: BySeverity,
    pub(super) values: u64,
    /// By reader, in the order of [`READERS`]; plaintext only.
    pub(super) plaintext: [u64; 6],
}

/// Gaps of one reason.
#[derive(Default)]
pub(super) struct OfReason {
    pub(super) gaps: u64,
    pub(super) bytes: u64,
    /// The path of the first.
    pub(super) first: String,
}

/// The sums of a run.
#[derive(Default)]
pub(super) struct Sums {
    roots: Vec<Root>,
    /// Seconds since 1970.
    started: i64,
    pub(super) documents_with_findings: u64,
    pub(super) identifiers: BTreeMap<usize, OfIdentifier>,
    pub(super) folders: BTreeMap<(usize, String), Part>,
    pub(super) by_root: BTreeMap<usize, Part>,
    pub(super) ages: [u64; AGES.len()],
    pub(super) readers: [u64; 6],
    pub(super) hints: BTreeMap<&'static str, u64>,
    /// Findings by what has become of them; empty after a scan.
    pub(super) states: BTreeMap<&'static str, u64>,
    pub(super) reasons: BTreeMap<(Class, Reason), OfReason>,
}

impl Sums {
    pub(super) fn new(roots: &[Root], started: &str) -> Sums {
        let started = started.parse::<jiff::Timestamp>().map_or(0, |time| time.as_second());
        Sums { roots: roots.to_vec(), started, ..Sums::default() }
    }

    pub(super) fn document(&mut self, document: &Document) {
        let root = root_name(&self.roots, document.root).to_string();
        for gap in &document.gaps {
            self.gap(gap);
        }
        for finding in document.findings.iter().filter(|finding| finding.listed && !finding.history.state.is_empty()) {
            *self.states.entry(finding.history.state).or_default() += 1;
        }
        let open: Vec<&Finding> =
            document.findings.iter().filter(|finding| finding.listed && !finding.decision.accepted).collect();
        if open.is_empty() {
            return;
        }
        self.documents_with_findings += 1;
        let reader = READERS.iter().position(|reader| *reader == document.access.readable_by).unwrap_or(5);
        let matters = open.iter().any(|finding| finding.severity > Severity::Info);
        if matters {
            self.ages[self.age(document.access.modified)] += 1;
            self.readers[reader] += 1;
        }
        let mut findings = BySeverity::default();
        for finding in &open {
            findings[finding.severity as usize] += 1;
            let of = self.identifiers.entry(finding.identifier.index()).or_default();
            of.findings[finding.severity as usize] += 1;
            of.values += finding.matches;
            if finding.severity > Severity::Info {
                if finding.protection == crate::finding::Protection::Plaintext {
                    of.plaintext[reader] += 1;
                }
                if !finding.action_hint.is_empty() {
                    *self.hints.entry(finding.action_hint).or_default() += 1;
                }
            }
        }
        let path = document.locator.path(&root);
        let folder = path.split('!').next().and_then(|file| file.rsplit_once('/')).map_or("", |(folder, _)| folder);
        let mut key = (document.root, plain(folder));
        if self.folders.len() >= FOLDERS && !self.folders.contains_key(&key) {
            key.1 = plain(&root);
        }
        for part in [self.folders.entry(key).or_default(), self.by_root.entry(document.root).or_default()] {
            part.documents += 1;
            for (sum, n) in part.findings.iter_mut().zip(findings) {
                *sum += n;
            }
        }
    }

    pub(super) fn gap(&mut self, gap: &Gap) {
        if gap.class == Class::Blind {
            self.by_root.entry(gap.root).or_default().blind += 1;
        }
        let of = self.reasons.entry((gap.class, gap.reason)).or_default();
        if of.gaps == 0 {
            of.first = plain(&gap.locator.path(root_name(&self.roots, gap.root)));
        }
        of.gaps += 1;
        of.bytes = of.bytes.saturating_add(gap.bytes.unwrap_or(0));
    }

    /// The group of a time of change.
    fn age(&self, modified: Option<i64>) -> usize {
        let Some(modified) = modified else { return AGES.len() - 1 };
        let days = self.started.saturating_sub(modified) / DAY;
        AGES.iter().position(|(last, _)| days <= *last).unwrap_or(AGES.len() - 1)
    }

    /// Sums by letter of 45 CFR 164.514(b)(2)(i), each with its identifiers in the order of the table.
    pub(super) fn letters(&self) -> BTreeMap<&'static str, Vec<(Identifier, &OfIdentifier)>> {
        let mut letters: BTreeMap<&'static str, Vec<(Identifier, &OfIdentifier)>> = BTreeMap::new();
        for identifier in Identifier::all() {
            if let Some(of) = self.identifiers.get(&identifier.index()) {
                letters.entry(identifier.info().letter).or_default().push((identifier, of));
            }
        }
        letters
    }

    /// The worst folders first, so many of them, and how many there are.
    pub(super) fn worst_folders(&self, many: usize) -> (Vec<(&str, &Part)>, usize) {
        let mut folders: Vec<(&str, &Part)> =
            self.folders.iter().map(|((_, folder), part)| (folder.as_str(), part)).collect();
        folders.sort_by(|a, b| worse(&b.1.findings, &a.1.findings).then(a.0.cmp(b.0)));
        let all = folders.len();
        folders.truncate(many);
        (folders, all)
    }
}

/// Which counts are worse: of the highest severity first.
pub(super) fn worse(a: &BySeverity, b: &BySeverity) -> std::cmp::Ordering {
    a.iter().rev().cmp(b.iter().rev())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn sums_are_those_of_listed_findings() {
        let mut sums = Sums::new(&samples::run().roots, &samples::run().started);
        let mut document = samples::document();
        document.gaps.push(samples::gap("a.zip", Reason::Malformed));
        sums.document(&document);
        sums.gap(&samples::gap("x/y.pdf", Reason::Unsupported));
        assert_eq!(sums.identifiers.len(), 1, "the phone is not listed");
        let ssn = &sums.identifiers[&Identifier::SSN.index()];
        assert_eq!((ssn.findings, ssn.values, ssn.plaintext[0]), ([0, 0, 0, 0, 1], 1171, 1));
        assert_eq!(sums.ages, [0, 0, 0, 0, 0, 1, 0], "1970");
        assert_eq!(sums.readers[0], 1);
        assert_eq!(sums.by_root[&0].blind, 2);
        let (folders, all) = sums.worst_folders(5);
        assert_eq!((folders[0].0, all), ("drop", 1));
        assert_eq!(sums.letters().keys().copied().collect::<Vec<_>>(), ["G"]);
    }

    #[test]
    fn ages_are_counted_from_the_run() {
        let sums = Sums::new(&[], "2026-11-22T01:02:03Z");
        let ago = |days: i64| sums.age(Some(sums.started - days * DAY));
        assert_eq!([ago(-5), ago(0), ago(30), ago(31), ago(400), ago(4000)], [0, 0, 0, 1, 3, 5]);
        assert_eq!(sums.age(None), 6);
    }
}
