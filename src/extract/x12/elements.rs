//! What the elements of a segment are. In: a segment, taken apart, and where it stands. Out: its values. Refuses codes,
//! counts and amounts; of a segment that no guide knows, everything is a value.

use crate::extract::values::Values;

use super::loops::{Section, Transaction, Whose};
use super::places::{self, CONTEXTS, Role};
use super::{Segment, X12};

/// Segments that hold nothing of a person: envelopes, codes, amounts, quantities. Sorted.
#[rustfmt::skip]
const STRUCTURE: &[&str] = &[
    "AAA", "ADX", "AK1", "AK2", "AK3", "AK4", "AK5", "AK9", "AMT", "BGN", "BHT", "CAS", "CL1", "CN1", "COB", "CR2", "CR3", "CR4",
    "CR5", "CR6", "CRC", "CTP", "CUR", "DN1", "DN2", "DSB", "EB", "EC", "EQ", "FRM", "GE", "GS", "HCP", "HCR", "HD", "HI",
    "HL", "HLH", "HSD", "ICM", "IEA", "IK3", "IK4", "IK5", "ISA", "LE", "LQ", "LS", "LUI", "LX", "MEA", "MIA", "MOA", "MPI",
    "OI", "PS1", "QTY", "RDM", "SE", "ST", "SV3", "SV5", "SVC", "SVD", "TA1", "TOO", "TS2", "UM", "VEH", "YNQ",
];

/// The number of an identifier of two or three capitals and figures, below [`IDS`].
const fn id_number(id: &[u8]) -> usize {
    let mut number = 0;
    let mut at = 0;
    while at < 3 {
        let digit = match id {
            _ if at >= id.len() => 0,
            _ if id[at].is_ascii_digit() => 1 + (id[at] - b'0') as usize,
            _ => 11 + (id[at].wrapping_sub(b'A') as usize) % 26,
        };
        number = number * 37 + digit;
        at += 1;
    }
    number
}

const IDS: usize = 37 * 37 * 37;

/// [`STRUCTURE`] as bits: half of all segments are asked.
static IS_STRUCTURE: [u64; IDS.div_ceil(64)] = {
    let mut bits = [0; IDS.div_ceil(64)];
    let mut at = 0;
    while at < STRUCTURE.len() {
        let number = id_number(STRUCTURE[at].as_bytes());
        bits[number / 64] |= 1 << (number % 64);
        at += 1;
    }
    bits
};

/// Whether a segment holds nothing of a person. `id` is of capitals and figures.
fn is_structure(id: &[u8]) -> bool {
    let number = id_number(id);
    IS_STRUCTURE[number / 64] >> (number % 64) & 1 == 1
}

impl X12 {
    /// Hands out the values of a segment.
    pub(super) fn segment(&mut self, segment: &Segment<'_>, out: &mut Values<'_>) {
        let one = |number: usize| segment.element(number);
        let whose = self.whose();
        let organisation = whose == Whose::Organisation;
        match segment.id() {
            b"NM1" => {
                let person = one(2) != b"2";
                if !person && organisation {
                    return;
                }
                if person {
                    (3..=5).for_each(|number| self.give(segment, number, Role::Name, 0, out));
                }
                let medicaid = self.medicaid && one(8) == b"MI" && matches!(one(1), b"IL" | b"QC");
                let qualifier = if medicaid { b"MR" } else { one(8) };
                self.give(segment, 9, Role::Id, places::qualifier(qualifier), out);
            }
            b"N1" if !organisation => self.give(segment, 4, Role::Id, places::qualifier(one(3)), out),
            b"N2" if whose == Whose::Patient => self.give(segment, 1, Role::Name, 0, out),
            b"N3" if !organisation => {
                self.give(segment, 1, Role::Single, 0, out);
                self.give(segment, 2, Role::Single, 0, out);
            }
            b"N4" if !organisation => self.give(segment, 3, Role::Single, 0, out),
            b"N1" | b"N2" | b"N3" | b"N4" => {}
            b"PER" => {
                self.give(segment, 2, Role::Name, 0, out);
                for number in [4, 6, 8] {
                    self.give(segment, number, Role::Contact, places::qualifier(one(number - 1)), out);
                }
            }
            b"DMG" => self.give(segment, 2, Role::Single, 0, out),
            b"DTP" => self.dates(segment, 3, places::date_qualifier(one(1)), out),
            b"DTM" => {
                self.dates(segment, 2, places::date_qualifier(one(1)), out);
                self.dates(segment, 6, places::date_qualifier(one(1)), out);
            }
            b"REF" | b"N9" => {
                self.give(segment, 2, Role::Reference, places::qualifier(one(1)), out);
                self.give(segment, 3, Role::Text, 0, out);
                self.references(segment, 4, out);
            }
            b"CLM" => self.give(segment, 1, Role::Single, 0, out),
            b"CLP" => [1, 7].into_iter().for_each(|number| self.give(segment, number, Role::Single, 0, out)),
            b"PAT" => self.give(segment, 6, Role::Single, 0, out),
            b"INS" => self.give(segment, 12, Role::Single, 0, out),
            b"SBR" => self.give(segment, 3, Role::Single, 0, out),
            b"TRN" => self.give(segment, 2, Role::Single, 0, out),
            b"PWK" => {
                self.give(segment, 6, Role::Single, 0, out);
                self.give(segment, 7, Role::Text, 0, out);
            }
            b"RMR" => self.give(segment, 2, Role::Single, 0, out),
            b"ENT" => self.give(segment, 4, Role::Id, places::qualifier(one(3)), out),
            b"BPR" => [7, 9, 13, 15].into_iter().for_each(|number| self.give(segment, number, Role::Single, 0, out)),
            b"PLB" | b"TS3" => self.give(segment, 1, Role::Id, places::qualifier(b"XX"), out),
            b"NTE" => self.give(segment, 2, Role::Text, 0, out),
            b"K3" | b"MSG" => self.give(segment, 1, Role::Text, 0, out),
            b"III" => self.give(segment, 4, Role::Text, 0, out),
            b"EB" => self.give(segment, 5, Role::Text, 0, out),
            b"STC" => self.give(segment, 12, Role::Text, 0, out),
            b"CR1" => [9, 10].into_iter().for_each(|number| self.give(segment, number, Role::Text, 0, out)),
            b"SV1" | b"SV2" | b"SV4" | b"SV6" | b"SV7" | b"PRV" | b"LIN" | b"IDC" => {}
            b"CTX" => self.context(segment, out),
            id if is_structure(id) => {}
            _ => (1..segment.count()).for_each(|number| self.give(segment, number, Role::Value, 0, out)),
        }
        if segment.is_cut() {
            self.give(segment, segment.count() - 1, Role::Text, 0, out);
        }
    }

    /// One date or, in `20260101-20260105`, two.
    fn dates(&mut self, segment: &Segment<'_>, number: usize, qualifier: u16, out: &mut Values<'_>) {
        let (start, end) = segment.range(number);
        let bytes = &segment.bytes()[start..end];
        let place = self.place(segment, number as u8, Role::Date, qualifier, out);
        match bytes.iter().position(|b| *b == b'-') {
            Some(at) if at >= 6 && bytes.len() > at + 6 => {
                segment.give(place, start, start + at, out);
                segment.give(place, start + at + 1, end, out);
            }
            _ => segment.give(place, start, end, out),
        }
    }

    /// References that stand in one element: qualifier, component separator, number (C040).
    fn references(&mut self, segment: &Segment<'_>, number: usize, out: &mut Values<'_>) {
        let (start, end) = segment.range(number);
        let Some(component) = self.component().filter(|_| start < end) else { return };
        let mut at = start;
        let mut qualifier = None;
        for part in segment.bytes()[start..end].split(|b| *b == component) {
            match qualifier.take() {
                None => qualifier = Some(places::qualifier(part)),
                Some(known) => {
                    let place = self.place(segment, number as u8, Role::Reference, known, out);
                    segment.give(place, at, at + part.len(), out);
                }
            }
            at += part.len() + 1;
        }
    }

    /// `CTX*CLM01:4711`: what a refused transaction said.
    fn context(&mut self, segment: &Segment<'_>, out: &mut Values<'_>) {
        let Some(component) = self.component() else { return };
        for number in 1..segment.count() {
            let (start, end) = segment.range(number);
            let bytes = &segment.bytes()[start..end];
            let Some(at) = bytes.iter().position(|b| *b == component) else { continue };
            let known = CONTEXTS.iter().position(|(name, _)| bytes[..at].eq_ignore_ascii_case(name)).unwrap_or(0);
            let place = self.place(segment, number as u8, Role::Context, known as u16, out);
            segment.give(place, start + at + 1, end, out);
        }
    }

    /// Keeps up with the loops: what stands where depends on what came before.
    pub(super) fn follow(&mut self, segment: &Segment<'_>) {
        let one = |number: usize| segment.element(number);
        let mut spot = self.spot();
        let transaction = spot.transaction;
        match segment.id() {
            b"GS" => self.guide(one(8)),
            b"ST" => {
                let guide = if one(3).is_empty() { self.last_guide() } else { one(3) };
                spot = super::loops::Spot { transaction: Transaction::of(one(1), guide), ..Default::default() };
                self.medicaid = false;
            }
            b"HL" => {
                spot.section = Section::Level;
                spot.level = padded(one(3));
                self.medicaid &= &spot.level != b"20";
                spot.entity = [b' '; 3];
                if matches!(&spot.level, b"22" | b"23" | b"PT") {
                    self.next_record();
                }
            }
            b"NM1" | b"N1" => {
                // Of claims the payer is named behind the member.
                let before =
                    matches!(transaction, Transaction::Eligibility | Transaction::Status | Transaction::Remittance);
                if before && one(1) == b"PR" {
                    let name = one(if segment.id() == b"N1" { 2 } else { 3 });
                    self.medicaid = memchr::memmem::find(&name.to_ascii_uppercase(), b"MEDICAID").is_some();
                }
                spot.entity = padded(one(1));
                let named = matches!(&spot.entity, b"IL " | b"QC ");
                if transaction == Transaction::Other && named && segment.id() == b"NM1" {
                    self.next_record();
                }
                let premium = transaction == Transaction::Premium || transaction == Transaction::Review;
                if spot.section == Section::Claim && premium {
                    spot.section = Section::Level;
                }
            }
            id => {
                let next = match (transaction, id) {
                    (Transaction::Enrolment, b"INS")
                    | (Transaction::Remittance, b"CLP")
                    | (Transaction::Premium, b"ENT") => {
                        self.next_record();
                        Section::Level
                    }
                    (Transaction::Enrolment, b"HD") => Section::Claim,
                    (Transaction::Enrolment, b"LX") if spot.section != Section::Drug => Section::Line,
                    (Transaction::Enrolment, b"COB") => Section::Other,
                    (Transaction::Enrolment, b"LS") => Section::Drug,
                    (Transaction::Enrolment, _) => return,
                    (Transaction::Remittance, b"SVC") => Section::Line,
                    (Transaction::Remittance, b"MIA" | b"MOA" | b"DTM" | b"REF" | b"AMT" | b"QTY" | b"PER")
                        if spot.section == Section::Level =>
                    {
                        // X221 2100: all names of a claim stand before these, which are the claim's own.
                        let is_provider = segment.id() == b"REF" && RENDERING.contains(&one(1));
                        spot.entity = match segment.id() {
                            b"PER" => *b"PR ",
                            _ if is_provider => *b"82 ",
                            _ => [b' '; 3],
                        };
                        return self.stand(spot);
                    }
                    (Transaction::Remittance, b"LX") => Section::Header,
                    (Transaction::Premium, b"RMR") => Section::Claim,
                    (Transaction::Eligibility, b"EB" | b"EQ") => Section::Claim,
                    (Transaction::Eligibility, b"LS") => Section::Other,
                    (Transaction::Status, b"TRN") => Section::Claim,
                    (Transaction::Status, b"SVC") => Section::Line,
                    (Transaction::Professional | Transaction::Institutional | Transaction::Dental, _) => match id {
                        b"CLM" => Section::Claim,
                        b"SBR" if spot.section >= Section::Claim => Section::Other,
                        b"LX" => Section::Line,
                        b"LIN" => Section::Drug,
                        b"SVD" => Section::Adjustment,
                        _ => return,
                    },
                    _ => return,
                };
                spot.section = next;
                spot.entity = [b' '; 3];
            }
        }
        self.stand(spot);
    }
}

/// X221 2100, Rendering Provider Identification, REF01; G2 and LU of earlier editions.
const RENDERING: [&[u8]; 12] = [b"0B", b"1A", b"1B", b"1C", b"1D", b"1G", b"1H", b"1J", b"D3", b"G2", b"LU", b"HPI"];

/// A code with blanks behind it.
fn padded<const N: usize>(code: &[u8]) -> [u8; N] {
    let mut padded = [b' '; N];
    let code = &code[..code.len().min(N)];
    padded[..code.len()].copy_from_slice(code);
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_that_hold_nothing_are_known() {
        assert!(STRUCTURE.is_sorted());
        assert!(STRUCTURE.iter().all(|id| is_structure(id.as_bytes())));
        let others = ["NM1", "REF", "CLM", "ZZ", "A", "9", "EBA", "E", "B", "HI0", "SV1", "AAB", "ZZZ", "999"];
        assert!(others.iter().all(|id| !is_structure(id.as_bytes())));
    }
}
