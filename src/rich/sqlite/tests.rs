//! Databases made here, whole and damaged: what comes out of them, and of what was deleted.

use std::io::Cursor;

use rusqlite::Connection;

use super::*;
use crate::rich::tests::Collected;

/// A database that statements make, as bytes.
fn made(statements: &str) -> Vec<u8> {
    let mut database = Connection::open_in_memory().expect("a database");
    database.execute_batch(statements).expect("statements");
    database.serialize(rusqlite::MAIN_DB).expect("bytes").to_vec()
}

fn collected(bytes: &[u8]) -> Collected {
    let mut parts = Collected::default();
    read(Asked { format: "sqlite", ..Asked::default() }, &mut Cursor::new(bytes), &mut parts).expect("read");
    parts
}

fn part(parts: &Collected, name: &str) -> String {
    let found = parts.parts.iter().find(|(part, _)| part.name == name);
    String::from_utf8(found.expect("the part").1.clone()).expect("UTF-8").replace('\x1f', "|")
}

#[test]
fn tables_are_read_as_rows() {
    let bytes = made(
        "CREATE TABLE \"pat ients\"(id INTEGER PRIMARY KEY, name TEXT, ssn TEXT, w REAL, note);
         INSERT INTO \"pat ients\" VALUES (7, 'Ann \"A\"', '536-90-4399', 1.5, NULL), (9, 'Bo', '', -3, x'0001');
         ALTER TABLE \"pat ients\" ADD COLUMN state TEXT DEFAULT 'OH';
         CREATE TABLE keyed(a, b, c, PRIMARY KEY (c, a)) WITHOUT ROWID;
         INSERT INTO keyed VALUES ('1', '2', '3');
         CREATE TABLE made(x INT, y AS (x * 2), z AS (x * 3) STORED);
         INSERT INTO made VALUES (5);
         CREATE VIEW v AS SELECT '219-09-9998';",
    );
    let parts = collected(&bytes);
    assert_eq!(
        part(&parts, "pat ients"),
        "id|name|ssn|w|note|state\n7|\"Ann \"\"A\"\"\"|536-90-4399|1.5||OH\n9|Bo||-3||OH\n"
    );
    assert_eq!(part(&parts, "keyed"), "a|b|c\n1|2|3\n");
    assert_eq!(part(&parts, "made"), "x|z\n5|15\n");
    assert!(part(&parts, "sqlite_schema").contains("219-09-9998"), "what a view says is read");
    assert!(parts.gaps.is_empty());
}

#[test]
fn many_rows_long_rows_and_other_encodings() {
    for (encoding, page) in [("UTF-8", 512), ("UTF-16le", 1024), ("UTF-16be", 65_536)] {
        let bytes = made(&format!(
            "PRAGMA encoding = '{encoding}'; PRAGMA page_size = {page};
             CREATE TABLE t(n INT, text TEXT);
             CREATE TABLE k(n INT PRIMARY KEY, text TEXT) WITHOUT ROWID;
             WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000)
             INSERT INTO t SELECT n, 'José ' || printf('%.*c', n % 97 * 40, 'x') FROM c;
             INSERT INTO k SELECT n, text FROM t;"
        ));
        let parts = collected(&bytes);
        for name in ["t", "k"] {
            let text = part(&parts, name);
            let lines: Vec<_> = text.lines().collect();
            assert_eq!(lines.len(), 3001, "{encoding} {name}");
            assert!(lines[1..].iter().enumerate().all(|(n, line)| {
                let long = "x".repeat(((n + 1) % 97 * 40).max(1));
                *line == format!("{}|José {long}", n + 1)
            }));
        }
        assert!(parts.gaps.is_empty());
    }
}

#[test]
fn deleted_rows_are_found() {
    let bytes = made(
        "PRAGMA secure_delete = OFF;
         CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT, ssn TEXT, city TEXT);
         INSERT INTO p VALUES (1, 'Ann Miller', '536-90-4399', 'Toledo'), (2, 'Bo Young', '219-48-1234', 'Akron');
         DELETE FROM p WHERE id = 1;
         CREATE TABLE gone(a TEXT, b TEXT);
         INSERT INTO gone VALUES ('Carla Stone', '401-22-9876');
         DROP TABLE gone;",
    );
    let parts = collected(&bytes);
    assert!(!part(&parts, "p").contains("Ann Miller"));
    let deleted = part(&parts, "deleted records");
    assert!(deleted.contains("Ann Miller") && deleted.contains("536-90-4399"), "{deleted}");
    assert!(deleted.contains("Carla Stone") && deleted.contains("401-22-9876"), "{deleted}");
}

#[test]
fn a_log_is_read_with_its_database_and_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.db");
    let database = Connection::open(&path).expect("a database");
    database
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
             CREATE TABLE p(name TEXT, ssn TEXT); INSERT INTO p VALUES ('Ann Miller', '536-90-4399');",
        )
        .expect("statements");
    let (file, log) =
        (std::fs::read(&path).expect("read"), std::fs::read(folder.path().join("x.db-wal")).expect("read"));
    let mut parts = Collected::default();
    let beside = |ending: &str| -> Option<Box<dyn Document>> {
        (ending == "-wal").then(|| Box::new(Cursor::new(log.clone())) as Box<dyn Document>)
    };
    let asked = Asked { format: "sqlite", beside: Some(&beside), ..Asked::default() };
    read(asked, &mut Cursor::new(&file), &mut parts).expect("read");
    assert_eq!(part(&parts, "p"), "name|ssn\nAnn Miller|536-90-4399\n");
    assert_eq!(part(&collected(&log), "p"), "name|ssn\nAnn Miller|536-90-4399\n");
    drop(database);
}

#[test]
fn embedded_files_are_parts() {
    let mut pdf = b"%PDF-1.4\n".to_vec();
    pdf.resize(5000, b'\xff');
    let hex: String = pdf.iter().map(|b| format!("{b:02x}")).collect();
    let parts = collected(&made(&format!("CREATE TABLE d(n TEXT, body BLOB); INSERT INTO d VALUES ('a', x'{hex}');")));
    let (file, bytes) = parts.parts.last().expect("a part");
    assert_eq!((file.form, file.name.as_str()), (Form::File, "d/body 1"));
    assert_eq!(*bytes, pdf);
}

#[test]
fn damage_is_a_gap_and_never_a_panic() {
    let whole = made(
        "PRAGMA page_size = 512; CREATE TABLE t(n INT, text TEXT);
         WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 300)
         INSERT INTO t SELECT n, 'text ' || printf('%.*c', n % 50 * 20, 'x') FROM c;",
    );
    let cut = collected(&whole[..whole.len() / 2]);
    assert!(cut.gaps.iter().any(|(part, reason, _)| part.as_deref() == Some("t") && *reason == Reason::Malformed));
    // Every byte of the first pages set to other values: a result or a halt.
    let mut state = 1u32;
    for _ in 0..3000 {
        let mut bytes = whole.clone();
        for _ in 0..4 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (state >> 8) as usize % bytes.len().min(4096);
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            bytes[at] = (state >> 24) as u8;
        }
        let mut parts = Collected::default();
        let _ = read(Asked::default(), &mut Cursor::new(&bytes), &mut parts);
    }
}
