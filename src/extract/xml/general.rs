//! XML of no known vocabulary. In: the paths of elements and attributes. Out: names as people would give a column, whose
//! values they are, and which attribute names an element. Refuses nothing: a path that says nothing is judged by form.

use std::ops::Range;

use super::lex::Attribute;
use super::paths::Paths;
use super::vocabulary::{Element, Tag, Vocabulary};
use crate::extract::named::{Holds, Named};
use crate::finding::{Place, Subject};

/// Elements whose attribute says what they hold: `<field name="ssn">`, `<entry key="dob">`.
#[rustfmt::skip]
const CARRIERS: &[&[u8]] = &[
    b"field", b"Field", b"entry", b"property", b"Property", b"item", b"param", b"parameter", b"attribute", b"Attribute",
    b"data", b"Data", b"value", b"column", b"Column", b"col", b"cell", b"add", b"variable", b"element", b"pair", b"prop",
    b"Item", b"Entry", b"Param", b"DataItem", b"string", b"str", b"int", b"long", b"date", b"SimpleData", b"answer", b"question", b"control", b"tag", b"arr", b"input",
];
/// Attributes that say it, the first that is there; `naaccrId` is that of cancer registries (NAACCR XML).
#[rustfmt::skip]
const NAMING: &[&[u8]] = &[
    b"name", b"key", b"Name", b"Key", b"field", b"label", b"naaccrId", b"fieldName", b"columnName", b"itemName",
    b"attributeName", b"FieldName", b"ColumnName",
];
/// Attributes that may stand beside it: what they say is about the field.
const BESIDE: &[&[u8]] =
    &[b"value", b"Value", b"type", b"Type", b"id", b"required", b"format", b"null", b"nil", b"space"];

/// Names that say nothing without the one they stand in.
#[rustfmt::skip]
const GENERIC: &[&str] = &[
    "value", "val", "text", "content", "data", "extension", "v", "string", "str", "item", "entry", "field", "current", "raw",
    "html", "body",
];
/// Names that say more with the one they stand in.
#[rustfmt::skip]
const JOINED: &[&str] = &[
    "id", "number", "no", "num", "nbr", "code", "name", "date", "dt", "first", "last", "middle", "line", "line1", "line2",
    "street", "key", "type", "identifier", "extension", "full", "given", "family", "birth",
];

/// Elements that are about a clinician or an organisation, by a word of their name.
#[rustfmt::skip]
const PROVIDERS: &[&str] = &[
    "provider", "physician", "prescriber", "practitioner", "clinician", "doctor", "surgeon", "pharmacy", "pharmacist",
    "facility", "performer", "pcp", "organization", "organisation", "hospital", "clinic", "supplier", "dispenser",
];
/// Elements that are about a patient or somebody of theirs.
#[rustfmt::skip]
const PATIENTS: &[&str] = &[
    "patient", "member", "subscriber", "beneficiary", "insured", "enrollee", "dependent", "guarantor",
    "policyholder", "cardholder", "resident", "spouse",
];
/// Elements that are about somebody who works there.
const WORKERS: &[&str] = &["employee", "staff", "worker"];

/// The name that an attribute gives an element, if one does: `ssn` of `<field name="ssn">`.
fn given_name<'a>(element: &[u8], bytes: &'a [u8], attributes: &[Attribute]) -> Option<&'a [u8]> {
    if attributes.is_empty() || !CARRIERS.contains(&element) {
        return None;
    }
    let naming = NAMING.iter().find_map(|name| attributes.iter().find(|a| bytes[a.name.clone()] == **name))?;
    let beside = |a: &Attribute| {
        let name = super::lex::local(&bytes[a.name.clone()]);
        a == naming || BESIDE.contains(&name)
    };
    let name = &bytes[naming.value.clone()];
    let is_name = name.len() <= 64
        && name.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
        && name.iter().all(|b| b.is_ascii_alphanumeric() || b"_- ./#'".contains(b))
        && reads_as_field(name);
    (is_name && attributes.iter().all(beside)).then_some(name)
}

/// Words that fields are called by and people are not, where both are written with a capital: `Patient Name`, `Smith`.
#[rustfmt::skip]
const FIELDS: &[&str] = &[
    "account", "address", "age", "birth", "birthdate", "city", "code", "county", "date", "description", "diagnosis", "dob",
    "email", "employer", "ethnicity", "fax", "first", "gender", "group", "id", "identifier", "insurance", "language", "last",
    "mbi", "medicaid", "medicare", "member", "middle", "mobile", "mrn", "name", "no", "notes", "npi", "number", "patient",
    "phone", "plan", "policy", "provider", "race", "relationship", "security", "sex", "ssn", "state", "status", "street",
    "subscriber", "suffix", "telephone", "title", "type", "value", "zip",
];

/// Whether an attribute's value is what a field is called, and not what somebody is called.
fn reads_as_field(name: &[u8]) -> bool {
    let mut run = 0;
    let number = name.iter().any(|b| {
        run = if b.is_ascii_digit() { run + 1 } else { 0 };
        run >= 4
    });
    let Ok(name) = str::from_utf8(name) else { return false };
    let one = !name.contains([' ', '.', '\'', '/']);
    // `dob`, `firstName`, `PT_DOB`: no name of a person is written so.
    let coded = one
        && (name.starts_with(|c: char| c.is_lowercase())
            || name.contains(['_', '-', '#'])
            || name.chars().any(|c| c.is_ascii_digit())
            || (name.len() > 1 && !name.contains(|c: char| c.is_lowercase())));
    !number && (coded || words(name).iter().any(|word| FIELDS.contains(&word.as_str())))
}

/// Whether an attribute names its element, where one does.
fn names(attribute: &[u8]) -> bool {
    NAMING.contains(&attribute)
}

/// The words of a name, lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for character in name.chars() {
        let splits = !character.is_alphanumeric() || (character.is_uppercase() && before.is_lowercase());
        if splits {
            words.push(String::new());
        }
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whose values an element holds, as far as its name says.
fn subject(name: &str) -> Option<Subject> {
    let words = words(name);
    let has = |list: &[&str]| {
        words.iter().any(|w| {
            let one = w.strip_suffix("ies").map(|w| format!("{w}y"));
            list.contains(&w.as_str())
                || w.strip_suffix('s').is_some_and(|w| list.contains(&w))
                || one.is_some_and(|w| list.contains(&w.as_str()))
        })
    };
    if has(PROVIDERS) {
        Some(Subject::Provider)
    } else if has(WORKERS) {
        Some(Subject::Workforce)
    } else if has(PATIENTS) {
        Some(Subject::Patient)
    } else {
        None
    }
}

/// A name as it speaks for itself: without `@`, the given one of `field[ssn]`.
fn spoken(name: &str) -> &str {
    let name = name.trim_start_matches('@');
    match name.split_once('[') {
        Some((_, given)) => given.trim_end_matches(']'),
        None => name,
    }
}

/// What an element of a patient care report of ambulances is, which has a number for a name (NEMSIS data dictionary 3.5).
fn of_ambulances(name: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 32] = [
        ("eHistory.05", "advance directive"),
        ("ePatient.01", "ems patient id"),
        ("ePatient.02", "patient last name"),
        ("ePatient.03", "patient first name"),
        ("ePatient.04", "patient middle name"),
        ("ePatient.05", "patient home address"),
        ("ePatient.09", "patient zip"),
        ("ePatient.12", "patient ssn"),
        ("ePatient.17", "patient birth date"),
        ("ePatient.18", "patient phone"),
        ("ePatient.19", "patient email"),
        ("ePatient.21", "patient driver license"),
        ("ePayment.17", "group number"),
        ("ePayment.18", "insurance policy id"),
        ("ePayment.19", "insured last name"),
        ("ePayment.20", "insured first name"),
        ("ePayment.23", "next of kin last name"),
        ("ePayment.24", "next of kin first name"),
        ("ePayment.26", "next of kin address"),
        ("ePayment.29", "next of kin zip"),
        ("ePayment.31", "next of kin phone"),
        ("eRecord.01", "patient care report number"),
        ("eTimes.01", "service date"),
        ("eTimes.03", "service date"),
        ("eTimes.05", "service date"),
        ("eTimes.06", "service date"),
        ("eTimes.07", "service date"),
        ("eTimes.09", "service date"),
        ("eTimes.11", "service date"),
        ("eTimes.12", "service date"),
        ("eTimes.13", "service date"),
        ("eTimes.15", "service date"),
    ];
    KNOWN.binary_search_by(|(known, _)| (*known).cmp(name)).ok().map(|at| KNOWN[at].1)
}

/// What is known of a path.
pub(super) fn describe(paths: &Paths, path: u32) -> Named {
    let trail: Vec<&str> = paths.names(path).into_iter().map(spoken).collect();
    // The nearest name that says something, and the one before it.
    let lower = |name: &str| name.to_ascii_lowercase();
    let mut own = trail.len().saturating_sub(1);
    while own > 0 && GENERIC.contains(&lower(trail[own]).as_str()) {
        own -= 1;
    }
    let mut names = Vec::new();
    let mut above = own.checked_sub(1);
    while above.is_some_and(|n| GENERIC.contains(&lower(trail[n]).as_str())) {
        above = above.and_then(|n| n.checked_sub(1));
    }
    if let Some(known) = trail.get(own).and_then(|name| of_ambulances(name)) {
        names.push(known.to_string());
    } else if let Some(name) = trail.get(own).filter(|name| **name != "*") {
        let joined = above.map(|n| format!("{} {name}", trail[n]));
        match joined {
            Some(joined) if JOINED.contains(&lower(name).as_str()) => names.extend([joined, name.to_string()]),
            Some(joined) => names.extend([name.to_string(), joined]),
            None => names.push(name.to_string()),
        }
    }
    let subject = trail.iter().rev().find_map(|name| subject(name));
    Named {
        place: Place::Path(paths.text(path)),
        keys: Vec::new(),
        names,
        holds: Holds::Value,
        subject,
        of_another: false,
    }
}

/// Elements in which text is written with marks.
fn is_prose(element: &[u8], has_name: bool) -> bool {
    match element {
        b"table" => !has_name,
        b"p" | b"para" | b"paragraph" | b"html" | b"body" | b"div" | b"td" | b"th" | b"tr" | b"li" => true,
        _ => false,
    }
}

/// XML of no known vocabulary.
pub(super) struct General;

impl Vocabulary for General {
    fn open(&mut self, paths: &mut Paths, parent: u32, tag: &Tag<'_>) -> Element {
        let prose = is_prose(tag.name, tag.get(b"name").is_some());
        match given_name(tag.name, tag.bytes, tag.attributes) {
            Some(given) => {
                let mut name = tag.name.to_vec();
                name.push(b'[');
                name.extend_from_slice(given);
                name.push(b']');
                Element::plain(paths.child(parent, &name))
            }
            None => Element { prose, ..Element::plain(paths.child(parent, tag.name)) },
        }
    }

    fn attribute(&self, paths: &Paths, element: u32, name: &[u8], value: &[u8]) -> Option<Range<usize>> {
        let named = paths.nodes[element as usize].name.ends_with(']');
        (!(named && names(name))).then_some(0..value.len())
    }

    fn text(&self, _: &Paths, _: u32, text: &[u8]) -> Option<Range<usize>> {
        Some(0..text.len())
    }

    fn describe(&self, paths: &Paths, path: u32) -> Named {
        describe(paths, path)
    }
}
