//! What is told from heads, and what is read by a layout.

use proptest::prelude::*;

use super::super::named::tests::read_all;
use super::*;

/// Columns by name or position, and values of each column in order; `None` where the text is no table.
fn table(text: &str) -> Option<Vec<(String, Vec<String>)>> {
    let known = |name: &str| ["dob", "ssn", "date of birth", "member id"].contains(&name.to_ascii_lowercase().as_str());
    let layout = infer("drop", text.as_bytes(), true, &known)?;
    Some(columns(layout, text.as_bytes()))
}

fn columns(layout: Layout, text: &[u8]) -> Vec<(String, Vec<String>)> {
    let mut out: Vec<(String, Vec<String>)> = Vec::new();
    for step in [3, 1 << 20] {
        out.clear();
        let (values, broken, _) = read_all(Box::new(Fixed::new(layout.clone())), text, step);
        assert_eq!(broken, None);
        for (place, _, offset, value) in values {
            assert!(text[offset as usize..].starts_with(value.as_bytes()));
            match out.iter_mut().find(|(known, _)| *known == place) {
                Some((_, values)) => values.push(value),
                None => out.push((place, vec![value])),
            }
        }
    }
    out
}

fn column<'a>(table: &'a [(String, Vec<String>)], name: &str) -> Vec<&'a str> {
    let found = table.iter().find(|(place, _)| place.contains(name));
    found.unwrap_or_else(|| panic!("no column {name} in {table:?}")).1.iter().map(String::as_str).collect()
}

/// As CMS writes claim line feeds: an MBI, a HICN, codes, a birth date, all glued, then names. Numbers are invented.
fn claim_feed(lines: usize) -> String {
    let mut out = String::new();
    for n in 0..lines {
        let (year, month, day) = (1922 + n * 7 % 60, 1 + n % 12, 1 + n * 3 % 28);
        let death = if n % 4 == 0 { format!("20{:02}-03-04", n % 20) } else { "1000-01-01".to_string() };
        let given = ["ADA", "BRUNO", "CARLA", "DMITRI"][n % 4];
        let family = ["DELGADO", "ABERNATHY", "QUILL", "BRANDT", "OKAFOR"][n % 5];
        out.push_str(&format!(
            "{}A{}{}A{}{}AC{:02}{:011}06037902{:02}{year}-{month:02}-{day:02}1108{:1}10NA{death}{given:<15}{family:<20}\n",
            1 + n % 9,
            n % 10,
            n * 3 % 10,
            n * 7 % 10,
            n % 10,
            n % 100,
            10_000_000 + n * 3571,
            n % 90,
            n % 9,
        ));
    }
    out
}

#[test]
fn fields_that_are_glued_are_found_by_their_places() {
    let text = claim_feed(60);
    let table = table(&text).expect("a table");
    assert_eq!(column(&table, "columns 1-11").len(), 60);
    assert!(column(&table, "columns 1-11").iter().all(|value| value.len() == 11));
    let births = table.iter().find(|(_, values)| values[0] == "1922-01-01").expect("births");
    assert_eq!(births.1.len(), 60);
    let families = table.iter().find(|(_, values)| values[0] == "DELGADO").expect("family names");
    assert_eq!(families.1.len(), 60);
}

#[test]
fn a_head_and_a_trailer_are_text() {
    let text = format!("HDR20261101CLAIMS\n{}TRL000000060\n", claim_feed(60));
    let table = table(&text).expect("a table");
    assert_eq!(column(&table, "text"), ["HDR20261101CLAIMS", "TRL000000060\n".trim_end()]);
    assert_eq!(column(&table, "columns 1-11").len(), 60);
}

#[test]
fn births_and_numbers_without_an_mbi_are_found() {
    let mut text = String::new();
    for n in 0..30 {
        let family = ["DELGADO", "ABERNATHY", "QUILL", "BRANDT", "OKAFOR"][n % 5];
        let ssn = 123_450_000 + n * 7919;
        text.push_str(&format!("{family:<12}{ssn:09}19{:02}{:02}{:02}M\n", 21 + n * 2, 1 + n % 12, 1 + n % 28));
    }
    let table = table(&text).expect("a table");
    assert_eq!(column(&table, "columns 13-21")[0], "123450000");
    assert_eq!(column(&table, "columns 22-29")[1], "19230202");
    assert_eq!(column(&table, "columns 1-12")[0], "DELGADO");
}

#[test]
fn reports_with_names_above_their_columns_are_tables() {
    let ruled = "\
Monthly roster\n\nMEMBER NAME          SSN         DOB        CITY\n-------------------- ----------- ---------- ------------\n\
Delgado, Maria       512-44-0101 04/02/1961 Fresno\nQuill, Ada           512-44-0102 11/30/1972 Salem\n\
Brandt, Uwe          512-44-0103 01/15/1958 Bend\n\n(3 rows affected)\n";
    let found = table(ruled).expect("a table");
    assert_eq!(column(&found, "SSN"), ["512-44-0101", "512-44-0102", "512-44-0103"]);
    assert_eq!(column(&found, "MEMBER NAME")[1], "Quill, Ada");
    assert_eq!(column(&found, "CITY")[2], "Bend");
    assert_eq!(column(&found, "text"), ["Monthly roster", "(3 rows affected)"]);
    let aligned = "\
LAST NAME      FIRST      DOB         MEMBER ID\nDelgado        Maria      04/02/1961  W100233417\n\
Quill          Ada        11/30/1972  W100233418\nBrandt         Uwe        01/15/1958  W100233419\n\
Abernathy-Oak  Christina  07/04/1949  W100233420\n";
    let found = table(aligned).expect("a table");
    assert_eq!(column(&found, "DOB").len(), 4);
    assert_eq!(column(&found, "MEMBER ID")[3], "W100233420");
    assert_eq!(column(&found, "LAST NAME")[3], "Abernathy-Oak");
}

#[test]
fn heads_of_pages_are_no_records() {
    let page = |n: usize| {
        let head = format!(
            "RUN DATE: 11/03/26 02:00       ST ELMO REGIONAL CENTER    PAGE {n}\nRUN USER: NIGHTLY   MIDNIGHT CENSUS BY UNIT\n\n"
        );
        let row = |k: usize| format!("20{k}-A  WEEKS,KATHY T     V76825085{n}{k}  M9634900{k}  09/03/26  MCR\n");
        head + "ROOM   PATIENT           ACCOUNT #    MEMBER ID  DOB       FC\n" + &(0..8).map(row).collect::<String>()
    };
    for feed in ["\x0c", "\n"] {
        let found = table(&[page(1), page(2), page(3)].join(feed)).expect("a table");
        assert_eq!(column(&found, "MEMBER ID")[9], "M96349001", "{feed:?}");
        assert_eq!(column(&found, "ACCOUNT #")[9], "V7682508521");
    }
}

#[test]
fn a_blank_in_all_values_under_one_name_parts_no_column() {
    let row = |n: usize| {
        let name = ["COLLINS, FRANK", "DE LEON, ADA", "OBI, MARGARET R", "WEBER, DOLORES"][n % 4];
        let street = ["6130 SPRUCE ST UNIT 7", "41 E 9TH ST", "PO BOX 3310", "12 OLD MILL RD"][n / 2 % 4];
        format!("18796411{n}          {name:<18}(410) 238-38{n} {street:<23}1946-10-{n}\n")
    };
    let names = "Provider NPI Number PCP_NAME          provider_phone Clinic Address         DOB\n";
    let text = names.to_string() + &(11..29).map(row).collect::<String>();
    let found = table(&text).expect("a table");
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    let expected = ["Provider NPI Number", "PCP_NAME", "provider_phone", "Clinic Address", "DOB"];
    assert_eq!(names, expected.map(|name| format!("column: {name}")));
    assert_eq!(column(&found, "provider_phone")[0], "(410) 238-3811");
}

#[test]
fn what_is_no_table_stays_text() {
    let texts = [
        // A log, keys, hashes, prose in columns, a listing, a dump.
        "2026-11-01 12:00:01 INFO start of the run\n2026-11-01 12:00:02 INFO other of the run\n".repeat(20),
        (0..40).map(|n| format!("{:064x}\n", u128::from(n * 0x1234_5678_9ABC_u64) * 0xDEAD_BEEF_0017)).collect(),
        "Patient: Maria Delgado   SSN: 512-44-0101\nPatient: Helen Okaforx   SSN: 512-44-0102\n".repeat(10),
        (10..60).map(|n| format!("Call the desk with part number 299-{n}-1886 and firmware 1.{n}.732.\n")).collect(),
        (10..60).map(|n| format!("P/N 935-{n}-0536 REV Y  S/N 42752{n}  TSN 57{n}.1 HRS\n")).collect(),
        "-rw-r--r-- 1 root root  1234 2021-01-02 a.txt\n-rw-r--r-- 1 root root 99999 2021-01-03 b.txt\n".repeat(4),
        "The quick brown fox jumps over\nthe lazy dog and then it goes\nhome to sleep for a long time\n".repeat(6),
        "Name    Type     Default\nsize    integer  100000\ncolour  string   white\nlimit   integer  200000\nx  y  z\n"
            .into(),
    ];
    for text in texts {
        assert_eq!(table(&text), None, "{}", &text[..40]);
    }
}

#[test]
fn layouts_are_read_and_refused_with_a_reason() {
    let layout = Layout::read(
        "skip = 1\n[[column]]\nname = \"member id\"\nstart = 1\nwidth = 4\n[[column]]\nname = \"dob\"\nstart = 5\nend = 12\n",
    )
    .expect("a layout");
    let found = columns(layout, "title line\nA10119610402\nA10219721130\r\n".as_bytes());
    assert_eq!(column(&found, "member id"), ["A101", "A102"]);
    assert_eq!(column(&found, "dob"), ["19610402", "19721130"]);
    for (text, reason) in [
        ("", "missing field"),
        ("column = []", "1 to"),
        ("[[column]]\nname = \"a\"\nstart = 0", "count from 1"),
        ("[[column]]\nname = \"a\"\nstart = 5\nend = 4", "count from 1"),
        ("[[column]]\nname = \"a\"\nstart = 1\nend = 4\nwidth = 4", "both"),
        ("[[column]]\nname = \"a\"\nstart = 1\nend = 4\n[[column]]\nname = \"b\"\nstart = 4", "overlap"),
        ("colour = 1\n[[column]]\nname = \"a\"\nstart = 1", "unknown field"),
        ("length = 0\n[[column]]\nname = \"a\"\nstart = 1", "length"),
    ] {
        let error = Layout::read(text).expect_err(text);
        assert!(error.contains(reason), "{text}: {error}");
    }
}

#[test]
fn records_without_line_ends_are_read_by_their_length() {
    let text =
        "length = 12\n[[column]]\nname = \"member id\"\nstart = 1\nwidth = 4\n[[column]]\nname = \"dob\"\nstart = 5\n";
    let layout = Layout::read(text).expect("a layout");
    let found = columns(layout, b"A10119610402A10219721130A103");
    assert_eq!(column(&found, "member id"), ["A101", "A102", "A103"]);
    assert_eq!(column(&found, "dob"), ["19610402", "19721130"]);
}

#[test]
fn a_line_without_end_is_text_in_pieces() {
    let mut text = claim_feed(60);
    let layout = infer("x", text.as_bytes(), true, &|_| false).expect("a table");
    text.push_str(&"9".repeat(5 * PIECE));
    let (values, broken, _) = read_all(Box::new(Fixed::new(layout)), text.as_bytes(), 1 << 16);
    assert_eq!(broken, None);
    assert!(values.iter().all(|(.., value)| value.len() <= 2 * PIECE + 1));
    assert!(values.iter().map(|(.., value)| value.len()).sum::<usize>() > 5 * PIECE);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_left_alone(
        changes in proptest::collection::vec((0usize..6000, any::<u8>()), 0..12),
        lines in 1usize..40,
        report in any::<bool>(),
    ) {
        let mut text = if report {
            let rows: String = (0..lines).map(|n| format!("Delgado {n:<6} 512-44-{n:04} 04/02/19{:02}\n", n % 90)).collect();
            format!("NAME           SSN         DOB\n-------------- ----------- ----------\n{rows}").into_bytes()
        } else {
            claim_feed(lines).into_bytes()
        };
        for (at, byte) in changes {
            let at = at % text.len();
            text[at] = byte;
        }
        if let Some(layout) = infer("x", &text, true, &|_| true) {
            let (values, _, _) = read_all(Box::new(Fixed::new(layout)), &text, 100);
            for (_, _, offset, _) in values {
                prop_assert!(offset as usize <= text.len());
            }
        }
    }
}
