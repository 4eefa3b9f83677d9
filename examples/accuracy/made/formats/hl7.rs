//! HL7 v2 messages: admissions and results. In: a list. Out: a document.
//!
//! The train half: one message behind the other or a batch, numbers in PID-3, PID-18 and PID-19, insurance in IN1. The held-out half:
//! frames of MLLP or line feeds, all numbers as repetitions of PID-3, dates with times and zones, relatives, guarantors and
//! the insured in segments of their own, other characters as separators, segments of the site.

use super::super::Page;
use super::super::fields::Record;
use super::super::rng::Rng;
use super::{List, plain};

/// A segment with these fields, by their numbers (of MSH from 3).
fn segment(name: &str, fields: &[(usize, &str)]) -> String {
    let mut out = name.to_string();
    let mut at = 0;
    for (number, text) in fields {
        out.push_str(&"|".repeat(number - at));
        out.push_str(text);
        at = *number;
    }
    out + "\r"
}

fn header(kind: &str) -> String {
    format!("MSH|^~\\&|HOSP|LAKESIDE|RCV|PLAN|20260311081522||{kind}|«#8»|P|2.5.1\r")
}

const ATTENDING: &str = "«Npi»^«DrLast:upper»^«DrFirst:upper»^J^^DR^MD^^NPI^L^^^NPI";

/// Messages of one patient each, by layout.
fn messages(list: &List, kind: &str) -> Vec<String> {
    let mut pid: Vec<(usize, &str)> = list.pick(
        &[
            vec![(1, "1"), (3, "«Mrn»^^^LAKESIDE^MR"), (5, "«Last»^«First»^«Middle»"), (7, "«BirthDate:8»"), (8, "«Sex»")],
            vec![
                (1, "1"),
                (2, "⟦Mbi⟧«Mbi»^^^^MC⟦/⟧"),
                (3, "«Mrn»"),
                (5, "«Last:upper»^«First:upper»"),
                (7, "«BirthDate:8»"),
                (8, "«Sex»"),
            ],
        ]
        .each_ref(),
        &[
            vec![
                (3, "«Mrn»^^^STANNE&1.2.3.4&ISO^MR~«Ssn:id@3»^^^SSA^SS⟦Mbi⟧~«Mbi»^^^CMS^MC⟦/⟧⟦Medicaid⟧~«Medicaid»^^^STATE^MA⟦/⟧"),
                (5, "«Last»^«First»^«Middle»^^^^L"),
                (7, "«BirthDate:time»"),
                (8, "«Sex»"),
            ],
            vec![
                (1, "1"),
                (3, "«Mrn»^5^M11^STANNE^PI^STANNE"),
                (4, "«OldId»^^^OLD^XX"),
                (5, "«Last:upper»^«First:upper»^^JR"),
                (7, "«BirthDate:zone»"),
                (8, "«Sex»"),
            ],
        ]
        .each_ref(),
    )
    .clone();
    let tail: &[(usize, &str)] = list.pick(
        &[
            &[
                (11, "«Street»^^«City»^«State»^«Zip»"),
                (13, "«Phone:paren»"),
                (18, "«Account»^^^LAKESIDE^AN"),
                (19, "«Ssn:id»"),
            ][..],
            &[(11, "«Street»^^«City»^«State»^«Zip»^USA^H"), (13, "«Phone:dash»^PRN^PH"), (19, "«Ssn:id»")][..],
        ],
        &[
            &[
                (11, "«Street»^^«City»^«State»^«Zip»^^M~«Street@2»^^«City»^«State»^«Zip@2»"),
                (13, "«Phone:dash»^PRN^CP~^NET^Internet^«Email»"),
            ][..],
            &[(11, "«Street»^^«City»^«State»^«Zip»"), (14, "«Phone:dash»^WPN^PH"), (18, "«Account»"), (19, "«Ssn:id»")]
                [..],
        ],
    );
    pid.extend(tail);
    let pid = segment("PID", &pid);
    let visit = segment("PV1", &[(1, "1"), (2, "I"), (3, "3W^312^1"), (7, ATTENDING), (44, "«Visit:time»")]);
    let mut message = header(kind);
    if kind.starts_with("ADT") {
        message += &segment("EVN", &[(1, "A08"), (2, "20260311081522")]);
        message += &pid;
        message += &list
            .pick(
                &[String::new(), segment("PD1", &[(4, ATTENDING)])].each_ref(),
                &[
                    segment("NK1", &[(1, "1"), (2, "«HolderLast»^«HolderFirst»"), (3, "SPO"), (5, "«Phone:dash@nk»")])
                        + "ZPI|1|web|«#9»\r",
                    segment(
                        "NK1",
                        &[
                            (1, "1"),
                            (2, "«HolderLast»^«HolderFirst»"),
                            (3, "SEL"),
                            (4, "«Street@nk»^^«City»^«State»^«Zip@nk»"),
                        ],
                    ),
                ]
                .each_ref(),
            )
            .clone();
        message += &visit;
        message += &list
            .pick(
                &[
                    segment(
                        "IN1",
                        &[
                            (1, "1"),
                            (2, "HMO01"),
                            (3, "LKS"),
                            (4, "LAKESIDE HEALTH"),
                            (8, "«Group»"),
                            (36, "«MemberId»"),
                        ],
                    ),
                    segment(
                        "IN1",
                        &[
                            (1, "1"),
                            (2, "«Plan»"),
                            (4, "LAKESIDE"),
                            (16, "«HolderLast»^«HolderFirst»"),
                            (18, "«HolderBirth:8»"),
                            (36, "«MemberId»"),
                        ],
                    ),
                ]
                .each_ref(),
                &[
                    segment(
                        "GT1",
                        &[(1, "1"), (3, "«HolderLast»^«HolderFirst»"), (8, "«HolderBirth:8»"), (12, "«HolderSsn:id»")],
                    ) + &segment(
                        "IN1",
                        &[
                            (1, "1"),
                            (2, "«Plan»"),
                            (3, "«#4»"),
                            (16, "«HolderLast@in»^«HolderFirst@in»"),
                            (49, "«MemberId»^^^LKS^MB"),
                        ],
                    ) + &segment("IN2", &[(2, "«HolderSsn:id@in2»"), (61, "«MemberId@in2»")]),
                    segment(
                        "IN1",
                        &[(1, "1"), (2, "«Plan»"), (8, "«Group»"), (18, "«HolderBirth:time»"), (36, "«MemberId»")],
                    ) + &segment("IN2", &[(6, "⟦Mbi⟧«Mbi»⟦/⟧")]),
                ]
                .each_ref(),
            )
            .clone();
        return vec![message];
    }
    message += &pid;
    message += &visit;
    message +=
        &segment("OBR", &[(1, "1"), (2, "«#8»"), (4, "2345-7^GLUCOSE^LN"), (7, "«Visit:time»"), (16, ATTENDING)]);
    message += &segment("OBX", &[(1, "1"), (2, "NM"), (3, "2345-7^GLUCOSE^LN"), (5, "9«#1»"), (6, "mg/dL"), (11, "F")]);
    message += list.pick(
        &["", "NTE|1||Fasting. Collected at 07:1«#1», tube «#7».\r"],
        &[
            "OBX|2|TX|11502-2^REPORT^LN||Patient: «Name:free» DOB: «BirthDate:us@tx» seen for follow up of hypertension.||||||F\r",
            "OBX|2|FT|11502-2^REPORT^LN||Order «#9» \\.br\\ MRN: «Mrn@tx»\\.br\\ Name: «Name:free@tx»||||||F\r",
        ],
    );
    vec![message]
}

fn document(list: &List, kind: &str, rng: &mut Rng) -> Page {
    let mut page = list.page("messages", list.pick(&["hl7", "txt"], &["dat", "hl7", "out"]));
    page.class = Some("phi");
    let each = messages(list, kind);
    // One form of line ends a document; frames and batches around them.
    let (ends, framed, batch) = list.pick(
        &[("\r", false, false), ("\r", false, true)],
        &[("\r", true, false), ("\n", false, false), ("\r\n", false, true)],
    );
    if batch {
        page.text(&format!("FHS|^~\\&|HOSP|LAKESIDE{ends}BHS|^~\\&|HOSP|LAKESIDE|RCV|PLAN|20260311{ends}"));
    }
    let records: Vec<&Record> = list.feed.records.iter().collect();
    for record in records {
        if framed {
            page.text("\u{b}");
        }
        let template = each[record.number % each.len()].replace('\r', ends);
        list.write(&mut page, &template, record, plain, rng);
        page.text(if framed { "\u{1c}\r" } else { "" });
    }
    if batch {
        page.text(&format!("BTS|{}{ends}FTS|1{ends}", list.feed.records.len()));
    }
    page
}

/// Admissions and updates.
pub(super) fn admissions(list: &List, rng: &mut Rng) -> Page {
    document(list, list.pick(&["ADT^A08^ADT_A01", "ADT^A04"], &["ADT^A31^ADT_A05", "ADT^A01"]), rng)
}

/// Results of a laboratory.
pub(super) fn results(list: &List, rng: &mut Rng) -> Page {
    document(list, list.pick(&["ORU^R01", "ORU^R01^ORU_R01"], &["ORU^R01^ORU_R01", "ORU^W01"]), rng)
}
