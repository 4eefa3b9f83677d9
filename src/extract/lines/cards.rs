//! Lines of vCard, iCalendar and LDIF. In: a line with its folds. Out: its values. Refuses a line without a name.

use super::super::json::append_base64_text;
use super::super::named::Holds;
use super::super::values::Values;
use super::{Form, Lines, place, unfolded, visits};

/// Parts of `N` and of `ADR`: RFC 6350 6.2.2 and 6.3.1.
const N: [&str; 5] = ["last name", "first name", "middle name", "prefix", "suffix"];
const ADR: [&str; 7] = ["po box", "address 2", "street address", "city", "state", "zip", "country"];

/// What people would call the values of a property or attribute, by its name in small letters; else by that name.
const CALLED: [(&str, &str); 30] = [
    ("fn", "full name"),
    ("nickname", "first name"),
    ("bday", "birth date"),
    ("birthdate", "birth date"),
    ("dateofbirth", "birth date"),
    ("deathdate", "date of death"),
    ("tel", "phone"),
    ("email", "email"),
    ("label", "address"),
    ("org", "organization"),
    ("url", "url"),
    ("impp", "email"),
    ("cn", "full name"),
    ("displayname", "full name"),
    ("gecos", "full name"),
    ("sn", "last name"),
    ("givenname", "first name"),
    ("mail", "email"),
    ("telephonenumber", "phone"),
    ("homephone", "phone"),
    ("mobile", "phone"),
    ("pager", "phone"),
    ("facsimiletelephonenumber", "fax"),
    ("street", "street address"),
    ("streetaddress", "street address"),
    ("postaladdress", "address"),
    ("homepostaladdress", "address"),
    ("postalcode", "zip"),
    ("l", "city"),
    ("st", "state"),
];

/// Properties and attributes that people write text into.
const TEXTS: [&str; 16] = [
    "note",
    "summary",
    "description",
    "comment",
    "location",
    "contact",
    "resources",
    "title",
    "role",
    "categories",
    "dn",
    "info",
    "related",
    "x-alt-desc",
    "attach",
    "url",
];

/// What the format needs and people do not.
const STRUCTURE: [&str; 22] = [
    "version",
    "rev",
    "prodid",
    "calscale",
    "method",
    "dtstart",
    "dtend",
    "dtstamp",
    "created",
    "last-modified",
    "sequence",
    "status",
    "transp",
    "rrule",
    "trigger",
    "action",
    "tzid",
    "tzoffsetfrom",
    "tzoffsetto",
    "objectclass",
    "changetype",
    "class",
];

/// Whether a line says that what follows is quoted-printable.
pub(super) fn is_quoted_printable(line: &[u8]) -> bool {
    let head = &line[..memchr::memchr(b':', line).unwrap_or(0)];
    memchr::memmem::find(&head.to_ascii_uppercase(), b"QUOTED-PRINTABLE").is_some()
}

/// Whether a line says that what follows is Base64.
pub(super) fn is_encoded(line: &[u8], form: Form) -> bool {
    let colon = memchr::memchr(b':', line);
    if form == Form::Ldif {
        return colon.is_some_and(|at| line.get(at + 1) == Some(&b':'));
    }
    let head = line[..colon.unwrap_or(line.len())].to_ascii_uppercase();
    let data = colon.is_some_and(|at| line[at + 1..].starts_with(b"data:"));
    data || memchr::memmem::find(&head, b"BASE64").is_some() || memchr::memmem::find(&head, b"ENCODING=B").is_some()
}

impl Lines {
    /// A property: `item1.TEL;TYPE=home:+1 315 555 0142`.
    pub(super) fn property(&mut self, raw: &[u8], base: u32, out: &mut Values<'_>) -> bool {
        let folded = memchr::memchr2(b'\n', b'\r', raw).is_some();
        let printable = is_quoted_printable(raw);
        let whole = if folded && !printable { unfolded(raw) } else { raw.to_vec() };
        // The colon that is in no quotes.
        let mut quoted = false;
        let colon = whole.iter().position(|b| {
            quoted ^= *b == b'"';
            *b == b':' && !quoted
        });
        let Some(colon) = colon else { return false };
        let head = &whole[..colon];
        let name_end = memchr::memchr(b';', head).unwrap_or(colon);
        let name = head[..name_end].rsplit(|b| *b == b'.').next().unwrap_or_default();
        if name.is_empty()
            || name.len() > 64
            || !name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        {
            return false;
        }
        let shown = String::from_utf8_lossy(name).to_ascii_uppercase();
        let key = shown.to_ascii_lowercase();
        let value = &whole[colon + 1..];
        let at = (!folded).then_some(colon + 1);
        match key.as_str() {
            "begin" => {
                self.give_text(out);
                let what = value.trim_ascii().to_ascii_uppercase();
                self.open = self.open.saturating_add(1);
                if matches!(what.as_slice(), b"VCARD" | b"VEVENT" | b"VTODO" | b"VJOURNAL" | b"VFREEBUSY") {
                    self.records += 1;
                }
                return true;
            }
            "end" => {
                self.open = self.open.saturating_sub(1);
                return true;
            }
            _ => {}
        }
        out.record = self.records.max(1);
        let span = (base, raw.len());
        if is_encoded(&whole[..whole.len().min(400)], self.form) {
            let mut text = Vec::new();
            if append_base64_text(value.trim_ascii(), &mut text) {
                let place = property_place(&shown, &key, out);
                self.value(place, &text, None, span, out);
            }
            return true;
        }
        if key == "dtstart" && self.visit {
            // The hour says nothing more, and only a date reads as one.
            let date = value.iter().position(|b| *b == b'T').unwrap_or(value.len());
            let place = place(&shown, &["service date"], Holds::Value, out.places);
            self.value(place, &value[..date], at, span, out);
            return true;
        }
        if STRUCTURE.contains(&key.as_str()) {
            return true;
        }
        if printable || memchr::memchr(b'\\', value).is_some() && !matches!(key.as_str(), "n" | "adr") {
            let mut text = Vec::new();
            if printable {
                append_printable(value, &mut text)
            } else {
                append_unescaped(value, &mut text)
            }
            if matches!(key.as_str(), "n" | "adr") {
                self.parts(&shown, &text, None, span, out);
            } else if key == "summary" && self.visit {
                self.summary(&text, None, span, out);
            } else {
                let place = property_place(&shown, &key, out);
                self.value(place, &text, None, span, out);
            }
            return true;
        }
        match key.as_str() {
            "summary" if self.visit => self.summary(value, at, span, out),
            "n" | "adr" => self.parts(&shown, value, at, span, out),
            "attendee" | "organizer" => {
                if let Some(found) = memchr::memmem::find(&head.to_ascii_uppercase(), b";CN=") {
                    let from = found + 4;
                    let quote = usize::from(head.get(from) == Some(&b'"'));
                    let close = if quote == 1 { b'"' } else { b';' };
                    let length = memchr::memchr(close, &head[from + quote..]).unwrap_or(head.len() - from - quote);
                    let place = place(&format!("{shown}.CN"), &["full name"], Holds::Value, out.places);
                    let name_at = (!folded).then_some(from + quote);
                    self.value(place, &head[from + quote..from + quote + length], name_at, span, out);
                }
                let skipped = if value.len() > 7 && value[..7].eq_ignore_ascii_case(b"mailto:") { 7 } else { 0 };
                let place = place(&shown, &["email"], Holds::Value, out.places);
                self.value(place, &value[skipped..], at.map(|at| at + skipped), span, out);
            }
            _ => {
                let skipped = if value.starts_with(b"tel:") { 4 } else { 0 };
                let place = property_place(&shown, &key, out);
                self.value(place, &value[skipped..], at.map(|at| at + skipped), span, out);
            }
        }
        true
    }

    /// What a visit is called: the patient's name, and what stands around it.
    fn summary(&mut self, value: &[u8], at: Option<usize>, span: (u32, usize), out: &mut Values<'_>) {
        let text = property_place("SUMMARY", "summary", out);
        let Some((from, to)) = visits::name(value) else { return self.value(text, value, at, span, out) };
        let name = place("SUMMARY", &["patient name"], Holds::Value, out.places);
        for (place, from, to) in [(text, 0, from), (name, from, to), (text, to, value.len())] {
            self.value(place, &value[from..to], at.map(|at| at + from), span, out);
        }
    }

    /// The parts of a name or an address.
    fn parts(&mut self, shown: &str, value: &[u8], at: Option<usize>, span: (u32, usize), out: &mut Values<'_>) {
        let called: &[&str] = if shown == "N" { &N } else { &ADR };
        let mut start = 0;
        let mut escaped = false;
        let mut part = 0;
        for end in 0..=value.len() {
            let byte = value.get(end);
            let ends = byte.is_none() || byte == Some(&b';') && !escaped;
            escaped = byte == Some(&b'\\') && !escaped;
            if !ends {
                continue;
            }
            let name = called.get(part).copied().unwrap_or("other");
            let place = place(&format!("{shown}.{name}"), &[name], Holds::Value, out.places);
            let bytes = &value[start..end];
            if memchr::memchr(b'\\', bytes).is_some() {
                let mut text = Vec::new();
                append_unescaped(bytes, &mut text);
                self.value(place, &text, None, span, out);
            } else {
                self.value(place, bytes, at.map(|at| at + start), span, out);
            }
            start = end + 1;
            part += 1;
        }
    }

    /// An attribute of a directory: `mail: a@b.org`, `cn:: TWFyaWE=`.
    pub(super) fn attribute(&mut self, raw: &[u8], base: u32, out: &mut Values<'_>) -> bool {
        if raw[0] == b'#' {
            return false;
        }
        let folded = memchr::memchr2(b'\n', b'\r', raw).is_some();
        let whole = if folded { unfolded(raw) } else { raw.to_vec() };
        let Some(colon) = memchr::memchr(b':', &whole) else { return false };
        // An option says in which language it is.
        let name = whole[..colon].split(|b| *b == b';').next().unwrap_or_default();
        if name.is_empty()
            || name.len() > 64
            || !name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        {
            return false;
        }
        let shown = String::from_utf8_lossy(name).into_owned();
        let key = shown.to_ascii_lowercase();
        if key == "dn" {
            self.give_text(out);
            self.records += 1;
        }
        out.record = self.records.max(1);
        if STRUCTURE.contains(&key.as_str()) {
            return true;
        }
        let span = (base, raw.len());
        let value = &whole[colon + 1..];
        if let Some(encoded) = value.strip_prefix(b":") {
            let mut text = Vec::new();
            if append_base64_text(encoded.trim_ascii(), &mut text) {
                let place = property_place(&shown, &key, out);
                self.value(place, &text, None, span, out);
            }
            return true;
        }
        let at = (!folded).then_some(colon + 1);
        if matches!(key.as_str(), "postaladdress" | "homepostaladdress") && value.contains(&b'$') {
            self.postal(&shown, value, at, span, out);
            return true;
        }
        let place = property_place(&shown, &key, out);
        self.value(place, value, at, span, out);
        true
    }

    /// The lines of an address between `$` (RFC 4517 3.3.28), the ZIP code at the end of one by itself.
    fn postal(&mut self, shown: &str, value: &[u8], at: Option<usize>, span: (u32, usize), out: &mut Values<'_>) {
        let mut start = 0;
        for line in value.split(|b| *b == b'$') {
            let digit = |b: &u8| b.is_ascii_digit() || *b == b'-';
            let length = line.trim_ascii_end().len();
            let zip = line[..length].iter().rposition(|b| !digit(b)).map_or(0, |last| last + 1);
            let is_zip = matches!(length - zip, 5 | 10) && zip > 0 && line[zip - 1] == b' ';
            let (address, code) = line.split_at(if is_zip { zip } else { line.len() });
            for (name, from, part) in [("address", start, address), ("zip", start + address.len(), code)] {
                if !part.trim_ascii().is_empty() {
                    let place = place(shown, &[name], Holds::Value, out.places);
                    self.value(place, part, at.map(|at| at + from), span, out);
                }
            }
            start += line.len() + 1;
        }
    }
}

/// The place of a property.
fn property_place(shown: &str, key: &str, out: &mut Values<'_>) -> u32 {
    let bare = key.strip_prefix("x-").unwrap_or(key);
    if TEXTS.contains(&key) {
        return place(shown, &[bare], Holds::Text, out.places);
    }
    let called = CALLED.iter().find(|(known, _)| *known == bare).map_or(bare, |(_, called)| called);
    // Names of attributes are written as `employeeNumber`: where a word begins says something.
    let own = if called == bare { shown.strip_prefix("X-").unwrap_or(shown) } else { called };
    place(shown, &[own], Holds::Value, out.places)
}

/// Appends what text with backslashes means: RFC 6350 3.4.
fn append_unescaped(raw: &[u8], out: &mut Vec<u8>) {
    let mut bytes = raw.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => match bytes.next() {
                Some(b'n' | b'N') => out.push(b'\n'),
                Some(other) => out.push(*other),
                None => out.push(b'\\'),
            },
            byte => out.push(*byte),
        }
    }
}

/// Appends what quoted-printable text means: RFC 2045 6.7.
fn append_printable(raw: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        at += 1;
        if *byte != b'=' {
            out.push(*byte);
            continue;
        }
        let rest = &raw[at..];
        let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
        if rest.get(blanks) == Some(&b'\n') {
            at += blanks + 1;
            continue;
        }
        let code = rest.get(..2).and_then(|digits| str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(code) => {
                out.push(code);
                at += 2;
            }
            None => out.push(b'='),
        }
    }
}
