//! Documents inside streams that are read to and fro and too large for memory: they are read all the same, within what a user
//! allows, and nothing of them can be read on disk.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// More than is held in memory.
const LARGE: usize = 66 << 20;

const LIST: &[u8] = b"mrn,last_name,first_name,dob,ssn\n\
    4471902,Nowak,Maria,1952-03-04,536-90-4398\n\
    4471955,Ortiz,Luis,1961-09-12,418-62-7715\n\
    4472018,Hale,Corinne,1948-11-30,287-55-9014\n";

/// What makes it large; easily seen where it should not be.
const LINE: &[u8] = b"nothing of interest stands in this line\n";

fn filler() -> Vec<u8> {
    LINE.iter().copied().cycle().take(LARGE).collect()
}

/// An archive in which nothing is packed.
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in members {
        out.start_file(*name, stored).expect("a member");
        out.write_all(bytes).expect("written");
    }
    out.finish().expect("an archive").into_inner()
}

fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes.len() as u64);
    out.append_data(&mut header, name, bytes).expect("a member");
    out.into_inner().expect("an archive")
}

fn phisweep(spool: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    command.env("TMPDIR", spool).args(["scan", "-f", "jsonl", "--threads", "1"]);
    command
}

/// Values found, with the last part of where they stand; gaps with their reasons and details.
type Results = (Vec<(String, u64)>, Vec<(String, String)>);

fn told(output: &Output) -> Results {
    let text = String::from_utf8(output.stdout.clone()).expect("JSON is text");
    let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
    assert_eq!(records.last().expect("a summary")["complete"], true);
    let of = |kind: &'static str| records.iter().filter(move |record| record["type"] == kind);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let last =
        |record: &Value| text(record["locator"].as_array().and_then(|parts| parts.last()).unwrap_or(&Value::Null));
    let found = of("finding").filter(|finding| finding["identifier"] == "ssn");
    let found = found.map(|finding| (last(finding), finding["matches"].as_u64().unwrap_or_default()));
    (found.collect(), of("gap").map(|gap| (text(&gap["reason"]), text(&gap["detail"]))).collect())
}

/// The content of the spool of a process, if this user may look.
fn spooled(process: u32, spool: &Path) -> Option<Vec<u8>> {
    for entry in fs::read_dir(format!("/proc/{process}/fd")).ok()?.flatten() {
        let leads = fs::read_link(entry.path()).unwrap_or_default();
        if leads.starts_with(spool) {
            assert!(leads.to_string_lossy().ends_with("(deleted)"), "it has no name");
            let mut bytes = Vec::new();
            fs::File::open(entry.path()).ok()?.read_to_end(&mut bytes).expect("read");
            return Some(bytes);
        }
    }
    None
}

#[test]
fn what_is_spooled_cannot_be_read_on_disk() {
    let spool = tempfile::tempdir().expect("a folder");
    let stream = tar("a.zip", &zip(&[("filler.txt", &filler()), ("list.csv", LIST)]));
    let mut scanning = phisweep(spool.path())
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("runs");
    let mut input = scanning.stdin.take().expect("a pipe");
    // Most of it, so that it waits in the middle.
    let (most, rest) = stream.split_at(stream.len() - 4096);
    input.write_all(most).expect("written");
    let begun = Instant::now();
    let seen = loop {
        match spooled(scanning.id(), spool.path()) {
            Some(bytes) if bytes.len() >= LARGE - (2 << 20) => break Some(bytes),
            None if begun.elapsed() > Duration::from_secs(5) => break None,
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
        assert!(begun.elapsed() < Duration::from_secs(100), "it is spooled in time");
    };
    assert_eq!(fs::read_dir(spool.path()).expect("a folder").count(), 0, "no name is there");
    match seen {
        Some(bytes) => {
            let written: Vec<&[u8]> = bytes.chunks(4096).filter(|piece| piece.iter().any(|byte| *byte != 0)).collect();
            assert!(written.len() * 4096 >= LARGE - (2 << 20), "it is there");
            let reads = |piece: &&[u8]| piece.windows(8).any(|some| some == &LINE[..8] || some == b"filler.t");
            assert!(!written.iter().any(reads), "and cannot be read");
        }
        None => println!("not looked at: this user may not see the files of a scan"),
    }
    input.write_all(rest).expect("written");
    drop(input);
    let output = scanning.wait_with_output().expect("ends");
    assert_eq!(told(&output), (vec![("list.csv".to_string(), 3)], vec![]));
    assert_eq!(fs::read_dir(spool.path()).expect("a folder").count(), 0);
}

#[test]
#[cfg(feature = "sqlite")]
fn large_documents_inside_streams_are_read_within_what_is_allowed() {
    let mut database = rusqlite::Connection::open_in_memory().expect("a database");
    database
        .execute_batch(&format!(
            "CREATE TABLE patients(last_name TEXT, ssn TEXT);
             INSERT INTO patients VALUES ('Nowak', '536-90-4398'), ('Ortiz', '418-62-7715'), ('Hale', '287-55-9014');
             CREATE TABLE scans(picture BLOB);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})
             INSERT INTO scans SELECT zeroblob(1048576) FROM n;",
            LARGE >> 20
        ))
        .expect("statements");
    let bytes = database.serialize(rusqlite::MAIN_DB).expect("bytes").to_vec();
    let folder = tempfile::tempdir().expect("a folder");
    // The archive must be held, and in it, at the same time, the database.
    let whole = tar("drop.zip", &zip(&[("list.csv", LIST), ("patients.db", &bytes)]));
    fs::write(folder.path().join("drop.tar"), whole).expect("a file");
    let (spool, list) = (tempfile::tempdir().expect("a folder"), ("list.csv".to_string(), 3));
    let scan =
        |spool: &Path, args: &[&str]| told(&phisweep(spool).arg(folder.path()).args(args).output().expect("runs"));
    for args in [&[][..], &["--no-sandbox"]] {
        let (found, gaps) = scan(spool.path(), args);
        assert_eq!(found, [list.clone(), ("patients".to_string(), 3)], "{args:?}");
        assert_eq!(gaps, [], "{args:?}");
    }
    let gap = |detail: &str| vec![("limit".to_string(), format!("a document inside another, larger than {detail}"))];
    let some = scan(spool.path(), &["--limit", "spool=100M"]);
    assert_eq!(some, (vec![list], gap("what may be held of it, 100 MiB")));
    let without = (Vec::new(), gap("64 MiB, and no file to hold it"));
    assert_eq!(scan(spool.path(), &["--limit", "spool=0"]), without);
    assert_eq!(scan(&spool.path().join("nowhere"), &[]), without);
    assert_eq!(fs::read_dir(spool.path()).expect("a folder").count(), 0);
}
