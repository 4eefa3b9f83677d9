//! Runs the stages: thread pool, one document at a time, stable order. The stages meet here and in `scan/` only.
//!
//! The calling thread is the supervisor: it hears events and writes reports. Scanning runs on threads of its own. Files
//! are numbered as the walk meets them and told in that order; only `AHEAD` of them are under way at once, so that
//! what finishes out of order waits in bounded memory.

mod beside;
mod document;
mod feed;
mod hints;
mod large;
mod locks;
mod members;
mod names;
mod rich;
mod stream;
mod urls;
mod values;

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

#[cfg(feature = "cli")]
pub(crate) use self::beside::LOG;
use self::document::{Given, Nest};
use crate::decode::budget::Budget;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::finding::{Document, Root, Size, Status, Subject, Summary};
use crate::gap::Gap;
use crate::judge::people::People;
use crate::locator::Locator;
use crate::open::{Opener, Source};
use crate::options::Options;
use crate::protected::keys::KeyBook;
use crate::walk;
use crate::worker::Pool;

/// Files that may be under way or waiting to be told.
const AHEAD: u64 = 1024;

/// What a scan tells whoever listens, in the same order for any number of threads.
#[derive(Debug)]
pub enum Event {
    /// A document was read, as far as it could be; it carries its own gaps.
    Document(Box<Document>),
    /// Something that is no document could not be read: a folder, a link.
    Gap(Gap),
}

/// Who listens to a scan: reports, progress, tests.
pub trait Listener {
    /// One document or gap. An error ends the scan.
    fn event(&mut self, event: Event) -> Result<()>;

    /// Whether it counts people itself: documents come with theirs, and the summary has none.
    fn counts_people(&self) -> bool {
        false
    }
}

/// Keeps the documents; gaps that are no document's are dropped. For programs and tests that want findings and no
/// report.
impl Listener for Vec<Document> {
    fn event(&mut self, event: Event) -> Result<()> {
        if let Event::Document(document) = event {
            self.push(*document);
        }
        Ok(())
    }
}

/// Facts of a run that stand at the head of reports.
#[derive(Clone, Debug)]
pub struct Run {
    /// Names this run.
    pub run_id: String,
    /// Of phisweep.
    pub version: &'static str,
    /// Of the rules: [`crate::rules::RuleSet::hash`].
    pub ruleset: String,
    /// UTC, RFC 3339 with seconds.
    pub started: String,
    /// This machine.
    pub host: String,
    /// Where it starts.
    pub roots: Vec<Root>,
    /// The options that were given, by long name, for the record.
    pub options: serde_json::Map<String, serde_json::Value>,
}

/// How far a scan is; read by a progress display while the scan writes it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Files found so far.
    pub files_found: AtomicU64,
    /// Files done.
    pub files_done: AtomicU64,
    /// Bytes of the files found so far.
    pub bytes_found: AtomicU64,
    /// Bytes of files that are read and done, counted inside large files too.
    pub bytes_done: AtomicU64,
    /// Bytes of what was unpacked from files, or taken out of them, that are done: they are in no total.
    pub bytes_inside: AtomicU64,
    /// The walk is over: the totals are final.
    pub walked: AtomicBool,
    /// Set from outside to end the scan early; documents under way are closed as partial.
    pub stop: AtomicBool,
}

thread_local! {
    /// How deep inside a file this thread reads.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// As long as it lives, what this thread reads stands inside a file.
struct Within;

impl Within {
    fn enter() -> Within {
        DEPTH.set(DEPTH.get() + 1);
        Within
    }
}

impl Drop for Within {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}

impl Progress {
    /// So many bytes more were read.
    fn read(&self, bytes: u64) {
        let counter = if DEPTH.get() > 0 { &self.bytes_inside } else { &self.bytes_done };
        counter.fetch_add(bytes, Ordering::Relaxed);
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// The roots as reports name them. A path that cannot be read is [`Error::Root`]; `-` is standard input. Two roots with
/// the same last part get `#2`, `#3`.
pub fn roots(paths: &[PathBuf]) -> Result<Vec<Root>> {
    walk::resolve_roots(paths)
}

/// Scans the roots and tells `listener` everything, in walk order whatever the number of threads.
///
/// Reports are for the listener, on the calling thread; scanning runs on threads of its own. The result counts what
/// was told; `seconds` and `exit` are for the caller to fill.
pub fn scan(
    engine: &Engine,
    options: &Options,
    roots: &[Root],
    progress: &Progress,
    listener: &mut dyn Listener,
) -> Result<Summary> {
    let walk = walk::walk(roots, &options.walk)?;
    scan_found(engine, options, roots, walk, progress, listener)
}

/// As [`scan`], of what somebody else has walked: files to be read, and gaps.
pub(crate) fn scan_found(
    engine: &Engine,
    options: &Options,
    roots: &[Root],
    walk: impl Iterator<Item = walk::Found> + Send,
    progress: &Progress,
    listener: &mut dyn Listener,
) -> Result<Summary> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .thread_name(|n| format!("scan-{n}"))
        .build()
        .map_err(|e| Error::Usage(format!("cannot start {} threads: {e}", options.threads)))?;
    let key = options.fingerprint_key.unwrap_or_else(fresh_key);
    let scanner = document::Scanner {
        engine,
        options,
        roots,
        progress,
        key: &key,
        opener: Opener::new(options.walk.follow)
            .hashing(options.content_key.clone())
            .lagging(options.lag.clone())
            .within(options.mounts.clone())
            .recalling(options.recall.clone()),
        hints: hints::Hints::new(&options.format_hints)?,
        choice: beside::Choice::new(&options.walk)?,
        workers: workers(options, pool.current_num_threads()),
        keys: KeyBook::default(),
    };
    let window = feed::Window::default();
    let (sender, receiver) = sync_channel(AHEAD as usize);
    std::thread::scope(|threads| {
        let feeder = std::thread::Builder::new()
            .name("feeder".to_string())
            .spawn_scoped(threads, || feed::feed(&pool, walk, &scanner, &window, sender))
            .map_err(|e| Error::Usage(format!("cannot start a thread: {e}")))?;
        let leaves_people = listener.counts_people();
        let counts = Counts { sizes: Sizes::new(roots), leaves_people, ..Counts::default() };
        let mut told = Told { listener, counts };
        let result = hear(receiver, &window, &mut told);
        if result.is_err() {
            progress.stop.store(true, Ordering::Relaxed);
            window.open_wide();
        }
        // A panic of the feeder is a bug of ours: it must not pass for a clean end.
        if feeder.join().is_err() {
            return Err(Error::Usage("internal error: the scanning thread ended early".to_string()));
        }
        result?;
        Ok(told.counts.summary(progress))
    })
}

/// Scans bytes that are already in memory, as a document called `name` (its ending counts as a file's would). Members of an
/// archive are documents of their own and not among what is returned: that is [`scan`]'s to tell.
pub fn scan_bytes(engine: &Engine, options: &Options, name: &str, bytes: &[u8]) -> Document {
    scan_source(engine, options, name, Source::Memory(bytes.to_vec()))
}

/// As [`scan_bytes`], of a stream.
#[cfg(test)]
pub(crate) fn scan_stream_for_tests(engine: &Engine, options: &Options, name: &str, bytes: Vec<u8>) -> Document {
    let source = Source::stream(std::io::Cursor::new(bytes), crate::finding::Access::stream());
    scan_source(engine, options, name, source)
}

fn scan_source(engine: &Engine, options: &Options, name: &str, source: Source<'_>) -> Document {
    let root = Root::default();
    let progress = Progress::default();
    let key = options.fingerprint_key.unwrap_or_else(fresh_key);
    let scanner = document::Scanner {
        engine,
        options,
        roots: std::slice::from_ref(&root),
        progress: &progress,
        key: &key,
        opener: Opener::new(false),
        hints: hints::Hints::new(&options.format_hints).unwrap_or_default(),
        choice: beside::Choice::default(),
        workers: workers(options, 1),
        keys: KeyBook::default(),
    };
    let nest = Nest {
        depth: 0,
        budget: &Budget::new(options.limits).of_root(source.size()).spooling(options.spool.clone()),
        encoding: None,
        given: Given::Nothing,
        tell: &mut |_| {},
        crew: None,
    };
    *scanner.scan(0, Locator::named(name), source, nest)
}

/// Who reads what libraries read, if there is a program for that.
fn workers(options: &Options, threads: usize) -> Option<Pool> {
    options.worker.clone().map(|program| Pool::new(program, options.limits, threads))
}

/// What is told of a file: its members, then itself.
enum Message {
    Event(Event),
    Last(Event),
}

/// Tells events in the order of their numbers.
fn hear(receiver: Receiver<Vec<(u64, Message)>>, window: &feed::Window, told: &mut Told<'_>) -> Result<()> {
    let mut waiting: BTreeMap<u64, VecDeque<Message>> = BTreeMap::new();
    let mut next = 0;
    while let Ok(messages) = receiver.recv() {
        for (number, message) in messages.into_iter().chain(receiver.try_iter().flatten()) {
            waiting.entry(number).or_default().push_back(message);
        }
        let before = next;
        while let Some(messages) = waiting.get_mut(&next) {
            match messages.pop_front() {
                Some(Message::Event(event)) => told.tell(event)?,
                Some(Message::Last(event)) => {
                    told.tell(event)?;
                    waiting.remove(&next);
                    next += 1;
                }
                None => break,
            }
        }
        if next > before {
            window.move_to(next);
        }
    }
    Ok(())
}

struct Told<'a> {
    listener: &'a mut dyn Listener,
    counts: Counts,
}

impl Told<'_> {
    fn tell(&mut self, mut event: Event) -> Result<()> {
        self.counts.add(&mut event);
        self.listener.event(event)
    }
}

/// What a run comes to.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    summary: Summary,
    told: Sums,
    people: People,
    sizes: Sizes,
    /// Somebody else counts people.
    leaves_people: bool,
}

/// What must come to the same as the summary does, however that is counted.
#[derive(Debug, Default)]
struct Sums {
    documents: u64,
    bytes: u64,
    /// Documents that were not read to their end, of which no gap says why.
    without_reason: u64,
}

/// The people of roots and series.
#[derive(Debug, Default)]
struct Sizes {
    roots: Vec<(String, People)>,
    series: BTreeMap<(usize, String), People>,
}

/// More series than this are not counted across their documents.
const SERIES: usize = 1024;
/// Documents with fewer people do not open a series: thirty of them would still be small.
const OPENS: u64 = 16;

impl Sizes {
    fn new(roots: &[Root]) -> Sizes {
        let roots = roots.iter().map(|root| (root.name.clone(), People::default())).collect();
        Sizes { roots, series: BTreeMap::new() }
    }

    fn add(&mut self, document: &Document) {
        let Some((name, people)) = self.roots.get_mut(document.root) else { return };
        people.merge(&document.individuals);
        let key = (document.root, document.locator.series(name));
        let full = self.series.len() >= SERIES || document.people < OPENS;
        match self.series.get_mut(&key) {
            Some(people) => people.merge(&document.individuals),
            None if full => {}
            None => {
                self.series.insert(key, document.individuals.clone());
            }
        }
    }

    fn told(self) -> Vec<Size> {
        let mut sizes: Vec<Size> = (0..)
            .zip(&self.roots)
            .map(|(root, (_, people))| Size::of(root, None, &people.count()))
            .filter(|size| size.people > 0)
            .collect();
        let series = self.series.into_iter().map(|((root, name), people)| Size::of(root, Some(name), &people.count()));
        sizes.extend(series.filter(|size| !size.marks().is_empty()));
        sizes.sort_by(Size::order);
        sizes
    }
}

impl Counts {
    pub(crate) fn add(&mut self, event: &mut Event) {
        let gaps: &[Gap] = match event {
            Event::Gap(gap) => std::slice::from_ref(gap),
            Event::Document(document) => &document.gaps,
        };
        gaps.iter().for_each(|gap| self.summary.gaps[gap.class as usize] += 1);
        let Event::Document(document) = event else { return };
        *self.summary.documents.of(document.status) += 1;
        *self.summary.sizes_by_status.of(document.status) += document.bytes;
        if matches!(document.status, Status::Complete | Status::Partial) {
            // What reading did not reach, for an interrupt or an error, was not read.
            let unread: u64 = document.gaps.iter().filter_map(|gap| gap.bytes).sum();
            self.summary.bytes += document.bytes.saturating_sub(unread);
        }
        self.told.documents += 1;
        self.told.bytes += document.bytes;
        self.told.without_reason += u64::from(document.status != Status::Complete && document.gaps.is_empty());
        for finding in &document.findings {
            let wrong = 1.0 - finding.probability;
            if finding.listed {
                self.summary.findings[finding.severity as usize] += 1;
                self.summary.listed_false += wrong;
            } else {
                self.summary.unlisted += 1;
                self.summary.unlisted_true += 1.0 - wrong;
            }
        }
        if self.leaves_people {
            return;
        }
        if document.people > 0 && document.findings.iter().any(|f| f.subject != Subject::Provider) {
            self.people.merge(&document.individuals);
            self.sizes.add(document);
        }
        // Nobody needs them any more, and a run may hold many documents.
        document.individuals = People::default();
    }

    pub(crate) fn summary(mut self, progress: &Progress) -> Summary {
        // A coverage that does not add up says nothing: better no report than that one.
        assert_eq!(self.summary.documents.sum(), self.told.documents, "documents by status");
        assert_eq!(self.summary.sizes_by_status.sum(), self.told.bytes, "bytes by status");
        assert!(self.summary.bytes <= self.told.bytes, "bytes read");
        assert_eq!(self.told.without_reason, 0, "documents that are not read, and no reason");
        let people = self.people.count();
        self.summary.people = people.people;
        self.summary.people_low = people.low;
        self.summary.people_high = people.high;
        self.summary.people_of = people.of;
        self.summary.sizes = self.sizes.told();
        self.summary.complete = !progress.stopped();
        self.summary
    }
}

/// A key nobody knows: the system's randomness as the standard library seeds its hash maps with, 128 bits a draw.
pub(crate) fn fresh_key() -> [u8; 32] {
    use std::hash::{BuildHasher, RandomState};
    let mut hasher = blake3::Hasher::new_derive_key("phisweep fingerprint key of one run");
    for _ in 0..4 {
        hasher.update(&RandomState::new().hash_one(0u8).to_le_bytes());
    }
    *hasher.finalize().as_bytes()
}
