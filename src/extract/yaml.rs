//! YAML: block maps and lists, flow maps and lists, block and quoted scalars. In: bytes, through a window. Out: each scalar at its
//! path (`members[].ssn`). Anchors, tags and aliases are passed over and nothing is expanded. Refuses nothing: a line that is none of
//! these is text of the place before it.
//!
//! Lines say by how far they are indented whose they are. A record is an element of the outermost list, or a document
//! of a stream; a list below what is one person's own is that person's.

use super::json::{column_names, is_own, may_hold_value};
use super::named::{Batch, Broken, Holds, Named, PIECE, Places, Progress, Reader, Window};
use super::stride::{Steps, line, piece, stride};
use super::values::Values;
use crate::finding::Place;
use crate::gap::Reason;

/// Levels may stand in each other so deep; deeper ones share a path.
const DEPTH: usize = 256;
/// Bytes of a path.
const PATH: usize = 1024;
/// A longer key is none.
const KEY: usize = 128;
/// Lines of the head that are looked at.
const SAMPLE: usize = 60;

/// Reads YAML.
#[derive(Debug, Default)]
pub(super) struct Yaml {
    levels: Vec<Level>,
    path: String,
    records: u64,
    /// The record is an element of a list, and not what stands before the list.
    owned: bool,
    /// A person's own value was met outside of all lists.
    personal: bool,
    /// The place of the scalar before, which lines that are indented further go on with.
    last: Option<(usize, u32)>,
    /// In a block scalar, whose lines are indented further than this.
    block: Option<usize>,
    /// In a line that is longer than a piece.
    long: bool,
    begun: bool,
}

/// A map's key or a list's element that is open.
#[derive(Clone, Copy, Debug)]
struct Level {
    indent: usize,
    /// Bytes of the path before it.
    path: usize,
    element: bool,
}

/// A reader, if most lines of the head are what YAML has.
pub(super) fn reader(head: &[u8]) -> Option<Box<dyn Reader>> {
    let head = &head[..head.len().min(64 << 10)];
    let lines = head.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let (mut all, mut fit) = (0, 0);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with(b"#")).take(SAMPLE) {
        all += 1;
        let element = line.starts_with(b"- ") || line == b"-" || line.starts_with(b"---") || line.starts_with(b"%");
        fit += usize::from(element || key(line).is_some());
    }
    (all > 0 && fit * 2 >= all).then(|| Box::new(Yaml::default()) as Box<dyn Reader>)
}

/// The key that a line begins with, and where what stands behind its colon begins.
fn key(line: &[u8]) -> Option<(&[u8], usize)> {
    if let Some(quote @ (b'"' | b'\'')) = line.first() {
        let close = 1 + memchr::memchr(*quote, &line[1..line.len().min(KEY)])?;
        let blanks = line[close + 1..].iter().take_while(|b| **b == b' ').count();
        let colon = close + 1 + blanks;
        let behind = line.get(colon + 1);
        return (line.get(colon) == Some(&b':') && behind.is_none_or(u8::is_ascii_whitespace))
            .then(|| (&line[1..close], colon + 1));
    }
    let mut at = 0;
    loop {
        at += memchr::memchr(b':', &line[at..line.len().min(KEY)])?;
        if line.get(at + 1).is_none_or(u8::is_ascii_whitespace) {
            break;
        }
        at += 1;
    }
    let key = line[..at].trim_ascii_end();
    let first = *key.first()?;
    let plain = !matches!(first, b'{' | b'[' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'@' | b'`' | b'%' | b',');
    (plain && memchr::memmem::find(key, b" #").is_none()).then_some((key, at + 1))
}

impl Yaml {
    fn number(&self, holds: Holds, out: &mut Values<'_>) -> u32 {
        let mut token = vec![u8::from(holds == Holds::Text)];
        token.extend_from_slice(self.path.as_bytes());
        out.places.number(&token, || {
            let parts: Vec<&str> =
                self.path.split('.').map(|part| part.trim_end_matches("[]")).filter(|p| !p.is_empty()).collect();
            let place = if self.path.is_empty() { Place::Text } else { Place::Path(self.path.clone()) };
            Named { names: column_names(&parts), ..Named::of(place, holds) }
        })
    }

    /// Ends what a line at this indent does not belong to.
    fn back_to(&mut self, indent: usize, element: bool) {
        while let Some(top) = self.levels.last() {
            // A list may stand as far left as its key.
            let own_list = element && top.indent == indent && !top.element;
            if top.indent < indent || own_list {
                break;
            }
            self.path.truncate(top.path);
            self.levels.pop();
        }
    }

    fn enter(&mut self, indent: usize, key: &str, element: bool) {
        if self.levels.len() >= DEPTH {
            return;
        }
        self.levels.push(Level { indent, path: self.path.len(), element });
        if self.path.len() + key.len() < PATH {
            if !element && !self.path.is_empty() {
                self.path.push('.');
            }
            self.path.push_str(key);
        }
    }

    fn enter_key(&mut self, raw: &[u8], indent: usize, base: u32, out: &mut Values<'_>) {
        let key = String::from_utf8_lossy(raw).replace('.', " ");
        if !self.levels.iter().any(|level| level.element) && is_own(raw) {
            self.personal = true;
        }
        if may_hold_value(raw) {
            let place = out.places.number(b"keys", || Named::of(Place::Name, Holds::Text));
            out.record = self.records.max(1);
            out.plain(place, raw, base);
        }
        self.enter(indent, &key, false);
    }

    /// An element of a list begins.
    fn element(&mut self, indent: usize) {
        let outermost = !self.levels.iter().any(|level| level.element);
        if outermost && !self.personal {
            self.records += u64::from(self.owned || self.records == 0);
            self.owned = true;
        }
        self.enter(indent, "[]", true);
    }

    /// Reads the line at the start of `look`, `length` bytes with its end; how many bytes it has with those that its value goes on in.
    fn line(&mut self, look: &[u8], length: usize, base: u32, out: &mut Values<'_>) -> usize {
        let content = look[..length].trim_ascii_end();
        let indent = content.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        if content.is_empty() || indent == content.len() {
            return length;
        }
        if let Some(least) = self.block {
            if indent > least {
                let place = self.last.map_or_else(|| self.number(Holds::Text, out), |(_, place)| place);
                out.record = self.records.max(1);
                let length = block_end(look, least);
                out.text(place, &look[..length], base);
                return length;
            }
            self.block = None;
        }
        if content[indent] == b'#' || content[0] == b'%' {
            out.record = self.records.max(1);
            let place = out.places.number(b"text", Named::text);
            out.text(place, content, base);
            return length;
        }
        if content.starts_with(b"---") || content == b"..." {
            self.back_to(0, false);
            self.levels.clear();
            self.path.clear();
            self.personal = false;
            self.last = None;
            self.owned = false;
            self.records += u64::from(content != b"...");
            return if content.len() > 4 { 4 } else { length };
        }
        let mut at = indent;
        let mut entered = false;
        while content[at] == b'-' && content.get(at + 1).is_none_or(u8::is_ascii_whitespace) {
            self.back_to(at, true);
            self.element(at);
            entered = true;
            at += 1;
            at += content[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
            if at >= content.len() {
                self.last = None;
                return length;
            }
        }
        match key(&content[at..]) {
            Some((raw, behind)) => {
                self.back_to(at, false);
                self.records = self.records.max(1);
                self.enter_key(raw, at, base + at as u32, out);
                at += behind;
                at += content[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
                self.scalar(look, at, content.len(), length, at.min(indent), base, out)
            }
            None if entered => self.scalar(look, at, content.len(), length, indent, base, out),
            None if matches!(content[at], b'{' | b'[') && self.levels.is_empty() => {
                self.scalar(look, at, content.len(), length, indent, base, out)
            }
            None => {
                // It goes on with the scalar before, or is none of ours.
                let place = self.last.filter(|(before, _)| indent > *before).map(|(_, place)| place);
                let place = place.unwrap_or_else(|| out.places.number(b"text", Named::text));
                out.record = self.records.max(1);
                out.text(place, &content[indent..], base + indent as u32);
                length
            }
        }
    }

    /// Reads a value that begins at `at` in a line whose content ends at `end`; gives how many bytes it has with its line.
    #[allow(clippy::too_many_arguments)]
    fn scalar(
        &mut self,
        look: &[u8],
        mut at: usize,
        end: usize,
        length: usize,
        indent: usize,
        base: u32,
        out: &mut Values<'_>,
    ) -> usize {
        out.record = self.records.max(1);
        self.last = None;
        // Anchors and tags stand before a value.
        while at < end && matches!(look[at], b'&' | b'!') {
            at += look[at..end].iter().take_while(|b| !b.is_ascii_whitespace()).count();
            at += look[at..end].iter().take_while(|b| b.is_ascii_whitespace()).count();
        }
        if at >= end || look[at] == b'*' || look[at] == b'#' {
            return length;
        }
        match look[at] {
            b'|' | b'>' => {
                let place = self.number(Holds::Text, out);
                self.last = Some((indent, place));
                self.block = Some(indent);
                length
            }
            quote @ (b'"' | b'\'') => match quoted(&look[at + 1..look.len().min(PIECE)], quote) {
                Some(close) => {
                    let (start, close) = (at + 1, at + 1 + close);
                    let place = self.number(Holds::Value, out);
                    give(&look[start..close], quote, place, base + start as u32, out);
                    // The rest of its line is a comment.
                    close + 1 + line(&look[close + 1..]).unwrap_or(0)
                }
                None => {
                    let place = self.number(Holds::Value, out);
                    out.plain(place, &look[at..end], base + at as u32);
                    self.last = Some((indent, place));
                    length
                }
            },
            b'{' | b'[' => self.flow(look, at, base, out).unwrap_or_else(|| {
                let place = self.number(Holds::Text, out);
                out.plain(place, &look[at..end], base + at as u32);
                self.last = Some((indent, place));
                length
            }),
            _ => {
                let comment = memchr::memmem::find(&look[at..end], b" #").map_or(end, |found| at + found);
                let place = self.number(Holds::Value, out);
                self.last = Some((indent, place));
                if !matches!(&look[at..comment], b"~" | b"null" | b"true" | b"false") {
                    out.plain(place, &look[at..comment], base + at as u32);
                }
                length
            }
        }
    }

    /// Reads flow maps and lists from `at` on, over lines; `None` where they have no end in a piece.
    fn flow(&mut self, look: &[u8], at: usize, base: u32, out: &mut Values<'_>) -> Option<usize> {
        let seen = &look[..look.len().min(PIECE)];
        let end = flow_end(&seen[at..])? + at;
        let (path, levels, records) = (self.path.len(), self.levels.len(), self.records);
        let mut i = at;
        let mut open: Vec<(u8, usize)> = Vec::new();
        let mut awaits_key = false;
        while i < end {
            match seen[i] {
                b'{' | b'[' => {
                    let list = seen[i] == b'[';
                    open.push((seen[i], self.path.len()));
                    if list && self.path.len() + 2 < PATH {
                        self.path.push_str("[]");
                    }
                    awaits_key = !list;
                    i += 1;
                }
                b'}' | b']' => {
                    let before = open.pop().map_or(path, |(_, before)| before);
                    self.path.truncate(before);
                    i += 1;
                }
                b',' => {
                    if let Some((kind, before)) = open.last() {
                        awaits_key = *kind == b'{';
                        let kept = before + if *kind == b'[' { 2 } else { 0 };
                        self.path.truncate(kept.min(self.path.len()));
                    }
                    i += 1;
                }
                b if b.is_ascii_whitespace() || b == b':' => i += 1,
                first => {
                    let quote = matches!(first, b'"' | b'\'').then_some(first);
                    let (start, length, behind) = match quote {
                        Some(quote) => {
                            let length = quoted(&seen[i + 1..end], quote).unwrap_or(end - i - 1);
                            (i + 1, length, (i + length + 2).min(end))
                        }
                        None => {
                            let ends = |n: usize| {
                                matches!(seen[i + n], b',' | b'}' | b']' | b'{' | b'[' | b'\n')
                                    || seen[i + n] == b':' && seen.get(i + n + 1).is_none_or(u8::is_ascii_whitespace)
                            };
                            let length = (0..end - i).find(|n| ends(*n)).unwrap_or(end - i).max(1);
                            (i, length, i + length)
                        }
                    };
                    let raw = &seen[start..start + length];
                    if awaits_key {
                        let key = String::from_utf8_lossy(&raw[..raw.len().min(KEY)]).trim().replace('.', " ");
                        if self.path.len() + key.len() + 1 < PATH {
                            if !self.path.is_empty() {
                                self.path.push('.');
                            }
                            self.path.push_str(&key);
                        }
                        awaits_key = false;
                    } else if !matches!(raw.trim_ascii(), b"~" | b"null" | b"true" | b"false") {
                        let place = self.number(Holds::Value, out);
                        give(raw, quote.unwrap_or(0), place, base + start as u32, out);
                    }
                    i = behind;
                }
            }
        }
        self.path.truncate(path);
        self.levels.truncate(levels);
        self.records = records;
        Some(end + line(&look[end..]).unwrap_or(0))
    }
}

/// How many bytes of a block scalar stand here: lines that are blank or indented further than `least`, a piece at most.
fn block_end(look: &[u8], least: usize) -> usize {
    let mut end = 0;
    loop {
        let rest = &look[end..];
        let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let over = rest.get(blanks).is_none_or(|b| !matches!(b, b'\r' | b'\n')) && blanks <= least;
        match line(rest) {
            Some(length) if !over && end + length <= PIECE && !rest.is_empty() => end += length,
            None if end == 0 => return piece(look),
            _ => return end.max(1),
        }
    }
}

/// Where a quoted scalar ends.
fn quoted(bytes: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        at += memchr::memchr2(quote, b'\\', &bytes[at..])?;
        if bytes[at] == b'\\' {
            at += if quote == b'"' { 2 } else { 1 };
        } else if quote == b'\'' && bytes.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return Some(at);
        }
    }
    None
}

/// Gives out a scalar.
fn give(raw: &[u8], quote: u8, place: u32, start: u32, out: &mut Values<'_>) {
    match quote {
        b'"' if memchr::memchr(b'\\', raw).is_some() => {
            out.decoded(place, raw, start, |into| super::json::append_unescaped(raw, into));
        }
        b'\'' if memchr::memmem::find(raw, b"''").is_some() => out.decoded(place, raw, start, |into| {
            let mut last = 0;
            for at in memchr::memmem::find_iter(raw, b"''") {
                into.extend_from_slice(&raw[last..=at]);
                last = at + 2;
            }
            into.extend_from_slice(&raw[last..]);
        }),
        _ => out.plain(place, raw, start),
    }
}

/// Where a flow map or list that starts here ends.
fn flow_end(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = 0;
    let mut before = b' ';
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                if depth > DEPTH {
                    return None;
                }
            }
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            // An apostrophe inside a word is one.
            b'"' | b'\'' if matches!(before, b' ' | b',' | b'{' | b'[' | b':' | b'\n') => {
                at += 1 + quoted(&bytes[at + 1..], *byte)?;
            }
            _ => {}
        }
        before = bytes[at];
        at += 1;
    }
    None
}

impl Steps for Yaml {
    fn step(&mut self, look: &[u8], base: u32, out: &mut Values<'_>) -> Result<usize, Broken> {
        if !std::mem::replace(&mut self.begun, true) && look.starts_with(b"\xEF\xBB\xBF") {
            return Ok(3);
        }
        let whole = line(look);
        if self.long || whole.is_none() {
            let length = whole.unwrap_or_else(|| piece(look));
            out.record = self.records.max(1);
            let place = match self.last {
                Some((_, place)) => place,
                None => out.places.number(b"text", Named::text),
            };
            out.text(place, &look[..length], base);
            self.long = whole.is_none();
            return Ok(length);
        }
        Ok(self.line(look, whole.unwrap_or(1), base, out))
    }

    fn end(&mut self) -> Result<(), Broken> {
        if self.long {
            return Err(Broken { reason: Reason::Malformed, detail: "a line never ends" });
        }
        Ok(())
    }
}

impl Reader for Yaml {
    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        stride(self, window, places, batch)
    }
}

#[cfg(test)]
mod tests;
