//! Documents and folders that mean no good: whatever is in them, what is found does not depend on how they are cut, no
//! value leaves by a side door, and nothing hangs, crashes or is passed over in silence.

use std::process::{Command, Output, Stdio};

use phisweep::engine::Engine;
use phisweep::extract::Cut;
use phisweep::finding::{Confidence, Document, Finding, Status};
use phisweep::gap::Reason;
use phisweep::identifier::Identifier;
use phisweep::options::Options;
use phisweep::scan::scan_bytes;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

fn phisweep(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_phisweep")).args(args).output().expect("phisweep runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn scan_cut(engine: &Engine, name: &str, bytes: &[u8], cut: Cut) -> Document {
    let options = Options {
        cut,
        matches: true,
        min_confidence: Confidence::Possible,
        fingerprint_key: Some([7; 32]),
        ..Options::default()
    };
    scan_bytes(engine, &options, name, bytes)
}

/// All that must not depend on how a document was cut. Without `records`, for text, whose records are told chunk by
/// chunk, no more than what was found and where.
fn told(document: &Document, records: bool) -> String {
    let finding = |f: &Finding| {
        let at = (f.first.line, f.first.column, if records { f.first.record } else { 0 });
        let counted = records.then_some((f.records, &f.evidence));
        format!("{} {} {} {} {at:?} {counted:?}\n", f.identifier, f.place, f.matches, f.probability)
    };
    let mut findings: Vec<String> = document.findings.iter().map(finding).collect();
    if !records {
        findings.sort();
    }
    let mut out = format!("{} {} {:?}\n{}", document.format, document.bytes, document.gaps, findings.concat());
    for m in &document.matches {
        let at = (m.position.line, m.position.column, if records { m.position.record } else { 0 });
        out += &format!("{} {} {:?} {at:?} {}\n", m.identifier, m.place, m.bytes, m.fingerprint);
    }
    if records {
        out += &format!("{} {} {:?}", document.records, document.people, document.linked);
    }
    out
}

fn assert_cuts_agree(engine: &Engine, name: &str, bytes: &[u8], records: bool) -> Result<(), TestCaseError> {
    let whole = told(&scan_cut(engine, name, bytes, Cut::default()), records);
    for core in [64, 257, 4096] {
        let cut = told(&scan_cut(engine, name, bytes, Cut { core, after: 4096 }), records);
        prop_assert_eq!(&cut, &whole, "cut into chunks of {} bytes", core);
    }
    Ok(())
}

/// A cell as someone hostile to readers would write it.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Za-z]{0,12}",
        2 => "[0-9]{3}-[0-9]{2}-[0-9]{4}",
        2 => "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]",
        1 => "\"([a-z ,|]|\r\n|\n|\"\"|é|漢){0,30}\"",
        1 => "\"([a-z ]|\n){0,10}SSN [0-9]{3}-[0-9]{2}-[0-9]{4}([a-z ,]|\n){0,20}\"",
        1 => "[a-z]{1,5}¿\"[a-z]{0,4}",
        1 => "[0-9]'[0-9]{1,2}\"",
        1 => "[é漢ÿ]{1,9}",
    ]
}

#[test]
fn tables_are_the_same_however_they_are_cut() {
    let engine = Engine::built_in().unwrap();
    let row = prop::collection::vec(cell(), 1..9);
    let table = (prop::collection::vec(row, 1..60), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let run = runner.run(&table, |(rows, header, crlf, mark, ended)| {
        let end = if crlf { "\r\n" } else { "\n" };
        let mut text = String::from(if mark { "\u{feff}" } else { "" });
        if header {
            text += &["id,name,ssn,birth_date,notes,city", end].concat();
        }
        text += &rows.iter().map(|row| row.join(",")).collect::<Vec<_>>().join(end);
        text += if ended { end } else { "" };
        assert_cuts_agree(&engine, "t.csv", text.as_bytes(), true)
    });
    run.unwrap();
}

#[test]
fn a_quote_behind_a_byte_order_mark_opens_the_first_field() {
    let engine = Engine::built_in().unwrap();
    let rows = "a,b,c,d,e,f\n".repeat(8);
    let text = format!("\u{feff}\"\r\n|\",x,y,z,v,w\n{rows}1,2,3,SSN 536-90-4398,5,6\n");
    assert_cuts_agree(&engine, "t.csv", text.as_bytes(), true).unwrap();
}

#[test]
fn counters_are_told_from_numbers_however_they_are_cut() {
    let engine = Engine::built_in().unwrap();
    let rows: String = (0..400).map(|n| format!("{}|x{n}|{}\n", 212_345_678 + n * 7, n % 3)).collect();
    assert_cuts_agree(&engine, "t.psv", rows.as_bytes(), true).unwrap();
}

#[test]
fn values_in_text_are_the_same_however_it_is_cut() {
    let engine = Engine::built_in().unwrap();
    let word = prop_oneof![
        6 => "[a-zé漢]{1,9}",
        1 => "SSN: [0-9]{3}-[0-9]{2}-[0-9]{4}",
        1 => "[0-9]{9,20}",
        1 => "MRN [0-9]{6,8}",
        1 => "[a-z]{1,60}@[a-z]{1,20}\\.com",
        1 => "DOB 0[1-9]/[12][0-9]/19[0-9]{2}",
    ];
    let gap = prop_oneof![5 => Just(" "), 1 => Just("\n"), 1 => Just("\r\n")];
    let words = prop::collection::vec((word, gap), 1..250);
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let run = runner.run(&words, |words| {
        let text: String = words.iter().flat_map(|(word, gap)| [word.as_str(), gap]).collect();
        assert_cuts_agree(&engine, "note.txt", text.as_bytes(), false)
    });
    run.unwrap();
}

/// A record longer than a chunk reads ahead: no value at the border is lost, cut to another or found twice.
#[test]
fn every_value_of_a_very_long_cell_is_found_once() {
    let engine = Engine::built_in().unwrap();
    let values: String =
        (0..2000).map(|n| format!("SSN {:03}-{:02}-{:04} ", 101 + n % 500, 11 + n % 80, 1000 + n)).collect();
    let table = format!("id,notes,ssn\n1,\"{values}\",536-90-4399\n2,none,518-12-3456\n");
    for (core, after) in [(64, 64), (257, 1000), (4096, 300), (1 << 20, 64 << 10)] {
        let document = scan_cut(&engine, "t.csv", table.as_bytes(), Cut { core, after });
        let mut starts: Vec<u64> =
            document.matches.iter().filter(|m| m.identifier.name() == "ssn").map(|m| m.bytes.start).collect();
        starts.sort_unstable();
        assert_eq!(starts.len(), 2002, "core {core}, after {after}");
        starts.dedup();
        assert_eq!(starts.len(), 2002, "core {core}, after {after}");
        assert_eq!(document.records, 2, "core {core}, after {after}");
    }
}

#[test]
fn the_last_value_counts_without_a_line_end() {
    let engine = Engine::built_in().unwrap();
    let table: String = (0..12).map(|n| format!("{n}|Anna|{}-03-04\n", 1940 + n)).collect();
    let table = format!("id|name|birth_date\n{table}");
    let ended = told(&scan_cut(&engine, "t.psv", table.as_bytes(), Cut::default()), true);
    let open = told(&scan_cut(&engine, "t.psv", table.trim_end().as_bytes(), Cut::default()), true);
    assert_eq!(ended.split_once('\n').unwrap().1, open.split_once('\n').unwrap().1);
}

#[test]
fn a_quote_that_is_never_closed_is_told() {
    let engine = Engine::built_in().unwrap();
    let rows: String = (0..300).map(|n| format!("{n},Anna,518-{:02}-3456\n", 11 + n % 80)).collect();
    let table = format!("id,name,ssn\n{rows}\"7,Bob,518-12-3456\n{rows}");
    for core in [257, 1 << 20] {
        let document = scan_cut(&engine, "t.csv", table.as_bytes(), Cut { core, after: 64 << 10 });
        let gaps: Vec<Reason> = document.gaps.iter().map(|gap| gap.reason).collect();
        assert_eq!((document.status, gaps), (Status::Partial, vec![Reason::Malformed]), "{core}");
        let found = document.matches.iter().filter(|m| m.identifier.name() == "ssn").count();
        assert_eq!(found, 601, "{core}");
    }
}

#[test]
fn very_many_columns_with_text_take_no_quadratic_time() {
    let engine = Engine::built_in().unwrap();
    let columns = 150_000;
    let row: Vec<String> = (0..columns).map(|n| format!("x518-{:02}-3456 y 518-{:02}-3456", 11, 11 + n % 80)).collect();
    let table = format!("{}\n{}\n", ",".repeat(columns - 1), row.join(","));
    let begun = std::time::Instant::now();
    let document = scan_cut(&engine, "t.csv", table.as_bytes(), Cut::default());
    assert_eq!(document.matches.len(), columns);
    // The same without a header of that width, so that the columns are judged whole.
    let row: Vec<String> = (0..columns).map(|n| format!("518-{:02}-{:04}", 11 + n % 80, 1 + n % 9000)).collect();
    let table = format!("{}{}\n", "a,b,c\n".repeat(10), row.join(","));
    let document = scan_cut(&engine, "t.csv", table.as_bytes(), Cut::default());
    assert_eq!(document.matches.len(), columns);
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

#[test]
fn explain_of_a_full_mebibyte_takes_no_quadratic_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.csv");
    let rows: String = (0..30_000)
        .map(|n| format!("{n},Anna,{:03}-{:02}-{:04}\n", 101 + n % 500, 11 + n % 80, 1000 + n % 8999))
        .collect();
    std::fs::write(&file, format!("id,name,ssn\n{rows}")).unwrap();
    let begun = std::time::Instant::now();
    let output = phisweep(&["explain", &format!("{}:30000", file.display())]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("30000:12  ssn by us.ssn"), "{}", text(&output.stdout));
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

/// Whoever writes into the pipe may say nothing for hours.
#[test]
fn an_interrupt_ends_the_wait_for_a_silent_stream() {
    use std::io::Write;
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    let command = command.args(["scan", "-f", "jsonl", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let mut silent = child.stdin.take().unwrap();
    silent.write_all(b"SSN 518-12-3456\n").unwrap();
    // Long enough for the rules to be loaded; before that an interrupt ends it without a report.
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    drop(silent);
    assert_eq!(output.status.code(), Some(130));
    let said = text(&output.stdout);
    assert!(said.contains("\"type\":\"finding\""), "what came before it is read: {said}");
    assert!(said.contains("\"type\":\"gap\"") && said.contains("\"reason\":\"interrupted\""), "{said}");
    assert!(said.contains("\"type\":\"summary\",\"complete\":false"), "{said}");
}

#[test]
fn masked_paths_are_masked_in_gaps_too() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("SSN 536-90-4399");
    std::fs::create_dir(&bad).unwrap();
    std::fs::write(bad.join("a.pdf"), "%PDF-1.7\n").unwrap();
    std::fs::write(bad.join("518-12-3456 a.txt"), "nothing\n").unwrap();
    std::os::unix::fs::symlink("nowhere", bad.join("link")).unwrap();
    let root = folder.path().to_str().unwrap();
    let masked = text(&phisweep(&["scan", "-f", "jsonl", "--mask-paths", root]).stdout);
    assert!(masked.contains("a.pdf") && masked.contains("link"), "{masked}");
    assert!(!masked.contains("536-90-4399") && !masked.contains("518-12-3456"), "{masked}");
    let kept = text(&phisweep(&["scan", "-f", "jsonl", root]).stdout);
    assert!(kept.contains("536-90-4399"), "the path is kept so that the file can be found");
}

#[test]
fn column_names_cannot_play_tricks_on_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.csv");
    std::fs::write(&file, "id,ssn \u{1b}[31m,city\n1,536-90-4399,Rome\n2,518-12-3456,Bern\n").unwrap();
    for args in [vec!["explain", file.to_str().unwrap()], vec!["scan", file.to_str().unwrap()]] {
        let output = phisweep(&args);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(said.contains("ssn") && !said.contains('\u{1b}'), "{said}");
        assert!(!said.contains("536-90-4399"), "{said}");
    }
}

/// One record number for all, a default of whoever exported: it must not make one person of a hundred.
#[test]
fn a_constant_in_a_key_column_does_not_make_one_person_of_all() {
    let engine = Engine::built_in().unwrap();
    let row = |n: u32| format!("AB12345,{:03}-{:02}-{:04}\n", 101 + n * 3, 11 + n % 80, 1000 + n * 7);
    let table: String = std::iter::once("mrn,ssn\n".to_string()).chain((0..100).map(row)).collect();
    for core in [257, 1 << 20] {
        let document = scan_cut(&engine, "t.csv", table.as_bytes(), Cut { core, after: 4096 });
        assert_eq!((document.people, document.people_low, document.people_high), (100, 100, 100), "{core}");
    }
}

/// What stands in a name is told like what stands in the document: its place, its ids, its people, its matches.
#[test]
fn values_in_names_are_findings_of_their_own() {
    let engine = Engine::built_in().unwrap();
    let bytes = b"SSN 518-12-3456\nSSN 536-90-4399\n";
    let document = scan_cut(&engine, "in/SSN 536-90-4399 chart.txt", bytes, Cut::default());
    let place = |place: &str| document.findings.iter().find(|f| f.place.kind() == place).expect("a finding");
    let (name, content) = (place("name"), place("text"));
    assert_ne!(name.id, content.id, "two places are two findings");
    assert_ne!(name.series_id, content.series_id);
    assert_eq!((name.people, content.people, document.people), (1, 2, 2), "one person stands in both");
    let of_name: Vec<_> = document.matches.iter().filter(|m| m.finding_id == name.id).collect();
    assert_eq!(of_name.len(), 1);
    assert_eq!((of_name[0].place.kind(), of_name[0].bytes.clone(), of_name[0].position.line), ("name", 7..18, 0));
    assert!(!of_name[0].value.contains("4399"));

    let other = scan_cut(&engine, "out/518-12-3456 SSN letter.pdf", b"%PDF-1.7\n", Cut::default());
    assert_eq!(other.people, 1, "a document that is not read has a name all the same");
    let other = other.findings.iter().find(|f| f.place.kind() == "name").expect("a finding");
    assert_ne!(other.series_id, name.series_id, "files of different series");
    let next = scan_cut(&engine, "in/SSN 518-12-3456 chart.txt", b"nothing\n", Cut::default());
    let next = next.findings.iter().find(|f| f.place.kind() == "name").expect("a finding");
    assert_eq!((next.series_id == name.series_id, next.id == name.id), (true, false));
}

/// `--only` and `--skip` choose what is told; what is told says the same as without them.
#[test]
fn what_is_asked_for_does_not_change_what_is_said_of_it() {
    let engine = Engine::built_in().unwrap();
    let row = |n: u32| {
        let (area, year) = (101 + n * 3, 1940 + n % 50);
        format!("Anna Miller,{area:03}-{:02}-{:04},{year}-03-04,a{n}@mail.com\n", 11 + n % 80, 1000 + n * 7)
    };
    let table: String = std::iter::once("name,ssn,birth_date,email\n".to_string()).chain((0..40).map(row)).collect();
    let named = |name: &str, only: &[Identifier], skip: &[Identifier]| {
        let options = Options { only: only.to_vec(), skip: skip.to_vec(), matches: true, ..Options::default() };
        scan_bytes(&engine, &options, name, table.as_bytes())
    };
    let scanned = |only: &[Identifier], skip: &[Identifier]| named("members.csv", only, skip);
    let told = |document: &Document| -> Vec<String> {
        let findings = document.findings.iter().filter(|f| f.identifier == Identifier::BIRTH_DATE);
        findings
            .map(|f| format!("{} {} {} {:?} {}", f.id, f.severity, f.people, f.linked_with, f.probability))
            .collect()
    };
    let all = scanned(&[], &[]);
    assert_eq!(told(&all).len(), 1);
    for (only, skip) in [(vec![Identifier::BIRTH_DATE], vec![]), (vec![], vec![Identifier::SSN, Identifier::NAME])] {
        let some = scanned(&only, &skip);
        assert_eq!(told(&some), told(&all), "{only:?} {skip:?}");
        assert_eq!((some.people, some.class), (all.people, all.class));
        let unwanted = some.findings.iter().map(|f| f.identifier).chain(some.matches.iter().map(|m| m.identifier));
        assert_eq!(unwanted.filter(|i| *i == Identifier::SSN || *i == Identifier::NAME).count(), 0);
        assert!(named("SSN 518-12-3456.csv", &only, &skip).path_holds_values, "whatever is asked for");
    }
    let none = scanned(&[Identifier::MBI], &[]);
    assert!(none.findings.is_empty() && none.matches.is_empty() && none.linked.is_empty());
    assert_eq!((none.people, none.class.name(), none.severity.name()), (0, "none", "info"));
}

#[test]
fn test_values_alone_make_no_document_of_persons() {
    let engine = Engine::built_in().unwrap();
    let note = "Sample form. SSN: 078-05-1120\n\nThe office at 12 Main Street, Springfield, IL 62704. See 900-70-1234 there.\n";
    let scanned = |text: &str| scan_bytes(&engine, &Options::default(), "form.txt", text.as_bytes());
    let find = |document: &Document, identifier| -> Finding {
        document.findings.iter().find(|f| f.identifier == identifier).expect("a finding").clone()
    };
    let document = scanned(note);
    let sample = find(&document, Identifier::SSN);
    assert!(sample.listed && sample.matches == sample.test_values && sample.confidence >= Confidence::Likely);
    assert_eq!((document.class.name(), document.people, document.severity.name()), ("none", 0, "info"));
    let faint = find(&document, Identifier::ITIN);
    assert_eq!((faint.confidence, faint.listed), (Confidence::Possible, false));
    // Beside a real number it is another matter.
    let document = scanned(&note.replace("078-05-1120", "518-12-3456"));
    assert_eq!((document.class.name(), document.people), ("pii", 1));
    assert!(find(&document, Identifier::ITIN).listed);
}

#[test]
fn what_was_searched_as_it_stands_is_no_number_of_bytes_not_read() {
    let engine = Engine::built_in().unwrap();
    let bytes = [&[1, 2, 3, 0, 250, 7][..], b" SSN: 518-12-3456 ", &[0; 64]].concat();
    let document = scan_bytes(&engine, &Options::default(), "a.xyz", &bytes);
    assert_eq!((document.format, document.status, document.findings.len()), ("unknown", Status::Partial, 1));
    let [gap] = &document.gaps[..] else { panic!("{:?}", document.gaps) };
    assert_eq!((gap.reason, gap.bytes), (Reason::Unsupported, None));
    assert!(gap.detail.contains("searched as plain bytes"), "{}", gap.detail);
}
