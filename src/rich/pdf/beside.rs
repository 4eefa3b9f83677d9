//! What a PDF holds beside its pages. In: its objects. Out: values of its form, notes, properties, bookmarks, embedded files. Refuses
//! fields that hold each other in a ring.

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Form, Part, Parts};

/// Bytes of an embedded file.
const FILE: usize = 96 << 20;
/// Fields, notes and names inside each other.
const DEPTH: usize = 32;
/// What the makers of a document write into it of themselves.
const OF_PROGRAMS: [&[u8]; 5] = [b"Producer", b"Creator", b"CreationDate", b"ModDate", b"Trapped"];

/// Hands out everything but the pages.
pub(super) fn read(document: &Document, pages: &[ObjectId], parts: &mut dyn Parts) -> Result<(), Halt> {
    fields(document, parts)?;
    let mut notes = String::new();
    for page in pages {
        parts.work(1)?;
        for note in document.get_page_annotations(*page).into_iter().flatten().take(10_000) {
            for key in [&b"Contents"[..], b"Subj", b"T", b"RC"] {
                // The name of a field is no note.
                if key == b"T" && note.has(b"FT") {
                    continue;
                }
                let said = note.get_deref(key, document).map(text).unwrap_or_default();
                line(&if key == b"RC" { without_marks(&said) } else { said }, &mut notes);
            }
            let link = note.get_deref(b"A", document).and_then(Object::as_dict);
            line(&link.and_then(|link| link.get_deref(b"URI", document)).map(text).unwrap_or_default(), &mut notes);
        }
    }
    lines(&notes, "annotations", parts)?;
    lines(&properties(document), "properties", parts)?;
    let mut walk = Walk { document, titles: String::new(), described: String::new(), files: Vec::new() };
    for object in document.objects.values() {
        parts.work(1)?;
        walk.object(object, 0);
    }
    let Walk { titles, described, files, .. } = walk;
    lines(&titles, "bookmarks", parts)?;
    lines(&described, "descriptions of pictures", parts)?;
    embedded(document, files, parts)
}

/// A part of lines, where there are any.
pub(super) fn lines(text: &str, name: &str, parts: &mut dyn Parts) -> Result<(), Halt> {
    if text.trim().is_empty() {
        return Ok(());
    }
    parts.begin(&Part { name: name.to_string(), form: Form::Text, place: Some(name.to_string()) })?;
    parts.write(text.as_bytes())?;
    parts.end()
}

fn line(said: &str, to: &mut String) {
    if !said.trim().is_empty() {
        to.push_str(said.trim());
        to.push('\n');
    }
}

/// Fields of the form (ISO 32000-1, 12.7.3), and what an XFA form holds.
fn fields(document: &Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    let form = document.catalog().and_then(|catalog| catalog.get_deref(b"AcroForm", document));
    let Ok(form) = form.and_then(Object::as_dict) else { return Ok(()) };
    let (mut said, mut seen) = (String::new(), HashSet::new());
    for field in form.get_deref(b"Fields", document).and_then(Object::as_array).into_iter().flatten() {
        gather(document, field, "", &mut seen, 0, &mut said);
    }
    lines(&said, "form fields", parts)?;
    let streams: Vec<&Stream> = match form.get_deref(b"XFA", document) {
        Ok(Object::Stream(all)) => vec![all],
        Ok(Object::Array(pieces)) => {
            pieces.iter().filter_map(|piece| document.dereference(piece).ok()?.1.as_stream().ok()).collect()
        }
        _ => Vec::new(),
    };
    if streams.is_empty() {
        return Ok(());
    }
    parts.begin(&Part { name: "form.xml".to_string(), form: Form::File, place: None })?;
    for piece in streams {
        if let Ok(bytes) = piece.get_plain_content_with_limit(FILE) {
            parts.write(&bytes)?;
        }
    }
    parts.end()
}

fn gather(
    document: &Document,
    field: &Object,
    before: &str,
    seen: &mut HashSet<ObjectId>,
    depth: usize,
    to: &mut String,
) {
    if depth > DEPTH || field.as_reference().is_ok_and(|id| !seen.insert(id)) {
        return;
    }
    let Some(field) = document.dereference(field).ok().and_then(|(_, field)| field.as_dict().ok()) else { return };
    let own = field.get_deref(b"T", document).map(text).unwrap_or_default();
    let name = if before.is_empty() || own.is_empty() { format!("{before}{own}") } else { format!("{before}.{own}") };
    let value = match field.get_deref(b"V", document) {
        Ok(Object::Array(values)) => values.iter().map(text).collect::<Vec<_>>().join(", "),
        Ok(Object::Stream(value)) => {
            value.get_plain_content_with_limit(FILE).map(|bytes| decoded(&bytes)).unwrap_or_default()
        }
        Ok(value) => text(value),
        Err(_) => String::new(),
    };
    // What is shown of a field on its page has no name: the last part is what people call it.
    if !value.trim().is_empty() && value != "Off" {
        let shown = field.get_deref(b"TU", document).map(text).unwrap_or_default();
        let called = if shown.is_empty() { name.rsplit('.').next().unwrap_or_default() } else { &shown };
        line(&format!("{called}: {value}"), to);
    }
    for kid in field.get_deref(b"Kids", document).and_then(Object::as_array).into_iter().flatten() {
        gather(document, kid, &name, seen, depth + 1, to);
    }
}

/// What the document says of itself: its information dictionary, and the text of its XMP.
fn properties(document: &Document) -> String {
    let mut said = String::new();
    let info = document.trailer.get_deref(b"Info", document).and_then(Object::as_dict);
    for (key, value) in info.into_iter().flat_map(Dictionary::iter) {
        let value = document.dereference(value).map(|(_, value)| text(value)).unwrap_or_default();
        if !OF_PROGRAMS.contains(&key.as_slice()) && !value.trim().is_empty() {
            line(&format!("{}: {value}", String::from_utf8_lossy(key)), &mut said);
        }
    }
    let packet = document.catalog().and_then(|catalog| catalog.get_deref(b"Metadata", document));
    if let Ok(bytes) =
        packet.and_then(Object::as_stream).and_then(|packet| packet.get_plain_content_with_limit(8 << 20))
    {
        let marked = decoded(&bytes);
        // `<dc:title>` and its kind: what programs say of themselves and of times is no matter.
        for element in [":title>", ":creator>", ":description>", ":subject>", "pdf:Keywords>", ":Headline>", ":Author>"]
        {
            for piece in marked.split(element).skip(1).step_by(2) {
                line(&without_marks(piece.rsplit_once('<').map_or(piece, |(inner, _)| inner)), &mut said);
            }
        }
    }
    said
}

/// The text between marks.
fn without_marks(marked: &str) -> String {
    let mut said = String::new();
    for piece in marked.split('<') {
        let inner = piece.split_once('>').map_or(piece, |(_, inner)| inner);
        if !inner.trim().is_empty() {
            said.push_str(inner.trim());
            said.push(' ');
        }
    }
    said.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#13;", " ").replace("&amp;", "&")
}

/// What stands anywhere among the objects.
struct Walk<'a> {
    document: &'a Document,
    titles: String,
    described: String,
    /// Names of embedded files with their streams.
    files: Vec<(String, ObjectId)>,
}

impl Walk<'_> {
    fn object(&mut self, object: &Object, depth: usize) {
        if depth > DEPTH {
            return;
        }
        match object {
            Object::Array(elements) => elements.iter().for_each(|element| self.object(element, depth + 1)),
            Object::Dictionary(dictionary) => self.dictionary(dictionary, depth),
            Object::Stream(stream) => self.dictionary(&stream.dict, depth),
            _ => {}
        }
    }

    fn dictionary(&mut self, dictionary: &Dictionary, depth: usize) {
        if dictionary.has(b"Parent") && dictionary.has(b"Title") {
            line(&dictionary.get_deref(b"Title", self.document).map(text).unwrap_or_default(), &mut self.titles);
        }
        if dictionary.has(b"Alt") {
            line(&dictionary.get_deref(b"Alt", self.document).map(text).unwrap_or_default(), &mut self.described);
        }
        if let Ok(files) = dictionary.get_deref(b"EF", self.document).and_then(Object::as_dict) {
            let named =
                |key: &[u8]| dictionary.get_deref(key, self.document).ok().map(text).filter(|name| !name.is_empty());
            let name = named(b"UF").or_else(|| named(b"F")).unwrap_or_default();
            let mut streams: Vec<_> = files.iter().filter_map(|(_, stream)| stream.as_reference().ok()).collect();
            streams.dedup();
            self.files.extend(streams.into_iter().map(|stream| (name.clone(), stream)));
        }
        dictionary.iter().for_each(|(_, value)| self.object(value, depth + 1));
    }
}

/// Embedded files: those that a name is known of, and then those that nothing refers to.
fn embedded(document: &Document, mut files: Vec<(String, ObjectId)>, parts: &mut dyn Parts) -> Result<(), Halt> {
    for (id, object) in &document.objects {
        let is_file = object.as_stream().is_ok_and(|stream| stream.dict.has_type(b"EmbeddedFile"));
        if is_file && files.iter().all(|(_, known)| known != id) {
            files.push((String::new(), *id));
        }
    }
    let mut told = HashSet::new();
    for (name, id) in files {
        let Ok(stream) = document.get_object(id).and_then(Object::as_stream) else { continue };
        if !told.insert(id) {
            continue;
        }
        let name = if name.is_empty() { format!("attachment {}", told.len()) } else { name };
        match stream.get_plain_content_with_limit(FILE) {
            Ok(bytes) => {
                parts.begin(&Part { name, form: Form::File, place: None })?;
                parts.write(&bytes)?;
                parts.end()?;
            }
            Err(_) => {
                parts.gap(Some(&name), Reason::Limit, "an embedded file that is damaged, or larger than 96 MiB")?
            }
        }
    }
    Ok(())
}

/// The text that a string or a name is.
fn text(object: &Object) -> String {
    match object {
        Object::String(bytes, _) => decoded(bytes),
        Object::Name(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    }
}

/// A text string (7.9.2.2): by its mark, else UTF-8 where it reads so, else a code page of one byte.
fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned(),
        [0xff, 0xfe, rest @ ..] => encoding_rs::UTF_16LE.decode_without_bom_handling(rest).0.into_owned(),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match str::from_utf8(bytes) {
            Ok(text) => text.to_string(),
            Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        },
    }
}
