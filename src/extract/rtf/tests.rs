//! What is made of RTF: text in its code pages, tables, what is hidden, what is cut off.

use proptest::prelude::*;

use super::*;
use crate::extract::named::tests::{Listed, read_all};

fn read(document: &[u8], step: usize) -> Listed {
    let (values, broken, _) = read_all(Box::new(Rtf::default()), document, step);
    (values, broken.map(|(_, broken)| broken.detail))
}

fn values(document: &str) -> Vec<String> {
    let shown = |(place, record, _, text): (String, u64, u64, String)| match place.split_once(": ") {
        Some((_, place)) => format!("{record} {place}={text}"),
        None => format!("{record} {text}"),
    };
    let (values, broken) = read(document.as_bytes(), usize::MAX);
    assert_eq!(broken, None, "{document}");
    values.into_iter().map(shown).collect()
}

#[test]
fn documents_are_taken_apart() {
    let cases: [(&str, &[&str]); 11] = [
        (
            "{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}SSN: {\\b 536}-22-\n8145\\par DOB: 1957-03-14}",
            &["1 SSN: 536-22-8145\nDOB: 1957-03-14"],
        ),
        ("{\\rtf1 caf\\'e9 \\u8211- \\u-10179?\\u-9206? a\\~b\\_c \\{x\\}}", &["1 café – 🐊 a b-c {x}"]),
        ("{\\rtf1{\\fonttbl{\\f1\\fcharset204 A;}}\\f1 \\'cf\\'f0\\uc2\\u1080\\'e8x!}", &["1 При!"]),
        (
            "{\\rtf1\\trowd ssn\\cell dob\\cell\\row\\trowd 1\\cell 2\\cell\\row\\trowd\\intbl 3\\cell\\cell\\row\\pard end\\par}",
            &["1 table.ssn=1", "1 table.dob=2", "2 table.ssn=3", "3 end"],
        ),
        (
            "{\\rtf1 a{\\deleted SSN 5}b{\\v hid}c\\v d\\v0 e}",
            &["1 a", "1 deleted text=SSN 5", "1 b", "1 hidden text=hid", "1 c", "1 hidden text=d", "1 e"],
        ),
        (
            "{\\rtf1{\\info{\\title T}{\\author M D}{\\*\\company C}}x{\\*\\unknown 00ff}{\\pict ffd8}{\\header h}}",
            &["1 title=T", "1 author=M D", "1 company=C", "1 x", "1 header=h"],
        ),
        (
            "{\\rtf1{\\field{\\*\\fldinst HYPERLINK \"mailto:a@b.org\"}{\\fldrslt x}}{\\footnote n}}",
            &["1 field=HYPERLINK \"mailto:a@b.org\"", "1 x", "1 footnote=n"],
        ),
        ("{\\rtf1 a\\bin3 {{{b}", &["1 ab"]),
        ("{\\rtf1 a}SSN 536-22-8145\n\0", &["1 a", "1 SSN 536-22-8145"]),
        ("{\\rtf1 \\'zz\\ab}", &[]),
        ("{\\rtf1 Maria 1957\\par\\par John 1961\\par}", &["1 Maria 1957", "2 John 1961"]),
    ];
    for (document, expected) in cases {
        if document.contains("'zz") {
            assert_eq!(values(document), ["1 zz"]);
        } else {
            assert_eq!(values(document), expected, "{document}");
        }
        check(document.as_bytes());
    }
}

#[test]
fn large_objects_are_said_and_hostile_documents_end() {
    let object = format!("{{\\rtf1 a{{\\object{{\\*\\objdata {}}}{{\\result b}}}}}}", "d0cf11e0".repeat(2000));
    let mut reader = Rtf::default();
    let mut source = crate::extract::named::tests::Slow(object.as_bytes(), usize::MAX);
    let mut window = Window::new(Vec::new(), &mut source);
    reader.read(&mut window, &mut Places::default(), &mut Batch::default()).expect("whole");
    assert!(reader.unread().is_some());
    assert_eq!(read(b"{\\rtf1 a", usize::MAX).1, Some("a group is never closed"));
    assert_eq!(read("{".repeat(5000).as_bytes(), usize::MAX).1, Some("more than 4,096 groups in each other"));
    for part in [
        "{",
        "}",
        "{}",
        "\\",
        "\\cell ",
        "\\row ",
        "\\par ",
        "\\'e9",
        "\\u1 ",
        "\\bin9 ",
        "x",
        "\0",
        "\\trowd ",
        "{\\deleted x}",
        "\\uc64 \\u5 ",
        "\\f1",
        "{\\v x",
    ] {
        check(format!("{{\\rtf1 {}", part.repeat(90_000)).as_bytes());
        check(format!("{{\\rtf1 \\trowd 1\\cell {}", part.repeat(90_000)).as_bytes());
    }
}

fn check(document: &[u8]) {
    let whole = read(document, usize::MAX);
    for (_, record, start, _) in &whole.0 {
        assert!(*record > 0 && *start < document.len() as u64);
    }
    assert!(read(document, 4099) == whole, "{:?}", String::from_utf8_lossy(&document[..document.len().min(60)]));
}

const MIXED: &str = "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset128 A;}}{\\info{\\title T}}a\\'e9\\u8211-{\\deleted d}\\trowd a\\cell b\\cell\\row{\\v h}\\par{\\*\\objdata 00}\\bin2 xx}";

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
