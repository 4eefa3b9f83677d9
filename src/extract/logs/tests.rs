//! Which values lines of logs have, and where.

use proptest::prelude::*;

use super::*;
use crate::extract::named::tests::read_all;

/// The values of a line as `key=text`, and what is left as text.
fn values(line: &str) -> Vec<String> {
    let (values, broken, _) = read_all(Box::new(Logs::default()), line.as_bytes(), usize::MAX);
    assert!(broken.is_none(), "{line}");
    let shown = |(place, _, _, text): (String, u64, u64, String)| match place.strip_prefix("path: ") {
        Some(path) => format!("{path}={text}"),
        None => format!("[{text}]"),
    };
    values.into_iter().map(shown).collect()
}

#[test]
fn values_stand_at_their_keys() {
    let cases: [(&str, &[&str]); 23] = [
        (
            "73.146.192.179 - - [11/Jun/2025:08:15:12 -0500] \"GET /portal/patient/8242755/results HTTP/1.1\" 200 82717",
            &[
                "client_ip=73.146.192.179",
                "[ - - [11/Jun/2025:08:15:12 -0500] \"GET /portal/patient/]",
                "chart=8242755",
                "[/results HTTP/1.1\" 200 82717]",
            ],
        ),
        (
            "no match for subscriber U49285359 (name=\"Thomas, Chad\") among members 12",
            &["[no match for subscriber ]", "member=U49285359", "name=Thomas, Chad", "[) among members 12]"],
        ),
        (
            "2026-03-11T08:15:22Z level=info user=ada ssn=536228145 dob=1952-03-04 msg=\"not found\"",
            &["[2026-03-11T08:15:22Z ]", "level=info", "user=ada", "ssn=536228145", "dob=1952-03-04", "msg=not found"],
        ),
        ("row: a=1, b=2;c=3 took=5ms", &["[row: ]", "a=1", "b=2", "c=3", "took=5ms"]),
        ("name=Ada Lee dob=1952-03-04 00:00:00 x", &["name=Ada Lee", "dob=1952-03-04 00:00:00", "[ x]"]),
        (
            "dob=10 Jun 1962 ssn=536 22 8145 x n=June 10, 1962",
            &["dob=10 Jun 1962", "ssn=536 22 8145", "[ x ]", "n=June 10, 1962"],
        ),
        ("dob=June 10th, 1962 x=5 b=5th of 7", &["dob=June 10th, 1962", "x=5", "b=5th", "[ of 7]"]),
        ("tel=(410)446-3259 fax=(410) 446-3260 x", &["tel=(410)446-3259", "fax=(410) 446-3260", "[ x]"]),
        (
            "Address(line1=907 W Lincoln Ave, zip=45420) took=5 ms",
            &["[Address(]", "line1=907 W Lincoln Ave", "zip=45420", "took=5", "[ ms]"],
        ),
        (
            "{'pt': {'lname': \"O'Lee\", 'dob': datetime.date(1952, 1, 9), 'ok': None}, 'n': 5} x",
            &["pt.lname=O'Lee", "n=5", "[ x]"],
        ),
        ("name=Lee, Ada, zip=36602", &["name=Lee, Ada", "zip=36602"]),
        ("ssn=536228145 rejected by validator code=4", &["ssn=536228145", "[ rejected by validator ]", "code=4"]),
        ("a == b, c=\"\", x = 5, d=>e, f=", &["[a == b, ]", "[, x = 5, d=>e, ]"]),
        ("a=1 dob= b=2 c=\n2026-01-02 x", &["a=1", "b=2", "[2026-01-02 x]"]),
        ("e= 5 {\"a\": 1, \"dob\": \"\"}\n2026-01-02", &["[e= 5 ]", "a=1", "[2026-01-02]"]),
        (
            "payload={\"ssn\":\"536228145\",\"n\":[{\"zip\": 36602}],\"ok\":true} done",
            &["[payload=]", "ssn=536228145", "n.zip=36602", "[ done]"],
        ),
        ("{\"a\": \"x\\\"y\", \"b\": {\"c\": \"d\"}, \"e\": -1}", &["a=x\"y", "b.c=d", "e=-1"]),
        ("{\"never\": \"closed\"", &["[{\"never\": \"closed\"]"]),
        ("fn f() { x } {\"a\" 1}", &["[fn f() { x } {\"a\" 1}]"]),
        (
            "10.0.0.1 \"GET /find?ssn=536-22-8145&name=Ada+Lee%2C%20x&m[dob]=03%2F04%2F1952 HTTP/1.1\" 200",
            &["[10.0.0.1 \"GET /find?]", "ssn=536-22-8145", "name=Ada Lee, x", "m.dob=03/04/1952", "[ HTTP/1.1\" 200]"],
        ),
        ("body=\"a=1&b=%zz%4\"", &["a=1", "b=%zz%4"]),
        ("what? a=b&c=d", &["[what? ]", "a=b", "c=d"]),
        ("m12345678=x ada@example.org=1", &["*=x", "[ ada@example.org=1]"]),
    ];
    for (line, expected) in cases {
        assert_eq!(values(line), expected, "{line}");
    }
}

#[test]
fn a_line_is_a_record_and_a_document_with_few_of_them_is_none() {
    let log = "a=1 b=2\nplain words\na=3 b=4\n";
    let (values, _, _) = read_all(Box::new(Logs::default()), log.as_bytes(), 3);
    let records: Vec<(u64, &str)> = values.iter().map(|(_, record, _, text)| (*record, text.as_str())).collect();
    assert_eq!(records, [(1, "1"), (1, "2"), (3, "plain words\n"), (3, "3"), (3, "4")]);
    let is_log = |text: &str, named| reader(text.as_bytes(), named).is_some();
    assert!(is_log(log, true) && !is_log(log, false));
    assert!(is_log("a=1 b=2\nc=3 d=4\n", false) && !is_log("let a=1;\n", false));
    assert!(!is_log("one\ntwo\nthree\nfour\nfive a=1\n", true));
    // A URL in a column of a table is none, a request is.
    assert!(!is_log("2026-01-01,https://x/y?a=1&b=2,200\n", false));
    assert!(is_log("10.0.0.1 - - \"GET /y?a=1&b=2 HTTP/1.1\" 200\n", false));
    assert!(!is_log("id,payload\n1,\"{\"\"a\"\":1,\"\"b\"\":2}\"\n", false));
}

proptest! {
    #[test]
    fn places_stand_in_the_document_however_it_is_cut(
        document in "([a-c]{1,3}[=:?&]|[{}\\[\\]\",' ]|[0-9%+]{1,3}|\\{\"k\":\"v\"\\}|\n){0,60}",
        step in 1..9usize,
    ) {
        let (whole, broken, _) = read_all(Box::new(Logs::default()), document.as_bytes(), usize::MAX);
        prop_assert!(broken.is_none());
        for (_, _, start, _) in &whole {
            prop_assert!((*start as usize) < document.len());
        }
        let (pieces, _, _) = read_all(Box::new(Logs::default()), document.as_bytes(), step);
        prop_assert_eq!(whole, pieces);
    }
}

#[test]
fn one_word_that_labels_many_things_needs_a_person_beside_it() {
    let engine = crate::engine::Engine::built_in().unwrap();
    let likely = |person: &dyn Fn(u32) -> String| -> Vec<&'static str> {
        let line = |n: u32| {
            let number = 10_000 + n * 7_919 % 90_000;
            format!("ts=17{number} chart={number} group={} claim=8{number}77{} ok\n", number + 11, person(n))
        };
        let text: String = (1..=40).map(line).collect();
        let document =
            crate::scan::scan_bytes(&engine, &crate::options::Options::default(), "service.log", text.as_bytes());
        let found = document.findings.iter().filter(|f| f.confidence >= crate::finding::Confidence::Likely);
        found.map(|f| f.identifier.name()).collect()
    };
    assert_eq!(likely(&|_| String::new()), Vec::<&str>::new(), "they count and name parts of programs");
    let beside = likely(&|n| format!(" dob={}-03-{:02}", 1930 + n * 2, n % 28 + 1));
    for name in ["mrn", "claim-number", "birth-date"] {
        assert!(beside.contains(&name), "{name}: {beside:?}");
    }
}
