//! How much is found in corpora written by others: recall by corpus and label where fields are labelled, precision and
//! recall by identifier on the cases of other scanners. `cargo run --example recall [CORPORA] [--misses]`.
//!
//! Labels say what a field holds by its position, placeholders too: `refused` counts the values that the identifier's
//! check itself does not take, which are to be looked at before they are called missed.

// A program for people at a terminal.
#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde_json::Value;

use phisweep::engine::Engine;
use phisweep::finding::{Confidence, Document, Match};
use phisweep::identifier::Identifier;
use phisweep::options::{Options, Reveal};
use phisweep::scan::{self, Progress};
use phisweep::validate::{Setting, Verdict};

/// Folders with a file of labels, and what kinds of files they hold.
const LABELLED: [(&str, &str); 9] = [
    ("cms-bfd", "delimited"),
    ("cms-bcda", "fixed width"),
    ("synthea-fhir-smart", "FHIR"),
    ("ccda-hl7", "C-CDA"),
    ("hl7v2-linuxforhealth", "HL7"),
    ("hl7v2-ccda-msfhir", "HL7 and C-CDA"),
    ("x12-linuxforhealth", "X12"),
    ("x12-imsweb", "X12"),
    ("dicom-pydicom", "DICOM"),
];

/// What a label is called and the identifiers that find it.
fn identifiers(label: &str) -> &'static [Identifier] {
    match label {
        "SSN" | "US_SSN" | "us_ssn_recognizer" => &[Identifier::SSN],
        "us_itin_recognizer" => &[Identifier::ITIN],
        "DOB" => &[Identifier::BIRTH_DATE],
        "MBI" | "us_mbi_recognizer" => &[Identifier::MBI],
        "HICN" => &[Identifier::HICN],
        "PatientName" | "ReferringPhysicianName" => &[Identifier::NAME],
        "PatientID" => &[Identifier::MRN],
        "AccessionNumber" => &[Identifier::ACCOUNT_NUMBER],
        "PatientBirthDate" => &[Identifier::BIRTH_DATE],
        "NAME" | "REL_NAME" | "PROV_NAME" | "PERSON" => &[Identifier::NAME],
        "MRN" => &[Identifier::MRN],
        "MEMBER_ID" => &[Identifier::MEMBER_ID, Identifier::MEDICAID_ID, Identifier::MBI, Identifier::HICN],
        "GROUP_NO" => &[Identifier::GROUP_NUMBER],
        "NPI" | "us_npi_recognizer" => &[Identifier::NPI],
        "ADDRESS" | "REL_ADDRESS" | "PROV_ADDRESS" => &[Identifier::ADDRESS],
        "PHONE" | "REL_PHONE" | "PROV_PHONE" | "PHONE_NUMBER" | "phone_recognizer" => &[Identifier::PHONE],
        "EMAIL" | "PROV_EMAIL" | "EMAIL_ADDRESS" | "email_recognizer" => &[Identifier::EMAIL],
        "ZIP_CODE" => &[Identifier::ZIP],
        "credit_card_recognizer" => &[Identifier::PAYMENT_CARD],
        "ip_recognizer" => &[Identifier::IP_ADDRESS],
        "us_driver_license_recognizer" => &[Identifier::DRIVER_LICENSE],
        "us_passport_recognizer" => &[Identifier::PASSPORT],
        "us_bank_recognizer" | "aba_routing_recognizer" => &[Identifier::BANK_ACCOUNT],
        "medical_license_recognizer" => &[Identifier::DEA],
        _ => &[],
    }
}

struct Bench {
    engine: Engine,
    options: Options,
    misses: bool,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let misses = arguments.iter().any(|a| a == "--misses");
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    let corpora = arguments.iter().find(|a| !a.starts_with('-')).map_or(beside, PathBuf::from);
    if !corpora.is_dir() {
        println!("skipped: no corpora in {}", corpora.display());
        return;
    }
    let options =
        Options { matches: true, reveal: Reveal::Full, min_confidence: Confidence::Possible, ..Options::default() };
    let bench = Bench { engine: Engine::built_in().expect("the built-in rules load"), options, misses };
    println!(
        "{:<22} {:<10} {:>6} {:>7} {:>7} {:>8} {:>7}",
        "corpus", "label", "values", "likely", "share", "possible", "refused"
    );
    for (corpus, kind) in LABELLED {
        let labels = corpora.join("labels").join(format!("{corpus}.jsonl"));
        let tables = corpora.join("labels").join(format!("{corpus}.tsv"));
        let labels = std::fs::read_to_string(labels).or_else(|_| std::fs::read_to_string(tables).map(|t| lines(&t)));
        if let Ok(labels) = labels {
            println!("{corpus} ({kind})");
            bench.labelled(&corpora.join(corpus), corpus, &labels);
        }
    }
    println!("\n{:<22} {:<24} {:>5} {:>5} {:>5} {:>9} {:>7}", "cases", "type", "TP", "FP", "FN", "precision", "recall");
    bench.cases("scanner-presidio", presidio(&corpora));
    bench.cases("scanner-datafog", datafog(&corpora));
    bench.cases("presidio-research", research(&corpora));
}

/// A table of labels, a file a row and a type a column, as lines of JSON. The forms of a name are a label each.
fn lines(table: &str) -> String {
    let mut rows = table.lines().map(|row| row.split('\t').collect::<Vec<&str>>());
    let header = rows.next().unwrap_or_default();
    let mut out = String::new();
    for row in rows {
        for (kind, value) in header.iter().zip(&row).skip(1) {
            for value in value.split('=').map(|form| form.trim_matches('^')).filter(|form| !form.is_empty()) {
                let label = serde_json::json!({"file": row[0], "type": kind, "value": value, "loc": kind});
                out.push_str(&format!("{label}\n"));
            }
        }
    }
    out
}

/// Letters and digits, upper case.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Whether a match holds the value of a label, or all its words.
fn holds(found: &str, label: &str) -> bool {
    let (whole, wanted) = (folded(found), folded(label));
    if wanted.len() >= 4 && (whole.contains(&wanted) || (whole.len() >= 4 && wanted.contains(&whole)))
        || whole == wanted
    {
        return true;
    }
    let words = |text: &str| -> BTreeSet<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 1).map(|w| w.to_uppercase()).collect()
    };
    let wanted = words(label);
    !wanted.is_empty() && wanted.is_subset(&words(found))
}

#[derive(Default)]
struct Recall {
    values: usize,
    likely: usize,
    possible: usize,
    refused: usize,
    missed: Vec<String>,
}

impl Bench {
    fn labelled(&self, folder: &Path, corpus: &str, labels: &str) {
        let roots = scan::roots(&[folder.to_path_buf()]).expect("the corpus is a root");
        let mut documents: Vec<Document> = Vec::new();
        scan::scan(&self.engine, &self.options, &roots, &Progress::default(), &mut documents).expect("the scan runs");
        let files: BTreeMap<String, &Document> =
            documents.iter().map(|document| (document.locator.parts().join("!"), document)).collect();
        let mut seen = BTreeSet::new();
        let mut table: BTreeMap<String, Recall> = BTreeMap::new();
        for line in labels.lines() {
            let label: Value = serde_json::from_str(line).expect("a label");
            let text = |key: &str| label[key].as_str().unwrap_or_default().to_string();
            let (file, kind, value) = (text("file"), text("type"), text("value"));
            let wanted = identifiers(&kind);
            if wanted.is_empty() || !seen.insert((file.clone(), kind.clone(), value.clone())) {
                continue;
            }
            let row = table.entry(kind).or_default();
            row.values += 1;
            let file = file.strip_prefix(corpus).and_then(|f| f.strip_prefix('/')).unwrap_or(&file);
            let matches = files.get(file).map_or(&[][..], |document| &document.matches[..]);
            let best = matches
                .iter()
                .filter(|m| wanted.contains(&m.identifier) && holds(&m.value, &value))
                .map(|m| m.confidence)
                .max();
            row.likely += usize::from(best >= Some(Confidence::Likely));
            row.possible += usize::from(best.is_some());
            if best < Some(Confidence::Likely) {
                let refused = self.refuses(wanted, &value);
                row.refused += usize::from(refused);
                let why = if refused { " (refused)" } else { "" };
                row.missed.push(format!("{value:?} {} {file}{why}", text("loc")));
            }
        }
        for (kind, row) in &table {
            let share = row.likely as f64 / row.values as f64;
            println!(
                "{:<22} {kind:<10} {:>6} {:>7} {share:>7.3} {:>8} {:>7}",
                "", row.values, row.likely, row.possible, row.refused
            );
            if self.misses {
                row.missed.iter().take(12).for_each(|miss| println!("    {miss}"));
            }
        }
    }

    /// Whether no check of the identifiers takes the value even in a field of that name.
    fn refuses(&self, wanted: &[Identifier], value: &str) -> bool {
        let rules = self.engine.rules().rules.iter().filter(|rule| wanted.contains(&rule.identifier));
        let mut checks = rules.map(|rule| (rule.check)(value.as_bytes(), Setting::Field));
        !checks.any(|verdict| matches!(verdict, Verdict::Valid(_)))
    }

    fn cases(&self, name: &str, cases: Vec<Case>) {
        let mut table: BTreeMap<String, [u64; 3]> = BTreeMap::new();
        let mut disagreements = Vec::new();
        for case in &cases {
            let document = scan::scan_bytes(&self.engine, &self.options, "case.txt", case.text.as_bytes());
            for kind in &case.kinds {
                let wanted = identifiers(kind);
                let row = table.entry(kind.clone()).or_default();
                let expected: Vec<&Range<u64>> =
                    case.expected.iter().filter(|(k, _)| k == kind).map(|(_, span)| span).collect();
                let found: Vec<&Match> = document
                    .matches
                    .iter()
                    .filter(|m| wanted.contains(&m.identifier) && m.confidence >= Confidence::Likely)
                    .collect();
                let meets = |span: &Range<u64>, m: &Match| m.bytes.start < span.end && span.start < m.bytes.end;
                for span in &expected {
                    let right = found.iter().any(|m| meets(span, m));
                    row[if right { 0 } else { 2 }] += 1;
                    if !right {
                        let value = &case.text.get(span.start as usize..span.end as usize).unwrap_or("");
                        let near = document.matches.iter().find(|m| meets(span, m));
                        let near = near.map(|m| format!("{} {}", m.identifier, m.confidence)).unwrap_or_default();
                        disagreements.push(format!("missed {kind}: {value:?} [{near}] in {:?}", short(&case.text)));
                    }
                }
                for m in found.iter().filter(|m| !expected.iter().any(|span| meets(span, m))) {
                    row[1] += 1;
                    disagreements.push(format!("more {kind}: {:?} in {:?}", m.value, short(&case.text)));
                }
            }
        }
        println!("{name} ({} cases)", cases.len());
        for (kind, [right, wrong, missed]) in &table {
            let share = |other: u64| if right + other == 0 { 1.0 } else { *right as f64 / (right + other) as f64 };
            println!(
                "{:<22} {kind:<24} {right:>5} {wrong:>5} {missed:>5} {:>9.3} {:>7.3}",
                "",
                share(*wrong),
                share(*missed)
            );
        }
        if self.misses {
            disagreements.iter().for_each(|line| println!("    {line}"));
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(110).collect()
}

/// A text and what another scanner's authors expect in it.
struct Case {
    text: String,
    /// Which types the case is about.
    kinds: Vec<String>,
    /// Type and span in bytes.
    expected: Vec<(String, Range<u64>)>,
}

/// Bytes of a span of characters.
fn bytes_of(text: &str, start: u64, end: u64) -> Range<u64> {
    let at = |n: u64| text.char_indices().nth(n as usize).map_or(text.len(), |(at, _)| at) as u64;
    at(start)..at(end)
}

fn json(path: PathBuf) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    match serde_json::from_str(&text) {
        Ok(Value::Array(all)) => all,
        _ => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
    }
}

fn presidio(corpora: &Path) -> Vec<Case> {
    let cases = json(corpora.join("scanner-presidio/unit-cases.jsonl")).into_iter();
    cases
        .filter_map(|case| {
            let kind = case["recognizer"].as_str()?.to_string();
            let text = case["text"].as_str()?.to_string();
            if identifiers(&kind).is_empty() {
                return None;
            }
            let spans = case["expected_positions"].as_array().cloned().unwrap_or_default();
            let expected = spans
                .iter()
                .map(|s| (kind.clone(), bytes_of(&text, s[0].as_u64().unwrap_or(0), s[1].as_u64().unwrap_or(0))))
                .collect();
            Some(Case { text, kinds: vec![kind], expected })
        })
        .collect()
}

fn datafog(corpora: &Path) -> Vec<Case> {
    let names = ["edge_cases", "mixed_pii", "negative_cases", "structured_pii", "unstructured_pii"];
    let cases = names.iter().flat_map(|name| json(corpora.join(format!("scanner-datafog/tests/corpus/{name}.json"))));
    let kinds = ["ADDRESS", "EMAIL", "PERSON", "PHONE", "SSN", "ZIP_CODE"].map(str::to_string).to_vec();
    spans(cases, &kinds, ["input", "expected_entities", "type", "start", "end"])
}

fn research(corpora: &Path) -> Vec<Case> {
    let cases = json(corpora.join("presidio-research/tests/data/generated_small.json")).into_iter();
    let kinds = ["ADDRESS", "EMAIL_ADDRESS", "PERSON", "PHONE_NUMBER", "US_SSN"].map(str::to_string).to_vec();
    spans(cases, &kinds, ["full_text", "spans", "entity_type", "start_position", "end_position"])
}

/// Cases whose keys are called so: text, list of spans, and of each type, start and end.
fn spans(cases: impl Iterator<Item = Value>, kinds: &[String], keys: [&str; 5]) -> Vec<Case> {
    let [text, list, kind, start, end] = keys;
    cases
        .filter_map(|case| {
            let text = case[text].as_str()?.to_string();
            let spans = case[list].as_array().cloned().unwrap_or_default();
            let expected = spans
                .iter()
                .filter_map(|span| {
                    let range = bytes_of(&text, span[start].as_u64()?, span[end].as_u64()?);
                    Some((span[kind].as_str()?.to_string(), range))
                })
                .collect();
            Some(Case { text, kinds: kinds.to_vec(), expected })
        })
        .collect()
}
