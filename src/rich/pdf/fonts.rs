//! Fonts of PDF (ISO 32000-1, 9). In: the dictionary of a font. Out: for each code of a string its text and its width. Refuses to guess at
//! codes that nothing maps to text: they are counted.

use std::collections::HashMap;

use lopdf::{Dictionary, Document, Encoding, Object};

use super::cmap::CMap;

/// Bytes that come out of one map.
const MAP: usize = 8 << 20;

/// A font, as far as text is concerned.
pub(super) struct Font {
    /// Codes are of two bytes, or as the map says.
    wide: bool,
    map: CMap,
    /// Codes are UTF-16 themselves.
    utf16: bool,
    /// Texts of codes of one byte.
    simple: Vec<Option<char>>,
    /// Widths by code, in thousandths of the size of the font; else this one.
    widths: HashMap<u32, f64>,
    default_width: f64,
    /// Whether no widths are given: one of the fourteen that every program has.
    standard: bool,
    /// Widths are in units of glyph space: 0.001, or as a Type 3 font says.
    pub(super) unit: f64,
}

/// One code of a string.
pub(super) struct Glyph {
    /// Whether it has a text, which was appended.
    pub(super) known: bool,
    /// In thousandths, or units of the font's own glyph space.
    pub(super) width: f64,
    /// The code of a blank of one byte, at which words are spaced.
    pub(super) is_blank: bool,
}

impl Font {
    /// A font by its dictionary.
    pub(super) fn of(document: &Document, font: &Dictionary) -> Font {
        let get = |key: &[u8]| font.get_deref(key, document).ok();
        let wide = get(b"Subtype").and_then(|kind| kind.as_name().ok()) == Some(b"Type0");
        let stream = get(b"ToUnicode").and_then(|map| map.as_stream().ok());
        let map = stream.and_then(|map| map.get_plain_content_with_limit(MAP).ok()).map(|bytes| CMap::of(&bytes));
        let encoding = get(b"Encoding").and_then(|name| name.as_name().ok()).unwrap_or_default();
        let utf16 = [&b"UCS2"[..], b"UTF16"].iter().any(|kind| memchr::memmem::find(encoding, kind).is_some());
        let unit = match get(b"FontMatrix").and_then(|matrix| matrix.as_array().ok()).and_then(|matrix| matrix.first())
        {
            Some(first) => first.as_float().map_or(0.001, |unit| f64::from(unit).abs()),
            None => 0.001,
        };
        let (widths, default_width) = if wide { wide_widths(document, font) } else { simple_widths(document, font) };
        Font {
            wide,
            map: map.unwrap_or_default(),
            utf16,
            simple: if wide { Vec::new() } else { simple(document, font) },
            standard: widths.is_empty() && !wide,
            widths,
            default_width,
            unit,
        }
    }

    /// Takes the first code of a string, and appends its text: how many bytes it has, and what it is.
    pub(super) fn next(&self, bytes: &[u8], to: &mut String) -> (usize, Glyph) {
        let usual = if self.wide { 2 } else { 1 };
        let length = if self.wide && !self.map.is_empty() { self.map.length(bytes, usual) } else { usual };
        let length = length.min(bytes.len());
        let code = bytes[..length].iter().fold(0u32, |code, b| code << 8 | u32::from(*b));
        let before = to.len();
        let mut known = self.map.push(&bytes[..length], to);
        if !known && !self.wide {
            let text = self.simple.get(code as usize).copied().flatten();
            to.extend(text);
            known = text.is_some();
        }
        if !known && self.utf16 {
            to.extend(char::from_u32(code));
            known = true;
        }
        let width = match self.widths.get(&code) {
            Some(width) => *width,
            None if self.standard => usual_width(to[before..].chars().next()),
            None => self.default_width,
        };
        (length, Glyph { known, width, is_blank: length == 1 && code == 32 })
    }
}

/// Widths of a font that brings none: those of Helvetica, roughly.
fn usual_width(c: Option<char>) -> f64 {
    match c {
        Some(' ' | '.' | ',' | ':' | ';' | '\'' | '!' | '/' | 'i' | 'j' | 'l' | 't' | 'f' | 'I') => 278.0,
        Some('-' | '(' | ')' | 'r') => 333.0,
        Some('m' | 'M' | 'W' | '@' | '%') => 850.0,
        Some(c) if c.is_uppercase() => 680.0,
        _ => 556.0,
    }
}

/// Texts of the codes of a simple font: its base encoding, and what differs from it.
fn simple(document: &Document, font: &Dictionary) -> Vec<Option<char>> {
    let encoding = font.get_deref(b"Encoding", document).ok();
    let dictionary = encoding.and_then(|encoding| encoding.as_dict().ok());
    let base = match dictionary {
        Some(dictionary) => dictionary.get_deref(b"BaseEncoding", document).ok().and_then(|base| base.as_name().ok()),
        None => encoding.and_then(|encoding| encoding.as_name().ok()),
    };
    let is_type1 = font.get_deref(b"Subtype", document).is_ok_and(|kind| kind.as_name().ok() == Some(b"Type1"));
    let base = base.unwrap_or(if is_type1 { b"StandardEncoding" } else { b"WinAnsiEncoding" });
    let mut texts = vec![None; 256];
    let mut plain = Dictionary::new();
    plain.set("Type", Object::Name(b"Font".to_vec()));
    plain.set("Encoding", Object::Name(base.to_vec()));
    match plain.get_font_encoding(document) {
        Ok(Encoding::OneByteEncoding(set)) => {
            for (text, glyph) in texts.iter_mut().zip(set) {
                *text = glyph.and_then(|glyph| char::from_u32(u32::from(glyph.utf16_code_unit())));
            }
        }
        _ => {
            for (code, text) in (0u8..=255).zip(&mut texts) {
                *text = (code >= 32).then_some(char::from(code));
            }
        }
    }
    // What a set leaves open of ASCII is meant as ASCII.
    for (code, text) in (0u8..127).zip(&mut texts) {
        if text.is_none() && code >= 32 {
            *text = Some(char::from(code));
        }
    }
    let differences = dictionary.and_then(|dictionary| dictionary.get_deref(b"Differences", document).ok());
    let mut code = 0;
    for object in differences.and_then(|list| list.as_array().ok()).into_iter().flatten().take(1024) {
        match object {
            Object::Integer(first) => code = usize::try_from(*first).unwrap_or(256),
            Object::Name(name) => {
                if let Some(text) = texts.get_mut(code) {
                    *text = glyph(document, name);
                }
                code += 1;
            }
            _ => {}
        }
    }
    texts
}

/// The text of a glyph by its name: the Adobe Glyph List, `uni0041`, `u1F600`, and a variant behind a dot.
fn glyph(document: &Document, name: &[u8]) -> Option<char> {
    let name = name.split(|b| *b == b'.').next().filter(|name| !name.is_empty())?;
    let mut encoding = Dictionary::new();
    encoding.set("Differences", Object::Array(vec![Object::Integer(0), Object::Name(name.to_vec())]));
    let mut plain = Dictionary::new();
    plain.set("Type", Object::Name(b"Font".to_vec()));
    plain.set("Encoding", Object::Dictionary(encoding));
    if let Ok(Encoding::Differences(known)) = plain.get_font_encoding(document)
        && let Some(glyph) = known.map.get(&0)
    {
        return char::from_u32(u32::from(glyph.utf16_code_unit()));
    }
    let text = str::from_utf8(name).ok()?;
    let digits = text.strip_prefix("uni").or_else(|| text.strip_prefix('u'))?;
    char::from_u32(u32::from_str_radix(digits.get(..4.max(digits.len().min(6)))?, 16).ok()?)
}

fn simple_widths(document: &Document, font: &Dictionary) -> (HashMap<u32, f64>, f64) {
    let first = font.get_deref(b"FirstChar", document).and_then(Object::as_i64).unwrap_or(0);
    let list = font.get_deref(b"Widths", document).ok().and_then(|list| list.as_array().ok());
    let descriptor = font.get_deref(b"FontDescriptor", document).and_then(Object::as_dict);
    let missing = descriptor.and_then(|it| it.get_deref(b"MissingWidth", document)).and_then(Object::as_float);
    let mut widths = HashMap::new();
    for (code, width) in (0..256).zip(list.into_iter().flatten()) {
        let Some(code) = u32::try_from(first).ok().and_then(|first| first.checked_add(code)) else { continue };
        if let Ok((_, width)) = document.dereference(width)
            && let Ok(width) = width.as_float()
        {
            widths.insert(code, f64::from(width));
        }
    }
    (widths, missing.map_or(500.0, f64::from))
}

/// The last number of a glyph in a composite font (ISO 32000-1 annex C).
const LAST: u32 = 65_535;

/// Widths of a composite font (9.7.4.3): a first code and a list, or a first, a last and one for all.
fn wide_widths(document: &Document, font: &Dictionary) -> (HashMap<u32, f64>, f64) {
    let mut widths = HashMap::new();
    let Some(inner) = font
        .get_deref(b"DescendantFonts", document)
        .ok()
        .and_then(|list| list.as_array().ok()?.first())
        .and_then(|inner| document.dereference(inner).ok()?.1.as_dict().ok())
    else {
        return (widths, 1000.0);
    };
    let default = inner.get_deref(b"DW", document).and_then(Object::as_float).map_or(1000.0, f64::from);
    let list = inner.get_deref(b"W", document).ok().and_then(|list| list.as_array().ok());
    let mut held: Vec<u32> = Vec::new();
    for object in list.into_iter().flatten() {
        let Ok((_, object)) = document.dereference(object) else { continue };
        match (object, held.as_slice()) {
            (Object::Array(list), [first]) => {
                for (code, width) in (*first..=LAST).zip(list) {
                    widths.insert(code, width.as_float().map_or(default, f64::from));
                }
                held.clear();
            }
            (width, [first, last]) => {
                let width = width.as_float().map_or(default, f64::from);
                widths.extend((*first..=(*last).min(LAST)).map(|code| (code, width)));
                held.clear();
            }
            (number, _) => held.push(number.as_i64().ok().and_then(|code| u32::try_from(code).ok()).unwrap_or(0)),
        }
        if widths.len() > 200_000 {
            break;
        }
    }
    (widths, default)
}
