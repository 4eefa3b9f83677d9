//! What other scanners are known to get wrong, each as a test: numbers inside numbers, numbers nobody has, labels behind the
//! value, births of this decade, columns without check digits, long texts, headers that say nothing.

use std::time::{Duration, Instant};

use phisweep::engine::Engine;
use phisweep::finding::{Confidence, Document, DocumentClass, Protection};
use phisweep::identifier::Identifier;
use phisweep::options::{Options, Reveal};
use phisweep::scan::scan_bytes;

fn scan(name: &str, text: &str) -> Document {
    let options = Options { matches: true, reveal: Reveal::Full, ..Options::default() };
    scan_bytes(&Engine::built_in().expect("the built-in rules load"), &options, name, text.as_bytes())
}

/// Values of an identifier that are listed, at `likely` or higher, test values left out.
fn found(identifier: Identifier, name: &str, text: &str) -> Vec<String> {
    let document = scan(name, text);
    let likely = document.matches.iter().filter(|m| m.identifier == identifier && m.confidence >= Confidence::Likely);
    likely.filter(|m| !m.test_value).map(|m| m.value.clone()).collect()
}

#[test]
fn no_ssn_inside_a_decimal_or_a_longer_number() {
    for text in [
        "the ratio was 0.304262935",
        "SSN 0.304262935",
        "304262935.75 in all, SSN pending",
        "SSN 1304-26-29351",
        "id 99-304-26-2935-1",
        "550e8400-e29b-41d4-a716-304262935000 ssn",
        "lat 30.4262935, lon -88.0398912 ssn",
        "v1.304.26.2935",
    ] {
        assert!(found(Identifier::SSN, "note.txt", text).is_empty(), "{text}");
    }
}

#[test]
fn no_ssn_that_was_never_issued() {
    for number in ["000-12-3456", "666-12-3456", "900-12-3456", "999-12-3456", "418-00-7715", "418-62-0000"] {
        assert!(found(Identifier::SSN, "note.txt", &format!("SSN: {number}")).is_empty(), "{number}");
        let table: String = (0..20).map(|n| format!("{n},{number}\n")).collect();
        assert!(found(Identifier::SSN, "table.csv", &format!("n,ssn\n{table}")).is_empty(), "{number}");
    }
}

#[test]
fn no_mbi_that_starts_with_zero_or_holds_letters_never_issued() {
    for mbi in ["0AC3-DF4-GH56", "0AC3DF4GH56", "2LC3DF4GH56", "2AC3DF4GH5", "2AC3DF4GHA6"] {
        assert!(found(Identifier::MBI, "note.txt", &format!("Medicare ID: {mbi}")).is_empty(), "{mbi}");
    }
    assert_eq!(found(Identifier::MBI, "note.txt", "Medicare # 2AC3DF4GH56"), ["2AC3DF4GH56"]);
}

#[test]
fn words_behind_a_value_speak_for_it() {
    assert_eq!(found(Identifier::SSN, "note.txt", "418-62-7715 is the SSN she gave"), ["418-62-7715"]);
    assert_eq!(found(Identifier::SSN, "note.txt", "418627715 (SSN)"), ["418627715"]);
}

#[test]
fn births_of_this_decade_and_in_any_form() {
    for date in [
        "8/7/2020",
        "1/2/2023",
        "12/31/2021",
        "3/4/52",
        "4 March 1952",
        "March 4, 1952",
        "1952-03-04T00:00:00",
        "19520304",
        "03041952",
        "04MAR1952",
        "17-Jan-1942",
        "4.3.1952",
        "March 4th, 1952",
        "3-4-1952",
        "1952/03/04",
    ] {
        assert_eq!(found(Identifier::BIRTH_DATE, "note.txt", &format!("DOB: {date}")), [date], "{date}");
    }
    assert!(found(Identifier::BIRTH_DATE, "note.txt", "DOS: 8/7/2020").is_empty());
    assert_eq!(found(Identifier::SERVICE_DATE, "note.txt", "DOS: 8/7/2020"), ["8/7/2020"]);
}

#[test]
fn a_column_of_record_numbers_needs_no_check_digit() {
    let rows: String = (0..60).map(|n| format!("{},{}\n", 4_800_213 + n * 7919 % 100_003, n % 7)).collect();
    assert_eq!(found(Identifier::MRN, "visits.csv", &format!("MRN,ward\n{rows}")).len(), 60);
}

#[test]
fn one_number_in_a_long_note() {
    let mut lines: Vec<String> =
        (0..1000).map(|n| format!("Line {n}: the patient slept well and ate {} meals.", n % 4)).collect();
    lines[637] = "She gave her social security number as 418-62-7715.".to_string();
    assert_eq!(found(Identifier::SSN, "note.txt", &lines.join("\n")), ["418-62-7715"]);
}

#[test]
fn one_line_of_five_megabytes() {
    let mut line = "nothing of note happened today and ".repeat(150_000);
    line.insert_str(3_000_000, " SSN 418-62-7715 ");
    let start = Instant::now();
    assert_eq!(found(Identifier::SSN, "note.txt", &line), ["418-62-7715"]);
    assert!(start.elapsed() < Duration::from_secs(60), "it took {:?}", start.elapsed());
}

#[test]
fn a_column_of_ssns_called_id() {
    // Spread over areas, groups and serials as real ones are.
    let number = |n: u64| {
        let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        (1 + mixed % 665, 1 + mixed / 1000 % 99, 1 + mixed / 100_000 % 9999)
    };
    let dashed: String = (0..80).map(number).map(|(a, g, s)| format!("{a:03}-{g:02}-{s:04},x\n")).collect();
    let document = scan("people.csv", &format!("id,kind\n{dashed}"));
    assert_eq!(document.matches.iter().filter(|m| m.identifier == Identifier::SSN).count(), 80);
    // Bare, beside names and births.
    let names = ["Delgado", "Okafor", "Nguyen", "Smith", "Garcia", "Brown", "Lee", "Walker"];
    let bare: String = (0..200)
        .map(|n| {
            let (a, g, s) = number(n);
            format!(
                "{a:03}{g:02}{s:04},{},19{:02}-{:02}-{:02}\n",
                names[n as usize % 8],
                30 + n % 60,
                1 + n % 12,
                1 + n % 28
            )
        })
        .collect();
    let document = scan("people.csv", &format!("id,last_name,dob\n{bare}"));
    assert_eq!(document.matches.iter().filter(|m| m.identifier == Identifier::SSN).count(), 200);
    // A column called `ssn` that holds flags is none.
    let flags: String = (0..80).map(|n| format!("{n},{}\n", if n % 3 == 0 { "Y" } else { "N" })).collect();
    assert!(found(Identifier::SSN, "people.csv", &format!("n,ssn\n{flags}")).is_empty());
}

#[test]
fn typographic_marks_and_full_width_digits() {
    for value in
        ["418\u{2011}62\u{2011}7715", "418\u{2013}62\u{2013}7715", "418\u{2212}62\u{2212}7715", "４１８-６２-７７１５"]
    {
        let text = format!("é SSN:\u{a0}{value}, seen");
        let document = scan("note.txt", &text);
        let found: Vec<_> = document.matches.iter().filter(|m| m.identifier == Identifier::SSN).collect();
        assert_eq!(found.len(), 1, "{value}");
        assert_eq!(&text[found[0].bytes.start as usize..found[0].bytes.end as usize], value, "its place in the file");
        assert_eq!(found[0].position.column, 8, "characters of the file are counted");
        let table = format!("n,ssn\n1,{value}\n");
        assert_eq!(scan("table.csv", &table).matches.iter().filter(|m| m.identifier == Identifier::SSN).count(), 1);
    }
}

#[test]
fn every_form_of_an_ssn() {
    for (text, protection) in [
        ("SSN 418 62 7715", Protection::Plaintext),
        ("SSN 418.62.7715", Protection::Plaintext),
        ("SSN 418/62/7715", Protection::Plaintext),
        ("SSN: 418-627715", Protection::Plaintext),
        ("SSN ending 7715", Protection::Masked),
        ("SSN (last 4): 7715", Protection::Masked),
        ("SSN •••-••-7715", Protection::Masked),
        ("ssn_md5: 9b74c9897bac770ffc029102a200c5de", Protection::Hashed),
    ] {
        let document = scan("note.txt", text);
        let found =
            document.findings.iter().find(|f| f.identifier == Identifier::SSN && f.confidence >= Confidence::Likely);
        assert_eq!(found.map(|f| f.protection), Some(protection), "{text}");
    }
    // A spreadsheet took the zeros of three in sixty.
    let lost: String = (0..60).map(|n| format!("{n},{}\n", 12_624_715_u64 + n * 13_317_913)).collect();
    assert_eq!(found(Identifier::SSN, "people.csv", &format!("n,ssn\n{lost}")).len(), 60);
    let hashed: String = (0..40).map(|n| format!("{n},9b74c9897bac770ffc029102a200{:04x}\n", n * 1597)).collect();
    let document = scan("people.csv", &format!("n,member_ssn_hash\n{hashed}"));
    let finding = document.findings.iter().find(|f| f.identifier == Identifier::SSN).expect("a finding");
    assert_eq!((finding.protection, finding.matches), (Protection::Hashed, 40));
    assert!(finding.evidence.iter().any(|e| e.contains("found by trial")), "{:?}", finding.evidence);
}

#[test]
fn ages_over_89_only() {
    assert!(found(Identifier::AGE_OVER_89, "note.txt", "pt is a 67 y/o male").is_empty());
    assert_eq!(found(Identifier::AGE_OVER_89, "note.txt", "pt is a 92 y/o male"), ["92"]);
    let ages: String = (0..200).map(|n| format!("{},x\n", 20 + n * 37 % 75)).collect();
    let over = found(Identifier::AGE_OVER_89, "people.csv", &format!("patient_age,kind\n{ages}"));
    assert!(!over.is_empty() && over.iter().all(|age| age.parse::<u32>().is_ok_and(|age| age >= 90)), "{over:?}");
}

#[test]
fn health_care_beside_a_person_decides_the_class() {
    let class = |text: &str| scan("note.txt", text).class;
    assert_eq!(class("Maria Lopez, SSN 418-62-7715, bought a boat"), DocumentClass::Pii);
    assert_eq!(class("Maria Lopez, SSN 418-62-7715, dx E11.9"), DocumentClass::Phi);
    let document = scan("note.txt", "Maria Lopez, SSN 418-62-7715: F11.20, on methadone");
    assert_eq!(document.sensitive, [("substance-use", 2)]);
    assert!(scan("list.txt", "F11.20 and methadone, nobody near").sensitive.is_empty());
}
