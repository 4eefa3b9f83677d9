//! Reads documents that are larger than one window. In: the plan fixed from the head, the entry state behind the first
//! chunk. Out: the tally of the rest, the same for any number of threads, and why it ended early if it did.
//!
//! Chunks are claimed in order; each is read and summed up without knowing what came before, then waits for the entry
//! state of the chunk before it, and is counted. Streams are read in `stream.rs`.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};

use super::document::{Scanner, Stopped, text_start};
use crate::extract::{BEFORE, Chunk, Cut, Entry, Fold};
use crate::gap::Reason;
use crate::judge::plan::DocumentPlan;
use crate::judge::tally::{Known, Tally};
use crate::open::ReadAt;
use crate::walk;

impl Scanner<'_> {
    /// The chunks of a large document from the `next` on, which is entered in the state `entry`, on as many threads as
    /// are free. Bytes read, and the state they end in or why it ended early.
    pub(super) fn large(
        &self,
        plan: &DocumentPlan,
        source: &dyn ReadAt,
        next: u64,
        entry: Entry,
        tally: &mut Tally,
    ) -> (u64, Result<Entry, Stopped>) {
        let chunks = source.size().div_ceil(self.options.cut.core as u64);
        let chain = Chain {
            next: AtomicU64::new(next),
            until: AtomicU64::new(u64::MAX),
            state: Mutex::new(State {
                entries: BTreeMap::from([(next, entry)]),
                ready: BTreeMap::new(),
                merged: next,
                helpers: 0,
                stopped: None,
            }),
            moved: Condvar::new(),
            known: Known::default(),
            hole: OnceLock::new(),
        };
        tally.tell(&chain.known);
        let threads = rayon::current_num_threads() as u64;
        let total = Mutex::new(std::mem::take(tally));
        rayon::scope(|scope| {
            for _ in 1..threads.min(chunks.saturating_sub(next)) {
                scope.spawn(|_| {
                    let _helping = Helping::new(&chain);
                    self.work(plan, source, chunks, &chain, &total);
                });
            }
            self.work(plan, source, chunks, &chain, &total);
            // A thread that waits in a scope takes other work meanwhile: another large file, inside of which it waits
            // again, and so on, until memory or the stack is full of files half done. So it waits here.
            chain.wait_for_helpers();
        });
        *tally = total.into_inner().unwrap_or_else(PoisonError::into_inner);
        let state = chain.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let exit = state.entries.get(&chunks).copied().unwrap_or(entry);
        match state.stopped {
            None => (source.size(), Ok(exit)),
            Some(stopped) => (source.size().min(state.merged * self.options.cut.core as u64), Err(stopped)),
        }
    }

    /// One thread's share of a large document: claims the next chunk, reads it, sums it up, waits for the entry state of
    /// the chunk before it, counts. Chunks are claimed in order and summed up without waiting, so nobody waits for ever.
    fn work(&self, plan: &DocumentPlan, source: &dyn ReadAt, chunks: u64, chain: &Chain, total: &Mutex<Tally>) {
        let mut buffer = Vec::new();
        loop {
            let number = chain.next.fetch_add(1, Ordering::Relaxed);
            if number >= chunks.min(chain.until.load(Ordering::Relaxed)) {
                return;
            }
            if self.progress.stopped() {
                chain.end(number, (Reason::Interrupted, "the scan was stopped".to_string()));
                return;
            }
            // Held until the chunk is done: a panic on the way must not leave the others waiting.
            let guard = EndOnPanic { chain, number };
            // A hole holds nothing: it is stepped over, as all of it would be counted.
            if is_hole(source, self.options.cut, number) {
                let core = self.options.cut.core;
                let fold = chain.hole.get_or_init(|| plan.layout.fold(Some(0), &vec![0; core]));
                let entry = chain.entry(number);
                if let Some(entry) = entry {
                    chain.tell(number + 1, entry.after(fold));
                    self.progress.read(core as u64);
                    chain.merge(number, Tally::default(), total);
                }
                std::mem::forget(guard);
                if entry.is_none() {
                    return;
                }
                continue;
            }
            let (base, core) = match read_window(source, self.options.cut, number, &mut buffer) {
                Ok(window) => window,
                Err(stopped) => {
                    chain.end(number, stopped);
                    std::mem::forget(guard);
                    return;
                }
            };
            // A byte order mark is no text: a quote behind it opens the first field.
            let before = core.start.checked_sub(1).filter(|_| number > 0).map(|at| buffer[at]);
            let fold = plan.layout.fold(before, &buffer[core.clone()]);
            let Some(entry) = chain.entry(number) else {
                std::mem::forget(guard);
                return;
            };
            chain.tell(number + 1, entry.after(&fold));
            let ends = base + buffer.len() as u64 == source.size();
            let chunk = Chunk { base, bytes: std::mem::take(&mut buffer), core, entry, ends };
            let counted = self.count_on(plan, &chunk, &chain.known);
            self.progress.read(chunk.core.len() as u64);
            chain.merge(number, counted, total);
            buffer = chunk.bytes;
            std::mem::forget(guard);
        }
    }
}

/// Whether all of the window of chunk `number` is a hole, and its core as long as any.
fn is_hole(source: &dyn ReadAt, cut: Cut, number: u64) -> bool {
    let start = number * cut.core as u64;
    let whole = number > 0 && start + cut.core as u64 <= source.size();
    whole && source.is_hole(start.saturating_sub(BEFORE as u64)..(start + cut.window() as u64).min(source.size()))
}

/// Reads the window of chunk `number`: where it starts in the document, and where its core lies in the buffer.
fn read_window(
    source: &dyn ReadAt,
    cut: Cut,
    number: u64,
    buffer: &mut Vec<u8>,
) -> Result<(u64, std::ops::Range<usize>), Stopped> {
    let core_start = number * cut.core as u64;
    let base = core_start.saturating_sub(BEFORE as u64);
    let end = (core_start + cut.window() as u64).min(source.size());
    let wanted = (end - base) as usize;
    buffer.resize(wanted, 0);
    let got = source.read_at(base, buffer).map_err(|error: io::Error| walk::failure(&error))?;
    if got < wanted {
        return Err((Reason::Changed, "shorter than it was when opened".to_string()));
    }
    let before = (core_start - base) as usize;
    let start = if number == 0 { text_start(buffer) } else { before };
    Ok((base, start..(before + cut.core).min(wanted)))
}

/// Hands entry states from chunk to chunk, and puts their tallies together in order.
///
/// Where a chunk cannot be read the document ends before it: all chunks before it count, and none behind it, on however
/// many threads they were read meanwhile.
struct Chain {
    next: AtomicU64,
    /// The first chunk that is left out; changed only under the lock of `state`.
    until: AtomicU64,
    state: Mutex<State>,
    moved: Condvar,
    known: Known,
    /// What a chunk that is a hole does to any entry.
    hole: OnceLock<Fold>,
}

struct State {
    /// Entry states that are known and not taken yet.
    entries: BTreeMap<u64, Entry>,
    /// Tallies that wait for those before them.
    ready: BTreeMap<u64, Tally>,
    /// Chunks before this one are in the total.
    merged: u64,
    /// Threads that help the one whose document it is.
    helpers: u64,
    stopped: Option<Stopped>,
}

/// Tallies that may wait for one before them.
const WAITING: u64 = 64;

impl Chain {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The entry state of a chunk; `None` where the document ended before it.
    fn entry(&self, number: u64) -> Option<Entry> {
        let mut state = self.lock();
        loop {
            if let Some(entry) = state.entries.remove(&number) {
                return Some(entry);
            }
            // Whoever holds the chunk before it hands an entry on, or ends the document there.
            if number >= self.until.load(Ordering::Relaxed) {
                return None;
            }
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn tell(&self, number: u64, entry: Entry) {
        self.lock().entries.insert(number, entry);
        self.moved.notify_all();
    }

    /// Ends the document before this chunk, unless it ends earlier already.
    fn end(&self, number: u64, stopped: Stopped) {
        let mut state = self.lock();
        if number < self.until.load(Ordering::Relaxed) {
            self.until.store(number, Ordering::Relaxed);
            state.stopped = Some(stopped);
        }
        drop(state);
        self.moved.notify_all();
    }

    fn wait_for_helpers(&self) {
        let mut state = self.lock();
        while state.helpers > 0 {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn merge(&self, number: u64, tally: Tally, total: &Mutex<Tally>) {
        let mut state = self.lock();
        let left_out = || number >= self.until.load(Ordering::Relaxed);
        while number > state.merged + WAITING && !left_out() {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if left_out() {
            return;
        }
        state.ready.insert(number, tally);
        let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let next = state.merged;
            let Some(tally) = state.ready.remove(&next) else { break };
            total.merge(tally);
            state.merged += 1;
        }
        total.tell(&self.known);
        self.moved.notify_all();
    }
}

/// One thread that helps with a document; until it is dropped the document is not done.
struct Helping<'a>(&'a Chain);

impl<'a> Helping<'a> {
    fn new(chain: &'a Chain) -> Helping<'a> {
        chain.lock().helpers += 1;
        Helping(chain)
    }
}

impl Drop for Helping<'_> {
    fn drop(&mut self) {
        self.0.lock().helpers -= 1;
        self.0.moved.notify_all();
    }
}

/// Ends a document when the thread that holds one of its chunks panics.
struct EndOnPanic<'a> {
    chain: &'a Chain,
    number: u64,
}

impl Drop for EndOnPanic<'_> {
    fn drop(&mut self) {
        self.chain.end(
            self.number,
            (Reason::Panicked, "a fault of phisweep's; the rest of the scan is not affected".to_string()),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::hints::Hints;
    use super::*;
    use crate::engine::Engine;
    use crate::extract::Layout;
    use crate::open::Opener;
    use crate::options::Options;
    use crate::protected::keys::KeyBook;
    use crate::scan::Progress;

    /// Says that it is longer than it is, as a file does that was truncated; and the chunk in which it ends is read first.
    struct Shorter {
        bytes: Vec<u8>,
        size: u64,
        /// Where it may be read until the end was met.
        met: AtomicU64,
    }

    impl ReadAt for Shorter {
        fn size(&self) -> u64 {
            self.size
        }

        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
            let got = self.bytes.read_at(offset, buffer)?;
            if got < buffer.len() {
                self.met.store(1, Ordering::Relaxed);
            } else if offset > 0 && rayon::current_num_threads() > 1 {
                // The others wait for a moment: the end must not keep them from what lies before it.
                for _ in 0..50 {
                    if self.met.load(Ordering::Relaxed) != 0 {
                        break;
                    }
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
            }
            Ok(got)
        }
    }

    #[test]
    fn a_document_truncated_meanwhile_ends_at_one_chunk_on_any_number_of_threads() {
        let engine = Engine::built_in().unwrap();
        let options = Options { cut: Cut { core: 4096, after: 1024 }, ..Options::default() };
        let (roots, progress, key) = ([], Progress::default(), [0; 32]);
        let opener = Opener::new(false);
        let hints = Hints::default();
        let scanner = Scanner {
            engine: &engine,
            options: &options,
            roots: &roots,
            progress: &progress,
            key: &key,
            opener,
            hints,
            workers: None,
            keys: KeyBook::default(),
            choice: Default::default(),
        };
        let rows: String =
            (0..1500).map(|n| format!("{n},{:03}-{:02}-{:04}\n", 101 + n % 500, 11 + n % 80, 1000 + n)).collect();
        let table = format!("id,ssn\n{rows}");
        let layout = Layout::of("t.csv", "text", &table.as_bytes()[..4096], false, &|field| engine.knows_field(field));
        let plan = DocumentPlan::new(&engine, layout);
        // The window of chunk 3 does not fit any more; chunks 0 to 2 are whole.
        let truncated = &table.as_bytes()[..4 * 4096 + 100];
        let mut expected = None;
        for threads in [1, 2, 3, 8] {
            let source = Shorter { bytes: truncated.to_vec(), size: table.len() as u64, met: AtomicU64::new(0) };
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut tally = Tally::default();
            let (read, exit) = pool.install(|| scanner.large(&plan, &source, 0, Entry::START, &mut tally));
            assert_eq!(exit.unwrap_err().0, Reason::Changed, "{threads} threads");
            assert_eq!(read, 3 * 4096, "{threads} threads: what was counted and no more");
            let counted = (tally.records, tally.people.count());
            assert!((600..1000).contains(&counted.0), "{counted:?}");
            assert_eq!(*expected.get_or_insert_with(|| counted.clone()), counted, "{threads} threads");
        }
    }
}
