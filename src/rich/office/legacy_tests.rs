//! Locks that are closed here by the other half of the same rules, and opened again.

use std::io::Cursor;

use super::super::tests::{compound, old_document_streams, old_workbook_stream, record};
use super::*;
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::Asked;
use crate::rich::tests::Collected;

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A verifier and its hash, encrypted as the first block is.
fn locked(secret: &Secret, of: fn(&[&[u8]]) -> Vec<u8>) -> Vec<u8> {
    let mut both = [vec![0x5a; 16], of(&[&[0x5a; 16]])].concat();
    secret.cipher(0).expect("a cipher").apply_keystream(&mut both);
    both
}

fn info_of_forty_bits(password: &str) -> Vec<u8> {
    let salt = [0x11; 16];
    let salted = [&md5(&[&wide(password)])[..5], &salt].concat().repeat(16);
    let secret = Secret::Binary(md5(&[&salted])[..5].to_vec());
    [&[1, 0, 1, 0][..], &salt, &locked(&secret, md5)].concat()
}

fn info_of_api(password: &str, bits: u32) -> Vec<u8> {
    let salt = [0x22; 16];
    let length = if bits == 0 { 5 } else { bits as usize / 8 };
    let secret = Secret::Api(sha1(&[&salt, &wide(password)]), length);
    let header = [words(&[4, 0, 0x6801, 0x8004, bits, 1, 0, 0]), wide("Provider\0")].concat();
    let verifier = locked(&secret, sha1);
    let head = words(&[0x0002_0004, 4, header.len() as u32]);
    [head, header, words(&[16]), salt.to_vec(), verifier[..16].to_vec(), words(&[20]), verifier[16..].to_vec()].concat()
}

fn strings(passwords: &[&str]) -> Vec<String> {
    passwords.iter().map(ToString::to_string).collect()
}

#[test]
fn locks_open_with_their_password_and_no_other() {
    let infos = [0, 40, 56, 128].map(|bits| info_of_api("Zoë 1998", bits)).into_iter();
    for info in infos.chain([info_of_forty_bits("Zoë 1998")]) {
        assert!(Lock::rc4(&info, 512, &strings(&["wrong", "Zoë 1998"])).is_some());
        for wrong in [&[][..], &["zoë 1998", ""]] {
            assert!(Lock::rc4(&info, 512, &strings(wrong)).is_none());
        }
        for length in 0..info.len() {
            assert!(Lock::rc4(&info[..length], 512, &strings(&["Zoë 1998"])).is_none(), "{length}");
        }
    }
    let everybody = [info_of_forty_bits(EVERYBODY), info_of_api(EVERYBODY, 128)];
    assert!(everybody.iter().all(|info| Lock::rc4(info, 512, &[]).is_some()));
}

/// Values that other programs compute: the checks of protected sheets (ECMA-376 part 4, 14.7.1) are these.
#[test]
fn checks_of_xor_are_those_of_other_programs() {
    assert_eq!(xor_verifier(b"test"), 0xcbeb);
    assert_eq!(xor_verifier(b"password"), 0x83af);
    let (key, check) = (xor_key(b"test"), xor_verifier(b"test"));
    let pass = [&[0, 0][..], &key.to_le_bytes(), &check.to_le_bytes()].concat();
    assert!(Lock::of_workbook(&pass, false, &strings(&["test"])).is_some());
    assert!(Lock::of_workbook(&pass[2..], true, &strings(&["", "test"])).is_some());
    assert!(Lock::of_workbook(&pass, false, &strings(&["Test", "€", "a password of more than that"])).is_none());
    assert_eq!(MATRIX.as_flattened().len(), 105);
}

#[test]
fn stretches_open_alike_wherever_they_start() {
    let text: Vec<u8> = (0..5_000_u32).map(|n| ((n * n) >> 3) as u8).collect();
    let key = xor_key(b"secret");
    let locks = || {
        [
            Lock::rc4(&info_of_api("secret", 128), WORD_BLOCK, &strings(&["secret"])),
            Lock::rc4(&info_of_forty_bits("secret"), WORKBOOK_BLOCK, &strings(&["secret"])),
            Lock::xor(key, xor_verifier(b"secret"), &strings(&["secret"])),
        ]
        .map(|lock| lock.expect("open"))
    };
    for (mut whole, mut pieces) in locks().into_iter().zip(locks()) {
        // Both ciphers undo themselves.
        let mut locked = text.clone();
        whole.open(0, &mut locked);
        assert_ne!(locked, text);
        let mut opened = Vec::new();
        for (at, piece) in locked.chunks(700).enumerate() {
            let mut piece = piece.to_vec();
            pieces.open(at as u64 * 700, &mut piece);
            opened.extend(piece);
        }
        assert_eq!(opened, text);
    }
}

/// A record is turned by where it ends, and what is skipped stays.
#[test]
fn records_of_workbooks_keep_what_is_open() {
    let key = xor_key(b"secret");
    let array = xor_array(b"secret", key);
    let mut lock = Lock::Xor(array);
    let plain = *b"ABCDname";
    let mut record = plain;
    for (n, byte) in record.iter_mut().enumerate().skip(4) {
        *byte = byte.rotate_left(5) ^ array[(100 + n + plain.len()) % 16];
    }
    assert_eq!(record[..4], plain[..4]);
    lock.open_record(100, 4, &mut record);
    assert_eq!(record, plain);
    lock.open_record(100, 4, &mut []);
}

/// All parts of a file that are read with this password.
fn read(bytes: &[u8], password: &str) -> Result<Vec<String>, Halt> {
    let (passwords, mut parts) = (strings(&[password]), Collected::default());
    let asked = Asked { passwords: &passwords, ..Asked::default() };
    super::super::read(asked, &mut Cursor::new(bytes), &mut parts)?;
    Ok(parts.parts.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect())
}

/// A workbook whose records are locked, as `FilePass` with this body says.
fn locked_workbook(pass: &[u8], lock: &mut Lock) -> Vec<u8> {
    let mut stream = old_workbook_stream(&record(0x2f, pass));
    let mut at = 0;
    while let (Some(kind), Some(length)) = (u16_at(&stream, at), u16_at(&stream, at + 2)) {
        let end = at + 4 + usize::from(length);
        let skip = if kind == 0x85 { 4 } else { 0 };
        let data = &mut stream[at + 4..end];
        match lock {
            _ if matches!(kind, 0x809 | 0x2f) => {}
            Lock::Xor(array) => {
                for (n, byte) in data.iter_mut().enumerate().skip(skip) {
                    *byte = byte.rotate_left(5) ^ array[(at + 4 + usize::from(length) + n) % 16];
                }
            }
            Lock::Rc4(_) => lock.open_record(at as u64 + 4, skip, data),
        }
        at = end;
    }
    compound(&[("/Workbook", &stream)])
}

/// A document whose streams are locked; the table starts with what describes the lock.
fn locked_document(info: &[u8], lock: &mut Lock, flags: u16, key: u32) -> Vec<u8> {
    let (mut stream, mut table) = old_document_streams(0x0300 | flags, info);
    stream[14..18].copy_from_slice(&key.to_le_bytes());
    lock.open(0x44, &mut stream[0x44..]);
    lock.open(info.len() as u64, &mut table[info.len()..]);
    compound(&[("/WordDocument", &stream), ("/1Table", &table)])
}

/// A presentation of one slide, which is locked under its number.
fn locked_presentation(info: &[u8], lock: &Lock) -> Vec<u8> {
    let atom = |kind: u16, body: &[u8]| [&[0, 0][..], &kind.to_le_bytes(), &words(&[body.len() as u32]), body].concat();
    let mut slide = atom(0x0fa8, b"SSN 536-90-4399");
    lock.open_object(1, &mut slide);
    let session = atom(0x2f14, info);
    let places = [0, slide.len() as u32];
    let listed = places[1] + session.len() as u32;
    let list = atom(0x1772, &words(&[2 << 20 | 1, places[0], places[1]]));
    let latest = listed + list.len() as u32;
    let edit = atom(0x0ff5, &words(&[0, 0, 0, listed, 1, 3, 0, 2]));
    let user = words(&[0x0ff6_0000, 40, 20, 0xf3d1_c4df, latest]);
    compound(&[("/Current User", &user), ("/PowerPoint Document", &[slide, session, list, edit].concat())])
}

/// Every kind of locked file and what it holds.
fn locked_files(password: &str) -> Vec<(Vec<u8>, &'static str)> {
    let open = |info: &[u8], block: usize| Lock::rc4(info, block, &strings(&[password])).expect("open");
    let mut files = Vec::new();
    for info in [info_of_forty_bits(password), info_of_api(password, 0), info_of_api(password, 128)] {
        let pass = [&[1, 0][..], &info].concat();
        files.push((locked_workbook(&pass, &mut open(&info, WORKBOOK_BLOCK)), "012-34-5678"));
        files.push((locked_document(&info, &mut open(&info, WORD_BLOCK), 0, 0), "SSN 212-11-3127"));
        files.push((locked_presentation(&info, &open(&info, 0)), "536-90-4399"));
    }
    let (key, check) = (xor_key(password.as_bytes()), xor_verifier(password.as_bytes()));
    let mut xor = Lock::Xor(xor_array(password.as_bytes(), key));
    let pass = [[0, 0], key.to_le_bytes(), check.to_le_bytes()].concat();
    files.push((locked_workbook(&pass, &mut xor), "012-34-5678"));
    let both = u32::from(check) << 16 | u32::from(key);
    files.push((locked_document(&[], &mut xor, 0x8000, both), "SSN 212-11-3127"));
    files
}

#[test]
fn locked_files_are_read_as_open_ones() {
    for (file, holds) in locked_files("horse battery") {
        let parts = read(&file, "horse battery").expect("read");
        assert!(parts.iter().any(|part| part.contains(holds)), "{parts:?}");
        assert_eq!(read(&file, "Horse battery").expect_err("locked").reason, Reason::WeakEncryption);
    }
}

/// However a locked file is damaged, that is a halt or less of it, and soon.
#[test]
fn damaged_locks_end() {
    for (whole, _) in locked_files("x") {
        for at in (0..whole.len()).step_by(1 + whole.len() / 200) {
            let mut broken = whole.clone();
            broken[at] ^= 0x5a;
            let _ = read(&broken, "x");
            let _ = read(&whole[..at], "x");
        }
    }
}
