//! Random changes of a tree, against a simple model of what a ledger must say. In: seeds. Out: nothing, or where ledger and
//! model differ. `PHISWEEP_SEEDS=FROM..TO` runs more of them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use super::{Draw, Site, roster};

/// Rules that a site may have: none, a header synonym, a form of its own, a built-in rule that weighs a little else.
const RULES: [&str; 4] = ["", "words.csv", "badge.toml", "ssn.toml"];

fn write_rules(site: &Site) {
    let write = |name: &str, text: &str| fs::write(site.folder.path().join(name), text).expect("written");
    write("words.csv", "member,mrn\ncode,mrn\n");
    write("badge.toml", &super::rules::rule("\"A99999\"", "\"code\"", "\"badge\""));
    let ssn = include_str!("../../patterns/us/ssn.toml");
    assert!(ssn.contains("chance  = 0.889"), "the rule reads otherwise");
    write("ssn.toml", &ssn.replace("chance  = 0.889", "chance  = 0.888"));
}

/// What a file holds: a roster, or lines of text, or numbers without a name.
fn content(number: usize, people: usize) -> String {
    let table = roster(number, people);
    let rows = table.lines().skip(1).filter_map(|line| line.split_once(','));
    match number % 4 {
        0 => rows.map(|(member, ssn)| format!("Badge {member} came at noon, SSN {ssn}.\n")).collect(),
        1 => "code,amount\n".to_string() + &rows.map(|(m, s)| format!("{m},{}.00\n", &s[4..6])).collect::<String>(),
        _ => table,
    }
}

/// Random changes, kills and sweeps; after each whole sweep the ledger says what a scan says, what is told as new or gone is what
/// was made so, and a sweep of the same tree again reads nothing.
fn model(seed: u64) {
    let mut draw = Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut site = Site::new("");
    site.write("keep.txt", "so that it is never empty\n");
    write_rules(&site);
    let mut rules = "";
    let mut numbers = 0;
    // What each path held when it was last swept whole.
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for step in 0..10 {
        for _ in 0..draw.below(5) {
            let name = |draw: &mut Draw| format!("{}f{}.csv", ["", "a/", "a-b/", "a/b/"][draw.below(4)], draw.below(6));
            let (one, other) = (name(&mut draw), name(&mut draw));
            let (from, to) = (site.at(&one), site.at(&other));
            match draw.below(9) {
                0 | 1 => {
                    numbers += 1;
                    fs::write(&from, content(numbers, 5 + draw.below(9))).expect("written");
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
                7 if from.exists() => {
                    let mode = [0o600, 0o640, 0o644][draw.below(3)];
                    fs::set_permissions(&from, fs::Permissions::from_mode(mode)).expect("set");
                }
                8 => {
                    rules = RULES[draw.below(RULES.len())];
                    match rules {
                        "" => site.configure(""),
                        file => site.configure(&format!("rules = [\"{file}\"]")),
                    }
                }
                _ => {}
            }
        }
        // One that was quicker than its end has told what it found.
        let (before, mut told) = (site.ended_runs(), false);
        let fault = draw.below(6);
        if fault == 0 {
            // A disk that is full sooner or later.
            let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", 8 + draw.below(250));
            let full = site.command_in(&script).output().expect("it runs");
            assert!((0..=3).contains(&full.status.code().unwrap_or(-1)), "seed {seed}, step {step}: {full:?}");
            told = site.ended_runs() > before;
        } else if fault < 3 {
            let mut child = site.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
            std::thread::sleep(Duration::from_millis(draw.below(60) as u64));
            let _ = child.kill();
            let _ = child.wait();
            told = site.ended_runs() > before;
        }
        let night = site.sweep();
        let path = site.folder.path().join(rules).display().to_string();
        let given = ["--rules", path.as_str()];
        let (open, scanned) = (site.open(), site.scanned_by(if rules.is_empty() { &[] } else { &given }));
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
                // Another text, in which the same stands in another place.
                "resolved" if is.is_some() => assert!(was != is && why == "content-changed", "{at}"),
                "resolved" => {
                    let moved = was.is_some_and(|was| now.values().any(|is| is == was));
                    let there = site.folder.path().join(path).exists();
                    match why.as_str() {
                        "deleted" => assert!(!there && !moved, "{at}"),
                        "content-changed" => assert!(there, "{at}"),
                        why => assert!(!there && moved && why.starts_with("moved-to "), "{at}"),
                    }
                }
                "new" | "re-appeared" | "copied" | "moved" | "same-feed" => {
                    assert!(is.is_some() && was != is, "{at}")
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
#[allow(clippy::print_stdout)]
fn the_ledger_says_what_a_simple_model_says() {
    let seeds = std::env::var("PHISWEEP_SEEDS").unwrap_or_else(|_| "1..4".to_string());
    let (from, to) = seeds.split_once("..").expect("FROM..TO");
    let number = |text: &str| text.parse::<u64>().expect("a number");
    for seed in number(from)..number(to) {
        model(seed);
        println!("seed {seed} holds");
    }
}
