//! Wrappers without end: one that holds itself, one that holds much more than there is. Each ends by a limit, in bounded time and
//! memory, and what stands beside it is read.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

/// However busy the machine is.
const LONG: Duration = Duration::from_secs(60);

/// A gzip file that unpacks to itself, after Russ Cox, "Zip Files All The Way Down" (2010): stored blocks that say what comes
/// next, and blocks that repeat it. Its sum stands in itself twice: sums of CRC-32 are linear, so that 32 equations give it.
const QUINE: &str = "1f8b08080000000000037130303000001400ebff1f8b08080000000000037130303000001400ebff428821c400000500fa\
    ff428821c400000500faff000500faff001400ebff428821c400000500faff000500faff001400ebff428821c400001400\
    ebff428821c400001400ebff428821c400001400ebff428821c400001400ebff428821c400000000ffff000000ffff000d\
    00f2ff428821c400000000ffff000000ffff000d00f2ff8370a01c001e03a75ec40000008370a01c001e03a75ec4000000";

struct Told {
    records: Vec<Value>,
    spent: Duration,
}

impl Told {
    fn gaps(&self) -> Vec<(&str, &str)> {
        let gaps = self.records.iter().filter(|record| record["type"] == "gap");
        gaps.map(|gap| (gap["reason"].as_str().unwrap_or(""), gap["path"].as_str().unwrap_or(""))).collect()
    }

    fn members(&self) -> usize {
        self.records.iter().filter(|record| record["type"] == "document").count() - 2
    }
}

/// Scans it with a note beside it, in 400 MB of address space at most.
fn scan(name: &str, bytes: &[u8]) -> Told {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), bytes).expect("a file");
    fs::write(folder.path().join("zz.txt"), "Patient SSN: 536-90-4398\n").expect("a file");
    let begun = Instant::now();
    let run = |program: &str, folder: &Path| {
        let script = "ulimit -v 400000 && exec \"$0\" scan \"$1\" -f jsonl --threads 1";
        Command::new("sh").args(["-c", script, program]).arg(folder).output().expect("runs")
    };
    let output = run(env!("CARGO_BIN_EXE_phisweep"), folder.path());
    let spent = begun.elapsed();
    assert_eq!(output.status.code(), Some(1), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
    assert_eq!(records.last().expect("a summary")["complete"], true, "{name}");
    let note = records.iter().any(|record| record["type"] == "finding" && record["locator"][0] == "zz.txt");
    assert!(note, "{name}: what stands beside it is read");
    assert!(spent < LONG, "{name}: {spent:?}");
    Told { records, spent }
}

fn quine() -> Vec<u8> {
    let digits = QUINE.as_bytes().chunks(2).map(|two| std::str::from_utf8(two).expect("digits"));
    let bytes: Vec<u8> = digits.map(|two| u8::from_str_radix(two, 16).expect("hex")).collect();
    let mut inside = Vec::new();
    flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut inside).expect("it unpacks");
    assert!(inside == bytes, "to itself");
    bytes
}

#[test]
fn a_file_that_holds_itself_ends_by_depth() {
    let told = scan("quine.gz", &quine());
    let gaps = told.gaps();
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!(gaps[0].0, "limit");
    assert_eq!((told.members(), gaps[0].1.matches('!').count()), (16, 16), "{:?}", told.spent);
}

fn packed(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        out.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).expect("a member");
        out.write_all(bytes).expect("written");
    }
    out.finish().expect("an archive").into_inner()
}

/// As 42.zip: sixteen in each of sixteen in each of …, each within what one may give, and 256 GiB in the last of them together.
#[test]
fn a_nest_ends_by_what_comes_out_of_the_whole_file() {
    let mut bytes = b"nothing of interest stands here\n".repeat(2 << 20);
    let last = bytes.len();
    for level in 0..4 {
        let name = |n: usize| if level == 0 { format!("{n:x}.txt") } else { format!("{n:x}.zip") };
        let members: Vec<_> = (0..if level == 0 { 1 } else { 16 }).map(|n| (name(n), bytes.clone())).collect();
        bytes = packed(&members);
    }
    assert!(bytes.len() < 1 << 20, "{} bytes", bytes.len());
    let told = scan("nest.zip", &bytes);
    let gaps = told.gaps();
    assert!(gaps.iter().all(|(reason, _)| *reason == "limit"), "{gaps:?}");
    assert!((1..=5).contains(&gaps.len()), "one for each archive that was open: {gaps:?}");
    // 256 MiB, in members of 64.
    let texts = told.records.iter().filter(|r| r["type"] == "document" && r["bytes"].as_u64() == Some(last as u64));
    assert_eq!(texts.count(), 3, "{:?}", told.spent);
    println!("{} bytes, {:?}", bytes.len(), told.spent);
}

/// Sixteen in each of sixteen in each of …: 16^16 members in all.
#[test]
fn a_tree_of_archives_ends_by_members() {
    let mut bytes = b"nothing of interest\n".to_vec();
    for level in 0..12 {
        let name = |n: usize| if level == 0 { format!("{n:x}.txt") } else { format!("{n:x}.zip") };
        let members: Vec<_> = (0..16).map(|n| (name(n), bytes.clone())).collect();
        bytes = packed(&members);
    }
    let told = scan("tree.zip", &bytes);
    let reasons = told.gaps();
    assert!(reasons.iter().all(|(reason, _)| *reason == "limit"), "{reasons:?}");
    assert!(reasons.len() <= 16, "one for each archive that was open: {}", reasons.len());
    assert_eq!(told.members(), 100_000);
}

/// After David Fifield, "A better zip bomb" (2019): every member begins with a stored block that passes over the header of
/// the next, so all of them unpack the same stretch.
#[test]
fn members_inside_each_other_are_unpacked_once() {
    const MEMBERS: usize = 2_000;
    let kernel = {
        let mut out = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        out.write_all(&b"nothing of interest stands here\n".repeat(1 << 17)).expect("packed");
        out.finish().expect("packed")
    };
    let name = |n: usize| format!("{n:04}.txt");
    let header = |n: usize, packed: usize, size: usize, sum: u32, of_directory: bool| {
        let mut out = Vec::new();
        let two = |out: &mut Vec<u8>, list: &[u16]| list.iter().for_each(|n| out.extend(n.to_le_bytes()));
        let four = |out: &mut Vec<u8>, list: &[u32]| list.iter().for_each(|n| out.extend(n.to_le_bytes()));
        out.extend(if of_directory { b"PK\x01\x02" } else { b"PK\x03\x04" });
        two(&mut out, if of_directory { &[20, 20, 0, 8, 0, 0] } else { &[20, 0, 8, 0, 0] });
        four(&mut out, &[sum, packed as u32, size as u32]);
        two(&mut out, &[name(n).len() as u16, 0]);
        out
    };
    // From the last member, which is the kernel alone, to the first.
    let text = b"nothing of interest stands here\n".repeat(1 << 17);
    let (mut body, mut content) = (kernel, text);
    let (mut headers, mut starts) = (Vec::new(), vec![0; MEMBERS]);
    let mut bytes: Vec<u8> = Vec::new();
    for n in (0..MEMBERS).rev() {
        // Sums are those of what comes out, as far as they matter: a reader that got so far would check them.
        let mut crc = flate2::Crc::new();
        if n + 20 > MEMBERS {
            crc.update(&content);
        }
        let (packed, size) = (body.len(), content.len() + (MEMBERS - 1 - n) * 38);
        let own = [header(n, packed, size, crc.sum(), false), name(n).into_bytes()].concat();
        headers.push([header(n, packed, size, crc.sum(), true), vec![0; 10]].concat());
        bytes = [own.clone(), body].concat();
        starts[n] = bytes.len();
        // A stored block, RFC 1951 3.2.4.
        let length = own.len() as u16;
        body = [&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes(), &bytes].concat();
        if n + 20 > MEMBERS {
            content = [own, content].concat();
        }
    }
    let whole = bytes.len();
    let mut out = bytes;
    for (n, header) in headers.iter().rev().enumerate() {
        out.extend(header);
        out.extend(((whole - starts[n]) as u32).to_le_bytes());
        out.extend(name(n).bytes());
    }
    let length = (out.len() - whole) as u32;
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([MEMBERS as u16; 2].iter().flat_map(|n| n.to_le_bytes()));
    out.extend([length, whole as u32].iter().flat_map(|n| n.to_le_bytes()));
    out.extend([0, 0]);
    assert!(out.len() < 300_000, "{} bytes for {} GiB", out.len(), (MEMBERS << 22) >> 30);
    let told = scan("overlap.zip", &out);
    let read: u64 = told.records.iter().filter_map(|record| record["bytes_inside"].as_u64()).sum();
    let gaps = told.gaps();
    println!("{} gaps, {} members, {read}, {:?}", gaps.len(), told.members(), told.spent);
    assert!(gaps.iter().all(|(reason, _)| *reason == "malformed"), "{gaps:?}");
    // Of all of them one is unpacked; each of the others is named.
    let unpacked: u64 = told
        .records
        .iter()
        .filter(|record| record["type"] == "document" && record["status"] != "skipped")
        .filter(|record| record["path"].as_str().is_some_and(|path| path.contains('!')))
        .filter_map(|record| record["bytes"].as_u64())
        .sum();
    assert!(unpacked < 8 << 20, "{unpacked} bytes");
    assert_eq!(told.members(), MEMBERS);
}
