//! What must hold for a document. In: a target and a document. Out: nothing, or what does not hold.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use phisweep::decode::budget::Halt;
use phisweep::decode::text::{Encoding, Transcoder};
use phisweep::engine::Engine;
use phisweep::extract::Cut;
use phisweep::finding::Document;
use phisweep::gap::Reason;
use phisweep::limits::Limits;
use phisweep::options::{FormatHint, HintedFormat, Options};
use phisweep::rich::{self, Form, Part, Parts};
use phisweep::scan;

use crate::watch;
use crate::wrappers::{self, Few};

/// Time for any document, and for each of its bytes: a hundred times what a slow machine needs.
const ALLOWED: Duration = Duration::from_secs(10);
const ALLOWED_PER_BYTE: Duration = Duration::from_micros(10);
/// Memory for any document, which is 1.3 MB at most: what a reader may have in its process.
const MEMORY: u64 = 512 << 20;
/// Bytes that are taken of a reader, which must end when told that no more are wanted.
const TAKEN: u64 = 64 << 20;

/// How a target is read.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    /// As a format, whatever it looks like; read in pieces and in UTF-16 it must say the same.
    Hinted { cuts: bool, wide: bool },
    /// As what its bytes look like.
    Sniffed,
    /// By a reader of `rich`, in this process.
    Reader,
    /// By something that is no reader of documents.
    Bare(fn(&[u8]) -> Result<(), String>),
}

pub(crate) struct Target {
    pub(crate) name: &'static str,
    way: Way,
}

const fn hinted(name: &'static str) -> Target {
    Target { name, way: Way::Hinted { cuts: true, wide: true } }
}

const fn sniffed(name: &'static str) -> Target {
    Target { name, way: Way::Sniffed }
}

const fn reader(name: &'static str) -> Target {
    Target { name, way: Way::Reader }
}

/// Every reader that is our own.
pub(crate) const TARGETS: &[Target] = &[
    // A group of values that a border cuts is two records, and a keyword before it may be out of reach.
    Target { name: "text", way: Way::Hinted { cuts: false, wide: true } },
    hinted("csv"),
    hinted("tsv"),
    hinted("psv"),
    hinted("fixed"),
    hinted("json"),
    hinted("ndjson"),
    hinted("xml"),
    hinted("hl7"),
    hinted("x12"),
    hinted("ncpdp"),
    Target { name: "dicom", way: Way::Hinted { cuts: true, wide: false } },
    hinted("sql"),
    hinted("html"),
    hinted("rtf"),
    hinted("yaml"),
    hinted("ini"),
    hinted("vcard"),
    hinted("icalendar"),
    hinted("ldif"),
    sniffed("any"),
    sniffed("fhir"),
    sniffed("cda"),
    sniffed("messages"),
    sniffed("nested"),
    sniffed("logs"),
    sniffed("encodings"),
    sniffed("tar"),
    sniffed("zip"),
    sniffed("cpio"),
    sniffed("ar"),
    sniffed("cab"),
    sniffed("rar"),
    sniffed("compress"),
    sniffed("gzip"),
    sniffed("coded"),
    Target { name: "base64", way: Way::Bare(wrappers::base64) },
    Target { name: "wrappers", way: Way::Bare(wrappers::same) },
    Target { name: "budgets", way: Way::Bare(wrappers::bounded) },
    reader("sqlite"),
    reader("pdf"),
    reader("xls"),
    reader("doc"),
    reader("ppt"),
    reader("xlsx"),
    reader("xlsb"),
    reader("docx"),
    reader("pptx"),
    reader("ods"),
    reader("odt"),
    reader("dbf"),
    reader("memo"),
    reader("arrow"),
    reader("mail"),
    reader("msg"),
    reader("tnef"),
];

/// Whether all holds for a document that must hold.
pub(crate) fn holds(engine: &Engine, target: &Target, document: &[u8]) -> Result<(), String> {
    let before = watch::measure();
    let held = catch_unwind(AssertUnwindSafe(|| match target.way {
        Way::Reader => taken_apart(target.name, document),
        Way::Bare(check) => {
            let begun = Instant::now();
            check(document).and_then(|()| in_time(begun, document))
        }
        Way::Sniffed | Way::Hinted { .. } => scanned(engine, target, document),
    }));
    if let Some(place) = watch::panicked() {
        return Err(format!("it panics at {place}"));
    }
    let peak = watch::peak().saturating_sub(before);
    if peak > MEMORY {
        return Err(format!("{} bytes take {} MiB", document.len(), peak >> 20));
    }
    // Of a library: its process would end, which is a gap.
    held.unwrap_or(Ok(()))
}

fn scanned(engine: &Engine, target: &Target, document: &[u8]) -> Result<(), String> {
    let whole = read(engine, target, document, Cut::default())?;
    for found in &whole.matches {
        if found.bytes.start > found.bytes.end || found.bytes.end > document.len() as u64 {
            return Err("a match stands outside of the document".to_string());
        }
    }
    if target.name == "encodings" {
        decoded(document)?;
    }
    let Way::Hinted { cuts, wide } = target.way else { return Ok(()) };
    let pieces = read(engine, target, document, Cut { core: 4096, after: 64 << 10 })?;
    // A record longer than what a piece sees behind itself is searched as text where it goes on.
    let long = document.split(|b| *b == b'\n').any(|line| line.len() > 60 << 10);
    if cuts && !long && said(&whole, true) != said(&pieces, true) {
        return Err(format!("it says something else when cut: {}", differs(&whole, &pieces, true)));
    }
    let Ok(text) = std::str::from_utf8(document) else { return Ok(()) };
    if !wide || text.contains('\0') || text.starts_with('\u{feff}') {
        return Ok(());
    }
    let units: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let units = read(engine, target, &units, Cut::default())?;
    if said(&whole, false) != said(&units, false) {
        return Err(format!("it says something else in UTF-16: {}", differs(&whole, &units, false)));
    }
    Ok(())
}

/// What a document is found to hold. Where it is cut, a group of values in text that a border cuts is two records, so of `text`
/// neither these nor people are compared.
fn said(document: &Document, cut: bool) -> Vec<String> {
    let in_text = |f: &phisweep::finding::Finding| f.place.to_string() == "text";
    let finding = |f: &phisweep::finding::Finding| {
        let records = if cut && in_text(f) { 0 } else { f.records };
        format!("{} {} {} {records} {:?}", f.identifier.name(), f.place, f.matches, f.confidence)
    };
    let mut said: Vec<String> = document.findings.iter().map(finding).collect();
    let people = if cut && document.findings.iter().any(in_text) { 0 } else { document.people };
    said.push(format!("{} {people} {:?}", document.format, document.status));
    said.sort();
    said
}

/// The first thing that one says and the other does not; seeds are invented, so it may be printed.
fn differs(one: &Document, other: &Document, cut: bool) -> String {
    let (one, other) = (said(one, cut), said(other, cut));
    let only = |a: &[String], b: &[String]| a.iter().find(|line| !b.contains(line)).cloned().unwrap_or_default();
    format!("[{}] [{}]", only(&one, &other), only(&other, &one))
}

fn read(engine: &Engine, target: &Target, document: &[u8], cut: Cut) -> Result<Document, String> {
    let format_hints = match target.way {
        Way::Hinted { .. } => vec![FormatHint { glob: "*".to_string(), format: HintedFormat::Named(target.name) }],
        Way::Sniffed | Way::Reader | Way::Bare(_) => Vec::new(),
    };
    let options = Options { format_hints, matches: true, cut, ..Options::default() };
    let begun = Instant::now();
    let read = scan::scan_bytes(engine, &options, "document", document);
    in_time(begun, document)?;
    Ok(read)
}

fn in_time(begun: Instant, document: &[u8]) -> Result<(), String> {
    let allowed = ALLOWED + ALLOWED_PER_BYTE * u32::try_from(document.len()).unwrap_or(u32::MAX);
    if begun.elapsed() > allowed {
        return Err(format!("{} bytes take {} ms", document.len(), begun.elapsed().as_millis()));
    }
    Ok(())
}

/// Text is the same however few bytes its source gives, and a mark or damage never makes it longer than three bytes for each.
fn decoded(document: &[u8]) -> Result<(), String> {
    let Some(encoding) = Encoding::of(&document[..document.len().min(64 << 10)], document.len() <= 64 << 10) else {
        return Ok(());
    };
    let mut whole = Vec::new();
    let read = std::io::Read::read_to_end(&mut Transcoder::new(encoding, document), &mut whole);
    let mut pieces = Vec::new();
    let piece = std::io::Read::read_to_end(&mut Transcoder::new(encoding, Few(document, 1)), &mut pieces);
    if read.is_err() || piece.is_err() || whole != pieces {
        return Err(format!("{} says something else in pieces", encoding.name()));
    }
    if std::str::from_utf8(&whole).is_err() {
        return Err(format!("{} does not become UTF-8", encoding.name()));
    }
    if whole.len() > 3 * document.len() + 3 {
        return Err(format!("{} becomes too long", encoding.name()));
    }
    Ok(())
}

fn taken_apart(format: &'static str, document: &[u8]) -> Result<(), String> {
    let Some(reader) = rich::reader(format) else { return Err("no reader".to_string()) };
    let mut taken =
        Taken { left: TAKEN, cells: Limits::default().cells, part: None, parts: 0, text: Vec::new(), wrong: None };
    let begun = Instant::now();
    // FoxPro's memos are told from dBASE's by their name alone; theirs begin with the number of the next free block, its highest byte first.
    let name = match format {
        "memo" if document.first() == Some(&0) => "document.fpt",
        "memo" => "document.dbt",
        _ => "document",
    };
    let asked = rich::Asked { format, name, ..rich::Asked::default() };
    let ended = reader(asked, &mut Cursor::new(document), &mut taken);
    in_time(begun, document)?;
    if let Some(wrong) = taken.wrong {
        return Err(wrong.to_string());
    }
    if ended.is_ok() && taken.part.is_some() {
        return Err("a part does not end".to_string());
    }
    Ok(())
}

/// Takes parts, and looks whether they come as they must.
struct Taken {
    left: u64,
    cells: u64,
    part: Option<Form>,
    parts: u64,
    /// What of a text was written last and may go on in the next piece.
    text: Vec<u8>,
    wrong: Option<&'static str>,
}

impl Parts for Taken {
    fn begin(&mut self, part: &Part) -> Result<(), Halt> {
        if self.part.replace(part.form).is_some() {
            self.wrong = Some("a part begins in a part");
        }
        if part.form == Form::Body && self.parts > 0 {
            self.wrong = Some("the body is not the first part");
        }
        self.parts += 1;
        self.text.clear();
        if self.parts > phisweep::limits::MEMBERS {
            return Err(Halt::new(Reason::Limit, "no more parts"));
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Halt> {
        match self.part {
            None => self.wrong = Some("bytes outside of a part"),
            Some(Form::File) => {}
            Some(_) => {
                self.text.extend_from_slice(bytes);
                match std::str::from_utf8(&self.text) {
                    Ok(_) => self.text.clear(),
                    Err(error) if error.error_len().is_none() => drop(self.text.drain(..error.valid_up_to())),
                    Err(_) => self.wrong = Some("text that is not UTF-8"),
                }
            }
        }
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(|| Halt::new(Reason::Limit, "no more"))?;
        Ok(())
    }

    fn end(&mut self) -> Result<(), Halt> {
        if self.part.take().is_none() {
            self.wrong = Some("an end without a part");
        }
        if !self.text.is_empty() {
            self.wrong = Some("text that ends in a character");
        }
        Ok(())
    }

    fn gap(&mut self, _: Option<&str>, _: Reason, _: &str) -> Result<(), Halt> {
        Ok(())
    }

    fn work(&mut self, units: u64) -> Result<(), Halt> {
        self.cells = self.cells.checked_sub(units).ok_or_else(|| Halt::new(Reason::Limit, "no more work"))?;
        Ok(())
    }
}
