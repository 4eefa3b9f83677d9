//! FHIR R4: bundles, bulk exports, XML. In: a list. Out: a document.
//!
//! The train half: identifiers by type code or by the usual systems, names in parts. The held-out half: other order of keys, types as
//! text, systems of the site, names as text, narrative, relatives, coverage, claims with contained patients, extensions.

use super::super::Page;
use super::super::rng::Rng;
use super::{List, xml};

const DOCTOR: &str = r#"{"resourceType":"Practitioner","id":"dr«Number»","identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"«Npi»"}],"name":[{"family":"«DrLast»","given":["«DrFirst»"],"prefix":["Dr."]}],"telecom":[{"system":"phone","value":"«DrPhone:dash»"}]}"#;

/// The resources about one patient, each on one line.
fn resources(list: &List) -> &'static [&'static str] {
    list.pick(
        &[
            &[
                r#"{"resourceType":"Patient","id":"p«Number»","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"http://lakeside.example.org/mrn","value":"«Mrn»"},{"system":"http://hl7.org/fhir/sid/us-ssn","value":"«Ssn:id»"}],"active":true,"name":[{"use":"official","family":"«Last»","given":["«First»","«Middle»"]}],"telecom":[{"system":"phone","value":"«Phone»","use":"home"},{"system":"email","value":"«Email»"}],"gender":"female","birthDate":"«BirthDate:iso»","address":[{"line":["«Street»"],"city":"«City»","state":"«State»","postalCode":"«Zip»"}]}"#,
                r#"{"resourceType":"Coverage","id":"c«Number»","status":"active","subscriberId":"«MemberId»","beneficiary":{"reference":"Patient/p«Number»"},"class":[{"type":{"coding":[{"code":"group"}]},"value":"«Group»"}]}"#,
                r#"{"resourceType":"Observation","id":"o«Number»","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2345-7"}]},"subject":{"reference":"Patient/p«Number»"},"effectiveDateTime":"«Visit:iso»","valueQuantity":{"value":9«#1»,"unit":"mg/dL"}}"#,
            ][..],
            &[
                r#"{"resourceType":"Patient","id":"p«Number»","identifier":[{"system":"http://hl7.org/fhir/sid/us-medicare","value":"⟦Mbi⟧«Mbi»⟦/⟧"},{"type":{"coding":[{"code":"SS"}]},"value":"«Ssn:id»"},{"type":{"coding":[{"code":"MB"}]},"value":"«MemberId»"}],"name":[{"family":"«Last»","given":["«First»"]}],"birthDate":"«BirthDate:iso»","generalPractitioner":[{"reference":"Practitioner/dr«Number»"}]}"#,
                DOCTOR,
            ][..],
        ],
        &[
            &[
                r#"{"id":"p«Number»","resourceType":"Patient","meta":{"lastUpdated":"2026-03-11T08:15:22Z"},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>«Name» born «BirthDate:iso@div», MRN «Mrn@div»</p></div>"},"birthDate":"«BirthDate:iso»","name":[{"text":"«Name@text»","family":"«Last»","given":["«First»"]}],"extension":[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex","valueCode":"F"}],"contact":[{"relationship":[{"text":"spouse"}],"name":{"family":"«HolderLast»","given":["«HolderFirst»"]},"telecom":[{"value":"«Phone:dash@contact»","system":"phone"}]}],"identifier":[{"value":"«Mrn»","type":{"text":"Medical Record Number"}},{"value":"«Ssn:id»","system":"urn:oid:2.16.840.1.113883.4.1"}],"address":[{"postalCode":"«Zip»","text":"«Street»"}]}"#,
                r#"{"resourceType":"RelatedPerson","id":"r«Number»","patient":{"reference":"Patient/p«Number»"},"name":[{"family":"«HolderLast@r»","given":["«HolderFirst@r»"]}],"birthDate":"«HolderBirth:iso»"}"#,
                DOCTOR,
            ][..],
            &[
                r##"{"resourceType":"ExplanationOfBenefit","id":"e«Number»","contained":[{"resourceType":"Patient","id":"pat","name":[{"given":["«First»"],"family":"«Last»"}],"birthDate":"«BirthDate:iso»","identifier":[{"type":{"coding":[{"system":"http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBIdentifierType","code":"memberid"}]},"value":"«MemberId»"},{"system":"http://hl7.org/fhir/sid/us-mbi","value":"⟦Mbi⟧«Mbi»⟦/⟧"}]}],"patient":{"reference":"#pat","display":"«Name»"},"provider":{"identifier":{"system":"http://hl7.org/fhir/sid/us-npi","value":"«Npi»"},"display":"Dr. «DrFirst» «DrLast»"},"billablePeriod":{"start":"«Visit:iso»"},"payment":{"amount":{"value":227.5}}}"##,
            ][..],
        ],
    )
}

/// Into strings of JSON.
fn json(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// A bundle.
pub(super) fn bundle(list: &List, rng: &mut Rng) -> Page {
    let mut page = list.page("bundle", "json");
    page.class = Some("phi");
    page.text(list.pick(
        &["{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["],
        &["{\n \"entry\" : [", "{\"type\":\"searchset\",\"total\":99,\"resourceType\":\"Bundle\",\"link\":[{\"relation\":\"self\",\"url\":\"https://fhir.example.org/Patient?_count=50\"}],\"entry\":["],
    ));
    let spread = list.pick(&[false], &[true, false]);
    for record in &list.feed.records {
        for (n, resource) in resources(list).iter().enumerate() {
            page.text(if record.number + n == 0 { "" } else { "," });
            let full =
                format!("\n{{\"fullUrl\":\"urn:uuid:5a0«#5»-0000-4000-8000-00000«#7»\",\"resource\":{resource}}}");
            // As a program writes it for people.
            let full = if spread { full.replace("\":", "\" : ").replace(",\"", ",\n    \"") } else { full };
            list.write(&mut page, &full, record, json, rng);
        }
    }
    page.text(list.pick(&["]}"], &["],\n \"resourceType\" : \"Bundle\"\n}\n", "]}\n"]));
    page
}

/// A bulk export: a resource a line.
pub(super) fn lines(list: &List, rng: &mut Rng) -> Page {
    let mut page = list.page("export", list.pick(&["ndjson"], &["json", "txt"]));
    page.class = Some("phi");
    // One kind behind the other, as an export writes them.
    for resource in resources(list) {
        for record in &list.feed.records {
            list.write(&mut page, &format!("{resource}\n"), record, json, rng);
        }
    }
    page
}

/// XML.
pub(super) fn markup(list: &List, rng: &mut Rng) -> Page {
    let mut page = list.page("bundle", "xml");
    page.class = Some("phi");
    page.text("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Bundle xmlns=\"http://hl7.org/fhir\">\n<type value=\"collection\"/>\n");
    let doctor = "<entry><resource><Practitioner><id value=\"dr«Number»\"/><identifier><system value=\"http://hl7.org/fhir/sid/us-npi\"/><value value=\"«Npi»\"/></identifier><name><family value=\"«DrLast»\"/><given value=\"«DrFirst»\"/></name></Practitioner></resource></entry>\n";
    let each = list.pick(
        &[
            "<entry><resource><Patient><id value=\"p«Number»\"/><identifier><type><coding><code value=\"MR\"/></coding></type><value value=\"«Mrn»\"/></identifier><identifier><system value=\"http://hl7.org/fhir/sid/us-ssn\"/><value value=\"«Ssn:id»\"/></identifier><name><family value=\"«Last»\"/><given value=\"«First»\"/></name><telecom><system value=\"phone\"/><value value=\"«Phone»\"/></telecom><birthDate value=\"«BirthDate:iso»\"/><address><line value=\"«Street»\"/><postalCode value=\"«Zip»\"/></address></Patient></resource></entry>\n",
            "<entry><resource><Patient><identifier><system value=\"http://hl7.org/fhir/sid/us-medicare\"/><value value=\"⟦Mbi⟧«Mbi»⟦/⟧\"/></identifier><name><family value=\"«Last»\"/><given value=\"«First»\"/></name><birthDate value=\"«BirthDate:iso»\"/></Patient></resource></entry>\n<entry><resource><Coverage><subscriberId value=\"«MemberId»\"/></Coverage></resource></entry>\n",
        ],
        &[
            "<entry>\n <fullUrl value='urn:uuid:5a0«#5»-0000-4000-8000-00000«#7»'/>\n <resource>\n  <Patient>\n   <text><status value='generated'/><div xmlns='http://www.w3.org/1999/xhtml'><p>«Name», born «BirthDate:iso@div»</p></div></text>\n   <identifier>\n    <value value='«Ssn:id»'/>\n    <system value='urn:oid:2.16.840.1.113883.4.1'/>\n   </identifier>\n   <identifier><value value='«Mrn»'/><type><text value='Medical Record Number'/></type></identifier>\n   <name><given value='«First»'/><family value='«Last»'/></name>\n   <birthDate value='«BirthDate:iso»'/>\n   <contact><name><family value='«HolderLast»'/><given value='«HolderFirst»'/></name></contact>\n   <address><text value='«Street»'/><postalCode value='«Zip»'/></address>\n  </Patient>\n </resource>\n</entry>\n",
            "<entry><resource><Coverage xmlns=\"http://hl7.org/fhir\"><contained><Patient><name><given value=\"«First»\"/><family value=\"«Last»\"/></name><birthDate value=\"«BirthDate:iso»\"/></Patient></contained><status value=\"active\"/><identifier><type><coding><code value=\"MB\"/></coding></type><value value=\"«MemberId»\"/></identifier></Coverage></resource></entry>\n",
        ],
    );
    for record in &list.feed.records {
        list.write(&mut page, each, record, xml, rng);
        if list.layout.is_multiple_of(2) {
            list.write(&mut page, doctor, record, xml, rng);
        }
    }
    page.text("</Bundle>\n");
    page
}
