//! Reads documents whose format names its values. In: the format's reader, the head, the source. Out: the plan with every
//! place that was met, the tally, and why reading ended early if it did. Read in order, a batch at a time, so memory does
//! not grow with the document. Where the structure breaks, the rest is read as text.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;

use super::document::{Given, Nest, Reading, Scanner, Stopped};
use crate::decode::budget::Halt;
use crate::extract::coded::{self, Coded, File};
use crate::extract::named::{Batch, Bytes, Places, Progress, Reader, Window};
use crate::extract::nested::Nested;
use crate::extract::urls::Urls;
use crate::extract::{CORE, Chunk, Cut, Entry, Layout, line_end};
use crate::finding::Access;
use crate::gap::Reason;
use crate::judge::count::Values;
use crate::judge::decide;
use crate::judge::plan::DocumentPlan;
use crate::judge::tally::{Known, Tally};
use crate::locator::Locator;
use crate::open::{ReadAt, Source};
use crate::walk;
use crate::worker::Missed;

/// What was read.
pub(super) struct Read {
    pub(super) plan: DocumentPlan,
    pub(super) tally: Tally,
}

/// Where files that stand in values belong.
pub(super) struct Inside<'a, 'n> {
    pub(super) root: usize,
    pub(super) locator: &'a Locator,
    pub(super) access: &'a Access,
    pub(super) nest: Nest<'n>,
    /// How many there were of each name.
    pub(super) times: HashMap<String, u32>,
}

/// The bytes of a source behind its head, in order.
struct InOrder<'a, 'b, 's> {
    scanner: &'a Scanner<'b>,
    source: &'a mut Source<'s>,
    next: u64,
}

impl Bytes for InOrder<'_, '_, '_> {
    fn append(&mut self, out: &mut Vec<u8>, wanted: usize) -> Result<usize, Stopped> {
        let before = out.len();
        if self.scanner.progress.stopped() {
            return Err((Reason::Interrupted, "the scan was stopped".to_string()));
        }
        match &mut *self.source {
            Source::Stream(stream) => self.scanner.fill(stream, out, wanted)?,
            source => {
                let left = source.size().unwrap_or(0).saturating_sub(self.next);
                let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(wanted);
                out.resize(before + wanted, 0);
                let read = source.read_at(self.next, &mut out[before..]);
                let got = *read.as_ref().unwrap_or(&0);
                out.truncate(before + got);
                read.map_err(|error| walk::failure(&error))?;
                if got < wanted {
                    return Err((Reason::Changed, "shorter than it was when opened".to_string()));
                }
            }
        }
        let got = out.len() - before;
        self.next += got as u64;
        Ok(got)
    }
}

/// A source from `offset` on.
struct Tail<'a> {
    source: &'a dyn ReadAt,
    offset: u64,
}

impl ReadAt for Tail<'_> {
    fn size(&self) -> u64 {
        self.source.size().saturating_sub(self.offset)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.source.read_at(self.offset + offset, buffer)
    }

    fn is_hole(&self, bytes: std::ops::Range<u64>) -> bool {
        self.source.is_hole(self.offset + bytes.start..self.offset + bytes.end)
    }
}

impl Scanner<'_> {
    /// Reads a document of which `head` was read already.
    pub(super) fn values(
        &self,
        mut reader: Box<dyn Reader>,
        head: Vec<u8>,
        source: &mut Source<'_>,
        reading: &mut Reading,
        mut inside: Inside<'_, '_>,
    ) -> Read {
        reading.searched = false;
        let mut plan = DocumentPlan::new(self.engine, Layout::Values { line_end: line_end(&head) });
        plan.encoding = reading.encoding.map(|(encoding, _)| encoding);
        let mut places = Places::default();
        let mut tally = Tally::default();
        let mut state = Values::at(reading.start(), reader.rises());
        let known = Known::default();
        let next = head.len() as u64;
        let mut behind = InOrder { scanner: self, source, next };
        let mut window = Window::new(head, &mut behind);
        if reading.stopped.is_some() {
            window.end();
        }
        let mut batch = Batch::default();
        let mut coded = Coded::default();
        let mut nested = Nested::default();
        let (mut urls, mut named) = (Urls::default(), None);
        let mut first = true;
        let broken = loop {
            let progress = reader.read(&mut window, &mut places, &mut batch);
            let known_field = |field: &str| self.engine.knows_field(field);
            if reader.format() != Some("fhir") {
                nested.open(&mut batch, window.consumed(), &mut places, &known_field);
            }
            plan.extend(self.engine, &places.named);
            let base = window.offset() - window.at() as u64;
            coded.attached = reader.format() == Some("fhir");
            let read = (&mut batch, window.consumed(), base);
            self.urls_in((&mut urls, &mut named), read, &plan, &mut inside, reading);
            let files = coded.take(&mut batch, window.consumed(), base);
            files.into_iter().for_each(|file| self.coded(file, &plan, &mut inside, reading));
            let read = (&batch, window.consumed(), base);
            let mut counted = self.count_values(&plan, &known, read, &mut state);
            // As of a table: the first batch shows which places hold keys that no name speaks for.
            if std::mem::take(&mut first) && decide::key_columns(self.engine, &mut plan, &counted, None) {
                state = Values::at(reading.start(), reader.rises());
                counted = self.count_values(&plan, &known, read, &mut state);
            }
            tally.merge(counted);
            tally.tell(&known);
            self.progress.read(window.at() as u64);
            match progress {
                Err(broken) => break Some((broken.reason, broken.detail)),
                Ok(Progress::End) if only_padding(&mut window) => break None,
                Ok(Progress::End) => break Some((Reason::Malformed, "something stands behind the end")),
                Ok(Progress::More) if window.at() == 0 => break Some((Reason::Malformed, "nothing can be read of it")),
                Ok(Progress::More) => {}
            }
            if self.progress.stopped() {
                let stopped = (Reason::Interrupted, "the scan was stopped".to_string());
                reading.stopped.get_or_insert(stopped);
                break None;
            }
            window.next_batch();
            batch.decoded.clear();
            batch.values.clear();
        };
        coded.finish().into_iter().for_each(|file| self.coded(file, &plan, &mut inside, reading));
        if broken.is_none() {
            self.last_url((&mut urls, &mut named), &mut inside, reading);
        }
        reading.format = reader.format().unwrap_or(reading.format);
        let (offset, failed) = (window.offset(), window.failed());
        let rest = window.into_rest();
        let entry = state.entry();
        tally.merge(state.finish());
        reading.bytes = reading.bytes.max(offset + rest.len() as u64);
        if let Some(stopped) = failed {
            reading.stopped.get_or_insert(stopped);
        }
        if let Some((reason, detail)) = broken {
            let detail = match reason {
                Reason::Malformed => format!("{detail}: from there on read as text"),
                _ => detail.to_string(),
            };
            reading.stopped.get_or_insert((reason, detail));
            self.rest_as_text((source, &mut inside, urls), rest, offset, entry, &mut tally, reading);
        }
        if let (Some((reason, detail)), None) = (reader.unread(), &reading.stopped) {
            reading.stopped = Some((reason, detail.to_string()));
        } else if reading.stopped.is_some() {
            reading.unread = reading.bytes.checked_sub(offset).filter(|unread| *unread > 0);
        }
        Read { plan, tally }
    }

    /// Scans a file that a value held, as a document with the name of the place.
    fn coded(&self, file: File, plan: &DocumentPlan, inside: &mut Inside<'_, '_>, reading: &mut Reading) {
        let name = plan.place(Some(file.place)).short();
        self.embedded(name, file.bytes, file.cut, inside, reading);
    }

    /// Scans a file that stood in the text of a document, as a document of this name.
    pub(super) fn embedded(
        &self,
        name: String,
        bytes: Vec<u8>,
        cut: bool,
        inside: &mut Inside<'_, '_>,
        reading: &mut Reading,
    ) {
        let Inside { root, locator, access, nest, times } = inside;
        let times = times.entry(name.clone()).or_default();
        *times += 1;
        let name = if *times > 1 { format!("{name}#{times}") } else { name };
        let (limits, budget) = (nest.budget.limits(), nest.budget);
        let deep = u64::from(nest.depth) >= limits.depth;
        let detail = format!("more than {} documents inside each other", limits.depth);
        let fits = if deep { Err(Halt::new(Reason::Limit, detail)) } else { Ok(()) };
        if let Err(Halt { reason, detail }) =
            fits.and_then(|()| budget.member()).and_then(|()| budget.spend(bytes.len() as u64))
        {
            // Said once, however many there are.
            if reading.missed.last().is_none_or(|missed| missed.detail != detail) {
                reading.missed.push(Missed { part: Some(name), reason, detail });
            }
            return;
        }
        if cut {
            let detail = format!("encoded in it, larger than {} MiB: read so far", coded::LONGEST >> 20);
            reading.missed.push(Missed { part: Some(name.clone()), reason: Reason::Limit, detail });
        }
        let source = Source::stream(Cursor::new(bytes), access.clone());
        let (depth, given) = (nest.depth + 1, Given::Nothing);
        let inner = Nest { depth, budget, encoding: None, given, tell: &mut *nest.tell, crew: nest.crew };
        let document = self.scan(*root, locator.member(&name), source, inner);
        (nest.tell)(document);
    }

    /// Reads as text what stands from `offset` on; `rest` was read from there already.
    fn rest_as_text(
        &self,
        (source, inside, mut urls): (&mut Source<'_>, &mut Inside<'_, '_>, Urls),
        mut rest: Vec<u8>,
        offset: u64,
        entry: Entry,
        tally: &mut Tally,
        reading: &mut Reading,
    ) {
        let mut plan = DocumentPlan::new(self.engine, Layout::Text);
        plan.encoding = reading.encoding.map(|(encoding, _)| encoding);
        let (plan, mut text) = (Arc::new(plan), Tally::default());
        let window = Cut::default().window();
        match source {
            Source::Stream(stream) => {
                let wanted = (window + 1).saturating_sub(rest.len());
                let read = self.fill(stream, &mut rest, wanted);
                let spare = rest.split_off(rest.len().min(window));
                let (core, ends) = (0..rest.len().min(CORE), spare.is_empty() && read.is_ok());
                let chunk = Chunk { base: 0, bytes: rest, core, entry, ends };
                text = self.count(&plan, &chunk).opened();
                let entry = plan.after(entry, None, &chunk.bytes[chunk.core.clone()]);
                self.progress.read(chunk.core.end as u64);
                let mut end = chunk.bytes.len() as u64;
                let crew = inside.nest.crew;
                let mut look = |core: &[u8]| urls.push(core, &mut |url| self.url(url, None, inside, reading));
                look(&chunk.bytes[chunk.core.clone()]);
                if read.is_ok() && chunk.bytes.len() > CORE {
                    let from = (stream, crew, &mut look as &mut dyn FnMut(&[u8]));
                    let (bytes, exit) = self.stream(&plan, (chunk, spare), entry, from, &mut text);
                    end = bytes;
                    reading.stopped = exit.err().or(reading.stopped.take());
                }
                reading.stopped = read.err().or(reading.stopped.take());
                reading.bytes = reading.bytes.max(offset + end);
                urls.finish(&mut |url| self.url(url, None, inside, reading));
            }
            Source::File(_) | Source::Memory(_) => {
                let Some(bytes) = source.by_offset() else { return };
                // One that was begun before the structure broke.
                let begun: Vec<u64> = urls.open().into_iter().collect();
                self.urls_at(bytes, &begun, inside, reading);
                let tail = Tail { source: bytes, offset };
                let (_, exit) = self.large(&plan, &tail, 0, entry, &mut text);
                reading.stopped = exit.err().or(reading.stopped.take());
                self.urls_at(&tail, &std::mem::take(&mut text.urls), inside, reading);
            }
        }
        tally.merge_text(text, offset, plan.encoding.is_some());
    }
}

/// Whether nothing but blanks and padding is left.
fn only_padding(window: &mut Window<'_>) -> bool {
    loop {
        let rest = window.rest();
        if !rest.iter().all(|b| b.is_ascii_whitespace() || matches!(b, 0 | 0x1a | 0x1c)) {
            return false;
        }
        let length = rest.len();
        window.consume(length);
        if window.is_full() {
            window.next_batch();
        }
        if !window.more() {
            return true;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::Engine;
    use crate::finding::{Confidence, Document, DocumentClass, Status};
    use crate::gap::Reason;
    use crate::options::{Options, Reveal};

    fn scan(text: &str) -> Document {
        let engine = Engine::built_in().unwrap();
        let options = Options { matches: true, reveal: Reveal::Full, ..Options::default() };
        crate::scan::scan_bytes(&engine, &options, "a.marked", text.as_bytes())
    }

    /// Identifier, place, confidence, value and position of each match.
    fn matches(document: &Document) -> Vec<(String, String, Confidence, String, u64, u64, u64)> {
        let position = |m: &crate::finding::Match| (m.position.record, m.position.line, m.position.column);
        let row = |m: &crate::finding::Match| {
            let (record, line, column) = position(m);
            (m.identifier.name().to_string(), m.place.short(), m.confidence, m.value.clone(), record, line, column)
        };
        document.matches.iter().map(row).collect()
    }

    #[test]
    fn one_value_in_its_place_is_certain_and_says_health_care() {
        let document = scan("1|hl7:PID-19|x|536228145\n1|=hl7:PID-1|x|536228146\n");
        let certain = Confidence::Certain;
        let ssn = ("ssn".to_string(), "hl7:PID-19".to_string(), certain, "536228145".to_string(), 1, 1, 16);
        assert_eq!(matches(&document), [ssn]);
        assert_eq!((document.class, document.people, document.records), (DocumentClass::Phi, 1, 1));
        assert_eq!(document.status, Status::Complete);
        assert_eq!(document.matches[0].bytes, 15..24);
        assert_eq!(document.findings[0].first.line, 1);
    }

    #[test]
    fn a_name_speaks_like_a_header_and_text_by_its_words() {
        let document =
            scan("1|a|ssn|536-22-8145\n1|b|ssn_flag|123456789\n2|~c|note|hers is \\SSN \\221-34-5678, she says\n");
        let found: Vec<(String, String, u64, u64)> =
            matches(&document).into_iter().map(|m| (m.1, m.3, m.5, m.6)).collect();
        let expected = [("a", "536-22-8145", 1, 9), ("~c", "221-34-5678", 3, 25)];
        assert_eq!(found, expected.map(|(place, value, l, c)| (place.to_string(), value.to_string(), l, c)));
        assert_eq!(&document.matches[1].bytes, &(67..78), "as it stands in the document, decoded or not");
    }

    #[test]
    fn a_record_that_comes_again_is_one_person() {
        let person = |n: u32| format!("{n}|hl7:PID-19|x|{:09}\n", 221_334_455 + n * 1_010_101);
        let again =
            |n: u32| format!("{n}|hl7:IN1-49|x|W{:08}\n{n}|hl7:PID-7|x|{}0312\n", 40_033_100 + n * 771, 1931 + n);
        let document = scan(&((1..=40).map(person).collect::<String>() + &(1..=40).map(again).collect::<String>()));
        assert_eq!((document.people, document.records), (40, 40));
        assert_eq!(document.linked[0].records, 40, "{:?}", document.linked);
    }

    #[test]
    fn what_stands_behind_a_break_is_read_as_text() {
        let filler = "1|=c|x|nothing of interest to anybody stands in this line at all\n".repeat(60_000);
        let text = format!("1|hl7:PID-19|x|536-22-8145\n{filler}!\n{filler}SSN: 221-34-5678\n");
        let document = scan(&text);
        let last = text.lines().count() as u64;
        let found: Vec<(String, u64, u64)> = matches(&document).into_iter().map(|m| (m.3, m.5, m.6)).collect();
        assert_eq!(found, [("536-22-8145".to_string(), 1, 16), ("221-34-5678".to_string(), last, 6)]);
        let at = &document.matches[1].bytes;
        assert_eq!(&text[at.start as usize..at.end as usize], "221-34-5678");
        assert_eq!((document.status, document.gaps[0].reason), (Status::Partial, Reason::Malformed));
        assert_eq!(document.gaps[0].bytes, Some((text.len() - text.find('!').unwrap()) as u64));
    }

    #[test]
    fn a_break_in_another_encoding_counts_in_its_own_bytes() {
        let text = "1|hl7:PID-19|x|536-22-8145\n!\nSSN: 221-34-5678\n";
        let plain = scan(text);
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let options = Options { matches: true, ..Options::default() };
        let wide = crate::scan::scan_bytes(&Engine::built_in().unwrap(), &options, "a.marked", &wide);
        let stands = |d: &Document| d.matches.iter().map(|m| (m.bytes.start, m.bytes.end)).collect::<Vec<_>>();
        let expected: Vec<_> = stands(&plain).into_iter().map(|(start, end)| (2 + 2 * start, 2 + 2 * end)).collect();
        assert_eq!((stands(&wide), expected.len()), (expected, 2));
    }

    #[test]
    fn a_character_cut_by_the_end_stands_in_the_document() {
        let text = "Patient: Maria Delgado, SSN: 536-22-8145. Patient: Maria Delgado";
        let wide: Vec<u8> = text.chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
        let options = Options { matches: true, ..Options::default() };
        let engine = Engine::built_in().unwrap();
        for cut in 1..4 {
            let cut = &wide[..wide.len() - cut];
            let document = crate::scan::scan_bytes(&engine, &options, "a", cut);
            assert!(document.matches.len() > 1);
            assert!(document.matches.iter().all(|found| found.bytes.end <= cut.len() as u64), "{:?}", cut.len());
        }
    }

    #[test]
    fn a_stream_says_the_same_as_a_file() {
        let line = |n: u32| format!("{n}|hl7:PID-19|x|{:09}\n", 221_334_455 + n * 7_001);
        let text: String = (0..80_000).map(line).collect();
        let engine = Engine::built_in().unwrap();
        let options = Options::default();
        let broken = format!("{text}!\nSSN: 536-22-8145\n");
        for text in [&text, &broken] {
            let whole = crate::scan::scan_bytes(&engine, &options, "a.marked", text.as_bytes());
            let stream = crate::scan::scan_stream_for_tests(&engine, &options, "a.marked", text.clone().into_bytes());
            let told = |d: &Document| format!("{:?} {:?} {:?} {}", d.findings, d.people, d.status, d.bytes);
            assert_eq!(told(&whole), told(&stream));
            assert!(whole.people > 70_000);
        }
    }
}
