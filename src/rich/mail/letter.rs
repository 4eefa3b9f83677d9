//! One message of RFC 5322. In: its bytes. Out: its text, the headers that name people and matters, HTML where it says more than
//! the text, attachments. Refuses to guess at what is encrypted: that is a gap.

use std::collections::HashSet;
use std::fmt::Write as _;

use mail_parser::decoders::html::html_to_text;
use mail_parser::{Encoding, HeaderName, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::part;
use crate::decode::budget::Halt;
use crate::extract::urls::{Url, Urls};
use crate::gap::Reason;
use crate::rich::{Form, Parts};

/// A message that was taken apart.
pub(super) struct Letter<'a> {
    pub(super) headers: String,
    /// The texts, one after the other.
    pub(super) text: String,
    /// HTML that says something that the text does not.
    pub(super) html: Vec<&'a str>,
    /// The `data:` URLs of all HTML, which its text has not.
    pub(super) urls: String,
    /// Attachments with their names.
    pub(super) files: Vec<(String, &'a [u8])>,
    /// What is encrypted, with its scheme.
    pub(super) encrypted: Vec<(String, &'static str)>,
}

/// Reads a message and hands out its parts.
pub(super) fn read(bytes: &[u8], parts: &mut dyn Parts) -> Result<(), Halt> {
    let Some(message) = MessageParser::default().parse(bytes) else {
        return Err(Halt::new(Reason::Malformed, "no headers of a message"));
    };
    let letter = Letter::of(&message, bytes);
    if !letter.text.is_empty() {
        part(parts, "body", Form::Body, None, letter.text.as_bytes())?;
    }
    if !letter.headers.is_empty() {
        part(parts, "headers", Form::Text, Some("headers"), letter.headers.as_bytes())?;
    }
    for html in &letter.html {
        part(parts, "body.html", Form::File, None, html.as_bytes())?;
    }
    if letter.html.is_empty() && !letter.urls.is_empty() {
        part(parts, "body.html", Form::Text, Some("body"), letter.urls.as_bytes())?;
    }
    letter.attached("", parts)
}

impl<'a> Letter<'a> {
    /// Takes a message apart whose bytes are `raw`.
    pub(super) fn of(message: &'a Message<'_>, raw: &'a [u8]) -> Letter<'a> {
        let mut letter = Letter {
            headers: headers(message),
            text: String::new(),
            html: Vec::new(),
            urls: String::new(),
            files: Vec::new(),
            encrypted: Vec::new(),
        };
        if message.is_content_type("multipart", "encrypted") {
            letter.encrypted.push(("body".to_string(), "PGP/MIME"));
        }
        for (n, part) in message.parts.iter().enumerate() {
            let id = n as u32;
            let shown = message.text_body.contains(&id) || message.html_body.contains(&id);
            let attached = part.attachment_name().is_some() && !shown;
            match &part.body {
                PartType::Multipart(_) => {}
                PartType::Text(text) if !attached && !is_other_text(part) => {
                    if text.trim_start().starts_with("-----BEGIN PGP MESSAGE") {
                        letter.encrypted.push(("body".to_string(), "PGP"));
                    }
                    letter.text.push_str(text);
                    if !text.ends_with('\n') {
                        letter.text.push('\n');
                    }
                }
                PartType::Html(html) if !attached => letter.html.push(html),
                PartType::Text(text) | PartType::Html(text) => letter.attach(part, n, text.as_bytes()),
                PartType::Binary(bytes) | PartType::InlineBinary(bytes) => letter.attach(part, n, bytes),
                PartType::Message(inner) => {
                    let stood = raw.get(part.offset_body as usize..part.offset_end as usize);
                    let bytes = match part.encoding {
                        Encoding::None => stood.unwrap_or_default(),
                        _ => inner.raw_message(),
                    };
                    let name = part.attachment_name().filter(|name| !name.is_empty());
                    let name = name.map_or_else(|| format!("message {n}.eml"), str::to_string);
                    letter.files.push((name, bytes));
                }
            }
        }
        letter.urls = letter.html.iter().map(|html| urls(html)).collect();
        let said = words(&letter.text);
        letter.html.retain(|html| !words(&html_to_text(html)).is_subset(&said));
        letter
    }

    fn attach(&mut self, part: &MessagePart<'_>, n: usize, bytes: &'a [u8]) {
        let name = match part.attachment_name() {
            Some(name) if !name.is_empty() => name.to_string(),
            _ => format!("attachment {n}{}", ending(part)),
        };
        let kind = part.content_type();
        let pkcs7 =
            part.is_content_type("application", "pkcs7-mime") || part.is_content_type("application", "x-pkcs7-mime");
        let signed = kind.and_then(|kind| kind.attribute("smime-type")).is_some_and(|kind| kind.contains("signed"));
        if pkcs7 && !signed {
            self.encrypted.push((name, "S/MIME"));
        } else if part.is_content_type("application", "pgp-encrypted") || bytes.starts_with(b"-----BEGIN PGP MESSAGE") {
            // The part that says which version, and the message itself: said once, with the whole.
            if self.encrypted.is_empty() {
                self.encrypted.push((name, "PGP"));
            }
        } else {
            self.files.push((name, bytes));
        }
    }

    /// Hands out attachments, their names behind `before`, and says what is encrypted.
    pub(super) fn attached(&self, before: &str, parts: &mut dyn Parts) -> Result<(), Halt> {
        for (name, bytes) in &self.files {
            part(parts, &format!("{before}{name}"), Form::File, None, bytes)?;
        }
        for (name, scheme) in &self.encrypted {
            parts.gap(Some(&format!("{before}{name}")), Reason::Encrypted, scheme)?;
        }
        Ok(())
    }
}

/// Text that is a format of its own: `text/csv`, `text/calendar`.
fn is_other_text(part: &MessagePart<'_>) -> bool {
    part.content_type().is_some_and(|kind| {
        kind.ctype().eq_ignore_ascii_case("text")
            && !matches!(kind.subtype(), None | Some("plain" | "enriched" | "flowed" | "html"))
    })
}

/// The ending that a name would have.
fn ending(part: &MessagePart<'_>) -> &'static str {
    match part.content_type().and_then(|kind| kind.subtype()) {
        Some("csv") => ".csv",
        Some("calendar") => ".ics",
        Some("html") => ".html",
        Some("pdf") => ".pdf",
        Some("ms-tnef") => ".dat",
        _ => "",
    }
}

/// The headers that name people and matters, decoded, a line each.
fn headers(message: &Message<'_>) -> String {
    let mut text = String::new();
    for header in message.headers() {
        let wanted = matches!(
            header.name,
            HeaderName::From
                | HeaderName::Sender
                | HeaderName::ReplyTo
                | HeaderName::To
                | HeaderName::Cc
                | HeaderName::Bcc
                | HeaderName::ResentFrom
                | HeaderName::ResentTo
                | HeaderName::ResentCc
                | HeaderName::Subject
                | HeaderName::Comments
                | HeaderName::Keywords
        );
        if !wanted {
            continue;
        }
        let before = text.len();
        match &header.value {
            HeaderValue::Address(people) => {
                for one in people.iter() {
                    let comma = if text.len() == before { "" } else { ", " };
                    let _ = match (&one.name, &one.address) {
                        (Some(name), Some(address)) => write!(text, "{comma}{name} <{address}>"),
                        (Some(one), None) | (None, Some(one)) => write!(text, "{comma}{one}"),
                        (None, None) => Ok(()),
                    };
                }
            }
            HeaderValue::Text(said) => text.push_str(said),
            HeaderValue::TextList(list) => text.push_str(&list.join(", ")),
            _ => {}
        }
        if text.len() > before {
            text.insert_str(before, &format!("{}: ", header.name.as_str()));
            text.push('\n');
        }
    }
    text
}

/// The `data:` URLs of HTML, a line each, with the marks around them.
fn urls(html: &str) -> String {
    let (mut lines, mut urls) = (String::new(), Urls::default());
    let mut found = |url: Url| {
        let (start, end) = (url.start.saturating_sub(1) as usize, url.end as usize + 1);
        // What is cut in a character has no mark there.
        let line = html.get(start..end).or_else(|| html.get(url.start as usize..url.end as usize));
        lines.extend([line.unwrap_or_default(), "\n"]);
    };
    urls.push(html.as_bytes(), &mut found);
    urls.finish(&mut found);
    lines
}

/// The words of a text. What has the same words says the same.
fn words(text: &str) -> HashSet<&str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

/// The text of a message for a mailbox: headers, text, and HTML as text.
pub(super) fn as_text(letter: &Letter<'_>, to: &mut String) {
    to.push_str(&letter.headers);
    to.push('\n');
    to.push_str(&letter.text);
    for html in &letter.html {
        to.push_str(&html_to_text(html));
        to.push('\n');
    }
}
