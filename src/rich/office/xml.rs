//! XML as Office files hold it, node by node. In: a stream of bytes in UTF-8 or UTF-16. Out: names without prefixes, attributes,
//! text with its references resolved. Refuses elements more than [`DEPTH`] deep and single nodes of more than [`LONGEST`] bytes;
//! end tags are not compared with start tags, and bytes that are no UTF-8 become `?`, so that damage costs as little as it can.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesEnd, BytesStart, Event};

use crate::decode::budget::Halt;
use crate::decode::text::{Encoding, Transcoder};
use crate::gap::Reason;

/// Elements inside each other. Text boxes in tables in text boxes come to some hundreds.
const DEPTH: u32 = 4_096;
/// Bytes of one tag, or of one text between two tags.
const LONGEST: u64 = 64 << 20;
/// Bytes read at a time.
const PIECE: usize = 64 << 10;
/// Nodes after which a reader says that it is at work.
const UNIT: u64 = 4_096;

/// A node.
#[derive(Debug)]
pub(super) enum Node<'a> {
    /// An element starts; an empty one ends right after.
    Open(Tag<'a>),
    /// An element ends.
    Close(End<'a>),
    /// Text between tags; one text may come in pieces.
    Text(Cow<'a, str>),
}

/// The start of an element.
pub(super) struct Tag<'a>(BytesStart<'a>);

/// Names the element only: its attributes are content.
impl std::fmt::Debug for Tag<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Tag").field(&self.name()).finish()
    }
}

impl Tag<'_> {
    /// Its name without a prefix.
    pub(super) fn name(&self) -> &str {
        local(self.0.name().0)
    }

    /// An attribute by its name without a prefix; one that has no prefix is preferred.
    pub(super) fn attr(&self, name: &str) -> Option<Cow<'_, str>> {
        let mut prefixed = None;
        for (key, value) in self.raw() {
            if key == name {
                return Some(plain(value));
            }
            if prefixed.is_none() && local(key) == name {
                prefixed = Some(value);
            }
        }
        prefixed.map(plain)
    }

    /// The id of a relationship: `r:id`, `r:embed`, `r:link`, by whatever prefix, but never an `id` without one.
    pub(super) fn relation(&self) -> Option<Cow<'_, str>> {
        let mut found = self.raw().filter(|(key, _)| key.contains(':'));
        found.find(|(key, _)| matches!(local(key), "id" | "embed" | "link" | "pict")).map(|(_, value)| plain(value))
    }

    /// Whether an attribute says yes.
    pub(super) fn is(&self, name: &str) -> bool {
        self.attr(name).is_some_and(|value| matches!(&*value, "1" | "true" | "on" | "t"))
    }

    /// An attribute that is a number.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.attr(name)?.trim().parse().ok()
    }

    /// All attributes: names without prefixes, and values. Declarations of name spaces are none.
    pub(super) fn attrs(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.raw().filter(|(key, _)| !key.starts_with("xmlns")).map(|(key, value)| (local(key), plain(value)))
    }

    fn raw(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        attributes.filter_map(Result::ok).map(|attribute| (attribute.key.0, attribute.value))
    }
}

/// The end of an element.
#[derive(Debug)]
pub(super) struct End<'a>(BytesEnd<'a>);

impl End<'_> {
    /// Its name without a prefix.
    pub(super) fn name(&self) -> &str {
        local(self.0.name().0)
    }
}

fn local(name: &str) -> &str {
    // Names are a few bytes long: a search that begins with vectors costs more.
    name.bytes().rposition(|b| b == b':').map_or(name, |colon| &name[colon + 1..])
}

/// With references resolved; as it stands where they cannot be.
fn plain(value: Cow<'_, str>) -> Cow<'_, str> {
    if !value.contains('&') {
        return value;
    }
    match unescape(&value) {
        Ok(text) => Cow::Owned(text.into_owned()),
        Err(_) => value,
    }
}

/// Reads nodes.
pub(super) struct Xml<'r> {
    reader: Reader<Feed<'r>>,
    buffer: Vec<u8>,
    depth: u32,
    /// Nodes that nobody was told of yet.
    nodes: u64,
}

impl std::fmt::Debug for Xml<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Xml").field("depth", &self.depth).finish_non_exhaustive()
    }
}

impl<'r> Xml<'r> {
    /// Reads from the start of a document.
    ///
    /// # Errors
    /// Where not even its first bytes can be had.
    pub(super) fn new(input: impl Read + 'r) -> Result<Xml<'r>, Halt> {
        let mut reader = Reader::from_reader(Feed::new(Box::new(input)).map_err(|error| Halt::of(&error))?);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Ok(Xml { reader, buffer: Vec::new(), depth: 0, nodes: 0 })
    }

    /// The next node; none at the end.
    ///
    /// # Errors
    /// Where it is no XML any more, too deep, too long, or the bytes end too early.
    pub(super) fn next(&mut self) -> Result<Option<Node<'_>>, Halt> {
        self.buffer.clear();
        self.reader.get_mut().since = 0;
        self.nodes += 1;
        let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| halt(&error))?;
        Ok(Some(match event {
            Event::Start(start) | Event::Empty(start) => {
                self.depth += 1;
                if self.depth > DEPTH {
                    return Err(Halt::new(Reason::Limit, "XML elements more than 4096 deep"));
                }
                Node::Open(Tag(start))
            }
            Event::End(end) => {
                self.depth = self.depth.saturating_sub(1);
                Node::Close(End(end))
            }
            Event::Text(text) => Node::Text(text.into_inner()),
            Event::CData(text) => Node::Text(text.into_inner()),
            Event::GeneralRef(reference) => Node::Text(Cow::Owned(resolved(&reference.into_inner()))),
            Event::Eof if self.depth > 0 => return Err(Halt::new(Reason::Malformed, "XML that ends too early")),
            Event::Eof => return Ok(None),
            // Comments, instructions, declarations: no text, and no end.
            _ => Node::Text(Cow::Borrowed("")),
        }))
    }

    /// Nodes read since it was last asked, where they are many enough to be told.
    pub(super) fn due(&mut self) -> Option<u64> {
        (self.nodes >= UNIT).then(|| std::mem::take(&mut self.nodes))
    }
}

fn halt(error: &quick_xml::Error) -> Halt {
    match error {
        quick_xml::Error::Io(error) => Halt::of(error),
        _ => Halt::new(Reason::Malformed, "XML that is not well-formed"),
    }
}

/// What `&name;` stands for. Entities that a document declares are not expanded.
fn resolved(name: &str) -> String {
    unescape(&format!("&{name};")).map_or_else(|_| " ".to_string(), Cow::into_owned)
}

/// The bytes of a document in UTF-8, and how many went into the node that is being read.
struct Feed<'r> {
    input: Box<dyn Read + 'r>,
    bytes: Vec<u8>,
    at: usize,
    /// Bytes at the end of `bytes` that are the start of a character: not given out yet.
    kept: usize,
    since: u64,
}

impl<'r> Feed<'r> {
    fn new(mut input: Box<dyn Read + 'r>) -> io::Result<Feed<'r>> {
        let mut head = Vec::new();
        input.by_ref().take(4).read_to_end(&mut head)?;
        let encoding = match head[..] {
            [0xff, 0xfe, ..] | [b'<', 0, ..] => Some(Encoding::Utf16Le),
            [0xfe, 0xff, ..] | [0, b'<', ..] => Some(Encoding::Utf16Be),
            _ => None,
        };
        let whole = io::Cursor::new(head).chain(input);
        let input: Box<dyn Read> = match encoding {
            Some(encoding) => Box::new(Transcoder::new(encoding, whole)),
            None => Box::new(whole),
        };
        Ok(Feed { input, bytes: Vec::new(), at: 0, kept: 0, since: 0 })
    }

    fn refill(&mut self) -> io::Result<()> {
        let end = self.bytes.len() - self.kept;
        self.bytes.copy_within(end.., 0);
        self.bytes.resize(self.kept + PIECE, 0);
        let got = loop {
            match self.input.read(&mut self.bytes[self.kept..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                got => break got,
            }
        };
        self.bytes.truncate(self.kept + *got.as_ref().unwrap_or(&0));
        self.at = 0;
        let ended = got? == 0;
        let mut from = 0;
        self.kept = 0;
        while let Err(error) = str::from_utf8(&self.bytes[from..]) {
            let bad = from + error.valid_up_to();
            match error.error_len() {
                None if !ended => {
                    self.kept = self.bytes.len() - bad;
                    break;
                }
                length => {
                    let length = length.unwrap_or(self.bytes.len() - bad);
                    self.bytes[bad..bad + length].fill(b'?');
                    from = bad + length;
                }
            }
        }
        Ok(())
    }
}

impl Read for Feed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let from = self.fill_buf()?;
        let count = from.len().min(buffer.len());
        buffer[..count].copy_from_slice(&from[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Feed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.bytes.len() - self.kept {
            if self.since > LONGEST {
                return Err(Halt::new(Reason::Limit, "one XML node of more than 64 MiB").error());
            }
            // At least one whole character, or the end.
            self.refill()?;
            while self.kept > 0 && self.kept == self.bytes.len() {
                self.refill()?;
            }
        }
        Ok(&self.bytes[self.at..self.bytes.len() - self.kept])
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
        self.since += count as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(bytes: &[u8]) -> Result<String, Halt> {
        let mut xml = Xml::new(bytes)?;
        let mut out = String::new();
        while let Some(node) = xml.next()? {
            match node {
                Node::Open(tag) => out += &format!("<{} {:?}", tag.name(), tag.attrs().collect::<Vec<_>>()),
                Node::Close(end) => out += &format!(">{}", end.name()),
                Node::Text(text) => out += &text,
            }
        }
        Ok(out)
    }

    #[test]
    fn names_lose_prefixes_and_references_are_resolved() {
        let read = flat(b"<?xml version=\"1.0\"?><a:b xmlns:a=\"x\" r:id=\"1&amp;2\">x &lt; &#233;&unknown;<c/></a:b>");
        assert_eq!(read.expect("read"), "<b [(\"id\", \"1&2\")]x < \u{e9} <c []>c>b");
    }

    #[test]
    fn other_encodings_and_damage_are_read() {
        let wide: Vec<u8> = "\u{feff}<a>\u{e9}</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(flat(&wide).expect("read"), "<a []\u{e9}>a");
        assert_eq!(flat(b"<a>x\xffy</b>").expect("read"), "<a []x?y>b");
        assert_eq!(flat(b"<a><b>x").expect_err("cut").reason, Reason::Malformed);
    }

    #[test]
    fn depth_and_length_are_bounded() {
        assert_eq!(flat(&b"<a>".repeat(5_000)).expect_err("deep").reason, Reason::Limit);
        let endless = io::Cursor::new(b"<a x=\"").chain(io::repeat(b'x'));
        let mut xml = Xml::new(endless).expect("read");
        assert_eq!(xml.next().expect_err("long").reason, Reason::Limit);
    }
}
