//! The XML reader: what it makes of documents, well-formed and not.

use super::*;
use crate::extract::named::tests::read_all;

type Found = Vec<(String, u64, u64, String)>;

fn read(document: &str) -> (Found, Option<(u64, Broken)>, Places) {
    read_bytes(document.as_bytes())
}

fn read_bytes(document: &[u8]) -> (Found, Option<(u64, Broken)>, Places) {
    let first = vocabulary(document);
    let head = &document[..document.len().min(64 << 10)];
    let again = vocabulary(document);
    let mut all = read_all(Box::new(Xml::new(head, first)), document, usize::MAX);
    if document.len() < 5_000 {
        let slow = read_all(Box::new(Xml::new(head, again)), document, 1);
        assert_eq!((&all.0, &all.1), (&slow.0, &slow.1), "what is read must not depend on how it comes");
    }
    for found in &mut all.0 {
        found.0 = bare(&found.0).to_string();
    }
    all
}

/// A place without its kind.
fn bare(place: &str) -> &str {
    place.strip_prefix("path: ").unwrap_or(place)
}

/// Place, record and text.
fn values(document: &str) -> Vec<(String, u64, String)> {
    let (found, broken, _) = read(document);
    assert_eq!(broken, None);
    found.into_iter().map(|(place, record, _, text)| (place, record, text)).collect()
}

fn rows(rows: &[(&str, u64, &str)]) -> Vec<(String, u64, String)> {
    rows.iter().map(|(place, record, text)| (place.to_string(), *record, text.to_string())).collect()
}

#[test]
fn elements_and_attributes_are_values_with_places() {
    let document = "<?xml version='1.0'?>\n<members asOf='2026'>\n <member id='7'><x:ssn>536-90-4398</x:ssn><p2 v=''/></member>\n \
                    <member id='8'><x:ssn> 418-62&#45;7715 </x:ssn></member></members>";
    assert_eq!(
        values(document),
        rows(&[
            ("members@asOf", 1, "2026"),
            ("members.member[]@id", 1, "7"),
            ("members.member[].ssn", 1, "536-90-4398"),
            ("members.member[]@id", 2, "8"),
            ("members.member[].ssn", 2, "418-62-7715"),
        ])
    );
    let (found, _, places) = read(document);
    let ssn = found.iter().find(|found| found.3 == "536-90-4398").unwrap();
    assert_eq!(ssn.2 as usize, document.find("536-90").unwrap());
    let named = places.named.iter().find(|n| bare(&n.place.to_string()) == "members.member[].ssn").unwrap();
    assert_eq!((&named.names[0][..], named.subject), ("ssn", Some(Subject::Patient)));
}

#[test]
fn an_attribute_names_a_field() {
    let document = "<rows><row><field name=\"ssn\">536-90-4398</field><entry key='Patient Name'>x</entry><property name='dob' \
                    value='1957-03-14'/></row><item name='John Smith'>y</item></rows>";
    let (found, _, places) = read(document);
    let at = |text: &str| found.iter().find(|found| found.3 == text).unwrap().0.clone();
    assert_eq!(at("536-90-4398"), "rows.row.field[ssn]");
    assert_eq!(at("x"), "rows.row.entry[Patient Name]");
    assert_eq!(at("1957-03-14"), "rows.row.property[dob]@value");
    assert_eq!(at("y"), "rows.item");
    let named = places.named.iter().find(|n| bare(&n.place.to_string()) == "rows.row.property[dob]@value").unwrap();
    assert_eq!(named.names[0], "dob");
}

#[test]
fn records_are_what_repeats_with_more_than_one_value() {
    let member = "<m><name>A</name><phone>1</phone><phone>2</phone><address><a>1</a><b>2</b></address><address><a>1</a>\
                  <b>2</b></address></m>";
    let document = format!("<x><head><d>1</d></head><ms>{}</ms></x>", member.repeat(3));
    let records: Vec<u64> = values(&document).iter().map(|v| v.1).collect();
    assert_eq!(records.iter().max(), Some(&3), "three members: {records:?}");
    let claims = format!("<x><ms>{}</ms><cs><c><a>1</a><b>2</b></c></cs></x>", member.repeat(3));
    assert_eq!(values(&claims).last().unwrap().1, 4, "a claim is no part of the last member");
    let one = "<patient><name>A</name><ssn>2</ssn><dob>3</dob><address><a>1</a><b>2</b></address><address><a>1</a><b>2</b>\
               </address></patient>";
    assert!(values(one).iter().all(|v| v.1 == 1));
    let many = "<p><a>1</a><b>2</b></p>\n<p><a>1</a><b>2</b></p>";
    assert_eq!(values(many).last().unwrap().1, 2, "several roots");
}

#[test]
fn comments_sections_and_declarations_are_read() {
    let document = "<!DOCTYPE a [<!ENTITY who \"Ann\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]><a><!-- SSN 536-90-4398 --><b><![CDATA[<1 & 2>]]>\
                    </b><c>&who; &x;</c><?go now?></a>";
    let found = values(document);
    assert_eq!(found[1], ("text".to_string(), 1, "SSN 536-90-4398".to_string()));
    assert_eq!(found[2], ("a.b".to_string(), 1, "<1 & 2>".to_string()));
    assert_eq!(found[3], ("a.c".to_string(), 1, "Ann &x;".to_string()));
    assert_eq!(found[4], ("text".to_string(), 1, "go now".to_string()));
}

#[test]
fn what_is_not_well_formed_is_read_as_it_comes() {
    for (document, expected) in [
        ("<a><b>1</a><c>2</c>", rows(&[("a.b", 1, "1"), ("c", 1, "2")])),
        ("<a>1</b>2</a>", rows(&[("a", 1, "1"), ("a", 1, "2")])),
        ("<a>1 < 2</a>", rows(&[("a", 1, "1"), ("a", 1, "< 2")])),
        ("x <a b=c d>1</a> y", rows(&[("text", 1, "x"), ("a@b", 1, "c"), ("a", 1, "1"), ("text", 1, "y")])),
        ("<a><b>1", rows(&[("a.b", 1, "1")])),
    ] {
        assert_eq!(values(document), expected, "{document}");
    }
    for (document, at) in [("<a>1</a><b c='", 8), ("<a>1<!-- x", 8), ("<a><![CDATA[x", 12)] {
        let (_, broken, _) = read(document);
        assert_eq!(broken.map(|b| b.0), Some(at), "{document}");
    }
}

#[test]
fn code_pages_are_decoded() {
    let found = read_bytes(b"<?xml version='1.0' encoding='ISO-8859-1'?><a><b>Mu\xf1oz</b></a>").0;
    assert_eq!(found.last().unwrap().3, "Muñoz");
}

#[test]
fn a_clinical_document_says_whose_everything_is() {
    let document = r#"<ClinicalDocument xmlns="urn:hl7-org:v3"><templateId root="2.16.840.1.113883.10.20.22.1.2"/>
<id root="2.16.840.1.113883.19" extension="TT988"/><effectiveTime value="20260102030405-0500"/>
<recordTarget><patientRole><id root="2.16.840.1.113883.4.1" extension="536-90-4398"/><id root="1.2.3" extension="MR77"/><id root="1.2.4"/>
<addr use="HP"><streetAddressLine>17 Oak Street</streetAddressLine><city>Mobile</city><postalCode>36609</postalCode></addr>
<telecom value="tel: +1(251)432-8841"/><telecom value="mailto:a@gulfmail.net"/>
<patient><name use="L"><prefix>Mrs</prefix><given>Ann</given><family>Lee</family></name><birthTime value="195703140000-0600"/>
<guardian><guardianPerson><name>Bo Lee</name></guardianPerson></guardian></patient>
<providerOrganization><id root="2.16.840.1.113883.4.6" extension="1234567893"/><name>Clinic</name></providerOrganization></patientRole></recordTarget>
<author><assignedAuthor><id root="2.16.840.1.113883.4.6" extension="1234567893"/><assignedPerson><name><given>Doc</given></name></assignedPerson></assignedAuthor></author>
<participant typeCode="IND"><associatedEntity classCode="NOK"><associatedPerson><name>Cy Lee</name></associatedPerson></associatedEntity></participant>
<component><section><text><table><thead><tr><th>Name</th><th>DOB</th></tr></thead><tbody><tr><td>Ann</td><td><content>1957-03-14</content></td></tr></tbody></table>
<paragraph>Seen in <b>May</b>.</paragraph></text><entry><act><participant typeCode="COV"><templateId root="2.16.840.1.113883.10.20.22.4.89"/>
<participantRole classCode="PAT"><id root="1.2.5" extension="W9"/></participantRole></participant></act></entry></section></component></ClinicalDocument>"#;
    let (found, broken, places) = read(document);
    assert_eq!(broken, None);
    let key = |text: &str| {
        let place = &found.iter().find(|found| found.3 == text).unwrap_or_else(|| panic!("{text}: {found:?}")).0;
        let named = places.named.iter().find(|n| bare(&n.place.to_string()) == *place).unwrap();
        (named.keys.first().cloned().unwrap_or_default(), named.subject.map_or("", |s| s.name()))
    };
    for (text, expected, subject) in [
        ("536-90-4398", "ccda:patient.id/ssn", "patient"),
        ("MR77", "ccda:patient.id", "patient"),
        ("17 Oak Street", "ccda:patient.addr.streetAddressLine", "patient"),
        ("+1(251)432-8841", "ccda:patient.telecom/phone", "patient"),
        ("a@gulfmail.net", "ccda:patient.telecom/email", "patient"),
        ("Ann", "ccda:patient.name.given", "patient"),
        ("19570314", "ccda:patient.birthTime", "patient"),
        ("Bo Lee", "ccda:related.name", "patient"),
        ("1234567893", "ccda:organization.id/npi", "provider"),
        ("Doc", "ccda:provider.name.given", "provider"),
        ("Cy Lee", "ccda:related.name", "patient"),
        ("20260102", "ccda:time", ""),
        ("TT988", "ccda:document.id", ""),
        ("W9", "ccda:insured.id", "patient"),
    ] {
        assert_eq!(key(text), (expected.to_string(), subject), "{text}");
    }
    let texts: Vec<&str> = found.iter().map(|found| found.3.as_str()).collect();
    assert!(texts.contains(&"Name: Ann; DOB: 1957-03-14;"), "{texts:?}");
    assert!(texts.contains(&"Seen in May."), "{texts:?}");
    assert!(!texts.contains(&"Clinic") && !texts.contains(&"Mrs"));
    assert!(found.iter().all(|found| found.1 == 1));
}

/// A document of each kind, with everything that can be cut.
const DOCUMENTS: [&str; 4] = [
    "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY w 'Ann'>]><a x='1' y=\"&amp;\"><!-- c --><b><![CDATA[1]]>&w;</b><p>a <i>b</i></p><?t i?></a>",
    "<ClinicalDocument xmlns='urn:hl7-org:v3'><recordTarget><patientRole><id root='2.16.840.1.113883.4.1' extension='536-90-4398'/><telecom \
     value='tel:+1(251)432-8841'/><patient><name><given>Ann</given></name><birthTime value='195703140000-0600'/></patient></patientRole>\
     </recordTarget><component><section><text><table><thead><tr><th>A</th></tr></thead><tr><td>B</td></tr></table></text></section></component>\
     </ClinicalDocument>",
    "<Bundle xmlns='http://hl7.org/fhir'><entry><fullUrl value='urn:uuid:2'/><resource><Patient><id value='p1'/><identifier><system \
     value='http://hl7.org/fhir/sid/us-ssn'/><value value='536-90-4398'/></identifier></Patient></resource></entry></Bundle>",
    "<rows><row><field name='ssn'>536-90-4398</field></row><row><field name='ssn'>418-62-7715</field></row></rows>",
];

/// Reads a document that may be anything: every value lies inside it.
fn survives(document: &[u8]) -> (Found, Option<(u64, Broken)>) {
    for step in [usize::MAX, 7] {
        let mut source = crate::extract::named::tests::Slow(document, step);
        let mut window = Window::new(Vec::new(), &mut source);
        let first = vocabulary(document);
        let mut reader = Xml::new(&document[..document.len().min(64 << 10)], first);
        let (mut places, mut batch) = (Places::default(), Batch::default());
        loop {
            let progress = reader.read(&mut window, &mut places, &mut batch);
            assert!(window.offset() <= document.len() as u64);
            for value in &batch.values {
                assert!(value.start <= value.end && value.end as usize <= window.consumed().len());
                assert!(value.decoded.0 <= value.decoded.1 && value.decoded.1 as usize <= batch.decoded.len());
                assert!((value.place as usize) < places.named.len());
            }
            if !matches!(progress, Ok(Progress::More)) {
                break;
            }
            assert!(window.at() > 0, "it goes on");
            window.next_batch();
            batch = Batch::default();
        }
        if document.len() > 100_000 {
            break;
        }
    }
    let (found, broken, _) = read_bytes(document);
    (found, broken)
}

#[test]
fn every_beginning_and_every_end_of_a_document_is_read() {
    for document in DOCUMENTS {
        let bytes = document.as_bytes();
        for at in 0..=bytes.len() {
            survives(&bytes[..at]);
            survives(&bytes[at..]);
        }
    }
}

#[test]
fn what_goes_deep_wide_or_long_is_bounded() {
    let deep = format!("{}1{}", "<a>".repeat(1_000_000), "</a>".repeat(1_000_000));
    let (found, broken) = survives(deep.as_bytes());
    assert_eq!((found.len(), broken), (1, None));
    let wide: String = (0..100_000).map(|n| format!(" k{n}='v{n}'")).collect();
    let (found, broken) = survives(format!("<a{wide}><b>1</b></a>").as_bytes());
    assert_eq!((found.len(), broken), (100_001, None));
    assert_eq!(found.last().unwrap().0, "a.b");
    let long = "x y ".repeat(1_000_000);
    let (found, _) = survives(format!("<a v='{long}'><b>{long}</b><!--{long}--><![CDATA[{long}]]></a>").as_bytes());
    assert!(found.iter().all(|f| f.3.len() <= PIECE) && found.len() > 4 * 4_000_000 / PIECE);
    assert_eq!(found.iter().map(|f| f.3.matches('x').count()).sum::<usize>(), 4_000_000, "nothing is lost");
    let (found, _) = survives(format!("<a><{}>1</a>", "n".repeat(3 << 20)).as_bytes());
    assert!(!found.is_empty());
    let (found, _) = survives(format!("<a><{}>1</a>", "n ".repeat(1 << 20)).as_bytes());
    assert_eq!(found.last().unwrap().3, "1");
    let names: String =
        (0..200_000).map(|n| format!("<n{}x{}>1</n{}x{}>", n % 9999, n / 9999, n % 9999, n / 9999)).collect();
    let (found, broken) = survives(format!("<a>{names}</a>").as_bytes());
    assert_eq!((found.len(), broken), (200_000, None));
    let unclosed = format!("<!DOCTYPE a [{}", "<!ENTITY a 'b'>".repeat(100_000));
    survives(unclosed.as_bytes());
    // Looking for the end of each would take minutes.
    survives(format!("<a>{}", "<![C -->".repeat(500_000)).as_bytes());
    let rows = format!("<p>{}</p>", "<i>a</i> <!-- b -->".repeat(300_000));
    survives(rows.as_bytes());
}

mod mutated {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn bytes_of_a_document_may_be_anything(
            which in 0..DOCUMENTS.len(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 1..12),
        ) {
            let mut bytes = DOCUMENTS[which].as_bytes().to_vec();
            for (at, byte, how) in changes {
                let at = at.index(bytes.len());
                let mark = b"<>&'\"/=!-[]?; \n"[byte as usize % 15];
                match how {
                    0 => bytes[at] = byte,
                    1 => bytes[at] = mark,
                    2 => bytes.insert(at, mark),
                    _ => { bytes.remove(at); }
                }
            }
            survives(&bytes);
        }

        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(prop::sample::select(b"<>&'\"/=!-[]?;ab \n\xff\xc3".to_vec()), 0..200)) {
            survives(&bytes);
        }
    }
}

#[test]
fn fhir_says_the_same_as_in_json() {
    let xml = r#"<Bundle xmlns="http://hl7.org/fhir"><entry><fullUrl value="urn:uuid:1"/><resource><Practitioner><identifier><system
value="http://hl7.org/fhir/sid/us-npi"/><value value="1234567893"/></identifier><name><family value="House"/></name></Practitioner></resource></entry>
<entry><fullUrl value="urn:uuid:2"/><resource><Patient><id value="p1"/><text><div xmlns="http://www.w3.org/1999/xhtml">DOB: <b>1957-03-14</b></div></text>
<identifier><value value="536-90-4398"/><system value="http://hl7.org/fhir/sid/us-ssn"/></identifier>
<identifier><type><coding><code value="MR"/></coding></type><value value="MR77"/></identifier>
<name><family value="Lee"/><given value="Ann"/></name><telecom><value value="251-432-8841"/><system value="phone"/></telecom>
<birthDate value="1957-03-14"/><address><line value="17 Oak Street"/><postalCode value="36609"/></address></Patient></resource></entry>
<entry><resource><Patient><id value="p2"/><birthDate value="1961-07-02"/></Patient></resource></entry>
<entry><resource><Coverage><subscriberId value="W9"/><beneficiary><reference value="urn:uuid:2"/></beneficiary></Coverage></resource></entry></Bundle>"#;
    let (found, broken, places) = read(xml);
    assert_eq!(broken, None);
    for (text, place, record, key) in [
        ("1234567893", "Practitioner.identifier[].value", 0, "fhir:identifier/NPI"),
        ("536-90-4398", "Patient.identifier[].value", 1, "fhir:identifier/SS"),
        ("MR77", "Patient.identifier[].value", 1, "fhir:identifier/MR"),
        ("Lee", "Patient.name[].family", 1, "fhir:HumanName"),
        ("Ann", "Patient.name[].given[]", 1, "fhir:HumanName"),
        ("251-432-8841", "Patient.telecom[].value", 1, "fhir:ContactPoint/phone"),
        ("1961-07-02", "Patient.birthDate", 2, "fhir:birthDate"),
        ("17 Oak Street", "Patient.address[].line[]", 1, "fhir:Address.line"),
        ("W9", "Coverage.subscriberId", 1, "fhir:Coverage.subscriberId"),
    ] {
        let at = found.iter().find(|found| found.3 == text).unwrap_or_else(|| panic!("{text}: {found:?}"));
        assert_eq!((at.0.as_str(), at.1), (place, record), "{text}");
        let known = |n: &&Named| bare(&n.place.to_string()) == place && n.keys.iter().any(|k| k == key);
        assert!(places.named.iter().any(|n| known(&n)), "{text}: {places:?}");
    }
    assert!(found.iter().any(|found| found.3 == "DOB: 1957-03-14"), "{found:?}");
}
