//! What the documents say and the program knows: tables and examples between markers are made from the program, and
//! compared. `BLESS=1 cargo test docs` writes them anew.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use phisweep::engine::Engine;
use phisweep::identifier::Identifier;
use phisweep::judge::{severity, tally};

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    std::fs::read_to_string(top().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Held while a document is read and written: tests run side by side.
static DOCUMENTS: Mutex<()> = Mutex::new(());

/// Compares what stands between `<!-- name -->` and `<!-- /name -->` in a document with what should.
fn block(file: &str, name: &str, fresh: &str) {
    let _held = DOCUMENTS.lock().unwrap_or_else(PoisonError::into_inner);
    let text = read(file);
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = text.find(&open).unwrap_or_else(|| panic!("{file} has no {open}")) + open.len();
    let end = start + text[start..].find(&close).unwrap_or_else(|| panic!("{file} has no {close}"));
    if &text[start..end] == fresh {
        return;
    }
    assert!(
        std::env::var_os("BLESS").is_some(),
        "{file}: what stands between the markers `{name}` is not what the program says; BLESS=1 writes it anew. \
         Wanted:\n{fresh}"
    );
    std::fs::write(top().join(file), format!("{}{fresh}{}", &text[..start], &text[end..])).expect("written");
}

/// Runs the program in a folder and gives what it says on standard output.
fn phisweep(folder: &Path, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_phisweep"))
        .args(args)
        .current_dir(folder)
        .env("COLUMNS", "100")
        .output()
        .expect("phisweep runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A copy of the test data that everyone can read, whatever the umask was when the tree was checked out.
fn drop_for_all() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in walkdir::WalkDir::new(top().join("testdata/drop")) {
        let entry = entry.expect("the tree can be read");
        let to = folder.path().join(entry.path().strip_prefix(top()).expect("below the tree"));
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&to).expect("a folder");
        } else {
            std::fs::write(&to, std::fs::read(entry.path()).expect("read")).expect("written");
            std::fs::set_permissions(&to, std::fs::Permissions::from_mode(0o644)).expect("set");
        }
    }
    folder
}

#[test]
fn the_readme_lists_the_rules() {
    let engine = Engine::built_in().expect("the built-in rules load");
    let mut rules: Vec<_> = engine.rules().rules.iter().collect();
    rules.sort_by_key(|rule| (rule.identifier, &rule.id));
    let mut table =
        String::from("| identifier | letter | limited data set | alone in text | rule and what it finds |\n");
    table.push_str("| --- | --- | --- | --- | --- |\n");
    for rule in rules {
        let info = rule.identifier.info();
        let best = rule.shapes.iter().map(|shape| shape.alone).fold(f32::MIN, f32::max);
        let alone = tally::band(best).map_or("not enough", |band| band.name());
        let set = if info.limited_data_set_drops { "drop" } else { "allowed" };
        let _ = writeln!(
            table,
            "| `{}` | {} | {set} | {alone} | `{}`: {} |",
            info.name, info.letter, rule.id, rule.summary
        );
    }
    block("README.md", "rules", &table);
}

#[test]
fn the_readme_shows_what_a_scan_says() {
    let folder = drop_for_all();
    let said = phisweep(folder.path(), &["scan", "testdata/drop"]);
    if !said.contains("(rw-r--r--)") {
        // On a file system whose mode bits prove nothing the output is another.
        return;
    }
    // The head, three documents, and the end: documents are set apart by empty lines.
    let parts: Vec<&str> = said.trim_end().split("\n\n").collect();
    let documents = parts.iter().position(|part| part.starts_with("drop/")).expect("documents");
    let end = parts.iter().position(|part| part.starts_with('…')).expect("an end");
    let shown = [&parts[..documents + 3], &["[ more documents, left out here ]"], &parts[end..]].concat();
    block("README.md", "scan", &format!("```text\n$ phisweep scan testdata/drop\n{}\n```\n", shown.join("\n\n")));
}

#[test]
fn the_readme_shows_how_a_column_is_judged() {
    let said = phisweep(top(), &["explain", "testdata/drop/legacy/EXTR0417.dat"]);
    // The columns come first; then the candidates, each with its line.
    let columns: Vec<&str> = said.lines().take_while(|line| !line.starts_with(|c: char| c.is_ascii_digit())).collect();
    let shown = columns.join("\n");
    block(
        "README.md",
        "explain",
        &format!("```text\n$ phisweep explain testdata/drop/legacy/EXTR0417.dat\n{shown}\n[…]\n```\n"),
    );
}

#[test]
fn the_severity_table_is_the_one_in_use() {
    let mut table = String::from("| identifier | what it is | alone | with company |\n| --- | --- | --- | --- |\n");
    for identifier in Identifier::all() {
        let (alone, together) = severity::base(identifier);
        let _ = writeln!(table, "| `{identifier}` | {} | {alone} | {together} |", identifier.info().words);
    }
    block("docs/severity.md", "severity", &table);
    let text = read("docs/severity.md");
    assert!(text.contains(&format!("Version {}", severity::TABLE_VERSION)), "the version is another");
    assert!(text.contains(&format!("{} people", severity::MANY_PEOPLE)), "the number of people is another");
}

/// Each column of each table has its line in `docs/reports.md`, and no line is about a column that is not there.
#[test]
fn every_column_is_explained() {
    let text = read("docs/reports.md");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.txt"), "nothing\n").expect("written");
    phisweep(folder.path(), &["scan", "a.txt", "--matches", "-o", "out/"]);
    for table in ["findings.csv", "documents.csv", "gaps.csv", "matches.csv"] {
        let written = std::fs::read_to_string(folder.path().join("out").join(table)).expect("a table");
        let header = written.trim_start_matches('\u{feff}').lines().next().expect("a header");
        let section = text.split(&format!("\n## {table}\n")).nth(1).unwrap_or_else(|| panic!("no section {table}"));
        let section = section.split("\n## ").next().unwrap_or_default();
        let explained: Vec<&str> = section
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once("` |").map(|(column, _)| column))
            .collect();
        assert_eq!(explained, header.split(',').collect::<Vec<_>>(), "{table}");
    }
}

/// Each dependency has its line in the ledger, and no line is about one that is gone.
#[test]
fn every_dependency_has_its_reason() {
    let manifest: toml::Table = read("Cargo.toml").parse().expect("TOML");
    let mut wanted: Vec<String> = ["dependencies", "dev-dependencies"]
        .iter()
        .filter_map(|section| manifest.get(*section)?.as_table())
        .flat_map(|section| section.keys().cloned())
        .collect();
    let text = read("ARCHITECTURE.md");
    let ledger = text.split("\n## Dependencies\n").nth(1).expect("a ledger").split("\n## ").next().unwrap_or_default();
    let mut written: Vec<String> = ledger
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |").map(|(name, _)| name.to_string()))
        .collect();
    wanted.sort();
    // One that tests need too stands in both.
    wanted.dedup();
    written.sort();
    assert_eq!(written, wanted);
}

/// A link to a file of the tree leads somewhere.
#[test]
fn links_lead_somewhere() {
    let mut documents: Vec<PathBuf> = walkdir::WalkDir::new(top().join("docs"))
        .into_iter()
        .map(|entry| entry.expect("the tree can be read").into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    documents
        .extend(["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "patterns/README.md"].map(|file| top().join(file)));
    let mut broken = Vec::new();
    for document in documents {
        let text = std::fs::read_to_string(&document).expect("a document");
        for (_, rest) in text.match_indices("](").map(|(at, mark)| text.split_at(at + mark.len())) {
            let target = rest.split([')', '#']).next().unwrap_or_default();
            let there = target.is_empty()
                || target.contains("://")
                || document.parent().is_some_and(|folder| folder.join(target).exists());
            if !there {
                broken.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
