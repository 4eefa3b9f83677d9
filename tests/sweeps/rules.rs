//! Rules that change between nights. In: trees and pattern files. Out: which documents are read again, and that what is open is
//! what a scan by the same rules finds.

use std::fs;

use super::{Night, Site, roster};

/// A rule of a site, with this in its file.
pub(super) fn rule(forms: &str, fields: &str, words: &str) -> String {
    let hit = if forms.contains("A99999") { "badge A38291" } else { "kq KQ-3829137" };
    format!(
        "id = \"site.badge\"\nidentifier = \"mrn\"\nsummary = \"badge\"\nshapes = [{forms}]\nvalidate = [\"mrn\"]\n\
         [context]\nfields = [{fields}]\nkeywords = [{words}]\n[evidence]\nalone = 1.5\nfield = 8.0\nkeyword = 4.0\nchance = 1.0\n\
         [[hit]]\ntext = \"{hit}\"\nconfidence = \"likely\"\n\
         [[miss]]\ntext = \"KQ-12\"\nstopped_by = \"detect\"\nbecause = \"short\"\n"
    )
}

fn read(night: &Night) -> u64 {
    let of = |key: &str| night.roots[0][key].as_u64().expect("a number");
    of("files") - of("unchanged")
}

/// Tables and texts of several kinds.
fn tree(site: &Site) {
    site.write("a/members.csv", &roster(1, 30));
    let visits: String = (0..40).map(|n| format!("{},{}.50\n", 48_291_370 + n * 7919, 20 + n)).collect();
    site.write("visits.csv", &format!("zq,amount\n{visits}"));
    let badges: String =
        (0..20).map(|n| format!("He came in with KQ-{} at noon.\n", 3_829_137 + n * 104_729)).collect();
    site.write("badges.txt", &badges);
    site.write("clean.txt", "nothing at all stands here\n");
}

#[test]
fn a_changed_rule_reads_what_it_can_touch() {
    let mut site = Site::new("");
    tree(&site);
    let at = |site: &Site, name: &str| site.folder.path().join(name).display().to_string();
    assert_eq!(read(&site.sweep()), 4);
    let same = |site: &mut Site, rules: &str, expected: u64, what: &str| {
        let night = site.sweep();
        assert_eq!(read(&night), expected, "{what}");
        assert_eq!(site.open(), site.scanned_by(&["--rules", rules]), "{what}");
        night
    };
    // A header that is said to mean something: the table that has it, and the text with figures, where it may be a label.
    let words = at(&site, "words.csv");
    fs::write(&words, "zq,mrn\n").expect("written");
    site.configure("rules = [\"words.csv\"]");
    let night = same(&mut site, &words, 2, "a synonym");
    assert_eq!((night.exit, night.change("in/visits.csv", "mrn").0), (1, "new"));
    assert_eq!(night.head["rulesets"][0]["documents"], 2);
    assert_eq!(night.head["rulesets"][1]["documents"], 2);
    assert_eq!(night.head["rulesets"][1]["to_read_again"], 0);
    let text = fs::read_to_string(site.folder.path().join("out/latest/delta.txt")).expect("a delta");
    assert!(text.contains("nothing that has changed since touches them"), "{text}");
    // A form that nobody has looked for: everything.
    let badge = at(&site, "badge.toml");
    fs::write(&badge, rule("\"AA-9999999\"", "\"badge\"", "\"kq\"")).expect("written");
    site.configure("rules = [\"badge.toml\"]");
    let night = same(&mut site, &badge, 4, "a new form");
    assert_eq!(night.change("in/badges.txt", "mrn").0, "new");
    assert_eq!(night.change("in/visits.csv", "mrn"), ("resolved", "rule-changed"));
    // Its weight: where its form was. A field name that is nowhere: nothing. A comment: nothing.
    let lower = rule("\"AA-9999999\"", "\"badge\"", "\"kq\"").replace("alone = 1.5", "alone = 1.4");
    fs::write(&badge, &lower).expect("written");
    same(&mut site, &badge, 1, "a weight");
    fs::write(&badge, lower.replace("\"badge\"]", "\"badge\", \"plaque\"]")).expect("written");
    same(&mut site, &badge, 1, "a field name");
    fs::write(&badge, lower.replace("\"badge\"]", "\"badge\", \"plaque\"] # of the doors")).expect("written");
    same(&mut site, &badge, 0, "a comment");
    // A word: where anything was judged by words.
    fs::write(&badge, lower.replace("\"kq\"", "\"kq\", \"noon\"")).expect("written");
    same(&mut site, &badge, 1, "a word");
    // Without it: where its form was.
    site.configure("");
    let night = site.sweep();
    assert_eq!((read(&night), night.change("in/badges.txt", "mrn")), (1, ("resolved", "rule-changed")));
    assert_eq!(site.open(), site.scanned());
}

#[test]
fn gradually_what_rules_touch_is_read_over_nights() {
    let mut site = Site::new("");
    for n in 0..6 {
        site.write(&format!("{n}.csv"), &roster(n, 30));
    }
    site.sweep();
    let lines = fs::metadata(site.at("0.csv")).expect("facts").len();
    fs::write(site.folder.path().join("words.csv"), "line,mrn\n").expect("written");
    site.configure(&format!("rules = [\"words.csv\"]\nrescan = \"gradual\"\nrescan_bytes = \"{}\"", lines * 2));
    let mut left = 6;
    for night in 1..=3 {
        let told = site.sweep();
        assert_eq!(read(&told), 2, "night {night}");
        left -= 2;
        let shares = told.head["rulesets"].as_array().expect("a list");
        let again: u64 = shares.iter().map(|share| share["to_read_again"].as_u64().expect("a number")).sum();
        assert_eq!(again, left, "night {night}: {shares:?}");
    }
    assert_eq!(read(&site.sweep()), 0);
}
