//! Documents and folders that mean no good: whatever is in them, what is found does not depend on how they are cut, no
//! value leaves by a side door, and nothing hangs, crashes or is passed over in silence.

use std::process::{Command, Output, Stdio};

use phisweep::engine::Engine;
use phisweep::extract::Cut;
use phisweep::finding::{Confidence, Document, Finding, Status};
use phisweep::gap::Reason;
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
    assert!(text(&output.stdout).contains("\"type\":\"summary\",\"complete\":false"), "{}", text(&output.stdout));
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
