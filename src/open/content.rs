//! What a file was when it was read, so that a later run can tell whether it is the same. In: the pieces that are read of
//! it, in any order and by several threads. Out: its size, times, number, and a keyed hash of its content. Refuses to
//! read a file a second time for that: where more than a few blocks were never asked for, there is no hash.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex, PoisonError};

use xxhash_rust::xxh3::{Xxh3, Xxh3Builder, xxh3_128_with_secret};

use crate::open::ReadAt;

/// Blocks are hashed by themselves, so that threads can share a large file: as large as the windows it is read in.
const BLOCK: u64 = 1 << 20;

/// So many blocks that nobody asked for are read for the hash: directories and gaps in archives.
const MISSING: usize = 64;

/// The key of content hashes: the secret of XXH3, made from the key file of a ledger. Without a key, a hash would tell
/// whoever holds a file that a share holds it too.
#[derive(Clone)]
pub struct ContentKey(Arc<[u8; 192]>);

impl ContentKey {
    /// The secret that belongs to a key.
    pub fn new(key: &[u8; 32]) -> ContentKey {
        let mut secret = [0; 192];
        let mut hasher = blake3::Hasher::new_derive_key("phisweep content hash, XXH3 secret");
        hasher.update(key);
        hasher.finalize_xof().fill(&mut secret);
        ContentKey(Arc::new(secret))
    }

    /// The hash of some bytes.
    pub fn hash(&self, bytes: &[u8]) -> u128 {
        xxh3_128_with_secret(bytes, &*self.0)
    }
}

/// Says nothing of the key.
impl std::fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContentKey")
    }
}

/// What changes when somebody writes to a file, or puts another in its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileVersion {
    /// Bytes.
    pub size: u64,
    /// Last change of its content, nanoseconds since 1970.
    pub modified: i64,
    /// Last change of anything about it, nanoseconds since 1970.
    pub changed: i64,
    /// Its number on its file system.
    pub inode: u64,
    /// Keyed XXH3-128 of its content, where all of it was read.
    pub content: Option<u128>,
}

impl FileVersion {
    /// Of a file with these facts, as the system gives them.
    #[cfg(feature = "ledger")]
    pub(crate) fn of_stat(facts: &rustix::fs::Stat) -> FileVersion {
        let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        FileVersion {
            size: facts.st_size as u64,
            modified: nanoseconds(facts.st_mtime, facts.st_mtime_nsec as i64),
            changed: nanoseconds(facts.st_ctime, facts.st_ctime_nsec as i64),
            inode: facts.st_ino,
            content: None,
        }
    }

    /// Of a file with these facts; its content is not known yet.
    pub fn of(facts: &Metadata) -> FileVersion {
        let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        FileVersion {
            size: facts.len(),
            modified: nanoseconds(facts.mtime(), facts.mtime_nsec()),
            changed: nanoseconds(facts.ctime(), facts.ctime_nsec()),
            inode: facts.ino(),
            content: None,
        }
    }
}

/// The content of one file, as far as it was read.
pub(super) struct Content {
    key: ContentKey,
    size: u64,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    blocks: BTreeMap<u64, u128>,
    /// What is read in small pieces, in order, goes through here.
    running: Option<Box<Xxh3>>,
    next: u64,
}

impl Content {
    pub(super) fn new(key: ContentKey, size: u64) -> Content {
        Content { key, size, seen: Mutex::default() }
    }

    /// These bytes were read at `offset`.
    pub(super) fn saw(&self, offset: u64, bytes: &[u8]) {
        let end = offset + bytes.len() as u64;
        let lock = || self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut block = offset.div_ceil(BLOCK);
        while block * BLOCK < end && self.end(block) <= end {
            let known = lock().blocks.contains_key(&block);
            if !known {
                let hash =
                    self.key.hash(&bytes[(block * BLOCK - offset) as usize..(self.end(block) - offset) as usize]);
                lock().blocks.insert(block, hash);
            }
            block += 1;
        }
        let mut seen = lock();
        loop {
            let block = seen.next / BLOCK;
            if seen.next.is_multiple_of(BLOCK) && seen.blocks.contains_key(&block) {
                seen.next = (block + 1) * BLOCK;
                continue;
            }
            if seen.next < offset || seen.next >= end {
                break;
            }
            let stop = self.end(block).min(end);
            let piece = (seen.next - offset) as usize..(stop - offset) as usize;
            let mut running =
                seen.running.take().unwrap_or_else(|| Box::new(Xxh3Builder::new().with_secret(*self.key.0).build()));
            running.update(&bytes[piece]);
            if stop == self.end(block) {
                seen.blocks.insert(block, running.digest128());
                running.reset();
            }
            seen.running = Some(running);
            seen.next = stop;
        }
    }

    /// Where a block ends.
    fn end(&self, block: u64) -> u64 {
        ((block + 1) * BLOCK).min(self.size)
    }

    /// The hash of all of it; a few blocks that are missing are read.
    pub(super) fn finish(&self, file: &dyn ReadAt) -> Option<u128> {
        if self.size == 0 {
            return Some(self.key.hash(b""));
        }
        let mut blocks = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner)).blocks;
        let count = self.size.div_ceil(BLOCK);
        if count - (blocks.len() as u64).min(count) > MISSING as u64 {
            return None;
        }
        let mut buffer = Vec::new();
        for block in 0..count {
            if blocks.contains_key(&block) {
                continue;
            }
            buffer.resize((self.end(block) - block * BLOCK) as usize, 0);
            if file.read_at(block * BLOCK, &mut buffer).ok()? != buffer.len() {
                return None;
            }
            blocks.insert(block, self.key.hash(&buffer));
        }
        if count == 1 {
            return blocks.get(&0).copied();
        }
        let all: Vec<u8> = blocks.values().flat_map(|hash| hash.to_le_bytes()).collect();
        Some(self.key.hash(&all))
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content").field("size", &self.size).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(bytes: &[u8], reads: &[(usize, usize)]) -> Option<u128> {
        let content = Content::new(ContentKey::new(&[7; 32]), bytes.len() as u64);
        for (start, end) in reads {
            content.saw(*start as u64, &bytes[*start..*end]);
        }
        content.finish(&bytes.to_vec())
    }

    #[test]
    fn the_hash_does_not_depend_on_how_a_file_was_read() {
        let size = 3 * BLOCK as usize + 77_777;
        let bytes: Vec<u8> = (0..size as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let whole = hash(&bytes, &[(0, size)]);
        assert!(whole.is_some());
        let pieces: Vec<(usize, usize)> =
            (0..size).step_by(100_000).map(|start| (start, (start + 100_000).min(size))).collect();
        let mut backwards = pieces.clone();
        backwards.reverse();
        let windows: Vec<(usize, usize)> = (0..4usize)
            .rev()
            .map(|n| ((n << 20).saturating_sub(512), ((n + 1) * (1 << 20) + 65_536).min(size)))
            .collect();
        for reads in [&pieces, &backwards, &windows, &vec![], &vec![(0, 10), (5, 2_000_000), (1_999_999, size)]] {
            assert_eq!(hash(&bytes, reads), whole, "{reads:?}");
        }
        let mut other = bytes.clone();
        other[size - 1] ^= 1;
        assert_ne!(hash(&other, &[]), whole);
        assert_ne!(hash(&bytes[..size - 1], &[]), whole);
        assert_eq!(hash(b"abc", &[(0, 1), (1, 3)]), hash(b"abc", &[]));
        assert_ne!(ContentKey::new(&[1; 32]).hash(b"abc"), ContentKey::new(&[2; 32]).hash(b"abc"));
    }

    #[test]
    fn what_was_hardly_read_is_not_read_for_its_hash() {
        struct Huge;
        impl ReadAt for Huge {
            fn size(&self) -> u64 {
                1 << 40
            }
            fn read_at(&self, _: u64, _: &mut [u8]) -> std::io::Result<usize> {
                panic!("not to be read");
            }
        }
        assert_eq!(Content::new(ContentKey::new(&[7; 32]), 1 << 40).finish(&Huge), None);
    }
}
