//! Reads documents that come as a stream and are larger than one window. In: the plan fixed from the head, the entry state
//! behind the first chunk. Out: the tally of the rest, the same for any number of threads, and why it ended early if it did.
//!
//! One thread reads, which is to unpack, and knows where each chunk is entered; threads that are free count what it has
//! read, and where none is it counts itself. So a stream costs the longer of the two and not their sum.
//!
//! Who reads waits for chunks only that another thread is counting, and takes no other work meanwhile: it may hold a worker, and
//! half a stack of wrappers. Who counts waits for nothing.

use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::document::{Scanner, Stopped};
use crate::decode::budget::Halt;
use crate::extract::{BEFORE, CORE, Chunk, Cut, Entry};
use crate::gap::Reason;
use crate::judge::plan::DocumentPlan;
use crate::judge::tally::{Known, Tally};
use crate::open::StreamSource;

/// Asks for a thread that counts a chunk of this line, once one is free; `None` where there is no other thread.
pub(super) type Crew<'a> = Option<&'a dyn Fn(Arc<Line>)>;

/// A stream, who helps with it, and who sees each core of it on its way.
pub(super) type Coming<'a, 's> = (&'a mut StreamSource<'s>, Crew<'a>, &'a mut dyn FnMut(&[u8]));

/// Chunks that may wait to be counted, on however many threads: enough to outlast the time in which one wakes.
const WAITING: usize = 4;

/// Chunks that may be counted before one that was read before them is.
const AHEAD: u64 = 64;

impl Scanner<'_> {
    /// Appends `wanted` bytes of a stream to `out`, fewer at its end or where the scan is stopped.
    pub(super) fn fill(&self, stream: &mut StreamSource<'_>, out: &mut Vec<u8>, wanted: usize) -> Result<(), Stopped> {
        let full = out.len() + wanted;
        while out.len() < full {
            if self.progress.stopped() {
                return Err((Reason::Interrupted, "the scan was stopped".to_string()));
            }
            let failed = |error| {
                let Halt { reason, detail } = Halt::of(&error);
                (reason, detail)
            };
            if stream.wait().map_err(failed)? && stream.read_some(out, full - out.len()).map_err(failed)? == 0 {
                break;
            }
        }
        Ok(())
    }

    /// The chunks of a stream behind the first, in order. `spare` was read already and stands behind the first. `look` sees each
    /// core on its way.
    pub(super) fn stream(
        &self,
        plan: &Arc<DocumentPlan>,
        (first, spare): (Chunk, Vec<u8>),
        entry: Entry,
        (stream, crew, look): Coming<'_, '_>,
        tally: &mut Tally,
    ) -> (u64, Result<Entry, Stopped>) {
        let line = Arc::new(Line::new(plan.clone(), mem::take(tally)));
        let others = crew.map_or(0, |_| rayon::current_num_threads().saturating_sub(1).min(WAITING));
        let end = self.read_on((plan, stream), first, spare, entry, &line, &mut |chunk| {
            look(&chunk.bytes[chunk.core.clone()]);
            let waiting = line.put(chunk);
            match crew {
                Some(crew) if waiting <= others => crew(line.clone()),
                _ => {
                    self.count_next(&line);
                }
            }
            while line.is_ahead() && (self.count_next(&line) || line.wait(|state| !state.is_ahead())) {}
            line.check();
        });
        while self.count_next(&line) {}
        line.wait(|state| state.counting == 0);
        line.check();
        *tally = mem::take(&mut line.lock().total);
        end
    }

    /// Counts one chunk of a line on a thread that is free.
    pub(super) fn help(&self, line: &Line) {
        // What goes wrong is said by who reads the document.
        let _ = catch_unwind(AssertUnwindSafe(|| self.count_next(line)));
    }

    /// Reads the chunks behind the first and hands them to `put`.
    fn read_on(
        &self,
        (plan, stream): (&DocumentPlan, &mut StreamSource<'_>),
        first: Chunk,
        mut spare: Vec<u8>,
        mut entry: Entry,
        line: &Line,
        put: &mut dyn FnMut(Chunk),
    ) -> (u64, Result<Entry, Stopped>) {
        let window = Cut::default().window();
        let mut bytes = first.bytes;
        let mut core = first.core;
        let mut base = 0;
        // What lies before the next core moves to the front.
        let keep = core.end.saturating_sub(BEFORE);
        bytes.drain(..keep);
        loop {
            base += core.end.saturating_sub(BEFORE) as u64;
            let start = core.end.min(BEFORE);
            // Then the window is filled up.
            bytes.append(&mut spare);
            let wanted = (start + window + 1).saturating_sub(bytes.len());
            let read = self.fill(stream, &mut bytes, wanted);
            spare = bytes.split_off(bytes.len().min(start + window));
            core = start..bytes.len().min(start + CORE);
            let (length, reach) = (base + bytes.len() as u64, bytes.len());
            if !core.is_empty() {
                let ends = spare.is_empty() && read.is_ok();
                let mut next = line.buffer();
                next.extend_from_slice(&bytes[core.end.saturating_sub(BEFORE)..]);
                let before = core.start.checked_sub(1).map(|at| bytes[at]);
                let behind = plan.after(entry, before, &bytes[core.clone()]);
                put(Chunk { base, bytes: mem::replace(&mut bytes, next), core: core.clone(), entry, ends });
                entry = behind;
                self.progress.read(core.len() as u64);
            }
            if let Err(stopped) = read {
                return (length, Err(stopped));
            }
            if core.is_empty() || core.end == reach && core.len() < CORE {
                return (length, Ok(entry));
            }
        }
    }

    /// Counts the chunk that has waited longest; `false` where none waits.
    fn count_next(&self, line: &Line) -> bool {
        let Some((number, chunk)) = line.take() else { return false };
        let _counting = Counting(line);
        let tally = self.count_on(&line.plan, &chunk, &line.known);
        line.counted(number, tally, chunk.bytes);
        true
    }
}

/// Chunks of a document on their way from who reads them to who counts them.
pub(super) struct Line {
    plan: Arc<DocumentPlan>,
    known: Known,
    state: Mutex<State>,
    moved: Condvar,
}

struct State {
    /// Chunks that were put so far.
    put: u64,
    waiting: VecDeque<(u64, Chunk)>,
    /// How many are being counted.
    counting: usize,
    /// Tallies that wait for those before them.
    ready: BTreeMap<u64, Tally>,
    /// Chunks before this one are in the total.
    merged: u64,
    total: Tally,
    /// A chunk was begun and not counted.
    failed: bool,
    /// Buffers that are free again.
    buffers: Vec<Vec<u8>>,
}

impl State {
    /// Whether a chunk far behind is not counted yet, and will be.
    fn is_ahead(&self) -> bool {
        !self.failed && self.put > self.merged + AHEAD
    }
}

impl Line {
    fn new(plan: Arc<DocumentPlan>, total: Tally) -> Line {
        let known = Known::default();
        total.tell(&known);
        let state = State {
            put: 0,
            waiting: VecDeque::new(),
            counting: 0,
            ready: BTreeMap::new(),
            merged: 0,
            total,
            failed: false,
            buffers: Vec::new(),
        };
        Line { plan, known, state: Mutex::new(state), moved: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many wait with this one.
    fn put(&self, chunk: Chunk) -> usize {
        let mut state = self.lock();
        let number = state.put;
        state.put += 1;
        state.waiting.push_back((number, chunk));
        state.waiting.len()
    }

    fn take(&self) -> Option<(u64, Chunk)> {
        let mut state = self.lock();
        let next = state.waiting.pop_front()?;
        state.counting += 1;
        Some(next)
    }

    /// Tallies are put together in order, whoever is done first.
    fn counted(&self, number: u64, tally: Tally, mut buffer: Vec<u8>) {
        buffer.clear();
        let mut state = self.lock();
        state.buffers.push(buffer);
        state.ready.insert(number, tally);
        loop {
            let next = state.merged;
            let Some(tally) = state.ready.remove(&next) else { break };
            state.total.merge(tally);
            state.merged += 1;
        }
        state.total.tell(&self.known);
    }

    fn buffer(&self) -> Vec<u8> {
        self.lock().buffers.pop().unwrap_or_default()
    }

    fn is_ahead(&self) -> bool {
        self.lock().is_ahead()
    }

    /// A fault met by who helps is one of who reads: there it becomes a gap of the document.
    fn check(&self) {
        assert!(!self.lock().failed, "a chunk was not counted");
    }

    /// Until this holds, or nothing is being counted that could change it; always `true`.
    fn wait(&self, holds: impl Fn(&State) -> bool) -> bool {
        let mut state = self.lock();
        while !holds(&state) && state.counting > 0 {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        true
    }
}

/// One chunk that is being counted, to its end or to a panic.
struct Counting<'a>(&'a Line);

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.counting -= 1;
        state.failed |= std::thread::panicking();
        drop(state);
        self.0.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::extract::Layout;

    fn line() -> Line {
        let engine = Engine::built_in().expect("rules");
        Line::new(Arc::new(DocumentPlan::new(&engine, Layout::Text)), Tally::default())
    }

    fn chunk(n: u8) -> Chunk {
        Chunk { base: 0, bytes: vec![n; 8], core: 0..8, entry: Entry::START, ends: false }
    }

    #[test]
    fn tallies_are_put_together_in_order() {
        let line = line();
        (0..3).for_each(|n| assert_eq!(line.put(chunk(n)), usize::from(n) + 1));
        let mut taken: Vec<_> = (0..3).map(|_| line.take().expect("one waits")).collect();
        assert!(line.take().is_none());
        taken.reverse();
        for (left, (number, chunk)) in [3, 3, 0].into_iter().zip(taken) {
            let _counting = Counting(&line);
            assert_eq!(chunk.bytes, vec![number as u8; 8]);
            let mut tally = Tally::default();
            tally.records = 1;
            line.counted(number, tally, chunk.bytes);
            let state = line.lock();
            assert_eq!((state.merged, state.total.records), (3 - left, 3 - left));
        }
        assert!(line.buffer().is_empty() && line.lock().buffers.len() == 2);
        assert!(line.wait(|state| state.counting == 0));
        line.check();
    }

    #[test]
    fn nobody_waits_for_a_chunk_that_will_not_be_counted() {
        let line = line();
        (0..=AHEAD).for_each(|_| assert!(line.put(chunk(0)) > 0));
        assert!(line.is_ahead());
        let fault = catch_unwind(AssertUnwindSafe(|| {
            let _taken = line.take();
            let _counting = Counting(&line);
            panic!("while it is counted");
        }));
        assert!(fault.is_err() && !line.is_ahead());
        assert!(line.wait(|_| false), "at once");
        assert!(catch_unwind(AssertUnwindSafe(|| line.check())).is_err());
    }
}
