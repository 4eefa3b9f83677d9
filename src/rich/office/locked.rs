//! Packages with a password ([MS-OFFCRYPTO] 2.3.4, version 10.0). In: a compound file that holds one, and passwords. Out: the package as
//! a file that can be read from any place, decrypted where it is read. Refuses what no password opens, and schemes but *agile*
//! and *standard* encryption with AES.
//!
//! Nothing is checked that the package does not check itself: the members of a zip have check sums.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use aes::cipher::{Block, BlockCipherDecrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::biff::{u16_at, u32_at};
use super::ole::{Compound, held};
use super::xml::{Node, Tag, Xml};
use crate::decode::base64;
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::Parts;

/// What Excel encrypts workbooks with that are protected against writing and that anybody opens ([MS-OFFCRYPTO] 2.4.2.3).
const EVERYBODY: &str = "VelvetSweatshop";
/// 2.3.4.10: how often a password is hashed, at most.
const SPINS: u32 = 10_000_000;
/// 2.3.4.7: how often it is in standard encryption.
const STANDARD_SPINS: u32 = 50_000;
/// Hashes after which the reader says that it is at work; each such step is a unit of its budget.
const STEP: u32 = 50_000;
/// 2.3.4.15: bytes that are encrypted together in agile encryption.
const SEGMENT: usize = 4096;
/// Bytes of a block of AES.
const BLOCK: usize = 16;
/// Bytes of the longest salt (2.3.4.10: 65,536 may be said; writers say 16).
const SALT: usize = 1 << 16;

/// 2.3.4.13: what a hashed password is hashed with once more, for each use.
const VERIFIER_INPUT: [u8; 8] = [0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79];
const VERIFIER_VALUE: [u8; 8] = [0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e];
const KEY_VALUE: [u8; 8] = [0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6];

/// A hash that is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn named(name: &str) -> Option<Hash> {
        match name {
            "SHA1" | "SHA-1" => Some(Hash::Sha1),
            "SHA256" | "SHA-256" => Some(Hash::Sha256),
            "SHA384" | "SHA-384" => Some(Hash::Sha384),
            "SHA512" | "SHA-512" => Some(Hash::Sha512),
            _ => None,
        }
    }

    /// The hash of two pieces, one behind the other.
    fn of(self, first: &[u8], second: &[u8]) -> Vec<u8> {
        match self {
            Hash::Sha1 => Sha1::new().chain_update(first).chain_update(second).finalize().to_vec(),
            Hash::Sha256 => Sha256::new().chain_update(first).chain_update(second).finalize().to_vec(),
            Hash::Sha384 => Sha384::new().chain_update(first).chain_update(second).finalize().to_vec(),
            Hash::Sha512 => Sha512::new().chain_update(first).chain_update(second).finalize().to_vec(),
        }
    }

    /// A password, hashed `spins` times more (2.3.4.11, 2.3.4.7).
    fn spun(self, salt: &[u8], password: &str, spins: u32, parts: &mut dyn Parts) -> Result<Vec<u8>, Halt> {
        let wide: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut hash = self.of(salt, &wide);
        for spin in 0..spins {
            if spin % STEP == 0 {
                parts.work(1)?;
            }
            hash = self.of(&spin.to_le_bytes(), &hash);
        }
        Ok(hash)
    }
}

/// AES with a key of one of its lengths.
enum Cipher {
    Short(Aes128),
    Middle(Aes192),
    Long(Aes256),
}

impl Cipher {
    fn new(key: &[u8]) -> Option<Cipher> {
        Some(match key.len() {
            16 => Cipher::Short(Aes128::new_from_slice(key).ok()?),
            24 => Cipher::Middle(Aes192::new_from_slice(key).ok()?),
            32 => Cipher::Long(Aes256::new_from_slice(key).ok()?),
            _ => return None,
        })
    }

    fn block(&self, block: &mut [u8; BLOCK]) {
        let mut one = Block::<Aes128>::from(*block);
        match self {
            Cipher::Short(cipher) => cipher.decrypt_block(&mut one),
            Cipher::Middle(cipher) => cipher.decrypt_block(&mut one),
            Cipher::Long(cipher) => cipher.decrypt_block(&mut one),
        }
        block.copy_from_slice(&one);
    }

    /// Decrypts whole blocks in place: by themselves, or chained from `start` on. What is left behind the last is none.
    fn decrypt(&self, bytes: &mut [u8], start: Option<[u8; BLOCK]>) {
        let mut before = start;
        for piece in bytes.chunks_exact_mut(BLOCK) {
            let mut block = [0; BLOCK];
            block.copy_from_slice(piece);
            let cipher = block;
            self.block(&mut block);
            if let Some(before) = &mut before {
                block.iter_mut().zip(*before).for_each(|(byte, with)| *byte ^= with);
                *before = cipher;
            }
            piece.copy_from_slice(&block);
        }
    }
}

/// Bytes made as long as they must be: cut, or filled with `36` (2.3.4.11, 2.3.4.12).
fn fitted(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    bytes.resize(length, 0x36);
    bytes
}

/// A vector to begin with: 16 bytes.
fn vector(bytes: Vec<u8>) -> [u8; BLOCK] {
    let mut vector = [0; BLOCK];
    vector.copy_from_slice(&fitted(bytes, BLOCK));
    vector
}

/// How the segments of a package are decrypted.
struct Lock {
    cipher: Cipher,
    /// Hash and salt that a segment's vector is made of; none where each block stands by itself.
    chained: Option<(Hash, Vec<u8>)>,
}

impl Lock {
    fn segment(&self, number: u32, bytes: &mut [u8]) {
        let start = self.chained.as_ref().map(|(hash, salt)| vector(hash.of(salt, &number.to_le_bytes())));
        self.cipher.decrypt(bytes, start);
    }
}

/// One description of agile encryption: of the package, or of a key that a password gives (2.3.4.10).
struct Agile {
    hash: Hash,
    salt: Vec<u8>,
    /// Bytes of the key.
    key: usize,
}

impl Agile {
    fn of(tag: &Tag<'_>) -> Option<Agile> {
        let is = |name, value| tag.attr(name).is_some_and(|said| said == value);
        let key = tag.number::<usize>("keyBits")? / 8;
        let plain = is("cipherAlgorithm", "AES") && is("cipherChaining", "ChainingModeCBC");
        if !plain || !matches!(key, 16 | 24 | 32) || tag.number::<usize>("blockSize")? != BLOCK {
            return None;
        }
        Some(Agile { hash: Hash::named(&tag.attr("hashAlgorithm")?)?, salt: bytes(tag, "saltValue")?, key })
    }

    /// What stands in an attribute, decrypted by the key that a hashed password gives for this use.
    fn opened(&self, spun: &[u8], usage: [u8; 8], locked: &[u8]) -> Option<Vec<u8>> {
        let cipher = Cipher::new(&fitted(self.hash.of(spun, &usage), self.key))?;
        let mut bytes = locked.to_vec();
        cipher.decrypt(&mut bytes, Some(vector(self.salt.clone())));
        Some(bytes)
    }
}

fn bytes(tag: &Tag<'_>, name: &str) -> Option<Vec<u8>> {
    base64::decode(tag.attr(name)?.as_bytes(), SALT)
}

/// A key that a password gives.
struct Given {
    agile: Agile,
    spins: u32,
    input: Vec<u8>,
    value: Vec<u8>,
    key: Vec<u8>,
}

impl Given {
    fn of(tag: &Tag<'_>) -> Option<Given> {
        Some(Given {
            agile: Agile::of(tag)?,
            spins: tag.number("spinCount").filter(|spins| *spins <= SPINS)?,
            input: bytes(tag, "encryptedVerifierHashInput")?,
            value: bytes(tag, "encryptedVerifierHashValue")?,
            key: bytes(tag, "encryptedKeyValue")?,
        })
    }

    /// The key of the package, `length` bytes, if this is the password (2.3.4.13).
    fn key(&self, password: &str, length: usize, parts: &mut dyn Parts) -> Result<Option<Vec<u8>>, Halt> {
        let spun = self.agile.hash.spun(&self.agile.salt, password, self.spins, parts)?;
        let opened = |usage, locked| self.agile.opened(&spun, usage, locked);
        let key = || {
            let input = opened(VERIFIER_INPUT, &self.input)?;
            let input = input.get(..self.agile.salt.len()).unwrap_or(&input);
            let expected = self.agile.hash.of(input, &[]);
            let is_it = opened(VERIFIER_VALUE, &self.value)?.starts_with(&expected);
            is_it.then(|| opened(KEY_VALUE, &self.key)).flatten()?.get(..length).map(<[u8]>::to_vec)
        };
        Ok(key())
    }
}

/// The lock of agile encryption, opened; `None` where no password does.
fn agile(xml: &[u8], passwords: &[&str], parts: &mut dyn Parts) -> Result<Option<Lock>, Halt> {
    let mut xml = Xml::new(xml)?;
    let (mut data, mut given) = (None, Vec::new());
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(tag) if tag.name() == "keyData" => data = Agile::of(&tag),
            Node::Open(tag) if tag.name() == "encryptedKey" => given.extend(Given::of(&tag)),
            _ => {}
        }
    }
    let Some(data) = data else { return Ok(None) };
    for key in &given {
        for password in passwords {
            if let Some(cipher) = key.key(password, data.key, parts)?.and_then(|key| Cipher::new(&key)) {
                return Ok(Some(Lock { cipher, chained: Some((data.hash, data.salt)) }));
            }
        }
    }
    Ok(None)
}

/// The lock of standard encryption, opened (2.3.4.5 to 2.3.4.9); `None` where no password does.
fn standard(info: &[u8], passwords: &[&str], parts: &mut dyn Parts) -> Result<Option<Lock>, Halt> {
    let read = || {
        let header = usize::try_from(u32_at(info, 8)?).ok()?;
        let key = match u32_at(info, 20)? {
            0x660e => 16,
            0x660f => 24,
            0x6610 => 32,
            _ => return None,
        };
        let verifier = info.get(12usize.checked_add(header)?..)?;
        let salt =
            verifier.get(4..4 + usize::try_from(u32_at(verifier, 0)?).ok().filter(|length| *length == BLOCK)?)?;
        Some((key, salt, verifier.get(20..36)?, verifier.get(40..72)?))
    };
    let Some((length, salt, input, value)) = read() else { return Ok(None) };
    for password in passwords {
        let spun = Hash::Sha1.spun(salt, password, STANDARD_SPINS, parts)?;
        let last = Hash::Sha1.of(&spun, &0u32.to_le_bytes());
        // 2.3.4.7: as CryptDeriveKey of Windows does.
        let half = |with: u8| {
            let mut buffer = [with; 64];
            buffer.iter_mut().zip(&last).for_each(|(byte, hash)| *byte ^= hash);
            Hash::Sha1.of(&buffer, &[])
        };
        let key = [half(0x36), half(0x5c)].concat();
        let Some(cipher) = Cipher::new(&key[..length]) else { return Ok(None) };
        let (mut input, mut value) = (input.to_vec(), value.to_vec());
        cipher.decrypt(&mut input, None);
        cipher.decrypt(&mut value, None);
        if value.starts_with(&Hash::Sha1.of(&input, &[])) {
            return Ok(Some(Lock { cipher, chained: None }));
        }
    }
    Ok(None)
}

/// Opens the package in a file, with the password that everybody has or one of these.
///
/// # Errors
/// Where none opens it, or no more work is wanted.
pub(super) fn open<'f, 'd>(
    file: &'f mut Compound<'d>,
    passwords: &[String],
    parts: &mut dyn Parts,
) -> Result<Unlocked<cfb::Stream<&'d mut dyn crate::rich::Document>>, Halt> {
    let info = held(file, Path::new("/EncryptionInfo"))?;
    let passwords: Vec<&str> = passwords.iter().map(String::as_str).chain([EVERYBODY]).collect();
    // 2.3.4: 4.4 is agile; minor 2 standard, 3 extensible.
    let (lock, scheme) = match (u16_at(&info, 0), u16_at(&info, 2)) {
        (Some(4), Some(4)) => (agile(info.get(8..).unwrap_or_default(), &passwords, parts)?, "agile"),
        (_, Some(2)) => (standard(&info, &passwords, parts)?, "standard"),
        (_, Some(3)) => (None, "extensible"),
        _ => (None, "a scheme not known"),
    };
    let lock = lock.ok_or_else(|| Halt::new(Reason::Encrypted, format!("OOXML {scheme}")))?;
    let stream = file.open_stream("/EncryptedPackage").map_err(|error| Halt::of(&error))?;
    Unlocked::new(stream, lock).map_err(|error| Halt::of(&error))
}

/// A package, decrypted where it is read.
pub(super) struct Unlocked<S> {
    stream: S,
    lock: Lock,
    /// Bytes of the package, and where it is read next.
    size: u64,
    at: u64,
    /// The segment that was decrypted last.
    segment: Vec<u8>,
    number: Option<u32>,
}

impl<S: Read + Seek> Unlocked<S> {
    fn new(mut stream: S, lock: Lock) -> io::Result<Unlocked<S>> {
        // 2.3.4.4: the size, then the package in whole blocks. A size that is not there is none.
        let mut size = [0; 8];
        stream.seek(SeekFrom::Start(0))?;
        stream.read_exact(&mut size)?;
        let held = stream.seek(SeekFrom::End(0))?.saturating_sub(8);
        let size = u64::from_le_bytes(size).min(held);
        Ok(Unlocked { stream, lock, size, at: 0, segment: Vec::new(), number: None })
    }

    /// Makes the segment with this number the one that is at hand.
    fn fetch(&mut self, number: u32) -> io::Result<()> {
        self.number = None;
        self.stream.seek(SeekFrom::Start(8 + u64::from(number) * SEGMENT as u64))?;
        self.segment.clear();
        (&mut self.stream).take(SEGMENT as u64).read_to_end(&mut self.segment)?;
        self.lock.segment(number, &mut self.segment);
        self.number = Some(number);
        Ok(())
    }
}

impl<S: Read + Seek> Read for Unlocked<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(self.at)).unwrap_or(usize::MAX);
        if left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let number = u32::try_from(self.at / SEGMENT as u64).map_err(|_| io::ErrorKind::InvalidData)?;
        if self.number != Some(number) {
            self.fetch(number)?;
        }
        let rest = self.segment.get((self.at % SEGMENT as u64) as usize..).unwrap_or_default();
        let count = rest.len().min(buffer.len()).min(left);
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl<S: Read + Seek> Seek for Unlocked<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
#[path = "locked_tests.rs"]
mod tests;
