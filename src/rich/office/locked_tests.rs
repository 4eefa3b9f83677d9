//! Packages that are locked here, by the writer's half of [MS-OFFCRYPTO] 2.3.4, and opened again.

use std::io::{Cursor, Write};

use aes::cipher::BlockCipherEncrypt;

use super::super::tests::zipped;
use super::*;
use crate::rich::Asked;
use crate::rich::tests::Collected;

/// AES with a key of any length, forwards.
fn encrypted(key: &[u8], bytes: &[u8], start: Option<[u8; BLOCK]>) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    let mut before = start;
    for piece in bytes.chunks_exact_mut(BLOCK) {
        let mut block = [0; BLOCK];
        block.copy_from_slice(piece);
        before.iter().for_each(|before| block.iter_mut().zip(before).for_each(|(byte, with)| *byte ^= with));
        let mut block = Block::<Aes128>::from(block);
        match key.len() {
            16 => Aes128::new_from_slice(key).expect("a key").encrypt_block(&mut block),
            24 => Aes192::new_from_slice(key).expect("a key").encrypt_block(&mut block),
            _ => Aes256::new_from_slice(key).expect("a key").encrypt_block(&mut block),
        }
        piece.copy_from_slice(&block);
        before.iter_mut().for_each(|before| before.copy_from_slice(&block));
    }
    bytes
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for piece in bytes.chunks(3) {
        let bits = piece.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - piece.len()));
        (0..=piece.len()).for_each(|n| text.push(char::from(LETTERS[(bits >> (18 - 6 * n)) as usize & 63])));
        (piece.len()..3).for_each(|_| text.push('='));
    }
    text
}

fn compound(info: &[u8], package: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a file");
    file.create_stream("/EncryptionInfo").expect("a stream").write_all(info).expect("written");
    file.create_stream("/EncryptedPackage").expect("a stream").write_all(package).expect("written");
    file.into_inner().into_inner()
}

/// Agile encryption with a hash and a length of keys; the package's own may differ from the password's.
fn agile(bytes: &[u8], password: &str, (name, hash): (&str, Hash), bits: usize, spins: u32) -> Vec<u8> {
    let mut parts = Collected::default();
    let (salt, data_salt) = ([7u8; 16], [9u8; 16]);
    let package_key: Vec<u8> = (0..(bits / 8) as u8).collect();
    let spun = hash.spun(&salt, password, spins, &mut parts).expect("spun");
    let locked =
        |usage: [u8; 8], bytes: &[u8]| base64(&encrypted(&fitted(hash.of(&spun, &usage), bits / 8), bytes, Some(salt)));
    let input = [3u8; 16];
    let (verifier, value) = (locked(VERIFIER_INPUT, &input), locked(VERIFIER_VALUE, &hash.of(&input, &[])));
    let key = locked(KEY_VALUE, &package_key);
    let size = hash.of(&[], &[]).len();
    let common = format!(
        "saltSize=\"16\" blockSize=\"16\" keyBits=\"{bits}\" hashSize=\"{size}\" cipherAlgorithm=\"AES\" \
         cipherChaining=\"ChainingModeCBC\" hashAlgorithm=\"{name}\""
    );
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<encryption \
         xmlns=\"http://schemas.microsoft.com/office/2006/encryption\" \
         xmlns:p=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\"><keyData {common} \
         saltValue=\"{}\"/><keyEncryptors><keyEncryptor \
         uri=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\"><p:encryptedKey \
         spinCount=\"{spins}\" {common} saltValue=\"{}\" encryptedVerifierHashInput=\"{verifier}\" \
         encryptedVerifierHashValue=\"{value}\" encryptedKeyValue=\"{key}\"/></keyEncryptor></keyEncryptors></encryption>",
        base64(&data_salt),
        base64(&salt),
    );
    let mut package = (bytes.len() as u64).to_le_bytes().to_vec();
    for (number, segment) in bytes.chunks(SEGMENT).enumerate() {
        let start = vector(hash.of(&data_salt, &(number as u32).to_le_bytes()));
        package.extend(encrypted(&package_key, segment, Some(start)));
    }
    compound(&[&[4, 0, 4, 0, 0x40, 0, 0, 0], xml.as_bytes()].concat(), &package)
}

/// Standard encryption.
fn standard(bytes: &[u8], password: &str, bits: u32) -> Vec<u8> {
    let salt = [5u8; 16];
    let spun = Hash::Sha1.spun(&salt, password, STANDARD_SPINS, &mut Collected::default()).expect("spun");
    let last = Hash::Sha1.of(&spun, &[0; 4]);
    let half = |with: u8| Hash::Sha1.of(&(0..64).map(|n| with ^ last.get(n).unwrap_or(&0)).collect::<Vec<u8>>(), &[]);
    let key = [half(0x36), half(0x5c)].concat()[..bits as usize / 8].to_vec();
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    let algorithm = 0x660e + (bits - 128) / 64;
    let name: Vec<u8> = "Microsoft Enhanced RSA and AES\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let header = [words(&[0x24, 0, algorithm, 0x8004, bits, 0x18, 0, 0]), name].concat();
    let input = [6u8; 16];
    let info = [
        words(&[0x0002_0004, 0x24, header.len() as u32]),
        header,
        words(&[16]),
        salt.to_vec(),
        encrypted(&key, &input, None),
        words(&[20]),
        encrypted(&key, &Hash::Sha1.of(&input, &[]), None),
    ]
    .concat();
    compound(&info, &[(bytes.len() as u64).to_le_bytes().to_vec(), encrypted(&key, bytes, None)].concat())
}

/// What is read of a document with these passwords, all parts together.
fn read(bytes: &[u8], passwords: &[&str]) -> Result<String, Halt> {
    let passwords: Vec<String> = passwords.iter().map(ToString::to_string).collect();
    let mut parts = Collected::default();
    let asked = Asked { passwords: &passwords, ..Asked::default() };
    super::super::read(asked, &mut Cursor::new(bytes), &mut parts)?;
    assert!(parts.gaps.is_empty(), "{:?}", parts.gaps);
    Ok(parts.parts.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect::<Vec<_>>().join("\n"))
}

/// A document of more than one segment.
fn document() -> Vec<u8> {
    let noise: String = (0..20_000u32).map(|n| char::from(b'a' + (n.wrapping_mul(n) >> 7) as u8 % 26)).collect();
    let text =
        format!("<w:document><w:body><w:p><w:r><w:t>SSN 536-90-4399 {noise}</w:t></w:r></w:p></w:body></w:document>");
    zipped(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &text)])
}

#[test]
fn packages_open_with_their_password_and_no_other() {
    let plain = document();
    let expected = read(&plain, &[]).expect("read");
    assert!(expected.contains("536-90-4399"), "{expected}");
    let kinds = [("SHA1", Hash::Sha1), ("SHA256", Hash::Sha256), ("SHA384", Hash::Sha384), ("SHA512", Hash::Sha512)];
    let agiles = kinds.iter().flat_map(|kind| [128, 192, 256].map(|bits| agile(&plain, "Zoë 2026", *kind, bits, 1000)));
    let standards = [128, 192, 256].map(|bits| standard(&plain, "Zoë 2026", bits));
    for locked in agiles.chain(standards) {
        assert_eq!(read(&locked, &["wrong", "Zoë 2026", "not tried"]).as_ref(), Ok(&expected));
        for wrong in [&[][..], &["Zoe 2026"], &["", "zoë 2026", "wrong"]] {
            let halt = read(&locked, wrong).expect_err("locked");
            assert_eq!(halt.reason, Reason::Encrypted);
            assert!(halt.detail.starts_with("OOXML "), "{}", halt.detail);
        }
    }
}

#[test]
fn what_everybody_opens_is_open() {
    let plain = document();
    assert_eq!(read(&agile(&plain, EVERYBODY, ("SHA512", Hash::Sha512), 256, 1000), &[]), read(&plain, &[]));
    assert_eq!(read(&standard(&plain, EVERYBODY, 128), &["another"]), read(&plain, &[]));
}

/// However a locked file is damaged, that is a halt or less of it, and soon.
#[test]
fn damaged_locks_end() {
    let plain = document();
    for whole in [agile(&plain, "x", ("SHA256", Hash::Sha256), 128, 10), standard(&plain, "x", 128)] {
        for at in (0..whole.len()).step_by(1 + whole.len() / 150) {
            let mut broken = whole.clone();
            broken[at] ^= 0x5a;
            let _ = collected(&broken);
            let _ = collected(&whole[..at]);
        }
    }
    // A count of hashes that no writer states, keys and blocks of lengths that there are not, a size of more than is there.
    let text = |from: &str, to: &str| {
        let locked = agile(&plain, "x", ("SHA512", Hash::Sha512), 256, 10);
        let at = memchr::memmem::find(&locked, from.as_bytes()).expect("said");
        let mut other = locked.clone();
        other[at..at + to.len()].copy_from_slice(to.as_bytes());
        collected(&other)
    };
    for (from, to) in
        [("keyBits=\"256", "keyBits=\"999"), ("\"SHA512", "\"MD5  "), ("spinCount=\"10\"", "spinCount=\"-1\"")]
    {
        assert_eq!(text(from, to).expect_err("refused").reason, Reason::Encrypted);
    }
    let mut parts = Collected::default();
    assert_eq!(agile_spins_above_the_most(&mut parts), None);
}

fn collected(bytes: &[u8]) -> Result<(), Halt> {
    let asked = Asked { passwords: &["x".to_string()], ..Asked::default() };
    super::super::read(asked, &mut Cursor::new(bytes), &mut Collected::default())
}

fn agile_spins_above_the_most(parts: &mut Collected) -> Option<()> {
    let xml = b"<encryption><keyData keyBits=\"128\" blockSize=\"16\" hashAlgorithm=\"SHA1\" cipherAlgorithm=\"AES\" \
        cipherChaining=\"ChainingModeCBC\" saltValue=\"AAAA\"/><encryptedKey spinCount=\"10000001\" keyBits=\"128\" blockSize=\"16\" \
        hashAlgorithm=\"SHA1\" cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\" saltValue=\"AAAA\" \
        encryptedVerifierHashInput=\"AAAA\" encryptedVerifierHashValue=\"AAAA\" encryptedKeyValue=\"AAAA\"/></encryption>";
    super::agile(xml, &["x"], parts).expect("read").map(|_| ())
}
