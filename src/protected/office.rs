//! Office files with a password ([MS-OFFCRYPTO], [MS-XLS], [MS-DOC], [MS-PPT]). In: a compound file. Out: the scheme of its lock.
//! Refuses nothing: a compound file without one is open.

use super::compound::Compound;
use super::{Protection, u16_at, u32_at};
use crate::open::ReadAt;

/// As much of a stream is looked at.
const LOOKED_AT: usize = 64 << 10;

/// The lock of an Office file.
pub(super) fn look(bytes: &dyn ReadAt) -> Option<Protection> {
    let file = Compound::open(bytes)?;
    if let Some(info) = file.stream("EncryptionInfo", LOOKED_AT) {
        return Some(package(&info));
    }
    if file.holds("\u{9}DRMContent") || file.holds("EncryptedPackage") {
        return Some(Protection::strong("rights management of Microsoft's"));
    }
    for name in ["Workbook", "Book"] {
        if let Some(found) = file.stream(name, LOOKED_AT).and_then(|stream| workbook(&stream)) {
            return Some(found);
        }
    }
    if let Some(fib) = file.stream("WordDocument", 32) {
        return word(&file, &fib);
    }
    // [MS-PPT] 2.3.2: the token of an encrypted file.
    let current = file.stream("Current User", 64)?;
    (u32_at(&current, 12) == Some(0xf3d1_c4df)).then(|| Protection::weak("RC4 CryptoAPI, legacy PowerPoint"))
}

/// [MS-OFFCRYPTO] 2.3.4: what stands around an OOXML file.
fn package(info: &[u8]) -> Protection {
    let (major, minor) = (u16_at(info, 0), u16_at(info, 2));
    match (major, minor) {
        (Some(4), Some(4)) => agile(info.get(8..).unwrap_or_default()),
        (_, Some(2)) => {
            let (cipher, weak) = cipher(info, 20);
            Protection { weak, ..Protection::strong(format!("{cipher}, OOXML standard")) }
        }
        (_, Some(3)) => Protection::strong("OOXML extensible"),
        _ => Protection::strong("OOXML"),
    }
}

/// 2.3.4.10: XML, of which the data of the package is described first.
fn agile(xml: &[u8]) -> Protection {
    let value = |name: &[u8]| {
        let at = memchr::memmem::find(xml, name)? + name.len();
        let end = memchr::memchr(b'"', xml.get(at..)?)?;
        let value = str::from_utf8(&xml[at..at + end.min(16)]).ok()?;
        value.bytes().all(|b| b.is_ascii_alphanumeric()).then_some(value)
    };
    let (cipher, bits) = (value(b" cipherAlgorithm=\"").unwrap_or("AES"), value(b" keyBits=\"").unwrap_or("128"));
    // 2.3.4.10: RC2, RC4 and DES may be named too, though nobody writes them.
    let weak = matches!(cipher, "RC2" | "RC4" | "DES" | "DESX");
    Protection { weak, ..Protection::strong(format!("{cipher}-{bits}, OOXML agile")) }
}

/// 2.3.2: `AlgID` at `at` of an encryption header, `KeySize` two words on. And whether it is weak.
fn cipher(bytes: &[u8], at: usize) -> (String, bool) {
    // 0 bits mean 40.
    let bits = u32_at(bytes, at + 8).filter(|bits| (40..=512).contains(bits)).unwrap_or(40);
    match u32_at(bytes, at) {
        Some(0x660e) => ("AES-128".to_string(), false),
        Some(0x660f) => ("AES-192".to_string(), false),
        Some(0x6610) => ("AES-256".to_string(), false),
        _ => (format!("RC4-{bits}"), true),
    }
}

/// [MS-XLS] 2.4.117: the record stands among the first.
fn workbook(stream: &[u8]) -> Option<Protection> {
    const FILE_PASS: u16 = 0x2f;
    const BEGIN: [u16; 4] = [0x0809, 0x0409, 0x0209, 0x0009];
    if !BEGIN.contains(&u16_at(stream, 0)?) {
        return None;
    }
    let mut at = 0;
    for _ in 0..64 {
        let (kind, length) = (u16_at(stream, at)?, usize::from(u16_at(stream, at + 2)?));
        if kind == FILE_PASS {
            let body = stream.get(at + 4..(at + 4 + length).min(stream.len()))?;
            return Some(match (length, u16_at(body, 0), u16_at(body, 2)) {
                // Of Excel 95 and older: the key and a check of it.
                (4, _, _) | (_, Some(0), _) => Protection::weak("XOR, legacy Excel"),
                (_, _, Some(1)) => Protection::weak("RC4-40, legacy Excel"),
                _ => Protection::weak(format!("{} CryptoAPI, legacy Excel", cipher(body, 22).0)),
            });
        }
        at += 4 + length;
    }
    None
}

/// [MS-DOC] 2.5.2: flags of the file information block; the header stands at the start of the table stream.
fn word(file: &Compound<'_>, fib: &[u8]) -> Option<Protection> {
    const ENCRYPTED: u16 = 0x0100;
    const SECOND_TABLE: u16 = 0x0200;
    const OBFUSCATED: u16 = 0x8000;
    let flags = u16_at(fib, 0x0a).filter(|flags| flags & ENCRYPTED != 0 && u16_at(fib, 0) == Some(0xa5ec))?;
    if flags & OBFUSCATED != 0 {
        return Some(Protection::weak("XOR, legacy Word"));
    }
    let name = if flags & SECOND_TABLE == 0 { "0Table" } else { "1Table" };
    let table = file.stream(name, 64).unwrap_or_default();
    Some(match (u16_at(&table, 0), u16_at(&table, 2)) {
        (Some(2..=4), Some(2)) => Protection::weak(format!("{} CryptoAPI, legacy Word", cipher(&table, 20).0)),
        _ => Protection::weak("RC4-40, legacy Word"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::compound::tests::compound;
    use super::*;

    fn scheme(streams: &[(&str, &[u8])]) -> Option<(String, bool)> {
        look(&compound(streams)).map(|found| (found.scheme, found.weak))
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn packages_say_their_cipher() {
        let agile =
            b"\x04\0\x04\0\x40\0\0\0<?xml version=\"1.0\"?><encryption><keyData saltSize=\"16\" blockSize=\"16\" \
            keyBits=\"256\" hashSize=\"64\" cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\"/></encryption>";
        assert_eq!(scheme(&[("EncryptionInfo", agile)]), Some(("AES-256, OOXML agile".to_string(), false)));
        let standard = |cipher, bits| words(&[0x0002_0003, 0x24, 164, 0x24, 0, cipher, 0x8004, bits]);
        let info = standard(0x660e, 128);
        assert_eq!(scheme(&[("EncryptionInfo", &info)]), Some(("AES-128, OOXML standard".to_string(), false)));
        let info = standard(0x6801, 128);
        assert_eq!(scheme(&[("EncryptionInfo", &info)]), Some(("RC4-128, OOXML standard".to_string(), true)));
        assert_eq!(scheme(&[("EncryptedPackage", b"x")]).map(|found| found.1), Some(false));
        assert_eq!(scheme(&[("Contents", b"x")]), None);
    }

    #[test]
    fn legacy_files_say_how_weak_they_are() {
        let book = |pass: &[u8]| {
            [&b"\x09\x08\x04\0\0\x06\x05\0\x2f\0"[..], &(pass.len() as u16).to_le_bytes(), pass, b"\x0a\0\0\0"].concat()
        };
        let told = |name: &str| Some((name.to_string(), true));
        assert_eq!(scheme(&[("Workbook", &book(b"\0\0abcd"))]), told("XOR, legacy Excel"));
        assert_eq!(scheme(&[("Book", &book(b"abcd"))]), told("XOR, legacy Excel"));
        let rc4 = [&[1, 0, 1, 0, 1, 0][..], &[7; 48]].concat();
        assert_eq!(scheme(&[("Workbook", &book(&rc4))]), told("RC4-40, legacy Excel"));
        let api = [&[1, 0, 2, 0, 2, 0][..], &words(&[4, 126, 4, 0, 0x6801, 0x8004, 128])].concat();
        assert_eq!(scheme(&[("Workbook", &book(&api))]), told("RC4-128 CryptoAPI, legacy Excel"));
        assert_eq!(scheme(&[("Workbook", b"\x09\x08\x04\0\0\x06\x05\0\x0a\0\0\0")]), None);
        let fib = |flags: u16| [&b"\xec\xa5\xc1\0\0\0\0\0\0\0"[..], &flags.to_le_bytes(), &[0; 20]].concat();
        assert_eq!(scheme(&[("WordDocument", &fib(0x8100))]), told("XOR, legacy Word"));
        let table = words(&[0x0001_0001, 0, 0]);
        assert_eq!(scheme(&[("WordDocument", &fib(0x0300)), ("1Table", &table)]), told("RC4-40, legacy Word"));
        let table = words(&[0x0002_0002, 4, 126, 4, 0, 0x6801, 0x8004, 56]);
        assert_eq!(
            scheme(&[("WordDocument", &fib(0x0100)), ("0Table", &table)]),
            told("RC4-56 CryptoAPI, legacy Word")
        );
        assert_eq!(scheme(&[("WordDocument", &fib(0))]), None);
        let user = |token: u32| words(&[0x0ff6_0000, 40, 20, token]);
        assert_eq!(scheme(&[("Current User", &user(0xf3d1_c4df))]), told("RC4 CryptoAPI, legacy PowerPoint"));
        assert_eq!(scheme(&[("Current User", &user(0xe391_c05f))]), None);
    }
}
