//! Sheets as people lay them out: titles above, several tables, headers of two rows, merged cells, dates and numbers as numbers. What is found,
//! how often and in which column does not depend on that.

use std::fmt::Write as _;

use phisweep::engine::Engine;
use phisweep::finding::{Confidence, Document, Place};
use phisweep::identifier::Identifier;

use crate::formats::{first_part, package, scanned};

const PEOPLE: u32 = 20;

/// Numbers with one and two zeros before them, which a sheet does not keep.
fn ssn(n: u32) -> u32 {
    3_113_127 + n * 3_020_113
}

/// Days since the end of 1899: 1931 and later.
fn born(n: u32) -> u32 {
    11_400 + n * 1_211
}

fn text(text: &str) -> String {
    if text.is_empty() { "<c/>".to_string() } else { format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>") }
}

fn texts(row: &[&str]) -> String {
    row.iter().map(|cell| text(cell)).collect()
}

/// A number with the format of this style: 0 none, 1 a date, 2 `000-00-0000`.
fn number(style: u8, number: u32) -> String {
    format!("<c s=\"{style}\"><v>{number}</v></c>")
}

/// A workbook of one sheet of these rows; blank ones are left out, as Excel leaves them out.
fn book(rows: &[String], behind: &str) -> Vec<u8> {
    let numbered = rows.iter().enumerate().filter(|(_, row)| !row.is_empty());
    let rows: String = numbered.map(|(at, row)| format!("<row r=\"{}\">{row}</row>", at + 1)).collect();
    package(&[
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", &first_part("xl/workbook.xml")),
        ("xl/workbook.xml", r#"<workbook><sheets><sheet name="List" r:id="r1"/></sheets></workbook>"#),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/styles" Target="styles.xml"/></Relationships>"#,
        ),
        (
            "xl/styles.xml",
            r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="000\-00\-0000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>"#,
        ),
        ("xl/worksheets/sheet1.xml", &format!("<worksheet><sheetData>{rows}</sheetData>{behind}</worksheet>")),
    ])
}

/// Identifier, column and count of what is found.
fn told(documents: &[Document]) -> Vec<(Identifier, String, u64)> {
    let found = documents.iter().flat_map(|document| &document.findings);
    let found = found.filter(|finding| {
        [Identifier::SSN, Identifier::BIRTH_DATE].contains(&finding.identifier)
            && finding.confidence >= Confidence::Likely
    });
    let mut told: Vec<_> = found
        .map(|finding| {
            let place = match &finding.place {
                Place::Cell { column, .. } => column.clone(),
                other => format!("{other}"),
            };
            (finding.identifier, place, finding.matches)
        })
        .collect();
    told.sort_by(|a, b| (&a.1, a.2).cmp(&(&b.1, b.2)));
    told
}

#[test]
fn what_is_found_does_not_depend_on_how_a_sheet_is_laid_out() {
    let engine = Engine::built_in().expect("the built-in rules load");
    let people = || 0..PEOPLE;
    let row = |n: u32| number(2, ssn(n)) + &number(1, born(n));
    let iso = |n: u32| {
        let day = jiff::civil::date(1899, 12, 30) + jiff::Span::new().days(i64::from(born(n)));
        number(2, ssn(n)) + &format!("<c t=\"d\"><v>{day}T00:00:00</v></c>")
    };
    let list = |header: Vec<String>, row: &dyn Fn(u32) -> String| [header, people().map(row).collect()].concat();
    let header = || texts(&["SSN", "Date of birth"]);
    let merged = r#"<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>"#;
    let both: Vec<(Identifier, String, u64)> = vec![
        (Identifier::BIRTH_DATE, "Date of birth".to_string(), u64::from(PEOPLE)),
        (Identifier::SSN, "SSN".to_string(), u64::from(PEOPLE)),
    ];
    let title =
        || vec![text("Members of the third quarter"), String::new(), text("Printed for the board"), String::new()];
    let twice = [
        list(vec![header()], &row),
        vec![String::new(), String::new()],
        list(vec![header()], &|n| number(2, ssn(n) + 1_111) + &number(1, born(n) + 33)),
    ]
    .concat();
    let wide: Vec<String> = std::iter::once(header() + &text("") + &texts(&["Ward", "Beds"]))
        .chain(people().map(|n| row(n) + &text("") + &text(&format!("W{n}")) + &number(0, n * 3)))
        .collect();
    let doubled = both.iter().map(|(what, place, count)| (*what, place.clone(), count * 2)).collect::<Vec<_>>();
    let mut wrong = String::new();
    for (name, book, expected) in [
        ("plain", book(&list(vec![header()], &row), ""), &both),
        ("days without a format", book(&list(vec![header()], &|n| number(2, ssn(n)) + &number(0, born(n))), ""), &both),
        ("dates as text of ISO 8601", book(&list(vec![header()], &iso), ""), &both),
        ("a title", book(&list([title(), vec![header()]].concat(), &row), ""), &both),
        ("a merged title", book(&list(vec![text("Members"), header()], &row), merged), &both),
        ("two header rows", book(&list(vec![texts(&["Patient", ""]), header()], &row), merged), &both),
        ("two tables, one below the other", book(&twice, ""), &doubled),
        ("two tables, one beside the other", book(&wide, ""), &both),
    ] {
        let documents = scanned(&engine, "book.xlsx", &book);
        if told(&documents) != *expected {
            let _ = writeln!(wrong, "{name}: {:?}", told(&documents));
        }
    }
    assert!(wrong.is_empty(), "{wrong}not {both:?}");
}
