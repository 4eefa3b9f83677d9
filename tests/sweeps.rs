//! Sweeps as a machine runs them, night by night. In: trees made for one test each, changed between runs. Out: what ledger,
//! delta and exit code say, held against what was done to the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

mod again;
mod decided;
mod faults;
mod model;
mod month;
mod older;
mod rules;
mod sizes;

/// When the first night is, seconds since 1970; the next one is a day later.
const FIRST: i64 = 1_800_000_000;

/// Who may read what everybody may.
const NOBODY: u32 = 65_534;

/// A site: a tree, a configuration, a ledger.
struct Site {
    folder: tempfile::TempDir,
    night: i64,
    /// Sweeps run as a user who may not read everything.
    nobody: bool,
}

/// What a sweep printed.
struct Night {
    exit: i32,
    head: Value,
    roots: Vec<Value>,
    feeds: Vec<Value>,
    /// State and reason by path and identifier.
    changes: BTreeMap<(String, String), (String, String)>,
}

impl Night {
    fn of(output: &Output) -> Night {
        Night::of_text(output.status.code().unwrap_or(-1), &String::from_utf8_lossy(&output.stdout))
    }

    fn of_text(exit: i32, text: &str) -> Night {
        let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
        let of = |kind: &str| records.iter().filter(|r| r["type"] == kind).cloned().collect::<Vec<_>>();
        let word = |record: &Value, key: &str| record[key].as_str().unwrap_or_default().to_string();
        let changes = of("change")
            .into_iter()
            .map(|r| ((word(&r, "path"), word(&r, "identifier")), (word(&r, "state"), word(&r, "why"))));
        Night {
            exit,
            head: of("sweep").first().cloned().unwrap_or_default(),
            changes: changes.collect(),
            roots: of("root"),
            feeds: of("feed"),
        }
    }

    fn change(&self, path: &str, identifier: &str) -> (&str, &str) {
        let key = (path.to_string(), identifier.to_string());
        self.changes.get(&key).map_or(("", ""), |(state, why)| (state.as_str(), why.as_str()))
    }
}

impl Site {
    fn new(more: &str) -> Site {
        let site = Site { folder: tempfile::tempdir().expect("a folder"), night: 0, nobody: false };
        fs::create_dir(site.root()).expect("a folder");
        site.configure(more);
        site
    }

    fn configure(&self, more: &str) {
        let text = format!("ledger = \"l.db\"\nreports = \"out\"\nsettle_seconds = 0\n{more}\n");
        let text =
            if more.contains("[[roots]]") { text } else { format!("{text}[[roots]]\nname = \"in\"\npath = \"in\"\n") };
        fs::write(self.config(), text).expect("written");
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("in")
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("c.toml")
    }

    fn at(&self, name: &str) -> PathBuf {
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        path
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.at(name), text).expect("written");
    }

    /// From now on sweeps run as somebody who may not read everything, whoever runs the tests.
    fn as_nobody(&mut self) {
        use std::os::unix::fs::chown;
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let mut left = vec![self.folder.path().to_path_buf()];
        while let Some(path) = left.pop() {
            chown(&path, Some(NOBODY), Some(NOBODY)).expect("given away");
            if path.is_dir() {
                left.extend(fs::read_dir(&path).expect("listed").map(|entry| entry.expect("an entry").path()));
            }
        }
        self.nobody = true;
    }

    fn command(&mut self) -> Command {
        self.command_in("exec \"$@\"")
    }

    /// A sweep of the next night, started by this script.
    fn command_in(&mut self, script: &str) -> Command {
        use std::os::unix::process::CommandExt;
        self.night += 1;
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_phisweep")]);
        if self.nobody {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.arg("sweep").arg(self.config()).args(["-f", "jsonl", "--progress", "never", "--now"]);
        command.arg((FIRST + self.night * 86_400).to_string());
        command
    }

    fn sweep(&mut self) -> Night {
        self.sweep_with(&[])
    }

    fn sweep_with(&mut self, arguments: &[&str]) -> Night {
        let output = self.command().args(arguments).output().expect("it runs");
        let night = Night::of(&output);
        assert!(!night.head.is_null(), "night {}: {}", self.night, String::from_utf8_lossy(&output.stderr));
        night
    }

    /// What the ledger has open: paths and identifiers.
    fn open(&self) -> BTreeSet<(String, String)> {
        let text = self.ledger(&["export"], &[]);
        let records = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a record"));
        let word = |record: &Value, key: &str| record[key].as_str().unwrap_or_default().to_string();
        records
            .filter(|r| r["type"] == "finding" && r["open"] == true)
            .map(|r| (word(&r, "path"), word(&r, "identifier")))
            .collect()
    }

    /// The id of the finding at a path.
    fn id_of(&self, path: &str, identifier: &str) -> String {
        let text = self.ledger(&["export"], &[]);
        let mut records = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a record"));
        let found = records.find(|r| r["type"] == "finding" && r["path"] == path && r["identifier"] == identifier);
        found.expect("a finding")["id"].as_str().expect("an id").to_string()
    }

    fn ledger(&self, command: &[&str], rest: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_phisweep"))
            .arg("ledger")
            .args(command)
            .arg(self.folder.path().join("l.db"))
            .args(rest)
            .output()
            .expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Runs that came to their end, as far as there is a ledger to ask.
    fn ended_runs(&self) -> usize {
        self.known_runs().iter().filter(|run| !run["finished"].is_null()).count()
    }

    /// Runs that the ledger knows.
    fn runs(&self) -> usize {
        self.known_runs().len()
    }

    fn known_runs(&self) -> Vec<Value> {
        if !self.folder.path().join("l.db").exists() {
            return Vec::new();
        }
        let output = Command::new(env!("CARGO_BIN_EXE_phisweep"))
            .args(["ledger", "export"])
            .arg(self.folder.path().join("l.db"))
            .output()
            .expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let records = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a record"));
        records.filter(|r| r["type"] == "run").collect()
    }

    /// What a scan of the tree as it is finds.
    fn scanned(&self) -> BTreeSet<(String, String)> {
        self.scanned_by(&[])
    }

    /// As [`Site::scanned`], with more arguments.
    fn scanned_by(&self, arguments: &[&str]) -> BTreeSet<(String, String)> {
        let output = Command::new(env!("CARGO_BIN_EXE_phisweep"))
            .arg("scan")
            .arg(self.root())
            .args(["-f", "jsonl", "--progress", "never"])
            .args(arguments)
            .output()
            .expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let records = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a record"));
        let word = |record: &Value, key: &str| record[key].as_str().unwrap_or_default().to_string();
        records.filter(|r| r["type"] == "finding").map(|r| (word(&r, "path"), word(&r, "identifier"))).collect()
    }
}

/// Numbers that look drawn, from a seed.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

/// A table of so many invented people; another one for each number.
fn roster(number: usize, people: usize) -> String {
    let mut text = "line,ssn\n".to_string();
    for n in 0..people {
        let (a, b) = (number * 7 + n, number * 131 + n * 17);
        text.push_str(&format!("M{a:05},{}-{:02}-{:04}\n", 301 + a % 300, 11 + a % 80, 1000 + b % 8999));
    }
    text
}

#[test]
fn an_unchanged_tree_is_carried_forward_and_a_changed_one_is_told() {
    let mut site = Site::new("");
    site.write("a/members_202601.csv", &roster(1, 30));
    site.write("b.csv", &roster(2, 20));
    site.write("clean.txt", "nothing here\n");
    let first = site.sweep();
    assert_eq!((first.exit, first.change("in/b.csv", "ssn").0), (1, "new"));
    assert_eq!(site.open(), site.scanned());
    let second = site.sweep();
    assert_eq!((second.exit, second.changes.len()), (0, 0));
    assert_eq!(second.roots[0]["unchanged"], 3);

    fs::rename(site.at("b.csv"), site.at("c.csv")).expect("renamed");
    site.write("a/members_202602.csv", &roster(3, 30));
    site.write("d.csv", &roster(1, 30));
    let third = site.sweep();
    assert_eq!(third.change("in/c.csv", "ssn"), ("moved", "as in/b.csv"));
    assert_eq!(third.change("in/b.csv", "ssn"), ("resolved", "moved-to in/c.csv"));
    assert_eq!(third.change("in/a/members_202602.csv", "ssn").0, "same-feed");
    assert_eq!(third.change("in/d.csv", "ssn"), ("copied", "as in/a/members_202601.csv"));
    assert_eq!(third.exit, 0, "nothing of it is new");
    let feeds: Vec<(&str, &str)> =
        third.feeds.iter().map(|f| (f["state"].as_str().unwrap(), f["series"].as_str().unwrap())).collect();
    assert_eq!(feeds, [("same feed, new file", "in/a/members_*.csv")]);

    site.write("a/members_202603.csv", &roster(4, 90));
    site.write("c.csv", "nothing any more\n");
    fs::remove_file(site.at("d.csv")).expect("removed");
    let fourth = site.sweep();
    assert_eq!(fourth.change("in/a/members_202603.csv", "ssn").0, "widened");
    assert_eq!(fourth.change("in/c.csv", "ssn"), ("resolved", "content-changed"));
    assert!(fourth.change("in/d.csv", "ssn").1.starts_with("moved-to"), "its content is still there");
    assert_eq!(fourth.exit, 1);
    site.write("c.csv", &roster(2, 20));
    assert_eq!(site.sweep().change("in/c.csv", "ssn"), ("open", "not resolved after all"));
    site.write("c.csv", "nothing\n");
    site.sweep();
    site.sweep();
    site.write("c.csv", &roster(2, 20));
    let again = site.sweep();
    assert_eq!(
        (again.exit, again.change("in/c.csv", "ssn").0),
        (1, "re-appeared"),
        "two runs had said that it was gone"
    );
    assert_eq!(site.open(), site.scanned());
}

#[test]
fn reports_tell_what_was_carried_forward_and_hold_a_chain() {
    let mut site = Site::new("");
    site.write("b.csv", &roster(2, 20));
    site.sweep();
    site.sweep();
    let latest = site.folder.path().join("out/latest");
    let table = fs::read_to_string(latest.join("findings.csv")).expect("a report");
    let row = table.lines().nth(1).expect("a row");
    assert!(row.contains("in/b.csv") && row.contains(",open,"), "{row}");
    let page = fs::read_to_string(latest.join("report.html")).expect("a page");
    assert!(page.contains("<li>1 finding as before</li>") && !page.contains("one scan has no last time"));
    let hash = |text: &[u8]| {
        use sha2::{Digest, Sha256};
        Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let mut folders: Vec<PathBuf> = fs::read_dir(site.folder.path().join("out"))
        .expect("listed")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join("manifest.json").exists() && !path.is_symlink())
        .collect();
    folders.sort();
    let manifest = |n: usize| fs::read(folders[n].join("manifest.json")).expect("a manifest");
    let second: Value = serde_json::from_slice(&manifest(1)).expect("JSON");
    assert_eq!(second["previous_manifest_sha256"], hash(&manifest(0)));
    assert_eq!(fs::canonicalize(latest).expect("a link"), fs::canonicalize(&folders[1]).expect("a folder"));
}

#[test]
fn no_value_is_in_the_ledger_or_beside_it() {
    let mut site = Site::new("notify = { command = [\"sh\", \"-c\", \"cat > $OUT\"] }");
    let values = roster(5, 40);
    site.write("b.csv", &values);
    site.write("c.txt", &values.lines().skip(1).map(|line| format!("SSN: {}\n", &line[7..])).collect::<String>());
    let told = site.folder.path().join("told.json");
    let output = site.command().env("OUT", &told).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let notice: Value = serde_json::from_slice(&fs::read(&told).expect("told")).expect("JSON");
    assert_eq!(notice["findings"][0]["state"], "new");
    let mut looked = 0;
    let mut folders = vec![site.folder.path().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("listed").map(|entry| entry.expect("an entry").path()) {
            if entry == site.root() || entry.is_symlink() {
                continue;
            }
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let bytes = fs::read(&entry).expect("read");
            looked += 1;
            for line in values.lines().skip(1) {
                let (value, bare) = (&line[7..], line[7..].replace('-', ""));
                for value in [value.as_bytes(), bare.as_bytes()] {
                    let found = bytes.windows(value.len()).any(|window| window == value);
                    assert!(!found, "{} holds a value", entry.display());
                }
            }
        }
    }
    assert!(looked > 8, "{looked} files");
    for name in ["l.db", "l.db.key", "l.db.lock"] {
        let mode = fs::metadata(site.folder.path().join(name)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_share_that_is_not_there_resolves_nothing() {
    let mut site = Site::new("");
    site.write("b.csv", &roster(2, 20));
    site.sweep();
    let aside = site.folder.path().join("aside");
    fs::rename(site.root(), &aside).expect("moved");
    assert_eq!(site.sweep().exit, 2, "it is not there");
    fs::create_dir(site.root()).expect("a folder");
    let empty = site.sweep();
    assert_eq!((empty.exit, empty.changes.len()), (2, 0), "it is empty");
    assert_eq!(site.open().len(), 1);
    fs::remove_dir(site.root()).expect("removed");
    fs::rename(&aside, site.root()).expect("moved back");
    let back = site.sweep();
    assert_eq!((back.exit, back.changes.len()), (0, 0));
    fs::remove_file(site.at("b.csv")).expect("removed");
    assert_eq!(site.sweep().exit, 2, "empty again");
    let meant = site.sweep_with(&["--new-filesystem", "in"]);
    assert_eq!((meant.exit, meant.change("in/b.csv", "ssn").1), (0, "deleted"), "but if it is said that this is right");
}

#[test]
fn what_is_still_written_waits_and_old_times_deceive_nobody() {
    let mut site = Site::new("");
    site.write("up.csv.filepart", &roster(1, 20));
    site.write("b.csv", "nothing\n");
    let night = site.sweep();
    assert_eq!((night.exit, night.changes.len()), (0, 0));
    let gaps = fs::read_to_string(site.folder.path().join("out/latest/gaps.csv")).expect("a report");
    assert!(gaps.contains("settling"), "{gaps}");
    fs::rename(site.at("up.csv.filepart"), site.at("up.csv")).expect("renamed");
    let time = fs::metadata(site.at("b.csv")).and_then(|facts| facts.modified()).expect("a time");
    site.write("b.csv", "036-54-1\n");
    let file = fs::File::options().write(true).open(site.at("b.csv")).expect("opened");
    file.set_len(8).expect("cut");
    file.set_modified(time).expect("set back");
    let night = site.sweep();
    assert_eq!(night.change("in/up.csv", "ssn").0, "new");
    assert_eq!(night.roots[0]["unchanged"], 0, "same size and time, and yet another content");
}

#[test]
fn roots_that_are_left_out_are_closed_and_that_is_no_fix() {
    let two = "[[roots]]\nname = \"in\"\npath = \"in\"\n[[roots]]\nname = \"two\"\npath = \"two\"\n";
    let mut site = Site::new(two);
    fs::create_dir(site.folder.path().join("two")).expect("a folder");
    fs::write(site.folder.path().join("two/x.csv"), roster(4, 10)).expect("written");
    site.write("a/b.csv", &roster(1, 10));
    assert_eq!(site.sweep().exit, 1);
    site.configure("[[roots]]\nname = \"in\"\npath = \"in\"\nexclude = [\"a\"]\n");
    let night = site.sweep();
    assert_eq!(night.change("two/x.csv", "ssn"), ("resolved", "root-removed"));
    assert_eq!(night.change("in/a/b.csv", "ssn"), ("resolved", "excluded"));
    assert_eq!(night.head["states"]["closed, no fix"], 2);
    let latest = site.folder.path().join("out/latest");
    let table = fs::read_to_string(latest.join("findings.csv")).expect("a report");
    for (path, why) in [("two/x.csv", "root-removed"), ("in/a/b.csv", "excluded")] {
        let row = table.lines().find(|line| line.contains(path)).expect("a row");
        assert!(row.contains(",resolved,") && row.contains(&format!(",resolved: {why},")), "{row}");
        assert_eq!(row.split(',').count(), table.lines().next().expect("columns").split(',').count(), "{row}");
    }
    let page = fs::read_to_string(latest.join("report.html")).expect("a page");
    assert!(page.contains("From run to run") && page.contains("aria-label=\"2 findings open\""));
    assert_eq!(night.exit, 0);
}

#[test]
fn record_numbers_are_one_persons_within_their_space() {
    let roots = |spaces: [&str; 2]| {
        let root =
            |(name, space): (&str, &str)| format!("[[roots]]\nname = \"{name}\"\npath = \"in/{name}\"\n{space}\n");
        ["north", "south"].into_iter().zip(spaces).map(root).collect::<String>()
    };
    let mut site = Site::new(&roots(["", ""]));
    let visits = |amount: usize| {
        let rows = (0..40).map(|n| format!("{},{}.50\n", 48_291_370 + n * 7919, amount + n));
        "mrn,amount\n".to_string() + &rows.collect::<String>()
    };
    site.write("north/visits.csv", &visits(20));
    site.write("north/old/bills.csv", &visits(30));
    site.write("south/visits.csv", &visits(40));
    let people = |site: &mut Site| {
        let night = site.sweep();
        let text = fs::read_to_string(site.folder.path().join("out/latest/findings.jsonl")).expect("a report");
        let summary: Value = serde_json::from_str(text.lines().last().expect("a summary")).expect("JSON");
        let of = |key: &str| summary[key].as_u64().expect("a number");
        let read = night.roots.iter().map(|root| root["files"].as_u64().unwrap() - root["unchanged"].as_u64().unwrap());
        (of("people"), of("people_high"), read.sum::<u64>())
    };
    assert_eq!(people(&mut site), (80, 120, 3), "two hospitals");
    let one = "mrn_space = \"network\"";
    site.configure(&roots([one, one]));
    assert_eq!(people(&mut site), (40, 120, 0), "that number alike, and nothing is read again for it");
    site.configure(&roots([one, "mrn_space = \"other\""]));
    assert_eq!(people(&mut site), (80, 120, 0));
    fs::remove_file(site.at("south/visits.csv")).expect("removed");
    site.write("south/empty.txt", "nobody\n");
    assert_eq!(people(&mut site), (40, 80, 1));
}

#[test]
fn units_for_systemd_name_what_is_swept() {
    let site = Site::new("");
    let output = Command::new(env!("CARGO_BIN_EXE_phisweep"))
        .args(["generate", "systemd"])
        .arg(site.config())
        .arg("-o")
        .arg(site.folder.path())
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let unit = fs::read_to_string(site.folder.path().join("phisweep-sweep.service")).expect("a unit");
    assert!(unit.contains("SuccessExitStatus=1 3") && unit.contains("ProtectSystem=strict"), "{unit}");
    let root = fs::canonicalize(site.root()).expect("its path");
    assert!(unit.contains(&format!("ReadOnlyPaths={}", root.display())), "{unit}");
    assert!(
        fs::read_to_string(site.folder.path().join("phisweep-sweep.timer"))
            .expect("a timer")
            .contains("Persistent=true")
    );
    let verify = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(site.folder.path().join("phisweep-sweep.timer"))
        .output();
    if let Ok(verified) = verify {
        let said = String::from_utf8_lossy(&verified.stderr).into_owned();
        assert!(verified.status.success(), "{said}");
    }
}

#[test]
fn history_tells_of_a_path() {
    let mut site = Site::new("");
    site.write("b.csv", &roster(2, 20));
    site.sweep();
    assert!(site.ledger(&["history"], &["in/b.csv"]).contains("new since run 1"));
    assert!(site.ledger(&["show"], &[]).contains("1 findings open of 1"));
    assert!(site.ledger(&["vacuum"], &[]).contains("Forgotten: 0 findings"));
}
