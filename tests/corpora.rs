//! Files written by others, in `../shared/corpora` beside the tree or where `PHISWEEP_CORPORA` says. Each test says so and
//! ends where they are absent. They are read where they lie and are no part of this project.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::Deserialize;

use phisweep::engine::Engine;
use phisweep::finding::{Confidence, Document, Finding, Place, Severity, Subject};
use phisweep::identifier::Identifier;
use phisweep::options::{Options, Reveal};
use phisweep::scan::{self, Progress};

/// Medicare's research files: beneficiaries, claims of eight kinds, one table of another system.
const MEDICARE: &str = "cms-bfd";
/// The files of claims: they hold dates of everything but a birth.
const CLAIMS: [&str; 8] =
    ["carrier.csv", "dme.csv", "hha.csv", "hospice.csv", "inpatient.csv", "outpatient.csv", "pde.csv", "snf.csv"];

/// One line of `labels/*.jsonl`: what a field holds by its position.
#[derive(Debug, Deserialize)]
struct Label {
    file: String,
    #[serde(rename = "type")]
    kind: String,
    loc: String,
}

pub(crate) fn corpora() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER
        .get_or_init(|| {
            let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
            let folder = std::env::var_os("PHISWEEP_CORPORA").map_or_else(beside, PathBuf::from);
            if folder.is_dir() {
                return Some(folder);
            }
            // Not `println!`, which the test harness keeps to itself. It is a message only: nothing to do where it fails.
            let _ = writeln!(std::io::stderr(), "skipped: no corpora in ../shared/corpora or PHISWEEP_CORPORA");
            None
        })
        .as_deref()
}

/// The Medicare files, scanned once; none where there are no corpora.
fn medicare() -> &'static [Document] {
    static DOCUMENTS: OnceLock<Vec<Document>> = OnceLock::new();
    DOCUMENTS.get_or_init(|| {
        let Some(corpora) = corpora() else { return Vec::new() };
        let engine = Engine::built_in().expect("the built-in rules load");
        let roots = scan::roots(&[corpora.join(MEDICARE)]).expect("the corpus is a root");
        let mut documents: Vec<Document> = Vec::new();
        let options = Options { min_confidence: Confidence::Possible, ..Options::default() };
        scan::scan(&engine, &options, &roots, &Progress::default(), &mut documents).expect("the scan runs");
        documents
    })
}

fn labels() -> Vec<Label> {
    labels_of(MEDICARE)
}

fn labels_of(corpus: &str) -> Vec<Label> {
    let Some(corpora) = corpora() else { return Vec::new() };
    let file = corpora.join("labels").join(corpus).with_extension("jsonl");
    let text = std::fs::read_to_string(file).expect("the corpus has labels");
    text.lines().map(|line| serde_json::from_str(line).expect("a label")).collect()
}

/// The documents of a corpus, with what is only possible, and their values.
fn scanned(corpus: &str) -> Vec<Document> {
    let Some(corpora) = corpora() else { return Vec::new() };
    let engine = Engine::built_in().expect("the built-in rules load");
    let roots = scan::roots(&[corpora.join(corpus)]).expect("the corpus is a root");
    let mut documents: Vec<Document> = Vec::new();
    let options =
        Options { min_confidence: Confidence::Possible, matches: true, reveal: Reveal::Full, ..Options::default() };
    scan::scan(&engine, &options, &roots, &Progress::default(), &mut documents).expect("the scan runs");
    documents
}

/// The columns that hold values of a label, as (file, column), each once.
fn labelled(kind: &str) -> Vec<(String, String)> {
    let mut columns: Vec<(String, String)> = labels()
        .into_iter()
        .filter(|label| label.kind == kind)
        .filter_map(|label| {
            let column = label.loc.split_once(':')?.1.to_string();
            Some((label.file.strip_prefix("cms-bfd/")?.to_string(), column))
        })
        .collect();
    columns.sort();
    columns.dedup();
    columns
}

fn column(finding: &Finding) -> Option<&str> {
    match &finding.place {
        Place::Column { name, .. } => name.as_deref(),
        _ => None,
    }
}

fn findings_in<'a>(file: &'a str, name: &'a str) -> impl Iterator<Item = &'static Finding> + 'a {
    medicare()
        .iter()
        .filter(move |document| document.locator.parts() == [file])
        .flat_map(|document| &document.findings)
        .filter(move |finding| column(finding) == Some(name))
}

/// Every labelled column is found as `identifier` at `likely` or higher.
fn all_found(kind: &str, identifier: Identifier) -> Vec<&'static Finding> {
    let columns = labelled(kind);
    assert!(corpora().is_none() || !columns.is_empty(), "no label {kind}");
    let mut found = Vec::new();
    let mut missed = Vec::new();
    for (file, name) in &columns {
        let likely = |f: &&Finding| f.identifier == identifier && f.confidence >= Confidence::Likely;
        match findings_in(file, name).find(likely) {
            Some(finding) => found.push(finding),
            None => missed.push(format!("{file} {name}")),
        }
    }
    assert!(missed.is_empty(), "{identifier} not found at likely:\n{}", missed.join("\n"));
    found
}

#[test]
fn every_birth_column_of_medicare_files_is_found() {
    let found = all_found("DOB", Identifier::BIRTH_DATE);
    assert!(corpora().is_none() || found.len() >= 13, "{} columns", found.len());
    assert!(found.iter().all(|finding| finding.subject == Subject::Patient));
}

#[test]
fn synthetic_medicare_numbers_are_test_values() {
    for finding in all_found("MBI", Identifier::MBI).into_iter().chain(all_found("HICN", Identifier::HICN)) {
        assert_eq!(finding.test_values, finding.matches, "{finding:?}");
        assert_eq!((finding.severity, finding.people), (Severity::Info, 0), "{finding:?}");
    }
}

#[test]
fn names_and_addresses_of_beneficiaries_are_found() {
    all_found("NAME", Identifier::NAME);
    all_found("ADDRESS", Identifier::ADDRESS);
    for document in medicare().iter().filter(|d| d.locator.parts()[0].contains("beneficiary_2")) {
        let zip =
            document.findings.iter().any(|f| f.identifier == Identifier::ZIP && f.confidence >= Confidence::Likely);
        assert!(zip, "{}", document.locator.path(""));
    }
}

#[test]
fn no_date_of_a_claim_is_a_birth_date() {
    let claims =
        medicare().iter().filter(|d| CLAIMS.iter().any(|claim| d.locator.parts()[0].ends_with(&format!("/{claim}"))));
    let mut read = 0;
    for document in claims {
        read += 1;
        assert!(document.records > 0, "{}", document.locator.path(""));
        for finding in &document.findings {
            assert_ne!(finding.identifier, Identifier::BIRTH_DATE, "{}: {finding:?}", document.locator.path(""));
        }
    }
    assert!(corpora().is_none() || read == CLAIMS.len(), "{read} files of claims");
}

#[test]
fn provider_numbers_are_the_providers_and_tax_numbers_no_ssns() {
    for document in medicare() {
        for finding in &document.findings {
            let what = format!("{}: {finding:?}", document.locator.path(""));
            if finding.identifier == Identifier::NPI {
                assert_eq!((finding.subject, finding.severity), (Subject::Provider, Severity::Info), "{what}");
            }
            let tax = column(finding).is_some_and(|name| name.contains("TAX_NUM"));
            let number = finding.identifier == Identifier::SSN || finding.identifier == Identifier::ITIN;
            assert!(!(tax && number && finding.confidence >= Confidence::Likely), "{what}");
        }
    }
    let npis = labelled("NPI");
    let found = npis.iter().filter(|(file, name)| {
        findings_in(file, name).any(|f| f.identifier == Identifier::NPI && f.confidence >= Confidence::Likely)
    });
    let (found, all) = (found.count(), npis.len());
    assert!(found * 10 >= all * 9, "{found} of {all} columns of NPIs");
}

#[test]
fn numbers_in_claim_feeds_are_found_by_their_place() {
    let documents = scanned("cms-bcda");
    let labels = labels_of("cms-bcda").iter().filter(|label| label.kind == "MBI").count();
    let found = || documents.iter().flat_map(|d| &d.findings).filter(|f| f.identifier == Identifier::MBI);
    let matches: u64 = found().map(|f| f.matches).sum();
    assert!(matches as f64 >= 0.97 * labels as f64, "{matches} of {labels}");
    for finding in found() {
        assert_eq!(column(finding), Some("columns 1-11"), "{finding:?}");
        assert_eq!((finding.test_values, finding.people), (finding.matches, 0), "{finding:?}");
    }
}

/// What no check takes for a name or a birth date: placeholders, and what is neither.
const NO_VALUES: [&str; 7] =
    ["Lastname^Firstname", "Last Name^First Name", "CQ500-CT-310", "Test^Phantom30sep", "18000101", "11111111", "2721"];

#[test]
fn patients_of_images_are_found_in_every_character_set() {
    let documents = scanned("dicom-pydicom");
    let Some(corpora) = corpora() else { return };
    let table = std::fs::read_to_string(corpora.join("labels/dicom-pydicom.tsv")).expect("the corpus has labels");
    let mut rows = table.lines().map(|row| row.split('\t').collect::<Vec<&str>>());
    let header = rows.next().expect("a header");
    let rows: Vec<Vec<&str>> = rows.collect();
    for (label, identifier, subject) in [
        ("PatientName", Identifier::NAME, Subject::Patient),
        ("PatientID", Identifier::MRN, Subject::Patient),
        ("PatientBirthDate", Identifier::BIRTH_DATE, Subject::Patient),
        ("ReferringPhysicianName", Identifier::NAME, Subject::Provider),
    ] {
        let at = header.iter().position(|name| *name == label).expect("a column");
        let (mut all, mut found) = (0, 0);
        for row in &rows {
            let path = row[0].strip_prefix("dicom-pydicom/").expect("a path");
            let forms = row.get(at).copied().unwrap_or_default().split('=').map(|form| form.trim_matches('^'));
            for form in forms.filter(|form| !form.is_empty() && !NO_VALUES.contains(form)) {
                all += 1;
                let document = documents.iter().find(|d| d.locator.parts() == [path]).expect("a document");
                let is_it = |m: &&phisweep::finding::Match| {
                    m.identifier == identifier && m.confidence >= Confidence::Likely && m.value == form
                };
                let whose = document.findings.iter().any(|f| f.identifier == identifier && f.subject == subject);
                found += usize::from(whose && document.matches.iter().any(|m| is_it(&m)));
            }
        }
        assert!(all > 0 && found * 100 >= all * 95, "{label}: {found} of {all}");
    }
    // No clinician counts as a patient, and no file ends without a word.
    for document in &documents {
        let providers = ["ReferringPhysicianName", "OperatorsName", "RequestingPhysician"];
        for finding in &document.findings {
            let place = finding.place.to_string();
            let is_providers = providers.iter().any(|name| place.ends_with(name));
            assert!(!is_providers || finding.subject == Subject::Provider, "{finding:?}");
        }
    }
}

/// Files of every writer and codec, names among them that Avro's rules forbid.
#[cfg(feature = "columnar")]
#[test]
fn every_container_of_others_is_read() {
    let Some(corpora) = corpora() else { return };
    let engine = Engine::built_in().expect("the built-in rules load");
    let roots = scan::roots(&[corpora.join("hard-avro")]).expect("the corpus is a root");
    let mut documents: Vec<Document> = Vec::new();
    let options = Options { worker: Some(env!("CARGO_BIN_EXE_phisweep").into()), ..Options::default() };
    scan::scan(&engine, &options, &roots, &Progress::default(), &mut documents).expect("the scan runs");
    let containers: Vec<&Document> = documents.iter().filter(|d| d.locator.parts()[0].ends_with(".avro")).collect();
    assert!(containers.len() >= 30, "{} containers", containers.len());
    for document in containers {
        assert!(document.gaps.is_empty(), "{}: {:?}", document.locator.path(""), document.gaps);
    }
}
