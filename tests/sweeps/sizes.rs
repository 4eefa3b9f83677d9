//! Sizes of roots and feeds over many documents and nights. In: rosters that share people. Out: the marks that the field asks
//! for, once for everybody, and none below 500.

use std::fs;

use serde_json::{Value, json};

use super::Site;

/// People of these numbers; all below 560 live in Alabama.
fn people(numbers: std::ops::Range<usize>) -> String {
    let mut text = "ssn,dob,state,zip\n".to_string();
    for n in numbers {
        let (state, zip) = if n < 560 { ("AL", 35_004 + n % 40) } else { ("GA", 30_303 + n % 20) };
        let (group, serial) = (11 + n % 80, 1000 + n * 13 % 8999);
        text.push_str(&format!(
            "{}-{group}-{serial:04},{:02}/{:02}/{},{state},{zip}\n",
            301 + n % 300,
            1 + n % 12,
            1 + n % 28,
            1950 + n % 40
        ));
    }
    text
}

fn summary(site: &Site) -> Value {
    let text = fs::read_to_string(site.folder.path().join("out/latest/findings.jsonl")).expect("a report");
    serde_json::from_str(text.lines().last().expect("a summary")).expect("JSON")
}

fn sizes(summary: &Value) -> Vec<Value> {
    let size = |size: &Value| json!([size["root"], size["series"], size["people"], size["marks"]]);
    summary["sizes"].as_array().expect("sizes").iter().map(size).collect()
}

#[test]
fn many_nights_of_a_feed_are_one_size() {
    let root = |name: &str| format!("[[roots]]\nname = \"{name}\"\npath = \"in/{name}\"\n");
    let mut site = Site::new(&(root("acme") + &root("blue")));
    site.write("acme/members_20270101.csv", &people(0..400));
    site.write("blue/members.csv", &people(0..30));
    site.sweep();
    assert_eq!(sizes(&summary(&site)), [json!(["acme", null, 400, []]), json!(["blue", null, 30, []])]);
    // The next night brings 220 more and 200 who are known.
    site.write("acme/members_20270102.csv", &people(200..620));
    // And the same again under another name.
    site.write("acme/old/members_20270102.csv", &people(200..620));
    site.sweep();
    let summary = summary(&site);
    let [many, state] = ["500 or more", "more than 500 in one state"];
    let told = sizes(&summary);
    assert_eq!(told[0], json!(["acme", null, 620, [many, state]]));
    assert_eq!(told[1], json!(["blue", null, 30, []]));
    assert_eq!(told[2], json!(["acme", "acme/members_*.csv", 620, [many, state]]));
    assert_eq!(told.len(), 3, "{told:?}");
    // In three documents of 820 people who stand apart 760 are of Alabama: of 620 that makes 575, where 560 are.
    let known = &summary["people_of"]["states"];
    assert!((555..=605).contains(&known["AL"].as_u64().expect("a number")), "{known}");
    let page = fs::read_to_string(site.folder.path().join("out/latest/report.html")).expect("a page");
    assert!(page.contains("500 or more") && page.contains("Size only."));
}
