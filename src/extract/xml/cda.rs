//! Clinical documents (CDA R2, C-CDA, QRDA) and messages of HL7 version 3. In: their elements. Out: whose each identifier, name,
//! address, telecom and date is, and of which kind by its root. Refuses codes, templates and counts: they are structure.
//!
//! A path tells all: the kind of an identifier, the scheme of a telecom and the role of a participant become part of the element's
//! name, as in `ClinicalDocument.recordTarget.patientRole.id[ssn]@extension`.
//!
//! Keys: `ccda:WHOSE.FIELD/KIND`, then the same without the kind, then without whose: `ccda:patient.id/ssn`, `ccda:patient.id`,
//! `ccda:id/ssn`. Whose is `patient`, `related` (guardian, next of kin, guarantor), `insured`, `provider`, `organization`
//! or `document`. Sources: CDA R2 (ANSI/HL7 CDA, R2-2005), C-CDA R2.1, HL7 v3 data types (TS, TEL, AD, EN, II).

use std::ops::Range;

use super::paths::Paths;
use super::vocabulary::{Element, Tag, Vocabulary};
use crate::extract::named::{Holds, Named};
use crate::extract::systems;
use crate::finding::{Place, Subject};

/// Whose values an element holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Whose {
    /// The document's, or of what was observed.
    #[default]
    Document,
    Patient,
    /// Somebody of theirs: guardian, next of kin, guarantor.
    Related,
    /// The member or policy holder of a plan.
    Insured,
    Provider,
    Organization,
    /// A participant of whom nothing is said yet.
    Somebody,
}

impl Whose {
    fn name(self) -> &'static str {
        match self {
            Whose::Document => "document",
            Whose::Patient => "patient",
            Whose::Related => "related",
            Whose::Insured => "insured",
            Whose::Provider => "provider",
            Whose::Organization => "organization",
            Whose::Somebody => "participant",
        }
    }

    fn subject(self) -> Option<Subject> {
        match self {
            Whose::Patient | Whose::Related | Whose::Insured => Some(Subject::Patient),
            Whose::Provider | Whose::Organization => Some(Subject::Provider),
            Whose::Document | Whose::Somebody => None,
        }
    }
}

/// What an element holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum What {
    /// Other elements.
    #[default]
    Other,
    /// II: `@root`, `@extension`.
    Id,
    /// EN: a person's name, mixed or by part.
    Name,
    /// A name of a thing or an organisation.
    ThingName,
    /// AD.
    Address,
    /// TEL: `@value`.
    Telecom,
    Birth,
    Death,
    /// TS or IVL_TS of something done.
    Time,
    /// Written by people.
    Text,
    /// Codes, templates, quantities.
    Code,
}

#[derive(Clone, Copy, Debug, Default)]
struct Meaning {
    whose: Whose,
    what: What,
    /// A person stands here, whose `name` is a name.
    person: bool,
}

/// The vocabulary.
#[derive(Debug, Default)]
pub(super) struct Cda {
    /// By path.
    meanings: Vec<Option<Meaning>>,
}

/// Whether a head is that of a clinical document or a part of one: HL7's namespace, or OIDs in the attributes that
/// only CDA has.
pub(super) fn is_clinical(head: &[u8]) -> bool {
    let has = |what: &[u8]| memchr::memmem::find(head, what).is_some();
    // Elements that no other vocabulary has; a part of a document often names no namespace.
    const TELLING: [&[u8]; 9] = [
        b"<ClinicalDocument",
        b"<recordTarget",
        b"<patientRole",
        b"<templateId ",
        b"<assignedEntity",
        b"<assignedAuthor",
        b"<associatedEntity",
        b"<intendedRecipient",
        b"<relatedSubject",
    ];
    has(b"urn:hl7-org:v3")
        || (has(b"2.16.840.1.113883.") && (has(b"root=") || has(b"codeSystem=")))
        || TELLING.iter().any(|element| has(element))
}

/// Elements of which an attribute says who they are about.
const ROLES: &[&[u8]] =
    &[b"participant", b"participantRole", b"associatedEntity", b"relatedEntity", b"relatedSubject", b"performer"];

/// Templates that say who a performer or participant is: C-CDA R2.1 section 3.21 and 3.82, policy activity.
const TEMPLATES: &[(&[u8], &str)] = &[
    (b"2.16.840.1.113883.10.20.22.4.87", "payer"),
    (b"2.16.840.1.113883.10.20.22.4.88", "guarantor"),
    (b"2.16.840.1.113883.10.20.22.4.89", "covered"),
    (b"2.16.840.1.113883.10.20.22.4.90", "holder"),
];

/// The name of an element without what was found out about it: `id` of `id[ssn]`.
fn bare(name: &str) -> &str {
    name.split_once('[').map_or(name, |(bare, _)| bare)
}

/// What was found out about it: `ssn` of `id[ssn]`.
fn variant(name: &str) -> Option<&str> {
    name.split_once('[').map(|(_, rest)| rest.trim_end_matches(']'))
}

/// The kind of a telecom by its scheme (HL7 v3 data types, TEL; RFC 3966), and where its address starts.
pub(super) fn telecom(value: &[u8]) -> (&'static str, usize) {
    let scheme = value.iter().position(|b| *b == b':').filter(|at| *at <= 8).unwrap_or(0);
    let skip = |at: usize| at + value[at..].iter().take_while(|b| matches!(**b, b'/' | b' ')).count();
    match value[..scheme].trim_ascii().to_ascii_lowercase().as_slice() {
        b"tel" | b"sms" | b"phone" => ("phone", skip(scheme + 1)),
        b"fax" | b"x-text-fax" => ("fax", skip(scheme + 1)),
        b"mailto" | b"email" => ("email", skip(scheme + 1)),
        b"http" | b"https" | b"ftp" | b"mllp" | b"file" | b"nfs" => ("url", 0),
        b"" if value.contains(&b'@') => ("email", 0),
        _ => ("phone", 0),
    }
}

/// The part of a point in time that is a date: `19440201` of `194402010000-0500`. All of it where it is written otherwise.
pub(super) fn date_of(value: &[u8]) -> Range<usize> {
    let digits = value.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits >= 8 { 0..8 } else { 0..value.len() }
}

impl Cda {
    fn meaning(&mut self, paths: &Paths, path: u32) -> Meaning {
        if let Some(Some(known)) = self.meanings.get(path as usize) {
            return *known;
        }
        let meaning = self.known(paths, path);
        if self.meanings.len() <= path as usize {
            self.meanings.resize(path as usize + 1, None);
        }
        self.meanings[path as usize] = Some(meaning);
        meaning
    }

    /// The same without remembering it.
    fn known(&self, paths: &Paths, path: u32) -> Meaning {
        let mut unknown = Vec::new();
        let mut at = path;
        let mut meaning = Meaning::default();
        while at != 0 {
            if let Some(Some(known)) = self.meanings.get(at as usize) {
                meaning = *known;
                break;
            }
            unknown.push(at);
            at = paths.nodes[at as usize].parent;
        }
        for path in unknown.into_iter().rev() {
            let node = &paths.nodes[path as usize];
            if !node.name.starts_with('@') {
                meaning = inside(meaning, &node.name);
            }
        }
        meaning
    }

    fn held(&self, paths: &Paths, path: u32) -> Meaning {
        match self.meanings.get(path as usize) {
            Some(Some(known)) => *known,
            _ => self.known(paths, path),
        }
    }
}

/// What an element means that stands in another.
fn inside(outer: Meaning, name: &str) -> Meaning {
    let (element, kind) = (bare(name), variant(name));
    let whose = whose(outer.whose, element, kind);
    let person = match element {
        "patient" | "patientPerson" | "subject" | "relatedSubject" | "informationRecipient" | "person" => true,
        "playingEntity" => matches!(whose, Whose::Insured | Whose::Related),
        name if name.ends_with("Person") => true,
        // What a role is played by has a name of its own.
        name if name.ends_with("Organization") || name.ends_with("Device") || name == "place" => false,
        _ => outer.person,
    };
    let what = match outer.what {
        // Parts of a name or an address; `low` and `high` of a time.
        What::Name | What::Address
            if matches!(element, "prefix" | "suffix" | "country" | "useablePeriod" | "validTime") =>
        {
            What::Code
        }
        What::Name | What::Address | What::Birth | What::Death | What::Time | What::Text | What::ThingName => {
            outer.what
        }
        _ => what(outer.what, element, person),
    };
    Meaning { whose, what, person }
}

fn whose(outer: Whose, element: &str, kind: Option<&str>) -> Whose {
    match (element, kind) {
        ("participantRole" | "playingEntity", _) if outer == Whose::Insured => outer,
        (_, Some("payer")) => Whose::Organization,
        (_, Some("guarantor" | "GUAR" | "GUARD" | "NOK" | "ECON" | "CAREGIVER" | "PRS" | "AGNT" | "POLHOLD")) => {
            Whose::Related
        }
        (_, Some("covered" | "holder" | "COV" | "HLD" | "COVPTY")) => Whose::Insured,
        (_, Some("PAYOR" | "UNDWRT" | "SDLOC" | "LOC" | "DST" | "LOCE" | "TERR" | "MANU" | "DEV" | "PRD" | "CSM")) => {
            Whose::Organization
        }
        (
            "participant" | "participantRole" | "associatedEntity",
            Some("REF" | "REFB" | "REFT" | "CALLBCK" | "PROV"),
        ) => Whose::Provider,
        ("associatedEntity" | "participantRole", Some("ASSIGNED" | "QUAL" | "CON" | "LIC")) => Whose::Provider,
        ("participant" | "associatedEntity" | "participantRole", Some("PAT" | "SBJ" | "RCT")) => Whose::Patient,
        ("recordTarget" | "patientRole" | "patientPerson" | "identifiedPerson" | "patient", _) => Whose::Patient,
        ("guardian" | "relatedSubject" | "relatedEntity" | "personalRelationship", _) => Whose::Related,
        // A relative's entry in a family history; a patient of a message.
        ("subject", _) if matches!(outer, Whose::Related | Whose::Patient) => outer,
        (
            "author"
            | "assignedAuthor"
            | "legalAuthenticator"
            | "authenticator"
            | "dataEnterer"
            | "assignedEntity"
            | "informationRecipient"
            | "intendedRecipient"
            | "encounterParticipant"
            | "responsibleParty"
            | "attentionLine"
            | "receiver"
            | "sender"
            | "healthCareProvider"
            | "careProvision",
            _,
        ) if !matches!(outer, Whose::Related | Whose::Insured) => Whose::Provider,
        ("performer", _) if !matches!(outer, Whose::Insured) => Whose::Provider,
        (
            "custodian" | "location" | "serviceProvider" | "scopingEntity" | "place" | "serviceProviderOrganization",
            _,
        ) if outer != Whose::Patient => Whose::Organization,
        // Where somebody was born.
        ("place" | "birthplace", _) => outer,
        ("participant", _) => Whose::Somebody,
        ("manufacturedProduct" | "playingDevice" | "specimen" | "assignedAuthoringDevice", _) => Whose::Organization,
        (name, _) if name.ends_with("Organization") || name.ends_with("Custodian") || name.ends_with("Facility") => {
            Whose::Organization
        }
        _ => outer,
    }
}

fn what(outer: What, element: &str, person: bool) -> What {
    match element {
        "id" | "setId" => What::Id,
        "name" if person => What::Name,
        "name" => What::ThingName,
        "addr" => What::Address,
        "telecom" => What::Telecom,
        "birthTime" => What::Birth,
        "deceasedTime" => What::Death,
        "effectiveTime" | "time" | "activityTime" | "availabilityTime" | "signatureTime" | "creationTime"
        | "existenceTime" | "expirationTime" => What::Time,
        "title" | "originalText" | "desc" | "value" | "text" | "caption" | "paragraph" | "content" | "item" => {
            What::Text
        }
        "templateId"
        | "typeId"
        | "realmCode"
        | "code"
        | "statusCode"
        | "languageCode"
        | "confidentialityCode"
        | "versionNumber"
        | "translation"
        | "interpretationCode"
        | "methodCode"
        | "routeCode"
        | "reference"
        | "quantity"
        | "doseQuantity"
        | "rateQuantity"
        | "repeatNumber"
        | "priorityCode"
        | "sequenceNumber"
        | "administrativeGenderCode"
        | "raceCode"
        | "ethnicGroupCode"
        | "maritalStatusCode"
        | "modeCode"
        | "preferenceInd"
        | "deceasedInd"
        | "negationInd"
        | "contextConductionInd"
        | "seperatableInd" => What::Code,
        _ => match outer {
            What::Code | What::Id | What::Telecom => What::Code,
            other => other,
        },
    }
}

impl Vocabulary for Cda {
    fn open(&mut self, paths: &mut Paths, parent: u32, tag: &Tag<'_>) -> Element {
        let mut above = None;
        let kind: Option<&str> = match tag.name {
            b"id" => {
                let kind = tag.get(b"root").and_then(systems::by_oid);
                // Whatever numbers a patient is a number of the patient.
                let of_person = matches!(self.meaning(paths, parent).whose, Whose::Patient | Whose::Insured);
                kind.filter(|kind| !(of_person && *kind == systems::VOCABULARY))
            }
            b"telecom" => tag.get(b"value").map(|value| telecom(value.trim_ascii()).0),
            b"templateId" => {
                let role =
                    tag.get(b"root").and_then(|root| TEMPLATES.iter().find(|(known, _)| *known == root.trim_ascii()));
                // It stands first in what it tells about.
                if let Some((_, role)) = role
                    && matches!(bare(&paths.nodes[parent as usize].name), "performer" | "participant")
                {
                    let node = &paths.nodes[parent as usize];
                    let (outer, name) = (node.parent, format!("{}[{role}]", bare(&node.name)));
                    above = Some(paths.child(outer, name.as_bytes()));
                }
                None
            }
            name if ROLES.contains(&name) => {
                let code = tag.get(b"classCode").or(tag.get(b"typeCode")).unwrap_or_default();
                // A code is all it may be: what else stands there is no part of a path.
                let is_code = !code.is_empty() && code.len() <= 8 && code.iter().all(u8::is_ascii_uppercase);
                str::from_utf8(code).ok().filter(|_| is_code)
            }
            _ => None,
        };
        let parent = above.unwrap_or(parent);
        let path = match kind {
            Some(kind) => {
                let mut name = [0u8; 64];
                let length = tag.name.len() + kind.len() + 2;
                match name.get_mut(..length) {
                    Some(name) => {
                        name[..tag.name.len()].copy_from_slice(tag.name);
                        name[tag.name.len()] = b'[';
                        name[tag.name.len() + 1..length - 1].copy_from_slice(kind.as_bytes());
                        name[length - 1] = b']';
                        paths.child(parent, name)
                    }
                    None => paths.child(parent, tag.name),
                }
            }
            None => paths.child(parent, tag.name),
        };
        let meaning = self.meaning(paths, path);
        // The narrative block of a section; not the `text` of an entry, which points into it, nor an attachment.
        let attached = || tag.get(b"representation").is_some_and(|form| form.eq_ignore_ascii_case(b"B64"));
        let prose = meaning.what == What::Text && matches!(tag.name, b"text" | b"paragraph" | b"item") && !attached();
        Element { path, parent: above, prose, record: None }
    }

    fn attribute(&self, paths: &Paths, element: u32, name: &[u8], value: &[u8]) -> Option<Range<usize>> {
        let meaning = self.held(paths, element);
        match (meaning.what, name) {
            (What::Id, b"extension") => Some(0..value.len()),
            (What::Telecom, b"value") => Some(telecom(value).1..value.len()),
            (What::Birth | What::Death | What::Time, b"value") => Some(date_of(value)),
            // Elements of nobody's schema.
            (What::Other, b"value" | b"extension") => Some(0..value.len()),
            _ => None,
        }
    }

    fn text(&self, paths: &Paths, element: u32, text: &[u8]) -> Option<Range<usize>> {
        match self.held(paths, element).what {
            What::Code => None,
            What::Birth | What::Death | What::Time => Some(date_of(text)),
            _ => Some(0..text.len()),
        }
    }

    fn describe(&self, paths: &Paths, path: u32) -> Named {
        let meaning = self.held(paths, path);
        let node = &paths.nodes[path as usize];
        // What an attribute belongs to.
        let element = if node.name.starts_with('@') { node.parent } else { path };
        let name = &*paths.nodes[element as usize].name;
        let kind = variant(name);
        let whose = meaning.whose.name();
        let field = match meaning.what {
            What::Id => "id",
            What::Name => "name",
            What::Address => "addr",
            What::Telecom => "telecom",
            What::Birth => "birthTime",
            What::Death => "deceasedTime",
            What::Time => "time",
            _ => "",
        };
        let mut named = Named {
            place: Place::Path(paths.text(path)),
            keys: Vec::new(),
            names: Vec::new(),
            holds: Holds::Value,
            subject: meaning.whose.subject(),
            of_another: matches!(meaning.whose, Whose::Related | Whose::Insured | Whose::Somebody),
        };
        match meaning.what {
            What::Text => named.holds = Holds::Text,
            What::Code | What::ThingName => named.holds = Holds::Structure,
            What::Other => named.names = super::general::describe(paths, path).names,
            What::Id => {
                match kind {
                    Some(systems::VOCABULARY | systems::ORGANIZATION) => named.holds = Holds::Structure,
                    Some(systems::NPI | systems::DEA) => named.subject = Some(Subject::Provider),
                    Some(_) if matches!(meaning.whose, Whose::Document | Whose::Somebody) => {
                        named.subject = Some(Subject::Patient);
                    }
                    _ => {}
                }
                if let Some(kind) = kind {
                    named.keys.push(format!("ccda:{whose}.id/{kind}"));
                    named.keys.push(format!("ccda:id/{kind}"));
                } else {
                    let above = bare(&paths.nodes[paths.nodes[element as usize].parent as usize].name);
                    named.keys.extend((above == "encompassingEncounter").then(|| "ccda:encounter.id".to_string()));
                    named.keys.push(format!("ccda:{whose}.id"));
                }
            }
            What::Name | What::Address => {
                let part = bare(name);
                if !matches!(part, "name" | "addr") {
                    named.keys.push(format!("ccda:{whose}.{field}.{part}"));
                    named.keys.push(format!("ccda:{field}.{part}"));
                } else {
                    named.keys.push(format!("ccda:{whose}.{field}"));
                    named.keys.push(format!("ccda:{field}"));
                }
            }
            What::Telecom => {
                let kind = kind.unwrap_or("phone");
                named.keys.push(format!("ccda:{whose}.telecom/{kind}"));
                named.keys.push(format!("ccda:telecom/{kind}"));
            }
            What::Birth | What::Death => {
                named.keys.push(format!("ccda:{whose}.{field}"));
                named.keys.push(format!("ccda:{field}"));
            }
            What::Time => {
                named.keys.push("ccda:time".to_string());
                named.names.push("service date".to_string());
            }
        }
        named
    }

    fn record_depth(&self) -> Option<usize> {
        Some(1)
    }

    fn has_clinicians(&self) -> bool {
        true
    }

    fn format(&self) -> &'static str {
        "ccda"
    }
}
