//! Random changes of a tree, against a simple model of what a ledger must say. In: seeds. Out: nothing, or where ledger and
//! model differ. `PHISWEEP_SEEDS=FROM..TO` runs more of them.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use super::{Draw, Site, roster};

/// Random changes, kills and sweeps; after each whole sweep the ledger says what a scan says, what is told as new or gone is what
/// was made so, and a sweep of the same tree again reads nothing.
fn model(seed: u64) {
    let mut draw = Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut site = Site::new("");
    site.write("keep.txt", "so that it is never empty\n");
    let mut numbers = 0;
    // What each path held when it was last swept whole.
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for step in 0..10 {
        for _ in 0..draw.below(5) {
            let name = |draw: &mut Draw| format!("{}f{}.csv", ["", "a/", "a-b/", "a/b/"][draw.below(4)], draw.below(6));
            let (one, other) = (name(&mut draw), name(&mut draw));
            let (from, to) = (site.at(&one), site.at(&other));
            match draw.below(7) {
                0 | 1 => {
                    numbers += 1;
                    fs::write(&from, roster(numbers, 5 + draw.below(9))).expect("written");
                }
                2 => drop(fs::remove_file(&from)),
                3 => drop(fs::rename(&from, &to)),
                4 if from.exists() && from != to => drop(fs::copy(&from, &to).expect("copied")),
                5 if from.exists() => {
                    // Another content, the same size, the old time.
                    let time = fs::metadata(&from).and_then(|facts| facts.modified()).expect("a time");
                    let size = fs::metadata(&from).expect("facts").len();
                    fs::write(&from, "x".repeat(size as usize)).expect("written");
                    fs::File::options().write(true).open(&from).and_then(|file| file.set_modified(time)).expect("set");
                }
                6 if from.exists() => {
                    let ahead = SystemTime::now() + Duration::from_secs(draw.below(100_000) as u64);
                    fs::File::options().write(true).open(&from).and_then(|file| file.set_modified(ahead)).expect("set");
                }
                _ => {}
            }
        }
        // One that was quicker than its end has told what it found.
        let (before, mut told) = (site.ended_runs(), false);
        if draw.below(3) == 0 {
            let mut child = site.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
            std::thread::sleep(Duration::from_millis(draw.below(60) as u64));
            let _ = child.kill();
            let _ = child.wait();
            told = site.ended_runs() > before;
        }
        let night = site.sweep();
        let (open, scanned) = (site.open(), site.scanned());
        assert_eq!(open, scanned, "seed {seed}, step {step}");
        let now: BTreeMap<String, String> = scanned
            .iter()
            .filter(|(_, identifier)| identifier == "ssn")
            .map(|(path, _)| (path.clone(), fs::read_to_string(site.folder.path().join(path)).expect("read")))
            .collect();
        for ((path, identifier), (state, why)) in night.changes.iter().filter(|((_, id), _)| id == "ssn") {
            let (was, is) = (known.get(path), now.get(path));
            let at = format!("seed {seed}, step {step}: {path} {identifier} {state} {why}");
            match state.as_str() {
                "resolved" => {
                    assert!(is.is_none(), "{at}");
                    let moved = was.is_some_and(|was| now.values().any(|is| is == was));
                    let there = site.folder.path().join(path).exists();
                    match why.as_str() {
                        "deleted" => assert!(!there && !moved, "{at}"),
                        "content-changed" => assert!(there, "{at}"),
                        why => assert!(!there && moved && why.starts_with("moved-to "), "{at}"),
                    }
                }
                "new" | "re-appeared" | "copied" | "moved" | "same-feed" => {
                    assert!(is.is_some() && was.is_none(), "{at}")
                }
                "widened" | "open" => assert!(is.is_some(), "{at}"),
                _ => panic!("{at}"),
            }
        }
        for path in now.keys().filter(|path| !told && !known.contains_key(*path)) {
            assert_ne!(night.change(path, "ssn").0, "", "seed {seed}, step {step}: {path} is not told");
        }
        for path in known.keys().filter(|path| !told && !now.contains_key(*path)) {
            assert_eq!(night.change(path, "ssn").0, "resolved", "seed {seed}, step {step}: {path}");
        }
        known = now;
    }
    let quiet = site.sweep();
    assert_eq!((quiet.exit, quiet.changes.len()), (0, 0), "seed {seed}");
    assert_eq!(quiet.roots[0]["files"], quiet.roots[0]["unchanged"], "seed {seed}: nothing is read");
}

#[test]
fn the_ledger_says_what_a_simple_model_says() {
    let seeds = std::env::var("PHISWEEP_SEEDS").unwrap_or_else(|_| "1..4".to_string());
    let (from, to) = seeds.split_once("..").expect("FROM..TO");
    let number = |text: &str| text.parse::<u64>().expect("a number");
    (number(from)..number(to)).for_each(model);
}
