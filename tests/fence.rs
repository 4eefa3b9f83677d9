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

/// A folder called `drop`.
struct Made {
    top: tempfile::TempDir,
}

impl Made {
    fn path(&self) -> std::path::PathBuf {
        self.top.path().join("drop")
    }
}

fn folder(files: &[(&str, String)]) -> Made {
    let made = Made { top: tempfile::tempdir().expect("a folder") };
    fs::create_dir(made.path()).expect("a folder");
    for (name, text) in files {
        fs::write(made.path().join(name), text).expect("a file");
    }
    made
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
    let run = scan(&top.path(), &["--threads", "1"]);
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
    let run = scan(&top.path(), &[]);
    assert_eq!(run.paths(), ["drop/letter.dat!notes", "drop/letter.dat"]);
    let found = run.of("finding").find(|f| f["path"] == "drop/letter.dat").expect("a finding");
    assert_eq!((&found["identifier"], &found["place"]["kind"]), (&"ssn".into(), &"text".into()));
    let document = run.document("drop/letter.dat");
    let size = fs::metadata(top.path().join("letter.dat")).expect("facts").len();
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
    let run = scan(&top.path(), &["--threads", "2", "--limit", "silence=2"]);
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

/// What nobody behind a fence has business with; the names of a file, a port and a socket that are there.
fn attempts(top: &Path, port: u16, socket: &Path) -> Vec<String> {
    let elsewhere = top.join("elsewhere");
    vec![
        format!("write {}", elsewhere.display()),
        format!("connect 127.0.0.1:{port}"),
        "bind 0".to_string(),
        "run /bin/true".to_string(),
        "read /proc/version".to_string(),
        format!("read {}", top.join("beside").display()),
        format!("unix {}", socket.display()),
        "list /".to_string(),
    ]
}

/// Whether this kernel has Landlock.
fn has_landlock() -> bool {
    let output =
        Command::new(env!("CARGO_BIN_EXE_phisweep")).args(["--version", "-v"]).output().expect("phisweep runs");
    String::from_utf8_lossy(&output.stdout).contains("enforced by Landlock")
}

#[test]
#[allow(clippy::print_stderr)]
fn behind_the_fence_there_is_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("a port").port();
    let top = folder(&[]);
    let socket = top.top.path().join("socket");
    let _socket = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
    fs::write(top.top.path().join("beside"), "x").expect("a file");
    let tried = attempts(top.top.path(), port, &socket);
    let lines: Vec<String> = tried.iter().map(|what| format!("try {what}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    fs::write(top.path().join("a.dat"), script(&lines)).expect("a file");

    // A worker may do none of this, and neither may it without a sandbox around the scan.
    for args in [&[][..], &["--no-sandbox"]] {
        let run = scan(&top.path(), args);
        let expected: Vec<String> = tried.iter().map(|what| format!("{what}: refused")).collect();
        assert_eq!(run.gaps().iter().map(|(_, _, detail)| *detail).collect::<Vec<_>>(), expected);
    }
    // The scan may list folders and ask this machine for names of users, no more.
    let scan_tries = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
        command.env("PHISWEEP_TRIAL", tried.join(";")).arg("scan").arg(top.path()).args(args);
        let output = command.output().expect("phisweep runs");
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        let how = |what: &String| {
            let line = words.lines().find_map(|line| line.strip_prefix(&format!("phisweep: trial: {what}: ")));
            line.map(str::to_string).unwrap_or_else(|| panic!("{what} is not among {words}"))
        };
        tried.iter().map(how).collect::<Vec<String>>()
    };
    if has_landlock() {
        let [refused, done] = ["refused", "done"];
        assert_eq!(scan_tries(&[]), [refused, refused, refused, refused, refused, refused, done, done]);
        assert!(!top.top.path().join("elsewhere").exists());
    } else {
        eprintln!("skipped: this kernel has no Landlock");
    }
    assert!(scan_tries(&["--no-sandbox"]).iter().all(|how| how == "done"));
}

#[test]
fn a_confined_scan_writes_its_reports_and_knows_owners() {
    let top = folder(&[("a.csv", "name,ssn\nMaria Nowak,536-90-4398\n".to_string())]);
    let out = top.top.path().join("out");
    let (csv, dir) = (out.join("findings.csv"), format!("{}/set/", out.display()));
    fs::create_dir(&out).expect("a folder");
    fs::write(&csv, "an old report").expect("a file");
    let run = scan(&top.path(), &["-v", "-o", csv.to_str().expect("text"), "-o", &dir]);
    assert_eq!(run.code, 1, "{}", run.words);
    assert!(run.words.contains("fence: files: "), "{}", run.words);
    assert!(fs::read_to_string(&csv).expect("a report").contains("ssn"));
    assert!(out.join("set/manifest.json").exists() && out.join("matches.csv").exists());
    let owners = |run: &Run| run.document("drop/a.csv")["access"].clone();
    assert_eq!(owners(&run), owners(&scan(&top.path(), &["--no-sandbox"])));
}

#[test]
fn results_do_not_depend_on_threads() {
    let mut files: Vec<(String, String)> = Vec::new();
    for n in 0..24 {
        let rows = format!("rows {}", 10 + n * 40);
        let end = ["say x", "abort", "file deeper.txt", "gap p", "encrypted"][n % 5];
        let lines = ["body", "say SSN: 536-90-4398", "table t @ T", "row ssn|birth date", &rows, end];
        files.push((format!("{n}.dat"), script(&lines)));
    }
    let files: Vec<(&str, String)> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let top = folder(&files);
    let told = |threads: &str| {
        let key = top.top.path().join("key");
        fs::write(&key, [7; 32]).expect("a key");
        let run = scan(&top.path(), &["--threads", threads, "--fingerprint-key", key.to_str().expect("text")]);
        let kept = run.records.into_iter().filter(|r| r["type"] != "run" && r["type"] != "summary");
        kept.map(|record| record.to_string()).collect::<Vec<String>>()
    };
    let one = told("1");
    assert!(one.len() > 100);
    for threads in ["2", "7"] {
        assert_eq!(told(threads), one, "{threads} threads");
    }
}

/// Memory that ends is exit code 2 with a word, and nothing is left beside the reports; where it suffices, the report is as without a limit.
#[test]
fn a_limit_on_memory_is_met_with_a_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let (drop, reports) = (folder.path().join("drop"), folder.path().join("reports"));
    std::fs::create_dir_all(&drop).expect("made");
    std::fs::create_dir_all(&reports).expect("made");
    std::fs::write(drop.join("a.txt"), "Patient SSN: 536-90-4398\n").expect("written");
    let run = |kib: u32, path: &Path| {
        let script = format!(
            "ulimit -v {kib}; exec '{}' scan '{}' -o '{}/a.jsonl' --threads 2 --matches --progress never",
            env!("CARGO_BIN_EXE_phisweep"),
            path.display(),
            reports.display()
        );
        let done = std::process::Command::new("sh").args(["-c", &script]).output().expect("a shell");
        (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    let (code, words) = run(600_000, &drop);
    assert_eq!(code, Some(1), "{words}");
    let report = std::fs::read_to_string(reports.join("a.jsonl")).expect("a report");
    assert!(report.lines().last().is_some_and(|line| line.contains("\"complete\":true")), "{report}");
    std::fs::remove_file(reports.join("a.jsonl")).expect("removed");

    // More people than fit: each of a table's rows is another.
    let mut table = String::from("ssn,birth date,last name,email\n");
    for n in 0..400_000u32 {
        let (area, group, serial) = (101 + n % 500, 11 + n / 500 % 80, 1000 + n / 40_000 % 9000 + n % 7);
        table += &format!(
            "{area:03}-{group:02}-{serial:04},19{:02}-0{}-1{},Smith{n},x{n}@mailhost{n}.org\n",
            20 + n % 70,
            1 + n % 9,
            n % 9
        );
    }
    std::fs::write(drop.join("b.csv"), table).expect("written");
    let (code, words) = run(132_000, &drop);
    match code {
        Some(2) => {
            assert!(words.contains("ulimit"), "{words}");
            assert_eq!(std::fs::read_dir(&reports).expect("there").count(), 0, "something is left");
        }
        // Where it does with less than it does here.
        _ => assert_eq!(code, Some(1), "{words}"),
    }
    // Too little to begin with.
    assert!(matches!(run(100_000, &drop), (Some(2), words) if words.contains("ulimit -v")));
}
