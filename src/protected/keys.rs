//! Keys that lie beside what they open. In: a locked file, the root it was found in. Out: the first file of its folder tree that
//! holds a key or a password, by its path below the root. Refuses to look outside the root, to follow links, and to keep anything of
//! what it reads: what a key is, nobody asks here.
//!
//! The guidance on the breach rule (74 FR 19006, updated in 74 FR 42740) asks that keys be kept apart from the data they open. So
//! a key in reach takes from encryption what it is for. Looked at are the folder of the document, the folders right in it, every
//! folder above it up to the root, and in each of those the folders whose names say that keys are in them. Names are
//! sorted before anything is looked at: what is found depends on the tree alone.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{containers, pgp};
use crate::open::{Opener, ReadAt};

/// Texts above this are not looked into: a note with a password is short.
const NOTE: u64 = 16 << 10;
/// A key, a key ring, a list of passwords.
const KEY: u64 = 1 << 20;
/// Texts of a folder that are looked into, by name.
const NOTES: usize = 512;
/// Folders right in that of the document that are looked into, by name.
const INNER: usize = 64;
/// Folders that are remembered.
const REMEMBERED: usize = 4096;

/// Folders whose names say that keys are in them.
const KEY_FOLDERS: [&str; 17] = [
    ".age",
    ".gnupg",
    ".keys",
    ".ssh",
    ".secrets",
    "credentials",
    "gnupg",
    "key",
    "keyring",
    "keyrings",
    "keys",
    "password",
    "passwords",
    "private-keys-v1.d",
    "private",
    "secret",
    "secrets",
];

/// What was found in folders, for as long as a scan runs.
#[derive(Debug, Default)]
pub struct KeyBook(Mutex<HashMap<PathBuf, Arc<Folder>>>);

/// The keys of one folder.
#[derive(Debug, Default)]
struct Folder {
    /// Names of files that are keys whatever they belong to, sorted.
    keys: Vec<PathBuf>,
    /// Names of texts that say a password; for which document is to be asked of each.
    notes: Vec<PathBuf>,
    /// Names of folders in it, sorted.
    folders: Vec<PathBuf>,
}

impl KeyBook {
    /// The path below `root` of a key or password that lies beside the file at `path` below it. `name` is what the document is called
    /// where it is a member of that file.
    pub fn beside(&self, opener: &Opener, root: &Path, path: &Path, name: Option<&str>) -> Option<PathBuf> {
        let own = path.parent()?;
        let file = path.file_name()?;
        let key_in = |below: &Path| {
            let folder = self.folder(opener, &root.join(below));
            let key = folder.keys.iter().find(|key| below != own || key.as_os_str() != file);
            key.map(|key| below.join(key))
        };
        if let Some(key) = key_in(own) {
            return Some(key);
        }
        let folder = self.folder(opener, &root.join(own));
        let names: Vec<&str> = file.to_str().into_iter().chain(name).collect();
        let speaks =
            |note: &&PathBuf| note.as_os_str() != file && speaks_of(opener, &root.join(own).join(note), &names);
        if let Some(note) = folder.notes.iter().find(speaks) {
            return Some(own.join(note));
        }
        if let Some(key) = folder.folders.iter().take(INNER).find_map(|inner| key_in(&own.join(inner))) {
            return Some(key);
        }
        for above in own.ancestors() {
            let key = if above == own { None } else { key_in(above) };
            let folders = || self.folder(opener, &root.join(above));
            let key = key.or_else(|| {
                folders().folders.iter().filter(|name| is_key_folder(name)).find_map(|name| key_in(&above.join(name)))
            });
            if key.is_some() {
                return key;
            }
        }
        None
    }

    fn folder(&self, opener: &Opener, path: &Path) -> Arc<Folder> {
        if let Some(folder) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return folder.clone();
        }
        // Two threads may both look: they find the same.
        let folder = Arc::new(Folder::of(opener, path));
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(path.to_path_buf(), folder.clone());
        folder
    }
}

fn is_key_folder(name: &Path) -> bool {
    name.to_str().is_some_and(|name| KEY_FOLDERS.contains(&name.to_ascii_lowercase().as_str()))
}

/// What a file is to whoever looks for keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Find {
    Key,
    Note,
    Nothing,
}

impl Folder {
    fn of(opener: &Opener, path: &Path) -> Folder {
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            let name = PathBuf::from(entry.file_name());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(name),
                Ok(kind) if kind.is_file() => files.push(name),
                _ => {}
            }
        }
        files.sort();
        folders.sort();
        let mut folder = Folder { folders, ..Folder::default() };
        let mut texts = 0;
        for file in files {
            let name = file.to_string_lossy().to_ascii_lowercase();
            let telling = is_telling(&name);
            if !telling && (!may_be_note(&name) || texts == NOTES) {
                continue;
            }
            texts += usize::from(!telling);
            match look(opener, &path.join(&file), &name) {
                Find::Key => folder.keys.push(file),
                Find::Note => folder.notes.push(file),
                Find::Nothing => {}
            }
        }
        folder
    }
}

/// The stem and the ending of a name in small letters.
fn parts(name: &str) -> (&str, &str) {
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).unwrap_or((name, ""))
}

/// Names of keys and key rings, whatever is in them, and endings of those that may be.
fn is_telling(name: &str) -> bool {
    const ENDINGS: [&str; 15] = [
        "key", "pem", "ppk", "asc", "gpg", "pgp", "skr", "kdb", "kdbx", "bek", "p12", "pfx", "jks", "keystore",
        "keyfile",
    ];
    let (stem, ending) = parts(name);
    ENDINGS.contains(&ending) || is_password_name(stem) || stem.starts_with("secring") || stem.starts_with("id_")
}

/// `password`, `pw`, `file password`; not what writes about them.
fn is_password_name(stem: &str) -> bool {
    const WORDS: [&str; 14] = [
        "password",
        "passwords",
        "passwd",
        "passphrase",
        "passphrases",
        "passcode",
        "passwort",
        "kennwort",
        "pw",
        "pwd",
        "pwds",
        "pass",
        "pword",
        "zippassword",
    ];
    const ABOUT: [&str; 14] = [
        "policy",
        "policies",
        "reset",
        "guide",
        "howto",
        "rules",
        "manual",
        "help",
        "change",
        "form",
        "request",
        "instructions",
        "strength",
        "test",
    ];
    let mut words = stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let last = words.clone().next_back();
    let first = words.next();
    let says = |word: Option<&str>| {
        word.is_some_and(|word| WORDS.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())))
    };
    (says(first) || says(last)) && !stem.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| ABOUT.contains(&word))
}

/// A text by its ending, or without one.
fn may_be_note(name: &str) -> bool {
    const ENDINGS: [&str; 16] = [
        "txt", "text", "md", "", "ini", "cfg", "conf", "env", "log", "eml", "rtf", "htm", "html", "yaml", "yml", "json",
    ];
    ENDINGS.contains(&parts(name).1)
}

/// Looks into a file.
fn look(opener: &Opener, path: &Path, name: &str) -> Find {
    let Some(head) = head(opener, path, if is_telling(name) { KEY } else { NOTE }) else { return Find::Nothing };
    let text = plain(&head);
    if is_key(&head, &text) {
        return Find::Key;
    }
    let (stem, ending) = parts(name);
    // Locked itself, or another kind of document: then it is a key only if it is none of these.
    let packed = is_packed(&head);
    let opaque = !packed && !text.starts_with(b"-----begin ");
    match ending {
        "p12" | "pfx" if head.starts_with(b"\x30") => Find::Key,
        "jks" | "keystore" if head.starts_with(b"\xfe\xed\xfe\xed") || head.starts_with(b"\x30") => Find::Key,
        // A few bytes of any kind, as `--keyfile` of LUKS and VeraCrypt takes; what is longer is another `.key`.
        "key" | "keyfile" | "bek" if opaque && head.len() <= 8 << 10 && !head.starts_with(b"LUKS") => Find::Key,
        _ if is_password_name(stem) && may_be_note(name) && !packed && head.len() as u64 <= NOTE * 4 => Find::Key,
        "csv" | "tsv" if is_password_name(stem) && !packed => Find::Key,
        // What a list of passwords is kept in, if it is what its name says and not locked itself.
        "docx" | "xlsx" if is_password_name(stem) && head.starts_with(b"PK\x03\x04") => Find::Key,
        // Formats with an own XML speak of passwords too.
        _ if may_be_note(name) && opaque && says_password(&text) => Find::Note,
        _ => Find::Nothing,
    }
}

/// Whether a file begins as a packed or compound document does: zip, compound file, PDF, 7z, RAR, gzip, bzip2, xz, zstd. Whatever it is
/// called, no password can be read of it, and it may be the locked document itself.
fn is_packed(head: &[u8]) -> bool {
    const MARKS: [&[u8]; 10] = [
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"%PDF-",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a\x07",
        b"\x1f\x8b",
        b"BZh",
        b"\xfd7zXZ\0",
        b"\x28\xb5\x2f\xfd",
    ];
    MARKS.iter().any(|mark| head.starts_with(mark))
}

/// All of a regular file that is not empty and not larger than `limit`.
fn head(opener: &Opener, path: &Path, limit: u64) -> Option<Vec<u8>> {
    let file = opener.file(path).ok()?;
    let size = file.size();
    if size == 0 || size > limit {
        return None;
    }
    // What tells a key stands in its first bytes.
    let mut head = vec![0; usize::try_from(size.min(4 * NOTE)).ok()?];
    let got = file.read_at(0, &mut head).ok()?;
    head.truncate(got);
    Some(head)
}

/// In small letters, without the NULs of UTF-16.
fn plain(head: &[u8]) -> Vec<u8> {
    head.iter().filter(|b| **b != 0).map(u8::to_ascii_lowercase).collect()
}

/// Secret keys in any form, safes of keys, recovery keys.
fn is_key(head: &[u8], text: &[u8]) -> bool {
    let holds = |mark: &[u8]| memchr::memmem::find(text, mark).is_some();
    holds(b"private key-----")
        || holds(b"private key block-----")
        || holds(b"age-secret-key-1")
        || holds(b"putty-user-key-file-")
        || holds(b"---- begin ssh2 encrypted private key ----")
        || holds(b"bitlocker") && has_recovery_key(text)
        || containers::is_keepass(head)
        || pgp::is_secret_key(head)
}

/// Eight groups of six digits.
fn has_recovery_key(text: &[u8]) -> bool {
    let form: [u8; 55] = std::array::from_fn(|n| if n % 7 == 6 { b'-' } else { b'9' });
    text.windows(form.len()).any(|window| {
        window
            .iter()
            .zip(form)
            .all(|(byte, wanted)| if wanted == b'9' { byte.is_ascii_digit() } else { *byte == wanted })
    })
}

/// `password: x`, `the password is x`, `pw = x`; the text in small letters.
fn says_password(text: &[u8]) -> bool {
    const WORDS: [&[u8]; 7] = [b"password", b"passphrase", b"passcode", b"passwort", b"kennwort", b"pwd", b"pw"];
    text.split(|b| matches!(b, b'\n' | b'\r')).any(|line| {
        WORDS.iter().any(|word| {
            memchr::memmem::find_iter(line, word).any(|at| {
                let apart = at == 0 || !line[at - 1].is_ascii_alphanumeric();
                let behind = &line[at + word.len()..];
                // `password for members.7z: x`
                let near = &behind[..behind.len().min(60)];
                let value = near.iter().position(|b| matches!(b, b':' | b'=')).map(|n| n + 1);
                let value = value.or_else(|| memchr::memmem::find(near, b" is ").map(|n| n + 4));
                let value = value.map(|n| behind[n..].trim_ascii()).unwrap_or_default();
                apart && value.split(u8::is_ascii_whitespace).next().is_some_and(|word| word.len() >= 3)
            })
        })
    })
}

/// Whether a text speaks of a document: it has the same stem, or holds its name.
fn speaks_of(opener: &Opener, note: &Path, names: &[&str]) -> bool {
    let stem = |name: &str| {
        let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
        name.split('.').next().unwrap_or_default().to_string()
    };
    let own = note.file_name().map(|name| stem(&name.to_string_lossy())).unwrap_or_default();
    if names.iter().any(|name| !own.is_empty() && own == stem(name)) {
        return true;
    }
    let Some(text) = head(opener, note, NOTE).map(|head| plain(&head)) else { return false };
    names.iter().any(|name| {
        let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
        name.len() >= 3 && memchr::memmem::find(&text, name.as_bytes()).is_some()
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn found(files: &[(&str, &str)], locked: &str) -> Option<String> {
        let root = tempfile::tempdir().expect("a folder");
        for (path, text) in files.iter().chain(&[(locked, "locked")]) {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        }
        let book = KeyBook::default();
        let opener = Opener::new(false);
        let key = book.beside(&opener, root.path(), Path::new(locked), None);
        assert_eq!(book.beside(&opener, root.path(), Path::new(locked), None), key, "asked again");
        key.map(|key| key.to_string_lossy().into_owned())
    }

    #[test]
    fn keys_are_found_by_name_and_by_what_they_are() {
        for (name, text) in [
            ("password.txt", "x"),
            ("pw.txt", "x"),
            ("Passwords 2026.csv", "x"),
            ("Passwords.xlsx", "PK\u{3}\u{4}"),
            ("file-password.md", "x"),
            ("server.pem", "-----BEGIN RSA PRIVATE KEY-----\nMII"),
            ("notes", "-----BEGIN OPENSSH PRIVATE KEY-----\n"),
            ("ring.asc", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n"),
            ("identity.txt", "# created\nAGE-SECRET-KEY-1ABC"),
            ("volume.key", "\u{1}\u{2}\u{3}"),
            ("safe.kdbx", "\u{3}"),
            ("recovery.txt", "BitLocker Drive\n111111-222222-333333-444444-555555-666666-777777-888888\n"),
        ] {
            let wanted = (name != "safe.kdbx").then(|| format!("in/{name}"));
            assert_eq!(found(&[(&format!("in/{name}"), text)], "in/members.7z"), wanted, "{name}");
        }
    }

    #[test]
    fn what_is_no_key_is_none() {
        for (name, text) in [
            ("password-policy.txt", "Change it often."),
            ("server.pem", "-----BEGIN CERTIFICATE-----\nMII"),
            ("public.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"),
            ("slides.key", "PK\u{3}\u{4}"),
            ("password.txt", "PK\u{3}\u{4}"),
            ("password", "%PDF-1.7\n"),
            ("passwords.csv", "Rar!\u{1a}\u{7}\u{1}\0"),
            ("pw.md", "BZh9"),
            ("passwords.xlsx", "not a workbook"),
            ("pw.txt", ""),
            ("members.txt", "There are three of them."),
            ("other.txt", "password: Summer-2026"),
            ("readme.txt", "Forgot your password? Call us."),
            ("pathways.txt", "x"),
        ] {
            assert_eq!(found(&[(name, text)], "members.7z"), None, "{name}");
        }
    }

    #[test]
    fn a_note_counts_where_it_speaks_of_the_document() {
        assert_eq!(found(&[("members.txt", "Password: Summer-2026")], "members.7z").as_deref(), Some("members.txt"));
        let note = "Hello,\nthe password for Members.7z is Summer-2026\n";
        assert_eq!(found(&[("readme.txt", note)], "members.7z").as_deref(), Some("readme.txt"));
    }

    #[test]
    fn the_folder_tree_is_that_of_the_root() {
        assert_eq!(found(&[("pw.txt", "x")], "a/b/c/members.7z").as_deref(), Some("pw.txt"));
        assert_eq!(found(&[("a/keys/ring", "AGE-SECRET-KEY-1")], "a/b/members.7z").as_deref(), Some("a/keys/ring"));
        assert_eq!(found(&[("a/inner/pw.txt", "x")], "a/members.7z").as_deref(), Some("a/inner/pw.txt"));
        assert_eq!(found(&[("other/pw.txt", "x")], "a/members.7z"), None, "another folder's");
        assert_eq!(found(&[], "password.txt"), None, "not itself");
        let outer = tempfile::tempdir().expect("a folder");
        fs::write(outer.path().join("pw.txt"), "x").expect("written");
        let root = outer.path().join("root");
        fs::create_dir(&root).expect("made");
        fs::write(root.join("a.7z"), "x").expect("written");
        assert_eq!(KeyBook::default().beside(&Opener::new(false), &root, Path::new("a.7z"), None), None);
    }
}
