//! What the tree promises about itself and no compiler checks: every source says what it is, nothing is left open,
//! `unsafe` stays where it is allowed, pattern files are all built in, test data is all accounted for.

use std::path::{Path, PathBuf};

/// Folders with sources of ours.
const SOURCES: [&str; 5] = ["src", "tests", "benches", "examples", "fuzz"];

/// The only places where `unsafe` may stand, as beginnings of paths.
const UNSAFE_ALLOWED: [&str; 1] = ["src/detect/bitmap/"];

/// File names that say nothing about what is in them.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "common", "helpers", "helper", "types"];

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files with this ending below a folder of the tree, relative to the tree, with `/`; none where there is no such folder.
fn files(folder: &str, ending: &str) -> Vec<String> {
    let root = top().join(folder);
    if !root.exists() {
        return Vec::new();
    }
    let mut files: Vec<String> = walkdir::WalkDir::new(root)
        .into_iter()
        .map(|entry| entry.expect("the tree can be read"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.into_path())
        .filter(|path: &PathBuf| path.to_string_lossy().ends_with(ending))
        .map(|path| path.strip_prefix(top()).expect("below the tree").to_string_lossy().replace('\\', "/"))
        .filter(|path| !path.contains("/target/") && !path.contains("/__pycache__/"))
        .collect();
    files.sort();
    files
}

fn sources() -> Vec<(String, String)> {
    let mut all: Vec<String> = SOURCES.iter().flat_map(|folder| files(folder, ".rs")).collect();
    all.extend(["build.rs".to_string()].into_iter().filter(|file| top().join(file).exists()));
    all.into_iter().map(|file| (read(&file), file)).map(|(text, file)| (file, text)).collect()
}

fn read(file: &str) -> String {
    std::fs::read_to_string(top().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Whether `word` stands in `line` by itself.
fn has_word(line: &str, word: &str) -> bool {
    let part_of_a_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(part_of_a_word) && !line[at + word.len()..].starts_with(part_of_a_word))
}

/// The line without what follows `//`. Good enough for code in which no string holds both.
fn code(line: &str) -> &str {
    line.split_once("//").map_or(line, |(code, _)| code)
}

fn complain(what: &str, places: Vec<String>) {
    assert!(places.is_empty(), "{what}:\n{}", places.join("\n"));
}

#[test]
fn every_source_says_what_it_is() {
    let without = sources().into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(file, _)| file).collect();
    complain("no `//!` in the first line", without);
}

#[test]
fn nothing_is_left_open() {
    // Put together here, so that this file does not hold them.
    let words = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["XX", "X:"].concat()];
    let macros = [["to", "do!"].concat(), ["unimple", "mented!"].concat()];
    let mut places = Vec::new();
    for (file, text) in sources() {
        for (n, line) in text.lines().enumerate() {
            let open =
                words.iter().any(|word| has_word(line, word)) || macros.iter().any(|name| line.contains(name.as_str()));
            if open {
                places.push(format!("{file}:{}: {}", n + 1, line.trim()));
            }
        }
    }
    complain("loose ends", places);
}

#[test]
fn unsafe_stays_where_it_is_allowed_and_says_why() {
    let word = ["un", "safe"].concat();
    let mut places = Vec::new();
    for (file, text) in sources() {
        let allowed = UNSAFE_ALLOWED.iter().any(|beginning| file.starts_with(beginning));
        let lines: Vec<&str> = text.lines().collect();
        for (n, line) in lines.iter().enumerate().filter(|(_, line)| has_word(code(line), &word)) {
            // The reason stands above it, behind it, or in the documentation of the function.
            let near = &lines[n.saturating_sub(8)..lines.len().min(n + 2)];
            let said = near.iter().any(|line| line.contains("SAFETY:") || line.contains("# Safety"));
            if !allowed || !said {
                places.push(format!("{file}:{}: {}", n + 1, line.trim()));
            }
        }
    }
    complain(&format!("`{word}` outside {UNSAFE_ALLOWED:?} or without a SAFETY comment near"), places);
}

#[test]
fn files_have_names_that_say_something() {
    let empty = sources()
        .into_iter()
        .map(|(file, _)| file)
        .filter(|file| file.trim_end_matches(".rs").split('/').any(|part| EMPTY_NAMES.contains(&part)))
        .collect();
    complain("names that say nothing", empty);
}

/// Each pattern file is TOML, and each that holds a rule is among the built-in ones: none is forgotten.
#[test]
fn every_pattern_file_loads() {
    let engine = phisweep::engine::Engine::built_in().expect("the built-in rules load");
    let ids: Vec<&str> = engine.rules().rules.iter().map(|rule| rule.id.as_str()).collect();
    let mut places = Vec::new();
    for file in files("patterns", ".toml") {
        match toml::from_str::<toml::Table>(&read(&file)) {
            Err(error) => places.push(format!("{file}: {}", error.message())),
            Ok(table) => {
                if let Some(id) = table.get("id").and_then(toml::Value::as_str)
                    && !ids.contains(&id)
                {
                    places.push(format!("{file}: {id} is not built in"));
                }
            }
        }
    }
    complain("pattern files that do not load", places);
}

#[test]
fn test_data_is_all_accounted_for() {
    let readme = read("testdata/README.md");
    let unnamed: Vec<String> = files("testdata", "")
        .into_iter()
        .filter_map(|file| file.strip_prefix("testdata/").map(str::to_string))
        .filter(|file| file != "README.md" && !readme.contains(&format!("| `{file}` |")))
        .collect();
    complain("not named in testdata/README.md", unnamed);
    let gone: Vec<String> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |").map(|(file, _)| file.to_string()))
        .filter(|file| !top().join("testdata").join(file).exists())
        .collect();
    complain("named in testdata/README.md and not there", gone);
}
