//! The fence around libraries: whatever becomes of the process that reads a document, that is one document's end; what came
//! before is kept, the run goes on, and nothing hangs.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

/// A script as `rich::trial` reads it.
fn script(lines: &[&str]) -> String {
    format!("%phisweep trial\n{}\n", lines.join("\n"))
}

/// Records of a scan, and its exit code.
struct Run {
    records: Vec<Value>,
    code: i32,
    words: String,
}

impl Run {
    fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.records.iter().filter(move |record| record["type"] == kind)
    }

    fn document(&self, path: &str) -> &Value {
        self.of("document").find(|d| d["path"] == path).unwrap_or_else(|| panic!("{path}: {:?}", self.paths()))
    }

    fn paths(&self) -> Vec<&str> {
        self.of("document").filter_map(|d| d["path"].as_str()).collect()
    }

    /// Path, reason and detail of each gap.
    fn gaps<'a>(&'a self) -> Vec<(&'a str, &'a str, &'a str)> {
        let text = |text: &'a Value| text.as_str().unwrap_or_default();
        self.of("gap").map(|gap| (text(&gap["path"]), text(&gap["reason"]), text(&gap["detail"]))).collect()
    }
}

fn scan(folder: &Path, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    command.env("PHISWEEP_TRIAL", "1").arg("scan").arg(folder).args(["-f", "jsonl", "--matches"]).args(args);
    let output = command.output().expect("phisweep runs");
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    let records = text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    Run { records, code: output.status.code().expect("no signal ended it"), words }
}

fn folder(files: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("drop").rand_bytes(0).tempdir_in(tempfile::tempdir().unwrap().keep());
    let folder = folder.expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

#[test]
fn parts_are_scanned_as_what_they_are() {
    let top = folder(&[(
        "book.dat",
        script(&[
            "table Sheet1 @ Patients (hidden)",
            "row ssn|birth date|note",
            "rows 40",
            "text comments @ comments",
            "say SSN: 536-90-4398",
            "file inner.csv",
            "say name,ssn",
            "say Maria Nowak,536-90-4399",
            "file inner.csv",
            "say name,ssn",
            "say Maria Nowak,536-90-4397",
            "file deeper.dat",
            "say %phisweep trial",
            "say text x",
            "say say SSN: 536-90-4396",
            "gap page 3",
        ]),
    )]);
    let run = scan(top.path(), &["--threads", "1"]);
    let paths = ["Sheet1", "comments", "inner.csv", "inner.csv#2", "deeper.dat!x", "deeper.dat"];
    let mut expected: Vec<String> = paths.iter().map(|part| format!("drop/book.dat!{part}")).collect();
    expected.push("drop/book.dat".to_string());
    assert_eq!(run.paths(), expected, "{}", run.words);
    let ssn = |path: &str| {
        let found = run.of("finding").find(|f| f["path"] == path && f["identifier"] == "ssn");
        found.unwrap_or_else(|| panic!("no ssn in {path}")).clone()
    };
    let cell = serde_json::json!({"kind": "cell", "sheet": "Patients (hidden)", "column": "ssn"});
    let sheet = ssn("drop/book.dat!Sheet1");
    assert_eq!((&sheet["place"], &sheet["matches"]), (&cell, &Value::from(40)));
    let comments = ssn("drop/book.dat!comments");
    assert_eq!(comments["place"], serde_json::json!({"kind": "metadata", "name": "comments"}));
    assert_eq!(ssn("drop/book.dat!inner.csv")["place"]["name"], "ssn");
    ssn("drop/book.dat!inner.csv#2");
    ssn("drop/book.dat!deeper.dat!x");
    let of_rendering = run.of("match").filter(|m| m["path"] == "drop/book.dat!Sheet1");
    assert!(of_rendering.inspect(|m| assert!(m.get("byte_start").is_none())).count() >= 40);
    assert!(run.of("match").any(|m| m["path"] == "drop/book.dat!inner.csv" && m["byte_start"] == 21));
    assert_eq!(run.document("drop/book.dat!Sheet1")["records"], 40);
    assert_eq!(run.gaps(), [("drop/book.dat!page 3", "image", "a picture")]);
    assert_eq!(run.document("drop/book.dat")["status"], "partial");
}

#[test]
fn the_text_of_a_document_is_its_own() {
    let top = folder(&[("letter.dat", script(&["body", "say Patient SSN: 536-90-4398", "text notes", "say nothing"]))]);
    let run = scan(top.path(), &[]);
    assert_eq!(run.paths(), ["drop/letter.dat!notes", "drop/letter.dat"]);
    let found = run.of("finding").find(|f| f["path"] == "drop/letter.dat").expect("a finding");
    assert_eq!((&found["identifier"], &found["place"]["kind"]), (&"ssn".into(), &"text".into()));
    let document = run.document("drop/letter.dat");
    let size = fs::metadata(top.path().join("letter.dat")).unwrap().len();
    assert_eq!(
        (&document["format"], &document["bytes"], &document["status"]),
        (&"trial".into(), &size.into(), &"complete".into())
    );
    assert_eq!(run.code, 1);
}

/// What a reader may do to its process, and what that is called.
const DEATHS: [(&str, &str, &str); 8] = [
    ("abort", "crashed", "its reader ended with signal 6"),
    ("overflow", "crashed", "its reader ran out of stack"),
    ("ask", "limit", "its reader asks for more memory than it may have"),
    ("grow", "limit", "its reader asks for more memory than it may have"),
    ("loop", "limit", "its reader gave no sign of life for 2 seconds"),
    ("panic 536-90-4398", "crashed", "its reader gave up on it"),
    ("exit", "crashed", "its reader ended"),
    ("work", "limit", "more cells and nodes than a document may have"),
];

#[test]
fn each_way_of_dying_is_one_gap_and_the_run_goes_on() {
    let mut files = Vec::new();
    for (n, (death, ..)) in DEATHS.iter().enumerate() {
        files.push((format!("{n}a.dat"), script(&["body", "say SSN: 536-90-4398", death, "say SSN: 536-90-4399"])));
        files.push((format!("{n}b.dat"), script(&["body", "say SSN: 536-90-4398"])));
        files.push((format!("{n}c.txt"), "SSN: 536-90-4398\n".to_string()));
    }
    let files: Vec<(&str, String)> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let top = folder(&files);
    let begun = Instant::now();
    let run = scan(top.path(), &["--threads", "2", "--limit", "silence=2"]);
    assert!(begun.elapsed() < Duration::from_secs(40), "it took {:?}", begun.elapsed());
    let names: Vec<String> = (0..DEATHS.len()).map(|n| format!("drop/{n}a.dat")).collect();
    let expected: Vec<(&str, &str, &str)> =
        names.iter().zip(DEATHS).map(|(name, (_, reason, detail))| (name.as_str(), reason, detail)).collect();
    assert_eq!(run.gaps(), expected);
    for (path, _, _) in run.gaps() {
        assert_eq!(run.document(path)["status"], "partial", "{path}");
    }
    // What came before the end is kept.
    let found = |path: String| run.of("finding").any(|f| f["path"] == path && f["identifier"] == "ssn");
    for n in 0..DEATHS.len() {
        assert!(found(format!("drop/{n}a.dat")), "{n}a.dat");
        assert!(found(format!("drop/{n}b.dat")), "{n}b.dat, read by a fresh worker");
        assert!(found(format!("drop/{n}c.txt")), "{n}c.txt");
    }
    assert!(!run.words.contains("536"), "{}", run.words);
    assert_eq!(run.code, 1);
}
