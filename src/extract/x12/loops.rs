//! Which loop of a transaction a segment stands in, and whose it is. In: the transaction, the hierarchical level, what came
//! before. Out: the loop's name in the implementation guides and whose data it holds. Refuses nothing: what the guides do
//! not name is called by its level alone.
//!
//! From the loop structures of the 005010 guides: X222, X223, X224 (837), X220 (834), X221 (835), X279 (270, 271), X212 (276,
//! 277), X214 (277CA), X217 (278), X218 (820).

use crate::finding::Subject;

/// A kind of transaction that has loops of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Transaction {
    /// 837, professional: as every 837 that does not say.
    Professional,
    /// 837, institutional.
    Institutional,
    /// 837, dental.
    Dental,
    /// 834.
    Enrolment,
    /// 835.
    Remittance,
    /// 270, 271.
    Eligibility,
    /// 276, 277.
    Status,
    /// 278.
    Review,
    /// 820.
    Premium,
    /// Any other.
    #[default]
    Other,
}

impl Transaction {
    /// By ST01 and the guide's name, in GS08 or ST03.
    pub(super) fn of(code: &[u8], guide: &[u8]) -> Transaction {
        let holds = |names: &[&str]| names.iter().any(|name| memchr::memmem::find(guide, name.as_bytes()).is_some());
        match code {
            b"837" if holds(&["X223", "X096"]) => Transaction::Institutional,
            b"837" if holds(&["X224", "X097"]) => Transaction::Dental,
            b"837" => Transaction::Professional,
            b"834" => Transaction::Enrolment,
            b"835" => Transaction::Remittance,
            b"270" | b"271" => Transaction::Eligibility,
            b"276" | b"277" => Transaction::Status,
            b"278" => Transaction::Review,
            b"820" => Transaction::Premium,
            _ => Transaction::Other,
        }
    }

    fn is_claim(self) -> bool {
        matches!(self, Transaction::Professional | Transaction::Institutional | Transaction::Dental)
    }
}

/// A part of a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Section {
    /// Before the first level.
    #[default]
    Header,
    /// A level: a subscriber, a member, a claim of an 835.
    Level,
    /// A claim, a benefit, a trace.
    Claim,
    /// Another insurance.
    Other,
    /// A service line.
    Line,
    /// A drug of a line.
    Drug,
    /// What another payer decided of a line.
    Adjustment,
}

/// Where a segment stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    pub(super) transaction: Transaction,
    pub(super) section: Section,
    /// HL03, blanks behind it.
    pub(super) level: [u8; 2],
    /// NM101 or N101, blanks behind it; blanks alone where none came yet.
    pub(super) entity: [u8; 3],
}

/// Whose data a loop holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// Member, subscriber, dependent, their family and representatives.
    Patient,
    /// Who gives care or is paid for it.
    Provider,
    /// Payers, employers, senders.
    Organisation,
    /// The transaction's own.
    Nobody,
}

impl Whose {
    pub(super) fn subject(self) -> Option<Subject> {
        match self {
            Whose::Patient => Some(Subject::Patient),
            Whose::Provider | Whose::Organisation => Some(Subject::Provider),
            Whose::Nobody => None,
        }
    }
}

/// Entities that are patients or speak for one (element 98): insured, patient, dependent, corrected and prior names, postal
/// address, responsible person, custodian, executor, guardian, parent, spouse; where an ambulance fetched and brought them.
const PATIENTS: [&[u8]; 24] = [
    b"IL", b"QC", b"03", b"74", b"70", b"31", b"S3", b"QD", b"E1", b"6Y", b"9K", b"EI", b"EXS", b"GB", b"GD", b"J6",
    b"LR", b"S1", b"TZ", b"X4", b"45", b"PW", b"QE", b"EY",
];

/// Entities that are organisations without patients: payers, employers, schools, submitters, receivers.
const ORGANISATIONS: [&[u8]; 19] = [
    b"PR", b"40", b"41", b"IN", b"P5", b"BO", b"TV", b"36", b"M8", b"2B", b"ACV", b"PRP", b"RM", b"SEP", b"TTP", b"X3",
    b"Y2", b"P4", b"AG",
];

/// Entities of the claim, other-payer and line loops that a place may name: the code of anybody else is not shown.
const PROVIDERS: [&[u8]; 27] = [
    b"82", b"85", b"77", b"87", b"DN", b"DK", b"DQ", b"DD", b"71", b"72", b"73", b"ZZ", b"1P", b"1T", b"FA", b"P3",
    b"QB", b"QV", b"SJ", b"TT", b"PE", b"LI", b"80", b"2J", b"AAJ", b"L5", b"OD",
];

/// The code without the blanks behind it.
fn code(padded: &[u8]) -> &[u8] {
    padded.trim_ascii_end()
}

impl Spot {
    /// Whose data the loop holds.
    pub(super) fn whose(&self) -> Whose {
        let entity = code(&self.entity);
        if entity.is_empty() {
            return match (self.section, code(&self.level)) {
                (Section::Header, _) => Whose::Nobody,
                (_, b"20" | b"21" | b"19") => Whose::Provider,
                _ => Whose::Patient,
            };
        }
        if PATIENTS.contains(&entity) {
            Whose::Patient
        } else if ORGANISATIONS.contains(&entity) {
            Whose::Organisation
        } else {
            Whose::Provider
        }
    }

    /// Whether it is somebody else than the patient or member of the record: a representative, or the insured beside a patient.
    /// Subscribers that have a level of their own have a record of their own.
    pub(super) fn is_of_another(&self) -> bool {
        match code(&self.entity) {
            b"" | b"QC" | b"03" | b"74" | b"70" | b"31" | b"QE" | b"EY" => false,
            b"IL" => self.section == Section::Other || self.transaction == Transaction::Remittance,
            _ => true,
        }
    }

    /// The loop's name; empty where the transaction has none.
    pub(super) fn name(&self) -> String {
        let entity = code(&self.entity);
        let none = entity.is_empty();
        let letter = self.letter();
        let (stem, ending) = match (self.transaction, self.section) {
            (Transaction::Other, _) => ("", ""),
            (_, Section::Header) => ("1000", self.header_letter(entity)),
            (t, Section::Level) if t.is_claim() && none => ("2000", letter),
            (t, Section::Level) if t.is_claim() => return self.party(letter, entity),
            (t, Section::Claim) if t.is_claim() => (if none { "2300" } else { "2310" }, self.claim_letter(entity)),
            (t, Section::Other) if t.is_claim() => (if none { "2320" } else { "2330" }, self.other_letter(entity)),
            (t, Section::Line) if t.is_claim() => (if none { "2400" } else { "2420" }, self.line_letter(entity)),
            (t, Section::Drug) if t.is_claim() => (if none { "2410" } else { "2420" }, self.line_letter(entity)),
            (t, Section::Adjustment) if t.is_claim() => (if none { "2430" } else { "2420" }, self.line_letter(entity)),
            (Transaction::Enrolment, Section::Level) if none => ("2000", ""),
            (Transaction::Enrolment, Section::Level) => ("2100", enrolled(entity)),
            (Transaction::Enrolment, Section::Claim) => ("2300", ""),
            (Transaction::Enrolment, Section::Line) => ("2310", ""),
            (Transaction::Enrolment, Section::Other) => (if none { "2320" } else { "2330" }, ""),
            (Transaction::Enrolment, _) => ("2750", ""),
            (Transaction::Remittance, Section::Level | Section::Claim) => ("2100", ""),
            (Transaction::Remittance, _) => ("2110", ""),
            (Transaction::Eligibility, Section::Level) => (if none { "2000" } else { "2100" }, letter),
            (Transaction::Eligibility, Section::Claim) => ("2110", letter),
            (Transaction::Eligibility, _) => (if none { "2115" } else { "2120" }, letter),
            (Transaction::Status, Section::Level) => (if none { "2000" } else { "2100" }, letter),
            (Transaction::Status, Section::Claim) => ("2200", letter),
            (Transaction::Status, _) => ("2220", letter),
            (Transaction::Review, _) => (if none { "2000" } else { "2010" }, letter),
            (Transaction::Premium, Section::Level) => (if none { "2000" } else { "2100" }, ""),
            (Transaction::Premium, _) => ("2300", ""),
            (_, _) => ("", ""),
        };
        let named = [&PATIENTS[..], &ORGANISATIONS, &PROVIDERS].iter().any(|list| list.contains(&entity));
        let tells = !ending.is_empty() || none || !named;
        // Loops of one name for several entities say which.
        let several = self.transaction == Transaction::Remittance || ending.is_empty() || ending == "G";
        let mut name = format!("{stem}{ending}");
        if named && (several || !tells) {
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(&String::from_utf8_lossy(entity));
        }
        name
    }

    /// The letter of a level.
    fn letter(&self) -> &'static str {
        let level = code(&self.level);
        if self.transaction.is_claim() {
            return match level {
                b"20" => "A",
                b"22" => "B",
                b"23" => "C",
                _ => "",
            };
        }
        match (self.transaction, level) {
            (_, b"20") => "A",
            (_, b"21") => "B",
            (Transaction::Status, b"19") => "C",
            (Transaction::Status, b"22" | b"PT") => "D",
            (Transaction::Status, b"23") => "E",
            (_, b"22") => "C",
            (_, b"23") => "D",
            (Transaction::Review, b"EV") => "E",
            (Transaction::Review, b"SS") => "F",
            _ => "",
        }
    }

    fn header_letter(&self, entity: &[u8]) -> &'static str {
        match (self.transaction, entity) {
            (Transaction::Enrolment, b"P5") | (Transaction::Remittance, b"PR") | (Transaction::Premium, b"PE") => "A",
            (Transaction::Enrolment, b"IN") | (Transaction::Remittance, b"PE") | (Transaction::Premium, b"PR") => "B",
            (Transaction::Enrolment, b"BO" | b"TV") => "C",
            (t, b"41") if t.is_claim() => "A",
            (t, b"40") if t.is_claim() => "B",
            _ => "",
        }
    }

    /// 2010AA and its kin.
    fn party(&self, letter: &str, entity: &[u8]) -> String {
        let which = match (letter, entity) {
            ("A", b"85") | ("B", b"IL") | ("C", b"QC") => "A",
            ("A", b"87") | ("B", b"PR") => "B",
            ("A", b"PE") | ("B", b"QD") => "C",
            _ => "",
        };
        format!("2010{letter}{which}")
    }

    fn claim_letter(&self, entity: &[u8]) -> &'static str {
        match (self.transaction, entity) {
            (Transaction::Institutional, b"71") => "A",
            (Transaction::Institutional, b"72") => "B",
            (Transaction::Institutional, b"ZZ") => "C",
            (Transaction::Institutional, b"82") => "D",
            (Transaction::Institutional, b"77" | b"FA") => "E",
            (Transaction::Institutional, b"DN") => "F",
            (_, b"DN" | b"P3") => "A",
            (_, b"82") => "B",
            (_, b"77" | b"FA") => "C",
            (Transaction::Dental, b"DD") => "D",
            (Transaction::Dental, b"DQ") => "E",
            (_, b"DQ") => "D",
            (_, b"PW") => "E",
            (_, b"45") => "F",
            _ => "",
        }
    }

    fn other_letter(&self, entity: &[u8]) -> &'static str {
        match entity {
            b"IL" => "A",
            b"PR" => "B",
            _ => "",
        }
    }

    fn line_letter(&self, entity: &[u8]) -> &'static str {
        match (self.transaction, entity) {
            (Transaction::Institutional, b"72") => "A",
            (Transaction::Institutional, b"ZZ") => "B",
            (Transaction::Institutional, b"82") => "C",
            (Transaction::Institutional, b"DN") => "D",
            (_, b"82") => "A",
            (Transaction::Dental, b"DD") => "B",
            (Transaction::Dental, b"DQ") => "C",
            (Transaction::Dental, b"77") => "D",
            (_, b"QB") => "B",
            (_, b"77") => "C",
            (_, b"DQ") => "D",
            (_, b"DK") => "E",
            (_, b"DN" | b"P3") => "F",
            (_, b"PW") => "G",
            (_, b"45") => "H",
            _ => "",
        }
    }
}

/// The letter of a member's loop in an 834.
fn enrolled(entity: &[u8]) -> &'static str {
    match entity {
        b"IL" | b"74" => "A",
        b"70" => "B",
        b"31" => "C",
        b"36" => "D",
        b"M8" => "E",
        b"S3" => "F",
        b"45" => "H",
        _ => "G",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_called_as_in_the_guides() {
        let spot = |code: &str, guide: &str, section, level: &[u8; 2], entity: &[u8; 3]| Spot {
            transaction: Transaction::of(code.as_bytes(), guide.as_bytes()),
            section,
            level: *level,
            entity: *entity,
        };
        let cases = [
            (spot("837", "005010X222A1", Section::Level, b"22", b"IL "), "2010BA", Whose::Patient),
            (spot("837", "005010X222A1", Section::Level, b"23", b"QC "), "2010CA", Whose::Patient),
            (spot("837", "005010X222A1", Section::Level, b"20", b"85 "), "2010AA", Whose::Provider),
            (spot("837", "005010X222A1", Section::Level, b"22", b"   "), "2000B", Whose::Patient),
            (spot("837", "005010X222A1", Section::Level, b"22", b"PR "), "2010BB", Whose::Organisation),
            (spot("837", "005010X222A1", Section::Claim, b"22", b"82 "), "2310B", Whose::Provider),
            (spot("837", "005010X223A2", Section::Claim, b"22", b"71 "), "2310A", Whose::Provider),
            (spot("837", "005010X224A2", Section::Line, b"22", b"DD "), "2420B", Whose::Provider),
            (spot("837", "005010X222A1", Section::Other, b"22", b"IL "), "2330A", Whose::Patient),
            (spot("837", "005010X222A1", Section::Claim, b"22", b"   "), "2300", Whose::Patient),
            (spot("834", "", Section::Level, b"  ", b"IL "), "2100A", Whose::Patient),
            (spot("834", "", Section::Level, b"  ", b"GD "), "2100G GD", Whose::Patient),
            (spot("834", "", Section::Level, b"  ", b"36 "), "2100D", Whose::Organisation),
            (spot("835", "", Section::Level, b"  ", b"QC "), "2100 QC", Whose::Patient),
            (spot("835", "", Section::Level, b"  ", b"82 "), "2100 82", Whose::Provider),
            (spot("835", "", Section::Header, b"  ", b"PE "), "1000B PE", Whose::Provider),
            (spot("271", "", Section::Level, b"22", b"IL "), "2100C", Whose::Patient),
            (spot("277", "", Section::Level, b"PT", b"QC "), "2100D", Whose::Patient),
            (spot("278", "", Section::Level, b"22", b"IL "), "2010C", Whose::Patient),
            (spot("820", "", Section::Level, b"  ", b"QE "), "2100 QE", Whose::Patient),
            (spot("275", "", Section::Level, b"  ", b"QC "), "QC", Whose::Patient),
            (spot("837", "", Section::Claim, b"22", b"X9 "), "2310", Whose::Provider),
        ];
        for (spot, name, whose) in cases {
            assert_eq!((&spot.name()[..], spot.whose()), (name, whose), "{spot:?}");
        }
    }
}
