//! Documents in the values of a document, one level deep: a JSON object, a message of HL7 or X12, XML, a table in a string or in a piece of HTML.
//! In: batches of values, of any format. Out: the values that such a value holds, each with its place behind the outer one.
//! Refuses what does not read to its end: that stays the value it was.

mod table;

use std::collections::HashMap;

pub(super) use self::table::reader as table_reader;
use super::named::{Batch, Named, Nothing, Places, Reader, Value, Window};
use super::rows::Fields;
use super::{Quote, dialect};
use crate::finding::Place;
use crate::open::{Kind, sniff};

/// A shorter value holds no document.
const SHORTEST: usize = 24;
/// A longer one is not opened.
const LONGEST: usize = 1 << 20;
/// Lines of a string from which on it may be a table.
const LINES: usize = 3;

/// Opens values that are documents, a batch at a time.
#[derive(Default)]
pub(crate) struct Nested {
    /// By outer place and format.
    inner: HashMap<(u32, &'static str), Inner>,
}

/// What is known of the documents that stand in one place.
#[derive(Default)]
struct Inner {
    places: Places,
    /// Numbers of them among the places of the outer document.
    numbers: Vec<u32>,
}

impl Nested {
    /// Puts what stands in the values of a batch of these bytes in their place. `known` says whether a field name is in the
    /// vocabulary.
    pub(crate) fn open(&mut self, batch: &mut Batch, bytes: &[u8], places: &mut Places, known: &dyn Fn(&str) -> bool) {
        let opened = |value: &Value, batch: &Batch| format(meant(batch, bytes, value), known);
        let Some(first) = batch.values.iter().position(|value| opened(value, batch).is_some()) else { return };
        for value in batch.values.split_off(first) {
            let inner = opened(&value, batch).and_then(|format| {
                let text = meant(batch, bytes, &value).to_vec();
                self.read(format, text, &value, batch, places, known)
            });
            match inner {
                Some(inner) => batch.values.extend(inner),
                None => batch.values.push(value),
            }
        }
    }

    fn read(
        &mut self,
        format: &'static str,
        text: Vec<u8>,
        value: &Value,
        batch: &mut Batch,
        places: &mut Places,
        known: &dyn Fn(&str) -> bool,
    ) -> Option<Vec<Value>> {
        let inner = self.inner.entry((value.place, format)).or_default();
        let mut found = Batch::default();
        let mut nothing = Nothing;
        let read = if format == TABLE {
            rows(&text, &mut inner.places, &mut found, known)?;
            text
        } else {
            let mut reader: Box<dyn Reader> = super::reader(format, "", &text)?;
            let mut window = Window::new(text, &mut nothing);
            reader.read(&mut window, &mut inner.places, &mut found).ok()?;
            // What is left is not part of the document.
            if found.values.is_empty() || !window.rest().trim_ascii().is_empty() {
                return None;
            }
            window.consumed().to_vec()
        };
        let outer = places.named.get(value.place as usize)?.place.clone();
        for number in inner.numbers.len()..inner.places.named.len() {
            let mut token = b"nested ".to_vec();
            token.extend_from_slice(&value.place.to_be_bytes());
            token.extend_from_slice(&(number as u32).to_be_bytes());
            token.extend_from_slice(format.as_bytes());
            let named = &inner.places.named[number];
            inner.numbers.push(places.number(&token, || within(&outer, named)));
        }
        // Several records in one value are several people's; one is what the outer record says.
        let one = found.values.iter().all(|v| v.record == found.values[0].record);
        let values = found.values.iter().map(|v| {
            let text = meant(&found, &read, v);
            let from = batch.decoded.len() as u32;
            batch.decoded.extend_from_slice(text);
            Value {
                place: inner.numbers[v.place as usize],
                record: if one { value.record } else { (value.record << 24) + v.record },
                decoded: (from, batch.decoded.len() as u32),
                ..*value
            }
        });
        Some(values.collect())
    }
}

/// What a value says.
fn meant<'a>(batch: &'a Batch, bytes: &'a [u8], value: &Value) -> &'a [u8] {
    match value.decoded {
        (from, to) if from < to => batch.decoded.get(from as usize..to as usize),
        _ => bytes.get(value.start as usize..value.end as usize),
    }
    .unwrap_or_default()
}

/// The place of a value within a value.
fn within(outer: &Place, inner: &Named) -> Named {
    let outer = match outer {
        Place::Text => None,
        other => Some(other.short()),
    };
    let place = match (outer, &inner.place) {
        (None, place) => place.clone(),
        (Some(outer), Place::Text) => Place::Path(outer),
        (Some(outer), place) => Place::Path(format!("{outer}.{}", place.short())),
    };
    Named { place, ..inner.clone() }
}

/// What a table in a string is called.
const TABLE: &str = "table";

/// The format of a document that a value is, if it is one: told by its first and last bytes, then as any document.
fn format(text: &[u8], known: &dyn Fn(&str) -> bool) -> Option<&'static str> {
    if !(SHORTEST..=LONGEST).contains(&text.len()) {
        return None;
    }
    match (text[0], text[text.len() - 1]) {
        (b'{', b'}') | (b'[', b']') if memchr::memchr(b'"', text).is_some() => is(text, &["json", "ndjson"]),
        (b'<', b'>') if is_page_table(text) => Some("html"),
        (b'<', b'>') => is_element(text).then_some("xml"),
        (b'M', _) if text.starts_with(b"MSH") => is(text, &["hl7"]),
        (b'I', _) if text.starts_with(b"ISA") => is(text, &["x12"]),
        _ => (may_be_table(text) && columns(text, known).is_some()).then_some(TABLE),
    }
}

fn is(text: &[u8], formats: &[&'static str]) -> Option<&'static str> {
    let kind = sniff("", text);
    formats.iter().copied().find(|format| kind.format() == *format)
}

/// Whether a text is an element and all in it, and no page.
fn is_element(text: &[u8]) -> bool {
    let last = memchr::memrchr(b'<', text).map(|at| &text[at..]).unwrap_or_default();
    let Kind::Text(format) = sniff("", text) else { return false };
    format == "xml" || format == "text" && text[1].is_ascii_alphabetic() && last.starts_with(b"</")
}

/// Whether a text is a stretch of a page with a table in it, as programs show tables.
fn is_page_table(text: &[u8]) -> bool {
    let has = |mark: &[u8]| memchr::memmem::find(text, mark).is_some();
    has(b"<table") && has(b"<td") && !matches!(sniff("", text), Kind::Text("xml" | "cda"))
}

/// Whether the first two lines have the same marks between fields, and a third follows.
fn may_be_table(text: &[u8]) -> bool {
    let mut lines = text.splitn(LINES + 1, |b| *b == b'\n');
    let (Some(first), Some(second), Some(_)) = (lines.next(), lines.next(), lines.next()) else { return false };
    let count = |line: &[u8], mark: u8| memchr::memchr_iter(mark, line).count();
    [b',', b'\t', b'|', b';'].into_iter().any(|mark| match count(first, mark) {
        0 => false,
        // Commas inside of quotes are none between fields.
        marks => count(second, mark) == marks || count(second, mark) > marks && memchr::memchr(b'"', second).is_some(),
    })
}

/// The table that a string is: only with names that somebody knows, since text has commas too.
fn columns(text: &[u8], known: &dyn Fn(&str) -> bool) -> Option<(dialect::Dialect, Vec<String>)> {
    let dialect = dialect::detect("", text, true, known)?;
    let header = dialect.header.clone()?;
    header.iter().any(|name| known(name)).then_some((dialect, header))
}

/// The values of a table in a string.
fn rows(text: &[u8], places: &mut Places, batch: &mut Batch, known: &dyn Fn(&str) -> bool) -> Option<()> {
    let (dialect, header) = columns(text, known)?;
    let mut row = 0;
    for field in Fields::new(&dialect, text, 0, 0, Quote::Outside) {
        if row >= dialect.body_rows && field.start < field.end {
            let name = header.get(field.column);
            let place = places.number(&(field.column as u32).to_be_bytes(), || table::column(name, field.column));
            table::give(batch, place, row, text, 0, &field);
        }
        row += u64::from(field.last);
    }
    (!batch.values.is_empty()).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::options::Options;
    use crate::scan::scan_bytes;

    fn found(name: &str, text: &str) -> Vec<(String, String, u64)> {
        let engine = Engine::built_in().expect("the built-in rules load");
        let document = scan_bytes(&engine, &Options::default(), name, text.as_bytes());
        let of = |f: &crate::finding::Finding| (f.identifier.to_string(), f.place.short(), f.matches);
        let mut found: Vec<_> = document.findings.iter().map(of).collect();
        found.sort();
        found
    }

    fn has(found: &[(String, String, u64)], identifier: &str, place: &str, matches: u64) {
        assert!(
            found.contains(&(identifier.to_string(), place.to_string(), matches)),
            "{identifier} {place}: {found:?}"
        );
    }

    /// Invented people: surname, birth date, number.
    fn people() -> Vec<(&'static str, String, String)> {
        let names = ["Delgado", "Okafor", "Lindqvist", "Marchetti", "Nguyen", "Abernathy", "Castellanos", "Whitfield"];
        let of = |n: usize| (names[n], format!("19{}-0{}-1{n}", 41 + n * 6, n + 1), format!("51{n}-44-01{}{n}", 8 - n));
        (0..names.len()).map(of).collect()
    }

    #[test]
    fn objects_in_cells_are_read_by_their_keys() {
        let row = |(n, (name, dob, ssn)): (usize, (&str, String, String))| {
            format!(
                "{n},\"{{\"\"last_name\"\": \"\"{name}\"\", \"\"dob\"\": \"\"{dob}\"\", \"\"id\"\": {{\"\"ssn\"\": \"\"{ssn}\"\"}}}}\"\n"
            )
        };
        let table: String = people().into_iter().enumerate().map(row).collect();
        let found = found("events.csv", &format!("event,payload\n{table}"));
        has(&found, "name", "payload.last_name", 8);
        has(&found, "birth-date", "payload.dob", 8);
        has(&found, "ssn", "payload.id.ssn", 8);
    }

    #[test]
    fn messages_in_cells_and_strings_are_read_by_their_fields() {
        let message = |n: usize, (name, dob, ssn): &(&str, String, String), end: &str| {
            let dob = dob.replace('-', "");
            format!(
                "MSH|^~\\&|LAB|N|EHR|N|20260301||ADT^A01|{n}|P|2.5{end}PID|1||44{n}718^^^N^MR||{}^MARIA||{dob}|F|||||||||||{ssn}{end}",
                name.to_uppercase()
            )
        };
        let table: String =
            people().iter().enumerate().map(|(n, p)| format!("{n},\"{}\"\n", message(n, p, "\r"))).collect();
        let in_table = found("queue.csv", &format!("id,raw_message\n{table}"));
        has(&in_table, "birth-date", "raw_message.PID-7", 8);
        has(&in_table, "ssn", "raw_message.PID-19", 8);
        let escaped = |n, p| message(n, p, "\r").replace('\\', "\\\\").replace('\r', "\\r");
        let lines: String = people()
            .iter()
            .enumerate()
            .map(|(n, p)| format!("{{\"seq\":{n},\"msg\":\"{}\"}}\n", escaped(n, p)))
            .collect();
        let in_json = found("queue.ndjson", &lines);
        has(&in_json, "mrn", "msg.PID-3.*", 8);
        has(&in_json, "ssn", "msg.PID-19", 8);
    }

    #[test]
    fn tables_in_strings_are_read_by_their_columns() {
        let rows: String =
            people().iter().map(|(name, dob, ssn)| format!("\\\"{name}, Maria\\\",{dob},{ssn}\\n")).collect();
        let text = format!("{{\"file\": \"a.csv\", \"content\": \"patient_name,dob,ssn\\n{rows}\"}}");
        let found = found("drop.json", &text);
        has(&found, "name", "content.patient_name", 8);
        has(&found, "birth-date", "content.dob", 8);
        has(&found, "ssn", "content.ssn", 8);
    }

    /// As notebooks keep what a program showed.
    #[test]
    fn tables_of_pages_in_strings_are_read_by_their_columns() {
        let row = |(n, (name, dob, ssn)): (usize, &(&str, String, String))| {
            format!("\"<tr>\\n\", \"<th>{n}</th>\\n\", \"<td>{name}</td><td>{dob}</td><td>{ssn}</td></tr>\\n\", ")
        };
        let rows: String = people().iter().enumerate().map(row).collect();
        let text = format!(
            "{{\"cells\": [{{\"source\": [\"Patient\\n\", \"SSN: 536-22-8145\\n\", \"seen\"], \"outputs\": [{{\"data\": {{\"text/html\": [\"<div>\\n\", \"<table border=\\\"1\\\">\\n\", \
             \"<tr><th></th><th>last_name</th><th>dob</th><th>ssn</th></tr>\\n\", {rows}\"</table>\\n\", \"</div>\"]}}}}]}}]}}"
        );
        let found = found("analysis.ipynb", &text);
        has(&found, "name", "cells[].outputs[].data.text/html[].table.last_name", 8);
        has(&found, "birth-date", "cells[].outputs[].data.text/html[].table.dob", 8);
        has(&found, "ssn", "cells[].outputs[].data.text/html[].table.ssn", 8);
        has(&found, "ssn", "cells[].source[]", 1);
    }

    #[test]
    fn what_only_begins_like_a_document_stays_a_value() {
        let known = |_: &str| true;
        for text in
            ["{not a document at all, really}", "<never closed but ends so", "MSHX is no message at all", "a, b\nno\nc"]
        {
            assert_eq!(format(text.as_bytes(), &known), None, "{text}");
        }
        let text = "[{\"note\": \"{\\\"ssn\\\": \\\"512-44-0181\\\", broken}\"}]";
        assert!(found("a.json", text).iter().any(|(identifier, _, _)| identifier == "ssn"), "read as the text it is");
    }
}
