//! Reports made again from a ledger. In: ledgers of sweeps. Out: what their last run told, in any format, with decisions of now.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{Site, roster};

/// What `report` prints, once it has ended with this code.
fn report(site: &Site, code: i32, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_phisweep"))
        .arg("report")
        .args(args)
        .current_dir(site.folder.path())
        .output()
        .expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    said
}

#[test]
fn a_ledger_tells_again_what_its_last_run_told() {
    let mut site = Site::new(
        "[[roots]]\nname = \"in\"\npath = \"in\"\nvendor = \"Acme\"\nretention_days = 1\n\
         agreement = { name = \"a\", reference = \"r\", ends = 2026-01-01, allows = [\"ssn\"] }\n",
    );
    site.write("a/members_202601.csv", &roster(1, 30));
    site.write("b.csv", &roster(2, 20));
    site.write("locked.pgp", "-----BEGIN PGP MESSAGE-----\n\nhQEMA0000000000AQ\n-----END PGP MESSAGE-----\n");
    site.write("clean.txt", "nothing\n");
    site.sweep();
    site.sweep();
    site.sweep();
    // Nothing but the files that were asked for.
    assert_eq!(report(&site, 0, &["l.db", "-q", "-o", "again/", "-o", "now.sarif"]), "");
    let lines = |path: &str| -> Vec<String> {
        let text = fs::read_to_string(site.folder.path().join(path)).expect("a report");
        text.lines().map(str::to_string).collect()
    };
    let (told, again) = (lines("out/latest/findings.jsonl"), lines("again/findings.jsonl"));
    assert_eq!(told[..told.len() - 1], again[..again.len() - 1], "all but how long it took");
    let summary = |lines: &[String]| {
        let mut summary: Value = serde_json::from_str(lines.last().expect("a summary")).expect("JSON");
        summary["seconds"] = Value::Null;
        summary
    };
    assert_eq!(summary(&told), summary(&again));
    assert!(told.iter().any(|line| line.contains("\"past-retention\"") || line.contains("delete-past-retention")));
    let tables = |path: &str| {
        let text = fs::read_to_string(site.folder.path().join(path)).expect("a table");
        text.lines().map(str::to_string).collect::<Vec<_>>()
    };
    for name in ["findings.csv", "documents.csv", "gaps.csv", "worklist.csv"] {
        assert_eq!(tables(&format!("out/latest/{name}")), tables(&format!("again/{name}")), "{name}");
    }
    assert!(fs::read_to_string(site.folder.path().join("now.sarif")).expect("a report").contains("2.1.0"));
    let said = report(&site, 0, &["l.db"]);
    assert!(said.contains("in/b.csv"), "{said}");

    // Since when is known, from a ledger and from a report of a sweep; and what was decided meanwhile.
    for source in ["l.db", "out/latest/findings.jsonl"] {
        let sheet = report(&site, 0, &["--incident", "in/b.csv", source]);
        assert!(sheet.contains("First seen by a sweep: 2027-01-16 08:00:00 UTC"), "{sheet}");
    }
    let unmet = report(&site, 2, &["--incident", "in/c.csv", "l.db"]);
    assert!(unmet.contains("tells of no document"), "{unmet}");
    assert!(report(&site, 2, &["l.db", "-o", "l.db"]).contains("l.db"), "the ledger is not written over");
    assert!(
        Command::new(env!("CARGO_BIN_EXE_phisweep"))
            .args(["ledger", "show"])
            .arg(site.folder.path().join("l.db"))
            .status()
            .expect("it runs")
            .success()
    );
}

#[test]
fn a_ledger_without_a_whole_run_tells_nothing() {
    let mut site = Site::new("");
    site.write("b.csv", &roster(2, 20));
    let full = site.command_in("trap '' XFSZ; ulimit -f 0; exec \"$@\"").output().expect("it runs");
    assert_eq!(full.status.code(), Some(2));
    if site.folder.path().join("l.db").exists() {
        report(&site, 2, &["l.db"]);
    }
    fs::write(site.folder.path().join("other.db"), b"SQLite format 3\0 and nothing more").expect("written");
    report(&site, 2, &["other.db"]);
}
