//! Compares what a scan says of made documents with what is true. In: pages. Out: counts by identifier and by format, and for
//! each finding its probability and whether it was right.
//!
//! Where a library reads the document and positions are none of a text, values are compared instead of places.
//!
//! The unit of precision and recall is a *decision*: a column of a table, or one value in a text. A column is found where 95 of
//! 100 of its values are. The unit of the reliability table is a *finding*: it is right where nine tenths of its values are
//! what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use phisweep::engine::Engine;
use phisweep::finding::{Confidence, Document, Match, Place, Protection, Subject};
use phisweep::identifier::Identifier;
use phisweep::options::{Options, Reveal};
use phisweep::scan::{self, Progress};
use phisweep::validate::{Normal, Setting, Verdict};

use super::made::{Page, Whose};

/// Right, wrong, missed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) right: u64,
    pub(crate) wrong: u64,
    pub(crate) missed: u64,
}

impl Counts {
    pub(crate) fn precision(&self) -> f64 {
        share(self.right, self.right + self.wrong)
    }

    pub(crate) fn recall(&self) -> f64 {
        share(self.right, self.right + self.missed)
    }

    pub(crate) fn f1(&self) -> f64 {
        share(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }

    pub(crate) fn add(&mut self, other: Counts) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }
}

fn share(part: u64, all: u64) -> f64 {
    if all == 0 { 1.0 } else { part as f64 / all as f64 }
}

/// Whether the bar for core identifiers is about it.
pub(crate) fn is_core(identifier: Identifier) -> bool {
    matches!(identifier.name(), "ssn" | "birth-date" | "mbi" | "member-id" | "mrn")
}

/// One finding: how sure it was, and whether it was right.
#[derive(Clone, Debug)]
pub(crate) struct Sure {
    pub(crate) identifier: Identifier,
    pub(crate) probability: f64,
    pub(crate) right: bool,
    /// Its evidence, for looking at.
    pub(crate) evidence: Vec<String>,
    /// In a column.
    pub(crate) column: bool,
}

/// What a set of pages came to.
#[derive(Debug, Default)]
pub(crate) struct Score {
    /// By identifier and format.
    pub(crate) counts: BTreeMap<(Identifier, String), Counts>,
    pub(crate) sure: Vec<Sure>,
    /// Documents of a class beyond dispute, and how many were given it.
    pub(crate) classes: (u64, u64),
    /// What was missed and found without being there.
    pub(crate) disagreements: Vec<String>,
}

impl Score {
    /// All formats together.
    pub(crate) fn by_identifier(&self) -> BTreeMap<Identifier, Counts> {
        let mut all: BTreeMap<Identifier, Counts> = BTreeMap::new();
        self.counts.iter().for_each(|((identifier, _), counts)| all.entry(*identifier).or_default().add(*counts));
        all
    }

    /// The core identifiers together.
    pub(crate) fn core_by_format(&self) -> BTreeMap<&str, Counts> {
        let mut all: BTreeMap<&str, Counts> = BTreeMap::new();
        let core = self.counts.iter().filter(|((identifier, _), _)| is_core(*identifier));
        core.for_each(|((_, format), counts)| all.entry(format).or_default().add(*counts));
        all
    }

    /// All identifiers together.
    pub(crate) fn by_format(&self) -> BTreeMap<&str, Counts> {
        let mut all: BTreeMap<&str, Counts> = BTreeMap::new();
        self.counts.iter().for_each(|((_, format), counts)| all.entry(format).or_default().add(*counts));
        all
    }
}

/// Scans the pages and compares. `worker` is the program that reads what libraries read.
pub(crate) fn score(engine: &Engine, pages: &[Page], worker: Option<&Path>) -> Score {
    let options = Options {
        matches: true,
        reveal: Reveal::Full,
        min_confidence: Confidence::Possible,
        threads: 1,
        worker: worker.map(Path::to_path_buf),
        ..Options::default()
    };
    // What no rule looks for is not asked for.
    let known: BTreeSet<Identifier> = engine.rules().rules.iter().map(|rule| rule.identifier).collect();
    let mut score = Score::default();
    for page in pages {
        one(engine, &options, &known, page, &mut score);
    }
    score
}

/// A column in which an identifier stands: which, in which column, of whom.
type Column = (Identifier, Option<usize>, usize);

/// What a scan says of a page. A document of which a worker hands out the parts has its findings and matches in them.
fn scanned(engine: &Engine, options: &Options, page: &Page) -> Document {
    let Some(file) = &page.file else {
        return scan::scan_bytes(engine, options, &page.name, &page.bytes);
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(&page.name);
    std::fs::write(&path, file).expect("a file");
    let roots = scan::roots(&[path]).expect("a root");
    let mut documents: Vec<Document> = Vec::new();
    scan::scan(engine, options, &roots, &Progress::default(), &mut documents).expect("the scan runs");
    let order = |document: &Document| (document.findings.len(), document.people);
    documents.sort_by_key(order);
    let mut all = documents.pop().expect("a document");
    for document in documents {
        all.findings.extend(document.findings);
        all.matches.extend(document.matches);
    }
    all
}

/// Without its form: as the checks of its identifier see it, else its letters and digits.
fn normal(engine: &Engine, identifier: Identifier, value: &str) -> Normal {
    let rules = engine.rules().rules.iter().filter(|rule| rule.identifier == identifier);
    let mut verdicts = rules.map(|rule| (rule.check)(value.as_bytes(), Setting::Field));
    let valid = verdicts.find_map(|verdict| match verdict {
        Verdict::Valid(valid) => Some(valid.normal),
        _ => None,
    });
    valid.unwrap_or_else(|| Normal::alnum(value.as_bytes()))
}

/// The values of a page that a match is, by where it stands or, where that is no place in a text, by what it says.
fn meets(engine: &Engine, page: &Page, one: &Match) -> Vec<usize> {
    let same = |at: &usize| page.truths[*at].identifier == one.identifier;
    if page.file.is_none() {
        // Spans do not overlap and stand in order; a match may hold several, as a name in two fields.
        let from = page.truths.partition_point(|truth| (truth.span.end as u64) <= one.bytes.start);
        let until = page.truths.partition_point(|truth| (truth.span.start as u64) < one.bytes.end);
        return (from..until).filter(same).collect();
    }
    let found = normal(engine, one.identifier, &one.value);
    // As a match of a place may be a part of a value or more than it.
    let holds = |outer: &str, inner: &str| inner.len() >= 4 && outer.contains(inner);
    let says = |at: &usize| {
        let text = String::from_utf8_lossy(&page.bytes[page.truths[*at].span.clone()]);
        holds(&text, &one.value) || holds(&one.value, &text) || normal(engine, one.identifier, &text) == found
    };
    (0..page.truths.len()).filter(same).filter(says).collect()
}

fn one(engine: &Engine, options: &Options, known: &BTreeSet<Identifier>, page: &Page, score: &mut Score) {
    let document = scanned(engine, options, page);
    let name = page.name.clone();
    if let Some(class) = page.class {
        score.classes.1 += 1;
        if document.class.name() == class {
            score.classes.0 += 1;
        } else {
            score.disagreements.push(format!("class {name}: {} and not {class}", document.class));
        }
    }
    let findings: BTreeMap<&str, &phisweep::finding::Finding> =
        document.findings.iter().map(|finding| (finding.id.as_str(), finding)).collect();
    let mut found = vec![false; page.truths.len()];
    // By finding: how many of its values are what it says, how many may be, how many are not.
    let mut tallies: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
    let mut wrong: BTreeSet<(Identifier, Option<Place>, u64)> = BTreeSet::new();
    for one in &document.matches {
        let Some(finding) = findings.get(one.finding_id.as_str()) else { continue };
        let provider = finding.subject == Subject::Provider;
        let tally = tallies.entry(finding.id.as_str()).or_default();
        let truths = meets(engine, page, one);
        let right = match truths.first().map(|at| &page.truths[*at]) {
            Some(truth) if truth.whose == Whose::Anybody => 1,
            Some(truth) if (truth.whose == Whose::Provider) == provider => 0,
            // What a table says of providers without saying so is nobody's fault.
            _ => 2,
        };
        tally[right] += 1;
        if one.confidence < Confidence::Likely {
            continue;
        }
        match right {
            0 => truths.into_iter().for_each(|at| found[at] = true),
            2 => {
                let place = (finding.place != Place::Text).then(|| finding.place.clone());
                let each = if place.is_some() { 0 } else { one.bytes.start };
                if wrong.insert((one.identifier, place, each)) {
                    score.disagreements.push(format!(
                        "more {} in {name} {}: {:?} ({}; {})",
                        one.identifier,
                        finding.place,
                        one.value,
                        finding.subject,
                        finding.evidence.join(", ")
                    ));
                }
            }
            _ => {}
        }
    }
    for (identifier, _, _) in &wrong {
        score.counts.entry((*identifier, page.format.clone())).or_default().wrong += 1;
    }
    let mut columns = BTreeMap::<Column, (u64, u64, usize)>::new();
    for (at, truth) in page.truths.iter().enumerate() {
        // In a text a provider's are not asked for, but for the numbers of providers.
        let asked = match truth.whose {
            Whose::Anybody => false,
            Whose::Provider => truth.column.is_some() || truth.identifier == Identifier::NPI,
            Whose::Person => true,
        };
        if !asked || !known.contains(&truth.identifier) {
            continue;
        }
        let each = if truth.column.is_some() { 0 } else { at };
        let entry = columns.entry((truth.identifier, truth.column, each)).or_insert((0, 0, at));
        entry.0 += u64::from(found[at]);
        entry.1 += 1;
    }
    for ((identifier, column, _), (there, all, at)) in columns {
        let counts = score.counts.entry((identifier, page.format.clone())).or_default();
        if there * 100 >= all * 95 {
            counts.right += 1;
            continue;
        }
        counts.missed += 1;
        let span = page.truths[at].span.clone();
        let value = String::from_utf8_lossy(&page.bytes[span.clone()]);
        let line = page.bytes[..span.start].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let before = String::from_utf8_lossy(&page.bytes[line.max(span.start.saturating_sub(60))..span.start]);
        let head = page.bytes.split(|b| *b == b'\n').find(|line| !line.is_empty()).unwrap_or_default();
        let context = match column {
            Some(column) => format!("column {} of {}", column + 1, String::from_utf8_lossy(head).trim_end()),
            None => format!("behind {before:?}"),
        };
        score.disagreements.push(format!("missed {identifier} in {name}: {value:?}, {there} of {all}, {context}"));
    }
    for (id, [right, maybe, wrong]) in tallies {
        let finding = findings[id];
        if finding.protection != Protection::Plaintext || right + wrong == 0 || maybe > right + wrong {
            continue;
        }
        score.sure.push(Sure {
            identifier: finding.identifier,
            probability: finding.probability,
            right: right * 10 >= (right + wrong) * 9,
            evidence: finding.evidence.clone(),
            column: matches!(finding.place, Place::Column { .. }),
        });
    }
}
