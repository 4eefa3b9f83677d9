//! What goes wrong at night: a full disk, a signal, another sweep, a clock that is set, folders that are shut, files that are not
//! on disk. In: trees, and the fault. Out: that nothing is lost, and the next night goes on.

use std::fs;
use std::io::Read;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::{Night, Site, roster};

/// Tables of one feed each, so many.
fn tables(site: &Site, from: usize, to: usize) {
    (from..to).for_each(|n| site.write(&format!("{}/t{n}x.csv", n % 7), &roster(n, 30)));
}

/// Lets what may wait no longer than it must.
fn pause() {
    std::thread::sleep(Duration::from_millis(10));
}

#[test]
fn a_full_disk_leaves_the_ledger_whole_and_the_old_report() {
    let mut site = Site::new("");
    tables(&site, 0, 5);
    assert_eq!(site.sweep().exit, 1);
    let latest = fs::read_link(site.folder.path().join("out/latest")).expect("a link");
    tables(&site, 5, 400);
    // No file may grow beyond 160 KiB, and the signal that says so is ignored: writing fails, as on a full disk.
    let output = site.command_in("trap '' XFSZ; ulimit -f 320; exec \"$@\"").output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{said}");
    assert!(said.contains("l.db"), "{said}");
    assert_eq!(fs::read_link(site.folder.path().join("out/latest")).expect("a link"), latest);
    assert!(!site.folder.path().join("out/.unfinished").exists());
    assert!(site.ledger(&["show"], &[]).contains("incomplete  exit 2"), "{}", site.ledger(&["show"], &[]));
    let night = site.sweep();
    assert_eq!((night.exit, night.changes.len()), (1, 395), "all that came is told, whichever run read it");
    assert_eq!(site.open(), site.scanned());
}

#[test]
fn a_report_that_finds_no_room_is_told_by_the_next_run() {
    let mut site = Site::new("");
    tables(&site, 0, 60);
    site.sweep();
    let latest = fs::read_link(site.folder.path().join("out/latest")).expect("a link");
    site.write("more.csv", &roster(900, 20));
    // The ledger writes little for one document; findings.jsonl is larger.
    let output = site.command_in("trap '' XFSZ; ulimit -f 70; exec \"$@\"").output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(fs::read_link(site.folder.path().join("out/latest")).expect("a link"), latest);
    let night = site.sweep();
    assert_eq!((night.exit, night.change("in/more.csv", "ssn").0), (1, "new"));
    assert_eq!((night.changes.len(), site.open()), (1, site.scanned()));
}

/// Starts a sweep that has begun to read and will not come to its end.
fn under_way(site: &mut Site) -> Child {
    let before = site.runs();
    let child = site.command().stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs");
    while site.runs() == before {
        pause();
    }
    std::thread::sleep(Duration::from_millis(300));
    child
}

#[test]
fn told_to_stop_it_closes_the_books_and_the_next_night_goes_on() {
    for (signal, exit) in [(rustix::process::Signal::TERM, 143), (rustix::process::Signal::INT, 130)] {
        let mut site = Site::new("read_rate = \"60 kB\"");
        tables(&site, 0, 300);
        let mut child = under_way(&mut site);
        let beside = site.command().output().expect("it runs");
        let said = String::from_utf8_lossy(&beside.stderr).into_owned();
        assert!(beside.status.code() == Some(2) && said.contains("one sweep at a time"), "{said}");
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), signal).expect("told");
        let mut text = String::new();
        child.stdout.take().expect("a pipe").read_to_string(&mut text).expect("text");
        assert_eq!(child.wait().expect("it ends").code(), Some(exit));
        let first = Night::of_text(exit, &text);
        assert_eq!(
            (first.head["status"].as_str(), first.roots[0]["status"].as_str()),
            (Some("stopped"), Some("unfinished"))
        );
        assert!(first.changes.len() < 300, "{}", first.changes.len());
        site.configure("");
        let night = site.sweep();
        assert_eq!((night.exit, night.head["status"].as_str()), (1, Some("complete")));
        assert_eq!(night.changes.len() + first.changes.len(), 300);
        assert!(night.changes.values().all(|(state, _)| state == "new"), "the first whole sweep finds what is new");
        assert_eq!(site.open(), site.scanned());
    }
}

#[test]
fn what_a_dead_process_left_is_no_lock() {
    let mut site = Site::new("read_rate = \"60 kB\"");
    tables(&site, 0, 300);
    let mut child = under_way(&mut site);
    child.kill().expect("killed");
    child.wait().expect("it ends");
    assert!(fs::read_to_string(site.folder.path().join("l.db.lock")).expect("a lock").contains("process"));
    site.configure("");
    assert_eq!(site.sweep().exit, 1);
    assert_eq!(site.open(), site.scanned());
    assert!(site.ledger(&["show"], &[]).contains("incomplete"), "the one that was killed");
}

#[test]
fn outside_its_window_it_ends_and_the_next_night_goes_on() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a time").as_secs() / 60 % 1440;
    let at = |minutes: u64| format!("{:02}:{:02}", (now + minutes) % 1440 / 60, (now + minutes) % 60);
    let window = format!("window = {{ from_utc = \"{}\", until_utc = \"{}\" }}", at(120), at(180));
    let mut site = Site::new(&format!("read_rate = \"10 kB\"\n{window}"));
    tables(&site, 0, 200);
    let first = site.sweep();
    assert_eq!(first.head["status"], "window");
    assert!(first.changes.len() < 200 && first.exit < 2, "{}", first.exit);
    site.configure(&format!("window = {{ from_utc = \"{}\", until_utc = \"{}\" }}", at(1380), at(120)));
    let second = site.sweep();
    assert_eq!((second.head["status"].as_str(), second.exit), (Some("complete"), 1));
    assert_eq!(site.open(), site.scanned());
}

#[test]
fn a_clock_that_is_set_changes_nothing() {
    let mut site = Site::new("");
    tables(&site, 0, 6);
    for night in [0, 1, 2, 3, -40, -39, 400, 3] {
        site.night = night;
        if (0..3).contains(&night) {
            site.write(&format!("feed/members_2026{:04}.csv", 1000 + night), &roster(100 + night as usize, 20));
        }
        let told = site.sweep();
        let loud = told.changes.values().filter(|(state, _)| state != "same-feed").count();
        assert_eq!(loud, if night == 0 { 7 } else { 0 }, "night {night}: {:?}", told.changes);
        assert_eq!(told.exit, i32::from(night == 0));
    }
    assert_eq!(site.open(), site.scanned());
}

#[test]
fn a_folder_that_is_shut_keeps_what_was_known() {
    let mut site = Site::new("");
    tables(&site, 0, 14);
    site.as_nobody();
    site.sweep();
    let shut = |site: &Site, name: &str, mode| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(site.root().join(name), fs::Permissions::from_mode(mode)).expect("set");
    };
    shut(&site, "3", 0o000);
    shut(&site, "4/t4x.csv", 0o000);
    for night in 0..3 {
        let told = site.sweep();
        assert_eq!(told.changes.len(), usize::from(night == 0), "night {night}: {:?}", told.changes);
        // It is told once that there is less to be seen.
        assert_eq!(told.exit, if night == 0 { 3 } else { 0 }, "night {night}");
        assert_eq!(site.open().len(), 14);
    }
    shut(&site, "3", 0o755);
    shut(&site, "4/t4x.csv", 0o644);
    let told = site.sweep();
    assert_eq!((told.exit, told.change("in/4/t4x.csv", "ssn").0), (0, "open"));
    // A gap that is allowed gives no exit code.
    site.configure(
        "[[roots]]\nname = \"in\"\npath = \"in\"\nallowed_gaps = [{ reason = \"denied\", why = \"theirs\", ends = 2030-01-01 }]\n",
    );
    shut(&site, "5/t5x.csv", 0o000);
    assert_eq!(site.sweep().exit, 0);
}

#[test]
fn older_states_are_left_alone_unless_asked_for() {
    let mut site = Site::new("");
    site.write("a.csv", &roster(1, 20));
    for (n, folder) in
        [".snapshot", "~snapshot", ".zfs", "@GMT-2026.01.02-03.04.05", "deep/.snapshots"].iter().enumerate()
    {
        site.write(&format!("{folder}/hourly/b.csv"), &roster(10 + n, 20));
    }
    assert_eq!(site.sweep().changes.len(), 1);
    site.configure("snapshots = true");
    assert_eq!(site.sweep().changes.len(), 5);
}

#[test]
#[allow(clippy::print_stderr)]
fn what_is_not_on_disk_is_fetched_only_within_a_budget() {
    let mut site = Site::new("");
    site.write("a.csv", &roster(1, 20));
    site.write("b.csv", &roster(2, 20));
    assert_eq!(site.sweep().exit, 1);
    // As a manager of tapes leaves it, as far as that can be made here: a size, no blocks, an attribute that says so.
    let size = 900_000;
    for name in ["b.csv", "c.csv", "d.csv"] {
        let file = fs::File::options().write(true).create(true).truncate(false).open(site.at(name)).expect("a file");
        let facts = file.metadata().expect("facts");
        file.set_len(0).and_then(|()| file.set_len(if name == "b.csv" { facts.len() } else { size })).expect("cut");
        file.set_modified(facts.modified().expect("a time")).expect("set back");
        let set = rustix::fs::fsetxattr(&file, "user.DOSATTRIB", b"0x1020\0", rustix::fs::XattrFlags::empty());
        if set.is_err() {
            eprintln!("skipped: this file system keeps no attributes of users");
            return;
        }
    }
    let night = site.sweep();
    assert_eq!((night.exit, night.changes.len()), (3, 0), "what went away holds what it held: {:?}", night.changes);
    assert_eq!(site.open().len(), 2);
    let gaps = fs::read_to_string(site.folder.path().join("out/latest/gaps.csv")).expect("a report");
    assert_eq!(gaps.matches("offline").count(), 2, "{gaps}");
    let night = site.sweep_with(&["--recall", "1 MB"]);
    assert_eq!(night.roots[0]["unchanged"], 2);
    let gaps = fs::read_to_string(site.folder.path().join("out/latest/gaps.csv")).expect("a report");
    assert_eq!(gaps.matches("offline").count(), 1, "there was room for one: {gaps}");
}
