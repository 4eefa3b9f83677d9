//! Sparse files: holes are stepped over, what stands between them is found where it stands, and all of it is as if the zeros had been
//! written out.

use std::fs::{self, File};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

fn scan(folder: &Path) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    let output =
        command.arg("scan").arg(folder).args(["-f", "jsonl", "--matches", "--threads", "2"]).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
}

/// A file of this size with values at the start, at the end, and where it says between.
fn made(path: &Path, size: u64, between: &[u64]) -> File {
    let file = File::create(path).expect("a file");
    file.set_len(size).expect("room");
    file.write_all_at(b"Patient SSN: 536-90-4398\n", 0).expect("written");
    for at in between {
        file.write_all_at(b"\nPatient SSN: 418-62-7715\n", *at).expect("written");
    }
    file.write_all_at(b"\nPatient SSN: 287-55-9014\n", size - 40).expect("written");
    file
}

/// Where SSNs were found.
fn offsets(records: &[Value]) -> Vec<u64> {
    let ssns = records.iter().filter(|record| record["type"] == "match" && record["identifier"] == "ssn");
    ssns.map(|found| found["byte_start"].as_u64().expect("an offset")).collect()
}

#[test]
#[allow(clippy::print_stderr)]
fn a_terabyte_of_nothing_takes_no_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("core");
    let Ok(()) = File::create(&path).and_then(|file| file.set_len(1 << 40)) else {
        eprintln!("skipped: no file of a terabyte here");
        return;
    };
    let file = made(&path, 1 << 40, &[1 << 39, (1 << 39) + (3 << 20)]);
    if file.metadata().expect("facts").blocks() > 1 << 20 {
        eprintln!("skipped: no holes here");
        return;
    }
    let begun = Instant::now();
    let records = scan(folder.path());
    assert_eq!(offsets(&records), [13, (1 << 39) + 14, (1 << 39) + (3 << 20) + 14, (1 << 40) - 40 + 14]);
    let document = records.iter().find(|record| record["type"] == "document").expect("a document");
    assert_eq!(document["bytes"], 1u64 << 40);
    assert!(begun.elapsed() < Duration::from_secs(120), "{:?}", begun.elapsed());
}

#[test]
fn holes_say_what_zeros_say() {
    let (first, second) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    // Names of folders are in reports.
    let (sparse, dense) = (first.path().join("drop"), second.path().join("drop"));
    [&sparse, &dense].into_iter().for_each(|folder| fs::create_dir(folder).expect("a folder"));
    let size = (24 << 20) + 12_345;
    made(&sparse.join("a.txt"), size, &[7 << 20, (1 << 20) - 5, 15_000_000]);
    let mut bytes = fs::read(sparse.join("a.txt")).expect("read");
    bytes.iter_mut().for_each(|byte| *byte = std::hint::black_box(*byte));
    fs::write(dense.join("a.txt"), &bytes).expect("written");
    // Without what differs from run to run, or names the folder.
    let told = |folder: &Path| {
        let records = scan(folder).into_iter().map(|mut record| {
            for key in [
                "run_id",
                "started",
                "host",
                "roots",
                "options",
                "root",
                "path",
                "series",
                "finding_id",
                "id",
                "series_id",
                "fingerprint",
                "seconds",
                "access",
                "path_holds_values",
            ] {
                record.as_object_mut().expect("an object").remove(key);
            }
            record.to_string()
        });
        records.collect::<Vec<_>>()
    };
    let (sparse, dense) = (told(&sparse), told(&dense));
    assert_eq!(sparse, dense);
    assert!(sparse.iter().filter(|record| record.contains("\"type\":\"match\"")).count() >= 5);
}
