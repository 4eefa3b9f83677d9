//! C-CDA documents, of one patient each. In: a list. Out: a document.
//!
//! The train half: numbers by root, narrative as a table. The held-out half: several roots, the SSN first, guardians, narrative as paragraphs and
//! lists that name patient and clinician, a prefix before every element, no line breaks.

use super::super::Page;
use super::super::rng::Rng;
use super::{List, xml};

const AUTHOR: &str = "<author><time value=\"«Written»\"/><assignedAuthor><id root=\"2.16.840.1.113883.4.6\" extension=\"«Npi»\"/><addr><streetAddressLine>«DrStreet»</streetAddressLine><postalCode>«DrZip»</postalCode></addr><telecom use=\"WP\" value=\"tel:+1«DrPhone:bare»\"/><assignedPerson><name><given>«DrFirst»</given><family>«DrLast»</family><suffix>MD</suffix></name></assignedPerson></assignedAuthor></author>";

/// A summary of care.
pub(super) fn document(list: &List, rng: &mut Rng) -> Page {
    let mut page = list.page("summary", list.pick(&["xml"], &["xml", "cda", "txt"]));
    page.class = Some("phi");
    let patient = list.pick(
        &[
            "<recordTarget><patientRole><id root=\"2.16.840.1.113883.19.5\" extension=\"«Mrn»\"/><id root=\"2.16.840.1.113883.4.1\" extension=\"«Ssn:dash»\"/><addr use=\"HP\"><streetAddressLine>«Street»</streetAddressLine><city>«City»</city><state>«State»</state><postalCode>«Zip»</postalCode></addr><telecom use=\"HP\" value=\"tel:«Phone:paren»\"/><patient><name><given>«First»</given><family>«Last»</family></name><administrativeGenderCode code=\"F\"/><birthTime value=\"«BirthDate:8»\"/></patient></patientRole></recordTarget>",
            "<recordTarget><patientRole><id root=\"1.2.840.114350.1.13.99\" extension=\"«Mrn»\" assigningAuthorityName=\"LAKESIDE\"/><addr><streetAddressLine>«Street»</streetAddressLine><postalCode>«Zip»</postalCode></addr><patient><name use=\"L\"><given>«First»</given><given>«Middle»</given><family>«Last»</family></name><birthTime value=\"«BirthDate:time»\"/></patient></patientRole></recordTarget>",
        ],
        &[
            "<recordTarget><patientRole><id extension=\"«Ssn:dash»\" root=\"2.16.840.1.113883.4.1\"/>⟦Mbi⟧<id extension=\"«Mbi»\" root=\"2.16.840.1.113883.4.927\"/>⟦/⟧<id extension=\"«Mrn»\" root=\"2.16.840.1.113883.3.99.1\"/><addr><country>US</country><postalCode>«Zip»</postalCode><streetAddressLine>«Street»</streetAddressLine></addr><telecom value=\"mailto:«Email»\"/><telecom value=\"tel:+1-«Phone:dash»\"/><patient><name><family>«Last»</family><given>«First»</given></name><birthTime value=\"«BirthDate:zone»\"/><guardian><guardianPerson><name><given>«HolderFirst»</given><family>«HolderLast»</family></name></guardianPerson></guardian></patient></patientRole></recordTarget>",
            "<recordTarget><patientRole><id extension=\"«Mrn»\" root=\"2.16.840.1.113883.3.42\"/><addr nullFlavor=\"UNK\"/><patient><name>«First» «Last»</name><birthTime value='«BirthDate:8»'/></patient></patientRole></recordTarget>",
        ],
    );
    let text = list.pick(
        &[
            "<text><table><tbody><tr><th>Patient</th><td>«First@t» «Last@t»</td></tr><tr><th>Date of Birth</th><td>«BirthDate:us@t»</td></tr><tr><th>Author</th><td>«DrFirst@t» «DrLast@t»</td></tr></tbody></table></text>",
            "<text>Seen on «Visit:us» for hypertension. Order «#8».</text>",
        ],
        &[
            "<text><paragraph>Patient «First@t» «Last@t» (DOB «BirthDate:us@t») was seen by «DrFirst@t» «DrLast@t», MD. Lot «#9».</paragraph></text>",
            "<text><list><item>Name: «First@t» «Last@t»</item><item>MRN: «Mrn@t»</item><item>Performed by «DrFirst@t» «DrLast@t» on 3/1/2026</item></list></text>",
        ],
    );
    let body = format!(
        "<?xml version=\"1.0\"?><ClinicalDocument xmlns=\"urn:hl7-org:v3\"><realmCode code=\"US\"/><id root=\"2.16.840.1.113883.19\" extension=\"«#8»\"/><code code=\"34133-9\" codeSystem=\"2.16.840.1.113883.6.1\"/><effectiveTime value=\"«Written»\"/>{patient}{AUTHOR}<component><structuredBody><component><section><code code=\"10164-2\"/><title>History</title>{text}</section></component></structuredBody></component></ClinicalDocument>\n"
    );
    let body = list.pick(&["line", "one"], &["one", "prefix", "line"]).to_string() + &body;
    let body = match body.split_at(body.find('<').unwrap_or(0)) {
        ("line", body) => body.replace("><", ">\n<"),
        ("prefix", body) => prefixed(body),
        (_, body) => body.to_string(),
    };
    list.write(&mut page, &body, &list.feed.records[list.number % list.feed.records.len()], xml, rng);
    page
}

/// The same with a prefix for every element.
fn prefixed(body: &str) -> String {
    let mut out = String::new();
    for (n, part) in body.split('<').enumerate() {
        match (n, part.as_bytes().first()) {
            (0, _) => {}
            (_, Some(b'?')) => out += "<",
            (_, Some(b'/')) => {
                out += "</n1:";
                out += &part[1..];
                continue;
            }
            _ => out += "<n1:",
        }
        out += part;
    }
    out.replace("xmlns=", "xmlns:n1=")
}
