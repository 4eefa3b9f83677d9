//! Which field of which segment holds what. In: a segment's name. Out: for each of its fields a kind, whose it is, and what
//! people would call it. Refuses nothing: a segment that is not in the table, as every Z segment, holds values of no known
//! kind.
//!
//! From the field tables of HL7 v2.5.1 and v2.8.2, chapters 3 to 15; fields withdrawn later keep their v2.5.1 type, since
//! they are sent all the same.

use crate::finding::Subject;

/// What a field holds, by its data type (HL7 v2.5.1 chapter 2A) and, for dates and strings, its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Codes, counts, organisations, locations: nothing of a person.
    Structure,
    /// Nothing is known of it.
    Value,
    /// Words of people.
    Text,
    /// A single string whose field says what it is.
    Single,
    /// A birth date.
    Birth,
    /// A date of death.
    Death,
    /// A date of care: admission, observation, order, procedure.
    Service,
    /// A date of something else.
    Date,
    /// CX: an identifier with its type code.
    Id,
    /// XPN: the name of a person.
    Name,
    /// XAD: an address.
    Address,
    /// XTN: a telephone number or e-mail address.
    Phone,
    /// XCN, CNN, PPN: identifier and name of a person, of a clinician as a rule.
    Person,
    /// NDL: the same, in the sub-components of the first component.
    Agent,
    /// DLN: a driver licence.
    License,
    /// EI: the number of an order, document or appointment.
    Entity,
    /// OBX-5: as OBX-2 says.
    Observation,
}

/// A field of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) kind: Kind,
    pub(super) subject: Option<Subject>,
    /// What people would call it; empty where the kind says it.
    pub(super) name: &'static str,
}

/// Fields beyond this number share the last one's place.
pub(super) const FIELDS: usize = 128;

/// The fields of a segment, by their number.
pub(super) fn fields(segment: &[u8]) -> Vec<Field> {
    let unknown = Field { kind: Kind::Value, subject: None, name: "" };
    let mut fields = vec![unknown; FIELDS];
    let Ok(at) = TABLE.binary_search_by(|(name, _, _)| name.as_bytes().cmp(segment)) else { return fields };
    let (_, owner, groups) = TABLE[at];
    let owner = match owner {
        'p' => Some(Subject::Patient),
        'c' => Some(Subject::Provider),
        'w' => Some(Subject::Workforce),
        _ => None,
    };
    fields.iter_mut().for_each(|field| field.subject = owner);
    for group in groups.split(';') {
        let Some((kind, numbers)) = group.trim().split_once(' ') else { continue };
        // A `!` says that it is no patient's: an organisation's or a clinician's.
        let (kind, others) = kind.strip_suffix('!').map_or((kind, false), |kind| (kind, true));
        let kind = match kind {
            "T" => Kind::Text,
            "ST" => Kind::Single,
            "BD" => Kind::Birth,
            "DD" => Kind::Death,
            "SD" => Kind::Service,
            "OD" => Kind::Date,
            "CX" => Kind::Id,
            "XPN" => Kind::Name,
            "XAD" => Kind::Address,
            "XTN" => Kind::Phone,
            "XCN" => Kind::Person,
            "NDL" => Kind::Agent,
            "DLN" => Kind::License,
            "EI" => Kind::Entity,
            "OBX" => Kind::Observation,
            "V" => Kind::Value,
            _ => Kind::Structure,
        };
        let subject = match kind {
            // Who sought by a query is the patient; every other XCN is somebody of the staff.
            Kind::Person | Kind::Agent if !matches!(segment, b"QRD" | b"URD") => Some(Subject::Provider),
            _ if others => Some(Subject::Provider),
            Kind::Text | Kind::Observation => None,
            _ => owner,
        };
        for number in numbers.split(',') {
            let (number, name) = number.split_once('=').unwrap_or((number, ""));
            let range = match number.trim().split_once('-') {
                _ if number.trim() == "*" => 0..=FIELDS - 1,
                Some((first, last)) => first.parse().unwrap_or(0)..=last.parse().unwrap_or(0),
                None => number.trim().parse().unwrap_or(0)..=number.trim().parse().unwrap_or(0),
            };
            for number in range {
                if let Some(field) = fields.get_mut(number) {
                    *field = Field { kind, subject, name };
                }
            }
        }
    }
    fields
}

/// Whether a field holds somebody's data who need not be the patient: next of kin, guarantor, and in insurance segments
/// whoever is insured (name, birth date, address, SSN; his number is the patient's too).
pub(super) fn is_of_another(segment: &str, number: usize) -> bool {
    match segment {
        "NK1" | "GT1" => true,
        "IN1" => matches!(number, 16 | 18 | 19),
        "IN2" => matches!(number, 2 | 7 | 9 | 40 | 52),
        // The mother of who is born, and who donates.
        "PID" => matches!(number, 6 | 21),
        "DON" | "CON" => true,
        _ => false,
    }
}

/// Whether a segment is one of the standard's.
pub(super) fn is_known(segment: &[u8]) -> bool {
    TABLE.binary_search_by(|(name, _, _)| name.as_bytes().cmp(segment)).is_ok()
}

/// Name; `p` patient, `c` clinician, `w` workforce; kinds with the numbers of fields, later ones overruling earlier. Sorted.
#[rustfmt::skip]
const TABLE: &[(&str, char, &str)] = &[
    ("ABS", 'p', "S *; XCN 1,5,8; SD 4,7"),
    ("ACC", 'p', "S *; SD 1; T 3,8,9; XCN 7; XAD 11"),
    ("AFF", 'c', "S *; XAD 3; OD 4"),
    ("AIG", 'c', "S *; SD 8"),
    ("AIL", 'c', "S *; SD 6"),
    ("AIP", 'c', "S *; XCN 3; SD 6"),
    ("AIS", 'c', "S *; SD 4"),
    ("AL1", 'p', "S *; T 5; SD 6"),
    ("ARQ", 'c', "S *; EI 1,2; OD 11; XCN 15,19; XTN 16,20; XAD 17"),
    ("AUT", 'p', "S *; OD 4,5,10,15,26; EI 6; XCN 24; XTN! 27"),
    ("BHS", '-', "S *; T 10"),
    ("BLG", 'p', "S *; CX 3"),
    ("BPO", 'p', "S *; SD 7,10; XAD 9,12"),
    ("BPX", 'p', "S *; SD 4,13; XAD! 19; XCN 20,21"),
    ("BTS", '-', "S *; T 2"),
    ("BTX", 'p', "S *; SD 13,16,17; XCN 14,15"),
    ("CDM", 'p', "S *; CX 11"),
    ("CER", 'c', "S *; XCN 5; OD 23-29"),
    ("CM0", 'p', "S *; XCN 5,9; OD 6,8; XTN! 10; XAD! 11"),
    ("CON", 'p', "S *; T 6-8,19; SD 12-15; XPN 24"),
    ("CSR", 'p', "S *; CX 4=study subject id,5=study subject id; OD 6,9,11,15; XCN 7,8"),
    ("CTD", 'c', "S *; XPN 2; XAD 3; XTN 5; ST 7=license number"),
    ("CTI", '-', "S *"),
    ("DB1", 'p', "S *; CX 3; OD 5-8"),
    ("DG1", 'p', "S *; T 4; SD 5,19; XCN 16"),
    ("DON", 'p', "S *; EI 1; SD 3,4,11,17,19,29; XPN 16,20,23,24,28; XCN 32,33"),
    ("DRG", 'p', "S *; SD 2; XPN 12"),
    ("DSC", '-', "S *"),
    ("DSP", '-', "S *; T 3"),
    ("ECD", '-', "S *"),
    ("EDU", 'w', "S *; OD 3-5; XAD! 8"),
    ("EQP", '-', "S *; T 5"),
    ("ERR", '-', "S *; T 7,8; XTN! 12"),
    ("EVN", '-', "S *; OD 2,3,6; XCN 5"),
    ("FAC", 'c', "S *; XAD 3,7,11; XTN 4,8,12; XCN 5,9"),
    ("FHS", '-', "S *; T 10"),
    ("FT1", 'p', "S *; V 2,3; SD 4,5; T 8,9; XCN 20,21,24; EI 23; CX 30,38,39; ST 42=prescription number"),
    ("FTS", '-', "S *; T 2"),
    ("GOL", 'p', "S *; SD 2,7,8,12-15,19; XPN 21"),
    ("GT1", 'p', "S *; CX 2,19=employee number; XPN 3,4,16,42,45; XAD 5,17; XTN 6,7,18,46; BD 8; ST 12=guarantor ssn,56=birth place; OD 13,14,31,32; DD 24"),
    ("IAM", 'p', "S *; OD 11,13,20,22,24,26; T 5,12; XPN 14; XCN 18,21,23,25"),
    ("IN1", 'p', "S *; XPN! 6; ST 8=group number,36=policy number,52=birth place; CX 10=insured employee number,49,54; OD 12,13,24,26,29,51; V 14; XPN 16; BD 18; XAD 19; XAD! 44; XCN 30"),
    ("IN2", 'p', "S *; CX 1=insured employee number,25=payer id,26,61; ST 2=insured ssn,6=medicare card number,8=medicaid case number,10=military id number; XPN 7,9,40,52; XPN! 22,49; XTN! 50,53,58; XTN 63,64; OD 17,44,45,55,56"),
    ("IN3", 'p', "S *; CX 2=certification number; OD 6,7,9,10,13,22; XCN 3,8,14,25; XTN! 16,19"),
    ("IVC", '-', "S *; OD 7,14; XCN 12,19"),
    ("LDP", 'c', "S *; OD 7,8; XTN 11"),
    ("LOC", 'c', "S *; XAD 5; XTN 6"),
    ("MFA", '-', "S *"),
    ("MFE", '-', "S *; OD 3,6; XCN 7"),
    ("MFI", '-', "S *"),
    ("MRG", 'p', "S *; CX 1-6; XPN 7"),
    ("MSA", '-', "S *; T 3"),
    ("MSH", '-', "S *"),
    ("NDS", '-', "S *"),
    ("NK1", 'p', "S *; XPN 2,26,30; XAD 4,32; XTN 5,6,31,40,41; OD 8,9; CX 12=employee number,33; BD 16; ST 37=contact ssn,38=birth place"),
    ("NTE", '-', "S *; T 3; XCN 5; OD 6-8"),
    ("OBR", 'p', "S *; EI 2,3,29; SD 6-8,14,22,36; XCN 10,16,28; T 13,31,39; XTN! 17; V 18-21; NDL 32-35; CX 53"),
    ("OBX", 'p', "S *; OBX 5; SD 12,14,19; EI 18; XCN 16,25; XAD! 24"),
    ("ODS", 'p', "S *; T 4"),
    ("OM1", '-', "S *; XTN! 17,29; OD 21,22; XAD! 28"),
    ("OM7", '-', "S *; OD 6,7,13,14,19; XCN 20"),
    ("ORC", 'p', "S *; EI 2-4,8; SD 9,15,27,32; XCN 10-12,19; XTN! 14,23; XAD! 22,24; CX 33"),
    ("ORG", 'c', "S *; CX 5; OD 9"),
    ("OVR", '-', "S *; T 3; XCN 4,5"),
    ("PCR", 'p', "S *; OD 5-8,18; ST 12=serial number"),
    ("PD1", 'p', "S *; XCN 4; CX 10; OD 13,17,18,22"),
    ("PDA", 'p', "S *; DD 4; SD 7; XCN 5,8"),
    ("PEO", 'p', "S *; SD 3-6,24; XAD 7,20; T 8-18; XPN! 19; XTN! 21"),
    ("PES", 'c', "S *; XCN 2; XAD 3; XTN 4; OD 9,10"),
    ("PID", 'p', "S *; CX 2-4,18,21; XPN 5,6,9; BD 7; XAD 11; XTN 13,14,40; ST 19=ssn,23=birth place; DLN 20; DD 29; OD 33"),
    ("PM1", '-', "S *; XAD! 4; XPN! 5; XTN! 6; OD 9,10"),
    ("PMT", '-', "S *; OD 2,3,5; CX 10"),
    ("PR1", 'p', "S *; T 4; SD 5; XCN 8,11,12"),
    ("PRA", 'c', "S *; V 1; CX 6"),
    ("PRB", 'p', "S *; SD 2,7,8,15,16; EI 4; T 23"),
    ("PRC", '-', "S *"),
    ("PRD", 'c', "S *; XPN 2; XAD 3,11; XTN 5,13; ST 7=provider number; OD 8,9"),
    ("PRT", 'p', "S *; XCN 5; OD 11,12,17,18; XAD! 14; XTN! 15; ST 20=device serial number"),
    ("PSL", 'p', "S *; SD 10,11,26; CX 25; XCN 29,30"),
    ("PTH", 'p', "S *; SD 4,6"),
    ("PV1", 'p', "S *; CX 5=preadmit number,19=visit number,50=visit number,54=visit number; XCN 7-9,17,52; OD 25,30,35; SD 44,45"),
    ("PV2", 'p', "S *; T 5,12,20; SD 8,9,14,17,26,28,29,33,46-48,50; XCN 13"),
    ("PYE", '-', "S *; XPN! 5; XAD! 6"),
    ("QAK", '-', "S *"),
    ("QRD", 'p', "S *; XCN 8; OD 1,6"),
    ("QRF", '-', "S *; OD 2,3"),
    ("REL", 'p', "S *; XCN 7; XAD! 9; XTN! 10; OD 11"),
    ("RF1", 'p', "S *; EI 6,11; SD 7-9,13,22; XCN 20; XTN! 23"),
    ("RGS", '-', "S *"),
    ("ROL", 'c', "S *; XCN 4; OD 5,6; XAD 11; XTN 12"),
    ("RQD", '-', "S *; CX 7; OD 10"),
    ("RXA", 'p', "S *; SD 3,4,22; T 9; XCN 10; V 15; OD 16; XAD! 28"),
    ("RXC", 'p', "S *"),
    ("RXD", 'p', "S *; SD 3; ST 7=prescription number; T 9; XCN 10; OD 19; XAD! 31; XTN! 34"),
    ("RXE", 'p', "S *; T 7,21; XCN 13,14; ST 15=prescription number; SD 18,32; XAD! 41,43; XTN! 45"),
    ("RXG", 'p', "S *; SD 3; T 13; OD 20; XAD! 28,30"),
    ("RXO", 'p', "S *; T 6,7; XCN 14,15; XAD! 33,35; XTN! 36"),
    ("RXR", 'p', "S *"),
    ("SCD", '-', "S *; OD 11; XCN 25,34; CX 33"),
    ("SCH", 'p', "S *; EI 1,2,26,27; SD 11; XCN 12,16,20; XTN! 13,17,21; XAD! 14,18"),
    ("SFT", '-', "S *; OD 6"),
    ("SPM", 'p', "S *; EI 2,3; SD 17,18; OD 19; T 14; CX 30,31"),
    ("STF", 'w', "S *; V 1; CX 2; XPN 3; BD 6; XTN 10; XAD 11; OD 12,13,24-26,31,34,35; ST 15=email address; DLN 22"),
    ("TQ1", 'p', "S *; SD 7,8; T 10,11"),
    ("TXA", 'p', "S *; SD 4,6-8,26; XCN 5,9-11,22,23; EI 12-16"),
    ("UAC", '-', "S *"),
    ("UB1", 'p', "S *"),
    ("UB2", 'p', "S *"),
    ("URD", 'p', "S *; OD 1; XCN 3"),
    ("VAR", 'p', "S *; SD 2,3; XCN 4; T 6"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_number_in_it_is_one() {
        assert!(TABLE.is_sorted_by(|a, b| a.0 < b.0));
        for (segment, _, groups) in TABLE {
            for group in groups.split(';') {
                let (kind, numbers) = group.trim().split_once(' ').expect(segment);
                assert!(kind == "S" || kind == "V" || fields(segment.as_bytes()).iter().any(|f| f.kind != Kind::Value));
                for number in numbers.split(',') {
                    let number = number.split('=').next().unwrap_or_default().trim();
                    let whole = number.split('-').all(|n| n == "*" || n.parse::<usize>().is_ok_and(|n| n < FIELDS));
                    assert!(whole, "{segment}: {group}");
                }
            }
        }
    }

    #[test]
    fn fields_are_what_the_standard_says() {
        let field = |segment: &[u8], number: usize| fields(segment)[number].clone();
        assert_eq!(field(b"PID", 19).name, "ssn");
        assert_eq!(field(b"PID", 7).kind, Kind::Birth);
        assert_eq!(field(b"PV1", 7).subject, Some(Subject::Provider));
        assert_eq!(field(b"NK1", 5).subject, Some(Subject::Patient));
        assert_eq!(field(b"QRD", 8).subject, Some(Subject::Patient));
        assert_eq!(field(b"PV1", 3).kind, Kind::Structure);
        assert_eq!(field(b"ZZZ", 3).kind, Kind::Value);
    }
}
