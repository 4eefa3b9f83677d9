//! NCPDP telecommunication (D.0, 5.1), one transmission or a batch of them. In: bytes. Out: the values of the fields, each
//! by its number and identifier (`302-C2`), with its transmission. Refuses nothing: what stands outside of a header and
//! fields is text.
//!
//! Segments are separated by RS, transactions by GS, fields by FS with an identifier of two characters behind it; a header
//! of fixed width stands before them (56 bytes in a request, 31 in a response). Batches frame each transmission with STX
//! and ETX. Field numbers are those of the Data Dictionary, D.0.

use crate::extract::named::{BATCH, Batch, Broken, Holds, Named, PIECE, Places, Progress, Reader, Window};
use crate::extract::values::{Values, whole_characters};
use crate::finding::{Place, Subject};

/// What separates fields, transactions, segments; what frames a transmission of a batch.
const FS: u8 = 0x1c;
const GS: u8 = 0x1d;
const RS: u8 = 0x1e;
const STX: u8 = 0x02;
const ETX: u8 = 0x03;
/// A field longer than this is text.
const LONGEST: usize = PIECE;

/// Whose a field is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Patient,
    Provider,
    /// Text of people.
    Text,
}

/// Identifier, number, whose, what people would call it; sorted. Fields that are not here are codes, counts and amounts if
/// they are the standard's, and of these no value is looked at ([`STRUCTURE`]); any other is a value.
#[rustfmt::skip]
const FIELDS: &[(&str, &str, Of, &str)] = &[
    ("1Q", "332", Of::Patient, "patient id"),
    ("2A", "359", Of::Patient, "member id"),
    ("2J", "364", Of::Provider, "prescriber first name"),
    ("2K", "365", Of::Provider, "prescriber address"),
    ("2P", "368", Of::Provider, "prescriber zip"),
    ("3Q", "498", Of::Patient, "authorized representative first name"),
    ("3R", "498", Of::Patient, "authorized representative last name"),
    ("3S", "498", Of::Patient, "authorized representative address"),
    ("3V", "498", Of::Patient, "authorized representative zip"),
    ("3Y", "498", Of::Patient, "authorization number"),
    ("4E", "570", Of::Provider, "primary care provider last name"),
    ("7C", "340", Of::Provider, "payer id"),
    ("8C", "336", Of::Provider, "facility id"),
    ("A7", "463", Of::Provider, "intermediary authorization"),
    ("B1", "201", Of::Provider, ""),
    ("BE", "450", Of::Provider, "transmission number"),
    ("BM", "456", Of::Text, ""),
    ("C1", "301", Of::Patient, "group number"),
    ("C2", "302", Of::Patient, ""),
    ("C4", "304", Of::Patient, ""),
    ("CA", "310", Of::Patient, ""),
    ("CB", "311", Of::Patient, ""),
    ("CC", "312", Of::Patient, ""),
    ("CD", "313", Of::Patient, ""),
    ("CF", "315", Of::Provider, "employer name"),
    ("CG", "316", Of::Provider, "employer address"),
    ("CJ", "319", Of::Provider, "employer zip"),
    ("CK", "320", Of::Provider, "employer phone"),
    ("CL", "321", Of::Provider, "employer contact name"),
    ("CM", "322", Of::Patient, ""),
    ("CP", "325", Of::Patient, ""),
    ("CQ", "326", Of::Patient, ""),
    ("CR", "327", Of::Provider, "carrier id"),
    ("CW", "330", Of::Patient, "claim number"),
    ("CY", "332", Of::Patient, "patient id"),
    ("CZ", "333", Of::Provider, "employer id"),
    ("D1", "401", Of::Patient, "service date"),
    ("D2", "402", Of::Patient, "prescription number"),
    ("DB", "411", Of::Provider, ""),
    ("DE", "414", Of::Patient, "prescription date"),
    ("DL", "421", Of::Provider, "primary care provider id"),
    ("DR", "427", Of::Provider, "prescriber last name"),
    ("DY", "434", Of::Patient, "injury date"),
    ("DZ", "435", Of::Patient, "claim number"),
    ("E8", "443", Of::Patient, "payment date"),
    ("EK", "454", Of::Patient, "scheduled prescription id"),
    ("EN", "456", Of::Patient, "prescription number"),
    ("EP", "457", Of::Patient, "prescription date"),
    ("EV", "462", Of::Patient, "prior authorization number"),
    ("EY", "465", Of::Provider, "provider id"),
    ("F3", "503", Of::Patient, "authorization number"),
    ("F4", "504", Of::Text, ""),
    ("FQ", "526", Of::Text, ""),
    ("FY", "544", Of::Text, ""),
    ("HN", "350", Of::Patient, ""),
    ("MG", "990", Of::Provider, "payer id"),
    ("MH", "991", Of::Provider, "payer id"),
    ("MJ", "992", Of::Patient, "group number"),
    ("N5", "115", Of::Patient, ""),
    ("NU", "356", Of::Patient, ""),
    ("PG", "494", Of::Patient, "date"),
    ("PM", "498", Of::Provider, "prescriber phone"),
    ("TR", "117", Of::Patient, ""),
    ("TS", "118", Of::Provider, "pay to name"),
    ("TT", "119", Of::Provider, "pay to address"),
    ("TU", "120", Of::Provider, "pay to city"),
    ("TW", "122", Of::Provider, "pay to zip"),
    ("TY", "124", Of::Provider, "generic equivalent product id"),
];

/// Identifiers of codes, counts, quantities and amounts; sorted.
#[rustfmt::skip]
const STRUCTURE: &[&str] = &[
    "1C", "28", "2B", "2C", "2F", "2G", "2N", "2Q", "4B", "4C", "4F", "4G", "4H", "4J", "4K", "4X", "5C", "5E", "5F", "5J", "6C",
    "6E", "6F", "A9", "AM", "AN", "AV", "AW", "AX", "AZ", "C3", "C5", "C6", "C7", "C8", "C9", "CH", "CI", "CN", "CO", "CX",
    "D3", "D5", "D6", "D7", "D8", "D9", "DC", "DF", "DI", "DJ", "DK", "DN", "DO", "DQ", "DT", "DU", "DV", "DX", "E1", "E3",
    "E4", "E5", "E6", "E7", "E9", "EA", "EB", "EC", "ED", "EE", "EF", "EG", "EH", "EJ", "EM", "EQ", "ER", "ET", "EU", "EX", "EZ",
    "F5", "F6", "F7", "F8", "F9", "FA", "FB", "FC", "FD", "FE", "FH", "FI", "FJ", "FK", "FL", "FM", "FN", "FO", "G1", "GE",
    "H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8", "H9", "HA", "HB", "HC", "HD", "HE", "J1", "J2", "J3", "J4", "J5", "J7", "J8",
    "J9", "K5", "ME", "N3", "N4", "N6", "NP", "NQ", "NR", "NS", "NT", "NV", "NX", "RE", "SE", "UE", "VE", "ZE",
];

/// Fields of the header that are looked at: identifier, where they start and end. Of a request; see [`request`].
const REQUEST: [(&[u8; 2], usize, usize); 2] = [(b"B1", 23, 38), (b"D1", 38, 46)];
/// Bytes of the header of a request.
const REQUEST_LENGTH: usize = 56;
/// Of a response; see [`response`].
const RESPONSE: [(&[u8; 2], usize, usize); 2] = [(b"B1", 8, 23), (b"D1", 23, 31)];
/// Bytes of the header of a response.
const RESPONSE_LENGTH: usize = 31;

/// Whether a request starts here: BIN, version, transaction.
fn request(bytes: &[u8]) -> bool {
    bytes.len() >= 10
        && bytes[..6].iter().all(u8::is_ascii_digit)
        && is_version(&bytes[6..8])
        && bytes[8].is_ascii_uppercase()
        && bytes[9].is_ascii_alphanumeric()
}

/// Whether a response starts here: version, transaction, count, status.
fn response(bytes: &[u8]) -> bool {
    bytes.len() >= 6 && is_version(&bytes[..2]) && bytes[2].is_ascii_uppercase() && bytes[4].is_ascii_digit()
}

fn is_version(bytes: &[u8]) -> bool {
    matches!(bytes, b"51" | [b'D' | b'E' | b'F', b'0'..=b'9'])
}

/// Reads NCPDP telecommunication.
pub struct Ncpdp {
    record: u64,
    /// Whether what comes next is a field: FS stood before it.
    in_field: bool,
    /// Whether a field goes on that was too long.
    open: bool,
    /// What CX (331) and EZ (466) said of the identifiers behind them.
    patient_id: [u8; 2],
    prescriber_id: [u8; 2],
    /// Places by identifier and qualifier.
    places: Vec<([u8; 4], u32)>,
}

impl Default for Ncpdp {
    fn default() -> Ncpdp {
        Ncpdp { record: 0, in_field: false, open: false, patient_id: *b"  ", prescriber_id: *b"  ", places: Vec::new() }
    }
}

/// Whether a byte ends a field, or what stands outside of one.
fn ends(byte: u8) -> bool {
    matches!(byte, FS | GS | RS | STX | ETX | b'\r' | b'\n')
}

impl Reader for Ncpdp {
    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        let mut out = Values { places, batch, record: self.record.max(1) };
        loop {
            if window.is_full() {
                return Ok(Progress::More);
            }
            let (rest, base) = (window.rest(), window.at());
            let mut at = 0;
            while base + at < BATCH
                && let Some(length) = rest[at..].iter().take(LONGEST).position(|b| ends(*b))
            {
                self.field(&rest[at..at + length], (base + at) as u32, &mut out);
                self.open = false;
                match rest[at + length] {
                    FS => self.in_field = true,
                    _ => self.in_field = false,
                }
                at += length + 1;
            }
            if at > 0 {
                window.consume(at);
                continue;
            }
            if rest.len() < LONGEST && window.more() {
                continue;
            }
            let rest = window.rest();
            let length = if rest.len() < LONGEST { rest.len() } else { whole_characters(&rest[..LONGEST]) };
            self.field(&rest[..length], base as u32, &mut out);
            self.open = true;
            let ended = rest.len() < LONGEST;
            window.consume(length);
            if ended {
                return Ok(Progress::End);
            }
        }
    }
}

impl Ncpdp {
    /// Reads what stands between two separators.
    fn field(&mut self, bytes: &[u8], base: u32, out: &mut Values<'_>) {
        if bytes.is_empty() {
            return;
        }
        if self.open || (self.in_field && bytes.len() >= LONGEST) {
            let place = self.text(out);
            return out.text(place, bytes, base);
        }
        if !self.in_field {
            return self.header(bytes, base, out);
        }
        let Some((id, value)) = bytes.split_first_chunk::<2>() else { return };
        let id = id.map(|b| b.to_ascii_uppercase());
        let qualifier = |value: &[u8]| match value.trim_ascii() {
            [a, b] if a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() => [*a, *b],
            _ => *b"  ",
        };
        match &id {
            b"CX" => self.patient_id = qualifier(value),
            b"EZ" => self.prescriber_id = qualifier(value),
            _ => {}
        }
        let qualifier = match &id {
            b"CY" => self.patient_id,
            b"DB" => self.prescriber_id,
            _ => *b"  ",
        };
        self.give(id, qualifier, value, base + 2, out);
    }

    /// Reads what stands before the first field of a transmission.
    fn header(&mut self, bytes: &[u8], base: u32, out: &mut Values<'_>) {
        // A transmission of a batch has its own header before it: a type, and a number of ten figures.
        let detail = |b: &[u8]| {
            b.len() > 12 && b[..2].iter().all(u8::is_ascii_alphanumeric) && (request(&b[12..]) || response(&b[12..]))
        };
        let skipped = if !request(bytes) && !response(bytes) && detail(bytes) { 12 } else { 0 };
        let here = &bytes[skipped..];
        let (fields, length) = match () {
            () if request(here) => (REQUEST, REQUEST_LENGTH),
            () if response(here) => (RESPONSE, RESPONSE_LENGTH),
            () => {
                let place = self.text(out);
                return out.text(place, bytes, base);
            }
        };
        self.record += 1;
        out.record = self.record;
        (self.patient_id, self.prescriber_id) = (*b"  ", *b"  ");
        let base = base + skipped as u32;
        for (id, start, end) in fields {
            let value = here.get(start..end.min(here.len())).unwrap_or_default();
            self.give(*id, *b"  ", value, base + start as u32, out);
        }
        // What stands behind a header of fixed width should be nothing.
        if here.len() > length {
            let place = self.text(out);
            out.text(place, &here[length..], base + length as u32);
        }
    }

    fn give(&mut self, id: [u8; 2], qualifier: [u8; 2], value: &[u8], base: u32, out: &mut Values<'_>) {
        let key = [id[0], id[1], qualifier[0], qualifier[1]];
        let place = match self.places.iter().find(|(known, _)| *known == key) {
            Some((_, place)) => *place,
            None => {
                let place = out.places.number(&key, || describe(id, qualifier));
                // As many as there can be of two capitals or figures, at most.
                self.places.push((key, place));
                place
            }
        };
        match out.places.named[place as usize].holds {
            Holds::Structure => {}
            Holds::Text => out.text(place, value, base),
            Holds::Value => out.plain(place, value, base),
        }
    }

    fn text(&self, out: &mut Values<'_>) -> u32 {
        out.places.number(b"text", || Named {
            place: Place::Text,
            keys: Vec::new(),
            names: Vec::new(),
            holds: Holds::Text,
            subject: None,
            of_another: false,
        })
    }
}

/// What is known of a field. Keys are `ncpdp:302-C2` and, with a qualifier, `ncpdp:332-CY/01` before it.
fn describe(id: [u8; 2], qualifier: [u8; 2]) -> Named {
    // An identifier is printed as part of a place: only letters and figures are one.
    let text = if id.iter().all(u8::is_ascii_alphanumeric) {
        String::from_utf8_lossy(&id).into_owned()
    } else {
        "??".to_string()
    };
    let by_id = |list: &str| list.cmp(&text);
    if STRUCTURE.binary_search_by(|known| by_id(known)).is_ok() {
        let place = Place::Segment(text);
        return Named {
            place,
            keys: Vec::new(),
            names: Vec::new(),
            holds: Holds::Structure,
            subject: None,
            of_another: false,
        };
    }
    let Ok(at) = FIELDS.binary_search_by(|(known, ..)| by_id(known)) else {
        let keys = vec![format!("ncpdp:{text}")];
        return Named {
            place: Place::Segment(text),
            keys,
            names: Vec::new(),
            holds: Holds::Value,
            subject: None,
            of_another: false,
        };
    };
    let (_, number, of, name) = FIELDS[at];
    let path = format!("{number}-{text}");
    let mut keys = vec![format!("ncpdp:{path}")];
    let mut place = path.clone();
    if qualifier != *b"  " {
        let qualifier = String::from_utf8_lossy(&qualifier).into_owned();
        keys.insert(0, format!("ncpdp:{path}/{qualifier}"));
        place = format!("{path} {qualifier}");
    }
    Named {
        place: Place::Segment(place),
        keys,
        names: if name.is_empty() { Vec::new() } else { vec![name.to_string()] },
        holds: if of == Of::Text { Holds::Text } else { Holds::Value },
        subject: match of {
            Of::Patient => Some(Subject::Patient),
            Of::Provider => Some(Subject::Provider),
            Of::Text => None,
        },
        of_another: false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::extract::named::tests::read_all;

    const CLAIM: &str = concat!(
        "610066D0B112345678901011234567893     20260102SOFTWARE01",
        "\u{1e}\u{1c}AM04\u{1c}C2W123456789\u{1c}C1GRP77\u{1c}C31\u{1c}CCMARIA\u{1c}CDDELGADO",
        "\u{1e}\u{1c}AM01\u{1c}CX01\u{1c}CY536904398\u{1c}C419700102\u{1c}CAMARIA\u{1c}CBDELGADO\u{1c}CM12 LONG ROAD\u{1c}CP13501\u{1c}CQ3155550142",
        "\u{1d}\u{1e}\u{1c}AM07\u{1c}EM1\u{1c}D24711001\u{1c}D700002322730",
        "\u{1e}\u{1c}AM03\u{1c}EZ01\u{1c}DB1234567893\u{1c}DROKOYE",
    );

    fn read(document: &[u8], step: usize) -> Vec<(String, u64, u64, String)> {
        let (values, broken, _) = read_all(Box::new(Ncpdp::default()), document, step);
        assert_eq!(broken, None);
        values
    }

    fn values(document: &str) -> Vec<String> {
        let shown = |(place, record, _, text): (String, u64, u64, String)| {
            format!("{record} {}={text}", place.trim_start_matches("segment: "))
        };
        read(document.as_bytes(), usize::MAX).into_iter().map(shown).collect()
    }

    #[test]
    fn a_claim_is_taken_apart() {
        assert!(FIELDS.is_sorted_by_key(|(id, ..)| *id) && STRUCTURE.is_sorted());
        let expected = [
            "1 201-B1=1234567893",
            "1 401-D1=20260102",
            "1 302-C2=W123456789",
            "1 301-C1=GRP77",
            "1 312-CC=MARIA",
            "1 313-CD=DELGADO",
            "1 332-CY 01=536904398",
            "1 304-C4=19700102",
            "1 310-CA=MARIA",
            "1 311-CB=DELGADO",
            "1 322-CM=12 LONG ROAD",
            "1 325-CP=13501",
            "1 326-CQ=3155550142",
            "1 402-D2=4711001",
            "1 411-DB 01=1234567893",
            "1 427-DR=OKOYE",
        ];
        assert_eq!(values(CLAIM), expected);
        let batch = format!(
            "\u{2}00T1234\u{3}\r\n\u{2}G10000000001{CLAIM}\u{3}\r\n\u{2}G10000000002{CLAIM}\u{3}\r\n\u{2}990000000002\u{3}"
        );
        let all = values(&batch);
        let second: Vec<String> = expected.iter().map(|v| v.replacen('1', "2", 1)).collect();
        assert_eq!(all[1..17], expected);
        assert_eq!(all[17..33], second);
        assert_eq!(values("D0B11A011234567893     20260102\u{1e}\u{1c}AM20\u{1c}F4call us")[2], "1 504-F4=call us");
    }

    #[test]
    fn places_are_known_by_keys() {
        let (_, _, places) = read_all(Box::new(Ncpdp::default()), CLAIM.as_bytes(), usize::MAX);
        let named = |place: &str| places.named.iter().find(|named| named.place.short() == place).expect(place);
        assert_eq!(named("302-C2").keys, ["ncpdp:302-C2"]);
        assert_eq!(named("332-CY 01").keys, ["ncpdp:332-CY/01", "ncpdp:332-CY"]);
        assert_eq!(named("411-DB 01").subject, Some(Subject::Provider));
        assert_eq!(named("401-D1").names, ["service date"]);
    }

    fn check(document: &[u8]) {
        let whole = read(document, usize::MAX);
        for (_, record, start, _) in &whole {
            assert!(*record > 0 && *start < document.len() as u64);
        }
        assert_eq!(read(document, 7), whole);
    }

    #[test]
    fn every_beginning_and_long_fields_can_be_read() {
        for end in 0..CLAIM.len() {
            check(&CLAIM.as_bytes()[..end]);
        }
        for part in ["x", "\u{1c}", "\u{1e}\u{1c}", "\u{1c}CA"] {
            let document = format!("{CLAIM}\u{1c}CA{}\u{1c}CBDELGADO", part.repeat(400_000));
            assert!(values(&document).last().is_some_and(|v| v == "1 311-CB=DELGADO"), "{part:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_fail(
            changes in prop::collection::vec((0..CLAIM.len(), any::<u8>()), 1..20),
            bytes in prop::collection::vec(any::<u8>(), 0..500),
        ) {
            let mut document = CLAIM.as_bytes().to_vec();
            changes.into_iter().for_each(|(at, byte)| document[at] = byte);
            document.extend(bytes);
            check(&document);
        }
    }
}
