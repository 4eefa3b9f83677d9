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
            Some(systems::DEA) => "DEA",
            Some(systems::VA) => "NI",
            Some(systems::EDIPI) => "EDIPI",
            Some(systems::VOCABULARY) => "XX",
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
        b"RI" | b"FILL" | b"PLAC" | b"ACSN" | b"UDI" | b"SNO-UDI" | b"PRN" | b"MD" | b"XX" => "XX",
        b"DEA" => "DEA",
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

/// Keys of references to those who care: what one displays is a name, or that of an organisation.
const CLINICIANS: [&str; 14] = [
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
    "individual",
    "actor",
    "prescriber",
    "orderer",
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

/// Resources of what was done for a patient, on which day.
const CARE: [&str; 19] = [
    "Appointment",
    "Claim",
    "Condition",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "EpisodeOfCare",
    "ExplanationOfBenefit",
    "ImagingStudy",
    "Immunization",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationOrder",
    "MedicationRequest",
    "Observation",
    "Procedure",
    "ProcedureRequest",
    "ServiceRequest",
    "Specimen",
];

/// Whether a key of such a resource holds the day: rules know which of them are one (`fhir:Observation.effectiveDateTime`).
fn is_of_care(above: &str, last: &str) -> bool {
    const DAYS: [&str; 13] = [
        "abatementDateTime",
        "authoredOn",
        "collectedDateTime",
        "dateWritten",
        "effectiveDateTime",
        "effectiveInstant",
        "occurrenceDateTime",
        "onsetDateTime",
        "performedDateTime",
        "servicedDate",
        "started",
        "whenHandedOver",
        "whenPrepared",
    ];
    // An appointment's stand by themselves.
    const PERIODS: [&str; 7] =
        ["billablePeriod", "effectivePeriod", "occurrencePeriod", "performedPeriod", "period", "servicedPeriod", ""];
    DAYS.contains(&last) || matches!(last, "start" | "end") && PERIODS.contains(&above)
}

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
            // Of a coverage that a claim names, not the claim's.
            let owner = keys.len().checked_sub(3).map(|at| keys[at]);
            place.keys = match (label, resource) {
                ("", _) if owner == Some("coverage") => key("Coverage.identifier"),
                ("", _) if owner.is_some_and(|owner| PATIENT_KEYS.contains(&owner)) => key("Patient.identifier"),
                ("", _) if owner.is_some() => Vec::new(),
                ("", "Patient" | "Person" | "RelatedPerson") => key("Patient.identifier"),
                ("", "Coverage") => key("Coverage.identifier"),
                ("", _) => key(&format!("{resource}.identifier")),
                (label, _) => key(&format!("identifier/{label}")),
            };
            if matches!(label, "NPI" | "DEA") {
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
            Some(Subject::Provider) if CLINICIANS.contains(&above) => place.keys = key("HumanName"),
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
        (above, last) if CARE.contains(&resource) && is_of_care(above, last) => {}
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
#[path = "fhir/fhir_tests.rs"]
mod tests;
