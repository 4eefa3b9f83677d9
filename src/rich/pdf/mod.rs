//! PDF. In: the file. Out: the text of its pages by line, a form feed behind each; then fields, notes, properties, embedded files, pages that
//! nothing shows any more, and what earlier revisions said. Text counts whatever hides it: boxes over it, its colour, layers that are
//! off. Refuses what needs a password that nobody gave; a page that is a picture is a gap with its number.

mod beside;
mod cmap;
mod content;
mod fonts;
mod lines;
mod page;

use std::collections::HashSet;
use std::io::Read;

use lopdf::{DecompressError, Document as Pdf, Error, LoadOptions, Object, ObjectId};

use self::page::{Pages, Shown};
use super::{Asked, Document, Form, Part, Parts};
use crate::decode::budget::Halt;
use crate::gap::Reason;

/// Bytes of a file: the library holds all of it, and its objects beside it.
const FILE: u64 = 128 << 20;
/// Bytes that come out of one stream of objects.
const OBJECTS: usize = 64 << 20;
/// Earlier revisions that are read.
const REVISIONS: usize = 16;
/// A page with a picture is a picture where fewer letters and digits than these stand beside it.
const LETTERS: u64 = 32;
/// A page without letters is drawn where so many strokes are on it.
const STROKES: u64 = 300;

/// Reads a document.
pub(super) fn read(asked: Asked<'_>, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    let mut bytes = Vec::new();
    document.take(FILE + 1).read_to_end(&mut bytes).map_err(|error| Halt::of(&error))?;
    if bytes.len() as u64 > FILE {
        return Err(Halt::new(Reason::Limit, "larger than 128 MiB"));
    }
    parts.work(bytes.len() as u64 / 1024 + 1)?;
    let pdf = open(&bytes, asked.passwords)?;
    let pages: Vec<ObjectId> = pdf.get_pages().into_values().collect();
    if pages.is_empty() {
        return Err(Halt::new(Reason::Malformed, "no page can be found in it"));
    }
    // Where each revision before the last one ends.
    let mut ends: Vec<usize> = memchr::memmem::find_iter(&bytes, b"%%EOF").map(|at| at + 5).collect();
    ends.pop();
    let mut said = (!ends.is_empty()).then(HashSet::new);
    parts.begin(&Part { name: "body".to_string(), form: Form::Body, place: None })?;
    let mut reader = Pages::new(&pdf);
    let mut missed = Missed::default();
    for (n, page) in (1u64..).zip(&pages) {
        let mut text = String::new();
        match reader.read(*page, parts) {
            Ok(shown) => {
                missed.look(n, &shown);
                lines::text(shown.runs, &mut text);
            }
            Err(halt) if halt.reason == Reason::Limit && halt.detail.starts_with("a page") => missed.limits.push(n),
            Err(halt) => return Err(halt),
        }
        if let Some(said) = &mut said {
            said.extend(text.lines().map(bare));
        }
        text.push('\u{c}');
        text.push('\n');
        parts.write(text.as_bytes())?;
    }
    parts.end()?;
    missed.tell(parts)?;
    unused(&pdf, &pages, parts)?;
    beside::read(&pdf, &pages, parts)?;
    drop(reader);
    drop(pdf);
    match said {
        Some(said) => earlier(&bytes, &ends, said, asked.passwords, parts),
        None => Ok(()),
    }
}

/// Opens a document: without a password, then with each that was given; a damaged one by the objects that are found in it.
fn open(bytes: &[u8], passwords: &[String]) -> Result<Pdf, Halt> {
    let load = |password: Option<&String>, force_reconstruct: bool| {
        Pdf::load_mem_with_options(
            bytes,
            LoadOptions {
                password: password.cloned(),
                max_decompressed_size: Some(OBJECTS),
                force_reconstruct,
                ..LoadOptions::default()
            },
        )
    };
    let is_open = |pdf: &Pdf| !pdf.is_encrypted();
    let mut first = load(None, false);
    let locked = match &first {
        Ok(pdf) => !is_open(pdf),
        Err(error) => matches!(error, Error::InvalidPassword | Error::Decryption(_)),
    };
    if locked {
        let opened = passwords.iter().find_map(|password| load(Some(password), false).ok().filter(is_open));
        return opened.ok_or_else(|| locked_by(bytes));
    }
    if first.as_ref().map_or(true, |pdf| pdf.page_iter().next().is_none()) {
        let found = load(None, true);
        if found.as_ref().is_ok_and(|pdf| pdf.page_iter().next().is_some()) {
            first = found;
        }
    }
    first.map_err(|error| match is_too_large(&error) {
        true => Halt::new(Reason::Limit, "more than 64 MiB come out of one stream in it"),
        false => Halt::new(Reason::Malformed, "damaged"),
    })
}

/// Whether more came out of a stream than was asked for.
fn is_too_large(error: &Error) -> bool {
    matches!(error, Error::Decompress(DecompressError::MemoryLimitExceeded { .. }))
}

/// How a document is encrypted: the dictionary that says so is itself in the clear.
fn locked_by(bytes: &[u8]) -> Halt {
    let holds = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
    if holds(b"/AESV3") {
        Halt::new(Reason::Encrypted, "AES-256")
    } else if holds(b"/AESV2") {
        Halt::new(Reason::Encrypted, "AES-128")
    } else {
        Halt::new(Reason::WeakEncryption, "RC4")
    }
}

/// Pages that could not be read as text.
#[derive(Default)]
struct Missed {
    pictures: Vec<u64>,
    drawn: Vec<u64>,
    unmapped: Vec<u64>,
    limits: Vec<u64>,
    damaged: Vec<u64>,
}

impl Missed {
    fn look(&mut self, page: u64, shown: &Shown) {
        if shown.damaged > 0 {
            self.damaged.push(page);
        }
        if shown.pictures > 0 && shown.letters < LETTERS {
            self.pictures.push(page);
        } else if shown.strokes > STROKES && shown.letters < LETTERS / 4 {
            self.drawn.push(page);
        }
        if shown.unknown * 5 > shown.letters + shown.unknown {
            self.unmapped.push(page);
        }
    }

    fn tell(&self, parts: &mut dyn Parts) -> Result<(), Halt> {
        let kinds = [
            (&self.pictures, Reason::Image, "a picture with hardly any text"),
            (&self.drawn, Reason::Image, "drawn, without text"),
            (&self.unmapped, Reason::Unsupported, "letters of a font that does not say what they mean"),
            (&self.limits, Reason::Limit, "more content than a page may have"),
            (&self.damaged, Reason::Malformed, "damaged content"),
        ];
        for (pages, reason, detail) in kinds {
            // Neighbours are told together.
            for run in pages.chunk_by(|a, b| a + 1 == *b) {
                let name = match run {
                    [one] => format!("page {one}"),
                    _ => format!("pages {}-{}", run[0], run[run.len() - 1]),
                };
                parts.gap(Some(&name), reason, detail)?;
            }
        }
        Ok(())
    }
}

/// Pages that are still in the file and that the document no longer shows.
fn unused(pdf: &Pdf, pages: &[ObjectId], parts: &mut dyn Parts) -> Result<(), Halt> {
    let shown: HashSet<_> = pages.iter().collect();
    let mut reader = Pages::new(pdf);
    let mut text = String::new();
    for (id, object) in &pdf.objects {
        let is_page = object.as_dict().is_ok_and(|page| page.has_type(b"Page") && page.get(b"Contents").is_ok());
        if is_page && !shown.contains(id) {
            lines::text(reader.read(*id, parts).unwrap_or_default().runs, &mut text);
        }
    }
    beside::lines(&text, "removed pages", parts)
}

/// What revisions before the last one said and it does not: an update of a file is written behind what was there.
fn earlier(
    bytes: &[u8],
    ends: &[usize],
    mut said: HashSet<String>,
    passwords: &[String],
    parts: &mut dyn Parts,
) -> Result<(), Halt> {
    let mut text = String::new();
    for end in ends.iter().rev().take(REVISIONS) {
        let prefix = &bytes[..*end];
        parts.work(prefix.len() as u64 / 1024 + 1)?;
        // The first part of a file made for the web ends like a revision and is none.
        let Ok(pdf) = open(prefix, passwords) else { continue };
        let mut reader = Pages::new(&pdf);
        for page in pdf.get_pages().into_values() {
            let mut own = String::new();
            lines::text(reader.read(page, parts).unwrap_or_default().runs, &mut own);
            for line in own.lines() {
                if said.insert(bare(line)) {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
        for (name, value) in values(&pdf) {
            if said.insert(format!("{name} {value}")) {
                text.push_str(&format!("{name}: {value}\n"));
            }
        }
    }
    if ends.len() > REVISIONS {
        parts.gap(Some("earlier revision"), Reason::Limit, "more than 16 earlier revisions")?;
    }
    beside::lines(&text, "earlier revision", parts)
}

/// Values of fields, wherever they stand.
fn values(pdf: &Pdf) -> Vec<(String, String)> {
    let fields = pdf.objects.values().filter_map(|object| object.as_dict().ok()).filter(|field| field.has(b"V"));
    let text = |object: &Object| lopdf::decode_text_string(object).unwrap_or_default();
    let named = fields.map(|field| (field.get(b"T").map(text).unwrap_or_default(), field.get(b"V").map(text)));
    named.filter_map(|(name, value)| Some((name, value.ok().filter(|value| !value.is_empty())?))).collect()
}

/// A line without its blanks, by which it is known again.
fn bare(line: &str) -> String {
    line.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
