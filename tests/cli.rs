//! The command line from outside: what it refuses, with which words and which exit code, before anything is read.

use std::path::Path;
use std::process::{Command, Output};

fn phisweep(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_phisweep")).args(args).output().expect("phisweep runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Names of all files below a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = walkdir::WalkDir::new(folder).min_depth(1).sort_by_file_name();
    entries
        .into_iter()
        .map(|entry| entry.expect("readable").path().strip_prefix(folder).expect("below").display().to_string())
        .collect()
}

#[test]
fn what_cannot_work_is_refused_with_2_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.txt");
    std::fs::write(&file, "nothing here\n").unwrap();
    let (root, at) = (folder.path().to_str().unwrap(), |name: &str| format!("{}/{name}", folder.path().display()));
    for (args, part) in [
        (vec!["scan"], "<PATH>"),
        (vec!["scan", "--only", "snn", root], "did you mean ssn?"),
        (vec!["scan", "-o", &at("x.txt"), root], "cannot tell the format"),
        (vec!["scan", "-o", &at("no/such/x.csv"), root], "no/such/x.csv: No such file"),
        (vec!["scan", "-o", &at("x.csv"), "-o", &at("./x.csv"), root], "given twice"),
        (vec!["scan", "-o", &at("x.csv"), "-o", &at("matches.csv"), "--matches", root], "two reports"),
        (vec!["scan", "--only", "ssn,mbi", "--skip", "mbi,ssn", root], "nothing to look for"),
        (vec!["explain", &at("no.txt")], "no.txt: No such file"),
        (vec!["scan", "--matches", root], "--matches needs"),
        (vec!["scan", "--matches", "--reveal", "full", "-o", &at("x.jsonl"), root], "--i-may-hold-phi"),
        (vec!["scan", "--fingerprint-key", &at("a.txt"), root], "32 bytes"),
        (vec!["scan", "-", "-"], "twice"),
        (vec!["rules", "show", "no.such"], "no rule is called no.such"),
        (vec!["sweeep"], "unrecognized subcommand"),
    ] {
        let output = phisweep(&args);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(part), "{args:?}: {said}");
        assert!(output.stdout.is_empty(), "{args:?}");
        assert_eq!(names(folder.path()), ["a.txt"], "{args:?} left something behind");
    }
}

#[test]
fn explain_answers_for_lines_without_candidates() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.txt");
    std::fs::write(&file, "nothing here\nSSN: 536-90-4399\n").unwrap();
    for (line, part, other) in [
        (1, "line 1: nothing in it has the form", "line 2"),
        (2, "2:6  ssn by us.ssn", "line 2"),
        (3, "line 3: there is no such line; the last is 2", "ssn"),
    ] {
        let output = phisweep(&["explain", &format!("{}:{line}", file.display())]);
        let said = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(said.contains(part) && !said.contains(other), "{line}: {said}");
    }
}

#[test]
fn explain_reads_text_in_other_encodings() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.txt");
    let units: Vec<u8> = "\u{feff}nothing here\nSSN: 536-90-4399\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(&file, units).unwrap();
    let output = phisweep(&["explain", &format!("{}:2", file.display())]);
    let said = text(&output.stdout);
    assert!(said.starts_with("text in ") && said.contains("2:6  ssn by us.ssn (999-99-9999): certain"), "{said}");
    std::fs::write(&file, b"PK\x03\x04 and so on").unwrap();
    let output = phisweep(&["explain", file.to_str().unwrap()]);
    assert!(text(&output.stdout).contains("not read"), "{}", text(&output.stdout));
}

/// One who asked for certain findings gets these; one who takes likely ones also gets core identifiers beside them.
#[test]
fn only_certain_findings_are_listed_where_asked() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "see 536-90-4399 there\n").unwrap();
    let root = folder.path().to_str().unwrap();
    for (band, code) in [("possible", 1), ("likely", 1), ("certain", 0)] {
        let output = phisweep(&["scan", "--min-confidence", band, root]);
        assert_eq!(output.status.code(), Some(code), "{band}: {}", text(&output.stdout));
    }
}

#[test]
fn records_are_marked_where_their_path_holds_values() {
    let folder = tempfile::tempdir().unwrap();
    let name = "ssn 536-90-4399";
    std::fs::write(folder.path().join(format!("{name}.pdf")), "%PDF-1.4\n").unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join(format!("{name} link"))).unwrap();
    let root = folder.path().to_str().unwrap();
    let plain = text(&phisweep(&["scan", "-f", "jsonl", root]).stdout);
    let about_paths: Vec<&str> = plain.lines().filter(|line| line.contains(name)).collect();
    assert_eq!(about_paths.len(), 4, "finding, document and its gap, the link: {plain}");
    assert!(about_paths.iter().all(|line| line.contains("\"path_holds_values\":true")), "{plain}");
    let masked = text(&phisweep(&["scan", "-f", "jsonl", "--mask-paths", root]).stdout);
    assert!(!masked.contains("536-90") && masked.contains("\"path_holds_values\":true"), "{masked}");
}

#[test]
fn an_npi_has_a_letter_only_where_it_is_the_patients() {
    let drop = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/drop");
    let lines = text(&phisweep(&["scan", "-f", "jsonl", "--only", "npi", drop]).stdout);
    let findings: Vec<&str> = lines.lines().filter(|line| line.contains("\"type\":\"finding\"")).collect();
    assert!(!findings.is_empty() && findings.iter().all(|line| line.contains("\"hipaa\":\"\"")), "{lines}");
}

#[test]
fn the_version_names_the_matcher_where_asked() {
    let version = text(&phisweep(&["--version"]).stdout);
    assert_eq!(version, format!("phisweep {}\n", env!("CARGO_PKG_VERSION")));
    let output = phisweep(&["--version", "-v"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("detect: "));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_2_and_said() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "nothing here\n").unwrap();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    let output = command.arg("scan").arg(folder.path()).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("cannot write standard output"), "{}", text(&output.stderr));
}

#[test]
fn a_reader_that_has_gone_ends_it_quietly() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "nothing here\n").unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    let output = command.args(["scan", "-f", "jsonl"]).arg(folder.path()).stdout(writer).output().unwrap();
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(2), "what was asked for is not whole");
}

#[test]
fn a_set_holds_what_the_contract_says_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "nothing here\n").unwrap();
    let set = folder.path().join("out");
    let output = phisweep(&["scan", "-o", &format!("{}/", set.display()), folder.path().to_str().unwrap()]);
    let said = text(&output.stdout);
    assert!(said.contains("Written: "), "{said}");
    let expected = [
        "documents.csv",
        "findings.csv",
        "findings.jsonl",
        "gaps.csv",
        "manifest.json",
        "report.html",
        "summary.json",
        "worklist.csv",
    ];
    assert_eq!(names(&set), expected);
    #[cfg(unix)]
    for name in expected {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(set.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let jsonl = std::fs::read_to_string(set.join("findings.jsonl")).unwrap();
    assert!(jsonl.starts_with("{\"type\":\"run\",\"schema\":1,"), "{jsonl}");
    assert!(jsonl.lines().last().unwrap().starts_with("{\"type\":\"summary\",\"complete\":"), "{jsonl}");
}

/// Reports of an earlier run are not scanned again, as long as they are as we left them.
#[cfg(unix)]
#[test]
fn earlier_reports_are_left_out() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "SSN: 518-12-3456\n").unwrap();
    let root = folder.path().to_str().unwrap();
    let set = folder.path().join("set");
    let output = phisweep(&["scan", "--matches", "-o", &format!("{}/", set.display()), root]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let own = || {
        let said = text(&phisweep(&["scan", "-f", "jsonl", root]).stdout);
        assert!(said.contains("\"matches\":1,"), "{said}");
        said.lines().filter(|line| line.contains("\"detail\":\"own report\"")).count()
    };
    assert_eq!(own(), 9);
    std::fs::set_permissions(set.join("gaps.csv"), PermissionsExt::from_mode(0o644)).unwrap();
    assert_eq!(own(), 8, "anyone could have written this one, to hide what is in it");
}

#[test]
fn explain_says_the_same_of_what_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.csv");
    let rows: String = (0..30).map(|n| format!("518-{:02}-3456,{}-03-04\n", 11 + n, 1940 + n)).collect();
    std::fs::write(&file, format!("ssn,seen\n{rows}")).unwrap();
    let explained = |more: &[&str]| {
        let said = text(&phisweep(&[&["explain", file.to_str().unwrap()], more].concat()).stdout);
        said.lines().filter(|line| line.starts_with("seen: birth-date")).map(str::to_string).collect::<Vec<_>>()
    };
    let all = explained(&[]);
    assert!(!all.is_empty());
    assert_eq!(explained(&["--only", "birth-date"]), all, "the column beside it counts all the same");
    assert!(explained(&["--skip", "birth-date"]).is_empty());
}
