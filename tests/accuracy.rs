//! Precision and recall by identifier on the made vendor drop in `testdata/drop`, against the truth beside it.
//! What counts is a place (`file`, column or text, identifier, protection) reported at `likely` or higher with the
//! right side: a provider's data must be told from a patient's or an employee's.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::Deserialize;

use phisweep::engine::Engine;
use phisweep::finding::{Confidence, Document, Finding, Place, Severity, Status, Subject};
use phisweep::identifier::Identifier;
use phisweep::options::Options;
use phisweep::scan::{self, Progress};

/// The identifiers the truth covers. Findings of others are not judged here.
const COVERED: [Identifier; 15] = [
    Identifier::SSN,
    Identifier::ITIN,
    Identifier::BIRTH_DATE,
    Identifier::MBI,
    Identifier::HICN,
    Identifier::MEMBER_ID,
    Identifier::MEDICAID_ID,
    Identifier::GROUP_NUMBER,
    Identifier::MRN,
    Identifier::NPI,
    Identifier::PHONE,
    Identifier::EMAIL,
    Identifier::NAME,
    Identifier::ADDRESS,
    Identifier::ZIP,
];

/// Files that hold nobody's data: nothing there may be worth more than `info`.
const NOBODYS: [&str; 5] = [
    "README.md",
    "billing/shipments_2026.csv",
    "legacy/INVH0926.dat",
    "ops/reconcile.py",
    "provider/directory_2026.csv",
];

/// Precision and recall that must be reached: core identifiers, then the others.
const CORE_FLOOR: f64 = 0.95;
const OTHER_FLOOR: f64 = 0.90;

/// A place of `truth.jsonl`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Truth {
    file: String,
    place: String,
    identifier: String,
    subject: String,
    protection: String,
    /// None where a number is not defined.
    matches: Option<u64>,
    distinct: Option<u64>,
    /// May be reported or not.
    #[serde(default)]
    optional: bool,
    /// All of them are published samples.
    #[serde(default)]
    test_values: bool,
}

/// A file of `people.jsonl`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    file: String,
    people: u64,
}

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

fn lines<T: for<'a> Deserialize<'a>>(file: &str) -> Vec<T> {
    let text = std::fs::read_to_string(testdata().join(file)).expect(file);
    text.lines()
        .enumerate()
        .map(|(n, line)| serde_json::from_str(line).unwrap_or_else(|error| panic!("{file}:{}: {error}", n + 1)))
        .collect()
}

/// The drop, scanned once for all tests here.
fn drop_documents() -> &'static [Document] {
    static DOCUMENTS: OnceLock<Vec<Document>> = OnceLock::new();
    DOCUMENTS.get_or_init(|| {
        let engine = Engine::built_in().expect("the built-in rules load");
        let roots = scan::roots(&[testdata().join("drop")]).expect("testdata/drop is a root");
        let mut documents: Vec<Document> = Vec::new();
        scan::scan(&engine, &Options::default(), &roots, &Progress::default(), &mut documents).expect("the scan runs");
        documents
    })
}

fn document(file: &str) -> &'static Document {
    drop_documents()
        .iter()
        .find(|document| document.locator.parts() == [file])
        .unwrap_or_else(|| panic!("testdata/drop/{file} was not scanned"))
}

/// All files below a folder, relative to it, sorted.
fn files_below(folder: &Path) -> Vec<String> {
    let mut files: Vec<String> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("testdata can be read"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let relative = entry.path().strip_prefix(folder).expect("below its root");
            relative.to_str().expect("testdata has plain names").to_string()
        })
        .collect();
    files.sort();
    files
}

/// Whether the truth's `column:ssn`, `column:5` or `text` is this place. A header's word or the column's number will do.
fn same_place(truth: &str, place: &Place) -> bool {
    match (truth.strip_prefix("column:"), place) {
        (Some(column), Place::Column { name, index }) => {
            name.as_deref() == Some(column) || column.parse() == Ok(*index)
        }
        (None, place) => truth == place.kind() && !matches!(place, Place::Column { .. }),
        _ => false,
    }
}

fn is_this(truth: &Truth, document: &Document, finding: &Finding) -> bool {
    document.locator.parts() == [truth.file.as_str()]
        && same_place(&truth.place, &finding.place)
        && truth.identifier == finding.identifier.name()
        && truth.protection == finding.protection.name()
}

/// Findings the truth can judge, with their documents.
fn judged() -> impl Iterator<Item = (&'static Document, &'static Finding)> {
    drop_documents()
        .iter()
        .flat_map(|document| document.findings.iter().map(move |finding| (document, finding)))
        .filter(|(_, finding)| finding.confidence >= Confidence::Likely && COVERED.contains(&finding.identifier))
}

/// The row of the table a place counts in.
fn row(identifier: &str, provider: bool) -> String {
    match (identifier, provider) {
        ("npi", true) => identifier.to_string(),
        ("npi", false) => "npi, not a provider's".to_string(),
        (_, true) => format!("{identifier}, a provider's"),
        (_, false) => identifier.to_string(),
    }
}

#[derive(Default)]
struct Score {
    right: u64,
    wrong: Vec<String>,
    missed: Vec<String>,
}

impl Score {
    fn precision(&self) -> f64 {
        share(self.right, self.wrong.len())
    }

    fn recall(&self) -> f64 {
        share(self.right, self.missed.len())
    }
}

fn share(right: u64, other: usize) -> f64 {
    match right + other as u64 {
        0 => 1.0,
        all => right as f64 / all as f64,
    }
}

/// Scores by row of the table.
fn scores(truths: &[Truth]) -> BTreeMap<String, Score> {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let is_provider = |truth: &Truth| truth.subject == Subject::Provider.name();
    for (document, finding) in judged() {
        let provider = finding.subject == Subject::Provider;
        let score = scores.entry(row(finding.identifier.name(), provider)).or_default();
        match truths.iter().find(|truth| is_this(truth, document, finding)) {
            Some(truth) if truth.optional => {}
            Some(truth) if is_provider(truth) == provider => score.right += 1,
            _ => score.wrong.push(format!(
                "{} {} ({}, {}, {:.2}, {} matches: {})",
                document.locator.path(""),
                finding.place,
                finding.protection,
                finding.subject,
                finding.probability,
                finding.matches,
                finding.evidence.join(", ")
            )),
        }
    }
    for truth in truths.iter().filter(|truth| !truth.optional) {
        let provider = is_provider(truth);
        let found = judged().any(|(document, finding)| {
            is_this(truth, document, finding) && (finding.subject == Subject::Provider) == provider
        });
        let score = scores.entry(row(&truth.identifier, provider)).or_default();
        if !found {
            score.missed.push(format!("{} {} ({}, {})", truth.file, truth.place, truth.protection, truth.subject));
        }
    }
    scores
}

fn floor(row: &str) -> f64 {
    match Identifier::by_name(row) {
        Some(identifier) if identifier.info().core => CORE_FLOOR,
        _ => OTHER_FLOOR,
    }
}

#[test]
fn precision_and_recall_hold_their_floors() {
    let scores = scores(&lines("truth.jsonl"));
    let mut table =
        format!("{:<28} {:>3} {:>3} {:>3} {:>9} {:>6}\n", "identifier", "TP", "FP", "FN", "precision", "recall");
    let mut below = false;
    for (row, score) in &scores {
        let low = score.precision() < floor(row) || score.recall() < floor(row);
        below |= low;
        let (wrong, missed) = (score.wrong.len(), score.missed.len());
        let (precision, recall) = (score.precision(), score.recall());
        let mark = if low { "  below its floor" } else { "" };
        writeln!(table, "{row:<28} {:>3} {wrong:>3} {missed:>3} {precision:>9.3} {recall:>6.3}{mark}", score.right)
            .expect("a string takes everything");
    }
    for (row, score) in &scores {
        for (what, places) in [("false", &score.wrong), ("missed", &score.missed)] {
            for place in places {
                writeln!(table, "{what:<6} {row}: {place}").expect("a string takes everything");
            }
        }
    }
    assert!(
        !below,
        "on testdata/drop, floors {CORE_FLOOR} for core identifiers and {OTHER_FLOOR} for others:\n{table}"
    );
}

#[test]
fn matches_of_each_place_agree_with_the_truth() {
    let near = |found: u64, truth: u64| found.abs_diff(truth) * 50 <= truth;
    let mut off = String::new();
    for truth in lines::<Truth>("truth.jsonl") {
        let Some((_, finding)) = judged().find(|(document, finding)| is_this(&truth, document, finding)) else {
            continue;
        };
        let mut compare = |what: &str, found: u64, truth_number: Option<u64>| {
            if truth_number.is_some_and(|number| !near(found, number)) {
                let number = truth_number.unwrap_or_default();
                let (file, place, identifier) = (&truth.file, &truth.place, &truth.identifier);
                writeln!(off, "{file} {place} {identifier}: {found} {what}, {number} are there")
                    .expect("a string takes everything");
            }
        };
        compare("matches", finding.matches, truth.matches);
        compare("test values", finding.test_values, Some(if truth.test_values { finding.matches } else { 0 }));
        // The same address or name can be written in two ways; numbers cannot.
        if finding.identifier.info().core && finding.distinct_exact {
            compare("distinct", finding.distinct, truth.distinct);
        }
    }
    assert!(off.is_empty(), "more than 2 % off:\n{off}");
}

#[test]
fn people_are_counted() {
    let mut off = String::new();
    for truth in lines::<People>("people.jsonl") {
        let found = document(&truth.file);
        let within = found.people_low <= truth.people && truth.people <= found.people_high;
        if found.people.abs_diff(truth.people) * 50 > truth.people || !within {
            let (file, people) = (&truth.file, truth.people);
            let (n, low, high) = (found.people, found.people_low, found.people_high);
            writeln!(off, "{file}: {n} people ({low} to {high}), {people} are there")
                .expect("a string takes everything");
        }
    }
    assert!(off.is_empty(), "more than 2 % off, or outside the range:\n{off}");
}

#[test]
fn every_file_of_the_drop_is_read_whole() {
    for file in files_below(&testdata().join("drop")) {
        let document = document(&file);
        assert_eq!(document.status, Status::Complete, "{file}");
        assert!(document.gaps.is_empty(), "{file}: {:?}", document.gaps);
    }
}

#[test]
fn nobodys_data_raises_nothing() {
    for file in NOBODYS {
        for finding in document(file).findings.iter().filter(|finding| finding.listed) {
            let what = format!("{file} {}: {}, {}", finding.place, finding.identifier, finding.severity_reason);
            assert_eq!(finding.severity, Severity::Info, "{what}");
        }
        assert_eq!(document(file).severity, Severity::Info, "{file}");
    }
}

#[test]
fn providers_and_test_values_are_information_only() {
    for (document, finding) in judged() {
        if finding.subject == Subject::Provider || finding.test_values == finding.matches {
            let what = format!("{} {} {}", document.locator.path(""), finding.place, finding.identifier);
            assert_eq!(finding.severity, Severity::Info, "{what}");
            assert_eq!(finding.people, 0, "{what}");
        }
    }
}

#[test]
fn employees_are_told_from_patients() {
    for truth in lines::<Truth>("truth.jsonl").iter().filter(|truth| truth.subject == "workforce") {
        for (_, finding) in judged().filter(|(document, finding)| is_this(truth, document, finding)) {
            assert_eq!(finding.subject, Subject::Workforce, "{} {} {}", truth.file, truth.place, truth.identifier);
        }
    }
    let patients = ["eligibility/members_202610.csv", "claims/claims_2026q3.tsv", "clinical/ward_notes_0926.txt"];
    for (document, finding) in judged().filter(|(document, _)| patients.contains(&document.locator.parts()[0].as_str()))
    {
        assert_ne!(finding.subject, Subject::Workforce, "{} {}", document.locator.path(""), finding.place);
    }
}

/// The truth itself: known names, files that exist, no place twice, no person's number that a test value could excuse.
#[test]
fn the_truth_is_well_formed() {
    let files = files_below(&testdata().join("drop"));
    let truths = lines::<Truth>("truth.jsonl");
    let mut seen = std::collections::BTreeSet::new();
    for truth in &truths {
        let what = format!("{truth:?}");
        assert!(files.contains(&truth.file), "{what}");
        assert!(COVERED.iter().any(|identifier| identifier.name() == truth.identifier), "{what}");
        assert!(Subject::by_name(&truth.subject).is_some(), "{what}");
        assert!(phisweep::finding::Protection::by_name(&truth.protection).is_some(), "{what}");
        assert_eq!(truth.matches.is_some(), truth.distinct.is_some(), "{what}");
        assert!(!truth.test_values || truth.optional, "{what}");
        assert!(seen.insert((&truth.file, &truth.place, &truth.identifier, &truth.protection)), "twice: {what}");
    }
    for people in lines::<People>("people.jsonl") {
        assert!(files.contains(&people.file), "{people:?}");
    }
    for file in NOBODYS {
        assert!(files.contains(&file.to_string()), "{file}");
    }
    // Recall of an identifier that stands nowhere would say nothing.
    for identifier in COVERED {
        assert!(truths.iter().any(|truth| truth.identifier == identifier.name() && !truth.optional), "{identifier}");
    }
}
