//! The JSON reader: what it makes of documents, well-formed and not.

use super::*;
use crate::extract::named::tests::read_all;

/// Path and text of each value.
fn values(text: &str) -> Vec<(String, String)> {
    let (values, broken, _) = read_all(Box::new(Json::new(text.as_bytes())), text.as_bytes(), 1 << 20);
    assert_eq!(broken, None, "{text}");
    values.into_iter().map(|(place, _, _, text)| (place.trim_start_matches("path: ").to_string(), text)).collect()
}

fn told(values: &[(String, String)]) -> Vec<(&str, &str)> {
    values.iter().map(|(place, text)| (place.as_str(), text.as_str())).collect()
}

/// Record of each value at a path.
fn records(text: &str, path: &str) -> Vec<u64> {
    let (values, _, _) = read_all(Box::new(Json::new(text.as_bytes())), text.as_bytes(), 1 << 20);
    values.into_iter().filter(|(place, ..)| place.ends_with(path)).map(|(_, record, ..)| record).collect()
}

#[test]
fn every_value_has_its_path() {
    let text = r#" {"members": [ {"ssn":"536-22-8145","age":41,"on":true,"x":null, "tags":["a","b"]},
        {"ssn":"221-34-5678","more":{"dob":"1950-02-03"},},], "n": -1.5e3, "e": {}, "f": [], "": "blank"}"#;
    assert_eq!(
        told(&values(text)),
        [
            ("members[].ssn", "536-22-8145"),
            ("members[].age", "41"),
            ("members[].tags[]", "a"),
            ("members[].tags[]", "b"),
            ("members[].ssn", "221-34-5678"),
            ("members[].more.dob", "1950-02-03"),
            ("n", "-1.5e3"),
            (".", "blank"),
        ]
    );
    assert_eq!(
        told(&values("[[1,\"a\"],[2,\"b\"]]")),
        [("[][0]", "1"), ("[][1]", "a"), ("[][0]", "2"), ("[][1]", "b")]
    );
    assert_eq!(told(&values("\u{feff}\"alone\"")), [(".", "alone")], "a byte order mark, and no object");
}

#[test]
fn rows_have_the_names_of_their_columns() {
    let rows = r#""data":[["7","1950-02-03"],["8","1961-04-05",9]]}"#;
    let expected =
        [("data[][].id", "7"), ("data[][].dob", "1950-02-03"), ("data[][].id", "8"), ("data[][].dob", "1961-04-05")];
    for head in [
        r#"{"columns":["id","dob"],"#,
        r#"{"columns":[{"name":"id","type":"int","of":{"name":"x"}},{"type":"date","name":"dob"}],"#,
    ] {
        let found = values(&format!("{head}{rows}"));
        let told: Vec<(&str, &str)> = told(&found).into_iter().filter(|(path, _)| path.starts_with("data")).collect();
        assert_eq!(told[..4], expected, "{head}");
        assert_eq!(told[4], ("data[][2]", "9"), "{head}");
    }
    // A list of points is no table.
    let found = values(r#"{"fields":["ssn","dob"],"coordinates":[[1,2]]}"#);
    assert_eq!(told(&found)[2..], [("coordinates[][0]", "1"), ("coordinates[][1]", "2")]);
}

#[test]
fn escapes_are_resolved_and_the_value_keeps_its_place() {
    let text =
        r#"{"a":"\u0041n\u00e9 \uD83D\uDE00 \"q\" \\ \/ \n","b":"half \ud83d and \udc00","c":"\q \u12","d":"x"}"#;
    let (found, broken, _) = read_all(Box::new(Json::new(b"")), text.as_bytes(), 3);
    assert_eq!(broken, None);
    let texts: Vec<&str> = found.iter().map(|(_, _, _, text)| text.as_str()).collect();
    assert_eq!(texts, ["Ané 😀 \"q\" \\ / \n", "half \u{fffd} and \u{fffd}", "\\q \\u12", "x"]);
    for (value, key) in found.iter().zip(["a", "b", "c", "d"]) {
        assert_eq!(value.2, text.find(&format!("\"{key}\":\"")).unwrap() as u64 + 5, "where it starts");
    }
}

#[test]
fn however_the_bytes_come_the_values_are_the_same() {
    let text = r#"{"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:7","resource":{"resourceType":"Patient","id":"7",
        "identifier":[{"value":"536-22-8145","type":{"coding":[{"code":"SS"}]}}],"name":[{"family":"Né\"e","given":["A"]}]}}]}
        {"k":[1,2,{"l":"m\\"}]} "#;
    let read = |step| {
        let (values, broken, places) = read_all(Box::new(Json::new(text.as_bytes())), text.as_bytes(), step);
        (values, broken.map(|(at, _)| at), places.named)
    };
    let whole = read(1 << 20);
    assert_eq!(whole.1, None);
    for step in [1, 2, 3, 7, 64] {
        assert_eq!(read(step), whole, "{step} at a time");
    }
}

#[test]
fn what_repeats_is_a_record() {
    for (text, path, expected, because) in [
        (r#"[{"a":1},{"a":2},{"a":3}]"#, "a", vec![1, 2, 3], "a list"),
        ("{\"a\":1}\n{\"a\":2}\n", "a", vec![1, 2], "a line each"),
        (r#"{"page":1,"rows":[{"a":1},{"a":2}],"next":9}"#, "a", vec![1, 2], "a list in a wrapper"),
        (r#"{"page":1,"rows":[{"a":1},{"a":2}],"next":9}"#, "page", vec![1], "and no record for the wrapper"),
        (r#"{"ssn":1,"visits":[{"a":1},{"a":2}]}"#, "a", vec![1, 1], "visits of one person"),
        (r#"[{"ssn":1,"v":[{"a":1}]},{"v":[{"a":2},{"a":3}],"ssn":2}]"#, "a", vec![1, 2, 2], "known from the first"),
        (r#"[["a",1],["b",2]]"#, "[0]", vec![1, 2], "rows as lists"),
    ] {
        assert_eq!(records(text, path), expected, "{because}: {text}");
    }
}

#[test]
fn names_are_the_last_key_and_more_where_it_says_little() {
    let text =
        r#"{"patient":{"name":{"first":"A"},"ssn":{"value":"1"}},"memberId":"x","k":[{"name":"dob","value":"y"}]}"#;
    let (_, _, places) = read_all(Box::new(Json::new(b"")), text.as_bytes(), 1 << 20);
    let names = |path: &str| -> Vec<String> {
        places.named.iter().find(|n| n.place == crate::finding::Place::Path(path.to_string())).unwrap().names.clone()
    };
    assert_eq!(names("patient.name.first")[..2], ["name first", "first name"]);
    assert_eq!(names("patient.ssn.value")[..2], ["ssn value", "ssn"]);
    assert_eq!(names("memberId"), ["memberId"]);
    assert!(names("k[dob].value").contains(&"dob".to_string()), "called so by what stands beside it");
}

#[test]
fn keys_that_are_data_share_a_path_and_are_read() {
    let many: Vec<String> = (0..100_000).map(|n| format!("\"k{n}\":{{\"x\":{n}}}")).collect();
    let text = format!("{{{}}}", many.join(","));
    let (found, broken, places) = read_all(Box::new(Json::new(b"")), text.as_bytes(), 1 << 20);
    assert_eq!(broken, None);
    assert_eq!(found.iter().filter(|(place, ..)| place.ends_with(".x")).count(), 100_000);
    assert!(places.named.len() < 600, "{}", places.named.len());
    let text = r#"{"536-22-8145":{"paid":7},"a@b.example.org":1}"#;
    assert_eq!(told(&values(text)).iter().filter(|(place, _)| *place == "name").count(), 2);
}

#[test]
fn a_document_that_ends_anywhere_is_told() {
    let text = r#"{"a":["x\u00e9",-1.5e3,{"b":true}],"resourceType":"Patient","name":[{"family":"N"}]}"#;
    for end in 1..text.len() - 1 {
        let (_, broken, _) = read_all(Box::new(Json::new(text.as_bytes())), &text.as_bytes()[..end], 5);
        let (at, broken) = broken.unwrap_or_else(|| panic!("cut at {end}"));
        assert!(at <= end as u64);
        assert_eq!(broken.reason, Reason::Malformed);
    }
}

#[test]
fn what_is_no_json_is_refused_where_it_stands() {
    for (text, at) in [
        ("{\"a\":1]", 6),
        ("[1,2}", 4),
        ("{\"a\" 1}", 5),
        ("[1 2]", 3),
        ("{\"a\":}", 5),
        ("[nope]", 1),
        ("{a:1}", 1),
        ("]", 0),
        ("[1,\0]", 3),
        ("{\"a\":1}}", 7),
        ("\u{fffd}\u{fffd}", 0),
        ("[\"a", 1),
    ] {
        let (_, broken, _) = read_all(Box::new(Json::new(b"")), text.as_bytes(), 1);
        assert_eq!(broken.map(|(at, _)| at), Some(at), "{text:?}");
    }
    for text in
        ["", " \n", "[NaN,Infinity,-Infinity]", "[1,]", "{\"a\":1,}", "{}{}", "1", "\x1e{}\n", "[\"raw\nline\"]"]
    {
        let (_, broken, _) = read_all(Box::new(Json::new(b"")), text.as_bytes(), 1);
        assert_eq!(broken, None, "{text:?}");
    }
}

#[test]
fn nothing_hostile_costs_more_than_its_bytes() {
    let deep = "[".repeat(1_000_000);
    let (_, broken, _) = read_all(Box::new(Json::new(b"")), deep.as_bytes(), 1 << 20);
    let (at, broken) = broken.unwrap();
    assert_eq!((at, broken.reason), (DEPTH as u64, Reason::Limit));
    let deep = "{\"resourceType\":".repeat(1_000_000);
    let (_, broken, _) = read_all(Box::new(Json::new(deep.as_bytes())), deep.as_bytes(), 1 << 20);
    assert_eq!(broken.unwrap().1.reason, Reason::Limit);
    let number = "9".repeat(3 << 20);
    let (found, broken, _) = read_all(Box::new(Json::new(b"")), format!("[{number}]").as_bytes(), 1 << 20);
    assert!(found.iter().all(|(.., text)| text.len() <= PIECE), "a number without end");
    assert!(broken.is_some());
    let bytes: Vec<u8> = (0..200_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    read_all(Box::new(Json::new(&bytes)), &bytes, 4096);
    let latin = b"{\"name\":\"Jos\xe9\",\"b\":\"\xff\xfe\"}";
    let (found, broken, _) = read_all(Box::new(Json::new(latin)), latin, 4);
    assert_eq!((found.len(), broken), (2, None));
}

#[test]
fn a_long_string_comes_in_pieces() {
    let text = format!("{{\"note\":\"{}\",\"after\":\"x\"}}", "words and more \\\"words\\\" ".repeat(200_000));
    for step in [4096, 1 << 20] {
        let (found, broken, _) = read_all(Box::new(Json::new(b"")), text.as_bytes(), step);
        assert_eq!(broken, None);
        assert!(found.iter().all(|(.., text)| text.len() <= PIECE));
        let note: String =
            found.iter().filter(|(place, ..)| place.ends_with("note")).map(|(.., t)| t.as_str()).collect();
        assert_eq!(note, "words and more \"words\" ".repeat(200_000));
        assert_eq!(found.last().map(|(.., text)| text.as_str()), Some("x"));
    }
    let slashes = format!("[\"{}\"]", "\\\\".repeat(300_000));
    let (found, broken, _) = read_all(Box::new(Json::new(b"")), slashes.as_bytes(), 1 << 20);
    assert_eq!((found.iter().map(|(.., t)| t.len()).sum::<usize>(), broken), (300_000, None));
}
