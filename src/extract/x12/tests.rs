//! Readings of made interchanges, whole, in pieces and broken.

use proptest::prelude::*;

use super::*;
use crate::extract::named::tests::read_all;
use crate::finding::Subject;

fn read(document: &[u8], step: usize) -> Vec<(String, u64, u64, String)> {
    let (values, broken, _) = read_all(Box::new(X12::default()), document, step);
    assert_eq!(broken, None);
    values
}

/// Place, record and text of each value.
fn values(document: &str) -> Vec<String> {
    let shown = |(place, record, _, text): (String, u64, u64, String)| {
        format!("{record} {}={text}", place.trim_start_matches("segment: "))
    };
    read(document.as_bytes(), usize::MAX).into_iter().map(shown).collect()
}

const ISA: &str =
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260102*0304*^*00501*000000001*0*P*:~";

fn interchange(code: &str, guide: &str, body: &str) -> String {
    format!("{ISA}GS*HC*A*B*20260102*0304*1*X*{guide}~ST*{code}*0001*{guide}~{body}SE*9*0001~GE*1*1~IEA*1*000000001~")
}

const CLAIM: &str = concat!(
    "NM1*41*2*CLEARING*****46*TGJ23~PER*IC*JERRY*TE*3055552222*EX*231~NM1*40*2*PAYER*****46*66783~",
    "HL*1**20*1~NM1*85*1*OKOYE*ADA****XX*1234567893~N3*1 CLINIC WAY~N4*MIAMI*FL*33111~REF*SY*418627715~",
    "HL*2*1*22*0~SBR*P*18*2222-SJ******CI~NM1*IL*1*DELGADO*MARIA*Q***MI*JS00111223333~N3*236 N MAIN ST*APT 3~N4*MIAMI*FL*33413~",
    "DMG*D8*19430501*F~REF*SY*536904398~NM1*PR*2*KEY INSURANCE*****PI*999996666~",
    "CLM*26463774*100***11:B:1*Y*A*Y*I~DTP*431*D8*20260101~DTP*434*RD8*20260101-20260105~REF*EA*MRN4711~REF*D9*17312345600006351~",
    "HI*BK:0340~NM1*82*1*KILDARE*BEN****XX*1234567893~SBR*S*01*******CI~NM1*IL*1*DELGADO*JOSE****MI*T55TY666~",
    "LX*1~SV1*HC:99213*40*UN*1~DTP*472*D8*20260101~NM1*DK*1*WELBY~NTE*ADD*SEEN FOR A COLD~",
    "HL*3*2*23*0~PAT*19****D8*20260103~NM1*QC*1*DELGADO*ADA~DMG*D8*20150501*F~",
);

#[test]
fn a_claim_is_taken_apart() {
    let expected = [
        "1 1000A/PER02=JERRY",
        "1 1000A/PER04 TE=3055552222",
        "1 1000A/PER06 EX=231",
        "1 2010AA/NM103=OKOYE",
        "1 2010AA/NM104=ADA",
        "1 2010AA/NM109 XX=1234567893",
        "1 2010AA/N301=1 CLINIC WAY",
        "1 2010AA/N403=33111",
        "1 2010AA/REF02 SY=418627715",
        "1 2000B/SBR03=2222-SJ",
        "1 2010BA/NM103=DELGADO",
        "1 2010BA/NM104=MARIA",
        "1 2010BA/NM105=Q",
        "1 2010BA/NM109 MI=JS00111223333",
        "1 2010BA/N301=236 N MAIN ST",
        "1 2010BA/N302=APT 3",
        "1 2010BA/N403=33413",
        "1 2010BA/DMG02=19430501",
        "1 2010BA/REF02 SY=536904398",
        "1 2300/CLM01=26463774",
        "1 2300/DTP03 431=20260101",
        "1 2300/DTP03 434=20260101",
        "1 2300/DTP03 434=20260105",
        "1 2300/REF02 EA=MRN4711",
        "1 2300/REF02 D9=17312345600006351",
        "1 2310B/NM103=KILDARE",
        "1 2310B/NM104=BEN",
        "1 2310B/NM109 XX=1234567893",
        "1 2330A/NM103=DELGADO",
        "1 2330A/NM104=JOSE",
        "1 2330A/NM109 MI=T55TY666",
        "1 2400/DTP03 472=20260101",
        "1 2420E/NM103=WELBY",
        "1 2420E/NTE02=SEEN FOR A COLD",
        "2 2000C/PAT06=20260103",
        "2 2010CA/NM103=DELGADO",
        "2 2010CA/NM104=ADA",
        "2 2010CA/DMG02=20150501",
    ];
    assert_eq!(values(&interchange("837", "005010X222A1", CLAIM)), expected);
}

#[test]
fn only_patients_are_patients() {
    let document = interchange("837", "005010X222A1", CLAIM);
    let (_, _, places) = read_all(Box::new(X12::default()), document.as_bytes(), usize::MAX);
    for named in &places.named {
        let place = named.place.short();
        let wanted = match place.split('/').next().unwrap_or_default() {
            "1000A" | "2010AA" | "2310B" | "2420E" => Some(Subject::Provider),
            _ => Some(Subject::Patient),
        };
        assert_eq!(named.subject, if named.holds == Holds::Text { None } else { wanted }, "{place}");
    }
    let keys = |place: &str| {
        let named = places.named.iter().find(|named| named.place.short() == place).expect(place);
        named.keys.join(" ")
    };
    assert_eq!(keys("2010BA/NM103"), "x12:NM103 x12:NM1/name");
    assert_eq!(keys("2010BA/NM109 MI"), "x12:NM109/MI");
    assert_eq!(keys("2010BA/DMG02"), "x12:DMG02");
    assert_eq!(keys("2400/DTP03 472"), "x12:DTP03/472 x12:DTP/service");
}

#[test]
fn a_members_number_is_medicaids_where_medicaid_answers() {
    let members = |payer: &str| {
        let body = format!(
            "HL*1**20*1~NM1*PR*2*{payer}*****PI*1~HL*2*1*21*1~NM1*1P*2*CLINIC*****XX*1234567893~HL*3*2*22*0~NM1*IL*1*DELGADO*MARIA****MI*23708939117991~"
        );
        values(&interchange("271", "005010X279A1", &body))
            .into_iter()
            .filter(|value| value.contains("NM109 M"))
            .collect::<Vec<_>>()
    };
    assert_eq!(members("NEW MEXICO MEDICAID"), ["1 2100C/NM109 MR=23708939117991"]);
    assert_eq!(members("ACME HEALTH"), ["1 2100C/NM109 MI=23708939117991"]);
    // Of claims the payer stands behind the member, and another member's must not count.
    let claims = "HL*1**20*1~HL*2*1*22*0~NM1*IL*1*DELGADO*ADA****MI*111222333~NM1*PR*2*STATE MEDICAID*****PI*1~HL*3*1*22*0~NM1*IL*1*OKOYE*BO****MI*444555666~";
    let found = values(&interchange("837", "005010X222A1", claims));
    assert_eq!(found.iter().filter(|value| value.contains("NM109 MI")).count(), 2, "{found:?}");
}

#[test]
fn other_transactions_have_their_own_records() {
    let remittance = "BPR*I*1*C*ACH*CCP*01*123456789*DA*1123456*1*2*01*987654321*DA*98765*20260101~TRN*1*12345*1512345678~N1*PE*CLINIC*XX*1234567893~LX*1~CLP*7722337*1*226*132**12*119932404007801~NM1*QC*1*DELGADO*MARIA****HN*536904398A~NM1*82*1*KILDARE*BEN****XX*1234567893~REF*1L*123456001~DTM*232*20260101~CLP*7722338*1*1*1**12*2~NM1*QC*1*OKOYE*ADA****34*536904398~";
    let expected = [
        "1 1000/BPR07=123456789",
        "1 1000/BPR09=1123456",
        "1 1000/BPR13=987654321",
        "1 1000/BPR15=98765",
        "1 1000/TRN02=12345",
        "1 1000B PE/N104 XX=1234567893",
        "1 2100/CLP01=7722337",
        "1 2100/CLP07=119932404007801",
        "1 2100 QC/NM103=DELGADO",
        "1 2100 QC/NM104=MARIA",
        "1 2100 QC/NM109 HN=536904398A",
        "1 2100 82/NM103=KILDARE",
        "1 2100 82/NM104=BEN",
        "1 2100 82/NM109 XX=1234567893",
        "1 2100/REF02 1L=123456001",
        "1 2100/DTM02 232=20260101",
        "2 2100/CLP01=7722338",
        "2 2100/CLP07=2",
        "2 2100 QC/NM103=OKOYE",
        "2 2100 QC/NM104=ADA",
        "2 2100 QC/NM109 34=536904398",
    ];
    assert_eq!(values(&interchange("835", "005010X221A1", remittance)), expected);
    let enrolment = "N1*P5*ACME*FI*12356799~INS*Y*18*030*XN*A*E**FT~REF*0F*536904398~REF*1L*4711~NM1*IL*1*DELGADO*MARIA****34*536904398~PER*IP**HP*3155550142*EM*m@example.org~DMG*D8*19700102*F~HD*030**DEN~DTP*348*D8*20260101~INS*N*01*030~NM1*IL*1*DELGADO*ADA~NM1*31*1~N3*PO BOX 7~";
    let expected = [
        "1 2000/REF02 0F=536904398",
        "1 2000/REF02 1L=4711",
        "1 2100A/NM103=DELGADO",
        "1 2100A/NM104=MARIA",
        "1 2100A/NM109 34=536904398",
        "1 2100A/PER04 HP=3155550142",
        "1 2100A/PER06 EM=m@example.org",
        "1 2100A/DMG02=19700102",
        "1 2300/DTP03 348=20260101",
        "2 2100A/NM103=DELGADO",
        "2 2100A/NM104=ADA",
        "2 2100C/N301=PO BOX 7",
    ];
    assert_eq!(values(&interchange("834", "005010X220A1", enrolment)), expected);
    let answer = "HL*1**20*1~NM1*PR*2*PAYER*****PI*1~HL*2*1*21*1~NM1*1P*1*OKOYE*ADA****XX*1234567893~HL*3*2*22*1~NM1*IL*1*DELGADO*MARIA****MI*11122333301~EB*1*FAM*30~LS*2120~NM1*P3*1*JONES*MARCUS~LE*2120~HL*4*3*23*0~NM1*03*1*DELGADO*ADA~";
    let expected = [
        "1 2100B/NM103=OKOYE",
        "1 2100B/NM104=ADA",
        "1 2100B/NM109 XX=1234567893",
        "1 2100C/NM103=DELGADO",
        "1 2100C/NM104=MARIA",
        "1 2100C/NM109 MI=11122333301",
        "1 2120C/NM103=JONES",
        "1 2120C/NM104=MARCUS",
        "2 2100D/NM103=DELGADO",
        "2 2100D/NM104=ADA",
    ];
    assert_eq!(values(&interchange("271", "005010X279A1", answer)), expected);
    let refused = "AK1*HC*1~AK2*837*0001~IK3*NM1*8**8~CTX*CLM01:4711~IK4*8*66*7*X~";
    assert_eq!(values(&interchange("999", "005010X231A1", refused)), ["1 CTX01=4711"]);
}

#[test]
fn any_delimiters_and_lines_are_read() {
    let whole = interchange("837", "005010X222A1", CLAIM);
    let plain = values(&whole);
    assert_eq!(values(&whole.replace('~', "~\n")), plain);
    assert_eq!(values(&whole.replace('~', "~\r\n")), plain);
    assert_eq!(values(&whole.replace('~', "\n")), plain, "lines end segments");
    assert_eq!(values(&whole.replace('~', "\r\n")), plain);
    assert_eq!(values(&whole.replace('~', "\u{1c}").replace('*', "\u{1d}").replace(':', "\u{1f}")), plain);
    assert_eq!(values(&whole.replace('*', "|").replace('~', "!\r")), plain);
    // Broken at every 80th byte, as mainframes do.
    let broken: Vec<&str> = whole.as_bytes().chunks(80).map(|line| str::from_utf8(line).expect("text")).collect();
    let words = |values: Vec<String>| values.into_iter().filter(|v| !v.contains("NTE")).collect::<Vec<_>>();
    assert_eq!(words(values(&broken.join("\r\n"))), words(plain.clone()));
    // The blanks of the header lost, the component separator lost, small letters.
    let narrow = whole.replace("          ", "").replace("SENDER         ", "SENDER").replace("RECEIVER       ", "R");
    assert_eq!(values(&narrow), plain);
    assert_eq!(values(&whole.replacen("*P*:~", "*P*~", 1)), plain);
    assert_eq!(values(&whole.replacen("*P*:~", "*P*~\n", 1)), plain);
    assert_eq!(values(&whole.replacen("ISA*", "isa*", 1).replacen("NM1*IL", "nm1*IL", 1)), plain);
    // An element of the header lost.
    assert_eq!(values(&whole.replacen("*0304*", "*", 1)), plain);
    // Something before, between, behind.
    let other = whole.replace('*', "|").replace('~', "\n");
    let two = format!("from the mailbox\n{whole}\r\n-- next --\n{other}ISA");
    let second = plain.iter().map(|v| match v.split_at(1) {
        ("1", rest) => format!("3{rest}"),
        (_, rest) => format!("4{rest}"),
    });
    let mut expected: Vec<String> = vec!["1 text=from the mailbox".to_string()];
    expected.extend(plain.clone());
    expected.push("2 text=-- next --".to_string());
    let read = values(&two);
    assert_eq!(read[..expected.len()], expected);
    let second: Vec<String> = second.collect();
    let provider = |v: &String| v.contains("1000A") || v.contains("2010AA");
    let behind: Vec<String> = read[expected.len()..].iter().filter(|v| !provider(v)).cloned().collect();
    assert_eq!(behind, second.into_iter().filter(|v| !provider(v)).collect::<Vec<_>>());
}

#[test]
fn lying_headers_are_text() {
    for header in ["ISA0000", "ISA* no interchange at all", "ISA**", "ISA"] {
        let text = format!("{header} 418-62-7715");
        assert!(values(&text).iter().all(|value| value.contains("text=") || value.contains("ISA")), "{header}");
    }
}

#[test]
fn long_segments_and_binary_data_are_read_in_parts() {
    let text = "SSN:418-62-7715~NM1*IL*".repeat(10_000);
    let body = format!("BIN*{}*{text}~NM1*QC*1*DELGADO*MARIA~", text.len());
    let all = values(&interchange("275", "", &body));
    assert_eq!(all.last().map(String::as_str), Some("1 QC/NM104=MARIA"));
    let length: usize = all.iter().filter_map(|v| v.strip_prefix("1 BIN=")).map(str::len).sum();
    assert_eq!(length, text.len());
    // A length that lies.
    assert!(
        values(&interchange("275", "", "BIN*99999999999*abc~NM1*QC*1*DELGADO~"))
            .last()
            .is_some_and(|v| v.contains("DELGADO"))
    );
    for body in ["NTE*ADD*{}~", "NM1*IL*1*{}~", "{}~"] {
        for part in ["x", "*", ":", "^", "1*", "* ", "ISA*"] {
            let body = body.replace("{}", &part.repeat(500_000));
            let all = values(&interchange("837", "", &format!("{body}HL*1**22~NM1*QC*1*DELGADO~")));
            assert!(all.last().is_some_and(|v| v.ends_with("=DELGADO")), "{part}");
        }
    }
}

/// That values stand in the document and do not depend on how it was read.
fn check(document: &[u8]) {
    let whole = read(document, usize::MAX);
    for (_, record, start, _) in &whole {
        assert!(*record > 0 && *start < document.len() as u64);
    }
    assert_eq!(read(document, 7), whole);
}

#[test]
fn every_beginning_of_an_interchange_can_be_read() {
    let document = interchange("837", "005010X222A1", CLAIM);
    for end in 0..document.len() {
        check(&document.as_bytes()[..end]);
    }
}

proptest! {
    #[test]
    fn nothing_that_is_changed_makes_it_fail(
        changes in prop::collection::vec((0..900usize, prop::sample::select(&b"*:~^\r\n\x1c\x00\xff\"A1 ISANM"[..])), 1..20),
    ) {
        let mut document = interchange("837", "005010X222A1", CLAIM).into_bytes();
        for (at, byte) in changes {
            document[at] = byte;
        }
        check(&document);
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        check(&[ISA.as_bytes(), &bytes[..]].concat());
        check(&bytes);
    }
}

#[test]
fn elements_end_where_their_delimiter_stands() {
    let mut seed = 7u64;
    for length in 0..60 {
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            b"*a\xaa+\0"[(seed >> 33) as usize % 5]
        };
        let bytes: Vec<u8> = (0..length).map(|_| next()).collect();
        let mut found = Vec::new();
        each_of(&bytes, b'*', &mut found);
        let plainly: Vec<u32> = (0..length).filter(|at| bytes[*at as usize] == b'*').collect();
        assert_eq!(found, plainly);
    }
}
