//! Ledgers of earlier versions. In: a ledger as this version writes it, taken back step by step to what earlier ones knew. Out:
//! the next sweep goes on from it as if nothing had been, and nobody reads it before.

use std::process::Command;

use rusqlite::Connection;

use super::{Site, roster};

/// What takes a ledger back to version `index + 1`: the opposite of the step behind it.
const BACK: [&str; 4] = [
    "DROP TABLE mets; ALTER TABLE documents DROP COLUMN met; ALTER TABLE stands DROP COLUMN prints;",
    "ALTER TABLE decisions DROP COLUMN limits;",
    "DROP TABLE people;",
    "ALTER TABLE runs DROP COLUMN asked;",
];

fn database(site: &Site) -> Connection {
    Connection::open(site.folder.path().join("l.db")).expect("a database")
}

fn version(site: &Site) -> i64 {
    database(site).query_row("PRAGMA user_version", [], |row| row.get(0)).expect("a number")
}

/// Takes the ledger back to an earlier version.
fn take_back(site: &Site, to: usize) {
    let database = database(site);
    for step in BACK[to - 1..].iter().rev() {
        database.execute_batch(step).expect("taken back");
    }
    database.execute_batch(&format!("PRAGMA user_version = {to}; PRAGMA wal_checkpoint(TRUNCATE);")).expect("marked");
}

#[test]
fn a_sweep_goes_on_from_a_ledger_of_any_earlier_version() {
    for earlier in 1..=BACK.len() {
        let mut site = Site::new("");
        site.write("a/members_202601.csv", &roster(1, 30));
        site.write("b.csv", &roster(2, 20));
        site.write("clean.txt", "nothing here\n");
        site.sweep();
        assert_eq!(version(&site), BACK.len() as i64 + 1, "each step has its opposite here");
        let known = site.open();
        take_back(&site, earlier);

        let refused = Command::new(env!("CARGO_BIN_EXE_phisweep"))
            .args(["ledger", "export"])
            .arg(site.folder.path().join("l.db"))
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(2), "version {earlier}: {said}");
        assert!(said.contains(&format!("version {earlier}")) && said.contains("a sweep brings"), "{said}");
        assert_eq!(version(&site), earlier as i64, "who reads changes nothing");

        let second = site.sweep();
        assert_eq!((second.exit, second.changes.len()), (0, 0), "version {earlier}: {:?}", second.changes);
        assert_eq!(second.roots[0]["unchanged"], 3, "version {earlier}");
        assert_eq!((version(&site), site.open()), (BACK.len() as i64 + 1, known), "version {earlier}");
        site.write("b.csv", "nothing any more\n");
        site.write("a/members_202602.csv", &roster(3, 90));
        let third = site.sweep();
        assert_eq!(third.change("in/b.csv", "ssn"), ("resolved", "content-changed"), "version {earlier}");
        assert_eq!(third.change("in/a/members_202602.csv", "ssn").0, "widened", "version {earlier}");
        assert_eq!(third.roots[0]["unchanged"], 2, "version {earlier}");
        assert_eq!((site.open(), site.runs()), (site.scanned(), 3), "version {earlier}");
    }
}
