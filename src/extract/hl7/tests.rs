//! Readings of made messages, whole, in pieces and broken.

use crate::extract::named::Holds;
use crate::finding::Place;
use proptest::prelude::*;

use super::*;
use crate::extract::named::tests::read_all;

fn read(document: &[u8], step: usize) -> Vec<(String, u64, u64, String)> {
    let (values, broken, _) = read_all(Box::new(Hl7::default()), document, step);
    assert_eq!(broken, None);
    values
}

/// Place, record and text of each value.
fn values(document: &str) -> Vec<String> {
    let all = read(document.as_bytes(), usize::MAX);
    let shown = |(place, record, _, text): (String, u64, u64, String)| {
        format!("{record} {}={text}", place.trim_start_matches("segment: "))
    };
    all.into_iter().map(shown).collect()
}

const MESSAGE: &str = concat!(
    "MSH|^~\\&|LAB|GH|EHR|GH|20260102030405||ADT^A01|7|P|2.5.1\r",
    "PID|1|77^^^OLD|4711^4^M11^GH&1.2.3&ISO^MR~418627715^^^USSSA^SS||Delgado&de&Delgado^Maria^Q^^Ms.||19700102030405+0215|F",
    "||2106-3^White|12&Long Road&12^Apt 3^Utica^NY^13501||(315)555-0142^PRN^PH~^NET^Internet^m.delgado@example.org~^WPN^PH^^^315^5550143",
    "|||||9911^^^^AN|418-62-7715|\"\"\r",
    "NK1|1|Delgado^Jos\\T\\e|SPO|12 Long Road^^Utica^NY^13501|3155550144\r",
    "PV1|1|I|4E^12^B||||1234567893^Okoye^Ada^^^^^^NPI&2.16.840.1.113883.4.6&ISO^L^^^NPI|||||||||||||||||||||||||||||||||||||20260101\r",
    "OBX|1|TX|8^Note||born 01/02/1970~in Utica\\.br\\today\r",
    "OBX|2|DT|21112-8^Birth date^LN||19700102\r",
    "NTE|1||calls herself Mia\r",
    "ZPD|1|A^B&C|418627715^^^X^SS\r",
);

#[test]
fn a_message_is_taken_apart() {
    let expected = [
        "1 PID-2.1=77",
        "1 PID-3.1 MR=4711",
        "1 PID-3.1 SS=418627715",
        "1 PID-5.1=Delgado",
        "1 PID-5.2=Maria",
        "1 PID-5.3=Q",
        "1 PID-7=19700102030405",
        "1 PID-11.1=12 Long Road 12",
        "1 PID-11.2=Apt 3",
        "1 PID-11.5=13501",
        "1 PID-13.1=(315)555-0142",
        "1 PID-13.4=m.delgado@example.org",
        "1 PID-13.7=315-5550143",
        "1 PID-18.1 AN=9911",
        "1 PID-19=418-62-7715",
        "1 NK1-2.1=Delgado",
        "1 NK1-2.2=Jos&e",
        "1 NK1-4.1=12 Long Road",
        "1 NK1-4.5=13501",
        "1 NK1-5.1=3155550144",
        "1 PV1-7.1 NPI=1234567893",
        "1 PV1-7.2=Okoye",
        "1 PV1-7.3=Ada",
        "1 PV1-44=20260101",
        "1 OBX-5=born 01/02/1970\nin Utica\ntoday",
        "1 OBX-5=19700102",
        "1 NTE-3=calls herself Mia",
        "1 ZPD-1=1",
        "1 ZPD-2.1=A",
        "1 ZPD-2.2.1=B",
        "1 ZPD-2.2.2=C",
        "1 ZPD-3.1 SS=418627715",
    ];
    assert_eq!(values(MESSAGE), expected);
}

#[test]
fn places_are_known_by_keys_and_say_whose_they_are() {
    let (_, _, places) = read_all(Box::new(Hl7::default()), MESSAGE.as_bytes(), usize::MAX);
    let named = |place: &str| {
        let place = Place::Segment(place.to_string());
        places.named.iter().filter(|named| named.place == place).collect::<Vec<_>>()
    };
    let patient = Some(crate::finding::Subject::Patient);
    assert_eq!(named("PID-3.1 MR")[0].keys, ["hl7:PID-3/MR", "hl7:CX/MR"]);
    assert_eq!(named("PID-2.1")[0].keys, ["hl7:PID-2"]);
    assert_eq!((&named("PID-5.1")[0].keys[1][..], named("PID-5.1")[0].subject), ("hl7:XPN", patient));
    assert_eq!(named("PV1-7.1 NPI")[0].keys, ["hl7:PV1-7/NPI", "hl7:XCN/NPI"]);
    assert_eq!(named("PV1-7.2")[0].subject, Some(crate::finding::Subject::Provider));
    assert_eq!(
        (&named("PV1-44")[0].keys[1][..], &named("PV1-44")[0].names[0][..]),
        ("hl7:DTM/service", "service date")
    );
    assert_eq!(named("PID-7")[0].keys, ["hl7:PID-7", "hl7:DTM/birth"]);
    assert_eq!(named("PID-13.4")[0].keys[1], "hl7:XTN/Internet");
    let observed = named("OBX-5");
    assert_eq!(observed.iter().map(|o| o.holds).collect::<Vec<_>>(), [Holds::Text, Holds::Value]);
    assert_eq!((&observed[1].keys[0][..], &observed[1].names[0][..]), ("hl7:OBX-5/21112-8", "birth date"));
    assert_eq!(named("ZPD-2.1")[0].keys, ["hl7:ZPD-2"]);
}

#[test]
fn any_line_end_frame_and_batch_is_read() {
    let plain = values(MESSAGE);
    assert_eq!(values(&MESSAGE.replace('\r', "\n")), plain);
    assert_eq!(values(&MESSAGE.replace('\r', "\r\n")), plain);
    assert_eq!(values(&format!("\u{feff}{MESSAGE}")), plain);
    let framed = format!("\u{b}{MESSAGE}\u{1c}\r\u{b}{MESSAGE}\u{1c}\r");
    let second: Vec<String> = plain.iter().map(|value| value.replacen('1', "2", 1)).collect();
    assert_eq!(values(&framed), [plain.clone(), second.clone()].concat());
    let batch = format!("FHS|^~\\&|A\rBHS|^~\\&|A\r{MESSAGE}{MESSAGE}BTS|2\rFTS|1\r");
    assert_eq!(values(&batch), [plain.clone(), second].concat());
    let commented = format!("# a test of 418-62-7715\n# and more\n\n{MESSAGE}");
    assert_eq!(values(&commented)[0], "1 text=# a test of 418-62-7715\n# and more");
    assert_eq!(values(&commented)[1..], plain);
}

#[test]
fn encoding_characters_are_those_of_the_header() {
    let odd = "MSH$%!?+$A\rPID$1$$4711%%%GH%MR!12%%%%AN$$Delgado%Maria$$$$$?F?\r";
    let expected = ["1 PID-3.1 MR=4711", "1 PID-3.1 AN=12", "1 PID-5.1=Delgado", "1 PID-5.2=Maria"];
    assert_eq!(values(odd), expected);
    // Control characters, and each message its own.
    let two =
        format!("MSH\u{1f}\u{1e}\u{1d}\u{1b}\u{7f}\u{1f}A\rPID\u{1f}\u{1f}\u{1f}4711\u{1e}\u{1e}\u{1e}\u{1e}MR\r{odd}");
    assert_eq!(values(&two)[..2], ["1 PID-3.1 MR=4711", "2 PID-3.1 MR=4711"]);
    // A header that lies is none.
    assert_eq!(values("MSHAbcdeA\rPID|||4711")[0], "1 text=MSHAbcdeA");
    assert_eq!(values("MSH|^^^^|\rPID|||4711^^^^MR")[0], "1 PID-3.1 MR=4711");
    assert_eq!(values("MSH||\rPID|||4711^^^^MR")[0], "1 PID-3.1 MR=4711");
}

#[test]
fn each_patient_of_a_message_is_a_record() {
    let two = "MSH|^~\\&|\rPID|||1^^^^MR\rOBX|1|ST|x||a\rPID|||2^^^^MR\rMSH|^~\\&|\rPID|||3^^^^MR";
    assert_eq!(values(two), ["1 PID-3.1 MR=1", "1 OBX-5=a", "2 PID-3.1 MR=2", "3 PID-3.1 MR=3"]);
}

#[test]
fn broken_lines_are_read_on() {
    let broken = "MSH|^~\\&|\rPID|1|\nOBX|1|TX|x||first line\nsecond line|m|\nNTE|1||a";
    assert_eq!(values(broken), ["1 OBX-5=first line\nsecond line", "1 NTE-3=a"]);
    assert_eq!(
        values("MSH|^~\\&|\rPID|1||47\n11^^^^MR|x|Delgado^Ada\r")[1..],
        ["1 PID-3=11^^^^MR", "1 PID-4.1=x", "1 PID-5.1=Delgado", "1 PID-5.2=Ada"]
    );
}

#[test]
fn data_in_base_64_is_text_where_it_is() {
    let text = "MSH|^~\\&|\rOBX|1|ED|x||^text^plain^Base64^U1NOIDQxOC02Mi03NzE1\rOBX|2|ED|x||^application^pdf^Base64^JVBERgAB\r";
    assert_eq!(values(text), ["1 OBX-5.5=SSN 418-62-7715"]);
}

#[test]
fn long_segments_and_fields_are_read_in_parts() {
    let long = "x".repeat(300_000);
    let document = format!("MSH|^~\\&|\rOBX|1|TX|x||{long}|behind\rPID|||4711^^^^MR\r");
    let all = values(&document);
    assert!(all.iter().all(|value| value.len() <= PIECE + 10));
    let text: usize = all.iter().filter_map(|v| v.strip_prefix("1 OBX-5=")).map(str::len).sum();
    assert_eq!((text, all.last().map(String::as_str)), (300_000, Some("1 PID-3.1 MR=4711")));
    // A million repetitions, components, sub-components, fields.
    for separator in ["~", "^", "&", "|", "\\", "^~", "&^"] {
        let many = format!(
            "MSH|^~\\&|\rZZZ|{}\rPID|||{}\rPID|||4711^^^^MR\r",
            format!("1{separator}").repeat(1_000_000),
            format!("1{separator}").repeat(100_000)
        );
        assert_eq!(values(&many).last().map(String::as_str), Some("2 PID-3.1 MR=4711"), "{separator}");
    }
}

/// That values stand in the document and do not depend on how it was cut.
fn check(document: &[u8]) {
    let whole = read(document, usize::MAX);
    for (_, record, start, _) in &whole {
        assert!(*record > 0 && *start < document.len() as u64);
    }
    assert_eq!(read(document, 7), whole);
}

#[test]
fn every_beginning_of_a_message_can_be_read() {
    for end in 0..MESSAGE.len() {
        check(&MESSAGE.as_bytes()[..end]);
    }
}

proptest! {
    #[test]
    fn nothing_that_is_changed_makes_it_fail(
        changes in prop::collection::vec((0..MESSAGE.len(), prop::sample::select(&b"|^~\\&\r\n\x0b\x1c\x00\xff\"A1 MSHPID"[..])), 1..20),
    ) {
        let mut document = MESSAGE.as_bytes().to_vec();
        for (at, byte) in changes {
            document[at] = byte;
        }
        check(&document);
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        check(&[b"MSH|^~\\&|\r", &bytes[..]].concat());
        check(&bytes);
    }
}
