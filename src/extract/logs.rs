//! Logs: lines in which programs write pairs (`user=17 dob=1952-03-04 msg="…"`), JSON objects and the query strings of requests
//! (`GET /find?ssn=…&dob=…`). In: bytes, through a window. Out: each value at its key, percent signs and escapes resolved, with its
//! line as record; all else as text. Refuses documents of which few lines have any of these.

mod parts;

use std::ops::Range;

use self::parts::{Form, Part, parts};
use super::json::{append_unescaped, column_names, may_hold_value};
use super::named::{Batch, Broken, Holds, Named, Places, Progress, Reader, Window};
use super::stride::{Run, Steps, next_line, stride};
use super::values::Values;
use crate::finding::Place;

/// Lines of the head that are looked at, and bytes of it.
const SAMPLE: usize = 100;
const HEAD: usize = 64 << 10;

/// Reads logs.
#[derive(Debug, Default)]
pub(super) struct Logs {
    lines: u64,
    text: Run,
    /// In a line that is longer than a piece.
    long: bool,
    /// Kept from line to line.
    parts: Vec<Part>,
}

/// A reader, if lines of the head have pairs, objects or queries: one in four where the name says that it is a log, else
/// four of five, and each more than one pair.
pub(super) fn reader(head: &[u8], is_named: bool) -> Option<Box<dyn Reader>> {
    let head = &head[..head.len().min(HEAD)];
    memchr::memchr3(b'=', b'{', b'/', head)?;
    let (mut all, mut some, mut found) = (0, 0, Vec::new());
    let lines = head.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    for line in lines.take(SAMPLE) {
        all += 1;
        parts(line, &mut found);
        let least = if is_named { 1 } else { 2 };
        let asked =
            |part: &&Part| !part.value.is_empty() && (is_named || part.form != Form::Percent || part.is_request(line));
        let asked = found.iter().filter(asked).count() + if is_named { parts::codes(line).count() } else { 0 };
        some += usize::from(asked >= least);
        // Too many of as many lines as are looked at have nothing.
        if !is_named && (all - some) * 5 > SAMPLE {
            return None;
        }
    }
    let enough = if is_named { some * 4 >= all } else { some * 5 >= all * 4 };
    (some > 0 && enough).then(|| Box::new(Logs::default()) as Box<dyn Reader>)
}

impl Logs {
    fn text(&mut self, bytes: &[u8], base: u32, out: &mut Values<'_>) {
        let place = out.places.number(b"text", Named::text);
        self.text.add(bytes, base, place, out);
    }

    fn line(&mut self, content: &[u8], base: u32, out: &mut Values<'_>) {
        let mut found = std::mem::take(&mut self.parts);
        parts(content, &mut found);
        let mut from = 0;
        if let Some(address) = parts::caller(content, &found) {
            let place = place("client_ip", out.places);
            out.plain(place, &content[address.clone()], base);
            from = address.end;
        }
        for part in &found {
            // What stands between two values says nothing unless it has words.
            self.between(content, from..part.before.max(from), base, out);
            self.pause(out);
            let value = &content[part.value.clone()];
            let place = place(&part.key, out.places);
            let start = base + part.value.start as u32;
            match part.form {
                Form::Plain => out.plain(place, value, start),
                Form::Escaped => out.decoded(place, value, start, |to| append_unescaped(value, to)),
                Form::Percent => out.decoded(place, value, start, |to| parts::append_unquoted(value, to)),
            }
            from = part.after;
        }
        self.parts = found;
        if from == 0 && self.parts.is_empty() {
            self.text(content, base, out);
        } else {
            self.between(content, from..content.len(), base, out);
        }
    }

    /// What stands between two values: text, and in it codes right behind what they are (`no match for subscriber U49285359`).
    fn between(&mut self, content: &[u8], span: Range<usize>, base: u32, out: &mut Values<'_>) {
        let mut from = span.start;
        for (word, code) in parts::codes(&content[span.clone()]) {
            let code = span.start + code.start..span.start + code.end;
            self.text(&content[from..code.start], base + from as u32, out);
            self.pause(out);
            let place = place(word, out.places);
            out.plain(place, &content[code.clone()], base + code.start as u32);
            from = code.end;
        }
        // What has no words says nothing.
        if content[from..span.end].iter().any(u8::is_ascii_alphanumeric) {
            self.text(&content[from..span.end], base + from as u32, out);
        }
    }
}

/// The place of a key; dots part it.
fn place(key: &str, places: &mut Places) -> u32 {
    places.number(key.as_bytes(), || {
        let names: Vec<&str> = key.split('.').collect();
        // A key may be somebody's number.
        match may_hold_value(key.as_bytes()) {
            true => Named::of(Place::Path("*".to_string()), Holds::Value),
            false => Named { names: column_names(&names), ..Named::of(Place::Path(key.to_string()), Holds::Value) },
        }
    })
}

impl Steps for Logs {
    fn step(&mut self, look: &[u8], base: u32, out: &mut Values<'_>) -> Result<usize, Broken> {
        out.record = self.lines + 1;
        let (length, whole) = next_line(look, &mut self.long);
        match whole {
            true => self.line(&look[..length], base, out),
            false => self.text(&look[..length], base, out),
        }
        self.lines += u64::from(!self.long);
        Ok(length)
    }

    fn pause(&mut self, out: &mut Values<'_>) {
        let place = out.places.number(b"text", Named::text);
        self.text.give(place, out);
    }
}

impl Reader for Logs {
    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        stride(self, window, places, batch)
    }
}

#[cfg(test)]
mod tests;
