//! Mailboxes (RFC 4155). In: many messages, each behind a line that starts with `From `. Out: the text of all, a form feed between, and
//! the attachments of each. Refuses messages beyond what memory allows: the rest of such a one is a gap.

use std::io::{BufRead, BufReader, Read, SeekFrom};

use mail_parser::MessageParser;

use super::letter::{Letter, as_text};
use super::part;
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Document, Form, Part, Parts};

/// Bytes of a message.
const MESSAGE: usize = 64 << 20;
/// Messages whose attachments are remembered between the two readings.
const REMEMBERED: usize = 2 << 20;

/// Reads a mailbox: the text of its messages first, and then, a second time, their attachments.
pub(super) fn read(document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    parts.begin(&Part { name: "body".to_string(), form: Form::Body, place: None })?;
    let (mut carrying, mut cut, mut number) = (Vec::new(), 0u64, 0u64);
    let mut text = String::new();
    each(document, |at, length, message, whole| {
        number += 1;
        cut += u64::from(!whole);
        parts.work(message.len() as u64 / 1024 + 1)?;
        text.clear();
        match MessageParser::default().parse(message) {
            Some(parsed) => {
                let letter = Letter::of(&parsed, message);
                let carries = !letter.files.is_empty() || !letter.encrypted.is_empty();
                if (carries || !letter.urls.is_empty()) && carrying.len() < REMEMBERED {
                    carrying.push((at, length, number));
                }
                as_text(&letter, &mut text);
            }
            None => text.push_str(&String::from_utf8_lossy(message)),
        }
        text.push_str("\n\u{c}\n");
        parts.write(text.as_bytes())
    })?;
    parts.end()?;
    if cut > 0 {
        parts.gap(None, Reason::Limit, &format!("{cut} messages larger than 64 MiB"))?;
    }
    let mut message = Vec::new();
    for (at, length, number) in carrying {
        document.seek(SeekFrom::Start(at)).map_err(|error| Halt::of(&error))?;
        message.clear();
        (&mut *document)
            .take(length.min(MESSAGE as u64))
            .read_to_end(&mut message)
            .map_err(|error| Halt::of(&error))?;
        parts.work(message.len() as u64 / 1024 + 1)?;
        if let Some(parsed) = MessageParser::default().parse(&message) {
            let letter = Letter::of(&parsed, &message);
            if !letter.urls.is_empty() {
                let name = format!("message {number}/body.html");
                part(parts, &name, Form::Text, Some("body"), letter.urls.as_bytes())?;
            }
            letter.attached(&format!("message {number}/"), parts)?;
        }
    }
    Ok(())
}

/// Tells each message: where it starts behind its `From ` line, its length, its bytes, and whether these are all.
fn each(
    document: &mut dyn Document,
    mut tell: impl FnMut(u64, u64, &[u8], bool) -> Result<(), Halt>,
) -> Result<(), Halt> {
    let mut reader = BufReader::with_capacity(256 << 10, document);
    let (mut message, mut line) = (Vec::new(), Vec::new());
    let (mut at, mut start, mut whole, mut blank, mut begun) = (0u64, 0, true, true, false);
    loop {
        line.clear();
        // A line longer than this goes on as if it were the next: only its start can be a mark.
        let got = (&mut reader).take(1 << 20).read_until(b'\n', &mut line).map_err(|error| Halt::of(&error))?;
        if got == 0 || blank && is_mark(&line) {
            if begun {
                tell(start, at - start, &message, whole)?;
            }
            if got == 0 {
                return Ok(());
            }
            (begun, whole, start) = (true, true, at + got as u64);
            message.clear();
        } else if message.len() + got <= MESSAGE {
            message.extend_from_slice(&line);
        } else {
            whole = false;
        }
        blank = line.iter().all(u8::is_ascii_whitespace);
        at += got as u64;
    }
}

/// `From `, and somewhere a time: a sentence may start with the word.
fn is_mark(line: &[u8]) -> bool {
    line.starts_with(b"From ")
        && line.windows(5).any(|w| w[2] == b':' && [0, 1, 3, 4].iter().all(|n| w[*n].is_ascii_digit()))
}
