//! What may go, what is accepted, what a site says its headers mean: from outside, by exit code, first line and report.

use std::path::Path;
use std::process::{Command, Output};

fn phisweep(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_phisweep")).current_dir(folder).args(args).output().expect("phisweep runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn table(header: &str, rows: impl Iterator<Item = String>) -> String {
    std::iter::once(header.to_string()).chain(rows).map(|row| row + "\n").collect()
}

/// Numbers that pass as SSNs and belong to nobody by intent.
fn ssn(n: u32) -> String {
    format!("{:03}-{:02}-{:04}", 301 + n * 7 % 300, 11 + n % 80, 1000 + n * 37 % 8999)
}

#[test]
fn the_first_line_says_whether_it_may_go() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
    let rows = |f: fn(u32) -> String| (1..60).map(f);
    for (name, contents) in [
        ("ssn.csv", table("ssn,state", rows(|n| format!("{},OH", ssn(n))))),
        ("zip3.csv", table("zip3,state", rows(|n| format!("{},OH", 430 + n % 20)))),
        (
            "zip3r.csv",
            table(
                "zip3,state",
                rows(|n| format!("{},VT", if n == 9 { "059".into() } else { (430 + n % 20).to_string() })),
            ),
        ),
        ("yob.csv", table("birth_year,sex", rows(|n| format!("{},F", 1950 + n % 40)))),
        ("old.csv", table("birth_year,sex", rows(|n| format!("{},F", 1920 + n % 60)))),
        (
            "initials.csv",
            table(
                "pt_initials,sex",
                rows(|n| format!("{}{},F", (b'A' + (n % 26) as u8) as char, (b'A' + (n % 7) as u8) as char)),
            ),
        ),
        ("last4.csv", table("ssn_last4,sex", rows(|n| format!("{:04},F", 1000 + n * 37 % 8999)))),
        (
            "labs.csv",
            table("collected_date,loinc", rows(|n| format!("2025-{:02}-{:02},718-7", 1 + n % 12, 1 + n % 28))),
        ),
        ("keys.csv", table("study_code,sex", rows(|n| format!("QX{:05},F", n * 7919 % 99991)))),
        ("rows.csv", table("row,sex", rows(|n| format!("{n},F")))),
        ("county.csv", table("county,sex", rows(|_| "Franklin,F".to_string()))),
        ("notes.csv", table("sex,notes", rows(|n| format!("F,felt better after walk number {n} in the garden today")))),
        ("codes.csv", table("sex,loinc", rows(|_| "F,718-7".to_string()))),
    ] {
        write(name, contents);
    }
    for (file, purpose, code, first) in [
        ("ssn.csv", "safe-harbor", 1, "BLOCKED: 1 column (ssn)"),
        ("ssn.csv", "limited-data-set", 1, "BLOCKED: 1 column (ssn)"),
        ("zip3.csv", "safe-harbor", 0, "NOTHING FOUND THAT BLOCKS (not a determination)"),
        ("zip3r.csv", "safe-harbor", 1, "BLOCKED: 1 column (zip)"),
        ("yob.csv", "safe-harbor", 0, "NOTHING FOUND THAT BLOCKS (not a determination)"),
        ("old.csv", "safe-harbor", 1, "BLOCKED: 1 column (age-over-89)"),
        ("initials.csv", "safe-harbor", 1, "BLOCKED: 1 column (name)"),
        ("last4.csv", "safe-harbor", 1, "BLOCKED: 1 column (ssn)"),
        ("labs.csv", "safe-harbor", 1, "BLOCKED: 1 column (service-date)"),
        ("labs.csv", "limited-data-set", 0, "NOTHING FOUND THAT BLOCKS (not a determination)"),
        ("keys.csv", "safe-harbor", 1, "BLOCKED: 1 column (record-key)"),
        ("keys.csv", "limited-data-set", 0, "NOTHING FOUND THAT BLOCKS (not a determination)"),
        ("rows.csv", "safe-harbor", 0, "NOTHING FOUND THAT BLOCKS (not a determination)"),
        ("county.csv", "safe-harbor", 1, "BLOCKED: 1 column (place)"),
        ("notes.csv", "safe-harbor", 3, "CANNOT SAY: 1 free-text column"),
        ("codes.csv", "safe-harbor", 0, "NOTHING FOUND THAT BLOCKS (not a determination)"),
    ] {
        let output = phisweep(folder.path(), &["scan", "--for", purpose, file]);
        let said = text(&output.stdout);
        assert_eq!(said.lines().next(), Some(first), "{file} for {purpose}: {said}{}", text(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{file} for {purpose}: {said}");
        assert!(said.contains("  P biometric identifiers                  not testable\n"), "{said}");
        assert!(
            said.ends_with("actual knowledge (45 CFR 164.514(b)(2)(ii)) and expert determination (164.514(b)(1)).\n")
        );
        assert!(!said.to_lowercase().contains("absent"), "{said}");
    }
    let output = phisweep(folder.path(), &["scan", "--for", "safe-harbour", "ssn.csv"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn what_was_not_read_cannot_be_said() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.pdf"), "%PDF-1.4\n\0\u{1}").unwrap();
    let output = phisweep(folder.path(), &["scan", "--for", "safe-harbor", "a.pdf"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stdout).starts_with("CANNOT SAY: 1 place not read: "), "{}", text(&output.stdout));
}

#[test]
fn an_agreement_allows_what_it_names_until_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.csv", &table("ssn,state", (1..40).map(|n| format!("{},OH", ssn(n)))));
    let agreement = |ends: &str, allows: &str| {
        format!("name = \"LabCo\"\nreference = \"DUA-7\"\nends = {ends}\nallows = [\"{allows}\"]\n")
    };
    for (ends, allows, code, expected) in [
        ("2999-12-31", "ssn", 0, "agreed"),
        ("2999-12-31", "mrn", 1, "not-agreed"),
        ("2001-12-31", "ssn", 1, "not-agreed"),
    ] {
        write("x.toml", &agreement(ends, allows));
        let output = phisweep(folder.path(), &["scan", "--for", "x.toml", "-f", "jsonl", "a.csv"]);
        let said = text(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{ends} {allows}: {said}");
        assert!(said.contains(&format!("\"expected\":\"{expected}\"")), "{said}");
    }
    write("x.toml", &agreement("2999-12-31", "snn"));
    let output = phisweep(folder.path(), &["scan", "--for", "x.toml", "a.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("x.toml:4: no identifier is called so; did you mean ssn?"));
}

#[test]
fn accepted_findings_stay_in_the_totals_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.csv", &table("ssn,state", (1..=50).map(|n| format!("{},OH", ssn(n)))));
    let year: String = text(&Command::new("date").arg("+%Y-%m-%d").output().unwrap().stdout);
    let until = year.trim();
    let entry = |matches: u32, until: &str, more: &str| {
        format!(
            "[[accept]]\npath = \"a.csv/**\"\nidentifier = \"ssn\"\nreason = \"test\"\nwho = \"QA\"\nuntil = {until}\n\
             ticket = \"T-1\"\nmatches = {matches}\npeople = {matches}\nidentifiers = [\"ssn\"]\nreadable_by = \"world\"\n{more}"
        )
        .replace("a.csv/**", "*a.csv")
    };
    for (matches, until, code, disposition) in [
        (50, until, 0, "accepted"),
        (46, until, 0, "accepted"),
        (45, until, 1, "re-opened: 50 matches, 45 were accepted"),
        (50, "2001-01-01", 1, "re-opened: accepted until 2001-01-01"),
    ] {
        write("s.toml", &entry(matches, until, ""));
        let output = phisweep(folder.path(), &["scan", "--suppress", "s.toml", "-f", "jsonl", "a.csv"]);
        let said = text(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{said}{}", text(&output.stderr));
        assert!(said.contains(&format!("\"disposition\":\"{disposition}\",\"ticket\":\"T-1\"")), "{said}");
        assert_eq!(said.contains("\"accepted\":{"), code == 0, "{said}");
    }
    for (bad, line) in [
        (entry(50, until, "extra = 1\n"), 12),
        (entry(50, "2999-01-01", ""), 6),
        (entry(50, until, "").replace("who = \"QA\"", "who = \" \""), 5),
        (entry(50, until, "").replace("reason = \"test\"\n", ""), 1),
        (entry(50, until, "").replace("identifier = \"ssn\"\n", ""), 1),
    ] {
        write("s.toml", &bad);
        let output = phisweep(folder.path(), &["scan", "--suppress", "s.toml", "a.csv"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("s.toml:{line}: ")), "line {line}: {said}");
    }
}

#[test]
fn known_values_are_told_by_fingerprint() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.txt", &format!("SSN: {}\n", ssn(5)));
    write("key", &"ab".repeat(32));
    let said = text(
        &phisweep(folder.path(), &["scan", "--fingerprint-key", "key", "--matches", "-f", "jsonl", "a.txt"]).stdout,
    );
    let fingerprint =
        said.split("\"fingerprint\":\"").nth(1).and_then(|rest| rest.get(..20)).expect("a match").to_string();
    let until = text(&Command::new("date").arg("+%Y-%m-%d").output().unwrap().stdout);
    write(
        "s.toml",
        &format!("[[known]]\nfingerprint = \"{fingerprint}\"\nreason = \"sample\"\nwho = \"QA\"\nuntil = {until}"),
    );
    for (args, code) in [
        (vec!["scan", "a.txt"], 1),
        (vec!["scan", "--suppress", "s.toml", "a.txt"], 2),
        (vec!["scan", "--suppress", "s.toml", "--fingerprint-key", "key", "a.txt"], 0),
    ] {
        let output = phisweep(folder.path(), &args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}{}", text(&output.stdout), text(&output.stderr));
    }
}

#[test]
fn a_site_says_what_its_headers_mean() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.csv", &table("KLM_STATUS,sex", (1..40).map(|n| format!("{},F", 4_000_000 + n * 7919))));
    write("s.csv", "KLM_STATUS,mrn,LabCo\n");
    write("bad.csv", "KLM_STATUS,mrn\nX,mnr\n");
    let found = |args: &[&str]| text(&phisweep(folder.path(), args).stdout).contains("\"identifier\":\"mrn\"");
    assert!(!found(&["scan", "-f", "jsonl", "a.csv"]));
    assert!(found(&["scan", "-f", "jsonl", "--rules", "s.csv", "a.csv"]));
    let output = phisweep(folder.path(), &["scan", "--rules", "bad.csv", "a.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("bad.csv:2: "), "{}", text(&output.stderr));
}

#[test]
fn a_pattern_is_learnt_and_no_value_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let luhn = |body: u32| {
        let sum: u32 = format!("{body}0")
            .chars()
            .rev()
            .enumerate()
            .map(|(at, c)| (at, c.to_digit(10).unwrap()))
            .map(|(at, digit)| if at % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
            .sum();
        format!("{body}{}", (10 - sum % 10) % 10)
    };
    for (name, prefix) in [("plain", ""), ("lettered", "KMR-")] {
        let values: Vec<String> = (0..400).map(|n| format!("{prefix}{}", luhn(4_100_013 + n * 7919))).collect();
        let roster = |count: usize| table("NAME,PAT_NO", values[..count].iter().map(|value| format!("x,{value}")));
        write("roster.csv", &roster(400));
        write("few.csv", &roster(199));
        let learn = |roster: &str, more: &[&str]| {
            let args = ["rules", "learn", "--identifier", "mrn", roster, "--column", "PAT_NO"];
            phisweep(folder.path(), &[&args, more].concat())
        };
        let few = learn("few.csv", &[]);
        assert_eq!((few.status.code(), few.stdout.len()), (Some(2), 0));
        assert!(text(&few.stderr).contains("199 distinct values are too few"), "{}", text(&few.stderr));
        let output = learn("roster.csv", &[]);
        let file = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", text(&output.stderr));
        assert!(values.iter().all(|value| !file.contains(value.as_str())), "{file}");
        assert!(file.contains("Luhn") && file.contains(&format!("{prefix}'9{{8}}")) | prefix.is_empty(), "{file}");
        write("site.toml", &file);
        let checked = phisweep(folder.path(), &["rules", "check", "site.toml"]);
        assert_eq!(checked.status.code(), Some(0), "{file}{}", text(&checked.stderr));
        std::fs::create_dir_all(folder.path().join("drop")).unwrap();
        write(
            "drop/a.txt",
            &format!("Pat no: {}\nnothing\n", luhn(5_200_033)).replace("no: ", &format!("no: {prefix}")),
        );
        let output = learn("roster.csv", &["-o", "site.toml", "--against", "drop"]);
        assert!(text(&output.stdout).contains(" of 1 documents"), "{}", text(&output.stdout));
    }
}
