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

/// A report with what names the run blanked: its id, its beginning, how long it took, and the number of threads.
fn blanked(path: &Path, jsonl: &str, threads: &str) -> String {
    let run: serde_json::Value = serde_json::from_str(jsonl.lines().next().expect("a line")).expect("JSON");
    let mut text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    for field in ["run_id", "started"] {
        text = text.replace(run[field].as_str().expect("text"), field);
    }
    // OCSF tells times in milliseconds.
    let started: jiff::Timestamp = run["started"].as_str().expect("text").parse().expect("a time");
    text = text.replace(&started.as_millisecond().to_string(), "started");
    for space in ["", " "] {
        text = text.replace(&format!("\"threads\":{space}\"{threads}\""), "");
    }
    let lines = text.lines().map(|line| match line.find("\"seconds\":") {
        Some(at) => format!("{}{}", &line[..at], line[at..].split_once(',').map_or("", |(_, rest)| rest)),
        None => line.to_string(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Every format, and not only the lines for programs.
#[test]
fn every_format_is_the_same_for_any_number_of_threads() {
    let in_set =
        ["findings.csv", "documents.csv", "gaps.csv", "worklist.csv", "findings.jsonl", "report.html", "summary.json"];
    let names: Vec<String> = in_set.map(|name| format!("set/{name}")).into_iter().collect();
    let names = [names, vec!["x.sarif".to_string(), "x.ocsf.jsonl".to_string()]].concat();
    let drop = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/drop");
    let told = |threads: &str| -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let args = ["scan", "-o", "set/", "-o", "x.sarif", "-o", "x.ocsf.jsonl", "--threads", threads];
        let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
        let output = command.args(args).arg(&drop).current_dir(folder.path()).output().expect("phisweep runs");
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let jsonl = std::fs::read_to_string(folder.path().join("set/findings.jsonl")).unwrap();
        names.iter().map(|name| blanked(&folder.path().join(name), &jsonl, threads)).collect()
    };
    let expected = told("1");
    for threads in ["2", "5"] {
        for ((name, one), many) in names.iter().zip(&expected).zip(told(threads)) {
            let line = one.lines().zip(many.lines()).position(|(a, b)| a != b);
            assert!(*one == many, "{name}, {threads} threads: line {line:?} differs");
            assert!(one.len() > 50, "{name} is empty");
        }
    }
}

/// RFC 4180 to the letter: records end with CRLF, a quote stands only around a whole field or doubled in one, all records
/// have as many fields as the first.
fn strict(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(bytes).expect("UTF-8").strip_prefix('\u{feff}').expect("a mark for spreadsheets");
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    while chars.peek().is_some() {
        if chars.next_if_eq(&'"').is_some() {
            loop {
                match chars.next().expect("a quoted field ends") {
                    '"' if chars.next_if_eq(&'"').is_some() => field.push('"'),
                    '"' => break,
                    c => field.push(c),
                }
            }
        } else {
            while let Some(c) = chars.next_if(|c| !matches!(c, ',' | '\r' | '\n')) {
                assert_ne!(c, '"', "a quote in a field that is not quoted");
                field.push(c);
            }
        }
        record.push(std::mem::take(&mut field));
        match chars.next() {
            Some(',') => {}
            Some('\r') => {
                assert_eq!(chars.next(), Some('\n'), "a record ends with CRLF");
                records.push(std::mem::take(&mut record));
            }
            other => panic!("{other:?} behind a field of record {}", records.len() + 1),
        }
    }
    assert!(record.is_empty(), "the last record ends too");
    assert!(records.iter().all(|record: &Vec<String>| record.len() == records[0].len()));
    records
}

#[test]
fn tables_open_in_a_spreadsheet_and_do_nothing_there() {
    let folder = tempfile::tempdir().unwrap();
    let row = |n: u32| format!("{}-{}-{},x,19{}-03-1{}\n", 101 + n, 21 + n, 4001 + n, 40 + n, n % 9);
    let rows: String = (0..30).map(row).collect();
    for name in ["=cmd|' C'!A0", "+1+1", "-2-3", "@SUM(A1)", "\tx", "\r=1", "a,\"b\"\nc"] {
        let root = folder.path().join("roots").join(name);
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(root.join("=1.csv"), format!("ssn,\"=HYPERLINK(\"\"x\"\")\",birth date\n{rows}")).unwrap();
        std::fs::write(root.join("@2.csv"), format!("=ssn,+a,-birth date\n{rows}")).unwrap();
        std::fs::write(root.join("-3.zip"), b"PK\x03\x04 damaged").unwrap();
    }
    // As starting points their names begin a cell.
    let mut roots: Vec<_> =
        std::fs::read_dir(folder.path().join("roots")).unwrap().map(|root| root.unwrap().path()).collect();
    roots.sort();
    let set = format!("{}/set/", folder.path().display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    let output = command.args(["scan", "--threads", "2", "-o", &set]).args(&roots).output().expect("phisweep runs");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let mut began = 0;
    for name in ["findings.csv", "documents.csv", "gaps.csv", "worklist.csv"] {
        let records = strict(&std::fs::read(Path::new(&set).join(name)).unwrap());
        assert!(records.len() > 7, "{name}: {} records", records.len());
        for cell in records.iter().flatten() {
            let number = cell.parse::<f64>().is_ok();
            let dangerous = cell.starts_with(|c: char| matches!(c, '=' | '+' | '-' | '@') || c.is_control());
            assert!(number || !dangerous, "{name}: {cell:?}");
            began += usize::from(cell.starts_with("'="));
        }
    }
    assert!(began > 0, "what would be a formula begins with a mark");
}

/// What a terminal is shown of a scan of the drop, with these variables; `None` where no pseudo-terminal can be had.
fn on_a_terminal(variables: &[(&str, &str)]) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let long = folder
        .path()
        .join("a-vendor-with-a-name-of-more-letters-than-anybody-would-like-to-read/and-once-more-the-same");
    std::fs::create_dir_all(&long).expect("made");
    std::fs::write(long.join("members_of_the_plan_as_they_were_on_the_last_day_of_the_month.csv"), ROSTER)
        .expect("written");
    let command = format!("'{}' scan '{}'", env!("CARGO_BIN_EXE_phisweep"), folder.path().display());
    let mut script = Command::new("script");
    script.args(["-qfec", &command, "/dev/null"]).env_remove("NO_COLOR").env("TERM", "xterm");
    let shown = script.envs(variables.iter().copied()).stdin(std::process::Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&shown.stdout).into_owned())
}

const ROSTER: &str = "name,ssn,dob\nMaria Nowak,301-41-4182,1961-03-04\nJan Kowalski,302-52-5283,1972-04-05\n\
                      Eva Lindqvist,303-63-6384,1953-05-06\nPaul Okafor,304-74-7485,1984-06-07\n";

#[test]
#[allow(clippy::print_stdout)]
fn a_terminal_has_colour_unless_it_is_asked_not_to() {
    let Some(shown) = on_a_terminal(&[]) else {
        println!("not run: no program `script`");
        return;
    };
    // The summary stands behind the last line of progress, which is drawn over.
    let summary = |shown: &str| shown[shown.rfind("individuals").unwrap_or(0)..].to_string();
    assert!(shown.contains("ssn") && summary(&shown).contains("\u{1b}["), "{shown:?}");
    for quiet in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let shown = on_a_terminal(&[quiet]).expect("a terminal");
        assert!(shown.contains("ssn") && !summary(&shown).contains("\u{1b}["), "{quiet:?}: {shown:?}");
    }
    let coloured = on_a_terminal(&[("NO_COLOR", "")]).expect("a terminal");
    assert!(summary(&coloured).contains("\u{1b}["), "empty is not set: no-color.org");
    for line in on_a_terminal(&[("NO_COLOR", "1")]).expect("a terminal").lines() {
        let line = line.rsplit('\r').find(|part| !part.is_empty()).unwrap_or("");
        let words = line.split_whitespace().count();
        // A path stays whole, so that it can be copied; it has its line to itself.
        assert!(line.chars().filter(|c| !c.is_control()).count() <= 80 || words == 1 && line.contains('/'), "{line:?}");
    }
}
