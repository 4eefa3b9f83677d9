//! What readers of SQL make of dumps of each dialect, and of what is none.

use proptest::prelude::*;

use super::*;
use crate::extract::named::tests::{Listed, read_all};

fn read(document: &[u8], step: usize) -> Listed {
    let (values, broken, _) = read_all(Box::new(Sql::new(document)), document, step);
    (values, broken.map(|(_, broken)| broken.detail))
}

/// The values in columns: `record place=text`.
fn values(document: &str) -> Vec<String> {
    let shown = |(place, record, _, text): (String, u64, u64, String)| {
        let place = place.strip_prefix("path: ")?.to_string();
        Some(format!("{record} {place}={text}"))
    };
    let (values, broken) = read(document.as_bytes(), usize::MAX);
    assert_eq!(broken, None, "{document}");
    values.into_iter().filter_map(shown).collect()
}

#[test]
fn every_dialect_puts_values_into_columns() {
    let cases: [(&str, &[&str]); 24] = [
        ("INSERT INTO p (a, b) VALUES ('x', 2), ('y', NULL);", &["1 p.a=x", "1 p.b=2", "2 p.a=y"]),
        ("INSERT INTO `p` VALUES (1,'O\\'Brien');", &["1 p.column 1=1", "1 p.column 2=O'Brien"]),
        (
            "CREATE TABLE `p` (\n `id` int(11) DEFAULT '0', -- it\n  ssn varchar(11),\n PRIMARY KEY (`id`)\n) ENGINE=x;\nINSERT INTO `db`.`p` VALUES (7,'c\\'d');",
            &["1 p.id=7", "1 p.ssn=c'd"],
        ),
        (
            "create table if not exists s.p (a numeric(3,2), constraint k unique (a), b text);insert into s.p values (1.5,'b')",
            &["1 p.a=1.5", "1 p.b=b"],
        ),
        (
            "INSERT INTO p(a) VALUES ('it''s'), (E'a\\tb'), ($x$it's $y$ $x$), (N'n'), (q'[it's]');",
            &["1 p.a=it's", "2 p.a=a\tb", "3 p.a=it's $y$", "4 p.a=n", "5 p.a=it's"],
        ),
        ("-- PostgreSQL database dump\nINSERT INTO p (a,b) VALUES ('C:\\', 'x');", &["1 p.a=C:\\", "1 p.b=x"]),
        ("SET standard_conforming_strings = off;\nINSERT INTO p (a,b) VALUES ('C\\'', 'x');", &["1 p.a=C'", "1 p.b=x"]),
        (
            "INSERT [dbo].[Pt] ([Id], [Dob], [Nm]) VALUES (1, CAST(N'1980-01-02' AS Date), N'x')\nGO\nINSERT [dbo].[Pt] ([Id]) VALUES (2)\nGO\n",
            &["1 Pt.Id=1", "1 Pt.Dob=1980-01-02", "1 Pt.Nm=x", "2 Pt.Id=2"],
        ),
        ("insert into p (d, e) values (to_date('01/02/1980','DD/MM/YYYY'), -5);", &["1 p.d=01/02/1980", "1 p.e=-5"]),
        ("INSERT INTO p SET a = 'x', `b`=2, c=now();", &["1 p.a=x", "1 p.b=2"]),
        ("UPDATE p SET a='x', b = 'y' WHERE id = 5;\nUPDATE p AS q SET q.a='z'", &["1 p.a=x", "1 p.b=y", "2 p.a=z"]),
        (
            "REPLACE LOW_PRIORITY INTO p (a) VALUES (0x3132332d3435), (X'414243'), (0xff01);",
            &["1 p.a=123-45", "2 p.a=ABC"],
        ),
        ("INSERT OR REPLACE INTO \"p\" (\"a\") VALUES('x');", &["1 p.a=x"]),
        (
            "INSERT INTO p (a,b) SELECT 1,'x' UNION ALL SELECT 2,'y' FROM dual;",
            &["1 p.a=1", "1 p.b=x", "2 p.a=2", "2 p.b=y"],
        ),
        ("INSERT ALL INTO p (a) VALUES ('x') INTO p (a) VALUES ('y') SELECT * FROM dual;", &["1 p.a=x", "2 p.a=y"]),
        (
            "COPY public.p (a, b, c) FROM stdin;\n1\t\\N\tx\\ty\n2\tb\\\\\t\n\\.\nSELECT 1;\n",
            &["1 p.a=1", "1 p.c=x\ty", "2 p.a=2", "2 p.b=b\\"],
        ),
        (
            "COPY p (a, b) FROM stdin WITH (FORMAT csv, DELIMITER '|');\n1|\"x|\"\"y\"\n2|z\n\\.\n",
            &["1 p.a=1", "1 p.b=x|\"y", "2 p.a=2", "2 p.b=z"],
        ),
        (
            "/*!40000 INSERT INTO p (a) VALUES ('x')*/;\n/* note */ INSERT INTO p (a) VALUES (/* one */ 'y' -- two\n, 'z');",
            &["1 p.a=x", "2 p.a=y", "2 p.column 2=z"],
        ),
        (
            "-- don't\nINSERT INTO p (a) VALUES ('x');\n# can't\nINSERT INTO p (a) VALUES ('y');",
            &["1 p.a=x", "2 p.a=y"],
        ),
        ("CREATE VIEW v AS SELECT 'it'; INSERT INTO p (a) VALUES ('x');", &["1 p.a=x"]),
        ("INSERT INTO p (a, b) VALUES (1, 'x';\nINSERT INTO p (a) VALUES (2);", &["1 p.a=1", "1 p.b=x", "2 p.a=2"]),
        (
            "INSERT INTO p (name, a) VALUES ROW('x', 1), ROW('y', 2);",
            &["1 p.name=x", "1 p.a=1", "2 p.name=y", "2 p.a=2"],
        ),
        ("INSERT INTO p PARTITION (x) (a) VALUE ('x') AS new ON DUPLICATE KEY UPDATE a='y';", &["1 p.a=x"]),
        (
            "INSERT INTO p (a) VALUES ('x') ON CONFLICT DO NOTHING;\r\nINSERT INTO p (a) VALUES ('y') RETURNING a;",
            &["1 p.a=x", "2 p.a=y"],
        ),
    ];
    for (document, expected) in cases {
        assert_eq!(values(document), expected, "{document}");
        check(document.as_bytes());
    }
}

#[test]
fn a_table_and_a_name_say_what_a_column_is_called() {
    let (_, _, places) = read_all(
        Box::new(Sql::new(b"")),
        b"INSERT INTO patients (ssn, name) VALUES (1, 2);INSERT INTO q VALUES (1);",
        usize::MAX,
    );
    let names: Vec<&[String]> = places.named.iter().filter(|n| n.holds == Holds::Value).map(|n| &n.names[..]).collect();
    assert_eq!(names[0], ["ssn"]);
    assert!(names[1].contains(&"patients name".to_string()));
    assert!(names[2].is_empty());
}

#[test]
fn what_is_cut_off_is_said() {
    let cases = [
        ("INSERT INTO p (a) VALUES ('x'), ('y", "a string is never closed"),
        ("INSERT INTO p (a) VALUES ('x', ", "it ends inside a row"),
        ("COPY p (a) FROM stdin;\n1\n2\n", "rows of COPY never end"),
    ];
    for (document, expected) in cases {
        assert_eq!(read(document.as_bytes(), usize::MAX).1, Some(expected), "{document}");
    }
}

#[test]
fn statements_of_any_length_are_read_in_constant_memory() {
    let row = |n: usize| format!("({n},'{:09}','{}')", 212_440_000 + n, "it''s a long note ".repeat(9));
    let rows: Vec<String> = (0..20_000).map(row).collect();
    let document = format!("INSERT INTO p (id, ssn, note) VALUES {};", rows.join(","));
    assert_eq!(values(&document).len(), 60_000);
    let long = format!("INSERT INTO p (a, b) VALUES ('{}', 5), (6, 7);", "word ''s ".repeat(60_000));
    let read = values(&long);
    assert_eq!(&read[read.len() - 3..], ["1 p.b=5", "2 p.a=6", "2 p.b=7"]);
    check(long.as_bytes());
    for filler in ["x", "'", "''", "(", "\\", "$a$", "/*", "-- x\n", "\0", "\r", ",", "0", "[", "INSERT INTO "] {
        check(format!("INSERT INTO p (a) VALUES ({}", filler.repeat(90_000)).as_bytes());
        check(format!("COPY p (a) FROM stdin;\n{}", filler.repeat(90_000)).as_bytes());
        check(format!("INSERT INTO {}", filler.repeat(90_000)).as_bytes());
    }
}

/// However a document is cut, the same is read, and stands in it.
fn check(document: &[u8]) {
    let whole = read(document, usize::MAX);
    for (_, record, start, _) in &whole.0 {
        assert!(*record > 0 && *start < document.len() as u64);
    }
    assert_eq!(read(document, 4099), whole);
}

const MIXED: &str = "-- MySQL dump\nCREATE TABLE p (a int, b text);\nINSERT INTO p VALUES (1,'O\\'Brien'),(2,\"x\");\nCOPY q (a) FROM stdin;\nx\\ty\n\\.\nUPDATE p SET a = $t$ x $t$ WHERE b = 'y';\nINSERT INTO [p] ([a]) VALUES (CAST(N'1' AS int)) /* c */;";

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
