//! A place on disk for streams that must be read to and fro and are too large to be held in memory. In: a stream. Out: its
//! bytes, to be read from any place. Refuses more than a file of the scan may have; writes nothing that reads as what it is.
//!
//! One file without a name serves a run. It is opened before the scan gives up its rights, lies in `TMPDIR` or else in
//! `/var/tmp`, and is gone with the process. What stands in it is encrypted with AES-256 in counter mode (NIST SP 800-38A 6.5),
//! each stream with a key of its own that is only in memory, so that no block of the key stream serves twice: a stretch of a
//! stream is written once. It keeps content from the disk and proves nothing of it: who can write to a file without a name
//! can write to the memory of the process too.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aes::Aes256;
use aes::cipher::{Block, BlockCipherEncrypt, KeyInit};
use rustix::fs::{FallocateFlags, OFlags, fallocate};
use rustix::process::{Resource, getrlimit};
use serde::{Deserialize, Serialize};

use crate::open::ReadAt;

/// A stream is held in memory up to this size, in bytes; beyond it goes to the spool.
pub(crate) const HELD: u64 = 64 << 20;

/// Bytes that are encrypted and written at once.
const PIECE: usize = 1 << 20;

/// Bytes of a block of AES (FIPS 197 3.1).
const BLOCK: usize = 16;

/// Blocks of the key stream that are made at once.
const BLOCKS: usize = 64;

/// The file of a run.
#[derive(Clone, Debug)]
pub struct Spool(Arc<Shared>);

struct Shared {
    file: File,
    /// The same, and no more than to be read: for another process.
    readable: File,
    /// What keys of streams are made of.
    secret: [u8; 32],
    streams: AtomicU64,
    /// How long a stretch is; stretch `n` starts at `n` times this.
    stretch: u64,
    /// Which stretches are in use.
    taken: Mutex<Vec<bool>>,
}

/// Says nothing of what is in it.
impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spool").finish_non_exhaustive()
    }
}

/// Where a stream is in the file, and its key: for the process that reads it.
#[derive(Clone, Copy, Deserialize, Serialize)]
pub(crate) struct Sealed {
    key: [u8; 32],
    start: u64,
    size: u64,
}

/// Why a stream is not held.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It is longer than what is left for its document.
    Long,
    /// The stream ended so.
    Stream(io::Error),
    /// The disk said so.
    Disk(io::Error),
}

impl Sealed {
    fn read(&self, file: &File, cipher: &Cipher, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let count = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX).min(buffer.len());
        let buffer = &mut buffer[..count];
        // What was written is there: less is an error, and no end.
        file.read_exact_at(buffer, self.start.saturating_add(offset))?;
        cipher.apply(offset, buffer);
        Ok(count)
    }
}

impl Spool {
    /// Opens a file for streams of which those of one document have at most `most` bytes at a time; a stretch is that long.
    ///
    /// # Errors
    /// Where no file can be made, or the system gives no random numbers.
    pub fn open(most: u64) -> io::Result<Spool> {
        let folder = std::env::var_os("TMPDIR").filter(|folder| !folder.is_empty());
        Spool::open_in(&folder.map_or_else(|| PathBuf::from("/var/tmp"), PathBuf::from), most)
    }

    /// As [`Spool::open`], in this folder.
    ///
    /// # Errors
    /// As there.
    pub fn open_in(folder: &Path, most: u64) -> io::Result<Spool> {
        let mut secret = [0; 32];
        File::open("/dev/urandom")?.read_exact(&mut secret)?;
        let (file, readable) = nameless(folder).or_else(|_| unlinked(folder, &secret))?;
        let (streams, taken) = (AtomicU64::new(0), Mutex::default());
        let stretch = most.next_multiple_of(PIECE as u64);
        Ok(Spool(Arc::new(Shared { file, readable, secret, streams, stretch, taken })))
    }

    /// Writes a stream to its end; `used` counts what its document has here.
    pub(crate) fn hold(&self, stream: &mut dyn Read, used: &Arc<AtomicU64>, most: u64) -> Result<Spooled, Refused> {
        let shared = &self.0;
        let number = shared.streams.fetch_add(1, Ordering::Relaxed);
        let key = *blake3::keyed_hash(&shared.secret, &number.to_le_bytes()).as_bytes();
        let nth = shared.take();
        let start = nth as u64 * shared.stretch;
        let place = Place { spool: shared.clone(), nth, used: used.clone(), counted: 0 };
        let mut spooled = Spooled { cipher: Cipher::new(&key), sealed: Sealed { key, start, size: 0 }, place };
        let limit = getrlimit(Resource::Fsize).current.unwrap_or(u64::MAX);
        let most = most.min(shared.stretch);
        let mut piece = vec![0; PIECE];
        loop {
            let got = fill(stream, &mut piece).map_err(Refused::Stream)?;
            if got == 0 {
                return Ok(spooled);
            }
            let at = spooled.sealed.size;
            if spooled.place.count(got as u64) > most {
                return Err(Refused::Long);
            }
            // Beyond it the system ends who writes.
            if start + at + got as u64 > limit {
                return Err(Refused::Disk(ErrorKind::FileTooLarge.into()));
            }
            spooled.cipher.apply(at, &mut piece[..got]);
            shared.file.write_all_at(&piece[..got], start + at).map_err(Refused::Disk)?;
            spooled.sealed.size += got as u64;
        }
    }
}

impl Shared {
    /// The first stretch that is free.
    fn take(&self) -> usize {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let free = taken.iter().position(|taken| !taken).unwrap_or_else(|| {
            taken.push(false);
            taken.len() - 1
        });
        taken[free] = true;
        free
    }

    /// Gives the disk back what a stretch took of it.
    fn give_back(&self, nth: usize) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken[nth] = false;
        if !taken.contains(&true) {
            // Where that fails, the room is taken again by the next.
            let _ = self.file.set_len(0);
        } else {
            let hole = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
            let _ = fallocate(&self.file, hole, nth as u64 * self.stretch, self.stretch);
        }
    }
}

/// A stream in the file. Its room is free again once this is gone.
pub(crate) struct Spooled {
    cipher: Cipher,
    sealed: Sealed,
    place: Place,
}

impl Spooled {
    /// The file, to be handed to another process: it can be read and no more.
    pub(crate) fn file(&self) -> BorrowedFd<'_> {
        self.place.spool.readable.as_fd()
    }

    /// What that process must know.
    pub(crate) fn sealed(&self) -> Sealed {
        self.sealed
    }
}

impl ReadAt for Spooled {
    fn size(&self) -> u64 {
        self.sealed.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.sealed.read(&self.place.spool.readable, &self.cipher, offset, buffer)
    }
}

/// The stretch a stream has.
struct Place {
    spool: Arc<Shared>,
    nth: usize,
    used: Arc<AtomicU64>,
    counted: u64,
}

impl Place {
    /// So many bytes more; how many its document has by now.
    fn count(&mut self, bytes: u64) -> u64 {
        self.counted += bytes;
        self.used.fetch_add(bytes, Ordering::Relaxed) + bytes
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.used.fetch_sub(self.counted, Ordering::Relaxed);
        self.spool.give_back(self.nth);
    }
}

/// A stream in the file, as another process reads it.
#[cfg(any(feature = "cli", test))]
pub(crate) struct Unsealed {
    file: File,
    cipher: Cipher,
    sealed: Sealed,
}

#[cfg(any(feature = "cli", test))]
impl Unsealed {
    /// Out of this file.
    pub(crate) fn new(file: File, sealed: Sealed) -> Unsealed {
        Unsealed { file, cipher: Cipher::new(&sealed.key), sealed }
    }
}

#[cfg(any(feature = "cli", test))]
impl ReadAt for Unsealed {
    fn size(&self) -> u64 {
        self.sealed.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.sealed.read(&self.file, &self.cipher, offset, buffer)
    }
}

/// AES-256 in counter mode.
struct Cipher {
    aes: Aes256,
    /// The counter of the first block. Keys serve one stream each, so it may be nothing.
    first: u128,
}

impl Cipher {
    fn new(key: &[u8; 32]) -> Cipher {
        Cipher { aes: Aes256::new(key.into()), first: 0 }
    }

    /// Encrypts what stands at `offset` of its stream, or decrypts it: the same is done.
    fn apply(&self, offset: u64, bytes: &mut [u8]) {
        let (mut at, mut rest) = (offset, bytes);
        let mut keys = [Block::<Aes256>::default(); BLOCKS];
        while !rest.is_empty() {
            let skip = (at % BLOCK as u64) as usize;
            // A block that is begun inside goes alone.
            let count = if skip > 0 { 1 } else { rest.len().div_ceil(BLOCK).min(BLOCKS) };
            for (n, block) in (0..).zip(&mut keys[..count]) {
                let counter = self.first.wrapping_add(u128::from(at / BLOCK as u64) + n);
                block.copy_from_slice(&counter.to_be_bytes());
            }
            self.aes.encrypt_blocks(&mut keys[..count]);
            let now;
            (now, rest) = rest.split_at_mut((count * BLOCK - skip).min(rest.len()));
            for (bytes, key) in now.chunks_mut(BLOCK).zip(&keys) {
                bytes.iter_mut().zip(&key[skip..]).for_each(|(byte, key)| *byte ^= key);
            }
            at += now.len() as u64;
        }
    }
}

/// Fills `buffer` as far as there are bytes.
fn fill(stream: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        match stream.read(&mut buffer[done..]) {
            Ok(0) => break,
            Ok(got) => done += got,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// A file that never has a name, and a second handle that only reads.
fn nameless(folder: &Path) -> io::Result<(File, File)> {
    let flags = (OFlags::TMPFILE | OFlags::EXCL).bits() as i32;
    let file = OpenOptions::new().read(true).write(true).mode(0o600).custom_flags(flags).open(folder)?;
    let readable = File::open(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
    Ok((file, readable))
}

/// The same where a file system, or a system without `/proc`, cannot do that: the name is gone before anything is written.
fn unlinked(folder: &Path, secret: &[u8; 32]) -> io::Result<(File, File)> {
    let path = folder.join(format!(".phisweep-{}", &blake3::keyed_hash(secret, b"name").to_hex()[..32]));
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    let readable = File::open(&path);
    std::fs::remove_file(&path)?;
    Ok((file, readable?))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    const MOST: u64 = 8 << 20;

    fn content(length: usize) -> Vec<u8> {
        b"Patient SSN: 536-90-4398\n".iter().copied().cycle().take(length).collect()
    }

    fn spool(folder: &Path) -> Spool {
        Spool::open_in(folder, MOST).expect("a spool")
    }

    fn hold(spool: &Spool, bytes: &[u8]) -> Result<Spooled, Refused> {
        spool.hold(&mut { bytes }, &Arc::default(), MOST)
    }

    fn raw(spool: &Spool) -> Vec<u8> {
        let mut bytes = vec![0; spool.0.file.metadata().expect("facts").len() as usize];
        spool.0.file.read_exact_at(&mut bytes, 0).expect("read");
        bytes
    }

    /// NIST SP 800-38A F.5.5.
    #[test]
    fn the_cipher_is_the_one_of_the_standard() {
        let hex = |text: &str| -> Vec<u8> {
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect()
        };
        let key = hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        let mut cipher = Cipher::new(key.as_slice().try_into().expect("32 bytes"));
        cipher.first = 0xf0f1_f2f3_f4f5_f6f7_f8f9_fafb_fcfd_feff;
        let plain = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
                         30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
        let locked = hex("601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5\
                          2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6");
        for from in [0, 1, 15, 16, 17, 40] {
            let mut bytes = plain[from..].to_vec();
            cipher.apply(from as u64, &mut bytes);
            assert_eq!(bytes, locked[from..], "from {from}");
        }
    }

    #[test]
    fn what_was_held_is_read_from_any_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let spool = spool(folder.path());
        let bytes = content(3 * PIECE + 77);
        let held = hold(&spool, &bytes).expect("held");
        let other = Unsealed::new(spool.0.readable.try_clone().expect("a handle"), held.sealed());
        assert_eq!((held.size(), other.size()), (bytes.len() as u64, bytes.len() as u64));
        for (at, length) in [(0, 10), (5, 4000), (PIECE - 3, 9), (bytes.len() - 5, 50), (bytes.len(), 4), (1 << 40, 4)]
        {
            for reader in [&held as &dyn ReadAt, &other] {
                let mut buffer = vec![0; length];
                let got = reader.read_at(at as u64, &mut buffer).expect("read");
                assert_eq!(
                    buffer[..got],
                    bytes[at.min(bytes.len())..(at + length).min(bytes.len()).max(at.min(bytes.len()))]
                );
            }
        }
    }

    #[test]
    fn nothing_on_disk_reads_as_what_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let spool = spool(folder.path());
        let bytes = content(2 * PIECE);
        let held = [hold(&spool, &bytes).expect("held"), hold(&spool, &bytes).expect("held")];
        let raw = raw(&spool);
        assert!(raw.len() >= MOST as usize + bytes.len(), "both are there");
        assert!(!raw.windows(7).any(|piece| piece == b"536-90-" || piece == b"Patient"));
        // Nor do two streams of one content look alike.
        assert_ne!(raw[..bytes.len()], raw[MOST as usize..MOST as usize + bytes.len()]);
        assert_eq!(spool.0.file.metadata().expect("facts").nlink(), 0);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
        drop(held);
        assert_eq!(spool.0.file.metadata().expect("facts").len(), 0, "the room is given back");
    }

    #[test]
    fn a_handle_for_others_only_reads() {
        let folder = tempfile::tempdir().expect("a folder");
        for (file, readable) in
            [nameless(folder.path()).expect("a file"), unlinked(folder.path(), &[7; 32]).expect("a file")]
        {
            assert!(readable.write_all_at(b"x", 0).is_err());
            file.write_all_at(b"x", 0).expect("written");
            assert_eq!(file.metadata().expect("facts").mode() & 0o777, 0o600);
            let mut got = [0; 1];
            readable.read_exact_at(&mut got, 0).expect("it is the same");
            assert_eq!(&got, b"x");
        }
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }

    #[test]
    fn room_is_bounded_and_taken_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let spool = spool(folder.path());
        let used = Arc::new(AtomicU64::new(0));
        let bytes = content(3 << 20);
        let one = spool.hold(&mut bytes.as_slice(), &used, MOST).expect("held");
        let two = spool.hold(&mut bytes.as_slice(), &used, MOST).expect("held");
        assert!(matches!(spool.hold(&mut bytes.as_slice(), &used, MOST), Err(Refused::Long)));
        assert_eq!(used.load(Ordering::Relaxed), 6 << 20);
        drop(one);
        let three = spool.hold(&mut bytes.as_slice(), &used, MOST).expect("held");
        assert_eq!((two.place.nth, three.place.nth), (1, 0));
        let mut all = vec![0; bytes.len()];
        assert_eq!(two.read_at(0, &mut all).expect("read"), bytes.len());
        assert!(all == bytes, "its neighbours come and go");
        assert!(matches!(spool.hold(&mut io::repeat(b'x'), &used, 1 << 40), Err(Refused::Long)));
        drop((two, three));
        assert_eq!(used.load(Ordering::Relaxed), 0);
    }
}
