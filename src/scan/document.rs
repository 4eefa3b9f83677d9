//! Scans one document. In: an open source. Out: the [`Document`], whatever happened: what could not be read is among its
//! gaps. Nothing a document holds can end the run: a panic while reading it is a gap too.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use crate::engine::Engine;
use crate::extract::{BEFORE, CORE, Chunk, Cut, Entry, Layout, Quote};
use crate::finding::{Access, Document, DocumentClass, Place, Position, Root, Severity, Status};
use crate::gap::{Class, Gap, Reason};
use crate::judge::decide::{self, FileFacts, Judgement};
use crate::judge::people::{Count, People};
use crate::judge::plan::DocumentPlan;
use crate::judge::tally::{Counter, Job, Known, Tally};
use crate::locator::Locator;
use crate::open::{Kind, Opener, ReadAt, Source, StreamSource, sniff};
use crate::options::Options;
use crate::scan::Progress;
use crate::validate::date;
use crate::walk;

/// What all documents of a run share.
pub(super) struct Scanner<'a> {
    pub(super) engine: &'a Engine,
    pub(super) options: &'a Options,
    pub(super) roots: &'a [Root],
    pub(super) progress: &'a Progress,
    pub(super) key: &'a [u8; 32],
    pub(super) opener: Opener,
}

thread_local! {
    static COUNTER: RefCell<Counter> = RefCell::default();
}

/// Why reading ended before the end.
type Stopped = (Reason, String);

/// What was read of a document.
#[derive(Default)]
struct Reading {
    format: &'static str,
    bytes: u64,
    judgement: Judgement,
    records: u64,
    individuals: People,
    stopped: Option<Stopped>,
    /// Set where the kind of document is not read at all.
    not_read: Option<(Reason, &'static str)>,
    /// Nobody knows what it is: its bytes were searched as they stand.
    searched: bool,
}

/// What stands in the name of a document.
#[derive(Default)]
struct Named {
    judgement: Judgement,
    individuals: People,
    /// The locator with the values masked, if there are any.
    masked: Option<Locator>,
}

impl Scanner<'_> {
    /// Scans a document.
    pub(super) fn scan(&self, root: usize, locator: Locator, mut source: Source) -> Box<Document> {
        let access = source.access();
        let size = source.size();
        let reading = catch_unwind(AssertUnwindSafe(|| self.read(root, &locator, &mut source, &access)));
        let reading = reading.unwrap_or_else(|_| Reading {
            format: "unknown",
            bytes: size.unwrap_or(0),
            stopped: Some((
                Reason::Panicked,
                "a fault of phisweep's; the rest of the scan is not affected".to_string(),
            )),
            ..Reading::default()
        });
        let mut document = self.empty(root, locator.clone(), reading.format, access);
        document.bytes = reading.bytes;
        document.records = reading.records;
        let people = reading.judgement.people;
        if document.people == 0 {
            count_people(&mut document, people);
            document.individuals = reading.individuals;
        } else if people.people > 0 {
            // Of whom both the name and the content tell is one person.
            document.individuals.merge(&reading.individuals);
            let people = document.individuals.count();
            count_people(&mut document, people);
        }
        document.class =
            reading.judgement.class.filter(|class| *class != DocumentClass::None).unwrap_or(document.class);
        document.linked = reading.judgement.linked;
        document.matches.extend(reading.judgement.matches);
        document.findings.extend(reading.judgement.findings);
        document.severity =
            document.findings.iter().filter(|f| f.listed).map(|f| f.severity).max().unwrap_or(Severity::Info);
        if let Some((reason, detail)) = reading.not_read {
            document.status = status_of(reason);
            let gap = Gap::new(root, document.locator.clone(), reason, detail);
            document.gaps.push(gap.with_bytes(reading.bytes));
        }
        if reading.searched {
            document.status = Status::Partial;
            let detail = "unknown format, searched as plain bytes";
            document.gaps.push(Gap::new(root, document.locator.clone(), Reason::Unsupported, detail));
        }
        let changed = source.changed().map(|reason| (reason, "changed while it was read".to_string()));
        if let Some((reason, detail)) = reading.stopped.or(changed) {
            document.status = Status::Partial;
            document.gaps.push(Gap::new(root, document.locator.clone(), reason, detail));
        }
        document
    }

    /// A document that could not even be opened.
    pub(super) fn refused(&self, root: usize, locator: Locator, reason: Reason, detail: &str) -> Box<Document> {
        let mut document = self.empty(root, locator, "", Access::stream());
        document.access.basis = "not opened".to_string();
        document.status = status_of(reason);
        document.gaps.push(Gap::new(root, document.locator.clone(), reason, detail));
        document
    }

    /// A gap as reports may show it: with the values in its path masked, if that was asked for.
    pub(super) fn shown(&self, gap: Gap) -> Gap {
        if !self.options.mask_paths {
            return gap;
        }
        match self.name(gap.root, &gap.locator, &Access::stream()).masked {
            Some(locator) => Gap { locator, ..gap },
            None => gap,
        }
    }

    /// A document with nothing but its name, which is read like text.
    fn empty(&self, root: usize, locator: Locator, format: &'static str, access: Access) -> Box<Document> {
        let Named { judgement, individuals, masked } = self.name(root, &locator, &access);
        let path_holds_values = masked.is_some();
        let locator = if self.options.mask_paths { masked.unwrap_or(locator) } else { locator };
        let Judgement { findings, matches, class, people, .. } = judgement;
        let severity = findings.iter().filter(|f| f.listed).map(|f| f.severity).max().unwrap_or(Severity::Info);
        let mut document = Box::new(Document {
            root,
            locator,
            format,
            bytes: 0,
            status: Status::Complete,
            class: class.unwrap_or(DocumentClass::None),
            records: 0,
            people: 0,
            people_low: 0,
            people_high: 0,
            people_exact: true,
            linked: Vec::new(),
            severity,
            access,
            path_holds_values,
            findings,
            matches: if self.options.matches { matches } else { Vec::new() },
            gaps: Vec::new(),
            individuals,
        });
        count_people(&mut document, people);
        document
    }

    /// What stands in a document's name.
    fn name(&self, root: usize, locator: &Locator, access: &Access) -> Named {
        let parts = locator.parts();
        // `_` joins words in names of files, and `/` numbers in texts; here they separate them, or no value would
        // stand alone.
        let apart = |b| match b {
            b'_' => b' ',
            b'/' => b'\n',
            other => other,
        };
        let text: Vec<u8> = parts.join("\n").bytes().map(apart).collect();
        if !text.iter().any(u8::is_ascii_digit) && memchr::memchr(b'@', &text).is_none() {
            return Named::default();
        }
        let mut plan = DocumentPlan::new(self.engine, Layout::Text);
        plan.text = Place::Name;
        let options = Options { matches: true, ..self.options.clone() };
        let chunk = Chunk { base: 0, core: 0..text.len(), bytes: text, entry: Entry::START, ends: true };
        let job = Job { options: &options, ..self.job(&plan) };
        let tally = COUNTER.with_borrow_mut(|counter| counter.count(job, &chunk)).opened();
        let series = locator.series(&self.roots[root].name);
        let facts = self.facts(root, locator, access, &series);
        let mut judgement = decide::judge(self.engine, &options, &plan, &tally, facts);
        // A name has no lines; all of it is one record.
        let position = Position { record: 1, ..Position::default() };
        judgement.findings.iter_mut().for_each(|finding| finding.first = position);
        let mut spans: Vec<Vec<(usize, usize, &str)>> = vec![Vec::new(); parts.len()];
        for found in &mut judgement.matches {
            // Parts stand one after the other, a line end between them.
            let (mut part, mut before) = (0, 0);
            while found.bytes.start as usize > before + parts[part].len() {
                before += parts[part].len() + 1;
                part += 1;
            }
            let end = (found.bytes.end as usize - before).min(parts[part].len());
            let start = found.bytes.start as usize - before;
            spans[part].push((start, end, found.identifier.info().mask));
            found.bytes = start as u64..end as u64;
            found.position = position;
        }
        let mut masked = locator.clone();
        for (part, spans) in spans.iter_mut().enumerate().filter(|(_, spans)| !spans.is_empty()) {
            spans.sort_unstable();
            masked = masked.with_part(part, mask(&parts[part], spans));
        }
        let masked = (masked != *locator).then_some(masked);
        // Only now: a value is masked whether or not it was asked for.
        judgement.leave_out(self.options);
        Named { judgement, individuals: tally.people, masked }
    }

    fn job<'a>(&'a self, plan: &'a DocumentPlan) -> Job<'a> {
        Job { engine: self.engine, options: self.options, plan, key: self.key, today: date::today(), known: None }
    }

    fn facts<'a>(&'a self, root: usize, locator: &'a Locator, access: &Access, series: &'a str) -> FileFacts<'a> {
        FileFacts { root: &self.roots[root].name, locator: locator.parts(), series, readable_by: access.readable_by }
    }

    fn read(&self, root: usize, locator: &Locator, source: &mut Source, access: &Access) -> Reading {
        let name = locator.parts().last().map_or("", String::as_str);
        let mut reading = Reading { bytes: source.size().unwrap_or(0), ..Reading::default() };
        // The first window: all of a small document. What the document is, is told from this one, however it is cut.
        let window = Cut::default().window();
        let mut head = Vec::new();
        let first = match source {
            // One byte more than is needed tells whether the stream ends here.
            Source::Stream(stream) => match self.fill(stream, &mut head, window + 1) {
                // What came before is read; the rest may never come.
                Err(stopped) if !head.is_empty() => {
                    reading.stopped = Some(stopped);
                    Ok(head.len() <= window)
                }
                read => read.map(|()| head.len() <= window),
            },
            _ => {
                let wanted = usize::try_from(reading.bytes).unwrap_or(usize::MAX).min(window);
                head.resize(wanted, 0);
                source.read_at(0, &mut head).map_err(|error| walk::failure(&error)).map(|got| {
                    head.truncate(got);
                    got as u64 == reading.bytes || got < wanted
                })
            }
        };
        let complete = match first {
            Ok(complete) => complete,
            Err(stopped) => {
                reading.format = "unknown";
                reading.stopped = Some(stopped);
                return reading;
            }
        };
        let mut kind = sniff(name, &head);
        if kind == Kind::OwnReport && !is_ours(access) {
            // Anyone can write our first line over a list of patients: only what we alone could have written is ours.
            kind = Kind::Text("text");
        }
        reading.format = kind.format();
        reading.searched = kind == Kind::Unknown;
        if !matches!(kind, Kind::Text(_) | Kind::Unknown) {
            reading.not_read = kind.gap();
            self.progress.bytes_done.fetch_add(reading.bytes, Ordering::Relaxed);
            return reading;
        }
        let known = |field: &str| self.engine.knows_field(field);
        let layout = Layout::of(name, reading.format, &head[..head.len().min(CORE)], complete, &known);
        if let Layout::Rows(dialect) = &layout {
            reading.format = match dialect.delimiter {
                b'\t' => "tsv",
                b'|' => "psv",
                _ => "csv",
            };
        }
        let mut plan = DocumentPlan::new(self.engine, layout);
        let end = head.len().min(CORE);
        let spare = head.split_off(head.len().min(window));
        let chunk = Chunk { base: 0, core: text_start(&head)..end, bytes: head, entry: Entry::START, ends: complete };
        let mut tally = self.count(&plan, &chunk);
        if decide::key_columns(self.engine, &mut plan, &tally) {
            tally = self.count(&plan, &chunk);
        }
        let mut tally = tally.opened();
        let mut entry = Entry::START.after(&plan.layout.fold(None, &chunk.bytes[chunk.core.clone()]));
        let mut next = 1;
        if self.options.cut.core != CORE && source.by_offset().is_some() {
            (tally, entry, next) = (Tally::default(), Entry::START, 0);
        }
        self.progress.bytes_done.fetch_add(chunk.core.end as u64, Ordering::Relaxed);
        if complete && chunk.bytes.len() <= CORE && next == 1 {
            if (chunk.bytes.len() as u64) < reading.bytes {
                reading.stopped = Some((Reason::Changed, "shorter than it was when opened".to_string()));
            }
            reading.bytes = reading.bytes.max(chunk.bytes.len() as u64);
        } else {
            let rest = match source {
                Source::Stream(stream) => self.stream(&plan, chunk, spare, entry, stream, &mut tally),
                Source::File(file) => self.large(&plan, file, next, entry, &mut tally),
                Source::Memory(bytes) => self.large(&plan, bytes, next, entry, &mut tally),
            };
            reading.bytes = reading.bytes.max(rest.0);
            match rest.1 {
                Ok(exit) => entry = exit,
                Err(stopped) => reading.stopped = Some(stopped),
            }
        }
        if entry.quote == Quote::Inside && reading.stopped.is_none() {
            // From there on rows were read as the text of one field, which says less than its columns would.
            let detail = "a quote is never closed: the rows behind it were read as text";
            reading.stopped = Some((Reason::Malformed, detail.to_string()));
        }
        let series = locator.series(&self.roots[root].name);
        reading.records = tally.records;
        reading.judgement =
            decide::judge(self.engine, self.options, &plan, &tally, self.facts(root, locator, access, &series));
        reading.judgement.leave_out(self.options);
        reading.individuals = tally.people;
        reading
    }

    fn count(&self, plan: &DocumentPlan, chunk: &Chunk) -> Tally {
        COUNTER.with_borrow_mut(|counter| counter.count(self.job(plan), chunk))
    }

    fn count_on(&self, plan: &DocumentPlan, chunk: &Chunk, known: &Known) -> Tally {
        let job = Job { known: Some(known), ..self.job(plan) };
        COUNTER.with_borrow_mut(|counter| counter.count(job, chunk))
    }

    /// The chunks of a large document from the `next` on, which is entered in the state `entry`, on as many threads as
    /// are free. Bytes read, and the state they end in or why it ended early.
    fn large(
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
        (source.size(), state.stopped.map_or(Ok(exit), Err))
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
            let (base, core) = match read_window(source, self.options.cut, number, &mut buffer) {
                Ok(window) => window,
                Err(stopped) => {
                    chain.end(number, stopped);
                    std::mem::forget(guard);
                    return;
                }
            };
            let before = core.start.checked_sub(1).map(|at| buffer[at]);
            let fold = plan.layout.fold(before, &buffer[core.clone()]);
            let Some(entry) = chain.entry(number) else {
                std::mem::forget(guard);
                return;
            };
            chain.tell(number + 1, entry.after(&fold));
            let ends = base + buffer.len() as u64 == source.size();
            let chunk = Chunk { base, bytes: std::mem::take(&mut buffer), core, entry, ends };
            let counted = self.count_on(plan, &chunk, &chain.known);
            self.progress.bytes_done.fetch_add(chunk.core.len() as u64, Ordering::Relaxed);
            chain.merge(number, counted, total);
            buffer = chunk.bytes;
            std::mem::forget(guard);
        }
    }

    /// Appends `wanted` bytes of a stream to `out`, fewer at its end or where the scan is stopped.
    fn fill(&self, stream: &mut StreamSource, out: &mut Vec<u8>, wanted: usize) -> Result<(), Stopped> {
        let full = out.len() + wanted;
        while out.len() < full {
            if self.progress.stopped() {
                return Err((Reason::Interrupted, "the scan was stopped".to_string()));
            }
            let failed = |error| walk::failure(&error);
            if stream.wait().map_err(failed)? && stream.read_some(out, full - out.len()).map_err(failed)? == 0 {
                break;
            }
        }
        Ok(())
    }

    /// The chunks of a stream behind the first, one after the other. `spare` was read already and stands behind the
    /// first.
    fn stream(
        &self,
        plan: &DocumentPlan,
        first: Chunk,
        mut spare: Vec<u8>,
        mut entry: Entry,
        stream: &mut StreamSource,
        tally: &mut Tally,
    ) -> (u64, Result<Entry, Stopped>) {
        let window = Cut::default().window();
        let mut bytes = first.bytes;
        let mut core = first.core;
        let mut base = 0;
        loop {
            // What lies before the next core moves to the front; then the window is filled up.
            let keep = core.end.saturating_sub(BEFORE);
            bytes.drain(..keep);
            base += keep as u64;
            let start = core.end - keep;
            bytes.append(&mut spare);
            let wanted = (start + window + 1).saturating_sub(bytes.len());
            let read = self.fill(stream, &mut bytes, wanted);
            spare = bytes.split_off(bytes.len().min(start + window));
            core = start..bytes.len().min(start + CORE);
            if !core.is_empty() {
                let ends = spare.is_empty() && read.is_ok();
                let chunk = Chunk { base, bytes, core: core.clone(), entry, ends };
                tally.merge(self.count(plan, &chunk));
                let before = core.start.checked_sub(1).map(|at| chunk.bytes[at]);
                entry = entry.after(&plan.layout.fold(before, &chunk.bytes[core.clone()]));
                self.progress.bytes_done.fetch_add(core.len() as u64, Ordering::Relaxed);
                bytes = chunk.bytes;
            }
            if let Err(stopped) = read {
                return (base + bytes.len() as u64, Err(stopped));
            }
            if core.is_empty() || core.end == bytes.len() && core.len() < CORE {
                return (base + bytes.len() as u64, Ok(entry));
            }
        }
    }
}

fn count_people(document: &mut Document, count: Count) {
    document.people = count.people;
    document.people_low = count.low;
    document.people_high = count.high;
    document.people_exact = count.exact || count.people == 0;
}

/// Where the text starts: behind a byte order mark, if there is one.
fn text_start(head: &[u8]) -> usize {
    if head.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 }
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

/// Whether a file was written the way we write reports: by this user, for this user alone.
fn is_ours(access: &Access) -> bool {
    access.uid == Some(rustix::process::geteuid().as_raw()) && access.mode == "rw-------"
}

fn status_of(reason: Reason) -> Status {
    match reason.class() {
        Class::Inert => Status::Inert,
        Class::Excluded => Status::Excluded,
        Class::Blind | Class::Protected => Status::Skipped,
    }
}

/// `text` with the spans replaced by masks.
fn mask(text: &str, spans: &[(usize, usize, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end, mask) in spans {
        if *start >= at
            && let (Some(before), true) = (text.get(at..*start), text.is_char_boundary(*end))
        {
            out.push_str(before);
            out.push_str(mask);
            at = *end;
        }
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let scanner =
            Scanner { engine: &engine, options: &options, roots: &roots, progress: &progress, key: &key, opener };
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
            let (_, exit) = pool.install(|| scanner.large(&plan, &source, 0, Entry::START, &mut tally));
            assert_eq!(exit.unwrap_err().0, Reason::Changed, "{threads} threads");
            let counted = (tally.records, tally.people.count());
            assert!((600..1000).contains(&counted.0), "{counted:?}");
            assert_eq!(*expected.get_or_insert(counted), counted, "{threads} threads");
        }
    }
}
