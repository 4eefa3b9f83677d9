//! FHIR of others: what the labels say is found, and nothing of those who give care is a patient's. Skipped where the corpora are
//! absent.

use std::collections::BTreeMap;

use serde::Deserialize;

use phisweep::engine::Engine;
use phisweep::finding::{Confidence, Document, Subject};
use phisweep::identifier::Identifier;
use phisweep::options::{Options, Reveal};
use phisweep::scan;

use crate::corpora::corpora;

#[derive(Deserialize)]
struct Label {
    file: String,
    #[serde(rename = "type")]
    kind: String,
    value: String,
}

/// Documents of a corpus and what its labels say of each.
fn read(corpus: &str) -> Vec<(Document, Vec<Label>)> {
    let Some(folder) = corpora() else { return Vec::new() };
    let engine = Engine::built_in().expect("the built-in rules load");
    let options = Options { matches: true, reveal: Reveal::Full, ..Options::default() };
    let text = std::fs::read_to_string(folder.join(format!("labels/{corpus}.jsonl"))).expect("the corpus has labels");
    let mut labels: BTreeMap<String, Vec<Label>> = BTreeMap::new();
    for line in text.lines() {
        let label: Label = serde_json::from_str(line).expect("a label");
        if label.file.ends_with(".json") {
            labels.entry(label.file.clone()).or_default().push(label);
        }
    }
    let scanned = |(file, labels): (String, Vec<Label>)| {
        let bytes = std::fs::read(folder.join(&file)).expect("a labelled file");
        (scan::scan_bytes(&engine, &options, &file, &bytes), labels)
    };
    labels.into_iter().map(scanned).collect()
}

fn plain(value: &str) -> String {
    value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[test]
fn what_labels_say_of_patients_is_found() {
    let kinds: [(&str, &[&str]); 7] = [
        ("SSN", &["ssn"]),
        ("DOB", &["birth-date"]),
        ("MRN", &["mrn"]),
        ("MBI", &["mbi"]),
        ("MEMBER_ID", &["member-id"]),
        ("NAME", &["name"]),
        ("ADDRESS", &["address"]),
    ];
    for corpus in ["synthea-fhir-smart", "hl7v2-ccda-msfhir"] {
        let documents = read(corpus);
        for (kind, identifiers) in kinds {
            let (mut all, mut found) = (0u32, 0u32);
            for (document, labels) in &documents {
                for label in labels.iter().filter(|label| label.kind == kind) {
                    all += 1;
                    let is = |m: &&phisweep::finding::Match| {
                        identifiers.contains(&m.identifier.name())
                            && m.confidence >= Confidence::Likely
                            // Labels of addresses have the city too.
                            && plain(&label.value).starts_with(&plain(&m.value))
                    };
                    found += u32::from(document.matches.iter().any(|m| is(&m)));
                }
            }
            assert!(f64::from(found) >= 0.97 * f64::from(all), "{corpus}: {kind}: {found} of {all}");
        }
    }
}

#[test]
fn who_gives_care_is_no_patient() {
    for (document, labels) in read("synthea-fhir-smart") {
        let patients = labels.iter().filter(|label| label.kind == "MRN").count() as u64;
        assert_eq!(document.people, patients, "{:?}", document.locator.parts());
        for finding in document.findings.iter().filter(|f| f.confidence >= Confidence::Likely) {
            let place = finding.place.short();
            let care = place.starts_with("Practitioner") || place.starts_with("Organization");
            assert!(!care || finding.subject == Subject::Provider, "{:?}: {place}", document.locator.parts());
            assert!(finding.identifier != Identifier::NPI || finding.subject == Subject::Provider);
        }
    }
}
