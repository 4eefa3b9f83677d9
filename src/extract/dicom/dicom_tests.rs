//! What the reader makes of documents: those that the standard allows, those that programs write, and broken ones.

use proptest::prelude::*;

use super::super::named::tests::read_all;
use super::dataset::{BURNED_IN, CHARSET, DIRECTORY_RECORD_TYPE, DIRECTORY_RECORDS, TRANSFER_SYNTAX};
use super::element::{ITEM, ITEM_END, SEQUENCE_END, UNDEFINED};
use super::*;
use crate::extract::named::PIECE;
use crate::finding::Subject;

/// Appends an element, implicit little endian.
fn implicit(out: &mut Vec<u8>, tag: u32, value: &[u8]) {
    tag_of(out, tag);
    out.extend_from_slice(&(value.len() as u32).to_le_bytes());
    out.extend_from_slice(value);
}

/// Appends an element, explicit little endian.
fn explicit(out: &mut Vec<u8>, tag: u32, vr: &[u8; 2], value: &[u8]) {
    tag_of(out, tag);
    out.extend_from_slice(vr);
    if matches!(vr, b"SQ" | b"UN" | b"OB" | b"OW" | b"UT" | b"UC") {
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&(value.len() as u32).to_le_bytes());
    } else {
        out.extend_from_slice(&(value.len() as u16).to_le_bytes());
    }
    out.extend_from_slice(value);
}

fn tag_of(out: &mut Vec<u8>, tag: u32) {
    out.extend_from_slice(&((tag >> 16) as u16).to_le_bytes());
    out.extend_from_slice(&(tag as u16).to_le_bytes());
}

/// Preamble, mark and meta information of this transfer syntax.
fn part10(syntax: &[u8]) -> Vec<u8> {
    let mut out = vec![0; PREAMBLE];
    out.extend_from_slice(b"DICM");
    explicit(&mut out, TRANSFER_SYNTAX, b"UI", syntax);
    out
}

/// A patient, as elements of a data set.
fn patient(out: &mut Vec<u8>, write: fn(&mut Vec<u8>, u32, &[u8; 2], &[u8])) {
    write(out, CHARSET, b"CS", b"ISO_IR 100");
    write(out, 0x0008_0090, b"PN", b"Quill^Ada ");
    write(out, 0x0010_0010, b"PN", b"Delgado^Mar\xeda");
    write(out, 0x0010_0020, b"LO", b"MR-00417");
    write(out, 0x0010_0030, b"DA", b"19610402");
    write(out, 0x0010_1000, b"LO", b"A77\\B78 ");
}

const EXPECTED: [(&str, &str); 6] = [
    ("ReferringPhysicianName", "Quill^Ada"),
    ("PatientName", "Delgado^María"),
    ("PatientID", "MR-00417"),
    ("PatientBirthDate", "19610402"),
    ("OtherPatientIDs", "A77"),
    ("OtherPatientIDs", "B78"),
];

/// Place and text of all values, read a few bytes at a time and at once; what broke.
fn read(document: &[u8]) -> (Vec<(String, String)>, Option<Broken>) {
    let all = |step| {
        let (values, broken, _) = read_all(Box::new(Dicom::new()), document, step);
        assert!(values.iter().all(|(_, _, offset, _)| *offset <= document.len() as u64));
        assert!(broken.as_ref().is_none_or(|(offset, _)| *offset <= document.len() as u64));
        (values, broken)
    };
    let (values, broken) = all(7);
    // How far a deflated stream was taken in when it broke depends on how it arrived.
    let what = |broken: &Option<(u64, Broken)>| broken.as_ref().map(|(_, broken)| broken.clone());
    let at_once = all(1 << 20);
    assert_eq!((&values, what(&broken)), (&at_once.0, what(&at_once.1)), "however the bytes arrive");
    (
        values.into_iter().map(|(place, _, _, text)| (bare(&place).to_string(), text)).collect(),
        broken.map(|(_, broken)| broken),
    )
}

/// A place without its kind.
fn bare(place: &str) -> &str {
    place.trim_start_matches("tag: ")
}

fn assert_patient(document: &[u8], what: &str) {
    let (values, broken) = read(document);
    let values: Vec<(&str, &str)> = values.iter().map(|(place, text)| (place.as_str(), text.as_str())).collect();
    assert_eq!(values, EXPECTED, "{what}");
    assert_eq!(broken, None, "{what}");
}

fn write_implicit(out: &mut Vec<u8>, tag: u32, _: &[u8; 2], value: &[u8]) {
    implicit(out, tag, value);
}

fn write_big(out: &mut Vec<u8>, tag: u32, vr: &[u8; 2], value: &[u8]) {
    out.extend_from_slice(&((tag >> 16) as u16).to_be_bytes());
    out.extend_from_slice(&(tag as u16).to_be_bytes());
    out.extend_from_slice(vr);
    out.extend_from_slice(&(value.len() as u16).to_be_bytes());
    out.extend_from_slice(value);
}

#[test]
fn every_transfer_syntax_gives_the_same_patient() {
    let mut document = part10(b"1.2.840.10008.1.2.1\0");
    patient(&mut document, explicit);
    assert_patient(&document, "explicit");
    assert_patient(&document[PREAMBLE..], "the mark and no preamble");
    assert_patient(&document[PREAMBLE + 4..], "meta information alone");
    let mut bare = Vec::new();
    patient(&mut bare, explicit);
    assert_patient(&bare, "no meta information");
    let mut document = part10(b"1.2.840.10008.1.2\0");
    patient(&mut document, write_implicit);
    assert_patient(&document, "implicit");
    let mut wrong = part10(b"1.2.840.10008.1.2\0");
    patient(&mut wrong, explicit);
    assert_patient(&wrong, "said to be implicit, and is not");
    let mut document = part10(b"1.2.840.10008.1.2.2\0");
    patient(&mut document, write_big);
    assert_patient(&document, "big endian");
    let mut deflated = part10(b"1.2.840.10008.1.2.1.99\0");
    let mut stream = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut stream, &bare).expect("into memory");
    deflated.extend_from_slice(&stream.finish().expect("into memory"));
    assert_patient(&deflated, "deflated");
}

#[test]
fn values_stand_where_they_are() {
    let mut document = part10(b"1.2.840.10008.1.2.1\0");
    patient(&mut document, explicit);
    let (values, _, places) = read_all(Box::new(Dicom::new()), &document, 4096);
    for (place, record, offset, text) in values {
        assert_eq!(record, 1);
        if text.is_ascii() {
            assert!(document[offset as usize..].starts_with(text.as_bytes()), "{place}");
        }
    }
    let subject = |place: &str| {
        places.named.iter().find(|named| bare(&named.place.to_string()) == place).map(|named| named.subject)
    };
    assert_eq!(subject("PatientName"), Some(Some(Subject::Patient)));
    assert_eq!(subject("ReferringPhysicianName"), Some(Some(Subject::Provider)));
}

#[test]
fn sequences_and_private_elements_are_read() {
    let mut item = Vec::new();
    explicit(&mut item, 0x0010_0020, b"LO", b"OLD-1234");
    let mut items = Vec::new();
    implicit(&mut items, ITEM, &item);
    let mut document = part10(b"1.2.840.10008.1.2.1\0");
    explicit(&mut document, 0x0009_1001, b"LO", b"call Delgado back");
    explicit(&mut document, 0x0009_1002, b"UN", b"written\x01\x02\x03");
    explicit(&mut document, 0x0010_1002, b"SQ", &items);
    // The same in undefined lengths, and as of unknown representation in the implicit form.
    tag_of(&mut document, 0x0008_0096);
    document.extend_from_slice(b"UN\0\0\xff\xff\xff\xff");
    tag_of(&mut document, ITEM);
    document.extend_from_slice(&UNDEFINED.to_le_bytes());
    implicit(&mut document, 0x0040_A123, b"Quill^Ada ");
    implicit(&mut document, ITEM_END, b"");
    implicit(&mut document, SEQUENCE_END, b"");
    explicit(&mut document, 0x0010_0010, b"PN", b"Delgado^M ");
    let (values, broken) = read(&document);
    let expected = [
        ("(0009,1001)", "call Delgado back"),
        ("OtherPatientIDsSequence.PatientID", "OLD-1234"),
        ("ReferringPhysicianIdentificationSequence.PersonName", "Quill^Ada"),
        ("PatientName", "Delgado^M"),
    ];
    assert_eq!(broken, None);
    assert_eq!(values, expected.map(|(place, text)| (place.to_string(), text.to_string())));
}

#[test]
fn pixels_are_passed_over_and_said_unless_no_writing_is_in_them() {
    for (flag, expected) in [(&b"NO"[..], None), (b"YES ", Some(Reason::Image)), (b"", Some(Reason::Image))] {
        let mut document = part10(b"1.2.840.10008.1.2.1\0");
        patient(&mut document, explicit);
        if !flag.is_empty() {
            explicit(&mut document, BURNED_IN, b"CS", flag);
        }
        // Larger than a batch: what lies behind is read too.
        explicit(&mut document, 0x7FE0_0010, b"OW", &vec![b'9'; 3 * BATCH / 2]);
        explicit(&mut document, 0xFFFC_FFFC, b"OB", b"\0\0");
        let (values, broken) = read(&document);
        assert_eq!(values.len(), EXPECTED.len());
        assert_eq!(broken.map(|broken| broken.reason), expected);
    }
}

#[test]
fn fragments_of_compressed_pixels_are_passed_over() {
    let mut document = part10(b"1.2.840.10008.1.2.4.50");
    patient(&mut document, explicit);
    explicit(&mut document, BURNED_IN, b"CS", b"NO");
    tag_of(&mut document, 0x7FE0_0010);
    document.extend_from_slice(b"OB\0\0\xff\xff\xff\xff");
    implicit(&mut document, ITEM, b"");
    implicit(&mut document, ITEM, b"\xfe\xff\xdd\xe0\0\0\0\0");
    implicit(&mut document, SEQUENCE_END, b"");
    assert_patient(&document, "a delimiter inside a fragment is none");
}

#[test]
fn a_directory_is_a_record_for_each_patient() {
    let mut items = Vec::new();
    for name in [b"Delgado^M ", b"Brandt^Ute"] {
        let mut item = Vec::new();
        explicit(&mut item, DIRECTORY_RECORD_TYPE, b"CS", b"PATIENT ");
        explicit(&mut item, 0x0010_0010, b"PN", name);
        implicit(&mut items, ITEM, &item);
        let mut item = Vec::new();
        explicit(&mut item, DIRECTORY_RECORD_TYPE, b"CS", b"STUDY ");
        explicit(&mut item, 0x0008_0020, b"DA", b"20210304");
        implicit(&mut items, ITEM, &item);
    }
    let mut document = part10(b"1.2.840.10008.1.2.1\0");
    explicit(&mut document, DIRECTORY_RECORDS, b"SQ", &items);
    let (values, broken, _) = read_all(Box::new(Dicom::new()), &document, 100);
    let values: Vec<(&str, u64)> = values.iter().map(|(place, record, ..)| (bare(place), *record)).collect();
    assert_eq!(broken, None);
    assert_eq!(values, [("PatientName", 2), ("StudyDate", 2), ("PatientName", 3), ("StudyDate", 3)]);
}

#[test]
fn long_texts_come_in_pieces() {
    let text = "the patient was seen and sent home ".repeat(6000);
    let mut document = part10(b"1.2.840.10008.1.2.1\0");
    explicit(&mut document, 0x0040_A160, b"UT", text.as_bytes());
    explicit(&mut document, 0x0040_A123, b"PN", b"Quill^Ada ");
    let (values, broken) = read(&document);
    assert_eq!(broken, None);
    let (last, pieces) = values.split_last().expect("values");
    assert_eq!(last.1, "Quill^Ada");
    assert!(pieces.len() > 2 && pieces.iter().all(|(place, text)| place == "TextValue" && text.len() <= PIECE));
    assert!(pieces.iter().map(|(_, text)| text.len()).sum::<usize>() > text.len() - 2 * pieces.len());
}

#[test]
fn a_million_sequences_in_one_another_end() {
    for length in [UNDEFINED, 0xFFFF_FFFE, 16] {
        let mut document = Vec::new();
        explicit(&mut document, 0x0008_0020, b"DA", b"20210304");
        for _ in 0..1_000_000 {
            tag_of(&mut document, 0x0010_1002);
            document.extend_from_slice(b"SQ\0\0");
            document.extend_from_slice(&length.to_le_bytes());
            tag_of(&mut document, ITEM);
            document.extend_from_slice(&length.to_le_bytes());
        }
        explicit(&mut document, 0x0010_0020, b"LO", b"DEEP-123");
        let (values, _, _) = read_all(Box::new(Dicom::new()), &document, 1 << 20);
        assert_eq!(values.last().map(|(.., text)| text.as_str()), Some("DEEP-123"));
    }
}

#[test]
fn what_a_length_says_is_not_believed() {
    for length in [0xFFFF_FFFE_u32, 0x7FFF_FFFF, 0x0001_0001, 100] {
        for tag in [0x0010_0010, 0x0010_4000, 0x0040_A160, 0x7FE0_0010, 0x0009_1001] {
            let mut document = Vec::new();
            implicit(&mut document, 0x0008_0020, b"20210304");
            tag_of(&mut document, tag);
            document.extend_from_slice(&length.to_le_bytes());
            document.extend_from_slice(b"Delgado^M ");
            let (_, broken) = read(&document);
            assert!(broken.is_some(), "{tag:08x} {length}");
        }
    }
}

/// A document with everything in it.
fn everything() -> Vec<u8> {
    let mut item = Vec::new();
    patient(&mut item, explicit);
    let mut items = Vec::new();
    implicit(&mut items, ITEM, &item);
    let mut document = part10(b"1.2.840.10008.1.2.1\0");
    patient(&mut document, explicit);
    explicit(&mut document, 0x0010_1002, b"SQ", &items);
    explicit(&mut document, 0x0010_4000, b"LT", b"called back");
    explicit(&mut document, 0x7FE0_0010, b"OW", &[7; 40]);
    document
}

#[test]
fn cut_off_at_any_byte_it_ends_with_what_was_there() {
    let document = everything();
    for length in 0..document.len() {
        let (values, broken) = read(&document[..length]);
        assert!(values.len() <= 2 * EXPECTED.len() + 1);
        assert!(broken.is_some() || length <= document.len(), "{length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn altered_bytes_neither_panic_nor_hang(
        changes in proptest::collection::vec((0usize..600, any::<u8>()), 1..24),
        bare in any::<bool>(),
    ) {
        let mut document = everything();
        if bare {
            document.drain(..PREAMBLE + 4);
        }
        for (at, byte) in changes {
            let at = at % document.len();
            document[at] = byte;
        }
        read(&document);
    }

    #[test]
    fn any_bytes_neither_panic_nor_hang(bytes in proptest::collection::vec(any::<u8>(), 0..400), start in 0u8..4) {
        let mut document = match start {
            0 => Vec::new(),
            1 => part10(b"1.2.840.10008.1.2.1\0"),
            2 => part10(b"1.2.840.10008.1.2.1.99\0"),
            _ => part10(b"1.2.840.10008.1.2.2\0"),
        };
        document.extend_from_slice(&bytes);
        if start == 2 {
            // What of a broken stream is seen before it breaks depends on how it arrives.
            read_all(Box::new(Dicom::new()), &document, 7);
        } else {
            read(&document);
        }
    }
}
