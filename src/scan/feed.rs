//! Feeds a scan. In: what the walk meets. Out: an event for each, scanned on the threads of a pool.
//!
//! Small files are handed over many at a time, since waking a thread costs more than a small file. Where storage answers
//! late, files are opened and read ahead by threads that do nothing else, many at once, whatever the number of threads
//! that scan. When which of them is at work never changes what is told.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Resource, getrlimit};

use super::document::{Given, Nest, Scanner};
use super::stream::Line;
use super::{AHEAD, Event, Message};
use crate::decode::budget::Budget;
use crate::extract::Cut;
use crate::gap::{Gap, Reason};
use crate::locator::Locator;
use crate::open::{FileSource, ReadAt, Source};
use crate::walk::{self, Entry, Found};

/// The most files that are handed over together: a thirty-second of those that may be under way.
const BATCH: u64 = 32;

/// One more file is handed over together with others for each so many that were met: of few files each is a thread's own.
const GROWTH: u64 = 64;

/// Bytes after which what was scanned together is told.
const TOLD_AFTER: u64 = 1 << 20;

/// Threads that open and read ahead. Shares answer in 0.3 to 10 ms, a small file takes 30 µs to scan.
const READERS: usize = 64;

/// Their stack: they open, read and close.
const STACK: usize = 512 << 10;

/// Bytes that may have been read ahead and not been scanned yet.
const READ_AHEAD: usize = 24 << 20;

/// Threads and bytes where memory is limited (`ulimit -v`, `ulimit -d`): with stacks, some 12 MiB and not 56.
const FEW: (usize, usize) = (8, 8 << 20);

/// Threads that read ahead, and bytes that they may.
fn ahead() -> (usize, usize) {
    let limited = [Resource::As, Resource::Data].into_iter().any(|what| getrlimit(what).current.is_some());
    if limited { FEW } else { (READERS, READ_AHEAD) }
}

/// Where opening takes longer than this, for [`MORE`] files more than not, files are read ahead: a call to a disk of our own
/// takes some 5 µs, and 100 where its folder must be looked up.
const LATE: Duration = Duration::from_micros(600);

/// See [`LATE`].
const MORE: u64 = 8;

/// Numbers of files and what is told of them.
type Events = Vec<(u64, Message)>;

/// How long a file waits with each further member when many of its members wait to be told.
const SLOW: Duration = Duration::from_millis(20);

/// Walks, and hands the files to the pool.
pub(super) fn feed(
    pool: &rayon::ThreadPool,
    walk: impl Iterator<Item = Found>,
    scanner: &Scanner<'_>,
    window: &Window,
    sender: SyncSender<Events>,
) {
    let pace = &Pace::default();
    let waiting = &Waiting::default();
    pool.in_place_scope_fifo(|scope| {
        std::thread::scope(|threads| {
            let mut last: Option<(usize, Locator)> = None;
            let mut batch = Vec::new();
            let reader = {
                let sender = sender.clone();
                move || read_ahead(scope, scanner, window, waiting, pace, &sender)
            };
            let first_reader = reader.clone();
            let thread = || std::thread::Builder::new().name("ahead".to_string()).stack_size(STACK);
            let started = thread().spawn_scoped(threads, move || {
                // The others are not needed before there is something to be read ahead.
                if waiting.wait_for_some() {
                    // As many as the system gives: one is enough.
                    let start = |_: &usize| thread().spawn_scoped(threads, first_reader.clone()).is_ok();
                    (1..ahead().0).take_while(start).for_each(drop);
                    first_reader();
                }
            });
            // Nothing is left for a thread that there is not.
            pace.alone.store(started.is_err(), Ordering::Relaxed);
            let hand_over = |batch: &mut Vec<(u64, Entry)>| {
                let (batch, sender) = (std::mem::take(batch), sender.clone());
                let under_way = waiting.under_way();
                scope.spawn_fifo(move |scope| {
                    together((scope, scanner), window, pace, waiting, batch, &sender);
                    drop(under_way);
                });
            };
            for (number, found) in (0..).zip(walk) {
                window.wait_for(number);
                if scanner.progress.stopped() {
                    let (root, locator) = last.unwrap_or_else(|| (0, Locator::named("")));
                    let gap = Gap::new(root, locator, Reason::Interrupted, "the walk ended here");
                    // Whoever listened may be gone: then nobody needs to be told.
                    let _ = sender.send(vec![(number, Message::Last(Event::Gap(scanner.shown(gap))))]);
                    break;
                }
                match found {
                    Found::Gap(gap) => {
                        let _ = sender.send(vec![(number, Message::Last(Event::Gap(scanner.shown(gap))))]);
                    }
                    Found::File(entry) => {
                        scanner.progress.files_found.fetch_add(1, Ordering::Relaxed);
                        last = Some((entry.root, entry.locator.clone()));
                        batch.push((number, entry));
                        if batch.len() as u64 > (number / GROWTH).min(BATCH - 1) {
                            hand_over(&mut batch);
                        }
                    }
                }
            }
            if !batch.is_empty() {
                hand_over(&mut batch);
            }
            waiting.close();
            scanner.progress.walked.store(true, Ordering::Relaxed);
        });
    });
}

/// Scans files one after the other on one thread; those that are left where it turns out that storage answers late are
/// read ahead.
fn together<'scope>(
    (scope, scanner): (&rayon::ScopeFifo<'scope>, &'scope Scanner<'_>),
    window: &Window,
    pace: &Pace,
    waiting: &Waiting,
    batch: Vec<(u64, Entry)>,
    sender: &SyncSender<Events>,
) {
    let mut events = Vec::with_capacity(batch.len());
    let mut bytes = 0;
    let mut batch = batch.into_iter();
    while !pace.is_late()
        && let Some((number, entry)) = batch.next()
    {
        let source = open(scanner, &entry, pace);
        bytes += source.as_ref().map_or(0, |source| source.size().unwrap_or(TOLD_AFTER));
        // Members are told before those files that come behind theirs; what comes before must not wait for them.
        let last = scanned((scope, scanner), window, number, entry, source, &mut |member| {
            events.push(member);
            let _ = sender.send(std::mem::take(&mut events));
        });
        events.push((number, last));
        if bytes >= TOLD_AFTER {
            bytes = 0;
            let _ = sender.send(std::mem::take(&mut events));
        }
    }
    waiting.add(batch);
    let _ = sender.send(events);
}

/// Opens files and reads what a scan asks for first, until no more come; scanning is the pool's.
fn read_ahead<'scope>(
    scope: &rayon::ScopeFifo<'scope>,
    scanner: &'scope Scanner<'_>,
    window: &'scope Window,
    waiting: &'scope Waiting,
    pace: &'scope Pace,
    sender: &SyncSender<Events>,
) {
    while let Some((number, entry)) = waiting.next() {
        let mut room = 0;
        let file = (!entry.is_stream()).then(|| {
            let mut file = file(scanner, &entry, pace)?;
            // Cut otherwise, as in tests, a document is read by offset.
            if scanner.options.cut == Cut::default() {
                room = Cut::default().window().min(usize::try_from(file.size()).unwrap_or(usize::MAX));
                waiting.take(room);
                file.read_ahead(room);
            }
            Ok(file)
        });
        let sender = sender.clone();
        scope.spawn_fifo(move |scope| {
            let source = match file {
                Some(file) => file.map(Source::File),
                None => open(scanner, &entry, pace),
            };
            let last = scanned((scope, scanner), window, number, entry, source, &mut |member| {
                let _ = sender.send(vec![member]);
            });
            waiting.give_back(room);
            let _ = sender.send(vec![(number, last)]);
        });
    }
}

/// What is told of a file in the end, when its members were told; whatever goes wrong is a gap.
fn scanned<'scope>(
    (scope, scanner): (&rayon::ScopeFifo<'scope>, &'scope Scanner<'_>),
    window: &Window,
    number: u64,
    entry: Entry,
    source: Result<Source<'static>, (Reason, String)>,
    tell: &mut dyn FnMut((u64, Message)),
) -> Message {
    let document = match source {
        Err((reason, detail)) => scanner.refused(entry.root, entry.locator, reason, &detail),
        Ok(source) => {
            let mut told = 0;
            let tell = &mut |member| {
                told += 1;
                window.slow_down(number, told);
                tell((number, Message::Event(Event::Document(member))));
            };
            let crew = |line: Arc<Line>| scope.spawn_fifo(move |_| scanner.help(&line));
            let (limits, spool) = (scanner.options.limits, scanner.options.spool.clone());
            let nest = Nest {
                depth: 0,
                budget: &Budget::new(limits).of_root(source.size()).spooling(spool),
                encoding: None,
                given: Given::Nothing,
                tell,
                crew: Some(&crew),
            };
            scanner.scan(entry.root, entry.locator, source, nest)
        }
    };
    scanner.progress.files_done.fetch_add(1, Ordering::Relaxed);
    Message::Last(Event::Document(document))
}

/// Opens what was met; or why that cannot be done.
fn open(scanner: &Scanner<'_>, entry: &Entry, pace: &Pace) -> Result<Source<'static>, (Reason, String)> {
    if entry.is_stream() && !scanner.progress.stopped() {
        return Source::stdin().map_err(|error| walk::failure(&error));
    }
    file(scanner, entry, pace).map(Source::File)
}

/// Opens a file.
fn file(scanner: &Scanner<'_>, entry: &Entry, pace: &Pace) -> Result<FileSource, (Reason, String)> {
    if scanner.progress.stopped() {
        // What waits in the queue is not begun: whoever stops a scan does not want to wait for a thousand files.
        return Err((Reason::Interrupted, "the scan was stopped".to_string()));
    }
    let begun = Instant::now();
    let file = scanner.opener.file(&entry.path);
    pace.took(begun.elapsed());
    let file = file?;
    scanner.progress.bytes_found.fetch_add(file.size(), Ordering::Relaxed);
    Ok(file)
}

/// How long it takes to open a file.
#[derive(Debug, Default)]
struct Pace {
    /// How many more took longer than [`LATE`] than did not, lately. Threads may overtake each other here: a count need
    /// not be exact.
    late: AtomicU64,
    /// Nobody reads ahead: the system gave no thread for it.
    alone: AtomicBool,
}

impl Pace {
    fn took(&self, time: Duration) {
        let late = self.late.load(Ordering::Relaxed);
        if time > LATE {
            self.late.store((late + 1).min(2 * MORE), Ordering::Relaxed);
        } else if late > 0 {
            self.late.store(late - 1, Ordering::Relaxed);
        }
    }

    /// A busy machine lets one open wait for its turn now and then, a late share lets most of them wait.
    fn is_late(&self) -> bool {
        self.late.load(Ordering::Relaxed) >= MORE && !self.alone.load(Ordering::Relaxed)
    }
}

/// Files that wait to be read ahead, and the room that is left for their bytes.
#[derive(Debug)]
struct Waiting {
    state: Mutex<State>,
    files: Condvar,
    room: Condvar,
}

#[derive(Debug)]
struct State {
    files: VecDeque<(u64, Entry)>,
    /// The walk is over.
    closed: bool,
    /// Batches of which files may yet come to wait here.
    under_way: usize,
    room: usize,
}

impl State {
    fn is_over(&self) -> bool {
        self.closed && self.under_way == 0
    }
}

impl Default for Waiting {
    fn default() -> Waiting {
        let state = State { files: VecDeque::new(), closed: false, under_way: 0, room: ahead().1 };
        Waiting { state: Mutex::new(state), files: Condvar::new(), room: Condvar::new() }
    }
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, files: impl ExactSizeIterator<Item = (u64, Entry)>) {
        if files.len() > 0 {
            self.lock().files.extend(files);
            self.files.notify_all();
        }
    }

    /// The walk is over.
    fn close(&self) {
        self.lock().closed = true;
        self.files.notify_all();
    }

    /// One more batch of which files may come, until this is dropped.
    fn under_way(&self) -> UnderWay<'_> {
        self.lock().under_way += 1;
        UnderWay(self)
    }

    /// Whether a file came, or there will be none.
    fn wait_for_some(&self) -> bool {
        let mut state = self.lock();
        while state.files.is_empty() && !state.is_over() {
            state = self.files.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.files.is_empty()
    }

    /// The next file; `None` when all are done.
    fn next(&self) -> Option<(u64, Entry)> {
        let mut state = self.lock();
        loop {
            if let Some(file) = state.files.pop_front() {
                return Some(file);
            }
            if state.is_over() {
                return None;
            }
            state = self.files.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until there is room for so many bytes, and takes it.
    fn take(&self, bytes: usize) {
        let mut state = self.lock();
        while state.room < bytes {
            state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.room -= bytes;
    }

    fn give_back(&self, bytes: usize) {
        if bytes > 0 {
            self.lock().room += bytes;
            self.room.notify_all();
        }
    }
}

/// See [`Waiting::under_way`].
struct UnderWay<'a>(&'a Waiting);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.under_way -= 1;
        if state.is_over() {
            self.0.files.notify_all();
        }
    }
}

/// How far the walk may run ahead of what was told.
#[derive(Debug, Default)]
pub(super) struct Window {
    told: Mutex<u64>,
    moved: Condvar,
}

impl Window {
    fn wait_for(&self, number: u64) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        // Of what is not handed over yet, less than `AHEAD`, none is waited for here.
        while number >= told.saturating_add(AHEAD) {
            told = self.moved.wait(told).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits a little where a file whose turn has not come has many members waiting to be told. Not until its turn: who waits may
    /// stand in the way of the one whose turn it is.
    fn slow_down(&self, number: u64, members: u64) {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if members > AHEAD && *told < number {
            let _ = self.moved.wait_timeout(told, SLOW);
        }
    }

    pub(super) fn move_to(&self, next: u64) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = next;
        self.moved.notify_all();
    }

    pub(super) fn open_wide(&self) {
        self.move_to(u64::MAX);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::engine::Engine;
    use crate::finding::Document;
    use crate::open::lag::Lag;
    use crate::options::Options;
    use crate::scan::{Progress, roots, scan};

    /// Files of a few lines and one of several chunks, in folders.
    fn tree() -> tempfile::TempDir {
        let top = tempfile::tempdir().unwrap();
        for folder in 0..8 {
            let folder = top.path().join(format!("f{folder}"));
            std::fs::create_dir(&folder).unwrap();
            for file in 0..60 {
                let text = format!("Patient of ward {file}\nSSN: 536-{:02}-{:04}\n", 11 + file, 1000 + 17 * file);
                std::fs::write(folder.join(format!("{file}.txt")), text).unwrap();
            }
        }
        std::fs::write(top.path().join("f3/large.txt"), "nothing here\n".repeat(300_000)).unwrap();
        top
    }

    fn scanned(top: &std::path::Path, threads: usize, lag: Option<Arc<Lag>>) -> String {
        let engine = Engine::built_in().unwrap();
        let options = Options { threads, lag, matches: true, fingerprint_key: Some([7; 32]), ..Options::default() };
        let mut documents: Vec<Document> = Vec::new();
        let roots = roots(&[top.to_path_buf()]).unwrap();
        scan(&engine, &options, &roots, &Progress::default(), &mut documents).unwrap();
        let told = |d: &Document| format!("{:?} {} {} {:?} {:?}", d.locator, d.bytes, d.people, d.findings, d.gaps);
        documents.iter().map(told).collect::<Vec<_>>().join("\n")
    }

    /// What a share that answers late costs is waited for many files at once, on any number of threads; and the scan
    /// tells the same.
    #[test]
    fn files_of_a_late_share_are_waited_for_together() {
        let top = tree();
        let expected = scanned(top.path(), 2, None);
        assert_eq!(expected.lines().count(), 481);
        for threads in [1, 2] {
            let lag = Arc::new(Lag::new(std::time::Duration::from_millis(2)));
            assert_eq!(scanned(top.path(), threads, Some(lag.clone())), expected, "{threads} threads");
            // Opened, asked for its facts, read, asked again.
            assert!(lag.calls() >= 4 * 481, "{} calls", lag.calls());
            assert!(lag.most() >= 32, "{threads} threads: {} calls at once at most", lag.most());
            let spent = lag.waits_in_a_row();
            assert!(lag.calls() >= 15 * spent, "{threads} threads: {spent} waits one after the other");
        }
    }
}
