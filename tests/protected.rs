//! Locked documents: how they are locked is said, what is weak or has its key beside it is not called protected, and no password shows.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use phisweep::engine::Engine;
use phisweep::finding::{Document, Status};
use phisweep::gap::{Class, Reason};
use phisweep::options::Options;
use phisweep::scan;

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::built_in().expect("the rules"))
}

/// Scans a folder of these files.
fn scanned(files: &[(&str, &[u8])], options: &Options) -> Vec<Document> {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, bytes) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, bytes).expect("written");
    }
    at(folder.path(), options)
}

fn at(path: &Path, options: &Options) -> Vec<Document> {
    let roots = scan::roots(&[path.to_path_buf()]).expect("a root");
    let mut documents: Vec<Document> = Vec::new();
    scan::scan(engine(), options, &roots, &scan::Progress::default(), &mut documents).expect("scanned");
    documents
}

fn one_thread() -> Options {
    Options { threads: 1, ..Options::default() }
}

/// The only gap of the only document.
fn gap(name: &str, bytes: &[u8]) -> (Reason, Class, String) {
    let documents = scanned(&[(name, bytes)], &one_thread());
    let [document] = &documents[..] else { panic!("{name}: {} documents", documents.len()) };
    let [gap] = &document.gaps[..] else { panic!("{name}: {:?}", document.gaps) };
    (gap.reason, gap.class, gap.detail.clone())
}

fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(b"noise").finalize_xof().fill(&mut bytes);
    bytes
}

/// A message for one RSA key, as `gpg -e` writes it.
fn message() -> Vec<u8> {
    let session = [&[0x85, 0x01, 0x0c, 3, 1, 2, 3, 4, 5, 6, 7, 8, 1][..], &noise(0x10c - 10)].concat();
    [session, vec![0xd2, 200, 100, 1], noise(291)].concat()
}

#[test]
fn what_is_locked_says_how() {
    let strong = |name: &str, bytes: &[u8]| {
        let (reason, class, detail) = gap(name, bytes);
        assert_eq!((reason, class), (Reason::Encrypted, Class::Protected), "{name}: {detail}");
        detail
    };
    assert_eq!(strong("a.gpg", &message()), "OpenPGP, for 1 public key (RSA)");
    assert_eq!(strong("no name for it", &message()), "OpenPGP, for 1 public key (RSA)");
    assert_eq!(
        strong("a.age", b"age-encryption.org/v1\n-> scrypt c2FsdA 18\nAAAA\n--- mac\n\xff"),
        "ChaCha20-Poly1305, age, by password"
    );
    assert_eq!(strong("a.enc", &[&b"Salted__"[..], &noise(100)].concat()), "OpenSSL enc, by password");
    assert_eq!(strong("a.txt", b"U2FsdGVkX1+vupppZksvRf5pq5g5XjFRlipRkwB0K1Y=\n"), "OpenSSL enc, by password");
    assert_eq!(
        strong("a.kdbx", &[&b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5\x01\0\x04\0"[..], &noise(200)].concat()),
        "KeePass, by password"
    );
    assert!(strong("members.db", &noise(8192)).contains("SQLite"));
    assert!(strong("safe.hc", &noise(8192)).contains("VeraCrypt"));
    let end = [b"PAR1", &noise(2000)[..], &[0, 0, 0, 0], b"PARE"].concat();
    assert_eq!(strong("a.parquet", &end), "AES-GCM, Parquet, footer and all");
    let weak = [
        &b"\x30\x82\x03\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x82\x02\xf0"[..],
        &noise(300),
        b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\x30\x1a\x06\x08\x2a\x86\x48\x86\xf7\x0d\x03\x02",
        &noise(300),
    ];
    assert_eq!(gap("smime.p7m", &weak.concat()), (Reason::WeakEncryption, Class::Blind, "RC2, CMS".to_string()));
}

#[test]
fn noise_is_not_called_protected() {
    let (reason, class, detail) = gap("a.bin", &noise(70_000));
    assert_eq!((reason, class), (Reason::Unsupported, Class::Blind));
    assert!(detail.contains("encrypted or packed"), "{detail}");
}

#[test]
fn a_message_in_a_text_leaves_the_rest() {
    let text = "Patient SSN: 536-90-4398\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMAwECAwQFBgcIAVpaWlpa\n=abcd\n-----END PGP MESSAGE-----\n";
    let documents = scanned(&[("note.txt", text.as_bytes())], &one_thread());
    assert_eq!(documents[0].status, Status::Partial);
    assert_eq!(documents[0].gaps[0].reason, Reason::Encrypted);
    assert!(documents[0].findings.iter().any(|found| found.identifier.name() == "ssn"));
}

/// Reason and detail of each gap, by path.
fn gaps(documents: &[Document]) -> BTreeMap<String, (Reason, Class, String)> {
    let gaps = documents.iter().flat_map(|document| &document.gaps);
    gaps.map(|gap| (gap.locator.path(""), (gap.reason, gap.class, gap.detail.clone()))).collect()
}

#[test]
fn a_key_beside_takes_the_protection_away() {
    let message = message();
    let files: Vec<(&str, &[u8])> = vec![
        ("apart/members.gpg", &message),
        ("beside/members.gpg", &message),
        ("beside/password.txt", b"Summer-2026-Autumn"),
        ("ring/deep/er/members.gpg", &message),
        (
            "ring/.gnupg/secring.gpg",
            b"\x95\x03\x98\x04\x01\x02\x03\x04\x01\x02\x03\x04\x01\x02\x03\x04\x01\x02\x03\x04",
        ),
        ("note/members.gpg", &message),
        ("note/other.gpg", &message),
        ("note/readme.txt", b"The password for members.gpg is Summer-2026-Autumn."),
        ("named/a.gpg", &message),
        ("named/SSN 536-90-4398 password.txt", b"Summer-2026-Autumn"),
    ];
    let told = gaps(&scanned(&files, &one_thread()));
    let of = |path: &str| &told[path];
    assert_eq!(of("apart/members.gpg").1, Class::Protected);
    assert_eq!(of("note/other.gpg").1, Class::Protected, "the note speaks of another file");
    for (path, key) in [
        ("beside/members.gpg", "beside/password.txt"),
        ("ring/deep/er/members.gpg", "ring/.gnupg/secring.gpg"),
        ("note/members.gpg", "note/readme.txt"),
    ] {
        let (reason, class, detail) = of(path);
        assert_eq!((*reason, *class), (Reason::WeakEncryption, Class::Blind), "{path}");
        assert_eq!(detail, &format!("OpenPGP, for 1 public key (RSA), with a key beside it: {key}"));
    }
    let (_, class, detail) = of("named/a.gpg");
    assert_eq!(*class, Class::Blind);
    assert!(!detail.contains("536-90-4398"), "a value in a name is masked: {detail}");
    assert!(told.values().all(|(_, _, detail)| !detail.contains("Summer")));
}

#[test]
fn keys_are_the_same_for_any_number_of_threads() {
    let message = message();
    let names: Vec<(String, &[u8])> = (0..60)
        .flat_map(|n| {
            let key: &[u8] = b"AGE-SECRET-KEY-1QQQ";
            [(format!("{}/{n}/members.gpg", n % 7), &message[..]), (format!("{}/{n}/{}.txt", n % 7, n % 3), key)]
        })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    for (n, (path, bytes)) in names.iter().enumerate().filter(|(n, _)| n % 5 != 1) {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, bytes).unwrap_or_else(|error| panic!("{n}: {error}"));
    }
    let told = |threads| gaps(&at(folder.path(), &Options { threads, ..Options::default() }));
    let one = told(1);
    assert!(one.values().any(|gap| gap.1 == Class::Blind) && one.values().any(|gap| gap.1 == Class::Protected));
    assert_eq!(one, told(2));
    assert_eq!(one, told(8));
}

const LIST: &str = "mrn,last_name,first_name,dob,ssn\n\
    4471902,Nowak,Maria,1952-03-04,536-90-4398\n\
    4471955,Ortiz,Luis,1961-09-12,418-62-7715\n";

/// A zip of three members: ZipCrypto, AES-256, open.
fn locked_zip() -> Vec<u8> {
    use zip::unstable::write::FileOptionsExt;
    let options = zip::write::SimpleFileOptions::default();
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let weak = options.with_deprecated_encryption(b"first").expect("a password");
    for (name, options) in [
        ("weak.csv", weak),
        ("strong.csv", options.with_aes_encryption(zip::AesMode::Aes256, "second")),
        ("open.csv", options),
    ] {
        out.start_file(name, options).expect("a member");
        std::io::Write::write_all(&mut out, LIST.as_bytes()).expect("packed");
    }
    out.finish().expect("packed").into_inner()
}

#[test]
fn passwords_open_a_zip_and_do_not_show() {
    let zip = locked_zip();
    let with = |passwords: &[&str]| {
        let passwords = phisweep::options::Passwords::new(passwords.iter().map(|p| p.to_string()).collect());
        let options = Options { passwords, ..one_thread() };
        assert!(!format!("{options:?}").contains("second"));
        scanned(&[("a.zip", &zip)], &options)
    };
    for (passwords, opened) in [
        (&[][..], &["open.csv"][..]),
        (&["wrong", "first"], &["weak.csv", "open.csv"]),
        (&["wrong", "second"], &["strong.csv", "open.csv"]),
        (&["x", "second", "first"], &["weak.csv", "strong.csv", "open.csv"]),
    ] {
        let documents = with(passwords);
        let found: Vec<&str> = documents
            .iter()
            .filter(|document| document.findings.iter().any(|found| found.identifier.name() == "ssn"))
            .map(|document| document.locator.parts()[1].as_str())
            .collect();
        assert_eq!(found, opened);
        let gaps: usize = documents.iter().map(|document| document.gaps.len()).sum();
        assert_eq!(gaps, 3 - opened.len(), "what was opened is no gap");
    }
    // Many wrong ones: the check of ZipCrypto lets one in 256 pass.
    let wrong: Vec<String> = (0..600).map(|n| format!("wrong {n}")).collect();
    let documents = with(&wrong.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(documents.iter().map(|document| document.gaps.len()).sum::<usize>(), 2);
}

#[test]
fn a_directory_that_is_locked_too_says_so() {
    let mut zip = b"PK\x03\x04\x33\0\x41\x20\0\0".to_vec();
    zip.extend(noise(400));
    let (reason, class, detail) = gap("a.zip", &zip);
    assert_eq!((reason, class), (Reason::Encrypted, Class::Protected), "{detail}");
}
