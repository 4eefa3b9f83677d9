//! What is made of pages: text, tables, forms, what nobody sees, and what is no page.

use proptest::prelude::*;

use super::*;
use crate::extract::named::tests::{Listed, read_all};

fn read(document: &[u8], step: usize) -> Listed {
    let (values, broken, _) = read_all(Box::new(Html::default()), document, step);
    (values, broken.map(|(_, broken)| broken.detail))
}

/// The values: `record place=text`; text without its place.
fn values(document: &str) -> Vec<String> {
    let shown = |(place, record, _, text): (String, u64, u64, String)| match place.strip_prefix("path: ") {
        Some(place) => format!("{record} {place}={text}"),
        None => format!("{record} {text}"),
    };
    let (values, broken) = read(document.as_bytes(), usize::MAX);
    assert_eq!(broken, None, "{document}");
    values.into_iter().map(shown).collect()
}

#[test]
fn pages_are_taken_apart() {
    let cases: [(&str, &[&str]); 15] = [
        (
            "<html><body><p>SSN: <b>536</b>-22-8145</p><p>DOB:</p><p>1957-03-14</p>",
            &["1 SSN: 536-22-8145", "2 DOB:\n1957-03-14"],
        ),
        (
            "<div>MRN</div>\n<div>4829137&nbsp;&#40;x&#x29; &eacute;&unknown; AT&T</div>",
            &["1 MRN\n4829137 (x) é&unknown; AT&T"],
        ),
        (
            "<table><tr><th>ssn</th><th>Birth date</th></tr><tr><td>1<td>2</tr><tr><td></td><td> 3 <i>4</i></td></table>",
            &["1 table.ssn=1", "1 table.Birth date=2", "2 table.Birth date=3 4"],
        ),
        (
            "<table><tr><td>ssn</td><td>dob</td></tr><tr><td>1</td><td>2</td></tr></table><table><tr><td>5</td><td>6</td></tr></table>",
            &["1 table.ssn=1", "1 table.dob=2", "2 table 2.column 1=5", "2 table 2.column 2=6"],
        ),
        (
            "<table><tr><th>SSN:</th><td>1</td></tr><tr><th>DOB</th><td>2</td></tr></table>",
            &["1 table.SSN=1", "1 table.DOB=2"],
        ),
        (
            "<table><tr><td>SSN:</td><td>536-22-8145</td><td>DOB</td><td>x 1</td></tr></table>",
            &["1 table.SSN=536-22-8145", "1 table.DOB=x 1"],
        ),
        (
            "<table><tr><th colspan=2>name</th><th>ssn</th></tr><tr><td>A 1</td><td>B 2</td><td>3</td></tr></table>",
            &["1 table.name=A 1", "1 table.column 2=B 2", "1 table.ssn=3"],
        ),
        (
            "<input type=hidden name='p[ssn]' value=\"1&quot;2\"><img alt='x y' src=a.gif><a href='/p?ssn=5%2D6&dob=7' data-dob=8>z</a>",
            &["1 input.ssn=1\"2", "1 img.alt=x y", "1 a.href=/p?ssn=5-6 dob=7", "1 a.dob=8", "1 z"],
        ),
        (
            "<!-- SSN 1 --><style>a{}</style><script>var ssn='2';</script >x<textarea name=note>n 5</textarea>",
            &["1 comment=SSN 1", "1 script=var ssn='2';", "1 x", "1 textarea.note=n 5"],
        ),
        ("a < b <c d=\"e>f", &["1 a < b f"]),
        (
            "<table><tr><td>outer 1<table><tr><td>i</td><td>5</td></tr></table>rest</td></tr></table>",
            &["1 outer 1", "2 table 2.i=5", "3 rest"],
        ),
        (
            "<h1>Report</h1><ul><li>Maria Delgado 1957-03-14</li><li>John Smith 1961-02-03</li></ul>",
            &["1 Report\nMaria Delgado 1957-03-14", "2 John Smith 1961-02-03"],
        ),
        ("<table><tr><td>only</td></tr><tr><td>one 5</td></tr></table>", &["1 only", "2 one 5"]),
        ("\u{feff}<p>x\r\n  y", &["1 x y"]),
        ("<td>stray</td></table></tr>", &["1 stray"]),
    ];
    for (document, expected) in cases {
        assert_eq!(values(document), expected, "{document}");
        check(document.as_bytes());
    }
}

#[test]
fn hostile_pages_end() {
    for part in [
        "<",
        "<table>",
        "<tr>",
        "<td>x",
        "<td",
        "<table><tr><td>",
        "&",
        "&#",
        "<!--",
        "<p>1",
        "<a b='",
        "<a b=c ",
        "x",
        "\0",
        "</",
        "</table>",
        "<script>",
        "\r",
        "<td colspan=99>",
    ] {
        check(part.repeat(120_000).as_bytes());
        check(format!("<table><tr><td>1<td>{}", part.repeat(90_000)).as_bytes());
    }
    assert_eq!(read(b"<p>a<!-- b", usize::MAX).1, Some("a comment is never closed"));
    assert_eq!(read(b"<p>a<script> b", usize::MAX).1, Some("a script or style is never closed"));
}

fn check(document: &[u8]) {
    let whole = read(document, usize::MAX);
    for (_, record, start, _) in &whole.0 {
        assert!(*record > 0 && *start < document.len() as u64);
    }
    assert!(read(document, 4099) == whole, "{:?}", String::from_utf8_lossy(&document[..document.len().min(60)]));
}

const MIXED: &str = "<html><!-- c --><p title='t'>SSN: <b>1</b>&amp;</p><table><tr><th>a<th>b</tr><tr><td>1<td><input name=x value=5></table><script>s</script><textarea>z</textarea>";

proptest! {
    #[test]
    fn nothing_makes_it_fail(
        changes in prop::collection::vec((0..MIXED.len(), any::<u8>()), 0..12),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        end in 0..MIXED.len(),
    ) {
        let mut document = MIXED.as_bytes().to_vec();
        changes.into_iter().for_each(|(at, byte)| document[at] = byte);
        document.truncate(end);
        document.extend(bytes);
        check(&document);
    }
}

#[test]
fn a_row_of_names_is_one_though_a_cell_does_not_read_so() {
    let row = |cells: &[&str]| format!("<tr><td>{}</td></tr>", cells.join("</td><td>"));
    let table = |first: &[&str], second: &[&str]| format!("<table>{}{}</table>", row(first), row(second));
    let named = table(&["MRN", "Pt Last", "DOB", "ZIP (5+4 with 36602)"], &["4829137", "Hoffman", "3/4/1952", "36602"]);
    assert!(!values(&named).contains(&"1 table.MRN=4829137".to_string()), "figures in it: no name");
    let plus = table(&["MRN", "Pt Last", "DOB", "Lopez Garcia"], &["4829137", "Hoffman", "3/4/1952", "36602"]);
    assert!(values(&plus).contains(&"1 table.MRN=4829137".to_string()), "{:?}", values(&plus));
    assert!(values(&plus).contains(&"1 table.column 4=36602".to_string()), "{:?}", values(&plus));
    let signed = table(&["MRN", "Pt Last", "#", "DOB"], &["4829137", "Hoffman", "1", "3/4/1952"]);
    assert!(values(&signed).contains(&"1 table.DOB=3/4/1952".to_string()), "{:?}", values(&signed));
}
