//! A fact sheet on some paths: what a privacy officer needs to know when they may have been read by somebody. In: the paths; the run,
//! its documents and gaps, one at a time. Out: plain sentences and tables, without any value and without a number of people below
//! 11, none of which can be computed from the others either. Refuses paths at which the report knows nothing.
//!
//! Reports hold no keys of people: those of several documents cannot be told apart, so their number is a range.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::finding::{Document, Finding, Protection, Severity};
use crate::gap::{Gap, Reason};
use crate::identifier::Identifier;
use crate::locator::path_text;
use crate::report::{root_name, utc};
use crate::scan::Run;

mod facts;
mod page;
mod small;

pub use page::Style;

/// Documents that are listed by name, those with most people.
const LISTED: usize = 50;

/// Gaps that are listed by name.
const GAPS: usize = 50;

/// A fact sheet being put together.
pub struct Incident {
    asked: Vec<Asked>,
    run: Option<Run>,
    documents: u64,
    bytes: u64,
    records: u64,
    /// The most and the sum over documents of people, and of the ends of their range.
    people: Range,
    inexact: bool,
    /// The document with most people, and all: by state, in the order of the names; without a state last.
    states: BTreeMap<&'static str, u64>,
    state_unknown: u64,
    under_18: u64,
    over_89: u64,
    deceased: u64,
    /// Whether any of these is known: reports of old have none.
    parts_known: bool,
    kinds: BTreeMap<Identifier, Kind>,
    not_people: BTreeSet<Identifier>,
    sensitive: BTreeMap<&'static str, u64>,
    access: BTreeMap<Access, u64>,
    modified: Option<(i64, i64)>,
    /// When a sweep first and last met a finding for the first time.
    first_seen: Option<(i64, i64)>,
    accepted: BTreeSet<String>,
    listed: Vec<Line>,
    unlisted: (u64, u64),
    clean: u64,
    partial: u64,
    gaps: Vec<Gap>,
    more_gaps: BTreeMap<(Reason, &'static str), u64>,
    key_beside: bool,
    /// The report this rests on, and its hash.
    report: Option<(String, String)>,
}

/// A path that is asked about.
struct Asked {
    as_given: String,
    met: bool,
}

#[derive(Default)]
struct Range {
    most: u64,
    most_low: u64,
    sum: u64,
    sum_high: u64,
}

/// One kind of data.
#[derive(Default)]
struct Kind {
    documents: u64,
    people: u64,
    severity: Option<Severity>,
    /// In what form, and what says so.
    protection: BTreeMap<Protection, BTreeSet<String>>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Access {
    readable_by: &'static str,
    basis: String,
    mode: String,
    owner: String,
}

/// One document.
struct Line {
    people: u64,
    path: String,
    format: &'static str,
    modified: Option<i64>,
    readable_by: &'static str,
}

impl Incident {
    /// About these paths: as reports write them, or as they are in the file system; a folder or an archive stands for what is in
    /// it.
    pub fn new(paths: &[impl AsRef<Path>]) -> Incident {
        let asked = paths.iter().map(|path| {
            let text = path_text(path.as_ref());
            let text = text.strip_prefix("./").unwrap_or(&text).trim_end_matches('/');
            Asked { as_given: text.to_string(), met: false }
        });
        Incident {
            asked: asked.collect(),
            run: None,
            documents: 0,
            bytes: 0,
            records: 0,
            people: Range::default(),
            inexact: false,
            states: BTreeMap::new(),
            state_unknown: 0,
            under_18: 0,
            over_89: 0,
            deceased: 0,
            parts_known: false,
            kinds: BTreeMap::new(),
            not_people: BTreeSet::new(),
            sensitive: BTreeMap::new(),
            access: BTreeMap::new(),
            modified: None,
            first_seen: None,
            accepted: BTreeSet::new(),
            listed: Vec::new(),
            unlisted: (0, 0),
            clean: 0,
            partial: 0,
            gaps: Vec::new(),
            more_gaps: BTreeMap::new(),
            key_beside: false,
            report: None,
        }
    }

    /// The report it rests on, with its SHA-256.
    pub fn report(&mut self, path: &str, sha256: &str) {
        self.report = Some((path.to_string(), sha256.to_string()));
    }

    /// The run.
    pub fn run(&mut self, run: Run) {
        self.run = Some(run);
    }

    /// A document of it.
    pub fn document(&mut self, document: &Document) {
        let Some(path) = self.asked_about(document.root, &document.locator) else { return };
        self.documents += 1;
        // A member's bytes are its archive's too.
        if document.locator.parts().len() == 1 {
            self.bytes += document.bytes;
        }
        self.records += document.records;
        self.people.add(document);
        self.inexact |= !document.people_exact;
        let of = &document.people_of;
        self.parts_known |= !of.states.is_empty() || of.under_18 + of.over_89 + of.deceased > 0;
        of.states.iter().for_each(|(state, people)| *self.states.entry(state).or_default() += people);
        self.state_unknown += of.state_unknown(document.people);
        self.under_18 += of.under_18;
        self.over_89 += of.over_89;
        self.deceased += of.deceased;
        for (category, codes) in &document.sensitive {
            *self.sensitive.entry(category).or_default() += codes;
        }
        self.findings(document);
        let access = &document.access;
        let who = Access {
            readable_by: access.readable_by.name(),
            basis: access.basis.clone(),
            mode: access.mode.clone(),
            owner: access.file_owner.clone(),
        };
        *self.access.entry(who).or_default() += 1;
        if let Some(modified) = access.modified {
            let (first, last) = self.modified.unwrap_or((modified, modified));
            self.modified = Some((first.min(modified), last.max(modified)));
        }
        self.partial += u64::from(document.status == crate::finding::Status::Partial);
        document.gaps.iter().for_each(|gap| self.keep(gap));
        self.list(document, path);
    }

    /// A gap of it.
    pub fn gap(&mut self, gap: &Gap) {
        if self.asked_about(gap.root, &gap.locator).is_some() {
            self.keep(gap);
        }
    }

    /// Paths at which the report knows nothing.
    pub fn unmet(&self) -> Vec<&str> {
        self.asked.iter().filter(|asked| !asked.met).map(|asked| asked.as_given.as_str()).collect()
    }

    /// The sheet.
    pub fn text(&self, style: Style) -> String {
        page::write(&self.pieces(), style)
    }

    /// The path in reports, if it is asked about.
    fn asked_about(&mut self, root: usize, locator: &crate::locator::Locator) -> Option<String> {
        let roots = self.run.as_ref().map_or(&[][..], |run| &run.roots);
        let path = locator.path(root_name(roots, root));
        let file = roots.get(root).map(|root| {
            let below = locator.parts().join("!");
            let top = path_text(&root.path);
            let top = top.strip_prefix("./").unwrap_or(&top).trim_end_matches('/');
            // A root that is a file is named by it.
            let is_file = locator.parts().first().is_some_and(|first| top.rsplit('/').next() == Some(first));
            match (is_file, locator.parts()) {
                (true, [_]) => top.to_string(),
                (true, [_, members @ ..]) => format!("{top}!{}", members.join("!")),
                _ => format!("{top}/{below}"),
            }
        });
        let mut met = false;
        for asked in &mut self.asked {
            let is = |path: &str| {
                let rest = path.strip_prefix(asked.as_given.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '!']))
            };
            if is(&path) || file.as_deref().is_some_and(is) || asked.as_given == "." {
                asked.met = true;
                met = true;
            }
        }
        met.then_some(path)
    }

    fn findings(&mut self, document: &Document) {
        let mut in_document: BTreeMap<Identifier, u64> = BTreeMap::new();
        let mut any = false;
        for finding in document.findings.iter().filter(|finding| finding.listed) {
            if finding.severity == Severity::Info {
                self.not_people.insert(finding.identifier);
                continue;
            }
            any = true;
            if let Some(seen) = finding.history.first_seen {
                let (first, last) = self.first_seen.unwrap_or((seen, seen));
                self.first_seen = Some((first.min(seen), last.max(seen)));
            }
            if !finding.decision.disposition.is_empty() {
                self.accepted.insert(finding.decision.disposition.clone());
            }
            let people = in_document.entry(finding.identifier).or_default();
            *people = (*people).max(finding.people);
            let kind = self.kinds.entry(finding.identifier).or_default();
            kind.severity = kind.severity.max(Some(finding.severity));
            let says = kind.protection.entry(finding.protection).or_default();
            if finding.protection != Protection::Plaintext && says.len() < 4 {
                // Counts would tell how few people there are.
                let without_counts = finding.evidence.iter().filter(|said| !said.bytes().any(|b| b.is_ascii_digit()));
                says.extend(without_counts.take(2).cloned());
                says.extend(scheme(finding));
            }
            self.key_beside |= finding.action_hint == "move-keys";
        }
        for (identifier, people) in in_document {
            let kind = self.kinds.entry(identifier).or_default();
            kind.documents += 1;
            kind.people += people;
        }
        self.clean += u64::from(!any);
    }

    fn list(&mut self, document: &Document, path: String) {
        let line = Line {
            people: document.people,
            path,
            format: document.format,
            modified: document.access.modified,
            readable_by: document.access.readable_by.name(),
        };
        let at = self.listed.partition_point(|there| there.people >= line.people);
        self.listed.insert(at, line);
        if self.listed.len() > LISTED
            && let Some(last) = self.listed.pop()
        {
            self.unlisted = (self.unlisted.0 + 1, self.unlisted.1 + last.people);
        }
    }

    fn keep(&mut self, gap: &Gap) {
        if self.gaps.len() < GAPS {
            self.gaps.push(gap.clone());
        } else {
            *self.more_gaps.entry((gap.reason, gap.class.name())).or_default() += 1;
        }
    }
}

impl Range {
    fn add(&mut self, document: &Document) {
        self.most = self.most.max(document.people);
        self.most_low = self.most_low.max(document.people_low.min(document.people));
        self.sum += document.people;
        self.sum_high += document.people_high.max(document.people);
    }
}

/// What the size of a hash says of how it was made.
fn scheme(finding: &Finding) -> Option<String> {
    let hexadecimal = finding.protection == Protection::Hashed && finding.picture.bytes().all(|b| b"9Aa".contains(&b));
    let name = match finding.picture.len() {
        32 => "MD5",
        40 => "SHA-1",
        56 => "SHA-224",
        64 => "SHA-256",
        96 => "SHA-384",
        128 => "SHA-512",
        _ => return None,
    };
    hexadecimal.then(|| format!("of the size of {name}"))
}

/// A day and time for people; what no calendar holds is not known.
fn day(seconds: i64) -> String {
    utc(seconds).map_or_else(|| "not known".to_string(), |time| time.replace('T', " ").replace('Z', " UTC"))
}
