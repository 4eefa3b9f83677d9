//! Settings: INI, Java properties, `.env`. In: a line. Out: its value at `section.key`. Refuses documents of which most lines are
//! no settings, and lines whose key reads like a sentence.

use super::super::json::{column_names, may_hold_value};
use super::super::named::{Holds, Named, Reader};
use super::super::values::Values;
use super::{Form, Lines};
use crate::finding::Place;
use crate::rules::fields::reads_as_header;

/// Lines of the head that are looked at.
const SAMPLE: usize = 60;
/// Different sections that are told apart.
const SECTIONS: u32 = 256;

/// A line of settings.
enum Setting<'a> {
    Section(&'a [u8]),
    /// The key, and where the value starts and ends.
    Value(&'a [u8], usize, usize),
}

/// A reader, if most lines of the head are settings.
pub(in crate::extract) fn reader(head: &[u8]) -> Option<Box<dyn Reader>> {
    let head = &head[..head.len().min(64 << 10)];
    let lines = head.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let said = lines.filter(|line| !line.is_empty() && !is_comment(line)).take(SAMPLE);
    let (mut all, mut settings) = (0, 0);
    for line in said {
        all += 1;
        settings += usize::from(setting(line).is_some());
    }
    (all > 0 && settings * 5 >= all * 4).then(|| Box::new(Lines::new(Form::Settings)) as Box<dyn Reader>)
}

fn is_comment(line: &[u8]) -> bool {
    matches!(line.first(), Some(b'#' | b';' | b'!')) || line.starts_with(b"//")
}

/// What a line sets.
fn setting(line: &[u8]) -> Option<Setting<'_>> {
    if is_comment(line) {
        return None;
    }
    if line.starts_with(b"[") && line.ends_with(b"]") && line.len() > 2 {
        return Some(Setting::Section(line[1..line.len() - 1].trim_ascii()));
    }
    let mark = memchr::memchr2(b'=', b':', line)?;
    let key = line[..mark].trim_ascii();
    let key = key.strip_prefix(b"export ").or(key.strip_prefix(b"set ")).unwrap_or(key).trim_ascii();
    let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b' ' | b'/' | b'[' | b']' | b'"');
    let spaces = key.iter().filter(|b| **b == b' ').count();
    if key.is_empty() || key.len() > 64 || spaces > 3 || !key.iter().all(part) {
        return None;
    }
    let (mut start, mut end) = (mark + 1, line.len());
    while start < end && line[start].is_ascii_whitespace() {
        start += 1;
    }
    if end - start >= 2 && matches!(line[start], b'"' | b'\'') {
        // What stands behind the quotes is a comment.
        if let Some(close) = memchr::memchr(line[start], &line[start + 1..]) {
            (start, end) = (start + 1, start + 1 + close);
        }
    }
    Some(Setting::Value(key, start, end))
}

impl Lines {
    /// Reads a line; whether it sets something.
    pub(super) fn setting(&mut self, content: &[u8], base: u32, out: &mut Values<'_>) -> bool {
        let blanks = content.len() - content.trim_ascii_start().len();
        match setting(&content[blanks..]) {
            Some(Setting::Section(name)) => {
                self.records += 1;
                self.sections += 1;
                let text = String::from_utf8_lossy(name);
                let plain = reads_as_header(&text) && self.sections <= SECTIONS;
                self.section = if plain { text.replace('.', " ") } else { "*".to_string() };
                // A section may be called by somebody's name or number.
                plain && !may_hold_value(name)
            }
            Some(Setting::Value(key, start, end)) => {
                out.record = self.records.max(1);
                let key = String::from_utf8_lossy(key).replace('"', "");
                let path = if self.section.is_empty() { key.clone() } else { format!("{}.{key}", self.section) };
                let place = out.places.number(path.as_bytes(), || {
                    let parts: Vec<&str> = path.split('.').filter(|part| *part != "*").collect();
                    Named { names: column_names(&parts), ..Named::of(Place::Path(path.clone()), Holds::Value) }
                });
                let value = &content[blanks + start..blanks + end];
                self.value(place, value, Some(blanks + start), (base, content.len()), out);
                !value.is_empty()
            }
            None => false,
        }
    }
}
