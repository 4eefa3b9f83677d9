//! Reports that are written again from JSON Lines. In: a scan of the made drop. Out: the same reports, byte by byte.

use std::path::Path;
use std::process::{Command, Output};

fn phisweep(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_phisweep")).args(args).output().expect("phisweep runs")
}

fn scanned(folder: &Path, more: &[&str]) -> Output {
    let drop = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/drop");
    let out = format!("{}/", folder.display());
    let output = phisweep(&[&["scan", "-o", &out, drop.to_str().expect("a plain path")], more].concat());
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// What a summary says before the line that names the reports.
fn summary(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().filter(|line| !line.starts_with("Written: ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_report_of_a_report_is_the_same_bytes() {
    let parent = tempfile::tempdir().unwrap();
    let (first, again) = (parent.path().join("first"), parent.path().join("again"));
    let told = scanned(&first, &["--matches", "--min-confidence", "certain"]);
    let from = first.join("findings.jsonl");
    let output = phisweep(&["report", from.to_str().unwrap(), "-o", &format!("{}/", again.display())]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(summary(&output), summary(&told));
    let mut compared = 0;
    for entry in std::fs::read_dir(&first).unwrap() {
        let name = entry.unwrap().file_name();
        // It says when it was finished.
        if name != "manifest.json" {
            let read = |folder: &Path| std::fs::read(folder.join(&name)).unwrap();
            assert!(read(&first) == read(&again), "{name:?} differs");
            compared += 1;
        }
    }
    assert!(compared >= 6, "{compared} files");
}

#[test]
fn what_cannot_be_reported_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let first = parent.path().join("first");
    scanned(&first, &["--matches", "--reveal", "full", "--i-may-hold-phi"]);
    let from = first.join("findings.jsonl");
    let text = std::fs::read_to_string(&from).unwrap();
    let cut = parent.path().join("cut.jsonl");
    std::fs::write(&cut, &text[..text.len() - 10]).unwrap();
    let csv = parent.path().join("x.csv");
    let (from, cut, csv) = (from.to_str().unwrap(), cut.to_str().unwrap(), csv.to_str().unwrap());
    for (args, part) in [
        (vec!["report", cut], "cut.jsonl:"),
        (vec!["report", from, "-o", csv], "--i-may-hold-phi"),
        (vec!["report", from, "-o", from], "written over"),
        (vec!["report", "no/such.jsonl"], "No such file"),
        (vec!["report", csv.strip_suffix("x.csv").unwrap()], "cannot read"),
    ] {
        let output = phisweep(&args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(part), "{args:?}: {said}");
        assert!(!Path::new(csv).exists());
    }
    let output = phisweep(&["report", cut, "--fragment"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(summary(&output).contains("only a part"));
}
