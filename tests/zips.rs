//! Zip archives that are not what their directory says: members it does not list, members that share bytes, headers that say
//! otherwise, no directory at all. Nothing of them is passed over in silence, and nothing is read twice.

use std::fs;
use std::io::Write;
use std::process::Command;

use serde_json::Value;

const LIST: &[u8] = b"mrn,last_name,first_name,dob,ssn\n\
    4471902,Nowak,Maria,1952-03-04,536-90-4398\n\
    4471955,Ortiz,Luis,1961-09-12,418-62-7715\n\
    4472018,Hale,Corinne,1948-11-30,287-55-9014\n";

/// A member as its own header and the directory say it.
struct Member {
    name: &'static str,
    bytes: Vec<u8>,
    method: u16,
    size: usize,
    crc: u32,
    /// What its own header calls it.
    own_name: &'static str,
    listed: bool,
    /// The directory says that it starts where this member does.
    at: Option<usize>,
    /// Its header says that its length stands behind it.
    streamed: bool,
}

fn stored(name: &'static str, bytes: &[u8]) -> Member {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    let (crc, bytes, size) = (crc.sum(), bytes.to_vec(), bytes.len());
    Member { name, bytes, method: 0, size, crc, own_name: name, listed: true, at: None, streamed: false }
}

fn deflated(name: &'static str, bytes: &[u8]) -> Member {
    let mut out = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).expect("packed");
    Member { bytes: out.finish().expect("packed"), method: 8, ..stored(name, bytes) }
}

fn two(out: &mut Vec<u8>, numbers: &[u16]) {
    numbers.iter().for_each(|n| out.extend(n.to_le_bytes()));
}

fn four(out: &mut Vec<u8>, numbers: &[u32]) {
    numbers.iter().for_each(|n| out.extend(n.to_le_bytes()));
}

/// The archive; without a directory if that is wanted.
fn zip(members: &[Member], directory: bool) -> Vec<u8> {
    let (mut out, mut starts) = (Vec::new(), Vec::new());
    for member in members {
        starts.push(out.len() as u32);
        let flags = if member.streamed { 8 } else { 0 };
        let known = |n: u32| if member.streamed { 0 } else { n };
        out.extend(b"PK\x03\x04");
        two(&mut out, &[20, flags, member.method, 0, 0]);
        four(&mut out, &[known(member.crc), known(member.bytes.len() as u32), known(member.size as u32)]);
        two(&mut out, &[member.own_name.len() as u16, 0]);
        out.extend(member.own_name.bytes());
        out.extend(&member.bytes);
        if member.streamed {
            four(&mut out, &[0x0807_4b50, member.crc, member.bytes.len() as u32, member.size as u32]);
        }
    }
    let start = out.len() as u32;
    let listed = members.iter().zip(&starts).filter(|(member, _)| member.listed && directory);
    let mut count = 0;
    for (member, at) in listed {
        count += 1;
        out.extend(b"PK\x01\x02");
        two(&mut out, &[20, 20, if member.streamed { 8 } else { 0 }, member.method, 0, 0]);
        let other = member.at.map_or(member, |n| &members[n]);
        four(&mut out, &[other.crc, other.bytes.len() as u32, other.size as u32]);
        two(&mut out, &[member.name.len() as u16, 0, 0, 0, 0]);
        // Attributes outside, then where it starts.
        four(&mut out, &[0, member.at.map_or(*at, |n| starts[n])]);
        out.extend(member.name.bytes());
    }
    if directory {
        let length = out.len() as u32 - start;
        out.extend(b"PK\x05\x06");
        two(&mut out, &[0, 0, count, count]);
        four(&mut out, &[length, start]);
        two(&mut out, &[0]);
    }
    out
}

/// Members, and how many SSNs are in each.
type Counted = Vec<(String, u64)>;
/// Members, and the reason of a gap in each.
type Said = Vec<(String, String)>;

/// Members with their SSNs, and gaps with their reasons.
fn scan(bytes: &[u8]) -> (Counted, Said) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.zip"), bytes).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    let output = command.arg("scan").arg(folder.path()).args(["-f", "jsonl", "--threads", "1"]).output().expect("runs");
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
    let member = |record: &Value| record["locator"][1].as_str().unwrap_or_default().to_string();
    let of = |kind: &'static str| records.iter().filter(move |record| record["type"] == kind);
    let ssns = |name: &str| {
        let found = of("finding").filter(|finding| finding["identifier"] == "ssn" && member(finding) == name);
        found.map(|finding| finding["matches"].as_u64().unwrap_or_default()).sum()
    };
    let members = of("document").map(member).filter(|name| !name.is_empty());
    let gaps = of("gap").map(|gap| (member(gap), gap["reason"].as_str().unwrap_or_default().to_string()));
    (members.map(|name| (name.clone(), ssns(&name))).collect(), gaps.collect())
}

fn names(list: &[(&str, u64)]) -> Vec<(String, u64)> {
    list.iter().map(|(name, count)| (name.to_string(), *count)).collect()
}

fn gaps(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, reason)| (name.to_string(), reason.to_string())).collect()
}

#[test]
fn an_honest_archive_has_no_gap() {
    for streamed in [false, true] {
        let members = [Member { streamed, ..deflated("a.csv", LIST) }, Member { streamed, ..stored("b.csv", LIST) }];
        assert_eq!(scan(&zip(&members, true)), (names(&[("a.csv", 3), ("b.csv", 3)]), vec![]), "{streamed}");
    }
}

#[test]
fn members_that_the_directory_does_not_list_are_read() {
    for hidden in [0, 1, 2] {
        for streamed in [false, true] {
            let mut members = [
                Member { streamed, ..deflated("a.csv", LIST) },
                Member { streamed, ..deflated("b.csv", LIST) },
                Member { streamed, ..deflated("c.csv", LIST) },
            ];
            members[hidden].listed = false;
            let (mut found, missed) = scan(&zip(&members, true));
            found.sort();
            assert_eq!(found, names(&[("a.csv", 3), ("b.csv", 3), ("c.csv", 3)]), "{hidden} {streamed}");
            assert_eq!(missed, vec![], "{hidden} {streamed}");
        }
    }
    let hidden = Member { listed: false, ..stored("a.csv", LIST) };
    let (found, missed) = scan(&zip(&[stored("a.csv", b"id\n1\n"), hidden, stored("z.txt", b"none")], true));
    assert_eq!(found, names(&[("a.csv", 0), ("z.txt", 0), ("a.csv#2", 3)]), "one name, two members");
    assert_eq!(missed, vec![]);
    // Two archives one behind the other: what a reader that goes by the directory sees is the second.
    let both = [zip(&[deflated("first.csv", LIST)], true), zip(&[deflated("second.csv", b"id\n1\n")], true)].concat();
    let (found, _) = scan(&both);
    assert!(found.contains(&("first.csv".to_string(), 3)), "{found:?}");
}

#[test]
fn a_mark_alone_is_no_member() {
    let noise = [b"PK\x03\x04".repeat(40), b"PK\x03\x04 and so on, for long enough to be a header of its own".to_vec()];
    let text = stored("notes.txt", &[&b"Notes: "[..], &noise.concat()].concat());
    let before = [&noise.concat()[..], &zip(&[], true)].concat();
    assert_eq!(scan(&zip(&[text], true)).0, names(&[("notes.txt", 0)]));
    assert_eq!(scan(&before).0, vec![]);
}

#[test]
fn members_that_share_bytes_are_read_once() {
    let mut members = vec![deflated("a.csv", LIST)];
    for name in ["b.csv", "c.csv", "d.csv"] {
        members.push(Member { at: Some(0), ..stored(name, b"") });
    }
    let (found, missed) = scan(&zip(&members, true));
    assert_eq!(found[0], ("a.csv".to_string(), 3));
    assert!(found[1..].iter().all(|(_, count)| *count == 0), "{found:?}");
    let shared: Vec<_> = missed.iter().filter(|(name, _)| !name.is_empty()).cloned().collect();
    assert_eq!(shared, gaps(&[("b.csv", "malformed"), ("c.csv", "malformed"), ("d.csv", "malformed")]));
}

#[test]
fn a_header_that_says_otherwise_is_told() {
    let liar = Member { own_name: "b.csv", ..deflated("a.csv", LIST) };
    let (found, missed) = scan(&zip(&[liar, stored("c.csv", LIST)], true));
    assert_eq!(found, names(&[("a.csv", 3), ("c.csv", 3)]));
    assert_eq!(missed, gaps(&[("", "malformed")]), "said of the archive, once");
}

#[test]
fn an_archive_that_was_cut_off_gives_what_it_has() {
    for streamed in [false, true] {
        let long = [LIST, &b"9,x,y,1950-01-01,none\n".repeat(3000)].concat();
        let members = [Member { streamed, ..deflated("a.csv", LIST) }, deflated("b.csv", &long)];
        let whole = zip(&members, false);
        let (found, missed) = scan(&whole);
        assert_eq!(found, names(&[("a.csv", 3), ("b.csv", 3)]), "{streamed}");
        assert!(missed.contains(&(String::new(), "malformed".to_string())), "{missed:?}");
        let (found, _) = scan(&whole[..whole.len() - 60]);
        assert_eq!(found, names(&[("a.csv", 3), ("b.csv", 3)]), "{streamed}, cut in the second");
    }
}
