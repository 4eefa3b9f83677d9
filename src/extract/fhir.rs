//! FHIR resources (DSTU2, STU3, R4) in JSON and XML. In: the keys above a value, from its resource on, and what stands beside it. Out: what
//! the format says of its place, and whose record a resource is. Refuses nothing: what no profile knows is judged as in
//! any other JSON.

use std::collections::HashMap;

use super::json::Peek;
use super::named::{Holds, Named};
use super::systems;
use crate::finding::{Place, Subject};

/// References to patients that are remembered.
const REFERENCES: usize = 64 << 10;

/// What a resource says of itself.
#[derive(Debug, Default)]
pub(super) struct Resource<'a> {
    /// Its `resourceType`.
    pub(super) kind: Option<&'a [u8]>,
    id: Option<&'a [u8]>,
    /// The patient it refers to.
    patient: Option<&'a [u8]>,
    /// All of it was seen.
    pub(super) complete: bool,
}

/// Keys under which a resource refers to the patient it is about (FHIR R4, compartment definition of Patient).
const PATIENT_REFERENCES: [&[u8]; 6] = [b"patient", b"subject", b"beneficiary", b"individual", b"for", b"subscriber"];

/// What stands in an object: it is told the text of each string so many objects deep, and the keys above it, until it says
/// `false`.
pub(super) type Each<'a, 'b> = &'b mut dyn FnMut(&[&'a [u8]], &'a [u8]) -> bool;

/// What a resource says of itself; `skim` looks into it, and says whether it saw its end.
pub(super) fn resource<'a>(skim: impl FnOnce(usize, Each<'a, '_>) -> bool) -> Resource<'a> {
    let mut found = Resource::default();
    let mut best = PATIENT_REFERENCES.len();
    let complete = skim(2, &mut |keys, text| {
        match keys {
            [b"resourceType"] => found.kind = Some(text),
            [b"id"] => found.id = Some(text),
            [above, b"reference"] => {
                if let Some(rank) = PATIENT_REFERENCES.iter().position(|key| key == above)
                    && rank < best
                    && is_patient(text)
                {
                    best = rank;
                    found.patient = Some(text);
                }
            }
            _ => {}
        }
        true
    });
    found.complete = complete;
    found
}

/// Whether a reference may be to a patient: by its type, or it has none (`urn:uuid:…`, `#p1`).
fn is_patient(reference: &[u8]) -> bool {
    let mut parts = reference.rsplit(|b| *b == b'/');
    parts.next();
    parts.next().is_none_or(|kind| matches!(kind, b"Patient" | b"RelatedPerson"))
}

/// The records of patients, by what refers to them.
#[derive(Debug, Default)]
pub(super) struct References {
    known: HashMap<u64, u64>,
    full_url: Option<u64>,
}

impl References {
    /// The URL of the resource that comes next.
    pub(super) fn full_url(&mut self, url: &[u8]) {
        self.full_url = Some(hash(url));
    }

    /// The record a resource belongs to: that of its patient, 0 where it is about nobody.
    pub(super) fn record(&mut self, resource: &Resource<'_>, count: &mut u64) -> u64 {
        let url = self.full_url.take();
        let mut next = || {
            *count += 1;
            *count
        };
        let kind = resource.kind.unwrap_or_default();
        if kind == b"Patient" {
            let id = resource.id.map(|id| hash(&[b"Patient/", id].concat()));
            let local = resource.id.map(|id| hash(&[b"#", id].concat()));
            let known = [id, url].into_iter().flatten().find_map(|key| self.known.get(&key).copied());
            let record = known.unwrap_or_else(&mut next);
            for key in [id, url, local].into_iter().flatten() {
                self.remember(key, record);
            }
            return record;
        }
        match resource.patient {
            Some(reference) => {
                let key = hash(reference);
                match self.known.get(&key) {
                    Some(record) => *record,
                    None => {
                        let record = next();
                        self.remember(key, record);
                        record
                    }
                }
            }
            None if matches!(kind, b"RelatedPerson" | b"Person" | b"Coverage" | b"Claim") => next(),
            None => 0,
        }
    }

    fn remember(&mut self, key: u64, record: u64) {
        if self.known.len() >= REFERENCES {
            self.known.clear();
        }
        self.known.insert(key, record);
    }
}

/// Of a reference, without the server and the version: `Patient/7`.
fn hash(reference: &[u8]) -> u64 {
    let mut from = 0;
    if let Some(at) = memchr::memmem::rfind(reference, b"Patient/") {
        from = at;
    }
    let short = &reference[from..];
    let end = memchr::memmem::find(short, b"/_history").unwrap_or(short.len());
    xxhash_rust::xxh3::xxh3_64(&short[..end])
}

/// What an object says that its values must be known by, and whether it was seen to its end, which `skim` says.
pub(super) fn label<'a>(peek: Peek, skim: impl FnOnce(usize, Each<'a, '_>) -> bool) -> (String, bool) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(64)]).into_owned();
    match peek {
        Peek::None => (String::new(), true),
        Peek::Identifier => {
            let mut kind = "";
            let mut rank = 0;
            let complete = skim(4, &mut |keys, value| {
                let (found, this) = match keys {
                    [b"system"] => (of_system(value), 3),
                    [b"type", b"coding", b"code"] => (of_type(value), 2),
                    [b"type", b"text"] => (of_text(value), 1),
                    [b"assigner", b"display"] => (of_text(value), 1),
                    _ => ("", 0),
                };
                if !found.is_empty() && this > rank {
                    (kind, rank) = (found, this);
                }
                true
            });
            (kind.to_string(), complete)
        }
        Peek::Contact => {
            let mut system = String::new();
            let complete = skim(1, &mut |keys, value| {
                if keys == [b"system"] {
                    system = text(value);
                }
                true
            });
            (system, complete)
        }
        Peek::Extension => {
            let mut url = String::new();
            let complete = skim(1, &mut |keys, value| {
                if keys == [b"url"] {
                    url = text(value.rsplit(|b| *b == b'/').next().unwrap_or_default());
                }
                url.is_empty()
            });
            (url, complete)
        }
        Peek::Class => {
            let mut code = String::new();
            let complete = skim(4, &mut |keys, value| {
                if keys == [&b"type"[..], b"coding", b"code"] {
                    code = text(value);
                }
                code.is_empty()
            });
            (code, complete)
        }
    }
}

/// What a system names (HL7 registry of naming systems; OIDs of the United States).
fn of_system(system: &[u8]) -> &'static str {
    if let Some(oid) = system.strip_prefix(b"urn:oid:") {
        return match systems::by_oid(oid) {
            Some(systems::SSN) => "SS",
            Some(systems::MBI) => "MBI",
            Some(systems::MEDICARE) => "HICN",
            Some(systems::NPI) => "NPI",
            Some(systems::LICENSE) => "DL",
            Some(systems::ORGANIZATION) => "TAX",
            Some(systems::DEA | systems::VOCABULARY) => "XX",
            _ => "",
        };
    }
    let ends = |end: &[u8]| system.ends_with(end);
    let lower = system.to_ascii_lowercase();
    let has = |part: &[u8]| memchr::memmem::find(&lower, part).is_some();
    match () {
        () if ends(b"/us-ssn") => "SS",
        () if ends(b"/us-mbi") => "MBI",
        () if ends(b"/us-medicare") || ends(b"/hicn") => "HICN",
        () if ends(b"/us-npi") => "NPI",
        () if ends(b"/us-dl") || has(b"driver") => "DL",
        () if has(b"/sid/passport") => "PPN",
        () if has(b"/sid/us-ein") => "TAX",
        () if has(b"medicaid") => "MA",
        // CMS Blue Button and BCDA.
        () if has(b"bene_id") || has(b"hicn-hash") || has(b"mbi-hash") => "XX",
        () if has(b"synthea") => "XX",
        () if has(b"mrn") || has(b"medicalrecord") || has(b"medical-record") => "MR",
        () => "",
    }
}

/// What a code of HL7 table 0203 names, as far as it says more than that it is an identifier.
fn of_type(code: &[u8]) -> &'static str {
    match code {
        b"SS" | b"SB" => "SS",
        b"MC" => "MC",
        b"MA" => "MA",
        // The last two are CARIN's.
        b"MB" | b"SN" | b"SNO" | b"HC" | b"memberid" | b"subscriberid" => "MB",
        b"MR" | b"MRN" | b"MRT" | b"PI" | b"PT" => "MR",
        b"NPI" => "NPI",
        b"DL" => "DL",
        b"PPN" => "PPN",
        b"TAX" => "TAX",
        b"EI" => "EI",
        b"AN" => "AN",
        b"VN" => "VN",
        b"RI" | b"FILL" | b"PLAC" | b"ACSN" | b"UDI" | b"SNO-UDI" | b"PRN" | b"MD" | b"XX" | b"DEA" => "XX",
        _ => "",
    }
}

/// What a type's text names.
fn of_text(text: &[u8]) -> &'static str {
    let lower = text.to_ascii_lowercase();
    let has = |part: &[u8]| memchr::memmem::find(&lower, part).is_some();
    match () {
        () if has(b"social security") || lower == b"ssn" => "SS",
        () if has(b"medical record") || has(b"mrn") => "MR",
        () if has(b"medicaid") => "MA",
        () if has(b"medicare") => "MC",
        () if has(b"member") || has(b"subscriber") => "MB",
        () if has(b"driver") => "DL",
        () if has(b"passport") => "PPN",
        () if has(b"national provider") || lower == b"npi" => "NPI",
        () => "",
    }
}

/// Resources about those who give care and those who pay for it.
const PROVIDERS: [&str; 12] = [
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "OrganizationAffiliation",
    "Location",
    "HealthcareService",
    "InsurancePlan",
    "Endpoint",
    "Medication",
    "Substance",
    "Device",
    "VerificationResult",
];

/// Keys of what is a provider's in a patient's resource.
const PROVIDER_KEYS: [&str; 34] = [
    "practitioner",
    "performer",
    "provider",
    "author",
    "requester",
    "recorder",
    "asserter",
    "enterer",
    "generalPractitioner",
    "careProvider",
    "serviceProvider",
    "managingOrganization",
    "organization",
    "location",
    "insurer",
    "payor",
    "payee",
    "facility",
    "custodian",
    "participant",
    "actor",
    "careTeam",
    "issuer",
    "prescriber",
    "orderer",
    "dispenser",
    "assigner",
    "responsible",
    "attester",
    "authenticator",
    "source",
    "referral",
    "manufacturer",
    "contact",
];

/// Keys under which somebody stands whose data this is.
const PATIENT_KEYS: [&str; 7] =
    ["patient", "subject", "beneficiary", "subscriber", "policyHolder", "party", "relatedPerson"];

/// Keys of what the format needs and people do not.
const STRUCTURE: [&str; 64] = [
    "resourceType",
    "system",
    "code",
    "url",
    "fullUrl",
    "reference",
    "status",
    "use",
    "unit",
    "versionId",
    "lastUpdated",
    "profile",
    "rank",
    "userSelected",
    "language",
    "intent",
    "priority",
    "gender",
    "mode",
    "method",
    "relation",
    "total",
    "sequence",
    "currency",
    "contentType",
    "hash",
    "size",
    "city",
    "state",
    "district",
    "country",
    "prefix",
    "suffix",
    "start",
    "end",
    "issued",
    "recorded",
    "created",
    "timestamp",
    "instant",
    "when",
    "date",
    "authoredOn",
    "dateWritten",
    "dateAsserted",
    "assertedDate",
    "recordedDate",
    "dateRecorded",
    "effectiveDateTime",
    "onsetDateTime",
    "abatementDateTime",
    "performedDateTime",
    "occurrenceDateTime",
    "whenHandedOver",
    "whenPrepared",
    "latitude",
    "longitude",
    "altitude",
    "expirationDate",
    "multipleBirthInteger",
    "implicitRules",
    "version",
    "etag",
    "type",
];

/// What the format says of a place: `keys` from its resource on, lists left out, and what was found by looking ahead.
pub(super) fn named(resource: &str, keys: &[&str], label: Option<&str>, shown: String) -> Named {
    let last = keys.last().copied().unwrap_or_default();
    let above = keys.len().checked_sub(2).map_or("", |at| keys[at]);
    let label = label.unwrap_or_default();
    let provider = PROVIDERS.contains(&resource);
    // The innermost key that says whose decides.
    let by_key = keys.iter().rev().find_map(|key| match key {
        // A patient's contact is next of kin.
        &"contact" if resource == "Patient" => Some(Subject::Patient),
        key if PROVIDER_KEYS.contains(key) => Some(Subject::Provider),
        key if PATIENT_KEYS.contains(key) => Some(Subject::Patient),
        _ => None,
    });
    let subject = by_key.unwrap_or(if provider { Subject::Provider } else { Subject::Patient });
    let mut place = Named {
        place: Place::Path(shown),
        keys: Vec::new(),
        names: Vec::new(),
        holds: Holds::Value,
        subject: Some(subject),
        // A relative stands on the record of the patient, as a patient's contact does.
        of_another: resource == "RelatedPerson" || resource == "Patient" && keys.first() == Some(&"contact"),
    };
    let person = matches!(resource, "Patient" | "Person" | "RelatedPerson" | "Practitioner");
    let key = |key: &str| vec![format!("fhir:{key}")];
    match (above, last) {
        (_, "div") => place.holds = Holds::Text,
        ("identifier", "value") => {
            // An identifier without a type is the resource's own.
            place.keys = match (label, resource) {
                ("", "Patient" | "Person" | "RelatedPerson") => key("Patient.identifier"),
                ("", "Coverage") => key("Coverage.identifier"),
                ("", _) => key(&format!("{resource}.identifier")),
                (label, _) => key(&format!("identifier/{label}")),
            };
            if label == "NPI" {
                place.subject = Some(Subject::Provider);
            }
        }
        ("telecom", "value") => match label {
            "fax" => place.names = vec!["fax number".to_string()],
            "" => place.keys = key("ContactPoint"),
            label => place.keys = key(&format!("ContactPoint/{label}")),
        },
        ("name", "family" | "given" | "text") => place.keys = key("HumanName"),
        // DSTU2 had names of organizations and devices as plain text; those of people never.
        (_, "name") if person => place.keys = key("HumanName"),
        (_, "name") => place.holds = Holds::Structure,
        (_, "birthDate") => place.keys = key("birthDate"),
        (_, "deceasedDateTime") => place.names = vec!["death date".to_string()],
        ("address", "line") => place.keys = key("Address.line"),
        ("address", "text") => place.keys = key("Address.text"),
        (_, "postalCode") => place.keys = key("Address.postalCode"),
        (_, "subscriberId") => place.keys = key("Coverage.subscriberId"),
        ("class", "value") if label == "group" => place.keys = key("Coverage.class/group"),
        (_, "group" | "groupId") if resource == "Coverage" => place.keys = key("Coverage.class/group"),
        (_, "display") => match by_key {
            Some(Subject::Patient) if PATIENT_KEYS.contains(&above) => place.keys = key("HumanName"),
            _ => place.holds = Holds::Structure,
        },
        (_, "id") | (_, "text") if matches!(last, "id") || matches!(above, "type" | "code" | "maritalStatus") => {
            place.holds = Holds::Structure;
        }
        ("extension", value) if value.starts_with("value") => {
            place.holds = match value {
                "valueCode" | "valueBoolean" | "valueDecimal" | "valueInteger" | "valueUri" => Holds::Structure,
                _ => Holds::Value,
            };
            place.names = vec![label.to_string()];
        }
        (_, key) if STRUCTURE.contains(&key) || key.ends_with("Period") || key.ends_with("Code") => {
            place.holds = Holds::Structure;
        }
        (_, "value" | "valueDecimal" | "valueInteger") => place.holds = Holds::Structure,
        _ => place.names = vec![last.to_string()],
    }
    if place.keys.is_empty() {
        // What is said of any place here: that it is health care.
        place.keys = key(&format!("{resource}.{}", keys.join(".")));
    }
    place
}

#[cfg(test)]
mod tests {
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
            (patient(r#"{"type":{"text":"Medical Record Number"},"value":"778899"}"#), "mrn"),
        ] {
            let document = scan(&text);
            assert_eq!(document.format, "fhir");
            let names: Vec<&str> = found(&document).iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [expected], "{text}");
            assert_eq!((document.class, document.people), (DocumentClass::Phi, 1), "{text}");
        }
        for text in [typed("DL", "S99912573"), typed("VN", "536228145"), of("http://hl7.org/fhir/sid/us-npi", "140")] {
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
}
