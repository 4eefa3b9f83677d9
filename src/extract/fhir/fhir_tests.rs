//! What FHIR is read as: whose values they are, what identifiers are by type and system, days of care, files in values.

use crate::engine::Engine;
use crate::finding::{Confidence, Document, DocumentClass, Status, Subject};
use crate::options::{Options, Reveal};

fn scan(text: &str) -> Document {
    let engine = Engine::built_in().unwrap();
    let options = Options { matches: true, reveal: Reveal::Full, ..Options::default() };
    crate::scan::scan_bytes(&engine, &options, "bundle.json", text.as_bytes())
}

/// Identifier and value of each match at `likely`.
fn found(document: &Document) -> Vec<(&'static str, &str)> {
    let likely = |m: &&crate::finding::Match| m.confidence >= Confidence::Likely;
    document.matches.iter().filter(likely).map(|m| (m.identifier.name(), m.value.as_str())).collect()
}

fn patient(identifier: &str) -> String {
    format!(r#"{{"resourceType":"Patient","id":"p","identifier":[{identifier}]}}"#)
}

#[test]
fn an_identifier_is_what_its_type_or_system_says() {
    let typed = |code: &str, value: &str| {
        patient(&format!(r#"{{"value":"{value}","type":{{"coding":[{{"system":"x","code":"{code}"}}]}}}}"#))
    };
    let of = |system: &str, value: &str| patient(&format!(r#"{{"system":"{system}","value":"{value}"}}"#));
    for (text, expected) in [
        (typed("SS", "536228145"), "ssn"),
        (of("http://hl7.org/fhir/sid/us-ssn", "536-22-8145"), "ssn"),
        (of("urn:oid:2.16.840.1.113883.4.1", "536228145"), "ssn"),
        (of("http://hl7.org/fhir/sid/us-mbi", "2AC3DF4GH56"), "mbi"),
        (typed("MC", "2AC3DF4GH56"), "mbi"),
        (typed("MC", "536228145A"), "hicn"),
        (typed("MR", "778899"), "mrn"),
        (typed("MB", "ZGP400210337"), "member-id"),
        (typed("DL", "S48212573"), "driver-license"),
        (of("urn:oid:2.16.840.1.113883.4.3.6", "189601248"), "driver-license"),
        (typed("PPN", "541098237"), "passport"),
        (typed("VN", "536228145"), "account-number"),
        (typed("DEA", "BF6144048"), "dea"),
        (patient(r#"{"type":{"text":"Medical Record Number"},"value":"778899"}"#), "mrn"),
    ] {
        let document = scan(&text);
        assert_eq!(document.format, "fhir");
        let names: Vec<&str> = found(&document).iter().map(|(name, _)| *name).collect();
        assert_eq!(names, [expected], "{text}");
        // What tells one person from another is what counts people.
        let people = u64::from(!["driver-license", "passport", "account-number", "dea"].contains(&expected));
        let class = if expected == "dea" { DocumentClass::Provider } else { DocumentClass::Phi };
        assert_eq!((document.class, document.people), (class, people), "{text}");
    }
    for text in [typed("PLAC", "536228145"), of("http://hl7.org/fhir/sid/us-npi", "140")] {
        assert_eq!(found(&scan(&text)), [], "{text}");
    }
}

const BUNDLE: &str = r#"{"resourceType":"Bundle","type":"collection","entry":[
    {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"1","birthDate":"1951-04-17",
     "name":[{"use":"official","family":"Delgado","given":["Maria"]}],
     "telecom":[{"value":"646-392-9988","system":"phone"},{"system":"email","value":"maria@delgado.example.org"}],
     "address":[{"line":["48 Old Mill Rd"],"city":"Mobile","state":"AL","postalCode":"36609"}],
     "text":{"status":"generated","div":"<div>Patient <b>Maria</b>, SSN <i>221-34</i>-5678 &amp; more<\/div>"},
     "contact":[{"name":{"family":"Delgado","given":["Jorge"]}}]}},
    {"fullUrl":"urn:uuid:2","resource":{"resourceType":"Practitioner","id":"2",
     "identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"1234567893"}],
     "name":[{"family":"Marsh","given":["Kevin"],"prefix":["Dr."]}]}},
    {"resource":{"resourceType":"Patient","id":"9","identifier":[{"type":{"coding":[{"code":"MR"}]},"value":"MR778812"}]}},
    {"resource":{"resourceType":"Coverage","beneficiary":{"reference":"urn:uuid:1"},"subscriberId":"ZGP400210337"}},
    {"resource":{"resourceType":"Encounter","subject":{"reference":"Patient/9","display":"Susan Boyle"},
     "participant":[{"individual":{"display":"Dr. Kevin Marsh"}}]}}]}"#;

#[test]
fn whose_values_they_are_the_resource_says() {
    let document = scan(BUNDLE);
    let found = found(&document);
    for expected in [
        ("birth-date", "1951-04-17"),
        ("name", "Delgado"),
        ("name", "Maria"),
        ("name", "Jorge"),
        ("phone", "646-392-9988"),
        ("email", "maria@delgado.example.org"),
        ("address", "48 Old Mill Rd"),
        ("zip", "36609"),
        ("ssn", "221-34</i>-5678"),
        ("npi", "1234567893"),
        ("mrn", "MR778812"),
        ("member-id", "ZGP400210337"),
        ("name", "Susan Boyle"),
    ] {
        // What tags stand in is shown as it stands in the document.
        assert!(
            found.iter().any(|(name, value)| *name == expected.0 && value.contains(&expected.1[..4])),
            "{expected:?} {found:?}"
        );
    }
    for finding in &document.findings {
        let place = finding.place.short();
        let provider = place.starts_with("Practitioner") || place.contains("participant");
        assert_eq!(finding.subject == Subject::Provider, provider, "{place}");
    }
    assert_eq!((document.people, document.records), (2, 2), "who gives care is nobody's record");
    assert_eq!(document.status, Status::Complete);
    let linked: Vec<&str> = document.linked[0].identifiers.clone();
    assert!(linked.contains(&"member-id") && linked.contains(&"birth-date"), "{linked:?}");
}

#[test]
fn days_of_care_are_told_by_their_place() {
    for (resource, day) in [
        ("Observation", r#""effectiveDateTime":"2025-11-05T09:30:00-05:00""#),
        ("Procedure", r#""performedPeriod":{"start":"2025-11-05"}"#),
        ("Immunization", r#""occurrenceDateTime":"2025-11-05""#),
        ("MedicationDispense", r#""whenHandedOver":"2025-11-05T10:00:00Z""#),
        ("Condition", r#""onsetDateTime":"2025-11-05""#),
        ("ExplanationOfBenefit", r#""billablePeriod":{"start":"2025-11-05"}"#),
        ("Appointment", r#""start":"2025-11-05T09:30:00Z""#),
    ] {
        let text = format!(r#"{{"resourceType":"{resource}","subject":{{"reference":"Patient/1"}},{day}}}"#);
        let document = scan(&text);
        let names: Vec<&str> = found(&document).iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["service-date"], "{text}");
    }
    let system = r#"{"resourceType":"Organization","meta":{"lastUpdated":"2025-11-05T10:00:00Z"},"period":{"start":"2025-11-05"}}"#;
    assert_eq!(found(&scan(system)), [], "of no care");
}

#[test]
fn text_that_is_encoded_is_read_in_its_place_and_what_is_no_text_is_a_file() {
    // "SSN: 536-22-8145, seen today"
    let note = r#"{"resourceType":"DocumentReference","subject":{"reference":"Patient/1"},
        "content":[{"attachment":{"contentType":"text/plain","data":"U1NOOiA1MzYtMjItODE0NSwgc2VlbiB0b2RheQ=="}}]}"#;
    let document = scan(note);
    assert_eq!(document.matches.len(), 1);
    assert_eq!(document.status, Status::Complete);
    let picture = r#"{"resourceType":"Binary","contentType":"application/pdf","data":"JVBERi0xLjQKJdPr6eEKMSAwIG9iago8PAo+PgplbmRvYmoK"}"#;
    let document = scan(picture);
    assert_eq!((document.status, document.gaps.len()), (Status::Complete, 0), "the gap is the file's");
}

#[test]
fn a_line_for_each_resource() {
    let line = |n: u32| {
        format!(
            "{{\"id\":\"{n}\",\"resourceType\":\"Patient\",\"identifier\":[{{\"system\":\"http://hl7.org/fhir/sid/us-ssn\",\"value\":\"{:09}\"}}]}}\n",
            221_334_455 + n * 1_010_101
        )
    };
    let document = scan(&(1..=40).map(line).collect::<String>());
    assert_eq!((document.people, document.records), (40, 40), "the kind may stand behind the id");
    assert_eq!(document.format, "fhir");
}
