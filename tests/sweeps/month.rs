//! Thirty nights of three vendors. In: a script of what they deliver, mend and forget, night by night. Out: that each night tells
//! exactly that, and nothing else.

use std::collections::BTreeSet;
use std::fs;

use super::{Draw, FIRST, Night, Site, roster};

/// Visits of so many patients, with more columns.
fn visits(number: usize, patients: usize, ssn: bool) -> String {
    let mut draw = Draw(number as u64 * 7_919 + 1);
    let mut text = format!("mrn,visits{}\n", if ssn { ",ssn" } else { "" });
    for _ in 0..patients {
        let ssn = match ssn {
            true => format!(",{}-{:02}-{:04}", 301 + draw.below(300), 11 + draw.below(80), 1000 + draw.below(8999)),
            false => String::new(),
        };
        text.push_str(&format!("{},{}{ssn}\n", 20_000_000 + draw.below(70_000_000), 1 + draw.below(9)));
    }
    text
}

/// The three roots; `without` leaves one out, `more` goes into the first.
fn configuration(more: &str, without: &str) -> String {
    let root = |name: &str, more: &str| {
        let table = format!(
            "[[roots]]\nname = \"{name}\"\npath = \"in/{name}\"\nresponsible = \"{name}@example.org\"\n{more}\n"
        );
        if name == without { String::new() } else { table }
    };
    let agreement = "retention_days = 20\nagreement = { name = \"visits\", reference = \"BAA 7\", ends = 2030-01-01, allows = [\"mrn\"] }";
    format!(
        "suppress = \"claims.toml\"\n{}{}{}",
        root("acme", more),
        root("blue", agreement),
        root("core", "retention_days = 400")
    )
}

/// What is told of findings: state, reason, path.
fn told(night: &Night) -> BTreeSet<(String, String, String)> {
    night.changes.iter().map(|((path, _), (state, why))| (state.clone(), why.clone(), path.clone())).collect()
}

fn feeds(night: &Night) -> BTreeSet<(String, String)> {
    let word = |feed: &serde_json::Value, key: &str| feed[key].as_str().unwrap_or_default().to_string();
    night.feeds.iter().map(|feed| (word(feed, "state"), word(feed, "series") + &word(feed, "why"))).collect()
}

#[test]
fn thirty_nights_of_three_vendors() {
    let mut site = Site::new(&configuration("", ""));
    let claims = site.folder.path().join("claims.toml");
    fs::write(&claims, "").expect("written");
    let day = |night: i64| {
        let date = 1 + night;
        format!("202701{date:02}")
    };
    // Which files blue's daily visits come in, and acme's weekly rosters.
    let daily = |night: i64| format!("blue/visits_{}.csv", day(night));
    let weekly = |night: i64| format!("acme/members_{}.csv", day(night));
    let mut seen = BTreeSet::new();
    for night in 1..=30_i64 {
        let number = night as usize;
        let mut expected: Vec<(&str, String, String)> = Vec::new();
        let mut fed: Vec<(&str, String)> = Vec::new();
        let (mut exit, mut status) = (0, "complete");
        // Blue: every night until the 16th; from the 4th on with a column more.
        if night <= 16 {
            site.write(&daily(night), &visits(number, 40, night >= 4));
            let state = if night == 1 { "new" } else { "same-feed" };
            expected.push((state, String::new(), daily(night).to_string()));
            if night == 4 {
                expected.push(("new", String::new(), daily(night)));
            }
            exit = i32::from(night == 1 || night == 4);
            fed.push(match night {
                1 => ("new feed", "blue/visits_*.csv".to_string()),
                4 => ("feed changed", "blue/visits_*.csv+ssn".to_string()),
                _ => ("same feed, new file", "blue/visits_*.csv".to_string()),
            });
        }
        match night {
            19 => fed.push(("feed late", "blue/visits_*.csv3 days; 1 between files before".to_string())),
            22 => fed.push(("feed ended", "blue/visits_*.csv6 days; 1 between files before".to_string())),
            _ => {}
        }
        // Acme: every week; the third is twice as large.
        if night % 7 == 1 {
            site.write(&weekly(night), &roster(number * 40, if night >= 15 { 80 } else { 30 }));
            expected.push(match night {
                1 => ("new", String::new(), weekly(night)),
                15 => ("widened", "80 people, 30 in this feed before".to_string(), weekly(night)),
                _ => ("same-feed", String::new(), weekly(night)),
            });
            exit = exit.max(i32::from(night == 15));
            let state = if night == 1 { "new feed" } else { "same feed, new file" };
            fed.push((state, "acme/members_*.csv".to_string()));
        }
        let resolved = |why: &str, path: &str| ("resolved", why.to_string(), path.to_string());
        match night {
            // Core: one drop a month, and what else lies there.
            1 => {
                for (n, name) in
                    ["census_202612.csv", "old.csv", "mask.csv", "lock.csv", "mend.csv", "shut.csv"].iter().enumerate()
                {
                    let name = format!("core/{name}");
                    site.write(&name, &visits(500 + n, 60, true));
                    expected.push(("new", String::new(), name.clone()));
                    fed.push(("new feed", name.replace("202612", "*")));
                }
            }
            5 => {
                fs::remove_file(site.at("core/old.csv")).expect("removed");
                expected.push(resolved("deleted", "core/old.csv"));
            }
            // Found again before a second run had missed it: too early.
            6 => {
                site.write("core/old.csv", &visits(501, 60, true));
                expected.push(("open", "not resolved after all".to_string(), "core/old.csv".to_string()));
            }
            7 => {
                fs::rename(site.at("core/old.csv"), site.at("core/kept.csv")).expect("renamed");
                expected.push(resolved("moved-to core/kept.csv", "core/old.csv"));
                expected.push(("moved", "as core/old.csv".to_string(), "core/kept.csv".to_string()));
            }
            9 => {
                let masked: String = (0..60).map(|n| format!("XXX-XX-{:04}\n", 1000 + n * 131)).collect();
                site.write("core/mask.csv", &format!("ssn\n{masked}"));
                expected.push(resolved("now-masked", "core/mask.csv"));
                expected.push(resolved("content-changed", "core/mask.csv"));
            }
            10 => {
                site.write("core/lock.csv", PGP);
                expected.push(resolved("now-encrypted", "core/lock.csv"));
            }
            11 => {
                site.write("core/mend.csv", "status\nclosed\n");
                expected.push(resolved("content-changed", "core/mend.csv"));
            }
            12 => {
                fs::remove_file(site.at("core/shut.csv")).expect("removed");
                expected.push(resolved("deleted", "core/shut.csv"));
            }
            // Two runs have missed it: it is there again.
            14 => {
                site.write("core/shut.csv", &visits(505, 60, true));
                expected.push(("re-appeared", String::new(), "core/shut.csv".to_string()));
                fed.push(("same feed, new file", "core/shut.csv".to_string()));
                exit = 1;
            }
            17 => {
                site.configure(&configuration("exclude = [\"members_20270102.csv\"]", ""));
                expected.push(resolved("excluded", &weekly(1)));
            }
            18 => {
                site.configure(&configuration("", ""));
                expected.push(("open", "not resolved after all".to_string(), weekly(1)));
            }
            // Somebody says that acme's first file is mended; it is not.
            20 => {
                let id = site.id_of(&weekly(1), "ssn");
                fs::write(&claims, claim(&id)).expect("written");
            }
            // Core is not swept for a night.
            24 => {
                site.configure(&configuration("", "core"));
                for name in ["census_202612.csv", "kept.csv", "mask.csv", "shut.csv"] {
                    expected.push(resolved("root-removed", &format!("core/{name}")));
                }
            }
            25 => {
                site.configure(&configuration("", ""));
                for name in ["census_202612.csv", "kept.csv", "mask.csv", "shut.csv"] {
                    expected.push(("re-appeared", String::new(), format!("core/{name}")));
                    fed.push(("new feed", format!("core/{name}").replace("202612", "*")));
                }
                exit = 1;
            }
            // The share is not there.
            27 => {
                fs::rename(site.root().join("core"), site.root().join("core.away")).expect("away");
                fs::create_dir(site.root().join("core")).expect("a folder");
                (exit, status) = (2, "incomplete");
            }
            28 => {
                fs::remove_dir(site.root().join("core")).expect("removed");
                fs::rename(site.root().join("core.away"), site.root().join("core")).expect("back");
            }
            // The month's drop again, under the next name.
            30 => {
                fs::copy(site.at("core/census_202612.csv"), site.at("core/census_202701.csv")).expect("copied");
                fed.push(("same feed, new file", "core/census_*.csv".to_string()));
                expected.push((
                    "copied",
                    "as core/census_202612.csv".to_string(),
                    "core/census_202701.csv".to_string(),
                ));
            }
            _ => {}
        }
        let tonight = site.sweep();
        let expected: BTreeSet<(String, String, String)> =
            expected.into_iter().map(|(state, why, path)| (state.to_string(), why, path)).collect();
        assert_eq!(told(&tonight), expected, "night {night}");
        let fed: BTreeSet<(String, String)> =
            fed.into_iter().map(|(state, series)| (state.to_string(), series)).collect();
        assert_eq!(feeds(&tonight), fed, "night {night}");
        assert_eq!((tonight.exit, tonight.head["status"].as_str()), (exit, Some(status)), "night {night}");
        // The agreement of blue names mrn alone: one ssn for each file since the 4th.
        let files = night.min(16);
        assert_eq!(tonight.head["not_agreed"], (files - 3).max(0), "night {night}");
        // Blue's files may lie there for twenty days: one of mrn each, from the 4th on one of ssn too.
        let late = (1..=files).filter(|file| night - file > 20).map(|file| if file >= 4 { 2 } else { 1 }).sum::<i64>();
        assert_eq!(tonight.head["past_retention"], late, "night {night}");
        assert_eq!(tonight.head["claims_refuted"], i64::from(night >= 20), "night {night}");
        seen.extend(tonight.changes.values().map(|(state, _)| state.clone()));
        let heartbeat = fs::read_to_string(site.folder.path().join("out/heartbeats/core")).unwrap_or_default();
        let fresh = heartbeat.contains(&date_of(site.night));
        assert_eq!(fresh, night != 24 && night != 27, "night {night}: {heartbeat}");
    }
    assert!(seen.len() >= 8, "{seen:?}");
}

/// The day of a night, as reports write it.
fn date_of(night: i64) -> String {
    // FIRST is on 15 January 2027.
    let day = 15 + (FIRST % 86_400 + night * 86_400) / 86_400;
    if day <= 31 { format!("2027-01-{day:02}") } else { format!("2027-02-{:02}", day - 31) }
}

fn claim(id: &str) -> String {
    let until = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 300)).to_string();
    let until = &until[..10];
    format!(
        "[[fix]]\nfinding = \"{id}\"\nreason = \"the vendor says that it is deleted\"\nwho = \"jo\"\n\
         disposition = \"fixed-claimed\"\nuntil = {until}\n"
    )
}

/// A message that nobody here can read.
const PGP: &str = "-----BEGIN PGP MESSAGE-----\n\nhQEMA5xVzS3Jg1QUAQf/Zr7mMvT8mJHnY0n5C3LkXq1bq0v8m2s6h1Yz3fQe5r8u\n\
WkT0q9bqv1Q2mJ8c5r7s9d0f1g2h3j4k5l6m7n8p9q0r1s2t3u4v5w6x7y8z9A0B\n=AbCd\n-----END PGP MESSAGE-----\n";
