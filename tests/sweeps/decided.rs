//! What people decide about findings of a sweep, and what becomes of it. In: worklists of dated reports, filled in; trees that are
//! mended or not. Out: what the next nights say. And what closes a finding although its content stays.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::SystemTime;

use super::{FIRST, Site, roster};

/// Rows of a table of the last reports, by column.
fn table(site: &Site, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(site.folder.path().join("out/latest").join(name)).expect("a table");
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows = reader.deserialize().map(|row| row.expect("a row"));
    rows.collect()
}

/// Fills in the last worklist: for feeds whose name has this part, this disposition. Its path.
fn decide(site: &Site, decisions: &[(&str, &str)], until: &str) -> String {
    let mut text = "worklist_id,run_id,disposition,who,until,reason,ticket\n".to_string();
    for row in table(site, "worklist.csv") {
        let decided = decisions.iter().find(|(part, _)| row["series"].contains(part));
        text += &match decided {
            Some((_, said)) => {
                format!("{},{},{said},J. Doe,{until},agreed by mail,PRIV-7\n", row["worklist_id"], row["run_id"])
            }
            None => format!("{},{},,,,,\n", row["worklist_id"], row["run_id"]),
        };
    }
    let path = site.folder.path().join("decided.csv");
    fs::write(&path, text).expect("written");
    path.display().to_string()
}

/// What `triage import` says, once it has ended with this code.
fn import(site: &Site, code: i32, worklist: &str, more: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_phisweep"))
        .args(["triage", "import", worklist, "--findings"])
        .arg(site.folder.path().join("out/latest/findings.jsonl"))
        .arg("--into")
        .arg(site.folder.path().join("l.db"))
        .args(more)
        .output()
        .expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

/// Disposition and state of the finding at this path.
fn told(site: &Site, path: &str) -> (String, String) {
    let rows = table(site, "findings.csv");
    let row = rows.iter().find(|row| row["path"] == path && row["identifier"] == "ssn").expect("a row");
    (row["disposition"].clone(), row["state"].clone())
}

fn decisions(site: &Site) -> usize {
    site.ledger(&["export"], &[]).lines().filter(|line| line.contains("\"type\":\"decision\"")).count()
}

#[test]
fn decisions_go_into_the_ledger_and_the_next_night_goes_by_them() {
    let mut site = Site::new("");
    for (n, feed) in (1..).zip(["eligible", "claims", "roster", "visits"]) {
        site.write(&format!("{feed}_202601.csv"), &roster(n, 30));
    }
    assert_eq!(site.sweep().exit, 1);
    let until = phisweep::decisions::day_from_now(100);
    let said = [("eligible", "accepted-risk"), ("claims", "fixed-claimed"), ("roster", "fix-ordered")];
    let worklist = decide(&site, &said, &until);

    let dry = import(&site, 0, &worklist, &[]);
    assert!(dry.contains("accepted-risk until") && dry.contains("3 decisions new, 0 changed"), "{dry}");
    assert!(dry.contains("Nothing is written without --apply"), "{dry}");
    assert_eq!(decisions(&site), 0, "a dry run writes nothing");
    let done = import(&site, 0, &worklist, &["--apply"]);
    assert!(done.contains("3 decisions new") && done.contains("Written."), "{done}");
    let again = import(&site, 0, &worklist, &["--apply"]);
    assert!(again.contains("0 decisions new, 0 changed, 3 there already"), "{again}");
    assert_eq!(decisions(&site), 3);

    // The next night: what is accepted gives no exit code in new files of its feed either; a claim that does not hold is said.
    site.write("eligible_202602.csv", &roster(11, 30));
    let night = site.sweep();
    assert_eq!(night.exit, 0);
    assert_eq!((night.head["accepted"].as_u64(), night.head["claims_refuted"].as_u64()), (Some(2), Some(1)));
    assert_eq!(told(&site, "in/eligible_202602.csv"), ("accepted-risk".to_string(), "same-feed".to_string()));
    assert_eq!(told(&site, "in/claims_202601.csv").0, "claim-refuted");
    assert_eq!(told(&site, "in/roster_202601.csv").0, "fix-ordered");
    assert_eq!(told(&site, "in/visits_202601.csv").0, "");
    let delta = fs::read_to_string(site.folder.path().join("out/latest/delta.txt")).expect("a delta");
    assert!(delta.contains("\n  2 accepted\n  1 said to be fixed, and still there\n"), "{delta}");
    let rows = table(&site, "findings.csv");
    let row = rows.iter().find(|row| row["path"] == "in/eligible_202601.csv").expect("a row");
    assert_eq!((row["ticket"].as_str(), row["until"].as_str()), ("PRIV-7", until.as_str()));

    // A claim that holds: nothing is refuted any more. What was accepted grows: it is told, and counts.
    fs::remove_file(site.at("claims_202601.csv")).expect("removed");
    site.write("eligible_202603.csv", &roster(12, 90));
    let night = site.sweep();
    assert_eq!((night.exit, night.head["claims_refuted"].as_u64()), (1, Some(0)));
    assert!(told(&site, "in/eligible_202603.csv").0.starts_with("re-opened: 90 matches"), "what grows is told anew");
    assert_eq!(told(&site, "in/eligible_202601.csv").0, "accepted-risk");

    // Decided otherwise: the last one counts, and the first ones stay.
    let worklist = decide(&site, &[("eligible", "fix-ordered"), ("roster", "agreed")], &until);
    let changed = import(&site, 0, &worklist, &["--apply"]);
    assert!(changed.contains("0 decisions new, 2 changed"), "{changed}");
    assert_eq!(decisions(&site), 5);
    site.sweep();
    assert_eq!(told(&site, "in/eligible_202601.csv").0, "fix-ordered");
    assert_eq!(told(&site, "in/roster_202601.csv").0, "agreed");
    let history = site.ledger(&["history"], &["in/eligible_202601.csv"]);
    for part in ["accepted-risk by J. Doe: agreed by mail PRIV-7", "fix-ordered by J. Doe"] {
        assert!(history.contains(part), "{part}\nin\n{history}");
    }

    // Its last day has passed.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a time").as_secs();
    site.night = site.night.max((i64::try_from(now).expect("a time") + 101 * 86_400 - FIRST) / 86_400 + 1);
    site.sweep();
    let after = told(&site, "in/roster_202601.csv").0;
    assert_eq!(after, format!("re-opened: accepted until {until}"));
    assert_eq!(told(&site, "in/eligible_202601.csv").0, format!("overdue: fix-ordered, due {until}"));
}

#[test]
fn decisions_on_what_the_ledger_does_not_have_are_refused() {
    let mut site = Site::new("");
    site.write("members_202601.csv", &roster(1, 30));
    site.write("visits_202601.csv", &roster(2, 30));
    site.sweep();
    let until = phisweep::decisions::day_from_now(100);
    let worklist = decide(&site, &[("members", "agreed"), ("visits", "agreed")], &until);
    let text = fs::read_to_string(&worklist).expect("read");
    // An id that was changed: with its line, and the other one is not taken over either.
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    lines[2] = lines[2].replacen("W-", "W-0", 1);
    fs::write(&worklist, lines.join("\n")).expect("written");
    let refused = import(&site, 2, &worklist, &["--apply"]);
    assert!(refused.contains("line 3: ") && refused.contains("nothing was taken over"), "{refused}");
    // The worklist of one ledger into another.
    fs::write(&worklist, text).expect("written");
    let mut other = Site::new("");
    other.write("other.csv", &roster(3, 30));
    other.sweep();
    fs::copy(site.folder.path().join("out/latest/findings.jsonl"), other.folder.path().join("f.jsonl"))
        .expect("copied");
    let output = Command::new(env!("CARGO_BIN_EXE_phisweep"))
        .args(["triage", "import", &worklist, "--apply", "--findings"])
        .arg(other.folder.path().join("f.jsonl"))
        .arg("--into")
        .arg(other.folder.path().join("l.db"))
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("line 2: the ledger never had a finding of S-") && said.contains("line 3: "), "{said}");
    assert_eq!((decisions(&site), decisions(&other)), (0, 0));
}

#[test]
fn a_claim_is_not_refuted_by_what_cannot_be_looked_at() {
    let mut site = Site::new("");
    site.write("claims_202601.csv", &roster(1, 30));
    site.write("keep.txt", "nothing\n");
    site.as_nobody();
    site.sweep();
    let worklist = decide(&site, &[("claims", "fixed-claimed")], &phisweep::decisions::day_from_now(100));
    import(&site, 0, &worklist, &["--apply"]);
    site.as_nobody();
    fs::set_permissions(site.at("claims_202601.csv"), fs::Permissions::from_mode(0o000)).expect("set");
    let night = site.sweep();
    assert_eq!(night.head["claims_refuted"], 0);
    assert_eq!(
        told(&site, "in/claims_202601.csv"),
        ("fixed-claimed, and still here".to_string(), "unknown".to_string())
    );
    fs::set_permissions(site.at("claims_202601.csv"), fs::Permissions::from_mode(0o644)).expect("set");
    assert_eq!(site.sweep().head["claims_refuted"], 1);
}

/// Members with their names, SSNs and birth dates: severity `critical` where the world can read it, else `high`.
fn named(people: usize) -> String {
    let table = roster(7, people);
    let rows = table.lines().skip(1).filter_map(|line| line.split_once(','));
    let letters = |n: usize| char::from(b'a' + (n % 26) as u8);
    let names = (0..).map(|n| format!("Maria Nowak{}{}", letters(n), letters(n * 7 + 3)));
    let row = |(n, ((_, ssn), name)): (usize, ((&str, &str), String))| {
        format!("{name},{ssn},19{}-03-{:02}\n", 40 + n % 50, 1 + n % 28)
    };
    "name,ssn,dob\n".to_string() + &rows.zip(names).enumerate().map(row).collect::<String>()
}

#[test]
fn access_that_was_narrowed_resolves_once_it_stays_so() {
    let mut site = Site::new("fail_on = \"critical\"");
    site.write("members.csv", &named(30));
    let mode = |site: &Site, mode| {
        fs::set_permissions(site.at("members.csv"), fs::Permissions::from_mode(mode)).expect("set");
    };
    mode(&site, 0o644);
    assert_eq!(site.sweep().exit, 1);
    mode(&site, 0o600);
    let night = site.sweep();
    assert_eq!((night.exit, night.change("in/members.csv", "ssn")), (0, ("resolved", "access-narrowed")));
    assert!(site.ledger(&["history"], &["in/members.csv"]).contains("to be confirmed"));
    let table = table(&site, "findings.csv");
    let row = table.iter().find(|row| row["state"] == "resolved" && row["identifier"] == "ssn").expect("a row");
    assert_eq!(row["evidence"], "resolved: access-narrowed");
    // It is what it was: nothing is told, and the second run has said the same.
    let night = site.sweep();
    assert_eq!((night.exit, night.changes.len()), (0, 0));
    assert!(!site.ledger(&["history"], &["in/members.csv"]).contains("to be confirmed"));
    // Opened again after two runs: that is new trouble.
    mode(&site, 0o644);
    let night = site.sweep();
    assert_eq!((night.exit, night.change("in/members.csv", "ssn").0), (1, "re-appeared"));
    // Opened again before the second run: it was no fix.
    mode(&site, 0o600);
    site.sweep();
    mode(&site, 0o644);
    assert_eq!(site.sweep().change("in/members.csv", "ssn"), ("open", "not resolved after all"));
}

#[test]
fn what_is_called_something_else_was_not_mended() {
    let mut site = Site::new("");
    let visits: String = (0..40).map(|n| format!("{},{}.50\n", 48_291_370 + n * 7919, 20 + n)).collect();
    site.write("visits.csv", &format!("zq,amount\n{visits}"));
    fs::write(site.folder.path().join("mrn.csv"), "zq,mrn\n").expect("written");
    fs::write(site.folder.path().join("member.csv"), "zq,member-id\n").expect("written");
    site.configure("rules = [\"mrn.csv\"]");
    assert_eq!(site.sweep().change("in/visits.csv", "mrn").0, "new");
    site.configure("rules = [\"member.csv\"]");
    let night = site.sweep();
    assert_eq!(night.change("in/visits.csv", "mrn"), ("resolved", "reclassified"));
    assert_eq!(night.change("in/visits.csv", "member-id").0, "new");
    let delta = fs::read_to_string(site.folder.path().join("out/latest/delta.txt")).expect("a delta");
    assert!(delta.contains("(reclassified)  no fix"), "{delta}");
    assert_eq!(night.head["states"]["closed, no fix"], 1);
}
