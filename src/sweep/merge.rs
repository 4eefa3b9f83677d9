//! The walk, merged with what the ledger knows of the same root: both are in the order of names. In: roots, a ledger to read.
//! Out: what must be read or told; what is as it was is passed over and nothing is written for it. What the ledger knows
//! and the walk does not meet is noted as missing, unless a folder on the way could not be looked into.

use std::collections::VecDeque;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, Result};
use crate::finding::Root;
use crate::gap::{Class, Gap, Reason};
use crate::ledger::Ledger;
use crate::ledger::rows::{Kind, KnownRow};
use crate::open::content::{ContentKey, FileVersion};
use crate::open::offline;
use crate::options::WalkOptions;
use crate::scan::Progress;
use crate::sweep::books::Books;
use crate::sweep::stands::{Stands, Sums};
use crate::walk::{self, Entry, Found};

/// Rows of the ledger that are read at a time.
const PAGE: i64 = 2048;

/// What is hashed of a file at its start and its end where inode and time of change mean nothing.
const ENDS: usize = 4096;

/// Missing documents that are noted together.
const NOTED: usize = 512;

/// What all roots of a run share.
pub(super) struct Asked {
    /// Bytes that may be read again because rules have changed; `None` for no limit.
    pub(super) budget: Option<AtomicU64>,
    /// Everything is read again.
    pub(super) full: bool,
    /// This share of what is unchanged is read again, as a bound on a hash of 64 bits.
    pub(super) verify: u64,
    /// Number of the run.
    pub(super) run: u64,
    /// Now, nanoseconds since 1970.
    pub(super) now: i64,
    /// How long a file must not have been written to, nanoseconds.
    pub(super) settle: i64,
    pub(super) follow: bool,
    pub(super) key: ContentKey,
}

/// What the walk of a root came to.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// All of it was walked.
    pub(super) complete: AtomicBool,
    /// Files met.
    pub(super) files: AtomicU64,
    /// Files and gaps that are as they were.
    pub(super) carried: AtomicU64,
    /// Files that are left for a later run, since somebody may still write to them.
    pub(super) waiting: AtomicU64,
    /// Files and gaps that were handed on to be read or told.
    pub(super) handed: AtomicU64,
    /// Of these, those that were told, read to their end: the rest is for the next run.
    pub(super) heard: AtomicU64,
    /// What the root holds when all of it was walked, as far as it was met.
    sums: Mutex<Sums>,
}

impl Walked {
    /// A document that the root holds.
    pub(super) fn counts(&self, count: impl FnOnce(&mut Sums)) {
        count(&mut self.sums.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What the root holds, once all of it was walked.
    pub(super) fn sums(&self) -> Sums {
        self.sums.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether all of the root was walked, and what had to be read was.
    pub(super) fn whole(&self) -> bool {
        self.complete.load(Ordering::Acquire)
            && self.handed.load(Ordering::Acquire) == self.heard.load(Ordering::Acquire)
    }
}

/// One root to be walked.
pub(super) struct Plan {
    /// Index into the roots of the run.
    pub(super) index: usize,
    /// Its number in the ledger.
    pub(super) number: i64,
    pub(super) root: Root,
    pub(super) walk: WalkOptions,
    /// Whether inode and time of change tell something on its file system.
    pub(super) trusted: bool,
    pub(super) walked: Arc<Walked>,
}

/// The merged walk of all roots, one after the other.
pub(super) struct Merge<'a> {
    asked: &'a Asked,
    stands: &'a Stands,
    progress: &'a Progress,
    books: &'a Books,
    reader: Ledger,
    plans: VecDeque<Plan>,
    under_way: Option<InRoot>,
    /// What could not be read of the ledger: it ends the run.
    pub(super) failed: Arc<Mutex<Option<Error>>>,
}

struct InRoot {
    plan: Plan,
    walk: walk::Walk,
    /// Rows of the ledger, from a thread that reads them ahead of the walk; `None` once all were given.
    pages: Option<Receiver<Result<Vec<KnownRow>>>>,
    rows: VecDeque<KnownRow>,
    /// The folder that was looked into last, open, so that its files are asked for by name.
    folder: Option<(PathBuf, OwnedFd)>,
    /// What was met and is as it was.
    sums: Sums,
    last: Option<Vec<u8>>,
    shadow: Shadow,
    missing: Vec<Missing>,
}

/// A document that was not met, and why where that is not that it was deleted.
pub(super) struct Missing {
    pub(super) key: Vec<u8>,
    pub(super) why: &'static str,
    /// An earlier run has missed it too.
    pub(super) again: bool,
}

/// Folders whose content the walk does not show: what the ledger knows of it is not gone.
#[derive(Default)]
struct Shadow {
    /// Nothing is known of the whole root.
    all: bool,
    /// The last folder that was left or could not be looked into; whether because the user said so.
    below: Option<(Vec<u8>, bool)>,
}

impl<'a> Merge<'a> {
    pub(super) fn new(
        (asked, stands): (&'a Asked, &'a Stands),
        progress: &'a Progress,
        books: &'a Books,
        reader: Ledger,
        plans: Vec<Plan>,
    ) -> Merge<'a> {
        Merge { asked, stands, progress, books, reader, plans: plans.into(), under_way: None, failed: Arc::default() }
    }

    /// The next thing to be told; `None` at the end of all roots.
    fn advance(&mut self) -> Result<Option<Found>> {
        loop {
            if self.progress.stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let Some(at) = &mut self.under_way else {
                let Some(plan) = self.plans.pop_front() else { return Ok(None) };
                let walk = walk::walk(std::slice::from_ref(&plan.root), &plan.walk)?;
                self.under_way = Some(InRoot {
                    pages: Some(pages(self.reader.reader()?, plan.number)),
                    plan,
                    walk,
                    rows: VecDeque::new(),
                    folder: None,
                    sums: Sums::default(),
                    last: None,
                    shadow: Shadow::default(),
                    missing: Vec::new(),
                });
                continue;
            };
            match at.walk.next() {
                None => {
                    while let Some(row) = at.next_row()? {
                        at.miss(row, self.books)?;
                    }
                    self.books.missing(at.plan.number, &mut at.missing)?;
                    at.plan.walked.counts(|sums| sums.join(&at.sums));
                    at.plan.walked.complete.store(true, Ordering::Release);
                    self.under_way = None;
                }
                Some(Found::Gap(gap)) => {
                    if let Some(found) = at.gap(gap, self.books)? {
                        at.plan.walked.handed.fetch_add(1, Ordering::AcqRel);
                        return Ok(Some(found));
                    }
                }
                Some(Found::File(entry)) => {
                    if let Some(found) = at.file(entry, (self.asked, self.stands), &self.reader, self.books)? {
                        at.plan.walked.handed.fetch_add(1, Ordering::AcqRel);
                        return Ok(Some(found));
                    }
                }
            }
        }
    }
}

impl Iterator for Merge<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        match self.advance() {
            Ok(found) => found,
            Err(error) => {
                *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                self.progress.stop.store(true, Ordering::Release);
                None
            }
        }
    }
}

impl InRoot {
    /// The next row of the ledger, without taking it.
    fn peek(&mut self) -> Result<Option<&KnownRow>> {
        while self.rows.is_empty()
            && let Some(pages) = &self.pages
        {
            match pages.recv() {
                Ok(page) => self.rows = page?.into(),
                Err(_) => self.pages = None,
            }
        }
        Ok(self.rows.front())
    }

    fn next_row(&mut self) -> Result<Option<KnownRow>> {
        self.peek()?;
        Ok(self.rows.pop_front())
    }

    /// The row of `key`, if the ledger has one; those before it were not met.
    fn row_of(&mut self, key: &[u8], books: &Books) -> Result<Option<KnownRow>> {
        while self.peek()?.is_some_and(|row| row.key.as_slice() < key) {
            if let Some(row) = self.next_row()? {
                self.miss(row, books)?;
            }
        }
        match self.peek()? {
            Some(row) if row.key == key => self.next_row(),
            _ => Ok(None),
        }
    }

    /// What the system says of a file now: by its name in its folder, since looking up whole paths costs more than the rest.
    fn facts(&mut self, path: &Path, follow: bool) -> Option<FileVersion> {
        use rustix::fs::{AtFlags, CWD, Mode, OFlags, openat, statat};
        let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
        let (parent, name) = (path.parent()?, path.file_name()?);
        if self.folder.as_ref().is_none_or(|(folder, _)| folder.as_os_str() != parent.as_os_str()) {
            let opened = openat(CWD, parent, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty());
            self.folder = opened.ok().map(|folder| (parent.to_path_buf(), folder));
        }
        let facts = match &self.folder {
            Some((_, folder)) => statat(folder, name, flags),
            None => statat(CWD, path, flags),
        };
        facts.ok().map(|facts| FileVersion::of_stat(&facts))
    }

    /// A document of the ledger that the walk did not meet.
    fn miss(&mut self, row: KnownRow, books: &Books) -> Result<()> {
        let why = match &self.shadow {
            Shadow { all: true, .. } => {
                self.sums.known(&row);
                return Ok(());
            }
            Shadow { below: Some((folder, said_so)), .. } if below(folder, &row.key) => match said_so {
                true => "excluded",
                false => {
                    self.sums.known(&row);
                    return Ok(());
                }
            },
            _ => "",
        };
        self.missing.push(Missing {
            key: row.key,
            why,
            again: row.gone_run.is_some_and(|run| run.abs() <= books.since),
        });
        if self.missing.len() >= NOTED {
            books.missing(self.plan.number, &mut self.missing)?;
        }
        Ok(())
    }

    fn gap(&mut self, mut gap: Gap, books: &Books) -> Result<Option<Found>> {
        gap.root = self.plan.index;
        let key = key_of(&gap.locator.file_bytes());
        let first = self.last.is_none();
        let said_so = gap.class == Class::Excluded;
        if first && !said_so && gap.locator.parts() == [self.plan.root.name.clone()] {
            // The root itself, or a folder at its top that is called as it is: nothing is known then.
            self.shadow.all = true;
            return Ok(Some(Found::Gap(gap)));
        }
        if self.last.as_ref().is_some_and(|last| *last >= key) {
            // A second thing that went wrong with one folder.
            return Ok(None);
        }
        let row = self.row_of(&key, books)?;
        self.last = Some(key.clone());
        self.shadow.below = Some((key.clone(), said_so));
        match row {
            Some(row) if row.kind == Kind::Gap && row.ends == Some(said(&gap)) => {
                self.carried(&row, books)?;
                Ok(None)
            }
            _ => Ok(Some(Found::Gap(gap))),
        }
    }

    fn file(
        &mut self,
        mut entry: Entry,
        (asked, stands): (&Asked, &Stands),
        reader: &Ledger,
        books: &Books,
    ) -> Result<Option<Found>> {
        entry.root = self.plan.index;
        self.plan.walked.files.fetch_add(1, Ordering::Relaxed);
        let key = key_of(walk::below(&self.plan.root, &entry.path).as_os_str().as_bytes());
        let row = match &self.last {
            // A root that is one file, or names that do not sort as they should: told as they come.
            Some(last) if *last >= key => reader.known(self.plan.number, &key)?,
            _ => self.row_of(&key, books)?,
        };
        self.last = Some(key.clone());
        let Some(now) = self.facts(&entry.path, asked.follow) else { return Ok(Some(Found::File(entry))) };
        if let Some(row) = &row {
            let alike = row.kind != Kind::Gap && row.size == now.size as i64 && row.modified == now.modified;
            let same = alike
                && match self.plan.trusted {
                    true => row.inode == now.inode as i64 && row.changed == now.changed,
                    false => row.ends.is_some() && row.ends == ends(&entry.path, now.size, &asked.key),
                };
            if same && !row.again && !self.read_again(row, asked, stands, reader)? {
                self.carried(row, books)?;
                return Ok(None);
            }
            let away = || {
                let facts = fs::symlink_metadata(&entry.path).ok()?;
                offline::of_path(&entry.path, &facts, &self.plan.root.filesystem)
            };
            if alike && !same && away().is_some() {
                // It went to tape: what it held it holds still, and reading it would fetch it back.
                self.carried(row, books)?;
                return Ok(None);
            }
            if same {
                // Nobody writes to it.
                return Ok(Some(Found::File(entry)));
            }
        }
        match unsettled(&entry.path, now.modified, asked) {
            Some(why) => {
                row.iter().for_each(|row| self.sums.known(row));
                self.plan.walked.waiting.fetch_add(1, Ordering::Relaxed);
                let gap = Gap::new(entry.root, entry.locator, Reason::Settling, why);
                Ok(Some(Found::Gap(gap.with_bytes(now.size))))
            }
            None => Ok(Some(Found::File(entry))),
        }
    }

    /// Whether a file is read although it is as it was.
    fn read_again(&self, row: &KnownRow, asked: &Asked, stands: &Stands, reader: &Ledger) -> Result<bool> {
        if asked.full {
            return Ok(row.read_run != asked.run as i64);
        }
        let by_chance = xxhash_rust::xxh3::xxh3_64_with_seed(&row.key, asked.run ^ (self.plan.number as u64) << 32);
        if by_chance < asked.verify && row.read_run != asked.run as i64 {
            return Ok(true);
        }
        if !stands.touch(reader, row.kind, row.stand, row.met)? {
            return Ok(false);
        }
        let Some(budget) = &asked.budget else { return Ok(true) };
        let size = row.size.max(0) as u64;
        let left = budget.load(Ordering::Relaxed);
        let enough = left > 0;
        if enough {
            budget.store(left.saturating_sub(size.max(1)), Ordering::Relaxed);
        }
        Ok(enough)
    }

    fn carried(&mut self, row: &KnownRow, books: &Books) -> Result<()> {
        self.plan.walked.carried.fetch_add(1, Ordering::Relaxed);
        self.sums.known(&KnownRow { gone_run: None, key: Vec::new(), ..*row });
        match row.gone_run {
            Some(_) => books.came_back(self.plan.number, &row.key),
            None => Ok(()),
        }
    }
}

/// A path below a root as a key of the ledger.
pub(super) fn key_of(path: &[u8]) -> Vec<u8> {
    path.iter().map(|byte| if *byte == b'/' { 0 } else { *byte }).collect()
}

/// And back.
pub(super) fn path_of(key: &[u8]) -> Vec<u8> {
    key.iter().map(|byte| if *byte == 0 { b'/' } else { *byte }).collect()
}

/// Whether `key` is of something inside the folder.
fn below(folder: &[u8], key: &[u8]) -> bool {
    key.strip_prefix(folder).is_some_and(|rest| rest.first() == Some(&0))
}

/// Reads the rows of a root ahead of the walk, on a thread of its own: what the walk has passed is written meanwhile, and what
/// lies before it is not.
fn pages(reader: Ledger, root: i64) -> Receiver<Result<Vec<KnownRow>>> {
    let (sender, pages) = sync_channel(2);
    std::thread::spawn(move || {
        let mut after: Option<Vec<u8>> = None;
        loop {
            let page = reader.known_after(root, after.as_deref(), PAGE);
            let last = page.as_ref().ok().filter(|page| page.len() as i64 == PAGE).and_then(|page| page.last());
            after = last.map(|row| row.key.clone());
            if sender.send(page).is_err() || after.is_none() {
                return;
            }
        }
    });
    pages
}

/// What a gap says, to tell whether it says the same again.
pub(super) fn said(gap: &Gap) -> [u8; 16] {
    let text = format!("{}\n{}\n{}", gap.reason.name(), gap.class.name(), gap.detail);
    xxhash_rust::xxh3::xxh3_128(text.as_bytes()).to_le_bytes()
}

/// Hash of the first and the last bytes of a file.
pub(super) fn ends(path: &Path, size: u64, key: &ContentKey) -> Option<[u8; 16]> {
    let file = fs::File::open(path).ok()?;
    let mut bytes = vec![0; ENDS * 2];
    let mut got = file.read_at(&mut bytes[..ENDS], 0).ok()?;
    if size > ENDS as u64 {
        let from = size.saturating_sub(ENDS as u64).max(ENDS as u64);
        got = ENDS + file.read_at(&mut bytes[ENDS..], from).ok()?;
    }
    bytes.truncate(got);
    Some(key.hash(&bytes).to_le_bytes())
}

/// Why a file is not to be read yet. One whose time lies ahead of our clock is: a clock stands wrong, and nobody knows whose.
fn unsettled(path: &Path, modified: i64, asked: &Asked) -> Option<&'static str> {
    let name = path.file_name().map(|name| name.as_bytes().to_ascii_lowercase()).unwrap_or_default();
    if name.ends_with(b".part") || name.ends_with(b".filepart") {
        return Some("its name says that it is being uploaded");
    }
    let age = asked.now.saturating_sub(modified);
    (0..asked.settle).contains(&age).then_some("written to a moment ago")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_the_walk_goes() {
        let mut names = ["a", "a.csv", "a/b", "a/b.csv", "a-b/c", "a/ä", "b"].map(|name| key_of(name.as_bytes()));
        names.sort();
        let sorted: Vec<String> = names.iter().map(|key| String::from_utf8_lossy(&path_of(key)).into_owned()).collect();
        assert_eq!(sorted, ["a", "a/b", "a/b.csv", "a/ä", "a-b/c", "a.csv", "b"]);
        assert!(below(b"a", b"a\0b") && !below(b"a", b"a.csv") && !below(b"a", b"a"));
    }
}
