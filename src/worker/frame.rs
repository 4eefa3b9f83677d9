//! What scanner and worker say to each other. In: a request, or frames of an answer. Out: their bytes, and back. Refuses
//! frames longer than [`LONGEST`] and what does not read as one: who answers may be in the hands of the document.
//!
//! A frame is a byte for its kind, its length in four bytes, the lowest first, and its content: bytes of a part as they are,
//! everything else as JSON.

use std::io;

use serde::{Deserialize, Serialize};

use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Form, Part};
use crate::spool::Sealed;

/// The longest content of a frame.
pub(super) const LONGEST: usize = 1 << 20;

/// The most bytes of a name or a detail that are believed.
const TEXT: usize = 4096;

/// What a worker is asked; the document goes with it as a descriptor.
#[derive(Deserialize, Serialize)]
pub(super) struct Request {
    pub(super) format: String,
    pub(super) name: String,
    pub(super) passwords: Vec<String>,
    /// A second descriptor comes with it: the file beside the document whose name ends so.
    pub(super) beside: Option<String>,
    /// The document stands in the spool.
    pub(super) sealed: Option<Sealed>,
    /// See [`crate::limits::Limits`].
    pub(super) memory: u64,
    pub(super) cpu: u64,
    pub(super) cells: u64,
}

/// One step of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Begin(Part),
    /// So many bytes of the part that was begun follow.
    Bytes(Vec<u8>),
    End,
    Gap {
        part: Option<String>,
        reason: Reason,
        detail: String,
    },
    /// A sign of life.
    Alive,
    /// The document was read, to its end or not; with `retire`, the worker takes no other.
    Done {
        halt: Option<Halt>,
        retire: bool,
    },
}

const BEGIN: u8 = 1;
const BYTES: u8 = 2;
const END: u8 = 3;
const GAP: u8 = 4;
const ALIVE: u8 = 5;
const DONE: u8 = 6;

/// Bytes of kind and length.
pub(super) const HEAD: usize = 5;

#[derive(Deserialize, Serialize)]
struct Begun {
    name: String,
    form: u8,
    place: Option<String>,
}

#[derive(Deserialize, Serialize)]
struct Missed {
    part: Option<String>,
    reason: String,
    detail: String,
}

#[derive(Deserialize, Serialize)]
struct Ended {
    halt: Option<(String, String)>,
    retire: bool,
}

const FORMS: [Form; 4] = [Form::Body, Form::Text, Form::Table, Form::File];

/// Appends a frame with this content.
fn put(out: &mut Vec<u8>, kind: u8, content: &[u8]) {
    out.push(kind);
    out.extend_from_slice(&(content.len() as u32).to_le_bytes());
    out.extend_from_slice(content);
}

fn put_json(out: &mut Vec<u8>, kind: u8, content: &impl Serialize) {
    // Strings and numbers: nothing of it can fail to be written.
    put(out, kind, &serde_json::to_vec(content).unwrap_or_default());
}

#[cfg(any(feature = "cli", test))]
pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    bytes.chunks(LONGEST).for_each(|piece| put(out, BYTES, piece));
}

pub(super) fn put_request(out: &mut Vec<u8>, request: &Request) {
    put_json(out, 0, request);
}

impl Frame {
    #[cfg(any(feature = "cli", test))]
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        match self {
            Frame::Begin(part) => {
                let form = FORMS.iter().position(|form| *form == part.form).unwrap_or(0) as u8;
                put_json(out, BEGIN, &Begun { name: cut(&part.name), form, place: part.place.as_deref().map(cut) });
            }
            Frame::Bytes(bytes) => put_bytes(out, bytes),
            Frame::End => put(out, END, b""),
            Frame::Gap { part, reason, detail } => {
                let (part, detail) = (part.as_deref().map(cut), cut(detail));
                put_json(out, GAP, &Missed { part, reason: reason.name().to_string(), detail });
            }
            Frame::Alive => put(out, ALIVE, b""),
            Frame::Done { halt, retire } => {
                let halt = halt.as_ref().map(|halt| (halt.reason.name().to_string(), cut(&halt.detail)));
                put_json(out, DONE, &Ended { halt, retire: *retire });
            }
        }
    }

    /// The frame with this head and content.
    pub(super) fn read(kind: u8, content: Vec<u8>) -> io::Result<Frame> {
        let nonsense = || io::Error::from(io::ErrorKind::InvalidData);
        let reason = |name: &str| Reason::by_name(name).ok_or_else(nonsense);
        Ok(match kind {
            BEGIN => {
                let begun: Begun = serde_json::from_slice(&content)?;
                let form = *FORMS.get(usize::from(begun.form)).ok_or_else(nonsense)?;
                Frame::Begin(Part { name: cut(&begun.name), form, place: begun.place.as_deref().map(cut) })
            }
            BYTES => Frame::Bytes(content),
            END => Frame::End,
            GAP => {
                let missed: Missed = serde_json::from_slice(&content)?;
                let part = missed.part.as_deref().map(cut);
                Frame::Gap { part, reason: reason(&missed.reason)?, detail: cut(&missed.detail) }
            }
            ALIVE => Frame::Alive,
            DONE => {
                let ended: Ended = serde_json::from_slice(&content)?;
                let halt = ended.halt.map(|(name, detail)| Ok::<_, io::Error>(Halt::new(reason(&name)?, cut(&detail))));
                Frame::Done { halt: halt.transpose()?, retire: ended.retire }
            }
            _ => return Err(nonsense()),
        })
    }
}

/// Kind and length of a frame's content, from its head.
pub(super) fn head(head: [u8; HEAD]) -> io::Result<(u8, usize)> {
    let [kind, length @ ..] = head;
    match u32::from_le_bytes(length) as usize {
        length if length <= LONGEST => Ok((kind, length)),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// As much of a text as is believed.
fn cut(text: &str) -> String {
    let end = (0..=text.len().min(TEXT)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text[..end].to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_understood() {
        let part =
            |form, place: Option<&str>| Part { name: "Sheet \"1\"".to_string(), form, place: place.map(Into::into) };
        let frames = [
            Frame::Begin(part(Form::Table, Some("Data (hidden)"))),
            Frame::Begin(part(Form::Body, None)),
            Frame::Bytes(b"a\x1fb\n".to_vec()),
            Frame::End,
            Frame::Gap { part: Some("page 3".to_string()), reason: Reason::Image, detail: "a picture".to_string() },
            Frame::Alive,
            Frame::Done { halt: Some(Halt::new(Reason::Encrypted, "AES")), retire: false },
            Frame::Done { halt: None, retire: true },
        ];
        let mut bytes = Vec::new();
        frames.iter().for_each(|frame| frame.put(&mut bytes));
        let mut rest = &bytes[..];
        for frame in &frames {
            let (kind, length) = head(rest[..HEAD].try_into().expect("a head")).expect("a frame");
            assert_eq!(&Frame::read(kind, rest[HEAD..HEAD + length].to_vec()).expect("a frame"), frame);
            rest = &rest[HEAD + length..];
        }
        assert!(rest.is_empty());
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(head([BYTES, 0, 0, 0, 1]).is_err(), "16 MiB");
        for (kind, content) in [(0, "{}"), (9, ""), (BEGIN, "{"), (BEGIN, r#"{"name":"x","form":9,"place":null}"#)] {
            assert!(Frame::read(kind, content.as_bytes().to_vec()).is_err(), "{kind} {content}");
        }
        let gap = r#"{"part":null,"reason":"bored","detail":""}"#;
        assert!(Frame::read(GAP, gap.as_bytes().to_vec()).is_err(), "no such reason");
    }

    #[test]
    fn long_names_are_cut() {
        let part = Part { name: "é".repeat(TEXT), form: Form::File, place: None };
        let mut bytes = Vec::new();
        Frame::Begin(part).put(&mut bytes);
        let Ok(Frame::Begin(part)) = Frame::read(BEGIN, bytes[HEAD..].to_vec()) else { panic!("a part") };
        assert_eq!(part.name.len(), TEXT);
    }
}
