//! Wrappers: the same list of patients in each of them, and inside each other, gives the same findings; what is damaged, hostile
//! or encrypted is a gap.

use std::io::{Cursor, Write};
use std::sync::OnceLock;

use phisweep::engine::Engine;
use phisweep::finding::{Document, Status};
use phisweep::gap::Reason;
use phisweep::options::Options;
use phisweep::scan;

const LIST: &str = "mrn,last_name,first_name,dob,ssn\n\
    4471902,Nowak,Maria,1952-03-04,536-90-4398\n\
    4471955,Ortiz,Luis,1961-09-12,418-62-7715\n\
    4472018,Hale,Corinne,1948-11-30,287-55-9014\n";

/// Scans a file of these bytes: its members in order, then itself.
fn scanned(name: &str, bytes: &[u8]) -> Vec<Document> {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    let engine = ENGINE.get_or_init(|| Engine::built_in().expect("the rules"));
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(name), bytes).expect("written");
    let roots = scan::roots(&[folder.path().join(name)]).expect("a root");
    let mut documents: Vec<Document> = Vec::new();
    let options = Options { threads: 1, ..Options::default() };
    scan::scan(engine, &options, &roots, &scan::Progress::default(), &mut documents).expect("scanned");
    documents
}

/// What was found, without where.
fn found(document: &Document) -> Vec<(String, u64, String)> {
    let mut all: Vec<_> = document
        .findings
        .iter()
        .map(|f| (f.identifier.name().to_string(), f.matches, format!("{} {:?} {}", f.place, f.first, f.confidence)))
        .collect();
    all.sort();
    all
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).expect("packed");
    out.finish().expect("packed")
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        out.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a member");
        out.write_all(bytes).expect("packed");
    }
    out.finish().expect("packed").into_inner()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        out.append_data(&mut header, name, *bytes).expect("a member");
    }
    out.into_inner().expect("packed")
}

fn cpio(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes) in members.iter().chain(&[("TRAILER!!!", &b""[..])]) {
        let fields = [1, 0o100_644, 0, 0, 1, 0, bytes.len(), 0, 0, 0, 0, name.len() + 1, 0];
        out.extend(b"070701");
        fields.iter().for_each(|field| out.extend(format!("{field:08x}").bytes()));
        out.extend(name.bytes());
        out.push(0);
        out.resize(out.len().div_ceil(4) * 4, 0);
        out.extend(*bytes);
        out.resize(out.len().div_ceil(4) * 4, 0);
    }
    out
}

fn ar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = b"!<arch>\n".to_vec();
    for (name, bytes) in members {
        let header = format!("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", format!("{name}/"), 0, 0, 0, 100_644, bytes.len());
        out.extend(header.bytes());
        out.extend(*bytes);
        out.resize(out.len().div_ceil(2) * 2, b'\n');
    }
    out
}

/// Every wrapper that can be written here: a name for the packed file, and its bytes.
fn wrapped(name: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut bz = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bz.write_all(bytes).expect("packed");
    let mut lz = lz4_flex::frame::FrameEncoder::new(Vec::new());
    lz.write_all(bytes).expect("packed");
    let members: &[(&str, &[u8])] = &[(name, bytes)];
    vec![
        (format!("{name}.gz"), gzip(bytes)),
        (format!("{name}.bz2"), bz.finish().expect("packed")),
        (format!("{name}.zst"), zstd::encode_all(bytes, 1).expect("packed")),
        (format!("{name}.lz4"), lz.finish().expect("packed")),
        ("a.zip".to_string(), zip(members)),
        ("a.tar".to_string(), tar(members)),
        ("a.cpio".to_string(), cpio(members)),
        ("a.ar".to_string(), ar(members)),
    ]
}

#[test]
fn a_list_is_found_in_every_wrapper_and_two_deep() {
    let plain = scanned("list.csv", LIST.as_bytes());
    let wanted = found(&plain[0]);
    assert!(wanted.iter().any(|(identifier, matches, _)| identifier == "ssn" && *matches == 3));
    for (name, bytes) in wrapped("list.csv", LIST.as_bytes()) {
        let documents = scanned(&name, &bytes);
        assert_eq!(documents.len(), 2, "{name}");
        assert_eq!(found(&documents[0]), wanted, "{name}");
        assert!(documents.iter().all(|d| d.status == Status::Complete), "{name}");
        assert_eq!(documents[0].locator.parts(), [name.as_str(), "list.csv"]);
        for (outer, bytes) in wrapped(&name, &bytes) {
            let documents = scanned(&outer, &bytes);
            assert_eq!(documents.len(), 3, "{outer} of {name}");
            assert_eq!(found(&documents[0]), wanted, "{outer} of {name}");
            assert_eq!(documents[0].access.readable_by, documents[2].access.readable_by, "{outer} of {name}");
        }
    }
}

#[test]
fn streams_one_behind_the_other_are_one() {
    let (first, second) = LIST.split_at(LIST.len() / 2);
    let both = [gzip(first.as_bytes()), gzip(second.as_bytes())].concat();
    assert_eq!(found(&scanned("list.csv.gz", &both)[0]), found(&scanned("list.csv", LIST.as_bytes())[0]));
}

#[test]
fn members_of_one_name_are_told_apart() {
    let documents = scanned("a.tar", &tar(&[("x.csv", LIST.as_bytes()), ("x.csv", LIST.as_bytes())]));
    let last = |d: &Document| d.locator.parts().last().cloned().unwrap_or_default();
    assert_eq!(documents.iter().map(last).collect::<Vec<_>>(), ["x.csv", "x.csv#2", "a.tar"]);
}

#[test]
fn what_is_cut_off_is_read_as_far_as_it_goes() {
    for (name, bytes) in wrapped("list.csv", LIST.as_bytes()) {
        for cut in (1..bytes.len()).step_by(3) {
            let documents = scanned(&name, &bytes[..cut]);
            assert!(!documents.is_empty(), "{name} at {cut}");
            assert!(
                documents.iter().flat_map(|d| &d.gaps).all(|gap| gap.reason != Reason::Panicked),
                "{name} at {cut}"
            );
        }
    }
}

#[test]
fn a_bomb_is_a_gap() {
    let zeros = vec![0; 4 << 20];
    // A thousand to one, twice: sixteen gigabytes of nothing.
    let mut bomb = zstd::Encoder::new(Vec::new(), 3).expect("a coder");
    for _ in 0..128 {
        bomb.write_all(&zeros).expect("packed");
    }
    let bomb = bomb.finish().expect("packed");
    let documents = scanned("bomb.zst", &bomb);
    let gaps: Vec<Reason> = documents.iter().flat_map(|d| &d.gaps).map(|gap| gap.reason).collect();
    assert!(gaps.contains(&Reason::Limit), "{gaps:?}");
}

#[test]
fn wrappers_without_end_are_a_gap() {
    let mut bytes = LIST.as_bytes().to_vec();
    for _ in 0..40 {
        bytes = gzip(&bytes);
    }
    let documents = scanned("deep.gz", &bytes);
    let gaps: Vec<Reason> = documents.iter().flat_map(|d| &d.gaps).map(|gap| gap.reason).collect();
    assert_eq!(gaps, [Reason::Limit]);
}

#[test]
fn names_that_climb_are_only_names() {
    let documents = scanned("a.zip", &zip(&[("../../etc/list.csv", LIST.as_bytes())]));
    assert_eq!(documents[0].locator.parts()[1], "../../etc/list.csv");
    assert!(!documents[0].findings.is_empty());
}

#[test]
fn encrypted_members_say_how() {
    let options = zip::write::SimpleFileOptions::default();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let strong = options.with_aes_encryption(zip::AesMode::Aes256, "not the real one");
    out.start_file("strong.csv", strong).expect("a member");
    out.write_all(LIST.as_bytes()).expect("packed");
    out.start_file("open.csv", options).expect("a member");
    out.write_all(LIST.as_bytes()).expect("packed");
    let documents = scanned("a.zip", &out.finish().expect("packed").into_inner());
    let gap = &documents[0].gaps[0];
    assert_eq!((gap.reason, gap.detail.as_str(), documents[0].status), (Reason::Encrypted, "AES-256", Status::Skipped));
    assert!(!documents[1].findings.is_empty(), "the one beside it is read");
}

/// Scans with match records.
fn with_matches(name: &str, bytes: &[u8]) -> Document {
    let options = Options { matches: true, fingerprint_key: Some([7; 32]), ..Options::default() };
    scan::scan_bytes(&Engine::built_in().expect("the rules"), &options, name, bytes)
}

#[test]
fn a_list_is_found_in_every_encoding_and_counted_in_its_own_bytes() {
    let list = LIST.replace("Corinne", "Zoë");
    let long = list.replace('\n', "\r\n");
    for text in [list.as_str(), long.as_str()] {
        let plain = with_matches("list.csv", text.as_bytes());
        let at = |document: &Document| -> Vec<_> {
            document.matches.iter().map(|m| (m.position, m.fingerprint.clone())).collect()
        };
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [b"\xff\xfe", &little[..]].concat();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let wide: Vec<u8> = text.chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
        let latin: Vec<u8> = text.chars().map(|c| c as u32 as u8).collect();
        for (name, bytes, width, mark) in [
            ("le", little, 2, 0),
            ("marked", marked, 2, 2),
            ("be", big, 2, 0),
            ("utf-32", wide, 4, 0),
            ("latin", latin, 1, 0),
        ] {
            let document = with_matches("list.csv", &bytes);
            assert_eq!(found(&document), found(&plain), "{name}");
            assert_eq!(at(&document), at(&plain), "{name}");
            assert_eq!(document.bytes, bytes.len() as u64, "{name}");
            assert_eq!(document.format, "csv", "{name}");
            for (one, other) in document.matches.iter().zip(&plain.matches) {
                let before =
                    |at: u64| text.as_bytes()[..at as usize].iter().filter(|b| (**b as i8) >= -0x40).count() as u64;
                let wanted = mark + width * before(other.bytes.start)..mark + width * before(other.bytes.end);
                assert_eq!(one.bytes, wanted, "{name}");
            }
        }
    }
}

/// A number of seven bits a byte.
fn vint(mut n: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
    out
}

/// RAR 5: members with their bytes, how they are packed (0: stored), flags of the header, and more fields.
/// A member of an archive: name, bytes, flags, method, what comes in addition.
type Packed<'a> = (&'a str, &'a [u8], u8, u8, &'a [u8]);

fn rar5(members: &[Packed<'_>]) -> Vec<u8> {
    let mut out = b"Rar!\x1a\x07\x01\0".to_vec();
    let header = |out: &mut Vec<u8>, header: Vec<u8>| {
        out.extend([0; 4]);
        out.extend(vint(header.len()));
        out.extend(header);
    };
    header(&mut out, vec![1, 0, 0]);
    for (name, bytes, method, flags, extra) in members {
        let fields =
            [&[2, 3 | flags][..], &vint(extra.len()), &vint(bytes.len()), &[0], &vint(bytes.len()), &[0]].concat();
        let packing = vint(usize::from(*method) << 7);
        let fields = [fields, packing, vec![1], vint(name.len()), name.as_bytes().to_vec(), extra.to_vec()].concat();
        header(&mut out, fields);
        out.extend(*bytes);
    }
    header(&mut out, vec![5, 0, 0]);
    out
}

/// RAR 4: members with their bytes, how they are packed (0x30: stored), and flags.
fn rar4(main: u16, members: &[(&[u8], &[u8], u8, u16)]) -> Vec<u8> {
    let mut out = b"Rar!\x1a\x07\0".to_vec();
    let header = |out: &mut Vec<u8>, kind: u8, flags: u16, rest: &[u8]| {
        out.extend([0, 0, kind]);
        out.extend(flags.to_le_bytes());
        out.extend((rest.len() as u16 + 7).to_le_bytes());
        out.extend(rest);
    };
    header(&mut out, 0x73, main, &[0; 6]);
    for (name, bytes, method, flags) in members {
        let length = (bytes.len() as u32).to_le_bytes();
        let rest = [&length[..], &length, &[3], &[0; 8], &[29, *method], &(name.len() as u16).to_le_bytes()].concat();
        header(&mut out, 0x74, flags | 0x8000, &[&rest[..], &0o100_644_u32.to_le_bytes(), name].concat());
        out.extend(*bytes);
    }
    header(&mut out, 0x7b, 0, &[]);
    out
}

#[test]
fn members_of_a_rar_are_named_and_read_where_they_are_stored() {
    let wanted = found(&scanned("list.csv", LIST.as_bytes())[0]);
    let list = LIST.as_bytes();
    // An extra record of type 1: encrypted.
    let locked: &[u8] = &[3, 1, 0, 0];
    let five = rar5(&[
        ("in/list.csv", list, 0, 0, &[]),
        ("packed.csv", b"\x01\x02\x03", 3, 0, &[]),
        ("split.csv", b"mrn", 0, 0x10, &[]),
        ("locked.csv", b"\x07\x08", 0, 0, locked),
        ("again.csv", list, 0, 0, &[]),
    ]);
    let four = rar4(
        0,
        &[
            (b"in/list.csv", list, 0x30, 0),
            (b"packed.csv", b"\x01\x02\x03", 0x33, 0),
            (b"split.csv", b"mrn", 0x30, 2),
            (b"locked.csv", b"\x07\x08", 0x30, 4),
            (b"again.csv", list, 0x30, 0),
        ],
    );
    for (version, bytes) in [(5, five), (4, four)] {
        let documents = scanned("a.rar", &bytes);
        let told: Vec<(&str, Option<Reason>)> = documents[..5]
            .iter()
            .map(|d| (d.locator.parts()[1].as_str(), d.gaps.first().map(|gap| gap.reason)))
            .collect();
        let wanted_gaps = [
            ("in/list.csv", None),
            ("packed.csv", Some(Reason::Unsupported)),
            ("split.csv", Some(Reason::Unsupported)),
            ("locked.csv", Some(Reason::Encrypted)),
            ("again.csv", None),
        ];
        assert_eq!(told, wanted_gaps, "RAR {version}");
        assert_eq!((found(&documents[0]), found(&documents[4])), (wanted.clone(), wanted.clone()), "RAR {version}");
        for end in [8, 9, 20, 30, 60, bytes.len() / 2] {
            let cut = scanned("a.rar", &bytes[..end]);
            assert!(cut.last().expect("a document").bytes <= bytes.len() as u64);
        }
    }
}

#[test]
fn a_rar_may_hide_its_names() {
    let mut five = b"Rar!\x1a\x07\x01\0\0\0\0\0\x05\x04\0\0\0\x0f".to_vec();
    five.extend([0x5a; 200]);
    for (bytes, detail) in [(five, "AES-256, RAR 5, names too"), (rar4(0x80, &[]), "AES-128, RAR 4, names too")] {
        let documents = scanned("a.rar", &bytes);
        let gap = &documents[0].gaps[0];
        assert_eq!((gap.reason, gap.detail.as_str()), (Reason::Encrypted, detail));
        assert_eq!(documents[0].status, Status::Skipped);
    }
}

#[test]
fn names_of_a_rar_are_unicode() {
    // A name in 8 bits, then: high byte 0, and for each character its low byte.
    let name = b"M?ller.csv\0\0\x00M\xfcll\x00er.c\x00sv";
    let documents = scanned("a.rar", &rar4(0, &[(name, LIST.as_bytes(), 0x30, 0x200)]));
    assert_eq!(documents[0].locator.parts()[1], "M\u{fc}ller.csv");
}
