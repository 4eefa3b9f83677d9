//! Formats of a name and a value on each line: vCard, iCalendar, LDIF, settings (INI, properties, `.env`). In: bytes, through a
//! window. Out: each value at its name; what is folded, quoted-printable or Base64 as what it means. Refuses nothing: a line
//! that is none of these is text. Encoded pictures and keys are passed over.
//!
//! A record is a card, an event, an entry, a section. An event that states whose visit it is has a date of care and a name.

mod cards;
mod settings;
mod visits;

pub(super) use self::settings::reader as settings;

use super::named::{Batch, Broken, Holds, Named, PIECE, Places, Progress, Reader, Window};
use super::stride::{Run, Steps, line, piece, stride};
use super::values::Values;
use crate::finding::Place;
use crate::gap::Reason;

/// Which format it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// RFC 6350, and its forebears.
    Card,
    /// RFC 5545.
    Calendar,
    /// RFC 2849.
    Ldif,
    Settings,
}

/// Reads lines.
#[derive(Debug)]
pub(super) struct Lines {
    form: Form,
    records: u64,
    /// Cards and events that are open.
    open: u32,
    /// The section of settings, as places say it.
    section: String,
    sections: u32,
    /// In an event that is a visit of a patient.
    visit: bool,
    text: Run,
    /// In a line that is longer than a piece; whether it is encoded, and at the start of a line of it.
    long: Option<(bool, bool)>,
    begun: bool,
}

impl Lines {
    /// A reader of documents of this format.
    pub(super) fn new(form: Form) -> Lines {
        Lines {
            form,
            records: 0,
            open: 0,
            section: String::new(),
            sections: 0,
            visit: false,
            text: Run::default(),
            long: None,
            begun: false,
        }
    }

    fn text(&mut self, bytes: &[u8], base: u32, out: &mut Values<'_>) {
        out.record = self.records.max(1);
        let place = out.places.number(b"text", Named::text);
        self.text.add(bytes, base, place, out);
    }

    fn give_text(&mut self, out: &mut Values<'_>) {
        out.record = self.records.max(1);
        let place = out.places.number(b"text", Named::text);
        self.text.give(place, out);
    }

    /// How many bytes a line has with those it is continued on; `None` where that is more than a piece.
    fn whole(&self, look: &[u8]) -> Option<usize> {
        let mut length = line(look)?;
        if self.form == Form::Settings {
            return Some(length);
        }
        let soft = self.form == Form::Card && cards::is_quoted_printable(&look[..length]);
        loop {
            let folded = matches!(look.get(length), Some(b' ' | b'\t'));
            let soft = soft && look[length.saturating_sub(4)..length].trim_ascii_end().ends_with(b"=");
            if !(folded || soft && length < look.len()) {
                return Some(length);
            }
            length += line(&look[length..])?;
            if length > PIECE {
                return None;
            }
        }
    }

    /// Reads on in a line that is too long.
    fn on(&mut self, encoded: bool, start: bool, look: &[u8], base: u32, out: &mut Values<'_>) -> usize {
        if start && !matches!(look[0], b' ' | b'\t') {
            self.long = None;
            return self.line(look, base, out);
        }
        let (length, ends) = match line(look) {
            Some(length) => (length, self.form != Form::Settings),
            None => (piece(look), false),
        };
        let over = self.form == Form::Settings && line(look).is_some();
        if !encoded {
            self.text(&look[..length], base, out);
        }
        self.long = (!over).then_some((encoded, ends));
        length
    }

    fn line(&mut self, look: &[u8], base: u32, out: &mut Values<'_>) -> usize {
        let Some(length) = self.whole(look) else {
            let first = line(look);
            let encoded = cards::is_encoded(&look[..look.len().min(400)], self.form);
            let length = first.unwrap_or_else(|| piece(look));
            if !encoded {
                self.text(&look[..length], base, out);
            }
            self.long = Some((encoded, first.is_some()));
            return length;
        };
        let content = &look[..length];
        let end = content.iter().rposition(|b| !b.is_ascii_whitespace() && *b != 0).map_or(0, |at| at + 1);
        let content = &content[..end];
        if self.form == Form::Calendar && visits::begins(content) {
            self.visit = visits::is_visit(look);
        }
        let read = match self.form {
            _ if content.is_empty() => false,
            Form::Settings => self.setting(content, base, out),
            Form::Ldif => self.attribute(content, base, out),
            Form::Card | Form::Calendar => self.property(content, base, out),
        };
        if !read {
            self.text(&look[..length], base, out);
        }
        length
    }

    /// Gives out a value that stands `at` bytes into a line. Of a folded line what it means was put together.
    fn value(
        &mut self,
        place: u32,
        value: &[u8],
        at: Option<usize>,
        (base, length): (u32, usize),
        out: &mut Values<'_>,
    ) {
        self.give_text(out);
        match at {
            Some(at) => out.plain(place, value, base + at as u32),
            None => out.meaning(place, value, base, base + length as u32),
        }
    }
}

/// A place by its path, and what people would call it.
fn place(path: &str, names: &[&str], holds: Holds, places: &mut Places) -> u32 {
    let token = format!("{path}\n{}", names.join("\n"));
    places.number(token.as_bytes(), || Named {
        names: names.iter().map(|name| (*name).to_string()).collect(),
        ..Named::of(Place::Path(path.to_string()), holds)
    })
}

/// A line without its folds: line ends that a blank follows.
fn unfolded(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len());
    let mut at = 0;
    while let Some(byte) = content.get(at) {
        let end = match (byte, content.get(at + 1)) {
            (b'\r', Some(b'\n')) => 2,
            (b'\r' | b'\n', _) => 1,
            _ => {
                out.push(*byte);
                at += 1;
                continue;
            }
        };
        at += end;
        match content.get(at) {
            Some(b' ' | b'\t') => at += 1,
            _ => out.push(b'\n'),
        }
    }
    out
}

impl Steps for Lines {
    fn step(&mut self, look: &[u8], base: u32, out: &mut Values<'_>) -> Result<usize, Broken> {
        if !std::mem::replace(&mut self.begun, true) && look.starts_with(b"\xEF\xBB\xBF") {
            return Ok(3);
        }
        Ok(match self.long {
            Some((encoded, start)) => self.on(encoded, start, look, base, out),
            None => self.line(look, base, out),
        })
    }

    fn pause(&mut self, out: &mut Values<'_>) {
        self.give_text(out);
    }

    fn end(&mut self) -> Result<(), Broken> {
        if self.open == 0 {
            return Ok(());
        }
        Err(Broken { reason: Reason::Malformed, detail: "a card or event never ends" })
    }
}

impl Reader for Lines {
    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        stride(self, window, places, batch)
    }
}

#[cfg(test)]
mod tests;
