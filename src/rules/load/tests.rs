//! What the loader refuses, and in which line.

use super::*;

const GOOD: &str = r#"id = "my.badge"
identifier = "member-id"
summary = "badge"
shapes = ["AA9{6}", { form = "9{6}", alone = -9.0 }]
validate = ["member"]
[context]
fields = ["badge"]
[evidence]
alone = 0.0
field = 1.0
keyword = 1.0
chance = 1.0

[[hit]]
text = "badge AB482913"
confidence = "possible"
"#;

fn refusal(text: &str) -> String {
    match rule("my.toml", Cow::Owned(text.to_string())).and_then(|rule| rule.examples()) {
        Ok(_) => "nothing".to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn mistakes_are_named_with_their_line() {
    assert_eq!(refusal(GOOD), "nothing");
    for (from, to, expected) in [
        ("summary", "sumary", "my.toml:3: unknown field `sumary`"),
        ("\"member-id\"", "\"memberid\"", "my.toml:2: no identifier is called `memberid`; `member-id` is"),
        ("\"member-id\"", "\"quux\"", "my.toml:2: no identifier is called `quux`"),
        ("[\"member\"]", "[\"membr\"]", "my.toml:5: no check is called `membr`; there are account,"),
        ("[\"member\"]", "[]", "my.toml:5: `validate` lists one check"),
        ("\"AA9{6}\"", "\"AQ9{6}\"", "my.toml:4: shape `AQ9{6}`: 'Q' is no picture letter"),
        ("alone = -9.0", "alon = -9.0", "my.toml:4: a shape is a text, or a table"),
        ("fields =", "field =", "my.toml:7: unknown field `field`"),
        ("chance = 1.0", "chance = 2.0", "my.toml:8: `chance` is above 0"),
        ("chance = 1.0", "", "missing field `chance`"),
        ("\"possible\"", "\"sure\"", "my.toml:16: a confidence is"),
        ("text =", "txt =", "my.toml:15: unknown field `txt`"),
        ("my.badge", "My Badge", "my.toml:1: an id is made of"),
        ("identifier =", "identifier ==", "my.toml:2: "),
    ] {
        let refusal = refusal(&GOOD.replacen(from, to, 1));
        assert!(refusal.contains(expected), "{from} → {to}: {refusal}");
    }
}

#[test]
fn built_in_files_are_all_embedded_and_load() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("patterns");
    let mut on_disk: Vec<String> = files(&folder)
        .unwrap()
        .iter()
        .map(|file| file.strip_prefix(&folder).unwrap().display().to_string().replace('\\', "/"))
        .collect();
    on_disk.sort();
    let embedded: Vec<&str> = built_in_files().iter().map(|(name, _)| *name).collect();
    assert_eq!(embedded, on_disk);
    let rules = load_built_in().unwrap();
    assert_eq!(rules.rules.len(), embedded.len());
    assert!(rules.rules.is_sorted_by(|a, b| a.id < b.id));
    assert_eq!(rules.hash.len(), 16);
    assert_eq!(rules.by_id("us.ssn").unwrap().identifier, Identifier::SSN);
    assert_eq!(load_built_in().unwrap().hash, rules.hash);
}

#[test]
fn own_rules_are_added_and_take_the_place_of_known_ones() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("badge.toml"), GOOD).unwrap();
    std::fs::write(folder.path().join("ssn.toml"), GOOD.replace("my.badge", "us.ssn")).unwrap();
    std::fs::write(folder.path().join("notes.txt"), "no pattern").unwrap();
    let built_in = load_built_in().unwrap();
    let rules = load(&[folder.path().to_path_buf()]).unwrap();
    assert_eq!(rules.rules.len(), built_in.rules.len() + 1);
    assert_eq!(rules.by_id("us.ssn").unwrap().identifier, Identifier::MEMBER_ID);
    assert_eq!(rules.by_id("my.badge").unwrap().shapes[1].alone, -9.0);
    assert_ne!(rules.hash, built_in.hash);

    std::fs::write(folder.path().join("twice.toml"), GOOD).unwrap();
    let error = load(&[folder.path().to_path_buf()]).unwrap_err().to_string();
    assert!(error.contains("twice.toml:1: the rule my.badge is in"), "{error}");
    assert!(load(&[folder.path().join("missing.toml")]).is_err());
}

/// Not a benchmark: loading must not be what a run waits for. Debug builds get ten times the time.
#[test]
fn built_in_rules_load_in_no_time() {
    load_built_in().unwrap();
    let start = std::time::Instant::now();
    load_built_in().unwrap();
    let took = start.elapsed();
    println!("built-in rules load in {took:?}");
    assert!(took.as_millis() < 100, "{took:?}");
}
