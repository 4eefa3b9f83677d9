//! The same tree gives the same bytes for any number of threads and any kernel. In: the made drop, and tables that are
//! cut into chunks. Out: what the built program writes, but for times and run ids.

use std::io::Write;
use std::path::Path;
use std::process::Command;

/// What a scan writes about matches, findings, gaps and documents.
fn records(kernel: &str, threads: &str, paths: &[&Path], folder: &Path) -> String {
    let (out, key) = (folder.join("out.jsonl"), folder.join("key"));
    std::fs::write(&key, [7; 32]).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    command.env("PHISWEEP_BACKEND", kernel).args(["scan", "--matches", "--threads", threads, "--fingerprint-key"]);
    let output = command.arg(&key).arg("-o").arg(&out).args(paths).output().expect("phisweep runs");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(&out).expect("written");
    std::fs::remove_file(&out).expect("removed");
    let kept = text
        .lines()
        .filter(|line| !line.starts_with("{\"type\":\"run\""))
        .filter(|line| !line.starts_with("{\"type\":\"summary\""));
    let records: Vec<&str> = kept.collect();
    assert!(records.len() > 1000, "{} records", records.len());
    // An id of a run may stand in each record.
    records.join("\n")
}

/// A table and a text, each of several chunks.
fn made() -> (String, String) {
    let mut rows = String::from("mrn,ssn,dob,note,amount\n");
    let mut text = String::new();
    let mut n = 0u64;
    while rows.len() < 3 << 20 {
        n += 1;
        let ssn = format!("{:03}-{:02}-{:04}", 101 + n % 500, 11 + n % 80, 1000 + n % 8999);
        let born = format!("{}-{:02}-{:02}", 1930 + n % 80, 1 + n % 12, 1 + n % 28);
        let note =
            if n.is_multiple_of(50) { format!("call {}-555-{:04}", 205 + n % 7, n % 10_000) } else { String::new() };
        rows += &format!("{:08},{ssn},{born},{note},{}.{:02}\n", 10_000_000 + n * 7, n % 900, n % 100);
        if n.is_multiple_of(40) {
            text += &format!("Seen in clinic today.\nMRN: {}\nDOB: {born}\n", 10_000_000 + n * 7);
        }
        // What has no form is looked for far around what has one: over the bounds of chunks too.
        if n.is_multiple_of(5) {
            text += "Spoke w/ wife Elizabeth, Zip 46858.\nFirst Name: Laura\n";
        }
        text += "fn main() { let x = 12345678; } // nothing of interest here\n";
    }
    (rows, text)
}

#[test]
fn reports_are_the_same_for_any_threads_and_kernel() {
    let (data, own) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (rows, text) = made();
    std::fs::write(data.path().join("plain.csv"), &rows).unwrap();
    std::fs::write(data.path().join("quoted.csv"), rows.replace("call ", "\"call\" ")).unwrap();
    std::fs::write(data.path().join("notes.txt"), &text).unwrap();
    let drop = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/drop");
    let paths = [data.path(), drop.as_path()];
    let expected = records("scalar", "1", &paths, own.path());
    for (kernel, threads) in [("scalar", "2"), ("avx2", "1"), ("avx2", "2"), ("avx512", "2"), ("", "3")] {
        let told = records(kernel, threads, &paths, own.path());
        let differs = expected.lines().zip(told.lines()).position(|(a, b)| a != b);
        assert!(expected == told, "{kernel}, {threads} threads: record {differs:?} differs");
    }
}

#[test]
fn streams_are_the_same_for_any_threads() {
    let (data, own) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (rows, text) = made();
    let pack = |bytes: &[u8]| {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    };
    let mut packed = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in
        [("rows.csv", rows.as_bytes()), ("text.txt.gz", &pack(text.as_bytes())), ("b.csv", rows.as_bytes())]
    {
        packed.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        packed.write_all(bytes).unwrap();
    }
    let packed = packed.finish().unwrap().into_inner();
    let mut whole = tar::Builder::new(Vec::new());
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes) in [("list.csv", rows.as_bytes()), ("a.zip", &packed), ("wide.txt", &wide)] {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        whole.append_data(&mut header, name, bytes).unwrap();
    }
    // More than there are threads, so that some of them find others at work and some do not.
    let whole = pack(&whole.into_inner().unwrap());
    for n in 0..3 {
        std::fs::write(data.path().join(format!("{n}.tar.gz")), &whole).unwrap();
    }
    std::fs::write(data.path().join("rows.csv.gz"), pack(rows.as_bytes())).unwrap();
    // Damaged behind its middle: what came before counts, the same on any number of threads.
    let mut damaged = pack(text.as_bytes());
    let middle = damaged.len() / 2;
    damaged[middle..middle + 64].fill(0xff);
    std::fs::write(data.path().join("damaged.txt.gz"), damaged).unwrap();
    let expected = records("", "1", &[data.path()], own.path());
    let counted = |member: &str| {
        let line = expected.lines().find(|line| line.starts_with("{\"type\":\"document\"") && line.contains(member));
        let record: serde_json::Value = serde_json::from_str(line.expect("a document")).expect("a record");
        (record["records"].clone(), record["people"].clone())
    };
    assert_eq!(counted("rows.csv.gz!rows.csv"), counted("1.tar.gz!1.tar!list.csv"));
    assert!(expected.contains("\"reason\":\"malformed\""));
    for threads in ["2", "3", "8"] {
        let told = records("", threads, &[data.path()], own.path());
        let differs = expected.lines().zip(told.lines()).position(|(a, b)| a != b);
        assert!(expected == told, "{threads} threads: record {differs:?} differs");
    }
}
