//! Tests of [`super`]: tables as people leave them, read at once and one by one.

use crate::engine::Engine;
use crate::extract::Cut;
use crate::finding::Document;
use crate::options::{Options, Reveal};

/// Rows of people, with fields that are missing, blank, padded, too many, or hold text.
fn table(line_end: &str) -> String {
    let mut table = format!("mrn,ssn,name,dob,note,city{line_end}");
    for n in 0..900 {
        let mrn = 70_000_000 + n * 37;
        let ssn = format!("{:03}-{:02}-{:04}", 101 + n % 500, 11 + n % 80, 1000 + n * 7);
        let mut row = [
            mrn.to_string(),
            ssn.clone(),
            ["Maria Delgado", "John Smith", "Susan Miller"][n % 3].to_string(),
            format!("19{:02}-{:02}-{:02}", 30 + n % 60, 1 + n % 12, 1 + n % 28),
            format!("visit {n}"),
            "Mobile".to_string(),
        ];
        match n % 17 {
            3 => row[n % 6].clear(),
            5 => row[n % 6] = "  ".to_string(),
            7 => row[n % 6] = format!(" {} ", row[n % 6]),
            8 => row[4] = format!("SSN: {ssn}, see MRN {mrn}").replace(',', ";"),
            11 => row[1] = "N/A".to_string(),
            _ => {}
        }
        let row = row.join(",");
        let row = match n % 29 {
            4 => row[..row.len() / 2].to_string(),
            9 => format!("{row},{ssn},Anna Berg"),
            13 => String::new(),
            _ => row,
        };
        table += &(row + line_end);
    }
    table
}

fn told(table: &str, cut: Cut) -> String {
    let engine = Engine::built_in().unwrap();
    let key = Some([1; 32]);
    let options = Options { matches: true, reveal: Reveal::Full, fingerprint_key: key, cut, ..Options::default() };
    let d: Document = crate::scan::scan_bytes(&engine, &options, "a.csv", table.as_bytes());
    let matches: Vec<_> = d.matches.iter().map(|m| (m.identifier, &m.value, &m.position, &m.bytes)).collect();
    assert!(matches.len() > 2500, "{}", matches.len());
    format!("{} {} {:?} {:?} {matches:?}", d.records, d.people, d.findings, d.gaps)
}

/// A quote that quotes nothing makes the fields be read one by one.
#[test]
fn fields_are_counted_alike_at_once_and_one_by_one() {
    for line_end in ["\n", "\r\n", "\r"] {
        let table = table(line_end);
        for cut in [Cut::default(), Cut { core: 4096, after: 1024 }, Cut { core: 700, after: 64 }] {
            let [at_once, one_by_one] = ["5'10'", "5'10\""].map(|last| {
                // In a field of the last row it stands in one chunk; in notes it stands in most.
                let quoted = table.replace("visit 1", &format!("tall {last} 1"));
                told(&format!("{quoted}1,,,,{last},"), cut)
            });
            assert!(at_once == one_by_one, "{line_end:?} {cut:?}");
        }
    }
}
