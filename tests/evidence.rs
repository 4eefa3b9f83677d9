//! What comes after a scan: decisions that come back from a spreadsheet, a fact sheet, a sample and its score, a manifest, defaults from a
//! file, the manual page. All from outside, on a made drop.

use std::path::Path;
use std::process::{Command, Output};

use sha2::{Digest, Sha256};

/// A drop of one feed in three months, a feed of another kind and a file without anything.
fn made() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("drop/in");
    std::fs::create_dir_all(&root).expect("made");
    for (month, rows) in [("202609", 40), ("202610", 45), ("202611", 42)] {
        let mut text = "name,ssn,dob,zip\n".to_string();
        for n in 0..rows {
            let (area, day) = (536 + n % 7, 1 + n % 28);
            text += &format!(
                "Maria Nowak{},{area}-{:02}-{:04},19{}-03-{day:02},30301\n",
                letters(n),
                11 + n,
                4000 + n,
                40 + n % 50
            );
        }
        std::fs::write(root.join(format!("members_{month}.csv")), text).expect("written");
    }
    let mut calls = "caller,phone,email\n".to_string();
    for n in 0..30 {
        calls += &format!("Jan Kowalski{},404-555-{:04},jan{n}@mailbox.org\n", letters(n), 1000 + n * 7);
    }
    std::fs::write(root.join("calls.csv"), calls).expect("written");
    std::fs::write(root.join("readme.txt"), "nothing stands here\n").expect("written");
    folder
}

fn letters(n: i32) -> String {
    let letter = |n: i32| char::from(b'a' + u8::try_from(n % 26).unwrap_or(0));
    [letter(n / 26), letter(n), letter(n * 7 + 3)].iter().collect()
}

fn phisweep(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    command.args(args).current_dir(folder).env("XDG_CONFIG_HOME", folder.join("config"));
    command.output().expect("phisweep runs")
}

/// What it says, once it has ended with this code.
fn said(folder: &Path, code: i32, args: &[&str]) -> String {
    let output = phisweep(folder, args);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout) + &text(&output.stderr)
}

fn rows(path: &Path) -> Vec<csv::StringRecord> {
    let text = std::fs::read_to_string(path).expect("readable");
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader.records().map(|row| row.expect("a row")).collect()
}

#[test]
fn decisions_go_out_to_a_spreadsheet_and_come_back() {
    let made = made();
    let at = made.path();
    said(at, 1, &["scan", "drop", "-o", "out/"]);
    let table = rows(&at.join("out/worklist.csv"));
    let column = |name: &str| table[0].iter().position(|cell| cell == name).expect("a column");
    assert_eq!(table.len(), 3, "a feed is one row: {table:?}");
    let members = table.iter().find(|row| row[column("series")].contains("members_")).expect("the feed");
    assert_eq!(&members[column("documents")], "3");
    assert_eq!(&members[column("people_at_least")], "45");

    // As a spreadsheet in Europe saves it, with rows and columns moved, decided on one feed.
    let until = phisweep::decisions::day_from_now(100);
    let dotted: Vec<&str> = until.split('-').rev().collect();
    let mut saved = "sep=;\r\nwho;until;reason;disposition;worklist_id;series\r\n".to_string();
    for row in table.iter().skip(1).rev() {
        let decided = row[column("series")].contains("members_");
        let cells = if decided {
            format!("J. Doe;{};\"agreed; by mail\";Accepted Risk", dotted.join("."))
        } else {
            ";;;".into()
        };
        saved += &format!("{cells};{};{}\r\n", &row[0], &row[column("series")]);
    }
    std::fs::write(at.join("out/decided.csv"), format!("\u{feff}{saved}")).expect("written");
    let args = ["triage", "import", "out/decided.csv", "--into", "suppress.toml"];
    let dry = said(at, 0, &args);
    assert!(dry.contains("accepted-risk until") && dry.contains("Nothing is written without --apply"), "{dry}");
    assert!(!at.join("suppress.toml").exists());
    let done = said(at, 0, &[&args[..], &["--apply"]].concat());
    assert!(done.contains("0 changed, 0 there already") && done.contains("Written."), "{done}");
    let again = said(at, 0, &[&args[..], &["--apply"]].concat());
    assert!(again.contains("0 entries new, 0 changed") && again.contains("Nothing to write."), "{again}");

    // What is left, telephone numbers without more, is of severity low.
    said(at, 0, &["scan", "drop", "-o", "next/", "--suppress", "suppress.toml"]);
    let next = rows(&at.join("next/worklist.csv"));
    let last = next.last().expect("rows");
    assert!(last[column("series")].contains("members_"), "what is accepted comes last: {next:?}");
    assert_eq!(&last[column("decided")], "accepted-risk");

    // A worklist with an id that was changed is refused as a whole.
    std::fs::write(at.join("out/decided.csv"), saved.replace("W-", "W-0")).expect("written");
    let refused = said(at, 2, &args);
    assert!(refused.contains("line ") && refused.contains("is none of the findings"), "{refused}");
    assert!(refused.contains("nothing was taken over"), "{refused}");
}

#[test]
fn a_fact_sheet_is_made_from_a_report() {
    let made = made();
    let at = made.path();
    said(at, 1, &["scan", "drop", "-o", "out/"]);
    let sheet =
        said(at, 0, &["report", "--incident", "drop/in/members_202611.csv", "drop/in/calls.csv", "out/findings.jsonl"]);
    for part in ["Social Security numbers", "here: 42", "Who could read it", "GA", "Nothing was left out.", "SHA-256"] {
        assert!(sheet.contains(part), "{part}\nin\n{sheet}");
    }
    assert!(!sheet.contains("members_202610") && !sheet.contains("Nowak"), "{sheet}");
    said(at, 0, &["report", "--incident", "drop/in", "out/findings.jsonl", "-o", "facts.md"]);
    let markdown = std::fs::read_to_string(at.join("facts.md")).expect("written");
    assert!(markdown.starts_with("# Fact sheet\n") && markdown.contains("| --- |"), "{markdown}");
    let unmet = said(at, 2, &["report", "--incident", "drop/on", "out/findings.jsonl"]);
    assert!(unmet.contains("tells of no document and no gap at drop/on"), "{unmet}");
    let other = said(at, 2, &["report", "--incident", "drop", "out/findings.jsonl", "-o", "facts.csv"]);
    assert!(other.contains(".md or .txt"), "{other}");
    let needs = said(at, 2, &["report", "drop", "out/findings.jsonl"]);
    assert!(needs.contains("--incident"), "{needs}");
}

#[test]
fn a_sample_is_drawn_and_its_verdicts_are_scored() {
    let made = made();
    let at = made.path();
    said(at, 1, &["scan", "drop", "-o", "out/"]);
    said(at, 0, &["sample", "out/findings.jsonl", "-n", "6", "--clean", "5", "-o", "sample.csv"]);
    let text = std::fs::read_to_string(at.join("sample.csv")).expect("written");
    let first = said(at, 0, &["sample", "out/findings.jsonl", "-n", "6", "--clean", "5"]);
    assert!(first.starts_with(&text), "the same seed draws the same");
    let table = rows(&at.join("sample.csv"));
    assert_eq!(table.len(), 1 + 6 + 1, "six findings and the one clean document");
    let verdict = table[0].iter().position(|cell| cell == "verdict").expect("a column");
    let mut filled = csv::Writer::from_writer(Vec::new());
    for (number, row) in table.iter().enumerate() {
        let cells = row.iter().enumerate().map(|(at, cell)| match (at == verdict && number > 0, &row[1]) {
            (true, "clean") => "clean",
            (true, _) if number == 1 => "wrong",
            (true, _) => "right",
            _ => cell,
        });
        filled.write_record(cells).expect("written");
    }
    std::fs::write(at.join("verdicts.csv"), filled.into_inner().expect("whole")).expect("written");
    let score = said(at, 0, &["sample", "score", "verdicts.csv"]);
    for part in ["all findings", "5 of   6 right", "95 %:", "0 of 1 missed", "not more than 100.0 %"] {
        assert!(score.contains(part), "{part}\nin\n{score}");
    }
}

#[test]
fn a_manifest_names_every_report_with_its_hash() {
    let made = made();
    let at = made.path();
    said(at, 1, &["scan", "drop", "-o", "a.csv", "-o", "b.jsonl", "--matches", "--manifest", "run.json"]);
    let text = std::fs::read(at.join("run.json")).expect("written");
    let manifest: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    let files = manifest["files"].as_array().expect("files");
    let mut names: Vec<&str> = files.iter().filter_map(|file| file["name"].as_str()?.rsplit('/').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["a.csv", "b.jsonl", "matches.csv"]);
    for file in files {
        let bytes = std::fs::read(file["name"].as_str().expect("a path")).expect("a report");
        let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(file["sha256"], hash);
    }
    assert_eq!(
        (&manifest["summary"]["complete"], &manifest["run"]["roots"][0]["name"]),
        (&true.into(), &"drop".into())
    );
    let twice = said(at, 2, &["scan", "drop", "-o", "a.csv", "--manifest", "a.csv"]);
    assert!(twice.contains("two reports"), "{twice}");
}

#[test]
fn defaults_come_from_the_users_folder_and_never_from_what_is_scanned() {
    let made = made();
    let at = made.path();
    let only = |said: &str| (said.contains("ssn"), said.contains("phone"));
    let scan = |more: &[&str]| said(at, 1, &[&["scan", "drop", "-f", "csv", "--fail-on", "low"][..], more].concat());
    assert_eq!(only(&scan(&[])), (true, true));
    // In the working folder nobody looks.
    std::fs::write(at.join("config.toml"), "[scan]\nskip = [\"ssn\"]\n").expect("written");
    std::fs::create_dir(at.join("phisweep")).expect("made");
    std::fs::write(at.join("phisweep/config.toml"), "[scan]\nskip = [\"ssn\"]\n").expect("written");
    assert!(scan(&[]).contains(",ssn,"));
    std::fs::create_dir_all(at.join("config/phisweep")).expect("made");
    std::fs::write(at.join("config/phisweep/config.toml"), "[scan]\nonly = [\"phone\"]\n").expect("written");
    assert!(!scan(&[]).contains(",ssn,"), "the user's folder");
    assert!(scan(&["--only", "ssn"]).contains(",ssn,"), "what is typed counts");
    assert!(scan(&["--no-config"]).contains(",ssn,"));
    // What lies below a starting point was perhaps put there.
    std::fs::write(at.join("drop/in/planted.toml"), "[scan]\nskip = [\"ssn\"]\n").expect("written");
    let refused = said(at, 2, &["scan", "drop", "--config", "drop/in/planted.toml"]);
    assert!(refused.contains("which is to be scanned"), "{refused}");
    let refused = said(at, 2, &["scan", "."]);
    assert!(refused.contains("which is to be scanned") && refused.contains("--no-config"), "{refused}");
    std::fs::write(at.join("config/phisweep/config.toml"), "[scan]\nonyl = [\"phone\"]\n").expect("written");
    let refused = said(at, 2, &["scan", "drop"]);
    assert!(refused.contains("config.toml:2: ") && refused.contains("did you mean only?"), "{refused}");
}

#[test]
fn the_manual_and_completions_are_made_from_the_options() {
    let made = made();
    let at = made.path();
    let page = said(at, 0, &["generate", "man"]);
    assert!(page.contains(".TH phisweep 1") && page.contains("phisweep\\-scan"), "{page}");
    std::fs::create_dir(at.join("man")).expect("made");
    said(at, 0, &["generate", "man", "-o", "man"]);
    let scan = std::fs::read_to_string(at.join("man/phisweep-scan.1")).expect("a page");
    assert!(scan.contains("min\\-confidence"), "{scan}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(said(at, 0, &["generate", "completions", shell]).contains("min-confidence"), "{shell}");
    }
    assert!(said(at, 2, &["generate", "completions", "bahs"]).contains("bash"));
}
