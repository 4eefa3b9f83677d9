//! Office files as a scan sees them: what nobody sees in them is found and says where it stood; those of others are read or are gaps, soon.

use std::time::{Duration, Instant};

use phisweep::engine::Engine;
use phisweep::finding::{Confidence, Document, Place, Status};
use phisweep::gap::Reason;
use phisweep::identifier::Identifier;
use phisweep::options::{Options, Passwords};
use phisweep::scan;

use crate::formats::{first_part, letter, package, scanned};

/// The places in which social security numbers are told, with how many there are.
fn places(documents: &[Document]) -> Vec<(String, u64)> {
    let found = documents.iter().flat_map(|document| &document.findings);
    let found =
        found.filter(|finding| finding.identifier == Identifier::SSN && finding.confidence >= Confidence::Likely);
    let place = |place: &Place| match place {
        Place::Cell { sheet, column } => format!("{sheet}/{column}"),
        Place::Metadata(name) => name.clone(),
        _ => "elsewhere".to_string(),
    };
    found.map(|finding| (place(&finding.place), finding.matches)).collect()
}

fn ssn(n: u32) -> u32 {
    212_113_127 + n * 5_020_113
}

const TYPES: (&str, &str) = ("[Content_Types].xml", "<Types/>");
const RELATIONS: (&str, &str) = (
    "xl/_rels/workbook.xml.rels",
    r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
);

#[test]
fn a_list_only_in_a_pivot_cache_is_found() {
    let engine = Engine::built_in().expect("the built-in rules load");
    let items: String = (0..20).map(|n| format!("<s v=\"Ada Okoye{n}\"/>")).collect();
    let rows: String = (0..20).map(|n| format!("<r><x v=\"{n}\"/><n v=\"{}\"/></r>", ssn(n))).collect();
    let definition = format!(
        r#"<pivotCacheDefinition><cacheFields><cacheField name="Patient"><sharedItems>{items}</sharedItems></cacheField><cacheField name="SSN"><sharedItems/></cacheField></cacheFields></pivotCacheDefinition>"#
    );
    let book = package(&[
        TYPES,
        ("_rels/.rels", &first_part("xl/workbook.xml")),
        ("xl/workbook.xml", r#"<workbook><sheets><sheet name="Totals" r:id="r1"/></sheets></workbook>"#),
        RELATIONS,
        ("xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>"),
        ("xl/pivotCache/pivotCacheDefinition1.xml", &definition),
        (
            "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels",
            r#"<Relationships><Relationship Id="a" Type="x/pivotCacheRecords" Target="pivotCacheRecords1.xml"/></Relationships>"#,
        ),
        ("xl/pivotCache/pivotCacheRecords1.xml", &format!("<pivotCacheRecords>{rows}</pivotCacheRecords>")),
    ]);
    assert_eq!(places(&scanned(&engine, "totals.xlsx", &book)), [("pivot cache/SSN".to_string(), 20)]);
}

#[test]
fn a_list_only_in_a_very_hidden_sheet_is_found() {
    let engine = Engine::built_in().expect("the built-in rules load");
    let rows: String = (0..20).map(|n| format!("<row><c><v>{}</v></c></row>", ssn(n))).collect();
    let sheet = format!(
        "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>SSN</t></is></c></row>{rows}</sheetData></worksheet>"
    );
    let book = package(&[
        TYPES,
        ("_rels/.rels", &first_part("xl/workbook.xml")),
        (
            "xl/workbook.xml",
            r#"<workbook><sheets><sheet name="Raw" state="veryHidden" r:id="r1"/></sheets></workbook>"#,
        ),
        RELATIONS,
        ("xl/worksheets/sheet1.xml", &sheet),
    ]);
    // A name says nothing.
    for name in ["book.xlsx", "book.docx", "book.dat"] {
        assert_eq!(places(&scanned(&engine, name, &book)), [("Raw (very hidden)/SSN".to_string(), 20)], "{name}");
    }
}

#[test]
fn a_list_only_in_deleted_text_is_found() {
    let engine = Engine::built_in().expect("the built-in rules load");
    let line = |n: u32| {
        let text = ssn(n).to_string();
        let (area, group, serial) = (&text[..3], &text[3..5], &text[5..]);
        format!("<w:p><w:del><w:r><w:delText>Patient SSN: {area}-{group}-{serial}</w:delText></w:r></w:del></w:p>")
    };
    let lines: String = (0..20).map(line).collect();
    let found = places(&scanned(&engine, "letter.docx", &letter(&lines)));
    assert_eq!(found, [("deleted text".to_string(), 20)]);
}

/// Files that others wrote, open and with passwords.
#[test]
fn office_files_of_others_are_read_or_gaps() {
    let Some(corpora) = crate::corpora::corpora() else { return };
    let engine = Engine::built_in().expect("the built-in rules load");
    let folder = corpora.join("hard-office-encrypted/tests");
    let mut read = 0;
    for entry in walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok).filter(|e| e.file_type().is_file()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let ending = name.rsplit('.').next().unwrap_or_default();
        if !["doc", "docx", "ppt", "xls", "xlsx"].contains(&ending) {
            continue;
        }
        let bytes = std::fs::read(entry.path()).expect("a file");
        let start = Instant::now();
        let documents = scanned(&engine, &name, &bytes);
        assert!(start.elapsed() < Duration::from_secs(30), "{name}");
        let gaps: Vec<_> = documents.iter().flat_map(|d| &d.gaps).map(|gap| gap.reason).collect();
        let is_locked = gaps.iter().any(|reason| matches!(reason, Reason::Encrypted | Reason::WeakEncryption));
        let is_open = name.contains("plain") || entry.path().components().any(|part| part.as_os_str() == "outputs");
        assert_eq!(is_locked, !is_open, "{name}: {gaps:?}");
        assert!(
            !gaps.iter().any(|reason| matches!(reason, Reason::Crashed | Reason::Panicked | Reason::Malformed)),
            "{name}"
        );
        assert!(documents.iter().all(|d| d.status != Status::Skipped || is_locked), "{name}");
        read += 1;
    }
    assert!(read >= 10, "{read} files");
}

/// Packages that Office locked, with their password and without: with it they are what their open twins are.
#[test]
fn office_files_of_others_open_with_their_password() {
    let Some(corpora) = crate::corpora::corpora() else { return };
    let engine = Engine::built_in().expect("the built-in rules load");
    let folder = corpora.join("hard-office-encrypted/tests");
    let read = |path: &str, password: &str| {
        let options = Options {
            worker: Some(env!("CARGO_BIN_EXE_phisweep").into()),
            passwords: Passwords::new(vec!["not this one".to_string(), password.to_string()]),
            ..Options::default()
        };
        let roots = scan::roots(&[folder.join(path)]).expect("a root");
        let mut documents: Vec<Document> = Vec::new();
        scan::scan(&engine, &options, &roots, &scan::Progress::default(), &mut documents).expect("the scan runs");
        let parts = |d: &Document| (d.locator.parts()[1..].to_vec(), d.status, d.format.clone(), d.gaps.len());
        documents.iter().map(parts).collect::<Vec<_>>()
    };
    for (locked, open) in [
        ("inputs/ecma376standard_password.docx", "outputs/ecma376standard_password_plain.docx"),
        ("inputs/example_password.docx", "outputs/example.docx"),
        ("inputs/example_password.xlsx", "outputs/example.xlsx"),
    ] {
        let opened = read(locked, "Password1234_");
        let twin = read(open, "");
        // Of the file itself the format is that of its lock.
        let members = |all: &[(Vec<String>, Status, _, usize)]| -> Vec<_> {
            all.iter().map(|(name, status, _, gaps)| (name.clone(), *status, *gaps)).collect()
        };
        assert_eq!(members(&opened), members(&twin), "{locked}");
        assert!(twin.iter().all(|(_, status, _, _)| *status == Status::Complete), "{open}: {twin:?}");
        let without = read(locked, "password1234_");
        assert!(without.len() == 1 && without[0].1 == Status::Skipped && without[0].3 == 1, "{locked}: {without:?}");
    }
}
