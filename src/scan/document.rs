//! Scans one document. In: an open source. Out: the [`Document`], whatever happened: what could not be read is among its
//! gaps. Nothing a document holds can end the run: a panic while reading it is a gap too.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

pub(super) use super::members::{Given, Nest};
use crate::decode;
use crate::decode::text::Encoding;
use crate::engine::Engine;
use crate::extract::named::Batch;
use crate::extract::urls::Urls;
use crate::extract::{CORE, Chunk, Cut, Entry, Layout, Quote, dialect};
use crate::finding::{Access, Document, DocumentClass, Place, Position, Root, Severity, Status};
use crate::gap::{Class, Gap, Reason};
use crate::judge::count::{Counter, Job, Values};
use crate::judge::decide::{self, FileFacts, Judgement};
use crate::judge::met::Met;
use crate::judge::people::{Count, Of, People};
use crate::judge::plan::DocumentPlan;
use crate::judge::tally::{Known, Tally};
use crate::locator::Locator;
use crate::open::{Kind, Opener, Source, sniff};
use crate::options::{HintedFormat, Options, Reveal};
use crate::protected::keys::KeyBook;
use crate::protected::{self, Protection};
use crate::release::profile::PlaceProfile;
use crate::rich;
use crate::scan::beside::Choice;
use crate::scan::hints::{self, Hints};
use crate::scan::names;
use crate::scan::values::Inside;
use crate::scan::{Progress, Within};
use crate::validate::date;
use crate::walk;
use crate::worker::{Missed, Pool};

/// What all documents of a run share.
pub(super) struct Scanner<'a> {
    pub(super) engine: &'a Engine,
    pub(super) options: &'a Options,
    pub(super) roots: &'a [Root],
    pub(super) progress: &'a Progress,
    pub(super) key: &'a [u8; 32],
    pub(super) opener: Opener,
    pub(super) hints: Hints,
    pub(super) choice: Choice,
    /// Who reads what libraries read.
    pub(super) workers: Option<Pool>,
    pub(super) keys: KeyBook,
}

thread_local! {
    static COUNTER: RefCell<Counter> = RefCell::default();
}

/// Why reading ended before the end.
pub(super) type Stopped = (Reason, String);

/// What was read of a document.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) format: &'static str,
    /// How its text was encoded and how long the mark before it is, where it was decoded.
    pub(super) encoding: Option<(Encoding, u64)>,
    pub(super) bytes: u64,
    /// How many of them were not reached, where reading ended early; or not as the format they are in.
    pub(super) unread: Option<u64>,
    pub(super) judgement: Judgement,
    records: u64,
    individuals: People,
    profiles: Vec<PlaceProfile>,
    pub(super) stopped: Option<Stopped>,
    /// Set where the kind of document is not read at all.
    pub(super) not_read: Option<(Reason, Cow<'static, str>)>,
    /// Nobody knows what it is: its bytes were searched as they stand.
    pub(super) searched: bool,
    /// Parts that were not read.
    pub(super) missed: Vec<Missed>,
    /// What was read is no bytes of a file.
    rendered: bool,
    /// These have no structure either.
    noise: bool,
    /// How it is locked, as far as it says so.
    pub(super) protection: Option<Protection>,
    /// What rules could have had to do with.
    met: Met,
}

impl Reading {
    /// The state at the start of its text.
    pub(super) fn start(&self) -> Entry {
        Entry { origin: self.encoding.map_or(0, |(_, mark)| mark), ..Entry::START }
    }
}

/// What stands in the name of a document.
#[derive(Default)]
pub(super) struct Named {
    judgement: Judgement,
    individuals: People,
    met: Met,
    /// The locator with the values masked, if there are any.
    pub(super) masked: Option<Locator>,
}

impl Scanner<'_> {
    /// Scans a document.
    pub(super) fn scan(&self, root: usize, locator: Locator, mut source: Source<'_>, nest: Nest<'_>) -> Box<Document> {
        let access = source.access();
        let size = source.size();
        let _inside = (nest.depth > 0).then(Within::enter);
        let reading = catch_unwind(AssertUnwindSafe(|| self.read(root, &locator, &mut source, &access, nest)));
        let faulty = reading.is_err();
        let mut reading = reading.unwrap_or_else(|_| Reading {
            format: "unknown",
            bytes: size.unwrap_or(0),
            stopped: Some((
                Reason::Panicked,
                "a fault of phisweep's; the rest of the scan is not affected".to_string(),
            )),
            ..Reading::default()
        });
        reading.name_lock();
        let mut document = self.empty(root, locator.clone(), reading.format, access);
        document.bytes = reading.bytes;
        document.records = reading.records;
        document.met = document.met.filter(|_| !faulty).map(|mut met| {
            met.add(&reading.met);
            met
        });
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
        document.profiles = reading.profiles;
        document.linked = reading.judgement.linked;
        document.sensitive = reading.judgement.sensitive;
        document.matches.extend(reading.judgement.matches);
        document.findings.extend(reading.judgement.findings);
        document.severity =
            document.findings.iter().filter(|f| f.listed).map(|f| f.severity).max().unwrap_or(Severity::Info);
        let begun = |reason| !matches!(reason, Reason::Interrupted | Reason::Unreadable);
        let read = reading.not_read.is_none() && reading.stopped.as_ref().is_none_or(|(reason, _)| begun(*reason));
        document.version = self.options.content_key.as_ref().and_then(|_| source.version(read));
        if let Some((reason, detail)) = reading.not_read {
            document.status = status_of(reason);
            let gap = Gap::new(root, document.locator.clone(), reason, detail);
            document.gaps.push(gap.with_bytes(reading.bytes));
        }
        if reading.searched {
            document.status = Status::Partial;
            let detail = match reading.noise {
                true => "unknown format without any structure, encrypted or packed; searched as plain bytes",
                false => "unknown format, searched as plain bytes",
            };
            document.gaps.push(Gap::new(root, document.locator.clone(), Reason::Unsupported, detail));
        }
        for Missed { part, reason, detail } in reading.missed {
            document.status = Status::Partial;
            document.gaps.push(match part {
                Some(part) => self.shown(Gap::new(root, locator.member(&part), reason, detail)),
                None => Gap::new(root, document.locator.clone(), reason, detail),
            });
        }
        let changed = source.changed().map(|reason| (reason, "changed while it was read".to_string()));
        if let Some((reason, detail)) = reading.stopped.or(changed) {
            document.status = Status::Partial;
            let gap = Gap::new(root, document.locator.clone(), reason, detail);
            document.gaps.push(Gap { bytes: reading.unread, ..gap });
        }
        self.keys_beside(root, &locator, &mut document.gaps);
        mark_gaps(&mut document);
        document
    }

    /// A document that could not even be opened.
    pub(super) fn refused(&self, root: usize, locator: Locator, reason: Reason, detail: &str) -> Box<Document> {
        let mut document = self.empty(root, locator.clone(), "", Access::stream());
        document.access.basis = "not opened".to_string();
        document.status = status_of(reason);
        document.gaps.push(Gap::new(root, document.locator.clone(), reason, detail));
        self.keys_beside(root, &locator, &mut document.gaps);
        mark_gaps(&mut document);
        document
    }

    /// A gap as reports may show it: marked where its path holds values, and these masked if that was asked for.
    pub(super) fn shown(&self, gap: Gap) -> Gap {
        let named = self.name(gap.root, &gap.locator, &Access::stream());
        let path_holds_values = named.masked.is_some();
        Gap { path_holds_values, locator: self.told_as(gap.locator, named), ..gap }
    }

    /// A locator as reports may show it. What is inside a file is masked, whatever is its name: nobody needs it to find the
    /// file. Names of the file itself and its folders are kept, unless that is not wanted.
    fn told_as(&self, locator: Locator, named: Named) -> Locator {
        let shown = named.masked.unwrap_or_else(|| locator.clone());
        let forms = |(number, part): (usize, &String)| match number {
            0 if !self.options.mask_paths => locator.parts()[0].clone(),
            0 => names::mask_forms(part),
            _ if self.options.reveal == Reveal::Full => locator.parts()[number].clone(),
            _ => names::mask_forms(part),
        };
        Locator::of_parts(shown.parts().iter().enumerate().map(forms).collect())
    }

    /// A document with nothing but its name, which is read like text.
    fn empty(&self, root: usize, locator: Locator, format: &'static str, access: Access) -> Box<Document> {
        let mut named = self.name(root, &locator, &access);
        let path_holds_values = named.masked.is_some();
        let (judgement, individuals) = (mem::take(&mut named.judgement), mem::take(&mut named.individuals));
        let met = Some(named.met);
        let locator = self.told_as(locator, named);
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
            people_of: Of::default(),
            linked: Vec::new(),
            sensitive: Vec::new(),
            severity,
            access,
            path_holds_values,
            findings,
            not_listed_before: 0,
            matches: if self.options.matches { matches } else { Vec::new() },
            gaps: Vec::new(),
            profiles: Vec::new(),
            individuals,
            version: None,
            met,
        });
        count_people(&mut document, people);
        document
    }

    /// What stands in a document's name.
    pub(super) fn name(&self, root: usize, locator: &Locator, access: &Access) -> Named {
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
        let chunk = Chunk { base: 0, core: 0..text.len(), bytes: text, entry: Entry::START, ends: true };
        let job = Job { matches: true, ..self.job(&plan) };
        let tally = COUNTER.with_borrow_mut(|counter| counter.count(job, &chunk)).opened();
        let met = tally.met;
        if tally.text.is_empty() {
            return Named { met, ..Named::default() };
        }
        let series = locator.series(&self.roots[root].name);
        let facts = self.facts(root, locator, access, &series);
        let mut judgement = decide::judge(self.engine, self.options, &plan, &tally, facts);
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
            masked = masked.with_part(part, names::mask(&parts[part], spans));
        }
        let masked = (masked != *locator).then_some(masked);
        // Only now: a value is masked whether or not it was asked for.
        judgement.leave_out(self.options);
        Named { judgement, individuals: tally.people, met, masked }
    }

    fn job<'a>(&'a self, plan: &'a DocumentPlan) -> Job<'a> {
        let (engine, options, matches) = (self.engine, self.options, self.options.matches);
        Job { engine, options, plan, key: self.key, today: date::today(), matches, known: None }
    }

    fn facts<'a>(&'a self, root: usize, locator: &'a Locator, access: &Access, series: &'a str) -> FileFacts<'a> {
        FileFacts { root: &self.roots[root].name, locator: locator.parts(), series, readable_by: access.readable_by }
    }

    pub(super) fn read(
        &self,
        root: usize,
        locator: &Locator,
        source: &mut Source<'_>,
        access: &Access,
        nest: Nest<'_>,
    ) -> Reading {
        let name = locator.parts().last().map_or("", String::as_str);
        let (bytes, encoding) = (source.size().unwrap_or(0), nest.encoding);
        let (given, crew) = (nest.given, nest.crew);
        let mut reading = Reading { bytes, encoding, rendered: given != Given::Nothing, ..Reading::default() };
        let series = locator.series(&self.roots[root].name);
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
                head = source.take_ahead();
                let ahead = head.len().min(wanted);
                head.resize(wanted, 0);
                let rest = match ahead == wanted {
                    true => Ok(0),
                    false => source.read_at(ahead as u64, &mut head[ahead..]),
                };
                rest.map_err(|error| walk::failure(&error)).map(|rest| {
                    let got = ahead + rest;
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
        let mut kind = match given {
            Given::Nothing => sniff(name, &head),
            Given::Text(_) => Kind::Text("text"),
            Given::Rows(_) => Kind::Text("table"),
        };
        if kind == Kind::OwnReport && !is_ours(access) {
            // Anyone can write our first line over a list of patients: only what we alone could have written is ours.
            kind = Kind::Text("text");
        }
        let hint = self.hints.of(locator).filter(|_| !head.is_empty() && given == Given::Nothing);
        if given == Given::Nothing
            && hint.is_none()
            && let Some(format) = rich::format(kind.format(), &head)
        {
            reading.format = format;
            reading.protection = protected::look(format, name, &head, source.by_offset());
            self.take_apart((root, locator), (source, head), access, nest, &mut reading);
            return reading;
        }
        if nest.encoding.is_none()
            && given == Given::Nothing
            && !matches!(hint, Some(HintedFormat::Named("dicom")))
            && let Some(encoding) = kind.encoding(&head, complete)
        {
            return self.decoded((root, locator), (source, head), encoding, access, nest, reading);
        }
        kind = hint.map_or(kind, hints::kind);
        reading.format = kind.format();
        reading.searched = kind == Kind::Unknown;
        if let (None, Some(wrapper)) = (hint, decode::wrapper(reading.format)) {
            self.unwrap((root, locator), wrapper, (source, head), access, nest, &mut reading);
            return reading;
        }
        if hint.is_none() {
            reading.protection = match kind {
                Kind::Text(_) => protected::in_text(&head),
                _ => protected::look(reading.format, name, &head, source.by_offset()),
            };
            reading.noise = kind == Kind::Unknown && protected::is_noise(&head);
            if reading.searched && reading.protection.is_some() {
                reading.searched = false;
                reading.not_read = kind.gap().map(|(reason, detail)| (reason, detail.into()));
                self.progress.read(reading.bytes);
                return reading;
            }
        }
        let asked = RefCell::new(Met::default());
        let known = |field: &str| {
            let (known, met) = self.engine.asked_field(field);
            asked.borrow_mut().add(&met);
            known
        };
        let shown = &head[..head.len().min(CORE)];
        let (reader, layout) = match given {
            Given::Rows(_) => (None, Layout::Rows(dialect::of_rows(rich::table::DELIMITER, shown, complete, &known))),
            _ => hints::how(hint, (name, reading.format), (shown, complete), &known),
        };
        reading.met.add(&asked.into_inner());
        let mut inside = Inside { root, locator, access, nest, times: HashMap::new() };
        if let Some(reader) = reader {
            let values = self.values(reader, head, source, &mut reading, inside);
            self.judge(&values.plan, values.tally, self.facts(root, locator, access, &series), &mut reading);
            return reading;
        }
        if !matches!(kind, Kind::Text(_) | Kind::Unknown) {
            reading.not_read = kind.gap().map(|(reason, detail)| (reason, detail.into()));
            self.progress.read(reading.bytes);
            return reading;
        }
        if let Layout::Rows(dialect) = &layout
            && !matches!(given, Given::Rows(_))
        {
            reading.format = match dialect.delimiter {
                b'\t' => "tsv",
                b'|' => "psv",
                _ => "csv",
            };
        }
        let mut plan = DocumentPlan::new(self.engine, layout);
        plan.encoding = reading.encoding.map(|(encoding, _)| encoding);
        match given {
            Given::Text(Some(place)) => plan.text = Place::Metadata(place.to_string()),
            Given::Rows(sheet) => plan.sheet = sheet.map(str::to_string),
            Given::Text(None) | Given::Nothing => {}
        }
        let start = reading.start();
        let end = head.len().min(CORE);
        let spare = head.split_off(head.len().min(window));
        let chunk = Chunk { base: 0, core: text_start(&head)..end, bytes: head, entry: start, ends: complete };
        let mut tally = self.count(&plan, &chunk);
        if decide::key_columns(self.engine, &mut plan, &tally, Some(&chunk)) {
            tally = self.count(&plan, &chunk);
        }
        let (plan, mut tally) = (Arc::new(plan), tally.opened());
        let mut entry = plan.after(start, None, &chunk.bytes[chunk.core.clone()]);
        let mut next = 1;
        if self.options.cut.core != CORE && source.by_offset().is_some() {
            (tally, entry, next) = (Tally::default(), Entry::START, 0);
        }
        self.progress.read(chunk.core.end as u64);
        let (mut urls, in_order) = (Urls::default(), matches!((kind, &source), (Kind::Text(_), Source::Stream(_))));
        if in_order {
            let core = &chunk.bytes[chunk.core.clone()];
            urls.push(core, &mut |url| self.url(url, None, &mut inside, &mut reading));
        }
        if complete && chunk.bytes.len() <= CORE && next == 1 {
            if (chunk.bytes.len() as u64) < reading.bytes {
                reading.stopped = Some((Reason::Changed, "shorter than it was when opened".to_string()));
            }
            reading.bytes = reading.bytes.max(chunk.bytes.len() as u64);
        } else {
            let rest = match source {
                Source::Stream(stream) => {
                    let mut look =
                        |core: &[u8]| urls.push(core, &mut |url| self.url(url, None, &mut inside, &mut reading));
                    let look: &mut dyn FnMut(&[u8]) = if in_order { &mut look } else { &mut |_| {} };
                    self.stream(&plan, (chunk, spare), entry, (stream, crew, look), &mut tally)
                }
                Source::File(file) => self.large(&plan, file, next, entry, &mut tally),
                Source::Memory(bytes) => self.large(&plan, bytes, next, entry, &mut tally),
            };
            reading.bytes = reading.bytes.max(rest.0);
            match rest.1 {
                Ok(exit) => entry = exit,
                Err(stopped) => {
                    reading.unread = reading.bytes.checked_sub(rest.0).filter(|unread| *unread > 0);
                    reading.stopped = Some(stopped);
                }
            }
        }
        let starts = mem::take(&mut tally.urls);
        if in_order {
            urls.finish(&mut |url| self.url(url, None, &mut inside, &mut reading));
        } else if matches!(kind, Kind::Text(_))
            && let Some(bytes) = source.by_offset()
        {
            self.urls_at(bytes, &starts, &mut inside, &mut reading);
        }
        if entry.quote == Quote::Inside && reading.stopped.is_none() {
            // From there on rows were read as the text of one field, which says less than its columns would.
            let detail = "a quote is never closed: the rows behind it were read as text";
            reading.stopped = Some((Reason::Malformed, detail.to_string()));
        }
        self.judge(&plan, tally, self.facts(root, locator, access, &series), &mut reading);
        reading
    }

    fn judge(&self, plan: &DocumentPlan, tally: Tally, facts: FileFacts<'_>, reading: &mut Reading) {
        reading.records = tally.records;
        reading.met.add(&tally.met);
        reading.met.add(&plan.met);
        reading.judgement = decide::judge(self.engine, self.options, plan, &tally, facts);
        reading.judgement.leave_out(self.options);
        if reading.rendered {
            reading.judgement.matches.iter_mut().for_each(|found| found.bytes = 0..0);
        }
        let profiles = (0..).zip(&tally.columns).filter_map(|(column, counted)| {
            let profile = counted.profile.as_deref()?.clone();
            Some(PlaceProfile { place: plan.place(Some(column)), profile })
        });
        reading.profiles = profiles.collect();
        reading.individuals = tally.people;
    }

    /// Counts a batch of values.
    pub(super) fn count_values(
        &self,
        plan: &DocumentPlan,
        known: &Known,
        (batch, bytes, base): (&Batch, &[u8], u64),
        state: &mut Values,
    ) -> Tally {
        let job = Job { known: Some(known), ..self.job(plan) };
        COUNTER.with_borrow_mut(|counter| counter.values(job, batch, bytes, base, state))
    }

    pub(super) fn count(&self, plan: &DocumentPlan, chunk: &Chunk) -> Tally {
        COUNTER.with_borrow_mut(|counter| counter.count(self.job(plan), chunk)).with_urls(chunk)
    }

    pub(super) fn count_on(&self, plan: &DocumentPlan, chunk: &Chunk, known: &Known) -> Tally {
        let job = Job { known: Some(known), ..self.job(plan) };
        COUNTER.with_borrow_mut(|counter| counter.count(job, chunk)).with_urls(chunk)
    }
}

/// What is said of a document's path is said of its gaps too: their records stand alone.
fn mark_gaps(document: &mut Document) {
    document.gaps.iter_mut().for_each(|gap| gap.path_holds_values |= document.path_holds_values);
}

fn count_people(document: &mut Document, count: Count) {
    document.people = count.people;
    document.people_low = count.low;
    document.people_high = count.high;
    document.people_exact = count.exact || count.people == 0;
    document.people_of = count.of;
}

/// Where the text starts: behind a byte order mark, if there is one.
pub(super) fn text_start(head: &[u8]) -> usize {
    if head.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 }
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
