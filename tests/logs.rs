//! A database and its write-ahead log: rows that only the log holds are found in the database, each once, however the two are
//! named to the program; and what nobody reads with the database is still read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::Connection;
use serde_json::Value;

const PEOPLE: u32 = 40;

fn ssn(n: u32) -> String {
    format!("{:03}-{:02}-{:04}", 212 + n * 5, 11 + n * 2 % 80, 3127 + n * 113)
}

fn insert(database: &Connection, numbers: std::ops::Range<u32>) {
    for n in numbers {
        let dob = format!("{}-{:02}-{:02}", 1931 + n * 2, 1 + n % 12, 1 + n * 7 % 28);
        let row = [format!("{:08}", 40_011_937 + n * 77_131), ssn(n), dob];
        database.execute("INSERT INTO patients VALUES (?, ?, ?)", rusqlite::params_from_iter(row)).expect("a row");
    }
}

/// A folder with a database half of whose rows stand in its log, as a program that runs leaves it. One row of the log was changed
/// since: `old` is its SSN before.
fn made(old: &str) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let (folder, made) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let path = made.path().join("clinic.db");
    let database = Connection::open(&path).expect("a database");
    database
        .execute_batch(
            "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
             CREATE TABLE patients(mrn TEXT, ssn TEXT, birth_date TEXT);",
        )
        .expect("statements");
    insert(&database, 0..PEOPLE / 2);
    database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("written");
    insert(&database, PEOPLE / 2..PEOPLE);
    for value in [old.to_string(), ssn(PEOPLE - 1)] {
        let row = PEOPLE - 1;
        let mrn = format!("{:08}", 40_011_937 + row * 77_131);
        database.execute("UPDATE patients SET ssn = ? WHERE mrn = ?", [value, mrn]).expect("changed");
    }
    let (file, log) = (folder.path().join("clinic.db"), folder.path().join("clinic.db-wal"));
    fs::copy(&path, &file).expect("copied");
    fs::copy(made.path().join("clinic.db-wal"), &log).expect("copied");
    (folder, file, log)
}

fn scan(args: &[&str], paths: &[&Path]) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    command.arg("scan").args(paths).args(["-f", "jsonl", "--threads", "2", "--matches"]).args(args);
    let output = command.output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
}

/// How many SSNs stand in tables of documents whose path ends so, and how many elsewhere in them.
fn ssns(records: &[Value], path: &str) -> (u64, u64) {
    let found = records.iter().filter(|record| {
        let at = record["path"].as_str().unwrap_or_default();
        record["type"] == "match"
            && record["identifier"] == "ssn"
            && at.split('!').next().is_some_and(|at| at.ends_with(path))
    });
    let (rows, other): (Vec<_>, Vec<_>) = found.partition(|found| found["place"]["kind"] == "column");
    (rows.len() as u64, other.len() as u64)
}

fn people(records: &[Value]) -> u64 {
    records.last().and_then(|summary| summary["people"].as_u64()).expect("a summary")
}

#[test]
fn rows_of_the_log_are_rows_of_the_database_and_are_told_once() {
    let old = "418-62-7715";
    let (folder, file, log) = made(old);
    let all = u64::from(PEOPLE);
    for (paths, args) in [
        (vec![folder.path()], vec![]),
        (vec![file.as_path(), log.as_path()], vec![]),
        (vec![folder.path()], vec!["--exclude", "*.bak", "--include", "clinic*"]),
    ] {
        let records = scan(&args, &paths);
        assert_eq!(ssns(&records, "clinic.db"), (all, 0), "{paths:?} {args:?}");
        // What was there before it was changed, and nothing of what is there now.
        assert_eq!(ssns(&records, "clinic.db-wal"), (0, 1), "{paths:?} {args:?}");
        assert!(records.iter().all(|record| record["type"] != "gap"), "{paths:?} {args:?}");
        assert_eq!(people(&records), all, "the changed row is the same person: {paths:?} {args:?}");
    }
    let records = scan(&[], &[&file]);
    assert_eq!((ssns(&records, "clinic.db"), people(&records)), ((all, 0), all), "named alone");
}

#[test]
fn a_log_that_nobody_reads_with_its_database_is_read_for_itself() {
    let (folder, file, log) = made("418-62-7715");
    let half = u64::from(PEOPLE / 2);
    let alone = |records: &[Value]| {
        let (rows, other) = ssns(records, "clinic.db-wal");
        assert!(rows + other > half, "{rows} rows, {other} elsewhere");
    };
    alone(&scan(&[], &[&log]));
    alone(&scan(&["--exclude", "*.db"], &[folder.path()]));
    let records = scan(&["--exclude", "*-wal"], &[folder.path()]);
    assert_eq!(ssns(&records, "clinic.db"), (half, 0), "what is left out is not read by another way");
    // A log of something else, or beside something else, belongs to nobody.
    fs::write(&file, "mrn,ssn\n").expect("written");
    alone(&scan(&[], &[folder.path()]));
}

#[test]
fn a_damaged_log_is_read_as_far_as_it_holds() {
    let (folder, _, log) = made("418-62-7715");
    let whole = fs::read(&log).expect("read");
    for cut in [0, 20, 32, 500, 32 + 1048, whole.len() / 2, whole.len() - 1] {
        fs::write(&log, &whole[..cut]).expect("written");
        let records = scan(&[], &[folder.path()]);
        let (rows, _) = ssns(&records, "clinic.db");
        assert!((u64::from(PEOPLE / 2)..=u64::from(PEOPLE)).contains(&rows), "{cut}: {rows}");
        assert_eq!(records.last().expect("a summary")["complete"], true);
    }
    // A frame in the middle that is not as it was written: what stands before it counts, what stands behind it is scraps.
    let mut bytes = whole.clone();
    let middle = 32 + 1048 * (whole.len() / 1048 / 2) + 600;
    bytes[middle] ^= 0x55;
    fs::write(&log, &bytes).expect("written");
    let records = scan(&[], &[folder.path()]);
    let (rows, _) = ssns(&records, "clinic.db");
    let (_, scraps) = ssns(&records, "clinic.db-wal");
    assert!(rows < u64::from(PEOPLE) && scraps > 0, "{rows} {scraps}");
    assert!(rows + scraps >= u64::from(PEOPLE), "nothing is lost: {rows} {scraps}");
}
