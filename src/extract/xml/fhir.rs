//! FHIR resources in XML. In: their elements. Out: what [`fhir`](crate::extract::fhir) says of their places, which are called as
//! in JSON: `Patient.identifier[].value`. Refuses nothing: it only finds its way.
//!
//! What an identifier or contact is stands beside its value: it is looked for when the element starts, and becomes a part of
//! its path: `identifier[SS]`.

use std::ops::Range;

use super::lex::{self, InTag, Mark};
use super::paths::Paths;
use super::vocabulary::{Element, LOOK, Tag, Vocabulary};
use crate::extract::fhir::{self, Each, References};
use crate::extract::json::Peek;
use crate::extract::named::Named;

/// The vocabulary.
#[derive(Debug, Default)]
pub(super) struct Fhir {
    references: References,
    records: u64,
}

/// Whether a head is that of a resource: it names FHIR's namespace.
pub(super) fn is_fhir(head: &[u8]) -> bool {
    [&b"\"http://hl7.org/fhir\""[..], b"'http://hl7.org/fhir'"]
        .iter()
        .any(|name| memchr::memmem::find(head, name).is_some())
}

/// Elements that a resource has more than one of (FHIR R4), as far as person data stands in them: JSON writes them as lists.
const LISTS: [&str; 16] = [
    "identifier",
    "given",
    "prefix",
    "suffix",
    "telecom",
    "address",
    "line",
    "extension",
    "entry",
    "coding",
    "contact",
    "link",
    "communication",
    "class",
    "contained",
    "participant",
];

/// Names above a text that are told.
const KEYS: usize = 4;

/// Tells the value of each element that stands at most `depth` elements below the first of `bytes`, with the names above it.
/// Whether the first ended within the bytes.
fn skim<'a>(bytes: &'a [u8], depth: usize, each: Each<'a, '_>) -> bool {
    let bytes = &bytes[..bytes.len().min(LOOK)];
    let mut keys: [&[u8]; KEYS] = [b""; KEYS];
    let mut open = 0usize;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', &bytes[at..]) {
        at += found;
        let rest = &bytes[at..];
        match lex::mark(rest, false) {
            Mark::Open(name) => {
                // The first names the object itself.
                if (1..=KEYS).contains(&open) {
                    keys[open - 1] = lex::local(&rest[1..name]);
                }
                let mut end = name;
                let empty = loop {
                    match lex::in_tag(rest, end, false) {
                        InTag::Attribute(attribute, next) => {
                            end = next;
                            let of_value = &rest[attribute.name.clone()] == b"value";
                            let told = (1..=depth.min(KEYS)).contains(&open) && of_value;
                            if told && !each(&keys[..open], &rest[attribute.value]) {
                                return true;
                            }
                        }
                        InTag::End(next, empty) => {
                            end = next;
                            break empty;
                        }
                        _ => return false,
                    }
                };
                at += end;
                open += usize::from(!empty);
            }
            Mark::Close(end, _) => {
                if open <= 1 {
                    return true;
                }
                open -= 1;
                at += end;
            }
            Mark::More => return false,
            _ => at += 1,
        }
        if open == 0 {
            return true;
        }
    }
    false
}

/// What is looked for in an element.
fn peek(name: &[u8]) -> Peek {
    match name {
        b"identifier" => Peek::Identifier,
        b"telecom" => Peek::Contact,
        b"class" => Peek::Class,
        _ => Peek::None,
    }
}

/// Resources are called with a capital, their elements are not.
fn is_resource(name: &[u8]) -> bool {
    name.first().is_some_and(u8::is_ascii_uppercase)
}

/// The name of an element without what was found in it.
fn bare(name: &str) -> &str {
    name.split_once('[').map_or(name, |(bare, _)| bare)
}

impl Vocabulary for Fhir {
    fn open(&mut self, paths: &mut Paths, parent: u32, tag: &Tag<'_>) -> Element {
        let name = tag.name;
        if name == b"fullUrl" {
            self.references.full_url(tag.get(b"value").unwrap_or_default());
        }
        let mut record = None;
        let within = bare(&paths.nodes[parent as usize].name);
        // A bundle is no resource of somebody, and what a resource contains is its own.
        if is_resource(name) && !matches!(name, b"Bundle" | b"Parameters") && within != "contained" {
            let mut resource = fhir::resource(|depth, each| skim(tag.bytes, depth, each));
            resource.kind = Some(name);
            // What is about nobody stands on record 0 in a bundle, which no person has.
            record = Some(self.references.record(&resource, &mut self.records));
        }
        let label = match peek(name) {
            Peek::None if matches!(name, b"extension" | b"modifierExtension") => {
                let url = tag.get(b"url").unwrap_or_default();
                String::from_utf8_lossy(url.rsplit(|b| *b == b'/').next().unwrap_or_default()).into_owned()
            }
            peek => fhir::label(peek, |depth, each| skim(tag.bytes, depth, each)).0,
        };
        // A label is a code; anything else could be somebody's.
        let is_code = !label.is_empty()
            && label.len() <= 40
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        let path = if is_code {
            let named = [name, b"[", label.as_bytes(), b"]"].concat();
            paths.child(parent, &named)
        } else {
            paths.child(parent, name)
        };
        Element { path, parent: None, prose: name == b"div", record }
    }

    fn attribute(&self, _: &Paths, _: u32, name: &[u8], value: &[u8]) -> Option<Range<usize>> {
        (name == b"value").then_some(0..value.len())
    }

    fn text(&self, _: &Paths, _: u32, text: &[u8]) -> Option<Range<usize>> {
        Some(0..text.len())
    }

    fn looks_into(&self, name: &[u8]) -> bool {
        is_resource(name) && name != b"Bundle" || !matches!(peek(name), Peek::None)
    }

    fn describe(&self, paths: &Paths, path: u32) -> Named {
        let names = paths.names(path);
        let from = names.iter().rposition(|name| is_resource(name.as_bytes()) && !name.starts_with('@')).unwrap_or(0);
        let resource = bare(names[from]);
        let inside = &names[names.len().min(from + 1)..];
        let keys: Vec<&str> = inside.iter().filter(|name| !name.starts_with('@')).map(|name| bare(name)).collect();
        let label =
            inside.iter().rev().find_map(|name| name.split_once('[')).map(|(_, label)| label.trim_end_matches(']'));
        let mut shown = resource.to_string();
        for (at, key) in keys.iter().enumerate() {
            shown.push('.');
            shown.push_str(key);
            let person = at == 0
                && *key == "name"
                && matches!(resource, "Patient" | "Person" | "RelatedPerson" | "Practitioner");
            if person
                || (at + 1 < keys.len() || matches!(*key, "given" | "line" | "prefix" | "suffix"))
                    && LISTS.contains(key)
            {
                shown.push_str("[]");
            }
        }
        fhir::named(resource, &keys, label, shown)
    }

    fn record_depth(&self) -> Option<usize> {
        Some(usize::MAX)
    }

    fn format(&self) -> &'static str {
        "fhir"
    }
}
