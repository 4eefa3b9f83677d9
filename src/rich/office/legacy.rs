//! Locks of Excel, Word and PowerPoint files until 2003 ([MS-OFFCRYPTO] 2.3.5 to 2.3.7). In: what a file says of its lock, and passwords. Out: a
//! lock that opens its bytes where they are read, if one of the passwords fits. Refuses schemes but XOR, RC4 with 40 bits and RC4
//! CryptoAPI.

use md5::Md5;
use rc4::{KeyInit, Rc4, StreamCipher};
use sha1::Sha1;
use sha2::Digest;

use super::biff::{u16_at, u32_at};

/// What Excel locks workbooks with that are protected against writing and that anybody opens ([MS-XLS] 2.4.117).
const EVERYBODY: &str = "VelvetSweatshop";
/// Characters of a password that XOR takes (2.3.7.2).
const SHORT: usize = 15;
/// Bytes that are encrypted together ([MS-XLS] 2.2.10, [MS-DOC] 2.2.6.2).
pub(super) const WORKBOOK_BLOCK: usize = 1024;
pub(super) const WORD_BLOCK: usize = 512;

/// A lock that is open.
pub(super) enum Lock {
    /// XOR with these, by where a byte stands.
    Xor([u8; 16]),
    Rc4(Stream),
}

/// RC4 with a key for each block of a stream.
pub(super) struct Stream {
    secret: Secret,
    /// Bytes of a block.
    block: usize,
    /// The key stream of the block that was opened last.
    pad: Vec<u8>,
    number: Option<u32>,
}

/// What the keys of blocks are made of.
enum Secret {
    /// 2.3.6.2: five bytes.
    Binary(Vec<u8>),
    /// 2.3.5.2: a hash, and the bytes of a key.
    Api(Vec<u8>, usize),
}

impl Secret {
    /// The cipher of a block.
    fn cipher(&self, block: u32) -> Option<Rc4> {
        let key = match self {
            Secret::Binary(bytes) => md5(&[bytes, &block.to_le_bytes()]),
            Secret::Api(hash, length) => {
                let mut key = sha1(&[hash, &block.to_le_bytes()]);
                key.truncate(*length);
                // Forty bits are filled up with zeros.
                key.resize(if *length == 5 { 16 } else { *length }, 0);
                key
            }
        };
        Rc4::new_from_slice(&key).ok()
    }
}

fn md5(pieces: &[&[u8]]) -> Vec<u8> {
    pieces.iter().fold(Md5::new(), |hash, piece| hash.chain_update(piece)).finalize().to_vec()
}

fn sha1(pieces: &[&[u8]]) -> Vec<u8> {
    pieces.iter().fold(Sha1::new(), |hash, piece| hash.chain_update(piece)).finalize().to_vec()
}

/// A password in two bytes a character.
fn wide(password: &str) -> Vec<u8> {
    password.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

impl Lock {
    /// The lock that a workbook's `FilePass` describes ([MS-XLS] 2.4.117), opened; `None` where no password opens it.
    pub(super) fn of_workbook(pass: &[u8], is_old: bool, passwords: &[String]) -> Option<Lock> {
        let xor = |at: usize| Lock::xor(u16_at(pass, at)?, u16_at(pass, at + 2)?, passwords);
        match u16_at(pass, 0)? {
            // Excel 95 and older: nothing but key and verifier.
            _ if is_old || pass.len() == 4 => xor(0),
            0 => xor(2),
            1 => Lock::rc4(&pass[2..], WORKBOOK_BLOCK, passwords),
            _ => None,
        }
    }

    /// The lock that stands where the table of a document or a presentation's own begins (2.3.5.1, 2.3.6.1), opened.
    pub(super) fn rc4(info: &[u8], block: usize, passwords: &[String]) -> Option<Lock> {
        let secret = match (u16_at(info, 0)?, u16_at(info, 2)?) {
            (1, 1) => tried(passwords, |password| binary(info.get(4..)?, password)),
            (2..=4, 2) => tried(passwords, |password| api(info, password)),
            _ => None,
        }?;
        Some(Lock::Rc4(Stream { secret, block, pad: Vec::new(), number: None }))
    }

    /// XOR with the password that has this key and verifier (2.3.7.1, 2.3.7.2).
    pub(super) fn xor(key: u16, verifier: u16, passwords: &[String]) -> Option<Lock> {
        tried(passwords, |password| {
            let (bytes, _, unknown) = encoding_rs::WINDOWS_1252.encode(password);
            let bytes = &bytes[..bytes.len().min(SHORT)];
            let fits = !unknown && !bytes.is_empty() && xor_key(bytes) == key && xor_verifier(bytes) == verifier;
            fits.then(|| Lock::Xor(xor_array(bytes, key)))
        })
    }

    /// Opens a stretch of a document's stream that starts at `at`.
    pub(super) fn open(&mut self, at: u64, bytes: &mut [u8]) {
        match self {
            Lock::Xor(array) => {
                for (at, byte) in (at..).zip(bytes) {
                    // 2.3.7.6: what would be nothing, and nothing itself, is left.
                    let opened = *byte ^ array[(at % 16) as usize];
                    if *byte != 0 && opened != 0 {
                        *byte = opened;
                    }
                }
            }
            Lock::Rc4(stream) => stream.open(at, bytes),
        }
    }

    /// Opens the `skip`ped rest of a record of a workbook whose data starts at `at`.
    pub(super) fn open_record(&mut self, at: u64, skip: usize, data: &mut [u8]) {
        let length = data.len() as u64;
        let Some(rest) = data.get_mut(skip..) else { return };
        let start = at + skip as u64;
        match self {
            Lock::Xor(array) => {
                // [MS-XLS] 2.2.10: counted from the end of the record on; 2.3.7.3.
                for (at, byte) in (start + length..).zip(rest) {
                    *byte = (*byte ^ array[(at % 16) as usize]).rotate_right(5);
                }
            }
            Lock::Rc4(stream) => stream.open(start, rest),
        }
    }

    /// Opens bytes that are encrypted by themselves under this number, as the objects of a presentation are ([MS-PPT] 2.3.7).
    pub(super) fn open_object(&self, number: u32, bytes: &mut [u8]) {
        if let Lock::Rc4(Stream { secret, .. }) = self
            && let Some(mut cipher) = secret.cipher(number)
        {
            cipher.apply_keystream(bytes);
        }
    }
}

impl Stream {
    fn open(&mut self, at: u64, bytes: &mut [u8]) {
        for (at, byte) in (at..).zip(bytes) {
            let (number, offset) = (u32::try_from(at / self.block as u64).ok(), (at % self.block as u64) as usize);
            if self.number != number {
                self.number = number;
                self.pad.clear();
                self.pad.resize(self.block, 0);
                if let Some(mut cipher) = number.and_then(|number| self.secret.cipher(number)) {
                    cipher.apply_keystream(&mut self.pad);
                }
            }
            *byte ^= self.pad[offset];
        }
    }
}

/// What the first password gives that gives anything, the one that everybody has among them.
fn tried<T>(passwords: &[String], open: impl Fn(&str) -> Option<T>) -> Option<T> {
    passwords.iter().map(String::as_str).chain([EVERYBODY]).find_map(open)
}

/// Whether a verifier and its hash, encrypted one behind the other, fit to a secret.
fn fits(secret: &Secret, verifier: &[u8], hash: &[u8], of: fn(&[&[u8]]) -> Vec<u8>) -> bool {
    let mut both = [verifier, hash].concat();
    let Some(mut cipher) = secret.cipher(0) else { return false };
    cipher.apply_keystream(&mut both);
    let (verifier, hash) = both.split_at(verifier.len());
    of(&[verifier]) == hash
}

/// 2.3.6.1 to 2.3.6.4: salt, verifier and its hash, 16 bytes each.
fn binary(info: &[u8], password: &str) -> Option<Secret> {
    let (salt, verifier, hash) = (info.get(..16)?, info.get(16..32)?, info.get(32..48)?);
    let first = md5(&[&wide(password)]);
    let salted = [&first[..5], salt].concat().repeat(16);
    let mut key = md5(&[&salted]);
    key.truncate(5);
    let secret = Secret::Binary(key);
    fits(&secret, verifier, hash, md5).then_some(secret)
}

/// 2.3.5.1 to 2.3.5.6: a header, then salt, verifier and its hash.
fn api(info: &[u8], password: &str) -> Option<Secret> {
    let header = usize::try_from(u32_at(info, 8)?).ok()?;
    // RC4; no bits mean 40.
    if u32_at(info, 20)? != 0x6801 {
        return None;
    }
    let bits = Some(u32_at(info, 28)? as usize).filter(|bits| *bits != 0).unwrap_or(40);
    if !(40..=128).contains(&bits) || !bits.is_multiple_of(8) {
        return None;
    }
    let verifier = info.get(12usize.checked_add(header)?..)?;
    if u32_at(verifier, 0)? != 16 || u32_at(verifier, 36)? != 20 {
        return None;
    }
    let secret = Secret::Api(sha1(&[verifier.get(4..20)?, &wide(password)]), bits / 8);
    fits(&secret, verifier.get(20..36)?, verifier.get(40..60)?, sha1).then_some(secret)
}

/// 2.3.7.2, `InitialCode`: by the length of a password.
const INITIAL: [u16; SHORT] = [
    0xe1f0, 0x1d0f, 0xcc9c, 0x84c0, 0x110c, 0x0e10, 0xf1ce, 0x313e, 0x1872, 0xe139, 0xd40f, 0x84f9, 0x280c, 0xa96a,
    0x4ec3,
];
/// 2.3.7.2, `XorMatrix`: seven for each character, the last of a password at the end.
#[rustfmt::skip]
const MATRIX: [[u16; 7]; SHORT] = [
    [0xaefc, 0x4dd9, 0x9bb2, 0x2745, 0x4e8a, 0x9d14, 0x2a09],
    [0x7b61, 0xf6c2, 0xfda5, 0xeb6b, 0xc6f7, 0x9dcf, 0x2bbf],
    [0x4563, 0x8ac6, 0x05ad, 0x0b5a, 0x16b4, 0x2d68, 0x5ad0],
    [0x0375, 0x06ea, 0x0dd4, 0x1ba8, 0x3750, 0x6ea0, 0xdd40],
    [0xd849, 0xa0b3, 0x5147, 0xa28e, 0x553d, 0xaa7a, 0x44d5],
    [0x6f45, 0xde8a, 0xad35, 0x4a4b, 0x9496, 0x390d, 0x721a],
    [0xeb23, 0xc667, 0x9cef, 0x29ff, 0x53fe, 0xa7fc, 0x5fd9],
    [0x47d3, 0x8fa6, 0x0f6d, 0x1eda, 0x3db4, 0x7b68, 0xf6d0],
    [0xb861, 0x60e3, 0xc1c6, 0x93ad, 0x377b, 0x6ef6, 0xddec],
    [0x45a0, 0x8b40, 0x06a1, 0x0d42, 0x1a84, 0x3508, 0x6a10],
    [0xaa51, 0x4483, 0x8906, 0x022d, 0x045a, 0x08b4, 0x1168],
    [0x76b4, 0xed68, 0xcaf1, 0x85c3, 0x1ba7, 0x374e, 0x6e9c],
    [0x3730, 0x6e60, 0xdcc0, 0xa9a1, 0x4363, 0x86c6, 0x1dad],
    [0x3331, 0x6662, 0xccc4, 0x89a9, 0x0373, 0x06e6, 0x0dcc],
    [0x1021, 0x2042, 0x4084, 0x8108, 0x1231, 0x2462, 0x48c4],
];
/// 2.3.7.2, `PadArray`: what a password is filled up with.
const PAD: [u8; SHORT] = [0xbb, 0xff, 0xff, 0xba, 0xff, 0xff, 0xb9, 0x80, 0, 0xbe, 0x0f, 0, 0xbf, 0x0f, 0];

/// The key of a password (2.3.7.2).
fn xor_key(password: &[u8]) -> u16 {
    let start = INITIAL[password.len() - 1];
    password.iter().rev().zip(MATRIX.iter().rev()).fold(start, |key, (byte, row)| {
        (0..7).filter(|bit| byte >> bit & 1 == 1).fold(key, |key, bit: usize| key ^ row[bit])
    })
}

/// The check of a password (2.3.7.1).
fn xor_verifier(password: &[u8]) -> u16 {
    let turned = |sum: u16| (sum << 1 | sum >> 14) & 0x7fff;
    let length = [password.len() as u8];
    password.iter().rev().chain(&length).fold(0, |sum, byte| turned(sum) ^ u16::from(*byte)) ^ 0xce4b
}

/// What bytes are turned with (2.3.7.2).
fn xor_array(password: &[u8], key: u16) -> [u8; 16] {
    let mut filled = password.iter().chain(&PAD);
    std::array::from_fn(|at| (filled.next().copied().unwrap_or(0) ^ key.to_le_bytes()[at % 2]).rotate_right(1))
}

#[cfg(test)]
#[path = "legacy_tests.rs"]
mod tests;
